/* SPDX-License-Identifier: ISC */
/* writing - asking, looking at it, keeping it. */
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "form_inner.h"
#include "issues.h"
#include "left.h"
#include "writing.h"

void
writing_free(struct writing *w)
{
	form_close(&w->form);
	vault_record_free(&w->base);
	vault_report_free(w->report);
	vault_report_free(w->known);
}

int
writing_drop(struct writing *w)
{
	enum vault_err err = VAULT_OK;

	if (w->form.draft != 0)
		err = vault_draft_drop(w->form.s->vault, w->form.draft);
	w->form.draft = 0;
	return err == VAULT_OK ? 0 : session_fault(w->form.s, err);
}

/* ---- What there is ---- */

/* What is said of the record as it is need not be said of the change. */
static enum vault_err
report_base(struct writing *w)
{
	enum vault_err err = vault_report_new(&w->known);

	if (err == VAULT_OK)
		err = vault_body_check(w->known, w->form.body);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

int
writing_read(struct writing *w, const char *id)
{
	struct session *s = w->form.s;
	enum vault_err err;

	if ((err = vault_get(&w->base, s->vault, id)) != VAULT_OK ||
	    (err = vault_body_read(&w->form.body, w->base.body.bytes,
		 w->base.body.len)) != VAULT_OK ||
	    (err = report_base(w)) != VAULT_OK)
		return session_fault(s, err);
	if (w->base.clashes.len > 0) {
		say_error(SAY_CONFLICT, NULL);
		say_hint(SAY_HINT_RESOLVE, w->base.id, NULL);
		return say_status(VAULT_ECONFLICT);
	}
	if (!vault_type_by_name(&w->form.type, w->base.type))
		return session_fault(s, VAULT_EVERSION);
	memcpy(w->form.record, w->base.id, VAULT_ID_LEN);
	w->form.follows = &w->base.heads;
	return 0;
}

/* Stopped: what there is stays as a draft. */
static int
leave_draft(struct writing *w)
{
	enum vault_err err;

	if (w->form.changed && (err = form_draft(&w->form)) != VAULT_OK)
		return session_fault(w->form.s, err);
	if (w->form.draft != 0)
		say_warning(SAY_FORM_DRAFT_KEPT, NULL);
	else
		say_error(SAY_STOPPED, NULL);
	return 1;
}

/* ---- Keeping the record ---- */

static int
print_kept(struct writing *w, const char *id)
{
	struct buf title = { 0 }, shown = { 0 };
	int status = 0;

	if (vault_title(&title, w->form.s->vault, id) != VAULT_OK)
		buf_reset(&title);
	if (say_is_json()) {
		struct doc *d = doc_object();

		doc_text(d, "id", id);
		doc_text(d, "type", w->form.type.name);
		doc_text(d, "title", buf_text(&title));
		doc_put(d, "issues", issues_doc(w->report));
		status = doc_print(d);
	} else {
		say_line(SAY_NEW_ID, id, NULL);
		say_put_title(&shown, &title);
		say_warning(SAY_NEW_KEPT, buf_text(&shown), NULL);
	}
	buf_free(&title);
	buf_free(&shown);
	return status;
}

/* For a program, all that is wrong; returns exit status 2. */
static int
print_refused(const struct writing *w)
{
	struct doc *d;

	if (say_is_json()) {
		d = doc_object();
		doc_put(d, "issues", issues_doc(w->report));
		(void)doc_print(d);
	}
	return 2;
}

/* VAULT_EUSE: the report has errors. */
static enum vault_err
keep(char id[VAULT_ID_LEN], struct writing *w)
{
	struct vault *v = w->form.s->vault;
	struct buf json = { 0 };
	enum vault_err err;

	if ((err = vault_body_json(&json, w->form.body)) == VAULT_OK) {
		if (w->form.record[0] == '\0') {
			err = vault_add(
			    id, v, w->report, NULL, json.bytes, json.len);
		} else {
			memcpy(id, w->form.record, VAULT_ID_LEN);
			err = vault_edit(
			    v, &w->base, w->report, json.bytes, json.len);
		}
	}
	buf_free(&json);
	return err;
}

/*
 * Keep it, and say so.  Returns an exit status; *errors if the report has
 * some, which were said.
 */
int
writing_save(struct writing *w, bool *errors)
{
	char id[VAULT_ID_LEN];
	enum vault_err err = keep(id, w);
	int status;

	*errors = err == VAULT_EUSE &&
	    vault_report_count(w->report, VAULT_ERROR) > 0;
	if (*errors) {
		issues_say(w->report, VAULT_ERROR, NULL);
		return w->form.l == NULL ? print_refused(w) : 2;
	}
	if (err != VAULT_OK)
		return session_fault(w->form.s, err);
	if (!w->warned)
		issues_say(w->report, VAULT_WARNING, w->known);
	status = print_kept(w, id);
	if (strcmp(w->form.type.name, "consent") == 0)
		left_note(w->form.s, id);
	else if (w->form.record[0] != '\0')
		left_note_closed(w->form.s, id, &w->base.body, w->form.body);
	/* The record is kept: a draft left behind is no failure of that. */
	(void)writing_drop(w);
	return status;
}

/* What the report says of it so far, once before it is kept. */
static void
warn(struct writing *w)
{
	enum vault_err err = vault_body_check(w->report, w->form.body);

	if (err != VAULT_OK && err != VAULT_EUSE)
		return;
	issues_say(w->report, VAULT_WARNING, w->known);
	w->warned = true;
}

/* ---- Asking ---- */

enum choice { SAVE, MORE, BACK, QUIT, DROP, AGAIN };

static enum choice
choice_of(const char *word)
{
	static const struct {
		const char *word;
		enum choice choice;
	} words[] = { { "s", SAVE }, { "m", MORE }, { "q", QUIT } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].choice;
	return AGAIN;
}

/* The line at the end, where the signs mean what they mean everywhere. */
static enum choice
ask_end(struct writing *w)
{
	struct buf prompt = { 0 }, line = { 0 };
	enum choice choice = QUIT;
	enum form_end end;

	lineedit_forget(w->form.l);
	say_put(&prompt, SAY_FORM_END, NULL);
	switch (form_read(&line, &end, &w->form, buf_text(&prompt))) {
	case ANSWER_KEEP:
		choice = SAVE;
		break;
	case ANSWER_TEXT:
		choice = choice_of(buf_text(&line));
		break;
	case ANSWER_HELP:
	case ANSWER_EMPTY:
		choice = AGAIN;
		break;
	case ANSWER_END:
		if (end == FORM_FINISH)
			choice = SAVE;
		else if (end == FORM_MORE)
			choice = MORE;
		else if (end == FORM_BACK)
			choice = BACK;
		else if (end == FORM_STOP)
			choice = DROP;
		break;
	}
	buf_free(&prompt);
	buf_free(&line);
	return choice;
}

/* Ctrl-C: keep it as a draft?  Only a plain no lets it go. */
static int
stop(struct writing *w)
{
	struct buf prompt = { 0 }, line = { 0 };
	bool drop = false;

	if (!w->form.changed)
		return leave_draft(w);
	say_put(&prompt, SAY_FORM_KEEP_DRAFT, NULL);
	if (lineedit_read(&line, w->form.l, buf_text(&prompt), NULL) ==
	    LINEEDIT_DONE)
		drop = answer_is(line.bytes, line.len) == IS_NO;
	buf_free(&prompt);
	buf_free(&line);
	if (!drop)
		return leave_draft(w);
	if (writing_drop(w) == 0)
		say_error(SAY_FORM_DROPPED, NULL);
	return 1;
}

/*
 * It could not be kept: back to the end, where it can be tried again, unless
 * the vault is locked.
 */
static bool
may_try_again(int status)
{
	return status != 0 && status != say_status(VAULT_ELOCKED) &&
	    !session_is_gone();
}

/* Another record is meant: what was written here is not lost. */
static int
go_elsewhere(struct writing *w)
{
	if (w->form.changed)
		(void)leave_draft(w);
	return 0;
}

/* The field that the first error is about, asked again. */
static enum form_end
mend(struct writing *w)
{
	struct vault_issue issue;

	for (size_t i = 0; i < vault_report_len(w->report); i++) {
		vault_report_at(&issue, w->report, i);
		if (issue.severity == VAULT_ERROR && issue.path[0] != '\0') {
			char path[FORM_PATH_LEN];

			/* The report changes when the form goes on. */
			snprintf(path, sizeof(path), "%s", issue.path);
			return form_again(&w->form, path);
		}
	}
	return FORM_NEXT;
}

/* Everything was asked: look at it, and go on. */
static enum form_end
at_end(struct writing *w, int *status, bool *over)
{
	bool errors;

	form_show(&w->form);
	warn(w);
	*over = true;
	switch (ask_end(w)) {
	case SAVE:
		*status = writing_save(w, &errors);
		*over = !errors && !may_try_again(*status);
		return errors ? mend(w) : FORM_NEXT;
	case MORE:
		*over = false;
		return form_rest(&w->form);
	case BACK:
		*over = false;
		return form_first(&w->form);
	case QUIT:
		*status = leave_draft(w);
		break;
	case DROP:
		*status = stop(w);
		break;
	case AGAIN:
		*over = false;
		break;
	}
	return FORM_NEXT;
}

/* Returns an exit status; *instead if another record is to be edited. */
int
writing_ask(struct writing *w, bool *instead)
{
	enum form_end step = form_first(&w->form);
	bool over = false, errors;
	int status = 1;

	*instead = false;
	while (!over) {
		over = true;
		switch (step) {
		case FORM_NEXT:
		case FORM_MORE:
		case FORM_EMPTIED:
			step = at_end(w, &status, &over);
			break;
		case FORM_BACK:
			over = false;
			step = form_first(&w->form);
			break;
		case FORM_FINISH:
			warn(w);
			status = writing_save(w, &errors);
			over = !errors && !may_try_again(status);
			step = errors ? mend(w) : FORM_NEXT;
			break;
		case FORM_STOP:
			status = stop(w);
			break;
		case FORM_CLOSED:
			status = leave_draft(w);
			break;
		case FORM_LOCKED:
			status = say_fault(VAULT_ELOCKED, NULL, "");
			break;
		case FORM_INSTEAD:
			*instead = true;
			status = go_elsewhere(w);
			break;
		case FORM_FAILED:
			status = session_fault(w->form.s, w->form.err);
			(void)leave_draft(w);
			break;
		}
	}
	return status;
}
