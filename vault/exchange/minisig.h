/* SPDX-License-Identifier: ISC */
/*
 * minisig - signatures that minisign checks, in its prehashed form.
 *
 *   untrusted comment: MINISIG_COMMENT
 *   base64("ED" || key id || sig)     sig  = Ed25519(BLAKE2b-512(message))
 *   trusted comment: TEXT
 *   base64(gsig)                      gsig = Ed25519(sig || TEXT)
 *
 * The untrusted comment is not signed, so we write and read only one: no
 * byte of a signature can be changed without notice.
 */
#ifndef EXCHANGE_MINISIG_H
#define EXCHANGE_MINISIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct buf;
struct secret;

#define MINISIG_ID_LEN 8
#define MINISIG_KEY_LEN 32
#define MINISIG_SECRET_LEN 64
#define MINISIG_SIG_LEN 64
#define MINISIG_TEXT_MAX 1024
#define MINISIG_COMMENT "signature of an Amparo manifest"
#define MINISIG_KEY_COMMENT "Amparo signing key"

struct minisig_key {
	uint8_t id[MINISIG_ID_LEN];
	uint8_t key[MINISIG_KEY_LEN];
};

/* A signature taken apart.  text is borrowed from what was parsed. */
struct minisig {
	uint8_t id[MINISIG_ID_LEN];
	uint8_t sig[MINISIG_SIG_LEN];
	uint8_t global_sig[MINISIG_SIG_LEN];
	const char *text; /* the trusted comment: printable ASCII */
	size_t text_len;
};

/*
 * Append the signature of a message under an Ed25519 secret key of
 * MINISIG_SECRET_LEN bytes, and a trusted comment.  VAULT_EUSE: a comment
 * that is too long or not printable ASCII.
 */
VAULT_CHECKED enum vault_err minisig_sign(struct buf *out,
    const uint8_t id[static MINISIG_ID_LEN], const struct secret *key,
    const void *message, size_t len, const char *text);

/* Write out what was parsed. */
bool minisig_write(struct buf *out, const struct minisig *sig);

/* Parse a signature, checking its form only.  VAULT_EDAMAGED: not ours. */
VAULT_CHECKED enum vault_err minisig_parse(
    struct minisig *out, const char *text, size_t len);

/*
 * Check a parsed signature.  VAULT_EDAMAGED: by another key, of another
 * message, or with another trusted comment.
 */
VAULT_CHECKED enum vault_err minisig_check(const struct minisig *sig,
    const struct minisig_key *key, const void *message, size_t len);

/* A public key as base64, as `minisign -P` takes it; and back: VAULT_EUSE. */
bool minisig_key_write(struct buf *out, const struct minisig_key *key);
VAULT_CHECKED enum vault_err minisig_key_parse(
    struct minisig_key *out, const char *text, size_t len);

/* A public key file, as `minisign -p` takes it: a comment, and the key. */
bool minisig_key_file(struct buf *out, const struct minisig_key *key);

#endif
