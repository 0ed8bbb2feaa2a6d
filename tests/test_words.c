/* SPDX-License-Identifier: ISC */
/*
 * Tests of search/words: expected words are written out by hand, as
 * "key@place" with "~" for a word that shares the place of the one before.
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
#include "search/words.h"

struct list {
	struct buf words;
	size_t n, limit;
	size_t start, end; /* of the last word */
	const char *text;
	size_t len;
};

static bool
add(void *ctx, const struct word *word)
{
	struct list *l = ctx;

	assert_true(word->key_len > 0);
	assert_true(word->start < word->end && word->end <= l->len);
	assert_true(word->first_end > word->start);
	assert_true(word->first_end <= word->end);
	if (word->same_place)
		buf_put_byte(&l->words, '~');
	else if (l->words.len > 0)
		buf_put_byte(&l->words, ' ');
	buf_put(&l->words, word->key, word->key_len);
	l->start = word->start;
	l->end = word->end;
	return ++l->n != l->limit;
}

static void
check_n(const char *text, size_t len, enum words_mode mode, const char *expect)
{
	struct list l = { .text = text, .len = len };

	assert_int_equal(words_each(text, len, mode, add, &l), VAULT_OK);
	assert_string_equal(buf_text(&l.words), expect);
	buf_free(&l.words);
}

static void
check(const char *text, const char *in_text, const char *in_query)
{
	check_n(text, strlen(text), WORDS_TEXT, in_text);
	check_n(text, strlen(text), WORDS_QUERY, in_query);
}

static void
same(const char *text, const char *expect)
{
	check(text, expect, expect);
}

static void
cuts_ascii_at_blanks_and_punctuation(void **state)
{
	(void)state;
	same("", "");
	same("  ... ", "");
	same("Teng", "teng");
	same("Lawyer J. was held (again), in Beijing.",
	    "lawyer j was held again in beijing");
	same("2011-04-26T10:30", "2011 04 26t10 30");
	same("a_b/c", "a b c");
}

static void
folds_case_accents_and_width(void **state)
{
	(void)state;
	same("Corredera Callejón", "corredera callejon");
	same("CALLEJO\xcc\x81N", "callejon");
	same("\uff34\uff45\uff4e\uff47 \uff12\uff10\uff11\uff11", "teng 2011");
	same("Łódź Ünal", "lodz unal");
	same("\u0662\u0660\u0661\u0661", "2011");
}

static void
joins_the_parts_of_names(void **state)
{
	(void)state;
	check("O'Brien", "o~obrien brien", "o~obrien brien");
	same("O\u2019Brien said", "o~obrien brien said");
	same("Teng\u00b7Biao", "teng~tengbiao biao");
	same("Teng\u2022Biao", "teng~tengbiao biao");
	same("al-Jazeera", "al~aljazeera jazeera");
	same("O'Brien's", "o~obrien~obriens brien s");
	same("Qur\u02be\u0101n", "qur~quran an");
	same("a-b-c-d-e", "a~ab~abc~abcd b c d e");
	same("'quoted' - and--not", "quoted and not");
	same("\u02bfAl\u012b", "ali");
	/* Persian: the non-joiner stands where some write a blank. */
	same("\u0645\u06cc\u200c\u0631\u0648\u062f",
	    "\u0645\u064a~\u0645\u064a\u0631\u0648\u062f \u0631\u0648\u062f");
}

static void
no_phrase_passes_an_end(void **state)
{
	(void)state;
	same("teng\x1e"
	     "biao",
	    "teng \x1e biao");
	check("\u4e00\u4e01\x1e\u4e02", "\u4e00\u4e01~\u4e01 \x1e \u4e02",
	    "\u4e00\u4e01 \x1e \u4e02");
	same("O'\x1e"
	     "Brien\x1e",
	    "o \x1e brien \x1e");
}

static void
follows_mongolian_through_what_only_chooses_shapes(void **state)
{
	(void)state;
	same("\u1830\u180b\u1820\u180a\u1837\u180e\u1820 \u182d\u180f\u1821",
	    "\u1830\u1820\u1837\u1820 \u182d\u1821");
	same("\u1830\u1820\u202f\u1822", "\u1830\u1820 \u1822");
}

static void
folds_arabic_variants(void **state)
{
	(void)state;
	/* Ahmad with and without hamza, with vowel signs, with tatweel. */
	same("\u0623\u062d\u0645\u062f", "\u0627\u062d\u0645\u062f");
	same("\u0627\u062d\u0645\u062f", "\u0627\u062d\u0645\u062f");
	same("\u0623\u064e\u062d\u0652\u0645\u064e\u062f",
	    "\u0627\u062d\u0645\u062f");
	same("\u0627\u062d\u0640\u0640\u0645\u062f\u060c",
	    "\u0627\u062d\u0645\u062f");
}

static void
pairs_characters_of_scripts_without_spaces(void **state)
{
	(void)state;
	check("腾", "腾", "腾");
	check("腾彪", "腾彪~彪", "腾彪");
	check("律师腾彪被捕。", "律师 师腾 腾彪 彪被 被捕~捕",
	    "律师 师腾 腾彪 彪被 被捕");
	check("金光鸿，腾彪", "金光 光鸿~鸿 腾彪~彪", "金光 光鸿 腾彪");
	check("とうきょう", "とう うき きょ ょう~う", "とう うき きょ ょう");
	/* A vowel or tone above its consonant is one character with it. */
	check("วันนี้", "วัน นนี้~นี้", "วัน นนี้");
}

static void
pairs_run_through_interpuncts_and_line_ends(void **state)
{
	(void)state;
	check("卡尔·马克", "卡尔 尔马 马克~克", "卡尔 尔马 马克");
	check("カール・マル", "カー ール ルマ マル~ル", "カー ール ルマ マル");
	check("腾\n彪", "腾彪~彪", "腾彪");
	check("腾\r\n彪", "腾彪~彪", "腾彪");
	check("腾\n\n彪", "腾 彪", "腾 彪");
	check("腾 彪", "腾 彪", "腾 彪");
	check("腾\u200b彪", "腾彪~彪", "腾彪");
}

static void
splits_runs_of_mixed_scripts(void **state)
{
	(void)state;
	check("腾彪teng", "腾彪~彪 teng", "腾彪 teng");
	check("teng腾彪", "teng 腾彪~彪", "teng 腾彪");
	check("2011年4月", "2011 年 4 月", "2011 年 4 月");
	check("O'Brien腾", "o~obrien brien 腾", "o~obrien brien 腾");
	check("T恤", "t 恤", "t 恤");
}

static void
cuts_tibetan_into_syllables(void **state)
{
	(void)state;
	same("བོད་ལྗོངས།", "བོད ལྗོངས");
	same("བོད་ལྗོངས་", "བོད ལྗོངས");
	/* bod pa'i: the genitive is also found without its particle. */
	check("བོད་པའི་མི", "བོད པའི~པ མི", "བོད པའི མི");
	check("བོད2008", "བོད 2008", "བོད 2008");
}

static void
cuts_compatibility_characters_by_their_key(void **state)
{
	(void)state;
	same("\u00bd", "1 2");
	check("\u3314", "キロ~ロ", "キロ");
	same("\uff8c\uff9f", "プ");
}

static void
takes_any_bytes(void **state)
{
	static const char nul[] = "teng\0biao",
			  bad[] = "a\xff\xfe"
				  "b\xc3";

	(void)state;
	check_n(nul, sizeof(nul) - 1, WORDS_TEXT, "teng biao");
	check_n(bad, sizeof(bad) - 1, WORDS_TEXT, "a b");
	check_n("\xe8\x85", 2, WORDS_TEXT, "");
	check_n("\xed\xa0\x80x", 4, WORDS_QUERY, "x");
	/* Marks and joiners that belong to nothing. */
	same("\xcc\x81 - ' \xc2\xb7 x-", "x");
}

static void
cuts_words_without_end(void **state)
{
	char *text = malloc(100000);
	struct list l = { .text = text, .len = 100000 };

	(void)state;
	memset(text, 'a', l.len);
	assert_int_equal(
	    words_each(text, l.len, WORDS_TEXT, add, &l), VAULT_OK);
	assert_int_equal(l.n, (100000 + 127) / 128);
	buf_free(&l.words);

	/* A hundred thousand marks on one letter. */
	l = (struct list){ .text = text, .len = 100000 };
	for (size_t i = 2; i < l.len; i += 2)
		memcpy(text + i, "\xcc\x81", 2);
	assert_int_equal(
	    words_each(text, l.len, WORDS_TEXT, add, &l), VAULT_OK);
	buf_free(&l.words);
	free(text);
}

static void
says_where_words_stand(void **state)
{
	struct list l = { .text = "el Callejón, 腾彪律", .len = 23 };

	(void)state;
	l.limit = 2;
	assert_int_equal(
	    words_each(l.text, l.len, WORDS_TEXT, add, &l), VAULT_ECANCELED);
	assert_int_equal(l.start, 3);
	assert_int_equal(l.end, 12);
	l.n = 0;
	l.limit = 4;
	assert_int_equal(
	    words_each(l.text, l.len, WORDS_TEXT, add, &l), VAULT_ECANCELED);
	assert_int_equal(l.start, 17);
	assert_int_equal(l.end, 23);
	buf_free(&l.words);
}

static void
random_bytes_are_cut_the_same_way_twice(void **state)
{
	static const char *pieces[] = { "a", "O", "'", "-", " ", "\n", "腾",
		"彪", "·", "é", "\xcc\x81", "\xff", "\0", "あ", "ｶ", "ﾞ", "น",
		"ำ", "ི", "བ", "་", "أ", "ـ", "½", "㌔", "ß", "9", "\u200b",
		"\u200c", "𠀀", "က", "္", "ក", "្" };
	const size_t n_pieces = sizeof(pieces) / sizeof(pieces[0]);
	struct list a, b;
	char text[256];
	size_t len;

	(void)state;
	srand(20110426);
	for (int round = 0; round < 20000; round++) {
		len = 0;
		for (int i = rand() % 40; i > 0; i--) {
			const char *piece = pieces[(size_t)rand() % n_pieces];
			size_t n = *piece == '\0' ? 1 : strlen(piece);

			memcpy(text + len, piece, n);
			len += n;
		}
		/* What is found of a query are its words and their keys. */
		a = (struct list){ .text = text, .len = len };
		b = (struct list){ .text = text, .len = len };
		assert_int_equal(
		    words_each(text, len, WORDS_QUERY, add, &a), VAULT_OK);
		assert_int_equal(
		    words_each(text, len, WORDS_TEXT, add, &b), VAULT_OK);
		assert_true(a.n <= b.n);
		buf_free(&a.words);
		buf_free(&b.words);
	}
}

static void
fails_cleanly_without_memory(void **state)
{
	(void)state;
#ifdef VAULT_TEST
	static const char text[] = "Callejón O'Brien 腾彪律师 བོད་ ½";
	enum vault_err err = VAULT_ENOMEM;

	for (size_t n = 1; err == VAULT_ENOMEM; n++) {
		struct list l = { .text = text, .len = sizeof(text) - 1 };

		assert_true(n < 1000);
		buf_reserve(&l.words, 4096);
		mem_test_fail(n, 1);
		err = words_each(text, l.len, WORDS_TEXT, add, &l);
		mem_test_fail(0, 0);
		buf_free(&l.words);
	}
	assert_int_equal(err, VAULT_OK);
#else
	skip();
#endif
}

/* ---- Inside SQLite ---- */

static void
run(sqlite3 *db, const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
}

static int
count(sqlite3 *db, const char *match)
{
	sqlite3_stmt *stmt;
	int n = 0;

	assert_int_equal(
	    sqlite3_prepare_v2(
		db, "SELECT count(*) FROM f WHERE f MATCH ?", -1, &stmt, NULL),
	    SQLITE_OK);
	sqlite3_bind_text(stmt, 1, match, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	n = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

static void
is_a_tokenizer_of_fts5(void **state)
{
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(words_register(db), VAULT_OK);
	run(db,
	    "CREATE VIRTUAL TABLE f USING fts5(body, content='',"
	    " tokenize='amparo')");
	run(db,
	    "INSERT INTO f(rowid, body) VALUES"
	    " (1, '人权律师腾彪2011年被捕'), (2, 'Mr O''Brien, lawyer')");
	assert_int_equal(count(db, "\"腾彪\""), 1);
	assert_int_equal(count(db, "\"律师腾\""), 1);
	assert_int_equal(count(db, "\"彪2011年\" *"), 1);
	assert_int_equal(count(db, "\"腾\" *"), 1);
	assert_int_equal(count(db, "\"彪\""), 1);
	assert_int_equal(count(db, "\"师\""), 0);
	assert_int_equal(count(db, "\"师\" *"), 1);
	assert_int_equal(count(db, "\"彪腾\""), 0);
	assert_int_equal(count(db, "\"obrien\""), 1);
	assert_int_equal(count(db, "\"mr o brien lawyer\""), 1);
	assert_int_equal(count(db, "\"O'Brien\""), 1);
	assert_int_equal(count(db, "\"...\""), 0);

	/* Words leave the index when the old text is given back. */
	run(db,
	    "INSERT INTO f(f, rowid, body) VALUES"
	    " ('delete', 2, 'Mr O''Brien, lawyer')");
	assert_int_equal(count(db, "\"obrien\""), 0);
	run(db, "INSERT INTO f(f) VALUES ('optimize')");
	sqlite3_close(db);
}

static void
refuses_options_it_does_not_have(void **state)
{
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(words_register(db), VAULT_OK);
	assert_int_not_equal(
	    sqlite3_exec(db,
		"CREATE VIRTUAL TABLE f USING fts5(x, tokenize='amparo y')",
		NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_ascii_at_blanks_and_punctuation),
		cmocka_unit_test(folds_case_accents_and_width),
		cmocka_unit_test(joins_the_parts_of_names),
		cmocka_unit_test(no_phrase_passes_an_end),
		cmocka_unit_test(
		    follows_mongolian_through_what_only_chooses_shapes),
		cmocka_unit_test(folds_arabic_variants),
		cmocka_unit_test(pairs_characters_of_scripts_without_spaces),
		cmocka_unit_test(pairs_run_through_interpuncts_and_line_ends),
		cmocka_unit_test(splits_runs_of_mixed_scripts),
		cmocka_unit_test(cuts_tibetan_into_syllables),
		cmocka_unit_test(cuts_compatibility_characters_by_their_key),
		cmocka_unit_test(takes_any_bytes),
		cmocka_unit_test(cuts_words_without_end),
		cmocka_unit_test(says_where_words_stand),
		cmocka_unit_test(random_bytes_are_cut_the_same_way_twice),
		cmocka_unit_test(fails_cleanly_without_memory),
		cmocka_unit_test(is_a_tokenizer_of_fts5),
		cmocka_unit_test(refuses_options_it_does_not_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
