/* SPDX-License-Identifier: ISC */
/*
 * body_rules - what hangs together: fields that must be there, or may be there,
 * because of others, and values that are judged beside others.
 */
#include <string.h>

#include "record/body.h"
#include "record/body_inner.h"

/* Fields of a type, or members of an object. */
static const struct model_field *
next_of(const struct model_type *type, const struct model_object *object,
    const struct model_field *after)
{
	if (type != NULL)
		return model_next_field(type, after);
	if (after == NULL)
		return object->fields;
	return after + 1 < object->fields + object->n ? after + 1 : NULL;
}

/* True if any field of this group is there. */
static bool
is_begun(const struct model_type *type, const struct model_object *object,
    const char *group, const json_t *value)
{
	const struct model_field *field = NULL;

	while ((field = next_of(type, object, field)) != NULL)
		if (field->group != NULL && strcmp(field->group, group) == 0 &&
		    json_object_get(value, field->name) != NULL)
			return true;
	return false;
}

bool
body_holds(const char *condition, const json_t *value)
{
	size_t len = strcspn(condition, "!=");
	bool not = condition[len] == '!';
	const char *wanted = condition + len + 1 + not ;
	const json_t *is;
	struct buf text = { 0 };
	bool same;

	is = json_object_getn(value, condition, len);
	if (json_is_integer(is))
		buf_put_int(&text, json_integer_value(is));
	else if (json_is_string(is))
		buf_put_text(&text, json_string_value(is));
	else
		return false;
	same = strcmp(buf_text(&text), wanted) == 0;
	buf_free(&text);
	return same != not ;
}

static bool
is_must(const struct model_type *type, const struct model_object *object,
    const struct model_field *field, const json_t *value)
{
	return field->need == MODEL_MUST ||
	    (field->must_when != NULL && body_holds(field->must_when, value)) ||
	    (field->need == MODEL_MUST_WITH &&
		is_begun(type, object, field->group, value));
}

/* A finding that names something else than the value. */
static void
found_beside(struct body_check *c, const struct model_field *field,
    enum body_code code, const char *other)
{
	struct body_finding *f = body_found_in(
	    c, field->name, code, field, NULL);

	if (f == NULL)
		return;
	buf_put_text(&f->value, other);
	if (f->value.failed)
		c->err = VAULT_ENOMEM;
}

/* What ends must not end before it begins. */
static bool
ends_early(const struct model_field *field, const json_t *value)
{
	struct date_days start, end;

	return field->not_before != NULL &&
	    date_object_days(
		&start, json_object_get(value, field->not_before)) &&
	    date_object_days(&end, json_object_get(value, field->name)) &&
	    end.hi < start.lo;
}

static bool
is_less(const struct model_field *field, const json_t *value)
{
	const json_t *n = json_object_get(value, field->name), *least;

	if (field->not_below == NULL)
		return false;
	least = json_object_get(value, field->not_below);
	return json_is_integer(n) && json_is_integer(least) &&
	    json_integer_value(n) < json_integer_value(least);
}

/* One source alone, however often it is cited, confirms nothing. */
static bool
has_one_source(const struct model_field *field, const json_t *value)
{
	const json_t *cites, *first = NULL;
	const char *code = json_string_value(
	    json_object_get(value, field->name));

	if (field->two_in == NULL || code == NULL ||
	    strcmp(code, "confirmed") != 0)
		return false;
	cites = json_object_get(value, field->two_in);
	for (size_t i = 0; i < json_array_size(cites); i++) {
		const json_t *ref = json_object_get(
		    json_array_get(cites, i), "ref");

		if (first != NULL && ref != NULL && !json_equal(first, ref))
			return false;
		if (first == NULL)
			first = ref;
	}
	return true;
}

/* Most fields of a type hang together with nothing. */
static bool
has_rules(const struct model_field *field)
{
	return field->need != MODEL_OPTIONAL || field->must_when != NULL ||
	    field->only_when != NULL || field->not_before != NULL ||
	    field->not_below != NULL || field->two_in != NULL;
}

static void
check_rules_of(struct body_check *c, const struct model_type *type,
    const struct model_object *object, const struct model_field *field,
    const json_t *value)
{
	if (json_object_get(value, field->name) == NULL) {
		if (is_must(type, object, field, value))
			body_found_in(
			    c, field->name, BODY_MISSING, field, NULL);
		else if (field->need == MODEL_SHOULD)
			body_found_in(c, field->name, BODY_SHOULD, field, NULL);
		return;
	}
	if (field->only_when != NULL && !body_holds(field->only_when, value))
		found_beside(c, field, BODY_ONLY_WHEN, field->only_when);
	if (ends_early(field, value))
		body_found_in(c, field->name, BODY_ORDER, field, NULL);
	if (is_less(field, value))
		found_beside(c, field, BODY_LESS, field->not_below);
	if (has_one_source(field, value))
		found_beside(c, field, BODY_ONE_SOURCE, field->two_in);
}

static void
check_any_of(struct body_check *c, const struct model_object *object,
    const json_t *value)
{
	if (object == NULL || object->any_of == NULL)
		return;
	for (size_t i = 0; i < object->n; i++)
		if (model_has_word(object->any_of, object->fields[i].name) &&
		    json_object_get(value, object->fields[i].name) != NULL)
			return;
	body_found(c, BODY_INCOMPLETE, NULL, NULL);
}

void
body_check_rules(struct body_check *c, const struct model_type *type,
    const struct model_object *object, const json_t *value)
{
	const struct model_field *field = NULL;

	while ((field = next_of(type, object, field)) != NULL)
		if (has_rules(field))
			check_rules_of(c, type, object, field, value);
	check_any_of(c, object, value);
}

/* Of the elements, one at most may say that it is the one. */
void
body_check_single(
    struct body_check *c, const struct model_field *field, const json_t *array)
{
	size_t n = 0;

	if (field->object == NULL || field->object->single == NULL)
		return;
	for (size_t i = 0; i < json_array_size(array); i++)
		n += json_is_true(json_object_get(
		    json_array_get(array, i), field->object->single));
	if (n > 1)
		body_found(c, BODY_TWICE, field, NULL);
}
