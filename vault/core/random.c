/* SPDX-License-Identifier: ISC */
#include <string.h>

#include <sodium.h>

#include "core/random.h"

#ifdef VAULT_TEST
static uint64_t test_seed;
static _Atomic uint64_t test_calls; /* threads draw, too */

void
random_test_seed(uint64_t seed)
{
	test_seed = seed;
	test_calls = 0;
}

static void
test_fill(void *to, size_t len)
{
	uint8_t seed[randombytes_SEEDBYTES] = { 0 };
	uint64_t call = ++test_calls;

	memcpy(seed, &test_seed, sizeof(test_seed));
	memcpy(seed + 8, &call, sizeof(call));
	randombytes_buf_deterministic(to, len, seed);
}
#endif

void
random_fill(void *to, size_t len)
{
#ifdef VAULT_TEST
	if (test_seed != 0) {
		test_fill(to, len);
		return;
	}
#endif
	/* libsodium's own generator on Linux is getrandom, unbuffered. */
	randombytes_buf(to, len);
}

uint32_t
random_below(uint32_t below)
{
	uint32_t limit = UINT32_MAX - UINT32_MAX % below, value;

	do
		random_fill(&value, sizeof(value));
	while (value >= limit);
	return value % below;
}
