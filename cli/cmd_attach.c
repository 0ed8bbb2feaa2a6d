/* SPDX-License-Identifier: ISC */
/* attach: a file into a record, streamed. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "host.h"
#include "photo.h"
#include "pick.h"
#include "progress.h"

#define USAGE "attach ID FILE [--name NAME]"

#define FAT_MAGIC 0x4d44 /* FAT; exFAT has another one and no such limit */
#define FAT_FILE_MAX ((uint64_t)4 * 1024 * 1024 * 1024 - 1)

/* ---- The file ---- */

/* Open a file of bytes; a FIFO, a folder, a device are refused. */
static int
open_file(int *fd, uint64_t *size, const char *path)
{
	enum say why = SAY_ATTACH_NOT_FILE;
	struct stat st;

	/* Without O_NONBLOCK a FIFO would wait for a writer. */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0 || fstat(*fd, &st) != 0) {
		say_error(SAY_IO, path, strerror(errno), NULL);
		return 1;
	}
	*size = (uint64_t)st.st_size;
	if (S_ISREG(st.st_mode))
		return 0;
	if (S_ISDIR(st.st_mode))
		why = SAY_ATTACH_FOLDER;
	else if (S_ISFIFO(st.st_mode))
		why = SAY_ATTACH_FIFO;
	say_error(why, path, NULL);
	return 2;
}

static const char *
last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* On FAT a file ends at 4 GiB: said before, not after an hour. */
static int
check_room(const char *folder, uint64_t size)
{
	struct buf path = { 0 };
	struct statfs fs;
	struct stat st;
	bool good = true;

	buf_putf(&path, "%s/cells.db", folder);
	if (statfs(folder, &fs) == 0 && fs.f_type == FAT_MAGIC &&
	    stat(buf_text(&path), &st) == 0)
		good = size <= FAT_FILE_MAX &&
		    (uint64_t)st.st_size <= FAT_FILE_MAX - size;
	buf_free(&path);
	if (good)
		return 0;
	say_error(SAY_ATTACH_FAT, say_size(size), NULL);
	return 19;
}

/* ---- What a photo carries ---- */

static void
say_photo(int fd)
{
	uint8_t *head = malloc(PHOTO_HEAD);
	struct photo photo;
	ssize_t len;

	if (head == NULL)
		return;
	if ((len = pread(fd, head, PHOTO_HEAD, 0)) < 0)
		len = 0;
	photo_read(&photo, head, (size_t)len);
	bytes_wipe(head, PHOTO_HEAD);
	free(head);
	if (!photo.is_photo)
		return;
	if (photo.has_place)
		say_warning(SAY_PHOTO_PLACE, NULL);
	if (photo.taken[0] != '\0')
		say_warning(SAY_PHOTO_TAKEN, photo.taken, NULL);
	if (photo.camera[0] != '\0')
		say_warning(SAY_PHOTO_CAMERA, photo.camera, NULL);
	if (photo.has_words)
		say_warning(SAY_PHOTO_WORDS, NULL);
}

/* ---- Attaching ---- */

struct reading {
	int fd;
	struct progress progress;
};

static enum vault_err
read_some(void *ctx, void *to, size_t len, size_t *got)
{
	const struct reading *r = ctx;
	ssize_t n;

	do
		n = read(r->fd, to, len);
	while (n < 0 && errno == EINTR && !host_interrupted());
	*got = n < 0 ? 0 : (size_t)n;
	if (n < 0)
		return errno == EINTR ? VAULT_ECANCELED : VAULT_EIO;
	return VAULT_OK;
}

static bool
step(void *ctx, uint64_t done, uint64_t total)
{
	struct reading *r = ctx;

	return progress_step(&r->progress, done, total);
}

static int
say_attached(const char *id, const char *name, const char *path, uint64_t size)
{
	struct doc *d = doc_object();

	say_hint(SAY_ATTACH_ORIGINAL, path, NULL);
	doc_text(d, "id", id);
	doc_text(d, "name", name);
	doc_int(d, "size", (int64_t)size);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	say_line(SAY_ATTACHED, say_size(size), name, NULL);
	return 0;
}

struct wanted {
	const char *name;
	bool taken;
};

static bool
compare_name(void *ctx, const struct vault_attachment *a)
{
	struct wanted *w = ctx;

	w->taken = strcmp(buf_text(&a->name), w->name) == 0;
	return !w->taken;
}

/* Two of one name are told apart by a number only: one of us makes none. */
static int
check_taken(struct session *s, const char *id, const char *name)
{
	struct wanted w = { .name = name };
	enum vault_err err = vault_attachments(s->vault, id, compare_name, &w);

	if (err != VAULT_OK)
		return session_fault(s, err);
	if (!w.taken)
		return 0;
	say_error(SAY_ATTACH_TAKEN, name, NULL);
	say_hint(SAY_HINT_NAME, NULL);
	return 1;
}

static int
attach(
    struct session *s, const char *id, const char *name, int fd, uint64_t size)
{
	struct reading r = { .fd = fd };
	struct vault_source from = { &r, read_some, step, size };
	enum vault_err err;

	host_catch_interrupts();
	progress_begin(&r.progress, SAY_PROGRESS_ATTACHING);
	err = vault_attach(s->vault, id, name, &from);
	progress_end(&r.progress);
	if (err == VAULT_ECONFLICT) {
		say_error(SAY_CONFLICT, NULL);
		say_hint(SAY_HINT_RESOLVE, id, NULL);
		return 16;
	}
	return err == VAULT_OK ? 0 : session_fault(s, err);
}

static int
with_file(struct cli *c, const char *record, const char *path, const char *name,
    int fd, uint64_t size)
{
	char id[VAULT_ID_LEN];
	struct session s;
	int status;

	if ((status = check_room(c->place.folder, size)) != 0 ||
	    (status = pick_open(&s, id, c, record)) != 0)
		return status;
	if ((status = check_taken(&s, id, name)) == 0) {
		say_photo(fd);
		status = attach(&s, id, name, fd, size);
	}
	if (status == 0)
		status = say_attached(id, name, path, size);
	session_close(&s);
	return status;
}

int
cmd_attach(struct cli *c, int argc, char **argv)
{
	const char *name = NULL;
	const struct option_of options[] = { { "--name", &name, NULL } };
	int words = cli_options(argc, argv, options, 1), fd, status;
	uint64_t size;
	struct stat st;

	if (words != 2)
		return say_usage(USAGE);
	if (name == NULL)
		name = last_component(argv[2]);
	if (stat(argv[2], &st) == 0 && S_ISDIR(st.st_mode)) {
		say_error(SAY_ATTACH_FOLDER, argv[2], NULL);
		return 2;
	}
	if (!text_is_file_name(name, strlen(name))) {
		say_error(SAY_ATTACH_NAME, name, NULL);
		say_hint(SAY_HINT_NAME, NULL);
		return 2;
	}
	if ((status = open_file(&fd, &size, argv[2])) == 0)
		status = with_file(c, argv[1], argv[2], name, fd, size);
	if (fd >= 0)
		close(fd);
	return status;
}
