/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/io.h"
#include "core/mem.h"
#include "store/inner.h"
#include "store/sql.h"
#include "store/sqlite.h"

#define INNER_APPLICATION 0x416d7069
#define INNER_VERSION 6

/*
 * FTS5's own pages fill one of ours exactly: 4,096 less the reserve less 51,
 * or every leaf overflows.  Merging is done in small steps (store_tidy): left
 * to itself it stalled single commits for seconds.
 */
#define FTS_SETTINGS                                                           \
	"INSERT INTO find(find,rank) VALUES('pgsz',3965);"                     \
	"INSERT INTO find(find,rank) VALUES('automerge',0);"                   \
	"INSERT INTO find(find,rank) VALUES('usermerge',8);"                   \
	"INSERT INTO find(find,rank) VALUES('crisismerge',200)"

#define TEXT(x) #x
#define STRING(x) TEXT(x)

enum vault_err
inner_fail(struct store *s, int result)
{
	enum vault_err below = pages_take_error(s->pages), err;

	s->stale = true;
	err = below != VAULT_OK ? below : sqlite_err(result);
	if (keyring_is_gone(s->ring))
		return VAULT_ELOCKED;
	s->fault = (struct vault_fault){ VAULT_WHERE_INNER, 0 };
	if (below != VAULT_OK)
		s->fault = cells_fault(s->cells);
	return err;
}

static void
close_db(struct store *s)
{
	for (size_t i = 0; i < SQL_READY; i++) {
		sqlite3_finalize(s->ready[i].stmt);
		s->ready[i] = (struct sql){ 0 };
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

static enum vault_err
open_db(struct store *s)
{
	int reserve = PAGE_RESERVE, r;
	enum vault_err err;

	(void)pages_take_error(s->pages);
	r = sqlite3_open_v2("inner", &s->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX,
	    pages_vfs(s->pages));
	if (r != SQLITE_OK)
		return inner_fail(s, r);
	/* The reserve is only taken once the size of a page is known. */
	if (sqlite_run(s->db, "PRAGMA page_size=" STRING(PAGE_LEN)) != VAULT_OK)
		return inner_fail(s, sqlite3_extended_errcode(s->db));
	if ((r = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_RESERVE_BYTES,
		 &reserve)) != SQLITE_OK)
		return inner_fail(s, r);
	if ((err = sqlite_harden(s->db)) == VAULT_OK)
		err = sqlite_run(s->db,
		    "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"
		    "PRAGMA auto_vacuum=NONE; PRAGMA cache_size=-4096;"
		    "PRAGMA secure_delete=FAST");
	if (err != VAULT_OK)
		return inner_fail(s, sqlite3_extended_errcode(s->db));
	s->stale = false;
	return s->on_ready(s->db);
}

enum vault_err
inner_freshen(struct store *s)
{
	if (keyring_is_gone(s->ring))
		return VAULT_ELOCKED;
	if (cells_take_changed(s->cells))
		s->stale = true;
	if (!s->stale && s->db != NULL)
		return VAULT_OK;
#ifdef PLANT_NO_REOPEN
	s->stale = false;
	return VAULT_OK;
#endif
	close_db(s);
	return open_db(s);
}

static enum vault_err
check_inner(struct store *s)
{
	sqlite3_int64 application, version;
	enum vault_err err;

	if ((err = sqlite_int(&application, s->db, "PRAGMA application_id")) !=
		VAULT_OK ||
	    (err = sqlite_int(&version, s->db, "PRAGMA user_version")) !=
		VAULT_OK)
		return inner_fail(s, sqlite3_extended_errcode(s->db));
	/* 1 to 5 were never released; their indexes have other keys. */
	if (application == INNER_APPLICATION && version >= 1 &&
	    version != INNER_VERSION)
		return VAULT_EVERSION;
	if (application != INNER_APPLICATION || version != INNER_VERSION)
		return inner_fail(s, SQLITE_CORRUPT);
	err = sqlite_schema_is(s->db, inner_schema, inner_schema_len);
	if (err == VAULT_OK)
		return VAULT_OK;
	return inner_fail(
	    s, err == VAULT_ENOMEM ? SQLITE_NOMEM : SQLITE_CORRUPT);
}

enum vault_err
store_setup(void)
{
	return sqlite_setup();
}

const char *
store_library(void)
{
	return sqlite3_libversion();
}

enum vault_err
store_size(const char *folder, uint64_t *bytes)
{
	enum vault_err err;
	int dir;

	*bytes = 0;
	if ((err = io_open_dir(&dir, folder)) != VAULT_OK)
		return err;
	err = io_size_of(dir, CELLS_FILE, bytes);
	io_close(dir);
	return err;
}

enum vault_err
store_room(const char *folder, uint64_t *bytes)
{
	return io_room(bytes, folder, CELLS_FILE);
}

bool
store_has_journal(const char *folder)
{
	/* SQLite writes these bytes when the journal begins to count. */
	static const uint8_t magic[] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1,
		0x63, 0xd7 };
	uint8_t head[sizeof(magic)] = { 0 };
	size_t got = 0;
	int dir, fd;

	if (io_open_dir(&dir, folder) != VAULT_OK)
		return false;
	if (io_open(&fd, dir, CELLS_JOURNAL, IO_READ) == VAULT_OK) {
		if (io_read(fd, head, sizeof(head), 0, &got) != VAULT_OK)
			got = 0;
		io_close(fd);
	}
	io_close(dir);
	return got == sizeof(head) && memcmp(head, magic, got) == 0;
}

bool
store_is_there(int dir)
{
	return io_exists(dir, CELLS_FILE);
}

enum vault_err
store_unlink(int dir)
{
	enum vault_err err = VAULT_OK;

	/* The journal last: with the file alone it would be undone. */
	if (io_exists(dir, CELLS_FILE))
		err = io_unlink(dir, CELLS_FILE);
	if (err == VAULT_OK && io_exists(dir, CELLS_JOURNAL))
		err = io_unlink(dir, CELLS_JOURNAL);
	return err;
}

static struct store *
new_store(const struct keyring *ring, store_ready_fn *ready)
{
	struct store *s = mem_zalloc(sizeof(*s));

	if (s != NULL) {
		s->ring = ring;
		s->on_ready = ready;
	}
	return s;
}

/* FTS5 makes its own tables, and names them in its own way. */
static bool
is_shadow(const char *sql)
{
	return strncmp(sql, "CREATE TABLE 'find_", 19) == 0;
}

enum vault_err
store_create(struct store **out, const char *folder, const struct keyring *ring,
    store_ready_fn *ready)
{
	enum vault_err err = VAULT_ENOMEM;
	struct store *s;

	*out = NULL;
	if ((s = new_store(ring, ready)) == NULL)
		return VAULT_ENOMEM;
	if ((err = cells_create(&s->cells, folder, ring)) != VAULT_OK ||
	    (err = pages_new(&s->pages, s->cells)) != VAULT_OK ||
	    (err = open_db(s)) != VAULT_OK ||
	    (err = store_begin(s)) != VAULT_OK)
		goto out;
	err = sqlite_run(s->db,
	    "PRAGMA application_id=" STRING(
		INNER_APPLICATION) ";"
				   "PRAGMA user_version=" STRING(
				       INNER_VERSION));
	for (size_t i = 0; err == VAULT_OK && i < inner_schema_len; i++)
		if (!is_shadow(inner_schema[i]))
			err = sqlite_run(s->db, inner_schema[i]);
	if (err == VAULT_OK)
		err = sqlite_run(s->db, FTS_SETTINGS);
	if (err != VAULT_OK) {
		err = inner_fail(s, sqlite3_extended_errcode(s->db));
		goto out;
	}
	*out = s;
	s = NULL;
out:
	store_close(s);
	return err;
}

enum vault_err
store_open(struct store **out, const char *folder, const struct keyring *ring,
    store_ready_fn *ready, const struct vault_waiting *busy,
    struct vault_fault *fault)
{
	enum vault_err err;
	struct store *s;

	*out = NULL;
	if ((s = new_store(ring, ready)) == NULL)
		return VAULT_ENOMEM;
	if ((err = cells_open(&s->cells, folder, ring, busy, fault)) !=
	    VAULT_OK)
		goto out;
	if ((err = pages_new(&s->pages, s->cells)) != VAULT_OK ||
	    (err = open_db(s)) != VAULT_OK ||
	    (err = check_inner(s)) != VAULT_OK) {
		*fault = s->fault;
		goto out;
	}
	*out = s;
	s = NULL;
out:
	store_close(s);
	return err;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->db != NULL)
		close_db(s);
	pages_free(s->pages);
	cells_close(s->cells);
	mem_free(s);
}

/*
 * The snapshot is the outer database's, taken before the inner one looks at
 * anything: only so can the connection be opened anew if somebody else has
 * committed, whatever the inner change counter says.
 */
enum vault_err
store_read(struct store *s)
{
	enum vault_err err;

	if (s->writing || s->reading || inner_any_busy(s))
		return VAULT_EUSE;
	if ((err = cells_begin_read(s->cells)) != VAULT_OK) {
		s->fault = cells_fault(s->cells);
		return keyring_is_gone(s->ring) ? VAULT_ELOCKED : err;
	}
	if ((err = inner_freshen(s)) == VAULT_OK &&
	    sqlite_run(s->db, "BEGIN") != VAULT_OK)
		err = inner_fail(s, sqlite3_extended_errcode(s->db));
	if (err != VAULT_OK) {
		cells_end(s->cells);
		return err;
	}
	s->reading = true;
	return VAULT_OK;
}

void
store_read_end(struct store *s)
{
	if (!s->reading)
		return;
	s->reading = false;
	s->lone = false;
	if (sqlite_run(s->db, "COMMIT") != VAULT_OK)
		s->stale = true;
	cells_end(s->cells);
}

/*
 * Without a journal SQLite cannot take back what it wrote into the cells; the
 * outer transaction can, and the connection is opened anew after each one that
 * was not committed.  A connection in defensive mode refuses to be without:
 * it leaves that mode for this statement.
 */
static enum vault_err
set_bare(struct store *s, bool on)
{
	enum vault_err err = VAULT_EIO;

	if (sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL) ==
	    SQLITE_OK)
		err = sqlite_run(s->db,
		    on ? "PRAGMA journal_mode=OFF"
		       : "PRAGMA journal_mode=MEMORY");
	if (sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) !=
	    SQLITE_OK)
		err = VAULT_EIO;
	if (err != VAULT_OK)
		return inner_fail(s, sqlite3_extended_errcode(s->db));
	s->bare = on;
	return VAULT_OK;
}

static enum vault_err
begin_inner(struct store *s, bool bare)
{
	enum vault_err err = inner_freshen(s);

	if (err == VAULT_OK && bare)
		err = set_bare(s, true);
	if (err == VAULT_OK && sqlite_run(s->db, "BEGIN IMMEDIATE") != VAULT_OK)
		err = inner_fail(s, sqlite3_extended_errcode(s->db));
	return err;
}

static enum vault_err
begin(struct store *s, bool bare)
{
	enum vault_err err;

	if (s->writing || s->reading || inner_any_busy(s))
		return VAULT_EUSE;
	if ((err = cells_begin_write(s->cells)) != VAULT_OK) {
		s->fault = cells_fault(s->cells);
		return keyring_is_gone(s->ring) ? VAULT_ELOCKED : err;
	}
	s->writing = true;
	memcpy(s->log_head, cells_root(s->cells)->log_head, HASH_LEN);
	if ((err = begin_inner(s, bare)) != VAULT_OK)
		store_abort(s);
	return err;
}

enum vault_err
store_begin(struct store *s)
{
	return begin(s, false);
}

enum vault_err
store_begin_long(struct store *s)
{
	return begin(s, true);
}

/*
 * Free pages may hold what was deleted quickly: take all of them for a table
 * of zeros, and let them go again.
 */
enum vault_err
store_scrub(struct store *s)
{
	static const sqlite3_int64 at_once = 16384; /* pages: 64 MiB */
	sqlite3_int64 left = 0;
	enum vault_err err;
	char sql[96];

	if ((err = store_secure_delete(s, true)) != VAULT_OK)
		return err;
	err = sqlite_int(&left, s->db, "PRAGMA freelist_count");
	if (err == VAULT_OK)
		err = sqlite_run(s->db, "CREATE TABLE scrub(b BLOB)");
	for (; err == VAULT_OK && left > 0; left -= at_once) {
		snprintf(sql, sizeof(sql),
		    "INSERT INTO scrub VALUES(zeroblob(%lld))",
		    (long long)(left < at_once ? left : at_once) *
			CELL_PLAIN_LEN);
		err = sqlite_run(s->db, sql);
	}
	if (err == VAULT_OK)
		err = sqlite_run(s->db, "DROP TABLE scrub");
	if (err != VAULT_OK)
		return inner_fail(s, sqlite3_extended_errcode(s->db));
	return VAULT_OK;
}

/* Back to quick deletes, once what was to be overwritten has been. */
static void
end_secure(struct store *s)
{
	if (s->secure && !s->stale)
		s->stale = store_secure_delete(s, false) != VAULT_OK;
	s->secure = false;
	if (s->bare && !s->stale)
		s->stale = set_bare(s, false) != VAULT_OK;
	s->bare = false;
}

enum vault_err
store_commit(struct store *s)
{
	enum vault_err err;

	if (!s->writing)
		return VAULT_EUSE;
	/* A statement in use would go on reading what is no longer so. */
	if (s->stale || inner_any_busy(s)) {
		store_abort(s);
		return VAULT_EIO;
	}
	if (sqlite_run(s->db, "COMMIT") != VAULT_OK) {
		err = inner_fail(s, sqlite3_extended_errcode(s->db));
		store_abort(s);
		return err;
	}
	s->writing = false;
	if ((err = cells_commit(s->cells, s->log_head)) == VAULT_OK) {
		end_secure(s);
		return VAULT_OK;
	}
	/* The connection believes that its commit counts: it does not. */
	s->stale = true;
	s->bare = false;
	s->fault = cells_fault(s->cells);
	return keyring_is_gone(s->ring) ? VAULT_ELOCKED : err;
}

void
store_abort(struct store *s)
{
	if (!s->writing)
		return;
	s->writing = false;
	s->stale = true;
	s->bare = false;
	if (s->db != NULL)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	cells_end(s->cells);
}

enum vault_err
store_secure_delete(struct store *s, bool on)
{
	if (sqlite_run(s->db,
		on ? "PRAGMA secure_delete=ON" : "PRAGMA secure_delete=FAST") !=
	    VAULT_OK)
		return inner_fail(s, sqlite3_extended_errcode(s->db));
	s->secure = on;
	return cells_secure_delete(s->cells, on);
}

enum vault_err
store_wide(struct store *s, bool on)
{
	if (sqlite_run(s->db,
		on ? "PRAGMA cache_size=-16384" : "PRAGMA cache_size=-4096") !=
	    VAULT_OK)
		return inner_fail(s, sqlite3_extended_errcode(s->db));
	return VAULT_OK;
}

const struct keyring *
store_ring(const struct store *s)
{
	return s->ring;
}

bool
store_is_read_only(const struct store *s)
{
	return cells_is_read_only(s->cells);
}

struct vault_fault
store_fault(const struct store *s)
{
	return s->fault;
}

uint64_t
store_commit_number(const struct store *s)
{
	return cells_root(s->cells)->commit;
}

uint64_t
store_cells(const struct store *s)
{
	return cells_root(s->cells)->count;
}

void
store_give_way(struct store *s)
{
	cells_give_way(s->cells);
}

void
store_on_busy(struct store *s, unsigned busy_ms,
    bool (*waiting)(void *ctx, unsigned waited_ms), void *ctx)
{
	cells_on_busy(s->cells, busy_ms, waiting, ctx);
}
