/* SPDX-License-Identifier: ISC */
/*
 * card - what an office hands to others: its name, its signing key, and the
 * keys that others seal to.  A pure function of bytes.
 *
 *   # amparo-card 1
 *   # name <name of the office>
 *   # key <signing key, in base64 as `minisign -P` takes it>
 *   # follows <an earlier signing key> <128 hex digits>      0 to 16, in order
 *   # receive <serial> <first day> <recipient>      1 to 16, serials rising
 *   # signature <128 hex digits>
 *
 * Lines end in LF.  The signature is by the signing key, under the label
 * "amparo card 1", over all bytes before its own line.  So a card proves that
 * its maker holds the key; that the key is an office's, only two people can
 * tell each other: by its 60 digits.
 *
 * A line "follows" is an earlier key that signed, under the label "amparo
 * successor 1", that the key in the next such line, or after the last one the
 * key of the card, follows it.  Whoever stole the earlier key can sign that as
 * well: it announces, and proves no more.
 */
#ifndef EXCHANGE_CARD_H
#define EXCHANGE_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "seal/identity.h"

struct buf;
struct secret;

#define CARD_MAX 65536
#define CARD_NAME_MAX 100
#define CARD_KEYS_MAX 16
#define CARD_FOLLOWS_MAX 16
#define CARD_RECIPIENT_MAX 4000
#define CARD_DAY_LEN 11 /* "2026-01-31" and a NUL */

struct card_key {
	uint64_t serial; /* from 1 */
	char first[CARD_DAY_LEN];
	const char *recipient; /* borrowed from the text: age1... */
	size_t len;
};

/* A key that another one follows, and its word for it. */
struct card_follows {
	uint8_t key[IDENTITY_PUBLIC_LEN];
	uint8_t signature[SIGNATURE_LEN];
};

struct card {
	char name[CARD_NAME_MAX + 1];
	uint8_t key[IDENTITY_PUBLIC_LEN];
	size_t n_follows; /* the oldest first */
	struct card_follows follows[CARD_FOLLOWS_MAX];
	size_t n;
	struct card_key receive[CARD_KEYS_MAX];
};

/* True if an office may be called so: one line of text, blanks inside only. */
bool card_name_is_good(const char *name, size_t len);

/* The day of a time, as cards have it. */
void card_day(char out[static CARD_DAY_LEN], int64_t unix_seconds);

/* Sign with the secret half of one key that another one follows it. */
VAULT_CHECKED enum vault_err card_succeed(struct card_follows *out,
    const uint8_t old[static IDENTITY_PUBLIC_LEN], const struct secret *key,
    const uint8_t next[static IDENTITY_PUBLIC_LEN]);

/* Did this key sign that next follows it?  VAULT_EDAMAGED: it did not. */
VAULT_CHECKED enum vault_err card_follows_verify(const struct card_follows *f,
    const uint8_t next[static IDENTITY_PUBLIC_LEN]);

/* The key behind the i-th that was followed: its successor. */
const uint8_t *card_successor(const struct card *card, size_t i);

/* Where a key stands among those that were followed; n_follows: nowhere. */
size_t card_find_follows(
    const struct card *card, const uint8_t key[static IDENTITY_PUBLIC_LEN]);

/*
 * Is it older than another one of the same key?  Serials only rise, and a key
 * that was retired does not come back: whoever sealed to it would be read by
 * nobody, or by who has stolen it.
 */
bool card_is_older(const struct card *card, const struct card *before);

/*
 * Append the text of a card, signed with the secret half of its key.
 * VAULT_EUSE: what the reader would refuse.
 */
VAULT_CHECKED enum vault_err card_write(
    struct buf *out, const struct card *card, const struct secret *key);

/*
 * Read a card and verify its signature.  VAULT_EDAMAGED: not one that we
 * write, or a wrong signature.  VAULT_EVERSION: another version.
 */
VAULT_CHECKED enum vault_err card_read(
    struct card *out, const char *text, size_t len);

#endif
