/* SPDX-License-Identifier: ISC */
#include "store/inner.h"

/* clang-format off */
const char *const inner_schema[] = {
	"CREATE TABLE passphrase(slot INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, added INTEGER NOT NULL, changed INTEGER NOT NULL, seal BLOB NOT NULL) STRICT",
	"CREATE TABLE keys(state INTEGER PRIMARY KEY CHECK(state IN (0,1)), mac BLOB NOT NULL, what TEXT NOT NULL, slot INTEGER NOT NULL, name TEXT NOT NULL) STRICT",
	"CREATE TABLE office(id INTEGER PRIMARY KEY CHECK(id=1), name TEXT NOT NULL, made INTEGER NOT NULL, public BLOB NOT NULL, secret BLOB NOT NULL) STRICT",
	"CREATE TABLE machine(id BLOB PRIMARY KEY, first INTEGER NOT NULL) STRICT, WITHOUT ROWID",
	"CREATE TABLE log(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL) STRICT",
	"CREATE TABLE record(num INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, type TEXT NOT NULL, key BLOB) STRICT",
	"CREATE TABLE version(num INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, record INTEGER NOT NULL, time INTEGER NOT NULL, head INTEGER NOT NULL, envelope TEXT NOT NULL, signature BLOB NOT NULL, body BLOB, private BLOB) STRICT",
	"CREATE INDEX version_record ON version(record)",
	"CREATE TABLE parent(parent BLOB NOT NULL, child BLOB NOT NULL, PRIMARY KEY(parent, child)) STRICT, WITHOUT ROWID",
	"CREATE TABLE attachment(num INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, record INTEGER NOT NULL, hash BLOB, size INTEGER NOT NULL, chunks INTEGER NOT NULL, part BLOB) STRICT",
	"CREATE INDEX attachment_record ON attachment(record)",
	"CREATE TABLE chunk(num INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
	"CREATE TABLE draft(id INTEGER PRIMARY KEY, record BLOB, base BLOB, type TEXT NOT NULL, time INTEGER NOT NULL, body TEXT NOT NULL) STRICT",
	"CREATE TABLE receiving(serial INTEGER PRIMARY KEY, first TEXT NOT NULL, recipient TEXT NOT NULL, secret BLOB NOT NULL) STRICT",
	"CREATE TABLE contact(num INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, public BLOB NOT NULL UNIQUE, card TEXT NOT NULL, added INTEGER NOT NULL, verified INTEGER NOT NULL, our_office INTEGER NOT NULL, frozen INTEGER NOT NULL) STRICT",
	"CREATE TABLE chain(id INTEGER PRIMARY KEY CHECK(id=1), chain BLOB NOT NULL) STRICT",
	"CREATE TABLE sent(peer BLOB NOT NULL, chain BLOB NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(peer, chain)) STRICT, WITHOUT ROWID",
	"CREATE TABLE received(hash BLOB PRIMARY KEY, peer BLOB NOT NULL, chain BLOB NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL) STRICT, WITHOUT ROWID",
	"CREATE TABLE tombstone(record BLOB NOT NULL, office BLOB NOT NULL, time INTEGER NOT NULL, signature BLOB NOT NULL, PRIMARY KEY(record, office)) STRICT, WITHOUT ROWID",
	"CREATE TABLE item(num INTEGER PRIMARY KEY, type TEXT NOT NULL, title TEXT NOT NULL, time INTEGER NOT NULL, heads INTEGER NOT NULL) STRICT",
	"CREATE VIRTUAL TABLE find USING fts5(body, names, title, content='', tokenize='amparo')",
	"CREATE TABLE 'find_data'(id INTEGER PRIMARY KEY, block BLOB)",
	"CREATE TABLE 'find_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID",
	"CREATE TABLE 'find_docsize'(id INTEGER PRIMARY KEY, sz BLOB)",
	"CREATE TABLE 'find_config'(k PRIMARY KEY, v) WITHOUT ROWID",
	"CREATE TABLE value(field INTEGER NOT NULL, key TEXT NOT NULL, num INTEGER NOT NULL, PRIMARY KEY(field, key, num)) STRICT, WITHOUT ROWID",
	"CREATE INDEX value_num ON value(num)",
};
/* clang-format on */

const size_t inner_schema_len = sizeof(inner_schema) / sizeof(inner_schema[0]);

