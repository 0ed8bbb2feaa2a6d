/* SPDX-License-Identifier: ISC */
/*
 * Reaches keys_decode and keys_header_decode of seal/keys.c.  The input is a
 * list of changes to a good file, so that they get behind the magic and the
 * sums: a first byte with flags, then offset (2), value (1).
 *
 * Properties: what is accepted is one of the two copies, and its sum is
 * right; and a header that is read is, written as FORMAT.md says, the same
 * bytes.
 */
#include <assert.h>
#include <string.h>

#include "core/buf.h"
#include "seal/keys.h"
#include "seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { REPAIR_FIRST = 1, REPAIR_SECOND = 2, SAME = 4, CUT = 8 };

static void
sum_of(uint8_t *out, const uint8_t *copy)
{
	hash_bytes(out, copy, KEYS_COPY_LEN - HASH_LEN);
}

static void
repair(uint8_t *copy)
{
	sum_of(copy + KEYS_COPY_LEN - HASH_LEN, copy);
}

/* FORMAT.md, 3.2. */
static void
write_header(uint8_t to[static 128], const struct keys_header *h)
{
	memset(to, 0, 128);
	memcpy(to, "AMPARO-K", 8);
	put_le32(to + 8, 1);
	memcpy(to + 12, h->vault_id, 16);
	memcpy(to + 28, h->cells_id, 16);
	memcpy(to + 44, h->salt, 16);
	put_le32(to + 60, h->cost.memory);
	put_le32(to + 64, h->cost.passes);
	put_le32(to + 68, h->cost.lanes);
}

static void
start(uint8_t *file)
{
	struct keys_header h = { .cost = { 65536, 3, 4 } };

	for (size_t i = 0; i < KEYS_FILE_LEN; i++)
		file[i] = (uint8_t)(i * 31 + i / 256);
	memset(h.vault_id, 7, sizeof(h.vault_id));
	write_header(file, &h);
	repair(file);
	memcpy(file + KEYS_COPY_LEN, file, KEYS_COPY_LEN);
}

static void
check(const struct keys *keys, const uint8_t *file)
{
	const uint8_t *second = file + KEYS_COPY_LEN;
	struct keys_header header;
	uint8_t sum[HASH_LEN], written[128];

	assert(memcmp(keys->copy, file, KEYS_COPY_LEN) == 0 ||
	    memcmp(keys->copy, second, KEYS_COPY_LEN) == 0);
	sum_of(sum, keys->copy);
	assert(
	    memcmp(sum, keys->copy + KEYS_COPY_LEN - HASH_LEN, HASH_LEN) == 0);
	if (keys->state == KEYS_EQUAL)
		assert(memcmp(file, second, KEYS_COPY_LEN) == 0);
	if (keys_header_decode(&header, keys->copy) != VAULT_OK)
		return;
	write_header(written, &header);
	assert(memcmp(written, keys->copy, 128) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t file[KEYS_FILE_LEN + 1] = { 0 };
	struct keys_header header;
	struct keys keys;
	size_t file_len = KEYS_FILE_LEN;
	unsigned flags = len > 0 ? data[0] : 0;

	start(file);
	for (size_t i = 1; i + 3 <= len; i += 3)
		file[(data[i] | data[i + 1] << 8) % KEYS_FILE_LEN] =
		    data[i + 2];
	if (flags & REPAIR_FIRST)
		repair(file);
	if (flags & REPAIR_SECOND)
		repair(file + KEYS_COPY_LEN);
	if (flags & SAME)
		memcpy(file + KEYS_COPY_LEN, file, KEYS_COPY_LEN);
	if ((flags & CUT) && len > 2)
		file_len = (size_t)(data[1] | data[2] << 8) %
		    (KEYS_FILE_LEN + 2);
	if (keys_decode(&keys, file, file_len) == VAULT_OK &&
	    file_len == KEYS_FILE_LEN)
		check(&keys, file);
	/* Any bytes at all. */
	if (len >= KEYS_COPY_LEN &&
	    keys_header_decode(&header, data) == VAULT_OK) {
		write_header(file, &header);
		assert(memcmp(file, data, 128) == 0);
	}
	return 0;
}
