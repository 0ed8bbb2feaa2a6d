/* SPDX-License-Identifier: ISC */
/*
 * The inner database: its file, which is the cells, and its connection,
 * which must never serve what was not committed.
 */
#include <sqlite3.h>

#include "inside.h"
#include "store/inner.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/sqlite.h"
#include "support.h"

static char *folder;
static struct vault_key *key;
static struct vault *a, *b;

static struct vault *
connect_vault(void)
{
	struct vault_place place = { in_folder(folder, "v"), NULL };
	struct vault_fault fault;
	struct vault *v;

	assert_ok(vault_open(&v, &place, key, &fault));
	return v;
}

static int
setup(void **state)
{
	struct vault_place place;
	struct secret *pass = secret_text("dusk");
	enum vault_keys_state keys;

	(void)state;
	folder = folder_new();
	vault_make(folder);
	place = (struct vault_place){ in_folder(folder, "v"), NULL };
	assert_ok(vault_key_unlock(&key, &keys, &place, pass));
	secret_free(pass);
	a = connect_vault();
	b = connect_vault();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	vault_close(a);
	vault_close(b);
	vault_key_free(key);
	folder_free(folder);
	return 0;
}

/* ---- The file ---- */

/* The main database of a, opened once more through its VFS. */
static sqlite3_file *
open_file(int flags, int want)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(pages_vfs(a->store->pages));
	sqlite3_file *f;
	int r;

	assert_non_null(vfs);
	f = calloc(1, (size_t)vfs->szOsFile);
	r = vfs->xOpen(vfs, "inner", f, flags, NULL);
	assert_int_equal(r, want);
	return f;
}

static void
close_file(sqlite3_file *f)
{
	if (f->pMethods != NULL)
		f->pMethods->xClose(f);
	free(f);
}

static void
opens_the_main_database_and_nothing_else(void **state)
{
	static const int others[] = { SQLITE_OPEN_MAIN_JOURNAL,
		SQLITE_OPEN_TEMP_DB, SQLITE_OPEN_TEMP_JOURNAL,
		SQLITE_OPEN_TRANSIENT_DB, SQLITE_OPEN_SUBJOURNAL,
		SQLITE_OPEN_SUPER_JOURNAL, SQLITE_OPEN_WAL };
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		close_file(open_file(flags | others[i], SQLITE_CANTOPEN));
	close_file(open_file(flags | SQLITE_OPEN_MAIN_DB, SQLITE_OK));
}

static void
a_page_within_is_a_cell_and_beyond_is_a_short_read(void **state)
{
	sqlite3_file *f = open_file(SQLITE_OPEN_MAIN_DB, SQLITE_OK);
	uint8_t page[PAGE_LEN], cell[CELL_PLAIN_LEN], part[16];
	sqlite3_int64 size;

	(void)state;
	assert_ok(cells_begin_read(a->store->cells));
	assert_int_equal(f->pMethods->xFileSize(f, &size), SQLITE_OK);
	assert_int_equal(size, cells_root(a->store->cells)->count * PAGE_LEN);
	for (sqlite3_int64 at = 0; at < size; at += PAGE_LEN) {
		memset(page, 0xee, sizeof(page));
		assert_int_equal(
		    f->pMethods->xRead(f, page, PAGE_LEN, at), SQLITE_OK);
		assert_ok(cells_get(
		    a->store->cells, (uint64_t)at / PAGE_LEN + 1, cell));
		assert_memory_equal(page, cell, CELL_PLAIN_LEN);
		for (size_t i = CELL_PLAIN_LEN; i < PAGE_LEN; i++)
			assert_int_equal(page[i], 0);
	}
	/* Parts of page 1, as SQLite reads them. */
	f->pMethods->xRead(f, page, PAGE_LEN, 0);
	assert_int_equal(f->pMethods->xRead(f, part, 16, 24), SQLITE_OK);
	assert_memory_equal(part, page + 24, 16);
	for (sqlite3_int64 n = 0; n < 3; n++) {
		memset(page, 0xee, sizeof(page));
		assert_int_equal(
		    f->pMethods->xRead(f, page, PAGE_LEN, size + n * PAGE_LEN),
		    SQLITE_IOERR_SHORT_READ);
		assert_int_equal(page[0], 0);
	}
	cells_end(a->store->cells);
	close_file(f);
}

static void
a_missing_page_is_an_error_and_never_zeros(void **state)
{
	sqlite3_file *f = open_file(SQLITE_OPEN_MAIN_DB, SQLITE_OK);
	uint8_t page[PAGE_LEN];

	(void)state;
	outer_sql(in_folder(folder, "v"), "DELETE FROM cell WHERE n IN (1,3)");
	for (sqlite3_int64 n = 1; n <= 3; n += 2) {
		assert_int_equal(
		    f->pMethods->xRead(f, page, PAGE_LEN, (n - 1) * PAGE_LEN),
		    SQLITE_IOERR_READ);
		assert_int_equal(
		    pages_take_error(a->store->pages), VAULT_EDAMAGED);
	}
	close_file(f);
}

static void
writes_only_whole_pages_of_a_writer(void **state)
{
	sqlite3_file *f = open_file(SQLITE_OPEN_MAIN_DB, SQLITE_OK);
	static const uint8_t page[PAGE_LEN];

	(void)state;
	assert_int_equal(
	    f->pMethods->xWrite(f, page, PAGE_LEN, 0), SQLITE_IOERR_WRITE);
	assert_int_equal(f->pMethods->xLock(f, SQLITE_LOCK_SHARED), SQLITE_OK);
	assert_int_equal(
	    f->pMethods->xLock(f, SQLITE_LOCK_RESERVED), SQLITE_IOERR_LOCK);
	assert_int_equal(
	    f->pMethods->xWrite(f, page, PAGE_LEN, 0), SQLITE_IOERR_WRITE);
	f->pMethods->xUnlock(f, SQLITE_LOCK_NONE);
	assert_ok(cells_begin_write(a->store->cells));
	assert_int_equal(
	    f->pMethods->xWrite(f, page, 100, 0), SQLITE_IOERR_WRITE);
	assert_int_equal(
	    f->pMethods->xWrite(f, page, PAGE_LEN, 100), SQLITE_IOERR_WRITE);
	cells_end(a->store->cells);
	close_file(f);
}

static void
cutting_off_overwrites_and_drops_no_cell(void **state)
{
	sqlite3_file *f = open_file(SQLITE_OPEN_MAIN_DB, SQLITE_OK);
	static const uint8_t head[HASH_LEN];
	struct cells *c = a->store->cells;
	uint8_t plain[CELL_PLAIN_LEN];
	uint64_t count;

	(void)state;
	assert_ok(cells_begin_write(c));
	count = cells_root(c)->count;
	assert_int_equal(f->pMethods->xTruncate(f, 2 * PAGE_LEN), SQLITE_OK);
	assert_ok(cells_commit(c, head));
	assert_ok(cells_begin_read(c));
	assert_int_equal(cells_root(c)->count, count);
	for (uint64_t n = 3; n <= count; n++) {
		assert_ok(cells_get(c, n, plain));
		for (size_t i = 0; i < CELL_PLAIN_LEN; i++)
			assert_int_equal(plain[i], 0);
	}
	assert_ok(cells_get(c, 2, plain));
	cells_end(c);
	close_file(f);
}

/* ---- The connection ---- */

static enum vault_err
add(struct vault *v, const char *text)
{
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK ||
	    (err = log_add(v->store, "note", text, strlen(text))) != VAULT_OK) {
		store_abort(v->store);
		return err;
	}
	return store_commit(v->store);
}

static bool
keep_last(void *ctx, const struct vault_log_entry *e)
{
	snprintf(ctx, 100, "%llu %s", (unsigned long long)e->seq, e->detail);
	return true;
}

static const char *
last_of(struct vault *v)
{
	static char text[100];

	text[0] = '\0';
	assert_ok(vault_log_each(v, 1, keep_last, text));
	return text;
}

static void
assert_clean(struct vault *v)
{
	uint64_t seq;

	assert_ok(store_read(v->store));
	assert_ok(log_check(v->store, &seq));
	store_read_end(v->store);
}

static void
sees_what_another_writer_committed_after_an_abort(void **state)
{
	(void)state;
	assert_string_equal(last_of(a), "1 ");
	assert_ok(store_begin(a->store));
	assert_ok(log_add(a->store, "note", "of a", 4));
	store_abort(a->store);
	assert_string_equal(last_of(a), "1 ");
	assert_ok(add(b, "of b"));
	assert_string_equal(last_of(a), "2 of b");
	assert_clean(a);
}

/*
 * The inner commit has succeeded when the outer one fails: the connection
 * holds pages, of the very change counter that b's commit gets, which were
 * never committed.
 */
static void
sees_what_another_writer_committed_after_a_failed_commit(void **state)
{
	struct vault *reader = connect_vault();

	(void)state;
	store_on_busy(a->store, 20, NULL, NULL);
	assert_string_equal(last_of(a), "1 ");
	assert_ok(store_read(reader->store));
	assert_int_equal(add(a, "of a"), VAULT_EBUSY);
	store_read_end(reader->store);
	assert_ok(add(b, "of b"));
	assert_string_equal(last_of(a), "2 of b");
	assert_ok(add(a, "of a, again"));
	assert_string_equal(last_of(b), "3 of a, again");
	assert_clean(a);
	assert_clean(b);
	vault_close(reader);
}

/* ---- Long transactions ---- */

static void
assert_answer(struct store *s, const char *sql, const char *wanted)
{
	sqlite3_stmt *stmt;

	assert_int_equal(
	    sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 0), wanted);
	sqlite3_finalize(stmt);
}

static bool
is_defensive(struct store *s)
{
	int on = 0;

	assert_int_equal(
	    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on),
	    SQLITE_OK);
	return on == 1;
}

/* More pages than the cache holds, every one of them there before. */
static void
change_all(struct store *s, const char *to)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
	    "UPDATE item SET title='%s' || hex(zeroblob(1000))", to);
	assert_ok(sqlite_run(s->db, sql));
}

static const char all_same[] =
    "SELECT CASE WHEN count(*)=4000 AND min(substr(title,1,3))='one'"
    " AND max(substr(title,1,3))='one' THEN 'yes' END FROM item";

static void
a_long_transaction_keeps_no_pages_and_an_abort_undoes_it(void **state)
{
	struct store *s = a->store;

	(void)state;
	assert_ok(store_begin_long(s));
	assert_ok(sqlite_run(s->db,
	    "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c"
	    " WHERE x<4000) INSERT INTO item SELECT x,'person','',0,1 FROM c"));
	change_all(s, "one");
	assert_ok(store_commit(s));
	assert_answer(s, "PRAGMA journal_mode", "memory");

	for (int i = 0; i < 2; i++) {
		assert_ok(store_begin_long(s));
		assert_answer(s, "PRAGMA journal_mode", "off");
		assert_true(is_defensive(s));
		change_all(s, "two");
		/* A statement that fails half way; or none. */
		if (i == 0)
			assert_int_not_equal(
			    sqlite_run(s->db, "UPDATE item SET num=num*2"),
			    VAULT_OK);
		store_abort(s);
		assert_ok(store_begin(s));
		assert_answer(s, "PRAGMA journal_mode", "memory");
		assert_true(is_defensive(s));
		assert_answer(s, all_same, "yes");
		assert_answer(s, "PRAGMA integrity_check", "ok");
		store_abort(s);
	}
}

static void
a_second_writer_is_told_busy(void **state)
{
	(void)state;
	store_on_busy(b->store, 20, NULL, NULL);
	assert_ok(store_begin(a->store));
	assert_int_equal(store_begin(b->store), VAULT_EBUSY);
	assert_ok(log_add(a->store, "note", "of a", 4));
	assert_ok(store_commit(a->store));
	assert_ok(add(b, "of b"));
	assert_string_equal(last_of(a), "3 of b");
}

static void
a_reader_sees_one_state(void **state)
{
	(void)state;
	store_on_busy(b->store, 20, NULL, NULL);
	assert_ok(store_read(a->store));
	assert_string_equal(last_of(a), "1 ");
	assert_int_equal(add(b, "of b"), VAULT_EBUSY);
	assert_string_equal(last_of(a), "1 ");
	store_read_end(a->store);
	assert_ok(add(b, "of b"));
	assert_string_equal(last_of(a), "2 of b");
}

static void
a_lost_cell_is_an_error_of_whoever_reads_it(void **state)
{
	int64_t n;

	(void)state;
	/* Every page but the first, which opening reads. */
	outer_sql(in_folder(folder, "v"), "DELETE FROM cell WHERE n>1");
	assert_int_equal(
	    sql_number(&n, a->store, "SELECT count(*) FROM office"),
	    VAULT_EDAMAGED);
	assert_int_equal(store_fault(a->store).where, VAULT_WHERE_CELL);
	assert_int_equal(sql_number(&n, b->store, "SELECT count(*) FROM log"),
	    VAULT_EDAMAGED);
	assert_int_equal(add(b, "of b"), VAULT_EDAMAGED);
}

static void
is_locked_once_the_keys_are_gone(void **state)
{
	int64_t n;

	(void)state;
	assert_ok(store_begin(a->store));
	vault_key_lock(key);
	assert_int_equal(log_add(a->store, "note", "of a", 4), VAULT_ELOCKED);
	store_abort(a->store);
	assert_int_equal(store_begin(a->store), VAULT_ELOCKED);
	assert_int_equal(store_read(b->store), VAULT_ELOCKED);
	assert_int_equal(sql_number(&n, b->store, "SELECT count(*) FROM log"),
	    VAULT_ELOCKED);
}

/* What opening says once this statement was committed. */
static enum vault_err
opened_after(const char *sql)
{
	struct vault_place place = { in_folder(folder, "v"), NULL };
	struct vault_fault fault;
	struct vault *v = NULL;
	enum vault_err err;

	assert_ok(store_begin(a->store));
	assert_ok(sql_finish(sql_open_once(a->store, sql)));
	assert_ok(store_commit(a->store));
	err = vault_open(&v, &place, key, &fault);
	vault_close(v);
	return err;
}

static void
another_version_is_told_and_another_schema_is_damage(void **state)
{
	(void)state;
	assert_int_equal(opened_after("PRAGMA user_version=1"), VAULT_EVERSION);
	assert_int_equal(opened_after("PRAGMA user_version=2"), VAULT_EVERSION);
	assert_int_equal(opened_after("PRAGMA user_version=3"), VAULT_EVERSION);
	assert_int_equal(opened_after("PRAGMA user_version=4"), VAULT_EVERSION);
	assert_int_equal(opened_after("PRAGMA user_version=5"), VAULT_EVERSION);
	assert_int_equal(opened_after("PRAGMA user_version=7"), VAULT_EVERSION);
	assert_int_equal(opened_after("PRAGMA user_version=0"), VAULT_EDAMAGED);
	assert_int_equal(
	    opened_after("PRAGMA user_version=-1"), VAULT_EDAMAGED);
	assert_ok(opened_after("PRAGMA user_version=6"));
	assert_int_equal(opened_after("DROP TABLE contact"), VAULT_EDAMAGED);
}

int
main(void)
{
#define with_vault(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_vault(
		    another_version_is_told_and_another_schema_is_damage),
		with_vault(opens_the_main_database_and_nothing_else),
		with_vault(a_page_within_is_a_cell_and_beyond_is_a_short_read),
		with_vault(a_missing_page_is_an_error_and_never_zeros),
		with_vault(writes_only_whole_pages_of_a_writer),
		with_vault(cutting_off_overwrites_and_drops_no_cell),
		with_vault(sees_what_another_writer_committed_after_an_abort),
		with_vault(
		    sees_what_another_writer_committed_after_a_failed_commit),
		with_vault(
		    a_long_transaction_keeps_no_pages_and_an_abort_undoes_it),
		with_vault(a_second_writer_is_told_busy),
		with_vault(a_reader_sees_one_state),
		with_vault(a_lost_cell_is_an_error_of_whoever_reads_it),
		with_vault(is_locked_once_the_keys_are_gone),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
