/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/secret.h"

/*
 * Each block has its length in front.  The union keeps what follows aligned
 * for any type.
 */
union head {
	size_t len;
	max_align_t align;
};

#ifdef VAULT_TEST
static size_t test_n;
static _Atomic size_t test_count; /* threads allocate, too */
static int test_for_ever;

void
mem_test_fail(size_t n, int for_ever)
{
	test_n = n;
	test_for_ever = for_ever;
	test_count = 0;
}

size_t
mem_test_count(void)
{
	return test_count;
}

int
mem_test_due(void)
{
	size_t count = ++test_count;

	if (test_n == 0)
		return 0;
	return test_for_ever ? count >= test_n : count == test_n;
}
#else
#define mem_test_due() 0
#endif

void *
mem_alloc(size_t len)
{
	union head *head;

	if (len > SIZE_MAX / 2 || mem_test_due())
		return NULL;
	if ((head = malloc(sizeof(*head) + len)) == NULL)
		return NULL;
	head->len = len;
	return head + 1;
}

void *
mem_zalloc(size_t len)
{
	void *p = mem_alloc(len);

	if (p != NULL)
		memset(p, 0, len);
	return p;
}

void *
mem_realloc(void *old, size_t len)
{
	size_t old_len = mem_len(old);
	void *p;

	if ((p = mem_alloc(len)) == NULL)
		return NULL;
	if (old != NULL)
		memcpy(p, old, old_len < len ? old_len : len);
	mem_free(old);
	return p;
}

void
mem_free(void *p)
{
	if (p == NULL)
		return;
	bytes_wipe(p, mem_len(p));
	free((union head *)p - 1);
}

size_t
mem_len(const void *p)
{
	return p == NULL ? 0 : ((const union head *)p - 1)->len;
}

char *
mem_textn(const char *text, size_t len)
{
	char *copy = mem_alloc(len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *
mem_text(const char *text)
{
	return mem_textn(text, strlen(text));
}
