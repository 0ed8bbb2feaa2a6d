/* SPDX-License-Identifier: ISC */
/*
 * Nothing comes of a bundle that was cut or changed, and nothing is left of an
 * import that was stopped.
 */
#include "record/attach.h"
#include "trio_help.h"

/* ---- Cut and flipped ---- */

static struct bundle_events silent;

/*
 * How far to go from byte i of n: every byte at both ends, every seventh
 * between; with TIME set, every one.
 */
static size_t
next(size_t i, size_t n)
{
	return getenv("TIME") != NULL || i < 1500 || i + 1500 > n ? 1 : 7;
}

static enum vault_err
check(const struct office *f, const struct office_keys *keys, struct memory *m)
{
	struct pipe_source from = memory_source(m);
	struct bundle bundle;
	enum vault_err err;

	err = bundle_check(&bundle, of(f)->store, keys, &from, &silent);
	bundle_free(&bundle);
	return err;
}

static void
small(struct memory *m)
{
	char id[VAULT_ID_LEN];

	add(id, &a,
	    "{\"type\":\"person\",\"level\":1,"
	    "\"names\":[{\"text\":\"Small\"}]}");
	agree(&a, id);
	attach(&a, id, "s", "small");
	export(m, &a, "B", "Small");
}

static void
refuses_every_cut(void **state)
{
	struct office_keys keys;
	struct memory m;
	size_t whole;

	(void)state;
	small(&m);
	assert_ok(office_keys(&keys, of(&b)->store, true));
	assert_ok(check(&b, &keys, &m));
	whole = m.len;
	for (m.len = 0; m.len < whole; m.len += next(m.len, whole))
		if (check(&b, &keys, &m) == VAULT_OK)
			fail_msg("cut at %zu", m.len);
	m.len = whole;
	memory_put(&m, "", 1);
	assert_int_not_equal(check(&b, &keys, &m), VAULT_OK);
	office_keys_free(&keys);
	memory_free(&m);
}

/* One bit of each byte; each bit of the header of age. */
static void
refuses_every_flipped_byte(void **state)
{
	struct office_keys keys;
	struct memory m;
	size_t bits;

	(void)state;
	small(&m);
	assert_ok(office_keys(&keys, of(&b)->store, true));
	bits = 8 * m.len;
	for (size_t bit = 0; bit < bits;
	     bit += bit < 8 * 600 ? 1 : 8 * next(bit / 8, m.len) + 1) {
		m.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (check(&b, &keys, &m) == VAULT_OK)
			fail_msg("bit %zu", bit);
		m.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_ok(check(&b, &keys, &m));
	office_keys_free(&keys);
	memory_free(&m);
}

/* The same inside of the encryption, by somebody who can encrypt. */
static void
refuses_every_flipped_byte_of_the_archive(void **state)
{
	struct memory m, tar, again = { 0 };
	struct office_keys keys;
	size_t end;

	(void)state;
	small(&m);
	open_archive(&tar, &b, &m);
	assert_ok(office_keys(&keys, of(&b)->store, true));
	seal_archive(&again, &b, &tar);
	assert_ok(check(&b, &keys, &again));
	for (end = tar.len; end > 0 && tar.bytes[end - 1] == 0;)
		end--;
	/* Prime to 8, so that every bit has its turn. */
	for (size_t i = 0; i < tar.len;
	     i += getenv("TIME") != NULL ? 1 : (i < end ? 7 : 211)) {
		tar.bytes[i] ^= (uint8_t)(1u << i % 8);
		seal_archive(&again, &b, &tar);
		if (check(&b, &keys, &again) == VAULT_OK)
			fail_msg("byte %zu", i);
		tar.bytes[i] ^= (uint8_t)(1u << i % 8);
	}
	office_keys_free(&keys);
	memory_free(&m);
	memory_free(&tar);
	memory_free(&again);
}

/* Where it is damaged is said; what is damaged is an age file all the same. */
static void
says_what_is_damaged(void **state)
{
	static const char end[] = "\n--- ";
	char id[VAULT_ID_LEN], *text = malloc(200001);
	size_t header, payload, whole;
	struct memory m;

	(void)state;
	randombytes_buf(text, 200000);
	for (size_t i = 0; i < 200000; i++)
		text[i] |= 1; /* no zero */
	text[200000] = '\0';
	add(id, &a, "{\"type\":\"case\",\"title\":\"Damaged\"}");
	attach(&a, id, "f", text);
	export(&m, &a, "B", "Damaged");
	header = (size_t)((uint8_t *)memmem(m.bytes, m.len, end, 5) - m.bytes);
	payload = header + 5 + 43 + 1 + 16;
	whole = m.len;

	m.bytes[3] ^= 1;
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_NOT_AGE);
	m.bytes[3] ^= 1;
	m.bytes[header + 7] ^= 1;
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_HEADER);
	m.bytes[header + 7] ^= 1;
	for (size_t chunk = 1; chunk <= 3; chunk++) {
		size_t at = payload + (chunk - 1) * 65552;

		m.bytes[at + 100] ^= 1;
		assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
		assert_int_equal(bad.fault, VAULT_BUNDLE_CHUNK);
		assert_int_equal(bad.chunk, chunk);
		assert_int_equal(bad.byte, at);
		m.bytes[at + 100] ^= 1;
		m.len = at + 1000;
		assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
		assert_int_equal(bad.fault, VAULT_BUNDLE_CHUNK);
		assert_int_equal(bad.chunk, chunk);
		m.len = at + 65552; /* it ends where a chunk does */
		assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
		assert_int_equal(bad.fault, VAULT_BUNDLE_CHUNK);
		m.len = whole;
	}
	m.len = header;
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_HEADER);
	m.len = payload - 1; /* inside the nonce */
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_HEADER);
	m.len = 5;
	assert_int_equal(import(&b, &m), VAULT_EDAMAGED);
	assert_int_equal(bad.fault, VAULT_BUNDLE_NOT_AGE);
	m.len = whole;
	assert_ok(import(&b, &m));
	memory_free(&m);
	free(text);
}

/* ---- Stopped, changed meanwhile ---- */

static int countdown;

static bool
stop(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)done;
	(void)total;
	return countdown-- > 0;
}

static void
what_is_stopped_leaves_nothing(void **state)
{
	char id[VAULT_ID_LEN];
	struct vault_input in = { NULL, memory_read, stop, 0 };
	struct vault_bundle *bundle;
	struct vault_imported got;
	struct memory m;
	int64_t records, received;

	(void)state;
	add(id, &a, "{\"type\":\"case\",\"title\":\"Stopme\"}");
	attach(&a, id, "f", "text");
	export(&m, &a, "B", "Stopme");
	in.ctx = &m;
	in.size = m.len;
	records = number(&b, "SELECT count(*) FROM record");
	received = number(&b, "SELECT count(*) FROM received");
	countdown = 100;
	assert_ok(vault_bundle_open(&bundle, of(&b), &in, &bad));
	countdown = 0;
	assert_int_equal(
	    vault_bundle_import(&got, bundle, false, &bad), VAULT_ECANCELED);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), records);
	assert_int_equal(number(&b, "SELECT count(*) FROM received"), received);
	assert_int_equal(number(&b, STAGED), 0);

	/* Another file under the same name, between the two passes. */
	countdown = 100;
	memory_free(&m);
	small(&m);
	in.size = m.len;
	assert_int_not_equal(
	    vault_bundle_import(&got, bundle, false, &bad), VAULT_OK);
	assert_int_equal(number(&b, "SELECT count(*) FROM record"), records);
	assert_int_equal(number(&b, STAGED), 0);
	vault_bundle_close(bundle);
	memory_free(&m);
}

/* Wherever it is stopped the second time that it is read. */
static void
what_fails_takes_its_attachments_away(void **state)
{
	int64_t chunks = number(&b, "SELECT count(*) FROM chunk");
	char id[VAULT_ID_LEN], *text = malloc(300001);
	struct vault_imported got;
	struct memory m;

	(void)state;
	memset(text, 'x', 300000);
	text[300000] = '\0';
	add(id, &a, "{\"type\":\"case\",\"title\":\"Failme\"}");
	attach(&a, id, "f", text);
	attach(&a, id, "g", "text");
	export(&m, &a, "B", "Failme");
	attach_test_commit(1);
	for (int steps = 0;; steps++) {
		struct vault_input in = { &m, memory_read, stop, m.len };
		struct vault_bundle *bundle;
		enum vault_err err;

		countdown = 1000;
		assert_ok(vault_bundle_open(&bundle, of(&b), &in, &bad));
		countdown = steps;
		err = vault_bundle_import(&got, bundle, false, &bad);
		vault_bundle_close(bundle);
		if (err == VAULT_OK)
			break;
		assert_int_equal(err, VAULT_ECANCELED);
		assert_int_equal(number(&b, STAGED), 0);
		assert_int_equal(
		    number(&b, "SELECT count(*) FROM chunk"), chunks);
	}
	assert_int_equal(number(&b, STAGED), 0);
	assert_int_equal(got.attachments, 2);
	attach_test_commit(ATTACH_COMMIT);
	memory_free(&m);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_every_cut),
		cmocka_unit_test(refuses_every_flipped_byte),
		cmocka_unit_test(refuses_every_flipped_byte_of_the_archive),
		cmocka_unit_test(says_what_is_damaged),
		cmocka_unit_test(what_is_stopped_leaves_nothing),
		cmocka_unit_test(what_fails_takes_its_attachments_away),
	};

	return cmocka_run_group_tests_name("damage", tests, setup, teardown);
}
