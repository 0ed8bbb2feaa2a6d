/* SPDX-License-Identifier: ISC */
/* The text of the editor: cli/textarea.c and cli/glyph.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../cli/glyph.h"
#include "../cli/textarea.h"
#include "vault.h"

#define LIMIT ((size_t)4 * 1024 * 1024)

#define HAN "\xe6\xb1\x89"
#define ACCENT "e\xcc\x81"
#define FAMILY                                                                 \
	"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91" \
	"\xa7"
#define ARABIC "\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85"

/* What an edit may bring: whole letters, halves of letters, no letters. */
static const char *const pieces[] = { "a", "word", " ", "  ", "\n", "\t", HAN,
	HAN HAN HAN HAN, ACCENT, "\xcc\x81", FAMILY, "\xe2\x80\x8d", ARABIC,
	"\xff", "\xe6\xb1", "\x1b", "\r\n", "\xf0\x9f\x87\xaa",
	"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "\xe1\x84\x80", "\xe1\x85\xa1",
	"a much longer piece, of several words ", "\xe2\x80\xae",
	"unbreakableunbreakableunbreakable" };
#define NPIECES (sizeof(pieces) / sizeof(pieces[0]))

static struct textarea *
new_text(const char *text, size_t width)
{
	struct textarea *t = textarea_new(text, strlen(text), width, LIMIT);

	assert_non_null(t);
	return t;
}

static void
assert_text(const struct textarea *t, const char *text)
{
	const struct buf *b = textarea_text(t);

	assert_int_equal(b->len, strlen(text));
	assert_string_equal(buf_text(b), text);
}

static void
type(struct textarea *t, const char *text)
{
	assert_int_equal(textarea_insert(t, text, strlen(text)), TEXTAREA_DONE);
}

/* The rows of text at width, with a bar between them. */
static void
assert_rows(const char *text, size_t width, const char *rows)
{
	struct textarea *t = new_text(text, width);
	struct buf b = { 0 };
	size_t from, to;

	for (size_t i = 0; i < textarea_rows(t); i++) {
		textarea_row(&from, &to, t, i);
		buf_put(&b, i == 0 ? "" : "|", i == 0 ? 0 : 1);
		buf_put(&b, text + from, to - from);
	}
	assert_string_equal(buf_text(&b), rows);
	buf_free(&b);
	textarea_free(t);
}

static void
wraps_between_words(void **state)
{
	(void)state;
	assert_rows("", 5, "");
	assert_rows("one two", 5, "one |two");
	assert_rows("one two three", 7, "one two |three");
	assert_rows("one\n\ntwo\n", 5, "one\n|\n|two\n|");
	assert_rows("abcdefgh", 3, "abc|def|gh");
	assert_rows("ab cdefgh", 4, "ab |cdef|gh");
	assert_rows("a      b", 3, "a   |   |b");
}

static void
wraps_chinese_at_odd_and_even_columns(void **state)
{
	(void)state;
	assert_rows(HAN HAN HAN, 4, HAN HAN "|" HAN);
	assert_rows(HAN HAN HAN, 5, HAN HAN "|" HAN);
	assert_rows("a" HAN HAN HAN, 5, "a" HAN HAN "|" HAN);
	assert_rows("a" HAN HAN HAN, 4, "a" HAN "|" HAN HAN);
	assert_rows(HAN HAN, 1, HAN "|" HAN "|");
}

static void
never_wraps_inside_a_cluster(void **state)
{
	(void)state;
	assert_rows(ACCENT ACCENT ACCENT, 2, ACCENT ACCENT "|" ACCENT);
	assert_rows(FAMILY FAMILY, 7, FAMILY "|" FAMILY);
}

static void
assert_shown(const char *text, const char *shown, size_t columns)
{
	struct buf b = { 0 };
	struct glyph g;
	size_t len = strlen(text);

	for (size_t at = 0; at < len; at += g.len) {
		glyph_read(&g, (const uint8_t *)text + at, len - at, 0);
		glyph_show(&b, &g, (const uint8_t *)text + at);
	}
	assert_string_equal(buf_text(&b), shown);
	assert_int_equal(glyph_columns((const uint8_t *)text, len), columns);
	buf_free(&b);
}

static void
shows_what_is_no_text_escaped(void **state)
{
	(void)state;
	assert_shown("\x1b[2J", "\\x1B[2J", 7);
	assert_shown("a\r", "a\\x0D", 5);
	assert_shown("\x7f", "\\x7F", 4);
	assert_shown("\xc2\x9b", "\\u{9B}", 6);
	assert_shown("\xff\xe6\xb1", "\\xFF\\xE6\\xB1", 12);
	assert_shown("\xe2\x80\xae", "\\u{202E}", 8);
	assert_shown("\xf3\xa0\x81\xa1", "\\u{E0061}", 9);
	assert_shown("\xcc\x81", "\\u{301}", 7);
	assert_shown("\t", "        ", 8);
}

static void
shows_joined_emoji_as_their_parts(void **state)
{
	(void)state;
	assert_shown(
	    FAMILY, "\xf0\x9f\x91\xa8\xf0\x9f\x91\xa9\xf0\x9f\x91\xa7", 6);
	assert_shown("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "\xf0\x9f\x91\x8d", 2);
	assert_shown(ACCENT, ACCENT, 1);
}

static void
shows_no_more_than_eight_marks_on_a_letter(void **state)
{
	struct glyph g;
	uint8_t text[1 + 2 * 9] = "a";

	(void)state;
	for (size_t i = 0; i < 9; i++)
		memcpy(text + 1 + 2 * i, "\xcc\x81", 2);
	glyph_read(&g, text, sizeof(text) - 2, 0);
	assert_int_equal(g.len, sizeof(text) - 2);
	assert_int_equal(g.columns, 1);
	glyph_read(&g, text, sizeof(text), 0);
	assert_int_equal(g.len, sizeof(text));
	assert_int_equal(g.columns, 8);
}

static void
moves_and_deletes_by_clusters(void **state)
{
	struct textarea *t = new_text("", 20);

	(void)state;
	type(t, "x" FAMILY ACCENT);
	textarea_move(t, TEXTAREA_LEFT);
	assert_int_equal(textarea_cursor(t), 1 + strlen(FAMILY));
	textarea_move(t, TEXTAREA_LEFT);
	assert_int_equal(textarea_cursor(t), 1);
	assert_int_equal(textarea_delete(t, TEXTAREA_RIGHT), TEXTAREA_DONE);
	assert_text(t, "x" ACCENT);
	textarea_move(t, TEXTAREA_TEXT_END);
	assert_int_equal(textarea_delete(t, TEXTAREA_LEFT), TEXTAREA_DONE);
	assert_text(t, "x");
	assert_int_equal(textarea_delete(t, TEXTAREA_RIGHT), TEXTAREA_NOTHING);
	textarea_free(t);
}

static void
puts_an_accent_on_the_letter_before_it(void **state)
{
	struct textarea *t = new_text("e!", 20);

	(void)state;
	textarea_move(t, TEXTAREA_RIGHT);
	type(t, "\xcc\x81");
	assert_text(t, ACCENT "!");
	assert_int_equal(textarea_cursor(t), 3);
	textarea_free(t);
}

static void
moves_by_words(void **state)
{
	struct textarea *t = new_text("one, two" HAN HAN " six", 80);
	const size_t stops[] = { 3, 8, 11, 14, 18, 18 };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		textarea_move(t, TEXTAREA_WORD_RIGHT);
		assert_int_equal(textarea_cursor(t), stops[i]);
	}
	textarea_move(t, TEXTAREA_WORD_LEFT);
	assert_int_equal(textarea_cursor(t), 15);
	textarea_move(t, TEXTAREA_WORD_LEFT);
	assert_int_equal(textarea_cursor(t), 11);
	textarea_move(t, TEXTAREA_WORD_LEFT);
	textarea_move(t, TEXTAREA_WORD_LEFT);
	assert_int_equal(textarea_cursor(t), 5);
	assert_int_equal(textarea_delete(t, TEXTAREA_WORD_LEFT), TEXTAREA_DONE);
	assert_text(t, "two" HAN HAN " six");
	textarea_free(t);
}

static void
goes_to_the_ends_of_row_line_and_text(void **state)
{
	struct textarea *t = new_text("top\none two three\nlast", 8);

	(void)state;
	textarea_move_rows(t, 2);
	assert_int_equal(textarea_cursor(t), 12); /* three */
	textarea_move(t, TEXTAREA_ROW_END);
	assert_int_equal(textarea_cursor(t), 17);
	textarea_move(t, TEXTAREA_ROW_START);
	assert_int_equal(textarea_cursor(t), 12);
	textarea_move(t, TEXTAREA_ROW_START);
	assert_int_equal(textarea_cursor(t), 4);
	textarea_move(t, TEXTAREA_ROW_END);
	assert_int_equal(textarea_cursor(t), 11);
	textarea_move(t, TEXTAREA_ROW_END);
	assert_int_equal(textarea_cursor(t), 17);
	textarea_move(t, TEXTAREA_TEXT_START);
	assert_int_equal(textarea_cursor(t), 0);
	textarea_move(t, TEXTAREA_TEXT_END);
	assert_int_equal(textarea_cursor(t), 22);
	textarea_free(t);
}

static void
keeps_the_column_over_short_rows(void **state)
{
	struct textarea *t = new_text("abcdef\nx\nabcdef", 20);

	(void)state;
	textarea_move(t, TEXTAREA_LINE_END);
	textarea_move(t, TEXTAREA_LEFT);
	textarea_move_rows(t, 1);
	assert_int_equal(textarea_cursor(t), 8);
	textarea_move_rows(t, 1);
	assert_int_equal(textarea_cursor(t), 14);
	textarea_move_rows(t, -100);
	assert_int_equal(textarea_cursor(t), 5);
	textarea_free(t);
}

static void
cuts_to_the_ends_of_the_line(void **state)
{
	struct textarea *t = new_text("one two\nthree", 80);

	(void)state;
	textarea_move(t, TEXTAREA_WORD_RIGHT);
	assert_int_equal(textarea_delete(t, TEXTAREA_LINE_END), TEXTAREA_DONE);
	assert_text(t, "one\nthree");
	assert_int_equal(textarea_delete(t, TEXTAREA_LINE_END), TEXTAREA_DONE);
	assert_text(t, "onethree");
	assert_int_equal(
	    textarea_delete(t, TEXTAREA_LINE_START), TEXTAREA_DONE);
	assert_text(t, "three");
	textarea_free(t);
}

static void
undoes_to_the_first_text(void **state)
{
	struct textarea *t = new_text("first", 80);

	(void)state;
	type(t, "a");
	type(t, "b");
	textarea_seal(t);
	type(t, "c");
	assert_int_equal(textarea_delete(t, TEXTAREA_LINE_END), TEXTAREA_DONE);
	assert_text(t, "abc");
	assert_int_equal(textarea_undo(t), TEXTAREA_DONE);
	assert_text(t, "abcfirst");
	assert_int_equal(textarea_undo(t), TEXTAREA_DONE);
	assert_text(t, "abfirst");
	assert_int_equal(textarea_undo(t), TEXTAREA_DONE);
	assert_text(t, "first");
	assert_int_equal(textarea_cursor(t), 0);
	assert_int_equal(textarea_undo(t), TEXTAREA_NOTHING);
	textarea_free(t);
}

static void
forgets_the_oldest_undo_when_there_is_too_much(void **state)
{
	size_t len = 1024 * 1024, undone = 0;
	char *big = malloc(len);
	struct textarea *t;

	(void)state;
	memset(big, 'x', len);
	t = new_text("", 80);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(textarea_insert(t, big, len), TEXTAREA_DONE);
		assert_int_equal(
		    textarea_delete(t, TEXTAREA_LINE_START), TEXTAREA_DONE);
	}
	while (textarea_undo(t) == TEXTAREA_DONE)
		undone++;
	assert_in_range(undone, 6, 16);
	textarea_free(t);
	free(big);
}

static void
refuses_to_grow_beyond_the_limit(void **state)
{
	struct textarea *t = textarea_new("12345678", 8, 80, 10);

	(void)state;
	assert_int_equal(textarea_insert(t, "abc", 3), TEXTAREA_LIMIT);
	assert_text(t, "12345678");
	assert_int_equal(textarea_insert(t, "ab", 2), TEXTAREA_DONE);
	assert_int_equal(textarea_insert(t, "c", 1), TEXTAREA_LIMIT);
	textarea_free(t);

	/* One that is too long already may shrink, and come back by undo. */
	t = textarea_new("12345678", 8, 80, 4);
	assert_int_equal(textarea_insert(t, "a", 1), TEXTAREA_LIMIT);
	assert_int_equal(textarea_delete(t, TEXTAREA_RIGHT), TEXTAREA_DONE);
	assert_int_equal(textarea_undo(t), TEXTAREA_DONE);
	assert_text(t, "12345678");
	textarea_free(t);
}

static void
leaves_no_deleted_text_behind_the_text(void **state)
{
	struct textarea *t = new_text("keep secret", 80);
	const struct buf *b = textarea_text(t);

	(void)state;
	textarea_move(t, TEXTAREA_TEXT_END);
	textarea_delete(t, TEXTAREA_WORD_LEFT);
	assert_text(t, "keep ");
	for (size_t i = b->len; i < strlen("keep secret"); i++)
		assert_int_equal(b->bytes[i], 0);
	textarea_free(t);
}

static void
finds_forward_and_around(void **state)
{
	struct textarea *t = new_text("Ana, ana, \xc3\x89lan " HAN, 80);

	(void)state;
	assert_int_equal(textarea_find(t, "ana", 3), TEXTAREA_DONE);
	assert_int_equal(textarea_cursor(t), 5);
	assert_int_equal(textarea_find(t, "ana", 3), TEXTAREA_DONE);
	assert_int_equal(textarea_cursor(t), 0);
	assert_int_equal(textarea_find(t, "\xc3\xa9lan", 5), TEXTAREA_DONE);
	assert_int_equal(textarea_cursor(t), 10);
	assert_int_equal(textarea_find(t, HAN, 3), TEXTAREA_DONE);
	textarea_move(t, TEXTAREA_TEXT_END);
	assert_int_equal(textarea_find(t, "ana", 3), TEXTAREA_DONE);
	assert_int_equal(textarea_cursor(t), 0);
	assert_int_equal(textarea_find(t, "none", 4), TEXTAREA_NOTHING);
	textarea_free(t);
}

static void
counts_words_with_and_without_blanks(void **state)
{
	struct textarea *t = new_text("one  two,three\n" HAN HAN " x", 80);

	(void)state;
	assert_int_equal(textarea_words(t), 6);
	textarea_free(t);
}

static void
keeps_the_cursor_in_the_window(void **state)
{
	struct textarea *t = new_text("1\n2\n3\n4\n5\n6\n7\n8\n9", 80);

	(void)state;
	assert_int_equal(textarea_top(t, 3), 0);
	textarea_move_rows(t, 4);
	assert_int_equal(textarea_top(t, 3), 2);
	textarea_move_rows(t, -1);
	assert_int_equal(textarea_top(t, 3), 2);
	textarea_move_rows(t, -3);
	assert_int_equal(textarea_top(t, 3), 0);
	textarea_move(t, TEXTAREA_TEXT_END);
	assert_int_equal(textarea_top(t, 3), 6);
	assert_int_equal(textarea_top(t, 100), 0);
	textarea_free(t);
}

/*
 * Random edits against the plainest model there is: an array of bytes, and a
 * textarea made from it anew.
 */
struct model {
	uint8_t bytes[1 << 16];
	size_t len;
};

static void
model_splice(struct model *m, size_t at, size_t removed, const char *with)
{
	size_t n = strlen(with);

	memmove(
	    m->bytes + at + n, m->bytes + at + removed, m->len - at - removed);
	memcpy(m->bytes + at, with, n);
	m->len = m->len - removed + n;
}

static void
assert_same(const struct textarea *t, const struct model *m, size_t width)
{
	struct textarea *fresh = textarea_new(m->bytes, m->len, width, LIMIT);
	size_t cursor = textarea_cursor(t), at = 0, row, column, a, b, c, d;
	struct glyph g;

	assert_int_equal(textarea_text(t)->len, m->len);
	assert_memory_equal(buf_text(textarea_text(t)), m->bytes, m->len);
	assert_int_equal(textarea_rows(t), textarea_rows(fresh));
	for (size_t i = 0; i < textarea_rows(t); i++) {
		textarea_row(&a, &b, t, i);
		textarea_row(&c, &d, fresh, i);
		assert_int_equal(a, c);
		assert_int_equal(b, d);
		assert_true(a < b || i + 1 == textarea_rows(t));
	}
	textarea_free(fresh);

	/* The cursor stands between two glyphs of its row. */
	textarea_where(&row, &column, t);
	textarea_row(&a, &b, t, row);
	for (at = a; at < cursor; at += g.len)
		glyph_read(&g, m->bytes + at, m->len - at, 0);
	assert_int_equal(at, cursor);
	assert_true(column <= width);
}

static void
change_at_random(struct textarea *t, struct model *m)
{
	size_t from = textarea_cursor(t), before = m->len, to;
	const char *piece = pieces[(size_t)rand() % NPIECES];
	enum textarea_move move = (enum textarea_move)(rand() % 8);

	if (rand() % 3 > 0) {
		type(t, piece);
		model_splice(m, from, 0, piece);
		if (rand() % 4 == 0)
			textarea_seal(t);
		return;
	}
	if (textarea_delete(t, move) != TEXTAREA_DONE)
		return;
	to = before - textarea_text(t)->len;
	if (move == TEXTAREA_RIGHT || move == TEXTAREA_WORD_RIGHT ||
	    move == TEXTAREA_LINE_END || move == TEXTAREA_ROW_END)
		model_splice(m, from, to, "");
	else
		model_splice(m, from - to, to, "");
}

static void
random_edits_agree_with_a_plain_array(void **state)
{
	static struct model m;
	unsigned seed = getenv("SEED") != NULL
	    ? (unsigned)strtoul(getenv("SEED"), NULL, 10)
	    : (unsigned)time(NULL);

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 300; round++) {
		size_t width = 1 + (size_t)rand() % (round % 2 ? 30 : 8);
		struct textarea *t = new_text("", width);

		m.len = 0;
		for (int i = 0; i < 150; i++) {
			change_at_random(t, &m);
			assert_same(t, &m, width);
			if (rand() % 2)
				textarea_move(
				    t, (enum textarea_move)(rand() % 10));
			if (rand() % 4 == 0)
				textarea_move_rows(t, rand() % 9 - 4);
			if (rand() % 50 == 0)
				textarea_wrap(
				    t, width = 1 + (size_t)rand() % 30);
			assert_same(t, &m, width);
		}
		while (textarea_undo(t) == TEXTAREA_DONE) {
			m.len = textarea_text(t)->len;
			memcpy(m.bytes, buf_text(textarea_text(t)), m.len);
			assert_same(t, &m, width);
		}
		assert_int_equal(textarea_text(t)->len, 0);
		textarea_free(t);
	}
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Open a text of len bytes made of piece, and type at its start and end. */
static void
time_text(const char *name, const char *piece, size_t len)
{
	struct buf b = { 0 };
	struct textarea *t;
	double begin = seconds(), opened, typed;

	while (b.len + strlen(piece) <= len)
		buf_put_text(&b, piece);
	begin = seconds();
	t = textarea_new(b.bytes, b.len, 79, LIMIT);
	assert_non_null(t);
	opened = seconds();
	for (int i = 0; i < 10; i++)
		type(t, "a");
	textarea_move(t, TEXTAREA_TEXT_END);
	for (int i = 0; i < 10; i++)
		textarea_delete(t, TEXTAREA_LEFT);
	typed = seconds();
	print_message("%s: opened in %.1f ms, a change in %.2f ms\n", name,
	    1e3 * (opened - begin), 1e3 * (typed - opened) / 20);
	assert_true(opened - begin < 20);
	assert_true(typed - opened < 20);
	textarea_free(t);
	buf_free(&b);
}

static void
is_quick_with_long_texts(void **state)
{
	(void)state;
	time_text("480 kB of words", "one two three, four.\n", 480000);
	time_text("480 kB of Chinese", HAN HAN HAN, 480000);
	time_text("a line of 10,000 columns", "x", 10000);
	time_text("4 MiB in one line", "x", LIMIT - 100);
	time_text("4 MiB of line breaks", "\n", LIMIT - 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wraps_between_words),
		cmocka_unit_test(wraps_chinese_at_odd_and_even_columns),
		cmocka_unit_test(never_wraps_inside_a_cluster),
		cmocka_unit_test(shows_what_is_no_text_escaped),
		cmocka_unit_test(shows_joined_emoji_as_their_parts),
		cmocka_unit_test(shows_no_more_than_eight_marks_on_a_letter),
		cmocka_unit_test(moves_and_deletes_by_clusters),
		cmocka_unit_test(puts_an_accent_on_the_letter_before_it),
		cmocka_unit_test(moves_by_words),
		cmocka_unit_test(goes_to_the_ends_of_row_line_and_text),
		cmocka_unit_test(keeps_the_column_over_short_rows),
		cmocka_unit_test(cuts_to_the_ends_of_the_line),
		cmocka_unit_test(undoes_to_the_first_text),
		cmocka_unit_test(
		    forgets_the_oldest_undo_when_there_is_too_much),
		cmocka_unit_test(refuses_to_grow_beyond_the_limit),
		cmocka_unit_test(leaves_no_deleted_text_behind_the_text),
		cmocka_unit_test(finds_forward_and_around),
		cmocka_unit_test(counts_words_with_and_without_blanks),
		cmocka_unit_test(keeps_the_cursor_in_the_window),
		cmocka_unit_test(random_edits_agree_with_a_plain_array),
		cmocka_unit_test(is_quick_with_long_texts),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
