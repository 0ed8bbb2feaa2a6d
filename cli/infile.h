/* SPDX-License-Identifier: ISC */
/*
 * infile - a regular file that the library reads, more than once, with its
 * progress on the terminal.  (Small files: infile_read in outfile.h.)
 */
#ifndef CLI_INFILE_H
#define CLI_INFILE_H

#include "progress.h"

struct infile {
	int fd; /* -1: none */
	int error;
	struct progress progress;
	struct vault_input input; /* its ctx is this: it must not move */
};

/* Returns 0, or an exit status after a message; close it in any case. */
int infile_open(struct infile *f, const char *path);
void infile_close(struct infile *f);

#endif
