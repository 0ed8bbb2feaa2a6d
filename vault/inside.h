/* SPDX-License-Identifier: ISC */
/* inside - what the files of the facade share: the open vault. */
#ifndef VAULT_INSIDE_H
#define VAULT_INSIDE_H

#include "seal/keys.h"
#include "vault.h"

struct store;

struct vault_key {
	struct keyring *ring;
	bool first_counts; /* unlocked by the first copy of the two */
};

struct vault {
	char *folder;    /* absolute, without symbolic links */
	char *keys_path; /* NULL: the file keys in the folder */
	const struct vault_key *key;
	struct store *store;
	bool interrupted;
	struct vault_fault fault;
};

/* Keep where it went wrong, and return err. */
enum vault_err vault_failed(struct vault *v, enum vault_err err);

/* The file of keys of a place. */
VAULT_CHECKED enum vault_err place_keys_read(
    struct keys *out, const struct vault_place *place);
VAULT_CHECKED enum vault_err vault_keys_read(
    struct keys *out, const struct vault *v);
VAULT_CHECKED enum vault_err vault_keys_write(
    struct keys *k, const struct vault *v);

/*
 * A folder that is built beside its place: the tidy name, the name to work
 * under, and the folder that holds both.
 */
struct place_names {
	struct buf final, work, parent;
};
VAULT_CHECKED enum vault_err place_names(
    struct place_names *out, const char *folder);
void place_names_free(struct place_names *n);

/* Nothing may be there but what an earlier try left, which is cleared away. */
VAULT_CHECKED enum vault_err place_clear(const struct place_names *n);
VAULT_CHECKED enum vault_err place_clear_work(const struct place_names *n);

/* Make what was made in the folder that holds both durable. */
VAULT_CHECKED enum vault_err place_sync(const struct place_names *n);

/* Give the finished folder its name, durably. */
VAULT_CHECKED enum vault_err place_publish(const struct place_names *n);

/* What each connection to an inner database of ours needs. */
struct sqlite3;
enum vault_err vault_ready(struct sqlite3 *db);

/* Rows of a vault that is being made: its keys, and the name of slot 0. */
VAULT_CHECKED enum vault_err access_first(
    struct store *s, const struct keys *keys, const char *name);
VAULT_CHECKED enum vault_err access_remember_machine(
    struct store *s, bool *new_machine);

/*
 * A new version of r with the body it has, and one attachment more: inside a
 * write transaction, which is committed.  VAULT_ECONFLICT: versions disagree.
 */
struct record_row;
VAULT_CHECKED enum vault_err records_follow(struct vault *v,
    const struct record_row *r, const uint8_t *attachment, const char *what);

#endif
