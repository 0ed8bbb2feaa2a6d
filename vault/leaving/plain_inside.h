/* SPDX-License-Identifier: ISC */
/* plain_inside - what the ways of writing plain text share (plain.c). */
#ifndef VAULT_PLAIN_INSIDE_H
#define VAULT_PLAIN_INSIDE_H

#include "exchange/edition.h"
#include "exchange/reveal.h"
#include "inside.h"

struct vault_plain {
	struct vault *v;
	const struct vault_plain_what *what; /* while it is decided */
	void (*each)(void *ctx, const struct vault_plain_row *r);
	void *ctx;
	struct audience *audience; /* NULL: everything */
	struct reveal *reveal;
	struct same *same;        /* of a case; or NULL */
	struct buf nums;          /* int64_t: what the query found */
	struct buf leaves;        /* int64_t: what of it leaves */
	struct buf ids;           /* of these, ID_LEN bytes each */
	struct buf consents;      /* by which they do: audience_used */
	struct vault_moment seen; /* when it was decided */
	bool parts_confirmed;
	uint32_t types; /* a bit for each type that leaves */
	struct vault_plain_info info;
};

/* The number of a record in nums, and how many leave. */
int64_t plain_num(const struct buf *nums, size_t i);
size_t plain_records(const struct vault_plain *p);

/* The record as it leaves; body NULL: it does not.  Free *out. */
VAULT_CHECKED enum vault_err plain_make(struct edition *out,
    const struct vault_plain *p, const struct record_row *r);

/*
 * Begin to read what is to be written, until store_read_end.  VAULT_EREFUSED:
 * it may not leave; VAULT_EBUSY: it is not as it was decided; or it could not
 * be logged.
 */
VAULT_CHECKED enum vault_err plain_begin(struct vault_plain *p);

/* Log it, when all was written. */
VAULT_CHECKED enum vault_err plain_end(struct vault_plain *p);

#endif
