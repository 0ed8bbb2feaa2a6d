/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "record/consent.h"
#include "record/date.h"

/* ---- Scopes ---- */

static const struct {
	const char *code;
	int level;
} scopes[CONSENT_SCOPES] = {
	[CONSENT_STORE] = { "store", -1 },
	[CONSENT_PARTNER] = { "partner", 1 },
	[CONSENT_UN] = { "un", 2 },
	[CONSENT_GOV] = { "gov", 2 },
	[CONSENT_UN_PUBLIC] = { "un-public", 0 },
	[CONSENT_MEDIA] = { "media", 0 },
	[CONSENT_COURT] = { "court", 2 },
	[CONSENT_RESEARCH] = { "research", -1 },
};

const char *
consent_scope_code(enum consent_scope scope)
{
	return scopes[scope].code;
}

bool
consent_scope_find(enum consent_scope *out, const char *code)
{
	for (int i = 0; code != NULL && i < CONSENT_SCOPES; i++)
		if (strcmp(scopes[i].code, code) == 0) {
			*out = (enum consent_scope)i;
			return true;
		}
	return false;
}

int
consent_scope_level(enum consent_scope scope)
{
	return scopes[scope].level;
}

/* ---- Reading ---- */

static bool
copy_id(char out[static ID_TEXT_LEN + 1], const json_t *value)
{
	const char *text = json_string_value(value);

	out[0] = '\0';
	if (text == NULL || !id_is_canonical(text, strlen(text)))
		return false;
	memcpy(out, text, ID_TEXT_LEN + 1);
	return true;
}

/* A code of a newer program allows nothing here. */
static unsigned
read_scopes(const json_t *list)
{
	unsigned bits = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		enum consent_scope scope;

		if (consent_scope_find(
			&scope, json_string_value(json_array_get(list, i))))
			bits |= 1u << scope;
	}
	return bits;
}

static enum consent_naming
read_naming(const json_t *code)
{
	static const char *const codes[] = { "full", "initials", "pseudonym" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (json_is_string(code) &&
		    strcmp(json_string_value(code), codes[i]) == 0)
			return (enum consent_naming)i;
	return CONSENT_UNNAMED;
}

static bool
is_code(const json_t *value, const char *code)
{
	return json_is_string(value) &&
	    strcmp(json_string_value(value), code) == 0;
}

static void
read_days(struct consent *out, const json_t *body)
{
	const json_t *expires = json_object_get(body, "expires");
	struct date_days days;

	out->first = INT32_MIN;
	out->last = INT32_MAX;
	if (date_object_days(&days, json_object_get(body, "date"))) {
		out->first = days.lo;
		out->last = days.hi;
	}
	/* An end in words only may be any day. */
	out->end = expires == NULL ? INT32_MAX : INT32_MIN;
	if (date_object_days(&days, expires))
		out->end = days.lo;
}

enum vault_err
consent_read(struct consent *out, const json_t *body)
{
	const json_t *withdraws = json_object_get(body, "withdraws");

	memset(out, 0, sizeof(*out));
	if (!is_code(json_object_get(body, "type"), "consent") ||
	    !copy_id(out->person, json_object_get(body, "person")))
		return VAULT_EDAMAGED;
	copy_id(out->withdraws, withdraws);
	out->scopes = read_scopes(json_object_get(body, "scopes"));
	out->naming = read_naming(json_object_get(body, "naming"));
	out->records = json_incref(json_object_get(body, "records"));
	out->nobody = is_code(
	    json_object_get(body, "given_by"), "none-possible");
	out->inferred = is_code(
	    json_object_get(body, "how"), "inferred-public");
	read_days(out, body);
	return VAULT_OK;
}

void
consent_free(struct consent *c)
{
	json_decref(c->records);
	memset(c, 0, sizeof(*c));
}

static bool
same_records(json_t *x, json_t *y)
{
	return x == y || (x != NULL && y != NULL && json_equal(x, y));
}

void
consent_narrow(struct consent *c, const struct consent *other)
{
	c->scopes &= other->scopes;
	if (other->naming > c->naming)
		c->naming = other->naming;
	if (other->first < c->first)
		c->first = other->first;
	if (other->last > c->last)
		c->last = other->last;
	if (other->end < c->end)
		c->end = other->end;
	/* Of whom it is, and for what, is not known: it only forbids. */
	if (strcmp(c->person, other->person) != 0 ||
	    !same_records(c->records, other->records))
		c->scopes = 0;
	c->nobody = c->nobody || other->nobody;
	c->inferred = c->inferred || other->inferred;
	c->published = c->published && other->published;
}

bool
consent_differs(const struct consent *c, const struct consent *all)
{
	return c->scopes != all->scopes || c->first != all->first ||
	    c->end != all->end || c->nobody != all->nobody ||
	    c->inferred != all->inferred || c->published != all->published;
}

bool
consent_same_reach(const struct consent *c, const struct consent *other)
{
	return strcmp(c->person, other->person) == 0 &&
	    strcmp(c->withdraws, other->withdraws) == 0 &&
	    same_records(c->records, other->records);
}

void
consent_reach(struct consent *c, const struct consent *of)
{
	json_decref(c->records);
	c->records = json_incref(of->records);
	memcpy(c->person, of->person, sizeof(c->person));
	memcpy(c->withdraws, of->withdraws, sizeof(c->withdraws));
}

/* ---- Deciding ---- */

static bool
covers(const struct consent *c, const char *record)
{
	if (c->records == NULL)
		return true;
	for (size_t i = 0; i < json_array_size(c->records); i++)
		if (is_code(json_array_get(c->records, i), record))
			return true;
	return false;
}

static bool
overlaps(const struct consent *c, const struct consent *x)
{
	if (c->records == NULL || x->records == NULL)
		return true;
	for (size_t i = 0; i < json_array_size(x->records); i++) {
		const char *id = json_string_value(
		    json_array_get(x->records, i));

		if (id != NULL && covers(c, id))
			return true;
	}
	return false;
}

bool
consent_forbids(const struct consent *c, const struct consent *x, int32_t today)
{
	unsigned leaving = x->scopes & ~(1u << CONSENT_STORE);

	/* A later one has replaced it, or will. */
	if (leaving == 0 || x->first > c->last || !overlaps(c, x))
		return false;
	return (leaving & ~c->scopes) != 0 || x->naming < c->naming ||
	    x->end > c->end || c->first > today || c->inferred || c->nobody;
}

static int
compare(const void *x, const void *y)
{
	const struct consent *a = x, *b = y;
	int order = strcmp(a->person, b->person);

	return order != 0 ? order : strcmp(a->id, b->id);
}

/* The first of this person with this id, or a later one. */
static size_t
find(const struct consent *list, size_t n, const char *person, const char *id)
{
	size_t lo = 0;

	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;
		int order = strcmp(list[mid].person, person);

		if (order == 0)
			order = strcmp(list[mid].id, id);
		if (order < 0)
			lo = mid + 1;
		else
			n = mid;
	}
	return lo;
}

/*
 * Another office may withdraw what it recorded itself, and what we did: that
 * only forbids.  A consent does not withdraw itself.
 */
void
consent_settle(struct consent *list, size_t n)
{
	if (n > 1)
		qsort(list, n, sizeof(*list), compare);
	for (size_t i = 0; i < n; i++) {
		const struct consent *by = &list[i];

		if (by->withdraws[0] == '\0' ||
		    strcmp(by->withdraws, by->id) == 0)
			continue;
		/* All of one id are marked at once. */
		for (size_t k = find(list, n, by->person, by->withdraws);
		     k < n && !list[k].withdrawn &&
		     strcmp(list[k].person, by->person) == 0 &&
		     strcmp(list[k].id, by->withdraws) == 0;
		     k++)
			list[k].withdrawn = true;
	}
}

/*
 * The last day that is certainly before one of our own for this record that
 * has begun: what was given until then has been replaced.
 */
static int32_t
replaced_before(
    const struct consent *list, size_t n, const char *record, int32_t today)
{
	int32_t day = INT32_MIN;

	for (size_t i = 0; i < n; i++)
		if (list[i].ours && list[i].first > day &&
		    list[i].first <= today && covers(&list[i], record))
			day = list[i].first;
	return day;
}

static enum consent_why
judge_all(const struct consent *c, enum consent_scope scope, int32_t today)
{
	if (c->end <= today)
		return CONSENT_ENDED;
	if (c->first > today)
		return CONSENT_LATER;
	if (c->inferred && !c->published)
		return CONSENT_UNPUBLISHED;
	if (c->nobody && !c->inferred)
		return CONSENT_NOBODY;
	return (c->scopes & (1u << scope)) != 0 ? CONSENT_GIVEN
						: CONSENT_NO_SCOPE;
}

static enum consent_why
judge(const struct consent *c, enum consent_scope scope, int32_t today)
{
	enum consent_why why = judge_all(c, scope, today);

	return why != CONSENT_GIVEN && (c->disputed & (1u << scope)) != 0
	    ? CONSENT_DISPUTED
	    : why;
}

/* What was withdrawn says more than what another office recorded. */
static void
refuse(struct consent_answer *refused, enum consent_why why,
    const struct consent *by)
{
	if (refused->why == CONSENT_NONE || why != CONSENT_FOREIGN)
		*refused = (struct consent_answer){ why, CONSENT_UNNAMED, by };
}

struct consent_answer
consent_answer(const struct consent *list, size_t n, const char *record,
    enum consent_scope scope, int32_t today)
{
	struct consent_answer given = { CONSENT_GIVEN, CONSENT_FULL, NULL };
	struct consent_answer refused = { CONSENT_NONE, CONSENT_UNNAMED, NULL };
	int32_t replaced = replaced_before(list, n, record, today);

	for (size_t i = 0; i < n; i++) {
		const struct consent *c = &list[i];
		enum consent_why why;

		if (c->last < replaced || !covers(c, record))
			continue;
		if (c->withdrawn) {
			refuse(&refused,
			    c->forgotten ? CONSENT_FORGOTTEN
					 : CONSENT_WITHDRAWN,
			    c);
			continue;
		}
		if ((why = judge(c, scope, today)) != CONSENT_GIVEN)
			return (
			    struct consent_answer){ why, CONSENT_UNNAMED, c };
		if (c->naming > given.naming)
			given.naming = c->naming;
#ifdef PLANT_FOREIGN_CONSENT
		given.by = c;
#endif
		if (!c->ours)
			refuse(&refused, CONSENT_FOREIGN, c);
		else if (given.by == NULL || c->last > given.by->last)
			given.by = c;
	}
	return given.by != NULL ? given : refused;
}
