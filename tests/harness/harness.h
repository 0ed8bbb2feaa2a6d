/* SPDX-License-Identifier: ISC */
/*
 * harness - what the harnesses share: counting, working in several
 * processes, planted faults, and looking at a vault from inside.
 *
 * A harness is started as
 *
 *	NAME [-n DRAWS] [-s SEED] [-j JOBS] [--plant NAME=PROGRAM]...
 *
 * DRAWS scales its work; TIME in the environment, in seconds, makes those
 * that can go on for longer do so.  Each PROGRAM is the same harness built
 * with a planted fault: it is run with --planted, must fail, and ends at its
 * first failure.  Faults that need no build of their own are runs of the
 * harness itself with --fault NAME.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support.h"

struct harness {
	const char *name;
	unsigned draws; /* -n; 0 if it was not given */
	unsigned jobs;
	uint64_t seed;
	unsigned seconds;   /* TIME; 0 if it is not set */
	bool planted;       /* end at the first failure, say nothing */
	const char *fault;  /* a fault that this run plants itself, or NULL */
	const char *folder; /* ours, in memory if there is /dev/shm */
};
extern struct harness harness;

/* Read the arguments, set up the library and make harness.folder. */
void harness_start(const char *name, int argc, char **argv);

/* True if this run plants the fault of this name. */
bool harness_fault(const char *name);

void harness_count(unsigned long run);
void harness_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
void harness_skip(const char *what, const char *reason);

/* True once a planted run has been caught, or TIME is over. */
bool harness_stop(void);
double harness_seconds(void);

/* A number that all workers of this harness add to, shown at the end. */
enum { HARNESS_NUMBERS = 8 };
void harness_add(unsigned number, unsigned long n);
void harness_most(unsigned number, unsigned long n);
unsigned long harness_number(unsigned number);

/* Run work in harness.jobs processes; one that dies is a failure. */
void harness_split(void (*work)(unsigned part, unsigned parts));

/* Run the harness again with a fault of its own; it must fail. */
void harness_plant(const char *fault);

/* Print the last line and return the exit status. */
int harness_end(void);

/* A generator with the seed that the first line shows. */
void random_start(uint64_t stream);
uint64_t random_next(void);
uint32_t random_to(uint32_t below);

/* Every row of every inner table; the log only if with_log. */
void vault_dump(struct buf *out, struct vault *v, bool with_log);

/* The number of findings of a check. */
unsigned vault_findings(struct vault *v, bool quick);

/* FOLDER/v with nothing in it but keys and cells.db; else what there is. */
const char *vault_stray(const char *folder, bool journal_allowed);

/* Copy and remove FOLDER/v, files and all. */
void vault_copy(const char *from, const char *to);
void vault_remove(const char *folder);

#endif
