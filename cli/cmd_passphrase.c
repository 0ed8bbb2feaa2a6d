/* SPDX-License-Identifier: ISC */
/* passphrase add | change | remove | list: who can open the vault. */
#include <string.h>

#include "ask.h"
#include "session.h"

#define USAGE                                                                  \
	"passphrase add NAME | change [NAME] | remove NAME |"                  \
	" remove --unknown | list [--new-passphrase-file FILE] [--words "      \
	"en|es|pinyin]"

struct list {
	struct buf rows;
	struct doc *array;
	const char *wanted; /* a name whose slot is looked for */
	unsigned slot;
};

static bool
gather(void *ctx, const struct vault_passphrase *p)
{
	struct list *list = ctx;

	if (list->wanted != NULL && strcmp(list->wanted, p->name) == 0)
		list->slot = p->slot;
	if (text_safe_line(&list->rows, p->name, strlen(p->name)) != VAULT_OK)
		return false;
	buf_putf(&list->rows, "\t%s\t%s\n", say_time(p->added),
	    say_time(p->changed));
	if (say_is_json()) {
		struct doc *d = doc_object();

		doc_text(d, "name", p->name);
		doc_text(d, "added", say_time(p->added));
		doc_text(d, "changed", say_time(p->changed));
		doc_put(list->array, NULL, d);
	}
	return true;
}

static int
list_all(struct session *s)
{
	struct list list = { .slot = VAULT_PASSPHRASES };
	enum vault_err err;
	int status = 0;

	list.array = say_is_json() ? doc_array() : NULL;
	say_put(&list.rows, SAY_PASS_LIST_HEAD, NULL);
	buf_put_byte(&list.rows, '\n');
	err = vault_passphrase_each(s->vault, gather, &list);
	if (err != VAULT_OK) {
		status = session_fault(s, err);
		doc_free(list.array);
	} else if (say_is_json()) {
		status = doc_print(list.array);
	} else {
		say_table(&list.rows);
	}
	buf_free(&list.rows);
	return status;
}

/* The name of a slot, for the message. */
struct named {
	unsigned slot;
	struct buf name;
};

static bool
name_of(void *ctx, const struct vault_passphrase *p)
{
	struct named *named = ctx;

	if (p->slot == named->slot)
		buf_put_text(&named->name, p->name);
	return true;
}

/* One sentence for each reason why a change is refused. */
static int
say_refusal(struct session *s, enum vault_err err, const char *name)
{
	if (err == VAULT_EEXISTS)
		say_error(SAY_PASS_NAME_TAKEN, name, NULL);
	else if (err == VAULT_ENORECORD)
		say_error(SAY_PASS_NO_NAME, name, NULL);
	else
		return session_fault(s, err);
	return say_status(err);
}

static unsigned
count(struct session *s)
{
	struct vault_info info;
	unsigned n = 0;

	if (vault_info(&info, s->vault) == VAULT_OK) {
		n = info.passphrases;
		vault_info_free(&info);
	}
	return n;
}

static int
new_pass(struct secret **out, struct session *s, const struct cli *c,
    const struct ask_new *how)
{
	unsigned slot;
	enum vault_err err;
	int status;

	if ((status = ask_new_passphrase(out, c, how)) != 0)
		return status;
	err = vault_passphrase_find(&slot, s->vault, *out);
	if (err == VAULT_EPASS)
		return 0;
	secret_free(*out);
	*out = NULL;
	if (err != VAULT_OK)
		return session_fault(s, err);
	say_error(SAY_PASS_SAME, NULL);
	return 1;
}

static int
add(struct session *s, const struct cli *c, const char *name,
    const struct ask_new *how)
{
	struct secret *pass;
	enum vault_err err;
	int status;

	if (*name == '\0' || strlen(name) > VAULT_NAME_MAX) {
		say_error(SAY_PASS_BAD_NAME, NULL);
		return 2;
	}
	if (count(s) >= VAULT_PASSPHRASES) {
		say_error(SAY_PASS_FULL, NULL);
		return 1;
	}
	if ((status = new_pass(&pass, s, c, how)) != 0)
		return status;
	err = vault_passphrase_add(s->vault, name, pass);
	secret_free(pass);
	if (err != VAULT_OK)
		return say_refusal(s, err, name);
	say_line(SAY_PASS_ADDED, name, NULL);
	return 0;
}

/* The one that was just typed, unless a name says which. */
static int
change(struct session *s, const struct cli *c, unsigned slot, const char *name,
    const struct ask_new *how)
{
	struct list list = { .wanted = name, .slot = VAULT_PASSPHRASES };
	struct named named = { .slot = slot };
	struct secret *pass;
	enum vault_err err;
	int status;

	if (name != NULL) {
		err = vault_passphrase_each(s->vault, gather, &list);
		buf_free(&list.rows);
		if (err != VAULT_OK || list.slot == VAULT_PASSPHRASES)
			return say_refusal(
			    s, err == VAULT_OK ? VAULT_ENORECORD : err, name);
		named.slot = list.slot;
	}
	if ((status = new_pass(&pass, s, c, how)) != 0)
		return status;
	err = vault_passphrase_change(s->vault, named.slot, pass);
	secret_free(pass);
	if (err != VAULT_OK)
		return session_fault(s, err);
	if (vault_passphrase_each(s->vault, name_of, &named) == VAULT_OK)
		say_line(SAY_PASS_CHANGED, buf_text(&named.name), NULL);
	say_line(SAY_PASS_CHANGED_NOTE, NULL);
	buf_free(&named.name);
	return 0;
}

static int
take_away(struct session *s, const char *name)
{
	enum vault_err err = vault_passphrase_remove(s->vault, name);

	if (err == VAULT_EUSE) {
		say_error(SAY_PASS_LAST, NULL);
		return 1;
	}
	if (err != VAULT_OK)
		return say_refusal(s, err, name);
	say_line(SAY_PASS_REMOVED, name, NULL);
	say_line(SAY_PASS_REMOVED_NOTE, NULL);
	return 0;
}

/* Close every place that opens for somebody whom this vault does not know. */
static int
take_unknown_away(struct session *s, unsigned keep)
{
	enum vault_err err;

	if ((err = vault_passphrase_remove_unknown(s->vault, keep)) != VAULT_OK)
		return session_fault(s, err);
	say_line(SAY_PASS_UNKNOWN, NULL);
	say_line(SAY_PASS_REMOVED_NOTE, NULL);
	return 0;
}

static int
run(struct cli *c, int argc, char **argv, const struct ask_new *how)
{
	struct session s = { .agent = -1 };
	bool list = strcmp(argv[1], "list") == 0;
	unsigned slot = 0;
	int status;

	/*
	 * Changes ask for a passphrase again, also while unlocked: whoever sits
	 * down at an unlocked machine shall not be able to add their own.
	 */
	status = list ? session_open(&s, c)
		      : session_open_asking(&s, &slot, c, SAY_ASK_PASS_CURRENT);
	if (status == 0 && list)
		status = list_all(&s);
	else if (status == 0 && strcmp(argv[1], "add") == 0)
		status = add(&s, c, argv[2], how);
	else if (status == 0 && strcmp(argv[1], "change") == 0)
		status = change(&s, c, slot, argc == 3 ? argv[2] : NULL, how);
	else if (status == 0 && argc == 3)
		status = take_away(&s, argv[2]);
	else if (status == 0)
		status = take_unknown_away(&s, slot);
	session_close(&s);
	return status;
}

int
cmd_passphrase(struct cli *c, int argc, char **argv)
{
	const char *file = NULL, *list = NULL;
	bool unknown = false;
	const struct option_of options[] = {
		{ "--new-passphrase-file", &file, NULL },
		{ "--words", &list, NULL },
		{ "--unknown", NULL, &unknown },
	};
	static const struct {
		const char *verb;
		bool unknown;
		int least, most;
	} verbs[] = {
		{ "add", false, 2, 2 },
		{ "change", false, 1, 2 },
		{ "remove", false, 2, 2 },
		{ "remove", true, 1, 1 },
		{ "list", false, 1, 1 },
	};
	int words = cli_options(argc, argv, options, 3);

	for (size_t i = 0; words > 0 && i < 5; i++)
		if (strcmp(argv[1], verbs[i].verb) == 0 &&
		    unknown == verbs[i].unknown && words >= verbs[i].least &&
		    words <= verbs[i].most) {
			struct ask_new how = { list, file, false };
			int status = ask_words_known(list);

			return status != 0 ? status
					   : run(c, words + 1, argv, &how);
		}
	return say_usage(USAGE);
}
