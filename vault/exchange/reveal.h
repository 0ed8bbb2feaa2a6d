/* SPDX-License-Identifier: ISC */
/*
 * reveal - is somebody named in what leaves who must not be (records.md, 9,
 * rule 3)?  Looked for is everybody in the vault, whether the person's record
 * leaves or not, who is protected, has not consented to this audience, or not
 * to being called by the whole name; and who has another record of which this
 * is so, as our office has said (search/same.h): a person has all names.
 */
#ifndef EXCHANGE_REVEAL_H
#define EXCHANGE_REVEAL_H

#include "exchange/audience.h"
#include "exchange/leave.h"
#include "record/scan.h"

struct reveal;

struct reveal_hit {
	const char *record; /* the id of where it stands */
	const char *path;   /* the field, or what else it is */
	const char *person; /* the id of who is named */
	enum scan_kind kind;
	size_t at, len; /* in characters, from 0 */
};
typedef void (*reveal_fn)(void *ctx, const struct reveal_hit *hit);

/*
 * Read whom to look for; a is borrowed.  step, which may be NULL, is told how
 * many of the people were read, and ends it by false: VAULT_ECANCELED.
 */
VAULT_CHECKED enum vault_err reveal_new(struct reveal **out, struct store *s,
    const struct audience *a,
    bool (*step)(void *ctx, uint64_t done, uint64_t total), void *ctx);
void reveal_free(struct reveal *r);

/* How many are looked for, and of how many a name is too short for it. */
size_t reveal_people(const struct reveal *r);
size_t reveal_short(const struct reveal *r);

/* Look through every text of a body, or one that stands elsewhere. */
VAULT_CHECKED enum vault_err reveal_body(struct reveal *r, const char *record,
    const json_t *body, reveal_fn found, void *ctx);
VAULT_CHECKED enum vault_err reveal_text(struct reveal *r, const char *record,
    const char *path, const char *text, size_t len, reveal_fn found, void *ctx);

/* All open texts, and names of files, that leave in a bundle. */
VAULT_CHECKED enum vault_err reveal_leave(struct reveal *r, struct store *s,
    const struct leave *leave, reveal_fn found, void *ctx);

#endif
