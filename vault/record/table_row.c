/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "record/edit.h"
#include "record/table_row_inner.h"

/* ---- Cells ---- */

static bool
ends_with_blank(const struct piece *p, size_t *cut)
{
	char last = p->len > 0 ? p->text[p->len - 1] : 'x';

	*cut = 1;
	if (last == ' ' || last == '\t' || last == '\r' || last == '\n')
		return true;
	*cut = 2;
	return p->len >= 2 && memcmp(p->text + p->len - 2, "\xc2\xa0", 2) == 0;
}

static bool
begins_with_blank(const struct piece *p, size_t *cut)
{
	char first = p->len > 0 ? p->text[0] : 'x';

	*cut = 1;
	if (first == ' ' || first == '\t' || first == '\r' || first == '\n')
		return true;
	*cut = 2;
	return p->len >= 2 && memcmp(p->text, "\xc2\xa0", 2) == 0;
}

/* Without the blanks around it, no-break spaces too: for matching only. */
struct piece
row_trimmed(struct piece p)
{
	size_t cut;

	while (ends_with_blank(&p, &cut))
		p.len -= cut;
	while (begins_with_blank(&p, &cut)) {
		p.text += cut;
		p.len -= cut;
	}
	return p;
}

struct piece
row_cell(const struct making *m, size_t column)
{
	return (struct piece){ table_cell(m->row, column),
		table_cell_len(m->row, column) };
}

bool
row_equals(struct piece p, const char *text)
{
	return strlen(text) == p.len && memcmp(text, p.text, p.len) == 0;
}

bool
row_is_missing(const struct table_map *map, struct piece p)
{
	p = row_trimmed(p);
	for (size_t i = 0; i < json_array_size(map->missing); i++)
		if (row_equals(
			p, json_string_value(json_array_get(map->missing, i))))
			return true;
	return p.len == 0;
}

/* Nothing but what stands where characters were lost. */
bool
row_is_destroyed(struct piece p)
{
	size_t i = 0;

	p = row_trimmed(p);
	while (i < p.len) {
		if (p.text[i] == '?' || p.text[i] == ' ')
			i++;
		else if (p.len - i >= 3 &&
		    memcmp(p.text + i, "\xef\xbf\xbd", 3) == 0)
			i += 3;
		else
			return false;
	}
	return p.len > 0;
}

void
row_tell_value(const struct making *m, enum table_note_why why, size_t column,
    const char *value)
{
	struct table_note n = { why, m->row->row, m->row->line, m->self,
		table_cell(&m->c->names, column), value };

#ifdef PLANT_CELL_DROPPED
	m->placed[column] = true;
#endif
	if (m->owner[column] == SIZE_MAX)
		m->owner[column] = m->self;
	if (m->note != NULL)
		m->note(m->ctx, &n);
}

void
row_tell(const struct making *m, enum table_note_why why, size_t column)
{
	row_tell_value(m, why, column, table_cell(m->row, column));
}

/* ---- Columns ---- */

/* What an export to such a table writes of itself, and what is no field. */
static bool
is_no_path(const char *name)
{
	return strcmp(name, "type") == 0 || strncmp(name, "imported", 8) == 0 ||
	    table_is_ours_to_say(name);
}

static enum vault_err
find_column(size_t *out, const struct table_row *names, const char *wanted,
    const char **lacks, size_t *found)
{
	struct piece w = row_trimmed((struct piece){ wanted, strlen(wanted) });

	*found = 0;
	for (size_t i = 0; i < names->n; i++) {
		struct piece name = row_trimmed((struct piece){
		    table_cell(names, i), table_cell_len(names, i) });

		if (name.len != w.len || memcmp(name.text, w.text, w.len) != 0)
			continue;
		*out = i;
		++*found;
	}
	if (*found == 1)
		return VAULT_OK;
	*lacks = wanted;
	return VAULT_EUSE;
}

static enum vault_err
use_column(size_t *out, struct table_columns *c, const char *wanted,
    const char **lacks, size_t *found)
{
	enum vault_err err = find_column(out, &c->names, wanted, lacks, found);

	if (err == VAULT_OK)
		c->used[*out] = true;
	return err;
}

/* A column without a name is called by its number: "#1". */
static enum vault_err
keep_names(struct table_row *out, const struct table_row *names)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < names->n; i++) {
		struct piece p = { table_cell(names, i),
			table_cell_len(names, i) };
		size_t start = out->text.len;

		buf_put(&out->starts, &start, sizeof(start));
		if (row_trimmed(p).len == 0)
			buf_putf(&out->text, "#%zu", i + 1);
		else
			buf_put(&out->text, p.text, p.len);
		buf_put_byte(&out->text, 0);
	}
	out->n = names->n;
	return out->starts.failed ? VAULT_ENOMEM : buf_ok(&out->text);
}

enum vault_err
table_columns(struct table_columns *out, const struct table_map *map,
    const struct table_row *names, const char **lacks, size_t *found)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	*lacks = NULL;
	out->map = map;
	out->rules = mem_zalloc(
	    map->n_rules * TABLE_JOIN_MAX * sizeof(*out->rules) + 1);
	out->whens = mem_zalloc(map->n_whens * sizeof(*out->whens) + 1);
	out->used = mem_zalloc(names->n * sizeof(*out->used));
	if (out->rules == NULL || out->whens == NULL || out->used == NULL)
		return VAULT_ENOMEM;
	if ((err = keep_names(&out->names, names)) != VAULT_OK)
		return err;
	for (size_t i = 0; map->paths && i < names->n; i++)
		out->used[i] = !is_no_path(table_cell(&out->names, i));
	for (size_t i = 0; err == VAULT_OK && i < map->n_key; i++)
		err = use_column(&out->key[i], out, map->key[i], lacks, found);
	for (size_t i = 0; err == VAULT_OK && i < map->n_rules; i++)
		for (size_t j = 0; err == VAULT_OK && j < map->rules[i].n; j++)
			err = use_column(&out->rules[i * TABLE_JOIN_MAX + j],
			    out, map->rules[i].columns[j], lacks, found);
	for (size_t i = 0; err == VAULT_OK && i < map->n_whens; i++) {
		const struct table_when *w = &map->whens[i];

		err = use_column(
		    &out->whens[i][0], out, w->column, lacks, found);
		if (err == VAULT_OK && w->second != NULL)
			err = use_column(
			    &out->whens[i][1], out, w->second, lacks, found);
	}
	return err;
}

void
table_columns_free(struct table_columns *c)
{
	buf_free(&c->names.text);
	buf_free(&c->names.starts);
	mem_free(c->rules);
	mem_free(c->whens);
	mem_free(c->used);
	memset(c, 0, sizeof(*c));
}

/* ---- Setting ---- */

static bool
count_of(size_t *out, const struct making *m, const char *path, size_t len)
{
	char array[96];

	if (len >= sizeof(array))
		return false;
	memcpy(array, path, len);
	array[len] = '\0';
	*out = edit_count(m->body, array);
	return true;
}

/*
 * The path with the index that its element has in this body: one that is
 * there already, or the next.
 */
static bool
real_path(char *out, size_t cap, struct making *m, const char *path)
{
	const char *open = strchr(path, '[');
	size_t len, index;

	if (open == NULL)
		return (size_t)snprintf(out, cap, "%s", path) < cap;
	len = (size_t)(open - path) + 3;
	for (size_t i = 0; i < m->n_slots; i++)
		if (m->slots[i].len == len &&
		    memcmp(m->slots[i].path, path, len) == 0)
			return (size_t)snprintf(out, cap, "%.*s[%zu]%s",
				   (int)(len - 3), path, m->slots[i].index,
				   path + len) < cap;
	if (!count_of(&index, m, path, len - 3))
		return false;
	return (size_t)snprintf(out, cap, "%.*s[%zu]%s", (int)(len - 3), path,
		   index, path + len) < cap;
}

/* The element is there now: remember its index. */
static void
keep_slot(struct making *m, const char *path)
{
	const char *open = strchr(path, '[');
	size_t len, count;

	if (open == NULL || m->n_slots == SLOTS)
		return;
	len = (size_t)(open - path) + 3;
	for (size_t i = 0; i < m->n_slots; i++)
		if (m->slots[i].len == len &&
		    memcmp(m->slots[i].path, path, len) == 0)
			return;
	if (count_of(&count, m, path, len - 3) && count > 0)
		m->slots[m->n_slots++] = (struct slot){ path, len, count - 1 };
}

static enum vault_err
set_with(struct making *m, const struct table_rule *r, const char *path)
{
	const char *dot = strrchr(path, '.');
	enum vault_err err = VAULT_OK;
	char beside[160];

	for (size_t i = 0; err == VAULT_OK && i < json_array_size(r->with);
	     i++) {
		const char *value = table_pair(r->with, i, 1);

		if (dot == NULL ||
		    (size_t)snprintf(beside, sizeof(beside), "%.*s.%s",
			(int)(dot - path), path,
			table_pair(r->with, i, 0)) >= sizeof(beside))
			return VAULT_EUSE;
		err = edit_set(m->body, beside, value, strlen(value));
	}
	return err;
}

/*
 * A member of the field, or with "" the field itself, whose path is left in
 * path.
 */
enum vault_err
row_put(char path[static PATH_LEN], struct making *m,
    const struct table_rule *r, const char *member, struct piece p)
{
	struct buf value = { 0 };
	enum vault_err err;
	size_t len;

	if (!real_path(path, PATH_LEN - 8, m, r->field))
		return VAULT_EUSE;
	len = strlen(path);
	memcpy(path + len, member, strlen(member) + 1);
	if (r->prefix != NULL)
		buf_put_text(&value, r->prefix);
	buf_put(&value, p.text, p.len);
	if ((err = buf_ok(&value)) == VAULT_OK)
		err = edit_set(m->body, path, buf_text(&value), value.len);
	buf_free(&value);
	path[len] = '\0';
	return err;
}

/* And what stands beside it.  VAULT_EUSE: the field does not take it. */
enum vault_err
row_set(struct making *m, const struct table_rule *r, const char *member,
    struct piece p)
{
	char path[PATH_LEN];
	enum vault_err err = row_put(path, m, r, member, p);

	if (err != VAULT_OK)
		return err;
	keep_slot(m, r->field);
	return set_with(m, r, path);
}

/* ---- Values ---- */

/* A cell that is in no pair may be one with a mark of doubt. */
static const char *
code_of(bool *doubt, const struct making *m, const struct table_rule *r,
    struct piece p)
{
	bool marked = false;

	do {
		p = row_trimmed(p);
		for (size_t i = 0; i < json_array_size(r->codes); i++)
			if (row_equals(p, table_pair(r->codes, i, 0))) {
				*doubt = *doubt || marked;
				return table_pair(r->codes, i, 1);
			}
		marked = true;
	} while (!r->no_doubt && row_take_doubt(&p, m->c->map));
	return NULL;
}

/* The first of these texts in p, and its length; NULL: none. */
static const char *
find_any(size_t *len, const json_t *texts, struct piece p)
{
	const char *first = NULL;

	for (size_t i = 0; i < json_array_size(texts); i++) {
		const char *text = json_string_value(json_array_get(texts, i));
		const char *found = memmem(p.text, p.len, text, strlen(text));

		if (found == NULL || (first != NULL && found >= first))
			continue;
		first = found;
		*len = strlen(text);
	}
	return first;
}

/* "F / \u5973": every part is listed, and all of them mean the same. */
static const char *
code_of_parts(bool *doubt, const struct making *m, const struct table_rule *r,
    struct piece p)
{
	const char *code = NULL;
	bool more = true;

	while (more) {
		size_t len = 0;
		const char *end = find_any(&len, r->parts, p), *one;
		struct piece part = p;

		more = end != NULL;
		if (more) {
			part.len = (size_t)(end - p.text);
			p.len -= part.len + len;
			p.text = end + len;
		}
		if (row_trimmed(part).len == 0)
			continue;
		one = code_of(doubt, m, r, part);
		if (one == NULL || (code != NULL && strcmp(code, one) != 0))
			return NULL;
		code = one;
	}
	return code;
}

static const char *
code_for(bool *doubt, const struct making *m, const struct table_rule *r,
    struct piece p)
{
	const char *code = code_of(doubt, m, r, p);

	return code != NULL || r->parts == NULL ? code
						: code_of_parts(doubt, m, r, p);
}

/* May a mark of doubt be taken off what this rule reads? */
static bool
may_doubt(const struct making *m, const struct table_rule *r)
{
	/* How certain something is cannot be in doubt by that same word. */
	return !r->no_doubt && row_may_doubt(m->c->map, m->self) &&
	    strcmp(r->field, "certainty") != 0;
}

/* The field has it, and the cell its own words. */
static enum vault_err
in_doubt(struct making *m, enum table_note_why *why)
{
	m->in_doubt = true;
	*why = TABLE_NOTE_DOUBT;
	return VAULT_EUSE;
}

/* In a field of codes, without a table of them: as it is, or in doubt. */
static enum vault_err
set_plain(struct making *m, const struct table_rule *r, struct piece p,
    enum table_note_why *why)
{
	enum vault_err err = row_set(
	    m, r, "", r->prefix != NULL ? row_trimmed(p) : p);

	if (err != VAULT_EUSE || r->leaf == NULL ||
	    r->leaf->kind != MODEL_CODE || r->prefix != NULL ||
	    !may_doubt(m, r))
		return err;
	while (err == VAULT_EUSE && row_take_doubt(&p, m->c->map))
		if ((err = row_set(m, r, "", p)) == VAULT_OK)
			return in_doubt(m, why);
	return err;
}

/* Two parts that are in no pair make one "other". */
static bool
has_unlisted(const struct making *m, const struct table_rule *r)
{
	const json_t *at = edit_at(m->body, r->field);

	for (size_t i = 0; i < json_array_size(at); i++) {
		const char *one = json_string_value(json_array_get(at, i));

		if (one != NULL && strcmp(one, r->unlisted) == 0)
			return true;
	}
	return false;
}

/* In no pair: the field has what the map says, the cell its own words. */
static enum vault_err
set_unlisted(struct making *m, const struct table_rule *r)
{
	enum vault_err err = VAULT_OK;

	if (!has_unlisted(m, r))
		err = row_set(m, r, "",
		    (struct piece){ r->unlisted, strlen(r->unlisted) });
	return err == VAULT_OK ? VAULT_EUSE : err;
}

/* One value; *why says what is wrong with VAULT_EUSE. */
static enum vault_err
set_value(struct making *m, const struct table_rule *r, struct piece p,
    enum table_note_why *why)
{
	const char *code;
	bool doubt = false;
	enum vault_err err;

	*why = TABLE_NOTE_VALUE;
	if (r->codes == NULL)
		return set_plain(m, r, p, why);
	code = code_for(&doubt, m, r, p);
	if (code != NULL && (!doubt || may_doubt(m, r))) {
		err = row_set(m, r, "", (struct piece){ code, strlen(code) });
		return !doubt || err != VAULT_OK ? err : in_doubt(m, why);
	}
	*why = code == NULL ? TABLE_NOTE_CODE : TABLE_NOTE_DOUBT_KEPT;
	if (r->unlisted != NULL)
		return set_unlisted(m, r);
	return r->keep_unlisted ? row_set(m, r, "", p) : VAULT_EUSE;
}

/* Each of the parts; what one of them cannot do keeps the whole cell. */
static enum vault_err
set_parts(struct making *m, const struct table_rule *r, struct piece p,
    enum table_note_why *why)
{
	size_t step = strlen(r->split);
	enum vault_err err = VAULT_OK;
	enum table_note_why bad = TABLE_NOTE_VALUE;
	bool all = true;

	for (;;) {
		const char *end = memmem(p.text, p.len, r->split, step);
		struct piece part = p;

		if (end != NULL)
			part.len = (size_t)(end - p.text);
		if (row_trimmed(part).len > 0) {
			err = set_value(m, r, row_trimmed(part), why);
			if (err == VAULT_EUSE) {
				if (all || *why != TABLE_NOTE_DOUBT)
					bad = *why;
				all = false;
			} else if (err != VAULT_OK) {
				return err;
			}
		}
		if (end == NULL)
			break;
		p.len -= part.len + step;
		p.text = end + step;
	}
	*why = bad;
	return all ? VAULT_OK : VAULT_EUSE;
}

/* ---- Rules ---- */

/* The cells that are there, joined; *last is one of them, *n how many. */
static enum vault_err
gather(struct buf *out, size_t *n, size_t *last, const struct making *m,
    const struct table_rule *r, const size_t *columns)
{
	*n = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct piece p = row_cell(m, columns[i]);

		if (row_is_missing(m->c->map, p) || row_is_destroyed(p))
			continue;
		if (*n > 0)
			buf_put_text(out, r->join);
		buf_put(out, p.text, p.len);
		*last = columns[i];
		++*n;
	}
	return buf_ok(out);
}

/* To another record of the row, if it has that. */
static enum vault_err
set_link(struct making *m, const struct table_rule *r)
{
	const char *id = m->made->ids[r->to];

	if (!m->made->wanted[r->to] || m->made->no_link[r->to])
		return VAULT_OK;
	return row_set(m, r, "", (struct piece){ id, strlen(id) });
}

static enum vault_err
apply(struct making *m, const struct table_rule *r, const size_t *columns)
{
	struct buf value = { 0 };
	enum table_note_why why;
	enum vault_err err;
	size_t n, last = 0;

	if (r->is_link)
		return set_link(m, r);
	if (r->is_date || r->is_span) {
		err = r->is_span      ? row_set_span(m, r, columns[0])
		    : r->n_from > 0   ? row_read_period(m, r, columns)
		    : r->join != NULL ? row_set_joined_date(m, r, columns)
				      : row_set_date(m, r, columns);
		return err == VAULT_EUSE ? VAULT_OK : err;
	}
	m->in_doubt = false;
	err = gather(&value, &n, &last, m, r, columns);
	if (err == VAULT_OK && n > 0) {
		struct piece p = { buf_text(&value), value.len };

		err = r->split == NULL ? set_value(m, r, p, &why)
				       : set_parts(m, r, p, &why);
		if (err == VAULT_OK)
			for (size_t i = 0; i < r->n; i++)
				m->placed[columns[i]] = true;
		else if (err == VAULT_EUSE && why != TABLE_NOTE_DOUBT)
			row_tell(m, why, last);
		if (m->in_doubt)
			row_doubt(m, last);
	}
	buf_free(&value);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

static enum vault_err
set_constants(struct making *m)
{
	const json_t *list = m->c->map->records[m->self].constants;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < json_array_size(list); i++) {
		const char *value = table_pair(list, i, 1);

		err = edit_set(
		    m->body, table_pair(list, i, 0), value, strlen(value));
	}
	return err;
}

/* ---- What is left ---- */

static bool
is_key(const struct table_columns *c, size_t column)
{
	for (size_t i = 0; i < c->map->n_key; i++)
		if (c->key[i] == column)
			return true;
	return false;
}

static void
keep_cell(bool *good, const struct making *m, json_t *fields, size_t column)
{
	json_t *one = json_object();

	json_add(
	    good, one, "name", json_string(table_cell(&m->c->names, column)));
	json_add(good, one, "text",
	    json_stringn(
		table_cell(m->row, column), table_cell_len(m->row, column)));
	json_add(good, fields, NULL, one);
}

/* The key first, then every cell that found no field. */
static json_t *
left_over(bool *good, const struct making *m)
{
	json_t *fields = json_array();

	for (size_t i = 0; i < m->c->map->n_key; i++)
		keep_cell(good, m, fields, m->c->key[i]);
	for (size_t i = 0; i < m->row->n; i++) {
		struct piece p = row_cell(m, i);
		size_t owner = m->owner[i] == SIZE_MAX ? 0 : m->owner[i];

		if (owner != m->self || is_key(m->c, i) || m->placed[i] ||
		    row_is_missing(m->c->map, p))
			continue;
		if (row_is_destroyed(p))
			row_tell(m, TABLE_NOTE_DESTROYED, i);
		keep_cell(good, m, fields, i);
	}
	return fields;
}

/* Of a record for the whole list: no row and no cells. */
static enum vault_err
set_imported(const struct making *m, const struct table_file *file)
{
	const struct table_record *rec = &m->c->map->records[m->self];
	json_t *imported = json_object(), *key = json_array();
	bool good = imported != NULL && key != NULL;

	for (size_t i = 0; i < m->c->map->n_key; i++)
		json_add(&good, key, NULL,
		    json_string(table_cell(&m->c->names, m->c->key[i])));
	json_add(&good, imported, "file", json_string(file->name));
	json_add(&good, imported, "sha256", json_string(file->sha256));
	json_add(&good, imported, "map", json_string(m->c->map->name));
	if (m->self > 0)
		json_add(&good, imported, "as", json_string(rec->as));
	if (rec->once) {
		json_decref(key);
	} else {
		json_add(&good, imported, "row",
		    json_integer((json_int_t)m->row->row));
		json_add(&good, imported, "key", key);
		json_add(&good, imported, "fields", left_over(&good, m));
	}
	json_add(&good, m->body, "imported", imported);
	return good ? VAULT_OK : VAULT_ENOMEM;
}

/* ---- Columns that are called by their paths ---- */

/* An element that is private, behind those before it: some are passed over. */
static enum vault_err
add_private(struct making *m, const struct piece *p)
{
	const json_t *list = json_object_get(m->body, "private_fields");
	char path[64], text[32];

	snprintf(text, sizeof(text), "%.*s",
	    (int)(p->len < sizeof(text) ? p->len : 0), p->text);
	if (table_is_ours_to_say(text))
		return VAULT_OK;
	snprintf(
	    path, sizeof(path), "private_fields[%zu]", json_array_size(list));
	return edit_set(m->body, path, p->text, p->len);
}

/*
 * Each cell into the field that its column is called by, in their order; an
 * apostrophe in front of it, which keeps spreadsheets from taking it for a
 * formula, is taken off.
 */
static enum vault_err
apply_paths(struct making *m)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < m->row->n; i++) {
		struct piece p = row_cell(m, i);
		const char *path = table_cell(&m->c->names, i);

		if (is_key(m->c, i) || row_is_missing(m->c->map, p) ||
		    row_is_destroyed(p) || is_no_path(path))
			continue;
		if (p.text[0] == '\'') {
			p.text++;
			p.len--;
		}
		err = strncmp(path, "private_fields[", 15) == 0
		    ? add_private(m, &p)
		    : edit_set(m->body, path, p.text, p.len);
		if (err == VAULT_OK)
			m->placed[i] = true;
		if (err == VAULT_EUSE) {
			row_tell(m, TABLE_NOTE_VALUE, i);
			err = VAULT_OK;
		}
	}
	return err;
}

/* Constants and rules of record i; what is left over comes at the end. */
static enum vault_err
make_body(struct making *m, size_t i)
{
	const struct table_map *map = m->c->map;
	const struct table_record *rec = &map->records[i];
	enum vault_err err;

	m->self = i;
	m->n_slots = 0;
	memset(m->doubted, 0, m->row->n * sizeof(*m->doubted));
	m->body = json_pack("{s:s}", "type", rec->type->name);
	m->made->bodies[i] = m->body;
	if (m->body == NULL)
		return VAULT_ENOMEM;
	err = set_constants(m);
	if (err == VAULT_OK && map->paths)
		err = apply_paths(m);
	for (size_t j = rec->first; err == VAULT_OK && j < rec->first + rec->n;
	     j++)
		err = apply(
		    m, &map->rules[j], m->c->rules + j * TABLE_JOIN_MAX);
	row_tell_wants(m, i);
	return err == VAULT_OK ? row_lower_certainty(m) : err;
}

static enum vault_err
make_all(struct making *m, const struct table_file *file)
{
	const struct table_map *map = m->c->map;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; i < map->n_key; i++)
		if (row_is_missing(map, row_cell(m, m->c->key[i])))
			return VAULT_ENORECORD;
	for (size_t i = 0; i < m->row->n; i++)
		m->owner[i] = SIZE_MAX;
	for (size_t i = 0; err == VAULT_OK && i < map->n_records; i++)
		if (m->made->wanted[i])
			err = make_body(m, i);
		else
			row_tell_wants(m, i);
	for (size_t i = 0; err == VAULT_OK && i < map->n_records; i++)
		if (m->made->wanted[i]) {
			m->self = i;
			m->body = m->made->bodies[i];
			err = set_imported(m, file);
		}
	return err;
}

void
table_made_free(struct table_made *m)
{
	for (size_t i = 0; i < TABLE_RECORDS_MAX; i++) {
		json_decref(m->bodies[i]);
		m->bodies[i] = NULL;
	}
}

enum vault_err
table_bodies(struct table_made *out, const struct table_columns *c,
    const struct table_file *file, const struct table_row *row,
    void (*note)(void *ctx, const struct table_note *note), void *ctx)
{
	struct making m = {
		.c = c, .row = row, .made = out, .note = note, .ctx = ctx
	};
	enum vault_err err = VAULT_ENOMEM;

	out->wanted[0] = true;
	m.placed = mem_zalloc(row->n * sizeof(*m.placed));
	m.owner = mem_zalloc(row->n * sizeof(*m.owner));
	m.doubted = mem_zalloc(row->n * sizeof(*m.doubted));
	if (m.placed != NULL && m.owner != NULL && m.doubted != NULL)
		err = make_all(&m, file);
	mem_free(m.placed);
	mem_free(m.owner);
	mem_free(m.doubted);
	return err;
}

/* ---- Knowing it again ---- */

/* The text of the cell of this name, or NULL. */
static const char *
field_text(const json_t *fields, const char *name)
{
	for (size_t i = 0; i < json_array_size(fields); i++) {
		const json_t *one = json_array_get(fields, i);
		const char *n = json_string_value(json_object_get(one, "name"));

		if (n != NULL && strcmp(n, name) == 0)
			return json_string_value(json_object_get(one, "text"));
	}
	return NULL;
}

static bool
put_part(struct buf *b, const char *text)
{
	struct piece p;

	if (text == NULL)
		return false;
	p = row_trimmed((struct piece){ text, strlen(text) });
	buf_put(b, p.text, p.len);
	buf_put_byte(b, 0);
	return true;
}

enum vault_err
table_row_key(uint8_t out[static HASH_LEN], const struct table_columns *c,
    const struct table_row *row, size_t i)
{
	const struct table_map *map = c->map;
	const struct table_record *rec = &map->records[i];
	struct buf all = { 0 };
	enum vault_err err;

	(void)put_part(&all, map->name);
	for (size_t j = 0; !rec->once && j < map->n_key; j++) {
		const char *text = table_cell(row, c->key[j]);

		if (row_is_missing(map, (struct piece){ text, strlen(text) })) {
			buf_free(&all);
			return VAULT_ENORECORD;
		}
		(void)put_part(&all, table_cell(&c->names, c->key[j]));
		(void)put_part(&all, text);
	}
	if (i > 0)
		(void)put_part(&all, rec->as);
	if ((err = buf_ok(&all)) == VAULT_OK)
		hash_bytes(out, all.bytes, all.len);
	buf_free(&all);
	return err;
}

/* The row's own record has no name, and the list's own record has no key. */
enum vault_err
table_key(bool *has, uint8_t out[static HASH_LEN], const json_t *body)
{
	const json_t *imported = json_object_get(body, "imported");
	const json_t *key = json_object_get(imported, "key");
	const json_t *fields = json_object_get(imported, "fields");
	const char *as = json_string_value(json_object_get(imported, "as"));
	struct buf all = { 0 };
	enum vault_err err;

	*has = (json_array_size(key) > 0 || as != NULL) &&
	    put_part(&all, json_string_value(json_object_get(imported, "map")));
	for (size_t i = 0; *has && i < json_array_size(key); i++) {
		const char *name = json_string_value(json_array_get(key, i));

		*has = put_part(&all, name) &&
		    put_part(&all, field_text(fields, name));
	}
	if (*has && as != NULL)
		(void)put_part(&all, as);
	if ((err = buf_ok(&all)) == VAULT_OK && *has)
		hash_bytes(out, all.bytes, all.len);
	buf_free(&all);
	return err;
}
