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

#include "record/head.h"

/* So many are merged at once; what is left waits for the next time. */
#define HEADS_AT_ONCE 64

/*
 * Each head, oldest first, not verified; what each is given is borrowed.  An
 * earlier private part that contradicts one comes behind it like a head: all
 * that the record says comes by.
 */
VAULT_CHECKED enum vault_err heads_each(struct store *s,
    const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx);

/* The body of each, if it is here; not verified. */
VAULT_CHECKED enum vault_err heads_bodies(struct store *s,
    const struct record_row *r,
    enum vault_err (*each)(void *ctx, const json_t *body), void *ctx);

struct merged {
	json_t *body; /* clashing fields have the oldest head's value */
	/*
	 * An array of {"field", "values": [{"office", "time", "version",
	 * "value"}]}; a value is missing where that side dropped the field.
	 */
	json_t *clashes;
	struct buf heads; /* their ids, one behind the other */
	size_t more;      /* heads that are not among them */
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

/*
 * The same without verifying signatures, as the index is made: the vault's own
 * cells vouch for what came in verified.  For figures over many records.
 */
VAULT_CHECKED enum vault_err heads_trust(
    struct merged *out, struct store *s, const struct record_row *r);

#ifdef VAULT_TEST
/* As if no record had one version only. */
void heads_test_merge_all(bool all);
#endif

/* The same for these versions, whether they are heads or not. */
VAULT_CHECKED enum vault_err heads_these(struct merged *out, struct store *s,
    const struct record_row *r, const struct buf *ids);
void merged_free(struct merged *m);

#endif
