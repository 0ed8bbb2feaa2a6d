/* SPDX-License-Identifier: ISC */
/* Cells of lists read as dates: what is understood, and what must not be. */
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
#include "record/date_lexicon.h"
#include "record/date_words.h"
#include "record/json.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static struct date_rules
rules_of(const char *json)
{
	struct date_rules rules;
	struct date_rules_fault fault;
	json_t *value;

	assert_int_equal(
	    json_read(&value, json, strlen(json), 4096, NULL), VAULT_OK);
	if (date_rules_read(&rules, &fault, value) != VAULT_OK)
		fail_msg("%s: %s '%s'", json, fault.rule, fault.value);
	json_decref(value);
	return rules;
}

static const char *const reasons[] = {
	[DATE_READ] = "read",
	[DATE_NOT_READ] = "not read",
	[DATE_TWO_MEANINGS] = "two meanings",
	[DATE_SEVERAL] = "several",
	[DATE_NO_SUCH_DAY] = "no such day",
	[DATE_BACKWARDS] = "backwards",
};

/* The EDTF, or why there is none. */
static void
read_cell(struct buf *out, const struct date_rules *rules, const char *cell)
{
	enum date_reading what;
	struct date date;

	assert_int_equal(
	    date_words_read(out, &what, rules, cell, strlen(cell)), VAULT_OK);
	if (what != DATE_READ) {
		assert_int_equal(out->len, 0);
		buf_put_text(out, reasons[what]);
	} else {
		assert_int_equal(
		    date_parse(&date, buf_text(out), out->len), VAULT_OK);
	}
}

struct row {
	const char *cell, *wanted;
};

/* All rows, so that one run shows all that fail. */
static void
check_rows(const char *json, const struct row *rows, size_t n)
{
	struct date_rules rules = rules_of(json);
	struct buf out = { 0 };
	size_t failed = 0;

	for (size_t i = 0; i < n; i++) {
		read_cell(&out, &rules, rows[i].cell);
		if (strcmp(buf_text(&out), rows[i].wanted) == 0)
			continue;
		print_message("'%s' is %s, not %s\n", rows[i].cell,
		    buf_text(&out), rows[i].wanted);
		failed++;
	}
	buf_free(&out);
	assert_int_equal(failed, 0);
}

#define NO "not read"
#define TWO "two meanings"
#define MANY "several"
#define NEVER "no such day"

static void
reads_numbers_in_the_order_of_the_map(void **state)
{
	static const struct row dmy[] = {
		{ "3/5/1980", "1980-05-03" },
		{ "03.05.1980", "1980-05-03" },
		{ "3-5-1980", "1980-05-03" },
		{ "3 / 5 / 1980", "1980-05-03" },
		{ " 3. 5. 1980 ", "1980-05-03" },
		{ "\xc2\xa0"
		  "3/5/1980\xe3\x80\x80",
		    "1980-05-03" },
		{ "３／５／１９８０", "1980-05-03" },
		{ "3\xe2\x80\x93"
		  "5\xe2\x80\x93"
		  "1980",
		    "1980-05-03" },
		{ "29/2/2000", "2000-02-29" },
		{ "1980", "1980" },
		{ "29/2/1900", NEVER },
		{ "30/2/1980", NEVER },
		{ "30.02.1980", NEVER },
		{ "31/4/1980", NEVER },
		{ "32/5/1980", NEVER },
		{ "3/13/1980", NEVER },
		{ "0/5/1980", NEVER },
		{ "00/05/1980", NEVER },
		{ "12345/5/1980", NO },
		{ "3/5/11980", NO },
		{ "3/5/0980", NO },
		{ "3/5/1359", NO }, /* of another calendar */
		{ "3/5/2523", NO },
		{ "1o/5/1980", NO },
		{ "1O/5/1980", NO },
		{ "3/5/80", NO },
		{ "1980/5/3", NO },
		{ "5/1980", NO },
		{ "3/5-1980", NO },
		{ "3/5/1980/6", NO },
		{ "3_5_1980", NO },
		{ "3/5/1980?", NO },
		{ "3/5/1980 or so", NO },
		{ "x 3/5/1980", NO },
		{ "3/5/1980x", NO },
		{ "3/5/19\xc2\xb2"
		  "0",
		    NO },
		{ "29344", NO },
		{ "", NO },
		{ "?", NO },
		{ "1980 to 1981", NO },
		{ "1980-1981", NO },
		{ "1980/1981", NO },
		{ "3 May 1980", NO },
		{ "٣/٥/١٩٨٠", NO },
	};
	static const struct row two[] = {
		{ "3/5/1980", TWO },
		{ "5/5/1980", "1980-05-05" },
		{ "25/3/1980", "1980-03-25" },
		{ "3/25/1980", "1980-03-25" },
		{ "25/25/1980", NEVER },
	};
	static const struct row years_first[] = {
		{ "1980/5/3", "1980-05-03" },
		{ "1980-05", "1980-05" },
		{ "5/1980", NO },
		{ "19800503", "1980-05-03" },
		{ "198005", "1980-05" },
		{ "19801301", NEVER },
		{ "1980 5 3", NO },
	};
	static const struct row blanks[] = {
		{ "3 5 1980", "1980-05-03" },
		{ "3/5/1980", NO },
	};

	(void)state;
	check_rows("{\"order\":\"dmy\",\"separators\":\"/.-\"}", dmy, N(dmy));
	check_rows("{\"order\":[\"dmy\",\"mdy\"]}", two, N(two));
	check_rows("{\"order\":[\"ymd\",\"ym\"],\"separators\":[\"/-\",\"\"]}",
	    years_first, N(years_first));
	check_rows(
	    "{\"order\":[\"dmy\"],\"separators\":\" \"}", blanks, N(blanks));
}

static void
reads_two_digits_by_the_pivot(void **state)
{
	static const struct row dmy[] = {
		{ "3/5/80", "1980-05-03" },
		{ "3/5/30", "2030-05-03" },
		{ "3/5/31", "1931-05-03" },
		{ "3/5/00", "2000-05-03" },
		{ "3/5/1980", "1980-05-03" },
		{ "3/5/180", NO },
		{ "3/5/8", NO },
		{ "80", NO },
		{ "3/5/'80", NO },
	};
	static const struct row old[] = {
		{ "3/5/50", "1950-05-03" },
		{ "3/5/51", "1851-05-03" },
	};
	static const struct row both[] = {
		{ "10/11/12", TWO },
		{ "31/04/05", TWO },
		{ "10/10/10", "2010-10-10" },
		{ "25/3/80", "1980-03-25" },
	};
	static const struct row none[] = {
		{ "030580", "1980-05-03" },
		{ "03051980", "1980-05-03" },
		{ "0305", "0305" },
	};
	static const struct row mixed[] = {
		{ "1205", "2005-12" },
		{ "1980", "1980" },
		{ "12/05", "2005-12" },
	};

	(void)state;
	check_rows("{\"order\":\"dmy\",\"pivot\":30}", dmy, N(dmy));
	check_rows("{\"order\":\"dmy\",\"pivot\":1950}", old, N(old));
	check_rows("{\"order\":[\"dmy\",\"ymd\"],\"pivot\":30}", both, N(both));
	check_rows("{\"order\":[\"dmy\"],\"pivot\":30,\"separators\":\"\"}",
	    none, N(none) - 1);
	check_rows(
	    "{\"order\":\"my\",\"pivot\":30,\"separators\":[\"\",\"/\"]}",
	    mixed, N(mixed));
}

static void
an_unknown_part_is_what_the_map_calls_so(void **state)
{
	static const struct row rows[] = {
		{ "00/05/1980", "1980-05-XX" },
		{ "XX.05.1980", "1980-05-XX" },
		{ "dd/05/1980", "1980-05-XX" },
		{ "DD/MM/1980", "1980-XX-XX" },
		{ "00-00-1980", "1980-XX-XX" },
		{ "?\?/05/1980", "1980-05-XX" },
		{ "00/1980", "1980-XX" },
		{ "03/00/1980", NO }, /* a day of no month */
		{ "03/05/00", NO },   /* no year, and not 2000 */
		{ "03/05/yyyy", NO },
		{ "0/5/1980", NEVER },
		{ "x/5/1980", NO },
		{ "00/00/00", NO },
	};
	static const struct row joined[] = {
		{ "19800500", "1980-05-XX" },
		{ "198005XX", "1980-05-XX" },
		{ "19800000", "1980-XX-XX" },
		{ "19800003", NO },
		{ "00000503", NO },
		{ "198005", NO },
		{ "19800532", NEVER },
	};
	static const struct row words[] = {
		{ "before 00/05/1980", NO },
		{ "by 00/05/1980", "[..1980-05-XX]" },
		{ "XX May 1980", "1980-05-XX" },
		{ "early XX/05/1980", NO },
	};

	(void)state;
	check_rows("{\"order\":[\"dmy\",\"my\"],\"pivot\":30,\"unknown\":"
		   "[\"00\",\"XX\",\"dd\",\"mm\",\"yyyy\",\"?\?\"]}",
	    rows, N(rows));
	check_rows("{\"order\":\"ymd\",\"separators\":\"\",\"unknown\":"
		   "[\"00\",\"XX\"]}",
	    joined, N(joined));
	check_rows("{\"order\":\"dmy\",\"unknown\":[\"00\",\"XX\"],"
		   "\"months\":\"en\",\"words\":\"en\"}",
	    words, N(words));
}

static void
reads_names_and_roman_months(void **state)
{
	static const struct row names[] = {
		{ "3 May 1980", "1980-05-03" },
		{ "3 MAY 1980", "1980-05-03" },
		{ "May 3, 1980", "1980-05-03" },
		{ "1980 May 3", "1980-05-03" },
		{ "3rd of May, 1980", "1980-05-03" },
		{ "the 3rd of May 1980", "1980-05-03" },
		{ "03-May-1980", "1980-05-03" },
		{ "03MAY1980", "1980-05-03" },
		{ "Dec 10, 1999", "1999-12-10" },
		{ "Sept. 3, 1980", "1980-09-03" },
		{ "May 1980", "1980-05" },
		{ "May, 1980.", "1980-05" },
		{ "3 de mayo de 1980", "1980-05-03" },
		{ "1º de mayo del año 1980", "1980-05-01" },
		{ "1ro. de mayo de 1980", "1980-05-01" },
		{ "1O de mayo de 1980", "1980-05-01" },
		{ "2o de mayo de 1980", NO },
		{ "en setiembre de 1980", "1980-09" },
		{ "3 MAR 1980", "1980-03-03" },
		{ "1980年5月3日", "1980-05-03" },
		{ "1980 年 5 月 3 日", "1980-05-03" },
		{ "1980年5月3号", "1980-05-03" },
		{ "1980年5月", "1980-05" },
		{ "1980年", "1980" },
		{ "一九八〇年五月三日", "1980-05-03" },
		{ "二〇一一年十二月二十三日", "2011-12-23" },
		{ "二〇一一年十月三十一日", "2011-10-31" },
		{ "30 February 1980", NEVER },
		{ "30 de febrero de 1980", NEVER },
		{ "1980年2月30日", NEVER },
		{ "1980年13月", NEVER },
		{ "80年5月3日", NO },
		{ "民国69年5月3日", NO },
		{ "5月3日", NO },
		{ "1980年5月3", NO },
		{ "一九八年五月", NO },
		{ "十十月", NO },
		{ "3 May", NO },
		{ "May", NO },
		{ "May 80", NO },
		{ "3 May 80", NO },
		{ "3 Mayo", NO },
		{ "3 Mai 1980", NO },
		{ "3 Maybe 1980", NO },
		{ "May June 1980", NO },
		{ "3 V 1980", NO },
		{ "May 1980 3", NO },
		{ "May 1980-3", NO },
		{ "1980 3 May", NO },
		{ "3-5 May 1980", NO },
		{ "3 May-1980", NO },
		{ "3 May-5 June 1980", NO },
		{ "May-June 1980", NO },
		{ "May-1980", "1980-05" },
		{ "3/May/1980", "1980-05-03" },
		{ "Tuesday 3 May 1980", NO },
		{ "3/5/1980", NO },
	};
	static const struct row roman[] = {
		{ "3.V.1980", "1980-05-03" },
		{ "3/xii/80", "1980-12-03" },
		{ "3-IV-1980", "1980-04-03" },
		{ "V 1980", "1980-05" },
		{ "V.80", NO },
		{ "3.XIII.1980", NO },
		{ "3.IIII.1980", NO },
		{ "31.IV.1980", NEVER },
		{ "10.V.12", "2012-05-10" },
		{ "1980.V.3", "1980-05-03" },
	};
	static const struct row month_first[] = {
		{ "May 3, 80", "1980-05-03" },
		{ "May 05 07", "2007-05-05" },
		{ "May 05-07", NO },
		{ "3 May 80", NO },
		{ "03-05 May", NO },
		{ "3 May 1980", "1980-05-03" },
	};
	static const struct row without[] = {
		{ "10 May 12", NO },
		{ "10 May 80", NO },
		{ "80-05 May", NO },
	};

	(void)state;
	check_rows("{\"months\":[\"en\",\"es\",\"zh\"]}", names, N(names));
	check_rows(
	    "{\"order\":\"dmy\",\"pivot\":30,\"roman\":true}", roman, N(roman));
	check_rows("{\"order\":\"mdy\",\"months\":\"en\",\"pivot\":30}",
	    month_first, N(month_first));
	check_rows("{\"months\":\"en\",\"pivot\":30}", without, N(without));
}

static const char all_rules[] =
    "{\"order\":[\"dmy\",\"my\"],\"pivot\":30,\"roman\":true,"
    "\"months\":[\"en\",\"es\",\"zh\"],\"words\":[\"en\",\"es\",\"zh\"],"
    "\"unknown\":[\"00\",\"XX\",\"dd\"],\"edtf\":true,"
    "\"several\":[\" / \",\";\",\" y \"]}";

static void
reads_what_is_said_of_a_date(void **state)
{
	static const struct row rows[] = {
		/* The table of records.md. */
		{ "since mid-February 2011", "2011-02-15~/.." },
		{ "some day in April 1999", NO },
		{ "April 1999", "1999-04" },
		{ "probably 5 May 1980", "1980-05-05?" },
		{ "end of May 1980", "[1980-05-21..1980-05-31]" },
		{ "the 3rd or the 5th of May 1980", "[1980-05-03,1980-05-05]" },
		{ "1980-02-30", NO },
		{ "3 May and 9 June 1980", MANY },
		/* Before, after. */
		{ "before 5 May 1980", "[..1980-05-04]" },
		{ "before 1/5/1980", "[..1980-04-30]" },
		{ "prior to May 1980", "[..1980-04]" },
		{ "before January 1980", "[..1979-12]" },
		{ "before 1980", "[..1979]" },
		{ "by 5 May 1980", "[..1980-05-05]" },
		{ "on or before 5 May 1980", "[..1980-05-05]" },
		{ "5 May 1980 or earlier", "[..1980-05-05]" },
		{ "after 31 December 1980", "[1981-01-01..]" },
		{ "after December 1980", "[1981-01..]" },
		{ "after 1980", "[1981..]" },
		{ "not before May 1980", "[1980-05..]" },
		{ "1980 or later", "[1980..]" },
		{ "since 1980", "1980/.." },
		{ "until 5 May 1980", "../1980-05-05" },
		{ "antes de mayo de 1980", "[..1980-04]" },
		{ "antes del 5 de mayo de 1980", "[..1980-05-04]" },
		{ "después de 1980", "[1981..]" },
		{ "desde mediados de febrero de 2011", "2011-02-15~/.." },
		{ "hasta mayo de 1980", "../1980-05" },
		{ "a más tardar el 5 de mayo de 1980", "[..1980-05-05]" },
		{ "a partir de 1980", "1980/.." },
		{ "1980年5月之前", "[..1980-04]" },
		{ "1980年5月以前", "[..1980-05]" },
		{ "1980年5月3日以后", "[1980-05-03..]" },
		{ "1980年5月3日之後", "[1980-05-04..]" },
		{ "自1980年起", "1980/.." },
		{ "2011年2月中旬以来", "2011-02-15~/.." },
		{ "1980年5月5日之前", "[..1980-05-04]" },
		{ "1980年5月5日以前", "[..1980-05-05]" },
		{ "1980年以后", "[1980..]" },
		{ "after May 1980", "[1980-06..]" },
		{ "Tuesday 6 May 1980", NO },
		/* Between, from, or. */
		{ "between 3 and 5 May 1980", "[1980-05-03..1980-05-05]" },
		{ "between 3 May 1980 and 9 June 1981",
		    "[1980-05-03..1981-06-09]" },
		{ "between 1979 and 1980", "[1979..1980]" },
		{ "from 3 to 5 May 1980", "1980-05-03/1980-05-05" },
		{ "3 to 5 May 1980", "1980-05-03/1980-05-05" },
		{ "May to June 1980", "1980-05/1980-06" },
		{ "3 or 5 May 1980", "[1980-05-03,1980-05-05]" },
		{ "3 May or 9 June 1980", "[1980-05-03,1980-06-09]" },
		{ "1979 or 1980", "[1979,1980]" },
		{ "3 o 5 de mayo de 1980", "[1980-05-03,1980-05-05]" },
		{ "entre el 3 y el 5 de mayo de 1980",
		    "[1980-05-03..1980-05-05]" },
		{ "del 3 al 5 de mayo de 1980", "1980-05-03/1980-05-05" },
		{ "desde el 3 hasta el 5 de mayo de 1980",
		    "1980-05-03/1980-05-05" },
		{ "1980年5月3日或5日", "[1980-05-03,1980-05-05]" },
		{ "1980年5月3日至5日", "1980-05-03/1980-05-05" },
		{ "1980年5月3日至6月2日", "1980-05-03/1980-06-02" },
		{ "从1980年5月到6月", "1980-05/1980-06" },
		{ "1980年5月3日和5日之间", "[1980-05-03..1980-05-05]" },
		{ "介于1979年和1980年之间", "[1979..1980]" },
		/* Thirds. */
		{ "early May 1980", "[1980-05-01..1980-05-10]" },
		{ "mid-May 1980", "[1980-05-11..1980-05-20]" },
		{ "late February 1980", "[1980-02-21..1980-02-29]" },
		{ "early in 1980", "[1980-01..1980-04]" },
		{ "mid 1980", "[1980-05..1980-08]" },
		{ "late 1980", "[1980-09..1980-12]" },
		{ "a principios de mayo de 1980", "[1980-05-01..1980-05-10]" },
		{ "mediados de 1980", "[1980-05..1980-08]" },
		{ "a fines de mayo de 1980", "[1980-05-21..1980-05-31]" },
		{ "1980年5月初", "[1980-05-01..1980-05-10]" },
		{ "1980年5月底", "[1980-05-21..1980-05-31]" },
		{ "1980年底", "[1980-09..1980-12]" },
		/* Doubt. */
		{ "1980?", "1980?" },
		{ "Dec 10, 1999", "1999-12-10" },
		{ "3/5/1980 (?)", "1980-05-03?" },
		{ "about 1980", "1980~" },
		{ "c. 1980", "1980~" },
		{ "ca. May 1980", "1980-05~" },
		{ "probably about 1980", "1980%" },
		{ "about 1980?", "1980%" },
		{ "perhaps early May 1980", "[1980-05-01?..1980-05-10?]" },
		{ "probably before 1980", "[..1979?]" },
		{ "before about 1980", "[..1979~]" },
		{ "between 3 and about 5 May 1980",
		    "[1980-05-03..1980-05-05~]" },
		{ "probably between 3 and 5 May 1980",
		    "[1980-05-03?..1980-05-05?]" },
		{ "about 3 or 5 May 1980", TWO },
		{ "3 or 5 May 1980?", TWO },
		{ "probablemente el 5 de mayo de 1980", "1980-05-05?" },
		{ "alrededor de 1980", "1980~" },
		{ "约1980年", "1980~" },
		{ "1980年左右", "1980~" },
		{ "可能1980年5月", "1980-05?" },
		{ "1980年5月（？）", "1980-05?" },
		/* A digit that is not known is no doubt of another one. */
		{ "3/5/19?", NO },
		{ "3/5/19?\?", NO },
		{ "3/5/19 (?)", "2019-05-03?" },
		{ "5/19?", NO },
		{ "198?", NO },
		{ "1980?\?", NO },
		{ "1?/5/1980", NO },
		{ "1980年5月3日?", "1980-05-03?" },
		{ "May 1?, 1980", NO },
		{ "1980 May 1?", NO },
		{ "1980 May 13?", "1980-05-13?" },
		/* EDTF. */
		{ "[1980..1981]", "[1980..1981]" },
		{ "1980-05-03~/..", "1980-05-03~/.." },
		{ "198X", "198X" },
		{ "198x", NO },
		/* The end before the beginning. */
		{ "between 5 and 3 May 1980", "backwards" },
		{ "from 1981 to 1980", "backwards" },
		{ "3 December to 9 January 1980", "backwards" },
		{ "del 5 al 3 de mayo de 1980", "backwards" },
		{ "1980年6月至5月", "backwards" },
		/* No such day. */
		{ "before 30 February 1980", NEVER },
		{ "since 31 April 1980", NEVER },
		{ "3 or 31 April 1980", NEVER },
		{ "probably 13/13/1980", NEVER },
		/* Several. */
		{ "3/5/1980 / 9/6/1980", MANY },
		{ "3/5/1980; 9/6/1980", MANY },
		{ "3/5/1980;9/6/1980;1981", MANY },
		{ "3/5/1980, 9/6/1980", MANY },
		{ "3/5/1980\n9/6/1980", MANY },
		{ "3 y 5 de mayo de 1980", MANY },
		{ "3, 4 and 5 May 1980", MANY },
		{ "1980年5月3日和5日", MANY },
		{ "probably 1979 and 1980", MANY },
		/* What is not understood. */
		{ "recently", NO },
		{ "spring of that year", NO },
		{ "spring 1980", NO },
		{ "before", NO },
		{ "before before 1980", NO },
		{ "before 1980 after", NO },
		{ "1980 before", NO },
		{ "or before 5 May 1980", NO },
		{ "not 1980", NO },
		{ "between 1980", NO },
		{ "between 1979 or 1980", NO },
		{ "1979 or 1980 or 1981", NO },
		{ "before or after 1980", NO },
		{ "3 or May 1980", NO },
		{ "5 May or 1980", NO },
		{ "3 or 4/5/1980", NO },
		{ "May 3 or 5, 1980", NO },
		{ "3 May 1980 or 5", NO },
		{ "early 3 May 1980", NO },
		{ "since early May 1980", NO },
		{ "until the end of May 1980", NO },
		{ "3-5 May 1980", NO },
		{ "of 1980 of", NO },
		{ "1980 of", NO },
		{ "the 1980s", NO },
		{ "two years before 1980", NO },
		{ "3 May 1980 in Santiago", NO },
		{ "antes que llegara, 1980", NO },
		{ "1980年春", NO },
		{ "去年5月", NO },
		{ "~", NO },
		{ "before 1/1/0001", NO },
	};

	(void)state;
	check_rows(all_rules, rows, N(rows));
}

static void
a_dash_between_dates_is_what_the_map_says(void **state)
{
	static const struct row to[] = {
		{ "3-5 May 1980", "1980-05-03/1980-05-05" },
		{ "3 - 5 May 1980", "1980-05-03/1980-05-05" },
		{ "3 May\xe2\x80\x93"
		  "5 June 1980",
		    "1980-05-03/1980-06-05" },
		{ "May-June 1980", "1980-05/1980-06" },
		{ "1979-1980", "1979/1980" },
		{ "1979-80", "1979/1980" },
		{ "1979-12", TWO },
		{ "1979-13", "1979/2013" },
		{ "3/5/1980 - 9/6/1980", "1980-05-03/1980-06-09" },
		{ "3-5-1980", "1980-05-03" },
		{ "1980-1979", "backwards" },
		{ "1979-1980-1981", NO },
		{ "1980-", NO },
		{ "-1980", NO },
		{ "3-4/5/1980", NO },
		{ "c. 1979-1980", TWO },
		{ "3-31 April 1980", NEVER },
		{ "before 1979-1980", NO },
	};
	static const struct row between[] = {
		{ "3-5 May 1980", "[1980-05-03..1980-05-05]" },
		{ "1979-1980", "[1979..1980]" },
	};

	(void)state;
	check_rows("{\"order\":[\"dmy\",\"ym\",\"y\"],\"pivot\":30,"
		   "\"months\":\"en\",\"words\":\"en\",\"dash\":\"to\"}",
	    to, N(to));
	check_rows(
	    "{\"months\":\"en\",\"dash\":\"between\"}", between, N(between));
}

/* Without a rule nothing of what it allows is read. */
static void
each_rule_allows_its_own(void **state)
{
	static const struct {
		const char *with, *without, *cell, *wanted;
	} rows[] = {
		{ "{\"order\":\"dmy\"}", "{\"order\":\"y\"}", "3/5/1980",
		    "1980-05-03" },
		{ "{\"order\":\"dmy\",\"pivot\":30}", "{\"order\":\"dmy\"}",
		    "3/5/80", "1980-05-03" },
		{ "{\"months\":\"en\"}", "{\"months\":\"es\"}", "3 June 1980",
		    "1980-06-03" },
		{ "{\"roman\":true}", "{\"roman\":false}", "3.V.1980",
		    "1980-05-03" },
		{ "{\"words\":\"en\"}", "{\"words\":\"es\"}", "before 1980",
		    "[..1979]" },
		{ "{\"words\":\"zh\",\"months\":\"zh\"}", "{\"months\":\"zh\"}",
		    "1980年以前", "[..1980]" },
		{ "{\"dash\":\"to\"}", "{\"roman\":true}", "1979-1980",
		    "1979/1980" },
		{ "{\"edtf\":true}", "{\"edtf\":false}", "1980-05~",
		    "1980-05~" },
		{ "{\"order\":\"dmy\",\"unknown\":\"dd\"}",
		    "{\"order\":\"dmy\",\"unknown\":\"tt\"}", "dd.5.1980",
		    "1980-05-XX" },
		{ "{\"order\":\"dmy\",\"several\":\";\"}",
		    "{\"order\":\"dmy\"}", "3/5/1980;4/5/1980", "several" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct row good = { rows[i].cell, rows[i].wanted };
		struct row bad = { rows[i].cell, NO };

		check_rows(rows[i].with, &good, 1);
		check_rows(rows[i].without, &bad, 1);
	}
}

static void
refuses_rules_that_mean_nothing(void **state)
{
	static const struct {
		const char *json;
		enum date_rules_why why;
		const char *rule;
	} bad[] = {
		{ "{}", DATE_RULES_KIND, "" },
		{ "[]", DATE_RULES_KIND, "" },
		{ "{\"orders\":\"dmy\"}", DATE_RULES_UNKNOWN, "orders" },
		{ "{\"order\":\"dmmy\"}", DATE_RULES_VALUE, "order" },
		{ "{\"order\":[]}", DATE_RULES_KIND, "order" },
		{ "{\"order\":1}", DATE_RULES_KIND, "order" },
		{ "{\"separators\":\"/x\"}", DATE_RULES_VALUE, "separators" },
		{ "{\"pivot\":\"30\"}", DATE_RULES_KIND, "pivot" },
		{ "{\"pivot\":-1}", DATE_RULES_KIND, "pivot" },
		{ "{\"pivot\":300}", DATE_RULES_KIND, "pivot" },
		{ "{\"pivot\":1600}", DATE_RULES_KIND, "pivot" },
		{ "{\"months\":\"de\"}", DATE_RULES_VALUE, "months" },
		{ "{\"words\":[\"en\",1]}", DATE_RULES_KIND, "words" },
		{ "{\"dash\":\"-\"}", DATE_RULES_VALUE, "dash" },
		{ "{\"dash\":true}", DATE_RULES_KIND, "dash" },
		{ "{\"roman\":1}", DATE_RULES_KIND, "roman" },
		{ "{\"unknown\":\"\"}", DATE_RULES_VALUE, "unknown" },
		{ "{\"unknown\":\"5\"}", DATE_RULES_CLASH, "unknown" },
		{ "{\"unknown\":\"31\"}", DATE_RULES_CLASH, "unknown" },
		{ "{\"unknown\":\"1900\"}", DATE_RULES_CLASH, "unknown" },
		{ "{\"unknown\":\"99999999999\"}", DATE_RULES_CLASH,
		    "unknown" },
		{ "{\"unknown\":\"-\"}", DATE_RULES_CLASH, "unknown" },
		{ "{\"unknown\":\"X\",\"roman\":true}", DATE_RULES_CLASH,
		    "unknown" },
		{ "{\"several\":\" \"}", DATE_RULES_VALUE, "several" },
		{ "{\"several\":\"a very long separator\"}", DATE_RULES_VALUE,
		    "several" },
	};

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		struct date_rules rules;
		struct date_rules_fault f;
		json_t *value;

		assert_int_equal(json_read(&value, bad[i].json,
				     strlen(bad[i].json), 4096, NULL),
		    VAULT_OK);
		if (date_rules_read(&rules, &f, value) != VAULT_EUSE ||
		    f.why != bad[i].why || strcmp(f.rule, bad[i].rule) != 0)
			fail_msg("%s: %d %s %s", bad[i].json, (int)f.why,
			    f.rule, f.value);
		json_decref(value);
	}
}

/* ---- The word lists ---- */

static void
lists_are_folded_unreviewed_and_without_two_meanings(void **state)
{
	struct date_language a, b;
	struct buf folded = { 0 };

	(void)state;
	for (size_t i = 0; date_language(&a, i); i++) {
		assert_false(a.reviewed); /* by nobody, until somebody has */
		assert_int_equal(date_language_bit(a.lang), 1 << i);
		for (size_t j = 0; j < a.n; j++) {
			const char *text = a.words[j].text;

			buf_reset(&folded);
			assert_int_equal(
			    date_fold(&folded, text, strlen(text)), VAULT_OK);
			assert_string_equal(buf_text(&folded), text);
		}
		for (size_t k = 0; date_language(&b, k); k++)
			for (size_t j = 0; j < a.n * b.n; j++) {
				const struct date_word *x = &a.words[j / b.n];
				const struct date_word *y = &b.words[j % b.n];

				if (x->kind != DATE_WORD_ORDINAL &&
				    y->kind != DATE_WORD_ORDINAL &&
				    strcmp(x->text, y->text) == 0 &&
				    (x->kind != y->kind ||
					x->value != y->value))
					fail_msg("%s", x->text);
			}
	}
	buf_free(&folded);
}

/* ---- Properties ---- */

static int
below(int n)
{
	return rand() % n;
}

static void
random_cell(struct buf *out)
{
	static const char *const words[] = { "before", "after", "between",
		"and", "from", "to", "or", "since", "until", "early", "mid-",
		"late", "probably", "about", "?", "3", "5", "31", "30", "12",
		"80", "1980", "1981", "May", "June", "febrero", "V", "/", ".",
		"-", "00", "XX", "dd", "de", "y", "entre", "antes", "年", "月",
		"日", "以前", "之间", "至", "三", "十", "一九八〇", ";", ",",
		"3/5/1980", "4.6.1981", "May 1980", "5 de mayo", "1980年5月",
		"9日", "2011-04", "[", "]", "..", "~" };

	buf_reset(out);
	for (int n = 1 + below(7); n > 0; n--) {
		buf_put_text(out, words[below((int)N(words))]);
		if (below(3) > 0)
			buf_put_byte(out, ' ');
	}
}

/* What the reader gives is EDTF that prints as it is read, and as EDTF it is
 * read again. */
static void
what_is_read_is_read_again(void **state)
{
	struct date_rules rules = rules_of(all_rules);
	struct buf cell = { 0 }, out = { 0 }, again = { 0 };
	enum date_reading what;
	int read = 0;

	(void)state;
	srand(19800505);
	for (int i = 0; i < 60000; i++) {
		struct date date;

		random_cell(&cell);
		assert_int_equal(date_words_read(&out, &what, &rules,
				     buf_text(&cell), cell.len),
		    VAULT_OK);
		if (what != DATE_READ)
			continue;
		read++;
		assert_int_equal(
		    date_parse(&date, buf_text(&out), out.len), VAULT_OK);
		buf_reset(&again);
		assert_true(date_print(&again, &date));
		assert_string_equal(buf_text(&again), buf_text(&out));
		assert_int_equal(date_words_read(&again, &what, &rules,
				     buf_text(&out), out.len),
		    VAULT_OK);
		if (what != DATE_READ ||
		    strcmp(buf_text(&again), buf_text(&out)) != 0)
			fail_msg("'%s' is %s, and then %s", buf_text(&cell),
			    buf_text(&out), buf_text(&again));
	}
	assert_true(read > 1000);
	buf_free(&cell);
	buf_free(&out);
	buf_free(&again);
}

/* Every day of some years, written in every way, is that day. */
static void
every_day_is_read_in_every_way(void **state)
{
	static const char *const months[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	static const char *const roman[] = { "I", "II", "III", "IV", "V", "VI",
		"VII", "VIII", "IX", "X", "XI", "XII" };
	struct date_rules rules = rules_of(all_rules);
	struct buf out = { 0 };

	(void)state;
	for (int32_t day = date_to_day(1999, 12, 1);
	     day < date_to_day(2001, 2, 1); day++) {
		char cells[6][64], wanted[40];
		int y, m, d;

		date_from_day(&y, &m, &d, day);
		snprintf(wanted, sizeof(wanted), "%04d-%02d-%02d", y, m, d);
		snprintf(cells[0], 64, "%d/%d/%d", d, m, y);
		snprintf(cells[1], 64, "%02d.%02d.%02d", d, m, y % 100);
		snprintf(cells[2], 64, "%d %s %d", d, months[m - 1], y);
		snprintf(cells[3], 64, "%.3s %d, %d", months[m - 1], d, y);
		snprintf(cells[4], 64, "%d-%s-%d", d, roman[m - 1], y);
		snprintf(cells[5], 64, "%d年%d月%d日", y, m, d);
		for (size_t i = 0; i < N(cells); i++) {
			/* 2000 as two digits is what "unknown" is here. */
			if (i == 1 && y == 2000)
				continue;
			read_cell(&out, &rules, cells[i]);
			if (strcmp(buf_text(&out), wanted) != 0)
				fail_msg(
				    "'%s' is %s", cells[i], buf_text(&out));
		}
	}
	buf_free(&out);
}

static void
what_is_no_text_or_too_long_is_not_read(void **state)
{
	struct date_rules rules = rules_of(all_rules);
	enum date_reading what;
	struct buf out = { 0 };
	char cell[DATE_CELL_MAX + 2];

	(void)state;
	assert_int_equal(
	    date_words_read(&out, &what, &rules, "1980\xff", 5), VAULT_OK);
	assert_int_equal(what, DATE_NOT_READ);
	memset(cell, ' ', sizeof(cell));
	memcpy(cell, "1980", 4);
	assert_int_equal(
	    date_words_read(&out, &what, &rules, cell, DATE_CELL_MAX),
	    VAULT_OK);
	assert_int_equal(what, DATE_READ);
	assert_int_equal(
	    date_words_read(&out, &what, &rules, cell, DATE_CELL_MAX + 1),
	    VAULT_OK);
	assert_int_equal(what, DATE_NOT_READ);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_numbers_in_the_order_of_the_map),
		cmocka_unit_test(reads_two_digits_by_the_pivot),
		cmocka_unit_test(an_unknown_part_is_what_the_map_calls_so),
		cmocka_unit_test(reads_names_and_roman_months),
		cmocka_unit_test(reads_what_is_said_of_a_date),
		cmocka_unit_test(a_dash_between_dates_is_what_the_map_says),
		cmocka_unit_test(each_rule_allows_its_own),
		cmocka_unit_test(refuses_rules_that_mean_nothing),
		cmocka_unit_test(
		    lists_are_folded_unreviewed_and_without_two_meanings),
		cmocka_unit_test(what_is_read_is_read_again),
		cmocka_unit_test(every_day_is_read_in_every_way),
		cmocka_unit_test(what_is_no_text_or_too_long_is_not_read),
	};

	json_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
