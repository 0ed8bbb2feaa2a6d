/* SPDX-License-Identifier: ISC */
/* contact add | list | verify | mark | remove: the offices that we know. */
#include <string.h>

#include "ask.h"
#include "outfile.h"
#include "session.h"

#define USAGE                                                                  \
	"contact add CARD [--as NAME] [--our-office] | add REVOCATION | list"  \
	" | verify NAME [--digits DIGITS] [--our-office]"                      \
	" | mark NAME --our-office | mark NAME --not-our-office | remove NAME"

#define CARD_LEN_MAX 65536

/* ---- Showing ---- */

/* The announced keys whose digits are told. */
static size_t
known_announced(const struct vault_contact *c)
{
	return c->n_announced < VAULT_ANNOUNCED_MAX ? c->n_announced
						    : VAULT_ANNOUNCED_MAX;
}

static struct doc *
contact_doc(const struct vault_contact *c)
{
	struct doc *d = doc_object(), *announced = doc_array();

	doc_text(d, "name", c->name);
	doc_text(d, "digits", c->digits);
	doc_text(d, "key", c->signing_key);
	doc_text(d, "added", say_time(c->added));
	doc_bool(d, "verified", c->verified != 0);
	if (c->verified != 0)
		doc_text(d, "verified_at", say_time(c->verified));
	doc_bool(d, "our_office", c->our_office);
	doc_bool(d, "frozen", c->frozen);
	doc_bool(d, "revoked", c->revoked != 0);
	if (c->revoked != 0)
		doc_text(d, "revoked_at", say_time(c->revoked));
	for (size_t i = 0; i < known_announced(c); i++)
		doc_text(announced, NULL, c->announced[i]);
	doc_put(d, "announced", announced);
	doc_int(d, "receiving", (int64_t)c->receiving.serial);
	doc_text(d, "receiving_from", c->receiving.first);
	return d;
}

struct listing {
	struct buf rows;
	struct doc *array;
};

static void
put_marks(struct buf *out, const struct vault_contact *c)
{
	if (c->revoked != 0) {
		say_put(out, SAY_CONTACT_REVOKED, say_time(c->revoked), NULL);
		buf_put_text(out, ", ");
	}
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

/* A line of its own for each key that waits to be compared. */
static bool
put_announced(struct buf *rows, const struct vault_contact *c)
{
	for (size_t i = 0; i < known_announced(c); i++) {
		buf_putf(rows, "%s\t", say_half(c->announced[i], 0));
		say_put(rows, SAY_CONTACT_ANNOUNCED, NULL);
		buf_put_byte(rows, '\t');
		if (text_safe_line(rows, c->name, strlen(c->name)) != VAULT_OK)
			return false;
		buf_putf(rows, "\n%s\n", say_half(c->announced[i], 1));
	}
	return true;
}

static bool
gather(void *ctx, const struct vault_contact *c)
{
	struct listing *l = ctx;

	if (say_is_json()) {
		doc_put(l->array, NULL, contact_doc(c));
		return true;
	}
	buf_putf(&l->rows, "%s\t", say_half(c->digits, 0));
	put_marks(&l->rows, c);
	buf_put_byte(&l->rows, '\t');
	/* The name last: it may be right-to-left. */
	if (text_safe_line(&l->rows, c->name, strlen(c->name)) != VAULT_OK)
		return false;
	return buf_putf(&l->rows, "\n%s\n", say_half(c->digits, 1)) &&
	    put_announced(&l->rows, c);
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
	if (c->frozen)
		say_warning(SAY_CONTACT_TWO_KEYS, c->name, NULL);
	else if (c->announces)
		say_warning(SAY_CONTACT_NEW_KEY, c->name,
		    say_half(c->announced[0], 0), say_half(c->announced[0], 1),
		    NULL);
	else if (c->renewed)
		say_line(SAY_CONTACT_RENEWED, c->name,
		    say_number(c->receiving.serial), c->receiving.first, NULL);
	else
		say_line(SAY_CONTACT_ADDED, c->name, say_half(c->digits, 0),
		    say_half(c->digits, 1), NULL);
	if (c->frozen)
		say_hint(SAY_HINT_FROZEN, say_word(c->name), NULL);
	else if (c->verified == 0 || c->n_announced > 0)
		say_hint(SAY_HINT_VERIFY, say_word(c->name), NULL);
}

static int
add_fault(const struct session *s, enum vault_err err, const char *file,
    bool our_office)
{
	switch ((int)err) {
	case VAULT_EDAMAGED:
		say_error(SAY_CARD_BAD, file, NULL);
		return 13;
	case VAULT_EEXISTS:
		say_error(SAY_CONTACT_EXISTS, NULL);
		say_hint(SAY_HINT_CONTACT_AS, NULL);
		return 1;
	case VAULT_ECONFLICT:
		say_error(SAY_CARD_OLDER, file, NULL);
		say_hint(SAY_HINT_CARD_OLDER, NULL);
		return 2;
	case VAULT_EUSE:
		say_error(SAY_CARD_NOT_TAKEN, file, NULL);
		return 2;
	case VAULT_EREFUSED:
		say_error(our_office ? SAY_CARD_NOT_COMPARED : SAY_CARD_STOLEN,
		    file, NULL);
		say_hint(
		    our_office ? SAY_HINT_ADD_PLAIN : SAY_HINT_STOLEN, NULL);
		return 17;
	default:
		return session_fault(s, err);
	}
}

static int
revoke(struct session *s, const struct buf *text, const char *file)
{
	struct vault_revoked r;
	enum vault_err err = vault_contact_revoke(
	    &r, s->vault, text->bytes, text->len);
	int status = 0;
	struct doc *d;

	if (err == VAULT_EDAMAGED) {
		say_error(SAY_REVOCATION_BAD, file, NULL);
		return 13;
	}
	if (err == VAULT_EUSE) {
		say_error(SAY_REVOCATION_OURS, file, NULL);
		say_hint(SAY_HINT_REVOKE, NULL);
		return 2;
	}
	if (err != VAULT_OK)
		return session_fault(s, err);
	if (say_is_json()) {
		d = doc_object();
		doc_text(d, "revoked", r.digits);
		doc_text(d, "name", buf_text(&r.name));
		status = doc_print(d);
	} else {
		say_line(SAY_REVOKED, buf_text(&r.name), say_half(r.digits, 0),
		    say_half(r.digits, 1), NULL);
		say_hint(SAY_HINT_REVOKED, NULL);
	}
	vault_revoked_free(&r);
	return status;
}

static int
add(struct session *s, const char *file, const char *name, bool our_office)
{
	struct buf card = { 0 };
	enum vault_err err;
	int status;

	status = infile_read(&card, file, CARD_LEN_MAX);
	if (status == 0 && vault_is_revocation(card.bytes, card.len)) {
		status = name != NULL || our_office ? say_usage(USAGE)
						    : revoke(s, &card, file);
	} else if (status == 0) {
		err = vault_contact_add(s->vault, buf_text(&card), card.len,
		    name, our_office, say_added, &status);
		if (err != VAULT_OK)
			status = add_fault(s, err, file, our_office);
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

/* Whose digits are compared, and how the wanted ones begin, if it is said. */
struct wanted {
	const char *name, *begin;
	char digits[72]; /* of the key that it is; "": none, or several */
	bool found, several;
	bool any_writing; /* case and accents do not count */
	struct buf exact; /* the name that was found */
};

static bool
is_named(const struct wanted *w, const char *name)
{
	struct buf one = { 0 }, other = { 0 };
	bool same = strcmp(w->name, name) == 0;

	if (!same && w->any_writing &&
	    text_key(&one, name, strlen(name)) == VAULT_OK &&
	    text_key(&other, w->name, strlen(w->name)) == VAULT_OK)
		same = one.len > 0 &&
		    strcmp(buf_text(&one), buf_text(&other)) == 0;
	buf_free(&one);
	buf_free(&other);
	return same;
}

/* Of several that fit none is meant. */
static void
try_digits(struct wanted *w, const char *digits)
{
	if (w->begin != NULL &&
	    (*w->begin == '\0' ||
		strncmp(w->begin, digits, strlen(w->begin)) != 0))
		return;
	w->several = w->several || w->digits[0] != '\0';
	memcpy(w->digits, digits, sizeof(w->digits));
}

static bool
look_for(void *ctx, const struct vault_contact *c)
{
	struct wanted *w = ctx;

	w->found = is_named(w, c->name);
	if (!w->found)
		return true;
	buf_put_text(&w->exact, c->name);
	if (w->begin != NULL || c->n_announced == 0)
		try_digits(w, c->digits);
	for (size_t i = 0; i < known_announced(c); i++)
		try_digits(w, c->announced[i]);
	w->several = w->several ||
	    (w->begin == NULL && c->n_announced > known_announced(c));
	return false;
}

/* The digits of both, to be read to each other, and the question. */
static int
compare(struct wanted *w, struct session *s, const struct cli *c)
{
	struct vault_office own;
	enum vault_err err;

	err = vault_contacts(s->vault, look_for, w);
	w->any_writing = true;
	if (err == VAULT_OK && !w->found)
		err = vault_contacts(s->vault, look_for, w);
	if (err == VAULT_OK && !w->found)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK)
		err = buf_ok(&w->exact);
	if (err != VAULT_OK)
		return no_contact(s, err, w->name);
	w->name = buf_text(&w->exact);
	if (w->several || w->digits[0] == '\0') {
		say_error(w->several ? SAY_VERIFY_SEVERAL : SAY_VERIFY_NONE,
		    w->name, NULL);
		say_hint(SAY_HINT_WHICH_DIGITS, say_word(w->name), NULL);
		return w->several ? 16 : 15;
	}
	if ((err = vault_office(&own, s->vault)) != VAULT_OK)
		return session_fault(s, err);
	say_line(SAY_VERIFY_OURS, say_half(own.digits, 0),
	    say_half(own.digits, 1), NULL);
	say_line(SAY_VERIFY_THEIRS, w->name, say_half(w->digits, 0),
	    say_half(w->digits, 1), NULL);
	vault_office_free(&own);
	say_hint(SAY_HINT_COMPARE, NULL);
	if (ask_yes(c, false, SAY_ASK_SAME_DIGITS, w->name))
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
verify(struct session *s, const struct cli *c, const char *name,
    const char *digits, bool our_office)
{
	struct wanted w = { .name = name, .begin = digits };
	int status = compare(&w, s, c);
	enum vault_err err;

	if (status == 0) {
		err = vault_contact_verify(
		    s->vault, w.name, w.digits, our_office);
		if (err == VAULT_EREFUSED) {
			say_error(SAY_VERIFY_REVOKED, w.name, NULL);
			say_hint(SAY_HINT_REVOKED, NULL);
			status = 17;
		} else {
			status = err == VAULT_OK ? done(SAY_VERIFIED, w.name)
						 : no_contact(s, err, w.name);
		}
	}
	buf_free(&w.exact);
	return status;
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
	const char *verb, *name, *as, *digits;
	bool our_office, not_ours;
};

/* What belongs to each verb, and nothing else. */
static bool
is_good(const struct asked *a, int words)
{
	bool add = strcmp(a->verb, "add") == 0;
	bool mark = strcmp(a->verb, "mark") == 0;

	if (words != (strcmp(a->verb, "list") == 0 ? 1 : 2) ||
	    (a->as != NULL && !add) || (a->not_ours && !mark) ||
	    (a->digits != NULL && strcmp(a->verb, "verify") != 0))
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
		return verify(s, c, a->name, a->digits, a->our_office);
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
		{ "--digits", &a.digits, NULL },
		{ "--our-office", NULL, &a.our_office },
		{ "--not-our-office", NULL, &a.not_ours },
	};
	int words = cli_options(argc, argv, options, 4), status;
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
