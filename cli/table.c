/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "ask.h"
#include "host.h"
#include "infile.h"
#include "issues.h"
#include "outfile.h"
#include "table.h"

#define FAULTS_MAX 20
#define LINES_MAX 2000
#define NOTES_MAX 100000 /* of a JSON document */
#define EXCERPT 60       /* bytes of a value */

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
	bool telling;
};

/* ---- The map ---- */

static int
say_map_fault(const char *path, const struct vault_map_fault *f)
{
	static const enum say what[] = { SAY_MAP_JSON, SAY_MAP_KIND,
		SAY_MAP_UNKNOWN, SAY_MAP_LACKS, SAY_MAP_VERSION, SAY_MAP_TYPE,
		SAY_MAP_FIELD, SAY_MAP_VALUE, SAY_MAP_TWICE, SAY_MAP_NOT_MANY };
	struct buf whole = { 0 };
	const char *where = f->where;

	if (*where == '\0') {
		say_put(&whole, SAY_MAP_WHOLE, NULL);
		where = buf_text(&whole);
	}
	say_error(what[f->why], path, where, f->value, NULL);
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
		[VAULT_TABLE_NAME] = SAY_TABLE_NAME,
		[VAULT_TABLE_COLUMN] = SAY_TABLE_COLUMN,
		[VAULT_TABLE_COLUMNS] = SAY_TABLE_COLUMNS,
		[VAULT_TABLE_CHANGED] = SAY_TABLE_CHANGED };
	struct table_job *j = ctx;
	const char *row = say_number(f->row), *line = say_number(f->line);

	if (j->faults++ >= FAULTS_MAX)
		return;
	if (f->column != NULL)
		say_error(what[f->why], j->path, f->column, NULL);
	else if (f->why == VAULT_TABLE_CELLS)
		say_error(what[f->why], j->path, row, line,
		    say_number(f->cells), say_number(f->columns), NULL);
	else
		say_error(what[f->why], j->path, row, line,
		    say_number(f->offset), NULL);
	if (f->why == VAULT_TABLE_UTF8)
		say_hint(SAY_HINT_ICONV, NULL);
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

static const char *
why_word(enum vault_row_why why)
{
	static const char *const words[] = { "code", "value", "date",
		"destroyed", "meanings", "several", "no-day", "backwards",
		"duration", "no-key", "same-key", "refused", "changed" };

	return words[why];
}

static void
put_why(struct buf *out, const struct vault_row_note *n)
{
	static const enum say what[] = { SAY_ROW_CODE, SAY_ROW_VALUE,
		SAY_ROW_DATE, SAY_ROW_DESTROYED, SAY_ROW_MEANINGS,
		SAY_ROW_SEVERAL, SAY_ROW_NO_DAY, SAY_ROW_BACKWARDS,
		SAY_ROW_SPAN, SAY_ROW_NO_KEY, SAY_ROW_SAME_KEY, SAY_ROW_REFUSED,
		SAY_ROW_CHANGED };
	struct buf sentence = { 0 };

	if (n->issue != NULL)
		issues_sentence(&sentence, n->issue);
	say_put(out, what[n->why],
	    n->issue != NULL ? buf_text(&sentence) : say_number(n->other),
	    NULL);
	buf_free(&sentence);
}

/* A value as far as it tells which one it is. */
static void
put_excerpt(struct buf *out, const char *text)
{
	size_t all = strlen(text), len = 0;

	while (len < all && len < EXCERPT)
		len += text_grapheme(text + len, all - len);
	if (text_safe_line(out, text, len) != VAULT_OK)
		out->failed = true;
	if (len < all)
		buf_put_text(out, "...");
}

static void
note_doc(struct table_job *j, const struct vault_row_note *n)
{
	struct doc *d = doc_object();
	struct buf why = { 0 };

	doc_int(d, "row", (int64_t)n->row);
	doc_int(d, "line", (int64_t)n->line);
	doc_text(d, "column", n->column);
	doc_text(d, "value", n->value);
	doc_text(d, "why", why_word(n->why));
	if (n->why == VAULT_ROW_SAME_KEY)
		doc_int(d, "other", (int64_t)n->other);
	put_why(&why, n);
	doc_text(d, "message", buf_text(&why));
	buf_free(&why);
	doc_put(j->notes, NULL, d);
}

static void
note(void *ctx, const struct vault_row_note *n)
{
	struct table_job *j = ctx;

	if (!j->telling)
		return;
	j->n_notes++;
	if (say_is_json()) {
		if (j->n_notes <= NOTES_MAX)
			note_doc(j, n);
		return;
	}
	if (j->n_notes > LINES_MAX)
		return;
	buf_put_text(&j->lines, say_number(n->row));
	buf_put_byte(&j->lines, '\t');
	buf_put_text(&j->lines, say_number(n->line));
	buf_put_byte(&j->lines, '\t');
	put_excerpt(&j->lines, n->column);
	buf_put_byte(&j->lines, '\t');
	put_excerpt(&j->lines, n->value);
	buf_put_byte(&j->lines, '\t');
	put_why(&j->lines, n);
	buf_put_byte(&j->lines, '\n');
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
	doc_int(d, "not_understood", (int64_t)done->notes);
	doc_put(d, "notes", j->notes);
	j->notes = NULL;
	return doc_print(d);
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
	say_line(preview ? SAY_TABLE_WOULD : SAY_TABLE_DONE,
	    say_number(done->added), say_number(done->unchanged),
	    say_number(done->changed), say_number(done->refused),
	    say_number(done->notes), NULL);
	return 0;
}

/* ---- Doing it ---- */

static int
run(struct vault_table_done *done, struct table_job *j, bool preview)
{
	enum vault_err err;

	progress_begin(&j->in.progress,
	    preview ? SAY_PROGRESS_VERIFYING : SAY_PROGRESS_IMPORTING);
	err = vault_table_import(done, j->t, preview, note, j);
	progress_end(&j->in.progress);
	if (err == VAULT_OK && buf_ok(&j->lines) != VAULT_OK)
		err = VAULT_ENOMEM;
	return err == VAULT_OK ? 0 : table_fault(j, err);
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
	if (preview || done.added == 0)
		return tell(j, &done, preview);
	if (!say_is_json() && (status = tell(j, &done, true)) != 0)
		return status;
	if (!ask_yes(j->c, false, SAY_ASK_TABLE, say_number(done.added))) {
		say_error(SAY_IMPORT_STOPPED, NULL);
		return 1;
	}
	j->telling = false;
	buf_reset(&j->lines);
	j->n_notes = 0;
	status = run(&done, j, false);
	return status == 0 ? tell(j, &done, false) : status;
}

static int
open_table(struct table_job *j, const struct vault_map *map)
{
	enum vault_err err;

	host_catch_interrupts();
	progress_begin(&j->in.progress, SAY_PROGRESS_VERIFYING);
	err = vault_table_open(
	    &j->t, j->s->vault, map, j->path, &j->in.input, say_table_fault, j);
	progress_end(&j->in.progress);
	return err == VAULT_OK ? 0 : table_fault(j, err);
}

int
table_import(
    struct cli *c, const char *path, const char *map_path, bool preview)
{
	struct table_job j = { .c = c, .path = path, .in.fd = -1 };
	struct vault_map *map = NULL;
	struct session s;
	int status;

	if ((status = read_map(&map, map_path)) == 0 &&
	    (status = infile_open(&j.in, path)) == 0 &&
	    (status = session_open(&s, c)) == 0) {
		j.s = &s;
		j.notes = doc_array();
		if ((status = open_table(&j, map)) == 0)
			status = go(&j, preview);
		vault_table_close(j.t);
		session_close(&s);
		doc_free(j.notes);
	}
	infile_close(&j.in);
	vault_map_free(map);
	buf_free(&j.lines);
	return status;
}
