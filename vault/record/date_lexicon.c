/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "core/text.h"
#include "record/date_lexicon.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Each file is read twice: for its words, and for what it says of itself. */
#define DATE_WORDS(lang, reviewed)
#define MONTH(number, text) { DATE_WORD_MONTH, number, text },
#define ORDINAL(number, text) { DATE_WORD_ORDINAL, number, text },
#define MARK(part, text) { DATE_WORD_MARK, part, text },
#define NUMERAL(number, text) { DATE_WORD_NUMERAL, number, text },
#define WORD(kind, text) { DATE_WORD_##kind, DATE_IN_FRONT, text },
#define BEHIND(kind, text) { DATE_WORD_##kind, DATE_BEHIND, text },
#define EITHER(kind, text)                                                     \
	{ DATE_WORD_##kind, DATE_IN_FRONT | DATE_BEHIND, text },
static const struct date_word en[] = {
#include "record/words/en.def"
};
static const struct date_word es[] = {
#include "record/words/es.def"
};
static const struct date_word zh[] = {
#include "record/words/zh.def"
};
#undef DATE_WORDS
#undef MONTH
#undef ORDINAL
#undef MARK
#undef NUMERAL
#undef WORD
#undef BEHIND
#undef EITHER

#define DATE_WORDS(lang, reviewed) { lang, reviewed, NULL, 0 },
#define MONTH(number, text)
#define ORDINAL(number, text)
#define MARK(part, text)
#define NUMERAL(number, text)
#define WORD(kind, text)
#define BEHIND(kind, text)
#define EITHER(kind, text)
static const struct date_language headings[] = {
#include "record/words/en.def"
#include "record/words/es.def"
#include "record/words/zh.def"
};
#undef DATE_WORDS
#undef MONTH
#undef ORDINAL
#undef MARK
#undef NUMERAL
#undef WORD
#undef BEHIND
#undef EITHER

static const struct {
	const struct date_word *words;
	size_t n;
} all[] = { { en, LEN(en) }, { es, LEN(es) }, { zh, LEN(zh) } };
_Static_assert(LEN(all) == LEN(headings), "one table for each language");

bool
date_language(struct date_language *out, size_t i)
{
	if (i >= LEN(all))
		return false;
	*out = headings[i];
	out->words = all[i].words;
	out->n = all[i].n;
	return true;
}

uint8_t
date_language_bit(const char *lang)
{
	for (size_t i = 0; i < LEN(all); i++)
		if (strcmp(headings[i].lang, lang) == 0)
			return (uint8_t)(1U << i);
	return 0;
}

/* ---- Folding ---- */

static bool
is_blank(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0 ||
	    (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f || cp == 0x3000;
}

static bool
is_dash(uint32_t cp)
{
	return (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212;
}

/* One that is not ASCII: its search key if that is as much as it was. */
static enum vault_err
fold_letter(struct buf *out, const char *at, size_t n, uint32_t cp)
{
	size_t start = out->len;
	enum vault_err err = text_key(out, at, n);
	bool lost = out->len == start && (cp < 0x300 || cp > 0x36f);

	for (size_t i = start; i < out->len; i++)
		lost |= out->bytes[i] >= '0' && out->bytes[i] <= '9';
	if (err == VAULT_OK && lost) {
		buf_truncate(out, start);
		buf_put(out, at, n);
	}
	return err;
}

enum vault_err
date_fold(struct buf *out, const char *text, size_t len)
{
	size_t start = out->len;
	enum vault_err err = VAULT_OK;
	bool blank = false;
	uint32_t cp;

	for (size_t i = 0, n; err == VAULT_OK && i < len; i += n) {
		if ((n = text_next(&cp, text + i, len - i)) == 0)
			return VAULT_EUSE;
		if (is_blank(cp)) {
			blank = true;
			continue;
		}
		if (blank && out->len > start)
			buf_put_byte(out, ' ');
		blank = false;
		if (cp >= 0xff01 && cp <= 0xff5e)
			cp -= 0xfee0; /* full width */
		if (is_dash(cp))
			cp = '-';
		if (cp >= 'A' && cp <= 'Z')
			cp += 'a' - 'A';
		if (cp < 0x80)
			buf_put_byte(out, (uint8_t)cp);
		else
			err = fold_letter(out, text + i, n, cp);
	}
	return err != VAULT_OK ? err : buf_ok(out);
}

/* ---- Looking up ---- */

static bool
is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

bool
date_word_ends(const char *text, size_t len, size_t word_len)
{
	return !is_letter(text[word_len - 1]) || word_len == len ||
	    !is_letter(text[word_len]);
}

/* Months come with what is written around them. */
static bool
is_asked_for(const struct date_word *w, bool months, bool words, bool behind)
{
	switch ((enum date_word_kind)w->kind) {
	case DATE_WORD_MONTH:
	case DATE_WORD_MARK:
	case DATE_WORD_NUMERAL:
		return months;
	case DATE_WORD_ORDINAL:
		return behind && (months || words);
	case DATE_WORD_FILL:
		return months || words;
	case DATE_WORD_BEFORE:
	case DATE_WORD_UPTO:
	case DATE_WORD_AFTER:
	case DATE_WORD_ONWARD:
	case DATE_WORD_SINCE:
	case DATE_WORD_UNTIL:
	case DATE_WORD_BETWEEN:
	case DATE_WORD_AND:
	case DATE_WORD_FROM:
	case DATE_WORD_TO:
	case DATE_WORD_OR:
	case DATE_WORD_EARLY:
	case DATE_WORD_MID:
	case DATE_WORD_LATE:
	case DATE_WORD_PROBABLY:
	case DATE_WORD_ABOUT:
		break;
	}
	return words;
}

/* Whether w comes before best, both being there. */
static bool
is_better(const struct date_word *w, const struct date_word *best)
{
	size_t a = strlen(w->text), b = best == NULL ? 0 : strlen(best->text);

	return a > b || (a == b && w->kind == DATE_WORD_ORDINAL);
}

const struct date_word *
date_word_at(
    uint8_t months, uint8_t words, bool behind, const char *text, size_t len)
{
	const struct date_word *best = NULL;

	for (size_t i = 0; i < LEN(all); i++)
		for (size_t j = 0; j < all[i].n; j++) {
			const struct date_word *w = &all[i].words[j];
			size_t n;

			if (len == 0 || w->text[0] != text[0])
				continue;
			n = strlen(w->text);
			if (n <= len && memcmp(w->text, text, n) == 0 &&
			    is_asked_for(
				w, months >> i & 1, words >> i & 1, behind) &&
			    date_word_ends(text, len, n) && is_better(w, best))
				best = w;
		}
	return best;
}
