/* SPDX-License-Identifier: ISC */
/*
 * Reaches table_map_read, and table_columns and table_body by the maps that
 * are accepted.  The input is a map, and behind a zero byte the cells of one
 * row, parted by zero bytes.  Properties: an accepted map is accepted again in
 * canonical form; every row becomes a body, or lacks its key; and the row is
 * known again by it.
 */
#include "core/text.h"
#include "fuzz.h"
#include "record/table_row.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	json_setup();
	return 0;
}

static void
put_cell(struct table_row *r, const void *bytes, size_t len)
{
	size_t start = r->text.len;

	assert(buf_put(&r->starts, &start, sizeof(start)));
	assert(len == 0 || buf_put(&r->text, bytes, len));
	assert(buf_put_byte(&r->text, 0));
	r->n++;
}

static void
add_name(struct table_row *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(table_cell(names, i), name) == 0)
			return;
	put_cell(names, name, strlen(name));
}

/* A table that has the columns of the map, and one more. */
static void
make_names(struct table_row *names, const struct table_map *map)
{
	for (size_t i = 0; i < map->n_key; i++)
		add_name(names, map->key[i]);
	for (size_t i = 0; i < map->n_rules; i++)
		for (size_t j = 0; j < map->rules[i].n; j++)
			add_name(names, map->rules[i].columns[j]);
	for (size_t i = 0; i < map->n_whens; i++) {
		add_name(names, map->whens[i].column);
		if (map->whens[i].second != NULL)
			add_name(names, map->whens[i].second);
	}
	put_cell(names, "", 0);
}

static void
make_cells(struct table_row *row, size_t n, const uint8_t *at, size_t len)
{
	row->row = 1;
	row->line = 2;
	while (row->n < n) {
		const uint8_t *end = len == 0 ? NULL : memchr(at, 0, len);
		size_t cell = end == NULL ? len : (size_t)(end - at);

		put_cell(row, at, cell);
		if (len > 0)
			at += end == NULL ? cell : cell + 1;
		len -= end == NULL ? cell : cell + 1;
	}
}

static void
check_body(const struct table_columns *c, const struct table_row *row, size_t i,
    const json_t *body)
{
	uint8_t key[HASH_LEN], again[HASH_LEN];
	struct buf text = { 0 };
	bool has;

	assert(json_write(&text, body) == VAULT_OK);
	assert(table_key(&has, key, body) == VAULT_OK && has);
	assert(table_row_key(again, c, row, i) == VAULT_OK);
	assert(memcmp(key, again, HASH_LEN) == 0);
	buf_free(&text);
}

static void
use(const struct table_map *map, const uint8_t *cells, size_t len)
{
	const struct table_file file = { "f.csv", "" };
	struct table_row names = { 0 }, row = { 0 };
	struct table_columns columns;
	const char *lacks;
	enum vault_err err;
	struct table_made made = { .wanted = { false } };
	size_t found;

	make_names(&names, map);
	make_cells(&row, names.n, cells, len);
	if (table_columns(&columns, map, &names, &lacks, &found) == VAULT_OK) {
		for (size_t i = 0; i < map->n_records; i++) {
			snprintf(made.ids[i], sizeof(made.ids[i]), "%026zu", i);
			made.wanted[i] = table_wants(&columns, &row, i);
		}
		err = table_bodies(&made, &columns, &file, &row, NULL, NULL);
		assert(err == VAULT_OK || err == VAULT_ENORECORD);
		for (size_t i = 0; err == VAULT_OK && i < map->n_records; i++)
			if (made.wanted[i])
				check_body(&columns, &row, i, made.bodies[i]);
		table_made_free(&made);
	}
	table_columns_free(&columns);
	buf_free(&names.text);
	buf_free(&names.starts);
	buf_free(&row.text);
	buf_free(&row.starts);
}

static bool
is_text(const uint8_t *at, size_t len)
{
	uint32_t cp;

	for (size_t i = 0, n; i < len; i += n) {
		n = at[i] == 0 ? 1 : text_next(&cp, at + i, len - i);
		if (n == 0)
			return false;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size == 0 ? NULL : memchr(data, 0, size);
	size_t len = zero == NULL ? size : (size_t)(zero - data);
	struct table_map map, again;
	struct table_map_fault fault;
	struct buf text = { 0 };

	if (table_map_read(&map, &fault, data, len) == VAULT_OK) {
		assert(json_write(&text, map.json) == VAULT_OK);
		assert(table_map_read(&again, &fault, text.bytes, text.len) ==
		    VAULT_OK);
		assert(again.n_rules == map.n_rules);
		table_map_free(&again);
		if ((zero == NULL || is_text(zero, size - len)))
			use(&map, zero == NULL ? NULL : zero + 1,
			    zero == NULL ? 0 : size - len - 1);
	} else {
		assert(memchr(fault.where, 0, sizeof(fault.where)) != NULL);
		assert(memchr(fault.value, 0, sizeof(fault.value)) != NULL);
	}
	table_map_free(&map);
	buf_free(&text);
	return 0;
}
