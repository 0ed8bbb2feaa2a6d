/* SPDX-License-Identifier: ISC */
/*
 * report_json - figures for programs: codes, and words that are never
 * translated.  A figure that is hidden is not there; why is said beside it.
 */
#include "report.h"

static void
put_figure(struct doc *d, const char *key, struct vault_figure f)
{
	static const char *const words[] = { "", "below", "withheld" };
	struct buf why = { 0 };

	buf_putf(&why, "%s_hidden", key);
	if (f.hidden == VAULT_SHOWN)
		doc_int(d, key, (int64_t)f.n);
	else
		doc_text(d, buf_text(&why), words[f.hidden]);
	buf_free(&why);
}

static struct doc *
cells(const struct report *r, size_t row)
{
	struct doc *all = doc_array();

	for (size_t i = 0; i < r->axis[1].n; i++) {
		struct doc *d = doc_object();

		put_figure(d, "n", vault_tally_cell(r->tally, row, i));
		doc_put(all, NULL, d);
	}
	return all;
}

static struct doc *
values(const struct report *r, unsigned axis)
{
	struct doc *all = doc_array();

	for (size_t i = 0; i < r->axis[axis].n; i++) {
		struct vault_tally_value v;
		struct doc *d = doc_object();

		vault_tally_value(&v, r->tally, axis, i);
		doc_text(d, "is", report_is(v.is));
		if (v.is == VAULT_VALUE)
			doc_text(d, "value", v.text);
		if (v.is == VAULT_VALUE && r->axis[axis].is_link)
			doc_text(d, "title", v.title);
		put_figure(d, "n", v.n);
		if (axis == 0 && r->info.axes > 1)
			doc_put(d, "cells", cells(r, i));
		doc_put(all, NULL, d);
	}
	return all;
}

static struct doc *
axis(const struct report *r, unsigned which)
{
	static const char *const periods[] = { "", "year", "month", "day" };
	const struct vault_tally_axis *a = &r->axis[which];
	struct doc *d = doc_object();

	doc_text(d, "field", a->field);
	if (a->period != VAULT_NO_PERIOD)
		doc_text(d, "period", periods[a->period]);
	if (a->vocab != NULL)
		doc_text(d, "vocab", a->vocab);
	doc_put(d, "values", values(r, which));
	return d;
}

static struct doc *
types(const struct report *r)
{
	struct doc *all = doc_array();

	for (size_t i = 0; i < r->info.n_types; i++)
		doc_text(all, NULL, r->info.type[i]);
	return all;
}

static struct doc *
not_counted(const struct report *r)
{
	struct doc *d = doc_object();

	doc_int(d, "other_types", (int64_t)r->info.other_types);
	doc_int(d, "no_person", (int64_t)r->info.no_person);
	doc_int(d, "not_one_person", (int64_t)r->info.not_one);
	return d;
}

struct doc *
report_json(const struct report *r)
{
	const struct vault_tally_info *i = &r->info;
	struct doc *d = doc_object();

	doc_text(d, "count", i->persons ? "persons" : "records");
	doc_put(d, "types", types(r));
	doc_text(d, "query", r->query);
	doc_text(d, "at", say_time(i->at));
	put_figure(d, "total", i->total);
	put_figure(d, "records", i->records);
	if (report_joins(r)) {
		put_figure(d, "person_records", i->person_records);
		put_figure(d, "several_records", i->same);
	}
	if (i->persons && i->audience == NULL)
		doc_int(d, "may_be_one", (int64_t)i->alike);
	put_figure(d, "in_several_places", i->several);
	put_figure(d, "level_2_or_3", i->secret);
	put_figure(d, "kept_private", i->closed);
	put_figure(d, "roughly_dated", i->roughly);
	put_figure(d, "versions_disagree", i->clashes);
	if (i->audience != NULL) {
		doc_text(d, "audience", i->audience);
		put_figure(d, "held", i->held);
	}
	doc_put(d, "not_counted", not_counted(r));
	doc_bool(d, "query_cut", i->cut);
	if (i->hide_below > 0)
		doc_int(d, "hide_below", (int64_t)i->hide_below);
	doc_put(d, "rows", axis(r, 0));
	if (i->axes > 1)
		doc_put(d, "columns", axis(r, 1));
	return d;
}
