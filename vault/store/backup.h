/* SPDX-License-Identifier: ISC */
/*
 * backup - a copy of cells.db as one commit left it.
 *
 * The copy is made under a reader's snapshot: a writer may prepare its
 * changes meanwhile and waits with its commit.  What is copied is ciphertext.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

struct store;

/* Write cells.db into the folder dir, which has none, and sync it. */
VAULT_CHECKED enum vault_err backup_cells(struct store *s, int dir,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx);

#endif
