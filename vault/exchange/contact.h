/* SPDX-License-Identifier: ISC */
/*
 * contact - the offices that we know by their cards.
 *
 * An office is its signing key.  A later card of the same key replaces the
 * earlier one, and what two people compared stays compared; an earlier one
 * never replaces a later one.  Another key is another office, whatever name it
 * goes by, unless the key before has signed that it follows it.
 */
#ifndef EXCHANGE_CONTACT_H
#define EXCHANGE_CONTACT_H

#include "core/buf.h"
#include "exchange/card.h"
#include "exchange/minisig.h"

struct store;

struct contact {
	int64_t num;
	struct buf name;
	uint8_t key[IDENTITY_PUBLIC_LEN];
	struct buf card; /* its text */
	int64_t added;
	int64_t verified; /* when the digits were compared; 0: never */
	bool our_office;  /* verified, and may have what stays in the office */
	bool frozen;      /* nothing is sent there: two keys are announced */
	int64_t revoked;  /* when it came that its key is; 0: it is not */
	size_t announced; /* keys that were, and wait to be compared */
};
void contact_free(struct contact *c);

/* What a card was beside the one that we had of its office. */
enum contact_news {
	CONTACT_NEW,       /* we had none */
	CONTACT_SAME,      /* the very same */
	CONTACT_NEWER,     /* its keys, or its name, are others now */
	CONTACT_OLDER,     /* replaced long ago: refused */
	CONTACT_ANNOUNCES, /* its key follows that of a contact */
};

/*
 * Keep the office of a card, under the name on it, or another one.  One whose
 * key follows that of a contact changes no contact, and is kept as what it
 * announces (exchange/succession.h).
 * VAULT_EEXISTS: that name is another key's.  VAULT_ECONFLICT: an older card
 * than we have.  VAULT_EUSE: it is our own card, or a bad name.
 * VAULT_EREFUSED: it follows a key of ours, or one whose successor has been
 * compared and is another one; or it was revoked.
 */
VAULT_CHECKED enum vault_err contact_add(struct contact *out,
    enum contact_news *news, struct store *s, const char *text, size_t len,
    const char *name);

/* VAULT_ENORECORD: there is no such contact. */
/* By any writing of its name that text_key folds to one, if it is only one's.
 */
VAULT_CHECKED enum vault_err contact_named(
    struct contact *out, struct store *s, const char *name);
VAULT_CHECKED enum vault_err contact_find(
    struct contact *out, struct store *s, const char *name);
VAULT_CHECKED enum vault_err contact_by_key(struct contact *out,
    struct store *s, const uint8_t key[static IDENTITY_PUBLIC_LEN]);

/* Which key of a contact signs. */
enum contact_key {
	CONTACT_KEY_PRESENT,
	CONTACT_KEY_ANNOUNCED, /* nobody has compared it */
	CONTACT_KEY_EARLIER,   /* it has been renewed */
};

/* By what a manifest calls its sender; key is the one of its keys it is. */
VAULT_CHECKED enum vault_err contact_by_sender(struct contact *out,
    uint8_t key[static IDENTITY_PUBLIC_LEN], enum contact_key *which,
    struct store *s, const uint8_t id[static MINISIG_ID_LEN]);

/* Each, by name, until it returns false; borrowed for the call. */
VAULT_CHECKED enum vault_err contact_each(struct store *s,
    bool (*each)(void *ctx, const struct contact *c), void *ctx);

/* Keep verified and our_office of c. */
VAULT_CHECKED enum vault_err contact_update(
    struct store *s, const struct contact *c);
VAULT_CHECKED enum vault_err contact_remove(
    struct store *s, const struct contact *c);

/*
 * Append the string to seal to today.  VAULT_EVERSION: none of a kind that we
 * know.
 */
VAULT_CHECKED enum vault_err contact_recipient(
    struct buf *out, const struct contact *c);

#endif
