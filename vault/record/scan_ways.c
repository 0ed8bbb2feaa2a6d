/* SPDX-License-Identifier: ISC */
/* scan_ways - a text as it reads where something else is written. */
#include <string.h>

#include "core/text.h"
#include "record/scan_ways.h"

void
scan_read_free(struct scan_read *r)
{
	buf_free(&r->text);
	buf_free(&r->from);
	buf_free(&r->changed);
}

/* ---- What stands for a character ---- */

static int
hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Digits of a number, up to most of them; how many there are. */
static size_t
digits_of(
    uint32_t *out, const char *text, size_t len, uint32_t base, size_t most)
{
	size_t n = 0;

	*out = 0;
	while (n < len && n < most) {
		int digit = hex_of(text[n]);

		if (digit < 0 || (uint32_t)digit >= base)
			break;
		*out = *out * base + (uint32_t)digit;
		n++;
	}
	return n;
}

static bool
is_character(uint32_t cp)
{
	return cp > 0 && cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
}

/* "%E7%8E%8B": the character in *cp, and its length as written, or 0. */
static size_t
percent(uint32_t *cp, const char *text, size_t len)
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

/* "&#29579;" and "&#x738b;"; browsers do without the semicolon, too. */
static size_t
numbered(uint32_t *cp, const char *text, size_t len)
{
	bool hex = len > 2 && (text[2] == 'x' || text[2] == 'X');
	size_t at = hex ? 3 : 2, n;

	if (len < 3 || text[1] != '#')
		return 0;
	n = digits_of(cp, text + at, len - at, hex ? 16 : 10, 8);
	if (n == 0 || !is_character(*cp))
		return 0;
	at += n;
	return at < len && text[at] == ';' ? at + 1 : at;
}

/* A letter with a mark on it: the letter, which is what it is found by. */
static bool
is_marked(const char *name, size_t len)
{
	static const char *const marks[] = { "acute", "grave", "circ", "uml",
		"tilde", "cedil", "ring", "caron", "slash", "breve", "macr",
		"ogon", "dot", "dblac", "strok" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (len == 1 + strlen(marks[i]) &&
		    memcmp(name + 1, marks[i], len - 1) == 0)
			return true;
	return false;
}

/* Any other name stands for a sign, which parts words. */
static uint32_t
named_character(const char *name, size_t len)
{
	static const struct {
		const char *name;
		uint32_t cp;
	} rows[] = { { "aelig", 0xe6 }, { "AElig", 0xc6 }, { "oelig", 0x153 },
		{ "OElig", 0x152 }, { "szlig", 0xdf }, { "eth", 0xf0 },
		{ "ETH", 0xd0 }, { "thorn", 0xfe }, { "THORN", 0xde },
		{ "inodot", 0x131 }, { "imath", 0x131 }, { "amp", '&' },
		{ "apos", '\'' }, { "rsquo", 0x2019 }, { "lsquo", 0x2018 },
		{ "middot", 0xb7 }, { "shy", 0xad }, { "zwj", 0x200d },
		{ "zwnj", 0x200c }, { "lrm", 0x200e }, { "rlm", 0x200f } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].name) == len &&
		    memcmp(rows[i].name, name, len) == 0)
			return rows[i].cp;
	return is_marked(name, len) ? (uint32_t)name[0] : ' ';
}

static size_t
named(uint32_t *cp, const char *text, size_t len)
{
	size_t n = 0;

	while (1 + n < len && n < 12 &&
	    ((text[1 + n] | 0x20) >= 'a' && (text[1 + n] | 0x20) <= 'z'))
		n++;
	if (n < 2 || 1 + n >= len || text[1 + n] != ';')
		return 0;
	*cp = named_character(text + 1, n);
	return n + 2;
}

/* "\u738b", or two of them for what lies beyond. */
static size_t
backslashed(uint32_t *cp, const char *text, size_t len)
{
	uint32_t low;

	if (len < 6 || text[1] != 'u' ||
	    digits_of(cp, text + 2, len - 2, 16, 4) != 4)
		return 0;
	if (is_character(*cp))
		return 6;
	if (*cp < 0xd800 || *cp > 0xdbff || len < 12 || text[6] != '\\' ||
	    text[7] != 'u' || digits_of(&low, text + 8, len - 8, 16, 4) != 4 ||
	    low < 0xdc00 || low > 0xdfff)
		return 0;
	*cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

/* The length of what stands for a character here, all of it ASCII; or 0. */
static size_t
escaped(uint32_t *cp, const char *text, size_t len)
{
	size_t n;

	switch (text[0]) {
	case '%':
		return percent(cp, text, len);
	case '&':
		n = numbered(cp, text, len);
		return n > 0 ? n : named(cp, text, len);
	case '\\':
		return backslashed(cp, text, len);
	default:
		return 0;
	}
}

/* ---- Letters that look the same ---- */

/* Our own list, of what cannot be told apart in common type; 0: none. */
static const struct {
	uint16_t latin, cyrillic, greek;
} twins[] = {
	{ 'A', 0x0410, 0x0391 },
	{ 'B', 0x0412, 0x0392 },
	{ 'C', 0x0421, 0x03f9 },
	{ 'E', 0x0415, 0x0395 },
	{ 'G', 0x050c, 0 },
	{ 'H', 0x041d, 0x0397 },
	{ 'I', 0x0406, 0x0399 },
	{ 'J', 0x0408, 0x037f },
	{ 'K', 0x041a, 0x039a },
	{ 'M', 0x041c, 0x039c },
	{ 'N', 0, 0x039d },
	{ 'O', 0x041e, 0x039f },
	{ 'P', 0x0420, 0x03a1 },
	{ 'Q', 0x051a, 0 },
	{ 'S', 0x0405, 0 },
	{ 'T', 0x0422, 0x03a4 },
	{ 'W', 0x051c, 0 },
	{ 'X', 0x0425, 0x03a7 },
	{ 'Y', 0x0423, 0x03a5 },
	{ 'Y', 0x04ae, 0 },
	{ 'Z', 0, 0x0396 },
	{ 'a', 0x0430, 0x03b1 },
	{ 'c', 0x0441, 0x03f2 },
	{ 'd', 0x0501, 0 },
	{ 'e', 0x0435, 0 },
	{ 'h', 0x04bb, 0 },
	{ 'i', 0x0456, 0x03b9 },
	{ 'j', 0x0458, 0x03f3 },
	{ 'k', 0x043a, 0x03ba },
	{ 'l', 0x04cf, 0 },
	{ 'n', 0, 0x03b7 },
	{ 'o', 0x043e, 0x03bf },
	{ 'p', 0x0440, 0x03c1 },
	{ 'q', 0x051b, 0 },
	{ 's', 0x0455, 0 },
	{ 'u', 0, 0x03c5 },
	{ 'v', 0x0475, 0x03bd },
	{ 'w', 0x051d, 0x03c9 },
	{ 'x', 0x0445, 0x03c7 },
	{ 'y', 0x0443, 0x03b3 },
	{ 'y', 0x04af, 0 },
};

enum { LATIN = 1, CYRILLIC = 2, GREEK = 4, MARK = 8 };

static unsigned
script_of(uint32_t cp)
{
	if (cp < 0x80)
		return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z' ? LATIN : 0;
	if (cp < 0x250 || (cp >= 0x1e00 && cp < 0x1f00))
		return cp >= 0xc0 ? LATIN : 0;
	if (cp >= 0x300 && cp < 0x370)
		return MARK;
	if (cp >= 0x370 && cp < 0x400)
		return GREEK;
	if (cp >= 0x400 && cp < 0x530)
		return CYRILLIC;
	return cp >= 0x1f00 && cp < 0x2000 ? GREEK : 0;
}

/* The one of that script that looks like cp, or cp itself. */
static uint32_t
twin_of(uint32_t cp, enum scan_way way)
{
	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++) {
		uint32_t latin = twins[i].latin, to;

		if (way == SCAN_AS_LATIN) {
			if (cp == twins[i].cyrillic || cp == twins[i].greek)
				return latin;
			continue;
		}
		to = way == SCAN_AS_CYRILLIC ? twins[i].cyrillic
					     : twins[i].greek;
		if (cp == latin && to != 0)
			return to;
	}
	return cp;
}

/* A word of these scripts: its length, and which are in it. */
struct word {
	size_t len, letters;
	unsigned scripts;
	bool all_twins; /* each letter that is not Latin looks like one */
};

static struct word
word_at(const char *text, size_t len)
{
	struct word w = { .all_twins = true };
	uint32_t cp = 0;

	while (w.len < len) {
		size_t step = text_next(&cp, text + w.len, len - w.len);
		unsigned script = step == 0 ? 0 : script_of(cp);

		if (script == 0)
			break;
		w.scripts |= script;
		w.letters += script != MARK;
		if ((script & (CYRILLIC | GREEK)) != 0)
			w.all_twins = w.all_twins &&
			    twin_of(cp, SCAN_AS_LATIN) != cp;
		w.len += step;
	}
	return w;
}

/* In short words, as the Russian for "and" and "with", there is no name. */
#define TWINS_MIN 3

static bool
is_read(const struct word *w, enum scan_way way)
{
	bool latin = (w->scripts & LATIN) != 0;

	switch (way) {
	case SCAN_AS_CYRILLIC:
		return latin && (w->scripts & CYRILLIC) != 0;
	case SCAN_AS_GREEK:
		return latin && (w->scripts & GREEK) != 0;
	case SCAN_AS_LATIN:
		return (w->scripts & (CYRILLIC | GREEK)) != 0 &&
		    (latin || (w->all_twins && w->letters >= TWINS_MIN));
	default:
		return false;
	}
}

/* ---- All of a text ---- */

struct reading {
	struct scan_read *out;
	const struct scan_read *before;
	size_t at; /* characters of the text */
	bool any;
};

static uint32_t
place(const struct scan_read *before, size_t at)
{
	return before == NULL
	    ? (uint32_t)at
	    : ((const uint32_t *)(const void *)before->from.bytes)[at];
}

/* A character that stands for so many of the text. */
static void
put(struct reading *r, uint32_t cp, size_t characters, bool changed)
{
	uint32_t from = place(r->before, r->at);

	text_put(&r->out->text, cp);
	buf_put(&r->out->from, &from, sizeof(from));
	buf_put_byte(&r->out->changed, changed);
	r->at += characters;
	r->any = r->any || changed;
}

static enum vault_err
read_characters(struct reading *r, const char *text, size_t len)
{
	for (size_t i = 0, step; i < len; i += step) {
		uint32_t cp = 0;

		if ((step = escaped(&cp, text + i, len - i)) > 0)
			put(r, cp, step, true);
		else if ((step = text_next(&cp, text + i, len - i)) > 0)
			put(r, cp, 1, false);
		else
			return VAULT_EUSE;
	}
	return VAULT_OK;
}

static enum vault_err
read_letters(struct reading *r, enum scan_way way, const char *text, size_t len)
{
	size_t end = 0; /* of the word at hand */
	bool reads = false;

	for (size_t i = 0, step; i < len; i += step) {
		uint32_t cp = 0, as;

		if (i >= end) {
			struct word w = word_at(text + i, len - i);

			reads = is_read(&w, way);
			end = i + w.len;
		}
		if ((step = text_next(&cp, text + i, len - i)) == 0)
			return VAULT_EUSE;
		as = reads ? twin_of(cp, way) : cp;
		put(r, as, 1, as != cp);
	}
	return VAULT_OK;
}

enum vault_err
scan_read(struct scan_read *out, bool *any, enum scan_way way, const char *text,
    size_t len, const struct scan_read *before)
{
	struct reading r = { .out = out, .before = before };
	enum vault_err err = way == SCAN_AS_CHARACTERS
	    ? read_characters(&r, text, len)
	    : read_letters(&r, way, text, len);
	uint32_t end;

	if (err != VAULT_OK)
		return err;
	end = place(before, r.at);
	buf_put(&out->from, &end, sizeof(end));
	buf_put_byte(&out->changed, 0);
	*any = r.any;
#ifdef PLANT_AS_WRITTEN
	*any = false;
#endif
	if ((err = buf_ok(&out->text)) == VAULT_OK &&
	    (err = buf_ok(&out->from)) == VAULT_OK)
		err = buf_ok(&out->changed);
	return err;
}
