/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "words.h"

/* datafiles.S */
extern const char words_en[], words_en_end[];
extern const char words_es[], words_es_end[];
extern const char words_pinyin[], words_pinyin_end[];

static const struct {
	const char *name, *words, *end;
} lists[WORDS_LISTS] = {
	[WORDS_EN] = { "en", words_en, words_en_end },
	[WORDS_ES] = { "es", words_es, words_es_end },
	[WORDS_PINYIN] = { "pinyin", words_pinyin, words_pinyin_end },
};

const char *
words_at(enum words_list list, size_t i, size_t *len)
{
	const char *word = lists[list].words, *found = NULL;
	size_t n = 0;

	*len = 0;
	for (const char *at = word; at < lists[list].end; at++) {
		if (*at != '\n')
			continue;
		if (n++ == i) {
			found = word;
			*len = (size_t)(at - word);
		}
		word = at + 1;
	}
	return found;
}

size_t
words_count(enum words_list list)
{
	size_t n = 0;

	for (const char *at = lists[list].words; at < lists[list].end; at++)
		n += *at == '\n';
	return n;
}

bool
words_by_name(enum words_list *list, const char *name)
{
	for (size_t i = 0; i < WORDS_LISTS; i++)
		if (strcmp(lists[i].name, name) == 0) {
			*list = (enum words_list)i;
			return true;
		}
	return false;
}

const char *
words_name(enum words_list list)
{
	return lists[list].name;
}
