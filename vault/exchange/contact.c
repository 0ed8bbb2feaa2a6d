/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/clock.h"
#include "core/text.h"
#include "exchange/age.h"
#include "exchange/contact.h"
#include "exchange/revocation.h"
#include "exchange/succession.h"
#include "record/whose.h"
#include "store/sql.h"
#include "store/store.h"

void
contact_free(struct contact *c)
{
	buf_free(&c->name);
	buf_free(&c->card);
}

/* ---- Reading ---- */

#define COLUMNS                                                                \
	"SELECT num,name,public,card,added,verified,our_office,frozen,"        \
	"(SELECT count(*) FROM announced a WHERE a.contact=contact.num),"      \
	"(SELECT time FROM revoked r WHERE r.public=contact.public)"           \
	" FROM contact "

static void
put_column(struct buf *out, struct sql *q, int column)
{
	size_t len;
	const char *text = sql_text(q, column, &len);

	buf_put(out, text, len);
}

static enum vault_err
read_row(struct contact *out, struct sql *q)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	out->num = sql_int(q, 0);
	put_column(&out->name, q, 1);
	put_column(&out->card, q, 3);
	out->added = sql_int(q, 4);
	out->verified = sql_int(q, 5);
	out->our_office = sql_int(q, 6) != 0;
	out->frozen = sql_int(q, 7) != 0;
	out->announced = (size_t)sql_int(q, 8);
	out->revoked = sql_int(q, 9);
	if ((err = sql_copy(q, 2, out->key, sizeof(out->key))) == VAULT_OK &&
	    (err = buf_ok(&out->name)) == VAULT_OK)
		err = buf_ok(&out->card);
	if (err != VAULT_OK)
		contact_free(out);
	return err;
}

/* The one row of q, which is closed. */
static enum vault_err
only(struct contact *out, struct sql *q)
{
	enum vault_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = sql_step(q, &row)) == VAULT_OK)
		err = row ? read_row(out, q) : VAULT_ENORECORD;
	sql_close(q);
	return err;
}

enum vault_err
contact_find(struct contact *out, struct store *s, const char *name)
{
	struct sql *q = sql_open(s, COLUMNS "WHERE name=?1");

	sql_put_text(q, 1, name, strlen(name));
	return only(out, q);
}

enum vault_err
contact_by_key(struct contact *out, struct store *s,
    const uint8_t key[static IDENTITY_PUBLIC_LEN])
{
	struct sql *q = sql_open(s, COLUMNS "WHERE public=?1");

	sql_put_blob(q, 1, key, IDENTITY_PUBLIC_LEN);
	return only(out, q);
}

enum vault_err
contact_by_sender(struct contact *out, uint8_t key[static IDENTITY_PUBLIC_LEN],
    enum contact_key *which, struct store *s,
    const uint8_t id[static MINISIG_ID_LEN])
{
	struct sql *q = sql_open(s,
	    "SELECT num,public,0 FROM contact WHERE substr(public,1,8)=?1"
	    " UNION ALL SELECT contact,public,1 FROM announced"
	    " WHERE substr(public,1,8)=?1"
	    " UNION ALL SELECT contact,public,2 FROM earlier"
	    " WHERE substr(public,1,8)=?1 AND contact<>0");
	enum vault_err err;
	int64_t num = 0;
	bool row;

	memset(out, 0, sizeof(*out));
	sql_put_blob(q, 1, id, MINISIG_ID_LEN);
	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK) {
		num = sql_int(q, 0);
		*which = (enum contact_key)sql_int(q, 2);
		err = sql_copy(q, 1, key, IDENTITY_PUBLIC_LEN);
	}
	sql_close(q);
	if (err != VAULT_OK)
		return err;
	q = sql_open(s, COLUMNS "WHERE num=?1");
	sql_put_int(q, 1, num);
	return only(out, q);
}

enum vault_err
contact_each(struct store *s, bool (*each)(void *ctx, const struct contact *c),
    void *ctx)
{
	struct sql *q = sql_open(s, COLUMNS "ORDER BY name");
	struct contact c;
	enum vault_err err;
	bool row, go_on = true;

	while (go_on && (err = sql_step(q, &row)) == VAULT_OK && row) {
		if ((err = read_row(&c, q)) != VAULT_OK)
			break;
		go_on = each(ctx, &c);
		contact_free(&c);
	}
	sql_close(q);
	return err;
}

struct naming {
	struct buf key; /* of the name that is looked for */
	struct buf exact;
	unsigned n;
	enum vault_err err;
};

static bool
is_named(void *ctx, const struct contact *c)
{
	struct naming *n = ctx;
	struct buf key = { 0 };

	n->err = text_key(&key, c->name.bytes, c->name.len);
	if (n->err == VAULT_OK && key.len == n->key.len &&
	    memcmp(buf_text(&key), buf_text(&n->key), key.len) == 0 &&
	    n->n++ == 0)
		buf_put(&n->exact, c->name.bytes, c->name.len);
	buf_free(&key);
	return n->err == VAULT_OK;
}

enum vault_err
contact_named(struct contact *out, struct store *s, const char *name)
{
	struct naming n = { .err = VAULT_OK };
	enum vault_err err = contact_find(out, s, name);

	if (err != VAULT_ENORECORD ||
	    text_key(&n.key, name, strlen(name)) != VAULT_OK || n.key.len == 0)
		goto out;
	if ((err = contact_each(s, is_named, &n)) != VAULT_OK ||
	    (err = n.err) != VAULT_OK || (err = buf_ok(&n.exact)) != VAULT_OK)
		goto out;
	/* Of several nobody knows which is meant. */
	err = n.n == 1 ? contact_find(out, s, buf_text(&n.exact))
		       : VAULT_ENORECORD;
out:
	buf_free(&n.key);
	buf_free(&n.exact);
	return err;
}

/* ---- Writing ---- */

/*
 * Our own key is no contact, and none of our keys made another office: who
 * says so has stolen it.  VAULT_EUSE, VAULT_EREFUSED.
 */
static enum vault_err
refuse_ours(struct store *s, const struct card *card)
{
	enum vault_err err;
	bool ours;

	if ((err = whose_is_ours(&ours, s, card->key)) == VAULT_OK && ours)
		err = VAULT_EUSE;
#ifdef PLANT_OURS_FOLLOWED
	return err;
#endif
	for (size_t i = 0; err == VAULT_OK && i < card->n_follows; i++)
		if ((err = whose_is_ours(&ours, s, card->follows[i].key)) ==
			VAULT_OK &&
		    ours)
			err = VAULT_EREFUSED;
	return err;
}

/* What a card is beside the one that we have of its office. */
static enum contact_news
compare_cards(const struct card *card, const char *text, size_t len,
    const struct contact *have)
{
	struct card before;

	if (have->card.len == len && memcmp(have->card.bytes, text, len) == 0)
		return CONTACT_SAME;
	return card_read(&before, buf_text(&have->card), have->card.len) ==
		    VAULT_OK &&
		card_is_older(card, &before)
	    ? CONTACT_OLDER
	    : CONTACT_NEWER;
}

static enum vault_err
insert(struct store *s, const struct card *card, const char *name,
    const char *text, size_t len)
{
	struct sql *q = sql_open(s,
	    "INSERT INTO contact(name,public,card,added,verified,our_office,"
	    "frozen) VALUES(?1,?2,?3,?4,0,0,0)");

	sql_put_text(q, 1, name, strlen(name));
	sql_put_blob(q, 2, card->key, IDENTITY_PUBLIC_LEN);
	sql_put_text(q, 3, text, len);
	sql_put_int(q, 4, clock_now());
	return sql_finish(q);
}

static enum vault_err
replace(struct store *s, const struct contact *have, const char *name,
    const char *text, size_t len)
{
	struct sql *q = sql_open(
	    s, "UPDATE contact SET card=?2,name=?3 WHERE num=?1");

	sql_put_int(q, 1, have->num);
	sql_put_text(q, 2, text, len);
	sql_put_text(q, 3, name, strlen(name));
	return sql_finish(q);
}

/* The name must be nobody's, or this key's. */
static enum vault_err
name_is_free(struct store *s, const char *name, const struct card *card)
{
	struct contact other;
	enum vault_err err = contact_find(&other, s, name);

	if (err == VAULT_OK)
		err = memcmp(other.key, card->key, IDENTITY_PUBLIC_LEN) == 0
		    ? VAULT_OK
		    : VAULT_EEXISTS;
	else if (err == VAULT_ENORECORD)
		err = VAULT_OK;
	contact_free(&other);
	return err;
}

enum vault_err
contact_add(struct contact *out, enum contact_news *news, struct store *s,
    const char *text, size_t len, const char *name)
{
	struct contact have = { 0 };
	struct card card;
	enum vault_err err;
	int64_t revoked;

	memset(out, 0, sizeof(*out));
	*news = CONTACT_NEW;
	if ((err = card_read(&card, text, len)) != VAULT_OK ||
	    (err = refuse_ours(s, &card)) != VAULT_OK ||
	    (err = revocation_time(&revoked, s, card.key)) != VAULT_OK)
		return err;
#ifndef PLANT_REVOKED_CARD
	if (revoked != 0)
		return VAULT_EREFUSED;
#endif
	err = contact_by_key(&have, s, card.key);
	if (err == VAULT_ENORECORD &&
	    (err = succession_add(out, news, s, &card, text, len)) == VAULT_OK)
		return VAULT_OK;
	if (err != VAULT_OK && err != VAULT_ENORECORD)
		return err;
	if (err == VAULT_OK)
		*news = compare_cards(&card, text, len, &have);
	/* Without a name of its own one that is known keeps the one it has. */
	if (name == NULL)
		name = err == VAULT_OK ? buf_text(&have.name) : card.name;
	if (!card_name_is_good(name, strlen(name)))
		err = VAULT_EUSE;
	else if (*news == CONTACT_OLDER)
		err = VAULT_ECONFLICT;
	else if ((err = name_is_free(s, name, &card)) == VAULT_OK)
		err = *news == CONTACT_NEW ? insert(s, &card, name, text, len)
					   : replace(s, &have, name, text, len);
	contact_free(&have);
	return err == VAULT_OK ? contact_by_key(out, s, card.key) : err;
}

enum vault_err
contact_update(struct store *s, const struct contact *c)
{
	struct sql *q = sql_open(
	    s, "UPDATE contact SET verified=?2,our_office=?3 WHERE num=?1");

	sql_put_int(q, 1, c->num);
	sql_put_int(q, 2, c->verified);
	sql_put_int(q, 3, c->our_office);
	return sql_finish(q);
}

enum vault_err
contact_remove(struct store *s, const struct contact *c)
{
	struct sql *q = sql_open(s, "DELETE FROM contact WHERE num=?1");
	enum vault_err err;

	sql_put_int(q, 1, c->num);
	if ((err = sql_finish(q)) == VAULT_OK)
		err = succession_drop(s, c);
	return err;
}

enum vault_err
contact_recipient(struct buf *out, const struct contact *c)
{
	char today[CARD_DAY_LEN];
	struct card card;
	enum vault_err err;

	err = card_read(&card, buf_text(&c->card), c->card.len);
	if (err != VAULT_OK)
		return err;
	card_day(today, clock_now());
	/* The newest whose day has come; a clock may be wrong: else the first.
	 */
	for (size_t i = card.n; i-- > 0;) {
		const struct card_key *k = &card.receive[i];
		struct age_recipient *to;

		if (i > 0 && strcmp(k->first, today) > 0)
			continue;
		err = age_recipient_parse(&to, k->recipient, k->len);
		age_recipient_free(to);
		if (err == VAULT_ENOMEM)
			return err;
		if (err == VAULT_OK) {
			buf_put(out, k->recipient, k->len);
			return buf_ok(out);
		}
	}
	return VAULT_EVERSION;
}
