/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "core/buf.h"
#include "record/json.h"
#include "record/json_quick.h"

#define DIGITS_MAX 16 /* of JSON_MAX_INTEGER */

struct reading {
	const uint8_t *at, *end;
	size_t deepest;
	size_t left;        /* values that there may be */
	enum vault_err err; /* why NULL was returned */
};

static json_t *read_value(struct reading *r, size_t depth);

static json_t *
leave(struct reading *r)
{
	r->err = VAULT_EUSE;
	return NULL;
}

/* What jansson made, or had no memory for. */
static json_t *
made(struct reading *r, json_t *value)
{
	if (value == NULL)
		r->err = VAULT_ENOMEM;
	return value;
}

/* Let go of what is not whole. */
static json_t *
give_up(json_t *value)
{
	json_decref(value);
	return NULL;
}

static void
skip_blanks(struct reading *r)
{
	while (r->at < r->end &&
	    (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' ||
		*r->at == '\r'))
		r->at++;
}

/* Move behind this byte, if it is the next. */
static bool
take_here(struct reading *r, uint8_t wanted)
{
	if (r->at == r->end || *r->at != wanted)
		return false;
	r->at++;
	return true;
}

/* The same, behind blanks. */
static bool
take(struct reading *r, uint8_t wanted)
{
	skip_blanks(r);
	return take_here(r, wanted);
}

/* The same of what a value may follow, which is counted as in json.c. */
static bool
take_before(struct reading *r, uint8_t wanted)
{
	return r->left > 0 && take(r, wanted) && r->left-- > 0;
}

/* ---- Strings ---- */

/* The first byte from here on that does not stand for itself. */
static const uint8_t *
plain_end(const struct reading *r)
{
	const uint8_t *at = r->at;

	while (at < r->end && *at >= 0x20 && *at != '"' && *at != '\\')
		at++;
	return at;
}

/* One that stands for one byte; those by number are rare. */
static bool
put_escape(struct buf *out, struct reading *r)
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	const char *found = r->at == r->end
	    ? NULL
	    : memchr(names, *r->at, sizeof(names) - 1);

	if (found == NULL)
		return false;
	r->at++;
	buf_put_byte(out, (uint8_t)bytes[found - names]);
	return true;
}

static json_t *
read_escaped(struct reading *r)
{
	struct buf text = { 0 };
	json_t *value = NULL;
	bool good = true;

	while (good) {
		const uint8_t *stop = plain_end(r);

		buf_put(&text, r->at, (size_t)(stop - r->at));
		r->at = stop;
		if (take_here(r, '"'))
			break;
		good = take_here(r, '\\') && put_escape(&text, r);
	}
	if (!good)
		(void)leave(r);
	else if ((r->err = buf_ok(&text)) == VAULT_OK)
		value = made(
		    r, json_stringn_nocheck(buf_text(&text), text.len));
	buf_free(&text);
	return value;
}

/* Behind its first quote. */
static json_t *
read_string(struct reading *r)
{
	const char *from = (const char *)r->at;
	const uint8_t *stop = plain_end(r);
	size_t len = (size_t)(stop - r->at);

	if (stop == r->end || *stop != '"')
		return read_escaped(r);
	r->at = stop + 1;
	return made(r, json_stringn_nocheck(from, len));
}

/* ---- Other values ---- */

static json_t *
read_number(struct reading *r)
{
	bool minus = take_here(r, '-');
	const uint8_t *from = r->at;
	json_int_t n = 0;

	for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
		if (r->at - from == DIGITS_MAX)
			return leave(r);
		n = 10 * n + (*r->at - '0');
	}
	/* "-", "-0", "007" */
	if (r->at == from || n > JSON_MAX_INTEGER ||
	    (*from == '0' && (minus || r->at - from > 1)))
		return leave(r);
	return made(r, json_integer(minus ? -n : n));
}

static json_t *
read_word(struct reading *r, const char *word, json_t *value)
{
	size_t len = strlen(word);

	if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
		return leave(r);
	r->at += len;
	return value; /* jansson has one of each, for ever */
}

static json_t *
read_array(struct reading *r, size_t depth)
{
	json_t *array = made(r, json_array()), *value;

	if (array == NULL || take(r, ']'))
		return array;
	do {
		if ((value = read_value(r, depth)) == NULL)
			return give_up(array);
		if (json_array_append_new(array, value) != 0) {
			(void)made(r, NULL);
			return give_up(array);
		}
	} while (take_before(r, ','));
	if (take(r, ']'))
		return array;
	(void)leave(r);
	return give_up(array);
}

/* A member into an object; false: r->err says why. */
static bool
read_member(struct reading *r, json_t *object, size_t depth)
{
	const char *key;
	size_t len, before = json_object_size(object);
	json_t *value;

	(void)leave(r);
	if (!take(r, '"'))
		return false;
	key = (const char *)r->at;
	while (r->at < r->end && *r->at >= 0x20 && *r->at < 0x80 &&
	    *r->at != '"' && *r->at != '\\')
		r->at++;
	len = (size_t)((const char *)r->at - key);
	if (!take_here(r, '"') || !take(r, ':') ||
	    (value = read_value(r, depth)) == NULL)
		return false;
	r->err = VAULT_ENOMEM;
	if (json_object_setn_new_nocheck(object, key, len, value) != 0)
		return false;
	/* Of one name twice jansson tells where. */
	r->err = json_object_size(object) > before ? VAULT_OK : VAULT_EUSE;
	return r->err == VAULT_OK;
}

static json_t *
read_object(struct reading *r, size_t depth)
{
	json_t *object = made(r, json_object());

	if (object == NULL || take(r, '}'))
		return object;
	do {
		if (!read_member(r, object, depth))
			return give_up(object);
	} while (take_before(r, ','));
	if (take(r, '}'))
		return object;
	(void)leave(r);
	return give_up(object);
}

static json_t *
read_value(struct reading *r, size_t depth)
{
	if (take(r, '"'))
		return read_string(r);
	if (depth < r->deepest && take_before(r, '{'))
		return read_object(r, depth + 1);
	if (depth < r->deepest && take_before(r, '['))
		return read_array(r, depth + 1);
	if (r->at == r->end)
		return leave(r);
	switch (*r->at) {
	case 't':
		return read_word(r, "true", json_true());
	case 'f':
		return read_word(r, "false", json_false());
	case 'n':
		return read_word(r, "null", json_null());
	default:
		return read_number(r);
	}
}

enum vault_err
json_quick(
    json_t **out, const void *text, size_t len, size_t deepest, size_t most)
{
	struct reading r = { .at = text, .deepest = deepest, .left = most };

	r.end = r.at + len;
	*out = read_value(&r, 0);
	if (*out == NULL)
		return r.err;
	skip_blanks(&r);
	if (r.at == r.end && (json_is_object(*out) || json_is_array(*out)))
		return VAULT_OK;
	*out = give_up(*out);
	return VAULT_EUSE;
}
