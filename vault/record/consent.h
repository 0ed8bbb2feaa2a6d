/* SPDX-License-Identifier: ISC */
/*
 * consent - what the consents of one person allow together (records.md, 9).
 *
 * 1. Nothing is allowed but what a consent says: no scope implies another.
 * 2. The latest consent decides.  Of several whose dates do not settle which
 *    one is the latest, all must allow it: a vague date never widens anything.
 * 3. One that has ended, was withdrawn, or begins later, allows nothing; what
 *    it had replaced stays replaced.
 * 4. What our own office recorded allows.  What another office recorded can
 *    only forbid: or it could open our records with a word of its own.
 * 5. What nobody could be asked for is allowed only if it is published already,
 *    and the publication is here.
 */
#ifndef RECORD_CONSENT_H
#define RECORD_CONSENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "record/id.h"

/* The scopes; each is the name of an audience too. */
enum consent_scope {
	CONSENT_STORE,
	CONSENT_PARTNER,
	CONSENT_UN,
	CONSENT_GOV,
	CONSENT_UN_PUBLIC,
	CONSENT_MEDIA,
	CONSENT_COURT,
	CONSENT_RESEARCH,
	CONSENT_SCOPES
};

/* From the most to the least that is said of who somebody is. */
enum consent_naming {
	CONSENT_FULL,
	CONSENT_INITIALS,
	CONSENT_PSEUDONYM,
	CONSENT_UNNAMED,
};

/* The code of a scope, and back; false: there is no such scope. */
const char *consent_scope_code(enum consent_scope scope);
bool consent_scope_find(enum consent_scope *out, const char *code);

/*
 * The highest level that may leave to an audience of that scope; -1: no record
 * does.
 */
int consent_scope_level(enum consent_scope scope);

/* One record of type consent. */
struct consent {
	char id[ID_TEXT_LEN + 1];
	char person[ID_TEXT_LEN + 1];
	char withdraws[ID_TEXT_LEN + 1]; /* "": none */
	unsigned scopes;                 /* a bit for each */
	enum consent_naming naming;
	int32_t first, last; /* the days on which it may have been given */
	int32_t end;         /* from this day on it may have ended */
	json_t *records;     /* ids of what it covers; NULL: everything */
	bool nobody;         /* nobody could be asked */
	bool inferred;       /* from what is published: then .published must */
	bool published;      /* the publication is here: the caller looks */
	bool ours;           /* our own office recorded it: the caller knows */
	bool withdrawn;      /* by another one: see consent_settle */
	bool forgotten;      /* and the record of that is: the caller knows */
	unsigned disputed;   /* scopes that a version of ours alone may allow,
				where others differ: so too */
};

/* Of a body; free *out in any case.  VAULT_EDAMAGED: it is no consent. */
VAULT_CHECKED enum vault_err consent_read(
    struct consent *out, const json_t *body);
void consent_free(struct consent *c);

/*
 * Leave in c what both it and other, another version of it, allow: nothing if
 * they disagree in the person or the records.
 *
 * What it forbids, withdraws and replaces holds wherever one of them says so:
 * so the caller keeps it once for each reach (person, records, and what it
 * withdraws) that a version has.
 */
void consent_narrow(struct consent *c, const struct consent *other);
bool consent_same_reach(const struct consent *c, const struct consent *other);
void consent_reach(struct consent *c, const struct consent *of);

/*
 * Would more of x be allowed if c, of the same person, were not there?  In
 * doubt it would.
 */
bool consent_forbids(
    const struct consent *c, const struct consent *x, int32_t today);

/*
 * Does this version say something else than all of them together, in what
 * decides whether anything is allowed?
 */
bool consent_differs(const struct consent *c, const struct consent *all);

/*
 * Put all consents, of whatever persons, in the order of these, and mark which
 * ones are withdrawn.  Once, before consent_answer.
 */
void consent_settle(struct consent *list, size_t n);

enum consent_why {
	CONSENT_GIVEN,
	CONSENT_NONE,        /* there is none for that record */
	CONSENT_FOREIGN,     /* only another office recorded one */
	CONSENT_WITHDRAWN,   /* there was one */
	CONSENT_ENDED,       /* it has expired, or may have */
	CONSENT_LATER,       /* it begins after today */
	CONSENT_UNPUBLISHED, /* inferred, and no publication is here */
	CONSENT_NOBODY,      /* nobody could be asked */
	CONSENT_NO_SCOPE,    /* it allows other things */
	CONSENT_DISPUTED,    /* another version of it does not allow that */
	CONSENT_FORGOTTEN,   /* withdrawn, and the record of that is gone */
};

struct consent_answer {
	enum consent_why why;
	enum consent_naming naming; /* CONSENT_UNNAMED unless given */
	const struct consent *by;   /* what decides, in the list; or NULL */
};

/*
 * May what record (an id) says of a person leave for scope on day today?  list
 * holds all consents of the person, settled.  Pure.
 */
struct consent_answer consent_answer(const struct consent *list, size_t n,
    const char *record, enum consent_scope scope, int32_t today);

#endif
