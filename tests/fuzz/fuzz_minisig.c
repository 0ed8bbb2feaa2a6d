/* SPDX-License-Identifier: ISC */
/*
 * Reaches minisig_parse, minisig_check, minisig_key_parse and their writers.
 * Property: what is accepted is exactly what the writer writes; and nobody
 * guesses a signature.
 */
#include "core/buf.h"
#include "exchange/minisig.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct minisig_key nobody = { .key = { 1 } };
	const char *text = (const char *)data;
	struct buf again = { 0 };
	struct minisig_key key;
	struct minisig sig;

	if (minisig_parse(&sig, text, size) == VAULT_OK) {
		assert(minisig_write(&again, &sig));
		assert(again.len == size);
		assert(memcmp(again.bytes, data, size) == 0);
		assert(minisig_check(&sig, &nobody, "x", 1) != VAULT_OK);
	}
	buf_reset(&again);
	if (minisig_key_parse(&key, text, size) == VAULT_OK) {
		assert(minisig_key_write(&again, &key));
		assert(again.len == size);
		assert(memcmp(again.bytes, data, size) == 0);
	}
	buf_free(&again);
	return 0;
}
