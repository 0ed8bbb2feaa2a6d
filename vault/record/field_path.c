/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "record/body_inner.h"
#include "record/field_path.h"

/* Where reading a path stands: in a type, or in an object. */
struct place {
	const struct model_type *type;
	const struct model_object *object;
	const char *at;
	bool crossed; /* a link was followed */
};

static enum field_path_fit read_from(
    struct field_path *out, const struct place *p, const char *text);

/* A field of an office's own, small letters and what may be below it. */
static bool
is_own(const struct place *p)
{
	return p->type != NULL && strncmp(p->at, "x_", 2) == 0 &&
	    p->at[strspn(p->at, "abcdefghijklmnopqrstuvwxyz0123456789_.")] ==
	    '\0';
}

static enum field_path_fit
not_there(struct field_path *out, const struct place *p, const char *name)
{
	out->n_near = p->type != NULL
	    ? model_near_fields(out->near, p->type, name)
	    : model_near_members(out->near, p->object, name);
	return p->type != NULL && !p->crossed ? FIELD_PATH_UNKNOWN
					      : FIELD_PATH_MEMBER;
}

/* The path ends at this field. */
static enum field_path_fit
ends_at(struct field_path *out, const struct model_field *f)
{
	out->codes = f->codes;
	out->is_link = f->kind == MODEL_LINK;
	out->is_bool = f->kind == MODEL_BOOL;
	if (f->kind >= MODEL_OBJECT)
		return FIELD_PATH_PARTS;
	return f->kind == MODEL_LONG ? FIELD_PATH_LONG : FIELD_PATH_FITS;
}

/*
 * The rest of the path in any of the types that the link may lead to.  Codes
 * of two vocabularies are never taken for one another's.
 */
static enum field_path_fit
follow(struct field_path *out, const struct model_field *f, const char *rest,
    const char *text)
{
	enum field_path_fit best = FIELD_PATH_UNKNOWN;
	const struct model_type *type = NULL;

	while ((type = model_next_type(type)) != NULL) {
		struct place p = { type, NULL, rest, true };
		struct field_path one = { 0 };
		enum field_path_fit fit;

		if (!model_may_link(f, type->name))
			continue;
		fit = read_from(&one, &p, text);
		if (fit == FIELD_PATH_FITS && best == fit &&
		    one.codes != out->codes)
			out->codes = NULL;
		if (fit > best) {
			best = fit;
			*out = one;
		}
	}
	out->link = (size_t)(rest - text) - 1;
	return best;
}

static enum field_path_fit
read_from(struct field_path *out, const struct place *p, const char *text)
{
	size_t len = strcspn(p->at, ".");
	char name[FIELD_PATH_MAX + 1] = "";
	const struct model_field *f;
	struct place next = { .crossed = p->crossed };

	memcpy(name, p->at, len);
	if (is_own(p))
		return FIELD_PATH_FITS;
	if ((f = body_field(p->type, p->object, name)) == NULL)
		return not_there(out, p, name);
	if (p->at[len] == '\0')
		return ends_at(out, f);
	next.at = p->at + len + 1;
	if (f->kind == MODEL_LINK)
		return p->crossed ? FIELD_PATH_FAR
				  : follow(out, f, next.at, text);
	next.object = f->object;
	return f->object == NULL ? FIELD_PATH_MEMBER
				 : read_from(out, &next, text);
}

enum field_path_fit
field_path_read(
    struct field_path *out, const struct model_type *type, const char *text)
{
	struct place p = { .type = type, .at = text };

	*out = (struct field_path){ 0 };
	return strlen(text) > FIELD_PATH_MAX ? FIELD_PATH_UNKNOWN
					     : read_from(out, &p, text);
}

/* ---- Values ---- */

static enum vault_err
give(const json_t *value, field_path_fn found, void *ctx)
{
	char number[24];
	int len;

	if (json_is_string(value) && json_string_length(value) > 0)
		return found(
		    ctx, json_string_value(value), json_string_length(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? found(ctx, "yes", 3)
					   : found(ctx, "no", 2);
	if (!json_is_integer(value))
		return VAULT_OK;
	len = snprintf(number, sizeof(number), "%lld",
	    (long long)json_integer_value(value));
	return found(ctx, number, (size_t)len);
}

/* The JSON of a body is no deeper than json_read allows. */
enum vault_err
field_path_each(const json_t *body, const char *path, size_t len,
    field_path_fn found, void *ctx)
{
	const char *dot;
	size_t part;
	enum vault_err err = VAULT_OK;
	char name[FIELD_PATH_MAX + 1] = "";

	if (json_is_array(body)) {
		for (size_t i = 0; err == VAULT_OK && i < json_array_size(body);
		     i++)
			err = field_path_each(
			    json_array_get(body, i), path, len, found, ctx);
		return err;
	}
	if (len == 0)
		return give(body, found, ctx);
	dot = memchr(path, '.', len);
	part = dot == NULL ? len : (size_t)(dot - path);
	if (part > FIELD_PATH_MAX)
		return VAULT_EUSE;
	memcpy(name, path, part);
	len -= part + (dot != NULL);
	return field_path_each(json_object_get(body, name),
	    path + part + (dot != NULL), len, found, ctx);
}
