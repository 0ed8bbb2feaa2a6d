/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "split.h"

static bool
is_query_command(const char *word)
{
	return strcmp(word, "list") == 0 || strcmp(word, "find") == 0;
}

/*
 * Append the word that begins at *at to out, if that is not NULL, and move
 * *at behind it.  False: its quote is not closed.
 */
static bool
take_word(struct buf *out, const char **at, bool keep)
{
	const char *p = *at;
	char quote = '\0';

	for (; *p != '\0' && (quote != '\0' || *p != ' '); p++) {
		bool opens = *p == '"' || (*p == '\'' && !keep && p == *at);
		bool shown = keep;

		if (quote == '\0' && opens)
			quote = *p;
		else if (quote != '\0' && *p == quote)
			quote = '\0';
		else if (*p == '\\' && !keep && quote != '\'' && p[1] != '\0')
			shown = *++p != '\0';
		else
			shown = true;
		if (shown && out != NULL)
			buf_put_byte(out, (uint8_t)*p);
	}
	*at = p;
	/* A query may hold any text, so also a single quote. */
	return quote == '\0' || keep;
}

/* "..." around all of a word, off: for what is no query behind find. */
static void
unquote(char *word)
{
	size_t len = strlen(word);

	if (len >= 2 && word[0] == '"' && word[len - 1] == '"') {
		memmove(word, word + 1, len - 2);
		word[len - 2] = '\0';
	}
}

static void
point_at_words(struct split *s)
{
	char *at = (char *)s->text.bytes;

	for (int i = 0; i < s->argc; i++) {
		s->argv[i] = at;
		at += strlen(at) + 1;
		if (i > 0 && strcmp(s->argv[i - 1], "--like") == 0)
			unquote(s->argv[i]);
	}
	s->argv[s->argc] = NULL;
}

bool
split_line(struct split *out, const struct buf *line)
{
	const char *at = buf_text(line);
	bool keep = false, good = true;

	memset(out, 0, sizeof(*out));
	for (;;) {
		at += strspn(at, " ");
		if (*at == '\0' || out->argc == SPLIT_MAX)
			break;
		good = take_word(&out->text, &at, keep) && good;
		buf_put_byte(&out->text, '\0');
		if (out->argc++ == 0)
			keep = is_query_command(buf_text(&out->text));
	}
	if (!good || *at != '\0' || buf_ok(&out->text) != VAULT_OK) {
		split_free(out);
		return false;
	}
	point_at_words(out);
	return true;
}

void
split_free(struct split *s)
{
	buf_free(&s->text);
	s->argc = 0;
}

size_t
split_at(const struct buf *line, size_t at, unsigned *n)
{
	const char *text = buf_text(line), *p = text, *start;

	for (*n = 0;; ++*n) {
		p += strspn(p, " ");
		start = p;
		if ((size_t)(p - text) >= at || *p == '\0')
			break;
		(void)take_word(NULL, &p, false);
		if ((size_t)(p - text) >= at)
			break;
	}
	return (size_t)(start - text) < at ? (size_t)(start - text) : at;
}

void
split_quote(struct buf *out, const char *text)
{
	if (text[strcspn(text, " \"\\'")] == '\0') {
		buf_put_text(out, text);
		return;
	}
	buf_put_byte(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_put_byte(out, '\\');
		buf_put_byte(out, (uint8_t)*text);
	}
	buf_put_byte(out, '"');
}
