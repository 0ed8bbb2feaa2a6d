/* SPDX-License-Identifier: ISC */
/*
 * bundle - records on their way to other offices: an age file that holds a
 * signed tar (FORMAT.md, 10).
 *
 * Writing: everything is read twice from the vault, once for the hashes in
 * the MANIFEST, which stands in front, and once to be written.
 *
 * Reading, what bundle_check is relied on for:
 *  1. It accepts only what bundle_write writes: every chunk, the shape of the
 *     tar, every hash, every version's signature, every part.
 *  2. What it accepts is signed by the key that it is given, and made for one
 *     of the recipients that it is given.
 *  3. It writes nothing, and its memory does not grow with the attachments.
 */
#ifndef EXCHANGE_BUNDLE_H
#define EXCHANGE_BUNDLE_H

#include "core/buf.h"
#include "exchange/age.h"
#include "exchange/arrivals.h"
#include "exchange/chain.h"
#include "exchange/contact.h"
#include "exchange/forget.h"
#include "exchange/leave.h"
#include "exchange/minisig.h"
#include "exchange/office.h"
#include "exchange/tar.h"

struct carried;
struct secret;
struct store;

typedef bool bundle_progress(void *ctx, uint64_t done, uint64_t total);

/* ---- Writing ---- */

struct bundle_what {
	const struct leave *leave;
	const struct manifest_to *to;
	size_t n_to;
	const uint8_t *public_key; /* who signs; NULL: nobody does */
	const struct secret *key;
	bundle_progress *progress;
	void *ctx;
};

struct bundle_written {
	uint8_t id[MANIFEST_BUNDLE_LEN];
	uint8_t hash[MANIFEST_HASH_LEN]; /* of its MANIFEST */
	uint64_t bytes;                  /* of the files in it */
	size_t files;
};

/*
 * VAULT_EBUSY: what was to be written has changed meanwhile.  VAULT_EVERSION:
 * more than a bundle can hold.
 */
VAULT_CHECKED enum vault_err bundle_write(struct bundle_written *out,
    const struct pipe_sink *to, struct store *s,
    const struct bundle_what *what);

/* README.txt. */
extern const char bundle_readme[], bundle_readme_unsigned[];

/* ---- Reading ---- */

/* Why a bundle is refused. */
enum bundle_fault {
	BUNDLE_FAULT_NONE,      /* not the bundle: memory, source, vault */
	BUNDLE_FAULT_AGE,       /* it does not even begin as an age file */
	BUNDLE_FAULT_TAR,       /* see tar */
	BUNDLE_FAULT_MANIFEST,  /* not one that we write */
	BUNDLE_FAULT_SIGNATURE, /* wrong, or of another key */
	BUNDLE_FAULT_NOT_TO_US, /* made for others, and sealed to us by one */
	BUNDLE_FAULT_FILES,     /* a file too many, too few, or changed */
	BUNDLE_FAULT_RECORD,    /* a record file that is damaged or forged */
	BUNDLE_FAULT_CHANGED,   /* it is not what was checked before */
	BUNDLE_FAULT_HEADER,    /* an age file with a damaged header */
	BUNDLE_FAULT_CHUNK,     /* cut or changed: see age.chunk, age.byte */
	BUNDLE_FAULT_LIMIT,     /* a header of more than age allows us */
};

/* An attachment in it. */
struct bundle_file {
	size_t name_at; /* where in the text of the manifest its name is */
	uint64_t size;
	uint8_t sha256[32];
	bool has_record; /* a record file has named it: */
	uint8_t record[ID_LEN];
	uint8_t part_hash[HASH_LEN];
	bool wanted; /* bundle_weigh: it is not here, and will be taken */
};

/* What the reader of a bundle is told; each may be NULL. */
struct bundle_events {
	void *ctx;
	/* *hashes: whoever takes the bytes computes their SHA-256 anyway. */
	enum vault_err (*file_begin)(void *ctx, size_t i, bool *hashes);
	enum vault_err (*file_data)(void *ctx, const void *bytes, size_t len);
	enum vault_err (*file_hash)(void *ctx, size_t i, uint8_t *sha256);
	enum vault_err (*file_end)(void *ctx, size_t i);
	enum vault_err (*record)(void *ctx, const struct carried *c);
	enum vault_err (*tombstone)(void *ctx, const struct tombstone *t);
	bundle_progress *progress;
};

struct bundle {
	struct store *store; /* where contacts are looked up */
	const struct office_keys *keys;
	/* What bundle_check found out. */
	enum bundle_fault fault;
	struct age_where age;
	enum tar_fault tar;
	struct buf text;          /* of the manifest */
	struct manifest manifest; /* borrows it */
	uint8_t hash[MANIFEST_HASH_LEN];
	struct manifest_place place;
	bool knows_sender; /* then its signature was verified */
	uint8_t sender[IDENTITY_PUBLIC_LEN];
	enum contact_key sender_key;          /* which of its keys that is */
	uint8_t present[IDENTITY_PUBLIC_LEN]; /* and the one that it has */
	int64_t revoked;    /* when it came that its key is; 0: it is not */
	struct buf vouched; /* keys of the office that was compared, if it is */
	struct buf files;   /* struct bundle_file, by name */
	size_t n_records;   /* versions */
	size_t n_tombstones;
	struct arrivals arrivals; /* filled by whoever is told of records */
	struct buf staged;        /* attach_note: what nothing points to yet */
	uint64_t new_bytes;       /* bundle_weigh: of attachments to come */
	size_t new_files;
	bool keep; /* asked of bundle_import: leave tombstones aside */
};

/*
 * Verify all of a bundle.  VAULT_EDAMAGED, VAULT_EVERSION: b->fault tells
 * why.  VAULT_ENOTFORUS: it is sealed to somebody else.  What events are told
 * before the end is not believed yet.
 */
VAULT_CHECKED enum vault_err bundle_check(struct bundle *b, struct store *s,
    const struct office_keys *keys, const struct pipe_source *from,
    const struct bundle_events *events);

/* What comes, put together; which attachments.  Inside a transaction. */
VAULT_CHECKED enum vault_err bundle_weigh(struct bundle *b);

/* Read again what has been checked; it must be the same. */
VAULT_CHECKED enum vault_err bundle_again(struct bundle *b,
    const struct pipe_source *from, const struct bundle_events *events);
void bundle_free(struct bundle *b);

size_t bundle_n_files(const struct bundle *b);
const struct bundle_file *bundle_file(const struct bundle *b, size_t i);

/* The attachment of that name, or the number of them if there is none. */
size_t bundle_find_file(const struct bundle *b, const char *name);

/* What the sender is known by: its key, or the id of a key we do not have. */
const void *bundle_peer(const struct bundle *b, size_t *len);

/*
 * Is what this key signed to be taken, though it is not here yet?  Not if the
 * key was revoked, unless its own office sends it, by a key that was compared.
 */
VAULT_CHECKED enum vault_err bundle_hears(bool *out, const struct bundle *b,
    const uint8_t key[static IDENTITY_PUBLIC_LEN]);

/* ---- Importing ---- */

struct bundle_done {
	size_t new_records, new_versions;
	size_t completed; /* versions that gained a part or an attachment */
	size_t known;     /* versions that were here already */
	size_t forgotten; /* versions of what was forgotten here: skipped */
	size_t others;  /* versions of another type than the record: skipped */
	size_t revoked; /* versions that came after their key was: skipped */
	size_t files;   /* attachments that came */
	size_t did[FORGET_DOES_N]; /* tombstones, by what they did */
	size_t kept;               /* tombstones that were left aside */
};

/*
 * Put in what has been checked.  Attachments are staged in commits of their
 * own; everything else stands in a write transaction that is open at the end,
 * and that the caller commits, or aborts: then nothing has come.  What is in
 * b->staged afterwards the caller takes away, in either case.  b->arrivals
 * tells afterwards what has come, if it did.
 */
VAULT_CHECKED enum vault_err bundle_import(struct bundle_done *out,
    struct bundle *b, const struct pipe_source *from, bundle_progress *progress,
    void *ctx);

#endif
