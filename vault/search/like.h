/* SPDX-License-Identifier: ISC */
/*
 * like - names that are nearly a given one: within two edits.
 *
 * An edit is a character too many, too few or another one, or two neighbours
 * exchanged (optimal string alignment: nothing is edited twice).  Compared
 * are text_key()s with their blanks left out, so "Teng Biao" is "Tengbiao";
 * the words of the name may also be turned round, as family name and given
 * name are: "Biao Teng", "García Márquez Gabriel".
 *
 * Two edits make anything of a short name, so it may differ less: one of a
 * single character not at all, one of two to four by one edit.
 *
 * A name that was typed may also be a part of one: a word of it, or words
 * beside each other, as Guanghong is of Jin Guanghong.  Parts are shorter and
 * many people share them, so that they may differ less: up to four characters
 * not at all, five to seven by one edit.
 */
#ifndef SEARCH_LIKE_H
#define SEARCH_LIKE_H

#include <stddef.h>

#include "core/error.h"

struct like;

/* Characters of a name that count; what is beyond them is not compared. */
#define LIKE_MAX 64

/* Words of a name from each of which a part may begin. */
#define LIKE_WORDS_MAX 8

#define LIKE_SAME 1000

/* Prepare a name for comparing.  VAULT_EUSE: nothing in it counts. */
VAULT_CHECKED enum vault_err like_new(
    struct like **out, const void *name, size_t len);
void like_free(struct like *like);

/*
 * How much key, the text_key() of a name, is like the one in question: 0 if
 * it is not within the edits allowed, else up to LIKE_SAME for the same name.
 * Turned round scores a little less than in order, and a part less than a
 * whole with as many edits.
 */
unsigned like_score(const struct like *like, const void *key, size_t key_len);

#endif
