/* SPDX-License-Identifier: ISC */
/*
 * leave - what leaves the vault in a bundle, and what is held back and why
 * (records.md, 9, rule 0).
 *
 * 1. A case takes along what names it, and whom and what these name, but for
 *    their sources: by links in the open parts of our own newest versions, and
 *    by no others.  A link that another office wrote takes nothing along.
 * 2. A record of level 3 never leaves; one of level 2 only to our own office,
 *    or if it is named by itself.  The highest level counts: of its heads, and
 *    of our own newest versions, whatever others made of them (guard.h).
 * 3. Of a record that leaves every version leaves, so that its history can be
 *    verified.  To others than our own office only heads have their body, and
 *    only if their own level allows it and no field stands open in it that we
 *    keep private; private parts go to our own office only.
 * 4. An attachment leaves with a version whose body does.
 * 5. To others than our own office a record leaves only with the consent of
 *    whom it is about (audience.h); a person's own only if the whole name may
 *    be told, since what is signed cannot be changed.  A file that belongs to
 *    somebody who may not be named stays, unless its record is named by itself.
 */
#ifndef EXCHANGE_LEAVE_H
#define EXCHANGE_LEAVE_H

#include "core/buf.h"
#include "record/rows.h"

struct audience;
struct store;

enum leave_why {
	LEAVE_GOES,
	LEAVE_LEVEL_3,
	LEAVE_LEVEL_2,
	LEAVE_WITHHELD,  /* what there is of it was withheld from us */
	LEAVE_FORGOTTEN, /* there is nothing left */
	LEAVE_OPENED,    /* another office opened what we keep private */
	LEAVE_LIMITED,   /* it names its readers, or other audiences */
	LEAVE_CONSENT,   /* somebody has not consented */
	LEAVE_UNNAMED,   /* or not to be called by the name */
};

struct leave_how {
	bool our_office;   /* all who get it are our own office */
	bool with_sources; /* take the sources along too */
	const int64_t *include;
	size_t n_include;
	const struct audience *audience; /* NULL: our own office */
};

struct leave_version {
	int64_t record;
	uint8_t id[VERSION_ID_LEN];
	bool body, hidden; /* these parts leave */
};

struct leave_file {
	int64_t record;
	uint8_t hash[HASH_LEN]; /* of its part */
	uint64_t size;
	uint8_t sha256[32];
};

/* Arrays of the above, in the order of the records. */
struct leave {
	struct buf versions, files;
	struct buf tombstones; /* struct tombstone (exchange/forget.h) */
};
const struct leave_version *leave_version(const struct leave *l, size_t i);
const struct leave_file *leave_file(const struct leave *l, size_t i);
size_t leave_versions(const struct leave *l);
size_t leave_files(const struct leave *l);
void leave_free(struct leave *l);

/* What happens to one record. */
struct leave_record {
	struct record_row row;
	enum leave_why why;
	size_t versions, files;
	bool parts_held; /* not all of it leaves */
	bool opened;     /* that is why: the body of a head that LEAVE_OPENED */
	size_t files_held; /* of somebody who may not be named */
};

/*
 * Take along what belongs to the cases among nums (an array of int64_t, one
 * behind the other), and put all of them in order, each once.
 */
VAULT_CHECKED enum vault_err leave_gather(
    struct buf *nums, struct store *s, const struct leave_how *how);

/* Decide on one record, and add what leaves of it to out. */
VAULT_CHECKED enum vault_err leave_decide(struct leave *out,
    struct leave_record *about, struct store *s, int64_t num,
    const struct leave_how *how);

#endif
