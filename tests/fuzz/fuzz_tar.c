/* SPDX-License-Identifier: ISC */
/*
 * Reaches tar_reader_*, tar_header, tar_may_follow, and the writer.
 * Property: what is accepted is exactly what the writer writes.  The input is
 * filled up with zeros, and the sums of its headers are made right if its
 * length is odd, so that the rest of a header is reached too.
 */
#include "exchange/padme.h"
#include "exchange/tar.h"
#include "exchange_help.h"
#include "fuzz.h"

static enum vault_err
on_begin(void *ctx, const char *name, uint64_t size)
{
	return tar_writer_begin(ctx, name, size);
}

static enum vault_err
on_data(void *ctx, const void *bytes, size_t len)
{
	return tar_writer_put(ctx, bytes, len);
}

static enum vault_err
on_end(void *ctx)
{
	(void)ctx;
	return VAULT_OK;
}

static void
repair_sums(struct memory *file)
{
	for (size_t at = 0; at + 512 <= file->len; at += 512) {
		uint8_t *block = file->bytes + at;
		unsigned sum = 0;

		if (memcmp(block + 257, "ustar", 5) != 0)
			continue;
		memset(block + 148, ' ', 8);
		for (int i = 0; i < 512; i++)
			sum += block[i];
		snprintf((char *)block + 148, 8, "%06o", sum);
		block[155] = ' ';
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory file = { 0 }, again = { 0 };
	struct pipe_sink to = memory_sink(&again);
	struct tar_writer w;
	const struct tar_events events = { on_begin, on_data, on_end, &w };
	struct tar_reader r;
	enum vault_err err;
	static const uint8_t zeros[70000];
	size_t half;

	memory_put(&file, data, size);
	if (size < sizeof(zeros))
		memory_put(
		    &file, zeros, (size_t)padme_length(size + 1024) - size);
	if (size % 2 == 1)
		repair_sums(&file);
	tar_writer_init(&w, &to);
	tar_reader_init(&r, &events);
	half = file.len / 3;
	err = tar_reader_put(&r, file.bytes, half);
	if (err == VAULT_OK)
		err = tar_reader_put(&r, file.bytes + half, file.len - half);
	if (err == VAULT_OK)
		err = tar_reader_end(&r);
	assert((err == VAULT_OK) == (r.fault == TAR_FAULT_NONE));
	if (err == VAULT_OK) {
		assert(tar_writer_end(&w) == VAULT_OK);
		assert(again.len == file.len);
		assert(memcmp(again.bytes, file.bytes, file.len) == 0);
	}
	memory_free(&file);
	memory_free(&again);
	return 0;
}
