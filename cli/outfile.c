/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "outfile.h"

static int
cannot(const char *file, int error)
{
	say_error(SAY_IO, file, strerror(error), NULL);
	return error == ENOSPC || error == EROFS || error == EFBIG ? 19 : 1;
}

static bool
is_stream(const struct outfile *o)
{
	return strcmp(o->file, "-") == 0;
}

/* Make FILE.part. */
static int
make(struct outfile *o)
{
	struct stat st;

	buf_putf(&o->part, "%s.part", o->file);
	if (buf_ok(&o->part) != VAULT_OK)
		return say_fault(VAULT_ENOMEM, NULL, NULL);
	if (lstat(o->file, &st) == 0) {
		say_error(SAY_FILE_EXISTS, o->file, NULL);
		return 1;
	}
	o->fd = open(buf_text(&o->part),
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
	    0600);
	if (o->fd >= 0)
		return 0;
	if (errno == EEXIST) {
		say_error(SAY_FILE_EXISTS, buf_text(&o->part), NULL);
		say_hint(SAY_HINT_PART, NULL);
		return 1;
	}
	return cannot(buf_text(&o->part), errno);
}

int
outfile_begin(struct outfile *o, const char *file)
{
	int status = 0;

	memset(o, 0, sizeof(*o));
	o->file = file;
	o->fd = -1;
	if (is_stream(o)) {
		fflush(stdout);
		o->fd = STDOUT_FILENO;
	} else if ((status = make(o)) != 0) {
		buf_free(&o->part);
	}
	return status;
}

int
outfile_begin_bytes(struct outfile *o, const char *file)
{
	if (strcmp(file, "-") == 0 && isatty(STDOUT_FILENO)) {
		say_error(SAY_BYTES_TO_TERMINAL, NULL);
		say_hint(SAY_HINT_OUTPUT, NULL);
		return 2;
	}
	return outfile_begin(o, file);
}

enum vault_err
outfile_write(void *ctx, const void *bytes, size_t len)
{
	struct outfile *o = ctx;
	const uint8_t *at = bytes;

	while (len > 0) {
		ssize_t n = write(o->fd, at, len);

		if (n < 0 && errno == EINTR && !host_interrupted())
			continue;
		if (n < 0 && errno == EINTR)
			return VAULT_ECANCELED;
		if (n < 0) {
			o->error = errno;
			return VAULT_EIO;
		}
		at += n;
		len -= (size_t)n;
	}
	return VAULT_OK;
}

bool
outfile_step(void *ctx, uint64_t done, uint64_t total)
{
	return progress_step(&((struct outfile *)ctx)->progress, done, total);
}

/* Give it its name, if nothing has that name; links where renameat2 cannot. */
static int
publish(const struct outfile *o)
{
	const char *part = buf_text(&o->part);

	if (renameat2(AT_FDCWD, part, AT_FDCWD, o->file, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (linkat(AT_FDCWD, part, AT_FDCWD, o->file, 0) != 0)
		return errno;
	return unlink(part) == 0 ? 0 : errno;
}

/* The folder's entry is to last too. */
static void
sync_folder(const char *file)
{
	const char *slash = strrchr(file, '/');
	struct buf folder = { 0 };
	int fd;

	if (slash == NULL)
		buf_put_byte(&folder, '.');
	else
		buf_put(&folder, file, (size_t)(slash - file) + 1);
	fd = open(buf_text(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	buf_free(&folder);
}

int
outfile_fault(const struct outfile *o)
{
	return cannot(is_stream(o) ? "-" : buf_text(&o->part), o->error);
}

/* Synced, closed, named; or removed. */
static int
finish(struct outfile *o, int status)
{
	int error = 0;

	if (status == 0 && fsync(o->fd) != 0)
		error = errno;
	if (close(o->fd) != 0 && error == 0)
		error = errno;
	if (status == 0 && error == 0)
		error = publish(o);
	if (status == 0 && error == 0) {
		sync_folder(o->file);
		return 0;
	}
	(void)unlink(buf_text(&o->part));
	if (status == 0 && error == EEXIST) {
		say_error(SAY_FILE_EXISTS, o->file, NULL);
		return 1;
	}
	return status != 0 ? status : cannot(o->file, error);
}

int
outfile_end(struct outfile *o, int status)
{
	if (!is_stream(o))
		status = finish(o, status);
	buf_free(&o->part);
	return status;
}

int
outfile_written(const char *file, enum say hint)
{
	struct doc *d = doc_object();

	say_hint(hint, NULL);
	doc_text(d, "file", file);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	say_line(SAY_EXTRACTED, file, NULL);
	return 0;
}

int
outfile_put(const char *file, const void *bytes, size_t len)
{
	struct outfile o;
	int status;

	if ((status = outfile_begin(&o, file)) != 0)
		return status;
	if (outfile_write(&o, bytes, len) != VAULT_OK)
		status = outfile_fault(&o);
	return outfile_end(&o, status);
}

int
infile_read(struct buf *out, const char *file, size_t max)
{
	int fd = STDIN_FILENO, status = 0;
	ssize_t n = 1;

	if (strcmp(file, "-") != 0 &&
	    (fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0)
		return cannot(file, errno);
	while (n > 0 && out->len <= max) {
		if (!buf_reserve(out, 4096)) {
			status = say_fault(VAULT_ENOMEM, NULL, NULL);
			break;
		}
		n = read(fd, out->bytes + out->len, 4096);
		if (n < 0 && errno == EINTR && !host_interrupted())
			n = 1;
		else if (n < 0)
			status = cannot(file, errno);
		else
			out->len += (size_t)n;
	}
	if (fd != STDIN_FILENO)
		close(fd);
	if (status == 0 && out->len > max) {
		say_error(SAY_FILE_LONG, file, NULL);
		status = 21;
	}
	return status;
}
