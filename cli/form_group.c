/* SPDX-License-Identifier: ISC */
/*
 * form - what is asked, in which order.
 *
 * A group is the fields of a type or the members of an object: what is asked
 * first stands in front, the rest behind it.
 */
#include <stdlib.h>
#include <string.h>

#include "form_group.h"
#include "form_inner.h"
#include "who.h"

/*
 * What is asked at first besides what must and should be there.  A first
 * testimony has to be written in under five minutes: medium, source, date,
 * the text, whom it is about.
 */
static const struct {
	const char *of, *fields;
} common[] = {
	{ "case", "date summary countries" },
	{ "person", "sex occupations" },
	{ "act",
	    "description places cases perpetrators detention torture "
	    "death" },
	{ "status", "last_contact place sentence" },
	{ "testimony", "text about" },
	{ "document", "url original_name" },
	{ "intervention", "mechanism persons request responses" },
	{ "consent", "conditions" },
	{ "count", "n members published_in" },
	{ "name", "kind script" },
	{ "place", "country" },
	{ "facilities", "from to" },
	{ "perpetrator", "kind role unit" },
	{ "cite", "locator" },
	{ "contact", "kind safe" },
	{ "paper", "kind number" },
	{ "translation", "field lang" },
	{ "sentence", "length kind" },
	{ "size", "n" },
	{ "custody", "from to what" },
};

/* The text that is most of the work: the editor opens by itself. */
static const struct {
	const char *of, *field;
} main_text[] = {
	{ "case", "summary" },
	{ "act", "description" },
	{ "testimony", "text" },
};

/* Never asked: the program fills them in. */
static const char not_asked[] = "type imported sha256 size media_type";

/* Is it among those of a type, of an object, or of the field that has one? */
static bool
is_common(const char *of, const struct vault_field *field)
{
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (strcmp(common[i].of, of) == 0)
			return who_has_word(common[i].fields, field->name);
	return false;
}

bool
form_is_main_text(const char *type, const char *path)
{
	for (size_t i = 0; i < sizeof(main_text) / sizeof(main_text[0]); i++)
		if (strcmp(main_text[i].of, type) == 0)
			return strcmp(main_text[i].field, path) == 0;
	return false;
}

static void
insert(struct group *g, size_t at, const struct vault_field *field)
{
	if (g->n == FIELDS_MAX)
		return;
	memmove(g->field + at + 1, g->field + at,
	    (g->n - at) * sizeof(g->field[0]));
	g->field[at] = *field;
	g->n++;
}

/* True if what makes it a must is asked at first. */
static bool
may_become_must(const struct group *g, const struct vault_field *field)
{
	const char *when = field->must_when;
	size_t len = when == NULL ? 0 : strcspn(when, "!=");

	for (size_t i = 0; i < g->first; i++)
		if (len > 0 && strlen(g->field[i].name) == len &&
		    strncmp(g->field[i].name, when, len) == 0)
			return true;
	return false;
}

static void
sort_in(struct group *g, const struct vault_field *field, bool first)
{
	if (first) {
		insert(g, g->first++, field);
		return;
	}
	/* Twice: where it is a must, and where it may be there anyway. */
	if (may_become_must(g, field))
		insert(g, g->first++, field);
	insert(g, g->n, field);
}

struct group *
form_type_group(const struct vault_type *type, bool common_only)
{
	struct group *g = calloc(1, sizeof(*g));
	struct vault_field field = { 0 };

	while (g != NULL && vault_field_next(&field, type)) {
		bool first = field.must || field.should ||
		    is_common(type->name, &field);

		if (who_has_word(not_asked, field.name) ||
		    (common_only && field.once))
			continue;
		/* It has a default, which is shown at the end. */
		if (strcmp(field.name, "level") == 0)
			first = false;
		sort_in(g, &field, common_only ? !field.must_when : first);
	}
	return g;
}

/* The member that begins an object: without it the object is left out. */
static void
find_lead(struct vault_field *lead, const struct vault_field *object)
{
	struct vault_field m = { 0 };

	while (vault_member_next(&m, object))
		if (m.must) {
			*lead = m;
			return;
		}
	*lead = m = (struct vault_field){ 0 };
	if (vault_member_next(&m, object))
		*lead = m;
}

bool
form_has_gate(const struct vault_field *object)
{
	struct vault_field lead;

	find_lead(&lead, object);
	return !lead.must &&
	    (lead.kind == VAULT_KIND_CODE || lead.kind == VAULT_KIND_TEXT ||
		form_is(&lead, "date"));
}

struct group *
form_object_group(const struct vault_field *object)
{
	struct group *g = calloc(1, sizeof(*g));
	struct vault_field m = { 0 }, lead;
	bool gate = form_has_gate(object);

	find_lead(&lead, object);
	while (g != NULL && vault_member_next(&m, object)) {
		if (gate) {
			sort_in(g, &m, true);
		} else if (m.row == lead.row) {
			insert(g, 0, &m);
			g->first++;
		} else {
			sort_in(g, &m,
			    m.must || m.should ||
				is_common(object->object, &m) ||
				is_common(object->name, &m));
		}
	}
	return g;
}
