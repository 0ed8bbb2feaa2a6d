/* SPDX-License-Identifier: ISC */
/*
 * submission_persons.c - the records of a person, the consent of each, and
 * what they differ in (submission.c, rule 1).
 *
 * That two records are of one person is as secret as anything here: whoever
 * spoke without a name may be the one, and the victim the other.  So a record
 * is put beside the one that was asked for only if its own consent allows just
 * as much of the name.
 */
#include <string.h>

#include "record/heads.h"
#include "record/json.h"
#include "record/model.h"
#include "leaving/submission_inside.h"

struct sub_person *
sub_persons(const struct vault_submission *s, size_t *n)
{
	*n = s->persons.len / sizeof(struct sub_person);
	return (struct sub_person *)(void *)s->persons.bytes;
}

bool
sub_is_person(const struct vault_submission *s, const char *id)
{
	size_t n;
	const struct sub_person *persons = sub_persons(s, &n);

	for (size_t i = 0; i < n; i++)
		if (persons[i].used && strcmp(persons[i].id, id) == 0)
			return true;
	return false;
}

bool
sub_allows(const struct vault_submission *s, enum consent_scope scope)
{
	size_t n;
	const struct sub_person *persons = sub_persons(s, &n);
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		size_t m;
		const struct consent *list = audience_consents(
		    &m, s->audience, persons[i].id);

		all = all &&
		    (!persons[i].used ||
			consent_answer(list, m, persons[i].id, scope, s->today)
				.why == CONSENT_GIVEN);
	}
	return all;
}

enum consent_naming
sub_naming(const struct vault_submission *s)
{
	size_t n;

	return audience_naming(&sub_persons(s, &n)->who);
}

/* ---- Consent ---- */

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
look_at_consent(
    struct giving *out, const struct vault_submission *s, const char *by)
{
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	if ((err = id_parse(id, by, strlen(by))) != VAULT_OK ||
	    (err = rows_find(&r, s->v->store, id)) != VAULT_OK)
		return err;
	return audience_words(s->v->store, &r, look_who_gave, out);
}

/* Rule 1: what of all that it wants of one record is not there. */
static enum vault_err
judge_consent(enum vault_submission_refused *refused, bool *conditions,
    const struct vault_submission *s, const struct edition *e)
{
	const struct consent *by = e->person.consent.by;
	struct giving giving = { .other = false };
	enum vault_err err = VAULT_OK;

	*refused = VAULT_SUBMISSION_MAY;
#ifndef PLANT_SUBMITTED_ANYWAY
	if (e->why != AUDIENCE_MAY && e->why != AUDIENCE_CONSENT)
		*refused = VAULT_SUBMISSION_RECORD;
	else if (e->person.consent.why != CONSENT_GIVEN)
		*refused = VAULT_SUBMISSION_CONSENT;
#endif
	if (*refused == VAULT_SUBMISSION_MAY && by != NULL)
		err = look_at_consent(&giving, s, by->id);
	*conditions = giving.conditions;
	if (s->form->family && giving.other)
		*refused = VAULT_SUBMISSION_GIVEN_BY;
	return err;
}

/* ---- The records ---- */

/* A record of a person, all of it and what may leave. */
static enum vault_err
read_person(struct sub_item *item, struct vault_submission *s, const char *text)
{
	struct merged m = { .body = NULL };
	uint8_t id[ID_LEN];
	enum vault_err err;

	if (id_parse(id, text, strlen(text)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = rows_find(&item->row, s->v->store, id)) != VAULT_OK)
		return err;
	if (strcmp(item->row.type, "person") != 0)
		return VAULT_EUSE;
	memcpy(item->id, text, sizeof(item->id));
	if ((err = heads_merge(&m, s->v->store, &item->row)) != VAULT_OK)
		return err;
	item->whole = json_incref(m.body);
	err = edition_make(
	    &item->edition, s->v->store, s->audience, &item->row);
	merged_free(&m);
	return err;
}

static enum vault_err
add_first(struct vault_submission *s)
{
	struct sub_item item = { .why = AUDIENCE_MAY };
	struct sub_person p = { .used = true };
	enum vault_err err;

	memcpy(p.id, s->person, sizeof(p.id));
	if ((err = read_person(&item, s, p.id)) == VAULT_OK)
		err = judge_consent(
		    &s->info.refused, &s->info.conditions, s, &item.edition);
	if (err == VAULT_OK) {
		p.who = item.edition.person;
		s->info.may = (enum vault_may_why)item.edition.why;
		s->info.consent = (enum vault_consent)p.who.consent.why;
		if (p.who.consent.by != NULL)
			memcpy(s->info.by, p.who.consent.by->id,
			    sizeof(s->info.by));
		if (!buf_put(&s->persons, &p, sizeof(p)))
			err = VAULT_ENOMEM;
	}
	if (err == VAULT_OK && s->info.refused == VAULT_SUBMISSION_MAY)
		err = sub_put(s, &item);
	sub_item_free(&item);
	return err;
}

static enum vault_err
tell_same(
    struct vault_submission *s, const struct sub_person *p, bool conditions)
{
	struct vault_submission_same same = { .id = p->id,
		.used = p->used,
		.by = p->used && p->who.consent.by != NULL
		    ? p->who.consent.by->id
		    : "",
		.conditions = conditions };
	struct buf title = { 0 };
	enum vault_err err;

	s->info.same += p->used;
	s->info.others += !p->used;
	if (s->what.same == NULL)
		return VAULT_OK;
	if ((err = vault_title(&title, s->v, p->id)) == VAULT_ENORECORD)
		err = VAULT_OK;
	same.title = buf_text(&title);
	if (err == VAULT_OK)
		s->what.same(s->what.ctx, &same);
	buf_free(&title);
	return err;
}

/* May it stand beside the first? */
static bool
may_join(const struct vault_submission *s, const struct edition *e,
    enum vault_submission_refused refused)
{
#ifdef PLANT_SAME_UNASKED
	(void)s;
	(void)refused;
	return e->why == AUDIENCE_MAY;
#endif
	return e->why == AUDIENCE_MAY && refused == VAULT_SUBMISSION_MAY &&
	    audience_naming(&e->person) == sub_naming(s);
}

/* Another record, which may not be here: then there is only its id. */
static enum vault_err
add_other(struct vault_submission *s, const char *id)
{
	struct sub_item item = { .why = AUDIENCE_MAY };
	struct sub_person p = { .used = false };
	enum vault_submission_refused refused;
	bool conditions = false, here = true;
	enum vault_err err;

	memcpy(p.id, id, sizeof(p.id));
	err = read_person(&item, s, id);
	if (err == VAULT_ENORECORD || err == VAULT_EUSE) {
		here = false;
		err = VAULT_OK;
	} else if (err == VAULT_OK) {
		err = judge_consent(&refused, &conditions, s, &item.edition);
		p.who = item.edition.person;
		p.used = err == VAULT_OK && may_join(s, &item.edition, refused);
		if (!p.used)
			item.why = item.edition.why != AUDIENCE_MAY
			    ? item.edition.why
			    : AUDIENCE_CONSENT;
	}
	if (err == VAULT_OK && !buf_put(&s->persons, &p, sizeof(p)))
		err = VAULT_ENOMEM;
	if (err == VAULT_OK)
		err = tell_same(s, &p, p.used && conditions);
	if (err == VAULT_OK && here)
		err = sub_put(s, &item);
	sub_item_free(&item);
	return err;
}

enum vault_err
sub_add_persons(struct vault_submission *s)
{
	size_t n;
	const same_id *ids = audience_records(&n, s->audience, s->person);
	enum vault_err err = add_first(s);

	if (s->info.refused != VAULT_SUBMISSION_MAY)
		return err;
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		if (strcmp(ids[i], s->person) != 0)
			err = add_other(s, ids[i]);
	return err;
}

/* ---- What they differ in ---- */

static void
note_difference(struct vault_submission *s, const struct form_row *row,
    const char *path, const struct sub_item *a, const struct sub_item *b)
{
	struct vault_difference d = { .label = forms_words(s->lang, row->label),
		.path = path,
		.a = a->id,
		.b = b->id };

	s->info.differences++;
	buf_putf(
	    &s->differing, "%s%s", s->differing.len > 0 ? "; " : "", d.label);
	if (s->what.differs != NULL)
		s->what.differs(s->what.ctx, &d);
}

/* Is it one fact, of which there can be no two? */
static bool
is_one_fact(const char *field)
{
	const struct model_field *f = model_path(
	    model_type("person"), field, false);

	return f != NULL && !f->many && f->kind != MODEL_LINK;
}

/* A path "person.born": the first that has it against each that says else. */
static void
compare_records(
    struct vault_submission *s, const struct form_row *row, const char *path)
{
	const char *field = path + strlen("person.");
	size_t n;
	const struct sub_item *items = sub_items(s, &n), *first = NULL;

	for (size_t i = 0; i < n && strcmp(items[i].row.type, "person") == 0;
	     i++) {
		const json_t *value = sub_value(sub_body(&items[i]), field);

		if (value == NULL)
			continue;
		if (first == NULL)
			first = &items[i];
		else if (!json_equal(value, sub_value(sub_body(first), field)))
			note_difference(s, row, path, first, &items[i]);
	}
}

enum vault_err
sub_differences(struct vault_submission *s)
{
	char path[64];

	for (size_t i = 0; s->info.same > 0 && i < s->form->n; i++) {
		const struct form_row *row = &s->form->rows[i];
		const char *at = row->from == NULL ? "" : row->from;

		for (size_t len; *at != '\0'; at += len + (at[len] == ' ')) {
			len = strcspn(at, " ");
			if (strncmp(at, "person.", strlen("person.")) != 0 ||
			    len >= sizeof(path))
				continue;
			memcpy(path, at, len);
			path[len] = '\0';
			if (is_one_fact(path + strlen("person.")))
				compare_records(s, row, path);
		}
	}
	return buf_ok(&s->differing);
}
