/* SPDX-License-Identifier: ISC */
/* table - import of a list by a map; preview writes nothing. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "session.h"

struct table_options {
	const char *map;      /* its file */
	const char *encoding; /* of the list; NULL: UTF-8 */
	bool preview;
	bool ask;       /* which policy, row by row */
	bool forgotten; /* what was forgotten comes back */
	enum vault_policy policy;
};

/* Returns an exit status. */
int table_import(
    struct cli *c, const char *path, const struct table_options *o);

/* A value as far as it tells which one it is. */
void table_put_excerpt(struct buf *out, const char *text);

/* What becomes of a row, or of a cell, as a line of a table (say_table). */
void table_put_note(struct buf *out, const struct vault_row_note *n);

#endif
