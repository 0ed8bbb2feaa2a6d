/* SPDX-License-Identifier: ISC */
/*
 * A cell becomes a row of tokens, by one language; the row must be a duration
 * as the functions below follow one another, to its last token.
 */
#include <string.h>

#include "record/date.h"
#include "record/date_lexicon.h"
#include "record/span_words.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define TOKENS_MAX 24
#define YEARS_MAX 199 /* what is more is a year of the calendar */

/* Where a half can stand without an "and" in front of it. */
enum half {
	HALF_JOINED,
	HALF_BEFORE, /* in front of a unit: 2½ years */
	HALF_AFTER,  /* behind one */
};

struct span_word {
	char kind;
	uint8_t value; /* the letter of a unit, or a number */
	const char *text;
};
struct token {
	char kind; /* of a word; '9' for digits, '-' for a dash, NUL: the end */
	uint32_t value;
};

#define UNIT(letter, text) { 'u', letter, text },
#define NUMBER(value, text) { 'n', value, text },
#define TIMES(value, text) { 'x', value, text },
#define HALF(text) { 'h', HALF_JOINED, text },
#define HALF_IN_FRONT(text) { 'h', HALF_BEFORE, text },
#define HALF_BEHIND(text) { 'h', HALF_AFTER, text },
#define AND(text) { '+', 0, text },
#define TO(text) { 't', 0, text },
#define LEAST(text) { 'l', 0, text },
#define MOST(text) { 'm', 0, text },
#define ABOUT(text) { '~', 0, text },
static const struct span_word en[] = {
#include "record/words/span_en.def"
};
static const struct span_word es[] = {
#include "record/words/span_es.def"
};
static const struct span_word zh[] = {
#include "record/words/span_zh.def"
};
static const struct {
	const char *lang;
	const struct span_word *words;
	size_t n;
} lists[] = { { "en", en, LEN(en) }, { "es", es, LEN(es) },
	{ "zh", zh, LEN(zh) } };

/* ---- Tokens ---- */

/* The longest word there; the length is 0 if there is none. */
static size_t
word_at(struct token *out, size_t list, const char *text, size_t len)
{
	uint8_t bit = date_language_bit(lists[list].lang);
	const struct date_word *d = date_word_at(0, bit, false, text, len);
	size_t best = 0;

	if (d != NULL && strchr("?~k", d->kind) != NULL) {
		best = strlen(d->text);
		*out = (struct token){ d->kind, 0 };
	}
	for (size_t i = 0; i < lists[list].n; i++) {
		const struct span_word *w = &lists[list].words[i];
		size_t n = strlen(w->text);

		if (n <= len && n > best && memcmp(w->text, text, n) == 0 &&
		    date_word_ends(text, len, n)) {
			best = n;
			*out = (struct token){ w->kind, w->value };
		}
	}
	return best;
}

static size_t
digits_at(struct token *out, const char *text, size_t len)
{
	size_t n = 0;
	uint32_t value = 0;

	for (; n < len && n < 5 && text[n] >= '0' && text[n] <= '9'; n++)
		value = value * 10 + (uint32_t)(text[n] - '0');
	*out = (struct token){ '9', value };
	return n == 5 ? 0 : n;
}

/* False: something is in no list, or there is too much of it. */
static bool
tokenize(struct token out[static TOKENS_MAX], size_t list, const char *text,
    size_t len)
{
	size_t i = 0;

	memset(out, 0, TOKENS_MAX * sizeof(*out));
	for (size_t at = 0, n; at < len; at += n) {
		n = 1;
		/* "yrs." */
		if (text[at] == ' ' ||
		    (text[at] == '.' && i > 0 && out[i - 1].kind != '9'))
			continue;
		if (i == TOKENS_MAX - 1)
			return false;
		if ((n = digits_at(&out[i], text + at, len - at)) == 0 &&
		    (n = word_at(&out[i], list, text + at, len - at)) == 0) {
			if (text[at] != '-')
				return false;
			out[i].kind = '-';
			n = 1;
		}
		i++;
	}
	return i > 0;
}

/* ---- Numbers ---- */

/* After twenty a number below ten, after a hundred one below a hundred. */
static bool
joins(const struct token *t, uint32_t room)
{
	return t->kind == 'n' && t->value < room;
}

/* "three", "twenty-one", "a hundred and twenty", 一百二十五. */
static bool
take_words(uint32_t *out, const struct token **at)
{
	const struct token *t = *at;
	uint32_t room = 1000, last = 0; /* last: may still be multiplied */

	*out = 0;
	for (;; t++) {
		const struct token *next = t;

		if (*out > 0 && last == 0 &&
		    (t->kind == '+' || t->kind == '-') && joins(t + 1, room))
			next++;
		if (next->kind == 'x' && next->value < room) {
			*out += (last == 0 ? 1 : last) * next->value - last;
			room = next->value;
			last = 0;
		} else if (last == 0 && joins(next, room)) {
			*out += next->value;
			last = next->value;
			if (last >= 10) {
				room = last >= 20 && last % 10 == 0 ? 10 : 0;
				last = 0;
			}
		} else {
			break;
		}
		t = next;
	}
	*at = t;
	return *out > 0;
}

static bool
take_number(uint32_t *out, const struct token **at)
{
	if ((*at)->kind != '9')
		return take_words(out, at);
	*out = (*at)++->value;
	return true;
}

/* ---- Amounts ---- */

static int32_t *
part_of(struct date_span *s, uint32_t unit)
{
	return unit == 'Y' ? &s->years
	    : unit == 'M'  ? &s->months
	    : unit == 'W'  ? &s->weeks
	    : unit == 'D'  ? &s->days
	    : unit == 'H'  ? &s->hours
			   : &s->minutes;
}

/* From large to small, each once. */
static bool
put_part(struct date_span *s, uint32_t *before, uint32_t unit, uint32_t n)
{
	static const char order[] = "YMWDHm";
	const char *at = strchr(order, (int)unit);
	uint32_t place = (uint32_t)(at - order) + 1;

	if (place <= *before || (unit == 'Y' && n > YEARS_MAX))
		return false;
	*before = place;
	*part_of(s, unit) = (int32_t)n;
	return true;
}

/* Half a year is six months; half of a month is no number of days. */
static bool
put_half(struct date_span *s, uint32_t *before, uint32_t unit)
{
	return (unit == 'Y' || unit == 'H') &&
	    put_part(s, before, unit == 'Y' ? 'M' : 'm', unit == 'Y' ? 6 : 30);
}

/* A half behind "and", or one that needs none there. */
static bool
take_half(const struct token **at, enum half alone)
{
	const struct token *t = *at;
	bool joined = t->kind == '+';

	if (joined)
		t++;
	if (t->kind != 'h' || (!joined && t->value != (uint32_t)alone))
		return false;
	*at = t + 1;
	return true;
}

/* "three weeks", "two and a half years", "year and a half", "half a year". */
static bool
take_part(struct date_span *s, uint32_t *before, const struct token **at)
{
	uint32_t n, unit;
	bool half;

	if ((*at)->kind == 'h' && (*at)[1].kind == 'u') {
		unit = (*at)[1].value;
		*at += 2;
		return put_half(s, before, unit);
	}
	if ((*at)->kind == 'u') {
		unit = (*at)++->value;
		return put_part(s, before, unit, 1) &&
		    take_half(at, HALF_AFTER) && put_half(s, before, unit);
	}
	if (!take_number(&n, at))
		return false;
	half = take_half(at, HALF_BEFORE);
	if ((*at)->kind != 'u')
		return false;
	unit = (*at)++->value;
	half = half || take_half(at, HALF_AFTER);
	return put_part(s, before, unit, n) &&
	    (!half || put_half(s, before, unit));
}

/* ISO 8601 has weeks alone. */
static void
no_weeks_beside(struct date_span *s)
{
	if (s->weeks < 0 ||
	    (s->years < 0 && s->months < 0 && s->days < 0 && s->hours < 0 &&
		s->minutes < 0))
		return;
	s->days = (s->days < 0 ? 0 : s->days) + 7 * s->weeks;
	s->weeks = -1;
}

static bool
begins_part(const struct token *t)
{
	return t->kind != '\0' && strchr("9nxh", t->kind) != NULL;
}

/* Several parts, or one alone. */
static bool
take_amount(struct date_span *s, bool alone, const struct token **at)
{
	uint32_t before = 0;

	*s = (struct date_span){ '\0', -1, -1, -1, -1, -1, -1, -1 };
	do {
		if (!take_part(s, &before, at))
			return false;
		if (!alone && (*at)->kind == '+' && begins_part(*at + 1))
			++*at;
	} while (!alone && begins_part(*at));
	no_weeks_beside(s);
	return true;
}

/* ---- The whole ---- */

struct phrase {
	bool about, perhaps, least, most, between;
};

static bool
take_mark(struct phrase *p, const struct token **at)
{
	bool *marks[] = { &p->about, &p->perhaps, &p->least, &p->most,
		&p->between };
	static const char kinds[] = "~?lmk";
	const char *which = (*at)->kind == '\0' ? NULL
						: strchr(kinds, (*at)->kind);

	if (which == NULL || *marks[which - kinds])
		return false;
	*marks[which - kinds] = true;
	++*at;
	return true;
}

static bool
in_order(const struct date_span *least, const struct date_span *most)
{
	struct date_days a, b;

	date_span_days(&a, least);
	date_span_days(&b, most);
	return a.lo <= b.hi;
}

/* "3 to 5 days", "between two weeks and a month": the first may lack a unit. */
static bool
take_range(struct date_span *least, struct date_span *most,
    const struct phrase *p, const struct token **at)
{
	const struct token *t = *at;
	uint32_t n, before = 0;
	bool bare = take_number(&n, &t) && t->kind != 'u' && t->kind != 'h';

	if (bare)
		*at = t;
	else if (!take_amount(least, true, at))
		return false;
	if ((*at)->kind != 't' && (*at)->kind != '-' &&
	    !(p->between && (*at)->kind == '+'))
		return false;
	++*at;
	t = *at;
	if (!take_amount(most, true, at))
		return false;
	if (!bare)
		return in_order(least, most);
	/* The unit is of both. */
	*least = (struct date_span){ '\0', -1, -1, -1, -1, -1, -1, -1 };
	return *at - t >= 2 && (*at)[-1].kind == 'u' && (*at)[-2].kind != 'h' &&
	    put_part(least, &before, (*at)[-1].value, n) &&
	    *part_of(most, (*at)[-1].value) >= (int32_t)n;
}

static bool
read_row(struct date_span *least, struct date_span *most, struct phrase *p,
    const struct token *t)
{
	const struct token *range;

	*p = (struct phrase){ false };
	while (take_mark(p, &t))
		;
	range = t;
	if (!p->between && take_amount(least, false, &t) && t->kind != 't' &&
	    t->kind != '-') {
		*most = *least;
	} else if (p->least || p->most || !take_range(least, most, p, &range)) {
		return false;
	} else {
		t = range;
		p->between = true;
	}
	if (p->between && t->kind == 'k')
		t++;
	while (t->kind != 'k' && take_mark(p, &t))
		;
	/* A bound of what is itself about something says too little. */
	return t->kind == '\0' && p->least + p->most + p->between <= 1 &&
	    (!(p->about || p->perhaps) || !(p->least || p->most || p->between));
}

static bool
print(struct buf *out, struct date_span *s, const struct phrase *p)
{
	s->qualifier = p->about && p->perhaps ? '%'
	    : p->about                        ? '~'
	    : p->perhaps                      ? '?'
					      : '\0';
	return date_span_print(out, s);
}

/* By one language; VAULT_EUSE: it is not understood. */
static enum vault_err
read_by(struct span_reading *out, size_t list, const char *text, size_t len)
{
	struct token row[TOKENS_MAX];
	struct date_span least, most, back;
	struct phrase p;

	buf_reset(&out->least);
	buf_reset(&out->most);
	if (!tokenize(row, list, text, len) ||
	    !read_row(&least, &most, &p, row))
		return VAULT_EUSE;
	out->exact = !p.least && !p.most && !p.between;
	if ((!p.most && !print(&out->least, &least, &p)) ||
	    (!p.least && !print(&out->most, &most, &p)))
		return VAULT_ENOMEM;
	if ((!p.most &&
		date_span_parse(&back, buf_text(&out->least), out->least.len) !=
		    VAULT_OK) ||
	    (!p.least &&
		date_span_parse(&back, buf_text(&out->most), out->most.len) !=
		    VAULT_OK))
		return VAULT_EUSE;
	return VAULT_OK;
}

static bool
is_same(const struct span_reading *a, const struct span_reading *b)
{
	return a->exact == b->exact &&
	    strcmp(buf_text(&a->least), buf_text(&b->least)) == 0 &&
	    strcmp(buf_text(&a->most), buf_text(&b->most)) == 0;
}

void
span_reading_free(struct span_reading *r)
{
	buf_free(&r->least);
	buf_free(&r->most);
}

enum vault_err
span_words_read(
    struct span_reading *out, uint8_t languages, const char *text, size_t len)
{
	struct span_reading one = { .exact = false };
	struct buf folded = { 0 };
	enum vault_err err = len > SPAN_CELL_MAX
	    ? VAULT_EUSE
	    : date_fold(&folded, text, len);
	bool any = false, two = false;

	*out = (struct span_reading){ .exact = false };
	for (size_t i = 0; err == VAULT_OK && i < LEN(lists); i++) {
		struct span_reading *to = any ? &one : out;

		if ((languages & date_language_bit(lists[i].lang)) == 0)
			continue;
		err = read_by(to, i, buf_text(&folded), folded.len);
		if (err == VAULT_OK && any)
			two = two || !is_same(out, &one);
		any = any || err == VAULT_OK;
		if (err == VAULT_EUSE)
			err = VAULT_OK;
	}
	span_reading_free(&one);
	buf_free(&folded);
	return err == VAULT_OK && (!any || two) ? VAULT_EUSE : err;
}
