/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "record/date.h"
#include "record/json.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* A day as text, "-" for an unbounded end. */
static void
check_day(int32_t day, const char *want)
{
	char text[32] = "-";
	int year, month, dom;

	if (day != INT32_MIN && day != INT32_MAX) {
		date_from_day(&year, &month, &dom, day);
		snprintf(
		    text, sizeof(text), "%04d-%02d-%02d", year, month, dom);
	}
	assert_string_equal(text, want);
}

static void
check_date(const char *edtf, const char *lo, const char *hi)
{
	struct buf out = { 0 };
	struct date_days days;
	struct date date;

	if (date_parse(&date, edtf, strlen(edtf)) != VAULT_OK)
		fail_msg("%s", edtf);
	date_days(&days, &date);
	check_day(days.lo, lo);
	check_day(days.hi, hi);
	assert_true(date_print(&out, &date));
	assert_string_equal(buf_text(&out), edtf);
	buf_free(&out);
}

static void
knows_every_row_of_the_table(void **state)
{
	(void)state;
	check_date("2011-02-15~/..", "2011-02-15", "-");
	check_date("[..2011-04-26]", "-", "2011-04-26");
	check_date("[..2011-02-26]", "-", "2011-02-26");
	check_date("2011-04-27/2011-04-28", "2011-04-27", "2011-04-28");
	check_date("[2011-04-27..2011-05-09]", "2011-04-27", "2011-05-09");
	check_date("1999-04", "1999-04-01", "1999-04-30");
	check_date("1999-04-XX", "1999-04-01", "1999-04-30");
	check_date("1980-05-05?", "1980-05-05", "1980-05-05");
	check_date("[1980-05-21..1980-05-31]", "1980-05-21", "1980-05-31");
	check_date("[1980-05-03,1980-05-05]", "1980-05-03", "1980-05-05");
}

static void
knows_the_other_forms(void **state)
{
	(void)state;
	check_date("2011", "2011-01-01", "2011-12-31");
	check_date("2011-XX", "2011-01-01", "2011-12-31");
	check_date("2011-XX-XX", "2011-01-01", "2011-12-31");
	check_date("201X", "2010-01-01", "2019-12-31");
	check_date("20XX?", "2000-01-01", "2099-12-31");
	check_date("00XX", "0001-01-01", "0099-12-31");
	check_date("2012-02", "2012-02-01", "2012-02-29");
	check_date("1900-02-28%", "1900-02-28", "1900-02-28");
	check_date("2000-02-29", "2000-02-29", "2000-02-29");
	check_date("2011-21", "2011-01-01", "2011-12-31");
	check_date("2011-22~", "2011-01-01", "2012-02-29");
	check_date("2011-23", "2011-01-01", "2011-12-31");
	check_date("2012-24", "2012-01-01", "2013-02-28");
	check_date("/2011-04-26", "-", "2011-04-26");
	check_date("../2011-04-26", "-", "2011-04-26");
	check_date("2011-04-26/", "2011-04-26", "-");
	check_date("[2011-04-26..]", "2011-04-26", "-");
	check_date("2011?/2012~", "2011-01-01", "2012-12-31");
	check_date("2011-04-26T10:30", "2011-04-26", "2011-04-26");
	check_date("2011-04-26T23:59:59Z", "2011-04-26", "2011-04-26");
	check_date("2011-04-26T10:30+08", "2011-04-26", "2011-04-26");
	check_date("2011-04-26T10:30:00-03:30", "2011-04-26", "2011-04-26");
	check_date("[1980-05-05,1980-05-03]", "1980-05-03", "1980-05-05");
	check_date("9999-12-31", "9999-12-31", "9999-12-31");
	check_date("0001-01-01", "0001-01-01", "0001-01-01");
}

static void
refuses_impossible_and_foreign_dates(void **state)
{
	static const char *const bad[] = { "", " ", "1980-02-30", "1980-13",
		"1980-00", "1980-05-00", "1980-05-32", "1900-02-29", "12011",
		"2011-4", "2011-04-2", "201", "0000", "-0044", "Y170000002",
		"1XXX", "XXXX", "20X1", "201X-04", "2011-0X", "2011-04-2X",
		"2011-XX-05", "2011-25", "2011-20", "2011-21-01", "?2011",
		"2011?-04", "2011??", "2011-04-26 ", " 2011", "2011/04/26",
		"26.4.2011", "2011/2010", "2011-05-01/2011-04", "/", "..",
		"../..", "../", "/..", "2011/2012/2013", "2011..2012", "[2011",
		"2011]", "[]", "[..]", "[2011]", "[2011,]", "[,2011]",
		"[2011..2010]", "[2011,2012,2013]", "[2011,2012..2013]",
		"{2011,2012}", "2011-04T10:30", "2011-04-26T",
		"2011-04-26T24:00", "2011-04-26T10", "2011-04-26T10:60",
		"2011-04-26T10:30:60", "2011-04-26T10:30+15",
		"2011-04-26T10:30?", "2011-04-26T10:30/2012",
		"2011-04-26t10:30", "\xd9\xa2\xd9\xa0" };
	struct date date;

	(void)state;
	for (size_t i = 0; i < N(bad); i++)
		if (date_parse(&date, bad[i], strlen(bad[i])) != VAULT_EUSE)
			fail_msg("accepted '%s'", bad[i]);
	assert_int_equal(date_parse(&date, "2011\0", 5), VAULT_EUSE);
	assert_int_equal(date_parse(&date, NULL, 0), VAULT_EUSE);
}

static void
counts_days_from_1970(void **state)
{
	int32_t day = date_to_day(1, 1, 1);

	(void)state;
	assert_int_equal(date_to_day(1970, 1, 1), 0);
	assert_int_equal(date_to_day(1969, 12, 31), -1);
	assert_int_equal(date_to_day(2000, 3, 1), 11017);
	assert_int_equal(date_to_day(1, 1, 1), -719162);
	for (; day <= date_to_day(9999, 12, 31); day++) {
		int year, month, dom;

		date_from_day(&year, &month, &dom, day);
		if (date_to_day(year, month, dom) != day)
			fail_msg("day %d", (int)day);
	}
}

static int
below(int n)
{
	return rand() % n;
}

static void
random_point(struct date_point *p, bool with_time)
{
	static const char qualifiers[] = { '\0', '?', '~', '%' };

	*p = (struct date_point){ .bound = DATE_STATED };
	p->year = (uint16_t)(1 + below(9999));
	p->qualifier = qualifiers[below(4)];
	if (below(8) == 0) {
		p->year_x = (uint8_t)(1 + below(2));
		p->year = (uint16_t)(p->year -
		    p->year % (p->year_x == 1 ? 10 : 100));
		return;
	}
	if (below(8) == 0)
		p->month = (uint8_t)(21 + below(4));
	else if (below(8) == 0)
		p->month = DATE_UNSPECIFIED;
	else
		p->month = (uint8_t)below(13);
	if (p->month == DATE_UNSPECIFIED)
		p->day = below(2) ? DATE_UNSPECIFIED : 0;
	else if (p->month > 0 && p->month < 13)
		p->day = (uint8_t)below(29);
	if (!with_time || p->day == 0 || p->day > 28 || below(3))
		return;
	p->qualifier = '\0';
	p->has_time = true;
	p->hour = (uint8_t)below(24);
	p->minute = (uint8_t)below(60);
	if ((p->has_seconds = below(2)))
		p->second = (uint8_t)below(60);
	p->zone = "\0Z+-"[below(4)];
	if (p->zone == '+' || p->zone == '-') {
		p->zone_hour = (uint8_t)below(15);
		if ((p->has_zone_minute = below(2)))
			p->zone_minute = (uint8_t)below(60);
	}
}

static void
reads_back_every_date_that_it_prints(void **state)
{
	int accepted = 0;

	(void)state;
	srand(20110426);
	for (int i = 0; i < 200000; i++) {
		struct buf out = { 0 }, again = { 0 };
		struct date date = { .form = (enum date_form)below(4) }, back;

		random_point(&date.from, date.form == DATE_SINGLE);
		if (date.form != DATE_SINGLE)
			random_point(&date.to, false);
		if (date.form != DATE_SINGLE && date.form != DATE_EITHER &&
		    below(4) == 0)
			date.to = (struct date_point){ .bound = DATE_OPEN };
		assert_true(date_print(&out, &date));
		if (date_parse(&back, (const char *)out.bytes, out.len) ==
		    VAULT_OK) {
			accepted++;
			assert_true(date_print(&again, &back));
			assert_string_equal(buf_text(&out), buf_text(&again));
		} else { /* from after to */
			assert_true(date.form == DATE_INTERVAL ||
			    date.form == DATE_WITHIN);
		}
		buf_free(&out);
		buf_free(&again);
	}
	assert_true(accepted > 100000);
}

static void
check_span(const char *text, int32_t least, int32_t most)
{
	struct buf out = { 0 };
	struct date_days days;
	struct date_span span;

	assert_int_equal(date_span_parse(&span, text, strlen(text)), VAULT_OK);
	date_span_days(&days, &span);
	assert_int_equal(days.lo, least);
	assert_int_equal(days.hi, most);
	assert_true(date_span_print(&out, &span));
	assert_string_equal(buf_text(&out), text);
	buf_free(&out);
}

static void
knows_durations(void **state)
{
	static const char *const bad[] = { "", "P", "PT", "~", "10D", "P10",
		"P10D~", "P1DT", "P1M1Y", "P1.5D", "P-1D", "P01D", "P100000D",
		"P1S", "p1d", "P1D ", "~~P1D", "P1Y1Y", "PT1D" };
	struct date_span span;

	(void)state;
	check_span("~P10D", 10, 10);
	check_span("P0D", 0, 0);
	check_span("P2W", 14, 14);
	check_span("P1Y2M", 365 + 56, 366 + 62);
	check_span("?P1Y2M3W4DT5H6M7S", 365 + 56 + 25, 366 + 62 + 25 + 3);
	check_span("%PT36H", 0, 2);
	for (size_t i = 0; i < N(bad); i++)
		if (date_span_parse(&span, bad[i], strlen(bad[i])) !=
		    VAULT_EUSE)
			fail_msg("accepted '%s'", bad[i]);
}

static json_t *
read_json(const char *text)
{
	json_t *value;

	assert_int_equal(
	    json_read(&value, text, strlen(text), 4096, NULL), VAULT_OK);
	return value;
}

static void
checks_date_objects(void **state)
{
	static const struct {
		const char *text;
		enum date_fault fault;
	} rows[] = {
		{ "{\"edtf\": \"2011-04\"}", DATE_FAULT_NONE },
		{ "{\"text\": \"1980-02-30\"}", DATE_FAULT_NONE },
		{ "{}", DATE_FAULT_EMPTY },
		{ "{\"edtf\": \"1980-02-30\", \"text\": \"x\"}",
		    DATE_FAULT_EDTF },
		{ "{\"edtf\": 2011}", DATE_FAULT_KIND },
		{ "[]", DATE_FAULT_KIND },
	};
	struct date_days days;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		json_t *value = read_json(rows[i].text);

		assert_int_equal(date_object_check(value), rows[i].fault);
		assert_int_equal(date_object_days(&days, value), i == 0);
		json_decref(value);
	}
	assert_int_equal(date_object_check(NULL), DATE_FAULT_KIND);
	assert_false(date_object_days(&days, NULL));
}

static void
checks_span_objects(void **state)
{
	static const struct {
		const char *text;
		enum date_fault fault;
	} rows[] = {
		{ "{\"iso\": \"~P10D\"}", DATE_FAULT_NONE },
		{ "{\"min\": \"P10D\"}", DATE_FAULT_NONE },
		{ "{\"min\": \"P10D\", \"max\": \"P2W\"}", DATE_FAULT_NONE },
		{ "{\"text\": \"about ten days\"}", DATE_FAULT_NONE },
		{ "{}", DATE_FAULT_EMPTY },
		{ "{\"iso\": \"10 days\"}", DATE_FAULT_ISO },
		{ "{\"iso\": \"P1D\", \"max\": \"P2D\"}", DATE_FAULT_BOTH },
		{ "{\"min\": \"P2W\", \"max\": \"P10D\"}", DATE_FAULT_ORDER },
		{ "{\"min\": 10}", DATE_FAULT_KIND },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		json_t *value = read_json(rows[i].text);

		assert_int_equal(date_span_object_check(value), rows[i].fault);
		json_decref(value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_every_row_of_the_table),
		cmocka_unit_test(knows_the_other_forms),
		cmocka_unit_test(refuses_impossible_and_foreign_dates),
		cmocka_unit_test(counts_days_from_1970),
		cmocka_unit_test(reads_back_every_date_that_it_prints),
		cmocka_unit_test(knows_durations),
		cmocka_unit_test(checks_date_objects),
		cmocka_unit_test(checks_span_objects),
	};

	json_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
