/* SPDX-License-Identifier: ISC */
/* codes - finding a code of a vocabulary by what somebody types. */
#ifndef CLI_CODES_H
#define CLI_CODES_H

#include "vault.h"

#define CODES_MAX 300

struct codes_found {
	struct vault_code code[CODES_MAX];
	size_t number[CODES_MAX]; /* in the whole list, from 1 */
	size_t n;
	bool exact; /* a code, a number of ESF or a whole label was typed */
};

/* All codes of a field. */
void codes_all(struct codes_found *out, const struct vault_field *f);

/*
 * The codes that typed may mean, by the first of these that finds any: the
 * code itself, the number in the list, the number in ESF, a label, the
 * beginning of a code or of a word of a label, any part of them.  Labels are
 * those of every language there is, in parts the reader's before the others;
 * case and accents do not count.
 */
void codes_find(
    struct codes_found *out, const struct vault_field *f, const char *typed);

/* Codes near to what was typed and found none: up to three. */
void codes_near(
    struct codes_found *out, const struct vault_field *f, const char *typed);

/* The label of a code in the reader's language; the code if it has none. */
const char *codes_label(const struct vault_field *f, const char *code);
const char *codes_vocab_label(const char *vocab, const char *code);

/*
 * Append codes, parted by blanks, for a sentence in the reader's language: as
 * they are in English, which they read like, else their labels.
 */
void codes_in_words(struct buf *out, const char *vocab, const char *codes);

/* The label of "yes" or "no", which is what the library says. */
const char *codes_yes_no(const char *word);

/*
 * Append codes, parted by "; ", each with its label: "held-crim (held: ...)".
 * vocab may be NULL: then it is no code, and appended as it is.
 */
void codes_describe(
    struct buf *out, const char *vocab, const char *text, size_t len);

/* The language that labels are in for a reader of lang: "zh", or "en". */
const char *codes_language(const char *lang);

/*
 * The language of labels that nobody has checked who speaks it, if lang is
 * one; or NULL.
 */
const char *codes_unreviewed(const char *lang);

/* " (not understood as a date)", where words stand for one; or nothing. */
void codes_vague(struct buf *out, const struct vault_line *line);

#endif
