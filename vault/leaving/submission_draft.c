/* SPDX-License-Identifier: ISC */
/*
 * submission_draft.c - the text of a draft, row by row of the form.
 *
 * Whatever of a record is written here is put into item->used as well, which
 * is what is looked through for names: nothing stands in the draft that does
 * not stand there, but our own labels and what the audience may call people.
 */
#include <string.h>

#include "core/text.h"
#include "exchange/forms_value.h"
#include "leaving/submission_inside.h"

/* What stands where the form wants something that may not be said, or is not
 * known; the draft does not tell which. */
#define NOT_STATED "(not stated)"
#define TO_FILL "______________________________"

const json_t *
sub_body(const struct sub_item *item)
{
	return item->why == AUDIENCE_MAY ? item->edition.body : NULL;
}

/* What the draft can say of it; of what stays behind, all, for us alone. */
const json_t *
sub_said(const struct sub_item *item)
{
	return item->why == AUDIENCE_MAY ? item->edition.body : item->whole;
}

/* What an act was is not guessed where it is not said, or may not be. */
bool
sub_is_of(const struct sub_item *item, const json_t *body, const char *codes)
{
	const char *type = item->row.type;
	const char *code;

	if (codes == NULL ||
	    (strcmp(type, "act") != 0 && strcmp(type, "status") != 0))
		return true;
	code = json_string_value(
	    json_object_get(body, strcmp(type, "act") == 0 ? "act" : "status"));
	return code != NULL && model_has_word(codes, code);
}

/* ---- Lines ---- */

/* In the language of the draft; of forms_labels.def. */
const char *
sub_words(const struct sub_drafting *d, const char *text)
{
	return forms_words(d->s->lang, text);
}

static void
put_safe(struct sub_drafting *d, const char *text, size_t len)
{
	if (d->err == VAULT_OK)
		d->err = text_safe(&d->s->text, text, len);
}

/* "label: value"; of several lines, each behind four blanks below the label. */
void
sub_put_line(struct sub_drafting *d, const char *label, const struct buf *value)
{
	struct buf *out = &d->s->text;
	const char *at = buf_text(value), *end;

	put_safe(d, label, strlen(label));
	buf_put_byte(out, ':');
	if (strchr(at, '\n') == NULL) {
		buf_put_byte(out, ' ');
		put_safe(d, at, value->len);
		buf_put_byte(out, '\n');
		return;
	}
	buf_put_byte(out, '\n');
	for (; *at != '\0'; at = *end == '\0' ? end : end + 1) {
		end = at + strcspn(at, "\n");
		buf_put_text(out, "    ");
		put_safe(d, at, (size_t)(end - at));
		buf_put_byte(out, '\n');
	}
}

void
sub_put_words(struct sub_drafting *d, const char *label, const char *text)
{
	struct buf value = { 0 };

	buf_put_text(&value, text);
	sub_put_line(d, label, &value);
	if (value.failed)
		d->err = VAULT_ENOMEM;
	buf_free(&value);
}

static void
put_label(struct sub_drafting *d, struct buf *out)
{
	buf_put_text(out, sub_words(d, d->row->label));
	if (d->row->recalled)
		buf_putf(out, " %s", sub_words(d, TO_CHECK));
}

/* ---- What is used ---- */

const json_t *
sub_value(const json_t *body, const char *path)
{
	char name[64];

	for (;;) {
		size_t len = strcspn(path, ".");

		if (body == NULL || len >= sizeof(name))
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		body = json_object_get(body, name);
		if (path[len] == '\0')
			return body;
		path += len + 1;
	}
}

static enum vault_err
use(const struct sub_item *item, const char *path, const json_t *value)
{
	json_t *object = item->used;
	char name[64];

	for (;;) {
		size_t len = strcspn(path, ".");
		json_t *next;

		memcpy(name, path, len);
		name[len] = '\0';
		if (path[len] == '\0')
			return json_object_set(object, name,
				   (json_t *)(uintptr_t)value) == 0
			    ? VAULT_OK
			    : VAULT_ENOMEM;
		next = json_object_get(object, name);
		if (next == NULL) {
			if (json_object_set_new(object, name, json_object()) !=
			    0)
				return VAULT_ENOMEM;
			next = json_object_get(object, name);
		}
		object = next;
		path += len + 1;
	}
}

enum vault_err
sub_call(void *ctx, struct buf *out, const char *person)
{
	const struct sub_drafting *d = ctx;

	return edition_label(
	    out, d->s->v->store, d->s->audience, person, d->item->id);
}

/* A value, noted as used. */
static void
say_value(struct sub_drafting *d, struct buf *out, const char *path,
    const json_t *value, const json_t *whole)
{
	const struct model_type *type = model_type(d->item->row.type);
	const struct model_field *field = model_path(type, path, false);

	if (d->err == VAULT_OK)
		d->err = use(d->item, path, whole);
	if (d->err == VAULT_OK && field != NULL)
		d->err = forms_value(
		    out, forms_codes(d->s->lang), field, value, sub_call, d);
}

static void
say_member(struct sub_drafting *d, struct buf *out, const char *before,
    const char *path)
{
	const json_t *value = sub_value(sub_body(d->item), path);

	if (value == NULL)
		return;
	buf_put_text(out, before);
	say_value(d, out, path, value, value);
}

/* ---- Rows that are fields ---- */

/* Of which act or situation, or whose statement, a line is. */
static void
put_origin(struct sub_drafting *d, struct buf *out)
{
	const struct sub_item *item = d->item;
	const char *source = json_string_value(
	    sub_value(sub_body(item), "source.ref"));

	if (strcmp(item->row.type, "act") == 0 && d->s->acts > 1)
		buf_putf(out, "[%s %u] ", sub_words(d, "act"), item->number);
	if (strcmp(item->row.type, "person") == 0 && d->s->info.same > 0)
		buf_putf(out, "[%s %u] ", sub_words(d, "record"), item->number);
	/* Its date may be a day on which it was true, not that of the change.
	 */
	if (strcmp(item->row.type, "status") == 0) {
		say_member(d, out, "[", "status");
		buf_put_text(out, out->len > 0 ? "] " : "");
	}
	if (strcmp(item->row.type, "testimony") != 0)
		return;
	/* Whoever else it is stays confidential: rule 6 of records.md, 9. */
	buf_putf(out, "[%s",
	    sub_words(d,
		source != NULL && sub_is_person(d->s, source)
		    ? "statement of the person"
		    : "statement of a source that is confidential"));
	say_member(d, out, "; ", "medium");
	say_member(d, out, "; ", "date");
	buf_put_text(out, "] ");
}

static void
put_one(struct sub_drafting *d, const char *path, const json_t *value,
    const json_t *whole)
{
	struct buf text = { 0 }, label = { 0 };

	put_label(d, &label);
	put_origin(d, &text);
	say_value(d, &text, path, value, whole);
	sub_put_line(d, buf_text(&label), &text);
	if (text.failed || label.failed)
		d->err = VAULT_ENOMEM;
	buf_free(&text);
	buf_free(&label);
}

/* The translations of a field, each on a line of its own. */
static void
put_translations(struct sub_drafting *d, const char *path)
{
	const json_t *list = json_object_get(sub_body(d->item), "translations");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *t = json_array_get(list, i);
		const char *field = json_string_value(sub_value(t, "field"));
		const char *text = json_string_value(sub_value(t, "text"));
		const char *lang = json_string_value(sub_value(t, "lang"));
		struct buf label = { 0 };

		if (field == NULL || text == NULL || lang == NULL ||
		    strcmp(field, path) != 0)
			continue;
		put_label(d, &label);
		buf_putf(
		    &label, ", %s (%s)", sub_words(d, "translation"), lang);
		if (d->err == VAULT_OK)
			d->err = use(d->item, "translations", list);
		sub_put_words(d, buf_text(&label), text);
		buf_free(&label);
	}
}

/* Is the month known?  Of an interval, that of its beginning. */
static bool
has_month(const json_t *date)
{
	const char *edtf = json_string_value(json_object_get(date, "edtf"));
	struct date d;
	struct date_days days;

	if (edtf == NULL || date_parse(&d, edtf, strlen(edtf)) != VAULT_OK)
		return false;
	if (d.form == DATE_INTERVAL && d.from.bound == DATE_STATED)
		d.form = DATE_SINGLE;
	date_days(&days, &d);
	return days.lo != INT32_MIN && days.hi != INT32_MAX &&
	    days.hi - days.lo <= 30;
}

/* A portrait that the person does not want to be shown. */
static bool
may_be_shown(const struct sub_drafting *d, const char *path)
{
	const char *ok = json_string_value(
	    sub_value(d->item->whole, "portrait_ok"));

	return strcmp(path, "photo") != 0 || ok == NULL || strcmp(ok, "n") != 0;
}

static void
keep_back(struct sub_drafting *d, const char *path)
{
	d->kept = true;
	/* That a whole record stays behind was told already. */
	if (sub_body(d->item) != NULL && d->err == VAULT_OK)
		d->err = sub_keep_back(d->s, d->item, path, AUDIENCE_MAY);
}

/* Does another record of the person, before this one, say just that? */
static bool
is_said(const struct sub_drafting *d, const char *path, const json_t *value)
{
	size_t n;
	const struct sub_item *items = sub_items(d->s, &n);

	if (strcmp(d->item->row.type, "person") != 0)
		return false;
	for (const struct sub_item *at = items; at < d->item; at++) {
		const json_t *other = sub_value(sub_body(at), path);

		if (json_equal(other, value))
			return true;
		for (size_t i = 0; i < json_array_size(other); i++)
			if (json_equal(json_array_get(other, i), value))
				return true;
	}
	return false;
}

static void
put_field(struct sub_drafting *d, const char *path)
{
	const json_t *value = sub_value(sub_body(d->item), path);
	bool many = json_is_object(json_array_get(value, 0));

	if (value == NULL || !may_be_shown(d, path)) {
		if (sub_value(d->item->whole, path) != NULL)
			keep_back(d, path);
		return;
	}
	if (d->row->month && !has_month(value))
		d->vague = true;
	else
		d->any = true;
	for (size_t i = 0; many && i < json_array_size(value); i++)
		if (!is_said(d, path, json_array_get(value, i)))
			put_one(d, path, json_array_get(value, i), value);
	if (!many && !is_said(d, path, value))
		put_one(d, path, value, value);
	put_translations(d, path);
}

/* "act.date": of each act that the row is about. */
static void
put_path(struct sub_drafting *d, const char *path, size_t len)
{
	size_t type = strcspn(path, "."), n;
	const struct sub_item *items = sub_items(d->s, &n);
	char field[64];

	memcpy(field, path + type + 1, len - type - 1);
	field[len - type - 1] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (strlen(items[i].row.type) != type ||
		    memcmp(items[i].row.type, path, type) != 0 ||
		    items[i].superseded ||
		    !sub_is_of(&items[i], sub_said(&items[i]), d->row->only))
			continue;
		d->item = &items[i];
		put_field(d, field);
	}
}

/* ---- Rows that are no field ---- */

/* What it was, which may be private itself. */
static void
say_first(struct sub_drafting *d, struct buf *out, const char *path)
{
	say_member(d, out, "", path);
	if (sub_value(sub_body(d->item), path) == NULL)
		buf_put_text(out, sub_words(d, NOT_STATED));
}

/* "; until: in May 2011"; without a name for it: "; in May 2011". */
static void
say_part(
    struct sub_drafting *d, struct buf *out, const char *name, const char *path)
{
	struct buf before = { 0 };

	if (*name == '\0')
		buf_put_text(&before, "; ");
	else
		buf_putf(&before, "; %s: ", sub_words(d, name));
	say_member(d, out, buf_text(&before), path);
	buf_free(&before);
}

/* "missing; on 26 April 2011 ...": what is recorded of one change. */
static void
put_status(struct sub_drafting *d)
{
	static const struct {
		const char *before, *path;
	} parts[] = { { "", "date" }, { "until", "until" },
		{ "last contact", "last_contact" }, { "place", "place" },
		{ "authority", "authority" }, { "charges", "charges" },
		{ "sentence", "sentence" }, { "restrictions", "restrictions" },
		{ "certainty", "certainty" } };
	struct buf text = { 0 };

	say_first(d, &text, "status");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		say_part(d, &text, parts[i].before, parts[i].path);
	sub_put_line(d, sub_words(d, "Status"), &text);
	if (text.failed)
		d->err = VAULT_ENOMEM;
	buf_free(&text);
}

static void
put_act(struct sub_drafting *d)
{
	struct buf text = { 0 };

	if (d->s->acts > 1)
		buf_putf(
		    &text, "[%s %u] ", sub_words(d, "act"), d->item->number);
	say_first(d, &text, "act");
	say_part(d, &text, "", "date");
	say_part(d, &text, "duration", "duration");
	say_part(d, &text, "certainty", "certainty");
	sub_put_line(d, sub_words(d, "Act"), &text);
	if (text.failed)
		d->err = VAULT_ENOMEM;
	buf_free(&text);
}

static void
put_history(struct sub_drafting *d)
{
	size_t n;
	const struct sub_item *items = sub_items(d->s, &n);

	for (size_t i = 0; i < n; i++) {
		d->item = &items[i];
		if (sub_body(&items[i]) == NULL || items[i].superseded)
			continue;
		if (strcmp(items[i].row.type, "status") == 0)
			put_status(d);
		else if (strcmp(items[i].row.type, "act") == 0)
			put_act(d);
	}
	d->any = true;
}

/* That there are any, and nothing more. */
static void
put_witnesses(struct sub_drafting *d)
{
	size_t n;
	const struct sub_item *items = sub_items(d->s, &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *body = sub_body(&items[i]);
		const char *connection = json_string_value(
		    sub_value(body, "connection"));

		if (json_array_size(sub_value(body, "witnesses")) > 0 ||
		    (connection != NULL && strcmp(connection, "witness") == 0))
			d->any = true;
	}
	if (d->any)
		sub_put_words(d, sub_words(d, d->row->label),
		    sub_words(d, "confidential, available on request"));
}

static void
put_office(struct sub_drafting *d)
{
	struct buf name = { 0 };

	if (d->err == VAULT_OK)
		d->err = offices_own_name(&name, d->s->v->store);
	sub_put_words(d, sub_words(d, d->row->label), buf_text(&name));
	buf_free(&name);
	d->any = true;
}

static void
put_relation(struct sub_drafting *d)
{
	const char *relation = d->s->what.relation;

	d->any = relation != NULL;
	if (d->any || d->row->need == NULL)
		sub_put_words(d, sub_words(d, d->row->label),
		    relation != NULL ? relation : TO_FILL);
}

static void
put_answer(struct sub_drafting *d, enum consent_scope scope)
{
	struct buf label = { 0 };

	put_label(d, &label);
	sub_put_words(d, buf_text(&label),
	    sub_words(d,
		sub_allows(d->s, scope) ? "yes, by the person's consent"
					: "no: no consent is recorded"));
	buf_free(&label);
	d->any = true;
}

static void
put_special(struct sub_drafting *d, const char *what)
{
	if (strcmp(what, "@history") == 0) {
		put_history(d);
	} else if (strcmp(what, "@witnesses") == 0) {
		put_witnesses(d);
	} else if (strcmp(what, "@office") == 0) {
		put_office(d);
	} else if (strcmp(what, "@relation") == 0) {
		put_relation(d);
	} else if (strcmp(what, "@consent") == 0) {
		sub_put_consents(d, sub_words(d, d->row->label));
		d->any = true;
	} else if (strcmp(what, "@consent-gov") == 0) {
		put_answer(d, CONSENT_GOV);
	} else if (strcmp(what, "@consent-public") == 0) {
		put_answer(d, CONSENT_UN_PUBLIC);
	} else {
		sub_put_words(d, sub_words(d, d->row->label), TO_FILL);
		d->any = true;
	}
}

/* ---- Rows ---- */

/* Asked, but for those whom it cannot concern, as all of their records say. */
static bool
is_asked(const struct sub_drafting *d)
{
	const char *unless = d->row->unless;
	size_t n, len = unless == NULL ? 0 : strcspn(unless, "=");
	const struct sub_item *items = sub_items(d->s, &n);
	char name[16];
	bool said = false;

	if (len == 0 || len >= sizeof(name))
		return true;
	memcpy(name, unless, len);
	name[len] = '\0';
	for (size_t i = 0; i < n && strcmp(items[i].row.type, "person") == 0;
	     i++) {
		const char *value = json_string_value(
		    json_object_get(sub_body(&items[i]), name));

		if (value != NULL && strcmp(value, unless + len + 1) != 0)
			return true;
		said = said || value != NULL;
	}
	return !said;
}

static void
end_row(struct sub_drafting *d)
{
	struct buf label = { 0 };
	bool names = strcmp(d->row->from, "person.names") == 0;

	if (names && sub_naming(d->s) != CONSENT_FULL)
		sub_tell_gap(d, VAULT_GAP_UNNAMED);
	else if (d->row->need != NULL && !d->any)
		sub_tell_gap(d, sub_why_missing(d));
	if (d->any || d->vague || d->row->need == NULL)
		return;
	put_label(d, &label);
	sub_put_words(d, buf_text(&label), sub_words(d, NOT_STATED));
	buf_free(&label);
}

static void
put_row(struct sub_drafting *d, const struct form_row *row)
{
	const char *path = row->from, *end;

	d->row = row;
	d->any = d->vague = d->kept = false;
	if (path == NULL) {
		d->section = sub_words(d, row->label);
		buf_putf(&d->s->text, "\n%s\n\n", d->section);
		return;
	}
	if (!is_asked(d))
		return;
	for (; *path != '\0'; path = *end == '\0' ? end : end + 1) {
		end = path + strcspn(path, " ");
		if (*path == '@')
			put_special(d, path);
		else
			put_path(d, path, (size_t)(end - path));
	}
	end_row(d);
}

enum vault_err
sub_draft(struct vault_submission *s)
{
	struct sub_drafting d = { .s = s, .section = "" };

	d.item = sub_items(s, &(size_t){ 0 });
	sub_put_head(&d);
	for (size_t i = 0; d.err == VAULT_OK && i < s->form->n; i++)
		put_row(&d, &s->form->rows[i]);
	return d.err != VAULT_OK ? d.err : buf_ok(&s->text);
}
