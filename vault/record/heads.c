/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "record/body.h"
#include "record/guard.h"
#include "record/heads.h"
#include "record/json.h"

#define HEADS_MAX 64
#define PART_MAX ((size_t)8 * 1024 * 1024)

/* ---- Opening ---- */

static enum vault_err
part_json(json_t **out, const struct part *p)
{
	enum vault_err err;

	*out = NULL;
	if (!p->present)
		return VAULT_OK;
	err = json_read(out, p->json.bytes, p->json.len, PART_MAX, NULL);
	return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
}

/* The two parts as one body. */
static enum vault_err
join(struct head *out, const struct part *body, const struct part *hidden)
{
	json_t *closed = NULL;
	enum vault_err err;

	if ((err = part_json(&out->open, body)) == VAULT_OK &&
	    (err = part_json(&closed, hidden)) == VAULT_OK && out->open != NULL)
		err = body_join(&out->body, out->open, closed);
	json_decref(closed);
	return err;
}

enum vault_err
head_open(struct head *out, struct store *s, const struct record_row *r,
    const uint8_t id[static VERSION_ID_LEN], bool verify)
{
	struct part body, hidden;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	err = rows_version(&out->version, &body, &hidden, s, r, id, verify);
	if (err == VAULT_OK) {
		err = join(out, &body, &hidden);
		out->has_withheld = (out->version.has_body && !body.present) ||
		    (out->version.has_private && !hidden.present);
	}
	part_free(&body);
	part_free(&hidden);
	if (err != VAULT_OK)
		head_free(out);
	return err;
}

void
head_free(struct head *h)
{
	version_free(&h->version);
	json_decref(h->body);
	json_decref(h->open);
	memset(h, 0, sizeof(*h));
}

int
head_level(const struct head *h)
{
	const json_t *level = json_object_get(h->body, "level");
	json_int_t n = json_integer_value(level);

	if (h->body == NULL)
		return -1;
	return json_is_integer(level) && n >= 0 && n <= 3 ? (int)n : 3;
}

enum vault_err
heads_each(struct store *s, const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	struct buf ids = { 0 };
	enum vault_err err;
	struct head h;

	err = rows_versions(&ids, s, r, true);
	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(&ids);
	     i++) {
		err = head_open(&h, s, r, version_hash_at(&ids, i), false);
		if (err != VAULT_OK)
			break;
		err = each(ctx, &h);
		head_free(&h);
	}
	buf_free(&ids);
	return err;
}

/* ---- The last common version ---- */

enum vault_err
heads_ancestors(struct buf *set, struct store *s, const struct record_row *r)
{
	for (size_t i = 0; i < version_hash_count(set); i++) {
		struct version v;
		enum vault_err err;

		err = rows_version(
		    &v, NULL, NULL, s, r, version_hash_at(set, i), false);
		for (size_t j = 0;
		     err == VAULT_OK && j < version_hash_count(&v.parents);
		     j++) {
			const uint8_t *parent = version_hash_at(&v.parents, j);

			if (!version_has_hash(set, parent) &&
			    !buf_put(set, parent, VERSION_ID_LEN))
				err = VAULT_ENOMEM;
		}
		version_free(&v);
		/* A parent that never came here has no ancestors for us. */
		if (err != VAULT_OK && err != VAULT_ENORECORD)
			return err;
	}
	return VAULT_OK;
}

/*
 * The newest version that all heads descend from and that is here: versions
 * are listed oldest first, so the last common one.
 */
static enum vault_err
common_base(struct head *out, bool *found, struct store *s,
    const struct record_row *r, const struct buf *heads)
{
	struct buf all = { 0 }, common = { 0 };
	enum vault_err err = rows_versions(&all, s, r, false);

	*found = false;
	/* A common version that is left out would make clashes of changes. */
	if (err == VAULT_OK && !buf_put(&common, all.bytes, all.len))
		err = VAULT_ENOMEM;
	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(heads);
	     i++) {
		struct buf line = { 0 };
		size_t kept = 0;

		err = buf_put(&line, version_hash_at(heads, i), VERSION_ID_LEN)
		    ? heads_ancestors(&line, s, r)
		    : VAULT_ENOMEM;
		for (size_t j = 0;
		     err == VAULT_OK && j < version_hash_count(&common); j++)
			if (version_has_hash(
				&line, version_hash_at(&common, j)))
				memmove(common.bytes + kept++ * VERSION_ID_LEN,
				    version_hash_at(&common, j),
				    VERSION_ID_LEN);
		if (err == VAULT_OK)
			buf_truncate(&common, kept * VERSION_ID_LEN);
		buf_free(&line);
	}
	if (err == VAULT_OK && common.len > 0) {
		err = head_open(out, s, r,
		    version_hash_at(&common, version_hash_count(&common) - 1),
		    true);
		*found = err == VAULT_OK;
	}
	buf_free(&all);
	buf_free(&common);
	return err;
}

/* ---- Merging ---- */

struct sides {
	struct head head[HEADS_MAX];
	size_t n;
	struct head base;
	bool has_base;
};

static bool
same(const json_t *a, const json_t *b)
{
	return a == b || (a != NULL && b != NULL && json_equal(a, b));
}

/* One side's value of a field, and whose it is. */
static json_t *
clash_value(bool *good, const struct head *h, const char *field)
{
	json_t *value = json_object_get(h->body, field);
	struct buf office = { 0 }, version = { 0 };
	json_t *one = json_object();

	*good = *good &&
	    hex_encode(&office, h->version.office, IDENTITY_PUBLIC_LEN) &&
	    hex_encode(&version, h->version.id, VERSION_ID_LEN);
	json_add(good, one, "office", json_string(buf_text(&office)));
	json_add(good, one, "version", json_string(buf_text(&version)));
	json_add(good, one, "time", json_integer(h->version.time));
	if (value != NULL)
		json_add(good, one, "value", json_incref(value));
	buf_free(&office);
	buf_free(&version);
	return one;
}

static void
add_clash(bool *good, struct merged *out, const struct sides *sides,
    const char *field)
{
	json_t *clash = json_object(), *values = json_array();

	for (size_t i = 0; i < sides->n; i++)
		if (sides->head[i].body != NULL)
			json_add(good, values, NULL,
			    clash_value(good, &sides->head[i], field));
	json_add(good, clash, "field", json_string(field));
	json_add(good, clash, "values", values);
	json_add(good, out->clashes, NULL, clash);
}

/* What one field of all sides comes to. */
static void
merge_field(bool *good, struct merged *out, const struct sides *sides,
    const char *field)
{
	json_t *base = sides->has_base
	    ? json_object_get(sides->base.body, field)
	    : NULL;
	json_t *changed = NULL;
	bool has_change = false, clash = false;

	for (size_t i = 0; i < sides->n; i++) {
		json_t *value = json_object_get(sides->head[i].body, field);

		if (sides->head[i].body == NULL ||
		    (sides->has_base && same(value, base)))
			continue;
		clash = clash || (has_change && !same(value, changed));
		if (!has_change)
			changed = value;
		has_change = true;
	}
	if (!has_change)
		changed = base;
	if (changed != NULL)
		json_add(good, out->body, field, json_incref(changed));
	if (clash)
		add_clash(good, out, sides, field);
}

static enum vault_err
merge_all(struct merged *out, struct sides *sides)
{
	json_t *fields = json_object();
	bool good = fields != NULL;
	const char *field;
	json_t *value;

	for (size_t i = 0; i < sides->n; i++)
		good = good &&
		    (sides->head[i].body == NULL ||
			json_object_update(fields, sides->head[i].body) == 0);
	json_object_foreach(fields, field, value)
	    merge_field(&good, out, sides, field);
	json_decref(fields);
	return good ? VAULT_OK : VAULT_ENOMEM;
}

static enum vault_err
open_sides(struct sides *sides, struct store *s, const struct record_row *r,
    const struct buf *heads)
{
	enum vault_err err = VAULT_OK;

	if (version_hash_count(heads) > HEADS_MAX)
		return VAULT_EVERSION;
	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(heads);
	     i++) {
		err = head_open(
		    &sides->head[i], s, r, version_hash_at(heads, i), true);
		sides->n += err == VAULT_OK;
	}
	if (err == VAULT_OK && sides->n > 1)
		err = common_base(&sides->base, &sides->has_base, s, r, heads);
	if (sides->has_base && sides->base.body == NULL)
		sides->has_base = false;
	return err;
}

/* What our own office has said of it stands, whatever others wrote since. */
static enum vault_err
obey_us(struct merged *out, struct store *s, const struct record_row *r)
{
	struct guard g;
	enum vault_err err = guard_read(&g, s, r);

	if (err == VAULT_OK)
		err = guard_apply(out->body, &g);
	guard_free(&g);
	return err;
}

enum vault_err
heads_merge(struct merged *out, struct store *s, const struct record_row *r)
{
	struct sides *sides = mem_zalloc(sizeof(*sides));
	enum vault_err err = VAULT_ENOMEM;

	memset(out, 0, sizeof(*out));
	if (sides == NULL)
		return VAULT_ENOMEM;
	if ((err = rows_versions(&out->heads, s, r, true)) != VAULT_OK ||
	    (err = open_sides(sides, s, r, &out->heads)) != VAULT_OK)
		goto out;
	out->body = json_object();
	out->clashes = json_array();
	err = VAULT_ENOMEM;
	if (out->body == NULL || out->clashes == NULL)
		goto out;
	if ((err = merge_all(out, sides)) != VAULT_OK ||
	    (err = obey_us(out, s, r)) != VAULT_OK)
		goto out;
	for (size_t i = 0; i < sides->n; i++) {
		if (sides->head[i].version.time > out->time)
			out->time = sides->head[i].version.time;
		if (sides->head[i].has_withheld)
			out->has_withheld = true;
	}
	err = VAULT_OK;
out:
	for (size_t i = 0; i < sides->n; i++)
		head_free(&sides->head[i]);
	head_free(&sides->base);
	mem_free(sides);
	if (err != VAULT_OK)
		merged_free(out);
	return err;
}

void
merged_free(struct merged *m)
{
	json_decref(m->body);
	json_decref(m->clashes);
	buf_free(&m->heads);
	memset(m, 0, sizeof(*m));
}

enum vault_err
merged_text(struct buf *body, struct buf *clashes, const struct merged *m)
{
	enum vault_err err = json_write(body, m->body);

	if (err == VAULT_OK && json_array_size(m->clashes) > 0)
		err = json_write(clashes, m->clashes);
	return err;
}

/* ---- Settling ---- */

static enum vault_err
read_text(json_t **out, const struct buf *text)
{
	enum vault_err err = json_read(
	    out, text->bytes, text->len, SIZE_MAX, NULL);

	return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
}

/* Value j of clash i, taken apart. */
static struct clash_value
value_of(const json_t *clash, size_t i, size_t j)
{
	const json_t *values = json_object_get(clash, "values");
	const json_t *one = json_array_get(values, j);

	return (struct clash_value){
		.clash = i,
		.choice = j,
		.choices = json_array_size(values),
		.field = json_string_value(json_object_get(clash, "field")),
		.office = json_string_value(json_object_get(one, "office")),
		.version = json_string_value(json_object_get(one, "version")),
		.time = json_integer_value(json_object_get(one, "time")),
		.value = json_object_get(one, "value"),
	};
}

enum vault_err
clashes_each(const struct buf *clashes,
    enum vault_err (*each)(void *ctx, const struct clash_value *value),
    void *ctx)
{
	enum vault_err err;
	json_t *all;

	if (clashes->len == 0)
		return VAULT_OK;
	if ((err = read_text(&all, clashes)) != VAULT_OK)
		return err;
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(all); i++) {
		const json_t *clash = json_array_get(all, i);
		size_t n = json_array_size(json_object_get(clash, "values"));

		for (size_t j = 0; err == VAULT_OK && j < n; j++) {
			struct clash_value value = value_of(clash, i, j);

			err = each(ctx, &value);
		}
	}
	json_decref(all);
	return err;
}

struct settling {
	json_t *body;
	const size_t *choice;
	size_t n, settled;
};

static enum vault_err
settle_one(void *ctx, const struct clash_value *value)
{
	struct settling *s = ctx;

	if (value->clash >= s->n)
		return VAULT_EUSE;
	if (s->choice[value->clash] != value->choice)
		return VAULT_OK;
	s->settled++;
	if (value->value == NULL)
		json_object_del(s->body, value->field);
	else if (json_object_set(s->body, value->field,
		     (json_t *)(uintptr_t)value->value) != 0)
		return VAULT_ENOMEM;
	return VAULT_OK;
}

enum vault_err
clashes_settle(struct buf *out, const struct buf *body,
    const struct buf *clashes, const size_t *choice, size_t n)
{
	struct settling s = { .choice = choice, .n = n };
	enum vault_err err;

	if ((err = read_text(&s.body, body)) != VAULT_OK)
		return err;
	err = clashes_each(clashes, settle_one, &s);
	if (err == VAULT_OK && s.settled != n)
		err = VAULT_EUSE;
	if (err == VAULT_OK)
		err = json_write(out, s.body);
	json_decref(s.body);
	return err;
}
