/* SPDX-License-Identifier: ISC */
/*
 * doubt - a query that cannot find anything looks like one that has found
 * nothing; who takes the one for the other believes that nobody is missing.
 */
#include <string.h>

#include "doubt.h"
#include "issues.h"

static void
hint_fields(void)
{
	struct buf all = { 0 };
	const char *name;

	for (unsigned i = 0; (name = vault_query_field(i)) != NULL; i++)
		buf_putf(&all, "%s%s:", i > 0 ? " " : "", name);
	say_hint(SAY_HINT_FIELDS, buf_text(&all), NULL);
	buf_free(&all);
}

static void
hint_value(const struct vault_query_doubt *d)
{
	struct vault_type t = { 0 };
	struct vault_vocab v;
	struct buf all = { 0 };

	if (d->n_near > 0) {
		issues_hint_near(d->near, d->n_near);
	} else if (vault_vocab_by_name(&v, buf_text(&d->field))) {
		say_hint(SAY_HINT_VOCAB, v.name, NULL);
	} else if (strcmp(buf_text(&d->field), "type") == 0) {
		while (vault_type_next(&t))
			buf_putf(&all, "%s%s", all.len > 0 ? ", " : "", t.name);
		say_hint(SAY_HINT_TYPES, buf_text(&all), NULL);
	}
	buf_free(&all);
}

static void
say(const struct vault_query_doubt *d)
{
	const char *field = buf_text(&d->field), *value = buf_text(&d->value);

	switch (d->what) {
	case VAULT_QUERY_NO_FIELD:
		say_warning(SAY_DOUBT_FIELD, field, NULL);
		if (d->n_near > 0)
			issues_hint_near(d->near, d->n_near);
		else
			hint_fields();
		break;
	case VAULT_QUERY_NO_VALUE:
		say_warning(SAY_DOUBT_VALUE, field, value, NULL);
		hint_value(d);
		break;
	case VAULT_QUERY_NO_DATE:
		say_warning(SAY_DOUBT_DATE, value, NULL);
		say_hint(SAY_HINT_DATE, NULL);
		break;
	case VAULT_QUERY_NO_CASE:
		say_warning(SAY_DOUBT_CASE, NULL);
		break;
	case VAULT_QUERY_NO_DOUBT:
		break;
	}
}

bool
doubt_say(const char *query, size_t len)
{
	struct vault_query_doubt d;
	bool any = vault_query_doubt(&d, query, len) == VAULT_OK &&
	    d.what != VAULT_QUERY_NO_DOUBT;

	if (any)
		say(&d);
	vault_query_doubt_free(&d);
	return any;
}
