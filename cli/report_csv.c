/* SPDX-License-Identifier: ISC */
/*
 * report_csv - figures as RFC 4180 has them: UTF-8, commas, CR LF, quotes
 * where they are needed; codes, a figure a line, the totals among them.
 */
#include "csv_cell.h"
#include "report.h"

static void
put_head(struct buf *out, const struct report *r)
{
	for (unsigned i = 0; i < r->info.axes; i++)
		buf_putf(out, "%s,%s is,", r->axis[i].field, r->axis[i].field);
	buf_put_text(out, "count,hidden\r\n");
}

/* A value and what it is; index n is that of the total. */
static void
put_value(struct buf *out, const struct report *r, unsigned axis, size_t i)
{
	struct vault_tally_value v = { .text = "" };

	if (i < r->axis[axis].n)
		vault_tally_value(&v, r->tally, axis, i);
	csv_put(out, v.text);
	buf_putf(out, ",%s,", i < r->axis[axis].n ? report_is(v.is) : "all");
}

static void
put_figure(struct buf *out, const struct report *r, struct vault_figure f)
{
	if (f.hidden == VAULT_SHOWN)
		buf_putf(out, "%llu,", (unsigned long long)f.n);
	else if (f.hidden == VAULT_BELOW)
		buf_putf(
		    out, ",below %llu", (unsigned long long)r->info.hide_below);
	else
		buf_put_text(out, ",withheld");
	buf_put_text(out, "\r\n");
}

static void
put_one_axis(struct buf *out, const struct report *r)
{
	for (size_t i = 0; i <= r->axis[0].n; i++) {
		struct vault_tally_value v = { .n = r->info.total };

		if (i < r->axis[0].n)
			vault_tally_value(&v, r->tally, 0, i);
		put_value(out, r, 0, i);
		put_figure(out, r, v.n);
	}
}

/* The figure at the end of a row or column, or of all. */
static struct vault_figure
total_of(const struct report *r, size_t row, size_t column)
{
	struct vault_tally_value v;

	if (row == r->axis[0].n && column == r->axis[1].n)
		return r->info.total;
	if (row == r->axis[0].n)
		vault_tally_value(&v, r->tally, 1, column);
	else
		vault_tally_value(&v, r->tally, 0, row);
	return v.n;
}

static void
put_two_axes(struct buf *out, const struct report *r)
{
	for (size_t i = 0; i <= r->axis[0].n; i++)
		for (size_t k = 0; k <= r->axis[1].n; k++) {
			bool total = i == r->axis[0].n || k == r->axis[1].n;

			put_value(out, r, 0, i);
			put_value(out, r, 1, k);
			put_figure(out, r,
			    total ? total_of(r, i, k)
				  : vault_tally_cell(r->tally, i, k));
		}
}

void
report_csv(struct buf *out, const struct report *r)
{
	put_head(out, r);
	if (r->info.axes < 2)
		put_one_axis(out, r);
	else
		put_two_axes(out, r);
}
