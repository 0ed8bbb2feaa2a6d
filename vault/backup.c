/* SPDX-License-Identifier: ISC */
/*
 * backup.c - whole copies of a vault.
 *
 * A copy is built beside its place, in FOLDER.unfinished, verified there, and
 * only then given its name; so a folder of that name is a good copy.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/io.h"
#include "core/mem.h"
#include "exchange/chain.h"
#include "inside.h"
#include "store/backup.h"
#include "store/check.h"
#include "store/log.h"
#include "store/store.h"

/* What the caller is told: writing is one half of it, and looking the other. */
struct halves {
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
	uint64_t size; /* of what was written */
	unsigned found;
};

static bool
write_step(void *ctx, uint64_t done, uint64_t total)
{
	struct halves *h = ctx;

	h->size = total;
	return h->progress == NULL || h->progress(h->ctx, done, 2 * total);
}

static bool
look_step(void *ctx, uint64_t done, uint64_t total)
{
	const struct halves *h = ctx;
	double part = total == 0 ? 1 : (double)done / (double)total;

	return h->progress == NULL ||
	    h->progress(h->ctx, h->size + (uint64_t)(part * (double)h->size),
		2 * h->size);
}

static void
count(void *ctx, enum check_finding what, int64_t n)
{
	(void)what;
	(void)n;
	((struct halves *)ctx)->found++;
}

static enum vault_err
open_copy(struct store **out, const char *folder, const struct keyring *ring)
{
	struct vault_fault fault;
	enum vault_err err;
	char *path;

	*out = NULL;
	if ((err = vault_resolve_path(&path, folder)) != VAULT_OK)
		return err;
	err = store_open(out, path, ring, vault_ready, NULL, &fault);
	mem_free(path);
	return err;
}

/* Open the copy with the same key, and look at all of it. */
static enum vault_err
verify(const char *folder, const struct keyring *ring, struct halves *h)
{
	struct check_how how = {
		.ctx = h, .found = count, .progress = look_step
	};
	struct store *copy;
	enum vault_err err;

	err = open_copy(&copy, folder, ring);
	if (err != VAULT_OK)
		return err;
	if ((err = check_store(copy, &how)) == VAULT_OK && h->found > 0)
		err = VAULT_EDAMAGED;
	store_close(copy);
	return err;
}

static enum vault_err
write_copy(struct vault *v, const char *work, struct halves *h)
{
	struct keys keys;
	enum vault_err err;
	int dir = -1;

	if ((err = vault_keys_read(&keys, v)) != VAULT_OK ||
	    (err = io_mkdir(AT_FDCWD, work)) != VAULT_OK ||
	    (err = io_open_dir(&dir, work)) != VAULT_OK)
		return err;
	if ((err = backup_cells(v->store, dir, write_step, h)) == VAULT_OK &&
	    (err = keys_create(&keys, dir, "keys")) == VAULT_OK)
		err = io_sync(dir);
	io_close(dir);
	return err;
}

static enum vault_err
log_it(struct store *s, const char *what)
{
	enum vault_err err;

	if (store_is_read_only(s))
		return VAULT_OK;
	if ((err = store_begin(s)) == VAULT_OK &&
	    (err = log_add(s, what, "", 0)) == VAULT_OK)
		err = store_commit(s);
	store_abort(s);
	return err;
}

/* In the copy itself: where it came from belongs to its history. */
static enum vault_err
log_in_copy(const char *folder, const struct keyring *ring)
{
	struct store *copy;
	enum vault_err err;

	err = open_copy(&copy, folder, ring);
	if (err != VAULT_OK)
		return err;
	/* It may go on beside the one that it was copied from. */
	if ((err = store_begin(copy)) == VAULT_OK &&
	    (err = chain_renew(copy)) == VAULT_OK &&
	    (err = log_add(copy, "restore", "", 0)) == VAULT_OK)
		err = store_commit(copy);
	store_abort(copy);
	store_close(copy);
	return err;
}

static enum vault_err
copy_to(struct vault *v, const char *folder, bool restoring,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
	struct halves h = { .progress = progress, .ctx = ctx };
	struct place_names names = { 0 };
	const char *work;
	enum vault_err err;

	if ((err = place_names(&names, folder)) != VAULT_OK ||
	    (err = place_clear(&names)) != VAULT_OK)
		goto out;
	work = buf_text(&names.work);
	if ((err = write_copy(v, work, &h)) == VAULT_OK &&
	    (err = verify(work, v->key->ring, &h)) == VAULT_OK && restoring)
		err = log_in_copy(work, v->key->ring);
	if (err == VAULT_OK)
		err = place_publish(&names);
	if (err != VAULT_OK) {
		enum vault_err ignored = place_clear_work(&names);

		(void)ignored; /* the first error is the one to tell */
	}
out:
	place_names_free(&names);
	return err;
}

enum vault_err
vault_backup(struct vault *v, const char *folder,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
	enum vault_err err = copy_to(v, folder, false, progress, ctx);

	return err == VAULT_OK ? log_it(v->store, "backup") : err;
}

enum vault_err
vault_restore(struct vault *backup, const char *folder,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
	return copy_to(backup, folder, true, progress, ctx);
}
