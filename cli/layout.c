/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "glyph.h"
#include "layout.h"
#include "textarea.h"

#define INDENT 4
#define NARROWEST 20
#define CUT_LEAST 12

size_t
layout_fit(const void *text, size_t len, size_t columns)
{
	const uint8_t *at = text;
	size_t fit = 0, width = 0, step;

	while (fit < len && (step = text_grapheme(at + fit, len - fit)) > 0) {
		width += text_width(at + fit, step);
		if (width > columns)
			break;
		fit += step;
	}
	return fit;
}

void
layout_cut(struct buf *out, const char *text, size_t len, size_t columns)
{
	if (columns < CUT_LEAST || text_is_rtl(text, len) ||
	    layout_fit(text, len, columns) == len) {
		buf_put(out, text, len);
		return;
	}
	buf_put(out, text, layout_fit(text, len, columns - 1));
	buf_put_text(out, "\xe2\x80\xa6");
}

void
layout_blanks(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_put_byte(out, ' ');
}

static void
put_safe(struct buf *out, const char *text, size_t len)
{
	if (text_safe_line(out, text, len) != VAULT_OK)
		out->failed = true;
}

/* One row as the editor shows it: every glyph as wide as it was measured. */
static void
put_row(struct buf *out, const uint8_t *text, size_t len)
{
	size_t column = 0;
	struct glyph g;

	for (size_t at = 0; at < len; at += g.len) {
		glyph_read(&g, text + at, len - at, column);
		if (g.kind == GLYPH_BREAK)
			return;
		glyph_show(out, &g, text + at);
		column += g.columns;
	}
}

static void
put_wrapped(
    struct buf *out, const char *text, size_t len, size_t indent, size_t width)
{
	struct textarea *t = textarea_new(text, len, width, len);
	size_t from, to;

	if (t == NULL) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < textarea_rows(t); i++) {
		textarea_row(&from, &to, t, i);
		/* The blank at which a row is broken. */
		if (i + 1 < textarea_rows(t) && to > from &&
		    textarea_text(t)->bytes[to - 1] == ' ' &&
		    textarea_text(t)->bytes[to] != '\n')
			to--;
		if (from < to && textarea_text(t)->bytes[from] != '\n')
			layout_blanks(out, indent);
		put_row(out, textarea_text(t)->bytes + from, to - from);
		buf_put_byte(out, '\n');
	}
	textarea_free(t);
}

static void
put_lines(struct buf *out, const char *text, size_t len, size_t indent)
{
	const char *end = text + len;

	do {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		if (stop == NULL)
			stop = end;
		if (stop > text)
			layout_blanks(out, indent);
		put_safe(out, text, (size_t)(stop - text));
		buf_put_byte(out, '\n');
		text = stop + 1;
	} while (text < end);
}

void
layout_block(struct buf *out, const char *text, size_t len, size_t indent,
    size_t columns)
{
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (columns < indent + NARROWEST)
		put_lines(out, text, len, indent);
	else
		put_wrapped(out, text, len, indent, columns - indent);
}

/* True if the value can stand behind its label. */
static bool
fits(const char *text, size_t len, size_t used, size_t columns)
{
	if (memchr(text, '\n', len) != NULL || text_is_rtl(text, len))
		return false;
	return columns == 0 ||
	    used + glyph_columns((const uint8_t *)text, len) <= columns;
}

void
layout_field(struct buf *out, const char *label, size_t label_width,
    const char *text, size_t len, size_t columns)
{
	size_t width = text_width(label, strlen(label));
	size_t pad = width < label_width ? label_width - width : 0;

	put_safe(out, label, strlen(label));
	if (!fits(text, len, width + pad + 2, columns)) {
		buf_put_byte(out, '\n');
		layout_block(out, text, len, INDENT, columns);
		return;
	}
	layout_blanks(out, pad + 2);
	put_safe(out, text, len);
	buf_put_byte(out, '\n');
}
