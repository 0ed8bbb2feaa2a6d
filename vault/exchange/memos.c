/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/random.h"
#include "exchange/memos.h"
#include "seal/seal.h"

#define FEWEST 256

struct memos {
	uint8_t seed[16];
	struct memo *list; /* size of them, a power of two; half are free */
	size_t n, size;
};

struct memos *
memos_new(void)
{
	struct memos *m = mem_zalloc(sizeof(*m));

	if (m == NULL)
		return NULL;
	random_fill(m->seed, sizeof(m->seed));
	m->size = FEWEST;
	m->list = mem_zalloc(m->size * sizeof(*m->list));
	if (m->list != NULL)
		return m;
	mem_free(m);
	return NULL;
}

void
memos_free(struct memos *m)
{
	if (m == NULL)
		return;
	mem_free(m->list);
	mem_free(m);
}

void
memos_clear(struct memos *m)
{
	memset(m->list, 0, m->size * sizeof(*m->list));
	m->n = 0;
}

/* Where it is, or would be. */
static struct memo *
place_of(const struct memos *m, const char *person)
{
	uint8_t seeded[sizeof(m->seed) + ID_TEXT_LEN] = { 0 }, hash[HASH_LEN];
	size_t i;

	memcpy(seeded, m->seed, sizeof(m->seed));
	memcpy(seeded + sizeof(m->seed), person, strnlen(person, ID_TEXT_LEN));
	hash_bytes(hash, seeded, sizeof(seeded));
	for (i = get_le64(hash) & (m->size - 1);
	     m->list[i].id[0] != '\0' && strcmp(m->list[i].id, person) != 0;
	     i = (i + 1) & (m->size - 1))
		continue;
	return &m->list[i];
}

static bool
grow(struct memos *m)
{
	struct memo *old = m->list;
	size_t size = m->size;

	m->list = mem_zalloc(2 * size * sizeof(*m->list));
	if (m->list == NULL) {
		m->list = old;
		return false;
	}
	m->size = 2 * size;
	for (size_t i = 0; i < size; i++)
		if (old[i].id[0] != '\0')
			*place_of(m, old[i].id) = old[i];
	mem_free(old);
	return true;
}

struct memo *
memos_of(struct memos *m, const char *person)
{
	struct memo *memo = place_of(m, person);

	if (memo->id[0] != '\0')
		return memo;
	if (m->n == MEMOS_MAX)
		memos_clear(m);
	if (2 * m->n >= m->size && !grow(m))
		return NULL;
	memo = place_of(m, person);
	memcpy(memo->id, person, strnlen(person, ID_TEXT_LEN));
	m->n++;
	return memo;
}
