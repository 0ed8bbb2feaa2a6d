/* SPDX-License-Identifier: ISC */
/*
 * Tests of search/snippet.  Expected snippets are written with [ ] around
 * each mark.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "search/query.h"
#include "search/snippet.h"

/* The snippet with its marks shown. */
static void
make(struct buf *out, const char *query, const char *text, size_t len,
    size_t columns)
{
	struct snippet s;
	struct query *q;
	size_t at = 0;

	assert_int_equal(query_parse(&q, query, strlen(query)), VAULT_OK);
	assert_int_equal(snippet_make(&s, q, text, len, columns), VAULT_OK);
	for (size_t i = 0; i < s.n_hits; i++) {
		assert_true(s.hits[i].start >= at);
		assert_true(s.hits[i].end > s.hits[i].start);
		assert_true(s.hits[i].end <= s.text.len);
		buf_put(out, s.text.bytes + at, s.hits[i].start - at);
		buf_putf(out, "[%.*s]", (int)(s.hits[i].end - s.hits[i].start),
		    buf_text(&s.text) + s.hits[i].start);
		at = s.hits[i].end;
	}
	buf_put_text(out, buf_text(&s.text) + at);
	snippet_free(&s);
	query_free(q);
}

static void
check(const char *query, const char *text, size_t columns, const char *expect)
{
	struct buf got = { 0 };

	make(&got, query, text, strlen(text), columns);
	assert_string_equal(buf_text(&got), expect);
	buf_free(&got);
}

static void
a_short_text_is_shown_whole(void **state)
{
	(void)state;
	check("biao", "Teng Biao was taken.", 160, "Teng [Biao] was taken.");
	check("", "Teng Biao was taken.", 160, "Teng Biao was taken.");
	check("nowhere", "Teng Biao was taken.", 160, "Teng Biao was taken.");
	check("x", "", 160, "");
}

static void
marks_words_however_they_are_written(void **state)
{
	(void)state;
	check("callejon", "en el CALLEJÓN largo", 80, "en el [CALLEJÓN] largo");
	check("teng", "ＴＥＮＧ Biao", 80, "[ＴＥＮＧ] Biao");
	check("O'Brien", "Mr O\u2019Brien, OBrien, O Brien, brien", 80,
	    "Mr [O\u2019Brien], [OBrien], [O Brien], brien");
	check("obrien", "Mr O'Brien said", 80, "Mr [O'Brien] said");
	check(
	    "Teng·Biao", "Teng Biao, Tengbiao", 80, "[Teng Biao], [Tengbiao]");
	check("احمد", "اعتقل أحمد في", 80, "اعتقل [أحمد] في");
}

static void
marks_phrases_only_where_they_are_whole(void **state)
{
	(void)state;
	check("\"teng biao\"", "Teng, Biao; Biao Teng; teng biao", 80,
	    "[Teng, Biao]; Biao Teng; [teng biao]");
	check("teng* NOT biao", "Teng Tengs biao", 80, "[Teng] [Tengs] biao");
	check("\"teng bi\"*", "teng biao teng xi", 80, "[teng biao] teng xi");
}

static void
marks_inside_texts_without_spaces(void **state)
{
	(void)state;
	check("腾彪", "人权律师腾彪被捕", 80, "人权律师[腾彪]被捕");
	check("律师腾彪", "人权律师腾彪被捕", 80, "人权[律师腾彪]被捕");
	check("腾", "人权律师腾彪被捕，腾", 80, "人权律师[腾]彪被捕，[腾]");
	check("捕 师", "人权律师腾彪被捕", 80, "人权律[师]腾彪被[捕]");
	check("金光鸿 腾彪", "金光鸿和腾彪", 80, "[金光鸿]和[腾彪]");
	check("権会", "東京の人権会議", 80, "東京の人[権会]議");
	check("จับกุม", "ทนายความถูกจับกุมที่", 80, "ทนายความถูก[จับกุม]ที่");
	check("བོད་པ", "མི་བོད་པའི་སྐོར", 80, "མི་[བོད་པའི]་སྐོར");
}

static void
marks_words_of_any_field_but_no_values(void **state)
{
	(void)state;
	check("name:teng tag:lawyer", "lawyer Teng", 80, "lawyer [Teng]");
	check("teng OR NOT lawyer", "lawyer Teng", 80, "lawyer [Teng]");
}

static void
cuts_around_the_hit_at_ends_of_words(void **state)
{
	static const char text[] =
	    "One two three four five six seven eight nine ten eleven twelve "
	    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen";

	(void)state;
	check("ten", text, 40,
	    "\u2026eight nine [ten] eleven twelve thirteen\u2026");
	check("one", text, 24, "[One] two three four\u2026");
	check("nineteen", text, 30, "\u2026seventeen eighteen [nineteen]");
	check("", text, 20, "One two three four\u2026");
}

static void
prefers_the_stretch_with_most_different_words(void **state)
{
	static const char text[] =
	    "teng teng teng and then a great many words that say nothing at "
	    "all about it, until at last teng biao himself was named in it";

	(void)state;
	check("teng biao", text, 40,
	    "\u2026at last [teng] [biao] himself was named\u2026");
	check("teng", text, 30, "[teng] [teng] [teng] and then a\u2026");
}

static void
blanks_and_lines_become_one_blank(void **state)
{
	(void)state;
	check("biao", "  Teng\n\n\tBiao \x01 was\r\ntaken\n", 80,
	    "Teng [Biao] was taken");
	check("\"teng biao\"", "Teng\n  Biao", 80, "[Teng Biao]");
	check("腾彪", "腾\n彪", 80, "[腾 彪]");
}

static void
counts_columns_not_bytes(void **state)
{
	struct buf text = { 0 }, got = { 0 };

	(void)state;
	for (int i = 0; i < 50; i++)
		buf_put_text(&text, "律师");
	buf_put_text(&text, "腾彪");
	for (int i = 0; i < 50; i++)
		buf_put_text(&text, "律师");
	make(&got, "腾彪", buf_text(&text), text.len, 22);
	assert_string_equal(
	    buf_text(&got), "\u2026师律师[腾彪]律师律师律\u2026");
	buf_free(&got);
	buf_free(&text);
}

static void
a_hit_wider_than_the_snippet_is_cut(void **state)
{
	(void)state;
	check("\"a b c d e f g h\"", "x a b c d e f g h y", 10,
	    "\u2026[a b c d]\u2026");
	check("teng", "xxxxxxxxxxxxxxxxxxxx teng", 1, "\u2026[t]\u2026");
}

static void
any_bytes_make_a_snippet(void **state)
{
	static const char text[] = "a\xff\0teng\xe8\x85 b";
	struct buf got = { 0 };

	(void)state;
	make(&got, "teng", text, sizeof(text) - 1, 80);
	assert_string_equal(buf_text(&got), "a\xff [teng]\xe8\x85 b");
	buf_free(&got);

	srand(64);
	for (int round = 0; round < 20000; round++) {
		char bytes[200];
		size_t len = (size_t)rand() % sizeof(bytes);

		for (size_t i = 0; i < len; i++)
			bytes[i] = rand() % 3 ? "te \n\xe8\x85\xbe"[rand() % 7]
					      : (char)rand();
		make(&got, "t* te 腾 \"t e\" \"腾腾\"", bytes, len,
		    (size_t)rand() % 60);
		buf_free(&got);
	}
}

static void
long_texts_and_many_hits_take_no_long_time(void **state)
{
	size_t len = 1000000;
	char *text = malloc(len);
	struct buf got = { 0 };

	(void)state;
	for (size_t i = 0; i < len; i++)
		text[i] = "teng "[i % 5];
	make(&got, "teng te* \"teng teng\" t* NOT x", text, len, 160);
	assert_true(got.len > 100 && got.len < 400);
	buf_free(&got);
	free(text);
}

static void
fails_cleanly_without_memory(void **state)
{
	(void)state;
#ifdef VAULT_TEST
	static const char text[] = "Mr O'Brien and Callejón";
	enum vault_err err = VAULT_ENOMEM;
	struct snippet s;
	struct query *q;

	assert_int_equal(query_parse(&q, "callejon brien", 14), VAULT_OK);
	for (size_t n = 1; err == VAULT_ENOMEM; n++) {
		assert_true(n < 1000);
		mem_test_fail(n, 1);
		err = snippet_make(&s, q, text, sizeof(text) - 1, 80);
		mem_test_fail(0, 0);
		snippet_free(&s);
	}
	assert_int_equal(err, VAULT_OK);
	query_free(q);
#else
	skip();
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_text_is_shown_whole),
		cmocka_unit_test(marks_words_however_they_are_written),
		cmocka_unit_test(marks_phrases_only_where_they_are_whole),
		cmocka_unit_test(marks_inside_texts_without_spaces),
		cmocka_unit_test(marks_words_of_any_field_but_no_values),
		cmocka_unit_test(cuts_around_the_hit_at_ends_of_words),
		cmocka_unit_test(prefers_the_stretch_with_most_different_words),
		cmocka_unit_test(blanks_and_lines_become_one_blank),
		cmocka_unit_test(counts_columns_not_bytes),
		cmocka_unit_test(a_hit_wider_than_the_snippet_is_cut),
		cmocka_unit_test(any_bytes_make_a_snippet),
		cmocka_unit_test(long_texts_and_many_hits_take_no_long_time),
		cmocka_unit_test(fails_cleanly_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
