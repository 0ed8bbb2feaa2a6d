/* SPDX-License-Identifier: ISC */
/* clock - the time, replaceable in test builds only. */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds since the Unix epoch. */
int64_t clock_now(void);

/*
 * Can a time that somebody else wrote be right?  Not before 1970, nor more
 * than a day after now: clocks and zones are off by less.
 */
bool clock_is_sane(int64_t time);
int64_t clock_latest(void); /* that can be right */

/* Milliseconds of CLOCK_BOOTTIME, which goes on while the machine sleeps. */
int64_t clock_boot_ms(void);

#ifdef VAULT_TEST
/* Stand still at this time; -1 goes back to the system's clock. */
void clock_test_set(int64_t now);
#endif

#endif
