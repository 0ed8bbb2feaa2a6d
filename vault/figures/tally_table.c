/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/date.h"
#include "figures/tally.h"

void
tally_table_free(struct tally_table *t)
{
	for (unsigned i = 0; i < 2; i++) {
		buf_free(&t->axis[i].values);
		buf_free(&t->axis[i].sorted);
		buf_free(&t->axis[i].order);
		buf_free(&t->axis[i].texts);
	}
	buf_free(&t->cells);
}

size_t
tally_values(const struct tally_axis *a)
{
	return a->values.len / sizeof(struct tally_value);
}

struct tally_value *
tally_value(const struct tally_axis *a, size_t number)
{
	return (struct tally_value *)(void *)a->values.bytes + number;
}

/* Put size bytes at a place among elements that are in order. */
static bool
insert(struct buf *list, size_t at, const void *element, size_t size)
{
	size_t behind = list->len - at * size;

	if (!buf_put(list, element, size))
		return false;
	memmove(
	    list->bytes + at * size + size, list->bytes + at * size, behind);
	memcpy(list->bytes + at * size, element, size);
	return true;
}

/* ---- Values ---- */

static int
compare_text(const struct tally_axis *a, const struct tally_value *v,
    enum vault_value_is is, const char *text, size_t len)
{
	const char *there = buf_text(&a->texts) + v->text;
	size_t there_len = strlen(there);
	int order;

	if (v->is != is)
		return v->is < is ? -1 : 1;
	order = memcmp(there, text, there_len < len ? there_len : len);
	if (order != 0 || there_len == len)
		return order;
	return there_len < len ? -1 : 1;
}

/* Where in sorted it is, or belongs. */
static size_t
place_of(bool *found, const struct tally_axis *a, enum vault_value_is is,
    const char *text, size_t len)
{
	const uint32_t *sorted = (const uint32_t *)(const void *)
				     a->sorted.bytes;
	size_t low = 0, high = tally_values(a);

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_text(
		    a, tally_value(a, sorted[middle]), is, text, len);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
has_room(const struct tally_table *t, unsigned axis)
{
	size_t other = t->axes < 2 ? 1 : tally_values(&t->axis[1 - axis]);

	return (tally_values(&t->axis[axis]) + 1) * (other == 0 ? 1 : other) <=
	    VAULT_TALLY_CELLS;
}

enum vault_err
tally_number(uint32_t *number, struct tally_table *t, unsigned axis,
    enum vault_value_is is, const char *text, size_t len)
{
	struct tally_axis *a = &t->axis[axis];
	struct tally_value value = { .is = is, .text = a->texts.len };
	bool found;
	size_t at = place_of(&found, a, is, text, len);

	if (found) {
		memcpy(number, a->sorted.bytes + at * sizeof(*number),
		    sizeof(*number));
		return VAULT_OK;
	}
	if (!has_room(t, axis)) {
		t->full = true;
		return VAULT_EUSE;
	}
	*number = (uint32_t)tally_values(a);
	buf_put(&a->texts, text, len);
	value.title = a->texts.len;
	buf_put_byte(&a->texts, 0);
	if (buf_ok(&a->texts) != VAULT_OK ||
	    !buf_put(&a->values, &value, sizeof(value)) ||
	    !insert(&a->sorted, at, number, sizeof(*number)))
		return VAULT_ENOMEM;
	return VAULT_OK;
}

/* ---- Cells ---- */

static struct tally_cell *
cells(const struct tally_table *t, size_t *n)
{
	*n = t->cells.len / sizeof(struct tally_cell);
	return (struct tally_cell *)(void *)t->cells.bytes;
}

static size_t
cell_at(bool *found, const struct tally_table *t, uint32_t row, uint32_t column)
{
	size_t low = 0, high;
	const struct tally_cell *list = cells(t, &high);
	uint64_t wanted = (uint64_t)row << 32 | column;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint64_t there = (uint64_t)list[middle].row << 32 |
		    list[middle].column;

		if (there == wanted) {
			*found = true;
			return middle;
		}
		if (there < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct tally_cell *
tally_cell(const struct tally_table *t, uint32_t row, uint32_t column)
{
	bool found;
	size_t n, at = cell_at(&found, t, row, column);

	return found ? &cells(t, &n)[at] : NULL;
}

static enum vault_err
count_cell(struct tally_table *t, const struct tally_spot *spot)
{
	struct tally_cell one = { spot->row, spot->column, 1, VAULT_SHOWN };
	bool found;
	size_t n, at = cell_at(&found, t, spot->row, spot->column);

	if (found)
		cells(t, &n)[at].n++;
	else if (!insert(&t->cells, at, &one, sizeof(one)))
		return VAULT_ENOMEM;
	return VAULT_OK;
}

/* Once in a row, and once in a column, in however many of its cells. */
static void
count_value(struct tally_axis *a, uint32_t number, uint64_t which)
{
	struct tally_value *v = tally_value(a, number);

	v->n += v->seen != which;
	v->seen = which;
}

enum vault_err
tally_count(struct tally_table *t, const struct tally_spot *spots, size_t n)
{
	enum vault_err err = VAULT_OK;

	t->total++;
	t->several += n > 1;
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		count_value(&t->axis[0], spots[i].row, t->total);
		if (t->axes < 2)
			continue;
		count_value(&t->axis[1], spots[i].column, t->total);
		err = count_cell(t, &spots[i]);
	}
	return err;
}

/* ---- Periods ---- */

/* The period behind one, as text; false at the end of time. */
static bool
next_period(char out[static 16], enum vault_period period, const char *text)
{
	int year = atoi(text), month = 1, day = 1;

	if (period != VAULT_YEAR)
		month = atoi(text + 5);
	if (period == VAULT_DAY) {
		date_from_day(&year, &month, &day,
		    date_to_day(year, month, atoi(text + 8)) + 1);
	} else if (period == VAULT_YEAR || ++month > 12) {
		month = 1;
		year++;
	}
	snprintf(out, 16, "%04u-%02u-%02u", (unsigned)year % 10000,
	    (unsigned)month % 100, (unsigned)day % 100);
	if (period != VAULT_DAY)
		out[period == VAULT_YEAR ? 4 : 7] = '\0';
	return year <= 9999;
}

/* The first and the last period with something in it. */
static void
first_and_last(
    char first[static 16], char last[static 16], const struct tally_axis *a)
{
	const uint32_t *sorted = (const uint32_t *)(const void *)
				     a->sorted.bytes;

	/* Values come first in sorted, and their texts sort as they follow. */
	for (size_t i = 0; i < tally_values(a); i++) {
		const struct tally_value *v = tally_value(a, sorted[i]);

		if (v->is != VAULT_VALUE || v->n == 0)
			continue;
		snprintf(last, 16, "%s", buf_text(&a->texts) + v->text);
		if (first[0] == '\0')
			memcpy(first, last, 16);
	}
}

enum vault_err
tally_fill(struct tally_table *t)
{
	struct tally_axis *a = &t->axis[0];
	char at[16] = "", last[16] = "";
	enum vault_err err = VAULT_OK;
	uint32_t number;

	first_and_last(at, last, a);
	while (err == VAULT_OK && strcmp(at, last) < 0 &&
	    next_period(at, a->period, at)) {
		err = tally_number(&number, t, 0, VAULT_VALUE, at, strlen(at));
		if (err == VAULT_OK)
			tally_value(a, number)->between = true;
	}
	return err;
}

/* ---- Order ---- */

struct ranked {
	unsigned group; /* shown, hidden, no value */
	uint64_t n;     /* 0: how many there are says nothing here */
	const char *text;
	uint32_t number;
};

static int
compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->text, y->text);
}

/*
 * The place of a value must not tell how many there are: what is hidden comes
 * behind what is shown, by its text.
 */
static void
rank(struct ranked *out, const struct tally_table *t, unsigned axis,
    uint32_t number)
{
	const struct tally_axis *a = &t->axis[axis];
	const struct tally_value *v = tally_value(a, number);
	bool in_time = a->period != VAULT_NO_PERIOD;
	bool quiet = in_time || (t->axes > 1 && t->hides) ||
	    v->hidden != VAULT_SHOWN;

#ifdef PLANT_TALLY_ORDER
	quiet = in_time;
#endif
	*out = (struct ranked){ .n = quiet ? 0 : v->n,
		.text = buf_text(&a->texts) + v->text,
		.number = number };
	if (v->is != VAULT_VALUE)
		*out = (struct ranked){ .group = 2 + (unsigned)v->is,
			.text = "",
			.number = number };
	else if (v->hidden != VAULT_SHOWN && !in_time)
		out->group = 1;
}

static enum vault_err
order_axis(struct tally_table *t, unsigned axis)
{
	struct tally_axis *a = &t->axis[axis];
	struct buf list = { 0 };
	struct ranked *ranked;
	enum vault_err err;
	size_t n;

	for (size_t i = 0; i < tally_values(a); i++) {
		const struct tally_value *v = tally_value(a, i);
		struct ranked one;

		if (v->n == 0 && !v->between)
			continue;
		rank(&one, t, axis, (uint32_t)i);
		buf_put(&list, &one, sizeof(one));
	}
	ranked = (struct ranked *)(void *)list.bytes;
	n = list.len / sizeof(*ranked);
	if ((err = buf_ok(&list)) == VAULT_OK && n > 0)
		qsort(ranked, n, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		buf_put(&a->order, &ranked[i].number, sizeof(uint32_t));
	buf_free(&list);
	return err == VAULT_OK ? buf_ok(&a->order) : err;
}

enum vault_err
tally_order(struct tally_table *t)
{
	enum vault_err err = VAULT_OK;

	for (unsigned axis = 0; err == VAULT_OK && axis < t->axes; axis++)
		err = order_axis(t, axis);
	return err;
}
