/* SPDX-License-Identifier: ISC */
/* Vague dates in English words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/buf.h"
#include "record/date_english.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct row {
	const char *json, *words;
};

static void
check(const struct row *rows, size_t n,
    enum vault_err (*put)(struct buf *out, const json_t *object))
{
	for (size_t i = 0; i < n; i++) {
		json_t *object = json_loads(rows[i].json, 0, NULL);
		struct buf out = { 0 };

		assert_non_null(object);
		assert_int_equal(put(&out, object), VAULT_OK);
		assert_string_equal(buf_text(&out), rows[i].words);
		buf_free(&out);
		json_decref(object);
	}
}

static void
says_a_date_as_exactly_as_it_is(void **state)
{
	static const struct row rows[] = {
		{ "{\"edtf\":\"2011-04-26\"}", "on 26 April 2011" },
		{ "{\"edtf\":\"2011-04-26T14:05\"}",
		    "on 26 April 2011, 14:05" },
		{ "{\"edtf\":\"2011-04-26T14:05:09Z\"}",
		    "on 26 April 2011, 14:05:09 UTC" },
		{ "{\"edtf\":\"2011-04-26T14:05+05:30\"}",
		    "on 26 April 2011, 14:05 UTC+05:30" },
		{ "{\"edtf\":\"1999-04\"}", "in April 1999" },
		{ "{\"edtf\":\"1999-04-XX\"}", "on a day in April 1999" },
		{ "{\"edtf\":\"1999-XX-XX\"}", "on a day in 1999" },
		{ "{\"edtf\":\"1999-XX\"}", "in a month of 1999" },
		{ "{\"edtf\":\"1999\"}", "in 1999" },
		{ "{\"edtf\":\"199X\"}", "in a year from 1990 to 1999" },
		{ "{\"edtf\":\"19XX\"}", "in a year from 1900 to 1999" },
		{ "{\"edtf\":\"2011-21\"}", "in spring 2011" },
		{ "{\"edtf\":\"2011-24\"}", "in winter 2011" },
		{ "{\"edtf\":\"1980-05-05?\"}", "probably on 5 May 1980" },
		{ "{\"edtf\":\"1980-05~\"}", "about May 1980" },
		{ "{\"edtf\":\"1980%\"}", "probably about 1980" },
		{ "{\"edtf\":\"2011-02-15~/..\","
		  "\"text\":\"since mid-February\"}",
		    "since about 15 February 2011 (\"since mid-February\")" },
		{ "{\"edtf\":\"../2011-02\"}", "until February 2011" },
		{ "{\"edtf\":\"2011-04-27/2011-04-28\"}",
		    "from 27 April 2011 to 28 April 2011" },
		{ "{\"edtf\":\"2011-04-27/\"}",
		    "from 27 April 2011 to a day that is not known" },
		{ "{\"edtf\":\"/2011-04-27?\"}",
		    "from a day that is not known to probably 27 April 2011" },
		{ "{\"edtf\":\"[2011-04-27..2011-05-09]\"}",
		    "on a day between 27 April 2011 and 9 May 2011" },
		{ "{\"edtf\":\"[..2011-04-26]\",\"text\":\"recently\"}",
		    "on 26 April 2011 or earlier (\"recently\")" },
		{ "{\"edtf\":\"[2011-04..]\"}", "in April 2011 or later" },
		{ "{\"edtf\":\"[1980-05-03,1980-05-05]\"}",
		    "on 3 May 1980 or on 5 May 1980" },
		{ "{\"text\":\"a cold night\"}", "\"a cold night\"" },
		/* Of a newer program, which knows more of it. */
		{ "{\"edtf\":\"Y170000002\"}", "Y170000002" },
		{ "{}", "" },
	};

	(void)state;
	check(rows, N(rows), date_english);
}

static void
says_a_duration(void **state)
{
	static const struct row rows[] = {
		{ "{\"iso\":\"~P10D\",\"text\":\"approximately 10 days\"}",
		    "about 10 days (\"approximately 10 days\")" },
		{ "{\"iso\":\"P1Y2M\"}", "1 year, 2 months" },
		{ "{\"iso\":\"?PT1H30M\"}", "probably 1 hour, 30 minutes" },
		{ "{\"iso\":\"P0D\"}", "0 days" },
		{ "{\"min\":\"P2M\"}", "at least 2 months" },
		{ "{\"min\":\"P2W\",\"max\":\"P3W\"}",
		    "at least 2 weeks, at most 3 weeks" },
		{ "{\"max\":\"%P1D\"}", "at most probably about 1 day" },
		{ "{\"text\":\"all night\"}", "\"all night\"" },
	};
	struct buf day = { 0 };

	(void)state;
	check(rows, N(rows), date_english_span);
	date_english_day(&day, 0);
	assert_string_equal(buf_text(&day), "1 January 1970");
	buf_free(&day);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_a_date_as_exactly_as_it_is),
		cmocka_unit_test(says_a_duration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
