/* SPDX-License-Identifier: ISC */
/*
 * table_row_wants - which records a row becomes, and codes that are in doubt.
 *
 * A mark of doubt beside a code makes its record "possible" at most: a count
 * of what is more certain than that leaves it out, and nothing says more than
 * the list does.  The cell is kept too, for it may say it in another way.
 */
#include <string.h>

#include "record/edit.h"
#include "record/table_row_inner.h"

#define CERTAINTY "certainty"

/* ---- Marks ---- */

/* Is the mark at that end of the cell, or in brackets there?  Take it off. */
static bool
take(struct piece *p, const char *mark)
{
	size_t len = strlen(mark);

	if (p->len < len)
		return false;
	if (memcmp(p->text + p->len - len, mark, len) == 0) {
		p->len -= len;
		return true;
	}
	if (memcmp(p->text, mark, len) != 0)
		return false;
	p->text += len;
	p->len -= len;
	return true;
}

bool
row_take_doubt(struct piece *p, const struct table_map *map)
{
	/* Full width, of Arabic, and the one that opens in Spanish. */
	static const char *const marks[] = { "?", "(?)", "[?]", "\xef\xbc\x9f",
		"\xef\xbc\x88\xef\xbc\x9f\xef\xbc\x89", "\xd8\x9f",
		"(\xd8\x9f)", "\xc2\xbf" };
	struct piece rest = row_trimmed(*p);
	bool taken = false;

	for (size_t i = 0; !taken && i < sizeof(marks) / sizeof(marks[0]); i++)
		taken = take(&rest, marks[i]);
	for (size_t i = 0; !taken && i < json_array_size(map->doubt); i++)
		taken = take(
		    &rest, json_string_value(json_array_get(map->doubt, i)));
	rest = row_trimmed(rest);
	if (!taken || rest.len == 0 || row_is_destroyed(rest))
		return false;
	*p = rest;
	return true;
}

bool
row_may_doubt(const struct table_map *map, size_t record)
{
	return model_path(map->records[record].type, CERTAINTY, true) != NULL;
}

void
row_doubt(const struct making *m, size_t column)
{
	row_tell(m, TABLE_NOTE_DOUBT, column);
	m->doubted[column] = true;
}

static bool
is_in_doubt(const struct making *m)
{
	for (size_t i = 0; i < m->row->n; i++)
		if (m->doubted[i])
			return true;
	return false;
}

/* Columns that said something more certain find no field by that. */
static void
keep_certainty(const struct making *m)
{
	const struct table_record *rec = &m->c->map->records[m->self];

	for (size_t j = rec->first; j < rec->first + rec->n; j++) {
		const struct table_rule *r = &m->c->map->rules[j];
		const size_t *columns = m->c->rules + j * TABLE_JOIN_MAX;

		if (r->is_link || strcmp(r->field, CERTAINTY) != 0)
			continue;
		for (size_t i = 0; i < r->n; i++) {
			if (!m->placed[columns[i]])
				continue;
			m->placed[columns[i]] = false;
			row_tell(m, TABLE_NOTE_DOUBT, columns[i]);
		}
	}
}

enum vault_err
row_lower_certainty(struct making *m)
{
	static const char possible[] = "possible";
	const char *now = json_string_value(
	    json_object_get(m->body, CERTAINTY));

#ifdef PLANT_DOUBT_DROPPED
	return VAULT_OK;
#endif
	if (!is_in_doubt(m) ||
	    (now != NULL && strcmp(now, "confirmed") != 0 &&
		strcmp(now, "likely") != 0))
		return VAULT_OK;
	if (now != NULL)
		keep_certainty(m);
	return edit_set(m->body, CERTAINTY, possible, strlen(possible));
}

/* ---- Conditions ---- */

enum row_wants {
	ROW_NOT_WANTED,
	ROW_WANTED,
	ROW_IN_DOUBT, /* where the record has a certainty */
};

/* One of these texts, or one of them with a mark of doubt. */
static enum row_wants
is_one_of(const struct table_map *map, const json_t *texts, struct piece p)
{
	enum row_wants found = ROW_WANTED;

	do {
		for (size_t j = 0; j < json_array_size(texts); j++)
			if (row_equals(
				p, json_string_value(json_array_get(texts, j))))
				return found;
		found = ROW_IN_DOUBT;
	} while (!map->no_doubt && row_take_doubt(&p, map));
	return ROW_NOT_WANTED;
}

static enum row_wants
if_so(bool it_is)
{
	return it_is ? ROW_WANTED : ROW_NOT_WANTED;
}

static enum row_wants
holds(const struct table_columns *c, const struct table_row *row, size_t i)
{
	const struct table_when *w = &c->map->whens[i];
	const struct making m = { .c = c, .row = row };
	struct piece p = row_trimmed(row_cell(&m, c->whens[i][0])), q;
	bool there = !row_is_missing(c->map, p), same;

	switch (w->kind) {
	case TABLE_WHEN_PRESENT:
		return if_so(there);
	case TABLE_WHEN_ABSENT:
		return if_so(!there);
	case TABLE_WHEN_IN:
		return is_one_of(c->map, w->in, p);
	case TABLE_WHEN_SAME:
	case TABLE_WHEN_OTHER:
		q = row_trimmed(row_cell(&m, c->whens[i][1]));
		same = p.len == q.len && memcmp(p.text, q.text, p.len) == 0;
		return if_so(same == (w->kind == TABLE_WHEN_SAME));
	}
	return ROW_NOT_WANTED;
}

/* All conditions hold; perhaps one of them by a cell that is in doubt. */
static enum row_wants
wants(const struct table_columns *c, const struct table_row *row, size_t i)
{
	const struct table_record *r = &c->map->records[i];
	enum row_wants all = ROW_WANTED;

	for (size_t j = r->first_when; j < r->first_when + r->n_when; j++)
		switch (holds(c, row, j)) {
		case ROW_NOT_WANTED:
			return ROW_NOT_WANTED;
		case ROW_IN_DOUBT:
			all = ROW_IN_DOUBT;
			break;
		case ROW_WANTED:
			break;
		}
	return all;
}

bool
table_wants(
    const struct table_columns *c, const struct table_row *row, size_t i)
{
	enum row_wants all = wants(c, row, i);

	return all == ROW_WANTED ||
	    (all == ROW_IN_DOUBT && row_may_doubt(c->map, i));
}

void
row_tell_wants(struct making *m, size_t record)
{
	const struct table_map *map = m->c->map;
	const struct table_record *r = &map->records[record];
	bool may = row_may_doubt(map, record);

	if (r->n_when == 0 || wants(m->c, m->row, record) != ROW_IN_DOUBT)
		return;
	m->self = may ? record : 0;
	for (size_t j = r->first_when; j < r->first_when + r->n_when; j++) {
		size_t column = m->c->whens[j][0];

		if (holds(m->c, m->row, j) != ROW_IN_DOUBT)
			continue;
		if (!may)
			row_tell(m, TABLE_NOTE_DOUBT_KEPT, column);
		else if (!m->doubted[column])
			row_doubt(m, column);
	}
}
