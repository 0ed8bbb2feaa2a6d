/* SPDX-License-Identifier: ISC */
/*
 * arrivals - what comes with a bundle, version by version, and what each does
 * to the records that are here; told record by record.
 *
 * Both readings of a bundle ask arrivals_look, so that what was announced is
 * what happens.  A record has one type: the one that it has here, or, where
 * it is new, that of its first version in the bundle.  Versions that say
 * otherwise are not taken, and neither are others because of them.
 */
#ifndef EXCHANGE_ARRIVALS_H
#define EXCHANGE_ARRIVALS_H

#include "exchange/forget.h"
#include "record/rows.h"

struct carried;
struct store;

enum arrives {
	ARRIVES_RECORD,
	ARRIVES_VERSION,
	ARRIVES_COMPLETES,
	ARRIVES_HERE,
	ARRIVES_FORGOTTEN,
	ARRIVES_FORGETS, /* and what enum forget_does adds to it */
	ARRIVES_OTHER_TYPE = ARRIVES_FORGETS + FORGET_DOES_N,
	ARRIVES_REVOKED,
	ARRIVES_N
};

/* Of a title that is kept for a line: so many bytes. */
#define ARRIVALS_TITLE_MAX 160

/* One version; and, put together, a record or what is not taken of one. */
struct arrival {
	uint8_t record[ID_LEN];
	uint8_t version[VERSION_ID_LEN];
	uint8_t office[IDENTITY_PUBLIC_LEN];
	char type[VERSION_TYPE_MAX + 1];
	char here[VERSION_TYPE_MAX + 1]; /* the type that is here; "": none */
	enum arrives arrives;
	int64_t time;
	size_t at;    /* its place in the bundle */
	size_t bytes; /* of its envelope and parts */
	size_t title_at, title_len;
	bool withheld;
	bool ours; /* a state of it that was here is our office's */
	/* Of all its versions, once they are put together. */
	size_t versions, fresh, files, new_files;
	uint64_t new_bytes;
	bool wrong_clock;
	uint8_t wrong_office[IDENTITY_PUBLIC_LEN];
	int64_t wrong_time;
};

struct arrivals {
	struct buf versions, records; /* of struct arrival */
	struct buf titles;
	size_t count[ARRIVES_N]; /* of versions and tombstones */
	uint64_t bytes;          /* of those that are new, or complete one */
};

/*
 * What a version would do: *r is its record, if that is here, or zeros.  One
 * that is not heard (bundle_hears) must be here already.  Inside a transaction.
 */
VAULT_CHECKED enum vault_err arrivals_look(enum arrives *out,
    struct record_row *r, struct store *s, const struct carried *c, bool heard);

/* Note what a version does, before it does it; *number is the note's. */
VAULT_CHECKED enum vault_err arrivals_add(size_t *number, struct arrivals *a,
    struct store *s, const struct carried *c, const struct record_row *r,
    enum arrives arrives);

/* Note a tombstone: what it does, or did. */
VAULT_CHECKED enum vault_err arrivals_tombstone(struct arrivals *a,
    struct store *s, const struct tombstone *t, enum forget_does does);
bool arrival_is_tombstone(const struct arrival *one);

/* It did something else than it looked like. */
void arrivals_became(struct arrivals *a, size_t number, enum arrives arrives);

/* All have been added: put them together, record by record. */
VAULT_CHECKED enum vault_err arrivals_settle(struct arrivals *a);

/* An attachment of a record; is_new: it is, or would be, taken. */
void arrivals_file(struct arrivals *a, const uint8_t record[static ID_LEN],
    uint64_t size, bool is_new);

/* Are versions of that record taken, or would they be? */
bool arrivals_takes(
    const struct arrivals *a, const uint8_t record[static ID_LEN]);

/* All files are counted: from here on the records are as in the bundle. */
void arrivals_order(struct arrivals *a);
size_t arrivals_n(const struct arrivals *a);
const struct arrival *arrivals_at(const struct arrivals *a, size_t i);
void arrivals_free(struct arrivals *a);

#endif
