/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "answer.h"
#include "say.h"

static bool
is_blank(const char *text, size_t len)
{
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	return len == 0;
}

/* Is key that of one of the words, which blanks part? */
static bool
is_one_of(const struct buf *key, const char *words)
{
	struct buf word = { 0 };
	bool found = false;

	for (size_t len; *words != '\0' && !found;
	     words += len + strspn(words + len, " ")) {
		len = strcspn(words, " ");
		buf_reset(&word);
		found = text_key(&word, words, len) == VAULT_OK &&
		    strcmp(buf_text(&word), buf_text(key)) == 0;
	}
	buf_free(&word);
	return found;
}

static bool
means(const struct buf *key, enum say words)
{
	struct buf all = { 0 };
	bool found;

	say_put(&all, words, NULL);
	found = is_one_of(key, buf_text(&all));
	buf_free(&all);
	return found;
}

enum answer_is
answer_is(const void *text, size_t len)
{
	struct buf key = { 0 };
	enum answer_is is = IS_NEITHER;
	bool yes, no;

	if (is_blank(text, len))
		return IS_BLANK;
	if (text_key(&key, text, len) == VAULT_OK && key.len > 0) {
		yes = is_one_of(&key, "y yes");
		no = is_one_of(&key, "n no");
		if (!yes && !no) {
			yes = means(&key, SAY_MEANS_YES);
			no = means(&key, SAY_MEANS_NO);
		}
		if (yes != no)
			is = yes ? IS_YES : IS_NO;
	}
	buf_free(&key);
	return is;
}

bool
answer_is_yes(const void *text, size_t len)
{
	return answer_is(text, len) == IS_YES;
}
