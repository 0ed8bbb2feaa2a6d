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
#include "form.h"

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
	{ "person", "sex occupations description" },
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

/* Never asked: the program fills them in. */
static const char not_asked[] = "type imported sha256 size media_type";

static bool
has_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	const char *at = words;

	while ((at = strstr(at, word)) != NULL) {
		if ((at == words || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

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
			return has_word(common[i].fields, field->name);
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
		if (!has_word(not_asked, field.name))
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

static enum form_end ask_field(struct form *f, const char *path,
    const struct vault_field *field, const char *label, unsigned depth);

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

/* Fields from at to end; "more" adds those behind the end. */
static enum form_end
ask_fields(struct form *f, const struct group *g, size_t from, size_t end)
{
	size_t i = from;

	while (i < end) {
		enum form_end step = ask_field(f, g->field[i].name,
		    &g->field[i], say_label(g->field[i].label), 0);

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

/* The members of an object; label stands for the one that begins it. */
static enum form_end
ask_members(struct form *f, const char *prefix, const struct vault_field *field,
    const char *label, unsigned depth)
{
	struct group *g = object_group(field);
	enum form_end step = g == NULL ? FORM_FAILED : FORM_NEXT;
	size_t i = 0, end = g == NULL ? 0 : g->first;
	char path[FORM_PATH_LEN];

	while (i < end) {
		const struct vault_field *m = &g->field[i];

		if (!join(path, prefix, m->name)) {
			step = FORM_FAILED;
			break;
		}
		step = ask_field(f, path, m,
		    i == 0 ? label : say_label(m->label),
		    i == 0 ? depth : depth + 1);
		if (step == FORM_NEXT && i == 0 &&
		    !has_members(f, prefix, field))
			break;
		if (step == FORM_NEXT) {
			i++;
		} else if (step == FORM_MORE) {
			end = g->n;
			step = FORM_NEXT;
		} else if (step != FORM_BACK || i-- == 0) {
			break;
		}
	}
	free(g);
	return step;
}

static enum form_end
ask_one(struct form *f, const char *path, const struct vault_field *field,
    const char *label, unsigned depth, bool first)
{
	struct form_ask ask = { .field = field, .first = first };
	enum form_end step;

	if (field->kind == VAULT_KIND_OBJECT && !form_is_line(field))
		return ask_members(f, path, field, label, depth);
	snprintf(ask.path, sizeof(ask.path), "%s", path);
	for (unsigned i = 0; i < depth; i++)
		buf_put_text(&ask.label, "  ");
	buf_put_text(&ask.label, label);
	/* The main text: what is written down is most of the work. */
	ask.direct = field->kind == VAULT_KIND_TEXT && depth == 0 &&
	    !field->many && is_first(f->type.name, field);
	step = form_value(f, &ask);
	buf_free(&ask.label);
	return step;
}

/* One element after another; an empty Enter behind the last is enough. */
static enum form_end
ask_elements(struct form *f, const char *path, const struct vault_field *field,
    const char *label, unsigned depth)
{
	struct buf numbered = { 0 };
	char element[FORM_PATH_LEN];
	enum form_end step = FORM_NEXT;
	size_t i = 0;

	for (;;) {
		size_t before = vault_body_count(f->body, path), after;

		if (snprintf(element, sizeof(element), "%s[%zu]", path, i) >=
		    (int)sizeof(element)) {
			step = FORM_FAILED;
			break;
		}
		buf_reset(&numbered);
		say_put(&numbered,
		    i == 0 || i < before ? SAY_FORM_ELEMENT : SAY_FORM_ANOTHER,
		    label, say_number(i + 1), NULL);
		step = ask_one(
		    f, element, field, buf_text(&numbered), depth, i == 0);
		after = vault_body_count(f->body, path);
		if (step == FORM_NEXT && i >= after)
			break;
		if (step == FORM_NEXT)
			i += after >= before; /* else one was taken out */
		else if (step != FORM_BACK || i-- == 0)
			break;
	}
	buf_free(&numbered);
	return step;
}

static enum form_end
ask_field(struct form *f, const char *path, const struct vault_field *field,
    const char *label, unsigned depth)
{
	if (field->many)
		return ask_elements(f, path, field, label, depth);
	return ask_one(f, path, field, label, depth, true);
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

	while (vault_field_next(&field, &f->type))
		if (strlen(field.name) == len &&
		    strncmp(field.name, path, len) == 0)
			return ask_field(
			    f, field.name, &field, say_label(field.label), 0);
	return FORM_NEXT;
}
