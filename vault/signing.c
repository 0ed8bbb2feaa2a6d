/* SPDX-License-Identifier: ISC */
/*
 * signing.c - the signing key of our own office, renewed.  The key before
 * signs that the new one follows it, and is destroyed: all in one commit, so
 * that there is always one key, and never a succession without its key.
 */
#include "core/base64.h"
#include "core/secret.h"
#include "exchange/keyid.h"
#include "exchange/office.h"
#include "inside.h"
#include "record/keep.h"
#include "store/log.h"
#include "store/store.h"

/* {"key":"<the beginning of the new one>"} */
static enum vault_err
log_key(struct store *s, const uint8_t *key)
{
	struct buf detail = { 0 };
	enum vault_err err;

	buf_put_text(&detail, "{\"key\":\"");
	hex_encode(&detail, key, MINISIG_ID_LEN);
	buf_put_text(&detail, "\"}");
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(s, "signing-key", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

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
	    (err = store_scrub(s)) == VAULT_OK &&
	    (err = log_key(s, key)) == VAULT_OK)
		err = store_commit(s);
	secret_free(by.key);
	return err;
}

enum vault_err
vault_office_renew_signing(struct vault *v)
{
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = renew(v->store);
	store_abort(v->store);
	return vault_failed(v, err);
}
