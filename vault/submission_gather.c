/* SPDX-License-Identifier: ISC */
/*
 * submission_gather.c - whether there may be a draft of a person, and of which
 * records (submission.c, rules 1, 2 and 4).
 */
#include <stdlib.h>
#include <string.h>

#include "record/body.h"
#include "record/heads.h"
#include "record/json.h"
#include "search/query.h"
#include "store/sql.h"
#include "submission_inside.h"

/* ---- Consent ---- */

const struct consent *
sub_consent(const struct vault_submission *s)
{
	return s->who.consent.by;
}

bool
sub_allows(const struct vault_submission *s, enum consent_scope scope)
{
	size_t n;
	const struct consent *list = audience_consents(
	    &n, s->audience, s->person);

	return consent_answer(list, n, s->person, scope, s->today).why ==
	    CONSENT_GIVEN;
}

struct giving {
	bool other;      /* a version says that somebody else gave it */
	bool conditions; /* or has conditions */
};

/* Each version of the consent must say that it is the family's. */
static enum vault_err
look_who_gave(void *ctx, const struct head *h)
{
	struct giving *g = ctx;
	const char *by = json_string_value(
	    json_object_get(h->body, "given_by"));

	if (by == NULL ||
	    (strcmp(by, "family") != 0 && strcmp(by, "self") != 0))
		g->other = true;
	if (json_object_get(h->body, "conditions") != NULL)
		g->conditions = true;
	return VAULT_OK;
}

static enum vault_err
look_at_consent(struct giving *out, const struct vault_submission *s)
{
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;
	const char *by = s->info.by;

	memset(out, 0, sizeof(*out));
	if ((err = id_parse(id, by, strlen(by))) != VAULT_OK ||
	    (err = rows_find(&r, s->v->store, id)) != VAULT_OK)
		return err;
	return audience_words(s->v->store, &r, look_who_gave, out);
}

/* Rule 1: what of all that it wants is not there. */
static enum vault_err
judge_consent(struct vault_submission *s, const struct edition *e)
{
	struct giving giving;
	enum vault_err err = VAULT_OK;

	s->who = e->person;
	s->info.may = (enum vault_may_why)e->why;
	s->info.consent = (enum vault_consent)s->who.consent.why;
	if (s->who.consent.by != NULL)
		memcpy(s->info.by, s->who.consent.by->id, sizeof(s->info.by));
#ifndef PLANT_SUBMITTED_ANYWAY
	if (e->why != AUDIENCE_MAY && e->why != AUDIENCE_CONSENT)
		s->info.refused = VAULT_SUBMISSION_RECORD;
	else if (s->who.consent.why != CONSENT_GIVEN)
		s->info.refused = VAULT_SUBMISSION_CONSENT;
#endif
	if (s->info.refused != VAULT_SUBMISSION_MAY || s->info.by[0] == '\0' ||
	    (err = look_at_consent(&giving, s)) != VAULT_OK)
		return err;
	s->info.conditions = giving.conditions;
	if (s->form->family && giving.other)
		s->info.refused = VAULT_SUBMISSION_GIVEN_BY;
	return VAULT_OK;
}

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

/* Which field makes a record a part of this; records.md, 11. */
static bool
tells_of(const char *type, const char *path)
{
	static const struct {
		const char *type, *path;
	} rows[] = { { "act", "victims[" }, { "status", "person" },
		{ "testimony", "about[" }, { "testimony", "source.ref" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(type, rows[i].type) == 0 &&
		    strncmp(path, rows[i].path, strlen(rows[i].path)) == 0)
			return true;
	return false;
}

struct telling {
	const char *type, *person;
	bool found;
};

static enum vault_err
is_told(void *ctx, const char *path, const char *text, size_t len)
{
	struct telling *t = ctx;

	if (len == ID_TEXT_LEN && memcmp(text, t->person, len) == 0)
		t->found = t->found || tells_of(t->type, path);
	return VAULT_OK;
}

static enum vault_err
tells(bool *out, const struct vault_submission *s, const char *type,
    const json_t *body)
{
	struct telling t = { .type = type, .person = s->person };
	enum vault_err err = VAULT_OK;

	if (body != NULL)
		err = body_links(body, is_told, &t);
	*out = t.found;
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

/* Rule 2: this person's consent must cover the record, whose else does. */
static enum vault_err
make_edition(struct sub_item *item, const struct vault_submission *s)
{
	struct audience_person p;
	enum vault_err err;
	bool open;

	err = edition_make(
	    &item->edition, s->v->store, s->audience, &item->row);
	item->why = item->edition.why;
	if (err != VAULT_OK || item->why != AUDIENCE_MAY)
		return err;
	if ((err = audience_person(&p, s->audience, s->person, item->id)) !=
		VAULT_OK ||
	    (err = tells(&open, s, item->row.type, item->edition.body)) !=
		VAULT_OK)
		return err;
	/* That it is about this person may be private itself. */
	if (!open)
		item->why = AUDIENCE_WITHHELD;
#ifndef PLANT_OTHERS_CONSENT
	else if (p.consent.why != CONSENT_GIVEN)
		item->why = AUDIENCE_CONSENT;
#endif
#ifndef PLANT_SOURCES_UNASKED
	else if (!source_agrees(item))
		item->why = AUDIENCE_CONSENT;
#endif
	return VAULT_OK;
}

static enum vault_err
put_item(struct vault_submission *s, struct sub_item *item)
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
add_record(struct vault_submission *s, int64_t num)
{
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
		err = put_item(s, &item);
	sub_item_free(&item);
	merged_free(&m);
	return err;
}

/* Every record that links to the person, by whatever field. */
enum vault_err
sub_add_records(struct vault_submission *s)
{
	struct sql *q = sql_open(s->v->store,
	    "SELECT num FROM value WHERE field=?1 AND key=?2 ORDER BY num");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_LINK);
	sql_put_text(q, 2, s->person, ID_TEXT_LEN);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = add_record(s, sql_int(q, 0))) != VAULT_OK)
			break;
	sql_close(q);
	return err;
}

/* The person's own record, and whether there may be a draft. */
enum vault_err
sub_add_person(struct vault_submission *s)
{
	struct sub_item item = { .why = AUDIENCE_MAY };
	struct merged m = { .body = NULL };
	uint8_t id[ID_LEN];
	enum vault_err err;

	if (id_parse(id, s->person, strlen(s->person)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = rows_find(&item.row, s->v->store, id)) != VAULT_OK)
		return err;
	if (strcmp(item.row.type, "person") != 0)
		return VAULT_EUSE;
	memcpy(item.id, s->person, sizeof(item.id));
	if ((err = heads_merge(&m, s->v->store, &item.row)) != VAULT_OK)
		return err;
	item.whole = json_incref(m.body);
	if ((err = edition_make(&item.edition, s->v->store, s->audience,
		 &item.row)) == VAULT_OK &&
	    (err = judge_consent(s, &item.edition)) == VAULT_OK &&
	    s->info.refused == VAULT_SUBMISSION_MAY)
		err = put_item(s, &item);
	sub_item_free(&item);
	merged_free(&m);
	return err;
}

/* ---- Order ---- */

static int64_t
place_in_time(const struct sub_item *item)
{
	if (!item->has_days)
		return INT64_MAX;
	return item->days.lo != INT32_MIN ? item->days.lo : item->days.hi;
}

static int
compare(const void *a, const void *b)
{
	const struct sub_item *x = a, *y = b;
	int64_t at_x = place_in_time(x), at_y = place_in_time(y);
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

/* By date, the person first; acts that leave are numbered. */
enum vault_err
sub_settle(struct vault_submission *s)
{
	size_t n;
	struct sub_item *items = sub_items(s, &n);
	enum vault_err err = VAULT_OK;

	if (n > 2)
		qsort(items + 1, n - 1, sizeof(*items), compare);
	mark_superseded(s);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		if (items[i].why != AUDIENCE_MAY)
			err = sub_keep_back(s, &items[i], "", items[i].why);
		else if (strcmp(items[i].row.type, "act") == 0)
			items[i].number = ++s->acts;
	}
	return err;
}
