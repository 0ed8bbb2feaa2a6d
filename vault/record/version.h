/* SPDX-License-Identifier: ISC */
/*
 * version - one state of a record: immutable, signed, naming its parents
 * (FORMAT.md, 7).
 *
 * The envelope holds salted hashes of the parts, so that a part can stay
 * behind when a version leaves: the signature and the history still hold, and
 * nobody can confirm a guess at what was left out.  This file is pure: bytes
 * and keys in, bytes out.
 */
#ifndef RECORD_VERSION_H
#define RECORD_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "record/id.h"
#include "seal/identity.h"

struct secret;

#define VERSION_ID_LEN 32
#define VERSION_TYPE_MAX 32
#define VERSION_SALT_LEN 32
#define VERSION_ENVELOPE_MAX (256 * 1024)
#define VERSION_UNSEEN_MAX 256

struct version {
	uint8_t id[VERSION_ID_LEN];
	uint8_t record[ID_LEN];
	char type[VERSION_TYPE_MAX + 1];
	uint8_t office[IDENTITY_PUBLIC_LEN];
	int64_t time;
	bool has_body, has_private;
	uint8_t body[HASH_LEN], hidden[HASH_LEN];
	/* Arrays of hashes, one behind the other; ids of versions, of parts. */
	struct buf parents, attachments;
	/*
	 * Private parts of what it follows, by their hashes, that whoever wrote
	 * it did not have: what they say still holds.
	 */
	struct buf unseen;
	struct buf envelope;
	uint8_t signature[SIGNATURE_LEN];
};

/* H_part of FORMAT.md: a part is canonical JSON. */
void version_part_hash(uint8_t out[static HASH_LEN],
    const uint8_t salt[static VERSION_SALT_LEN], const void *part, size_t len);

/*
 * Write the envelope of v from its other fields, number and sign it.  Its
 * lists are put in order first.  VAULT_EVERSION: longer than an envelope may
 * be.
 */
VAULT_CHECKED enum vault_err version_sign(
    struct version *v, const struct secret *key);

/*
 * Read an envelope and verify its signature.  VAULT_EDAMAGED: not canonical,
 * a member missing or too much, a wrong signature.  VAULT_EVERSION: a later
 * format.  Free *out in any case.
 */
VAULT_CHECKED enum vault_err version_read(struct version *out,
    const void *envelope, size_t len,
    const uint8_t signature[static SIGNATURE_LEN]);

/*
 * The same for an envelope of our own database, whose cells vouch for it: its
 * members only, neither form nor signature are looked at.  id is its number.
 */
VAULT_CHECKED enum vault_err version_trust(struct version *out,
    const void *envelope, size_t len, const uint8_t id[static VERSION_ID_LEN]);

void version_free(struct version *v);

/* The n-th hash of an array of them, and how many there are. */
const uint8_t *version_hash_at(const struct buf *hashes, size_t n);
size_t version_hash_count(const struct buf *hashes);
bool version_has_hash(
    const struct buf *hashes, const uint8_t hash[static HASH_LEN]);

/* In order, each once. */
void version_sort_hashes(struct buf *hashes);

#endif
