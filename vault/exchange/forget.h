/* SPDX-License-Identifier: ISC */
/*
 * forget - what a tombstone does to a vault (FORMAT.md, 7.5 and 10.5), and to
 * whom it leaves.
 *
 *  1. Another office's tombstone takes away what that office wrote, and
 *     nothing else.  What others wrote, and what is being written here, keeps
 *     the record; the tombstone is then a request, for a person.
 *  2. Our own takes the whole record, whoever wrote it.
 *  3. It holds for what comes later, so that order does not matter.
 *
 * Everything happens inside a write transaction of the caller, who takes the
 * record out of the index before and puts it back afterwards.
 */
#ifndef EXCHANGE_FORGET_H
#define EXCHANGE_FORGET_H

#include "exchange/lapse.h"
#include "record/tombstone.h"

struct store;

enum forget_does {
	FORGET_KNOWN,   /* nothing: it is here already, or the record is gone */
	FORGET_LATER,   /* nothing yet: the record is not here */
	FORGET_REQUEST, /* nothing by itself: no version is that contact's */
	FORGET_TEXTS,   /* the texts of its office go, the record stays */
	FORGET_RECORD,  /* the record goes */
	FORGET_DOES_N
};

/* What it would do; writes nothing. */
VAULT_CHECKED enum vault_err forget_look(
    enum forget_does *out, struct store *s, const struct tombstone *t);

/*
 * Keep a tombstone, do what it does, and say so in the log.  If *out is
 * FORGET_TEXTS or FORGET_RECORD, forget_scrub must follow before the commit.
 * What a consent said that goes is put into lapse, for forget_scrub.
 */
VAULT_CHECKED enum vault_err forget_obey(enum forget_does *out, struct store *s,
    const struct tombstone *t, struct lapse *lapse);

/* Sign and keep our own tombstone for r, and take everything of it away. */
VAULT_CHECKED enum vault_err forget_record(struct store *s,
    const struct record_row *r, const struct tombstone *ours,
    struct lapse *lapse);

/*
 * The words that the index keeps of what was taken out, and free pages; what
 * was forbidden stays so.
 */
VAULT_CHECKED enum vault_err forget_scrub(
    struct store *s, const struct lapse *lapse);

/* Is this office a contact of ours, or did it write a version of r? */
VAULT_CHECKED enum vault_err forget_concerns(bool *out, struct store *s,
    const struct record_row *r,
    const uint8_t office[static IDENTITY_PUBLIC_LEN]);

/* How a version that comes is to be taken. */
enum forget_takes {
	FORGET_TAKES_ALL,
	FORGET_TAKES_ENVELOPE, /* its office has forgotten the record */
	FORGET_TAKES_NOTHING,  /* our own office has */
};
VAULT_CHECKED enum vault_err forget_takes(enum forget_takes *out,
    struct store *s, const uint8_t record[static ID_LEN],
    const uint8_t office[static IDENTITY_PUBLIC_LEN]);

/*
 * After versions were put into r: its heads, and away with its key if there
 * are silent versions only, without a text.
 */
VAULT_CHECKED enum vault_err forget_settle(
    struct store *s, const struct record_row *r);

/*
 * Append the tombstones, our own and those of offices that wrote a version of
 * the record, that may leave to all of these offices: each of them
 * got the record before, by our log, or gets it in the same bundle, if it is
 * among ids (of ID_LEN bytes, one behind the other).  *held: those of records
 * that only some of them got.
 */
VAULT_CHECKED enum vault_err forget_leaving(struct buf *out, size_t *held,
    struct store *s, const uint8_t *const *offices, size_t n,
    const struct buf *ids);

#endif
