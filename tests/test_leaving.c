/* SPDX-License-Identifier: ISC */
/* What leaves with a bundle, and what others have made of our records. */
#include "leaving_help.h"

static void
holds_back_by_level(void **state)
{
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Leveltwo\"}]}");
	agree(&a, id);
	assert_int_equal(leaves("Leveltwo"), VAULT_HELD_LEVEL_2);
	edit(&a, id,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Levelone\"}]}");
	assert_int_equal(leaves("Levelone"), VAULT_LEAVES);
	assert_int_equal(last.versions, 2);
	assert_true(last.parts_held); /* the first version, of level 2 */
	edit(&a, id,
	    "{\"type\":\"person\",\"level\":3,\"readers\":[\"mj\"],"
	    "\"names\":[{\"text\":\"Levelthree\"}]}");
	assert_int_equal(leaves("Levelthree"), VAULT_HELD_LEVEL_3);
	assert_ok(vault_contact_verify(of(&a), "B", NULL, true));
	assert_int_equal(leaves("Levelthree"), VAULT_HELD_LEVEL_3);
	edit(&a, id,
	    "{\"type\":\"person\",\"level\":2,"
	    "\"names\":[{\"text\":\"Leveltwo\"}]}");
	assert_int_equal(leaves("Leveltwo"), VAULT_LEAVES);
	assert_true(last.parts_held); /* the third, of level 3 */
	assert_ok(store_begin(of(&a)->store));
	assert_ok(sql_run(of(&a)->store, "UPDATE contact SET our_office=0"));
	assert_ok(store_commit(of(&a)->store));
}

static struct vault_lowered lowered;
static char lowered_by[8];
static unsigned n_lowered;

static void
note_lowered(void *ctx, const struct vault_lowered *l)
{
	(void)ctx;
	n_lowered++;
	lowered = *l;
	snprintf(lowered_by, sizeof(lowered_by), "%s", l->office);
}

/* Import, and note what another office made less secret. */
static void
import_and_look(const struct office *f, struct memory *m)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle *bundle;
	struct vault_imported got;

	n_lowered = 0;
	assert_ok(vault_bundle_open(&bundle, of(f), &in, &bad));
	assert_ok(vault_bundle_import(&got, bundle, false, &bad));
	assert_ok(vault_bundle_lowered(bundle, note_lowered, NULL));
	vault_bundle_close(bundle);
}

static void
another_office_lowers_no_level_of_ours(void **state)
{
	char id[VAULT_ID_LEN];
	struct vault_record r;
	struct memory m;

	(void)state;
	add(id, &a, "{\"type\":\"person\",\"names\":[{\"text\":\"Lowerme\"}]}");
	agree(&a, id);
	bring(&a, "B", &b, id);
	edit(&b, id,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Lowerme\"}]}");
	export(&m, &b, "A", "Lowerme");
	import_and_look(&a, &m);
	memory_free(&m);
	assert_int_equal(n_lowered, 1);
	assert_string_equal(lowered.id, id);
	assert_string_equal(lowered_by, "B");
	assert_int_equal(lowered.from, 2);
	assert_int_equal(lowered.to, 1);
	assert_false(lowered.opened);
	assert_int_equal(leaves_to("C", "Lowerme"), VAULT_HELD_LEVEL_2);
	/* Who edits it sees the level that counts, and keeps it. */
	assert_ok(vault_get(&r, of(&a), id));
	assert_non_null(strstr(buf_text(&r.body), "\"level\":2"));
	vault_record_free(&r);
	change_text(&a, id, "Lowerme", "Lowerhim");
	assert_int_equal(leaves_to("C", "Lowerhim"), VAULT_HELD_LEVEL_2);
	/* A revert brings back what was written, not how open it was. */
	assert_ok(vault_get(&r, of(&b), id));
	{
		struct buf hex = { 0 };

		assert_true(hex_encode(&hex, r.heads.bytes, r.heads.len));
		assert_ok(vault_revert(of(&a), id, buf_text(&hex)));
		buf_free(&hex);
	}
	vault_record_free(&r);
	assert_int_equal(leaves_to("C", "Lowerme"), VAULT_HELD_LEVEL_2);
	/* Our own word lowers it. */
	change_text(&a, id, "\"level\":2", "\"level\":1");
	assert_int_equal(leaves_to("C", "Lowerme"), VAULT_LEAVES);
}

/* A vault from an older copy learns that its office has said more since. */
static void
what_we_have_said_since_is_not_guessed(void **state)
{
	struct office copy = { .folder = folder_new() };
	char id[VAULT_ID_LEN], command[512];
	const char *query = "Older";
	struct vault_export_what what = { .query = query,
		.query_len = strlen(query),
		.to = (const char *[]){ "C" },
		.n_to = 1 };
	struct vault_export *e;
	struct vault_record r;
	const char *which;

	(void)state;
	add(id, &a, "{\"type\":\"person\",\"names\":[{\"text\":\"Older\"}]}");
	agree(&a, id);
	snprintf(
	    command, sizeof(command), "cp -r %s/v %s/v", a.folder, copy.folder);
	assert_int_equal(system(command), 0);
	assert_ok(vault_try(&copy.o, copy.folder, "dusk"));
	change_text(&a, id, "Older", "Old");
	bring(&a, "B", &b, id);
	edit(&b, id,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Older\"}]}");
	bring(&b, "A", &copy, id);

	memset(&last, 0, sizeof(last));
	assert_ok(vault_export_new(&e, of(&copy), &what, &which, note, NULL));
	vault_export_free(e);
	assert_int_equal(last.leaves, VAULT_HELD_WITHHELD);
	{
		struct vault_may may;

		assert_ok(vault_may(
		    &may, of(&copy), id, "partner", NULL, NULL, NULL));
		assert_int_equal(may.why, VAULT_MAY_NOT_WITHHELD);
	}
	/* What is known of our word is kept: it is not B's that is edited. */
	assert_ok(vault_get(&r, of(&copy), id));
	assert_non_null(strstr(buf_text(&r.body), "\"level\":2"));
	vault_record_free(&r);
	change_text(&copy, id, "\"level\":2", "\"level\":1");
	assert_ok(vault_export_new(&e, of(&copy), &what, &which, note, NULL));
	vault_export_free(e);
	assert_int_equal(last.leaves, VAULT_LEAVES);
	office_close(&copy);
}

static void
another_office_opens_no_private_field_of_ours(void **state)
{
	char id[VAULT_ID_LEN];
	struct memory m;

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Openme\"}],\"health\":\"zzopened\","
	    "\"private_fields\":[\"health\"]}");
	agree(&a, id);
	bring(&a, "B", &b, id);
	edit(&b, id,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Openme\"}],"
	    "\"health\":\"zzopened\"}");
	export(&m, &b, "A", "Openme");
	import_and_look(&a, &m);
	memory_free(&m);
	assert_int_equal(n_lowered, 1);
	assert_true(lowered.opened);
	assert_int_equal(lowered.from, lowered.to);
	assert_int_equal(leaves_to("B", "Openme"), VAULT_HELD_OPENED);
	/* With the next edit it is private again, and the rest leaves. */
	change_text(&a, id, "Openme", "Openhim");
	assert_int_equal(leaves_to("B", "Openhim"), VAULT_LEAVES);
	assert_true(shows("Openhim", "Openhim"));
	assert_false(shows("Openhim", "zzopened"));
}

/* It says that a field is private, and has it in the open all the same. */
static void
a_field_that_lies_in_the_open_is_held(void **state)
{
	static const char readme[] = "hello";
	struct crafted files[2] = { { TAR_README, readme, 5 } };
	char id[VAULT_ID_LEN];
	struct memory m = { 0 };
	struct buf text = { 0 };
	uint8_t bytes[ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Liesopen\"}]}");
	agree(&a, id);
	assert_ok(id_parse(bytes, id, strlen(id)));
	record_file(&text, &b, "person",
	    "{\"health\":\"zzlies\",\"level\":1,"
	    "\"private_fields\":[\"health\"],\"type\":\"person\"}",
	    bytes);
	files[1] = (struct crafted){ "records/000001.json", text.bytes,
		text.len };
	craft(&m, &b, &a, files, 2, NULL);
	{
		struct vault_imported got;

		assert_ok(import_with(&got, &a, &m, true));
	}
	assert_int_equal(leaves("Liesopen"), VAULT_LEAVES);
	assert_true(last.opened && last.parts_held);
	assert_true(shows("Liesopen", "Liesopen"));
	assert_false(shows("Liesopen", "zzlies"));
	memory_free(&m);
	buf_free(&text);
}

/* The row of a list, as it came, says what the fields made of it hide. */
static void
cells_of_a_list_stay(void **state)
{
	static const char readme[] = "hello";
	static const char list[] =
	    "{\"type\":\"person\",\"level\":1,\"health\":\"zzhidden\","
	    "\"names\":[{\"text\":\"Listed\"}],\"private_fields\":"
	    "[\"health\"],\"imported\":{\"file\":\"zzfile.csv\","
	    "\"fields\":[{\"name\":\"health\",\"text\":\"zzcell\"}]}}";
	struct crafted files[2] = { { TAR_README, readme, 5 } };
	struct vault_imported got;
	char id[VAULT_ID_LEN];
	struct memory m = { 0 };
	struct buf text = { 0 };
	uint8_t bytes[ID_LEN];

	(void)state;
	add(id, &a, list);
	agree(&a, id);
	assert_int_equal(leaves("Listed"), VAULT_LEAVES);
	assert_true(last.parts_held);
	assert_true(shows("Listed", "Listed"));
	assert_false(shows("Listed", "zzcell"));
	assert_false(shows("Listed", "zzfile"));
	/* Our own office gets it, as all that is private. */
	assert_ok(vault_contact_verify(of(&a), "B", NULL, true));
	assert_true(shows("Listed", "zzcell"));
	assert_ok(store_begin(of(&a)->store));
	assert_ok(sql_run(of(&a)->store, "UPDATE contact SET our_office=0"));
	assert_ok(store_commit(of(&a)->store));
	/* An older program wrote it in the open: it is passed on by nobody. */
	assert_ok(id_parse(bytes, id, strlen(id)));
	record_file(&text, &b, "person",
	    "{\"imported\":{\"fields\":[{\"name\":\"x\",\"text\":\"zzopen\"}]},"
	    "\"level\":1,\"type\":\"person\"}",
	    bytes);
	files[1] = (struct crafted){ "records/000001.json", text.bytes,
		text.len };
	craft(&m, &b, &a, files, 2, NULL);
	assert_ok(import_with(&got, &a, &m, true));
	assert_int_equal(leaves("Listed"), VAULT_LEAVES);
	assert_true(last.opened);
	assert_false(shows("Listed", "zzopen"));
	memory_free(&m);
	buf_free(&text);
}

/* Who never saw it does not take it away: the next list knows its record. */
static void
a_row_is_known_after_a_partner_wrote(void **state)
{
	static const char rows[] = "SELECT count(*) FROM value WHERE field=13";
	char id[VAULT_ID_LEN];
	int64_t before = number(&a, rows);
	struct vault_record r;
	struct memory m;

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,\"names\":[{\"text\":\"Rowone\"}]"
	    ","
	    "\"imported\":{\"map\":\"m\",\"key\":[\"n\"],\"fields\":"
	    "[{\"name\":\"n\",\"text\":\"7\"}]}}");
	agree(&a, id);
	assert_int_equal(number(&a, rows), before + 1);
	bring(&a, "B", &b, id);
	assert_ok(vault_get(&r, of(&b), id));
	assert_null(strstr(buf_text(&r.body), "imported\":{"));
	vault_record_free(&r);
	change_text(&b, id, "Rowone", "Rowtwo");
	export(&m, &b, "A", "Rowtwo");
	import_and_look(&a, &m);
	memory_free(&m);
	assert_int_equal(n_lowered, 0);
	assert_int_equal(number(&a, rows), before + 1);
	assert_ok(vault_get(&r, of(&a), id));
	assert_non_null(strstr(buf_text(&r.body), "Rowtwo"));
	assert_non_null(strstr(buf_text(&r.body), "imported\":{"));
	vault_record_free(&r);
	change_text(&a, id, "Rowtwo", "Rowsix");
	assert_int_equal(number(&a, rows), before + 1);
	assert_int_equal(leaves("Rowsix"), VAULT_LEAVES);
}

/* To others earlier versions go as envelopes, whatever they said. */
static void
what_was_replaced_does_not_leave(void **state)
{
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,\"notes\":[\"zzreplaced\"],"
	    "\"names\":[{\"text\":\"Replaced\"}]}");
	agree(&a, id);
	assert_true(shows("Replaced", "zzreplaced"));
	change_text(&a, id, "zzreplaced", "zzkept");
	assert_int_equal(leaves("Replaced"), VAULT_LEAVES);
	assert_int_equal(last.versions, 2);
	assert_true(shows("Replaced", "zzkept"));
	assert_false(shows("Replaced", "zzreplaced"));
}

static void
count_lines(void *ctx, const struct vault_line *l)
{
	unsigned *n = ctx;

	assert_non_null(l->text);
	(*n)++;
}

/* A newer program, or a hostile one, may write anything into a field. */
static void
a_link_that_is_no_text_is_shown(void **state)
{
	static const char readme[] = "hello";
	struct crafted files[2] = { { TAR_README, readme, 5 } };
	struct vault_imported got;
	char id[VAULT_ID_LEN];
	struct memory m = { 0 };
	struct buf text = { 0 };
	struct vault_record r;
	uint8_t bytes[ID_LEN];
	unsigned n = 0;

	(void)state;
	id_new(bytes);
	id_print(id, bytes);
	record_file(&text, &b, "status",
	    "{\"act\":{\"a\":[1]},\"case\":null,\"documents\":[7,null,"
	    "{\"b\":2},[\"c\"],false],\"level\":1,\"person\":5,"
	    "\"type\":\"status\"}",
	    bytes);
	files[1] = (struct crafted){ "records/000001.json", text.bytes,
		text.len };
	craft(&m, &b, &a, files, 2, NULL);
	assert_ok(import_with(&got, &a, &m, true));
	assert_ok(vault_get(&r, of(&a), id));
	assert_ok(vault_lines(of(&a), &r.body, count_lines, &n));
	assert_true(n >= 5);
	vault_record_free(&r);
	memory_free(&m);
	buf_free(&text);
}

/* How many records leave with what fits a query. */
static size_t
n_leaving(const char *query)
{
	static const char *const to[] = { "C" };
	struct vault_export_what what = {
		.query = query, .query_len = strlen(query), .to = to, .n_to = 1
	};
	struct vault_export_info info;
	struct vault_export *e;
	const char *which;

	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	vault_export_info(&info, e);
	vault_export_free(e);
	return info.records + info.held;
}

static void
a_link_of_another_office_takes_nothing_along(void **state)
{
	char kase[VAULT_ID_LEN], victim[VAULT_ID_LEN], other[VAULT_ID_LEN],
	    theirs[VAULT_ID_LEN];

	(void)state;
	add(kase, &a, "{\"type\":\"case\",\"title\":\"Pullcase\"}");
	add(victim, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Pulled\"}]}");
	agree(&a, victim);
	assert_int_equal(n_leaving("Pullcase"), 1);
	bring(&a, "B", &b, kase);
	bring(&a, "B", &b, victim);
	/* A record of theirs that names the case and the person. */
	add(theirs, &b,
	    with_ids("{\"type\":\"status\",\"level\":1,\"status\":\"held\","
		     "\"case\":\"%s\",\"person\":\"%s\"}",
		kase, victim));
	bring(&b, "A", &a, theirs);
	assert_int_equal(n_leaving("Pullcase"), 1);
	/* A version of theirs of the case that names the person. */
	edit(&b, kase,
	    with_ids("{\"type\":\"case\",\"title\":\"Pullcase\","
		     "\"documents\":[\"%s\"]}",
		victim, NULL));
	bring(&b, "A", &a, kase);
	assert_int_equal(n_leaving("Pullcase"), 1);
	/* Ids in a text of ours, and in a private field, are no links. */
	add(other, &a,
	    with_ids("{\"type\":\"testimony\",\"level\":1,"
		     "\"about\":[\"%s\"],\"notes\":[\"%s\"]}",
		kase, victim));
	assert_int_equal(n_leaving("Pullcase"), 2);
	edit(&a, other,
	    with_ids("{\"type\":\"testimony\",\"level\":1,"
		     "\"about\":[\"%s\"],\"documents\":[\"%s\"],"
		     "\"private_fields\":[\"documents\"]}",
		kase, victim));
	assert_int_equal(n_leaving("Pullcase"), 2);
	/* A link of ours in the open is one. */
	edit(&a, other,
	    with_ids("{\"type\":\"testimony\",\"level\":1,"
		     "\"about\":[\"%s\",\"%s\"]}",
		kase, victim));
	assert_int_equal(n_leaving("Pullcase"), 3);
	/* Also after another office has written to that record. */
	bring(&a, "B", &b, other);
	change_text(&b, other, "\"about\"", "\"notes\":[\"x\"],\"about\"");
	bring(&b, "A", &a, other);
	assert_int_equal(n_leaving("Pullcase"), 3);
}

/* Who saw it, who consented and where it was published are sources, too. */
static void
a_case_takes_no_witness_along(void **state)
{
	char kase[VAULT_ID_LEN], victim[VAULT_ID_LEN], other[VAULT_ID_LEN],
	    id[VAULT_ID_LEN];

	(void)state;
	add(kase, &a, "{\"type\":\"case\",\"title\":\"Witnesscase\"}");
	add(victim, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Harmed\"}]}");
	agree(&a, victim);
	add(other, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Onlooker\"}]}");
	agree(&a, other);
	add(id, &a,
	    with_ids("{\"type\":\"act\",\"level\":1,\"cases\":[\"%s\"],"
		     "\"witnesses\":[\"%s\"]}",
		kase, other));
	assert_int_equal(n_leaving("Witnesscase"), 2);
	edit(&a, id,
	    with_ids("{\"type\":\"act\",\"level\":1,\"cases\":[\"%s\"],"
		     "\"victims\":[\"%s\"]}",
		kase, victim));
	assert_int_equal(n_leaving("Witnesscase"), 3);
	add(id, &a,
	    with_ids("{\"type\":\"testimony\",\"level\":1,"
		     "\"source\":{\"ref\":\"%s\"},\"notes\":[\"%s\"]}",
		other, kase));
	add(other, &a,
	    with_ids("{\"type\":\"count\",\"what\":\"w\",\"op\":\"approx\","
		     "\"as_of\":{\"edtf\":\"2011\"},\"case\":\"%s\","
		     "\"published_in\":[{\"ref\":\"%s\"}]}",
		kase, id));
	assert_int_equal(n_leaving("Witnesscase"), 4);
}

static void
what_changed_since_it_was_shown_does_not_leave(void **state)
{
	static const char *const to[] = { "B" };
	static const char one[] = "{\"type\":\"person\",\"level\":1,"
				  "\"names\":[{\"text\":\"Meanwhile\"}]}",
			  three[] = "{\"type\":\"person\",\"level\":3,"
				    "\"readers\":[\"mj\"],"
				    "\"names\":[{\"text\":\"Meanwhile\"}]}";
	struct vault_export_what what = {
		.query = "Meanwhile", .query_len = 9, .to = to, .n_to = 1
	};
	char id[VAULT_ID_LEN], bundle[VAULT_BUNDLE_LEN];
	struct meddler w = { .id = id };
	struct vault_sink sink = { &w, meddle, NULL };
	struct vault_export_info info;
	struct vault_export *e;
	const char *which;
	int64_t sent;

	(void)state;
	add(id, &a, one);
	agree(&a, id);
	sent = number(&a, "SELECT sum(number) FROM sent");

	/* While the person is asked: not a byte is written. */
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	edit(&a, id, three);
	assert_int_equal(vault_export_write(bundle, e, &sink), VAULT_EBUSY);
	vault_export_info(&info, e);
	assert_true(info.changed);
	assert_int_equal(w.m.len, 0);
	vault_export_free(e);

	/* While it is written. */
	edit(&a, id, one);
	w.json = three;
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	assert_int_equal(vault_export_write(bundle, e, &sink), VAULT_EBUSY);
	vault_export_info(&info, e);
	assert_true(info.changed);
	vault_export_free(e);
	assert_int_equal(number(&a, "SELECT sum(number) FROM sent"), sent);

	/* The office that gets it. */
	edit(&a, id, one);
	w.json = NULL;
	w.m.len = 0;
	assert_ok(vault_contact_verify(of(&a), "B", NULL, true));
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	assert_ok(store_begin(of(&a)->store));
	assert_ok(sql_run(of(&a)->store, "UPDATE contact SET our_office=0"));
	assert_ok(store_commit(of(&a)->store));
	assert_int_equal(vault_export_write(bundle, e, &sink), VAULT_EBUSY);
	assert_int_equal(w.m.len, 0);
	vault_export_free(e);

	/* Nothing at all. */
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	assert_ok(vault_export_write(bundle, e, &sink));
	vault_export_info(&info, e);
	assert_false(info.changed);
	vault_export_free(e);
	memory_free(&w.m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_back_by_level),
		cmocka_unit_test(another_office_lowers_no_level_of_ours),
		cmocka_unit_test(what_we_have_said_since_is_not_guessed),
		cmocka_unit_test(another_office_opens_no_private_field_of_ours),
		cmocka_unit_test(a_field_that_lies_in_the_open_is_held),
		cmocka_unit_test(cells_of_a_list_stay),
		cmocka_unit_test(a_row_is_known_after_a_partner_wrote),
		cmocka_unit_test(what_was_replaced_does_not_leave),
		cmocka_unit_test(a_link_that_is_no_text_is_shown),
		cmocka_unit_test(a_link_of_another_office_takes_nothing_along),
		cmocka_unit_test(a_case_takes_no_witness_along),
		cmocka_unit_test(
		    what_changed_since_it_was_shown_does_not_leave),
	};

	return cmocka_run_group_tests_name("leaving", tests, setup, teardown);
}
