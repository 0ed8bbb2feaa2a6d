/* SPDX-License-Identifier: ISC */
/* cli - what every command is given, and the commands themselves. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>

#include "vault.h"

/* The options that stand before the command, and the common ones after it. */
struct cli {
	struct vault_place place;
	bool place_given;      /* by -v */
	const char *pass_file; /* NULL: ask on the terminal */
	int pass_fd;           /* -1: none */
	bool yes;              /* ask nothing, go on */
};

/*
 * An option of a command: --name, or --name VALUE; with neither it is one
 * whose values were taken by cli_values.
 */
struct option_of {
	const char *name;
	const char **value; /* where its value goes, or NULL */
	bool *flag;         /* set if it is given, or NULL */
};

/*
 * Take an option that may stand there more than once out of argv, up to "--":
 * the *n values, borrowed, into list, which has room for max.  False: there
 * are more.
 */
bool cli_values(int *argc, char **argv, const char *name, const char **list,
    size_t *n, size_t max);

/*
 * Take options out of argv, wherever they stand; what is left are argc - 1
 * words from argv[1] on.  "--" ends the options.  Returns the number of
 * words, or -1 after a message.
 */
int cli_options(
    int argc, char **argv, const struct option_of *options, size_t n);

/* Append n words with blanks between them; n may be negative: none. */
void cli_join(struct buf *out, char **words, int n);

/* The number of an option; as it was if text is NULL.  False: none. */
bool cli_number(uint64_t *out, const char *text);

/* There is no such type; which there are.  Returns the exit status, 2. */
int cli_no_type(const char *name);

struct command {
	const char *name;
	int (*run)(struct cli *c, int argc, char **argv);
	const char *usage; /* what stands behind "amparo" */
	const char *does;  /* one line for the help */
	const char *more;  /* the rest of its own help */
};
/* Run the command argv[0]; what it returns is an exit status. */
int main_dispatch(struct cli *c, int argc, char **argv);

extern const struct command commands[];
extern const size_t n_commands;
const struct command *command_find(const char *name);

/* Say that there is none of this name, and which is near; returns 2. */
int command_unknown(const char *name);

/* Each returns an exit status. */
int cmd_init(struct cli *c, int argc, char **argv);
int cmd_unlock(struct cli *c, int argc, char **argv);
int cmd_lock(struct cli *c, int argc, char **argv);
int cmd_info(struct cli *c, int argc, char **argv);
int cmd_passphrase(struct cli *c, int argc, char **argv);
int cmd_check(struct cli *c, int argc, char **argv);
int cmd_log(struct cli *c, int argc, char **argv);
int cmd_new(struct cli *c, int argc, char **argv);
int cmd_edit(struct cli *c, int argc, char **argv);
int cmd_add(struct cli *c, int argc, char **argv);
int cmd_show(struct cli *c, int argc, char **argv);
int cmd_list(struct cli *c, int argc, char **argv);
int cmd_find(struct cli *c, int argc, char **argv);
int cmd_link(struct cli *c, int argc, char **argv);
int cmd_redact(struct cli *c, int argc, char **argv);
int cmd_dossier(struct cli *c, int argc, char **argv);
int cmd_may(struct cli *c, int argc, char **argv);
int cmd_timeline(struct cli *c, int argc, char **argv);
int cmd_same(struct cli *c, int argc, char **argv);
int cmd_due(struct cli *c, int argc, char **argv);
int cmd_count(struct cli *c, int argc, char **argv);
int cmd_report(struct cli *c, int argc, char **argv);
int cmd_menu(struct cli *c, int argc, char **argv);
int cmd_types(struct cli *c, int argc, char **argv);
int cmd_vocab(struct cli *c, int argc, char **argv);
int cmd_history(struct cli *c, int argc, char **argv);
int cmd_revert(struct cli *c, int argc, char **argv);
int cmd_resolve(struct cli *c, int argc, char **argv);
int cmd_attach(struct cli *c, int argc, char **argv);
int cmd_extract(struct cli *c, int argc, char **argv);
int cmd_backup(struct cli *c, int argc, char **argv);
int cmd_restore(struct cli *c, int argc, char **argv);
int cmd_reindex(struct cli *c, int argc, char **argv);
int cmd_office(struct cli *c, int argc, char **argv);
int cmd_contact(struct cli *c, int argc, char **argv);
int cmd_export(struct cli *c, int argc, char **argv);
int cmd_submission(struct cli *c, int argc, char **argv);
int cmd_inspect(struct cli *c, int argc, char **argv);
int cmd_import(struct cli *c, int argc, char **argv);
int cmd_forget(struct cli *c, int argc, char **argv);
int cmd_wipe(struct cli *c, int argc, char **argv);
int cmd_help(struct cli *c, int argc, char **argv);

#endif
