/* SPDX-License-Identifier: ISC */
/*
 * forgotten_row - rows of lists whose record our office has forgotten, so that
 * the same list does not bring it back unasked (FORMAT.md, 7.5).
 *
 * What is kept is a keyed hash of the row's key and a day: no name, no id of
 * the record.  It never leaves the vault.  Inside a transaction of the caller.
 */
#ifndef RECORD_FORGOTTEN_ROW_H
#define RECORD_FORGOTTEN_ROW_H

#include "record/rows.h"

struct store;

/* Keep the row that r came from, if it came from one.  Before r goes. */
VAULT_CHECKED enum vault_err forgotten_row_keep(
    struct store *s, const struct record_row *r);

/* How many such rows there are. */
VAULT_CHECKED enum vault_err forgotten_row_count(uint64_t *n, struct store *s);

/* All of them may come back. */
VAULT_CHECKED enum vault_err forgotten_row_drop_all(struct store *s);

/* *day is when the record of the row with this table_key was forgotten, in
 * Unix seconds at its beginning; 0: none was. */
VAULT_CHECKED enum vault_err forgotten_row_day(
    int64_t *day, struct store *s, const uint8_t key[static HASH_LEN]);

/* It may come back. */
VAULT_CHECKED enum vault_err forgotten_row_drop(
    struct store *s, const uint8_t key[static HASH_LEN]);

#endif
