/* SPDX-License-Identifier: ISC */
/*
 * guard - how secret our own office has said that a record is.  Another
 * office may write what it likes into a version of its own; what we have said
 * stands until we say otherwise.
 *
 * What counts are our own newest versions: those that no later version of
 * ours follows, whatever other offices wrote in between or afterwards.  A
 * merged body takes over what they say (guard_apply), so that whoever edits
 * sees it, and the version that is written then is our word again.  A signing
 * key that was renewed is still ours: what it signed was our word.
 */
#ifndef RECORD_GUARD_H
#define RECORD_GUARD_H

#include "record/head.h"
#include "record/whose.h"

struct graph;

struct guard {
	bool ours;    /* our office has written a version of it */
	int64_t said; /* when the last of its newest was written */
	int64_t
	    withheld;    /* the same of those whose body is not here; 0: none */
	int level;       /* the highest of these; -1: none */
	json_t *hidden;  /* all paths that they keep private, an array */
	json_t *readers; /* as all of them have it; or NULL */
	json_t *audiences; /* the same */
	/* Who the same person is and is not, by all of theirs: arrays. */
	json_t *same_as, *not_same;
	struct buf own; /* the keys of our office: whose_own */
};

/* Our own newest versions of r, each borrowed for the call; not verified. */
VAULT_CHECKED enum vault_err guard_each(struct store *s,
    const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx);

/*
 * What they say together; g, which may be NULL, is the graph of r.  Free *out
 * in any case.
 */
VAULT_CHECKED enum vault_err guard_read(struct guard *out, struct store *s,
    const struct record_row *r, const struct graph *g);
void guard_free(struct guard *g);

/*
 * Have we said something later that is not here?  It came back as an envelope
 * only, to a vault that was restored from an older copy.
 */
bool guard_is_unsure(const struct guard *g);

/* Was this version written by another office? */
bool guard_is_foreign(const struct guard *g, const struct head *h);

/*
 * Does the open part of a version hold a field that we keep private, or that
 * it says itself to be private?
 */
VAULT_CHECKED enum vault_err guard_opens(
    bool *out, const struct guard *g, const struct head *h);

/*
 * Put into a body that was merged from heads what we have said: the level is
 * no lower, all that was private is, and readers and audiences are ours.  Who
 * the same person is we say alone, also where we have said nothing.
 */
VAULT_CHECKED enum vault_err guard_apply(json_t *body, const struct guard *g);

#endif
