/* SPDX-License-Identifier: ISC */
/*
 * bench FOLDER N - the vault against plain SQLite with FTS5, in one run on one
 * machine: the same generated records, the same queries, DELETE journal and
 * synchronous=EXTRA on both sides.  Prints a line a measure:
 *
 *	name<TAB>ours<TAB>plain<TAB>ratio<TAB>unit<TAB>reach
 *
 * where reach is "ratio" or "ours", "<=" or ">=", and a number; or nothing.
 * Plain has no encryption, no signatures, no versions: it is the floor.
 */
#include <sys/stat.h>
#include <time.h>

#include <sqlite3.h>

#include "lists/bulk.h"
#include "inside.h"
#include "record/keep.h"
#include "search/index.h"
#include "seal/identity.h"
#include "store/inner.h"
#include "store/sql.h"
#include "store/store.h"
#include "support.h"

#define BATCH 500
#define ADDS 1000
#define SEARCHES 40
#define WORDS 4000

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
tell(const char *name, double ours, double plain, const char *unit,
    const char *reach)
{
	printf("%s\t%.3f\t%.3f\t%.2f\t%s\t%s\n", name, ours, plain,
	    plain > 0 ? ours / plain : 0.0, unit, reach);
	fflush(stdout);
}

/* ---- Records ---- */

static uint64_t state = 20110426;

static uint32_t
next(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

/* A word of a vocabulary in which some are much more common than others. */
static void
word(struct buf *b)
{
	uint32_t n = next(WORDS) * (next(64) + 1) / 64;

	do {
		buf_put_byte(b, (uint8_t)('a' + n % 20));
		buf_put_byte(b, (uint8_t) "aeiou"[n % 5]);
		n /= 20;
	} while (n > 0);
}

static void
make_text(struct buf *b, size_t len)
{
	size_t until = b->len + len;

	while (b->len < until) {
		word(b);
		buf_put_byte(b, ' ');
	}
	buf_put_text(b, "end");
}

/* Record i: its JSON, and the text alone, some 1.5 KB. */
static void
make_record(struct buf *json, struct buf *text)
{
	buf_reset(json);
	buf_reset(text);
	make_text(text, 1400);
	buf_put_text(json, "{\"type\":\"testimony\",\"title\":\"");
	make_text(json, 30);
	buf_putf(json, "\",\"date\":{\"edtf\":\"20%02u-%02u-%02u\"},", next(20),
	    1 + next(12), 1 + next(28));
	buf_putf(json, "\"text\":\"%s\"}", buf_text(text));
}

/* ---- Both sides ---- */

struct sides {
	struct opened o;
	struct signer by;
	sqlite3 *plain;
	sqlite3_stmt *insert, *insert_words;
	const char *vault_file, *plain_file;
};

static void
must(int r)
{
	if (r != SQLITE_OK && r != SQLITE_DONE && r != SQLITE_ROW) {
		fprintf(stderr, "bench: plain: %d\n", r);
		exit(1);
	}
}

static void
run(sqlite3 *db, const char *sql)
{
	must(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static void
open_plain(struct sides *s)
{
	must(sqlite3_open(s->plain_file, &s->plain));
	run(s->plain,
	    "PRAGMA page_size=4096; PRAGMA journal_mode=DELETE;"
	    "PRAGMA synchronous=EXTRA; PRAGMA cache_size=-4096;"
	    "CREATE TABLE record(num INTEGER PRIMARY KEY, body TEXT);"
	    "CREATE VIRTUAL TABLE find USING fts5(body, content='record',"
	    " content_rowid='num')");
	must(sqlite3_prepare_v2(s->plain, "INSERT INTO record(body) VALUES(?1)",
	    -1, &s->insert, NULL));
	must(sqlite3_prepare_v2(s->plain,
	    "INSERT INTO find(rowid,body) VALUES(last_insert_rowid(),?1)", -1,
	    &s->insert_words, NULL));
}

static void
plain_add(struct sides *s, const struct buf *text)
{
	sqlite3_stmt *both[] = { s->insert, s->insert_words };

	for (int i = 0; i < 2; i++) {
		sqlite3_bind_text(
		    both[i], 1, buf_text(text), (int)text->len, SQLITE_STATIC);
		must(sqlite3_step(both[i]));
		sqlite3_reset(both[i]);
	}
}

static void
vault_add_one(struct bulk *bulk, const struct buf *text)
{
	struct body_report report = { .n = 0 };
	json_t *body;

	assert_ok(json_read(&body, text->bytes, text->len, PART_MAX, NULL));
	assert_ok(keep_look(&report, body));
	assert_ok(bulk_add(bulk, NULL, body, text->len));
	body_report_free(&report);
}

static void
open_signer(struct sides *s)
{
	struct store *store = s->o.vault->store;
	uint8_t sealed[IDENTITY_SEALED_LEN];
	struct sql *q = sql_open(store, "SELECT public,secret FROM office");
	bool row;

	assert_ok(sql_step(q, &row));
	assert_ok(sql_copy(q, 0, s->by.public_key, IDENTITY_PUBLIC_LEN));
	assert_ok(sql_copy(q, 1, sealed, sizeof(sealed)));
	sql_close(q);
	assert_ok(identity_open(
	    &s->by.key, s->by.public_key, sealed, s->o.key->ring));
}

/* ---- Measures ---- */

/* Both sides get the same text; only ours must be JSON. */
static struct buf lot_json[BATCH], lot_text[BATCH];

static double
add_lot(struct sides *s)
{
	struct bulk *bulk;
	double from = now();

	assert_ok(store_begin(s->o.vault->store));
	assert_ok(bulk_new(&bulk, s->o.vault->store, &s->by));
	for (unsigned i = 0; i < BATCH; i++)
		vault_add_one(bulk, &lot_json[i]);
	assert_ok(bulk_finish(bulk));
	bulk_free(bulk);
	assert_ok(store_commit(s->o.vault->store));
	return now() - from;
}

static double
plain_add_lot(struct sides *s)
{
	double from = now();

	run(s->plain, "BEGIN IMMEDIATE");
	for (unsigned i = 0; i < BATCH; i++)
		plain_add(s, &lot_text[i]);
	run(s->plain, "COMMIT");
	return now() - from;
}

static void
bulk(struct sides *s, unsigned n)
{
	double ours = 0, plain = 0;

	for (unsigned i = 0; i < n; i += BATCH) {
		for (unsigned j = 0; j < BATCH; j++)
			make_record(&lot_json[j], &lot_text[j]);
		ours += add_lot(s);
		plain += plain_add_lot(s);
	}
	tell("bulk add from JSON, records per second", n / ours, n / plain,
	    "1/s", "ratio >= 0.6");
	for (unsigned j = 0; j < BATCH; j++) {
		buf_free(&lot_json[j]);
		buf_free(&lot_text[j]);
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
single(struct sides *s)
{
	static double ours[ADDS], plain[ADDS];
	struct vault_report *report;
	struct buf json = { 0 }, text = { 0 };
	char id[VAULT_ID_LEN];

	assert_ok(vault_report_new(&report));
	for (unsigned i = 0; i < ADDS; i++) {
		double from;

		make_record(&json, &text);
		from = now();
		assert_ok(vault_add(
		    id, s->o.vault, report, NULL, json.bytes, json.len));
		ours[i] = (now() - from) * 1000;
		from = now();
		run(s->plain, "BEGIN IMMEDIATE");
		plain_add(s, &text);
		run(s->plain, "COMMIT");
		plain[i] = (now() - from) * 1000;
	}
	qsort(ours, ADDS, sizeof(ours[0]), compare);
	qsort(plain, ADDS, sizeof(plain[0]), compare);
	tell("one record added, median", ours[ADDS / 2], plain[ADDS / 2], "ms",
	    "ratio <= 1.5");
	tell("one record added, worst of 1,000", ours[ADDS - 1],
	    plain[ADDS - 1], "ms", "ours <= 50");
	vault_report_free(report);
	buf_free(&json);
	buf_free(&text);
}

static unsigned rows;

static bool
count_row(void *ctx, const struct vault_row *row)
{
	(void)ctx;
	(void)row;
	rows++;
	return true;
}

static double
search_ours(struct sides *s, const char *query, bool snippets)
{
	struct vault_search what = { .query = query,
		.query_len = strlen(query),
		.ranked = true,
		.snippets = snippets,
		.limit = 20 };
	double from = now();

	assert_ok(vault_find(s->o.vault, &what, count_row, NULL, NULL, NULL));
	return (now() - from) * 1000;
}

static double
search_plain(struct sides *s, const char *query)
{
	sqlite3_stmt *q;
	double from = now();
	char match[256];

	snprintf(match, sizeof(match), "\"%s\"", query);
	must(sqlite3_prepare_v2(s->plain,
	    "SELECT rowid FROM find WHERE find MATCH ?1 ORDER BY rank LIMIT 20",
	    -1, &q, NULL));
	sqlite3_bind_text(q, 1, match, -1, SQLITE_STATIC);
	while (sqlite3_step(q) == SQLITE_ROW)
		rows++;
	sqlite3_finalize(q);
	return (now() - from) * 1000;
}

static void
search(struct sides *s)
{
	static double list[SEARCHES], more[SEARCHES], plain[SEARCHES];
	struct buf query = { 0 };

	for (unsigned i = 0; i < SEARCHES; i++) {
		buf_reset(&query);
		word(&query);
		(void)search_ours(s, buf_text(&query), false);
		(void)search_plain(s, buf_text(&query));
		list[i] = search_ours(s, buf_text(&query), false);
		more[i] = search_ours(s, buf_text(&query), true) - list[i];
		plain[i] = search_plain(s, buf_text(&query));
	}
	qsort(list, SEARCHES, sizeof(list[0]), compare);
	qsort(more, SEARCHES, sizeof(more[0]), compare);
	qsort(plain, SEARCHES, sizeof(plain[0]), compare);
	tell("warm ranked list of 20, median", list[SEARCHES / 2],
	    plain[SEARCHES / 2], "ms", "ratio <= 1.1");
	tell("20 snippets beyond the list, median", more[SEARCHES / 2], 0, "ms",
	    "ours <= 0.5");
	buf_free(&query);
}

static void
ignore(void *ctx, enum vault_finding what, int64_t n)
{
	(void)ctx;
	fprintf(stderr, "bench: check found %d at %ld\n", (int)what, (long)n);
	exit(1);
}

static void
ignore_cell(void *ctx, enum cells_finding what, int64_t n)
{
	ignore(ctx, (enum vault_finding)what, n);
}

static void
ignore_record(void *ctx, const char *id, enum vault_record_finding what)
{
	(void)id;
	ignore(ctx, VAULT_FOUND_INNER, (int64_t)what);
}

static double
checked(struct sides *s, const struct vault_check *how)
{
	double from = now();

	assert_ok(vault_check(s->o.vault, how));
	return now() - from;
}

static void
check(struct sides *s)
{
	struct cells_check cells = { .open_all = true, .found = ignore_cell };
	struct vault_check how = { .quick = true, .found = ignore };
	double from, plain;

	tell("check: the sum over the cells", checked(s, &how), 0, "s",
	    "ours <= 0.5");
	from = now();
	assert_ok(cells_check(s->o.vault->store->cells, &cells));
	tell("check: every cell opened", now() - from, 0, "s", "ours <= 1");
	how.quick = false;
	from = now();
	run(s->plain, "PRAGMA integrity_check");
	plain = now() - from;
	tell("check: cells, tables and indexes", checked(s, &how), plain, "s",
	    "");
	how.records = true;
	how.record = ignore_record;
	tell(
	    "check: everything, each record too", checked(s, &how), 0, "s", "");
}

static void
sizes(const struct sides *s)
{
	struct stat ours, plain;

	if (stat(s->vault_file, &ours) != 0 || stat(s->plain_file, &plain) != 0)
		return;
	tell("size of the file", (double)ours.st_size / 1e6,
	    (double)plain.st_size / 1e6, "MB", "ratio <= 1.3");
}

/* Open the vault with its key at hand, and search once; the same for plain. */
static void
cold(struct sides *s, const char *folder)
{
	struct vault_place place = { in_folder(folder, "v"), NULL };
	struct vault_fault fault;
	double from, opened, ours, plain;

	vault_close(s->o.vault);
	sqlite3_finalize(s->insert);
	sqlite3_finalize(s->insert_words);
	sqlite3_close(s->plain);
	from = now();
	assert_ok(vault_open(&s->o.vault, &place, s->o.key, &fault));
	opened = (now() - from) * 1000;
	(void)search_ours(s, "beci", false);
	ours = (now() - from) * 1000;
	from = now();
	must(sqlite3_open(s->plain_file, &s->plain));
	(void)search_plain(s, "beci");
	plain = (now() - from) * 1000;
	tell("opening, with the key at hand", opened, 0, "ms", "");
	tell("opening and one search", ours, plain, "ms", "");
}

/* ---- Counting ---- */

/* Three changes of status for each of n / 3 persons, on both sides. */
static const char *const codes[] = { "missing", "held-crim", "released" };

static void
make_change(struct buf *json, struct sides *s, unsigned i)
{
	unsigned year = 2000 + next(20), month = 1 + next(12),
		 day = 1 + next(28);
	const char *code = codes[next(3)];
	char sql[256];

	buf_reset(json);
	buf_putf(json,
	    "{\"type\":\"status\",\"person\":\"0123456789abcdefghj%07u\","
	    "\"status\":\"%s\",\"certainty\":\"likely\",\"date\":{\"edtf\":"
	    "\"%u-%02u-%02u\"}}",
	    i / 3, code, year, month, day);
	snprintf(sql, sizeof(sql),
	    "INSERT INTO status VALUES(%u,'%s','%u-%02u-%02u')", i / 3, code,
	    year, month, day);
	run(s->plain, sql);
}

static void
ignore_person(void *ctx, const struct vault_counted *p)
{
	(void)ctx;
	(void)p;
}

static double
count_plain(struct sides *s)
{
	double from = now();

	run(s->plain,
	    "SELECT count(*) FROM (SELECT person,code,max(day) FROM status"
	    " WHERE day<='2015-06-30' GROUP BY person) WHERE code='missing'");
	return now() - from;
}

static double
count_ours(struct sides *s)
{
	const struct vault_count what = {
		.statuses = "missing", .on = "2015-06-30", .level = 3
	};
	struct vault_count_result result;
	const char *bad;
	double from = now();

	assert_ok(
	    vault_count(s->o.vault, &what, &result, &bad, ignore_person, NULL));
	return now() - from;
}

static void
counts(struct sides *s, unsigned n)
{
	static double ours[9], plain[9];

	run(s->plain,
	    "CREATE TABLE status(person INTEGER,code TEXT,day TEXT);"
	    "CREATE INDEX by_person ON status(person,day,code);"
	    "BEGIN IMMEDIATE");
	for (unsigned i = 0; i < n; i += BATCH) {
		for (unsigned j = 0; j < BATCH; j++)
			make_change(&lot_json[j], s, i + j);
		(void)add_lot(s);
	}
	run(s->plain, "COMMIT");
	for (unsigned j = 0; j < BATCH; j++)
		buf_free(&lot_json[j]);
	for (unsigned i = 0; i < 9; i++) {
		ours[i] = count_ours(s) * 1e3;
		plain[i] = count_plain(s) * 1e3;
	}
	qsort(ours, 9, sizeof(double), compare);
	qsort(plain, 9, sizeof(double), compare);
	tell("count of persons, as many changes as records", ours[4], plain[4],
	    "ms", "");
}

/* ---- Figures ---- */

static double
report_plain(struct sides *s)
{
	double from = now();

	run(s->plain,
	    "SELECT code,substr(day,1,4),count(*) FROM status GROUP BY 1,2");
	return now() - from;
}

static double
report_ours(struct sides *s)
{
	const struct vault_tally_what what = { .query = "type:status",
		.query_len = 11,
		.by = { "status" },
		.over = VAULT_YEAR };
	struct vault_tally_fault fault;
	struct vault_tally *t;
	double from = now();

	assert_ok(vault_tally_new(&t, s->o.vault, &what, &fault));
	vault_tally_free(t);
	return now() - from;
}

/* The same changes; plain has no bodies to read. */
static void
figures(struct sides *s)
{
	static double ours[3], plain[3];

	for (unsigned i = 0; i < 3; i++) {
		ours[i] = report_ours(s) * 1e3;
		plain[i] = report_plain(s) * 1e3;
	}
	qsort(ours, 3, sizeof(double), compare);
	qsort(plain, 3, sizeof(double), compare);
	tell("report by status and year, as many changes as records", ours[1],
	    plain[1], "ms", "");
}

int
main(int argc, char **argv)
{
	struct sides s = { .insert = NULL };
	char plain_file[4096], vault_file[4096];
	unsigned n = argc == 3 ? (unsigned)atoi(argv[2]) : 0;

	if (n == 0 || vault_setup() != VAULT_OK) {
		fprintf(stderr, "usage: bench FOLDER N\n");
		return 2;
	}
	snprintf(plain_file, sizeof(plain_file), "%s/plain.db", argv[1]);
	snprintf(vault_file, sizeof(vault_file), "%s/v/cells.db", argv[1]);
	s.plain_file = plain_file;
	s.vault_file = vault_file;
	vault_make(argv[1]);
	assert_ok(vault_try(&s.o, argv[1], "dusk"));
	open_signer(&s);
	open_plain(&s);
	bulk(&s, n - n % BATCH);
	single(&s);
	search(&s);
	check(&s);
	sizes(&s);
	cold(&s, argv[1]);
	counts(&s, n - n % BATCH);
	figures(&s);
	secret_free(s.by.key);
	vault_done(&s.o);
	sqlite3_close(s.plain);
	return 0;
}
