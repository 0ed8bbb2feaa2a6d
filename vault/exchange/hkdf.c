/* SPDX-License-Identifier: ISC */
#include <sodium.h>

#include "core/secret.h"
#include "exchange/hkdf.h"

void
hkdf_hmac(uint8_t out[static HKDF_LEN], const void *key, size_t key_len,
    const void *text, size_t len)
{
	crypto_auth_hmacsha256_state state;

	/* An empty key may be NULL here, but not for libsodium. */
	crypto_auth_hmacsha256_init(
	    &state, key_len > 0 ? key : (const void *)"", key_len);
	crypto_auth_hmacsha256_update(&state, text, len);
	crypto_auth_hmacsha256_final(&state, out);
	bytes_wipe(&state, sizeof(state));
}

void
hkdf_expand(uint8_t out[static HKDF_LEN], const uint8_t prk[static HKDF_LEN],
    const void *info, size_t info_len)
{
	static const uint8_t first_block = 1;
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, prk, HKDF_LEN);
	crypto_auth_hmacsha256_update(&state, info, info_len);
	crypto_auth_hmacsha256_update(&state, &first_block, 1);
	crypto_auth_hmacsha256_final(&state, out);
	bytes_wipe(&state, sizeof(state));
}

void
hkdf_derive(uint8_t out[static HKDF_LEN], const void *ikm, size_t ikm_len,
    const void *salt, size_t salt_len, const void *info, size_t info_len)
{
	/* The key in between lies where the result will: nothing to wipe. */
	hkdf_hmac(out, salt, salt_len, ikm, ikm_len);
	hkdf_expand(out, out, info, info_len);
}
