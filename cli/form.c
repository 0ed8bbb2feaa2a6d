/* SPDX-License-Identifier: ISC */
/*
 * form - what is asked, in which order.
 *
 * A group is the fields of a type or the members of an object: what is asked
 * first stands in front, the rest behind it.  Groups nest as objects do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "form_inner.h"
#include "who.h"

#define FIELDS_MAX 96

struct group {
	struct vault_field field[FIELDS_MAX];
	size_t n;
	size_t first; /* how many of them are asked at first */
};

/*
 * What is asked at first besides what must and should be there.  A first
 * testimony has to be written in under five minutes: medium, source, date,
 * the text, whom it is about.
 */
static const struct {
	const char *of, *fields;
} common[] = {
	{ "case", "date summary countries" },
	{ "person", "sex occupations" },
	{ "act", "description places" },
	{ "status", "last_contact place" },
	{ "testimony", "text about" },
	{ "document", "url original_name" },
	{ "intervention", "mechanism persons request" },
	{ "consent", "conditions" },
	{ "name", "kind script" },
	{ "place", "country" },
	{ "cite", "locator" },
	{ "contact", "kind safe" },
	{ "paper", "kind number" },
	{ "translation", "field lang" },
	{ "sentence", "length kind" },
	{ "size", "n" },
	{ "custody", "from to what" },
};

/* The text that is most of the work: the editor opens by itself. */
static const struct {
	const char *of, *field;
} main_text[] = {
	{ "case", "summary" },
	{ "act", "description" },
	{ "testimony", "text" },
};

/* Never asked: the program fills them in. */
static const char not_asked[] = "type imported sha256 size media_type";

static bool
is_first(const char *of, const struct vault_field *field)
{
	/* It has a default, which is shown at the end. */
	if (strcmp(field->name, "level") == 0)
		return false;
	if (field->must || field->should)
		return true;
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (strcmp(common[i].of, of) == 0)
			return who_has_word(common[i].fields, field->name);
	return false;
}

static bool
is_main_text(const char *type, const char *path)
{
	for (size_t i = 0; i < sizeof(main_text) / sizeof(main_text[0]); i++)
		if (strcmp(main_text[i].of, type) == 0)
			return strcmp(main_text[i].field, path) == 0;
	return false;
}

static void
insert(struct group *g, size_t at, const struct vault_field *field)
{
	if (g->n == FIELDS_MAX)
		return;
	memmove(g->field + at + 1, g->field + at,
	    (g->n - at) * sizeof(g->field[0]));
	g->field[at] = *field;
	g->n++;
}

static void
sort_in(struct group *g, const char *of, const struct vault_field *field)
{
	if (is_first(of, field))
		insert(g, g->first++, field);
	else
		insert(g, g->n, field);
}

static struct group *
type_group(const struct vault_type *type)
{
	struct group *g = calloc(1, sizeof(*g));
	struct vault_field field = { 0 };

	while (g != NULL && vault_field_next(&field, type))
		if (!who_has_word(not_asked, field.name))
			sort_in(g, type->name, &field);
	return g;
}

/* The member that begins an object: without it the object is left out. */
static bool
is_lead(const struct vault_field *field, const struct vault_field *member)
{
	struct vault_field m = { 0 };

	while (vault_member_next(&m, field))
		if (m.must)
			return m.row == member->row;
	m = (struct vault_field){ 0 };
	return vault_member_next(&m, field) && m.row == member->row;
}

static struct group *
object_group(const struct vault_field *field)
{
	struct group *g = calloc(1, sizeof(*g));
	struct vault_field m = { 0 };

	while (g != NULL && vault_member_next(&m, field)) {
		if (is_lead(field, &m)) {
			insert(g, 0, &m);
			g->first++;
		} else {
			sort_in(g, field->object, &m);
		}
	}
	return g;
}

/* ---- Asking ---- */

/* A question, and where it stands among the others. */
struct question {
	const char *path;
	const struct vault_field *field;
	const char *label;
	unsigned depth;
	bool first;        /* of an array, or there is none */
	const char *whole; /* the object that it begins, or NULL */
};

static enum form_end ask_field(struct form *f, const struct question *q);

/* PREFIX.NAME; false if that is too long, which no model is. */
static bool
join(char path[FORM_PATH_LEN], const char *prefix, const char *name)
{
	int n = snprintf(path, FORM_PATH_LEN, "%s%s%s", prefix,
	    *prefix == '\0' ? "" : ".", name);

	return n > 0 && n < FORM_PATH_LEN;
}

static bool
is_there(const struct form *f, const char *path)
{
	struct buf value = { 0 };
	bool there = vault_body_count(f->body, path) > 0 ||
	    vault_body_get(&value, f->body, path);

	buf_free(&value);
	return there;
}

static bool
has_members(
    const struct form *f, const char *prefix, const struct vault_field *field)
{
	struct vault_field m = { 0 };
	char path[FORM_PATH_LEN];

	while (vault_member_next(&m, field)) {
		if (!join(path, prefix, m.name))
			return false;
		if (is_there(f, path) ||
		    (m.object != NULL && !m.many && !form_is_line(&m) &&
			has_members(f, path, &m)))
			return true;
	}
	return false;
}

/* Fields from from to end; "more" adds those behind the end. */
static enum form_end
ask_fields(struct form *f, const struct group *g, size_t from, size_t end)
{
	size_t i = from;

	while (i < end) {
		const struct vault_field *field = &g->field[i];
		struct question q = { .path = field->name,
			.field = field,
			.label = say_label(field->label) };
		enum form_end step = ask_field(f, &q);

		if (step == FORM_NEXT)
			i++;
		else if (step == FORM_MORE)
			end = g->n;
		else if (step != FORM_BACK)
			return step;
		else if (i-- == from)
			return FORM_BACK;
	}
	return FORM_NEXT;
}

/*
 * The members of an object.  The first one stands for all of it: it has the
 * label of the object, nothing there is no object, and emptying it takes the
 * object out.
 */
static enum form_end
ask_group(struct form *f, const struct question *object, const struct group *g)
{
	size_t i = 0, end = g->first;
	char path[FORM_PATH_LEN];

	while (i < end) {
		const struct vault_field *m = &g->field[i];
		struct question q = { .path = path, .field = m };
		enum form_end step;

		if (!join(path, object->path, m->name))
			return FORM_FAILED;
		q.label = i == 0 ? object->label : say_label(m->label);
		q.depth = i == 0 ? object->depth : object->depth + 1;
		q.whole = i == 0 ? object->path : NULL;
		step = ask_field(f, &q);
		if (step == FORM_EMPTIED ||
		    (step == FORM_NEXT && i == 0 &&
			!has_members(f, object->path, object->field)))
			return FORM_NEXT;
		if (step == FORM_NEXT)
			i++;
		else if (step == FORM_MORE)
			end = g->n;
		else if (step != FORM_BACK)
			return step;
		else if (i-- == 0)
			return FORM_BACK;
	}
	return FORM_NEXT;
}

static enum form_end
ask_one(struct form *f, const struct question *q)
{
	struct form_ask ask = { .field = q->field, .first = q->first };
	enum form_end step = FORM_FAILED;

	if (q->field->kind == VAULT_KIND_OBJECT && !form_is_line(q->field)) {
		struct group *g = object_group(q->field);

		if (g != NULL)
			step = ask_group(f, q, g);
		free(g);
		return step;
	}
	snprintf(ask.path, sizeof(ask.path), "%s", q->path);
	ask.whole = q->whole == NULL ? ask.path : q->whole;
	for (unsigned i = 0; i < q->depth; i++)
		buf_put_text(&ask.label, "  ");
	buf_put_text(&ask.label, q->label);
	ask.direct = is_main_text(f->type.name, q->path);
	step = form_value(f, &ask);
	buf_free(&ask.label);
	return step == FORM_EMPTIED && q->whole == NULL ? FORM_NEXT : step;
}

/* One element after another; an empty Enter behind the last is enough. */
static enum form_end
ask_elements(struct form *f, const struct question *array)
{
	struct buf label = { 0 };
	char path[FORM_PATH_LEN];
	enum form_end step = FORM_NEXT;
	struct question q = *array;
	size_t i = 0;

	q.path = path;
	q.whole = NULL;
	for (;;) {
		size_t before = vault_body_count(f->body, array->path), after;

		if (snprintf(path, sizeof(path), "%s[%zu]", array->path, i) >=
		    (int)sizeof(path)) {
			step = FORM_FAILED;
			break;
		}
		buf_reset(&label);
		say_put(&label,
		    i == 0 || i < before ? SAY_FORM_ELEMENT : SAY_FORM_ANOTHER,
		    array->label, say_number(i + 1), NULL);
		q.label = buf_text(&label);
		q.first = i == 0;
		step = ask_one(f, &q);
		after = vault_body_count(f->body, array->path);
		if (step == FORM_NEXT && i >= after)
			break;
		if (step == FORM_NEXT)
			i += after >= before; /* else one was taken out */
		else if (step != FORM_BACK || i-- == 0)
			break;
	}
	buf_free(&label);
	return step;
}

static enum form_end
ask_field(struct form *f, const struct question *q)
{
	struct question one = *q;

	if (q->field->many)
		return ask_elements(f, q);
	one.first = true;
	return ask_one(f, &one);
}

static enum form_end
ask_type(struct form *f, bool first)
{
	struct group *g = type_group(&f->type);
	enum form_end step = FORM_FAILED;

	if (g != NULL && first)
		step = ask_fields(f, g, 0, g->first);
	else if (g != NULL)
		step = ask_fields(f, g, g->first, g->n);
	free(g);
	return step;
}

enum form_end
form_first(struct form *f)
{
	return ask_type(f, true);
}

enum form_end
form_rest(struct form *f)
{
	return ask_type(f, false);
}

enum form_end
form_again(struct form *f, const char *path)
{
	struct vault_field field = { 0 };
	size_t len = strcspn(path, ".[");

	while (vault_field_next(&field, &f->type)) {
		struct question q = { .path = field.name,
			.field = &field,
			.label = say_label(field.label) };

		if (strlen(field.name) == len &&
		    strncmp(field.name, path, len) == 0)
			return ask_field(f, &q);
	}
	return FORM_NEXT;
}
