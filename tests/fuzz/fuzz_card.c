/* SPDX-License-Identifier: ISC */
/*
 * Reaches card_read, card_write.  The input is a card without its signature,
 * which is made here under a fixed key, so that fuzzing gets behind it.  The
 * seed that has a line "follows" has a right one, of the key of 32 twos.
 * Property: what is accepted is what the writer writes of what was read.
 */
#include <sodium.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/secret.h"
#include "exchange/card.h"
#include "fuzz.h"

static void
add_signature(struct buf *b, const struct secret *key)
{
	uint8_t signature[SIGNATURE_LEN];

	assert(identity_sign(signature, key, "amparo card 1", b->bytes,
		   b->len) == VAULT_OK);
	buf_put_text(b, "# signature ");
	hex_encode(b, signature, sizeof(signature));
	buf_put_byte(b, '\n');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[32] = { 1 };
	struct secret *key;
	uint8_t public_key[IDENTITY_PUBLIC_LEN];
	struct buf b = { 0 }, again = { 0 };
	struct card card;

	assert(sodium_init() >= 0);
	key = secret_new(IDENTITY_SIGN_LEN);
	assert(key != NULL);
	crypto_sign_seed_keypair(public_key, secret_bytes(key), seed);
	(void)!card_read(&card, size > 0 ? (const char *)data : "", size);
	if (size > 0)
		buf_put(&b, data, size);
	add_signature(&b, key);
	if (card_read(&card, buf_text(&b), b.len) == VAULT_OK) {
		assert(memcmp(card.key, public_key, sizeof(public_key)) == 0);
		assert(card_write(&again, &card, key) == VAULT_OK);
		assert(again.len == b.len &&
		    memcmp(again.bytes, b.bytes, b.len) == 0);
	}
	secret_free(key);
	buf_free(&b);
	buf_free(&again);
	return 0;
}
