/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "core/buf.h"
#include "core/random.h"
#include "core/secret.h"
#include "seal/identity.h"

_Static_assert(
    IDENTITY_SIGN_LEN == crypto_sign_ed25519_SECRETKEYBYTES, "secret key");

/* vault id || "signing" || 0x00 || public key */
#define AD_LEN (ID_LEN + 8 + IDENTITY_PUBLIC_LEN)

static void
associated(
    uint8_t ad[static AD_LEN], const struct keyring *ring, const uint8_t *pub)
{
	memcpy(ad, keyring_vault_id(ring), ID_LEN);
	memcpy(ad + ID_LEN, "signing", 8);
	memcpy(ad + ID_LEN + 8, pub, IDENTITY_PUBLIC_LEN);
}

enum vault_err
identity_new(uint8_t public_key[static IDENTITY_PUBLIC_LEN],
    uint8_t sealed[static IDENTITY_SEALED_LEN], const struct keyring *ring)
{
	struct secret *seed = secret_new(IDENTITY_SEED_LEN);
	struct secret *key = secret_new(IDENTITY_SIGN_LEN);
	enum vault_err err = VAULT_ENOMEM;
	uint8_t ad[AD_LEN];

	if (seed == NULL || key == NULL)
		goto out;
	random_fill(secret_bytes(seed), IDENTITY_SEED_LEN);
	crypto_sign_ed25519_seed_keypair(
	    public_key, secret_bytes(key), secret_view(seed));
	associated(ad, ring, public_key);
	err = seal_in(sealed, ring, KEY_OFFICE, secret_view(seed),
	    IDENTITY_SEED_LEN, ad, sizeof(ad));
out:
	secret_free(seed);
	secret_free(key);
	return err;
}

enum vault_err
identity_open(struct secret **out,
    const uint8_t public_key[static IDENTITY_PUBLIC_LEN],
    const uint8_t sealed[static IDENTITY_SEALED_LEN],
    const struct keyring *ring)
{
	struct secret *seed = secret_new(IDENTITY_SEED_LEN);
	struct secret *key = secret_new(IDENTITY_SIGN_LEN);
	uint8_t ad[AD_LEN], made[IDENTITY_PUBLIC_LEN];
	enum vault_err err = VAULT_ENOMEM;

	*out = NULL;
	if (seed == NULL || key == NULL)
		goto out;
	associated(ad, ring, public_key);
	err = seal_open_in(secret_bytes(seed), ring, KEY_OFFICE, sealed,
	    IDENTITY_SEALED_LEN, ad, sizeof(ad));
	if (err != VAULT_OK)
		goto out;
	crypto_sign_ed25519_seed_keypair(
	    made, secret_bytes(key), secret_view(seed));
	err = VAULT_EDAMAGED;
	if (memcmp(made, public_key, sizeof(made)) != 0)
		goto out;
	*out = key;
	key = NULL; /* given away */
	err = VAULT_OK;
out:
	secret_free(seed);
	secret_free(key);
	return err;
}

/* label || 0x00 || message */
static enum vault_err
labelled(struct buf *out, const char *label, const void *message, size_t len)
{
	buf_put(out, label, strlen(label) + 1);
	buf_put(out, message, len);
	return buf_ok(out);
}

enum vault_err
identity_sign(uint8_t signature[static SIGNATURE_LEN], const struct secret *key,
    const char *label, const void *message, size_t len)
{
	struct buf all = { 0 };
	enum vault_err err = labelled(&all, label, message, len);

	if (err == VAULT_OK)
		crypto_sign_ed25519_detached(
		    signature, NULL, all.bytes, all.len, secret_view(key));
	buf_free(&all);
	return err;
}

enum vault_err
identity_verify(const uint8_t signature[static SIGNATURE_LEN],
    const uint8_t public_key[static IDENTITY_PUBLIC_LEN], const char *label,
    const void *message, size_t len)
{
	struct buf all = { 0 };
	enum vault_err err = labelled(&all, label, message, len);

	if (err == VAULT_OK &&
	    crypto_sign_ed25519_verify_detached(
		signature, all.bytes, all.len, public_key) != 0)
		err = VAULT_EDAMAGED;
	buf_free(&all);
	return err;
}

void
identity_digits(char out[static IDENTITY_DIGITS_LEN],
    const uint8_t public_key[static IDENTITY_PUBLIC_LEN])
{
	static const char label[] = "amparo fingerprint 1";
	crypto_generichash_state state;
	uint8_t hash[64];

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	crypto_generichash_update(
	    &state, (const uint8_t *)label, sizeof(label));
	crypto_generichash_update(&state, public_key, IDENTITY_PUBLIC_LEN);
	crypto_generichash_final(&state, hash, sizeof(hash));
	for (int group = 0; group < 12; group++) {
		uint64_t value = 0;

		for (int i = 0; i < 5; i++)
			value = value << 8 | hash[5 * group + i];
		snprintf(
		    out + 6 * group, 6, "%05u", (unsigned)(value % 100000));
		out[6 * group + 5] = group < 11 ? ' ' : '\0';
	}
}
