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
		.absent = what->absent,
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

/* A copy of a record that is for few is for many. */
static enum vault_err
is_closed(bool *out, const struct audience *a, const struct record_row *r)
{
	struct audience_limits limits;
	enum vault_err err = audience_limits(&limits, a, r);

	*out = limits.level > 2 || limits.readers || limits.other;
	return err;
}

/* The record, and who may have a copy of it; free *a in any case. */
static enum vault_err
open_record(struct record_row *r, struct audience **a, bool *closed,
    struct vault *v, const struct vault_redact_what *what)
{
	enum consent_scope scope;
	uint8_t id[ID_LEN];
	enum vault_err err;

	*a = NULL;
	if (!consent_scope_find(&scope, what->audience))
		return VAULT_EUSE;
	if (id_parse(id, what->id, strlen(what->id)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = rows_find(r, v->store, id)) != VAULT_OK)
		return err;
	if (r->forgotten)
		return VAULT_ENORECORD;
	err = audience_new(a, v->store, scope, (int32_t)(clock_now() / 86400));
	return err == VAULT_OK ? is_closed(closed, *a, r) : err;
}

static enum vault_err
make(struct buf *out, bool *closed, struct vault *v,
    const struct vault_redact_what *what, enum consent_scope scope)
{
	struct audience *a;
	json_t *body = NULL;
	struct record_row r;
	enum vault_err err;

	if ((err = open_record(&r, &a, closed, v, what)) == VAULT_OK &&
	    (err = edition_open(&body, v->store, scope, &r)) == VAULT_OK &&
	    (err = take_out(body, v, what, a)) == VAULT_OK)
		err = json_write(out, body);
	json_decref(body);
	audience_free(a);
	return err;
}

enum vault_err
vault_redact(struct buf *body, bool *closed, struct vault *v,
    const struct vault_redact_what *what)
{
	enum consent_scope scope;
	enum vault_err err;

	buf_reset(body);
	*closed = true;
	if (!consent_scope_find(&scope, what->audience) ||
	    consent_scope_level(scope) < 0)
		return VAULT_EUSE;
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = make(body, closed, v, what, scope);
	store_read_end(v->store);
	return vault_failed(v, err);
}

/* ---- Keeping ---- */

struct note {
	struct vault *v;
	const struct vault_redact_what *what;
	size_t passages;
};

/* It may have been closed since a person was asked. */
static enum vault_err
may_copy(bool *closed, const struct note *n)
{
	struct record_row r;
	struct audience *a;
	enum vault_err err = open_record(&r, &a, closed, n->v, n->what);

	audience_free(a);
#ifndef PLANT_CLOSED_COPIED
	if (err == VAULT_OK && *closed && !n->what->from_closed)
		err = VAULT_EREFUSED;
#endif
	return err;
}

/* {"audience":CODE,"closed":true,"from":ID,"passages":N,"record":ID} */
static enum vault_err
log_copy(void *ctx, struct store *s, const struct record_row *r)
{
	const struct note *n = ctx;
	char id[ID_TEXT_LEN + 1];
	struct buf detail = { 0 };
	enum vault_err err;
	bool closed;

	if ((err = may_copy(&closed, n)) != VAULT_OK)
		return err;
	id_print(id, r->id);
	buf_putf(&detail,
	    "{\"audience\":\"%s\",%s\"from\":\"%s\",\"passages\":%zu,"
	    "\"record\":\"%s\"}",
	    n->what->audience, closed ? "\"closed\":true," : "", n->what->id,
	    n->passages, id);
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
	struct note n = { v, what, passages };
	const struct records_note note = { &n, log_copy };

	return records_add(
	    id, v, report, NULL, buf_text(body), body->len, &note);
}
