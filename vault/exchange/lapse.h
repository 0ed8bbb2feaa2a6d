/* SPDX-License-Identifier: ISC */
/*
 * lapse - what a consent that was forgotten goes on forbidding.
 *
 * A consent that is gone says nothing any more: neither that an earlier one
 * was withdrawn, nor that it allowed less.  So what it kept from being allowed
 * counts as withdrawn from then on, and only what a person is asked anew counts
 * again.  The log keeps that, by ids and without a word of who agreed to what.
 */
#ifndef EXCHANGE_LAPSE_H
#define EXCHANGE_LAPSE_H

#include "core/buf.h"
#include "core/error.h"
#include "record/rows.h"

struct store;

/* What the consents said that go; zeroed before its first use. */
struct lapse {
	struct buf words; /* struct consent */
};
void lapse_free(struct lapse *l);

/*
 * Keep in mind what r says, if it is a consent, before it is taken away; only,
 * which may be NULL, are the ids of the versions that go.
 */
VAULT_CHECKED enum vault_err lapse_note(struct lapse *l, struct store *s,
    const struct record_row *r, const struct buf *only);

/* Afterwards, before the commit: log what of the rest counts as withdrawn. */
VAULT_CHECKED enum vault_err lapse_keep(const struct lapse *l, struct store *s);

/* Append the ids of these by the log, ID_TEXT_LEN + 1 bytes each, in order. */
VAULT_CHECKED enum vault_err lapse_read(struct buf *ids, struct store *s);
bool lapse_has(const struct buf *ids, const char *id);

#endif
