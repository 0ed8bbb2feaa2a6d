/* SPDX-License-Identifier: ISC */
/*
 * head - one version of a record, opened.
 *
 * What it says is its own two parts and, where whoever wrote it did not have
 * the private part of what it follows, that earlier part too: an office that
 * was never shown a source cannot take it out of the record by correcting a
 * spelling.
 */
#ifndef RECORD_HEAD_H
#define RECORD_HEAD_H

#include <jansson.h>

#include "record/rows.h"

struct graph;

/* An earlier private part that contradicts the version, put over its body. */
struct head_other {
	struct version version; /* whose part it is */
	json_t *body;
};

struct head {
	struct version version;
	json_t *body;      /* all its parts joined; NULL if withheld */
	json_t *open;      /* its own body alone; NULL if withheld */
	bool has_withheld; /* a part is named in the envelope and not here */
	/* The hashes of private parts that hold here and are not here. */
	struct buf missing;
	struct head_other *others;
	size_t n_others;
};

/*
 * Open a version and its own parts only; verify as rows_version has it.  Free
 * *out.
 */
VAULT_CHECKED enum vault_err head_open(struct head *out, struct store *s,
    const struct record_row *r, const uint8_t id[static VERSION_ID_LEN],
    bool verify);

/*
 * The same of a version and its parts that are at hand; the version goes over
 * to *out, the parts stay the caller's.  Free *out.
 */
VAULT_CHECKED enum vault_err head_from(struct head *out, struct version *v,
    const struct part *body, const struct part *hidden);

/*
 * The same of a version that was just made of these two parts; closed may be
 * NULL.
 */
VAULT_CHECKED enum vault_err head_made(struct head *out, struct version *v,
    const json_t *open, const json_t *closed);

/* What two parts say together, and nothing else of the version. */
VAULT_CHECKED enum vault_err head_body(
    json_t **out, const struct part *body, const struct part *hidden);

/* head_open, with the private parts of what it follows that still hold. */
VAULT_CHECKED enum vault_err head_whole(struct head *out, struct store *s,
    const struct record_row *r, const struct graph *g,
    const uint8_t id[static VERSION_ID_LEN], bool verify);
void head_free(struct head *h);

/* Its level; as secret as can be if the body says none; -1: withheld. */
int head_level(const struct head *h);

#endif
