/* SPDX-License-Identifier: ISC */
/*
 * Reaches revocation_read, revocation_write.  Property: what is accepted is
 * what the writer writes of what was read.
 */
#include <sodium.h>

#include "core/buf.h"
#include "exchange/revocation.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = size > 0 ? (const char *)data : "";
	struct buf again = { 0 };
	struct revocation r;

	assert(sodium_init() >= 0);
	if (revocation_read(&r, text, size) == VAULT_OK) {
		assert(revocation_is(text, size));
		assert(revocation_write(&again, &r) == VAULT_OK);
		assert(
		    again.len == size && memcmp(again.bytes, text, size) == 0);
	}
	buf_free(&again);
	return 0;
}
