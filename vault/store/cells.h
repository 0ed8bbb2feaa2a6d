/* SPDX-License-Identifier: ISC */
/*
 * cells - cells.db: an ordinary SQLite file that holds only ciphertext
 * (FORMAT.md, section 4).
 *
 * 1. A cell is believed only after it has opened under the key of this vault
 *    and of this file, at this number.
 * 2. There is a cell for every number from 0 to the count, and for no other.
 *    A missing one is an error and never reads as zeros.
 * 3. The root's sum S changes by the difference of what is written to what
 *    was found on the disk, and what is found must be what was read before;
 *    so an old cell put back, if only for a moment, is never laundered.
 * 4. The file is hostile until its header and schema have been compared.
 * 5. After an error inside a transaction nothing more is done until it has
 *    been rolled back; the caller then throws away what it had read.
 */
#ifndef STORE_CELLS_H
#define STORE_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "seal/seal.h"

struct cells;

#define CELLS_FILE "cells.db"
#define CELLS_JOURNAL "cells.db-journal"
#define CELL_PLAIN_LEN 4016
#define CELL_LEN (CELL_PLAIN_LEN + SEAL_EXTRA)

/* The contents of cell 0. */
struct cells_root {
	uint64_t commit;
	uint64_t count; /* cells 1 to count */
	uint8_t sum[HASH_LEN];
	uint8_t log_head[HASH_LEN];
};

/* Make the file cells.db in the folder at path, which has none. */
VAULT_CHECKED enum vault_err cells_create(
    struct cells **out, const char *folder, const struct keyring *ring);

/*
 * Open it, check header and schema, and open the root.  The keyring is
 * borrowed.  While another process holds the file busy is called, which may be
 * NULL; later too, until cells_on_busy.  VAULT_ENOVAULT: there is no such
 * file.  On error *fault says where.
 */
VAULT_CHECKED enum vault_err cells_open(struct cells **out, const char *folder,
    const struct keyring *ring, const struct vault_waiting *busy,
    struct vault_fault *fault);
void cells_close(struct cells *c);

/* True if the medium or the rights allow no writing. */
bool cells_is_read_only(const struct cells *c);

/*
 * A transaction: of readers, which see one state from here on, or of the one
 * writer.  VAULT_EBUSY after waiting for busy_ms (5,000 unless set).
 */
VAULT_CHECKED enum vault_err cells_begin_read(struct cells *c);
VAULT_CHECKED enum vault_err cells_begin_write(struct cells *c);
bool cells_in_read(const struct cells *c);
bool cells_in_write(const struct cells *c);

/*
 * True, once, if somebody else has committed between this transaction and the
 * one before: what was read then is no longer to be used.
 */
bool cells_take_changed(struct cells *c);

/* The root as this transaction sees it. */
const struct cells_root *cells_root(const struct cells *c);

/*
 * Read cell n, 1 to count.  VAULT_EDAMAGED: missing, or does not open;
 * cells_fault() then says which.
 */
VAULT_CHECKED enum vault_err cells_get(
    struct cells *c, uint64_t n, uint8_t plain[static CELL_PLAIN_LEN]);

/* Write cell n; n may be beyond the count, which then rises. */
VAULT_CHECKED enum vault_err cells_put(
    struct cells *c, uint64_t n, const uint8_t plain[static CELL_PLAIN_LEN]);

/*
 * Fill the holes, write the root with the new head of the log, and commit.
 * Anything but VAULT_OK: the transaction has been rolled back.
 */
VAULT_CHECKED enum vault_err cells_commit(
    struct cells *c, const uint8_t log_head[static HASH_LEN]);

/* End a reader's transaction, or undo a writer's. */
void cells_end(struct cells *c);

/* What the last error was about. */
struct vault_fault cells_fault(const struct cells *c);

/*
 * Between two transactions: time for a writer that waits, but not after each
 * of them: about ten times in a second.
 */
void cells_give_way(struct cells *c);

/* Called while waiting for another process; false gives up. */
void cells_on_busy(struct cells *c, unsigned busy_ms,
    bool (*waiting)(void *ctx, unsigned waited_ms), void *ctx);

/* Overwrite what is deleted (SQLite's secure_delete), for forgetting. */
VAULT_CHECKED enum vault_err cells_secure_delete(struct cells *c, bool on);

/* The bytes of the file, while a transaction holds them still. */
VAULT_CHECKED enum vault_err cells_file_size(
    const struct cells *c, uint64_t *out);
VAULT_CHECKED enum vault_err cells_file_read(
    const struct cells *c, void *to, size_t len, uint64_t offset);

/* What a full pass over all rows finds. */
enum cells_finding {
	CELLS_OUTER,   /* SQLite's own check of the file failed */
	CELLS_MISSING, /* no cell n */
	CELLS_BROKEN,  /* cell n does not open */
	CELLS_FOREIGN, /* a cell beyond the count */
	CELLS_ROOM,    /* the file has bytes that belong to no cell */
	CELLS_SUM,     /* all cells open, but S differs: an old one is back */
};
struct cells_check {
	bool open_all; /* open every cell, not only sum up */
	void *ctx;
	void (*found)(void *ctx, enum cells_finding what, int64_t n);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
};
VAULT_CHECKED enum vault_err cells_check(
    struct cells *c, const struct cells_check *how);

#ifdef VAULT_TEST
/* Do without fsync: a planted fault for the power-loss harness. */
void cells_test_no_sync(bool on);
#endif

#endif
