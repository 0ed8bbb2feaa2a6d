/* SPDX-License-Identifier: ISC */
/*
 * age_kind - what a kind of recipient must be able to do.  Internal to the
 * files age*.c; age.c holds the table of kinds, and each kind has a file.
 *
 * To add one: a value of enum age_type, a file age_NAME.c with its struct
 * age_kind, and a line in the table.
 */
#ifndef EXCHANGE_AGE_KIND_H
#define EXCHANGE_AGE_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange/age.h"
#include "exchange/age_header.h"

#define AGE_FILE_KEY_LEN 16
#define AGE_TAG_LEN 16
#define AGE_BODY_LEN (AGE_FILE_KEY_LEN + AGE_TAG_LEN)

/* What a stanza body is sealed under: a key, then a nonce. */
#define AGE_WRAP_KEY_LEN 32
#define AGE_WRAP_LEN (AGE_WRAP_KEY_LEN + 12)

struct age_kind {
	enum age_type type;
	const char *stanza; /* the type in the header */
	const char *recipient_prefix, *identity_prefix;
	size_t secret_len, public_len;

	/* The public key of a secret one. */
	enum vault_err (*publish)(uint8_t *public, const uint8_t *secret);

	/* VAULT_EUSE: a public key that nothing may be sealed to. */
	enum vault_err (*check_public)(const uint8_t *public);

	/* Append a stanza that holds file_key for public. */
	enum vault_err (*seal)(struct buf *header, const uint8_t *public,
	    const struct secret *file_key);

	/* VAULT_EDAMAGED: a stanza of another form than this kind writes. */
	enum vault_err (*check_stanza)(const struct age_stanza *stanza);

	/*
	 * Open a stanza.  VAULT_ENOTFORUS: it is for another key.
	 * VAULT_EDAMAGED: it is malformed, or one that nobody may open.
	 */
	enum vault_err (*open)(struct secret *file_key,
	    const struct age_identity *id, const struct age_stanza *stanza);
};

struct age_identity {
	const struct age_kind *kind;
	struct secret *secret;
	uint8_t *public; /* from mem_alloc: public_len bytes */
};

struct age_recipient {
	const struct age_kind *kind;
	uint8_t public[];
};

extern const struct age_kind age_x25519;

/* Seal a file key under wrap: a body of AGE_BODY_LEN bytes; and open it. */
void age_body_seal(uint8_t body[static AGE_BODY_LEN],
    const struct secret *file_key, const struct secret *wrap);
bool age_body_open(struct secret *file_key,
    const uint8_t body[static AGE_BODY_LEN], const struct secret *wrap);

/*
 * For kinds whose stanza is "TYPE SHARE" and a body of AGE_BODY_LEN: append
 * one; take one apart, or VAULT_EDAMAGED.
 */
enum vault_err age_share_write(struct buf *header, const char *type,
    const void *share, size_t share_len,
    const uint8_t body[static AGE_BODY_LEN]);
enum vault_err age_share_read(uint8_t *share, size_t share_len,
    uint8_t body[static AGE_BODY_LEN], const struct age_stanza *stanza);

#endif
