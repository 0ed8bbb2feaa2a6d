/* SPDX-License-Identifier: ISC */
/*
 * padme - how long a bundle is made, so that its size tells little.
 *
 * Lengths up to 64 KiB become 64 KiB; above, a length keeps only its leading
 * bits (Padme), which costs at most 12 % and about 3 % typically.  Multiples
 * of 512 stay multiples of 512.
 */
#ifndef EXCHANGE_PADME_H
#define EXCHANGE_PADME_H

#include <stdint.h>

#define PADME_LEAST 65536

/* The padded length for len <= 2^62. */
uint64_t padme_length(uint64_t len);

#endif
