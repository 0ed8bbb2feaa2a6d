/* SPDX-License-Identifier: ISC */
/*
 * Reaches age_stream_new, _room, _filled, _end and age_stream_open.  The
 * input says how long a payload is, and what is done to it once it is sealed.
 * Property: only the payload as it was sealed is accepted; of any other, a
 * run of whole chunks from its beginning is handed out, and no byte else.
 */
#include <sodium.h>

#include "core/secret.h"
#include "exchange/age_stream.h"
#include "exchange_help.h"
#include "fuzz.h"

#define PLAIN_MAX (7 * AGE_CHUNK_LEN)

static uint8_t plain[PLAIN_MAX];

static struct secret *
make_key(void)
{
	struct secret *key = secret_new(32);

	assert(key != NULL);
	secret_bytes(key)[0] = 1;
	return key;
}

static void
seal(struct memory *file, size_t len)
{
	struct pipe_sink to = memory_sink(file);
	struct age_stream *s;
	uint8_t *room;
	size_t n;

	assert(age_stream_new(&s, &to, make_key()) == VAULT_OK);
	for (size_t at = 0; at < len; at += n) {
		assert(age_stream_room(s, &room, &n) == VAULT_OK);
		if (n > len - at)
			n = len - at;
		memcpy(room, plain + at, n);
		age_stream_filled(s, n);
	}
	assert(age_stream_end(s) == VAULT_OK);
	age_stream_free(s);
}

static size_t
get24(const uint8_t *from)
{
	return (size_t)from[0] << 16 | (size_t)from[1] << 8 | from[2];
}

/* Flip, cut, extend, or copy one chunk over another. */
static void
change(struct memory *file, const uint8_t op[static 8])
{
	size_t a = get24(op + 1), b = get24(op + 4);
	size_t chunk = AGE_CHUNK_LEN + 16, n = file->len / chunk;

	if (op[0] % 4 == 0 && file->len > 0)
		file->bytes[a % file->len] ^= op[7];
	else if (op[0] % 4 == 1)
		file->len -= a % (file->len + 1);
	else if (op[0] % 4 == 2)
		memory_put(file, plain, a % 70000);
	else if (n > 0 && a % n != b % n)
		memcpy(file->bytes + a % n * chunk, file->bytes + b % n * chunk,
		    chunk);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory file = { 0 }, was = { 0 }, out = { 0 };
	struct pipe_source from;
	struct pipe_sink to = memory_sink(&out);
	struct secret *key;
	enum vault_err err;
	size_t len;
	bool bad, same;
	uint64_t chunk;

	if (size < 3)
		return 0;
	assert(sodium_init() >= 0);
	if (plain[0] == 0)
		randombytes_buf_deterministic(
		    plain, PLAIN_MAX, (const uint8_t[32]){ 1 });
	len = get24(data) % (PLAIN_MAX + 1);
	if (data[0] & 0x80)
		len -= len % AGE_CHUNK_LEN;
	seal(&file, len);
	was = memory_copy(&file);
	for (size_t at = 3; at + 8 <= size; at += 8)
		change(&file, data + at);

	same = file.len == was.len &&
	    memcmp(file.bytes, was.bytes, was.len) == 0;
	from = memory_source(&file);
	key = make_key();
	err = age_stream_open(&bad, &chunk, &to, &from, 0, key);
	assert(err == (same ? VAULT_OK : VAULT_EDAMAGED) && bad == !same);
	assert(same ? out.len == len
		    : out.len == len || out.len % AGE_CHUNK_LEN == 0);
	assert(out.len <= len);
	assert(out.len == 0 || memcmp(out.bytes, plain, out.len) == 0);
	secret_free(key);
	memory_free(&file);
	memory_free(&was);
	memory_free(&out);
	return 0;
}
