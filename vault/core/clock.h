/* SPDX-License-Identifier: ISC */
/* clock - the time, replaceable in test builds only. */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>

/* Seconds since the Unix epoch. */
int64_t clock_now(void);

/* Milliseconds of CLOCK_BOOTTIME, which goes on while the machine sleeps. */
int64_t clock_boot_ms(void);

#ifdef VAULT_TEST
/* Stand still at this time; -1 goes back to the system's clock. */
void clock_test_set(int64_t now);
#endif

#endif
