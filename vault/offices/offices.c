/* SPDX-License-Identifier: ISC */
/* offices.c - our own office towards others, and the others that we know. */
#include <stdio.h>
#include <string.h>

#include "core/base64.h"
#include "core/clock.h"
#include "core/secret.h"
#include "exchange/contact.h"
#include "exchange/keyid.h"
#include "exchange/office.h"
#include "exchange/revocation.h"
#include "exchange/succession.h"
#include "inside.h"
#include "record/keep.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

_Static_assert(
    VAULT_NAME_MAX == CARD_NAME_MAX, "the longest name of an office");

/* ---- Our own ---- */

enum vault_err
offices_own_name(struct buf *out, struct store *s)
{
	struct sql *q = sql_open(s, "SELECT name FROM office");
	enum vault_err err;
	const char *name;
	size_t len;
	bool row;

	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_EDAMAGED;
	if (err == VAULT_OK) {
		name = sql_text(q, 0, &len);
		buf_put(out, name, len);
		if ((err = sql_ok(q)) == VAULT_OK)
			err = buf_ok(out);
	}
	sql_close(q);
	return err;
}

/* The beginning of a signing key, in hex: what the log says of it. */
static void
name_key(char out[VAULT_KEY_NAME_LEN], const uint8_t *key)
{
	struct buf hex = { 0 };

	hex_encode(&hex, key, MINISIG_ID_LEN);
	snprintf(out, VAULT_KEY_NAME_LEN, "%s", buf_text(&hex));
	buf_free(&hex);
}

static enum vault_err
fill_office(struct vault_office *out, struct store *s)
{
	struct minisig_key minisign;
	struct signer by;
	enum vault_err err;

	if ((err = records_signer(&by, s)) != VAULT_OK)
		return err;
	identity_digits(out->digits, by.public_key);
	name_key(out->signing_key, by.public_key);
	minisign = keyid_minisign(by.public_key);
	minisig_key_write(&out->minisign, &minisign);
	if ((err = offices_own_name(&out->name, s)) == VAULT_OK &&
	    (err = buf_ok(&out->minisign)) == VAULT_OK &&
	    (err = receiving_list(out, s)) == VAULT_OK &&
	    (err = office_n_earlier(&out->n_earlier, s)) == VAULT_OK)
		err = office_card(
		    &out->card, s, buf_text(&out->name), by.public_key, by.key);
	secret_free(by.key);
	return err;
}

enum vault_err
vault_office(struct vault_office *out, struct vault *v)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = receiving_need(v)) != VAULT_OK ||
	    (err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = fill_office(out, v->store);
	store_read_end(v->store);
	if (err != VAULT_OK)
		vault_office_free(out);
	return vault_failed(v, err);
}

void
vault_office_free(struct vault_office *o)
{
	buf_free(&o->name);
	buf_free(&o->card);
	buf_free(&o->minisign);
}

enum vault_err
vault_office_rename(struct vault *v, const char *name)
{
	enum vault_err err;
	struct sql *q;

	if (!card_name_is_good(name, strlen(name)))
		return VAULT_EUSE;
	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	q = sql_open(v->store, "UPDATE office SET name=?1");
	sql_put_text(q, 1, name, strlen(name));
	if ((err = sql_finish(q)) == VAULT_OK &&
	    (err = log_add(v->store, "office-name", "", 0)) == VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	return vault_failed(v, err);
}

/* ---- The secret half ---- */

/* Each identity on a line of its own, as a file for `age -i`. */
static enum vault_err
join_secrets(struct secret **out, const struct office_keys *keys)
{
	struct secret *all = NULL, *one;
	enum vault_err err;
	size_t len = 0;

	for (size_t i = 0; i < keys->n; i++) {
		struct secret *more;

		if ((err = age_identity_text(&one, keys->key[i].id)) !=
		    VAULT_OK) {
			secret_free(all);
			return err;
		}
		more = secret_new(len + secret_len(one) + 1);
		if (more != NULL) {
			if (all != NULL)
				memcpy(
				    secret_bytes(more), secret_view(all), len);
			memcpy(secret_bytes(more) + len, secret_view(one),
			    secret_len(one));
			len += secret_len(one);
			secret_bytes(more)[len++] = '\n';
		}
		secret_free(one);
		secret_free(all);
		if ((all = more) == NULL)
			return VAULT_ENOMEM;
	}
	*out = all;
	return all == NULL ? VAULT_EDAMAGED : VAULT_OK;
}

enum vault_err
vault_office_secret(struct secret **out, struct vault *v)
{
	struct office_keys keys = { 0 };
	enum vault_err err;

	*out = NULL;
	if ((err = receiving_need(v)) != VAULT_OK ||
	    (err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	/* Logged first: a key that has left cannot be called back. */
	if ((err = office_keys(&keys, v->store, true)) == VAULT_OK &&
	    (err = log_add(v->store, "secret-key", "", 0)) == VAULT_OK &&
	    (err = store_commit(v->store)) == VAULT_OK)
		err = join_secrets(out, &keys);
	store_abort(v->store);
	office_keys_free(&keys);
	return vault_failed(v, err);
}

/* ---- Others ---- */

/* The newest key on the card of a contact. */
static void
put_receiving(struct vault_receiving *out, const struct contact *c)
{
	const struct card_key *last;
	struct card card;

	if (card_read(&card, buf_text(&c->card), c->card.len) != VAULT_OK)
		return;
	last = &card.receive[card.n - 1];
	out->serial = last->serial;
	memcpy(out->first, last->first, sizeof(out->first));
	out->newest = true;
}

static enum vault_err
contact_out(struct vault_contact *out, struct store *s, const struct contact *c)
{
	struct buf keys = { 0 };
	enum vault_err err = succession_announced(&keys, s, c);

	*out = (struct vault_contact){
		.name = buf_text(&c->name),
		.added = c->added,
		.verified = c->verified,
		.our_office = c->our_office,
		.frozen = c->frozen,
		.revoked = c->revoked,
		.n_announced = c->announced,
	};
	identity_digits(out->digits, c->key);
	name_key(out->signing_key, c->key);
	put_receiving(&out->receiving, c);
	for (size_t i = 0;
	     i < VAULT_ANNOUNCED_MAX && i < keys.len / IDENTITY_PUBLIC_LEN; i++)
		identity_digits(
		    out->announced[i], keys.bytes + i * IDENTITY_PUBLIC_LEN);
	buf_free(&keys);
	return err;
}

struct contacts {
	struct store *s;
	enum vault_err err;
	bool (*each)(void *ctx, const struct vault_contact *c);
	void *ctx;
};

static bool
tell_contact(void *ctx, const struct contact *c)
{
	struct contacts *to = ctx;
	struct vault_contact out;

	to->err = contact_out(&out, to->s, c);
	return to->err == VAULT_OK && to->each(to->ctx, &out);
}

enum vault_err
vault_contacts(struct vault *v,
    bool (*each)(void *ctx, const struct vault_contact *c), void *ctx)
{
	struct contacts to = { v->store, VAULT_OK, each, ctx };
	enum vault_err err = contact_each(v->store, tell_contact, &to);

	return vault_failed(v, err == VAULT_OK ? to.err : err);
}

/* What may change in a contact, in a transaction that is open. */
enum change { KEEP, VERIFY, OUR_OFFICE, NOT_OURS, REMOVE, NEW_CARD, ANNOUNCE };

static enum vault_err
change_open(struct vault *v, struct contact *c, enum change what)
{
	static const char *const words[] = { "contact-add", "contact-verify",
		"contact-our-office", "contact-not-our-office",
		"contact-remove", "contact-card", "contact-announce" };
	enum vault_err err = VAULT_OK;

	/* Anybody can write a card with our name on it. */
	if (what == OUR_OFFICE && c->verified == 0)
		return VAULT_EREFUSED;

	if (what == VERIFY)
		c->verified = clock_now();
	if (what == OUR_OFFICE || what == NOT_OURS)
		c->our_office = what == OUR_OFFICE;
	if (what == REMOVE)
		err = contact_remove(v->store, c);
	else if (what != KEEP && what < NEW_CARD)
		err = contact_update(v->store, c);
	return err == VAULT_OK ? offices_log_key(v->store, words[what], c->key)
			       : err;
}

static enum change
change_of(enum contact_news news)
{
	if (news == CONTACT_ANNOUNCES)
		return ANNOUNCE;
	return news == CONTACT_NEWER ? NEW_CARD : KEEP;
}

/* What is announced has not been compared, whatever was before. */
static enum vault_err
mark_added(struct vault *v, struct contact *c)
{
	return c->announced > 0 ? VAULT_EREFUSED
				: change_open(v, c, OUR_OFFICE);
}

enum vault_err
vault_contact_add(struct vault *v, const void *card, size_t len,
    const char *name, bool our_office,
    void (*told)(void *ctx, const struct vault_contact *c), void *ctx)
{
	struct contact c = { 0 };
	struct vault_contact out;
	enum contact_news news;
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = contact_add(&c, &news, v->store, card, len, name)) ==
		VAULT_OK &&
	    (err = change_open(v, &c, change_of(news))) == VAULT_OK &&
	    (!our_office || (err = mark_added(v, &c)) == VAULT_OK) &&
	    (err = contact_out(&out, v->store, &c)) == VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	if (err == VAULT_OK) {
		out.renewed = news == CONTACT_NEWER;
		out.announces = news == CONTACT_ANNOUNCES;
		told(ctx, &out);
	}
	contact_free(&c);
	return vault_failed(v, err);
}

static enum vault_err
change(struct vault *v, const char *name, enum change what)
{
	struct contact c = { 0 };
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = contact_named(&c, v->store, name)) == VAULT_OK &&
	    (err = change_open(v, &c, what)) == VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	contact_free(&c);
	return vault_failed(v, err);
}

/* The key of c that has these digits; see vault_contact_verify. */
static enum vault_err
key_of(uint8_t out[static IDENTITY_PUBLIC_LEN], struct vault *v,
    const struct contact *c, const char *digits)
{
	char there[IDENTITY_DIGITS_LEN];
	struct buf keys = { 0 };
	enum vault_err err;

	buf_put(&keys, c->key, sizeof(c->key));
	if ((err = succession_announced(&keys, v->store, c)) == VAULT_OK)
		err = VAULT_ECONFLICT;
	for (size_t at = 0; err == VAULT_ECONFLICT && at < keys.len;
	     at += IDENTITY_PUBLIC_LEN) {
		identity_digits(there, keys.bytes + at);
		if (digits == NULL ? c->announced > 1 ||
			    at != c->announced * IDENTITY_PUBLIC_LEN
				   : strcmp(there, digits) != 0)
			continue;
		memcpy(out, keys.bytes + at, IDENTITY_PUBLIC_LEN);
		err = VAULT_OK;
	}
	buf_free(&keys);
	return err;
}

static enum vault_err
verify(struct vault *v, struct contact *c, const char *digits, bool our_office)
{
	uint8_t key[IDENTITY_PUBLIC_LEN];
	enum vault_err err;
	int64_t revoked;

	if ((err = key_of(key, v, c, digits)) != VAULT_OK ||
	    (err = revocation_time(&revoked, v->store, key)) != VAULT_OK)
		return err;
#ifndef PLANT_REVOKED_COMPARED
	if (revoked != 0)
		return VAULT_EREFUSED;
#endif
	if ((err = succession_compared(c, v->store, key)) != VAULT_OK ||
	    (err = change_open(v, c, VERIFY)) != VAULT_OK ||
	    (our_office && (err = change_open(v, c, OUR_OFFICE)) != VAULT_OK))
		return err;
	return store_commit(v->store);
}

enum vault_err
vault_contact_verify(
    struct vault *v, const char *name, const char *digits, bool our_office)
{
	struct contact c = { 0 };
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = contact_named(&c, v->store, name)) == VAULT_OK)
		err = verify(v, &c, digits, our_office);
	store_abort(v->store);
	contact_free(&c);
	return vault_failed(v, err);
}

enum vault_err
vault_contact_mark(struct vault *v, const char *name, bool our_office)
{
	return change(v, name, our_office ? OUR_OFFICE : NOT_OURS);
}

enum vault_err
vault_contact_remove(struct vault *v, const char *name)
{
	return change(v, name, REMOVE);
}

/* ---- Revoked ---- */

bool
vault_is_revocation(const void *text, size_t len)
{
	return revocation_is(text, len);
}

/* Our own present key goes by vault_office_revoke, which makes another. */
static enum vault_err
is_present(bool *out, struct store *s, const uint8_t *key)
{
	struct signer by;
	enum vault_err err = records_signer(&by, s);

	*out = err == VAULT_OK &&
	    memcmp(by.public_key, key, IDENTITY_PUBLIC_LEN) == 0;
	secret_free(by.key);
	return err;
}

static enum vault_err
take_revocation(
    struct vault_revoked *out, struct store *s, const struct revocation *r)
{
	enum vault_err err;
	bool present;

	if ((err = is_present(&present, s, r->key)) != VAULT_OK)
		return err;
	if (present)
		return VAULT_EUSE;
	if ((err = records_office(&out->name, s, r->key)) != VAULT_OK ||
	    (err = revocation_put(s, r)) != VAULT_OK ||
	    (err = succession_revoked(s, r->key)) != VAULT_OK ||
	    (err = offices_log_key(s, "contact-revoke", r->key)) != VAULT_OK)
		return err;
	return store_commit(s);
}

enum vault_err
vault_contact_revoke(
    struct vault_revoked *out, struct vault *v, const void *text, size_t len)
{
	struct revocation r;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = revocation_read(&r, text, len)) != VAULT_OK)
		return err;
	identity_digits(out->digits, r.key);
	if ((err = store_begin(v->store)) == VAULT_OK)
		err = take_revocation(out, v->store, &r);
	store_abort(v->store);
	if (err != VAULT_OK)
		vault_revoked_free(out);
	return vault_failed(v, err);
}

void
vault_revoked_free(struct vault_revoked *r)
{
	buf_free(&r->name);
}
