/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "core/secret.h"
#include "exchange/bech32.h"

#define CHECKSUM_LEN 6

static const uint8_t digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* The state of reading or writing: see BIP 173 for the polynomial. */
struct coder {
	uint32_t sum;
	uint32_t bits; /* not yet a digit, or not yet a byte */
	unsigned nbits;
};

/* All ones if a == b, both below 256, else zero; without a branch. */
static uint32_t
mask_equal(uint32_t a, uint32_t b)
{
	return 0 - (((a ^ b) - 1) >> 31);
}

/* 1 if low <= c <= high, all below 256, else 0; without a branch. */
static uint32_t
is_between(uint32_t c, uint32_t low, uint32_t high)
{
	return ((low - 1 - c) & (c - high - 1)) >> 31;
}

/* Add a digit, a number below 32, to the checksum. */
static void
sum_digit(struct coder *c, uint32_t digit)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d,
		0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = c->sum >> 25;

	c->sum = (c->sum & 0x1ffffff) << 5 ^ digit;
	for (int i = 0; i < 5; i++)
		c->sum ^= generator[i] & (0 - (top >> i & 1));
}

static void
sum_prefix(struct coder *c, const char *prefix)
{
	c->sum = 1;
	for (const char *p = prefix; *p != '\0'; p++)
		sum_digit(c, (uint32_t)(uint8_t)*p >> 5);
	sum_digit(c, 0);
	for (const char *p = prefix; *p != '\0'; p++)
		sum_digit(c, (uint32_t)(uint8_t)*p & 31);
}

/* How many digits stand for len bytes, and how many characters in all. */
static size_t
digit_count(size_t len)
{
	return (len * 8 + 4) / 5;
}

static size_t
text_length(const char *prefix, size_t len)
{
	return strlen(prefix) + 1 + digit_count(len) + CHECKSUM_LEN;
}

/* The character of a digit: the whole table is read, whichever it is. */
static char
digit_char(uint32_t digit, enum bech32_case letters)
{
	uint32_t c = 0;

	for (uint32_t i = 0; i < 32; i++)
		c |= digits[i] & mask_equal(i, digit);
	if (letters == BECH32_UPPER)
		c -= is_between(c, 'a', 'z') << 5;
	return (char)c;
}

/* The digit of a lower-case character, or 32. */
static uint32_t
digit_value(uint32_t c)
{
	uint32_t value = 32;

	for (uint32_t i = 0; i < 32; i++)
		value ^= (value ^ i) & mask_equal(c, digits[i]);
	return value;
}

/* Write text_length() characters to out. */
static void
write_text(char *out, const char *prefix, const uint8_t *from, size_t len,
    enum bech32_case letters)
{
	struct coder c = { 0 };
	uint32_t digit;

	for (const char *p = prefix; *p != '\0'; p++)
		*out++ = letters == BECH32_UPPER && *p >= 'a' && *p <= 'z'
		    ? (char)(*p - 32)
		    : *p;
	*out++ = '1';
	sum_prefix(&c, prefix);
	for (size_t i = 0, at = 0; i < digit_count(len); i++) {
		/* The last digit is filled up with zero bits. */
		if (c.nbits < 5) {
			c.bits = c.bits << 8 | (at < len ? from[at] : 0u);
			c.nbits += 8;
			at++;
		}
		c.nbits -= 5;
		digit = c.bits >> c.nbits & 31;
		sum_digit(&c, digit);
		*out++ = digit_char(digit, letters);
	}
	for (int i = 0; i < CHECKSUM_LEN; i++)
		sum_digit(&c, 0);
	for (int i = CHECKSUM_LEN - 1; i >= 0; i--)
		*out++ = digit_char((c.sum ^ 1) >> (5 * i) & 31, letters);
	bytes_wipe(&c, sizeof(c));
}

bool
bech32_encode(struct buf *out, const char *prefix, const void *from, size_t len,
    enum bech32_case letters)
{
	size_t need = text_length(prefix, len);

	if (!buf_reserve(out, need))
		return false;
	write_text((char *)out->bytes + out->len, prefix, from, len, letters);
	out->len += need;
	out->bytes[out->len] = '\0';
	return true;
}

struct secret *
bech32_encode_secret(const char *prefix, const void *from, size_t len)
{
	struct secret *text = secret_new(text_length(prefix, len));

	if (text != NULL)
		write_text((char *)secret_bytes(text), prefix, from, len,
		    BECH32_UPPER);
	return text;
}

/*
 * Read the prefix and its 1, taking note of letters in *lower and *upper.
 * Return 0 if they are as they should be.
 */
static uint32_t
check_prefix(
    const char *prefix, const char *text, uint32_t *lower, uint32_t *upper)
{
	uint32_t bad = 0;

	for (; *prefix != '\0'; prefix++, text++) {
		uint32_t c = (uint8_t)*text, up = is_between(c, 'A', 'Z');

		*upper |= up;
		*lower |= is_between(c, 'a', 'z');
		bad |= (c + (up << 5)) ^ (uint8_t)*prefix;
	}
	return bad | (uint32_t)(*text != '1');
}

enum vault_err
bech32_decode(uint8_t *to, size_t len, const char *prefix, const char *text,
    size_t text_len)
{
	uint32_t bad, lower = 0, upper = 0;
	size_t n = digit_count(len), at = 0;
	struct coder c = { 0 };

	memset(to, 0, len);
	if (text_len != text_length(prefix, len))
		return VAULT_EUSE;
	bad = check_prefix(prefix, text, &lower, &upper);
	text += strlen(prefix) + 1;
	sum_prefix(&c, prefix);

	/* Faults are collected and looked at once, at the end. */
	for (size_t i = 0; i < n + CHECKSUM_LEN; i++) {
		uint32_t ch = (uint8_t)text[i], up = is_between(ch, 'A', 'Z');
		uint32_t digit = digit_value(ch + (up << 5));

		upper |= up;
		lower |= is_between(ch, 'a', 'z');
		bad |= digit & 32;
		sum_digit(&c, digit & 31);
		if (i >= n)
			continue;
		c.bits = c.bits << 5 | (digit & 31);
		c.nbits += 5;
		if (c.nbits >= 8) {
			c.nbits -= 8;
			to[at++] = (uint8_t)(c.bits >> c.nbits);
		}
	}
	bad |= c.bits & ((1u << c.nbits) - 1); /* left over: under 5 bits */
	bad |= c.sum ^ 1;
#ifndef PLANT_BECH32_CASE
	bad |= upper & lower;
#endif
	bytes_wipe(&c, sizeof(c));
	if (bad == 0)
		return VAULT_OK;
	bytes_wipe(to, len);
	return VAULT_EUSE;
}
