/* SPDX-License-Identifier: ISC */
/*
 * graph - the versions of one record and which follows which, in memory.
 *
 * Heads, what several of them have in common, and whose private part a later
 * version leaves standing are questions about the same few bytes a version.
 * Each takes time in proportion to the record's versions, however hostile
 * their order.
 */
#ifndef RECORD_GRAPH_H
#define RECORD_GRAPH_H

#include "record/rows.h"

struct graph_node {
	uint8_t id[VERSION_ID_LEN];
	bool has_body;           /* its body is here */
	bool head;               /* as it stands in the row */
	bool followed;           /* by another node */
	size_t first, n_parents; /* into parents */
};

/* What an envelope says of its private part, once somebody has asked. */
struct graph_hidden {
	bool looked, has;
	uint8_t hash[HASH_LEN];
};

/* The nodes by time, oldest first; a parent that never came has no node. */
struct graph {
	struct graph_node *nodes;
	size_t n;
	size_t *by_id;   /* the nodes in the order of their ids */
	size_t *parents; /* nodes, those of one version together, by id */
	size_t n_edges;
	struct graph_hidden *hidden; /* of each node; NULL if there is one */
};

VAULT_CHECKED enum vault_err graph_load(
    struct graph *out, struct store *s, const struct record_row *r);
void graph_free(struct graph *g);

/* The node of that id, or g->n. */
size_t graph_find(
    const struct graph *g, const uint8_t id[static VERSION_ID_LEN]);

/*
 * A node and all that it follows, nearest first: size_t, one behind the
 * other, into out.
 */
VAULT_CHECKED enum vault_err graph_line(
    struct buf *out, const struct graph *g, size_t node);

/*
 * The newest node that all of these ids are or follow; g->n if there is none.
 */
VAULT_CHECKED enum vault_err graph_common(
    size_t *out, const struct graph *g, const struct buf *ids);

/*
 * The hash of the private part of a node, or NULL if it has none.  Of those of
 * r, each envelope is read once, however many heads ask.
 */
VAULT_CHECKED enum vault_err graph_hidden(const uint8_t **out,
    const struct graph *g, struct store *s, const struct record_row *r,
    size_t node);

/*
 * Say in the rows which versions are heads: those whose body is here and that
 * no other such version follows, be it through versions whose bodies are
 * not.  If no body is here, those that none follows.  To be called before a
 * transaction ends in which versions came or parts went.
 */
VAULT_CHECKED enum vault_err graph_settle(
    struct store *s, const struct record_row *r);

#endif
