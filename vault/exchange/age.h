/* SPDX-License-Identifier: ISC */
/*
 * age - files in the format age v1 (C2SP, age.md), read and written.
 *
 * What a reader is given:
 *  1. A sink sees only plaintext whose tag was right, in order, and nothing
 *     after the first chunk that was not.
 *  2. A file that was cut, extended or put together from two is an error,
 *     but the sink has seen the chunks before the fault by then: whoever
 *     needs all or nothing reads twice and discards the first time.
 *  3. Memory is constant: the header, at most 2 MiB, and 4 MiB of chunks.
 *
 * A second thread (core/worker.h) helps with the cipher; sources and sinks
 * are only ever called from the caller's thread.  sodium_init() must have been
 * called.
 */
#ifndef EXCHANGE_AGE_H
#define EXCHANGE_AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "exchange/pipe.h"

struct buf;
struct secret;

#define AGE_RECIPIENTS_MAX 1024

/* Where a file failed; the code returned says what the caller can do. */
enum age_fault {
	AGE_FAULT_NONE,          /* not the file: memory, source, sink */
	AGE_FAULT_MATCH,         /* no identity opens it: VAULT_ENOTFORUS */
	AGE_FAULT_MAC,           /* the header was changed */
	AGE_FAULT_HEADER,        /* not a header that age writes */
	AGE_FAULT_PAYLOAD,       /* cut, extended or changed */
	AGE_FAULT_ARMOR,         /* not the armor that age writes */
	AGE_FAULT_LIMIT_HEADER,  /* over 2 MiB: VAULT_EVERSION */
	AGE_FAULT_LIMIT_LINE,    /* over 4,096 bytes: VAULT_EVERSION */
	AGE_FAULT_LIMIT_STANZAS, /* over 1,024: VAULT_EVERSION */
};

/* The same with the place: of AGE_FAULT_PAYLOAD, a chunk from 0, its byte. */
struct age_where {
	enum age_fault fault;
	uint64_t chunk, byte;
};

/* The kinds of recipient.  One file never mixes them. */
enum age_type { AGE_X25519 };

struct age_identity;
struct age_recipient;

/* A new identity, from random bytes. */
VAULT_CHECKED enum vault_err age_identity_new(
    struct age_identity **out, enum age_type type);

/* Read AGE-SECRET-KEY-1...  VAULT_EUSE: not such a string. */
VAULT_CHECKED enum vault_err age_identity_parse(
    struct age_identity **out, const char *text, size_t len);

/* The string of an identity. */
VAULT_CHECKED enum vault_err age_identity_text(
    struct secret **out, const struct age_identity *id);

/* Append the string of its recipient, age1..., to out. */
bool age_identity_recipient(struct buf *out, const struct age_identity *id);
enum age_type age_identity_type(const struct age_identity *id);
void age_identity_free(struct age_identity *id);

/* Read age1...  VAULT_EUSE: not such a string, or a key that is no key. */
VAULT_CHECKED enum vault_err age_recipient_parse(
    struct age_recipient **out, const char *text, size_t len);
enum age_type age_recipient_type(const struct age_recipient *to);
void age_recipient_free(struct age_recipient *to);

/*
 * How many stanzas a file for n recipients has, dummies included: 4, 8, 16
 * and so on.  0 if n is 0 or more than AGE_RECIPIENTS_MAX.
 */
size_t age_stanza_count(size_t n);

/*
 * Decrypt from with whichever of the n identities fits, into to, which may
 * be NULL: then all is checked and discarded.  *fault tells the cases of
 * VAULT_EDAMAGED and VAULT_EVERSION apart.  A source that ends before its
 * size is VAULT_EIO.
 */
VAULT_CHECKED enum vault_err age_open(enum age_fault *fault,
    const struct pipe_sink *to, const struct pipe_source *from,
    const struct age_identity *const *ids, size_t n);

VAULT_CHECKED enum vault_err age_open_where(struct age_where *where,
    const struct pipe_sink *to, const struct pipe_source *from,
    const struct age_identity *const *ids, size_t n);

/*
 * Encrypt all of from for n recipients of one type, among dummies and in
 * random order.  VAULT_EUSE: none, too many, or two types.
 */
VAULT_CHECKED enum vault_err age_seal(const struct pipe_sink *to,
    const struct pipe_source *from,
    const struct age_recipient *const *recipients, size_t n);

/*
 * The same for bytes that come piece by piece.  Without age_writer_end the
 * file has no last chunk, and no reader accepts it.
 */
struct age_writer;
VAULT_CHECKED enum vault_err age_writer_new(struct age_writer **out,
    const struct pipe_sink *to, const struct age_recipient *const *recipients,
    size_t n);
VAULT_CHECKED enum vault_err age_writer_put(
    struct age_writer *w, const void *bytes, size_t len);
VAULT_CHECKED enum vault_err age_writer_end(struct age_writer *w);
void age_writer_free(struct age_writer *w);

#endif
