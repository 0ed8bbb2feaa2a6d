/* SPDX-License-Identifier: ISC */
/*
 * whose - the keys of one office: the one that it signs with today, and those
 * that it has renewed.
 *
 * Of another office an earlier key counts only after two people have compared
 * the digits of the later one (exchange/contact.h): a later key that has only
 * been announced is nobody's yet.
 */
#ifndef RECORD_WHOSE_H
#define RECORD_WHOSE_H

#include <stdbool.h>

#include "core/error.h"
#include "seal/identity.h"

struct buf;
struct store;

/* Append the keys of our own office, 32 bytes each; none before init. */
VAULT_CHECKED enum vault_err whose_own(struct buf *out, struct store *s);

/* Is this key, of 32 bytes, among such keys? */
bool whose_has(const struct buf *keys, const uint8_t *key);

VAULT_CHECKED enum vault_err whose_is_ours(
    bool *out, struct store *s, const uint8_t key[static IDENTITY_PUBLIC_LEN]);

/*
 * Append all keys of the office that has this one, 32 bytes each; of an office
 * that nobody knows here the key alone.
 */
VAULT_CHECKED enum vault_err whose_keys(struct buf *out, struct store *s,
    const uint8_t key[static IDENTITY_PUBLIC_LEN]);

#endif
