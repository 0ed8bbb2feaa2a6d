/* SPDX-License-Identifier: ISC */
/* table - import of a list by a map; preview writes nothing. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "session.h"

/* Returns an exit status. */
int table_import(
    struct cli *c, const char *path, const char *map, bool preview);

#endif
