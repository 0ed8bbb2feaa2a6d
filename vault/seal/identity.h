/* SPDX-License-Identifier: ISC */
/*
 * identity - the signing key of an office: Ed25519 (RFC 8032).
 *
 * Every signature that is not minisign's begins with a label of its own, so
 * that what was signed for one purpose is never taken for another.
 */
#ifndef SEAL_IDENTITY_H
#define SEAL_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "seal/seal.h"

struct secret;

#define IDENTITY_PUBLIC_LEN 32
#define IDENTITY_SEED_LEN 32
#define IDENTITY_SIGN_LEN                                                      \
	64 /* libsodium's form of the secret: seed, public                     \
	    */
#define SIGNATURE_LEN 64
#define IDENTITY_SEALED_LEN (IDENTITY_SEED_LEN + SEAL_EXTRA)
#define IDENTITY_DIGITS_LEN (12 * 6)

/* A new key: the public half, and the seed sealed for the vault. */
VAULT_CHECKED enum vault_err identity_new(
    uint8_t public_key[static IDENTITY_PUBLIC_LEN],
    uint8_t sealed[static IDENTITY_SEALED_LEN], const struct keyring *ring);

/* The secret key, of IDENTITY_SIGN_LEN bytes, to be freed by the caller. */
VAULT_CHECKED enum vault_err identity_open(struct secret **out,
    const uint8_t public_key[static IDENTITY_PUBLIC_LEN],
    const uint8_t sealed[static IDENTITY_SEALED_LEN],
    const struct keyring *ring);

/* Ed25519 over label || 0x00 || message. */
VAULT_CHECKED enum vault_err identity_sign(
    uint8_t signature[static SIGNATURE_LEN], const struct secret *key,
    const char *label, const void *message, size_t len);

/* VAULT_EDAMAGED: the signature is not of this key over this message. */
VAULT_CHECKED enum vault_err identity_verify(
    const uint8_t signature[static SIGNATURE_LEN],
    const uint8_t public_key[static IDENTITY_PUBLIC_LEN], const char *label,
    const void *message, size_t len);

/*
 * The 60 digits that two people read to each other, in 12 groups of 5 with
 * blanks between them: group j is bytes 5j to 5j + 4 of
 * BLAKE2b-512("amparo fingerprint 1" || 0x00 || public key), big-endian,
 * modulo 100,000 (exchange of cards, FORMAT.md).
 */
void identity_digits(char out[static IDENTITY_DIGITS_LEN],
    const uint8_t public_key[static IDENTITY_PUBLIC_LEN]);

#endif
