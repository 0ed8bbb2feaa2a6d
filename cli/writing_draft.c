/* SPDX-License-Identifier: ISC */
/* writing - offering the drafts that are here. */
#include <string.h>
#include <time.h>

#include "answer.h"
#include "ask.h"
#include "writing.h"

/* The drafts of this type and record, the newest first. */
#define DRAFTS_MAX 20
struct offers {
	const struct form *form;
	struct vault_draft draft[DRAFTS_MAX];
	size_t n;
	enum vault_err err;
};

static bool
take_draft(void *ctx, const struct vault_draft *d)
{
	struct offers *all = ctx;
	struct vault_draft *to = &all->draft[all->n];

	if (strcmp(d->type, all->form->type.name) != 0 ||
	    strcmp(d->record, all->form->record) != 0)
		return true;
	*to = *d;
	to->body = to->base = (struct buf){ 0 };
	buf_put(&to->base, d->base.bytes, d->base.len);
	buf_put(&to->body, d->body.bytes, d->body.len);
	all->n++; /* to be freed, at the least */
	all->err = buf_ok(&to->base);
	if (all->err == VAULT_OK)
		all->err = buf_ok(&to->body);
	return all->err == VAULT_OK && all->n < DRAFTS_MAX;
}

/* "10:43", or with the day if that is not today. */
static const char *
draft_time(char out[32], int64_t when)
{
	time_t then = (time_t)when, today = time(NULL);
	struct tm a, b;

	out[0] = '\0';
	if (localtime_r(&then, &a) == NULL || localtime_r(&today, &b) == NULL)
		return out;
	if (a.tm_year == b.tm_year && a.tm_yday == b.tm_yday)
		(void)strftime(out, 32, "%H:%M", &a);
	else
		(void)strftime(out, 32, "%Y-%m-%d %H:%M", &a);
	return out;
}

/*
 * If the record was changed since the draft was begun, follow what the draft
 * followed, so that neither is lost.  What is not here any more, since it was
 * forgotten, nobody can follow.
 */
static enum vault_err
use_origin(struct writing *w, const struct buf *base)
{
	const struct buf *now = &w->base.heads;
	struct vault_record old;
	enum vault_err err;

	if (base->len == 0 ||
	    (base->len == now->len &&
		memcmp(base->bytes, now->bytes, now->len) == 0))
		return VAULT_OK;
	FORM_TELL(SAY_FORM_DRAFT_OLD);
	err = vault_get_at(&old, w->form.s->vault, w->form.record, base);
	if (err == VAULT_ENORECORD)
		return VAULT_OK;
	if (err == VAULT_OK) {
		vault_record_free(&w->base);
		w->base = old;
	}
	return err;
}

static enum vault_err
use_draft(struct writing *w, const struct vault_draft *d)
{
	struct vault_body *b;
	enum vault_err err;

	err = vault_body_read(&b, d->body.bytes, d->body.len);
	if (err != VAULT_OK)
		return err;
	vault_body_free(w->form.body);
	w->form.body = b;
	w->form.draft = d->number;
	w->form.changed = true;
	return w->form.record[0] == '\0' ? VAULT_OK : use_origin(w, &d->base);
}

/* Yes, no, or drop it. */
static char
ask_draft(const struct vault_draft *d)
{
	struct lineedit_hooks hooks = { 0 };
	struct lineedit *l = lineedit_new(&hooks);
	struct buf prompt = { 0 }, line = { 0 };
	char when[32], answer = 'n';
	enum answer_is is;

	say_put(&prompt, SAY_FORM_DRAFT_HERE, draft_time(when, d->time), NULL);
	if (l != NULL &&
	    lineedit_read(&line, l, buf_text(&prompt), NULL) == LINEEDIT_DONE) {
		is = answer_is(line.bytes, line.len);
		if (is == IS_BLANK || is == IS_YES)
			answer = 'y';
		else if (line.len == 1 && (line.bytes[0] | 0x20) == 'd')
			answer = 'd';
	}
	lineedit_free(l);
	buf_free(&prompt);
	buf_free(&line);
	return answer;
}

enum vault_err
writing_offer(struct writing *w)
{
	struct offers all = { .form = &w->form };
	struct vault *v = w->form.s->vault;
	enum vault_err err = vault_drafts(v, take_draft, &all);

	if (err == VAULT_OK)
		err = all.err;

	for (size_t i = 0; err == VAULT_OK && i < all.n; i++) {
		char answer = ask_draft(&all.draft[i]);

		if (answer == 'y') {
			err = use_draft(w, &all.draft[i]);
			break;
		}
		if (answer == 'd')
			err = vault_draft_drop(v, all.draft[i].number);
	}
	for (size_t i = 0; i < all.n; i++) {
		buf_free(&all.draft[i].base);
		buf_free(&all.draft[i].body);
	}
	return err;
}
