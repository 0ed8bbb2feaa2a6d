/* SPDX-License-Identifier: ISC */
/* inside - what the files of the facade share: the open vault. */
#ifndef VAULT_INSIDE_H
#define VAULT_INSIDE_H

#include "record/print.h"
#include "seal/keys.h"
#include "vault.h"

struct store;
struct label_language;

struct vault_key {
	struct keyring *ring;
	/* What a passphrase has opened: the MAC of the copy, and the slot. */
	struct opened_by {
		bool known;
		uint8_t mac[32];
		unsigned slot;
		uint8_t slot_hash[32];
	} by;
	struct vault_waiting busy; /* for the vaults that it opens */
};

struct vault {
	char *folder;    /* absolute, without symbolic links */
	char *keys_path; /* NULL: the file keys in the folder */
	const struct vault_key *key;
	struct store *store;
	bool interrupted;
	struct opened_by by; /* as in the key, until the file is changed */
	struct vault_fault fault;
	const struct label_language *labels; /* of titles; NULL: English */
	bool (*waiting)(void *ctx, unsigned waited_ms);
	void *waiting_ctx;
	struct print_words words; /* not set: English */
};

const struct print_words *vault_speech(const struct vault *v);

/* The absolute path of what exists, without symbolic links: to be freed. */
VAULT_CHECKED enum vault_err vault_resolve_path(char **out, const char *path);

/* Keep where it went wrong, and return err. */
enum vault_err vault_failed(struct vault *v, enum vault_err err);

/*
 * The last entry of the log, and the day: what may leave stays so as long as
 * both do.  Inside of a transaction.
 */
struct vault_moment {
	uint64_t seq;
	int32_t day;
};
VAULT_CHECKED enum vault_err vault_moment(
    struct vault_moment *out, struct vault *v);
bool vault_is_moment(
    const struct vault_moment *a, const struct vault_moment *b);

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

/* Give the finished folder its name, durably. */
VAULT_CHECKED enum vault_err place_publish(const struct place_names *n);

/* What each connection to an inner database of ours needs. */
struct sqlite3;
enum vault_err vault_ready(struct sqlite3 *db);

/* The machine that this is: remember it; is it one that is not known yet? */
VAULT_CHECKED enum vault_err machine_add(struct store *s, bool *new_machine);
VAULT_CHECKED enum vault_err machine_look(bool *new_machine, struct vault *v);

/* An entry of the log that names the record. */
struct record_row;
VAULT_CHECKED enum vault_err records_log(
    struct vault *v, const char *what, const struct record_row *r);

/* vault_add, with an entry of the log more in the same commit; or NULL. */
struct records_note {
	void *ctx;
	enum vault_err (*log)(
	    void *ctx, struct store *s, const struct record_row *r);
};
VAULT_CHECKED enum vault_err records_add(char id[static VAULT_ID_LEN],
    struct vault *v, struct vault_report *report, const char *type,
    const void *json, size_t len, const struct records_note *note);

/*
 * A new record, its place in the index and its entry of the log: inside a write
 * transaction, which the caller commits.  Free *out.
 */
struct kept;
struct signer;
struct keep_report;
VAULT_CHECKED enum vault_err records_put(struct kept *out, struct vault *v,
    const struct signer *by, struct keep_report *report, const char *type,
    const void *json, size_t len);

/*
 * A new version of r with the body it has, and one attachment more: inside a
 * write transaction, which the caller commits.  VAULT_ECONFLICT: versions
 * disagree.
 */
VAULT_CHECKED enum vault_err records_follow(struct vault *v,
    const struct record_row *r, const uint8_t *attachment, const char *what);

/* Our own signing key; free its secret half. */
struct signer;
VAULT_CHECKED enum vault_err records_signer(
    struct signer *out, struct store *s);

/* What is wrong with a JSON text, in words of the format: constant. */
struct json_fault;
const char *records_json_word(const struct json_fault *fault);

/* What the office of a key (32 bytes) is called; out is reset first. */
VAULT_CHECKED enum vault_err records_office(
    struct buf *out, struct store *s, const uint8_t *key);

/* Take away what interrupted attaches and imports left, in commits. */
VAULT_CHECKED enum vault_err vault_sweep(struct vault *v);

/*
 * Around staging.  At its end the transaction is undone, if there is one, and
 * what is still staged is taken away: nums holds int64_t (attach_note).
 * staging_end belongs to staging_begin whatever that returned.
 */
VAULT_CHECKED enum vault_err staging_begin(int *held, struct vault *v);
void staging_end(int held, struct vault *v, const struct buf *nums);

/* Make the first receiving key of a vault that has none, in a commit. */
VAULT_CHECKED enum vault_err receiving_need(struct vault *v);

/* Fill in what out says of our receiving keys. */
VAULT_CHECKED enum vault_err receiving_list(
    struct vault_office *out, struct store *s);

/* Log what was done with a signing key: the beginning of it. */
VAULT_CHECKED enum vault_err offices_log_key(
    struct store *s, const char *what, const uint8_t *key);

/* The name of our own office. */
VAULT_CHECKED enum vault_err offices_own_name(struct buf *out, struct store *s);

/*
 * The numbers of all records that match a query, 8 bytes each (get_le64), in
 * their order: neighbours share pages.  In a transaction of readers.
 */
VAULT_CHECKED enum vault_err finding_all(struct buf *nums, bool *cut,
    struct vault *v, const char *query, size_t len);

/*
 * The fields by which a record of a type is about persons, parted by blanks;
 * NULL: it is about none.
 */
const char *timeline_fields(const char *type);

/*
 * Is the person of the record of this id one, by all records of whom, and not
 * a family, a group ...?  *records: how many there are.
 */
struct same;
VAULT_CHECKED enum vault_err counts_is_one(bool *out, size_t *records,
    struct store *s, const struct same *same, const char *id);

#endif
