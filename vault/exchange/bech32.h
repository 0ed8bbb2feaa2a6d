/* SPDX-License-Identifier: ISC */
/*
 * bech32 - the strings of age keys: BIP 173 (not Bech32m), of any length.
 *
 *   prefix 1 data checksum    5 bits a character, 6 characters of checksum
 *
 * The prefix is always known to whoever reads such a string, and so is the
 * number of bytes, so both are asked for and must be met exactly.  Prefixes
 * are given in lower case.  No branch and no memory address depends on the
 * data, which may be a secret.
 */
#ifndef EXCHANGE_BECH32_H
#define EXCHANGE_BECH32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct buf;
struct secret;

enum bech32_case { BECH32_LOWER, BECH32_UPPER };

/* Append the string for len bytes to out.  False if memory is short. */
bool bech32_encode(struct buf *out, const char *prefix, const void *from,
    size_t len, enum bech32_case letters);

/* The same for an identity: upper case, in memory for secrets, or NULL. */
struct secret *bech32_encode_secret(
    const char *prefix, const void *from, size_t len);

/*
 * Read len bytes out of text.  VAULT_EUSE, and to is all zeros: another
 * prefix or length, mixed case, a character outside the alphabet, bits left
 * over that are not zero, a wrong checksum.
 */
VAULT_CHECKED enum vault_err bech32_decode(uint8_t *to, size_t len,
    const char *prefix, const char *text, size_t text_len);

#endif
