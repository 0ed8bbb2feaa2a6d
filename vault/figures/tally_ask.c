/* SPDX-License-Identifier: ISC */
/* tally_ask - what is asked for, and which types of records can answer. */
#include <string.h>

#include "inside.h"
#include "figures/tally_gather.h"

unsigned
tally_axis_of(const struct tally_gather *g, size_t by)
{
	return (unsigned)by + (g->what->over != VAULT_NO_PERIOD);
}

static const char *
persons_of(const char *type)
{
	return strcmp(type, "person") == 0 ? "" : timeline_fields(type);
}

static bool
has_date(const struct model_type *type)
{
	const struct model_field *f = model_field(type, "date");

	return f != NULL && f->kind == MODEL_DATE;
}

static void
suggest(struct vault_tally_fault *fault, const struct field_path *path)
{
	for (size_t i = 0; i < path->n_near && fault->n_near < 3; i++) {
		bool there = false;

		for (size_t j = 0; j < fault->n_near; j++)
			there = there ||
			    strcmp(fault->near[j], path->near[i]) == 0;
		if (!there)
			fault->near[fault->n_near++] = path->near[i];
	}
}

/* What is wrong with field i, which fits no type better than this. */
static bool
is_wrong(struct vault_tally_fault *fault, const struct tally_gather *g,
    size_t i, enum field_path_fit best)
{
	static const enum vault_tally_why why[] = {
		[FIELD_PATH_UNKNOWN] = VAULT_TALLY_NO_FIELD,
		[FIELD_PATH_MEMBER] = VAULT_TALLY_NO_FIELD,
		[FIELD_PATH_FAR] = VAULT_TALLY_LINKS,
		[FIELD_PATH_LONG] = VAULT_TALLY_LONG_TEXT,
		[FIELD_PATH_PARTS] = VAULT_TALLY_PARTS,
	};

	if (best == FIELD_PATH_FITS)
		return false;
	fault->why = why[best];
	fault->by = i;
	for (size_t k = 0; k < g->n_kinds; k++) {
		struct field_path path;

		if (field_path_read(&path, g->kinds[k].type, g->what->by[i]) ==
		    best)
			suggest(fault, &path);
	}
	return true;
}

/* Which types can be counted; false: none, and why. */
static bool
look_at_types(struct vault_tally_fault *fault, struct tally_gather *g)
{
	enum field_path_fit best[2] = { FIELD_PATH_UNKNOWN,
		FIELD_PATH_UNKNOWN };
	const struct model_type *type = NULL;
	bool any = false;

	while (g->n_kinds < TALLY_KINDS &&
	    (type = model_next_type(type)) != NULL) {
		struct tally_kind *k = &g->kinds[g->n_kinds++];

		k->type = type;
		k->persons = persons_of(type->name);
		k->counts = (!g->what->persons || k->persons != NULL) &&
		    (g->what->over == VAULT_NO_PERIOD || has_date(type));
		for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++) {
			enum field_path_fit fit = field_path_read(
			    &k->by[i], type, g->what->by[i]);

			k->counts = k->counts && fit == FIELD_PATH_FITS;
			best[i] = fit > best[i] ? fit : best[i];
		}
		any = any || k->counts;
	}
	for (size_t i = 0; i < 2 && g->what->by[i] != NULL; i++)
		if (is_wrong(fault, g, i, best[i]))
			return false;
	fault->why = any ? VAULT_TALLY_OK : VAULT_TALLY_TOGETHER;
	return any;
}

static bool
is_asked(struct vault_tally_fault *fault, const struct tally_gather *g)
{
	const struct vault_tally_what *w = g->what;
	unsigned axes = tally_axis_of(
	    g, w->by[1] != NULL ? 2 : w->by[0] != NULL);

	fault->why = VAULT_TALLY_NOTHING;
	if (axes < 1 || axes > 2 || (w->by[0] == NULL && w->by[1] != NULL))
		return false;
	g->t->table.axes = g->t->info.axes = axes;
	g->t->table.axis[0].period = w->over;
	return true;
}

bool
tally_ask(struct vault_tally_fault *fault, struct tally_gather *g)
{
	return is_asked(fault, g) && look_at_types(fault, g);
}
