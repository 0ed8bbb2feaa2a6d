/* SPDX-License-Identifier: ISC */
/*
 * age_stream - the payload of an age file: chunks of 64 KiB, each sealed
 * under a nonce that counts them and marks the last.  Internal to age*.c.
 */
#ifndef EXCHANGE_AGE_STREAM_H
#define EXCHANGE_AGE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "exchange/pipe.h"

struct secret;

#define AGE_CHUNK_LEN 65536

/* What a chunk takes with its tag. */
#define AGE_CHUNK_SEALED_LEN (AGE_CHUNK_LEN + 16)

/*
 * Open the payload that begins at offset in from.  VAULT_EDAMAGED with
 * *bad true: the payload is at fault, in its chunk *chunk, from 0, and not
 * the sink.  to may be NULL.
 */
VAULT_CHECKED enum vault_err age_stream_open(bool *bad, uint64_t *chunk,
    const struct pipe_sink *to, const struct pipe_source *from, uint64_t offset,
    const struct secret *key);

/* Seal a payload.  The key, which is taken over, is 32 bytes. */
struct age_stream;
VAULT_CHECKED enum vault_err age_stream_new(
    struct age_stream **out, const struct pipe_sink *to, struct secret *key);

/*
 * Room for more plaintext: *len bytes at *to, at least one.  Then say how
 * many of them were filled.  At the end, seal and write what is left.
 */
VAULT_CHECKED enum vault_err age_stream_room(
    struct age_stream *s, uint8_t **to, size_t *len);
void age_stream_filled(struct age_stream *s, size_t len);
VAULT_CHECKED enum vault_err age_stream_end(struct age_stream *s);
void age_stream_free(struct age_stream *s);

#endif
