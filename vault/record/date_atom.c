/* SPDX-License-Identifier: ISC */
/*
 * date_atom - parts first, then every way in which the rules allow them to be
 * a day, a month and a year.
 *
 * 1. What is an unknown mark by the rules is never a number.
 * 2. A number ends where its digits end: no part of a longer one is read.
 * 3. With a month's name and a year of four digits the usual orders cannot be
 *    mistaken and need no rule; otherwise the order is one of the rules.
 */
#include <string.h>

#include "record/date_atom.h"
#include "record/date_lexicon.h"

#define PARTS 3

enum part_kind { PART_NUMBER, PART_UNKNOWN, PART_MONTH };
struct part {
	enum part_kind kind;
	unsigned value;
	size_t digits, end;
	bool ordinal; /* "3rd": a day */
};

/* ---- Characters ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* NUL behind the end. */
static char
char_at(const struct date_text *t, size_t at)
{
	return at < t->len ? t->text[at] : '\0';
}

static const struct date_word *
word_at(const struct date_text *t, size_t at, bool behind)
{
	return date_word_at(t->rules->months, t->rules->words, behind,
	    t->text + at, t->len - at);
}

/* The text that stands here, whole, or NULL; the longest. */
static const char *
listed_at(const struct date_texts *list, const struct date_text *t, size_t at)
{
	const char *best = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const char *one = list->text[i];
		size_t n = strlen(one);

		if (n <= t->len - at && memcmp(one, t->text + at, n) == 0 &&
		    (best == NULL || n > strlen(best)) &&
		    date_word_ends(t->text + at, t->len - at, n) &&
		    !(is_digit(one[n - 1]) && is_digit(char_at(t, at + n))))
			best = one;
	}
	return best;
}

size_t
date_skip(const struct date_text *t, size_t at)
{
	for (;;) {
		const struct date_word *w;

		if (char_at(t, at) == ' ' || char_at(t, at) == ',') {
			at++;
			continue;
		}
		w = at < t->len ? word_at(t, at, false) : NULL;
		if (w == NULL || w->kind != DATE_WORD_FILL)
			return at;
		at += strlen(w->text);
	}
}

/* ---- Parts ---- */

static bool
unknown_at(struct part *out, const struct date_text *t, size_t at)
{
	const char *mark = listed_at(&t->rules->unknown, t, at);

	if (mark == NULL)
		return false;
	*out = (struct part){ .kind = PART_UNKNOWN, .end = at + strlen(mark) };
	return true;
}

static bool
number_at(struct part *out, const struct date_text *t, size_t at)
{
	const struct date_word *w;

	*out = (struct part){ .kind = PART_NUMBER, .end = at };
	while (is_digit(char_at(t, out->end)) && out->digits < 6) {
		out->value = out->value * 10 +
		    (unsigned)(char_at(t, out->end++) - '0');
		out->digits++;
	}
	if (out->digits == 0 || is_digit(char_at(t, out->end)))
		return false;
	w = out->end < t->len ? word_at(t, out->end, true) : NULL;
	if (w != NULL && w->kind == DATE_WORD_ORDINAL && out->digits <= 2 &&
	    (w->value == 0 || w->value == out->value)) {
		out->ordinal = true;
		out->end += strlen(w->text);
	}
	return true;
}

static bool
month_at(struct part *out, const struct date_text *t, size_t at)
{
	const struct date_word *w = word_at(t, at, false);
	size_t n = 0;
	int roman;

	*out = (struct part){ .kind = PART_MONTH };
	if (w != NULL && w->kind == DATE_WORD_MONTH) {
		out->value = w->value;
		out->end = at + strlen(w->text);
		return true;
	}
	while (is_letter(char_at(t, at + n)))
		n++;
	roman = t->rules->roman ? date_roman(t->text + at, n) : 0;
	out->value = (unsigned)roman;
	out->end = at + n;
	return roman > 0;
}

static bool
part_at(struct part *out, const struct date_text *t, size_t at)
{
	return at < t->len &&
	    (unknown_at(out, t, at) || number_at(out, t, at) ||
		month_at(out, t, at));
}

/* ---- A day, a month, a year ---- */

static void
add(struct date_atoms *out, const struct date_atom *a)
{
	if (out->n < DATE_ATOMS_MAX)
		out->all[out->n] = *a;
	out->n++;
}

static bool
has_order(const struct date_rules *r, const char *order)
{
	const char *one;

	for (size_t i = 0; (one = date_order(i)) != NULL; i++)
		if ((r->orders >> i & 1) != 0 && strcmp(one, order) == 0)
			return true;
	return false;
}

static bool
set_year(struct date_atom *a, const struct date_rules *r, const struct part *p)
{
	unsigned year = p->value;

	a->has |= DATE_HAS_YEAR;
	a->unclear |= p->kind == PART_UNKNOWN;
	if (p->kind == PART_UNKNOWN)
		return true;
	if (p->kind != PART_NUMBER || p->ordinal)
		return false;
	if (p->digits == 2 && r->last_year != 0) {
		year += r->last_year / 100U * 100;
		if (year > r->last_year)
			year -= 100;
	} else if (p->digits != 4 || year < DATE_YEAR_FIRST ||
	    year > DATE_YEAR_LAST) {
		return false;
	}
	a->point.year = (uint16_t)year;
	return true;
}

/* A month or a day, up to most; a number outside is no such day. */
static bool
set_small(struct date_atom *a, uint8_t *to, const struct part *p, unsigned most)
{
	if (p->kind == PART_UNKNOWN) {
		*to = DATE_UNSPECIFIED;
		return true;
	}
	if (p->kind == PART_NUMBER && p->digits > 2)
		return false;
	a->no_such |= p->value < 1 || p->value > most;
	*to = (uint8_t)p->value;
	return true;
}

static bool
set_part(struct date_atom *a, const struct date_rules *r, char letter,
    const struct part *p)
{
	if (letter == 'y')
		return set_year(a, r, p);
	if (letter == 'm') {
		a->has |= DATE_HAS_MONTH;
		a->named |= p->kind == PART_MONTH;
		return !p->ordinal && set_small(a, &a->point.month, p, 12);
	}
	a->has |= DATE_HAS_DAY;
	return p->kind != PART_MONTH && set_small(a, &a->point.day, p, 31);
}

/* "1980-05-1?", "3/5/19?": a doubt, or a digit that is not known. */
static bool
is_cut(const struct date_text *t, char letter, const struct part *last)
{
	return char_at(t, last->end) == '?' &&
	    is_digit(t->text[last->end - 1]) &&
	    last->digits < (letter == 'y' ? 4 : 2);
}

/* The parts in this order, if they can be that. */
static void
add_ordered(struct date_atoms *out, const struct date_text *t,
    const char *order, const struct part *parts, bool named)
{
	struct date_atom a = { .named = named };
	size_t last = strlen(order) - 1;

	for (size_t i = 0; i <= last; i++)
		if (!set_part(&a, t->rules, order[i], &parts[i]))
			return;
	a.end = parts[last].end;
	a.unclear |= a.point.month == DATE_UNSPECIFIED &&
	    (a.has & DATE_HAS_DAY) != 0 && a.point.day != DATE_UNSPECIFIED;
	if (!is_letter(char_at(t, a.end)) &&
	    !is_cut(t, order[last], &parts[last]))
		add(out, &a);
}

/* ---- Numbers alone ---- */

/* The separator here: its number from 1 on, 0 for none; *at behind it. */
static size_t
separator_at(const struct date_text *t, size_t *at)
{
	bool blank = char_at(t, *at) == ' ';
	size_t from = *at + blank;

	for (size_t i = 0; from < t->len && i < t->rules->marks.n; i++) {
		const char *mark = t->rules->marks.text[i];

		if (strncmp(t->text + from, mark, strlen(mark)) != 0)
			continue;
		*at = from + strlen(mark);
		*at += char_at(t, *at) == ' ';
		return i + 2;
	}
	if (!blank || !t->rules->blank)
		return 0;
	++*at;
	return 1;
}

/* Parts with one separator between them, the same one. */
static size_t
parted(struct part parts[static PARTS], const struct date_text *t, size_t at)
{
	size_t n = 0, first = 0;

	while (n < PARTS) {
		if (!unknown_at(&parts[n], t, at) &&
		    (!number_at(&parts[n], t, at) || parts[n].ordinal))
			return n;
		at = parts[n++].end;
		if (n < PARTS) {
			size_t which = separator_at(t, &at);

			if (which == 0 || (n > 1 && which != first))
				return n;
			first = which;
		}
	}
	return n;
}

/* Two digits, or four, or an unknown mark as long, without an end. */
static bool
slice_at(struct part *out, const struct date_text *t, size_t at, size_t len)
{
	const struct date_texts *u = &t->rules->unknown;

	if (len > t->len - at)
		return false;
	*out = (struct part){ .kind = PART_UNKNOWN, .end = at + len };
	for (size_t i = 0; i < u->n; i++)
		if (strlen(u->text[i]) == len &&
		    memcmp(u->text[i], t->text + at, len) == 0)
			return true;
	out->kind = PART_NUMBER;
	for (out->digits = 0; out->digits < len; out->digits++) {
		char c = t->text[at + out->digits];

		if (!is_digit(c))
			return false;
		out->value = out->value * 10 + (unsigned)(c - '0');
	}
	return true;
}

/* Nothing between them: 19800503. */
static void
add_joined(struct date_atoms *out, const struct date_text *t, size_t at,
    const char *order, size_t year_len)
{
	struct part parts[PARTS];
	size_t n = 0;

	for (; order[n] != '\0'; n++) {
		size_t len = order[n] == 'y' ? year_len : 2;

		if (!slice_at(&parts[n], t, at, len))
			return;
		at += len;
	}
	if (!is_digit(char_at(t, at)))
		add_ordered(out, t, order, parts, false);
}

static void
add_numbers(struct date_atoms *out, const struct date_text *t, size_t at)
{
	struct part parts[PARTS];
	size_t n = parted(parts, t, at);
	const char *order;

	for (size_t i = 0; (order = date_order(i)) != NULL; i++) {
		size_t len = strlen(order);

		if ((t->rules->orders >> i & 1) == 0)
			continue;
		if (len <= n)
			add_ordered(out, t, order, parts, false);
		if (t->rules->none && len > 1) {
			add_joined(out, t, at, order, 4);
			if (t->rules->last_year != 0)
				add_joined(out, t, at, order, 2);
		}
	}
	/* A year of four digits has no other meaning. */
	if (n > 0 && parts[0].kind == PART_NUMBER && parts[0].digits == 4 &&
	    !has_order(t->rules, "y"))
		add_ordered(out, t, "y", parts, false);
	if (!unknown_at(&parts[0], t, at) && number_at(&parts[0], t, at) &&
	    parts[0].digits <= 2)
		add_ordered(out, t, "d", parts, false);
}

/* ---- With a month's name ---- */

/*
 * Behind what may stand beside a name: "5-May-80", "5 de mayo, 1980".  *mark
 * is the separator, if it is none that sentences have too, or 0.
 */
static size_t
skip_beside_name(size_t *mark, const struct date_text *t, size_t at)
{
	size_t behind = at;

	*mark = separator_at(t, &behind);
	if (*mark == 0 && char_at(t, at) == '.')
		behind = at + 1;
	if (*mark < 2 || strchr(".,", t->rules->marks.text[*mark - 2][0]))
		*mark = 0;
	return date_skip(t, behind);
}

/*
 * Orders that people write need no rule if the year has four digits: "May
 * 1980-9" is none of them.
 */
static bool
may_be_ordered(
    const struct date_text *t, const struct part *year, const char *order)
{
	return has_order(t->rules, order) ||
	    (year->digits == 4 &&
		(strcmp(order, "dmy") == 0 || strcmp(order, "mdy") == 0 ||
		    strcmp(order, "ymd") == 0));
}

/* Three parts, the month at m; the two others are a day and a year. */
static void
add_three(struct date_atoms *out, const struct date_text *t,
    const struct part parts[static PARTS], size_t m)
{
	char order[PARTS + 1] = "";
	size_t a = m == 0 ? 1 : 0, b = m == 2 ? 1 : 2;

	for (int day_first = 0; day_first < 2; day_first++) {
		order[m] = 'm';
		order[a] = day_first ? 'd' : 'y';
		order[b] = day_first ? 'y' : 'd';
		if (may_be_ordered(t, &parts[day_first ? b : a], order))
			add_ordered(out, t, order, parts, true);
	}
}

static void
add_two(struct date_atoms *out, const struct date_text *t,
    const struct part parts[static PARTS], size_t m)
{
	const struct part *other = &parts[1 - m];
	const char *with_year = m == 0 ? "my" : "ym";

	if (other->digits == 4 || has_order(t->rules, with_year))
		add_ordered(out, t, with_year, parts, true);
	add_ordered(out, t, m == 0 ? "md" : "dm", parts, true);
}

/*
 * Each beginning of up to three parts that has one month's name in it, with
 * the same separator: "May 05-07" is two days, not 2007.
 */
static void
add_named(struct date_atoms *out, const struct date_text *t, size_t at)
{
	struct part parts[PARTS];
	size_t m = PARTS, marks[PARTS];

	for (size_t n = 0; n < PARTS && part_at(&parts[n], t, at); n++) {
		if (parts[n].kind == PART_MONTH) {
			if (m < PARTS)
				return;
			m = n;
		}
		if (m < PARTS && n == 0)
			add_ordered(out, t, "m", parts, true);
		else if (m < PARTS && n == 1)
			add_two(out, t, parts, m);
		else if (m < PARTS && marks[0] == marks[1])
			add_three(out, t, parts, m);
		at = skip_beside_name(&marks[n], t, parts[n].end);
		/* Digits do not go on as another number. */
		if (at == parts[n].end && is_digit(char_at(t, at)) &&
		    parts[n].kind != PART_MONTH)
			return;
	}
}

/* ---- With marks behind the parts ---- */

/* 一九八〇 by digits, 二十三 by tens; *at is left where it was if neither. */
static bool
numeral_at(struct part *out, const struct date_text *t, size_t at)
{
	const struct date_word *w;
	bool tens = false;

	*out = (struct part){ .kind = PART_NUMBER, .end = at };
	while (out->end < t->len && out->digits < 5 &&
	    (w = word_at(t, out->end, false)) != NULL &&
	    w->kind == DATE_WORD_NUMERAL) {
		if (w->value == 10) {
			if (tens || out->value > 9)
				return false;
			out->value = (out->digits == 0 ? 1 : out->value) * 10;
			tens = true;
		} else if (tens) {
			if (out->value % 10 != 0 || w->value == 0)
				return false;
			out->value += w->value;
		} else {
			out->value = out->value * 10 + w->value;
		}
		out->digits++;
		out->end += strlen(w->text);
	}
	if (tens && out->value > 31)
		return false;
	if (tens)
		out->digits = 2;
	return out->digits > 0;
}

/* A part with this mark behind it: 5月. */
static bool
marked_at(struct part *out, const struct date_text *t, size_t at, char mark)
{
	const struct date_word *w;

	if (at >= t->len ||
	    (!unknown_at(out, t, at) && !number_at(out, t, at) &&
		!numeral_at(out, t, at)))
		return false;
	out->end += char_at(t, out->end) == ' ';
	w = out->end < t->len ? word_at(t, out->end, false) : NULL;
	if (w == NULL || w->kind != DATE_WORD_MARK || w->value != mark)
		return false;
	out->end += strlen(w->text);
	return mark != 'y' || out->kind == PART_UNKNOWN || out->digits == 4;
}

/* A year, a month, a day, each after the other; it may begin later. */
static void
add_marked(struct date_atoms *out, const struct date_text *t, size_t at)
{
	static const char order[] = "ymd";
	struct part parts[PARTS];

	for (size_t first = 0; first < PARTS; first++) {
		size_t here = at;

		for (size_t i = first;
		     i < PARTS && marked_at(&parts[i], t, here, order[i]);
		     i++) {
			char part_of[PARTS + 1] = "";

			memcpy(part_of, order + first, i + 1 - first);
			add_ordered(out, t, part_of, parts + first, true);
			here = parts[i].end + (char_at(t, parts[i].end) == ' ');
		}
	}
}

void
date_atoms(struct date_atoms *out, const struct date_text *t, size_t at)
{
	out->n = 0;
	add_numbers(out, t, at);
	add_named(out, t, at);
	add_marked(out, t, at);
	if (out->n > DATE_ATOMS_MAX)
		out->n = 0;
}
