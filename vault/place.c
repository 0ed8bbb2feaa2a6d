/* SPDX-License-Identifier: ISC */
/*
 * place.c - where a vault or a copy of one comes to stand.
 *
 * It is built under another name and renamed when it is whole and synced:
 * nobody has been told of it before, so even on a file system on which a
 * rename may be lost nothing is lost that was confirmed.
 */
#include <fcntl.h>
#include <string.h>

#include "core/io.h"
#include "inside.h"
#include "store/store.h"

#define UNFINISHED ".unfinished"

/* Clear away what an earlier try left, and nothing else. */
static enum vault_err
clear_unfinished(const char *path)
{
	enum vault_err err;
	int dir;

	if ((err = io_open_dir(&dir, path)) != VAULT_OK)
		return err == VAULT_EABSENT ? VAULT_OK : err;
	if (io_exists(dir, "keys"))
		err = io_unlink(dir, "keys");
	if (err == VAULT_OK)
		err = store_unlink(dir);
	io_close(dir);
	return err == VAULT_OK ? io_rmdir(AT_FDCWD, path) : err;
}

/* The folder that holds path. */
static enum vault_err
parent_of(struct buf *out, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		buf_put_text(out, ".");
	else if (slash == path)
		buf_put_text(out, "/");
	else
		buf_put(out, path, (size_t)(slash - path));
	return buf_ok(out);
}

static enum vault_err
sync_folder(const char *path)
{
	enum vault_err err;
	int dir;

	if ((err = io_open_dir(&dir, path)) != VAULT_OK)
		return err;
	err = io_sync(dir);
	io_close(dir);
	return err;
}

/* folder without slashes at its end */
static enum vault_err
tidy(struct buf *out, const char *folder)
{
	size_t len = strlen(folder);

	while (len > 1 && folder[len - 1] == '/')
		len--;
	buf_put(out, folder, len);
	return buf_ok(out);
}

enum vault_err
place_names(struct place_names *out, const char *folder)
{
	enum vault_err err;

	if ((err = tidy(&out->final, folder)) != VAULT_OK ||
	    (err = parent_of(&out->parent, buf_text(&out->final))) != VAULT_OK)
		return err;
	buf_putf(&out->work, "%s" UNFINISHED, buf_text(&out->final));
	return buf_ok(&out->work);
}

void
place_names_free(struct place_names *n)
{
	buf_free(&n->final);
	buf_free(&n->work);
	buf_free(&n->parent);
}

enum vault_err
place_clear_work(const struct place_names *n)
{
	return clear_unfinished(buf_text(&n->work));
}

enum vault_err
place_clear(const struct place_names *n)
{
	if (io_is_full(buf_text(&n->final)))
		return VAULT_EEXISTS;
	return place_clear_work(n);
}

enum vault_err
place_publish(const struct place_names *n)
{
	enum vault_err err;

	/* Onto nothing, or onto an empty folder: the system refuses more. */
	if ((err = io_rename(AT_FDCWD, buf_text(&n->work), AT_FDCWD,
		 buf_text(&n->final))) != VAULT_OK)
		return err;
#ifdef PLANT_NO_DIRSYNC
	return VAULT_OK;
#else
	return sync_folder(buf_text(&n->parent));
#endif
}
