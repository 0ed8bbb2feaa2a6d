/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "record/date.h"
#include "record/date_words.h"
#include "record/edit.h"
#include "record/table_row.h"

#define PATH_LEN 128
#define SLOTS 10 /* indices of one digit in the paths of a map */

/* A row while it becomes a body. */
struct making {
	const struct table_columns *c;
	const struct table_row *row;
	json_t *body;
	bool *placed; /* by column */
	void (*note)(void *ctx, const struct table_note *note);
	void *ctx;
	/* "names[1]" is the first name if "names[0]" has none in this row. */
	struct slot {
		const char *path; /* as far as the index, with it */
		size_t len, index;
	} slots[SLOTS];
	size_t n_slots;
};

/* ---- Cells ---- */

struct piece {
	const char *text;
	size_t len;
};

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
static struct piece
trimmed(struct piece p)
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

static struct piece
cell(const struct making *m, size_t column)
{
	return (struct piece){ table_cell(m->row, column),
		table_cell_len(m->row, column) };
}

static bool
equals(struct piece p, const char *text)
{
	return strlen(text) == p.len && memcmp(text, p.text, p.len) == 0;
}

static bool
is_missing(const struct table_map *map, struct piece p)
{
	p = trimmed(p);
	for (size_t i = 0; i < json_array_size(map->missing); i++)
		if (equals(
			p, json_string_value(json_array_get(map->missing, i))))
			return true;
	return p.len == 0;
}

/* Nothing but what stands where characters were lost. */
static bool
is_destroyed(struct piece p)
{
	size_t i = 0;

	p = trimmed(p);
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

static void
tell_value(const struct making *m, enum table_note_why why, size_t column,
    const char *value)
{
	struct table_note n = { why, m->row->row, m->row->line,
		table_cell(&m->c->names, column), value };

	if (m->note != NULL)
		m->note(m->ctx, &n);
}

static void
tell(const struct making *m, enum table_note_why why, size_t column)
{
	tell_value(m, why, column, table_cell(m->row, column));
}

/* ---- Columns ---- */

static enum vault_err
find_column(size_t *out, const struct table_row *names, const char *wanted,
    const char **lacks, size_t *found)
{
	struct piece w = trimmed((struct piece){ wanted, strlen(wanted) });

	*found = 0;
	for (size_t i = 0; i < names->n; i++) {
		struct piece name = trimmed((struct piece){
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
		if (trimmed(p).len == 0)
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
	    map->n_rules * TABLE_JOIN_MAX * sizeof(*out->rules));
	out->used = mem_zalloc(names->n * sizeof(*out->used));
	if (out->rules == NULL || out->used == NULL)
		return VAULT_ENOMEM;
	if ((err = keep_names(&out->names, names)) != VAULT_OK)
		return err;
	for (size_t i = 0; i < map->n_key; i++) {
		err = find_column(
		    &out->key[i], &out->names, map->key[i], lacks, found);
		if (err != VAULT_OK)
			return err;
		out->used[out->key[i]] = true;
	}
	for (size_t i = 0; i < map->n_rules; i++)
		for (size_t j = 0; j < map->rules[i].n; j++) {
			size_t *to = &out->rules[i * TABLE_JOIN_MAX + j];

			err = find_column(to, &out->names,
			    map->rules[i].columns[j], lacks, found);
			if (err != VAULT_OK)
				return err;
			out->used[*to] = true;
		}
	return VAULT_OK;
}

void
table_columns_free(struct table_columns *c)
{
	buf_free(&c->names.text);
	buf_free(&c->names.starts);
	mem_free(c->rules);
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
static enum vault_err
put(char path[static PATH_LEN], struct making *m, const struct table_rule *r,
    const char *member, struct piece p)
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
static enum vault_err
set(struct making *m, const struct table_rule *r, const char *member,
    struct piece p)
{
	char path[PATH_LEN];
	enum vault_err err = put(path, m, r, member, p);

	if (err != VAULT_OK)
		return err;
	keep_slot(m, r->field);
	return set_with(m, r, path);
}

/* ---- Values ---- */

static const char *
code_for(const struct table_rule *r, struct piece p)
{
	p = trimmed(p);
	for (size_t i = 0; i < json_array_size(r->codes); i++) {
		const char *from = table_pair(r->codes, i, 0);

		if (equals(p, from))
			return table_pair(r->codes, i, 1);
	}
	return NULL;
}

/* One value; *why says what is wrong with VAULT_EUSE. */
static enum vault_err
set_value(struct making *m, const struct table_rule *r, struct piece p,
    enum table_note_why *why)
{
	const char *code;

	*why = TABLE_NOTE_VALUE;
	if (r->codes == NULL)
		return set(m, r, "", r->prefix != NULL ? trimmed(p) : p);
	if ((code = code_for(r, p)) != NULL)
		return set(m, r, "", (struct piece){ code, strlen(code) });
	*why = TABLE_NOTE_CODE;
	return r->keep_unlisted ? set(m, r, "", p) : VAULT_EUSE;
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
		if (trimmed(part).len > 0) {
			err = set_value(m, r, trimmed(part), why);
			if (err == VAULT_EUSE) {
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

/* ---- Dates ---- */

static bool
has_form(struct piece p, const char *form)
{
	if (p.len != strlen(form))
		return false;
	for (size_t i = 0; i < p.len; i++)
		if (form[i] == '9' ? p.text[i] < '0' || p.text[i] > '9'
				   : p.text[i] != form[i])
			return false;
	return true;
}

/* What a cell of such a column states, without what it only fills in. */
static bool
date_of(struct piece *p, enum table_date kind)
{
	struct date date;

	switch (kind) {
	case TABLE_DATE_NONE:
	case TABLE_DATE_EDTF:
	case TABLE_DATE_RULES: /* not here */
		break;
	case TABLE_DATE_DAY:
		if (!has_form(*p, "9999-99-99"))
			return false;
		break;
	case TABLE_DATE_MONTH:
		if (has_form(*p, "9999-99-01"))
			p->len = 7;
		else if (!has_form(*p, "9999-99"))
			return false;
		break;
	case TABLE_DATE_YEAR:
		if (has_form(*p, "9999-01-01"))
			p->len = 4;
		else if (!has_form(*p, "9999"))
			return false;
		break;
	}
	return date_parse(&date, p->text, p->len) == VAULT_OK;
}

/* 1980-02-30, 1980-13. */
static bool
is_no_day(struct piece p)
{
	struct date date;

	return (has_form(p, "9999-99-99") || has_form(p, "9999-99")) &&
	    date_parse(&date, p.text, p.len) != VAULT_OK;
}

static enum vault_err
edtf_by_rules(struct buf *out, enum table_note_why *why,
    const struct date_rules *rules, struct piece p)
{
	static const enum table_note_why whys[] = {
		[DATE_READ] = TABLE_NOTE_DATE,
		[DATE_NOT_READ] = TABLE_NOTE_DATE,
		[DATE_TWO_MEANINGS] = TABLE_NOTE_MEANINGS,
		[DATE_SEVERAL] = TABLE_NOTE_SEVERAL,
		[DATE_NO_SUCH_DAY] = TABLE_NOTE_NO_DAY,
		[DATE_BACKWARDS] = TABLE_NOTE_BACKWARDS,
	};
	enum date_reading what;
	enum vault_err err;

	p = trimmed(p);
	err = date_words_read(out, &what, rules, p.text, p.len);
	*why = whys[what];
	return err != VAULT_OK || what == DATE_READ ? err : VAULT_EUSE;
}

/* The EDTF of a cell.  VAULT_EUSE: it states none, and *why. */
static enum vault_err
edtf_of(struct buf *out, enum table_note_why *why, const struct table_rule *r,
    size_t i, struct piece p)
{
	struct piece stated = trimmed(p);

	if (r->dates[i] == TABLE_DATE_RULES)
		return edtf_by_rules(out, why, r->date_rules[i], p);
	buf_reset(out);
	*why = is_no_day(stated) ? TABLE_NOTE_NO_DAY : TABLE_NOTE_DATE;
	if (!date_of(&stated, r->dates[i]))
		return VAULT_EUSE;
	buf_put(out, stated.text, stated.len);
	return buf_ok(out);
}

/* Cells that state no date although another one does. */
static enum vault_err
tell_others(const struct making *m, const struct table_rule *r,
    const size_t *columns, size_t n, size_t except)
{
	enum vault_err err = VAULT_OK;
	struct buf edtf = { 0 };
	enum table_note_why why;

	for (size_t i = 0; i < n; i++) {
		struct piece p = cell(m, columns[i]);

		if (columns[i] == except || is_missing(m->c->map, p) ||
		    is_destroyed(p))
			continue;
		err = edtf_of(&edtf, &why, r, i, p);
		if (err == VAULT_EUSE)
			tell(m, TABLE_NOTE_VALUE, columns[i]);
		else if (err != VAULT_OK)
			break;
	}
	buf_free(&edtf);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

/* Words beside a date that was set. */
static enum vault_err
put_words(struct making *m, const struct table_rule *r, struct piece words)
{
	char path[PATH_LEN];

	return put(path, m, r, ".text", words);
}

/* What was read, and the words of the source if it is not them. */
static enum vault_err
set_read(struct making *m, const struct table_rule *r, const char *member,
    size_t column, const struct buf *read)
{
	enum vault_err err;

	err = set(m, r, member, (struct piece){ buf_text(read), read->len });
#ifndef PLANT_WORDS_DROPPED
	if (err == VAULT_OK &&
	    !equals(trimmed(cell(m, column)), buf_text(read)))
		err = put_words(m, r, cell(m, column));
#endif
	if (err == VAULT_OK)
		m->placed[column] = true;
	return err;
}

static enum vault_err
set_words(struct making *m, const struct table_rule *r, size_t column,
    enum table_note_why why)
{
	enum vault_err err = set(m, r, ".text", cell(m, column));

	if (err == VAULT_OK)
		m->placed[column] = true;
	if (err == VAULT_OK || err == VAULT_EUSE)
		tell(m, err == VAULT_OK ? why : TABLE_NOTE_VALUE, column);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

/*
 * The first column that states a date; if none does, the words of the first
 * one that says anything.
 */
static enum vault_err
set_date(struct making *m, const struct table_rule *r, const size_t *columns)
{
	enum table_note_why why, first_why = TABLE_NOTE_DATE;
	size_t first = SIZE_MAX;
	struct buf edtf = { 0 };
	enum vault_err err = VAULT_EUSE;

	for (size_t i = 0; err == VAULT_EUSE && i < r->n; i++) {
		struct piece p = cell(m, columns[i]);

		if (is_missing(m->c->map, p) || is_destroyed(p))
			continue;
		err = edtf_of(&edtf, &why, r, i, p);
		if (err == VAULT_OK || first == SIZE_MAX) {
			first = columns[i];
			first_why = why;
		}
	}
	if (err == VAULT_OK)
		err = set_read(m, r, ".edtf", first, &edtf);
	else if (err == VAULT_EUSE && first != SIZE_MAX)
		err = set_words(m, r, first, first_why);
	buf_free(&edtf);
	if (first == SIZE_MAX || (err != VAULT_OK && err != VAULT_EUSE))
		return err;
	return tell_others(m, r, columns, r->n, first);
}

/*
 * A day, a month, a year in columns of their own.  Where one is missing an
 * unknown mark of the rules stands in its place: "3" and "1980" are not March.
 * *known is what the cells say without that.
 */
static enum vault_err
join_date(struct buf *whole, struct buf *known, const struct making *m,
    const struct table_rule *r, const size_t *columns)
{
	const struct date_texts *unknown = &r->date_rules[0]->unknown;
	bool lacks = false;

	for (size_t i = 0; i < r->n; i++) {
		struct piece p = trimmed(cell(m, columns[i]));
		bool there = !is_missing(m->c->map, p) && !is_destroyed(p);

		if (i > 0)
			buf_put_text(whole, r->join);
		if (there && known->len > 0)
			buf_put_text(known, r->join);
		if (there) {
			buf_put(whole, p.text, p.len);
			buf_put(known, p.text, p.len);
		} else {
			lacks = true;
			if (unknown->n > 0)
				buf_put_text(whole, unknown->text[0]);
		}
	}
	if (lacks && unknown->n == 0)
		buf_reset(whole);
	return whole->failed ? VAULT_ENOMEM : buf_ok(known);
}

/* The cells are kept as they are too: their names say what each one is. */
static enum vault_err
set_joined_date(
    struct making *m, const struct table_rule *r, const size_t *columns)
{
	struct buf whole = { 0 }, known = { 0 }, edtf = { 0 };
	enum table_note_why why = TABLE_NOTE_DATE;
	enum vault_err err = join_date(&whole, &known, m, r, columns);
	struct piece words = { buf_text(&known), known.len };

	if (err != VAULT_OK || known.len == 0)
		goto out;
	err = edtf_by_rules(&edtf, &why, r->date_rules[0],
	    (struct piece){ buf_text(&whole), whole.len });
	if (err == VAULT_EUSE) {
		tell_value(m, why, columns[0], buf_text(&known));
		err = set(m, r, ".text", words);
	} else if (err == VAULT_OK) {
		err = set(
		    m, r, ".edtf", (struct piece){ buf_text(&edtf), edtf.len });
		if (err == VAULT_OK)
			err = put_words(m, r, words);
	}
out:
	buf_free(&whole);
	buf_free(&known);
	buf_free(&edtf);
	return err;
}

/* ---- Durations ---- */

/* ISO 8601, or the number of units that the map names. */
static bool
span_of(struct buf *out, const struct table_rule *r, struct piece p)
{
	struct date_span span;
	unsigned count = 0;

	p = trimmed(p);
	buf_put(out, p.text, p.len);
	if (p.len == 0 ||
	    date_span_parse(&span, buf_text(out), out->len) == VAULT_OK)
		return p.len > 0;
	if (r->unit == '\0' || p.len > 5)
		return false;
	for (size_t i = 0; i < p.len; i++) {
		if (p.text[i] < '0' || p.text[i] > '9')
			return false;
		count = count * 10 + (unsigned)(p.text[i] - '0');
	}
	buf_reset(out);
	buf_putf(out, "P%s%u%c", r->unit == 'H' ? "T" : "", count, r->unit);
	return true;
}

static enum vault_err
set_span(struct making *m, const struct table_rule *r, size_t column)
{
	struct piece p = cell(m, column);
	struct buf iso = { 0 };
	enum vault_err err;

	if (is_missing(m->c->map, p) || is_destroyed(p))
		return VAULT_OK;
	if (span_of(&iso, r, p))
		err = set_read(m, r, ".iso", column, &iso);
	else
		err = set_words(m, r, column, TABLE_NOTE_SPAN);
	if (iso.failed)
		err = VAULT_ENOMEM;
	buf_free(&iso);
	return err;
}

/* ---- Rules ---- */

/* The cells that are there, joined; *last is one of them, *n how many. */
static enum vault_err
gather(struct buf *out, size_t *n, size_t *last, const struct making *m,
    const struct table_rule *r, const size_t *columns)
{
	*n = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct piece p = cell(m, columns[i]);

		if (is_missing(m->c->map, p) || is_destroyed(p))
			continue;
		if (*n > 0)
			buf_put_text(out, r->join);
		buf_put(out, p.text, p.len);
		*last = columns[i];
		++*n;
	}
	return buf_ok(out);
}

static enum vault_err
apply(struct making *m, const struct table_rule *r, const size_t *columns)
{
	struct buf value = { 0 };
	enum table_note_why why;
	enum vault_err err;
	size_t n, last = 0;

	if (r->is_date || r->is_span) {
		err = r->is_span      ? set_span(m, r, columns[0])
		    : r->join != NULL ? set_joined_date(m, r, columns)
				      : set_date(m, r, columns);
		return err == VAULT_EUSE ? VAULT_OK : err;
	}
	err = gather(&value, &n, &last, m, r, columns);
	if (err == VAULT_OK && n > 0) {
		struct piece p = { buf_text(&value), value.len };

		err = r->split == NULL ? set_value(m, r, p, &why)
				       : set_parts(m, r, p, &why);
		if (err == VAULT_OK)
			for (size_t i = 0; i < r->n; i++)
				m->placed[columns[i]] = true;
		else if (err == VAULT_EUSE)
			tell(m, why, last);
	}
	buf_free(&value);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

static enum vault_err
set_constants(struct making *m)
{
	const json_t *list = m->c->map->constants;
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
		struct piece p = cell(m, i);

		if (is_key(m->c, i) || m->placed[i] || is_missing(m->c->map, p))
			continue;
		if (is_destroyed(p))
			tell(m, TABLE_NOTE_DESTROYED, i);
		keep_cell(good, m, fields, i);
	}
	return fields;
}

static enum vault_err
set_imported(const struct making *m, const struct table_file *file)
{
	json_t *imported = json_object(), *key = json_array();
	bool good = imported != NULL && key != NULL;

	for (size_t i = 0; i < m->c->map->n_key; i++)
		json_add(&good, key, NULL,
		    json_string(table_cell(&m->c->names, m->c->key[i])));
	json_add(&good, imported, "file", json_string(file->name));
	json_add(&good, imported, "sha256", json_string(file->sha256));
	json_add(&good, imported, "row", json_integer((json_int_t)m->row->row));
	json_add(&good, imported, "map", json_string(m->c->map->name));
	json_add(&good, imported, "key", key);
	json_add(&good, imported, "fields", left_over(&good, m));
	json_add(&good, m->body, "imported", imported);
	return good ? VAULT_OK : VAULT_ENOMEM;
}

static enum vault_err
make_body(struct making *m, const struct table_file *file)
{
	const struct table_map *map = m->c->map;
	enum vault_err err;

	for (size_t i = 0; i < map->n_key; i++)
		if (is_missing(map, cell(m, m->c->key[i])))
			return VAULT_ENORECORD;
	if ((err = set_constants(m)) != VAULT_OK)
		return err;
	for (size_t i = 0; i < map->n_rules; i++)
		if ((err = apply(m, &map->rules[i],
			 m->c->rules + i * TABLE_JOIN_MAX)) != VAULT_OK)
			return err;
	return set_imported(m, file);
}

enum vault_err
table_body(json_t **out, const struct table_columns *c,
    const struct table_file *file, const struct table_row *row,
    void (*note)(void *ctx, const struct table_note *note), void *ctx)
{
	struct making m = { .c = c, .row = row, .note = note, .ctx = ctx };
	enum vault_err err = VAULT_ENOMEM;

	*out = NULL;
	m.placed = mem_zalloc(row->n * sizeof(*m.placed));
	m.body = json_pack("{s:s}", "type", c->map->type->name);
	if (m.placed != NULL && m.body != NULL)
		err = make_body(&m, file);
	if (err == VAULT_OK) {
		*out = m.body;
		m.body = NULL; /* given away */
	}
	json_decref(m.body);
	mem_free(m.placed);
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
	p = trimmed((struct piece){ text, strlen(text) });
	buf_put(b, p.text, p.len);
	buf_put_byte(b, 0);
	return true;
}

enum vault_err
table_key(bool *has, uint8_t out[static HASH_LEN], const json_t *body)
{
	const json_t *imported = json_object_get(body, "imported");
	const json_t *key = json_object_get(imported, "key");
	const json_t *fields = json_object_get(imported, "fields");
	struct buf all = { 0 };
	enum vault_err err;

	*has = json_array_size(key) > 0 &&
	    put_part(&all, json_string_value(json_object_get(imported, "map")));
	for (size_t i = 0; *has && i < json_array_size(key); i++) {
		const char *name = json_string_value(json_array_get(key, i));

		*has = put_part(&all, name) &&
		    put_part(&all, field_text(fields, name));
	}
	if ((err = buf_ok(&all)) == VAULT_OK && *has)
		hash_bytes(out, all.bytes, all.len);
	buf_free(&all);
	return err;
}

/* Without what tells where the row stood. */
static json_t *
without_place(const json_t *body)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)body);
	json_t *imported = json_copy(json_object_get(body, "imported"));

	if (copy == NULL || imported == NULL ||
	    json_object_set(copy, "imported", imported) != 0) {
		json_decref(copy);
		json_decref(imported);
		return NULL;
	}
	(void)json_object_del(imported, "file");
	(void)json_object_del(imported, "sha256");
	(void)json_object_del(imported, "row");
	json_decref(imported); /* copy has it */
	return copy;
}

enum vault_err
table_same_row(bool *same, const json_t *a, const json_t *b)
{
	json_t *x = without_place(a), *y = without_place(b);

	*same = x != NULL && y != NULL && json_equal(x, y);
	json_decref(x);
	json_decref(y);
	return x != NULL && y != NULL ? VAULT_OK : VAULT_ENOMEM;
}
