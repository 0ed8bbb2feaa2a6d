/* SPDX-License-Identifier: ISC */
/* tables.h - what the files of lists share: a list, and one reading of it. */
#ifndef VAULT_TABLES_H
#define VAULT_TABLES_H

#include "core/buf.h"
#include "record/keep.h"
#include "record/table_row.h"
#include "vault.h"

struct vault_table {
	struct vault *v;
	const struct table_map *map;
	struct vault_input input;
	struct buf name;
	struct table_file file;
	struct table_columns columns;
	uint64_t rows;
};

/* One reading of it, to look or to import. */
struct bulk;
struct seen;
struct table_pass {
	struct vault_table *t;
	void (*fault)(void *ctx, const struct vault_table_fault *f);
	void *ctx;
	bool refused;
	/* Of an import. */
	const struct vault_table_how *how;
	unsigned since; /* rows in this snapshot */
	struct signer by;
	struct bulk *bulk;
	struct seen *seen;
	size_t n_seen, cap_seen;
	/* Of records for the whole list: is it here, or made by now? */
	bool once[TABLE_RECORDS_MAX];
	uint8_t once_id[TABLE_RECORDS_MAX][ID_LEN];
	struct vault_table_done *done;
};

/* Read the file with these events; *hex is its hash. */
VAULT_CHECKED enum vault_err table_pass_read(struct table_pass *p,
    char hex[static 65],
    enum vault_err (*row)(void *ctx, const struct table_row *row));

#endif
