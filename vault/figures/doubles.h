/* SPDX-License-Identifier: ISC */
/* doubles - persons who are counted as several, and may be one. */
#ifndef VAULT_DOUBLES_H
#define VAULT_DOUBLES_H

#include "core/buf.h"
#include "search/same.h"
#include "vault.h"

struct store;

/*
 * How many pairs of those counted look alike, of whom nobody here has said
 * whether they are one: by the same name, number of a paper, or day of birth
 * with a word of a name, and no nearer, which would take long.  counted: ids of
 * ID_LEN bytes, of several records of one person the first; put in order.  At
 * most VAULT_DOUBLES_MAX are told.  Inside a transaction.
 */
VAULT_CHECKED enum vault_err doubles_count(uint64_t *out, struct store *s,
    const struct same *same, struct buf *counted);

/*
 * The one that stands for a person: of several records the first, in *records
 * of them.
 */
const char *doubles_first(
    size_t *records, const struct same *same, const char *id);

#endif
