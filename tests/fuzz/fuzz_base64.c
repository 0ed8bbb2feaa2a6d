/* SPDX-License-Identifier: ISC */
/*
 * Reaches base64_decode, base64_encode, hex_decode, hex_encode.  Property:
 * what is accepted is exactly what the encoder writes.
 */
#include "core/base64.h"
#include "core/buf.h"
#include "fuzz.h"

static void
try_form(const char *text, size_t len, enum base64_form form)
{
	struct buf bytes = { 0 }, again = { 0 };

	if (base64_decode(&bytes, text, len, form) == VAULT_OK) {
		assert(base64_encode(&again, bytes.bytes, bytes.len, form));
		assert(again.len == len);
		assert(len == 0 || memcmp(again.bytes, text, len) == 0);
	} else {
		assert(bytes.len == 0);
	}
	buf_free(&bytes);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct buf again = { 0 };
	uint8_t bytes[64];

	try_form(text, size, BASE64_BARE);
	try_form(text, size, BASE64_PADDED);
	if (size / 2 <= sizeof(bytes) &&
	    hex_decode(bytes, size / 2, text, size) == VAULT_OK) {
		assert(hex_encode(&again, bytes, size / 2));
		assert(again.len == size);
		assert(size == 0 || memcmp(again.bytes, text, size) == 0);
	}
	buf_free(&again);
	return 0;
}
