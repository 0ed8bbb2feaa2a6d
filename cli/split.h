/* SPDX-License-Identifier: ISC */
/* split - a line typed at our own prompt as the words of a command. */
#ifndef CLI_SPLIT_H
#define CLI_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "vault.h"

#define SPLIT_MAX 256

struct split {
	struct buf text; /* the words, each with a NUL behind it */
	char *argv[SPLIT_MAX + 1];
	int argc;
};

/*
 * As a shell would, but nothing is ever expanded: blanks separate, "..." and
 * '...' join, a backslash takes the meaning of the next character away.  A '
 * within a word is an apostrophe.  Behind list and find, where quotes belong
 * to the query, they join too but stay.  False: a quote is not closed, there
 * are too many words, or no memory.
 */
bool split_line(struct split *out, const struct buf *line);
void split_free(struct split *s);

/* Where in line the word that the cursor at stands in begins; *n: which. */
size_t split_at(const struct buf *line, size_t at, unsigned *n);

/* Append text as one word. */
void split_quote(struct buf *out, const char *text);

#endif
