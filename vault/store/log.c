/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/secret.h"
#include "store/inner.h"
#include "store/log.h"
#include "store/sql.h"

/* hash(s) of FORMAT.md, section 6; previous and out may be the same. */
static enum vault_err
chain(uint8_t out[static HASH_LEN], const struct store *s,
    const uint8_t previous[static HASH_LEN], const struct log_entry *e)
{
	size_t what_len = strlen(e->what);
	uint8_t numbers[8 + 8], what_prefix[4], detail_prefix[4];
	struct hash_part parts[] = {
		{ previous, HASH_LEN },
		{ numbers, sizeof(numbers) },
		{ what_prefix, 4 },
		{ e->what, what_len },
		{ detail_prefix, 4 },
		{ e->detail, e->detail_len },
	};

	put_le64(numbers, e->seq);
	put_le64(numbers + 8, (uint64_t)e->time);
	put_le32(what_prefix, (uint32_t)what_len);
	put_le32(detail_prefix, (uint32_t)e->detail_len);
	return hash_in(out, s->ring, KEY_LOG, parts, 6);
}

enum vault_err
log_add(struct store *s, const char *what, const char *detail, size_t len)
{
	struct log_entry e = { .what = what, .detail = detail };
	enum vault_err err;
	struct sql *q;
	int64_t last;

	err = sql_number(&last, s, "SELECT ifnull(max(seq),0) FROM log");
	if (err != VAULT_OK)
		return err;
	e.seq = (uint64_t)last + 1;
	e.time = clock_now();
	e.detail_len = len;
	if ((err = chain(s->log_head, s, s->log_head, &e)) != VAULT_OK)
		return err;
	q = sql_open(s, "INSERT INTO log VALUES(?1,?2,?3,?4,?5)");
	sql_put_int(q, 1, (int64_t)e.seq);
	sql_put_int(q, 2, e.time);
	sql_put_text(q, 3, what, strlen(what));
	sql_put_text(q, 4, detail, len);
	sql_put_blob(q, 5, s->log_head, HASH_LEN);
	return sql_finish(q);
}

/* The entry of the current row; hash is copied. */
static enum vault_err
entry_of(struct log_entry *e, uint8_t hash[static HASH_LEN], struct sql *q)
{
	e->seq = (uint64_t)sql_int(q, 0);
	e->time = sql_int(q, 1);
	e->what = sql_text(q, 2, NULL);
	e->detail = sql_text(q, 3, &e->detail_len);
	return sql_copy(q, 4, hash, HASH_LEN);
}

#define ENTRIES "SELECT seq,time,what,detail,hash FROM log"

enum vault_err
log_each(struct store *s, uint64_t from,
    bool (*each)(void *ctx, const struct log_entry *e), void *ctx)
{
	struct sql *q = sql_open(s, ENTRIES " WHERE seq>=?1 ORDER BY seq");
	uint8_t hash[HASH_LEN];
	enum vault_err err;
	struct log_entry e;
	bool row;

	sql_put_int(q, 1, (int64_t)from);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = entry_of(&e, hash, q)) != VAULT_OK || !each(ctx, &e))
			break;
	sql_close(q);
	return err;
}

enum vault_err
log_last(struct store *s, uint64_t *seq, int64_t *time)
{
	struct sql *q = sql_open(
	    s, "SELECT seq,time FROM log ORDER BY seq DESC LIMIT 1");
	enum vault_err err;
	bool row;

	*seq = 0;
	*time = 0;
	if ((err = sql_step(q, &row)) == VAULT_OK && row) {
		*seq = (uint64_t)sql_int(q, 0);
		*time = sql_int(q, 1);
	}
	sql_close(q);
	return err;
}

enum vault_err
log_check(struct store *s, uint64_t *seq)
{
	struct sql *q = sql_open(s, ENTRIES " ORDER BY seq");
	uint8_t hash[HASH_LEN], want[HASH_LEN] = { 0 };
	enum vault_err err;
	struct log_entry e;
	bool row;

	*seq = 1;
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		if ((err = entry_of(&e, hash, q)) != VAULT_OK ||
		    (err = chain(want, s, want, &e)) != VAULT_OK)
			break;
		err = VAULT_EDAMAGED;
		if (e.seq != *seq || !bytes_equal(want, hash, HASH_LEN))
			break;
		err = VAULT_OK;
		(*seq)++;
	}
	if (err == VAULT_OK &&
	    !bytes_equal(want, cells_root(s->cells)->log_head, HASH_LEN))
		err = VAULT_EDAMAGED;
	sql_close(q);
	return err;
}
