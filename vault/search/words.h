/* SPDX-License-Identifier: ISC */
/*
 * words - cutting text into the words that a search can find, and the FTS5
 * tokenizer "amparo" that does it inside SQLite.
 *
 * A word's key is its text_key(): case, accents, width and digits folded.
 *
 * Scripts that are written without spaces (Han, kana, bopomofo, Thai, Lao,
 * Khmer, Burmese) have no words that could be cut without a dictionary.  Of a
 * run of n characters each pair of neighbours is a word, at consecutive
 * places; the last character is one too, at the place of the last pair.  So
 * any part of two characters or more is found as a phrase of pairs, and any
 * one character as the start of a word.  A query's run gives the pairs only.
 *
 * Tibetan marks the end of each syllable, and a syllable is a word here; one
 * that ends in a fused particle ('i, 'o, 'ang, 'am, 'u) is also found without.
 *
 * O'Brien, al-Jazeera and Teng·Biao are their parts at consecutive places,
 * and also the parts written together (obrien) at the place of the first.
 */
#ifndef SEARCH_WORDS_H
#define SEARCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct sqlite3;

/*
 * This byte, which no query has, is a word by itself: what stands behind it
 * does not go on with what is before it, in no phrase and no pair.
 */
#define WORDS_END 0x1e

/* A longer word is cut into several, here and in queries alike. */
#define WORDS_WORD_MAX 128

/* At most so many parts are also given written together. */
#define WORDS_PARTS_MAX 4

enum words_mode {
	WORDS_TEXT,  /* everything that a query might look for */
	WORDS_QUERY, /* what must be there, in this order, for a phrase */
};

enum word_kind {
	WORD_PLAIN,
	WORD_JOINED, /* the first two or more parts, written together */
	WORD_PAIR,   /* two characters of a script without spaces */
	WORD_SINGLE, /* one; in a query it stands for any pair it begins */
	WORD_STEM,   /* a Tibetan syllable without its particle */
};

struct word {
	enum word_kind kind;
	const char *key; /* not NUL-terminated; valid during the call */
	size_t key_len;
	size_t start, end; /* where it stands in the text */
	size_t first_end;  /* where the first character of a pair ends */
	bool same_place;   /* as the word before; else one place further */
};

/* Return false to stop. */
typedef bool words_fn(void *ctx, const struct word *word);

/*
 * Call each for every word of text, in order of place.  Text may be any
 * bytes: what is not UTF-8, and U+0000, separates words.  VAULT_ECANCELED:
 * each returned false.  Pure: the same bytes always give the same words.
 */
VAULT_CHECKED enum vault_err words_each(const void *text, size_t len,
    enum words_mode mode, words_fn *each, void *ctx);

/* Make tokenize='amparo' known to db.  VAULT_EUSE: db has no FTS5. */
VAULT_CHECKED enum vault_err words_register(struct sqlite3 *db);

#endif
