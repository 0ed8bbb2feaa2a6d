/* SPDX-License-Identifier: ISC */
/*
 * label - what the codes of the vocabularies are called in other languages
 * than English, from the data files in labels/.  A language is added as a file
 * there and a row in label.c; its first line says whether a native speaker has
 * signed it.
 */
#ifndef RECORD_LABEL_H
#define RECORD_LABEL_H

#include <stdbool.h>
#include <stddef.h>

struct label_language {
	const char *lang; /* BCP 47: "zh" */
	bool reviewed;
};

/* The languages beside English; the first after NULL. */
const struct label_language *label_next_language(
    const struct label_language *after);

/* By its first subtag ("zh-Hans", "zh_CN.UTF-8" are "zh"), or NULL. */
const struct label_language *label_language(const char *lang);

/* The label of a code, constant; NULL: there is none. */
const char *label_of(
    const struct label_language *language, const char *vocab, const char *code);

#endif
