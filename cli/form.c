/* SPDX-License-Identifier: ISC */
/*
 * form - asking, field by field.
 *
 * Groups nest as objects do.  Whether a field is asked is decided when its
 * turn comes: another one may have made it a must, or may forbid it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "form_group.h"
#include "form_inner.h"

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

static void
put_label(struct buf *out, const struct question *q)
{
	for (unsigned i = 0; i < q->depth; i++)
		buf_put_text(out, "  ");
	buf_put_text(out, q->label);
}

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

/* True if the field stands in both parts of the group. */
static bool
is_twice(const struct group *g, const struct vault_field *field)
{
	size_t n = 0;

	for (size_t i = 0; field->must_when != NULL && i < g->n; i++)
		n += g->field[i].row == field->row;
	return n > 1;
}

/* Whether field i is asked for now. */
static bool
is_asked(
    const struct form *f, const char *object, const struct group *g, size_t i)
{
	const struct vault_field *m = &g->field[i];
	char path[FORM_PATH_LEN];
	bool must;

	/* What has no place there any more is asked for, to be taken out. */
	if (join(path, object, m->name) && is_there(f, path))
		return !is_twice(g, m) || i < g->first;
	if (m->filled)
		return false;
	if (m->only_when != NULL &&
	    !vault_body_holds(f->body, object, m->only_when))
		return false;
	if (!is_twice(g, m))
		return true;
	must = vault_body_holds(f->body, object, m->must_when);
	return must == (i < g->first);
}

/* The next field to ask, from *i on or back; false: there is none. */
static bool
find_asked(size_t *i, const struct form *f, const char *object,
    const struct group *g, size_t from, size_t end, bool back)
{
	for (;;) {
		if (*i >= end)
			return false;
		if (is_asked(f, object, g, *i))
			return true;
		if (!back)
			++*i;
		else if ((*i)-- == from)
			return false;
	}
}

/* Fields from from to end; "more" adds those behind the end. */
static enum form_end
ask_fields(struct form *f, const struct group *g, size_t from, size_t end)
{
	size_t i = from;
	bool back = false;

	while (find_asked(&i, f, "", g, from, end, back)) {
		const struct vault_field *field = &g->field[i];
		struct question q = { .path = field->name,
			.field = field,
			.label = say_label(field->label) };
		enum form_end step = ask_field(f, &q);

		back = step == FORM_BACK;
		if (step == FORM_NEXT)
			i++;
		else if (step == FORM_MORE)
			end = g->n;
		else if (!back)
			return step;
		else if (i-- == from)
			return FORM_BACK;
	}
	return back ? FORM_BACK : FORM_NEXT;
}

/* The array that an element stands in: how many it has; 0: it is none. */
static size_t
count_siblings(const struct form *f, const char *element)
{
	const char *end = strrchr(element, '[');
	char array[FORM_PATH_LEN];

	if (end == NULL || element[strlen(element) - 1] != ']')
		return 0;
	snprintf(array, sizeof(array), "%.*s", (int)(end - element), element);
	return vault_body_count(f->body, array);
}

/*
 * The members of an object.  Without a gate the first one stands for all of
 * it: it has the label of the object, nothing there is no object, and emptying
 * it takes the object out.
 */
static enum form_end
ask_members(struct form *f, const struct question *object,
    const struct group *g, bool gate)
{
	size_t before = count_siblings(f, object->path), after;
	size_t i = 0, end = g->first;
	char path[FORM_PATH_LEN];
	bool back = false;

	while (find_asked(&i, f, object->path, g, 0, end, back)) {
		const struct vault_field *m = &g->field[i];
		struct question q = { .path = path, .field = m };
		bool lead = i == 0 && !gate;
		enum form_end step;

		if (!join(path, object->path, m->name))
			return FORM_FAILED;
		q.label = lead ? object->label : say_label(m->label);
		q.depth = object->depth + !lead;
		q.whole = lead ? object->path : NULL;
		step = ask_field(f, &q);
		back = step == FORM_BACK;
		/* Its last member went, and the next element is in its place.
		 */
		after = count_siblings(f, object->path);
		if (step == FORM_EMPTIED || after < before ||
		    (step == FORM_NEXT && lead &&
			!has_members(f, object->path, object->field)))
			return FORM_NEXT;
		before = after;
		if (step == FORM_NEXT)
			i++;
		else if (step == FORM_MORE)
			end = g->n;
		else if (!back)
			return step;
		else if (i-- == 0)
			return FORM_BACK;
	}
	return back ? FORM_BACK : FORM_NEXT;
}

/* What an object is known by in a line: the first thing that it says. */
static void
put_first_member(struct buf *out, const struct form *f, const char *object,
    const struct vault_field *field)
{
	struct form_ask ask = { 0 };
	struct vault_field m = { 0 };

	while (out->len == 0 && vault_member_next(&m, field)) {
		if (!join(ask.path, object, m.name))
			return;
		if (m.many)
			snprintf(ask.path + strlen(ask.path),
			    sizeof(ask.path) - strlen(ask.path), "[0]");
		ask.field = &m;
		(void)form_put_current(out, f, &ask);
	}
}

/* An object that is opened by a question of its own. */
static enum form_end
ask_gate(struct form *f, const struct question *object, const struct group *g)
{
	struct form_ask ask = { .field = object->field };
	struct buf shown = { 0 };
	bool there = has_members(f, object->path, object->field);
	enum form_end step = FORM_BACK;

	snprintf(ask.path, sizeof(ask.path), "%s", object->path);
	ask.whole = ask.path;
	put_label(&ask.label, object);
	if (there)
		put_first_member(&shown, f, object->path, object->field);
	/* Back from the first of its members is back to the question. */
	while (step == FORM_BACK) {
		bool in = false;

		step = form_gate(&in, f, &ask, there ? &shown : NULL);
		if (!in)
			break;
		step = ask_members(f, object, g, true);
		there = has_members(f, object->path, object->field);
	}
	buf_free(&shown);
	buf_free(&ask.label);
	return step == FORM_EMPTIED ? FORM_NEXT : step;
}

static enum form_end
ask_group(struct form *f, const struct question *q)
{
	struct group *g = form_object_group(q->field);
	enum form_end step = FORM_FAILED;

	if (g != NULL && form_has_gate(q->field))
		step = ask_gate(f, q, g);
	else if (g != NULL)
		step = ask_members(f, q, g, false);
	free(g);
	return step;
}

static enum form_end
ask_one(struct form *f, const struct question *q)
{
	struct form_ask ask = { .field = q->field, .first = q->first };
	enum form_end step;

	if (q->field->kind == VAULT_KIND_OBJECT && !form_is_line(q->field))
		return ask_group(f, q);
	snprintf(ask.path, sizeof(ask.path), "%s", q->path);
	ask.whole = q->whole == NULL ? ask.path : q->whole;
	put_label(&ask.label, q);
	ask.direct = form_is_main_text(f->type.name, q->path);
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

bool
form_is_settled(const struct form *f)
{
	return f->type.fixed && f->record[0] != '\0';
}

static enum form_end
ask_type(struct form *f, bool first)
{
	struct group *g = form_type_group(&f->type, form_is_settled(f));
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
