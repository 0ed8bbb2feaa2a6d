/* SPDX-License-Identifier: ISC */
/*
 * scan - the forms that are looked for stand in one sorted array, which is
 * walked like a tree: from each place where a name may begin, one byte after
 * the other narrows the range of forms that agree so far.
 */
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "record/scan.h"

/* Shorter parts are parts of too many other words. */
#define PART_LETTERS 4
#define PART_SPACELESS 2

/* A name of several words and so many letters may go on a little. */
#define LOOSE_LETTERS 6
#define LOOSE_AFTER 3
#define LOOSE_BEFORE 3

/* What is shorter is no number of a person. */
#define NUMBER_MIN 5
#define NUMBER_ANYWHERE 7

#define NAME_WORDS_MAX 8

/* More of one person in one text say nothing more. */
#define HITS_OF_ONE 20

struct form {
	char *key; /* without blanks */
	size_t len;
	size_t who;
	enum scan_kind kind;
	bool loose; /* several words, long enough */
	bool alone; /* so short that it must stand by itself */
};

#define KINDS 3

/* Somebody who is looked for. */
struct whom {
	bool is_short; /* a form is .alone */
	uint64_t turn; /* the text in which .found were found */
	uint8_t found[KINDS];
};

struct scan {
	struct form *forms;
	size_t n, cap;
	bool sorted;
	struct buf whom; /* struct whom, by number */
	uint64_t turn;   /* how many texts were looked through */
	bool earlier;    /* what is added is no longer said */
};

enum vault_err
scan_new(struct scan **out)
{
	*out = mem_zalloc(sizeof(**out));
	return *out == NULL ? VAULT_ENOMEM : VAULT_OK;
}

void
scan_free(struct scan *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		mem_free(s->forms[i].key);
	mem_free(s->forms);
	buf_free(&s->whom);
	mem_free(s);
}

/* ---- What is looked for ---- */

static bool
is_hangul(uint32_t cp)
{
	return cp >= 0xac00 && cp <= 0xd7a3;
}

/* How many characters there are, and whether all are of such a script. */
struct measure {
	size_t letters, words;
	bool spaceless, digits;
	bool hangul; /* all of them are syllables */
};

static struct measure
measure(const char *key, size_t len)
{
	struct measure m = { 0, 0, len > 0, len > 0, len > 0 };
	uint32_t cp = 0;

	for (size_t i = 0; i < len;) {
		size_t step = text_next(&cp, key + i, len - i);

		m.words += i == 0 || key[i - 1] == ' ';
		i += step;
		if (cp == ' ')
			continue;
		m.letters++;
		m.spaceless = m.spaceless && text_is_spaceless(cp);
		m.digits = m.digits && cp >= '0' && cp <= '9';
		m.hangul = m.hangul && is_hangul(cp);
	}
	return m;
}

static bool
make_room(struct scan *s)
{
	size_t cap = s->cap == 0 ? 64 : s->cap * 2;
	struct form *forms;

	if (s->n < s->cap)
		return true;
	if ((forms = mem_realloc(s->forms, cap * sizeof(*forms))) == NULL)
		return false;
	s->forms = forms;
	s->cap = cap;
	return true;
}

static struct whom *
whom_at(const struct scan *s, size_t who)
{
	return (struct whom *)(void *)s->whom.bytes + who;
}

static bool
has_whom(const struct scan *s, size_t who)
{
	return who < s->whom.len / sizeof(struct whom);
}

static bool
note_whom(struct scan *s, const struct form *f)
{
	const struct whom none = { .is_short = false };

	while (!has_whom(s, f->who))
		if (!buf_put(&s->whom, &none, sizeof(none)))
			return false;
	whom_at(s, f->who)->is_short |= f->alone;
	return true;
}

/* A form of this key, whose blanks are taken out. */
static enum vault_err
add_form(struct scan *s, const char *key, size_t len, enum scan_kind kind,
    size_t who)
{
	struct measure m = measure(key, len);
	struct form f = { .who = who, .kind = kind };

	if (m.letters == 0)
		return VAULT_OK;
	if (s->earlier)
		f.kind = SCAN_PART;
	f.loose = kind == SCAN_NAME && m.words > 1 &&
	    m.letters >= LOOSE_LETTERS;
	f.alone = kind == SCAN_NAME &&
	    m.letters < (m.spaceless || m.hangul ? 2 : 3);
	if ((f.key = mem_zalloc(len + 1)) == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; i < len; i++)
		if (key[i] != ' ')
			f.key[f.len++] = key[i];
	if (!make_room(s) || !note_whom(s, &f)) {
		mem_free(f.key);
		return VAULT_ENOMEM;
	}
	s->forms[s->n++] = f;
	s->sorted = false;
	return VAULT_OK;
}

/* The words of a key, where they begin, and where the last one ends. */
static size_t
split(size_t at[static NAME_WORDS_MAX + 1], const char *key, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < NAME_WORDS_MAX; i++)
		if (i == 0 || key[i - 1] == ' ')
			at[n++] = i;
	at[n] = len + 1;
	return n;
}

/*
 * The same words beginning with another one: "Biao, Teng"; what was family
 * and what was given name need not be known.
 */
static enum vault_err
add_turned(struct scan *s, const char *key, size_t len, size_t who)
{
	size_t at[NAME_WORDS_MAX + 1], n = split(at, key, len);
	struct buf turned = { 0 };
	enum vault_err err = VAULT_OK;

	for (size_t i = 1; err == VAULT_OK && i < n; i++) {
		buf_reset(&turned);
		buf_put(&turned, key + at[i], len - at[i]);
		buf_put_byte(&turned, ' ');
		buf_put(&turned, key, at[i] - 1);
		if ((err = buf_ok(&turned)) == VAULT_OK)
			err = add_form(
			    s, buf_text(&turned), turned.len, SCAN_NAME, who);
	}
	buf_free(&turned);
	return err;
}

/* Is a name, or a word of one, long enough to say something by itself? */
static bool
says_something(const char *key, size_t len)
{
	struct measure m = measure(key, len);

	return m.letters >= (m.spaceless ? PART_SPACELESS : PART_LETTERS);
}

/*
 * Of a name whose parts are not known: its words; of one without spaces, all
 * that stands behind its first or its second character.
 */
static enum vault_err
add_parts(struct scan *s, const char *key, size_t len, size_t who)
{
	size_t at[NAME_WORDS_MAX + 1], n = split(at, key, len);
	enum vault_err err = VAULT_OK;
	struct measure m = measure(key, len);

	if (n > 1) {
		for (size_t i = 0; err == VAULT_OK && i < n; i++)
			if (says_something(key + at[i], at[i + 1] - 1 - at[i]))
				err = add_form(s, key + at[i],
				    at[i + 1] - 1 - at[i], SCAN_PART, who);
		return err;
	}
	if (!m.spaceless)
		return VAULT_OK;
	for (size_t i = 0, k = 0; err == VAULT_OK && k < 2 && i < len; k++) {
		uint32_t cp = 0;

		i += text_next(&cp, key + i, len - i);
		if (says_something(key + i, len - i))
			err = add_form(s, key + i, len - i, SCAN_PART, who);
	}
	return err;
}

static enum vault_err
key_of(struct buf *out, const json_t *text)
{
	buf_reset(out);
	if (!json_is_string(text))
		return VAULT_OK;
	return text_key(out, json_string_value(text), json_string_length(text));
}

enum vault_err
scan_add_words(struct scan *s, const char *text, size_t len, size_t who)
{
	struct buf key = { 0 };
	enum vault_err err = text_key(&key, text, len);

	if (err == VAULT_OK)
		err = add_form(s, buf_text(&key), key.len, SCAN_NAME, who);
	if (err == VAULT_OK)
		err = add_turned(s, buf_text(&key), key.len, who);
	buf_free(&key);
	return err;
}

/* The family and the given name: alone a part, together a name. */
static enum vault_err
add_family_and_given(struct scan *s, const json_t *name, size_t who)
{
	struct buf family = { 0 }, given = { 0 };
	enum vault_err err;

	if ((err = key_of(&family, json_object_get(name, "family"))) !=
		VAULT_OK ||
	    (err = key_of(&given, json_object_get(name, "given"))) != VAULT_OK)
		goto out;
	if (says_something(buf_text(&family), family.len))
		err = add_form(
		    s, buf_text(&family), family.len, SCAN_PART, who);
	if (err == VAULT_OK && says_something(buf_text(&given), given.len))
		err = add_form(s, buf_text(&given), given.len, SCAN_PART, who);
	if (err != VAULT_OK || family.len == 0 || given.len == 0)
		goto out;
	buf_put_byte(&family, ' ');
	buf_put(&family, given.bytes, given.len);
	if ((err = buf_ok(&family)) == VAULT_OK)
		err = add_form(
		    s, buf_text(&family), family.len, SCAN_NAME, who);
	if (err == VAULT_OK)
		err = add_turned(s, buf_text(&family), family.len, who);
out:
	buf_free(&family);
	buf_free(&given);
	return err;
}

/* The first of these characters in text, or its end. */
static size_t
until(const char *text, size_t len, const char *const *marks, size_t n)
{
	for (size_t i = 0; i < len; i++)
		for (size_t k = 0; k < n; k++)
			if (strncmp(text + i, marks[k], strlen(marks[k])) == 0)
				return i;
	return len;
}

/* One name as a whole, and its parts. */
static enum vault_err
add_called(struct scan *s, const char *text, size_t len, size_t who)
{
	struct buf key = { 0 };
	enum vault_err err = text_key(&key, text, len);

	if (err == VAULT_OK && key.len > 0)
		err = scan_add_words(s, text, len, who);
	if (err == VAULT_OK)
		err = add_parts(s, buf_text(&key), key.len, who);
	buf_free(&key);
	return err;
}

/* A long enough piece of "Jia Heshu (\xe7\x94\xb2 ...) / Lawyer Jia". */
static enum vault_err
add_piece(struct scan *s, const char *text, size_t len, size_t who)
{
	struct buf key = { 0 };
	enum vault_err err = text_key(&key, text, len);

	if (err == VAULT_OK && says_something(buf_text(&key), key.len))
		err = add_called(s, text, len, who);
	buf_free(&key);
	return err;
}

/* Several names are often written in one, the other script in brackets. */
static enum vault_err
add_pieces(struct scan *s, const char *text, size_t len, size_t who)
{
	static const char *const marks[] = { "(", ")", "[", "]", "/", ";", "|",
		"=", "\xef\xbc\x88", "\xef\xbc\x89", "\xef\xbc\x8f",
		"\xef\xbc\x9b" };
	const size_t n = sizeof(marks) / sizeof(marks[0]);
	size_t end = until(text, len, marks, n);
	enum vault_err err = VAULT_OK;

	if (end == len)
		return VAULT_OK;
	for (size_t at = 0; err == VAULT_OK && at < len; at = end + 1) {
		/* The rest of a mark of several bytes is no text. */
		while (at < len && ((unsigned char)text[at] & 0xc0) == 0x80)
			at++;
		end = at + until(text + at, len - at, marks, n);
		err = add_piece(s, text + at, end - at, who);
	}
	return err;
}

static enum vault_err
add_name(struct scan *s, const json_t *name, size_t who)
{
	const json_t *value = json_object_get(name, "text");
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	enum vault_err err = VAULT_OK;

	if (text != NULL && (err = add_called(s, text, len, who)) == VAULT_OK)
		err = add_pieces(s, text, len, who);
	return err == VAULT_OK ? add_family_and_given(s, name, who) : err;
}

/*
 * Digits, and of a number with the code of a country also those without it,
 * which has one to three.
 */
static enum vault_err
add_digits(
    struct scan *s, const char *key, size_t len, bool has_code, size_t who)
{
	struct measure m = measure(key, len);
	enum vault_err err = VAULT_OK;

	if (m.letters >= NUMBER_MIN)
		err = add_form(s, key, len, SCAN_NUMBER, who);
	for (size_t i = 1; err == VAULT_OK && has_code && i <= 5 && i < len;
	     i++)
		if (m.letters - i >= NUMBER_ANYWHERE)
			err = add_form(s, key + i, len - i, SCAN_NUMBER, who);
	return err;
}

/* The digits in "138 0013 8000 (in the evening)", if they are enough. */
static enum vault_err
add_runs(struct scan *s, const char *key, size_t len, bool has_code, size_t who)
{
	static const char digits[] = "0123456789 ";
	enum vault_err err = VAULT_OK;

	for (size_t at = 0, n; err == VAULT_OK && at < len; at += n + 1) {
		while (at < len && key[at] == ' ')
			at++;
		n = strspn(key + at, digits);
		if (n == len)
			break; /* all of it, which is known */
		if (measure(key + at, n).letters >= NUMBER_ANYWHERE)
			err = add_digits(s, key + at, n, has_code, who);
	}
	return err;
}

/* Each address in "a@example.org, b@example.org". */
static enum vault_err
add_addresses(struct scan *s, const char *text, size_t len, size_t who)
{
	static const char between[] = " \t\r\n,;<>()";
	enum vault_err err = VAULT_OK;

	for (size_t at = 0, n; err == VAULT_OK && at < len; at += n + 1) {
		struct buf key = { 0 };

		n = strcspn(text + at, between);
		if (n < len && memchr(text + at, '@', n) != NULL &&
		    (err = text_key(&key, text + at, n)) == VAULT_OK &&
		    measure(buf_text(&key), key.len).letters >= NUMBER_MIN)
			err = add_form(
			    s, buf_text(&key), key.len, SCAN_NUMBER, who);
		buf_free(&key);
	}
	return err;
}

/* A number or an address, and what of it somebody else would write. */
static enum vault_err
add_number(struct scan *s, const json_t *value, size_t who)
{
	struct buf key = { 0 };
	const char *text = json_string_value(value);
	enum vault_err err = key_of(&key, value);
	bool has_code;

	if (err != VAULT_OK || key.len == 0)
		goto out;
	has_code = strchr(text, '+') != NULL || strncmp(text, "00", 2) == 0;
	err = add_digits(s, buf_text(&key), key.len,
	    has_code && measure(buf_text(&key), key.len).digits, who);
	if (err == VAULT_OK)
		err = add_runs(s, buf_text(&key), key.len, has_code, who);
	if (err == VAULT_OK)
		err = add_addresses(s, text, json_string_length(value), who);
out:
	buf_free(&key);
	return err;
}

size_t
scan_short(const struct scan *s)
{
	size_t n = 0;

	for (size_t i = 0; has_whom(s, i); i++)
		n += whom_at(s, i)->is_short;
	return n;
}

void
scan_drop(struct scan *s, size_t who)
{
	while (s->n > 0 && s->forms[s->n - 1].who == who)
		mem_free(s->forms[--s->n].key);
	if (has_whom(s, who))
		whom_at(s, who)->is_short = false;
}

enum vault_err
scan_add(struct scan *s, const json_t *person, size_t who)
{
	const json_t *names = json_object_get(person, "names");
	const json_t *papers = json_object_get(person, "id_papers");
	const json_t *contacts = json_object_get(person, "contacts");
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < json_array_size(names); i++)
		err = add_name(s, json_array_get(names, i), who);
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(papers); i++)
		err = add_number(s,
		    json_object_get(json_array_get(papers, i), "number"), who);
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(contacts);
	     i++)
		err = add_number(s,
		    json_object_get(json_array_get(contacts, i), "value"), who);
	return err;
}

enum vault_err
scan_add_earlier(struct scan *s, const json_t *person, size_t who)
{
	enum vault_err err;

	s->earlier = true;
	err = scan_add(s, person, who);
	s->earlier = false;
	return err;
}

/* ---- The text ---- */

static int
compare_forms(const void *a, const void *b)
{
	const struct form *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->key, y->key, len);

	if (order != 0)
		return order;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

static bool
same_form(const struct form *x, const struct form *y)
{
	return x->len == y->len && memcmp(x->key, y->key, x->len) == 0 &&
	    x->who == y->who;
}

/* In order; of one person each key once, as the most that it is. */
static void
sort(struct scan *s)
{
	size_t kept = 0;

	if (s->sorted || s->n == 0)
		return;
	qsort(s->forms, s->n, sizeof(*s->forms), compare_forms);
	for (size_t i = 0; i < s->n; i++) {
		if (kept > 0 && same_form(&s->forms[kept - 1], &s->forms[i])) {
			s->forms[kept - 1].loose |= s->forms[i].loose;
			mem_free(s->forms[i].key);
			continue;
		}
		s->forms[kept++] = s->forms[i];
	}
	s->n = kept;
	s->sorted = true;
}

/* What stands before a byte of the squeezed text, or at its end. */
enum {
	BLANK = 1,     /* a blank was taken out here */
	CHARACTER = 2, /* a character begins here */
	SPACELESS = 4, /* this character is of a script without spaces */
	DIGIT = 8,
	PREFIXED = 16, /* of one that writes prepositions before the word */
};

struct looking {
	const struct scan *s;
	struct buf text;  /* the key, without blanks */
	struct buf marks; /* a byte for each, and one behind the last */
	struct buf found; /* struct scan_hit: bytes of the squeezed text */
};

static uint8_t
mark_of(uint32_t cp)
{
	uint8_t mark = CHARACTER;

	/* Korean writes its particles behind the name without a blank. */
	if (text_is_spaceless(cp) || is_hangul(cp))
		mark |= SPACELESS;
	if (cp >= '0' && cp <= '9')
		mark |= DIGIT;
	/* Hebrew, Arabic and Syriac. */
	if (cp >= 0x0590 && cp <= 0x074f)
		mark |= PREFIXED;
	return mark;
}

static enum vault_err
squeeze(struct looking *l, const char *text, size_t len)
{
	struct buf key = { 0 };
	enum vault_err err;
	uint8_t blank = BLANK;

	if ((err = text_key(&key, text, len)) != VAULT_OK)
		goto out;
	for (size_t i = 0; i < key.len;) {
		uint32_t cp = 0;
		size_t step = text_next(&cp, key.bytes + i, key.len - i);

		if (cp == ' ') {
			blank = BLANK;
			i += step;
			continue;
		}
		buf_put_byte(&l->marks, mark_of(cp) | blank);
		for (size_t k = 1; k < step; k++)
			buf_put_byte(&l->marks, 0);
		buf_put(&l->text, key.bytes + i, step);
		blank = 0;
		i += step;
	}
	buf_put_byte(&l->marks, BLANK | CHARACTER);
	if ((err = buf_ok(&l->text)) == VAULT_OK)
		err = buf_ok(&l->marks);
out:
	buf_free(&key);
	return err;
}

static uint8_t
mark_before(const struct looking *l, size_t at)
{
	while (at > 0 && (l->marks.bytes[--at] & CHARACTER) == 0)
		;
	return l->marks.bytes[at];
}

/* Does a word begin or end here?  Letters and digits are apart. */
static bool
is_edge(const struct looking *l, size_t at)
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
		if (is_edge(l, at))
			return true;
		do
			at = way > 0 ? at + 1 : at - 1;
		while ((l->marks.bytes[at] & CHARACTER) == 0);
	}
	return false;
}

static bool
begins_well(const struct looking *l, const struct form *f, size_t at)
{
	if (is_edge(l, at))
		return true;
	if (f->kind == SCAN_NUMBER && f->len >= NUMBER_ANYWHERE)
		return (l->marks.bytes[at] & DIGIT) != 0;
	if (!f->loose)
		return false;
	return !has_blank_within(l, at, at + f->len) ||
	    ((l->marks.bytes[at] & PREFIXED) != 0 &&
		near_edge(l, at, -1, LOOSE_BEFORE));
}

/* One letter more, like the s of a genitive, is no other word. */
static bool
goes_on_with_s(const struct looking *l, const struct form *f, size_t end)
{
	return f->kind != SCAN_NUMBER && f->len > 2 && end < l->text.len &&
	    l->text.bytes[end] == 's' && is_edge(l, end + 1);
}

static bool
ends_well(const struct looking *l, const struct form *f, size_t at, size_t end)
{
	if (is_edge(l, end) || goes_on_with_s(l, f, end))
		return true;
	if (!f->loose)
		return false;
	return !has_blank_within(l, at, end) ||
	    near_edge(l, end, 1, LOOSE_AFTER);
}

static bool
stands_alone(const struct looking *l, size_t at, size_t end)
{
	return (at == 0 || (l->marks.bytes[at] & BLANK) != 0) &&
	    (l->marks.bytes[end] & BLANK) != 0;
}

static struct scan_hit *
found_of(const struct looking *l, size_t *n)
{
	*n = l->found.len / sizeof(struct scan_hit);
	return (struct scan_hit *)(void *)l->found.bytes;
}

/*
 * Is there room for one more of this person?  A part that is told says it all,
 * whatever the others are: either it is the only one, or a whole name is there.
 */
static bool
take_one(const struct looking *l, const struct form *f)
{
	struct whom *w = whom_at(l->s, f->who);

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

	if ((f->alone ? stands_alone(l, at, end)
		      : begins_well(l, f, at) && ends_well(l, f, at, end)) &&
	    take_one(l, f))
		buf_put(&l->found, &hit, sizeof(hit));
}

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
	size_t lo = 0, hi = l->s->n;

	for (size_t depth = 0; lo < hi && at + depth < l->text.len; depth++) {
		int c = l->text.bytes[at + depth];

		lo = lower(l, lo, hi, depth, c);
		hi = lower(l, lo, hi, depth, c + 1);
		for (; lo < hi && l->s->forms[lo].len == depth + 1; lo++)
			note(l, &l->s->forms[lo], at);
	}
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

	sort(s);
	s->turn++;
	if ((err = squeeze(&l, text, len)) == VAULT_OK) {
		for (size_t i = 0; i < l.text.len; i++)
			if ((l.marks.bytes[i] & CHARACTER) != 0)
				look_at(&l, i);
		if ((err = buf_ok(&l.found)) == VAULT_OK)
			err = tell(&l, text, len, found, ctx);
	}
	buf_free(&l.text);
	buf_free(&l.marks);
	buf_free(&l.found);
	return err;
}

/* ---- As addresses of pages are written ---- */

/* A text whose "%E7%8E%8B" were read, and where its characters come from. */
struct decoded {
	struct buf text;
	struct buf from; /* size_t: of each character, and of the end */
	scan_fn found;
	void *ctx;
};

static int
hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character of "%E7%8E%8B" in *cp, and its length as written, or 0. */
static size_t
escaped(uint32_t *cp, const char *text, size_t len)
{
	char bytes[4];
	size_t n = 0, got;

	while (n < sizeof(bytes) && 3 * n + 2 < len && text[3 * n] == '%') {
		int high = hex_of(text[3 * n + 1]),
		    low = hex_of(text[3 * n + 2]);

		if (high < 0 || low < 0)
			break;
		bytes[n++] = (char)(high << 4 | low);
	}
	got = text_next(cp, bytes, n);
	return *cp == 0 ? 0 : 3 * got;
}

/* *any: something was decoded. */
static enum vault_err
decode(struct decoded *d, bool *any, const char *text, size_t len)
{
	size_t at = 0, step;
	enum vault_err err;

	*any = false;
	for (size_t i = 0; i < len; i += step) {
		uint32_t cp = 0;
		size_t characters = 1;

		if (text[i] == '%' &&
		    (step = escaped(&cp, text + i, len - i)) > 0) {
			characters = step; /* all of them ASCII */
			*any = true;
		} else if ((step = text_next(&cp, text + i, len - i)) == 0) {
			return VAULT_EUSE;
		}
		text_put(&d->text, cp);
		buf_put(&d->from, &at, sizeof(at));
		at += characters;
	}
	buf_put(&d->from, &at, sizeof(at));
	err = buf_ok(&d->text);
	return err == VAULT_OK ? buf_ok(&d->from) : err;
}

/* What has nothing decoded in it was found in the text as it is. */
static enum vault_err
see_decoded(void *ctx, const struct scan_hit *hit)
{
	const struct decoded *d = ctx;
	const size_t *from = (const size_t *)(const void *)d->from.bytes;
	struct scan_hit told = *hit;

	told.at = from[hit->at];
	told.len = from[hit->at + hit->len] - told.at;
	return told.len == hit->len ? VAULT_OK : d->found(d->ctx, &told);
}

static enum vault_err
look_behind(
    struct scan *s, const char *text, size_t len, scan_fn found, void *ctx)
{
	struct decoded d = { .found = found, .ctx = ctx };
	bool any;
	enum vault_err err = decode(&d, &any, text, len);

	if (err == VAULT_OK && any)
		err = look_through(
		    s, buf_text(&d.text), d.text.len, see_decoded, &d);
	buf_free(&d.text);
	buf_free(&d.from);
	return err;
}

enum vault_err
scan_text(
    struct scan *s, const char *text, size_t len, scan_fn found, void *ctx)
{
	enum vault_err err = look_through(s, text, len, found, ctx);

	if (err == VAULT_OK && memchr(text, '%', len) != NULL)
		err = look_behind(s, text, len, found, ctx);
	return err;
}
