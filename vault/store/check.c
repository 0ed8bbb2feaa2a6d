/* SPDX-License-Identifier: ISC */
#include "store/check.h"
#include "store/inner.h"
#include "store/log.h"
#include "store/sqlite.h"

struct counting {
	const struct check_how *how;
	uint64_t found;
	uint64_t broken;
	uint64_t cells; /* of which progress is told */
};

/* Steps of SQLite between two questions whether to go on. */
#define STEPS 100000

static void
tell(struct counting *c, enum check_finding what, int64_t n)
{
	c->found++;
	c->how->found(c->how->ctx, what, n);
}

static void
cell_found(void *ctx, enum cells_finding what, int64_t n)
{
	static const enum check_finding as[] = {
		[CELLS_OUTER] = CHECK_OUTER,
		[CELLS_MISSING] = CHECK_MISSING,
		[CELLS_BROKEN] = CHECK_BROKEN,
		[CELLS_FOREIGN] = CHECK_FOREIGN,
		[CELLS_ROOM] = CHECK_ROOM,
	};
	struct counting *c = ctx;

	if (what != CELLS_SUM) {
		c->broken++;
		tell(c, as[what], n);
	} else if (c->broken == 0) {
		/* Else the sum differs because of what was named already. */
		tell(c, CHECK_SUM, 0);
	}
}

static bool
cell_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct counting *c = ctx;
	const struct check_how *how = c->how;

	c->cells = total;
	return how->progress == NULL || how->progress(how->ctx, done, total);
}

/* All cells were looked at; what is left has no measure, but can be stopped. */
static int
inner_progress(void *ctx)
{
	struct counting *c = ctx;

	return !cell_progress(c, c->cells, c->cells);
}

/* SQLite's own check of the inner database, in one snapshot. */
static enum vault_err
check_inner(struct store *s, struct counting *c)
{
	enum vault_err err;
	bool sound;

	sqlite3_progress_handler(s->db, STEPS, inner_progress, c);
	err = sqlite_sound(&sound, s->db);
	sqlite3_progress_handler(s->db, 0, NULL, NULL);
	/* The pages know why one could not be read; SQLite only that. */
	if (err == VAULT_OK && !sound)
		err = inner_fail(s, SQLITE_CORRUPT);
	else if (err != VAULT_OK && err != VAULT_ENOMEM &&
	    err != VAULT_ECANCELED)
		err = inner_fail(s, sqlite3_extended_errcode(s->db));
	if (err == VAULT_EDAMAGED) {
		tell(c, CHECK_INNER, 0);
		err = VAULT_OK;
	}
	return err;
}

static enum vault_err
check_log(struct store *s, struct counting *c)
{
	enum vault_err err;
	uint64_t seq;

	if ((err = log_check(s, &seq)) == VAULT_EDAMAGED) {
		tell(c, CHECK_LOG, (int64_t)seq);
		err = VAULT_OK;
	}
	return err;
}

enum vault_err
check_store(struct store *s, const struct check_how *how)
{
	struct counting c = { .how = how };
	struct cells_check cells = {
		.open_all = !how->quick,
		.ctx = &c,
		.found = cell_found,
		.progress = cell_progress,
	};
	enum vault_err err;

	if ((err = cells_check(s->cells, &cells)) != VAULT_OK)
		return keyring_is_gone(s->ring) ? VAULT_ELOCKED : err;
	if (how->quick)
		return VAULT_OK;
	if ((err = store_read(s)) != VAULT_OK) {
		/* What keeps it from being read has been named above. */
		return err == VAULT_EDAMAGED && c.found > 0 ? VAULT_OK : err;
	}
	/* It looks up every row in every index. */
	if ((err = store_wide(s, true)) == VAULT_OK &&
	    (err = check_inner(s, &c)) == VAULT_OK &&
	    (err = check_log(s, &c)) == VAULT_OK)
		err = store_wide(s, false);
	store_read_end(s);
	return err;
}
