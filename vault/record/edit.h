/* SPDX-License-Identifier: ISC */
/*
 * edit - changing a body by path, with values as people type them.
 *
 * A path is "names[0].text" or "detention.lawyer_access".  An index equal to
 * the number of elements appends, and so does the name of an array alone.
 * The path of a name, a place or a citation means its text or its ref.  A
 * date, a duration and a party take one line each, see edit_set.
 *
 * What is set is what body_check accepts, so that neither null nor anything
 * empty ever comes to be; what a newer program wrote stays as it is.
 */
#ifndef RECORD_EDIT_H
#define RECORD_EDIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct buf;

/*
 * Set the value at path to what text means for its field:
 * a date      EDTF, and then perhaps the words of the source in parentheses;
 *             anything else is words: nothing is guessed
 * a duration  the same
 * a party     an id, or else words
 * yes or no   yes, y, true; no, n, false
 * and a code or an id in either case.  The type of a body never changes.
 * VAULT_EUSE, with nothing changed: no such path, or not such a value.
 */
VAULT_CHECKED enum vault_err edit_set(
    json_t *body, const char *path, const char *text, size_t len);

/*
 * Take the value at path out, and what is empty without it.  VAULT_EUSE: there
 * is nothing, and no field of that name either.
 */
VAULT_CHECKED enum vault_err edit_unset(json_t *body, const char *path);

/* Append the value at path as edit_set reads it; false if there is none. */
bool edit_get(struct buf *out, const json_t *body, const char *path);

/* The number of elements of the array at path; 0 if there is none. */
size_t edit_count(const json_t *body, const char *path);

/* What stands at path, borrowed; NULL if there is nothing. */
const json_t *edit_at(const json_t *body, const char *path);

#endif
