/* SPDX-License-Identifier: ISC */
/*
 * glyph - one step of the cursor, and how it is shown on a terminal.
 *
 * A glyph is a line break, a tab, a grapheme cluster, or one byte that is no
 * text.  Any bytes can be cut into glyphs; nothing is changed by it.
 *
 * What is shown is what every terminal agrees about: a joined emoji as its
 * parts side by side, without the joiners; control characters, marks that
 * direct the flow of text, invisible characters and bytes that are not UTF-8
 * as \xNN or \u{N}.  No glyph but the line break has a width of 0.
 */
#ifndef CLI_GLYPH_H
#define CLI_GLYPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum glyph_kind {
	GLYPH_BREAK, /* the line break, U+000A */
	GLYPH_BLANK, /* a blank or a tab: a row may end after it */
	GLYPH_WORD,  /* a letter or digit of a word */
	GLYPH_SIGN,  /* a letter of a script that is written without blanks */
	GLYPH_OTHER, /* everything else */
};

struct glyph {
	enum glyph_kind kind;
	size_t len;     /* in bytes, at least 1 */
	size_t columns; /* a tab depends on the column it stands in */
};

/* The first glyph of the len > 0 bytes at text, shown at column. */
void glyph_read(
    struct glyph *g, const uint8_t *text, size_t len, size_t column);

/* Append to out what is shown for the glyph g at text; see buf_ok. */
void glyph_show(struct buf *out, const struct glyph *g, const uint8_t *text);

/* The columns of any len bytes at text, standing at column 0. */
size_t glyph_columns(const uint8_t *text, size_t len);

/* True if any of the bytes are shown as \xNN or \u{N}. */
bool glyph_escapes(const uint8_t *text, size_t len);

#endif
