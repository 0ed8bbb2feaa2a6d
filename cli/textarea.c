/* SPDX-License-Identifier: ISC */
/*
 * The text is one flat run of bytes, without a gap: everything that looks at
 * it (clusters, words, search, wrapping) then sees plain memory.  To insert a
 * letter at the start of 4 MiB moves 4 MiB, which takes less time than to draw
 * the screen.
 *
 * What is kept true between two calls:
 * 1. rows holds the start of every row, in order; row 0 starts at 0.  It is
 *    what wrapping the whole text anew would give.
 * 2. There is room in rows for a row per byte and one more, so that wrapping
 *    never fails and a change is done wholly or not at all.
 * 3. The cursor stands between two glyphs of its row.
 * 4. Behind the text and behind the undo steps there is no old text.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "glyph.h"
#include "textarea.h"
#include "vault.h"

/* What undo may remember; the oldest steps are forgotten first. */
#define UNDO_MAX ((size_t)8 * 1024 * 1024)

#define NO_COLUMN SIZE_MAX

struct textarea {
	struct buf text;
	struct buf rows; /* uint32_t each; a struct buf ends at 256 MiB */
	struct buf undo; /* steps, see struct step */
	size_t width;
	size_t limit;
	size_t cursor;
	size_t column; /* that moves by rows aim at, or NO_COLUMN */
	size_t top;
	uint64_t changes;
	bool joined; /* the next insertion belongs to the last step */
};

/*
 * How to take a change back: put the removed bytes in place of the inserted
 * ones.  In undo: this struct, the removed bytes, the length of both.
 */
struct step {
	size_t at, removed, inserted, cursor;
};

/* Shorten b to len bytes and wipe what stood behind. */
static void
shorten(struct buf *b, size_t len)
{
	if (b->bytes == NULL)
		return;
	bytes_wipe(b->bytes + len, b->len - len);
	b->len = len;
}

/* Room for more bytes; a refusal here is not remembered by b. */
static bool
reserve(struct buf *b, size_t more)
{
	if (buf_reserve(b, more))
		return true;
	b->failed = false;
	return false;
}

/* Rows. */

static size_t
row_start(const struct textarea *t, size_t i)
{
	uint32_t start;

	memcpy(&start, t->rows.bytes + i * sizeof(start), sizeof(start));
	return start;
}

static void
row_set(struct textarea *t, size_t i, size_t start)
{
	uint32_t start32 = (uint32_t)start;

	memcpy(t->rows.bytes + i * sizeof(start32), &start32, sizeof(start32));
}

size_t
textarea_rows(const struct textarea *t)
{
	return t->rows.len / sizeof(uint32_t);
}

/* The end of the row i, its blank or line break included. */
static size_t
row_end(const struct textarea *t, size_t i)
{
	return i + 1 < textarea_rows(t) ? row_start(t, i + 1) : t->text.len;
}

void
textarea_row(size_t *from, size_t *to, const struct textarea *t, size_t i)
{
	*from = row_start(t, i);
	*to = row_end(t, i);
}

/* The row that offset at stands in: the last one that starts at or before. */
static size_t
row_of(const struct textarea *t, size_t at)
{
	size_t low = 0, high = textarea_rows(t);

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (row_start(t, middle) <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void
read_glyph(struct glyph *g, const struct textarea *t, size_t at, size_t column)
{
	glyph_read(g, t->text.bytes + at, t->text.len - at, column);
}

/*
 * Find the row after the one that starts at from; false if there is none.  A
 * row ends behind its last blank, else before a letter that needs no blank,
 * else where it is full.  One blank may hang over the edge.
 */
static bool
wrap_row(size_t *next, const struct textarea *t, size_t from)
{
	size_t at = from, column = 0, fold = from;
	struct glyph g;

	for (; at < t->text.len; at += g.len, column += g.columns) {
		read_glyph(&g, t, at, column);
		*next = at + g.len;
		if (g.kind == GLYPH_BREAK)
			return true;
		if (g.kind == GLYPH_SIGN)
			fold = at;
		if (column + g.columns > t->width) {
			if (g.kind == GLYPH_BLANK)
				return true;
			if (fold == from)
				fold = at > from ? at : at + g.len;
			*next = fold;
			return true;
		}
		if (g.kind == GLYPH_BLANK)
			fold = at + g.len;
	}
	return false;
}

static void
wrap_all(struct textarea *t)
{
	size_t n = 0, next = 0;

	do
		row_set(t, n++, next);
	while (wrap_row(&next, t, next));
	t->rows.len = n * sizeof(uint32_t);
}

/* Does row i begin a paragraph?  What is before it has no say in it then. */
static bool
begins_paragraph(const struct textarea *t, size_t start)
{
	return start == 0 || t->text.bytes[start - 1] == '\n';
}

/*
 * Wrap after a change at offset at of removed bytes into inserted ones: the
 * paragraphs that it touches.  Inside one, flags and joined signs part where
 * all that is before them decides, so nothing less would do.
 *
 * This is done twice, to count the rows and then to store them: that needs no
 * memory that might be short.
 */
static void
wrap_change(struct textarea *t, size_t at, size_t removed, size_t inserted)
{
	size_t first = row_of(t, at), old, old_n = textarea_rows(t);
	size_t made = 0, next, start;
	bool met = false;

	/* The row before too: a mark may have been joined to its last sign. */
	first -= first > 0;
	while (first > 0 && !begins_paragraph(t, row_start(t, first)))
		first--;
	old = first + 1;
	next = start = row_start(t, first);
	while (!met && wrap_row(&next, t, next)) {
		while (old < old_n &&
		    (row_start(t, old) < at + removed ||
			row_start(t, old) - removed + inserted < next))
			old++;
		met = old < old_n && next >= at + inserted &&
		    row_start(t, old) - removed + inserted == next &&
		    begins_paragraph(t, next);
		made += !met;
	}
	if (!met)
		old = old_n;

	/* Move the rows that stay, then fill those before them. */
	memmove(t->rows.bytes + (first + 1 + made) * sizeof(uint32_t),
	    t->rows.bytes + old * sizeof(uint32_t),
	    (old_n - old) * sizeof(uint32_t));
	t->rows.len = (first + 1 + made + old_n - old) * sizeof(uint32_t);
	for (size_t i = first + 1 + made; i < textarea_rows(t); i++)
		row_set(t, i, row_start(t, i) - removed + inserted);
	next = start;
	for (size_t i = first + 1; i < first + 1 + made; i++) {
		if (!wrap_row(&next, t, next))
			break;
		row_set(t, i, next);
	}
}

void
textarea_wrap(struct textarea *t, size_t width)
{
	t->width = width;
	t->column = NO_COLUMN;
	wrap_all(t);
}

/* The cursor. */

/* The last place between two glyphs of row i that is at or before at. */
static size_t
place_before(size_t *column, const struct textarea *t, size_t i, size_t at)
{
	size_t from = row_start(t, i), end = row_end(t, i);
	struct glyph g;

	*column = 0;
	while (from < end) {
		read_glyph(&g, t, from, *column);
		if (from + g.len > at)
			break;
		from += g.len;
		*column += g.columns;
	}
	return from;
}

static bool
is_ascii(const struct textarea *t, size_t at)
{
	return t->text.bytes[at] < 0x80;
}

static size_t
glyph_before(const struct textarea *t, size_t at)
{
	size_t i, column;

	if (at < 2)
		return 0;
	/* Two bytes of ASCII are two glyphs: no need to search the row. */
	if (is_ascii(t, at - 1) && is_ascii(t, at - 2))
		return at - 1;
	i = row_of(t, at - 1);
	return place_before(&column, t, i, at - 1);
}

static size_t
glyph_after(const struct textarea *t, size_t at)
{
	struct glyph g;

	if (at >= t->text.len)
		return t->text.len;
	read_glyph(&g, t, at, 0);
	return at + g.len;
}

static enum glyph_kind
kind_at(const struct textarea *t, size_t at)
{
	struct glyph g;

	read_glyph(&g, t, at, 0);
	return g.kind;
}

static bool
is_wordless(enum glyph_kind kind)
{
	return kind != GLYPH_WORD && kind != GLYPH_SIGN;
}

static size_t
word_before(const struct textarea *t, size_t at)
{
	size_t before = at;

	while (at > 0) {
		before = glyph_before(t, at);
		if (!is_wordless(kind_at(t, before)))
			break;
		at = before;
	}
	if (at == 0 || kind_at(t, before) == GLYPH_SIGN)
		return before;
	while (at > 0) {
		before = glyph_before(t, at);
		if (kind_at(t, before) != GLYPH_WORD)
			break;
		at = before;
	}
	return at;
}

static size_t
word_after(const struct textarea *t, size_t at)
{
	while (at < t->text.len && is_wordless(kind_at(t, at)))
		at = glyph_after(t, at);
	if (at < t->text.len && kind_at(t, at) == GLYPH_SIGN)
		return glyph_after(t, at);
	while (at < t->text.len && kind_at(t, at) == GLYPH_WORD)
		at = glyph_after(t, at);
	return at;
}

static size_t
line_start(const struct textarea *t, size_t at)
{
	const uint8_t *found = NULL;

	if (at > 0)
		found = memrchr(t->text.bytes, '\n', at);
	return found == NULL ? 0 : (size_t)(found - t->text.bytes) + 1;
}

static size_t
line_end(const struct textarea *t, size_t at)
{
	const uint8_t *found = NULL;

	if (at < t->text.len)
		found = memchr(t->text.bytes + at, '\n', t->text.len - at);
	return found == NULL ? t->text.len : (size_t)(found - t->text.bytes);
}

/* The last place that is shown in row i. */
static size_t
row_last(const struct textarea *t, size_t i)
{
	if (i + 1 == textarea_rows(t))
		return t->text.len;
	return glyph_before(t, row_end(t, i));
}

/* Where move brings a cursor that stands at the cursor of t. */
static size_t
target(const struct textarea *t, enum textarea_move move)
{
	size_t at = t->cursor, row = row_of(t, at);

	switch (move) {
	case TEXTAREA_LEFT:
		return glyph_before(t, at);
	case TEXTAREA_RIGHT:
		return glyph_after(t, at);
	case TEXTAREA_WORD_LEFT:
		return word_before(t, at);
	case TEXTAREA_WORD_RIGHT:
		return word_after(t, at);
	case TEXTAREA_ROW_START:
		if (at > row_start(t, row))
			return row_start(t, row);
		return line_start(t, at);
	case TEXTAREA_ROW_END:
		return at < row_last(t, row) ? row_last(t, row)
					     : line_end(t, at);
	case TEXTAREA_LINE_START:
		return line_start(t, at);
	case TEXTAREA_LINE_END:
		return line_end(t, at);
	case TEXTAREA_TEXT_START:
		return 0;
	case TEXTAREA_TEXT_END:
		return t->text.len;
	}
	return at;
}

size_t
textarea_cursor(const struct textarea *t)
{
	return t->cursor;
}

void
textarea_move(struct textarea *t, enum textarea_move move)
{
	t->cursor = target(t, move);
	t->column = NO_COLUMN;
	t->joined = false;
}

void
textarea_where(size_t *row, size_t *column, const struct textarea *t)
{
	*row = row_of(t, t->cursor);
	place_before(column, t, *row, t->cursor);
	/* Behind a glyph that is wider than the whole row. */
	if (*column > t->width)
		*column = t->width;
}

/* The place in row i whose column is the nearest at or before column. */
static size_t
place_at_column(const struct textarea *t, size_t i, size_t column)
{
	size_t at = row_start(t, i), last = row_last(t, i), here = 0;
	struct glyph g;

	while (at < last) {
		read_glyph(&g, t, at, here);
		if (here + g.columns > column)
			break;
		here += g.columns;
		at += g.len;
	}
	return at;
}

void
textarea_move_rows(struct textarea *t, ptrdiff_t rows)
{
	size_t row, column, last = textarea_rows(t) - 1;

	textarea_where(&row, &column, t);
	if (t->column == NO_COLUMN)
		t->column = column;
	t->joined = false;
	if (rows < 0)
		row -= row < (size_t)-rows ? row : (size_t)-rows;
	else
		row += last - row < (size_t)rows ? last - row : (size_t)rows;
	t->cursor = place_at_column(t, row, t->column);
}

size_t
textarea_top(struct textarea *t, size_t height)
{
	size_t row = row_of(t, t->cursor), rows = textarea_rows(t);

	if (t->top + height > rows)
		t->top = rows > height ? rows - height : 0;
	if (row < t->top)
		t->top = row;
	if (row - t->top >= height)
		t->top = row - height + 1;
	return t->top;
}

/* Undo. */

static size_t
undo_need(size_t removed)
{
	return sizeof(struct step) + removed + sizeof(size_t);
}

/* Forget the oldest steps, half of what may be remembered at once. */
static void
undo_shrink(struct buf *undo)
{
	size_t drop = 0;
	struct step s;

	while (undo->len - drop > UNDO_MAX / 2) {
		memcpy(&s, undo->bytes + drop, sizeof(s));
		drop += undo_need(s.removed);
	}
	memmove(undo->bytes, undo->bytes + drop, undo->len - drop);
	shorten(undo, undo->len - drop);
}

/* Room for a step; one that is larger than undo may be is not kept. */
static bool
undo_reserve(struct textarea *t, size_t removed)
{
	size_t need = undo_need(removed);

	if (need > UNDO_MAX)
		return true;
	if (t->undo.len + need > UNDO_MAX)
		undo_shrink(&t->undo);
	return reserve(&t->undo, need);
}

/* Read the last step; false if there is none.  Its bytes follow at *from. */
static bool
undo_last(struct step *s, size_t *from, const struct textarea *t)
{
	size_t need;

	if (t->undo.len == 0)
		return false;
	memcpy(&need, t->undo.bytes + t->undo.len - sizeof(need), sizeof(need));
	*from = t->undo.len - need;
	memcpy(s, t->undo.bytes + *from, sizeof(*s));
	return true;
}

/* Write the step s into the room that undo_reserve made. */
static void
undo_put(struct textarea *t, const struct step *s)
{
	size_t need = undo_need(s->removed), from;
	struct step last;

	if (t->joined && s->removed == 0 && undo_last(&last, &from, t) &&
	    s->at == last.at + last.inserted) {
		last.inserted += s->inserted;
		memcpy(t->undo.bytes + from, &last, sizeof(last));
		return;
	}
	if (need > UNDO_MAX) {
		shorten(&t->undo, 0);
		return;
	}
	(void)buf_put(&t->undo, s, sizeof(*s));
	(void)buf_put(&t->undo, t->text.bytes + s->at, s->removed);
	(void)buf_put(&t->undo, &need, sizeof(need));
}

/* Changes. */

/* Put the bytes at with in place of the removed ones; room was made. */
static void
splice(struct textarea *t, size_t at, size_t removed, const void *with,
    size_t inserted)
{
	size_t rest = t->text.len - at - removed;
	size_t len = t->text.len - removed + inserted;

	memmove(
	    t->text.bytes + at + inserted, t->text.bytes + at + removed, rest);
	if (inserted > 0)
		memcpy(t->text.bytes + at, with, inserted);
	if (len < t->text.len)
		shorten(&t->text, len);
	t->text.len = len;
	t->text.bytes[len] = '\0';
	t->changes++;
	wrap_change(t, at, removed, inserted);
}

/* The first place between two glyphs at or after at. */
static size_t
snap(const struct textarea *t, size_t at)
{
	size_t column, before = place_before(&column, t, row_of(t, at), at);

	return before == at ? at : glyph_after(t, before);
}

/* Room for inserted more bytes of text, and for a row per byte. */
static bool
text_reserve(struct textarea *t, size_t inserted)
{
	size_t rows = (t->text.len + inserted + 1) * sizeof(uint32_t);

	return reserve(&t->text, inserted) &&
	    (rows <= t->rows.len || reserve(&t->rows, rows - t->rows.len));
}

enum textarea_done
textarea_insert(struct textarea *t, const void *text, size_t len)
{
	struct step s = { t->cursor, 0, len, t->cursor };

	if (len == 0)
		return TEXTAREA_DONE;
	if (t->text.len > t->limit || len > t->limit - t->text.len)
		return TEXTAREA_LIMIT;
	if (!text_reserve(t, len) || !undo_reserve(t, 0))
		return TEXTAREA_ENOMEM;
	undo_put(t, &s);
	splice(t, s.at, 0, text, len);
	t->cursor = snap(t, s.at + len);
	t->column = NO_COLUMN;
	t->joined = true;
	return TEXTAREA_DONE;
}

enum textarea_done
textarea_delete(struct textarea *t, enum textarea_move move)
{
	size_t to = target(t, move), from = t->cursor;
	struct step s = { 0, 0, 0, t->cursor };

	if (move == TEXTAREA_LINE_END && to == from)
		to = glyph_after(t, from);
	if (to == from)
		return TEXTAREA_NOTHING;
	s.at = from < to ? from : to;
	s.removed = from < to ? to - from : from - to;
	if (!undo_reserve(t, s.removed))
		return TEXTAREA_ENOMEM;
	t->joined = false;
	undo_put(t, &s);
	splice(t, s.at, s.removed, NULL, 0);
	t->cursor = snap(t, s.at);
	t->column = NO_COLUMN;
	return TEXTAREA_DONE;
}

enum textarea_done
textarea_undo(struct textarea *t)
{
	struct step s;
	size_t from;

	if (!undo_last(&s, &from, t))
		return TEXTAREA_NOTHING;
	if (!text_reserve(t, s.removed))
		return TEXTAREA_ENOMEM;
	splice(
	    t, s.at, s.inserted, t->undo.bytes + from + sizeof(s), s.removed);
	shorten(&t->undo, from);
	t->cursor = snap(t, s.cursor);
	t->column = NO_COLUMN;
	t->joined = false;
	return TEXTAREA_DONE;
}

void
textarea_seal(struct textarea *t)
{
	t->joined = false;
}

bool
textarea_joined(const struct textarea *t)
{
	return t->joined;
}

/* Searching. */

/* Read a letter made small, or a byte that is no text as itself. */
static size_t
folded(uint32_t *cp, const uint8_t *text, size_t len)
{
	size_t step = text_next(cp, text, len);

	if (step == 0) {
		*cp = UINT32_MAX - text[0];
		return 1;
	}
	*cp = *cp < 0x80 ? (*cp >= 'A' && *cp <= 'Z' ? *cp + 32 : *cp)
			 : (uint32_t)towlower((wint_t)*cp);
	return step;
}

static bool
stands_at(const uint8_t *text, size_t len, const uint8_t *needle, size_t n)
{
	uint32_t a, b;

	while (n > 0) {
		size_t step_a, step_b;

		if (len == 0)
			return false;
		step_a = folded(&a, text, len);
		step_b = folded(&b, needle, n);
		if (a != b)
			return false;
		text += step_a;
		len -= step_a;
		needle += step_b;
		n -= step_b;
	}
	return true;
}

enum textarea_done
textarea_find(struct textarea *t, const void *needle, size_t len)
{
	size_t at, n = t->text.len;

	if (len == 0 || n == 0)
		return TEXTAREA_NOTHING;
	for (size_t i = 1; i <= n + 1; i++) {
		at = (t->cursor + i) % (n + 1);
		/* Never inside a code point. */
		if (at == n || (t->text.bytes[at] & 0xc0) == 0x80 ||
		    !stands_at(t->text.bytes + at, n - at, needle, len))
			continue;
		t->cursor = snap(t, at);
		t->column = NO_COLUMN;
		t->joined = false;
		return TEXTAREA_DONE;
	}
	return TEXTAREA_NOTHING;
}

/* The rest. */

const struct buf *
textarea_text(const struct textarea *t)
{
	return &t->text;
}

uint64_t
textarea_changes(const struct textarea *t)
{
	return t->changes;
}

size_t
textarea_words(const struct textarea *t)
{
	enum glyph_kind before = GLYPH_BLANK;
	size_t words = 0;
	struct glyph g;

	for (size_t at = 0; at < t->text.len; at += g.len) {
		read_glyph(&g, t, at, 0);
		if (g.kind == GLYPH_SIGN ||
		    (g.kind == GLYPH_WORD && before != GLYPH_WORD))
			words++;
		before = g.kind;
	}
	return words;
}

struct textarea *
textarea_new(const void *text, size_t len, size_t width, size_t limit)
{
	struct textarea *t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	t->width = width;
	t->limit = limit;
	t->column = NO_COLUMN;
	if (!buf_put(&t->text, text, len) || !text_reserve(t, 0)) {
		textarea_free(t);
		return NULL;
	}
	wrap_all(t);
	return t;
}

void
textarea_free(struct textarea *t)
{
	if (t == NULL)
		return;
	buf_free(&t->text);
	buf_free(&t->rows);
	buf_free(&t->undo);
	free(t);
}
