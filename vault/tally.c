/* SPDX-License-Identifier: ISC */
/*
 * tally - figures out of the bodies of records: so many of each value.
 *
 * 1. The query says which records; what they say is read as `show` has it,
 *    versions that disagree merged, all of it in one snapshot.
 * 2. A record counts once in each cell that it has values for, and once in
 *    each total.  One whose type cannot have what is asked for is not counted,
 *    and said; one that could and does not say it is "not stated".
 * 3. A person counts once in a cell, in whatever number of records; a value
 *    that is the person's own ("victims.sex") is that person's and nobody
 *    else's in the same record.
 * 4. A date counts in a period if all days that it may mean are in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "inside.h"
#include "record/date.h"
#include "record/field_path.h"
#include "record/heads.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"
#include "tally.h"

#define KINDS 16
#define STEP 64 /* records between two looks at progress */

/* A type of record, and what the fields asked for are in it. */
struct kind {
	const struct model_type *type;
	struct field_path by[2];
	bool counts;         /* it can have all that is asked for */
	const char *persons; /* the field that names them; "" : itself */
	uint64_t n;
};

struct vault_tally {
	struct tally_table table;
	struct vault_tally_info info;
	char *by[2]; /* by axis; NULL: the period */
	const struct model_vocab *codes[2];
	bool is_link[2];
};

/* One person in one cell. */
struct seen {
	uint8_t id[ID_LEN];
	struct tally_spot spot;
};

struct gathering {
	struct vault *v;
	const struct vault_tally_what *what;
	struct vault_tally *t;
	struct kind kinds[KINDS];
	size_t n_kinds;
	struct buf ids[2]; /* uint32_t: values of one record, by axis */
	struct buf names;  /* ids of persons, as text with a NUL */
	struct buf seen;   /* struct seen */
	int64_t level;     /* the highest of what was read for it */
	unsigned axis;     /* what add_value adds to */
};

/* Fields stand behind the period, if there is one. */
static unsigned
axis_of(const struct gathering *g, size_t by)
{
	return (unsigned)by + (g->what->over != VAULT_NO_PERIOD);
}

/* ---- The question ---- */

static const char *
persons_of(const char *type)
{
	return strcmp(type, "person") == 0 ? "" : timeline_fields(type);
}

static bool
has_date(const struct model_type *type)
{
	const struct model_field *f = model_field(type, "date");

	return f != NULL && f->kind == MODEL_DATE;
}

static void
suggest(struct vault_tally_fault *fault, const struct field_path *path)
{
	for (size_t i = 0; i < path->n_near && fault->n_near < 3; i++) {
		bool there = false;

		for (size_t j = 0; j < fault->n_near; j++)
			there = there ||
			    strcmp(fault->near[j], path->near[i]) == 0;
		if (!there)
			fault->near[fault->n_near++] = path->near[i];
	}
}

/* What is wrong with field i, which fits no type better than this. */
static bool
is_wrong(struct vault_tally_fault *fault, const struct gathering *g, size_t i,
    enum field_path_fit best)
{
	static const enum vault_tally_why why[] = {
		[FIELD_PATH_UNKNOWN] = VAULT_TALLY_NO_FIELD,
		[FIELD_PATH_MEMBER] = VAULT_TALLY_NO_FIELD,
		[FIELD_PATH_FAR] = VAULT_TALLY_LINKS,
		[FIELD_PATH_LONG] = VAULT_TALLY_LONG_TEXT,
		[FIELD_PATH_PARTS] = VAULT_TALLY_PARTS,
	};

	if (best == FIELD_PATH_FITS)
		return false;
	fault->why = why[best];
	fault->by = i;
	for (size_t k = 0; k < g->n_kinds; k++) {
		struct field_path path;

		if (field_path_read(&path, g->kinds[k].type, g->what->by[i]) ==
		    best)
			suggest(fault, &path);
	}
	return true;
}

/* Which types can be counted; false: none, and why. */
static bool
look_at_types(struct vault_tally_fault *fault, struct gathering *g)
{
	enum field_path_fit best[2] = { FIELD_PATH_UNKNOWN,
		FIELD_PATH_UNKNOWN };
	const struct model_type *type = NULL;
	bool any = false;

	while (g->n_kinds < KINDS && (type = model_next_type(type)) != NULL) {
		struct kind *k = &g->kinds[g->n_kinds++];

		k->type = type;
		k->persons = persons_of(type->name);
		k->counts = (!g->what->persons || k->persons != NULL) &&
		    (g->what->over == VAULT_NO_PERIOD || has_date(type));
		for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++) {
			enum field_path_fit fit = field_path_read(
			    &k->by[i], type, g->what->by[i]);

			k->counts = k->counts && fit == FIELD_PATH_FITS;
			best[i] = fit > best[i] ? fit : best[i];
		}
		any = any || k->counts;
	}
	for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++)
		if (is_wrong(fault, g, i, best[i]))
			return false;
	fault->why = any ? VAULT_TALLY_OK : VAULT_TALLY_TOGETHER;
	return any;
}

static bool
is_asked(struct vault_tally_fault *fault, const struct gathering *g)
{
	const struct vault_tally_what *w = g->what;
	unsigned axes = axis_of(g, w->by[1] != NULL ? 2 : w->by[0] != NULL);

	fault->why = VAULT_TALLY_NOTHING;
	if (axes < 1 || axes > 2 || (w->by[0] == NULL && w->by[1] != NULL))
		return false;
	g->t->table.axes = g->t->info.axes = axes;
	g->t->table.axis[0].period = w->over;
	return true;
}

/* ---- Values of a record ---- */

static uint32_t *
numbers(const struct buf *ids, size_t *n)
{
	*n = ids->len / sizeof(uint32_t);
	return (uint32_t *)(void *)ids->bytes;
}

/* A value for the axis, which may have it already. */
static enum vault_err
add(struct gathering *g, unsigned axis, enum vault_value_is is,
    const char *text, size_t len)
{
	uint32_t number;
	enum vault_err err = tally_number(
	    &number, &g->t->table, axis, is, text, len);
	size_t n;
	const uint32_t *list = numbers(&g->ids[axis], &n);

	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		if (list[i] == number)
			return VAULT_OK;
	if (err == VAULT_OK && !buf_put(&g->ids[axis], &number, sizeof(number)))
		err = VAULT_ENOMEM;
	return err;
}

static enum vault_err
add_value(void *ctx, const char *text, size_t len)
{
	struct gathering *g = ctx;

	return add(g, g->axis, VAULT_VALUE, text, len);
}

/*
 * May what a record says go into the table?  All of the vault does; a table
 * for an audience is to ask here, for each record that is counted and for
 * each that is read by a link, before anything of it is used.
 */
static bool
may_use(const struct gathering *g, const json_t *body)
{
	(void)g;
	return body != NULL;
}

/* What it says without a level is as secret as can be. */
static void
note_level(struct gathering *g, const json_t *body)
{
	const json_t *value = json_object_get(body, "level");
	int64_t level = json_is_integer(value)
	    ? (int64_t)json_integer_value(value)
	    : 3;

	if (level > g->level)
		g->level = level;
}

/* The rest of a path in the record at the other end of a link. */
struct far {
	struct gathering *g;
	const char *rest;
};

static enum vault_err
add_linked(void *ctx, const char *text, size_t len)
{
	struct far *far = ctx;
	struct gathering *g = far->g;
	uint8_t id[ID_LEN];
	struct record_row r;
	struct merged m;
	enum vault_err err;

	if (id_parse(id, text, len) != VAULT_OK)
		return VAULT_OK;
	err = rows_find(&r, g->v->store, id);
	if (err == VAULT_ENORECORD || (err == VAULT_OK && r.forgotten))
		return VAULT_OK; /* withheld or unknown */
	if (err != VAULT_OK ||
	    (err = heads_merge(&m, g->v->store, &r)) != VAULT_OK)
		return err;
	if (may_use(g, m.body)) {
		note_level(g, m.body);
		err = field_path_each(
		    m.body, far->rest, strlen(far->rest), add_value, g);
	}
	merged_free(&m);
	return err;
}

/* The values for a field; of a link, those of the record with this id, or of
 * all that the body names if it is NULL. */
static enum vault_err
add_field(struct gathering *g, const struct kind *k, size_t by,
    const json_t *body, const char *id)
{
	const char *path = g->what->by[by];
	size_t link = k->by[by].link, n;
	struct far far = { g, path + link + 1 };
	enum vault_err err;

	g->axis = axis_of(g, by);
	buf_reset(&g->ids[g->axis]);
	if (link == 0)
		err = field_path_each(body, path, strlen(path), add_value, g);
	else if (id != NULL)
		err = add_linked(&far, id, strlen(id));
	else
		err = field_path_each(body, path, link, add_linked, &far);
	(void)numbers(&g->ids[g->axis], &n);
	return err == VAULT_OK && n == 0
	    ? add(g, g->axis, VAULT_NOT_STATED, "", 0)
	    : err;
}

/* ---- Its period ---- */

/* As text, cut to the period. */
static void
print_period(char out[static 16], enum vault_period period, int32_t day)
{
	int year, month, of_month;

	date_from_day(&year, &month, &of_month, day);
	snprintf(out, 16, "%04u-%02u-%02u", (unsigned)year % 10000,
	    (unsigned)month % 100, (unsigned)of_month % 100);
	if (period != VAULT_DAY)
		out[period == VAULT_YEAR ? 4 : 7] = '\0';
}

static bool
is_rough(const json_t *date)
{
	const char *edtf = json_string_value(json_object_get(date, "edtf"));
	struct date d;

	return edtf != NULL && date_parse(&d, edtf, strlen(edtf)) == VAULT_OK &&
	    (d.from.qualifier != '\0' || d.to.qualifier != '\0');
}

static enum vault_err
add_period(struct gathering *g, const json_t *body, bool *rough)
{
	const json_t *date = json_object_get(body, "date");
	struct date_days days;
	char first[16], last[16];

	buf_reset(&g->ids[0]);
	if (date == NULL)
		return add(g, 0, VAULT_NO_DATE, "", 0);
	if (!date_object_days(&days, date) || days.lo == INT32_MIN ||
	    days.hi == INT32_MAX)
		return add(g, 0, VAULT_NOT_EXACT, "", 0);
	print_period(first, g->what->over, days.lo);
	print_period(last, g->what->over, days.hi);
	if (strcmp(first, last) != 0)
		return add(g, 0, VAULT_NOT_EXACT, "", 0);
	*rough = is_rough(date);
	return add(g, 0, VAULT_VALUE, first, strlen(first));
}

/* ---- Counting ---- */

/* Each pair of the values that were gathered; to be freed. */
static enum vault_err
spots(struct buf *out, const struct gathering *g)
{
	size_t n_rows, n_columns;
	const uint32_t *rows = numbers(&g->ids[0], &n_rows);
	const uint32_t *columns = numbers(&g->ids[1], &n_columns);

	if (g->t->table.axes < 2)
		n_columns = 1;
	for (size_t i = 0; i < n_rows; i++)
		for (size_t j = 0; j < n_columns; j++) {
			struct tally_spot s = { rows[i],
				g->t->table.axes < 2 ? 0 : columns[j] };

			buf_put(out, &s, sizeof(s));
		}
	return buf_ok(out);
}

static enum vault_err
count_record(struct gathering *g)
{
	struct buf list = { 0 };
	enum vault_err err = spots(&list, g);

	if (err == VAULT_OK)
		err = tally_count(&g->t->table,
		    (const struct tally_spot *)(const void *)list.bytes,
		    list.len / sizeof(struct tally_spot));
	buf_free(&list);
	return err;
}

/* ---- Persons ---- */

/* Of what may be about anything, only persons. */
static enum vault_err
add_name(void *ctx, const char *text, size_t len)
{
	struct gathering *g = ctx;
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	if (len != ID_TEXT_LEN || id_parse(id, text, len) != VAULT_OK)
		return VAULT_OK;
	err = rows_find(&r, g->v->store, id);
	if (err != VAULT_OK && err != VAULT_ENORECORD)
		return err;
	if (err == VAULT_OK && strcmp(r.type, "person") != 0)
		return VAULT_OK;
	buf_put(&g->names, text, len);
	buf_put_byte(&g->names, 0);
	return buf_ok(&g->names);
}

static enum vault_err
keep_person(struct gathering *g, const char *name)
{
	struct buf list = { 0 };
	enum vault_err err = spots(&list, g);
	const struct tally_spot *s = (const struct tally_spot *)(const void *)
					 list.bytes;
	struct seen one;

	memset(&one, 0, sizeof(one));
	if (err == VAULT_OK)
		err = id_parse(one.id, name, strlen(name));
	for (size_t i = 0; err == VAULT_OK && i < list.len / sizeof(*s); i++) {
		one.spot = s[i];
		if (!buf_put(&g->seen, &one, sizeof(one)))
			err = VAULT_ENOMEM;
	}
	buf_free(&list);
	return err;
}

/* Is a field of the persons that are counted, and not of the record? */
static bool
is_theirs(const struct gathering *g, const struct kind *k, size_t by)
{
	size_t link = k->by[by].link;

#ifdef PLANT_TALLY_OTHERS
	return false;
#endif
	return link > 0 && strlen(k->persons) == link &&
	    memcmp(k->persons, g->what->by[by], link) == 0;
}

/* The persons of a record, each with what is theirs. */
static enum vault_err
keep_persons(struct gathering *g, const struct kind *k, const uint8_t *id,
    const json_t *body, bool *any)
{
	char own[ID_TEXT_LEN + 1];
	enum vault_err err;

	buf_reset(&g->names);
	id_print(own, id);
	err = *k->persons == '\0' ? add_name(g, own, ID_TEXT_LEN)
				  : field_path_each(body, k->persons,
					strlen(k->persons), add_name, g);
	*any = g->names.len > 0;
	for (size_t at = 0; err == VAULT_OK && at < g->names.len;
	     at += ID_TEXT_LEN + 1) {
		const char *name = buf_text(&g->names) + at;

		for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++)
			if (err == VAULT_OK && is_theirs(g, k, i))
				err = add_field(g, k, i, body, name);
		if (err == VAULT_OK)
			err = keep_person(g, name);
	}
	return err;
}

static int
compare_seen(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int order = memcmp(x->id, y->id, ID_LEN);

	if (order != 0)
		return order;
	if (x->spot.row != y->spot.row)
		return x->spot.row < y->spot.row ? -1 : 1;
	return x->spot.column < y->spot.column
	    ? -1
	    : x->spot.column > y->spot.column;
}

/* All that was seen of one person: n of them, in order, perhaps twice. */
static enum vault_err
count_person(struct gathering *g, const struct seen *list, size_t n)
{
	struct buf places = { 0 };
	enum vault_err err;
	bool one;

	if ((err = counts_is_one(&one, g->v->store, list->id)) != VAULT_OK)
		return err;
	if (!one) {
		g->t->info.not_one++;
		return VAULT_OK;
	}
	for (size_t i = 0; i < n; i++)
		if (i == 0 || compare_seen(&list[i], &list[i - 1]) != 0)
			buf_put(&places, &list[i].spot, sizeof(list[i].spot));
	if ((err = buf_ok(&places)) == VAULT_OK)
		err = tally_count(&g->t->table,
		    (const struct tally_spot *)(const void *)places.bytes,
		    places.len / sizeof(struct tally_spot));
	buf_free(&places);
	return err;
}

static enum vault_err
count_persons(struct gathering *g)
{
	struct seen *list = (struct seen *)(void *)g->seen.bytes;
	size_t all = g->seen.len / sizeof(*list), n;
	enum vault_err err = VAULT_OK;

	if (all > 0)
		qsort(list, all, sizeof(*list), compare_seen);
	for (size_t i = 0; err == VAULT_OK && i < all; i += n) {
		for (n = 1; i + n < all &&
		     memcmp(list[i].id, list[i + n].id, ID_LEN) == 0;
		     n++)
			continue;
		err = count_person(g, &list[i], n);
	}
	return err;
}

/* ---- Records ---- */

/* What it says goes into the table; *counted says whether it is in it. */
static enum vault_err
use(struct gathering *g, const struct kind *k, const struct record_row *r,
    const json_t *body, bool *counted, bool *rough)
{
	enum vault_err err = VAULT_OK;

	*counted = true;
	if (g->what->over != VAULT_NO_PERIOD)
		err = add_period(g, body, rough);
	for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++)
		if (err == VAULT_OK &&
		    !(g->what->persons && is_theirs(g, k, i)))
			err = add_field(g, k, i, body, NULL);
	if (err != VAULT_OK)
		return err;
	return g->what->persons ? keep_persons(g, k, r->id, body, counted)
				: count_record(g);
}

static struct kind *
kind_of(struct gathering *g, const char *type)
{
	for (size_t i = 0; i < g->n_kinds; i++)
		if (strcmp(g->kinds[i].type->name, type) == 0)
			return &g->kinds[i];
	return NULL;
}

static enum vault_err
take(struct gathering *g, int64_t num)
{
	struct vault_tally_info *info = &g->t->info;
	bool counted = false, rough = false;
	struct record_row r;
	struct kind *k;
	struct merged m;
	enum vault_err err;

	if ((err = rows_get(&r, g->v->store, num)) != VAULT_OK)
		return err;
	k = kind_of(g, r.type);
	if (k == NULL || !k->counts) {
		info->other_types++;
		return VAULT_OK;
	}
	if ((err = heads_merge(&m, g->v->store, &r)) != VAULT_OK)
		return err;
	if (may_use(g, m.body)) {
		g->level = 0;
		note_level(g, m.body);
		err = use(g, k, &r, m.body, &counted, &rough);
		info->no_person += !counted;
	}
	if (counted) {
		k->n++;
		info->records.n++;
		info->secret.n += g->level >= 2;
		info->roughly.n += rough;
		info->clashes.n += json_array_size(m.clashes) > 0 || m.more > 0;
	}
	merged_free(&m);
	return err;
}

static int
compare_nums(const void *a, const void *b)
{
	uint64_t x = get_le64(a), y = get_le64(b);

	return x < y ? -1 : x > y;
}

/* By their place in the vault: neighbours share pages. */
static enum vault_err
take_all(struct gathering *g, const struct buf *nums)
{
	size_t n = nums->len / 8;
	enum vault_err err = VAULT_OK;

	if (n > 0)
		qsort(nums->bytes, n, 8, compare_nums);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		if (i % STEP == 0 && g->what->progress != NULL &&
		    !g->what->progress(g->what->ctx, i, n))
			return VAULT_ECANCELED;
		err = take(g, (int64_t)get_le64(nums->bytes + 8 * i));
	}
	return err;
}

/* ---- Afterwards ---- */

/* Codes are of one vocabulary in all that was counted, or of none. */
static void
settle_axes(struct gathering *g)
{
	for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++) {
		unsigned axis = axis_of(g, i);
		bool first = true;

		for (size_t k = 0; k < g->n_kinds; k++) {
			const struct field_path *p = &g->kinds[k].by[i];

			if (g->kinds[k].n == 0)
				continue;
			g->t->is_link[axis] |= p->is_link;
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

/* What links are called, while the snapshot lasts. */
static enum vault_err
read_titles(struct gathering *g)
{
	enum vault_err err = VAULT_OK;

	for (unsigned axis = 0; axis < g->t->table.axes; axis++) {
		struct tally_axis *a = &g->t->table.axis[axis];

		for (size_t i = 0; err == VAULT_OK && g->t->is_link[axis] &&
		     i < tally_values(a);
		     i++) {
			struct tally_value *v = tally_value(a, i);
			struct buf title = { 0 };

			err = vault_title(
			    &title, g->v, buf_text(&a->texts) + v->text);
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

static enum vault_err
gather(struct gathering *g)
{
	struct buf nums = { 0 };
	enum vault_err err;

	err = finding_all(
	    &nums, &g->t->info.cut, g->v, g->what->query, g->what->query_len);
	if (err == VAULT_OK)
		err = take_all(g, &nums);
	if (err == VAULT_OK && g->what->persons)
		err = count_persons(g);
	settle_axes(g);
	if (err == VAULT_OK)
		err = read_titles(g);
	buf_free(&nums);
	return err;
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
	hide_figure(&info->secret, below, withheld);
	hide_figure(&info->roughly, below, withheld);
	hide_figure(&info->clashes, below, withheld);
}

static void
gathering_free(struct gathering *g)
{
	buf_free(&g->ids[0]);
	buf_free(&g->ids[1]);
	buf_free(&g->names);
	buf_free(&g->seen);
}

static enum vault_err
make(struct gathering *g, struct vault_tally_fault *fault)
{
	struct vault_tally *t = g->t;
	enum vault_err err;

	for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++)
		if ((t->by[axis_of(g, i)] = mem_text(g->what->by[i])) == NULL)
			return VAULT_ENOMEM;
	t->info.at = clock_now();
	t->info.persons = g->what->persons;
	if ((err = store_read(g->v->store)) != VAULT_OK)
		return err;
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
	struct gathering g = { .v = v, .what = what };
	enum vault_err err = VAULT_ENOMEM;

	*out = NULL;
	memset(fault, 0, sizeof(*fault));
	if ((g.t = mem_zalloc(sizeof(*g.t))) == NULL)
		goto out;
	err = VAULT_EUSE;
	if (!is_asked(fault, &g) || !look_at_types(fault, &g) ||
	    (err = make(&g, fault)) != VAULT_OK)
		goto out;
	*out = g.t;
	g.t = NULL; /* given away */
out:
	gathering_free(&g);
	vault_tally_free(g.t);
	return err == VAULT_EUSE ? err : vault_failed(v, err);
}

void
vault_tally_free(struct vault_tally *t)
{
	if (t == NULL)
		return;
	tally_table_free(&t->table);
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
print_log(struct buf *out, const struct vault_tally *t, const char *form)
{
	static const char *const periods[] = { "", "year", "month", "day" };
	bool first = true;

	buf_put_text(out, "{\"by\":[");
	for (unsigned i = 0; i < t->table.axes; i++) {
		if (t->by[i] == NULL)
			continue;
		buf_putf(out, "%s\"%s\"", first ? "" : ",", t->by[i]);
		first = false;
	}
	buf_putf(out, "],\"count\":\"%s\",\"form\":\"%s\"",
	    t->info.persons ? "persons" : "records", form);
	if (t->table.axis[0].period != VAULT_NO_PERIOD)
		buf_putf(
		    out, ",\"over\":\"%s\"", periods[t->table.axis[0].period]);
	buf_put_byte(out, '}');
	return buf_ok(out);
}

enum vault_err
vault_tally_log(struct vault *v, const struct vault_tally *t, const char *form)
{
	struct buf detail = { 0 };
	enum vault_err err;

	if (store_is_read_only(v->store))
		return VAULT_OK;
	if ((err = print_log(&detail, t, form)) == VAULT_OK &&
	    (err = store_begin(v->store)) == VAULT_OK) {
		err = log_add(
		    v->store, "report", buf_text(&detail), detail.len);
		if (err == VAULT_OK)
			err = store_commit(v->store);
		store_abort(v->store);
	}
	buf_free(&detail);
	return vault_failed(v, err);
}
