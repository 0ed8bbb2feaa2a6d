/* SPDX-License-Identifier: ISC */
/*
 * status - what a person's dated changes of status say together: in what
 * situation the person was on a day, or ever was (records.md, 5.1 and 10).
 *
 * Dates are vague, so each answer is one of three: certainly, possibly, no.
 * Nothing is guessed: two changes whose dates do not settle their order leave
 * the answer open, and what is left out is left out for a reason.
 */
#ifndef RECORD_STATUS_H
#define RECORD_STATUS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "record/date.h"
#include "record/id.h"

/* Why a change does not count. */
enum status_out {
	STATUS_COUNTS,
	STATUS_NO_DATE,    /* when it was is not stated, or in words only */
	STATUS_UNCERTAIN,  /* less certain than asked for, or not said */
	STATUS_SECRET,     /* of a higher level than asked for */
	STATUS_SUPERSEDED, /* another record corrects it */
};

/* One record of type status. */
struct status {
	char id[ID_TEXT_LEN + 1];
	char person[ID_TEXT_LEN + 1];
	char the_case[ID_TEXT_LEN + 1]; /* "" : none */
	char supersedes[ID_TEXT_LEN + 1];
	char code[32];
	char certainty[16];
	char place[128]; /* the beginning of its words */
	int level;
	bool has_date, has_until;
	struct date_days date, until;
	int64_t known; /* when it was first written down */
	enum status_out out;
};

/* Of a body; VAULT_EDAMAGED: it is not that of a status. */
VAULT_CHECKED enum vault_err status_read(
    struct status *out, const json_t *body);

/*
 * The same as a line for an index, by which all changes of one person come
 * together (FORMAT.md, 7.7): everything but the place and when it was known.
 * False: not one that could count, for its code is none.
 */
#define STATUS_KEY_LEN 256
bool status_key(char out[static STATUS_KEY_LEN], const struct status *s);

/* Read it back; VAULT_EDAMAGED: it is no such line. */
VAULT_CHECKED enum vault_err status_from_key(
    struct status *out, const char *key, size_t len);

/* Codes, parted by blanks; "in-custody" stands for all of that group. */
bool status_is_in(const char *set, const char *code);

/* What is asked. */
struct status_question {
	const char *set;   /* codes as above */
	const char *least; /* a code of certainty: that or better; NULL: all */
	int level;         /* at most; 3 is any */
	bool ever;         /* since .. on; else: on that day */
	struct date_days days; /* lo: since, hi: on */
	int64_t known_at;      /* what came later does not count */
	const char *the_case;  /* with ever: only of that case; NULL: any */
};

enum status_answer { STATUS_NO, STATUS_POSSIBLY, STATUS_CERTAINLY };

/*
 * Mark in list, the changes of one person, what does not count (out).  A
 * change that nobody knew of on known_at is taken from the list; the new
 * number is returned.
 */
size_t status_sift(
    struct status *list, size_t n, const struct status_question *q);

/*
 * The answer for one person, from a list that was sifted.  *by is the change
 * that decides, or the first that was left out, or NULL.
 */
enum status_answer status_answer(const struct status **by,
    const struct status *list, size_t n, const struct status_question *q);

/* ---- What looks wrong (records.md, 5.1): told, never enforced ---- */

enum status_warning {
	STATUS_AFTER_DEATH,   /* it begins after the person died */
	STATUS_NEVER_MISSING, /* reappeared or located without missing */
	STATUS_ARREST_FIRST,  /* arrested before any custody */
	STATUS_TWO_PLACES,    /* in custody in two places at once */
	STATUS_WARNINGS
};
void status_warn(const struct status *list, size_t n,
    void (*found)(void *ctx, enum status_warning what, const struct status *s),
    void *ctx);

#endif
