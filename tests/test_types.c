/* SPDX-License-Identifier: ISC */
/*
 * The types act, intervention, consent and count (records.md, 4 and 13), and
 * the rules that tie one field to another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "record/body.h"
#include "record/json.h"
#include "record/name.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define ID "5031hqst45wb18ntqz0y2b7v9q"
#define ID2 "57v3hh43jx5fkyg9r9k55x6mdw"

/* The complete bodies of records.md, 13, as they stand there. */
static const char a5[] =
    "{\"type\": \"act\", \"act\": \"torture\", \"act_code\": \"020111110000\","
    " \"level\": 2, \"victims\": [\"5031hqst45wb18ntqz0y2b7v9q\"],"
    " \"cases\": [\"7865d00jr7fd109019t5e03270\"],\n"
    " \"date\": {\"edtf\": \"[..2011-04-26]\", \"text\": \"during that time\"},"
    " \"methods\": [\"drugged\", \"other\"],\n"
    " \"perpetrators\": [{\"who\": {\"text\": \"unknown\"}, \"kind\":"
    " \"unknown\", \"role\": \"suspected\"}],\n"
    " \"basis\": [{\"ref\": \"1cb7vge3190sryh5gx244wdxqa\"}], \"certainty\":"
    " \"likely\"}";
static const char n3[] =
    "{\"type\": \"count\", \"level\": 0, \"what\": \"remain missing\", "
    "\"case\":"
    " \"7865d00jr7fd109019t5e03270\", \"op\": \"min\", \"n\": 17, \"unit\":"
    " \"persons\",\n"
    " \"mode\": \"now\", \"statuses\": [\"missing\"], \"as_of\": {\"edtf\":"
    " \"2011-04-26\"}, \"certainty_min\": \"likely\", \"members\":"
    " [\"57v3hh43jx5fkyg9r9k55x6mdw\", \"4qwfz6pbjsaj5gdp9xyz3r02fx\"],\n"
    " \"published_in\": [{\"ref\": \"5gtfk5je6wh5fxe316hrvp6yww\"}],"
    " \"computed\": {\"n\": 2, \"n_possible\": 2, \"at\": {\"edtf\":"
    " \"2011-04-26\"}}}";

static json_t *
read_json(const char *text)
{
	struct json_fault fault;
	json_t *value;

	if (json_read(&value, text, strlen(text), 1 << 24, &fault) != VAULT_OK)
		fail_msg("fault %d at %zu of %s", (int)fault.kind, fault.offset,
		    text);
	return value;
}

/* What each type must have and should have, recorded_by included. */
static const struct {
	const char *type, *members;
} whole[] = {
	{ "act",
	    "\"act\": \"torture\", \"victims\": [\"" ID "\"], \"date\":"
	    " {\"edtf\": \"2011\"}" },
	{ "intervention",
	    "\"kind\": \"request\", \"date\": {\"edtf\": \"2011\"}" },
	{ "consent",
	    "\"person\": \"" ID "\", \"scopes\": [\"un\"], \"naming\":"
	    " \"initials\", \"date\": {\"edtf\": \"2011\"}, \"given_by\":"
	    " \"self\"" },
	{ "count",
	    "\"what\": \"missing\", \"as_of\": {\"text\": \"not stated\"},"
	    " \"case\": \"" ID "\", \"mode\": \"now\", \"statuses\":"
	    " [\"missing\"]" },
};

static json_t *
whole_with(const char *type, const char *members)
{
	char text[2048];

	for (size_t i = 0; i < N(whole); i++)
		if (strcmp(whole[i].type, type) == 0)
			snprintf(text, sizeof(text),
			    "{\"type\": \"%s\", \"level\": 2, \"recorded_by\":"
			    " \"m\", %s, %s}",
			    type, whole[i].members, members);
	return read_json(text);
}

static void
expect(json_t *body, enum body_from from, enum body_severity severity,
    enum body_code code, const char *path)
{
	struct body_report r = { 0 };

	assert_int_equal(body_check(body, from, &r),
	    severity == BODY_ERROR ? VAULT_EUSE : VAULT_OK);
	if (r.n != 1 || r.list[0].code != code ||
	    r.list[0].severity != severity ||
	    strcmp(buf_text(&r.list[0].path), path) != 0)
		fail_msg("%zu findings; first: %d, %d at %s; not %d at %s", r.n,
		    r.n > 0 ? (int)r.list[0].severity : -1,
		    r.n > 0 ? (int)r.list[0].code : -1,
		    r.n > 0 ? buf_text(&r.list[0].path) : "", (int)code, path);
	body_report_free(&r);
	json_decref(body);
}

static void
expect_good(json_t *body)
{
	struct body_report r = { 0 };

	if (body_check(body, BODY_ENTRY, &r) != VAULT_OK || r.n != 0)
		fail_msg(
		    "%d at %s", (int)r.list[0].code, buf_text(&r.list[0].path));
	body_report_free(&r);
	json_decref(body);
}

static void
accepts_the_bodies_of_the_page_as_they_stand(void **state)
{
	static const char *const bodies[] = { a5, n3 };

	(void)state;
	for (size_t i = 0; i < N(bodies); i++)
		/* Nothing else is missed in them than who recorded them. */
		expect(read_json(bodies[i]), BODY_ENTRY, BODY_WARNING,
		    BODY_SHOULD, "recorded_by");
}

static void
saves_an_act_or_intervention_that_is_a_single_note(void **state)
{
	static const char *const types[] = { "act", "intervention" };

	(void)state;
	for (size_t i = 0; i < N(types); i++) {
		struct body_report r = { 0 };
		char text[128];
		json_t *body;

		snprintf(text, sizeof(text),
		    "{\"type\": \"%s\", \"notes\": [\"n\"]}", types[i]);
		body = read_json(text);
		assert_int_equal(body_fill(body), VAULT_OK);
		assert_int_equal(body_check(body, BODY_ENTRY, &r), VAULT_OK);
		assert_int_equal(r.count[BODY_ERROR], 0);
		body_report_free(&r);
		json_decref(body);
	}
}

static void
refuses_a_consent_or_count_that_says_nothing(void **state)
{
	static const struct {
		const char *type, *missing;
	} rows[] = { { "consent", "person scopes naming" },
		{ "count", "what as_of op" } };

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct body_report r = { 0 };
		char text[64];
		size_t found = 0;
		json_t *body;

		snprintf(text, sizeof(text), "{\"type\": \"%s\", \"level\": 2}",
		    rows[i].type);
		body = read_json(text);
		assert_int_equal(body_check(body, BODY_ENTRY, &r), VAULT_EUSE);
		for (size_t j = 0; j < r.n; j++)
			found += r.list[j].code == BODY_MISSING &&
			    model_has_word(
				rows[i].missing, buf_text(&r.list[j].path));
		assert_int_equal(found, 3);
		assert_int_equal(r.count[BODY_ERROR], 3);
		body_report_free(&r);
		json_decref(body);
	}
}

static void
wants_the_numbers_that_a_figure_has(void **state)
{
	static const char *const good[] = { "\"op\": \"eq\", \"n\": 39",
		"\"op\": \"min\", \"n\": 0", "\"op\": \"approx\"",
		"\"op\": \"approx\", \"n\": 40",
		"\"op\": \"range\", \"n\": 5, \"n2\": 5" };
	static const struct {
		const char *members;
		enum body_code code;
		const char *path;
	} bad[] = {
		{ "\"op\": \"eq\"", BODY_MISSING, "n" },
		{ "\"op\": \"range\", \"n\": 1", BODY_MISSING, "n2" },
		{ "\"op\": \"eq\", \"n\": 1, \"n2\": 2", BODY_ONLY_WHEN, "n2" },
		{ "\"op\": \"range\", \"n\": 7, \"n2\": 6", BODY_LESS, "n2" },
		{ "\"op\": \"eq\", \"n\": -1", BODY_BAD_NUMBER, "n" },
		{ "\"op\": \"about\", \"n\": 1", BODY_UNKNOWN_CODE, "op" },
		{ "\"op\": \"eq\", \"n\": 3, \"computed\": {\"n\": 2,"
		  " \"n_possible\": 1, \"at\": {\"edtf\": \"2011\"}}",
		    BODY_LESS, "computed.n_possible" },
	};

	(void)state;
	for (size_t i = 0; i < N(good); i++)
		expect_good(whole_with("count", good[i]));
	for (size_t i = 0; i < N(bad); i++)
		expect(whole_with("count", bad[i].members), BODY_ENTRY,
		    BODY_ERROR, bad[i].code, bad[i].path);
	expect(whole_with("count", "\"op\": \"eq\""), BODY_BUNDLE, BODY_WARNING,
	    BODY_MISSING, "n");
}

static void
wants_to_know_where_what_was_inferred_was_published(void **state)
{
	(void)state;
	expect_good(whole_with("consent", "\"how\": \"written\""));
	expect(whole_with("consent", "\"how\": \"inferred-public\""),
	    BODY_ENTRY, BODY_ERROR, BODY_MISSING, "basis");
	expect_good(whole_with("consent",
	    "\"how\": \"inferred-public\", \"basis\": [{\"ref\": \"" ID2
	    "\"}]"));
	expect(whole_with("consent",
		   "\"how\": \"written\", \"expires\": {\"edtf\": \"2010\"}"),
	    BODY_ENTRY, BODY_WARNING, BODY_ORDER, "expires");
}

static void
warns_where_one_source_is_to_confirm_an_act(void **state)
{
	static const struct {
		const char *basis, *certainty;
		bool good;
	} rows[] = {
		{ "{\"ref\": \"" ID "\"}", "likely", true },
		{ "{\"ref\": \"" ID "\"}, {\"ref\": \"" ID2 "\"}", "confirmed",
		    true },
		{ "{\"ref\": \"" ID "\"}", "confirmed", false },
		/* The same source on two pages is one source. */
		{ "{\"ref\": \"" ID
		  "\", \"locator\": \"p. 1\"}, {\"ref\": \"" ID
		  "\", \"locator\": \"p. 9\"}",
		    "confirmed", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char members[256];
		json_t *body;

		snprintf(members, sizeof(members),
		    "\"basis\": [%s], \"certainty\": \"%s\"", rows[i].basis,
		    rows[i].certainty);
		body = whole_with("act", members);
		if (rows[i].good)
			expect_good(body);
		else
			expect(body, BODY_ENTRY, BODY_WARNING, BODY_ONE_SOURCE,
			    "certainty");
	}
}

static void
checks_the_blocks_of_an_act(void **state)
{
	static const char block[] =
	    "\"basis\": [{\"ref\": \"" ID "\"}], \"certainty\": \"likely\","
	    " \"detention\": {\"warrant\": \"n\", \"charges\": [\"x\"],"
	    " \"facilities\": [{\"text\": \"A\", \"from\": {\"edtf\":"
	    " \"2011-02\"}, \"to\": {\"edtf\": \"2011-03\"}}], \"remedies\":"
	    " [{\"date\": {\"edtf\": \"2011-03\"}, \"by\": {\"text\": \"her"
	    " sister\"}, \"action\": \"complaint\"}], \"wgad_category\": "
	    "\"2\"},"
	    " \"torture\": {\"injuries\": \"i\", \"doctor\": {\"when\":"
	    " \"after\", \"kind\": \"independent\", \"consistency\": \"hc\","
	    " \"certificate\": \"" ID "\"}}, \"death\": {\"body_returned\":"
	    " \"u\"}, \"duration\": {\"iso\": \"~P10D\"}";
	static const struct {
		const char *part;
		enum body_code code;
		const char *path;
	} bad[] = {
		{ "\"detention\": {\"warrant\": \"yes\"}", BODY_UNKNOWN_CODE,
		    "detention.warrant" },
		{ "\"detention\": {\"lawyer\": \"y\"}", BODY_UNKNOWN_FIELD,
		    "detention.lawyer" },
		{ "\"detention\": {\"remedies\": [{\"x_a\": 1}]}",
		    BODY_INCOMPLETE, "detention.remedies[0]" },
		{ "\"torture\": {\"doctor\": {\"consistency\": \"5\"}}",
		    BODY_UNKNOWN_CODE, "torture.doctor.consistency" },
		{ "\"death\": {\"autopsy\": \"yes\"}", BODY_BAD_NUMBER,
		    "death.autopsy" },
	};

	(void)state;
	expect_good(whole_with("act", block));
	for (size_t i = 0; i < N(bad); i++) {
		char members[256];

		snprintf(members, sizeof(members),
		    "\"basis\": [{\"ref\": \"" ID "\"}], \"certainty\":"
		    " \"likely\", %s",
		    bad[i].part);
		expect(whole_with("act", members), BODY_ENTRY, BODY_ERROR,
		    bad[i].code, bad[i].path);
	}
}

static void
keeps_the_facts_of_a_consent_and_a_count(void **state)
{
	static const struct {
		const char *type, *before, *after, *path;
	} rows[] = {
		{ "consent", "\"how\": \"written\"", "\"how\": \"recorded\"",
		    "how" },
		{ "count", "\"op\": \"eq\", \"n\": 6",
		    "\"op\": \"eq\", \"n\": 7", "n" },
		{ "consent", "\"how\": \"written\"",
		    "\"how\": \"written\", \"notes\": [\"seen again\"]", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		json_t *before = whole_with(rows[i].type, rows[i].before);
		json_t *after = whole_with(rows[i].type, rows[i].after);
		struct body_report r = { 0 };

		assert_int_equal(body_check_change(before, after, NULL, &r),
		    rows[i].path == NULL ? VAULT_OK : VAULT_EUSE);
		if (rows[i].path != NULL) {
			assert_int_equal(r.list[0].code, BODY_FACT_CHANGED);
			assert_string_equal(
			    buf_text(&r.list[0].path), rows[i].path);
		}
		body_report_free(&r);
		json_decref(before);
		json_decref(after);
	}
}

static void
gives_each_type_a_line_for_lists(void **state)
{
	static const struct {
		const char *body, *title;
	} rows[] = {
		{ a5, "torture, " ID ", during that time" },
		{ n3, "remain missing, min 17" },
		{ "{\"type\": \"count\", \"what\": \"w\", \"op\": \"range\","
		  " \"n\": 1, \"n2\": 2}",
		    "w, range 1 2" },
		{ "{\"type\": \"count\", \"what\": \"w\", \"op\": \"approx\"}",
		    "w, approx" },
		{ "{\"type\": \"count\", \"op\": \"x\", \"n\": 4}", "x 4" },
		{ "{\"type\": \"consent\", \"person\": \"" ID
		  "\", \"scopes\": [\"un\", \"media\", \"gov\"]}",
		    ID ", a UN body +2" },
		{ "{\"type\": \"intervention\", \"kind\": \"request\","
		  " \"mechanism\": \"wgeid\"}",
		    "request to authorities or bodies, Working Group on "
		    "Enforced or Involuntary Disappearances" },
		{ "{\"type\": \"intervention\", \"to\": [{\"text\": \"G\"}]}",
		    "G" },
		{ "{\"type\": \"act\", \"description\": \"d\"}", "d" },
		{ "{\"type\": \"act\", \"victims\": [{}, 1], \"act\": 3}", "" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		json_t *body = read_json(rows[i].body);
		struct buf out = { 0 };

		assert_int_equal(
		    record_title(&out, body, NULL, NULL, NULL), VAULT_OK);
		assert_string_equal(buf_text(&out), rows[i].title);
		buf_free(&out);
		json_decref(body);
	}
}

static enum vault_err
add_value(void *arg, const struct body_value *value)
{
	struct buf *out = arg;

	buf_putf(out, "%s=%.*s ", value->query,
	    value->text == NULL ? 1 : (int)value->len,
	    value->text == NULL ? "-" : value->text);
	return buf_ok(out);
}

static void
is_found_by_act_date_case_and_place(void **state)
{
	json_t *body = read_json(
	    "{\"type\": \"act\", \"level\": 2, \"act\": \"raid\", \"cases\": "
	    "[\"" ID
	    "\"], \"date\": {\"edtf\": \"2011\"}, \"places\": [{\"text\":"
	    " \"Beijing\", \"country\": \"CN\"}], \"detention\":"
	    " {\"facilities\": [{\"facility\": \"No. 1\"}]},"
	    " \"perpetrators\": [{\"nickname\": \"Scar\"}]}");
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(body_values(body, add_value, &out), VAULT_OK);
	assert_string_equal(buf_text(&out),
	    "type=act level=2 act=raid case=" ID " date=- place=Beijing"
	    " country=CN place=No. 1 name=Scar ");
	buf_free(&out);
	json_decref(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_the_bodies_of_the_page_as_they_stand),
		cmocka_unit_test(
		    saves_an_act_or_intervention_that_is_a_single_note),
		cmocka_unit_test(refuses_a_consent_or_count_that_says_nothing),
		cmocka_unit_test(wants_the_numbers_that_a_figure_has),
		cmocka_unit_test(
		    wants_to_know_where_what_was_inferred_was_published),
		cmocka_unit_test(warns_where_one_source_is_to_confirm_an_act),
		cmocka_unit_test(checks_the_blocks_of_an_act),
		cmocka_unit_test(keeps_the_facts_of_a_consent_and_a_count),
		cmocka_unit_test(gives_each_type_a_line_for_lists),
		cmocka_unit_test(is_found_by_act_date_case_and_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
