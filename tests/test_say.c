/* SPDX-License-Identifier: ISC */
/* Sentences with a count: the form that the count wants. */
#include "say.h"
#include "support.h"

static void
counts_one_and_many(void **state)
{
	(void)state;
	assert_string_equal(say_counted(SAY_N_RECORDS, 0), "0 records");
	assert_string_equal(say_counted(SAY_N_RECORDS, 1), "1 record");
	assert_string_equal(say_counted(SAY_N_RECORDS, 2), "2 records");
	/* Not the one in front of a comma that parts thousands. */
	assert_string_equal(say_counted(SAY_N_RECORDS, 1000), "1000 records");
	assert_string_equal(
	    say_counted(SAY_N_RECORDS, 10001), "10,001 records");
}

static void
takes_the_first_argument_wherever_it_stands(void **state)
{
	struct buf b = { 0 };

	(void)state;
	say_put(&b, SAY_WIPE_LOSSES, say_number(1), "noon",
	    say_counted(SAY_N_RECORDS, 3), NULL);
	assert_string_equal(buf_text(&b),
	    "the last backup was made at noon; 1 of 3 records was written since"
	    " then, and is nowhere else that it knows of");
	buf_reset(&b);
	say_put(&b, SAY_WIPE_LOSSES, say_number(2), "noon",
	    say_counted(SAY_N_RECORDS, 3), NULL);
	assert_string_equal(buf_text(&b),
	    "the last backup was made at noon; 2 of 3 records were written "
	    "since"
	    " then, and are nowhere else that it knows of");
	buf_free(&b);
}

/* A caller that forgot its count, or has a text there, brings nobody down. */
static void
survives_a_count_that_is_none(void **state)
{
	struct buf b = { 0 };

	(void)state;
	say_put(&b, SAY_N_RECORDS, NULL);
	assert_string_equal(buf_text(&b), " records");
	buf_reset(&b);
	say_put(&b, SAY_N_RECORDS, "some", NULL);
	assert_string_equal(buf_text(&b), "some records");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_one_and_many),
		cmocka_unit_test(takes_the_first_argument_wherever_it_stands),
		cmocka_unit_test(survives_a_count_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
