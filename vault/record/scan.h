/* SPDX-License-Identifier: ISC */
/*
 * scan - looking for people in a text that is to leave (records.md, 9, 3).
 *
 * What is looked for are all names of a person, in every script, with the
 * family name first or last, and the numbers and addresses by which a person
 * is reached or registered.  Text and names are compared by text_key(), with
 * the blanks taken out: so a name is found across lines, hyphenated, in full
 * width, with or without interpuncts, accents and spaces.
 *
 * A name begins and ends where words do, but for scripts without spaces; a
 * name of several words may go on for a few letters (Teng Biao's), and in
 * scripts that write "and" or "to" before a word it may begin after these.
 * Several names in one text, with brackets or strokes between them, are looked
 * for one by one, and so are numbers and addresses among other words.
 * Endings are known: the s of a genitive or a plural, any behind an apostrophe
 * (Ali'nin); and what Arabic writes before a word (and, by, to, the).
 * What addresses of pages, HTML and JSON write as numbers of characters is
 * read, too, and letters of another script that look the same (scan_ways.h).
 * A long name with one letter wrong is told as a part.
 *
 * What is not found: other spelling mistakes, other romanisations, pictures.
 */
#ifndef RECORD_SCAN_H
#define RECORD_SCAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct scan;

enum scan_kind {
	SCAN_NAME,   /* a whole name */
	SCAN_NUMBER, /* a number of a paper or a telephone, an address */
	SCAN_PART,   /* a part of a name, an earlier name, or nearly a name */
};

/* Where one was found; lengths are in characters of the text. */
struct scan_hit {
	size_t who; /* as it was given to scan_add */
	enum scan_kind kind;
	size_t at, len;
};

VAULT_CHECKED enum vault_err scan_new(struct scan **out);
void scan_free(struct scan *s);

/*
 * Look for the person of this body from now on.  The same who may be given
 * with several bodies.  Pseudonyms are public, and not looked for.
 */
VAULT_CHECKED enum vault_err scan_add(
    struct scan *s, const json_t *person, size_t who);

/* The same of what is no longer said of the person: all of it is a part. */
VAULT_CHECKED enum vault_err scan_add_earlier(
    struct scan *s, const json_t *person, size_t who);

/*
 * How many people have a name of one character, or of two letters?  It is found
 * only where it stands by itself.  (What is added for one person is to be added
 * together.)
 */
size_t scan_short(const struct scan *s);

/*
 * Look no more for the person who was added last, if it is this one: before
 * anything was looked for.
 */
void scan_drop(struct scan *s, size_t who);

/* Look for these words alone, as for a name. */
VAULT_CHECKED enum vault_err scan_add_words(
    struct scan *s, const char *text, size_t len, size_t who);

/*
 * Call found for each place where somebody is named, in order of place, of
 * parts the first one of each person only; then of what another reading adds.
 * A result other than VAULT_OK ends it and is returned.  VAULT_EUSE: text is
 * not UTF-8, or is of 4 GiB and more.
 */
typedef enum vault_err (*scan_fn)(void *ctx, const struct scan_hit *hit);
VAULT_CHECKED enum vault_err scan_text(
    struct scan *s, const char *text, size_t len, scan_fn found, void *ctx);

/* Does the text that was looked through last end as a name may begin? */
bool scan_is_open(const struct scan *s);

#endif
