/* SPDX-License-Identifier: ISC */
/*
 * date_lexicon - the words of dates in several languages, from the data files
 * in words/.  A language is added as a file there and a row in
 * date_lexicon.c; its first line says whether it was reviewed by somebody
 * whose language it is.
 */
#ifndef RECORD_DATE_LEXICON_H
#define RECORD_DATE_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct buf;

/* What a word does; the letters stand for it in the shapes of date_words.c. */
enum date_word_kind {
	DATE_WORD_BEFORE = 'b',
	DATE_WORD_UPTO = 'u', /* not after */
	DATE_WORD_AFTER = 'a',
	DATE_WORD_ONWARD = 'w', /* not before */
	DATE_WORD_SINCE = 's',
	DATE_WORD_UNTIL = 'l',
	DATE_WORD_BETWEEN = 'k',
	DATE_WORD_AND = 'n',
	DATE_WORD_FROM = 'f',
	DATE_WORD_TO = 't',
	DATE_WORD_OR = 'o',
	DATE_WORD_EARLY = 'e',
	DATE_WORD_MID = 'm',
	DATE_WORD_LATE = 'j',
	DATE_WORD_PROBABLY = '?',
	DATE_WORD_ABOUT = '~',
	DATE_WORD_FILL = ' ', /* it says nothing: "of" */
	DATE_WORD_MONTH = 'M',
	DATE_WORD_ORDINAL = 'O', /* right behind a number: "3rd" */
	DATE_WORD_MARK = 'K',    /* behind a year, a month, a day: 年 */
	DATE_WORD_NUMERAL = 'N', /* a digit, or ten */
};

/* Where a word stands: "before 1980", "1980 or earlier". */
#define DATE_IN_FRONT 1
#define DATE_BEHIND 2

struct date_word {
	char kind; /* an enum date_word_kind */
	/*
	 * Of a month, a mark ('y', 'm', 'd') or a numeral; the one number that
	 * an ordinal stands behind, or 0; else the place of the word.
	 */
	uint8_t value;
	const char *text;
};

struct date_language {
	const char *lang; /* BCP 47: "es" */
	bool reviewed;
	const struct date_word *words;
	size_t n;
};

/* The i-th language, whose bit is 1 << i; false: there are no more. */
bool date_language(struct date_language *out, size_t i);

/* The bit of a language, or 0. */
uint8_t date_language_bit(const char *lang);

/*
 * Append text in the form in which dates are read: lower case, without accents
 * and width, one blank where blanks are, none at the ends, every dash a "-".
 * What would vanish or become a digit by that stays as it is: 2² is not 22.
 * VAULT_EUSE: not valid UTF-8.
 */
VAULT_CHECKED enum vault_err date_fold(
    struct buf *out, const char *text, size_t len);

/*
 * The longest word at the start of folded text, in the languages whose months,
 * or other words, are asked for; NULL: none.  Ordinals only with behind, and
 * then rather than anything as long.
 */
const struct date_word *date_word_at(
    uint8_t months, uint8_t words, bool behind, const char *text, size_t len);

/* True if a word of that length ends there, and does not go on. */
bool date_word_ends(const char *text, size_t len, size_t word_len);

#endif
