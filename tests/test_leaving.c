/* SPDX-License-Identifier: ISC */
/* What leaves with a bundle, and what others have made of our records. */
#include "core/clock.h"
#include "trio_help.h"

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

/* ---- Consent ---- */

static struct vault_named named;
static char named_path[64];
static size_t n_named;

static void
note_named(void *ctx, const struct vault_named *n)
{
	(void)ctx;
	n_named++;
	named = *n;
	snprintf(named_path, sizeof(named_path), "%s", n->field);
}

/* A person of level 1, called so. */
static void
add_called(char *id, const char *name)
{
	char json[256];

	snprintf(json, sizeof(json),
	    "{\"type\":\"person\",\"level\":1,\"names\":[{\"text\":\"%s\"}]}",
	    name);
	add(id, &a, json);
}

/* A consent of theirs with these further members; by is who records it. */
static void
consent(const struct office *by, const char *person, const char *members)
{
	char id[VAULT_ID_LEN], json[512];

	snprintf(json, sizeof(json),
	    "{\"type\":\"consent\",\"level\":1,\"person\":\"%s\",%s}", person,
	    members);
	add(id, by, json);
	if (by != &a)
		bring(by, "A", &a, id);
}

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

/* Export an act of this description to B; what it said. */
static enum vault_err
send_described(const char *id, bool confirm)
{
	static const char *const to[] = { "B" };
	struct memory m = { 0 };
	struct vault_sink sink = { &m, memory_write, NULL };
	struct vault_export_what what = { .to = to,
		.n_to = 1,
		.include = &id,
		.n_include = 1,
		.named = note_named };
	char bundle[VAULT_BUNDLE_LEN];
	struct vault_export *e;
	enum vault_err err;
	const char *which;

	n_named = 0;
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	if (confirm)
		vault_export_confirm_parts(e);
	err = vault_export_write(bundle, e, &sink);
	assert_true(err == VAULT_OK || m.len == 0);
	vault_export_free(e);
	memory_free(&m);
	return err;
}

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

/*
 * What a program of theirs that checks nothing makes of a record of A's: the
 * next version, with another text in it.
 */
static void
forge(const char *id, const char *type, const char *from, const char *to)
{
	static const char readme[] = "hello";
	struct crafted files[2] = { { TAR_README, readme, 5 } };
	struct vault_record r;
	struct vault_imported got;
	struct memory m = { 0 };
	struct carried one;
	struct signer by;
	struct buf body = { 0 }, text = { 0 };
	const char *whole, *at;

	memset(&one, 0, sizeof(one));
	assert_ok(vault_get(&r, of(&a), id));
	whole = buf_text(&r.body);
	assert_non_null(at = strstr(whole, from));
	buf_put(&body, whole, (size_t)(at - whole));
	buf_put_text(&body, to);
	buf_put_text(&body, at + strlen(from));
	assert_ok(records_signer(&by, of(&b)->store));
	assert_ok(id_parse(one.version.record, id, strlen(id)));
	memcpy(one.version.type, type, strlen(type));
	memcpy(one.version.office, by.public_key, IDENTITY_PUBLIC_LEN);
	one.version.time = craft_time;
	one.version.has_body = true;
	buf_put(&one.version.parents, r.heads.bytes, r.heads.len);
	assert_ok(part_new(&one.body, one.version.body, body.bytes, body.len));
	assert_ok(version_sign(&one.version, by.key));
	assert_ok(carry_write(&text, &one));
	secret_free(by.key);
	carry_free(&one);
	vault_record_free(&r);
	files[1] = (struct crafted){ "records/000001.json", text.bytes,
		text.len };
	craft(&m, &b, &a, files, 2, NULL);
	assert_ok(import_with(&got, &a, &m, true));
	memory_free(&m);
	buf_free(&body);
	buf_free(&text);
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

/* A consent of A's whose id is wanted. */
static void
consent_id(char *id, const char *person, const char *members)
{
	char json[512];

	snprintf(json, sizeof(json),
	    "{\"type\":\"consent\",\"level\":1,\"person\":\"%s\",%s}", person,
	    members);
	add(id, &a, json);
}

#define STORE_ONLY                                                             \
	"\"scopes\":[\"store\"],\"naming\":\"none\",\"date\":{\"edtf\":\"%"    \
	"s\"}"
#define PARTNER                                                                \
	"\"scopes\":[\"partner\"],\"naming\":\"full\","                        \
	"\"date\":{\"edtf\":\"2020\"}"

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
		cmocka_unit_test(leaves_with_consent_only),
		cmocka_unit_test(a_record_may_name_others_than_those_who_ask),
		cmocka_unit_test(refuses_what_names_somebody),
		cmocka_unit_test(another_record_hides_the_names_of_both),
		cmocka_unit_test(finds_a_name_wherever_it_stands),
		cmocka_unit_test(a_consent_withdrawn_meanwhile_stops_it),
		cmocka_unit_test(another_office_brings_no_consent_back),
		cmocka_unit_test(a_dispute_is_settled_by_our_word),
		cmocka_unit_test(a_forgotten_withdrawal_goes_on),
		cmocka_unit_test(
		    a_forgotten_consent_that_allowed_forbids_nothing),
		cmocka_unit_test(a_withdrawal_forgotten_by_its_office_goes_on),
		cmocka_unit_test(another_office_changes_nobody_in_ours),
		cmocka_unit_test(another_office_makes_nobody_an_agency),
		cmocka_unit_test(nobody_of_a_closed_record_is_named),
		cmocka_unit_test(what_is_private_of_a_person_is_looked_for),
		cmocka_unit_test(a_consent_for_one_record_holds_there),
		cmocka_unit_test(a_speaker_may_be_named_in_one_testimony),
		cmocka_unit_test(a_signed_form_stays_with_the_hidden),
		cmocka_unit_test(a_name_in_two_fields_is_asked_about),
		cmocka_unit_test(an_earlier_name_is_for_a_person_to_look_at),
		cmocka_unit_test(no_field_that_stays_is_said_to_disagree),
		cmocka_unit_test(other_parts_than_were_shown_stop_it),
		cmocka_unit_test(the_log_names_the_consents),
		cmocka_unit_test(a_day_that_ends_meanwhile_stops_a_plain_file),
		cmocka_unit_test(what_changes_meanwhile_stops_a_report),
	};

	return cmocka_run_group_tests_name("leaving", tests, setup, teardown);
}
