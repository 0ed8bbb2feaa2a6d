/* SPDX-License-Identifier: ISC */
/*
 * alike - pairs of person records that may be of one person: for a person to
 * look at, and for nothing else.
 *
 * All of it by the index.  Names within two edits are found by what is left
 * of their beginnings when up to two characters are taken out of them: names
 * with nothing in common there are never compared.
 */
#ifndef SEARCH_ALIKE_H
#define SEARCH_ALIKE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"
#include "search/same.h"

/* Why they may be; bits. */
enum alike_why {
	ALIKE_NAME = 1,    /* a form of a name has the same key */
	ALIKE_NEAR = 2,    /* or is within two edits */
	ALIKE_PAPER = 4,   /* the number of an identity paper */
	ALIKE_BORN = 8,    /* the day of birth, and a word of a name */
	ALIKE_CLAIMED = 16 /* another office says so */
};

struct alike_pair {
	int64_t a, b; /* local numbers, a < b */
	unsigned why;
	unsigned score; /* the more the likelier */
};

/*
 * Append the pairs, the likeliest first, each once, also those of which
 * something is said already.  *cut: there were too many that are alike, and
 * not all of them were compared.
 */
VAULT_CHECKED enum vault_err alike_find(
    struct buf *out, bool *cut, struct store *s, const struct same *same);

/* The same without names that are only near each other, which takes long. */
VAULT_CHECKED enum vault_err alike_quick(
    struct buf *out, bool *cut, struct store *s, const struct same *same);

#endif
