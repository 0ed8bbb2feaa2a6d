/* SPDX-License-Identifier: ISC */
/*
 * chain - the place of each bundle among those from one vault to one office,
 * so that a missing, an old or an exchanged one shows.
 *
 * A chain is 16 random bytes that one copy of a vault writes under: a restored
 * one makes a new one.  In it the bundles to each office are numbered from 1,
 * each naming the MANIFEST before it by its hash.
 */
#ifndef EXCHANGE_CHAIN_H
#define EXCHANGE_CHAIN_H

#include "exchange/manifest.h"
#include "seal/identity.h"

struct store;

/* What was seen of a bundle before, or of its neighbours. */
enum chain_seen {
	CHAIN_NEXT,   /* it follows the last one, or is the first of all */
	CHAIN_SAME,   /* it has been imported already */
	CHAIN_GAP,    /* others before it have not come */
	CHAIN_OLDER,  /* later ones have come already */
	CHAIN_NEW,    /* a chain of its own, from a sender with another */
	CHAIN_OTHERS, /* its number, or predecessor, has another content here */
};

/* The next place to an office (its signing key). */
VAULT_CHECKED enum vault_err chain_next(struct manifest_place *out,
    struct store *s, const uint8_t peer[static IDENTITY_PUBLIC_LEN]);

/*
 * A bundle has been written at that place.  VAULT_EBUSY: another one has been
 * in between.
 */
VAULT_CHECKED enum vault_err chain_sent(struct store *s,
    const uint8_t peer[static IDENTITY_PUBLIC_LEN],
    const struct manifest_place *place,
    const uint8_t hash[static MANIFEST_HASH_LEN]);

/* Write under a new chain from here on. */
VAULT_CHECKED enum vault_err chain_renew(struct store *s);

/* peer is what the sender is known by: its key, or only a beginning of it. */
VAULT_CHECKED enum vault_err chain_look(enum chain_seen *out, struct store *s,
    const void *peer, size_t peer_len, const struct manifest_place *place,
    const uint8_t hash[static MANIFEST_HASH_LEN]);
/* An office has another key: its bundles, and ours to it, are counted on. */
VAULT_CHECKED enum vault_err chain_move(struct store *s,
    const uint8_t from[static IDENTITY_PUBLIC_LEN],
    const uint8_t to[static IDENTITY_PUBLIC_LEN]);
VAULT_CHECKED enum vault_err chain_received(struct store *s, const void *peer,
    size_t peer_len, const struct manifest_place *place,
    const uint8_t hash[static MANIFEST_HASH_LEN]);

#endif
