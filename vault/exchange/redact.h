/* SPDX-License-Identifier: ISC */
/*
 * redact - a copy of a body for an audience, with passages taken out: whoever
 * must not be named, and what a person points to (records.md, 9).  In the
 * place of each stands REDACT_MARK, whatever its length.
 */
#ifndef EXCHANGE_REDACT_H
#define EXCHANGE_REDACT_H

#include "exchange/reveal.h"

#define REDACT_MARK "[\u2026]"

/* A passage by its place: characters first to last of a field, from 1. */
struct redact_spot {
	const char *path;
	size_t first, last;
};

struct redact_how {
	const char *const *words; /* to be taken out wherever they stand */
	size_t n_words;
	const struct redact_spot *spots;
	size_t n_spots;
	/* Told how many passages were taken out of a field; may be NULL. */
	void (*taken)(void *ctx, const char *path, size_t n);
	/* Told which word, from 1, is in no text; 0: a spot; may be NULL. */
	void (*absent)(void *ctx, size_t word);
	void *ctx;
};

/*
 * Make *body, an edition of the record of this id, a redacted copy: links to
 * people whom it is about and who have not consented go, texts lose their
 * passages, and it is limited to the audience, with its highest level.
 * VAULT_ENORECORD: a spot or a word is in no text of the body.  VAULT_EUSE: what it is
 * about is one person, and no copy helps: a person, a status or a consent.
 */
VAULT_CHECKED enum vault_err redact_body(json_t *body, const char *record,
    struct reveal *r, const struct audience *a, const struct redact_how *how);

#endif
