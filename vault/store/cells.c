/* SPDX-License-Identifier: ISC */
/* cells.c - transactions, the root, one cell at a time. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/io.h"
#include "core/mem.h"
#include "core/secret.h"
#include "store/cells_inside.h"
#include "store/sqlite.h"

enum vault_err
cells_fail(
    struct cells *c, enum vault_err err, enum vault_where where, uint64_t n)
{
	c->fault = (struct vault_fault){ where, (int64_t)n };
	/* A reader may go on: damage is one cell wide. */
	if (c->state == WRITING)
		c->broken = true;
	return err;
}

/* A full disk is often told as any other error of input and output. */
enum vault_err
cells_db_err(struct cells *c, int result)
{
	enum vault_err err = sqlite_err(result);

	if (err == VAULT_EIO &&
	    io_err(sqlite3_system_errno(c->db)) == VAULT_ESPACE)
		err = VAULT_ESPACE;
	return err;
}

/* The error of the last call into SQLite. */
enum vault_err
cells_db_fail(struct cells *c, int result)
{
	enum vault_where where = VAULT_WHERE_CELLS;
	enum vault_err err = cells_db_err(c, result);

	errno = sqlite3_system_errno(c->db);
	if (result == SQLITE_READONLY_ROLLBACK ||
	    result == SQLITE_READONLY_RECOVERY)
		where = VAULT_WHERE_JOURNAL;
	/* A journal that points elsewhere is nothing that we wrote. */
	if (c->files != NULL && files_was_tricked(c->files))
		err = VAULT_EDAMAGED;
	if (keyring_is_gone(c->ring))
		err = VAULT_ELOCKED;
	return cells_fail(c, err, where, 0);
}

int
cells_run(struct cells *c, enum statement which)
{
	int r = sqlite3_step(c->stmt[which]);

	sqlite3_reset(c->stmt[which]);
	return r;
}

/* Sums modulo 2^256, little-endian. */
void
cells_sum_add(uint8_t sum[static HASH_LEN], const uint8_t term[static HASH_LEN])
{
	unsigned carry = 0;

	for (size_t i = 0; i < HASH_LEN; i++) {
		carry += (unsigned)sum[i] + term[i];
		sum[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

static void
sum_subtract(uint8_t sum[static HASH_LEN], const uint8_t term[static HASH_LEN])
{
	unsigned borrow = 0;

	for (size_t i = 0; i < HASH_LEN; i++) {
		unsigned digit = 256u + sum[i] - term[i] - borrow;

		sum[i] = (uint8_t)digit;
		borrow = digit < 256;
	}
}

/* T(n) of FORMAT.md, 4.3. */
enum vault_err
cells_term(const struct cells *c, uint8_t out[static HASH_LEN], uint64_t n,
    const uint8_t *body)
{
	uint8_t number[8];
	struct hash_part parts[] = {
		{ number, sizeof(number) },
		{ body, SEAL_NONCE_LEN },
		{ body + CELL_LEN - SEAL_TAG_LEN, SEAL_TAG_LEN },
	};

	put_le64(number, n);
	return hash_in(out, c->ring, KEY_CELLS_SUM, parts, 3);
}

const uint8_t *
cells_associated(struct cells *c, uint64_t n)
{
	put_le64(c->ad + sizeof(c->ad) - 8, n);
	return c->ad;
}

/* ---- What has been seen ---- */

/* Nonces are random: two cells of ours never have one mark. */
static uint64_t
mark_of(const uint8_t *body)
{
	uint64_t mark = get_le64(body) ^
	    get_le64(body + CELL_LEN - SEAL_TAG_LEN);

	return mark == 0 ? 1 : mark;
}

static void
forget_seen(struct cells *c)
{
	if (c->seen != NULL)
		memset(c->seen, 0, c->seen_len * sizeof(*c->seen));
}

static uint64_t
seen_mark(const struct cells *c, uint64_t n)
{
	return n < c->seen_len ? c->seen[n] : 0;
}

static enum vault_err
see(struct cells *c, uint64_t n, const uint8_t *body)
{
	if (n >= c->seen_len) {
		size_t len = (size_t)n + 1 + (size_t)n / 2 + 64;
		uint64_t *more = mem_realloc(c->seen, len * sizeof(*c->seen));

		if (more == NULL)
			return VAULT_ENOMEM;
		memset(
		    more + c->seen_len, 0, (len - c->seen_len) * sizeof(*more));
		c->seen = more;
		c->seen_len = len;
	}
	c->seen[n] = mark_of(body);
	return VAULT_OK;
}

/* Is the row still the one that was read?  Else it was exchanged meanwhile. */
static enum vault_err
check_seen(struct cells *c, uint64_t n, const uint8_t *body)
{
#ifndef PLANT_NO_SEEN
	uint64_t mark = seen_mark(c, n);

	if (mark != 0 && mark != mark_of(body))
		return cells_fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
#endif
	return VAULT_OK;
}

/*
 * The body of row n: borrowed until the statement is reset.  *out is NULL if
 * there is no such row.
 */
static enum vault_err
find(struct cells *c, const uint8_t **out, uint64_t n)
{
	sqlite3_stmt *get = c->stmt[GET];
	int r;

	*out = NULL;
	sqlite3_bind_int64(get, 1, (sqlite3_int64)n);
	if ((r = sqlite3_step(get)) == SQLITE_DONE)
		return VAULT_OK;
	if (r != SQLITE_ROW)
		return cells_db_fail(c, r);
	if (sqlite3_column_type(get, 0) != SQLITE_BLOB ||
	    sqlite3_column_bytes(get, 0) != CELL_LEN)
		return cells_fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
	if ((*out = sqlite3_column_blob(get, 0)) == NULL)
		return cells_fail(c, VAULT_ENOMEM, VAULT_WHERE_CELL, n);
	return VAULT_OK;
}

static enum vault_err
open_cell(struct cells *c, uint64_t n, uint8_t *plain)
{
	const uint8_t *body;
	enum vault_err err = find(c, &body, n);

	if (err == VAULT_OK && body == NULL)
		err = cells_fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
	if (err == VAULT_OK && n > 0 &&
	    (err = check_seen(c, n, body)) == VAULT_OK)
		err = see(c, n, body);
	if (err == VAULT_OK && n == 0)
		c->root_found = mark_of(body);
	if (err == VAULT_OK) {
		err = seal_open_in(plain, c->ring, KEY_CELL, body, CELL_LEN,
		    cells_associated(c, n), AD_LEN);
		if (err != VAULT_OK)
			err = cells_fail(c, err, VAULT_WHERE_CELL, n);
	}
	sqlite3_reset(c->stmt[GET]);
	return err;
}

/* Write a row; n = 0 is the root, which has no part in S. */
static enum vault_err
write_cell(struct cells *c, uint64_t n, const uint8_t *plain)
{
	sqlite3_stmt *put = c->stmt[PUT];
	uint8_t body[CELL_LEN], t[HASH_LEN];
	enum vault_err err;
	int r;

	err = seal_in(body, c->ring, KEY_CELL, plain, CELL_PLAIN_LEN,
	    cells_associated(c, n), AD_LEN);
	if (err == VAULT_OK && n > 0)
		err = cells_term(c, t, n, body);
	if (err != VAULT_OK)
		return cells_fail(c, err, VAULT_WHERE_CELL, n);
	if (n > 0) {
		cells_sum_add(c->root.sum, t);
		if ((err = see(c, n, body)) != VAULT_OK)
			return cells_fail(c, err, VAULT_WHERE_CELL, n);
	} else {
		c->root_found = mark_of(body);
	}
	sqlite3_bind_int64(put, 1, (sqlite3_int64)n);
	sqlite3_bind_blob(put, 2, body, CELL_LEN, SQLITE_STATIC);
	r = sqlite3_step(put);
	sqlite3_reset(put);
	sqlite3_clear_bindings(put);
	return r == SQLITE_DONE ? VAULT_OK : cells_db_fail(c, r);
}

enum {
	ROOT_COMMIT = 8,
	ROOT_COUNT = 16,
	ROOT_SUM = 24,
	ROOT_LOG = 56,
	ROOT_END = 88,
};
static const uint8_t root_magic[8] = "AMPARO-R";
static const uint8_t zeros[CELL_PLAIN_LEN];

static enum vault_err
root_decode(struct cells_root *out, const uint8_t *plain)
{
	if (memcmp(plain, root_magic, sizeof(root_magic)) != 0 ||
	    memcmp(plain + ROOT_END, zeros, CELL_PLAIN_LEN - ROOT_END) != 0)
		return VAULT_EDAMAGED;
	out->commit = get_le64(plain + ROOT_COMMIT);
	out->count = get_le64(plain + ROOT_COUNT);
	memcpy(out->sum, plain + ROOT_SUM, HASH_LEN);
	memcpy(out->log_head, plain + ROOT_LOG, HASH_LEN);
	return VAULT_OK;
}

static void
root_encode(uint8_t *plain, const struct cells_root *root)
{
	memset(plain, 0, CELL_PLAIN_LEN);
	memcpy(plain, root_magic, sizeof(root_magic));
	put_le64(plain + ROOT_COMMIT, root->commit);
	put_le64(plain + ROOT_COUNT, root->count);
	memcpy(plain + ROOT_SUM, root->sum, HASH_LEN);
	memcpy(plain + ROOT_LOG, root->log_head, HASH_LEN);
}

enum vault_err
cells_read_root(struct cells *c)
{
	uint8_t plain[CELL_PLAIN_LEN];
	enum vault_err err = open_cell(c, 0, plain);

	if (err == VAULT_OK && root_decode(&c->root, plain) != VAULT_OK)
		err = cells_fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, 0);
	c->count_before = c->root.count;
	return err;
}

enum vault_err
cells_write_root(struct cells *c)
{
	uint8_t plain[CELL_PLAIN_LEN];

	root_encode(plain, &c->root);
	return write_cell(c, 0, plain);
}

static enum vault_err
begin(struct cells *c, enum statement how, enum state state)
{
	enum vault_err err;
	int r;

	if (c->state != IDLE)
		return VAULT_EUSE;
	if ((r = cells_run(c, how)) != SQLITE_DONE)
		return cells_db_fail(c, r);
	c->state = state;
	if ((err = cells_read_root(c)) != VAULT_OK) {
		cells_end(c);
		return err;
	}
	if (c->root_found != c->root_mark) {
		/* What was read before belongs to another state. */
		if (c->root_mark != 0)
			c->changed = true;
		c->root_mark = c->root_found;
		forget_seen(c);
	}
	return VAULT_OK;
}

enum vault_err
cells_begin_read(struct cells *c)
{
	return begin(c, BEGIN_READ, READING);
}

enum vault_err
cells_begin_write(struct cells *c)
{
	/* SQLite would begin to read, and fail at the first write only. */
	if (cells_is_read_only(c))
		return cells_fail(c, VAULT_ESPACE, VAULT_WHERE_CELLS, 0);
	return begin(c, BEGIN_WRITE, WRITING);
}

bool
cells_in_read(const struct cells *c)
{
	return c->state == READING;
}

bool
cells_in_write(const struct cells *c)
{
	return c->state == WRITING;
}

const struct cells_root *
cells_root(const struct cells *c)
{
	return &c->root;
}

enum vault_err
cells_get(struct cells *c, uint64_t n, uint8_t plain[static CELL_PLAIN_LEN])
{
	if (c->state == IDLE || c->broken || n < 1 || n > c->root.count)
		return VAULT_EUSE;
	/*
	 * A page that SQLite allocated and freed again in this transaction was
	 * never written; when it is taken anew, it is read first.
	 */
	if (c->state == WRITING && n > c->count_before &&
	    seen_mark(c, n) == 0) {
		memset(plain, 0, CELL_PLAIN_LEN);
		return VAULT_OK;
	}
	return open_cell(c, n, plain);
}

/* Take the cell that is on the disk out of S: that one, not a remembered. */
static enum vault_err
subtract_found(struct cells *c, uint64_t n)
{
	const uint8_t *body;
	uint8_t t[HASH_LEN];
	enum vault_err err = find(c, &body, n);

	if (err != VAULT_OK || body == NULL) {
		/* There must be a row up to the old count. */
		if (err == VAULT_OK && n <= c->count_before)
			err = cells_fail(
			    c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
		goto out;
	}
	/* Beyond the old count there is only what this transaction wrote. */
	if (n > c->count_before && seen_mark(c, n) == 0) {
		err = cells_fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
		goto out;
	}
	if ((err = check_seen(c, n, body)) != VAULT_OK)
		goto out;
	if ((err = cells_term(c, t, n, body)) == VAULT_OK)
		sum_subtract(c->root.sum, t);
	else
		err = cells_fail(c, err, VAULT_WHERE_CELL, n);
out:
	sqlite3_reset(c->stmt[GET]);
	return err;
}

/*
 * Before the count rises there is no row beyond it: what somebody put there
 * must not become a cell by being counted.
 */
static enum vault_err
nothing_beyond(struct cells *c)
{
	sqlite3_stmt *last = c->stmt[LAST];
	enum vault_err err = VAULT_OK;
	sqlite3_int64 n;
	int r;

	if ((r = sqlite3_step(last)) != SQLITE_ROW)
		err = cells_db_fail(c, r);
	else if ((n = sqlite3_column_int64(last, 0)) < 0 ||
	    (uint64_t)n != c->root.count)
		err = cells_fail(
		    c, VAULT_EDAMAGED, VAULT_WHERE_CELL, (uint64_t)n);
	sqlite3_reset(last);
	return err;
}

enum vault_err
cells_put(
    struct cells *c, uint64_t n, const uint8_t plain[static CELL_PLAIN_LEN])
{
	enum vault_err err;

	if (c->state != WRITING || c->broken || n < 1)
		return VAULT_EUSE;
	if (n > c->root.count && (err = nothing_beyond(c)) != VAULT_OK)
		return err;
	if ((err = subtract_found(c, n)) != VAULT_OK)
		return err;
	if (n > c->root.count)
		c->root.count = n;
	return write_cell(c, n, plain);
}

/*
 * SQLite never writes some pages: free ones, and the one of the lock byte.
 * They get a cell all the same, so that a missing cell is always an error.
 */
static enum vault_err
fill_holes(struct cells *c)
{
	const uint8_t *body;
	enum vault_err err;

	for (uint64_t n = c->count_before + 1; n <= c->root.count; n++) {
		err = find(c, &body, n);
		sqlite3_reset(c->stmt[GET]);
		if (err == VAULT_OK && body != NULL && seen_mark(c, n) == 0)
			err = cells_fail(
			    c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
		else if (err == VAULT_OK && body == NULL)
			err = write_cell(c, n, zeros);
		if (err != VAULT_OK)
			return err;
	}
	return VAULT_OK;
}

enum vault_err
cells_commit(struct cells *c, const uint8_t log_head[static HASH_LEN])
{
	enum vault_err err;
	int r;

	if (c->state != WRITING)
		return VAULT_EUSE;
	err = c->broken ? VAULT_EIO : fill_holes(c);
	if (err == VAULT_OK) {
		c->root.commit++;
		memcpy(c->root.log_head, log_head, HASH_LEN);
		err = cells_write_root(c);
	}
	/* Sealed with a key that is gone: nothing of it may be kept. */
#ifndef PLANT_NO_STATE
	if (err == VAULT_OK && keyring_is_gone(c->ring))
		err = cells_fail(c, VAULT_ELOCKED, VAULT_WHERE_UNKNOWN, 0);
#endif
	if (err == VAULT_OK && (r = cells_run(c, COMMIT)) != SQLITE_DONE)
		err = cells_db_fail(c, r);
	if (err != VAULT_OK) {
		cells_end(c);
		return err;
	}
	c->state = IDLE;
	c->root_mark = c->root_found;
	return VAULT_OK;
}

bool
cells_take_changed(struct cells *c)
{
	bool changed = c->changed;

	c->changed = false;
	return changed;
}

void
cells_end(struct cells *c)
{
	if (c->state == IDLE)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_reset(c->stmt[i]);
	/* SQLite may have rolled back by itself; then this does nothing. */
	(void)cells_run(c, ROLLBACK);
	/* Marks of what was written and undone mean nothing. */
	if (c->state == WRITING)
		forget_seen(c);
	c->state = IDLE;
	c->broken = false;
}

struct vault_fault
cells_fault(const struct cells *c)
{
	return c->fault;
}

#define BUSY_STEP_MS 5

int
cells_busy(void *ctx, int times)
{
	struct cells *c = ctx;
	unsigned waited = (unsigned)times * BUSY_STEP_MS;

	if (waited >= c->busy_ms || keyring_is_gone(c->ring))
		return 0;
	if (c->waiting != NULL && !c->waiting(c->waiting_ctx, waited))
		return 0;
	usleep(BUSY_STEP_MS * 1000);
	return 1;
}

/*
 * Whoever waits looks once in a step: twice that is enough for one of them.
 * A turn after every commit would be a quarter of the time of an attachment;
 * those who wait have seconds.
 */
#define TURN_MS 100

void
cells_give_way(struct cells *c)
{
	int64_t now = clock_boot_ms();

	if (keyring_is_gone(c->ring) || now - c->turn_ms < TURN_MS)
		return;
	/* Whoever has only begun to write gives way a turn later. */
	if (c->turn_ms != 0)
		usleep(2 * BUSY_STEP_MS * 1000);
	c->turn_ms = clock_boot_ms();
}

void
cells_on_busy(struct cells *c, unsigned busy_ms,
    bool (*waiting)(void *ctx, unsigned waited_ms), void *ctx)
{
	c->busy_ms = busy_ms;
	c->waiting = waiting;
	c->waiting_ctx = ctx;
}

bool
cells_is_read_only(const struct cells *c)
{
	return sqlite3_db_readonly(c->db, "main") == 1;
}

enum vault_err
cells_secure_delete(struct cells *c, bool on)
{
	return sqlite_run(
	    c->db, on ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=OFF");
}
