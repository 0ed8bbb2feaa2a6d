/* SPDX-License-Identifier: ISC */
/* Bundles between offices: what comes, in whatever order, and from whom. */
#include "trio_help.h"

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
	agree(&a, person);
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
	agree(&a, id);
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
	assert_ok(vault_forget(of(&b), id, NULL));
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
	agree(&a, id);
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
	agree(&b, name);
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
	assert_int_equal(number(&b, STAGED), 0);
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
	assert_ok(vault_forget(of(&b), id, NULL));
	attach(&a, id, "f", "text");
	export(&m, &a, "B", "Gone");
	import_telling(&t, &info, &got, &b, &m);
	assert_int_equal(info.new_attachments, 0);
	assert_int_equal(got.attachments, 0);
	assert_int_equal(number(&b, STAGED), 0);
	memory_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_and_comes),
		cmocka_unit_test(a_later_bundle_completes_what_was_withheld),
		cmocka_unit_test(two_orders_give_one_state),
		cmocka_unit_test(a_conflict_is_kept),
		cmocka_unit_test(forgotten_records_are_skipped),
		cmocka_unit_test(one_number_with_two_contents_is_held),
		cmocka_unit_test(a_number_is_taken_once),
		cmocka_unit_test(who_passes_it_on_is_found_out),
		cmocka_unit_test(
		    the_newest_key_is_sealed_to_and_older_ones_open),
		cmocka_unit_test(refuses_archives_with_one_fault),
		cmocka_unit_test(another_type_is_not_taken_and_named),
		cmocka_unit_test(tells_record_by_record_who_changed_what),
		cmocka_unit_test(a_wrong_clock_is_named_and_never_the_newest),
		cmocka_unit_test(one_version_in_many_files_comes_once),
		cmocka_unit_test(one_attachment_in_two_files_comes_once),
		cmocka_unit_test(a_chain_goes_on_when_its_sender_becomes_known),
		cmocka_unit_test(what_is_not_taken_is_not_staged),
	};

	return cmocka_run_group_tests_name("bundle", tests, setup, teardown);
}
