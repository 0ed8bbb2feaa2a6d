/* SPDX-License-Identifier: ISC */
/*
 * report_chart - the figures as a picture: SVG that is part of a page, without
 * script, style or anything from elsewhere; every bar and line has its words.
 *
 * Values are bars from left to right, periods columns, periods of several
 * values lines.  What is hidden has no bar and no point.  It prints in black
 * and white: lines differ by their dashes.
 */
#include <string.h>

#include "report.h"

#define WIDTH 720
#define MARGIN 10
#define LINE 20     /* height of a line of text */
#define BAR 14      /* of a bar */
#define BARS_MAX 60 /* so many are shown */
#define PERIODS_MAX 1000
#define PLOT_LEFT 60
#define PLOT_WIDTH 640
#define PLOT_HEIGHT 240
#define TICKS 8
#define SERIES_MAX 6

struct chart {
	struct buf *out;
	const struct report *r;
	double y;      /* where the next line begins */
	uint64_t most; /* the greatest figure in it */
	struct buf body;
};

/* ---- Parts ---- */

static void
put_text(struct buf *out, double x, double y, const char *anchor,
    const struct buf *text)
{
	buf_putf(out,
	    "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\""
	    " font-size=\"13\" font-family=\"sans-serif\">",
	    x, y, anchor);
	report_escape(out, buf_text(text), text->len);
	buf_put_text(out, "</text>\n");
}

static void
put_rect(struct buf *out, double x, double y, double width, double height)
{
	buf_putf(out,
	    "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\""
	    " fill=\"#335\"/>\n",
	    x, y, width, height);
}

static void
put_segment(struct buf *out, double x1, double y1, double x2, double y2,
    const char *dashes)
{
	buf_putf(out,
	    "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\""
	    " stroke=\"#335\" stroke-width=\"1.5\"",
	    x1, y1, x2, y2);
	if (*dashes != '\0')
		buf_putf(out, " stroke-dasharray=\"%s\"", dashes);
	buf_put_text(out, "/>\n");
}

static void
put_value(struct buf *out, const struct report *r, unsigned axis, size_t i)
{
	struct vault_tally_value v;

	vault_tally_value(&v, r->tally, axis, i);
	report_value(out, r, axis, &v);
}

static struct vault_figure
figure_at(const struct report *r, size_t row, size_t column)
{
	struct vault_tally_value v;

	if (r->info.axes > 1)
		return vault_tally_cell(r->tally, row, column);
	vault_tally_value(&v, r->tally, 0, row);
	return v.n;
}

static size_t
columns_of(const struct report *r)
{
	return r->info.axes > 1 ? r->axis[1].n : 1;
}

/* ---- Bars ---- */

/* Its words, and below them the bar with its figure. */
static void
put_bar(struct chart *c, const struct buf *name, struct vault_figure f)
{
	double width = c->most == 0
	    ? 0
	    : (double)f.n * (WIDTH - 120) / (double)c->most;
	struct buf figure = { 0 };

	put_text(&c->body, MARGIN, c->y + BAR, "start", name);
	c->y += LINE;
	report_figure(&figure, c->r, f);
	put_rect(&c->body, MARGIN, c->y, width, BAR);
	put_text(
	    &c->body, MARGIN + width + 6, c->y + BAR - 2, "start", &figure);
	c->y += LINE;
	buf_free(&figure);
}

static bool
is_nothing(struct vault_figure f)
{
	return f.n == 0 && f.hidden == VAULT_SHOWN;
}

/* Those of one row; how many. */
static size_t
put_row_bars(struct chart *c, size_t row, size_t room)
{
	size_t n = 0;

	for (size_t k = 0; k < columns_of(c->r) && n < room; k++) {
		struct vault_figure f = figure_at(c->r, row, k);
		struct buf name = { 0 };

		if (is_nothing(f))
			continue;
		put_value(&name, c->r, 0, row);
		if (c->r->info.axes > 1) {
			buf_put_text(&name, " \xc2\xb7 ");
			put_value(&name, c->r, 1, k);
		}
		put_bar(c, &name, f);
		buf_free(&name);
		n++;
	}
	return n;
}

static void
put_bars(struct chart *c, struct buf *note)
{
	size_t shown = 0, all = 0;

	for (size_t i = 0; i < c->r->axis[0].n; i++) {
		for (size_t k = 0; k < columns_of(c->r); k++)
			all += !is_nothing(figure_at(c->r, i, k));
		if (shown < BARS_MAX)
			shown += put_row_bars(c, i, BARS_MAX - shown);
	}
	if (shown < all)
		say_put(note, SAY_REPORT_CHART_PART, say_number(shown),
		    say_number(all), NULL);
}

/* ---- Periods ---- */

/* What has a place in time comes first. */
static size_t
periods_of(const struct report *r)
{
	size_t n = 0;
	struct vault_tally_value v;

	for (; n < r->axis[0].n; n++) {
		vault_tally_value(&v, r->tally, 0, n);
		if (v.is != VAULT_VALUE)
			break;
	}
	return n;
}

static double
x_of(size_t i, size_t n)
{
	return PLOT_LEFT + ((double)i + 0.5) * PLOT_WIDTH / (double)n;
}

static double
y_of(const struct chart *c, uint64_t n)
{
	double part = c->most == 0 ? 0 : (double)n / (double)c->most;

	return LINE + PLOT_HEIGHT * (1 - part);
}

/* The axes: nothing and the most to the left, some periods below. */
static void
put_frame(struct chart *c, size_t n)
{
	size_t step = (n + TICKS - 1) / TICKS;
	struct buf text = { 0 };

	put_segment(&c->body, PLOT_LEFT, y_of(c, 0), PLOT_LEFT + PLOT_WIDTH,
	    y_of(c, 0), "");
	put_segment(&c->body, PLOT_LEFT, LINE, PLOT_LEFT, y_of(c, 0), "");
	buf_put_text(&text, "0");
	put_text(&c->body, PLOT_LEFT - 6, y_of(c, 0), "end", &text);
	buf_reset(&text);
	buf_put_text(&text, say_number(c->most));
	put_text(&c->body, PLOT_LEFT - 6, LINE + 10, "end", &text);
	for (size_t i = 0; i < n; i += step) {
		buf_reset(&text);
		put_value(&text, c->r, 0, i);
		put_text(
		    &c->body, x_of(i, n), y_of(c, 0) + LINE, "middle", &text);
	}
	buf_free(&text);
	c->y = PLOT_HEIGHT + 3 * LINE;
}

static void
put_columns(struct chart *c, size_t n)
{
	double width = 0.8 * PLOT_WIDTH / (double)n;

	for (size_t i = 0; i < n; i++) {
		struct vault_figure f = figure_at(c->r, i, 0);
		struct buf text = { 0 };

		put_rect(&c->body, x_of(i, n) - width / 2, y_of(c, f.n), width,
		    y_of(c, 0) - y_of(c, f.n));
		if (n <= 24 && !is_nothing(f)) {
			report_figure(&text, c->r, f);
			put_text(&c->body, x_of(i, n), y_of(c, f.n) - 4,
			    "middle", &text);
		}
		buf_free(&text);
	}
}

/* One value through all periods; a hidden point is a gap. */
static void
put_series(struct chart *c, size_t column, size_t n)
{
	static const char *const dashes[SERIES_MAX] = { "", "8 3", "2 3",
		"10 3 2 3", "5 5", "1 6" };
	struct buf name = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct vault_figure f = figure_at(c->r, i, column), before;

		if (f.hidden != VAULT_SHOWN)
			continue;
		buf_putf(&c->body,
		    "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"2\""
		    " fill=\"#335\"/>\n",
		    x_of(i, n), y_of(c, f.n));
		if (i == 0)
			continue;
		before = figure_at(c->r, i - 1, column);
		if (before.hidden == VAULT_SHOWN)
			put_segment(&c->body, x_of(i - 1, n), y_of(c, before.n),
			    x_of(i, n), y_of(c, f.n), dashes[column]);
	}
	put_segment(&c->body, PLOT_LEFT, c->y - 4, PLOT_LEFT + 60, c->y - 4,
	    dashes[column]);
	put_value(&name, c->r, 1, column);
	put_text(&c->body, PLOT_LEFT + 70, c->y, "start", &name);
	c->y += LINE;
	buf_free(&name);
}

static void
put_periods(struct chart *c, struct buf *note)
{
	size_t n = periods_of(c->r), all = columns_of(c->r);

	put_frame(c, n);
	if (c->r->info.axes < 2) {
		put_columns(c, n);
		return;
	}
	for (size_t k = 0; k < all && k < SERIES_MAX; k++)
		put_series(c, k, n);
	if (all > SERIES_MAX)
		say_put(note, SAY_REPORT_CHART_PART, say_number(SERIES_MAX),
		    say_number(all), NULL);
}

/* ---- All of it ---- */

static uint64_t
greatest(const struct report *r, size_t rows)
{
	uint64_t most = 0;

	for (size_t i = 0; i < rows; i++)
		for (size_t k = 0; k < columns_of(r); k++) {
			uint64_t n = figure_at(r, i, k).n;

			most = n > most ? n : most;
		}
	return most;
}

static void
put_svg(struct chart *c)
{
	struct buf label = { 0 };

	say_put(&label, SAY_REPORT_CHART, NULL);
	buf_putf(c->out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""
	    " viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\""
	    " aria-label=\"",
	    WIDTH, c->y + MARGIN, WIDTH, c->y + MARGIN);
	report_escape(c->out, buf_text(&label), label.len);
	buf_put_text(c->out, "\">\n<title>");
	report_escape(c->out, buf_text(&label), label.len);
	buf_put_text(c->out, "</title>\n");
	buf_put(c->out, c->body.bytes, c->body.len);
	buf_put_text(c->out, "</svg>\n");
	buf_free(&label);
}

void
report_chart(struct buf *out, struct buf *note, const struct report *r)
{
	struct chart c = { .out = out, .r = r, .y = MARGIN };
	bool in_time = r->axis[0].period != VAULT_NO_PERIOD;
	size_t rows = in_time ? periods_of(r) : r->axis[0].n;

	if (rows == 0)
		return;
	if (in_time && rows > PERIODS_MAX) {
		say_put(note, SAY_REPORT_NO_CHART, NULL);
		return;
	}
	c.most = greatest(r, rows);
	if (in_time)
		put_periods(&c, note);
	else
		put_bars(&c, note);
	put_svg(&c);
	out->failed |= c.body.failed;
	buf_free(&c.body);
}
