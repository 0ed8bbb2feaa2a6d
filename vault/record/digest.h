/* SPDX-License-Identifier: ISC */
/* digest - SHA-256 (FIPS 180-4), which the world outside understands. */
#ifndef RECORD_DIGEST_H
#define RECORD_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_LEN 32

struct digest;

/* NULL if memory is short. */
struct digest *digest_new(void);
void digest_put(struct digest *d, const void *bytes, size_t len);

/* May be called once. */
void digest_end(struct digest *d, uint8_t out[static DIGEST_LEN]);
void digest_free(struct digest *d);

#endif
