/* SPDX-License-Identifier: ISC */
/*
 * Any bytes are a query: they parse, become SQL that SQLite prepares and
 * runs, and a snippet of themselves is cut with them.
 *
 *	clang -fsanitize=fuzzer,address,undefined ...
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/buf.h"
#include "search/query.h"
#include "search/snippet.h"
#include "search/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char tables[] =
    "CREATE TABLE item(num INTEGER PRIMARY KEY);"
    "CREATE VIRTUAL TABLE find USING fts5(body, names, title, content='',"
    " tokenize='amparo');"
    "CREATE TABLE value(field INTEGER, key TEXT, num INTEGER,"
    " PRIMARY KEY(field, key, num)) WITHOUT ROWID;"
    "INSERT INTO item VALUES (1), (2);"
    "INSERT INTO find(rowid, names, title, body) VALUES"
    " (1, 'Teng Biao', 'a', 'the lawyer O''Brien x y z'),"
    " (2, '腾彪', 'b', '人权律师腾彪被带走');"
    "INSERT INTO value VALUES (1, 'person', 1), (10, 'x', 2),"
    " (15, '0000000080003a98', 1), (15, '80003a98ffffffff', 2);";

static void
must(int yes)
{
	if (!yes)
		abort();
}

static sqlite3 *
open_tables(void)
{
	sqlite3 *db;

	must(sqlite3_open(":memory:", &db) == SQLITE_OK);
	must(words_register(db) == VAULT_OK);
	must(sqlite3_exec(db, tables, NULL, NULL, NULL) == SQLITE_OK);
	return db;
}

static void
run(sqlite3 *db, const struct query_sql *sql)
{
	struct buf text = { 0 };
	sqlite3_stmt *stmt;
	int rc = SQLITE_OK;

	buf_putf(&text, "SELECT item.num FROM %s ORDER BY %s",
	    buf_text(&sql->from), sql->rank != NULL ? sql->rank : "item.num");
	must(sqlite3_prepare_v2(db, buf_text(&text), -1, &stmt, NULL) ==
	    SQLITE_OK);
	must((size_t)sqlite3_bind_parameter_count(stmt) == sql->n_params);
	for (size_t i = 0; i < sql->n_params && rc == SQLITE_OK; i++) {
		const struct query_param *p = &sql->params[i];

		if (p->is_text)
			rc = sqlite3_bind_text(stmt, (int)i + 1,
			    query_param_text(sql, p), (int)p->len,
			    SQLITE_STATIC);
		else
			rc = sqlite3_bind_int64(stmt, (int)i + 1, p->number);
	}
	must(rc == SQLITE_OK);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		;
	must(rc == SQLITE_DONE);
	sqlite3_finalize(stmt);
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static sqlite3 *db;
	struct query_sql sql;
	struct snippet snippet;
	struct query *q;

	if (db == NULL)
		db = open_tables();
	must(query_parse(&q, data, len) == VAULT_OK);
	must(query_sql(&sql, q) == VAULT_OK);
	run(db, &sql);
	must(snippet_make(&snippet, q, data, len, 40) == VAULT_OK);
	for (size_t i = 0; i < snippet.n_hits; i++)
		must(snippet.hits[i].start < snippet.hits[i].end &&
		    snippet.hits[i].end <= snippet.text.len);
	snippet_free(&snippet);
	query_sql_free(&sql);
	query_free(q);
	return 0;
}
