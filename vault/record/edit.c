/* SPDX-License-Identifier: ISC */
/*
 * edit - changing a body by path.
 *
 * A path is read into moves: into a member of an object, or to an element of
 * an array.  A change is made at the last moment and by one step, the deepest
 * that is there already, so that what fails has changed nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/text.h"
#include "record/body.h"
#include "record/body_inner.h"
#include "record/edit.h"
#include "record/id.h"
#include "record/json.h"

/* The depth that json_read allows, and then some. */
#define MOVES (JSON_DEPTH + 4)
#define NAME_MAX_LEN 64

struct move {
	char name[NAME_MAX_LEN]; /* "": to an element */
	size_t index;
};

struct route {
	struct move moves[MOVES];
	size_t n;
};

/* ---- Paths ---- */

static struct move *
next_move(struct route *r)
{
	if (r->n == MOVES)
		return NULL;
	r->moves[r->n] = (struct move){ 0 };
	return &r->moves[r->n++];
}

static bool
add_name(struct route *r, const char *name, size_t len)
{
	struct move *m = len > 0 && len < NAME_MAX_LEN ? next_move(r) : NULL;

	if (m != NULL)
		memcpy(m->name, name, len);
	return m != NULL;
}

static bool
add_index(struct route *r, size_t index)
{
	struct move *m = next_move(r);

	if (m != NULL)
		m->index = index;
	return m != NULL;
}

/* Read [12] at *at and move behind it; up to seven digits. */
static bool
read_index(struct route *r, const char **at)
{
	size_t digits = strspn(*at + 1, "0123456789");
	char *end;
	size_t index;

	if (digits == 0 || digits > 7 || (*at)[digits + 1] != ']')
		return false;
	index = strtoul(*at + 1, &end, 10);
	*at = end + 1;
	return add_index(r, index);
}

static bool
read_path(struct route *r, const char *path)
{
	r->n = 0;
	for (;;) {
		size_t len = strcspn(path, ".[]");

		if (!add_name(r, path, len))
			return false;
		path += len;
		while (*path == '[')
			if (!read_index(r, &path))
				return false;
		if (*path == '\0')
			return true;
		if (*path++ != '.')
			return false;
	}
}

/*
 * The field at the end of a route, or NULL; *element tells that the route
 * ends at an element of an array, or at what was no array to begin with.
 */
static const struct model_field *
route_field(bool *element, const struct route *r, const struct model_type *type)
{
	const struct model_field *field = NULL;

	*element = true;
	for (size_t i = 0; type != NULL && i < r->n; i++) {
		const struct move *m = &r->moves[i];

		if (m->name[0] == '\0') {
			if (*element)
				return NULL;
			*element = true;
			continue;
		}
		if (!*element || (field != NULL && field->object == NULL))
			return NULL;
		field = field == NULL ? model_field(type, m->name)
				      : model_member(field->object, m->name);
		if (field == NULL)
			return NULL;
		*element = !field->many;
	}
	return field;
}

/* One move on; NULL if there is nothing. */
static json_t *
step(const json_t *at, const struct move *m)
{
	return m->name[0] != '\0' ? json_object_get(at, m->name)
				  : json_array_get(at, m->index);
}

static json_t *
walk(const json_t *body, const struct route *r)
{
	json_t *at = body_loose(body);

	for (size_t i = 0; at != NULL && i < r->n; i++)
		at = step(at, &r->moves[i]);
	return at;
}

/* ---- What was typed ---- */

/* Without white space around it. */
static void
trim(const char **text, size_t *len)
{
	static const char blanks[] = " \t\r\n";

	while (*len > 0 && strchr(blanks, (*text)[*len - 1]) != NULL)
		--*len;
	while (*len > 0 && strchr(blanks, **text) != NULL) {
		++*text;
		--*len;
	}
}

static char
other_case(char c, bool upper)
{
	if (upper)
		return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
same_in_any_case(const char *code, const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && code[i] != '\0' &&
	    other_case(code[i], false) == other_case(text[i], false))
		i++;
	return i == len && code[i] == '\0';
}

static json_t *
make_text(const char *text, size_t len)
{
	return json_stringn(text, len);
}

/* The code as it is listed, if it is, whatever its case. */
static json_t *
make_code(const struct model_vocab *codes, const char *text, size_t len)
{
	for (size_t i = 0; i < codes->n; i++)
		if (same_in_any_case(codes->codes[i].code, text, len))
			return json_string(codes->codes[i].code);
	return make_text(text, len);
}

static json_t *
make_bool(const char *text, size_t len)
{
	static const char *const yes[] = { "yes", "y", "true" };
	static const char *const no[] = { "no", "n", "false" };

	for (size_t i = 0; i < 3; i++) {
		if (same_in_any_case(yes[i], text, len))
			return json_true();
		if (same_in_any_case(no[i], text, len))
			return json_false();
	}
	return NULL;
}

/*
 * From here on *bad tells that the text is no such value; NULL without it is
 * want of memory.
 */
static json_t *
make_int(bool *bad, const char *text, size_t len)
{
	char digits[20];
	size_t sign = len > 0 && text[0] == '-', n;

	*bad = true;
	if (len >= sizeof(digits))
		return NULL;
	memcpy(digits, text, len);
	digits[len] = '\0';
	n = strspn(digits + sign, "0123456789");
	if (n == 0 || n > 16 || digits[sign + n] != '\0' ||
	    llabs(strtoll(digits, NULL, 10)) > JSON_MAX_INTEGER)
		return NULL;
	*bad = false;
	return json_integer(strtoll(digits, NULL, 10));
}

static json_t *
make_id(bool *bad, const char *text, size_t len)
{
	char printed[ID_TEXT_LEN + 1];
	uint8_t id[ID_LEN];

	*bad = id_parse(id, text, len) != VAULT_OK;
	if (*bad)
		return NULL;
	id_print(printed, id);
	return json_string(printed);
}

/* A text of a few letters, its first one in upper case, the rest in lower. */
static json_t *
make_script(bool *bad, const char *text, size_t len)
{
	char name[4];

	*bad = len != sizeof(name);
	if (*bad)
		return NULL;
	for (size_t i = 0; i < len; i++)
		name[i] = other_case(text[i], i == 0);
	return make_text(name, len);
}

static json_t *
make_hash(bool *bad, const char *text, size_t len)
{
	char hash[64];

	*bad = len != sizeof(hash);
	if (*bad)
		return NULL;
	for (size_t i = 0; i < len; i++)
		hash[i] = other_case(text[i], false);
	return make_text(hash, len);
}

/* {name: text}; NULL if memory is short or the text is no UTF-8. */
static json_t *
make_member(const char *name, json_t *value)
{
	json_t *object = json_object();

	if (object == NULL || value == NULL) {
		json_decref(object);
		json_decref(value);
		return NULL;
	}
	if (json_object_set_new(object, name, value) != 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static bool
is_date(const char *text, size_t len)
{
	struct date date;

	return date_parse(&date, text, len) == VAULT_OK;
}

static bool
is_period(const char *text, size_t len)
{
	struct date_span span;

	return date_span_parse(&span, text, len) == VAULT_OK;
}

/* The parentheses of our own keyboards, and those of Chinese ones. */
static const struct {
	const char *open, *close;
} parentheses[] = {
	{ "(", ")" },
	{ "\xef\xbc\x88", "\xef\xbc\x89" },
};

/*
 * "2011-02-15~/.. (since mid-February)": the length of what stands before the
 * parentheses, and what stands in them.  False: it is not of that form.
 */
static bool
split_words(size_t *before, const char **words, size_t *words_len,
    const char *text, size_t len)
{
	for (size_t i = 0; i < 2; i++) {
		const char *open = parentheses[i].open;
		const char *close = parentheses[i].close;
		size_t mark = strlen(open);
		const char *at = memmem(text, len, open, mark), *front = text;

		if (at == NULL || len < mark ||
		    memcmp(text + len - mark, close, mark) != 0)
			continue;
		*words = at + mark;
		if (*words > text + len - mark)
			continue;
		*words_len = (size_t)(text + len - mark - *words);
		*before = (size_t)(at - text);
		trim(&front, before);
		trim(words, words_len);
		return *before > 0 && *words_len > 0;
	}
	return false;
}

/* {known: what is understood, text: words}, or the words alone. */
static json_t *
make_vague(const char *known, bool (*understood)(const char *, size_t),
    const char *text, size_t len)
{
	size_t before, words_len;
	const char *words;
	json_t *object;

	if (understood(text, len))
		return make_member(known, make_text(text, len));
	if (!split_words(&before, &words, &words_len, text, len) ||
	    !understood(text, before))
		return make_member("text", make_text(text, len));
	object = make_member(known, make_text(text, before));
	if (object != NULL &&
	    json_object_set_new(object, "text", make_text(words, words_len)) !=
		0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *
make_party(const char *text, size_t len)
{
	bool bad;
	json_t *id = make_id(&bad, text, len);

	if (!bad)
		return make_member("ref", id);
	return make_member("text", make_text(text, len));
}

/* A value of the field's kind; text is valid and not blank. */
static json_t *
make_value(
    bool *bad, const struct model_field *field, const char *text, size_t len)
{
	const char *word = text;
	size_t n = len;
	json_t *value;

	*bad = false;
	trim(&word, &n);
	switch (field->kind) {
	case MODEL_TEXT:
	case MODEL_LONG:
		return make_text(text, len); /* verbatim */
	case MODEL_CODE:
		return make_code(field->codes, word, n);
	case MODEL_BOOL:
		value = make_bool(word, n);
		*bad = value == NULL;
		return value;
	case MODEL_INT:
		return make_int(bad, word, n);
	case MODEL_LINK:
		return make_id(bad, word, n);
	case MODEL_SCRIPT:
		return make_script(bad, word, n);
	case MODEL_HASH:
		return make_hash(bad, word, n);
	case MODEL_NUMBER:
	case MODEL_DEC:
	case MODEL_EDTF:
	case MODEL_PERIOD:
	case MODEL_LANG:
	case MODEL_PATH:
	case MODEL_HIDDEN:
		return make_text(word, n);
	case MODEL_DATE:
		return make_vague("edtf", is_date, word, n);
	case MODEL_SPAN:
		return make_vague("iso", is_period, word, n);
	case MODEL_PARTY:
		return make_party(word, n);
	case MODEL_TYPE:
	case MODEL_OBJECT:
	case MODEL_CITE:
	case MODEL_PLACE:
	case MODEL_NAME:
	case MODEL_KINDS:
		break;
	}
	*bad = true;
	return NULL;
}

/* ---- Setting ---- */

/* The member that the path of such an object stands for. */
static const char *
main_member(const struct model_field *field)
{
	if (field->kind == MODEL_NAME || field->kind == MODEL_PLACE)
		return "text";
	return field->kind == MODEL_CITE ? "ref" : NULL;
}

/* Put value, which is given away, into what the last move leads from. */
static enum vault_err
put(json_t *at, const struct move *m, json_t *value)
{
	int bad;

	if (m->name[0] != '\0')
		bad = json_object_set_new(at, m->name, value);
	else if (m->index == json_array_size(at))
		bad = json_array_append_new(at, value);
	else
		bad = json_array_set_new(at, m->index, value);
	return bad == 0 ? VAULT_OK : VAULT_ENOMEM;
}

/* True if a move can be made from at, perhaps to something not there yet. */
static bool
may_move(const json_t *at, const struct move *m)
{
	if (m->name[0] != '\0')
		return json_is_object(at);
	return json_is_array(at) && m->index <= json_array_size(at);
}

/* What lies behind moves that lead nowhere yet; value is given away. */
static json_t *
wrap(const struct move *moves, size_t n, json_t *value)
{
	while (n > 0 && value != NULL) {
		const struct move *m = &moves[--n];
		json_t *array;

		if (m->name[0] != '\0') {
			value = make_member(m->name, value);
			continue;
		}
		array = json_array();
		if (array == NULL || json_array_append_new(array, value) != 0) {
			if (array == NULL)
				json_decref(value);
			json_decref(array);
			return NULL;
		}
		value = array;
	}
	return value;
}

/* Put value, which is given away, at the end of the route. */
static enum vault_err
place(json_t *body, const struct route *r, json_t *value)
{
	json_t *at = body;
	size_t i = 0;

	for (;; i++) {
		json_t *next = step(at, &r->moves[i]);

		if (!may_move(at, &r->moves[i])) {
			json_decref(value);
			return VAULT_EUSE;
		}
		if (next == NULL || i + 1 == r->n)
			break;
		at = next;
	}
	/* A new array begins with its first element. */
	for (size_t j = i + 1; j < r->n; j++)
		if (r->moves[j].name[0] == '\0' && r->moves[j].index != 0) {
			json_decref(value);
			return VAULT_EUSE;
		}
	value = wrap(r->moves + i + 1, r->n - i - 1, value);
	return value == NULL ? VAULT_ENOMEM : put(at, &r->moves[i], value);
}

/* "The one" of an array was named: no other element is it any more. */
static void
clear_others(json_t *body, const struct route *r)
{
	struct route array = *r;
	const char *name = r->moves[r->n - 1].name;
	json_t *elements;

	if (r->n < 3 || r->moves[r->n - 2].name[0] != '\0')
		return;
	array.n -= 2;
	elements = walk(body, &array);
	for (size_t i = 0; i < json_array_size(elements); i++)
		if (i != r->moves[r->n - 2].index)
			(void)json_object_del(
			    json_array_get(elements, i), name);
}

static bool
is_single(const struct route *r, const struct model_type *type)
{
	struct route above = *r;
	const struct model_field *field;
	bool element;

	above.n--;
	field = route_field(&element, &above, type);
	return field != NULL && field->object != NULL &&
	    field->object->single != NULL &&
	    strcmp(field->object->single, r->moves[r->n - 1].name) == 0;
}

/* A field of the office's own: a text, at the top. */
static enum vault_err
set_own(json_t *body, const struct route *r, const char *text, size_t len)
{
	static const char snake[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	const char *name = r->moves[0].name;
	json_t *value;

	if (r->n != 1 || strncmp(name, "x_", 2) != 0 ||
	    name[strspn(name, snake)] != '\0')
		return VAULT_EUSE;
	value = make_text(text, len);
	return value == NULL ? VAULT_ENOMEM : place(body, r, value);
}

/* Blank by what body_check calls blank. */
static bool
is_blank(const char *text, size_t len)
{
	trim(&text, &len);
	return len == 0;
}

enum vault_err
edit_set(json_t *body, const char *path, const char *text, size_t len)
{
	const struct model_type *type = body_type(body);
	const struct model_field *field;
	struct route r;
	json_t *value;
	enum vault_err err;
	bool element, bad;

	if (type == NULL || !read_path(&r, path) || is_blank(text, len) ||
	    !text_is_valid(text, len))
		return VAULT_EUSE;
	if ((field = route_field(&element, &r, type)) == NULL)
		return set_own(body, &r, text, len);
	if (!element && !add_index(&r, json_array_size(walk(body, &r))))
		return VAULT_EUSE;
	if (main_member(field) != NULL) {
		const char *name = main_member(field);

		if (!add_name(&r, name, strlen(name)))
			return VAULT_EUSE;
		field = model_member(field->object, name);
	}

	if ((value = make_value(&bad, field, text, len)) == NULL)
		return bad ? VAULT_EUSE : VAULT_ENOMEM;
	if ((err = body_check_value(type, field, value)) != VAULT_OK) {
		json_decref(value);
		return err;
	}
	err = place(body, &r, value);
	if (err == VAULT_OK && field->kind == MODEL_BOOL &&
	    is_single(&r, type) && json_is_true(walk(body, &r)))
		clear_others(body, &r);
	return err;
}

/* ---- Taking out ---- */

static bool
is_hollow(const json_t *value)
{
	return (json_is_object(value) && json_object_size(value) == 0) ||
	    (json_is_array(value) && json_array_size(value) == 0);
}

enum vault_err
edit_unset(json_t *body, const char *path)
{
	const struct model_type *type = body_type(body);
	struct route r;
	bool element;

	if (!read_path(&r, path) || strcmp(path, "type") == 0)
		return VAULT_EUSE;
	if (walk(body, &r) == NULL)
		return route_field(&element, &r, type) != NULL ||
			strncmp(path, "x_", 2) == 0
		    ? VAULT_OK
		    : VAULT_EUSE;
	/* From the end: what became hollow goes too, but for the body. */
	do {
		const struct move *last = &r.moves[--r.n];
		json_t *at = walk(body, &r);

		if (last->name[0] != '\0')
			(void)json_object_del(at, last->name);
		else
			(void)json_array_remove(at, last->index);
		if (!is_hollow(at))
			break;
	} while (r.n > 0);
	return VAULT_OK;
}

/* ---- Reading ---- */

static bool
put_scalar(struct buf *out, const json_t *value)
{
	if (json_is_string(value))
		return buf_put(
		    out, json_string_value(value), json_string_length(value));
	if (json_is_integer(value))
		return buf_putf(
		    out, "%lld", (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return buf_put_text(out, json_is_true(value) ? "yes" : "no");
	return false;
}

/* "2011 (the year before)", one of the two, or nothing. */
static bool
put_vague(struct buf *out, const json_t *value, const char *known)
{
	const json_t *edtf = json_object_get(value, known);
	const json_t *text = json_object_get(value, "text");

	if (!json_is_string(edtf))
		return put_scalar(out, text);
	if (!json_is_string(text))
		return put_scalar(out, edtf);
	put_scalar(out, edtf);
	buf_put_text(out, " (");
	put_scalar(out, text);
	return buf_put_text(out, ")");
}

static bool
put_party(struct buf *out, const json_t *value)
{
	const json_t *ref = json_object_get(value, "ref");

	return put_scalar(
	    out, json_is_string(ref) ? ref : json_object_get(value, "text"));
}

bool
edit_get(struct buf *out, const json_t *body, const char *path)
{
	const struct model_field *field;
	const json_t *value;
	struct route r;
	bool element;

	if (!read_path(&r, path) || (value = walk(body, &r)) == NULL)
		return false;
	field = route_field(&element, &r, body_type(body));
	if (field == NULL || !element || !json_is_object(value))
		return put_scalar(out, value);
	if (field->kind == MODEL_DATE)
		return put_vague(out, value, "edtf");
	if (field->kind == MODEL_SPAN)
		return put_vague(out, value, "iso");
	if (field->kind == MODEL_PARTY)
		return put_party(out, value);
	if (main_member(field) != NULL)
		return put_scalar(
		    out, json_object_get(value, main_member(field)));
	return false;
}

size_t
edit_count(const json_t *body, const char *path)
{
	struct route r;

	return read_path(&r, path) ? json_array_size(walk(body, &r)) : 0;
}

const json_t *
edit_at(const json_t *body, const char *path)
{
	struct route r;

	return read_path(&r, path) ? walk(body, &r) : NULL;
}
