/* SPDX-License-Identifier: ISC */
#include "store/inner.h"

/* clang-format off */
const char *const inner_schema[] = {
	"CREATE TABLE passphrase(slot INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, added INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT",
	"CREATE TABLE keys(state INTEGER PRIMARY KEY CHECK(state IN (0,1)), mac BLOB NOT NULL, what TEXT NOT NULL, slot INTEGER NOT NULL, name TEXT NOT NULL) STRICT",
	"CREATE TABLE office(id INTEGER PRIMARY KEY CHECK(id=1), name TEXT NOT NULL, made INTEGER NOT NULL, public BLOB NOT NULL, secret BLOB NOT NULL) STRICT",
	"CREATE TABLE machine(id BLOB PRIMARY KEY, first INTEGER NOT NULL) STRICT, WITHOUT ROWID",
	"CREATE TABLE log(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL) STRICT",
};
/* clang-format on */

const size_t inner_schema_len = sizeof(inner_schema) / sizeof(inner_schema[0]);
