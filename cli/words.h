/* SPDX-License-Identifier: ISC */
/*
 * words - three lists of words for passphrases that are drawn by lot, and lie
 * in the program itself: English, Spanish, and Chinese in pinyin without
 * tones.
 *
 * Each list has WORDS_N different words, so a word drawn evenly is worth
 * WORDS_BITS bits; scripts/check-words proves it.
 */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define WORDS_N 2048
#define WORDS_BITS 11

enum words_list { WORDS_EN, WORDS_ES, WORDS_PINYIN, WORDS_LISTS };

/*
 * Word i < WORDS_N of a list, *len bytes of lower-case ASCII, not followed by
 * a NUL.  The whole list is read whatever i is, so that the time this takes
 * does not tell it.
 */
const char *words_at(enum words_list list, size_t i, size_t *len);

/* How many words a list has, by counting: WORDS_N. */
size_t words_count(enum words_list list);

/* "en", "es" or "pinyin"; false if name is none of them. */
bool words_by_name(enum words_list *list, const char *name);
const char *words_name(enum words_list list);

#endif
