/* SPDX-License-Identifier: ISC */
/*
 * link: a link from one record to another, by a field that the model has for
 * it, or taken away again.  It is an edit like any other: a new version.
 *
 * A field may lie in others: "perpetrators.who" is a new perpetrator,
 * "perpetrators[0].who" the first one there is.
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

/* As many fields of one type as there may be, so deep. */
#define PLACES_MAX 128
#define DEEPEST 3

/* A field that can hold a link: it is the last of those it lies in. */
struct place {
	struct vault_field in[DEEPEST];
	size_t depth;
	char name[FORM_PATH_LEN]; /* "perpetrators.who" */
};

struct work {
	struct writing w; /* of the record that links */
	bool away;        /* --not */
	char to[VAULT_ID_LEN];
	struct buf to_type; /* of the other; empty if it is not here */
	struct place places[PLACES_MAX]; /* of its type */
	size_t n_places;
	const struct place *fit[PLACES_MAX];
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

static const struct vault_field *
leaf(const struct place *p)
{
	return &p->in[p->depth - 1];
}

/* What is written once, and what the program fills in, holds all of it. */
static bool
is_once(const struct place *p)
{
	bool once = false;

	for (size_t i = 0; i < p->depth; i++)
		once = once || p->in[i].once;
	return once;
}

/* Add the field, which lies where p says, and those that lie in it. */
static void
add_places(struct work *work, const struct place *around,
    const struct vault_field *field)
{
	struct place p = *around;
	struct vault_field member = { 0 };

	if (p.depth == DEEPEST ||
	    snprintf(p.name, sizeof(p.name), "%s%s%s", around->name,
		p.depth > 0 ? "." : "", field->name) >= (int)sizeof(p.name))
		return;
	p.in[p.depth++] = *field;
	if (targets_of(field) != NULL && work->n_places < PLACES_MAX)
		work->places[work->n_places++] = p;
	else if (targets_of(field) == NULL && field->kind == VAULT_KIND_OBJECT)
		while (vault_member_next(&member, field))
			add_places(work, &p, &member);
}

static void
find_places(struct work *work)
{
	const struct place top = { .depth = 0 };
	struct vault_field field = { 0 };

	while (vault_field_next(&field, &work->w.form.type))
		add_places(work, &top, &field);
}

/* ---- What stands there ---- */

/* Called with each value and its path until it returns true. */
typedef bool (*value_fn)(void *ctx, const char *path, const struct buf *value);

struct values {
	const struct vault_body *b;
	const struct place *p;
	value_fn fn;
	void *ctx;
};

static bool
each_in(const struct values *v, const char *around, size_t depth)
{
	const struct vault_field *field = &v->p->in[depth];
	char name[FORM_PATH_LEN], path[FORM_PATH_LEN + 24];
	struct buf value = { 0 };
	size_t n = 1;
	bool found = false;

	if (snprintf(name, sizeof(name), "%s%s%s", around, depth > 0 ? "." : "",
		field->name) >= (int)sizeof(name))
		return false;
	if (field->many)
		n = vault_body_count(v->b, name);
	for (size_t i = 0; i < n && !found; i++) {
		if (field->many)
			snprintf(path, sizeof(path), "%s[%zu]", name, i);
		else
			snprintf(path, sizeof(path), "%s", name);
		buf_reset(&value);
		if (depth + 1 < v->p->depth)
			found = each_in(v, path, depth + 1);
		else if (vault_body_get(&value, v->b, path))
			found = v->fn(v->ctx, path, &value);
	}
	buf_free(&value);
	return found;
}

static bool
each_value(
    const struct work *work, const struct place *p, value_fn fn, void *ctx)
{
	const struct values v = { work->w.form.body, p, fn, ctx };

	return each_in(&v, "", 0);
}

struct finding {
	const char *id, *only; /* at this path; NULL: anywhere */
	char path[FORM_PATH_LEN];
};

static bool
is_it(void *ctx, const char *path, const struct buf *value)
{
	struct finding *f = ctx;

	if (strcmp(buf_text(value), f->id) != 0 ||
	    (f->only != NULL && strcmp(f->only, path) != 0))
		return false;
	return snprintf(f->path, sizeof(f->path), "%s", path) <
	    (int)sizeof(f->path);
}

/* Fields of so many levels that may hold the other, facts or not. */
static void
add_fits(struct work *work, bool once, size_t least, size_t most)
{
	const char *type = buf_text(&work->to_type);

	for (size_t i = 0; i < work->n_places; i++) {
		const struct place *p = &work->places[i];

		if (is_once(p) == once && p->depth >= least &&
		    p->depth <= most && may_hold(leaf(p), type))
			work->fit[work->n++] = p;
	}
}

/* Facts only if nothing else may hold it, and parts of fields then. */
static void
find_fits(struct work *work)
{
	add_fits(work, false, 1, 1);
	if (work->n == 0)
		add_fits(work, true, 1, 1);
	if (work->n == 0)
		add_fits(work, false, 2, DEEPEST);
}

/* Fields that do hold it. */
static void
find_holders(struct work *work)
{
	struct finding f = { .id = work->to };

	for (size_t i = 0; i < work->n_places; i++)
		if (each_value(work, &work->places[i], is_it, &f))
			work->fit[work->n++] = &work->places[i];
}

/* ---- What is said ---- */

static void
put_fits(struct buf *out, const struct work *work)
{
	for (size_t i = 0; i < work->n; i++)
		buf_putf(out, "%s%s", i > 0 ? ", " : "", work->fit[i]->name);
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
refuse(struct work *work, const char *name)
{
	const char *from = work->w.form.type.name;
	const char *to = buf_text(&work->to_type);
	struct buf fits = { 0 };

	if (name != NULL)
		say_error(SAY_LINK_NO_FIT, from, name, to, NULL);
	else
		say_error(SAY_LINK_NONE_FITS, from, to, NULL);
	/* Who knows the names of fields knows those of their parts. */
	work->n = 0;
	add_fits(work, false, 1, DEEPEST);
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
unchanged(const struct work *work, const struct place *p)
{
	struct doc *d;

	if (!say_is_json()) {
		if (work->away)
			say_line(SAY_LINK_NOT_THERE, NULL);
		else
			say_line(SAY_LINK_THERE, p->name, NULL);
		return 0;
	}
	d = doc_object();
	doc_text(d, "id", work->w.form.record);
	doc_text(d, "to", work->to);
	doc_bool(d, "changed", false);
	return doc_print(d);
}

/* ---- Which field ---- */

/* "   4  Perpetrators: Who" */
static void
put_choices(struct buf *out, const struct work *work)
{
	for (size_t i = 0; i < work->n; i++) {
		const struct place *p = work->fit[i];

		buf_putf(out, "%4zu  ", i + 1);
		for (size_t k = 0; k < p->depth; k++)
			buf_putf(out, "%s%s", k > 0 ? ": " : "",
			    say_label(p->in[k].label));
		buf_put_byte(out, '\n');
	}
}

/* Let one of them be chosen by its number or name: *at. */
static int
choose(size_t *at, const struct work *work)
{
	struct buf list = { 0 }, line = { 0 };
	bool found = false;
	int status = 0;

	put_choices(&list, work);
	if (!ask_has_terminal() || !ask_show(buf_text(&list)) ||
	    !ask_line(&line, SAY_ASK_LINK_FIELD, NULL)) {
		buf_reset(&list);
		put_fits(&list, work);
		say_error(SAY_LINK_SEVERAL, NULL);
		say_hint(SAY_HINT_LINK_FIELDS, buf_text(&list), NULL);
		status = 2;
	}
	for (size_t i = 0; status == 0 && !found && i < work->n; i++)
		if (strcmp(work->fit[i]->name, buf_text(&line)) == 0 ||
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

/* The same names, whatever indices stand in the one that was typed. */
static bool
is_named(const char *name, const char *typed)
{
	while (*typed != '\0') {
		if (*typed == '[')
			typed += strcspn(typed, ".");
		else if (*name++ != *typed++)
			return false;
	}
	return *name == '\0';
}

/* The field of that name, which must be one of those that fit; or NULL. */
static const struct place *
by_name(const struct work *work, const char *name)
{
	for (size_t i = 0; i < work->n_places; i++) {
		const struct place *p = &work->places[i];

		if (is_named(p->name, name) &&
		    (work->away || may_hold(leaf(p), buf_text(&work->to_type))))
			return p;
	}
	return NULL;
}

/* ---- Changing ---- */

/* Where it is to stand: in a new element of what there may be many of. */
static bool
new_path(char path[static FORM_PATH_LEN], const struct work *work,
    const struct place *p)
{
	size_t len = 0;

	for (size_t i = 0; i < p->depth; i++) {
		len += (size_t)snprintf(path + len, FORM_PATH_LEN - len, "%s%s",
		    i > 0 ? "." : "", p->in[i].name);
		if (len < FORM_PATH_LEN && p->in[i].many && i + 1 < p->depth)
			len += (size_t)snprintf(path + len, FORM_PATH_LEN - len,
			    "[%zu]", vault_body_count(work->w.form.body, path));
		if (len >= FORM_PATH_LEN)
			return false;
	}
	return true;
}

/* A field that holds one record is never given another without a word. */
static int
is_taken(const struct work *work, const struct place *p, const char *path)
{
	struct buf value = { 0 };
	int status = 0;

	if (!leaf(p)->many && !is_once(p) &&
	    vault_body_get(&value, work->w.form.body, path)) {
		say_error(SAY_LINK_TAKEN, path, NULL);
		say_hint(SAY_HINT_LINK_TAKEN, work->w.form.record, path, NULL);
		status = 2;
	}
	buf_free(&value);
	return status;
}

/* typed is the name that was given, with an index perhaps; or NULL. */
static int
change(struct work *work, const struct place *p, const char *typed)
{
	struct vault_body *b = work->w.form.body;
	bool exact = typed != NULL && strchr(typed, '[') != NULL, errors;
	struct finding f = { .id = work->to, .only = exact ? typed : NULL };
	bool there = each_value(work, p, is_it, &f);
	char path[FORM_PATH_LEN];
	enum vault_err err;
	int status;

	if (there != work->away)
		return unchanged(work, p);
	if (exact
		? snprintf(path, sizeof(path), "%s", typed) >= (int)sizeof(path)
		: !new_path(path, work, p))
		return session_fault(work->w.form.s, VAULT_EUSE);
	if (!there && (status = is_taken(work, p, path)) != 0)
		return status;
	err = work->away ? vault_body_unset(b, f.path)
			 : vault_body_set(b, path, work->to, strlen(work->to));
	if (err == VAULT_OK)
		err = vault_report_new(&work->w.report);
	if (err == VAULT_EUSE)
		return refuse(work, typed);
	if (err != VAULT_OK)
		return session_fault(work->w.form.s, err);
	return writing_save(&work->w, &errors);
}

static int
link_records(struct work *work, const char *name)
{
	const struct place *p;
	size_t at = 0;
	int status = 0;

	if (work->away)
		find_holders(work);
	else
		find_fits(work);
	if (name != NULL)
		return (p = by_name(work, name)) != NULL ? change(work, p, name)
							 : refuse(work, name);
	if (work->n == 0)
		return work->away ? unchanged(work, NULL) : refuse(work, NULL);
	if (work->n > 1)
		status = choose(&at, work);
	return status != 0 ? status : change(work, work->fit[at], NULL);
}

/* ---- Which records ---- */

struct held {
	struct work *work;
	const char *text;
	size_t found;
};

/* What a field links to, if its id begins so and is not the one known. */
static bool
begins_so(void *ctx, const char *path, const struct buf *value)
{
	struct held *h = ctx;

	(void)path;
	if (value->len != VAULT_ID_LEN - 1 ||
	    strncmp(buf_text(value), h->text, strlen(h->text)) != 0 ||
	    strcmp(h->work->to, buf_text(value)) == 0)
		return false;
	memcpy(h->work->to, buf_text(value), VAULT_ID_LEN);
	h->found++;
	return false;
}

/* A link to what is not here is known by the beginning of its id only. */
static bool
by_held_id(struct work *work, const char *text)
{
	struct held h = { work, text, 0 };

	for (size_t i = 0; strlen(text) >= 4 && i < work->n_places; i++)
		(void)each_value(work, &work->places[i], begins_so, &h);
	return h.found == 1;
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
		if ((status = writing_read(&work->w, id)) == 0)
			find_places(work);
		if (status == 0 &&
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
