/* SPDX-License-Identifier: ISC */
/*
 * session - an open vault for the time of one command: with the key that an
 * agent keeps, or with a passphrase of its own.
 *
 * A command that has its key from an agent ends, with status 11, as soon as
 * the agent hangs up: a thread watches the socket.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>

#include "cli.h"
#include "say.h"

struct session {
	struct vault_key *key;
	struct vault *vault;
	int agent; /* -1: the key is our own */
	int care;  /* 13: the check that was due on entering found damage */
};

/* Returns 0, or an exit status after a message. */
int session_open(struct session *s, const struct cli *c);
void session_close(struct session *s);

/*
 * The same for what asks for a passphrase also while unlocked: one that opens
 * nothing is refused then, too.  slot, unless it is NULL: which it opens.
 */
int session_open_asking(
    struct session *s, unsigned *slot, const struct cli *c, enum say prompt);

/*
 * After so many tries: was the passphrase wrong, and is it to be asked for
 * again?  What is typed once more is then typed here, and not at the shell,
 * which would keep it in its history.
 */
bool session_may_try_again(const struct cli *c, int status, unsigned tries);

/* The message for an error of the open vault; returns the exit status. */
int session_fault(const struct session *s, enum vault_err err);

/* True once the agent has hung up: for loops that wait for a key. */
bool session_is_gone(void);

/* Called before the process ends because the vault was locked. */
void session_at_lock(void (*last)(void));

/*
 * Unlock with a passphrase, open the vault, do what is due on entering, and
 * say what was found.  For init's sister commands that need no agent.
 */
int session_enter(struct session *s, const struct cli *c, enum say prompt);

#endif
