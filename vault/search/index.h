/* SPDX-License-Identifier: ISC */
/*
 * index - what only serves finding: words, values, days, names, titles.
 *
 * All of it is derived from the heads of the records and can be dropped and
 * made again, with identical answers.  FTS5 keeps no text, and wants exactly
 * what was put in when it is to be taken out: so index_remove must be called
 * before a record changes, and index_put afterwards.
 */
#ifndef SEARCH_INDEX_H
#define SEARCH_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "record/keep.h"

struct store;

/* Take record r out of the index, if it is there. */
VAULT_CHECKED enum vault_err index_remove(
    struct store *s, const struct record_row *r);

/* Put it in, as its heads are now; a forgotten record is not put in. */
VAULT_CHECKED enum vault_err index_put(
    struct store *s, const struct record_row *r);

/*
 * The same in two steps, for heads that are at hand: what is to be put in,
 * which needs no store; putting it in.
 */
struct index_entry;
VAULT_CHECKED enum vault_err index_entry_new(struct index_entry **out);
VAULT_CHECKED enum vault_err index_entry_add(
    struct index_entry *e, const struct head *head);

/*
 * After all heads of r, unless it is new: what our own newest versions say of
 * whom it is the same as, which no other office takes away.
 */
VAULT_CHECKED enum vault_err index_entry_own(
    struct index_entry *e, struct store *s, const struct record_row *r);
void index_entry_free(struct index_entry *e);
VAULT_CHECKED enum vault_err index_put_entry(
    struct store *s, const struct record_row *r, const struct index_entry *e);

/*
 * The first record behind the number after, 0 at first, that says to be made
 * of the row of a list with this key (table_key).  VAULT_ENORECORD: none.
 */
VAULT_CHECKED enum vault_err index_find_row(int64_t *num, struct store *s,
    const uint8_t key[static HASH_LEN], int64_t after);

/*
 * A step of FTS5's merging, bounded by n, the records that were written in
 * this transaction: behind them, or every search would read more and more
 * places.  For a single record it is taken now and then.
 */
VAULT_CHECKED enum vault_err index_tidy(struct store *s, size_t n);

/*
 * Keys are made by the tables of one version of Unicode, which the index of a
 * new vault says.  *is: the tables here are of another one, or it says none.
 */
VAULT_CHECKED enum vault_err index_mark(struct store *s);
VAULT_CHECKED enum vault_err index_is_old(bool *is, struct store *s);

/* Drop everything and make it again. */
VAULT_CHECKED enum vault_err index_rebuild(struct store *s,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx);

/*
 * Compare what stands in the index with what the heads of r would put there:
 * values, days, names and title.  *same says whether they agree.
 */
VAULT_CHECKED enum vault_err index_agrees(
    bool *same, struct store *s, const struct record_row *r);

/* The same with what should be there at hand. */
VAULT_CHECKED enum vault_err index_has(bool *same, struct store *s,
    const struct record_row *r, const struct index_entry *want);

#endif
