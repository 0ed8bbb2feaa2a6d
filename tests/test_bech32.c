/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/secret.h"
#include "exchange/bech32.h"
#include "exchange/hkdf.h"

#define IDENTITY                                                               \
	"AGE-SECRET-KEY-"                                                      \
	"1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P"              \
	"2LM0"
#define IDENTITY_HEX                                                           \
	"ca1626252c53cf1a4dc46695e7fcc46594cb4ccadedb6712dfda0753f3ae355e"
#define SECRET_PREFIX "age-secret-key-"

static enum vault_err
decode(uint8_t *to, size_t len, const char *prefix, const char *text)
{
	return bech32_decode(to, len, prefix, text, strlen(text));
}

/* The strings of BIP 173 whose data is whole bytes. */
static void
reads_the_strings_of_bip_173(void **state)
{
	static const struct {
		const char *prefix, *text;
		size_t len;
	} good[] = {
		{ "a", "A12UEL5L", 0 },
		{ "a", "a12uel5l", 0 },
		{ "?", "?1ezyfcl", 0 },
		{ "an83characterlonghumanreadablepartthatcontainsthenumber1and"
		  "theexcludedcharactersbio",
		    "an83characterlonghumanreadablepartthatcontainsthenumber1an"
		    "dtheexcludedcharactersbio1tt5tgs",
		    0 },
		{ "abcdef", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
		    20 },
		{ "1",
		    "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
		    "qq"
		    "qqqqqqqqqqqqqqqqqqqqqqqqc8247j",
		    51 },
		{ "split",
		    "split1checkupstagehandshakeupstreamerranterredcaperred2y9e"
		    "3"
		    "w",
		    30 },
	};
	uint8_t bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(
		    decode(bytes, good[i].len, good[i].prefix, good[i].text),
		    VAULT_OK);
}

static void
refuses_the_bad_strings_of_bip_173(void **state)
{
	static const struct {
		const char *prefix, *text;
	} bad[] = {
		{ "pzry", "pzry9x0s0muk" }, /* no separator */
		{ "", "1pzry9x0s0muk" },    /* empty prefix */
		{ "x", "x1b4n0q5v" },       /* not in the alphabet */
		{ "li", "li1dgmt3" },       /* checksum too short */
		{ "de", "de1lg7wt\xff" },   /* not in the alphabet */
		{ "a", "A1G7SGD8" },        /* sum over upper case */
		{ "a", "a12UEL5L" },        /* mixed case */
		{ "a", "A12uEL5L" },        /* mixed case */
		{ "a", "a12uel5m" },        /* wrong sum */
		{ "b", "a12uel5l" },        /* another prefix */
	};
	uint8_t bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (size_t len = 0; len < 8; len++)
			assert_int_equal(
			    decode(bytes, len, bad[i].prefix, bad[i].text),
			    VAULT_EUSE);
}

static void
reads_and_writes_an_identity(void **state)
{
	uint8_t want[32], got[32];
	struct secret *text;

	(void)state;
	assert_int_equal(hex_decode(want, 32, IDENTITY_HEX, 64), VAULT_OK);
	assert_int_equal(decode(got, 32, SECRET_PREFIX, IDENTITY), VAULT_OK);
	assert_memory_equal(got, want, 32);
	text = bech32_encode_secret(SECRET_PREFIX, want, 32);
	assert_non_null(text);
	assert_int_equal(secret_len(text), strlen(IDENTITY));
	assert_memory_equal(secret_view(text), IDENTITY, strlen(IDENTITY));
	secret_free(text);
}

/* One change of a character is always found by the checksum. */
static void
refuses_every_changed_character(void **state)
{
	char text[] = IDENTITY;
	uint8_t got[32], zero[32] = { 0 };

	(void)state;
	for (size_t i = 0; i < strlen(IDENTITY); i++) {
		for (int c = 0; c < 256; c++) {
			if ((char)c == IDENTITY[i])
				continue;
			text[i] = (char)c;
			assert_int_equal(bech32_decode(got, 32, SECRET_PREFIX,
					     text, strlen(IDENTITY)),
			    VAULT_EUSE);
			assert_memory_equal(got, zero, 32);
		}
		text[i] = IDENTITY[i];
	}
}

static void
refuses_other_lengths(void **state)
{
	uint8_t got[64];

	(void)state;
	for (size_t len = 0; len < 64; len++)
		if (len != 32)
			assert_int_equal(
			    decode(got, len, SECRET_PREFIX, IDENTITY),
			    VAULT_EUSE);
	for (size_t len = 0; len < strlen(IDENTITY); len++)
		assert_int_equal(
		    bech32_decode(got, 32, SECRET_PREFIX, IDENTITY, len),
		    VAULT_EUSE);
}

/* Give a text with the prefix age and n digits its checksum, by BIP 173. */
static void
set_checksum(char *text, size_t n)
{
	static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d,
		0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint8_t values[128] = { 3, 3, 3, 0, 'a' & 31, 'g' & 31, 'e' & 31 };
	uint32_t sum = 1;

	for (size_t i = 0; i < n; i++)
		values[7 + i] = (uint8_t)(strchr(digits, text[4 + i]) - digits);
	for (size_t i = 0; i < 7 + n + 6; i++) {
		uint32_t top = sum >> 25;

		sum = (sum & 0x1ffffff) << 5 ^ values[i];
		for (int j = 0; j < 5; j++)
			if (top >> j & 1)
				sum ^= generator[j];
	}
	for (size_t i = 0; i < 6; i++)
		text[4 + n + i] = digits[(sum ^ 1) >> (5 * (5 - i)) & 31];
}

/* 32 bytes are 52 digits, and the last one has 4 bits too many. */
static void
refuses_bits_left_over(void **state)
{
	static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	char text[4 + 52 + 6 + 1] = "age1";
	uint8_t got[32];

	(void)state;
	memset(text + 4, 'q', 52);
	for (size_t last = 0; last < 32; last++) {
		text[4 + 51] = digits[last];
		set_checksum(text, 52);
		assert_int_equal(decode(got, 32, "age", text),
		    last % 16 == 0 ? VAULT_OK : VAULT_EUSE);
	}
}

/* A recipient of profile pq: the prefix has a 1 of its own. */
static void
reads_what_it_wrote_at_any_length(void **state)
{
	uint8_t bytes[1216], got[1216];
	struct buf text = { 0 };

	(void)state;
	randombytes_buf_deterministic(
	    bytes, sizeof(bytes), (const uint8_t[32]){ 7 });
	for (size_t len = 0; len <= sizeof(bytes); len += 1 + len / 5) {
		buf_reset(&text);
		assert_true(
		    bech32_encode(&text, "age1pq", bytes, len, BECH32_LOWER));
		assert_int_equal(bech32_decode(got, len, "age1pq",
				     buf_text(&text), text.len),
		    VAULT_OK);
		assert_memory_equal(got, bytes, len);
	}
	buf_reset(&text);
	assert_true(bech32_encode(&text, "age1pq", bytes, 1216, BECH32_LOWER));
	assert_int_equal(text.len, 1959);
	buf_free(&text);
}

/* RFC 5869, appendix A, the first 32 bytes of the cases 1 and 3. */
static void
derives_the_keys_of_rfc_5869(void **state)
{
	static const uint8_t info[] = { 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5,
		0xf6, 0xf7, 0xf8, 0xf9 };
	uint8_t ikm[22], salt[13], want[32], out[32];

	(void)state;
	memset(ikm, 0x0b, sizeof(ikm));
	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (uint8_t)i;
	hkdf_derive(
	    out, ikm, sizeof(ikm), salt, sizeof(salt), info, sizeof(info));
	assert_int_equal(hex_decode(want, 32,
			     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c"
			     "5db02d56ecc4c5bf",
			     64),
	    VAULT_OK);
	assert_memory_equal(out, want, 32);

	hkdf_derive(out, ikm, sizeof(ikm), NULL, 0, NULL, 0);
	assert_int_equal(hex_decode(want, 32,
			     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879e"
			     "c3454e5f3c738d2d",
			     64),
	    VAULT_OK);
	assert_memory_equal(out, want, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_strings_of_bip_173),
		cmocka_unit_test(refuses_the_bad_strings_of_bip_173),
		cmocka_unit_test(reads_and_writes_an_identity),
		cmocka_unit_test(refuses_every_changed_character),
		cmocka_unit_test(refuses_other_lengths),
		cmocka_unit_test(refuses_bits_left_over),
		cmocka_unit_test(reads_what_it_wrote_at_any_length),
		cmocka_unit_test(derives_the_keys_of_rfc_5869),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
