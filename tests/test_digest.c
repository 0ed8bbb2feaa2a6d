/* SPDX-License-Identifier: ISC */
/* SHA-256 in the processor's instructions, against libsodium's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/sha256_blocks.h"
#include "record/digest.h"

#define LONG 100000

static uint8_t bytes[LONG];

static int
setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < LONG; i++)
		bytes[i] = (uint8_t)rand();
	return 0;
}

static void
need_instructions(void)
{
	if (sha256_blocks_can())
		return;
	print_message("skipped: this processor has no SHA-256\n");
	skip();
}

/* Put len bytes in pieces of at most piece, and compare. */
static void
compare(struct digest *d, const uint8_t *from, size_t len, size_t piece)
{
	uint8_t ours[DIGEST_LEN], theirs[DIGEST_LEN];
	size_t n;

	crypto_hash_sha256(theirs, from, len);
	digest_begin(d);
	for (size_t at = 0; at < len; at += n) {
		n = piece == 0 ? len : (size_t)rand() % piece + 1;
		if (n > len - at)
			n = len - at;
		digest_put(d, from + at, n);
	}
	digest_end(d, ours);
	if (memcmp(ours, theirs, DIGEST_LEN) != 0)
		fail_msg("%zu bytes in pieces of %zu", len, piece);
}

/* The examples of FIPS 180-4's companion, and a million a. */
static void
gives_what_the_standard_gives(void **state)
{
	static const struct {
		const char *text, *hex;
		size_t times;
	} all[] = {
		{ "",
		    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b78"
		    "52b855",
		    1 },
		{ "abc",
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2"
		    "0015ad",
		    1 },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419"
		    "db06c1",
		    1 },
		{ "aaaaaaaaaa",
		    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7"
		    "112cd0",
		    100000 },
	};
	struct digest *d = digest_new();
	uint8_t out[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	(void)state;
	for (int slow = 0; slow < 2; slow++) {
		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
			digest_begin(d);
			for (size_t n = 0; n < all[i].times; n++)
				digest_put(d, all[i].text, strlen(all[i].text));
			digest_end(d, out);
			sodium_bin2hex(hex, sizeof(hex), out, DIGEST_LEN);
			assert_string_equal(hex, all[i].hex);
		}
		digest_test_slow(d);
	}
	digest_free(d);
}

static void
every_length_is_as_libsodium_has_it(void **state)
{
	struct digest *d = digest_new();

	(void)state;
	need_instructions();
	for (size_t len = 0; len < 1100; len++) {
		compare(d, bytes + len % 64, len, 0);
		compare(d, bytes + len % 64, len, 1);
		compare(d, bytes + len % 64, len, 64);
		compare(d, bytes + len % 64, len, 150);
	}
	digest_free(d);
}

static void
any_pieces_give_the_same(void **state)
{
	struct digest *d = digest_new();

	(void)state;
	need_instructions();
	for (int i = 0; i < 500; i++)
		compare(
		    d, bytes, (size_t)rand() % LONG, (size_t)rand() % 5000 + 1);
	digest_free(d);
}

/* One block with every value of h: what carries over is right too. */
static void
blocks_go_on_from_one_another(void **state)
{
	uint32_t together[8], apart[8];

	(void)state;
	need_instructions();
	for (int i = 0; i < 1000; i++) {
		for (int k = 0; k < 8; k++)
			together[k] = apart[k] = (uint32_t)rand() * 3u;
		sha256_blocks(together, bytes + i, 7);
		for (int k = 0; k < 7; k++)
			sha256_blocks(apart, bytes + i + 64 * k, 1);
		assert_memory_equal(together, apart, sizeof(apart));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_what_the_standard_gives),
		cmocka_unit_test(every_length_is_as_libsodium_has_it),
		cmocka_unit_test(any_pieces_give_the_same),
		cmocka_unit_test(blocks_go_on_from_one_another),
	};

	srand(20110426);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, setup, NULL);
}
