/* SPDX-License-Identifier: ISC */
#include "core/io.h"
#include "core/mem.h"
#include "store/backup.h"
#include "store/inner.h"

#define BLOCK (256 * 1024)

/* Copy the bytes, through the handle that holds the lock. */
static enum vault_err
copy_bytes(struct store *s, int fd,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
	uint8_t *block = mem_alloc(BLOCK);
	enum vault_err err = VAULT_OK;
	uint64_t size, at = 0;

	if (block == NULL)
		return VAULT_ENOMEM;
	if ((err = cells_file_size(s->cells, &size)) != VAULT_OK)
		goto out;
	while (err == VAULT_OK && at < size) {
		size_t n = size - at < BLOCK ? (size_t)(size - at) : BLOCK;

		if ((err = cells_file_read(s->cells, block, n, at)) !=
			VAULT_OK ||
		    (err = io_write(fd, block, n, at)) != VAULT_OK)
			break;
		at += n;
		if (progress != NULL && !progress(ctx, at, size))
			err = VAULT_ECANCELED;
	}
	if (err == VAULT_OK)
		err = io_sync(fd);
out:
	mem_free(block);
	return err;
}

enum vault_err
backup_cells(struct store *s, int dir,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
	enum vault_err err;
	int fd;

	if ((err = io_open(&fd, dir, CELLS_FILE, IO_CREATE)) != VAULT_OK)
		return err;
	if ((err = cells_begin_read(s->cells)) == VAULT_OK) {
		err = copy_bytes(s, fd, progress, ctx);
		cells_end(s->cells);
	}
	io_close(fd);
	return err;
}
