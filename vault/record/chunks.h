/* SPDX-License-Identifier: ISC */
/*
 * chunks - the bytes of one attachment on their way into the vault or out of
 * it: pieces of 64 KiB, sealed one by one (FORMAT.md, 7.4).
 *
 * A worker (core/worker.h) computes the SHA-256 of all and, going in, seals
 * them, beside the caller's thread, which alone touches the store.  Memory is
 * 8 MiB at most going in, 1 MiB going out.
 */
#ifndef RECORD_CHUNKS_H
#define RECORD_CHUNKS_H

#include "core/error.h"
#include "record/digest.h"
#include "seal/keyring.h"

struct secret;
struct store;

#define CHUNK_LEN 65536

/* Chunk i of attachment num is row num * CHUNKS_MAX + i. */
#define CHUNKS_MAX ((int64_t)1 << 24)

/* Whose they are. */
struct chunks_of {
	int64_t num;
	uint8_t record[ID_LEN], id[ID_LEN];
};

struct chunks;

/* How many chunks size bytes take: at least one. */
uint64_t chunks_count(uint64_t size);

/* The key is taken over, even on an error. */
VAULT_CHECKED enum vault_err chunks_new(struct chunks **out, struct store *s,
    const struct chunks_of *of, struct secret *key);

/* Leave those that wait undone; accepts NULL. */
void chunks_free(struct chunks *c);

/* ---- In; each inside a transaction of the caller ---- */

/*
 * At most so many are sealed and not yet stored: fewer than there is memory
 * for, if commits are to be small.
 */
void chunks_ahead(struct chunks *c, size_t at_most);

/* Append len bytes, in order. */
VAULT_CHECKED enum vault_err chunks_put(
    struct chunks *c, const void *bytes, size_t len);

/* Store the rest; then all that were put have been. */
VAULT_CHECKED enum vault_err chunks_end(
    struct chunks *c, uint8_t sha256[static DIGEST_LEN]);

/* How many bytes were put, how many chunks are stored. */
uint64_t chunks_size(const struct chunks *c);
uint64_t chunks_stored(const struct chunks *c);

/* ---- Out ---- */

/* Before the first chunks_get: what there is to be had. */
void chunks_expect(
    struct chunks *c, uint64_t size, const uint8_t sha256[static DIGEST_LEN]);

/*
 * The next bytes, borrowed until the next call; *len is 0 at the end, and
 * only that says that SHA-256 was right.  VAULT_EDAMAGED: a chunk, or all of
 * it, is not what it should be.  Some chunks at a time are read in a snapshot
 * of their own, unless one is open: no writer waits for a slow disk.  Rows
 * never change, so chunks of several snapshots fit together.
 */
VAULT_CHECKED enum vault_err chunks_get(
    struct chunks *c, const uint8_t **bytes, size_t *len);

#endif
