/* SPDX-License-Identifier: ISC */
/*
 * forget: one record, for good; what others ask to be forgotten; and which
 * rows of lists were.
 */
#include <string.h>

#include "ask.h"
#include "pager.h"
#include "pick.h"
#include "session.h"

#define USAGE "forget ID, or forget --asked, or forget --rows"

static int
forget(struct session *s, const struct cli *c, const char *id)
{
	struct buf title = { 0 };
	enum vault_err err;
	bool unswept = false;
	int status = 0;

	if ((err = vault_title(&title, s->vault, id)) != VAULT_OK) {
		buf_free(&title);
		return err == VAULT_ENORECORD ? say_fault(err, NULL, id)
					      : session_fault(s, err);
	}
	if (!ask_yes(c, false, SAY_ASK_FORGET, buf_text(&title))) {
		say_error(SAY_STOPPED, NULL);
		status = 1;
	} else if ((err = vault_forget(s->vault, id, &unswept)) != VAULT_OK) {
		status = session_fault(s, err);
	} else {
		say_line(SAY_FORGOTTEN, NULL);
		say_line(SAY_FORGOTTEN_TRAVELS, NULL);
		say_line(SAY_FORGOTTEN_NOTE, NULL);
	}
	if (status == 0 && unswept)
		say_warning(SAY_FORGET_UNSWEPT, NULL);
	if (status == 0 && say_is_json()) {
		struct doc *d = doc_object();

		doc_text(d, "forgotten", id);
		doc_bool(d, "forget_unfinished", unswept);
		status = doc_print(d);
	}
	buf_free(&title);
	return status;
}

/* ---- What others ask ---- */

struct asked {
	struct buf rows;
	struct doc *array;
};

static void
add_row(struct buf *rows, const struct vault_request *r)
{
	buf_putf(rows, "%.*s\t%s\t%.10s\t", PICK_SHORT, r->id, r->type,
	    say_time(r->since));
	/* Names last: they may be right-to-left. */
	if (text_safe_line(rows, r->title, strlen(r->title)) != VAULT_OK ||
	    !buf_put_byte(rows, '\t') ||
	    text_safe_line(rows, r->office, strlen(r->office)) != VAULT_OK)
		rows->failed = true;
	buf_put_byte(rows, '\n');
}

static void
gather(void *ctx, const struct vault_request *r)
{
	struct asked *all = ctx;
	struct doc *d;

	pick_list_add(r->id);
	if (!say_is_json()) {
		add_row(&all->rows, r);
		return;
	}
	d = doc_object();
	doc_text(d, "id", r->id);
	doc_text(d, "type", r->type);
	doc_text(d, "title", r->title);
	doc_text(d, "office", r->office);
	doc_text(d, "since", say_time(r->since));
	doc_put(all->array, NULL, d);
}

static int
list_asked(struct cli *c)
{
	struct asked all = { .array = doc_array() };
	struct session s;
	enum vault_err err;
	int status;

	if ((status = session_open(&s, c)) == 0) {
		pick_list_begin();
		err = vault_requests(s.vault, NULL, gather, &all);
		if (err == VAULT_OK)
			err = buf_ok(&all.rows);
		if (err != VAULT_OK) {
			status = session_fault(&s, err);
		} else if (say_is_json()) {
			status = doc_print(all.array);
			all.array = NULL;
		} else if (all.rows.len > 0) {
			pager_print(&all.rows);
		} else {
			say_line(SAY_FORGET_NOT_ASKED, NULL);
		}
		session_close(&s);
	}
	buf_free(&all.rows);
	doc_free(all.array);
	return status;
}

/* ---- Rows of lists ---- */

static int
forget_rows(struct session *s, const struct cli *c)
{
	enum vault_err err;
	uint64_t n;

	if ((err = vault_forgotten_rows(&n, s->vault)) != VAULT_OK)
		return session_fault(s, err);
	if (n > 0 &&
	    !ask_yes(
		c, false, SAY_ASK_FORGET_ROWS, say_counted(SAY_N_RECORDS, n))) {
		say_error(SAY_STOPPED, NULL);
		return 1;
	}
	if (n > 0 && (err = vault_forget_rows(s->vault)) != VAULT_OK)
		return session_fault(s, err);
	if (say_is_json()) {
		struct doc *d = doc_object();

		doc_int(d, "rows", (int64_t)n);
		return doc_print(d);
	}
	if (n > 0)
		say_line(SAY_FORGOTTEN_ROWS, NULL);
	else
		say_line(SAY_FORGOTTEN_NO_ROWS, NULL);
	return 0;
}

int
cmd_forget(struct cli *c, int argc, char **argv)
{
	bool asked = false, rows = false;
	const struct option_of options[] = { { "--asked", NULL, &asked },
		{ "--rows", NULL, &rows } };
	char id[VAULT_ID_LEN];
	struct session s;
	int status;

	if (cli_options(argc, argv, options, 2) != (asked || rows ? 0 : 1) ||
	    (asked && rows))
		return say_usage(USAGE);
	if (asked)
		return list_asked(c);
	if ((status = rows ? session_open(&s, c)
			   : pick_open(&s, id, c, argv[1])) != 0)
		return status;
	status = rows ? forget_rows(&s, c) : forget(&s, c, id);
	session_close(&s);
	return status;
}
