/* SPDX-License-Identifier: ISC */
/* Lines typed at our own prompt, as words. */
#include "split.h"
#include "support.h"

/* The words with a | behind each; "?" if the line is refused. */
static void
assert_words(const char *text, const char *want)
{
	struct buf line = { 0 }, got = { 0 };
	struct split s;

	buf_put_text(&line, text);
	if (split_line(&s, &line)) {
		for (int i = 0; i < s.argc; i++)
			buf_putf(&got, "%s|", s.argv[i]);
		assert_null(s.argv[s.argc]);
		split_free(&s);
	} else {
		buf_put_text(&got, "?");
	}
	assert_string_equal(buf_text(&got), want);
	buf_free(&line);
	buf_free(&got);
}

static void
splits_as_a_shell_would(void **state)
{
	(void)state;
	assert_words("", "");
	assert_words("   ", "");
	assert_words("show", "show|");
	assert_words("  show   腾彪  ", "show|腾彪|");
	assert_words("show \"Teng Biao\"", "show|Teng Biao|");
	assert_words("show 'Teng \"x\" Biao'", "show|Teng \"x\" Biao|");
	assert_words("show Teng\\ Biao", "show|Teng Biao|");
	assert_words("show \"a\\\"b\"", "show|a\"b|");
	assert_words("show 'a\\b'", "show|a\\b|");
	assert_words("show a\"b c\"d", "show|ab cd|");
	assert_words("show \"\" x", "show||x|");
	assert_words("show x\\", "show|x\\|");
	assert_words("show \"open", "?");
	assert_words("show 'open", "?");
	/* Nothing is expanded. */
	assert_words("show $HOME * ~ `x` ; | #", "show|$HOME|*|~|`x`|;|||#|");
}

static void
knows_an_apostrophe(void **state)
{
	(void)state;
	assert_words("show O'Brien", "show|O'Brien|");
	assert_words("find O'Brien it's", "find|O'Brien|it's|");
	assert_words("find 'til", "find|'til|");
}

static void
leaves_the_quotes_of_a_query(void **state)
{
	(void)state;
	assert_words("find \"teng biao\" AND x", "find|\"teng biao\"|AND|x|");
	assert_words("list \"open", "list|\"open|");
	assert_words("find a\\b", "find|a\\b|");
	assert_words("find --like \"Teng Bao\"", "find|--like|Teng Bao|");
}

static void
quotes_so_that_it_is_one_word_again(void **state)
{
	static const char *const texts[] = { "a", "a b", "O'Brien", "a\"b\\c",
		"'", "\\", "腾彪 x", "سلام العلي", " " };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf line = { 0 };
		struct split s;

		buf_put_text(&line, "show ");
		split_quote(&line, texts[i]);
		assert_true(split_line(&s, &line));
		assert_int_equal(s.argc, 2);
		assert_string_equal(s.argv[1], texts[i]);
		split_free(&s);
		buf_free(&line);
	}
}

static void
finds_the_word_that_is_being_typed(void **state)
{
	static const struct {
		const char *line;
		size_t at, from;
		unsigned n;
	} cases[] = {
		{ "", 0, 0, 0 },
		{ "sh", 2, 0, 0 },
		{ "  sh", 4, 2, 0 },
		{ "show ", 5, 5, 1 },
		{ "show teng", 9, 5, 1 },
		{ "show teng", 7, 5, 1 },
		{ "show teng", 2, 0, 0 },
		{ "show \"teng b", 12, 5, 1 },
		{ "show \"teng b\" c", 15, 14, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf line = { 0 };
		unsigned n;

		buf_put_text(&line, cases[i].line);
		assert_int_equal(
		    split_at(&line, cases[i].at, &n), cases[i].from);
		assert_int_equal(n, cases[i].n);
		buf_free(&line);
	}
}

static void
refuses_too_many_words(void **state)
{
	struct buf line = { 0 };
	struct split s;

	(void)state;
	for (int i = 0; i < SPLIT_MAX; i++)
		buf_put_text(&line, "x ");
	assert_true(split_line(&s, &line));
	assert_int_equal(s.argc, SPLIT_MAX);
	split_free(&s);
	buf_put_text(&line, "x");
	assert_false(split_line(&s, &line));
	buf_free(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_as_a_shell_would),
		cmocka_unit_test(knows_an_apostrophe),
		cmocka_unit_test(leaves_the_quotes_of_a_query),
		cmocka_unit_test(quotes_so_that_it_is_one_word_again),
		cmocka_unit_test(finds_the_word_that_is_being_typed),
		cmocka_unit_test(refuses_too_many_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
