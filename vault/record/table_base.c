/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/mem.h"
#include "record/graph.h"
#include "record/table_again.h"
#include "record/table_base.h"
#include "record/table_row.h"
#include "record/whose.h"

/* What is asked of each version. */
struct candidate {
	bool ours, of_row;
	json_int_t edition; /* 0: its body is not here */
};

struct choosing {
	struct store *s;
	const struct record_row *r;
	struct graph g;
	struct candidate *list; /* by the nodes of g */
};

static enum vault_err
look_at(struct choosing *c, size_t i, const struct buf *own,
    const uint8_t row[static HASH_LEN])
{
	struct candidate *to = &c->list[i];
	uint8_t key[HASH_LEN];
	struct head h;
	enum vault_err err = head_open(&h, c->s, c->r, c->g.nodes[i].id, false);

	if (err == VAULT_OK)
		to->ours = whose_has(own, h.version.office);
#ifdef PLANT_FOREIGN_EDITION
	to->ours = true;
#endif
	if (err == VAULT_OK && h.body != NULL) {
		to->edition = table_edition(h.body);
		err = table_key(&to->of_row, key, h.body);
		to->of_row = to->of_row && memcmp(key, row, HASH_LEN) == 0;
	}
	head_free(&h);
	return err;
}

static enum vault_err
look(struct choosing *c, const uint8_t row[static HASH_LEN])
{
	struct buf own = { 0 };
	enum vault_err err;

	if ((c->list = mem_zalloc((c->g.n + 1) * sizeof(*c->list))) == NULL)
		return VAULT_ENOMEM;
	err = whose_own(&own, c->s);
	for (size_t i = 0; err == VAULT_OK && i < c->g.n; i++)
		err = look_at(c, i, &own, row);
	buf_free(&own);
	return err;
}

/* Does it count the edition up over all that it follows? */
static bool
counts_up(const struct choosing *c, size_t i)
{
	const struct graph_node *n = &c->g.nodes[i];

	for (size_t j = 0; j < n->n_parents; j++)
		if (c->list[c->g.parents[n->first + j]].edition >=
		    c->list[i].edition)
			return false;
	return true;
}

/* The last that an import of ours wrote, or g.n. */
static size_t
ours_last(const struct choosing *c)
{
	size_t found = c->g.n;

	for (size_t i = 0; i < c->g.n; i++)
		if (c->list[i].ours && c->list[i].of_row &&
		    (found == c->g.n ||
			c->list[i].edition > c->list[found].edition) &&
		    counts_up(c, i))
			found = i;
	return found;
}

/* The oldest of an edition among the nodes that are in line, or among all. */
static size_t
oldest(const struct choosing *c, json_int_t edition, const struct buf *line)
{
	const size_t *list = (const size_t *)(const void *)line->bytes;
	size_t n = line->len > 0 ? line->len / sizeof(*list) : c->g.n;
	size_t found = c->g.n;

	for (size_t i = 0; i < n; i++) {
		size_t at = line->len > 0 ? list[i] : i;

		if (c->list[at].of_row && c->list[at].edition == edition &&
		    at < found)
			found = at;
	}
	return found;
}

static enum vault_err
choose(size_t *found, const struct choosing *c, const json_t *now)
{
	struct buf line = { 0 };
	json_int_t edition = table_edition(now);
	size_t first = 0;
	enum vault_err err = VAULT_OK;

	if ((*found = ours_last(c)) < c->g.n)
		return VAULT_OK;
	while (first < c->g.n && !c->list[first].ours)
		first++;
	if (first < c->g.n) {
		edition = c->list[first].edition;
		err = graph_line(&line, &c->g, first);
	}
	if (err == VAULT_OK)
		*found = oldest(c, edition, &line);
	buf_free(&line);
	return err;
}

/* *found is g.n if there is none; c is to be freed. */
static enum vault_err
find(size_t *found, struct choosing *c, const json_t *now,
    const uint8_t row[static HASH_LEN])
{
	enum vault_err err;

	if ((err = graph_load(&c->g, c->s, c->r)) == VAULT_OK &&
	    (err = look(c, row)) == VAULT_OK)
		err = choose(found, c, now);
	return err;
}

static void
choosing_free(struct choosing *c)
{
	mem_free(c->list);
	graph_free(&c->g);
}

enum vault_err
table_base_is(bool *out, struct store *s, const struct record_row *r,
    const json_t *now, const uint8_t row[static HASH_LEN])
{
	struct choosing c = { .s = s, .r = r };
	size_t found = 0;
	enum vault_err err = find(&found, &c, now, row);

	*out = err == VAULT_OK && found < c.g.n;
	for (size_t i = 0; err == VAULT_OK && i < c.g.n; i++)
		*out = *out || c.list[i].edition == 0;
	choosing_free(&c);
	return err;
}

enum vault_err
table_base(struct head *out, struct store *s, const struct record_row *r,
    const json_t *now, const uint8_t row[static HASH_LEN])
{
	struct choosing c = { .s = s, .r = r };
	size_t found = 0;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = find(&found, &c, now, row)) == VAULT_OK && found < c.g.n)
		err = head_open(out, s, r, c.g.nodes[found].id, false);
	choosing_free(&c);
	return err;
}
