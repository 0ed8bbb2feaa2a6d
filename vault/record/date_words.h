/* SPDX-License-Identifier: ISC */
/*
 * date_words - one cell of a list, read as a date by the rules of its column.
 *
 * Nothing is guessed: every meaning that the rules allow is tried, and there
 * is a date only if all of them are the same one.
 */
#ifndef RECORD_DATE_WORDS_H
#define RECORD_DATE_WORDS_H

#include "record/date_rules.h"

struct buf;

#define DATE_CELL_MAX 256 /* bytes; what is longer is not a date */

enum date_reading {
	DATE_READ,
	DATE_NOT_READ,     /* not understood */
	DATE_TWO_MEANINGS, /* more than one date, or one and none */
	DATE_SEVERAL,      /* dates beside each other */
	DATE_NO_SUCH_DAY,  /* 30 February, month 13 */
	DATE_BACKWARDS,    /* its end is before its beginning */
};

/*
 * Read a cell of UTF-8.  *what says what came of it; out is set to the EDTF if
 * that is DATE_READ, else emptied.
 */
VAULT_CHECKED enum vault_err date_words_read(struct buf *out,
    enum date_reading *what, const struct date_rules *rules, const char *text,
    size_t len);

#endif
