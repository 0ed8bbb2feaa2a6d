/* SPDX-License-Identifier: ISC */
/*
 * buf - a growing run of bytes, wiped when it grows and when it is freed.
 *
 * The bytes are always followed by a NUL that does not count, so a buf that
 * holds text can be read as a C string.  A buf never exceeds BUF_MAX bytes.
 * Once a put has failed every further put fails too, so a chain of puts may
 * be checked once, at its end, with buf_ok().
 */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

#define BUF_MAX ((size_t)256 * 1024 * 1024)

struct buf {
	uint8_t *bytes; /* NULL while empty and never used */
	size_t len;
	size_t cap;
	bool failed;
};

/* VAULT_OK, or VAULT_ENOMEM if any put since the last reset has failed. */
VAULT_CHECKED enum vault_err buf_ok(const struct buf *b);

/* Make room for more bytes after len.  False if that cannot be. */
bool buf_reserve(struct buf *b, size_t more);

/* Append; false, and b marked as failed, if memory is short. */
bool buf_put(struct buf *b, const void *from, size_t len);
bool buf_put_byte(struct buf *b, uint8_t byte);
bool buf_put_text(struct buf *b, const char *text);
bool buf_put_int(struct buf *b, int64_t n); /* in decimal */
bool buf_put_le32(struct buf *b, uint32_t value);
bool buf_put_le64(struct buf *b, uint64_t value);
bool buf_putf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The bytes as a C string: borrowed, never NULL. */
const char *buf_text(const struct buf *b);

/* Shorten b to len bytes, at most its length; the rest is wiped. */
void buf_truncate(struct buf *b, size_t len);

/* Wipe what is in b and set its length to 0, keeping its memory. */
void buf_reset(struct buf *b);

/* Wipe and free what b holds; b is then empty and may be used again. */
void buf_free(struct buf *b);

/* Little-endian integers in plain memory. */
void put_le32(uint8_t *to, uint32_t value);
void put_le64(uint8_t *to, uint64_t value);
uint32_t get_le32(const uint8_t *from);
uint64_t get_le64(const uint8_t *from);

#endif
