/* SPDX-License-Identifier: ISC */
/*
 * json - strict reading and canonical writing.
 *
 * jansson would stop at a depth of 2,048, take reals through the C locale,
 * and tell its faults in sentences.  So what json_quick.h has not taken is
 * first scanned without recursion: that bounds depth and numbers and sees the
 * keys, and jansson gets only what passed.
 */
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/random.h"
#include "core/secret.h"
#include "core/text.h"
#include "record/json.h"
#include "record/json_quick.h"

/*
 * When jansson (2.14) cannot save a character of a string it goes on, and
 * then reads and writes beyond what it has saved.  So while it reads it is
 * never told that memory is short: that ends the reading at once.  What it
 * had allocated until then hangs in a ring, and is freed from there.
 */
struct block {
	struct block *next, *prev; /* jansson's bytes follow */
};
_Static_assert(sizeof(struct block) % 16 == 0, "alignment of what follows");

/* Not on the stack: what setjmp returns to must find it as it was left. */
static _Thread_local struct {
	bool on; /* jansson is reading */
	struct block ring;
	jmp_buf out;
} reading;

static void
link_after(struct block *b, struct block *at)
{
	b->next = at->next;
	b->prev = at;
	at->next->prev = b;
	at->next = b;
}

static void
unlink_block(struct block *b)
{
	b->next->prev = b->prev;
	b->prev->next = b->next;
	b->next = b->prev = b;
}

static void *
json_alloc(size_t len)
{
	struct block *b = NULL;

	if (len <= SIZE_MAX - sizeof(*b))
		b = mem_alloc(sizeof(*b) + len);
	if (b == NULL) {
		if (reading.on)
			longjmp(reading.out, 1);
		return NULL;
	}
	b->next = b->prev = b;
	if (reading.on)
		link_after(b, &reading.ring);
	return b + 1;
}

static void
json_release(void *p)
{
	struct block *b = p;

	if (b == NULL)
		return;
	unlink_block(--b);
	mem_free(b);
}

/* json_loadb, or VAULT_ENOMEM and nothing left of it. */
static enum vault_err
load(json_t **out, const void *text, size_t len, json_error_t *error)
{
	struct block *ring = &reading.ring;

	ring->next = ring->prev = ring;
	if (setjmp(reading.out) != 0) {
		reading.on = false;
		while (reading.ring.next != &reading.ring)
			json_release(reading.ring.next + 1);
		return VAULT_ENOMEM;
	}
	reading.on = true;
	*out = json_loadb(text, len, JSON_REJECT_DUPLICATES, error);
	reading.on = false;
	while (ring->next != ring)
		unlink_block(ring->next);
	return *out == NULL ? VAULT_EUSE : VAULT_OK;
}

void
json_setup(void)
{
	uint32_t seed;

	/* A seed of 0 would make jansson open /dev/urandom by itself. */
	do
		random_fill(&seed, sizeof(seed));
	while (seed == 0);
	json_set_alloc_funcs(json_alloc, json_release);
	json_object_seed(seed);
}

/* Fill in line and column, which nobody counts until there is a fault. */
static void
set_fault(struct json_fault *fault, enum json_fault_kind kind,
    const uint8_t *in, size_t offset)
{
	if (fault == NULL)
		return;
	*fault = (struct json_fault){ kind, offset, 1, 1 };
	for (size_t i = 0; i < offset; i++) {
		if (in[i] == '\n') {
			fault->line++;
			fault->column = 1;
		} else if ((in[i] & 0xc0) != 0x80) {
			fault->column++;
		}
	}
}

static enum json_fault_kind
scan_utf8(size_t *at, const uint8_t *in, size_t len)
{
	*at = text_valid_len(in, len);
	if (*at == len)
		return JSON_FAULT_NONE;
	return in[*at] == 0 ? JSON_FAULT_NUL : JSON_FAULT_UTF8;
}

/* Move *at behind a number.  jansson judges its form; we bound it. */
static enum json_fault_kind
scan_number(size_t *at, const uint8_t *in, size_t len)
{
	size_t i = *at;
	int64_t value = 0;
	bool huge = false;

	if (in[i] == '-')
		i++;
	for (; i < len && in[i] >= '0' && in[i] <= '9'; i++) {
		value = value * 10 + (in[i] - '0');
		if (value > JSON_MAX_INTEGER) {
			huge = true;
			value = 0; /* of no use any more */
		}
	}
	if (i < len && (in[i] == '.' || in[i] == 'e' || in[i] == 'E'))
		return JSON_FAULT_REAL;
	if (huge)
		return JSON_FAULT_INTEGER;
	*at = i;
	return JSON_FAULT_NONE;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Move *at behind a string, and refuse it if it is a key and not plain. */
static enum json_fault_kind
scan_string(size_t *at, const uint8_t *in, size_t len)
{
	size_t i = *at + 1, next;
	bool plain = true;

	for (; i < len && in[i] != '"'; i++) {
		if (in[i] >= 0x80)
			plain = false;
		if (in[i] != '\\')
			continue;
		plain = false;
		if (len - i > 5 && memcmp(in + i, "\\u0000", 6) == 0) {
			*at = i;
			return JSON_FAULT_NUL;
		}
		i++;
	}
	if (i >= len) {
		*at = len;
		return JSON_FAULT_END;
	}
	for (next = i + 1; next < len && is_space(in[next]); next++)
		;
	if (!plain && next < len && in[next] == ':')
		return JSON_FAULT_KEY;
	*at = i + 1;
	return JSON_FAULT_NONE;
}

/*
 * No deeper than that, and no more values: what follows a comma or an opening
 * bracket is at most one.
 */
static enum json_fault_kind
scan_structure(
    size_t *at, const uint8_t *in, size_t len, size_t deepest, size_t most)
{
	enum json_fault_kind kind = JSON_FAULT_NONE;
	size_t depth = 0, values = 0;

	while (*at < len && kind == JSON_FAULT_NONE) {
		uint8_t c = in[*at];

		if (c == '"') {
			kind = scan_string(at, in, len);
		} else if (c == '-' || (c >= '0' && c <= '9')) {
			kind = scan_number(at, in, len);
		} else if ((c == '[' || c == '{') && ++depth > deepest) {
			kind = JSON_FAULT_DEPTH;
		} else if ((c == '[' || c == '{' || c == ',') &&
		    ++values > most) {
			kind = JSON_FAULT_VALUES;
		} else {
			if ((c == ']' || c == '}') && depth > 0)
				depth--;
			++*at;
		}
	}
	return kind;
}

static enum json_fault_kind
fault_of_jansson(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_duplicate_key:
		return JSON_FAULT_DUPLICATE;
	case json_error_premature_end_of_input:
		return JSON_FAULT_END;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return JSON_FAULT_NUL;
	case json_error_invalid_utf8:
		return JSON_FAULT_UTF8;
	case json_error_numeric_overflow:
		return JSON_FAULT_INTEGER;
	default:
		return JSON_FAULT_SYNTAX;
	}
}

enum vault_err
json_read(json_t **out, const void *text, size_t len, size_t max_len,
    struct json_fault *fault)
{
	return json_read_around(out, text, len, max_len, 0, fault);
}

enum vault_err
json_read_around(json_t **out, const void *text, size_t len, size_t max_len,
    size_t deeper, struct json_fault *fault)
{
	const uint8_t *in = len == 0 ? (const uint8_t *)"" : text;
	size_t deepest = JSON_DEPTH + deeper;
	size_t most = deeper > 0 ? 2 * JSON_VALUES : JSON_VALUES;
	enum json_fault_kind kind;
	json_error_t error = { 0 };
	enum vault_err err;
	size_t at = 0;

	*out = NULL;
	if (fault != NULL)
		*fault = (struct json_fault){ 0 };
	if (len > max_len) {
		set_fault(fault, JSON_FAULT_SIZE, in, 0);
		return VAULT_EUSE;
	}
	if ((kind = scan_utf8(&at, in, len)) == JSON_FAULT_NONE) {
		err = json_quick(out, in, len, deepest, most);
		if (err != VAULT_EUSE)
			return err;
		at = 0;
		kind = scan_structure(&at, in, len, deepest, most);
	}
	if (kind != JSON_FAULT_NONE) {
		set_fault(fault, kind, in, at);
		return VAULT_EUSE;
	}

	err = load(out, in, len, &error);
	if (err == VAULT_EUSE)
		set_fault(fault, fault_of_jansson(&error), in,
		    error.position < 0 || (size_t)error.position > len
			? len
			: (size_t)error.position);
	/* Its text quotes the input. */
	bytes_wipe(&error, sizeof(error));
	return err;
}

static enum vault_err write_value(
    struct buf *out, const json_t *value, size_t depth);

/* The length of what stands in front of the next character to be escaped. */
static size_t
plain_run(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (uint8_t)text[n] >= 0x20 && text[n] != '"' &&
	    text[n] != '\\')
		n++;
	return n;
}

static void
write_escaped(struct buf *out, char c)
{
	static const char escapes[] = "\bb\tt\nn\ff\rr\"\"\\\\";

	for (size_t j = 0; j + 1 < sizeof(escapes); j += 2)
		if (escapes[j] == c) {
			buf_put_byte(out, '\\');
			buf_put_byte(out, (uint8_t)escapes[j + 1]);
			return;
		}
	buf_putf(out, "\\u%04x", (uint8_t)c);
}

static enum vault_err
write_string(struct buf *out, const char *text, size_t len)
{
	if (!text_is_valid(text, len))
		return VAULT_EUSE;
	buf_put_byte(out, '"');
	for (size_t i = 0; i < len;) {
		size_t n = plain_run(text + i, len - i);

		buf_put(out, text + i, n);
		if ((i += n) < len)
			write_escaped(out, text[i++]);
	}
	buf_put_byte(out, '"');
	return buf_ok(out);
}

static enum vault_err
write_array(struct buf *out, const json_t *array, size_t depth)
{
	enum vault_err err;

	if (depth > JSON_DEPTH)
		return VAULT_EUSE;
	buf_put_byte(out, '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			buf_put_byte(out, ',');
		err = write_value(out, json_array_get(array, i), depth);
		if (err != VAULT_OK)
			return err;
	}
	buf_put_byte(out, ']');
	return buf_ok(out);
}

static int
compare_keys(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

static bool
is_plain_key(const char *key)
{
	for (; *key != '\0'; key++)
		if ((uint8_t)*key >= 0x80 || (uint8_t)*key < 0x20 ||
		    *key == '\\' || *key == '"')
			return false;
	return true;
}

static enum vault_err
write_members(struct buf *out, const json_t *object, const char *const *keys,
    size_t n, size_t depth)
{
	enum vault_err err;

	buf_put_byte(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (!is_plain_key(keys[i]))
			return VAULT_EUSE;
		buf_put_text(out, i > 0 ? ",\"" : "\"");
		buf_put_text(out, keys[i]);
		buf_put_text(out, "\":");
		err = write_value(out, json_object_get(object, keys[i]), depth);
		if (err != VAULT_OK)
			return err;
	}
	buf_put_byte(out, '}');
	return buf_ok(out);
}

/* The n keys of an object in the order of their bytes; to be freed. */
static enum vault_err
sorted_keys(const char ***out, size_t *n, const json_t *object)
{
	const char **keys, *key;
	json_t *unused;
	size_t i = 0;

	*n = json_object_size(object);
	if ((keys = mem_alloc((*n + 1) * sizeof(*keys))) == NULL)
		return VAULT_ENOMEM;
	/* The iterators of jansson take no const, but change nothing. */
	json_object_foreach((json_t *)object, key, unused) keys[i++] = key;
	qsort(keys, *n, sizeof(*keys), compare_keys);
	*out = keys;
	return VAULT_OK;
}

static enum vault_err
write_object(struct buf *out, const json_t *object, size_t depth)
{
	const char **keys;
	enum vault_err err;
	size_t n;

	if (depth > JSON_DEPTH)
		return VAULT_EUSE;
	if ((err = sorted_keys(&keys, &n, object)) != VAULT_OK)
		return err;
	err = write_members(out, object, keys, n, depth);
	mem_free(keys);
	return err;
}

static enum vault_err
write_integer(struct buf *out, json_int_t n)
{
	if (n > JSON_MAX_INTEGER || n < -JSON_MAX_INTEGER)
		return VAULT_EUSE;
	buf_put_int(out, n);
	return buf_ok(out);
}

static enum vault_err
write_word(struct buf *out, const char *word)
{
	buf_put_text(out, word);
	return buf_ok(out);
}

static enum vault_err
write_value(struct buf *out, const json_t *value, size_t depth)
{
	if (value == NULL)
		return VAULT_EUSE;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return write_object(out, value, depth + 1);
	case JSON_ARRAY:
		return write_array(out, value, depth + 1);
	case JSON_STRING:
		return write_string(
		    out, json_string_value(value), json_string_length(value));
	case JSON_INTEGER:
		return write_integer(out, json_integer_value(value));
	case JSON_TRUE:
		return write_word(out, "true");
	case JSON_FALSE:
		return write_word(out, "false");
	case JSON_NULL:
		return write_word(out, "null");
	case JSON_REAL:
		break;
	}
	return VAULT_EUSE;
}

static enum vault_err
sort_array(json_t *to, const json_t *array)
{
	enum vault_err err = VAULT_OK;
	json_t *one;

	for (size_t i = 0; err == VAULT_OK && i < json_array_size(array); i++)
		if ((err = json_sorted(&one, json_array_get(array, i))) ==
			VAULT_OK &&
		    json_array_append_new(to, one) != 0)
			err = VAULT_ENOMEM;
	return err;
}

static enum vault_err
sort_object(json_t *to, const json_t *object)
{
	const char **keys;
	enum vault_err err;
	json_t *one;
	size_t n;

	if ((err = sorted_keys(&keys, &n, object)) != VAULT_OK)
		return err;
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		if ((err = json_sorted(
			 &one, json_object_get(object, keys[i]))) == VAULT_OK &&
		    json_object_set_new(to, keys[i], one) != 0)
			err = VAULT_ENOMEM;
	mem_free(keys);
	return err;
}

enum vault_err
json_sorted(json_t **out, const json_t *value)
{
	enum vault_err err;

	if (!json_is_object(value) && !json_is_array(value)) {
		*out = json_incref((json_t *)value);
		return VAULT_OK;
	}
	*out = json_is_object(value) ? json_object() : json_array();
	if (*out == NULL)
		return VAULT_ENOMEM;
	err = json_is_object(value) ? sort_object(*out, value)
				    : sort_array(*out, value);
	if (err != VAULT_OK) {
		json_decref(*out);
		*out = NULL;
	}
	return err;
}

enum vault_err
json_write(struct buf *out, const json_t *value)
{
	size_t start = out->len;
	enum vault_err err;

	err = json_is_object(value) || json_is_array(value)
	    ? write_value(out, value, 0)
	    : VAULT_EUSE;
	if (err != VAULT_OK)
		buf_truncate(out, start);
	return err;
}

json_t *
json_shallow(const json_t *value)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)value);

	if (copy == NULL ||
	    (json_object_size(copy) == json_object_size(value) &&
		json_array_size(copy) == json_array_size(value)))
		return copy;
	json_decref(copy);
	return NULL;
}

void
json_add(bool *good, json_t *to, const char *key, json_t *value)
{
	int r;

	/* Both functions take the value over, also when they fail. */
	if (key == NULL)
		r = json_array_append_new(to, value);
	else
		r = json_object_set_new(to, key, value);
	*good = *good && r == 0;
}

/* ---- Sets of texts: arrays of others may be long ---- */

bool
json_put_text(json_t *set, const char *text, size_t len)
{
	return json_object_setn_new(set, text, len, json_true()) == 0;
}

/* The same with a string of JSON. */
static bool
put_string(json_t *set, const json_t *text)
{
	return json_put_text(
	    set, json_string_value(text), json_string_length(text));
}

static bool
has_text(const json_t *set, const json_t *text)
{
	return json_object_getn(set, json_string_value(text),
		   json_string_length(text)) != NULL;
}

/* The texts of an array as the members of an object; NULL: no memory. */
static json_t *
texts_of(const json_t *array)
{
	json_t *set = json_object();

	for (size_t i = 0; set != NULL && i < json_array_size(array); i++) {
		const json_t *text = json_array_get(array, i);

		if (json_is_string(text) && !put_string(set, text)) {
			json_decref(set);
			set = NULL;
		}
	}
	return set;
}

bool
json_add_texts(json_t *to, const json_t *from)
{
	json_t *have = texts_of(to);
	bool good = have != NULL;

	for (size_t i = 0; good && i < json_array_size(from); i++) {
		json_t *text = json_array_get(from, i);

		if (json_is_string(text) && !has_text(have, text))
			good = json_array_append(to, text) == 0 &&
			    put_string(have, text);
	}
	json_decref(have);
	return good;
}

void
json_put_member(struct buf *out, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	if (text != NULL)
		buf_put_text(out, text);
}
