/* SPDX-License-Identifier: ISC */
#include <sodium.h>

#include "core/mem.h"
#include "record/digest.h"

struct digest {
	crypto_hash_sha256_state state;
};

struct digest *
digest_new(void)
{
	struct digest *d = mem_alloc(sizeof(*d));

	if (d != NULL)
		crypto_hash_sha256_init(&d->state);
	return d;
}

void
digest_put(struct digest *d, const void *bytes, size_t len)
{
	crypto_hash_sha256_update(&d->state, bytes, len);
}

void
digest_end(struct digest *d, uint8_t out[static DIGEST_LEN])
{
	crypto_hash_sha256_final(&d->state, out);
}

void
digest_free(struct digest *d)
{
	mem_free(d);
}
