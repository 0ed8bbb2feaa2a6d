/* SPDX-License-Identifier: ISC */
/* amparo: an encrypted, offline-first vault for testimony and case records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "host.h"
#include "progress.h"
#include "prompt.h"
#include "say.h"

const struct command commands[] = {
	{ "init", cmd_init,
	    "init [--office NAME] [--words en|es|pinyin]"
	    " [--paper-passphrase-file FILE] [--practice]",
	    "make a vault",
	    "A passphrase drawn by lot is proposed, of one of three lists of "
	    "words, and a\n"
	    "second one to keep on paper.\n"
	    "For scripts: --passphrase-file, --paper-passphrase-file, "
	    "--yes.\n"
	    "--practice: a vault of invented records beside yours, to try "
	    "everything in.\n" },
	{ "unlock", cmd_unlock, "unlock [--for 15m] [--at-most 8h]",
	    "ask for the passphrase, keep the key for a while",
	    "For 15 minutes without activity and 8 hours at most, unless --for"
	    " and --at-most\nsay otherwise.  Shows the last change: if you"
	    " remember a later one, this is an\nolder copy.\n" },
	{ "lock", cmd_lock, "lock [--all]",
	    "let the key vanish, end what is running, clear the screen",
	    "Needs no passphrase.  Locks every vault of yours, unless -v"
	    " names one; --all\nlocks all of them even then.\n" },
	{ "info", cmd_info, "info",
	    "what this vault is, and whether it is open", "" },
	{ "passphrase", cmd_passphrase,
	    "passphrase add NAME | change [NAME] | remove NAME |"
	    " remove --unknown | list [--new-passphrase-file FILE]"
	    " [--words en|es|pinyin]",
	    "who can open the vault",
	    "Changes ask for a passphrase again, also while unlocked.  --words "
	    "says from\n"
	    "which list one is drawn by lot.  --unknown closes every place "
	    "that this vault\n"
	    "did not fill.  For scripts: --new-passphrase-file FILE.\n" },
	{ "add", cmd_add, "add TYPE [FILE]", "keep a record from JSON",
	    "FILE is - or left out for standard input; at most 4 MiB.  Prints"
	    " the id.\n" },
	{ "show", cmd_show, "show [ID] [--version VERSION] [--with] [--raw]",
	    "one record, all of it",
	    "ID is an id, its beginning, or a name that one record has; without"
	    " it you are\nasked.  --version: as it was, by the beginning of its"
	    " number in 'history'.\n--with: also what links to it, and what it"
	    " links to.  --raw: the stored JSON.\n" },
	{ "list", cmd_list, "list [QUERY ...] [--limit N]",
	    "records, the newest first",
	    "Fifty at most unless --limit says otherwise; 0 is all.\n" },
	{ "find", cmd_find, "find [QUERY ...] [--like NAME] [--limit N]",
	    "records, the best first, with what was found",
	    "Without a query you are asked, so that names stay out of the"
	    " shell's history.\nAny text is a query.  AND OR NOT, \"quotes\","
	    " (parentheses), a final * and fields\nhave a meaning: type: title:"
	    " name: status: act: place: country: date: case: tag:\nlevel:"
	    " office: duration:, as in  date:2011-02..2011-04 and"
	    "  duration:30d..1y\nWith a ~, as in  date:~2011-02,"
	    " also the month before and the one after; of a\nyear or a day"
	    " likewise.  --like: names within two edits.\n" },
	{ "history", cmd_history, "history [ID]", "every version of a record",
	    "" },
	{ "revert", cmd_revert, "revert ID VERSION",
	    "make an earlier version the new one",
	    "VERSION is the beginning of its number in 'history'.  Nothing is"
	    " lost: what was\nwritten since stays in the history.\n" },
	{ "resolve", cmd_resolve, "resolve [ID] [--take VERSION]",
	    "decide where two versions disagree",
	    "Field by field; --take takes the values of one version.\n" },
	{ "attach", cmd_attach, "attach ID FILE [--name NAME]",
	    "put a file into a record",
	    "Says what a photo carries.  The original stays where it is."
	    "  --name gives it\nanother name in the record.\n" },
	{ "extract", cmd_extract, "extract ID NAME [--number N] [-o FILE]",
	    "write an attachment to a file",
	    "By its own name, unless -o or --output says another.  Nothing is "
	    "overwritten.\n"
	    "--number chooses among several of one name.\n" },
	{ "office", cmd_office,
	    "office [--name NAME] [--card FILE] | office renew [--signing]"
	    " | office retire N | office revoke [N] -o FILE [--prepare]"
	    " | office secret-key -o FILE",
	    "our own office: its digits, its card, its secret keys",
	    "The card is what others add; nothing on it is secret.  renew "
	    "makes a newer key\n"
	    "for others to seal to: yearly, and hand out the card.  renew "
	    "--signing makes\n"
	    "another key that signs: all who have the card compare the digits "
	    "again.  retire\n"
	    "destroys an older key: nobody reads what was sealed to it.  "
	    "revoke: a signing\n"
	    "key was stolen; makes another one, and a file by which contacts "
	    "refuse the\n"
	    "stolen one; --prepare only writes that file, for the day the "
	    "vault is gone.\n"
	    "secret-key asks for the passphrase, warns, and is logged; the "
	    "keys go to a file\n"
	    "and nowhere else.\n" },
	{ "contact", cmd_contact,
	    "contact add CARD [--as NAME] [--our-office] | add REVOCATION | "
	    "list"
	    " | verify NAME [--digits DIGITS] [--our-office]"
	    " | mark NAME --our-office | mark NAME --not-our-office"
	    " | remove NAME",
	    "the offices that we know",
	    "verify shows the digits of both, to be read to each other.  A "
	    "newer signing key\n"
	    "that a card announces waits for that; of several --digits says "
	    "which.  With\n"
	    "--our-office one that was compared may have what stays in the "
	    "office;\n"
	    "--not-our-office takes that back.  A revocation is the file that "
	    "'office revoke'\n"
	    "made, of any office: nothing that its key signs is taken any "
	    "more, and nothing\n"
	    "is sent to that office before another key of it was compared.\n" },
	{ "export", cmd_export,
	    "export [QUERY ...] --to CONTACT ... -o FILE [--include ID ...]"
	    " [--with-sources] [--unsigned] [--parts-checked],"
	    " or export --plain json|csv [QUERY ...]"
	    " (--audience AUDIENCE | --unfiltered) -o FILE [--parts-checked]",
	    "an encrypted, signed bundle for other offices",
	    "Says what leaves and what is held back and why, then asks.  A "
	    "case takes along\n"
	    "what belongs to it.  Level 3 never leaves, level 2 only to our "
	    "own office or by\n"
	    "--include; nobody's record without their consent ('amparo may').  "
	    "Refused if a\n"
	    "text names somebody who must not be named; parts of names are "
	    "shown, and asked\n"
	    "about (--parts-checked: they were looked at).  -o - is standard "
	    "output.\n"
	    "--unsigned: nobody can prove who packed it, nor know it; what is "
	    "in it is still\n"
	    "signed by who wrote it.\n"
	    "--plain json: not a bundle, but the records as an audience may "
	    "read them, sealed\n"
	    "no more; csv: those of one type as a table.  The passphrase is "
	    "asked for again.\n"
	    "--unfiltered: all of every record, for this office only.\n" },
	{ "inspect", cmd_inspect, "inspect FILE",
	    "what is in a bundle, who signed it, what an import would do", "" },
	{ "import", cmd_import,
	    "import FILE [--anyway] [--keep],"
	    " or import LIST --map MAP"
	    " [--encoding NAME] [--policy keep|add|update|ask] [--forgotten]"
	    " [--preview]",
	    "put a bundle, or a list, into the vault",
	    "All of it is verified before anything is written.  --anyway: also"
	    " if no contact\nhas signed it, or if its number was that of"
	    " another one.\nWhat another office has forgotten is destroyed"
	    " here, after a question; --keep\nimports all the rest.\n"
	    "--map: a list of comma-separated values, or in JSON, as the"
	    " map says\n(docs/MAPS.md).  --encoding: what it is if not UTF-8;"
	    " never guessed.\nAll rows, or none.  --policy: what"
	    " becomes of rows that are here already; keep\n(without it):"
	    " nothing; add: what is absent is filled in; update: what an import"
	    "\nwrote is replaced; ask: row by row.  What a person has changed"
	    " is kept.\n--forgotten: also rows whose record was forgotten here,"
	    " after a question.\n--preview: only tell what would become of "
	    "it.\n" },
	{ "backup", cmd_backup, "backup FOLDER",
	    "a whole copy, verified, in a new folder", "" },
	{ "restore", cmd_restore, "restore FROM",
	    "make the vault of -v from a copy", "" },
	{ "reindex", cmd_reindex, "reindex", "make the index again", "" },
	{ "check", cmd_check, "check [--records]",
	    "look at everything, name what is wrong",
	    "With --records also every signature, part, attachment and row of"
	    " the index.\nRepairs nothing.  Exit status 13 if something is"
	    " wrong.\n" },
	{ "log", cmd_log, "log", "what was changed, sent and received", "" },
	{ "new", cmd_new, "new TYPE [--set PATH=VALUE ...]",
	    "write a record, line by line",
	    "A name that is here already is shown first.  What is written is"
	    " kept as a draft\nuntil it is saved; the same command goes on"
	    " with it.\nFor scripts: --set PATH=VALUE ... --yes asks nothing;"
	    " what stands there can be\nseen in the shell's history and in"
	    " ps.\n" },
	{ "edit", cmd_edit, "edit [ID] [--set PATH=VALUE ...]",
	    "change a record, line by line",
	    "ID is a name too, if it is only one record's.  --set PATH= empties"
	    " a field.\n" },
	{ "link", cmd_link, "link [--not] FROM [FIELD] TO",
	    "let one record link to another",
	    "FIELD is a field of FROM, as 'amparo types' lists them, or a part "
	    "of one, like\nperpetrators.who; without it you are asked if "
	    "several fit.  --not takes the\nlink away.\n" },
	{ "same", cmd_same, "same [--limit N], same [--not] ID ID",
	    "records that may be of one person; say that they are",
	    "Without an ID: pairs that are alike, the likeliest first, 50"
	    " unless --limit says\notherwise (0: all).  With two: both are"
	    " shown, and you are asked; nothing is\nmerged.  --not says that"
	    " they are two, and takes a yes back.\n" },
	{ "redact", cmd_redact,
	    "redact ID --audience AUDIENCE [--take-out TEXT ...]"
	    " [--at FIELD:FIRST-LAST ...] [--from-closed]",
	    "a copy of a record with names taken out",
	    "A new record, limited to the audience; the record itself stays.  "
	    "Taken out are\n"
	    "all who must not be named to it ('amparo may'), TEXT however it "
	    "is "
	    "written, and\n"
	    "characters FIRST to LAST of a field, counted from 1.  It is shown "
	    "before it is\n"
	    "kept.  Of a record of level 3, or with readers or other "
	    "audiences, "
	    "--yes is not\nenough: --from-closed says that a copy may be made."
	    "\n" },
	{ "dossier", cmd_dossier,
	    "dossier CASE (--audience AUDIENCE | --unfiltered) -o FILE"
	    " [--parts-checked]",
	    "all that may leave of a case, to be read",
	    "Text: the case, its people, what happened by date, what was said "
	    "and the rest,\n"
	    "as the audience may read it ('amparo may').  Refused if a text "
	    "names somebody\n"
	    "who must not be named.  The passphrase is asked for again.\n" },
	{ "submission", cmd_submission,
	    "submission wgeid|wgad|sr-torture|special-procedures PERSON"
	    " -o FILE [--relation TEXT] [--lang en|fr|es] [--parts-checked]"
	    " [--keep]",
	    "a draft to be copied into a form of the United Nations",
	    "Says what the form asks for and is not there, and where to write "
	    "it; then the\n"
	    "draft.  Refused without the person's consent to the "
	    "audience un;\n"
	    "wgeid wants it given by the family or the person.  Names in texts "
	    "refuse\n"
	    "it, or are asked about (--parts-checked).  --relation: what the "
	    "office is to the\n"
	    "person.  --lang: of the labels.\n"
	    "--keep: also keeps exactly what was written, as an intervention, "
	    "to which\n"
	    "replies and deadlines are added.\n" },
	{ "may", cmd_may, "may [ID] --audience AUDIENCE",
	    "may it leave to them, and why not",
	    "Audiences are the scopes of a consent: partner, un, gov, "
	    "un-public, media,\n"
	    "court (store and research get no records).  What left before is "
	    "listed.\n"
	    "Exit status 0: yes, 17: no.\n" },
	{ "timeline", cmd_timeline, "timeline [PERSON]",
	    "what happened to a person, in order",
	    "Changes of status, acts, testimonies about them, consents and"
	    " interventions, by\ndate; what looks wrong is said.\n" },
	{ "due", cmd_due, "due [--within DAYS]",
	    "dates that have come, or come soon",
	    "Reviews, deadlines that nobody has answered, and consents that"
	    " end, by the first\nday that a date may mean; what is over comes"
	    " first.  Within 30 days unless\n--within says otherwise.\n" },
	{ "count", cmd_count,
	    "count [ever] STATUS ... [--since DATE] [--on DATE] [--case CASE]"
	    " [--certainty CODE] [--level N] [--known-at DATE], or count ID",
	    "how many persons are in a situation, or ever were",
	    "Each person once; by records of at least the certainty 'likely' "
	    "unless told\n"
	    "otherwise.  --known-at: as it was known then.  ID: a record of "
	    "type count,\n"
	    "which is counted again.\n" },
	{ "report", cmd_report,
	    "report [QUERY ...] --by FIELD[,FIELD] [--over year|month|day]"
	    " [--count records|persons] [--hide-below N] [--csv | --html]"
	    " [-o FILE] [--audience AUDIENCE] [--parts-checked]",
	    "figures: so many records of each value of a field",
	    "FIELD is one of 'types', or goes through a link: victims.sex."
	    "  --over: by the\ndate of the records; what is not within one"
	    " period is not guessed.  --count\npersons: each person once,"
	    " victims of acts for instance.  --hide-below hides\nsmall"
	    " figures, and what would give them back.  --html writes one page"
	    " with a\nchart; -o, or --output, names the file.  Both are"
	    " logged.\n--audience counts only what may leave to it, and"
	    " refuses what names somebody who\nmust not be named ('amparo"
	    " may').\n" },
	{ "menu", cmd_menu, "menu", "ten things to do, by number",
	    "At our own prompt, which locks when you leave it; a command may "
	    "be typed\n"
	    "there, too.\n" },
	{ "types", cmd_types, "types [TYPE[.FIELD]]", "what a record can hold",
	    "The fields of a type: name, form in JSON, whether it must or "
	    "should be there,\n"
	    "and what it means.  [brackets]: several of them.  'types "
	    "act.detention' shows\n"
	    "what is in an object.\n" },
	{ "vocab", cmd_vocab, "vocab [NAME] [--lang en|es|zh]",
	    "the codes of a vocabulary",
	    "With their numbers in ESF, and labels in your language or that of "
	    "--lang.\n"
	    "Without a name: which vocabularies there are.\n" },
	{ "forget", cmd_forget,
	    "forget ID, or forget --asked, or forget --rows",
	    "destroy one record for good",
	    "Its key goes first.  A tombstone stays, so that it does not come "
	    "back with a\n"
	    "bundle, and goes to those who got the record with the next export "
	    "to them: what\n"
	    "we wrote is destroyed there, the rest is asked for.\n"
	    "--asked: what others ask to be forgotten here.\n"
	    "--rows: do not keep any more which rows of lists were forgotten: "
	    "their lists\nbring them back.\n" },
	{ "wipe", cmd_wipe, "wipe", "destroy the vault, keys first",
	    "Needs no passphrase.  Asks once, unless --yes.\n" },
	{ "help", cmd_help, "help [COMMAND]", "this list, or more on a command",
	    "" },
};
const size_t n_commands = sizeof(commands) / sizeof(commands[0]);

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* Take the value of argv[at] out, "--name VALUE" or "--name=VALUE". */
static int
one_option(char **argv, int argc, int at, const struct option_of *o)
{
	size_t len = strlen(o->name);

	if (strncmp(argv[at], o->name, len) != 0)
		return 0;
	if (o->flag != NULL && argv[at][len] == '\0') {
		*o->flag = true;
		return 1;
	}
	if (o->value != NULL && argv[at][len] == '=') {
		*o->value = argv[at] + len + 1;
		return 1;
	}
	if (o->value != NULL && argv[at][len] == '\0' && at + 1 < argc) {
		*o->value = argv[at + 1];
		return 2;
	}
	return 0;
}

static bool
has_name(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 &&
	    (word[len] == '\0' || word[len] == '=');
}

static unsigned distance(const char *a, const char *b);

/* The option that may be meant; NULL: none is near. */
static const char *
near_option(const char *word, const struct option_of *options, size_t n)
{
	char name[32];
	const char *near = NULL;
	unsigned best = 3;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	for (size_t i = 0; i < n; i++) {
		unsigned d = distance(name, options[i].name);

		/* Of "-x" everything short is near. */
		if (d < best && strlen(name) > 4) {
			best = d;
			near = options[i].name;
		}
	}
	return near;
}

/* Why that word is no option here. */
static enum say
why_not(const char *word, const struct option_of *options, size_t n)
{
	static const char *const early[] = { "-v", "--vault", "--keys",
		"--passphrase-file", "--passphrase-fd", "--progress" };

	for (size_t i = 0; i < n; i++)
		if (has_name(word, options[i].name))
			return SAY_OPTION_VALUE;
	for (size_t i = 0; i < sizeof(early) / sizeof(early[0]); i++)
		if (has_name(word, early[i]))
			return SAY_OPTION_EARLY;
	return SAY_NO_OPTION;
}

bool
cli_values(int *argc, char **argv, const char *name, const char **list,
    size_t *n, size_t max)
{
	const char *value;
	const struct option_of option = { name, &value, NULL };
	int left = 1, at = 1;

	for (*n = 0; at < *argc && strcmp(argv[at], "--") != 0;) {
		int taken = one_option(argv, *argc, at, &option);

		if (taken == 0) {
			argv[left++] = argv[at++];
			continue;
		}
		if (*n == max)
			return false;
		list[(*n)++] = value;
		at += taken;
	}
	while (at < *argc)
		argv[left++] = argv[at++];
	*argc = left;
	return true;
}

int
cli_options(int argc, char **argv, const struct option_of *options, size_t n)
{
	int words = 0, at = 1;
	bool ended = false;

	while (at < argc) {
		int taken = 0;

		if (!ended && strcmp(argv[at], "--") == 0) {
			ended = true;
			at++;
			continue;
		}
		for (size_t i = 0; !ended && taken == 0 && i < n; i++)
			taken = one_option(argv, argc, at, &options[i]);
		if (taken == 0 && !ended && argv[at][0] == '-' &&
		    argv[at][1] != '\0') {
			say_bad_option(why_not(argv[at], options, n), argv[at],
			    near_option(argv[at], options, n));
			return -1;
		}
		if (taken == 0)
			argv[++words] = argv[at++];
		at += taken;
	}
	return words;
}

void
cli_join(struct buf *out, char **words, int n)
{
	for (int i = 0; i < n; i++) {
		if (i > 0)
			buf_put_byte(out, ' ');
		buf_put_text(out, words[i]);
	}
}

bool
cli_number(uint64_t *out, const char *text)
{
	char *end;

	if (text == NULL)
		return true;
	if (*text < '0' || *text > '9' || strlen(text) > 18)
		return false;
	*out = strtoull(text, &end, 10);
	return *end == '\0';
}

/* How to turn a into b: insertions, deletions, exchanges; small words only. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[32], n = (unsigned)strlen(b);

	if (n > 30)
		return 99;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; *a != '\0'; i++, a++) {
		unsigned corner = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= n; j++) {
			unsigned best = corner + (*a != b[j - 1]);

			corner = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			row[j] = best;
		}
	}
	return row[n];
}

/* The command that may be meant, among those that can be used here. */
static const char *
near_command(const char *name)
{
	const char *near = NULL;
	unsigned best = 3;

	for (size_t i = 0; i < n_commands; i++) {
		unsigned d = distance(name, commands[i].name);

		if (d < best && !prompt_refuses(commands[i].name)) {
			best = d;
			near = commands[i].name;
		}
	}
	return near;
}

int
command_unknown(const char *name)
{
	const char *near = near_command(name);

	/* What is typed at the prompt may be a passphrase: it is not shown. */
	if (prompt_is_around())
		say_error(SAY_NO_SUCH_COMMAND, NULL);
	else
		say_error(SAY_NO_COMMAND, name, NULL);
	if (near != NULL)
		say_hint(SAY_HINT_MEAN, near, NULL);
	else
		say_hint(
		    prompt_is_around() ? SAY_HINT_PROMPT_HELP : SAY_HINT_HELP,
		    NULL);
	return 2;
}

/* "libsodium 1.0.18, SQLite 3.40.1" as members of their own. */
static void
put_libraries(struct doc *d, const char *text)
{
	static const struct {
		const char *name, *key;
	} libraries[] = { { "libsodium ", "libsodium" },
		{ "SQLite ", "sqlite" } };

	for (size_t i = 0; i < 2; i++) {
		const char *at = strstr(text, libraries[i].name);
		struct buf one = { 0 };

		if (at == NULL)
			continue;
		at += strlen(libraries[i].name);
		buf_put(&one, at, strcspn(at, ","));
		doc_text(d, libraries[i].key, buf_text(&one));
		buf_free(&one);
	}
}

static int
version(void)
{
	struct buf b = { 0 };

	vault_libraries(&b);
	if (say_is_json()) {
		struct doc *d = doc_object();

		doc_text(d, "amparo", VAULT_VERSION);
		doc_int(d, "format", VAULT_FORMAT);
		doc_int(d, "json", 1);
		put_libraries(d, buf_text(&b));
		buf_free(&b);
		return doc_print(d);
	}
	printf("amparo " VAULT_VERSION ", format %d, JSON 1\n%s\n",
	    VAULT_FORMAT, buf_text(&b));
	buf_free(&b);
	return 0;
}

/* The vault's folder: -v, else $AMPARO_VAULT, else where data lies. */
static bool
default_place(struct cli *c, struct buf *folder)
{
	const char *base = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	c->place_given = c->place.folder != NULL;
	if (!c->place_given)
		c->place.folder = getenv("AMPARO_VAULT");
	if (c->place.folder != NULL && *c->place.folder != '\0')
		return true;
	if (base != NULL && base[0] == '/')
		buf_putf(folder, "%s/amparo", base);
	else if (home != NULL)
		buf_putf(folder, "%s/.local/share/amparo", home);
	c->place.folder = buf_text(folder);
	return folder->len > 0;
}

static bool
parse_fd(int *out, const char *text)
{
	char *end;
	long fd = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || fd > 65535)
		return false;
	*out = (int)fd;
	return true;
}

/*
 * An empty place, as of a variable in a script that was never set: nothing
 * shall be done to another vault than was meant.
 */
static bool
is_empty(const char *value)
{
	return value != NULL && *value == '\0';
}

/* The options before the command; returns where the command stands, or 0. */
static int
global_options(
    struct cli *c, bool *help, bool *show_version, int argc, char **argv)
{
	const char *fd = NULL, *progress = NULL;
	bool json = false;
	const struct option_of options[] = {
		{ "-v", &c->place.folder, NULL },
		{ "--vault", &c->place.folder, NULL },
		{ "--keys", &c->place.keys, NULL },
		{ "--passphrase-file", &c->pass_file, NULL },
		{ "--passphrase-fd", &fd, NULL },
		{ "--progress", &progress, NULL },
		{ "--json", NULL, &json },
		{ "--yes", NULL, &c->yes },
		{ "--help", NULL, help },
		{ "-h", NULL, help },
		{ "--version", NULL, show_version },
	};
	int at = 1;

	while (at < argc && argv[at][0] == '-') {
		int taken = 0;

		for (size_t i = 0;
		     taken == 0 && i < sizeof(options) / sizeof(options[0]);
		     i++)
			taken = one_option(argv, argc, at, &options[i]);
		say_use_json(json);
		if (taken == 0)
			return 0;
		at += taken;
	}
	if (is_empty(c->place.folder) || is_empty(c->place.keys) ||
	    (fd != NULL && !parse_fd(&c->pass_fd, fd)) ||
	    (progress != NULL && !progress_form(progress)))
		return 0;
	return at;
}

/* Options that people put behind the command are moved before it. */
static bool
late_options(struct cli *c, int *argc, char **argv)
{
	int left = 1;
	bool help = false;

	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			while (i < *argc)
				argv[left++] = argv[i++];
			break;
		}
		if (strcmp(argv[i], "--json") == 0)
			say_use_json(true);
		else if (strcmp(argv[i], "--yes") == 0)
			c->yes = true;
		else if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			help = true;
		else
			argv[left++] = argv[i];
	}
	*argc = left;
	return help;
}

int
main_dispatch(struct cli *c, int argc, char **argv)
{
	const struct command *command;
	char *help_argv[] = { argv[0], argv[0], NULL };

	if ((command = command_find(argv[0])) == NULL)
		return command_unknown(argv[0]);
	if (late_options(c, &argc, argv))
		return cmd_help(c, 2, help_argv);
	return command->run(c, argc, argv);
}

static bool
is_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !say_is_json();
}

int
main(int argc, char **argv)
{
	struct cli c = { .pass_fd = -1 };
	bool help = false, show_version = false;
	struct buf folder = { 0 };
	int at, status = 1;

	/* Before anything can be read that is worth hiding. */
	host_harden();
	say_setup();
	if (vault_setup() != VAULT_OK)
		return 1;
	at = global_options(&c, &help, &show_version, argc, argv);
	say_use_vault(c.place.folder, c.place.keys);
	if (at == 0) {
		say_error(SAY_BAD_OPTION, NULL);
		say_hint(SAY_HINT_HELP, NULL);
		status = 2;
	} else if (show_version) {
		status = version();
	} else if (help) {
		status = cmd_help(&c, argc - at + 1, argv + at - 1);
	} else if (at == argc && !is_terminal()) {
		status = cmd_help(&c, 1, argv);
	} else if (!default_place(&c, &folder)) {
		say_error(SAY_NO_VAULT, "~", NULL);
		status = 10;
	} else if (at == argc) {
		status = prompt_run(&c, false);
	} else {
		status = main_dispatch(&c, argc - at, argv + at);
	}
	buf_free(&folder);
	return say_finish(status);
}
