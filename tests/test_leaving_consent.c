/* SPDX-License-Identifier: ISC */
/* By whose consent something leaves, and who cannot say that for them. */
#include "leaving_help.h"

static void
leaves_with_consent_only(void **state)
{
	char id[VAULT_ID_LEN], status[VAULT_ID_LEN];

	(void)state;
	add_called(id, "Asked Firstly");
	add(status, &a,
	    with_ids("{\"type\":\"status\",\"level\":1,\"status\":\"held\","
		     "\"title\":\"Askedstatus\",\"person\":\"%s\"}%s",
		id, ""));
	assert_int_equal(leaves("Firstly"), VAULT_HELD_CONSENT);
	assert_int_equal(leaves("Askedstatus"), VAULT_HELD_CONSENT);
	/* Another office lets nobody leave from here. */
	consent(&b, id,
	    "\"scopes\":[\"partner\"],\"naming\":\"full\","
	    "\"date\":{\"edtf\":\"2019\"}");
	assert_int_equal(leaves("Firstly"), VAULT_HELD_CONSENT);
	consent(&a, id,
	    "\"scopes\":[\"un\"],\"naming\":\"full\","
	    "\"date\":{\"edtf\":\"2020\"}");
	assert_int_equal(leaves("Firstly"), VAULT_HELD_CONSENT);
	consent(&a, id,
	    "\"scopes\":[\"partner\"],\"naming\":\"initials\","
	    "\"date\":{\"edtf\":\"2021\"}");
	assert_int_equal(leaves("Firstly"), VAULT_HELD_UNNAMED);
	assert_int_equal(leaves("Askedstatus"), VAULT_LEAVES);
	consent(&a, id,
	    "\"scopes\":[\"partner\"],\"naming\":\"full\","
	    "\"date\":{\"edtf\":\"2022\"}");
	assert_int_equal(leaves("Firstly"), VAULT_LEAVES);
	assert_int_equal(leaves("Askedstatus"), VAULT_LEAVES);
	/* And ends it as it likes. */
	consent(&b, id,
	    "\"scopes\":[\"store\"],\"naming\":\"none\","
	    "\"date\":{\"edtf\":\"2023\"}");
	assert_int_equal(leaves("Firstly"), VAULT_HELD_CONSENT);
}

static void
a_record_may_name_others_than_those_who_ask(void **state)
{
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"case\",\"title\":\"Limitedcase\","
	    "\"audiences\":[\"un\"]}");
	assert_int_equal(leaves("Limitedcase"), VAULT_HELD_LIMITED);
	change_text(&a, id, "\"un\"", "\"un\",\"partner\"");
	assert_int_equal(leaves("Limitedcase"), VAULT_LEAVES);
}

static void
a_consent_withdrawn_meanwhile_stops_it(void **state)
{
	static const char *const to[] = { "B" };
	struct vault_export_what what = {
		.query = "Thinking", .query_len = 8, .to = to, .n_to = 1
	};
	char id[VAULT_ID_LEN], bundle[VAULT_BUNDLE_LEN];
	struct meddler w = { .id = id };
	struct vault_sink sink = { &w, meddle, NULL };
	struct vault_export *e;
	const char *which;

	(void)state;
	add_called(id, "Thinking Twice");
	agree(&a, id);
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	consent(&a, id,
	    "\"scopes\":[\"store\"],\"naming\":\"none\","
	    "\"date\":{\"edtf\":\"2024\"}");
	assert_int_equal(vault_export_write(bundle, e, &sink), VAULT_EBUSY);
	assert_int_equal(w.m.len, 0);
	vault_export_free(e);
	memory_free(&w.m);
}

/* Of A's, to B, as may leave. */
static void
bring_person(const char *id)
{
	agree(&a, id);
	bring(&a, "B", &b, id);
}

/* A version of B's that follows none, beside those that are here. */
static void
beside(const char *id, const char *type, const char *body)
{
	static const char readme[] = "hello";
	struct crafted files[2] = { { TAR_README, readme, 5 } };
	struct vault_imported got;
	struct memory m = { 0 };
	struct buf text = { 0 };
	uint8_t bytes[ID_LEN];

	assert_ok(id_parse(bytes, id, strlen(id)));
	record_file(&text, &b, type, body, bytes);
	files[1] = (struct crafted){ "records/000001.json", text.bytes,
		text.len };
	craft(&m, &b, &a, files, 2, NULL);
	assert_ok(import_with(&got, &a, &m, true));
	memory_free(&m);
	buf_free(&text);
}

/* A status of somebody, found by this title. */
static void
add_status(char *id, const char *person, const char *title)
{
	add(id, &a,
	    with_ids("{\"type\":\"status\",\"level\":1,\"status\":\"held\","
		     "\"person\":\"%s\",\"title\":\"%s\"}",
		person, title));
}

/*
 * Another office gets the consent that ends another one, and makes it one of
 * somebody else, of another record, or that withdraws nothing.
 */
static void
another_office_brings_no_consent_back(void **state)
{
	char id[VAULT_ID_LEN], other[VAULT_ID_LEN], status[VAULT_ID_LEN],
	    first[VAULT_ID_LEN], last_one[VAULT_ID_LEN], from[64], to[160];

	(void)state;
	add_called(other, "Somebody Elsewhere");
	bring_person(other);
	for (int i = 0; i < 3; i++) {
		char title[16];

		snprintf(title, sizeof(title), "Revived%d", i);
		add_called(id, "Brought Back");
		add_status(status, id, title);
		consent_id(first, id, PARTNER);
		assert_int_equal(leaves(title), VAULT_LEAVES);
		if (i < 2)
			snprintf(to, sizeof(to), STORE_ONLY, "2021");
		else
			snprintf(to, sizeof(to),
			    STORE_ONLY
			    ",\"records\":[\"%s\"],\"withdraws\":\"%s\"",
			    "2021", other, first);
		consent_id(last_one, id, to);
		assert_int_equal(leaves(title), VAULT_HELD_CONSENT);
		if (i == 0) {
			forge(last_one, "consent", id, other);
		} else if (i == 1) {
			snprintf(to, sizeof(to),
			    "\"records\":[\"%s\"],\"scopes\"", other);
			forge(last_one, "consent", "\"scopes\"", to);
		} else {
			snprintf(
			    from, sizeof(from), ",\"withdraws\":\"%s\"", first);
			forge(last_one, "consent", from, "");
		}
		if (leaves(title) != VAULT_HELD_CONSENT)
			fail_msg("way %d: it left", i);
	}
}

static enum vault_consent why_not;

static void
note_why(void *ctx, const struct vault_may_person *p)
{
	(void)ctx;
	why_not = p->consent;
}

static enum vault_consent
why(const char *record)
{
	struct vault_may may;

	assert_ok(
	    vault_may(&may, of(&a), record, "partner", note_why, NULL, NULL));
	return why_not;
}

/* Another office says otherwise of a consent of ours; then we say it again. */
static void
a_dispute_is_settled_by_our_word(void **state)
{
	char id[VAULT_ID_LEN], status[VAULT_ID_LEN], by[VAULT_ID_LEN];
	struct vault_record r;
	struct buf hex = { 0 };

	(void)state;
	add_called(id, "Quar Relsome");
	add_status(status, id, "Quarrelled");
	consent_id(by, id, PARTNER);
	assert_int_equal(why(status), VAULT_CONSENT_GIVEN);
	assert_ok(vault_get(&r, of(&a), by));
	assert_true(hex_encode(&hex, r.heads.bytes, r.heads.len));
	vault_record_free(&r);
	forge(by, "consent", "\"partner\"", "\"store\"");
	assert_int_equal(leaves("Quarrelled"), VAULT_HELD_CONSENT);
	assert_int_equal(why(status), VAULT_CONSENT_DISPUTED);
	/* It is written once: no word but ours, or theirs, can be taken. */
	change_text(&a, by, "\"store\"", "\"partner\"");
	assert_int_equal(leaves("Quarrelled"), VAULT_LEAVES);
	forge(by, "consent", "\"partner\"", "\"store\"");
	assert_ok(vault_revert(of(&a), by, buf_text(&hex)));
	assert_int_equal(leaves("Quarrelled"), VAULT_LEAVES);
	/* The same where the two stand beside one another. */
	beside(by, "consent",
	    with_ids("{\"date\":{\"edtf\":\"2020\"},\"level\":1,\"naming\":"
		     "\"full\",\"person\":\"%s\",\"scopes\":[\"store\"],"
		     "\"type\":\"consent\"}%s",
		id, ""));
	assert_int_equal(why(status), VAULT_CONSENT_DISPUTED);
	change_text(&a, by, "\"store\"", "\"partner\"");
	assert_int_equal(leaves("Quarrelled"), VAULT_LEAVES);
	/* Or we take theirs over. */
	forge(by, "consent", "\"partner\"", "\"store\"");
	change_text(&a, by, "{", "{\"notes\":[\"so be it\"],");
	assert_int_equal(leaves("Quarrelled"), VAULT_HELD_CONSENT);
	assert_int_equal(why(status), VAULT_CONSENT_NO_SCOPE);
	buf_free(&hex);
}

/* What was withdrawn stays so, when the record of that is forgotten. */
static void
a_forgotten_withdrawal_goes_on(void **state)
{
	char id[VAULT_ID_LEN], status[VAULT_ID_LEN], first[VAULT_ID_LEN],
	    last_one[VAULT_ID_LEN], other[VAULT_ID_LEN], json[160];

	(void)state;
	for (int i = 0; i < 3; i++) {
		char title[16];

		snprintf(title, sizeof(title), "Lapsed%d", i);
		add_called(id, "Laps Ing");
		add_status(status, id, title);
		consent_id(first, id, PARTNER);
		assert_int_equal(leaves(title), VAULT_LEAVES);
		/* By name, by its date, or as the narrower of two. */
		snprintf(json, sizeof(json), STORE_ONLY "%s%s%s",
		    i == 1 ? "2021" : "2020", i == 0 ? ",\"withdraws\":\"" : "",
		    i == 0 ? first : "", i == 0 ? "\"" : "");
		consent_id(last_one, id, json);
		assert_int_equal(leaves(title), VAULT_HELD_CONSENT);
		assert_ok(vault_forget(of(&a), last_one, NULL));
		if (leaves(title) != VAULT_HELD_CONSENT)
			fail_msg("way %d: it left", i);
		assert_int_equal(why(status), VAULT_CONSENT_FORGOTTEN);
		/* An edit of what was withdrawn is no consent. */
		change_text(&a, first, "{", "{\"notes\":[\"x\"],");
		assert_int_equal(leaves(title), VAULT_HELD_CONSENT);
		/* Somebody is asked anew; and that is forgotten, too. */
		consent_id(other, id,
		    "\"scopes\":[\"partner\"],\"naming\":\"full\","
		    "\"date\":{\"edtf\":\"2020\"}");
		assert_int_equal(leaves(title), VAULT_LEAVES);
		assert_ok(vault_forget(of(&a), other, NULL));
		assert_int_equal(leaves(title), VAULT_HELD_CONSENT);
		assert_int_equal(why(status), VAULT_CONSENT_FORGOTTEN);
	}
}

/* What forbade nothing leaves nothing behind. */
static void
a_forgotten_consent_that_allowed_forbids_nothing(void **state)
{
	char id[VAULT_ID_LEN], status[VAULT_ID_LEN], first[VAULT_ID_LEN],
	    again[VAULT_ID_LEN];
	int64_t entries = number(&a,
	    "SELECT count(*) FROM log"
	    " WHERE what='lapse'");

	(void)state;
	add_called(id, "Allow Ing");
	add_status(status, id, "Allowing");
	consent_id(first, id, PARTNER);
	consent_id(again, id, PARTNER);
	assert_ok(vault_forget(of(&a), again, NULL));
	assert_int_equal(leaves("Allowing"), VAULT_LEAVES);
	assert_ok(vault_forget(of(&a), first, NULL));
	assert_int_equal(leaves("Allowing"), VAULT_HELD_CONSENT);
	assert_int_equal(why(status), VAULT_CONSENT_NONE);
	assert_int_equal(
	    number(&a, "SELECT count(*) FROM log WHERE what='lapse'"), entries);
}

/* The office that wrote a withdrawal asks us to forget it. */
static void
a_withdrawal_forgotten_by_its_office_goes_on(void **state)
{
	char id[VAULT_ID_LEN], status[VAULT_ID_LEN], first[VAULT_ID_LEN],
	    theirs[VAULT_ID_LEN], json[160];
	struct vault_imported got;
	struct memory m;

	(void)state;
	add_called(id, "Their Lapse");
	add_status(status, id, "Theirlapse");
	consent_id(first, id, PARTNER);
	bring(&a, "B", &b, id);
	snprintf(json, sizeof(json),
	    "{\"type\":\"consent\",\"level\":1,\"person\":\"%s\"," STORE_ONLY
	    "}",
	    id, "2021");
	add(theirs, &b, json);
	bring(&b, "A", &a, theirs);
	assert_int_equal(leaves("Theirlapse"), VAULT_HELD_CONSENT);
	assert_ok(vault_forget(of(&b), theirs, NULL));
	export(&m, &b, "A", "Their");
	assert_ok(import_with(&got, &a, &m, true));
	memory_free(&m);
	assert_int_equal(got.forgot_records, 1);
	assert_int_equal(leaves("Theirlapse"), VAULT_HELD_CONSENT);
	assert_int_equal(why(status), VAULT_CONSENT_FORGOTTEN);
}

/* Nor a record of ours about somebody who has consented. */
static void
another_office_changes_nobody_in_ours(void **state)
{
	char id[VAULT_ID_LEN], other[VAULT_ID_LEN], status[VAULT_ID_LEN],
	    act[VAULT_ID_LEN], to[80];

	(void)state;
	add_called(other, "Willing Person");
	bring_person(other);
	add_called(id, "Swapped Out");
	consent(&a, id, PARTNER);
	add_status(status, id, "Exchanged1");
	add(act, &a,
	    with_ids("{\"type\":\"act\",\"level\":1,\"title\":\"Exchanged2\","
		     "\"victims\":[\"%s\"]}%s",
		id, ""));
	forge(status, "status", id, other);
	snprintf(to, sizeof(to), "\"victims\":[\"%s\",", other);
	forge(act, "act", "\"victims\":[", to);
	assert_int_equal(leaves("Exchanged1"), VAULT_LEAVES);
	assert_int_equal(leaves("Exchanged2"), VAULT_LEAVES);
	snprintf(to, sizeof(to), STORE_ONLY, "2021");
	consent(&a, id, to);
	assert_int_equal(leaves("Exchanged1"), VAULT_HELD_CONSENT);
	assert_int_equal(leaves("Exchanged2"), VAULT_HELD_CONSENT);
}

/* Whom another office wrote of becomes no agency, who need not be asked. */
static void
another_office_makes_nobody_an_agency(void **state)
{
	char id[VAULT_ID_LEN], agency[VAULT_ID_LEN], status[VAULT_ID_LEN];

	(void)state;
	add(id, &b,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Later Agency\"}]}");
	agree(&b, id);
	add(agency, &b,
	    "{\"type\":\"person\",\"level\":1,\"kind\":\"agency\","
	    "\"names\":[{\"text\":\"Always Agency\"}]}");
	bring(&b, "A", &a, id);
	bring(&b, "A", &a, agency);
	add_status(status, id, "Agencystatus1");
	add_status(status, agency, "Agencystatus2");
	assert_int_equal(leaves_to("C", "Agencystatus1"), VAULT_HELD_CONSENT);
	assert_int_equal(leaves_to("C", "Agencystatus2"), VAULT_LEAVES);
	change_text(&b, id, "\"kind\":\"individual\"", "\"kind\":\"agency\"");
	bring(&b, "A", &a, id);
	assert_int_equal(leaves_to("C", "Agencystatus1"), VAULT_HELD_CONSENT);
	/* Our own word makes it one. */
	change_text(&a, id, "Later", "Former");
	assert_int_equal(leaves_to("C", "Agencystatus1"), VAULT_LEAVES);
}

/* A consent for one record alone says how to name somebody there. */
static void
a_consent_for_one_record_holds_there(void **state)
{
	char id[VAULT_ID_LEN], act[VAULT_ID_LEN], members[160];

	(void)state;
	add_called(id, "Onerecord Person");
	consent(&a, id, PARTNER);
	add(act, &a,
	    with_ids("{\"type\":\"act\",\"level\":1,\"victims\":[\"%s\"],"
		     "\"description\":\"Onerecord Person\"}%s",
		id, ""));
	assert_ok(send_described(act, true));
	snprintf(members, sizeof(members),
	    "\"scopes\":[\"partner\"],\"naming\":\"pseudonym\","
	    "\"records\":[\"%s\"],\"date\":{\"edtf\":\"2022\"}",
	    act);
	consent(&a, id, members);
	assert_int_equal(send_described(act, true), VAULT_EREFUSED);
	assert_ok(send_described(id, true));
}

/* And it lets somebody be named there, and nowhere else. */
static void
a_speaker_may_be_named_in_one_testimony(void **state)
{
	char id[VAULT_ID_LEN], told[VAULT_ID_LEN], other[VAULT_ID_LEN],
	    members[160];

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Speak Er\"}],"
	    "\"pseudonym\":\"Secretive One\",\"contacts\":[{\"kind\":\"phone\","
	    "\"value\":\"+998712000077\"}],"
	    "\"id_papers\":[{\"number\":\"QQ778899X\"}],"
	    "\"private_fields\":[\"id_papers\"]}");
	add(told, &a,
	    with_ids("{\"type\":\"testimony\",\"level\":1,\"title\":\"Told\","
		     "\"source\":{\"ref\":\"%s\"},"
		     "\"text\":\"I, Speak Er, say so\"}%s",
		id, ""));
	assert_int_equal(leaves("Told"), VAULT_HELD_CONSENT);
	snprintf(members, sizeof(members),
	    "\"scopes\":[\"partner\"],\"naming\":\"full\","
	    "\"records\":[\"%s\"],\"date\":{\"edtf\":\"2022\"}",
	    told);
	consent(&a, id, members);
	assert_ok(send_described(told, true));
	assert_int_equal(leaves("Secretive"), VAULT_HELD_CONSENT);
	add(other, &a,
	    "{\"type\":\"case\",\"level\":1,\"title\":\"of Speak Er\"}");
	assert_int_equal(send_described(other, true), VAULT_EREFUSED);
	/* Nor does it tell how to reach them, be that private or not. */
	change_text(&a, told, "say so", "say: 998712000077");
	assert_int_equal(send_described(told, true), VAULT_EREFUSED);
	change_text(&a, told, "998712000077", "QQ 778899 X");
	assert_int_equal(send_described(told, true), VAULT_EREFUSED);
	change_text(&a, told, "QQ 778899 X", "so");
	assert_ok(send_described(told, true));
	/* Who is protected is named nowhere. */
	change_text(&a, id, "{", "{\"protected\":true,");
	assert_int_equal(send_described(told, true), VAULT_EREFUSED);
}

/* A consent may leave without one; the form that somebody signed stays. */
static void
a_signed_form_stays_with_the_hidden(void **state)
{
	char id[VAULT_ID_LEN], form[VAULT_ID_LEN];

	(void)state;
	add_called(id, "Signed Byhand");
	consent_id(form, id,
	    "\"scopes\":[\"store\"],\"naming\":\"none\","
	    "\"date\":{\"edtf\":\"2020\"},\"notes\":[\"zzform\"]");
	attach(&a, form, "form.jpg", "signature");
	assert_int_equal(leaves("zzform"), VAULT_LEAVES);
	assert_int_equal(last.attachments, 0);
	assert_int_equal(last.files_held, 1);
}

struct entry_seen {
	const char *text;
	bool found;
};

static bool
see_entry(void *ctx, const struct vault_log_entry *e)
{
	struct entry_seen *seen = ctx;

	seen->found = seen->found ||
	    (strcmp(e->what, "export") == 0 &&
		strstr(e->detail, seen->text) != NULL);
	return true;
}

static size_t n_left;

static void
note_left(void *ctx, const struct vault_left *l)
{
	(void)ctx;
	n_left += strcmp(l->what, "export") == 0;
}

static void
note_nobody(void *ctx, const struct vault_may_person *p)
{
	(void)ctx;
	(void)p;
}

/* Under which consents something left, and what left under one. */
static void
the_log_names_the_consents(void **state)
{
	char id[VAULT_ID_LEN], other[VAULT_ID_LEN], act[VAULT_ID_LEN],
	    allows[VAULT_ID_LEN], ends[VAULT_ID_LEN], text[128];
	struct entry_seen seen = { text, false };
	struct vault_may may;

	(void)state;
	add_called(id, "Logged Once");
	add_called(other, "Logged Twice");
	consent_id(allows, id, PARTNER);
	add(act, &a,
	    with_ids("{\"type\":\"act\",\"level\":1,"
		     "\"victims\":[\"%s\",\"%s\"]}",
		id, other));
	assert_ok(send_described(act, false));
	snprintf(text, sizeof(text),
	    ",\"consents\":[\"%s\"],\"records\":[\"%s\"]", allows, act);
	assert_ok(vault_log_each(of(&a), 1, see_entry, &seen));
	assert_true(seen.found);
	snprintf(text, sizeof(text), STORE_ONLY ",\"withdraws\":\"%s\"", "2021",
	    allows);
	consent_id(ends, id, text);
	assert_ok(vault_may(
	    &may, of(&a), id, "partner", note_nobody, note_left, NULL));
	assert_int_equal(may.why, VAULT_MAY_NOT_CONSENT);
	assert_int_equal(n_left, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_with_consent_only),
		cmocka_unit_test(a_record_may_name_others_than_those_who_ask),
		cmocka_unit_test(a_consent_withdrawn_meanwhile_stops_it),
		cmocka_unit_test(another_office_brings_no_consent_back),
		cmocka_unit_test(a_dispute_is_settled_by_our_word),
		cmocka_unit_test(a_forgotten_withdrawal_goes_on),
		cmocka_unit_test(
		    a_forgotten_consent_that_allowed_forbids_nothing),
		cmocka_unit_test(a_withdrawal_forgotten_by_its_office_goes_on),
		cmocka_unit_test(another_office_changes_nobody_in_ours),
		cmocka_unit_test(another_office_makes_nobody_an_agency),
		cmocka_unit_test(a_consent_for_one_record_holds_there),
		cmocka_unit_test(a_speaker_may_be_named_in_one_testimony),
		cmocka_unit_test(a_signed_form_stays_with_the_hidden),
		cmocka_unit_test(the_log_names_the_consents),
	};

	return cmocka_run_group_tests_name(
	    "leaving by consent", tests, setup, teardown);
}
