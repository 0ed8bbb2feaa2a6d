/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/clock.h"
#include "core/secret.h"
#include "exchange/office.h"
#include "store/sql.h"
#include "store/store.h"

#define SECRET_MAX 128

/* vault id || "receiving" || 0x00 || LE64(serial) || recipient */
static enum vault_err
associated(struct buf *ad, struct store *s, uint64_t serial,
    const struct buf *recipient)
{
	static const char label[] = "receiving";

	buf_put(ad, keyring_vault_id(store_ring(s)), ID_LEN);
	buf_put(ad, label, sizeof(label)); /* the NUL included */
	buf_put_le64(ad, serial);
	buf_put(ad, recipient->bytes, recipient->len);
	return buf_ok(ad);
}

/* ---- Making ---- */

enum vault_err
office_has_keys(bool *out, struct store *s)
{
	enum vault_err err;
	int64_t n;

	err = sql_number(&n, s, "SELECT count(*) FROM receiving");
	*out = n > 0;
	return err;
}

static enum vault_err
insert(struct store *s, uint64_t serial, const struct buf *recipient,
    const struct secret *text)
{
	uint8_t sealed[SECRET_MAX + SEAL_EXTRA];
	char first[CARD_DAY_LEN];
	struct buf ad = { 0 };
	enum vault_err err;
	struct sql *q;

	if (secret_len(text) > SECRET_MAX)
		return VAULT_EUSE;
	card_day(first, clock_now());
	if ((err = associated(&ad, s, serial, recipient)) == VAULT_OK)
		err = seal_in(sealed, store_ring(s), KEY_OFFICE,
		    secret_view(text), secret_len(text), ad.bytes, ad.len);
	buf_free(&ad);
	if (err != VAULT_OK)
		return err;
	q = sql_open(s, "INSERT INTO receiving VALUES(?1,?2,?3,?4)");
	sql_put_int(q, 1, (int64_t)serial);
	sql_put_text(q, 2, first, strlen(first));
	sql_put_text(q, 3, buf_text(recipient), recipient->len);
	sql_put_blob(q, 4, sealed, secret_len(text) + SEAL_EXTRA);
	return sql_finish(q);
}

/* The newest is never retired, so that no serial is given twice. */
static enum vault_err
next_serial(uint64_t *out, struct store *s)
{
	enum vault_err err;
	int64_t n, last = 0;

	if ((err = sql_number(&n, s, "SELECT count(*) FROM receiving")) ==
	    VAULT_OK)
		err = sql_number(
		    &last, s, "SELECT ifnull(max(serial),0) FROM receiving");
	if (err == VAULT_OK && n >= OFFICE_KEYS_MAX)
		err = VAULT_EUSE;
	*out = (uint64_t)last + 1;
	return err;
}

enum vault_err
office_new_key(uint64_t *serial, struct store *s)
{
	struct age_identity *id = NULL;
	struct secret *text = NULL;
	struct buf recipient = { 0 };
	enum vault_err err;

	if ((err = next_serial(serial, s)) != VAULT_OK ||
	    (err = age_identity_new(&id, AGE_X25519)) != VAULT_OK ||
	    (err = age_identity_text(&text, id)) != VAULT_OK)
		goto out;
	err = VAULT_ENOMEM;
	if (age_identity_recipient(&recipient, id))
		err = insert(s, *serial, &recipient, text);
out:
	age_identity_free(id);
	secret_free(text);
	buf_free(&recipient);
	return err;
}

/* ---- Destroying ---- */

enum vault_err
office_retire_key(struct store *s, uint64_t serial)
{
	enum vault_err err;
	struct sql *q;
	int64_t last;
	bool there;

	if ((err = sql_number(&last, s,
		 "SELECT ifnull(max(serial),0) FROM receiving")) != VAULT_OK)
		return err;
	if (serial == (uint64_t)last)
		return VAULT_EUSE;
	q = sql_open(s, "DELETE FROM receiving WHERE serial=?1 RETURNING 1");
	sql_put_int(q, 1, (int64_t)serial);
	if ((err = sql_step(q, &there)) == VAULT_OK && !there)
		err = VAULT_ENORECORD;
	sql_close(q);
	return err;
}

enum vault_err
office_any_retired(bool *out, struct store *s)
{
	enum vault_err err;
	int64_t missing = 0;

	/* Serials count from 1, and the last is always there. */
	err = sql_number(&missing, s,
	    "SELECT ifnull(max(serial),0)-count(*) FROM receiving");
	*out = missing > 0;
	return err;
}

/* ---- Reading ---- */

static enum vault_err
open_secret(
    struct office_key *k, struct store *s, const uint8_t *sealed, size_t len)
{
	struct secret *text;
	struct buf ad = { 0 };
	enum vault_err err;

	if (sealed == NULL || len <= SEAL_EXTRA ||
	    len > SECRET_MAX + SEAL_EXTRA)
		return VAULT_EDAMAGED;
	if ((text = secret_new(len - SEAL_EXTRA)) == NULL)
		return VAULT_ENOMEM;
	if ((err = associated(&ad, s, k->serial, &k->recipient)) == VAULT_OK)
		err = seal_open_in(secret_bytes(text), store_ring(s),
		    KEY_OFFICE, sealed, len, ad.bytes, ad.len);
	if (err == VAULT_OK)
		err = age_identity_parse(
		    &k->id, (const char *)secret_view(text), secret_len(text));
	secret_free(text);
	buf_free(&ad);
	return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
}

static enum vault_err
read_key(struct office_key *k, struct store *s, struct sql *q, bool secrets)
{
	const char *first, *recipient;
	const uint8_t *sealed;
	enum vault_err err;
	size_t len, recipient_len, sealed_len;

	k->serial = (uint64_t)sql_int(q, 0);
	first = sql_text(q, 1, &len);
	recipient = sql_text(q, 2, &recipient_len);
	buf_put(&k->recipient, recipient, recipient_len);
	if ((err = sql_ok(q)) != VAULT_OK ||
	    (err = buf_ok(&k->recipient)) != VAULT_OK)
		return err;
	if (len != CARD_DAY_LEN - 1)
		return VAULT_EDAMAGED;
	memcpy(k->first, first, CARD_DAY_LEN);
	if (!secrets)
		return VAULT_OK;
	sealed = sql_blob(q, 3, &sealed_len);
	return open_secret(k, s, sealed, sealed_len);
}

enum vault_err
office_keys(struct office_keys *out, struct store *s, bool secrets)
{
	struct sql *q = sql_open(s,
	    "SELECT serial,first,recipient,secret FROM receiving"
	    " ORDER BY serial");
	enum vault_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		if (out->n == OFFICE_KEYS_MAX)
			err = VAULT_EDAMAGED;
		else
			err = read_key(&out->key[out->n++], s, q, secrets);
		if (err != VAULT_OK)
			break;
	}
	sql_close(q);
	if (err != VAULT_OK)
		office_keys_free(out);
	return err;
}

void
office_keys_free(struct office_keys *k)
{
	for (size_t i = 0; i < k->n; i++) {
		buf_free(&k->key[i].recipient);
		age_identity_free(k->key[i].id);
		k->key[i].id = NULL;
	}
	k->n = 0;
}

/* ---- The signing key ---- */

static enum vault_err
keep_earlier(
    struct store *s, const struct card_follows *f, const struct revocation *r)
{
	struct sql *q = sql_open(s,
	    "INSERT INTO earlier(public,contact,time,successor,revocation)"
	    " VALUES(?1,0,?2,?3,?4)");

	sql_put_blob(q, 1, f->key, sizeof(f->key));
	sql_put_int(q, 2, clock_now());
	sql_put_blob(q, 3, f->signature, sizeof(f->signature));
	sql_put_blob(q, 4, r->signature, sizeof(r->signature));
	return sql_finish(q);
}

enum vault_err
office_new_signing(uint8_t out[static IDENTITY_PUBLIC_LEN], struct store *s,
    const uint8_t public_key[static IDENTITY_PUBLIC_LEN],
    const struct secret *key)
{
	uint8_t sealed[IDENTITY_SEALED_LEN];
	struct card_follows f;
	struct revocation r;
	enum vault_err err;
	struct sql *q;

	/* Once it is destroyed it could not revoke itself any more. */
	memcpy(r.key, public_key, sizeof(r.key));

	if ((err = identity_new(out, sealed, store_ring(s))) != VAULT_OK ||
	    (err = card_succeed(&f, public_key, key, out)) != VAULT_OK ||
	    (err = revocation_sign(&r, key)) != VAULT_OK ||
	    (err = keep_earlier(s, &f, &r)) != VAULT_OK)
		return err;
	q = sql_open(s, "UPDATE office SET public=?1,secret=?2");
	sql_put_blob(q, 1, out, IDENTITY_PUBLIC_LEN);
	sql_put_blob(q, 2, sealed, sizeof(sealed));
	return sql_finish(q);
}

enum vault_err
office_revocation(struct revocation *out, struct store *s, size_t number)
{
	struct sql *q = sql_open(s,
	    "SELECT public,revocation FROM earlier WHERE contact=0"
	    " ORDER BY num LIMIT 1 OFFSET ?1");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, (int64_t)number - 1);
	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK &&
	    (err = sql_copy(q, 0, out->key, sizeof(out->key))) == VAULT_OK)
		err = sql_copy(q, 1, out->signature, sizeof(out->signature));
	sql_close(q);
	return err;
}

enum vault_err
office_n_earlier(size_t *out, struct store *s)
{
	int64_t n = 0;
	enum vault_err err = sql_number(
	    &n, s, "SELECT count(*) FROM earlier WHERE contact=0");

	*out = (size_t)n;
	return err;
}

/* The last of them, in their order: a card has room for no more. */
static enum vault_err
put_follows(struct card *card, struct store *s)
{
	struct sql *q = sql_open(s,
	    "SELECT public,successor FROM (SELECT num,public,successor"
	    " FROM earlier WHERE contact=0 ORDER BY num DESC LIMIT ?1)"
	    " ORDER BY num");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, CARD_FOLLOWS_MAX);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		struct card_follows *f = &card->follows[card->n_follows++];

		if ((err = sql_copy(q, 0, f->key, sizeof(f->key))) !=
			VAULT_OK ||
		    (err = sql_copy(
			 q, 1, f->signature, sizeof(f->signature))) != VAULT_OK)
			break;
	}
	sql_close(q);
	return err;
}

enum vault_err
office_card(struct buf *out, struct store *s, const char *name,
    const uint8_t public_key[static IDENTITY_PUBLIC_LEN],
    const struct secret *key)
{
	struct card card = { 0 };
	struct office_keys keys;
	enum vault_err err;

	if (!card_name_is_good(name, strlen(name)))
		return VAULT_EUSE;
	if ((err = office_keys(&keys, s, false)) != VAULT_OK)
		return err;
	memcpy(card.name, name, strlen(name) + 1);
	memcpy(card.key, public_key, IDENTITY_PUBLIC_LEN);
	card.n = keys.n;
	for (size_t i = 0; i < keys.n; i++) {
		struct card_key *k = &card.receive[i];

		k->serial = keys.key[i].serial;
		memcpy(k->first, keys.key[i].first, CARD_DAY_LEN);
		k->recipient = buf_text(&keys.key[i].recipient);
		k->len = keys.key[i].recipient.len;
	}
	if ((err = put_follows(&card, s)) == VAULT_OK)
		err = card_write(out, &card, key);
	office_keys_free(&keys);
	return err;
}
