/* SPDX-License-Identifier: ISC */
/*
 * same - records that are of one person, because somebody of our own office
 * has said so; nothing is merged.
 *
 * What counts is what our own newest versions say (guard.h), in same_as and
 * not_same of either record; of a pair of which both is said, that it is not.
 * If a is the same as b, and b as c, then a is as c.
 */
#ifndef SEARCH_SAME_H
#define SEARCH_SAME_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "record/id.h"

struct store;
struct same;

/* What is said of two records; the lesser id first. */
enum same_said {
	SAME_NOTHING,
	SAME_IS, /* of this very pair */
	SAME_IS_NOT,
	SAME_CLAIMED, /* by another office alone: counts for nothing */
};
struct same_pair {
	char a[ID_TEXT_LEN + 1], b[ID_TEXT_LEN + 1];
	enum same_said said;
};

/*
 * All that is said, or, unless id is NULL, all that is said of the person of
 * that record; inside a read transaction.
 */
VAULT_CHECKED enum vault_err same_load(
    struct same **out, struct store *s, const char *id);
void same_free(struct same *same);

/*
 * The ids of all records of the person of this one, itself among them, each
 * of ID_TEXT_LEN + 1 bytes: borrowed.  The first is the oldest that is here.
 * *n is 0 for who has no other record.
 */
typedef char same_id[ID_TEXT_LEN + 1];
const same_id *same_person(size_t *n, const struct same *same, const char *id);

/* SAME_IS also for two of one person of whom nothing is said directly. */
enum same_said same_said(const struct same *same, const char *a, const char *b);

/* The pairs of which something is said: borrowed. */
const struct same_pair *same_pairs(size_t *n, const struct same *same);

#endif
