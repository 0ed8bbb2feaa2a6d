/* SPDX-License-Identifier: ISC */
/*
 * log - the append-only ledger of what was changed, sent and received
 * (FORMAT.md, section 6).  Each entry is chained to the one before it; the
 * hash of the last stands in the root.
 */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct store;

struct log_entry {
	uint64_t seq;
	int64_t time;       /* Unix seconds */
	const char *what;   /* a word: "init", "unlock", "add" */
	const char *detail; /* canonical JSON, or empty */
	size_t detail_len;
};

/* Append an entry to the log, inside a write transaction. */
VAULT_CHECKED enum vault_err log_add(
    struct store *s, const char *what, const char *detail, size_t len);

/*
 * Hand the entries from number from on to each, in order, until it returns
 * false.  What it is given is borrowed for the call.
 */
VAULT_CHECKED enum vault_err log_each(struct store *s, uint64_t from,
    bool (*each)(void *ctx, const struct log_entry *e), void *ctx);

/* Number and time of the last entry; zeros for an empty log. */
VAULT_CHECKED enum vault_err log_last(
    struct store *s, uint64_t *seq, int64_t *time);

/*
 * Recompute the chain.  VAULT_EDAMAGED: it does not end in the root, or an
 * entry is missing or changed; *seq is then the first that is wrong.
 */
VAULT_CHECKED enum vault_err log_check(struct store *s, uint64_t *seq);

#endif
