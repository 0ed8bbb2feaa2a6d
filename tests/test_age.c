/* SPDX-License-Identifier: ISC */
/*
 * The files that are read here are made by hand from the format's text, with
 * libsodium alone; those that are written are read by what was so tested,
 * and by Debian's age.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/worker.h"
#include "exchange/age.h"
#include "exchange/age_header.h"
#include "exchange/bech32.h"
#include "exchange/padme.h"
#include "exchange_help.h"

#define CHUNK 65536
#define SEALED (CHUNK + 16)

/* The key pair of the published vectors. */
#define IDENTITY                                                               \
	"AGE-SECRET-KEY-"                                                      \
	"1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P"              \
	"2LM0"
#define RECIPIENT                                                              \
	"age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"
#define PUBLIC_HEX                                                             \
	"36dcec3f5f24739a0c8b36cbb4ffa25729a94a51d41fb205a37419fe7f5adb2a"

/* --- making files by hand --- */

struct forged {
	uint8_t file_key[16];
	struct memory file;
};

static void
hand_hmac(uint8_t out[32], const void *key, size_t key_len, const void *text,
    size_t len)
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_len);
	crypto_auth_hmacsha256_update(&state, text, len);
	crypto_auth_hmacsha256_final(&state, out);
}

static void
hand_hkdf(uint8_t out[32], const void *ikm, size_t ikm_len, const void *salt,
    size_t salt_len, const char *info)
{
	uint8_t prk[32], text[64];
	size_t len = strlen(info);

	hand_hmac(prk, salt, salt_len, ikm, ikm_len);
	memcpy(text, info, len);
	text[len] = 1;
	hand_hmac(out, prk, 32, text, len + 1);
}

static void
put_text(struct forged *f, const char *text)
{
	memory_put(&f->file, text, strlen(text));
}

static void
put_base64(struct forged *f, const void *bytes, size_t len)
{
	char text[2048];

	sodium_bin2base64(text, sizeof(text), bytes, len,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	put_text(f, text);
}

/* A file key that follows from seed. */
static struct forged
hand_begin(uint8_t seed)
{
	struct forged f = { .file_key = { seed } };

	put_text(&f, "age-encryption.org/v1\n");
	return f;
}

static void
hand_stanza(struct forged *f, const uint8_t public[32])
{
	static const uint8_t zero[12];
	uint8_t once[32], share[32], shared[32], salt[64], wrap[32], body[32];

	randombytes_buf(once, 32);
	crypto_scalarmult_base(share, once);
	assert_int_equal(crypto_scalarmult(shared, once, public), 0);
	memcpy(salt, share, 32);
	memcpy(salt + 32, public, 32);
	hand_hkdf(wrap, shared, 32, salt, 64, "age-encryption.org/v1/X25519");
	crypto_aead_chacha20poly1305_ietf_encrypt(
	    body, NULL, f->file_key, 16, NULL, 0, NULL, zero, wrap);
	put_text(f, "-> X25519 ");
	put_base64(f, share, 32);
	put_text(f, "\n");
	put_base64(f, body, 32);
	put_text(f, "\n");
}

static void
hand_stanza_for_us(struct forged *f)
{
	uint8_t public[32];

	assert_int_equal(hex_decode(public, 32, PUBLIC_HEX, 64), VAULT_OK);
	hand_stanza(f, public);
}

static void
hand_stanza_for_another(struct forged *f)
{
	uint8_t secret[32], public[32];

	randombytes_buf(secret, 32);
	crypto_scalarmult_base(public, secret);
	hand_stanza(f, public);
}

static void
hand_mac(struct forged *f)
{
	uint8_t key[32], mac[32];

	put_text(f, "---");
	hand_hkdf(key, f->file_key, 16, "", 0, "header");
	hand_hmac(mac, key, 32, f->file.bytes, f->file.len);
	put_text(f, " ");
	put_base64(f, mac, 32);
	put_text(f, "\n");
}

/* Chunks of plaintext, where byte i of chunk j is i + j. */
static void
hand_chunk(struct forged *f, const uint8_t key[32], uint8_t number, size_t len,
    bool last)
{
	static uint8_t plain[CHUNK], sealed[SEALED];
	uint8_t nonce[12] = { 0 };

	nonce[10] = number;
	nonce[11] = last;
	for (size_t i = 0; i < len; i++)
		plain[i] = (uint8_t)(i + number);
	crypto_aead_chacha20poly1305_ietf_encrypt(
	    sealed, NULL, plain, len, NULL, 0, NULL, nonce, key);
	memory_put(&f->file, sealed, len + 16);
}

static void
hand_nonce(struct forged *f, uint8_t key[32])
{
	uint8_t nonce[16];

	randombytes_buf(nonce, 16);
	memory_put(&f->file, nonce, 16);
	hand_hkdf(key, f->file_key, 16, nonce, 16, "payload");
}

/* A file for three, of full chunks and one of len bytes. */
static struct forged
hand_file(uint8_t seed, uint8_t chunks, size_t len)
{
	struct forged f = hand_begin(seed);
	uint8_t key[32];

	hand_stanza_for_another(&f);
	hand_stanza_for_us(&f);
	hand_stanza_for_another(&f);
	hand_mac(&f);
	hand_nonce(&f, key);
	for (uint8_t i = 0; i < chunks; i++)
		hand_chunk(&f, key, i, CHUNK, false);
	hand_chunk(&f, key, chunks, len, true);
	return f;
}

/* --- reading them --- */

static struct age_identity *us;

static enum vault_err
read_file(struct memory *out, enum age_fault *fault, struct memory *file)
{
	const struct age_identity *const ids[] = { us };
	struct pipe_source from = memory_source(file);
	struct pipe_sink to = memory_sink(out);

	return age_open(fault, &to, &from, ids, 1);
}

/* What reading gives; what was handed out is thrown away. */
static enum age_fault
fault_of(struct memory *file)
{
	struct memory out = { 0 };
	enum age_fault fault;
	enum vault_err err = read_file(&out, &fault, file);

	switch (fault) {
	case AGE_FAULT_NONE:
		assert_int_equal(err, VAULT_OK);
		break;
	case AGE_FAULT_MATCH:
		assert_int_equal(err, VAULT_ENOTFORUS);
		break;
	case AGE_FAULT_LIMIT_HEADER:
	case AGE_FAULT_LIMIT_LINE:
	case AGE_FAULT_LIMIT_STANZAS:
		assert_int_equal(err, VAULT_EVERSION);
		break;
	default:
		assert_int_equal(err, VAULT_EDAMAGED);
	}
	memory_free(&out);
	return fault;
}

static void
opens_a_file_made_by_hand(void **state)
{
	static const size_t lens[] = { 0, 1, 100, CHUNK - 1, CHUNK };

	(void)state;
	for (uint8_t chunks = 0; chunks < 3; chunks++) {
		for (size_t i = chunks > 0; i < 5; i++) {
			struct forged f = hand_file(1, chunks, lens[i]);
			struct memory out = { 0 };
			enum age_fault fault;

			assert_int_equal(
			    read_file(&out, &fault, &f.file), VAULT_OK);
			assert_int_equal(out.len, chunks * CHUNK + lens[i]);
			for (size_t j = 0; j < out.len; j++)
				assert_int_equal(out.bytes[j],
				    (uint8_t)(j % CHUNK + j / CHUNK));
			memory_free(&out);
			memory_free(&f.file);
		}
	}
}

static void
refuses_an_empty_last_chunk_after_others(void **state)
{
	struct forged f = hand_file(1, 1, 0);

	(void)state;
	assert_int_equal(fault_of(&f.file), AGE_FAULT_PAYLOAD);
	memory_free(&f.file);
}

static void
refuses_every_flipped_bit(void **state)
{
	struct forged f = hand_file(2, 0, 40);

	(void)state;
	for (size_t bit = 0; bit < 8 * f.file.len; bit++) {
		f.file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(fault_of(&f.file), AGE_FAULT_NONE);
		f.file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(fault_of(&f.file), AGE_FAULT_NONE);
	memory_free(&f.file);
}

static void
refuses_every_truncation_and_extension(void **state)
{
	struct forged f = hand_file(3, 0, 40);
	size_t len = f.file.len;

	(void)state;
	for (f.file.len = 0; f.file.len < len; f.file.len++)
		assert_int_not_equal(fault_of(&f.file), AGE_FAULT_NONE);
	for (int c = 0; c < 256; c++) {
		struct memory longer = memory_copy(&f.file);

		memory_put(&longer, &(uint8_t){ (uint8_t)c }, 1);
		assert_int_not_equal(fault_of(&longer), AGE_FAULT_NONE);
		memory_free(&longer);
	}
	memory_free(&f.file);
}

/* The chunks of a file as order names them. */
static enum age_fault
reorder(const struct forged *f, const char *order, size_t last_len)
{
	struct memory file = { 0 };
	size_t chunks = f->file.len / SEALED;
	size_t head = f->file.len - chunks * SEALED - last_len - 16;
	enum age_fault fault;

	memory_put(&file, f->file.bytes, head);
	for (; *order != '\0'; order++) {
		size_t i = (size_t)(*order - '0');

		memory_put(&file, f->file.bytes + head + i * SEALED,
		    i == chunks ? last_len + 16 : SEALED);
	}
	fault = fault_of(&file);
	memory_free(&file);
	return fault;
}

static void
refuses_chunks_swapped_doubled_and_dropped(void **state)
{
	static const char *const orders[] = { "", "0", "01", "012", "3", "123",
		"023", "013", "1023", "0213", "0132", "3012", "00123", "01123",
		"01223", "01233", "0103", "3333", "0121" };
	struct forged f = hand_file(4, 3, 50);

	(void)state;
	assert_int_equal(reorder(&f, "0123", 50), AGE_FAULT_NONE);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		assert_int_equal(reorder(&f, orders[i], 50), AGE_FAULT_PAYLOAD);
	memory_free(&f.file);
}

/* A last chunk that is full, and whatever comes after it. */
static void
refuses_what_follows_a_full_last_chunk(void **state)
{
	struct forged f = hand_file(4, 1, CHUNK);

	(void)state;
	assert_int_equal(fault_of(&f.file), AGE_FAULT_NONE);
	memory_put(&f.file, "\0", 1);
	assert_int_equal(fault_of(&f.file), AGE_FAULT_PAYLOAD);
	memory_free(&f.file);
}

static void
refuses_stanzas_swapped_doubled_and_dropped(void **state)
{
	static const char *const orders[] = { "1", "01", "12", "10", "102",
		"021", "0012", "0112", "0122", "210" };
	struct forged f = hand_file(5, 0, 10);
	const size_t first = 22, stanza = 98;

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct memory file = { 0 };

		memory_put(&file, f.file.bytes, first);
		for (const char *o = orders[i]; *o != '\0'; o++)
			memory_put(&file,
			    f.file.bytes + first + stanza * (size_t)(*o - '0'),
			    stanza);
		memory_put(&file, f.file.bytes + first + 3 * stanza,
		    f.file.len - first - 3 * stanza);
		assert_int_equal(fault_of(&file), AGE_FAULT_MAC);
		memory_free(&file);
	}
	memory_free(&f.file);
}

/* Where the payload's nonce begins in a file of hand_file(). */
#define HAND_HEAD (22 + 3 * 98 + 48)

static void
refuses_the_header_of_one_on_the_payload_of_another(void **state)
{
	struct forged a = hand_file(6, 0, 10), b = hand_file(7, 0, 10);

	(void)state;
	assert_int_equal(fault_of(&a.file), AGE_FAULT_NONE);
	assert_int_equal(fault_of(&b.file), AGE_FAULT_NONE);
	memcpy(a.file.bytes, b.file.bytes, HAND_HEAD);
	assert_int_equal(fault_of(&a.file), AGE_FAULT_PAYLOAD);
	memory_free(&a.file);
	memory_free(&b.file);
}

/*
 * Some decoders take every byte from 0x80 on as '/'.  So the MAC line must
 * have one, or the fault would not show.
 */
static void
refuses_high_bytes_in_the_mac_line(void **state)
{
	bool found = false;

	(void)state;
	for (uint8_t seed = 0; seed < 60; seed++) {
		struct forged f = hand_file(seed, 0, 10);
		uint8_t *mac = f.file.bytes + HAND_HEAD - 44;

		for (size_t i = 0; i < 43; i++) {
			uint8_t right = mac[i];

			found = found || right == '/';
			for (int c = 0; c < 256; c++) {
				mac[i] = (uint8_t)c;
				if (c != right && (c >= 0x80 || seed == 0))
					assert_int_not_equal(
					    fault_of(&f.file), AGE_FAULT_NONE);
			}
			mac[i] = right;
		}
		memory_free(&f.file);
	}
	assert_true(found);
}

/* Read a file whose only stanzas are ours and this text. */
static enum age_fault
with_stanza(const char *text)
{
	struct forged f = hand_begin(8);
	enum age_fault fault;
	uint8_t key[32];

	hand_stanza_for_us(&f);
	put_text(&f, text);
	hand_mac(&f);
	hand_nonce(&f, key);
	hand_chunk(&f, key, 0, 3, true);
	fault = fault_of(&f.file);
	memory_free(&f.file);
	return fault;
}

#define BODY "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"
#define SHARE "TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc"
#define LINE_64                                                                \
	"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"

static void
skips_stanzas_of_other_types(void **state)
{
	static const char *const good[] = { "-> x\n\n", "-> x a b c\nQQ\n",
		"-> X25519x\n\n", "-> x25519 " SHARE "\n" BODY "\n",
		"-> -> --- \\~!\n" LINE_64 "\n\n",
		"-> grease\n" LINE_64 "\n" LINE_64 "\nQUE\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(with_stanza(good[i]), AGE_FAULT_NONE);
}

static void
refuses_malformed_headers(void **state)
{
	static const char *const bad[] = { "-> \n\n", "->\n\n", "-> x \n\n",
		"-> x  y\n\n", "->  x\n\n", "-> x\ty\n\n", "-> x\x7f\n\n",
		"-> x\xc3\xa9\n\n", "-> x\n", "-> x\n" LINE_64 "\n",
		"-> x\n" LINE_64 "Q\n\n", "-> x\nQQ\nQQ\n", "-> x\nQR\n",
		"-> x\nQQ==\n", "-> x\nQ\n", "-> x\n Q\n", "-> x\nQQ\r\n", "\n",
		"x\n\n", "--\n", "-->x\n\n", "-> x\r\n\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(with_stanza(bad[i]), AGE_FAULT_HEADER);
}

/* Even where another stanza has opened the file already. */
static void
refuses_malformed_stanzas_of_our_kind(void **state)
{
	static const char *const bad[] = { "-> X25519\n" BODY "\n",
		"-> X25519 " SHARE " x\n" BODY "\n", "-> X25519 " SHARE "\n\n",
		"-> X25519 " SHARE "\nQUFB" BODY "\n",
		"-> X25519 " SHARE "=\n" BODY "\n",
		"-> X25519 QUFB\n" BODY "\n",
		"-> X25519 QUFB" SHARE "\n" BODY "\n",
		"-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCd\n" BODY
		"\n" };

	(void)state;
	assert_int_equal(
	    with_stanza("-> X25519 " SHARE "\n" BODY "\n"), AGE_FAULT_NONE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(with_stanza(bad[i]), AGE_FAULT_HEADER);
}

static void
says_when_a_file_is_for_others(void **state)
{
	struct forged f = hand_begin(9);
	enum age_fault fault;

	(void)state;
	hand_stanza_for_another(&f);
	hand_mac(&f);
	assert_int_equal(fault_of(&f.file), AGE_FAULT_MATCH);
	memory_free(&f.file);

	f = hand_begin(9);
	put_text(&f, "-> other\n\n");
	hand_mac(&f);
	assert_int_equal(fault_of(&f.file), AGE_FAULT_MATCH);

	/* And without any identity. */
	struct pipe_source from = memory_source(&f.file);
	assert_int_equal(
	    age_open(&fault, NULL, &from, NULL, 0), VAULT_ENOTFORUS);
	memory_free(&f.file);
}

static void
keeps_the_limits_of_a_header(void **state)
{
	struct forged f = hand_begin(10);
	char *line = malloc(3 * 1024 * 1024);

	(void)state;
	memset(line, 'A', 3 * 1024 * 1024);
	line[AGE_LINE_MAX - 3] = '\0';
	put_text(&f, "-> ");
	put_text(&f, line);
	put_text(&f, "\n\n");
	hand_mac(&f);
	assert_int_equal(fault_of(&f.file), AGE_FAULT_MATCH);
	memory_free(&f.file);

	f = hand_begin(10);
	put_text(&f, "-> A");
	put_text(&f, line);
	put_text(&f, "\n\n");
	assert_int_equal(fault_of(&f.file), AGE_FAULT_LIMIT_LINE);
	memory_free(&f.file);

	for (size_t n = AGE_STANZAS_MAX; n <= AGE_STANZAS_MAX + 1; n++) {
		f = hand_begin(10);
		for (size_t i = 0; i < n; i++)
			put_text(&f, "-> A\n\n");
		hand_mac(&f);
		assert_int_equal(fault_of(&f.file),
		    n == AGE_STANZAS_MAX ? AGE_FAULT_MATCH
					 : AGE_FAULT_LIMIT_STANZAS);
		memory_free(&f.file);
	}

	f = hand_begin(10);
	put_text(&f, "-> A\n");
	while (f.file.len < AGE_HEADER_MAX)
		put_text(&f, LINE_64 "\n");
	assert_int_equal(fault_of(&f.file), AGE_FAULT_LIMIT_HEADER);
	memory_free(&f.file);

	/* What is not age at all is damaged, and not over a limit. */
	memory_put(&f.file, line, 3 * 1024 * 1024);
	assert_int_equal(fault_of(&f.file), AGE_FAULT_HEADER);
	memory_free(&f.file);
	free(line);
}

/* --- the ring --- */

/* One thread or two, every chunk before the fault and nothing after it. */
static void
hands_out_only_what_comes_before_the_first_bad_chunk(void **state)
{
	const uint8_t chunks = 70;
	struct forged f = hand_file(11, chunks, 99);
	enum age_fault fault;

	(void)state;
	for (size_t i = 0; i <= chunks; i++) {
		struct memory out = { 0 };
		uint8_t *at = f.file.bytes + HAND_HEAD + 16 + i * SEALED + 7;

		*at ^= 1;
		assert_int_equal(
		    read_file(&out, &fault, &f.file), VAULT_EDAMAGED);
		assert_int_equal(fault, AGE_FAULT_PAYLOAD);
		assert_int_equal(out.len, i * CHUNK);
		for (size_t j = 0; j < out.len; j += 1021)
			assert_int_equal(
			    out.bytes[j], (uint8_t)(j % CHUNK + j / CHUNK));
		*at ^= 1;
		memory_free(&out);
	}
	memory_free(&f.file);
}

static void
returns_the_error_of_the_sink_and_stops(void **state)
{
	struct forged f = hand_file(12, 40, 99);
	enum age_fault fault;

	(void)state;
	for (size_t i = 1; i <= 41; i++) {
		struct memory out = { .fail_at = i };

		assert_int_equal(
		    read_file(&out, &fault, &f.file), VAULT_ECANCELED);
		assert_int_equal(fault, AGE_FAULT_NONE);
		assert_int_equal(out.calls, i);
		memory_free(&out);
	}
	memory_free(&f.file);
}

static void
returns_the_error_of_the_source(void **state)
{
	struct forged f = hand_file(12, 40, 99);
	struct memory out = { 0 };
	enum age_fault fault;

	(void)state;
	for (size_t i = 1; i <= 43; i++) {
		f.file.calls = 0;
		f.file.fail_at = i;
		assert_int_equal(
		    read_file(&out, &fault, &f.file), VAULT_ECANCELED);
		assert_int_equal(fault, AGE_FAULT_NONE);
		memory_free(&out);
	}
	f.file.fail_at = 0;
	f.file.short_by = 1;
	assert_int_equal(read_file(&out, &fault, &f.file), VAULT_EIO);
	memory_free(&out);
	memory_free(&f.file);
}

/* --- writing --- */

static enum vault_err
write_file(struct memory *out, struct memory *plain, const char *const *names,
    size_t n)
{
	struct age_recipient *to[AGE_RECIPIENTS_MAX] = { NULL };
	struct pipe_source from = memory_source(plain);
	struct pipe_sink sink = memory_sink(out);
	enum vault_err err;

	for (size_t i = 0; i < n; i++)
		assert_int_equal(
		    age_recipient_parse(&to[i], names[i], strlen(names[i])),
		    VAULT_OK);
	err = age_seal(
	    &sink, &from, (const struct age_recipient *const *)to, n);
	for (size_t i = 0; i < n; i++)
		age_recipient_free(to[i]);
	return err;
}

static const char *const for_us[] = { RECIPIENT };

static struct memory
make_plain(size_t len)
{
	static const uint8_t seed[32] = { 1 };
	struct memory plain = { malloc(len + 1), len, len + 1, 0, 0, 0 };

	randombytes_buf_deterministic(plain.bytes, len, seed);
	return plain;
}

static void
reads_what_it_wrote_at_every_edge(void **state)
{
	static const size_t lens[] = { 0, 1, 15, 16, 17, CHUNK - 1, CHUNK,
		CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5, 4 * CHUNK, 31 * CHUNK,
		32 * CHUNK, 32 * CHUNK + 1, 33 * CHUNK, 64 * CHUNK,
		100 * CHUNK + 77 };
	enum age_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct memory plain = make_plain(lens[i]), file = { 0 },
			      out = { 0 };
		size_t chunks = lens[i] == 0 ? 1 : (lens[i] - 1) / CHUNK + 1;

		assert_int_equal(
		    write_file(&file, &plain, for_us, 1), VAULT_OK);
		assert_int_equal(
		    file.len, 22 + 4 * 98 + 48 + 16 + lens[i] + 16 * chunks);
		assert_int_equal(read_file(&out, &fault, &file), VAULT_OK);
		assert_int_equal(out.len, lens[i]);
		if (lens[i] > 0)
			assert_memory_equal(out.bytes, plain.bytes, lens[i]);
		memory_free(&plain);
		memory_free(&file);
		memory_free(&out);
	}
}

/* Pieces of any size make the same payload. */
static void
writes_bytes_that_come_piece_by_piece(void **state)
{
	struct memory plain = make_plain(40 * CHUNK + 3);
	struct age_recipient *to;
	enum age_fault fault;

	(void)state;
	assert_int_equal(
	    age_recipient_parse(&to, RECIPIENT, strlen(RECIPIENT)), VAULT_OK);
	for (size_t piece = 1000; piece < 400000; piece = piece * 3 + 1) {
		struct memory file = { 0 }, out = { 0 };
		struct pipe_sink sink = memory_sink(&file);
		struct age_writer *w;

		assert_int_equal(
		    age_writer_new(
			&w, &sink, (const struct age_recipient *const *)&to, 1),
		    VAULT_OK);
		for (size_t at = 0; at < plain.len; at += piece)
			assert_int_equal(
			    age_writer_put(w, plain.bytes + at,
				plain.len - at < piece ? plain.len - at
						       : piece),
			    VAULT_OK);
		assert_int_equal(age_writer_end(w), VAULT_OK);
		assert_int_equal(age_writer_end(w), VAULT_EUSE);
		assert_int_equal(age_writer_put(w, "x", 1), VAULT_EUSE);
		age_writer_free(w);
		assert_int_equal(read_file(&out, &fault, &file), VAULT_OK);
		assert_int_equal(out.len, plain.len);
		assert_memory_equal(out.bytes, plain.bytes, plain.len);
		memory_free(&file);
		memory_free(&out);
	}
	age_recipient_free(to);
	memory_free(&plain);
}

static void
a_file_without_its_end_is_refused(void **state)
{
	struct memory plain = make_plain(50 * CHUNK), file = { 0 };
	struct pipe_sink sink = memory_sink(&file);
	struct age_recipient *to;
	struct age_writer *w;

	(void)state;
	assert_int_equal(
	    age_recipient_parse(&to, RECIPIENT, strlen(RECIPIENT)), VAULT_OK);
	assert_int_equal(age_writer_new(&w, &sink,
			     (const struct age_recipient *const *)&to, 1),
	    VAULT_OK);
	assert_int_equal(age_writer_put(w, plain.bytes, plain.len), VAULT_OK);
	age_writer_free(w);
	assert_int_equal(fault_of(&file), AGE_FAULT_PAYLOAD);
	age_recipient_free(to);
	memory_free(&plain);
	memory_free(&file);
}

/* How many stanzas there are, and which one is for us. */
static size_t
count_stanzas(struct memory *file, size_t *ours)
{
	struct age_header header;
	struct age_stanza stanza;
	enum age_fault fault;
	size_t n = 0;
	bool more;

	assert_int_equal(
	    age_header_parse(&header, &fault, &more, file->bytes, file->len),
	    VAULT_OK);
	for (size_t at = 0; age_header_next(&stanza, &header, &at); n++) {
		/* The file is for us alone: only ours opens it by itself. */
		struct forged one = { .file = { 0 } };

		put_text(&one, "age-encryption.org/v1\n-> ");
		memory_put(&one.file, stanza.args, stanza.args_len);
		put_text(&one, "\n");
		memory_put(&one.file, stanza.body, stanza.body_len);
		put_text(&one, "\n");
		hand_mac(&one);
		if (fault_of(&one.file) == AGE_FAULT_MAC)
			*ours = n;
		memory_free(&one.file);
	}
	assert_int_equal(n, header.n);
	return n;
}

static void
hides_how_many_recipients_there_are_and_which_is_which(void **state)
{
	static const size_t want[][2] = { { 1, 4 }, { 4, 4 }, { 5, 8 },
		{ 8, 8 }, { 9, 16 }, { 17, 32 } };
	const char *names[17];
	size_t seen[4] = { 0 }, ours;
	struct memory plain = make_plain(5);

	(void)state;
	for (size_t i = 0; i < 17; i++)
		names[i] = RECIPIENT;
	for (size_t i = 0; i < 6; i++) {
		struct memory file = { 0 };

		assert_int_equal(
		    write_file(&file, &plain, names, want[i][0]), VAULT_OK);
		assert_int_equal(count_stanzas(&file, &ours), want[i][1]);
		memory_free(&file);
	}

	/* 200 draws miss one of 4 places once in 10^25 runs. */
	for (size_t i = 0; i < 200; i++) {
		struct memory file = { 0 };

		assert_int_equal(
		    write_file(&file, &plain, for_us, 1), VAULT_OK);
		assert_int_equal(count_stanzas(&file, &ours), 4);
		seen[ours]++;
		memory_free(&file);
	}
	for (size_t i = 0; i < 4; i++)
		assert_true(seen[i] > 0);
	memory_free(&plain);
}

static void
refuses_no_recipients_and_too_many(void **state)
{
	struct memory plain = make_plain(5), file = { 0 };

	(void)state;
	assert_int_equal(write_file(&file, &plain, NULL, 0), VAULT_EUSE);
	assert_int_equal(file.len, 0);
	assert_int_equal(age_stanza_count(1024), 1024);
	assert_int_equal(age_stanza_count(1025), 0);
	memory_free(&plain);
}

static void
returns_errors_while_writing(void **state)
{
	struct memory plain = make_plain(50 * CHUNK);

	(void)state;
	for (size_t i = 1; i <= 51; i++) {
		struct memory file = { .fail_at = i };

		assert_int_equal(
		    write_file(&file, &plain, for_us, 1), VAULT_ECANCELED);
		assert_int_equal(file.calls, i);
		memory_free(&file);
	}
	for (size_t i = 1; i <= 50; i++) {
		struct memory file = { 0 };

		plain.calls = 0;
		plain.fail_at = i;
		assert_int_equal(
		    write_file(&file, &plain, for_us, 1), VAULT_ECANCELED);
		memory_free(&file);
	}
	memory_free(&plain);
}

#ifdef VAULT_TEST
/* Until the fault no longer fires: every allocation has failed once. */
static void
survives_every_failed_allocation(void **state)
{
	struct memory plain = make_plain(6 * CHUNK), whole = { 0 };
	enum vault_err err = VAULT_ENOMEM;
	enum age_fault fault;

	(void)state;
	assert_int_equal(write_file(&whole, &plain, for_us, 1), VAULT_OK);
	for (size_t n = 1; err != VAULT_OK; n++) {
		struct age_recipient *to = NULL;
		struct memory file = { 0 };
		struct pipe_source from = memory_source(&plain);
		struct pipe_sink sink = memory_sink(&file);

		mem_test_fail(n, 0);
		err = age_recipient_parse(&to, RECIPIENT, strlen(RECIPIENT));
		if (err == VAULT_OK)
			err = age_seal(&sink, &from,
			    (const struct age_recipient *const *)&to, 1);
		age_recipient_free(to);
		assert_true(err == VAULT_OK || err == VAULT_ENOMEM);
		memory_free(&file);
	}
	err = VAULT_ENOMEM;
	for (size_t n = 1; err != VAULT_OK; n++) {
		struct memory out = { 0 };

		mem_test_fail(n, 0);
		err = read_file(&out, &fault, &whole);
		assert_true(err == VAULT_OK || err == VAULT_ENOMEM);
		assert_int_equal(fault, AGE_FAULT_NONE);
		memory_free(&out);
	}
	mem_test_fail(0, 0);
	memory_free(&plain);
	memory_free(&whole);
}
#endif

/* --- keys --- */

static void
reads_and_writes_keys(void **state)
{
	struct age_identity *id;
	struct secret *text;
	struct buf name = { 0 };

	(void)state;
	assert_true(age_identity_recipient(&name, us));
	assert_string_equal(buf_text(&name), RECIPIENT);
	assert_int_equal(age_identity_text(&text, us), VAULT_OK);
	assert_int_equal(secret_len(text), strlen(IDENTITY));
	assert_memory_equal(secret_view(text), IDENTITY, strlen(IDENTITY));
	secret_free(text);

	assert_int_equal(age_identity_new(&id, AGE_X25519), VAULT_OK);
	buf_reset(&name);
	assert_true(age_identity_recipient(&name, id));
	assert_string_not_equal(buf_text(&name), RECIPIENT);
	age_identity_free(id);
	buf_free(&name);
}

static void
refuses_strings_that_are_no_keys(void **state)
{
	static const char *const bad[] = { "", "age1", IDENTITY,
		"age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47rye"
		"g",
		RECIPIENT " " };
	struct age_recipient *to;
	struct age_identity *id;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    age_recipient_parse(&to, bad[i], strlen(bad[i])),
		    VAULT_EUSE);
		assert_null(to);
	}
	assert_int_equal(
	    age_identity_parse(&id, RECIPIENT, strlen(RECIPIENT)), VAULT_EUSE);
	assert_null(id);
}

/* What is sealed to a point of low order, everybody can open. */
static void
refuses_recipients_of_low_order(void **state)
{
	static const char *const points[] = {
		"00000000000000000000000000000000000000000000000000000000000000"
		"00",
		"01000000000000000000000000000000000000000000000000000000000000"
		"00",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b8"
		"00",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11"
		"57",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"7f",
	};
	struct age_recipient *to;
	uint8_t point[32];

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		struct buf text = { 0 };

		assert_int_equal(
		    hex_decode(point, 32, points[i], 64), VAULT_OK);
		assert_true(
		    bech32_encode(&text, "age", point, 32, BECH32_LOWER));
		assert_int_equal(
		    age_recipient_parse(&to, buf_text(&text), text.len),
		    VAULT_EUSE);
		assert_null(to);
		buf_free(&text);
	}
}

static void
pads_as_padme_does(void **state)
{
	/* E = 17, S = 5: 2^12 steps; and the edges by hand. */
	static const uint64_t want[][2] = { { 0, 65536 }, { 1, 65536 },
		{ 65536, 65536 }, { 65537, 67584 }, { 67584, 67584 },
		{ 100000, 100352 }, { 131072, 131072 }, { 131073, 135168 },
		{ 1000000, 1015808 }, { 1048577, 1081344 } };

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_int_equal(padme_length(want[i][0]), want[i][1]);
	for (uint64_t n = 65536; n < UINT64_C(1) << 40; n += n / 7) {
		uint64_t len = padme_length(n / 512 * 512);

		assert_true(len >= n / 512 * 512 && len % 512 == 0);
		assert_true(len <= n + n / 8);
		assert_int_equal(padme_length(len), len);
	}
}

/* --- Debian's age --- */

static void
age_opens_what_we_wrote(void **state)
{
	static const size_t lens[] = { 0, 1, CHUNK, 3 * CHUNK + 1 };
	char folder[] = "/tmp/amparo-age-XXXXXX";

	(void)state;
	if (!have_program("age", "age_opens_what_we_wrote"))
		skip();
	assert_non_null(mkdtemp(folder));
	save_file(folder, "key", IDENTITY "\n", strlen(IDENTITY) + 1);
	for (size_t i = 0; i < 4; i++) {
		struct memory plain = make_plain(lens[i]), file = { 0 },
			      out = { 0 };

		assert_int_equal(
		    write_file(&file, &plain, for_us, 1), VAULT_OK);
		save_file(folder, "file", file.bytes, file.len);
		assert_int_equal(
		    run_in(folder, "age -d -i key file >plain"), 0);
		load_file(&out, folder, "plain");
		assert_int_equal(out.len, plain.len);
		assert_int_equal(run_in(folder, "rm plain"), 0);
		if (out.len > 0)
			assert_memory_equal(out.bytes, plain.bytes, out.len);
		memory_free(&plain);
		memory_free(&file);
		memory_free(&out);
	}
	remove_folder(folder);
}

static void
opens_what_age_wrote(void **state)
{
	char folder[] = "/tmp/amparo-age-XXXXXX";
	struct memory plain = make_plain(5 * CHUNK), file = { 0 }, out = { 0 };
	enum age_fault fault;

	(void)state;
	if (!have_program("age", "opens_what_age_wrote"))
		skip();
	assert_non_null(mkdtemp(folder));
	save_file(folder, "plain", plain.bytes, plain.len);
	assert_int_equal(
	    run_in(folder, "age -r " RECIPIENT " -o file plain"), 0);
	load_file(&file, folder, "file");
	assert_int_equal(read_file(&out, &fault, &file), VAULT_OK);
	assert_int_equal(out.len, plain.len);
	assert_memory_equal(out.bytes, plain.bytes, plain.len);
	remove_folder(folder);
	memory_free(&plain);
	memory_free(&file);
	memory_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_a_file_made_by_hand),
		cmocka_unit_test(refuses_an_empty_last_chunk_after_others),
		cmocka_unit_test(refuses_every_flipped_bit),
		cmocka_unit_test(refuses_every_truncation_and_extension),
		cmocka_unit_test(refuses_chunks_swapped_doubled_and_dropped),
		cmocka_unit_test(refuses_what_follows_a_full_last_chunk),
		cmocka_unit_test(refuses_stanzas_swapped_doubled_and_dropped),
		cmocka_unit_test(
		    refuses_the_header_of_one_on_the_payload_of_another),
		cmocka_unit_test(refuses_high_bytes_in_the_mac_line),
		cmocka_unit_test(skips_stanzas_of_other_types),
		cmocka_unit_test(refuses_malformed_headers),
		cmocka_unit_test(refuses_malformed_stanzas_of_our_kind),
		cmocka_unit_test(says_when_a_file_is_for_others),
		cmocka_unit_test(keeps_the_limits_of_a_header),
		cmocka_unit_test(
		    hands_out_only_what_comes_before_the_first_bad_chunk),
		cmocka_unit_test(returns_the_error_of_the_sink_and_stops),
		cmocka_unit_test(returns_the_error_of_the_source),
		cmocka_unit_test(reads_what_it_wrote_at_every_edge),
		cmocka_unit_test(writes_bytes_that_come_piece_by_piece),
		cmocka_unit_test(a_file_without_its_end_is_refused),
		cmocka_unit_test(
		    hides_how_many_recipients_there_are_and_which_is_which),
		cmocka_unit_test(refuses_no_recipients_and_too_many),
		cmocka_unit_test(returns_errors_while_writing),
#ifdef VAULT_TEST
		cmocka_unit_test(survives_every_failed_allocation),
#endif
		cmocka_unit_test(reads_and_writes_keys),
		cmocka_unit_test(refuses_strings_that_are_no_keys),
		cmocka_unit_test(refuses_recipients_of_low_order),
		cmocka_unit_test(pads_as_padme_does),
		cmocka_unit_test(age_opens_what_we_wrote),
		cmocka_unit_test(opens_what_age_wrote),
	};
#ifdef VAULT_TEST
	const struct CMUnitTest alone[] = {
		cmocka_unit_test(refuses_chunks_swapped_doubled_and_dropped),
		cmocka_unit_test(
		    hands_out_only_what_comes_before_the_first_bad_chunk),
		cmocka_unit_test(returns_the_error_of_the_sink_and_stops),
		cmocka_unit_test(reads_what_it_wrote_at_every_edge),
		cmocka_unit_test(returns_errors_while_writing),
	};
#endif
	int failed;

	if (sodium_init() < 0 ||
	    age_identity_parse(&us, IDENTITY, strlen(IDENTITY)) != VAULT_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
#ifdef VAULT_TEST
	/* The same where no thread can be had. */
	worker_test_alone(true);
	failed += cmocka_run_group_tests(alone, NULL, NULL);
	worker_test_alone(false);
#endif
	age_identity_free(us);
	return failed;
}
