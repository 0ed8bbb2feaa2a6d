/* SPDX-License-Identifier: ISC */
/*
 * bulk - many new records in one write transaction of the caller.
 *
 * They are signed, sealed and cut into words by two threads, ahead of the one
 * that puts them into the store, in the order in which they came.
 */
#ifndef VAULT_BULK_H
#define VAULT_BULK_H

#include "record/keep.h"

struct bulk;

/* by is borrowed until bulk_free. */
VAULT_CHECKED enum vault_err bulk_new(
    struct bulk **out, struct store *s, const struct signer *by);
void bulk_free(struct bulk *b);

/*
 * A body that keep_look has found good, for a record of this id that nobody
 * has yet (copied; NULL: a new one), of about len bytes, which is taken
 * over in any case, and which nobody else has: another thread works on it.  It
 * is put with this call or a later one, which then tells
 * its error.
 */
VAULT_CHECKED enum vault_err bulk_add(
    struct bulk *b, const uint8_t *id, json_t *whole, size_t len);

/* Put all that is left, and tidy the index. */
VAULT_CHECKED enum vault_err bulk_finish(struct bulk *b);

#endif
