/* SPDX-License-Identifier: ISC */
/*
 * due_consents - of consents that end, those whose place another one has
 * taken: nothing is to be done about them.
 *
 * Only a consent that our own office has recorded takes the place of one.  The
 * consents of a person are read once, however many of them end: their number
 * is in the hands of others, and this is asked at each unlocking.
 */
#ifndef VAULT_DUE_CONSENTS_H
#define VAULT_DUE_CONSENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "record/date.h"
#include "record/id.h"

struct store;

struct due_consent {
	char id[ID_TEXT_LEN + 1];
	char person[ID_TEXT_LEN + 1];
	struct date_days date, expires;
	size_t place; /* the caller's */
	bool replaced;
};

/* Set replaced in each of n; their order changes. */
VAULT_CHECKED enum vault_err due_consents(
    struct due_consent *list, size_t n, struct store *s);

#endif
