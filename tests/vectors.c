/* SPDX-License-Identifier: ISC */
/*
 * vectors - the published test vectors, read from $AMPARO_VECTORS or from
 * ../shared/vectors: C2SP's age kit, and Wycheproof for the primitives.
 *
 * Prints what is not as expected and what is skipped; the last line is
 * "N passed, N failed, N skipped", and the exit status 1 if any failed.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>
#include <sodium.h>
#include <zlib.h>

#include "exchange/age.h"
#include "exchange/age_x25519.h"
#include "exchange/hkdf.h"
#include "exchange_help.h"

static struct {
	size_t passed, failed, skipped;
} total;

static void
count(bool good, const char *file, long test, const char *why)
{
	if (good) {
		total.passed++;
		return;
	}
	total.failed++;
	if (test < 0)
		printf("failed: %s: %s\n", file, why);
	else
		printf("failed: %s: test %ld: %s\n", file, test, why);
}

static void
skip_one(const char *name, const char *why)
{
	printf("skipped: %s: %s\n", name, why);
	total.skipped++;
}

/* --- age --- */

#define IDS_MAX 8

struct vector {
	const char *expect, *payload; /* into the text of the file */
	struct age_identity *ids[IDS_MAX];
	size_t n_ids;
	bool compressed;
	const char *skip; /* why it is skipped, or NULL */
};

static void
add_identity(struct vector *v, const char *text)
{
	if (v->n_ids == IDS_MAX ||
	    age_identity_parse(&v->ids[v->n_ids], text, strlen(text)) !=
		VAULT_OK)
		v->skip = "an identity of another kind";
	else
		v->n_ids++;
}

/* One line "key: value" of a vector's head. */
static void
read_key(struct vector *v, const char *key, const char *value)
{
	if (strcmp(key, "expect") == 0)
		v->expect = value;
	else if (strcmp(key, "payload") == 0)
		v->payload = value;
	else if (strcmp(key, "identity") == 0)
		add_identity(v, value);
	else if (strcmp(key, "compressed") == 0 && strcmp(value, "zlib") == 0)
		v->compressed = true;
	else if (strcmp(key, "passphrase") == 0)
		v->skip = "passphrases are not there yet";
	else if (strcmp(key, "armored") == 0)
		v->skip = "armor is not there yet";
	else if (strcmp(key, "file key") != 0 && strcmp(key, "comment") != 0)
		v->skip = "an unknown key";
}

/* Read the head of a vector; return where its body begins, or NULL. */
static char *
read_head(struct vector *v, char *text, char *end)
{
	while (text < end && *text != '\n') {
		char *lf = memchr(text, '\n', (size_t)(end - text));
		char *colon = memchr(text, ':', (size_t)(end - text));

		if (lf == NULL || colon == NULL || colon + 1 >= lf)
			return NULL;
		*lf = *colon = '\0';
		read_key(v, text, colon + 2);
		text = lf + 1;
	}
	return text < end ? text + 1 : NULL;
}

static void
inflate_all(struct memory *out, char *from, size_t len)
{
	z_stream z = { .next_in = (Bytef *)from, .avail_in = (uInt)len };
	static uint8_t part[65536];
	int status = inflateInit(&z);

	while (status == Z_OK) {
		z.next_out = part;
		z.avail_out = sizeof(part);
		status = inflate(&z, Z_NO_FLUSH);
		memory_put(out, part, sizeof(part) - z.avail_out);
	}
	assert(status == Z_STREAM_END);
	inflateEnd(&z);
}

/* The word that the vectors have for a fault. */
static const char *
fault_word(enum vault_err err, enum age_fault fault)
{
	switch (fault) {
	case AGE_FAULT_NONE:
		return err == VAULT_OK ? "success" : "an error of ours";
	case AGE_FAULT_MATCH:
		return "no match";
	case AGE_FAULT_MAC:
		return "HMAC failure";
	case AGE_FAULT_HEADER:
		return "header failure";
	case AGE_FAULT_PAYLOAD:
		return "payload failure";
	case AGE_FAULT_ARMOR:
		return "armor failure";
	case AGE_FAULT_LIMIT_HEADER:
	case AGE_FAULT_LIMIT_LINE:
	case AGE_FAULT_LIMIT_STANZAS:
		return "over a limit";
	}
	return "";
}

static enum vault_err
hash_write(void *ctx, const void *bytes, size_t len)
{
	crypto_hash_sha256_update(ctx, bytes, len);
	return VAULT_OK;
}

/* Kind of result, and hash of all that was handed out, in failure too. */
static void
check_vector(const struct vector *v, const char *name, struct memory *body)
{
	struct pipe_source from = memory_source(body);
	crypto_hash_sha256_state hash;
	struct pipe_sink to = { hash_write, &hash };
	enum age_fault fault;
	enum vault_err err;
	uint8_t got[32];
	char hex[65];

	crypto_hash_sha256_init(&hash);
	err = age_open(&fault, &to, &from,
	    (const struct age_identity *const *)v->ids, v->n_ids);
	crypto_hash_sha256_final(&hash, got);
	sodium_bin2hex(hex, sizeof(hex), got, sizeof(got));

	/* Without a payload line nothing may have come out. */
	if (v->payload == NULL)
		crypto_hash_sha256(got, NULL, 0);
	if (strcmp(v->expect, fault_word(err, fault)) != 0)
		count(false, name, -1, fault_word(err, fault));
	else if (v->payload == NULL) {
		char none[65];

		sodium_bin2hex(none, sizeof(none), got, sizeof(got));
		count(strcmp(hex, none) == 0, name, -1, "plaintext came out");
	} else
		count(strcmp(hex, v->payload) == 0, name, -1,
		    "other plaintext came out");
}

static void
run_age_vector(const char *folder, const char *name)
{
	struct memory file = { 0 }, body = { 0 };
	struct vector v = { 0 };
	char *text, *end;

	load_file(&file, folder, name);
	end = (char *)file.bytes + file.len;
	text = read_head(&v, (char *)file.bytes, end);
	if (text == NULL && v.expect == NULL)
		v.skip = "not a vector";
	if (v.skip != NULL) {
		skip_one(name, v.skip);
	} else {
		if (v.compressed)
			inflate_all(&body, text, (size_t)(end - text));
		else if (text != NULL)
			memory_put(&body, text, (size_t)(end - text));
		check_vector(&v, name, &body);
	}
	for (size_t i = 0; i < v.n_ids; i++)
		age_identity_free(v.ids[i]);
	memory_free(&file);
	memory_free(&body);
}

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
run_age(const char *vectors)
{
	struct dirent **names;
	char folder[400];
	int n;

	snprintf(folder, sizeof(folder), "%s/age", vectors);
	n = scandir(folder, &names, is_visible, alphasort);
	if (n < 0) {
		skip_one("age", "no such folder");
		return;
	}
	for (int i = 0; i < n; i++) {
		run_age_vector(folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

/* --- wycheproof --- */

/* A field in hex, decoded into memory of this many bytes at the most. */
#define FIELD_MAX 70000

struct field {
	uint8_t bytes[FIELD_MAX];
	size_t len;
};

static void
get_field(struct field *f, const json_t *in, const char *key)
{
	const char *hex = json_string_value(json_object_get(in, key));

	assert(hex != NULL && strlen(hex) / 2 <= FIELD_MAX);
	assert(sodium_hex2bin(f->bytes, FIELD_MAX, hex, strlen(hex), NULL,
		   &f->len, NULL) == 0);
}

static struct field a, b, c, d, e, out;

/* One test: right, wrong, or not for our interface. */
enum verdict { RIGHT, WRONG, NOT_OURS };

static bool
is_valid(const json_t *test)
{
	return strcmp(json_string_value(json_object_get(test, "result")),
		   "valid") == 0;
}

static enum verdict
run_aead(const json_t *test, size_t nonce_len, bool extended)
{
	bool good;

	get_field(&a, test, "key");
	get_field(&b, test, "iv");
	get_field(&c, test, "aad");
	get_field(&d, test, "msg");
	get_field(&e, test, "ct");
	out.len = e.len;
	get_field(&out, test, "tag");
	if (b.len != nonce_len || a.len != 32 || out.len != 16)
		return NOT_OURS;
	memcpy(e.bytes + e.len, out.bytes, 16);
	e.len += 16;
	good = (extended ? crypto_aead_xchacha20poly1305_ietf_decrypt(out.bytes,
			       NULL, NULL, e.bytes, e.len, c.bytes, c.len,
			       b.bytes, a.bytes)
			 : crypto_aead_chacha20poly1305_ietf_decrypt(out.bytes,
			       NULL, NULL, e.bytes, e.len, c.bytes, c.len,
			       b.bytes, a.bytes)) == 0 &&
	    memcmp(out.bytes, d.bytes, d.len) == 0;
	return good == is_valid(test) ? RIGHT : WRONG;
}

static enum verdict
run_xchacha(const json_t *test, const json_t *group)
{
	(void)group;
	return run_aead(test, 24, true);
}

static enum verdict
run_chacha(const json_t *test, const json_t *group)
{
	(void)group;
	return run_aead(test, 12, false);
}

/* An all-zero result is acceptable to them, and refused by us. */
static enum verdict
run_x25519(const json_t *test, const json_t *group)
{
	enum vault_err err;

	(void)group;
	get_field(&a, test, "public");
	get_field(&b, test, "private");
	get_field(&c, test, "shared");
	if (a.len != 32 || b.len != 32)
		return NOT_OURS;
	err = age_x25519_shared(out.bytes, b.bytes, a.bytes);
	if (sodium_is_zero(c.bytes, c.len))
		return err == VAULT_EDAMAGED ? RIGHT : WRONG;
	return err == VAULT_OK && memcmp(out.bytes, c.bytes, 32) == 0 ? RIGHT
								      : WRONG;
}

static enum verdict
run_ed25519(const json_t *test, const json_t *group)
{
	bool good;

	get_field(&a, json_object_get(group, "publicKey"), "pk");
	get_field(&b, test, "msg");
	get_field(&c, test, "sig");
	good = c.len == 64 &&
	    crypto_sign_verify_detached(c.bytes, b.bytes, b.len, a.bytes) == 0;
	return good == is_valid(test) ? RIGHT : WRONG;
}

/* Ours has one length of output. */
static enum verdict
run_hkdf(const json_t *test, const json_t *group)
{
	(void)group;
	if (json_integer_value(json_object_get(test, "size")) != HKDF_LEN)
		return NOT_OURS;
	get_field(&a, test, "ikm");
	get_field(&b, test, "salt");
	get_field(&c, test, "info");
	get_field(&d, test, "okm");
	hkdf_derive(out.bytes, a.bytes, a.len, b.bytes, b.len, c.bytes, c.len);
	return (memcmp(out.bytes, d.bytes, HKDF_LEN) == 0) == is_valid(test)
	    ? RIGHT
	    : WRONG;
}

static const struct {
	const char *name;
	enum verdict (*run)(const json_t *test, const json_t *group);
} files[] = {
	{ "xchacha20_poly1305_test", run_xchacha },
	{ "chacha20_poly1305_test", run_chacha },
	{ "x25519_test", run_x25519 },
	{ "ed25519_test", run_ed25519 },
	{ "hkdf_sha256_test", run_hkdf },
	{ "mlkem_768_keygen_seed_test", NULL },
	{ "mlkem_768_test", NULL },
};

static void
run_group(size_t i, const json_t *group, size_t *not_ours)
{
	json_t *test;
	size_t at;

	json_array_foreach(json_object_get(group, "tests"), at, test)
	{
		long id = (long)json_integer_value(
		    json_object_get(test, "tcId"));
		enum verdict verdict = files[i].run == NULL
		    ? NOT_OURS
		    : files[i].run(test, group);

		if (verdict == NOT_OURS)
			++*not_ours;
		else
			count(verdict == RIGHT, files[i].name, id,
			    json_string_value(json_object_get(test, "result")));
	}
}

static void
run_wycheproof(const char *vectors, size_t i)
{
	size_t not_ours = 0, at;
	json_error_t error;
	json_t *root, *group;
	char path[500];

	snprintf(path, sizeof(path), "%s/wycheproof/%s.json", vectors,
	    files[i].name);
	if ((root = json_load_file(path, 0, &error)) == NULL) {
		skip_one(files[i].name, "cannot be read");
		return;
	}
	json_array_foreach(json_object_get(root, "testGroups"), at, group)
	    run_group(i, group, &not_ours);
	if (not_ours > 0)
		printf("skipped: %s: %zu tests: %s\n", files[i].name, not_ours,
		    files[i].run == NULL ? "not there yet"
					 : "lengths that our interface lacks");
	total.skipped += not_ours;
	json_decref(root);
}

int
main(void)
{
	const char *vectors = getenv("AMPARO_VECTORS");

	if (vectors == NULL || *vectors == '\0')
		vectors = "../shared/vectors";
	if (sodium_init() < 0)
		return 1;
	if (access(vectors, R_OK | X_OK) != 0) {
		printf("skipped: vectors: no %s\n", vectors);
		total.skipped = 1;
	} else {
		run_age(vectors);
		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
			run_wycheproof(vectors, i);
	}
	printf("%zu passed, %zu failed, %zu skipped\n", total.passed,
	    total.failed, total.skipped);
	return total.failed > 0;
}
