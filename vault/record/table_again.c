/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/buf.h"
#include "record/body.h"
#include "record/json.h"
#include "record/table_again.h"

/* The cells that found no field are a field, too; no real one is called so. */
#define CELLS "imported.fields"

/* The record while it is compared. */
struct comparing {
	const struct table_again *how;
	const struct model_type *type;
	json_t *set;  /* fields that get another value */
	json_t *kept; /* of imported.kept: fields that are ours */
	bool news;
};

/* Others may have written any number. */
json_int_t
table_edition(const json_t *body)
{
	const json_t *edition = json_object_get(
	    json_object_get(body, "imported"), "edition");
	json_int_t n = json_integer_value(edition);

	return n < 1 ? 1 : n > INT32_MAX ? INT32_MAX : n;
}

static json_t *
value_of(const json_t *body, const char *field)
{
	if (strcmp(field, CELLS) == 0)
		return json_object_get(
		    json_object_get(body, "imported"), "fields");
	return json_object_get(body, field);
}

static bool
same(const json_t *a, const json_t *b)
{
	return a == b || (a != NULL && b != NULL && json_equal(a, b));
}

/* What the file said of a field that was ours already, or NULL. */
static const char *
said_of_ours(const json_t *base, const char *field)
{
	const json_t *kept = json_object_get(
	    json_object_get(base, "imported"), "kept");

	for (size_t i = 0; i < json_array_size(kept); i++) {
		const json_t *one = json_array_get(kept, i);
		const char *name = json_string_value(
		    json_object_get(one, "name"));

		if (name != NULL && strcmp(name, field) == 0)
			return json_string_value(json_object_get(one, "text"));
	}
	return NULL;
}

/* A value as one text; of none, "null". */
static enum vault_err
put_value(struct buf *out, const json_t *value)
{
	json_t *around;
	enum vault_err err;

	if (value == NULL)
		return buf_put_text(out, "null") ? VAULT_OK : VAULT_ENOMEM;
	/* json_write takes objects and arrays. */
	if ((around = json_pack("[O]", value)) == NULL)
		return VAULT_ENOMEM;
	err = json_write(out, around);
	json_decref(around);
	return err;
}

static void
tell(struct comparing *c, enum table_field_why why, const char *field,
    const json_t *value)
{
	c->news = true;
	if (c->how->note != NULL)
		c->how->note(c->how->ctx, why, field, value);
}

/* A field that was changed here, and that the file says otherwise. */
static enum vault_err
keep_ours(struct comparing *c, const char *field, const char *said,
    const json_t *before, const json_t *file)
{
	struct buf text = { 0 };
	enum vault_err err = put_value(&text, file);
	bool good = true, news;

	if (err == VAULT_OK) {
		json_t *one = json_object();

		news = said != NULL ? strcmp(said, buf_text(&text)) != 0
				    : !same(file, before);
		json_add(&good, one, "name", json_string(field));
		json_add(&good, one, "text", json_string(buf_text(&text)));
		json_add(&good, c->kept, NULL, one);
		if (news)
			tell(c, TABLE_FIELD_OURS, field, file);
	}
	buf_free(&text);
	return good ? err : VAULT_ENOMEM;
}

/* Is it a field of a type that is written once? */
static bool
is_fixed(const struct comparing *c, const char *field)
{
	return c->type != NULL && c->type->fixed &&
	    model_member(&c->type->own, field) != NULL;
}

static enum vault_err
set(struct comparing *c, const char *field, json_t *file)
{
	tell(c, TABLE_FIELD_SET, field, file);
	return json_object_set(c->set, field, file) == 0 ? VAULT_OK
							 : VAULT_ENOMEM;
}

static const json_t *
cell_named(const json_t *cells, const json_t *like)
{
	for (size_t i = 0; i < json_array_size(cells); i++) {
		const json_t *one = json_array_get(cells, i);

		if (json_equal(json_object_get(one, "name"),
			json_object_get(like, "name")))
			return one;
	}
	return NULL;
}

/* Cells of columns that the record has none of. */
static enum vault_err
add_cells(struct comparing *c, json_t *now, json_t *file)
{
	json_t *all = json_shallow(now);
	enum vault_err err = VAULT_OK;
	bool good = all != NULL, other = false;

	for (size_t i = 0; i < json_array_size(file); i++) {
		json_t *one = json_array_get(file, i);
		const json_t *here = cell_named(now, one);

		other = other || (here != NULL && !json_equal(here, one));
		if (here == NULL)
			json_add(&good, all, NULL, json_incref(one));
	}
	if (good && json_array_size(all) > json_array_size(now))
		err = set(c, CELLS, all);
	if (other)
		tell(c, TABLE_FIELD_KEEP, CELLS, file);
	json_decref(all);
	return good ? err : VAULT_ENOMEM;
}

static enum vault_err
compare_field(struct comparing *c, const char *field)
{
	const struct table_again *how = c->how;
	const json_t *base = value_of(how->base, field);
	json_t *now = value_of(how->now, field);
	json_t *file = value_of(how->file, field);
	const char *said = said_of_ours(how->base, field);

	if (same(file, now))
		return VAULT_OK;
#ifdef PLANT_OURS_REPLACED
	/* As if what the last import left in place were what it wrote. */
	said = NULL;
#endif
	if (said != NULL || !same(base, now))
		return keep_ours(c, field, said, base, file);
	if (same(file, base))
		return VAULT_OK;
	if (how->policy == TABLE_KEEP)
		tell(c, TABLE_FIELD_KEEP, field, file);
	else if (file == NULL)
		tell(c, TABLE_FIELD_GONE, field, NULL);
	else if (is_fixed(c, field))
		tell(c, TABLE_FIELD_FIXED, field, file);
	else if (how->policy == TABLE_ADD && strcmp(field, CELLS) == 0)
		return add_cells(c, now, file);
	else if (how->policy == TABLE_ADD && now != NULL)
		tell(c, TABLE_FIELD_KEEP, field, file);
	else
		return set(c, field, file);
	return VAULT_OK;
}

/* Every field of the three bodies, in the order of the file. */
static enum vault_err
compare_all(struct comparing *c)
{
	const json_t *const bodies[] = { c->how->file, c->how->base,
		c->how->now };
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; i < 3; i++) {
		const char *field;
		json_t *value;

		json_object_foreach(
		    (json_t *)(uintptr_t)bodies[i], field, value)
		{
			bool seen = strcmp(field, "imported") == 0 ||
			    strcmp(field, "type") == 0;

			for (size_t j = 0; j < i; j++)
				seen = seen ||
				    json_object_get(bodies[j], field) != NULL;
			if (!seen && err == VAULT_OK)
				err = compare_field(c, field);
		}
	}
	return err == VAULT_OK ? compare_field(c, CELLS) : err;
}

/* What an import writes of itself; over all that others may have counted. */
static json_t *
make_imported(bool *good, const struct comparing *c)
{
	json_int_t base = table_edition(c->how->base);
	json_int_t now = table_edition(c->how->now);
	json_t *imported = json_shallow(
	    json_object_get(c->how->file, "imported"));
	json_t *cells = json_object_get(c->set, CELLS);

	if (cells == NULL)
		cells = value_of(c->how->now, CELLS);
	if (cells != NULL)
		json_add(good, imported, "fields", json_incref(cells));
	json_add(good, imported, "edition",
	    json_integer((now > base ? now : base) + 1));
	if (json_array_size(c->kept) > 0)
		json_add(good, imported, "kept", json_incref(c->kept));
	return imported;
}

static json_t *
make_body(const struct comparing *c)
{
	json_t *out = json_shallow(c->how->now), *value;
	const char *field;
	bool good = out != NULL;

	json_object_foreach(c->set, field, value) if (strcmp(field, CELLS) != 0)
	    json_add(&good, out, field, json_incref(value));
	json_add(&good, out, "imported", make_imported(&good, c));
	if (good)
		return out;
	json_decref(out);
	return NULL;
}

enum vault_err
table_again(json_t **out, bool *news, const struct table_again *how)
{
	struct comparing c = { .how = how,
		.type = model_type(
		    json_string_value(json_object_get(how->now, "type"))),
		.set = json_object(),
		.kept = json_array() };
	enum vault_err err = VAULT_ENOMEM;

	*out = NULL;
	if (c.set != NULL && c.kept != NULL)
		err = compare_all(&c);
	if (err == VAULT_OK && json_object_size(c.set) > 0 &&
	    (*out = make_body(&c)) == NULL)
		err = VAULT_ENOMEM;
	*news = c.news;
	json_decref(c.set);
	json_decref(c.kept);
	return err;
}
