/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/sha256_blocks.h"

const uint32_t sha256_start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372,
	0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

#if defined(__x86_64__) && !defined(PLANT_NO_SHA_NI)

#include <cpuid.h>
#include <immintrin.h>

#define TARGET __attribute__((target("sha,sse4.1")))

static const uint32_t k[64] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
	0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
	0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138,
	0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
	0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f,
	0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2 };

/* Leaf 7: the SHA instructions; leaf 1: SSE4.1 and SSSE3. */
static bool
processor_has_it(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & 1u << 29) == 0)
		return false;
	return __get_cpuid(1, &a, &b, &c, &d) && (c & 1u << 19) != 0 &&
	    (c & 1u << 9) != 0;
}

/*
 * The instructions keep the eight words as ABEF and CDGH.  Sixteen steps of
 * four rounds; w is the last sixteen words of the schedule, four by four.
 */
TARGET static void
one_block(__m128i *abef, __m128i *cdgh, const uint8_t *from)
{
	const __m128i swap = _mm_set_epi64x(
	    0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i s0 = *abef, s1 = *cdgh, w[4], x;

#pragma GCC unroll 4
	for (int i = 0; i < 4; i++)
		w[i] = _mm_shuffle_epi8(
		    _mm_loadu_si128(
			(const __m128i *)(const void *)(from + 16 * i)),
		    swap);
#pragma GCC unroll 16
	for (int i = 0; i < 16; i++) {
		const __m128i w0 = w[i % 4], w1 = w[(i + 1) % 4],
			      w2 = w[(i + 2) % 4], w3 = w[(i + 3) % 4];

		x = _mm_add_epi32(w0,
		    _mm_loadu_si128(
			(const __m128i *)(const void *)(k + 4 * i)));
		s1 = _mm_sha256rnds2_epu32(s1, s0, x);
		s0 = _mm_sha256rnds2_epu32(s0, s1, _mm_shuffle_epi32(x, 0x0e));
		/* The four words that are used four steps later. */
		x = _mm_add_epi32(
		    _mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
		w[i % 4] = _mm_sha256msg2_epu32(x, w3);
	}
	*abef = _mm_add_epi32(*abef, s0);
	*cdgh = _mm_add_epi32(*cdgh, s1);
}

TARGET void
sha256_blocks(uint32_t h[static 8], const uint8_t *from, size_t n)
{
	__m128i *low = (__m128i *)(void *)h, *high = low + 1;
	/* ABCD to CDAB, EFGH to HGFE; from these ABEF and CDGH, and back. */
	__m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(low), 0xb1);
	__m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128(high), 0x1b);
	__m128i abef = _mm_alignr_epi8(cdab, hgfe, 8);
	__m128i cdgh = _mm_blend_epi16(hgfe, cdab, 0xf0);
	__m128i feba, dchg;

	for (; n > 0; n--, from += SHA256_BLOCK)
		one_block(&abef, &cdgh, from);
	feba = _mm_shuffle_epi32(abef, 0x1b);
	dchg = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128(low, _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128(high, _mm_alignr_epi8(dchg, feba, 8));
}

#else

static bool
processor_has_it(void)
{
	return false;
}

void
sha256_blocks(uint32_t h[static 8], const uint8_t *from, size_t n)
{
	(void)h;
	(void)from;
	(void)n;
}

#endif

bool
sha256_blocks_can(void)
{
	static const uint32_t of_abc[8] = { 0xba7816bf, 0x8f01cfea, 0x414140de,
		0x5dae2223, 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad };
	static const uint8_t abc[SHA256_BLOCK] = { 'a', 'b', 'c',
		0x80, [63] = 24 };
	uint32_t h[8];

	if (!processor_has_it())
		return false;
	memcpy(h, sha256_start, sizeof(h));
	sha256_blocks(h, abc, 1);
	return memcmp(h, of_abc, sizeof(h)) == 0;
}
