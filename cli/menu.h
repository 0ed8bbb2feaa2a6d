/* SPDX-License-Identifier: ISC */
/*
 * menu - ten things that people do every day, by number, at our own prompt.
 *
 * Lines of plain text: no cursor moves over them, so that a screen reader
 * reads them as they are.  What is chosen becomes a line as somebody could
 * have typed it; nothing can be done here that cannot be done by a command.
 */
#ifndef CLI_MENU_H
#define CLI_MENU_H

#include "lineedit.h"
#include "vault.h"

/* The list, on standard output. */
void menu_show(void);

/*
 * Ask for a number, and for what that needs; the command is put into line,
 * which is empty if there is nothing to do.  Other than LINEEDIT_DONE ends it,
 * but for LINEEDIT_CANCELLED, with which the list is left.
 */
enum lineedit_end menu_read(struct buf *line, struct lineedit *l);

#endif
