/* SPDX-License-Identifier: ISC */
/*
 * attach - files that belong to a record, of any size, in constant memory
 * (FORMAT.md, 7.4).
 *
 * Bytes are sealed in chunks of 64 KiB under the record's key.  While they
 * are staged, in small commits, nothing points to them; the version that
 * names the attachment publishes all of them at once, and what an
 * interruption left behind is swept away a day later.
 */
#ifndef RECORD_ATTACH_H
#define RECORD_ATTACH_H

#include "record/rows.h"

struct secret;
struct store;

#define ATTACH_CHUNK 65536
#define ATTACH_NAME_MAX 255
#define ATTACH_COMMIT 64 /* chunks between commits: 4 MiB */

struct attach_row {
	int64_t num;
	uint8_t id[ID_LEN];
	uint8_t hash[HASH_LEN]; /* of its part, as the envelope has it */
	uint64_t size;
	uint8_t sha256[32];
	struct buf name;
	bool here; /* its bytes are in this vault */
};
void attach_row_free(struct attach_row *a);

/* ---- Writing, step by step; each inside a transaction of the caller ---- */

struct attach_writer;

/* Begin: a row that nothing points to yet. */
VAULT_CHECKED enum vault_err attach_begin(struct attach_writer **out,
    struct store *s, const struct record_row *r, const char *name);

/* Append len bytes, in order. */
VAULT_CHECKED enum vault_err attach_put(
    struct attach_writer *w, const void *bytes, size_t len);

/* True when it is time for the caller to commit and to begin again. */
bool attach_wants_commit(struct attach_writer *w);

/* The last chunk and the part; hash is what the version must name. */
VAULT_CHECKED enum vault_err attach_end(
    struct attach_writer *w, uint8_t hash[static HASH_LEN]);
void attach_writer_free(struct attach_writer *w);

/* ---- Writing what came from elsewhere ---- */

/* An attachment whose bytes are here, and that belongs to no record yet. */
struct attach_staged {
	int64_t num;
	uint8_t id[ID_LEN];
	uint64_t size, chunks;
	uint8_t sha256[32];
};

/*
 * Begin one for the record of this id, which may not be here yet: key is the
 * key that it has, or will have.
 */
VAULT_CHECKED enum vault_err attach_stage(struct attach_writer **out,
    struct store *s, const uint8_t record[static ID_LEN],
    const struct secret *key);
VAULT_CHECKED enum vault_err attach_stage_end(
    struct attach_writer *w, struct attach_staged *out);

/*
 * Give it to its record, under the part that it came with.  VAULT_EDAMAGED:
 * the part says something else of the bytes.
 */
VAULT_CHECKED enum vault_err attach_adopt(struct store *s,
    const struct record_row *r, const struct attach_staged *a,
    const struct part *part);

/* No record takes it: attach_sweep may take it away at once. */
VAULT_CHECKED enum vault_err attach_drop(
    struct store *s, const struct attach_staged *a);

/* What a part says of its file; free out with attach_row_free. */
VAULT_CHECKED enum vault_err attach_read_part(
    struct attach_row *out, const struct part *part);

/* Take away rows that never ended, in bounded steps; *left if there is more. */
VAULT_CHECKED enum vault_err attach_sweep(bool *left, struct store *s);

/* ---- Reading ---- */

/* The attachment with this part hash.  VAULT_ENORECORD: not here. */
VAULT_CHECKED enum vault_err attach_find(struct attach_row *out,
    struct store *s, const struct record_row *r,
    const uint8_t hash[static HASH_LEN]);

/* Its part, with the salt, to be carried elsewhere. */
VAULT_CHECKED enum vault_err attach_part(struct part *out, struct store *s,
    const struct record_row *r, const struct attach_row *a);

/* Chunk i, from 0, into out, which is reset first. */
VAULT_CHECKED enum vault_err attach_chunk(struct buf *out, struct store *s,
    const struct record_row *r, const struct attach_row *a, uint64_t i);
uint64_t attach_chunks(uint64_t size);

#ifdef VAULT_TEST
/* Commit after so many chunks: several commits of a small file. */
void attach_test_commit(unsigned chunks);
#endif

#endif
