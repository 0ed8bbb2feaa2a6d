/* SPDX-License-Identifier: ISC */
/* Envelopes: what is signed, and what is refused (FORMAT.md, 7.2 and 7.3). */
#include <sodium.h>

#include "core/base64.h"
#include "record/version.h"
#include "support.h"

static struct secret *key;
static uint8_t public_key[32];

static int
make_key(void **state)
{
	uint8_t seed[32] = { 7 };

	(void)state;
	key = secret_new(64);
	return crypto_sign_ed25519_seed_keypair(
	    public_key, secret_bytes(key), seed);
}

static int
free_key(void **state)
{
	(void)state;
	secret_free(key);
	return 0;
}

static void
make(struct version *v)
{
	uint8_t hash[32];

	memset(v, 0, sizeof(*v));
	memcpy(v->type, "person", 7);
	memcpy(v->office, public_key, 32);
	v->record[0] = 0xeb;
	v->time = 1303776000;
	v->has_body = true;
	memset(v->body, 0x11, 32);
	for (int i = 3; i > 0; i--) {
		memset(hash, i, 32);
		assert_true(buf_put(&v->parents, hash, 32));
	}
	assert_true(buf_put(&v->parents, hash, 32)); /* once too often */
	assert_ok(version_sign(v, key));
}

/* By hand, from FORMAT.md: id and signature of an envelope. */
static void
sign(uint8_t signature[64], const char *envelope, size_t len)
{
	static const char label[] = "amparo version 1";
	crypto_generichash_state state;
	uint8_t message[sizeof(label) + 32];

	crypto_generichash_init(&state, NULL, 0, 32);
	crypto_generichash_update(
	    &state, (const uint8_t *)label, sizeof(label));
	crypto_generichash_update(&state, (const uint8_t *)envelope, len);
	memcpy(message, label, sizeof(label));
	crypto_generichash_final(&state, message + sizeof(label), 32);
	crypto_sign_ed25519_detached(
	    signature, NULL, message, sizeof(message), secret_view(key));
}

static void
an_envelope_is_what_the_format_says(void **state)
{
	struct version v, again;
	uint8_t signature[64];

	(void)state;
	make(&v);
	sign(signature, buf_text(&v.envelope), v.envelope.len);
	assert_memory_equal(signature, v.signature, 64);
	assert_int_equal(version_hash_count(&v.parents), 3);
	assert_memory_equal(version_hash_at(&v.parents, 0),
	    "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1",
	    32);
	assert_ok(version_read(
	    &again, v.envelope.bytes, v.envelope.len, v.signature));
	assert_memory_equal(again.id, v.id, 32);
	assert_memory_equal(again.record, v.record, 16);
	assert_int_equal(again.time, v.time);
	assert_string_equal(again.type, "person");
	assert_true(again.has_body);
	assert_false(again.has_private);
	version_free(&again);
	version_free(&v);
}

static void
refuses_every_changed_bit(void **state)
{
	struct version v, again;

	(void)state;
	make(&v);
	for (size_t bit = 0; bit < 8 * v.envelope.len; bit++) {
		v.envelope.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(version_read(&again, v.envelope.bytes,
					 v.envelope.len, v.signature),
		    VAULT_OK);
		version_free(&again);
		v.envelope.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof(v.signature); bit++) {
		v.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(version_read(&again, v.envelope.bytes,
				     v.envelope.len, v.signature),
		    VAULT_EDAMAGED);
		version_free(&again);
		v.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	version_free(&v);
}

/* Signed rightly, and still not as it must be. */
static void
refuses_what_is_not_canonical_though_it_is_signed(void **state)
{
	static const struct {
		const char *from, *to;
		enum vault_err want;
	} cases[] = {
		{ ",\"type\"", ", \"type\"", VAULT_EDAMAGED },
		{ "\"format\":1", "\"format\":2", VAULT_EVERSION },
		{ "\"format\":1", "\"format\":0", VAULT_EDAMAGED },
		{ "\"time\":1303776000", "\"time\":-1", VAULT_EDAMAGED },
		{ "\"time\":1303776000,", "", VAULT_EDAMAGED },
		{ "\"attachments\":[],", "", VAULT_EDAMAGED },
		{ "\"type\":\"person\"", "\"type\":\"Person\"",
		    VAULT_EDAMAGED },
		{ "\"type\":\"person\"", "\"type\":\"person\",\"x\":1",
		    VAULT_EDAMAGED },
		{ "\"body\":\"11", "\"body\":\"1", VAULT_EDAMAGED },
		{ "\"format\":1", "\"forgotten\":true,\"format\":1",
		    VAULT_EDAMAGED },
		{ "\"format\":1", "\"format\":1,\"forgotten\":true",
		    VAULT_EDAMAGED },
		{ "}", ",\"unseen\":[]}", VAULT_EDAMAGED },
		{ "}", ",\"unseen\":[\"00\"]}", VAULT_EDAMAGED },
		{ "}", ",\"unseen\":{}}", VAULT_EDAMAGED },
	};
	struct version v, again;

	(void)state;
	make(&v);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = buf_text(&v.envelope), *at;
		struct buf changed = { 0 };
		uint8_t signature[64];

		at = strstr(text, cases[i].from);
		assert_non_null(at);
		buf_put(&changed, text, (size_t)(at - text));
		buf_put_text(&changed, cases[i].to);
		buf_put_text(&changed, at + strlen(cases[i].from));
		sign(signature, buf_text(&changed), changed.len);
		assert_int_equal(
		    version_read(&again, changed.bytes, changed.len, signature),
		    cases[i].want);
		version_free(&again);
		buf_free(&changed);
	}
	version_free(&v);
}

static void
names_at_most_256_parts_unseen(void **state)
{
	struct version v, again;

	(void)state;
	make(&v);
	for (size_t n = VERSION_UNSEEN_MAX; n <= VERSION_UNSEEN_MAX + 1; n++) {
		buf_reset(&v.unseen);
		for (size_t i = 0; i < n; i++) {
			uint8_t hash[32] = { (uint8_t)i, (uint8_t)(i >> 8) };

			buf_put(&v.unseen, hash, sizeof(hash));
		}
		assert_int_equal(version_sign(&v, key), VAULT_OK);
		assert_int_equal(version_read(&again, v.envelope.bytes,
				     v.envelope.len, v.signature),
		    n > VERSION_UNSEEN_MAX ? VAULT_EDAMAGED : VAULT_OK);
		version_free(&again);
	}
	version_free(&v);
}

static void
a_part_is_hashed_with_its_salt(void **state)
{
	static const char label[] = "amparo part 1";
	uint8_t salt[32] = { 1 }, other[32] = { 2 }, have[32], want[32];
	crypto_generichash_state hash;

	(void)state;
	crypto_generichash_init(&hash, NULL, 0, 32);
	crypto_generichash_update(&hash, (const uint8_t *)label, sizeof(label));
	crypto_generichash_update(&hash, salt, 32);
	crypto_generichash_update(&hash, (const uint8_t *)"{}", 2);
	crypto_generichash_final(&hash, want, 32);
	version_part_hash(have, salt, "{}", 2);
	assert_memory_equal(have, want, 32);
	version_part_hash(have, other, "{}", 2);
	assert_memory_not_equal(have, want, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_envelope_is_what_the_format_says),
		cmocka_unit_test(refuses_every_changed_bit),
		cmocka_unit_test(
		    refuses_what_is_not_canonical_though_it_is_signed),
		cmocka_unit_test(names_at_most_256_parts_unseen),
		cmocka_unit_test(a_part_is_hashed_with_its_salt),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, make_key, free_key);
}
