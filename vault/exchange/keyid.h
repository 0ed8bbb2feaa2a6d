/* SPDX-License-Identifier: ISC */
/*
 * keyid - the id that minisign and manifests call a signing key by: the first
 * 8 bytes of its public half.  It only finds a key; it proves nothing.
 */
#ifndef EXCHANGE_KEYID_H
#define EXCHANGE_KEYID_H

#include <stdbool.h>
#include <string.h>

#include "exchange/minisig.h"

static inline bool
keyid_matches(const uint8_t *id, const uint8_t *key)
{
	return memcmp(id, key, MINISIG_ID_LEN) == 0;
}

static inline struct minisig_key
keyid_minisign(const uint8_t *key)
{
	struct minisig_key k;

	memcpy(k.id, key, MINISIG_ID_LEN);
	memcpy(k.key, key, MINISIG_KEY_LEN);
	return k;
}

#endif
