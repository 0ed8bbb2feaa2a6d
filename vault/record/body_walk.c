/* SPDX-License-Identifier: ISC */
/*
 * body_walk - going over all values of a body, known and unknown: what came
 * from a newer program or an office of its own is found like anything else.
 */
#include <stdio.h>
#include <string.h>

#include "record/body.h"
#include "record/body_inner.h"
#include "record/id.h"

json_t *
body_loose(const json_t *value)
{
	return (json_t *)value;
}

size_t
body_path_name(struct buf *path, const char *name)
{
	size_t before = path->len;

	if (before > 0)
		buf_put_byte(path, '.');
	buf_put_text(path, name);
	return before;
}

size_t
body_path_index(struct buf *path, size_t i)
{
	size_t before = path->len;

	buf_put_byte(path, '[');
	buf_put_int(path, (int64_t)i);
	buf_put_byte(path, ']');
	return before;
}

void
body_path_cut(struct buf *path, size_t before)
{
	if (path->bytes == NULL)
		return;
	path->len = before;
	path->bytes[before] = '\0';
}

const struct model_type *
body_type(const json_t *body)
{
	const char *name = json_string_value(json_object_get(body, "type"));

	return name == NULL ? NULL : model_type(name);
}

const struct model_field *
body_field(const struct model_type *type, const struct model_object *object,
    const char *name)
{
	if (type != NULL)
		return model_field(type, name);
	return object == NULL ? NULL : model_member(object, name);
}

/*
 * A walk over all values of a body, known and unknown.  visit sees each value
 * that is not an array, and tells whether to go inside an object.
 */
struct walk {
	enum vault_err (*visit)(struct walk *w, const struct model_field *field,
	    json_t *value, bool *inside);
	struct buf path;
	union {
		body_word_fn word;
		body_value_fn value;
	} found;
	void *arg;
	bool all;
};

static enum vault_err walk_members(struct walk *w,
    const struct model_type *type, const struct model_object *object,
    json_t *value);

static enum vault_err
walk_value(struct walk *w, const struct model_field *field, json_t *value)
{
	enum vault_err err = VAULT_OK;
	bool inside = true;

	if (!json_is_array(value)) {
		err = w->visit(w, field, value, &inside);
		if (err == VAULT_OK && inside && json_is_object(value))
			err = walk_members(w, NULL,
			    field == NULL ? NULL : field->object, value);
		return err;
	}
	for (size_t i = 0; i < json_array_size(value) && err == VAULT_OK; i++) {
		size_t before = body_path_index(&w->path, i);

		err = walk_value(w, field, json_array_get(value, i));
		body_path_cut(&w->path, before);
	}
	return err;
}

static enum vault_err
walk_members(struct walk *w, const struct model_type *type,
    const struct model_object *object, json_t *value)
{
	enum vault_err err = VAULT_OK;
	const char *name;
	json_t *member;

	json_object_foreach(value, name, member)
	{
		size_t before = body_path_name(&w->path, name);
		const struct model_field *field = body_field(
		    type, object, name);

		/* A name that somebody gave is a text like others. */
		if (w->all && field == NULL)
			err = w->found.word(
			    w->arg, buf_text(&w->path), name, strlen(name));
		if (err == VAULT_OK)
			err = walk_value(w, field, member);
		body_path_cut(&w->path, before);
		if (err != VAULT_OK)
			break;
	}
	return err;
}

static enum vault_err
walk_body(struct walk *w, const json_t *body)
{
	enum vault_err err = VAULT_OK;

	if (json_is_object(body))
		err = walk_members(w, body_type(body), NULL, body_loose(body));
	if (err == VAULT_OK)
		err = buf_ok(&w->path);
	buf_free(&w->path);
	return err;
}

static bool
is_told(const struct model_field *field)
{
	return field->query != NULL &&
	    (strcmp(field->query, "act") == 0 ||
		strcmp(field->query, "status") == 0);
}

/* Text, or what stands in the place of something else that it is not. */
static bool
is_searched(const struct model_field *field, const json_t *value)
{
	/* What was done, and what became of somebody, are words too. */
	if (field->kind == MODEL_CODE)
		return is_told(field) ||
		    model_code(field->codes, json_string_value(value)) == NULL;
	return !field->quiet &&
	    (field->kind == MODEL_TEXT || field->kind == MODEL_LONG ||
		field->kind >= MODEL_OBJECT);
}

/* A telephone number may have been typed as one. */
static enum vault_err
give_number(struct walk *w, const json_t *value)
{
	char number[40];
	int len = json_is_integer(value)
	    ? snprintf(number, sizeof(number), "%lld",
		  (long long)json_integer_value(value))
	    : snprintf(number, sizeof(number), "%.15g", json_real_value(value));

	return w->found.word(w->arg, buf_text(&w->path), number, (size_t)len);
}

static enum vault_err
visit_word(struct walk *w, const struct model_field *field, json_t *value,
    bool *inside)
{
	(void)inside;
	if (w->all && json_is_number(value))
		return give_number(w, value);
	if (!json_is_string(value))
		return VAULT_OK;
	if (!w->all && field != NULL && !is_searched(field, value))
		return VAULT_OK;
	return w->found.word(w->arg, buf_text(&w->path),
	    json_string_value(value), json_string_length(value));
}

enum vault_err
body_words(const json_t *body, bool all, body_word_fn word, void *arg)
{
	struct walk w = {
		.visit = visit_word, .found.word = word, .arg = arg, .all = all
	};

	return walk_body(&w, body);
}

static enum vault_err
visit_link(struct walk *w, const struct model_field *field, json_t *value,
    bool *inside)
{
	(void)inside;
	if (field == NULL || field->kind != MODEL_LINK ||
	    !json_is_string(value))
		return VAULT_OK;
	return w->found.word(w->arg, buf_text(&w->path),
	    json_string_value(value), json_string_length(value));
}

enum vault_err
body_links(const json_t *body, body_word_fn link, void *arg)
{
	struct walk w = { .visit = visit_link, .found.word = link, .arg = arg };

	return walk_body(&w, body);
}

static enum vault_err
give_text(struct walk *w, const struct model_field *field, const char *text,
    size_t len)
{
	struct body_value value = { .query = field->query,
		.text = text,
		.len = len,
		.path = buf_text(&w->path) };

	return w->found.value(w->arg, &value);
}

static enum vault_err
visit_value(struct walk *w, const struct model_field *field, json_t *value,
    bool *inside)
{
	struct body_value date = { .path = buf_text(&w->path) };
	char number[24];
	int len;

	if (field == NULL || field->query == NULL)
		return VAULT_OK;
	date.query = field->query;
	if (field->kind < MODEL_OBJECT && json_is_string(value))
		return give_text(w, field, json_string_value(value),
		    json_string_length(value));
	if (field->kind == MODEL_INT && json_is_integer(value)) {
		len = snprintf(number, sizeof(number), "%lld",
		    (long long)json_integer_value(value));
		return give_text(w, field, number, (size_t)len);
	}
	/* The forms of names are many: name_add_body has them. */
	if (field->kind == MODEL_NAME) {
		*inside = false;
		return VAULT_OK;
	}
	if ((field->kind == MODEL_DATE &&
		date_object_days(&date.days, value)) ||
	    (field->kind == MODEL_SPAN &&
		date_span_object_days(&date.days, value)))
		return w->found.value(w->arg, &date);
	return VAULT_OK;
}

enum vault_err
body_values(const json_t *body, body_value_fn value, void *arg)
{
	struct walk w = {
		.visit = visit_value, .found.value = value, .arg = arg
	};

	return walk_body(&w, body);
}

/* An id as a person typed it becomes the id that is stored. */
static enum vault_err
fill_link(struct walk *w, const struct model_field *field, json_t *value,
    bool *inside)
{
	char text[ID_TEXT_LEN + 1];
	uint8_t id[ID_LEN];

	(void)w;
	(void)inside;
	if (field == NULL || field->kind != MODEL_LINK ||
	    !json_is_string(value) ||
	    id_parse(id, json_string_value(value), json_string_length(value)) !=
		VAULT_OK)
		return VAULT_OK;
	id_print(text, id);
	return json_string_set(value, text) == 0 ? VAULT_OK : VAULT_ENOMEM;
}

/* Where an array has this text; its length if it has not. */
static size_t
index_of(const json_t *array, const char *text)
{
	size_t i = 0, n = json_array_size(array);
	const char *at;

	while (i < n &&
	    ((at = json_string_value(json_array_get(array, i))) == NULL ||
		strcmp(at, text) != 0))
		i++;
	return i;
}

static enum vault_err
keep_apart(json_t *body, const char *name)
{
	json_t *paths = json_object_get(body, "private_fields");
	size_t at = index_of(paths, name);
	bool is = at < json_array_size(paths);

	if (is == (json_object_get(body, name) != NULL))
		return VAULT_OK;
	if (is) {
		(void)json_array_remove(paths, at);
		if (json_array_size(paths) == 0)
			(void)json_object_del(body, "private_fields");
		return VAULT_OK;
	}
	if (paths == NULL) {
		paths = json_array();
		if (json_object_set_new(body, "private_fields", paths) != 0)
			return VAULT_ENOMEM;
	}
	/* What is no array is for body_check to say. */
	return !json_is_array(paths) ||
		json_array_append_new(paths, json_string(name)) == 0
	    ? VAULT_OK
	    : VAULT_ENOMEM;
}

enum vault_err
body_apart(json_t *body)
{
	const struct model_type *type = body_type(body);
	const struct model_field *field = NULL;
	enum vault_err err = VAULT_OK;

	while (err == VAULT_OK && type != NULL &&
	    (field = model_next_field(type, field)) != NULL)
		if (field->apart)
			err = keep_apart(body, field->name);
	return err;
}

enum vault_err
body_fill(json_t *body)
{
	const struct model_type *type = body_type(body);
	const struct model_field *field = NULL;
	struct walk w = { .visit = fill_link };

	if (type == NULL)
		return VAULT_OK; /* for body_check to say */
	if (json_object_get(body, "level") == NULL &&
	    json_object_set_new(body, "level", json_integer(type->level)) != 0)
		return VAULT_ENOMEM;
	while ((field = model_next_field(type, field)) != NULL)
		if (field->preset != NULL &&
		    json_object_get(body, field->name) == NULL &&
		    json_object_set_new(
			body, field->name, json_string(field->preset)) != 0)
			return VAULT_ENOMEM;
	if (body_apart(body) != VAULT_OK)
		return VAULT_ENOMEM;
	return walk_body(&w, body);
}
