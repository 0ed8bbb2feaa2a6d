/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "exchange/forms_value.h"
#include "record/date_english.h"

struct saying {
	struct buf *out;
	const struct label_language *labels;
	forms_namer namer;
	void *ctx;
	enum vault_err err;
};

static void put(
    struct saying *s, const struct model_field *field, const json_t *value);

static const char *
text_of(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

/* What a code of a field is called, or the code. */
static const char *
label(const struct saying *s, const struct model_field *field, const char *code)
{
	const struct model_code *found = field->codes == NULL
	    ? NULL
	    : model_code(field->codes, code);
	const char *other = found == NULL || s->labels == NULL
	    ? NULL
	    : label_of(s->labels, field->codes->name, code);

	if (other != NULL)
		return other;
	return found == NULL ? code : found->label;
}

/* ---- Objects that are said in a way of their own ---- */

static void
put_person(struct saying *s, const char *id)
{
	size_t start = s->out->len;

	if (s->err == VAULT_OK)
		s->err = s->namer(s->ctx, s->out, id);
	if (s->out->len == start)
		buf_put_text(s->out, FORMS_NOT_NAMED);
}

/* A person, words, or both: "Bureau of Example (the men in blue)". */
static void
put_party(struct saying *s, const json_t *party)
{
	const char *ref = text_of(party, "ref"), *text = text_of(party, "text");

	if (ref != NULL)
		put_person(s, ref);
	if (text != NULL)
		buf_putf(s->out, ref == NULL ? "%s" : " (%s)", text);
}

static void
put_part(struct saying *s, size_t start, const char *text)
{
	if (text == NULL)
		return;
	if (s->out->len > start)
		buf_put_text(s->out, ", ");
	buf_put_text(s->out, text);
}

/* "from 1 May 2011", of the two ends of a stay. */
static void
put_end(struct saying *s, const json_t *place, const char *member)
{
	const json_t *date = json_object_get(place, member);

	if (date == NULL || s->err != VAULT_OK)
		return;
	buf_putf(s->out, "; %s: ", member);
	s->err = date_english(s->out, date);
}

/* From small to large: the facility, the place, divisions, the country. */
static void
put_place(
    struct saying *s, const struct model_field *field, const json_t *place)
{
	const json_t *admin = json_object_get(place, "admin");
	const char *country = text_of(place, "country");
	const char *lat = text_of(place, "lat"), *lon = text_of(place, "lon");
	size_t start = s->out->len;

	put_part(s, start, text_of(place, "facility"));
	put_part(s, start, text_of(place, "text"));
	for (size_t i = json_array_size(admin); i-- > 0;)
		put_part(s, start, json_string_value(json_array_get(admin, i)));
	if (country != NULL)
		put_part(s, start,
		    label(s, model_member(field->object, "country"), country));
	if (lat != NULL && lon != NULL)
		buf_putf(s->out, " (latitude %s, longitude %s%s)", lat, lon,
		    json_is_true(json_object_get(place, "exact"))
			? ""
			: ", not exact");
	put_end(s, place, "from");
	put_end(s, place, "to");
}

/* "金光鸿 (family name: 金, given name: 光鸿)" */
static void
put_name(struct saying *s, const struct model_field *field, const json_t *name)
{
	const char *family = text_of(name, "family");
	const char *given = text_of(name, "given"),
		   *kind = text_of(name, "kind");
	size_t start;

	if (text_of(name, "text") != NULL)
		buf_put_text(s->out, text_of(name, "text"));
	start = s->out->len;
	if (kind != NULL)
		buf_putf(s->out, " (%s",
		    label(s, model_member(field->object, "kind"), kind));
	if (family != NULL)
		buf_putf(s->out, "%sfamily name: %s",
		    s->out->len > start ? ", " : " (", family);
	if (given != NULL)
		buf_putf(s->out, "%sgiven name: %s",
		    s->out->len > start ? ", " : " (", given);
	if (s->out->len > start)
		buf_put_byte(s->out, ')');
}

/* "Unit: 3rd; Uniform: blue", in the order of the model. */
static void
put_members(
    struct saying *s, const struct model_field *field, const json_t *object)
{
	size_t start = s->out->len;

	for (size_t i = 0; i < field->object->n; i++) {
		const struct model_field *m = &field->object->fields[i];
		const json_t *value = json_object_get(object, m->name);

		if (value == NULL)
			continue;
		buf_putf(s->out, "%s%s: ", s->out->len > start ? "; " : "",
		    m->label);
		put(s, m, value);
	}
}

static void
put_object(
    struct saying *s, const struct model_field *field, const json_t *object)
{
	enum vault_err err = VAULT_OK;

	switch (field->kind) {
	case MODEL_DATE:
		err = date_english(s->out, object);
		break;
	case MODEL_SPAN:
		err = date_english_span(s->out, object);
		break;
	case MODEL_PARTY:
		put_party(s, object);
		break;
	case MODEL_PLACE:
		put_place(s, field, object);
		break;
	case MODEL_NAME:
		put_name(s, field, object);
		break;
	default:
		put_members(s, field, object);
	}
	if (s->err == VAULT_OK)
		s->err = err;
}

/* ---- Everything else ---- */

static void
put_text(struct saying *s, const struct model_field *field, const char *text)
{
	if (field->kind == MODEL_CODE)
		buf_put_text(s->out, label(s, field, text));
	else if (field->kind == MODEL_NUMBER)
		buf_putf(s->out, "HURIDOCS Micro-thesaurus, number %s", text);
	else if (field->kind != MODEL_LINK)
		buf_put_text(s->out, text);
	else if (model_may_link(field, "person"))
		put_person(s, text);
	else
		buf_put_text(s->out, "on file with whoever submits this");
}

static void
put(struct saying *s, const struct model_field *field, const json_t *value)
{
	if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i > 0)
				buf_put_text(s->out, ", ");
			put(s, field, json_array_get(value, i));
		}
	} else if (json_is_object(value) && field->object != NULL) {
		put_object(s, field, value);
	} else if (json_is_boolean(value)) {
		buf_put_text(s->out, json_is_true(value) ? "yes" : "no");
	} else if (json_is_integer(value)) {
		buf_putf(s->out, "%lld", (long long)json_integer_value(value));
	} else if (json_is_string(value)) {
		put_text(s, field, json_string_value(value));
	}
}

enum vault_err
forms_value(struct buf *out, const struct label_language *labels,
    const struct model_field *field, const json_t *value, forms_namer namer,
    void *ctx)
{
	struct saying s = { out, labels, namer, ctx, VAULT_OK };

	put(&s, field, value);
	return s.err != VAULT_OK ? s.err : buf_ok(out);
}
