/* SPDX-License-Identifier: ISC */
/* sqlite - what both databases, the outer and the inner, have in common. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <stdbool.h>

#include <sqlite3.h>

#include "core/error.h"

/*
 * Give SQLite our allocator, which wipes what is freed.  Once per process,
 * before any database is opened.
 */
VAULT_CHECKED enum vault_err sqlite_setup(void);

/* Our code for a result of SQLite. */
enum vault_err sqlite_err(int result);

/* Run statements that return no rows. */
VAULT_CHECKED enum vault_err sqlite_run(sqlite3 *db, const char *sql);

/* The integer that a statement returns. */
VAULT_CHECKED enum vault_err sqlite_int(
    sqlite3_int64 *out, sqlite3 *db, const char *sql);

/*
 * SQLite's own check of a whole database.  Want of memory, too, may be told
 * as a line of its answer: so what is unsound is looked at again.
 */
VAULT_CHECKED enum vault_err sqlite_sound(bool *out, sqlite3 *db);

/* Nothing of SQLite that hostile input could use: no triggers, views, ... */
VAULT_CHECKED enum vault_err sqlite_harden(sqlite3 *db);

/*
 * VAULT_EDAMAGED unless the schema of db is exactly these statements, n of
 * them, in this order; SQLite's own and FTS5's shadow tables are counted too.
 */
VAULT_CHECKED enum vault_err sqlite_schema_is(
    sqlite3 *db, const char *const *statements, size_t n);

#endif
