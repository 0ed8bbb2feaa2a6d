/* SPDX-License-Identifier: ISC */
/*
 * table_json - a JSON array of flat objects as a table: each object a row, each
 * member a cell of the column of its name.
 *
 * Numbers have their digits, yes and no are true and false, null and what is
 * not there are empty cells.
 */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "record/table_import.h"

#define BLOCK 65536

struct reader {
	const struct table_events *events;
	struct buf bytes;
	json_t *list;
	json_t *names; /* a set: how many columns there were before */
	struct table_row row;
	const char *at; /* of the next object in bytes, for its line */
	uint64_t line;
};

static enum vault_err
fault(struct reader *r, const struct table_fault *f)
{
	if (r->events->fault != NULL)
		r->events->fault(r->events->ctx, f);
	return VAULT_EUSE;
}

static enum vault_err
read_bytes(struct reader *r, const struct table_source *from,
    uint8_t sha256[static DIGEST_LEN])
{
	struct digest *digest = digest_new();
	uint8_t *block = mem_alloc(BLOCK);
	size_t got = BLOCK;
	enum vault_err err = VAULT_OK;

	if (digest == NULL || block == NULL)
		err = VAULT_ENOMEM;
	while (
	    err == VAULT_OK && got == BLOCK && r->bytes.len <= TABLE_JSON_MAX) {
		err = from->read(from->ctx, block, BLOCK, r->bytes.len, &got);
		if (err != VAULT_OK)
			break;
		digest_put(digest, block, got);
		if (got > 0)
			buf_put(&r->bytes, block, got);
		err = buf_ok(&r->bytes);
		if (err == VAULT_OK && r->events->progress != NULL &&
		    !r->events->progress(
			r->events->ctx, r->bytes.len, from->size))
			err = VAULT_ECANCELED;
	}
	if (err == VAULT_OK)
		digest_end(digest, sha256);
	digest_free(digest);
	mem_free(block);
	return err;
}

static enum vault_err
read_list(struct reader *r)
{
	struct table_fault f = { .why = TABLE_FAULT_JSON };
	const char *at = buf_text(&r->bytes);
	size_t len = r->bytes.len;
	enum vault_err err;

	if (len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
		at += 3;
		len -= 3;
	}
	r->at = at;
	r->line = 1;
	err = json_read(&r->list, at, len, TABLE_JSON_MAX, &f.json);
	if (err != VAULT_EUSE)
		return err;
	f.line = f.json.line;
	return fault(r, &f);
}

/* ---- Lines ---- */

/*
 * The line of the next object of the list.  What is read is JSON: quotes are
 * strings, and outside of them brackets count.
 */
static uint64_t
next_line(struct reader *r)
{
	unsigned depth = 0;
	bool quoted = false;
	uint64_t line = 0;

	for (; *r->at != '\0'; r->at++) {
		if (*r->at == '\n')
			r->line++;
		if (quoted && *r->at == '\\')
			r->at++;
		else if (*r->at == '"')
			quoted = !quoted;
		else if (!quoted && *r->at == '{' && depth++ == 0)
			line = r->line;
		else if (!quoted && *r->at == '}' && --depth == 0)
			break;
	}
	if (*r->at != '\0')
		r->at++;
	return line;
}

/* ---- Rows ---- */

static enum vault_err
put_cell(struct reader *r, const void *text, size_t len)
{
	struct table_row *row = &r->row;
	size_t start = row->text.len;

	if (len > TABLE_ROW_MAX - start || row->n == TABLE_COLUMNS_MAX)
		return fault(r,
		    &(struct table_fault){ .why = TABLE_FAULT_LONG,
			.row = row->row,
			.line = row->line });
	buf_put(&row->starts, &start, sizeof(start));
	if (len > 0)
		buf_put(&row->text, text, len);
	buf_put_byte(&row->text, 0);
	row->n++;
	return row->starts.failed ? VAULT_ENOMEM : buf_ok(&row->text);
}

static enum vault_err
put_value(struct reader *r, const char *name, const json_t *value)
{
	char digits[32];

	if (value == NULL || json_is_null(value))
		return put_cell(r, "", 0);
	if (json_is_string(value))
		return put_cell(
		    r, json_string_value(value), json_string_length(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? put_cell(r, "true", 4)
					   : put_cell(r, "false", 5);
	if (!json_is_integer(value))
		return fault(r,
		    &(struct table_fault){ .why = TABLE_FAULT_FLAT,
			.row = r->row.row,
			.line = r->row.line,
			.column = name });
	snprintf(digits, sizeof(digits), "%lld",
	    (long long)json_integer_value(value));
	return put_cell(r, digits, strlen(digits));
}

static enum vault_err
give_row(struct reader *r)
{
	enum vault_err err = r->events->row == NULL
	    ? VAULT_OK
	    : r->events->row(r->events->ctx, &r->row);

	buf_reset(&r->row.text);
	buf_reset(&r->row.starts);
	r->row.n = 0;
	r->row.row++;
	return err;
}

/* Every name that a member has, in the order in which they come. */
static enum vault_err
give_names(struct reader *r)
{
	enum vault_err err = VAULT_OK;

	r->row.line = 1;
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(r->list);
	     i++) {
		json_t *object = json_array_get(r->list, i), *value;
		const char *name;

		if (!json_is_object(object))
			return fault(r,
			    &(struct table_fault){
				.why = TABLE_FAULT_FLAT, .row = i + 1 });
		json_object_foreach(object, name, value)
		{
			if (err != VAULT_OK ||
			    json_object_get(r->names, name) != NULL)
				continue;
			if (!json_put_text(r->names, name, strlen(name)))
				return VAULT_ENOMEM;
			err = put_cell(r, name, strlen(name));
		}
	}
	if (err == VAULT_OK && r->row.n == 0)
		return fault(
		    r, &(struct table_fault){ .why = TABLE_FAULT_EMPTY });
	return err == VAULT_OK ? give_row(r) : err;
}

static enum vault_err
give_object(struct reader *r, const json_t *object)
{
	enum vault_err err = VAULT_OK;
	const char *name;
	json_t *any;

	r->row.line = next_line(r);
	json_object_foreach(r->names, name, any) if (err == VAULT_OK)
	    err = put_value(r, name, json_object_get(object, name));
	return err == VAULT_OK ? give_row(r) : err;
}

enum vault_err
table_read_json(const struct table_source *from,
    const struct table_events *events, uint8_t sha256[static DIGEST_LEN])
{
	struct reader r = { .events = events, .names = json_object() };
	enum vault_err err = r.names == NULL ? VAULT_ENOMEM : VAULT_OK;

	if (err == VAULT_OK &&
	    (err = read_bytes(&r, from, sha256)) == VAULT_OK &&
	    (err = read_list(&r)) == VAULT_OK) {
		if (!json_is_array(r.list))
			err = fault(&r,
			    &(struct table_fault){ .why = TABLE_FAULT_FLAT });
		else
			err = give_names(&r);
	}
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(r.list); i++)
		err = give_object(&r, json_array_get(r.list, i));
	json_decref(r.list);
	json_decref(r.names);
	buf_free(&r.bytes);
	buf_free(&r.row.text);
	buf_free(&r.row.starts);
	return err;
}
