/* SPDX-License-Identifier: ISC */
/* Who is named in what leaves. */
#include "core/clock.h"
#include "leaving_help.h"

static void
refuses_what_names_somebody(void **state)
{
	char hidden[VAULT_ID_LEN], guarded[VAULT_ID_LEN], act[VAULT_ID_LEN];

	(void)state;
	add_called(hidden, "Hidden Nameholder");
	add(guarded, &a,
	    "{\"type\":\"person\",\"level\":1,\"protected\":true,"
	    "\"names\":[{\"text\":\"Guarded Witnesswoman\"}]}");
	agree(&a, guarded);
	add(act, &a, "{\"type\":\"act\",\"level\":1,\"description\":\"SAID\"}");
	assert_ok(send_described(act, false));
	change_text(&a, act, "SAID", "He met Nameholder, Hidden there");
	assert_int_equal(send_described(act, true), VAULT_EREFUSED);
	assert_int_equal(n_named, 1);
	assert_int_equal(named.how, VAULT_NAMED_WHOLE);
	assert_int_equal(named.at, 7);
	assert_int_equal(named.len, 18);
	/* A part is for a person to look at. */
	change_text(&a, act, "Nameholder, Hidden", "Nameholder");
	assert_int_equal(send_described(act, false), VAULT_EREFUSED);
	assert_int_equal(named.how, VAULT_NAMED_PART);
	assert_ok(send_described(act, true));
	/* Who is protected may be sent, and may not be named elsewhere. */
	change_text(&a, act, "Nameholder", "Guarded Witnesswoman");
	assert_int_equal(send_described(act, true), VAULT_EREFUSED);
	assert_ok(send_described(guarded, false));
	/* In a private field it does not leave. */
	change_text(&a, act, "\"level\":1",
	    "\"level\":1,\"private_fields\":[\"description\"]");
	assert_ok(send_described(act, false));
}

/* A name that only one of two states has, which are both there: a mistake. */
static void
a_name_that_is_taken_back_is_no_namesake(void **state)
{
	static const char *const parts[] = {
		"\"names\":[{\"text\":\"Quite Otherwise\"}]",
		"\"names\":[{\"text\":\"Mistaken Onomast\"}],"
		"\"religion\":\"none\""
	};
	char agreed[VAULT_ID_LEN], silent[VAULT_ID_LEN], json[200];
	struct vault_report *report;
	struct vault_record r;

	(void)state;
	add_called(silent, "Mistaken Onomast");
	add_called(agreed, "Mistaken Onomast");
	agree(&a, agreed);
	assert_ok(send_described(agreed, false));
	assert_ok(vault_report_new(&report));
	assert_ok(vault_get(&r, of(&a), agreed));
	for (size_t i = 0; i < 2; i++) {
		snprintf(json, sizeof(json),
		    "{\"type\":\"person\",\"level\":1,%s}", parts[i]);
		assert_ok(vault_edit(of(&a), &r, report, json, strlen(json)));
	}
	vault_record_free(&r);
	vault_report_free(report);
	assert_int_equal(send_described(agreed, true), VAULT_EREFUSED);
	assert_int_equal(named.how, VAULT_NAMED_WHOLE);
}

/*
 * Two people of one name, of whom one has consented: that one's record leaves
 * with it, but no other text, nor what is not all of a name that is borne now.
 */
static void
a_namesake_is_named_in_the_own_record_alone(void **state)
{
	char agreed[VAULT_ID_LEN], silent[VAULT_ID_LEN], act[VAULT_ID_LEN];
	const char *which;

	(void)state;
	add_called(silent, "Shared Namebearer");
	add(agreed, &a,
	    "{\"type\":\"person\",\"level\":1,\"description\":\"TOLD\","
	    "\"names\":[{\"text\":\"Shared Namebearer\","
	    "\"family\":\"Namebearer\"}]}");
	assert_int_equal(leaves("Namebearer"), VAULT_HELD_CONSENT);
	agree(&a, agreed);
	assert_ok(send_described(agreed, false));
	assert_int_equal(n_named, 0);
	add(act, &a,
	    "{\"type\":\"act\",\"level\":1,"
	    "\"description\":\"Shared Namebearer\"}");
	assert_int_equal(send_described(act, true), VAULT_EREFUSED);
	/* Free text of the record itself, and a word in a name. */
	change_text(&a, agreed, "TOLD", "with Shared Namebearer");
	assert_int_equal(send_described(agreed, true), VAULT_EREFUSED);
	change_text(&a, agreed, "with Shared Namebearer", "TOLD");
	change_text(&a, agreed, "Shared Namebearer\"",
	    "Jane, friend of Shared Namebearer\"");
	assert_int_equal(send_described(agreed, true), VAULT_EREFUSED);
	add_called(agreed, "Shared Namebearer");
	agree(&a, agreed);
	assert_ok(send_described(agreed, false));
	/* One person with two records: the other one hides both. */
	assert_ok(vault_same_say(of(&a), silent, agreed, true, &which));
	assert_int_equal(send_described(agreed, true), VAULT_EREFUSED);
	assert_ok(vault_same_say(of(&a), silent, agreed, false, &which));
	assert_ok(send_described(agreed, false));
	/* Who is protected may be named by no text. */
	change_text(
	    &a, agreed, "\"level\":1", "\"level\":1,\"protected\":true");
	assert_int_equal(send_described(agreed, true), VAULT_EREFUSED);
}

/*
 * One person with two records: consent of the one lets neither the other leave
 * nor its own names where the other is hidden.
 */
static void
another_record_hides_the_names_of_both(void **state)
{
	char agreed[VAULT_ID_LEN], silent[VAULT_ID_LEN], act[VAULT_ID_LEN];
	const char *which;

	(void)state;
	add_called(agreed, "Consenting Twofold");
	agree(&a, agreed);
	add_called(silent, "Anonymous Sourceperson");
	add(act, &a,
	    "{\"type\":\"act\",\"level\":1,"
	    "\"description\":\"of Consenting Twofold\"}");
	assert_ok(send_described(act, false));
	assert_ok(vault_same_say(of(&a), silent, agreed, true, &which));
	assert_int_equal(leaves("Sourceperson"), VAULT_HELD_CONSENT);
	assert_int_equal(send_described(act, true), VAULT_EREFUSED);
	assert_int_equal(named.how, VAULT_NAMED_WHOLE);
	/* What the consent is of leaves with its own name, and says nothing. */
	assert_ok(send_described(agreed, false));
	assert_false(shows("type:person Twofold", silent));
	assert_false(shows("type:person Twofold", "same_as"));
	/* The yes is taken back. */
	assert_ok(vault_same_say(of(&a), agreed, silent, false, &which));
	assert_ok(send_described(act, false));
	assert_false(shows("type:person Twofold", silent));
	/* A consent of each. */
	assert_ok(vault_same_say(of(&a), agreed, silent, true, &which));
	assert_int_equal(send_described(act, true), VAULT_EREFUSED);
	agree(&a, silent);
	assert_ok(send_described(act, false));
}

/* In every field that takes a text, written in as many ways. */
static void
finds_a_name_wherever_it_stands(void **state)
{
	static const struct {
		const char *path, *body;
	} rows[] = {
		{ "title",
		    "\"type\":\"case\",\"title\":\"The case of Ogu Uluk\"" },
		{ "summary",
		    "\"type\":\"case\",\"summary\":\"with Ogu\\nUluk\"" },
		{ "context", "\"type\":\"case\",\"context\":\"Uluk, Ogu\"" },
		{ "notes[1]",
		    "\"type\":\"case\",\"notes\":[\"a\",\"OGU ULUK\"]" },
		{ "tags[0]", "\"type\":\"case\",\"tags\":[\"ogu-uluk\"]" },
		{ "places[0].text",
		    "\"type\":\"case\","
		    "\"places\":[{\"text\":\"house of Ogu Uluk\"}]" },
		{ "places[0].facility",
		    "\"type\":\"act\","
		    "\"places\":[{\"facility\":\"OguUluk clinic\"}]" },
		{ "places[0].admin[1]",
		    "\"type\":\"act\",\"places\":[{\"text\":\"x\","
		    "\"admin\":[\"y\",\"\u54e6\u53e4\u4e4c\u9c81\u514b\"]}]" },
		{ "description",
		    "\"type\":\"act\",\"description\":"
		    "\"\uff2f\uff47\uff55\u3000\uff35\uff4c\uff55\uff4b\"" },
		{ "physical",
		    "\"type\":\"act\",\"physical\":"
		    "\"\u54e6\u53e4\u00b7\u4e4c\u9c81\u514b\"" },
		{ "perpetrators[0].who.text",
		    "\"type\":\"act\",\"perpetrators\":[{\"who\":"
		    "{\"text\":\"cousin of Og\u00fa Ul\u00faks\"}}]" },
		{ "detention.charges[0]",
		    "\"type\":\"act\",\"detention\":{\"charges\":"
		    "[\"helping Ogu\u00b7Uluk\"]}" },
		{ "date.text",
		    "\"type\":\"act\",\"date\":"
		    "{\"text\":\"on the birthday of Ogu Uluk\"}" },
		{ "text",
		    "\"type\":\"testimony\","
		    "\"text\":\"Ogu\u200b Ulu\u00adk said\"" },
		{ "translations[0].text",
		    "\"type\":\"testimony\",\"text\":\"x\","
		    "\"translations\":[{\"field\":\"text\",\"lang\":\"zh\","
		    "\"text\":\"\u54e6\u53e4 \u4e4c\u9c81\u514b\"}]" },
		{ "source.text",
		    "\"type\":\"testimony\","
		    "\"source\":{\"text\":\"a friend of Ogu Uluk's\"}" },
		{ "basis[0].locator",
		    "\"type\":\"act\",\"basis\":[{\"ref\":"
		    "\"57v3hh43jx5fkyg9r9k55x6mdw\",\"locator\":"
		    "\"p. 3, Uluk Ogu\"}]" },
		{ "original_name",
		    "\"type\":\"document\",\"title\":\"x\","
		    "\"original_name\":\"IMG_ogu_uluk.jpg\"" },
		{ "url",
		    "\"type\":\"document\","
		    "\"url\":\"https://example.org/ogu-uluk/\"" },
		{ "request",
		    "\"type\":\"intervention\","
		    "\"request\":\"free O g u U l u k\"" },
		{ "responses[0].text",
		    "\"type\":\"intervention\",\"responses\":[{\"text\":"
		    "\"who is Ogu Uluk?\"}]" },
		{ "what",
		    "\"type\":\"count\",\"op\":\"approx\","
		    "\"as_of\":{\"text\":\"not stated\"},"
		    "\"what\":\"friends of Ogu Uluk\"" },
		{ "x_file",
		    "\"type\":\"case\",\"title\":\"x\","
		    "\"x_file\":\"Ogu Uluk 7\"" },
		{ "x_list[0].deep",
		    "\"type\":\"case\",\"title\":\"x\","
		    "\"x_list\":[{\"deep\":\"+998 71 200-00-01\"}]" },
	};
	char person[VAULT_ID_LEN];

	(void)state;
	add(person, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Ogu Uluk\"},"
	    "{\"text\":\"\u54e6\u53e4\u4e4c\u9c81\u514b\"}],\"contacts\":"
	    "[{\"kind\":\"phone\",\"value\":\"998712000001\"}]}");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char id[VAULT_ID_LEN], json[512];

		snprintf(json, sizeof(json), "{\"level\":1,%s}", rows[i].body);
		add(id, &a, json);
		if (send_described(id, true) != VAULT_EREFUSED ||
		    n_named == 0 || strcmp(named_path, rows[i].path) != 0)
			fail_msg(
			    "%s: %zu, %s", rows[i].path, n_named, named_path);
	}
}

/* Of whose record, for few readers, no name leaves with another's either. */
static void
nobody_of_a_closed_record_is_named(void **state)
{
	char id[VAULT_ID_LEN], act[VAULT_ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"level\":3,\"readers\":[\"mj\"],"
	    "\"names\":[{\"text\":\"Closed Recordwoman\"}]}");
	agree(&a, id);
	add(act, &a,
	    "{\"type\":\"act\",\"level\":1,"
	    "\"description\":\"with Closed Recordwoman\"}");
	assert_int_equal(send_described(act, true), VAULT_EREFUSED);
	assert_int_equal(n_named, 1);
}

/* What is private of somebody who may be named stays so in other texts. */
static void
what_is_private_of_a_person_is_looked_for(void **state)
{
	char id[VAULT_ID_LEN], act[VAULT_ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Nameable Person\"}],"
	    "\"contacts\":[{\"kind\":\"phone\",\"value\":\"+1 555 0100 998\"}],"
	    "\"notes\":[\"quiet\"],\"private_fields\":[\"contacts\"]}");
	agree(&a, id);
	add(act, &a,
	    "{\"type\":\"act\",\"level\":1,"
	    "\"description\":\"Nameable Person SAID\"}");
	assert_ok(send_described(act, true));
	change_text(&a, act, "SAID", "of 5550100998");
	assert_int_equal(send_described(act, true), VAULT_EREFUSED);
	assert_ok(send_described(id, true));
	change_text(&a, id, "quiet", "5550100998");
	assert_int_equal(send_described(id, true), VAULT_EREFUSED);
}

/* In two fields of a record it may be two people's: a person decides. */
static void
a_name_in_two_fields_is_asked_about(void **state)
{
	static const struct {
		const char *body, *path;
	} rows[] = {
		{ "\"x_a\":\"go to Ab\",\"x_c\":\"Oz\"", "x_a" },
		{ "\"x_a\":{\"n\":\"Oz\"},\"x_b\":{\"n\":\"Ab\"}", "x_a.n" },
		{ "\"x_r\":[[\"name\",\"the Ab\"],[\"family\",\"Oz, of U\"]]",
		    "x_r[0][1]" },
		{ "\"notes\":[\"it is all said of Ab\",\"Oz said so\"]",
		    "notes[0]" },
	};
	char person[VAULT_ID_LEN], id[VAULT_ID_LEN];

	(void)state;
	/* No part of the name is long enough to say it. */
	add_called(person, "Ab Oz");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		add(id, &a,
		    with_ids("{\"type\":\"case\",\"level\":1,\"title\":\"x\","
			     "%s}%s",
			rows[i].body, ""));
		if (send_described(id, false) != VAULT_EREFUSED ||
		    strcmp(named_path, rows[i].path) != 0)
			fail_msg("%zu: %s", i, named_path);
		assert_ok(send_described(id, true));
	}
	add(id, &a,
	    "{\"type\":\"case\",\"level\":1,\"title\":\"x\",\"x_a\":\"Ab it\","
	    "\"x_c\":\"Oz\"}");
	assert_ok(send_described(id, false));
}

/* ---- What changes while a person looks at it ---- */

/* A public status of somebody who lets the press know until the new year. */
static void
add_until_new_year(char *person, const char *title)
{
	char status[VAULT_ID_LEN];

	add_called(person, "Yok Until");
	add(status, &a,
	    with_ids("{\"type\":\"status\",\"level\":0,\"status\":\"held\","
		     "\"person\":\"%s\",\"title\":\"%s\"}",
		person, title));
	consent(&a, person,
	    "\"scopes\":[\"media\"],\"naming\":\"none\","
	    "\"date\":{\"edtf\":\"2026-12-01\"},"
	    "\"expires\":{\"edtf\":\"2027-01-01\"}");
}

#define LAST_NOON INT64_C(1798718400) /* 2026-12-31, 12:00 */
#define MIDNIGHT (LAST_NOON + 12 * 3600)

/* Nobody writes anything: the day alone ends what was allowed. */
static void
a_day_that_ends_meanwhile_stops_a_plain_file(void **state)
{
	struct vault_plain_what what = {
		.query = "Midnight", .query_len = 8, .audience = "media"
	};
	struct memory m = { 0 };
	struct vault_sink sink = { &m, memory_write, NULL };
	struct vault_plain_info info;
	struct vault_plain *p;
	char id[VAULT_ID_LEN];

	(void)state;
	clock_test_set(LAST_NOON);
	add_until_new_year(id, "Midnight");
	for (int64_t late = 0; late < 2; late++) {
		clock_test_set(LAST_NOON);
		assert_ok(vault_plain_new(&p, of(&a), &what, NULL, NULL));
		clock_test_set(MIDNIGHT - 1 + late);
		assert_int_equal(
		    vault_plain_write(p, &sink), late ? VAULT_EBUSY : VAULT_OK);
		vault_plain_info(&info, p);
		assert_int_equal(info.changed, late);
		assert_true((m.len > 0) == !late);
		vault_plain_free(p);
		memory_free(&m);
		memset(&m, 0, sizeof(m));
	}
	assert_ok(vault_plain_new(&p, of(&a), &what, NULL, NULL));
	assert_int_equal(vault_plain_write(p, &sink), VAULT_EREFUSED);
	vault_plain_free(p);
	clock_test_set(-1);
}

/* A report of records for the press by their status, that are counted. */
static struct vault_tally *
report_of(const char *query)
{
	const struct vault_tally_what what = { .query = query,
		.query_len = strlen(query),
		.by = { "status" },
		.audience = "media" };
	struct vault_tally_fault fault;
	struct vault_tally_info info;
	struct vault_tally *t;

	assert_ok(vault_tally_new(&t, of(&a), &what, &fault));
	vault_tally_info(&info, t);
	assert_int_equal(info.total.n, 1);
	return t;
}

static void
what_changes_meanwhile_stops_a_report(void **state)
{
	static const char logged[] = "SELECT count(*) FROM log"
				     " WHERE what='report'";
	int64_t before = number(&a, logged);
	char id[VAULT_ID_LEN];
	struct vault_tally *t;

	(void)state;
	clock_test_set(LAST_NOON);
	add_until_new_year(id, "Reportedly");
	/* The day ends. */
	for (int64_t late = 0; late < 2; late++) {
		clock_test_set(LAST_NOON);
		t = report_of("Reportedly");
		clock_test_set(MIDNIGHT - 1 + late);
		assert_int_equal(vault_tally_log(of(&a), t, "csv"),
		    late ? VAULT_ECONFLICT : VAULT_OK);
		vault_tally_free(t);
	}
	/* The person takes it back. */
	clock_test_set(LAST_NOON);
	t = report_of("Reportedly");
	consent(&a, id,
	    "\"scopes\":[\"store\"],\"naming\":\"none\","
	    "\"date\":{\"edtf\":\"2026-12-31\"}");
	assert_int_equal(vault_tally_log(of(&a), t, "html"), VAULT_ECONFLICT);
	vault_tally_free(t);
	assert_int_equal(number(&a, logged), before + 1);
	clock_test_set(-1);
}

/* A name that a record no longer has may stand in a text all the same. */
static void
an_earlier_name_is_for_a_person_to_look_at(void **state)
{
	char id[VAULT_ID_LEN], act[VAULT_ID_LEN];

	(void)state;
	add_called(id, "Formerly Calledso");
	change_text(&a, id, "Formerly Calledso", "Zz");
	add(act, &a,
	    "{\"type\":\"act\",\"level\":1,"
	    "\"description\":\"Formerly Calledso\"}");
	assert_int_equal(send_described(act, false), VAULT_EREFUSED);
	assert_int_equal(named.how, VAULT_NAMED_PART);
	assert_int_equal(n_named, 1);
	assert_ok(send_described(act, true));
}

/* In a plain file no field is named that does not leave. */
static void
no_field_that_stays_is_said_to_disagree(void **state)
{
	struct vault_plain_what what = {
		.query = "Clashcase", .query_len = 9, .audience = "media"
	};
	struct memory m = { 0 };
	struct vault_sink sink = { &m, memory_write, NULL };
	struct vault_plain *p;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"case\",\"level\":0,\"title\":\"Clashcase\","
	    "\"notes\":[\"one\"]}");
	bring(&a, "B", &b, id);
	change_text(&a, id, "one", "two");
	change_text(&b, id, "one", "three");
	bring(&b, "A", &a, id);
	assert_ok(vault_plain_new(&p, of(&a), &what, NULL, NULL));
	assert_ok(vault_plain_write(p, &sink));
	assert_non_null(memmem(m.bytes, m.len, "Clashcase", 9));
	assert_null(memmem(m.bytes, m.len, "notes", 5));
	vault_plain_free(p);
	memory_free(&m);
}

/* Parts of names that were shown are those that may leave, and no others. */
static void
other_parts_than_were_shown_stop_it(void **state)
{
	char id[VAULT_ID_LEN], act[VAULT_ID_LEN], bundle[VAULT_BUNDLE_LEN];
	const char *to = "B", *which, *include = act;
	struct vault_export_what what = {
		.to = &to, .n_to = 1, .include = &include, .n_include = 1
	};
	struct meddler w = { .id = id };
	struct vault_sink sink = { &w, meddle, NULL };
	struct vault_export *e;

	(void)state;
	add_called(id, "Qqone Shownpart");
	add(act, &a,
	    "{\"type\":\"act\",\"level\":1,"
	    "\"description\":\"Shownpart and Unseenpart\"}");
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	vault_export_confirm_parts(e);
	assert_ok(vault_forget(of(&a), id, NULL));
	add_called(id, "Qqtwo Unseenpart");
	assert_int_equal(vault_export_write(bundle, e, &sink), VAULT_EBUSY);
	assert_int_equal(w.m.len, 0);
	vault_export_free(e);
	memory_free(&w.m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_names_somebody),
		cmocka_unit_test(another_record_hides_the_names_of_both),
		cmocka_unit_test(a_namesake_is_named_in_the_own_record_alone),
		cmocka_unit_test(a_name_that_is_taken_back_is_no_namesake),
		cmocka_unit_test(finds_a_name_wherever_it_stands),
		cmocka_unit_test(nobody_of_a_closed_record_is_named),
		cmocka_unit_test(what_is_private_of_a_person_is_looked_for),
		cmocka_unit_test(a_name_in_two_fields_is_asked_about),
		cmocka_unit_test(an_earlier_name_is_for_a_person_to_look_at),
		cmocka_unit_test(no_field_that_stays_is_said_to_disagree),
		cmocka_unit_test(other_parts_than_were_shown_stop_it),
		cmocka_unit_test(a_day_that_ends_meanwhile_stops_a_plain_file),
		cmocka_unit_test(what_changes_meanwhile_stops_a_report),
	};

	return cmocka_run_group_tests_name(
	    "leaving names", tests, setup, teardown);
}
