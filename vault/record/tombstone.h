/* SPDX-License-Identifier: ISC */
/*
 * tombstone - an office has forgotten a record, and asks others to do so
 * (FORMAT.md, 7.5).
 *
 * It names no version: it holds for every version of that office in that
 * record, those that come later included.  Such a version is silent: its
 * envelope stays, its parts are nowhere.  What a tombstone does to a vault
 * stands in exchange/forget.h; here is what it says, and where it is kept.
 */
#ifndef RECORD_TOMBSTONE_H
#define RECORD_TOMBSTONE_H

#include "record/rows.h"

struct secret;
struct store;

struct tombstone {
	uint8_t record[ID_LEN];
	uint8_t office[IDENTITY_PUBLIC_LEN];
	int64_t time;
	uint8_t signature[SIGNATURE_LEN];
};

/* ---- As bytes ---- */

/* Sign what the other fields say; key belongs to t->office. */
VAULT_CHECKED enum vault_err tombstone_sign(
    struct tombstone *t, const struct secret *key);

/* Append the file of a bundle that holds it (FORMAT.md, 10.2). */
VAULT_CHECKED enum vault_err tombstone_write(
    struct buf *out, const struct tombstone *t);

/* Could this file of a bundle be one?  Else it is a version. */
bool tombstone_is(const void *text, size_t len);

/*
 * Read such a file and verify its signature.  VAULT_EDAMAGED: not exactly
 * what tombstone_write writes, or a wrong signature.  VAULT_EVERSION: a later
 * format.
 */
VAULT_CHECKED enum vault_err tombstone_read(
    struct tombstone *out, const void *text, size_t len);

/* ---- In the inner database; inside a transaction of the caller ---- */

/*
 * Keep it.  There is one of each office for each record: the earliest, so
 * that any order of keeping them ends the same.  *fresh: there was none.
 */
VAULT_CHECKED enum vault_err tombstone_put(
    bool *fresh, struct store *s, const struct tombstone *t);

/* Is there one by this very key for this record? */
VAULT_CHECKED enum vault_err tombstone_has(bool *out, struct store *s,
    const uint8_t record[static ID_LEN],
    const uint8_t office[static IDENTITY_PUBLIC_LEN]);

/* Is there one by any key of the office that has this one? */
VAULT_CHECKED enum vault_err tombstone_silences(bool *out, struct store *s,
    const uint8_t record[static ID_LEN],
    const uint8_t office[static IDENTITY_PUBLIC_LEN]);

/* Is there one of our own office?  Then nothing of the record comes back. */
VAULT_CHECKED enum vault_err tombstone_is_ours(
    bool *out, struct store *s, const uint8_t record[static ID_LEN]);

/*
 * Append those for a record, or all of them if record is NULL: struct
 * tombstone, one behind the other, by record and office.  With verify each
 * signature is (VAULT_EDAMAGED); without, the vault's own cells vouch for
 * what was verified when it came: strangers may have sent many.
 */
VAULT_CHECKED enum vault_err tombstone_list(
    struct buf *out, struct store *s, const uint8_t *record, bool verify);
const struct tombstone *tombstone_at(const struct buf *list, size_t i);
size_t tombstone_count(const struct buf *list);

/* Is there one by this very key in a list of those for one record? */
bool tombstone_names(const struct buf *list, const uint8_t *office);

/* Is there one by any key of the office that has this one? */
VAULT_CHECKED enum vault_err tombstone_covers(
    bool *out, struct store *s, const struct buf *list, const uint8_t *office);

#endif
