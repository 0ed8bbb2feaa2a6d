/* SPDX-License-Identifier: ISC */
/*
 * keycheck - verify again what the vault keeps of signing keys: cards, the
 * word of each earlier key for the one after it, and revocations (FORMAT.md,
 * 9).  All of it was verified when it came; whoever has the key of the vault
 * can change it since.
 */
#ifndef EXCHANGE_KEYCHECK_H
#define EXCHANGE_KEYCHECK_H

#include <stdint.h>

#include "core/error.h"

struct store;

enum keycheck_finding {
	KEYCHECK_CARD,    /* of contact n, or one that announces a key for it */
	KEYCHECK_EARLIER, /* what row n of `earlier` says of a key */
	KEYCHECK_REVOKED, /* the n-th key of `revoked`, by their bytes, from 1
			   */
};

typedef void keycheck_found(void *ctx, enum keycheck_finding what, int64_t n);

/*
 * Inside a transaction.  VAULT_OK says that the look was complete; what does
 * not verify was told to found.
 */
VAULT_CHECKED enum vault_err keycheck(
    struct store *s, keycheck_found *found, void *ctx);

#endif
