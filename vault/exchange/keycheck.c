/* SPDX-License-Identifier: ISC */
/* keycheck.c - what is kept of signing keys, verified again. */
#include <string.h>

#include "core/buf.h"
#include "exchange/card.h"
#include "exchange/keycheck.h"
#include "exchange/revocation.h"
#include "record/whose.h"
#include "store/sql.h"

struct looking {
	struct store *s;
	keycheck_found *found;
	void *ctx;
};

/* Damage is told, and no reason to stop. */
static enum vault_err
told(struct looking *l, enum vault_err err, enum keycheck_finding what,
    int64_t n)
{
	if (err != VAULT_EDAMAGED && err != VAULT_EVERSION)
		return err;
	l->found(l->ctx, what, n);
	return VAULT_OK;
}

/* Look at each row of q, which is closed; its first column is the number. */
static enum vault_err
each_row(struct looking *l, struct sql *q, enum keycheck_finding what,
    enum vault_err (*look)(struct looking *l, struct sql *q))
{
	enum vault_err err;
	bool row;

	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = told(l, look(l, q), what, sql_int(q, 0))) !=
		    VAULT_OK)
			break;
	sql_close(q);
	return err;
}

/* ---- Cards ---- */

/* In column 2, of the key in column 1. */
static enum vault_err
read_card(struct card *out, struct sql *q)
{
	uint8_t key[IDENTITY_PUBLIC_LEN];
	enum vault_err err;
	const char *text;
	size_t len;

	text = sql_text(q, 2, &len);
	if ((err = sql_copy(q, 1, key, sizeof(key))) == VAULT_OK &&
	    (err = card_read(out, text, len)) == VAULT_OK &&
	    memcmp(out->key, key, sizeof(key)) != 0)
		err = VAULT_EDAMAGED;
	return err;
}

static enum vault_err
look_at_card(struct looking *l, struct sql *q)
{
	struct card card;

	(void)l;
	return read_card(&card, q);
}

/* ---- Keys before ---- */

/* The key in column 3, and its word for the next one in column 4. */
static enum vault_err
read_follows(struct card_follows *out, struct sql *q)
{
	enum vault_err err;

	if ((err = sql_copy(q, 3, out->key, sizeof(out->key))) == VAULT_OK)
		err = sql_copy(q, 4, out->signature, sizeof(out->signature));
	return err;
}

/* Of our own: for the key in column 1; and each could revoke itself. */
static enum vault_err
look_at_ours(struct looking *l, struct sql *q)
{
	uint8_t next[IDENTITY_PUBLIC_LEN];
	struct card_follows f;
	struct revocation r;
	enum vault_err err;

	(void)l;
	if ((err = read_follows(&f, q)) != VAULT_OK ||
	    (err = sql_copy(q, 1, next, sizeof(next))) != VAULT_OK ||
	    (err = sql_copy(q, 2, r.signature, sizeof(r.signature))) !=
		VAULT_OK ||
	    (err = card_follows_verify(&f, next)) != VAULT_OK)
		return err;
	memcpy(r.key, f.key, sizeof(r.key));
	return revocation_verify(&r);
}

/* Is it the word for any other key of its office? */
static enum vault_err
verify_for_any(struct looking *l, const struct card_follows *f)
{
	struct buf keys = { 0 };
	enum vault_err err = whose_keys(&keys, l->s, f->key);
	size_t at = 0;

	if (err == VAULT_OK)
		for (err = VAULT_EDAMAGED;
		     err == VAULT_EDAMAGED && at < keys.len;
		     at += IDENTITY_PUBLIC_LEN)
			err = card_follows_verify(f, keys.bytes + at);
	buf_free(&keys);
	return err;
}

/*
 * Of a contact: for the key that its card says, if the card goes back so far;
 * the row of that key may be another contact's.
 */
static enum vault_err
look_at_theirs(struct looking *l, struct sql *q)
{
	struct card_follows f;
	struct card card;
	enum vault_err err;
	size_t i;

	if (sql_is_null(q, 1) || sql_int(q, 5) != 0)
		return VAULT_EDAMAGED; /* of no contact; or not its to keep */
	if ((err = read_follows(&f, q)) != VAULT_OK)
		return err;
	err = read_card(&card, q);
	if (err == VAULT_OK &&
	    (i = card_find_follows(&card, f.key)) < card.n_follows)
		return card_follows_verify(&f, card_successor(&card, i));
	return err == VAULT_ENOMEM ? err : verify_for_any(l, &f);
}

/* ---- Revoked ---- */

static enum vault_err
look_at_revoked(struct looking *l, struct sql *q)
{
	struct revocation r;
	enum vault_err err;

	(void)l;
	if ((err = sql_copy(q, 1, r.key, sizeof(r.key))) != VAULT_OK ||
	    (err = sql_copy(q, 2, r.signature, sizeof(r.signature))) !=
		VAULT_OK)
		return err;
	return revocation_verify(&r);
}

enum vault_err
keycheck(struct store *s, keycheck_found *found, void *ctx)
{
	struct looking l = { s, found, ctx };
	enum vault_err err;

	err = each_row(&l,
	    sql_open(s,
		"SELECT num,public,card FROM contact UNION ALL"
		" SELECT contact,public,card FROM announced"),
	    KEYCHECK_CARD, look_at_card);
	if (err == VAULT_OK)
		err = each_row(&l,
		    sql_open(s,
			"SELECT num,ifnull((SELECT public FROM earlier e"
			" WHERE e.contact=0 AND e.num>earlier.num"
			" ORDER BY num LIMIT 1),(SELECT public FROM office)),"
			"revocation,public,successor FROM earlier"
			" WHERE contact=0 ORDER BY num"),
		    KEYCHECK_EARLIER, look_at_ours);
	if (err == VAULT_OK)
		err = each_row(&l,
		    sql_open(s,
			"SELECT e.num,c.public,c.card,e.public,e.successor,"
			"length(e.revocation) FROM earlier e LEFT JOIN"
			" contact c ON c.num=e.contact WHERE e.contact<>0"
			" ORDER BY e.num"),
		    KEYCHECK_EARLIER, look_at_theirs);
	if (err == VAULT_OK)
		err = each_row(&l,
		    sql_open(s,
			"SELECT (SELECT count(*) FROM revoked r"
			" WHERE r.public<=revoked.public),public,signature"
			" FROM revoked ORDER BY public"),
		    KEYCHECK_REVOKED, look_at_revoked);
	return err;
}
