/* SPDX-License-Identifier: ISC */
/*
 * Reaches tombstone_read, tombstone_write.  The input is read as it is, and
 * once more as what a file of a bundle says, signed here under a fixed key,
 * so that fuzzing gets behind the signature.  Property: what is accepted is
 * what the writer writes of what was read.
 */
#include <sodium.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/secret.h"
#include "fuzz.h"
#include "record/tombstone.h"

static void
try_one(const struct buf *text)
{
	struct buf again = { 0 };
	struct tombstone t;

	if (tombstone_read(&t, text->bytes, text->len) != VAULT_OK)
		return;
	assert(tombstone_is(text->bytes, text->len));
	assert(tombstone_write(&again, &t) == VAULT_OK);
	assert(again.len == text->len &&
	    memcmp(again.bytes, text->bytes, text->len) == 0);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[32] = { 1 };
	uint8_t public_key[IDENTITY_PUBLIC_LEN], signature[SIGNATURE_LEN];
	struct buf raw = { 0 }, text = { 0 };
	struct secret *key;

	assert(sodium_init() >= 0);
	key = secret_new(IDENTITY_SIGN_LEN);
	assert(key != NULL);
	crypto_sign_seed_keypair(public_key, secret_bytes(key), seed);
	if (size > 0)
		buf_put(&raw, data, size);
	try_one(&raw);
	assert(identity_sign(signature, key, "amparo tombstone 1",
		   buf_text(&raw), raw.len) == VAULT_OK);
	buf_put_text(&text, "{\"signature\":\"");
	hex_encode(&text, signature, sizeof(signature));
	buf_put_text(&text, "\",\"tombstone\":");
	buf_put(&text, buf_text(&raw), raw.len);
	buf_put_byte(&text, '}');
	try_one(&text);
	secret_free(key);
	buf_free(&raw);
	buf_free(&text);
	return 0;
}
