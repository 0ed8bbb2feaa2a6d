/* SPDX-License-Identifier: ISC */
/*
 * dossier - the text of a dossier: a list of what is in it, then each record
 * under its number.  Plain text: it is read, printed and quoted anywhere.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "codes.h"
#include "dossier.h"
#include "layout.h"

/* As wide as a printed page of a fixed pitch. */
#define COLUMNS 78
#define LABEL_WIDTH 20

struct text {
	struct buf out;
	struct outfile *file;
	const char *audience; /* NULL: everything */
	bool listing, telling;
};

static void
put_safe(struct buf *out, const char *text)
{
	if (text_safe_line(out, text, strlen(text)) != VAULT_OK)
		out->failed = true;
}

static void
rule(struct text *t, char c)
{
	for (size_t i = 0; i < COLUMNS; i++)
		buf_put_byte(&t->out, (uint8_t)c);
	buf_put_byte(&t->out, '\n');
}

static void
head(struct text *t)
{
	say_put(&t->out, SAY_DOSSIER_HEAD, say_time((int64_t)time(NULL)), NULL);
	buf_put_byte(&t->out, '\n');
	if (t->audience == NULL)
		say_put(&t->out, SAY_DOSSIER_ALL, NULL);
	else
		say_put(&t->out, SAY_DOSSIER_FOR, t->audience, NULL);
	buf_put_text(&t->out, "\n\n");
	say_put(&t->out, SAY_DOSSIER_CONTENTS, NULL);
	buf_put_text(&t->out, "\n\n");
	t->listing = true;
}

/* "  3  act            2011-04-26      arbitrary-arrest, Jin" */
static void
listed(void *ctx, const struct vault_dossier_record *r)
{
	struct text *t = ctx;
	size_t width = text_width(r->date, strlen(r->date));

	if (!t->listing)
		head(t);
	buf_putf(&t->out, "%4zu  %-12s  ", r->number, r->type);
	put_safe(&t->out, r->date);
	layout_blanks(&t->out, width < 22 ? 22 - width : 0);
	buf_put_text(&t->out, "  ");
	put_safe(&t->out, r->title);
	buf_put_byte(&t->out, '\n');
}

static void
record(void *ctx, const struct vault_dossier_record *r)
{
	struct text *t = ctx;

	buf_put_byte(&t->out, '\n');
	rule(t, t->telling ? '-' : '=');
	t->telling = true;
	buf_putf(&t->out, "%zu. %s", r->number, r->type);
	if (r->title[0] != '\0') {
		buf_put_text(&t->out, ": ");
		put_safe(&t->out, r->title);
	}
	buf_putf(&t->out, "\n[%s]\n\n", r->id);
	if (r->disagreeing) {
		say_put(&t->out, SAY_DOSSIER_DISAGREE, NULL);
		buf_put_text(&t->out, "\n\n");
	}
}

static void
line(void *ctx, const struct vault_line *l)
{
	struct text *t = ctx;
	const char *label = say_label(l->label);
	struct buf text = { 0 };

	layout_blanks(&t->out, (size_t)l->depth * 2);
	if (l->heading) {
		put_safe(&t->out, label);
		buf_put_byte(&t->out, '\n');
		return;
	}
	if (l->block) {
		put_safe(&t->out, label);
		buf_put_byte(&t->out, '\n');
		layout_block(&t->out, l->text, l->len,
		    (size_t)(l->depth + 1) * 2, COLUMNS);
		return;
	}
	codes_describe(&text, l->vocab, l->text, l->len);
	layout_field(&t->out, label, LABEL_WIDTH, buf_text(&text), text.len,
	    COLUMNS - (size_t)l->depth * 2);
	buf_free(&text);
}

static enum vault_err
end(void *ctx)
{
	struct text *t = ctx;
	struct buf not_here = { 0 };
	enum vault_err err;

	buf_put_byte(&t->out, '\n');
	if (t->audience != NULL) {
		say_put(&not_here, SAY_WITHHELD, NULL);
		say_put(&t->out, SAY_DOSSIER_END, buf_text(&not_here), NULL);
		buf_put_byte(&t->out, '\n');
		buf_free(&not_here);
	}
	if ((err = buf_ok(&t->out)) != VAULT_OK)
		return err;
	return outfile_write(t->file, t->out.bytes, t->out.len);
}

enum vault_err
dossier_write(struct outfile *file, struct vault_plain *p, const char *audience)
{
	struct text t = { .file = file, .audience = audience };
	const struct vault_dossier_sink to = { &t, listed, record, line, end };
	enum vault_err err = vault_dossier(p, &to);

	buf_free(&t.out);
	return err;
}
