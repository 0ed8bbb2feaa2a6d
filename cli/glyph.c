/* SPDX-License-Identifier: ISC */
#include "glyph.h"
#include "vault.h"

#define TAB_COLUMNS 8
#define BYTE_COLUMNS 4 /* \xNN */

/*
 * Longer clusters are cut, so that one letter under a thousand accents cannot
 * make every key stroke slow.
 */
#define CLUSTER_CODE_POINTS 64

/* As text_safe: the ninth mark upon one letter is no longer drawn. */
#define MARKS_MAX 8

enum showing { SHOW, HIDE, ESCAPE };

/* Characters that steer the terminal or the reader, or cannot be seen. */
static bool
is_hidden(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad ||
	    cp == 0x61c || cp == 0x180e || cp == 0x200b || cp == 0x200e ||
	    cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) ||
	    (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
	    (cp >= 0xfff9 && cp <= 0xfffb) || (cp >= 0xe0000 && cp <= 0xe007f);
}

/*
 * Parts of a cluster that change how its other parts are drawn.  Terminals
 * disagree about the width of the result, so they are left out of the screen.
 */
static bool
is_joiner(uint32_t cp)
{
	return cp == 0x200c || cp == 0x200d || (cp >= 0xfe00 && cp <= 0xfe0f) ||
	    (cp >= 0x1f3fb && cp <= 0x1f3ff);
}

/* How to show cp, the n-th code point of its cluster, n from 0. */
static enum showing
showing(uint32_t cp, size_t n)
{
	if (is_hidden(cp))
		return ESCAPE;
	if (n > 0 && is_joiner(cp))
		return HIDE;
	if (text_cp_width(cp) == 0 && (n == 0 || n > MARKS_MAX))
		return ESCAPE;
	return SHOW;
}

static size_t
escape_columns(uint32_t cp)
{
	size_t columns = 4; /* \u{} */

	do
		columns++;
	while ((cp >>= 4) > 0);
	return columns;
}

static size_t
cluster_columns(const uint8_t *text, size_t len)
{
	size_t columns = 0, n = 0;
	uint32_t cp;

	for (size_t at = 0; at < len; n++) {
		at += text_next(&cp, text + at, len - at);
		switch (showing(cp, n)) {
		case SHOW:
			columns += (size_t)text_cp_width(cp);
			break;
		case HIDE:
			break;
		case ESCAPE:
			columns += escape_columns(cp);
			break;
		}
	}
	return columns;
}

/* The bytes of at most n valid code points; *all if none follow them. */
static size_t
valid_prefix(bool *all, const uint8_t *text, size_t len, size_t n)
{
	size_t at = 0, step;
	uint32_t cp;

	*all = true;
	while (at < len && (step = text_next(&cp, text + at, len - at)) > 0) {
		if (n-- == 0) {
			*all = false;
			break;
		}
		at += step;
	}
	return at;
}

/*
 * The length of the cluster at text, 0 if it does not begin with UTF-8.  Most
 * clusters are one code point: two are looked at before more are.
 */
static size_t
cluster_len(const uint8_t *text, size_t len)
{
	size_t n = 2, have, got;
	bool all;

	for (;;) {
		if ((have = valid_prefix(&all, text, len, n)) == 0)
			return 0;
		got = text_grapheme(text, have);
		if (got < have || all || n >= CLUSTER_CODE_POINTS)
			return got;
		n *= 2;
	}
}

/* Signs and blanks above ASCII: good enough to move by words. */
static bool
is_punctuation(uint32_t cp)
{
	return cp < 0xc0 || (cp >= 0x2000 && cp < 0x2070) ||
	    (cp >= 0x3000 && cp < 0x3040) || (cp >= 0xff00 && cp <= 0xff0f) ||
	    (cp >= 0xff1a && cp <= 0xff20) || cp == 0x60c || cp == 0x61b ||
	    cp == 0x61f || cp == 0xd7 || cp == 0xf7;
}

static enum glyph_kind
kind_of(uint32_t cp)
{
	if (cp == ' ' || cp == 0x3000)
		return GLYPH_BLANK;
	if (cp < 0x80)
		return (cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') ||
			(cp >= 'a' && cp <= 'z') || cp == '_'
		    ? GLYPH_WORD
		    : GLYPH_OTHER;
	if (text_is_spaceless(cp))
		return GLYPH_SIGN;
	return is_punctuation(cp) ? GLYPH_OTHER : GLYPH_WORD;
}

/* One byte of ASCII.  False: not a glyph by itself. */
static bool
read_ascii(struct glyph *g, const uint8_t *text, size_t len, size_t column)
{
	if (text[0] >= 0x80)
		return false;
	g->len = 1;
	g->columns = 1;
	if (text[0] == '\n') {
		g->kind = GLYPH_BREAK;
		g->columns = 0;
	} else if (text[0] == '\t') {
		g->kind = GLYPH_BLANK;
		g->columns = TAB_COLUMNS - column % TAB_COLUMNS;
	} else if (text[0] < 0x20 || text[0] == 0x7f) {
		g->kind = GLYPH_OTHER;
		g->columns = BYTE_COLUMNS;
	} else {
		g->kind = kind_of(text[0]);
		return len == 1 || text[1] < 0x80;
	}
	return true;
}

void
glyph_read(struct glyph *g, const uint8_t *text, size_t len, size_t column)
{
	uint32_t cp;

	if (read_ascii(g, text, len, column))
		return;
	g->len = cluster_len(text, len);
	if (g->len == 0) {
		*g = (struct glyph){ GLYPH_OTHER, 1, BYTE_COLUMNS };
		return;
	}
	text_next(&cp, text, len);
	g->kind = kind_of(cp);
	g->columns = cluster_columns(text, g->len);
}

static void
show_cluster(struct buf *out, const uint8_t *text, size_t len)
{
	size_t n = 0, step;
	uint32_t cp;

	for (size_t at = 0; at < len; at += step, n++) {
		step = text_next(&cp, text + at, len - at);
		switch (showing(cp, n)) {
		case SHOW:
			buf_put(out, text + at, step);
			break;
		case HIDE:
			break;
		case ESCAPE:
			buf_putf(out, "\\u{%X}", (unsigned)cp);
			break;
		}
	}
}

void
glyph_show(struct buf *out, const struct glyph *g, const uint8_t *text)
{
	uint32_t cp;

	if (g->kind == GLYPH_BREAK)
		return;
	if (text[0] == '\t')
		buf_putf(out, "%*s", (int)g->columns, "");
	else if (text[0] < 0x20 || text[0] == 0x7f ||
	    text_next(&cp, text, g->len) == 0)
		buf_putf(out, "\\x%02X", text[0]);
	else
		show_cluster(out, text, g->len);
}

size_t
glyph_columns(const uint8_t *text, size_t len)
{
	size_t columns = 0;
	struct glyph g;

	for (size_t at = 0; at < len; at += g.len) {
		glyph_read(&g, text + at, len - at, columns);
		columns += g.columns;
	}
	return columns;
}

static bool
cluster_escapes(const uint8_t *text, size_t len)
{
	size_t n = 0, step;
	uint32_t cp;

	for (size_t at = 0; at < len; at += step, n++) {
		if ((step = text_next(&cp, text + at, len - at)) == 0 ||
		    (showing(cp, n) == ESCAPE && cp != '\n' && cp != '\t'))
			return true;
	}
	return false;
}

bool
glyph_escapes(const uint8_t *text, size_t len)
{
	struct glyph g;

	for (size_t at = 0; at < len; at += g.len) {
		glyph_read(&g, text + at, len - at, 0);
		if (cluster_escapes(text + at, g.len))
			return true;
	}
	return false;
}
