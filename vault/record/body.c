/* SPDX-License-Identifier: ISC */
/*
 * body - checking.  Everything is driven by the tables of model.c: no function
 * looks at the name of a type, and `type`, `level`, `readers` and
 * `private_fields` are the only fields with a meaning to the program.
 */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "record/body.h"
#include "record/body_inner.h"
#include "record/id.h"

#define EXCERPT_LEN 80

/*
 * The report.
 */

/* How bad each fault is: on entry, from a bundle, there in a field to obey. */
#define E BODY_ERROR
#define W BODY_WARNING
#define O BODY_NOTE
static const struct {
	enum body_severity entry, bundle, obeyed;
} severities[BODY_CODES] = {
	[BODY_NOT_AN_OBJECT] = { E, E, E },
	[BODY_UNKNOWN_TYPE] = { E, O, O },
	[BODY_UNKNOWN_FIELD] = { E, O, O },
	[BODY_BAD_NAME] = { E, O, O },
	[BODY_WRONG_KIND] = { E, W, E },
	[BODY_EMPTY] = { E, W, E },
	[BODY_BAD_TEXT] = { E, E, E },
	[BODY_UNKNOWN_CODE] = { E, O, O },
	[BODY_UNLISTED_CODE] = { W, O, O },
	[BODY_MISSING] = { E, W, E },
	[BODY_SHOULD] = { W, O, O },
	[BODY_BAD_NUMBER] = { E, W, E },
	[BODY_BAD_ID] = { E, W, W },
	[BODY_BAD_DATE] = { E, W, W },
	[BODY_BAD_SPAN] = { E, W, W },
	[BODY_BAD_LANG] = { E, W, W },
	[BODY_BAD_SCRIPT] = { E, W, W },
	[BODY_BAD_HASH] = { E, W, W },
	[BODY_BAD_PATH] = { E, O, O },
	[BODY_NOT_PRIVATE] = { E, W, E },
	[BODY_HIDES_NOTHING] = { E, W, W },
	[BODY_INCOMPLETE] = { E, W, W },
	[BODY_NOT_BOTH] = { E, W, W },
	[BODY_TWICE] = { E, W, W },
	[BODY_ORDER] = { W, W, W },
	[BODY_SPAN_ORDER] = { W, W, W },
	[BODY_ONLY_WHEN] = { E, W, W },
	[BODY_LESS] = { E, W, W },
	[BODY_ONE_SOURCE] = { W, O, O },
	[BODY_TYPE_CHANGED] = { E, E, E },
	[BODY_FACT_CHANGED] = { E, E, E },
	[BODY_LOOP] = { E, E, E },
};
#undef E
#undef W
#undef O

static void
finding_free(struct body_finding *finding)
{
	buf_free(&finding->path);
	buf_free(&finding->value);
}

void
body_report_free(struct body_report *report)
{
	for (size_t i = 0; i < report->n; i++)
		finding_free(&report->list[i]);
	mem_free(report->list);
	*report = (struct body_report){ 0 };
}

/* The beginning of a text or a number, cut between characters. */
static void
put_excerpt(struct buf *out, const json_t *value)
{
	size_t len = json_string_length(value);

	if (json_is_integer(value))
		buf_putf(out, "%lld", (long long)json_integer_value(value));
	if (!json_is_string(value))
		return;
	if (len > EXCERPT_LEN) {
		const char *text = json_string_value(value);

		len = EXCERPT_LEN;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	buf_put(out, json_string_value(value), len);
}

/* Most bodies have two or three findings, and some as many as are kept. */
static bool
has_room(struct body_report *out)
{
	size_t cap = mem_len(out->list) / sizeof(*out->list);
	struct body_finding *more;

	if (out->n < cap)
		return true;
	cap = cap == 0 ? 4 : 2 * cap;
	if ((more = mem_realloc(out->list, cap * sizeof(*more))) == NULL)
		return false;
	out->list = more;
	return true;
}

struct body_finding *
body_found(struct body_check *c, enum body_code code,
    const struct model_field *field, const json_t *value)
{
	struct body_report *out = c->out;
	enum body_severity severity = severities[code].entry;
	struct body_finding *f;

	if (c->from == BODY_BUNDLE)
		severity = field != NULL && field->obeyed
		    ? severities[code].obeyed
		    : severities[code].bundle;
	out->count[severity]++;
	if (out->n == BODY_FINDINGS_MAX)
		return NULL;
	if (!has_room(out))
		c->err = VAULT_ENOMEM;
	if (c->err != VAULT_OK)
		return NULL;
	f = &out->list[out->n++];
	*f = (struct body_finding){ severity, code, .field = field };
	buf_put(&f->path, c->path.bytes, c->path.len);
	put_excerpt(&f->value, value);
	if (c->path.failed || f->path.failed || f->value.failed)
		c->err = VAULT_ENOMEM;
	return f;
}

struct body_finding *
body_found_in(struct body_check *c, const char *name, enum body_code code,
    const struct model_field *field, const json_t *value)
{
	size_t before = body_path_name(&c->path, name);
	struct body_finding *f = body_found(c, code, field, value);

	body_path_cut(&c->path, before);
	return f;
}

/*
 * Values of one kind each.
 */

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* Absent is absent: no null, no empty text, list or object. */
static bool
is_empty(const json_t *value)
{
	if (json_is_string(value))
		return json_string_length(value) == 0 ||
		    (is_blank(json_string_value(value)) &&
			strlen(json_string_value(value)) ==
			    json_string_length(value));
	return value == NULL || json_is_null(value) ||
	    (json_is_array(value) && json_array_size(value) == 0) ||
	    (json_is_object(value) && json_object_size(value) == 0);
}

/* The text of a string, or NULL, which is then recorded. */
static const char *
get_text(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = json_string_value(value);

	if (text == NULL) {
		body_found(c, BODY_WRONG_KIND, field, value);
		return NULL;
	}
	if (!text_is_valid(text, json_string_length(value))) {
		body_found(c, BODY_BAD_TEXT, field, NULL);
		return NULL;
	}
	return text;
}

static void
check_text(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	(void)get_text(c, field, value);
}

static void
check_code(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);
	struct body_finding *f;

	if (text == NULL || model_code(field->codes, text) != NULL)
		return;
	f = body_found(c,
	    field->codes->open ? BODY_UNLISTED_CODE : BODY_UNKNOWN_CODE, field,
	    value);
	if (f != NULL)
		f->n_near = model_near_codes(f->near, field->codes, text);
}

static void
check_number(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);

	if (text != NULL &&
	    (strlen(text) > 12 || strspn(text, "0123456789") != strlen(text)))
		body_found(c, BODY_BAD_NUMBER, field, value);
}

static void
check_bool(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	if (!json_is_boolean(value))
		body_found(c, BODY_WRONG_KIND, field, value);
}

static void
check_int(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	json_int_t n = json_integer_value(value);

	if (!json_is_integer(value))
		body_found(c, BODY_WRONG_KIND, field, value);
	else if (n < field->low ||
	    (field->high >= field->low && n > field->high))
		body_found(c, BODY_BAD_NUMBER, field, value);
}

/* True for -12.50: no exponent, no plus, no leading zeros, no bare point. */
static bool
is_decimal(const char *text)
{
	const char *at = text + (*text == '-');
	size_t whole = strspn(at, "0123456789"), part;

	if (whole == 0 || whole > 9 || (whole > 1 && *at == '0'))
		return false;
	at += whole;
	if (*at == '\0')
		return true;
	part = strspn(++at, "0123456789");
	return at[-1] == '.' && part > 0 && part <= 15 && at[part] == '\0';
}

/* Compared by hand: strtod would read the decimal sign of the locale. */
static bool
is_within(const char *text, int low, int high)
{
	bool negative = *text == '-';
	const char *point = strchr(text, '.');
	long whole = labs(strtol(text, NULL, 10));
	bool more = point != NULL &&
	    strspn(point + 1, "0") != strlen(point + 1);
	long limit = negative ? -(long)low : high;

	if (negative && low >= 0)
		return whole == 0 && !more && low == 0;
	return whole < limit || (whole == limit && !more);
}

static void
check_dec(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text;

	if (json_is_number(value)) {
		body_found(c, BODY_WRONG_KIND, field, value);
		return;
	}
	text = get_text(c, field, value);
	if (text != NULL &&
	    (!is_decimal(text) || !is_within(text, field->low, field->high)))
		body_found(c, BODY_BAD_NUMBER, field, value);
}

static void
check_edtf(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);
	struct date date;

	if (text != NULL && date_parse(&date, text, strlen(text)) != VAULT_OK)
		body_found(c, BODY_BAD_DATE, field, value);
}

static void
check_period(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);
	struct date_span span;

	if (text != NULL &&
	    date_span_parse(&span, text, strlen(text)) != VAULT_OK)
		body_found(c, BODY_BAD_SPAN, field, value);
}

static bool
is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* BCP 47 as far as its subtags go: letters first, 1 to 8 of each. */
static bool
is_lang(const char *text)
{
	size_t len = 0, tags = 0;

	for (;; text++) {
		bool digit = *text >= '0' && *text <= '9';

		if (is_ascii_letter(*text) || (digit && tags > 0)) {
			len++;
			continue;
		}
		if (len == 0 || len > 8 || (tags == 0 && len == 1))
			return false;
		if (*text != '-')
			return *text == '\0';
		tags++;
		len = 0;
	}
}

static void
check_lang(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);

	if (text != NULL && !is_lang(text))
		body_found(c, BODY_BAD_LANG, field, value);
}

static void
check_script(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);
	bool good;

	if (text == NULL)
		return;
	good = strlen(text) == 4 && text[0] >= 'A' && text[0] <= 'Z';
	for (size_t i = 1; good && i < 4; i++)
		good = text[i] >= 'a' && text[i] <= 'z';
	if (!good)
		body_found(c, BODY_BAD_SCRIPT, field, value);
}

static void
check_hash(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);

	if (text != NULL &&
	    (strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64))
		body_found(c, BODY_BAD_HASH, field, value);
}

static bool
is_own(const char *name)
{
	return strncmp(name, "x_", 2) == 0;
}

static struct body_finding *
suggest_fields(
    const struct model_type *type, const char *name, struct body_finding *f)
{
	if (f != NULL)
		f->n_near = model_near_fields(f->near, type, name);
	return f;
}

static void
check_path(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);

	if (text != NULL && !is_own(text) &&
	    model_path(c->type, text, true) == NULL)
		suggest_fields(
		    c->type, text, body_found(c, BODY_BAD_PATH, field, value));
}

/*
 * What was meant: the array that the path goes through, which can only be
 * private as a whole, or a name near to the part that is wrong.
 */
static void
suggest_hidden(
    const struct model_type *type, const char *path, struct body_finding *f)
{
	char name[64];
	size_t len = strcspn(path, ".");
	const struct model_field *field;

	if (f == NULL || len >= sizeof(name))
		return;
	memcpy(name, path, len);
	name[len] = '\0';
	if ((field = model_field(type, name)) == NULL) {
		suggest_fields(type, name, f);
	} else if (path[len] == '\0' || field->many || field->object == NULL) {
		f->near[0] = field->name;
		f->n_near = 1;
	} else {
		f->n_near = model_near_members(
		    f->near, field->object, path + len + 1);
	}
}

static void
check_hidden(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);
	const struct model_field *target;

	if (text == NULL || is_own(text))
		return;
	target = model_path(c->type, text, false);
	if (target == NULL)
		suggest_hidden(
		    c->type, text, body_found(c, BODY_BAD_PATH, field, value));
	else if (target->obeyed)
		body_found(c, BODY_NOT_PRIVATE, field, value);
}

static void
check_link(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	const char *text = get_text(c, field, value);

	if (text != NULL && !id_is_canonical(text, strlen(text)))
		body_found(c, BODY_BAD_ID, field, value);
}

static void
check_type(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	/* The whole check began with it. */
	(void)c;
	(void)field;
	(void)value;
}

/*
 * Objects: their members, what is missing, and what hangs together.
 */

static void check_members(struct body_check *c, const struct model_type *type,
    const struct model_object *object, const json_t *value);

static void
check_object(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	if (json_is_object(value))
		check_members(c, NULL, field->object, value);
	else
		body_found(c, BODY_WRONG_KIND, field, value);
}

static void
check_span(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	enum date_fault fault = date_span_object_check(value);

	check_object(c, field, value);
	if (fault == DATE_FAULT_BOTH)
		body_found(c, BODY_NOT_BOTH, field, NULL);
	else if (fault == DATE_FAULT_ORDER)
		body_found(c, BODY_SPAN_ORDER, field, NULL);
}

typedef void (*check_fn)(
    struct body_check *c, const struct model_field *field, const json_t *value);

static const check_fn checks[MODEL_KINDS] = {
	[MODEL_TEXT] = check_text,
	[MODEL_LONG] = check_text,
	[MODEL_CODE] = check_code,
	[MODEL_NUMBER] = check_number,
	[MODEL_BOOL] = check_bool,
	[MODEL_INT] = check_int,
	[MODEL_DEC] = check_dec,
	[MODEL_EDTF] = check_edtf,
	[MODEL_PERIOD] = check_period,
	[MODEL_LANG] = check_lang,
	[MODEL_SCRIPT] = check_script,
	[MODEL_HASH] = check_hash,
	[MODEL_PATH] = check_path,
	[MODEL_HIDDEN] = check_hidden,
	[MODEL_LINK] = check_link,
	[MODEL_TYPE] = check_type,
	[MODEL_OBJECT] = check_object,
	[MODEL_DATE] = check_object,
	[MODEL_SPAN] = check_span,
	[MODEL_PARTY] = check_object,
	[MODEL_CITE] = check_object,
	[MODEL_PLACE] = check_object,
	[MODEL_NAME] = check_object,
};

static void
check_field(
    struct body_check *c, const struct model_field *field, const json_t *value)
{
	if (is_empty(value)) {
		body_found(c, BODY_EMPTY, field, NULL);
		return;
	}
	if (!field->many) {
		checks[field->kind](c, field, value);
		return;
	}
	if (!json_is_array(value)) {
		body_found(c, BODY_WRONG_KIND, field, value);
		return;
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *element = json_array_get(value, i);
		size_t before = body_path_index(&c->path, i);

		if (is_empty(element))
			body_found(c, BODY_EMPTY, field, NULL);
		else
			checks[field->kind](c, field, element);
		body_path_cut(&c->path, before);
	}
	body_check_single(c, field, value);
}

/* Of a field that nobody but the office itself knows: nothing is empty. */
static void
check_own(struct body_check *c, const json_t *value)
{
	const char *key;
	json_t *member;

	if (is_empty(value))
		body_found(c, BODY_EMPTY, NULL, NULL);
	else if (json_is_string(value))
		(void)get_text(c, NULL, value);
	for (size_t i = 0; i < json_array_size(value); i++) {
		size_t before = body_path_index(&c->path, i);

		check_own(c, json_array_get(value, i));
		body_path_cut(&c->path, before);
	}
	json_object_foreach(body_loose(value), key, member)
	{
		size_t before = body_path_name(&c->path, key);

		check_own(c, member);
		body_path_cut(&c->path, before);
	}
}

static void
check_unknown(struct body_check *c, const struct model_type *type,
    const struct model_object *object, const char *name, const json_t *value)
{
	static const char snake[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	struct body_finding *f;

	if (is_own(name) && name[strspn(name, snake)] == '\0') {
		check_own(c, value);
		return;
	}
	f = body_found(
	    c, is_own(name) ? BODY_BAD_NAME : BODY_UNKNOWN_FIELD, NULL, value);
	if (f != NULL && type != NULL)
		suggest_fields(type, name, f);
	else if (f != NULL)
		f->n_near = model_near_members(f->near, object, name);
}

static void
check_members(struct body_check *c, const struct model_type *type,
    const struct model_object *object, const json_t *value)
{
	const char *name;
	json_t *member;

	json_object_foreach(body_loose(value), name, member)
	{
		const struct model_field *field = body_field(
		    type, object, name);
		size_t before = body_path_name(&c->path, name);

		if (field != NULL)
			check_field(c, field, member);
		else
			check_unknown(c, type, object, name, member);
		body_path_cut(&c->path, before);
	}
	body_check_rules(c, type, object, value);
}

/* Find the type, without which nothing else can be judged. */
static bool
find_type(struct body_check *c)
{
	const struct model_field *field = model_field(
	    model_next_type(NULL), "type");
	const json_t *value = json_object_get(c->body, "type");
	const char *name = json_string_value(value);
	struct body_finding *f;

	if (value == NULL)
		body_found_in(c, "type", BODY_MISSING, field, NULL);
	else if (name == NULL)
		body_found_in(c, "type", BODY_WRONG_KIND, field, value);
	if (name == NULL)
		return false;
	if ((c->type = model_type(name)) != NULL)
		return true;
	f = body_found_in(c, "type", BODY_UNKNOWN_TYPE, field, value);
	if (f != NULL)
		f->n_near = model_near_types(f->near, name);
	return false;
}

static enum vault_err
check_result(struct body_check *c, size_t errors_before)
{
	enum vault_err err = c->err != VAULT_OK ? c->err : buf_ok(&c->path);

	buf_free(&c->path);
	if (err == VAULT_OK && c->out->count[BODY_ERROR] > errors_before)
		err = VAULT_EUSE;
	return err;
}

enum vault_err
body_check(const json_t *body, enum body_from from, struct body_report *out)
{
	struct body_check c = { .from = from, .body = body, .out = out };
	size_t errors = out->count[BODY_ERROR];

	if (!json_is_object(body))
		body_found(&c, BODY_NOT_AN_OBJECT, NULL, NULL);
	else if (find_type(&c))
		check_members(&c, c.type, NULL, body);
	return check_result(&c, errors);
}

enum vault_err
body_check_value(const struct model_type *type, const struct model_field *field,
    const json_t *value)
{
	struct body_report report = { 0 };
	struct body_check c = {
		.from = BODY_ENTRY, .type = type, .out = &report
	};
	enum vault_err err;

	if (is_empty(value))
		body_found(&c, BODY_EMPTY, field, NULL);
	else
		checks[field->kind](&c, field, value);
	err = check_result(&c, 0);
	body_report_free(&report);
	return err;
}

/* Of the names near to a path, those that are in the body. */
static void
suggest_present(const json_t *whole, const struct model_type *type,
    const char *path, struct body_finding *f)
{
	const char *near[MODEL_NEAR];
	size_t n;

	if (f == NULL || type == NULL)
		return;
	n = model_near_fields(near, type, path);
	for (size_t i = 0; i < n; i++)
		if (json_object_get(whole, near[i]) != NULL)
			f->near[f->n_near++] = near[i];
}

static bool
has_path(const json_t *names, const json_t *path)
{
	for (size_t i = 0; i < json_array_size(names); i++)
		if (json_equal(json_array_get(names, i), path))
			return true;
	return false;
}

enum vault_err
body_check_private(
    const json_t *whole, const json_t *before, struct body_report *out)
{
	struct body_check c = { .from = BODY_ENTRY, .body = whole, .out = out };
	const struct model_type *type = body_type(whole);
	const json_t *names = json_object_get(whole, "private_fields");
	const json_t *old = json_object_get(before, "private_fields");
	size_t errors = out->count[BODY_ERROR];

	for (size_t i = 0; i < json_array_size(names); i++) {
		const json_t *path = json_array_get(names, i);
		size_t name;

		if (!json_is_string(path) || has_path(old, path) ||
		    body_hides(whole, json_string_value(path)))
			continue;
		name = body_path_name(&c.path, "private_fields");
		body_path_index(&c.path, i);
		suggest_present(whole, type, json_string_value(path),
		    body_found(&c, BODY_HIDES_NOTHING, NULL, path));
		body_path_cut(&c.path, name);
	}
	return check_result(&c, errors);
}

static bool
is_same(const json_t *a, const json_t *b)
{
	return a == NULL || b == NULL ? a == b : json_equal(a, b);
}

enum vault_err
body_check_add(const json_t *body, const char *name, enum body_code code,
    struct body_report *out)
{
	struct body_check c = { .from = BODY_ENTRY, .body = body, .out = out };
	size_t errors = out->count[BODY_ERROR];
	const struct model_type *type = body_type(body);

	body_found_in(&c, name, code,
	    type == NULL ? NULL : model_field(type, name),
	    json_object_get(body, name));
	return check_result(&c, errors);
}

static bool
was_said(const json_t *said, const char *name, const json_t *value)
{
	for (size_t i = 0; i < json_array_size(said); i++)
		if (is_same(
			json_object_get(json_array_get(said, i), name), value))
			return true;
	return false;
}

enum vault_err
body_check_change(const json_t *before, const json_t *after, const json_t *said,
    struct body_report *out)
{
	struct body_check c = { .from = BODY_ENTRY, .body = after, .out = out };
	size_t errors = out->count[BODY_ERROR];
	const struct model_type *type = body_type(before);
	const json_t *new_type = json_object_get(after, "type");

	if (!is_same(json_object_get(before, "type"), new_type)) {
		body_found_in(&c, "type", BODY_TYPE_CHANGED, NULL, new_type);
		return check_result(&c, errors);
	}
	for (size_t i = 0; type != NULL && type->fixed && i < type->own.n;
	     i++) {
		const struct model_field *field = &type->own.fields[i];
		const json_t *value = json_object_get(after, field->name);

		if (!is_same(json_object_get(before, field->name), value) &&
		    !was_said(said, field->name, value))
			body_found_in(
			    &c, field->name, BODY_FACT_CHANGED, field, value);
	}
	return check_result(&c, errors);
}
