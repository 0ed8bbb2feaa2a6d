/* SPDX-License-Identifier: ISC */
/* Durations in words. */
#include "record/date_lexicon.h"
#include "record/span_words.h"
#include "support.h"
#include "vault.h"

static const struct {
	const char *lang, *cell, *wanted; /* "": not understood */
} cells[] = {
	{ "en", "3 days", "P3D" },
	{ "en", "3days", "P3D" },
	{ "en", " Two  WEEKS ", "P2W" },
	{ "en", "a week", "P1W" },
	{ "en", "an hour", "PT1H" },
	{ "en", "half an hour", "PT30M" },
	{ "en", "forty-five minutes", "PT45M" },
	{ "en", "a year and a half", "P1Y6M" },
	{ "en", "year and a half", "P1Y6M" },
	{ "en", "two and a half years", "P2Y6M" },
	{ "en", "2½ years", "P2Y6M" },
	{ "en", "half a year", "P6M" },
	{ "en", "1 yr. 2 months", "P1Y2M" },
	{ "en", "one year, two months and three days", "P1Y2M3D" },
	{ "en", "a month and two weeks", "P1M14D" },
	{ "en", "two days and 6 hours", "P2DT6H" },
	{ "en", "a hundred and twenty days", "P120D" },
	{ "en", "ninety nine days", "P99D" },
	{ "en", "nineteen days", "P19D" },
	{ "en", "about ten days", "~P10D" },
	{ "en", "ten days?", "?P10D" },
	{ "en", "perhaps about 10 days", "%P10D" },
	{ "en", "3 to 5 days", "P3D..P5D" },
	{ "en", "3-5 days", "P3D..P5D" },
	{ "en", "between three and five days", "P3D..P5D" },
	{ "en", "between two weeks and a month", "P2W..P1M" },
	{ "en", "at least 3 days", "P3D.." },
	{ "en", "three days or more", "P3D.." },
	{ "en", "more than two months", "P2M.." },
	{ "en", "less than a year", "..P1Y" },
	{ "en", "up to 14 days", "..P14D" },
	{ "es", "15 días", "P15D" },
	{ "es", "un mes", "P1M" },
	{ "es", "año y medio", "P1Y6M" },
	{ "es", "dos años y medio", "P2Y6M" },
	{ "es", "medio año", "P6M" },
	{ "es", "media hora", "PT30M" },
	{ "es", "un año, dos meses y 3 días", "P1Y2M3D" },
	{ "es", "treinta y un días", "P31D" },
	{ "es", "veintiún días", "P21D" },
	{ "es", "ciento veinte días", "P120D" },
	{ "es", "unos 15 días", "~P15D" },
	{ "es", "aproximadamente tres semanas", "~P3W" },
	{ "es", "quizás 2 meses", "?P2M" },
	{ "es", "de 3 a 5 días", "" },
	{ "es", "3 a 5 días", "P3D..P5D" },
	{ "es", "entre tres y cinco días", "P3D..P5D" },
	{ "es", "más de dos meses", "P2M.." },
	{ "es", "hasta 8 horas", "..PT8H" },
	{ "zh", "三天", "P3D" },
	{ "zh", "３天", "P3D" },
	{ "zh", "十五天", "P15D" },
	{ "zh", "二十五天", "P25D" },
	{ "zh", "一百二十天", "P120D" },
	{ "zh", "两周", "P2W" },
	{ "zh", "兩個星期", "P2W" },
	{ "zh", "半年", "P6M" },
	{ "zh", "一年半", "P1Y6M" },
	{ "zh", "三个月", "P3M" },
	{ "zh", "一年零三个月", "P1Y3M" },
	{ "zh", "八小时", "PT8H" },
	{ "zh", "大约十天", "~P10D" },
	{ "zh", "三到五天", "P3D..P5D" },
	{ "zh", "至少三天", "P3D.." },
	{ "zh", "三天以上", "P3D.." },
	{ "zh", "不到两年", "..P2Y" },
	/* What says no number, or not one; what is of no list. */
	{ "en", "days", "" },
	{ "en", "3", "" },
	{ "en", "three", "" },
	{ "en", "several days", "" },
	{ "en", "a few weeks", "" },
	{ "en", "a couple of days", "" },
	{ "en", "3 days later", "" },
	{ "en", "3 days, then a week", "" },
	{ "en", "two half years", "" },
	{ "en", "month and a half", "" },
	{ "en", "half a day", "" },
	{ "en", "1.5 years", "" },
	{ "en", "three five days", "" },
	{ "en", "3 or 5 days", "" },
	{ "en", "5 to 3 days", "" },
	{ "en", "3 to 4 weeks and 2 days", "" },
	{ "en", "between 3 days", "" },
	{ "en", "3 days between", "" },
	{ "en", "about 3 to 5 days", "" },
	{ "en", "3 days 2 weeks", "" },
	{ "en", "3 days and 3 days", "" },
	{ "en", "1980 years", "" },
	{ "en", "100000 days", "" },
	{ "en", "-3 days", "" },
	{ "en", "eleven two days", "" },
	{ "en", "twenty five hundred days", "" },
	{ "en", "15 días", "" },
	{ "es", "3 days", "" },
	{ "es", "quincena", "" },
	{ "es", "veintiuno cinco días", "" },
	{ "es", "un medio año", "" },
	{ "zh", "1980年", "" },
	{ "zh", "3月", "" },
	{ "zh", "15日", "" },
	{ "zh", "半天", "" },
	{ "zh", "三五天", "" },
	{ "zh", "几天", "" },
	{ "zh", "三个多月", "" },
	{ "en", "", "" },
	{ "en", "\xff", "" },
};

static void
read_cell(struct buf *out, uint8_t languages, const char *cell)
{
	struct span_reading r;
	enum vault_err err = span_words_read(&r, languages, cell, strlen(cell));

	buf_reset(out);
	if (err == VAULT_OK && r.exact) {
		assert_string_equal(buf_text(&r.least), buf_text(&r.most));
		buf_put_text(out, buf_text(&r.least));
	} else if (err == VAULT_OK) {
		buf_putf(out, "%s..%s", buf_text(&r.least), buf_text(&r.most));
	} else {
		assert_int_equal(err, VAULT_EUSE);
	}
	span_reading_free(&r);
}

static void
reads_durations_or_says_that_it_cannot(void **state)
{
	struct buf got = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		read_cell(
		    &got, date_language_bit(cells[i].lang), cells[i].cell);
		if (strcmp(buf_text(&got), cells[i].wanted) != 0)
			fail_msg("%s: '%s' and not '%s'", cells[i].cell,
			    buf_text(&got), cells[i].wanted);
	}
	buf_free(&got);
}

/* Words of one language are not those of another; by none nothing is read. */
static void
several_languages_read_what_one_of_them_reads(void **state)
{
	struct buf got = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		if (*cells[i].wanted == '\0')
			continue;
		read_cell(&got, 0xff, cells[i].cell);
		assert_string_equal(buf_text(&got), cells[i].wanted);
		read_cell(&got, 0, cells[i].cell);
		assert_string_equal(buf_text(&got), "");
	}
	buf_free(&got);
}

/* ---- What a person types ---- */

static void
typed(const char *object, const char *locale, const char *text,
    const char *least, const char *most)
{
	const struct vault_field field = { .object = object };
	struct vault_words w;
	enum vault_err err = vault_words_read(
	    &w, &field, locale, text, strlen(text));

	if (err != VAULT_EUSE)
		assert_ok(err);
	assert_int_equal(err == VAULT_OK, *least != '\0' || *most != '\0');
	assert_string_equal(buf_text(&w.least), least);
	assert_string_equal(buf_text(&w.most), most);
	vault_words_free(&w);
}

static void
reads_what_is_typed_by_the_language_of_the_program(void **state)
{
	(void)state;
	typed("date", "C", "before 5 May 1980", "[..1980-05-04]", "");
	typed("date", "en_GB.UTF-8", "c. 1980", "1980~", "");
	typed("date", "es_ES.UTF-8", "a fines de mayo de 1980",
	    "[1980-05-21..1980-05-31]", "");
	typed("date", "zh_CN.UTF-8", "1980年5月3日至5日",
	    "1980-05-03/1980-05-05", "");
	typed("date", "fr_FR.UTF-8", "3 May 1980", "1980-05-03", "");
	typed("date", "es_ES.UTF-8", "before 5 May 1980", "", "");
	/* An order is for a map to say; two dates are for two records. */
	typed("date", "C", "3/5/1980", "", "");
	typed("date", "C", "3 and 5 May 1980", "", "");
	typed("date", "C", "30 February 1980", "", "");
	typed("date", "C", "yesterday", "", "");
	typed("span", "C", "3 to 5 days", "P3D", "P5D");
	typed("span", "es:en", "menos de un mes", "", "P1M");
	typed("span", "C", "15 días", "", "");
}

static void
a_date_of_words_has_its_days(void **state)
{
	const struct vault_field field = { .object = "date" };
	struct vault_words w;

	(void)state;
	assert_ok(vault_words_read(&w, &field, "C", "since 1970", 10));
	assert_true(w.starts);
	assert_false(w.ends);
	assert_int_equal(w.first, 0);
	vault_words_free(&w);
	assert_ok(vault_words_read(&w, &field, "C", "by 3 May 1980", 13));
	assert_false(w.starts);
	assert_true(w.ends);
	assert_int_equal(w.last, 326160000);
	vault_words_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_durations_or_says_that_it_cannot),
		cmocka_unit_test(several_languages_read_what_one_of_them_reads),
		cmocka_unit_test(
		    reads_what_is_typed_by_the_language_of_the_program),
		cmocka_unit_test(a_date_of_words_has_its_days),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
