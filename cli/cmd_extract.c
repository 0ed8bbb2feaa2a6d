/* SPDX-License-Identifier: ISC */
/*
 * extract: an attachment out of a record, streamed.
 *
 * 1. It is written to FILE.part, which must not be there, and gets its name
 *    when it is whole and synced; on an error FILE.part is removed.
 * 2. Nothing is ever overwritten.
 * 3. A name out of a record is used as one name in the current folder or not
 *    at all: no path, no "..", no control character.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "pick.h"
#include "progress.h"

#define USAGE "extract ID NAME [-o FILE]"

struct writing {
	int fd;
	const char *file; /* its name when it is whole */
	struct buf part;  /* its name until then */
	struct progress progress;
	int error; /* errno of what failed, or 0 */
};

/* True if a name from a record may be used as that of a file here. */
static bool
is_plain_name(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)name[i] < 0x20 || name[i] == 0x7f ||
		    name[i] == '/')
			return false;
	/* C1 controls, as UTF-8. */
	for (size_t i = 0; i + 1 < len; i++)
		if ((uint8_t)name[i] == 0xc2 && (uint8_t)name[i + 1] < 0xa0)
			return false;
	return true;
}

static int
cannot(const char *file, int error)
{
	say_error(SAY_IO, file, strerror(error), NULL);
	return error == ENOSPC || error == EROFS || error == EFBIG ? 19 : 1;
}

static int
begin(struct writing *w, const char *file)
{
	struct stat st;

	w->file = file;
	buf_putf(&w->part, "%s.part", file);
	if (buf_ok(&w->part) != VAULT_OK)
		return say_fault(VAULT_ENOMEM, NULL, NULL);
	if (lstat(file, &st) == 0) {
		say_error(SAY_FILE_EXISTS, file, NULL);
		return 1;
	}
	w->fd = open(buf_text(&w->part),
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
	    0600);
	if (w->fd >= 0)
		return 0;
	if (errno == EEXIST) {
		say_error(SAY_FILE_EXISTS, buf_text(&w->part), NULL);
		say_hint(SAY_HINT_PART, NULL);
		return 1;
	}
	return cannot(buf_text(&w->part), errno);
}

static enum vault_err
write_some(void *ctx, const void *bytes, size_t len)
{
	struct writing *w = ctx;
	const uint8_t *at = bytes;

	while (len > 0) {
		ssize_t n = write(w->fd, at, len);

		if (n < 0 && errno == EINTR && !host_interrupted())
			continue;
		if (n < 0 && errno == EINTR)
			return VAULT_ECANCELED;
		if (n < 0) {
			w->error = errno;
			return VAULT_EIO;
		}
		at += n;
		len -= (size_t)n;
	}
	return VAULT_OK;
}

static bool
step(void *ctx, uint64_t done, uint64_t total)
{
	struct writing *w = ctx;

	return progress_step(&w->progress, done, total);
}

/* Give it its name, if nothing has that name; links where renameat2 cannot. */
static int
publish(const struct writing *w)
{
	const char *part = buf_text(&w->part);

	if (renameat2(AT_FDCWD, part, AT_FDCWD, w->file, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (linkat(AT_FDCWD, part, AT_FDCWD, w->file, 0) != 0)
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

/* Synced, closed, named; or removed. */
static int
end(struct writing *w, int status)
{
	int error = 0;

	if (status == 0 && fsync(w->fd) != 0)
		error = errno;
	if (close(w->fd) != 0 && error == 0)
		error = errno;
	if (status == 0 && error == 0)
		error = publish(w);
	if (status == 0 && error == 0) {
		sync_folder(w->file);
		return 0;
	}
	(void)unlink(buf_text(&w->part));
	if (status == 0 && error == EEXIST) {
		say_error(SAY_FILE_EXISTS, w->file, NULL);
		return 1;
	}
	return status != 0 ? status : cannot(w->file, error);
}

static int
stream(struct writing *w, struct session *s, const char *id, const char *name)
{
	struct vault_sink to = { w, write_some, step };
	enum vault_err err;

	host_catch_interrupts();
	progress_begin(&w->progress, SAY_PROGRESS_EXTRACTING);
	err = vault_extract(s->vault, id, name, &to);
	progress_end(&w->progress);
	if (w->error != 0)
		return cannot(buf_text(&w->part), w->error);
	if (err == VAULT_EABSENT) {
		say_error(SAY_NO_ATTACHMENT, name, NULL);
		return 15;
	}
	return err == VAULT_OK ? 0 : session_fault(s, err);
}

static int
say_extracted(const char *file)
{
	struct doc *d = doc_object();

	say_hint(SAY_EXTRACT_NOTE, NULL);
	doc_text(d, "file", file);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	say_line(SAY_EXTRACTED, file, NULL);
	return 0;
}

static int
extract(struct session *s, const char *id, const char *name, const char *file)
{
	struct writing w = { .fd = -1 };
	int status;

	if ((status = begin(&w, file)) == 0)
		status = end(&w, stream(&w, s, id, name));
	buf_free(&w.part);
	return status == 0 ? say_extracted(file) : status;
}

int
cmd_extract(struct cli *c, int argc, char **argv)
{
	const char *file = NULL;
	const struct option_of options[] = { { "-o", &file, NULL },
		{ "--output", &file, NULL } };
	int words = cli_options(argc, argv, options, 2), status;
	char id[VAULT_ID_LEN];
	struct session s;

	if (words != 2 || (file != NULL && *file == '\0'))
		return say_usage(USAGE);
	if (file == NULL && !is_plain_name(argv[2])) {
		say_error(SAY_EXTRACT_NAME, argv[2], NULL);
		say_hint(SAY_HINT_OUTPUT, NULL);
		return 2;
	}
	if ((status = pick_open(&s, id, c, argv[1])) != 0)
		return status;
	status = extract(&s, id, argv[2], file != NULL ? file : argv[2]);
	session_close(&s);
	return status;
}
