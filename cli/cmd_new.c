/* SPDX-License-Identifier: ISC */
/* new, edit: writing a record, line by line or from --set. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ask.h"
#include "pick.h"
#include "writing.h"

#define USAGE_NEW "new TYPE [--set PATH=VALUE ...]"
#define USAGE_EDIT "edit [ID] [--set PATH=VALUE ...]"

/* What one command has: an open vault, and what it is told to set. */
struct work {
	const struct cli *cli;
	struct session session;
	const char **set; /* "PATH=VALUE", borrowed from argv */
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

/* ---- The commands ---- */

/* A word, and any number of --set PATH=VALUE; the number of words, or -1. */
static int
take_arguments(struct work *work, int argc, char **argv)
{
	const struct option_of set = { "--set", NULL, NULL };

	work->set = calloc((size_t)argc + 1, sizeof(*work->set));
	if (work->set == NULL ||
	    !cli_values(
		&argc, argv, "--set", work->set, &work->n_set, (size_t)argc))
		return -1;
	for (size_t i = 0; i < work->n_set; i++)
		if (strchr(work->set[i], '=') == NULL)
			return -1;
	return cli_options(argc, argv, &set, 1);
}

static int
set_all(struct writing *w, const struct work *work)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < work->n_set; i++) {
		char *equals = strchr(work->set[i], '=');

		*equals = '\0';
		status = form_set(&w->form, work->set[i], equals + 1);
		*equals = '=';
	}
	return status;
}

/* Facts are corrected by another record: by which field it says so. */
static void
tell_settled(const struct form *f)
{
	struct vault_field field = { 0 };
	struct buf id = { 0 };

	buf_put(&id, f->record, 8);
	while (vault_field_next(&field, &f->type))
		if (strcmp(field.name, "supersedes") == 0 ||
		    strcmp(field.name, "withdraws") == 0)
			FORM_TELL(SAY_FORM_SETTLED, f->type.name, field.name,
			    buf_text(&id));
	buf_free(&id);
}

static int
ask(struct writing *w, const struct work *work, bool *instead)
{
	enum vault_err err;
	int status;

	if (!form_open(&w->form)) {
		say_error(SAY_NO_TERMINAL, NULL);
		say_hint(SAY_HINT_SET, NULL);
		return 2;
	}
	watch_terminal();
	if ((err = writing_offer(w)) != VAULT_OK)
		status = session_fault(w->form.s, err);
	else
		status = set_all(w, work);
	if (status == 0) {
		if (form_is_settled(&w->form))
			tell_settled(&w->form);
		FORM_TELL(SAY_FORM_HEAD);
		status = writing_ask(w, instead);
	}
	unwatch_terminal();
	return status;
}

/* A body is there: from --set and --yes alone, or with questions. */
static int
write_record(struct writing *w, const struct work *work, bool *instead)
{
	enum vault_err err;
	bool errors;
	int status;

	*instead = false;
	if ((err = vault_report_new(&w->report)) != VAULT_OK)
		return session_fault(w->form.s, err);
	if (!work->cli->yes || work->n_set == 0)
		return ask(w, work, instead);
	status = set_all(w, work);
	return status != 0 ? status : writing_save(w, &errors);
}

/* Edit id; and then what the form may lead to instead. */
static int
edit(struct work *work, const char *id)
{
	char next[VAULT_ID_LEN];
	bool instead = true;
	int status = 0;

	memcpy(next, id, VAULT_ID_LEN);
	while (instead && status == 0) {
		struct writing w = { .form = { .cli = work->cli,
					 .s = &work->session } };

		instead = false;
		if ((status = writing_read(&w, next)) == 0)
			status = write_record(&w, work, &instead);
		memcpy(next, w.form.instead, VAULT_ID_LEN);
		writing_free(&w);
		/* What was to be set was meant for the other. */
		work->n_set = 0;
	}
	return status;
}

static int
make(struct work *work, const struct vault_type *type)
{
	struct writing w = {
		.form = { .cli = work->cli, .s = &work->session, .type = *type }
	};
	char other[VAULT_ID_LEN];
	enum vault_err err = vault_body_new(&w.form.body, type->name);
	bool instead = false;
	int status;

	if (err == VAULT_OK)
		status = write_record(&w, work, &instead);
	else
		status = session_fault(&work->session, err);
	memcpy(other, w.form.instead, VAULT_ID_LEN);
	writing_free(&w);
	work->n_set = 0;
	return instead && status == 0 ? edit(work, other) : status;
}

int
cmd_new(struct cli *c, int argc, char **argv)
{
	struct work work = { .cli = c };
	struct vault_type type;
	int status;

	if (take_arguments(&work, argc, argv) != 1) {
		status = say_usage(USAGE_NEW);
	} else if (!vault_type_by_name(&type, argv[1])) {
		status = cli_no_type(argv[1]);
	} else if ((status = session_open(&work.session, c)) == 0) {
		status = make(&work, &type);
		session_close(&work.session);
	}
	free(work.set);
	return status;
}

int
cmd_edit(struct cli *c, int argc, char **argv)
{
	struct work work = { .cli = c };
	char id[VAULT_ID_LEN];
	int status, words = take_arguments(&work, argc, argv);
	const char *text = words == 1 ? argv[1] : NULL;

	if (words != 0 && words != 1) {
		status = say_usage(USAGE_EDIT);
	} else if ((status = pick_open(&work.session, id, c, text)) == 0) {
		status = edit(&work, id);
		session_close(&work.session);
	}
	free(work.set);
	return status;
}
