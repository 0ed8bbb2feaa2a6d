/* SPDX-License-Identifier: ISC */
/*
 * tally - figures out of the bodies of records: so many of each value.
 *
 * 1. The query says which records; what they say is read as `show` has it,
 *    versions that disagree merged, all of it in one snapshot.
 * 2. A record counts once in each cell that it has values for, and once in
 *    each total.  One whose type cannot have what is asked for is not counted,
 *    and said; one that could and does not say it is "not stated".
 * 3. A person counts once in a cell, in whatever number of records, also of
 *    those that are the person's own, as our office has said; a value
 *    that is the person's own ("victims.sex") is that person's and nobody
 *    else's in the same record.
 * 4. A date counts in a period if all days that it may mean are in it.
 * 5. For an audience only what may leave to it is read, and no value of the
 *    table names who must not be named.
 */
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "exchange/reveal.h"
#include "inside.h"
#include "store/log.h"
#include "store/store.h"
#include "figures/tally_gather.h"

/* ---- Afterwards ---- */

/* Codes are of one vocabulary in all that was counted, or of none. */
static void
settle_axes(struct tally_gather *g)
{
	for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++) {
		unsigned axis = tally_axis_of(g, i);
		bool first = true;

		for (size_t k = 0; k < g->n_kinds; k++) {
			const struct field_path *p = &g->kinds[k].by[i];

			if (g->kinds[k].n == 0)
				continue;
			g->t->is_link[axis] |= p->is_link;
			g->t->is_bool[axis] |= p->is_bool;
			g->t->codes[axis] = first ||
				g->t->codes[axis] == p->codes
			    ? p->codes
			    : NULL;
			first = false;
		}
	}
	for (size_t k = 0; k < g->n_kinds; k++)
		if (g->kinds[k].n > 0)
			g->t->info.type[g->t->info.n_types++] = g->kinds[k]
								    .type->name;
}

/* For an audience people only, as they may be called. */
static enum vault_err
read_title(struct buf *title, const struct tally_gather *g, const char *id)
{
	if (g->audience == NULL)
		return vault_title(title, g->v, id);
	return edition_label(title, g->v->store, g->audience, id, id);
}

/* What links are called, while the snapshot lasts. */
static enum vault_err
read_titles(struct tally_gather *g)
{
	enum vault_err err = VAULT_OK;

	for (unsigned axis = 0; axis < g->t->table.axes; axis++) {
		struct tally_axis *a = &g->t->table.axis[axis];

		for (size_t i = 0; err == VAULT_OK && g->t->is_link[axis] &&
		     i < tally_values(a);
		     i++) {
			struct tally_value *v = tally_value(a, i);
			struct buf title = { 0 };

			err = read_title(
			    &title, g, buf_text(&a->texts) + v->text);
			if (err == VAULT_ENORECORD)
				err = VAULT_OK;
			v->title = a->texts.len;
			buf_put_text(&a->texts, buf_text(&title));
			buf_put_byte(&a->texts, 0);
			if (err == VAULT_OK)
				err = buf_ok(&a->texts);
			buf_free(&title);
		}
	}
	return err;
}

/* ---- Who is named ---- */

static void
count_named(void *ctx, const struct reveal_hit *hit)
{
	const struct tally_gather *g = ctx;
	struct vault_tally_info *info = &g->t->info;
	struct vault_named named = { hit->record, hit->path, hit->person,
		(enum vault_named_how)hit->kind, hit->at, hit->len };

	if (hit->kind == SCAN_PART)
		info->parts++;
	else
		info->names++;
	if (g->what->named != NULL)
		g->what->named(g->what->named_ctx, &named);
}

/*
 * A value and its title.  What somebody is called stands in a record that may
 * not leave itself; the own name of whom it may name is no finding.
 */
static enum vault_err
look_at_value(struct reveal *r, struct tally_gather *g, unsigned axis, size_t i)
{
	struct tally_axis *a = &g->t->table.axis[axis];
	const char *path = g->t->by[axis] == NULL ? "date" : g->t->by[axis];
	const char *text = buf_text(&a->texts) + tally_value(a, i)->text;
	const char *title = buf_text(&a->texts) + tally_value(a, i)->title;
	enum vault_err err = reveal_text(
	    r, "", path, text, strlen(text), count_named, g);

	if (err != VAULT_OK || !g->t->is_link[axis])
		return err;
	return reveal_text(r, text, path, title, strlen(title), count_named, g);
}

/*
 * Every value that somebody wrote: codes and ids name nobody.  The query is
 * printed beside them.
 */
static enum vault_err
look_for_names(struct tally_gather *g)
{
	const struct vault_tally_what *what = g->what;
	struct reveal *r = NULL;
	enum vault_err err;

	if (g->audience == NULL)
		return VAULT_OK;
	err = reveal_new(&r, g->v->store, g->audience, NULL, NULL);
	if (err == VAULT_OK)
		g->t->info.short_names = reveal_short(r);
	if (err == VAULT_OK && what->query_len > 0)
		err = reveal_text(r, "", "query", what->query, what->query_len,
		    count_named, g);
	for (unsigned axis = 0; axis < g->t->table.axes; axis++)
		for (size_t i = 0; err == VAULT_OK &&
		     i < tally_values(&g->t->table.axis[axis]);
		     i++)
			err = look_at_value(r, g, axis, i);
	reveal_free(r);
	return err;
}

static enum vault_err
read_audience(struct tally_gather *g, struct vault_tally_fault *fault)
{
	enum consent_scope scope;

	if (g->what->audience == NULL)
		return VAULT_OK;
	if (!consent_scope_find(&scope, g->what->audience)) {
		fault->why = VAULT_TALLY_NO_AUDIENCE;
		return VAULT_EUSE;
	}
	g->t->info.audience = consent_scope_code(scope);
	return audience_new(
	    &g->audience, g->v->store, scope, (int32_t)(clock_now() / 86400));
}

static enum vault_err
gather(struct tally_gather *g)
{
	struct buf nums = { 0 };
	enum vault_err err;

	err = finding_all(
	    &nums, &g->t->info.cut, g->v, g->what->query, g->what->query_len);
	if (err == VAULT_OK)
		err = tally_take(g, &nums);
	settle_axes(g);
	if (err == VAULT_OK)
		err = read_titles(g);
	if (err == VAULT_OK)
		err = look_for_names(g);
	buf_free(&nums);
	return err;
}

/* Does a value of the table say how secret a record is? */
static bool
is_by_level(const struct vault_tally *t)
{
	for (unsigned i = 0; i < t->table.axes; i++) {
		const char *path = t->by[i], *dot;

		if (path == NULL)
			continue;
		if ((dot = strrchr(path, '.')) != NULL)
			path = dot + 1;
		if (strcmp(path, "level") == 0)
			return true;
	}
	return false;
}

/* A small number beside a table says as much as one in it. */
static void
hide_figure(struct vault_figure *f, uint64_t below, bool withheld)
{
	if (withheld)
		f->hidden = VAULT_WITHHELD;
	else if (below >= VAULT_HIDE_LEAST && f->n > 0 && f->n < below)
		f->hidden = VAULT_BELOW;
	if (f->hidden != VAULT_SHOWN)
		f->n = 0;
}

static void
settle_info(struct vault_tally *t, uint64_t below)
{
	struct vault_tally_info *info = &t->info;
	bool withheld = t->table.total_hidden != VAULT_SHOWN;

	info->total.n = t->table.total;
	info->several.n = t->table.several;
	info->hide_below = below;
	info->hides = t->table.hides;
	info->totals = t->table.axes > 1 && !t->table.hides;
	hide_figure(&info->total, below, withheld);
	hide_figure(&info->several, below, withheld);
	hide_figure(&info->records, below, withheld);
	/* The difference tells as much as each of the two. */
	hide_figure(&info->same, below, withheld);
	hide_figure(&info->person_records, below,
	    withheld || info->same.hidden != VAULT_SHOWN ||
		info->total.hidden != VAULT_SHOWN);
	/* Less what is shown of level 3 it is what is hidden of level 2. */
	hide_figure(&info->secret, below,
	    withheld || (t->table.hides && is_by_level(t)));
	hide_figure(&info->closed, below, withheld);
	hide_figure(&info->roughly, below, withheld);
	hide_figure(&info->clashes, below, withheld);
	hide_figure(&info->held, below, withheld);
}

static enum vault_err
make(struct tally_gather *g, struct vault_tally_fault *fault)
{
	struct vault_tally *t = g->t;
	enum vault_err err;

	for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++)
		if ((t->by[tally_axis_of(g, i)] = mem_text(g->what->by[i])) ==
		    NULL)
			return VAULT_ENOMEM;
	t->info.at = clock_now();
	t->info.persons = g->what->persons;
	if ((err = store_read(g->v->store)) != VAULT_OK)
		return err;
	if ((err = vault_moment(&t->seen, g->v)) == VAULT_OK &&
	    (err = read_audience(g, fault)) == VAULT_OK)
		err = gather(g);
	store_read_end(g->v->store);
	if (err == VAULT_OK && g->what->over != VAULT_NO_PERIOD)
		err = tally_fill(&t->table);
	if (err == VAULT_EUSE && t->table.full)
		fault->why = VAULT_TALLY_TOO_MANY;
	if (err != VAULT_OK)
		return err;
	tally_hide(&t->table, g->what->hide_below);
	settle_info(t, g->what->hide_below);
	return tally_order(&t->table);
}

enum vault_err
vault_tally_new(struct vault_tally **out, struct vault *v,
    const struct vault_tally_what *what, struct vault_tally_fault *fault)
{
	struct tally_gather g = { .v = v, .what = what };
	enum vault_err err = VAULT_ENOMEM;

	*out = NULL;
	memset(fault, 0, sizeof(*fault));
	if ((g.t = mem_zalloc(sizeof(*g.t))) == NULL)
		goto out;
	err = VAULT_EUSE;
	if (!tally_ask(fault, &g) || (err = make(&g, fault)) != VAULT_OK)
		goto out;
	*out = g.t;
	g.t = NULL; /* given away */
out:
	audience_free(g.audience);
	tally_gather_free(&g);
	vault_tally_free(g.t);
	return err == VAULT_EUSE ? err : vault_failed(v, err);
}

void
vault_tally_free(struct vault_tally *t)
{
	if (t == NULL)
		return;
	tally_table_free(&t->table);
	buf_free(&t->consents);
	mem_free(t->by[0]);
	mem_free(t->by[1]);
	mem_free(t);
}

/* ---- Reading it ---- */

void
vault_tally_info(struct vault_tally_info *out, const struct vault_tally *t)
{
	*out = t->info;
}

void
vault_tally_axis(
    struct vault_tally_axis *out, const struct vault_tally *t, unsigned axis)
{
	const struct tally_axis *a = &t->table.axis[axis];

	*out = (struct vault_tally_axis){
		.field = t->by[axis] == NULL ? "date" : t->by[axis],
		.period = a->period,
		.vocab = t->codes[axis] == NULL ? NULL : t->codes[axis]->name,
		.is_link = t->is_link[axis],
		.is_bool = t->is_bool[axis],
		.n = a->order.len / sizeof(uint32_t),
	};
}

static uint32_t
number_at(const struct vault_tally *t, unsigned axis, size_t i)
{
	return (
	    (const uint32_t *)(const void *)t->table.axis[axis].order.bytes)[i];
}

static struct vault_figure
figure(uint64_t n, enum vault_hidden hidden)
{
	return (struct vault_figure){ hidden == VAULT_SHOWN ? n : 0, hidden };
}

void
vault_tally_value(struct vault_tally_value *out, const struct vault_tally *t,
    unsigned axis, size_t i)
{
	const struct tally_axis *a = &t->table.axis[axis];
	const struct tally_value *v = tally_value(a, number_at(t, axis, i));
	bool withheld = t->table.axes > 1 && t->table.hides;

	out->is = v->is;
	out->text = buf_text(&a->texts) + v->text;
	out->title = buf_text(&a->texts) + v->title;
	out->n = figure(v->n, withheld ? VAULT_WITHHELD : v->hidden);
}

struct vault_figure
vault_tally_cell(const struct vault_tally *t, size_t row, size_t column)
{
	const struct tally_cell *c = tally_cell(
	    &t->table, number_at(t, 0, row), number_at(t, 1, column));

	return c == NULL ? figure(0, VAULT_SHOWN) : figure(c->n, c->hidden);
}

/* ---- The log ---- */

/* {"by":["act"],"count":"records","form":"html","over":"month"} */
static enum vault_err
print_log(struct buf *out, struct vault_tally *t, const char *form)
{
	static const char *const periods[] = { "", "year", "month", "day" };
	bool first = true;

	buf_put_byte(out, '{');
	if (t->info.audience != NULL)
		buf_putf(out, "\"audience\":\"%s\",", t->info.audience);
	buf_put_text(out, "\"by\":[");
	for (unsigned i = 0; i < t->table.axes; i++) {
		if (t->by[i] == NULL)
			continue;
		buf_putf(out, "%s\"%s\"", first ? "" : ",", t->by[i]);
		first = false;
	}
	buf_put_text(out, "],");
	audience_print_used(out, &t->consents);
	buf_putf(out, "\"count\":\"%s\",\"form\":\"%s\"",
	    t->info.persons ? "persons" : "records", form);
	if (t->table.axis[0].period != VAULT_NO_PERIOD)
		buf_putf(
		    out, ",\"over\":\"%s\"", periods[t->table.axis[0].period]);
	buf_put_byte(out, '}');
	return buf_ok(out);
}

/* For an audience it must be as it was when it was counted. */
static enum vault_err
is_as_counted(struct vault *v, const struct vault_tally *t)
{
	struct vault_moment now;
	enum vault_err err = vault_moment(&now, v);

	if (err != VAULT_OK || t->info.audience == NULL ||
	    vault_is_moment(&now, &t->seen))
		return err;
#ifdef PLANT_REPORT_OLD
	return err;
#endif
	return VAULT_ECONFLICT;
}

enum vault_err
vault_tally_log(struct vault *v, struct vault_tally *t, const char *form)
{
	struct buf detail = { 0 };
	enum vault_err err;

	if ((err = print_log(&detail, t, form)) == VAULT_OK &&
	    (err = store_begin(v->store)) == VAULT_OK) {
		if ((err = is_as_counted(v, t)) == VAULT_OK)
			err = log_add(
			    v->store, "report", buf_text(&detail), detail.len);
		if (err == VAULT_OK)
			err = store_commit(v->store);
		store_abort(v->store);
	}
	buf_free(&detail);
	return vault_failed(v, err);
}
