/* SPDX-License-Identifier: ISC */
/*
 * table_base - which version of a record an import of a list wrote last: what
 * differs from it was changed by a person.
 *
 * Other offices write `imported` as they like, and could so make a correction
 * of ours look as if an import had written it, or a record look as if it were
 * of a row.  So in a record that our office has written to only these count:
 *
 * 1. a version of ours that counts `imported.edition` up over all that it
 *    follows, or follows nothing: an import writes such, an edit does not;
 * 2. if there is none, the oldest of that edition which the first version of
 *    ours follows: as it was when we took it over.
 *
 * In any other record its office's word is all that there is.
 */
#ifndef RECORD_TABLE_BASE_H
#define RECORD_TABLE_BASE_H

#include "record/head.h"

/*
 * Is the record, of several versions, of a row with this key, as far as can be
 * told?  What is not here speaks for it.
 */
VAULT_CHECKED enum vault_err table_base_is(bool *out, struct store *s,
    const struct record_row *r, const json_t *now,
    const uint8_t row[static HASH_LEN]);

/*
 * The version, opened, of the record that a row with this key (table_row_key)
 * made; now is what the record says.  out->body is NULL if there is none: the
 * record is not of this row, whatever others say.  Free *out in any case.
 */
VAULT_CHECKED enum vault_err table_base(struct head *out, struct store *s,
    const struct record_row *r, const json_t *now,
    const uint8_t row[static HASH_LEN]);

#endif
