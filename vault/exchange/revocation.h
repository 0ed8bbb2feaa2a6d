/* SPDX-License-Identifier: ISC */
/*
 * revocation - the word of a signing key that it signs no more (FORMAT.md,
 * 9.2): a small text that anybody may hand on.
 *
 *   # amparo-revocation 1
 *   # key <signing key, as on a card>
 *   # signature <128 hex digits>
 *
 * It has no date: whoever stole the key could write any.  What counts is when
 * it came here; what was here before stays good.
 */
#ifndef EXCHANGE_REVOCATION_H
#define EXCHANGE_REVOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "seal/identity.h"

struct buf;
struct secret;
struct store;

#define REVOCATION_ID_LEN 8

struct revocation {
	uint8_t key[IDENTITY_PUBLIC_LEN];
	uint8_t signature[SIGNATURE_LEN];
};

/* Sign it with the secret half of r->key, which is set. */
VAULT_CHECKED enum vault_err revocation_sign(
    struct revocation *r, const struct secret *key);

/* Is it the word of its key?  VAULT_EDAMAGED: it is not. */
VAULT_CHECKED enum vault_err revocation_verify(const struct revocation *r);

/* Append its text. */
VAULT_CHECKED enum vault_err revocation_write(
    struct buf *out, const struct revocation *r);

/* Does a file begin as one, whatever its version? */
bool revocation_is(const void *text, size_t len);

/*
 * Read it and verify its signature.  VAULT_EDAMAGED: not one that we write, or
 * a wrong signature.  VAULT_EVERSION: another version.
 */
VAULT_CHECKED enum vault_err revocation_read(
    struct revocation *out, const char *text, size_t len);

/* Keep it, in a write transaction; the first time that it came counts. */
VAULT_CHECKED enum vault_err revocation_put(
    struct store *s, const struct revocation *r);

/* When it came; 0: the key is not revoked. */
VAULT_CHECKED enum vault_err revocation_time(int64_t *out, struct store *s,
    const uint8_t key[static IDENTITY_PUBLIC_LEN]);

/* The same by the first bytes of a key that nobody knows here. */
VAULT_CHECKED enum vault_err revocation_time_of_id(
    int64_t *out, struct store *s, const uint8_t id[static REVOCATION_ID_LEN]);

#endif
