/* SPDX-License-Identifier: ISC */
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "inside.h"
#include "store/cells.h"
#include "support.h"

const struct kdf_cost cheap_cost = { 64, 1, 1 };
const struct vault_cost cheap = { 64, 1, 1 };

char *
folder_new(void)
{
	const char *base = getenv("TMPDIR");
	char *folder = malloc(4096);

	snprintf(folder, 4096, "%s/amparo-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(folder));
	return folder;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
folder_free(char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

struct secret *
secret_text(const char *text)
{
	struct secret *s = secret_copy(text, strlen(text));

	assert_non_null(s);
	return s;
}

const char *
in_folder(const char *folder, const char *name)
{
	static char paths[4][4096];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

uint8_t *
file_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes;

	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	*len = (size_t)ftell(f);
	rewind(f);
	bytes = malloc(*len + 1);
	assert_int_equal(fread(bytes, 1, *len, f), *len);
	fclose(f);
	return bytes;
}

void
file_write(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

void
file_copy(const char *from, const char *to)
{
	size_t len;
	uint8_t *bytes = file_read(from, &len);

	file_write(to, bytes, len);
	free(bytes);
}

void
outer_sql(const char *vault, const char *sql)
{
	char *message = NULL;
	sqlite3 *db;

	assert_int_equal(
	    sqlite3_open(in_folder(vault, "cells.db"), &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	sqlite3_close(db);
}

void
vault_make(const char *folder)
{
	struct vault_new what = {
		.place = { in_folder(folder, "v"), NULL },
		.cost = cheap,
		.pass = secret_text("dusk"),
		.pass_name = "mine",
		.office = "Office A",
	};
	struct vault_key *key;
	struct vault *v;

	assert_ok(vault_create(&v, &key, &what));
	vault_close(v);
	vault_key_free(key);
	secret_free((struct secret *)(uintptr_t)what.pass);
}

enum vault_err
vault_try(struct opened *o, const char *folder, const char *pass)
{
	struct vault_place place = { in_folder(folder, "v"), NULL };
	struct secret *s = secret_text(pass);
	enum vault_err err;

	memset(o, 0, sizeof(*o));
	err = vault_key_unlock(&o->key, &o->keys, &place, s);
	secret_free(s);
	if (err == VAULT_OK)
		err = vault_open(&o->vault, &place, o->key, &o->fault);
	if (err != VAULT_OK)
		vault_done(o);
	return err;
}

void
vault_done(struct opened *o)
{
	vault_close(o->vault);
	vault_key_free(o->key);
	o->vault = NULL;
	o->key = NULL;
}

enum vault_err
vault_arrive(struct vault *v, bool *new_machine)
{
	struct vault_entered entered;
	enum vault_err err = vault_enter(&entered, v);

	*new_machine = entered.new_machine;
	if (err == VAULT_OK && entered.new_machine)
		err = vault_remember_machine(v);
	return err;
}

unsigned
inner_count(struct opened *o, const char *text)
{
	return inner_count_bytes(o, text, strlen(text));
}

unsigned
inner_count_bytes(struct opened *o, const void *bytes, size_t len)
{
	uint8_t plain[CELL_PLAIN_LEN];
	struct vault_fault fault;
	struct cells *c;
	unsigned n = 0;

	assert_ok(cells_open(
	    &c, o->vault->folder, o->vault->key->ring, NULL, &fault));
	assert_ok(cells_begin_read(c));
	for (uint64_t i = 1; i <= cells_root(c)->count; i++) {
		assert_ok(cells_get(c, i, plain));
		n += memmem(plain, sizeof(plain), bytes, len) != NULL;
	}
	cells_end(c);
	cells_close(c);
	return n;
}
