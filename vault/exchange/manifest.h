/* SPDX-License-Identifier: ISC */
/*
 * manifest - the text MANIFEST of a bundle: what is in it, and for whom.
 *
 *   # amparo-manifest 1
 *   # sender <signing key id, 16 hex digits>      or: unsigned
 *   # bundle <32 hex digits>
 *   # to <64 hex digits> <112 hex digits>         4, 8, 16 ... of them
 *   # files <number of file lines>
 *   # bytes <sum of their sizes>
 *   <64 hex digits>  <name>                       in the order of the tar
 *
 * MANIFEST and its signature are not listed, so `sha256sum -c MANIFEST`
 * works as it is.  A `to` line holds SHA-256 of "<bundle> <recipient>" and,
 * hidden under SHA-512 of "<bundle> place <recipient>", the place of this
 * bundle among those for the same recipient: who does not hold the recipient
 * string learns nothing.  Lines that stand for nobody are random bytes.
 */
#ifndef EXCHANGE_MANIFEST_H
#define EXCHANGE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "exchange/tar.h"

struct buf;

#define MANIFEST_SENDER_LEN 8
#define MANIFEST_BUNDLE_LEN 16
#define MANIFEST_HASH_LEN 32
#define MANIFEST_CHAIN_LEN 16

/* Where a bundle stands among those of one chain to one recipient. */
struct manifest_place {
	uint8_t chain[MANIFEST_CHAIN_LEN];
	uint64_t number;                     /* from 1 */
	uint8_t previous[MANIFEST_HASH_LEN]; /* zeros in number 1 only */
};

/* A recipient, age1..., and the place of this bundle for it. */
struct manifest_to {
	const char *recipient;
	struct manifest_place place;
};

struct manifest_file {
	uint8_t hash[MANIFEST_HASH_LEN];
	char name[TAR_NAME_MAX + 1];
};

/* A parsed manifest.  The text is borrowed. */
struct manifest {
	const char *text;
	size_t len;
	bool is_signed;
	uint8_t sender[MANIFEST_SENDER_LEN]; /* zeros if unsigned */
	uint8_t bundle[MANIFEST_BUNDLE_LEN];
	size_t n_to;
	size_t n_files;
	uint64_t bytes;
	size_t to_at;    /* where in text the to lines begin */
	size_t files_at; /* and the file lines */
};

/*
 * Append the head to out.  Of m only is_signed, sender, bundle, n_files and
 * bytes are read.  VAULT_EUSE: no recipient, too many, a place that cannot be.
 */
VAULT_CHECKED enum vault_err manifest_write_head(struct buf *out,
    const struct manifest *m, const struct manifest_to *to, size_t n);

/* Append the line of a file.  The caller keeps to the order of the tar. */
bool manifest_write_file(struct buf *out,
    const uint8_t hash[static MANIFEST_HASH_LEN], const char *name);

/*
 * Parse and check all of a manifest.  VAULT_EDAMAGED: not one that we write.
 * VAULT_EVERSION: another version, or over a limit of the tar.
 */
VAULT_CHECKED enum vault_err manifest_parse(
    struct manifest *out, const char *text, size_t len);

/* Walk over the files: *at begins as 0; false at the end. */
bool manifest_next(
    struct manifest_file *out, const struct manifest *m, size_t *at);

/*
 * Find the line for a recipient string and unmask it.  VAULT_ENOTFORUS:
 * there is none.  VAULT_EDAMAGED: a place that cannot be.
 */
VAULT_CHECKED enum vault_err manifest_find(struct manifest_place *out,
    const struct manifest *m, const char *recipient);

#endif
