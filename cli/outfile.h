/* SPDX-License-Identifier: ISC */
/*
 * outfile - a file that a command writes.
 *
 * 1. It is written to FILE.part, which must not be there, and gets its name
 *    when it is whole and synced; on an error FILE.part is removed.
 * 2. Nothing is ever overwritten.
 *
 * "-" is standard output, where neither can be kept.
 */
#ifndef CLI_OUTFILE_H
#define CLI_OUTFILE_H

#include "progress.h"

struct outfile {
	int fd;
	const char *file;         /* its name when it is whole; borrowed */
	struct buf part;          /* its name until then */
	int error;                /* errno of what failed, or 0 */
	struct progress progress; /* of a command that has some */
};

/* Returns 0, or an exit status after a message. */
int outfile_begin(struct outfile *o, const char *file);

/*
 * The same, for what is no text: not to a terminal, which obeys the control
 * sequences in it.
 */
int outfile_begin_bytes(struct outfile *o, const char *file);

/* A write of the library's: ctx is the struct outfile. */
enum vault_err outfile_write(void *ctx, const void *bytes, size_t len);

/* Progress of such writing; its struct progress was begun. */
bool outfile_step(void *ctx, uint64_t done, uint64_t total);

/* The message for what failed in outfile_write; returns the status. */
int outfile_fault(const struct outfile *o);

/*
 * Named if status is 0, else removed.  Returns status, or that of what went
 * wrong here.  What o holds is freed.
 */
int outfile_end(struct outfile *o, int status);

/* hint, and that it is written: for people or as JSON.  Returns a status. */
int outfile_written(const char *file, enum say hint);

/* A whole small file. */
int outfile_put(const char *file, const void *bytes, size_t len);

/* All of a small file, or of standard input, max bytes at most. */
int infile_read(struct buf *out, const char *file, size_t max);

#endif
