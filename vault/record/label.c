/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "record/label.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

struct label {
	const char *vocab, *code, *text;
};

/* Each file is read twice: for its labels, and for what it says of itself. */
#define LABELS(lang, reviewed)
#define LABEL(vocab, code, text) { vocab, code, text },
static const struct label zh[] = {
#include "record/labels/zh.def"
};
static const struct label es[] = {
#include "record/labels/es.def"
};
#undef LABELS
#undef LABEL

#define LABELS(lang, reviewed) { lang, reviewed },
#define LABEL(vocab, code, text)
static const struct label_language languages[] = {
#include "record/labels/zh.def"
#include "record/labels/es.def"
};
#undef LABELS
#undef LABEL

static const struct {
	const struct label *labels;
	size_t n;
} all[] = { { zh, LEN(zh) }, { es, LEN(es) } };
_Static_assert(LEN(all) == LEN(languages), "one table for each language");

const struct label_language *
label_next_language(const struct label_language *after)
{
	const struct label_language *next = after == NULL ? languages
							  : after + 1;

	return next < languages + LEN(languages) ? next : NULL;
}

const struct label_language *
label_language(const char *lang)
{
	size_t len = strcspn(lang, "-_.@:");

	for (size_t i = 0; i < LEN(languages); i++)
		if (strlen(languages[i].lang) == len &&
		    memcmp(languages[i].lang, lang, len) == 0)
			return &languages[i];
	return NULL;
}

const char *
label_of(
    const struct label_language *language, const char *vocab, const char *code)
{
	size_t which = (size_t)(language - languages);

	for (size_t i = 0; i < all[which].n; i++) {
		const struct label *l = &all[which].labels[i];

		if (strcmp(l->code, code) == 0 && strcmp(l->vocab, vocab) == 0)
			return l->text;
	}
	return NULL;
}
