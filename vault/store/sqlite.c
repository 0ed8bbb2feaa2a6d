/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "core/mem.h"
#include "store/sqlite.h"

static void *
alloc(int len)
{
	return len <= 0 ? NULL : mem_alloc((size_t)len);
}

static void *
resize(void *p, int len)
{
	return mem_realloc(p, (size_t)len);
}

static int
size_of(void *p)
{
	return (int)mem_len(p);
}

static int
round_up(int len)
{
	return (len + 7) & ~7;
}

static int
start(void *ctx)
{
	(void)ctx;
	return SQLITE_OK;
}

static void
stop(void *ctx)
{
	(void)ctx;
}

enum vault_err
sqlite_setup(void)
{
	static const sqlite3_mem_methods methods = {
		.xMalloc = alloc,
		.xFree = mem_free,
		.xRealloc = resize,
		.xSize = size_of,
		.xRoundup = round_up,
		.xInit = start,
		.xShutdown = stop,
	};

	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_URI, 0) != SQLITE_OK ||
	    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK)
		return VAULT_EIO;
	return sqlite_err(sqlite3_initialize());
}

enum vault_err
sqlite_err(int result)
{
	switch (result & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return VAULT_OK;
	case SQLITE_NOMEM:
		return VAULT_ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return VAULT_EBUSY;
	case SQLITE_INTERRUPT:
	case SQLITE_ABORT:
		return VAULT_ECANCELED;
	case SQLITE_FULL:
	case SQLITE_READONLY:
		return VAULT_ESPACE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
		return VAULT_EDAMAGED;
	default:
		return VAULT_EIO;
	}
}

enum vault_err
sqlite_run(sqlite3 *db, const char *sql)
{
	return sqlite_err(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

enum vault_err
sqlite_int(sqlite3_int64 *out, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	enum vault_err err;
	int r;

	*out = 0;
	r = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (r == SQLITE_OK && (r = sqlite3_step(stmt)) == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	err = sqlite_err(r);
	sqlite3_finalize(stmt);
	return err;
}

/* More than one page and its frame: without it nothing can be looked at. */
#define PROBE 65536

enum vault_err
sqlite_sound(bool *out, sqlite3 *db)
{
	sqlite3_int64 sound = 0;
	enum vault_err err = VAULT_OK;
	void *probe;

	for (int turn = 0; err == VAULT_OK && !sound && turn < 2; turn++) {
		if ((probe = mem_alloc(PROBE)) == NULL)
			return VAULT_ENOMEM;
		mem_free(probe);
		err = sqlite_int(&sound, db,
		    "SELECT count(*)=1 AND min(integrity_check)='ok'"
		    " FROM pragma_integrity_check");
	}
	*out = err == VAULT_OK && sound;
	return err;
}

enum vault_err
sqlite_harden(sqlite3 *db)
{
	static const struct {
		int what, on;
	} config[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	};

	sqlite3_extended_result_codes(db, 1);
	for (size_t i = 0; i < sizeof(config) / sizeof(config[0]); i++)
		if (sqlite3_db_config(db, config[i].what, config[i].on, NULL) !=
		    SQLITE_OK)
			return VAULT_EIO;
	/* Every pragma is set, none inherited from how SQLite was built. */
	return sqlite_run(db,
	    "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
	    "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF;"
	    "PRAGMA locking_mode=NORMAL; PRAGMA recursive_triggers=OFF");
}

enum vault_err
sqlite_schema_is(sqlite3 *db, const char *const *statements, size_t n)
{
	sqlite3_stmt *stmt = NULL;
	enum vault_err err;
	size_t i = 0;
	int r;

	r = sqlite3_prepare_v2(db,
	    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
	    " ORDER BY rowid",
	    -1, &stmt, NULL);
	while (r == SQLITE_OK || r == SQLITE_ROW) {
		const char *sql;

		if ((r = sqlite3_step(stmt)) != SQLITE_ROW)
			break;
		sql = (const char *)sqlite3_column_text(stmt, 0);
		if (sql == NULL && sqlite3_errcode(db) == SQLITE_NOMEM)
			r = SQLITE_NOMEM;
		else if (sql == NULL || i == n ||
		    strcmp(sql, statements[i++]) != 0)
			r = SQLITE_CORRUPT;
	}
	err = r == SQLITE_DONE && i != n ? VAULT_EDAMAGED : sqlite_err(r);
	sqlite3_finalize(stmt);
	return err;
}
