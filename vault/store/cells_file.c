/* SPDX-License-Identifier: ISC */
/* cells_file.c - the file itself: making, opening, and what it must be. */
#include <errno.h>
#include <string.h>

#include "core/buf.h"
#include "core/io.h"
#include "core/mem.h"
#include "core/random.h"
#include "store/cells_inside.h"
#include "store/sqlite.h"

#define OUTER_APPLICATION 0x416d7063
#define OUTER_VERSION 1
#define BUSY_MS 5000

#define TEXT(x) #x
#define STRING(x) TEXT(x)

static const char *const schema[] = {
	"CREATE TABLE cell(n INTEGER PRIMARY KEY, body BLOB NOT NULL)",
};

static const char *const statements[STATEMENTS] = {
	[BEGIN_READ] = "BEGIN",
	[BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[GET] = "SELECT body FROM cell WHERE n=?1",
	[LAST] = "SELECT max(n) FROM cell",
	[PUT] = ("INSERT INTO cell(n,body) VALUES(?1,?2)"
		 " ON CONFLICT(n) DO UPDATE SET body=excluded.body"),
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

		/* No fault of the statements: the schema is not ours. */
		if (r == SQLITE_ERROR)
			return cells_fail(
			    c, VAULT_EDAMAGED, VAULT_WHERE_CELLS, 0);
		if (r != SQLITE_OK)
			return cells_db_fail(c, r);
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
		sqlite3_busy_handler(c->db, cells_busy, c);
	if (r != SQLITE_OK)
		err = cells_db_fail(c, r);
	else if ((err = sqlite_harden(c->db)) != VAULT_OK)
		err = cells_db_fail(c, sqlite3_extended_errcode(c->db));
out:
	buf_free(&path);
	return err;
}

/*
 * What is set anew at each opening, since the file does not keep it.  With
 * SQLite's own 2 MB of cache a commit of 4 MiB is written in two halves: the
 * first before the commit, under a lock that keeps all readers out.
 */
static enum vault_err
set_journal(struct cells *c)
{
	if (sqlite_run(c->db, "PRAGMA cache_size=-8192") != VAULT_OK)
		return cells_db_fail(c, sqlite3_extended_errcode(c->db));
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

/*
 * There must be a folder, and in it a regular file.  A journal is one too, if
 * it is there: SQLite would wait for the other end of a FIFO.
 */
static enum vault_err
look(const char *folder)
{
	enum vault_err err;
	int dir;

	if ((err = io_open_dir(&dir, folder)) == VAULT_OK) {
		err = io_look(dir, CELLS_FILE);
		if (err == VAULT_OK &&
		    (err = io_look(dir, CELLS_JOURNAL)) == VAULT_EABSENT)
			err = VAULT_OK;
		io_close(dir);
	}
	return err == VAULT_EABSENT ? VAULT_ENOVAULT : err;
}

enum vault_err
cells_open(struct cells **out, const char *folder, const struct keyring *ring,
    const struct vault_waiting *busy, struct vault_fault *fault)
{
	struct cells *c = NULL;
	enum vault_err err;

	*out = NULL;
	*fault = (struct vault_fault){ VAULT_WHERE_CELLS, 0 };
	if ((err = look(folder)) != VAULT_OK)
		return err;
	if ((c = new_cells(ring)) == NULL)
		return VAULT_ENOMEM;
	if (busy != NULL)
		cells_on_busy(c, BUSY_MS, busy->call, busy->ctx);
	/* Header and schema are compared under one lock with the root. */
	if ((err = open_db(c, folder)) != VAULT_OK)
		goto out;
	if (sqlite_run(c->db, "BEGIN") != VAULT_OK) {
		err = cells_db_fail(c, sqlite3_extended_errcode(c->db));
		goto out;
	}
	c->state = READING;
	c->fault = *fault;
	/* No statement of ours may meet another schema than ours. */
	if ((err = check_outer(c)) != VAULT_OK ||
	    (err = prepare_all(c)) != VAULT_OK ||
	    (err = cells_read_root(c)) != VAULT_OK) {
		/* A write that was cut short wants to be undone first. */
		if (err == VAULT_ESPACE)
			err = cells_db_fail(c, sqlite3_extended_errcode(c->db));
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
	/* What fails while the keys are gone fails because of that. */
	if (err != VAULT_OK && keyring_is_gone(ring))
		err = VAULT_ELOCKED;
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
	mem_free(c->seen);
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
	if ((err = cells_write_root(c)) != VAULT_OK)
		return err;
	return cells_db_err(c, cells_run(c, COMMIT));
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
	if ((err = make_file(c, folder)) != VAULT_OK) {
		if (err == VAULT_EIO && c->db != NULL)
			err = cells_db_err(c, sqlite3_extended_errcode(c->db));
		goto out;
	}
	cells_close(c);
	c = NULL;
	if ((err = hide_commit_count(dir)) != VAULT_OK ||
	    (err = io_sync(dir)) != VAULT_OK)
		goto out;
	err = cells_open(out, folder, ring, NULL, &fault);
out:
	cells_close(c);
	io_close(dir);
	return err;
}
