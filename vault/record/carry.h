/* SPDX-License-Identifier: ISC */
/*
 * carry - one version of a record as a file of a bundle (FORMAT.md, 10.2):
 *
 *   {"attachments":[{"file":F,"part":{...},"salt":S}, ...],
 *    "body":{"part":{...},"salt":S},
 *    "envelope":{...},
 *    "private":{"part":{...},"salt":S},
 *    "signature":"<128 hex digits>"}
 *
 * in canonical JSON.  Of the parts that the envelope names, those are there
 * that may leave.  Pure: bytes in, bytes out.
 */
#ifndef RECORD_CARRY_H
#define RECORD_CARRY_H

#include "record/rows.h"

#define CARRY_MAX ((size_t)12 * 1024 * 1024)
#define CARRY_FILE_MAX 100

/* An attachment that comes along. */
struct carried_file {
	char file[CARRY_FILE_MAX + 1]; /* its name in the bundle */
	struct part part;
};

struct carried {
	struct version version;
	struct part body, hidden; /* absent: withheld */
	struct carried_file *files;
	size_t n_files;
};

/* Append it; what is in c is right already. */
VAULT_CHECKED enum vault_err carry_write(
    struct buf *out, const struct carried *c);

/*
 * Read one, and verify its signature, the hash of every part, and that every
 * part is JSON as it must be.  VAULT_EDAMAGED: not what carry_write writes.
 * Free *out in any case.
 */
VAULT_CHECKED enum vault_err carry_read(
    struct carried *out, const void *text, size_t len);
void carry_free(struct carried *c);

/* Append the title, as far as the parts that are there tell it. */
VAULT_CHECKED enum vault_err carry_title(
    struct buf *out, const struct carried *c);

/* Room for n files in c, all empty. */
VAULT_CHECKED enum vault_err carry_room(struct carried *c, size_t n);

#endif
