/* SPDX-License-Identifier: ISC */
/*
 * textarea - the text of the editor: cursor, changes, undo, soft wrap.  No
 * screen, no keys, no files; all memory that holds text is wiped.
 *
 * Offsets are in bytes and stand between two glyphs (glyph.h).  A line ends
 * with a line break; a row is the part of a line that one row of the screen
 * shows.  Text is in logical order and any bytes are kept as they are.
 *
 * Functions that change the text return enum textarea_done; if it is not
 * TEXTAREA_DONE nothing was changed.
 */
#ifndef CLI_TEXTAREA_H
#define CLI_TEXTAREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct textarea;

enum textarea_done {
	TEXTAREA_DONE = 0,
	TEXTAREA_LIMIT,   /* the text would grow beyond its limit */
	TEXTAREA_NOTHING, /* nothing there to delete, undo or find */
	TEXTAREA_ENOMEM,
};

enum textarea_move {
	TEXTAREA_LEFT,
	TEXTAREA_RIGHT,
	TEXTAREA_WORD_LEFT,
	TEXTAREA_WORD_RIGHT,
	TEXTAREA_ROW_START, /* once more: of the line */
	TEXTAREA_ROW_END,   /* once more: of the line */
	TEXTAREA_LINE_START,
	TEXTAREA_LINE_END, /* before its line break */
	TEXTAREA_TEXT_START,
	TEXTAREA_TEXT_END,
};

/*
 * A copy of text, wrapped at width > 0 columns, with the cursor at its start;
 * NULL if memory is short.  A text that is longer than limit may shrink only.
 */
struct textarea *textarea_new(
    const void *text, size_t len, size_t width, size_t limit);

/* Wipe and free t, which may be NULL. */
void textarea_free(struct textarea *t);

/* The text: borrowed, until t is changed. */
const struct buf *textarea_text(const struct textarea *t);

/* Grows with every change of the text, an undo included. */
uint64_t textarea_changes(const struct textarea *t);

/* The number of words; a letter of a script without blanks counts as one. */
size_t textarea_words(const struct textarea *t);

/* Insert before the cursor, which moves behind what was inserted. */
enum textarea_done textarea_insert(
    struct textarea *t, const void *text, size_t len);

/*
 * Delete from the cursor to where move would bring it.  At the end of a line
 * TEXTAREA_LINE_END takes the line break.
 */
enum textarea_done textarea_delete(struct textarea *t, enum textarea_move move);

/*
 * Undo the last change.  Insertions that follow each other are one change
 * until textarea_seal, a move or a deletion.
 */
enum textarea_done textarea_undo(struct textarea *t);
void textarea_seal(struct textarea *t);

/* True if the next insertion joins the last one. */
bool textarea_joined(const struct textarea *t);

size_t textarea_cursor(const struct textarea *t);
void textarea_move(struct textarea *t, enum textarea_move move);

/* Up (rows < 0) or down, keeping the column as well as the rows allow. */
void textarea_move_rows(struct textarea *t, ptrdiff_t rows);

/*
 * Put the cursor before the next place, after the cursor and then from the
 * start, where needle stands; large and small letters are the same.
 */
enum textarea_done textarea_find(
    struct textarea *t, const void *needle, size_t len);

/* Wrap anew at width > 0 columns. */
void textarea_wrap(struct textarea *t, size_t width);

/* Row i < textarea_rows is the bytes *from .. *to - 1, its break included. */
size_t textarea_rows(const struct textarea *t);
void textarea_row(size_t *from, size_t *to, const struct textarea *t, size_t i);

/* Where the cursor is shown: 0 <= column <= width. */
void textarea_where(size_t *row, size_t *column, const struct textarea *t);

/*
 * The row to show on top of a window of height > 0 rows: the same as before
 * if the cursor is then inside.
 */
size_t textarea_top(struct textarea *t, size_t height);

#endif
