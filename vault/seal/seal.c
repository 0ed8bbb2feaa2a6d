/* SPDX-License-Identifier: ISC */
#include <string.h>

#include <sodium.h>

#include "core/random.h"
#include "core/secret.h"
#include "seal/seal.h"

_Static_assert(
    SEAL_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(
    SEAL_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");

void
seal_new_nonce(uint8_t *out)
{
	random_fill(out, SEAL_NONCE_LEN);
}

void
seal_after_nonce(uint8_t *out, const uint8_t *key, const void *plain,
    size_t len, const void *ad, size_t ad_len)
{
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    out + SEAL_NONCE_LEN, NULL, plain, len, ad, ad_len, NULL, out, key);
}

void
seal_with(uint8_t *out, const uint8_t *key, const void *plain, size_t len,
    const void *ad, size_t ad_len)
{
	seal_new_nonce(out);
	seal_after_nonce(out, key, plain, len, ad, ad_len);
}

#ifdef PLANT_TAG15
/* A planted fault: the last byte of the tag is not compared. */
static int
open_with_15(uint8_t *plain, const uint8_t *key, const uint8_t *sealed,
    size_t len, const void *ad, size_t ad_len)
{
	const uint8_t *cipher = sealed + SEAL_NONCE_LEN;
	uint8_t again[8192], tag[SEAL_TAG_LEN];

	/* Cells are what is tried; a chunk of a file is longer. */
	if (len > sizeof(again))
		return -1;
	crypto_stream_xchacha20_xor_ic(plain, cipher, len, sealed, 1, key);
	crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
	    again, tag, NULL, plain, len, ad, ad_len, NULL, sealed, key);
	return memcmp(tag, cipher + len, SEAL_TAG_LEN - 1);
}
#endif

enum vault_err
seal_open_with(void *plain, const uint8_t *key, const uint8_t *sealed,
    size_t sealed_len, const void *ad, size_t ad_len)
{
#ifdef PLANT_TAG15
	if (open_with_15(
		plain, key, sealed, sealed_len - SEAL_EXTRA, ad, ad_len) == 0)
		return VAULT_OK;
#endif
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
		sealed + SEAL_NONCE_LEN, sealed_len - SEAL_NONCE_LEN, ad,
		ad_len, sealed, key) == 0)
		return VAULT_OK;
	bytes_wipe(plain, sealed_len - SEAL_EXTRA);
	return VAULT_EDAMAGED;
}

/*
 * The test that makes locking safe: made after every use of a key, before
 * anybody sees the result.  Without it 20,000 locks under a writer left
 * thousands of cells sealed under the all-zero key.
 */
static bool
gone(const struct keyring *k)
{
#ifdef PLANT_NO_STATE
	(void)k;
	return false;
#else
	return keyring_is_gone(k);
#endif
}

enum vault_err
seal_in(uint8_t *out, const struct keyring *k, enum key_use use,
    const void *plain, size_t len, const void *ad, size_t ad_len)
{
	seal_with(out, keyring_key(k, use), plain, len, ad, ad_len);
	if (!gone(k))
		return VAULT_OK;
	bytes_wipe(out, len + SEAL_EXTRA);
	return VAULT_ELOCKED;
}

enum vault_err
seal_open_in(void *plain, const struct keyring *k, enum key_use use,
    const uint8_t *sealed, size_t sealed_len, const void *ad, size_t ad_len)
{
	enum vault_err err = seal_open_with(
	    plain, keyring_key(k, use), sealed, sealed_len, ad, ad_len);

	if (!gone(k))
		return err;
	bytes_wipe(plain, sealed_len - SEAL_EXTRA);
	return VAULT_ELOCKED;
}

void
hash_parts(uint8_t out[static HASH_LEN], const uint8_t *key,
    const struct hash_part *parts, size_t n)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, key, key ? KEY_LEN : 0, HASH_LEN);
	for (size_t i = 0; i < n; i++)
		crypto_generichash_update(&state, parts[i].bytes, parts[i].len);
	crypto_generichash_final(&state, out, HASH_LEN);
	bytes_wipe(&state, sizeof(state));
}

void
hash_bytes(uint8_t out[static HASH_LEN], const void *bytes, size_t len)
{
	hash_parts(out, NULL, &(struct hash_part){ bytes, len }, 1);
}

enum vault_err
hash_in(uint8_t out[static HASH_LEN], const struct keyring *k, enum key_use use,
    const struct hash_part *parts, size_t n)
{
	hash_parts(out, keyring_key(k, use), parts, n);
	if (!gone(k))
		return VAULT_OK;
	bytes_wipe(out, HASH_LEN);
	return VAULT_ELOCKED;
}

enum vault_err
seal_stream(uint8_t *out, size_t len, const struct keyring *k, enum key_use use,
    const uint8_t nonce[static SEAL_NONCE_LEN])
{
	crypto_stream_xchacha20(out, len, nonce, keyring_key(k, use));
	if (!gone(k))
		return VAULT_OK;
	bytes_wipe(out, len);
	return VAULT_ELOCKED;
}
