/* SPDX-License-Identifier: ISC */
/*
 * digest - SHA-256 by the processor's instructions if it has them, else by
 * libsodium.  Half of the time of an attachment was this hash.
 */
#include <string.h>

#include <sodium.h>

#include "core/mem.h"
#include "core/sha256_blocks.h"
#include "record/digest.h"

struct digest {
	bool fast;
	/* fast: */
	uint32_t h[8];
	uint64_t len;
	uint8_t block[SHA256_BLOCK]; /* the last len % 64 bytes */
	/* else: */
	crypto_hash_sha256_state state;
};

struct digest *
digest_new(void)
{
	struct digest *d = mem_alloc(sizeof(*d));

	if (d != NULL) {
		d->fast = sha256_blocks_can();
		digest_begin(d);
	}
	return d;
}

void
digest_begin(struct digest *d)
{
	memcpy(d->h, sha256_start, sizeof(d->h));
	d->len = 0;
	crypto_hash_sha256_init(&d->state);
}

static void
put_fast(struct digest *d, const uint8_t *bytes, size_t len)
{
	size_t has = d->len % SHA256_BLOCK, lacks = SHA256_BLOCK - has;

	d->len += len;
	if (has > 0 && len >= lacks) {
		memcpy(d->block + has, bytes, lacks);
		sha256_blocks(d->h, d->block, 1);
		bytes += lacks;
		len -= lacks;
		has = 0;
	}
	if (len >= SHA256_BLOCK) {
		sha256_blocks(d->h, bytes, len / SHA256_BLOCK);
		bytes += len - len % SHA256_BLOCK;
		len %= SHA256_BLOCK;
	}
	if (len > 0)
		memcpy(d->block + has, bytes, len);
}

/* 0x80, zeros, and the number of bits as the last eight bytes of a block. */
static void
end_fast(struct digest *d, uint8_t out[static DIGEST_LEN])
{
	uint8_t end[2 * SHA256_BLOCK] = { 0x80 };
	size_t has = d->len % SHA256_BLOCK;
	size_t len = (has < SHA256_BLOCK - 8 ? SHA256_BLOCK
					     : 2 * SHA256_BLOCK) -
	    has;
	uint64_t bits = 8 * d->len;

	for (size_t i = 0; i < 8; i++)
		end[len - 1 - i] = (uint8_t)(bits >> (8 * i));
	put_fast(d, end, len);
	for (size_t i = 0; i < DIGEST_LEN; i++)
		out[i] = (uint8_t)(d->h[i / 4] >> (24 - 8 * (i % 4)));
}

void
digest_put(struct digest *d, const void *bytes, size_t len)
{
	if (d->fast)
		put_fast(d, bytes, len);
	else
		crypto_hash_sha256_update(&d->state, bytes, len);
}

void
digest_end(struct digest *d, uint8_t out[static DIGEST_LEN])
{
	if (d->fast)
		end_fast(d, out);
	else
		crypto_hash_sha256_final(&d->state, out);
}

void
digest_free(struct digest *d)
{
	mem_free(d);
}

#ifdef VAULT_TEST
void
digest_test_slow(struct digest *d)
{
	d->fast = false;
}
#endif
