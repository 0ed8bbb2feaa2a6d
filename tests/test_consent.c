/* SPDX-License-Identifier: ISC */
/* What several consents of one person allow together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "record/consent.h"
#include "record/date.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define CONSENTS 4
#define PERSON "57v3hh43jx5fkyg9r9k55x6mdw"
#define RECORD "1cb7vge3190sryh5gx244wdxqa"
#define OTHER "6mrj3mb6xskqp6333q5jgrs6w4"
#define TODAY "2026-11-24"

/* The id of the consent that a row writes first, second ... */
static const char *const ids[CONSENTS] = { "1000000000000000000000000a",
	"1000000000000000000000000b", "1000000000000000000000000c",
	"1000000000000000000000000d" };

static int32_t
day(const char *edtf)
{
	struct date_days days;
	struct date date;

	assert_int_equal(date_parse(&date, edtf, strlen(edtf)), VAULT_OK);
	date_days(&days, &date);
	return days.lo;
}

static void
set_date(json_t *body, const char *field, const char *edtf)
{
	assert_int_equal(json_object_set_new(body, field,
			     edtf[0] == '"' ? json_pack("{ss}", "text", edtf)
					    : json_pack("{ss}", "edtf", edtf)),
	    0);
}

static const char *
after(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 ? word + len : NULL;
}

/*
 * "media,un initials 2011 end=2012 covers=this withdraws=0 foreign": a consent
 * in words; without "foreign" it is ours.
 */
static void
put_word(json_t *body, struct consent *flags, const char *word)
{
	static const char *const namings[] = { "full", "initials", "pseudonym",
		"none" };
	const char *value;

	for (size_t i = 0; i < N(namings); i++)
		if (strcmp(word, namings[i]) == 0)
			json_object_set_new(
			    body, "naming", json_string(namings[i]));
	if (strcmp(word, "foreign") == 0)
		flags->ours = false;
	else if (strcmp(word, "published") == 0)
		flags->published = true;
	else if (strcmp(word, "inferred") == 0)
		json_object_set_new(
		    body, "how", json_string("inferred-public"));
	else if (strcmp(word, "nobody") == 0)
		json_object_set_new(
		    body, "given_by", json_string("none-possible"));
	else if ((value = after(word, "end=")) != NULL)
		set_date(body, "expires", value);
	else if ((value = after(word, "covers=")) != NULL)
		json_object_set_new(body, "records",
		    json_pack(
			"[s]", strcmp(value, "this") == 0 ? RECORD : OTHER));
	else if ((value = after(word, "withdraws=")) != NULL)
		json_object_set_new(
		    body, "withdraws", json_string(ids[atoi(value)]));
	else if (strchr("0123456789[\"", word[0]) != NULL)
		set_date(body, "date", word);
}

static void
read_consent(struct consent *out, const char *text, size_t i)
{
	json_t *body = json_pack("{s:s,s:s,s:[],s:s}", "type", "consent",
	    "person", PERSON, "scopes", "naming", "full");
	json_t *list = json_object_get(body, "scopes");
	struct consent flags = { .ours = true };
	char copy[160], *save = NULL, *scopes, *inner = NULL;

	strcpy(copy, text);
	scopes = strtok_r(copy, " ", &save);
	for (const char *w; (w = strtok_r(NULL, " ", &save)) != NULL;)
		put_word(body, &flags, w);
	for (const char *w = strtok_r(scopes, ",", &inner); w != NULL;
	     w = strtok_r(NULL, ",", &inner))
		json_array_append_new(list, json_string(w));
	assert_int_equal(consent_read(out, body), VAULT_OK);
	strcpy(out->id, ids[i]);
	out->ours = flags.ours;
	out->published = flags.published;
	json_decref(body);
}

struct row {
	const char *scope;
	enum consent_why why;
	enum consent_naming naming;
	const char *consents[CONSENTS];
};

static struct consent_answer
ask(struct consent *list, size_t n, const char *scope)
{
	enum consent_scope which;

	assert_true(consent_scope_find(&which, scope));
	consent_settle(list, n);
	return consent_answer(list, n, RECORD, which, day(TODAY));
}

static void
check(const struct row *rows, size_t n_rows)
{
	for (size_t i = 0; i < n_rows; i++) {
		struct consent list[CONSENTS];
		struct consent_answer answer;
		size_t n = 0;

		for (; n < CONSENTS && rows[i].consents[n] != NULL; n++)
			read_consent(&list[n], rows[i].consents[n], n);
		answer = ask(list, n, rows[i].scope);
		if (answer.why != rows[i].why ||
		    answer.naming != rows[i].naming)
			fail_msg("row %zu: %d, %d", i, (int)answer.why,
			    (int)answer.naming);
		while (n-- > 0)
			consent_free(&list[n]);
	}
}

static void
decides_by_the_latest(void **state)
{
	static const struct row rows[] = {
		{ "media", CONSENT_NONE, CONSENT_UNNAMED, { NULL } },
		{ "media", CONSENT_GIVEN, CONSENT_FULL, { "media 2011" } },
		{ "un", CONSENT_NO_SCOPE, CONSENT_UNNAMED, { "media 2011" } },
		/* No scope implies another. */
		{ "court", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "un,gov,un-public,media 2011" } },
		{ "un", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "un-public 2011" } },
		{ "media", CONSENT_GIVEN, CONSENT_INITIALS,
		    { "media initials 2011" } },
		{ "media", CONSENT_GIVEN, CONSENT_PSEUDONYM,
		    { "media pseudonym 2011" } },
		/* The latest one decides, either way. */
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "media 2011", "un 2012" } },
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "un 2012", "media 2011" } },
		{ "un", CONSENT_GIVEN, CONSENT_FULL,
		    { "media none 2011", "un 2012" } },
		/* Whose order is not known: all must allow it. */
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "media 2011", "un 2011-05" } },
		{ "media", CONSENT_GIVEN, CONSENT_PSEUDONYM,
		    { "media 2011", "media,un pseudonym 2011-05" } },
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "media 2012", "un" } },
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "media", "un 2012" } },
		/* On one day, too. */
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "media 2011-05-01", "un 2011-05-01" } },
		/* A code of a newer program. */
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "everything 2011" } },
	};

	(void)state;
	check(rows, N(rows));
}

static void
ends_and_never_revives(void **state)
{
	static const struct row rows[] = {
		{ "media", CONSENT_ENDED, CONSENT_UNNAMED,
		    { "media 2011 end=2012" } },
		{ "media", CONSENT_GIVEN, CONSENT_FULL,
		    { "media 2011 end=2027" } },
		{ "media", CONSENT_ENDED, CONSENT_UNNAMED,
		    { "media 2011 end=2026-11-24" } },
		{ "media", CONSENT_GIVEN, CONSENT_FULL,
		    { "media 2011 end=2026-11-25" } },
		/* A vague end may be its first day; words may be any. */
		{ "media", CONSENT_ENDED, CONSENT_UNNAMED,
		    { "media 2011 end=2026" } },
		{ "media", CONSENT_ENDED, CONSENT_UNNAMED,
		    { "media 2011 end=[..2030]" } },
		{ "media", CONSENT_ENDED, CONSENT_UNNAMED,
		    { "media 2011 end=\"soon" } },
		/* What it replaced is not back when it ends. */
		{ "media", CONSENT_ENDED, CONSENT_UNNAMED,
		    { "media 2010", "media 2011 end=2012" } },
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "media 2010", "store 2011 withdraws=0" } },
		{ "media", CONSENT_GIVEN, CONSENT_INITIALS,
		    { "un 2010", "media initials 2010 withdraws=0" } },
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "media 2010", "un 2011", "store withdraws=1" } },
		/* Two that withdraw one another leave nothing. */
		{ "media", CONSENT_WITHDRAWN, CONSENT_UNNAMED,
		    { "media 2011 withdraws=1", "media 2011 withdraws=0" } },
		{ "media", CONSENT_WITHDRAWN, CONSENT_UNNAMED,
		    { "media 2010", "media 2011 withdraws=2",
			"media 2011 withdraws=1" } },
		/* Itself withdraws nothing. */
		{ "media", CONSENT_GIVEN, CONSENT_FULL,
		    { "media 2011 withdraws=0" } },
		/* From a later day on. */
		{ "media", CONSENT_LATER, CONSENT_UNNAMED, { "media 2031" } },
		{ "media", CONSENT_LATER, CONSENT_UNNAMED,
		    { "media 2011", "un 2031" } },
	};

	(void)state;
	check(rows, N(rows));
}

static void
believes_our_own_office_only(void **state)
{
	static const struct row rows[] = {
		{ "media", CONSENT_FOREIGN, CONSENT_UNNAMED,
		    { "media 2011 foreign" } },
		/* Another office narrows, and never widens. */
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "un 2011", "media 2012 foreign" } },
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "media 2011", "un 2012 foreign" } },
		{ "media", CONSENT_GIVEN, CONSENT_PSEUDONYM,
		    { "media 2011", "media pseudonym 2012 foreign" } },
		{ "media", CONSENT_GIVEN, CONSENT_FULL,
		    { "un foreign 2010", "media 2011" } },
		{ "media", CONSENT_WITHDRAWN, CONSENT_UNNAMED,
		    { "media 2011", "media 2012 withdraws=0 foreign" } },
		/* What it says is withdrawn comes to an end by our word. */
		{ "media", CONSENT_GIVEN, CONSENT_FULL,
		    { "media 2011", "un 2031 foreign",
			"media 2012 withdraws=1" } },
		/* What is published, and where nobody could be asked. */
		{ "media", CONSENT_UNPUBLISHED, CONSENT_UNNAMED,
		    { "media 2011 inferred" } },
		{ "media", CONSENT_GIVEN, CONSENT_FULL,
		    { "media 2011 inferred published" } },
		{ "media", CONSENT_NOBODY, CONSENT_UNNAMED,
		    { "media 2011 nobody" } },
		{ "media", CONSENT_GIVEN, CONSENT_FULL,
		    { "media 2011 nobody inferred published" } },
		/* Which records it covers. */
		{ "media", CONSENT_NONE, CONSENT_UNNAMED,
		    { "media 2011 covers=other" } },
		{ "media", CONSENT_GIVEN, CONSENT_FULL,
		    { "media 2011 covers=this" } },
		{ "media", CONSENT_GIVEN, CONSENT_FULL,
		    { "media 2011", "un 2012 covers=other" } },
		{ "media", CONSENT_NO_SCOPE, CONSENT_UNNAMED,
		    { "media 2011 covers=this", "un 2012" } },
	};

	(void)state;
	check(rows, N(rows));
}

/* Two versions of one consent that disagree allow what both do. */
static void
narrows_to_what_both_allow(void **state)
{
	struct consent c, other;

	(void)state;
	read_consent(&c, "media,un initials 2011 published", 0);
	read_consent(&other, "un,court pseudonym 2012 end=2027", 0);
	consent_narrow(&c, &other);
	assert_int_equal(c.scopes, 1u << CONSENT_UN);
	assert_int_equal(c.naming, CONSENT_PSEUDONYM);
	assert_int_equal(c.first, day("2011"));
	assert_int_equal(c.end, day("2027"));
	assert_false(c.published);
	consent_free(&other);
	read_consent(&other, "un 2012 covers=other", 0);
	consent_narrow(&c, &other);
	assert_int_equal(ask(&c, 1, "un").why, CONSENT_NO_SCOPE);
	consent_free(&other);
	consent_free(&c);
}

static void
reads_no_other_record(void **state)
{
	static const char *const bodies[] = { "{\"type\":\"status\"}",
		"{\"type\":\"consent\"}",
		"{\"type\":\"consent\",\"person\":\"nobody\"}", "[]", "7" };

	(void)state;
	for (size_t i = 0; i < N(bodies); i++) {
		json_t *body = json_loads(bodies[i], JSON_DECODE_ANY, NULL);
		struct consent c;

		assert_int_equal(consent_read(&c, body), VAULT_EDAMAGED);
		consent_free(&c);
		json_decref(body);
	}
}

/* Would the second be allowed more if the first were not there? */
static void
knows_what_a_consent_forbids(void **state)
{
	static const struct {
		const char *c, *x;
		bool forbids;
	} rows[] = {
		{ "store 2012", "un 2011", true },
		{ "un 2012", "un,media 2011", true },
		{ "un 2012", "un 2011", false },
		{ "un,media 2012", "un 2011", false },
		{ "store 2012", "store 2011", false },
		{ "store 2012", "un 2013", false },
		{ "store 2012", "un 2012", true },
		{ "un initials 2012", "un 2011", true },
		{ "un 2012", "un initials 2011", false },
		{ "un 2012 end=2013", "un 2011", true },
		{ "un 2012 end=2013", "un 2011 end=2013", false },
		{ "un 2030", "un 2011", true },
		{ "un 2012 nobody", "un 2011", true },
		{ "store 2012 covers=this", "un 2011", true },
		{ "store 2012", "un 2011 covers=this", true },
		{ "store 2012 covers=this", "un 2011 covers=this", true },
		{ "store 2012 covers=this", "un 2011 covers=other", false },
		{ "store \"then", "un 2011", true },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct consent c, x;

		read_consent(&c, rows[i].c, 0);
		read_consent(&x, rows[i].x, 1);
		if (consent_forbids(&c, &x, day(TODAY)) != rows[i].forbids)
			fail_msg("row %zu", i);
		consent_free(&c);
		consent_free(&x);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_by_the_latest),
		cmocka_unit_test(ends_and_never_revives),
		cmocka_unit_test(believes_our_own_office_only),
		cmocka_unit_test(narrows_to_what_both_allow),
		cmocka_unit_test(reads_no_other_record),
		cmocka_unit_test(knows_what_a_consent_forbids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
