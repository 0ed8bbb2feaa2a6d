/* SPDX-License-Identifier: ISC */
/*
 * age_stream - chunks through a ring, with a second thread for the cipher.
 *
 * The caller's thread fills slots and delivers them; the worker has them in
 * between.  Chunks are numbered; chunk i lies in slot i modulo SLOTS.  They
 * are delivered in order, each after its cipher is done, and none after the
 * first fault.
 */
#include <string.h>

#include <sodium.h>

#include "core/mem.h"
#include "core/secret.h"
#include "core/worker.h"
#include "exchange/age_kind.h"
#include "exchange/age_stream.h"

#define SLOTS WORKER_JOBS
#define SEALED_LEN (AGE_CHUNK_LEN + AGE_TAG_LEN)
#define NONCE_LEN crypto_aead_chacha20poly1305_ietf_NPUBBYTES

enum found { FOUND_BAD, FOUND_MORE, FOUND_LAST };

struct slot {
	uint8_t *in, *out; /* SEALED_LEN bytes each, from the first use on */
	size_t in_len, out_len;
	uint64_t number;
	bool last;        /* nothing follows it in the file */
	enum found found; /* opening: what its tag says it is */
	const struct secret *key;
};

struct ring {
	struct slot slots[SLOTS];
	uint64_t delivered, filled;
	const struct secret *key;
	bool opening;
	const struct pipe_sink *to;
	struct worker *worker;
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
seal_chunk(void *arg)
{
	struct slot *slot = arg;
	uint8_t nonce[NONCE_LEN];

	make_nonce(nonce, slot->number, slot->last);
	crypto_aead_chacha20poly1305_ietf_encrypt(slot->out, NULL, slot->in,
	    slot->in_len, NULL, 0, NULL, nonce, secret_view(slot->key));
	slot->out_len = slot->in_len + AGE_TAG_LEN;
}

static bool
try_open(struct slot *slot, bool last)
{
	uint8_t nonce[NONCE_LEN];

	make_nonce(nonce, slot->number, last);
	return crypto_aead_chacha20poly1305_ietf_decrypt(slot->out, NULL, NULL,
		   slot->in, slot->in_len, NULL, 0, nonce,
		   secret_view(slot->key)) == 0;
}

/* Only a full chunk can have others after it. */
static void
open_chunk(void *arg)
{
	struct slot *slot = arg;

	slot->found = FOUND_BAD;
	if (slot->in_len < AGE_TAG_LEN)
		return;
	slot->out_len = slot->in_len - AGE_TAG_LEN;
	if (slot->in_len == SEALED_LEN && try_open(slot, false))
		slot->found = FOUND_MORE;
	else if (try_open(slot, true))
		slot->found = FOUND_LAST;
}

static struct ring *
ring_new(const struct pipe_sink *to, const struct secret *key, bool opening)
{
	struct ring *r = mem_zalloc(sizeof(*r));

	if (r == NULL)
		return NULL;
	r->to = to;
	r->key = key;
	r->opening = opening;
	if ((r->worker = worker_new(false)) == NULL) {
		mem_free(r);
		return NULL;
	}
	return r;
}

static void
ring_free(struct ring *r)
{
	if (r == NULL)
		return;
	worker_free(r->worker);
	for (size_t i = 0; i < SLOTS; i++) {
		mem_free(r->slots[i].in); /* wipes */
		mem_free(r->slots[i].out);
	}
	mem_free(r);
}

/* Hand the oldest chunk to the sink.  *bad: the chunk itself is at fault. */
static enum vault_err
ring_deliver(struct ring *r, bool *bad)
{
	struct slot *slot = worker_take(r->worker);
	enum vault_err err;

	*bad = r->opening &&
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
	*bad = r->opening && (slot->found == FOUND_LAST) != slot->last;
#ifdef PLANT_NO_FINAL
	*bad = *bad && !slot->last;
#endif
	if (*bad)
		return VAULT_EDAMAGED;
	r->delivered++;
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
	slot->key = r->key;
	r->filled++;
	worker_put(r->worker, r->opening ? open_chunk : seal_chunk, slot);
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
	struct ring *r = ring_new(to, key, true);
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
	if ((s->ring = ring_new(&s->to, key, false)) == NULL ||
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
