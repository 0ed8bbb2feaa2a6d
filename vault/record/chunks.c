/* SPDX-License-Identifier: ISC */
/*
 * chunks - slots that go round.  Chunk i lies in slot i modulo round: from
 * the caller's thread to the worker, back, and to the store or the caller.
 * What the worker touches is its slot, and the digest and, going in, the key
 * of all, one job after the other.  Nonces are drawn by the caller's thread.
 */
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/worker.h"
#include "record/chunks.h"
#include "seal/seal.h"
#include "store/sql.h"

/*
 * One of them is being filled, or lent.  Going in, the worker has enough to do
 * while 4 MiB are committed; going out, fewer stay in the processor's cache.
 */
#define SLOTS 64
#define SLOTS_OUT 16
_Static_assert(SLOTS <= WORKER_JOBS, "the worker has a place for each");

struct slot {
	struct chunks *of;
	uint8_t *plain, *sealed; /* from the first use on; out: not sealed */
	size_t len;              /* of plain */
	uint64_t number;
	bool final;
};

struct chunks {
	struct store *store;
	struct chunks_of of;
	struct secret *key;
	struct digest *digest;
	struct worker *worker;
	struct slot slots[SLOTS];
	size_t round;         /* so many of them go round */
	struct slot *filling; /* in: it lacks bytes, or is full and waits */
	uint64_t begun;       /* chunks that the worker got */
	uint64_t ended;       /* in: stored; out: lent */
	uint64_t size, count; /* in: so far; out: in all */
	size_t ahead;
	uint8_t sha256[DIGEST_LEN];
	bool over; /* the digest is */
};

uint64_t
chunks_count(uint64_t size)
{
	/* An empty file has one chunk, which is empty and final. */
	return size == 0 ? 1 : (size + CHUNK_LEN - 1) / CHUNK_LEN;
}

enum vault_err
chunks_new(struct chunks **out, struct store *s, const struct chunks_of *of,
    struct secret *key)
{
	struct chunks *c = mem_zalloc(sizeof(*c));

	*out = NULL;
	if (c == NULL) {
		secret_free(key);
		return VAULT_ENOMEM;
	}
	c->store = s;
	c->of = *of;
	c->key = key;
	c->round = SLOTS;
	c->ahead = SLOTS - 1;
	if ((c->digest = digest_new()) == NULL ||
	    (c->worker = worker_new(true)) == NULL) {
		chunks_free(c);
		return VAULT_ENOMEM;
	}
	*out = c;
	return VAULT_OK;
}

void
chunks_free(struct chunks *c)
{
	if (c == NULL)
		return;
	worker_free(c->worker);
	for (size_t i = 0; i < SLOTS; i++) {
		mem_free(c->slots[i].plain); /* wipes */
		mem_free(c->slots[i].sealed);
	}
	digest_free(c->digest);
	secret_free(c->key);
	mem_free(c);
}

/* The slot of the next chunk, empty. */
static enum vault_err
next_slot(struct slot **out, struct chunks *c)
{
	struct slot *slot = &c->slots[c->begun % c->round];

	if (slot->plain == NULL && (slot->plain = mem_alloc(CHUNK_LEN)) == NULL)
		return VAULT_ENOMEM;
	slot->of = c;
	slot->len = 0;
	slot->number = c->begun;
	*out = slot;
	return VAULT_OK;
}

/* record id || attachment id || LE64(i) || final flag */
#define AD_LEN (2 * ID_LEN + 8 + 1)

static void
chunk_ad(uint8_t ad[static AD_LEN], const struct slot *slot)
{
	memcpy(ad, slot->of->of.record, ID_LEN);
	memcpy(ad + ID_LEN, slot->of->of.id, ID_LEN);
	put_le64(ad + 2 * ID_LEN, slot->number);
	ad[AD_LEN - 1] = slot->final;
}

/* ---- In ---- */

void
chunks_ahead(struct chunks *c, size_t at_most)
{
	c->ahead = at_most < SLOTS - 1 ? at_most : SLOTS - 1;
}

/* The worker's part. */
static void
seal_slot(void *arg)
{
	struct slot *slot = arg;
	uint8_t ad[AD_LEN];

	digest_put(slot->of->digest, slot->plain, slot->len);
	chunk_ad(ad, slot);
	seal_after_nonce(slot->sealed, secret_view(slot->of->key), slot->plain,
	    slot->len, ad, sizeof(ad));
}

static enum vault_err
store_oldest(struct chunks *c)
{
	struct slot *slot = worker_take(c->worker);
	struct sql *q = sql_open(c->store, "INSERT INTO chunk VALUES(?1,?2)");
	enum vault_err err;

	sql_put_int(q, 1, c->of.num * CHUNKS_MAX + (int64_t)slot->number);
	sql_put_blob(q, 2, slot->sealed, slot->len + SEAL_EXTRA);
	if ((err = sql_finish(q)) == VAULT_OK)
		c->ended++;
	return err;
}

/* What is being filled goes to the worker. */
static enum vault_err
begin_sealing(struct chunks *c, bool final)
{
	struct slot *slot = c->filling;

	if (c->begun >= (uint64_t)CHUNKS_MAX)
		return VAULT_EVERSION;
	c->filling = NULL;
	c->begun++;
	slot->final = final;
	seal_new_nonce(slot->sealed);
	worker_put(c->worker, seal_slot, slot);
	return VAULT_OK;
}

/* There is something being filled, and it has room. */
static enum vault_err
make_room(struct chunks *c)
{
	struct slot *slot;
	enum vault_err err;

	/* A full one waits: only the end knows which is final. */
	if (c->filling != NULL && c->filling->len == CHUNK_LEN &&
	    (err = begin_sealing(c, false)) != VAULT_OK)
		return err;
	if (c->filling != NULL)
		return VAULT_OK;
	while (worker_out(c->worker) >= c->ahead)
		if ((err = store_oldest(c)) != VAULT_OK)
			return err;
	if ((err = next_slot(&slot, c)) != VAULT_OK)
		return err;
	if (slot->sealed == NULL &&
	    (slot->sealed = mem_alloc(CHUNK_LEN + SEAL_EXTRA)) == NULL)
		return VAULT_ENOMEM;
	c->filling = slot;
	return VAULT_OK;
}

enum vault_err
chunks_put(struct chunks *c, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	enum vault_err err;
	size_t n;

	c->size += len;
	for (; len > 0; at += n, len -= n) {
		if ((err = make_room(c)) != VAULT_OK)
			return err;
		n = CHUNK_LEN - c->filling->len;
		if (n > len)
			n = len;
		memcpy(c->filling->plain + c->filling->len, at, n);
		c->filling->len += n;
	}
	return VAULT_OK;
}

enum vault_err
chunks_end(struct chunks *c, uint8_t sha256[static DIGEST_LEN])
{
	enum vault_err err = VAULT_OK;

	if (c->filling == NULL)
		err = make_room(c); /* nothing was put at all */
	if (err == VAULT_OK)
		err = begin_sealing(c, true);
	while (err == VAULT_OK && worker_out(c->worker) > 0)
		err = store_oldest(c);
	if (err == VAULT_OK)
		digest_end(c->digest, sha256);
	return err;
}

uint64_t
chunks_size(const struct chunks *c)
{
	return c->size;
}

uint64_t
chunks_stored(const struct chunks *c)
{
	return c->ended;
}

/* ---- Out ---- */

void
chunks_expect(
    struct chunks *c, uint64_t size, const uint8_t sha256[static DIGEST_LEN])
{
	c->round = SLOTS_OUT;
	c->size = size;
	c->count = chunks_count(size);
	memcpy(c->sha256, sha256, DIGEST_LEN);
}

/*
 * The worker's part: the hash alone, which takes it as long as all the rest
 * takes the caller's thread.
 */
static void
hash_slot(void *arg)
{
	struct slot *slot = arg;

	digest_put(slot->of->digest, slot->plain, slot->len);
}

/* The row at which q stands must be the next chunk. */
static enum vault_err
begin_opening(struct chunks *c, struct sql *q)
{
	uint8_t ad[AD_LEN];
	const uint8_t *sealed;
	struct slot *slot;
	enum vault_err err;
	size_t len;

	if ((err = next_slot(&slot, c)) != VAULT_OK)
		return err;
	slot->final = c->begun + 1 == c->count;
	slot->len = slot->final ? (size_t)(c->size - c->begun * CHUNK_LEN)
				: CHUNK_LEN;
	sealed = sql_blob(q, 1, &len);
	if ((err = sql_ok(q)) != VAULT_OK)
		return err;
	if (sql_int(q, 0) != c->of.num * CHUNKS_MAX + (int64_t)slot->number ||
	    sealed == NULL || len != slot->len + SEAL_EXTRA)
		return VAULT_EDAMAGED;
	chunk_ad(ad, slot);
	if ((err = seal_open_with(slot->plain, secret_view(c->key), sealed, len,
		 ad, sizeof(ad))) != VAULT_OK)
		return err;
	c->begun++;
	worker_put(c->worker, hash_slot, slot);
	return VAULT_OK;
}

/* Read as many as there is room for. */
static enum vault_err
read_some(struct chunks *c)
{
	struct sql *q = sql_open(c->store,
	    "SELECT num,body FROM chunk WHERE num>=?1 AND num<?2 ORDER BY num");
	enum vault_err err = VAULT_OK;
	bool row;

	sql_put_int(q, 1, c->of.num * CHUNKS_MAX + (int64_t)c->begun);
	sql_put_int(q, 2, (c->of.num + 1) * CHUNKS_MAX);
	while (err == VAULT_OK && c->begun < c->count &&
	    worker_out(c->worker) < SLOTS_OUT - 1) {
		if ((err = sql_step(q, &row)) == VAULT_OK)
			err = row ? begin_opening(c, q) : VAULT_EDAMAGED;
	}
	sql_close(q);
	return err;
}

static enum vault_err
check_digest(struct chunks *c)
{
	uint8_t sha256[DIGEST_LEN];

	if (c->over)
		return VAULT_OK;
	digest_end(c->digest, sha256);
	c->over = true;
	return memcmp(sha256, c->sha256, DIGEST_LEN) == 0 ? VAULT_OK
							  : VAULT_EDAMAGED;
}

enum vault_err
chunks_get(struct chunks *c, const uint8_t **bytes, size_t *len)
{
	struct slot *slot;
	enum vault_err err;

	*len = 0;
	while (*len == 0 && c->ended < c->count) {
		/* Half of them at a time: few snapshots, and no waiting. */
		if (worker_out(c->worker) <= SLOTS_OUT / 2 &&
		    c->begun < c->count && (err = read_some(c)) != VAULT_OK)
			return err;
		slot = worker_take(c->worker);
		c->ended++;
		*bytes = slot->plain;
		*len = slot->len;
	}
	return *len > 0 ? VAULT_OK : check_digest(c);
}
