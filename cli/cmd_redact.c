/* SPDX-License-Identifier: ISC */
/*
 * redact: a copy of a record for an audience, with names and passages taken
 * out.  The copy is shown before it is kept; what was taken out is not.
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "issues.h"
#include "layout.h"
#include "pager.h"
#include "pick.h"
#include "plain.h"

#define USAGE                                                                  \
	"redact ID --audience AUDIENCE [--take-out TEXT ...]"                  \
	" [--at FIELD:FIRST-LAST ...] [--from-closed]"
#define LIST_MAX 64

struct wanted {
	const char *id_text, *audience;
	char id[VAULT_ID_LEN];
	const char *words[LIST_MAX];
	struct vault_passage passages[LIST_MAX];
	size_t n_words, n_passages;
	bool from_closed;
};

/* "text:12-19"; the field is cut off at its colon, in argv. */
static bool
read_place(struct vault_passage *p, const char *text)
{
	char *colon = strrchr(text, ':'), *end = NULL;

	if (colon == NULL)
		return false;
	*colon = '\0';
	p->field = text;
	p->first = strtoul(colon + 1, &end, 10);
	p->last = p->first;
	if (*end == '-')
		p->last = strtoul(end + 1, &end, 10);
	return *end == '\0' && p->first > 0 && p->last >= p->first;
}

static bool
read_words(struct wanted *w, int argc, char **argv)
{
	const struct option_of options[] = {
		{ "--audience", &w->audience, NULL },
		{ "--take-out", NULL, NULL },
		{ "--at", NULL, NULL },
		{ "--from-closed", NULL, &w->from_closed },
	};
	const char *at[LIST_MAX];
	size_t n;

	if (!cli_values(
		&argc, argv, "--take-out", w->words, &w->n_words, LIST_MAX) ||
	    !cli_values(&argc, argv, "--at", at, &n, LIST_MAX) ||
	    cli_options(argc, argv, options, 4) != 1 || w->audience == NULL)
		return false;
	w->id_text = argv[1];
	for (size_t i = 0; i < n; i++)
		if (!read_place(&w->passages[w->n_passages++], at[i]))
			return false;
	return true;
}

/* ---- What is left ---- */

struct showing {
	struct buf out, taken;
	size_t passages;
	size_t absent; /* a word that stands nowhere, from 1 */
	struct doc *docs;
};

static void
count_taken(void *ctx, const char *field, size_t n)
{
	struct showing *show = ctx;
	struct doc *d;

	show->passages += n;
	if (say_is_json()) {
		d = doc_object();
		doc_text(d, "field", field);
		doc_int(d, "passages", (int64_t)n);
		doc_put(show->docs, NULL, d);
		return;
	}
	buf_put_text(&show->taken, "  ");
	if (text_safe_line(&show->taken, field, strlen(field)) != VAULT_OK)
		show->taken.failed = true;
	buf_putf(&show->taken, "  %s\n", say_number(n));
}

static void
note_absent(void *ctx, size_t word)
{
	struct showing *show = ctx;

	show->absent = word;
}

static void
add_line(void *ctx, const struct vault_line *l)
{
	struct showing *show = ctx;

	/* What it is a copy of, and for whom, is no part of the text. */
	if (strcmp(l->field, "redacted_from") == 0 ||
	    strcmp(l->field, "private_fields") == 0 ||
	    strcmp(l->field, "audiences") == 0)
		return;
	layout_blanks(&show->out, (size_t)l->depth * 2);
	buf_put_text(&show->out, l->field);
	buf_put_byte(&show->out, l->block || l->heading ? '\n' : ' ');
	if (!l->heading)
		layout_block(&show->out, l->text, l->len, 2, pager_columns());
}

static int
show_copy(struct session *s, struct showing *show, const struct buf *body)
{
	enum vault_err err;

	if (say_is_json())
		return 0;
	if ((err = vault_lines(s->vault, body, add_line, show)) != VAULT_OK)
		return session_fault(s, err);
	say_put(&show->out, SAY_REDACT_TAKEN, say_number(show->passages), NULL);
	buf_put_byte(&show->out, '\n');
	buf_put(&show->out, show->taken.bytes, show->taken.len);
	pager_print(&show->out);
	return 0;
}

/* ---- Keeping ---- */

static int
keep(struct session *s, const struct wanted *w,
    const struct vault_redact_what *what, const struct buf *body,
    struct showing *show)
{
	struct vault_report *report;
	char id[VAULT_ID_LEN];
	enum vault_err err;
	struct doc *d;
	int status = 0;

	if ((err = vault_report_new(&report)) != VAULT_OK)
		return session_fault(s, err);
	err = vault_redact_keep(
	    id, s->vault, report, what, body, show->passages);
	if (err == VAULT_EUSE)
		issues_say(report, VAULT_ERROR, NULL);
	if (err == VAULT_EREFUSED) {
		say_error(SAY_REDACT_CLOSED, NULL);
		status = 17;
	} else if (err != VAULT_OK) {
		status = err == VAULT_EUSE ? 2 : session_fault(s, err);
	} else if (say_is_json()) {
		d = doc_object();
		doc_text(d, "id", id);
		doc_text(d, "from", w->id);
		doc_text(d, "audience", w->audience);
		doc_int(d, "passages", (int64_t)show->passages);
		doc_put(d, "fields", show->docs);
		show->docs = NULL;
		status = doc_print(d);
	} else {
		say_line(SAY_ID, id, NULL);
		say_hint(SAY_HINT_REDACTED, id, w->audience, NULL);
	}
	vault_report_free(report);
	return status;
}

static int
fault(const struct session *s, enum vault_err err, const struct wanted *w,
    const struct showing *show)
{
	switch ((int)err) {
	case VAULT_EUSE:
		return may_no_audience(w->audience);
	case VAULT_EREFUSED:
		say_error(SAY_REDACT_TYPE, NULL);
		say_hint(SAY_HINT_REDACT_TYPE, NULL);
		return 2;
	case VAULT_ECONFLICT:
		if (show->absent == 0) {
			say_error(SAY_REDACT_PLACE, NULL);
			return 2;
		}
		say_error(SAY_REDACT_ABSENT, say_number(show->absent), NULL);
		say_hint(SAY_HINT_REDACT_ABSENT, NULL);
		return 2;
	default:
		return session_fault(s, err);
	}
}

/*
 * A question of its own, which --yes does not answer: whoever makes copies by
 * a script need not know which of the records are for few.
 */
static bool
may_open(const struct cli *c, const struct wanted *w)
{
	struct cli asking = *c;

	if (w->from_closed)
		return true;
	asking.yes = false;
	if (ask_has_terminal() && !c->yes &&
	    ask_yes(&asking, false, SAY_ASK_REDACT_CLOSED, w->audience))
		return true;
	say_error(SAY_REDACT_CLOSED, NULL);
	say_hint(SAY_HINT_REDACT_CLOSED, NULL);
	return false;
}

/* What is shown is kept after a yes, or two. */
static int
ask(struct cli *c, struct session *s, struct wanted *w,
    struct vault_redact_what *what, bool closed, const struct buf *body,
    struct showing *show)
{
	if (!ask_yes(c, false, SAY_ASK_REDACT, w->audience)) {
		say_error(SAY_REDACT_STOPPED, NULL);
		return 1;
	}
	if (closed && !may_open(c, w))
		return 17;
	what->from_closed = closed;
	return keep(s, w, what, body, show);
}

static int
redact(struct cli *c, struct session *s, struct wanted *w)
{
	struct showing show = { .docs = doc_array() };
	struct vault_redact_what what = { .id = w->id,
		.audience = w->audience,
		.words = w->words,
		.n_words = w->n_words,
		.passages = w->passages,
		.n_passages = w->n_passages,
		.taken = count_taken,
		.absent = note_absent,
		.ctx = &show };
	struct buf body = { 0 };
	enum vault_err err;
	bool closed;
	int status;

	if ((status = pick_id(w->id, s, w->id_text)) != 0)
		goto out;
	if ((err = vault_redact(&body, &closed, s->vault, &what)) != VAULT_OK) {
		status = fault(s, err, w, &show);
		goto out;
	}
	if ((status = show_copy(s, &show, &body)) == 0)
		status = ask(c, s, w, &what, closed, &body, &show);
out:
	buf_free(&body);
	buf_free(&show.out);
	buf_free(&show.taken);
	doc_free(show.docs);
	return status;
}

int
cmd_redact(struct cli *c, int argc, char **argv)
{
	struct wanted w = { .n_words = 0 };
	struct session s;
	int status;

	if (!read_words(&w, argc, argv))
		return say_usage(USAGE);
	if ((status = session_open(&s, c)) != 0)
		return status;
	status = redact(c, &s, &w);
	session_close(&s);
	return status;
}
