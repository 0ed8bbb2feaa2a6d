/* SPDX-License-Identifier: ISC */
/*
 * vault - an encrypted, offline-first store of records.  The library never
 * prints, never exits, and keeps no state outside the objects it hands out.
 *
 * This is the whole public interface; cli/ includes no other header of the
 * library.  Four small headers of core/ are part of it: error codes, secrets,
 * buffers and text.
 *
 * Ownership: a function named *_open or *_new hands its caller an object, to
 * be given back to the matching *_close or *_free, which accepts NULL.  A
 * const pointer returned is borrowed: it stays valid until the object that
 * lent it is next changed or freed.  Lengths are in bytes, times in seconds
 * since the Unix epoch.  On error an out-argument that is a pointer is NULL.
 */
#ifndef VAULT_H
#define VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/secret.h"
#include "core/text.h"

/* The version of the program, and of the format it writes (FORMAT.md). */
#define VAULT_VERSION "0.1"
#define VAULT_FORMAT 1

struct vault;
struct vault_key;

/* Once per process, before anything else. */
VAULT_CHECKED enum vault_err vault_setup(void);

/* Versions of the libraries below: "libsodium 1.0.18, SQLite 3.40.1". */
void vault_libraries(struct buf *out);

/*
 * Where a vault is: its folder, and the file with its keys if that is kept
 * elsewhere, else NULL.
 */
struct vault_place {
	const char *folder;
	const char *keys;
};

/* True if what is stored at path may vanish by itself (tmpfs, overlay). */
bool vault_place_vanishes(const char *path);

/*
 * A name of 32 hexadecimal digits for the folder of a vault, wherever it is
 * seen from.  VAULT_ENOVAULT: there is no such folder.
 */
#define VAULT_PLACE_NAME_LEN 33
VAULT_CHECKED enum vault_err vault_place_name(
    char out[static VAULT_PLACE_NAME_LEN], const struct vault_place *place);

/* The id in the file of keys: 16 bytes. */
VAULT_CHECKED enum vault_err vault_place_id(
    uint8_t out[static 16], const struct vault_place *place);

/* A number in 0 .. below - 1 from the kernel's generator. */
uint32_t vault_random_below(uint32_t below);

/* ---- Keys ---- */

/* The cost of the key derivation (Argon2id): KiB, passes, lanes. */
struct vault_cost {
	uint32_t memory, passes, lanes;
};

/* A cost of about one second here, at most a quarter of the memory. */
VAULT_CHECKED enum vault_err vault_calibrate(struct vault_cost *out);

/* What stands in clear in the file of keys; believed only within bounds. */
VAULT_CHECKED enum vault_err vault_cost_of(
    struct vault_cost *out, const struct vault_place *place);
uint64_t vault_memory_free(void); /* KiB */

/* What unlocking found out about the two copies in the file of keys. */
enum vault_keys_state {
	VAULT_KEYS_EQUAL,
	VAULT_KEYS_DAMAGED, /* one copy; the other served */
	VAULT_KEYS_CUT,     /* a change was cut short, and is settled now */
	VAULT_KEYS_FORGED,  /* a copy was made without the vault key */
};

/*
 * Derive the vault's key from a passphrase.  VAULT_ENOVAULT, VAULT_EPASS,
 * VAULT_EDAMAGED, VAULT_EKDFMEM, VAULT_EVERSION.
 */
VAULT_CHECKED enum vault_err vault_key_unlock(struct vault_key **out,
    enum vault_keys_state *state, const struct vault_place *place,
    const struct secret *pass);

/*
 * The descriptor of the page that holds the key, to be handed to another
 * process; and the key from such a descriptor, which is closed.
 */
int vault_key_fd(const struct vault_key *key);
VAULT_CHECKED enum vault_err vault_key_attach(struct vault_key **out, int fd);

/*
 * For an agent: the page becomes this process's own, and nobody else can map
 * it so that it can be written.  fd is kept; its maker disowns the key.
 */
VAULT_CHECKED enum vault_err vault_key_adopt(struct vault_key **out, int fd);

/* Make the key vanish, at once, for everybody who has the page. */
void vault_key_lock(struct vault_key *key);
bool vault_key_is_gone(const struct vault_key *key);
bool vault_key_is_locked_in_memory(const struct vault_key *key);

/* Another process keeps the page: vault_key_free shall not end it. */
void vault_key_disown(struct vault_key *key);
void vault_key_free(struct vault_key *key);

/* 16 bytes that tell vaults apart: borrowed. */
const uint8_t *vault_key_id(const struct vault_key *key);

/* ---- A vault ---- */

struct vault_new {
	struct vault_place place;
	struct vault_cost cost;
	const struct secret *pass;
	const char *pass_name; /* "mine", "paper" */
	const char *office;    /* name of the office */
};

/*
 * Make a vault in a folder that is not there or is empty, and open it.  Until
 * it is whole it is built beside, in FOLDER.unfinished, which a later try
 * clears away.  VAULT_EEXISTS: there is something already.
 */
VAULT_CHECKED enum vault_err vault_create(
    struct vault **out, struct vault_key **key, const struct vault_new *what);

/* Open a vault with its key, which is borrowed.  On error *fault says where. */
VAULT_CHECKED enum vault_err vault_open(struct vault **out,
    const struct vault_place *place, const struct vault_key *key,
    struct vault_fault *fault);
void vault_close(struct vault *v);

/* What the last error was about. */
struct vault_fault vault_fault(const struct vault *v);

/* Called while another process writes; false gives up. */
void vault_on_busy(
    struct vault *v, bool (*waiting)(void *ctx, unsigned waited_ms), void *ctx);

/* True if a write had been cut short when the vault was opened. */
bool vault_was_interrupted(const struct vault *v);

struct vault_info {
	uint8_t id[16];
	uint64_t change;     /* number of the last change */
	int64_t last_change; /* when that was; 0 if unknown */
	int64_t made;
	uint64_t bytes; /* size of cells.db */
	uint64_t cells;
	uint64_t log_entries;
	unsigned passphrases;
	bool read_only;
	struct vault_cost cost;
	char digits[72];   /* the office's fingerprint */
	struct buf office; /* its name */
};
VAULT_CHECKED enum vault_err vault_info(
    struct vault_info *out, struct vault *v);
void vault_info_free(struct vault_info *info);

/*
 * What belongs to the first opening with a passphrase: mend the keys, finish
 * or undo a change of passphrases that was cut short, remember the machine.
 * VAULT_EPASS: the passphrase opened only an older copy of the keys, which
 * somebody has put back beside the one that counts.
 */
struct vault_entered {
	bool new_machine; /* never unlocked here: a check is due */
	bool keys_other;  /* not the file of keys that was written last */
};
VAULT_CHECKED enum vault_err vault_enter(
    struct vault_entered *out, struct vault *v);

/* ---- Passphrases ---- */

#define VAULT_PASSPHRASES 8
#define VAULT_NAME_MAX 100

struct vault_passphrase {
	unsigned slot;
	const char *name; /* borrowed for the call */
	int64_t added, changed;
};

VAULT_CHECKED enum vault_err vault_passphrase_each(struct vault *v,
    bool (*each)(void *ctx, const struct vault_passphrase *p), void *ctx);

/* The slot that a passphrase opens.  VAULT_EPASS: none. */
VAULT_CHECKED enum vault_err vault_passphrase_find(
    unsigned *slot, struct vault *v, const struct secret *pass);

/*
 * VAULT_EEXISTS: the name is taken.  VAULT_EUSE: all eight are in use, the
 * name is empty or too long, or the passphrase opens the vault already.
 */
VAULT_CHECKED enum vault_err vault_passphrase_add(
    struct vault *v, const char *name, const struct secret *pass);
VAULT_CHECKED enum vault_err vault_passphrase_change(
    struct vault *v, unsigned slot, const struct secret *pass);

/* VAULT_ENORECORD: no such name.  VAULT_EUSE: it is the last one. */
VAULT_CHECKED enum vault_err vault_passphrase_remove(
    struct vault *v, const char *name);

/* Close every slot that is in use and has no name.  *n: how many. */
VAULT_CHECKED enum vault_err vault_passphrase_remove_unknown(
    unsigned *n, struct vault *v);

/* ---- The log ---- */

struct vault_log_entry {
	uint64_t seq;
	int64_t time;
	const char *what;   /* a word */
	const char *detail; /* JSON, or empty; borrowed for the call */
};
VAULT_CHECKED enum vault_err vault_log_each(struct vault *v, uint64_t from,
    bool (*each)(void *ctx, const struct vault_log_entry *e), void *ctx);

/* ---- Checking ---- */

enum vault_finding {
	VAULT_FOUND_OUTER,       /* cells.db is not a sound SQLite file */
	VAULT_FOUND_MISSING,     /* no cell n */
	VAULT_FOUND_BROKEN,      /* cell n does not open */
	VAULT_FOUND_FOREIGN,     /* cell n should not be there */
	VAULT_FOUND_ROOM,        /* cells.db has bytes that are no cell's */
	VAULT_FOUND_SUM,         /* an old cell has been put back somewhere */
	VAULT_FOUND_INNER,       /* the inner database is not sound */
	VAULT_FOUND_LOG,         /* the log is wrong from entry n on */
	VAULT_FOUND_KEYS,        /* a copy in the file of keys is damaged */
	VAULT_FOUND_KEYS_FORGED, /* the MAC of the keys is wrong */
	VAULT_FOUND_KEYS_OTHER,  /* not the file of keys written last */
	VAULT_FOUND_SLOT,        /* slot n is in use, and nobody's */
	VAULT_FOUND_FILLER,      /* bytes in the file of keys are unexplained */
};

struct vault_check {
	bool quick; /* only the sum over the cells */
	void *ctx;
	void (*found)(void *ctx, enum vault_finding what, int64_t n);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
};

/* VAULT_OK: the look was complete.  What is wrong was told to found. */
VAULT_CHECKED enum vault_err vault_check(
    struct vault *v, const struct vault_check *how);

#endif
