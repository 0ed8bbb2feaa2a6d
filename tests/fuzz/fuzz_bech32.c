/* SPDX-License-Identifier: ISC */
/*
 * Reaches bech32_decode and bech32_encode.  Property: what is accepted is
 * what the encoder writes in one of the two cases.  As a checksum is hardly
 * ever guessed, an input of 32 bytes is encoded first and must come back.
 */
#include "core/buf.h"
#include "exchange/bech32.h"
#include "fuzz.h"

static void
try_text(const char *text, size_t len)
{
	struct buf lower = { 0 }, upper = { 0 };
	uint8_t bytes[32];

	if (bech32_decode(bytes, 32, "age", text, len) == VAULT_OK) {
		assert(bech32_encode(&lower, "age", bytes, 32, BECH32_LOWER));
		assert(bech32_encode(&upper, "age", bytes, 32, BECH32_UPPER));
		assert(lower.len == len && upper.len == len);
		assert(memcmp(lower.bytes, text, len) == 0 ||
		    memcmp(upper.bytes, text, len) == 0);
	}
	buf_free(&lower);
	buf_free(&upper);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { 0 };
	uint8_t bytes[32];

	try_text((const char *)data, size);
	if (size < 34)
		return 0;
	assert(bech32_encode(&text, "age", data, 32, BECH32_LOWER));
	assert(bech32_decode(bytes, 32, "age", buf_text(&text), text.len) ==
	    VAULT_OK);
	assert(memcmp(bytes, data, 32) == 0);
	text.bytes[data[32] % text.len] ^= data[33];
	try_text(buf_text(&text), text.len);
	buf_free(&text);
	return 0;
}
