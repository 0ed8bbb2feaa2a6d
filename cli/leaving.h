/* SPDX-License-Identifier: ISC */
/*
 * leaving - what the commands have in common that write records to a file:
 * the rows of what leaves and what is held back, names that are found, and
 * what is said when the vault has changed meanwhile.
 */
#ifndef CLI_LEAVING_H
#define CLI_LEAVING_H

#include "named.h"
#include "progress.h"

/* To be zeroed; the first member of whatever a command adds to it. */
struct leaving {
	struct buf leaves, held; /* rows for people */
	struct doc *array;       /* the same for programs; or NULL */
	struct named named;
	struct progress progress; /* of looking for names */
};

void leaving_free(struct leaving *l);

/* Callbacks of the library, whose ctx is a struct leaving. */
void leaving_named(void *ctx, const struct vault_named *n);
bool leaving_look(void *ctx, uint64_t done, uint64_t total);

/* "  57v3hh43  person  WHY  title": why is a sentence, or SAY_COUNT: none. */
void leaving_row(struct buf *to, const char *id, const char *type, enum say why,
    const char *title);

/*
 * Show all, to which what is held is added first: on standard error where the
 * file is standard output.  All is freed.
 */
void leaving_show(
    struct buf *all, const struct leaving *l, uint64_t held, const char *file);

/* The vault, or the day, is not what it was; returns the exit status. */
int leaving_changed(enum say hint);

#endif
