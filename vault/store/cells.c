/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/io.h"
#include "core/mem.h"
#include "core/random.h"
#include "core/secret.h"
#include "store/cells.h"
#include "store/files.h"
#include "store/sqlite.h"

#define OUTER_APPLICATION 0x416d7063
#define OUTER_VERSION 1
#define OUTER_PAGE 4096
#define BUSY_MS 5000

#define TEXT(x) #x
#define STRING(x) TEXT(x)

static const char *const schema[] = {
	"CREATE TABLE cell(n INTEGER PRIMARY KEY, body BLOB NOT NULL)",
};

enum state { IDLE, READING, WRITING };

enum statement {
	BEGIN_READ,
	BEGIN_WRITE,
	COMMIT,
	ROLLBACK,
	GET,
	PUT,
	STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[BEGIN_READ] = "BEGIN",
	[BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[GET] = "SELECT body FROM cell WHERE n=?1",
	[PUT] = "INSERT INTO cell(n,body) VALUES(?1,?2)"
		" ON CONFLICT(n) DO UPDATE SET body=excluded.body",
};

struct cells {
	struct files *files;
	sqlite3 *db;
	sqlite3_stmt *stmt[STATEMENTS];
	const struct keyring *ring;
	enum state state;
	bool broken; /* an error inside a transaction: nothing but its end */
	struct cells_root root;
	uint64_t count_before; /* the count when the transaction began */
	uint8_t ad[ID_LEN + ID_LEN + 4 + 8];
	struct vault_fault fault;
	unsigned busy_ms;
	bool (*waiting)(void *ctx, unsigned waited_ms);
	void *waiting_ctx;
};

#ifdef VAULT_TEST
static bool test_no_sync;

void
cells_test_no_sync(bool on)
{
	test_no_sync = on;
}
#else
static const bool test_no_sync = false;
#endif

static enum vault_err
fail(struct cells *c, enum vault_err err, enum vault_where where, uint64_t n)
{
	c->fault = (struct vault_fault){ where, (int64_t)n };
	if (c->state != IDLE)
		c->broken = true;
	return err;
}

/* The error of the last call into SQLite. */
static enum vault_err
db_fail(struct cells *c, int result)
{
	enum vault_where where = VAULT_WHERE_CELLS;
	enum vault_err err = sqlite_err(result);

	if (result == SQLITE_READONLY_ROLLBACK ||
	    result == SQLITE_READONLY_RECOVERY)
		where = VAULT_WHERE_JOURNAL;
	/* A journal that points elsewhere is nothing that we wrote. */
	if (c->files != NULL && files_was_tricked(c->files))
		err = VAULT_EDAMAGED;
	if (keyring_is_gone(c->ring))
		err = VAULT_ELOCKED;
	return fail(c, err, where, 0);
}

static int
run(struct cells *c, enum statement which)
{
	int r = sqlite3_step(c->stmt[which]);

	sqlite3_reset(c->stmt[which]);
	return r;
}

/* Sums modulo 2^256, little-endian. */
static void
sum_add(uint8_t sum[static HASH_LEN], const uint8_t term[static HASH_LEN])
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
static enum vault_err
term(const struct cells *c, uint8_t out[static HASH_LEN], uint64_t n,
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

static const uint8_t *
associated(struct cells *c, uint64_t n)
{
	put_le64(c->ad + sizeof(c->ad) - 8, n);
	return c->ad;
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
		return db_fail(c, r);
	if (sqlite3_column_type(get, 0) != SQLITE_BLOB ||
	    sqlite3_column_bytes(get, 0) != CELL_LEN)
		return fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
	if ((*out = sqlite3_column_blob(get, 0)) == NULL)
		return fail(c, VAULT_ENOMEM, VAULT_WHERE_CELL, n);
	return VAULT_OK;
}

static enum vault_err
open_cell(struct cells *c, uint64_t n, uint8_t *plain)
{
	const uint8_t *body;
	enum vault_err err = find(c, &body, n);

	if (err == VAULT_OK && body == NULL)
		err = fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
	if (err == VAULT_OK) {
		err = seal_open_in(plain, c->ring, KEY_CELL, body, CELL_LEN,
		    associated(c, n), sizeof(c->ad));
		if (err != VAULT_OK)
			err = fail(c, err, VAULT_WHERE_CELL, n);
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
	    associated(c, n), sizeof(c->ad));
	if (err == VAULT_OK && n > 0)
		err = term(c, t, n, body);
	if (err != VAULT_OK)
		return fail(c, err, VAULT_WHERE_CELL, n);
	if (n > 0)
		sum_add(c->root.sum, t);
	sqlite3_bind_int64(put, 1, (sqlite3_int64)n);
	sqlite3_bind_blob(put, 2, body, CELL_LEN, SQLITE_STATIC);
	r = sqlite3_step(put);
	sqlite3_reset(put);
	sqlite3_clear_bindings(put);
	return r == SQLITE_DONE ? VAULT_OK : db_fail(c, r);
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

static enum vault_err
read_root(struct cells *c)
{
	uint8_t plain[CELL_PLAIN_LEN];
	enum vault_err err = open_cell(c, 0, plain);

	if (err == VAULT_OK && root_decode(&c->root, plain) != VAULT_OK)
		err = fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, 0);
	c->count_before = c->root.count;
	return err;
}

static enum vault_err
write_root(struct cells *c)
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
	if ((r = run(c, how)) != SQLITE_DONE)
		return db_fail(c, r);
	c->state = state;
	if ((err = read_root(c)) != VAULT_OK)
		cells_end(c);
	return err;
}

enum vault_err
cells_begin_read(struct cells *c)
{
	return begin(c, BEGIN_READ, READING);
}

enum vault_err
cells_begin_write(struct cells *c)
{
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
			err = fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
		goto out;
	}
	if (n > c->root.count) {
		err = fail(c, VAULT_EDAMAGED, VAULT_WHERE_CELL, n);
		goto out;
	}
	if ((err = term(c, t, n, body)) == VAULT_OK)
		sum_subtract(c->root.sum, t);
	else
		err = fail(c, err, VAULT_WHERE_CELL, n);
out:
	sqlite3_reset(c->stmt[GET]);
	return err;
}

enum vault_err
cells_put(
    struct cells *c, uint64_t n, const uint8_t plain[static CELL_PLAIN_LEN])
{
	enum vault_err err;

	if (c->state != WRITING || c->broken || n < 1)
		return VAULT_EUSE;
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
		if (err == VAULT_OK && body == NULL)
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
		err = write_root(c);
	}
	/* Sealed with a key that is gone: nothing of it may be kept. */
#ifndef PLANT_NO_STATE
	if (err == VAULT_OK && keyring_is_gone(c->ring))
		err = fail(c, VAULT_ELOCKED, VAULT_WHERE_UNKNOWN, 0);
#endif
	if (err == VAULT_OK && (r = run(c, COMMIT)) != SQLITE_DONE)
		err = db_fail(c, r);
	if (err != VAULT_OK) {
		cells_end(c);
		return err;
	}
	c->state = IDLE;
	return VAULT_OK;
}

void
cells_end(struct cells *c)
{
	if (c->state == IDLE)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_reset(c->stmt[i]);
	/* SQLite may have rolled back by itself; then this does nothing. */
	(void)run(c, ROLLBACK);
	c->state = IDLE;
	c->broken = false;
}

struct vault_fault
cells_fault(const struct cells *c)
{
	return c->fault;
}

static int
busy(void *ctx, int times)
{
	struct cells *c = ctx;
	unsigned waited = (unsigned)times * 5;

	if (waited >= c->busy_ms || keyring_is_gone(c->ring))
		return 0;
	if (c->waiting != NULL && !c->waiting(c->waiting_ctx, waited))
		return 0;
	usleep(5000);
	return 1;
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

/* SQLite's own handle: a second one would drop its locks when it closes. */
static sqlite3_file *
file_of(const struct cells *c)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(
		c->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
	    file == NULL || file->pMethods == NULL)
		return NULL;
	return file;
}

enum vault_err
cells_file_size(const struct cells *c, uint64_t *out)
{
	sqlite3_file *file = file_of(c);
	sqlite3_int64 size = 0;

	if (file == NULL || file->pMethods->xFileSize(file, &size) != SQLITE_OK)
		return VAULT_EIO;
	*out = (uint64_t)size;
	return VAULT_OK;
}

enum vault_err
cells_file_read(const struct cells *c, void *to, size_t len, uint64_t offset)
{
	sqlite3_file *file = file_of(c);

	if (file == NULL ||
	    file->pMethods->xRead(file, to, (int)len, (sqlite3_int64)offset) !=
		SQLITE_OK)
		return VAULT_EIO;
	return VAULT_OK;
}

/* Header bytes that no pragma shows. */
static enum vault_err
check_header(struct cells *c)
{
	uint8_t header[100];

	if (cells_file_read(c, header, sizeof(header), 0) != VAULT_OK)
		return VAULT_EDAMAGED;
	/* Page size 4096 and no reserve; rollback journal, not WAL. */
	if (header[16] != 0x10 || header[17] != 0 || header[18] != 1 ||
	    header[19] != 1 || header[20] != 0)
		return VAULT_EDAMAGED;
	return VAULT_OK;
}

/* The file is hostile until all of this has been compared. */
static enum vault_err
check_outer(struct cells *c)
{
	static const struct {
		const char *sql;
		sqlite3_int64 want;
	} facts[] = {
		{ "PRAGMA application_id", OUTER_APPLICATION },
		{ "PRAGMA user_version", OUTER_VERSION },
		{ "SELECT count(*) FROM sqlite_schema", 1 },
		{ "SELECT count(*) FROM sqlite_schema WHERE type='table'"
		  " AND name='cell' AND tbl_name='cell'",
		    1 },
		{ "PRAGMA auto_vacuum", 0 },
		{ "SELECT count(*) FROM pragma_encoding WHERE encoding='UTF-8'",
		    1 },
	};
	enum vault_err err;
	sqlite3_int64 value;

	err = sqlite_schema_is(c->db, schema, 1);
	for (size_t i = 0;
	     err == VAULT_OK && i < sizeof(facts) / sizeof(facts[0]); i++) {
		err = sqlite_int(&value, c->db, facts[i].sql);
		if (err == VAULT_OK && value != facts[i].want)
			err = i == 1 && value > OUTER_VERSION ? VAULT_EVERSION
							      : VAULT_EDAMAGED;
	}
	return err == VAULT_OK ? check_header(c) : err;
}

static enum vault_err
prepare_all(struct cells *c)
{
	for (int i = 0; i < STATEMENTS; i++) {
		int r = sqlite3_prepare_v3(c->db, statements[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &c->stmt[i], NULL);

		if (r != SQLITE_OK)
			return db_fail(c, r);
	}
	return VAULT_OK;
}

static enum vault_err
open_db(struct cells *c, const char *folder)
{
	struct buf path = { 0 };
	enum vault_err err;
	int r;

	buf_putf(&path, "%s/" CELLS_FILE, folder);
	if ((err = buf_ok(&path)) != VAULT_OK)
		goto out;
	if ((err = files_new(&c->files, buf_text(&path))) != VAULT_OK)
		goto out;
	r = sqlite3_open_v2(buf_text(&path), &c->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW |
		SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX,
	    files_vfs(c->files));
	if (c->db != NULL)
		sqlite3_busy_handler(c->db, busy, c);
	if (r != SQLITE_OK)
		err = db_fail(c, r);
	else if ((err = sqlite_harden(c->db)) != VAULT_OK)
		err = db_fail(c, sqlite3_extended_errcode(c->db));
out:
	buf_free(&path);
	return err;
}

/* What is set anew at each opening, since the file does not keep it. */
static enum vault_err
set_journal(struct cells *c)
{
	if (cells_is_read_only(c))
		return VAULT_OK;
	return sqlite_run(c->db,
	    test_no_sync ? "PRAGMA journal_mode=DELETE; PRAGMA synchronous=OFF"
			 : "PRAGMA journal_mode=DELETE;"
			   "PRAGMA synchronous=EXTRA");
}

static struct cells *
new_cells(const struct keyring *ring)
{
	struct cells *c = mem_zalloc(sizeof(*c));

	if (c == NULL)
		return NULL;
	c->ring = ring;
	c->busy_ms = BUSY_MS;
	memcpy(c->ad, keyring_vault_id(ring), ID_LEN);
	memcpy(c->ad + ID_LEN, keyring_cells_id(ring), ID_LEN);
	put_le32(c->ad + 2 * ID_LEN, 1);
	return c;
}

/* There must be a folder, and in it a regular file. */
static enum vault_err
look(const char *folder)
{
	enum vault_err err;
	int dir;

	if ((err = io_open_dir(&dir, folder)) == VAULT_OK) {
		err = io_look(dir, CELLS_FILE);
		io_close(dir);
	}
	return err == VAULT_EABSENT ? VAULT_ENOVAULT : err;
}

enum vault_err
cells_open(struct cells **out, const char *folder, const struct keyring *ring,
    struct vault_fault *fault)
{
	struct cells *c = NULL;
	enum vault_err err;

	*out = NULL;
	*fault = (struct vault_fault){ VAULT_WHERE_CELLS, 0 };
	if ((err = look(folder)) != VAULT_OK)
		return err;
	if ((c = new_cells(ring)) == NULL)
		return VAULT_ENOMEM;
	if ((err = open_db(c, folder)) != VAULT_OK ||
	    (err = prepare_all(c)) != VAULT_OK)
		goto out;
	/* Header and schema are compared under one lock with the root. */
	if (run(c, BEGIN_READ) != SQLITE_DONE) {
		err = db_fail(c, sqlite3_extended_errcode(c->db));
		goto out;
	}
	c->state = READING;
	c->fault = *fault;
	if ((err = check_outer(c)) != VAULT_OK ||
	    (err = read_root(c)) != VAULT_OK) {
		if (files_was_tricked(c->files))
			err = VAULT_EDAMAGED;
		goto out;
	}
	cells_end(c);
	if ((err = set_journal(c)) != VAULT_OK)
		goto out;
	*out = c;
	c = NULL;
out:
	if (c != NULL && c->fault.where != VAULT_WHERE_UNKNOWN)
		*fault = c->fault;
	cells_close(c);
	return err;
}

void
cells_close(struct cells *c)
{
	if (c == NULL)
		return;
	cells_end(c);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(c->stmt[i]);
	sqlite3_close(c->db);
	files_free(c->files);
	mem_free(c);
}

/*
 * SQLite counts commits in its header.  A new file begins at a random
 * number, so that a copy does not tell how often the vault was written.
 */
static enum vault_err
hide_commit_count(int dir)
{
	uint8_t counter[4];
	enum vault_err err;
	uint32_t value = 1 + random_below(0x7fffffff);
	int fd;

	for (int i = 0; i < 4; i++)
		counter[i] = (uint8_t)(value >> (24 - 8 * i));
	if ((err = io_open(&fd, dir, CELLS_FILE, IO_CHANGE)) != VAULT_OK)
		return err;
	if ((err = io_write(fd, counter, 4, 24)) == VAULT_OK &&
	    (err = io_write(fd, counter, 4, 92)) == VAULT_OK)
		err = io_sync(fd);
	io_close(fd);
	return err;
}

/* The file with its schema and an empty root. */
static enum vault_err
make_file(struct cells *c, const char *folder)
{
	enum vault_err err;

	if ((err = open_db(c, folder)) != VAULT_OK ||
	    (err = sqlite_run(c->db,
		 "PRAGMA page_size=" STRING(
		     OUTER_PAGE) ";"
				 "PRAGMA encoding='UTF-8'; PRAGMA "
				 "auto_vacuum=NONE")) != VAULT_OK ||
	    (err = set_journal(c)) != VAULT_OK ||
	    (err = sqlite_run(c->db,
		 "BEGIN IMMEDIATE;"
		 "PRAGMA application_id=" STRING(
		     OUTER_APPLICATION) ";"
					"PRAGMA user_version=" STRING(
					    OUTER_VERSION))) != VAULT_OK ||
	    (err = sqlite_run(c->db, schema[0])) != VAULT_OK ||
	    (err = prepare_all(c)) != VAULT_OK)
		return err;
	c->state = WRITING;
	if ((err = write_root(c)) != VAULT_OK)
		return err;
	return run(c, COMMIT) == SQLITE_DONE ? VAULT_OK : VAULT_EIO;
}

enum vault_err
cells_create(struct cells **out, const char *folder, const struct keyring *ring)
{
	struct vault_fault fault;
	struct cells *c = NULL;
	enum vault_err err;
	int dir = -1, fd = -1;

	*out = NULL;
	if ((err = io_open_dir(&dir, folder)) != VAULT_OK ||
	    (err = io_open(&fd, dir, CELLS_FILE, IO_CREATE)) != VAULT_OK)
		goto out;
	io_close(fd);
	err = VAULT_ENOMEM;
	if ((c = new_cells(ring)) == NULL)
		goto out;
	if ((err = make_file(c, folder)) != VAULT_OK)
		goto out;
	cells_close(c);
	c = NULL;
	if ((err = hide_commit_count(dir)) != VAULT_OK ||
	    (err = io_sync(dir)) != VAULT_OK)
		goto out;
	err = cells_open(out, folder, ring, &fault);
out:
	cells_close(c);
	io_close(dir);
	return err;
}

static enum vault_err
check_row(struct cells *c, const struct cells_check *how, sqlite3_stmt *all,
    uint64_t *next, uint8_t sum[static HASH_LEN])
{
	uint8_t plain[CELL_PLAIN_LEN], t[HASH_LEN];
	sqlite3_int64 n = sqlite3_column_int64(all, 0);
	const uint8_t *body;
	enum vault_err err = VAULT_OK;

	if (n < 0 || (uint64_t)n > c->root.count) {
		how->found(how->ctx, CELLS_FOREIGN, n);
		return VAULT_OK;
	}
	for (; *next < (uint64_t)n; (*next)++)
		how->found(how->ctx, CELLS_MISSING, (int64_t)*next);
	*next = (uint64_t)n + 1;
	if (sqlite3_column_type(all, 1) != SQLITE_BLOB ||
	    sqlite3_column_bytes(all, 1) != CELL_LEN) {
		how->found(how->ctx, CELLS_BROKEN, n);
		return VAULT_OK;
	}
	if ((body = sqlite3_column_blob(all, 1)) == NULL)
		return VAULT_ENOMEM;
	if (n > 0 && (err = term(c, t, (uint64_t)n, body)) == VAULT_OK)
		sum_add(sum, t);
	if (err == VAULT_OK && how->open_all) {
		err = seal_open_in(plain, c->ring, KEY_CELL, body, CELL_LEN,
		    associated(c, (uint64_t)n), sizeof(c->ad));
		bytes_wipe(plain, sizeof(plain));
		if (err == VAULT_EDAMAGED) {
			how->found(how->ctx, CELLS_BROKEN, n);
			err = VAULT_OK;
		}
	}
	return err;
}

static enum vault_err
check_rows(struct cells *c, const struct cells_check *how)
{
	sqlite3_stmt *all = NULL;
	uint8_t sum[HASH_LEN] = { 0 };
	uint64_t next = 0, done = 0;
	enum vault_err err = VAULT_OK;
	int r;

	r = sqlite3_prepare_v2(
	    c->db, "SELECT n, body FROM cell ORDER BY n", -1, &all, NULL);
	while (r == SQLITE_OK || r == SQLITE_ROW) {
		if ((r = sqlite3_step(all)) != SQLITE_ROW)
			break;
		if ((err = check_row(c, how, all, &next, sum)) != VAULT_OK)
			goto out;
		err = VAULT_ECANCELED;
		if (done++ % 256 == 0 && how->progress != NULL &&
		    !how->progress(how->ctx, done, c->root.count + 1))
			goto out;
		err = VAULT_OK;
	}
	if (r != SQLITE_DONE) {
		err = db_fail(c, r);
		goto out;
	}
	for (; next <= c->root.count; next++)
		how->found(how->ctx, CELLS_MISSING, (int64_t)next);
	if (!bytes_equal(sum, c->root.sum, HASH_LEN))
		how->found(how->ctx, CELLS_SUM, 0);
	if (how->progress != NULL)
		(void)how->progress(how->ctx, done, done);
out:
	sqlite3_finalize(all);
	return err;
}

/* SQLite's own look at the structure of the outer file. */
static enum vault_err
check_structure(struct cells *c, const struct cells_check *how)
{
	sqlite3_int64 sound;
	enum vault_err err;

	err = sqlite_int(&sound, c->db,
	    "SELECT count(*)=1 AND min(integrity_check)='ok'"
	    " FROM pragma_integrity_check");
	if (err == VAULT_EDAMAGED || (err == VAULT_OK && !sound)) {
		how->found(how->ctx, CELLS_OUTER, 0);
		err = VAULT_OK;
	}
	return err;
}

/* No free page and nothing behind the last: no room for anything else. */
static enum vault_err
check_room(struct cells *c, const struct cells_check *how)
{
	sqlite3_int64 pages = 0, unused = 0;
	enum vault_err err;
	uint64_t size;

	if ((err = sqlite_int(&unused, c->db, "PRAGMA freelist_count")) !=
		VAULT_OK ||
	    (err = sqlite_int(&pages, c->db, "PRAGMA page_count")) !=
		VAULT_OK ||
	    (err = cells_file_size(c, &size)) != VAULT_OK)
		return err;
	if (unused != 0 || size != (uint64_t)pages * OUTER_PAGE)
		how->found(how->ctx, CELLS_ROOM, 0);
	return VAULT_OK;
}

enum vault_err
cells_check(struct cells *c, const struct cells_check *how)
{
	enum vault_err err;

	if ((err = cells_begin_read(c)) != VAULT_OK)
		return err;
	if (how->open_all)
		err = check_structure(c, how);
	if (err == VAULT_OK)
		err = check_rows(c, how);
	if (err == VAULT_OK && how->open_all)
		err = check_room(c, how);
	if (err == VAULT_EDAMAGED) {
		how->found(how->ctx, CELLS_OUTER, 0);
		err = VAULT_OK;
	}
	cells_end(c);
	return err;
}
