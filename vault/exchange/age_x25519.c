/* SPDX-License-Identifier: ISC */
/*
 * age_x25519 - the kind X25519 of age recipients.
 *
 *   stanza     X25519 SHARE               SHARE = X25519(e, 9), e fresh
 *   wrap key   HKDF(X25519(e, R), salt = SHARE || R, info = label)
 *   body       ChaCha20-Poly1305(wrap key, nonce = 0, file key)
 */
#include <string.h>

#include <sodium.h>

#include "core/random.h"
#include "core/secret.h"
#include "exchange/age_kind.h"
#include "exchange/age_x25519.h"
#include "exchange/hkdf.h"

#define LEN AGE_X25519_LEN

enum vault_err
age_x25519_shared(uint8_t shared[static LEN], const uint8_t secret[static LEN],
    const uint8_t public[static LEN])
{
	return crypto_scalarmult(shared, secret, public) != 0 ? VAULT_EDAMAGED
							      : VAULT_OK;
}

static enum vault_err
publish(uint8_t *public, const uint8_t *secret)
{
	return crypto_scalarmult_base(public, secret) != 0 ? VAULT_EUSE
							   : VAULT_OK;
}

/* A key of low order agrees on zero with every secret: any will do. */
static enum vault_err
check_public(const uint8_t *public)
{
	static const uint8_t one[LEN] = { 1 };
	uint8_t shared[LEN];

	return age_x25519_shared(shared, one, public) != VAULT_OK ? VAULT_EUSE
								  : VAULT_OK;
}

/* wrap, AGE_WRAP_LEN zero bytes, gets its key; the nonce stays zero. */
static enum vault_err
derive(struct secret *wrap, const uint8_t *secret, const uint8_t *peer,
    const uint8_t *share, const uint8_t *public)
{
	static const char label[] = "age-encryption.org/v1/X25519";
	uint8_t *key = secret_bytes(wrap), salt[2 * LEN];
	enum vault_err err;

	if ((err = age_x25519_shared(key, secret, peer)) != VAULT_OK)
		return err;
	memcpy(salt, share, LEN);
	memcpy(salt + LEN, public, LEN);
	hkdf_derive(
	    key, key, LEN, salt, sizeof(salt), label, sizeof(label) - 1);
	return VAULT_OK;
}

static enum vault_err
seal_stanza(
    struct buf *header, const uint8_t *public, const struct secret *file_key)
{
	struct secret *once = NULL, *wrap = NULL;
	uint8_t share[LEN], body[AGE_BODY_LEN];
	enum vault_err err = VAULT_ENOMEM;

	if ((once = secret_new(LEN)) == NULL ||
	    (wrap = secret_new(AGE_WRAP_LEN)) == NULL)
		goto out;
	random_fill(secret_bytes(once), LEN);
	if ((err = publish(share, secret_view(once))) != VAULT_OK ||
	    (err = derive(wrap, secret_view(once), public, share, public)) !=
		VAULT_OK)
		goto out;
	age_body_seal(body, file_key, wrap);
	err = age_share_write(header, "X25519", share, LEN, body);
out:
	secret_free(once);
	secret_free(wrap);
	return err;
}

static enum vault_err
check_stanza(const struct age_stanza *stanza)
{
	uint8_t share[LEN], body[AGE_BODY_LEN];

	return age_share_read(share, LEN, body, stanza);
}

static enum vault_err
open_stanza(struct secret *file_key, const struct age_identity *id,
    const struct age_stanza *stanza)
{
	uint8_t share[LEN], body[AGE_BODY_LEN];
	struct secret *wrap = NULL;
	enum vault_err err;

	if ((err = age_share_read(share, LEN, body, stanza)) != VAULT_OK)
		goto out;
	err = VAULT_ENOMEM;
	if ((wrap = secret_new(AGE_WRAP_LEN)) == NULL)
		goto out;
	if ((err = derive(wrap, secret_view(id->secret), share, share,
		 id->public)) != VAULT_OK)
		goto out;
	err = age_body_open(file_key, body, wrap) ? VAULT_OK : VAULT_ENOTFORUS;
out:
	secret_free(wrap);
	return err;
}

const struct age_kind age_x25519 = {
	.type = AGE_X25519,
	.stanza = "X25519",
	.recipient_prefix = "age",
	.identity_prefix = "age-secret-key-",
	.secret_len = LEN,
	.public_len = LEN,
	.publish = publish,
	.check_public = check_public,
	.seal = seal_stanza,
	.check_stanza = check_stanza,
	.open = open_stanza,
};
