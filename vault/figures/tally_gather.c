/* SPDX-License-Identifier: ISC */
/* tally_gather - from the body of a record to the places where it counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures/doubles.h"
#include "inside.h"
#include "record/date.h"
#include "record/heads.h"
#include "figures/tally_gather.h"

#define STEP 64 /* records between two looks at progress */

/* One person in one cell. */
struct seen {
	uint8_t id[ID_LEN];
	struct tally_spot spot;
};

/* ---- Values of a record ---- */

static uint32_t *
numbers(const struct buf *ids, size_t *n)
{
	*n = ids->len / sizeof(uint32_t);
	return (uint32_t *)(void *)ids->bytes;
}

/* A value for the axis, which may have it already. */
static enum vault_err
add(struct tally_gather *g, unsigned axis, enum vault_value_is is,
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

/*
 * May what a record says go into the table?  All of the vault does; for an
 * audience only what may leave to it, as far as it may.  (The titles of links
 * are read in tally.c: read_titles.)
 */
static enum vault_err
may_use(bool *may, const struct tally_gather *g, const struct record_row *r,
    struct merged *m)
{
	enum vault_err err;

	*may = m->body != NULL;
	if (!*may || g->audience == NULL)
		return VAULT_OK;
	err = edition_figures(may, &m->body, g->audience, r);
	return err == VAULT_OK && *may
	    ? audience_used(&g->t->consents, g->audience, r)
	    : err;
}

/* What it says without a level is as secret as can be. */
static void
note_merged(struct tally_gather *g, const struct merged *m)
{
	const json_t *value = json_object_get(m->body, "level");
	int64_t level = json_is_integer(value)
	    ? (int64_t)json_integer_value(value)
	    : 3;

	if (level > g->level)
		g->level = level;
	g->clashes |= json_array_size(m->clashes) > 0 || m->more > 0;
}

/* Does the body keep private what a path leads to? */
static void
note_closed(
    struct tally_gather *g, const json_t *body, const char *path, size_t len)
{
	const json_t *list = json_object_get(body, "private_fields");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		size_t n = json_string_length(one);

		if (n > 0 && n <= len &&
		    memcmp(json_string_value(one), path, n) == 0 &&
		    (n == len || path[n] == '.'))
			g->closed = true;
	}
}

/* What stands at the first len bytes of a path, and whether it is private. */
static enum vault_err
read_path(struct tally_gather *g, const json_t *body, const char *path,
    size_t len, field_path_fn found, void *ctx)
{
	note_closed(g, body, path, len);
	return field_path_each(body, path, len, found, ctx);
}

/* The record that a link leads to, if it is here; *m is to be freed then. */
static enum vault_err
open_linked(bool *there, struct merged *m, struct tally_gather *g,
    const char *text, size_t len)
{
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	*there = false;
	if (id_parse(id, text, len) != VAULT_OK)
		return VAULT_OK;
	err = rows_find(&r, g->v->store, id);
	if (err == VAULT_ENORECORD || (err == VAULT_OK && r.forgotten))
		return VAULT_OK; /* withheld or unknown */
	if (err != VAULT_OK ||
	    (err = heads_trust(m, g->v->store, &r)) != VAULT_OK)
		return err;
	err = may_use(there, g, &r, m);
	if (err == VAULT_OK && *there)
		note_merged(g, m);
	else
		merged_free(m);
	return err;
}

/* A value; one that is a link will be shown by the title of that record. */
static enum vault_err
add_value(void *ctx, const char *text, size_t len)
{
	struct tally_gather *g = ctx;
	enum vault_err err = add(g, g->axis, VAULT_VALUE, text, len);
	struct merged m;
	bool there;

	if (err != VAULT_OK || !g->by_link)
		return err;
	if ((err = open_linked(&there, &m, g, text, len)) == VAULT_OK && there)
		merged_free(&m);
	return err;
}

/* The rest of a path in the record at the other end of a link. */
struct far {
	struct tally_gather *g;
	const char *rest;
};

static enum vault_err
add_linked(void *ctx, const char *text, size_t len)
{
	struct far *far = ctx;
	struct merged m;
	enum vault_err err;
	bool there;

	err = open_linked(&there, &m, far->g, text, len);
	if (err != VAULT_OK || !there)
		return err;
	err = read_path(
	    far->g, m.body, far->rest, strlen(far->rest), add_value, far->g);
	merged_free(&m);
	return err;
}

/* The values for a field; of a link, those of the record with this id, or of
 * all that the body names if it is NULL. */
static enum vault_err
add_field(struct tally_gather *g, const struct tally_kind *k, size_t by,
    const json_t *body, const char *id)
{
	const char *path = g->what->by[by];
	size_t link = k->by[by].link, n;
	struct far far = { g, path + link + 1 };
	enum vault_err err;

	g->axis = tally_axis_of(g, by);
	g->by_link = k->by[by].is_link;
	buf_reset(&g->ids[g->axis]);
	if (link == 0)
		err = read_path(g, body, path, strlen(path), add_value, g);
	else if (id != NULL)
		err = add_linked(&far, id, strlen(id));
	else
		err = read_path(g, body, path, link, add_linked, &far);
	(void)numbers(&g->ids[g->axis], &n);
	return err == VAULT_OK && n == 0
	    ? add(g, g->axis, VAULT_NOT_STATED, "", 0)
	    : err;
}

/* ---- Its period ---- */

/* As text, cut to the period, if all of the days are in one. */
static bool
print_period(
    char out[static 16], enum vault_period period, const struct date_days *days)
{
	int year, month, day, end_year, end_month, end_day;

	date_from_day(&year, &month, &day, days->lo);
	date_from_day(&end_year, &end_month, &end_day, days->hi);
	snprintf(out, 16, "%04u-%02u-%02u", (unsigned)year % 10000,
	    (unsigned)month % 100, (unsigned)day % 100);
	if (period != VAULT_DAY)
		out[period == VAULT_YEAR ? 4 : 7] = '\0';
	return year == end_year &&
	    (period == VAULT_YEAR || month == end_month) &&
	    (period != VAULT_DAY || day == end_day);
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
add_period(struct tally_gather *g, const json_t *body, bool *rough)
{
	const json_t *date = json_object_get(body, "date");
	struct date_days days;
	char period[16];

	buf_reset(&g->ids[0]);
	note_closed(g, body, "date", strlen("date"));
	if (date == NULL)
		return add(g, 0, VAULT_NO_DATE, "", 0);
	if (!date_object_days(&days, date) || days.lo == INT32_MIN ||
	    days.hi == INT32_MAX)
		return add(g, 0, VAULT_NOT_EXACT, "", 0);
	if (!print_period(period, g->what->over, &days))
		return add(g, 0, VAULT_NOT_EXACT, "", 0);
	*rough = is_rough(date);
	return add(g, 0, VAULT_VALUE, period, strlen(period));
}

/* ---- Counting ---- */

/* Each pair of the values that were gathered; to be freed. */
static enum vault_err
spots(struct buf *out, const struct tally_gather *g)
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
count_record(struct tally_gather *g)
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
	struct tally_gather *g = ctx;
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
keep_person(struct tally_gather *g, const char *name)
{
	struct buf list = { 0 };
	enum vault_err err = spots(&list, g);
	const struct tally_spot *s = (const struct tally_spot *)(const void *)
					 list.bytes;
	struct seen one;
	size_t n;

	memset(&one, 0, sizeof(one));
#ifndef PLANT_TALLY_DOUBLE
	name = doubles_first(&n, g->same, name);
#endif
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
is_theirs(const struct tally_gather *g, const struct tally_kind *k, size_t by)
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
keep_persons(struct tally_gather *g, const struct tally_kind *k,
    const uint8_t *id, const json_t *body, bool *any)
{
	char own[ID_TEXT_LEN + 1];
	enum vault_err err;

	buf_reset(&g->names);
	id_print(own, id);
	err = *k->persons == '\0'
	    ? add_name(g, own, ID_TEXT_LEN)
	    : read_path(g, body, k->persons, strlen(k->persons), add_name, g);
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
count_person(struct tally_gather *g, const struct seen *list, size_t n)
{
	struct buf places = { 0 };
	char id[ID_TEXT_LEN + 1];
	enum vault_err err;
	size_t records;
	bool one;

	id_print(id, list->id);
	if ((err = counts_is_one(&one, &records, g->v->store, g->same, id)) !=
	    VAULT_OK)
		return err;
	if (!one) {
		g->t->info.not_one++;
		return VAULT_OK;
	}
	g->t->info.same.n += records > 1;
	g->t->info.person_records.n += records;
	buf_put(&g->counted, list->id, ID_LEN);
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
count_persons(struct tally_gather *g)
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
	return err == VAULT_OK ? doubles_count(&g->t->info.alike, g->v->store,
				     g->same, &g->counted)
			       : err;
}

/* ---- Records ---- */

/* What it says goes into the table; *counted says whether it is in it. */
static enum vault_err
use(struct tally_gather *g, const struct tally_kind *k,
    const struct record_row *r, const json_t *body, bool *counted, bool *rough)
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

static struct tally_kind *
kind_of(struct tally_gather *g, const char *type)
{
	for (size_t i = 0; i < g->n_kinds; i++)
		if (strcmp(g->kinds[i].type->name, type) == 0)
			return &g->kinds[i];
	return NULL;
}

/* Nor is it told how many of these there are, but for those that may leave. */
static enum vault_err
pass_over(struct tally_gather *g, const struct record_row *r)
{
	struct merged m;
	bool may = true;
	enum vault_err err = VAULT_OK;

	if (g->audience != NULL &&
	    (err = heads_trust(&m, g->v->store, r)) == VAULT_OK) {
		may = m.body != NULL;
		if (may)
			err = edition_figures(&may, &m.body, g->audience, r);
		merged_free(&m);
	}
	g->t->info.other_types += err == VAULT_OK && may;
	return err;
}

static enum vault_err
take(struct tally_gather *g, int64_t num)
{
	struct vault_tally_info *info = &g->t->info;
	bool counted = false, rough = false, may = false;
	struct record_row r;
	struct tally_kind *k;
	struct merged m;
	enum vault_err err;

	if ((err = rows_get(&r, g->v->store, num)) != VAULT_OK)
		return err;
	k = kind_of(g, r.type);
	if (k == NULL || !k->counts)
		return pass_over(g, &r);
	if ((err = heads_trust(&m, g->v->store, &r)) != VAULT_OK)
		return err;
	if ((err = may_use(&may, g, &r, &m)) == VAULT_OK && may) {
		g->level = 0;
		g->clashes = g->closed = false;
		note_merged(g, &m);
		err = use(g, k, &r, m.body, &counted, &rough);
		info->no_person += !counted;
	}
	info->held.n += g->audience != NULL && !may;
	if (counted) {
		k->n++;
		info->records.n++;
		info->secret.n += g->level >= 2;
		info->closed.n += g->closed;
		info->roughly.n += rough;
		info->clashes.n += g->clashes;
	}
	merged_free(&m);
	return err;
}

enum vault_err
tally_take(struct tally_gather *g, const struct buf *nums)
{
	size_t n = nums->len / 8;
	enum vault_err err = VAULT_OK;

	if (g->what->persons)
		err = same_load(&g->same, g->v->store, NULL);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		if (i % STEP == 0 && g->what->progress != NULL &&
		    !g->what->progress(g->what->ctx, i, n))
			return VAULT_ECANCELED;
		err = take(g, (int64_t)get_le64(nums->bytes + 8 * i));
	}
	if (err == VAULT_OK && g->what->persons)
		err = count_persons(g);
	return err;
}

void
tally_gather_free(struct tally_gather *g)
{
	buf_free(&g->ids[0]);
	buf_free(&g->ids[1]);
	buf_free(&g->names);
	buf_free(&g->seen);
	buf_free(&g->counted);
	same_free(g->same);
}
