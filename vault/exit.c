/* SPDX-License-Identifier: ISC */
/*
 * exit.c - destroying: one record, or the vault.
 *
 * Both begin with keys.  What a key opened is gone with it, whatever the size
 * of it; taking the rest away comes afterwards and may fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "core/clock.h"
#include "core/io.h"
#include "core/random.h"
#include "core/secret.h"
#include "exchange/forget.h"
#include "record/forgotten_row.h"
#include "inside.h"
#include "record/keep.h"
#include "search/index.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

/* ---- One record ---- */

/* Our tombstone for r. */
static enum vault_err
sign_tombstone(
    struct tombstone *out, struct vault *v, const struct record_row *r)
{
	struct signer by;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = records_signer(&by, v->store)) != VAULT_OK)
		return err;
	memcpy(out->record, r->id, ID_LEN);
	memcpy(out->office, by.public_key, IDENTITY_PUBLIC_LEN);
	out->time = clock_now();
	err = tombstone_sign(out, by.key);
	secret_free(by.key);
	return err;
}

/* One commit: the key, the parts, the words. */
static enum vault_err
forget(struct vault *v, const struct record_row *r)
{
	struct store *s = v->store;
	struct lapse lapse = { 0 };
	struct tombstone ours;
	enum vault_err err;

	if ((err = sign_tombstone(&ours, v, r)) == VAULT_OK &&
	    (err = store_secure_delete(s, true)) == VAULT_OK &&
	    (err = index_remove(s, r)) == VAULT_OK &&
	    (err = forget_record(s, r, &ours, &lapse)) == VAULT_OK &&
	    (err = forget_scrub(s, &lapse)) == VAULT_OK &&
	    (err = records_log(v, "forget", r)) == VAULT_OK)
		err = store_commit(s);
	lapse_free(&lapse);
	return err;
}

enum vault_err
vault_forget(struct vault *v, const char *id, bool *unswept)
{
	struct record_row r;
	uint8_t bytes[ID_LEN];
	enum vault_err err;

	if (id_parse(bytes, id, strlen(id)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = rows_find(&r, v->store, bytes);
	if (err == VAULT_OK && r.forgotten)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK)
		err = forget(v, &r);
	store_abort(v->store);
	if (err == VAULT_OK) {
		bool left = vault_sweep(v) != VAULT_OK;

		if (unswept != NULL)
			*unswept = left;
	}
	return vault_failed(v, err);
}

/* ---- Which rows of lists were forgotten ---- */

enum vault_err
vault_forgotten_rows(uint64_t *n, struct vault *v)
{
	enum vault_err err = store_read(v->store);

	*n = 0;
	if (err == VAULT_OK)
		err = forgotten_row_count(n, v->store);
	store_read_end(v->store);
	return vault_failed(v, err);
}

enum vault_err
vault_forget_rows(struct vault *v)
{
	struct store *s = v->store;
	enum vault_err err;

	if ((err = store_begin(s)) == VAULT_OK &&
	    (err = store_secure_delete(s, true)) == VAULT_OK &&
	    (err = forgotten_row_drop_all(s)) == VAULT_OK &&
	    (err = store_scrub(s)) == VAULT_OK &&
	    (err = log_add(s, "forget-rows", "", 0)) == VAULT_OK)
		err = store_commit(s);
	store_abort(s);
	return vault_failed(v, err);
}

/* ---- What would be lost ---- */

static bool
note_backup(void *ctx, const struct log_entry *e)
{
	struct vault_losses *l = ctx;

	if (strcmp(e->what, "backup") == 0)
		l->last_backup = e->time;
	return true;
}

enum vault_err
vault_losses(struct vault_losses *out, struct vault *v)
{
	enum vault_err err;
	struct sql *q;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = log_each(v->store, 1, note_backup, out)) == VAULT_OK) {
		q = sql_open(v->store,
		    "SELECT count(*),count(*) FILTER (WHERE num IN"
		    " (SELECT record FROM version WHERE time>=?1))"
		    " FROM record WHERE key IS NOT NULL");
		sql_put_int(q, 1, out->last_backup);
		if ((err = sql_step(q, &row)) == VAULT_OK && row) {
			out->records = (uint64_t)sql_int(q, 0);
			out->only_here = (uint64_t)sql_int(q, 1);
		}
		sql_close(q);
	}
	store_read_end(v->store);
	return vault_failed(v, err);
}

/* ---- The vault ---- */

struct wiping {
	void *ctx;
	void (*step)(void *ctx, enum vault_wipe_step what, enum vault_err err);
	enum vault_err first; /* the first error, which is what is returned */
	int saved_errno;
};

static void
tell(struct wiping *w, enum vault_wipe_step what, enum vault_err err)
{
	if (err != VAULT_OK && w->first == VAULT_OK) {
		w->first = err;
		w->saved_errno = errno;
	}
	w->step(w->ctx, what, err);
}

/* Random bytes over both copies, synced: after this nothing opens. */
static enum vault_err
overwrite_keys(int dir, const char *name)
{
	uint8_t noise[KEYS_FILE_LEN];
	enum vault_err err;
	int fd;

	if ((err = io_open(&fd, dir, name, IO_CHANGE)) != VAULT_OK)
		return err;
	random_fill(noise, sizeof(noise));
	if ((err = io_write(fd, noise, sizeof(noise), 0)) == VAULT_OK)
		err = io_sync(fd);
	io_close(fd);
	return err;
}

static void
wipe_keys(struct wiping *w, int dir, const char *name)
{
	enum vault_err err = overwrite_keys(dir, name);

	tell(w, VAULT_WIPE_KEYS, err);
	tell(w, VAULT_WIPE_KEYS_FILE, io_unlink(dir, name));
}

enum vault_err
vault_wipe(const struct vault_place *place,
    void (*step)(void *ctx, enum vault_wipe_step what, enum vault_err err),
    void *ctx)
{
	struct wiping w = { ctx, step, VAULT_OK, 0 };
	struct place_names names = { 0 };
	enum vault_err err;
	int dir;

	if ((err = io_open_dir(&dir, place->folder)) != VAULT_OK)
		return err == VAULT_EABSENT ? VAULT_ENOVAULT : err;
	/* A folder that is no vault is not touched. */
	err = VAULT_ENOVAULT;
	if (!io_exists(dir, "keys") && place->keys == NULL &&
	    !store_is_there(dir))
		goto out;
	if (place->keys != NULL)
		wipe_keys(&w, AT_FDCWD, place->keys);
	if (io_exists(dir, "keys"))
		wipe_keys(&w, dir, "keys");
	tell(&w, VAULT_WIPE_CELLS, store_unlink(dir));
	tell(&w, VAULT_WIPE_SYNC, io_sync(dir));
	if ((err = place_names(&names, place->folder)) == VAULT_OK)
		tell(&w, VAULT_WIPE_FOLDER,
		    io_rmdir(AT_FDCWD, buf_text(&names.final)));
	errno = w.saved_errno;
	err = w.first;
out:
	place_names_free(&names);
	io_close(dir);
	return err;
}
