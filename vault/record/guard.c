/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/mem.h"
#include "record/body.h"
#include "record/graph.h"
#include "record/guard.h"
#include "record/json.h"
#include "store/sql.h"

/* ---- Our own newest versions ---- */

struct own {
	bool *is;     /* of each node: our office wrote it */
	bool *passed; /* and: a version of ours follows it */
	size_t n;
};

static enum vault_err
find_own(struct own *own, struct store *s, const struct record_row *r,
    const struct graph *g, const struct buf *keys)
{
	own->is = mem_zalloc((g->n + 1) * sizeof(*own->is));
	own->passed = mem_zalloc((g->n + 1) * sizeof(*own->passed));
	if (own->is == NULL || own->passed == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; i < g->n; i++) {
		struct version v;
		enum vault_err err = rows_version(
		    &v, NULL, NULL, s, r, g->nodes[i].id, false);

		own->is[i] = err == VAULT_OK && whose_has(keys, v.office);
		own->n += own->is[i];
		version_free(&v);
		if (err != VAULT_OK)
			return err;
	}
	return VAULT_OK;
}

/* All that a version of ours follows has been said anew since. */
static enum vault_err
pass(struct own *own, const struct graph *g, size_t node)
{
	struct buf line = { 0 };
	enum vault_err err = graph_line(&line, g, node);

	for (size_t i = 1; err == VAULT_OK && i < line.len / sizeof(size_t);
	     i++)
		own->passed[((const size_t *)(const void *)line.bytes)[i]] =
		    true;
	buf_free(&line);
	return err;
}

/*
 * The newest, by ancestry and not by time: a clock may be wrong, and what
 * another office wrote in between does not make an earlier word of ours new.
 */
static enum vault_err
each_newest(struct own *own, struct store *s, const struct record_row *r,
    const struct graph *g,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	enum vault_err err = VAULT_OK;

	/* What is here as an envelope only says nothing instead of these. */
	for (size_t i = g->n; err == VAULT_OK && i-- > 0;)
		if (own->is[i] && g->nodes[i].has_body && !own->passed[i])
			err = pass(own, g, i);
	for (size_t i = 0; err == VAULT_OK && i < g->n; i++) {
		struct head h;

		if (!own->is[i] || own->passed[i])
			continue;
		err = head_whole(&h, s, r, g, g->nodes[i].id, false);
		if (err == VAULT_OK)
			err = each(ctx, &h);
		head_free(&h);
	}
	return err;
}

static enum vault_err
each_in(struct store *s, const struct record_row *r, const struct graph *g,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	struct own own = { 0 };
	struct buf keys = { 0 };
	enum vault_err err;

	if ((err = whose_own(&keys, s)) == VAULT_OK &&
	    (err = find_own(&own, s, r, g, &keys)) == VAULT_OK && own.n > 0)
		err = each_newest(&own, s, r, g, each, ctx);
	buf_free(&keys);
	mem_free(own.is);
	mem_free(own.passed);
	return err;
}

enum vault_err
guard_each(struct store *s, const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	struct graph g;
	enum vault_err err;

	if ((err = graph_load(&g, s, r)) != VAULT_OK)
		return err;
	err = each_in(s, r, &g, each, ctx);
	graph_free(&g);
	return err;
}

/* ---- What they say ---- */

/* Where two of ours say different things, a merge decides as for any field. */
static void
take(json_t **to, const json_t *body, const char *field, bool first)
{
	json_t *value = json_object_get(body, field);

	if (first) {
		*to = json_incref(value);
	} else if (*to != value &&
	    (*to == NULL || value == NULL || !json_equal(*to, value))) {
		json_decref(*to);
		*to = NULL;
	}
}

static enum vault_err
take_word(void *ctx, const struct head *h)
{
	struct guard *g = ctx;
	int level = head_level(h);
	bool first = !g->ours;

	g->ours = true;
	if (h->body == NULL) {
		if (h->version.has_body && h->version.time > g->withheld)
			g->withheld = h->version.time;
		return VAULT_OK;
	}
	if (h->version.time > g->said)
		g->said = h->version.time;
	if (level > g->level)
		g->level = level;
	take(&g->readers, h->body, "readers", first);
	take(&g->audiences, h->body, "audiences", first);
	return json_add_texts(
		   g->hidden, json_object_get(h->body, "private_fields")) &&
		json_add_texts(
		    g->same_as, json_object_get(h->body, "same_as")) &&
		json_add_texts(
		    g->not_same, json_object_get(h->body, "not_same"))
	    ? VAULT_OK
	    : VAULT_ENOMEM;
}

enum vault_err
guard_read(struct guard *out, struct store *s, const struct record_row *r,
    const struct graph *g)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	out->level = -1;
	if ((out->hidden = json_array()) == NULL ||
	    (out->same_as = json_array()) == NULL ||
	    (out->not_same = json_array()) == NULL)
		return VAULT_ENOMEM;
	if ((err = whose_own(&out->own, s)) != VAULT_OK)
		return err;
	return g == NULL ? guard_each(s, r, take_word, out)
			 : each_in(s, r, g, take_word, out);
}

bool
guard_is_unsure(const struct guard *g)
{
	return g->withheld > 0 && g->said <= g->withheld;
}

void
guard_free(struct guard *g)
{
	json_decref(g->hidden);
	json_decref(g->readers);
	json_decref(g->audiences);
	json_decref(g->same_as);
	json_decref(g->not_same);
	buf_free(&g->own);
	memset(g, 0, sizeof(*g));
}

bool
guard_is_foreign(const struct guard *g, const struct head *h)
{
	return !g->ours || !whose_has(&g->own, h->version.office);
}

/* ---- Held against what others wrote ---- */

enum vault_err
guard_opens(bool *out, const struct guard *g, const struct head *h)
{
	json_t *open = NULL, *rest = NULL, *found = NULL;
	json_t *paths = json_array();
	enum vault_err err = VAULT_ENOMEM;

	*out = false;
	/* What would be moved away if the open part were parted once more. */
	if (paths == NULL || !json_add_texts(paths, g->hidden) ||
	    !json_add_texts(paths, json_object_get(h->open, "private_fields")))
		goto out;
	err = VAULT_OK;
#ifdef PLANT_ROW_LEAVES
	goto out;
#endif
	if (h->open == NULL)
		goto out;
	err = VAULT_ENOMEM;
	if ((open = json_shallow(h->open)) == NULL ||
	    json_object_set(open, "private_fields", paths) != 0 ||
	    body_apart(open) != VAULT_OK)
		goto out;
	err = VAULT_OK;
	if (json_array_size(json_object_get(open, "private_fields")) > 0)
		err = body_split(&rest, &found, open);
	*out = found != NULL;
out:
	json_decref(open);
	json_decref(rest);
	json_decref(found);
	json_decref(paths);
	return err;
}

static bool
keep_private(json_t *body, const struct guard *g)
{
	json_t *paths = json_array();
	bool good = paths != NULL &&
	    json_add_texts(paths, json_object_get(body, "private_fields")) &&
	    json_add_texts(paths, g->hidden);

	if (good && json_array_size(paths) > 0)
		good = json_object_set(body, "private_fields", paths) == 0;
	json_decref(paths);
	return good;
}

/*
 * Another office shall not make us say that two records are of one person,
 * because we correct a spelling in what it wrote.
 */
static bool
say_who(json_t *body, const char *field, json_t *ours)
{
	const char *type = json_string_value(json_object_get(body, "type"));

	if (type == NULL || strcmp(type, "person") != 0)
		return true;
	if (json_array_size(ours) > 0)
		return json_object_set(body, field, ours) == 0;
#ifndef PLANT_SAME_TAKEN_OVER
	(void)json_object_del(body, field);
#endif
	return true;
}

enum vault_err
guard_apply(json_t *body, const struct guard *g)
{
	const json_t *level = json_object_get(body, "level");

	/* All of it was withheld: there is nothing to guard. */
	if (json_object_size(body) == 0)
		return VAULT_OK;
	if (!say_who(body, "same_as", g->same_as) ||
	    !say_who(body, "not_same", g->not_same))
		return VAULT_ENOMEM;
	if (g->level < 0)
		return body_apart(body);
	if ((!json_is_integer(level) || json_integer_value(level) < g->level) &&
	    json_object_set_new(body, "level", json_integer(g->level)) != 0)
		return VAULT_ENOMEM;
	if (!keep_private(body, g) ||
	    (g->readers != NULL &&
		json_object_set(body, "readers", g->readers) != 0) ||
	    (g->audiences != NULL &&
		json_object_set(body, "audiences", g->audiences) != 0))
		return VAULT_ENOMEM;
	return body_apart(body);
}
