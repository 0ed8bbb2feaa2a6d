/* SPDX-License-Identifier: ISC */
/*
 * host - habits towards the system, before the first secret: no core dumps,
 * no tracing, private files, nothing inherited that is not wanted.
 */
#ifndef CLI_HOST_H
#define CLI_HOST_H

#include <stdbool.h>

/* Called first of all. */
void host_harden(void);

/* True if swap is in use on something that is not known to be encrypted. */
bool host_swaps_in_clear(void);

/* Ctrl-C and SIGTERM ask long work to stop; true once they have. */
void host_catch_interrupts(void);
bool host_interrupted(void);

#endif
