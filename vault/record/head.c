/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "record/body.h"
#include "record/graph.h"
#include "record/head.h"
#include "record/json.h"

/* ---- Its own parts ---- */

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
head_body(json_t **out, const struct part *body, const struct part *hidden)
{
	json_t *open = NULL, *closed = NULL;
	enum vault_err err;

	*out = NULL;
	if ((err = part_json(&open, body)) == VAULT_OK && !hidden->present &&
	    json_is_object(open))
		*out = json_incref(open);
	else if (err == VAULT_OK &&
	    (err = part_json(&closed, hidden)) == VAULT_OK)
		err = body_join(out, open, closed);
	json_decref(open);
	json_decref(closed);
	return err;
}

enum vault_err
head_from(struct head *out, struct version *v, const struct part *body,
    const struct part *hidden)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	out->version = *v;
	memset(v, 0, sizeof(*v));
	v = &out->version;
	err = join(out, body, hidden);
	out->has_withheld = (v->has_body && !body->present) ||
	    (v->has_private && !hidden->present);
	if (v->has_private && !hidden->present &&
	    !buf_put(&out->missing, v->hidden, HASH_LEN))
		err = VAULT_ENOMEM;
	if (err != VAULT_OK)
		head_free(out);
	return err;
}

enum vault_err
head_made(struct head *out, struct version *v, const json_t *open,
    const json_t *closed)
{
	json_t *hidden = NULL;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	out->version = *v;
	memset(v, 0, sizeof(*v));
	err = json_sorted(&out->open, open);
	if (err == VAULT_OK && closed == NULL)
		out->body = json_incref(out->open);
	else if (err == VAULT_OK &&
	    (err = json_sorted(&hidden, closed)) == VAULT_OK)
		err = body_join(&out->body, out->open, hidden);
	json_decref(hidden);
	if (err != VAULT_OK)
		head_free(out);
	return err;
}

enum vault_err
head_open(struct head *out, struct store *s, const struct record_row *r,
    const uint8_t id[static VERSION_ID_LEN], bool verify)
{
	struct part body, hidden;
	struct version v;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	err = rows_version(&v, &body, &hidden, s, r, id, verify);
	if (err == VAULT_OK)
		err = head_from(out, &v, &body, &hidden);
	version_free(&v);
	part_free(&body);
	part_free(&hidden);
	return err;
}

void
head_free(struct head *h)
{
	for (size_t i = 0; i < h->n_others; i++) {
		version_free(&h->others[i].version);
		json_decref(h->others[i].body);
	}
	mem_free(h->others);
	buf_free(&h->missing);
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

/* ---- Earlier private parts ---- */

struct found {
	struct version version;
	json_t *part, *names; /* the part, and the paths it was taken out by */
};

struct filling {
	struct head *h;
	struct store *s;
	const struct record_row *r;
	bool verify;
	struct buf wanted; /* hashes in order; those that are found leave it */
	struct buf found;  /* struct found, nearest first */
};

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, HASH_LEN);
}

/* Take hash out of a list that is in order; false if it is not there. */
static bool
take_hash(struct buf *hashes, const uint8_t hash[static HASH_LEN])
{
	uint8_t *at = bsearch(hash, hashes->bytes, version_hash_count(hashes),
	    HASH_LEN, compare_hashes);
	const uint8_t *end = hashes->bytes + hashes->len;

	if (at == NULL)
		return false;
	memmove(at, at + HASH_LEN, (size_t)(end - at) - HASH_LEN);
	buf_truncate(hashes, hashes->len - HASH_LEN);
	return true;
}

static struct found *
found_at(const struct filling *f, size_t i)
{
	return i < f->found.len / sizeof(struct found)
	    ? (struct found *)(void *)f->found.bytes + i
	    : NULL;
}

static void
found_free(struct found *one)
{
	version_free(&one->version);
	json_decref(one->part);
	json_decref(one->names);
}

/* A version whose private part is wanted: keep it, or say that it is missing.
 */
static enum vault_err
find_part(struct filling *f, const uint8_t *id)
{
	struct found one = { 0 };
	struct part body, hidden;
	json_t *open = NULL;
	enum vault_err err;

	err = rows_version(
	    &one.version, &body, &hidden, f->s, f->r, id, f->verify);
	if (err == VAULT_OK && (err = part_json(&open, &body)) == VAULT_OK)
		err = part_json(&one.part, &hidden);
	one.names = json_incref(json_object_get(open, "private_fields"));
	if (err == VAULT_OK && one.part == NULL) {
		f->h->has_withheld = true;
		buf_put(&f->h->missing, one.version.hidden, HASH_LEN);
		err = buf_ok(&f->h->missing);
	}
	json_decref(open);
	part_free(&body);
	part_free(&hidden);
	if (err == VAULT_OK && one.part != NULL &&
	    buf_put(&f->found, &one, sizeof(one)))
		return VAULT_OK;
	found_free(&one);
	return err == VAULT_OK ? buf_ok(&f->found) : err;
}

static enum vault_err
look_at(struct filling *f, const struct graph *g, size_t node)
{
	const uint8_t *hash;
	enum vault_err err = graph_hidden(&hash, g, f->s, f->r, node);

	return err == VAULT_OK && hash != NULL && take_hash(&f->wanted, hash)
	    ? find_part(f, g->nodes[node].id)
	    : err;
}

/* Whose parts they are: versions that this one follows, nearest first. */
static enum vault_err
find_all(struct filling *f, const struct graph *g)
{
	size_t node = graph_find(g, f->h->version.id);
	struct buf line = { 0 };
	enum vault_err err = VAULT_OK;

	if (node == g->n)
		return VAULT_OK;
	err = graph_line(&line, g, node);
	for (size_t i = 1; err == VAULT_OK && f->wanted.len > 0 &&
	     i < line.len / sizeof(size_t);
	     i++) {
		size_t at = ((const size_t *)(const void *)line.bytes)[i];

		err = look_at(f, g, at);
	}
	buf_free(&line);
	return err;
}

/* A body that says otherwise, and whose part made it so. */
static enum vault_err
add_other(struct head *h, struct version *owner, json_t *body)
{
	struct head_other *more = mem_realloc(
	    h->others, (h->n_others + 1) * sizeof(*more));

	if (more == NULL)
		return VAULT_ENOMEM;
	h->others = more;
	more[h->n_others].version = *owner;
	more[h->n_others++].body = json_incref(body);
	memset(owner, 0, sizeof(*owner));
	return VAULT_OK;
}

/* Put one over the filled body: does it contradict that? */
static enum vault_err
put_over(struct head *h, struct found *one)
{
	json_t *over = json_deep_copy(h->body);
	enum vault_err err = VAULT_ENOMEM;

	if (over != NULL &&
	    (err = body_inherit(over, one->part, one->names, true)) ==
		VAULT_OK &&
	    !json_equal(over, h->body))
		err = add_other(h, &one->version, over);
	json_decref(over);
	return err;
}

static enum vault_err
fill(struct filling *f, const struct graph *g)
{
	enum vault_err err = find_all(f, g);
	struct found *one;

	for (size_t i = 0; err == VAULT_OK && (one = found_at(f, i)) != NULL;
	     i++)
		err = body_inherit(f->h->body, one->part, one->names, false);
	for (size_t i = 0; err == VAULT_OK && (one = found_at(f, i)) != NULL;
	     i++)
		err = put_over(f->h, one);
	for (size_t i = 0; (one = found_at(f, i)) != NULL; i++)
		found_free(one);
	return err;
}

enum vault_err
head_whole(struct head *out, struct store *s, const struct record_row *r,
    const struct graph *g, const uint8_t id[static VERSION_ID_LEN], bool verify)
{
	struct filling f = { .h = out, .s = s, .r = r, .verify = verify };
	enum vault_err err = head_open(out, s, r, id, verify);

	if (err != VAULT_OK || out->body == NULL ||
	    out->version.unseen.len == 0)
		return err;
	buf_put(&f.wanted, out->version.unseen.bytes, out->version.unseen.len);
	if ((err = buf_ok(&f.wanted)) == VAULT_OK) {
		version_sort_hashes(&f.wanted);
		err = fill(&f, g);
	}
	buf_free(&f.wanted);
	buf_free(&f.found);
	if (err != VAULT_OK)
		head_free(out);
	return err;
}
