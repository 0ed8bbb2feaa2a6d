/* SPDX-License-Identifier: ISC */
/*
 * due: dates that have come, or come soon: reviews, deadlines without an
 * answer, consents that end.  Nothing is done about them here.
 */
#include <string.h>

#include "pager.h"
#include "pick.h"

#define USAGE "due [--within DAYS]"
#define WITHIN_DEFAULT 30
#define WITHIN_MAX 36500

struct list {
	struct buf rows;
	struct doc *docs;
	uint64_t n;
	char review[PICK_SHORT + 1]; /* the first that is overdue, or "" */
};

static enum say
what_of(const char *field)
{
	return strcmp(field, "review") == 0 ? SAY_DUE_REVIEW
	    : strcmp(field, "expires") == 0 ? SAY_DUE_EXPIRES
					    : SAY_DUE_DEADLINE;
}

static void
put_doc(struct list *l, const struct vault_due *due)
{
	struct doc *d = doc_object();

	doc_text(d, "date", due->date);
	if (due->words[0] != '\0')
		doc_text(d, "words", due->words);
	if (due->day[0] != '\0')
		doc_text(d, "day", due->day);
	doc_bool(d, "overdue", due->overdue);
	doc_text(d, "field", due->field);
	doc_text(d, "id", due->id);
	doc_text(d, "type", due->type);
	doc_text(d, "title", due->title);
	doc_put(l->docs, NULL, d);
}

static void
put_row(struct list *l, const struct vault_due *due)
{
	struct buf *out = &l->rows;

	if (text_safe_line(out, due->date, strlen(due->date)) != VAULT_OK)
		out->failed = true;
	buf_put_byte(out, '\t');
	if (due->overdue)
		say_put(out, SAY_DUE_OVERDUE, NULL);
	buf_put_byte(out, '\t');
	say_put(out, what_of(due->field), NULL);
	buf_putf(out, "\t%.*s\t%s\t", PICK_SHORT, due->id, due->type);
	/* The title last: it may be right-to-left. */
	if (text_safe_line(out, due->title, strlen(due->title)) != VAULT_OK)
		out->failed = true;
	buf_put_byte(out, '\n');
}

static void
gather(void *ctx, const struct vault_due *due)
{
	struct list *l = ctx;

	l->n++;
	pick_list_add(due->id);
	if (due->overdue && l->review[0] == '\0' &&
	    strcmp(due->field, "review") == 0)
		memcpy(l->review, due->id, PICK_SHORT);
	if (say_is_json())
		put_doc(l, due);
	else
		put_row(l, due);
}

static int
print(struct list *l, uint64_t within)
{
	int status;

	if (say_is_json()) {
		status = doc_print(l->docs);
		l->docs = NULL;
		return status;
	}
	if (l->n == 0)
		say_line(SAY_DUE_NONE, say_number(within), NULL);
	pager_print(&l->rows);
	if (l->review[0] != '\0')
		say_hint(SAY_HINT_DUE_REVIEW, l->review, l->review, NULL);
	return 0;
}

int
cmd_due(struct cli *c, int argc, char **argv)
{
	const char *text = NULL;
	const struct option_of options[] = { { "--within", &text, NULL } };
	uint64_t within = WITHIN_DEFAULT;
	struct list l = { .docs = NULL };
	struct session s;
	enum vault_err err;
	int status;

	if (cli_options(argc, argv, options, 1) != 0 ||
	    !cli_number(&within, text) || within > WITHIN_MAX)
		return say_usage(USAGE);
	if ((status = session_open(&s, c)) != 0)
		return status;
	l.docs = doc_array();
	pick_list_begin();
	err = vault_due(s.vault, (unsigned)within, gather, &l);
	if (err == VAULT_OK)
		err = buf_ok(&l.rows);
	status = err == VAULT_OK ? print(&l, within) : session_fault(&s, err);
	session_close(&s);
	doc_free(l.docs);
	buf_free(&l.rows);
	return status;
}
