/* SPDX-License-Identifier: ISC */
/*
 * span_words - one cell of a list, read as a duration in words: "3 days",
 * "año y medio", 三个星期; from the data files words/span_*.def.
 *
 * Nothing is guessed: what has a word that is in no list is not understood,
 * nor what two of the languages read in two ways.
 */
#ifndef RECORD_SPAN_WORDS_H
#define RECORD_SPAN_WORDS_H

#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"

#define SPAN_CELL_MAX 256 /* bytes; what is longer is no duration */

/* ISO 8601: both ends alike, or one of them "", or the bounds of a range. */
struct span_reading {
	struct buf least, most;
	bool exact; /* both are the duration itself */
};

/*
 * Read UTF-8 by the words of these languages (date_language_bit).
 * VAULT_EUSE: not understood.  Free *out in any case.
 */
VAULT_CHECKED enum vault_err span_words_read(
    struct span_reading *out, uint8_t languages, const char *text, size_t len);
void span_reading_free(struct span_reading *r);

#endif
