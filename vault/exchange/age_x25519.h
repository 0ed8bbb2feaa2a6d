/* SPDX-License-Identifier: ISC */
/* age_x25519 - the agreement that the X25519 and hybrid kinds share. */
#ifndef EXCHANGE_AGE_X25519_H
#define EXCHANGE_AGE_X25519_H

#include <stdint.h>

#include "core/error.h"

#define AGE_X25519_LEN 32

/*
 * shared = X25519(secret, public).  VAULT_EDAMAGED: the result is all zeros,
 * so that whoever chose the public key knows it without any secret.
 */
VAULT_CHECKED enum vault_err age_x25519_shared(
    uint8_t shared[static AGE_X25519_LEN],
    const uint8_t secret[static AGE_X25519_LEN],
    const uint8_t public[static AGE_X25519_LEN]);

#endif
