/* SPDX-License-Identifier: ISC */
/*
 * hkdf - HMAC-SHA-256 and the HKDF of RFC 5869 over it.
 *
 * Everything here is 32 bytes long, so expanding is one block.  Outputs go
 * straight to where the caller keeps them: secret_bytes() for keys.  The
 * output may be the same memory as an input key.  An empty salt stands for
 * 32 zero bytes, which HMAC does by itself.
 */
#ifndef EXCHANGE_HKDF_H
#define EXCHANGE_HKDF_H

#include <stddef.h>
#include <stdint.h>

#define HKDF_LEN 32

/* HMAC-SHA-256 of text; HKDF-Extract is the same, with the salt as key. */
void hkdf_hmac(uint8_t out[static HKDF_LEN], const void *key, size_t key_len,
    const void *text, size_t len);

/* HKDF-Expand, one block. */
void hkdf_expand(uint8_t out[static HKDF_LEN],
    const uint8_t prk[static HKDF_LEN], const void *info, size_t info_len);

/* HKDF-Extract, then HKDF-Expand. */
void hkdf_derive(uint8_t out[static HKDF_LEN], const void *ikm, size_t ikm_len,
    const void *salt, size_t salt_len, const void *info, size_t info_len);

#endif
