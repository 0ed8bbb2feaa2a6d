/* SPDX-License-Identifier: ISC */
/* table_note - what becomes of a row of a list, or of a cell, in words. */
#ifndef CLI_TABLE_NOTE_H
#define CLI_TABLE_NOTE_H

#include "say.h"
#include "vault.h"

/* A value as far as it tells which one it is. */
void table_put_excerpt(struct buf *out, const char *text);

/* What becomes of a row, or of a cell, as a line of a table (say_table). */
void table_put_note(struct buf *out, const struct vault_row_note *n);

/* The same for programs: to be put into a document. */
struct doc *table_note_doc(const struct vault_row_note *n);

#endif
