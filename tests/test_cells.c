/* SPDX-License-Identifier: ISC */
/*
 * cells.db: rows, root, sum, transactions.  What is compared is computed by
 * hand from FORMAT.md, section 4, with libsodium.
 */
#include <sodium.h>
#include <sqlite3.h>

#include "core/buf.h"
#include "inside.h"
#include "store/cells.h"
#include "support.h"

/* A vault, its key, and one or two connections to its cells. */
static char *folder;
static struct vault_key *key;
static struct cells *a, *b;

static struct cells *
connect_cells(void)
{
	struct vault_fault fault;
	struct cells *c;

	assert_ok(
	    cells_open(&c, in_folder(folder, "v"), key->ring, NULL, &fault));
	return c;
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
	a = connect_cells();
	b = connect_cells();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cells_close(a);
	cells_close(b);
	vault_key_free(key);
	folder_free(folder);
	return 0;
}

/* The first integer of a query on the outer file. */
static int64_t
outer_number(const char *sql)
{
	sqlite3_stmt *row;
	sqlite3 *db;
	int64_t n;

	assert_int_equal(
	    sqlite3_open(in_folder(folder, "v/cells.db"), &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	n = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	sqlite3_close(db);
	return n;
}

/* The body of row n, as it is in the file. */
static void
outer_body(uint8_t body[static CELL_LEN], int64_t n)
{
	sqlite3_stmt *row;
	sqlite3 *db;

	assert_int_equal(
	    sqlite3_open(in_folder(folder, "v/cells.db"), &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(
		db, "SELECT body FROM cell WHERE n=?1", -1, &row, NULL),
	    SQLITE_OK);
	sqlite3_bind_int64(row, 1, n);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	assert_int_equal(sqlite3_column_bytes(row, 0), CELL_LEN);
	memcpy(body, sqlite3_column_blob(row, 0), CELL_LEN);
	sqlite3_finalize(row);
	sqlite3_close(db);
}

static void
subkey(uint8_t out[static 32], const char *label)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "amparo 1 %s", label);

	crypto_generichash(out, 32, (uint8_t *)text, (size_t)len + 1,
	    keyring_key(key->ring, KEY_VAULT), 32);
}

/* Open a cell as another implementation would. */
static void
open_by_hand(uint8_t plain[static CELL_PLAIN_LEN], int64_t n)
{
	uint8_t k[32], ad[44], body[CELL_LEN];

	subkey(k, "cell");
	outer_body(body, n);
	memcpy(ad, keyring_vault_id(key->ring), 16);
	memcpy(ad + 16, keyring_cells_id(key->ring), 16);
	put_le32(ad + 32, 1);
	put_le64(ad + 36, (uint64_t)n);
	assert_int_equal(
	    crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
		body + 24, CELL_LEN - 24, ad, sizeof(ad), body, k),
	    0);
}

/* S over the rows that are in the file. */
static void
sum_by_hand(uint8_t sum[static 32], uint64_t count)
{
	uint8_t k[32], t[32], in[8 + 24 + 16], body[CELL_LEN];

	memset(sum, 0, 32);
	subkey(k, "cells sum");
	for (uint64_t n = 1; n <= count; n++) {
		outer_body(body, (int64_t)n);
		put_le64(in, n);
		memcpy(in + 8, body, 24);
		memcpy(in + 32, body + CELL_LEN - 16, 16);
		crypto_generichash(t, 32, in, sizeof(in), k, 32);
		sodium_add(sum, t, 32);
	}
}

static void
root_is_right(void)
{
	uint8_t plain[CELL_PLAIN_LEN], sum[32];
	uint64_t count;

	open_by_hand(plain, 0);
	assert_memory_equal(plain, "AMPARO-R", 8);
	count = get_le64(plain + 16);
	sum_by_hand(sum, count);
	assert_memory_equal(plain + 24, sum, 32);
	assert_true(sodium_is_zero(plain + 88, CELL_PLAIN_LEN - 88));
	assert_int_equal(
	    outer_number("SELECT count(*)-1 FROM cell WHERE n>=0"), count);
	assert_int_equal(outer_number("SELECT max(n) FROM cell"), count);
}

static void
fill(uint8_t plain[static CELL_PLAIN_LEN], uint8_t with)
{
	memset(plain, with, CELL_PLAIN_LEN);
}

static const uint8_t head[HASH_LEN];

/* One commit that writes cell n. */
static enum vault_err
put(struct cells *c, uint64_t n, uint8_t with)
{
	uint8_t plain[CELL_PLAIN_LEN];
	enum vault_err err;

	fill(plain, with);
	if ((err = cells_begin_write(c)) != VAULT_OK ||
	    (err = cells_put(c, n, plain)) != VAULT_OK) {
		cells_end(c);
		return err;
	}
	return cells_commit(c, head);
}

static uint64_t
count_of(struct cells *c)
{
	uint64_t count;

	assert_ok(cells_begin_read(c));
	count = cells_root(c)->count;
	cells_end(c);
	return count;
}

static unsigned found_n;
static enum cells_finding found_last;

static void
found(void *ctx, enum cells_finding what, int64_t n)
{
	(void)ctx;
	(void)n;
	found_n++;
	found_last = what;
}

static unsigned
check(struct cells *c)
{
	struct cells_check how = { .open_all = true, .found = found };

	found_n = 0;
	assert_ok(cells_check(c, &how));
	return found_n;
}

/* ---- Rows ---- */

static void
a_row_is_4060_bytes_and_never_overflows(void **state)
{
	static const char *const numbers[] = { "4611686018427387904",
		"9223372036854775807", "1000000", "-9223372036854775808" };
	char sql[128];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		snprintf(sql, sizeof(sql),
		    "INSERT INTO cell VALUES(%s,randomblob(4056))", numbers[i]);
		outer_sql(in_folder(folder, "v"), sql);
	}
	assert_int_equal(outer_number("SELECT max(mx_payload) FROM dbstat"
				      " WHERE name='cell' AND pagetype='leaf'"),
	    4060);
	assert_int_equal(outer_number("SELECT min(payload) FROM dbstat"
				      " WHERE name='cell' AND"
				      " pagetype='leaf' AND ncell>0"),
	    4060);
	assert_int_equal(outer_number("SELECT count(*) FROM dbstat"
				      " WHERE pagetype='overflow'"),
	    0);
	/* The test can see an overflow. */
	outer_sql(in_folder(folder, "v"),
	    "INSERT INTO cell VALUES(77777,randomblob(4058))");
	assert_int_equal(outer_number("SELECT count(*) FROM dbstat"
				      " WHERE pagetype='overflow'"),
	    1);
}

static void
the_root_says_what_is_in_the_file(void **state)
{
	(void)state;
	root_is_right();
	assert_ok(put(a, count_of(a), 1));
	root_is_right();
	assert_ok(put(a, count_of(a) + 1, 2));
	root_is_right();
}

static void
commits_are_counted_one_by_one(void **state)
{
	uint8_t plain[CELL_PLAIN_LEN];

	(void)state;
	open_by_hand(plain, 0);
	assert_int_equal(get_le64(plain + 8), 1);
	assert_ok(put(a, 2, 1));
	assert_ok(put(b, 2, 2));
	open_by_hand(plain, 0);
	assert_int_equal(get_le64(plain + 8), 3);
}

static void
a_cell_is_what_was_put(void **state)
{
	uint8_t plain[CELL_PLAIN_LEN], want[CELL_PLAIN_LEN];
	uint64_t n = count_of(a) + 1;

	(void)state;
	fill(want, 0x5a);
	assert_ok(put(a, n, 0x5a));
	open_by_hand(plain, (int64_t)n);
	assert_memory_equal(plain, want, CELL_PLAIN_LEN);
	assert_ok(cells_begin_read(b));
	assert_ok(cells_get(b, n, plain));
	assert_memory_equal(plain, want, CELL_PLAIN_LEN);
	cells_end(b);
}

static void
holes_are_filled_with_zeros_that_are_sealed(void **state)
{
	uint8_t plain[CELL_PLAIN_LEN];
	uint64_t n = count_of(a);

	(void)state;
	assert_ok(put(a, n + 4, 7));
	assert_int_equal(count_of(a), n + 4);
	for (uint64_t i = n + 1; i < n + 4; i++) {
		open_by_hand(plain, (int64_t)i);
		assert_true(sodium_is_zero(plain, sizeof(plain)));
	}
	root_is_right();
	assert_int_equal(check(a), 0);
}

static void
a_missing_cell_never_reads_as_zeros(void **state)
{
	uint8_t plain[CELL_PLAIN_LEN];

	(void)state;
	outer_sql(in_folder(folder, "v"), "DELETE FROM cell WHERE n=3");
	assert_ok(cells_begin_read(a));
	assert_int_equal(cells_get(a, 3, plain), VAULT_EDAMAGED);
	assert_int_equal(cells_fault(a).where, VAULT_WHERE_CELL);
	assert_int_equal(cells_fault(a).n, 3);
	cells_end(a);
	/* Nor does a writer mend it without a word. */
	assert_int_equal(put(a, 3, 1), VAULT_EDAMAGED);
	assert_int_equal(
	    outer_number("SELECT count(*) FROM cell WHERE n=3"), 0);
}

static void
a_cell_beyond_the_count_stops_a_writer(void **state)
{
	uint64_t n = count_of(a) + 1;

	(void)state;
	outer_sql(in_folder(folder, "v"),
	    "INSERT INTO cell SELECT max(n)+1,randomblob(4056) FROM cell");
	assert_int_equal(put(a, n, 1), VAULT_EDAMAGED);
	assert_int_equal(put(a, n + 1, 1), VAULT_EDAMAGED);
}

static void
an_old_cell_put_back_is_never_laundered(void **state)
{
	uint8_t old[CELL_LEN];
	sqlite3_stmt *row;
	sqlite3 *db;

	(void)state;
	outer_body(old, 4);
	assert_ok(put(a, 4, 1));
	assert_int_equal(check(a), 0);
	assert_int_equal(
	    sqlite3_open(in_folder(folder, "v/cells.db"), &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(
		db, "UPDATE cell SET body=?1 WHERE n=4", -1, &row, NULL),
	    SQLITE_OK);
	sqlite3_bind_blob(row, 1, old, CELL_LEN, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(row), SQLITE_DONE);
	sqlite3_finalize(row);
	sqlite3_close(db);
	assert_int_equal(check(a), 1);
	assert_int_equal(found_last, CELLS_SUM);
	/* Whoever had read the newer one refuses to write over it. */
	assert_int_equal(put(a, 4, 3), VAULT_EDAMAGED);
	/* Not by other writes, and not by writing that very cell. */
	assert_ok(put(b, 3, 2));
	assert_ok(put(b, 4, 3));
	assert_ok(put(b, 4, 4));
	assert_int_equal(check(b), 1);
	assert_int_equal(found_last, CELLS_SUM);
}

/* ---- Transactions ---- */

static unsigned waits;

static bool
wait_three_times(void *ctx, unsigned waited_ms)
{
	(void)ctx;
	(void)waited_ms;
	return ++waits < 3;
}

static void
a_second_writer_waits_and_gives_up(void **state)
{
	(void)state;
	assert_ok(cells_begin_write(a));
	waits = 0;
	cells_on_busy(b, 5000, wait_three_times, NULL);
	assert_int_equal(cells_begin_write(b), VAULT_EBUSY);
	assert_int_equal(waits, 3);
	cells_on_busy(b, 30, NULL, NULL);
	assert_int_equal(cells_begin_write(b), VAULT_EBUSY);
	cells_end(a);
	assert_ok(cells_begin_write(b));
	cells_end(b);
}

static void
a_reader_sees_one_state_and_holds_up_a_commit(void **state)
{
	uint8_t before[CELL_PLAIN_LEN], now[CELL_PLAIN_LEN];

	(void)state;
	cells_on_busy(b, 30, NULL, NULL);
	assert_ok(cells_begin_read(a));
	assert_ok(cells_get(a, 2, before));
	assert_int_equal(put(b, 2, 9), VAULT_EBUSY);
	assert_ok(cells_get(a, 2, now));
	assert_memory_equal(before, now, sizeof(now));
	cells_end(a);
	assert_ok(put(b, 2, 9));
	assert_ok(cells_begin_read(a));
	assert_ok(cells_get(a, 2, now));
	assert_memory_not_equal(before, now, sizeof(now));
	cells_end(a);
}

static void
what_is_undone_leaves_no_trace(void **state)
{
	uint8_t plain[CELL_PLAIN_LEN], before[CELL_LEN], now[CELL_LEN];
	uint64_t n = count_of(a);

	(void)state;
	outer_body(before, 2);
	fill(plain, 1);
	assert_ok(cells_begin_write(a));
	assert_ok(cells_put(a, 2, plain));
	assert_ok(cells_put(a, n + 5, plain));
	cells_end(a);
	outer_body(now, 2);
	assert_memory_equal(before, now, CELL_LEN);
	assert_int_equal(count_of(a), n);
	root_is_right();
	assert_ok(put(a, n + 1, 3));
	root_is_right();
}

static void
nothing_goes_without_a_transaction(void **state)
{
	uint8_t plain[CELL_PLAIN_LEN];

	(void)state;
	fill(plain, 1);
	assert_int_equal(cells_get(a, 1, plain), VAULT_EUSE);
	assert_int_equal(cells_put(a, 1, plain), VAULT_EUSE);
	assert_int_equal(cells_commit(a, head), VAULT_EUSE);
	assert_ok(cells_begin_read(a));
	assert_int_equal(cells_put(a, 1, plain), VAULT_EUSE);
	assert_int_equal(cells_get(a, 0, plain), VAULT_EUSE);
	assert_int_equal(
	    cells_get(a, cells_root(a)->count + 1, plain), VAULT_EUSE);
	cells_end(a);
}

static void
everything_is_locked_once_the_keys_are_gone(void **state)
{
	uint8_t plain[CELL_PLAIN_LEN], before[CELL_LEN], now[CELL_LEN];
	struct vault_fault fault;
	struct cells *c;

	(void)state;
	fill(plain, 1);
	outer_body(before, 2);
	assert_ok(cells_begin_write(a));
	assert_ok(cells_put(a, 2, plain));
	vault_key_lock(key);
	assert_int_equal(cells_put(a, 3, plain), VAULT_ELOCKED);
	assert_int_equal(cells_begin_read(b), VAULT_ELOCKED);
	assert_true(cells_commit(a, head) != VAULT_OK);
	assert_int_equal(cells_begin_write(a), VAULT_ELOCKED);
	assert_int_equal(
	    cells_open(&c, in_folder(folder, "v"), key->ring, NULL, &fault),
	    VAULT_ELOCKED);
	outer_body(now, 2);
	assert_memory_equal(before, now, CELL_LEN);
}

static void
a_commit_after_the_lock_keeps_nothing(void **state)
{
	uint8_t plain[CELL_PLAIN_LEN], before[CELL_LEN], now[CELL_LEN];

	(void)state;
	fill(plain, 1);
	outer_body(before, 2);
	assert_ok(cells_begin_write(a));
	assert_ok(cells_put(a, 2, plain));
	vault_key_lock(key);
	assert_int_equal(cells_commit(a, head), VAULT_ELOCKED);
	outer_body(now, 2);
	assert_memory_equal(before, now, CELL_LEN);
}

static void
a_new_file_does_not_count_its_commits(void **state)
{
	uint8_t *file;
	size_t len;

	(void)state;
	file = file_read(in_folder(folder, "v/cells.db"), &len);
	/* Both counters are the same; 1 in 2^31 that it is this small. */
	assert_memory_equal(file + 24, file + 92, 4);
	assert_true(file[24] != 0 || file[25] != 0 || file[26] != 0);
	free(file);
}

int
main(void)
{
#define with_vault(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_vault(a_row_is_4060_bytes_and_never_overflows),
		with_vault(the_root_says_what_is_in_the_file),
		with_vault(commits_are_counted_one_by_one),
		with_vault(a_cell_is_what_was_put),
		with_vault(holes_are_filled_with_zeros_that_are_sealed),
		with_vault(a_missing_cell_never_reads_as_zeros),
		with_vault(a_cell_beyond_the_count_stops_a_writer),
		with_vault(an_old_cell_put_back_is_never_laundered),
		with_vault(a_second_writer_waits_and_gives_up),
		with_vault(a_reader_sees_one_state_and_holds_up_a_commit),
		with_vault(what_is_undone_leaves_no_trace),
		with_vault(nothing_goes_without_a_transaction),
		with_vault(everything_is_locked_once_the_keys_are_gone),
		with_vault(a_commit_after_the_lock_keeps_nothing),
		with_vault(a_new_file_does_not_count_its_commits),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
