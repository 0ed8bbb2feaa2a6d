/* SPDX-License-Identifier: ISC */
/*
 * files - the SQLite VFS beneath cells.db: it opens that file and its
 * journal, and touches nothing else.
 *
 * A journal is hostile input like the file itself.  One that names a
 * super-journal makes SQLite delete the file of that name, whichever it is,
 * before any schema can be looked at; here that is refused.
 */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include <stdbool.h>

#include "core/error.h"

struct files;

/* A VFS of its own name for the database at path, which is copied. */
VAULT_CHECKED enum vault_err files_new(struct files **out, const char *path);
void files_free(struct files *f);

/* The name to give to sqlite3_open_v2. */
const char *files_vfs(const struct files *f);

/* True if SQLite was made to reach for any other file. */
bool files_was_tricked(const struct files *f);

#ifdef VAULT_TEST
/* Put the SQLite VFS of this name beneath; NULL is the system's. */
void files_test_vfs(const char *name);
#endif

#endif
