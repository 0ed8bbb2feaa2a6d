/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "core/io.h"
#include "core/random.h"
#include "core/secret.h"
#include "seal/keys.h"
#include "seal/seal.h"

/*
 * A copy (FORMAT.md, 3.2):
 *
 *	0	magic, format, ids, salt, cost, arrival: the header
 *	128	slots
 *	704	filler
 *	4032	MAC
 *	4064	sum
 */
#define HEADER_LEN 128
#define FILLER_AT (HEADER_LEN + KEYS_SLOTS * KEYS_SLOT_LEN)
#define MAC_AT (KEYS_COPY_LEN - 2 * HASH_LEN)
#define SUM_AT (KEYS_COPY_LEN - HASH_LEN)
#define FILLER_LEN (MAC_AT - FILLER_AT)
_Static_assert(KEYS_SLOT_LEN == KEY_LEN + SEAL_EXTRA, "a slot is one seal");
_Static_assert(FILLER_AT == 704 && MAC_AT == 4032, "FORMAT.md, 3.2");

static const uint8_t magic[8] = "AMPARO-K";
static const uint8_t zeros[HEADER_LEN];

static void
header_encode(uint8_t *copy, const struct keys_header *h)
{
	memset(copy, 0, HEADER_LEN);
	memcpy(copy, magic, sizeof(magic));
	put_le32(copy + 8, 1);
	memcpy(copy + 12, h->vault_id, ID_LEN);
	memcpy(copy + 28, h->cells_id, ID_LEN);
	memcpy(copy + 44, h->salt, KDF_SALT_LEN);
	put_le32(copy + 60, h->cost.memory);
	put_le32(copy + 64, h->cost.passes);
	put_le32(copy + 68, h->cost.lanes);
}

enum vault_err
keys_header_decode(
    struct keys_header *out, const uint8_t copy[static KEYS_COPY_LEN])
{
	struct keys_header h;
	enum vault_err err;

	if (memcmp(copy, magic, sizeof(magic)) != 0)
		return VAULT_EDAMAGED;
	if (get_le32(copy + 8) > 1 || get_le32(copy + 72) == 1)
		return VAULT_EVERSION;
	if (get_le32(copy + 8) != 1 || get_le32(copy + 72) != 0 ||
	    memcmp(copy + 76, zeros, HEADER_LEN - 76) != 0)
		return VAULT_EDAMAGED;

	/* Not authenticated yet: bound the cost before anyone pays it. */
	h.cost.memory = get_le32(copy + 60);
	h.cost.passes = get_le32(copy + 64);
	h.cost.lanes = get_le32(copy + 68);
	if ((err = kdf_check(&h.cost)) != VAULT_OK)
		return err;

	memcpy(h.vault_id, copy + 12, ID_LEN);
	memcpy(h.cells_id, copy + 28, ID_LEN);
	memcpy(h.salt, copy + 44, KDF_SALT_LEN);
	*out = h;
	return VAULT_OK;
}

static bool
copy_is_whole(const uint8_t *copy)
{
	uint8_t sum[HASH_LEN];

	hash_bytes(sum, copy, SUM_AT);
	return memcmp(sum, copy + SUM_AT, HASH_LEN) == 0;
}

enum vault_err
keys_decode(struct keys *out, const uint8_t *file, size_t len)
{
	const uint8_t *first = file, *second = file + KEYS_COPY_LEN;
	bool first_ok, second_ok;

	if (len > KEYS_FILE_LEN || len < KEYS_COPY_LEN)
		return VAULT_EDAMAGED;
	first_ok = copy_is_whole(first);
	second_ok = len == KEYS_FILE_LEN && copy_is_whole(second);
	if (!first_ok && !second_ok)
		return VAULT_EDAMAGED;

	out->first_counts = false;
	/* Both whole but different: the second is written first, so newer. */
	memcpy(out->copy, second_ok ? second : first, KEYS_COPY_LEN);
	memcpy(out->other, first_ok ? first : second, KEYS_COPY_LEN);
	if (!first_ok)
		out->state = KEYS_FIRST_DAMAGED;
	else if (!second_ok)
		out->state = KEYS_SECOND_DAMAGED;
	else if (memcmp(first, second, KEYS_COPY_LEN) != 0)
		out->state = KEYS_DIFFER;
	else
		out->state = KEYS_EQUAL;
	return VAULT_OK;
}

enum vault_err
keys_read(struct keys *out, int dir, const char *name)
{
	uint8_t file[KEYS_FILE_LEN + 1];
	enum vault_err err;
	size_t got;
	int fd;

	if ((err = io_open(&fd, dir, name, IO_READ)) != VAULT_OK)
		return err == VAULT_EABSENT ? VAULT_ENOVAULT : err;
	err = io_read(fd, file, sizeof(file), 0, &got);
	io_close(fd);
	return err != VAULT_OK ? err : keys_decode(out, file, got);
}

/* A random nonce at to, and the stream under it in the len bytes after. */
static enum vault_err
fill(uint8_t *to, size_t len, const struct keyring *ring)
{
	random_fill(to, SEAL_NONCE_LEN);
	return seal_stream(
	    to + SEAL_NONCE_LEN, len - SEAL_NONCE_LEN, ring, KEY_KEYS_FILL, to);
}

static enum vault_err
is_fill(bool *out, const uint8_t *at, size_t len, const struct keyring *ring)
{
	uint8_t want[FILLER_LEN];
	enum vault_err err;

	len -= SEAL_NONCE_LEN;
	err = seal_stream(want, len, ring, KEY_KEYS_FILL, at);
	*out = err == VAULT_OK && bytes_equal(want, at + SEAL_NONCE_LEN, len);
	bytes_wipe(want, sizeof(want));
	return err;
}

static uint8_t *
slot_at(uint8_t *copy, unsigned slot)
{
	return copy + HEADER_LEN + slot * KEYS_SLOT_LEN;
}

static const uint8_t *
slot_view(const uint8_t *copy, unsigned slot)
{
	return copy + HEADER_LEN + slot * KEYS_SLOT_LEN;
}

/* The associated data of a slot: header || number. */
static void
slot_ad(uint8_t ad[static HEADER_LEN + 1], const uint8_t *copy, unsigned slot)
{
	memcpy(ad, copy, HEADER_LEN);
	ad[HEADER_LEN] = (uint8_t)slot;
}

/* K_i of FORMAT.md, 3.1, with no arrival key. */
static void
slot_key(struct secret *out, const struct secret *p, unsigned slot)
{
	uint8_t number = (uint8_t)slot;
	struct hash_part parts[] = {
		{ "amparo 1 slot", 13 },
		{ &number, 1 },
	};

	hash_parts(secret_bytes(out), secret_view(p), parts, 2);
}

enum vault_err
keys_new(struct keys *out, struct keyring **ring, const struct kdf_cost *cost)
{
	struct keys_header h = { .cost = *cost };
	struct secret *v = NULL;
	enum vault_err err;

	*ring = NULL;
	memset(out, 0, sizeof(*out));
	if ((err = kdf_check(cost)) != VAULT_OK)
		return err;
	if ((v = secret_new(KEY_LEN)) == NULL)
		return VAULT_ENOMEM;
	random_fill(secret_bytes(v), KEY_LEN);
	random_fill(h.vault_id, ID_LEN);
	random_fill(h.cells_id, ID_LEN);
	random_fill(h.salt, KDF_SALT_LEN);
	header_encode(out->copy, &h);
	err = keyring_new(ring, v, h.vault_id, h.cells_id);
	secret_free(v);
	for (unsigned i = 0; err == VAULT_OK && i < KEYS_SLOTS; i++)
		err = keys_clear(out, *ring, i);
	if (err != VAULT_OK) {
		keyring_free(*ring);
		*ring = NULL;
	}
	return err;
}

enum vault_err
keys_finish(struct keys *k, const struct keyring *ring)
{
	struct hash_part all = { k->copy, MAC_AT };
	enum vault_err err;

	if ((err = fill(k->copy + FILLER_AT, FILLER_LEN, ring)) != VAULT_OK ||
	    (err = hash_in(k->copy + MAC_AT, ring, KEY_KEYS_MAC, &all, 1)) !=
		VAULT_OK)
		return err;
	hash_bytes(k->copy + SUM_AT, k->copy, SUM_AT);
	return VAULT_OK;
}

/*
 * Copy 2, sync, copy 1, sync: at every moment one of them is whole.  If they
 * were not equal, first over the one that does not count: the other may be
 * the only one that opens with the passphrase which was just typed.
 */
static enum vault_err
write_copies(const struct keys *k, int fd)
{
	bool first = k->state == KEYS_FIRST_DAMAGED ||
	    (k->state == KEYS_DIFFER && !k->first_counts);
	uint64_t one = first ? 0 : KEYS_COPY_LEN;
	enum vault_err err;

	if ((err = io_write(fd, k->copy, KEYS_COPY_LEN, one)) != VAULT_OK)
		return err;
#ifndef PLANT_NO_KEYS_SYNC
	if ((err = io_sync(fd)) != VAULT_OK)
		return err;
#endif
	if ((err = io_write(fd, k->copy, KEYS_COPY_LEN, KEYS_COPY_LEN - one)) !=
	    VAULT_OK)
		return err;
	return io_sync(fd);
}

static enum vault_err
write_file(struct keys *k, int dir, const char *name, enum io_mode mode)
{
	enum vault_err err;
	int fd;

	if ((err = io_open(&fd, dir, name, mode)) != VAULT_OK)
		return err;
	err = write_copies(k, fd);
	io_close(fd);
	if (err == VAULT_OK) {
		memcpy(k->other, k->copy, KEYS_COPY_LEN);
		k->state = KEYS_EQUAL;
		k->first_counts = false;
	}
	return err;
}

enum vault_err
keys_create(struct keys *k, int dir, const char *name)
{
	return write_file(k, dir, name, IO_CREATE);
}

enum vault_err
keys_write(struct keys *k, int dir, const char *name)
{
	return write_file(k, dir, name, IO_CHANGE);
}

const uint8_t *
keys_mac(const uint8_t copy[static KEYS_COPY_LEN])
{
	return copy + MAC_AT;
}

/*
 * Try every slot, and go on after one has opened: the work is the same
 * whichever it is.  *slot is KEYS_SLOTS if none did.
 */
static enum vault_err
try_slots(struct secret *v, unsigned *slot, const uint8_t *copy,
    const struct secret *p)
{
	struct secret *key = secret_new(KEY_LEN), *got = secret_new(KEY_LEN);
	uint8_t ad[HEADER_LEN + 1];
	enum vault_err err = VAULT_ENOMEM;

	*slot = KEYS_SLOTS;
	if (key == NULL || got == NULL)
		goto out;
	for (unsigned i = 0; i < KEYS_SLOTS; i++) {
		slot_key(key, p, i);
		slot_ad(ad, copy, i);
		if (seal_open_with(secret_bytes(got), secret_view(key),
			slot_view(copy, i), KEYS_SLOT_LEN, ad,
			sizeof(ad)) != VAULT_OK)
			continue;
		memcpy(secret_bytes(v), secret_view(got), KEY_LEN);
		*slot = i;
	}
	err = VAULT_OK;
out:
	secret_free(key);
	secret_free(got);
	return err;
}

enum vault_err
keys_is_sealed(bool *out, const uint8_t copy[static KEYS_COPY_LEN],
    const struct keyring *ring)
{
	struct hash_part all = { copy, MAC_AT };
	uint8_t mac[HASH_LEN];
	enum vault_err err = hash_in(mac, ring, KEY_KEYS_MAC, &all, 1);

	*out = err == VAULT_OK && bytes_equal(mac, copy + MAC_AT, HASH_LEN);
	return err;
}

/* A keyring from one copy; its MAC must be right. */
static enum vault_err
unlock_copy(struct keyring **out, unsigned *slot, const uint8_t *copy,
    const struct secret *pass)
{
	struct secret *p = NULL, *v = secret_new(KEY_LEN);
	struct keyring *ring = NULL;
	struct keys_header h;
	enum vault_err err;
	bool right;

	*out = NULL;
	if ((err = keys_header_decode(&h, copy)) != VAULT_OK)
		goto out;
	err = VAULT_ENOMEM;
	if (v == NULL)
		goto out;
	if ((err = kdf_derive(&p, pass, h.salt, &h.cost)) != VAULT_OK ||
	    (err = try_slots(v, slot, copy, p)) != VAULT_OK)
		goto out;
	err = VAULT_EPASS;
	if (*slot == KEYS_SLOTS)
		goto out;
	if ((err = keyring_new(&ring, v, h.vault_id, h.cells_id)) != VAULT_OK ||
	    (err = keys_is_sealed(&right, copy, ring)) != VAULT_OK)
		goto out;
	err = VAULT_EDAMAGED;
	if (!right)
		goto out;
	*out = ring;
	ring = NULL; /* given away */
	err = VAULT_OK;
out:
	keyring_free(ring);
	secret_free(p);
	secret_free(v);
	return err;
}

enum vault_err
keys_unlock(struct keyring **out, unsigned *slot, struct keys *k,
    const struct secret *pass)
{
	enum vault_err err = unlock_copy(out, slot, k->copy, pass);
	bool right;

	if (err == VAULT_OK || err == VAULT_ENOMEM || k->state != KEYS_DIFFER)
		return err;
	/*
	 * The newer copy does not open, or asks for what cannot be.  Either a
	 * change was cut short and this is a passphrase from before it; or
	 * somebody without the vault key made the copy: then its MAC is wrong.
	 */
	if ((err = unlock_copy(out, slot, k->other, pass)) != VAULT_OK)
		return err;
	if ((err = keys_is_sealed(&right, k->copy, *out)) != VAULT_OK) {
		keyring_free(*out);
		*out = NULL;
		return err;
	}
	if (!right)
		k->state = KEYS_FORGED;
	keys_use_other(k);
	return VAULT_OK;
}

enum vault_err
keys_find(unsigned *slot, const struct keys *k, const struct keyring *ring,
    const struct secret *pass)
{
	struct secret *p = NULL, *v = NULL;
	struct keys_header h;
	enum vault_err err;

	*slot = KEYS_SLOTS;
	if ((err = keys_header_decode(&h, k->copy)) != VAULT_OK ||
	    (err = kdf_derive(&p, pass, h.salt, &h.cost)) != VAULT_OK)
		goto out;
	err = VAULT_ENOMEM;
	if ((v = secret_new(KEY_LEN)) == NULL)
		goto out;
	if ((err = try_slots(v, slot, k->copy, p)) != VAULT_OK)
		goto out;
	if (*slot == KEYS_SLOTS)
		err = VAULT_EPASS;
	else if (!bytes_equal(
		     secret_view(v), keyring_key(ring, KEY_VAULT), KEY_LEN))
		err = VAULT_EDAMAGED;
	if (keyring_is_gone(ring))
		err = VAULT_ELOCKED;
out:
	secret_free(p);
	secret_free(v);
	return err;
}

enum vault_err
keys_set(struct keys *k, const struct keyring *ring, unsigned slot,
    const struct secret *pass)
{
	struct secret *p = NULL, *key = NULL;
	uint8_t ad[HEADER_LEN + 1];
	struct keys_header h;
	enum vault_err err;

	if ((err = keys_header_decode(&h, k->copy)) != VAULT_OK ||
	    (err = kdf_derive(&p, pass, h.salt, &h.cost)) != VAULT_OK)
		goto out;
	err = VAULT_ENOMEM;
	if ((key = secret_new(KEY_LEN)) == NULL)
		goto out;
	slot_key(key, p, slot);
	slot_ad(ad, k->copy, slot);
	seal_with(slot_at(k->copy, slot), secret_view(key),
	    keyring_key(ring, KEY_VAULT), KEY_LEN, ad, sizeof(ad));
	/* Sealed under a good key, but it may be zeros that were sealed. */
	err = keyring_is_gone(ring) ? VAULT_ELOCKED : VAULT_OK;
out:
	secret_free(p);
	secret_free(key);
	return err;
}

enum vault_err
keys_clear(struct keys *k, const struct keyring *ring, unsigned slot)
{
	return fill(slot_at(k->copy, slot), KEYS_SLOT_LEN, ring);
}

void
keys_use_other(struct keys *k)
{
	uint8_t swap[KEYS_COPY_LEN];

	memcpy(swap, k->copy, KEYS_COPY_LEN);
	memcpy(k->copy, k->other, KEYS_COPY_LEN);
	memcpy(k->other, swap, KEYS_COPY_LEN);
	k->first_counts = !k->first_counts;
}

void
keys_slot_hash(uint8_t out[static 32], const struct keys *k, unsigned slot)
{
	hash_bytes(out, slot_view(k->copy, slot), KEYS_SLOT_LEN);
}

enum vault_err
keys_account(
    struct keys_account *out, const struct keys *k, const struct keyring *ring)
{
	enum vault_err err;
	bool is_free;

	for (unsigned i = 0; i < KEYS_SLOTS; i++) {
		err = is_fill(
		    &is_free, slot_view(k->copy, i), KEYS_SLOT_LEN, ring);
		if (err != VAULT_OK)
			return err;
		out->used[i] = !is_free;
	}
	err = is_fill(&out->filler_ok, k->copy + FILLER_AT, FILLER_LEN, ring);
	if (err != VAULT_OK)
		return err;
	return keys_is_sealed(&out->mac_ok, k->copy, ring);
}
