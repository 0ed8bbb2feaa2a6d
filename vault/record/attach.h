/* SPDX-License-Identifier: ISC */
/*
 * attach - files that belong to a record, of any size, in constant memory
 * (FORMAT.md, 7.4).
 *
 * Bytes are sealed in chunks of 64 KiB (chunks.h) under the record's key. While
 * they are staged, in small commits, nothing points to them; the version that
 * names the attachment publishes all of them at once, and what an
 * interruption left behind is swept away.
 */
#ifndef RECORD_ATTACH_H
#define RECORD_ATTACH_H

#include "record/chunks.h"
#include "record/rows.h"

struct secret;
struct store;

#define ATTACH_CHUNK CHUNK_LEN
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

/* Bytes of attachments between commits. */
uint64_t attach_commit_bytes(void);

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

/* What a part says of its file; free out with attach_row_free. */
VAULT_CHECKED enum vault_err attach_read_part(
    struct attach_row *out, const struct part *part);

/* Append its number to nums, as int64_t, for attach_drop. */
bool attach_note(struct buf *nums, const struct attach_writer *w);

/*
 * Take away rows that never ended, in bounded steps; *left if there is more.
 * Those of the last day may be another process's, unless we are alone.
 */
VAULT_CHECKED enum vault_err attach_sweep(
    bool *left, struct store *s, bool alone);

/* The same for one, by its number; not if something points to it. */
VAULT_CHECKED enum vault_err attach_drop(
    bool *left, struct store *s, int64_t num);

/* Is the row that was made last one that never ended? */
VAULT_CHECKED enum vault_err attach_last_is_unended(bool *out, struct store *s);

/* ---- Reading ---- */

/* The attachment with this part hash.  VAULT_ENORECORD: not here. */
VAULT_CHECKED enum vault_err attach_find(struct attach_row *out,
    struct store *s, const struct record_row *r,
    const uint8_t hash[static HASH_LEN]);

/* Its part, with the salt, to be carried elsewhere. */
VAULT_CHECKED enum vault_err attach_part(struct part *out, struct store *s,
    const struct record_row *r, const struct attach_row *a);

/* Its bytes, for chunks_get; free with chunks_free. */
VAULT_CHECKED enum vault_err attach_open(struct chunks **out, struct store *s,
    const struct record_row *r, const struct attach_row *a);

#ifdef VAULT_TEST
/* Commit after so many chunks: several commits of a small file. */
void attach_test_commit(unsigned chunks);
#endif

#endif
