/* SPDX-License-Identifier: ISC */
/*
 * Tests of search/query: what a query finds in a small vault's tables, held
 * by a real SQLite.  Expected are the numbers of the records, in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "search/query.h"
#include "search/words.h"

static const char schema[] =
    "CREATE TABLE item(num INTEGER PRIMARY KEY, title TEXT);"
    "CREATE VIRTUAL TABLE find USING fts5(body, names, title, content='',"
    " tokenize='amparo');"
    "CREATE TABLE value(field INTEGER, key TEXT, num INTEGER,"
    " PRIMARY KEY(field, key, num)) WITHOUT ROWID;";

static const struct {
	const char *names, *title, *body;
} records[] = {
	[1] = { "Teng Biao; 腾彪", "Lawyer missing",
	    "The lawyer Teng Biao was taken away in Beijing." },
	[2] = { "", "", "人权律师腾彪于2011年2月被带走，金光鸿曾遭酷刑。" },
	[3] = { "Jin Guanghong; 金光鸿", "Torture",
	    "Jin told Lawyer J. about his torture. Teng·Biao wrote it down." },
	[4] = { "Mercedes Corredera Reyes", "",
	    "Fue detenida en el Callejón de la Gran Avenida." },
	[5] = { "Seán O'Brien", "",
	    "O\u2019Brien reported for al-Jazeera and AL JAZEERA English." },
	[6] = { "", "東京", "東京で開かれた人権会議のニュース。" },
	[7] = { "", "", "ทนายความถูกจับกุมที่กรุงเทพ" },
	[8] = { "", "", "བོད་ལྗོངས་ཀྱི་མི་དམངས་ལ་བོད་པའི་སྐོར།" },
	[9] = { "أحمد إبراهيم", "", "اعتُقل أحمد في القاهرة" },
	[10] = { "ＴＥＮＧ　Ｂｉａｏ", "", "ｆｕｌｌ　ｗｉｄｔｈ" },
	[11] = { "", "Beijing",
	    "AND so it was NOT said; OR was it? status:held" },
};

#define N_RECORDS (sizeof(records) / sizeof(records[0]))

static const char values[] =
    "INSERT INTO value VALUES"
    " (1,'person',1),(1,'testimony',2),(1,'person',3),(1,'person',4),"
    " (4,'missing',1),(4,'held admin',3),(4,'released',3),(4,'dead',4),"
    " (6,'beijing',1),(6,'北京市海淀区',2),(6,'beijing haidian',3),"
    " (6,'beijingstrasse',4),(6,'santiago',4),"
    " (7,'cn',1),(7,'cn',2),(7,'cl',4),"
    " (10,'lawyer',1),(10,'lawyer',3),(10,'women',4),"
    " (11,'0',4),(11,'2',1),(11,'3',3);"
    /* 2011-02-16 ..; February 2011; .. 2011-04-26; 1973-09-12 */
    "INSERT INTO value SELECT 15,"
    " printf('%08x%08x',column2+2147483648,column3+2147483648),column1"
    " FROM (VALUES (1,15021,2147483647),(2,15006,15033),"
    " (3,-2147483648,15090),(4,1350,1350));"
    /* P10D; P1M; at least a year; at most two weeks */
    "INSERT INTO value SELECT 23,"
    " printf('%08x%08x',column2+2147483648,column3+2147483648),column1"
    " FROM (VALUES (1,10,10),(2,28,31),(3,365,2147483647),(4,0,14));";

static void
run(sqlite3 *db, const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
}

static int
open_tables(void **state)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(words_register(db), VAULT_OK);
	run(db, schema);
	run(db, values);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"INSERT INTO find(rowid, body, names, title) VALUES(?,?,?,?)",
		-1, &stmt, NULL),
	    SQLITE_OK);
	for (int i = 1; i < (int)N_RECORDS; i++) {
		sqlite3_bind_int(stmt, 1, i);
		sqlite3_bind_text(stmt, 3, records[i].names, -1, NULL);
		sqlite3_bind_text(stmt, 4, records[i].title, -1, NULL);
		sqlite3_bind_text(stmt, 2, records[i].body, -1, NULL);
		assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	run(db, "INSERT INTO item SELECT rowid, 'x' FROM find");
	*state = db;
	return 0;
}

static int
close_tables(void **state)
{
	sqlite3_close(*state);
	return 0;
}

static sqlite3_stmt *
prepare(sqlite3 *db, const struct buf *text, const struct query_sql *sql)
{
	sqlite3_stmt *stmt;
	int rc;

	rc = sqlite3_prepare_v2(db, buf_text(text), -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		fail_msg("%s: %s", buf_text(text), sqlite3_errmsg(db));
	assert_int_equal(sqlite3_bind_parameter_count(stmt), sql->n_params);
	for (size_t i = 0; i < sql->n_params; i++) {
		const struct query_param *p = &sql->params[i];

		if (p->is_text)
			rc = sqlite3_bind_text(stmt, (int)i + 1,
			    query_param_text(sql, p), (int)p->len,
			    SQLITE_STATIC);
		else
			rc = sqlite3_bind_int64(stmt, (int)i + 1, p->number);
		assert_int_equal(rc, SQLITE_OK);
	}
	return stmt;
}

/* What is counted is what is found. */
static void
check_count(sqlite3 *db, const struct query_sql *sql, int found)
{
	struct buf text = { 0 };
	sqlite3_stmt *stmt;

	if (sql->count == NULL)
		return;
	buf_putf(&text, "SELECT count(*) FROM %s", sql->count);
	stmt = prepare(db, &text, sql);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(stmt, 0), found);
	sqlite3_finalize(stmt);
	buf_free(&text);
}

/* Run a parsed query, its numbers in the order given by order. */
static void
answer(struct buf *out, sqlite3 *db, const struct query *q, bool ranked)
{
	struct query_sql sql;
	struct buf text = { 0 };
	sqlite3_stmt *stmt;
	int rc, found = 0;

	assert_int_equal(query_sql(&sql, q), VAULT_OK);
	buf_putf(&text, "SELECT item.num FROM %s ORDER BY %s",
	    buf_text(&sql.from),
	    ranked && sql.rank != NULL ? sql.rank : "item.num");
	stmt = prepare(db, &text, &sql);
	for (; (rc = sqlite3_step(stmt)) == SQLITE_ROW; found++)
		buf_putf(out, "%s%d", out->len > 0 ? " " : "",
		    sqlite3_column_int(stmt, 0));
	if (rc != SQLITE_DONE)
		fail_msg("%s: %s", buf_text(&text), sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	check_count(db, &sql, found);
	buf_free(&text);
	query_sql_free(&sql);
}

static void
check_n(
    sqlite3 *db, const void *text, size_t len, const char *expect, bool ranked)
{
	struct buf got = { 0 };
	struct query *q;

	assert_int_equal(query_parse(&q, text, len), VAULT_OK);
	answer(&got, db, q, ranked);
	if (strcmp(buf_text(&got), expect) != 0)
		fail_msg("%.*s: got %s, not %s", (int)len, (const char *)text,
		    buf_text(&got), expect);
	buf_free(&got);
	query_free(q);
}

static void
finds(void **state, const char *text, const char *expect)
{
	check_n(*state, text, strlen(text), expect, false);
}

static void
ranks(void **state, const char *text, const char *expect)
{
	check_n(*state, text, strlen(text), expect, true);
}

#define ALL "1 2 3 4 5 6 7 8 9 10 11"

static void
an_empty_query_matches_everything(void **state)
{
	finds(state, "", ALL);
	finds(state, "  \t\n ", ALL);
	finds(state, "...", ALL);
	finds(state, "\"\" () \" * AND NOT OR (", ALL);
}

static void
words_are_joined_by_and(void **state)
{
	finds(state, "teng biao", "1 3 10");
	finds(state, "biao teng", "1 3 10");
	finds(state, "teng beijing", "1");
	finds(state, "teng AND beijing", "1");
	finds(state, "TENG... beijing!", "1");
	finds(state, "nowhere", "");
}

static void
case_accents_and_width_do_not_matter(void **state)
{
	finds(state, "CORREDERA callejon", "4");
	finds(state, "Callejón", "4");
	finds(state, "ＴＥＮＧ", "1 3 10");
	finds(state, "full width", "10");
	finds(state, "sean", "5");
}

static void
names_are_found_however_they_are_written(void **state)
{
	finds(state, "Teng·Biao", "1 3 10");
	finds(state, "tengbiao", "3");
	finds(state, "Teng-Biao", "1 3 10");
	finds(state, "\"teng biao\"", "1 3 10");
	finds(state, "O'Brien", "5");
	finds(state, "obrien", "5");
	finds(state, "O\u2019Brien", "5");
	finds(state, "brien", "5");
	finds(state, "al-Jazeera", "5");
	finds(state, "aljazeera", "5");
	finds(state, "Lawyer J.", "3");
	finds(state, "\"Lawyer J.\"", "3");
}

static void
a_final_star_means_the_beginning_of_a_word(void **state)
{
	finds(state, "teng*", "1 3 10");
	finds(state, "te*", "1 3 10");
	finds(state, "corr* call*", "4");
	finds(state, "eng", "");
	finds(state, "eng*", "5");
	finds(state, "\"teng bi\"*", "1 3 10");
	finds(state, "O'Bri*", "5");
	finds(state, "te*ng", "");
	finds(state, "*", ALL);
}

static void
finds_inside_texts_without_spaces(void **state)
{
	finds(state, "腾彪", "1 2");
	finds(state, "金光鸿", "2 3");
	finds(state, "腾彪 金光鸿", "2");
	finds(state, "律师腾彪", "2");
	finds(state, "腾", "1 2");
	finds(state, "彪", "1 2");
	finds(state, "彪腾", "");
	finds(state, "腾*", "1 2");
	finds(state, "\"2011年2月\"", "2");
	finds(state, "腾彪teng", "");
	finds(state, "人権", "6");
	finds(state, "ニュース", "6");
	finds(state, "東京で", "6");
	finds(state, "จับกุม", "7");
	finds(state, "กรุงเทพ", "7");
	finds(state, "จกุ", "");
	finds(state, "จบ", "");
}

static void
finds_tibetan_syllables(void **state)
{
	finds(state, "བོད", "8");
	finds(state, "བོད་ལྗོངས", "8");
	finds(state, "མི་དམངས་", "8");
	finds(state, "བོད་པ", "8");
	finds(state, "ལྗོངས་བོད", "");
}

static void
finds_arabic_with_and_without_hamza(void **state)
{
	finds(state, "أحمد", "9");
	finds(state, "احمد", "9");
	finds(state, "ابراهيم", "9");
	finds(state, "القاهره", "9");
}

static void
operators_combine(void **state)
{
	finds(state, "torture OR 酷刑", "2 3");
	finds(state, "teng NOT beijing", "3 10");
	finds(state, "teng AND NOT beijing", "3 10");
	finds(state, "NOT teng", "2 4 5 6 7 8 9 11");
	finds(state, "NOT NOT teng", "1 3 10");
	finds(state, "NOT teng NOT beijing", "2 4 5 6 7 8 9");
	finds(state, "teng OR NOT beijing", "1 2 3 4 5 6 7 8 9 10");
	finds(state, "jin OR teng beijing", "1 3");
	finds(state, "(jin OR teng) beijing", "1");
	finds(state, "(jin OR teng) NOT (beijing OR torture)", "10");
	finds(state, "NOT (NOT teng)", "1 3 10");
	finds(state, "NOT (NOT teng OR beijing)", "3 10");
}

static void
lower_case_and_quoted_operators_are_words(void **state)
{
	finds(state, "\"NOT\" \"OR\"", "11");
	finds(state, "and not", "11");
	finds(state, "\"not said\"", "11");
}

static void
what_does_not_fit_is_passed_over(void **state)
{
	finds(state, "AND teng", "1 3 10");
	finds(state, "teng AND", "1 3 10");
	finds(state, "OR teng OR", "1 3 10");
	finds(state, "teng NOT", "1 3 10");
	finds(state, "teng NOT OR jin", "1 3 10");
	finds(state, "teng NOT AND beijing", "3 10");
	finds(state, "(teng beijing", "1");
	finds(state, "teng) beijing", "1");
	finds(state, ")(teng)(", "1 3 10");
	finds(state, "\"teng beijing", "1");
	finds(state, "teng\" beijing", "1");
	finds(state, "teng () beijing", "1");
	finds(state, "teng NOT (...)", "1 3 10");
}

static void
typographic_quotes_are_quotes(void **state)
{
	finds(state, "\u201cteng biao\u201d", "1 3 10");
	finds(state, "\u201cbiao teng\u201d", "");
}

static void
fields_match_values(void **state)
{
	finds(state, "type:person", "1 3 4");
	finds(state, "type:Person", "1 3 4");
	finds(state, "type:per", "");
	finds(state, "type:per*", "1 3 4");
	finds(state, "status:held-admin", "3");
	finds(state, "status:in-custody", "3");
	finds(state, "country:CN", "1 2");
	finds(state, "tag:\"lawyer\"", "1 3");
	finds(state, "level:0 OR level:3", "3 4");
	finds(state, "NOT type:person country:cn", "2");
	finds(state, "tag:lawyer teng", "1 3");
	finds(state, "teng OR tag:women", "1 3 4 10");
	finds(state, "(teng OR tag:women) NOT torture", "1 4 10");
	finds(state, "tag:lawyer NOT beijing", "3");
	finds(state, "tag:lawyer (beijing OR NOT torture)", "1");
}

static void
places_match_from_their_first_word(void **state)
{
	finds(state, "place:Beijing", "1 3");
	finds(state, "place:beijing*", "1 3 4");
	finds(state, "place:\"Beijing, Haidian\"", "3");
	finds(state, "place:haidian", "");
	finds(state, "place:北京", "2");
}

static void
names_and_titles_are_columns(void **state)
{
	finds(state, "name:teng", "1 10");
	finds(state, "name:\"teng biao\"", "1 10");
	finds(state, "name:O'Brien", "5");
	finds(state, "name:corr*", "4");
	finds(state, "name:腾", "1");
	finds(state, "title:beijing", "11");
	finds(state, "title:torture name:jin", "3");
	finds(state, "beijing NOT title:beijing", "1");
}

static void
dates_match_days_that_may_fall_into_them(void **state)
{
	finds(state, "date:2011-02", "1 2 3");
	finds(state, "date:2011-02-15", "2 3");
	finds(state, "date:2011-02-16", "1 2 3");
	finds(state, "date:2011-03..2011-04", "1 3");
	finds(state, "date:2011-03/2011-04", "1 3");
	finds(state, "date:2011-04..2011-03", "1 3");
	finds(state, "date:2012..", "1");
	finds(state, "date:..1973", "3 4");
	finds(state, "date:1973-09-12", "3 4");
	finds(state, "date:1973-09-13", "3");
	finds(state, "date:..", "1 2 3 4");
	finds(state, "NOT date:..", "5 6 7 8 9 10 11");
	finds(state, "teng date:2011", "1 3");
	finds(state, "date:1973-09-14", "3");
	finds(state, "date:~1973-09-13", "3 4");
	finds(state, "date:~1973-10..1973-11", "3 4");
	finds(state, "date:~", "");
	finds(state, "date:\"2011-03..2011-04\"", "1 3");
}

static void
durations_match_what_may_fall_into_them(void **state)
{
	finds(state, "duration:10d", "1 4");
	finds(state, "duration:P10D", "1 4");
	finds(state, "duration:30d..", "2 3");
	finds(state, "duration:30d", "2");
	finds(state, "duration:1m", "2");
	finds(state, "duration:..30d", "1 2 4");
	finds(state, "duration:2w..1m", "2 4");
	finds(state, "duration:2w/1m", "2 4");
	finds(state, "duration:1M..2w", "2 4");
	finds(state, "duration:1y6m", "3");
	finds(state, "duration:..1y", "1 2 3 4");
	finds(state, "duration:..11m", "1 2 4");
	finds(state, "duration:36h", "4");
	finds(state, "NOT duration:..", "5 6 7 8 9 10 11");
	finds(state, "teng duration:1y..", "3");
	finds(state, "duration:\"2w..1m\"", "2 4");
}

/* What is not understood is passed over to the words. */
static void
a_duration_that_is_not_understood_is_words(void **state)
{
	static const char *lengths[] = { "30", "d", "30x", "1d2w", "30d..x",
		"-3d", "1.5y", "30d*", "1000000d", "P", "PP3D", "...",
		"30dddddddddddddddddddddddddddddddddddd" };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char text[64];
		struct query *q;

		snprintf(text, sizeof(text), "duration:%s", lengths[i]);
		assert_int_equal(query_parse(&q, text, strlen(text)), VAULT_OK);
		if (q->nodes[q->root].kind != QUERY_WORDS)
			fail_msg("%s", text);
		query_free(q);
	}
}

static void
a_date_that_is_not_understood_is_words(void **state)
{
	static const char *dates[] = { "2011-13", "2011-02-30", "11", "2011-2",
		"2011..x", "x", "0000", "2011-02-1x", "2011.02", "20110",
		"2011*", "..." };

	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		char text[64];
		struct query *q;

		snprintf(text, sizeof(text), "date:%s", dates[i]);
		assert_int_equal(query_parse(&q, text, strlen(text)), VAULT_OK);
		assert_int_equal(q->nodes[q->root].kind, QUERY_WORDS);
		query_free(q);
	}
	finds(state, "date:nonsense", "");
	finds(state, "date:\"no\" OR teng", "1 3 10");
	finds(state, "date:2012-02-29", "1");
	finds(state, "date:1900-02-29", "");
	finds(state, "date:2000-02-29", "3");
}

static void
counts_days_as_the_calendar_does(void **state)
{
	static const struct {
		const char *text;
		int64_t lo, hi;
	} dates[] = {
		{ "date:1970-01-01", 0, 0 },
		{ "date:1969-12-31", -1, -1 },
		{ "date:2000", 10957, 11322 },
		{ "date:2000-02", 10988, 11016 },
		{ "date:2011-12", 15309, 15339 },
		{ "date:0001-01-01", -719162, -719162 },
		{ "date:9999-12-31", 2932896, 2932896 },
		{ "date:~1970-01-01", -1, 1 },
		{ "date:~2000", 10957 - 365, 11322 + 365 },
		{ "date:~2000-02", 10988 - 31, 11016 + 31 },
		{ "date:~2011-12", 15309 - 30, 15339 + 31 },
		{ "date:~2011-01", 15309 - 334 - 31, 15309 - 334 + 58 },
		{ "date:~2000-02..2011-12", 10988 - 31, 15339 + 31 },
		{ "date:~2011-12/2000-02", 10988 - 31, 15339 + 31 },
		{ "date:~2011-02..2011-01", 15309 - 365, 15309 - 334 + 89 },
		{ "date:~0001", -719162 - 366, -718798 + 365 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		struct query *q;

		assert_int_equal(
		    query_parse(&q, dates[i].text, strlen(dates[i].text)),
		    VAULT_OK);
		assert_int_equal(q->nodes[q->root].kind, QUERY_DAYS);
		assert_int_equal(q->nodes[q->root].lo, dates[i].lo);
		assert_int_equal(q->nodes[q->root].hi, dates[i].hi);
		query_free(q);
	}
}

static void
only_listed_fields_mean_something(void **state)
{
	finds(state, "colour:red", "");
	finds(state, "status:", "11");
	finds(state, "Status:held", "11");
	finds(state, "\"status:held\"", "11");
	finds(state, "status:...", "11");
	finds(state, "status: teng", "");
	finds(state, ":teng", "1 3 10");
	finds(state, "teng:biao", "1 3 10");
	assert_string_equal(query_field_name(QUERY_OFFICE), "office");
	assert_null(query_field_name(QUERY_ANY));
	assert_null(query_field_name((enum query_field)99));
}

static void
names_rank_before_titles_before_text(void **state)
{
	ranks(state, "beijing", "11 1");
	ranks(state, "teng", "10 1 3");
	ranks(state, "beijing OR tag:women", "11 1 4");
	ranks(state, "teng (tag:lawyer OR tag:women)", "1 3");
}

static void
pure_word_queries_are_one_match(void **state)
{
	static const char *texts[] = { "teng biao", "a OR b c", "a NOT b",
		"(a OR b) NOT (c d)", "name:x \"y z\"*", "a (b (c OR d))" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct query_sql sql;
		struct query *q;

		assert_int_equal(
		    query_parse(&q, texts[i], strlen(texts[i])), VAULT_OK);
		assert_int_equal(query_sql(&sql, q), VAULT_OK);
		assert_int_equal(sql.n_params, 1);
		assert_null(strstr(buf_text(&sql.from), "SELECT"));
		query_sql_free(&sql);
		query_free(q);
	}
}

static void
no_byte_of_a_query_is_sql(void **state)
{
	finds(state, "'; DROP TABLE item; --", "");
	finds(state, "tag:'); DROP TABLE item; --", "");
	finds(state, "tag:\"x' OR '1'='1\"", "");
	finds(state, "NEAR(teng biao)", "");
	finds(state, "^teng {body}:biao +teng", "");
	finds(state, "^teng - biao +teng", "1 3 10");
	finds(state, "", ALL);
}

/* len bytes of a pattern repeated. */
static char *
repeat(const char *pattern, size_t len)
{
	char *text = malloc(len);
	size_t n = strlen(pattern);

	for (size_t i = 0; i < len; i++)
		text[i] = pattern[i % n];
	return text;
}

static void
huge_queries_are_cut_short_and_say_so(void **state)
{
	static const struct {
		const char *pattern;
		bool truncated;
	} huge[] = {
		{ "(", true },
		{ ")", false },
		{ "(a ", true },
		{ "(a OR b) ", true },
		{ "((a OR b) NOT c) OR (", true },
		{ "NOT ", false },
		{ "NOT a ", true },
		{ "NOT (a b) OR ", true },
		{ "\"", false },
		{ "\"\"", false },
		{ "teng ", true },
		{ "teng OR ", true },
		{ "腾彪", true },
		{ "腾 ", true },
		{ "tag:x ", true },
		{ "tag:x OR tengOR ", true },
		{ "tag:", false },
		{ "date:2011 ", true },
		{ "x", true },
		{ "O'Brien-", true },
		{ "*", false },
		{ "-", false },
		{ "\xff", false },
		{ "\xcc\x81", false },
		{ "a*", true },
		{ "(tag:a OR (NOT b AND (", true },
	};

	for (size_t i = 0; i < sizeof(huge) / sizeof(huge[0]); i++) {
		char *text = repeat(huge[i].pattern, 100000);
		struct buf got = { 0 };
		struct query *q;

		assert_int_equal(query_parse(&q, text, 100000), VAULT_OK);
		if (q->truncated != huge[i].truncated)
			fail_msg("%s", huge[i].pattern);
		answer(&got, *state, q, true);
		buf_free(&got);
		query_free(q);
		free(text);
	}
}

static void
parentheses_nest_as_deep_as_is_said(void **state)
{
	char text[256];
	struct query *q;

	for (int depth = 0; depth < 30; depth++) {
		size_t n = 0;

		for (int i = 0; i < depth; i++)
			n += (size_t)sprintf(text + n, "(NOT x ");
		n += (size_t)sprintf(text + n, "teng");
		for (int i = 0; i < depth; i++)
			n += (size_t)sprintf(text + n, ")");
		assert_int_equal(query_parse(&q, text, n), VAULT_OK);
		assert_int_equal(q->truncated, depth > QUERY_DEPTH_MAX);
		query_free(q);
		finds(state, text, "1 3 10");
	}
}

static void
deep_alternations_stay_within_the_limits_of_fts5(void **state)
{
	struct buf text = { 0 };

	for (int i = 0; i < QUERY_DEPTH_MAX; i++)
		buf_put_text(&text, i % 2 ? "a* OR O'B (" : "x y NOT (");
	buf_put_text(&text, "teng");
	finds(state, buf_text(&text), "");
	buf_reset(&text);
	for (int i = 0; i < QUERY_DEPTH_MAX; i++)
		buf_put_text(&text, "x OR name:O'Y (NOT z b OR teng OR ");
	buf_put_text(&text, "teng");
	for (int i = 0; i < QUERY_DEPTH_MAX; i++)
		buf_put_text(&text, " NOT q)");
	finds(state, buf_text(&text), "");
	buf_free(&text);
}

static void
bytes_that_are_no_text_are_blanks(void **state)
{
	static const char nul[] = "teng\0beijing", bad[] = "\xffteng\xc3 (";

	check_n(*state, nul, sizeof(nul) - 1, "1", false);
	check_n(*state, bad, sizeof(bad) - 1, "1 3 10", false);
	check_n(*state, "tag:\xff", 5, "", false);
}

static void
random_queries_never_give_an_error(void **state)
{
	static const char *pieces[] = { "AND", "OR", "NOT", " ", " ", " ", "(",
		")", "\"", "*", "tag:", "date:", "2011", "-02", "..", "/",
		"name:", "teng", "O'B", "腾彪", "腾", "é", "\xff", "\0", "'",
		";", "--", "{", "}", "+", "^", ":", "\\", "%", "?", "བ", "น",
		"\u3314", "\u00bd", "\u201c", "\u3000", "place:", "NEAR",
		"title:", "status:in-custody", "\xf0\x90", "\x01" };
	const size_t n_pieces = sizeof(pieces) / sizeof(pieces[0]);

	srand(1989);
	for (int round = 0; round < 5000; round++) {
		struct buf text = { 0 }, got = { 0 };
		struct query *q;

		for (int i = rand() % 30; i > 0; i--) {
			const char *piece = pieces[(size_t)rand() % n_pieces];

			if (rand() % 4 == 0)
				buf_put_byte(&text, (uint8_t)(rand() >> 8));
			else
				buf_put(&text, piece,
				    *piece == '\0' ? 1 : strlen(piece));
		}
		assert_int_equal(
		    query_parse(&q, text.bytes, text.len), VAULT_OK);
		answer(&got, *state, q, round % 2 == 0);
		buf_free(&got);
		buf_free(&text);
		query_free(q);
	}
}

static void
fails_cleanly_without_memory(void **state)
{
	(void)state;
#ifdef VAULT_TEST
	static const char text[] =
	    "(O'Brien OR tag:x) \"腾彪\" NOT place:y date:2011 é";
	enum vault_err err = VAULT_ENOMEM;
	struct query_sql sql = { 0 };
	struct query *q;

	for (size_t n = 1; err == VAULT_ENOMEM; n++) {
		assert_true(n < 1000);
		mem_test_fail(n, 1);
		err = query_parse(&q, text, sizeof(text) - 1);
		if (err == VAULT_OK)
			err = query_sql(&sql, q);
		mem_test_fail(0, 0);
		query_sql_free(&sql);
		query_free(q);
	}
	assert_int_equal(err, VAULT_OK);
#else
	skip();
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_query_matches_everything),
		cmocka_unit_test(words_are_joined_by_and),
		cmocka_unit_test(case_accents_and_width_do_not_matter),
		cmocka_unit_test(names_are_found_however_they_are_written),
		cmocka_unit_test(a_final_star_means_the_beginning_of_a_word),
		cmocka_unit_test(finds_inside_texts_without_spaces),
		cmocka_unit_test(finds_tibetan_syllables),
		cmocka_unit_test(finds_arabic_with_and_without_hamza),
		cmocka_unit_test(operators_combine),
		cmocka_unit_test(lower_case_and_quoted_operators_are_words),
		cmocka_unit_test(what_does_not_fit_is_passed_over),
		cmocka_unit_test(typographic_quotes_are_quotes),
		cmocka_unit_test(fields_match_values),
		cmocka_unit_test(places_match_from_their_first_word),
		cmocka_unit_test(names_and_titles_are_columns),
		cmocka_unit_test(durations_match_what_may_fall_into_them),
		cmocka_unit_test(a_duration_that_is_not_understood_is_words),
		cmocka_unit_test(dates_match_days_that_may_fall_into_them),
		cmocka_unit_test(a_date_that_is_not_understood_is_words),
		cmocka_unit_test(counts_days_as_the_calendar_does),
		cmocka_unit_test(only_listed_fields_mean_something),
		cmocka_unit_test(names_rank_before_titles_before_text),
		cmocka_unit_test(pure_word_queries_are_one_match),
		cmocka_unit_test(no_byte_of_a_query_is_sql),
		cmocka_unit_test(huge_queries_are_cut_short_and_say_so),
		cmocka_unit_test(parentheses_nest_as_deep_as_is_said),
		cmocka_unit_test(
		    deep_alternations_stay_within_the_limits_of_fts5),
		cmocka_unit_test(bytes_that_are_no_text_are_blanks),
		cmocka_unit_test(random_queries_never_give_an_error),
		cmocka_unit_test(fails_cleanly_without_memory),
	};

	return cmocka_run_group_tests(tests, open_tables, close_tables);
}
