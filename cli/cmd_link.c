/* SPDX-License-Identifier: ISC */
/*
 * link: a link from one record to another, by a field that the model has for
 * it, or taken away again.  It is an edit like any other: a new version.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "form_inner.h"
#include "pick.h"
#include "who.h"
#include "writing.h"

#define USAGE "link [--not] FROM [FIELD] TO"

/* As many fields of one type as there may be. */
#define FIELDS_MAX 64

struct work {
	struct writing w; /* of the record that links */
	bool away;        /* --not */
	char to[VAULT_ID_LEN];
	struct buf to_type; /* of the other; empty if it is not here */
	struct vault_field fit[FIELDS_MAX];
	size_t n;
};

/* ---- The fields that hold a link ---- */

/* The types that a field leads to by itself; NULL: it is no link. */
static const char *
targets_of(const struct vault_field *field)
{
	struct vault_field ref = { 0 };

	if (field->kind == VAULT_KIND_LINK || form_is(field, "party"))
		return form_targets(field);
	if (form_is(field, "cite") && vault_member_next(&ref, field))
		return form_targets(&ref);
	return NULL;
}

static bool
may_hold(const struct vault_field *field, const char *type)
{
	const char *targets = targets_of(field);

	/* What the program fills in says more than that there is a link. */
	return targets != NULL && !field->filled &&
	    (*targets == '\0' || who_has_word(targets, type));
}

/* The links and words in a field are so many values, each with its path. */
static size_t
values_in(const struct vault_body *b, const struct vault_field *field)
{
	return field->many ? vault_body_count(b, field->name) : 1;
}

static bool
value_at(struct buf *out, char path[static FORM_PATH_LEN],
    const struct vault_body *b, const struct vault_field *field, size_t i)
{
	buf_reset(out);
	if (field->many)
		snprintf(path, FORM_PATH_LEN, "%s[%zu]", field->name, i);
	else
		snprintf(path, FORM_PATH_LEN, "%s", field->name);
	return vault_body_get(out, b, path);
}

/* Where the field holds this link. */
static bool
find_link(char path[static FORM_PATH_LEN], const struct vault_body *b,
    const struct vault_field *field, const char *id)
{
	struct buf value = { 0 };
	bool found = false;

	for (size_t i = 0; !found && i < values_in(b, field); i++)
		found = value_at(&value, path, b, field, i) &&
		    strcmp(buf_text(&value), id) == 0;
	buf_free(&value);
	return found;
}

static void
add_fit(struct work *work, const struct vault_field *field)
{
	if (work->n < FIELDS_MAX)
		work->fit[work->n++] = *field;
}

/* Fields that may hold the other; facts only if nothing else may. */
static void
find_fits(struct work *work)
{
	const char *type = buf_text(&work->to_type);

	for (int once = 0; work->n == 0 && once < 2; once++) {
		struct vault_field field = { 0 };

		while (vault_field_next(&field, &work->w.form.type))
			if (field.once == (once == 1) && may_hold(&field, type))
				add_fit(work, &field);
	}
}

/* Fields that do hold it. */
static void
find_holders(struct work *work)
{
	struct vault_field field = { 0 };
	char path[FORM_PATH_LEN];

	while (vault_field_next(&field, &work->w.form.type))
		if (targets_of(&field) != NULL &&
		    find_link(path, work->w.form.body, &field, work->to))
			add_fit(work, &field);
}

/* ---- What is said ---- */

static void
put_fits(struct buf *out, const struct work *work)
{
	for (size_t i = 0; i < work->n; i++)
		buf_putf(out, "%s%s", i > 0 ? ", " : "", work->fit[i].name);
}

/* No field fits; perhaps one of the other does. */
static void
hint_turned(const struct work *work)
{
	struct vault_type type;
	struct vault_field field = { 0 };

	if (!vault_type_by_name(&type, buf_text(&work->to_type)))
		return;
	while (vault_field_next(&field, &type))
		if (may_hold(&field, work->w.form.type.name)) {
			say_hint(SAY_HINT_LINK_TURNED, work->to, field.name,
			    work->w.form.record, NULL);
			return;
		}
}

static int
refuse(const struct work *work, const char *name)
{
	const char *from = work->w.form.type.name;
	const char *to = buf_text(&work->to_type);
	struct buf fits = { 0 };

	if (name != NULL)
		say_error(SAY_LINK_NO_FIT, from, name, to, NULL);
	else
		say_error(SAY_LINK_NONE_FITS, from, to, NULL);
	put_fits(&fits, work);
	if (fits.len > 0)
		say_hint(SAY_HINT_LINK_FIELDS, buf_text(&fits), NULL);
	else
		hint_turned(work);
	buf_free(&fits);
	return 2;
}

/* Nothing had to be changed. */
static int
unchanged(const struct work *work, const struct vault_field *field)
{
	struct doc *d;

	if (!say_is_json()) {
		if (work->away)
			say_line(SAY_LINK_NOT_THERE, NULL);
		else
			say_line(SAY_LINK_THERE, field->name, NULL);
		return 0;
	}
	d = doc_object();
	doc_text(d, "id", work->w.form.record);
	doc_text(d, "to", work->to);
	doc_bool(d, "changed", false);
	return doc_print(d);
}

/* ---- Which field ---- */

/* Let one of them be chosen by its number or name: *at. */
static int
choose(size_t *at, const struct work *work)
{
	struct buf list = { 0 }, line = { 0 };
	bool found = false;
	int status = 0;

	for (size_t i = 0; i < work->n; i++)
		buf_putf(
		    &list, "%4zu  %s\n", i + 1, say_label(work->fit[i].label));
	if (!ask_has_terminal() || !ask_show(buf_text(&list)) ||
	    !ask_line(&line, SAY_ASK_LINK_FIELD, NULL)) {
		buf_reset(&list);
		put_fits(&list, work);
		say_error(SAY_LINK_SEVERAL, NULL);
		say_hint(SAY_HINT_LINK_FIELDS, buf_text(&list), NULL);
		status = 2;
	}
	for (size_t i = 0; status == 0 && !found && i < work->n; i++)
		if (strcmp(work->fit[i].name, buf_text(&line)) == 0 ||
		    strtoul(buf_text(&line), NULL, 10) == i + 1) {
			*at = i;
			found = true;
		}
	if (status == 0 && !found) {
		say_error(SAY_STOPPED, NULL);
		status = 1;
	}
	buf_free(&list);
	buf_free(&line);
	return status;
}

/* The field of that name, which must be one of those that fit. */
static bool
by_name(struct vault_field *out, const struct work *work, const char *name)
{
	struct vault_field field = { 0 };

	while (vault_field_next(&field, &work->w.form.type))
		if (strcmp(field.name, name) == 0) {
			*out = field;
			return work->away
			    ? targets_of(&field) != NULL
			    : may_hold(&field, buf_text(&work->to_type));
		}
	return false;
}

/* ---- Changing ---- */

/* A field that holds one record is never given another without a word. */
static int
is_taken(const struct work *work, const struct vault_field *field)
{
	struct buf value = { 0 };
	int status = 0;

	if (!field->many && !field->once &&
	    vault_body_get(&value, work->w.form.body, field->name)) {
		say_error(SAY_LINK_TAKEN, field->name, NULL);
		say_hint(SAY_HINT_LINK_TAKEN, work->w.form.record, field->name,
		    NULL);
		status = 2;
	}
	buf_free(&value);
	return status;
}

static int
change(struct work *work, const struct vault_field *field)
{
	struct vault_body *b = work->w.form.body;
	char path[FORM_PATH_LEN];
	bool there = find_link(path, b, field, work->to), errors;
	enum vault_err err;
	int status;

	if (there != work->away)
		return unchanged(work, field);
	if (!there && (status = is_taken(work, field)) != 0)
		return status;
	err = work->away
	    ? vault_body_unset(b, path)
	    : vault_body_set(b, field->name, work->to, strlen(work->to));
	if (err == VAULT_OK)
		err = vault_report_new(&work->w.report);
	if (err != VAULT_OK)
		return session_fault(work->w.form.s, err);
	return writing_save(&work->w, &errors);
}

static int
link_records(struct work *work, const char *name)
{
	struct vault_field field;
	size_t at = 0;
	int status = 0;

	if (work->away)
		find_holders(work);
	else
		find_fits(work);
	if (name != NULL)
		return by_name(&field, work, name) ? change(work, &field)
						   : refuse(work, name);
	if (work->n == 0)
		return work->away ? unchanged(work, NULL) : refuse(work, NULL);
	if (work->n > 1)
		status = choose(&at, work);
	return status != 0 ? status : change(work, &work->fit[at]);
}

/* ---- Which records ---- */

/* What a field links to, if its id begins so and is not the one known. */
static bool
begins_so(struct work *work, const struct buf *value, const char *text)
{
	if (value->len != VAULT_ID_LEN - 1 || strlen(text) < 4 ||
	    strncmp(buf_text(value), text, strlen(text)) != 0 ||
	    strcmp(work->to, buf_text(value)) == 0)
		return false;
	memcpy(work->to, buf_text(value), VAULT_ID_LEN);
	return true;
}

/* A link to what is not here is known by the beginning of its id only. */
static bool
by_held_id(struct work *work, const char *text)
{
	struct vault_field field = { 0 };
	const struct vault_body *b = work->w.form.body;
	struct buf value = { 0 };
	char path[FORM_PATH_LEN];
	size_t found = 0;

	while (vault_field_next(&field, &work->w.form.type))
		for (size_t i = 0;
		     targets_of(&field) != NULL && i < values_in(b, &field);
		     i++)
			found += value_at(&value, path, b, &field, i) &&
			    begins_so(work, &value, text);
	buf_free(&value);
	return found == 1;
}

static int
find_other(struct work *work, const struct session *s, const char *text)
{
	struct vault_record r;
	enum vault_err err;
	int status;

	if (work->away && by_held_id(work, text))
		return 0;
	if ((status = pick_id(work->to, s, text)) != 0)
		return status;
	if (strcmp(work->to, work->w.form.record) == 0) {
		say_error(SAY_LINK_SELF, NULL);
		return 2;
	}
	if ((err = vault_get(&r, s->vault, work->to)) != VAULT_OK)
		return session_fault(s, err);
	buf_put_text(&work->to_type, r.type);
	if (r.forgotten && !work->away)
		status = say_fault(VAULT_ENORECORD, NULL, text);
	vault_record_free(&r);
	return status;
}

int
cmd_link(struct cli *c, int argc, char **argv)
{
	struct work *work = calloc(1, sizeof(*work));
	char id[VAULT_ID_LEN];
	struct session s;
	int words, status;

	if (work == NULL)
		return say_fault(VAULT_ENOMEM, NULL, NULL);
	const struct option_of options[] = { { "--not", NULL, &work->away } };
	words = cli_options(argc, argv, options, 1);
	if (words != 2 && words != 3) {
		status = say_usage(USAGE);
	} else if ((status = pick_open(&s, id, c, argv[1])) == 0) {
		work->w.form.cli = c;
		work->w.form.s = &s;
		if ((status = writing_read(&work->w, id)) == 0 &&
		    (status = find_other(work, &s, argv[words])) == 0)
			status = link_records(
			    work, words == 3 ? argv[2] : NULL);
		writing_free(&work->w);
		session_close(&s);
	}
	buf_free(&work->to_type);
	free(work);
	return status;
}
