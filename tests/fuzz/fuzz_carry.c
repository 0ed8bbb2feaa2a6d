/* SPDX-License-Identifier: ISC */
/*
 * Reaches carry_read, body_join, body_split, body_inherit, carry_title.  The
 * input is read as it is, and then as two parts behind one another, parted by
 * a NUL, which an office signs.  Properties: a file that is accepted is
 * written the same; its parts make one body, and one part never takes what
 * the other has.
 */
#include <sodium.h>

#include "core/secret.h"
#include "fuzz.h"
#include "record/body.h"
#include "record/carry.h"
#include "record/json.h"

static void
read_one(const void *text, size_t len)
{
	struct buf again = { 0 }, title = { 0 };
	struct carried c;

	if (carry_read(&c, text, len) == VAULT_OK) {
		assert(carry_write(&again, &c) == VAULT_OK);
		assert(again.len == len && memcmp(again.bytes, text, len) == 0);
		assert(carry_title(&title, &c) == VAULT_OK);
	}
	carry_free(&c);
	buf_free(&again);
	buf_free(&title);
}

static bool
make_part(struct part *out, uint8_t hash[static HASH_LEN], const json_t *json)
{
	struct buf text = { 0 };
	bool good = json != NULL && json_write(&text, json) == VAULT_OK &&
	    part_new(out, hash, text.bytes, text.len) == VAULT_OK;

	buf_free(&text);
	return good;
}

static void
sign(struct carried *c)
{
	static const uint8_t seed[32];
	struct secret *key;

	key = secret_new(IDENTITY_SIGN_LEN);
	assert(key != NULL);
	crypto_sign_seed_keypair(c->version.office, secret_bytes(key), seed);
	memcpy(c->version.type, "person", 7);
	assert(version_sign(&c->version, key) == VAULT_OK);
	secret_free(key);
}

static void
join_and_part(const json_t *body, const json_t *hidden)
{
	json_t *whole, *rest, *taken, *again = NULL;

	if (body_join(&whole, body, hidden) != VAULT_OK)
		return;
	assert(body_split(&rest, &taken, whole) == VAULT_OK);
	assert(body_join(&again, rest, taken) == VAULT_OK);
	assert(json_equal(again, whole));
	json_decref(again);
	again = json_deep_copy(body);
	assert(body_inherit(again, hidden,
		   json_object_get(body, "private_fields"), false) == VAULT_OK);
	json_decref(again);
	json_decref(rest);
	json_decref(taken);
	json_decref(whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = memchr(data, 0, size);
	json_t *body = NULL, *hidden = NULL;
	struct carried c = { 0 };
	struct buf text = { 0 };

	assert(sodium_init() >= 0);
	read_one(data, size);
	if (cut == NULL ||
	    json_read(&body, data, (size_t)(cut - data), size, NULL) !=
		VAULT_OK)
		return 0;
	(void)!json_read(
	    &hidden, cut + 1, size - (size_t)(cut - data) - 1, size, NULL);
	c.version.has_body = make_part(&c.body, c.version.body, body);
	c.version.has_private = make_part(&c.hidden, c.version.hidden, hidden);
	if (c.version.has_body && carry_room(&c, 0) == VAULT_OK) {
		sign(&c);
		if (carry_write(&text, &c) == VAULT_OK)
			read_one(text.bytes, text.len);
	}
	if (json_is_object(body) && json_is_object(hidden))
		join_and_part(body, hidden);
	json_decref(body);
	json_decref(hidden);
	carry_free(&c);
	buf_free(&text);
	return 0;
}
