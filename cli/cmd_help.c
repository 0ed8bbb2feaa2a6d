/* SPDX-License-Identifier: ISC */
/* help: examples first, then the commands, from their table. */
#include <libintl.h>
#include <stdio.h>
#include <string.h>

#include "say.h"
#include "cli.h"

#define COLUMNS 80

#define N_(text) text /* for xgettext: translated where it is shown */

/* What it does, and what is typed, which is never translated. */
struct row {
	const char *does, *what;
};

static const struct row examples[] = {
	{ N_("make a vault"), "amparo init" },
	{ N_("type the passphrase once"), "amparo unlock" },
	{ N_("ask for a name, show who bears it"), "amparo find" },
	{ N_("look whether all is well"), "amparo check" },
	{ N_("all of this at a prompt of its own"), "amparo" },
	{ N_("let the key vanish, now"), "amparo lock" },
};

static const struct row options[] = {
	{ N_("the vault; else $AMPARO_VAULT, else\n$XDG_DATA_HOME/amparo"),
	    "-v, --vault FOLDER" },
	{ N_("the file of keys, if it lies elsewhere"), "--keys FILE" },
	{ N_("results as JSON"), "--json" },
	{ N_("the passphrase, for scripts"), "--passphrase-file FILE" },
	{ N_("the same from an open descriptor"), "--passphrase-fd N" },
	{ N_("progress for other programs"), "--progress lines|json" },
	{ N_("ask nothing, go on"), "--yes" },
	{ N_("this, or more on a command"), "-h, --help" },
	{ N_("of the program, and of what it is made of"), "--version" },
};

/* Two columns; the second begins with 14. */
static const struct row statuses[] = {
	{ N_("done"), "0" },
	{ N_("failed"), "1" },
	{ N_("wrong usage"), "2" },
	{ N_("no vault there"), "10" },
	{ N_("locked while working"), "11" },
	{ N_("wrong passphrase"), "12" },
	{ N_("damaged or forged"), "13" },
	{ N_("not enough memory for the passphrase"), "14" },
	{ N_("no such record"), "15" },
	{ N_("two versions disagree"), "16" },
	{ N_("refused by consent or confidentiality"), "17" },
	{ N_("busy"), "18" },
	{ N_("no space, or read-only"), "19" },
	{ N_("sealed to somebody else"), "20" },
	{ N_("needs a newer version or higher limit"), "21" },
};
#define N_STATUSES (sizeof(statuses) / sizeof(statuses[0]))
#define LEFT_STATUSES 7

static void
print_rows(const struct row *rows, size_t n, int width)
{
	for (size_t i = 0; i < n; i++) {
		const char *what = rows[i].what, *at = say_label(rows[i].does);

		while (*at != '\0') {
			size_t len = strcspn(at, "\n");

			printf("  %-*s %.*s\n", width, what, (int)len, at);
			at += len + (at[len] != '\0');
			what = "";
		}
	}
}

/* The widest text of n rows, in the reader's language. */
static size_t
widest(const struct row *rows, size_t n)
{
	size_t most = 0;

	for (size_t i = 0; i < n; i++) {
		const char *does = say_label(rows[i].does);
		size_t width = text_width(does, strlen(does));

		most = width > most ? width : most;
	}
	return most;
}

/* Side by side, from 14 on at the right; one below the other if too wide. */
static void
print_statuses(void)
{
	const struct row *right = statuses + LEFT_STATUSES;
	size_t n = N_STATUSES - LEFT_STATUSES;
	size_t left = widest(statuses, LEFT_STATUSES);
	bool one = 11 + left + widest(right, n) > COLUMNS;

	for (size_t i = 0; i < (one ? N_STATUSES : n); i++) {
		const char *does = "";

		if (one || i < LEFT_STATUSES)
			does = say_label(statuses[i].does);
		printf(
		    "  %2s  %s", *does != '\0' ? statuses[i].what : "", does);
		for (size_t w = text_width(does, strlen(does));
		     !one && w < left; w++)
			putchar(' ');
		if (!one)
			printf(
			    " %s  %s", right[i].what, say_label(right[i].does));
		putchar('\n');
	}
}

/* The length of what stands before the next "|", with the one in front. */
static size_t
choice(const char *usage)
{
	const char *next = strstr(usage + 1, " |");

	return next == NULL ? strlen(usage) : (size_t)(next - usage);
}

/* A usage line of 80 columns at most, broken outside of brackets only. */
static void
print_usage(const char *usage)
{
	size_t column = (size_t)printf("amparo");

	while (*usage != '\0') {
		int depth = 0;
		size_t len = 0;

		for (; usage[len] != '\0' && (usage[len] != ' ' || depth > 0);
		     len++)
			depth += (usage[len] == '[') - (usage[len] == ']');
		if (column + 1 + len > COLUMNS ||
		    (*usage == '|' && column + choice(usage) > COLUMNS))
			column = (size_t)printf("\n      ") - 1;
		column += (size_t)printf(" %.*s", (int)len, usage);
		usage += len + (usage[len] == ' ');
	}
	putchar('\n');
}

/* For programs: the same in every language. */
static struct doc *
command_doc(const struct command *command)
{
	struct doc *d = doc_object();

	doc_text(d, "command", command->name);
	doc_text(d, "usage", command->usage);
	doc_text(d, "does", command->does);
	if (command->more[0] != '\0')
		doc_text(d, "more", command->more);
	return d;
}

static int
help_json(void)
{
	struct doc *all = doc_array();

	for (size_t i = 0; i < n_commands; i++)
		doc_put(all, NULL, command_doc(&commands[i]));
	return doc_print(all);
}

static int
help_one(const struct command *command)
{
	if (say_is_json())
		return doc_print(command_doc(command));
	print_usage(command->usage);
	printf("    %s\n", gettext(command->does));
	if (command->more[0] != '\0')
		printf("\n%s", gettext(command->more));
	return 0;
}

int
cmd_help(struct cli *c, int argc, char **argv)
{
	const struct command *command;

	(void)c;
	if (argc > 2)
		return say_usage("help [COMMAND]");
	if (argc == 2 && (command = command_find(argv[1])) == NULL)
		return command_unknown(argv[1]);
	if (argc == 2)
		return help_one(command);
	if (say_is_json())
		return help_json();
	print_rows(examples, sizeof(examples) / sizeof(examples[0]), 31);
	printf("\namparo [OPTION ...] COMMAND ...\n");
	for (size_t i = 0; i < n_commands; i++)
		printf("  %-12s %s\n", commands[i].name,
		    gettext(commands[i].does));
	putchar('\n');
	print_rows(options, sizeof(options) / sizeof(options[0]), 23);
	putchar('\n');
	say_line(SAY_HELP_STATUSES, NULL);
	print_statuses();
	return 0;
}
