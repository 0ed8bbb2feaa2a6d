/* SPDX-License-Identifier: ISC */
/*
 * keyfile - which file of keys counts.
 *
 * The inner database remembers the MAC of the file it wrote last, and a hash
 * of every slot in it.  A change of passphrases is three steps: what is about
 * to be written is noted (one commit), the file is written, the note becomes
 * the truth (one commit).  So after a crash it is known which of two files
 * counts; and a file that is neither has been put back by somebody.
 *
 * All functions that write want a write transaction open, and leave it to
 * the caller to end it with store_abort, which does nothing after a commit.
 */
#ifndef VAULT_KEYFILE_H
#define VAULT_KEYFILE_H

#include "inside.h"
#include "seal/seal.h"

/* What a change does, to the file and to the names. */
struct key_change {
	char what[16]; /* "add", "change", "remove", "settle" */
	unsigned slot;
	struct buf name;
	uint8_t mac[HASH_LEN]; /* of the file as it will be */
};

/* How the file that is there compares with what is remembered. */
enum keyfile_state {
	KEYFILE_GOOD,
	KEYFILE_UNSETTLED, /* good, but a copy or a note is left over */
	KEYFILE_STALE,     /* good, but opened by a copy that does not count */
	KEYFILE_OTHER,     /* neither the file written last nor the next one */
};

/* Look, without writing. */
VAULT_CHECKED enum vault_err keyfile_look(
    enum keyfile_state *out, struct vault *v);

/*
 * Make both copies what counts, and finish or undo a change that was noted;
 * *committed says that the transaction has been used up by that.  A file of
 * KEYFILE_OTHER is left alone.
 */
VAULT_CHECKED enum vault_err keyfile_settle(
    enum keyfile_state *out, bool *committed, struct vault *v);

/*
 * Change the file: begins and ends its own transactions.  prepare fills in
 * keys and c, or refuses.  The file must be KEYFILE_GOOD when it has been
 * settled, unless c->what is "settle", which takes it as it is.
 * VAULT_EDAMAGED: it is not, and nothing was written.
 */
typedef enum vault_err keyfile_prepare(struct vault *v, struct keys *keys,
    struct key_change *c, const struct secret *pass);
VAULT_CHECKED enum vault_err keyfile_change(struct vault *v,
    struct key_change *c, const struct secret *pass, keyfile_prepare *prepare);

/* The rows of a new vault: its keys, and the name of slot 0. */
VAULT_CHECKED enum vault_err keyfile_first(
    struct store *s, const struct keys *keys, const char *name);

/* Is what lies in this slot what was put there under its name? */
VAULT_CHECKED enum vault_err keyfile_knows(
    bool *out, struct store *s, const struct keys *keys, unsigned slot);

#endif
