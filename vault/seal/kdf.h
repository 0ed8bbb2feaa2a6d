/* SPDX-License-Identifier: ISC */
/*
 * kdf - from a passphrase to a key: Argon2id (RFC 9106), and the only user of
 * libargon2.  Costs are bounded before they are believed.
 */
#ifndef SEAL_KDF_H
#define SEAL_KDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct secret;

#define KDF_SALT_LEN 16
#define KDF_OUT_LEN 32
#define KDF_PASS_MAX 1024

/* Bounds of FORMAT.md, 3.2.  Test builds go lower, to be quick. */
#ifdef VAULT_TEST
#define KDF_MEMORY_MIN 64
#define KDF_PASSES_MIN 1
#else
#define KDF_MEMORY_MIN 65536
#define KDF_PASSES_MIN 3
#endif
#define KDF_MEMORY_MAX 4194304
#define KDF_PASSES_MAX 64
#define KDF_PRODUCT_MAX 16777216
#define KDF_LANES_MAX 16

struct kdf_cost {
	uint32_t memory; /* KiB */
	uint32_t passes;
	uint32_t lanes;
};

/* VAULT_EVERSION: above the ceiling.  VAULT_EDAMAGED: below the floor. */
VAULT_CHECKED enum vault_err kdf_check(const struct kdf_cost *cost);

/*
 * Derive KDF_OUT_LEN bytes from pass, which is brought to NFC first.
 * VAULT_EUSE: pass is empty, too long or not valid UTF-8.
 * VAULT_EKDFMEM: this machine has less memory free than the cost asks for.
 */
VAULT_CHECKED enum vault_err kdf_derive(struct secret **out,
    const struct secret *pass, const uint8_t salt[static KDF_SALT_LEN],
    const struct kdf_cost *cost);

/* The memory that could be used now, in KiB, by all limits that we know of. */
uint64_t kdf_memory_free(void);

/*
 * A cost of about one second on this machine, with at most a quarter of its
 * memory and 1 GiB; never below the floor.
 */
VAULT_CHECKED enum vault_err kdf_calibrate(struct kdf_cost *out);

#endif
