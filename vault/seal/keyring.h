/* SPDX-License-Identifier: ISC */
/*
 * keyring - the one page of memory that holds the keys of an open vault.
 *
 * The page belongs to a file descriptor, so that an agent can hand it to the
 * commands of the same user: they map it, read-only, and never copy it.
 *
 * 1. Locking sets the state to GONE first and wipes then.  Whoever used a key
 *    reads the state afterwards (seal.c does): what was sealed or opened with
 *    a key that was gone is thrown away.
 * 2. The page is locked in memory and left out of core dumps.  Where the
 *    kernel has memfd_secret no other process can read it even as root;
 *    elsewhere it is sealed so that only the agent can write to it.
 * 3. Nothing outside this file and seal.c sees the bytes of a key.
 */
#ifndef SEAL_KEYRING_H
#define SEAL_KEYRING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

struct secret;
struct keyring;

#define KEY_LEN 32
#define ID_LEN 16

/* Which key: V itself, and the subkeys of FORMAT.md, 3.1. */
enum key_use {
	KEY_VAULT,
	KEY_CELL,
	KEY_CELLS_SUM,
	KEY_KEYS_FILL,
	KEY_KEYS_MAC,
	KEY_RECORD_KEYS,
	KEY_LOG,
	KEY_OFFICE,
	KEY_MACHINE,
	KEY_FORGOTTEN,
	KEY_COUNT,
};

/* A keyring of our own for the vault key v; the subkeys are derived here. */
VAULT_CHECKED enum vault_err keyring_new(struct keyring **out,
    const struct secret *v, const uint8_t vault_id[static ID_LEN],
    const uint8_t cells_id[static ID_LEN]);

/*
 * Take over the page that another process made and will disown: map it so
 * that it can be written, then seal it against all further such mappings.
 * fd is kept.  VAULT_EUSE: this is not such a page.
 */
VAULT_CHECKED enum vault_err keyring_adopt(struct keyring **out, int fd);

/*
 * The keyring behind a descriptor that an agent handed out; fd is closed.
 * VAULT_EUSE: no such page.  VAULT_ELOCKED: its keys are gone, or it was made
 * by another build.
 */
VAULT_CHECKED enum vault_err keyring_attach(struct keyring **out, int fd);

/* The descriptor to hand out: borrowed, -1 for an attached keyring. */
int keyring_fd(const struct keyring *k);

/* Make the keys vanish for everybody who has the page.  Own keyrings only. */
void keyring_lock(struct keyring *k);

/*
 * Give up the page.  The keys in one of our own are gone afterwards, unless
 * keyring_disown() said that another process keeps it.
 */
void keyring_free(struct keyring *k);
void keyring_disown(struct keyring *k);

/* True once the keys are gone. */
bool keyring_is_gone(const struct keyring *k);

/* True if the page is really locked in memory (not only asked to be). */
bool keyring_is_locked_in_memory(const struct keyring *k);

const uint8_t *keyring_vault_id(const struct keyring *k);
const uint8_t *keyring_cells_id(const struct keyring *k);

/* For seal.c and keys.c only: borrowed bytes that may turn into zeros. */
const uint8_t *keyring_key(const struct keyring *k, enum key_use use);

#ifdef VAULT_TEST
/* Do without memfd_secret, as kernels before 6.5 do. */
void keyring_test_plain(bool plain);
#endif

#endif
