/* SPDX-License-Identifier: ISC */
/* trio_help - three offices that know one another, for tests of bundles. */
#ifndef TESTS_TRIO_HELP_H
#define TESTS_TRIO_HELP_H

#include "offices_help.h"

/* How many attachments are staged. */
#define STAGED "SELECT count(*) FROM attachment WHERE hash IS NULL"

static struct office a, b, c;

static inline int
setup(void **state)
{
	(void)state;
	assert_ok(vault_setup());
	office_open(&a, "A");
	office_open(&b, "B");
	office_open(&c, "C");
	knows(&a, &b);
	knows(&b, &a);
	knows(&c, &a);
	knows(&a, &c);
	/* What A has made may go back to it only after a comparison. */
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	return 0;
}

static inline int
teardown(void **state)
{
	(void)state;
	office_close(&a);
	office_close(&b);
	office_close(&c);
	return 0;
}

static struct vault_bundle_bad bad;

static inline enum vault_err
import_with(struct vault_imported *got, const struct office *f,
    struct memory *m, bool accept)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle *bundle;
	enum vault_err err;

	memset(got, 0, sizeof(*got));
	err = vault_bundle_open(&bundle, of(f), &in, &bad);
	if (err == VAULT_OK)
		err = vault_bundle_import(got, bundle, accept, &bad);
	vault_bundle_close(bundle);
	return err;
}

static inline enum vault_err
import(const struct office *f, struct memory *m)
{
	struct vault_imported got;

	return import_with(&got, f, m, false);
}

static inline struct vault_bundle_info
inspect(const struct office *f, struct memory *m)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle_info info;
	struct vault_bundle *bundle;

	assert_ok(vault_bundle_open(&bundle, of(f), &in, &bad));
	vault_bundle_info(&info, bundle);
	info.sender = NULL; /* that was borrowed */
	vault_bundle_close(bundle);
	return info;
}

/*
 * What a program of theirs that checks nothing makes of a record of A's: the
 * next version, with another text in it.
 */
static inline void
forge(const char *id, const char *type, const char *from, const char *to)
{
	static const char readme[] = "hello";
	struct crafted files[2] = { { TAR_README, readme, 5 } };
	struct vault_record r;
	struct vault_imported got;
	struct memory m = { 0 };
	struct carried one;
	struct signer by;
	struct buf body = { 0 }, text = { 0 };
	const char *whole, *at;

	memset(&one, 0, sizeof(one));
	assert_ok(vault_get(&r, of(&a), id));
	whole = buf_text(&r.body);
	assert_non_null(at = strstr(whole, from));
	buf_put(&body, whole, (size_t)(at - whole));
	buf_put_text(&body, to);
	buf_put_text(&body, at + strlen(from));
	assert_ok(records_signer(&by, of(&b)->store));
	assert_ok(id_parse(one.version.record, id, strlen(id)));
	memcpy(one.version.type, type, strlen(type));
	memcpy(one.version.office, by.public_key, IDENTITY_PUBLIC_LEN);
	one.version.time = craft_time;
	one.version.has_body = true;
	buf_put(&one.version.parents, r.heads.bytes, r.heads.len);
	assert_ok(part_new(&one.body, one.version.body, body.bytes, body.len));
	assert_ok(version_sign(&one.version, by.key));
	assert_ok(carry_write(&text, &one));
	secret_free(by.key);
	carry_free(&one);
	vault_record_free(&r);
	files[1] = (struct crafted){ "records/000001.json", text.bytes,
		text.len };
	craft(&m, &b, &a, files, 2, NULL);
	assert_ok(import_with(&got, &a, &m, true));
	memory_free(&m);
	buf_free(&body);
	buf_free(&text);
}

/* ---- The tests ---- */

#endif
