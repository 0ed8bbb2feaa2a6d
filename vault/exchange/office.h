/* SPDX-License-Identifier: ISC */
/*
 * office - our own office towards others: the keys that they seal to, which
 * are made when they are first needed or renewed, and our card.
 *
 * A receiving key is independent of the signing key: who takes the one from a
 * machine cannot use it as the other.
 */
#ifndef EXCHANGE_OFFICE_H
#define EXCHANGE_OFFICE_H

#include "core/buf.h"
#include "exchange/age.h"
#include "exchange/card.h"
#include "exchange/revocation.h"

struct store;

#define OFFICE_KEYS_MAX CARD_KEYS_MAX

struct office_key {
	uint64_t serial;
	char first[CARD_DAY_LEN];
	struct buf recipient;    /* age1... */
	struct age_identity *id; /* NULL unless the secrets were asked for */
};

struct office_keys {
	size_t n;
	struct office_key key[OFFICE_KEYS_MAX];
};

/*
 * Make a receiving key, the newest from then on, in a write transaction; its
 * serial is one above the last.  VAULT_EUSE: a card has no room for it.
 */
VAULT_CHECKED enum vault_err office_new_key(uint64_t *serial, struct store *s);
VAULT_CHECKED enum vault_err office_has_keys(bool *out, struct store *s);

/*
 * Delete a receiving key, in a write transaction that overwrites what it
 * deletes.  VAULT_ENORECORD: there is none of that serial.  VAULT_EUSE: it is
 * the newest.
 */
VAULT_CHECKED enum vault_err office_retire_key(
    struct store *s, uint64_t serial);
VAULT_CHECKED enum vault_err office_any_retired(bool *out, struct store *s);

/*
 * Make a signing key, which follows the one that is given with its secret
 * half; that one's secret is replaced, in a write transaction that overwrites
 * what it deletes.
 */
VAULT_CHECKED enum vault_err office_new_signing(
    uint8_t out[static IDENTITY_PUBLIC_LEN], struct store *s,
    const uint8_t public_key[static IDENTITY_PUBLIC_LEN],
    const struct secret *key);

/*
 * That one of our earlier keys is revoked; the first is number 1.
 * VAULT_ENORECORD: there is none of that number.
 */
VAULT_CHECKED enum vault_err office_revocation(
    struct revocation *out, struct store *s, size_t number);

/* How many signing keys of ours were renewed. */
VAULT_CHECKED enum vault_err office_n_earlier(size_t *out, struct store *s);

/* The receiving keys by their serials, with their secrets or without. */
VAULT_CHECKED enum vault_err office_keys(
    struct office_keys *out, struct store *s, bool secrets);
void office_keys_free(struct office_keys *k);

/* Append our card, signed with key, the secret half of public_key. */
VAULT_CHECKED enum vault_err office_card(struct buf *out, struct store *s,
    const char *name, const uint8_t public_key[static IDENTITY_PUBLIC_LEN],
    const struct secret *key);

#endif
