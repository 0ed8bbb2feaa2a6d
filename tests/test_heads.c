/* SPDX-License-Identifier: ISC */
/*
 * What versions of other offices do to a record: they follow it, contradict
 * it, stay away in part.  The foreign versions are signed by hand.
 */
#include "core/base64.h"
#include "inside.h"
#include "record/graph.h"
#include "record/heads.h"
#include "record/rows.h"
#include "search/index.h"
#include "store/store.h"
#include "support.h"

/* The other office, and the vault of ours. */
static uint8_t their_public[IDENTITY_PUBLIC_LEN];
static struct secret *their_key;
static int64_t their_time = 2000000000;

static int
setup(void **state)
{
	struct opened *o = calloc(1, sizeof(*o) + sizeof(char *));
	uint8_t sealed[IDENTITY_SEALED_LEN];
	char *folder = folder_new();
	const struct keyring *ring;

	vault_make(folder);
	assert_ok(vault_try(o, folder, "dusk"));
	*(char **)(o + 1) = folder;
	*state = o;
	ring = store_ring(o->vault->store);
	assert_ok(identity_new(their_public, sealed, ring));
	assert_ok(identity_open(&their_key, their_public, sealed, ring));
	return 0;
}

static int
teardown(void **state)
{
	struct opened *o = *state;

	secret_free(their_key);
	vault_done(o);
	folder_free(*(char **)(o + 1));
	free(o);
	return 0;
}

static struct vault *
vault_of(void **state)
{
	return ((struct opened *)*state)->vault;
}

static void
add(char *id, struct vault *v, const char *json)
{
	struct vault_report *report;

	assert_ok(vault_report_new(&report));
	assert_ok(vault_add(id, v, report, NULL, json, strlen(json)));
	vault_report_free(report);
}

static void
edit(struct vault *v, const char *id, const char *json)
{
	struct vault_report *report;
	struct vault_record r;

	assert_ok(vault_report_new(&report));
	assert_ok(vault_get(&r, v, id));
	assert_ok(vault_edit(v, &r, report, json, strlen(json)));
	vault_record_free(&r);
	vault_report_free(report);
}

static struct record_row
row(struct vault *v, const char *id)
{
	struct record_row r;
	uint8_t bytes[ID_LEN];

	assert_ok(id_parse(bytes, id, strlen(id)));
	assert_ok(rows_find(&r, v->store, bytes));
	return r;
}

/* A version of theirs: what it follows, what it says, and what came of it. */
struct theirs {
	struct version v;
	struct part body, hidden;
};

static void
write_it(struct theirs *t, const struct record_row *r, const char *body,
    const char *hidden)
{
	memcpy(t->v.record, r->id, ID_LEN);
	memcpy(t->v.type, r->type, sizeof(t->v.type));
	memcpy(t->v.office, their_public, sizeof(their_public));
	t->v.time = their_time++;
	if (body != NULL) {
		assert_ok(part_new(&t->body, t->v.body, body, strlen(body)));
		t->v.has_body = true;
	}
	if (hidden != NULL) {
		assert_ok(
		    part_new(&t->hidden, t->v.hidden, hidden, strlen(hidden)));
		t->v.has_private = true;
	}
	assert_ok(version_sign(&t->v, their_key));
}

/* It comes, with what is given of it. */
static void
comes(struct vault *v, const char *id, const struct theirs *t, bool body,
    bool hidden)
{
	struct record_row r = row(v, id);
	bool fresh;

	assert_ok(store_begin(v->store));
	assert_ok(index_remove(v->store, &r));
	assert_ok(rows_put_version(&fresh, v->store, &r, &t->v,
	    body ? &t->body : NULL, hidden ? &t->hidden : NULL));
	assert_ok(graph_settle(v->store, &r));
	assert_ok(index_put(v->store, &r));
	assert_ok(index_tidy(v->store, 1));
	assert_ok(store_commit(v->store));
}

static void
theirs_free(struct theirs *t)
{
	version_free(&t->v);
	part_free(&t->body);
	part_free(&t->hidden);
}

static void
follow_heads(struct theirs *t, struct vault *v, const struct record_row *r)
{
	assert_ok(store_read(v->store));
	assert_ok(rows_versions(&t->v.parents, v->store, r, true));
	store_read_end(v->store);
}

/* Name as unseen the private parts of what it follows. */
static void
has_not_seen(struct theirs *t, struct vault *v, const struct record_row *r)
{
	assert_ok(store_read(v->store));
	for (size_t i = 0; i < version_hash_count(&t->v.parents); i++) {
		struct version parent;

		assert_ok(rows_version(&parent, NULL, NULL, v->store, r,
		    version_hash_at(&t->v.parents, i), true));
		if (parent.has_private)
			buf_put(&t->v.unseen, parent.hidden, HASH_LEN);
		version_free(&parent);
	}
	store_read_end(v->store);
}

/* A new record of ours, and what of theirs follows it, not written yet. */
static struct record_row
begin(
    char *id, struct theirs *t, struct vault *v, const char *json, bool unseen)
{
	struct record_row r;

	memset(t, 0, sizeof(*t));
	add(id, v, json);
	r = row(v, id);
	follow_heads(t, v, &r);
	if (unseen)
		has_not_seen(t, v, &r);
	return r;
}

/* What the record says now. */
static void
says(struct vault *v, const char *id, const char *wanted, bool there)
{
	struct vault_record r;

	assert_ok(vault_get(&r, v, id));
	if ((strstr(buf_text(&r.body), wanted) != NULL) != there)
		fail_msg("%s in %s", wanted, buf_text(&r.body));
	vault_record_free(&r);
}

static size_t
clashes(struct vault *v, const char *id, const char *wanted)
{
	struct vault_record r;
	size_t n = 0;

	assert_ok(vault_get(&r, v, id));
	for (const char *at = buf_text(&r.clashes);
	     (at = strstr(at, wanted)) != NULL; at++)
		n++;
	vault_record_free(&r);
	return n;
}

static bool
count_row(void *ctx, const struct vault_row *found)
{
	(void)found;
	++*(unsigned *)ctx;
	return true;
}

static unsigned
finds(struct vault *v, const char *query)
{
	struct vault_search what = { .query = query,
		.query_len = strlen(query) };
	unsigned n = 0;

	assert_ok(vault_find(v, &what, count_row, &n, NULL, NULL));
	return n;
}

static const char person[] =
    "{\"type\":\"person\",\"names\":[{\"text\":\"Invented Name\"}],"
    "\"health\":\"zzhidden\",\"private_fields\":[\"health\"]}";

/* As an office writes it that never had the private part. */
static const char corrected[] =
    "{\"level\":1,\"names\":[{\"text\":\"Corrected Name\"}],"
    "\"private_fields\":[\"health\"],\"type\":\"person\"}";

/* ---- Private parts that somebody has not seen ---- */

static void
an_edit_by_who_never_saw_a_private_field_keeps_it(void **state)
{
	struct vault *v = vault_of(state);
	struct theirs t;
	struct record_row r;
	char id[VAULT_ID_LEN];

	r = begin(id, &t, v, person, true);
	write_it(&t, &r, corrected, NULL);
	comes(v, id, &t, true, false);
	says(v, id, "Corrected Name", true);
	says(v, id, "zzhidden", true);
	assert_int_equal(finds(v, "corrected"), 1);
	assert_int_equal(finds(v, "zzhidden"), 1);
	/* And our next version has it again in a private part of its own. */
	edit(v, id,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Third\"}],"
	    "\"health\":\"zzhidden\",\"private_fields\":[\"health\"]}");
	says(v, id, "zzhidden", true);
	theirs_free(&t);
}

static void
who_has_seen_it_can_take_it_out(void **state)
{
	struct vault *v = vault_of(state);
	struct theirs t;
	struct record_row r;
	char id[VAULT_ID_LEN];

	r = begin(id, &t, v, person, false);
	write_it(&t, &r, corrected, NULL);
	comes(v, id, &t, true, false);
	says(v, id, "zzhidden", false);
	assert_int_equal(finds(v, "zzhidden"), 0);
	theirs_free(&t);
}

static void
what_was_private_stays_private(void **state)
{
	struct vault *v = vault_of(state);
	struct theirs t;
	struct record_row r;
	char id[VAULT_ID_LEN];

	r = begin(id, &t, v, person, true);
	/* They name no private fields: the next of ours would be open. */
	write_it(&t, &r,
	    "{\"level\":1,\"names\":[{\"text\":\"X\"}],\"type\":\"person\"}",
	    NULL);
	comes(v, id, &t, true, false);
	says(v, id, "\"private_fields\":[\"health\"]", true);
	says(v, id, "zzhidden", true);
	theirs_free(&t);
}

static void
what_contradicts_an_unseen_part_clashes(void **state)
{
	struct vault *v = vault_of(state);
	struct theirs t;
	struct record_row r;
	char id[VAULT_ID_LEN];

	r = begin(id, &t, v, person, true);
	write_it(&t, &r, corrected, "{\"health\":\"yytheirs\"}");
	comes(v, id, &t, true, true);
	assert_int_equal(clashes(v, id, "zzhidden"), 1);
	assert_int_equal(clashes(v, id, "yytheirs"), 1);
	assert_int_equal(clashes(v, id, "\"field\":\"health\""), 1);
	assert_int_equal(clashes(v, id, "\"field\""), 1);
	assert_int_equal(finds(v, "zzhidden"), 1);
	assert_int_equal(finds(v, "yytheirs"), 1);
	theirs_free(&t);
}

/* Two of ours disagree in private; somebody who sees neither joins them. */
static void
two_unseen_parts_that_disagree_still_do(void **state)
{
	struct vault *v = vault_of(state);
	static const char *const edits[] = {
		"{\"type\":\"person\",\"names\":[{\"text\":\"A\"}],"
		"\"health\":\"zzone\",\"private_fields\":[\"health\"]}",
		"{\"type\":\"person\",\"names\":[{\"text\":\"A\"}],"
		"\"health\":\"zztwo\",\"private_fields\":[\"health\"]}",
	};
	struct vault_report *report;
	struct theirs t = { 0 };
	struct vault_record base;
	struct record_row r;
	char id[VAULT_ID_LEN];

	add(id, v, person);
	r = row(v, id);
	assert_ok(vault_report_new(&report));
	assert_ok(vault_get(&base, v, id));
	for (size_t i = 0; i < 2; i++)
		assert_ok(
		    vault_edit(v, &base, report, edits[i], strlen(edits[i])));
	vault_record_free(&base);
	vault_report_free(report);
	follow_heads(&t, v, &r);
	has_not_seen(&t, v, &r);
	assert_int_equal(version_hash_count(&t.v.unseen), 2);
	write_it(&t, &r, corrected, NULL);
	comes(v, id, &t, true, false);
	assert_int_equal(clashes(v, id, "\"field\""), 1);
	assert_true(clashes(v, id, "zzone") > 0);
	assert_true(clashes(v, id, "zztwo") > 0);
	theirs_free(&t);
}

/* The other way round: we have not seen theirs. */
static void
our_edit_names_what_we_have_not_seen(void **state)
{
	struct vault *v = vault_of(state);
	struct theirs t;
	struct buf hex = { 0 };
	struct record_row r;
	struct version ours;
	struct buf heads = { 0 };
	char id[VAULT_ID_LEN];

	r = begin(id, &t, v,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"A\"}]}", false);
	write_it(&t, &r, corrected, "{\"health\":\"zztheirs\"}");
	comes(v, id, &t, true, false);
	edit(v, id, corrected);
	edit(v, id, corrected);
	assert_ok(store_read(v->store));
	assert_ok(rows_versions(&heads, v->store, &r, true));
	assert_int_equal(version_hash_count(&heads), 1);
	assert_ok(
	    rows_version(&ours, NULL, NULL, v->store, &r, heads.bytes, true));
	store_read_end(v->store);
	assert_int_equal(version_hash_count(&ours.unseen), 1);
	assert_memory_equal(ours.unseen.bytes, t.v.hidden, HASH_LEN);
	assert_false(ours.has_private);
	hex_encode(&hex, t.v.hidden, HASH_LEN);
	assert_non_null(strstr(buf_text(&ours.envelope), "\"unseen\":["));
	assert_non_null(strstr(buf_text(&ours.envelope), buf_text(&hex)));
	version_free(&ours);
	/* When it comes, our versions have it. */
	comes(v, id, &t, true, true);
	says(v, id, "zztheirs", true);
	theirs_free(&t);
	buf_free(&hex);
	buf_free(&heads);
}

/* Nor does a private part of another record, or of no ancestor, count. */
static void
an_unseen_part_must_be_of_an_ancestor(void **state)
{
	struct vault *v = vault_of(state);
	struct theirs stranger = { 0 }, t = { 0 };
	struct record_row r;
	char id[VAULT_ID_LEN];

	add(id, v, "{\"type\":\"person\",\"names\":[{\"text\":\"A\"}]}");
	r = row(v, id);
	write_it(&stranger, &r, corrected, "{\"health\":\"zzstranger\"}");
	comes(v, id, &stranger, true, true);
	buf_put(&t.v.unseen, stranger.v.hidden, HASH_LEN);
	write_it(&t, &r, corrected, NULL);
	comes(v, id, &t, true, false);
	assert_int_equal(clashes(v, id, "zzstranger"), 1);
	theirs_free(&stranger);
	theirs_free(&t);
}

/* ---- Versions without a body ---- */

static void
an_envelope_hides_no_body(void **state)
{
	struct vault *v = vault_of(state);
	struct theirs t, over = { 0 };
	struct vault_record r;
	struct record_row row_of;
	char id[VAULT_ID_LEN];

	row_of = begin(id, &t, v, person, false);
	write_it(&t, &row_of, corrected, NULL);
	comes(v, id, &t, false, false);
	says(v, id, "Invented Name", true);
	assert_int_equal(finds(v, "invented"), 1);
	assert_ok(vault_get(&r, v, id));
	assert_true(r.withheld);
	assert_int_equal(r.n_heads, 1);
	vault_record_free(&r);
	/* One with a body behind it does follow ours. */
	buf_put(&over.v.parents, t.v.id, VERSION_ID_LEN);
	write_it(&over, &row_of,
	    "{\"level\":1,\"names\":[{\"text\":\"Later\"}],"
	    "\"type\":\"person\"}",
	    NULL);
	comes(v, id, &over, true, false);
	says(v, id, "Invented Name", false);
	says(v, id, "Later", true);
	assert_ok(vault_get(&r, v, id));
	assert_int_equal(r.n_heads, 1);
	assert_false(r.withheld);
	vault_record_free(&r);
	/* And the body that comes late is between them. */
	comes(v, id, &t, true, false);
	says(v, id, "Later", true);
	says(v, id, "Corrected Name", false);
	theirs_free(&t);
	theirs_free(&over);
}

static void
an_edit_beside_a_withheld_one_meets_it_later(void **state)
{
	struct vault *v = vault_of(state);
	struct theirs t;
	struct vault_record r;
	struct record_row row_of;
	char id[VAULT_ID_LEN];

	row_of = begin(id, &t, v, person, false);
	write_it(&t, &row_of, corrected, NULL);
	comes(v, id, &t, false, false);
	edit(v, id,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Our own\"}],"
	    "\"health\":\"zzhidden\",\"private_fields\":[\"health\"]}");
	says(v, id, "Our own", true);
	comes(v, id, &t, true, false);
	assert_ok(vault_get(&r, v, id));
	assert_int_equal(r.n_heads, 2);
	vault_record_free(&r);
	assert_true(clashes(v, id, "Corrected Name") > 0);
	assert_true(clashes(v, id, "Our own") > 0);
	theirs_free(&t);
}

/* ---- Many ---- */

static void
any_number_of_heads_can_be_shown_and_joined(void **state)
{
	struct vault *v = vault_of(state);
	struct vault_record r;
	struct record_row row_of;
	char id[VAULT_ID_LEN], body[200];

	add(id, v, person);
	row_of = row(v, id);
	for (unsigned i = 0; i < 150; i++) {
		struct theirs t = { 0 };

		(void)snprintf(body, sizeof(body),
		    "{\"level\":1,\"names\":[{\"text\":\"Root %u\"}],"
		    "\"type\":\"person\"}",
		    i);
		write_it(&t, &row_of, body, NULL);
		comes(v, id, &t, true, false);
		theirs_free(&t);
	}
	assert_int_equal(finds(v, "\"root 149\""), 1);
	assert_int_equal(finds(v, "invented"), 1);
	for (unsigned left = 151; left > 1;) {
		size_t zeros[8] = { 0 };

		assert_ok(vault_get(&r, v, id));
		assert_int_equal(r.n_heads, left < 64 ? left : 64);
		assert_int_equal(r.more, left < 64 ? 0 : left - 64);
		/* Nobody crowds out our own version. */
		if (left == 151)
			assert_non_null(
			    strstr(buf_text(&r.clashes), "Invented Name"));
		left -= r.n_heads - 1;
		for (size_t n = 0; n < 8; n++)
			if (vault_resolve(v, &r, zeros, n) == VAULT_OK)
				break;
		vault_record_free(&r);
	}
	assert_ok(vault_get(&r, v, id));
	assert_int_equal(r.n_heads, 1);
	assert_int_equal(r.clashes.len, 0);
	vault_record_free(&r);
}

/* ---- Faults of others ---- */

static void
an_edit_is_not_refused_for_what_was_there(void **state)
{
	struct vault *v = vault_of(state);
	static const char good[] =
	    "{\"type\":\"person\",\"sex\":\"newer-code\","
	    "\"names\":[{\"text\":\"Mended\"}]}";
	static const char bad[] =
	    "{\"type\":\"person\",\"sex\":\"other-newer-code\","
	    "\"names\":[{\"text\":\"Mended\"}]}";
	struct vault_report *report;
	struct theirs t;
	struct vault_record r;
	struct record_row row_of;
	char id[VAULT_ID_LEN];

	row_of = begin(id, &t, v, person, false);
	write_it(&t, &row_of,
	    "{\"level\":1,\"names\":[{\"text\":\"B\"}],"
	    "\"sex\":\"newer-code\",\"type\":\"person\"}",
	    NULL);
	comes(v, id, &t, true, false);
	assert_ok(vault_report_new(&report));
	assert_ok(vault_get(&r, v, id));
	assert_int_equal(
	    vault_edit(v, &r, report, bad, strlen(bad)), VAULT_EUSE);
	assert_ok(vault_edit(v, &r, report, good, strlen(good)));
	assert_true(vault_report_count(report, VAULT_WARNING) > 0);
	vault_record_free(&r);
	vault_report_free(report);
	says(v, id, "Mended", true);
	says(v, id, "newer-code", true);
	theirs_free(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/*
 * Theirs follows ours, and says that it has seen what is private and taken it
 * out: what we said of who the person is stands all the same.
 */
static void
who_somebody_is_we_say_alone(void **state)
{
	struct vault *v = vault_of(state);
	char other[VAULT_ID_LEN], id[VAULT_ID_LEN], json[256];
	struct record_row r;
	struct theirs t;
	enum vault_same said;

	add(other, v, "{\"type\":\"person\",\"names\":[{\"text\":\"One\"}]}");
	snprintf(json, sizeof(json),
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Other\"}],"
	    "\"same_as\":[\"%s\"]}",
	    other);
	r = begin(id, &t, v, json, false);
	write_it(&t, &r,
	    "{\"level\":2,\"names\":[{\"text\":\"Other\"}],"
	    "\"type\":\"person\"}",
	    NULL);
	comes(v, id, &t, true, false);
	theirs_free(&t);
	assert_ok(vault_same_said(&said, v, other, id));
	assert_int_equal(said, VAULT_SAME);
	says(v, id, "\"private_fields\":[\"same_as\"]", true);
	says(v, id, other, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_edit_by_who_never_saw_a_private_field_keeps_it),
		TEST(who_has_seen_it_can_take_it_out),
		TEST(what_was_private_stays_private),
		TEST(what_contradicts_an_unseen_part_clashes),
		TEST(two_unseen_parts_that_disagree_still_do),
		TEST(our_edit_names_what_we_have_not_seen),
		TEST(an_unseen_part_must_be_of_an_ancestor),
		TEST(an_envelope_hides_no_body),
		TEST(an_edit_beside_a_withheld_one_meets_it_later),
		TEST(any_number_of_heads_can_be_shown_and_joined),
		TEST(an_edit_is_not_refused_for_what_was_there),
		TEST(who_somebody_is_we_say_alone),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
