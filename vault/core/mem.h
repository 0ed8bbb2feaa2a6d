/* SPDX-License-Identifier: ISC */
/*
 * mem - the one allocator of the library, for everything that may hold text
 * of a record.  Memory is wiped when it is freed and when it moves.  SQLite
 * and jansson are given these functions too.
 */
#ifndef CORE_MEM_H
#define CORE_MEM_H

#include <stddef.h>

/* As malloc, realloc, free; realloc copies, wipes and frees the old block. */
void *mem_alloc(size_t len);
void *mem_zalloc(size_t len);
void *mem_realloc(void *p, size_t len);
void mem_free(void *p);

/* The length that was asked for when p was allocated; 0 for NULL. */
size_t mem_len(const void *p);

/* A copy of a text, or of its first len bytes, NUL-terminated; or NULL. */
char *mem_text(const char *text);
char *mem_textn(const char *text, size_t len);

#ifdef VAULT_TEST
/* Fail the n-th allocation from here on (1 is the next); 0 never fails. */
void mem_test_fail(size_t n, int for_ever);
/* How many allocations there were since mem_test_fail. */
size_t mem_test_count(void);
/* Used by secret.c, so that guarded memory fails in the same count. */
int mem_test_due(void);
#endif

#endif
