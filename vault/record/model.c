/* SPDX-License-Identifier: ISC */
/* model - looking up what the tables have. */
#include <string.h>

#include "record/model_rows.h"

const struct model_type *
model_next_type(const struct model_type *after)
{
	const struct model_type *next = after == NULL ? model_types : after + 1;

	return next < model_types + model_types_n ? next : NULL;
}

const struct model_type *
model_type(const char *name)
{
	for (size_t i = 0; i < model_types_n; i++)
		if (strcmp(model_types[i].name, name) == 0)
			return &model_types[i];
	return NULL;
}

const struct model_object *
model_object(const char *name)
{
	for (size_t i = 0; i < model_objects_n; i++)
		if (strcmp(model_objects[i]->name, name) == 0)
			return model_objects[i];
	return NULL;
}

const struct model_vocab *
model_vocab(const char *name)
{
	for (size_t i = 0; i < vocab_n; i++)
		if (strcmp(vocab_all[i]->name, name) == 0)
			return vocab_all[i];
	return NULL;
}

const struct model_vocab *
model_next_vocab(const struct model_vocab *after)
{
	size_t i = 0;

	while (after != NULL && i < vocab_n && vocab_all[i++] != after)
		;
	return i < vocab_n ? vocab_all[i] : NULL;
}

static const struct model_field *
find_field(const struct model_field *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].name[0] == name[0] &&
		    strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

const struct model_field *
model_member(const struct model_object *object, const char *name)
{
	return find_field(object->fields, object->n, name);
}

const struct model_field *
model_field(const struct model_type *type, const char *name)
{
	const struct model_field *field = model_member(&type->own, name);

	return field != NULL ? field
			     : find_field(model_common, model_common_n, name);
}

const struct model_field *
model_next_field(const struct model_type *type, const struct model_field *after)
{
	const struct model_object *own = &type->own;
	/* By address: after may lie in either table. */
	uintptr_t at = (uintptr_t)after, first = (uintptr_t)own->fields,
		  last = (uintptr_t)(own->fields + own->n - 1);
	size_t i = 0;

	if (after == NULL && own->n > 0)
		return own->fields;
	if (at >= first && at < last)
		return after + 1;
	if (after != NULL && at != last)
		i = (size_t)(after - model_common) + 1;
	while (i < model_common_n &&
	    model_member(own, model_common[i].name) != NULL)
		i++;
	return i < model_common_n ? model_common + i : NULL;
}

/* The length of an index like [12] at text; 0 if there is none. */
static size_t
index_len(const char *text)
{
	size_t digits = text[0] == '[' ? strspn(text + 1, "0123456789") : 0;

	return digits > 0 && text[digits + 1] == ']' ? digits + 2 : 0;
}

const struct model_field *
model_path(const struct model_type *type, const char *path, bool indices)
{
	const struct model_field *field = NULL;
	char name[64];

	for (;;) {
		size_t len = strcspn(path, ".[");
		bool is_element = false;

		if (len >= sizeof(name))
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		field = field == NULL ? model_field(type, name)
				      : model_member(field->object, name);
		if (field == NULL)
			return NULL;
		path += len;
		if (indices && field->many && index_len(path) > 0) {
			path += index_len(path);
			is_element = true;
		}
		if (*path == '\0')
			return field;
		if (*path++ != '.' || field->object == NULL ||
		    (field->many && !is_element))
			return NULL;
	}
}

const struct model_code *
model_code(const struct model_vocab *vocab, const char *code)
{
	for (size_t i = 0; i < vocab->n; i++)
		if (strcmp(vocab->codes[i].code, code) == 0)
			return &vocab->codes[i];
	return NULL;
}

bool
model_has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		if (n == len && memcmp(words, word, n) == 0)
			return true;
		words += n;
		words += strspn(words, " ");
	}
	return false;
}

bool
model_may_link(const struct model_field *field, const char *type)
{
	if (field->kind != MODEL_LINK || field->targets == NULL)
		return false;
	return field->targets[0] == '\0' ||
	    model_has_word(field->targets, type);
}
