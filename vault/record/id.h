/* SPDX-License-Identifier: ISC */
/*
 * id - record ids: 128 random bits, written as a number in Crockford base32
 * (records.md, 2).  The order of the bytes is the order of the texts.
 */
#ifndef RECORD_ID_H
#define RECORD_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

#define ID_LEN 16
#define ID_TEXT_LEN 26
#define ID_PREFIX_MIN 4

void id_new(uint8_t id[static ID_LEN]);

/* Write the 26 characters and a NUL. */
void id_print(
    char text[static ID_TEXT_LEN + 1], const uint8_t id[static ID_LEN]);

/*
 * Read a complete id as a person types it: in either case, i and l for 1, o
 * for 0.  VAULT_EUSE: not an id; id is then all zero.
 */
VAULT_CHECKED enum vault_err id_parse(
    uint8_t id[static ID_LEN], const char *text, size_t len);

/* True for exactly what id_print writes: the form in stored bodies. */
bool id_is_canonical(const char *text, size_t len);

/*
 * The first and the last id that begin with a prefix of ID_PREFIX_MIN to
 * ID_TEXT_LEN characters.  VAULT_EUSE: too short, too long, not an id's.
 */
VAULT_CHECKED enum vault_err id_range(uint8_t low[static ID_LEN],
    uint8_t high[static ID_LEN], const char *prefix, size_t len);

#endif
