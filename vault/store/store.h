/* SPDX-License-Identifier: ISC */
/*
 * store - the inner database: the only place where there is structure.
 *
 * Rooms above speak SQL through sql.h and never see SQLite, cells or pages.
 *
 * 1. One commit of the inner database is one commit of cells.db.
 * 2. After an error or an undone transaction the inner connection is closed
 *    and opened anew before anything else is read: it may have kept pages
 *    that were never committed.
 * 3. Once the keys are gone every call ends with VAULT_ELOCKED.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "seal/keyring.h"

struct store;
struct sqlite3;

/*
 * Told of each new connection to the inner database before it is used: the
 * search room makes its tokenizer known there.
 */
typedef enum vault_err store_ready_fn(struct sqlite3 *db);

/* Once per process, before any store is made or opened. */
VAULT_CHECKED enum vault_err store_setup(void);

/* The version of the library beneath. */
const char *store_library(void);

/*
 * The files of a store in a folder: how much, and how much more there can be;
 * cut short; away with them.
 */
VAULT_CHECKED enum vault_err store_size(const char *folder, uint64_t *bytes);
VAULT_CHECKED enum vault_err store_room(const char *folder, uint64_t *bytes);
bool store_has_journal(const char *folder);
bool store_is_there(int dir);
VAULT_CHECKED enum vault_err store_unlink(int dir);

/*
 * Make cells.db in the folder, which has none, with an empty inner database.
 * A write transaction is open afterwards: what the caller adds becomes part
 * of the first commit.
 */
VAULT_CHECKED enum vault_err store_create(struct store **out,
    const char *folder, const struct keyring *ring, store_ready_fn *ready);

/*
 * Open it.  The keyring is borrowed.  busy, or NULL, is called while another
 * process holds it, also after opening.  On error *fault says where.
 */
VAULT_CHECKED enum vault_err store_open(struct store **out, const char *folder,
    const struct keyring *ring, store_ready_fn *ready,
    const struct vault_waiting *busy, struct vault_fault *fault);
void store_close(struct store *s);

/* A transaction of readers, in which every statement sees one state. */
VAULT_CHECKED enum vault_err store_read(struct store *s);
void store_read_end(struct store *s);

/* The one writer's transaction. */
VAULT_CHECKED enum vault_err store_begin(struct store *s);

/*
 * The same, for one that changes many pages: what they were is kept in the
 * outer journal alone, not in memory too.  After any error of a statement
 * nothing but store_abort must follow.
 */
VAULT_CHECKED enum vault_err store_begin_long(struct store *s);

/*
 * Between two transactions of one long work: time enough for another writer,
 * if one waits, to begin.
 */
void store_give_way(struct store *s);

/* Anything but VAULT_OK: nothing of the transaction has been kept. */
VAULT_CHECKED enum vault_err store_commit(struct store *s);

/* Undo the transaction, if there is one. */
void store_abort(struct store *s);

const struct keyring *store_ring(const struct store *s);
bool store_is_read_only(const struct store *s);
struct vault_fault store_fault(const struct store *s);

/*
 * Overwrite what is deleted, in both databases, until the transaction ends:
 * slower, and it takes as much memory as is deleted.
 */
VAULT_CHECKED enum vault_err store_secure_delete(struct store *s, bool on);

/*
 * More memory for pages, 16 MiB instead of 4, while all records are gone
 * through or many are written: their ids are random, and each lies on another
 * page.
 */
VAULT_CHECKED enum vault_err store_wide(struct store *s, bool on);

/* Overwrite the free pages of the inner database: for forgetting. */
VAULT_CHECKED enum vault_err store_scrub(struct store *s);

/* The commit number last seen, and how many cells there are. */
uint64_t store_commit_number(const struct store *s);
uint64_t store_cells(const struct store *s);

/* Called while waiting for another process; false gives up. */
void store_on_busy(struct store *s, unsigned busy_ms,
    bool (*waiting)(void *ctx, unsigned waited_ms), void *ctx);

#endif
