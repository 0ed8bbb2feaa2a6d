/* SPDX-License-Identifier: ISC */
/*
 * print - a body as lines for people: a label and a text for every value, in
 * the order of the model, whatever the body holds.
 *
 * Nothing is left out: what the model does not know comes last, under its own
 * name.  Texts are as they were written; whoever shows them makes them safe.
 */
#ifndef RECORD_PRINT_H
#define RECORD_PRINT_H

#include <jansson.h>

#include "core/buf.h"
#include "core/error.h"
#include "record/name.h"

/* What stands in the place of a title that is not here, and for booleans. */
struct print_words {
	const char *not_here, *yes, *no;
};
extern const struct print_words print_english;

struct print_line {
	const char *field; /* its name in JSON */
	const char *label; /* for people, in English; the name if unknown */
	const char *text;
	size_t len;
	const char *vocab; /* of a code, or of codes parted by "; "; or NULL */
	bool block;        /* long text: on lines of its own */
	bool heading;      /* the lines of an object follow, one deeper */
	unsigned depth;    /* of objects around it */
	bool no_date;      /* a date in it is words alone */
	bool no_span;      /* a duration is */
};

/*
 * Call each for every line, until it returns something other than VAULT_OK.
 * Ids of linked records go through namer, which may be NULL.
 */
VAULT_CHECKED enum vault_err print_body(const json_t *body,
    enum vault_err (*each)(void *ctx, const struct print_line *line),
    record_namer namer, void *ctx, const struct print_words *words);

/* One value of any field. */
VAULT_CHECKED enum vault_err print_value(
    struct buf *out, const json_t *value, const struct print_words *words);

/* The same for the text of a body. */
VAULT_CHECKED enum vault_err print_text(const struct buf *text,
    enum vault_err (*each)(void *ctx, const struct print_line *line),
    record_namer namer, void *ctx, const struct print_words *words);

#endif
