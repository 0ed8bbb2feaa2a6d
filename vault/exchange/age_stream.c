/* SPDX-License-Identifier: ISC */
/*
 * age_stream - chunks through a ring, with a second thread for the cipher.
 *
 * The caller's thread fills slots and delivers them; both threads take turns
 * at the cipher in between.  Chunks are numbered; chunk i lies in slot i
 * modulo SLOTS, and
 *
 *  1. delivered <= taken <= filled <= delivered + SLOTS;
 *  2. a slot from filled on belongs to the caller's thread; from taken to
 *     filled to nobody; below taken to who took it, until it is done; done,
 *     to the caller's thread again;
 *  3. chunks are delivered in order, each after its cipher is done, and none
 *     after the first fault.
 *
 * The lock guards the three counters, done and stop; 2 guards the rest.  If
 * no thread can be started, the caller's does all of it.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include <sodium.h>

#include "core/mem.h"
#include "core/secret.h"
#include "exchange/age_kind.h"
#include "exchange/age_stream.h"

#define SLOTS 32
#define SEALED_LEN (AGE_CHUNK_LEN + AGE_TAG_LEN)
#define NONCE_LEN crypto_aead_chacha20poly1305_ietf_NPUBBYTES

/* A file of fewer chunks is done before a thread has started. */
#define THREAD_FROM 4

enum found { FOUND_BAD, FOUND_MORE, FOUND_LAST };

struct slot {
	uint8_t *in, *out; /* SEALED_LEN bytes each, from the first use on */
	size_t in_len, out_len;
	uint64_t number;
	bool last;        /* nothing follows it in the file */
	enum found found; /* opening: what its tag says it is */
	bool done;
};

struct ring {
	struct slot slots[SLOTS];
	uint64_t delivered, taken, filled;
	const struct secret *key;
	void (*cipher)(struct slot *slot, const uint8_t *key);
	const struct pipe_sink *to;

	pthread_mutex_t lock;
	pthread_cond_t to_take, was_done;
	pthread_t helper;
	bool has_helper, stop;
};

static void
make_nonce(uint8_t nonce[static NONCE_LEN], uint64_t number, bool last)
{
	memset(nonce, 0, NONCE_LEN);
	for (int i = 0; i < 8; i++)
		nonce[10 - i] = (uint8_t)(number >> (8 * i));
	nonce[NONCE_LEN - 1] = last;
}

static void
seal_chunk(struct slot *slot, const uint8_t *key)
{
	uint8_t nonce[NONCE_LEN];

	make_nonce(nonce, slot->number, slot->last);
	crypto_aead_chacha20poly1305_ietf_encrypt(
	    slot->out, NULL, slot->in, slot->in_len, NULL, 0, NULL, nonce, key);
	slot->out_len = slot->in_len + AGE_TAG_LEN;
}

static bool
try_open(struct slot *slot, bool last, const uint8_t *key)
{
	uint8_t nonce[NONCE_LEN];

	make_nonce(nonce, slot->number, last);
	return crypto_aead_chacha20poly1305_ietf_decrypt(slot->out, NULL, NULL,
		   slot->in, slot->in_len, NULL, 0, nonce, key) == 0;
}

/* Only a full chunk can have others after it. */
static void
open_chunk(struct slot *slot, const uint8_t *key)
{
	slot->found = FOUND_BAD;
	if (slot->in_len < AGE_TAG_LEN)
		return;
	slot->out_len = slot->in_len - AGE_TAG_LEN;
	if (slot->in_len == SEALED_LEN && try_open(slot, false, key))
		slot->found = FOUND_MORE;
	else if (try_open(slot, true, key))
		slot->found = FOUND_LAST;
}

/* Take the next chunk that waits, or NULL.  The lock is held. */
static struct slot *
take(struct ring *r)
{
	return r->taken < r->filled ? &r->slots[r->taken++ % SLOTS] : NULL;
}

/* The lock is held, and let go of in between. */
static void
work_on(struct ring *r, struct slot *slot)
{
	pthread_mutex_unlock(&r->lock);
	r->cipher(slot, secret_view(r->key));
	pthread_mutex_lock(&r->lock);
	slot->done = true;
}

static void *
help(void *arg)
{
	struct ring *r = arg;
	struct slot *slot;

	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		if ((slot = take(r)) == NULL) {
			pthread_cond_wait(&r->to_take, &r->lock);
			continue;
		}
		work_on(r, slot);
		pthread_cond_signal(&r->was_done);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* Signals are for the caller's thread alone. */
static void
start_helper(struct ring *r)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r->has_helper = pthread_create(&r->helper, NULL, help, r) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static struct ring *
ring_new(const struct pipe_sink *to, const struct secret *key,
    void (*cipher)(struct slot *, const uint8_t *))
{
	struct ring *r = mem_zalloc(sizeof(*r));

	if (r == NULL)
		return NULL;
	r->to = to;
	r->key = key;
	r->cipher = cipher;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->to_take, NULL);
	pthread_cond_init(&r->was_done, NULL);
	return r;
}

static void
ring_free(struct ring *r)
{
	if (r == NULL)
		return;
	if (r->has_helper) {
		pthread_mutex_lock(&r->lock);
		r->stop = true;
		pthread_cond_signal(&r->to_take);
		pthread_mutex_unlock(&r->lock);
		pthread_join(r->helper, NULL);
	}
	pthread_cond_destroy(&r->was_done);
	pthread_cond_destroy(&r->to_take);
	pthread_mutex_destroy(&r->lock);
	for (size_t i = 0; i < SLOTS; i++) {
		mem_free(r->slots[i].in); /* wipes */
		mem_free(r->slots[i].out);
	}
	mem_free(r);
}

/* Wait for the oldest chunk, lending a hand with those that wait. */
static struct slot *
ring_oldest(struct ring *r)
{
	struct slot *oldest = &r->slots[r->delivered % SLOTS], *slot;

	pthread_mutex_lock(&r->lock);
	while (!oldest->done) {
		if ((slot = take(r)) != NULL)
			work_on(r, slot);
		else
			pthread_cond_wait(&r->was_done, &r->lock);
	}
	pthread_mutex_unlock(&r->lock);
	return oldest;
}

/* Hand the oldest chunk to the sink.  *bad: the chunk itself is at fault. */
static enum vault_err
ring_deliver(struct ring *r, bool *bad)
{
	struct slot *slot = ring_oldest(r);
	bool opening = r->cipher == open_chunk;
	enum vault_err err;

	*bad = opening &&
	    (slot->found == FOUND_BAD ||
		(slot->out_len == 0 && slot->number > 0));
#ifdef PLANT_UNVERIFIED
	if (*bad && r->to != NULL)
		r->to->write(r->to->ctx, slot->in, slot->out_len);
#endif
	if (*bad)
		return VAULT_EDAMAGED;
	if (slot->out_len > 0 && r->to != NULL &&
	    (err = r->to->write(r->to->ctx, slot->out, slot->out_len)) !=
		VAULT_OK)
		return err;

	/* The last one must say so, and no other may. */
	*bad = opening && (slot->found == FOUND_LAST) != slot->last;
#ifdef PLANT_NO_FINAL
	*bad = *bad && !slot->last;
#endif
	if (*bad)
		return VAULT_EDAMAGED;
	slot->done = false;
	pthread_mutex_lock(&r->lock);
	r->delivered++;
	pthread_mutex_unlock(&r->lock);
	return VAULT_OK;
}

/* The next slot to fill, after the oldest was delivered if all are in use. */
static enum vault_err
ring_slot(struct ring *r, struct slot **out, bool *bad)
{
	struct slot *slot = &r->slots[r->filled % SLOTS];
	enum vault_err err;

	*bad = false;
	if (r->filled - r->delivered == SLOTS &&
	    (err = ring_deliver(r, bad)) != VAULT_OK)
		return err;
	if (slot->in == NULL && (slot->in = mem_alloc(SEALED_LEN)) == NULL)
		return VAULT_ENOMEM;
	if (slot->out == NULL && (slot->out = mem_alloc(SEALED_LEN)) == NULL)
		return VAULT_ENOMEM;
	*out = slot;
	return VAULT_OK;
}

/* The slot that was filled last may be taken. */
static void
ring_put(struct ring *r, bool last)
{
	struct slot *slot = &r->slots[r->filled % SLOTS];

	slot->number = r->filled;
	slot->last = last;
	slot->done = false;
	pthread_mutex_lock(&r->lock);
	r->filled++;
	pthread_cond_signal(&r->to_take);
	pthread_mutex_unlock(&r->lock);
	if (r->filled == THREAD_FROM)
		start_helper(r);
}

static enum vault_err
ring_drain(struct ring *r, bool *bad)
{
	enum vault_err err = VAULT_OK;

	while (err == VAULT_OK && r->delivered < r->filled)
		err = ring_deliver(r, bad);
	return err;
}

enum vault_err
age_stream_open(bool *bad, uint64_t *chunk, const struct pipe_sink *to,
    const struct pipe_source *from, uint64_t offset, const struct secret *key)
{
	struct ring *r = ring_new(to, key, open_chunk);
	enum vault_err err = VAULT_ENOMEM;
	struct slot *slot;

	*bad = false;
	if (r == NULL)
		goto out;
	err = VAULT_EDAMAGED;
	*bad = offset >= from->size;
	while (offset < from->size) {
		uint64_t left = from->size - offset;

		if ((err = ring_slot(r, &slot, bad)) != VAULT_OK)
			goto out;
		slot->in_len = left < SEALED_LEN ? (size_t)left : SEALED_LEN;
		if ((err = pipe_read(from, slot->in, slot->in_len, offset)) !=
		    VAULT_OK)
			goto out;
		offset += slot->in_len;
		ring_put(r, offset == from->size);
	}
	if (!*bad)
		err = ring_drain(r, bad);
out:
	/* What was delivered was right; the one after it is not. */
	*chunk = r == NULL ? 0 : r->delivered;
	ring_free(r);
	return err;
}

/* A payload that is being sealed: the slot at r->filled is filled up. */
struct age_stream {
	struct ring *ring;
	struct secret *key;
	struct pipe_sink to;
	struct slot *slot;
	enum vault_err err; /* once it has failed, or ended, it stays so */
};

enum vault_err
age_stream_new(
    struct age_stream **out, const struct pipe_sink *to, struct secret *key)
{
	struct age_stream *s = mem_zalloc(sizeof(*s));
	enum vault_err err = VAULT_ENOMEM;
	bool bad;

	*out = NULL;
	if (s == NULL) {
		secret_free(key);
		return err;
	}
	s->key = key;
	s->to = *to;
	if ((s->ring = ring_new(&s->to, key, seal_chunk)) == NULL ||
	    (err = ring_slot(s->ring, &s->slot, &bad)) != VAULT_OK)
		goto out;
	s->slot->in_len = 0;
	*out = s;
	s = NULL; /* given away */
out:
	age_stream_free(s);
	return err;
}

enum vault_err
age_stream_room(struct age_stream *s, uint8_t **to, size_t *len)
{
	bool bad;

	if (s->err != VAULT_OK)
		return s->err;

	/* Full, and something follows: so it is not the last. */
	if (s->slot->in_len == AGE_CHUNK_LEN) {
		ring_put(s->ring, false);
		s->err = ring_slot(s->ring, &s->slot, &bad);
		if (s->err != VAULT_OK)
			return s->err;
		s->slot->in_len = 0;
	}
	*to = s->slot->in + s->slot->in_len;
	*len = AGE_CHUNK_LEN - s->slot->in_len;
	return VAULT_OK;
}

void
age_stream_filled(struct age_stream *s, size_t len)
{
	s->slot->in_len += len;
}

enum vault_err
age_stream_end(struct age_stream *s)
{
	enum vault_err err;
	bool bad;

	if (s->err != VAULT_OK)
		return s->err;
	ring_put(s->ring, true);
	err = ring_drain(s->ring, &bad);
	s->err = err != VAULT_OK ? err : VAULT_EUSE;
	return err;
}

void
age_stream_free(struct age_stream *s)
{
	if (s == NULL)
		return;
	ring_free(s->ring);
	secret_free(s->key);
	mem_free(s);
}
