/* SPDX-License-Identifier: ISC */
#include <time.h>

#include "core/clock.h"

#ifdef VAULT_TEST
static int64_t test_now = -1;

void
clock_test_set(int64_t now)
{
	test_now = now;
}
#endif

int64_t
clock_now(void)
{
#ifdef VAULT_TEST
	if (test_now >= 0)
		return test_now;
#endif
	return (int64_t)time(NULL);
}

bool
clock_is_sane(int64_t time)
{
	return time >= 0 && time <= clock_latest();
}

int64_t
clock_latest(void)
{
	return clock_now() + 24 * 3600;
}

int64_t
clock_boot_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
