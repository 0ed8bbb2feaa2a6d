/* SPDX-License-Identifier: ISC */
/*
 * table_rows.c - what becomes of the rows of a list.
 *
 * 1. All rows go in by one transaction.  It may be longer than the caches: then
 *    SQLite writes some of it to cells.db before its end, under its journal,
 *    and readers wait.  Nobody sees it before the commit, and what a crash
 *    leaves is undone by the next opening (docs/DESIGN.md).
 * 2. All records of a row go in, or none: each is looked at before one of them
 *    is written.
 * 3. The preview goes the way of the import, but for the writing.
 */
#include <string.h>

#include "lists/bulk.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/text.h"
#include "inside.h"
#include "record/forgotten_row.h"
#include "record/heads.h"
#include "record/table_base.h"
#include "search/index.h"
#include "store/log.h"
#include "store/store.h"
#include "lists/tables.h"

/* Rows of a preview between two snapshots: no writer waits longer. */
#define PREVIEW_ROWS 256

/* ---- Keys seen in this file ---- */

/* Open addressing; row 0 is free. */
struct seen {
	uint8_t key[HASH_LEN];
	uint64_t row;
};

/* Where key is, or would be put. */
static struct seen *
slot_of(const struct table_pass *p, const uint8_t *key)
{
	size_t i = get_le64(key) & (p->cap_seen - 1);

	while (
	    p->seen[i].row != 0 && memcmp(p->seen[i].key, key, HASH_LEN) != 0)
		i = (i + 1) & (p->cap_seen - 1);
	return &p->seen[i];
}

/* Twice the room before it is half full. */
static enum vault_err
make_room(struct table_pass *p)
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
see(uint64_t *before, struct table_pass *p, const uint8_t *key, uint64_t row)
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

/* ---- Telling ---- */

/* The name of record i, if the map gives it one. */
static const char *
name_of(const struct table_pass *p, size_t i)
{
	const char *as = p->t->map->records[i].as;

	return as == NULL ? "" : as;
}

static void
tell(struct table_pass *p, const struct vault_row_note *n)
{
	if (p->how->note != NULL)
		p->how->note(p->how->ctx, n);
}

void
work_note(const struct work *w, size_t i, enum vault_row_why why,
    const char *column, const char *value)
{
	struct vault_row_note n = { .why = why,
		.row = w->row->row,
		.line = w->row->line,
		.record = name_of(w->p, i),
		.column = column == NULL ? "" : column,
		.value = value == NULL ? "" : value };

	tell(w->p, &n);
}

void
work_note_field(const struct work *w, size_t i, const struct vault_row_note *of)
{
	struct vault_row_note n = *of;

	n.row = w->row->row;
	n.line = w->row->line;
	n.record = name_of(w->p, i);
	tell(w->p, &n);
}

/* It has the key of another row of the file. */
static void
note_same_key(const struct work *w, uint64_t other)
{
	struct vault_row_note n = { .why = VAULT_ROW_SAME_KEY,
		.row = w->row->row,
		.line = w->row->line,
		.other = other,
		.record = name_of(w->p, 0),
		.column = "",
		.value = "" };

	tell(w->p, &n);
}

static void
note_forgotten(
    const struct work *w, size_t i, enum vault_row_why why, int64_t day)
{
	struct vault_row_note n = { .why = why,
		.row = w->row->row,
		.line = w->row->line,
		.record = name_of(w->p, i),
		.column = "",
		.value = "",
		.day = day };

	tell(w->p, &n);
}

static void
note_cell(void *ctx, const struct table_note *note)
{
	struct vault_row_note n = { .why = (enum vault_row_why)note->why,
		.row = note->row,
		.line = note->line,
		.column = note->column,
		.value = note->value };
	struct table_pass *p = ctx;

	n.record = name_of(p, note->record);
	/* Behind those that both number alike. */
	if (note->why >= TABLE_NOTE_DOUBTFUL)
		n.why = (enum vault_row_why)(
		    VAULT_ROW_DOUBTFUL + (note->why - TABLE_NOTE_DOUBTFUL));
	if (note->why != TABLE_NOTE_DOUBTFUL && note->why != TABLE_NOTE_DOUBT)
		p->done->notes++;
	tell(p, &n);
}

void
work_refused(
    const struct work *w, size_t record, const struct body_report *report)
{
	struct vault_row_note n = { .why = VAULT_ROW_REFUSED,
		.row = w->row->row,
		.line = w->row->line,
		.record = name_of(w->p, record),
		.column = "",
		.value = "" };
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
	tell(w->p, &n);
}

void
work_end(const struct work *w, enum vault_row_end end)
{
	const struct vault_table_how *how = w->p->how;
	uint64_t *counts[] = { &w->p->done->added, &w->p->done->unchanged,
		&w->p->done->changed, &w->p->done->refused,
		&w->p->done->updated, &w->p->done->forgotten };

	++*counts[end];
	if (how->row != NULL)
		how->row(how->ctx, w->row->row, end);
}

/* ---- A row that is new ---- */

enum vault_err
work_look(bool *good, const struct work *w)
{
	enum vault_err err = VAULT_OK;

	*good = true;
	for (size_t i = 0; *good && i < w->p->t->map->n_records; i++) {
		struct body_report report = { 0 };

		if (!w->made.wanted[i] || w->num[i] != 0)
			continue;
		err = keep_look(&report, w->made.bodies[i]);
		if (err == VAULT_EUSE && report.count[BODY_ERROR] > 0) {
			work_refused(w, i, &report);
#ifdef PLANT_HALF_A_ROW
			w->p->done->refused++;
			((struct work *)(uintptr_t)w)->made.wanted[i] = false;
#else
			*good = false;
#endif
			err = VAULT_OK;
		}
		body_report_free(&report);
		if (err != VAULT_OK)
			return err;
	}
	return err;
}

/* What was forgotten comes back: nothing is left of that. */
static enum vault_err
let_back(const struct work *w, size_t i)
{
	uint8_t key[HASH_LEN];
	enum vault_err err = table_row_key(key, &w->p->t->columns, w->row, i);

	w->p->done->again++;
	note_forgotten(w, i, VAULT_ROW_AGAIN, w->again[i]);
	return err == VAULT_OK && !w->p->how->preview
	    ? forgotten_row_drop(w->p->t->v->store, key)
	    : err;
}

/* The bodies are given away, and all of them: another thread works on them. */
static enum vault_err
add_record(struct work *w, size_t i)
{
	struct table_pass *p = w->p;
	enum vault_err err = VAULT_OK;

	if (w->again[i] != 0)
		err = let_back(w, i);
	if (err == VAULT_OK && !p->how->preview) {
		err = bulk_add(
		    p->bulk, w->ids[i], w->made.bodies[i], w->row->text.len);
		w->made.bodies[i] = NULL;
	}
	if (err == VAULT_OK) {
		p->done->records++;
		p->done->consents += strcmp(p->t->map->records[i].type->name,
					 "consent") == 0;
	}
	if (p->t->map->records[i].once)
		p->once[i] = true;
	return err;
}

enum vault_err
work_add(struct work *w)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < w->p->t->map->n_records; i++)
		if (w->made.wanted[i] && w->num[i] == 0)
			err = add_record(w, i);
	return err;
}

static enum vault_err
add_all(struct work *w)
{
	enum vault_err err;
	bool good;

	if ((err = work_look(&good, w)) == VAULT_OK && good)
		err = work_add(w);
	if (err == VAULT_OK)
		work_end(w, good ? VAULT_ROW_NEW : VAULT_ROW_BAD);
	return err;
}

/* ---- Each row ---- */

/*
 * Our office has forgotten it: then it is not made, and none of the row links
 * to it; unless a person wants it back.
 */
static enum vault_err
look_forgotten(struct work *w, size_t i, const uint8_t *key)
{
	int64_t day;
	enum vault_err err = forgotten_row_day(&day, w->p->t->v->store, key);

	if (err != VAULT_OK || day == 0 || !w->made.wanted[i])
		return err;
	if (w->p->how->forgotten) {
		w->again[i] = day;
		return VAULT_OK;
	}
	w->made.no_link[i] = true;
	note_forgotten(w, i, VAULT_ROW_FORGOTTEN, day);
	return VAULT_OK;
}

/* Others may have said so of any record: see record/table_base.h. */
static enum vault_err
is_of_row(bool *is, struct store *s, const struct record_row *r,
    const uint8_t key[static HASH_LEN])
{
	struct buf versions = { 0 };
	struct merged m;
	enum vault_err err = rows_versions(&versions, s, r, false);

	*is = version_hash_count(&versions) == 1;
	if (err == VAULT_OK && !*is &&
	    (err = heads_trust(&m, s, r)) == VAULT_OK) {
		err = table_base_is(is, s, r, m.body, key);
		merged_free(&m);
	}
	buf_free(&versions);
	return err;
}

/* Is record i of the row here, and which id has it, or will have? */
static enum vault_err
find_record(struct work *w, size_t i)
{
	const char *type = w->p->t->map->records[i].type->name;
	struct store *s = w->p->t->v->store;
	uint8_t key[HASH_LEN];
	struct record_row r;
	bool is = false;
	enum vault_err err;

	w->num[i] = 0;
	err = table_row_key(key, &w->p->t->columns, w->row, i);
	while (err == VAULT_OK && !is &&
	    (err = index_find_row(&w->num[i], s, key, w->num[i])) == VAULT_OK &&
	    (err = rows_get(&r, s, w->num[i])) == VAULT_OK)
		if (strcmp(r.type, type) == 0)
			err = is_of_row(&is, s, &r, key);
	if (err == VAULT_OK)
		memcpy(w->ids[i], r.id, ID_LEN);
	if (err != VAULT_ENORECORD)
		return err;
	w->num[i] = 0;
	id_new(w->ids[i]);
	return w->p->any_gone > 0 ? look_forgotten(w, i, key) : VAULT_OK;
}

/* One for the whole list: it is made with the first row that comes in. */
static enum vault_err
find_once(struct work *w, size_t i)
{
	struct table_pass *p = w->p;
	enum vault_err err = VAULT_OK;

	if (!p->once[i]) {
		err = find_record(w, i);
		p->once_gone[i] = w->made.no_link[i];
		p->once[i] = w->num[i] != 0 || p->once_gone[i];
		memcpy(p->once_id[i], w->ids[i], ID_LEN);
	} else {
		w->made.no_link[i] = p->once_gone[i];
		memcpy(w->ids[i], p->once_id[i], ID_LEN);
		w->num[i] = -1; /* not of this row */
	}
	return err;
}

static enum vault_err
find_all(struct work *w)
{
	const struct vault_table *t = w->p->t;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < t->map->n_records; i++) {
		w->made.wanted[i] = table_wants(&t->columns, w->row, i);
		err = t->map->records[i].once ? find_once(w, i)
					      : find_record(w, i);
		id_print(w->made.ids[i], w->ids[i]);
	}
	return err;
}

/* False: it has no key, or that of another row. */
static enum vault_err
check_key(bool *good, const struct work *w)
{
	uint8_t key[HASH_LEN];
	uint64_t before = 0;
	enum vault_err err = table_row_key(key, &w->p->t->columns, w->row, 0);

	*good = false;
	if (err == VAULT_ENORECORD) {
		work_note(w, 0, VAULT_ROW_NO_KEY, NULL, NULL);
		work_end(w, VAULT_ROW_BAD);
		return VAULT_OK;
	}
	if (err == VAULT_OK)
		err = see(&before, w->p, key, w->row->row);
	*good = err == VAULT_OK && before == 0;
	if (before != 0) {
		note_same_key(w, before);
		work_end(w, VAULT_ROW_BAD);
	}
	return err;
}

/* The row's own record is here, or another that was made of it. */
static bool
is_here(const struct work *w)
{
	const struct table_map *map = w->p->t->map;

	for (size_t i = 0; i < map->n_records; i++)
		if (!map->records[i].once && w->num[i] != 0)
			return true;
	return false;
}

/* A preview lets go of its snapshot now and then. */
static enum vault_err
breathe(struct table_pass *p)
{
	if (!p->how->preview || ++p->since < PREVIEW_ROWS)
		return VAULT_OK;
	p->since = 0;
	store_read_end(p->t->v->store);
	return store_read(p->t->v->store);
}

/* What the row says, and what becomes of that. */
static enum vault_err
import_known(struct work *w)
{
	const struct vault_table *t = w->p->t;
	enum vault_err err;

	err = table_bodies(
	    &w->made, &t->columns, &t->file, w->row, note_cell, w->p);
	/* Its body was made all the same: a cell of it is not another's. */
	for (size_t i = 0; i < t->map->n_records; i++)
		w->made.wanted[i] = w->made.wanted[i] && !w->made.no_link[i];
	if (err == VAULT_OK)
		err = is_here(w) ? work_again(w) : add_all(w);
	table_made_free(&w->made);
	return err;
}

static enum vault_err
import_row(void *ctx, const struct table_row *row)
{
	struct table_pass *p = ctx;
	struct work w = { .p = p, .row = row };
	enum vault_err err;
	bool good;

	if (row->row == 0)
		return row->n == p->t->columns.names.n ? VAULT_OK : VAULT_EUSE;
	if ((err = breathe(p)) != VAULT_OK ||
	    (err = check_key(&good, &w)) != VAULT_OK || !good ||
	    (err = find_all(&w)) != VAULT_OK)
		return err;
	if (!w.made.no_link[0] || is_here(&w))
		return import_known(&w);
	work_end(&w, VAULT_ROW_GONE_HERE);
	return VAULT_OK;
}

/* ---- All of it ---- */

static enum vault_err
log_import(const struct table_pass *p)
{
	const struct vault_table_done *d = p->done;
	struct buf detail = { 0 };
	enum vault_err err;

	buf_putf(&detail,
	    "{\"added\":%llu,\"changed\":%llu,\"map\":\"%s\",\"refused\":%llu,"
	    "\"sha256\":\"%s\",\"unchanged\":%llu,\"updated\":%llu}",
	    (unsigned long long)d->added, (unsigned long long)d->changed,
	    p->t->map->name, (unsigned long long)d->refused, p->t->file.sha256,
	    (unsigned long long)d->unchanged, (unsigned long long)d->updated);
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(p->t->v->store, "import-list", buf_text(&detail),
		    detail.len);
	buf_free(&detail);
	return err;
}

/* The file must be the one that was looked at. */
static enum vault_err
read_again(struct table_pass *p)
{
	char hex[65];
	enum vault_err err = forgotten_row_count(&p->any_gone, p->t->v->store);

	if (err == VAULT_OK)
		err = table_pass_read(p, hex, import_row);
	if (err == VAULT_OK && strcmp(hex, p->t->file.sha256) != 0)
		err = VAULT_EUSE;
	return err;
}

static bool
wrote(const struct table_pass *p)
{
	return p->done->records + p->done->versions > 0;
}

static enum vault_err
write_all(struct table_pass *p)
{
	struct store *s = p->t->v->store;
	enum vault_err err;

	if ((err = store_begin_long(s)) != VAULT_OK)
		return err;
	if ((err = records_signer(&p->by, s)) == VAULT_OK &&
	    (err = bulk_new(&p->bulk, s, &p->by)) == VAULT_OK &&
	    (err = read_again(p)) == VAULT_OK &&
	    (err = bulk_finish(p->bulk)) == VAULT_OK && wrote(p) &&
	    (err = index_tidy(s, p->done->versions)) == VAULT_OK &&
	    (err = log_import(p)) == VAULT_OK)
		err = store_commit(s);
	bulk_free(p->bulk);
	secret_free(p->by.key);
	store_abort(s);
	return err;
}

enum vault_err
vault_table_import(struct vault_table_done *out, struct vault_table *t,
    const struct vault_table_how *how)
{
	struct table_pass p = { .t = t, .how = how, .done = out };
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if (how->preview) {
		if ((err = store_read(t->v->store)) == VAULT_OK)
			err = read_again(&p);
		store_read_end(t->v->store);
	} else {
		err = write_all(&p);
	}
	mem_free(p.seen);
	return vault_failed(t->v, err);
}
