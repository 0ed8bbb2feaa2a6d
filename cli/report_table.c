/* SPDX-License-Identifier: ISC */
/*
 * report_table - figures as lines.
 *
 * The figures come first and what they are of last, for that may be
 * right-to-left.  Columns whose name is long, or right-to-left, are headed by
 * a number that is explained below.  Columns that do not fit beside one
 * another stand in several tables.
 */
#include <string.h>

#include "layout.h"
#include "report.h"

#define HEAD_MAX 14 /* the widest name that heads a column */
#define GAP 2
#define LABEL_LEAST 16 /* room for the names of rows */
#define EMPTY_LEAST 6  /* so many rows without a figure are one line */

static void
put_safe(struct buf *out, const struct buf *text)
{
	if (text_safe_line(out, text->bytes, text->len) != VAULT_OK)
		out->failed = true;
}

/* One cell to the right, of width columns; width 0: a TAB behind it. */
static void
put_right(struct buf *out, const struct buf *text, size_t width)
{
	size_t is = text_width(text->bytes, text->len);

	if (width > is)
		layout_blanks(out, width - is);
	buf_put(out, text->bytes, text->len);
	if (width == 0)
		buf_put_byte(out, '\t');
	else
		layout_blanks(out, GAP);
}

static void
put_name(struct buf *out, const struct report *r, unsigned axis, size_t i)
{
	struct vault_tally_value v;
	struct buf name = { 0 };

	vault_tally_value(&v, r->tally, axis, i);
	report_value(&name, r, axis, &v);
	put_safe(out, &name);
	buf_free(&name);
}

/* ---- Columns ---- */

/* A table has the figures of one axis, or these columns and a total. */
struct part {
	const struct report *r;
	size_t columns; /* of the terminal */
	size_t first, n;
	bool total; /* a column behind them */
};

/* The figure in a row, the total line being the row behind the last. */
static struct vault_figure
figure_at(const struct report *r, size_t row, size_t column)
{
	struct vault_tally_value v;

	if (row == r->axis[0].n && (r->info.axes < 2 || column == r->axis[1].n))
		return r->info.total;
	if (row == r->axis[0].n) {
		vault_tally_value(&v, r->tally, 1, column);
		return v.n;
	}
	if (r->info.axes > 1 && column < r->axis[1].n)
		return vault_tally_cell(r->tally, row, column);
	vault_tally_value(&v, r->tally, 0, row);
	return v.n;
}

/* How a column is headed; false: by a number that needs a legend. */
static bool
put_head(struct buf *out, const struct report *r, size_t column)
{
	size_t before = out->len;

	if (r->info.axes < 2) {
		say_put(out, SAY_REPORT_COUNT, NULL);
		return true;
	}
	if (column == r->axis[1].n) {
		say_put(out, SAY_REPORT_TOTAL, NULL);
		return true;
	}
	put_name(out, r, 1, column);
	if (!text_is_rtl(out->bytes + before, out->len - before) &&
	    text_width(out->bytes + before, out->len - before) <= HEAD_MAX)
		return true;
	buf_truncate(out, before);
	buf_putf(out, "[%s]", say_number(column + 1));
	return false;
}

static size_t
column_width(const struct report *r, size_t column)
{
	struct buf text = { 0 };
	size_t width;

	(void)put_head(&text, r, column);
	width = text_width(text.bytes, text.len);
	for (size_t i = 0; i <= r->axis[0].n; i++) {
		size_t one;

		buf_reset(&text);
		report_figure(&text, r, figure_at(r, i, column));
		one = text_width(text.bytes, text.len);
		width = one > width ? one : width;
	}
	buf_free(&text);
	return width;
}

/* ---- Lines ---- */

static void
put_line(struct buf *out, const struct part *p, const size_t *widths,
    size_t row, bool head)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < p->n + p->total; i++) {
		size_t column = i < p->n ? p->first + i : p->r->axis[1].n;

		buf_reset(&text);
		if (head)
			(void)put_head(&text, p->r, column);
		else
			report_figure(
			    &text, p->r, figure_at(p->r, row, column));
		put_right(out, &text, p->columns == 0 ? 0 : widths[i]);
	}
	buf_free(&text);
	if (head)
		buf_put_text(out, p->r->axis[0].field);
	else if (row < p->r->axis[0].n)
		put_name(out, p->r, 0, row);
	else
		say_put(out,
		    p->r->info.several.n > 0 ||
			    p->r->info.several.hidden != VAULT_SHOWN
			? SAY_REPORT_TOTAL_ONCE
			: SAY_REPORT_TOTAL,
		    NULL);
	buf_put_byte(out, '\n');
}

static void
put_legend(struct buf *out, const struct part *p)
{
	bool any = false;

	for (size_t i = p->first; i < p->first + p->n && p->r->info.axes > 1;
	     i++) {
		struct buf head = { 0 };

		if (!put_head(&head, p->r, i)) {
			if (!any) {
				say_put(out, SAY_REPORT_COLUMNS,
				    p->r->axis[1].field, NULL);
				buf_put_byte(out, '\n');
			}
			any = true;
			buf_putf(out, "  %s  ", buf_text(&head));
			put_name(out, p->r, 1, i);
			buf_put_byte(out, '\n');
		}
		buf_free(&head);
	}
}

/* Where two axes hide something the line of totals says nothing. */
static bool
has_total_line(const struct report *r)
{
	return r->info.axes < 2 || r->info.totals;
}

/* How many rows from this one on have zeros only. */
static size_t
empty_rows(const struct report *r, size_t row)
{
	size_t columns = r->info.axes < 2 ? 1 : r->axis[1].n + 1, n = 0;

	for (; row + n < r->axis[0].n; n++)
		for (size_t i = 0; i < columns; i++) {
			struct vault_figure f = figure_at(r, row + n, i);

			if (f.n > 0 || f.hidden != VAULT_SHOWN)
				return n;
		}
	return n;
}

static void
put_part(struct buf *out, const struct part *p, const size_t *widths)
{
	put_line(out, p, widths, 0, true);
	for (size_t i = 0; i < p->r->axis[0].n; i++) {
		size_t empty = p->columns == 0 ? 0 : empty_rows(p->r, i);

		/* Twenty years of zeros are looked through by nobody. */
		if (empty < EMPTY_LEAST) {
			put_line(out, p, widths, i, false);
			continue;
		}
		say_put(out, SAY_REPORT_EMPTY, say_number(empty), NULL);
		buf_put_byte(out, '\n');
		i += empty - 1;
	}
	if (has_total_line(p->r))
		put_line(out, p, widths, p->r->axis[0].n, false);
	put_legend(out, p);
}

/* As many columns as fit; at least one. */
static size_t
fitting(const size_t *widths, size_t n, size_t columns)
{
	size_t used = LABEL_LEAST, i = 0;

	while (i < n && (i == 0 || used + widths[i] + GAP <= columns))
		used += widths[i++] + GAP;
	return i;
}

void
report_table(struct buf *out, const struct report *r, size_t columns)
{
	size_t all = (r->info.axes < 2 ? 0 : r->axis[1].n), n;
	struct buf list = { 0 };
	const size_t *widths;
	bool total = r->info.axes < 2 || r->info.totals;

	for (size_t i = 0; i < all + total; i++) {
		size_t width = columns == 0 ? 0 : column_width(r, i);

		buf_put(&list, &width, sizeof(width));
	}
	widths = (const size_t *)(const void *)list.bytes;
	for (size_t at = 0; buf_ok(&list) == VAULT_OK && at < all + total;
	     at += n) {
		struct part p = { .r = r, .columns = columns, .first = at };

		n = columns == 0
		    ? all + total
		    : fitting(widths + at, all + total - at, columns);
		p.total = total && at + n == all + total;
		p.n = n - p.total;
		if (at > 0)
			buf_put_byte(out, '\n');
		put_part(out, &p, widths + at);
	}
	out->failed |= list.failed;
	buf_free(&list);
}
