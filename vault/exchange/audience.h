/* SPDX-License-Identifier: ISC */
/*
 * audience - what may leave to whom: levels, limits of a record, and the
 * consent of the people whom it is about (records.md, 9, rules 1 and 2).
 *
 * 1. All that counts is read in its heads and in our own newest versions
 *    (guard.h), and the side that forbids decides.
 * 2. A record is about: a person about itself; a status and a consent about
 *    theirs; a testimony about who said it; acts and interventions about each
 *    of theirs, of whom one must have consented, and the others are unnamed.
 *    To partner offices a consent goes without one: it may withdraw another.
 *    This holds for each version: another office makes no record of ours one
 *    about somebody else.
 * 3. Organisations and agencies need not consent; those of other offices only
 *    if they were never anything else.  Nor does whom our own
 *    records name as a perpetrator or an authority, and none as anything else,
 *    by whichever record of that person.
 * 4. What an office recorded first itself may go back to it.
 */
#ifndef EXCHANGE_AUDIENCE_H
#define EXCHANGE_AUDIENCE_H

#include "core/buf.h"
#include "record/consent.h"
#include "record/head.h"
#include "record/rows.h"
#include "search/same.h"

struct audience;
struct store;

/*
 * Read the consents of the vault, for an audience of that scope on day today.
 * Inside a transaction, as all the rest.
 */
VAULT_CHECKED enum vault_err audience_new(struct audience **out,
    struct store *s, enum consent_scope scope, int32_t today);
void audience_free(struct audience *a);

enum consent_scope audience_scope(const struct audience *a);

/* All consents of a person, in no order; borrowed. */
const struct consent *audience_consents(
    size_t *n, const struct audience *a, const char *person);

/*
 * All records of a person, as our office has said (search/same.h): borrowed;
 * *n is 0 for who has only this one.  A consent is of the one record only.
 */
const same_id *audience_records(
    size_t *n, const struct audience *a, const char *person);

/* All who get it are the one office of this signing key (32 bytes). */
VAULT_CHECKED enum vault_err audience_is_office(
    struct audience *a, const uint8_t *key);

/* Did the office that gets it make this record?  Nobody did, if it is none. */
VAULT_CHECKED enum vault_err audience_made(
    bool *out, const struct audience *a, const struct record_row *r);

enum audience_why {
	AUDIENCE_MAY,
	AUDIENCE_FORGOTTEN,
	AUDIENCE_WITHHELD,   /* there is nothing of it here */
	AUDIENCE_LEVEL,      /* too high for this audience */
	AUDIENCE_NO_RECORDS, /* it gets figures only */
	AUDIENCE_LIMITED,    /* the record names other audiences */
	AUDIENCE_READERS,    /* the record names its readers */
	AUDIENCE_CONSENT,    /* a person has not consented: see .person */
};

/* What is known of a person, for one record. */
struct audience_person {
	char id[ID_TEXT_LEN + 1];
	bool here;      /* there is such a record, and it is readable */
	bool exempt;    /* need not consent */
	bool protected; /* must not be named in free text, whatever is allowed
			 */
	bool closed;    /* the record is for few, or not all of it is here: it
			   does not leave, and nor does a name out of it */
	bool made;      /* by the office that gets it */
	struct consent_answer consent; /* .by is borrowed from the audience */
};

/* May this person's part in a record leave?  And with the name? */
bool audience_may(const struct audience_person *p);
enum consent_naming audience_naming(const struct audience_person *p);

/* record is an id; that of the person for the person's own record. */
VAULT_CHECKED enum vault_err audience_person(struct audience_person *out,
    const struct audience *a, const char *person, const char *record);

/*
 * The same of a record of type person that is at hand.  each, which may be
 * NULL, is given what counts of it, as by audience_words: it is read once.
 */
VAULT_CHECKED enum vault_err audience_person_row(struct audience_person *out,
    const struct audience *a, const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx);

/*
 * Do our own records name this person as a perpetrator or an authority, and
 * all that is here as nothing else?  (Nothing of this is in .exempt.)
 */
VAULT_CHECKED enum vault_err audience_is_accused(
    bool *out, const struct audience *a, const char *person);

/*
 * Have the people consented whom a record is about?  *out says who has not, or
 * the one who did.  Each of them is told, if each is not NULL.
 */
typedef void (*audience_each)(void *ctx, const struct audience_person *p);
VAULT_CHECKED enum vault_err audience_people(bool *may,
    struct audience_person *out, const struct audience *a,
    const struct record_row *r, audience_each each, void *ctx);

/*
 * For the log: append the ids of the consents by which a record leaves that
 * does, ID_TEXT_LEN + 1 bytes each; and print them in order, each once, as
 * "consents":[ID,...], with the comma, or nothing if there is none.
 */
VAULT_CHECKED enum vault_err audience_used(
    struct buf *ids, const struct audience *a, const struct record_row *r);
void audience_print_used(struct buf *out, struct buf *ids);

/* What a record says of itself: its level, and whom it is limited to. */
struct audience_limits {
	int level;    /* the highest; -1: nothing of it is here */
	bool readers; /* it names its readers */
	bool other;   /* it names audiences, and not this one */
	bool unsure;  /* we have said something later that is not here */
	int64_t said, withheld; /* when; for .unsure */
};
VAULT_CHECKED enum vault_err audience_limits(struct audience_limits *out,
    const struct audience *a, const struct record_row *r);

/* All of it together, but for the levels of bundles (leave.h). */
VAULT_CHECKED enum vault_err audience_decide(enum audience_why *why,
    struct audience_limits *limits, struct audience_person *person,
    const struct audience *a, const struct record_row *r, audience_each each,
    void *ctx);

/*
 * Call each for every head, and for every newest version of our own that is
 * none.
 */
VAULT_CHECKED enum vault_err audience_words(struct store *s,
    const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx);

#endif
