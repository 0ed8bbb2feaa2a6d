/* SPDX-License-Identifier: ISC */
/*
 * answer - what was answered to a yes-or-no question, in English or in the
 * reader's language: a whole word or its letter, in any case and width, with
 * or without accents.  English words mean the same in every language; what a
 * translation has for both is neither.
 */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

enum answer_is {
	IS_BLANK, /* Enter */
	IS_YES,
	IS_NO,
	IS_NEITHER, /* to be asked again */
};
enum answer_is answer_is(const void *text, size_t len);

/* True for a yes alone. */
bool answer_is_yes(const void *text, size_t len);

#endif
