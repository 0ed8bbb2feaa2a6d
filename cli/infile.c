/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "infile.h"

static enum vault_err
read_at(void *ctx, void *to, size_t len, uint64_t offset, size_t *got)
{
	struct infile *f = ctx;
	uint8_t *at = to;

	*got = 0;
	while (*got < len) {
		ssize_t n = pread(
		    f->fd, at + *got, len - *got, (off_t)(offset + *got));

		if (n < 0 && errno == EINTR && !host_interrupted())
			continue;
		if (n < 0 && errno == EINTR)
			return VAULT_ECANCELED;
		if (n < 0) {
			f->error = errno;
			return VAULT_EIO;
		}
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return VAULT_OK;
}

static bool
step(void *ctx, uint64_t done, uint64_t total)
{
	struct infile *f = ctx;

	return progress_step(&f->progress, done, total);
}

int
infile_open(struct infile *f, const char *path)
{
	struct stat st;

	memset(f, 0, sizeof(*f));
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (f->fd < 0 || fstat(f->fd, &st) != 0) {
		say_error(SAY_IO, path, strerror(errno), NULL);
		return 1;
	}
	if (!S_ISREG(st.st_mode)) {
		say_error(SAY_ATTACH_NOT_FILE, path, NULL);
		return 2;
	}
	f->input = (struct vault_input){ f, read_at, step,
		(uint64_t)st.st_size };
	return 0;
}

void
infile_close(struct infile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
