/* SPDX-License-Identifier: ISC */
/*
 * pager - text of any length on standard output; page by page if both ends
 * are a terminal and the text is longer than the screen.
 *
 * 1. The pager is less at a fixed path, with an environment from nothing and
 *    exactly our arguments: it keeps no history, runs no command, opens no
 *    file.  $PAGER and $LESS are not asked.
 * 2. It dies with us: when the vault is locked nothing of it stays.
 * 3. With ACCESSIBLE set, or without less, the text is printed plainly.
 */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include <stdbool.h>
#include <stddef.h>

#include "vault.h"

/*
 * Around what is to stand out, by stars where nothing is bold; around a
 * heading, which does without.  Safe text has no such characters.
 */
#define PAGER_MARK '\001'
#define PAGER_HEADING '\002'
#define PAGER_END '\003'

/* Show text, which has been made safe but for marks; nothing if JSON is on. */
void pager_print(const struct buf *text);

/* The same for a table: cells with TABs between them, see say_table. */
void pager_table(const struct buf *lines);

/* The columns of the terminal at standard output; 0: it is none. */
size_t pager_columns(void);

/* We are on the alternate screen: return to it after the pager. */
void pager_stay_on_alternate_screen(void);

#endif
