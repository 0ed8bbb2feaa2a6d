/* SPDX-License-Identifier: ISC */
/*
 * sha256_blocks - the compression function of SHA-256 (FIPS 180-4, 6.2.2) in
 * the processor's own instructions, where it has them.  libsodium 1.0.18 has
 * none, and is three to five times slower; whoever cannot have these uses it.
 */
#ifndef CORE_SHA256_BLOCKS_H
#define CORE_SHA256_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK 64

/* Are they there, and do they give what the standard says for "abc"? */
bool sha256_blocks_can(void);

/* Take n blocks into h.  Only if sha256_blocks_can. */
void sha256_blocks(uint32_t h[static 8], const uint8_t *from, size_t n);

/* The value of h before the first block. */
extern const uint32_t sha256_start[8];

#endif
