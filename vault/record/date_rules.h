/* SPDX-License-Identifier: ISC */
/*
 * date_rules - how the dates of a column are written, as its map says
 * (docs/MAPS.md).  Each rule allows something; what no rule allows is not
 * understood.
 */
#ifndef RECORD_DATE_RULES_H
#define RECORD_DATE_RULES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/*
 * Years that are read: from the first whole one of the Gregorian calendar on,
 * and none that only another calendar can mean.
 */
#define DATE_YEAR_FIRST 1583
#define DATE_YEAR_LAST 2199

#define DATE_TEXTS_MAX 12
#define DATE_TEXT_LEN 16 /* bytes of one, its zero included */

/* Texts as date_fold() makes them. */
struct date_texts {
	char text[DATE_TEXTS_MAX][DATE_TEXT_LEN];
	size_t n;
};

/* What a dash between two dates means. */
#define DATE_DASH_TO 't'
#define DATE_DASH_BETWEEN 'x'

struct date_rules {
	uint16_t orders;         /* bits: which of date_order() */
	bool edtf;               /* EDTF as well */
	bool blank, none;        /* as separators */
	bool roman;              /* months as I to XII */
	char dash;               /* "3-5 May": DATE_DASH_, or NUL */
	uint16_t last_year;      /* of those of two digits; 0: there are none */
	uint8_t months, words;   /* bits of languages */
	struct date_texts marks; /* separators other than blanks */
	struct date_texts unknown, several;
};

/* "dmy", "my" ...: the i-th order; NULL: no more. */
const char *date_order(size_t i);

/* The names of all rules, parted by blanks. */
extern const char date_rule_names[];

enum date_rules_why {
	DATE_RULES_UNKNOWN, /* no rule has that name */
	DATE_RULES_KIND,    /* not the sort of value that belongs there */
	DATE_RULES_VALUE,   /* it does not take this value */
	DATE_RULES_CLASH,   /* this text would have two meanings */
};
struct date_rules_fault {
	enum date_rules_why why;
	const char *rule, *value; /* borrowed from the JSON; "" or the text */
};

/* VAULT_EUSE: *fault says why. */
VAULT_CHECKED enum vault_err date_rules_read(struct date_rules *out,
    struct date_rules_fault *fault, const json_t *rules);

/*
 * Of what a person types by a language (a bit): its months and words, EDTF;
 * numbers only as far as their order does not matter.
 */
void date_rules_typed(struct date_rules *out, uint8_t language);

/* 1 to 12 if it is a Roman month, or 0. */
int date_roman(const char *text, size_t len);

#endif
