/* SPDX-License-Identifier: ISC */
/* office: our own office towards others: name, digits, card, secret keys. */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "office_keys.h"
#include "outfile.h"
#include "session.h"

#define USAGE                                                                  \
	"office [--name NAME] [--card FILE] | office renew [--signing]"        \
	" | office retire N | office revoke [N] -o FILE [--prepare]"           \
	" | office secret-key -o FILE"

/* ---- The office ---- */

static int
rename_office(struct session *s, const char *name)
{
	enum vault_err err = vault_office_rename(s->vault, name);

	if (err == VAULT_EUSE) {
		say_error(SAY_OFFICE_NAME, name, NULL);
		return 2;
	}
	return err == VAULT_OK ? 0 : session_fault(s, err);
}

static int
show(const struct vault_office *o)
{
	struct doc *d;

	if (!say_is_json()) {
		say_line(SAY_OFFICE_IS, buf_text(&o->name), NULL);
		say_line(SAY_OFFICE_DIGITS, say_half(o->digits, 0),
		    say_half(o->digits, 1), NULL);
		say_line(SAY_OFFICE_MINISIGN, buf_text(&o->minisign), NULL);
		office_keys_say(o);
		if (!o->renew_due)
			say_hint(SAY_HINT_CARD, NULL);
		return 0;
	}
	d = doc_object();
	doc_text(d, "name", buf_text(&o->name));
	doc_text(d, "digits", o->digits);
	doc_text(d, "key", o->signing_key);
	doc_text(d, "minisign", buf_text(&o->minisign));
	doc_text(d, "card", buf_text(&o->card));
	office_keys_doc(d, o);
	return doc_print(d);
}

static int
write_card(const struct vault_office *o, const char *file)
{
	int status = outfile_put(file, o->card.bytes, o->card.len);

	if (status == 0 && strcmp(file, "-") != 0)
		say_line(SAY_CARD_WRITTEN, file, NULL);
	if (status == 0)
		say_hint(SAY_HINT_DIGITS, NULL);
	return status;
}

static int
office(struct session *s, const char *name, const char *card)
{
	struct vault_office o;
	enum vault_err err;
	int status;

	if (name != NULL && (status = rename_office(s, name)) != 0)
		return status;
	if ((err = vault_office(&o, s->vault)) == VAULT_EUSE) {
		/* An older program took any name. */
		say_error(SAY_OFFICE_NAME, "", NULL);
		say_hint(SAY_HINT_OFFICE_NAME, NULL);
		return 2;
	}
	if (err != VAULT_OK)
		return session_fault(s, err);
	status = card != NULL ? write_card(&o, card) : 0;
	if (card == NULL)
		status = show(&o);
	vault_office_free(&o);
	return status;
}

/* ---- The secret half ---- */

/*
 * The file for `age -i`: a comment, and the keys.  A file of its own, which
 * only its owner reads: never a terminal, a pipe or a document.
 */
static int
put_secret(const struct secret *keys, const char *file)
{
	static const char comment[] =
	    "# Amparo receiving keys: whoever has them reads every bundle.\n";
	struct outfile o;
	int status;

	if ((status = outfile_begin(&o, file)) != 0)
		return status;
	if (outfile_write(&o, comment, sizeof(comment) - 1) != VAULT_OK ||
	    outfile_write(&o, secret_view(keys), secret_len(keys)) != VAULT_OK)
		status = outfile_fault(&o);
	return outfile_end(&o, status);
}

static int
give_secret(struct session *s, const char *file)
{
	struct secret *keys;
	enum vault_err err;
	int status;

	if ((err = vault_office_secret(&keys, s->vault)) != VAULT_OK)
		return session_fault(s, err);
	status = put_secret(keys, file);
	secret_free(keys);
	return status;
}

static int
secret_key(struct cli *c, const char *file)
{
	struct session s;
	int status;

	if (file == NULL || *file == '\0' || strcmp(file, "-") == 0) {
		say_error(SAY_SECRET_FILE, NULL);
		say_hint(SAY_HINT_SECRET_FILE, NULL);
		return 2;
	}
	say_warning(SAY_SECRET_WARNING, NULL);
	if ((status = session_open_asking(&s, NULL, c, SAY_ASK_PASS_CURRENT)) !=
	    0)
		return status;
	status = give_secret(&s, file);
	session_close(&s);
	return status == 0 ? outfile_written(file, SAY_HINT_SECRET) : status;
}

int
cmd_office(struct cli *c, int argc, char **argv)
{
	const char *name = NULL, *card = NULL, *file = NULL;
	bool signing = false, prepare = false;
	const struct option_of options[] = {
		{ "--name", &name, NULL },
		{ "--card", &card, NULL },
		{ "-o", &file, NULL },
		{ "--signing", NULL, &signing },
		{ "--prepare", NULL, &prepare },
	};
	int words = cli_options(argc, argv, options, 5), status;
	struct session s;

	if (words == 1 && strcmp(argv[1], "renew") == 0 && name == NULL &&
	    card == NULL && file == NULL)
		return signing ? office_renew_signing(c) : office_renew(c);
	if (!signing && words > 0 && words + prepare <= 2 &&
	    strcmp(argv[1], "revoke") == 0 && name == NULL && card == NULL &&
	    file != NULL && *file != '\0')
		return office_revoke(
		    c, words == 2 ? argv[2] : NULL, file, prepare);
	if (signing || prepare)
		return say_usage(USAGE);
	if (words == 1 && strcmp(argv[1], "secret-key") == 0 && name == NULL &&
	    card == NULL)
		return secret_key(c, file);
	if (words == 2 && strcmp(argv[1], "retire") == 0 && name == NULL &&
	    card == NULL && file == NULL)
		return office_retire(c, argv[2]);
	if (words != 0 || file != NULL || (card != NULL && *card == '\0'))
		return say_usage(USAGE);
	if ((status = session_open(&s, c)) != 0)
		return status;
	status = office(&s, name, card);
	session_close(&s);
	return status;
}
