/* SPDX-License-Identifier: ISC */
/*
 * secret - memory for keys and passphrases.
 *
 * The bytes lie between guard pages, up to 64 of them with those of other
 * secrets, are locked into memory where the system allows it, are left out of
 * core dumps, and are wiped when freed.  A longer secret costs several pages;
 * records, which are many, live in a struct buf.
 */
#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secret;

/* Allocate len zero bytes, len > 0.  Return NULL if memory is short. */
struct secret *secret_new(size_t len);

/* A copy of len > 0 bytes at from, or NULL.  The source is not wiped. */
struct secret *secret_copy(const void *from, size_t len);

/* Wipe and free s, which may be NULL. */
void secret_free(struct secret *s);

/* The bytes of s: borrowed, until secret_free(s). */
uint8_t *secret_bytes(struct secret *s);
const uint8_t *secret_view(const struct secret *s);
size_t secret_len(const struct secret *s);

/* Shorten s to len bytes, 0 <= len <= its length; the rest is wiped. */
void secret_trim(struct secret *s, size_t len);

/* Compare in constant time for a given length. */
bool secret_equal(const struct secret *a, const struct secret *b);

/* Compare and wipe plain bytes: the only such functions in the project. */
bool bytes_equal(const void *a, const void *b, size_t len);
void bytes_wipe(void *p, size_t len);

/* Wipe what functions that have returned left below us on the stack. */
void stack_wipe(void);

/*
 * True if the kernel really locked the page at p: mlock can fail without a
 * word, so this looks at the flags of the mapping in /proc/self/smaps.
 */
bool memory_is_locked(const void *p);

/* memory_is_locked for the bytes of s. */
bool secret_is_locked(const struct secret *s);

#endif
