/* SPDX-License-Identifier: ISC */
/*
 * Bundles between two offices: what leaves, what comes, and that nothing
 * comes of a bundle that was cut, changed or made for somebody else.
 */
#include "offices_help.h"
#include "record/attach.h"

/* Three that know one another. */
static struct office a, b, c;

static int
setup(void **state)
{
	(void)state;
	assert_ok(vault_setup());
	office_open(&a, "A");
	office_open(&b, "B");
	office_open(&c, "C");
	knows(&a, &b);
	knows(&b, &a);
	knows(&c, &a);
	knows(&a, &c);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	office_close(&a);
	office_close(&b);
	office_close(&c);
	return 0;
}

static struct vault_bundle_bad bad;

static enum vault_err
import_with(struct vault_imported *got, const struct office *f,
    struct memory *m, bool accept)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle *bundle;
	enum vault_err err;

	memset(got, 0, sizeof(*got));
	err = vault_bundle_open(&bundle, of(f), &in, &bad);
	if (err == VAULT_OK)
		err = vault_bundle_import(got, bundle, accept, &bad);
	vault_bundle_close(bundle);
	return err;
}

static enum vault_err
import(const struct office *f, struct memory *m)
{
	struct vault_imported got;

	return import_with(&got, f, m, false);
}

static struct vault_bundle_info
inspect(const struct office *f, struct memory *m)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle_info info;
	struct vault_bundle *bundle;

	assert_ok(vault_bundle_open(&bundle, of(f), &in, &bad));
	vault_bundle_info(&info, bundle);
	info.sender = NULL; /* that was borrowed */
	vault_bundle_close(bundle);
	return info;
}

/* ---- The tests ---- */

static void
goes_and_comes(void **state)
{
	char id[VAULT_ID_LEN], person[VAULT_ID_LEN];
	struct vault_imported got;
	struct memory m, again;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Goes and comes\"}");
	add(person, &a,
	    "{\"type\":\"person\",\"level\":1,\"names\":[{\"text\":\"P\"}],"
	    "\"health\":\"hidden\",\"private_fields\":[\"health\"]}");
	attach(&a, person, "a.txt", "first");
	attach(&a, person, "b.txt", "");
	export(&m, &a, "B", "Goes");
	assert_ok(import_with(&got, &b, &m, false));
	assert_int_equal(got.records, 1);
	assert_int_equal(import(&b, &m), VAULT_EEXISTS);
	assert_title(&b, id, "Goes and comes");
	memory_free(&m);

	export(&m, &a, "B", "");
	assert_ok(import_with(&got, &b, &m, false));
	assert_int_equal(got.records, 1);
	assert_int_equal(got.versions, 3);
	assert_int_equal(got.known, 1);
	assert_int_equal(got.attachments, 2);
	export(&again, &a, "B", "");
	assert_ok(import_with(&got, &b, &again, false));
	assert_int_equal(got.records + got.versions + got.completed, 0);
	assert_int_equal(got.known, 4);
	assert_int_equal(number(&b, "SELECT count(*) FROM attachment"), 2);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM version WHERE private IS NULL"),
	    number(&b, "SELECT count(*) FROM version"));
	memory_free(&m);
	memory_free(&again);
}

static void
a_later_bundle_completes_what_was_withheld(void **state)
{
	char id[VAULT_ID_LEN];
	struct vault_imported got;
	struct vault_bundle_info info;
	struct vault_record r;
	struct memory m;

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,\"names\":[{\"text\":\"Q\"}],"
	    "\"health\":\"zzhidden\",\"private_fields\":[\"health\"]}");
	export(&m, &a, "B", "name:Q");
	assert_ok(import(&b, &m));
	assert_ok(vault_get(&r, of(&b), id));
	assert_true(r.withheld);
	vault_record_free(&r);
	memory_free(&m);
	assert_ok(vault_contact_verify(of(&a), "B", NULL, true));
	export(&m, &a, "B", "name:Q");
	info = inspect(&b, &m);
	assert_int_equal(info.count[VAULT_COMPLETES], 1);
	assert_ok(import_with(&got, &b, &m, false));
	assert_int_equal(got.completed, 1);
	assert_ok(vault_get(&r, of(&b), id));
	assert_false(r.withheld);
	assert_non_null(strstr(buf_text(&r.body), "zzhidden"));
	vault_record_free(&r);
	assert_ok(store_begin(of(&a)->store));
	assert_ok(sql_run(of(&a)->store, "UPDATE contact SET our_office=0"));
	assert_ok(store_commit(of(&a)->store));
	memory_free(&m);
}

static struct vault_leaving last;

static void
note(void *ctx, const struct vault_leaving *l)
{
	(void)ctx;
	last = *l;
	last.title = NULL;
}

static enum vault_leaves
leaves_to(const char *to, const char *query)
{
	struct vault_export_what what = {
		.query = query, .query_len = strlen(query), .to = &to, .n_to = 1
	};
	struct vault_export *e;
	const char *which;

	memset(&last, 0, sizeof(last));
	assert_ok(vault_export_new(&e, of(&a), &what, &which, note, NULL));
	vault_export_free(e);
	return last.leaves;
}

static enum vault_leaves
leaves(const char *query)
{
	return leaves_to("B", query);
}

static void
holds_back_by_level(void **state)
{
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Leveltwo\"}]}");
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

/* ---- What others made of our records ---- */

/* One record by its id, from one to another. */
static void
bring(const struct office *from, const char *to, const struct office *there,
    const char *id)
{
	struct vault_export_what what = {
		.to = &to, .n_to = 1, .include = &id, .n_include = 1
	};
	struct memory m = { 0 };
	struct vault_sink sink = { &m, memory_write, NULL };
	char bundle[VAULT_BUNDLE_LEN];
	struct vault_export *e;
	const char *which;

	assert_ok(vault_export_new(&e, of(from), &what, &which, NULL, NULL));
	assert_ok(vault_export_write(bundle, e, &sink));
	vault_export_free(e);
	assert_ok(import(there, &m));
	memory_free(&m);
}

/* What a bundle of this query would show to its reader, all in one text. */
static bool
shows(const char *query, const char *text)
{
	struct memory m, tar;
	bool found = false;

	export(&m, &a, "B", query);
	open_archive(&tar, &b, &m);
	for (size_t i = 0; i + strlen(text) <= tar.len; i++)
		found = found || memcmp(tar.bytes + i, text, strlen(text)) == 0;
	memory_free(&m);
	memory_free(&tar);
	return found;
}

/* Edit what is there, as a person does who changes one text. */
static void
change_text(
    const struct office *f, const char *id, const char *from, const char *to)
{
	struct vault_record r;
	struct buf json = { 0 };
	const char *body, *at;

	assert_ok(vault_get(&r, of(f), id));
	body = buf_text(&r.body);
	assert_non_null(at = strstr(body, from));
	buf_put(&json, body, (size_t)(at - body));
	buf_put_text(&json, to);
	buf_put_text(&json, at + strlen(from));
	edit(f, id, buf_text(&json));
	vault_record_free(&r);
	buf_free(&json);
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

/* To others earlier versions go as envelopes, whatever they said. */
static void
what_was_replaced_does_not_leave(void **state)
{
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,\"notes\":[\"zzreplaced\"],"
	    "\"names\":[{\"text\":\"Replaced\"}]}");
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

/* A body with one id in it, or two. */
static const char *
with_ids(const char *form, const char *one, const char *two)
{
	static char text[512];

	snprintf(text, sizeof(text), form, one, two);
	return text;
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

/* A sink that edits a record of A when the first bytes come. */
struct meddler {
	struct memory m;
	const char *id, *json;
};

static enum vault_err
meddle(void *ctx, const void *bytes, size_t len)
{
	struct meddler *to = ctx;

	if (to->m.len == 0 && to->json != NULL)
		edit(&a, to->id, to->json);
	return memory_write(&to->m, bytes, len);
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

static void
two_orders_give_one_state(void **state)
{
	char id[VAULT_ID_LEN];
	struct memory one, two;
	struct vault_imported got;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Order one\"}");
	export(&one, &a, "C", "Order");
	edit(&a, id, "{\"type\":\"case\",\"title\":\"Order two\"}");
	export(&two, &a, "C", "Order");
	assert_int_equal(inspect(&c, &two).seen, VAULT_SEEN_GAP);
	assert_ok(import_with(&got, &c, &two, false));
	assert_title(&c, id, "Order two");
	assert_int_equal(inspect(&c, &one).seen, VAULT_SEEN_OLDER);
	assert_ok(import_with(&got, &c, &one, false));
	assert_int_equal(got.versions, 0);
	assert_title(&c, id, "Order two");
	memory_free(&one);
	memory_free(&two);
}

static void
a_conflict_is_kept(void **state)
{
	char id[VAULT_ID_LEN];
	struct vault_record r;
	struct memory m;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Clash\"}");
	export(&m, &a, "B", "Clash");
	assert_ok(import(&b, &m));
	memory_free(&m);
	edit(&a, id, "{\"type\":\"case\",\"title\":\"Clash of A\"}");
	edit(&b, id, "{\"type\":\"case\",\"title\":\"Clash of B\"}");
	export(&m, &a, "B", "Clash");
	assert_ok(import(&b, &m));
	assert_ok(vault_get(&r, of(&b), id));
	assert_int_equal(r.n_heads, 2);
	assert_non_null(strstr(buf_text(&r.clashes), "Clash of A"));
	assert_non_null(strstr(buf_text(&r.clashes), "Clash of B"));
	vault_record_free(&r);
	memory_free(&m);
}

static void
forgotten_records_are_skipped(void **state)
{
	char id[VAULT_ID_LEN];
	struct vault_imported got;
	struct memory m, again;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Forgetme\"}");
	attach(&a, id, "f", "text");
	export(&m, &a, "B", "Forgetme");
	export(&again, &a, "B", "Forgetme");
	assert_ok(import(&b, &m));
	assert_ok(vault_forget(of(&b), id));
	assert_int_equal(inspect(&b, &again).count[VAULT_WAS_FORGOTTEN], 2);
	assert_ok(import_with(&got, &b, &again, false));
	assert_int_equal(got.forgotten, 2);
	assert_int_equal(got.versions + got.completed + got.attachments, 0);
	memory_free(&m);
	memory_free(&again);
}

static void
one_number_with_two_contents_is_held(void **state)
{
	struct office copy = { .folder = folder_new() };
	char id[VAULT_ID_LEN];
	struct vault_imported got;
	struct memory one, two;
	char command[512];

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Twice\"}");
	export(&one, &a, "B", "Twice");
	assert_ok(import(&b, &one));
	memory_free(&one);
	/* The folder copied: two that write under one chain. */
	snprintf(
	    command, sizeof(command), "cp -r %s/v %s/v", a.folder, copy.folder);
	assert_int_equal(system(command), 0);
	assert_ok(vault_try(&copy.o, copy.folder, "dusk"));
	export(&one, &a, "B", "Twice");
	edit(&copy, id, "{\"type\":\"case\",\"title\":\"Twice again\"}");
	export(&two, &copy, "B", "Twice");
	assert_ok(import(&b, &one));
	assert_int_equal(inspect(&b, &two).seen, VAULT_SEEN_OTHERS);
	assert_int_equal(import(&b, &two), VAULT_ECONFLICT);
	assert_title(&b, id, "Twice");
	assert_ok(import_with(&got, &b, &two, true));
	assert_title(&b, id, "Twice again");
	memory_free(&one);
	memory_free(&two);
	office_close(&copy);
}

static void
a_number_is_taken_once(void **state)
{
	static const char *const to[] = { "B" };
	struct vault_export_what what = {
		.query = "Goes", .query_len = 4, .to = to, .n_to = 1
	};
	struct manifest_place first, second;
	uint8_t hash[32] = { 1 };
	struct contact contact;
	struct vault_export *e;
	const char *which;

	(void)state;
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	assert_ok(contact_find(&contact, of(&a)->store, "B"));
	assert_ok(chain_next(&first, of(&a)->store, contact.key));
	second = first;
	assert_ok(store_begin(of(&a)->store));
	assert_ok(chain_sent(of(&a)->store, contact.key, &first, hash));
	assert_int_equal(
	    chain_sent(of(&a)->store, contact.key, &second, hash), VAULT_EBUSY);
	store_abort(of(&a)->store);
	contact_free(&contact);
	vault_export_free(e);
}

/* B opens what A made for it and seals it to C, who trusts A. */
static void
who_passes_it_on_is_found_out(void **state)
{
	struct memory m, tar, forward = { 0 };

	(void)state;
	export(&m, &a, "B", "Goes");
	open_archive(&tar, &b, &m);
	seal_archive(&forward, &c, &tar);
	assert_int_equal(import(&c, &forward), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_NOT_TO_US);
	assert_int_equal(import(&c, &m), VAULT_ENOTFORUS);
	memory_free(&m);
	memory_free(&tar);
	memory_free(&forward);
}

/* ---- Keys that are renewed ---- */

/* Does this one key of an office open it? */
static bool
key_opens(const struct office *f, size_t i, struct memory *m)
{
	struct pipe_source from = memory_source(m);
	struct memory tar = { 0 };
	struct pipe_sink to = memory_sink(&tar);
	const struct age_identity *id;
	struct office_keys keys;
	enum age_fault why;
	enum vault_err err;

	assert_ok(office_keys(&keys, of(f)->store, true));
	assert_true(i < keys.n);
	id = keys.key[i].id;
	err = age_open(&why, &to, &from, &id, 1);
	assert_true(err == VAULT_OK || err == VAULT_ENOTFORUS);
	office_keys_free(&keys);
	memory_free(&tar);
	return err == VAULT_OK;
}

static void
the_newest_key_is_sealed_to_and_older_ones_open(void **state)
{
	char id[VAULT_ID_LEN];
	struct memory before, between, after;
	struct office x;
	uint64_t serial;

	(void)state;
	office_open(&x, "X");
	knows(&a, &x);
	knows(&x, &a);
	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Renewal\"}]}");
	export(&before, &a, "X", "Renewal");
	assert_ok(vault_office_renew(&serial, of(&x)));
	export(&between, &a, "X", "Renewal"); /* A has the old card */
	knows(&a, &x);
	export(&after, &a, "X", "Renewal");
	assert_true(key_opens(&x, 0, &before) && !key_opens(&x, 1, &before));
	assert_true(key_opens(&x, 0, &between));
	assert_true(key_opens(&x, 1, &after) && !key_opens(&x, 0, &after));
	assert_ok(import(&x, &before));
	assert_ok(import(&x, &between));
	assert_ok(import(&x, &after));
	assert_int_equal(inspect(&x, &after).seen, VAULT_SEEN_SAME);

	/* What is sealed to a retired key nobody reads, and nobody seals to. */
	assert_ok(vault_office_retire(of(&x), 1));
	assert_int_equal(import(&x, &between), VAULT_ENOTFORUS);
	assert_int_equal(inspect(&x, &after).seen, VAULT_SEEN_SAME);
	memory_free(&before);
	memory_free(&between);
	memory_free(&after);
	assert_ok(vault_contact_remove(of(&a), "X"));
	office_close(&x);
}

/* What is made by hand, first of all right, then with one fault each. */
static void
refuses_archives_with_one_fault(void **state)
{
	static const char readme[] = "hello";
	struct buf good = { 0 }, wrong = { 0 };
	uint8_t id[ID_LEN];
	struct memory m = { 0 };
	struct crafted extra = { "records/000002.json", NULL, 0 };
	struct crafted files[3] = { { TAR_README, readme, 5 } };
	int64_t records = number(&b, "SELECT count(*) FROM record");

	(void)state;
	id_new(id);
	record_file(
	    &good, &a, "case", "{\"title\":\"x\",\"type\":\"case\"}", id);

	/* A body of another type than its envelope says. */
	record_file(&wrong, &a, "case", "{\"type\":\"person\"}", NULL);
	files[1] = (struct crafted){ "records/000001.json", wrong.bytes,
		wrong.len };
	craft(&m, &a, &b, files, 2, NULL);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_RECORD);

	/* One that is signed, but has a blank too many. */
	buf_reset(&wrong);
	buf_put(&wrong, good.bytes, good.len);
	buf_put_byte(&wrong, ' ');
	files[1].bytes = wrong.bytes;
	files[1].len = wrong.len;
	craft(&m, &a, &b, files, 2, NULL);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_RECORD);

	/* Not listed in the manifest. */
	files[1].bytes = good.bytes;
	files[1].len = good.len;
	extra.bytes = good.bytes;
	extra.len = good.len;
	craft(&m, &a, &b, files, 2, &extra);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_FILES);

	/* An attachment that no record names. */
	files[2] = files[1];
	files[1] = (struct crafted){ "attachments/000001", "x", 1 };
	craft(&m, &a, &b, files, 3, NULL);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_FILES);

	files[1] = (struct crafted){ "records/000001.json", good.bytes,
		good.len };
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), records);

	/* By a key that nobody has, and by one that C does not know. */
	craft(&m, &c, &b, files, 2, NULL);
	assert_int_equal(import(&b, &m), VAULT_EREFUSED);

	/* And nothing wrong at all. */
	craft(&m, &a, &b, files, 2, NULL);
	assert_ok(import(&b, &m));
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM record"), records + 1);
	buf_free(&good);
	buf_free(&wrong);
	memory_free(&m);
}

static const char staged[] =
    "SELECT count(*) FROM attachment WHERE hash IS NULL";

/* The rows that an import tells of, or an inspection. */
struct told {
	size_t n;
	struct vault_arriving row[8];
	char title[8][64], office[8][64], wrong[8][64];
};

static void
keep_row(void *ctx, const struct vault_arriving *one)
{
	struct told *t = ctx;

	assert_true(t->n < 8);
	t->row[t->n] = *one;
	snprintf(t->title[t->n], sizeof(t->title[0]), "%s", one->title);
	snprintf(t->office[t->n], sizeof(t->office[0]), "%s", one->office);
	snprintf(t->wrong[t->n], sizeof(t->wrong[0]), "%s",
	    one->wrong_clock == NULL ? "" : one->wrong_clock);
	t->n++;
}

/* What is told before an import, and what after it: the same. */
static void
import_telling(struct told *t, struct vault_bundle_info *info,
    struct vault_imported *got, const struct office *f, struct memory *m)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle_info after;
	struct vault_bundle *bundle;
	struct told again = { 0 };

	memset(t, 0, sizeof(*t));
	assert_ok(vault_bundle_open(&bundle, of(f), &in, &bad));
	vault_bundle_info(info, bundle);
	assert_ok(vault_bundle_each(bundle, keep_row, t));
	assert_ok(vault_bundle_import(got, bundle, true, &bad));
	vault_bundle_info(&after, bundle);
	assert_ok(vault_bundle_each(bundle, keep_row, &again));
	assert_memory_equal(info->count, after.count, sizeof(after.count));
	assert_int_equal(info->records, after.records);
	assert_int_equal(info->new_records, after.new_records);
	assert_int_equal(info->new_versions, after.new_versions);
	assert_int_equal(info->new_attachments, after.new_attachments);
	assert_int_equal(info->new_bytes, after.new_bytes);
	assert_int_equal(t->n, again.n);
	for (size_t i = 0; i < t->n; i++) {
		assert_string_equal(t->row[i].id, again.row[i].id);
		assert_int_equal(t->row[i].arrives, again.row[i].arrives);
		assert_int_equal(t->row[i].ours, again.row[i].ours);
		assert_int_equal(
		    t->row[i].new_versions, again.row[i].new_versions);
		assert_string_equal(t->office[i], again.office[i]);
	}
	vault_bundle_close(bundle);
	info->sender = NULL; /* that was borrowed */
}

/* A bundle of so many record files beside README.txt. */
static void
craft_records(struct memory *m, const struct office *from,
    const struct office *to, const struct buf *texts, size_t n)
{
	static const char *const names[] = { "records/000001.json",
		"records/000002.json", "records/000003.json",
		"records/000004.json" };
	struct crafted files[5] = { { TAR_README, "hello", 5 } };

	for (size_t i = 0; i < n; i++)
		files[i + 1] = (struct crafted){ names[i], texts[i].bytes,
			texts[i].len };
	craft(m, from, to, files, n + 1, NULL);
}

/* One record of two types: what comes first stands, the rest is imported. */
static void
another_type_is_not_taken_and_named(void **state)
{
	struct buf text[4] = { { 0 } };
	uint8_t id[ID_LEN], fresh[ID_LEN];
	struct vault_bundle_info info;
	struct vault_imported got;
	char name[VAULT_ID_LEN];
	struct memory m = { 0 };
	struct told t;

	(void)state;
	add(name, &b, "{\"type\":\"person\",\"names\":[{\"text\":\"Her\"}]}");
	assert_ok(id_parse(id, name, strlen(name)));
	id_new(fresh);
	record_file(&text[0], &c, "case",
	    "{\"title\":\"not her\",\"type\":\"case\"}", id);
	record_file(&text[1], &a, "case",
	    "{\"title\":\"one\",\"type\":\"case\"}", fresh);
	record_file(&text[2], &a, "person", "{\"type\":\"person\"}", fresh);
	record_file(&text[3], &a, "case",
	    "{\"title\":\"two\",\"type\":\"case\"}", NULL);
	craft_records(&m, &a, &b, text, 4);
	import_telling(&t, &info, &got, &b, &m);
	assert_int_equal(got.records, 2);
	assert_int_equal(got.others, 2);
	assert_int_equal(info.count[VAULT_OTHER_TYPE], 2);
	assert_int_equal(info.records, 2);
	assert_int_equal(t.n, 4);
	assert_int_equal(t.row[0].arrives, VAULT_OTHER_TYPE);
	assert_string_equal(t.row[0].id, name);
	assert_string_equal(t.row[0].type_here, "person");
	assert_string_equal(t.row[0].type, "case");
	assert_int_equal(strlen(t.office[0]), 16); /* C is no contact of B */
	assert_int_equal(t.row[1].arrives, VAULT_NEW_RECORD);
	assert_int_equal(t.row[2].arrives, VAULT_OTHER_TYPE);
	assert_string_equal(t.office[2], "A");
	assert_string_equal(t.row[2].type_here, "case");
	assert_string_equal(t.title[3], "two");
	assert_title(&b, name, "Her");
	for (size_t i = 0; i < 4; i++)
		buf_free(&text[i]);
	memory_free(&m);
}

/* Four versions of two records are two rows; who changed ours is said. */
static void
tells_record_by_record_who_changed_what(void **state)
{
	char id[VAULT_ID_LEN], other[VAULT_ID_LEN];
	struct vault_bundle_info info;
	struct vault_imported got;
	struct memory m;
	struct told t;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Byrecord\"}");
	export(&m, &a, "B", "Byrecord");
	assert_ok(import(&b, &m));
	memory_free(&m);
	edit(&b, id, "{\"type\":\"case\",\"title\":\"Byrecord of B\"}");
	edit(&a, id, "{\"type\":\"case\",\"title\":\"Byrecord 2\"}");
	edit(&a, id, "{\"type\":\"case\",\"title\":\"Byrecord 3\"}");
	add(other, &a, "{\"type\":\"case\",\"title\":\"Byrecord too\"}");
	attach(&a, other, "f", "12345");
	export(&m, &a, "B", "Byrecord");
	import_telling(&t, &info, &got, &b, &m);
	assert_int_equal(t.n, 2);
	assert_int_equal(info.records, 2);
	assert_int_equal(info.new_records, 1);
	assert_int_equal(info.versions, 5);
	assert_int_equal(info.new_versions, 4);
	assert_int_equal(info.attachments, 1);
	assert_int_equal(info.new_attachments, 1);
	assert_int_equal(info.new_bytes, 5);
	for (size_t i = 0; i < 2; i++) {
		bool first = strcmp(t.row[i].id, id) == 0;

		assert_int_equal(t.row[i].versions, first ? 3 : 2);
		assert_int_equal(t.row[i].new_versions, 2);
		assert_int_equal(t.row[i].attachments, first ? 0 : 1);
		assert_int_equal(t.row[i].new_attachments, first ? 0 : 1);
		assert_int_equal(t.row[i].arrives,
		    first ? VAULT_NEW_VERSION : VAULT_NEW_RECORD);
		assert_int_equal(t.row[i].ours, first);
		assert_string_equal(
		    t.title[i], first ? "Byrecord 3" : "Byrecord too");
		assert_string_equal(t.office[i], "A");
	}
	memory_free(&m);
}

/* The newest that can be right tells the title, the day and the office. */
static void
a_wrong_clock_is_named_and_never_the_newest(void **state)
{
	struct buf text[2] = { { 0 } };
	struct vault_bundle_info info;
	struct vault_imported got;
	struct memory m = { 0 };
	uint8_t id[ID_LEN];
	struct told t;

	(void)state;
	id_new(id);
	craft_time = INT64_C(4102444800);
	record_file(&text[0], &c, "case",
	    "{\"title\":\"of 2100\",\"type\":\"case\"}", id);
	craft_time = 1000;
	record_file(&text[1], &a, "case",
	    "{\"title\":\"of 1970\",\"type\":\"case\"}", id);
	craft_records(&m, &a, &b, text, 2);
	import_telling(&t, &info, &got, &b, &m);
	assert_int_equal(t.n, 1);
	assert_string_equal(t.title[0], "of 1970");
	assert_string_equal(t.office[0], "A");
	assert_int_equal(t.row[0].time, 1000);
	assert_int_equal(strlen(t.wrong[0]), 16);
	assert_int_equal(t.row[0].wrong_time, INT64_C(4102444800));
	for (size_t i = 0; i < 2; i++)
		buf_free(&text[i]);
	memory_free(&m);
}

/* The text of a record file without its body, or with another salt. */
static void
without_body(struct buf *out, const struct buf *text)
{
	struct carried one;

	assert_ok(carry_read(&one, text->bytes, text->len));
	part_free(&one.body);
	assert_ok(carry_write(out, &one));
	carry_free(&one);
}

/* One version in several files: what is there of it comes, each once. */
static void
one_version_in_many_files_comes_once(void **state)
{
	struct buf text[4] = { { 0 } };
	struct vault_bundle_info info;
	struct vault_imported got;
	struct memory m = { 0 };
	char name[VAULT_ID_LEN];
	uint8_t id[ID_LEN];
	struct told t;
	char *salt;

	(void)state;
	id_new(id);
	id_print(name, id);
	record_file(
	    &text[1], &a, "case", "{\"title\":\"Many\",\"type\":\"case\"}", id);
	without_body(&text[0], &text[1]);
	buf_put(&text[2], text[1].bytes, text[1].len);
	buf_put(&text[3], text[0].bytes, text[0].len);
	craft_records(&m, &a, &b, text, 4);
	import_telling(&t, &info, &got, &b, &m);
	assert_int_equal(t.n, 1);
	assert_int_equal(got.records, 1);
	assert_int_equal(got.versions, 1);
	assert_int_equal(got.completed, 1);
	assert_int_equal(got.known, 2);
	assert_title(&b, name, "Many");

	/* The part under another salt is another part. */
	salt = strstr(buf_text(&text[1]), "\"salt\":\"");
	assert_non_null(salt);
	salt[8] = salt[8] == '0' ? '1' : '0';
	craft_records(&m, &a, &b, text, 2);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_RECORD);
	for (size_t i = 0; i < 4; i++)
		buf_free(&text[i]);
	memory_free(&m);
}

/* One part of an attachment in two files of the bundle is one attachment. */
static void
one_attachment_in_two_files_comes_once(void **state)
{
	struct crafted files[5] = { { TAR_README, "hello", 5 },
		{ "attachments/000001", "text", 4 },
		{ "attachments/000002", "text", 4 } };
	struct buf text[2] = { { 0 } };
	struct carried one;
	struct memory m = { 0 }, tar;
	struct vault_bundle_info info;
	struct vault_imported got;
	char id[VAULT_ID_LEN];
	struct told t;
	size_t n = 0;

	(void)state;
	/* The record file of a bundle of A's, and once more by another name. */
	add(id, &a, "{\"type\":\"case\",\"title\":\"Twofiles\"}");
	attach(&a, id, "f", "text");
	export(&m, &a, "B", "Twofiles");
	open_archive(&tar, &b, &m);
	for (size_t at = 0; at + 512 <= tar.len && n < 1; at += 512)
		if (memcmp(tar.bytes + at, "records/", 8) == 0) {
			size_t len = strtoul(
			    (char *)tar.bytes + at + 124, NULL, 8);

			if (memmem(tar.bytes + at + 512, len, "000001", 6))
				buf_put(&text[n++], tar.bytes + at + 512, len);
		}
	assert_int_equal(n, 1);
	assert_ok(carry_read(&one, text[0].bytes, text[0].len));
	memcpy(one.files[0].file, "attachments/000002", 19);
	assert_ok(carry_write(&text[1], &one));
	carry_free(&one);
	files[3] = (struct crafted){ "records/000001.json", text[0].bytes,
		text[0].len };
	files[4] = (struct crafted){ "records/000002.json", text[1].bytes,
		text[1].len };
	craft(&m, &a, &b, files, 5, NULL);
	import_telling(&t, &info, &got, &b, &m);
	assert_int_equal(got.attachments, 1);
	assert_int_equal(number(&b, staged), 0);
	assert_int_equal(
	    number(&b, "SELECT count(*)-count(DISTINCT hash) FROM attachment"),
	    0);
	for (size_t i = 0; i < 2; i++)
		buf_free(&text[i]);
	memory_free(&m);
	memory_free(&tar);
}

/* A sender who becomes a contact goes on in its chain. */
static void
a_chain_goes_on_when_its_sender_becomes_known(void **state)
{
	char id[VAULT_ID_LEN];
	struct vault_imported got;
	struct memory first, second;

	(void)state;
	knows(&b, &c);
	add(id, &b, "{\"type\":\"case\",\"title\":\"Unknown\"}");
	export(&first, &b, "C", "Unknown");
	export(&second, &b, "C", "Unknown");
	assert_int_equal(inspect(&c, &first).seen, VAULT_SEEN_NEXT);
	assert_ok(import_with(&got, &c, &first, true));
	assert_int_equal(inspect(&c, &second).seen, VAULT_SEEN_NEXT);
	knows(&c, &b);
	assert_int_equal(inspect(&c, &first).seen, VAULT_SEEN_SAME);
	assert_int_equal(import(&c, &first), VAULT_EEXISTS);
	assert_int_equal(inspect(&c, &second).seen, VAULT_SEEN_NEXT);
	assert_ok(import(&c, &second));
	assert_ok(vault_contact_remove(of(&c), "B"));
	memory_free(&second);
	export(&second, &b, "C", "Unknown");
	assert_int_equal(inspect(&c, &second).seen, VAULT_SEEN_NEXT);
	memory_free(&first);
	memory_free(&second);
}

/* ---- Cut and flipped ---- */

static struct bundle_events silent;

/*
 * How far to go from byte i of n: every byte at both ends, every seventh
 * between; with TIME set, every one.
 */
static size_t
next(size_t i, size_t n)
{
	return getenv("TIME") != NULL || i < 1500 || i + 1500 > n ? 1 : 7;
}

static enum vault_err
check(const struct office *f, const struct office_keys *keys, struct memory *m)
{
	struct pipe_source from = memory_source(m);
	struct bundle bundle;
	enum vault_err err;

	err = bundle_check(&bundle, of(f)->store, keys, &from, &silent);
	bundle_free(&bundle);
	return err;
}

static void
small(struct memory *m)
{
	char id[VAULT_ID_LEN];

	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Small\"}]}");
	attach(&a, id, "s", "small");
	export(m, &a, "B", "Small");
}

static void
refuses_every_cut(void **state)
{
	struct office_keys keys;
	struct memory m;
	size_t whole;

	(void)state;
	small(&m);
	assert_ok(office_keys(&keys, of(&b)->store, true));
	assert_ok(check(&b, &keys, &m));
	whole = m.len;
	for (m.len = 0; m.len < whole; m.len += next(m.len, whole))
		if (check(&b, &keys, &m) == VAULT_OK)
			fail_msg("cut at %zu", m.len);
	m.len = whole;
	memory_put(&m, "", 1);
	assert_int_not_equal(check(&b, &keys, &m), VAULT_OK);
	office_keys_free(&keys);
	memory_free(&m);
}

/* One bit of each byte; each bit of the header of age. */
static void
refuses_every_flipped_byte(void **state)
{
	struct office_keys keys;
	struct memory m;
	size_t bits;

	(void)state;
	small(&m);
	assert_ok(office_keys(&keys, of(&b)->store, true));
	bits = 8 * m.len;
	for (size_t bit = 0; bit < bits;
	     bit += bit < 8 * 600 ? 1 : 8 * next(bit / 8, m.len) + 1) {
		m.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (check(&b, &keys, &m) == VAULT_OK)
			fail_msg("bit %zu", bit);
		m.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_ok(check(&b, &keys, &m));
	office_keys_free(&keys);
	memory_free(&m);
}

/* The same inside of the encryption, by somebody who can encrypt. */
static void
refuses_every_flipped_byte_of_the_archive(void **state)
{
	struct memory m, tar, again = { 0 };
	struct office_keys keys;
	size_t end;

	(void)state;
	small(&m);
	open_archive(&tar, &b, &m);
	assert_ok(office_keys(&keys, of(&b)->store, true));
	seal_archive(&again, &b, &tar);
	assert_ok(check(&b, &keys, &again));
	for (end = tar.len; end > 0 && tar.bytes[end - 1] == 0;)
		end--;
	/* Prime to 8, so that every bit has its turn. */
	for (size_t i = 0; i < tar.len;
	     i += getenv("TIME") != NULL ? 1 : (i < end ? 7 : 211)) {
		tar.bytes[i] ^= (uint8_t)(1u << i % 8);
		seal_archive(&again, &b, &tar);
		if (check(&b, &keys, &again) == VAULT_OK)
			fail_msg("byte %zu", i);
		tar.bytes[i] ^= (uint8_t)(1u << i % 8);
	}
	office_keys_free(&keys);
	memory_free(&m);
	memory_free(&tar);
	memory_free(&again);
}

/* Where it is damaged is said; what is damaged is an age file all the same. */
static void
says_what_is_damaged(void **state)
{
	static const char end[] = "\n--- ";
	char id[VAULT_ID_LEN], *text = malloc(200001);
	size_t header, payload, whole;
	struct memory m;

	(void)state;
	randombytes_buf(text, 200000);
	for (size_t i = 0; i < 200000; i++)
		text[i] |= 1; /* no zero */
	text[200000] = '\0';
	add(id, &a, "{\"type\":\"case\",\"title\":\"Damaged\"}");
	attach(&a, id, "f", text);
	export(&m, &a, "B", "Damaged");
	header = (size_t)((uint8_t *)memmem(m.bytes, m.len, end, 5) - m.bytes);
	payload = header + 5 + 43 + 1 + 16;
	whole = m.len;

	m.bytes[3] ^= 1;
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_NOT_AGE);
	m.bytes[3] ^= 1;
	m.bytes[header + 7] ^= 1;
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_HEADER);
	m.bytes[header + 7] ^= 1;
	for (size_t chunk = 1; chunk <= 3; chunk++) {
		size_t at = payload + (chunk - 1) * 65552;

		m.bytes[at + 100] ^= 1;
		assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
		assert_int_equal(bad.fault, VAULT_BUNDLE_CHUNK);
		assert_int_equal(bad.chunk, chunk);
		assert_int_equal(bad.byte, at);
		m.bytes[at + 100] ^= 1;
		m.len = at + 1000;
		assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
		assert_int_equal(bad.fault, VAULT_BUNDLE_CHUNK);
		assert_int_equal(bad.chunk, chunk);
		m.len = at + 65552; /* it ends where a chunk does */
		assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
		assert_int_equal(bad.fault, VAULT_BUNDLE_CHUNK);
		m.len = whole;
	}
	m.len = header;
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_HEADER);
	m.len = payload - 1; /* inside the nonce */
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_HEADER);
	m.len = 5;
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_NOT_AGE);
	m.len = whole;
	assert_ok(import(&b, &m));
	memory_free(&m);
	free(text);
}

/* ---- Stopped, changed meanwhile ---- */

static int countdown;

static bool
stop(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)done;
	(void)total;
	return countdown-- > 0;
}

static void
what_is_stopped_leaves_nothing(void **state)
{
	char id[VAULT_ID_LEN];
	struct vault_input in = { NULL, memory_read, stop, 0 };
	struct vault_bundle *bundle;
	struct vault_imported got;
	struct memory m;
	int64_t records, received;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Stopme\"}");
	attach(&a, id, "f", "text");
	export(&m, &a, "B", "Stopme");
	in.ctx = &m;
	in.size = m.len;
	records = number(&b, "SELECT count(*) FROM record");
	received = number(&b, "SELECT count(*) FROM received");
	countdown = 100;
	assert_ok(vault_bundle_open(&bundle, of(&b), &in, &bad));
	countdown = 0;
	assert_int_equal(
	    vault_bundle_import(&got, bundle, false, &bad), VAULT_ECANCELED);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), records);
	assert_int_equal(number(&b, "SELECT count(*) FROM received"), received);
	assert_int_equal(number(&b, staged), 0);

	/* Another file under the same name, between the two passes. */
	countdown = 100;
	memory_free(&m);
	small(&m);
	in.size = m.len;
	assert_int_not_equal(
	    vault_bundle_import(&got, bundle, false, &bad), VAULT_OK);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), records);
	assert_int_equal(number(&b, staged), 0);
	vault_bundle_close(bundle);
	memory_free(&m);
}

/* Wherever it is stopped the second time that it is read. */
static void
what_fails_takes_its_attachments_away(void **state)
{
	int64_t chunks = number(&b, "SELECT count(*) FROM chunk");
	char id[VAULT_ID_LEN], *text = malloc(300001);
	struct vault_imported got;
	struct memory m;

	(void)state;
	memset(text, 'x', 300000);
	text[300000] = '\0';
	add(id, &a, "{\"type\":\"case\",\"title\":\"Failme\"}");
	attach(&a, id, "f", text);
	attach(&a, id, "g", "text");
	export(&m, &a, "B", "Failme");
	attach_test_commit(1);
	for (int steps = 0;; steps++) {
		struct vault_input in = { &m, memory_read, stop, m.len };
		struct vault_bundle *bundle;
		enum vault_err err;

		countdown = 1000;
		assert_ok(vault_bundle_open(&bundle, of(&b), &in, &bad));
		countdown = steps;
		err = vault_bundle_import(&got, bundle, false, &bad);
		vault_bundle_close(bundle);
		if (err == VAULT_OK)
			break;
		assert_int_equal(err, VAULT_ECANCELED);
		assert_int_equal(number(&b, staged), 0);
		assert_int_equal(
		    number(&b, "SELECT count(*) FROM chunk"), chunks);
	}
	assert_int_equal(number(&b, staged), 0);
	assert_int_equal(got.attachments, 2);
	attach_test_commit(ATTACH_COMMIT);
	memory_free(&m);
	free(text);
}

/* Nothing of what is not taken is even staged. */
static void
what_is_not_taken_is_not_staged(void **state)
{
	char id[VAULT_ID_LEN];
	struct vault_imported got;
	struct vault_bundle_info info;
	struct memory m;
	struct told t;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Gone\"}");
	export(&m, &a, "B", "Gone");
	assert_ok(import(&b, &m));
	memory_free(&m);
	assert_ok(vault_forget(of(&b), id));
	attach(&a, id, "f", "text");
	export(&m, &a, "B", "Gone");
	import_telling(&t, &info, &got, &b, &m);
	assert_int_equal(info.new_attachments, 0);
	assert_int_equal(got.attachments, 0);
	assert_int_equal(number(&b, staged), 0);
	memory_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_and_comes),
		cmocka_unit_test(a_later_bundle_completes_what_was_withheld),
		cmocka_unit_test(holds_back_by_level),
		cmocka_unit_test(another_office_lowers_no_level_of_ours),
		cmocka_unit_test(what_we_have_said_since_is_not_guessed),
		cmocka_unit_test(another_office_opens_no_private_field_of_ours),
		cmocka_unit_test(a_field_that_lies_in_the_open_is_held),
		cmocka_unit_test(what_was_replaced_does_not_leave),
		cmocka_unit_test(a_link_that_is_no_text_is_shown),
		cmocka_unit_test(a_link_of_another_office_takes_nothing_along),
		cmocka_unit_test(
		    what_changed_since_it_was_shown_does_not_leave),
		cmocka_unit_test(two_orders_give_one_state),
		cmocka_unit_test(a_conflict_is_kept),
		cmocka_unit_test(forgotten_records_are_skipped),
		cmocka_unit_test(one_number_with_two_contents_is_held),
		cmocka_unit_test(a_number_is_taken_once),
		cmocka_unit_test(
		    the_newest_key_is_sealed_to_and_older_ones_open),
		cmocka_unit_test(who_passes_it_on_is_found_out),
		cmocka_unit_test(refuses_archives_with_one_fault),
		cmocka_unit_test(another_type_is_not_taken_and_named),
		cmocka_unit_test(tells_record_by_record_who_changed_what),
		cmocka_unit_test(a_wrong_clock_is_named_and_never_the_newest),
		cmocka_unit_test(refuses_every_cut),
		cmocka_unit_test(refuses_every_flipped_byte),
		cmocka_unit_test(refuses_every_flipped_byte_of_the_archive),
		cmocka_unit_test(says_what_is_damaged),
		cmocka_unit_test(what_is_stopped_leaves_nothing),
		cmocka_unit_test(what_fails_takes_its_attachments_away),
		cmocka_unit_test(what_is_not_taken_is_not_staged),
		cmocka_unit_test(one_version_in_many_files_comes_once),
		cmocka_unit_test(one_attachment_in_two_files_comes_once),
		cmocka_unit_test(a_chain_goes_on_when_its_sender_becomes_known),
	};

	return cmocka_run_group_tests_name("bundle", tests, setup, teardown);
}
