/* SPDX-License-Identifier: ISC */
/*
 * seal - XChaCha20-Poly1305 and BLAKE2b, the only user of both in the vault.
 *
 * Functions that take a keyring end with VAULT_ELOCKED, and an output of
 * zeros, if the keys were gone when the work was done: nothing may be kept
 * that was sealed under a wiped key, and a failed opening says nothing then.
 */
#ifndef SEAL_SEAL_H
#define SEAL_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "seal/keyring.h"

#define SEAL_NONCE_LEN 24
#define SEAL_TAG_LEN 16
#define SEAL_EXTRA (SEAL_NONCE_LEN + SEAL_TAG_LEN)
#define HASH_LEN 32

/*
 * SEAL of FORMAT.md: nonce || ciphertext || tag into out, len + SEAL_EXTRA
 * bytes.  The key is bytes: KEY_LEN of them.
 */
void seal_with(uint8_t *out, const uint8_t *key, const void *plain, size_t len,
    const void *ad, size_t ad_len);

/*
 * The same in two steps, for a worker, which draws no random bytes: a nonce
 * at out, and what is sealed under it behind it.  One nonce seals once.
 */
void seal_new_nonce(uint8_t *out);
void seal_after_nonce(uint8_t *out, const uint8_t *key, const void *plain,
    size_t len, const void *ad, size_t ad_len);

/*
 * Open sealed_len >= SEAL_EXTRA bytes into plain, sealed_len - SEAL_EXTRA
 * bytes.  VAULT_EDAMAGED, and zeros in plain, if the tag is wrong.
 */
VAULT_CHECKED enum vault_err seal_open_with(void *plain, const uint8_t *key,
    const uint8_t *sealed, size_t sealed_len, const void *ad, size_t ad_len);

/* The same under a key of the keyring. */
VAULT_CHECKED enum vault_err seal_in(uint8_t *out, const struct keyring *k,
    enum key_use use, const void *plain, size_t len, const void *ad,
    size_t ad_len);
VAULT_CHECKED enum vault_err seal_open_in(void *plain, const struct keyring *k,
    enum key_use use, const uint8_t *sealed, size_t sealed_len, const void *ad,
    size_t ad_len);

struct hash_part {
	const void *bytes;
	size_t len;
};

/* HASH(key; parts): BLAKE2b-256; key is KEY_LEN bytes or NULL. */
void hash_parts(uint8_t out[static HASH_LEN], const uint8_t *key,
    const struct hash_part *parts, size_t n);
void hash_bytes(uint8_t out[static HASH_LEN], const void *bytes, size_t len);

/* HASH under a key of the keyring. */
VAULT_CHECKED enum vault_err hash_in(uint8_t out[static HASH_LEN],
    const struct keyring *k, enum key_use use, const struct hash_part *parts,
    size_t n);

/* STREAM of FORMAT.md under a key of the keyring. */
VAULT_CHECKED enum vault_err seal_stream(uint8_t *out, size_t len,
    const struct keyring *k, enum key_use use,
    const uint8_t nonce[static SEAL_NONCE_LEN]);

#endif
