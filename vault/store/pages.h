/* SPDX-License-Identifier: ISC */
/*
 * pages - an SQLite VFS whose one file is the cells: page n of the inner
 * database is cell n.
 *
 * 1. It opens the main database and nothing else: no journal, temporary or
 *    spill file can carry plaintext to a disk.
 * 2. A lock of the inner database is a transaction of the outer one: SHARED
 *    opens a snapshot unless there is a transaction, and leaving SHARED ends
 *    the snapshot that it opened.
 * 3. Writing demands an outer write transaction, which the caller has begun
 *    and will end; the VFS never commits.
 * 4. Truncation overwrites with cells of zeros and drops none.
 */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include <sqlite3.h>

#include "core/error.h"

struct cells;
struct pages;

#define PAGE_LEN 4096
#define PAGE_RESERVE 80

/* A VFS of its own name over cells, which is borrowed. */
VAULT_CHECKED enum vault_err pages_new(struct pages **out, struct cells *c);
void pages_free(struct pages *p);

/* The name to give to sqlite3_open_v2. */
const char *pages_vfs(const struct pages *p);

/* The first error since the last call of this; then it is forgotten. */
enum vault_err pages_take_error(struct pages *p);

#endif
