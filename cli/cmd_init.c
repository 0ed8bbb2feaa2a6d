/* SPDX-License-Identifier: ISC */
/* init: make a vault, with a passphrase drawn by lot and one for paper. */
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask.h"
#include "host.h"
#include "practice.h"
#include "session.h"

#define USAGE                                                                  \
	"init [--office NAME] [--words en|es|pinyin]"                          \
	" [--paper-passphrase-file FILE] [--practice]"

/* The folder that the vault's folder will stand in. */
static char *
parent_of(const char *folder)
{
	char *copy = strdup(folder), *parent = NULL;

	if (copy != NULL)
		parent = strdup(dirname(copy));
	free(copy);
	return parent;
}

/* The default place is made step by step: ~/.local/share may be missing. */
static void
make_parents(const char *folder)
{
	char *path = strdup(folder);

	for (char *at = path; path != NULL && *at != '\0'; at++)
		if (*at == '/' && at > path) {
			*at = '\0';
			(void)mkdir(path, 0700);
			*at = '/';
		}
	free(path);
}

static int
check_place(const struct cli *c)
{
	char *parent = parent_of(c->place.folder);
	bool vanishes = parent != NULL && vault_place_vanishes(parent);

	free(parent);
	if (!vanishes || c->yes)
		return 0;
	if (ask_has_terminal()) {
		if (ask_yes(c, false, SAY_ASK_VANISHES, c->place.folder))
			return 0;
		say_error(SAY_STOPPED, NULL);
		return 1;
	}
	say_error(SAY_VANISHES, c->place.folder, NULL);
	say_hint(SAY_HINT_YES, NULL);
	return 1;
}

static int
create(struct session *s, const struct cli *c, const struct secret *pass,
    const char *office)
{
	struct vault_new what = {
		.place = c->place,
		.pass = pass,
		.pass_name = "mine",
		.office = office,
	};
	enum vault_err err;

	if (isatty(STDERR_FILENO))
		say_warning(SAY_INIT_CALIBRATING, NULL);
	if ((err = vault_calibrate(&what.cost)) == VAULT_OK)
		err = vault_create(&s->vault, &s->key, &what);
	if (err == VAULT_EEXISTS) {
		say_error(SAY_NOT_EMPTY, c->place.folder, NULL);
		return 1;
	}
	return say_fault(err, NULL, c->place.folder);
}

/* The second passphrase: offered, since the first one may be forgotten. */
static int
add_paper(
    struct session *s, const struct cli *c, const char *list, const char *file)
{
	struct ask_new how = { list, file, true };
	struct secret *pass;
	enum vault_err err;
	int status;

	if (file == NULL &&
	    (c->pass_file != NULL || c->pass_fd >= 0 || c->yes ||
		!ask_yes(c, true, SAY_ASK_PAPER, "")))
		return 0;
	if ((status = ask_new_passphrase(&pass, c, &how)) != 0)
		return status;
	err = vault_passphrase_add(s->vault, "paper", pass);
	secret_free(pass);
	return err == VAULT_OK ? 0 : session_fault(s, err);
}

static int
say_made(struct session *s, const struct cli *c)
{
	struct vault_info info;
	enum vault_err err;
	int status = 0;

	if ((err = vault_info(&info, s->vault)) != VAULT_OK)
		return session_fault(s, err);
	say_line(SAY_INIT_DONE, c->place.folder, NULL);
	say_line(SAY_INIT_DIGITS, say_half(info.digits, 0),
	    say_half(info.digits, 1), NULL);
	say_line(SAY_INIT_NOBODY, NULL);
	say_line(SAY_INIT_COPY, NULL);
	if (say_is_json()) {
		struct doc *d = doc_object();

		doc_text(d, "vault", c->place.folder);
		doc_text(d, "office", buf_text(&info.office));
		doc_text(d, "digits", info.digits);
		doc_text(d, "fingerprint", info.digits); /* of old */
		doc_int(d, "passphrases", info.passphrases);
		status = doc_print(d);
	}
	vault_info_free(&info);
	return status;
}

/* ---- A vault to practise in ---- */

/* Never in the place of the vault that the work is for. */
static void
move_aside(struct cli *c, struct buf *folder)
{
	if (c->place_given || getenv("AMPARO_VAULT") != NULL)
		return;
	buf_putf(folder, "%s-practice", c->place.folder);
	c->place.folder = buf_text(folder);
}

static int
practise(struct session *s, const struct cli *c)
{
	enum vault_err err = practice_fill(s->vault);

	if (err != VAULT_OK)
		return session_fault(s, err);
	say_line(SAY_INIT_PRACTICE, NULL);
	if (c->pass_file == NULL && c->pass_fd < 0)
		say_line(SAY_INIT_PRACTICE_PASS, PRACTICE_PASSPHRASE, NULL);
	say_hint(SAY_HINT_PRACTICE, say_word(c->place.folder), NULL);
	return 0;
}

/* Its passphrase is in the manual: nothing is asked. */
static int
practice_passphrase(struct secret **out, const struct cli *c)
{
	if (c->pass_file != NULL || c->pass_fd >= 0)
		return ask_passphrase(out, c, SAY_ASK_PASS_NEW);
	*out = secret_copy(PRACTICE_PASSPHRASE, strlen(PRACTICE_PASSPHRASE));
	return *out == NULL ? say_fault(VAULT_ENOMEM, NULL, NULL) : 0;
}

static int
first_passphrase(
    struct secret **out, const struct cli *c, const char *list, bool practice)
{
	struct ask_new how = { list, NULL, false };

	if (practice)
		return practice_passphrase(out, c);
	if (c->pass_file != NULL || c->pass_fd >= 0)
		return ask_passphrase(out, c, SAY_ASK_PASS_NEW);
	return ask_new_passphrase(out, c, &how);
}

int
cmd_init(struct cli *c, int argc, char **argv)
{
	const char *office = NULL, *list = NULL, *paper = NULL;
	bool practice = false;
	const struct option_of options[] = {
		{ "--office", &office, NULL },
		{ "--words", &list, NULL },
		{ "--paper-passphrase-file", &paper, NULL },
		{ "--practice", NULL, &practice },
	};

	struct session s = { .agent = -1 };
	struct secret *pass = NULL;
	struct buf name = { 0 }, aside = { 0 };
	struct stat st;
	int status;

	if (cli_options(argc, argv, options, 4) != 0)
		return say_usage(USAGE);
	if ((status = ask_words_known(list)) != 0)
		return status;
	if (practice) {
		move_aside(c, &aside);
		office = office == NULL ? PRACTICE_OFFICE : office;
	}
	make_parents(c->place.folder);
	if (stat(c->place.folder, &st) == 0 && rmdir(c->place.folder) != 0) {
		say_error(SAY_NOT_EMPTY, c->place.folder, NULL);
		return 1;
	}
	if (c->place.keys != NULL && lstat(c->place.keys, &st) == 0) {
		say_error(SAY_KEYS_THERE, c->place.keys, NULL);
		return 1;
	}
	if ((status = check_place(c)) != 0)
		return status;
	if (office == NULL && c->pass_file == NULL && c->pass_fd < 0) {
		if (!ask_line(&name, SAY_ASK_OFFICE, NULL) && !c->yes) {
			status = ask_has_terminal() ? 1 : 2;
			say_error(
			    status == 1 ? SAY_STOPPED : SAY_NO_TERMINAL, NULL);
			if (status == 2)
				say_hint(SAY_HINT_PASS_FILE, NULL);
			goto out;
		}
		office = buf_text(&name);
	}
	if ((status = first_passphrase(&pass, c, list, practice)) != 0 ||
	    (status = create(&s, c, pass, office == NULL ? "" : office)) != 0)
		goto out;
	/* Last of all what was made: showing the second one clears the screen.
	 */
	status = practice ? 0 : add_paper(&s, c, list, paper);
	if (say_made(&s, c) != 0 && status == 0)
		status = 1;
	if (practice && status == 0)
		status = practise(&s, c);
out:
	session_close(&s);
	secret_free(pass);
	buf_free(&name);
	buf_free(&aside);
	return status;
}
