/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "record/graph.h"
#include "store/sql.h"

/* ---- Loading ---- */

void
graph_free(struct graph *g)
{
	mem_free(g->nodes);
	mem_free(g->by_id);
	mem_free(g->parents);
	mem_free(g->hidden);
	memset(g, 0, sizeof(*g));
}

static enum vault_err
load_nodes(struct buf *out, struct store *s, const struct record_row *r)
{
	struct sql *q = sql_open(s,
	    "SELECT id,body IS NOT NULL,head FROM version WHERE record=?1"
	    " ORDER BY time,num");
	struct graph_node node = { 0 };
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, r->num);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		err = sql_copy(q, 0, node.id, sizeof(node.id));
		if (err != VAULT_OK)
			break;
		node.has_body = sql_int(q, 1) != 0;
		node.head = sql_int(q, 2) != 0;
		buf_put(out, &node, sizeof(node));
	}
	sql_close(q);
	return err == VAULT_OK ? buf_ok(out) : err;
}

static int
compare_ids(const void *a, const void *b, void *nodes)
{
	const struct graph_node *all = nodes;

	return memcmp(all[*(const size_t *)a].id, all[*(const size_t *)b].id,
	    VERSION_ID_LEN);
}

size_t
graph_find(const struct graph *g, const uint8_t id[static VERSION_ID_LEN])
{
	size_t low = 0, high = g->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(
		    g->nodes[g->by_id[middle]].id, id, VERSION_ID_LEN);

		if (order == 0)
			return g->by_id[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return g->n;
}

struct edge {
	size_t child, parent;
	size_t order; /* of the parents by their ids */
};

static int
compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->child != y->child)
		return x->child < y->child ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Both ends must be versions of this record: nobody else's count. */
static enum vault_err
load_edges(struct buf *out, const struct graph *g, struct store *s,
    const struct record_row *r)
{
	struct sql *q = sql_open(s,
	    "SELECT child,parent FROM parent JOIN version"
	    " ON version.id=parent.parent WHERE version.record=?1"
	    " ORDER BY parent");
	uint8_t child[VERSION_ID_LEN], parent[VERSION_ID_LEN];
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, r->num);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		struct edge e;

		if ((err = sql_copy(q, 0, child, sizeof(child))) != VAULT_OK ||
		    (err = sql_copy(q, 1, parent, sizeof(parent))) != VAULT_OK)
			break;
		e.child = graph_find(g, child);
		e.parent = graph_find(g, parent);
		e.order = out->len;
		if (e.child < g->n && e.parent < g->n)
			buf_put(out, &e, sizeof(e));
	}
	sql_close(q);
	return err == VAULT_OK ? buf_ok(out) : err;
}

static enum vault_err
set_edges(struct graph *g, struct buf *found)
{
	struct edge *edges = (struct edge *)(void *)found->bytes;

	g->n_edges = found->len / sizeof(*edges);
	g->parents = mem_alloc((g->n_edges + 1) * sizeof(*g->parents));
	if (g->parents == NULL)
		return VAULT_ENOMEM;
	if (g->n_edges > 0)
		qsort(edges, g->n_edges, sizeof(*edges), compare_edges);
	for (size_t i = 0; i < g->n_edges; i++) {
		struct graph_node *child = &g->nodes[edges[i].child];

		if (child->n_parents++ == 0)
			child->first = i;
		g->parents[i] = edges[i].parent;
		g->nodes[edges[i].parent].followed = true;
	}
	return VAULT_OK;
}

enum vault_err
graph_load(struct graph *out, struct store *s, const struct record_row *r)
{
	struct buf nodes = { 0 }, edges = { 0 };
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = load_nodes(&nodes, s, r)) != VAULT_OK)
		goto out;
	out->n = nodes.len / sizeof(*out->nodes);
	out->nodes = mem_alloc(nodes.len + 1);
	out->by_id = mem_alloc((out->n + 1) * sizeof(*out->by_id));
	err = VAULT_ENOMEM;
	if (out->nodes == NULL || out->by_id == NULL)
		goto out;
	if (nodes.len > 0)
		memcpy(out->nodes, nodes.bytes, nodes.len);
	for (size_t i = 0; i < out->n; i++)
		out->by_id[i] = i;
	qsort_r(
	    out->by_id, out->n, sizeof(*out->by_id), compare_ids, out->nodes);
	/* Most records have one version, which follows no other. */
	err = VAULT_OK;
	if (out->n >= 2 && (err = load_edges(&edges, out, s, r)) == VAULT_OK &&
	    (out->hidden = mem_zalloc(out->n * sizeof(*out->hidden))) == NULL)
		err = VAULT_ENOMEM;
	if (err == VAULT_OK)
		err = set_edges(out, &edges);
out:
	buf_free(&nodes);
	buf_free(&edges);
	if (err != VAULT_OK)
		graph_free(out);
	return err;
}

enum vault_err
graph_hidden(const uint8_t **out, const struct graph *g, struct store *s,
    const struct record_row *r, size_t node)
{
	struct graph_hidden *hidden = &g->hidden[node];
	struct version v;
	enum vault_err err;

	*out = NULL;
	if (!hidden->looked) {
		err = rows_version(
		    &v, NULL, NULL, s, r, g->nodes[node].id, false);
		hidden->looked = err == VAULT_OK;
		hidden->has = v.has_private;
		memcpy(hidden->hash, v.hidden, HASH_LEN);
		version_free(&v);
		if (err != VAULT_OK)
			return err;
	}
	if (hidden->has)
		*out = hidden->hash;
	return VAULT_OK;
}

/* ---- Walking ---- */

enum vault_err
graph_line(struct buf *out, const struct graph *g, size_t node)
{
	bool *seen = mem_zalloc(g->n + 1);

	if (seen == NULL)
		return VAULT_ENOMEM;
	buf_put(out, &node, sizeof(node));
	seen[node] = true;
	for (size_t i = 0; i < out->len / sizeof(size_t); i++) {
		size_t at = ((const size_t *)(const void *)out->bytes)[i];
		const struct graph_node *n = &g->nodes[at];

		for (size_t j = 0; j < n->n_parents; j++) {
			size_t parent = g->parents[n->first + j];

			if (!seen[parent])
				buf_put(out, &parent, sizeof(parent));
			seen[parent] = true;
		}
	}
	mem_free(seen);
	return buf_ok(out);
}

/* Count once more each node in the line of this one. */
static enum vault_err
count_line(size_t *counts, const struct graph *g, size_t node)
{
	struct buf line = { 0 };
	enum vault_err err = graph_line(&line, g, node);

	if (err == VAULT_OK)
		for (size_t i = 0; i < line.len / sizeof(size_t); i++)
			counts[((const size_t *)(const void *)line.bytes)[i]]++;
	buf_free(&line);
	return err;
}

enum vault_err
graph_common(size_t *out, const struct graph *g, const struct buf *ids)
{
	size_t *counts = mem_zalloc((g->n + 1) * sizeof(*counts));
	enum vault_err err = counts == NULL ? VAULT_ENOMEM : VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(ids);
	     i++) {
		size_t node = graph_find(g, version_hash_at(ids, i));

		if (node < g->n)
			err = count_line(counts, g, node);
	}
	*out = g->n;
	for (size_t i = 0; err == VAULT_OK && i < g->n; i++)
		if (counts[i] == version_hash_count(ids))
			*out = i;
	mem_free(counts);
	return err;
}

/* ---- Heads ---- */

/*
 * What a version with a body follows, directly or through versions without
 * one, is covered.
 */
static enum vault_err
cover(bool *covered, const struct graph *g)
{
	size_t *todo = mem_alloc((2 * g->n + 1) * sizeof(*todo));
	size_t n = 0;

	if (todo == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; i < g->n; i++)
		if (g->nodes[i].has_body)
			todo[n++] = i;
	/* Each node gets here at most once more, when it is covered first. */
	for (size_t i = 0; i < n; i++) {
		const struct graph_node *at = &g->nodes[todo[i]];

		for (size_t j = 0; j < at->n_parents; j++) {
			size_t parent = g->parents[at->first + j];

			if (!covered[parent] && !g->nodes[parent].has_body)
				todo[n++] = parent;
			covered[parent] = true;
		}
	}
	mem_free(todo);
	return VAULT_OK;
}

static bool
any_body(const struct graph *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->nodes[i].has_body)
			return true;
	return false;
}

static enum vault_err
write_head(struct store *s, const struct graph_node *node, bool head)
{
	struct sql *q;

	if (node->head == head)
		return VAULT_OK;
	q = sql_open(s, "UPDATE version SET head=?2 WHERE id=?1");
	sql_put_blob(q, 1, node->id, VERSION_ID_LEN);
	sql_put_int(q, 2, head);
	return sql_finish(q);
}

static enum vault_err
settle(struct store *s, const struct graph *g, bool *covered)
{
	bool bodies = any_body(g);
	enum vault_err err = VAULT_OK;

	if (bodies)
		err = cover(covered, g);
	else
		for (size_t i = 0; i < g->n; i++)
			covered[i] = g->nodes[i].followed;
	for (size_t i = 0; err == VAULT_OK && i < g->n; i++)
		err = write_head(s, &g->nodes[i],
		    !covered[i] && (g->nodes[i].has_body || !bodies));
	return err;
}

enum vault_err
graph_settle(struct store *s, const struct record_row *r)
{
	struct graph g;
	enum vault_err err = graph_load(&g, s, r);
	bool *covered;

	if (err != VAULT_OK)
		return err;
	covered = mem_zalloc(g.n + 1);
	err = covered == NULL ? VAULT_ENOMEM : settle(s, &g, covered);
	mem_free(covered);
	graph_free(&g);
	return err;
}
