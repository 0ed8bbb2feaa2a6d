/* SPDX-License-Identifier: ISC */
/*
 * rows - records and their versions in the inner database (FORMAT.md, 7).
 *
 * Every record has a random key of its own, and a part of a version is sealed
 * by itself under it: opened only when it is read, bound to its record and
 * version, and gone with 32 bytes.
 */
#ifndef RECORD_ROWS_H
#define RECORD_ROWS_H

#include "record/version.h"

#define ROWS_KEY_SEALED_LEN (KEY_LEN + SEAL_EXTRA)

struct secret;
struct store;

struct record_row {
	int64_t num; /* local number; never leaves the vault */
	uint8_t id[ID_LEN];
	char type[VERSION_TYPE_MAX + 1];
	bool forgotten;
};

/* The longest part that there may be, in bytes. */
#define PART_MAX ((size_t)4 * 1024 * 1024)

/* A part as it is kept: its salt and its JSON.  Absent: withheld. */
struct part {
	bool present;
	uint8_t salt[VERSION_SALT_LEN];
	struct buf json;
};
void part_free(struct part *p);

/*
 * A new part of this JSON, with a fresh salt; its hash goes into hash.
 * VAULT_EVERSION: longer than PART_MAX.
 */
VAULT_CHECKED enum vault_err part_new(struct part *out,
    uint8_t hash[static HASH_LEN], const void *json, size_t len);

/*
 * Is it what the envelope has the hash of, if it names one at all?  What is
 * not here (p may be NULL) contradicts nothing.
 */
bool part_fits(
    const struct part *p, bool named, const uint8_t hash[static HASH_LEN]);

/* The parts of a version, sealed under the key of its record. */
struct sealed_parts {
	struct buf body, hidden; /* empty: not here */
};
void sealed_parts_free(struct sealed_parts *p);

/* Seal a key of KEY_LEN bytes for the record id, or the parts of v; pure. */
VAULT_CHECKED enum vault_err rows_seal_key(
    uint8_t sealed[static ROWS_KEY_SEALED_LEN], const struct keyring *ring,
    const uint8_t id[static ID_LEN], const struct secret *key);
VAULT_CHECKED enum vault_err rows_seal(struct sealed_parts *out,
    const struct keyring *ring, const struct version *v,
    const struct part *body, const struct part *hidden,
    const struct secret *key);

/*
 * Put a record that is new, of an id nobody has, and its first version, which
 * is its head.  r has id and type, and gets its number.
 */
VAULT_CHECKED enum vault_err rows_put_new(struct record_row *r, struct store *s,
    const uint8_t key[static ROWS_KEY_SEALED_LEN], const struct version *v,
    const struct sealed_parts *parts);

/* VAULT_ENORECORD: there is none of that id, or number. */
VAULT_CHECKED enum vault_err rows_find(
    struct record_row *out, struct store *s, const uint8_t id[static ID_LEN]);
VAULT_CHECKED enum vault_err rows_get(
    struct record_row *out, struct store *s, int64_t num);

/*
 * Make a record with this key of its own: random bytes, KEY_LEN of them.
 * VAULT_EEXISTS: that id is taken.
 */
VAULT_CHECKED enum vault_err rows_new_with(struct record_row *out,
    struct store *s, const uint8_t id[static ID_LEN], const char *type,
    const struct secret *key);

/* Give a record that has no key any more (r->forgotten) a new one. */
VAULT_CHECKED enum vault_err rows_give_key(
    struct record_row *r, struct store *s, const struct secret *key);

/* The record's key, to be freed.  VAULT_ENORECORD: it has been forgotten. */
VAULT_CHECKED enum vault_err rows_key(
    struct secret **out, struct store *s, const struct record_row *r);

/*
 * Keep a version of r with what there is of its parts.  One that is here
 * already gains the parts that it lacked; *fresh says whether anything
 * changed.  The parts must have the hashes of the envelope: VAULT_EDAMAGED.
 * Which versions are heads is settled afterwards, see graph_settle.
 */
VAULT_CHECKED enum vault_err rows_put_version(bool *fresh, struct store *s,
    const struct record_row *r, const struct version *v,
    const struct part *body, const struct part *hidden);

/* The same with the record's key at hand; NULL: it is opened. */
VAULT_CHECKED enum vault_err rows_put_version_with(bool *fresh, struct store *s,
    const struct record_row *r, const struct secret *key,
    const struct version *v, const struct part *body,
    const struct part *hidden);

VAULT_CHECKED enum vault_err rows_has_version(
    bool *out, struct store *s, const uint8_t id[static VERSION_ID_LEN]);

/*
 * A version and the parts that are here; any of the three may be NULL.  With
 * verify, its form and signature are checked, as for people who will rely on
 * it; without, as for the index, the vault's own cells vouch for it.
 */
VAULT_CHECKED enum vault_err rows_version(struct version *v, struct part *body,
    struct part *hidden, struct store *s, const struct record_row *r,
    const uint8_t id[static VERSION_ID_LEN], bool verify);

/*
 * The one version of r, if there is no other and nothing is missing of what it
 * says: its own parts are all of it.  *is says whether; to be freed in any
 * case.  Not verified, like the above.
 */
struct rows_lone {
	uint8_t id[VERSION_ID_LEN];
	int64_t time;
	struct part body, hidden;
};
VAULT_CHECKED enum vault_err rows_lone(bool *is, struct rows_lone *out,
    struct store *s, const struct record_row *r);
void rows_lone_free(struct rows_lone *lone);

/*
 * The ids of the versions of a record, one behind the other: all of them,
 * oldest first, or the heads only.
 */
VAULT_CHECKED enum vault_err rows_versions(
    struct buf *out, struct store *s, const struct record_row *r, bool heads);

/*
 * Versions of r whose id begins with these hexadecimal digits.
 * VAULT_ENORECORD: none.  VAULT_ECONFLICT: several.
 */
VAULT_CHECKED enum vault_err rows_version_prefix(
    uint8_t out[static VERSION_ID_LEN], struct store *s,
    const struct record_row *r, const char *digits, size_t len);

#endif
