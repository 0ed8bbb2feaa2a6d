/* SPDX-License-Identifier: ISC */
/*
 * report: figures by one or two fields, or over time: as a table, JSON, CSV,
 * or a page of HTML with a chart.
 *
 * What is written to a file lies there in clear, and what is for an audience is
 * shown to it: both are logged before, or there is none.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doubt.h"
#include "host.h"
#include "leaving.h"
#include "outfile.h"
#include "pager.h"
#include "plain.h"
#include "report.h"

#define USAGE                                                                  \
	"report [QUERY ...] --by FIELD[,FIELD] [--over year|month|day]"        \
	" [--count records|persons] [--hide-below N] [--csv | --html]"         \
	" [-o FILE] [--audience AUDIENCE] [--parts-checked]"
#define SMALL 5
#define HIDE_MOST 1000

enum form { FORM_TABLE, FORM_CSV, FORM_HTML };

struct asked {
	struct vault_tally_what what;
	struct buf query, by; /* by: fields, a NUL behind each */
	enum form form;
	const char *file;
	bool parts_checked;
	struct named named;
};

/* ---- What is asked for ---- */

/* "act,sex": into what.by, which points into by. */
static bool
read_fields(struct asked *a, const char *list)
{
	const char *comma = list == NULL ? NULL : strchr(list, ',');

	if (list == NULL)
		return true;
	if (*list == '\0' || comma == list ||
	    (comma != NULL && (comma[1] == '\0' || strchr(comma + 1, ','))))
		return false;
	buf_put_text(&a->by, list);
	buf_put_byte(&a->by, 0);
	a->what.by[0] = buf_text(&a->by);
	if (comma != NULL) {
		a->by.bytes[comma - list] = '\0';
		a->what.by[1] = buf_text(&a->by) + (comma - list) + 1;
	}
	return buf_ok(&a->by) == VAULT_OK;
}

static bool
read_period(enum vault_period *out, const char *word)
{
	static const char *const words[] = { [VAULT_YEAR] = "year",
		[VAULT_MONTH] = "month",
		[VAULT_DAY] = "day" };

	for (enum vault_period p = VAULT_YEAR; p <= VAULT_DAY; p++)
		if (word != NULL && strcmp(words[p], word) == 0)
			*out = p;
	return word == NULL || *out != VAULT_NO_PERIOD;
}

static bool
read_count(bool *persons, const char *word)
{
	*persons = word != NULL && strcmp(word, "persons") == 0;
	return word == NULL || *persons || strcmp(word, "records") == 0;
}

/* 0, or a status after a message. */
static int
read_limit(uint64_t *out, const char *text)
{
	char *end = NULL;

	if (text == NULL)
		return 0;
	*out = *text < '0' || *text > '9' || strlen(text) > 9
	    ? 0
	    : strtoull(text, &end, 10);
	if (*out >= VAULT_HIDE_LEAST && *out <= HIDE_MOST && *end == '\0')
		return 0;
	say_error(SAY_REPORT_HIDE_RANGE, say_number(VAULT_HIDE_LEAST),
	    say_number(HIDE_MOST), NULL);
	return 2;
}

static int
say_why(const struct vault_tally_fault *f, const struct asked *a)
{
	static const enum say what[] = {
		[VAULT_TALLY_NO_FIELD] = SAY_REPORT_NO_FIELD,
		[VAULT_TALLY_LINKS] = SAY_REPORT_LINKS,
		[VAULT_TALLY_LONG_TEXT] = SAY_REPORT_LONG,
		[VAULT_TALLY_PARTS] = SAY_REPORT_PARTS,
		[VAULT_TALLY_TOGETHER] = SAY_REPORT_TOGETHER,
		[VAULT_TALLY_TOO_MANY] = SAY_REPORT_TOO_MANY,
	};

	if (f->why == VAULT_TALLY_NO_AUDIENCE)
		return may_no_audience(a->what.audience);
	if (f->why == VAULT_TALLY_NOTHING || f->why == VAULT_TALLY_OK)
		return say_usage(USAGE);
	if (f->why == VAULT_TALLY_TOO_MANY) {
		say_error(what[f->why], say_number(VAULT_TALLY_CELLS), NULL);
		say_hint(SAY_HINT_REPORT_NARROW, NULL);
		return 2;
	}
	if (f->why == VAULT_TALLY_TOGETHER)
		say_error(what[f->why], NULL);
	else
		say_error(what[f->why], a->what.by[f->by], NULL);
	if (f->n_near > 0)
		say_hint(SAY_HINT_MEAN, f->near[0], NULL);
	else
		say_hint(SAY_HINT_REPORT_FIELDS, NULL);
	return 2;
}

/* ---- Out ---- */

static void
put_note(void *ctx, const char *sentence)
{
	buf_put_text(ctx, sentence);
	buf_put_byte(ctx, '\n');
}

static int
show(const struct report *r)
{
	struct buf out = { 0 };

	if (say_is_json())
		return doc_print(report_json(r));
	report_heading(&out, r);
	buf_put_byte(&out, '\n');
	report_query(&out, r);
	buf_put_text(&out, "\n\n");
	report_table(&out, r, pager_columns());
	buf_put_byte(&out, '\n');
	report_notes(r, put_note, &out);
	if (buf_ok(&out) != VAULT_OK)
		return say_fault(VAULT_ENOMEM, NULL, NULL);
	pager_print(&out);
	buf_free(&out);
	return 0;
}

static void
warn_note(void *ctx, const char *sentence)
{
	struct buf *lines = ctx;

	buf_put_text(lines, sentence);
	buf_put_byte(lines, '\n');
}

/* What a form without words cannot say stands beside it. */
static void
say_beside(const struct report *r, enum form form)
{
	uint64_t small = report_small(r, SMALL);
	struct buf lines = { 0 };

	if (form == FORM_CSV) {
		report_heading(&lines, r);
		buf_put_byte(&lines, '\n');
		report_notes(r, warn_note, &lines);
		say_lines_aside(&lines);
		buf_free(&lines);
	}
	if (small > 0 && r->info.hide_below < SMALL) {
		say_warning(SAY_REPORT_SMALL, say_number(small),
		    say_number(SMALL), NULL);
		say_hint(SAY_HINT_HIDE, say_number(SMALL), NULL);
	}
}

static int
log_it(const struct report *r, const struct asked *a)
{
	const char *const words[] = { say_is_json() ? "json" : "table", "csv",
		"html" };
	enum vault_err err = vault_tally_log(
	    r->session->vault, r->tally, words[a->form]);

	if (err == VAULT_OK)
		return 0;
	if (err == VAULT_ESPACE) {
		(void)session_fault(r->session, err);
		say_hint(SAY_HINT_NOT_LOGGED, NULL);
		return say_status(err);
	}
	return err == VAULT_ECONFLICT ? leaving_changed(SAY_HINT_EXPORT_AGAIN)
				      : session_fault(r->session, err);
}

/* For us alone it is as if a record were shown. */
static int
show_table(const struct report *r, const struct asked *a)
{
	int status = r->info.audience == NULL ? 0 : log_it(r, a);

	return status == 0 ? show(r) : status;
}

/* Logged before a byte is written: no file without an entry. */
static int
write_file(const struct report *r, const struct asked *a, const struct buf *out)
{
	struct outfile file;
	int status;

	/* Texts in it are as they were written: a terminal would obey them. */
	if (strcmp(a->file, "-") == 0 && isatty(STDOUT_FILENO)) {
		say_error(SAY_REPORT_TERMINAL, NULL);
		say_hint(SAY_HINT_REPORT_FILE, NULL);
		return 2;
	}
	if ((status = outfile_begin(&file, a->file)) != 0)
		return status;
	if ((status = log_it(r, a)) == 0 &&
	    outfile_write(&file, out->bytes, out->len) != VAULT_OK)
		status = outfile_fault(&file);
	return outfile_end(&file, status);
}

static int
write_out(const struct report *r, const struct asked *a)
{
	struct buf out = { 0 };
	int status;

	if (a->form == FORM_CSV)
		report_csv(&out, r);
	else
		report_html(&out, r);
	status = buf_ok(&out) == VAULT_OK ? write_file(r, a, &out)
					  : say_fault(VAULT_ENOMEM, NULL, NULL);
	buf_free(&out);
	if (status != 0)
		return status;
	say_beside(r, a->form);
	if (strcmp(a->file, "-") == 0)
		return 0;
	return outfile_written(a->file, SAY_EXTRACT_NOTE);
}

/* ---- Counting ---- */

static bool
step(void *ctx, uint64_t done, uint64_t total)
{
	return progress_step(ctx, done, total);
}

static int
count(const struct cli *c, struct session *s, struct asked *a)
{
	struct report r = { .session = s, .query = buf_text(&a->query) };
	struct vault_tally_fault fault;
	struct vault_tally *tally;
	struct progress progress;
	enum vault_err err;
	int status;

	a->what.query = buf_text(&a->query);
	a->what.query_len = a->query.len;
	a->what.progress = step;
	a->what.ctx = &progress;
	a->what.named = named_add;
	a->what.named_ctx = &a->named;
	host_catch_interrupts();
	progress_begin(&progress, SAY_PROGRESS_COUNTING);
	err = vault_tally_new(&tally, s->vault, &a->what, &fault);
	progress_end(&progress);
	if (err == VAULT_EUSE)
		return say_why(&fault, a);
	if (err != VAULT_OK)
		return session_fault(s, err);
	r.tally = tally;
	vault_tally_info(&r.info, tally);
	if (r.info.records.n == 0)
		(void)doubt_say(a->what.query, a->what.query_len);
	for (unsigned i = 0; i < r.info.axes; i++)
		vault_tally_axis(&r.axis[i], tally, i);
	status = a->what.audience == NULL
	    ? 0
	    : named_verdict(c, s, &a->named, r.info.short_names,
		  a->parts_checked, a->what.audience);
	/* How many are held back is for us alone. */
	if (status == 0 && r.info.held.n > 0)
		say_warning(SAY_REPORT_HELD, say_number(r.info.held.n), NULL);
	if (status == 0)
		status = a->form == FORM_TABLE ? show_table(&r, a)
					       : write_out(&r, a);
	if (status == 0)
		report_warn_alike(r.info.alike);
	vault_tally_free(tally);
	return status;
}

static bool
settle(struct asked *a, bool csv, bool html, int words, char **argv)
{
	/* One document on standard output. */
	if (csv && a->file == NULL && say_is_json())
		return false;
	if ((csv && html) || (a->file != NULL && !csv && !html) ||
	    (html && a->file == NULL))
		return false;
	a->form = csv ? FORM_CSV : html ? FORM_HTML : FORM_TABLE;
	if (a->file == NULL)
		a->file = "-";
	cli_join(&a->query, argv + 1, words);
	return *a->file != '\0' && buf_ok(&a->query) == VAULT_OK;
}

int
cmd_report(struct cli *c, int argc, char **argv)
{
	struct asked a = { .form = FORM_TABLE };
	const char *by = NULL, *over = NULL, *what = NULL, *limit = NULL;
	bool csv = false, html = false;
	const struct option_of options[] = { { "--by", &by, NULL },
		{ "--over", &over, NULL }, { "--count", &what, NULL },
		{ "--hide-below", &limit, NULL }, { "--csv", NULL, &csv },
		{ "--html", NULL, &html }, { "-o", &a.file, NULL },
		{ "--output", &a.file, NULL },
		{ "--audience", &a.what.audience, NULL },
		{ "--parts-checked", NULL, &a.parts_checked } };
	int words = cli_options(argc, argv, options, 10), status;
	struct session s;

	if (words < 0 || (by == NULL && over == NULL) || !read_fields(&a, by) ||
	    !read_period(&a.what.over, over) ||
	    !read_count(&a.what.persons, what) ||
	    !settle(&a, csv, html, words, argv))
		status = say_usage(USAGE);
	else
		status = read_limit(&a.what.hide_below, limit);
	if (status == 0 && (status = session_open(&s, c)) == 0) {
		status = count(c, &s, &a);
		session_close(&s);
	}
	buf_free(&a.query);
	buf_free(&a.by);
	named_free(&a.named);
	return status;
}
