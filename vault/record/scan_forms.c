/* SPDX-License-Identifier: ISC */
/* scan_forms - what is looked for of each person. */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "record/scan_inner.h"

/* Shorter parts are parts of too many other words. */
#define PART_LETTERS 4
#define PART_SPACELESS 2

/* With a letter wrong a shorter name is another one. */
#define NEAR_LETTERS 8

#define NAME_WORDS_MAX 8

enum vault_err
scan_new(struct scan **out)
{
	*out = mem_zalloc(sizeof(**out));
	return *out == NULL ? VAULT_ENOMEM : VAULT_OK;
}

/* Their keys are those of the others. */
static void
drop_halves(struct scan *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++)
		if (!s->forms[i].half)
			s->forms[kept++] = s->forms[i];
	s->n = kept;
}

void
scan_free(struct scan *s)
{
	if (s == NULL)
		return;
	drop_halves(s);
	for (size_t i = 0; i < s->n; i++)
		mem_free(s->forms[i].key);
	mem_free(s->forms);
	buf_free(&s->whom);
	mem_free(s);
}

/* ---- What is looked for ---- */

bool
scan_is_hangul(uint32_t cp)
{
	return cp >= 0xac00 && cp <= 0xd7a3;
}

/* How many characters there are, and whether all are of such a script. */
struct measure {
	size_t letters, words;
	bool spaceless, digits;
	bool spaced; /* none is of such a script */
	bool hangul; /* all of them are syllables */
};

static struct measure
measure(const char *key, size_t len)
{
	struct measure m = { 0, 0, len > 0, len > 0, true, len > 0 };
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
		m.hangul = m.hangul && scan_is_hangul(cp);
		m.spaced = m.spaced && !text_is_spaceless(cp) &&
		    !scan_is_hangul(cp);
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

struct whom *
scan_whom(const struct scan *s, size_t who)
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
	scan_whom(s, f->who)->is_short |= f->alone;
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
	f.words = (uint8_t)(m.words < UINT8_MAX ? m.words : UINT8_MAX);
	f.loose = kind == SCAN_NAME && m.words > 1 &&
	    m.letters >= LOOSE_LETTERS;
	f.near = f.kind == SCAN_NAME && !s->exact && m.spaced && !m.digits &&
	    m.letters >= NEAR_LETTERS;
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

/* The words of a name, in any turn. */
static enum vault_err
add_words(struct scan *s, const char *text, size_t len, size_t who)
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

enum vault_err
scan_add_words(struct scan *s, const char *text, size_t len, size_t who)
{
	enum vault_err err;

	s->exact = true;
	err = add_words(s, text, len, who);
	s->exact = false;
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
		err = add_words(s, text, len, who);
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
		n += scan_whom(s, i)->is_short;
	return n;
}

void
scan_drop(struct scan *s, size_t who)
{
	while (s->n > 0 && s->forms[s->n - 1].who == who)
		mem_free(s->forms[--s->n].key);
	if (has_whom(s, who))
		scan_whom(s, who)->is_short = false;
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

/* ---- In order ---- */

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
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return x->before != y->before ? (x->before < y->before ? -1 : 1) : 0;
}

static bool
same_form(const struct form *x, const struct form *y)
{
	return x->len == y->len && memcmp(x->key, y->key, x->len) == 0 &&
	    x->who == y->who;
}

/* In order; of one person each key once, as the most that it is. */
static void
sort_once_each(struct scan *s)
{
	size_t kept = 0;

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
}

/* So many bytes are its first half, whole characters. */
static size_t
half_of(const struct form *f)
{
	size_t at = f->len / 2;

	while (((unsigned char)f->key[at] & 0xc0) == 0x80)
		at++;
	return at;
}

/* With one letter wrong one of its halves is right. */
static bool
add_halves(struct scan *s, size_t i)
{
	size_t cut = half_of(&s->forms[i]);

	for (int second = 0; second < 2; second++) {
		struct form f;

		if (!make_room(s))
			return false;
		f = s->forms[i];
		f.kind = SCAN_PART;
		f.half = true;
		f.before = second ? cut : 0;
		f.after = second ? 0 : f.len - cut;
		f.key += f.before;
		f.len -= f.before + f.after;
		s->forms[s->n++] = f;
	}
	return true;
}

static void
index_first(struct scan *s)
{
	size_t i = 0;

	for (unsigned c = 0; c < 257; c++) {
		while (i < s->n && (unsigned char)s->forms[i].key[0] < c)
			i++;
		s->first[c] = i;
	}
	s->first[256] = s->n;
}

enum vault_err
scan_sort(struct scan *s)
{
	size_t whole;

	if (s->sorted || s->n == 0)
		return VAULT_OK;
	drop_halves(s);
	sort_once_each(s);
	whole = s->n;
#ifdef PLANT_SPELT_RIGHT
	whole = 0;
#endif
	for (size_t i = 0; i < whole; i++)
		if (s->forms[i].near && !add_halves(s, i))
			return VAULT_ENOMEM;
	if (s->n > whole)
		qsort(s->forms, s->n, sizeof(*s->forms), compare_forms);
	index_first(s);
	s->sorted = true;
	return VAULT_OK;
}
