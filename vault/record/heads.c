/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "record/body.h"
#include "record/graph.h"
#include "record/guard.h"
#include "record/heads.h"
#include "record/json.h"

/* ---- One after another ---- */

/* A head, and what contradicts it as if they were heads too. */
static enum vault_err
tell_head(const struct head *h,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	enum vault_err err = each(ctx, h);

	for (size_t i = 0; err == VAULT_OK && i < h->n_others; i++) {
		struct head other = { .version = h->others[i].version,
			.body = h->others[i].body };

		err = each(ctx, &other);
	}
	return err;
}

enum vault_err
heads_each(struct store *s, const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	struct graph g;
	enum vault_err err = graph_load(&g, s, r);
	struct head h;

	for (size_t i = 0; err == VAULT_OK && i < g.n; i++) {
		if (!g.nodes[i].head)
			continue;
		err = head_whole(&h, s, r, &g, g.nodes[i].id, false);
		if (err != VAULT_OK)
			break;
		err = tell_head(&h, each, ctx);
		head_free(&h);
	}
	graph_free(&g);
	return err;
}

/* ---- Which are merged ---- */

/* How many versions its office has among the heads that are newer. */
struct ranked {
	size_t node, rank;
	uint8_t office[IDENTITY_PUBLIC_LEN];
};

static int
by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->node < y->node ? 1 : -1;
}

static int
by_node(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->node < y->node ? -1 : x->node > y->node;
}

static enum vault_err
find_heads(struct buf *out, const struct graph *g)
{
	struct ranked one = { 0 };

	for (size_t i = 0; i < g->n; i++)
		if (g->nodes[i].head) {
			one.node = i;
			buf_put(out, &one, sizeof(one));
		}
	return buf_ok(out);
}

static enum vault_err
rank_heads(struct ranked *all, size_t n, const struct graph *g, struct store *s,
    const struct record_row *r)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = n; err == VAULT_OK && i-- > 0;) {
		struct version v;

		err = rows_version(
		    &v, NULL, NULL, s, r, g->nodes[all[i].node].id, false);
		memcpy(all[i].office, v.office, sizeof(all[i].office));
		version_free(&v);
		for (size_t j = i + 1; j < n; j++)
			all[i].rank += memcmp(all[i].office, all[j].office,
					   sizeof(all[i].office)) == 0;
	}
	return err;
}

/*
 * The ids of the heads, oldest first; of more than can be merged at once, the
 * newest of every office before the second of any, so that nobody crowds out
 * the others.  *more says how many are left for the next time.
 */
static enum vault_err
pick_heads(struct buf *out, size_t *more, const struct graph *g,
    struct store *s, const struct record_row *r)
{
	struct buf found = { 0 };
	enum vault_err err = find_heads(&found, g);
	struct ranked *all = (struct ranked *)(void *)found.bytes;
	size_t n = found.len / sizeof(*all);

	*more = n > HEADS_AT_ONCE ? n - HEADS_AT_ONCE : 0;
	if (err == VAULT_OK && *more > 0 &&
	    (err = rank_heads(all, n, g, s, r)) == VAULT_OK) {
		qsort(all, n, sizeof(*all), by_rank);
		n -= *more;
		qsort(all, n, sizeof(*all), by_node);
	}
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		buf_put(out, g->nodes[all[i].node].id, VERSION_ID_LEN);
	buf_free(&found);
	return err == VAULT_OK ? buf_ok(out) : err;
}

/* ---- Merging ---- */

/* What is merged: the heads, and what contradicts one of them. */
struct side {
	const struct version *version;
	const json_t *body; /* NULL: withheld */
	bool missing;       /* its own private part is not here: */
	json_t *closed;     /* the members that it may be in, as a set */
};

struct sides {
	struct buf heads; /* struct head */
	struct buf all;   /* struct side */
	struct head base;
	bool has_base;
	bool verify;
};

static struct head *
head_at(const struct sides *sides, size_t i)
{
	return i < sides->heads.len / sizeof(struct head)
	    ? (struct head *)(void *)sides->heads.bytes + i
	    : NULL;
}

static const struct side *
side_at(const struct sides *sides, size_t i)
{
	return i < sides->all.len / sizeof(struct side)
	    ? (const struct side *)(const void *)sides->all.bytes + i
	    : NULL;
}

static bool
same(const json_t *a, const json_t *b)
{
	return a == b || (a != NULL && b != NULL && json_equal(a, b));
}

/* One side's value of a field, and whose it is. */
static json_t *
clash_value(bool *good, const struct side *h, const char *field)
{
	json_t *value = json_object_get(h->body, field);
	struct buf office = { 0 }, version = { 0 };
	json_t *one = json_object();

	*good = *good &&
	    hex_encode(&office, h->version->office, IDENTITY_PUBLIC_LEN) &&
	    hex_encode(&version, h->version->id, VERSION_ID_LEN);
	json_add(good, one, "office", json_string(buf_text(&office)));
	json_add(good, one, "version", json_string(buf_text(&version)));
	json_add(good, one, "time", json_integer(h->version->time));
	if (value != NULL)
		json_add(good, one, "value", json_incref(value));
	buf_free(&office);
	buf_free(&version);
	return one;
}

/* The members that the private fields of a body begin with; NULL: no memory. */
static json_t *
members_closed(const json_t *body)
{
	const json_t *names = json_object_get(body, "private_fields");
	json_t *set = json_object();

	for (size_t i = 0; set != NULL && i < json_array_size(names); i++) {
		const char *path = json_string_value(json_array_get(names, i));

		if (path != NULL &&
		    !json_put_text(set, path, strcspn(path, "."))) {
			json_decref(set);
			set = NULL;
		}
	}
	return set;
}

/*
 * A field that a side does not have may have been dropped, or may be in the
 * private part that was not sent here: then it says nothing of it.
 */
static bool
has_opinion(const struct side *side, const char *field)
{
	if (side->body == NULL)
		return false;
	return !side->missing || json_object_get(side->body, field) != NULL ||
	    json_object_get(side->closed, field) == NULL;
}

static void
add_clash(bool *good, struct merged *out, const struct sides *sides,
    const char *field)
{
	json_t *clash = json_object(), *values = json_array();
	const struct side *side;

	for (size_t i = 0; (side = side_at(sides, i)) != NULL; i++)
		if (has_opinion(side, field))
			json_add(
			    good, values, NULL, clash_value(good, side, field));
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
	const struct side *side;

	for (size_t i = 0; (side = side_at(sides, i)) != NULL; i++) {
		json_t *value = json_object_get(side->body, field);

		if (!has_opinion(side, field) ||
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
merge_all(struct merged *out, const struct sides *sides)
{
	json_t *fields = json_object();
	bool good = fields != NULL;
	const struct side *side;
	const char *field;
	json_t *value;

	/* What no side has, because it may be withheld, can be in the base. */
	if (good && sides->has_base)
		good = json_object_update(fields, sides->base.body) == 0;
	for (size_t i = 0; (side = side_at(sides, i)) != NULL; i++)
		if (good && side->body != NULL)
			good = json_object_update(fields,
				   (json_t *)(uintptr_t)side->body) == 0;
	json_object_foreach(fields, field, value)
	    merge_field(&good, out, sides, field);
	json_decref(fields);
	return good ? VAULT_OK : VAULT_ENOMEM;
}

static enum vault_err
open_base(struct sides *sides, struct store *s, const struct record_row *r,
    const struct graph *g, const struct buf *ids)
{
	enum vault_err err;
	size_t common;

	if (version_hash_count(ids) < 2)
		return VAULT_OK;
	if ((err = graph_common(&common, g, ids)) != VAULT_OK || common == g->n)
		return err;
	err = head_whole(
	    &sides->base, s, r, g, g->nodes[common].id, sides->verify);
	sides->has_base = err == VAULT_OK && sides->base.body != NULL;
	return err;
}

static enum vault_err
open_heads(struct sides *sides, struct store *s, const struct record_row *r,
    const struct graph *g, const struct buf *ids)
{
	for (size_t i = 0; i < version_hash_count(ids); i++) {
		struct head h;
		enum vault_err err = head_whole(
		    &h, s, r, g, version_hash_at(ids, i), sides->verify);

		if (err != VAULT_OK)
			return err;
		if (!buf_put(&sides->heads, &h, sizeof(h))) {
			head_free(&h);
			return VAULT_ENOMEM;
		}
	}
	return VAULT_OK;
}

static enum vault_err
add_side(struct sides *sides, const struct version *version, const json_t *body,
    bool missing)
{
	struct side side = { version, body, missing, NULL };

	if (missing && (side.closed = members_closed(body)) == NULL)
		return VAULT_ENOMEM;
	if (buf_put(&sides->all, &side, sizeof(side)))
		return VAULT_OK;
	json_decref(side.closed);
	return VAULT_ENOMEM;
}

static enum vault_err
make_sides(struct sides *sides)
{
	enum vault_err err = VAULT_OK;
	struct head *h;

	for (size_t i = 0; (h = head_at(sides, i)) != NULL; i++) {
		bool missing = h->version.has_private && h->has_withheld;

		err = add_side(sides, &h->version, h->body, missing);
		for (size_t j = 0; err == VAULT_OK && j < h->n_others; j++)
			err = add_side(sides, &h->others[j].version,
			    h->others[j].body, missing);
		if (err != VAULT_OK)
			break;
	}
	return err;
}

static void
free_sides(struct sides *sides)
{
	const struct side *side;
	struct head *h;

	for (size_t i = 0; (side = side_at(sides, i)) != NULL; i++)
		json_decref(side->closed);
	for (size_t i = 0; (h = head_at(sides, i)) != NULL; i++)
		head_free(h);
	head_free(&sides->base);
	buf_free(&sides->heads);
	buf_free(&sides->all);
}

/* Merge the versions whose ids are in out already. */
static enum vault_err
merge(struct merged *out, struct store *s, const struct record_row *r,
    const struct graph *g, bool verify)
{
	struct sides sides = { .verify = verify };
	struct head *h;
	enum vault_err err;

	out->body = json_object();
	out->clashes = json_array();
	if (out->body == NULL || out->clashes == NULL)
		return VAULT_ENOMEM;
	if ((err = open_heads(&sides, s, r, g, &out->heads)) == VAULT_OK &&
	    (err = open_base(&sides, s, r, g, &out->heads)) == VAULT_OK &&
	    (err = make_sides(&sides)) == VAULT_OK)
		err = merge_all(out, &sides);
	for (size_t i = 0; (h = head_at(&sides, i)) != NULL; i++) {
		if (h->version.time > out->time)
			out->time = h->version.time;
		if (h->has_withheld)
			out->has_withheld = true;
	}
	free_sides(&sides);
	return err;
}

/* What our own office has said of it stands, whatever others wrote since. */
static enum vault_err
obey_us(struct merged *out, struct store *s, const struct record_row *r,
    const struct graph *graph)
{
	struct guard g;
	enum vault_err err = guard_read(&g, s, r, graph);

	if (err == VAULT_OK)
		err = guard_apply(out->body, &g);
	guard_free(&g);
	return err;
}

/* A version that nobody followed, whose body is not here. */
static bool
has_newer(const struct graph *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (!g->nodes[i].head && !g->nodes[i].followed)
			return true;
	return false;
}

static enum vault_err
merge_present(struct merged *out, struct store *s, const struct record_row *r,
    bool verify)
{
	struct graph g;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = graph_load(&g, s, r)) != VAULT_OK)
		return err;
	if ((err = pick_heads(&out->heads, &out->more, &g, s, r)) == VAULT_OK &&
	    (err = merge(out, s, r, &g, verify)) == VAULT_OK)
		err = obey_us(out, s, r, &g);
	if (has_newer(&g))
		out->has_withheld = true;
	graph_free(&g);
	if (err != VAULT_OK)
		merged_free(out);
	return err;
}

enum vault_err
heads_merge(struct merged *out, struct store *s, const struct record_row *r)
{
	return merge_present(out, s, r, true);
}

/* ---- Without verifying ---- */

#ifdef VAULT_TEST
static bool all_merged;

void
heads_test_merge_all(bool all)
{
	all_merged = all;
}
#else
#define all_merged false
#endif

/*
 * One version, which is here with all that it says: our word is in it, or
 * there is none.  Most records are so, and merging one takes three times as
 * long as reading it.
 */
static enum vault_err
take_lone(
    bool *is, struct merged *out, struct store *s, const struct record_row *r)
{
	struct rows_lone lone;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	*is = false;
	if (all_merged)
		return VAULT_OK;
	if ((err = rows_lone(is, &lone, s, r)) == VAULT_OK && *is) {
		err = head_body(&out->body, &lone.body, &lone.hidden);
		out->time = lone.time;
		if (err == VAULT_OK &&
		    ((out->clashes = json_array()) == NULL ||
			!buf_put(&out->heads, lone.id, sizeof(lone.id))))
			err = VAULT_ENOMEM;
	}
	rows_lone_free(&lone);
	if (err != VAULT_OK)
		merged_free(out);
	return err;
}

enum vault_err
heads_trust(struct merged *out, struct store *s, const struct record_row *r)
{
	bool is;
	enum vault_err err = take_lone(&is, out, s, r);

	return is || err != VAULT_OK ? err : merge_present(out, s, r, false);
}

struct telling {
	enum vault_err (*each)(void *ctx, const json_t *body);
	void *ctx;
};

static enum vault_err
tell_body(void *ctx, const struct head *h)
{
	const struct telling *t = ctx;

	return h->body == NULL ? VAULT_OK : t->each(t->ctx, h->body);
}

enum vault_err
heads_bodies(struct store *s, const struct record_row *r,
    enum vault_err (*each)(void *ctx, const json_t *body), void *ctx)
{
	struct telling t = { each, ctx };
	struct merged lone;
	enum vault_err err;
	bool is;

	if ((err = take_lone(&is, &lone, s, r)) != VAULT_OK)
		return err;
	err = is ? each(ctx, lone.body) : heads_each(s, r, tell_body, &t);
	merged_free(&lone);
	return err;
}

enum vault_err
heads_these(struct merged *out, struct store *s, const struct record_row *r,
    const struct buf *ids)
{
	struct graph g;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = graph_load(&g, s, r)) != VAULT_OK)
		return err;
	err = buf_put(&out->heads, ids->bytes, ids->len)
	    ? merge(out, s, r, &g, true)
	    : VAULT_ENOMEM;
	graph_free(&g);
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
