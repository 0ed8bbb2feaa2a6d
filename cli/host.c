/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

static volatile sig_atomic_t interrupted;

/* Descriptors 0 to 2 must be something, or a file of ours becomes them. */
static void
fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

void
host_harden(void)
{
	struct rlimit none = { 0, 0 };

	fill_standard_descriptors();
	setrlimit(RLIMIT_CORE, &none);
	/* Also keeps other processes of the same user from tracing us. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	umask(077);
	/* A limit on the size of files is a full disk, and no end. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

/* A device-mapper name that begins with CRYPT- is dm-crypt's. */
static bool
is_encrypted(const char *device)
{
	char path[512], uuid[64] = "";
	const char *name = strrchr(device, '/');
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/block/%s/dm/uuid",
	    name == NULL ? device : name + 1);
	if ((f = fopen(path, "re")) == NULL)
		return strstr(device, "zram") != NULL;
	if (fgets(uuid, sizeof(uuid), f) == NULL)
		uuid[0] = '\0';
	fclose(f);
	return strncmp(uuid, "CRYPT-", 6) == 0;
}

bool
host_swaps_in_clear(void)
{
	char line[512], device[256];
	bool clear = false;
	FILE *f = fopen("/proc/swaps", "re");

	if (f == NULL)
		return false;
	if (fgets(line, sizeof(line), f) != NULL) /* the head */
		while (fgets(line, sizeof(line), f) != NULL)
			if (sscanf(line, "%255s", device) == 1 &&
			    !is_encrypted(device))
				clear = true;
	fclose(f);
	return clear;
}

static void
on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

void
host_catch_interrupts(void)
{
	struct sigaction act = { .sa_handler = on_interrupt };

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
}

bool
host_interrupted(void)
{
	return interrupted != 0;
}
