/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "core/buf.h"
#include "exchange/manifest.h"
#include "exchange_help.h"

#define RECIPIENT                                                              \
	"age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"
#define OTHER "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq"

/* Chain c0..., number 7, previous ee..., for RECIPIENT: made with sha256sum
   and sha512sum. */
#define OUR_TO                                                                 \
	"# to "                                                                \
	"d91d808479c9cb95131ef74944cdcf3263ffbc44652e787b4a3b0cbb9aec0e3f "    \
	"7d27428663d8399e8a0e4fe41320dd66ecce903e84c8659208a77725"             \
	"436bdcffd6d5e889ee2f23acadd7efe4e865191dcee9a7cc8719738c\n"

#define ZEROS_32 "00000000000000000000000000000000"
#define ZEROS_64 ZEROS_32 ZEROS_32
#define NO_TO "# to " ZEROS_64 " " ZEROS_64 ZEROS_32 "0000000000000000\n"

#define HASH_A                                                                 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B                                                                 \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

#define FIRST "# amparo-manifest 1\n"
#define SENDER "# sender 0123456789abcdef\n"
#define BUNDLE "# bundle 000102030405060708090a0b0c0d0e0f\n"
#define FOUR_TO NO_TO NO_TO OUR_TO NO_TO
#define FILES "# files 3\n"
#define BYTES "# bytes 1234\n"
#define README HASH_A "  README.txt\n"
#define ONE HASH_B "  attachments/1\n"
#define TWO HASH_A "  records/000001.json\n"

#define GOOD FIRST SENDER BUNDLE FOUR_TO FILES BYTES README ONE TWO

static enum vault_err
parse(const char *text)
{
	struct manifest m;

	return manifest_parse(&m, text, strlen(text));
}

static void
reads_a_manifest_made_by_hand(void **state)
{
	static const uint8_t sender[] = { 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd,
		0xef };
	struct manifest_file file;
	struct manifest m;
	size_t at = 0;

	(void)state;
	assert_int_equal(manifest_parse(&m, GOOD, strlen(GOOD)), VAULT_OK);
	assert_true(m.is_signed);
	assert_memory_equal(m.sender, sender, 8);
	for (uint8_t i = 0; i < 16; i++)
		assert_int_equal(m.bundle[i], i);
	assert_int_equal(m.n_to, 4);
	assert_int_equal(m.n_files, 3);
	assert_int_equal(m.bytes, 1234);

	assert_true(manifest_next(&file, &m, &at));
	assert_string_equal(file.name, "README.txt");
	assert_int_equal(file.hash[31], 0xaa);
	assert_true(manifest_next(&file, &m, &at));
	assert_string_equal(file.name, "attachments/1");
	assert_int_equal(file.hash[0], 0xbb);
	assert_true(manifest_next(&file, &m, &at));
	assert_string_equal(file.name, "records/000001.json");
	assert_false(manifest_next(&file, &m, &at));
}

static void
finds_the_place_of_a_recipient_and_of_no_other(void **state)
{
	struct manifest_place place;
	struct manifest m;

	(void)state;
	assert_int_equal(manifest_parse(&m, GOOD, strlen(GOOD)), VAULT_OK);
	assert_int_equal(manifest_find(&place, &m, RECIPIENT), VAULT_OK);
	assert_int_equal(place.number, 7);
	for (int i = 0; i < 16; i++)
		assert_int_equal(place.chain[i], 0xc0);
	for (int i = 0; i < 32; i++)
		assert_int_equal(place.previous[i], 0xee);
	assert_int_equal(manifest_find(&place, &m, OTHER), VAULT_ENOTFORUS);
	assert_int_equal(manifest_find(&place, &m, ""), VAULT_ENOTFORUS);
}

static void
reads_a_manifest_that_is_not_signed(void **state)
{
	const char *text = FIRST
	    "# sender unsigned\n" BUNDLE FOUR_TO FILES BYTES README ONE TWO;
	struct manifest m;

	(void)state;
	assert_int_equal(manifest_parse(&m, text, strlen(text)), VAULT_OK);
	assert_false(m.is_signed);
}

static void
refuses_every_other_text(void **state)
{
	static const char *const bad[] = {
		"",
		FIRST,
		SENDER BUNDLE FOUR_TO FILES BYTES README ONE TWO,
		FIRST BUNDLE FOUR_TO FILES BYTES README ONE TWO,
		FIRST SENDER FOUR_TO FILES BYTES README ONE TWO,
		FIRST SENDER BUNDLE FILES BYTES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO BYTES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO FILES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES,
		/* other orders */
		FIRST BUNDLE SENDER FOUR_TO FILES BYTES README ONE TWO,
		FIRST SENDER FOUR_TO BUNDLE FILES BYTES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO BYTES FILES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README TWO ONE,
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES ONE README TWO,
		/* not as many as there can be stanzas */
		FIRST SENDER BUNDLE OUR_TO FILES BYTES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO NO_TO FILES BYTES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO NO_TO NO_TO FILES BYTES README ONE
		    TWO,
		/* not as many files as it says */
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README ONE,
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README ONE TWO HASH_A
		"  records/2\n",
		FIRST SENDER BUNDLE FOUR_TO "# files 0\n" BYTES,
		/* doubled, or not to be there */
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README ONE ONE,
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README README TWO,
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README HASH_A
		"  MANIFEST\n" TWO,
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README HASH_A
		"  MANIFEST.minisig\n" TWO,
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README ONE HASH_A
		"  ../x\n",
		/* other forms */
		GOOD "\n",
		GOOD "# end\n",
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README ONE HASH_A
		" *records/000001.json\n",
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README ONE HASH_A
		"  records/000001.json\r\n",
		FIRST SENDER BUNDLE FOUR_TO FILES BYTES README ONE HASH_A
		"  records/000001.json",
		FIRST SENDER BUNDLE FOUR_TO "# files 03\n" BYTES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO "# files +3\n" BYTES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO "# files \n" BYTES README ONE TWO,
		FIRST SENDER BUNDLE FOUR_TO FILES
		"# bytes 12345678901234567890\n" README ONE TWO,
		FIRST "# sender 0123456789ABCDEF\n" BUNDLE FOUR_TO FILES BYTES
		    README ONE TWO,
		FIRST "# sender \n" BUNDLE FOUR_TO FILES BYTES README ONE TWO,
		"# amparo-manifest 0\n" SENDER BUNDLE FOUR_TO FILES BYTES README
		    ONE TWO,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(bad[i]), VAULT_EDAMAGED);
}

static void
keeps_versions_and_limits_apart_from_damage(void **state)
{
	(void)state;
	assert_int_equal(
	    parse("# amparo-manifest 2\n# anything\n"), VAULT_EVERSION);
	assert_int_equal(
	    parse(FIRST SENDER BUNDLE FOUR_TO "# files 199999\n" BYTES README),
	    VAULT_EVERSION);
	assert_int_equal(
	    parse(FIRST SENDER BUNDLE FOUR_TO "# files 199998\n" BYTES README),
	    VAULT_EDAMAGED);
}

/* Write again what was read of the files and the totals. */
static void
a_flipped_bit_is_refused_or_read_as_another_value(void **state)
{
	char text[] = GOOD;
	struct manifest m;

	(void)state;
	for (size_t bit = 0; bit < 8 * strlen(GOOD); bit++) {
		struct buf again = { 0 };
		struct manifest_file file;

		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		if (manifest_parse(&m, text, strlen(GOOD)) == VAULT_OK) {
			assert_true(buf_put(&again, text, m.files_at));
			for (size_t at = 0; manifest_next(&file, &m, &at);)
				assert_true(manifest_write_file(
				    &again, file.hash, file.name));
			assert_int_equal(again.len, strlen(GOOD));
			assert_memory_equal(again.bytes, text, again.len);
		}
		buf_free(&again);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
}

static void
refuses_every_truncation(void **state)
{
	struct manifest m;

	(void)state;
	for (size_t len = 0; len < strlen(GOOD); len++)
		assert_int_equal(manifest_parse(&m, GOOD, len), VAULT_EDAMAGED);
}

static const uint8_t some_hash[32] = { 1, 2, 3 };

/* The head for these recipients, and one file. */
static enum vault_err
write_text(struct buf *out, const struct manifest_to *to, size_t n)
{
	struct manifest m = { .is_signed = true,
		.sender = { 9 },
		.bundle = { 8 },
		.n_files = 1,
		.bytes = 77 };
	enum vault_err err = manifest_write_head(out, &m, to, n);

	if (err == VAULT_OK &&
	    !manifest_write_file(out, some_hash, "README.txt"))
		err = VAULT_ENOMEM;
	return err;
}

static void
reads_what_it_wrote(void **state)
{
	struct manifest_to to[] = {
		{ RECIPIENT, { { 1 }, 1, { 0 } } },
		{ OTHER, { { 2 }, UINT64_MAX, { 3 } } },
	};
	struct manifest_place place;
	struct buf text = { 0 };
	struct manifest m;

	(void)state;
	assert_int_equal(write_text(&text, to, 2), VAULT_OK);
	assert_int_equal(
	    manifest_parse(&m, buf_text(&text), text.len), VAULT_OK);
	assert_int_equal(m.n_to, 4);
	assert_int_equal(m.sender[0], 9);
	assert_int_equal(m.bundle[0], 8);
	assert_int_equal(m.bytes, 77);
	assert_int_equal(manifest_find(&place, &m, RECIPIENT), VAULT_OK);
	assert_int_equal(place.chain[0], 1);
	assert_int_equal(place.number, 1);
	assert_int_equal(manifest_find(&place, &m, OTHER), VAULT_OK);
	assert_int_equal(place.chain[0], 2);
	assert_true(place.number == UINT64_MAX);
	assert_int_equal(place.previous[0], 3);
	buf_free(&text);
}

/* 100 draws miss one of 4 lines once in 10^12 runs. */
static void
hides_which_line_is_for_somebody(void **state)
{
	struct manifest_to to = { RECIPIENT, { { 1 }, 1, { 0 } } };
	size_t seen[4] = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++) {
		struct manifest_place place;
		struct buf text = { 0 };
		struct manifest m, one;

		assert_int_equal(write_text(&text, &to, 1), VAULT_OK);
		assert_int_equal(
		    manifest_parse(&m, buf_text(&text), text.len), VAULT_OK);
		for (size_t line = 0; line < 4; line++) {
			one = m;
			one.to_at += line * 183;
			one.n_to = 1;
			seen[line] += manifest_find(&place, &one, RECIPIENT) ==
			    VAULT_OK;
		}
		buf_free(&text);
	}
	assert_int_equal(seen[0] + seen[1] + seen[2] + seen[3], 100);
	for (size_t line = 0; line < 4; line++)
		assert_true(seen[line] > 0);
}

static void
refuses_places_that_cannot_be(void **state)
{
	static const struct manifest_to bad[] = {
		{ RECIPIENT, { { 1 }, 0, { 0 } } },
		{ RECIPIENT, { { 1 }, 1, { 1 } } },
		{ RECIPIENT, { { 1 }, 2, { 0 } } },
	};
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(write_text(&text, &bad[i], 1), VAULT_EUSE);
	assert_int_equal(write_text(&text, NULL, 0), VAULT_EUSE);
	buf_free(&text);
}

static void
sha256sum_checks_what_we_wrote(void **state)
{
	struct manifest_to to = { RECIPIENT, { { 1 }, 1, { 0 } } };
	struct manifest m = { .n_files = 2, .bytes = 9 };
	char folder[] = "/tmp/amparo-manifest-XXXXXX";
	struct buf text = { 0 };
	uint8_t hash[32];

	(void)state;
	if (!have_program("sha256sum", "sha256sum_checks_what_we_wrote"))
		skip();
	assert_non_null(mkdtemp(folder));
	assert_int_equal(manifest_write_head(&text, &m, &to, 1), VAULT_OK);
	crypto_hash_sha256(hash, (const uint8_t *)"read me", 7);
	assert_true(manifest_write_file(&text, hash, "README.txt"));
	crypto_hash_sha256(hash, (const uint8_t *)"{}", 2);
	assert_true(manifest_write_file(&text, hash, "records/1"));
	assert_int_equal(parse(buf_text(&text)), VAULT_OK);
	assert_int_equal(run_in(folder, "mkdir records"), 0);
	save_file(folder, "README.txt", "read me", 7);
	save_file(folder, "records/1", "{}", 2);
	save_file(folder, "MANIFEST", text.bytes, text.len);
	assert_int_equal(run_in(folder, "sha256sum -c --strict MANIFEST"), 0);
	save_file(folder, "records/1", "{]", 2);
	assert_int_not_equal(
	    run_in(folder, "sha256sum -c --strict MANIFEST"), 0);
	remove_folder(folder);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_manifest_made_by_hand),
		cmocka_unit_test(
		    finds_the_place_of_a_recipient_and_of_no_other),
		cmocka_unit_test(reads_a_manifest_that_is_not_signed),
		cmocka_unit_test(refuses_every_other_text),
		cmocka_unit_test(keeps_versions_and_limits_apart_from_damage),
		cmocka_unit_test(
		    a_flipped_bit_is_refused_or_read_as_another_value),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(hides_which_line_is_for_somebody),
		cmocka_unit_test(refuses_places_that_cannot_be),
		cmocka_unit_test(sha256sum_checks_what_we_wrote),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
