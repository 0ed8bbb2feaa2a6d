/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "core/mem.h"
#include "core/secret.h"

struct secret {
	size_t len;
	uint8_t *bytes; /* from sodium_malloc */
};

struct secret *
secret_new(size_t len)
{
	struct secret *s;

	assert(len > 0);
	if ((s = mem_alloc(sizeof(*s))) == NULL)
		return NULL;
	if ((s->bytes = sodium_malloc(len)) == NULL) {
		mem_free(s);
		return NULL;
	}
	/* sodium_malloc fills with 0xdb; an unset key must not look random. */
	sodium_memzero(s->bytes, len);
	s->len = len;
	return s;
}

struct secret *
secret_copy(const void *from, size_t len)
{
	struct secret *s = secret_new(len);

	if (s != NULL)
		memcpy(s->bytes, from, len);
	return s;
}

void
secret_free(struct secret *s)
{
	if (s == NULL)
		return;
	sodium_free(s->bytes); /* wipes */
	mem_free(s);
}

uint8_t *
secret_bytes(struct secret *s)
{
	return s->bytes;
}

const uint8_t *
secret_view(const struct secret *s)
{
	return s->bytes;
}

size_t
secret_len(const struct secret *s)
{
	return s->len;
}

void
secret_trim(struct secret *s, size_t len)
{
	assert(len <= s->len);
	sodium_memzero(s->bytes + len, s->len - len);
	s->len = len;
}

bool
secret_equal(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && bytes_equal(a->bytes, b->bytes, a->len);
}

bool
bytes_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void
bytes_wipe(void *p, size_t len)
{
	if (len > 0)
		sodium_memzero(p, len);
}

/* More than any cipher or hash of libsodium takes. */
#define STACK_LEN 32768

void
stack_wipe(void)
{
	sodium_stackzero(STACK_LEN);
}

bool
memory_is_locked(const void *p)
{
	bool inside = false, locked = false;
	unsigned long from, to;
	char line[256];
	FILE *f;

	if ((f = fopen("/proc/self/smaps", "re")) == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = from <= (uintptr_t)p && (uintptr_t)p < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0) {
			locked = strstr(line, " lo") != NULL;
			break;
		}
	}
	fclose(f);
	return locked;
}

bool
secret_is_locked(const struct secret *s)
{
	return memory_is_locked(s->bytes);
}
