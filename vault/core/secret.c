/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "core/mem.h"
#include "core/secret.h"

/*
 * Guarded memory costs 25 us to get and to give back, and every record has a
 * key of its own: the short secrets, which are nearly all, share one guarded
 * room.  In it each lies in a place of its own with a mark behind it that
 * nobody may write over, as libsodium has one before.
 */
#define PLACES 192
#define PLACE_LEN 64
#define MARK_LEN 16

struct place {
	uint8_t bytes[PLACE_LEN], mark[MARK_LEN];
};

struct secret {
	size_t len;
	uint8_t *bytes; /* from sodium_malloc, or of a place */
	struct place *place;
};

static struct {
	pthread_once_t once;
	struct place *places; /* from sodium_malloc; NULL: it gave none */
	uint8_t mark[MARK_LEN];
	atomic_uint_least64_t taken[PLACES / 64]; /* a bit for each place */
} room = { .once = PTHREAD_ONCE_INIT };

static void
make_room(void)
{
	if ((room.places = sodium_malloc(PLACES * sizeof(struct place))) ==
	    NULL)
		return;
	sodium_memzero(room.places, PLACES * sizeof(struct place));
	randombytes_buf(room.mark, MARK_LEN);
	for (size_t i = 0; i < PLACES; i++)
		memcpy(room.places[i].mark, room.mark, MARK_LEN);
}

/* A place that nobody has, all zeros; NULL: there is none. */
static struct place *
take_place(void)
{
	pthread_once(&room.once, make_room);
	for (size_t i = 0; room.places != NULL && i < PLACES; i++) {
		uint_least64_t bit = UINT64_C(1) << i % 64;

		if ((atomic_load(&room.taken[i / 64]) & bit) == 0 &&
		    (atomic_fetch_or(&room.taken[i / 64], bit) & bit) == 0)
			return &room.places[i];
	}
	return NULL;
}

static void
give_place(struct place *p)
{
	size_t i = (size_t)(p - room.places);

	if (sodium_memcmp(p->mark, room.mark, MARK_LEN) != 0)
		sodium_misuse(); /* ends all: something wrote over it */
	sodium_memzero(p->bytes, PLACE_LEN);
	atomic_fetch_and(&room.taken[i / 64], ~(UINT64_C(1) << i % 64));
}

struct secret *
secret_new(size_t len)
{
	struct secret *s;

	assert(len > 0);
	if ((s = mem_zalloc(sizeof(*s))) == NULL)
		return NULL;
	s->len = len;
	if (len <= PLACE_LEN && (s->place = take_place()) != NULL) {
		s->bytes = s->place->bytes;
		return s;
	}
	if ((s->bytes = sodium_malloc(len)) == NULL) {
		mem_free(s);
		return NULL;
	}
	/* sodium_malloc fills with 0xdb; an unset key must not look random. */
	sodium_memzero(s->bytes, len);
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
	if (s->place != NULL)
		give_place(s->place);
	else
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
