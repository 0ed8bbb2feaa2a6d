/* SPDX-License-Identifier: ISC */
#include "exchange/padme.h"

/* floor(log2(n)), n > 0 */
static unsigned
log2_floor(uint64_t n)
{
	unsigned log = 0;

	while (n >>= 1)
		log++;
	return log;
}

uint64_t
padme_length(uint64_t len)
{
	unsigned e, s;
	uint64_t mask;

	if (len <= PADME_LEAST)
		return PADME_LEAST;
	e = log2_floor(len);
	s = log2_floor(e) + 1;
	mask = (UINT64_C(1) << (e - s)) - 1;
	return (len + mask) & ~mask;
}
