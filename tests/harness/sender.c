/* SPDX-License-Identifier: ISC */
#include "sender.h"

#include "content.h"

#undef assert
#include "exchange_help.h"

static const char alone[] =
    "{\"type\":\"case\",\"title\":\"A pond that one office wrote of\"}";
static const char shared[] =
    "{\"type\":\"case\",\"title\":\"A pond that two wrote of\"}";
static const char edited[] =
    "{\"type\":\"case\",\"title\":\"A pond as the second wrote of it\"}";

static void
ignore(void *ctx, const struct vault_contact *c)
{
	(void)ctx;
	(void)c;
}

static enum vault_err
knows(struct vault *who, struct vault *whom, const char *as)
{
	struct vault_office card;
	enum vault_err err;

	if ((err = vault_office(&card, whom)) != VAULT_OK)
		return err;
	err = vault_contact_add(
	    who, card.card.bytes, card.card.len, as, false, ignore, NULL);
	vault_office_free(&card);
	return err;
}

static enum vault_err
send(struct memory *out, struct vault *from, const char *to)
{
	struct vault_export_what what = { .query = "", .to = &to, .n_to = 1 };
	struct vault_sink sink = { out, memory_write, NULL };
	char id[VAULT_BUNDLE_LEN];
	struct vault_export *e;
	enum vault_err err;
	const char *which;

	if ((err = vault_export_new(&e, from, &what, &which, NULL, NULL)) !=
	    VAULT_OK)
		return err;
	err = vault_export_write(id, e, &sink);
	vault_export_free(e);
	return err;
}

enum vault_err
sender_export(struct vault *v)
{
	struct memory m = { 0 };
	enum vault_err err = send(&m, v, "sender");

	memory_free(&m);
	return err;
}

enum vault_err
sender_import(struct vault *v, const uint8_t *bundle, size_t len)
{
	struct memory m = { .bytes = (uint8_t *)(uintptr_t)bundle, .len = len };
	struct vault_input in = { &m, memory_read, NULL, len };
	struct vault_bundle_bad bad;
	struct vault_imported got;
	struct vault_bundle *b;
	enum vault_err err;

	if ((err = vault_bundle_open(&b, v, &in, &bad)) != VAULT_OK)
		return err;
	err = vault_bundle_import(&got, b, true, &bad);
	vault_bundle_close(b);
	return err;
}

static enum vault_err
send_and_forget(struct memory *first, struct memory *second, struct vault *a,
    struct vault *v)
{
	char one[VAULT_ID_LEN], two[VAULT_ID_LEN];
	enum vault_err err;

	if ((err = knows(a, v, "receiver")) != VAULT_OK ||
	    (err = knows(v, a, "sender")) != VAULT_OK ||
	    (err = content_add(one, a, alone)) != VAULT_OK ||
	    (err = content_attach(a, one, "of one.bin", 70000)) != VAULT_OK ||
	    (err = content_add(two, a, shared)) != VAULT_OK ||
	    (err = send(first, a, "receiver")) != VAULT_OK ||
	    (err = sender_import(v, first->bytes, first->len)) != VAULT_OK ||
	    (err = content_edit(v, two, edited)) != VAULT_OK ||
	    (err = vault_forget(a, one, NULL)) != VAULT_OK ||
	    (err = vault_forget(a, two, NULL)) != VAULT_OK)
		return err;
	return send(second, a, "receiver");
}

enum vault_err
sender_make(uint8_t **bundle, size_t *len, struct vault *v)
{
	struct memory first = { 0 }, second = { 0 };
	char *folder = folder_new();
	enum vault_err err;
	struct opened o;

	vault_make(folder);
	if ((err = vault_try(&o, folder, "dusk")) == VAULT_OK)
		err = send_and_forget(&first, &second, o.vault, v);
	vault_done(&o);
	folder_free(folder);
	memory_free(&first);
	*bundle = second.bytes;
	*len = second.len;
	return err;
}
