/* SPDX-License-Identifier: ISC */
/*
 * forms_words - the labels of the forms, and what a draft says around them, in
 * the working languages of the bodies that take them; from forms_labels.def.
 */
#ifndef EXCHANGE_FORMS_WORDS_H
#define EXCHANGE_FORMS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "record/label.h"

struct forms_language {
	const char *lang; /* "en", "fr", "es" */
	bool reviewed;    /* by a native speaker */
};

/* By its code, or NULL; the codes in order, English first, then NULL. */
const struct forms_language *forms_language(const char *lang);
const char *forms_language_code(size_t i);

/* The English text in that language: constant.  NULL: it is not there. */
const char *forms_find_words(const struct forms_language *l, const char *text);

/* The same; in English if it is not there. */
const char *forms_words(const struct forms_language *l, const char *text);

/* Labels of codes in that language; NULL: in English. */
const struct label_language *forms_codes(const struct forms_language *l);

#endif
