/* SPDX-License-Identifier: ISC */
/* inner - what the files of store/ share about the inner database. */
#ifndef STORE_INNER_H
#define STORE_INNER_H

#include <sqlite3.h>

#include "store/cells.h"
#include "store/pages.h"
#include "store/store.h"

#define SQL_READY 64

struct sql {
	struct store *store;
	sqlite3_stmt *stmt;
	const char *text; /* a literal: compared by address */
	enum vault_err err;
	bool busy;
	bool once; /* not to be kept ready */
};

struct store {
	const struct keyring *ring;
	store_ready_fn *on_ready;
	struct cells *cells;
	struct pages *pages;
	sqlite3 *db;
	struct sql ready[SQL_READY];
	bool writing;
	bool reading;
	bool lone;   /* reading for the sake of statements on their own */
	bool secure; /* secure_delete is on */
	bool bare;   /* there is no inner journal */
	bool stale;  /* the connection must be opened anew first */
	uint8_t log_head[HASH_LEN];
	struct vault_fault fault;
};

/* The schema, statement by statement (FORMAT.md, 5.2). */
extern const char *const inner_schema[];
extern const size_t inner_schema_len;

/*
 * The code for a result of the inner connection: the error of the cells
 * beneath it if there was one, VAULT_ELOCKED if the keys are gone.
 */
enum vault_err inner_fail(struct store *s, int result);

/* True while a statement is in use. */
bool inner_any_busy(const struct store *s);

/*
 * Inside a transaction: open the connection anew if it may hold pages that do
 * not count.  No statement may be in use.  VAULT_ELOCKED: the keys are gone.
 */
VAULT_CHECKED enum vault_err inner_freshen(struct store *s);

#endif
