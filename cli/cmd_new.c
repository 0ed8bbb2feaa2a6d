/* SPDX-License-Identifier: ISC */
/*
 * new, edit: writing a record, line by line or from --set.
 *
 * A record is kept once, at the end.  Until then what there is lies in a
 * draft, which is offered the next time, and dropped when the record is kept
 * or when the person says so.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "form.h"
#include "issues.h"
#include "who.h"

#define USAGE_NEW "new TYPE [--set PATH=VALUE ...]"
#define USAGE_EDIT "edit ID [--set PATH=VALUE ...]"

struct writing {
	struct form form;
	struct session session;
	struct vault_record base; /* what an edit follows; else empty */
	struct vault_report *report;
	bool warned; /* of what the report says */
	int argc;    /* without --set and its values */
	char **set;  /* "PATH=VALUE", borrowed from argv */
	size_t n_set;
};

/* ---- The terminal, when the vault is locked ---- */

/*
 * The watcher of the session ends the process: it leaves the terminal as it
 * was found, and nothing of what was written on it.
 */
static int lock_tty = -1;
static struct termios lock_modes;

static void
leave_terminal(void)
{
	static const char away[] = "\033[?2004l\033[?1049l\033[0m\033[?25h"
				   "\033[H\033[2J\033[3J";

	(void)!write(lock_tty, away, sizeof(away) - 1);
	(void)tcsetattr(lock_tty, TCSANOW, &lock_modes);
}

static void
watch_terminal(void)
{
	lock_tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (lock_tty >= 0 && tcgetattr(lock_tty, &lock_modes) == 0)
		session_at_lock(leave_terminal);
}

static void
unwatch_terminal(void)
{
	session_at_lock(NULL);
	if (lock_tty >= 0)
		close(lock_tty);
	lock_tty = -1;
}

/* ---- Drafts ---- */

/* The drafts of this type and record, the newest first. */
#define DRAFTS_MAX 20
struct offers {
	const struct form *form;
	struct vault_draft draft[DRAFTS_MAX];
	size_t n;
};

static bool
take_draft(void *ctx, const struct vault_draft *d)
{
	struct offers *all = ctx;
	struct vault_draft *to = &all->draft[all->n];

	if (strcmp(d->type, all->form->type.name) != 0 ||
	    strcmp(d->record, all->form->record) != 0)
		return true;
	*to = *d;
	to->body = (struct buf){ 0 };
	if (buf_put(&to->body, d->body.bytes, d->body.len))
		all->n++;
	return all->n < DRAFTS_MAX;
}

/* "10:43", or with the day if that is not today. */
static const char *
draft_time(char out[32], int64_t when)
{
	time_t then = (time_t)when, today = time(NULL);
	struct tm a, b;

	out[0] = '\0';
	if (localtime_r(&then, &a) == NULL || localtime_r(&today, &b) == NULL)
		return out;
	if (a.tm_year == b.tm_year && a.tm_yday == b.tm_yday)
		(void)strftime(out, 32, "%H:%M", &a);
	else
		(void)strftime(out, 32, "%Y-%m-%d %H:%M", &a);
	return out;
}

/* The version a draft was written on: the newest that is not newer. */
struct origin {
	int64_t before, time;
	char version[VAULT_VERSION_LEN];
};

static bool
take_origin(void *ctx, const struct vault_past *p)
{
	struct origin *o = ctx;

	if (p->time <= o->before && (p->version[0] != '\0') &&
	    (o->version[0] == '\0' || p->time > o->time)) {
		o->time = p->time;
		memcpy(o->version, p->version, sizeof(o->version));
	}
	return true;
}

/*
 * The record was changed after the draft was written: follow what the draft
 * followed, so that neither is lost.
 */
static enum vault_err
use_origin(struct writing *w, int64_t draft_time_of)
{
	struct origin o = { .before = draft_time_of };
	struct vault *v = w->session.vault;
	struct vault_record old;
	enum vault_err err;

	if (w->base.time <= draft_time_of)
		return VAULT_OK;
	FORM_TELL(SAY_FORM_DRAFT_OLD);
	if ((err = vault_history(v, w->form.record, take_origin, &o)) !=
		VAULT_OK ||
	    o.version[0] == '\0')
		return err;
	err = vault_get_version(&old, v, w->form.record, o.version);
	if (err == VAULT_OK) {
		vault_record_free(&w->base);
		w->base = old;
	}
	return err;
}

static enum vault_err
use_draft(struct writing *w, const struct vault_draft *d)
{
	struct vault_body *b;
	enum vault_err err;

	err = vault_body_read(&b, d->body.bytes, d->body.len);
	if (err != VAULT_OK)
		return err;
	vault_body_free(w->form.body);
	w->form.body = b;
	w->form.draft = d->number;
	w->form.changed = true;
	return w->form.record[0] == '\0' ? VAULT_OK : use_origin(w, d->time);
}

/* Yes, no, or drop it. */
static char
ask_draft(const struct vault_draft *d)
{
	struct lineedit_hooks hooks = { 0 };
	struct lineedit *l = lineedit_new(&hooks);
	struct buf prompt = { 0 }, line = { 0 };
	char when[32], answer = 'n';

	say_put(&prompt, SAY_FORM_DRAFT_HERE, draft_time(when, d->time), NULL);
	if (l != NULL &&
	    lineedit_read(&line, l, buf_text(&prompt), NULL) == LINEEDIT_DONE)
		answer = line.len == 0 ? 'y' : (char)(line.bytes[0] | 0x20);
	lineedit_free(l);
	buf_free(&prompt);
	buf_free(&line);
	return answer;
}

static enum vault_err
offer_drafts(struct writing *w)
{
	struct offers all = { .form = &w->form };
	struct vault *v = w->session.vault;
	enum vault_err err = vault_drafts(v, take_draft, &all);

	for (size_t i = 0; err == VAULT_OK && i < all.n; i++) {
		char answer = ask_draft(&all.draft[i]);

		if (answer == 'y') {
			err = use_draft(w, &all.draft[i]);
			break;
		}
		if (answer == 'd')
			err = vault_draft_drop(v, all.draft[i].number);
	}
	for (size_t i = 0; i < all.n; i++)
		buf_free(&all.draft[i].body);
	return err;
}

static int
drop_draft(struct writing *w)
{
	enum vault_err err = VAULT_OK;

	if (w->form.draft != 0)
		err = vault_draft_drop(w->session.vault, w->form.draft);
	w->form.draft = 0;
	return err == VAULT_OK ? 0 : session_fault(&w->session, err);
}

/* Stopped: what there is stays as a draft. */
static int
leave_draft(struct writing *w)
{
	enum vault_err err;

	if (w->form.changed && (err = form_draft(&w->form)) != VAULT_OK)
		return session_fault(&w->session, err);
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
	struct buf title = { 0 };
	int status = 0;

	if (vault_title(&title, w->session.vault, id) != VAULT_OK)
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
		say_warning(SAY_NEW_KEPT, buf_text(&title), NULL);
	}
	buf_free(&title);
	return status;
}

/* VAULT_EUSE: the report has errors. */
static enum vault_err
keep(char id[VAULT_ID_LEN], struct writing *w)
{
	struct vault *v = w->session.vault;
	struct buf json = { 0 };
	enum vault_err err;

	if ((err = vault_body_json(&json, w->form.body)) == VAULT_OK) {
		if (w->form.record[0] == '\0') {
			err = vault_add(id, v, w->report, json.bytes, json.len);
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
static int
save(struct writing *w, bool *errors)
{
	char id[VAULT_ID_LEN];
	enum vault_err err = keep(id, w);
	int status;

	*errors = err == VAULT_EUSE &&
	    vault_report_count(w->report, VAULT_ERROR) > 0;
	if (*errors) {
		issues_say(w->report, VAULT_ERROR, NULL);
		return 2;
	}
	if (err != VAULT_OK)
		return session_fault(&w->session, err);
	if (!w->warned)
		issues_say(w->report, VAULT_WARNING, NULL);
	/* The record is kept: a draft left behind is no failure of that. */
	status = print_kept(w, id);
	(void)drop_draft(w);
	return status;
}

/* What the report says of it so far, once before it is kept. */
static void
warn(struct writing *w)
{
	enum vault_err err = vault_body_check(w->report, w->form.body);

	if (err != VAULT_OK && err != VAULT_EUSE)
		return;
	issues_say(w->report, VAULT_WARNING, NULL);
	w->warned = true;
}

/* ---- Asking ---- */

enum choice { SAVE, MORE, QUIT, DROP, AGAIN };

/* The line at the end; what it means, or how the form ended. */
static enum choice
ask_end(struct writing *w)
{
	struct buf prompt = { 0 }, line = { 0 };
	enum choice choice = AGAIN;
	enum lineedit_end end;

	lineedit_forget(w->form.l);
	say_put(&prompt, SAY_FORM_END, NULL);
	end = lineedit_read(&line, w->form.l, buf_text(&prompt), NULL);
	if (end != LINEEDIT_DONE)
		choice = end == LINEEDIT_CANCELLED ? DROP : QUIT;
	else if (line.len == 0 || strcmp(buf_text(&line), "s") == 0)
		choice = SAVE;
	else if (strcmp(buf_text(&line), "m") == 0 ||
	    strcmp(buf_text(&line), "more") == 0)
		choice = MORE;
	else if (strcmp(buf_text(&line), "q") == 0)
		choice = QUIT;
	buf_free(&prompt);
	buf_free(&line);
	return choice;
}

/* Ctrl-C: keep it as a draft? */
static int
stop(struct writing *w)
{
	if (!w->form.changed)
		return leave_draft(w);
	if (ask_yes(w->form.cli, true, SAY_FORM_KEEP_DRAFT, ""))
		return leave_draft(w);
	if (drop_draft(w) == 0)
		say_error(SAY_FORM_DROPPED, NULL);
	return 1;
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
			strncpy(path, issue.path, sizeof(path) - 1);
			path[sizeof(path) - 1] = '\0';
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
		*status = save(w, &errors);
		*over = !errors;
		return errors ? mend(w) : FORM_NEXT;
	case MORE:
		*over = false;
		return form_rest(&w->form);
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
static int
fill(struct writing *w, bool *instead)
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
			status = save(w, &errors);
			over = !errors;
			if (errors)
				step = mend(w);
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
			status = drop_draft(w);
			break;
		case FORM_FAILED:
			status = session_fault(&w->session, w->form.err);
			break;
		}
	}
	return status;
}

/* ---- The commands ---- */

static void
writing_free(struct writing *w)
{
	form_close(&w->form);
	vault_record_free(&w->base);
	vault_report_free(w->report);
	free(w->set);
}

/* Take "--set PATH=VALUE" out of argv, as often as it stands there. */
static bool
take_sets(struct writing *w, int argc, char **argv)
{
	int left = 1;

	if ((w->set = calloc((size_t)argc + 1, sizeof(*w->set))) == NULL)
		return false;
	for (int i = 1; i < argc; i++) {
		char *value = NULL;

		if (strncmp(argv[i], "--set=", 6) == 0)
			value = argv[i] + 6;
		else if (strcmp(argv[i], "--set") == 0 && i + 1 < argc)
			value = argv[++i];
		if (value == NULL)
			argv[left++] = argv[i];
		else if (strchr(value, '=') == NULL)
			return false;
		else
			w->set[w->n_set++] = value;
	}
	w->argc = left;
	return true;
}

static int
set_all(struct writing *w)
{
	for (size_t i = 0; i < w->n_set; i++) {
		char *equals = strchr(w->set[i], '=');
		int status;

		*equals = '\0';
		status = form_set(&w->form, w->set[i], equals + 1);
		*equals = '=';
		if (status != 0)
			return status;
	}
	return 0;
}

/* With a body: from --set and --yes alone, or with questions. */
static int
write_record(struct writing *w, const struct cli *c, bool *instead)
{
	enum vault_err err;
	bool errors;
	int status;

	*instead = false;
	w->form.cli = c;
	w->form.s = &w->session;
	if ((err = vault_report_new(&w->report)) != VAULT_OK)
		return session_fault(&w->session, err);
	if (c->yes && w->n_set > 0) {
		status = set_all(w);
		return status != 0 ? status : save(w, &errors);
	}
	if (!form_open(&w->form)) {
		say_error(SAY_NO_TERMINAL, NULL);
		say_hint(SAY_HINT_SET, NULL);
		return 2;
	}
	watch_terminal();
	if ((err = offer_drafts(w)) != VAULT_OK)
		status = session_fault(&w->session, err);
	else if ((status = set_all(w)) == 0) {
		FORM_TELL(SAY_FORM_HEAD);
		status = fill(w, instead);
	}
	unwatch_terminal();
	return status;
}

static int edit_record(struct writing *w, const struct cli *c, const char *id);

/* The form led to a record that is here: edit that one. */
static int
edit_instead(struct writing *w, const struct cli *c)
{
	struct writing other = { .session = w->session };
	int status;

	status = edit_record(&other, c, w->form.instead);
	writing_free(&other);
	return status;
}

static int
edit_record(struct writing *w, const struct cli *c, const char *id)
{
	struct vault *v = w->session.vault;
	enum vault_err err;
	bool instead;
	int status;

	if ((err = vault_get(&w->base, v, id)) != VAULT_OK ||
	    (err = vault_body_read(&w->form.body, w->base.body.bytes,
		 w->base.body.len)) != VAULT_OK)
		return session_fault(&w->session, err);
	if (w->base.clashes.len > 0) {
		say_error(SAY_CONFLICT, NULL);
		say_hint(SAY_HINT_RESOLVE, w->base.id, NULL);
		return say_status(VAULT_ECONFLICT);
	}
	if (!vault_type_by_name(&w->form.type, w->base.type))
		return session_fault(&w->session, VAULT_EVERSION);
	memcpy(w->form.record, w->base.id, VAULT_ID_LEN);
	status = write_record(w, c, &instead);
	return instead ? edit_instead(w, c) : status;
}

static int
no_type(const char *name)
{
	const char *near[3];

	say_error(SAY_NO_TYPE, name, NULL);
	if (vault_near_types(near, name) > 0) {
		say_hint(SAY_HINT_MEAN, near[0], NULL);
	} else {
		struct vault_type t = { 0 };
		struct buf all = { 0 };

		while (vault_type_next(&t))
			buf_putf(&all, "%s%s", all.len > 0 ? ", " : "", t.name);
		say_hint(SAY_HINT_TYPES, buf_text(&all), NULL);
		buf_free(&all);
	}
	return 2;
}

int
cmd_new(struct cli *c, int argc, char **argv)
{
	struct writing w = { .argc = 0 };
	enum vault_err err;
	bool instead = false;
	int status;

	if (!take_sets(&w, argc, argv) ||
	    cli_options(w.argc, argv, NULL, 0) != 1) {
		status = say_usage(USAGE_NEW);
	} else if (!vault_type_by_name(&w.form.type, argv[1])) {
		status = no_type(argv[1]);
	} else if ((status = session_open(&w.session, c)) == 0) {
		err = vault_body_new(&w.form.body, argv[1]);
		status = err != VAULT_OK ? session_fault(&w.session, err)
					 : write_record(&w, c, &instead);
		if (instead)
			status = edit_instead(&w, c);
		form_close(&w.form);
		session_close(&w.session);
	}
	writing_free(&w);
	return status;
}

/* Several records have that name: say which. */
static int
find_one(char id[VAULT_ID_LEN], const struct session *s, const char *text)
{
	enum vault_err err;
	struct who who;

	if ((err = who_find(&who, s->vault, text, "")) != VAULT_OK)
		return session_fault(s, err);
	if (who.n == 1) {
		memcpy(id, who.id[0], VAULT_ID_LEN);
		return 0;
	}
	if (who.n == 0) {
		say_error(SAY_NO_RECORD, text, NULL);
		return say_status(VAULT_ENORECORD);
	}
	say_error(SAY_FORM_SEVERAL, text, NULL);
	for (size_t i = 0; i < who.n; i++) {
		struct buf about = { 0 };

		who_describe(&about, s->vault, who.id[i]);
		say_warning(SAY_ISSUE, buf_text(&about), NULL);
		buf_free(&about);
	}
	return say_status(VAULT_EUSE);
}

int
cmd_edit(struct cli *c, int argc, char **argv)
{
	struct writing w = { .argc = 0 };
	char id[VAULT_ID_LEN];
	int status;

	if (!take_sets(&w, argc, argv) ||
	    cli_options(w.argc, argv, NULL, 0) != 1) {
		status = say_usage(USAGE_EDIT);
	} else if ((status = session_open(&w.session, c)) == 0) {
		status = find_one(id, &w.session, argv[1]);
		if (status == 0)
			status = edit_record(&w, c, id);
		form_close(&w.form);
		session_close(&w.session);
	}
	writing_free(&w);
	return status;
}
