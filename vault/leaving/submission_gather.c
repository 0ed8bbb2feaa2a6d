/* SPDX-License-Identifier: ISC */
/*
 * submission_gather.c - the records that a draft is made of (submission.c,
 * rules 2 and 4).
 */
#include <stdlib.h>
#include <string.h>

#include "figures/linked.h"
#include "record/heads.h"
#include "record/json.h"
#include "leaving/submission_inside.h"

/* ---- What stays behind ---- */

static const char *
why_word(enum audience_why why)
{
	static const char *const words[] = { "private", "forgotten", "not here",
		"level", "figures only", "limited", "readers", "consent" };

	return words[why];
}

/* Does the line from there on stand before it as well? */
static bool
is_noted(const struct buf *lines, size_t from)
{
	const char *all = buf_text(lines), *at;

	if (lines->failed)
		return false;
	at = strstr(all, all + from);
	return at != NULL && at < all + from;
}

enum vault_err
sub_keep_back(struct vault_submission *s, const struct sub_item *item,
    const char *field, enum audience_why why)
{
	struct vault_kept_back k = { .id = item->id,
		.type = item->row.type,
		.field = field,
		.why = (enum vault_may_why)why };
	struct buf title = { 0 };
	size_t before = s->withheld.len;
	enum vault_err err;

	buf_putf(&s->withheld, "%s %.8s%s%s: %s\n", item->row.type, item->id,
	    field[0] == '\0' ? "" : ", ", field, why_word(why));
	/* Two rows may ask for one field. */
	if (is_noted(&s->withheld, before)) {
		buf_truncate(&s->withheld, before);
		return VAULT_OK;
	}
	if (field[0] == '\0')
		s->info.held++;
	if ((err = vault_title(&title, s->v, item->id)) == VAULT_ENORECORD)
		err = VAULT_OK;
	k.title = buf_text(&title);
	if (err == VAULT_OK && s->what.kept != NULL)
		s->what.kept(s->what.ctx, &k);
	buf_free(&title);
	return err == VAULT_OK ? buf_ok(&s->withheld) : err;
}

/* ---- Gathering ---- */

/* By which fields a record is a part of this; records.md, 11. */
static const char *
telling_fields(const char *type)
{
	static const struct {
		const char *type, *fields;
	} rows[] = { { "act", "victims" }, { "status", "person" },
		{ "testimony", "about source" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(type, rows[i].type) == 0)
			return rows[i].fields;
	return NULL;
}

enum vault_err
sub_tells(bool *out, const char *type, const json_t *body, const char *person)
{
	return linked_by(out, body, telling_fields(type), person);
}

/* Does it tell of the person, by any of the records of whom? */
static enum vault_err
tells(bool *out, const struct vault_submission *s, const char *type,
    const json_t *body)
{
	size_t n;
	const struct sub_person *persons = sub_persons(s, &n);
	enum vault_err err = VAULT_OK;

	*out = false;
	for (size_t i = 0; err == VAULT_OK && !*out && i < n; i++)
		err = sub_tells(out, type, body, persons[i].id);
	return err;
}

/*
 * Rule 2: do the consents of all records of the person cover it of whom it
 * tells, whoever else's does?
 */
static enum vault_err
is_covered(
    bool *out, const struct vault_submission *s, const struct sub_item *item)
{
	size_t n;
	const struct sub_person *persons = sub_persons(s, &n);
	enum vault_err err = VAULT_OK;

	*out = true;
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		struct audience_person p;
		bool told;

		err = sub_tells(
		    &told, item->row.type, item->whole, persons[i].id);
		if (err != VAULT_OK || !told)
			continue;
		err = audience_person(&p, s->audience, persons[i].id, item->id);
		*out = *out && persons[i].used &&
		    p.consent.why == CONSENT_GIVEN;
	}
	return err;
}

/* Rule 4. */
static bool
source_agrees(const struct sub_item *item)
{
	const struct audience_person *source = &item->edition.person;

	if (strcmp(item->row.type, "testimony") != 0 ||
	    item->edition.limits.level == 0)
		return true;
	return source->id[0] != '\0' && audience_may(source);
}

static enum vault_err
make_edition(struct sub_item *item, const struct vault_submission *s)
{
	enum vault_err err;
	bool open, covered;

	err = edition_make(
	    &item->edition, s->v->store, s->audience, &item->row);
	item->why = item->edition.why;
	if (err != VAULT_OK || item->why != AUDIENCE_MAY)
		return err;
	if ((err = is_covered(&covered, s, item)) != VAULT_OK ||
	    (err = tells(&open, s, item->row.type, item->edition.body)) !=
		VAULT_OK)
		return err;
	/* That it is about this person may be private itself. */
	if (!open)
		item->why = AUDIENCE_WITHHELD;
#ifndef PLANT_OTHERS_CONSENT
	else if (!covered)
		item->why = AUDIENCE_CONSENT;
#endif
#ifndef PLANT_SOURCES_UNASKED
	else if (!source_agrees(item))
		item->why = AUDIENCE_CONSENT;
#endif
	return VAULT_OK;
}

enum vault_err
sub_put(struct vault_submission *s, struct sub_item *item)
{
	if (item->why == AUDIENCE_MAY && (item->used = json_object()) == NULL)
		return VAULT_ENOMEM;
	item->has_days = date_object_days(
	    &item->days, json_object_get(item->whole, "date"));
	if (item->why == AUDIENCE_MAY)
		s->info.records++;
	if (json_array_size(item->edition.clashes) > 0)
		s->info.disagreeing++;
	if (!buf_put(&s->items, item, sizeof(*item)))
		return VAULT_ENOMEM;
	memset(item, 0, sizeof(*item)); /* given away */
	return VAULT_OK;
}

static enum vault_err
add_record(void *ctx, int64_t num)
{
	struct vault_submission *s = ctx;
	struct sub_item item = { .why = AUDIENCE_FORGOTTEN };
	struct merged m = { .body = NULL };
	enum vault_err err;
	bool told = false;

	if ((err = rows_get(&item.row, s->v->store, num)) != VAULT_OK ||
	    item.row.forgotten)
		return err;
	if ((err = heads_merge(&m, s->v->store, &item.row)) != VAULT_OK)
		return err;
	id_print(item.id, item.row.id);
	item.whole = json_incref(m.body);
	if ((err = tells(&told, s, item.row.type, m.body)) == VAULT_OK &&
	    told && (err = make_edition(&item, s)) == VAULT_OK)
		err = sub_put(s, &item);
	sub_item_free(&item);
	merged_free(&m);
	return err;
}

/* Every record that links to one of the person's, by whatever field. */
enum vault_err
sub_add_records(struct vault_submission *s)
{
	size_t n;
	const same_id *ids = audience_records(&n, s->audience, s->person);
	same_id alone[1];

	memcpy(alone[0], s->person, sizeof(alone[0]));
	return n > 0 ? linked_each(s->v->store, ids, n, add_record, s)
		     : linked_each(s->v->store, (const same_id *)alone, 1,
			   add_record, s);
}

/* ---- Order ---- */

static int
compare(const void *a, const void *b)
{
	const struct sub_item *x = a, *y = b;
	int64_t at_x = date_place(x->has_days, &x->days);
	int64_t at_y = date_place(y->has_days, &y->days);
	bool ended_x, ended_y;

	if (at_x != at_y)
		return at_x < at_y ? -1 : 1;
	/* What ended was there before what did not. */
	ended_x = json_object_get(x->whole, "until") != NULL;
	ended_y = json_object_get(y->whole, "until") != NULL;
	if (ended_x != ended_y)
		return ended_x ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void
mark_superseded(struct vault_submission *s)
{
	size_t n;
	struct sub_item *items = sub_items(s, &n);

	for (size_t i = 0; i < n; i++) {
		const char *id = strcmp(items[i].row.type, "status") != 0
		    ? NULL
		    : json_string_value(
			  json_object_get(items[i].whole, "supersedes"));

		for (size_t k = 0; id != NULL && k < n; k++)
			if (strcmp(items[k].id, id) == 0)
				items[k].superseded = true;
	}
}

static bool
is_person(const struct sub_item *item)
{
	return strcmp(item->row.type, "person") == 0;
}

/* The person first, then by date; what leaves of persons and acts is numbered.
 */
enum vault_err
sub_settle(struct vault_submission *s)
{
	size_t n, first = 0;
	struct sub_item *items = sub_items(s, &n);
	enum vault_err err = VAULT_OK;
	unsigned persons = 0;

	while (first < n && is_person(&items[first]))
		first++;
	if (n - first > 1)
		qsort(items + first, n - first, sizeof(*items), compare);
	mark_superseded(s);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		if (items[i].why != AUDIENCE_MAY)
			err = sub_keep_back(s, &items[i], "", items[i].why);
		else if (is_person(&items[i]))
			items[i].number = ++persons;
		else if (strcmp(items[i].row.type, "act") == 0)
			items[i].number = ++s->acts;
	}
	return err;
}
