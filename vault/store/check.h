/* SPDX-License-Identifier: ISC */
/*
 * check - look at everything that can be looked at from inside: the outer
 * file, every cell, the sum over all cells, the inner database, the log.
 *
 * It reads and reports; it repairs nothing.
 */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

struct store;

enum check_finding {
	CHECK_OUTER,   /* cells.db is not a sound SQLite file */
	CHECK_MISSING, /* no cell n */
	CHECK_BROKEN,  /* cell n does not open */
	CHECK_FOREIGN, /* cell n should not be there */
	CHECK_ROOM,    /* cells.db has bytes that belong to no cell */
	CHECK_SUM,     /* every cell opens, but one is older than the root */
	CHECK_INNER,   /* the inner database is not sound */
	CHECK_LOG,     /* the log is wrong from entry n on */
};

struct check_how {
	bool quick; /* only the sum: enough after an interrupted write */
	void *ctx;
	void (*found)(void *ctx, enum check_finding what, int64_t n);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
};

/*
 * VAULT_OK says that the look was complete, not that all is well: what was
 * found has been told to how->found.
 */
VAULT_CHECKED enum vault_err check_store(
    struct store *s, const struct check_how *how);

#endif
