/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/secret.h"

static void
check_sanity(const struct buf *b)
{
	assert(b->len <= b->cap || b->cap == 0);
	assert(b->cap <= BUF_MAX);
	assert(b->bytes != NULL || b->len == 0);
}

enum vault_err
buf_ok(const struct buf *b)
{
	return b->failed ? VAULT_ENOMEM : VAULT_OK;
}

bool
buf_reserve(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 64;
	uint8_t *bytes;

	check_sanity(b);
	if (b->failed || more > BUF_MAX - b->len)
		goto fail;
	if (b->bytes != NULL && more <= b->cap - b->len)
		return true;
	while (cap - b->len < more || cap < b->len)
		cap = cap > BUF_MAX / 2 ? BUF_MAX : cap * 2;

	/* mem_realloc wipes what it leaves behind. */
	if ((bytes = mem_realloc(b->bytes, cap + 1)) == NULL)
		goto fail;
	bytes[b->len] = '\0';
	b->bytes = bytes;
	b->cap = cap;
	return true;
fail:
	b->failed = true;
	return false;
}

bool
buf_put(struct buf *b, const void *from, size_t len)
{
	if (!buf_reserve(b, len))
		return false;
	if (len > 0)
		memcpy(b->bytes + b->len, from, len);
	b->len += len;
	b->bytes[b->len] = '\0';
	return true;
}

bool
buf_put_byte(struct buf *b, uint8_t byte)
{
	return buf_put(b, &byte, 1);
}

bool
buf_put_text(struct buf *b, const char *text)
{
	return buf_put(b, text, strlen(text));
}

bool
buf_put_int(struct buf *b, int64_t n)
{
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
	uint8_t digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (uint8_t)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (n < 0)
		buf_put_byte(b, '-');
	return buf_put(b, digits + at, sizeof(digits) - at);
}

bool
buf_put_le32(struct buf *b, uint32_t value)
{
	uint8_t bytes[4];

	put_le32(bytes, value);
	return buf_put(b, bytes, sizeof(bytes));
}

bool
buf_put_le64(struct buf *b, uint64_t value)
{
	uint8_t bytes[8];

	put_le64(bytes, value);
	return buf_put(b, bytes, sizeof(bytes));
}

bool
buf_putf(struct buf *b, const char *format, ...)
{
	va_list args;
	int need;

	va_start(args, format);
	need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (need < 0 || !buf_reserve(b, (size_t)need)) {
		b->failed = true;
		return false;
	}
	va_start(args, format);
	vsnprintf((char *)b->bytes + b->len, (size_t)need + 1, format, args);
	va_end(args);
	b->len += (size_t)need;
	return true;
}

const char *
buf_text(const struct buf *b)
{
	check_sanity(b);
	return b->bytes == NULL ? "" : (const char *)b->bytes;
}

void
buf_truncate(struct buf *b, size_t len)
{
	assert(len <= b->len);
	if (b->bytes != NULL)
		bytes_wipe(b->bytes + len, b->len - len + 1);
	b->len = len;
}

void
buf_reset(struct buf *b)
{
	if (b->bytes != NULL)
		bytes_wipe(b->bytes, b->cap + 1);
	b->len = 0;
	b->failed = false;
}

void
buf_free(struct buf *b)
{
	mem_free(b->bytes); /* wipes */
	*b = (struct buf){ 0 };
}

void
put_le32(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

void
put_le64(uint8_t *to, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

uint32_t
get_le32(const uint8_t *from)
{
	uint32_t value = 0;

	for (int i = 3; i >= 0; i--)
		value = value << 8 | from[i];
	return value;
}

uint64_t
get_le64(const uint8_t *from)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | from[i];
	return value;
}
