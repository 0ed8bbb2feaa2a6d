/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "record/json.h"
#include "record/model.h"
#include "record/print.h"

#define SHORT_ID 8

const struct print_words print_english = { "withheld or unknown", "yes", "no" };

struct printing {
	enum vault_err (*each)(void *ctx, const struct print_line *line);
	record_namer namer;
	void *ctx;
	const struct print_words *words;
	unsigned depth;
	struct print_line *line; /* that is being made, or NULL */
};

static void put_value(struct buf *out, const struct printing *p,
    const struct model_field *field, const json_t *value);

/* "Teng Biao [57v3hh43]"; of a record that is not here the whole id. */
static void
put_link(struct buf *out, const struct printing *p, const char *id)
{
	size_t start = out->len;

	if (p->namer == NULL)
		buf_put_text(out, id);
	else if (!p->namer(p->ctx, out, id) || out->len == start)
		buf_putf(out, "%s [%s]", p->words->not_here, id);
	else
		buf_putf(out, " [%.*s]", SHORT_ID, id);
}

static bool
is_link(const struct model_field *field)
{
	return field != NULL && field->kind == MODEL_LINK;
}

static void
put_scalar(struct buf *out, const struct printing *p,
    const struct model_field *field, const json_t *value)
{
	if (json_is_integer(value))
		buf_putf(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		buf_put_text(
		    out, json_is_true(value) ? p->words->yes : p->words->no);
	else if (is_link(field) && json_is_string(value))
		put_link(out, p, json_string_value(value));
	else
		buf_put(
		    out, json_string_value(value), json_string_length(value));
}

static const struct model_field *
member(const struct model_field *field, const char *name)
{
	return field == NULL || field->object == NULL
	    ? NULL
	    : model_member(field->object, name);
}

/*
 * The member that speaks for an object stands first, without its name.  "to"
 * does where it is a person, not where it is the end of a time.
 */
static const char *
main_member(const struct model_field *field, const json_t *object)
{
	static const char *const names[] = { "edtf", "text", "ref", "iso",
		"value", "number", "facility", "to", "name", "who" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct model_field *m = member(field, names[i]);

		if (json_object_get(object, names[i]) != NULL &&
		    (m == NULL || m->kind != MODEL_DATE))
			return names[i];
	}
	return NULL;
}

/* Words that nothing sorts look like any others: the line says so. */
static void
note_words(const struct printing *p, const struct model_field *field,
    const json_t *object)
{
	if (p->line == NULL || field == NULL)
		return;
	if (field->kind == MODEL_DATE &&
	    json_object_get(object, "edtf") == NULL)
		p->line->no_date = true;
	if (field->kind == MODEL_SPAN &&
	    json_object_get(object, "iso") == NULL &&
	    json_object_get(object, "min") == NULL &&
	    json_object_get(object, "max") == NULL)
		p->line->no_span = true;
}

/* 腾彪 (script: Hans, primary: yes) */
static void
put_object(struct buf *out, const struct printing *p,
    const struct model_field *field, const json_t *object)
{
	const char *first = main_member(field, object), *name;
	bool open = false;
	json_t *value;

	note_words(p, field, object);
	if (first != NULL)
		put_value(out, p, member(field, first),
		    json_object_get(object, first));
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		if (first != NULL && strcmp(name, first) == 0)
			continue;
		if (!open)
			buf_put_text(out, first == NULL ? "(" : " (");
		else
			buf_put_text(out, ", ");
		open = true;
		buf_putf(out, "%s: ", name);
		put_value(out, p, member(field, name), value);
	}
	if (open)
		buf_put_byte(out, ')');
}

static void
put_value(struct buf *out, const struct printing *p,
    const struct model_field *field, const json_t *value)
{
	if (json_is_object(value)) {
		put_object(out, p, field, value);
	} else if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i > 0)
				buf_put_text(out, "; ");
			put_value(out, p, field, json_array_get(value, i));
		}
	} else {
		put_scalar(out, p, field, value);
	}
}

static enum vault_err
one_line(const struct printing *p, const char *name,
    const struct model_field *field, const json_t *value)
{
	struct print_line line = {
		.field = name,
		.label = field == NULL ? name : field->label,
		.block = field != NULL && field->kind == MODEL_LONG,
		.depth = p->depth,
	};
	struct printing of_line = *p;
	struct buf text = { 0 };
	enum vault_err err;

	of_line.line = &line;
	if (field != NULL && field->kind == MODEL_CODE)
		line.vocab = field->codes->name;
	put_value(&text, &of_line, field, value);
	if ((err = buf_ok(&text)) == VAULT_OK) {
		line.text = buf_text(&text);
		line.len = text.len;
		line.block = line.block || strchr(line.text, '\n') != NULL;
		err = p->each(p->ctx, &line);
	}
	buf_free(&text);
	return err;
}

/* A block of fields, none of which speaks for it: a heading and its lines. */
static bool
is_spread(const struct model_field *field, const json_t *value)
{
	return field != NULL && field->kind == MODEL_OBJECT &&
	    json_is_object(value) && main_member(field, value) == NULL;
}

static enum vault_err print_field(const struct printing *p, const char *name,
    const struct model_field *field, const json_t *value);

/* Members as the model has them, then those that it does not know. */
static enum vault_err
print_members(const struct printing *p, const struct model_object *object,
    const json_t *value)
{
	enum vault_err err = VAULT_OK;
	const char *name;
	json_t *member;

	for (size_t i = 0; err == VAULT_OK && i < object->n; i++) {
		const struct model_field *f = &object->fields[i];

		if ((member = json_object_get(value, f->name)) != NULL)
			err = print_field(p, f->name, f, member);
	}
	json_object_foreach((json_t *)(uintptr_t)value, name, member)
	{
		if (err == VAULT_OK && model_member(object, name) == NULL)
			err = print_field(p, name, NULL, member);
	}
	return err;
}

static enum vault_err
print_spread(const struct printing *p, const struct model_field *field,
    const json_t *value)
{
	struct print_line line = { .field = field->name,
		.label = field->label,
		.text = "",
		.depth = p->depth,
		.heading = true };
	struct printing inside = *p;
	enum vault_err err = p->each(p->ctx, &line);

	inside.depth++;
	return err != VAULT_OK ? err
			       : print_members(&inside, field->object, value);
}

static enum vault_err
print_one(const struct printing *p, const char *name,
    const struct model_field *field, const json_t *value)
{
	return is_spread(field, value) ? print_spread(p, field, value)
				       : one_line(p, name, field, value);
}

/* An array of objects, or of long texts, is a line for each. */
static enum vault_err
print_field(const struct printing *p, const char *name,
    const struct model_field *field, const json_t *value)
{
	bool apart = json_is_array(value) &&
	    (json_is_object(json_array_get(value, 0)) || is_link(field) ||
		(field != NULL && field->kind == MODEL_LONG));
	enum vault_err err = VAULT_OK;

	if (!apart)
		return print_one(p, name, field, value);
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(value); i++)
		err = print_one(p, name, field, json_array_get(value, i));
	return err;
}

enum vault_err
print_body(const json_t *body,
    enum vault_err (*each)(void *ctx, const struct print_line *line),
    record_namer namer, void *ctx, const struct print_words *words)
{
	const json_t *type_name = json_object_get(body, "type");
	const struct model_type *type = json_is_string(type_name)
	    ? model_type(json_string_value(type_name))
	    : NULL;
	struct printing p = { each, namer, ctx, words, 0, NULL };
	const struct model_field *f = NULL;
	enum vault_err err = VAULT_OK;
	const char *name;
	json_t *value;

	while (type != NULL && err == VAULT_OK &&
	    (f = model_next_field(type, f)) != NULL)
		if ((value = json_object_get(body, f->name)) != NULL &&
		    strcmp(f->name, "type") != 0)
			err = print_field(&p, f->name, f, value);
	json_object_foreach((json_t *)(uintptr_t)body, name,
	    value) if (err == VAULT_OK && strcmp(name, "type") != 0 &&
	    (type == NULL || model_field(type, name) == NULL))
	    err = print_field(&p, name, NULL, value);
	return err;
}

enum vault_err
print_text(const struct buf *text,
    enum vault_err (*each)(void *ctx, const struct print_line *line),
    record_namer namer, void *ctx, const struct print_words *words)
{
	enum vault_err err;
	json_t *body;

	err = json_read(&body, text->bytes, text->len, SIZE_MAX, NULL);
	if (err != VAULT_OK)
		return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
	err = print_body(body, each, namer, ctx, words);
	json_decref(body);
	return err;
}

enum vault_err
print_value(
    struct buf *out, const json_t *value, const struct print_words *words)
{
	struct printing p = { NULL, NULL, NULL, words, 0, NULL };

	put_value(out, &p, NULL, value);
	return buf_ok(out);
}
