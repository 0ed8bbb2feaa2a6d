/* SPDX-License-Identifier: ISC */
/*
 * date - vague dates and durations (records.md, 7).
 *
 * The text of a date is EDTF: level 0, level 1 without negative and Y years,
 * and the one-of ranges [a..b], [..b], [a..], [a,b] of level 2.  Each date has
 * a first and a last day that it can mean; these are derived, never stored in
 * a body, and ? and ~ do not widen them.
 */
#ifndef RECORD_DATE_H
#define RECORD_DATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct buf;

#define DATE_UNSPECIFIED 255 /* a month or day written XX */

enum date_form {
	DATE_SINGLE,   /* a */
	DATE_INTERVAL, /* a/b: from one to the other */
	DATE_WITHIN,   /* [a..b]: one day between them */
	DATE_EITHER,   /* [a,b]: one of the two */
};

enum date_bound {
	DATE_STATED,
	DATE_OPEN,    /* .. */
	DATE_UNKNOWN, /* nothing before or after the slash */
};

/* One point in time, as vague as it was written. */
struct date_point {
	enum date_bound bound; /* unless DATE_STATED, the rest is zero */
	uint16_t year;         /* the X of 201X and 20XX are zero here */
	uint8_t year_x;        /* how many of them there are, 0 to 2 */
	uint8_t month;         /* 0: none; 1 to 12; 21 to 24: a season */
	uint8_t day;           /* 0: none; 1 to 31 */
	bool has_time, has_seconds;
	uint8_t hour, minute, second;
	char zone;            /* '\0', 'Z', '+' or '-' */
	bool has_zone_minute; /* +05:30, not +05 */
	uint8_t zone_hour, zone_minute;
	char qualifier; /* '\0', '?', '~' or '%' */
};

struct date {
	enum date_form form;
	struct date_point from; /* the only one of DATE_SINGLE */
	struct date_point to;
};

/*
 * The first and the last day, counted from 1970-01-01; an unbounded end is
 * INT32_MIN or INT32_MAX, so that ranges can be compared as they stand.
 */
struct date_days {
	int32_t lo, hi;
};

/* Days of years 1 to 9999, and back. */
int32_t date_to_day(int year, int month, int day);
void date_from_day(int *year, int *month, int *day, int32_t count);

/* A day as "2011-04-26"; "" for an unbounded end. */
#define DATE_DAY_LEN 11
void date_day_text(char out[static DATE_DAY_LEN], int32_t day);

/* Read EDTF.  VAULT_EUSE: not of the subset, or no such day. */
VAULT_CHECKED enum vault_err date_parse(
    struct date *out, const char *text, size_t len);

/* Append the EDTF text: exactly what date_parse has read. */
bool date_print(struct buf *out, const struct date *date);

void date_days(struct date_days *out, const struct date *date);

/* A duration: an ISO 8601 one, perhaps with ?, ~ or % in front. */
struct date_span {
	char qualifier; /* '\0', '?', '~' or '%' */
	/* As written; -1 for what is not. */
	int32_t years, months, weeks, days, hours, minutes, seconds;
};

VAULT_CHECKED enum vault_err date_span_parse(
    struct date_span *out, const char *text, size_t len);
bool date_span_print(struct buf *out, const struct date_span *span);

/* The fewest and the most days that it can have. */
void date_span_days(struct date_days *out, const struct date_span *span);

/* What may be wrong in a date or span object, as far as its values go. */
enum date_fault {
	DATE_FAULT_NONE,
	DATE_FAULT_KIND,  /* not an object, or a member is not a text */
	DATE_FAULT_EMPTY, /* none of the members that say something */
	DATE_FAULT_EDTF,  /* edtf is not a date */
	DATE_FAULT_ISO,   /* iso, min or max is not a duration */
	DATE_FAULT_BOTH,  /* iso as well as min or max */
	DATE_FAULT_ORDER, /* max is less than min */
};

/* Check {edtf, text}, and {iso | min, max, text}. */
enum date_fault date_object_check(const json_t *object);
enum date_fault date_span_object_check(const json_t *object);

/*
 * The fewest and the most days of a span object, open where one is not said;
 * false if it has words only.
 */
bool date_span_object_days(struct date_days *out, const json_t *object);

/* The days of a date object; false if it has no valid edtf. */
bool date_object_days(struct date_days *out, const json_t *object);

/* Where it stands among others: where it may begin, else where it ends; what
 * has no days comes last. */
int64_t date_place(bool has_days, const struct date_days *days);

#endif
