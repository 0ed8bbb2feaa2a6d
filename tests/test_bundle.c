/* SPDX-License-Identifier: ISC */
/*
 * Bundles between two offices: what leaves, what comes, and that nothing
 * comes of a bundle that was cut, changed or made for somebody else.
 */
#include <sodium.h>

#include "core/base64.h"
#include "core/secret.h"
#include "exchange/bundle.h"
#include "exchange/contact.h"
#include "exchange/keyid.h"
#include "inside.h"
#include "record/carry.h"
#include "record/keep.h"
#include "store/sql.h"
#include "store/store.h"
#include "support.h"

#undef assert
#include "exchange_help.h"

/* ---- Offices ---- */

struct office {
	struct opened o;
	char *folder;
};

static void
ignore_contact(void *ctx, const struct vault_contact *c)
{
	(void)ctx;
	(void)c;
}

static void
office_open(struct office *f, const char *name)
{
	f->folder = folder_new();
	vault_make(f->folder);
	assert_ok(vault_try(&f->o, f->folder, "dusk"));
	assert_ok(vault_office_rename(f->o.vault, name));
}

static void
office_close(struct office *f)
{
	vault_done(&f->o);
	folder_free(f->folder);
}

static struct vault *
of(const struct office *f)
{
	return f->o.vault;
}

static void
knows(const struct office *who, const struct office *whom)
{
	struct vault_office card;

	assert_ok(vault_office(&card, of(whom)));
	assert_ok(vault_contact_add(of(who), card.card.bytes, card.card.len,
	    NULL, false, ignore_contact, NULL));
	vault_office_free(&card);
}

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

static void
add(char *id, const struct office *f, const char *json)
{
	struct vault_report *report;

	assert_ok(vault_report_new(&report));
	assert_ok(vault_add(id, of(f), report, NULL, json, strlen(json)));
	vault_report_free(report);
}

static void
edit(const struct office *f, const char *id, const char *json)
{
	struct vault_report *report;
	struct vault_record r;

	assert_ok(vault_report_new(&report));
	assert_ok(vault_get(&r, of(f), id));
	assert_ok(vault_edit(of(f), &r, report, json, strlen(json)));
	vault_record_free(&r);
	vault_report_free(report);
}

static enum vault_err
read_text(void *ctx, void *to, size_t len, size_t *got)
{
	const char **text = ctx;

	*got = strlen(*text) < len ? strlen(*text) : len;
	memcpy(to, *text, *got);
	*text += *got;
	return VAULT_OK;
}

static void
attach(
    const struct office *f, const char *id, const char *name, const char *text)
{
	const char *at = text;
	struct vault_source from = { &at, read_text, NULL, strlen(text) };

	assert_ok(vault_attach(of(f), id, name, &from));
}

/* ---- Bundles in memory ---- */

static void export(struct memory *out, const struct office *f, const char *to,
    const char *query)
{
	struct vault_export_what what = {
		.query = query, .query_len = strlen(query), .to = &to, .n_to = 1
	};
	struct vault_sink sink = { out, memory_write, NULL };
	char id[VAULT_BUNDLE_LEN];
	struct vault_export *e;
	const char *which;

	memset(out, 0, sizeof(*out));
	assert_ok(vault_export_new(&e, of(f), &what, &which, NULL, NULL));
	assert_ok(vault_export_write(id, e, &sink));
	assert_int_equal(strlen(id), 32);
	vault_export_free(e);
}

static enum vault_bundle_fault fault;

static enum vault_err
import_with(struct vault_imported *got, const struct office *f,
    struct memory *m, bool accept)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle *bundle;
	enum vault_err err;

	memset(got, 0, sizeof(*got));
	err = vault_bundle_open(&bundle, of(f), &in, &fault, NULL, NULL);
	if (err == VAULT_OK)
		err = vault_bundle_import(got, bundle, accept, &fault);
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

	assert_ok(vault_bundle_open(&bundle, of(f), &in, &fault, NULL, NULL));
	vault_bundle_info(&info, bundle);
	info.sender = NULL; /* that was borrowed */
	vault_bundle_close(bundle);
	return info;
}

static int64_t
number(const struct office *f, const char *sql)
{
	int64_t n;

	assert_ok(sql_number(&n, of(f)->store, sql));
	return n;
}

/* A title from the heads of a record, or of what clashes in it. */
static void
assert_title(const struct office *f, const char *id, const char *title)
{
	struct vault_record r;

	assert_ok(vault_get(&r, of(f), id));
	assert_string_equal(buf_text(&r.title), title);
	vault_record_free(&r);
}

/* The archive inside, opened with the keys of an office. */
static void
open_archive(struct memory *tar, const struct office *f, struct memory *m)
{
	const struct age_identity *ids[OFFICE_KEYS_MAX];
	struct pipe_source from = memory_source(m);
	struct pipe_sink to = memory_sink(tar);
	struct office_keys keys;
	enum age_fault why;

	memset(tar, 0, sizeof(*tar));
	assert_ok(office_keys(&keys, of(f)->store, true));
	for (size_t i = 0; i < keys.n; i++)
		ids[i] = keys.key[i].id;
	assert_ok(age_open(&why, &to, &from, ids, keys.n));
	office_keys_free(&keys);
}

/* An archive sealed to an office, by anybody. */
static void
seal_archive(struct memory *out, const struct office *f, struct memory *tar)
{
	struct age_recipient *to;
	struct pipe_source from = memory_source(tar);
	struct pipe_sink sink = memory_sink(out);
	struct office_keys keys;

	out->len = 0;
	assert_ok(office_keys(&keys, of(f)->store, false));
	assert_ok(age_recipient_parse(
	    &to, buf_text(&keys.key[0].recipient), keys.key[0].recipient.len));
	assert_ok(age_seal(
	    &sink, &from, (const struct age_recipient *const *)&to, 1));
	age_recipient_free(to);
	office_keys_free(&keys);
}

/* ---- Archives made by hand ---- */

struct crafted {
	const char *name;
	const void *bytes;
	size_t len;
};

/* A bundle of these files, signed by an office, with a line for another. */
static void
craft(struct memory *out, const struct office *from, const struct office *to,
    const struct crafted *files, size_t n, const struct crafted *unlisted)
{
	struct manifest m = { .is_signed = true };
	struct manifest_to line = { .place = { .number = 1 } };
	struct buf text = { 0 }, sig = { 0 };
	struct memory tar = { 0 };
	struct pipe_sink sink = memory_sink(&tar);
	struct office_keys keys;
	struct minisig_key key;
	struct tar_writer w;
	struct signer by;

	assert_ok(records_signer(&by, of(from)->store));
	assert_ok(office_keys(&keys, of(to)->store, false));
	line.recipient = buf_text(&keys.key[0].recipient);
	randombytes_buf(line.place.chain, sizeof(line.place.chain));
	randombytes_buf(m.bundle, sizeof(m.bundle));
	key = keyid_minisign(by.public_key);
	memcpy(m.sender, key.id, sizeof(m.sender));
	m.n_files = n;
	for (size_t i = 0; i < n; i++)
		m.bytes += files[i].len;
	assert_ok(manifest_write_head(&text, &m, &line, 1));
	for (size_t i = 0; i < n; i++) {
		uint8_t hash[32];

		crypto_hash_sha256(hash, files[i].bytes, files[i].len);
		assert_true(manifest_write_file(&text, hash, files[i].name));
	}
	assert_ok(
	    minisig_sign(&sig, key.id, by.key, text.bytes, text.len, "x"));
	tar_writer_init(&w, &sink);
	for (size_t i = 0; i < n; i++) {
		assert_ok(tar_writer_begin(&w, files[i].name, files[i].len));
		if (files[i].len > 0)
			assert_ok(
			    tar_writer_put(&w, files[i].bytes, files[i].len));
		if (i > 0)
			continue;
		assert_ok(tar_writer_begin(&w, TAR_MANIFEST, text.len));
		assert_ok(tar_writer_put(&w, text.bytes, text.len));
		assert_ok(tar_writer_begin(&w, TAR_SIGNATURE, sig.len));
		assert_ok(tar_writer_put(&w, sig.bytes, sig.len));
	}
	if (unlisted != NULL) {
		assert_ok(tar_writer_begin(&w, unlisted->name, unlisted->len));
		assert_ok(tar_writer_put(&w, unlisted->bytes, unlisted->len));
	}
	assert_ok(tar_writer_end(&w));
	seal_archive(out, to, &tar);
	memory_free(&tar);
	secret_free(by.key);
	office_keys_free(&keys);
	buf_free(&text);
	buf_free(&sig);
}

/* The text of a record file, signed by an office; its id is new. */
static void
record_file(struct buf *out, const struct office *from, const char *type,
    const char *body, const uint8_t *id)
{
	struct carried one;
	struct signer by;

	memset(&one, 0, sizeof(one));
	assert_ok(records_signer(&by, of(from)->store));
	if (id != NULL)
		memcpy(one.version.record, id, ID_LEN);
	else
		id_new(one.version.record);
	memcpy(one.version.type, type, strlen(type));
	memcpy(one.version.office, by.public_key, IDENTITY_PUBLIC_LEN);
	one.version.time = 1000;
	one.version.has_body = true;
	assert_ok(part_new(&one.body, one.version.body, body, strlen(body)));
	assert_ok(version_sign(&one.version, by.key));
	assert_ok(carry_write(out, &one));
	secret_free(by.key);
	carry_free(&one);
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
	assert_ok(vault_contact_verify(of(&a), "B", true));
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
leaves(const char *query)
{
	static const char *const to[] = { "B" };
	struct vault_export_what what = {
		.query = query, .query_len = strlen(query), .to = to, .n_to = 1
	};
	struct vault_export *e;
	const char *which;

	memset(&last, 0, sizeof(last));
	assert_ok(vault_export_new(&e, of(&a), &what, &which, note, NULL));
	vault_export_free(e);
	return last.leaves;
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
	assert_ok(vault_contact_verify(of(&a), "B", true));
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
	assert_ok(store_begin(of(&b)->store));
	assert_ok(sql_run(of(&b)->store,
	    "UPDATE record SET key=NULL WHERE num="
	    "(SELECT max(num) FROM record)"));
	assert_ok(sql_run(of(&b)->store,
	    "DELETE FROM attachment WHERE record="
	    "(SELECT max(num) FROM record)"));
	assert_ok(store_commit(of(&b)->store));
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
	assert_int_equal(fault, VAULT_BUNDLE_NOT_TO_US);
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
	struct buf good = { 0 }, other = { 0 }, bad = { 0 };
	uint8_t id[ID_LEN];
	struct memory m = { 0 };
	struct crafted extra = { "records/000002.json", NULL, 0 };
	struct crafted files[3] = { { TAR_README, readme, 5 } };
	int64_t records = number(&b, "SELECT count(*) FROM record");

	(void)state;
	id_new(id);
	record_file(
	    &good, &a, "case", "{\"title\":\"x\",\"type\":\"case\"}", id);
	record_file(&other, &a, "person", "{\"type\":\"person\"}", id);

	/* A body of another type than its envelope says. */
	record_file(&bad, &a, "case", "{\"type\":\"person\"}", NULL);
	files[1] = (struct crafted){ "records/000001.json", bad.bytes,
		bad.len };
	craft(&m, &a, &b, files, 2, NULL);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(fault, VAULT_BUNDLE_RECORD);

	/* One that is signed, but has a blank too many. */
	buf_reset(&bad);
	buf_put(&bad, good.bytes, good.len);
	buf_put_byte(&bad, ' ');
	files[1].bytes = bad.bytes;
	files[1].len = bad.len;
	craft(&m, &a, &b, files, 2, NULL);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(fault, VAULT_BUNDLE_RECORD);

	/* Not listed in the manifest. */
	files[1].bytes = good.bytes;
	files[1].len = good.len;
	extra.bytes = good.bytes;
	extra.len = good.len;
	craft(&m, &a, &b, files, 2, &extra);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(fault, VAULT_BUNDLE_FILES);

	/* An attachment that no record names. */
	files[2] = files[1];
	files[1] = (struct crafted){ "attachments/000001", "x", 1 };
	craft(&m, &a, &b, files, 3, NULL);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(fault, VAULT_BUNDLE_FILES);

	/* One record of two types: found in the second pass, all undone. */
	files[1] = (struct crafted){ "records/000001.json", good.bytes,
		good.len };
	files[2] = (struct crafted){ "records/000002.json", other.bytes,
		other.len };
	craft(&m, &a, &b, files, 3, NULL);
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(fault, VAULT_BUNDLE_RECORD);
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
	buf_free(&other);
	buf_free(&bad);
	memory_free(&m);
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
	assert_ok(vault_bundle_open(&bundle, of(&b), &in, &fault, NULL, NULL));
	countdown = 0;
	assert_int_equal(
	    vault_bundle_import(&got, bundle, false, &fault), VAULT_ECANCELED);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), records);
	assert_int_equal(number(&b, "SELECT count(*) FROM received"), received);

	/* Another file under the same name, between the two passes. */
	countdown = 100;
	memory_free(&m);
	small(&m);
	in.size = m.len;
	assert_int_not_equal(
	    vault_bundle_import(&got, bundle, false, &fault), VAULT_OK);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), records);
	vault_bundle_close(bundle);
	memory_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_and_comes),
		cmocka_unit_test(a_later_bundle_completes_what_was_withheld),
		cmocka_unit_test(holds_back_by_level),
		cmocka_unit_test(two_orders_give_one_state),
		cmocka_unit_test(a_conflict_is_kept),
		cmocka_unit_test(forgotten_records_are_skipped),
		cmocka_unit_test(one_number_with_two_contents_is_held),
		cmocka_unit_test(a_number_is_taken_once),
		cmocka_unit_test(
		    the_newest_key_is_sealed_to_and_older_ones_open),
		cmocka_unit_test(who_passes_it_on_is_found_out),
		cmocka_unit_test(refuses_archives_with_one_fault),
		cmocka_unit_test(refuses_every_cut),
		cmocka_unit_test(refuses_every_flipped_byte),
		cmocka_unit_test(refuses_every_flipped_byte_of_the_archive),
		cmocka_unit_test(what_is_stopped_leaves_nothing),
	};

	return cmocka_run_group_tests_name("bundle", tests, setup, teardown);
}
