/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "record/body.h"
#include "record/json.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define ID "5031hqst45wb18ntqz0y2b7v9q"
#define ID2 "57v3hh43jx5fkyg9r9k55x6mdw"

/* Complete bodies of records.md, 13, as they stand there. */
static const char p3[] =
    "{\"type\": \"person\", \"kind\": \"individual\", \"level\": 1, \"lang\": "
    "\"en\", \"pseudonym\": \"Lawyer J.\", \"occupations\": [\"lawyer\"],\n"
    " \"names\": [{\"text\": \"\u91d1\u5149\u9e3f\", \"script\": \"Hans\", "
    "\"lang\": \"zh\", \"order\": \"family-first\", \"family\": \"\u91d1\", "
    "\"given\": \"\u5149\u9e3f\", \"primary\": true},\n"
    "           {\"text\": \"Jin Guanghong\", \"script\": \"Latn\", \"lang\": "
    "\"zh\", \"kind\": \"romanised\", \"system\": \"pinyin\", \"order\": "
    "\"family-first\"}]}";
static const char s1[] =
    "{\"type\": \"status\", \"level\": 2, \"person\": "
    "\"57v3hh43jx5fkyg9r9k55x6mdw\", \"status\": \"missing\", \"case\": "
    "\"7865d00jr7fd109019t5e03270\",\n"
    " \"date\": {\"edtf\": \"2011-04-26\"}, \"last_contact\": {\"edtf\": "
    "\"[..2011-02-26]\", \"text\": \"more than two months\"},\n"
    " \"basis\": [{\"ref\": \"5gtfk5je6wh5fxe316hrvp6yww\"}], \"certainty\": "
    "\"confirmed\"}";
static const char t2[] =
    "{\"type\": \"testimony\", \"level\": 2, \"lang\": \"en\", \"medium\": "
    "\"victim-testimony\", \"connection\": \"victim\",\n"
    " \"source\": {\"ref\": \"5031hqst45wb18ntqz0y2b7v9q\"}, \"relayed_by\": "
    "[{\"text\": \"CHRD\"}],\n"
    " \"date\": {\"edtf\": \"[..2011-04-26]\"}, \"received\": {\"edtf\": "
    "\"2011-04-26\"},\n"
    " \"text\": \"has stated that he was tortured and drugged during that "
    "time\",\n"
    " \"about\": [\"5031hqst45wb18ntqz0y2b7v9q\", "
    "\"7865d00jr7fd109019t5e03270\"], \"source_reliability\": \"F\", "
    "\"credibility\": \"3\"}";

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

/* A person with these members beside what every person must have. */
static json_t *
person_with(const char *members)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    "{\"type\": \"person\", \"level\": 2, \"kind\": \"individual\","
	    " \"recorded_by\": \"m\", \"names\": [{\"text\": \"A\"}]%s%s}",
	    members[0] != '\0' ? ", " : "", members);
	return read_json(text);
}

static const struct body_finding *
find(const struct body_report *r, enum body_code code, const char *path)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->list[i].code == code &&
		    strcmp(buf_text(&r->list[i].path), path) == 0)
			return &r->list[i];
	return NULL;
}

/* The body has exactly one fault, this one; near may be NULL. */
static void
check_fault(json_t *body, enum body_from from, enum body_severity severity,
    enum body_code code, const char *path, const char *near)
{
	struct body_report r = { 0 };
	const struct body_finding *f;

	assert_int_equal(body_check(body, from, &r),
	    severity == BODY_ERROR ? VAULT_EUSE : VAULT_OK);
	if ((f = find(&r, code, path)) == NULL)
		fail_msg("no code %d at '%s'; first: %d at '%s'", (int)code,
		    path, r.n > 0 ? (int)r.list[0].code : -1,
		    r.n > 0 ? buf_text(&r.list[0].path) : "");
	assert_int_equal(r.n, 1);
	assert_int_equal(f->severity, severity);
	assert_int_equal(r.count[severity], 1);
	if (near != NULL) {
		assert_true(f->n_near > 0);
		assert_string_equal(f->near[0], near);
	}
	body_report_free(&r);
}

static void
check_entry(const char *members, enum body_code code, const char *path)
{
	json_t *body = person_with(members);

	check_fault(body, BODY_ENTRY,
	    code == BODY_ORDER || code == BODY_SHOULD ||
		    code == BODY_UNLISTED_CODE
		? BODY_WARNING
		: BODY_ERROR,
	    code, path, NULL);
	json_decref(body);
}

static void
check_good(const char *members)
{
	json_t *body = person_with(members);
	struct body_report r = { 0 };

	if (body_check(body, BODY_ENTRY, &r) != VAULT_OK || r.n != 0)
		fail_msg("%s: %d at %s", members, (int)r.list[0].code,
		    buf_text(&r.list[0].path));
	body_report_free(&r);
	json_decref(body);
}

static void
accepts_the_bodies_of_the_page_as_they_stand(void **state)
{
	static const char *const bodies[] = { p3, s1, t2 };

	(void)state;
	for (size_t i = 0; i < N(bodies); i++) {
		json_t *body = read_json(bodies[i]);
		struct body_report r = { 0 };

		assert_int_equal(body_check(body, BODY_ENTRY, &r), VAULT_OK);
		/* Nobody is said to have recorded them: a warning. */
		assert_int_equal(r.n, 1);
		assert_non_null(find(&r, BODY_SHOULD, "recorded_by"));
		body_report_free(&r);
		json_decref(body);
	}
}

static void
accepts_records_that_hold_a_single_note(void **state)
{
	static const char *const types[] = { "case", "person", "testimony",
		"document" };

	(void)state;
	for (size_t i = 0; i < N(types); i++) {
		struct body_report r = { 0 };
		char text[128];
		json_t *body;

		snprintf(text, sizeof(text),
		    "{\"type\": \"%s\", \"notes\": [\"a note\"]}", types[i]);
		body = read_json(text);
		assert_int_equal(body_fill(body), VAULT_OK);
		assert_int_equal(body_check(body, BODY_ENTRY, &r), VAULT_OK);
		assert_int_equal(r.count[BODY_ERROR], 0);
		body_report_free(&r);
		json_decref(body);
	}
}

static void
accepts_what_the_page_allows(void **state)
{
	(void)state;
	check_good("");
	check_good("\"age\": \"0.22\", \"age_at\": {\"text\": \"then\"}");
	check_good("\"birth_place\": {\"text\": \"X\", \"lat\": \"-33.45\","
		   " \"lon\": \"-180\", \"exact\": false, \"admin\": [\"a\"],"
		   " \"kind\": \"0204\", \"country\": \"CL\"}");
	check_good("\"mother\": {\"text\": \"unknown\"}, \"dependants\": 0");
	check_good("\"group_size\": {\"op\": \"range\", \"n\": 3, \"n2\": 5}");
	check_good(
	    "\"relations\": [{\"to\": \"" ID "\", \"kind\": \"spouse\"}]");
	check_good("\"contacts\": [{\"kind\": \"telephone\","
		   " \"value\": \"+1\", \"safe\": \"n\"}]");
	check_good("\"x_local\": {\"a\": [1, {\"b\": \"c\"}]}, \"x_1\": true");
	check_good("\"private_fields\": [\"contacts\", \"group_size.n\","
		   " \"x_a\"]");
	check_good("\"imported\": {\"file\": \"a.csv\", \"row\": 7, \"fields\":"
		   " [{\"name\": \"\u59d3\u540d\", \"text\": \"x\"}]}");
	check_good("\"translations\": [{\"field\": \"notes[0]\","
		   " \"lang\": \"zh-Hans-CN\", \"text\": \"t\"}]");
	check_good("\"review\": {\"edtf\": \"2030\"}, \"tags\": [\"t\"]");
	check_good("\"audiences\": [\"un\", \"court\"]");
}

static void
refuses_unknown_fields_and_suggests_near_ones(void **state)
{
	json_t *body = person_with("\"pseudonim\": \"J.\"");

	(void)state;
	check_fault(body, BODY_ENTRY, BODY_ERROR, BODY_UNKNOWN_FIELD,
	    "pseudonim", "pseudonym");
	check_fault(body, BODY_BUNDLE, BODY_NOTE, BODY_UNKNOWN_FIELD,
	    "pseudonim", "pseudonym");
	json_decref(body);
	body = person_with("\"birth_place\": {\"text\": \"x\","
			   " \"contry\": \"CN\"}");
	check_fault(body, BODY_ENTRY, BODY_ERROR, BODY_UNKNOWN_FIELD,
	    "birth_place.contry", "country");
	json_decref(body);
	check_entry("\"x_Bad\": 1", BODY_BAD_NAME, "x_Bad");
	check_entry("\"\": 1", BODY_UNKNOWN_FIELD, "");
}

static void
refuses_unknown_codes_and_suggests_near_ones(void **state)
{
	json_t *body = person_with("\"sex\": \"q\"");

	(void)state;
	check_fault(
	    body, BODY_ENTRY, BODY_ERROR, BODY_UNKNOWN_CODE, "sex", "m");
	check_fault(
	    body, BODY_BUNDLE, BODY_NOTE, BODY_UNKNOWN_CODE, "sex", "m");
	json_decref(body);
	body = person_with("\"birth_place\": {\"country\": \"China\"}");
	check_fault(body, BODY_ENTRY, BODY_ERROR, BODY_UNKNOWN_CODE,
	    "birth_place.country", "CN");
	json_decref(body);
	check_entry("\"birth_place\": {\"country\": \"UK\"}", BODY_UNKNOWN_CODE,
	    "birth_place.country");
	check_entry("\"audiences\": [\"un\", \"public\"]", BODY_UNKNOWN_CODE,
	    "audiences[1]");
}

static void
only_warns_of_codes_outside_an_open_list(void **state)
{
	json_t *body = read_json("{\"type\": \"person\", \"level\": 2,"
				 " \"kind\": \"individual\","
				 " \"recorded_by\": \"m\", \"names\":"
				 " [{\"text\": \"A\", \"system\": \"wade\"}]}");

	(void)state;
	check_fault(body, BODY_ENTRY, BODY_WARNING, BODY_UNLISTED_CODE,
	    "names[0].system", NULL);
	json_decref(body);
}

static void
refuses_what_is_empty(void **state)
{
	(void)state;
	check_entry("\"religion\": \"\"", BODY_EMPTY, "religion");
	check_entry("\"religion\": \" \\n\"", BODY_EMPTY, "religion");
	check_entry("\"religion\": null", BODY_EMPTY, "religion");
	check_entry("\"tags\": []", BODY_EMPTY, "tags");
	check_entry("\"tags\": [\"a\", \"\"]", BODY_EMPTY, "tags[1]");
	check_entry("\"mother\": {}", BODY_EMPTY, "mother");
	check_entry("\"x_a\": {\"b\": [null]}", BODY_EMPTY, "x_a.b[0]");
}

static void
refuses_values_of_the_wrong_kind(void **state)
{
	static const char *const rows[][2] = {
		{ "\"religion\": 1", "religion" },
		{ "\"religion\": [\"a\"]", "religion" },
		{ "\"tags\": \"a\"", "tags" },
		{ "\"tags\": [[\"a\"]]", "tags[0]" },
		{ "\"dependants\": \"2\"", "dependants" },
		{ "\"age\": 20", "age" },
		{ "\"protected\": \"yes\"", "protected" },
		{ "\"sex\": true", "sex" },
		{ "\"born\": \"1980\"", "born" },
		{ "\"born\": {\"edtf\": 1980}", "born.edtf" },
		{ "\"mother\": [{\"text\": \"x\"}]", "mother" },
		{ "\"photo\": 1", "photo" },
		{ "\"imported\": {\"fields\": {\"a\": \"b\"}}",
		    "imported.fields" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		check_entry(rows[i][0], BODY_WRONG_KIND, rows[i][1]);
}

static void
refuses_values_out_of_form(void **state)
{
	static const struct {
		const char *members;
		enum body_code code;
		const char *path;
	} rows[] = {
		{ "\"age\": \"201\"", BODY_BAD_NUMBER, "age" },
		{ "\"age\": \"-1\"", BODY_BAD_NUMBER, "age" },
		{ "\"age\": \"1e2\"", BODY_BAD_NUMBER, "age" },
		{ "\"age\": \"1,5\"", BODY_BAD_NUMBER, "age" },
		{ "\"age\": \".5\"", BODY_BAD_NUMBER, "age" },
		{ "\"age\": \"5.\"", BODY_BAD_NUMBER, "age" },
		{ "\"age\": \"05\"", BODY_BAD_NUMBER, "age" },
		{ "\"age\": \"99999999999999999999\"", BODY_BAD_NUMBER, "age" },
		{ "\"dependants\": -1", BODY_BAD_NUMBER, "dependants" },
		{ "\"birth_place\": {\"lat\": \"90.01\"}", BODY_BAD_NUMBER,
		    "birth_place.lat" },
		{ "\"birth_place\": {\"lat\": \"-90.01\"}", BODY_BAD_NUMBER,
		    "birth_place.lat" },
		{ "\"birth_place\": {\"kind\": \"x1\"}", BODY_BAD_NUMBER,
		    "birth_place.kind" },
		{ "\"photo\": \"5031\"", BODY_BAD_ID, "photo" },
		{ "\"photo\": \"5O31hqst45wb18ntqz0y2b7v9q\"", BODY_BAD_ID,
		    "photo" },
		{ "\"born\": {\"edtf\": \"1980-02-30\"}", BODY_BAD_DATE,
		    "born.edtf" },
		{ "\"lang\": \"x\"", BODY_BAD_LANG, "lang" },
		{ "\"lang\": \"zh_CN\"", BODY_BAD_LANG, "lang" },
		{ "\"lang\": \"en-\"", BODY_BAD_LANG, "lang" },
		{ "\"imported\": {\"sha256\": \"AB\"}", BODY_BAD_HASH,
		    "imported.sha256" },
		{ "\"private_fields\": [\"contact\"]", BODY_BAD_PATH,
		    "private_fields[0]" },
		{ "\"private_fields\": [\"names.text\"]", BODY_BAD_PATH,
		    "private_fields[0]" },
		{ "\"private_fields\": [\"level\"]", BODY_NOT_PRIVATE,
		    "private_fields[0]" },
		{ "\"translations\": [{\"field\": \"nots\", \"lang\": \"en\","
		  " \"text\": \"x\"}]",
		    BODY_BAD_PATH, "translations[0].field" },
		{ "\"translations\": [{\"field\": \"notes\","
		  " \"text\": \"x\"}]",
		    BODY_MISSING, "translations[0].lang" },
		{ "\"relations\": [{\"kind\": \"spouse\"}]", BODY_MISSING,
		    "relations[0].to" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		check_entry(rows[i].members, rows[i].code, rows[i].path);
}

/* What hides nothing is refused, with a name that is near. */
static void
refuses_to_hide_what_is_not_there(void **state)
{
	static const struct {
		const char *members, *path, *near;
	} rows[] = {
		{ "\"private_fields\": [\"health\"]", "private_fields[0]",
		    NULL },
		{ "\"notes\": [\"n\"], \"private_fields\": [\"notes\","
		  " \"contacts\"], \"x_contact\": 1",
		    "private_fields[1]", NULL },
		{ "\"x_a\": [{\"b\": 1}], \"private_fields\": [\"x_a.b\"]",
		    "private_fields[0]", NULL },
		{ "\"group_size\": {\"n\": 3},"
		  " \"private_fields\": [\"group_size.n2\"]",
		    "private_fields[0]", NULL },
		{ "\"father\": {\"text\": \"t\"},"
		  " \"private_fields\": [\"mother\"]",
		    "private_fields[0]", "father" },
	};
	static const char good[] =
	    "{\"type\": \"person\", \"x_a\": {\"b\": 1}, \"health\": \"h\","
	    " \"private_fields\": [\"health\", \"x_a.b\"]}";
	static const char before[] =
	    "{\"private_fields\": [\"health\", \"x_a.b\"]}";
	static const char emptied[] = "{\"type\": \"person\","
				      " \"private_fields\": [\"health\"]}";
	struct body_report r = { 0 };
	struct buf idle = { 0 };
	json_t *body, *old;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct body_finding *f;
		char text[512];

		snprintf(text, sizeof(text), "{\"type\": \"person\", %s}",
		    rows[i].members);
		body = read_json(text);
		assert_int_equal(
		    body_check_private(body, NULL, &r), VAULT_EUSE);
		f = find(&r, BODY_HIDES_NOTHING, rows[i].path);
		assert_non_null(f);
		if (rows[i].near != NULL) {
			assert_true(f->n_near > 0);
			assert_string_equal(f->near[0], rows[i].near);
		}
		body_report_free(&r);
		json_decref(body);
	}
	body = read_json(good);
	assert_int_equal(body_check_private(body, NULL, &r), VAULT_OK);
	assert_int_equal(body_idle_paths(&idle, body), VAULT_OK);
	assert_int_equal(idle.len, 0);
	json_decref(body);
	/* What was private before may have been emptied, or withheld. */
	body = read_json(emptied);
	old = read_json(before);
	assert_int_equal(body_check_private(body, old, &r), VAULT_OK);
	assert_int_equal(body_check_private(body, NULL, &r), VAULT_EUSE);
	assert_int_equal(body_idle_paths(&idle, body), VAULT_OK);
	assert_string_equal(buf_text(&idle), "health\n");
	body_report_free(&r);
	buf_free(&idle);
	json_decref(body);
	json_decref(old);
}

static void
suggests_what_can_be_private(void **state)
{
	static const struct {
		const char *path, *near;
	} rows[] = {
		{ "names.text", "names" },
		{ "helth", "health" },
		{ "group_size.m", "n" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct body_finding *f;
		struct body_report r = { 0 };
		char text[256];
		json_t *body;

		snprintf(text, sizeof(text),
		    "{\"type\": \"person\", \"level\": 1,"
		    " \"private_fields\": [\"%s\"]}",
		    rows[i].path);
		body = read_json(text);
		assert_int_equal(body_check(body, BODY_ENTRY, &r), VAULT_EUSE);
		f = find(&r, BODY_BAD_PATH, "private_fields[0]");
		assert_non_null(f);
		assert_true(f->n_near > 0);
		assert_string_equal(f->near[0], rows[i].near);
		body_report_free(&r);
		json_decref(body);
	}
}

static void
wants_one_of_the_members_that_say_something(void **state)
{
	(void)state;
	check_entry("\"born\": {\"x_a\": 1}", BODY_INCOMPLETE, "born");
	check_entry("\"mother\": {\"x_a\": 1}", BODY_INCOMPLETE, "mother");
}

static void
checks_durations(void **state)
{
	static const struct {
		const char *length;
		enum body_severity severity;
		enum body_code code;
		const char *path;
	} rows[] = {
		{ "{\"iso\": \"ten\"}", BODY_ERROR, BODY_BAD_SPAN,
		    "sentence.length.iso" },
		{ "{\"iso\": \"P1Y\", \"min\": \"P1Y\"}", BODY_ERROR,
		    BODY_NOT_BOTH, "sentence.length" },
		{ "{\"min\": \"P2Y\", \"max\": \"P1Y\"}", BODY_WARNING,
		    BODY_SPAN_ORDER, "sentence.length" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[512];
		json_t *body;

		snprintf(text, sizeof(text),
		    "{\"type\": \"status\", \"level\": 2, \"person\": \"" ID
		    "\", \"status\": \"sentenced\", \"recorded_by\": \"m\","
		    " \"date\": {\"edtf\": \"2011\"}, \"basis\": [{\"ref\": "
		    "\"" ID2 "\"}], \"certainty\": \"likely\","
		    " \"sentence\": {\"length\": %s}}",
		    rows[i].length);
		body = read_json(text);
		check_fault(body, BODY_ENTRY, rows[i].severity, rows[i].code,
		    rows[i].path, NULL);
		json_decref(body);
	}
}

static void
warns_of_an_end_before_the_start(void **state)
{
	(void)state;
	check_entry("\"addresses\": [{\"text\": \"x\", \"from\": {\"edtf\":"
		    " \"2011-05\"}, \"to\": {\"edtf\": \"2011-04-30\"}}]",
	    BODY_ORDER, "addresses[0].to");
	check_good("\"addresses\": [{\"text\": \"x\", \"from\": {\"edtf\":"
		   " \"2011-05-09\"}, \"to\": {\"edtf\": \"2011-05\"}}]");
	check_good("\"addresses\": [{\"text\": \"x\", \"from\": {\"text\":"
		   " \"later\"}, \"to\": {\"edtf\": \"2011-05\"}}]");
}

static void
wants_what_a_record_must_have(void **state)
{
	json_t *body = read_json("{\"type\": \"status\"}");
	struct body_report r = { 0 };

	(void)state;
	assert_int_equal(body_check(body, BODY_ENTRY, &r), VAULT_EUSE);
	assert_non_null(find(&r, BODY_MISSING, "level"));
	assert_non_null(find(&r, BODY_MISSING, "person"));
	assert_non_null(find(&r, BODY_MISSING, "status"));
	assert_non_null(find(&r, BODY_SHOULD, "date"));
	assert_int_equal(r.count[BODY_ERROR], 3);
	body_report_free(&r);

	/* In a bundle it may be withheld; the level may not. */
	assert_int_equal(body_check(body, BODY_BUNDLE, &r), VAULT_EUSE);
	assert_int_equal(
	    find(&r, BODY_MISSING, "person")->severity, BODY_WARNING);
	assert_int_equal(find(&r, BODY_MISSING, "level")->severity, BODY_ERROR);
	assert_int_equal(find(&r, BODY_SHOULD, "date")->severity, BODY_NOTE);
	body_report_free(&r);
	json_decref(body);
}

static void
wants_readers_at_level_3(void **state)
{
	json_t *body = person_with("");

	(void)state;
	json_object_set_new(body, "level", json_integer(3));
	check_fault(
	    body, BODY_ENTRY, BODY_ERROR, BODY_MISSING, "readers", NULL);
	check_fault(
	    body, BODY_BUNDLE, BODY_ERROR, BODY_MISSING, "readers", NULL);
	json_object_set_new(body, "level", json_integer(4));
	check_fault(
	    body, BODY_BUNDLE, BODY_ERROR, BODY_BAD_NUMBER, "level", NULL);
	json_decref(body);
}

static void
wants_all_of_a_file_or_nothing(void **state)
{
	json_t *body = read_json("{\"type\": \"document\", \"level\": 2,"
				 " \"size\": 5000000000}");
	struct body_report r = { 0 };

	(void)state;
	assert_int_equal(body_check(body, BODY_ENTRY, &r), VAULT_EUSE);
	assert_non_null(find(&r, BODY_MISSING, "sha256"));
	assert_non_null(find(&r, BODY_MISSING, "media_type"));
	assert_int_equal(r.count[BODY_ERROR], 2);
	body_report_free(&r);
	json_decref(body);
}

static void
allows_one_primary_name(void **state)
{
	json_t *body = person_with("");

	(void)state;
	json_object_set_new(body, "names",
	    read_json("[{\"text\": \"A\", \"primary\": true},"
		      " {\"text\": \"B\", \"primary\": true}]"));
	check_fault(body, BODY_ENTRY, BODY_ERROR, BODY_TWICE, "names", NULL);
	json_object_set_new(body, "names",
	    read_json("[{\"text\": \"A\", \"script\": \"hans\"}]"));
	check_fault(body, BODY_ENTRY, BODY_ERROR, BODY_BAD_SCRIPT,
	    "names[0].script", NULL);
	json_object_set_new(body, "names", read_json("[{\"family\": \"A\"}]"));
	check_fault(
	    body, BODY_ENTRY, BODY_ERROR, BODY_MISSING, "names[0].text", NULL);
	json_decref(body);
}

static void
knows_its_type_first(void **state)
{
	json_t *body = read_json("[]");

	(void)state;
	check_fault(body, BODY_ENTRY, BODY_ERROR, BODY_NOT_AN_OBJECT, "", NULL);
	json_decref(body);
	body = read_json("{}");
	check_fault(body, BODY_ENTRY, BODY_ERROR, BODY_MISSING, "type", NULL);
	check_fault(body, BODY_BUNDLE, BODY_ERROR, BODY_MISSING, "type", NULL);
	json_decref(body);
	body = read_json("{\"type\": 1}");
	check_fault(
	    body, BODY_ENTRY, BODY_ERROR, BODY_WRONG_KIND, "type", NULL);
	json_decref(body);
	body = read_json("{\"type\": \"persn\", \"what\": null}");
	check_fault(
	    body, BODY_ENTRY, BODY_ERROR, BODY_UNKNOWN_TYPE, "type", "person");
	check_fault(
	    body, BODY_BUNDLE, BODY_NOTE, BODY_UNKNOWN_TYPE, "type", "person");
	json_decref(body);
}

static void
shows_what_was_wrong_cut_between_characters(void **state)
{
	struct body_report r = { 0 };
	struct buf text = { 0 };
	json_t *body = person_with("");

	(void)state;
	for (int i = 0; i < 100; i++)
		buf_put_text(&text, "\u817e");
	json_object_set_new(body, "sex", json_string(buf_text(&text)));
	assert_int_equal(body_check(body, BODY_ENTRY, &r), VAULT_EUSE);
	assert_int_equal(r.list[0].value.len, 78);
	assert_string_equal(r.list[0].field->name, "sex");
	body_report_free(&r);
	json_decref(body);
	buf_free(&text);
}

static void
keeps_a_hundred_findings_and_counts_the_rest(void **state)
{
	json_t *body = person_with(""), *names = json_array();
	struct body_report r = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++)
		json_array_append_new(names, json_pack("{s:i}", "text", i));
	json_object_set_new(body, "names", names);
	assert_int_equal(body_check(body, BODY_ENTRY, &r), VAULT_EUSE);
	assert_int_equal(r.n, BODY_FINDINGS_MAX);
	assert_int_equal(r.count[BODY_ERROR], 10000);
	body_report_free(&r);
	json_decref(body);
}

static void
refuses_a_change_of_type_or_of_a_fact(void **state)
{
	json_t *before = read_json(s1), *after = json_deep_copy(before), *said;
	struct body_report r = { 0 };

	(void)state;
	json_object_set_new(after, "level", json_integer(1));
	json_object_set_new(after, "notes", read_json("[\"checked\"]"));
	assert_int_equal(body_check_change(before, after, NULL, &r), VAULT_OK);
	json_object_set_new(after, "status", json_string("released"));
	json_object_del(after, "basis");
	assert_int_equal(
	    body_check_change(before, after, NULL, &r), VAULT_EUSE);
	assert_non_null(find(&r, BODY_FACT_CHANGED, "status"));
	assert_non_null(find(&r, BODY_FACT_CHANGED, "basis"));
	assert_int_equal(r.n, 2);
	body_report_free(&r);
	/* What was said before may be said again, and nothing else. */
	said = json_pack(
	    "[{s:s},{s:s}]", "status", "held", "status", "released");
	assert_int_equal(body_check_change(before, after, said, &r), VAULT_OK);
	json_object_set_new(after, "status", json_string("dead"));
	assert_int_equal(
	    body_check_change(before, after, said, &r), VAULT_EUSE);
	assert_int_equal(r.n, 1);
	json_object_set_new(after, "type", json_string("person"));
	assert_int_equal(
	    body_check_change(before, after, NULL, &r), VAULT_EUSE);
	assert_non_null(find(&r, BODY_TYPE_CHANGED, "type"));
	json_decref(said);
	json_decref(before);
	json_decref(after);
	body_report_free(&r);

	before = read_json(p3);
	after = json_deep_copy(before);
	json_object_set_new(after, "pseudonym", json_string("Lawyer K."));
	assert_int_equal(body_check_change(before, after, NULL, &r), VAULT_OK);
	json_decref(before);
	json_decref(after);
	body_report_free(&r);
}

static void
fills_in_level_kind_and_ids(void **state)
{
	static const char *const rows[][2] = {
		{ "{\"type\": \"case\"}", "{\"level\":1,\"type\":\"case\"}" },
		{ "{\"type\": \"person\"}",
		    "{\"kind\":\"individual\",\"level\":2,\"type\":"
		    "\"person\"}" },
		{ "{\"type\": \"person\", \"kind\": \"group\", \"level\": 0}",
		    "{\"kind\":\"group\",\"level\":0,\"type\":\"person\"}" },
		{ "{\"type\": \"testimony\", \"source\": {\"ref\":"
		  " \"5O3IHQST45WB18NTQZ0Y2B7V9Q\"}, \"about\": [\"no\"]}",
		    "{\"about\":[\"no\"],\"level\":2,\"source\":{\"ref\":\"" ID
		    "\"},\"type\":\"testimony\"}" },
		{ "{\"type\": \"gossip\"}", "{\"type\":\"gossip\"}" },
		{ "{\"type\": 3}", "{\"type\":3}" },
		{ "[]", "[]" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		json_t *body = read_json(rows[i][0]);
		struct buf out = { 0 };

		assert_int_equal(body_fill(body), VAULT_OK);
		assert_int_equal(json_write(&out, body), VAULT_OK);
		assert_string_equal(buf_text(&out), rows[i][1]);
		buf_free(&out);
		json_decref(body);
	}
}

static void
check_split(const char *whole, const char *rest, const char *hidden)
{
	json_t *before = read_json(whole), *body, *private, *after;
	struct buf out = { 0 };

	assert_int_equal(body_split(&body, &private, before), VAULT_OK);
	assert_int_equal(json_write(&out, body), VAULT_OK);
	assert_string_equal(buf_text(&out), rest);
	buf_reset(&out);
	if (private != NULL)
		assert_int_equal(json_write(&out, private), VAULT_OK);
	assert_string_equal(buf_text(&out), hidden);
	assert_int_equal(body_join(&after, body, private), VAULT_OK);
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(body);
	json_decref(private);
	json_decref(after);
	buf_free(&out);
}

static void
parts_and_joins_private_fields(void **state)
{
	(void)state;
	check_split("{\"a\": 1}", "{\"a\":1}", "");
	check_split("{\"a\": 1, \"b\": 2, \"private_fields\": [\"a\"]}",
	    "{\"b\":2,\"private_fields\":[\"a\"]}", "{\"a\":1}");
	check_split("{\"d\": {\"a\": 1, \"b\": 2},"
		    " \"private_fields\": [\"d.a\"]}",
	    "{\"d\":{\"b\":2},\"private_fields\":[\"d.a\"]}",
	    "{\"d\":{\"a\":1}}");
	check_split("{\"d\": {\"a\": 1}, \"private_fields\": [\"d.a\"]}",
	    "{\"private_fields\":[\"d.a\"]}", "{\"d\":{\"a\":1}}");
	check_split("{\"d\": {\"a\": 1, \"b\": 2},"
		    " \"private_fields\": [\"d.a\", \"d\", \"d.b\"]}",
	    "{\"private_fields\":[\"d.a\",\"d\",\"d.b\"]}",
	    "{\"d\":{\"a\":1,\"b\":2}}");
	check_split("{\"d\": [{\"a\": 1}], \"e\": {},"
		    " \"private_fields\": [\"d.a\", \"e.x\", 1, \".\", \"\"]}",
	    "{\"d\":[{\"a\":1}],\"e\":{},"
	    "\"private_fields\":[\"d.a\",\"e.x\",1,\".\",\"\"]}",
	    "");
}

/* A translation of v: as a member, alone in its array. */
#define OF(path) "\"translations\":[{\"field\":\"" path "\",\"text\":\"x\"}]"

static void
hides_the_translations_of_what_is_private(void **state)
{
	static const char *const same[] = { OF("a"), OF("a.b"), OF("a[0]") };
	static const char *const other[] = { OF("ab"), OF("b"), OF("c.a") };
	char whole[200], rest[200], hidden[200];

	(void)state;
	for (size_t i = 0; i < N(same); i++) {
		snprintf(whole, sizeof(whole),
		    "{\"a\":1,\"private_fields\":[\"a\"],%s}", same[i]);
		snprintf(hidden, sizeof(hidden), "{\"a\":1,%s}", same[i]);
		check_split(whole, "{\"private_fields\":[\"a\"]}", hidden);
		snprintf(whole, sizeof(whole),
		    "{\"a\":1,\"private_fields\":[\"a\"],%s}", other[i]);
		snprintf(rest, sizeof(rest), "{\"private_fields\":[\"a\"],%s}",
		    other[i]);
		check_split(whole, rest, "{\"a\":1}");
	}
	/* A part of a field that was translated whole. */
	check_split("{\"a\":{\"b\":1,\"c\":2},\"private_fields\":[\"a.b\"]," OF(
			"a") "}",
	    "{\"a\":{\"c\":2},\"private_fields\":[\"a.b\"]}",
	    "{\"a\":{\"b\":1}," OF("a") "}");
	/* Of what is not here, and of what is named twice. */
	check_split(
	    "{\"private_fields\":[\"a\",\"translations\",\"a\"]," OF("a") "}",
	    "{\"private_fields\":[\"a\",\"translations\",\"a\"]}",
	    "{" OF("a") "}");
}

static void
never_hides_what_the_program_obeys(void **state)
{
	(void)state;
	check_split("{\"type\": \"case\", \"level\": 3, \"readers\": [\"m\"],"
		    " \"private_fields\": [\"type\", \"level\", \"readers\","
		    " \"private_fields\", \"audiences\"]}",
	    "{\"level\":3,\"private_fields\":[\"type\",\"level\",\"readers\","
	    "\"private_fields\",\"audiences\"],\"readers\":[\"m\"],"
	    "\"type\":\"case\"}",
	    "");
}

static void
refuses_to_join_parts_that_contradict_one_another(void **state)
{
	json_t *body = read_json("{\"a\": 1, \"d\": {\"b\": 1}}");
	json_t *one = read_json("{\"a\": 2}");
	json_t *two = read_json("{\"d\": {\"b\": 1}}");
	json_t *list = read_json("[]"), *whole;

	(void)state;
	assert_int_equal(body_join(&whole, body, one), VAULT_EDAMAGED);
	assert_null(whole);
	assert_int_equal(body_join(&whole, body, two), VAULT_EDAMAGED);
	assert_int_equal(body_join(&whole, body, list), VAULT_EDAMAGED);
	assert_int_equal(body_join(&whole, list, NULL), VAULT_EDAMAGED);
	json_decref(body);
	json_decref(one);
	json_decref(two);
	json_decref(list);
}

/* An object with members a to d, some of them objects of that kind. */
static json_t *
random_object(int depth)
{
	json_t *object = json_object();

	for (char name[] = "a"; name[0] < 'e'; name[0]++) {
		int r = rand() % 4;

		if (r == 0 && depth < 3)
			json_object_set_new(
			    object, name, random_object(depth + 1));
		else if (r < 3)
			json_object_set_new(object, name, json_integer(r));
	}
	return object;
}

static void
joins_whatever_it_parted(void **state)
{
	(void)state;
	srand(20110426);
	for (int i = 0; i < 20000; i++) {
		json_t *whole = random_object(0), *names = json_array();
		json_t *body, *private, *after;

		for (int n = rand() % 4; n > 0; n--) {
			char path[] = "a.a.a";

			for (size_t j = 0; j < 5; j += 2)
				path[j] = (char)('a' + rand() % 4);
			path[1 + 2 * (rand() % 3)] = '\0';
			json_array_append_new(names, json_string(path));
		}
		json_object_set_new(whole, "private_fields", names);
		assert_int_equal(body_split(&body, &private, whole), VAULT_OK);
		assert_int_equal(body_join(&after, body, private), VAULT_OK);
		assert_true(json_equal(whole, after));
		json_decref(whole);
		json_decref(body);
		json_decref(private);
		json_decref(after);
	}
}

static enum vault_err
put_word(void *arg, const char *path, const char *text, size_t len)
{
	struct buf *out = arg;

	buf_putf(out, "%s=", path);
	buf_put(out, text, len);
	buf_put_byte(out, ';');
	return buf_ok(out);
}

static void
walks_over_all_text(void **state)
{
	json_t *body = person_with(
	    "\"title\": \"T\", \"sex\": \"m\", \"readers\": [\"r\"],"
	    " \"notes\": [\"n1\", \"n2\"], \"photo\": \"" ID "\","
	    " \"born\": {\"edtf\": \"1980\", \"text\": \"then\"},"
	    " \"x_a\": [{\"b\": \"own\"}], \"newer\": \"kept\","
	    " \"imported\": {\"file\": \"f.csv\", \"fields\":"
	    " [{\"name\": \"col\", \"text\": \"cell\"}]}");
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(body_words(body, false, put_word, &out), VAULT_OK);
	assert_string_equal(buf_text(&out),
	    "names[0].text=A;title=T;notes[0]=n1;notes[1]=n2;born.text=then;"
	    "x_a[0].b=own;newer=kept;imported.file=f.csv;"
	    "imported.fields[0].text=cell;");
	buf_free(&out);
	json_decref(body);
}

static void
leaves_no_string_out_of_a_scan(void **state)
{
	json_t *body = person_with("\"sex\": \"m\", \"readers\": [\"r\"],"
				   " \"born\": \"misplaced\","
				   " \"x_a\": {\"Jia\": [7]}");
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(body_words(body, false, put_word, &out), VAULT_OK);
	assert_string_equal(buf_text(&out), "names[0].text=A;born=misplaced;");
	buf_reset(&out);
	assert_int_equal(body_words(body, true, put_word, &out), VAULT_OK);
	assert_string_equal(buf_text(&out),
	    "type=person;level=2;kind=individual;recorded_by=m;"
	    "names[0].text=A;sex=m;readers[0]=r;born=misplaced;x_a=x_a;"
	    "x_a.Jia=Jia;x_a.Jia[0]=7;");
	buf_free(&out);
	json_decref(body);
}

static enum vault_err
put_value(void *arg, const struct body_value *value)
{
	struct buf *out = arg;

	if (value->text == NULL)
		buf_putf(out, "%s=%d..%d;", value->query, (int)value->days.lo,
		    (int)value->days.hi);
	else
		buf_putf(out, "%s=%.*s;", value->query, (int)value->len,
		    value->text);
	return buf_ok(out);
}

static void
check_values(const char *text, const char *values)
{
	json_t *body = read_json(text);
	struct buf out = { 0 };

	assert_int_equal(body_values(body, put_value, &out), VAULT_OK);
	assert_string_equal(buf_text(&out), values);
	buf_free(&out);
	json_decref(body);
}

static void
gives_the_values_of_the_query_language(void **state)
{
	(void)state;
	check_values(s1,
	    "type=status;level=2;status=missing;"
	    "case=7865d00jr7fd109019t5e03270;date=15090..15090;");
	check_values(p3, "type=person;level=1;name=Lawyer J.;");
	check_values(t2,
	    "type=testimony;level=2;name=CHRD;"
	    "date=-2147483648..15090;date=15090..15090;"
	    "case=5031hqst45wb18ntqz0y2b7v9q;"
	    "case=7865d00jr7fd109019t5e03270;");
	check_values("{\"type\": \"case\", \"title\": \"T\", \"tags\": [\"a\"],"
		     " \"countries\": [\"CN\"], \"places\": [{\"text\": \"P\","
		     " \"country\": \"CL\", \"admin\": [\"Q\"]}],"
		     " \"date\": {\"text\": \"once\"}}",
	    "type=case;title=T;tag=a;country=CN;place=P;country=CL;place=Q;");
	check_values("{\"type\": \"gossip\", \"title\": \"T\"}", "");
	check_values(
	    "{\"type\": \"person\", \"names\": [1, [2], {\"text\": 3}],"
	    " \"level\": {\"a\": 1}}",
	    "type=person;");
	check_values("[\"a\"]", "");
}

static enum vault_err
stop(void *arg, const char *path, const char *text, size_t len)
{
	int *calls = arg;

	(void)path;
	(void)text;
	(void)len;
	++*calls;
	return VAULT_ECANCELED;
}

static void
ends_a_walk_when_told_to(void **state)
{
	json_t *body = read_json(t2);
	int calls = 0;

	(void)state;
	assert_int_equal(
	    body_words(body, false, stop, &calls), VAULT_ECANCELED);
	assert_int_equal(calls, 1);
	json_decref(body);
}

static void
survives_a_shortage_of_memory(void **state)
{
	json_t *body = person_with("\"group_size\": {\"n\": 1, \"op\": \"no\"},"
				   " \"private_fields\": [\"group_size.n\"],"
				   " \"mother\": {\"ref\": \"" ID "\"}");
	enum vault_err err = VAULT_ENOMEM;

	(void)state;
	for (size_t n = 1; err != VAULT_OK; n++) {
		json_t *part = NULL, *private = NULL, *whole = NULL;
		json_t *copy = json_deep_copy(body);
		struct body_report r = { 0 };
		struct buf out = { 0 };

		mem_test_fail(n, 0);
		err = body_check(body, BODY_ENTRY, &r);
		if (err == VAULT_EUSE)
			err = VAULT_OK;
		if (err == VAULT_OK)
			err = body_fill(copy);
		if (err == VAULT_OK)
			err = body_split(&part, &private, body);
		if (err == VAULT_OK)
			err = body_join(&whole, part, private);
		if (err == VAULT_OK)
			err = body_words(body, false, put_word, &out);
		if (err == VAULT_OK)
			err = body_values(body, put_value, &out);
		mem_test_fail(0, 0);
		assert_true(err == VAULT_OK || err == VAULT_ENOMEM);
		assert_true(n < 2000);
		json_decref(part);
		json_decref(private);
		json_decref(whole);
		json_decref(copy);
		buf_free(&out);
		body_report_free(&r);
	}
	json_decref(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_the_bodies_of_the_page_as_they_stand),
		cmocka_unit_test(accepts_records_that_hold_a_single_note),
		cmocka_unit_test(accepts_what_the_page_allows),
		cmocka_unit_test(refuses_unknown_fields_and_suggests_near_ones),
		cmocka_unit_test(refuses_unknown_codes_and_suggests_near_ones),
		cmocka_unit_test(only_warns_of_codes_outside_an_open_list),
		cmocka_unit_test(refuses_what_is_empty),
		cmocka_unit_test(refuses_values_of_the_wrong_kind),
		cmocka_unit_test(refuses_values_out_of_form),
		cmocka_unit_test(wants_one_of_the_members_that_say_something),
		cmocka_unit_test(checks_durations),
		cmocka_unit_test(warns_of_an_end_before_the_start),
		cmocka_unit_test(wants_what_a_record_must_have),
		cmocka_unit_test(wants_readers_at_level_3),
		cmocka_unit_test(wants_all_of_a_file_or_nothing),
		cmocka_unit_test(allows_one_primary_name),
		cmocka_unit_test(knows_its_type_first),
		cmocka_unit_test(shows_what_was_wrong_cut_between_characters),
		cmocka_unit_test(keeps_a_hundred_findings_and_counts_the_rest),
		cmocka_unit_test(refuses_a_change_of_type_or_of_a_fact),
		cmocka_unit_test(fills_in_level_kind_and_ids),
		cmocka_unit_test(refuses_to_hide_what_is_not_there),
		cmocka_unit_test(suggests_what_can_be_private),
		cmocka_unit_test(parts_and_joins_private_fields),
		cmocka_unit_test(hides_the_translations_of_what_is_private),
		cmocka_unit_test(never_hides_what_the_program_obeys),
		cmocka_unit_test(
		    refuses_to_join_parts_that_contradict_one_another),
		cmocka_unit_test(joins_whatever_it_parted),
		cmocka_unit_test(walks_over_all_text),
		cmocka_unit_test(leaves_no_string_out_of_a_scan),
		cmocka_unit_test(gives_the_values_of_the_query_language),
		cmocka_unit_test(ends_a_walk_when_told_to),
		cmocka_unit_test(survives_a_shortage_of_memory),
	};

	json_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
