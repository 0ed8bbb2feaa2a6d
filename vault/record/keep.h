/* SPDX-License-Identifier: ISC */
/*
 * keep - from the JSON that somebody wrote to a signed version in the vault.
 *
 * All of it inside a write transaction of the caller, who also takes care of
 * the index and the log.
 */
#ifndef RECORD_KEEP_H
#define RECORD_KEEP_H

#include "record/body.h"
#include "record/head.h"
#include "record/json.h"
#include "record/rows.h"

struct secret;
struct store;

#define KEEP_BODY_MAX ((size_t)4 * 1024 * 1024)

/* Who signs: an office. */
struct signer {
	uint8_t public_key[IDENTITY_PUBLIC_LEN];
	struct secret *key; /* of IDENTITY_SIGN_LEN bytes */
};

struct keep_report {
	struct body_report body;
	struct json_fault json; /* if that is not even JSON */
};
void keep_report_free(struct keep_report *r);

/* Only look whether a body could be kept.  VAULT_EUSE: no, see the report. */
VAULT_CHECKED enum vault_err keep_check(
    struct keep_report *report, const void *json, size_t len);

/* A record that was made, and its one version as it would be read. */
struct kept {
	struct record_row row; /* its number once it was put */
	uint8_t key[ROWS_KEY_SEALED_LEN];
	struct sealed_parts parts;
	struct head head;
};
void kept_free(struct kept *k);

/*
 * Look only at what a person has made private in a body that was edited, and
 * that was before (no bytes: nothing).  VAULT_EUSE: see body_check_private.
 */
VAULT_CHECKED enum vault_err keep_private(struct keep_report *report,
    const void *before, size_t before_len, const void *json, size_t len);

/* Fill in what a new body lacks, and look whether it could be kept. */
VAULT_CHECKED enum vault_err keep_look(
    struct body_report *report, json_t *whole);

/*
 * The same of what a record is to say after it said before, both whole: what
 * was wrong already is no error, and facts that are written once stay.
 */
VAULT_CHECKED enum vault_err keep_look_next(
    struct body_report *report, const json_t *before, json_t *whole);

/*
 * A new record of a new id.  type, unless NULL, is what the body's own must
 * be, and is filled in if it has none.  Free *out.
 */
VAULT_CHECKED enum vault_err keep_new(struct kept *out, struct store *s,
    const struct signer *by, struct keep_report *report, const char *type,
    const void *json, size_t len);

/*
 * The same in two steps, for a body that keep_look has found good: sign and
 * seal, which needs no store and may be done ahead by another thread; put.
 * id is the record's, which nobody has yet; NULL: a new one.  room is KEY_LEN
 * bytes for the record's key, which are wiped again: such memory is dear to
 * get.  Free *out, also after an error.
 */
VAULT_CHECKED enum vault_err keep_make(struct kept *out,
    const struct keyring *ring, const struct signer *by, struct secret *room,
    const uint8_t *id, const json_t *whole);
VAULT_CHECKED enum vault_err keep_put(struct kept *k, struct store *s);

/*
 * A new version of r that follows parents (ids, one behind the other) and has
 * their attachments, of more than 3,500 not all of others, and one more if
 * attachment (a hash) is not NULL.
 */
VAULT_CHECKED enum vault_err keep_version(struct store *s,
    const struct signer *by, const struct record_row *r,
    const struct buf *parents, const uint8_t *attachment,
    struct keep_report *report, const void *json, size_t len);

#endif
