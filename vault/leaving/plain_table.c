/* SPDX-License-Identifier: ISC */
/*
 * plain_table.c - what may leave of records of one type, as a table: a column
 * for each path that any of them has.
 *
 * It goes through the records twice: once for the columns, once for the rows.
 */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "leaving/plain_inside.h"
#include "record/flat.h"
#include "record/json.h"
#include "store/store.h"

struct tabling {
	struct vault_plain *p;
	const struct vault_plain_sink *to;
	json_t *paths;        /* a set */
	const char **columns; /* its members, in order */
	size_t n;
	json_t *cells; /* of the record at hand, by path */
};

/* Not a column: the same in every row. */
static bool
is_left_out(const char *path)
{
	return strcmp(path, "type") == 0;
}

static enum vault_err
add_column(void *ctx, const char *path, const char *text)
{
	struct tabling *t = ctx;

	(void)text;
	if (is_left_out(path) || json_object_get(t->paths, path) != NULL)
		return VAULT_OK;
	return json_put_text(t->paths, path, strlen(path)) ? VAULT_OK
							   : VAULT_ENOMEM;
}

static enum vault_err
add_cell(void *ctx, const char *path, const char *text)
{
	struct tabling *t = ctx;

	return json_object_set_new(t->cells, path, json_string(text)) == 0
	    ? VAULT_OK
	    : VAULT_ENOMEM;
}

/* The id and the body of the i-th record that leaves. */
static enum vault_err
open_record(struct edition *e, char id[static ID_TEXT_LEN + 1],
    const struct vault_plain *p, size_t i)
{
	struct record_row r;
	enum vault_err err;

	if ((err = rows_get(&r, p->v->store, plain_num(&p->leaves, i))) !=
		VAULT_OK ||
	    (err = plain_make(e, p, &r)) != VAULT_OK)
		return err;
	id_print(id, r.id);
	return e->body == NULL ? VAULT_EBUSY : VAULT_OK;
}

static enum vault_err
find_columns(struct tabling *t)
{
	char id[ID_TEXT_LEN + 1];
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < plain_records(t->p); i++) {
		struct edition e = { .body = NULL };

		err = open_record(&e, id, t->p, i);
		if (err == VAULT_OK)
			err = flat_each(e.body, add_column, t);
		edition_free(&e);
	}
	return err;
}

static int
compare_columns(const void *a, const void *b)
{
	return flat_compare(*(const char *const *)a, *(const char *const *)b);
}

static enum vault_err
tell_columns(struct tabling *t)
{
	const char *path;
	json_t *any;

	t->columns = mem_alloc(
	    (json_object_size(t->paths) + 1) * sizeof(*t->columns));
	if (t->columns == NULL)
		return VAULT_ENOMEM;
	json_object_foreach(t->paths, path, any) t->columns[t->n++] = path;
	qsort(t->columns, t->n, sizeof(*t->columns), compare_columns);
	t->to->cell(t->to->ctx, "id");
	for (size_t i = 0; i < t->n; i++)
		t->to->cell(t->to->ctx, t->columns[i]);
	return t->to->row(t->to->ctx);
}

static enum vault_err
tell_row(struct tabling *t, size_t i)
{
	struct edition e = { .body = NULL };
	char id[ID_TEXT_LEN + 1];
	enum vault_err err = open_record(&e, id, t->p, i);

	if (err == VAULT_OK && (t->cells = json_object()) == NULL)
		err = VAULT_ENOMEM;
	if (err == VAULT_OK)
		err = flat_each(e.body, add_cell, t);
	if (err == VAULT_OK) {
		t->to->cell(t->to->ctx, id);
		for (size_t k = 0; k < t->n; k++) {
			const char *text = json_string_value(
			    json_object_get(t->cells, t->columns[k]));

			t->to->cell(t->to->ctx, text == NULL ? "" : text);
		}
		err = t->to->row(t->to->ctx);
	}
	json_decref(t->cells);
	t->cells = NULL;
	edition_free(&e);
	return err;
}

static enum vault_err
tell_all(struct tabling *t)
{
	size_t n = plain_records(t->p);
	enum vault_err err;

	if ((err = find_columns(t)) == VAULT_OK)
		err = tell_columns(t);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		err = tell_row(t, i);
		if (err == VAULT_OK && t->to->progress != NULL &&
		    !t->to->progress(t->to->ctx, i + 1, n))
			err = VAULT_ECANCELED;
	}
	return err;
}

enum vault_err
vault_plain_table(struct vault_plain *p, const struct vault_plain_sink *to)
{
	struct tabling t = { .p = p, .to = to, .paths = json_object() };
	enum vault_err err;

	if (t.paths == NULL)
		err = VAULT_ENOMEM;
	else
		err = plain_begin(p);
	if (err == VAULT_OK) {
		err = p->info.types == 1 ? tell_all(&t) : VAULT_EUSE;
		store_read_end(p->v->store);
		if (err == VAULT_OK)
			err = plain_end(p);
	}
	json_decref(t.paths);
	mem_free(t.columns);
	return err == VAULT_EREFUSED ? err : vault_failed(p->v, err);
}
