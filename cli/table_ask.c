/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "ask.h"
#include "table_note.h"
#include "table_ask.h"

struct question {
	uint64_t row;
	size_t at, len; /* of its text */
	enum vault_policy answer;
};

static struct question *
question_at(const struct table_asking *a, size_t i)
{
	return (struct question *)(void *)a->questions.bytes + i;
}

static size_t
count(const struct table_asking *a)
{
	return a->questions.len / sizeof(struct question);
}

void
table_asking_note(void *ctx, const struct vault_row_note *n)
{
	struct table_asking *a = ctx;
	struct buf here = { 0 };

	/* Nobody can choose without knowing who it is, and what is there. */
	if (!a->named && n->title != NULL) {
		say_put(&a->text, SAY_NEW_ID, n->title, NULL);
		buf_put_byte(&a->text, '\n');
		a->named = true;
	}
	table_put_note(&a->text, n);
	if (n->here != NULL) {
		buf_put_text(&a->text, "\t\t");
		table_put_excerpt(&here, n->here);
		if (here.len == 0)
			say_put(&a->text, SAY_ROW_HERE_NOT, NULL);
		else
			say_put(&a->text, SAY_ROW_HERE, buf_text(&here), NULL);
		buf_put_byte(&a->text, '\n');
	}
	buf_free(&here);
}

/* What changes nothing is not asked about. */
void
table_asking_row(void *ctx, uint64_t row, enum vault_row_end end)
{
	struct table_asking *a = ctx;
	struct question q = { .row = row,
		.at = a->begun,
		.len = a->text.len - a->begun,
		.answer = VAULT_POLICY_KEEP };

	if (end == VAULT_ROW_UPDATED)
		buf_put(&a->questions, &q, sizeof(q));
	else
		a->text.len = a->begun;
	a->begun = a->text.len;
	a->named = false;
}

/* Keep, add or update; false: no answer. */
static bool
ask_one(struct question *q)
{
	struct buf line = { 0 };
	bool answered = false;

	while (!answered && ask_line(&line, SAY_ASK_ROW, NULL)) {
		char first = line.len > 0 ? (char)line.bytes[0] : 'k';

		answered = strchr("kKaAuU", first) != NULL;
		if (first == 'a' || first == 'A')
			q->answer = VAULT_POLICY_ADD;
		if (first == 'u' || first == 'U')
			q->answer = VAULT_POLICY_UPDATE;
		buf_reset(&line);
	}
	buf_free(&line);
	return answered;
}

bool
table_asking_ask(struct table_asking *a)
{
	if (a->questions.failed || a->text.failed)
		return false;
	if (count(a) > 0 && !ask_has_terminal()) {
		say_warning(SAY_NO_TERMINAL, NULL);
		say_hint(SAY_HINT_POLICY, NULL);
		return false;
	}
	for (size_t i = 0; i < count(a); i++) {
		struct question *q = question_at(a, i);
		struct buf about = { 0 };
		bool good;

		buf_put(&about, a->text.bytes + q->at, q->len);
		good = ask_show(buf_text(&about)) && ask_one(q);
		buf_free(&about);
		if (!good)
			return false;
	}
	return true;
}

enum vault_policy
table_asking_choose(void *ctx, uint64_t row)
{
	struct table_asking *a = ctx;

	/* The list is read more than once. */
	if (a->next > 0 && question_at(a, a->next - 1)->row >= row)
		a->next = 0;
	while (a->next < count(a) && question_at(a, a->next)->row < row)
		a->next++;
	return a->next < count(a) && question_at(a, a->next)->row == row
	    ? question_at(a, a->next)->answer
	    : VAULT_POLICY_KEEP;
}

void
table_asking_free(struct table_asking *a)
{
	buf_free(&a->questions);
	buf_free(&a->text);
}
