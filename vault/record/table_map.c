/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "record/edit.h"
#include "record/table_map.h"

#define VERSION_OF_MAPS 1

struct parsing {
	struct table_map *map;
	struct table_map_fault *fault;
};

/* ---- What is wrong ---- */

/* At most as many bytes as fit, cut between characters. */
static void
excerpt(char *to, size_t cap, const char *text)
{
	size_t len = 0, all = strlen(text), n;
	uint32_t cp;

	while ((n = text_next(&cp, text + len, all - len)) > 0 && len + n < cap)
		len += n;
	memcpy(to, text, len);
	to[len] = '\0';
}

static enum vault_err
refuse(struct parsing *p, enum table_map_why why, const char *where,
    const char *value)
{
	p->fault->why = why;
	excerpt(p->fault->where, sizeof(p->fault->where), where);
	excerpt(p->fault->value, sizeof(p->fault->value),
	    value == NULL ? "" : value);
	return VAULT_EUSE;
}

/* A name that is none of these, and the one that was meant. */
static enum vault_err
refuse_name(
    struct parsing *p, const char *where, const char *name, const char *names)
{
	model_near_word(p->fault->near, sizeof(p->fault->near), names, name);
	return refuse(p, TABLE_MAP_UNKNOWN, where, name);
}

/* "columns[3]" and "columns[3].field". */
struct place_in {
	char text[96];
};

static struct place_in
at(const char *list, size_t i, const char *member)
{
	struct place_in p;

	snprintf(p.text, sizeof(p.text), "%s[%zu]%s%s", list, i,
	    *member == '\0' ? "" : ".", member);
	return p;
}

/* ---- Parts ---- */

/* An object with members of these names only, which are parted by blanks. */
static enum vault_err
check_members(struct parsing *p, const json_t *object, const char *names,
    const char *where)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return refuse(p, TABLE_MAP_KIND, where, NULL);
	json_object_foreach((json_t *)(uintptr_t)object, key,
	    value) if (strchr(key, ' ') != NULL ||
	    !model_has_word(names, key)) return refuse_name(p, where, key,
	    names);
	return VAULT_OK;
}

/* A text that is not empty; NULL and VAULT_OK if it is absent. */
static enum vault_err
get_text(const char **out, struct parsing *p, const json_t *object,
    const char *name, const char *where)
{
	const json_t *value = json_object_get(object, name);

	*out = NULL;
	if (value == NULL)
		return VAULT_OK;
	if (!json_is_string(value) || json_string_length(value) == 0)
		return refuse(p, TABLE_MAP_KIND, where, name);
	*out = json_string_value(value);
	return VAULT_OK;
}

/* An array of texts that are not empty. */
static enum vault_err
check_texts(
    struct parsing *p, const json_t *array, size_t max, const char *where)
{
	if (!json_is_array(array) || json_array_size(array) == 0 ||
	    json_array_size(array) > max)
		return refuse(p, TABLE_MAP_KIND, where, NULL);
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!json_is_string(json_array_get(array, i)) ||
		    json_string_length(json_array_get(array, i)) == 0)
			return refuse(p, TABLE_MAP_KIND, where, NULL);
	return VAULT_OK;
}

const char *
table_pair(const json_t *pairs, size_t i, size_t which)
{
	return json_string_value(
	    json_array_get(json_array_get(pairs, i), which));
}

/* An array of [text, text]; if distinct, no two begin alike. */
static enum vault_err
check_pairs(
    struct parsing *p, const json_t *pairs, bool distinct, const char *where)
{
	enum vault_err err;

	if (!json_is_array(pairs))
		return refuse(p, TABLE_MAP_KIND, where, NULL);
	for (size_t i = 0; i < json_array_size(pairs); i++) {
		const json_t *pair = json_array_get(pairs, i);

		if ((err = check_texts(p, pair, 2, where)) != VAULT_OK)
			return err;
		if (json_array_size(pair) != 2)
			return refuse(p, TABLE_MAP_KIND, where, NULL);
		for (size_t j = 0; distinct && j < i; j++)
			if (strcmp(table_pair(pairs, i, 0),
				table_pair(pairs, j, 0)) == 0)
				return refuse(p, TABLE_MAP_TWICE, where,
				    table_pair(pairs, i, 0));
	}
	return VAULT_OK;
}

/* Would the field take this value?  The scratch body forgets it at once. */
static enum vault_err
try_value(struct parsing *p, const char *path, const char *value)
{
	json_t *body = json_pack("{s:s}", "type", p->map->type->name);
	enum vault_err err = VAULT_ENOMEM;

	if (body != NULL)
		err = edit_set(body, path, value, strlen(value));
	json_decref(body);
	return err;
}

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
check_field(struct parsing *p, struct table_rule *r, const char *where)
{
	char path[96];

	if (zero_index(path, sizeof(path), r->field) != VAULT_OK ||
	    model_has_word("type imported", r->field) ||
	    strncmp(r->field, "imported", 8) == 0)
		return refuse(p, TABLE_MAP_FIELD, where, r->field);
	if (strncmp(path, "x_", 2) == 0)
		return try_value(p, path, "x") == VAULT_OK
		    ? VAULT_OK
		    : refuse(p, TABLE_MAP_FIELD, where, r->field);
	r->leaf = model_path(p->map->type, path, true);
	if (r->leaf == NULL || !takes_a_cell(r->leaf))
		return refuse(p, TABLE_MAP_FIELD, where, r->field);
	r->is_date = r->leaf->kind == MODEL_DATE;
	r->is_span = r->leaf->kind == MODEL_SPAN;
	if ((r->is_date || r->is_span) && r->leaf->many)
		return refuse(p, TABLE_MAP_FIELD, where, r->field);
	return VAULT_OK;
}

/* The codes of a rule must be values of its field. */
static enum vault_err
check_codes(struct parsing *p, const struct table_rule *r, const char *where)
{
	char path[96];
	enum vault_err err;

	if ((err = check_pairs(p, r->codes, true, where)) != VAULT_OK)
		return err;
	if (r->is_date || r->is_span)
		return refuse(p, TABLE_MAP_FIELD, where, r->field);
	if ((err = zero_index(path, sizeof(path), r->field)) != VAULT_OK)
		return err;
	for (size_t i = 0; i < json_array_size(r->codes); i++) {
		const char *to = table_pair(r->codes, i, 1);

		err = try_value(p, path, to);
		if (err == VAULT_EUSE)
			return refuse(p, TABLE_MAP_VALUE, where, to);
		if (err != VAULT_OK)
			return err;
	}
	return VAULT_OK;
}

/* What stands beside a value: members of the same object. */
static enum vault_err
check_with(struct parsing *p, const struct table_rule *r, const char *where)
{
	const char *dot = strrchr(r->field, '.');
	char path[96], whole[160];
	enum vault_err err;

	if ((err = check_pairs(p, r->with, true, where)) != VAULT_OK)
		return err;
	if (dot == NULL || zero_index(path, sizeof(path), r->field) != VAULT_OK)
		return refuse(p, TABLE_MAP_FIELD, where, r->field);
	*(strrchr(path, '.') + 1) = '\0';
	for (size_t i = 0; i < json_array_size(r->with); i++) {
		const char *member = table_pair(r->with, i, 0);

		if (snprintf(whole, sizeof(whole), "%s%s", path, member) >=
			(int)sizeof(whole) ||
		    model_path(p->map->type, whole, true) == NULL)
			return refuse(p, TABLE_MAP_FIELD, where, member);
		err = try_value(p, whole, table_pair(r->with, i, 1));
		if (err == VAULT_EUSE)
			return refuse(p, TABLE_MAP_VALUE, where,
			    table_pair(r->with, i, 1));
		if (err != VAULT_OK)
			return err;
	}
	return VAULT_OK;
}

/* ---- Rules ---- */

static enum vault_err
read_columns(struct parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	const json_t *list = json_object_get(rule, "columns");
	const char *one;
	enum vault_err err;

	if ((err = get_text(&one, p, rule, "column", where)) != VAULT_OK)
		return err;
	if ((one == NULL) == (list == NULL))
		return refuse(p, TABLE_MAP_LACKS, where, "column");
	r->columns[0] = one;
	r->n = 1;
	if (one != NULL)
		return VAULT_OK;
	if ((err = check_texts(p, list, TABLE_JOIN_MAX, where)) != VAULT_OK)
		return err;
	r->n = json_array_size(list);
	for (size_t i = 0; i < r->n; i++)
		r->columns[i] = json_string_value(json_array_get(list, i));
	return VAULT_OK;
}

/* Rules, an object, kept in the map: its array has room for all of them. */
static enum vault_err
read_date_rules(const struct date_rules **out, struct parsing *p,
    const json_t *rules, const char *where)
{
	struct table_map *m = p->map;
	struct date_rules_fault f;
	struct buf place = { 0 };
	enum vault_err err;

	buf_putf(&place, "%s%sdates", where, *where == '\0' ? "" : ".");
	if (!json_is_object(rules)) {
		err = refuse(p, TABLE_MAP_KIND, buf_text(&place), NULL);
		goto out;
	}
	*out = &m->date_rules[m->n_date_rules];
	err = date_rules_read(&m->date_rules[m->n_date_rules++], &f, rules);
	if (err == VAULT_EUSE && f.why == DATE_RULES_UNKNOWN) {
		err = refuse_name(p, buf_text(&place), f.rule, date_rule_names);
	} else if (err == VAULT_EUSE) {
		if (*f.rule != '\0')
			buf_putf(&place, ".%s", f.rule);
		err = refuse(p, TABLE_MAP_KIND, buf_text(&place), f.value);
	}
out:
	buf_free(&place);
	return err;
}

/* What one column of dates states. */
static enum vault_err
read_date(struct parsing *p, struct table_rule *r, size_t i, const json_t *one,
    const char *where)
{
	static const char *const words[] = { [TABLE_DATE_EDTF] = "edtf",
		[TABLE_DATE_DAY] = "day",
		[TABLE_DATE_MONTH] = "month",
		[TABLE_DATE_YEAR] = "year" };
	const char *word = json_string_value(one);
	enum table_date d = TABLE_DATE_EDTF;

	if (json_is_object(one)) {
		enum vault_err err = read_date_rules(
		    &r->date_rules[i], p, one, where);

		r->dates[i] = TABLE_DATE_RULES;
		return err;
	}
	while (
	    word != NULL && d <= TABLE_DATE_YEAR && strcmp(words[d], word) != 0)
		d++;
	if (word == NULL || d > TABLE_DATE_YEAR)
		return refuse(p, TABLE_MAP_KIND, where, word);
	r->dates[i] = d;
	return VAULT_OK;
}

/* Rules for all columns, those of the map, or something for each column. */
static enum vault_err
read_dates(struct parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	const json_t *list = json_object_get(rule, "dates");
	const struct date_rules *rules = p->map->dates;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; i < r->n; i++)
		r->dates[i] = r->is_date ? TABLE_DATE_EDTF : TABLE_DATE_NONE;
	if (list == NULL && (!r->is_date || (r->n == 1 && rules == NULL)))
		return VAULT_OK;
	if (list == NULL && rules == NULL)
		return refuse(p, TABLE_MAP_LACKS, where, "dates");
	if (!r->is_date)
		return refuse(p, TABLE_MAP_FIELD, where, r->field);
	if (json_is_array(list)) {
		if (json_array_size(list) != r->n || r->join != NULL)
			return refuse(p, TABLE_MAP_KIND, where, "dates");
		for (size_t i = 0; err == VAULT_OK && i < r->n; i++)
			err = read_date(
			    p, r, i, json_array_get(list, i), where);
		return err;
	}
	if (list != NULL)
		err = read_date_rules(&rules, p, list, where);
	for (size_t i = 0; i < r->n; i++) {
		r->dates[i] = TABLE_DATE_RULES;
		r->date_rules[i] = rules;
	}
	return err;
}

/* What a number alone counts, where it is a duration. */
static enum vault_err
read_unit(struct parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	static const struct {
		const char *name;
		char letter;
	} units[] = { { "years", 'Y' }, { "months", 'M' }, { "weeks", 'W' },
		{ "days", 'D' }, { "hours", 'H' } };
	const char *unit;
	enum vault_err err = get_text(&unit, p, rule, "unit", where);

	if (err != VAULT_OK || unit == NULL)
		return err;
	if (!r->is_span)
		return refuse(p, TABLE_MAP_UNKNOWN, where, "unit");
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, unit) == 0)
			r->unit = units[i].letter;
	return r->unit != '\0' ? VAULT_OK
			       : refuse(p, TABLE_MAP_KIND, where, unit);
}

/* What goes together with what. */
static enum vault_err
check_rule(struct parsing *p, const struct table_rule *r, const char *where)
{
	bool many = r->leaf != NULL && r->leaf->many &&
	    r->field[strlen(r->field) - 1] != ']';

	if (r->split != NULL && !many)
		return refuse(p, TABLE_MAP_NOT_MANY, where, r->field);
	if (r->n > 1 && !r->is_date && r->join == NULL)
		return refuse(p, TABLE_MAP_LACKS, where, "join");
	if (r->n == 1 && r->join != NULL)
		return refuse(p, TABLE_MAP_UNKNOWN, where, "join");
	if (r->is_span && r->n > 1)
		return refuse(p, TABLE_MAP_KIND, where, "columns");
	if ((r->is_date || r->is_span) &&
	    (r->prefix != NULL || r->split != NULL))
		return refuse(p, TABLE_MAP_UNKNOWN, where,
		    r->prefix != NULL ? "prefix" : "split");
	return VAULT_OK;
}

static enum vault_err
read_rule(struct parsing *p, struct table_rule *r, const json_t *rule,
    const char *where)
{
	const json_t *keep = json_object_get(rule, "keep_unlisted");
	enum vault_err err;

	if ((err = check_members(p, rule,
		 "column columns field codes keep_unlisted join split prefix"
		 " dates unit with",
		 where)) != VAULT_OK ||
	    (err = read_columns(p, r, rule, where)) != VAULT_OK ||
	    (err = get_text(&r->field, p, rule, "field", where)) != VAULT_OK)
		return err;
	if (r->field == NULL)
		return refuse(p, TABLE_MAP_LACKS, where, "field");
	r->codes = json_object_get(rule, "codes");
	r->with = json_object_get(rule, "with");
	if (keep != NULL && (!json_is_boolean(keep) || r->codes == NULL))
		return refuse(p, TABLE_MAP_KIND, where, "keep_unlisted");
	r->keep_unlisted = json_is_true(keep);
	if ((err = check_field(p, r, where)) != VAULT_OK ||
	    (err = get_text(&r->join, p, rule, "join", where)) != VAULT_OK ||
	    (err = get_text(&r->split, p, rule, "split", where)) != VAULT_OK ||
	    (err = get_text(&r->prefix, p, rule, "prefix", where)) !=
		VAULT_OK ||
	    (err = read_dates(p, r, rule, where)) != VAULT_OK ||
	    (err = read_unit(p, r, rule, where)) != VAULT_OK ||
	    (err = check_rule(p, r, where)) != VAULT_OK)
		return err;
	if (r->codes != NULL && (err = check_codes(p, r, where)) != VAULT_OK)
		return err;
	return r->with == NULL ? VAULT_OK : check_with(p, r, where);
}

/* How many rules for dates there are: of the map, of columns. */
static size_t
count_date_rules(const json_t *map, const json_t *list)
{
	size_t n = json_is_object(json_object_get(map, "dates"));

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *dates = json_object_get(
		    json_array_get(list, i), "dates");

		n += json_is_object(dates);
		for (size_t j = 0; j < json_array_size(dates); j++)
			n += json_is_object(json_array_get(dates, j));
	}
	return n;
}

static enum vault_err
read_dates_of_map(struct parsing *p)
{
	const json_t *rules = json_object_get(p->map->json, "dates");

	if (rules == NULL)
		return VAULT_OK;
	return read_date_rules(&p->map->dates, p, rules, "");
}

static enum vault_err
read_rules(struct parsing *p, const json_t *list)
{
	struct table_map *m = p->map;
	enum vault_err err = VAULT_OK;

	if (!json_is_array(list) || json_array_size(list) == 0)
		return refuse(p,
		    list == NULL ? TABLE_MAP_LACKS : TABLE_MAP_KIND, "columns",
		    NULL);
	m->n_rules = json_array_size(list);
	m->rules = mem_zalloc(m->n_rules * sizeof(*m->rules));
	m->date_rules = mem_zalloc(
	    count_date_rules(m->json, list) * sizeof(*m->date_rules) + 1);
	if (m->rules == NULL || m->date_rules == NULL)
		return VAULT_ENOMEM;
	err = read_dates_of_map(p);
	for (size_t i = 0; err == VAULT_OK && i < m->n_rules; i++)
		err = read_rule(p, &m->rules[i], json_array_get(list, i),
		    at("columns", i, "").text);
	return err;
}

/* ---- The whole ---- */

/* A name that can stand in the log as it is. */
static bool
is_plain_name(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return strlen(name) <= TABLE_NAME_MAX &&
	    name[strspn(name, plain)] == '\0';
}

static enum vault_err
read_head(struct parsing *p)
{
	struct table_map *m = p->map;
	const json_t *version = json_object_get(m->json, "amparo_map");
	const char *type, *delimiter;
	enum vault_err err;

	if (!json_is_integer(version))
		return refuse(p, TABLE_MAP_LACKS, "", "amparo_map");
	if (json_integer_value(version) != VERSION_OF_MAPS)
		return refuse(p, TABLE_MAP_VERSION, "amparo_map", NULL);
	if ((err = check_members(p, m->json,
		 "amparo_map about name type delimiter missing key constants"
		 " dates columns",
		 "")) != VAULT_OK ||
	    (err = get_text(&m->name, p, m->json, "name", "")) != VAULT_OK ||
	    (err = get_text(&type, p, m->json, "type", "")) != VAULT_OK ||
	    (err = get_text(&delimiter, p, m->json, "delimiter", "")) !=
		VAULT_OK)
		return err;
	if (m->name == NULL || type == NULL)
		return refuse(
		    p, TABLE_MAP_LACKS, "", m->name == NULL ? "name" : "type");
	if (!is_plain_name(m->name))
		return refuse(p, TABLE_MAP_KIND, "name", m->name);
	if ((m->type = model_type(type)) == NULL)
		return refuse(p, TABLE_MAP_TYPE, "type", type);
	m->delimiter = delimiter == NULL ? ',' : delimiter[0];
	if (delimiter != NULL &&
	    (strlen(delimiter) != 1 || strchr(",;\t|", *delimiter) == NULL))
		return refuse(p, TABLE_MAP_KIND, "delimiter", delimiter);
	return VAULT_OK;
}

static enum vault_err
read_key(struct parsing *p)
{
	const json_t *key = json_object_get(p->map->json, "key");
	enum vault_err err;

	/* Without a key a second import would add everything once more. */
	if (key == NULL)
		return refuse(p, TABLE_MAP_LACKS, "", "key");
	if ((err = check_texts(p, key, TABLE_KEY_MAX, "key")) != VAULT_OK)
		return err;
	for (size_t i = 0; i < json_array_size(key); i++) {
		const char *name = json_string_value(json_array_get(key, i));

		for (size_t j = 0; j < i; j++)
			if (strcmp(p->map->key[j], name) == 0)
				return refuse(p, TABLE_MAP_TWICE, "key", name);
		p->map->key[p->map->n_key++] = name;
	}
	return VAULT_OK;
}

/* Constants are tried in order on one body: two of an array are two. */
static enum vault_err
read_constants(struct parsing *p)
{
	const json_t *list = json_object_get(p->map->json, "constants");
	json_t *body;
	enum vault_err err;

	if (list == NULL)
		return VAULT_OK;
	if ((err = check_pairs(p, list, false, "constants")) != VAULT_OK)
		return err;
	if ((body = json_pack("{s:s}", "type", p->map->type->name)) == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(list); i++) {
		const char *path = table_pair(list, i, 0);
		const char *value = table_pair(list, i, 1);

		err = strchr(path, '[') != NULL ||
			strncmp(path, "imported", 8) == 0
		    ? VAULT_EUSE
		    : edit_set(body, path, value, strlen(value));
		if (err == VAULT_EUSE)
			err = refuse(p, TABLE_MAP_VALUE,
			    at("constants", i, "").text, path);
	}
	json_decref(body);
	p->map->constants = list;
	return err;
}

enum vault_err
table_map_read(struct table_map *out, struct table_map_fault *fault,
    const void *text, size_t len)
{
	struct parsing p = { .map = out, .fault = fault };
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	memset(fault, 0, sizeof(*fault));
	err = json_read(&out->json, text, len, TABLE_MAP_MAX, &fault->json);
	if (err != VAULT_OK)
		return err;
	if (!json_is_object(out->json))
		return refuse(&p, TABLE_MAP_KIND, "", NULL);
	if ((err = read_head(&p)) != VAULT_OK ||
	    (err = read_key(&p)) != VAULT_OK)
		return err;
	out->missing = json_object_get(out->json, "missing");
	if (out->missing != NULL &&
	    (err = check_texts(&p, out->missing, SIZE_MAX, "missing")) !=
		VAULT_OK)
		return err;
	if ((err = read_constants(&p)) != VAULT_OK)
		return err;
	return read_rules(&p, json_object_get(out->json, "columns"));
}

void
table_map_free(struct table_map *map)
{
	mem_free(map->rules);
	mem_free(map->date_rules);
	json_decref(map->json);
	memset(map, 0, sizeof(*map));
}
