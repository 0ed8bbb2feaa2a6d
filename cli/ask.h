/* SPDX-License-Identifier: ISC */
/*
 * ask - questions to the person at the terminal, always on /dev/tty, so that
 * standard output stays what it is; and passphrases from elsewhere.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <stdbool.h>

#include "cli.h"
#include "say.h"

/* Anything to say on the terminal itself, without a line end of its own. */
bool ask_show(const char *text);
void ask_clear_screen(void);
bool ask_has_terminal(void);

/*
 * Yes or no; preset is what Enter means, and what c->yes means is yes.  No,
 * after a message, where there is no terminal to ask on.
 */
bool ask_yes(
    const struct cli *c, bool preset, enum say question, const char *argument);

/* A line; false if there is no terminal or it was cancelled. */
bool ask_line(struct buf *out, enum say prompt, const char *start);

/*
 * The passphrase: from --passphrase-fd or --passphrase-file, else asked for.
 * Returns 0, or an exit status after a message.
 */
int ask_passphrase(struct secret **out, const struct cli *c, enum say prompt);

/* A passphrase from a file, by name or number: one line end is taken off. */
int ask_passphrase_from(struct secret **out, const char *file, int fd);

/*
 * list is NULL or names a list of words: 0; else 2, after a message.  For
 * commands with --words, before they do anything.
 */
int ask_words_known(const char *list);

/*
 * A new passphrase: one of our own making is proposed (words from the list
 * named by list, or of the locale), typed again, or another one typed twice
 * and judged.  For scripts: file.
 */
struct ask_new {
	const char *list;
	const char *file;
	bool on_paper; /* proposed only, to be written down */
};
int ask_new_passphrase(
    struct secret **out, const struct cli *c, const struct ask_new *how);

#endif
