/* SPDX-License-Identifier: ISC */
/*
 * heads - the states of a record that nobody has followed up: one, or, where
 * two offices wrote at the same time, several; and what they are together.
 *
 * Merging goes field by field.  A field that only one side changed since
 * their last common version takes that side's value; one that several sides
 * changed in different ways clashes, and a person must decide.  Nothing is
 * lost either way: all versions stay.  What another office says of how secret
 * a record of ours is takes no effect in it: see guard.h.
 */
#ifndef RECORD_HEADS_H
#define RECORD_HEADS_H

#include <jansson.h>

#include "record/rows.h"

struct head {
	struct version version;
	json_t *body;      /* body and private joined; NULL if withheld */
	json_t *open;      /* the body alone; NULL if withheld */
	bool has_withheld; /* a part is named in the envelope and not here */
};

/* Open a version and its parts; verify as rows_version has it.  Free *out. */
VAULT_CHECKED enum vault_err head_open(struct head *out, struct store *s,
    const struct record_row *r, const uint8_t id[static VERSION_ID_LEN],
    bool verify);
void head_free(struct head *h);

/* Its level; as secret as can be if the body says none; -1: withheld. */
int head_level(const struct head *h);

/* Each head, oldest first, not verified; what each is given is borrowed. */
VAULT_CHECKED enum vault_err heads_each(struct store *s,
    const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx);

/*
 * Add to set, an array of ids, the parents of each, and theirs, as far as
 * they are here.
 */
VAULT_CHECKED enum vault_err heads_ancestors(
    struct buf *set, struct store *s, const struct record_row *r);

struct merged {
	json_t *body; /* clashing fields have the oldest head's value */
	/*
	 * An array of {"field", "values": [{"office", "time", "version",
	 * "value"}]}; a value is missing where that side dropped the field.
	 */
	json_t *clashes;
	struct buf heads; /* their ids, one behind the other */
	int64_t time;     /* of the newest head */
	bool has_withheld;
};

/* The merged body and its clashes as canonical JSON; none: clashes empty. */
VAULT_CHECKED enum vault_err merged_text(
    struct buf *body, struct buf *clashes, const struct merged *m);

/*
 * What a person decided: in body, for clash i, the value choice[i].
 * VAULT_EUSE: no such clash or choice.
 */
VAULT_CHECKED enum vault_err clashes_settle(struct buf *out,
    const struct buf *body, const struct buf *clashes, const size_t *choice,
    size_t n);

/* The values of the clashes, one by one; each is borrowed. */
struct clash_value {
	size_t clash, choice, choices;
	const char *field, *office, *version;
	int64_t time;
	const json_t *value; /* NULL: that side dropped the field */
};
VAULT_CHECKED enum vault_err clashes_each(const struct buf *clashes,
    enum vault_err (*each)(void *ctx, const struct clash_value *value),
    void *ctx);

VAULT_CHECKED enum vault_err heads_merge(
    struct merged *out, struct store *s, const struct record_row *r);
void merged_free(struct merged *m);

#endif
