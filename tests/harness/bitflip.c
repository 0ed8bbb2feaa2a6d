/* SPDX-License-Identifier: ISC */
/*
 * bitflip - a vault changed by somebody without its keys (R8).
 *
 * Whatever is changed, the result is an error or the same content, never
 * other content, and never a crash or a wait:
 *
 * 1. every bit of the file of keys, in one copy and in both, also with the
 *    unkeyed sum made right again;
 * 2. every bit of every cell, through SQL;
 * 3. random bits of the bytes of cells.db: three of each where SQLite's own
 *    structure is, and where a cell is one of each 41st byte, or DRAWS of each;
 * 4. named changes: cells exchanged, other schemas, other files.
 *
 * The vault holds records, an attachment and a draft.  All rows are compared
 * each time; every 32nd time everything is also read as a person would.
 *
 * The key is derived once where it is not what is tested.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "content.h"
#include "core/buf.h"
#include "harness.h"
#include "inside.h"
#include "seal/keys.h"
#include "seal/seal.h"
#include "store/cells.h"
#include "store/log.h"
#include "store/store.h"

#define CELLS_MOST 200
#define WAIT_S 60

enum { KEY_BITS, CELL_BITS, FILE_BITS, NAMED, SAME_CONTENT };

/* The vault as it is, one commit earlier, another one, and the victim. */
static char good[128], older[128], other[128], work[128];
static struct vault_key *key;
static struct buf expected, expected_content;

/* What is being tried: told if it ends the process. */
static char trying[160];

static void
died(int sig)
{
	static const char *text = "bitflip: failed: crash or wait while: ";

	if (write(1, text, strlen(text)) < 0 ||
	    write(1, trying, strlen(trying)) < 0 || write(1, "\n", 1) < 0)
		_exit(sig);
	_exit(sig);
}

static void
watch(void)
{
	signal(SIGSEGV, died);
	signal(SIGBUS, died);
	signal(SIGABRT, died);
	signal(SIGALRM, died);
}

static void
must(enum vault_err err, const char *what)
{
	if (err != VAULT_OK) {
		fprintf(stderr, "bitflip: %s: %s\n", what, vault_strerror(err));
		exit(2);
	}
}

static struct vault_place
place_of(const char *folder)
{
	/* Not in_folder: this one outlives the next few paths. */
	static char paths[4][160];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/v", folder);
	return (struct vault_place){ path, NULL };
}

static enum vault_err
unlock(struct vault_key **out, enum vault_keys_state *state, const char *folder)
{
	static struct secret *pass;
	struct vault_place place = place_of(folder);

	if (pass == NULL)
		pass = secret_text("dusk");
	return vault_key_unlock(out, state, &place, pass);
}

enum result { SAME, REFUSED, OTHER };

/* True if records, attachments and drafts are all read, and are others. */
static bool
reads_others(struct vault *v)
{
	struct buf dump = { 0 };
	bool others = content_dump(&dump, v) == VAULT_OK &&
	    strcmp(buf_text(&dump), buf_text(&expected_content)) != 0;

	buf_free(&dump);
	return others;
}

/*
 * What opening and reading everything gives.  Rows that came before an error
 * must be those that were expected.
 */
static enum result
look(const char *folder, const struct vault_key *with)
{
	struct vault_place place = place_of(folder);
	struct buf dump = { 0 };
	struct vault_fault fault;
	enum result result = REFUSED;
	bool other_records = false;
	static unsigned looks;
	struct vault *v;
	const char *end;

	alarm(WAIT_S);
	if (vault_open(&v, &place, with, &fault) != VAULT_OK)
		return REFUSED;
	vault_dump(&dump, v, true);
	if (looks++ % 32 == 0)
		other_records = reads_others(v);
	vault_close(v);
	end = strstr(buf_text(&dump), "error");
	if (end == NULL)
		result = strcmp(buf_text(&dump), buf_text(&expected)) == 0
		    ? SAME
		    : OTHER;
	else if (strncmp(buf_text(&dump), buf_text(&expected),
		     (size_t)(end - buf_text(&dump))) != 0)
		result = OTHER;
	buf_free(&dump);
	if (other_records)
		result = OTHER;
	if (result == SAME)
		harness_add(SAME_CONTENT, 1);
	return result;
}

/* ---- 1. The file of keys ---- */

static uint8_t keys_good[KEYS_FILE_LEN];

static void
flip(uint8_t *bytes, size_t bit)
{
	bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static void
repair_sum(uint8_t *copy)
{
	hash_bytes(
	    copy + KEYS_COPY_LEN - HASH_LEN, copy, KEYS_COPY_LEN - HASH_LEN);
}

/* One copy damaged: the other serves, as it is. */
static void
key_bit_is_found(size_t bit)
{
	uint8_t file[KEYS_FILE_LEN];
	struct keys keys;

	memcpy(file, keys_good, sizeof(file));
	flip(file, bit);
	if (keys_decode(&keys, file, sizeof(file)) != VAULT_OK ||
	    memcmp(keys.copy, keys_good, KEYS_COPY_LEN) != 0 ||
	    keys.state !=
		(bit < 8 * KEYS_COPY_LEN ? KEYS_FIRST_DAMAGED
					 : KEYS_SECOND_DAMAGED))
		harness_fail("bit %zu of keys passes", bit);
	/* And a bit of the other copy: nothing is left. */
	flip(file,
	    (bit < 8 * KEYS_COPY_LEN ? 8 * KEYS_COPY_LEN : 0) +
		random_to(8 * KEYS_COPY_LEN));
	if (keys_decode(&keys, file, sizeof(file)) != VAULT_EDAMAGED)
		harness_fail("bit %zu and another of keys pass", bit);
}

static void
write_keys(const uint8_t *file)
{
	file_write(in_folder(work, "v/keys"), file, KEYS_FILE_LEN);
}

/* The whole way: unlock, open, enter; the file is then mended. */
static void
key_bit_is_mended(size_t bit)
{
	uint8_t file[KEYS_FILE_LEN], *now;
	struct vault_place place = place_of(work);
	enum vault_keys_state state;
	struct vault_fault fault;
	struct vault_key *k = NULL;
	struct vault *v = NULL;
	bool new_machine;
	size_t len;

	memcpy(file, keys_good, sizeof(file));
	flip(file, bit);
	write_keys(file);
	if (unlock(&k, &state, work) != VAULT_OK ||
	    state != VAULT_KEYS_DAMAGED || look(work, k) != SAME ||
	    vault_open(&v, &place, k, &fault) != VAULT_OK ||
	    vault_arrive(v, &new_machine) != VAULT_OK)
		harness_fail("bit %zu of keys is in the way", bit);
	vault_close(v);
	vault_key_free(k);
	now = file_read(in_folder(work, "v/keys"), &len);
	if (len != KEYS_FILE_LEN ||
	    memcmp(now, now + KEYS_COPY_LEN, KEYS_COPY_LEN) != 0)
		harness_fail("bit %zu of keys is not mended", bit);
	free(now);
}

/* The sum, which has no key, made right again; in both copies, or in one. */
static void
forged_key_bit_is_refused(size_t bit)
{
	uint8_t file[KEYS_FILE_LEN];
	enum vault_keys_state state;
	struct vault_key *k;
	enum vault_err err;

	memcpy(file, keys_good, sizeof(file));
	flip(file, bit);
	repair_sum(file);
	memcpy(file + KEYS_COPY_LEN, file, KEYS_COPY_LEN);
	write_keys(file);
	if ((err = unlock(&k, &state, work)) == VAULT_OK)
		harness_fail("bit %zu of keys, forged, passes", bit);
	else if (err != VAULT_EPASS && err != VAULT_EDAMAGED &&
	    err != VAULT_EVERSION && err != VAULT_EKDFMEM)
		harness_fail(
		    "bit %zu of keys, forged: %s", bit, vault_strerror(err));
	vault_key_free(k);
	if (bit % 5 != 0)
		return;
	memcpy(file, keys_good, KEYS_COPY_LEN);
	write_keys(file);
	if ((err = unlock(&k, &state, work)) == VAULT_OK &&
	    (state != VAULT_KEYS_FORGED || look(work, k) != SAME))
		harness_fail("bit %zu of keys, one copy forged", bit);
	vault_key_free(k);
}

static void
all_key_bits(unsigned part, unsigned parts)
{
	snprintf(work, sizeof(work), "%s/work%u", harness.folder, part);
	watch();
	for (size_t bit = part; bit < 8 * KEYS_FILE_LEN && !harness_stop();
	     bit += parts) {
		snprintf(trying, sizeof(trying), "bit %zu of keys", bit);
		harness_count(1);
		key_bit_is_found(bit);
		if (bit / parts % 61 == 0)
			key_bit_is_mended(bit);
		/* Forged, each costs a derivation: of the filler some will do.
		 */
		if (bit < 8 * (KEYS_COPY_LEN - HASH_LEN) &&
		    (bit < 8 * 704 || bit >= 8 * 4032 ||
			bit / parts % 8 == 0)) {
			harness_count(1);
			alarm(WAIT_S);
			forged_key_bit_is_refused(bit);
		}
	}
	write_keys(keys_good);
}

/* ---- 2. Every bit of every cell, through SQL ---- */

static uint8_t body[CELLS_MOST][CELL_LEN];
static unsigned n_cells; /* the root too */

static void
load_cells(void)
{
	sqlite3_stmt *row = NULL;
	sqlite3 *db;

	if (sqlite3_open(in_folder(good, "v/cells.db"), &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT body FROM cell ORDER BY n", -1, &row,
		NULL) != SQLITE_OK)
		exit(2);
	while (sqlite3_step(row) == SQLITE_ROW && n_cells < CELLS_MOST)
		memcpy(body[n_cells++], sqlite3_column_blob(row, 0), CELL_LEN);
	sqlite3_finalize(row);
	sqlite3_close(db);
}

static sqlite3 *
open_outer(const char *folder)
{
	sqlite3 *db;

	if (sqlite3_open(in_folder(folder, "v/cells.db"), &db) != SQLITE_OK)
		exit(2);
	/* The journal keeps locks right; nothing need last. */
	sqlite3_exec(db, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF",
	    NULL, NULL, NULL);
	return db;
}

static void
put_body(sqlite3_stmt *put, unsigned n, const uint8_t *bytes)
{
	sqlite3_bind_int64(put, 1, n);
	sqlite3_bind_blob(put, 2, bytes, CELL_LEN, SQLITE_STATIC);
	if (sqlite3_step(put) != SQLITE_DONE)
		harness_fail("cannot change cell %u", n);
	sqlite3_reset(put);
}

static bool
cell_is_refused(struct cells *c, unsigned n)
{
	uint8_t plain[CELL_PLAIN_LEN];
	enum vault_err err = cells_begin_read(c);

	if (n > 0 && err == VAULT_OK)
		err = cells_get(c, n, plain);
	cells_end(c);
	return err == VAULT_EDAMAGED && cells_fault(c).n == n;
}

static void
bits_of_cell(unsigned n, struct cells *c, sqlite3_stmt *put)
{
	static uint8_t bytes[CELL_LEN];

	memcpy(bytes, body[n], CELL_LEN);
	for (size_t bit = 0; bit < 8 * CELL_LEN && !harness_stop(); bit++) {
		snprintf(trying, sizeof(trying), "bit %zu of cell %u", bit, n);
		flip(bytes, bit);
		put_body(put, n, bytes);
		if (!cell_is_refused(c, n))
			harness_fail("%s opens", trying);
		if (bit % 1009 == 0 && look(work, key) == OTHER)
			harness_fail("%s: other content", trying);
		flip(bytes, bit);
		if (bit % 1000 == 0)
			alarm(WAIT_S);
	}
	harness_count(8 * CELL_LEN);
	harness_add(CELL_BITS, 8 * CELL_LEN);
	put_body(put, n, body[n]);
}

static void
all_cell_bits(unsigned part, unsigned parts)
{
	struct vault_fault fault;
	sqlite3_stmt *put;
	struct cells *c;
	sqlite3 *db;

	snprintf(work, sizeof(work), "%s/work%u", harness.folder, part);
	watch();
	vault_copy(good, work);
	db = open_outer(work);
	must(cells_open(&c, in_folder(work, "v"), key->ring, NULL, &fault),
	    "cells");
	if (sqlite3_prepare_v2(db, "UPDATE cell SET body=?2 WHERE n=?1", -1,
		&put, NULL) != SQLITE_OK)
		exit(2);
	for (unsigned n = part; n < n_cells && !harness_stop(); n += parts)
		bits_of_cell(n, c, put);
	sqlite3_finalize(put);
	cells_close(c);
	if (look(work, key) != SAME)
		harness_fail("restored cells are not the same");
	sqlite3_close(db);
}

/* ---- 3. Every byte of cells.db ---- */

static bool
is_body(const uint8_t *file, size_t len, size_t at)
{
	for (unsigned n = 0; n < n_cells; n++) {
		const uint8_t *found = memmem(file, len, body[n], CELL_LEN);

		if (found != NULL && at >= (size_t)(found - file) &&
		    at < (size_t)(found - file) + CELL_LEN)
			return true;
	}
	return false;
}

/* True for each byte that is part of a cell. */
static bool *
map_bodies(const uint8_t *file, size_t len)
{
	bool *map = calloc(len, sizeof(*map));

	for (size_t at = 0; at < len; at++)
		map[at] = at % 4096 >= 40 && at > 0 && map[at - 1]
		    ? at % 4096 != 0
		    : is_body(file, len, at);
	return map;
}

static void
change_byte(int fd, uint8_t was, size_t at, unsigned bit)
{
	static const char *const beside[] = { "v/cells.db-wal",
		"v/cells.db-shm", "v/cells.db-journal" };
	uint8_t byte = was ^ (uint8_t)(1u << bit);

	snprintf(
	    trying, sizeof(trying), "bit %u of byte %zu of cells.db", bit, at);
	harness_count(1);
	harness_add(FILE_BITS, 1);
	if (pwrite(fd, &byte, 1, (off_t)at) != 1)
		exit(2);
	if (look(work, key) == OTHER)
		harness_fail("%s: other content", trying);
	for (size_t i = 0; at < 100 && i < 3; i++)
		if (unlink(in_folder(work, beside[i])) == 0)
			harness_fail("%s: left %s", trying, beside[i]);
	if (pwrite(fd, &was, 1, (off_t)at) != 1)
		exit(2);
}

/* Of cells every bit is tried by itself; here some bytes will do. */
static unsigned
bits_of_byte(bool body_byte, size_t nth)
{
	if (!body_byte)
		return 3;
	if (harness.draws > 0)
		return harness.draws;
	return nth % 41 == harness.seed % 41;
}

static void
all_file_bits(unsigned part, unsigned parts)
{
	uint8_t *file, *after;
	size_t len, len_after;
	bool *bodies;
	int fd;

	snprintf(work, sizeof(work), "%s/work%u", harness.folder, part);
	watch();
	vault_copy(good, work);
	file = file_read(in_folder(work, "v/cells.db"), &len);
	bodies = map_bodies(file, len);
	fd = open(in_folder(work, "v/cells.db"), O_RDWR);
	for (size_t at = part; at < len && !harness_stop(); at += parts) {
		unsigned bits = bits_of_byte(bodies[at], at / parts);

		for (unsigned i = 0; i < bits; i++)
			change_byte(fd, file[at], at, random_to(8));
	}
	after = file_read(in_folder(work, "v/cells.db"), &len_after);
	if (len != len_after || memcmp(file, after, len) != 0)
		harness_fail("looking has changed cells.db");
	free(file);
	free(after);
	free(bodies);
	close(fd);
}

/* ---- 4a. Named changes through SQL ---- */

#define ONE(what) (1u << VAULT_FOUND_##what)
#define SCHEMA(text)                                                           \
	"PRAGMA writable_schema=ON;"                                           \
	"UPDATE sqlite_schema SET sql='" text "'"
#define OURS "CREATE TABLE cell(n INTEGER PRIMARY KEY, body BLOB NOT NULL)"

struct change {
	const char *name;
	const char *sql[3];  /* each on a connection of its own */
	enum vault_err open; /* what opening must say */
	unsigned found;      /* findings of a check, all of them */
	bool old_content;    /* reading may show an older state */
};

static const struct change changes[] = {
	{ "nothing", { "SELECT 1" }, .found = 0 },
	{ "two cells exchanged",
	    { "UPDATE cell SET body=CASE n WHEN 2 THEN"
	      " (SELECT body FROM cell WHERE n=3) ELSE"
	      " (SELECT body FROM cell WHERE n=2) END WHERE n IN (2,3)" },
	    .found = ONE(BROKEN) },
	{ "a cell twice",
	    { "UPDATE cell SET body=(SELECT body FROM cell WHERE n=2)"
	      " WHERE n=4" },
	    .found = ONE(BROKEN) },
	{ "numbers exchanged",
	    { "UPDATE cell SET n=-n WHERE n IN (2,3);"
	      "UPDATE cell SET n=5+n WHERE n<0 AND 0;"
	      "UPDATE cell SET n=2 WHERE n=-3; UPDATE cell SET n=3 WHERE "
	      "n=-2" },
	    .found = ONE(BROKEN) },
	{ "root and page 1 exchanged",
	    { "UPDATE cell SET body=CASE n WHEN 0 THEN"
	      " (SELECT body FROM cell WHERE n=1) ELSE"
	      " (SELECT body FROM cell WHERE n=0) END WHERE n IN (0,1)" },
	    .open = VAULT_EDAMAGED },
	{ "a cell of another vault",
	    { "UPDATE cell SET body=(SELECT body FROM other.cell o"
	      " WHERE o.n=cell.n) WHERE n=3" },
	    .found = ONE(BROKEN) },
	{ "the root of another vault",
	    { "UPDATE cell SET body=(SELECT body FROM other.cell o"
	      " WHERE o.n=cell.n) WHERE n=0" },
	    .open = VAULT_EDAMAGED },
	{ "an older cell",
	    { "UPDATE cell SET body=(SELECT body FROM older.cell o"
	      " WHERE o.n=cell.n) WHERE n=(SELECT max(a.n) FROM cell a"
	      " JOIN older.cell b USING(n) WHERE a.body<>b.body)" },
	    .found = ONE(SUM), .old_content = true },
	{ "all older cells but the root",
	    { "UPDATE cell SET body=(SELECT body FROM older.cell o"
	      " WHERE o.n=cell.n) WHERE n>0 AND n IN"
	      " (SELECT n FROM older.cell)" },
	    .found = ONE(SUM), .old_content = true },
	{ "the older root, of fewer cells",
	    { "UPDATE cell SET body=(SELECT body FROM older.cell o"
	      " WHERE o.n=0) WHERE n=0" },
	    .open = VAULT_EDAMAGED },
	{ "no cell 2", { "DELETE FROM cell WHERE n=2" },
	    .found = ONE(MISSING) },
	{ "no last cell",
	    { "DELETE FROM cell WHERE n=(SELECT max(n) FROM cell)" },
	    .found = ONE(MISSING) },
	{ "no page 1", { "DELETE FROM cell WHERE n=1" },
	    .open = VAULT_EDAMAGED },
	{ "no root", { "DELETE FROM cell WHERE n=0" }, .open = VAULT_EDAMAGED },
	{ "no cells", { "DELETE FROM cell" }, .open = VAULT_EDAMAGED },
	{ "only the root", { "DELETE FROM cell WHERE n>0" },
	    .open = VAULT_EDAMAGED },
	{ "a cell beyond",
	    { "INSERT INTO cell SELECT max(n)+1,body FROM cell" },
	    .found = ONE(FOREIGN) },
	{ "a cell far beyond",
	    { "INSERT INTO cell SELECT 9223372036854775807,body FROM cell"
	      " WHERE n=1" },
	    .found = ONE(FOREIGN) },
	{ "a cell below", { "INSERT INTO cell VALUES(-1,zeroblob(4056))" },
	    .found = ONE(FOREIGN) },
	{ "a cell of text",
	    { "UPDATE cell SET body=CAST(substr(hex(body),1,4056) AS TEXT)"
	      " WHERE n=3" },
	    .found = ONE(BROKEN) },
	{ "a cell of a number", { "UPDATE cell SET body=42 WHERE n=3" },
	    .found = ONE(BROKEN) },
	{ "a cell of a real", { "UPDATE cell SET body=0.5 WHERE n=3" },
	    .found = ONE(BROKEN) },
	{ "a cell of NULL",
	    { SCHEMA("CREATE TABLE cell(n INTEGER PRIMARY KEY, body BLOB)"),
		"UPDATE cell SET body=NULL WHERE n=3", SCHEMA(OURS) },
	    .found = ONE(BROKEN) | ONE(OUTER) },
	{ "an empty cell", { "UPDATE cell SET body=x'' WHERE n=3" },
	    .found = ONE(BROKEN) },
	{ "a short cell",
	    { "UPDATE cell SET body=substr(body,1,4055) WHERE n=3" },
	    .found = ONE(BROKEN) },
	{ "a long cell", { "UPDATE cell SET body=body||x'00' WHERE n=3" },
	    .found = ONE(BROKEN) },
	{ "a huge cell",
	    { "UPDATE cell SET body=zeroblob(90000000) WHERE n=3" },
	    .found = ONE(BROKEN) },
	{ "a cell of zeros",
	    { "UPDATE cell SET body=zeroblob(4056) WHERE n=3" },
	    .found = ONE(BROKEN) },
	{ "version 0", { "PRAGMA user_version=0" }, .open = VAULT_EDAMAGED },
	{ "version 2", { "PRAGMA user_version=2" }, .open = VAULT_EVERSION },
	{ "version -1", { "PRAGMA user_version=-1" }, .open = VAULT_EDAMAGED },
	{ "another application", { "PRAGMA application_id=1" },
	    .open = VAULT_EDAMAGED },
	{ "a trigger",
	    { "CREATE TRIGGER t AFTER UPDATE ON cell BEGIN"
	      " DELETE FROM cell; END" },
	    .open = VAULT_EDAMAGED },
	{ "a view", { "CREATE VIEW w AS SELECT * FROM cell" },
	    .open = VAULT_EDAMAGED },
	{ "a view in the way",
	    { "ALTER TABLE cell RENAME TO c;"
	      "CREATE VIEW cell AS SELECT n, body FROM c" },
	    .open = VAULT_EDAMAGED },
	{ "an index", { "CREATE INDEX i ON cell(n)" }, .open = VAULT_EDAMAGED },
	{ "a table", { "CREATE TABLE more(x)" }, .open = VAULT_EDAMAGED },
	{ "statistics", { "ANALYZE; CREATE INDEX i ON cell(n); ANALYZE" },
	    .open = VAULT_EDAMAGED },
	{ "a column", { "ALTER TABLE cell ADD COLUMN more" },
	    .open = VAULT_EDAMAGED },
	{ "a renamed table", { "ALTER TABLE cell RENAME TO cells" },
	    .open = VAULT_EDAMAGED },
	{ "a schema in other words",
	    { SCHEMA("CREATE TABLE cell(n INTEGER PRIMARY KEY,body BLOB)") },
	    .open = VAULT_EDAMAGED },
	{ "a second name for the table",
	    { "PRAGMA writable_schema=ON;"
	      "INSERT INTO sqlite_schema SELECT type,'c2','c2',rootpage,"
	      "'CREATE TABLE c2(n)' FROM sqlite_schema" },
	    .open = VAULT_EDAMAGED },
	{ "a schema without words",
	    { "PRAGMA writable_schema=ON;"
	      "UPDATE sqlite_schema SET sql=NULL" },
	    .open = VAULT_EDAMAGED },
	{ "no schema",
	    { "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema" },
	    .open = VAULT_EDAMAGED },
	{ "WAL", { "PRAGMA journal_mode=WAL" }, .open = VAULT_EDAMAGED },
	{ "vacuumed by itself", { "PRAGMA auto_vacuum=FULL; VACUUM" },
	    .open = VAULT_EDAMAGED },
	{ "smaller pages", { "PRAGMA page_size=1024; VACUUM" },
	    .open = VAULT_EDAMAGED },
};

static void
run_sql(const char *name, const char *sql)
{
	char attach[600], *message = NULL;
	sqlite3 *db;

	if (sqlite3_open(in_folder(work, "v/cells.db"), &db) != SQLITE_OK)
		exit(2);
	snprintf(attach, sizeof(attach),
	    "ATTACH '%s/v/cells.db' AS older; ATTACH '%s/v/cells.db' AS other",
	    older, other);
	if (strstr(sql, "older") != NULL || strstr(sql, "other") != NULL)
		sqlite3_exec(db, attach, NULL, NULL, NULL);
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		harness_fail("%s: %s", name, message);
	sqlite3_free(message);
	sqlite3_close(db);
}

static void
collect(void *ctx, enum vault_finding what, int64_t n)
{
	(void)n;
	*(unsigned *)ctx |= 1u << what;
}

static void
named_change(const struct change *c)
{
	struct vault_place place = place_of(work);
	struct vault_fault fault;
	unsigned found = 0;
	struct vault_check how = { .ctx = &found, .found = collect };
	enum vault_err err;
	struct vault *v;

	snprintf(trying, sizeof(trying), "%s", c->name);
	harness_count(1);
	harness_add(NAMED, 1);
	vault_copy(good, work);
	for (size_t i = 0; i < 3 && c->sql[i] != NULL; i++)
		run_sql(c->name, c->sql[i]);
	if (look(work, key) == OTHER && !c->old_content)
		harness_fail("%s: other content", c->name);
	if ((err = vault_open(&v, &place, key, &fault)) != c->open)
		harness_fail(
		    "%s: opening says: %s", c->name, vault_strerror(err));
	if (err == VAULT_OK) {
		if ((err = vault_check(v, &how)) != VAULT_OK)
			harness_fail(
			    "%s: check says: %s", c->name, vault_strerror(err));
		if ((found & c->found) != c->found ||
		    (c->found == 0 && found != 0))
			harness_fail("%s: check finds %#x, not %#x", c->name,
			    found, c->found);
	}
	vault_close(v);
}

/* ---- 4b. Other files in the place of cells.db ---- */

static void
expect_refused(const char *name)
{
	snprintf(trying, sizeof(trying), "%s", name);
	harness_count(1);
	harness_add(NAMED, 1);
	if (look(work, key) != REFUSED)
		harness_fail("%s: not refused", name);
}

static void
truncated(void)
{
	size_t len;
	uint8_t *file = file_read(in_folder(good, "v/cells.db"), &len);

	vault_copy(good, work);
	for (size_t at = 0; at < len; at += 256)
		for (size_t odd = 0; odd < 3 && at + odd < len; odd++) {
			char name[64];

			snprintf(name, sizeof(name), "cut to %zu", at + odd);
			file_write(
			    in_folder(work, "v/cells.db"), file, at + odd);
			expect_refused(name);
		}
	free(file);
}

static void
other_files(void)
{
	const char *path;
	char target[200];
	sqlite3 *db;

	truncated();
	vault_copy(good, work);
	path = strdup(in_folder(work, "v/cells.db"));
	unlink(path);
	expect_refused("no cells.db");
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL) !=
		SQLITE_OK)
		exit(2);
	sqlite3_close(db);
	expect_refused("another SQLite file");
	file_copy(in_folder(other, "v/cells.db"), path);
	expect_refused("cells.db of another vault");
	unlink(path);
	mkdir(path, 0700);
	expect_refused("a folder");
	rmdir(path);
	if (mkfifo(path, 0600) != 0)
		exit(2);
	expect_refused("a FIFO");
	unlink(path);
	snprintf(target, sizeof(target), "%s/v/cells.db", good);
	if (symlink(target, path) != 0)
		exit(2);
	expect_refused("a symbolic link");
	unlink(path);
	if (symlink("nowhere", path) != 0)
		exit(2);
	expect_refused("a dangling link");
	unlink(path);
	free((char *)(uintptr_t)path);
}

/* The file of keys as something else; opening must not wait for it. */
static void
other_key_files(void)
{
	enum vault_keys_state state;
	struct vault_key *k;
	const char *path;
	char target[200];

	vault_copy(good, work);
	path = strdup(in_folder(work, "v/keys"));
	for (int i = 0; i < 5; i++) {
		unlink(path);
		snprintf(trying, sizeof(trying), "keys, other file %d", i);
		snprintf(target, sizeof(target), "%s/v/keys", good);
		harness_count(1);
		harness_add(NAMED, 1);
		alarm(WAIT_S);
		if ((i == 1 && mkdir(path, 0700) != 0) ||
		    (i == 2 && mkfifo(path, 0600) != 0) ||
		    (i == 3 && symlink(target, path) != 0))
			exit(2);
		if (i == 4)
			file_write(path, "", 0);
		if (unlock(&k, &state, work) == VAULT_OK)
			harness_fail("%s: unlocks", trying);
		vault_key_free(k);
		if (i == 1)
			rmdir(path);
	}
	free((char *)(uintptr_t)path);
}

/* In a child of another uid: nothing of it may pass because we are root. */
static int
read_only_child(void)
{
	struct vault_place place = place_of(work);
	struct vault_fault fault;
	enum vault_err err;
	struct vault *v;

	if (setresgid(65534, 65534, 65534) != 0 ||
	    setresuid(65534, 65534, 65534) != 0)
		return 10;
	if (open(in_folder(work, "private"), O_RDONLY) >= 0)
		return 11; /* the drop did not work */
	if (look(work, key) != SAME)
		return 12;
	if (vault_open(&v, &place, key, &fault) != VAULT_OK)
		return 13;
	if (!store_is_read_only(v->store))
		return 14;
	if ((err = store_begin(v->store)) != VAULT_ESPACE)
		return 100 + (int)err;
	if (vault_findings(v, false) > 0)
		return 15;
	vault_close(v);
	return 0;
}

static void
read_only(void)
{
	int status = 0;
	pid_t pid;

	if (geteuid() != 0) {
		harness_skip("read-only vault", "not root, cannot drop");
		return;
	}
	harness_count(1);
	harness_add(NAMED, 1);
	vault_copy(good, work);
	file_write(in_folder(work, "private"), "x", 1);
	chmod(in_folder(work, "private"), 0600);
	chmod(harness.folder, 0755);
	chmod(work, 0755);
	chmod(in_folder(work, "v"), 0555);
	chmod(in_folder(work, "v/keys"), 0444);
	chmod(in_folder(work, "v/cells.db"), 0444);
	fflush(NULL);
	if ((pid = fork()) == 0)
		_exit(read_only_child());
	waitpid(pid, &status, 0);
	if (status != 0)
		harness_fail("read-only vault: %#x", (unsigned)status);
	chmod(harness.folder, 0700);
}

static void
all_named(unsigned part, unsigned parts)
{
	(void)parts;
	if (part > 0)
		return;
	snprintf(work, sizeof(work), "%s/work%u", harness.folder, part);
	watch();
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		named_change(&changes[i]);
	other_files();
	other_key_files();
	read_only();
}

/* ---- The vaults ---- */

static void
write_note(struct vault *v, unsigned i, size_t len)
{
	static char text[20000];

	memset(text, 'a' + (int)(i % 26), len);
	must(store_begin(v->store), "begin");
	must(log_add(v->store, "note", text, len), "log");
	must(store_commit(v->store), "commit");
}

static void
make_vaults(void)
{
	struct secret *paper = secret_text("paper");
	enum vault_keys_state state;
	struct content content;
	struct opened o;
	uint8_t *keys;
	size_t len;

	snprintf(good, sizeof(good), "%s/good", harness.folder);
	snprintf(older, sizeof(older), "%s/older", harness.folder);
	snprintf(other, sizeof(other), "%s/other", harness.folder);
	mkdir(good, 0700);
	mkdir(older, 0700);
	mkdir(other, 0700);
	for (unsigned i = 0; i < harness.jobs; i++) {
		snprintf(work, sizeof(work), "%s/work%u", harness.folder, i);
		mkdir(work, 0700);
	}
	vault_make(other);
	vault_make(good);
	must(vault_try(&o, good, "dusk"), "open");
	must(vault_passphrase_add(o.vault, "paper", paper), "add");
	for (unsigned i = 0; i < 5; i++)
		write_note(o.vault, i, i == 2 ? 9000 : 300);
	must(content_make(&content, o.vault), "records");
	vault_done(&o);
	vault_copy(good, older);
	must(vault_try(&o, good, "dusk"), "open");
	write_note(o.vault, 5, 5000);
	vault_dump(&expected, o.vault, true);
	must(content_dump(&expected_content, o.vault), "records");
	vault_done(&o);
	must(unlock(&key, &state, good), "unlock");
	keys = file_read(in_folder(good, "v/keys"), &len);
	memcpy(keys_good, keys, sizeof(keys_good));
	free(keys);
	secret_free(paper);
	load_cells();
	for (unsigned i = 0; i < harness.jobs; i++) {
		snprintf(work, sizeof(work), "%s/work%u", harness.folder, i);
		vault_copy(good, work);
	}
}

static void
part_of(const char *name, void (*work_on)(unsigned part, unsigned parts))
{
	double from = harness_seconds();

	if (harness_stop())
		return;
	harness_split(work_on);
	if (!harness.planted)
		printf("  %s: %.1f seconds\n", name, harness_seconds() - from);
}

int
main(int argc, char **argv)
{
	harness_start("bitflip", argc, argv);
	make_vaults();
	part_of("named changes", all_named);
	part_of("bits of keys", all_key_bits);
	part_of("bits of cells", all_cell_bits);
	do {
		part_of("bits of cells.db", all_file_bits);
		harness.seed++;
	} while (harness_seconds() < harness.seconds && !harness_stop());
	vault_key_free(key);
	buf_free(&expected);
	buf_free(&expected_content);
	if (!harness.planted)
		printf("  %u cells; %lu bits of cells, %lu of cells.db, %lu"
		       " named; %lu times the same content\n",
		    n_cells, harness_number(CELL_BITS),
		    harness_number(FILE_BITS), harness_number(NAMED),
		    harness_number(SAME_CONTENT));
	return harness_end();
}
