/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/io.h"

static int
sys_open(int dir, const char *name, int flags, int mode)
{
	return openat(dir, name, flags, (mode_t)mode);
}

static long
sys_pread(int fd, void *to, size_t len, int64_t offset)
{
	return pread(fd, to, len, offset);
}

static long
sys_pwrite(int fd, const void *from, size_t len, int64_t offset)
{
	return pwrite(fd, from, len, offset);
}

static int
sys_truncate(int fd, int64_t len)
{
	return ftruncate(fd, len);
}

static int
sys_mkdir(int dir, const char *name, int mode)
{
	return mkdirat(dir, name, (mode_t)mode);
}

static const struct io_ops sys_ops = {
	.open = sys_open,
	.close = close,
	.pread = sys_pread,
	.pwrite = sys_pwrite,
	.truncate = sys_truncate,
	.sync = fsync,
	.mkdir = sys_mkdir,
	.rename = renameat,
	.unlink = unlinkat,
};

#ifdef VAULT_TEST
static const struct io_ops *ops = &sys_ops;

void
io_test_use(const struct io_ops *use)
{
	ops = use == NULL ? &sys_ops : use;
}

const struct io_ops *
io_test_system(void)
{
	return &sys_ops;
}
#else
static const struct io_ops *const ops = &sys_ops;
#endif

enum vault_err
io_err(int error)
{
	switch (error) {
	case ENOENT:
		return VAULT_EABSENT;
	case EEXIST:
	case ENOTEMPTY:
		return VAULT_EEXISTS;
	case ENOMEM:
		return VAULT_ENOMEM;
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EFBIG:
		return VAULT_ESPACE;
	default:
		return VAULT_EIO;
	}
}

enum vault_err
io_open_dir(int *out, const char *path)
{
	*out = ops->open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	return *out < 0 ? io_err(errno) : VAULT_OK;
}

enum vault_err
io_open(int *out, int dir, const char *name, enum io_mode mode)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its other end. */
	int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	struct stat st;
	int fd;

	*out = -1;
	if (mode == IO_CREATE)
		flags |= O_RDWR | O_CREAT | O_EXCL;
	else
		flags |= mode == IO_READ ? O_RDONLY : O_RDWR;
	if ((fd = ops->open(dir, name, flags, 0600)) < 0)
		return io_err(errno);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		ops->close(fd);
		errno = EINVAL;
		return VAULT_EIO;
	}
	*out = fd;
	return VAULT_OK;
}

void
io_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		ops->close(fd);
	errno = saved;
}

enum vault_err
io_read(int fd, void *to, size_t len, uint64_t offset, size_t *got)
{
	*got = 0;
	while (*got < len) {
		long n = ops->pread(fd, (char *)to + *got, len - *got,
		    (int64_t)(offset + *got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return io_err(errno);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return VAULT_OK;
}

enum vault_err
io_write(int fd, const void *from, size_t len, uint64_t offset)
{
	size_t done = 0;

	while (done < len) {
		long n = ops->pwrite(fd, (const char *)from + done, len - done,
		    (int64_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return io_err(errno);
		done += (size_t)n;
	}
	return VAULT_OK;
}

enum vault_err
io_truncate(int fd, uint64_t len)
{
	return ops->truncate(fd, (int64_t)len) != 0 ? io_err(errno) : VAULT_OK;
}

enum vault_err
io_size(int fd, uint64_t *out)
{
	struct stat st;

	*out = 0;
	if (fstat(fd, &st) != 0)
		return io_err(errno);
	*out = (uint64_t)st.st_size;
	return VAULT_OK;
}

enum vault_err
io_sync(int fd)
{
	/* After a failed fsync the kernel forgets: never try a second time. */
	return ops->sync(fd) != 0 ? io_err(errno) : VAULT_OK;
}

enum vault_err
io_mkdir(int dir, const char *name)
{
	return ops->mkdir(dir, name, 0700) != 0 ? io_err(errno) : VAULT_OK;
}

enum vault_err
io_rename(int from_dir, const char *from, int to_dir, const char *to)
{
	return ops->rename(from_dir, from, to_dir, to) != 0 ? io_err(errno)
							    : VAULT_OK;
}

enum vault_err
io_unlink(int dir, const char *name)
{
	return ops->unlink(dir, name, 0) != 0 ? io_err(errno) : VAULT_OK;
}

enum vault_err
io_rmdir(int dir, const char *name)
{
	return ops->unlink(dir, name, AT_REMOVEDIR) != 0 ? io_err(errno)
							 : VAULT_OK;
}

bool
io_exists(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT;
}

enum vault_err
io_look(int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return io_err(errno);
	if (S_ISREG(st.st_mode))
		return VAULT_OK;
	errno = EINVAL;
	return VAULT_EIO;
}

enum vault_err
io_size_of(int dir, const char *name, uint64_t *out)
{
	struct stat st;

	*out = 0;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return io_err(errno);
	*out = (uint64_t)st.st_size;
	return VAULT_OK;
}

enum vault_err
io_hold(int *out, const char *path, bool alone)
{
	int fd = -1, result;

	*out = -1;
	if (io_open_dir(&fd, path) != VAULT_OK)
		return VAULT_EIO;
	do
		result = flock(fd, alone ? LOCK_EX | LOCK_NB : LOCK_SH);
	while (result != 0 && errno == EINTR);
	if (result == 0) {
		*out = fd;
		return VAULT_OK;
	}
	result = errno;
	io_close(fd);
	return result == EWOULDBLOCK ? VAULT_EBUSY : VAULT_EIO;
}

#define FAT_FILE_MAX ((uint64_t)4 * 1024 * 1024 * 1024 - 1)

enum vault_err
io_room(uint64_t *out, const char *path, const char *name)
{
	uint64_t size = 0, left;
	struct statfs fs;
	enum vault_err err;
	int dir;

	*out = 0;
	if ((err = io_open_dir(&dir, path)) != VAULT_OK)
		return err;
	if (fstatfs(dir, &fs) != 0)
		err = io_err(errno);
	else
		err = io_size_of(dir, name, &size);
	io_close(dir);
	if (err != VAULT_OK)
		return err;
	*out = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
	if (fs.f_type == MSDOS_SUPER_MAGIC) {
		left = size < FAT_FILE_MAX ? FAT_FILE_MAX - size : 0;
		*out = *out < left ? *out : left;
	}
	return VAULT_OK;
}

bool
io_is_full(const char *path)
{
	const struct dirent *entry;
	DIR *dir = opendir(path);
	bool full = false;
	struct stat st;

	if (dir == NULL)
		return lstat(path, &st) == 0;
	while (!full && (entry = readdir(dir)) != NULL)
		full = strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return full;
}

bool
io_vanishes(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) != 0)
		return false;
	return fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC ||
	    fs.f_type == OVERLAYFS_SUPER_MAGIC;
}
