/* SPDX-License-Identifier: ISC */
/*
 * flat - a body as cells of a table, each with its path, and back.
 *
 * Every text, number and yes or no of the body is a cell; its path is what
 * edit_set takes.  Setting all cells again, in the order of flat_compare,
 * gives the same body, but for what edit_set does not take: members of a
 * newer program, and values of the office's own fields that are no texts.
 */
#ifndef RECORD_FLAT_H
#define RECORD_FLAT_H

#include <jansson.h>

#include "core/error.h"

/* Path and text are borrowed; an error ends the walk and is returned. */
VAULT_CHECKED enum vault_err flat_each(const json_t *body,
    enum vault_err (*cell)(void *ctx, const char *path, const char *text),
    void *ctx);

/* An order of paths in which element 2 comes before element 10. */
int flat_compare(const char *a, const char *b);

#endif
