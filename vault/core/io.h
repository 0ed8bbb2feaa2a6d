/* SPDX-License-Identifier: ISC */
/*
 * io - every file operation of the library, but for those of SQLite's own
 * VFS, goes through here, so that tests can record, tear and fail each one.
 *
 * Files are named relative to an open folder, never followed through a
 * symbolic link, created with mode 0600 only where nothing was, and are
 * regular files or refused.  On error errno tells why; io_err turns it into
 * the code that the caller returns.
 */
#ifndef CORE_IO_H
#define CORE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct buf;

enum io_mode {
	IO_READ,   /* an existing regular file, to be read */
	IO_CHANGE, /* an existing regular file, to be read and written */
	IO_CREATE, /* a file that is not there yet, to be written */
};

/* The code for the errno of a failed operation. */
enum vault_err io_err(int error);

/* Open a folder.  VAULT_EABSENT: not there.  VAULT_EIO: not a folder. */
VAULT_CHECKED enum vault_err io_open_dir(int *out, const char *path);

/* Open the file name in the folder dir (or AT_FDCWD). */
VAULT_CHECKED enum vault_err io_open(
    int *out, int dir, const char *name, enum io_mode mode);
void io_close(int fd);

/* Read up to len bytes at offset; *got says how many there were. */
VAULT_CHECKED enum vault_err io_read(
    int fd, void *to, size_t len, uint64_t offset, size_t *got);

/* Write all of it. */
VAULT_CHECKED enum vault_err io_write(
    int fd, const void *from, size_t len, uint64_t offset);
VAULT_CHECKED enum vault_err io_truncate(int fd, uint64_t len);
VAULT_CHECKED enum vault_err io_size(int fd, uint64_t *out);

/* Make what was written to a file, or the names in a folder, durable. */
VAULT_CHECKED enum vault_err io_sync(int fd);

VAULT_CHECKED enum vault_err io_mkdir(int dir, const char *name);
VAULT_CHECKED enum vault_err io_rename(
    int from_dir, const char *from, int to_dir, const char *to);
VAULT_CHECKED enum vault_err io_unlink(int dir, const char *name);
VAULT_CHECKED enum vault_err io_rmdir(int dir, const char *name);

/* True if there is anything of that name, even a dangling link. */
bool io_exists(int dir, const char *name);

/*
 * VAULT_OK if name is a regular file, without opening it: closing a second
 * descriptor of a database would drop SQLite's locks on it.
 */
VAULT_CHECKED enum vault_err io_look(int dir, const char *name);
VAULT_CHECKED enum vault_err io_size_of(
    int dir, const char *name, uint64_t *out);

/*
 * Hold a folder, together with others or alone, until *out is closed or the
 * process ends.  To hold it alone nobody is waited for: VAULT_EBUSY.  Any
 * other error: folders cannot be held there.  On error *out is -1.
 */
VAULT_CHECKED enum vault_err io_hold(int *out, const char *path, bool alone);

/*
 * By how many bytes the file name in the folder at path may grow: what the
 * medium has free, and on FAT what is left below 4 GiB.
 */
VAULT_CHECKED enum vault_err io_room(
    uint64_t *out, const char *path, const char *name);

/* True if there is something at path, other than an empty folder. */
bool io_is_full(const char *path);

/* True if path lies on a file system that vanishes by itself. */
bool io_vanishes(const char *path);

/*
 * What the functions above call.  Each returns what the system call returns,
 * errno included.
 */
struct io_ops {
	int (*open)(int dir, const char *name, int flags, int mode);
	int (*close)(int fd);
	long (*pread)(int fd, void *to, size_t len, int64_t offset);
	long (*pwrite)(int fd, const void *from, size_t len, int64_t offset);
	int (*truncate)(int fd, int64_t len);
	int (*sync)(int fd);
	int (*mkdir)(int dir, const char *name, int mode);
	int (*rename)(
	    int from_dir, const char *from, int to_dir, const char *to);
	int (*unlink)(int dir, const char *name, int flags);
};

#ifdef VAULT_TEST
/* Use another table; NULL goes back to the system's. */
void io_test_use(const struct io_ops *ops);
const struct io_ops *io_test_system(void);
#endif

#endif
