/* SPDX-License-Identifier: ISC */
/* cells_inside - what the three files behind cells.h share. */
#ifndef STORE_CELLS_INSIDE_H
#define STORE_CELLS_INSIDE_H

#include <sqlite3.h>

#include "store/cells.h"
#include "store/files.h"

#define OUTER_PAGE 4096

enum state { IDLE, READING, WRITING };

enum statement {
	BEGIN_READ,
	BEGIN_WRITE,
	COMMIT,
	ROLLBACK,
	GET,
	LAST,
	PUT,
	STATEMENTS,
};

struct cells {
	struct files *files;
	sqlite3 *db;
	sqlite3_stmt *stmt[STATEMENTS];
	const struct keyring *ring;
	enum state state;
	bool broken; /* an error while writing: nothing but the end */
	struct cells_root root;
	uint64_t count_before; /* the count when the transaction began */
	/*
	 * A mark of every cell that was read or written since the root last
	 * changed under us; 0: not seen.  Whoever put an old cell back for a
	 * moment, to have it read and written again, is found out by it.
	 */
	uint64_t *seen;
	size_t seen_len;
	uint64_t root_mark;  /* of the root row that was seen last */
	uint64_t root_found; /* of the one that is there now */
	bool changed;        /* another process has committed since then */
	uint8_t ad[ID_LEN + ID_LEN + 4 + 8];
	struct vault_fault fault;
	unsigned busy_ms;
	int64_t turn_ms; /* when others last had a turn; 0: not yet */
	bool (*waiting)(void *ctx, unsigned waited_ms);
	void *waiting_ctx;
};

/* vault id || cells id || LE32(1) || LE64(n) */
#ifdef PLANT_NO_AD
#define AD_LEN 0
#else
#define AD_LEN sizeof(((struct cells *)0)->ad)
#endif

enum vault_err cells_fail(
    struct cells *c, enum vault_err err, enum vault_where where, uint64_t n);

/* For the result of a call into SQLite. */
enum vault_err cells_db_err(struct cells *c, int result);
enum vault_err cells_db_fail(struct cells *c, int result);

/* Step a statement that returns no rows, and reset it. */
int cells_run(struct cells *c, enum statement which);

/* T(n) of FORMAT.md, 4.3, and the sum of such terms. */
VAULT_CHECKED enum vault_err cells_term(const struct cells *c,
    uint8_t out[static HASH_LEN], uint64_t n, const uint8_t *body);
void cells_sum_add(
    uint8_t sum[static HASH_LEN], const uint8_t term[static HASH_LEN]);

/* The associated data of cell n: borrowed until the next call. */
const uint8_t *cells_associated(struct cells *c, uint64_t n);

/* SQLite's busy handler. */
int cells_busy(void *ctx, int times);

VAULT_CHECKED enum vault_err cells_read_root(struct cells *c);
VAULT_CHECKED enum vault_err cells_write_root(struct cells *c);

#endif
