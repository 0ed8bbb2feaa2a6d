/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "issues.h"
#include "table_note.h"

#define EXCERPT 60 /* bytes of a value */

static const char *
why_word(enum vault_row_why why)
{
	static const char *const words[] = { "code", "value", "date",
		"destroyed", "meanings", "several", "no-day", "backwards",
		"duration", "no-key", "same-key", "refused", "changed",
		"new-record", "no-record", "set", "changed-here", "gone",
		"written-once", "made", "disagree", "doubtful", "in-doubt",
		"doubt-kept", "forgotten", "again" };

	_Static_assert(sizeof(words) / sizeof(words[0]) == VAULT_ROW_WHYS,
	    "a word for each");
	return words[why];
}

static void
put_why(struct buf *out, const struct vault_row_note *n)
{
	static const enum say what[] = { SAY_ROW_CODE, SAY_ROW_VALUE,
		SAY_ROW_DATE, SAY_ROW_DESTROYED, SAY_ROW_MEANINGS,
		SAY_ROW_SEVERAL, SAY_ROW_NO_DAY, SAY_ROW_BACKWARDS,
		SAY_ROW_SPAN, SAY_ROW_NO_KEY, SAY_ROW_SAME_KEY, SAY_ROW_REFUSED,
		SAY_ROW_CHANGED, SAY_ROW_RECORD, SAY_ROW_NO_RECORD, SAY_ROW_SET,
		SAY_ROW_OURS, SAY_ROW_GONE, SAY_ROW_FIXED, SAY_ROW_MADE,
		SAY_ROW_CLASH, SAY_ROW_DOUBTFUL, SAY_ROW_DOUBT,
		SAY_ROW_DOUBT_KEPT, SAY_ROW_FORGOTTEN, SAY_ROW_AGAIN };
	struct buf sentence = { 0 };

	_Static_assert(sizeof(what) / sizeof(what[0]) == VAULT_ROW_WHYS,
	    "a sentence for each");
	if (n->issue != NULL)
		issues_sentence(&sentence, n->issue);
	if (n->day != 0)
		buf_putf(&sentence, "%.10s", say_time(n->day));
	say_put(out, what[n->why],
	    sentence.len > 0 ? buf_text(&sentence) : say_number(n->other),
	    NULL);
	buf_free(&sentence);
}

void
table_put_excerpt(struct buf *out, const char *text)
{
	size_t all = strlen(text), len = 0;

	while (len < all && len < EXCERPT)
		len += text_grapheme(text + len, all - len);
	if (text_safe_line(out, text, len) != VAULT_OK)
		out->failed = true;
	if (len < all)
		buf_put_text(out, "...");
}

struct doc *
table_note_doc(const struct vault_row_note *n)
{
	struct doc *d = doc_object();
	struct buf why = { 0 };
	char day[11];

	snprintf(day, sizeof(day), "%.10s", say_time(n->day));
	doc_int(d, "row", (int64_t)n->row);
	doc_int(d, "line", (int64_t)n->line);
	if (*n->record != '\0')
		doc_text(d, "record", n->record);
	doc_text(d, "column", n->column);
	doc_text(d, "value", n->value);
	doc_text(d, "why", why_word(n->why));
	if (n->why == VAULT_ROW_SAME_KEY)
		doc_int(d, "other", (int64_t)n->other);
	if (n->day != 0)
		doc_text(d, "day", day);
	put_why(&why, n);
	doc_text(d, "message", buf_text(&why));
	buf_free(&why);
	return d;
}

void
table_put_note(struct buf *out, const struct vault_row_note *n)
{
	buf_put_text(out, say_number(n->row));
	buf_put_byte(out, '\t');
	buf_put_text(out, say_number(n->line));
	buf_put_byte(out, '\t');
	table_put_excerpt(out, n->record);
	if (*n->record != '\0' && *n->column != '\0')
		buf_put_text(out, ": ");
	table_put_excerpt(out, n->column);
	buf_put_byte(out, '\t');
	table_put_excerpt(out, n->value);
	buf_put_byte(out, '\t');
	put_why(out, n);
	buf_put_byte(out, '\n');
}
