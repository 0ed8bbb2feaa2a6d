/* SPDX-License-Identifier: ISC */
/*
 * base64 - RFC 4648, section 4, strictly: canonical, nothing skipped.
 *
 * Written by us because sodium_base642bin of libsodium 1.0.18 to 1.0.20 takes
 * every byte from 0x80 on as the digit '/'.
 */
#ifndef CORE_BASE64_H
#define CORE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct buf;

enum base64_form { BASE64_BARE, BASE64_PADDED };

/* Append the base64 of len bytes to out, without line ends. */
bool base64_encode(
    struct buf *out, const void *from, size_t len, enum base64_form form);

/*
 * Append what text stands for to out.  VAULT_EUSE, with nothing appended: a
 * character outside the alphabet, a wrong length, padding that is missing or
 * not asked for, unused bits that are not zero.
 */
VAULT_CHECKED enum vault_err base64_decode(
    struct buf *out, const char *text, size_t len, enum base64_form form);

/* Lower-case hexadecimal.  hex_decode wants exactly 2 * len digits. */
bool hex_encode(struct buf *out, const void *from, size_t len);
VAULT_CHECKED enum vault_err hex_decode(
    uint8_t *to, size_t len, const char *text, size_t text_len);

#endif
