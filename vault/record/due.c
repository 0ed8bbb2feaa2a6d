/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "record/date.h"
#include "record/due.h"

const char *
due_field(enum due_kind kind)
{
	static const char *const fields[DUE_KINDS] = { "review", "deadline",
		"expires" };

	return fields[kind];
}

static bool
is_type(const json_t *body, const char *name)
{
	const char *type = json_string_value(json_object_get(body, "type"));

	return type != NULL && strcmp(type, name) == 0;
}

/* State 7 of Micro-thesaurus 45 is: closed. */
static bool
is_settled(const json_t *body)
{
	const char *state = json_string_value(json_object_get(body, "state"));

	return json_array_size(json_object_get(body, "responses")) > 0 ||
	    (state != NULL && strcmp(state, "7") == 0);
}

bool
due_day(int32_t *day, const json_t *body, enum due_kind kind)
{
	struct date_days days;

	if (kind == DUE_DEADLINE &&
	    (!is_type(body, "intervention") || is_settled(body)))
		return false;
	if (kind == DUE_EXPIRES && !is_type(body, "consent"))
		return false;
	if (!date_object_days(&days, json_object_get(body, due_field(kind))))
		return false;
	*day = days.lo;
	return true;
}
