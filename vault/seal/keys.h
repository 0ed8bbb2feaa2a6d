/* SPDX-License-Identifier: ISC */
/*
 * keys - the file that holds the vault key, sealed under up to eight
 * passphrases (FORMAT.md, section 3).
 *
 * 1. Without a passphrase a used slot cannot be told from a free one.
 * 2. With one, every byte is accounted for: keys_account().
 * 3. The file is two equal copies.  A change writes and syncs one after the
 *    other, so that at every moment one of them is whole.
 */
#ifndef SEAL_KEYS_H
#define SEAL_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "seal/kdf.h"
#include "seal/keyring.h"

struct secret;

#define KEYS_COPY_LEN 4096
#define KEYS_FILE_LEN (2 * KEYS_COPY_LEN)
#define KEYS_SLOTS 8
#define KEYS_SLOT_LEN 72

struct keys_header {
	uint8_t vault_id[ID_LEN];
	uint8_t cells_id[ID_LEN];
	uint8_t salt[KDF_SALT_LEN];
	struct kdf_cost cost;
};

/* What keys_read found out about the two copies. */
enum keys_state {
	KEYS_EQUAL,
	KEYS_FIRST_DAMAGED,
	KEYS_SECOND_DAMAGED,
	KEYS_DIFFER, /* both whole: a change was cut short */
	KEYS_FORGED, /* a copy whose MAC was wrong has been set aside */
};

/* The file in memory: nothing in it is secret. */
struct keys {
	uint8_t copy[KEYS_COPY_LEN];  /* the copy that counts */
	uint8_t other[KEYS_COPY_LEN]; /* the first one, if KEYS_DIFFER */
	bool first_counts;            /* set by keys_unlock */
	enum keys_state state;
};

/*
 * Read the header of a copy: pure.  VAULT_EDAMAGED, VAULT_EVERSION, with *out
 * untouched, as FORMAT.md, 3.3, says.
 */
VAULT_CHECKED enum vault_err keys_header_decode(
    struct keys_header *out, const uint8_t copy[static KEYS_COPY_LEN]);

/* Choose between the copies in len bytes of a file: pure. */
VAULT_CHECKED enum vault_err keys_decode(
    struct keys *out, const uint8_t *file, size_t len);

/*
 * Make the keys of a vault that is not there yet: fresh ids, salt and vault
 * key, no passphrase.  The keyring is handed to the caller.
 */
VAULT_CHECKED enum vault_err keys_new(
    struct keys *out, struct keyring **ring, const struct kdf_cost *cost);

/* Read the file name in dir.  VAULT_ENOVAULT: not there. */
VAULT_CHECKED enum vault_err keys_read(
    struct keys *out, int dir, const char *name);

/*
 * After a change of slots: renew the filler, the MAC and the sum of the copy.
 * The MAC is what the inner database remembers of the file.
 */
VAULT_CHECKED enum vault_err keys_finish(
    struct keys *k, const struct keyring *ring);
const uint8_t *keys_mac(const uint8_t copy[static KEYS_COPY_LEN]);

/*
 * Write k->copy as both copies, to a new file or over the old one; as it is,
 * to mend a file too.  k->state is KEYS_EQUAL afterwards.
 */
VAULT_CHECKED enum vault_err keys_create(
    struct keys *k, int dir, const char *name);
VAULT_CHECKED enum vault_err keys_write(
    struct keys *k, int dir, const char *name);

/*
 * Open the slots with a passphrase: one key derivation, all slots tried,
 * whichever opens.  *slot says which it was.  k->state may become
 * KEYS_FORGED, and the other copy the one that counts.
 */
VAULT_CHECKED enum vault_err keys_unlock(struct keyring **out, unsigned *slot,
    struct keys *k, const struct secret *pass);

/* The slot that pass opens, with the keys at hand.  VAULT_EPASS: none. */
VAULT_CHECKED enum vault_err keys_find(unsigned *slot, const struct keys *k,
    const struct keyring *ring, const struct secret *pass);

/* Seal the vault key in a slot under pass; make a slot free. */
VAULT_CHECKED enum vault_err keys_set(struct keys *k,
    const struct keyring *ring, unsigned slot, const struct secret *pass);
VAULT_CHECKED enum vault_err keys_clear(
    struct keys *k, const struct keyring *ring, unsigned slot);

/* Is the MAC of a copy right under the vault key? */
VAULT_CHECKED enum vault_err keys_is_sealed(bool *out,
    const uint8_t copy[static KEYS_COPY_LEN], const struct keyring *ring);

/* Let the other copy be the one that counts. */
void keys_use_other(struct keys *k);

/* A hash of what lies in a slot. */
void keys_slot_hash(
    uint8_t out[static 32], const struct keys *k, unsigned slot);

/* What every byte after the header is. */
struct keys_account {
	bool used[KEYS_SLOTS]; /* else the slot is exactly the filler */
	bool filler_ok;        /* the rest is exactly the filler */
	bool mac_ok;
};
VAULT_CHECKED enum vault_err keys_account(
    struct keys_account *out, const struct keys *k, const struct keyring *ring);

#endif
