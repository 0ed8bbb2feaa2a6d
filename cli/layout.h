/* SPDX-License-Identifier: ISC */
/*
 * layout - values as lines for people, made safe and wrapped by width.
 *
 * columns is the width of the terminal; 0: there is none, nothing is wrapped.
 * Right-to-left values stand on lines of their own, in logical order, whole.
 */
#ifndef CLI_LAYOUT_H
#define CLI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "vault.h"

/* The widest label that others are aligned to. */
#define LAYOUT_LABEL_MAX 30

/* "label   value", or the value below if it is long or right-to-left. */
void layout_field(struct buf *out, const char *label, size_t label_width,
    const char *text, size_t len, size_t columns);

/* Lines of any text, each behind indent blanks. */
void layout_block(struct buf *out, const char *text, size_t len, size_t indent,
    size_t columns);

/* So many bytes of text are at most columns wide, whole graphemes of them. */
size_t layout_fit(const void *text, size_t len, size_t columns);

/*
 * Text that is safe, cut with an ellipsis to columns; whole if it runs from
 * the right, or if there would be next to nothing left of it.
 */
void layout_cut(struct buf *out, const char *text, size_t len, size_t columns);

void layout_blanks(struct buf *out, size_t n);

#endif
