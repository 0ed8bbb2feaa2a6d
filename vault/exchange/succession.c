/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/clock.h"
#include "exchange/chain.h"
#include "exchange/succession.h"
#include "store/sql.h"
#include "store/store.h"

/* ---- What is announced ---- */

/* Two contacts of which one announced the other's key are settled together. */
static enum vault_err
settle_frozen(struct store *s)
{
#ifdef PLANT_NEVER_FROZEN
	return VAULT_OK;
#endif
	return sql_run(s,
	    "UPDATE contact SET frozen=(SELECT count(*)>1 FROM announced a"
	    " WHERE a.contact=contact.num)");
}

static enum vault_err
drop_announced(struct store *s, const uint8_t *key)
{
	struct sql *q = sql_open(s, "DELETE FROM announced WHERE public=?1");

	sql_put_blob(q, 1, key, IDENTITY_PUBLIC_LEN);
	return sql_finish(q);
}

static enum vault_err
drop_all_announced(struct store *s, const struct contact *c)
{
	struct sql *q = sql_open(s, "DELETE FROM announced WHERE contact=?1");

	sql_put_int(q, 1, c->num);
	return sql_finish(q);
}

static enum vault_err
insert(struct store *s, const struct contact *c, const uint8_t *key,
    const char *text, size_t len)
{
	struct sql *q = sql_open(
	    s, "INSERT OR REPLACE INTO announced VALUES(?1,?2,?3,?4)");

	sql_put_blob(q, 1, key, IDENTITY_PUBLIC_LEN);
	sql_put_int(q, 2, c->num);
	sql_put_int(q, 3, clock_now());
	sql_put_text(q, 4, text, len);
	return sql_finish(q);
}

enum vault_err
succession_announced(struct buf *out, struct store *s, const struct contact *c)
{
	struct sql *q = sql_open(
	    s, "SELECT public FROM announced WHERE contact=?1 ORDER BY public");
	uint8_t key[IDENTITY_PUBLIC_LEN];
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, c->num);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = sql_copy(q, 0, key, sizeof(key))) != VAULT_OK ||
		    !buf_put(out, key, sizeof(key)))
			break;
	sql_close(q);
	return err == VAULT_OK ? buf_ok(out) : err;
}

/* The card that announced a key for c.  VAULT_ENORECORD: there is none. */
static enum vault_err
announced_card(struct buf *text, struct card *card, struct store *s,
    const struct contact *c, const uint8_t *key)
{
	struct sql *q = sql_open(
	    s, "SELECT card FROM announced WHERE public=?1 AND contact=?2");
	enum vault_err err;
	const char *there;
	size_t len;
	bool row;

	buf_reset(text);
	sql_put_blob(q, 1, key, IDENTITY_PUBLIC_LEN);
	sql_put_int(q, 2, c->num);
	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK) {
		there = sql_text(q, 0, &len);
		buf_put(text, there, len);
		if ((err = sql_ok(q)) == VAULT_OK)
			err = buf_ok(text);
	}
	sql_close(q);
	return err == VAULT_OK ? card_read(card, buf_text(text), text->len)
			       : err;
}

/* ---- A card that announces ---- */

/* What a card is beside one that has announced a key for the same contact. */
enum beside { BESIDE_SAME, BESIDE_OLDER, BESIDE_NEWER, BESIDE_OTHER };

/* The way from the key of the contact to that of the card. */
static enum beside
compare(const struct card *card, const struct card *there, const uint8_t *from)
{
	size_t i = card_find_follows(card, from);
	size_t j = card_find_follows(there, from);
	size_t steps = card->n_follows - i, before = there->n_follows - j;

	for (size_t k = 0; k < steps && k < before; k++)
		if (memcmp(card_successor(card, i + k),
			card_successor(there, j + k), IDENTITY_PUBLIC_LEN) != 0)
			return BESIDE_OTHER;
	if (steps != before)
		return steps > before ? BESIDE_NEWER : BESIDE_OLDER;
	return card_is_older(card, there) ? BESIDE_OLDER : BESIDE_NEWER;
}

/* Beside one that is here; what it replaces goes. */
static enum vault_err
beside_one(enum beside *out, struct store *s, const struct contact *c,
    const uint8_t *key, const struct card *card, const char *text, size_t len)
{
	struct buf there = { 0 };
	struct card before;
	enum vault_err err = announced_card(&there, &before, s, c, key);

	if (err == VAULT_OK) {
		*out = compare(card, &before, c->key);
		if (there.len == len && memcmp(there.bytes, text, len) == 0)
			*out = BESIDE_SAME;
		if (*out == BESIDE_NEWER)
			err = drop_announced(s, key);
	}
	buf_free(&there);
	return err;
}

static enum vault_err
announce(enum contact_news *news, struct store *s, const struct contact *c,
    const struct card *card, const char *text, size_t len)
{
	struct buf keys = { 0 };
	enum vault_err err = succession_announced(&keys, s, c);

	*news = CONTACT_ANNOUNCES;
	for (size_t at = 0; err == VAULT_OK && at < keys.len;
	     at += IDENTITY_PUBLIC_LEN) {
		enum beside beside = BESIDE_OTHER;

		err = beside_one(
		    &beside, s, c, keys.bytes + at, card, text, len);
		if (err == VAULT_OK && beside == BESIDE_OLDER)
			err = VAULT_ECONFLICT;
		if (beside == BESIDE_SAME)
			*news = CONTACT_SAME;
	}
	buf_free(&keys);
	if (err != VAULT_OK || *news == CONTACT_SAME)
		return err;
	if ((err = insert(s, c, card->key, text, len)) == VAULT_OK)
		err = settle_frozen(s);
	return err;
}

static enum vault_err
is_earlier(bool *out, struct store *s, const uint8_t *key)
{
	struct sql *q = sql_open(
	    s, "SELECT 1 FROM earlier WHERE public=?1 AND contact<>0");
	enum vault_err err;

	sql_put_blob(q, 1, key, IDENTITY_PUBLIC_LEN);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

enum vault_err
succession_add(struct contact *c, enum contact_news *news, struct store *s,
    const struct card *card, const char *text, size_t len)
{
	enum vault_err err;
	bool earlier;

	memset(c, 0, sizeof(*c));
	if ((err = is_earlier(&earlier, s, card->key)) != VAULT_OK)
		return err;
#ifndef PLANT_EARLIER_CARD
	if (earlier)
		return VAULT_ECONFLICT;
#endif
	for (size_t i = card->n_follows; i-- > 0;) {
		const uint8_t *key = card->follows[i].key;

		err = contact_by_key(c, s, key);
		if (err == VAULT_OK) {
			err = announce(news, s, c, card, text, len);
			contact_free(c);
			return err == VAULT_OK ? contact_by_key(c, s, key)
					       : err;
		}
		if (err != VAULT_ENORECORD ||
		    (err = is_earlier(&earlier, s, key)) != VAULT_OK)
			return err;
		if (earlier)
			return VAULT_EREFUSED;
	}
	return VAULT_ENORECORD;
}

/* ---- Compared ---- */

/* A key that a person knows as another contact's stays that one's. */
static enum vault_err
remember(struct store *s, const struct contact *c, const struct card_follows *f)
{
	struct sql *q = sql_open(s,
	    "INSERT OR IGNORE INTO"
	    " earlier(public,contact,time,successor,revocation)"
	    " SELECT ?1,?2,?3,?4,x'' WHERE NOT EXISTS"
	    " (SELECT 1 FROM contact WHERE public=?1 AND num<>?2)");

	sql_put_blob(q, 1, f->key, IDENTITY_PUBLIC_LEN);
	sql_put_int(q, 2, c->num);
	sql_put_int(q, 3, clock_now());
	sql_put_blob(q, 4, f->signature, SIGNATURE_LEN);
	return sql_finish(q);
}

static enum vault_err
take_key(struct store *s, struct contact *c, const struct card *card,
    const struct buf *text)
{
	struct sql *q = sql_open(
	    s, "UPDATE contact SET public=?2,card=?3 WHERE num=?1");
	enum vault_err err;

	sql_put_int(q, 1, c->num);
	sql_put_blob(q, 2, card->key, IDENTITY_PUBLIC_LEN);
	sql_put_text(q, 3, buf_text(text), text->len);
	if ((err = sql_finish(q)) != VAULT_OK ||
	    (err = chain_move(s, c->key, card->key)) != VAULT_OK)
		return err;
	memcpy(c->key, card->key, sizeof(c->key));
	return VAULT_OK;
}

enum vault_err
succession_revoked(
    struct store *s, const uint8_t key[static IDENTITY_PUBLIC_LEN])
{
	enum vault_err err;

#ifdef PLANT_REVOKED_ANNOUNCED
	return VAULT_OK;
#endif
	err = drop_announced(s, key);
	return err == VAULT_OK ? settle_frozen(s) : err;
}

enum vault_err
succession_compared(struct contact *c, struct store *s,
    const uint8_t key[static IDENTITY_PUBLIC_LEN])
{
	bool present = memcmp(c->key, key, IDENTITY_PUBLIC_LEN) == 0;
	struct buf text = { 0 };
	struct card card;
	enum vault_err err;

	if (present)
		err = card_read(&card, buf_text(&c->card), c->card.len);
	else
		err = announced_card(&text, &card, s, c, key);
	if (err == VAULT_OK && !present)
		err = take_key(s, c, &card, &text);
	for (size_t i = 0; err == VAULT_OK && i < card.n_follows; i++)
		err = remember(s, c, &card.follows[i]);
	buf_free(&text);
	if (err != VAULT_OK || (err = drop_all_announced(s, c)) != VAULT_OK)
		return err;
	return settle_frozen(s);
}

enum vault_err
succession_drop(struct store *s, const struct contact *c)
{
	struct sql *q = sql_open(s, "DELETE FROM earlier WHERE contact=?1");
	enum vault_err err;

	sql_put_int(q, 1, c->num);
	if ((err = sql_finish(q)) == VAULT_OK)
		err = drop_all_announced(s, c);
	return err;
}
