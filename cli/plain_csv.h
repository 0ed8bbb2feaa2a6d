/* SPDX-License-Identifier: ISC */
/* plain_csv - records of one type as a table of comma-separated values. */
#ifndef CLI_PLAIN_CSV_H
#define CLI_PLAIN_CSV_H

#include "outfile.h"

/* Its progress is that of the file. */
enum vault_err plain_csv_write(struct outfile *file, struct vault_plain *p);

#endif
