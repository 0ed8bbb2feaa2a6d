/* SPDX-License-Identifier: ISC */
/* table_map_rules - one rule of a map: its columns, its field, what it does. */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "record/date_lexicon.h"
#include "record/table_map_inner.h"

/* ---- Fields ---- */

/* A path without its index: "names[0].text" is "names", and ".text". */
static enum vault_err
zero_index(char *out, size_t cap, const char *path)
{
	const char *open = strchr(path, '['), *close;

	if (open == NULL) {
		if (strlen(path) >= cap)
			return VAULT_EUSE;
		memcpy(out, path, strlen(path) + 1);
		return VAULT_OK;
	}
	close = strchr(open, ']');
	/* One index, of one digit: no table has more names of a person. */
	if (close != open + 2 || open[1] < '0' || open[1] > '9' ||
	    strchr(close, '[') != NULL)
		return VAULT_EUSE;
	if ((size_t)snprintf(out, cap, "%.*s[0]%s", (int)(open - path), path,
		close + 1) >= cap)
		return VAULT_EUSE;
	return VAULT_OK;
}

/* A field that one cell can fill: no link, no object but a date or a span. */
static bool
takes_a_cell(const struct model_field *f)
{
	switch (f->kind) {
	case MODEL_TEXT:
	case MODEL_LONG:
	case MODEL_CODE:
	case MODEL_NUMBER:
	case MODEL_BOOL:
	case MODEL_INT:
	case MODEL_DEC:
	case MODEL_EDTF:
	case MODEL_PERIOD:
	case MODEL_LANG:
	case MODEL_SCRIPT:
	case MODEL_HASH:
	case MODEL_DATE:
	case MODEL_SPAN:
		return true;
	case MODEL_PATH:
	case MODEL_HIDDEN:
	case MODEL_LINK:
	case MODEL_TYPE:
	case MODEL_OBJECT:
	case MODEL_PARTY:
	case MODEL_CITE:
	case MODEL_PLACE:
	case MODEL_NAME:
	case MODEL_KINDS:
		break;
	}
	return false;
}

static enum vault_err
check_field(struct table_parsing *p, struct table_rule *r, const char *where)
{
	char path[96];

	if (zero_index(path, sizeof(path), r->field) != VAULT_OK ||
	    model_has_word("type imported", r->field) ||
	    strncmp(r->field, "imported", 8) == 0)
		return table_map_refuse(p, TABLE_MAP_FIELD, where, r->field);
	if (strncmp(path, "x_", 2) == 0)
		return table_map_try(p, path, "x") == VAULT_OK
		    ? VAULT_OK
		    : table_map_refuse(p, TABLE_MAP_FIELD, where, r->field);
	r->leaf = model_path(p->type, path, true);
	if (r->leaf == NULL || !takes_a_cell(r->leaf))
		return table_map_refuse(p, TABLE_MAP_FIELD, where, r->field);
	r->is_date = r->leaf->kind == MODEL_DATE;
	r->is_span = r->leaf->kind == MODEL_SPAN;
	if ((r->is_date || r->is_span) && r->leaf->many)
		return table_map_refuse(p, TABLE_MAP_FIELD, where, r->field);
	return VAULT_OK;
}

/* The codes of a rule must be values of its field. */
static enum vault_err
check_codes(
    struct table_parsing *p, const struct table_rule *r, const char *where)
{
	char path[96];
	enum vault_err err;

	if ((err = table_map_pairs(p, r->codes, true, where)) != VAULT_OK)
		return err;
	if (r->is_date || r->is_span)
		return table_map_refuse(p, TABLE_MAP_FIELD, where, r->field);
	if ((err = zero_index(path, sizeof(path), r->field)) != VAULT_OK)
		return err;
	for (size_t i = 0; i < json_array_size(r->codes); i++) {
		const char *to = table_pair(r->codes, i, 1);

		err = table_map_try(p, path, to);
		if (err == VAULT_EUSE)
			return table_map_refuse(p, TABLE_MAP_VALUE, where, to);
		if (err != VAULT_OK)
			return err;
	}
	return VAULT_OK;
}

/* What stands beside a value: members of the same object. */
static enum vault_err
check_with(
    struct table_parsing *p, const struct table_rule *r, const char *where)
{
	const char *dot = strrchr(r->field, '.');
	char path[96], whole[160];
	enum vault_err err;

	if ((err = table_map_pairs(p, r->with, true, where)) != VAULT_OK)
		return err;
	if (dot == NULL || zero_index(path, sizeof(path), r->field) != VAULT_OK)
		return table_map_refuse(p, TABLE_MAP_FIELD, where, r->field);
	*(strrchr(path, '.') + 1) = '\0';
	for (size_t i = 0; i < json_array_size(r->with); i++) {
		const char *member = table_pair(r->with, i, 0);

		if (snprintf(whole, sizeof(whole), "%s%s", path, member) >=
			(int)sizeof(whole) ||
		    model_path(p->type, whole, true) == NULL)
			return table_map_refuse(
			    p, TABLE_MAP_FIELD, where, member);
		err = table_map_try(p, whole, table_pair(r->with, i, 1));
		if (err == VAULT_EUSE)
			return table_map_refuse(p, TABLE_MAP_VALUE, where,
			    table_pair(r->with, i, 1));
		if (err != VAULT_OK)
			return err;
	}
	return VAULT_OK;
}

/* ---- Rules ---- */

/* The columns of an object, behind those that the rule has already. */
static enum vault_err
read_columns(struct table_parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	const json_t *list = json_object_get(rule, "columns");
	const char *one;
	enum vault_err err;

	if ((err = table_map_text(&one, p, rule, "column", where)) != VAULT_OK)
		return err;
	if ((one == NULL) == (list == NULL))
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "column");
	if (one != NULL && r->n < TABLE_JOIN_MAX) {
		r->columns[r->n++] = one;
		return VAULT_OK;
	}
	if ((err = table_map_texts(p, list, TABLE_JOIN_MAX - r->n, where)) !=
	    VAULT_OK)
		return err;
	for (size_t i = 0; i < json_array_size(list); i++)
		r->columns[r->n++] = json_string_value(json_array_get(list, i));
	return VAULT_OK;
}

/* What one column of dates states. */
static enum vault_err
read_date(struct table_parsing *p, struct table_rule *r, size_t i,
    const json_t *one, const char *where)
{
	static const char *const words[] = { [TABLE_DATE_EDTF] = "edtf",
		[TABLE_DATE_DAY] = "day",
		[TABLE_DATE_MONTH] = "month",
		[TABLE_DATE_YEAR] = "year" };
	const char *word = json_string_value(one);
	enum table_date d = TABLE_DATE_EDTF;

	if (json_is_object(one)) {
		enum vault_err err = table_map_dates(
		    &r->date_rules[i], p, one, where);

		r->dates[i] = TABLE_DATE_RULES;
		return err;
	}
	while (
	    word != NULL && d <= TABLE_DATE_YEAR && strcmp(words[d], word) != 0)
		d++;
	if (word == NULL || d > TABLE_DATE_YEAR)
		return table_map_refuse(p, TABLE_MAP_KIND, where, word);
	r->dates[i] = d;
	return VAULT_OK;
}

/*
 * What the columns from first on state: rules for all of them, those of the
 * map, or something for each one.
 */
static enum vault_err
read_dates(struct table_parsing *p, struct table_rule *r, size_t first,
    const json_t *rule, const char *where)
{
	const json_t *list = json_object_get(rule, "dates");
	const struct date_rules *rules = p->map->dates;
	size_t n = r->n - first;
	enum vault_err err = VAULT_OK;

	for (size_t i = first; i < r->n; i++)
		r->dates[i] = r->is_date ? TABLE_DATE_EDTF : TABLE_DATE_NONE;
	if (list == NULL && (!r->is_date || (n == 1 && rules == NULL)))
		return VAULT_OK;
	if (list == NULL && rules == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "dates");
	if (!r->is_date)
		return table_map_refuse(p, TABLE_MAP_FIELD, where, r->field);
	if (json_is_array(list)) {
		if (json_array_size(list) != n || r->join != NULL)
			return table_map_refuse(
			    p, TABLE_MAP_KIND, where, "dates");
		for (size_t i = 0; err == VAULT_OK && i < n; i++)
			err = read_date(
			    p, r, first + i, json_array_get(list, i), where);
		return err;
	}
	if (list != NULL)
		err = table_map_dates(&rules, p, list, where);
	for (size_t i = first; i < r->n; i++) {
		r->dates[i] = TABLE_DATE_RULES;
		r->date_rules[i] = rules;
	}
	return err;
}

/* What a number alone counts, where it is a duration. */
static enum vault_err
read_unit(struct table_parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	static const struct {
		const char *name;
		char letter;
	} units[] = { { "years", 'Y' }, { "months", 'M' }, { "weeks", 'W' },
		{ "days", 'D' }, { "hours", 'H' } };
	const char *unit;
	enum vault_err err = table_map_text(&unit, p, rule, "unit", where);

	if (err != VAULT_OK || unit == NULL)
		return err;
	if (!r->is_span)
		return table_map_refuse(p, TABLE_MAP_UNKNOWN, where, "unit");
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, unit) == 0)
			r->unit = units[i].letter;
	return r->unit != '\0'
	    ? VAULT_OK
	    : table_map_refuse(p, TABLE_MAP_KIND, where, unit);
}

/* One language, or an array of them, in which it is said in words. */
static enum vault_err
read_words(struct table_parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	const json_t *words = json_object_get(rule, "words");
	size_t n = json_is_array(words) ? json_array_size(words) : 1;

	if (words == NULL)
		return VAULT_OK;
	if (!r->is_span)
		return table_map_refuse(p, TABLE_MAP_UNKNOWN, where, "words");
	for (size_t i = 0; i < n; i++) {
		const char *lang = json_string_value(
		    json_is_array(words) ? json_array_get(words, i) : words);
		uint8_t bit = lang == NULL ? 0 : date_language_bit(lang);

		if (bit == 0)
			return table_map_refuse(
			    p, TABLE_MAP_KIND, where, "words");
		r->words |= bit;
	}
	return r->words != 0
	    ? VAULT_OK
	    : table_map_refuse(p, TABLE_MAP_KIND, where, "words");
}

/* What goes together with what. */
static enum vault_err
check_rule(
    struct table_parsing *p, const struct table_rule *r, const char *where)
{
	bool many = r->leaf != NULL && r->leaf->many &&
	    r->field[strlen(r->field) - 1] != ']';

	if (r->split != NULL && !many)
		return table_map_refuse(p, TABLE_MAP_NOT_MANY, where, r->field);
	if (r->n > 1 && !r->is_date && r->join == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "join");
	if (r->n == 1 && r->join != NULL)
		return table_map_refuse(p, TABLE_MAP_UNKNOWN, where, "join");
	if (r->is_span && r->n > 1)
		return table_map_refuse(p, TABLE_MAP_KIND, where, "columns");
	if ((r->is_date || r->is_span) &&
	    (r->prefix != NULL || r->split != NULL))
		return table_map_refuse(p, TABLE_MAP_UNKNOWN, where,
		    r->prefix != NULL ? "prefix" : "split");
	return VAULT_OK;
}

/* Ends of dates that are taken and told. */
static enum vault_err
read_doubtful(struct table_parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	r->doubtful = json_object_get(rule, "doubtful");
	if (r->doubtful == NULL)
		return VAULT_OK;
	return r->is_date
	    ? table_map_texts(p, r->doubtful, SIZE_MAX, where)
	    : table_map_refuse(p, TABLE_MAP_UNKNOWN, where, "doubtful");
}

/* "doubt": false, and nothing else. */
static enum vault_err
read_doubt(struct table_parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	const json_t *doubt = json_object_get(rule, "doubt");

	r->no_doubt = p->map->no_doubt || doubt != NULL;
	return doubt == NULL || json_is_false(doubt)
	    ? VAULT_OK
	    : table_map_refuse(p, TABLE_MAP_KIND, where, "doubt");
}

/* What becomes of a cell that is in no pair; how it may be parted. */
static enum vault_err
read_codes(struct table_parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	const json_t *parts = json_object_get(rule, "parts");
	char path[96];
	enum vault_err err;

	if ((err = table_map_bool(&r->keep_unlisted, p, rule, "keep_unlisted",
		 where)) != VAULT_OK ||
	    (err = table_map_text(&r->unlisted, p, rule, "unlisted", where)) !=
		VAULT_OK)
		return err;
	if (r->codes == NULL && (r->keep_unlisted || r->unlisted != NULL))
		return table_map_refuse(p, TABLE_MAP_KIND, where,
		    r->keep_unlisted ? "keep_unlisted" : "unlisted");
	if (r->codes == NULL && parts != NULL)
		return table_map_refuse(p, TABLE_MAP_KIND, where, "parts");
	if (parts != NULL &&
	    (err = table_map_texts(p, parts, TABLE_JOIN_MAX, where)) !=
		VAULT_OK)
		return err;
	r->parts = parts;
	if (r->unlisted == NULL)
		return VAULT_OK;
	if (r->keep_unlisted)
		return table_map_refuse(p, TABLE_MAP_TWICE, where, "unlisted");
	if ((err = zero_index(path, sizeof(path), r->field)) == VAULT_OK)
		err = table_map_try(p, path, r->unlisted);
	return err != VAULT_EUSE
	    ? err
	    : table_map_refuse(p, TABLE_MAP_VALUE, where, r->unlisted);
}

/* Cells of columns that become the values of a field. */
static enum vault_err
read_cells(struct table_parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	enum vault_err err;

	if ((err = table_map_members(p, rule,
		 "column columns field codes keep_unlisted unlisted parts join"
		 " split prefix dates doubt doubtful unit with words",
		 where)) != VAULT_OK ||
	    (err = read_columns(p, r, rule, where)) != VAULT_OK)
		return err;
	if (r->field == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "field");
	r->codes = json_object_get(rule, "codes");
	r->with = json_object_get(rule, "with");
	if ((err = check_field(p, r, where)) != VAULT_OK ||
	    (err = read_codes(p, r, rule, where)) != VAULT_OK ||
	    (err = read_doubt(p, r, rule, where)) != VAULT_OK ||
	    (err = table_map_text(&r->join, p, rule, "join", where)) !=
		VAULT_OK ||
	    (err = table_map_text(&r->split, p, rule, "split", where)) !=
		VAULT_OK ||
	    (err = table_map_text(&r->prefix, p, rule, "prefix", where)) !=
		VAULT_OK ||
	    (err = read_dates(p, r, 0, rule, where)) != VAULT_OK ||
	    (err = read_doubtful(p, r, rule, where)) != VAULT_OK ||
	    (err = read_unit(p, r, rule, where)) != VAULT_OK ||
	    (err = read_words(p, r, rule, where)) != VAULT_OK ||
	    (err = check_rule(p, r, where)) != VAULT_OK)
		return err;
	if (r->codes != NULL && (err = check_codes(p, r, where)) != VAULT_OK)
		return err;
	return r->with == NULL ? VAULT_OK : check_with(p, r, where);
}

/* {"from": {columns}, "to": {columns}, "field": a date}. */
static enum vault_err
read_period(struct table_parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	static const char *const ends[] = { "from", "to" };
	enum vault_err err;

	if ((err = table_map_members(
		 p, rule, "from to field between doubtful", where)) != VAULT_OK)
		return err;
	if (r->field == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "field");
	if ((err = table_map_bool(&r->between, p, rule, "between", where)) !=
		VAULT_OK ||
	    (err = check_field(p, r, where)) != VAULT_OK)
		return err;
	if (!r->is_date)
		return table_map_refuse(p, TABLE_MAP_FIELD, where, r->field);
	if ((err = read_doubtful(p, r, rule, where)) != VAULT_OK)
		return err;
	for (size_t i = 0; i < 2; i++) {
		const json_t *end = json_object_get(rule, ends[i]);

		r->n_from = r->n;
		if (end == NULL)
			return table_map_refuse(
			    p, TABLE_MAP_LACKS, where, ends[i]);
		if ((err = table_map_members(
			 p, end, "column columns dates", where)) != VAULT_OK ||
		    (err = read_columns(p, r, end, where)) != VAULT_OK ||
		    (err = read_dates(p, r, r->n_from, end, where)) != VAULT_OK)
			return err;
	}
	return VAULT_OK;
}

/* The field that holds the id, if it is a link or has one. */
static const struct model_field *
link_field(const struct model_type *type, const char *path)
{
	const struct model_field *f = model_path(type, path, true);

	if (f != NULL && (f->kind == MODEL_CITE || f->kind == MODEL_PARTY))
		f = model_member(f->object, "ref");
	return f != NULL && f->kind == MODEL_LINK && !f->apart ? f : NULL;
}

/* {"link": a field, "to": another record of the row}. */
static enum vault_err
read_link(struct table_parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	const struct table_map *m = p->map;
	const struct model_field *f;
	const char *to;
	char path[96];
	enum vault_err err;

	if ((err = table_map_members(p, rule, "link to", where)) != VAULT_OK ||
	    (err = table_map_text(&r->field, p, rule, "link", where)) !=
		VAULT_OK ||
	    (err = table_map_text(&to, p, rule, "to", where)) != VAULT_OK)
		return err;
	if (r->field == NULL || to == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, where,
		    r->field == NULL ? "link" : "to");
	while (r->to < m->n_records &&
	    (m->records[r->to].as == NULL ||
		strcmp(m->records[r->to].as, to) != 0))
		r->to++;
	if (r->to == m->n_records || r->to == p->self)
		return table_map_refuse(p, TABLE_MAP_NO_RECORD, where, to);
	f = zero_index(path, sizeof(path), r->field) == VAULT_OK
	    ? link_field(p->type, path)
	    : NULL;
	if (f == NULL || !model_may_link(f, m->records[r->to].type->name))
		return table_map_refuse(p, TABLE_MAP_NO_LINK, where, r->field);
	r->is_link = true;
	return VAULT_OK;
}

enum vault_err
table_map_rule(struct table_parsing *p, struct table_rule *r,
    const json_t *rule, const char *where)
{
	enum vault_err err;

	if (!json_is_object(rule))
		return table_map_refuse(p, TABLE_MAP_KIND, where, NULL);
	if (json_object_get(rule, "link") != NULL)
		return read_link(p, r, rule, where);
	if ((err = table_map_text(&r->field, p, rule, "field", where)) !=
	    VAULT_OK)
		return err;
	return json_object_get(rule, "from") != NULL ||
		json_object_get(rule, "to") != NULL
	    ? read_period(p, r, rule, where)
	    : read_cells(p, r, rule, where);
}

static size_t
count_here(const json_t *object)
{
	const json_t *dates = json_object_get(object, "dates");
	size_t n = json_is_object(dates);

	for (size_t i = 0; i < json_array_size(dates); i++)
		n += json_is_object(json_array_get(dates, i));
	return n;
}

size_t
table_map_count_dates(const json_t *rule)
{
	return count_here(rule) + count_here(json_object_get(rule, "from")) +
	    count_here(json_object_get(rule, "to"));
}

/* ---- Repeated columns ---- */

/* The text with the number in place of each '%'. */
static json_t *
numbered(const char *text, unsigned number)
{
	struct buf b = { 0 };
	json_t *out = NULL;

	for (; *text != '\0'; text++)
		if (*text == '%')
			buf_putf(&b, "%u", number);
		else
			buf_put_byte(&b, (uint8_t)*text);
	if (buf_ok(&b) == VAULT_OK)
		out = json_string(buf_text(&b));
	buf_free(&b);
	return out;
}

/* Rule is a copy of a member: give its columns the number. */
static bool
number_columns(json_t *rule, unsigned number)
{
	const char *one = json_string_value(json_object_get(rule, "column"));
	const json_t *list = json_object_get(rule, "columns");
	json_t *all;
	bool good = true;

	if (one != NULL)
		json_add(&good, rule, "column", numbered(one, number));
	if (!json_is_array(list))
		return good;
	all = json_array();
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		json_add(&good, all, NULL,
		    numbered(name == NULL ? "" : name, number));
	}
	json_add(&good, rule, "columns", all);
	return good;
}

/* "places" and "text": "places[2].text". */
static json_t *
field_of_group(const char *array, size_t index, const char *member)
{
	struct buf b = { 0 };
	json_t *out = NULL;

	buf_putf(&b, "%s[%zu].%s", array, index, member);
	if (buf_ok(&b) == VAULT_OK)
		out = json_string(buf_text(&b));
	buf_free(&b);
	return out;
}

static enum vault_err
append(struct table_parsing *p, json_t *wheres, json_t *rule, const char *where)
{
	bool good = rule != NULL;

	json_add(&good, p->map->made, NULL, rule);
	json_add(&good, wheres, NULL, json_string(where));
	return good ? VAULT_OK : VAULT_ENOMEM;
}

/* One member of one group. */
static enum vault_err
append_member(struct table_parsing *p, json_t *wheres, const json_t *group,
    const json_t *member, unsigned number, size_t index, const char *where)
{
	const char *array, *name;
	enum vault_err err;
	json_t *rule;
	bool good = true;

	if (!json_is_object(member))
		return table_map_refuse(p, TABLE_MAP_KIND, where, NULL);
	if ((err = table_map_text(&array, p, group, "field", where)) !=
		VAULT_OK ||
	    (err = table_map_text(&name, p, member, "field", where)) !=
		VAULT_OK)
		return err;
	if (array == NULL || name == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "field");
	if ((rule = json_shallow(member)) == NULL)
		return VAULT_ENOMEM;
	json_add(&good, rule, "field", field_of_group(array, index, name));
	if (!number_columns(rule, number) || !good) {
		json_decref(rule);
		return VAULT_ENOMEM;
	}
	return append(p, wheres, rule, where);
}

/* {"numbers": [1, 6], "field": an array, "members": rules with '%'}. */
static enum vault_err
append_groups(struct table_parsing *p, json_t *wheres, const json_t *group,
    const char *where)
{
	const json_t *numbers = json_object_get(group, "numbers");
	const json_t *members = json_object_get(group, "members");
	json_int_t low = json_integer_value(json_array_get(numbers, 0));
	json_int_t high = json_integer_value(json_array_get(numbers, 1));
	enum vault_err err;

	if ((err = table_map_members(
		 p, group, "numbers field members", where)) != VAULT_OK)
		return err;
	if (json_array_size(numbers) != 2 || low < 0 || high < low ||
	    high - low >= TABLE_GROUPS_MAX || high > INT32_MAX)
		return table_map_refuse(p, TABLE_MAP_KIND, where, "numbers");
	if (!json_is_array(members) || json_array_size(members) == 0)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "members");
	for (json_int_t n = low; err == VAULT_OK && n <= high; n++)
		for (size_t i = 0;
		     err == VAULT_OK && i < json_array_size(members); i++)
			err = append_member(p, wheres, group,
			    json_array_get(members, i), (unsigned)n,
			    (size_t)(n - low), where);
	return err;
}

enum vault_err
table_map_write_out(struct table_parsing *p, json_t *wheres, const json_t *list,
    const char *where)
{
	enum vault_err err = VAULT_OK;
	char place[96];

	if (!json_is_array(list) || json_array_size(list) == 0)
		return table_map_refuse(p,
		    list == NULL ? TABLE_MAP_LACKS : TABLE_MAP_KIND, where,
		    NULL);
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(list); i++) {
		json_t *rule = json_array_get(list, i);

		snprintf(place, sizeof(place), "%s[%zu]", where, i);
		err = json_object_get(rule, "numbers") != NULL
		    ? append_groups(p, wheres, rule, place)
		    : append(p, wheres, json_incref(rule), place);
	}
	return err;
}
