/* SPDX-License-Identifier: ISC */
/*
 * drafts.c - what is being written, kept every few seconds.
 *
 * A draft lies in the inner database like a record, so it is as sealed as
 * one; it is no version, is not signed, not found and never leaves.
 */
#include <string.h>

#include "core/clock.h"
#include "inside.h"
#include "record/id.h"
#include "store/sql.h"
#include "store/store.h"

static enum vault_err
put(struct vault *v, int64_t *number, const char *record,
    const struct buf *base, const char *type, const void *json, size_t len)
{
	struct sql *q = sql_open(v->store,
	    "INSERT OR REPLACE INTO draft VALUES(?1,?2,?3,?4,?5,?6)"
	    " RETURNING id");
	uint8_t id[ID_LEN];
	enum vault_err err;
	bool row;

	if (*number > 0)
		sql_put_int(q, 1, *number);
	else
		sql_put_null(q, 1);
	if (record != NULL && *record != '\0' &&
	    id_parse(id, record, strlen(record)) == VAULT_OK)
		sql_put_blob(q, 2, id, ID_LEN);
	else
		sql_put_null(q, 2);
	if (base != NULL && base->len > 0)
		sql_put_blob(q, 3, base->bytes, base->len);
	else
		sql_put_null(q, 3);
	sql_put_text(q, 4, type, strlen(type));
	sql_put_int(q, 5, clock_now());
	sql_put_text(q, 6, json, len);
	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		*number = sql_int(q, 0);
	sql_close(q);
	return err == VAULT_OK ? store_commit(v->store) : err;
}

enum vault_err
vault_draft_put(struct vault *v, int64_t *number, const char *record,
    const struct buf *base, const char *type, const void *json, size_t len)
{
	enum vault_err err;

	if (len > VAULT_BODY_MAX)
		return VAULT_EVERSION;
	/* What was typed and taken out again is not to stay in free pages. */
	if ((err = store_begin(v->store)) == VAULT_OK &&
	    (err = store_secure_delete(v->store, true)) == VAULT_OK)
		err = put(v, number, record, base, type, json, len);
	store_abort(v->store);
	return vault_failed(v, err);
}

enum vault_err
vault_draft_drop(struct vault *v, int64_t number)
{
	enum vault_err err;
	struct sql *q;

	if ((err = store_begin(v->store)) == VAULT_OK &&
	    (err = store_secure_delete(v->store, true)) == VAULT_OK) {
		q = sql_open(v->store, "DELETE FROM draft WHERE id=?1");
		sql_put_int(q, 1, number);
		if ((err = sql_finish(q)) == VAULT_OK)
			err = store_commit(v->store);
	}
	store_abort(v->store);
	return vault_failed(v, err);
}

static enum vault_err
read_row(struct vault_draft *d, struct sql *q)
{
	uint8_t id[ID_LEN];
	enum vault_err err = VAULT_OK;
	const uint8_t *base;
	const char *text;
	size_t len;

	memset(d, 0, sizeof(*d));
	d->number = sql_int(q, 0);
	if (!sql_is_null(q, 1)) {
		if ((err = sql_copy(q, 1, id, ID_LEN)) != VAULT_OK)
			return err;
		id_print(d->record, id);
	}
	base = sql_blob(q, 2, &len);
	buf_put(&d->base, base, len);
	text = sql_text(q, 3, &len);
	if (len >= sizeof(d->type))
		return VAULT_EDAMAGED;
	memcpy(d->type, text, len);
	d->time = sql_int(q, 4);
	text = sql_text(q, 5, &len);
	buf_put(&d->body, text, len);
	err = buf_ok(&d->base);
	return err == VAULT_OK ? buf_ok(&d->body) : err;
}

enum vault_err
vault_drafts(struct vault *v,
    bool (*each)(void *ctx, const struct vault_draft *d), void *ctx)
{
	struct sql *q = sql_open(v->store,
	    "SELECT id,record,base,type,time,body FROM draft ORDER BY time "
	    "DESC");
	enum vault_err err;
	bool row, go_on = true;

	while (go_on && (err = sql_step(q, &row)) == VAULT_OK && row) {
		struct vault_draft d;

		if ((err = read_row(&d, q)) == VAULT_OK)
			go_on = each(ctx, &d);
		buf_free(&d.base);
		buf_free(&d.body);
		if (err != VAULT_OK)
			break;
	}
	sql_close(q);
	return vault_failed(v, err);
}
