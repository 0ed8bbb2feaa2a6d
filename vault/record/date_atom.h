/* SPDX-License-Identifier: ISC */
/*
 * date_atom - the dates without words around them that may begin at one place
 * of a cell: "3/5/1980", "5 de mayo de 1980", "V.1980", "1980年5月3日"; and
 * parts of one that another date completes: "3" of "3 or 5 May 1980".
 */
#ifndef RECORD_DATE_ATOM_H
#define RECORD_DATE_ATOM_H

#include "record/date.h"
#include "record/date_rules.h"

#define DATE_HAS_YEAR 1
#define DATE_HAS_MONTH 2
#define DATE_HAS_DAY 4

struct date_atom {
	struct date_point point;
	size_t end;   /* where the text goes on */
	uint8_t has;  /* which parts the words state */
	bool named;   /* its month is a name, or its parts have marks */
	bool no_such; /* a month above 12, a day above 31 */
	bool unclear; /* the year is unknown, or a month between known parts */
};

/* Of a text as date_fold() makes it. */
struct date_text {
	const struct date_rules *rules;
	const char *text;
	size_t len;
};

#define DATE_ATOMS_MAX 32
struct date_atoms {
	struct date_atom all[DATE_ATOMS_MAX];
	size_t n;
};

/*
 * Every one that may begin at this place.  More than fit: none, so that no
 * meaning is overlooked.
 */
void date_atoms(struct date_atoms *out, const struct date_text *t, size_t at);

/* Where text goes on behind blanks, commas and words that say nothing. */
size_t date_skip(const struct date_text *t, size_t at);

#endif
