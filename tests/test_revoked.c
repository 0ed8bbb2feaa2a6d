/* SPDX-License-Identifier: ISC */
/* Signing keys that are revoked: the text, and what comes afterwards. */
#include "offices_help.h"

#include "exchange/revocation.h"

/* ---- The text, made by hand from FORMAT.md, 9.2 ---- */

static void
by_hand(struct buf *out, const char *label, bool other_key)
{
	uint8_t seed[32], key[32], secret[64], signature[64], other[32];
	uint8_t bytes[42] = { 'E', 'd' };
	struct buf all = { 0 };

	memset(seed, 1, sizeof(seed));
	crypto_sign_seed_keypair(key, secret, seed);
	memset(seed, 2, sizeof(seed));
	if (other_key)
		crypto_sign_seed_keypair(other, secret, seed);
	memcpy(bytes + 2, key, 8);
	memcpy(bytes + 10, key, 32);
	buf_reset(out);
	buf_put_text(out, "# amparo-revocation 1\n# key ");
	base64_encode(out, bytes, sizeof(bytes), BASE64_PADDED);
	buf_put_byte(out, '\n');
	buf_put(&all, label, strlen(label) + 1);
	buf_put(&all, out->bytes, out->len);
	crypto_sign_detached(signature, NULL, all.bytes, all.len, secret);
	buf_put_text(out, "# signature ");
	hex_encode(out, signature, sizeof(signature));
	buf_put_byte(out, '\n');
	buf_free(&all);
}

static void
reads_what_was_made_by_hand_and_writes_the_same(void **state)
{
	struct buf text = { 0 }, again = { 0 };
	struct revocation r;

	(void)state;
	by_hand(&text, "amparo revocation 1", false);
	assert_true(revocation_is(text.bytes, text.len));
	assert_ok(revocation_read(&r, buf_text(&text), text.len));
	assert_ok(revocation_write(&again, &r));
	assert_int_equal(again.len, text.len);
	assert_memory_equal(again.bytes, text.bytes, text.len);
	buf_free(&text);
	buf_free(&again);
}

static void
refuses_every_other_text(void **state)
{
	struct buf text = { 0 };
	struct revocation r;

	(void)state;
	by_hand(&text, "amparo card 1", false);
	assert_int_equal(
	    revocation_read(&r, buf_text(&text), text.len), VAULT_EDAMAGED);
	by_hand(&text, "amparo revocation 1", true);
	assert_int_equal(
	    revocation_read(&r, buf_text(&text), text.len), VAULT_EDAMAGED);
	by_hand(&text, "amparo revocation 1", false);
	for (size_t bit = 0; bit < 8 * text.len; bit++) {
		text.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(
		    revocation_read(&r, buf_text(&text), text.len), VAULT_OK);
		text.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < text.len; len++)
		assert_int_not_equal(
		    revocation_read(&r, buf_text(&text), len), VAULT_OK);
	buf_put_byte(&text, '\n');
	assert_int_equal(
	    revocation_read(&r, buf_text(&text), text.len), VAULT_EDAMAGED);
	text.bytes[20] = '2';
	assert_int_equal(
	    revocation_read(&r, buf_text(&text), text.len), VAULT_EVERSION);
	buf_free(&text);
}

/* ---- Offices: a is revoked at b; c passes on what a wrote ---- */

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
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	assert_ok(vault_contact_verify(of(&c), "A", NULL, false));
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

static struct vault_imported got;

static enum vault_err
take(const struct office *f, struct memory *m, bool accept)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle_bad bad;
	struct vault_bundle *bundle;
	enum vault_err err;

	assert_ok(vault_bundle_open(&bundle, of(f), &in, &bad));
	err = vault_bundle_import(&got, bundle, accept, &bad);
	vault_bundle_close(bundle);
	memory_free(m);
	return err;
}

/* What a hands out; a goes on with another key. */
static void
revoke_ours(struct buf *out)
{
	size_t number = 0;

	assert_ok(vault_office_revoke(out, &number, of(&a)));
	assert_int_equal(number, 1);
}

static enum vault_err
take_word(const struct office *f, const struct buf *text)
{
	struct vault_revoked r;
	enum vault_err err = vault_contact_revoke(
	    &r, of(f), text->bytes, text->len);

	if (err == VAULT_OK)
		vault_revoked_free(&r);
	return err;
}

static const char title[] = "{\"type\":\"case\",\"title\":\"One\"}";

static void
our_word_is_the_same_before_and_afterwards(void **state)
{
	struct buf before = { 0 }, text = { 0 }, again = { 0 };
	size_t which = 1;

	(void)state;
	assert_ok(vault_office_revocation(&before, of(&a)));
	assert_int_equal(take_word(&a, &before), VAULT_EUSE);
	assert_int_equal(number(&a, "SELECT count(*) FROM revoked"), 0);
	revoke_ours(&text);
	assert_ok(vault_office_revoke(&again, &which, of(&a)));
	assert_string_equal(buf_text(&before), buf_text(&text));
	assert_string_equal(buf_text(&again), buf_text(&text));
	assert_int_equal(number(&a, "SELECT count(*) FROM earlier"), 1);
	which = 3;
	assert_int_equal(
	    vault_office_revoke(&again, &which, of(&a)), VAULT_ENORECORD);
	/* A key that was only renewed can still be revoked. */
	assert_ok(vault_office_renew_signing(of(&a)));
	which = 2;
	assert_ok(vault_office_revoke(&again, &which, of(&a)));
	assert_int_equal(number(&a, "SELECT count(*) FROM earlier"), 2);
	assert_int_equal(number(&a, "SELECT count(*) FROM revoked"), 2);
	buf_free(&before);
	buf_free(&text);
	buf_free(&again);
}

static bool
count_revoked(void *ctx, const struct vault_past *p)
{
	*(size_t *)ctx += p->revoked != 0;
	return true;
}

static void
nothing_new_of_a_revoked_key_is_taken(void **state)
{
	static const char *const to = "A";
	struct vault_export_what what = {
		.query = "", .query_len = 0, .to = &to, .n_to = 1
	};
	struct memory first, late, passed, m;
	char id[VAULT_ID_LEN], other[VAULT_ID_LEN];
	struct vault_office own;
	struct vault_export *e;
	struct buf text = { 0 };
	const char *which;
	size_t n = 0;

	(void)state;
	add(id, &a, title);
	export(&first, &a, "B", "");
	assert_ok(take(&b, &first, false));
	add(other, &a, title);
	export(&late, &a, "B", "");
	export(&m, &a, "C", "");
	assert_ok(take(&c, &m, false));
	export(&passed, &c, "B", "");
	assert_ok(vault_office(&own, of(&a)));
	revoke_ours(&text);

	assert_ok(take_word(&b, &text));
	/* Again, and of nobody that is known: nothing else happens. */
	assert_ok(take_word(&b, &text));
	assert_int_equal(number(&b, "SELECT count(*) FROM revoked"), 1);
	assert_int_equal(
	    vault_export_new(&e, of(&b), &what, &which, NULL, NULL),
	    VAULT_EREFUSED);
	/* The card of before neither renews nor, later, makes a contact. */
	assert_int_equal(vault_contact_add(of(&b), own.card.bytes, own.card.len,
			     NULL, false, ignore_contact, NULL),
	    VAULT_EREFUSED);
	assert_int_equal(
	    vault_contact_verify(of(&b), "A", NULL, false), VAULT_EREFUSED);
	vault_office_free(&own);

	/* Not from who has the key, nor from who was given what it signed. */
	assert_int_equal(take(&b, &late, false), VAULT_EREFUSED);
	export(&m, &c, "B", "");
	memory_free(&m);
	assert_ok(take(&b, &passed, true));
	assert_int_equal(got.revoked, 1);
	assert_int_equal(got.known, 1);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), 1);
	assert_ok(vault_history(of(&b), id, count_revoked, &n));
	assert_int_equal(n, 1);

	/* Its own office, with a key that was compared, brings it. */
	knows(&b, &a);
	export(&m, &a, "B", "");
	assert_ok(take(&b, &m, true));
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), 1);
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	add(id, &a, title);
	export(&m, &a, "B", "");
	assert_ok(take(&b, &m, true));
	assert_int_equal(got.revoked, 0);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), 3);
	assert_ok(vault_export_new(&e, of(&b), &what, &which, NULL, NULL));
	vault_export_free(e);
	buf_free(&text);
}

/* For what a revoked key signed: neither one before it nor one announced. */
static void
only_the_present_key_vouches_and_only_compared(void **state)
{
	struct memory late, m;
	char id[VAULT_ID_LEN];
	struct buf text = { 0 };

	(void)state;
	add(id, &a, title);
	revoke_ours(&text);
	assert_ok(take_word(&b, &text));
	knows(&b, &a);
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	export(&late, &a, "B", "");
	assert_ok(vault_office_renew_signing(of(&a)));
	knows(&b, &a);
	export(&m, &a, "B", "");
	assert_ok(take(&b, &m, true));
	assert_int_equal(got.revoked, 1);
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	assert_ok(take(&b, &late, true));
	assert_int_equal(got.revoked, 1);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), 0);
	export(&m, &a, "B", "");
	assert_ok(take(&b, &m, true));
	assert_int_equal(got.revoked, 0);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), 1);
	buf_free(&text);
}

static void
a_key_that_is_announced_can_be_revoked(void **state)
{
	struct buf text = { 0 };
	size_t which = 0;

	(void)state;
	assert_ok(vault_office_renew_signing(of(&a)));
	knows(&b, &a);
	assert_int_equal(number(&b, "SELECT count(*) FROM announced"), 1);
	assert_ok(vault_office_revoke(&text, &which, of(&a)));
	assert_int_equal(which, 2);
	assert_ok(take_word(&b, &text));
	assert_int_equal(number(&b, "SELECT count(*) FROM announced"), 0);
	buf_free(&text);
}

/* Also if nobody here knew the key: it is remembered, contact or not. */
static void
a_key_can_be_revoked_before_it_is_known(void **state)
{
	struct vault_office own;
	struct buf text = { 0 };

	(void)state;
	assert_ok(vault_office(&own, of(&a)));
	revoke_ours(&text);
	assert_ok(vault_contact_remove(of(&b), "A"));
	assert_ok(take_word(&b, &text));
	assert_int_equal(vault_contact_add(of(&b), own.card.bytes, own.card.len,
			     NULL, false, ignore_contact, NULL),
	    VAULT_EREFUSED);
	knows(&b, &a);
	vault_office_free(&own);
	buf_free(&text);
}

/* Whoever stole the key can make requests to forget as well. */
static void
a_tombstone_of_a_revoked_key_destroys_nothing(void **state)
{
	struct memory m, passed;
	char id[VAULT_ID_LEN];
	struct buf text = { 0 };

	(void)state;
	add(id, &a, title);
	export(&m, &a, "B", "");
	assert_ok(take(&b, &m, false));
	export(&m, &a, "C", "");
	assert_ok(take(&c, &m, false));
	export(&passed, &c, "B", "");
	memory_free(&passed);
	assert_ok(vault_forget(of(&a), id, NULL));
	export(&m, &a, "C", "");
	assert_ok(take(&c, &m, false));
	export(&passed, &c, "B", "");
	revoke_ours(&text);
	assert_ok(take_word(&b, &text));
	assert_ok(take(&b, &passed, true));
	assert_int_equal(got.kept, 1);
	assert_int_equal(
	    number(&b, "SELECT count(*) FROM record WHERE key IS NULL"), 0);
	buf_free(&text);
}

/* A person may think for minutes about what comes. */
static void
a_key_that_is_revoked_meanwhile_brings_nothing(void **state)
{
	struct vault_bundle_bad bad;
	struct vault_bundle *bundle;
	struct buf text = { 0 };
	struct vault_input in;
	char id[VAULT_ID_LEN];
	struct memory m;

	(void)state;
	add(id, &a, title);
	export(&m, &a, "B", "");
	assert_ok(vault_contact_verify(of(&b), "A", NULL, false));
	in = (struct vault_input){ &m, memory_read, NULL, m.len };
	assert_ok(vault_bundle_open(&bundle, of(&b), &in, &bad));
	revoke_ours(&text);
	assert_ok(take_word(&b, &text));
	assert_int_equal(
	    vault_bundle_import(&got, bundle, true, &bad), VAULT_EREFUSED);
	assert_int_equal(number(&b, "SELECT count(*) FROM version"), 0);
	vault_bundle_close(bundle);
	memory_free(&m);
	buf_free(&text);
}

int
main(void)
{
#define with_offices(test)                                                     \
	cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    reads_what_was_made_by_hand_and_writes_the_same),
		cmocka_unit_test(refuses_every_other_text),
		with_offices(our_word_is_the_same_before_and_afterwards),
		with_offices(nothing_new_of_a_revoked_key_is_taken),
		with_offices(only_the_present_key_vouches_and_only_compared),
		with_offices(a_key_that_is_announced_can_be_revoked),
		with_offices(a_key_can_be_revoked_before_it_is_known),
		with_offices(a_tombstone_of_a_revoked_key_destroys_nothing),
		with_offices(a_key_that_is_revoked_meanwhile_brings_nothing),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests_name("revoked", tests, NULL, NULL);
}
