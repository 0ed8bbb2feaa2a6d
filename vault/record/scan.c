/* SPDX-License-Identifier: ISC */
/* scan - looking through a text; how is said in scan_inner.h. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "record/scan_inner.h"
#include "record/scan_ways.h"

/* More of one person in one text say nothing more. */
#define HITS_OF_ONE 20

/* ---- The text ---- */

static uint8_t
mark_of(uint32_t cp)
{
	uint8_t mark = CHARACTER;

	/* Korean writes its particles behind the name without a blank. */
	if (text_is_spaceless(cp) || scan_is_hangul(cp))
		mark |= SPACELESS;
	if (cp >= '0' && cp <= '9')
		mark |= DIGIT;
	/* Hebrew, Arabic and Syriac. */
	if (cp >= 0x0590 && cp <= 0x074f)
		mark |= PREFIXED;
	return mark;
}

/* A piece of the text; *mark is what stands before its first character. */
static enum vault_err
squeeze_piece(struct looking *l, uint8_t *mark, const char *text, size_t len)
{
	struct buf key = { 0 };
	enum vault_err err;

	if ((err = text_key(&key, text, len)) != VAULT_OK)
		goto out;
	for (size_t i = 0; i < key.len;) {
		uint32_t cp = 0;
		size_t step = text_next(&cp, key.bytes + i, key.len - i);

		if (cp == ' ') {
			*mark = BLANK;
			i += step;
			continue;
		}
		buf_put_byte(&l->marks, mark_of(cp) | *mark);
		for (size_t k = 1; k < step; k++)
			buf_put_byte(&l->marks, 0);
		buf_put(&l->text, key.bytes + i, step);
		*mark = 0;
		i += step;
	}
out:
	buf_free(&key);
	return err;
}

/* ' and what is typed for it: its length, or 0. */
static size_t
apostrophe(const char *text, size_t len)
{
	static const char *const all[] = { "'", "\u2019", "\u02bc", "\u2032" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strlen(all[i]) <= len &&
		    memcmp(text, all[i], strlen(all[i])) == 0)
			return strlen(all[i]);
	return 0;
}

static bool
is_ascii_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* What English writes behind one: "don't" has no Don in it. */
static bool
is_contracted(const char *text, size_t len)
{
	static const char *const all[] = { "t", "ll", "re", "ve", "d", "m" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		size_t n = strlen(all[i]);

		if (n <= len && strncasecmp(text, all[i], n) == 0 &&
		    (n == len || !is_ascii_letter(text[n])))
			return true;
	}
	return false;
}

/*
 * The first apostrophe within a word, behind which an ending begins; *n is its
 * length.  Bytes beyond ASCII are taken for letters: what is none ends a word
 * by itself.
 */
static size_t
next_ending(size_t *n, const char *text, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		char before = text[i - 1], after;

		if (text[i] != '\'' && (unsigned char)text[i] < 0x80)
			continue;
		if ((*n = apostrophe(text + i, len - i)) == 0 || i + *n >= len)
			continue;
		after = text[i + *n];
		if ((is_ascii_letter(before) || (before & 0x80) != 0) &&
		    (is_ascii_letter(after) || (after & 0x80) != 0) &&
		    !is_contracted(text + i + *n, len - i - *n))
			return i;
	}
	*n = 0;
	return len;
}

static enum vault_err
squeeze(struct looking *l, const char *text, size_t len)
{
	enum vault_err err = VAULT_OK;
	uint8_t mark = BLANK;

	for (size_t at = 0, n = 0; err == VAULT_OK && at < len; at += n) {
		size_t end = next_ending(&n, text + at, len - at);

		err = squeeze_piece(l, &mark, text + at, end);
		if (n > 0 && mark == 0)
			mark = ENDING;
		n += end;
	}
	buf_put_byte(&l->marks, BLANK | CHARACTER);
	if (err == VAULT_OK && (err = buf_ok(&l->text)) == VAULT_OK)
		err = buf_ok(&l->marks);
	return err;
}

static uint8_t
mark_before(const struct looking *l, size_t at)
{
	while (at > 0 && (l->marks.bytes[--at] & CHARACTER) == 0)
		;
	return l->marks.bytes[at];
}

bool
scan_is_edge(const struct looking *l, size_t at)
{
	uint8_t here = l->marks.bytes[at], before;

	if (at == 0 || (here & BLANK) != 0)
		return true;
	before = mark_before(l, at);
	return ((here | before) & SPACELESS) != 0 ||
	    ((here ^ before) & DIGIT) != 0;
}

static bool
has_blank_within(const struct looking *l, size_t at, size_t end)
{
	for (size_t i = at + 1; i < end; i++)
		if ((l->marks.bytes[i] & BLANK) != 0)
			return true;
	return false;
}

/* Is there an edge within so many characters, going that way? */
static bool
near_edge(const struct looking *l, size_t at, int way, unsigned most)
{
	for (unsigned n = 0; n <= most; n++) {
		if (scan_is_edge(l, at))
			return true;
		do
			at = way > 0 ? at + 1 : at - 1;
		while ((l->marks.bytes[at] & CHARACTER) == 0);
	}
	return false;
}

/* The d of "d'Ali", as French, Italian and Catalan have it. */
static bool
is_elided(const struct looking *l, size_t at)
{
	return (l->marks.bytes[at] & ENDING) != 0 &&
	    l->text.bytes[at - 1] != 'o' && l->text.bytes[at - 1] < 0x80 &&
	    scan_is_edge(l, at - 1);
}

/* These two letters of Arabic, or this one, end before at. */
static bool
is_before(const struct looking *l, size_t at, const char *letters)
{
	size_t len = strlen(letters);

	return at >= len &&
	    memcmp(l->text.bytes + at - len, letters, len) == 0 &&
	    !has_blank_within(l, at - len, at + 1);
}

/*
 * What Arabic writes before a word: and, then; by, to, as; the.  "The" loses a
 * letter behind "to".
 */
static bool
is_prefixed(const struct looking *l, size_t at)
{
	static const char *const by[] = { "\u0628", "\u0644", "\u0643" };
	static const char *const and[] = { "\u0648", "\u0641" };
	size_t from = at;
	bool the = is_before(l, at, "\u0627\u0644"),
	     to_the = is_before(l, at, "\u0644\u0644");

	if ((l->marks.bytes[at] & PREFIXED) == 0)
		return false;
	if (the || to_the)
		at -= 4;
	for (size_t i = 0; !to_the && i < 3; i++)
		if (is_before(l, at, by[i])) {
			at -= 2;
			break;
		}
	for (size_t i = 0; i < 2; i++)
		if (is_before(l, at, and[i])) {
			at -= 2;
			break;
		}
	return at < from && scan_is_edge(l, at);
}

static bool
begins_well(const struct looking *l, const struct form *f, size_t at)
{
	if (scan_is_edge(l, at))
		return true;
	if (f->kind == SCAN_NUMBER)
		return f->len >= NUMBER_ANYWHERE &&
		    (l->marks.bytes[at] & DIGIT) != 0;
	if (is_elided(l, at) || is_prefixed(l, at))
		return true;
	if (!f->loose)
		return false;
	return !has_blank_within(l, at, at + f->len) ||
	    ((l->marks.bytes[at] & PREFIXED) != 0 &&
		near_edge(l, at, -1, LOOSE_BEFORE));
}

/* An ending behind an apostrophe, or none: "Ali'nin" ends after "Ali". */
static bool
ends_word(const struct looking *l, size_t end)
{
	return scan_is_edge(l, end) || (l->marks.bytes[end] & ENDING) != 0;
}

/* The s of a genitive or a plural, or es, makes no other word. */
static bool
goes_on_with_s(const struct looking *l, size_t len, size_t end)
{
	const uint8_t *at = l->text.bytes + end;
	size_t left = l->text.len - end;

	return (len > 2 && left > 0 && at[0] == 's' && ends_word(l, end + 1)) ||
	    (len > 3 && left > 1 && at[0] == 'e' && at[1] == 's' &&
		scan_is_edge(l, end + 2));
}

bool
scan_ends_word(const struct looking *l, size_t len, size_t end)
{
	return ends_word(l, end) || goes_on_with_s(l, len, end);
}

static bool
ends_well(const struct looking *l, const struct form *f, size_t at, size_t end)
{
	if (scan_is_edge(l, end))
		return true;
	if (f->kind == SCAN_NUMBER)
		return false;
	if (scan_ends_word(l, f->len, end))
		return true;
	if (!f->loose)
		return false;
	return !has_blank_within(l, at, end) ||
	    near_edge(l, end, 1, LOOSE_AFTER);
}

/* "He's" is no Mr He. */
static bool
is_pronoun(const struct form *f)
{
	return strcmp(f->key, "he") == 0 || strcmp(f->key, "it") == 0;
}

static bool
stands_alone(const struct looking *l, const struct form *f, size_t at)
{
	size_t end = at + f->len;
	uint8_t behind = l->marks.bytes[end];

	return (at == 0 || (l->marks.bytes[at] & BLANK) != 0) &&
	    ((behind & BLANK) != 0 ||
		((behind & ENDING) != 0 && !is_pronoun(f)));
}

static struct scan_hit *
found_of(const struct looking *l, size_t *n)
{
	*n = l->found.len / sizeof(struct scan_hit);
	return (struct scan_hit *)(void *)l->found.bytes;
}

bool
scan_take_one(const struct looking *l, const struct form *f)
{
	struct whom *w = scan_whom(l->s, f->who);

	if (w->turn != l->s->turn)
		*w = (struct whom){ .is_short = w->is_short,
			.turn = l->s->turn };
	if (w->found[f->kind] >= (f->kind == SCAN_PART ? 1 : HITS_OF_ONE))
		return false;
	w->found[f->kind]++;
	return true;
}

static void
note(struct looking *l, const struct form *f, size_t at)
{
	struct scan_hit hit = { f->who, f->kind, at, f->len };
	size_t end = at + f->len;

	if ((f->alone ? stands_alone(l, f, at)
		      : begins_well(l, f, at) && ends_well(l, f, at, end)) &&
	    scan_take_one(l, f))
		buf_put(&l->found, &hit, sizeof(hit));
}

/* ---- Each place ---- */

/* The first form at or behind lo whose byte at depth is at least c. */
static size_t
lower(const struct looking *l, size_t lo, size_t hi, size_t depth, int c)
{
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if ((unsigned char)l->s->forms[mid].key[depth] < c)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void
look_at(struct looking *l, size_t at)
{
	size_t lo = l->s->first[l->text.bytes[at]];
	size_t hi = l->s->first[l->text.bytes[at] + 1];
	size_t depth = 0;

	for (; lo < hi && at + depth < l->text.len; depth++) {
		int c = l->text.bytes[at + depth];

		if (depth > 0) {
			lo = lower(l, lo, hi, depth, c);
			hi = lower(l, lo, hi, depth, c + 1);
		}
		for (; lo < hi && l->s->forms[lo].len == depth + 1; lo++)
			if (l->s->forms[lo].half)
				scan_note_near(l, &l->s->forms[lo], at);
			else
				note(l, &l->s->forms[lo], at);
	}
	if (lo < hi && depth > 1 && scan_is_edge(l, at))
		l->open = true;
}

/* ---- What is told ---- */

/*
 * A part of what is told as a whole, or one that begins within what was told
 * before it: "Teng Biao, Teng" has "Biao, Teng" in it, too.  The list is of one
 * person, in order of place.
 */
static bool
is_told(const struct scan_hit *list, size_t n, size_t i)
{
	const struct scan_hit *hit = &list[i];

	for (size_t k = 0; k < n; k++) {
		const struct scan_hit *by = &list[k];
		bool more = by->kind == hit->kind ? k < i
						  : hit->kind == SCAN_PART;

		if (more && by->at < hit->at + hit->len &&
		    hit->at < by->at + by->len)
			return true;
	}
	return false;
}

/* The place in the text of a place in its squeezed key, going forward. */
struct ruler {
	const char *text;
	size_t len, at;    /* bytes of the text */
	size_t squeezed;   /* bytes of its key so far */
	size_t characters; /* of the text so far */
};

static enum vault_err
go_to(struct ruler *r, size_t squeezed)
{
	struct buf key = { 0 };
	enum vault_err err = VAULT_OK;

	while (r->at < r->len) {
		size_t step = text_grapheme(r->text + r->at, r->len - r->at);
		size_t got = 0;
		uint32_t cp;

		buf_reset(&key);
		err = text_key(&key, r->text + r->at, step);
		if (err != VAULT_OK)
			break;
		for (size_t i = 0; i < key.len; i++)
			got += key.bytes[i] != ' ';
		if (r->squeezed + got > squeezed)
			break;
		r->squeezed += got;
		for (size_t i = 0; i < step;) {
			i += text_next(&cp, r->text + r->at + i, step - i);
			r->characters++;
		}
		r->at += step;
	}
	buf_free(&key);
	return err;
}

static int
compare_places(const void *a, const void *b)
{
	const struct scan_hit *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->len != y->len)
		return x->len > y->len ? -1 : 1;
	return x->who < y->who ? -1 : x->who > y->who;
}

static int
compare_people(const void *a, const void *b)
{
	const struct scan_hit *x = a, *y = b;

	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	return compare_places(a, b);
}

/* What need not be told gets no length; then all are in order of place. */
static void
pick(struct scan_hit *list, size_t n)
{
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_people);
	for (size_t i = 0, first = 0; i < n; i++) {
		size_t end = i + 1;

		if (list[first].who != list[i].who)
			first = i;
		while (end < n && list[end].who == list[i].who)
			end++;
		if (is_told(list + first, end - first, i - first))
			list[i].len = 0; /* nothing is within it */
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_places);
}

/* Of the character at the ruler all that stands on it, too. */
static size_t
characters_here(const struct ruler *r)
{
	size_t step = text_grapheme(r->text + r->at, r->len - r->at), n = 0;
	uint32_t cp;

	for (size_t i = 0; i < step; n++)
		i += text_next(&cp, r->text + r->at + i, step - i);
	return n;
}

static enum vault_err
tell(const struct looking *l, const char *text, size_t len, scan_fn found,
    void *ctx)
{
	struct ruler r = { .text = text, .len = len };
	enum vault_err err = VAULT_OK;
	size_t n;
	struct scan_hit *list = found_of(l, &n);

	pick(list, n);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		struct scan_hit hit = list[i];
		struct ruler end;

		if (hit.len == 0)
			continue;
		if ((err = go_to(&r, hit.at)) != VAULT_OK)
			break;
		end = r;
		err = go_to(&end, hit.at + hit.len - 1);
		hit.at = r.characters;
		hit.len = end.characters + characters_here(&end) - r.characters;
		if (err == VAULT_OK)
			err = found(ctx, &hit);
	}
	return err;
}

static enum vault_err
look_through(
    struct scan *s, const char *text, size_t len, scan_fn found, void *ctx)
{
	struct looking l = { .s = s };
	enum vault_err err;

	if ((err = scan_sort(s)) != VAULT_OK)
		return err;
	s->turn++;
	if ((err = squeeze(&l, text, len)) == VAULT_OK) {
		for (size_t i = 0; i < l.text.len; i++)
			if ((l.marks.bytes[i] & CHARACTER) != 0)
				look_at(&l, i);
		s->open = l.open;
		if ((err = buf_ok(&l.found)) == VAULT_OK)
			err = tell(&l, text, len, found, ctx);
	}
	buf_free(&l.text);
	buf_free(&l.marks);
	buf_free(&l.found);
	return err;
}

/* ---- As it reads in other ways ---- */

struct rereading {
	const struct scan_read *read;
	scan_fn found;
	void *ctx;
};

/* Of what is read as it is written all was found before. */
static enum vault_err
see_read(void *ctx, const struct scan_hit *hit)
{
	const struct rereading *r = ctx;
	const uint32_t *from = (const uint32_t *)(const void *)
				   r->read->from.bytes;
	const uint8_t *changed = r->read->changed.bytes;
	size_t begin = hit->at > 0 ? hit->at - 1 : 0;
	struct scan_hit told = *hit;

	/* What stands beside it may have come to part it from another word. */
	if (memchr(changed + begin, 1, hit->at + hit->len + 1 - begin) == NULL)
		return VAULT_OK;
	told.at = from[hit->at];
	told.len = from[hit->at + hit->len] - told.at;
	return r->found(r->ctx, &told);
}

static enum vault_err
look_through_read(
    struct scan *s, const struct scan_read *read, scan_fn found, void *ctx)
{
	struct rereading r = { read, found, ctx };

	return look_through(
	    s, buf_text(&read->text), read->text.len, see_read, &r);
}

/* Is there a byte that begins a Greek or a Cyrillic letter? */
static bool
has_twins(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0xcd && c <= 0xd4)
			return true;
	}
	return false;
}

static bool
has_escapes(const char *text, size_t len)
{
	return memchr(text, '%', len) != NULL ||
	    memchr(text, '&', len) != NULL || memchr(text, '\\', len) != NULL;
}

/* Letters that look like others, in what was read already, or NULL. */
static enum vault_err
look_for_twins(struct scan *s, const char *text, size_t len,
    const struct scan_read *before, scan_fn found, void *ctx)
{
	enum vault_err err = VAULT_OK;

	if (!has_twins(text, len))
		return VAULT_OK;
	for (int way = SCAN_AS_LATIN; err == VAULT_OK && way < SCAN_WAYS;
	     way++) {
		struct scan_read read = { .text = { 0 } };
		bool any = false;

		err = scan_read(
		    &read, &any, (enum scan_way)way, text, len, before);
		if (err == VAULT_OK && any)
			err = look_through_read(s, &read, found, ctx);
		scan_read_free(&read);
	}
	return err;
}

/* "%2541" stands for "%41", and that for "A". */
#define ESCAPED_TWICE 3

enum vault_err
scan_text(
    struct scan *s, const char *text, size_t len, scan_fn found, void *ctx)
{
	struct scan_read reads[ESCAPED_TWICE];
	const struct scan_read *read = NULL;
	enum vault_err err = len > UINT32_MAX
	    ? VAULT_EUSE
	    : look_through(s, text, len, found, ctx);
	bool any = true, open = s->open;

	memset(reads, 0, sizeof(reads));
	for (size_t i = 0; err == VAULT_OK && any && i < ESCAPED_TWICE &&
	     has_escapes(text, len);
	     i++) {
		err = scan_read(
		    &reads[i], &any, SCAN_AS_CHARACTERS, text, len, read);
		if (err != VAULT_OK || !any)
			break;
		read = &reads[i];
		text = buf_text(&read->text);
		len = read->text.len;
		err = look_through_read(s, read, found, ctx);
	}
	if (err == VAULT_OK)
		err = look_for_twins(s, text, len, read, found, ctx);
	for (size_t i = 0; i < ESCAPED_TWICE; i++)
		scan_read_free(&reads[i]);
	s->open = open;
	return err;
}

bool
scan_is_open(const struct scan *s)
{
	return s->open;
}
