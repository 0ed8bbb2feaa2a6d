/* SPDX-License-Identifier: ISC */
/* Signing keys that contacts announce: their cards, and what becomes of them.
 */
#include "offices_help.h"

#include "exchange/succession.h"

/* ---- Cards made by hand from FORMAT.md, 9 ---- */

struct pair {
	uint8_t key[32];
	uint8_t secret[64];
};

static void
pair_of(struct pair *p, int number)
{
	uint8_t seed[32];

	memset(seed, number, sizeof(seed));
	crypto_sign_seed_keypair(p->key, p->secret, seed);
}

/* Ed25519(label || 0x00 || message), in hex. */
static void
put_signature(struct buf *out, const struct pair *by, const char *label,
    const void *message, size_t len)
{
	struct buf all = { 0 };
	uint8_t signature[64];

	buf_put(&all, label, strlen(label) + 1);
	buf_put(&all, message, len);
	crypto_sign_detached(signature, NULL, all.bytes, all.len, by->secret);
	hex_encode(out, signature, sizeof(signature));
	buf_free(&all);
}

static void
put_key(struct buf *out, const struct pair *p)
{
	uint8_t bytes[42] = { 'E', 'd' };

	memcpy(bytes + 2, p->key, 8);
	memcpy(bytes + 10, p->key, 32);
	base64_encode(out, bytes, sizeof(bytes), BASE64_PADDED);
}

static void
put_follows(struct buf *out, const struct pair *old, const struct pair *next,
    const char *label)
{
	uint8_t both[64];

	memcpy(both, old->key, 32);
	memcpy(both + 32, next->key, 32);
	buf_put_text(out, "# follows ");
	put_key(out, old);
	buf_put_byte(out, ' ');
	put_signature(out, old, label, both, sizeof(both));
	buf_put_byte(out, '\n');
}

static const char label[] = "amparo successor 1";

/* The card of a key with these lines in front of its receiving key. */
static void
by_hand(struct buf *out, const struct pair *p, const char *name,
    const struct buf *lines)
{
	buf_reset(out);
	buf_putf(out, "# amparo-card 1\n# name %s\n# key ", name);
	put_key(out, p);
	buf_put_byte(out, '\n');
	buf_put(out, lines->bytes, lines->len);
	buf_put_text(out,
	    "# receive 1 2026-11-24 age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzr"
	    "ye869xeexvn73equnujwj\n");
	buf_put_text(out, "# signature ");
	{
		struct buf hex = { 0 };

		put_signature(&hex, p, "amparo card 1", out->bytes,
		    out->len - strlen("# signature "));
		buf_put(out, hex.bytes, hex.len);
		buf_free(&hex);
	}
	buf_put_byte(out, '\n');
}

/* The card of path[n - 1], which follows those before it, in their order. */
static void
card_of(struct buf *out, const int *path, size_t n)
{
	struct buf lines = { 0 };
	struct pair here, next;

	for (size_t i = 0; i + 1 < n; i++) {
		pair_of(&here, path[i]);
		pair_of(&next, path[i + 1]);
		put_follows(&lines, &here, &next, label);
	}
	pair_of(&next, path[n - 1]);
	by_hand(out, &next, "B", &lines);
	buf_free(&lines);
}

static enum vault_err
read_lines(const struct pair *p, const struct buf *lines)
{
	struct buf text = { 0 };
	struct card card;
	enum vault_err err;

	by_hand(&text, p, "B", lines);
	err = card_read(&card, buf_text(&text), text.len);
	buf_free(&text);
	return err;
}

static void
reads_what_follows_and_writes_the_same(void **state)
{
	static const int path[] = { 1, 2, 3 };
	struct buf text = { 0 }, again = { 0 };
	struct secret *secret = secret_new(IDENTITY_SIGN_LEN);
	struct card card;
	struct pair p;

	(void)state;
	card_of(&text, path, 3);
	assert_ok(card_read(&card, buf_text(&text), text.len));
	assert_int_equal(card.n_follows, 2);
	pair_of(&p, 1);
	assert_int_equal(card_find_follows(&card, p.key), 0);
	pair_of(&p, 2);
	assert_memory_equal(card_successor(&card, 0), p.key, 32);
	pair_of(&p, 3);
	assert_memory_equal(card_successor(&card, 1), p.key, 32);
	assert_int_equal(card_find_follows(&card, p.key), 2);
	memcpy(secret_bytes(secret), p.secret, sizeof(p.secret));
	assert_ok(card_write(&again, &card, secret));
	assert_int_equal(again.len, text.len);
	assert_memory_equal(again.bytes, text.bytes, text.len);
	secret_free(secret);
	buf_free(&text);
	buf_free(&again);
}

static void
refuses_a_succession_that_was_not_signed_so(void **state)
{
	struct buf lines = { 0 };
	struct pair a, b, c;

	(void)state;
	pair_of(&a, 1);
	pair_of(&b, 2);
	pair_of(&c, 3);
	put_follows(&lines, &a, &b, label);
	assert_ok(read_lines(&b, &lines));
	/* Somebody else's succession on a card of one's own. */
	assert_int_equal(read_lines(&c, &lines), VAULT_EDAMAGED);
	/* Not by the key before, under its own label, to this very key. */
	buf_reset(&lines);
	put_follows(&lines, &a, &b, "amparo card 1");
	assert_int_equal(read_lines(&b, &lines), VAULT_EDAMAGED);
	buf_reset(&lines);
	put_follows(&lines, &a, &c, label);
	assert_int_equal(read_lines(&b, &lines), VAULT_EDAMAGED);
	/* Nothing follows itself, and no key comes twice. */
	buf_reset(&lines);
	put_follows(&lines, &b, &b, label);
	assert_int_equal(read_lines(&b, &lines), VAULT_EDAMAGED);
	buf_reset(&lines);
	put_follows(&lines, &a, &a, label);
	put_follows(&lines, &a, &b, label);
	assert_int_equal(read_lines(&b, &lines), VAULT_EDAMAGED);
	/* A gap, and the other order. */
	buf_reset(&lines);
	put_follows(&lines, &b, &c, label);
	put_follows(&lines, &a, &b, label);
	assert_int_equal(read_lines(&c, &lines), VAULT_EDAMAGED);
	buf_free(&lines);
}

static void
takes_sixteen_earlier_keys_and_no_more(void **state)
{
	struct buf text = { 0 };
	struct card card;
	int path[18];

	(void)state;
	for (int i = 0; i < 18; i++)
		path[i] = i + 1;
	card_of(&text, path, 17);
	assert_ok(card_read(&card, buf_text(&text), text.len));
	assert_int_equal(card.n_follows, CARD_FOLLOWS_MAX);
	card_of(&text, path, 18);
	assert_int_equal(
	    card_read(&card, buf_text(&text), text.len), VAULT_EDAMAGED);
	buf_free(&text);
}

/* ---- Contacts ---- */

struct seen {
	size_t n, announced;
	bool verified, frozen, announces;
	char digits[72];
};

static void
see(void *ctx, const struct vault_contact *c)
{
	struct seen *s = ctx;

	s->n++;
	s->announced = c->n_announced;
	s->verified = c->verified != 0;
	s->frozen = c->frozen;
	s->announces = c->announces;
	memcpy(s->digits, c->digits, sizeof(s->digits));
}

static bool
see_each(void *ctx, const struct vault_contact *c)
{
	see(ctx, c);
	return true;
}

static struct seen
contact(const struct office *f)
{
	struct seen s = { 0 };

	assert_ok(vault_contacts(of(f), see_each, &s));
	return s;
}

static enum vault_err
take(const struct office *f, const int *path, size_t n)
{
	struct buf text = { 0 };
	struct seen s = { 0 };
	enum vault_err err;

	card_of(&text, path, n);
	err = vault_contact_add(
	    of(f), text.bytes, text.len, NULL, false, see, &s);
	buf_free(&text);
	return err;
}

static void
digits_of(char out[72], int number)
{
	struct pair p;

	pair_of(&p, number);
	identity_digits(out, p.key);
}

static enum vault_err
compared(const struct office *f, int number)
{
	char digits[72];

	digits_of(digits, number);
	return vault_contact_verify(of(f), "B", digits, false);
}

static void
assert_key(const struct office *f, int number)
{
	char digits[72];

	digits_of(digits, number);
	assert_string_equal(contact(f).digits, digits);
}

static enum vault_err
try_export(const struct office *f)
{
	static const char *const to = "B";
	struct vault_export_what what = {
		.query = "", .query_len = 0, .to = &to, .n_to = 1
	};
	struct vault_export *e;
	const char *which;
	enum vault_err err = vault_export_new(
	    &e, of(f), &what, &which, NULL, NULL);

	vault_export_free(e);
	return err;
}

static void
a_new_key_is_announced_and_taken_when_compared(void **state)
{
	static const int old[] = { 1 }, next[] = { 1, 2 }, last[] = { 1, 2, 3 };
	struct office a;

	(void)state;
	office_open(&a, "A");
	assert_ok(take(&a, old, 1));
	assert_ok(compared(&a, 1));
	assert_ok(try_export(&a));
	assert_ok(take(&a, next, 2));
	assert_int_equal(contact(&a).n, 1);
	assert_int_equal(contact(&a).announced, 1);
	assert_false(contact(&a).frozen);
	assert_key(&a, 1);
	assert_int_equal(try_export(&a), VAULT_ECONFLICT);
	/* One that goes on from there is the same way; back is older. */
	assert_ok(take(&a, last, 3));
	assert_int_equal(contact(&a).announced, 1);
	assert_int_equal(take(&a, next, 2), VAULT_ECONFLICT);
	assert_int_equal(compared(&a, 2), VAULT_ECONFLICT);
	assert_ok(vault_contact_verify(of(&a), "B", NULL, false));
	assert_key(&a, 3);
	assert_int_equal(contact(&a).announced, 0);
	assert_true(contact(&a).verified);
	assert_ok(try_export(&a));
	/* What was replaced does not come back. */
	assert_int_equal(take(&a, old, 1), VAULT_ECONFLICT);
	assert_int_equal(take(&a, next, 2), VAULT_ECONFLICT);
	assert_key(&a, 3);
	assert_int_equal(
	    number(&a, "SELECT count(*) FROM earlier WHERE contact<>0"), 2);
	assert_ok(vault_contact_remove(of(&a), "B"));
	assert_int_equal(number(&a, "SELECT count(*) FROM earlier"), 0);
	office_close(&a);
}

static void
two_successors_freeze_until_one_is_compared(void **state)
{
	static const int old[] = { 1 }, next[] = { 1, 2 }, thief[] = { 1, 9 },
			 deep[] = { 1, 9, 8 };
	struct office a;

	(void)state;
	office_open(&a, "A");
	assert_ok(take(&a, old, 1));
	assert_ok(compared(&a, 1));
	assert_ok(take(&a, thief, 2));
	assert_ok(take(&a, next, 2));
	assert_true(contact(&a).frozen);
	assert_int_equal(contact(&a).announced, 2);
	assert_int_equal(try_export(&a), VAULT_EREFUSED);
	assert_int_equal(
	    vault_contact_verify(of(&a), "B", NULL, false), VAULT_ECONFLICT);
	assert_ok(compared(&a, 2));
	assert_false(contact(&a).frozen);
	assert_key(&a, 2);
	assert_ok(try_export(&a));
	/* The thief's does not freeze it again, nor makes another contact. */
	assert_int_equal(take(&a, thief, 2), VAULT_EREFUSED);
	assert_int_equal(take(&a, deep, 3), VAULT_EREFUSED);
	assert_int_equal(contact(&a).n, 1);
	assert_key(&a, 2);
	office_close(&a);
}

/* The office never renewed: all that was announced was a thief's. */
static void
the_key_that_was_can_be_compared_again(void **state)
{
	static const int old[] = { 1 }, thief[] = { 1, 9 };
	struct office a;

	(void)state;
	office_open(&a, "A");
	assert_ok(take(&a, old, 1));
	assert_ok(take(&a, thief, 2));
	assert_ok(compared(&a, 1));
	assert_key(&a, 1);
	assert_int_equal(contact(&a).announced, 0);
	assert_ok(try_export(&a));
	office_close(&a);
}

static void
a_stranger_who_follows_a_stranger_is_one(void **state)
{
	static const int next[] = { 4, 5 };
	struct office a;

	(void)state;
	office_open(&a, "A");
	assert_ok(take(&a, next, 2));
	assert_int_equal(contact(&a).announced, 0);
	assert_key(&a, 5);
	/* Nobody has compared it: its earlier key is nobody's. */
	assert_int_equal(number(&a, "SELECT count(*) FROM earlier"), 0);
	office_close(&a);
}

/* ---- Our own key ---- */

/* The seed of our office as a pair: what a thief has. */
static void
steal(struct pair *p, const struct office *f)
{
	struct signer by;

	assert_ok(records_signer(&by, of(f)->store));
	memcpy(p->key, by.public_key, sizeof(p->key));
	memcpy(p->secret, secret_view(by.key), sizeof(p->secret));
	secret_free(by.key);
}

static void
whoever_follows_our_key_has_stolen_it(void **state)
{
	struct buf lines = { 0 }, text = { 0 };
	struct pair old, thief;
	struct seen s = { 0 };
	struct office a;

	(void)state;
	office_open(&a, "A");
	steal(&old, &a);
	pair_of(&thief, 9);
	put_follows(&lines, &old, &thief, label);
	by_hand(&text, &thief, "A2", &lines);
	assert_int_equal(vault_contact_add(of(&a), text.bytes, text.len, NULL,
			     false, see, &s),
	    VAULT_EREFUSED);
	assert_ok(vault_office_renew_signing(of(&a)));
	assert_int_equal(vault_contact_add(of(&a), text.bytes, text.len, NULL,
			     false, see, &s),
	    VAULT_EREFUSED);
	/* Nor is our earlier key a contact's. */
	buf_reset(&lines);
	by_hand(&text, &old, "A3", &lines);
	assert_int_equal(vault_contact_add(of(&a), text.bytes, text.len, NULL,
			     false, see, &s),
	    VAULT_EUSE);
	assert_int_equal(contact(&a).n, 0);
	buf_free(&lines);
	buf_free(&text);
	office_close(&a);
}

static void
announce_by_thief(const struct office *f, const struct pair *old, int number)
{
	struct buf lines = { 0 }, text = { 0 };
	struct seen s = { 0 };
	struct pair thief;

	pair_of(&thief, number);
	put_follows(&lines, old, &thief, label);
	by_hand(&text, &thief, "B", &lines);
	assert_ok(vault_contact_add(
	    of(f), text.bytes, text.len, NULL, false, see, &s));
	buf_free(&lines);
	buf_free(&text);
}

static enum vault_err
import(const struct office *f, struct memory *m, bool accept)
{
	struct vault_input in = { m, memory_read, NULL, m->len };
	struct vault_bundle_bad bad;
	struct vault_imported got;
	struct vault_bundle *bundle;
	enum vault_err err;

	assert_ok(vault_bundle_open(&bundle, of(f), &in, &bad));
	err = vault_bundle_import(&got, bundle, accept, &bad);
	vault_bundle_close(bundle);
	return err;
}

/* It may be the thief who sent it, and nobody here can tell. */
static void
a_frozen_contact_is_not_believed(void **state)
{
	char id[VAULT_ID_LEN];
	struct office a, b;
	struct memory m;
	struct pair old;

	(void)state;
	office_open(&a, "A");
	office_open(&b, "B");
	knows(&a, &b);
	knows(&b, &a);
	assert_ok(vault_contact_verify(of(&a), "B", NULL, false));
	steal(&old, &b);
	add(id, &b, "{\"type\":\"case\",\"title\":\"One\"}");
	export(&m, &b, "A", "");
	announce_by_thief(&a, &old, 8);
	announce_by_thief(&a, &old, 9);
	assert_true(contact(&a).frozen);
	assert_int_equal(import(&a, &m, false), VAULT_EREFUSED);
	assert_int_equal(number(&a, "SELECT count(*) FROM record"), 0);
	assert_ok(import(&a, &m, true));
	memory_free(&m);
	office_close(&a);
	office_close(&b);
}

static int
setup(void **state)
{
	(void)state;
	assert_ok(vault_setup());
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_follows_and_writes_the_same),
		cmocka_unit_test(refuses_a_succession_that_was_not_signed_so),
		cmocka_unit_test(takes_sixteen_earlier_keys_and_no_more),
		cmocka_unit_test(
		    a_new_key_is_announced_and_taken_when_compared),
		cmocka_unit_test(two_successors_freeze_until_one_is_compared),
		cmocka_unit_test(the_key_that_was_can_be_compared_again),
		cmocka_unit_test(a_stranger_who_follows_a_stranger_is_one),
		cmocka_unit_test(whoever_follows_our_key_has_stolen_it),
		cmocka_unit_test(a_frozen_contact_is_not_believed),
	};

	return cmocka_run_group_tests_name("signing", tests, setup, NULL);
}
