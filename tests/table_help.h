/* SPDX-License-Identifier: ISC */
/* table_help - tables from texts: their bodies, and imports of them. */
#ifndef TESTS_TABLE_HELP_H
#define TESTS_TABLE_HELP_H

#include "core/buf.h"
#include "record/json.h"
#include "record/table_row.h"
#include "support.h"

struct text {
	const char *bytes;
	size_t len;
};

static inline enum vault_err
read_csv(void *ctx, void *to, size_t len, uint64_t offset, size_t *got)
{
	const struct text *t = ctx;

	*got = offset >= t->len ? 0 : t->len - (size_t)offset;
	if (*got > len)
		*got = len;
	if (*got > 0)
		memcpy(to, t->bytes + offset, *got);
	return VAULT_OK;
}

/* ---- Bodies ---- */

static struct buf notes, bodies;

static inline void
on_note(void *ctx, const struct table_note *n)
{
	(void)ctx;
	buf_putf(&notes, "%u:%s=%s(%d);", (unsigned)n->row, n->column, n->value,
	    (int)n->why);
}

struct made {
	struct table_map map;
	struct table_columns columns;
};

/* It is known again by what the row itself says. */
static inline void
put_body(
    const struct made *m, const struct table_row *row, size_t i, json_t *body)
{
	uint8_t of_body[HASH_LEN], of_row[HASH_LEN];
	bool has;

	assert_ok(table_key(&has, of_body, body));
	assert_true(has);
	assert_ok(table_row_key(of_row, &m->columns, row, i));
	assert_memory_equal(of_body, of_row, HASH_LEN);
	assert_int_equal(
	    json_object_del(json_object_get(body, "imported"), "sha256"), 0);
	assert_ok(json_write(&bodies, body));
	buf_put_text(&bodies, "\n");
}

static inline enum vault_err
make_row(void *ctx, const struct table_row *row)
{
	static const struct table_file file = { "l.csv",
		"0123456789abcdef0123456789abcdef"
		"0123456789abcdef0123456789abcdef" };
	struct made *m = ctx;
	struct table_made out = { .wanted = { false } };
	const char *lacks;
	enum vault_err err;
	size_t found;

	if (row->row == 0)
		return table_columns(&m->columns, &m->map, row, &lacks, &found);
	for (size_t i = 0; i < m->map.n_records; i++) {
		snprintf(out.ids[i], sizeof(out.ids[i]), "%026zu", i);
		out.wanted[i] = table_wants(&m->columns, row, i);
	}
	err = table_bodies(&out, &m->columns, &file, row, on_note, NULL);
	if (err == VAULT_ENORECORD)
		buf_put_text(&bodies, "no key\n");
	else
		assert_ok(err);
	for (size_t i = 0; err == VAULT_OK && i < m->map.n_records; i++)
		if (out.bodies[i] != NULL)
			put_body(m, row, i, out.bodies[i]);
	table_made_free(&out);
	return VAULT_OK;
}

/* What make() makes, and other members of its map. */
static const char *made_type = "person", *made_more = "";

/* The bodies of a table by this map. */
static inline enum vault_err
make_by(const char *json, const char *csv)
{
	struct text t = { csv, strlen(csv) };
	struct table_source from = { &t, read_csv, t.len };
	struct made m = { 0 };
	struct table_events events = { &m, make_row, NULL, NULL };
	struct table_form form = { .encoding = NULL };
	struct table_map_fault fault;
	uint8_t sha256[DIGEST_LEN];
	enum vault_err err;

	buf_reset(&notes);
	buf_reset(&bodies);
	assert_ok(table_map_read(&m.map, &fault, json, strlen(json)));
	form.delimiter = m.map.delimiter;
	form.json = m.map.is_json;
	err = table_read(&from, &form, &events, sha256);
	table_columns_free(&m.columns);
	table_map_free(&m.map);
	return err;
}

/* The same of a map with one record and these rules. */
static inline enum vault_err
make(const char *rules, const char *csv)
{
	char json[2048];

	snprintf(json, sizeof(json),
	    "{\"amparo_map\":1,\"name\":\"m\",\"type\":\"%s\",\"key\":[\"k\"],"
	    "\"missing\":[\"NA\"],%s\"columns\":[%s]}",
	    made_type, made_more, rules);
	return make_by(json, csv);
}

/* ---- A vault ---- */

static struct vault_table_done done;
/* What was told, and how often. */
static struct buf told;
static unsigned whys[VAULT_ROW_WHYS];

static inline void
on_row_note(void *ctx, const struct vault_row_note *n)
{
	(void)ctx;
	whys[n->why]++;
	buf_putf(&told, "%u:%d:%s:%s=%s;", (unsigned)n->row, (int)n->why,
	    n->record, n->column, n->value);
}

/* What was told last of it, row by row: "1:new;" and so on. */
static struct buf ended;

static inline void
on_row_end(void *ctx, uint64_t row, enum vault_row_end end)
{
	(void)ctx;
	buf_putf(&ended, "%u:%d;", (unsigned)row, (int)end);
}

static inline enum vault_err
import_by(struct vault *v, const char *json, const char *csv,
    struct vault_table_how how)
{
	struct text t = { csv, strlen(csv) };
	struct vault_input input = { &t, read_csv, NULL, t.len };
	struct vault_map_fault fault;
	struct vault_table *table;
	struct vault_map *map;
	enum vault_err err;

	memset(whys, 0, sizeof(whys));
	buf_reset(&ended);
	buf_reset(&told);
	how.note = on_row_note;
	how.row = on_row_end;
	assert_ok(vault_map_read(&map, &fault, json, strlen(json)));
	err = vault_table_open(
	    &table, v, map, "folder/list.csv", NULL, &input, NULL, NULL);
	if (err == VAULT_OK)
		err = vault_table_import(&done, table, &how);
	vault_table_close(table);
	vault_map_free(map);
	return err;
}

static inline bool
on_found(void *ctx, const struct vault_row *row)
{
	memcpy(ctx, row->id, VAULT_ID_LEN);
	return true;
}

/* How many records; *id, which may be NULL, is one of them. */
static inline uint64_t
count(struct vault *v, const char *query, char *id)
{
	struct vault_search what = { .query = query,
		.query_len = strlen(query) };
	uint64_t total = 0;
	char any[VAULT_ID_LEN];
	bool cut;

	assert_ok(vault_find(
	    v, &what, on_found, id == NULL ? any : id, &total, &cut));
	return total;
}

/* What a person does: set a field. */
static inline void
edit_field(struct vault *v, const char *id, const char *path, const char *value)
{
	struct vault_record r;
	struct vault_report *report;
	struct vault_body *body;
	struct buf json = { 0 };

	assert_ok(vault_get(&r, v, id));
	assert_ok(vault_body_read(&body, r.body.bytes, r.body.len));
	assert_ok(vault_body_set(body, path, value, strlen(value)));
	assert_ok(vault_body_json(&json, body));
	assert_ok(vault_report_new(&report));
	assert_ok(vault_edit(v, &r, report, json.bytes, json.len));
	vault_report_free(report);
	vault_body_free(body);
	vault_record_free(&r);
	buf_free(&json);
}

static inline void
table_help_free(void)
{
	buf_free(&notes);
	buf_free(&bodies);
	buf_free(&ended);
	buf_free(&told);
}

#endif
