/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "core/mem.h"
#include "store/files.h"

#define JOURNAL "-journal"

struct files {
	sqlite3_vfs vfs;
	sqlite3_vfs *below;
	char name[32];
	char *path;
	bool tricked;
};

#ifdef VAULT_TEST
static const char *test_vfs;

void
files_test_vfs(const char *name)
{
	test_vfs = name;
}
#else
static const char *const test_vfs = NULL;
#endif

/* The database, or its journal. */
static bool
is_ours(struct files *f, const char *name)
{
	size_t len = strlen(f->path);

	if (name != NULL && strncmp(name, f->path, len) == 0 &&
	    (name[len] == '\0' || strcmp(name + len, JOURNAL) == 0))
		return true;
	/* SQLite looks whether there is a write-ahead log: there is none. */
	if (name == NULL || strncmp(name, f->path, len) != 0 ||
	    strcmp(name + len, "-wal") != 0)
		f->tricked = true;
	return false;
}

static int
files_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *out_flags)
{
	struct files *f = vfs->pAppData;

	file->pMethods = NULL;
	if (!is_ours(f, name)) {
		/* A write-ahead log too: the file asks for it, not we. */
		f->tricked = true;
		return SQLITE_CANTOPEN;
	}
	return f->below->xOpen(f->below, name, file, flags, out_flags);
}

static int
files_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	struct files *f = vfs->pAppData;

	if (!is_ours(f, name) || strcmp(name, f->path) == 0)
		return SQLITE_IOERR_DELETE;
	return f->below->xDelete(f->below, name, sync);
}

static int
files_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	struct files *f = vfs->pAppData;

	*out = 0;
	if (!is_ours(f, name))
		return f->tricked ? SQLITE_IOERR_ACCESS : SQLITE_OK;
	return f->below->xAccess(f->below, name, flags, out);
}

static int
files_full_path(sqlite3_vfs *vfs, const char *name, int len, char *out)
{
	struct files *f = vfs->pAppData;

	return f->below->xFullPathname(f->below, name, len, out);
}

static int
files_randomness(sqlite3_vfs *vfs, int len, char *out)
{
	struct files *f = vfs->pAppData;

	return f->below->xRandomness(f->below, len, out);
}

static int
files_sleep(sqlite3_vfs *vfs, int microseconds)
{
	struct files *f = vfs->pAppData;

	return f->below->xSleep(f->below, microseconds);
}

static int
files_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	struct files *f = vfs->pAppData;

	return f->below->xCurrentTimeInt64(f->below, out);
}

static int
files_last_error(sqlite3_vfs *vfs, int len, char *out)
{
	struct files *f = vfs->pAppData;

	return f->below->xGetLastError(f->below, len, out);
}

enum vault_err
files_new(struct files **out, const char *path)
{
	struct files *f;

	*out = NULL;
	if ((f = mem_zalloc(sizeof(*f))) == NULL)
		return VAULT_ENOMEM;
	f->below = sqlite3_vfs_find(test_vfs);
	if (f->below == NULL || (f->path = mem_text(path)) == NULL)
		goto fail;
	snprintf(f->name, sizeof(f->name), "amparo-file-%p", (void *)f);
	f->vfs = (sqlite3_vfs){
		.iVersion = 2,
		.szOsFile = f->below->szOsFile,
		.mxPathname = f->below->mxPathname,
		.zName = f->name,
		.pAppData = f,
		.xOpen = files_open,
		.xDelete = files_delete,
		.xAccess = files_access,
		.xFullPathname = files_full_path,
		.xRandomness = files_randomness,
		.xSleep = files_sleep,
		.xGetLastError = files_last_error,
		.xCurrentTimeInt64 = files_time,
	};
	if (sqlite3_vfs_register(&f->vfs, 0) != SQLITE_OK)
		goto fail;
	*out = f;
	return VAULT_OK;
fail:
	mem_free(f->path);
	mem_free(f);
	return VAULT_ENOMEM;
}

void
files_free(struct files *f)
{
	if (f == NULL)
		return;
	sqlite3_vfs_unregister(&f->vfs);
	mem_free(f->path);
	mem_free(f);
}

const char *
files_vfs(const struct files *f)
{
	return f->name;
}

bool
files_was_tricked(const struct files *f)
{
	return f->tricked;
}
