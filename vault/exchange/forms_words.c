/* SPDX-License-Identifier: ISC */
/* The texts of drafts for forms, in the languages that they are sent in. */
#include <assert.h>
#include <string.h>

#include "exchange/forms_words.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Whoever signs the texts of a language makes its second member true. */
static const struct forms_language languages[] = {
	{ "en", true },
	{ "fr", false },
	{ "es", false },
};

static const char *const rows[][LEN(languages)] = {
#define LABEL(en, fr, es) { en, fr, es },
#include "exchange/forms_labels.def"
#undef LABEL
};

const struct forms_language *
forms_language(const char *lang)
{
	for (size_t i = 0; i < LEN(languages); i++)
		if (strcmp(languages[i].lang, lang) == 0)
			return &languages[i];
	return NULL;
}

const char *
forms_language_code(size_t i)
{
	return i < LEN(languages) ? languages[i].lang : NULL;
}

const char *
forms_find_words(const struct forms_language *l, const char *text)
{
	size_t column = (size_t)(l - languages);

	for (size_t i = 0; i < LEN(rows); i++)
		if (strcmp(rows[i][0], text) == 0)
			return rows[i][column];
	return NULL;
}

const char *
forms_words(const struct forms_language *l, const char *text)
{
	const char *found = forms_find_words(l, text);

#ifdef VAULT_TEST
	/* Whoever writes a text into a draft writes it into the table. */
	assert(found != NULL);
#endif
	return found == NULL ? text : found;
}

const struct label_language *
forms_codes(const struct forms_language *l)
{
	return l == languages ? NULL : label_language(l->lang);
}
