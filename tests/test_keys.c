/* SPDX-License-Identifier: ISC */
/*
 * The file of keys.  Files are made by hand from FORMAT.md, section 3, with
 * libsodium and libargon2 and nothing of ours.
 */
#include <fcntl.h>
#include <unistd.h>

#include <argon2.h>
#include <sodium.h>

#include "core/buf.h"
#include "core/io.h"
#include "inside.h"
#include "seal/keys.h"
#include "support.h"

static const uint8_t v_key[32] = "this is the vault key of a test";

static void
subkey(uint8_t out[static 32], const char *label)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "amparo 1 %s", label);

	crypto_generichash(
	    out, 32, (uint8_t *)text, (size_t)len + 1, v_key, sizeof(v_key));
}

static void
filler(uint8_t *at, size_t len, uint8_t nonce)
{
	uint8_t key[32];

	memset(at, nonce, 24);
	subkey(key, "keys fill");
	crypto_stream_xchacha20(at + 24, len - 24, at, key);
}

/* MAC and sum. */
static void
finish(uint8_t *copy)
{
	uint8_t key[32];

	subkey(key, "keys mac");
	crypto_generichash(copy + 4032, 32, copy, 4032, key, 32);
	crypto_generichash(copy + 4064, 32, copy, 4064, NULL, 0);
}

static void
fill_slot(uint8_t *copy, uint8_t slot, const char *pass)
{
	uint8_t p[32], k[32], ad[129], text[14] = "amparo 1 slot";
	uint8_t *at = copy + 128 + 72 * slot;

	assert_int_equal(argon2id_hash_raw(1, 64, 1, pass, strlen(pass),
			     copy + 44, 16, p, sizeof(p)),
	    ARGON2_OK);
	text[13] = slot;
	crypto_generichash(k, 32, text, 14, p, 32);
	memset(at, 0x40 + slot, 24);
	memcpy(ad, copy, 128);
	ad[128] = slot;
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    at + 24, NULL, v_key, 32, ad, sizeof(ad), NULL, at, k);
}

/* A copy with one passphrase in slot 2. */
static void
make_copy(uint8_t *copy, const char *pass)
{
	memset(copy, 0, 4096);
	memcpy(copy, "AMPARO-K", 8);
	put_le32(copy + 8, 1);
	memset(copy + 12, 0x11, 16);
	memset(copy + 28, 0x22, 16);
	memset(copy + 44, 0x33, 16);
	put_le32(copy + 60, 64);
	put_le32(copy + 64, 1);
	put_le32(copy + 68, 1);
	for (uint8_t slot = 0; slot < 8; slot++)
		filler(copy + 128 + 72 * slot, 72, 0x80 + slot);
	filler(copy + 704, 3328, 0x90);
	fill_slot(copy, 2, pass);
	finish(copy);
}

static void
make_file(uint8_t *file, const char *first, const char *second)
{
	make_copy(file, first);
	make_copy(file + 4096, second);
}

/* Decode and unlock; the key that comes out must be the one put in. */
static enum vault_err
unlock(struct keys *keys, unsigned *slot, const uint8_t *file, size_t len,
    const char *pass)
{
	struct secret *s = secret_text(pass);
	struct keyring *ring = NULL;
	enum vault_err err;

	if ((err = keys_decode(keys, file, len)) == VAULT_OK)
		err = keys_unlock(&ring, slot, keys, s);
	if (err == VAULT_OK)
		assert_memory_equal(keyring_key(ring, KEY_VAULT), v_key, 32);
	else
		assert_null(ring);
	keyring_free(ring);
	secret_free(s);
	return err;
}

static void
opens_a_file_made_by_hand(void **state)
{
	static uint8_t file[8192];
	struct keys keys;
	unsigned slot;

	(void)state;
	make_file(file, "dusk", "dusk");
	assert_ok(unlock(&keys, &slot, file, 8192, "dusk"));
	assert_int_equal(slot, 2);
	assert_int_equal(keys.state, KEYS_EQUAL);
	assert_int_equal(unlock(&keys, &slot, file, 8192, "dawn"), VAULT_EPASS);
}

static void
accounts_for_every_byte_of_it(void **state)
{
	struct secret *v = secret_copy(v_key, 32);
	static uint8_t file[8192];
	struct keys_account account;
	struct keyring *ring;
	struct keys keys;

	(void)state;
	make_file(file, "dusk", "dusk");
	assert_ok(keys_decode(&keys, file, 8192));
	assert_ok(keyring_new(&ring, v, file + 12, file + 28));
	assert_ok(keys_account(&account, &keys, ring));
	assert_true(account.mac_ok && account.filler_ok);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(account.used[i], i == 2);
	keyring_free(ring);
	secret_free(v);
}

static void
refuses_headers_out_of_bounds(void **state)
{
	static const struct {
		size_t offset;
		uint32_t value;
		enum vault_err err;
	} cases[] = {
		{ 0, 0x41504d42, VAULT_EDAMAGED }, /* magic */
		{ 8, 0, VAULT_EDAMAGED },          /* format */
		{ 8, 2, VAULT_EVERSION },
		{ 8, 0xffffffff, VAULT_EVERSION },
		{ 60, 63, VAULT_EDAMAGED }, /* memory: test builds' floor */
		{ 60, 0, VAULT_EDAMAGED },
		{ 60, 4194305, VAULT_EVERSION },
		{ 60, 0xffffffff, VAULT_EVERSION },
		{ 64, 0, VAULT_EDAMAGED }, /* passes */
		{ 64, 65, VAULT_EVERSION },
		{ 64, 0xffffffff, VAULT_EVERSION },
		{ 68, 0, VAULT_EDAMAGED }, /* lanes */
		{ 68, 9, VAULT_EDAMAGED }, /* 64 KiB are less than 8 * 9 */
		{ 68, 17, VAULT_EVERSION },
		{ 72, 1, VAULT_EVERSION }, /* arrival */
		{ 72, 2, VAULT_EDAMAGED },
		{ 76, 1, VAULT_EDAMAGED }, /* its check */
		{ 104, 1, VAULT_EDAMAGED },
		{ 108, 1, VAULT_EDAMAGED }, /* reserved */
		{ 124, 0x01000000, VAULT_EDAMAGED },
	};
	struct keys_header h = { .cost = { 7, 7, 7 } };
	uint8_t copy[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_copy(copy, "dusk");
		put_le32(copy + cases[i].offset, cases[i].value);
		assert_int_equal(keys_header_decode(&h, copy), cases[i].err);
		assert_int_equal(h.cost.memory, 7); /* untouched */
	}
	make_copy(copy, "dusk");
	put_le32(copy + 60, 4194304);
	put_le32(copy + 64, 4);
	put_le32(copy + 68, 16);
	assert_ok(keys_header_decode(&h, copy));
	put_le32(copy + 64, 5); /* the product */
	assert_int_equal(keys_header_decode(&h, copy), VAULT_EVERSION);
}

/* ---- FORMAT.md, 3.3, line by line ---- */

static void
a_shorter_file_has_a_damaged_second_copy(void **state)
{
	static const size_t good[] = { 4096, 4097, 5000, 8191 };
	static uint8_t file[8192];
	struct keys keys;
	unsigned slot;

	(void)state;
	make_file(file, "dusk", "dusk");
	for (size_t i = 0; i < 4; i++) {
		assert_ok(unlock(&keys, &slot, file, good[i], "dusk"));
		assert_int_equal(keys.state, KEYS_SECOND_DAMAGED);
	}
	for (size_t len = 0; len < 4096; len += 15)
		assert_int_equal(keys_decode(&keys, file, len), VAULT_EDAMAGED);
}

static void
a_longer_file_is_refused(void **state)
{
	static uint8_t file[8193];
	struct keys keys;

	(void)state;
	make_file(file, "dusk", "dusk");
	assert_int_equal(keys_decode(&keys, file, 8193), VAULT_EDAMAGED);
}

static void
two_damaged_copies_are_refused(void **state)
{
	static uint8_t file[8192];
	struct keys keys;

	(void)state;
	make_file(file, "dusk", "dusk");
	file[1000] ^= 1;
	file[8191] ^= 1;
	assert_int_equal(keys_decode(&keys, file, 8192), VAULT_EDAMAGED);
}

static void
one_whole_copy_serves(void **state)
{
	static uint8_t file[8192];
	struct keys keys;
	unsigned slot;

	(void)state;
	make_file(file, "dusk", "dusk");
	file[1000] ^= 1;
	assert_ok(unlock(&keys, &slot, file, 8192, "dusk"));
	assert_int_equal(keys.state, KEYS_FIRST_DAMAGED);
	file[1000] ^= 1;
	file[4096 + 1000] ^= 1;
	assert_ok(unlock(&keys, &slot, file, 8192, "dusk"));
	assert_int_equal(keys.state, KEYS_SECOND_DAMAGED);
}

static void
of_two_whole_copies_the_second_counts(void **state)
{
	static uint8_t file[8192];
	struct keys keys;
	unsigned slot;

	(void)state;
	make_file(file, "old", "new");
	assert_ok(unlock(&keys, &slot, file, 8192, "new"));
	assert_int_equal(keys.state, KEYS_DIFFER);
	assert_false(keys.first_counts);
	assert_memory_equal(keys.copy, file + 4096, 4096);
}

static void
the_first_counts_if_the_second_does_not_open(void **state)
{
	static uint8_t file[8192];
	struct keys keys;
	unsigned slot;

	(void)state;
	make_file(file, "old", "new");
	assert_ok(unlock(&keys, &slot, file, 8192, "old"));
	assert_int_equal(keys.state, KEYS_DIFFER); /* not forged */
	assert_true(keys.first_counts);
	assert_memory_equal(keys.copy, file, 4096);
	assert_int_equal(
	    unlock(&keys, &slot, file, 8192, "neither"), VAULT_EPASS);
}

static void
a_second_copy_without_a_right_mac_is_a_forgery(void **state)
{
	static uint8_t file[8192];
	struct keys keys;
	unsigned slot;

	(void)state;
	make_file(file, "dusk", "dusk");
	file[4096 + 3000] ^= 1; /* the filler: the slots open still */
	crypto_generichash(file + 4096 + 4064, 32, file + 4096, 4064, NULL, 0);
	assert_ok(unlock(&keys, &slot, file, 8192, "dusk"));
	assert_int_equal(keys.state, KEYS_FORGED);
	assert_true(keys.first_counts);
	assert_memory_equal(keys.copy, file, 4096);
}

static void
a_wrong_mac_in_both_is_refused(void **state)
{
	static uint8_t file[8192];
	struct keys keys;
	unsigned slot;

	(void)state;
	make_file(file, "dusk", "dusk");
	file[3000] ^= 1;
	crypto_generichash(file + 4064, 32, file, 4064, NULL, 0);
	memcpy(file + 4096, file, 4096);
	assert_int_equal(
	    unlock(&keys, &slot, file, 8192, "dusk"), VAULT_EDAMAGED);
}

static void
all_slots_are_tried_whichever_opens(void **state)
{
	static uint8_t file[8192];
	struct keys keys;
	unsigned slot;

	(void)state;
	/* The same passphrase in two slots: the search went on to the last. */
	make_copy(file, "other");
	fill_slot(file, 0, "dusk");
	fill_slot(file, 7, "dusk");
	finish(file);
	memcpy(file + 4096, file, 4096);
	assert_ok(unlock(&keys, &slot, file, 8192, "dusk"));
	assert_int_equal(slot, 7);
}

/* ---- Changing, 3.4 ---- */

static int64_t order[8]; /* offsets written; -1 for a sync */
static unsigned n_order;

static long
note_write(int fd, const void *from, size_t len, int64_t offset)
{
	order[n_order++ % 8] = offset;
	return io_test_system()->pwrite(fd, from, len, offset);
}

static int
note_sync(int fd)
{
	order[n_order++ % 8] = -1;
	return io_test_system()->sync(fd);
}

static void
rewrite(struct keys *keys, const uint8_t *file, const char *folder)
{
	struct secret *v = secret_copy(v_key, 32);
	struct io_ops ops = *io_test_system();
	struct keyring *ring;
	int dir;

	file_write(in_folder(folder, "keys"), file, 8192);
	assert_ok(io_open_dir(&dir, folder));
	assert_ok(keys_read(keys, dir, "keys"));
	assert_ok(keyring_new(&ring, v, file + 12, file + 28));
	assert_ok(keys_finish(keys, ring));
	ops.pwrite = note_write;
	ops.sync = note_sync;
	n_order = 0;
	io_test_use(&ops);
	assert_ok(keys_write(keys, dir, "keys"));
	io_test_use(NULL);
	assert_int_equal(n_order, 4);
	assert_int_equal(order[1], -1);
	assert_int_equal(order[3], -1);
	close(dir);
	keyring_free(ring);
	secret_free(v);
}

static void
never_writes_over_the_only_copy_that_counts(void **state)
{
	char *folder = folder_new();
	static uint8_t file[8192];
	struct keys keys;

	(void)state;
	make_file(file, "dusk", "dusk");
	rewrite(&keys, file, folder);
	assert_int_equal(order[0], 4096);
	assert_int_equal(order[2], 0);
	file[200] ^= 1;
	rewrite(&keys, file, folder);
	assert_int_equal(order[0], 0);
	assert_int_equal(order[2], 4096);
	make_file(file, "old", "new");
	rewrite(&keys, file, folder);
	assert_int_equal(order[0], 0);
	file[4096 + 200] ^= 1;
	rewrite(&keys, file, folder);
	assert_int_equal(order[0], 4096);
	folder_free(folder);
}

static void
a_write_renews_the_filler_and_keeps_free_slots(void **state)
{
	char *folder = folder_new();
	static uint8_t file[8192];
	struct keys keys;
	uint8_t *now;
	size_t len;

	(void)state;
	make_file(file, "dusk", "dusk");
	rewrite(&keys, file, folder);
	now = file_read(in_folder(folder, "keys"), &len);
	assert_int_equal(len, 8192);
	assert_memory_equal(now, now + 4096, 4096);
	assert_memory_equal(now, file, 704);
	assert_memory_not_equal(now + 704, file + 704, 24);
	free(now);
	folder_free(folder);
}

/*
 * The file is read again after unlocking.  Whoever changed it in between
 * cannot make a MAC, and must not be given one.
 */
static void
a_forged_file_of_keys_is_never_given_a_mac(void **state)
{
	struct secret *paper = secret_text("paper");
	char *folder = folder_new();
	struct opened o;
	uint8_t *file;
	size_t len;
	bool new_machine;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	file = file_read(in_folder(folder, "v/keys"), &len);
	put_le32(file + 64, 2); /* passes: another cost */
	crypto_generichash(file + 4064, 32, file, 4064, NULL, 0);
	memcpy(file + 4096, file, 4096);
	file_write(in_folder(folder, "v/keys"), file, len);
	assert_int_equal(
	    vault_passphrase_add(o.vault, "paper", paper), VAULT_EDAMAGED);
	assert_int_equal(
	    vault_passphrase_change(o.vault, 0, paper), VAULT_EDAMAGED);
	assert_int_equal(
	    vault_passphrase_remove(o.vault, "mine"), VAULT_EDAMAGED);
	free(file);
	vault_done(&o);

	/* Only the second copy: the first is taken, and mends it. */
	folder_free(folder);
	folder = folder_new();
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	file = file_read(in_folder(folder, "v/keys"), &len);
	put_le32(file + 4096 + 64, 2);
	crypto_generichash(file + 4096 + 4064, 32, file + 4096, 4064, NULL, 0);
	file_write(in_folder(folder, "v/keys"), file, len);
	free(file);
	assert_ok(vault_arrive(o.vault, &new_machine));
	file = file_read(in_folder(folder, "v/keys"), &len);
	assert_memory_equal(file, file + 4096, 4096);
	assert_int_equal(get_le32(file + 64), 1);
	free(file);
	vault_done(&o);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_int_equal(o.keys, VAULT_KEYS_EQUAL);
	vault_done(&o);
	folder_free(folder);
	secret_free(paper);
}

static void
a_key_of_another_vault_opens_nothing(void **state)
{
	char *one = folder_new(), *two = folder_new();
	struct vault_place place;
	struct vault_fault fault;
	struct opened o;
	struct vault *v;

	(void)state;
	vault_make(one);
	vault_make(two);
	assert_ok(vault_try(&o, one, "dusk"));
	place = (struct vault_place){ in_folder(two, "v"), NULL };
	assert_int_equal(vault_open(&v, &place, o.key, &fault), VAULT_EDAMAGED);
	assert_null(v);
	assert_int_equal(fault.where, VAULT_WHERE_CELL);
	assert_int_equal(fault.n, 0);
	vault_done(&o);
	folder_free(one);
	folder_free(two);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_a_file_made_by_hand),
		cmocka_unit_test(accounts_for_every_byte_of_it),
		cmocka_unit_test(refuses_headers_out_of_bounds),
		cmocka_unit_test(a_shorter_file_has_a_damaged_second_copy),
		cmocka_unit_test(a_longer_file_is_refused),
		cmocka_unit_test(two_damaged_copies_are_refused),
		cmocka_unit_test(one_whole_copy_serves),
		cmocka_unit_test(of_two_whole_copies_the_second_counts),
		cmocka_unit_test(the_first_counts_if_the_second_does_not_open),
		cmocka_unit_test(
		    a_second_copy_without_a_right_mac_is_a_forgery),
		cmocka_unit_test(a_wrong_mac_in_both_is_refused),
		cmocka_unit_test(all_slots_are_tried_whichever_opens),
		cmocka_unit_test(never_writes_over_the_only_copy_that_counts),
		cmocka_unit_test(
		    a_write_renews_the_filler_and_keeps_free_slots),
		cmocka_unit_test(a_forged_file_of_keys_is_never_given_a_mac),
		cmocka_unit_test(a_key_of_another_vault_opens_nothing),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
