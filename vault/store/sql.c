/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "store/inner.h"
#include "store/sql.h"
#include "store/sqlite.h"

/* A place among the ready statements: this text's, an empty one, any. */
static struct sql *
place_for(struct store *s, const char *text)
{
	struct sql *spare = NULL;

	for (size_t i = 0; i < SQL_READY; i++) {
		struct sql *q = &s->ready[i];

		if (!q->busy && q->text == text)
			return q;
		if (!q->busy && (spare == NULL || spare->text != NULL))
			spare = q;
	}
	return spare;
}

bool
inner_any_busy(const struct store *s)
{
	for (size_t i = 0; i < SQL_READY; i++)
		if (s->ready[i].busy)
			return true;
	return false;
}

static enum vault_err
prepare(struct sql *q, const char *text)
{
	int r;

	if (q->stmt != NULL && q->text == text)
		return VAULT_OK;
	sqlite3_finalize(q->stmt);
	q->stmt = NULL;
	q->text = text;
	r = sqlite3_prepare_v3(
	    q->store->db, text, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL);
	return r == SQLITE_OK ? VAULT_OK : inner_fail(q->store, r);
}

struct sql *
sql_open(struct store *s, const char *text)
{
	/* So many statements at a time would be a mistake of ours. */
	static struct sql none = { .err = VAULT_EUSE };
	enum vault_err err = VAULT_OK;
	struct sql *q;

	/* A statement on its own is a transaction of readers too. */
	if (!s->writing && !s->reading) {
		err = store_read(s);
		s->lone = err == VAULT_OK;
	}
	if ((q = place_for(s, text)) == NULL)
		return &none;
	q->store = s;
	q->busy = true;
	q->err = err == VAULT_OK ? prepare(q, text) : err;
	return q;
}

struct sql *
sql_open_once(struct store *s, const char *text)
{
	struct sql *q = sql_open(s, text);

	/* The address of the text will mean nothing later. */
	if (q->store != NULL)
		q->once = true;
	return q;
}

void
sql_close(struct sql *q)
{
	if (q->store == NULL)
		return; /* the static one of sql_open */
	if (q->once) {
		sqlite3_finalize(q->stmt);
		q->stmt = NULL;
	}
	if (q->stmt != NULL) {
		sqlite3_reset(q->stmt);
		sqlite3_clear_bindings(q->stmt);
	} else {
		q->text = NULL;
	}
	q->once = false;
	q->busy = false;
	if (q->store->lone && !inner_any_busy(q->store))
		store_read_end(q->store);
}

static void
put_done(struct sql *q, int r)
{
	if (r != SQLITE_OK && q->err == VAULT_OK)
		q->err = inner_fail(q->store, r);
}

void
sql_put_int(struct sql *q, int at, int64_t value)
{
	if (q->err == VAULT_OK)
		put_done(q, sqlite3_bind_int64(q->stmt, at, value));
}

void
sql_put_text(struct sql *q, int at, const char *text, size_t len)
{
	if (q->err == VAULT_OK)
		put_done(q,
		    sqlite3_bind_text64(
			q->stmt, at, text, len, SQLITE_STATIC, SQLITE_UTF8));
}

void
sql_put_blob(struct sql *q, int at, const void *bytes, size_t len)
{
	if (q->err == VAULT_OK)
		put_done(q,
		    sqlite3_bind_blob64(
			q->stmt, at, bytes, len, SQLITE_STATIC));
}

void
sql_put_null(struct sql *q, int at)
{
	if (q->err == VAULT_OK)
		put_done(q, sqlite3_bind_null(q->stmt, at));
}

enum vault_err
sql_step(struct sql *q, bool *row)
{
	int r;

	*row = false;
	if (q->err != VAULT_OK)
		return q->err;
	r = sqlite3_step(q->stmt);
	if (r == SQLITE_ROW || r == SQLITE_DONE) {
		*row = r == SQLITE_ROW;
		return VAULT_OK;
	}
	sqlite3_reset(q->stmt);
	return inner_fail(q->store, r);
}

enum vault_err
sql_finish(struct sql *q)
{
	enum vault_err err;
	bool row;

	do
		err = sql_step(q, &row);
	while (err == VAULT_OK && row);
	sql_close(q);
	return err;
}

bool
sql_is_null(struct sql *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

int64_t
sql_int(struct sql *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

double
sql_real(struct sql *q, int column)
{
	return sqlite3_column_double(q->stmt, column);
}

/* A long value needs memory to be read: without it, it is not empty. */
static void
value_done(struct sql *q, const void *value)
{
#ifndef PLANT_EMPTY_VALUES
	if (value == NULL && q->err == VAULT_OK &&
	    sqlite3_errcode(q->store->db) == SQLITE_NOMEM)
		q->err = VAULT_ENOMEM;
#else
	(void)q;
	(void)value;
#endif
}

enum vault_err
sql_ok(const struct sql *q)
{
	return q->err;
}

const char *
sql_text(struct sql *q, int column, size_t *len)
{
	const char *text = (const char *)sqlite3_column_text(q->stmt, column);

	value_done(q, text);
	if (len != NULL)
		*len = (size_t)sqlite3_column_bytes(q->stmt, column);
	return text == NULL ? "" : text;
}

const uint8_t *
sql_blob(struct sql *q, int column, size_t *len)
{
	const uint8_t *bytes = sqlite3_column_blob(q->stmt, column);

	value_done(q, bytes);
	*len = (size_t)sqlite3_column_bytes(q->stmt, column);
	return bytes;
}

enum vault_err
sql_copy(struct sql *q, int column, void *to, size_t len)
{
	size_t got;
	const uint8_t *bytes = sql_blob(q, column, &got);

	if (q->err != VAULT_OK)
		return q->err;
	if (bytes == NULL || got != len)
		return VAULT_EDAMAGED;
	memcpy(to, bytes, len);
	return VAULT_OK;
}

enum vault_err
sql_run(struct store *s, const char *text)
{
	return sql_finish(sql_open(s, text));
}

enum vault_err
sql_number(int64_t *out, struct store *s, const char *text)
{
	struct sql *q = sql_open(s, text);
	enum vault_err err;
	bool row;

	*out = 0;
	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		*out = sql_int(q, 0);
	sql_close(q);
	return err;
}
