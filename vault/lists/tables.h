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
	const char *encoding; /* or NULL */
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
	bool once_gone[TABLE_RECORDS_MAX]; /* it was forgotten */
	uint64_t any_gone; /* so many records of any list were */
	struct vault_table_done *done;
};

/* A row, and its records. */
struct work {
	struct table_pass *p;
	const struct table_row *row;
	struct table_made made;
	uint8_t ids[TABLE_RECORDS_MAX][ID_LEN];
	int64_t num[TABLE_RECORDS_MAX]; /* 0: not here */
	/* The day on which it was forgotten, if it may come back; or 0. */
	int64_t again[TABLE_RECORDS_MAX];
};

/* Tell what becomes of record i; column and value may be NULL. */
void work_note(const struct work *w, size_t i, enum vault_row_why why,
    const char *column, const char *value);

/* The same of a field; how its record is called, and what it says now. */
void work_note_field(
    const struct work *w, size_t i, const struct vault_row_note *of);

/* The first error of a body that cannot be kept. */
void work_refused(
    const struct work *w, size_t i, const struct body_report *report);

/* Tell what has become of the row. */
void work_end(const struct work *w, enum vault_row_end end);

/*
 * May all records be kept that are not here yet?  Otherwise it was told why.
 */
VAULT_CHECKED enum vault_err work_look(bool *good, const struct work *w);

/* Add them; the bodies are given away. */
VAULT_CHECKED enum vault_err work_add(struct work *w);

/* What becomes of a row of which something is here already. */
VAULT_CHECKED enum vault_err work_again(struct work *w);

/* Read the file with these events; *hex is its hash. */
VAULT_CHECKED enum vault_err table_pass_read(struct table_pass *p,
    char hex[static 65],
    enum vault_err (*row)(void *ctx, const struct table_row *row));

#endif
