/* SPDX-License-Identifier: ISC */
/*
 * timeline - what is recorded of one person, in the order in which it
 * happened: changes of status, acts, what was said, consents, interventions.
 *
 * Of records that are of one person, as our office has said, all is shown.
 *
 * A vague date stands where it may begin; one that begins nowhere, where it
 * ends; what has no date comes last.  Where the person is only the source of
 * what was said, it is not shown: who told us is nobody's timeline.
 */
#include <stdlib.h>
#include <string.h>

#include "core/secret.h"
#include "inside.h"
#include "figures/linked.h"
#include "record/heads.h"
#include "record/json.h"
#include "record/status.h"
#include "search/same.h"
#include "store/store.h"

/* A gap of fewer days is none. */
#define GAP_DAYS 60

struct event {
	char id[ID_TEXT_LEN + 1];
	char of[ID_TEXT_LEN + 1]; /* the person's record, of several; or "" */
	char type[VERSION_TYPE_MAX + 1];
	struct buf what, date, words, until, place;
	char certainty[16];
	bool has_days;
	struct date_days days;
	bool superseded, open;
	bool warning[VAULT_EVENT_WARNINGS];
};

struct line {
	struct vault *v;
	const char *person;
	same_id alone[1]; /* the same, of whom there is no other record */
	struct same *same;
	const same_id *persons; /* all records of the person */
	size_t n;
	struct buf events;   /* struct event */
	struct buf statuses; /* struct status */
};

static struct event *
events_of(const struct line *l, size_t *n)
{
	*n = l->events.len / sizeof(struct event);
	return (struct event *)(void *)l->events.bytes;
}

static void
event_free(struct event *e)
{
	buf_free(&e->what);
	buf_free(&e->date);
	buf_free(&e->words);
	buf_free(&e->until);
	buf_free(&e->place);
}

/* ---- Reading ---- */

/* By which fields a record of a type is part of a person's story. */
const char *
timeline_fields(const char *type)
{
	static const struct {
		const char *type, *fields;
	} rows[] = { { "act", "victims" }, { "status", "person" },
		{ "consent", "person" }, { "intervention", "persons" },
		{ "testimony", "about" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].type, type) == 0)
			return rows[i].fields;
	return NULL;
}

/* EDTF; words, where there is none. */
static void
put_date(struct buf *out, const json_t *date)
{
	json_put_member(out, date, "edtf");
	if (out->len == 0)
		json_put_member(out, date, "text");
}

static void
put_place(struct buf *out, const json_t *place)
{
	json_put_member(out, place, "facility");
	if (out->len == 0)
		json_put_member(out, place, "text");
}

static void
fill(struct event *e, const json_t *body)
{
	const json_t *date = json_object_get(body, "date");
	const json_t *places = json_object_get(body, "places");
	const char *certainty = json_string_value(
	    json_object_get(body, "certainty"));

	if (strcmp(e->type, "status") == 0)
		json_put_member(&e->what, body, "status");
	else if (strcmp(e->type, "act") == 0)
		json_put_member(&e->what, body, "act");
	json_put_member(&e->date, date, "edtf");
	json_put_member(&e->words, date, "text");
	put_date(&e->until, json_object_get(body, "until"));
	put_place(&e->place,
	    places == NULL ? json_object_get(body, "place")
			   : json_array_get(places, 0));
	if (certainty != NULL && strlen(certainty) < sizeof(e->certainty))
		memcpy(e->certainty, certainty, strlen(certainty) + 1);
	e->has_days = date_object_days(&e->days, date);
}

static bool
event_failed(const struct event *e)
{
	return e->what.failed || e->date.failed || e->words.failed ||
	    e->until.failed || e->place.failed;
}

static enum vault_err
add_event(struct line *l, const struct record_row *r, const json_t *body,
    const char *of)
{
	struct event e = { .has_days = false };
	enum vault_err err = VAULT_OK;

	id_print(e.id, r->id);
	memcpy(e.type, r->type, sizeof(e.type));
	if (l->n > 1)
		memcpy(e.of, of, sizeof(e.of));
	fill(&e, body);
	/* Others are called by their titles. */
	if (e.what.len == 0)
		err = vault_title(&e.what, l->v, e.id);
	if (err == VAULT_ENORECORD)
		err = VAULT_OK;
	if (err == VAULT_OK &&
	    (event_failed(&e) || !buf_put(&l->events, &e, sizeof(e))))
		err = VAULT_ENOMEM;
	if (err != VAULT_OK)
		event_free(&e);
	return err;
}

static enum vault_err
add_status(struct line *l, const struct record_row *r, const json_t *body)
{
	struct status s;

	if (strcmp(r->type, "status") != 0)
		return VAULT_OK;
	if (status_read(&s, body) == VAULT_OK) {
		id_print(s.id, r->id);
		buf_put(&l->statuses, &s, sizeof(s));
	}
	bytes_wipe(&s, sizeof(s));
	return buf_ok(&l->statuses);
}

static struct event *
event_by_id(const struct line *l, const char *id)
{
	size_t n;
	struct event *events = events_of(l, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(events[i].id, id) == 0)
			return &events[i];
	return NULL;
}

/* Which records of the person it is of: the first, in *of. */
static enum vault_err
find_person(const char **of, const struct line *l, const struct record_row *r,
    const json_t *body)
{
	enum vault_err err = VAULT_OK;
	bool told = false;

	*of = NULL;
	for (size_t i = 0; err == VAULT_OK && !told && i < l->n; i++) {
		err = linked_by(
		    &told, body, timeline_fields(r->type), l->persons[i]);
		*of = told ? l->persons[i] : NULL;
	}
	return err;
}

static enum vault_err
add_record(void *ctx, int64_t num)
{
	struct line *l = ctx;
	struct record_row r;
	struct merged m;
	const char *of;
	enum vault_err err;

	if ((err = rows_get(&r, l->v->store, num)) != VAULT_OK ||
	    (err = heads_merge(&m, l->v->store, &r)) != VAULT_OK)
		return err;
	if (m.body != NULL &&
	    (err = find_person(&of, l, &r, m.body)) == VAULT_OK && of != NULL &&
	    (err = add_event(l, &r, m.body, of)) == VAULT_OK)
		err = add_status(l, &r, m.body);
	merged_free(&m);
	return err;
}

/* ---- Order ---- */

static int
compare(const void *a, const void *b)
{
	const struct event *x = a, *y = b;
	int64_t at_x = date_place(x->has_days, &x->days);
	int64_t at_y = date_place(y->has_days, &y->days);

	if (at_x != at_y)
		return at_x < at_y ? -1 : 1;
	if (x->has_days && x->days.hi != y->days.hi)
		return x->days.hi < y->days.hi ? -1 : 1;
	/* What ended was there before what did not. */
	if ((x->until.len > 0) != (y->until.len > 0))
		return x->until.len > 0 ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* Days without anything between what is known before i, and i. */
static int32_t
gap_before(const struct event *events, size_t i)
{
	int32_t last = INT32_MIN;
	int64_t days;

	if (!events[i].has_days || events[i].days.lo == INT32_MIN)
		return 0;
	for (size_t k = 0; k < i; k++) {
		if (!events[k].has_days)
			continue;
		if (events[k].days.hi > last)
			last = events[k].days.hi;
	}
	if (last == INT32_MIN || last == INT32_MAX)
		return 0;
	days = (int64_t)events[i].days.lo - last;
	return days >= GAP_DAYS ? (int32_t)days : 0;
}

/* ---- What is said of changes beside their own words ---- */

static void
warn(void *ctx, enum status_warning what, const struct status *s)
{
	static const enum vault_event_warning as[STATUS_WARNINGS] = {
		[STATUS_AFTER_DEATH] = VAULT_EVENT_AFTER_DEATH,
		[STATUS_NEVER_MISSING] = VAULT_EVENT_NEVER_MISSING,
		[STATUS_ARREST_FIRST] = VAULT_EVENT_ARREST_FIRST,
		[STATUS_TWO_PLACES] = VAULT_EVENT_TWO_PLACES,
	};
	struct event *e = event_by_id(ctx, s->id);

	if (e != NULL)
		e->warning[as[what]] = true;
}

/* Missing, or in custody, and nothing says when that ended. */
static bool
is_open(const struct status *s, const struct status *list, size_t n)
{
	if (!status_is_in("missing in-custody", s->code) || s->has_until)
		return false;
	for (size_t i = 0; i < n; i++)
		if (&list[i] != s && list[i].has_date &&
		    (!s->has_date || list[i].date.hi > s->date.lo))
			return false;
	return true;
}

static void
look_at_statuses(struct line *l)
{
	/* Nothing is left out but what was corrected. */
	const struct status_question all = { .set = "",
		.level = 9,
		.days = { INT32_MIN, INT32_MAX },
		.known_at = INT64_MAX };
	struct status *list = (struct status *)(void *)l->statuses.bytes;
	size_t n = l->statuses.len / sizeof(*list), kept = 0;

	n = status_sift(list, n, &all);
	for (size_t i = 0; i < n; i++) {
		struct event *e = event_by_id(l, list[i].id);

		if (list[i].out == STATUS_SUPERSEDED && e != NULL)
			e->superseded = true;
		else
			list[kept++] = list[i];
	}
	for (size_t i = 0; i < kept; i++) {
		struct event *e = event_by_id(l, list[i].id);

		if (e != NULL)
			e->open = is_open(&list[i], list, kept);
	}
	status_warn(list, kept, warn, l);
}

/* ---- Telling ---- */

static void
tell(const struct line *l, void (*each)(void *ctx, const struct vault_event *e),
    void *ctx)
{
	size_t n;
	struct event *events = events_of(l, &n);

	for (size_t i = 0; i < n; i++) {
		const struct event *e = &events[i];
		struct vault_event out = { .type = e->type,
			.what = buf_text(&e->what),
			.date = buf_text(&e->date),
			.words = buf_text(&e->words),
			.until = buf_text(&e->until),
			.certainty = e->certainty,
			.place = buf_text(&e->place),
			.gap = gap_before(events, i),
			.superseded = e->superseded,
			.open = e->open };

		memcpy(out.id, e->id, sizeof(e->id));
		memcpy(out.of, e->of, sizeof(e->of));
		memcpy(out.warning, e->warning, sizeof(out.warning));
		each(ctx, &out);
	}
}

/* Of each record that there is of the person. */
static enum vault_err
add_all(struct line *l)
{
	enum vault_err err;

	if ((err = same_load(&l->same, l->v->store, l->person)) != VAULT_OK)
		return err;
	l->persons = same_person(&l->n, l->same, l->person);
	if (l->n == 0) {
		l->persons = (const same_id *)l->alone;
		l->n = 1;
	}
	return linked_each(l->v->store, l->persons, l->n, add_record, l);
}

static enum vault_err
gather(struct line *l)
{
	uint8_t bytes[ID_LEN];
	struct record_row r;
	enum vault_err err;
	size_t n;
	struct event *events;

	if (id_parse(bytes, l->person, strlen(l->person)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = rows_find(&r, l->v->store, bytes)) != VAULT_OK)
		return err;
	if (strcmp(r.type, "person") != 0)
		return VAULT_EUSE;
	if ((err = add_all(l)) != VAULT_OK)
		return err;
	events = events_of(l, &n);
	if (n > 0)
		qsort(events, n, sizeof(*events), compare);
	look_at_statuses(l);
	return VAULT_OK;
}

enum vault_err
vault_timeline(struct vault *v, const char *person,
    void (*each)(void *ctx, const struct vault_event *e), void *ctx)
{
	struct line l = { .v = v, .person = person };
	struct event *events;
	enum vault_err err;
	size_t n;

	if (strlen(person) != ID_TEXT_LEN)
		return VAULT_ENORECORD;
	memcpy(l.alone[0], person, sizeof(l.alone[0]));
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = gather(&l);
	store_read_end(v->store);
	if (err == VAULT_OK)
		tell(&l, each, ctx);
	events = events_of(&l, &n);
	for (size_t i = 0; i < n; i++)
		event_free(&events[i]);
	buf_free(&l.events);
	buf_free(&l.statuses);
	same_free(l.same);
	return err == VAULT_EUSE ? err : vault_failed(v, err);
}
