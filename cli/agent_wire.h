/* SPDX-License-Identifier: ISC */
/* agent_wire - what both ends of an agent's socket share. */
#ifndef CLI_AGENT_WIRE_H
#define CLI_AGENT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct sockaddr_un;

/* Where the agent of that name listens; false if there is no safe place. */
bool wire_address(struct sockaddr_un *out, const char *name);

/*
 * One process at a time exchanges the agent of a name: the lock is held until
 * the descriptor is closed.  -1 if there is no safe place.
 */
int wire_begin_lock(void);

/* True if the process at the other end is of the same user. */
bool wire_peer_is_us(int fd, pid_t *pid);

/* Send bytes, and a descriptor unless that is -1; receive the same. */
bool wire_send(int fd, const void *bytes, size_t len, int pass_fd);
ssize_t wire_receive(int fd, void *bytes, size_t len, int *passed_fd);

#endif
