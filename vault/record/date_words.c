/* SPDX-License-Identifier: ISC */
/*
 * date_words - a cell becomes a row of items, words and dates; the row must
 * have one of the shapes below.  Where an item can be several things, each is
 * tried; what the rows say is collected, and compared at the end.
 *
 * "Before" and "after" leave out the date itself, "by" and "or later" have it.
 */
#include <string.h>

#include "core/buf.h"
#include "record/date_atom.h"
#include "record/date_lexicon.h"
#include "record/date_words.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

#define ITEMS_MAX 16
#define TRIES_MAX 4000 /* more ways than any cell has that is a date */
#define SEVERAL '+'

struct item {
	char kind; /* 'D', a date_word_kind, in capitals if behind; SEVERAL */
	char qualifier; /* of a date: its own */
	struct date_atom atom;
};

struct row {
	struct item items[ITEMS_MAX];
	size_t n;
};

struct cell {
	struct date_text t;
	struct row row;
	unsigned tries;
	bool no_such; /* a row would be a date if there were such a day */
	/* Up to two different meanings. */
	struct meaning {
		enum date_reading what;
		struct buf edtf;
	} found[2];
	size_t n;
	bool several; /* dates with something between them that parts them */
	bool beside;  /* the same without it: it counts if there is no other */
	enum vault_err err;
};

/* ---- What was found ---- */

static bool
is_same(const struct meaning *m, enum date_reading what, const struct buf *edtf)
{
	return m->what == what &&
	    (what != DATE_READ ||
		strcmp(buf_text(&m->edtf), buf_text(edtf)) == 0);
}

static void
found(struct cell *c, enum date_reading what, const struct buf *edtf)
{
	for (size_t i = 0; i < c->n; i++)
		if (is_same(&c->found[i], what, edtf))
			return;
	if (c->n == LEN(c->found))
		return;
	c->found[c->n].what = what;
	if (what == DATE_READ)
		buf_put(&c->found[c->n].edtf, edtf->bytes, edtf->len);
	if (buf_ok(&c->found[c->n++].edtf) != VAULT_OK)
		c->err = VAULT_ENOMEM;
}

static bool
can_be_parsed(struct cell *c, const struct date *date)
{
	struct buf text = { 0 };
	struct date back;
	bool good;

	if (!date_print(&text, date))
		c->err = VAULT_ENOMEM;
	good = date_parse(&back, buf_text(&text), text.len) == VAULT_OK;
	buf_free(&text);
	return good;
}

static bool
is_there(struct cell *c, const struct date_point *p)
{
	struct date alone = { .form = DATE_SINGLE, .from = *p };

	return p->bound != DATE_STATED || can_be_parsed(c, &alone);
}

static void
found_date(struct cell *c, const struct date *date)
{
	struct buf edtf = { 0 };

	if (!is_there(c, &date->from) ||
	    (date->form != DATE_SINGLE && !is_there(c, &date->to))) {
		found(c, DATE_NO_SUCH_DAY, NULL);
	} else if (!can_be_parsed(c, date)) {
		found(c, DATE_BACKWARDS, NULL);
	} else {
		if (!date_print(&edtf, date))
			c->err = VAULT_ENOMEM;
		found(c, DATE_READ, &edtf);
	}
	buf_free(&edtf);
}

/* ---- Points ---- */

static const struct date_point open_end = { .bound = DATE_OPEN };

static bool
is_full(const struct date_atom *a)
{
	return (a->has & DATE_HAS_YEAR) != 0;
}

static void
qualify(struct date_point *p, char q)
{
	if (p->bound != DATE_STATED || q == '\0' || p->qualifier == q)
		return;
	p->qualifier = p->qualifier == '\0' ? q : '%';
}

/* What a lacks, as its full neighbour has it; false: that is no usage. */
static bool
complete(struct date_atom *a, const struct date_atom *b, bool before)
{
	int lacks = b->has & ~a->has;

	if (is_full(a))
		return true;
	if (!is_full(b) || !b->named || a->unclear || b->unclear ||
	    (a->has & ~b->has) != 0)
		return false;
	/* "3 or May 1980", "5 May or 1980" are no dates. */
	if ((b->has & DATE_HAS_DAY) != (a->has & DATE_HAS_DAY))
		return false;
	/* "3/5 or 4 May": a name completes a name. */
	if ((a->has & DATE_HAS_MONTH) != 0 && !a->named)
		return false;
	/* "3 May 1980 or 5": only marks show what the 5 is. */
	if (!before && !a->named)
		return false;
	a->point.year = b->point.year;
	if (lacks & DATE_HAS_MONTH)
		a->point.month = b->point.month;
	a->no_such |= b->no_such;
	a->has |= b->has;
	return true;
}

/* The next unit before or after: day, month or year; false: none. */
static bool
step(struct date_point *p, int by)
{
	int year = p->year, month = p->month, day = p->day;

	if (month == DATE_UNSPECIFIED || day == DATE_UNSPECIFIED)
		return false;
	if (day > 0) {
		date_from_day(
		    &year, &month, &day, date_to_day(year, month, day) + by);
	} else if (month > 0) {
		month += by;
		year += month > 12 ? 1 : month < 1 ? -1 : 0;
		month = month > 12 ? 1 : month < 1 ? 12 : month;
	} else {
		year += by;
	}
	if (year < 1 || year > 9999)
		return false;
	p->year = (uint16_t)year;
	p->month = (uint8_t)month;
	p->day = (uint8_t)day;
	return true;
}

/* ---- Shapes ---- */

static void
found_from_to(struct cell *c, enum date_form form, const struct date_point *a,
    const struct date_point *b)
{
	struct date date = { .form = form, .from = *a, .to = *b };

	found_date(c, &date);
}

/* The third of a month, or of a year. */
static void
found_third(struct cell *c, struct date_point p, char which)
{
	static const uint8_t days[] = { 1, 11, 21 }, months[] = { 1, 5, 9 };
	size_t i = which == 'e' ? 0 : which == 'm' ? 1 : 2;
	struct date_point from = p, to = p;
	struct date month = { .form = DATE_SINGLE, .from = p };
	struct date_days all;
	int year, m, last;

	if (p.day != 0 || p.month > 12)
		return;
	if (p.month == 0) {
		from.month = months[i];
		to.month = (uint8_t)(months[i] + 3);
	} else {
		date_days(&all, &month);
		date_from_day(&year, &m, &last, all.hi);
		from.day = days[i];
		to.day = i == 2 ? (uint8_t)last : (uint8_t)(days[i] + 9);
	}
	found_from_to(c, DATE_WITHIN, &from, &to);
}

/* The middle of a month where something began or ended: its 15th, about. */
static bool
middle(struct date_point *p)
{
	if (p->day != 0 || p->month < 1 || p->month > 12)
		return false;
	p->day = 15;
	qualify(p, '~');
	return true;
}

/* One date and what is said of it. */
static void
found_one(struct cell *c, const char *shape, struct date_point p)
{
	char last = shape[strlen(shape) - 1];
	int word = (last == 'D' ? shape[0] : last) | 0x20;
	struct date single = { .form = DATE_SINGLE, .from = p };

	switch (word) {
	case 'd': /* nothing is said */
		found_date(c, &single);
		break;
	case DATE_WORD_BEFORE:
		if (!is_there(c, &p))
			found(c, DATE_NO_SUCH_DAY, NULL);
		else if (step(&p, -1))
			found_from_to(c, DATE_WITHIN, &open_end, &p);
		break;
	case DATE_WORD_AFTER:
		if (!is_there(c, &p))
			found(c, DATE_NO_SUCH_DAY, NULL);
		else if (step(&p, 1))
			found_from_to(c, DATE_WITHIN, &p, &open_end);
		break;
	case DATE_WORD_UPTO:
		found_from_to(c, DATE_WITHIN, &open_end, &p);
		break;
	case DATE_WORD_ONWARD:
		found_from_to(c, DATE_WITHIN, &p, &open_end);
		break;
	case DATE_WORD_SINCE:
		found_from_to(c, DATE_INTERVAL, &p, &open_end);
		break;
	case DATE_WORD_UNTIL:
		found_from_to(c, DATE_INTERVAL, &open_end, &p);
		break;
	default:
		found_third(c, p, (char)word);
		break;
	}
}

/* D is a date, the letters those of enum date_word_kind, x a dash. */
_Static_assert(DATE_DASH_TO == DATE_WORD_TO && DATE_DASH_BETWEEN == 'x',
    "letters of the shapes");
static const char *const one_date[] = { "D", "bD", "DB", "uD", "DU", "aD", "DA",
	"wD", "DW", "sD", "DS", "lD", "DL", "eD", "DE", "mD", "DM", "jD", "DJ",
	"fDS" };
static const char *const in_middle[] = { "smD", "mDS", "DMS", "fDMS", "lmD" };
static const struct {
	const char *shape;
	enum date_form form;
} two_dates[] = {
	{ "kDnD", DATE_WITHIN },
	{ "DnDK", DATE_WITHIN },
	{ "kDnDK", DATE_WITHIN },
	{ "DtDK", DATE_WITHIN },
	{ "DoD", DATE_EITHER },
	{ "DtD", DATE_INTERVAL },
	{ "DxD", DATE_WITHIN },
	{ "fDtD", DATE_INTERVAL },
	{ "fDlD", DATE_INTERVAL },
	{ "sDlD", DATE_INTERVAL },
	{ "sDtD", DATE_INTERVAL },
};

static bool
is_one_of(const char *shape, const char *const *shapes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(shapes[i], shape) == 0)
			return true;
	return false;
}

/* A row that is a date but for this one: it says so, and is none. */
static bool
is_good(struct cell *c, const struct date_atom *a)
{
	c->no_such |= a->no_such;
	if (!a->no_such && a->unclear)
		found(c, DATE_NOT_READ, NULL);
	return !a->no_such && !a->unclear;
}

static void
read_one(struct cell *c, const char *shape, const struct item *d, char whole)
{
	struct date_atom a = d->atom;

	if (!is_full(&a) || !is_good(c, &a))
		return;
	qualify(&a.point, d->qualifier);
	qualify(&a.point, whole);
	if (is_one_of(shape, one_date, LEN(one_date))) {
		found_one(c, shape, a.point);
	} else if (middle(&a.point)) {
		if (strchr(shape, 'l') != NULL)
			found_from_to(c, DATE_INTERVAL, &open_end, &a.point);
		else
			found_from_to(c, DATE_INTERVAL, &a.point, &open_end);
	}
}

static void
read_two(struct cell *c, enum date_form form, const struct item *x,
    const struct item *y, char whole)
{
	struct date_atom a = x->atom, b = y->atom;

	if (!complete(&a, &b, true) || !complete(&b, &a, false) ||
	    !is_good(c, &a) || !is_good(c, &b))
		return;
	qualify(&a.point, x->qualifier);
	qualify(&b.point, y->qualifier);
	qualify(&a.point, whole);
	qualify(&b.point, whole);
	found_from_to(c, form, &a.point, &b.point);
}

static bool
is_qualifier(const struct row *r, size_t i)
{
	return r->items[i].kind == DATE_WORD_PROBABLY ||
	    r->items[i].kind == DATE_WORD_ABOUT;
}

/* The date of this item, completed by the nearest full one. */
static bool
is_date_beside(const struct row *r, size_t i)
{
	struct date_atom a = r->items[i].atom;

	if (is_full(&a))
		return true;
	for (size_t j = i + 1; j < r->n; j++)
		if (r->items[j].kind == 'D' && is_full(&r->items[j].atom))
			return complete(&a, &r->items[j].atom, true);
	for (size_t j = i; j > 0; j--)
		if (r->items[j - 1].kind == 'D' &&
		    is_full(&r->items[j - 1].atom))
			return complete(&a, &r->items[j - 1].atom, false);
	return false;
}

/*
 * Whether an item can follow another in a row of dates.  Where nothing parts
 * them they are alike: "Dec 10, 1999" is not December and 10/1999.
 */
static bool
can_follow(const struct item *last, const struct item *next)
{
	if (next->kind != 'D')
		return last != NULL && last->kind == 'D' &&
		    (next->kind == DATE_WORD_AND || next->kind == SEVERAL);
	return last == NULL || last->kind != 'D' ||
	    last->atom.has == next->atom.has ||
	    (is_full(&last->atom) && is_full(&next->atom));
}

/*
 * Dates, with "and" or what the map names between them.  *beside: two of them
 * have nothing between them.
 */
static bool
is_several(bool *beside, const struct row *r)
{
	const struct item *last = NULL;
	size_t dates = 0;

	*beside = false;

	for (size_t i = 0; i < r->n; i++) {
		const struct item *next = &r->items[i];

		if (is_qualifier(r, i))
			continue;
		if (!can_follow(last, next) ||
		    (next->kind == 'D' && !is_date_beside(r, i)))
			return false;
		*beside |= last != NULL && last->kind == 'D' &&
		    next->kind == 'D';
		last = next;
		dates += next->kind == 'D';
	}
	return dates > 1 && last->kind == 'D';
}

/*
 * The row without its qualifiers: each belongs to the date that it stands
 * beside, but whole is that of the row.
 */
static void
read_shape(struct cell *c, const struct row *r, char whole)
{
	char shape[ITEMS_MAX + 1] = "";
	const struct item *dates[ITEMS_MAX] = { NULL };
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		shape[i] = r->items[i].kind;
		if (shape[i] == 'D')
			dates[n++] = &r->items[i];
	}
	if (n == 1 &&
	    (is_one_of(shape, one_date, LEN(one_date)) ||
		is_one_of(shape, in_middle, LEN(in_middle))))
		read_one(c, shape, dates[0], whole);
	for (size_t i = 0; n == 2 && i < LEN(two_dates); i++)
		if (strcmp(two_dates[i].shape, shape) == 0)
			read_two(
			    c, two_dates[i].form, dates[0], dates[1], whole);
}

static void
merge(char *to, char q)
{
	*to = *to == '\0' || *to == q ? q : '%';
}

/*
 * Give the qualifiers from first to last to dates beside them; those outside
 * are *whole.  False: one stands beside no date.
 */
static bool
give(struct row *out, char *whole, const struct row *r, size_t first,
    size_t last)
{
	char waiting = '\0';

	out->n = 0;
	*whole = '\0';
	for (size_t i = 0; i < r->n; i++) {
		const struct item *one = &r->items[i];

		if (is_qualifier(r, i)) {
			if (i < first || i >= last)
				merge(whole, one->kind);
			else if (waiting == '\0' && out->n > 0 &&
			    out->items[out->n - 1].kind == 'D')
				merge(&out->items[out->n - 1].qualifier,
				    one->kind);
			else
				merge(&waiting, one->kind);
			continue;
		}
		if (waiting != '\0' && one->kind != 'D')
			return false;
		out->items[out->n] = *one;
		out->items[out->n++].qualifier = waiting;
		waiting = '\0';
	}
	return waiting == '\0';
}

/*
 * Outer qualifiers may belong to the whole or to the date beside them: "about
 * 3 or 5 May" has two meanings, and "about 5 May" one.
 */
static void
read_row(struct cell *c, const struct row *r)
{
	struct row plain;
	size_t first = 0, last = r->n;
	bool beside;
	char whole;

	if (is_several(&beside, r)) {
		c->several |= !beside;
		c->beside |= beside;
		return;
	}
	while (first < last && is_qualifier(r, first))
		first++;
	while (last > first && is_qualifier(r, last - 1))
		last--;
	for (int own = 0; own < 4; own++)
		if (give(&plain, &whole, r, own & 1 ? 0 : first,
			own & 2 ? r->n : last))
			read_shape(c, &plain, whole);
}

/* ---- Items ---- */

static void go(struct cell *c, size_t at);

static void
with_item(struct cell *c, char kind, const struct date_atom *atom, size_t end)
{
	struct item *i = &c->row.items[c->row.n];

	if (c->row.n == ITEMS_MAX)
		return;
	*i = (struct item){ .kind = kind };
	if (atom != NULL)
		i->atom = *atom;
	c->row.n++;
	go(c, end);
	c->row.n--;
}

static void
try_word(struct cell *c, size_t at)
{
	const struct date_rules *r = c->t.rules;
	const struct date_word *w = date_word_at(
	    r->months, r->words, false, c->t.text + at, c->t.len - at);
	size_t end;

	if (w == NULL || w->kind == DATE_WORD_MONTH ||
	    w->kind == DATE_WORD_MARK || w->kind == DATE_WORD_NUMERAL ||
	    w->kind == DATE_WORD_FILL)
		return;
	end = at + strlen(w->text);
	if (end < c->t.len && c->t.text[at] == '?' && c->t.text[end] == '?')
		return; /* 19??: digits that are not known */
	if (end < c->t.len && c->t.text[end] == '.')
		end++; /* c. 1980 */
	if (w->value & DATE_IN_FRONT)
		with_item(c, w->kind, NULL, end);
	if (w->value & DATE_BEHIND)
		with_item(c, (char)(w->kind - 0x20), NULL, end);
}

/* What parts several dates, by the rules. */
static void
try_several(struct cell *c, size_t at)
{
	const struct date_texts *list = &c->t.rules->several;

	for (size_t i = 0; i < list->n; i++) {
		size_t n = strlen(list->text[i]);

		if (n <= c->t.len - at &&
		    memcmp(list->text[i], c->t.text + at, n) == 0 &&
		    date_word_ends(c->t.text + at, c->t.len - at, n))
			with_item(c, SEVERAL, NULL, at + n);
	}
}

/* A full stop at the end of all says nothing. */
static bool
is_end(const struct date_text *t, size_t at)
{
	return at == t->len || (at + 1 == t->len && t->text[at] == '.');
}

static void
go(struct cell *c, size_t at)
{
	struct date_atoms atoms;
	size_t next;

	if (c->tries++ >= TRIES_MAX || c->err != VAULT_OK)
		return;
	if (is_end(&c->t, at)) {
		read_row(c, &c->row);
		return;
	}
	try_several(c, at);
	next = date_skip(&c->t, at);
	if (next >= c->t.len)
		return;
	if (next > at)
		try_several(c, next);
	if (c->t.text[next] == '-' && c->t.rules->dash != '\0')
		with_item(c, c->t.rules->dash, NULL, next + 1);
	try_word(c, next);
	date_atoms(&atoms, &c->t, next);
	for (size_t i = 0; i < atoms.n; i++)
		with_item(c, 'D', &atoms.all[i], atoms.all[i].end);
}

/* ---- The whole ---- */

static void
read_edtf(struct cell *c, const char *text, size_t len)
{
	struct date date;

	if (c->t.rules->edtf && date_parse(&date, text, len) == VAULT_OK)
		found_date(c, &date);
}

static enum date_reading
judge(const struct cell *c)
{
	if (c->several)
		return DATE_SEVERAL;
	if (c->tries > TRIES_MAX)
		return DATE_NOT_READ;
#ifndef PLANT_FIRST_MEANING
	if (c->n == 2)
		return DATE_TWO_MEANINGS;
#endif
	if (c->n > 0)
		return c->found[0].what;
	if (c->beside)
		return DATE_SEVERAL;
	return c->no_such ? DATE_NO_SUCH_DAY : DATE_NOT_READ;
}

enum vault_err
date_words_read(struct buf *out, enum date_reading *what,
    const struct date_rules *rules, const char *text, size_t len)
{
	struct cell c = { .t.rules = rules };
	struct buf folded = { 0 };

	buf_reset(out);
	*what = DATE_NOT_READ;
	if (len > DATE_CELL_MAX)
		return VAULT_OK;
	read_edtf(&c, text, len);
	if (c.err == VAULT_OK)
		c.err = date_fold(&folded, text, len);
	if (c.err == VAULT_OK) {
		c.t.text = buf_text(&folded);
		c.t.len = folded.len;
		go(&c, 0);
		*what = judge(&c);
	}
	if (c.err == VAULT_EUSE) /* not text: nothing to read */
		c.err = VAULT_OK;
	if (*what == DATE_READ && c.err == VAULT_OK)
		buf_put(out, c.found[0].edtf.bytes, c.found[0].edtf.len);
	buf_free(&c.found[0].edtf);
	buf_free(&c.found[1].edtf);
	buf_free(&folded);
	return c.err != VAULT_OK ? c.err : buf_ok(out);
}
