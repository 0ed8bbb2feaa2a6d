/* SPDX-License-Identifier: ISC */
/*
 * submission_head.c - what stands above the form in a draft: whose form it is,
 * in which language, by which consents, from what it was gathered.
 */
#include <string.h>

#include "exchange/forms_value.h"
#include "record/date_english.h"
#include "leaving/submission_inside.h"

/* The consent as it may leave itself; no body if it may not. */
static enum vault_err
read_consent(
    struct edition *out, const struct vault_submission *s, const char *by)
{
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = id_parse(id, by, ID_TEXT_LEN)) != VAULT_OK ||
	    (err = rows_find(&r, s->v->store, id)) != VAULT_OK)
		return err;
	return edition_make(out, s->v->store, s->audience, &r);
}

/* "5031hqst..., on 26 April 2011, given by: the family, in writing" */
static void
put_consent_of(
    struct sub_drafting *d, const char *label, const struct sub_person *p)
{
	const struct consent *by = p->who.consent.by;
	static const struct {
		const char *before, *field;
	} parts[] = { { "", "date" }, { "given by", "given_by" }, { "", "how" },
		{ "naming", "naming" } };
	const struct model_type *type = model_type("consent");
	struct edition e = { .body = NULL };
	struct buf text = { 0 };

	if (by != NULL && d->err == VAULT_OK)
		d->err = read_consent(&e, d->s, by->id);
	buf_put_text(&text, by == NULL ? "" : by->id);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const json_t *value = json_object_get(e.body, parts[i].field);

		if (value == NULL || d->err != VAULT_OK)
			continue;
		buf_put_text(&text, ", ");
		if (parts[i].before[0] != '\0')
			buf_putf(&text, "%s: ", sub_words(d, parts[i].before));
		d->err = forms_value(&text, forms_codes(d->s->lang),
		    model_field(type, parts[i].field), value, sub_call, d);
	}
	sub_put_line(d, label, &text);
	edition_free(&e);
	buf_free(&text);
}

/* Of each record that is in the draft: one may be of several of them. */
void
sub_put_consents(struct sub_drafting *d, const char *label)
{
	size_t n;
	const struct sub_person *persons = sub_persons(d->s, &n);

	for (size_t i = 0; i < n; i++)
		if (persons[i].used)
			put_consent_of(d, label, &persons[i]);
}

static void
put_recalled(struct sub_drafting *d)
{
	const struct form *f = d->s->form;
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->rows[i].recalled;
	buf_putf(&d->s->text, "%s: %zu\n",
	    sub_words(d,
		"To be compared with the current OHCHR form: its layout, its "
		"address, and the fields that are marked (to check) below, "
		"which are recalled and were not compared with it; how many"),
	    n);
}

/* How many records of the person there are here, and what is to be settled. */
static void
put_gathered(struct sub_drafting *d)
{
	const struct vault_submission *s = d->s;

	if (s->info.same > 0)
		buf_putf(&d->s->text, "%s: %zu %s ([%s 1] - [%s %zu])\n",
		    sub_words(d, "Gathered from"), s->info.same + 1,
		    sub_words(d, "records of the person"),
		    sub_words(d, "record"), sub_words(d, "record"),
		    s->info.same + 1);
	if (s->differing.len > 0)
		sub_put_words(d,
		    sub_words(d,
			"To settle before it is sent; these records differ in"),
		    buf_text(&s->differing));
}

/* Which texts are in this language, and which are not. */
static void
put_language(struct sub_drafting *d)
{
	const struct forms_language *l = d->s->lang;
	struct buf *out = &d->s->text;

	buf_putf(out, "%s\n", sub_words(d, "Language of the labels: English"));
	if (strcmp(l->lang, "en") == 0)
		return;
	if (!l->reviewed)
		buf_putf(out, "%s\n",
		    sub_words(d,
			"No native speaker has read the labels in this "
			"language yet."));
	buf_put_text(out,
	    sub_words(d,
		"In English: dates, the urgency, what parts of a value are "
		"called"));
	if (forms_codes(l) == NULL)
		buf_putf(
		    out, ", %s", sub_words(d, "the codes of vocabularies"));
	buf_put_byte(out, '\n');
}

void
sub_put_head(struct sub_drafting *d)
{
	const struct vault_submission *s = d->s;
	struct buf *out = &d->s->text;

	buf_putf(out, "%s\n\n",
	    sub_words(d,
		"DRAFT, to copy into today's form; compare the fields with "
		"it"));
	sub_put_words(d, sub_words(d, "Form"), sub_words(d, s->form->title));
	if (s->form->address != NULL)
		buf_putf(out, "%s: %s %s\n", sub_words(d, "To"),
		    s->form->address, sub_words(d, TO_CHECK));
	buf_putf(out, "%s: ", sub_words(d, "Draft of"));
	date_english_day(out, s->today);
	buf_put_byte(out, '\n');
	put_language(d);
	put_recalled(d);
	sub_put_consents(d, sub_words(d, "Consent used"));
	put_gathered(d);
	sub_put_words(d, sub_words(d, "Urgency"), buf_text(&s->urgency));
	if (s->form->notes != NULL)
		buf_put_text(out, sub_words(d, s->form->notes));
	buf_putf(out, "%s\n",
	    sub_words(d,
		"In brackets: of which record, act, situation or statement a "
		"line is. The date of a situation is that of the change, or a "
		"day on which it was so."));
}
