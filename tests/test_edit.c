/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "record/body.h"
#include "record/edit.h"
#include "record/json.h"
#include "vault.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define ID "5031hqst45wb18ntqz0y2b7v9q"

/* A body with as little as can be: what body_new fills in is taken out. */
static struct vault_body *
body_of(const char *type)
{
	struct vault_body *b;
	char json[64];

	snprintf(json, sizeof(json), "{\"type\":\"%s\"}", type);
	assert_int_equal(vault_body_read(&b, json, strlen(json)), VAULT_OK);
	return b;
}

static enum vault_err
set(struct vault_body *b, const char *path, const char *text)
{
	return vault_body_set(b, path, text, strlen(text));
}

#define SET(b, path, text) assert_int_equal(set(b, path, text), VAULT_OK)
#define NOT(b, path, text) assert_int_equal(set(b, path, text), VAULT_EUSE)
#define UNSET(b, path) assert_int_equal(vault_body_unset(b, path), VAULT_OK)

static void
is_json(const struct vault_body *b, const char *want)
{
	struct buf json = { 0 };

	assert_int_equal(vault_body_json(&json, b), VAULT_OK);
	assert_string_equal(buf_text(&json), want);
	buf_free(&json);
}

static void
is_at(const struct vault_body *b, const char *path, const char *want)
{
	struct buf text = { 0 };
	bool there = vault_body_get(&text, b, path);

	if (want == NULL) {
		assert_false(there);
	} else {
		assert_true(there);
		assert_string_equal(buf_text(&text), want);
	}
	buf_free(&text);
}

static void
begins_with_what_has_a_default(void **state)
{
	struct vault_body *b;

	(void)state;
	assert_int_equal(vault_body_new(&b, "person"), VAULT_OK);
	is_json(b, "{\"kind\":\"individual\",\"level\":2,\"type\":\"person\"}");
	vault_body_free(b);
	assert_int_equal(vault_body_new(&b, "persn"), VAULT_EUSE);
	assert_null(b);
	assert_int_equal(vault_body_read(&b, "[1]", 3), VAULT_EUSE);
	assert_null(b);
	assert_int_equal(vault_body_read(&b, "{", 1), VAULT_EUSE);
	vault_body_free(NULL);
}

static void
sets_each_kind_of_value(void **state)
{
	static const struct {
		const char *type, *path, *text, *json, *back;
	} cases[] = {
		{ "person", "pseudonym", " A\tb ", "\"pseudonym\":\" A\\tb \"",
		    " A\tb " },
		{ "person", "description", "one\ntwo\n",
		    "\"description\":\"one\\ntwo\\n\"", "one\ntwo\n" },
		{ "person", "sex", "F", "\"sex\":\"f\"", "f" },
		{ "person", "protected", "Yes", "\"protected\":true", "yes" },
		{ "person", "protected", "n", "\"protected\":false", "no" },
		{ "person", "dependants", " 3 ", "\"dependants\":3", "3" },
		{ "person", "age", "0.22", "\"age\":\"0.22\"", "0.22" },
		{ "person", "photo", "5O31HQST45WB18NTQZ0Y2B7V9Q",
		    "\"photo\":\"" ID "\"", ID },
		{ "case", "countries[0]", "cn", "\"countries\":[\"CN\"]",
		    NULL },
		{ "testimony", "source_reliability", "f",
		    "\"source_reliability\":\"F\"", "F" },
		{ "person", "names[0].script", "hans",
		    "\"names\":[{\"script\":\"Hans\"}]", "Hans" },
		{ "testimony", "orig_lang", "zh-Hans",
		    "\"orig_lang\":\"zh-Hans\"", "zh-Hans" },
		{ "person", "addresses[0].lat", "-12.5",
		    "\"addresses\":[{\"lat\":\"-12.5\"}]", "-12.5" },
		{ "person", "x_shoe", "42", "\"x_shoe\":\"42\"", "42" },
	};
	char want[256];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct vault_body *b = body_of(cases[i].type);
		bool after = strcmp(cases[i].path, "x_shoe") == 0;

		SET(b, cases[i].path, cases[i].text);
		if (after)
			snprintf(want, sizeof(want), "{\"type\":\"person\",%s}",
			    cases[i].json);
		else
			snprintf(want, sizeof(want), "{%s,\"type\":\"%s\"}",
			    cases[i].json, cases[i].type);
		is_json(b, want);
		if (cases[i].back != NULL)
			is_at(b, cases[i].path, cases[i].back);
		vault_body_free(b);
	}
}

static void
keeps_dates_as_dates_and_words_as_words(void **state)
{
	static const struct {
		const char *typed, *json, *back;
	} cases[] = {
		{ "2011-04-26", "{\"edtf\":\"2011-04-26\"}", "2011-04-26" },
		{ " 2011~ ", "{\"edtf\":\"2011~\"}", "2011~" },
		{ "2011-02-15~/.. (since mid-February)",
		    "{\"edtf\":\"2011-02-15~/..\","
		    "\"text\":\"since mid-February\"}",
		    "2011-02-15~/.. (since mid-February)" },
		{ "2011-02-15~/..\uff08\u4e8c\u6708\u4e2d\u65ec\uff09",
		    "{\"edtf\":\"2011-02-15~/..\","
		    "\"text\":\"\u4e8c\u6708\u4e2d\u65ec\"}",
		    "2011-02-15~/.. (\u4e8c\u6708\u4e2d\u65ec)" },
		{ "2011 (a (b))", "{\"edtf\":\"2011\",\"text\":\"a (b)\"}",
		    "2011 (a (b))" },
		{ "since mid-February", "{\"text\":\"since mid-February\"}",
		    "since mid-February" },
		{ "2011-02-30", "{\"text\":\"2011-02-30\"}", "2011-02-30" },
		{ "2011-02-15 in the evening",
		    "{\"text\":\"2011-02-15 in the evening\"}",
		    "2011-02-15 in the evening" },
		{ "15/2/2011 (a Tuesday)",
		    "{\"text\":\"15/2/2011 (a Tuesday)\"}",
		    "15/2/2011 (a Tuesday)" },
		{ "2011 ()", "{\"text\":\"2011 ()\"}", "2011 ()" },
		{ "(2011)", "{\"text\":\"(2011)\"}", "(2011)" },
		{ "2011)", "{\"text\":\"2011)\"}", "2011)" },
		{ ")(", "{\"text\":\")(\"}", ")(" },
		{ "2011 )(", "{\"text\":\"2011 )(\"}", "2011 )(" },
	};
	char want[256];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct vault_body *b = body_of("testimony");

		/* The whole object is replaced. */
		SET(b, "date.text", "before");
		SET(b, "date", cases[i].typed);
		snprintf(want, sizeof(want),
		    "{\"date\":%s,\"type\":\"testimony\"}", cases[i].json);
		is_json(b, want);
		is_at(b, "date", cases[i].back);
		SET(b, "date", cases[i].back);
		is_json(b, want);
		NOT(b, "date.edtf", "mid-February");
		SET(b, "date.text", "words");
		vault_body_free(b);
	}
}

static void
reads_durations_and_parties(void **state)
{
	struct vault_body *b = body_of("status");

	(void)state;
	SET(b, "sentence.length", "~P10D (some ten days)");
	is_at(b, "sentence.length.iso", "~P10D");
	is_at(b, "sentence.length.text", "some ten days");
	SET(b, "authority", "Beijing police");
	is_at(b, "authority.text", "Beijing police");
	SET(b, "authority", "5O31HQST45WB18NTQZ0Y2B7V9Q");
	is_at(b, "authority.text", NULL);
	is_at(b, "authority", ID);
	SET(b, "basis[0]", ID);
	SET(b, "basis[0].locator", "p. 159");
	is_at(b, "basis[0]", ID);
	NOT(b, "basis[0]", "a newspaper");
	is_json(b,
	    "{\"authority\":{\"ref\":\"" ID "\"},"
	    "\"basis\":[{\"locator\":\"p. 159\",\"ref\":\"" ID "\"}],"
	    "\"sentence\":{\"length\":{\"iso\":\"~P10D\","
	    "\"text\":\"some ten days\"}},\"type\":\"status\"}");
	vault_body_free(b);
}

static void
grows_and_shrinks_arrays(void **state)
{
	struct vault_body *b = body_of("case");

	(void)state;
	NOT(b, "tags[1]", "b");
	SET(b, "tags[0]", "a");
	SET(b, "tags[1]", "b");
	SET(b, "tags", "c");
	NOT(b, "tags[4]", "e");
	assert_int_equal(vault_body_count(b, "tags"), 3);
	UNSET(b, "tags[0]");
	is_at(b, "tags[0]", "b");
	is_at(b, "tags[2]", NULL);
	UNSET(b, "tags[1]");
	UNSET(b, "tags[0]");
	is_json(b, "{\"type\":\"case\"}");
	assert_int_equal(vault_body_count(b, "tags"), 0);

	SET(b, "places[0].admin[0]", "Guangdong");
	NOT(b, "places[2].admin[0]", "x");
	NOT(b, "places[1].admin[1]", "x");
	SET(b, "places[1]", "Beijing");
	SET(b, "places[1].from", "2011");
	is_json(b,
	    "{\"places\":[{\"admin\":[\"Guangdong\"]},"
	    "{\"from\":{\"edtf\":\"2011\"},\"text\":\"Beijing\"}],"
	    "\"type\":\"case\"}");
	UNSET(b, "places[0].admin[0]");
	assert_int_equal(vault_body_count(b, "places"), 1);
	UNSET(b, "places[0].from.edtf");
	is_json(b, "{\"places\":[{\"text\":\"Beijing\"}],\"type\":\"case\"}");
	UNSET(b, "places");
	is_json(b, "{\"type\":\"case\"}");
	vault_body_free(b);
}

static void
one_name_at_most_is_the_one_to_show(void **state)
{
	struct vault_body *b = body_of("person");

	(void)state;
	SET(b, "names[0]", "Teng Biao");
	SET(b, "names[1]", "\u817e\u5f6a");
	SET(b, "names[0].primary", "yes");
	SET(b, "names[1].primary", "yes");
	is_json(b,
	    "{\"names\":[{\"text\":\"Teng Biao\"},"
	    "{\"primary\":true,\"text\":\"\u817e\u5f6a\"}],"
	    "\"type\":\"person\"}");
	SET(b, "names[0].primary", "no");
	is_at(b, "names[1].primary", "yes");
	vault_body_free(b);
}

static void
refuses_what_is_not_there_or_not_such_a_value(void **state)
{
	static const struct {
		const char *type, *path, *text;
	} cases[] = {
		{ "person", "", "x" },
		{ "person", ".", "x" },
		{ "person", "names.", "x" },
		{ "person", ".names", "x" },
		{ "person", "names[", "x" },
		{ "person", "names[]", "x" },
		{ "person", "names[-1]", "x" },
		{ "person", "names[0", "x" },
		{ "person", "names[0]]", "x" },
		{ "person", "names[0][0]", "x" },
		{ "person", "names[0]text", "x" },
		{ "person", "names[99999999999999999999]", "x" },
		{ "person", "names[ 0]", "x" },
		{ "person", "names.text", "x" },
		{ "person", "names[0].text.x", "x" },
		{ "person", "sex[0]", "m" },
		{ "person", "nmaes", "x" },
		{ "person", "type", "case" },
		{ "person", "type", "person" },
		{ "person", "level", "4" },
		{ "person", "level", "1.0" },
		{ "person", "level", "1x" },
		{ "person", "dependants", "99999999999999999" },
		{ "person", "dependants", "-" },
		{ "person", "sex", "woman" },
		{ "person", "protected", "perhaps" },
		{ "person", "photo", "5031" },
		{ "person", "age", "12,5" },
		{ "person", "names[0].script", "Han" },
		{ "person", "names[0].lang", "Chinese language" },
		{ "person", "private_fields[0]", "level" },
		{ "person", "private_fields[0]", "nothing" },
		{ "person", "contacts", "x" },
		{ "person", "contacts[0]", "x" },
		{ "person", "x_shoe.size", "42" },
		{ "person", "x_shoe[0]", "42" },
		{ "person", "x_Shoe", "42" },
		{ "person", "pseudonym", "" },
		{ "person", "pseudonym", " \t\r\n" },
		{ "person", "pseudonym", "\xff" },
		{ "person", "pseudonym", "\xed\xa0\x80" },
		{ "hovercraft", "title", "x" },
	};
	char path[600], want[64];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct vault_body *b = body_of(cases[i].type);

		if (set(b, cases[i].path, cases[i].text) != VAULT_EUSE)
			fail_msg("%s = %s", cases[i].path, cases[i].text);
		snprintf(
		    want, sizeof(want), "{\"type\":\"%s\"}", cases[i].type);
		is_json(b, want);
		vault_body_free(b);
	}

	/* Long names and deep paths. */
	struct vault_body *b = body_of("person");
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	NOT(b, path, "x");
	for (size_t i = 0; i + 2 < sizeof(path); i += 2)
		path[i + 1] = '.';
	path[sizeof(path) - 1] = '\0';
	NOT(b, path, "x");
	assert_int_equal(vault_body_unset(b, path), VAULT_EUSE);
	assert_int_equal(vault_body_count(b, path), 0);
	is_at(b, path, NULL);
	assert_int_equal(vault_body_set(b, "title", "a\0b", 3), VAULT_EUSE);
	assert_int_equal(vault_body_unset(b, "type"), VAULT_EUSE);
	assert_int_equal(vault_body_unset(b, "nmaes"), VAULT_EUSE);
	UNSET(b, "names[7].text");
	UNSET(b, "x_none");
	is_json(b, "{\"type\":\"person\"}");
	vault_body_free(b);
}

static void
destroys_nothing_of_a_newer_program(void **state)
{
	static const char json[] =
	    "{\"later\":{\"deep\":[{\"a\":1}]},\"names\":\"one text\","
	    "\"sex\":null,\"tags\":[[\"a\"]],\"type\":\"person\"}";
	struct vault_body *b;

	(void)state;
	assert_int_equal(vault_body_read(&b, json, strlen(json)), VAULT_OK);
	NOT(b, "names[0]", "x");
	NOT(b, "names[0].text", "x");
	NOT(b, "later", "x");
	NOT(b, "tags[0][0]", "x");
	is_json(b, json);
	is_at(b, "later.deep[0].a", "1");
	assert_int_equal(vault_body_count(b, "later.deep"), 1);
	SET(b, "sex", "m");
	SET(b, "tags[1]", "b");
	UNSET(b, "later.deep[0].a");
	UNSET(b, "names");
	UNSET(b, "tags[0][0]");
	is_json(b, "{\"sex\":\"m\",\"tags\":[\"b\"],\"type\":\"person\"}");
	vault_body_free(b);
}

/* ---- Properties ---- */

static unsigned
below(unsigned n)
{
	return (unsigned)rand() % n;
}

/* A path that may be one: fields of a type, with members and indices. */
static void
random_path(struct buf *path, const struct model_type *type)
{
	const struct model_field *f = NULL;
	unsigned skip = below(40);

	while (skip-- > 0)
		f = model_next_field(type, f);
	if (f == NULL)
		f = model_next_field(type, NULL);
	for (;;) {
		buf_put_text(path, f->name);
		if (f->many && below(8) > 0)
			buf_putf(path, "[%u]", below(3));
		if (f->object == NULL || below(4) == 0)
			break;
		f = f->object->fields + below((unsigned)f->object->n);
		buf_put_byte(path, '.');
	}
	if (below(20) == 0)
		buf_putf(path, "%c", "[].0x"[below(5)]);
}

static const char *
random_text(const struct model_type *type)
{
	static const char *const texts[] = { ID, "yes", "no", "1", "0", "-1",
		"3.5", "2011-04", "2011 (words)", "words", "", " ", "\xff",
		"P3D", "\u817e\u5f6a", "Hans", "zh", "CN", "y", "m", "min",
		"missing", "names[0].text", "title", "interview", "likely", "A",
		"active", "nick", "given-first", "pinyin", "un", "gagged",
		"spouse", "individual",
		("0123456789abcdef0123456789abcdef0123456789abcdef"
		 "0123456789ABCDEF") };
	(void)type;
	return texts[below(N(texts))];
}

/* The findings that setting and taking out may leave: never an empty one. */
static bool
is_allowed(enum body_code code)
{
	return code == BODY_MISSING || code == BODY_SHOULD ||
	    code == BODY_UNLISTED_CODE || code == BODY_NOT_BOTH ||
	    code == BODY_ORDER || code == BODY_SPAN_ORDER ||
	    code == BODY_ONLY_WHEN || code == BODY_LESS ||
	    code == BODY_ONE_SOURCE;
}

static void
never_makes_anything_empty_or_wrong(void **state)
{
	unsigned seed = (unsigned)time(NULL), kept = 0;

	(void)state;
	if (getenv("SEED") != NULL)
		seed = (unsigned)atoi(getenv("SEED"));
	print_message("SEED=%u\n", seed);
	srand(seed);
	for (unsigned round = 0; round < 400; round++) {
		const struct model_type *type = model_next_type(NULL);
		struct body_report report = { 0 };
		struct buf json = { 0 };
		struct vault_body *b;
		json_t *read;

		for (unsigned i = below(9); i > 0; i--)
			type = model_next_type(type);
		assert_int_equal(vault_body_new(&b, type->name), VAULT_OK);
		for (unsigned i = 0; i < 60; i++) {
			struct buf path = { 0 }, before = { 0 }, after = { 0 };
			const char *text = random_text(type);
			enum vault_err err;

			random_path(&path, type);
			assert_int_equal(vault_body_json(&before, b), VAULT_OK);
			err = below(3) > 0
			    ? set(b, buf_text(&path), text)
			    : vault_body_unset(b, buf_text(&path));
			assert_int_equal(vault_body_json(&after, b), VAULT_OK);
			if (err != VAULT_OK)
				assert_string_equal(
				    buf_text(&before), buf_text(&after));
			else
				kept++;
			buf_free(&path);
			buf_free(&before);
			buf_free(&after);
		}
		assert_int_equal(vault_body_json(&json, b), VAULT_OK);
		assert_int_equal(json_read(&read, json.bytes, json.len,
				     VAULT_BODY_MAX, NULL),
		    VAULT_OK);
		if (body_check(read, BODY_ENTRY, &report) == VAULT_ENOMEM)
			fail();
		for (size_t i = 0; i < report.n; i++)
			if (!is_allowed(report.list[i].code))
				fail_msg("%d at %s: %s",
				    (int)report.list[i].code,
				    buf_text(&report.list[i].path),
				    buf_text(&json));
		body_report_free(&report);
		json_decref(read);
		buf_free(&json);
		vault_body_free(b);
	}
	assert_true(kept > 1000);
}

/* What is set is what is read back, for fields that take it verbatim. */
static void
what_is_read_back_can_be_set_again(void **state)
{
	static const char *const lines[] = { "a", "\u817e\u5f6a", "2011 (x)",
		"[2011..2012]", "x (y)", " blanks ", ID };
	static const char *const paths[] = { "title", "names[0]", "born",
		"birth_place", "mother", "notes[0]" };

	(void)state;
	for (size_t i = 0; i < N(paths) * N(lines); i++) {
		const char *path = paths[i / N(lines)];
		struct vault_body *b = body_of("person"),
				  *c = body_of("person");
		struct buf text = { 0 }, one = { 0 }, two = { 0 };

		SET(b, path, lines[i % N(lines)]);
		assert_true(vault_body_get(&text, b, path));
		SET(c, path, buf_text(&text));
		assert_int_equal(vault_body_json(&one, b), VAULT_OK);
		assert_int_equal(vault_body_json(&two, c), VAULT_OK);
		assert_string_equal(buf_text(&one), buf_text(&two));
		buf_free(&text);
		buf_free(&one);
		buf_free(&two);
		vault_body_free(b);
		vault_body_free(c);
	}
}

static void
shows_the_model(void **state)
{
	struct vault_type t = { 0 };
	struct vault_field f = { 0 }, m = { 0 };
	struct vault_code c = { 0 };
	const char *near[3];
	size_t n = 0;

	(void)state;
	while (vault_type_next(&t))
		n++;
	assert_true(n >= 5);
	assert_true(vault_type_by_name(&t, "testimony"));
	assert_true(vault_field_next(&f, &t));
	assert_string_equal(f.name, "medium");
	assert_int_equal(f.kind, VAULT_KIND_CODE);
	assert_true(f.should);
	assert_true(vault_code_next(&c, &f));
	assert_string_equal(c.code, "interview");
	for (n = 1; vault_code_next(&c, &f); n++)
		;
	assert_int_equal(n, 21);
	assert_false(vault_member_next(&m, &f));
	assert_true(vault_field_next(&f, &t));
	assert_string_equal(f.object, "party");
	assert_false(vault_code_next(&c, &f));
	assert_true(vault_member_next(&m, &f));
	assert_string_equal(m.targets, "person");
	assert_true(vault_member_next(&m, &f));
	assert_false(vault_member_next(&m, &f));
	for (n = 2; vault_field_next(&f, &t); n++)
		if (n == 19) /* its own fields first, then the common ones */
			assert_string_equal(f.name, "type");
	assert_true(n > 30);
	assert_false(vault_type_by_name(&t, "testimoni"));
	assert_int_equal(vault_near_types(near, "testimoni"), 1);
	assert_string_equal(near[0], "testimony");
}

/* Fail each allocation in turn: nothing half done, nothing lost. */
static void
survives_every_shortage_of_memory(void **state)
{
#ifdef VAULT_TEST
	static const char json[] = "{\"type\":\"person\"}";

	(void)state;
	for (size_t n = 1; n < 1000; n++) {
		struct vault_body *b = body_of("person");
		enum vault_err err;

		mem_test_fail(n, 1);
		err = set(b, "addresses[0].from", "2011 (words)");
		mem_test_fail(0, 0);
		if (err == VAULT_OK) {
			vault_body_free(b);
			return;
		}
		is_json(b, json);
		vault_body_free(b);
	}
	fail();
#else
	(void)state;
	skip();
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_with_what_has_a_default),
		cmocka_unit_test(sets_each_kind_of_value),
		cmocka_unit_test(keeps_dates_as_dates_and_words_as_words),
		cmocka_unit_test(reads_durations_and_parties),
		cmocka_unit_test(grows_and_shrinks_arrays),
		cmocka_unit_test(one_name_at_most_is_the_one_to_show),
		cmocka_unit_test(refuses_what_is_not_there_or_not_such_a_value),
		cmocka_unit_test(destroys_nothing_of_a_newer_program),
		cmocka_unit_test(never_makes_anything_empty_or_wrong),
		cmocka_unit_test(what_is_read_back_can_be_set_again),
		cmocka_unit_test(shows_the_model),
		cmocka_unit_test(survives_every_shortage_of_memory),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
