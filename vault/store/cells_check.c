/* SPDX-License-Identifier: ISC */
/* cells_check.c - a full pass over cells.db. */
#include "core/secret.h"
#include "store/cells_inside.h"
#include "store/sqlite.h"

static enum vault_err
check_row(struct cells *c, const struct cells_check *how, sqlite3_stmt *all,
    uint64_t *next, uint8_t sum[static HASH_LEN])
{
	uint8_t plain[CELL_PLAIN_LEN], t[HASH_LEN];
	sqlite3_int64 n = sqlite3_column_int64(all, 0);
	const uint8_t *body;
	enum vault_err err = VAULT_OK;

	if (n < 0 || (uint64_t)n > c->root.count) {
		how->found(how->ctx, CELLS_FOREIGN, n);
		return VAULT_OK;
	}
	for (; *next < (uint64_t)n; (*next)++)
		how->found(how->ctx, CELLS_MISSING, (int64_t)*next);
	*next = (uint64_t)n + 1;
	if (sqlite3_column_type(all, 1) != SQLITE_BLOB ||
	    sqlite3_column_bytes(all, 1) != CELL_LEN) {
		how->found(how->ctx, CELLS_BROKEN, n);
		return VAULT_OK;
	}
	if ((body = sqlite3_column_blob(all, 1)) == NULL)
		return VAULT_ENOMEM;
	if (n > 0 && (err = cells_term(c, t, (uint64_t)n, body)) == VAULT_OK)
		cells_sum_add(sum, t);
	if (err == VAULT_OK && how->open_all) {
		err = seal_open_in(plain, c->ring, KEY_CELL, body, CELL_LEN,
		    cells_associated(c, (uint64_t)n), AD_LEN);
		bytes_wipe(plain, sizeof(plain));
		if (err == VAULT_EDAMAGED) {
			how->found(how->ctx, CELLS_BROKEN, n);
			err = VAULT_OK;
		}
	}
	return err;
}

static enum vault_err
check_rows(struct cells *c, const struct cells_check *how)
{
	sqlite3_stmt *all = NULL;
	uint8_t sum[HASH_LEN] = { 0 };
	uint64_t next = 0, done = 0;
	enum vault_err err = VAULT_OK;
	int r;

	r = sqlite3_prepare_v2(
	    c->db, "SELECT n, body FROM cell ORDER BY n", -1, &all, NULL);
	while (r == SQLITE_OK || r == SQLITE_ROW) {
		if ((r = sqlite3_step(all)) != SQLITE_ROW)
			break;
		if ((err = check_row(c, how, all, &next, sum)) != VAULT_OK)
			goto out;
		err = VAULT_ECANCELED;
		if (done++ % 256 == 0 && how->progress != NULL &&
		    !how->progress(how->ctx, done, c->root.count + 1))
			goto out;
		err = VAULT_OK;
	}
	if (r != SQLITE_DONE) {
		err = cells_db_fail(c, r);
		goto out;
	}
	for (; next <= c->root.count; next++)
		how->found(how->ctx, CELLS_MISSING, (int64_t)next);
	if (!bytes_equal(sum, c->root.sum, HASH_LEN))
		how->found(how->ctx, CELLS_SUM, 0);
	if (how->progress != NULL && !how->progress(how->ctx, done, done))
		err = VAULT_ECANCELED;
out:
	sqlite3_finalize(all);
	return err;
}

/* SQLite's own look at the structure of the outer file. */
static enum vault_err
check_structure(struct cells *c, const struct cells_check *how)
{
	enum vault_err err;
	bool sound;

	err = sqlite_sound(&sound, c->db);
	if (err == VAULT_EDAMAGED || (err == VAULT_OK && !sound)) {
		how->found(how->ctx, CELLS_OUTER, 0);
		err = VAULT_OK;
	}
	return err;
}

/* No free page and nothing behind the last: no room for anything else. */
static enum vault_err
check_room(struct cells *c, const struct cells_check *how)
{
	sqlite3_int64 pages = 0, unused = 0;
	enum vault_err err;
	uint64_t size;

	if ((err = sqlite_int(&unused, c->db, "PRAGMA freelist_count")) !=
		VAULT_OK ||
	    (err = sqlite_int(&pages, c->db, "PRAGMA page_count")) !=
		VAULT_OK ||
	    (err = cells_file_size(c, &size)) != VAULT_OK)
		return err;
	if (unused != 0 || size != (uint64_t)pages * OUTER_PAGE)
		how->found(how->ctx, CELLS_ROOM, 0);
	return VAULT_OK;
}

enum vault_err
cells_check(struct cells *c, const struct cells_check *how)
{
	enum vault_err err;

	if ((err = cells_begin_read(c)) != VAULT_OK)
		return err;
	if (how->open_all)
		err = check_structure(c, how);
	if (err == VAULT_OK)
		err = check_rows(c, how);
	if (err == VAULT_OK && how->open_all)
		err = check_room(c, how);
	if (err == VAULT_EDAMAGED) {
		how->found(how->ctx, CELLS_OUTER, 0);
		err = VAULT_OK;
	}
	cells_end(c);
	return err;
}
