/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "record/body_inner.h"
#include "record/flat.h"

struct flat {
	struct buf path;
	enum vault_err (*cell)(void *ctx, const char *path, const char *text);
	void *ctx;
};

static enum vault_err walk(struct flat *f, const json_t *value);

static enum vault_err
walk_object(struct flat *f, const json_t *object)
{
	enum vault_err err = VAULT_OK;
	const char *name;
	json_t *value;

	json_object_foreach(body_loose(object), name, value)
	{
		size_t before = body_path_name(&f->path, name);

		if (err == VAULT_OK)
			err = walk(f, value);
		body_path_cut(&f->path, before);
	}
	return err;
}

static enum vault_err
walk_array(struct flat *f, const json_t *array)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < json_array_size(array); i++) {
		size_t before = body_path_index(&f->path, i);

		err = walk(f, json_array_get(array, i));
		body_path_cut(&f->path, before);
	}
	return err;
}

/* No body is deeper than json_read lets it be. */
static enum vault_err
walk(struct flat *f, const json_t *value)
{
	char digits[32];
	const char *text;

	if (json_is_object(value))
		return walk_object(f, value);
	if (json_is_array(value))
		return walk_array(f, value);
	snprintf(digits, sizeof(digits), "%lld",
	    (long long)json_integer_value(value));
	text = json_is_string(value) ? json_string_value(value)
	    : json_is_integer(value) ? digits
	    : json_is_true(value)    ? "yes"
	    : json_is_false(value)   ? "no"
				     : NULL;
	if (text == NULL)
		return VAULT_OK;
	return f->path.failed ? VAULT_ENOMEM
			      : f->cell(f->ctx, buf_text(&f->path), text);
}

enum vault_err
flat_each(const json_t *body,
    enum vault_err (*cell)(void *ctx, const char *path, const char *text),
    void *ctx)
{
	struct flat f = { .cell = cell, .ctx = ctx };
	enum vault_err err = walk(&f, body);

	buf_free(&f.path);
	return err;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int
flat_compare(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		char *end_a, *end_b;
		unsigned long x, y;

		if (!is_digit(*a) || !is_digit(*b)) {
			if (*a != *b)
				return (unsigned char)*a < (unsigned char)*b
				    ? -1
				    : 1;
			a++;
			b++;
			continue;
		}
		x = strtoul(a, &end_a, 10);
		y = strtoul(b, &end_b, 10);
		if (x != y)
			return x < y ? -1 : 1;
		a = end_a;
		b = end_b;
	}
	return *a == *b ? 0 : *a == '\0' ? -1 : 1;
}
