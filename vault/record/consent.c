/* SPDX-License-Identifier: ISC */
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

/* Neither covers all: what one of them does not name is not covered. */
static void
narrow_records(struct consent *c, const struct consent *other)
{
	if (other->records == NULL || json_equal(c->records, other->records))
		return;
	if (c->records == NULL) {
		c->records = json_incref(other->records);
		return;
	}
	/* Two lists that disagree, or no memory: nothing is covered. */
	c->scopes = 0;
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
	if (strcmp(c->person, other->person) != 0)
		c->scopes = 0;
	c->nobody = c->nobody || other->nobody;
	c->inferred = c->inferred || other->inferred;
	c->published = c->published && other->published;
	narrow_records(c, other);
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

/*
 * Another office may withdraw what it recorded itself, and what we did: that
 * only forbids.
 */
static bool
is_withdrawn(const struct consent *c, const struct consent *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (&list[i] != c && strcmp(list[i].withdraws, c->id) == 0 &&
		    strcmp(list[i].person, c->person) == 0)
			return true;
	return false;
}

/* Has one of our own, of the same record, certainly come after it? */
static bool
is_replaced(const struct consent *c, const struct consent *list, size_t n,
    const char *record, int32_t today)
{
	for (size_t i = 0; i < n; i++) {
		const struct consent *by = &list[i];

		if (by != c && by->ours && covers(by, record) &&
		    by->first > c->last && by->first <= today)
			return true;
	}
	return false;
}

static enum consent_why
judge(const struct consent *c, enum consent_scope scope, int32_t today)
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

/* What was withdrawn says more than what another office recorded. */
static void
refuse(struct consent_answer *refused, enum consent_why why,
    const struct consent *by)
{
	if (refused->why == CONSENT_NONE || why == CONSENT_WITHDRAWN)
		*refused = (struct consent_answer){ why, CONSENT_UNNAMED, by };
}

struct consent_answer
consent_answer(const struct consent *list, size_t n, const char *record,
    enum consent_scope scope, int32_t today)
{
	struct consent_answer given = { CONSENT_GIVEN, CONSENT_FULL, NULL };
	struct consent_answer refused = { CONSENT_NONE, CONSENT_UNNAMED, NULL };

	for (size_t i = 0; i < n; i++) {
		const struct consent *c = &list[i];
		enum consent_why why;

		if (!covers(c, record) ||
		    is_replaced(c, list, n, record, today))
			continue;
		if (is_withdrawn(c, list, n)) {
			refuse(&refused, CONSENT_WITHDRAWN, c);
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
