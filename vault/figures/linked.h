/* SPDX-License-Identifier: ISC */
/* linked - the records that link to others, by the index and by their body. */
#ifndef VAULT_LINKED_H
#define VAULT_LINKED_H

#include "record/id.h"
#include "record/json.h"

#include "core/error.h"
#include "search/same.h"

struct store;

/*
 * Call each with the number of every record that links to one of these n ids,
 * by whatever field: each once, in order.  What it returns but VAULT_OK ends
 * it and is returned.  Inside a transaction.
 */
VAULT_CHECKED enum vault_err linked_each(struct store *s, const same_id *ids,
    size_t n, enum vault_err (*each)(void *ctx, int64_t num), void *ctx);

/*
 * Does a body link to this id by one of these fields?  They are names at its
 * top, parted by blanks; NULL: there are none.
 */
VAULT_CHECKED enum vault_err linked_by(
    bool *out, const json_t *body, const char *fields, const char *id);

#endif
