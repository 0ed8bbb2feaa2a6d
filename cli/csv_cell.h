/* SPDX-License-Identifier: ISC */
/* csv_cell - a cell as RFC 4180 has it, which no spreadsheet takes for a
 * formula. */
#ifndef CLI_CSV_CELL_H
#define CLI_CSV_CELL_H

#include "vault.h"

/*
 * Append a text, quoted where it must be.  What a spreadsheet would take for a
 * formula (it begins with = + - @, one of their full-width forms, a TAB, CR or
 * LF) gets an apostrophe in front, and so does what begins with an apostrophe:
 * take one off and it is what was written.
 */
void csv_put(struct buf *out, const char *text);

#endif
