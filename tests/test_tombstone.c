/* SPDX-License-Identifier: ISC */
/*
 * Tombstones: their bytes, what they do to the vaults of others, and what
 * those can do who may sign only for themselves.
 */
#include <sqlite3.h>

#include "core/io.h"
#include "exchange/forget.h"
#include "offices_help.h"

/* Three that know one another. */
static struct office a, b, c;

static int
setup(void **state)
{
	(void)state;
	office_open(&a, "A");
	office_open(&b, "B");
	office_open(&c, "C");
	knows(&a, &b);
	knows(&a, &c);
	knows(&b, &a);
	knows(&b, &c);
	knows(&c, &a);
	knows(&c, &b);
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
static struct vault_imported got;

static enum vault_err
import_how(const struct office *f, struct memory *m, bool keep)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle *bundle;
	enum vault_err err;

	memset(&got, 0, sizeof(got));
	err = vault_bundle_open(&bundle, of(f), &in, &bad);
	if (err == VAULT_OK) {
		if (keep)
			vault_bundle_keep(bundle);
		err = vault_bundle_import(&got, bundle, true, &bad);
	}
	vault_bundle_close(bundle);
	return err;
}

static void
import(const struct office *f, struct memory *m)
{
	assert_ok(import_how(f, m, false));
	memory_free(m);
}

/* What an import would do: how many tombstones would do this. */
static size_t
would(const struct office *f, struct memory *m, enum vault_arrives what)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle_info info;
	struct vault_bundle *bundle;

	assert_ok(vault_bundle_open(&bundle, of(f), &in, &bad));
	vault_bundle_info(&info, bundle);
	vault_bundle_close(bundle);
	return info.count[what];
}

/* From one office to another: everything that fits. */
static void
send(const struct office *from, const struct office *to, const char *name,
    const char *query)
{
	struct memory m;

	export(&m, from, name, query);
	import(to, &m);
}

static void
public_key(uint8_t out[static IDENTITY_PUBLIC_LEN], const struct office *f)
{
	struct signer by;

	assert_ok(records_signer(&by, of(f)->store));
	memcpy(out, by.public_key, IDENTITY_PUBLIC_LEN);
	secret_free(by.key);
}

/* Signed by an office, whatever it may be right to sign. */
static struct tombstone
signed_by(const struct office *f, const char *id)
{
	struct tombstone t = { .time = 1303776000 };
	struct signer by;

	assert_ok(id_parse(t.record, id, strlen(id)));
	assert_ok(records_signer(&by, of(f)->store));
	memcpy(t.office, by.public_key, IDENTITY_PUBLIC_LEN);
	assert_ok(tombstone_sign(&t, by.key));
	secret_free(by.key);
	return t;
}

/* A bundle by hand: these record files, from one office to another. */
static void
pack(struct memory *m, const struct office *from, const struct office *to,
    const struct buf *one, const struct buf *two)
{
	struct crafted files[] = { { TAR_README, "hello", 5 },
		{ "records/000001.json", one->bytes, one->len },
		{ "records/000002.json", two == NULL ? NULL : two->bytes,
		    two == NULL ? 0 : two->len } };

	craft(m, from, to, files, two == NULL ? 2 : 3, NULL);
}

static void
pack_tombstone(struct memory *m, const struct office *from,
    const struct office *to, const struct tombstone *t)
{
	struct buf text = { 0 };

	assert_ok(tombstone_write(&text, t));
	pack(m, from, to, &text, NULL);
	buf_free(&text);
}

static size_t n_requests;
static char asked_by[64];

static void
note_request(void *ctx, const struct vault_request *r)
{
	(void)ctx;
	n_requests++;
	snprintf(asked_by, sizeof(asked_by), "%s", r->office);
}

static size_t
requests(const struct office *f, const char *id)
{
	n_requests = 0;
	assert_ok(vault_requests(of(f), id, note_request, NULL));
	return n_requests;
}

/* One head is shown, with this text in its body. */
static void
assert_shows(const struct office *f, const char *id, const char *text)
{
	struct vault_record r;

	assert_ok(vault_get(&r, of(f), id));
	assert_non_null(strstr(buf_text(&r.body), text));
	assert_int_equal(r.n_heads, 1);
	vault_record_free(&r);
}

static void
assert_gone(const struct office *f, const char *id)
{
	struct vault_record r;

	assert_ok(vault_get(&r, of(f), id));
	assert_string_equal(buf_text(&r.body), "{}");
	assert_true(r.forgotten);
	vault_record_free(&r);
}

static void
found_record(void *ctx, const char *id, enum vault_record_finding what)
{
	(void)ctx;
	(void)what;
	fail_msg("check: %s", id);
}

static void
found(void *ctx, enum vault_finding what, int64_t n)
{
	(void)ctx;
	(void)n;
	fail_msg("check: %d", (int)what);
}

static void
assert_clean(const struct office *f)
{
	struct vault_check how = {
		.records = true, .found = found, .record = found_record
	};

	assert_ok(vault_check(of(f), &how));
}

/* ---- Bytes ---- */

static void
reads_what_it_wrote_and_refuses_every_flipped_bit(void **state)
{
	static const char *const spoiled[][2] = {
		{ "\"format\":1", "\"format\":0" },
		{ "\"format\":1", "\"format\":01" },
		{ "\"format\":1", "\"format\":1,\"more\":1" },
		{ "\"time\":1303776000", "\"time\":-1" },
		{ "\"time\":1303776000", "\"time\":01303776000" },
		{ "\"time\":1303776000", "\"time\":9007199254740993" },
		{ "{\"signature\"", "{ \"signature\"" },
	};
	struct tombstone t, again;
	struct buf text = { 0 };
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"X\"}");
	t = signed_by(&a, id);
	assert_ok(tombstone_write(&text, &t));
	assert_true(tombstone_is(text.bytes, text.len));
	assert_ok(tombstone_read(&again, text.bytes, text.len));
	assert_memory_equal(&again, &t, sizeof(t));
	for (size_t bit = 0; bit < 8 * text.len; bit++) {
		text.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(
		    tombstone_read(&again, text.bytes, text.len), VAULT_OK);
		text.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < text.len; len++)
		assert_int_equal(
		    tombstone_read(&again, text.bytes, len), VAULT_EDAMAGED);
	for (size_t i = 0; i < sizeof(spoiled) / sizeof(spoiled[0]); i++) {
		const char *whole = buf_text(&text);
		const char *at = strstr(whole, spoiled[i][0]);
		struct buf other = { 0 };

		assert_non_null(at);
		buf_put(&other, whole, (size_t)(at - whole));
		buf_put_text(&other, spoiled[i][1]);
		buf_put_text(&other, at + strlen(spoiled[i][0]));
		assert_int_equal(tombstone_read(&again, other.bytes, other.len),
		    VAULT_EDAMAGED);
		buf_free(&other);
	}
	*strstr((char *)text.bytes, "\"format\":1,") = '"';
	memcpy(strstr((char *)text.bytes, "\"format\":1") + 9, "2", 1);
	assert_int_equal(
	    tombstone_read(&again, text.bytes, text.len), VAULT_EVERSION);
	buf_free(&text);
}

/* ---- What they do ---- */

/* Sealed bytes that lie in the vault, to be looked for when they should not. */
struct sealed {
	uint8_t bytes[16];
};

static struct sealed
lies_there(const struct office *f, const char *sql)
{
	struct sql *q = sql_open_once(of(f)->store, sql);
	struct sealed out = { 0 };
	bool row;

	assert_ok(sql_step(q, &row));
	assert_true(row);
	assert_ok(sql_copy(q, 0, out.bytes, sizeof(out.bytes)));
	sql_close(q);
	return out;
}

static bool
still_lies_there(struct office *f, const struct sealed *s)
{
	return inner_count_bytes(&f->o, s->bytes, sizeof(s->bytes)) > 0;
}

static void
what_one_office_wrote_goes_everywhere(void **state)
{
	char id[VAULT_ID_LEN];
	struct memory m, before;
	struct sealed body;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Quokkabandit\"}");
	attach(&a, id, "f", "some bytes");
	export(&before, &a, "B", "");
	send(&a, &b, "B", "");
	assert_shows(&b, id, "Quokkabandit");
	assert_true(inner_count(&b.o, "quokkabandit") > 0);
	body = lies_there(
	    &b, "SELECT substr(body,1,16) FROM version WHERE body NOT NULL");
	assert_true(still_lies_there(&b, &body));

	assert_ok(vault_forget(of(&a), id, NULL));
	export(&m, &a, "B", "");
	assert_int_equal(would(&b, &m, VAULT_FORGETS_RECORD), 1);
	assert_shows(&b, id, "Quokkabandit");
	import(&b, &m);
	assert_int_equal(got.forgot_records, 1);
	assert_gone(&b, id);
	assert_int_equal(inner_count(&b.o, "quokkabandit"), 0);
	assert_false(still_lies_there(&b, &body));
	assert_int_equal(number(&b, "SELECT count(*) FROM attachment"), 0);
	assert_int_equal(number(&b, "SELECT count(*) FROM chunk"), 0);
	assert_int_equal(requests(&b, NULL), 0);
	assert_int_equal(number(&b,
			     "SELECT count(*) FROM log WHERE what='tombstone'"
			     " AND instr(detail,'\"record\"')"),
	    1);

	/* What was on its way brings nothing back; twice is once. */
	import(&b, &before);
	assert_int_equal(got.forgotten, 2);
	assert_int_equal(got.versions + got.attachments, 0);
	assert_gone(&b, id);
	export(&m, &a, "B", "");
	assert_int_equal(would(&b, &m, VAULT_FORGETS_NOTHING), 1);
	import(&b, &m);
	assert_int_equal(number(&b, "SELECT count(*) FROM attachment"), 0);
	assert_clean(&b);
}

/* This vault is written by somebody else once the record is forgotten. */
static struct office *busy;
static sqlite3 *somebody;

static int
open_and_be_busy(int dir, const char *name, int flags, int mode)
{
	const char *folder = in_folder(busy->folder, "v");

	if (somebody == NULL && strcmp(name, folder) == 0 &&
	    number(busy, "SELECT count(*) FROM record WHERE key IS NULL") ==
		1) {
		assert_int_equal(
		    sqlite3_open(
			in_folder(busy->folder, "v/cells.db"), &somebody),
		    SQLITE_OK);
		assert_int_equal(
		    sqlite3_exec(somebody, "BEGIN IMMEDIATE", NULL, NULL, NULL),
		    SQLITE_OK);
	}
	return io_test_system()->open(dir, name, flags, mode);
}

static void
what_cannot_be_swept_is_said_and_swept_next(void **state)
{
	struct io_ops ops = *io_test_system();
	char id[VAULT_ID_LEN];
	struct memory m;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Quokkabandit\"}");
	attach(&a, id, "f", "some bytes");
	send(&a, &b, "B", "");
	assert_ok(vault_forget(of(&a), id, NULL));
	export(&m, &a, "B", "");
	store_on_busy(of(&b)->store, 0, NULL, NULL);
	busy = &b;
	ops.open = open_and_be_busy;
	io_test_use(&ops);
	import(&b, &m);
	io_test_use(NULL);
	assert_non_null(somebody);
	assert_int_equal(got.forgot_records, 1);
	assert_true(got.unswept);
	assert_gone(&b, id);
	assert_int_equal(number(&b, "SELECT count(*) FROM chunk"), 1);
	assert_int_equal(sqlite3_close(somebody), SQLITE_OK);
	somebody = NULL;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Another\"}");
	send(&a, &b, "B", "");
	assert_false(got.unswept);
	assert_int_equal(number(&b, "SELECT count(*) FROM chunk"), 0);
	assert_clean(&b);
}

/* The same, where the record is forgotten here. */
static void
forgetting_stands_when_attachments_cannot_be_overwritten(void **state)
{
	struct io_ops ops = *io_test_system();
	char id[VAULT_ID_LEN];
	bool unswept = false;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"One\"}");
	attach(&a, id, "f", "some bytes");
	store_on_busy(of(&a)->store, 0, NULL, NULL);
	ops.open = open_and_be_busy;
	busy = &a;
	io_test_use(&ops);
	assert_ok(vault_forget(of(&a), id, &unswept));
	io_test_use(NULL);
	assert_non_null(somebody);
	assert_true(unswept);
	assert_gone(&a, id);
	assert_int_equal(sqlite3_close(somebody), SQLITE_OK);
	somebody = NULL;
}

static void
our_own_words_protect_a_record(void **state)
{
	static const char part[] = "some line of a long testimony\n";
	struct sealed body, chunk;
	struct buf file = { 0 };
	char id[VAULT_ID_LEN];
	struct memory m;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Wombatcase\"}");
	attach(&a, id, "f", "of A");
	send(&a, &b, "B", "");
	edit(&b, id,
	    "{\"type\":\"case\",\"title\":\"Wombatcase\",\"summary\":"
	    "\"numbatwords\"}");
	send(&b, &a, "A", "");
	edit(&a, id,
	    "{\"type\":\"case\",\"title\":\"Wombatcase\",\"summary\":"
	    "\"bilbywords\"}");
	while (file.len < 150000)
		buf_put_text(&file, part);
	attach(&a, id, "g", buf_text(&file));
	buf_free(&file);
	send(&a, &b, "B", "");
	assert_shows(&b, id, "bilbywords");
	/* These lie under the key that stays: they must be overwritten. */
	body = lies_there(&b,
	    "SELECT substr(body,1,16) FROM version WHERE body NOT NULL"
	    " ORDER BY num DESC LIMIT 1");
	chunk = lies_there(
	    &b, "SELECT substr(body,10000,16) FROM chunk ORDER BY num DESC");
	assert_true(still_lies_there(&b, &body));
	assert_true(still_lies_there(&b, &chunk));
	assert_int_equal(number(&b, "SELECT count(*) FROM attachment"), 2);

	assert_ok(vault_forget(of(&a), id, NULL));
	export(&m, &a, "B", "");
	assert_int_equal(would(&b, &m, VAULT_FORGETS_TEXTS), 1);
	import(&b, &m);
	assert_int_equal(got.forgot_texts, 1);
	/* Our version is what is shown, though A had written after us. */
	assert_shows(&b, id, "numbatwords");
	assert_true(inner_count(&b.o, "numbatwords") > 0);
	assert_int_equal(inner_count(&b.o, "bilbywords"), 0);
	assert_false(still_lies_there(&b, &body));
	assert_false(still_lies_there(&b, &chunk));
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM version WHERE body IS NOT NULL"),
	    1);
	/* The first attachment is named by our version too. */
	assert_int_equal(number(&b, "SELECT count(*) FROM attachment"), 1);
	assert_int_equal(requests(&b, id), 1);
	assert_string_equal(asked_by, "A");
	assert_clean(&b);
	edit(&b, id, "{\"type\":\"case\",\"title\":\"Wombat goes on\"}");
	assert_shows(&b, id, "Wombat goes on");
	assert_clean(&b);

	/* Both ways: A has forgotten all of it, B keeps its own. */
	send(&b, &a, "A", "");
	assert_gone(&a, id);
	assert_clean(&a);
	assert_ok(vault_forget(of(&b), id, NULL));
	assert_gone(&b, id);
	assert_int_equal(requests(&b, NULL), 0);
	assert_clean(&b);
}

static void
a_draft_protects_a_record(void **state)
{
	char id[VAULT_ID_LEN];
	int64_t draft = 0;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Drafted\"}");
	attach(&a, id, "f", "of A");
	send(&a, &b, "B", "");
	assert_ok(vault_draft_put(
	    of(&b), &draft, id, NULL, "case", "{\"x_d\":\"mine\"}", 14));
	assert_ok(vault_forget(of(&a), id, NULL));
	send(&a, &b, "B", "");
	assert_int_equal(got.forgot_texts, 1);
	assert_int_equal(number(&b, "SELECT count(*) FROM draft"), 1);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM record WHERE key IS NULL"), 0);
	assert_int_equal(requests(&b, id), 1);
	assert_clean(&b);
	/* Whoever does write keeps the record. */
	edit(&b, id, "{\"type\":\"case\",\"title\":\"Mine\"}");
	assert_shows(&b, id, "Mine");
	assert_clean(&b);
	assert_int_equal(number(&b,
			     "SELECT count(*) FROM version WHERE body NOT NULL"
			     " AND instr(envelope,'\"attachments\":[]')"),
	    1);
}

/* Everything of a record that two vaults can have in common, as a hash. */
static void
digest(uint8_t out[static 32], const struct office *f)
{
	static const char *const all[] = {
		"SELECT hex(id)||head||hex(signature)||(body IS NULL) FROM"
		" version ORDER BY id",
		"SELECT hex(id)||(key IS NULL) FROM record ORDER BY id",
		"SELECT hex(hash) FROM attachment ORDER BY hash",
		"SELECT hex(record)||hex(office)||time FROM tombstone"
		" ORDER BY record,office",
		"SELECT title FROM item ORDER BY title",
	};
	crypto_generichash_state state;
	struct sql *q;
	size_t len;
	bool row;

	crypto_generichash_init(&state, NULL, 0, 32);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		q = sql_open(of(f)->store, all[i]);
		for (;;) {
			const char *text;

			assert_ok(sql_step(q, &row));
			if (!row)
				break;
			text = sql_text(q, 0, &len);
			crypto_generichash_update(
			    &state, (const uint8_t *)text, len);
		}
		sql_close(q);
	}
	crypto_generichash_final(&state, out, 32);
}

/* A wrote, B wrote after A, A after B; then A forgot. */
static void
make_history(struct memory m[static 4], char *id)
{
	add(id, &a, "{\"type\":\"case\",\"title\":\"Order\"}");
	attach(&a, id, "f", "first");
	export(&m[0], &a, "C", "");
	send(&a, &b, "B", "");
	edit(&b, id, "{\"type\":\"case\",\"title\":\"Order of B\"}");
	export(&m[1], &b, "C", "");
	send(&b, &a, "A", "");
	edit(&a, id, "{\"type\":\"case\",\"title\":\"Order of A\"}");
	attach(&a, id, "g", "second");
	export(&m[2], &a, "C", "");
	assert_ok(vault_forget(of(&a), id, NULL));
	export(&m[3], &a, "C", "");
}

static void
every_order_ends_the_same(void **state)
{
	static const unsigned orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 },
		{ 3, 0, 1, 2 }, { 0, 3, 1, 2 }, { 1, 3, 2, 0 }, { 2, 3, 0, 1 },
		{ 1, 2, 3, 0 }, { 0, 2, 3, 1 } };
	uint8_t first[32], now[32];
	char id[VAULT_ID_LEN], command[512];
	struct memory m[4];

	(void)state;
	make_history(m, id);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct office copy = { .folder = folder_new() };

		snprintf(command, sizeof(command), "cp -r %s/v %s/v", c.folder,
		    copy.folder);
		assert_int_equal(system(command), 0);
		assert_ok(vault_try(&copy.o, copy.folder, "dusk"));
		for (size_t j = 0; j < 4; j++)
			assert_ok(import_how(&copy, &m[orders[i][j]], false));
		assert_shows(&copy, id, "Order of B");
		assert_clean(&copy);
		digest(i == 0 ? first : now, &copy);
		if (i > 0)
			assert_memory_equal(first, now, 32);
		office_close(&copy);
	}
	for (size_t i = 0; i < 4; i++)
		memory_free(&m[i]);
}

static void
versions_of_others_bring_a_record_back(void **state)
{
	char id[VAULT_ID_LEN];
	struct memory m[4];

	(void)state;
	make_history(m, id);
	assert_ok(import_how(&c, &m[0], false));
	assert_ok(import_how(&c, &m[3], false));
	assert_gone(&c, id);
	assert_ok(import_how(&c, &m[1], false));
	assert_shows(&c, id, "Order of B");
	assert_int_equal(requests(&c, id), 1);
	/* Its attachment comes along, under the new key. */
	assert_int_equal(
	    number(&c, "SELECT count(*) FROM attachment WHERE hash NOT NULL"),
	    1);
	assert_clean(&c);
	/* What we forget ourselves does not come back with anything. */
	assert_ok(vault_forget(of(&c), id, NULL));
	assert_ok(import_how(&c, &m[2], false));
	assert_gone(&c, id);
	assert_clean(&c);
	for (size_t i = 0; i < 4; i++)
		memory_free(&m[i]);
}

static void
others_pass_it_on_to_those_they_sent_the_record(void **state)
{
	char id[VAULT_ID_LEN], other[VAULT_ID_LEN];
	struct memory m;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Passed on\"}");
	add(other, &a, "{\"type\":\"case\",\"title\":\"Not passed\"}");
	send(&a, &b, "B", "");
	send(&b, &c, "C", "\"Passed on\"");
	assert_ok(vault_forget(of(&a), id, NULL));
	assert_ok(vault_forget(of(&a), other, NULL));
	send(&a, &b, "B", "");
	assert_int_equal(got.forgot_records, 2);
	export(&m, &b, "C", "");
	assert_int_equal(would(&c, &m, VAULT_FORGETS_RECORD), 1);
	import(&c, &m);
	assert_gone(&c, id);
	assert_int_equal(number(&c, "SELECT count(*) FROM tombstone"), 1);
	assert_clean(&c);
}

static void
tombstones_leave_only_to_who_got_the_record(void **state)
{
	static const char *const to_b[] = { "B" };
	static const char *const both[] = { "B", "C" };
	struct vault_export_what what = {
		.query = "", .query_len = 0, .to = to_b, .n_to = 1
	};
	struct vault_export_info info;
	struct vault_export *e;
	char id[VAULT_ID_LEN];
	const char *which;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"For B\"}");
	send(&a, &b, "B", "");
	assert_ok(vault_forget(of(&a), id, NULL));
	add(id, &a, "{\"type\":\"case\",\"title\":\"For nobody\"}");
	assert_ok(vault_forget(of(&a), id, NULL));
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	vault_export_info(&info, e);
	vault_export_free(e);
	assert_int_equal(info.tombstones, 1);
	assert_int_equal(info.tombstones_held, 0);
	what.to = both;
	what.n_to = 2;
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	vault_export_info(&info, e);
	vault_export_free(e);
	assert_int_equal(info.tombstones, 0);
	assert_int_equal(info.tombstones_held, 1);
	what.to = both + 1;
	what.n_to = 1;
	assert_ok(vault_export_new(&e, of(&a), &what, &which, NULL, NULL));
	vault_export_info(&info, e);
	vault_export_free(e);
	assert_int_equal(info.tombstones + info.tombstones_held, 0);
}

/* C, who gets what is left of the record from B, is told at once. */
static void
what_is_left_of_a_record_leaves_with_its_tombstone(void **state)
{
	char id[VAULT_ID_LEN];
	struct memory early;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Left\"}");
	export(&early, &a, "C", "");
	send(&a, &b, "B", "");
	edit(&b, id, "{\"type\":\"case\",\"title\":\"Left by B\"}");
	assert_ok(vault_forget(of(&a), id, NULL));
	send(&a, &b, "B", "");
	send(&b, &c, "C", "");
	assert_int_equal(number(&c, "SELECT count(*) FROM tombstone"), 1);
	import(&c, &early);
	assert_int_equal(got.forgotten, 1);
	assert_shows(&c, id, "Left by B");
	assert_int_equal(
	    number(&c, "SELECT count(*) FROM version WHERE body NOT NULL"), 1);
	assert_clean(&c);
}

static void
what_a_person_doubts_is_left_aside(void **state)
{
	char id[VAULT_ID_LEN], more[VAULT_ID_LEN];
	struct memory m;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Doubted\"}");
	send(&a, &b, "B", "");
	assert_ok(vault_forget(of(&a), id, NULL));
	add(more, &a, "{\"type\":\"case\",\"title\":\"The rest\"}");
	export(&m, &a, "B", "");
	assert_ok(import_how(&b, &m, true));
	memory_free(&m);
	assert_int_equal(got.kept, 1);
	assert_shows(&b, id, "Doubted");
	assert_shows(&b, more, "The rest");
	assert_int_equal(number(&b, "SELECT count(*) FROM tombstone"), 0);
	/* It comes again with the next one. */
	send(&a, &b, "B", "");
	assert_gone(&b, id);
}

/* ---- Hostile ---- */

static void
nobody_forgets_for_others(void **state)
{
	char of_a[VAULT_ID_LEN], of_b[VAULT_ID_LEN], nowhere[VAULT_ID_LEN];
	struct tombstone t;
	struct memory m = { 0 };

	(void)state;
	add(of_a, &a, "{\"type\":\"case\",\"title\":\"Of A\"}");
	add(nowhere, &c, "{\"type\":\"case\",\"title\":\"Nowhere\"}");
	send(&a, &b, "B", "");
	add(of_b, &b, "{\"type\":\"case\",\"title\":\"Of B\"}");
	attach(&b, of_b, "f", "bytes");

	/* C asks for the record of A, and for our own: requests. */
	t = signed_by(&c, of_a);
	pack_tombstone(&m, &c, &b, &t);
	assert_int_equal(would(&b, &m, VAULT_FORGET_REQUEST), 1);
	import(&b, &m);
	t = signed_by(&c, of_b);
	pack_tombstone(&m, &c, &b, &t);
	import(&b, &m);
	assert_int_equal(got.requests, 1);
	assert_shows(&b, of_a, "Of A");
	assert_shows(&b, of_b, "Of B");
	assert_int_equal(number(&b, "SELECT count(*) FROM chunk"), 1);
	assert_int_equal(requests(&b, NULL), 2);
	assert_string_equal(asked_by, "C");

	/* In A's name, with C's signature: refused, and nothing of it kept. */
	t = signed_by(&c, of_a);
	public_key(t.office, &a);
	pack_tombstone(&m, &c, &b, &t);
	assert_int_equal(import_how(&b, &m, false), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_RECORD);
	assert_shows(&b, of_a, "Of A");
	memory_free(&m);

	/* Of what is not here: kept, without a record. */
	t = signed_by(&c, nowhere);
	pack_tombstone(&m, &c, &b, &t);
	assert_int_equal(would(&b, &m, VAULT_FORGETS_LATER), 1);
	import(&b, &m);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), 2);
	assert_int_equal(requests(&b, NULL), 2);

	/* A's own, whoever brings it, does what it says. */
	t = signed_by(&a, of_a);
	pack_tombstone(&m, &c, &b, &t);
	import(&b, &m);
	assert_gone(&b, of_a);
	assert_shows(&b, of_b, "Of B");
	assert_clean(&b);
}

/* One key more is made in no time: what it says is asked of nobody. */
static void
strangers_are_not_asked_about_nor_passed_on(void **state)
{
	struct tombstone t = { .time = 1303776000 };
	static const uint8_t seed[32] = { 7 };
	struct secret *key = secret_new(IDENTITY_SIGN_LEN);
	char id[VAULT_ID_LEN];
	struct memory m = { 0 };

	(void)state;
	assert_non_null(key);
	add(id, &b, "{\"type\":\"case\",\"title\":\"Of B\"}");
	send(&b, &a, "A", "");
	crypto_sign_seed_keypair(t.office, secret_bytes(key), seed);
	assert_ok(id_parse(t.record, id, strlen(id)));
	assert_ok(tombstone_sign(&t, key));
	secret_free(key);
	pack_tombstone(&m, &c, &b, &t);
	assert_int_equal(would(&b, &m, VAULT_FORGETS_LATER), 1);
	import(&b, &m);
	assert_int_equal(number(&b, "SELECT count(*) FROM tombstone"), 1);
	assert_int_equal(requests(&b, NULL), 0);
	export(&m, &b, "A", "");
	assert_int_equal(would(&a, &m, VAULT_FORGETS_LATER), 0);
	import(&a, &m);
	assert_int_equal(number(&a, "SELECT count(*) FROM tombstone"), 0);
}

static void
a_version_behind_a_tombstone_is_refused(void **state)
{
	struct buf version = { 0 }, stone = { 0 };
	char id[VAULT_ID_LEN];
	struct tombstone t;
	struct memory m = { 0 };

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Behind\"}");
	t = signed_by(&a, id);
	assert_ok(tombstone_write(&stone, &t));
	record_file(&version, &a, "case", "{\"type\":\"case\"}", NULL);
	pack(&m, &a, &b, &stone, &version);
	assert_int_equal(import_how(&b, &m, false), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_RECORD);
	memory_free(&m);
	pack(&m, &a, &b, &version, &stone);
	import(&b, &m);
	buf_free(&version);
	buf_free(&stone);
}

/* The earliest one counts, in whatever order they come. */
static void
of_two_the_earlier_counts(void **state)
{
	struct tombstone early, late;
	struct buf list = { 0 };
	struct signer by;
	char id[VAULT_ID_LEN];
	bool fresh;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Twice\"}");
	early = late = signed_by(&a, id);
	late.time++;
	assert_ok(records_signer(&by, of(&a)->store));
	assert_ok(tombstone_sign(&late, by.key));
	secret_free(by.key);
	assert_ok(store_begin(of(&b)->store));
	assert_ok(tombstone_put(&fresh, of(&b)->store, &late));
	assert_true(fresh);
	assert_ok(tombstone_put(&fresh, of(&b)->store, &early));
	assert_false(fresh);
	assert_ok(tombstone_put(&fresh, of(&b)->store, &late));
	assert_ok(tombstone_list(&list, of(&b)->store, NULL, true));
	assert_int_equal(tombstone_count(&list), 1);
	assert_memory_equal(tombstone_at(&list, 0), &early, sizeof(early));
	buf_free(&list);
	/* A row that somebody changed is not believed. */
	assert_ok(sql_run(of(&b)->store, "UPDATE tombstone SET time=1"));
	assert_int_equal(
	    tombstone_list(&list, of(&b)->store, NULL, true), VAULT_EDAMAGED);
	buf_free(&list);
	store_abort(of(&b)->store);
}

/* The envelope that is left of a silent version gives a new record its type. */
static void
a_silent_version_that_comes_first_is_told_as_it_is_taken(void **state)
{
	static const char *const types[] = { "person", "case" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf silent = { 0 }, other = { 0 };
		struct tombstone t = { .time = 1303776000 };
		struct memory m = { 0 };
		char id[VAULT_ID_LEN], body[64];

		id_new(t.record);
		id_print(id, t.record);
		t = signed_by(&c, id);
		pack_tombstone(&m, &a, &b, &t);
		import(&b, &m);
		snprintf(body, sizeof(body), "{\"type\":\"%s\"}", types[i]);
		record_file(&silent, &c, types[i], body, t.record);
		record_file(&other, &a, "case",
		    "{\"title\":\"X\",\"type\":\"case\"}", t.record);
		memset(&m, 0, sizeof(m));
		pack(&m, &a, &b, &silent, &other);
		assert_int_equal(would(&b, &m, VAULT_NEW_RECORD), 0);
		assert_int_equal(would(&b, &m, VAULT_NEW_VERSION), i);
		assert_int_equal(would(&b, &m, VAULT_OTHER_TYPE), 1 - i);
		import(&b, &m);
		assert_int_equal(got.forgotten, 1);
		assert_int_equal(got.versions, i);
		assert_int_equal(got.others, 1 - i);
		buf_free(&silent);
		buf_free(&other);
	}
}

int
main(void)
{
#define with_offices(test)                                                     \
	cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_offices(reads_what_it_wrote_and_refuses_every_flipped_bit),
		with_offices(what_one_office_wrote_goes_everywhere),
		with_offices(what_cannot_be_swept_is_said_and_swept_next),
		with_offices(
		    forgetting_stands_when_attachments_cannot_be_overwritten),
		with_offices(our_own_words_protect_a_record),
		with_offices(a_draft_protects_a_record),
		with_offices(every_order_ends_the_same),
		with_offices(versions_of_others_bring_a_record_back),
		with_offices(others_pass_it_on_to_those_they_sent_the_record),
		with_offices(tombstones_leave_only_to_who_got_the_record),
		with_offices(
		    what_is_left_of_a_record_leaves_with_its_tombstone),
		with_offices(what_a_person_doubts_is_left_aside),
		with_offices(nobody_forgets_for_others),
		with_offices(strangers_are_not_asked_about_nor_passed_on),
		with_offices(a_version_behind_a_tombstone_is_refused),
		with_offices(of_two_the_earlier_counts),
		with_offices(
		    a_silent_version_that_comes_first_is_told_as_it_is_taken),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
