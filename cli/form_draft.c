/* SPDX-License-Identifier: ISC */
/* form - what is being written, kept while it is typed. */
#include <string.h>

#include "agent.h"
#include "ask.h"
#include "form_inner.h"
#include "host.h"

#define DRAFT_SECONDS 10

static time_t
monotonic(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? t.tv_sec : 0;
}

/* Keep the body as it would be with text at path; path may be "". */
static enum vault_err
draft_with(struct form *f, const char *path, const char *text, size_t len)
{
	struct vault_body *copy = NULL;
	struct buf json = { 0 };
	enum vault_err err;

	f->drafted = monotonic();
	if ((err = vault_body_json(&json, f->body)) == VAULT_OK &&
	    *path != '\0')
		err = vault_body_read(&copy, json.bytes, json.len);
	/* A half that cannot stand there is not kept; what there was is. */
	if (err == VAULT_OK && copy != NULL &&
	    vault_body_set(copy, path, text, len) == VAULT_OK) {
		buf_reset(&json);
		err = vault_body_json(&json, copy);
	}
	if (err == VAULT_OK)
		err = vault_draft_put(f->s->vault, &f->draft, f->record,
		    f->follows, f->type.name, json.bytes, json.len);
	buf_free(&json);
	vault_body_free(copy);
	return err;
}

enum vault_err
form_draft(struct form *f)
{
	return draft_with(f, "", "", 0);
}

/* After each field: a draft that cannot be kept is said once. */
void
form_done(struct form *f)
{
	f->changed = true;
	if (form_draft(f) == VAULT_OK)
		return;
	if (!f->drafts_fail)
		FORM_TELL(SAY_FORM_NO_DRAFT);
	f->drafts_fail = true;
}

/* Keys count as activity: the agent shall not lock while somebody writes. */
static void
touch(struct form *f)
{
	time_t now = monotonic();

	if (f->s->agent >= 0 && now != f->touched)
		agent_touch(f->s->agent);
	f->touched = now;
}

/* While a line is typed. */
static void
typed(void *ctx, const struct buf *line)
{
	struct form *f = ctx;

	touch(f);
	if (f->asking[0] == '\0' || line->len == 0 ||
	    monotonic() - f->drafted < DRAFT_SECONDS)
		return;
	f->changed = true;
	if (draft_with(f, f->asking, buf_text(line), line->len) != VAULT_OK)
		f->drafts_fail = true;
}

int
form_keep_text(void *ctx, const struct buf *text)
{
	struct form *f = ctx;

	touch(f);
	f->changed = true;
	return draft_with(f, f->asking, buf_text(text), text->len) == VAULT_OK
	    ? 0
	    : 1;
}

bool
form_gone(void *ctx)
{
	(void)ctx;
	return session_is_gone() || (host_interrupted() && form_has_terminal());
}

bool
form_open(struct form *f)
{
	struct lineedit_hooks hooks = {
		.ctx = f, .gone = form_gone, .typed = typed
	};

	host_catch_interrupts();
	f->drafted = monotonic();
	f->l = lineedit_new(&hooks);
	return f->l != NULL;
}

void
form_close(struct form *f)
{
	lineedit_free(f->l);
	f->l = NULL;
	vault_body_free(f->body);
	f->body = NULL;
}
