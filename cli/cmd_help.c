/* SPDX-License-Identifier: ISC */
/* help: examples first, then the commands, from their table. */
#include <libintl.h>
#include <stdio.h>
#include <string.h>

#include "say.h"
#include "cli.h"

#define COLUMNS 80

/* The examples are commands, which are never translated. */
static const char examples[] =
    "  amparo init                     make a vault\n"
    "  amparo unlock                   type the passphrase once\n"
    "  amparo find                     ask for a name, show who bears it\n"
    "  amparo check                    look whether all is well\n"
    "  amparo                          all of this at a prompt of its own\n"
    "  amparo lock                     let the key vanish, now\n";

static const char options[] =
    "  -v, --vault FOLDER      the vault; else $AMPARO_VAULT, else\n"
    "                          $XDG_DATA_HOME/amparo\n"
    "  --keys FILE             the file of keys, if it lies elsewhere\n"
    "  --json                  results as JSON\n"
    "  --passphrase-file FILE  the passphrase, for scripts\n"
    "  --passphrase-fd N       the same from an open descriptor\n"
    "  --progress lines|json   progress for other programs\n"
    "  --yes                   ask nothing, go on\n"
    "  -h, --help              this, or more on a command\n"
    "  --version               of the program, and of what it is made of\n";

static const char statuses[] =
    "   0  done                 14  not enough memory for the passphrase\n"
    "   1  failed               15  no such record\n"
    "   2  wrong usage          16  two versions disagree\n"
    "  10  no vault there       17  refused by consent or confidentiality\n"
    "  11  locked while working 18  busy\n"
    "  12  wrong passphrase     19  no space, or read-only\n"
    "  13  damaged or forged    20  sealed to somebody else\n"
    "                           21  needs a newer version or higher limit\n";

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

static struct doc *
command_doc(const struct command *command)
{
	struct doc *d = doc_object();

	doc_text(d, "command", command->name);
	doc_text(d, "usage", command->usage);
	doc_text(d, "does", gettext(command->does));
	if (command->more[0] != '\0')
		doc_text(d, "more", gettext(command->more));
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
	printf("%s", examples);
	printf("\namparo [OPTION ...] COMMAND ...\n");
	for (size_t i = 0; i < n_commands; i++)
		printf("  %-12s %s\n", commands[i].name,
		    gettext(commands[i].does));
	printf("\n%s\nExit status:\n%s", options, statuses);
	return 0;
}
