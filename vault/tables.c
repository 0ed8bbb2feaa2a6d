/* SPDX-License-Identifier: ISC */
/*
 * tables.c - lists that come as files of comma-separated values.
 *
 * 1. A file is read whole, and refused or not, before anything is written.
 * 2. All rows go in by one transaction.  It may be longer than the caches: then
 *    SQLite writes some of it to cells.db before its end, under its journal,
 *    and readers wait.  Nobody sees it before the commit, and what a crash
 *    leaves is undone by the next opening (docs/DESIGN.md).
 * 3. The preview goes the way of the import, but for the writing.
 */
#include <stdio.h>
#include <string.h>

#include "bulk.h"
#include "core/base64.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/text.h"
#include "inside.h"
#include "record/heads.h"
#include "record/keep.h"
#include "record/table_row.h"
#include "search/index.h"
#include "store/log.h"
#include "store/store.h"

_Static_assert((int)VAULT_MAP_NOT_MANY == (int)TABLE_MAP_NOT_MANY &&
	(int)VAULT_MAP_TYPE == (int)TABLE_MAP_TYPE,
    "vault.h and table_map.h number the same faults");
_Static_assert((int)VAULT_TABLE_UTF8 == (int)TABLE_FAULT_UTF8 &&
	(int)VAULT_TABLE_EMPTY == (int)TABLE_FAULT_EMPTY,
    "vault.h and table_import.h number the same faults");
_Static_assert((int)VAULT_ROW_CODE == (int)TABLE_NOTE_CODE &&
	(int)VAULT_ROW_SPAN == (int)TABLE_NOTE_SPAN,
    "vault.h and table_row.h number the same notes");
_Static_assert(VAULT_MAP_MAX == TABLE_MAP_MAX, "the limit of a map");

/* Rows of a preview between two snapshots: no writer waits longer. */
#define PREVIEW_ROWS 256

struct vault_map {
	struct table_map map;
};

struct vault_table {
	struct vault *v;
	const struct table_map *map;
	struct vault_input input;
	struct buf name;
	struct table_file file;
	struct table_columns columns;
	uint64_t rows;
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

/* One reading of it, to look or to import. */
struct pass {
	struct vault_table *t;
	void (*fault)(void *ctx, const struct vault_table_fault *f);
	void (*note)(void *ctx, const struct vault_row_note *n);
	void *ctx;
	bool refused;
	/* Of an import. */
	bool preview;
	unsigned since; /* rows in this snapshot */
	struct signer by;
	struct bulk *bulk;
	struct seen *seen;
	size_t n_seen, cap_seen;
	struct vault_table_done *done;
};

static bool
progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct vault_input *in = &((const struct pass *)ctx)->t->input;

	return in->progress == NULL || in->progress(in->ctx, done, total);
}

static void
pass_fault(struct pass *p, enum vault_table_why why, const char *column)
{
	struct vault_table_fault f = { .why = why, .column = column };

	p->refused = true;
	if (p->fault != NULL)
		p->fault(p->ctx, &f);
}

static void
on_fault(void *ctx, const struct table_fault *fault)
{
	struct vault_table_fault f = { (enum vault_table_why)fault->why,
		fault->row, fault->line, fault->offset, fault->cells,
		fault->columns, NULL };
	struct pass *p = ctx;

	p->refused = true;
	if (p->fault != NULL)
		p->fault(p->ctx, &f);
}

static enum vault_err
look_at_row(void *ctx, const struct table_row *row)
{
	struct pass *p = ctx;
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

/* Read it with these events; *hex is its hash. */
static enum vault_err
read_file(struct pass *p, char hex[static 65],
    enum vault_err (*row)(void *ctx, const struct table_row *row))
{
	struct table_events events = { p, row, on_fault, progress };
	struct table_source from = { p->t->input.ctx, p->t->input.read,
		p->t->input.size };
	uint8_t sha256[DIGEST_LEN];
	struct buf text = { 0 };
	enum vault_err err;

	err = table_read(&from, p->t->map->delimiter, &events, sha256);
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
set_name(struct vault_table *t, struct pass *p, const char *name)
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
    const struct vault_map *map, const char *name,
    const struct vault_input *from,
    void (*fault)(void *ctx, const struct vault_table_fault *f), void *ctx)
{
	struct vault_table *t = mem_zalloc(sizeof(*t));
	struct pass p = { .t = t, .fault = fault, .ctx = ctx };
	enum vault_err err;

	*out = NULL;
	if (t == NULL)
		return VAULT_ENOMEM;
	t->v = v;
	t->map = &map->map;
	t->input = *from;
	if ((err = set_name(t, &p, name)) == VAULT_OK)
		err = read_file(&p, t->file.sha256, look_at_row);
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

/* ---- Keys seen in this file ---- */

/* Open addressing; row 0 is free. */
struct seen {
	uint8_t key[HASH_LEN];
	uint64_t row;
};

/* Where key is, or would be put. */
static struct seen *
slot_of(const struct pass *p, const uint8_t *key)
{
	size_t i = get_le64(key) & (p->cap_seen - 1);

	while (
	    p->seen[i].row != 0 && memcmp(p->seen[i].key, key, HASH_LEN) != 0)
		i = (i + 1) & (p->cap_seen - 1);
	return &p->seen[i];
}

/* Twice the room before it is half full. */
static enum vault_err
make_room(struct pass *p)
{
	struct seen *old = p->seen;
	size_t n = p->cap_seen;

	if (2 * p->n_seen < n)
		return VAULT_OK;
	p->cap_seen = n == 0 ? 1024 : 2 * n;
	p->seen = mem_zalloc(p->cap_seen * sizeof(*p->seen));
	if (p->seen == NULL) {
		p->seen = old;
		p->cap_seen = n;
		return VAULT_ENOMEM;
	}
	for (size_t i = 0; i < n; i++)
		if (old[i].row != 0)
			*slot_of(p, old[i].key) = old[i];
	mem_free(old);
	return VAULT_OK;
}

/* *before is the row that had this key, or 0. */
static enum vault_err
see(uint64_t *before, struct pass *p, const uint8_t *key, uint64_t row)
{
	struct seen *at;
	enum vault_err err;

	if ((err = make_room(p)) != VAULT_OK)
		return err;
	at = slot_of(p, key);
	*before = at->row;
	if (at->row == 0) {
		memcpy(at->key, key, HASH_LEN);
		at->row = row;
		p->n_seen++;
	}
	return VAULT_OK;
}

/* ---- Rows ---- */

static void
note_row(struct pass *p, enum vault_row_why why, const struct table_row *row,
    uint64_t other)
{
	struct vault_row_note n = { why, row->row, row->line, other, "", "",
		NULL };

	if (p->note != NULL)
		p->note(p->ctx, &n);
}

static void
note_cell(void *ctx, const struct table_note *note)
{
	struct vault_row_note n = { (enum vault_row_why)note->why, note->row,
		note->line, 0, note->column, note->value, NULL };
	struct pass *p = ctx;

	p->done->notes++;
	if (p->note != NULL)
		p->note(p->ctx, &n);
}

/* The first error of a body that cannot be kept. */
static void
note_refused(struct pass *p, const struct table_row *row,
    const struct body_report *report)
{
	struct vault_row_note n = { VAULT_ROW_REFUSED, row->row, row->line, 0,
		"", "", NULL };
	struct vault_issue issue = { .severity = VAULT_ERROR };

	for (size_t i = 0; i < report->n && n.issue == NULL; i++) {
		const struct body_finding *f = &report->list[i];

		if (f->severity != BODY_ERROR)
			continue;
		issue.code = (enum vault_issue_code)f->code;
		issue.path = buf_text(&f->path);
		issue.value = buf_text(&f->value);
		n.column = issue.path;
		n.value = issue.value;
		n.issue = &issue;
	}
	if (p->note != NULL)
		p->note(p->ctx, &n);
}

/* The body as it was when the row came in: the version without parents. */
static enum vault_err
first_body(struct head *out, struct store *s, int64_t num)
{
	struct buf all = { 0 };
	struct record_row r;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = rows_get(&r, s, num)) == VAULT_OK &&
	    (err = rows_versions(&all, s, &r, false)) == VAULT_OK)
		err = all.len == 0
		    ? VAULT_EDAMAGED
		    : head_open(out, s, &r, version_hash_at(&all, 0), false);
	buf_free(&all);
	return err;
}

/* A row that is here already: is it still what it was? */
static enum vault_err
compare(struct pass *p, const struct table_row *row, int64_t num, json_t *body)
{
	struct head first;
	enum vault_err err;
	bool same = false;

	if ((err = first_body(&first, p->t->v->store, num)) != VAULT_OK)
		return err;
	if (first.body != NULL && (err = body_fill(body)) == VAULT_OK)
		err = table_same_row(&same, first.body, body);
	head_free(&first);
	if (err != VAULT_OK)
		return err;
	if (same) {
		p->done->unchanged++;
		return VAULT_OK;
	}
	p->done->changed++;
	note_row(p, VAULT_ROW_CHANGED, row, 0);
	return VAULT_OK;
}

/* The body is given away, and all of it: another thread works on it. */
static enum vault_err
add(struct pass *p, const struct table_row *row, json_t **body)
{
	struct body_report report = { 0 };
	enum vault_err err = keep_look(&report, *body);

	if (err == VAULT_OK && !p->preview) {
		err = bulk_add(p->bulk, *body, row->text.len);
		*body = NULL;
	}
	if (err == VAULT_OK)
		p->done->added++;
	if (err == VAULT_EUSE && report.count[BODY_ERROR] > 0) {
		p->done->refused++;
		note_refused(p, row, &report);
		err = VAULT_OK;
	}
	body_report_free(&report);
	return err;
}

/* A body with its key: new, known, or a second one of this file. */
static enum vault_err
place_body(struct pass *p, const struct table_row *row, json_t **body)
{
	uint8_t key[HASH_LEN];
	uint64_t before;
	enum vault_err err;
	int64_t num;
	bool has;

	if ((err = table_key(&has, key, *body)) != VAULT_OK)
		return err;
	if (!has)
		return VAULT_EDAMAGED; /* table_body would have said so */
	if ((err = see(&before, p, key, row->row)) != VAULT_OK)
		return err;
	if (before != 0) {
		p->done->refused++;
		note_row(p, VAULT_ROW_SAME_KEY, row, before);
		return VAULT_OK;
	}
	err = index_find_row(&num, p->t->v->store, key);
	if (err == VAULT_ENORECORD)
		return add(p, row, body);
	return err == VAULT_OK ? compare(p, row, num, *body) : err;
}

/* A preview lets go of its snapshot now and then. */
static enum vault_err
breathe(struct pass *p)
{
	if (!p->preview || ++p->since < PREVIEW_ROWS)
		return VAULT_OK;
	p->since = 0;
	store_read_end(p->t->v->store);
	return store_read(p->t->v->store);
}

static enum vault_err
import_row(void *ctx, const struct table_row *row)
{
	struct pass *p = ctx;
	enum vault_err err;
	json_t *body;

	if (row->row == 0)
		return row->n == p->t->columns.names.n ? VAULT_OK : VAULT_EUSE;
	if ((err = breathe(p)) != VAULT_OK)
		return err;
	err = table_body(&body, &p->t->columns, &p->t->file, row, note_cell, p);
	if (err == VAULT_ENORECORD) {
		p->done->refused++;
		note_row(p, VAULT_ROW_NO_KEY, row, 0);
		return VAULT_OK;
	}
	if (err == VAULT_OK)
		err = place_body(p, row, &body);
	json_decref(body);
	return err;
}

/* ---- All of it ---- */

static enum vault_err
log_import(const struct pass *p)
{
	const struct vault_table_done *d = p->done;
	struct buf detail = { 0 };
	enum vault_err err;

	buf_putf(&detail,
	    "{\"added\":%llu,\"changed\":%llu,\"map\":\"%s\",\"refused\":%llu,"
	    "\"sha256\":\"%s\",\"unchanged\":%llu}",
	    (unsigned long long)d->added, (unsigned long long)d->changed,
	    p->t->map->name, (unsigned long long)d->refused, p->t->file.sha256,
	    (unsigned long long)d->unchanged);
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(p->t->v->store, "import-list", buf_text(&detail),
		    detail.len);
	buf_free(&detail);
	return err;
}

/* The file must be the one that was looked at. */
static enum vault_err
read_again(struct pass *p)
{
	char hex[65];
	enum vault_err err = read_file(p, hex, import_row);

	if (err == VAULT_OK && strcmp(hex, p->t->file.sha256) != 0)
		err = VAULT_EUSE;
	return err;
}

static enum vault_err
write_all(struct pass *p)
{
	struct store *s = p->t->v->store;
	enum vault_err err;

	if ((err = store_begin(s)) != VAULT_OK)
		return err;
	if ((err = records_signer(&p->by, s)) == VAULT_OK &&
	    (err = bulk_new(&p->bulk, s, &p->by)) == VAULT_OK &&
	    (err = read_again(p)) == VAULT_OK &&
	    (err = bulk_finish(p->bulk)) == VAULT_OK && p->done->added > 0 &&
	    (err = log_import(p)) == VAULT_OK)
		err = store_commit(s);
	bulk_free(p->bulk);
	secret_free(p->by.key);
	store_abort(s);
	return err;
}

enum vault_err
vault_table_import(struct vault_table_done *out, struct vault_table *t,
    bool preview, void (*note)(void *ctx, const struct vault_row_note *n),
    void *ctx)
{
	struct pass p = { .t = t,
		.note = note,
		.ctx = ctx,
		.preview = preview,
		.done = out };
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if (preview) {
		if ((err = store_read(t->v->store)) == VAULT_OK)
			err = read_again(&p);
		store_read_end(t->v->store);
	} else {
		err = write_all(&p);
	}
	mem_free(p.seen);
	return vault_failed(t->v, err);
}
