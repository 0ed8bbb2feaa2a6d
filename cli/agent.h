/* SPDX-License-Identifier: ISC */
/*
 * agent - the process that keeps an unlocked vault's key, and what commands
 * say to it.
 *
 * 1. The agent is forked before any secret is read, and holds nothing but the
 *    one page of keys.  It hands out the descriptor of that page, never bytes,
 *    and only to processes of the same user (SO_PEERCRED).
 * 2. Locking: the keys go first, within the same instruction stream that was
 *    asked; then the terminal of every client is cleared, and it is hung up
 *    on, has 5 ms to end, and is killed.  What the kernel does not let die is
 *    named.
 * 3. Times run on CLOCK_BOOTTIME: a machine that sleeps gets older too.
 *
 * Words on the socket, one byte each: K key, T touch, S status, L lock.  With
 * K a client may pass a descriptor of its terminal.
 */
#ifndef CLI_AGENT_H
#define CLI_AGENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "vault.h"

struct agent_limits {
	uint32_t idle;  /* seconds without a command */
	uint32_t total; /* seconds at most */
};

/* ---- Starting one ---- */

/*
 * Fork a process that waits to become the agent; called before any secret is
 * read.  Returns our end of a pair of sockets, or -1.
 */
int agent_prepare(void);

/*
 * Hand the key over and wait until the agent listens under name; an older one
 * of that name is locked first.  On success the key is no longer ours.
 */
bool agent_begin(int prepared, struct vault_key *key, const char *name,
    const struct agent_limits *limits);

/* ---- Talking to one ---- */

/* Connect to the agent of that name; -1 if there is none. */
int agent_connect(const char *name);

/* The key; NULL if the agent has none to give any more. */
struct vault_key *agent_key(int fd);

/* Count as activity. */
void agent_touch(int fd);

/* Seconds left. */
bool agent_status(int fd, struct agent_limits *left);

#define AGENT_STUCK_MAX 16
struct agent_locked {
	bool answered;
	unsigned stuck; /* processes that would not end */
	pid_t pid[AGENT_STUCK_MAX];
};
/* An agent that does not answer is ended, and its clients with it. */
void agent_lock(int fd, struct agent_locked *out);

/* Hand the name of every agent of this user to each. */
void agent_each(void (*each)(void *ctx, const char *name), void *ctx);

#endif
