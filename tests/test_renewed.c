/* SPDX-License-Identifier: ISC */
/*
 * Our signing key is renewed: what stays ours, and what the offices see that
 * have our card of before, have the newer one, or have compared it.
 */
#include "offices_help.h"

#include "record/guard.h"

struct stolen {
	uint8_t key[32];
	uint8_t seed[64];
};

static void
steal(struct stolen *p, const struct office *f)
{
	struct signer by;

	assert_ok(records_signer(&by, of(f)->store));
	memcpy(p->key, by.public_key, sizeof(p->key));
	memcpy(p->seed, secret_view(by.key), sizeof(p->seed));
	secret_free(by.key);
}

/* The sealed secret of our office. */
static void
copy_sealed(struct buf *out, const struct office *f)
{
	struct sql *q = sql_open(of(f)->store, "SELECT secret FROM office");
	const void *bytes;
	size_t len;
	bool there;

	assert_ok(sql_step(q, &there));
	assert_true(there);
	bytes = sql_blob(q, 0, &len);
	assert_true(buf_put(out, bytes, len));
	sql_close(q);
}

/* In how many places a piece of it stands: any 16 bytes are its own. */
static unsigned
sealed_left(struct office *f, const struct buf *sealed)
{
	unsigned n = 0;

	for (size_t i = 0; i + 16 <= sealed->len; i += 16)
		n += inner_count_bytes(&f->o, sealed->bytes + i, 16);
	return n;
}

static void
our_key_is_renewed_in_one_commit_and_destroyed(void **state)
{
	struct vault_office own;
	struct stolen old, now;
	struct buf sealed = { 0 };
	struct office us;
	struct card card;

	(void)state;
	office_open(&us, "A");
	steal(&old, &us);
	copy_sealed(&sealed, &us);
	assert_int_equal(sealed_left(&us, &sealed), 4);
	assert_ok(vault_office_renew_signing(of(&us)));
	/* It is sealed nowhere any more, not in a free page either. */
	assert_int_equal(sealed_left(&us, &sealed), 0);
	steal(&now, &us);
	assert_memory_not_equal(old.key, now.key, 32);
	assert_ok(vault_office(&own, of(&us)));
	assert_int_equal(own.n_earlier, 1);
	assert_ok(card_read(&card, buf_text(&own.card), own.card.len));
	assert_memory_equal(card.key, now.key, 32);
	assert_int_equal(card.n_follows, 1);
	assert_memory_equal(card.follows[0].key, old.key, 32);
	vault_office_free(&own);
	assert_int_equal(number(&us, "SELECT count(*) FROM office"), 1);
	assert_int_equal(
	    number(&us, "SELECT count(*) FROM log WHERE what='signing-key'"),
	    1);
	for (int i = 0; i < 17; i++)
		assert_ok(vault_office_renew_signing(of(&us)));
	assert_ok(vault_office(&own, of(&us)));
	assert_ok(card_read(&card, buf_text(&own.card), own.card.len));
	assert_int_equal(card.n_follows, CARD_FOLLOWS_MAX);
	vault_office_free(&own);
	buf_free(&sealed);
	office_close(&us);
}

static bool
count_row(void *ctx, const struct vault_row *row)
{
	(void)row;
	++*(size_t *)ctx;
	return true;
}

static size_t
found(const struct office *f, const char *query)
{
	struct vault_search search = { .query = query,
		.query_len = strlen(query) };
	size_t n = 0;

	assert_ok(vault_find(of(f), &search, count_row, &n, NULL, NULL));
	return n;
}

static void
what_we_signed_before_is_ours(void **state)
{
	struct record_row r;
	struct guard g;
	uint8_t bytes[ID_LEN];
	char id[VAULT_ID_LEN];
	struct office us;

	(void)state;
	office_open(&us, "A");
	add(id, &us,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Q\"}],"
	    "\"level\":2,\"health\":\"hidden\","
	    "\"private_fields\":[\"health\"]}");
	assert_ok(vault_office_renew_signing(of(&us)));
	assert_ok(id_parse(bytes, id, strlen(id)));
	assert_ok(rows_find(&r, of(&us)->store, bytes));
	assert_ok(guard_read(&g, of(&us)->store, &r, NULL));
	assert_true(g.ours);
	assert_int_equal(g.level, 2);
	guard_free(&g);
	assert_int_equal(found(&us, "office:A"), 1);
	office_close(&us);
}

/* ---- Others ---- */

static struct office a, b;

static int
setup(void **state)
{
	(void)state;
	office_open(&a, "A");
	office_open(&b, "B");
	knows(&a, &b);
	knows(&b, &a);
	assert_ok(vault_contact_verify(of(&a), "B", NULL, false));
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	office_close(&a);
	office_close(&b);
	return 0;
}

static struct vault_imported got;

static struct vault_bundle_info
look(struct memory *m, enum vault_err want, bool accept)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle_bad bad;
	struct vault_bundle_info info;
	struct vault_bundle *bundle;

	assert_ok(vault_bundle_open(&bundle, of(&b), &in, &bad));
	vault_bundle_info(&info, bundle);
	assert_int_equal(vault_bundle_import(&got, bundle, accept, &bad), want);
	vault_bundle_close(bundle);
	memory_free(m);
	return info;
}

static const char title[] = "{\"type\":\"case\",\"title\":\"One\"}";

static void
a_bundle_of_the_new_key_is_as_well_known_as_the_key(void **state)
{
	struct vault_bundle_info info;
	struct memory late, m;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a, title);
	export(&late, &a, "B", "");
	assert_ok(vault_office_renew_signing(of(&a)));
	export(&m, &a, "B", "");
	info = look(&m, VAULT_EREFUSED, false);
	assert_false(info.sender_known);

	knows(&b, &a);
	export(&m, &a, "B", "");
	info = look(&m, VAULT_OK, false);
	assert_true(info.sender_known && info.sender_announced);
	assert_false(info.sender_compared);

	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	export(&m, &a, "B", "");
	info = look(&m, VAULT_OK, false);
	assert_true(info.sender_compared);
	assert_false(info.sender_announced || info.sender_earlier);
	/* Its numbers go on: nothing is a chain of its own, or taken twice. */
	assert_int_equal(info.number, 4);
	assert_int_equal(info.seen, VAULT_SEEN_NEXT);
	info = look(&late, VAULT_OK, false);
	assert_true(info.sender_known && info.sender_earlier);
	assert_int_equal(info.seen, VAULT_SEEN_OLDER);
}

/* We go on counting to an office that has another key. */
static void
our_numbers_to_it_go_on(void **state)
{
	struct vault_bundle_info info;
	struct memory m;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a, title);
	export(&m, &a, "B", "");
	look(&m, VAULT_OK, false);
	assert_ok(vault_office_renew_signing(of(&b)));
	knows(&a, &b);
	assert_ok(vault_contact_verify(of(&a), "B", NULL, false));
	add(id, &a, title);
	export(&m, &a, "B", "");
	info = look(&m, VAULT_OK, false);
	assert_int_equal(info.number, 2);
	assert_int_equal(info.seen, VAULT_SEEN_NEXT);
}

static void
what_the_new_key_forgets_the_old_one_wrote(void **state)
{
	struct memory m;
	char id[VAULT_ID_LEN], other[VAULT_ID_LEN];

	(void)state;
	add(id, &a, title);
	add(other, &a, title);
	export(&m, &a, "B", "");
	look(&m, VAULT_OK, false);
	assert_ok(vault_forget(of(&a), id, NULL));
	assert_ok(vault_office_renew_signing(of(&a)));
	assert_ok(vault_forget(of(&a), other, NULL));
	/* Nothing comes back to us, by whichever key it was forgotten. */
	assert_int_equal(
	    number(&a, "SELECT count(*) FROM record WHERE key IS NULL"), 2);

	/* Announced: the new key has no say over what the old one wrote. */
	knows(&b, &a);
	export(&m, &a, "B", "");
	look(&m, VAULT_OK, false);
	assert_int_equal(got.forgot_records, 1);
	assert_int_equal(got.requests + got.later, 1);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM record WHERE key IS NULL"), 1);
}

static void
when_it_was_compared_they_are_one_office(void **state)
{
	struct memory m, late;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a, title);
	export(&m, &a, "B", "");
	look(&m, VAULT_OK, false);
	edit(&a, id, "{\"type\":\"case\",\"title\":\"Two\"}");
	export(&late, &a, "B", "");
	assert_ok(vault_office_renew_signing(of(&a)));
	knows(&b, &a);
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	assert_int_equal(found(&b, "office:A"), 1);
	assert_ok(vault_forget(of(&a), id, NULL));
	export(&m, &a, "B", "");
	look(&m, VAULT_OK, false);
	assert_int_equal(got.forgot_records, 1);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM record WHERE key IS NULL"), 1);
	/* Nor does what the old key signed bring it back. */
	look(&late, VAULT_OK, true);
	assert_int_equal(got.forgotten, 2);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM version WHERE body NOT NULL"), 0);
}

/*
 * What the new key forgot while it was announced only is the office's word
 * once it was compared: it is told, and done, when it comes again.
 */
static void
what_an_announced_key_forgot_is_told_when_it_counts(void **state)
{
	struct vault_bundle_info info;
	struct memory m;
	char id[VAULT_ID_LEN], shared[VAULT_ID_LEN];

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Quokkabandit\"}");
	add(shared, &a, title);
	export(&m, &a, "B", "");
	look(&m, VAULT_OK, false);
	edit(&b, shared, "{\"type\":\"case\",\"title\":\"Two\"}");
	assert_ok(vault_office_renew_signing(of(&a)));
	assert_ok(vault_forget(of(&a), id, NULL));
	assert_ok(vault_forget(of(&a), shared, NULL));
	knows(&b, &a);
	export(&m, &a, "B", "");
	look(&m, VAULT_OK, false);
	assert_int_equal(got.later, 2);

	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM version WHERE body NOT NULL"), 3);
	export(&m, &a, "B", "");
	info = look(&m, VAULT_OK, false);
	assert_int_equal(info.count[VAULT_FORGETS_RECORD], 1);
	assert_int_equal(info.count[VAULT_FORGETS_TEXTS], 1);
	assert_int_equal(got.forgot_records, 1);
	assert_int_equal(got.forgot_texts, 1);
	assert_int_equal(inner_count(&b.o, "quokkabandit"), 0);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM version WHERE body NOT NULL"), 1);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM log WHERE what='tombstone'"), 4);
	/* And once more it does nothing. */
	export(&m, &a, "B", "");
	info = look(&m, VAULT_OK, false);
	assert_int_equal(info.count[VAULT_FORGETS_NOTHING], 2);
}

int
main(void)
{
#define with_offices(test)                                                     \
	cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_offices(our_key_is_renewed_in_one_commit_and_destroyed),
		with_offices(what_we_signed_before_is_ours),
		with_offices(
		    a_bundle_of_the_new_key_is_as_well_known_as_the_key),
		with_offices(our_numbers_to_it_go_on),
		with_offices(what_the_new_key_forgets_the_old_one_wrote),
		with_offices(when_it_was_compared_they_are_one_office),
		with_offices(
		    what_an_announced_key_forgot_is_told_when_it_counts),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests_name("renewed", tests, NULL, NULL);
}
