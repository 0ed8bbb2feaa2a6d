/* SPDX-License-Identifier: ISC */
/* table_row_dates - cells that become dates, periods and durations. */
#include <string.h>

#include "record/date.h"
#include "record/date_words.h"
#include "record/span_words.h"
#include "record/table_row_inner.h"

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

	p = row_trimmed(p);
	err = date_words_read(out, &what, rules, p.text, p.len);
	*why = whys[what];
	return err != VAULT_OK || what == DATE_READ ? err : VAULT_EUSE;
}

/* The EDTF of a cell.  VAULT_EUSE: it states none, and *why. */
static enum vault_err
edtf_of(struct buf *out, enum table_note_why *why, const struct table_rule *r,
    size_t i, struct piece p)
{
	struct piece stated = row_trimmed(p);

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
		struct piece p = row_cell(m, columns[i]);

		if (columns[i] == except || row_is_missing(m->c->map, p) ||
		    row_is_destroyed(p))
			continue;
		err = edtf_of(&edtf, &why, r, i, p);
		if (err == VAULT_EUSE)
			row_tell(m, TABLE_NOTE_VALUE, columns[i]);
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

	return row_put(path, m, r, ".text", words);
}

/* What was read, and the words of the source if it is not them. */
static enum vault_err
set_read(struct making *m, const struct table_rule *r, const char *member,
    size_t column, const struct buf *read)
{
	enum vault_err err;

	err = row_set(
	    m, r, member, (struct piece){ buf_text(read), read->len });
#ifndef PLANT_WORDS_DROPPED
	if (err == VAULT_OK &&
	    !row_equals(row_trimmed(row_cell(m, column)), buf_text(read)))
		err = put_words(m, r, row_cell(m, column));
#endif
	if (err == VAULT_OK)
		m->placed[column] = true;
	return err;
}

static enum vault_err
set_words(struct making *m, const struct table_rule *r, size_t column,
    enum table_note_why why)
{
	enum vault_err err = row_set(m, r, ".text", row_cell(m, column));

	if (err == VAULT_OK)
		m->placed[column] = true;
	if (err == VAULT_OK || err == VAULT_EUSE)
		row_tell(m, err == VAULT_OK ? why : TABLE_NOTE_VALUE, column);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

/* A date that ends as the map says dates do that are not meant so. */
static void
tell_doubtful(const struct making *m, const struct table_rule *r, size_t at)
{
	struct piece p = row_trimmed(row_cell(m, at));

	for (size_t i = 0; i < json_array_size(r->doubtful); i++) {
		const char *end = json_string_value(
		    json_array_get(r->doubtful, i));
		size_t len = strlen(end);

		if (p.len >= len &&
		    memcmp(p.text + p.len - len, end, len) == 0) {
			row_tell(m, TABLE_NOTE_DOUBTFUL, at);
			return;
		}
	}
}

/*
 * The first column of [from, to) that states a date, *at; if none does
 * (VAULT_EUSE), the first one that says anything, and *why; SIZE_MAX: none.
 */
static enum vault_err
find_date(size_t *at, struct buf *edtf, enum table_note_why *why,
    const struct making *m, const struct table_rule *r, const size_t *columns,
    size_t from, size_t to)
{
	enum vault_err err = VAULT_EUSE;
	enum table_note_why one;

	*at = SIZE_MAX;
	*why = TABLE_NOTE_DATE;
	for (size_t i = from; err == VAULT_EUSE && i < to; i++) {
		struct piece p = row_cell(m, columns[i]);

		if (row_is_missing(m->c->map, p) || row_is_destroyed(p))
			continue;
		err = edtf_of(edtf, &one, r, i, p);
		if (err == VAULT_OK || *at == SIZE_MAX) {
			*at = columns[i];
			*why = one;
		}
	}
	return err;
}

/* The date, or the words of a cell. */
enum vault_err
row_set_date(
    struct making *m, const struct table_rule *r, const size_t *columns)
{
	struct buf edtf = { 0 };
	enum table_note_why why;
	size_t at;
	enum vault_err err = find_date(
	    &at, &edtf, &why, m, r, columns, 0, r->n);

	if (err == VAULT_OK) {
		tell_doubtful(m, r, at);
		err = set_read(m, r, ".edtf", at, &edtf);
	} else if (err == VAULT_EUSE && at != SIZE_MAX) {
		err = set_words(m, r, at, why);
	}
	buf_free(&edtf);
	if (at == SIZE_MAX || (err != VAULT_OK && err != VAULT_EUSE))
		return err;
	return tell_others(m, r, columns, r->n, at);
}

/* ---- Periods ---- */

/* A beginning and an end; an empty one is not known. */
static void
put_period(
    struct buf *out, const struct buf *from, const struct buf *to, bool between)
{
	const char *a = buf_text(from), *b = buf_text(to);

	if (strcmp(a, b) == 0) {
		buf_put_text(out, a);
	} else if (between) {
		buf_putf(out, "[%s..%s]", a, b);
	} else if (*b == '\0') {
		buf_put_text(out, a);
	} else {
		buf_putf(out, "%s/%s", a, b);
	}
}

/* What states no date, or not one that goes with the other, is told. */
static void
tell_end(const struct making *m, enum table_note_why why, size_t at)
{
	if (at != SIZE_MAX)
		row_tell(m, why, at);
}

/* Both ends were read, or are not there: a cell that says no more than is
 * written in the field has found it. */
static enum vault_err
set_period(struct making *m, const struct table_rule *r, const size_t at[2],
    const struct buf ends[2])
{
	struct buf edtf = { 0 };
	struct date date;
	enum vault_err err;

	put_period(&edtf, &ends[0], &ends[1], r->between);
	if ((err = buf_ok(&edtf)) == VAULT_OK)
		err = date_parse(&date, buf_text(&edtf), edtf.len) == VAULT_OK
		    ? row_set(m, r, ".edtf",
			  (struct piece){ buf_text(&edtf), edtf.len })
		    : VAULT_EUSE;
	for (size_t i = 0; err == VAULT_OK && i < 2; i++)
		if (at[i] != SIZE_MAX &&
		    row_equals(
			row_trimmed(row_cell(m, at[i])), buf_text(&ends[i])))
			m->placed[at[i]] = true;
	if (err == VAULT_EUSE)
		for (size_t i = 0; i < 2; i++)
			tell_end(m, TABLE_NOTE_BACKWARDS, at[i]);
	buf_free(&edtf);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

/* An end that is there and not understood: no date, and all cells are kept. */
enum vault_err
row_read_period(
    struct making *m, const struct table_rule *r, const size_t *columns)
{
	const size_t bounds[3] = { 0, r->n_from, r->n };
	struct buf ends[2] = { { 0 }, { 0 } };
	size_t at[2];
	bool good = true;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < 2; i++) {
		enum table_note_why why;

		err = find_date(&at[i], &ends[i], &why, m, r, columns,
		    bounds[i], bounds[i + 1]);
		if (err == VAULT_OK)
			tell_doubtful(m, r, at[i]);
		if (err != VAULT_EUSE)
			continue;
		buf_reset(&ends[i]);
		tell_end(m, why, at[i]);
		good = good && at[i] == SIZE_MAX;
		err = VAULT_OK;
	}
	if (err == VAULT_OK && good && ends[0].len + ends[1].len > 0)
		err = set_period(m, r, at, ends);
	for (size_t i = 0; i < 2; i++)
		buf_free(&ends[i]);
	return err;
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
		struct piece p = row_trimmed(row_cell(m, columns[i]));
		bool there = !row_is_missing(m->c->map, p) &&
		    !row_is_destroyed(p);

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
enum vault_err
row_set_joined_date(
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
		row_tell_value(m, why, columns[0], buf_text(&known));
		err = row_set(m, r, ".text", words);
	} else if (err == VAULT_OK) {
		err = row_set(
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

	p = row_trimmed(p);
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

/* A duration, or the least and the most that it can be. */
static enum vault_err
set_span_read(struct making *m, const struct table_rule *r, size_t column,
    const struct span_reading *read)
{
	struct piece least = { buf_text(&read->least), read->least.len };
	struct piece most = { buf_text(&read->most), read->most.len };
	enum vault_err err = VAULT_OK;

	if (read->exact)
		return set_read(m, r, ".iso", column, &read->least);
	if (least.len > 0)
		err = row_set(m, r, ".min", least);
	if (err == VAULT_OK && most.len > 0)
		err = row_set(m, r, ".max", most);
	if (err == VAULT_OK)
		err = put_words(m, r, row_cell(m, column));
	if (err == VAULT_OK)
		m->placed[column] = true;
	return err;
}

static enum vault_err
set_span_words(struct making *m, const struct table_rule *r, size_t column)
{
	struct piece p = row_cell(m, column);
	struct span_reading read;
	enum vault_err err = span_words_read(&read, r->words, p.text, p.len);

	if (err == VAULT_OK)
		err = set_span_read(m, r, column, &read);
	else if (err == VAULT_EUSE)
		err = set_words(m, r, column, TABLE_NOTE_SPAN);
	span_reading_free(&read);
	return err;
}

enum vault_err
row_set_span(struct making *m, const struct table_rule *r, size_t column)
{
	struct piece p = row_cell(m, column);
	struct buf iso = { 0 };
	enum vault_err err;

	if (row_is_missing(m->c->map, p) || row_is_destroyed(p))
		return VAULT_OK;
	if (span_of(&iso, r, p))
		err = set_read(m, r, ".iso", column, &iso);
	else
		err = set_span_words(m, r, column);
	if (iso.failed)
		err = VAULT_ENOMEM;
	buf_free(&iso);
	return err;
}
