/* SPDX-License-Identifier: ISC */
/*
 * same: records that may be of one person, suggested; and a person who says
 * that they are, or are not.  Nothing is merged.
 */
#include <string.h>

#include "ask.h"
#include "layout.h"
#include "pager.h"
#include "pick.h"

#define USAGE "same [--limit N], same [--not] ID ID"
#define LIMIT_DEFAULT 50

/* ---- Suggestions ---- */

struct list {
	struct buf out;
	struct doc *docs;
	uint64_t n;
};

/* The reasons, as sentences and as words for programs. */
struct reason {
	bool is;
	enum say sentence;
	const char *word;
};

enum { REASONS = 5 };

static void
reasons_of(struct reason r[static REASONS], const struct vault_alike *pair)
{
	r[0] = (struct reason){ pair->claimed, SAY_SAME_CLAIMED, "claimed" };
	r[1] = (struct reason){ pair->paper, SAY_SAME_PAPER, "paper" };
	r[2] = (struct reason){ pair->name, SAY_SAME_NAME, "name" };
	r[3] = (struct reason){ pair->near, SAY_SAME_NEAR, "name-alike" };
	r[4] = (struct reason){ pair->born, SAY_SAME_BORN, "born" };
}

static void
put_doc(struct list *l, const struct vault_alike *pair)
{
	struct doc *d = doc_object(), *why = doc_array();
	struct reason r[REASONS];

	reasons_of(r, pair);
	for (size_t i = 0; i < REASONS; i++)
		if (r[i].is)
			doc_text(why, NULL, r[i].word);
	doc_text(d, "a", pair->a);
	doc_text(d, "title_a", pair->title_a);
	doc_text(d, "b", pair->b);
	doc_text(d, "title_b", pair->title_b);
	doc_put(d, "why", why);
	doc_put(l->docs, NULL, d);
}

/* Names stand at the end of a line: they may be right-to-left. */
static void
put_record(struct buf *out, const char *id, const char *title)
{
	buf_putf(out, "  %.*s  ", PICK_SHORT, id);
	if (text_safe_line(out, title, strlen(title)) != VAULT_OK)
		out->failed = true;
	buf_put_byte(out, '\n');
}

static void
put_pair(struct buf *out, const struct vault_alike *pair)
{
	struct reason r[REASONS];
	bool any = false;

	reasons_of(r, pair);
	for (size_t i = 0; i < REASONS; i++) {
		if (!r[i].is)
			continue;
		buf_put_text(out, any ? "; " : "");
		say_put(out, r[i].sentence, NULL);
		any = true;
	}
	buf_put_byte(out, '\n');
	put_record(out, pair->a, pair->title_a);
	put_record(out, pair->b, pair->title_b);
}

static void
gather(void *ctx, const struct vault_alike *pair)
{
	struct list *l = ctx;

	l->n++;
	pick_list_add(pair->a);
	pick_list_add(pair->b);
	if (say_is_json())
		put_doc(l, pair);
	else
		put_pair(&l->out, pair);
}

static int
print(struct list *l, bool more)
{
	struct doc *d;

	if (say_is_json()) {
		d = doc_object();
		doc_bool(d, "more", more);
		doc_put(d, "pairs", l->docs);
		l->docs = NULL;
		return doc_print(d);
	}
	if (l->n == 0)
		say_line(SAY_SAME_NONE, NULL);
	pager_print(&l->out);
	if (more)
		say_warning(SAY_SAME_MORE, NULL);
	if (l->n > 0)
		say_hint(SAY_HINT_SAME, NULL);
	return 0;
}

static int
suggest(struct cli *c, uint64_t limit)
{
	struct list l = { .docs = NULL };
	struct session s;
	enum vault_err err;
	bool more;
	int status;

	if ((status = session_open(&s, c)) != 0)
		return status;
	l.docs = doc_array();
	pick_list_begin();
	err = vault_alike(s.vault, limit, &more, gather, &l);
	if (err == VAULT_OK)
		err = buf_ok(&l.out);
	status = err == VAULT_OK ? print(&l, more) : session_fault(&s, err);
	session_close(&s);
	doc_free(l.docs);
	buf_free(&l.out);
	return status;
}

/* ---- Two records, field by field ---- */

struct value {
	const char *label;
	struct buf text;
	bool told;
};

/* The lines of a record, as struct value. */
struct column {
	const char *id;
	struct buf values;
	bool failed;
};

static void
take_line(void *ctx, const struct vault_line *l)
{
	struct column *to = ctx;
	struct value v = { .label = say_label(l->label) };

	if (l->heading)
		return;
	buf_put(&v.text, l->text, l->len);
	if (v.text.failed || !buf_put(&to->values, &v, sizeof(v))) {
		to->failed = true;
		buf_free(&v.text);
	}
}

static struct value *
values_of(const struct column *c, size_t *n)
{
	*n = c->values.len / sizeof(struct value);
	return (struct value *)(void *)c->values.bytes;
}

static void
column_free(struct column *c)
{
	size_t n;
	struct value *all = values_of(c, &n);

	for (size_t i = 0; i < n; i++)
		buf_free(&all[i].text);
	buf_free(&c->values);
}

static enum vault_err
column_read(struct column *c, struct vault *v)
{
	struct vault_record r;
	enum vault_err err = vault_get(&r, v, c->id);

	if (err != VAULT_OK)
		return err;
	err = strcmp(r.type, "person") == 0
	    ? vault_lines(v, &r.body, take_line, c)
	    : VAULT_EUSE;
	vault_record_free(&r);
	return err == VAULT_OK && c->failed ? VAULT_ENOMEM : err;
}

/* The same value of the same field in the other, which is told with it. */
static bool
is_in_both(const struct value *v, const struct column *other)
{
	size_t n;
	struct value *all = values_of(other, &n);

	for (size_t i = 0; i < n; i++)
		if (!all[i].told && strcmp(all[i].label, v->label) == 0 &&
		    strcmp(buf_text(&all[i].text), buf_text(&v->text)) == 0) {
			all[i].told = true;
			return true;
		}
	return false;
}

static void
put_value(struct buf *out, const char *who, const struct buf *text)
{
	layout_field(out, who, PICK_SHORT + 2, buf_text(text), text->len, 0);
}

/* All values of a field in one of the two that were not told yet. */
static void
put_values(struct buf *out, const char *label, const struct column *c,
    const struct column *other)
{
	struct buf both = { 0 }, who = { 0 };
	size_t n;
	struct value *all = values_of(c, &n);

	buf_put_text(&both, "  ");
	say_put(&both, SAY_SAME_BOTH, NULL);
	buf_putf(&who, "  %.*s", PICK_SHORT, c->id);
	for (size_t i = 0; i < n; i++) {
		if (all[i].told || strcmp(all[i].label, label) != 0)
			continue;
		all[i].told = true;
		put_value(out,
		    buf_text(is_in_both(&all[i], other) ? &both : &who),
		    &all[i].text);
	}
	buf_free(&both);
	buf_free(&who);
}

static void
put_fields(struct buf *out, const struct column *c, const struct column *other)
{
	size_t n;
	struct value *all = values_of(c, &n);

	for (size_t i = 0; i < n; i++) {
		if (all[i].told)
			continue;
		layout_block(out, all[i].label, strlen(all[i].label), 0, 0);
		put_values(out, all[i].label, c, other);
		put_values(out, all[i].label, other, c);
	}
}

static enum vault_err
compare(struct vault *v, const char *a, const char *b)
{
	struct column one = { .id = a }, two = { .id = b };
	struct buf out = { 0 };
	enum vault_err err;

	if ((err = column_read(&one, v)) == VAULT_OK &&
	    (err = column_read(&two, v)) == VAULT_OK) {
		put_fields(&out, &one, &two);
		put_fields(&out, &two, &one);
		err = buf_ok(&out);
	}
	if (err == VAULT_OK)
		pager_print(&out);
	column_free(&one);
	column_free(&two);
	buf_free(&out);
	return err;
}

/* ---- Saying it ---- */

static int
not_persons(void)
{
	say_error(SAY_SAME_NOT_PERSONS, NULL);
	return 2;
}

static int
print_said(const char *a, const char *b, bool same)
{
	struct doc *d;

	if (!say_is_json()) {
		say_line(same ? SAY_SAME_SAID : SAY_SAME_NOT_SAID, NULL);
		return 0;
	}
	d = doc_object();
	doc_text(d, "a", a);
	doc_text(d, "b", b);
	doc_bool(d, "same", same);
	return doc_print(d);
}

struct meeting {
	const char *id;
	bool met;
};

static void
meet(void *ctx, const char *id, const char *title)
{
	struct meeting *m = ctx;

	(void)title;
	m->met = m->met || strcmp(id, m->id) == 0;
}

/* Each may still be the same as a third record. */
static void
warn_of_third(struct session *s, const char *a, const char *b)
{
	struct meeting m = { b, false };

	if (vault_same_each(s->vault, a, meet, &m) == VAULT_OK && m.met)
		say_warning(SAY_SAME_STILL, NULL);
}

static int
say_same(struct session *s, const char *a, const char *b, bool same)
{
	const char *which;
	enum vault_err err = vault_same_say(s->vault, a, b, same, &which);

	if (err == VAULT_EUSE)
		return not_persons();
	if (err == VAULT_ECONFLICT) {
		say_error(SAY_CONFLICT, NULL);
		say_hint(SAY_HINT_RESOLVE, which, NULL);
		return say_status(err);
	}
	if (err == VAULT_ENORECORD)
		return say_fault(err, NULL, which);
	if (err != VAULT_OK)
		return session_fault(s, err);
	if (!same)
		warn_of_third(s, a, b);
	return print_said(a, b, same);
}

/* Both are shown, and a person says yes. */
static int
ask_same(struct session *s, const struct cli *c, const char *a, const char *b)
{
	enum vault_same said;
	enum vault_err err;

	if ((err = vault_same_said(&said, s->vault, a, b)) != VAULT_OK ||
	    (err = strcmp(a, b) == 0 ? VAULT_EUSE : compare(s->vault, a, b)) !=
		VAULT_OK)
		return err == VAULT_EUSE ? not_persons()
					 : session_fault(s, err);
	if (said == VAULT_SAME && !say_is_json()) {
		say_line(SAY_SAME_ALREADY, NULL);
		return 0;
	}
	if (said == VAULT_SAME)
		return print_said(a, b, true);
	if (said == VAULT_NOT_SAME)
		say_warning(SAY_SAME_DENIED, NULL);
	if (!ask_yes(c, false, SAY_ASK_SAME, NULL)) {
		say_error(SAY_STOPPED, NULL);
		return 1;
	}
	return say_same(s, a, b, true);
}

static int
on_two(struct cli *c, char **argv, bool is_not)
{
	char a[VAULT_ID_LEN], b[VAULT_ID_LEN];
	struct session s;
	int status;

	if ((status = pick_open(&s, a, c, argv[1])) != 0)
		return status;
	if ((status = pick_id(b, &s, argv[2])) == 0)
		status = is_not ? say_same(&s, a, b, false)
				: ask_same(&s, c, a, b);
	session_close(&s);
	return status;
}

int
cmd_same(struct cli *c, int argc, char **argv)
{
	const char *text = NULL;
	bool is_not = false;
	const struct option_of options[] = { { "--limit", &text, NULL },
		{ "--not", NULL, &is_not } };
	uint64_t limit = LIMIT_DEFAULT;
	int words = cli_options(argc, argv, options, 2);

	if ((words != 0 && words != 2) || !cli_number(&limit, text) ||
	    (words == 0 && is_not))
		return say_usage(USAGE);
	return words == 0 ? suggest(c, limit) : on_two(c, argv, is_not);
}
