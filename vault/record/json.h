/* SPDX-License-Identifier: ISC */
/*
 * json - reading strictly and writing canonically (design.md, 4.4).
 *
 * What is read is valid UTF-8 without U+0000, with plain ASCII keys and no
 * key twice, integers within 2^53, no reals, at most JSON_DEPTH deep, with at
 * most JSON_VALUES values, of which each takes many times its length.  What is
 * written is RFC 8785 for such values: keys sorted by bytes, no white space,
 * the shortest escapes.  Text is kept verbatim in both directions.  Signed
 * bytes depend on this file.
 */
#ifndef RECORD_JSON_H
#define RECORD_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct buf;

#define JSON_DEPTH 32
#define JSON_VALUES ((size_t)100000)
#define JSON_MAX_INTEGER (INT64_C(1) << 53)

enum json_fault_kind {
	JSON_FAULT_NONE,
	JSON_FAULT_SIZE,      /* longer than the caller allows */
	JSON_FAULT_UTF8,      /* not valid UTF-8 */
	JSON_FAULT_NUL,       /* U+0000, as a byte or as an escape */
	JSON_FAULT_DEPTH,     /* deeper than JSON_DEPTH */
	JSON_FAULT_VALUES,    /* more values than JSON_VALUES */
	JSON_FAULT_REAL,      /* a fraction or an exponent */
	JSON_FAULT_INTEGER,   /* beyond 2^53 */
	JSON_FAULT_KEY,       /* a key that is not plain ASCII */
	JSON_FAULT_DUPLICATE, /* a key twice in one object */
	JSON_FAULT_END,       /* ends too early */
	JSON_FAULT_SYNTAX,    /* anything else */
};

/* Where reading failed; offset from 0, line and column (characters) from 1. */
struct json_fault {
	enum json_fault_kind kind;
	size_t offset;
	size_t line;
	size_t column;
};

/*
 * Give jansson our allocator and a random seed.  To be called once, before
 * anything else of record/ and before a second thread is started.
 */
void json_setup(void);

/*
 * Read len bytes, an object or an array and nothing after it, into *out, to
 * be given back with json_decref.  VAULT_EUSE: *fault, which may be NULL,
 * tells why and where.  On error *out is NULL.
 */
VAULT_CHECKED enum vault_err json_read(json_t **out, const void *text,
    size_t len, size_t max_len, struct json_fault *fault);

/*
 * The same for a text that holds two such values and a little more: they may
 * be as deep as on their own, and stand deeper by that much.
 */
VAULT_CHECKED enum vault_err json_read_around(json_t **out, const void *text,
    size_t len, size_t max_len, size_t deeper, struct json_fault *fault);

/*
 * Append the canonical form of value to out.  VAULT_EUSE, with nothing
 * appended: a value that json_read would not have given.
 */
VAULT_CHECKED enum vault_err json_write(struct buf *out, const json_t *value);

/*
 * The same value as if it had been written and read again: the members of
 * objects in the order of their names.  *out shares what is no object and no
 * array, and is to be let go.
 */
VAULT_CHECKED enum vault_err json_sorted(json_t **out, const json_t *value);

/*
 * A set of texts is an object that has them as its members: arrays of others
 * may be long, and looking through them for each text takes minutes.  Put a
 * text into a set; append to an array the strings of another one that are not
 * in it yet, each once.  False: memory is short.
 */
bool json_put_text(json_t *set, const char *text, size_t len);
bool json_add_texts(json_t *to, const json_t *from);

/* Append the member of that name, if it is a text. */
void json_put_member(struct buf *out, const json_t *object, const char *name);

/*
 * A copy of an object or an array that shares its members; NULL if memory is
 * short.  jansson's own leaves out what it has no memory for, and says nothing.
 */
json_t *json_shallow(const json_t *value);

/*
 * Add a new value, which is taken over, to an object or (key NULL) an array.
 * *good becomes false, and stays so, if memory is short: checked once, at the
 * end, like a chain of puts into a buf.
 */
void json_add(bool *good, json_t *to, const char *key, json_t *value);

#endif
