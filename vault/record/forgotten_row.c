/* SPDX-License-Identifier: ISC */
#include "core/clock.h"
#include "record/forgotten_row.h"
#include "record/heads.h"
#include "record/table_row.h"
#include "store/sql.h"
#include "store/store.h"

#define DAY 86400

/*
 * The record's id stays out of it: it stands in the log beside whom the record
 * was sent to, and a list would tell whose it was.
 */
static enum vault_err
mark_of(uint8_t out[static HASH_LEN], const struct store *s, const uint8_t *key)
{
	const struct hash_part part = { key, HASH_LEN };

	return hash_in(out, store_ring(s), KEY_FORGOTTEN, &part, 1);
}

static enum vault_err
keep(struct store *s, const uint8_t *key)
{
	uint8_t mark[HASH_LEN];
	enum vault_err err = mark_of(mark, s, key);
	struct sql *q;

	if (err != VAULT_OK)
		return err;
	q = sql_open(s,
	    "INSERT INTO forgotten VALUES(?1,?2)"
	    " ON CONFLICT(mark) DO UPDATE SET day=excluded.day");
	sql_put_blob(q, 1, mark, HASH_LEN);
	sql_put_int(q, 2, clock_now() / DAY);
	return sql_finish(q);
}

enum vault_err
forgotten_row_keep(struct store *s, const struct record_row *r)
{
	struct merged m = { 0 };
	uint8_t key[HASH_LEN];
	enum vault_err err = heads_trust(&m, s, r);
	bool has = false;

	if (err == VAULT_OK && m.body != NULL)
		err = table_key(&has, key, m.body);
#ifndef PLANT_FORGOTTEN_ROW
	if (err == VAULT_OK && has)
		err = keep(s, key);
#endif
	merged_free(&m);
	return err;
}

enum vault_err
forgotten_row_count(uint64_t *n, struct store *s)
{
	struct sql *q = sql_open(s, "SELECT count(*) FROM forgotten");
	enum vault_err err;
	bool row;

	*n = 0;
	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		*n = (uint64_t)sql_int(q, 0);
	sql_close(q);
	return err;
}

enum vault_err
forgotten_row_drop_all(struct store *s)
{
	return sql_run(s, "DELETE FROM forgotten");
}

enum vault_err
forgotten_row_day(
    int64_t *day, struct store *s, const uint8_t key[static HASH_LEN])
{
	uint8_t mark[HASH_LEN];
	enum vault_err err = mark_of(mark, s, key);
	struct sql *q;
	bool row;

	*day = 0;
	if (err != VAULT_OK)
		return err;
	q = sql_open(s, "SELECT day FROM forgotten WHERE mark=?1");
	sql_put_blob(q, 1, mark, HASH_LEN);
	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		*day = sql_int(q, 0) * DAY;
	sql_close(q);
	return err;
}

enum vault_err
forgotten_row_drop(struct store *s, const uint8_t key[static HASH_LEN])
{
	uint8_t mark[HASH_LEN];
	enum vault_err err = mark_of(mark, s, key);
	struct sql *q;

	if (err != VAULT_OK)
		return err;
	q = sql_open(s, "DELETE FROM forgotten WHERE mark=?1");
	sql_put_blob(q, 1, mark, HASH_LEN);
	return sql_finish(q);
}
