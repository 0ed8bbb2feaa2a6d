/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "core/buf.h"
#include "core/secret.h"
#include "exchange/minisig.h"
#include "exchange_help.h"

#define TEXT "000102030405060708090a0b0c0d0e0f"

static const char message[] = "# amparo-manifest 1\n";
#define MESSAGE_LEN (sizeof(message) - 1)

static struct minisig_key key = { .id = { 1, 2, 3, 4, 5, 6, 7, 8 } };
static struct secret *secret;

/* --- signatures made by hand, with libsodium alone --- */

static size_t
hand_sign(char *out, size_t size, const char *algorithm, const char *text)
{
	uint8_t line[74], hash[64], global[64 + 2000], sig[64];
	char first[200], second[200];

	memcpy(line, algorithm, 2);
	memcpy(line + 2, key.id, 8);
	crypto_generichash(
	    hash, 64, (const uint8_t *)message, MESSAGE_LEN, NULL, 0);
	crypto_sign_detached(line + 10, NULL, hash, 64, secret_view(secret));
	memcpy(global, line + 10, 64);
	memcpy(global + 64, text, strlen(text));
	crypto_sign_detached(
	    sig, NULL, global, 64 + strlen(text), secret_view(secret));
	sodium_bin2base64(
	    first, sizeof(first), line, 74, sodium_base64_VARIANT_ORIGINAL);
	sodium_bin2base64(
	    second, sizeof(second), sig, 64, sodium_base64_VARIANT_ORIGINAL);
	return (size_t)snprintf(out, size,
	    "untrusted comment: signature of an Amparo manifest\n%s\n"
	    "trusted comment: %s\n%s\n",
	    first, text, second);
}

static enum vault_err
check(const char *text, size_t len)
{
	struct minisig sig;
	enum vault_err err = minisig_parse(&sig, text, len);

	return err != VAULT_OK
	    ? err
	    : minisig_check(&sig, &key, message, MESSAGE_LEN);
}

static void
accepts_a_signature_made_by_hand(void **state)
{
	struct minisig sig;
	char text[4000];
	size_t len = hand_sign(text, sizeof(text), "ED", TEXT);

	(void)state;
	assert_int_equal(check(text, len), VAULT_OK);
	assert_int_equal(minisig_parse(&sig, text, len), VAULT_OK);
	assert_memory_equal(sig.id, key.id, 8);
	assert_int_equal(sig.text_len, strlen(TEXT));
	assert_memory_equal(sig.text, TEXT, strlen(TEXT));
}

static void
signs_as_by_hand(void **state)
{
	struct buf out = { 0 };
	char text[4000];
	size_t len = hand_sign(text, sizeof(text), "ED", TEXT);

	(void)state;
	assert_int_equal(
	    minisig_sign(&out, key.id, secret, message, MESSAGE_LEN, TEXT),
	    VAULT_OK);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.bytes, text, len);
	buf_free(&out);
}

static void
refuses_every_flipped_bit(void **state)
{
	char text[4000];
	size_t len = hand_sign(text, sizeof(text), "ED", TEXT);

	(void)state;
	for (size_t bit = 0; bit < 8 * len; bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		assert_int_equal(check(text, len), VAULT_EDAMAGED);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
}

static void
refuses_every_truncation_and_extension(void **state)
{
	char text[4000];
	size_t len = hand_sign(text, sizeof(text), "ED", TEXT);

	(void)state;
	for (size_t i = 0; i < len; i++)
		assert_int_equal(check(text, i), VAULT_EDAMAGED);
	for (int c = 0; c < 256; c++) {
		text[len] = (char)c;
		assert_int_equal(check(text, len + 1), VAULT_EDAMAGED);
	}
}

static void
refuses_other_messages_keys_and_algorithms(void **state)
{
	struct minisig_key other = key;
	struct minisig sig;
	char text[4000];
	size_t len = hand_sign(text, sizeof(text), "Ed", TEXT);

	(void)state;
	assert_int_equal(check(text, len), VAULT_EDAMAGED);
	len = hand_sign(text, sizeof(text), "ED", TEXT);
	assert_int_equal(minisig_parse(&sig, text, len), VAULT_OK);
	assert_int_equal(minisig_check(&sig, &key, message, MESSAGE_LEN - 1),
	    VAULT_EDAMAGED);
	assert_int_equal(minisig_check(&sig, &key, NULL, 0), VAULT_EDAMAGED);
	other.id[0] ^= 1;
	assert_int_equal(
	    minisig_check(&sig, &other, message, MESSAGE_LEN), VAULT_EDAMAGED);
	other = key;
	other.key[0] ^= 1;
	assert_int_equal(
	    minisig_check(&sig, &other, message, MESSAGE_LEN), VAULT_EDAMAGED);
}

/* The first signature says nothing of the comment: the second one does. */
static void
refuses_another_trusted_comment(void **state)
{
	char text[4000], *at;
	size_t len = hand_sign(text, sizeof(text), "ED", TEXT);

	(void)state;
	at = strstr(text, TEXT);
	assert_non_null(at);
	*at = '1';
	assert_int_equal(check(text, len), VAULT_EDAMAGED);
}

static void
refuses_comments_that_are_no_text(void **state)
{
	char text[4000], comment[MINISIG_TEXT_MAX + 2];
	struct buf out = { 0 };

	(void)state;
	memset(comment, 'x', sizeof(comment));
	comment[MINISIG_TEXT_MAX + 1] = '\0';
	assert_int_equal(
	    minisig_sign(&out, key.id, secret, message, MESSAGE_LEN, comment),
	    VAULT_EUSE);
	assert_int_equal(
	    check(text, hand_sign(text, sizeof(text), "ED", comment)),
	    VAULT_EDAMAGED);
	comment[MINISIG_TEXT_MAX] = '\0';
	assert_int_equal(
	    check(text, hand_sign(text, sizeof(text), "ED", comment)),
	    VAULT_OK);
	assert_int_equal(
	    minisig_sign(&out, key.id, secret, message, MESSAGE_LEN, "a\nb"),
	    VAULT_EUSE);
	assert_int_equal(
	    check(text, hand_sign(text, sizeof(text), "ED", "a\x1b[0m")),
	    VAULT_EDAMAGED);
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

static void
reads_and_writes_public_keys(void **state)
{
	struct minisig_key got;
	struct buf text = { 0 };

	(void)state;
	assert_true(minisig_key_write(&text, &key));
	assert_int_equal(text.len, 56);
	assert_int_equal(
	    minisig_key_parse(&got, buf_text(&text), text.len), VAULT_OK);
	assert_memory_equal(&got, &key, sizeof(key));
	for (size_t len = 0; len < text.len; len++)
		assert_int_equal(
		    minisig_key_parse(&got, buf_text(&text), len), VAULT_EUSE);
	text.bytes[0] = 'S';
	assert_int_equal(
	    minisig_key_parse(&got, buf_text(&text), text.len), VAULT_EUSE);
	buf_free(&text);
}

/* --- Debian's minisign --- */

static void
minisign_accepts_what_we_signed(void **state)
{
	char folder[] = "/tmp/amparo-minisig-XXXXXX";
	struct buf sig = { 0 }, pub = { 0 };

	(void)state;
	if (!have_program("minisign", "minisign_accepts_what_we_signed"))
		skip();
	assert_non_null(mkdtemp(folder));
	assert_int_equal(
	    minisig_sign(&sig, key.id, secret, message, MESSAGE_LEN, TEXT),
	    VAULT_OK);
	assert_true(minisig_key_file(&pub, &key));
	save_file(folder, "MANIFEST", message, MESSAGE_LEN);
	save_file(folder, "MANIFEST.minisig", sig.bytes, sig.len);
	save_file(folder, "pub", pub.bytes, pub.len);
	assert_int_equal(run_in(folder, "minisign -Vm MANIFEST -p pub"), 0);
	assert_int_equal(
	    run_in(folder, "minisign -Vm MANIFEST -P $(tail -n 1 pub)"), 0);
	save_file(folder, "MANIFEST", message, MESSAGE_LEN - 1);
	assert_int_not_equal(run_in(folder, "minisign -Vm MANIFEST -p pub"), 0);
	remove_folder(folder);
	buf_free(&sig);
	buf_free(&pub);
}

/* With our own comment: others are not accepted. */
static void
accepts_what_minisign_signed(void **state)
{
	char folder[] = "/tmp/amparo-minisig-XXXXXX";
	struct memory pub = { 0 }, text = { 0 };
	struct minisig_key theirs;
	struct minisig sig;

	(void)state;
	if (!have_program("minisign", "accepts_what_minisign_signed"))
		skip();
	assert_non_null(mkdtemp(folder));
	save_file(folder, "MANIFEST", message, MESSAGE_LEN);
	assert_int_equal(
	    run_in(folder, "printf '\\n\\n' | minisign -G -p pub -s sec"), 0);
	assert_int_equal(
	    run_in(folder,
		"printf '\\n' | minisign -S -H -s sec -m MANIFEST -t " TEXT
		" -c '" MINISIG_COMMENT "'"),
	    0);
	assert_int_equal(run_in(folder, "tail -n 1 pub | tr -d '\\n'"), 0);
	load_file(&pub, folder, "out");
	load_file(&text, folder, "MANIFEST.minisig");
	assert_int_equal(
	    minisig_key_parse(&theirs, (char *)pub.bytes, pub.len), VAULT_OK);
	assert_int_equal(
	    minisig_parse(&sig, (char *)text.bytes, text.len), VAULT_OK);
	assert_int_equal(
	    minisig_check(&sig, &theirs, message, MESSAGE_LEN), VAULT_OK);
	remove_folder(folder);
	memory_free(&pub);
	memory_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_a_signature_made_by_hand),
		cmocka_unit_test(signs_as_by_hand),
		cmocka_unit_test(refuses_every_flipped_bit),
		cmocka_unit_test(refuses_every_truncation_and_extension),
		cmocka_unit_test(refuses_other_messages_keys_and_algorithms),
		cmocka_unit_test(refuses_another_trusted_comment),
		cmocka_unit_test(refuses_comments_that_are_no_text),
		cmocka_unit_test(reads_and_writes_public_keys),
		cmocka_unit_test(minisign_accepts_what_we_signed),
		cmocka_unit_test(accepts_what_minisign_signed),
	};
	int failed;

	if (sodium_init() < 0 ||
	    (secret = secret_new(MINISIG_SECRET_LEN)) == NULL)
		return 1;
	crypto_sign_seed_keypair(
	    key.key, secret_bytes(secret), (const uint8_t[32]){ 42 });
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	secret_free(secret);
	return failed;
}
