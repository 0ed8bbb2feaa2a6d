/* SPDX-License-Identifier: ISC */
/* Cards: what an office hands to others. */
#include <sodium.h>

#include "core/base64.h"
#include "core/clock.h"
#include "core/secret.h"
#include "exchange/card.h"
#include "exchange/contact.h"
#include "exchange/keyid.h"
#include "exchange/office.h"
#include "inside.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"
#include "support.h"

static const char recipient[] =
    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

/* A signing key from a seed, and its card, made by hand from FORMAT.md. */
static struct secret *secret_half;
static uint8_t public_half[IDENTITY_PUBLIC_LEN];

static void
use_key(int number)
{
	uint8_t seed[32];

	memset(seed, number, sizeof(seed));
	crypto_sign_seed_keypair(public_half, secret_bytes(secret_half), seed);
}

static int
setup(void **state)
{
	(void)state;
	assert_ok(vault_setup());
	secret_half = secret_new(IDENTITY_SIGN_LEN);
	use_key(7);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	secret_free(secret_half);
	return 0;
}

/* Sign what stands in b with the label, as a card is. */
static void
sign(struct buf *b)
{
	static const char label[] = "amparo card 1";
	uint8_t message[8192], signature[64];

	memcpy(message, label, sizeof(label));
	memcpy(message + sizeof(label), b->bytes, b->len);
	crypto_sign_detached(signature, NULL, message, sizeof(label) + b->len,
	    secret_view(secret_half));
	buf_put_text(b, "# signature ");
	hex_encode(b, signature, sizeof(signature));
	buf_put_byte(b, '\n');
}

static void
put_key(struct buf *b)
{
	uint8_t bytes[42] = { 'E', 'd' };

	memcpy(bytes + 2, public_half, 8);
	memcpy(bytes + 10, public_half, 32);
	base64_encode(b, bytes, sizeof(bytes), BASE64_PADDED);
}

/* A card with this name and these lines behind the key. */
static void
by_hand(struct buf *b, const char *name, const char *lines)
{
	buf_reset(b);
	buf_putf(b, "# amparo-card 1\n# name %s\n# key ", name);
	put_key(b);
	buf_putf(b, "\n%s", lines);
	sign(b);
}

static enum vault_err
lines_read(const char *lines)
{
	struct buf b = { 0 };
	struct card card;
	enum vault_err err;

	by_hand(&b, "Office A", lines);
	err = card_read(&card, buf_text(&b), b.len);
	buf_free(&b);
	return err;
}

static void
reads_what_was_made_by_hand_and_writes_the_same(void **state)
{
	struct buf b = { 0 }, again = { 0 };
	char lines[256];
	struct card card;

	(void)state;
	snprintf(lines, sizeof(lines),
	    "# receive 1 2026-11-24 %s\n# receive 12 2027-01-01 %s\n",
	    recipient, recipient);
	by_hand(&b, "Büro مكتب 办公室", lines);
	assert_ok(card_read(&card, buf_text(&b), b.len));
	assert_string_equal(card.name, "Büro مكتب 办公室");
	assert_memory_equal(card.key, public_half, sizeof(public_half));
	assert_int_equal(card.n, 2);
	assert_int_equal(card.receive[1].serial, 12);
	assert_string_equal(card.receive[1].first, "2027-01-01");
	assert_int_equal(card.receive[1].len, strlen(recipient));
	assert_ok(card_write(&again, &card, secret_half));
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.bytes, b.bytes, b.len);
	buf_free(&b);
	buf_free(&again);
}

static void
refuses_every_flipped_bit_and_every_cut(void **state)
{
	struct buf b = { 0 };
	char lines[256];
	struct card card;

	(void)state;
	snprintf(
	    lines, sizeof(lines), "# receive 1 2026-11-24 %s\n", recipient);
	by_hand(&b, "Office A", lines);
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(
		    card_read(&card, buf_text(&b), b.len), VAULT_OK);
		b.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < b.len; len++)
		assert_int_not_equal(
		    card_read(&card, buf_text(&b), len), VAULT_OK);
	buf_put_byte(&b, '\n');
	assert_int_equal(card_read(&card, buf_text(&b), b.len), VAULT_EDAMAGED);
	buf_free(&b);
}

static void
refuses_what_is_signed_but_not_a_card(void **state)
{
	static const char *const bad[] = {
		"",
		"# receive 0 2026-11-24 @\n",
		"# receive 01 2026-11-24 @\n",
		"# receive x 2026-11-24 @\n",
		"# receive 1 2026-13-24 @\n",
		"# receive 1 2026-00-24 @\n",
		"# receive 1 2026-11-32 @\n",
		"# receive 1 26-11-24 @\n",
		"# receive 1  2026-11-24 @\n",
		"# receive 1 2026-11-24  @\n",
		"# receive 1 2026-11-24 @ \n",
		"# receive 1 2026-11-24 @\r\n",
		"# receive 1 2026-11-24 age1\n",
		"# receive 1 2026-11-24 AGE1ZVKYG\n",
		"# receive 2 2026-11-24 @\n# receive 1 2026-11-24 @\n",
		"# receive 1 2026-11-24 @\n# receive 1 2026-11-24 @\n",
		"# receive 1 2026-11-24 @\n# other thing\n",
		"# receive 1 2026-11-24 @\n\n",
	};
	char lines[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t at = 0;

		for (const char *p = bad[i]; *p != '\0'; p++)
			at += (size_t)snprintf(lines + at, sizeof(lines) - at,
			    *p == '@' ? "%s" : "%.1s",
			    *p == '@' ? recipient : p);
		lines[at] = '\0';
		if (lines_read(lines) != VAULT_EDAMAGED)
			fail_msg("accepted: %s", bad[i]);
	}
}

static void
takes_sixteen_keys_and_no_more(void **state)
{
	struct buf lines = { 0 };

	(void)state;
	for (int i = 1; i <= 16; i++)
		buf_putf(&lines, "# receive %d 2026-11-24 %s\n", i, recipient);
	assert_ok(lines_read(buf_text(&lines)));
	buf_putf(&lines, "# receive 17 2026-11-24 %s\n", recipient);
	assert_int_equal(lines_read(buf_text(&lines)), VAULT_EDAMAGED);
	buf_free(&lines);
}

static void
refuses_names_that_are_not_one_line(void **state)
{
	static const char *const bad[] = { "", " a", "a ", "a\tb", "a\x7f",
		"\xff", "a\nb" };
	char longest[CARD_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(card_name_is_good(bad[i], strlen(bad[i])));
	memset(longest, 'x', sizeof(longest));
	assert_true(card_name_is_good(longest, CARD_NAME_MAX));
	assert_false(card_name_is_good(longest, CARD_NAME_MAX + 1));
}

static void
names_a_later_version(void **state)
{
	struct card card;

	(void)state;
	assert_int_equal(
	    card_read(&card, "# amparo-card 2\n", 16), VAULT_EVERSION);
	assert_int_equal(
	    card_read(&card, "# amparo-card 1\n", 16), VAULT_EDAMAGED);
}

static void
knows_the_day(void **state)
{
	char day[CARD_DAY_LEN];

	(void)state;
	card_day(day, 0);
	assert_string_equal(day, "1970-01-01");
	card_day(day, 951782400);
	assert_string_equal(day, "2000-02-29");
	card_day(day, 1798761599);
	assert_string_equal(day, "2026-12-31");
	card_day(day, 1798761600);
	assert_string_equal(day, "2027-01-01");
	card_day(day, -5);
	assert_string_equal(day, "1970-01-01");
	card_day(day, INT64_MAX);
	assert_string_equal(day, "9999-12-31");
}

/* ---- Contacts and our own office, in a vault ---- */

struct told {
	char digits[72];
	unsigned n;
	bool verified, our_office, renewed;
	uint64_t serial;
};

static void
told(void *ctx, const struct vault_contact *c)
{
	struct told *t = ctx;

	t->n++;
	memcpy(t->digits, c->digits, sizeof(t->digits));
	t->verified = c->verified != 0;
	t->our_office = c->our_office;
	t->renewed = c->renewed;
	t->serial = c->receiving.serial;
}

static bool
told_each(void *ctx, const struct vault_contact *c)
{
	told(ctx, c);
	return true;
}

static void
contacts_are_keys_under_a_name(void **state)
{
	char *folder = folder_new(), lines[256], digits[72];
	struct buf card = { 0 };
	struct told t = { .n = 0 };
	struct vault_office own;
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	snprintf(
	    lines, sizeof(lines), "# receive 3 2026-11-24 %s\n", recipient);
	by_hand(&card, "Office B", lines);
	assert_ok(vault_contact_add(
	    o.vault, card.bytes, card.len, NULL, false, told, &t));
	identity_digits(digits, public_half);
	assert_string_equal(t.digits, digits);
	assert_false(t.verified);
	assert_ok(vault_contact_verify(o.vault, "Office B", NULL, true));
	assert_int_equal(vault_contact_verify(o.vault, "Office C", NULL, true),
	    VAULT_ENORECORD);

	/* Again, and a newer one: what was compared stays compared. */
	assert_ok(vault_contact_add(
	    o.vault, card.bytes, card.len, NULL, false, told, &t));
	assert_true(t.verified && t.our_office);
	snprintf(
	    lines, sizeof(lines), "# receive 2 2026-11-24 %s\n", recipient);
	by_hand(&card, "Office B", lines);
	assert_int_equal(vault_contact_add(o.vault, card.bytes, card.len, NULL,
			     false, told, &t),
	    VAULT_ECONFLICT);

	/* Another key of the same name, and our own card. */
	use_key(8);
	by_hand(&card, "Office B", lines);
	assert_int_equal(vault_contact_add(o.vault, card.bytes, card.len, NULL,
			     false, told, &t),
	    VAULT_EEXISTS);
	use_key(7);
	assert_ok(vault_office(&own, o.vault));
	assert_int_equal(vault_contact_add(o.vault, own.card.bytes,
			     own.card.len, NULL, false, told, &t),
	    VAULT_EUSE);
	vault_office_free(&own);

	t.n = 0;
	assert_ok(vault_contacts(o.vault, told_each, &t));
	assert_int_equal(t.n, 1);
	assert_ok(vault_contact_remove(o.vault, "Office B"));
	t.n = 0;
	assert_ok(vault_contacts(o.vault, told_each, &t));
	assert_int_equal(t.n, 0);
	buf_free(&card);
	vault_done(&o);
	folder_free(folder);
}

/* A card of Office B with keys of these serials, all of one day. */
static enum vault_err
add_serials(struct vault *v, const char *serials, struct told *t)
{
	struct buf card = { 0 }, lines = { 0 };
	enum vault_err err;

	for (; *serials != '\0'; serials++)
		buf_putf(&lines, "# receive %c 2026-11-24 %s\n", *serials,
		    recipient);
	by_hand(&card, "Office B", buf_text(&lines));
	err = vault_contact_add(v, card.bytes, card.len, NULL, false, told, t);
	buf_free(&card);
	buf_free(&lines);
	return err;
}

static unsigned entries;

static bool
count_card(void *ctx, const struct log_entry *e)
{
	(void)ctx;
	entries += strcmp(e->what, "contact-card") == 0;
	return true;
}

static void
an_older_card_never_replaces_a_newer_one(void **state)
{
	char *folder = folder_new();
	struct told t = { .n = 0 };
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_ok(add_serials(o.vault, "12", &t));
	assert_false(t.renewed);
	assert_ok(vault_contact_verify(o.vault, "Office B", NULL, false));

	/* Key 3 comes, key 1 and then key 2 go: all newer, all verified. */
	assert_ok(add_serials(o.vault, "123", &t));
	assert_true(t.renewed && t.verified);
	assert_int_equal(t.serial, 3);
	assert_ok(add_serials(o.vault, "23", &t));
	assert_true(t.renewed && t.verified);
	assert_ok(add_serials(o.vault, "3", &t));
	assert_ok(add_serials(o.vault, "3", &t));
	assert_false(t.renewed);

	/* All that there was before. */
	t.n = 0;
	assert_int_equal(add_serials(o.vault, "12", &t), VAULT_ECONFLICT);
	assert_int_equal(add_serials(o.vault, "2", &t), VAULT_ECONFLICT);
	assert_int_equal(add_serials(o.vault, "123", &t), VAULT_ECONFLICT);
	assert_int_equal(add_serials(o.vault, "23", &t), VAULT_ECONFLICT);
	assert_int_equal(t.n, 0);
	assert_ok(vault_contacts(o.vault, told_each, &t));
	assert_int_equal(t.serial, 3);
	entries = 0;
	assert_ok(log_each(o.vault->store, 1, count_card, NULL));
	assert_int_equal(entries, 3);
	vault_done(&o);
	folder_free(folder);
}

static void
a_renewed_key_stands_last_on_our_card(void **state)
{
	char *folder = folder_new();
	struct vault_office own;
	struct card card;
	struct opened o;
	uint64_t serial;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	clock_test_set(1798761599); /* 2026-12-31 */
	assert_ok(vault_office(&own, o.vault));
	assert_int_equal(own.n_keys, 1);
	assert_false(own.renew_due);
	vault_office_free(&own);
	clock_test_set(1798761599 + INT64_C(365) * 86400);
	assert_ok(vault_office(&own, o.vault));
	assert_false(own.renew_due);
	vault_office_free(&own);
	clock_test_set(1798761599 + INT64_C(366) * 86400);
	assert_ok(vault_office(&own, o.vault));
	assert_true(own.renew_due);
	vault_office_free(&own);

	assert_ok(vault_office_renew(&serial, o.vault));
	assert_int_equal(serial, 2);
	assert_ok(vault_office(&own, o.vault));
	clock_test_set(-1);
	assert_false(own.renew_due);
	assert_int_equal(own.n_keys, 2);
	assert_true(!own.key[0].newest && own.key[1].newest);
	assert_string_equal(own.key[0].first, "2026-12-31");
	assert_string_equal(own.key[1].first, "2028-01-01");
	assert_ok(card_read(&card, buf_text(&own.card), own.card.len));
	assert_int_equal(card.n, 2);
	assert_int_equal(card.receive[1].serial, 2);
	assert_memory_not_equal(card.receive[0].recipient,
	    card.receive[1].recipient, card.receive[0].len);
	vault_office_free(&own);

	for (serial = 0; serial < 16;)
		assert_ok(vault_office_renew(&serial, o.vault));
	assert_int_equal(vault_office_renew(&serial, o.vault), VAULT_EUSE);
	vault_done(&o);
	folder_free(folder);
}

/* What the row of a key holds: its recipient, and its sealed secret. */
struct row {
	struct buf recipient, sealed;
};

static struct row
row_of(struct vault *v, uint64_t serial)
{
	struct sql *q = sql_open(
	    v->store, "SELECT recipient,secret FROM receiving WHERE serial=?1");
	struct row r = { .recipient = { 0 } };
	const void *bytes;
	size_t len;
	bool there;

	sql_put_int(q, 1, (int64_t)serial);
	assert_ok(sql_step(q, &there));
	assert_true(there);
	bytes = sql_text(q, 0, &len);
	buf_put(&r.recipient, bytes, len);
	bytes = sql_blob(q, 1, &len);
	buf_put(&r.sealed, bytes, len);
	sql_close(q);
	return r;
}

/* In how many pages something of it stands; it is freed. */
static unsigned
row_left(struct opened *o, struct row *r)
{
	unsigned n = inner_count_bytes(o, r->recipient.bytes, r->recipient.len);

	/* Any 16 bytes of a sealed secret are its own. */
	for (size_t i = 0; i + 16 <= r->sealed.len; i += 16)
		n += inner_count_bytes(o, r->sealed.bytes + i, 16);
	buf_free(&r->recipient);
	buf_free(&r->sealed);
	return n;
}

static void
a_retired_key_is_nowhere_in_the_vault(void **state)
{
	static const uint64_t order[] = { 9, 2, 16, 1, 15, 3, 8, 7, 14, 4 };
	char *folder = folder_new();
	struct vault_office own;
	struct secret *keys;
	struct opened o;
	struct row r;
	uint64_t serial = 0;
	bool retired;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	while (serial < 16)
		assert_ok(vault_office_renew(&serial, o.vault));
	assert_ok(vault_office_retired(&retired, o.vault));
	assert_false(retired);
	assert_int_equal(vault_office_retire(o.vault, 16), VAULT_EUSE);
	assert_int_equal(vault_office_retire(o.vault, 17), VAULT_ENORECORD);
	assert_int_equal(vault_office_retire(o.vault, 0), VAULT_ENORECORD);
	r = row_of(o.vault, 16);
	assert_int_equal(row_left(&o, &r), 8); /* 114 bytes sealed */

	/* From the middle and the ends, and new ones into the holes. */
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		r = row_of(o.vault, order[i]);
		assert_ok(vault_office_retire(o.vault, order[i]));
		assert_int_equal(row_left(&o, &r), 0);
		assert_int_equal(
		    vault_office_retire(o.vault, order[i]), VAULT_ENORECORD);
		assert_ok(vault_office_renew(&serial, o.vault));
		assert_int_equal(serial, 17 + i);
	}
	assert_ok(vault_office_retired(&retired, o.vault));
	assert_true(retired);
	assert_ok(vault_office(&own, o.vault));
	assert_int_equal(own.n_keys, 16);
	assert_null(strstr(buf_text(&own.card), "# receive 9 "));
	assert_non_null(strstr(buf_text(&own.card), "# receive 10 "));
	vault_office_free(&own);
	assert_ok(vault_office_secret(&keys, o.vault));
	assert_int_equal(secret_len(keys), 16 * 75);
	secret_free(keys);
	vault_done(&o);
	folder_free(folder);
}

static void
only_a_contact_that_was_compared_is_our_office(void **state)
{
	char *folder = folder_new(), lines[256];
	struct buf card = { 0 };
	struct told t = { .n = 0 };
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	snprintf(
	    lines, sizeof(lines), "# receive 3 2026-11-24 %s\n", recipient);
	by_hand(&card, "Office B", lines);
	assert_int_equal(vault_contact_add(o.vault, card.bytes, card.len, NULL,
			     true, told, &t),
	    VAULT_EREFUSED);
	assert_ok(vault_contacts(o.vault, told_each, &t));
	assert_int_equal(t.n, 0);
	assert_ok(vault_contact_add(
	    o.vault, card.bytes, card.len, NULL, false, told, &t));
	assert_int_equal(
	    vault_contact_mark(o.vault, "Office B", true), VAULT_EREFUSED);
	assert_ok(vault_contacts(o.vault, told_each, &t));
	assert_false(t.our_office);

	assert_ok(vault_contact_verify(o.vault, "Office B", NULL, false));
	assert_ok(vault_contact_mark(o.vault, "Office B", true));
	assert_ok(vault_contacts(o.vault, told_each, &t));
	assert_true(t.verified && t.our_office);
	assert_ok(vault_contact_mark(o.vault, "Office B", false));
	assert_ok(vault_contacts(o.vault, told_each, &t));
	assert_true(t.verified && !t.our_office);

	/* Removed and added again, or another key: neither mark is left. */
	assert_ok(vault_contact_mark(o.vault, "Office B", true));
	assert_ok(vault_contact_remove(o.vault, "Office B"));
	assert_ok(vault_contact_add(
	    o.vault, card.bytes, card.len, NULL, false, told, &t));
	assert_false(t.verified || t.our_office);
	assert_ok(vault_contact_verify(o.vault, "Office B", NULL, true));
	use_key(8);
	by_hand(&card, "Office B", lines);
	assert_ok(vault_contact_add(
	    o.vault, card.bytes, card.len, "Office B again", false, told, &t));
	assert_false(t.verified || t.our_office);
	use_key(7);
	buf_free(&card);
	vault_done(&o);
	folder_free(folder);
}

static void
our_card_is_one_and_our_keys_open(void **state)
{
	struct vault_office own, again;
	struct office_keys keys;
	struct secret *secret;
	char *folder = folder_new();
	struct buf text = { 0 };
	struct card card;
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_ok(vault_office(&own, o.vault));
	assert_ok(card_read(&card, buf_text(&own.card), own.card.len));
	assert_string_equal(card.name, "Office A");
	assert_int_equal(card.n, 1);
	assert_ok(vault_office_rename(o.vault, "Office Z"));
	assert_int_equal(vault_office_rename(o.vault, " Z"), VAULT_EUSE);
	assert_ok(vault_office(&again, o.vault));
	assert_string_equal(buf_text(&again.name), "Office Z");
	assert_string_equal(again.digits, own.digits);

	assert_ok(office_keys(&keys, o.vault->store, true));
	assert_int_equal(keys.n, 1);
	assert_true(age_identity_recipient(&text, keys.key[0].id));
	assert_string_equal(buf_text(&text), buf_text(&keys.key[0].recipient));
	assert_memory_equal(
	    card.receive[0].recipient, buf_text(&text), text.len);
	office_keys_free(&keys);
	assert_ok(vault_office_secret(&secret, o.vault));
	assert_memory_equal(secret_view(secret), "AGE-SECRET-KEY-1", 16);
	assert_int_equal(secret_len(secret), 75);
	secret_free(secret);
	vault_office_free(&own);
	vault_office_free(&again);
	buf_free(&text);
	vault_done(&o);
	folder_free(folder);
}

/* A secret key that was exchanged for another one does not open. */
static void
a_receiving_key_is_bound_to_its_row(void **state)
{
	struct vault_office own;
	struct office_keys keys;
	char *folder = folder_new();
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_ok(vault_office(&own, o.vault));
	vault_office_free(&own);
	assert_ok(store_begin(o.vault->store));
	assert_ok(sql_run(o.vault->store, "UPDATE receiving SET serial=2"));
	assert_ok(store_commit(o.vault->store));
	assert_int_equal(
	    office_keys(&keys, o.vault->store, true), VAULT_EDAMAGED);
	vault_done(&o);
	folder_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    reads_what_was_made_by_hand_and_writes_the_same),
		cmocka_unit_test(refuses_every_flipped_bit_and_every_cut),
		cmocka_unit_test(refuses_what_is_signed_but_not_a_card),
		cmocka_unit_test(takes_sixteen_keys_and_no_more),
		cmocka_unit_test(refuses_names_that_are_not_one_line),
		cmocka_unit_test(names_a_later_version),
		cmocka_unit_test(knows_the_day),
		cmocka_unit_test(contacts_are_keys_under_a_name),
		cmocka_unit_test(an_older_card_never_replaces_a_newer_one),
		cmocka_unit_test(a_renewed_key_stands_last_on_our_card),
		cmocka_unit_test(a_retired_key_is_nowhere_in_the_vault),
		cmocka_unit_test(
		    only_a_contact_that_was_compared_is_our_office),
		cmocka_unit_test(our_card_is_one_and_our_keys_open),
		cmocka_unit_test(a_receiving_key_is_bound_to_its_row),
	};

	return cmocka_run_group_tests_name("card", tests, setup, teardown);
}
