/* SPDX-License-Identifier: ISC */
/*
 * letter - what a character does in a word.
 *
 * The table need not know all of Unicode.  What it does not list counts as a
 * letter of a script with spaces; text_key() makes blanks of any punctuation
 * among those, and words.c cuts a key with a blank in it again.
 */
#ifndef SEARCH_LETTER_H
#define SEARCH_LETTER_H

#include <stdint.h>

enum letter {
	LETTER_NONE,    /* separates words */
	LETTER_SPACED,  /* of a script with spaces; digits of any script */
	LETTER_UNIT,    /* a character of a script without spaces */
	LETTER_TIBETAN, /* part of a syllable */
	LETTER_MARK,    /* belongs to what is before it */
	LETTER_UNSEEN,  /* as good as not there */
	LETTER_DOT,     /* interpunct: joins parts of a name, or unseen */
	LETTER_QUOTE,   /* apostrophe and the like: joins parts of a word */
	LETTER_HYPHEN,  /* joins too, but not between digits: 2011-04-26 */
};

enum letter letter_of(uint32_t cp);

#endif
