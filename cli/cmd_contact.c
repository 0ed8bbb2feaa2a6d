/* SPDX-License-Identifier: ISC */
/* contact add | list | verify | mark | remove: the offices that we know. */
#include <string.h>

#include "ask.h"
#include "outfile.h"
#include "session.h"

#define USAGE                                                                  \
	"contact add CARD [--as NAME] | list | verify NAME [--our-office]"     \
	" | mark NAME --our-office | mark NAME --not-our-office | remove NAME"

#define CARD_LEN_MAX 65536

/* ---- Showing ---- */

static struct doc *
contact_doc(const struct vault_contact *c)
{
	struct doc *d = doc_object();

	doc_text(d, "name", c->name);
	doc_text(d, "digits", c->digits);
	doc_text(d, "added", say_time(c->added));
	doc_bool(d, "verified", c->verified != 0);
	if (c->verified != 0)
		doc_text(d, "verified_at", say_time(c->verified));
	doc_bool(d, "our_office", c->our_office);
	doc_bool(d, "frozen", c->frozen);
	return d;
}

struct listing {
	struct buf rows;
	struct doc *array;
};

static void
put_marks(struct buf *out, const struct vault_contact *c)
{
	say_put(out, c->verified != 0 ? SAY_CONTACT_VERIFIED : SAY_CONTACT_NEW,
	    say_time(c->verified), NULL);
	if (c->our_office) {
		buf_put_text(out, ", ");
		say_put(out, SAY_CONTACT_OURS, NULL);
	}
	if (c->frozen) {
		buf_put_text(out, ", ");
		say_put(out, SAY_CONTACT_FROZEN, NULL);
	}
}

static bool
gather(void *ctx, const struct vault_contact *c)
{
	struct listing *l = ctx;

	if (say_is_json()) {
		doc_put(l->array, NULL, contact_doc(c));
		return true;
	}
	buf_putf(&l->rows, "%s\t", c->digits);
	put_marks(&l->rows, c);
	buf_put_byte(&l->rows, '\t');
	/* The name last: it may be right-to-left. */
	if (text_safe_line(&l->rows, c->name, strlen(c->name)) != VAULT_OK)
		return false;
	return buf_put_byte(&l->rows, '\n');
}

static int
list(struct session *s)
{
	struct listing l = { .array = doc_array() };
	enum vault_err err = vault_contacts(s->vault, gather, &l);
	int status = 0;

	if (err == VAULT_OK)
		err = buf_ok(&l.rows);
	if (err != VAULT_OK) {
		status = session_fault(s, err);
		doc_free(l.array);
	} else if (say_is_json()) {
		status = doc_print(l.array);
	} else {
		doc_free(l.array);
		say_table(&l.rows);
	}
	buf_free(&l.rows);
	return status;
}

/* ---- Changing ---- */

static void
say_added(void *ctx, const struct vault_contact *c)
{
	int *status = ctx;

	if (say_is_json()) {
		*status = doc_print(contact_doc(c));
		return;
	}
	say_line(SAY_CONTACT_ADDED, c->name, c->digits, NULL);
	if (c->verified == 0)
		say_hint(SAY_HINT_VERIFY, say_word(c->name), NULL);
}

static int
add_fault(const struct session *s, enum vault_err err, const char *file)
{
	switch ((int)err) {
	case VAULT_EDAMAGED:
		say_error(SAY_CARD_BAD, file, NULL);
		return 13;
	case VAULT_EEXISTS:
		say_error(SAY_CONTACT_EXISTS, NULL);
		say_hint(SAY_HINT_CONTACT_AS, NULL);
		return 1;
	case VAULT_EUSE:
		say_error(SAY_CARD_NOT_TAKEN, file, NULL);
		return 2;
	case VAULT_EREFUSED:
		say_error(SAY_CARD_NOT_COMPARED, NULL);
		say_hint(SAY_HINT_ADD_PLAIN, NULL);
		return 17;
	default:
		return session_fault(s, err);
	}
}

static int
add(struct session *s, const char *file, const char *name, bool our_office)
{
	struct buf card = { 0 };
	enum vault_err err;
	int status;

	if ((status = infile_read(&card, file, CARD_LEN_MAX)) == 0) {
		err = vault_contact_add(s->vault, buf_text(&card), card.len,
		    name, our_office, say_added, &status);
		if (err != VAULT_OK)
			status = add_fault(s, err, file);
	}
	buf_free(&card);
	return status;
}

static int
no_contact(const struct session *s, enum vault_err err, const char *name)
{
	if (err != VAULT_ENORECORD)
		return session_fault(s, err);
	say_error(SAY_NO_CONTACT, name, NULL);
	say_hint(SAY_HINT_CONTACTS, NULL);
	return 15;
}

struct wanted {
	const char *name;
	char digits[72];
	bool found;
};

static bool
look_for(void *ctx, const struct vault_contact *c)
{
	struct wanted *w = ctx;

	w->found = strcmp(w->name, c->name) == 0;
	if (w->found)
		memcpy(w->digits, c->digits, sizeof(w->digits));
	return !w->found;
}

/* Both fingerprints, to be read to each other, and the question. */
static int
compare(struct session *s, const struct cli *c, const char *name)
{
	struct wanted w = { .name = name };
	struct vault_office own;
	enum vault_err err;

	if ((err = vault_contacts(s->vault, look_for, &w)) == VAULT_OK &&
	    !w.found)
		err = VAULT_ENORECORD;
	if (err != VAULT_OK)
		return no_contact(s, err, name);
	if ((err = vault_office(&own, s->vault)) != VAULT_OK)
		return session_fault(s, err);
	say_line(SAY_VERIFY_OURS, own.digits, NULL);
	say_line(SAY_VERIFY_THEIRS, name, w.digits, NULL);
	vault_office_free(&own);
	say_hint(SAY_HINT_COMPARE, NULL);
	if (ask_yes(c, false, SAY_ASK_SAME_DIGITS, name))
		return 0;
	say_error(SAY_NOT_VERIFIED, NULL);
	return 1;
}

static int
done(enum say what, const char *name)
{
	struct doc *d;

	if (!say_is_json()) {
		say_line(what, name, NULL);
		return 0;
	}
	d = doc_object();
	doc_text(d, "name", name);
	return doc_print(d);
}

static int
verify(
    struct session *s, const struct cli *c, const char *name, bool our_office)
{
	enum vault_err err;
	int status;

	if ((status = compare(s, c, name)) != 0)
		return status;
	err = vault_contact_verify(s->vault, name, our_office);
	if (err != VAULT_OK)
		return no_contact(s, err, name);
	return done(SAY_VERIFIED, name);
}

static int
mark(struct session *s, const char *name, bool our_office)
{
	enum vault_err err = vault_contact_mark(s->vault, name, our_office);

	if (err == VAULT_EREFUSED) {
		say_error(SAY_NOT_COMPARED, name, NULL);
		say_hint(SAY_HINT_VERIFY, say_word(name), NULL);
		return 17;
	}
	if (err != VAULT_OK)
		return no_contact(s, err, name);
	return done(our_office ? SAY_MARKED : SAY_UNMARKED, name);
}

static int
remove_one(struct session *s, const char *name)
{
	enum vault_err err = vault_contact_remove(s->vault, name);

	if (err != VAULT_OK)
		return no_contact(s, err, name);
	return done(SAY_CONTACT_REMOVED, name);
}

struct asked {
	const char *verb, *name, *as;
	bool our_office, not_ours;
};

/* What belongs to each verb, and nothing else. */
static bool
is_good(const struct asked *a, int words)
{
	bool add = strcmp(a->verb, "add") == 0;
	bool mark = strcmp(a->verb, "mark") == 0;

	if (words != (strcmp(a->verb, "list") == 0 ? 1 : 2) ||
	    (a->as != NULL && !add) || (a->not_ours && !mark))
		return false;
	if (mark)
		return a->our_office != a->not_ours;
	if (add || strcmp(a->verb, "verify") == 0)
		return true;
	return !a->our_office && (words == 1 || strcmp(a->verb, "remove") == 0);
}

static int
obey(struct session *s, const struct cli *c, const struct asked *a)
{
	switch (*a->verb) {
	case 'l':
		return list(s);
	case 'a':
		return add(s, a->name, a->as, a->our_office);
	case 'v':
		return verify(s, c, a->name, a->our_office);
	case 'm':
		return mark(s, a->name, a->our_office);
	default:
		return remove_one(s, a->name);
	}
}

int
cmd_contact(struct cli *c, int argc, char **argv)
{
	struct asked a = { 0 };
	const struct option_of options[] = {
		{ "--as", &a.as, NULL },
		{ "--our-office", NULL, &a.our_office },
		{ "--not-our-office", NULL, &a.not_ours },
	};
	int words = cli_options(argc, argv, options, 3), status;
	struct session s;

	a.verb = words > 0 ? argv[1] : "";
	a.name = words > 1 ? argv[2] : NULL;
	if (!is_good(&a, words))
		return say_usage(USAGE);
	if ((status = session_open(&s, c)) != 0)
		return status;
	status = obey(&s, c, &a);
	session_close(&s);
	return status;
}
