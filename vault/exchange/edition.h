/* SPDX-License-Identifier: ISC */
/*
 * edition - a record as an audience may read it, for every way out that is not
 * a bundle (records.md, 9, rule 2): plain exports, dossiers, submissions.
 *
 * Left out are private fields, what a newer program or the office added by
 * itself where others publish it, what only concerns our own work, and of a
 * person who may not be named in full everything that tells who it is, or may
 * (fields of the office's own); the name becomes what the consent allows.  What
 * is left is still to be looked through for names (reveal.h).
 */
#ifndef EXCHANGE_EDITION_H
#define EXCHANGE_EDITION_H

#include "exchange/audience.h"

struct edition {
	enum audience_why why;
	struct audience_limits limits;
	struct audience_person person; /* who has not consented, or has */
	json_t *body;                  /* NULL unless it may leave */
	json_t *clashes;               /* fields in which versions disagree */
};

/*
 * What an audience could read of a record if it might have it, whoever it is
 * about: to make a redacted copy of.  VAULT_ENORECORD: nothing of it is here.
 */
VAULT_CHECKED enum vault_err edition_open(json_t **out, struct store *s,
    enum consent_scope scope, const struct record_row *r);

/*
 * For figures: may the record be counted for the audience, and what of a body
 * that was merged from it?  *body is replaced.  Research, which gets figures
 * only, counts what is of level 2 at most; nothing is counted for who only
 * stores.
 */
VAULT_CHECKED enum vault_err edition_figures(bool *may, json_t **body,
    const struct audience *a, const struct record_row *r);

/* Free *out in any case. */
VAULT_CHECKED enum vault_err edition_make(struct edition *out, struct store *s,
    const struct audience *a, const struct record_row *r);
void edition_free(struct edition *e);

/*
 * Append what the audience may call a person, for a record that names the
 * person: the name, initials, the pseudonym; nothing if none is allowed.
 */
VAULT_CHECKED enum vault_err edition_label(struct buf *out, struct store *s,
    const struct audience *a, const char *person, const char *record);

/*
 * Take out of a body, which is of a known type, what must not leave to that
 * scope; pure.  A person's: named so.
 */
VAULT_CHECKED enum vault_err edition_strip(
    json_t *body, enum consent_scope scope, enum consent_naming naming);

/*
 * Append the initials of a name in letters: "M. J. N.".  A name in a script
 * without spaces has none, for its first character is the family name.
 */
VAULT_CHECKED enum vault_err edition_initials(
    struct buf *out, const json_t *names);

#endif
