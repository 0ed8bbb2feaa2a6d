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

#endif
