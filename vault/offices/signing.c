/* SPDX-License-Identifier: ISC */
/*
 * signing.c - the signing key of our own office, renewed.  The key before
 * signs that the new one follows it, and is destroyed: all in one commit, so
 * that there is always one key, and never a succession without its key.
 */
#include <string.h>

#include "core/base64.h"
#include "core/secret.h"
#include "exchange/keyid.h"
#include "exchange/office.h"
#include "inside.h"
#include "record/keep.h"
#include "store/log.h"
#include "store/store.h"

/* {"key":"<the beginning of it>"} */
enum vault_err
offices_log_key(struct store *s, const char *what, const uint8_t *key)
{
	struct buf detail = { 0 };
	enum vault_err err;

	buf_put_text(&detail, "{\"key\":\"");
	hex_encode(&detail, key, MINISIG_ID_LEN);
	buf_put_text(&detail, "\"}");
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(s, what, buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

/* The new key, and everything that must not stay, inside a transaction. */
static enum vault_err
renew(struct store *s)
{
	uint8_t key[IDENTITY_PUBLIC_LEN];
	struct signer by;
	enum vault_err err;

	if ((err = records_signer(&by, s)) != VAULT_OK)
		return err;
	if ((err = store_secure_delete(s, true)) == VAULT_OK &&
	    (err = office_new_signing(key, s, by.public_key, by.key)) ==
		VAULT_OK &&
	    (err = store_scrub(s)) == VAULT_OK)
		err = offices_log_key(s, "signing-key", key);
	secret_free(by.key);
	return err;
}

enum vault_err
vault_office_renew_signing(struct vault *v)
{
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = renew(v->store)) == VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	return vault_failed(v, err);
}

/* ---- Revoking ---- */

/* Of the present key, whose secret half is here. */
static enum vault_err
present_revocation(struct revocation *out, struct store *s)
{
	struct signer by;
	enum vault_err err;

	if ((err = records_signer(&by, s)) != VAULT_OK)
		return err;
	memcpy(out->key, by.public_key, sizeof(out->key));
	err = revocation_sign(out, by.key);
	secret_free(by.key);
	return err;
}

enum vault_err
vault_office_revocation(struct buf *out, struct vault *v)
{
	struct revocation r;
	enum vault_err err;

	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = present_revocation(&r, v->store);
	store_read_end(v->store);
	if (err == VAULT_OK)
		err = revocation_write(out, &r);
	return vault_failed(v, err);
}

static enum vault_err
revoke(struct buf *out, size_t *number, struct store *s)
{
	struct revocation r;
	enum vault_err err;
	size_t n;

	if ((err = office_n_earlier(&n, s)) != VAULT_OK)
		return err;
	/* The present one, which is an earlier one then. */
	if (*number == 0 || *number == n + 1) {
		*number = n + 1;
		if ((err = renew(s)) != VAULT_OK)
			return err;
	}
	if ((err = office_revocation(&r, s, *number)) != VAULT_OK ||
	    (err = revocation_put(s, &r)) != VAULT_OK ||
	    (err = revocation_write(out, &r)) != VAULT_OK ||
	    (err = offices_log_key(s, "signing-key-revoke", r.key)) != VAULT_OK)
		return err;
	return store_commit(s);
}

enum vault_err
vault_office_revoke(struct buf *out, size_t *number, struct vault *v)
{
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = revoke(out, number, v->store);
	store_abort(v->store);
	return vault_failed(v, err);
}
