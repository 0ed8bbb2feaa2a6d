/* SPDX-License-Identifier: ISC */
/*
 * date_english - vague dates and durations in English words, for texts that go
 * to people who do not read EDTF: "on a day between 27 April 2011 and 9 May
 * 2011 ("in less than two weeks")".
 *
 * No date is made more exact than it is, and the words of the source stand
 * behind it.  These words are part of what is sent, in the language of the
 * form: they are never translated with the interface.
 */
#ifndef RECORD_DATE_ENGLISH_H
#define RECORD_DATE_ENGLISH_H

#include <jansson.h>

#include "core/error.h"
#include "record/date.h"

struct buf;

/* Append a date object, or a span, as words; nothing if it says nothing. */
VAULT_CHECKED enum vault_err date_english(struct buf *out, const json_t *date);
VAULT_CHECKED enum vault_err date_english_span(
    struct buf *out, const json_t *span);

/* Append one day, counted from 1970-01-01: "26 April 2011". */
void date_english_day(struct buf *out, int32_t day);

#endif
