/* SPDX-License-Identifier: ISC */
/*
 * tar - the archive inside a bundle: ustar, in one form only.
 *
 * Tar's own fields would name whoever made the archive, so all of them are
 * fixed: mode 0600, user and group 0 without names, time 0.  There are only
 * regular files, in this order:
 *
 *   README.txt  MANIFEST  [MANIFEST.minisig]  attachments/...  records/...
 *
 * (the latter by byte value), then two zero blocks, then zeros up to
 * padme_length().  A name in a folder is one part of [a-z0-9._-] that begins
 * with a letter or digit.  The reader makes the header that the writer would
 * make and compares all of it: it accepts what the writer makes, and no more.
 */
#ifndef EXCHANGE_TAR_H
#define EXCHANGE_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "exchange/pipe.h"

#define TAR_BLOCK 512
#define TAR_NAME_MAX 100
#define TAR_SIZE_MAX UINT64_C(077777777777)
#define TAR_ENTRIES_MAX 200000
#define TAR_MANIFEST_MAX (UINT64_C(32) * 1024 * 1024)

/* The three names that come first, in their order. */
#define TAR_README "README.txt"
#define TAR_MANIFEST "MANIFEST"
#define TAR_SIGNATURE "MANIFEST.minisig"

/* Why an archive is refused. */
enum tar_fault {
	TAR_FAULT_NONE,
	TAR_FAULT_HEADER,         /* not a header that the writer makes */
	TAR_FAULT_ORDER,          /* out of order, twice, or one is missing */
	TAR_FAULT_PADDING,        /* not zero after an entry */
	TAR_FAULT_END,            /* ends early, late, or not in zeros */
	TAR_FAULT_LIMIT_ENTRIES,  /* over 200,000: VAULT_EVERSION */
	TAR_FAULT_LIMIT_MANIFEST, /* over 32 MiB: VAULT_EVERSION */
};

/* True if a file of that name may be in an archive. */
bool tar_name_is_good(const char *name);

/*
 * True if next may follow name, which is NULL at the start; next is NULL at
 * the end.  Both are good names.
 */
bool tar_may_follow(const char *name, const char *next);

/* The header of an entry.  VAULT_EUSE: a bad name, or over TAR_SIZE_MAX. */
VAULT_CHECKED enum vault_err tar_header(
    uint8_t out[static TAR_BLOCK], const char *name, uint64_t size);

/* How many bytes an entry takes, its header and padding included. */
uint64_t tar_entry_length(uint64_t size);

/*
 * Write an archive: begin an entry with its size, put that many bytes, begin
 * the next; end.  VAULT_EUSE: what the reader would refuse, or another
 * number of bytes than was said.
 */
struct tar_writer {
	struct pipe_sink to;
	uint64_t written; /* bytes of the archive */
	uint64_t left;    /* bytes that the entry still lacks */
	size_t entries;
	char name[TAR_NAME_MAX + 1]; /* of the last entry; "" before it */
};

void tar_writer_init(struct tar_writer *w, const struct pipe_sink *to);
VAULT_CHECKED enum vault_err tar_writer_begin(
    struct tar_writer *w, const char *name, uint64_t size);
VAULT_CHECKED enum vault_err tar_writer_put(
    struct tar_writer *w, const void *bytes, size_t len);
VAULT_CHECKED enum vault_err tar_writer_end(struct tar_writer *w);

/*
 * What a reader calls for each entry: begin, data any number of times, end.
 * What they return, unless VAULT_OK, stops the reader and is returned as it
 * is, with TAR_FAULT_NONE.  The name is borrowed until end returns.
 */
struct tar_events {
	enum vault_err (*begin)(void *ctx, const char *name, uint64_t size);
	enum vault_err (*data)(void *ctx, const void *bytes, size_t len);
	enum vault_err (*end)(void *ctx);
	void *ctx;
};

/*
 * Read an archive that comes in pieces of any size.  VAULT_EDAMAGED or
 * VAULT_EVERSION: fault says why, and stays so.  Only after tar_reader_end
 * is it known that nothing was missing.
 */
struct tar_reader {
	struct tar_events events;
	enum tar_fault fault;
	enum vault_err err;
	int state;
	uint64_t seen;    /* bytes of the archive */
	uint64_t left;    /* bytes of what the state reads */
	uint64_t padding; /* zeros after the entry */
	size_t entries;
	uint8_t block[TAR_BLOCK];
	char name[TAR_NAME_MAX + 1];
};

void tar_reader_init(struct tar_reader *r, const struct tar_events *events);
VAULT_CHECKED enum vault_err tar_reader_put(
    struct tar_reader *r, const void *bytes, size_t len);
VAULT_CHECKED enum vault_err tar_reader_end(struct tar_reader *r);

#endif
