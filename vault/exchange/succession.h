/* SPDX-License-Identifier: ISC */
/*
 * succession - signing keys that contacts have renewed (FORMAT.md, 9.1).
 *
 *  1. A card whose key follows the key of a contact only announces it: who
 *     stole the earlier key can sign that too.  What is announced waits until
 *     two people have compared the digits; nothing is sent there meanwhile.
 *  2. Two announced keys of which neither follows the other freeze the
 *     contact: one of them is a thief's, and nobody here can tell which.
 *  3. What was compared is never taken back by a card: not by an older one,
 *     nor by another successor of a key that has been renewed.
 *
 * All of it happens inside a transaction of the caller.
 */
#ifndef EXCHANGE_SUCCESSION_H
#define EXCHANGE_SUCCESSION_H

#include "exchange/contact.h"

/*
 * Keep what a card announces, if its key is no contact's and follows one:
 * then *c is that contact, as it is afterwards.  VAULT_ENORECORD: it follows
 * none.  VAULT_ECONFLICT: it is older than what is here.  VAULT_EREFUSED:
 * another successor was compared.
 */
VAULT_CHECKED enum vault_err succession_add(struct contact *c,
    enum contact_news *news, struct store *s, const struct card *card,
    const char *text, size_t len);

/*
 * Two people have compared the digits of a key: the present one of c, or one
 * that was announced, which is the present one from then on; the one before
 * is an earlier key of the same office.  Whatever else was announced goes.
 * VAULT_ENORECORD: it is neither.
 */
VAULT_CHECKED enum vault_err succession_compared(struct contact *c,
    struct store *s, const uint8_t key[static IDENTITY_PUBLIC_LEN]);

/* Append the keys that are announced for c, 32 bytes each. */
VAULT_CHECKED enum vault_err succession_announced(
    struct buf *out, struct store *s, const struct contact *c);

/* A key was revoked: if it was announced, it is so no more. */
VAULT_CHECKED enum vault_err succession_revoked(
    struct store *s, const uint8_t key[static IDENTITY_PUBLIC_LEN]);

/* c is no contact any more. */
VAULT_CHECKED enum vault_err succession_drop(
    struct store *s, const struct contact *c);

#endif
