/* SPDX-License-Identifier: ISC */
/*
 * random - bytes from the kernel, never from a buffer of our own: a buffer
 * that lives through a fork would hand out the same nonces twice.
 */
#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_fill(void *to, size_t len);

/* A number in 0 .. below - 1, each equally likely; below > 0. */
uint32_t random_below(uint32_t below);

#ifdef VAULT_TEST
/* Bytes from a generator with this seed; 0 goes back to the kernel. */
void random_test_seed(uint64_t seed);
#endif

#endif
