/* SPDX-License-Identifier: ISC */
#include "core/base64.h"
#include "core/buf.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool
base64_encode(
    struct buf *out, const void *from, size_t len, enum base64_form form)
{
	const uint8_t *in = from;

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i < 3 ? len - i : 3;
		uint32_t group = (uint32_t)in[i] << 16;

		if (left > 1)
			group |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			group |= in[i + 2];
		for (size_t j = 0; j < 4; j++) {
			if (j <= left)
				buf_put_byte(out,
				    (uint8_t)
					digits[group >> (18 - 6 * j) & 63]);
			else if (form == BASE64_PADDED)
				buf_put_byte(out, '=');
		}
	}
	return buf_ok(out) == VAULT_OK;
}

/* The value of a digit, or -1. */
static int
digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

enum vault_err
base64_decode(
    struct buf *out, const char *text, size_t len, enum base64_form form)
{
	size_t start = out->len, pad = 0;
	uint32_t bits = 0;
	unsigned nbits = 0;

	if (form == BASE64_PADDED) {
		if (len % 4 != 0)
			return VAULT_EUSE;
		while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
			pad++;
		len -= pad;
	}
	if (len % 4 == 1)
		return VAULT_EUSE;
	for (size_t i = 0; i < len; i++) {
		int value = digit_value(text[i]);

		if (value < 0)
			goto bad;
		bits = bits << 6 | (uint32_t)value;
		nbits += 6;
		if (nbits >= 8) {
			nbits -= 8;
			buf_put_byte(out, (uint8_t)(bits >> nbits));
			bits &= (1u << nbits) - 1;
		}
	}
	if (bits != 0)
		goto bad;
	return buf_ok(out);
bad:
	buf_truncate(out, start);
	return VAULT_EUSE;
}

bool
hex_encode(struct buf *out, const void *from, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *in = from;

	if (!buf_reserve(out, 2 * len))
		return false;
	for (size_t i = 0; i < len; i++) {
		const char pair[] = { hex[in[i] >> 4], hex[in[i] & 15] };

		buf_put(out, pair, sizeof(pair));
	}
	return true;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum vault_err
hex_decode(uint8_t *to, size_t len, const char *text, size_t text_len)
{
	if (text_len != 2 * len)
		return VAULT_EUSE;
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(text[2 * i]);
		int low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return VAULT_EUSE;
		to[i] = (uint8_t)(high << 4 | low);
	}
	return VAULT_OK;
}
