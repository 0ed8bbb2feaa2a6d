/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/random.h"
#include "core/secret.h"
#include "store/cells.h"
#include "store/pages.h"

_Static_assert(PAGE_LEN - PAGE_RESERVE == CELL_PLAIN_LEN, "a page is a cell");

struct pages {
	sqlite3_vfs vfs;
	char name[32];
	struct cells *cells;
	enum vault_err err;
};

struct file {
	sqlite3_file base;
	struct pages *pages;
	int lock;
	bool snapshot; /* our lock opened the outer snapshot */
};

static int
failed(struct pages *p, enum vault_err err, int result)
{
	if (p->err == VAULT_OK)
		p->err = err;
	if (err == VAULT_EBUSY)
		return SQLITE_BUSY;
	return err == VAULT_ENOMEM ? SQLITE_IOERR_NOMEM : result;
}

static int
file_close(sqlite3_file *f)
{
	struct file *file = (struct file *)f;

	if (file->snapshot)
		cells_end(file->pages->cells);
	return SQLITE_OK;
}

/* A whole page: the cell, and zeros where the reserve is. */
static int
read_page(struct pages *p, uint64_t n, uint8_t page[static PAGE_LEN])
{
	enum vault_err err = cells_get(p->cells, n, page);

	memset(page + CELL_PLAIN_LEN, 0, PAGE_RESERVE);
	if (err == VAULT_OK)
		return SQLITE_OK;
	memset(page, 0, CELL_PLAIN_LEN);
	return failed(p, err, SQLITE_IOERR_READ);
}

/* Inside a transaction: a page, or a part of one. */
static int
read_part(struct pages *p, void *to, size_t len, uint64_t offset)
{
	uint64_t n = offset / PAGE_LEN + 1;
	size_t within = (size_t)(offset % PAGE_LEN);
	uint8_t page[PAGE_LEN];
	int r;

	if (n > cells_root(p->cells)->count) {
		/* Beyond the file, and only there: a short read. */
		memset(to, 0, len);
		return SQLITE_IOERR_SHORT_READ;
	}
	if (within == 0 && len == PAGE_LEN)
		return read_page(p, n, to);
	/* Parts of page 1: its header, its change counter. */
	if (within + len > PAGE_LEN)
		return failed(p, VAULT_EUSE, SQLITE_IOERR_READ);
	if ((r = read_page(p, n, page)) == SQLITE_OK)
		memcpy(to, page + within, len);
	bytes_wipe(page, sizeof(page));
	return r;
}

static int
file_read(sqlite3_file *f, void *to, int len, sqlite3_int64 offset)
{
	struct pages *p = ((struct file *)f)->pages;
	enum vault_err err;
	int r;

	if (cells_in_read(p->cells) || cells_in_write(p->cells))
		return read_part(p, to, (size_t)len, (uint64_t)offset);
	/* SQLite looks at the header before it has taken any lock. */
	if ((err = cells_begin_read(p->cells)) != VAULT_OK)
		return failed(p, err, SQLITE_IOERR_READ);
	r = read_part(p, to, (size_t)len, (uint64_t)offset);
	cells_end(p->cells);
	return r;
}

static int
file_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 offset)
{
	struct pages *p = ((struct file *)f)->pages;
	enum vault_err err = VAULT_EUSE;

	if (len == PAGE_LEN && offset % PAGE_LEN == 0)
		err = cells_put(
		    p->cells, (uint64_t)offset / PAGE_LEN + 1, from);
	return err == VAULT_OK ? SQLITE_OK : failed(p, err, SQLITE_IOERR_WRITE);
}

static int
file_truncate(sqlite3_file *f, sqlite3_int64 len)
{
	static const uint8_t zeros[CELL_PLAIN_LEN];
	struct pages *p = ((struct file *)f)->pages;
	uint64_t count = cells_root(p->cells)->count;
	enum vault_err err = VAULT_OK;

	for (uint64_t n = ((uint64_t)len + PAGE_LEN - 1) / PAGE_LEN + 1;
	     err == VAULT_OK && n <= count; n++)
		err = cells_put(p->cells, n, zeros);
	return err == VAULT_OK ? SQLITE_OK
			       : failed(p, err, SQLITE_IOERR_TRUNCATE);
}

static int
file_sync(sqlite3_file *f, int flags)
{
	/* The outer commit makes things durable. */
	(void)f;
	(void)flags;
	return SQLITE_OK;
}

static int
file_size(sqlite3_file *f, sqlite3_int64 *out)
{
	struct pages *p = ((struct file *)f)->pages;

	*out = (sqlite3_int64)(cells_root(p->cells)->count * PAGE_LEN);
	return SQLITE_OK;
}

static int
file_lock(sqlite3_file *f, int lock)
{
	struct file *file = (struct file *)f;
	struct pages *p = file->pages;
	enum vault_err err = VAULT_OK;

	if (lock >= SQLITE_LOCK_RESERVED && !cells_in_write(p->cells))
		return failed(p, VAULT_EUSE, SQLITE_IOERR_LOCK);
	if (file->lock < SQLITE_LOCK_SHARED && !cells_in_read(p->cells) &&
	    !cells_in_write(p->cells)) {
		if ((err = cells_begin_read(p->cells)) != VAULT_OK)
			return failed(p, err, SQLITE_IOERR_LOCK);
		file->snapshot = true;
	}
	if (lock > file->lock)
		file->lock = lock;
	return SQLITE_OK;
}

static int
file_unlock(sqlite3_file *f, int lock)
{
	struct file *file = (struct file *)f;

	file->lock = lock;
	if (lock == SQLITE_LOCK_NONE && file->snapshot) {
		cells_end(file->pages->cells);
		file->snapshot = false;
	}
	return SQLITE_OK;
}

static int
file_check_reserved(sqlite3_file *f, int *out)
{
	/* There is no other connection to this file: no hot journal either. */
	(void)f;
	*out = 0;
	return SQLITE_OK;
}

static int
file_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
file_sector_size(sqlite3_file *f)
{
	(void)f;
	return PAGE_LEN;
}

static int
file_characteristics(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
};

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags,
    int *out_flags)
{
	struct file *file = (struct file *)f;

	memset(file, 0, sizeof(*file));
	(void)name;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	file->base.pMethods = &methods;
	file->pages = vfs->pAppData;
	if (out_flags != NULL)
		*out_flags = flags;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_IOERR_DELETE_NOENT;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	(void)vfs;
	(void)name;
	(void)flags;
	*out = 0; /* there is no journal, ever */
	return SQLITE_OK;
}

static int
vfs_full_path(sqlite3_vfs *vfs, const char *name, int len, char *out)
{
	(void)vfs;
	sqlite3_snprintf(len, out, "%s", name);
	return SQLITE_OK;
}

static int
vfs_randomness(sqlite3_vfs *vfs, int len, char *out)
{
	(void)vfs;
	random_fill(out, (size_t)len);
	return len;
}

static int
vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

static int
vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	(void)vfs;
	/* Julian days of the Unix epoch, in milliseconds. */
	*out = 210866760000000 + clock_now() * 1000;
	return SQLITE_OK;
}

enum vault_err
pages_new(struct pages **out, struct cells *c)
{
	struct pages *p;

	*out = NULL;
	if ((p = mem_zalloc(sizeof(*p))) == NULL)
		return VAULT_ENOMEM;
	p->cells = c;
	snprintf(p->name, sizeof(p->name), "amparo-%p", (void *)p);
	p->vfs = (sqlite3_vfs){
		.iVersion = 2,
		.szOsFile = sizeof(struct file),
		.mxPathname = 64,
		.zName = p->name,
		.pAppData = p,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTimeInt64 = vfs_time,
	};
	if (sqlite3_vfs_register(&p->vfs, 0) != SQLITE_OK) {
		mem_free(p);
		return VAULT_ENOMEM;
	}
	*out = p;
	return VAULT_OK;
}

void
pages_free(struct pages *p)
{
	if (p == NULL)
		return;
	sqlite3_vfs_unregister(&p->vfs);
	mem_free(p);
}

const char *
pages_vfs(const struct pages *p)
{
	return p->name;
}

enum vault_err
pages_take_error(struct pages *p)
{
	enum vault_err err = p->err;

	p->err = VAULT_OK;
	return err;
}
