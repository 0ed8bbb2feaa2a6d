/* SPDX-License-Identifier: ISC */
/*
 * table_again - a row of a list whose record is here already: what of it the
 * file says anew, and what may be changed.  Pure: bodies in, a body out.
 *
 * Three bodies are compared, field by field: what an import wrote last, what
 * the record says now, what the file says now.  What a person has changed
 * since is never changed by an import; what the file said of it is kept in
 * imported.kept, so that the next import knows whether that is news.
 */
#ifndef RECORD_TABLE_AGAIN_H
#define RECORD_TABLE_AGAIN_H

#include <jansson.h>
#include <stdbool.h>

#include "core/error.h"

enum table_policy {
	TABLE_KEEP,   /* change nothing */
	TABLE_ADD,    /* fill in what is absent */
	TABLE_UPDATE, /* and replace what an import wrote */
};

/* What becomes of a field of which the file says something else now. */
enum table_field_why {
	TABLE_FIELD_SET,   /* the record has it from now on */
	TABLE_FIELD_KEEP,  /* not: so says the policy */
	TABLE_FIELD_OURS,  /* not: it was changed here */
	TABLE_FIELD_GONE,  /* not: the file does not have it any more */
	TABLE_FIELD_FIXED, /* not: records of this type are written once */
};

struct table_again {
	enum table_policy policy;
	const json_t *base, *now, *file; /* filled in, see body_fill */
	/* value is what the file says, or NULL. */
	void (*note)(void *ctx, enum table_field_why why, const char *field,
	    const json_t *value);
	void *ctx;
};

/*
 * What the record should say from now on, to be given back with json_decref;
 * NULL: nothing else.  *news tells whether the file says anything new.
 */
VAULT_CHECKED enum vault_err table_again(
    json_t **out, bool *news, const struct table_again *how);

/* How often an import has written this body, once at least. */
json_int_t table_edition(const json_t *body);

#endif
