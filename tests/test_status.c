/* SPDX-License-Identifier: ISC */
/* What changes of status say together: counts of ever and now, and warnings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "record/status.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define ROWS 6

/* "missing 2011-04-26", "held 2011 until 2011-05": a change, in words. */
static void
read_change(struct status *s, const char *text, size_t i)
{
	char copy[128], *save = NULL;
	struct date date;

	*s = (struct status){ .level = 2, .certainty = "likely" };
	s->id[0] = (char)('a' + i);
	strcpy(copy, text);
	strcpy(s->code, strtok_r(copy, " ", &save));
	for (const char *w; (w = strtok_r(NULL, " ", &save)) != NULL;) {
		if (strcmp(w, "until") == 0) {
			w = strtok_r(NULL, " ", &save);
			assert_int_equal(
			    date_parse(&date, w, strlen(w)), VAULT_OK);
			date_days(&s->until, &date);
			s->has_until = true;
		} else if (strncmp(w, "certainty=", 10) == 0) {
			strcpy(s->certainty, w + 10);
		} else if (strncmp(w, "level=", 6) == 0) {
			s->level = atoi(w + 6);
		} else if (strncmp(w, "known=", 6) == 0) {
			s->known = atoi(w + 6);
		} else if (strncmp(w, "for=", 4) == 0) {
			s->supersedes[0] = w[4];
		} else if (strncmp(w, "place=", 6) == 0) {
			strcpy(s->place, w + 6);
		} else if (strncmp(w, "case=", 5) == 0) {
			strcpy(s->the_case, w + 5);
		} else {
			assert_int_equal(
			    date_parse(&date, w, strlen(w)), VAULT_OK);
			date_days(&s->date, &date);
			s->has_date = true;
		}
	}
}

static size_t
read_changes(struct status list[ROWS], const char *const rows[ROWS])
{
	size_t n = 0;

	for (; n < ROWS && rows[n] != NULL; n++)
		read_change(&list[n], rows[n], n);
	return n;
}

static int32_t
day(const char *edtf)
{
	struct date_days days;
	struct date date;

	assert_int_equal(date_parse(&date, edtf, strlen(edtf)), VAULT_OK);
	date_days(&days, &date);
	return days.hi;
}

struct row {
	const char *set, *on;
	enum status_answer answer;
	const char *changes[ROWS];
};

static void
check(const struct row *r, struct status_question q, size_t line)
{
	struct status list[ROWS];
	const struct status *by;
	size_t n = read_changes(list, r->changes);
	enum status_answer got;

	q.set = r->set;
	q.days.hi = day(r->on);
	n = status_sift(list, n, &q);
	got = status_answer(&by, list, n, &q);
	if (got != r->answer)
		fail_msg(
		    "row %zu: %d and not %d", line, (int)got, (int)r->answer);
}

#define YES STATUS_CERTAINLY
#define MAYBE STATUS_POSSIBLY
#define NO STATUS_NO

static void
tells_the_situation_of_a_day(void **state)
{
	static const struct row rows[] = {
		{ "missing", "2011-04-26", YES, { "missing 2011-04-26" } },
		{ "missing", "2011-04-25", NO, { "missing 2011-04-26" } },
		{ "missing", "2012", YES, { "missing 2011-04-26" } },
		/* It may have begun; it may not yet have. */
		{ "missing", "2011-04-26", MAYBE, { "missing 2011" } },
		{ "missing", "2011-04-26", YES, { "missing [..2011-02-26]" } },
		{ "missing", "2011-04-26", NO, { "missing 2012" } },
		{ "missing", "2011-04-26", MAYBE,
		    { "missing [2011-04-20..]" } },
		/* Over: what has ended is not so any more. */
		{ "missing", "2011-04-26", NO,
		    { "missing 2011-03 until 2011-04-24" } },
		{ "missing", "2011-04-26", NO,
		    { "missing [..2011-04-26] until [..2011-04-26]",
			"reappeared [..2011-04-26]" } },
		{ "reappeared", "2011-04-26", YES,
		    { "missing [..2011-04-26] until [..2011-04-26]",
			"reappeared [..2011-04-26]" } },
		{ "missing", "2011-04-26", MAYBE,
		    { "missing 2011-03 until [2011-04..2011-05]" } },
		{ "missing", "2011-04-26", YES,
		    { "missing 2011-03 until 2011-05" } },
		/* What came after ends what was before. */
		{ "missing", "2011-04-26", NO,
		    { "missing 2011-02", "held 2011-03" } },
		{ "held", "2011-04-26", YES,
		    { "missing 2011-02", "held 2011-03" } },
		{ "missing", "2011-02-28", YES,
		    { "missing 2011-02", "held 2011-03" } },
		/* An order that the dates do not settle. */
		{ "missing", "2011-04-26", MAYBE,
		    { "missing 2011-03-03", "held 2011-03" } },
		{ "held", "2011-04-26", MAYBE,
		    { "missing 2011-03-03", "held 2011-03" } },
		{ "missing held", "2011-04-26", YES,
		    { "missing 2011-03-03", "held 2011-03" } },
		/* Later, and over: what is so now nobody knows. */
		{ "missing", "2011-04-26", NO,
		    { "missing 2011-02", "held 2011-03 until 2011-04-02" } },
		{ "missing held", "2011-04-26", NO,
		    { "missing 2011-02", "held 2011-03 until 2011-04-02" } },
		/* The very day counts: of an end, and of two changes. */
		{ "missing", "2011-04-26", NO,
		    { "missing 2011-03 until 2011-04-26" } },
		{ "held", "2011-03-03", MAYBE,
		    { "missing 2011-03-03", "held 2011-03-03" } },
		/* One that ended when the other began was before it. */
		{ "held", "2011-04", YES,
		    { "missing 2011-03 until 2011-03",
			"held 2011-03 until 2011-06" } },
		/* A group of codes. */
		{ "in-custody", "2011-04-26", YES, { "arrested 2011-03" } },
		{ "in-custody", "2011-04-26", NO, { "missing 2011-03" } },
		{ "in-custody", "2011-04-26", YES,
		    { "held-crim 2011-02-20", "arrested 2011-04-01" } },
		{ "arrested", "2011-04-26", YES,
		    { "held-crim 2011-02-20", "arrested 2011-04-01" } },
		{ "held-crim", "2011-04-26", NO,
		    { "held-crim 2011-02-20", "arrested 2011-04-01" } },
		{ "in-custody", "2011-06", NO,
		    { "held-crim 2011-02-20", "arrested 2011-04-01",
			"released 2011-05-05" } },
		/* Twice missing counts once, and is so now. */
		{ "missing", "2011-04-26", YES,
		    { "missing 2011-02 until 2011-02-28", "released 2011-03-01",
			"missing 2011-04-01" } },
	};
	const struct status_question q = { .least = "likely",
		.level = 3,
		.days = { INT32_MIN, 0 },
		.known_at = INT64_MAX };

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		check(&rows[i], q, i);
}

static void
tells_what_ever_was(void **state)
{
	static const struct row rows[] = {
		{ "held-crim", "2011-04-26", YES, { "held-crim 2011-03-01" } },
		{ "held-crim", "2011-04-26", YES,
		    { "held-crim 2011-03-01", "released 2011-03-02" } },
		{ "held-crim", "2011-04-26", YES,
		    { "held-crim 2011-03 until 2011-03-30" } },
		{ "held-crim", "2011-04-26", YES, { "held-crim 2011-02-15" } },
		{ "held-crim", "2011-04-26", YES, { "held-crim 2011-04-26" } },
		{ "held-crim", "2011-04-26", NO, { "held-crim 2011-02-14" } },
		{ "held-crim", "2011-04-26", NO, { "held-crim 2011-01-01" } },
		{ "held-crim", "2011-04-26", NO, { "held-crim 2011-04-27" } },
		{ "held-crim", "2011-04-26", MAYBE,
		    { "held-crim 2011-XX-XX" } },
		{ "held-crim", "2011-04-26", MAYBE, { "held-crim 2011-02" } },
		{ "held-crim", "2011-04-26", MAYBE,
		    { "held-crim [..2011-04-01]" } },
		{ "held-crim", "2011-04-26", YES,
		    { "held-crim 2011", "held-crim 2011-03" } },
		{ "held-crim", "2011-04-26", NO, { "arrested 2011-03" } },
	};
	struct status_question q = { .least = "likely",
		.level = 3,
		.ever = true,
		.days = { day("2011-02-15"), 0 },
		.known_at = INT64_MAX };

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		check(&rows[i], q, i);
	q.the_case = "c1";
	check(&(struct row){ "missing", "2012", YES,
		  { "missing 2011-03 case=c1" } },
	    q, 100);
	check(&(struct row){ "missing", "2012", NO,
		  { "missing 2011-03 case=c2" } },
	    q, 101);
}

/* What is left out, and why. */
static void
leaves_out_for_a_reason(void **state)
{
	static const struct {
		const char *changes[ROWS];
		enum status_out out;
		enum status_answer answer;
	} rows[] = {
		{ { "missing 2011-03 certainty=possible" }, STATUS_UNCERTAIN,
		    NO },
		{ { "missing 2011-03 certainty=unknown" }, STATUS_UNCERTAIN,
		    NO },
		{ { "missing 2011-03 certainty=confirmed" }, STATUS_COUNTS,
		    YES },
		{ { "missing" }, STATUS_NO_DATE, NO },
		{ { "missing 2011-03 level=3" }, STATUS_SECRET, NO },
		{ { "missing 2011-03", "released 2011-03-20 for=a" },
		    STATUS_SUPERSEDED, NO },
		{ { "missing 2011-03", "released 2011-03-20 for=a known=50" },
		    STATUS_SUPERSEDED, NO },
		/* One that corrects is not known yet. */
		{ { "missing 2011-03", "released 2011-03-20 for=a known=99" },
		    STATUS_COUNTS, YES },
		/* What does not count ends nothing. */
		{ { "missing 2011-03",
		      "released 2011-04-02 certainty=unlikely" },
		    STATUS_COUNTS, YES },
	};
	const struct status_question q = { .set = "missing",
		.least = "likely",
		.level = 2,
		.days = { INT32_MIN, day("2011-04-26") },
		.known_at = 50 };

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct status list[ROWS];
		const struct status *by;
		size_t n = read_changes(list, rows[i].changes);

		n = status_sift(list, n, &q);
		assert_int_equal(list[0].out, rows[i].out);
		assert_int_equal(
		    status_answer(&by, list, n, &q), rows[i].answer);
		/* Who is left out can be named; who was corrected is not. */
		if (rows[i].out != STATUS_SUPERSEDED)
			assert_ptr_equal(by, &list[0]);
		else
			assert_null(by);
	}
}

static void
note(void *ctx, enum status_warning what, const struct status *s)
{
	char *out = ctx;
	size_t len = strlen(out);

	out[len] = (char)('0' + (int)what);
	out[len + 1] = s->id[0];
	out[len + 2] = '\0';
}

static void
warns_of_what_looks_wrong(void **state)
{
	static const struct {
		const char *changes[ROWS], *found;
	} rows[] = {
		{ { "missing 2011-02", "reappeared 2011-03" }, "" },
		{ { "reappeared 2011-03" }, "1a" },
		{ { "reappeared 2011-03", "missing 2011-04" }, "1a" },
		{ { "reappeared 2011-03", "missing" }, "" },
		{ { "dead 2011-03-01", "held 2011-03-02" }, "0b" },
		{ { "dead 2011-03", "held 2011-03-02" }, "" },
		{ { "arrested 2011-03" }, "2a" },
		{ { "held-crim 2011-02", "arrested 2011-03" }, "" },
		{ { "held 2011-03-01 until 2011-04 place=A",
		      "held 2011-03-10 place=B" },
		    "3b" },
		{ { "held 2011-03-01 until 2011-03-05 place=A",
		      "held 2011-03-10 place=B" },
		    "" },
		{ { "held 2011-03-01 until 2011-04 place=A",
		      "held 2011-03-10 place=A" },
		    "" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct status list[ROWS];
		char found[32] = "";
		size_t n = read_changes(list, rows[i].changes);

		status_warn(list, n, note, found);
		assert_string_equal(found, rows[i].found);
	}
}

static void
reads_a_body_and_refuses_what_is_none(void **state)
{
	json_t *body = json_loads(
	    "{\"type\":\"status\",\"level\":1,\"person\":"
	    "\"57v3hh43jx5fkyg9r9k55x6mdw\",\"status\":\"held\",\"certainty\":"
	    "\"confirmed\",\"date\":{\"edtf\":\"2011-04\"},\"until\":{\"text\":"
	    "\"later\"},\"place\":{\"text\":\"A\",\"facility\":\"B\"}}",
	    0, NULL);
	struct status s;

	(void)state;
	assert_int_equal(status_read(&s, body), VAULT_OK);
	assert_string_equal(s.person, "57v3hh43jx5fkyg9r9k55x6mdw");
	assert_string_equal(s.place, "B");
	assert_int_equal(s.level, 1);
	assert_true(s.has_date && !s.has_until);
	json_object_set_new(body, "person", json_string("nobody"));
	assert_int_equal(status_read(&s, body), VAULT_EDAMAGED);
	json_decref(body);
	assert_int_equal(status_read(&s, NULL), VAULT_EDAMAGED);
}

#define ANNA "57v3hh43jx5fkyg9r9k55x6mdw"
#define ITEM "1ayjr60krj0ghwx740c4zsx9tk"

static void
a_line_of_the_index_says_the_same(void **state)
{
	static const char *const rows[] = {
		"missing 2011-04-26",
		"held-crim [..2011-04-01] until [2011-05..] level=0",
		"dead certainty=confirmed level=3",
	};
	static const char *const none[] = { "", "Anna", ANNA " " ITEM,
		ANNA " " ITEM " held - 2 - - -",
		ANNA " " ITEM " held - 2 - - - - -",
		ANNA " " ITEM " held - x - - - -",
		ANNA " " ITEM " held - 2 0011 - - -",
		ANNA "  " ITEM " held - 2 - - - -" };
	char key[STATUS_KEY_LEN];
	struct status s, back;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		read_change(&s, rows[i], 0);
		strcpy(s.id, ITEM);
		strcpy(s.person, ANNA);
		strcpy(i == 1 ? s.the_case : s.supersedes, ITEM);
		assert_true(status_key(key, &s));
		assert_int_equal(
		    status_from_key(&back, key, strlen(key)), VAULT_OK);
		assert_memory_equal(&s.date, &back.date, sizeof(s.date));
		assert_memory_equal(&s.until, &back.until, sizeof(s.until));
		assert_int_equal(s.has_date, back.has_date);
		assert_int_equal(s.has_until, back.has_until);
		assert_int_equal(s.level, back.level);
		assert_string_equal(s.code, back.code);
		assert_string_equal(s.certainty, back.certainty);
		assert_string_equal(s.person, back.person);
		assert_string_equal(s.id, back.id);
		assert_string_equal(s.the_case, back.the_case);
		assert_string_equal(s.supersedes, back.supersedes);
	}
	for (size_t i = 0; i < N(none); i++)
		assert_int_equal(
		    status_from_key(&back, none[i], strlen(none[i])),
		    VAULT_EDAMAGED);
	/* What could be taken for another word is not put in. */
	strcpy(s.code, "held - 2");
	assert_false(status_key(key, &s));
	strcpy(s.code, "held");
	strcpy(s.certainty, "a b");
	assert_false(status_key(key, &s));
	s.certainty[0] = '\0';
	s.level = 10;
	assert_false(status_key(key, &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_situation_of_a_day),
		cmocka_unit_test(tells_what_ever_was),
		cmocka_unit_test(leaves_out_for_a_reason),
		cmocka_unit_test(warns_of_what_looks_wrong),
		cmocka_unit_test(reads_a_body_and_refuses_what_is_none),
		cmocka_unit_test(a_line_of_the_index_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
