/* SPDX-License-Identifier: ISC */
/*
 * tables.c - lists that come as files of comma-separated values: their maps,
 * and the first reading.  A file is read whole, and refused or not, before
 * anything is written.
 */
#include <stdio.h>
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "core/text.h"
#include "inside.h"
#include "lists/tables.h"

_Static_assert((int)VAULT_MAP_NO_LINK == (int)TABLE_MAP_NO_LINK &&
	(int)VAULT_MAP_TYPE == (int)TABLE_MAP_TYPE,
    "vault.h and table_map.h number the same faults");
_Static_assert((int)VAULT_TABLE_UTF8 == (int)TABLE_FAULT_UTF8 &&
	(int)VAULT_TABLE_FLAT == (int)TABLE_FAULT_FLAT,
    "vault.h and table_import.h number the same faults");
_Static_assert((int)VAULT_ROW_CODE == (int)TABLE_NOTE_CODE &&
	(int)VAULT_ROW_SPAN == (int)TABLE_NOTE_SPAN &&
	VAULT_ROW_DOUBT_KEPT - VAULT_ROW_DOUBTFUL ==
	    TABLE_NOTE_DOUBT_KEPT - TABLE_NOTE_DOUBTFUL,
    "vault.h and table_row.h number the same notes");
_Static_assert(VAULT_MAP_MAX == TABLE_MAP_MAX, "the limit of a map");

struct vault_map {
	struct table_map map;
};

/* ---- Maps ---- */

void
vault_map_free(struct vault_map *map)
{
	if (map == NULL)
		return;
	table_map_free(&map->map);
	mem_free(map);
}

static void
say_json_fault(struct vault_map_fault *out, const struct json_fault *fault)
{
	snprintf(out->where, sizeof(out->where), "line %zu, column %zu",
	    fault->line, fault->column);
	out->line = fault->line;
	out->column = fault->column;
	snprintf(
	    out->value, sizeof(out->value), "%s", records_json_word(fault));
}

enum vault_err
vault_map_read(struct vault_map **out, struct vault_map_fault *fault,
    const void *json, size_t len)
{
	struct vault_map *map = mem_zalloc(sizeof(*map));
	struct table_map_fault f;
	enum vault_err err;

	*out = NULL;
	memset(fault, 0, sizeof(*fault));
	if (map == NULL)
		return VAULT_ENOMEM;
	if ((err = table_map_read(&map->map, &f, json, len)) == VAULT_OK) {
		*out = map;
		return VAULT_OK;
	}
	vault_map_free(map);
	fault->why = (enum vault_map_why)f.why;
	memcpy(fault->where, f.where, sizeof(fault->where));
	memcpy(fault->value, f.value, sizeof(fault->value));
	memcpy(fault->near, f.near, sizeof(fault->near));
	if (f.json.kind != JSON_FAULT_NONE)
		say_json_fault(fault, &f.json);
	return err;
}

/* ---- Reading the file ---- */

static bool
progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct vault_input *in = &((const struct table_pass *)ctx)
					    ->t->input;

	return in->progress == NULL || in->progress(in->ctx, done, total);
}

static void
pass_fault(struct table_pass *p, enum vault_table_why why, const char *column)
{
	struct vault_table_fault f = { .why = why, .column = column };

	p->refused = true;
	if (p->fault != NULL)
		p->fault(p->ctx, &f);
}

static void
on_fault(void *ctx, const struct table_fault *fault)
{
	struct vault_table_fault f = {
		.why = (enum vault_table_why)fault->why,
		.row = fault->row,
		.line = fault->line,
		.offset = fault->offset,
		.cells = fault->cells,
		.columns = fault->columns,
		.column = fault->column,
		.mixed = fault->mixed,
	};
	struct table_pass *p = ctx;

	if (fault->why == TABLE_FAULT_JSON)
		f.json = records_json_word(&fault->json);
	p->refused = true;
	if (p->fault != NULL)
		p->fault(p->ctx, &f);
}

static enum vault_err
look_at_row(void *ctx, const struct table_row *row)
{
	struct table_pass *p = ctx;
	const char *lacks;
	enum vault_err err;
	size_t found;

	if (row->row > 0) {
		p->t->rows++;
		return VAULT_OK;
	}
	err = table_columns(&p->t->columns, p->t->map, row, &lacks, &found);
	if (err == VAULT_EUSE)
		pass_fault(p,
		    found == 0 ? VAULT_TABLE_COLUMN : VAULT_TABLE_COLUMNS,
		    lacks);
	return err;
}

enum vault_err
table_pass_read(struct table_pass *p, char hex[static 65],
    enum vault_err (*row)(void *ctx, const struct table_row *row))
{
	struct table_events events = { p, row, on_fault, progress };
	struct table_source from = { p->t->input.ctx, p->t->input.read,
		p->t->input.size };
	const struct table_form form = { p->t->map->delimiter, p->t->encoding,
		p->t->map->is_json };
	uint8_t sha256[DIGEST_LEN];
	struct buf text = { 0 };
	enum vault_err err;

	err = table_read(&from, &form, &events, sha256);
	if (err != VAULT_OK)
		return err;
	hex_encode(&text, sha256, sizeof(sha256));
	if ((err = buf_ok(&text)) == VAULT_OK)
		memcpy(hex, buf_text(&text), 65);
	buf_free(&text);
	return err;
}

/* Without the folders before it, which say too much of this machine. */
static enum vault_err
set_name(struct vault_table *t, struct table_pass *p, const char *name)
{
	const char *slash = strrchr(name, '/');

	if (slash != NULL)
		name = slash + 1;
	if (*name == '\0' || strpbrk(name, "\r\n") != NULL ||
	    !text_is_valid(name, strlen(name))) {
		pass_fault(p, VAULT_TABLE_NAME, NULL);
		return VAULT_EUSE;
	}
	buf_put_text(&t->name, name);
	t->file.name = buf_text(&t->name);
	return buf_ok(&t->name);
}

static enum vault_err
check_encoding(const struct vault_table *t, struct table_pass *p)
{
	if (!t->map->is_json || t->encoding == NULL)
		return VAULT_OK;
	pass_fault(p, VAULT_TABLE_NOT_UTF8, NULL);
	return VAULT_EUSE;
}

void
vault_table_close(struct vault_table *t)
{
	if (t == NULL)
		return;
	table_columns_free(&t->columns);
	buf_free(&t->name);
	mem_free(t);
}

enum vault_err
vault_table_open(struct vault_table **out, struct vault *v,
    const struct vault_map *map, const char *name, const char *encoding,
    const struct vault_input *from,
    void (*fault)(void *ctx, const struct vault_table_fault *f), void *ctx)
{
	struct vault_table *t = mem_zalloc(sizeof(*t));
	struct table_pass p = { .t = t, .fault = fault, .ctx = ctx };
	enum vault_err err;

	*out = NULL;
	if (t == NULL)
		return VAULT_ENOMEM;
	t->v = v;
	t->map = &map->map;
	t->input = *from;
	t->encoding = encoding;
	if ((err = set_name(t, &p, name)) == VAULT_OK &&
	    (err = check_encoding(t, &p)) == VAULT_OK)
		err = table_pass_read(&p, t->file.sha256, look_at_row);
	if (err == VAULT_OK) {
		*out = t;
		t = NULL; /* given away */
	}
	vault_table_close(t);
	return vault_failed(v, err);
}

void
vault_table_info(struct vault_table_info *out, const struct vault_table *t)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->sha256, t->file.sha256, sizeof(out->sha256));
	out->rows = t->rows;
	out->columns = t->columns.names.n;
	for (size_t i = 0; i < out->columns; i++)
		out->unmapped += !t->columns.used[i];
	out->map = t->map->name;
}
