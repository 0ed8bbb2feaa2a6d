/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "host.h"
#include "infile.h"
#include "issues.h"
#include "outfile.h"
#include "table.h"
#include "table_ask.h"
#include "table_note.h"

#define FAULTS_MAX 20
#define LINES_MAX 2000
#define NOTES_MAX 100000 /* of a JSON document */
#define ENDS VAULT_ROW_ENDS
#define RANGES_MAX 100 /* of rows, for people */

struct table_job {
	struct cli *c;
	struct session *s;
	struct vault_table *t;
	struct infile in;
	const char *path;
	size_t faults;
	/* The report. */
	struct buf lines;
	struct doc *notes;
	uint64_t n_notes;
	struct ends {
		uint64_t first, last; /* the range that is growing, or 0 */
		size_t n;
		struct buf text; /* "1-4,7" */
	} ends[ENDS];
	bool telling;
	const char *encoding;
	enum vault_policy policy;
	bool forgotten;              /* what was forgotten comes back */
	struct table_asking *asking; /* or NULL: policy is for all rows */
};

/* ---- The map ---- */

static int
say_map_fault(const char *path, const struct vault_map_fault *f)
{
	static const enum say what[] = { SAY_MAP_JSON, SAY_MAP_KIND,
		SAY_MAP_UNKNOWN, SAY_MAP_LACKS, SAY_MAP_VERSION, SAY_MAP_TYPE,
		SAY_MAP_FIELD, SAY_MAP_VALUE, SAY_MAP_TWICE, SAY_MAP_NOT_MANY,
		SAY_MAP_NO_RECORD, SAY_MAP_NO_LINK };
	struct buf whole = { 0 };
	const char *where = f->where;

	if (f->line > 0)
		issues_put_line(&whole, f->line, f->column);
	else if (*where == '\0')
		say_put(&whole, SAY_MAP_WHOLE, NULL);
	if (whole.len > 0)
		where = buf_text(&whole);
	say_error(what[f->why], path, where,
	    f->line > 0 ? say_label(f->value) : f->value, NULL);
	if (f->near[0] != '\0')
		say_hint(SAY_HINT_MEAN, f->near, NULL);
	say_hint(SAY_HINT_MAP, NULL);
	buf_free(&whole);
	return f->why == VAULT_MAP_VERSION ? 21 : 2;
}

static int
read_map(struct vault_map **out, const char *path)
{
	struct vault_map_fault fault;
	struct buf json = { 0 };
	enum vault_err err;
	int status;

	*out = NULL;
	if ((status = infile_read(&json, path, VAULT_MAP_MAX)) == 0) {
		err = vault_map_read(out, &fault, json.bytes, json.len);
		if (err == VAULT_EUSE)
			status = say_map_fault(path, &fault);
		else if (err != VAULT_OK)
			status = say_fault(err, NULL, path);
	}
	buf_free(&json);
	return status;
}

/* ---- What is wrong with the file ---- */

/* Each with the arguments that its sentence has. */
static void
say_where(
    const struct table_job *j, const struct vault_table_fault *f, enum say what)
{
	const char *row = say_number(f->row), *line = say_number(f->line);

	if (f->why == VAULT_TABLE_FLAT && f->column != NULL)
		say_error(
		    SAY_TABLE_NESTED, j->path, row, line, f->column, NULL);
	else if (f->why == VAULT_TABLE_UTF8 && f->mixed)
		say_error(SAY_TABLE_MIXED, j->path, row, line,
		    say_number(f->offset), NULL);
	else if (f->why == VAULT_TABLE_ENCODING)
		say_error(what, j->path, row, line, say_number(f->offset),
		    j->encoding, NULL);
	else if (f->why == VAULT_TABLE_NO_ENCODING)
		say_error(what, j->encoding, NULL);
	else if (f->json != NULL)
		say_error(what, j->path, line, say_label(f->json), NULL);
	else if (f->column != NULL)
		say_error(what, j->path, f->column, NULL);
	else if (f->why == VAULT_TABLE_CELLS)
		say_error(what, j->path, row, line, say_number(f->cells),
		    say_number(f->columns), NULL);
	else
		say_error(
		    what, j->path, row, line, say_number(f->offset), NULL);
}

static void
say_table_fault(void *ctx, const struct vault_table_fault *f)
{
	static const enum say what[] = { [VAULT_TABLE_UTF8] = SAY_TABLE_UTF8,
		[VAULT_TABLE_NUL] = SAY_TABLE_NUL,
		[VAULT_TABLE_QUOTE] = SAY_TABLE_QUOTE,
		[VAULT_TABLE_CUT] = SAY_TABLE_CUT,
		[VAULT_TABLE_CELLS] = SAY_TABLE_CELLS,
		[VAULT_TABLE_LONG] = SAY_TABLE_LONG,
		[VAULT_TABLE_EMPTY] = SAY_TABLE_EMPTY,
		[VAULT_TABLE_ENCODING] = SAY_TABLE_ENCODING,
		[VAULT_TABLE_NO_ENCODING] = SAY_TABLE_NO_ENCODING,
		[VAULT_TABLE_ZERO] = SAY_TABLE_ZERO,
		[VAULT_TABLE_JSON] = SAY_TABLE_JSON,
		[VAULT_TABLE_FLAT] = SAY_TABLE_FLAT,
		[VAULT_TABLE_NOT_UTF8] = SAY_TABLE_NOT_UTF8,
		[VAULT_TABLE_NAME] = SAY_TABLE_NAME,
		[VAULT_TABLE_COLUMN] = SAY_TABLE_COLUMN,
		[VAULT_TABLE_COLUMNS] = SAY_TABLE_COLUMNS,
		[VAULT_TABLE_CHANGED] = SAY_TABLE_CHANGED };
	struct table_job *j = ctx;

	if (j->faults++ >= FAULTS_MAX)
		return;
	say_where(j, f, what[f->why]);
	if (f->why == VAULT_TABLE_UTF8)
		say_hint(f->mixed ? SAY_HINT_MIXED : SAY_HINT_ENCODING, NULL);
	if (f->why == VAULT_TABLE_NO_ENCODING)
		say_hint(SAY_HINT_NO_ENCODING, NULL);
	if (f->why == VAULT_TABLE_COLUMN)
		say_hint(SAY_HINT_DELIMITER, NULL);
}

static int
table_fault(struct table_job *j, enum vault_err err)
{
	if (err == VAULT_EIO && j->in.error != 0) {
		say_error(SAY_IO, j->path, strerror(j->in.error), NULL);
		return 1;
	}
	if (err != VAULT_EUSE)
		return session_fault(j->s, err);
	if (j->faults == 0)
		say_error(SAY_TABLE_CHANGED, j->path, NULL);
	if (j->faults > FAULTS_MAX)
		say_error(SAY_TABLE_MORE_FAULTS,
		    say_number(j->faults - FAULTS_MAX), NULL);
	return 2;
}

/* ---- What becomes of its rows ---- */

static void
note(void *ctx, const struct vault_row_note *n)
{
	struct table_job *j = ctx;

	if (!j->telling)
		return;
	j->n_notes++;
	if (say_is_json()) {
		if (j->n_notes <= NOTES_MAX)
			doc_put(j->notes, NULL, table_note_doc(n));
		return;
	}
	if (j->n_notes > LINES_MAX)
		return;
	table_put_note(&j->lines, n);
}

/* ---- What has become of them, row by row ---- */

/* The range that has ended, for programs all of them. */
static void
put_range(struct ends *e)
{
	if (e->first == 0 || (e->n >= RANGES_MAX && !say_is_json()))
		return;
	if (e->n > 0)
		buf_put_text(&e->text, ",");
	buf_putf(&e->text, "%llu", (unsigned long long)e->first);
	if (e->last > e->first)
		buf_putf(&e->text, "-%llu", (unsigned long long)e->last);
	if (++e->n == RANGES_MAX && !say_is_json())
		buf_put_text(&e->text, ",...");
}

static void
row_end(void *ctx, uint64_t row, enum vault_row_end end)
{
	struct table_job *j = ctx;
	struct ends *e = &j->ends[end];

	if (!j->telling)
		return;
	if (e->first == 0 || row != e->last + 1) {
		put_range(e);
		e->first = row;
	}
	e->last = row;
}

static enum vault_err
finish_ends(struct table_job *j)
{
	enum vault_err err = buf_ok(&j->lines);

	for (size_t i = 0; err == VAULT_OK && i < ENDS; i++) {
		put_range(&j->ends[i]);
		j->ends[i].first = 0;
		err = buf_ok(&j->ends[i].text);
	}
	return err;
}

/* "new: 1-4,7", for each end that a row has had. */
static void
say_ends(const struct table_job *j)
{
	static const enum say what[] = { SAY_ROWS_NEW, SAY_ROWS_SAME,
		SAY_ROWS_KEPT, SAY_ROWS_BAD, SAY_ROWS_UPDATED,
		SAY_ROWS_FORGOTTEN };

	for (size_t i = 0; i < ENDS; i++)
		if (j->ends[i].text.len > 0)
			say_line(what[i], buf_text(&j->ends[i].text), NULL);
}

static struct doc *
ends_doc(const struct table_job *j)
{
	static const char *const names[] = { "new", "unchanged", "kept",
		"refused", "updated", "forgotten" };
	struct doc *d = doc_object();

	for (size_t i = 0; i < ENDS; i++)
		doc_text(d, names[i], buf_text(&j->ends[i].text));
	return d;
}

/* ---- Telling it ---- */

static int
tell_json(struct table_job *j, const struct vault_table_info *info,
    const struct vault_table_done *done, bool preview)
{
	struct doc *d = doc_object();

	doc_text(d, "file", j->path);
	doc_text(d, "sha256", info->sha256);
	doc_text(d, "map", info->map);
	doc_bool(d, "preview", preview);
	doc_int(d, "rows", (int64_t)info->rows);
	doc_int(d, "columns", (int64_t)info->columns);
	doc_int(d, "unmapped", (int64_t)info->unmapped);
	doc_int(d, "added", (int64_t)done->added);
	doc_int(d, "unchanged", (int64_t)done->unchanged);
	doc_int(d, "changed", (int64_t)done->changed);
	doc_int(d, "refused", (int64_t)done->refused);
	doc_int(d, "updated", (int64_t)done->updated);
	doc_int(d, "records", (int64_t)done->records);
	doc_int(d, "consents", (int64_t)done->consents);
	doc_int(d, "versions", (int64_t)done->versions);
	doc_int(d, "forgotten", (int64_t)done->forgotten);
	doc_int(d, "again", (int64_t)done->again);
	doc_int(d, "not_understood", (int64_t)done->notes);
	doc_put(d, "row_ends", ends_doc(j));
	doc_put(d, "notes", j->notes);
	j->notes = NULL;
	return doc_print(d);
}

static void
say_done(const struct vault_table_done *done, bool preview)
{
	say_line(preview ? SAY_TABLE_WOULD : SAY_TABLE_DONE,
	    say_number(done->added), say_number(done->records),
	    say_number(done->updated), say_number(done->unchanged),
	    say_number(done->changed), say_number(done->refused),
	    say_number(done->notes), NULL);
}

static int
tell(struct table_job *j, const struct vault_table_done *done, bool preview)
{
	struct vault_table_info info;
	struct buf head = { 0 };

	vault_table_info(&info, j->t);
	if (say_is_json())
		return tell_json(j, &info, done, preview);
	say_line(SAY_TABLE_OF, j->path, say_counted(SAY_N_ROWS, info.rows),
	    say_counted(SAY_N_COLUMNS, info.columns), NULL);
	if (info.unmapped > 0)
		say_line(SAY_TABLE_UNMAPPED, say_number(info.unmapped), NULL);
	if (j->lines.len > 0) {
		say_put(&head, SAY_ROW_HEADINGS, NULL);
		buf_put_byte(&head, '\n');
		buf_put(&head, j->lines.bytes, j->lines.len);
		say_table(&head);
		buf_free(&head);
	}
	if (j->n_notes > LINES_MAX)
		say_line(
		    SAY_ROW_MORE, say_number(j->n_notes - LINES_MAX), NULL);
	say_ends(j);
	say_done(done, preview);
	if (done->consents > 0)
		say_warning(
		    SAY_TABLE_CONSENTS, say_number(done->consents), NULL);
	return 0;
}

/* ---- Doing it ---- */

static enum vault_policy
choose(void *ctx, uint64_t row)
{
	return table_asking_choose(((struct table_job *)ctx)->asking, row);
}

static int
run(struct vault_table_done *done, struct table_job *j, bool preview)
{
	const struct vault_table_how how = { .preview = preview,
		.policy = j->policy,
		.forgotten = j->forgotten,
		.choose = j->asking == NULL ? NULL : choose,
		.note = note,
		.row = row_end,
		.ctx = j };
	enum vault_err err;

	progress_begin(&j->in.progress,
	    preview ? SAY_PROGRESS_VERIFYING : SAY_PROGRESS_IMPORTING);
	err = vault_table_import(done, j->t, &how);
	progress_end(&j->in.progress);
	if (err == VAULT_OK)
		err = finish_ends(j);
	return err == VAULT_OK ? 0 : table_fault(j, err);
}

static bool
may_write(const struct table_job *j, const struct vault_table_done *done)
{
	struct buf what = { 0 };
	bool yes;

	if (done->again > 0 &&
	    !ask_yes(j->c, false, SAY_ASK_TABLE_AGAIN,
		say_counted(SAY_N_RECORDS, done->again)))
		return false;
	if (done->versions == 0)
		return ask_yes(
		    j->c, false, SAY_ASK_TABLE, say_number(done->records));
	say_put(&what, SAY_TABLE_WRITES, say_number(done->records),
	    say_number(done->versions), NULL);
	yes = ask_yes(j->c, false, SAY_ASK_TABLE_CHANGES, buf_text(&what));
	buf_free(&what);
	return yes;
}

/* Which policy for each row of which the file says something new. */
static int
ask_rows(struct table_job *j)
{
	const struct vault_table_how how = { .preview = true,
		.policy = VAULT_POLICY_UPDATE,
		.forgotten = j->forgotten,
		.note = table_asking_note,
		.row = table_asking_row,
		.ctx = j->asking };
	struct vault_table_done done;
	enum vault_err err;

	progress_begin(&j->in.progress, SAY_PROGRESS_VERIFYING);
	err = vault_table_import(&done, j->t, &how);
	progress_end(&j->in.progress);
	if (err != VAULT_OK)
		return table_fault(j, err);
	if (table_asking_ask(j->asking))
		return 0;
	say_error(SAY_IMPORT_STOPPED, NULL);
	return 1;
}

/*
 * With --yes it is read once and done; else what would become of it is told
 * before the question, and the report is not said twice.
 */
static int
go(struct table_job *j, bool preview)
{
	struct vault_table_done done;
	int status;

	j->telling = true;
	if (!preview && j->c->yes) {
		status = run(&done, j, false);
		return status == 0 ? tell(j, &done, false) : status;
	}
	if ((status = run(&done, j, true)) != 0)
		return status;
	if (preview || done.records + done.versions == 0)
		return tell(j, &done, preview);
	if (!say_is_json() && (status = tell(j, &done, true)) != 0)
		return status;
	if (!may_write(j, &done)) {
		say_error(SAY_IMPORT_STOPPED, NULL);
		return 1;
	}
	/* The first telling holds: the second run says the same. */
	j->telling = false;
	if ((status = run(&done, j, false)) != 0 || say_is_json())
		return status == 0 ? tell(j, &done, false) : status;
	say_done(&done, false);
	return 0;
}

static int
open_table(struct table_job *j, const struct vault_map *map)
{
	enum vault_err err;

	host_catch_interrupts();
	progress_begin(&j->in.progress, SAY_PROGRESS_VERIFYING);
	err = vault_table_open(&j->t, j->s->vault, map, j->path, j->encoding,
	    &j->in.input, say_table_fault, j);
	progress_end(&j->in.progress);
	return err == VAULT_OK ? 0 : table_fault(j, err);
}

int
table_import(struct cli *c, const char *path, const struct table_options *o)
{
	struct table_asking asking = { .begun = 0 };
	struct table_job j = { .c = c,
		.path = path,
		.in.fd = -1,
		.encoding = o->encoding,
		.policy = o->policy,
		.forgotten = o->forgotten,
		.asking = o->ask ? &asking : NULL };
	struct vault_map *map = NULL;
	struct session s;
	int status;

	if ((status = read_map(&map, o->map)) == 0 &&
	    (status = infile_open(&j.in, path)) == 0 &&
	    (status = session_open(&s, c)) == 0) {
		j.s = &s;
		j.notes = doc_array();
		if ((status = open_table(&j, map)) == 0 &&
		    (!o->ask || (status = ask_rows(&j)) == 0))
			status = go(&j, o->preview);
		vault_table_close(j.t);
		session_close(&s);
		doc_free(j.notes);
	}
	infile_close(&j.in);
	vault_map_free(map);
	for (size_t i = 0; i < ENDS; i++)
		buf_free(&j.ends[i].text);
	buf_free(&j.lines);
	table_asking_free(&asking);
	return status;
}
