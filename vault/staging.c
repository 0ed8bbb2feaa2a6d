/* SPDX-License-Identifier: ISC */
/*
 * staging.c - what an attach or an import stages, and that none of it stays.
 *
 * Bytes are committed before anything points to them.  Whoever stages holds
 * the folder (io_hold, shared) meanwhile, and takes away what it does not
 * publish.  If it was killed, the next one that opens the vault finds nobody
 * holding the folder, and takes it away at once.  Where folders cannot be
 * held, or somebody is at work, only what is older than a day goes.
 */
#include "core/io.h"
#include "inside.h"
#include "record/attach.h"
#include "store/store.h"

/*
 * Also what was forgotten; in commits of their own, of bounded size.  All is
 * overwritten: the key that opens it may still be here.
 */
enum vault_err
vault_sweep(struct vault *v)
{
	enum vault_err err;
	bool left, alone;
	int held;

	alone = io_hold(&held, v->folder, true) == VAULT_OK;
	do {
		if ((err = store_begin(v->store)) != VAULT_OK)
			break;
		if ((err = store_secure_delete(v->store, true)) == VAULT_OK &&
		    (err = attach_sweep(&left, v->store, alone)) == VAULT_OK &&
		    left)
			err = store_commit(v->store);
		store_abort(v->store);
	} while (err == VAULT_OK && left);
	io_close(held);
	return err;
}

enum vault_err
staging_begin(int *held, struct vault *v)
{
	enum vault_err err = vault_sweep(v);

	*held = -1;
	if (err == VAULT_OK && io_hold(held, v->folder, false) != VAULT_OK)
		*held = -1; /* cannot be held here: the rule of a day serves */
	return err;
}

void
staging_end(int held, struct vault *v, const struct buf *nums)
{
	const int64_t *num = (const int64_t *)(const void *)nums->bytes;
	enum vault_err err = VAULT_OK;
	bool left = false;

	/* What fails here is done when the vault is opened next. */
	store_abort(v->store);
	for (size_t i = 0; err == VAULT_OK && i < nums->len / sizeof(*num);) {
		if ((err = store_begin(v->store)) != VAULT_OK)
			break;
		if ((err = store_secure_delete(v->store, true)) == VAULT_OK)
			err = attach_drop(&left, v->store, num[i]);
		if (err == VAULT_OK)
			err = store_commit(v->store);
		store_abort(v->store);
		i += !left;
	}
	io_close(held);
}

/* Somebody else's turn is no reason to wait: it is done another time. */
void
vault_tidy(struct vault *v)
{
	bool unended = false;

	if (store_is_read_only(v->store) || store_read(v->store) != VAULT_OK)
		return;
	if (attach_last_is_unended(&unended, v->store) != VAULT_OK)
		unended = false;
	store_read_end(v->store);
	if (!unended)
		return;
	store_on_busy(v->store, 0, NULL, NULL);
	if (vault_sweep(v) != VAULT_OK)
		store_abort(v->store);
	vault_on_busy(v, v->waiting, v->waiting_ctx);
}
