/* SPDX-License-Identifier: ISC */
/*
 * submission_gaps.c - what a form asks for and is not there, and where it can
 * be written.
 */
#include <stdio.h>
#include <string.h>

#include "record/json.h"
#include "record/model.h"
#include "leaving/submission_inside.h"

/* The record at hand, or a better one of an act of which this is asked. */
static bool
is_better(const struct sub_item *item, const char *field)
{
	static const struct {
		const char *block, *acts;
	} rows[] = { { "torture.", "torture assault sexual-violence rape" },
		{ "detention.",
		    "enforced-disappearance abduction arbitrary-arrest "
		    "arbitrary-detention house-arrest mass-roundup" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(field, rows[i].block, strlen(rows[i].block)) == 0)
			return sub_is_of(item, sub_said(item), rows[i].acts);
	return true;
}

/* A record of that type that can take the field; facts once written stay. */
static const char *
find_record(const struct sub_drafting *d, const char *type, const char *field)
{
	const struct model_type *of = model_type(type);
	const char *found = "";
	size_t n;
	const struct sub_item *items = sub_items(d->s, &n);

	for (size_t i = 0; of != NULL && !of->fixed && i < n; i++) {
		if (strcmp(items[i].row.type, type) != 0 ||
		    sub_body(&items[i]) == NULL ||
		    !sub_is_of(&items[i], sub_said(&items[i]), d->row->only))
			continue;
		if (is_better(&items[i], field))
			return items[i].id;
		if (found[0] == '\0')
			found = items[i].id;
	}
	return found;
}

/* As `edit --set` takes it: of an object, by its first member. */
static void
put_settable(struct buf *out, const char *type, const char *field)
{
	const struct model_field *f = model_path(
	    model_type(type), field, false);

	buf_put_text(out, field);
	if (f != NULL && f->kind == MODEL_OBJECT)
		buf_putf(out, "%s.%s", f->many ? "[0]" : "",
		    f->object->fields[0].name);
}

/* The first of the paths that can be written into a record that is here. */
static void
where_to_write(
    struct vault_gap *g, struct buf *word, const struct sub_drafting *d)
{
	const char *path = g->paths, *end;
	char type[32], field[64];

	for (; *path != '\0' && g->record[0] == '\0';
	     path = *end == '\0' ? end : end + 1) {
		size_t len = strcspn(path, ".");

		end = path + strcspn(path, " ");
		snprintf(type, sizeof(type), "%.*s", (int)len, path);
		snprintf(field, sizeof(field), "%.*s",
		    (int)((size_t)(end - path) - len - 1), path + len + 1);
		g->record = find_record(d, type, field);
		/* Else a new record, as the first of the paths has it. */
		if (word->len > 0 && g->record[0] == '\0')
			continue;
		buf_reset(word);
		buf_put_text(word, type);
		buf_put_byte(word, 0);
		put_settable(word, type, field);
	}
}

enum vault_gap_why
sub_why_missing(const struct sub_drafting *d)
{
	if (d->kept)
		return VAULT_GAP_KEPT;
	return d->vague ? VAULT_GAP_VAGUE : VAULT_GAP_ABSENT;
}

void
sub_tell_gap(struct sub_drafting *d, enum vault_gap_why why)
{
	struct vault_gap g = { .why = why,
		.must = forms_is_must(d->row),
		.need = d->row->need,
		.section = d->section,
		.label = forms_words(d->s->lang, d->row->label),
		.paths = d->row->from,
		.record = "",
		.type = "",
		.field = "" };
	struct buf word = { 0 };

	if (strcmp(g.paths, "@relation") == 0)
		g.paths = "--relation";
	else if (strcmp(g.paths, "@witnesses") == 0)
		g.paths = "act.witnesses";
	if (g.paths[0] != '-')
		where_to_write(&g, &word, d);
	if (word.len > 0) {
		g.type = buf_text(&word);
		g.field = g.type + strlen(g.type) + 1;
	}
	d->s->info.must += g.must;
	d->s->info.known += !g.must;
	if (d->s->what.gap != NULL)
		d->s->what.gap(d->s->what.ctx, &g);
	if (word.failed)
		d->err = VAULT_ENOMEM;
	buf_free(&word);
}
