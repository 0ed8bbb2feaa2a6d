/* SPDX-License-Identifier: ISC */
/* redact.c - copies of records with passages taken out. */
#include <string.h>

#include "core/clock.h"
#include "exchange/edition.h"
#include "exchange/redact.h"
#include "inside.h"
#include "record/json.h"
#include "store/log.h"
#include "store/store.h"

_Static_assert(sizeof(struct vault_passage) == sizeof(struct redact_spot) &&
	offsetof(struct vault_passage, first) ==
	    offsetof(struct redact_spot, first),
    "vault.h and redact.h name the same places");

static enum vault_err
take_out(json_t *body, struct vault *v, const struct vault_redact_what *what,
    const struct audience *a)
{
	const struct redact_how how = { .words = what->words,
		.n_words = what->n_words,
		.spots = (const struct redact_spot *)(const void *)
			     what->passages,
		.n_spots = what->n_passages,
		.taken = what->taken,
		.ctx = what->ctx };
	struct reveal *people;
	enum vault_err err;

	err = reveal_new(&people, v->store, a, NULL, NULL);
	if (err == VAULT_OK)
		err = redact_body(body, what->id, people, a, &how);
	reveal_free(people);
	if (err == VAULT_ENORECORD)
		return VAULT_ECONFLICT;
	return err == VAULT_EUSE ? VAULT_EREFUSED : err;
}

static enum vault_err
make(struct buf *out, struct vault *v, const struct vault_redact_what *what,
    enum consent_scope scope)
{
	struct audience *a = NULL;
	json_t *body = NULL;
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	if (id_parse(id, what->id, strlen(what->id)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = rows_find(&r, v->store, id)) != VAULT_OK)
		return err;
	if (r.forgotten)
		return VAULT_ENORECORD;
	if ((err = audience_new(&a, v->store, scope,
		 (int32_t)(clock_now() / 86400))) == VAULT_OK &&
	    (err = edition_open(&body, v->store, scope, &r)) == VAULT_OK &&
	    (err = take_out(body, v, what, a)) == VAULT_OK)
		err = json_write(out, body);
	json_decref(body);
	audience_free(a);
	return err;
}

enum vault_err
vault_redact(
    struct buf *body, struct vault *v, const struct vault_redact_what *what)
{
	enum consent_scope scope;
	enum vault_err err;

	buf_reset(body);
	if (!consent_scope_find(&scope, what->audience) ||
	    consent_scope_level(scope) < 0)
		return VAULT_EUSE;
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = make(body, v, what, scope);
	store_read_end(v->store);
	return vault_failed(v, err);
}

/* ---- Keeping ---- */

struct note {
	const struct vault_redact_what *what;
	size_t passages;
};

/* {"audience":CODE,"from":ID,"passages":N,"record":ID} */
static enum vault_err
log_copy(void *ctx, struct store *s, const struct record_row *r)
{
	const struct note *n = ctx;
	char id[ID_TEXT_LEN + 1];
	struct buf detail = { 0 };
	enum vault_err err;

	id_print(id, r->id);
	buf_putf(&detail,
	    "{\"audience\":\"%s\",\"from\":\"%s\",\"passages\":%zu,"
	    "\"record\":\"%s\"}",
	    n->what->audience, n->what->id, n->passages, id);
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(s, "redact", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

enum vault_err
vault_redact_keep(char id[static VAULT_ID_LEN], struct vault *v,
    struct vault_report *report, const struct vault_redact_what *what,
    const struct buf *body, size_t passages)
{
	struct note n = { what, passages };
	const struct records_note note = { &n, log_copy };

	return records_add(
	    id, v, report, NULL, buf_text(body), body->len, &note);
}
