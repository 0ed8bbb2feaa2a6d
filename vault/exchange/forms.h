/* SPDX-License-Identifier: ISC */
/*
 * forms - the forms of the United Nations as tables of rows (records.md, 11):
 * what each asks for, how much it is needed, and where it stands in a record.
 *
 * The labels stand here, and in French and Spanish in forms_labels.def, and not
 * with the sentences of the interface: a form takes one of these three,
 * whatever language the documenter reads.  A row that is recalled was not
 * compared with the form of the day, and the draft says so.
 */
#ifndef EXCHANGE_FORMS_H
#define EXCHANGE_FORMS_H

#include <stdbool.h>
#include <stddef.h>

/* "if known"; anything else that is a need is a must. */
#define FORM_IF_KNOWN "if known"

/*
 * A row without .from is the heading of a section.  .from are paths of fields
 * that begin with a type, "act.date", parted by blanks; or a word behind @ for
 * what is no field of a record.
 */
struct form_row {
	const char *label;
	const char *from;
	const char *only;   /* of acts and statuses of these codes; NULL: all */
	const char *need;   /* "(a)", "must", FORM_IF_KNOWN; NULL: if there */
	const char *unless; /* "sex=m": not asked of such a person; or NULL */
	bool recalled;
	bool month; /* a date: at least its month must be known */
};

/* What makes a case urgent. */
enum form_urgency {
	FORM_THREE_MONTHS, /* it began in the last three months */
	FORM_AT_RISK,      /* in custody or missing today: an urgent appeal */
	FORM_DETAINED,     /* only whether the person is held today */
};

struct form {
	const char *code;      /* "wgeid" */
	const char *title;     /* whose form it is */
	const char *address;   /* where it goes; recalled; or NULL */
	const char *mechanism; /* code of an intervention's mechanism */
	const char *kind;      /* and of its kind */
	const char *notes;     /* more to know, a line each, or NULL */
	bool family;           /* the family or the person must consent */
	bool two_years;        /* older cases may not be taken */
	enum form_urgency urgency;
	const struct form_row *rows;
	size_t n;
};

/* By its code, or NULL; the codes in order, NULL behind the last. */
const struct form *forms_find(const char *code);
const char *forms_code(size_t i);

/* Is it needed whatever is known? */
bool forms_is_must(const struct form_row *row);

#endif
