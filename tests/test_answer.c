/* SPDX-License-Identifier: ISC */
/* Yes, no, or neither: words of English, whatever else is translated. */
#include <string.h>

#include "answer.h"
#include "support.h"

static enum answer_is
is(const char *text)
{
	return answer_is(text, strlen(text));
}

static void
takes_letters_and_words(void **state)
{
	static const char *const yes[] = { "y", "Y", "yes", "YES", " y ",
		"\xef\xbd\x99" /* of full width */ };
	static const char *const no[] = { "n", "N", "no", "No",
		"\xef\xbc\xae" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_int_equal(is(yes[i]), IS_YES);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_int_equal(is(no[i]), IS_NO);
	assert_true(answer_is_yes("y", 1));
	assert_false(answer_is_yes("n", 1));
}

static void
enter_is_neither_of_them(void **state)
{
	(void)state;
	assert_int_equal(is(""), IS_BLANK);
	assert_int_equal(is(" \t"), IS_BLANK);
	assert_int_equal(answer_is(NULL, 0), IS_BLANK);
	assert_false(answer_is_yes("", 0));
}

static void
takes_no_beginning_for_a_word(void **state)
{
	static const char *const neither[] = { "yesterday", "yn", "y n",
		"nobody", "?", "-", "si", "\xe6\x98\xaf", "\xff", "yes no" };

	(void)state;
	for (size_t i = 0; i < sizeof(neither) / sizeof(neither[0]); i++)
		assert_int_equal(is(neither[i]), IS_NEITHER);
	/* What stands behind is not read. */
	assert_int_equal(answer_is("yes", 1), IS_YES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_letters_and_words),
		cmocka_unit_test(enter_is_neither_of_them),
		cmocka_unit_test(takes_no_beginning_for_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
