/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "record/edit.h"
#include "record/table_map_inner.h"

#define VERSION_OF_MAPS 1

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

enum vault_err
table_map_refuse(struct table_parsing *p, enum table_map_why why,
    const char *where, const char *value)
{
	p->fault->why = why;
	excerpt(p->fault->where, sizeof(p->fault->where), where);
	excerpt(p->fault->value, sizeof(p->fault->value),
	    value == NULL ? "" : value);
	return VAULT_EUSE;
}

/* A name that is none of these, and the one that was meant. */
enum vault_err
table_map_refuse_name(struct table_parsing *p, const char *where,
    const char *name, const char *names)
{
	model_near_word(p->fault->near, sizeof(p->fault->near), names, name);
	return table_map_refuse(p, TABLE_MAP_UNKNOWN, where, name);
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
enum vault_err
table_map_members(struct table_parsing *p, const json_t *object,
    const char *names, const char *where)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return table_map_refuse(p, TABLE_MAP_KIND, where, NULL);
	json_object_foreach((json_t *)(uintptr_t)object, key,
	    value) if (strchr(key, ' ') != NULL ||
	    !model_has_word(names, key)) return table_map_refuse_name(p, where,
	    key, names);
	return VAULT_OK;
}

/* A text that is not empty; NULL and VAULT_OK if it is absent. */
enum vault_err
table_map_text(const char **out, struct table_parsing *p, const json_t *object,
    const char *name, const char *where)
{
	const json_t *value = json_object_get(object, name);

	*out = NULL;
	if (value == NULL)
		return VAULT_OK;
	if (!json_is_string(value) || json_string_length(value) == 0)
		return table_map_refuse(p, TABLE_MAP_KIND, where, name);
	*out = json_string_value(value);
	return VAULT_OK;
}

/* An array of texts that are not empty. */
enum vault_err
table_map_texts(
    struct table_parsing *p, const json_t *array, size_t max, const char *where)
{
	if (!json_is_array(array) || json_array_size(array) == 0 ||
	    json_array_size(array) > max)
		return table_map_refuse(p, TABLE_MAP_KIND, where, NULL);
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!json_is_string(json_array_get(array, i)) ||
		    json_string_length(json_array_get(array, i)) == 0)
			return table_map_refuse(p, TABLE_MAP_KIND, where, NULL);
	return VAULT_OK;
}

const char *
table_pair(const json_t *pairs, size_t i, size_t which)
{
	return json_string_value(
	    json_array_get(json_array_get(pairs, i), which));
}

/* An array of [text, text]; if distinct, no two begin alike. */
enum vault_err
table_map_pairs(struct table_parsing *p, const json_t *pairs, bool distinct,
    const char *where)
{
	enum vault_err err;

	if (!json_is_array(pairs))
		return table_map_refuse(p, TABLE_MAP_KIND, where, NULL);
	for (size_t i = 0; i < json_array_size(pairs); i++) {
		const json_t *pair = json_array_get(pairs, i);

		if ((err = table_map_texts(p, pair, 2, where)) != VAULT_OK)
			return err;
		if (json_array_size(pair) != 2)
			return table_map_refuse(p, TABLE_MAP_KIND, where, NULL);
		for (size_t j = 0; distinct && j < i; j++)
			if (strcmp(table_pair(pairs, i, 0),
				table_pair(pairs, j, 0)) == 0)
				return table_map_refuse(p, TABLE_MAP_TWICE,
				    where, table_pair(pairs, i, 0));
	}
	return VAULT_OK;
}

/* Would the field take this value?  The scratch body forgets it at once. */
enum vault_err
table_map_try(struct table_parsing *p, const char *path, const char *value)
{
	json_t *body = json_pack("{s:s}", "type", p->type->name);
	enum vault_err err = VAULT_ENOMEM;

	if (body != NULL)
		err = edit_set(body, path, value, strlen(value));
	json_decref(body);
	return err;
}

/* True or false; false if it is absent. */
enum vault_err
table_map_bool(bool *out, struct table_parsing *p, const json_t *object,
    const char *name, const char *where)
{
	const json_t *value = json_object_get(object, name);

	*out = json_is_true(value);
	return value == NULL || json_is_boolean(value)
	    ? VAULT_OK
	    : table_map_refuse(p, TABLE_MAP_KIND, where, name);
}

/* Rules, an object, kept in the map: its array has room for all of them. */
enum vault_err
table_map_dates(const struct date_rules **out, struct table_parsing *p,
    const json_t *rules, const char *where)
{
	struct table_map *m = p->map;
	struct date_rules_fault f;
	struct buf place = { 0 };
	enum vault_err err;

	buf_putf(&place, "%s%sdates", where, *where == '\0' ? "" : ".");
	if (!json_is_object(rules)) {
		err = table_map_refuse(
		    p, TABLE_MAP_KIND, buf_text(&place), NULL);
		goto out;
	}
	*out = &m->date_rules[m->n_date_rules];
	err = date_rules_read(&m->date_rules[m->n_date_rules++], &f, rules);
	if (err == VAULT_EUSE && f.why == DATE_RULES_UNKNOWN) {
		err = table_map_refuse_name(
		    p, buf_text(&place), f.rule, date_rule_names);
	} else if (err == VAULT_EUSE) {
		if (*f.rule != '\0')
			buf_putf(&place, ".%s", f.rule);
		err = table_map_refuse(
		    p, TABLE_MAP_KIND, buf_text(&place), f.value);
	}
out:
	buf_free(&place);
	return err;
}

/* ---- Records of a row ---- */

/* A name that can stand in the log as it is. */
static bool
is_plain_name(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return strlen(name) <= TABLE_NAME_MAX &&
	    name[strspn(name, plain)] == '\0';
}

/* {"column": C} and one of in, is, same_as, other_than. */
static enum vault_err
read_condition(struct table_parsing *p, struct table_when *w,
    const json_t *object, const char *where)
{
	const char *is, *same, *other;
	enum vault_err err;

	if ((err = table_map_members(p, object,
		 "column in is same_as other_than", where)) != VAULT_OK ||
	    (err = table_map_text(&w->column, p, object, "column", where)) !=
		VAULT_OK ||
	    (err = table_map_text(&is, p, object, "is", where)) != VAULT_OK ||
	    (err = table_map_text(&same, p, object, "same_as", where)) !=
		VAULT_OK ||
	    (err = table_map_text(&other, p, object, "other_than", where)) !=
		VAULT_OK)
		return err;
	w->in = json_object_get(object, "in");
	if (w->column == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "column");
	if ((w->in != NULL) + (is != NULL) + (same != NULL) + (other != NULL) !=
	    1)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "in");
	if (w->in != NULL)
		return table_map_texts(p, w->in, SIZE_MAX, where);
	if (is != NULL && strcmp(is, "present") != 0 &&
	    strcmp(is, "absent") != 0)
		return table_map_refuse(p, TABLE_MAP_KIND, where, is);
	w->second = same != NULL ? same : other;
	w->kind = same != NULL ? TABLE_WHEN_SAME
	    : other != NULL    ? TABLE_WHEN_OTHER
	    : *is == 'p'       ? TABLE_WHEN_PRESENT
			       : TABLE_WHEN_ABSENT;
	return VAULT_OK;
}

/* One condition, or an array of those that must all be so. */
static enum vault_err
read_when(struct table_parsing *p, struct table_record *r, const json_t *object,
    const char *where)
{
	const json_t *when = json_object_get(object, "when");
	size_t n = json_is_array(when) ? json_array_size(when) : when != NULL;
	enum vault_err err = VAULT_OK;

	r->first_when = p->map->n_whens;
	r->n_when = n;
	if (when != NULL && n == 0)
		return table_map_refuse(p, TABLE_MAP_KIND, where, "when");
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		err = read_condition(p, &p->map->whens[p->map->n_whens++],
		    json_is_array(when) ? json_array_get(when, i) : when,
		    where);
	return err;
}

bool
table_is_ours_to_say(const char *path)
{
	size_t len = strcspn(path, "[.");
	const struct model_type *person = model_type("person");

	for (size_t i = 0; i < person->own.n; i++) {
		const struct model_field *f = &person->own.fields[i];

		if (f->apart && strlen(f->name) == len &&
		    memcmp(f->name, path, len) == 0)
			return true;
	}
	return false;
}

/* Constants are tried in order on one body: two of an array are two. */
static enum vault_err
read_constants(struct table_parsing *p, struct table_record *r,
    const json_t *object, const char *where)
{
	const json_t *list = json_object_get(object, "constants");
	json_t *body;
	enum vault_err err;

	if (list == NULL)
		return VAULT_OK;
	if ((err = table_map_pairs(p, list, false, where)) != VAULT_OK)
		return err;
	if ((body = json_pack("{s:s}", "type", p->type->name)) == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(list); i++) {
		const char *path = table_pair(list, i, 0);
		const char *value = table_pair(list, i, 1);

		err = strchr(path, '[') != NULL ||
			strncmp(path, "imported", 8) == 0 ||
			table_is_ours_to_say(path)
		    ? VAULT_EUSE
		    : edit_set(body, path, value, strlen(value));
		if (err == VAULT_EUSE)
			err = table_map_refuse(
			    p, TABLE_MAP_VALUE, at(where, i, "").text, path);
	}
	json_decref(body);
	r->constants = list;
	return err;
}

static enum vault_err
read_type(struct table_parsing *p, struct table_record *r, const json_t *object,
    const char *where)
{
	const char *type;
	enum vault_err err = table_map_text(&type, p, object, "type", where);

	if (err != VAULT_OK)
		return err;
	if (type == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "type");
	if ((r->type = model_type(type)) == NULL)
		return table_map_refuse(
		    p, TABLE_MAP_TYPE, *where == '\0' ? "type" : where, type);
	p->type = r->type;
	return VAULT_OK;
}

/* What a record of a map with several is called: each by a name of its own. */
static enum vault_err
read_as(struct table_parsing *p, struct table_record *r, const json_t *object,
    const char *where)
{
	const struct table_map *m = p->map;
	enum vault_err err;

	if ((err = table_map_members(p, object,
		 "as type once when constants columns", where)) != VAULT_OK ||
	    (err = table_map_text(&r->as, p, object, "as", where)) !=
		VAULT_OK ||
	    (err = table_map_bool(&r->once, p, object, "once", where)) !=
		VAULT_OK)
		return err;
	if (r->as == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, where, "as");
	if (!is_plain_name(r->as))
		return table_map_refuse(p, TABLE_MAP_KIND, where, r->as);
	for (const struct table_record *o = m->records; o < r; o++)
		if (strcmp(o->as, r->as) == 0)
			return table_map_refuse(
			    p, TABLE_MAP_TWICE, where, r->as);
	/* The first is the row's own: it is there in any case. */
	if (r == m->records &&
	    (r->once || json_object_get(object, "when") != NULL))
		return table_map_refuse(
		    p, TABLE_MAP_UNKNOWN, where, r->once ? "once" : "when");
	if (r->once && json_object_get(object, "columns") != NULL)
		return table_map_refuse(p, TABLE_MAP_UNKNOWN, where, "columns");
	if (r->once && json_object_get(object, "when") != NULL)
		return table_map_refuse(p, TABLE_MAP_UNKNOWN, where, "when");
	return VAULT_OK;
}

/* All of a record but its rules, which may name others of the row. */
static enum vault_err
read_record(struct table_parsing *p, const json_t *object, const char *where)
{
	struct table_record *r = &p->map->records[p->map->n_records];
	struct buf place = { 0 };
	enum vault_err err = VAULT_OK;

	buf_putf(&place, "%s%sconstants", where, *where == '\0' ? "" : ".");
	if (*where != '\0')
		err = read_as(p, r, object, where);
	if (err == VAULT_OK &&
	    (err = read_type(p, r, object, where)) == VAULT_OK &&
	    (err = read_when(p, r, object, where)) == VAULT_OK)
		err = read_constants(p, r, object, buf_text(&place));
	if (err == VAULT_OK)
		err = buf_ok(&place);
	p->map->n_records++;
	buf_free(&place);
	return err;
}

static size_t
count_conditions(const json_t *list)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *when = json_object_get(
		    json_array_get(list, i), "when");

		n += json_is_array(when) ? json_array_size(when) : 1;
	}
	return n;
}

/* The records that a row becomes: of "records", or the map itself is one. */
static enum vault_err
read_records(struct table_parsing *p)
{
	struct table_map *m = p->map;
	const json_t *list = json_object_get(m->json, "records");
	enum vault_err err = VAULT_OK;

	if ((err = table_map_bool(&m->paths, p, m->json, "paths", "")) !=
	    VAULT_OK)
		return err;
	if (m->paths &&
	    (list != NULL || json_object_get(m->json, "columns") != NULL))
		return table_map_refuse(p, TABLE_MAP_UNKNOWN, "", "paths");
	if (list == NULL)
		return read_record(p, m->json, "");
	for (const char *const *name =
		 (const char *const[]){ "type", "columns", "constants", NULL };
	     *name != NULL; name++)
		if (json_object_get(m->json, *name) != NULL)
			return table_map_refuse(
			    p, TABLE_MAP_UNKNOWN, "", *name);
	if (!json_is_array(list) || json_array_size(list) == 0 ||
	    json_array_size(list) > TABLE_RECORDS_MAX)
		return table_map_refuse(p, TABLE_MAP_KIND, "records", NULL);
	m->whens = mem_zalloc(count_conditions(list) * sizeof(*m->whens) + 1);
	if (m->whens == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(list); i++)
		err = read_record(
		    p, json_array_get(list, i), at("records", i, "").text);
	return err;
}

/* ---- Rules of all records ---- */

static enum vault_err
read_dates_of_map(struct table_parsing *p)
{
	const json_t *rules = json_object_get(p->map->json, "dates");

	if (rules == NULL)
		return VAULT_OK;
	return table_map_dates(&p->map->dates, p, rules, "");
}

/* The rules of each record, written out. */
static enum vault_err
write_out(struct table_parsing *p, json_t *wheres)
{
	struct table_map *m = p->map;
	const json_t *records = json_object_get(m->json, "records");
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < m->n_records; i++) {
		const json_t *object = records == NULL
		    ? m->json
		    : json_array_get(records, i);
		struct place_in place = at("records", i, "columns");

		m->records[i].first = json_array_size(m->made);
		if (!m->records[i].once && !m->paths)
			err = table_map_write_out(p, wheres,
			    json_object_get(object, "columns"),
			    records == NULL ? "columns" : place.text);
		m->records[i].n = json_array_size(m->made) -
		    m->records[i].first;
	}
	return err;
}

static enum vault_err
read_all(struct table_parsing *p, const json_t *wheres)
{
	struct table_map *m = p->map;
	size_t dates = json_is_object(json_object_get(m->json, "dates"));
	enum vault_err err;

	m->n_rules = json_array_size(m->made);
	for (size_t i = 0; i < m->n_rules; i++)
		dates += table_map_count_dates(json_array_get(m->made, i));
	m->rules = mem_zalloc(m->n_rules * sizeof(*m->rules) + 1);
	m->date_rules = mem_zalloc(dates * sizeof(*m->date_rules) + 1);
	if (m->rules == NULL || m->date_rules == NULL)
		return VAULT_ENOMEM;
	err = read_dates_of_map(p);
	for (size_t i = 0; i < m->n_records; i++) {
		const struct table_record *r = &m->records[i];

		p->type = r->type;
		p->self = i;
		for (size_t j = r->first;
		     err == VAULT_OK && j < r->first + r->n; j++)
			err = table_map_rule(p, &m->rules[j],
			    json_array_get(m->made, j),
			    json_string_value(json_array_get(wheres, j)));
	}
	return err;
}

static enum vault_err
read_rules(struct table_parsing *p)
{
	json_t *wheres = json_array();
	enum vault_err err = VAULT_ENOMEM;

	p->map->made = json_array();
	if (wheres != NULL && p->map->made != NULL &&
	    (err = write_out(p, wheres)) == VAULT_OK)
		err = read_all(p, wheres);
	json_decref(wheres);
	return err;
}

/* ---- The whole ---- */

static enum vault_err
read_head(struct table_parsing *p)
{
	struct table_map *m = p->map;
	const json_t *version = json_object_get(m->json, "amparo_map");
	const char *delimiter, *format;
	enum vault_err err;

	if (!json_is_integer(version))
		return table_map_refuse(p, TABLE_MAP_LACKS, "", "amparo_map");
	if (json_integer_value(version) != VERSION_OF_MAPS)
		return table_map_refuse(
		    p, TABLE_MAP_VERSION, "amparo_map", NULL);
	if ((err = table_map_members(p, m->json,
		 "amparo_map about name type delimiter missing key constants"
		 " dates doubt columns records format paths",
		 "")) != VAULT_OK ||
	    (err = table_map_text(&m->name, p, m->json, "name", "")) !=
		VAULT_OK ||
	    (err = table_map_text(&delimiter, p, m->json, "delimiter", "")) !=
		VAULT_OK)
		return err;
	if ((err = table_map_text(&format, p, m->json, "format", "")) !=
	    VAULT_OK)
		return err;
	if (m->name == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, "", "name");
	m->is_json = format != NULL && strcmp(format, "json") == 0;
	if (format != NULL && !m->is_json && strcmp(format, "csv") != 0)
		return table_map_refuse(p, TABLE_MAP_KIND, "format", format);
	if (m->is_json && delimiter != NULL)
		return table_map_refuse(p, TABLE_MAP_UNKNOWN, "", "delimiter");
	if (!is_plain_name(m->name))
		return table_map_refuse(p, TABLE_MAP_KIND, "name", m->name);
	m->delimiter = delimiter == NULL ? ',' : delimiter[0];
	if (delimiter != NULL &&
	    (strlen(delimiter) != 1 || strchr(",;\t|", *delimiter) == NULL))
		return table_map_refuse(
		    p, TABLE_MAP_KIND, "delimiter", delimiter);
	return VAULT_OK;
}

static enum vault_err
read_key(struct table_parsing *p)
{
	const json_t *key = json_object_get(p->map->json, "key");
	enum vault_err err;

	/* Without a key a second import would add everything once more. */
	if (key == NULL)
		return table_map_refuse(p, TABLE_MAP_LACKS, "", "key");
	if ((err = table_map_texts(p, key, TABLE_KEY_MAX, "key")) != VAULT_OK)
		return err;
	for (size_t i = 0; i < json_array_size(key); i++) {
		const char *name = json_string_value(json_array_get(key, i));

		for (size_t j = 0; j < i; j++)
			if (strcmp(p->map->key[j], name) == 0)
				return table_map_refuse(
				    p, TABLE_MAP_TWICE, "key", name);
		p->map->key[p->map->n_key++] = name;
	}
	return VAULT_OK;
}

/* What says that a code is in doubt; or that nothing does. */
static enum vault_err
read_doubt(struct table_parsing *p)
{
	struct table_map *m = p->map;

	m->doubt = json_object_get(m->json, "doubt");
	m->no_doubt = json_is_false(m->doubt);
	return m->doubt == NULL || m->no_doubt
	    ? VAULT_OK
	    : table_map_texts(p, m->doubt, SIZE_MAX, "doubt");
}

enum vault_err
table_map_read(struct table_map *out, struct table_map_fault *fault,
    const void *text, size_t len)
{
	struct table_parsing p = { .map = out, .fault = fault };
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	memset(fault, 0, sizeof(*fault));
	err = json_read(&out->json, text, len, TABLE_MAP_MAX, &fault->json);
	if (err != VAULT_OK)
		return err;
	if (!json_is_object(out->json))
		return table_map_refuse(&p, TABLE_MAP_KIND, "", NULL);
	if ((err = read_head(&p)) != VAULT_OK ||
	    (err = read_records(&p)) != VAULT_OK ||
	    (err = read_key(&p)) != VAULT_OK ||
	    (err = read_doubt(&p)) != VAULT_OK)
		return err;
	out->missing = json_object_get(out->json, "missing");
	if (out->missing != NULL &&
	    (err = table_map_texts(&p, out->missing, SIZE_MAX, "missing")) !=
		VAULT_OK)
		return err;
	return read_rules(&p);
}

void
table_map_free(struct table_map *map)
{
	mem_free(map->rules);
	mem_free(map->whens);
	mem_free(map->date_rules);
	json_decref(map->made);
	json_decref(map->json);
	memset(map, 0, sizeof(*map));
}
