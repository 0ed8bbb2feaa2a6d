/* SPDX-License-Identifier: ISC */
/*
 * timeline: what is recorded of a person, a line for each event, the date in
 * a column of its own; gaps are named, and so is what looks wrong.
 */
#include <string.h>

#include "layout.h"
#include "pager.h"
#include "pick.h"

/* The widest date that others are aligned to. */
#define DATE_MAX 24

static const enum say warnings[VAULT_EVENT_WARNINGS] = {
	[VAULT_EVENT_AFTER_DEATH] = SAY_TIMELINE_AFTER_DEATH,
	[VAULT_EVENT_NEVER_MISSING] = SAY_TIMELINE_NEVER_MISSING,
	[VAULT_EVENT_ARREST_FIRST] = SAY_TIMELINE_ARREST_FIRST,
	[VAULT_EVENT_TWO_PLACES] = SAY_TIMELINE_TWO_PLACES,
};
static const char *const warning_words[VAULT_EVENT_WARNINGS] = {
	[VAULT_EVENT_AFTER_DEATH] = "after-death",
	[VAULT_EVENT_NEVER_MISSING] = "never-missing",
	[VAULT_EVENT_ARREST_FIRST] = "arrest-first",
	[VAULT_EVENT_TWO_PLACES] = "two-places",
};

struct page {
	struct buf out;
	struct doc *docs;
	size_t width; /* of the dates */
};

static void
add_doc(struct page *p, const struct vault_event *e)
{
	struct doc *d = doc_object(), *warned = doc_array();

	doc_text(d, "id", e->id);
	if (e->of[0] != '\0')
		doc_text(d, "person", e->of);
	doc_text(d, "type", e->type);
	doc_text(d, "what", e->what);
	doc_text(d, "date", e->date);
	doc_text(d, "words", e->words);
	doc_text(d, "until", e->until);
	doc_text(d, "certainty", e->certainty);
	doc_text(d, "place", e->place);
	doc_int(d, "gap_days", e->gap);
	doc_bool(d, "superseded", e->superseded);
	doc_bool(d, "end_not_known", e->open);
	for (size_t i = 0; i < VAULT_EVENT_WARNINGS; i++)
		if (e->warning[i])
			doc_text(warned, NULL, warning_words[i]);
	doc_put(d, "warnings", warned);
	doc_put(p->docs, NULL, d);
}

static void
put_safe(struct buf *out, const char *text)
{
	if (text_safe_line(out, text, strlen(text)) != VAULT_OK)
		out->failed = true;
}

static void
measure(void *ctx, const struct vault_event *e)
{
	struct page *p = ctx;
	size_t width = text_width(e->date, strlen(e->date));

	if (width > p->width && width <= DATE_MAX)
		p->width = width;
}

/* "... 8 months", "... 70 days" */
static void
put_gap(struct page *p, int32_t days)
{
	uint64_t n = (uint64_t)days;

	if (days == 0)
		return;
	buf_put_text(&p->out, "... ");
	if (n >= 730)
		buf_put_text(&p->out, say_counted(SAY_TIMELINE_YEARS, n / 365));
	else
		buf_put_text(&p->out, say_counted(SAY_TIMELINE_MONTHS, n / 30));
	buf_put_byte(&p->out, '\n');
}

/* Something of an event behind its name, if there is anything. */
static void
put_detail(struct page *p, enum say what, const char *text)
{
	if (*text == '\0')
		return;
	buf_put_text(&p->out, ", ");
	say_put(&p->out, what, text, NULL);
}

static void
put_event(void *ctx, const struct vault_event *e)
{
	struct page *p = ctx;
	char of[PICK_SHORT + 1] = "";
	struct buf none = { 0 };
	const char *date = e->date;
	size_t width;

	memcpy(of, e->of, PICK_SHORT);
	if (say_is_json()) {
		add_doc(p, e);
		return;
	}
	put_gap(p, e->gap);
	if (*date == '\0') {
		say_put(&none, SAY_REPORT_NO_DATE, NULL);
		date = buf_text(&none);
	}
	width = text_width(date, strlen(date));
	put_safe(&p->out, date);
	buf_free(&none);
	layout_blanks(&p->out, width < p->width ? p->width - width : 0);
	buf_putf(&p->out, "  %.*s  ", PICK_SHORT, e->id);
	if (strcmp(e->type, "status") != 0) {
		buf_put_text(&p->out, e->type);
		buf_put_text(&p->out, ": ");
	}
	put_safe(&p->out, e->what);
	put_detail(p, SAY_TIMELINE_UNTIL, e->until);
	if (e->open)
		put_detail(p, SAY_TIMELINE_OPEN, " ");
	put_detail(p, SAY_TIMELINE_CERTAINTY, e->certainty);
	if (e->superseded)
		put_detail(p, SAY_TIMELINE_SUPERSEDED, " ");
	put_detail(p, SAY_TIMELINE_WORDS, e->words);
	put_detail(p, SAY_TIMELINE_OF, of);
	/* The place last: it may be right-to-left. */
	put_detail(p, SAY_TIMELINE_PLACE, e->place);
	buf_put_byte(&p->out, '\n');
	for (size_t i = 0; i < VAULT_EVENT_WARNINGS; i++) {
		if (!e->warning[i])
			continue;
		layout_blanks(&p->out, p->width + 2);
		say_put(&p->out, warnings[i], NULL);
		buf_put_byte(&p->out, '\n');
	}
}

/* Whose other records are in it, too. */
static void
put_same(void *ctx, const char *id, const char *title)
{
	struct page *p = ctx;
	char begun[PICK_SHORT + 1] = "";

	memcpy(begun, id, PICK_SHORT);
	say_put(&p->out, SAY_TIMELINE_SAME, title, begun, NULL);
	buf_put_byte(&p->out, '\n');
}

static int
show(struct session *s, const char *id)
{
	struct page p = { .docs = doc_array() };
	enum vault_err err;
	int status = 0;

	if ((err = vault_timeline(s->vault, id, measure, &p)) == VAULT_OK &&
	    (err = vault_same_each(s->vault, id, put_same, &p)) == VAULT_OK &&
	    (err = vault_timeline(s->vault, id, put_event, &p)) == VAULT_OK)
		err = buf_ok(&p.out);
	if (err == VAULT_EUSE) {
		say_error(SAY_TIMELINE_NOT_A_PERSON, NULL);
		status = 2;
	} else if (err != VAULT_OK) {
		status = session_fault(s, err);
	} else if (say_is_json()) {
		status = doc_print(p.docs);
		p.docs = NULL;
	} else if (p.out.len == 0) {
		say_warning(SAY_TIMELINE_EMPTY, NULL);
	} else {
		pager_print(&p.out);
	}
	doc_free(p.docs);
	buf_free(&p.out);
	return status;
}

int
cmd_timeline(struct cli *c, int argc, char **argv)
{
	int words = cli_options(argc, argv, NULL, 0), status;
	char id[VAULT_ID_LEN];
	struct session s;

	if (words < 0 || words > 1)
		return say_usage("timeline [PERSON]");
	status = pick_open(&s, id, c, words == 1 ? argv[1] : NULL);
	if (status != 0)
		return status;
	status = show(&s, id);
	session_close(&s);
	return status;
}
