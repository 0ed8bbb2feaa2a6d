/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "record/body.h"
#include "record/guard.h"
#include "store/sql.h"

/* ---- Our own newest versions ---- */

/* Our public key; *has is false in a vault that has no office yet. */
static enum vault_err
own_key(uint8_t key[static IDENTITY_PUBLIC_LEN], bool *has, struct store *s)
{
	struct sql *q = sql_open(s, "SELECT public FROM office");
	enum vault_err err;

	if ((err = sql_step(q, has)) == VAULT_OK && *has)
		err = sql_copy(q, 0, key, IDENTITY_PUBLIC_LEN);
	sql_close(q);
	return err;
}

/* The versions that our office wrote, and the parents of all of these. */
static enum vault_err
own_versions(struct buf *own, struct buf *parents, struct store *s,
    const struct record_row *r, const uint8_t *key)
{
	struct buf all = { 0 };
	enum vault_err err = rows_versions(&all, s, r, false);

	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(&all);
	     i++) {
		struct version v;

		err = rows_version(
		    &v, NULL, NULL, s, r, version_hash_at(&all, i), false);
		if (err == VAULT_OK &&
		    memcmp(v.office, key, IDENTITY_PUBLIC_LEN) == 0) {
			buf_put(own, v.id, VERSION_ID_LEN);
			buf_put(parents, v.parents.bytes, v.parents.len);
		}
		version_free(&v);
	}
	buf_free(&all);
	if (err == VAULT_OK && (err = buf_ok(own)) == VAULT_OK)
		err = buf_ok(parents);
	return err;
}

enum vault_err
guard_each(struct store *s, const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	uint8_t key[IDENTITY_PUBLIC_LEN];
	struct buf own = { 0 }, before = { 0 };
	enum vault_err err;
	bool has;

	if ((err = own_key(key, &has, s)) != VAULT_OK || !has)
		return err;
	/* By ancestry, not by time: a clock may be wrong, and what another
	 * office wrote in between does not make an earlier word of ours new. */
	if ((err = own_versions(&own, &before, s, r, key)) == VAULT_OK)
		err = heads_ancestors(&before, s, r);
	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(&own);
	     i++) {
		const uint8_t *id = version_hash_at(&own, i);
		struct head h;

		if (version_has_hash(&before, id))
			continue;
		if ((err = head_open(&h, s, r, id, false)) != VAULT_OK)
			break;
		err = each(ctx, &h);
		head_free(&h);
	}
	buf_free(&own);
	buf_free(&before);
	return err;
}

/* ---- What they say ---- */

static bool
has_text(const json_t *array, const json_t *text)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (json_equal(json_array_get(array, i), text))
			return true;
	return false;
}

/* Append to an array the texts of another one that are not in it. */
static bool
add_texts(json_t *to, const json_t *from)
{
	for (size_t i = 0; i < json_array_size(from); i++) {
		json_t *text = json_array_get(from, i);

		if (json_is_string(text) && !has_text(to, text) &&
		    json_array_append(to, text) != 0)
			return false;
	}
	return true;
}

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
	memcpy(g->office, h->version.office, sizeof(g->office));
	if (h->body == NULL) {
		g->withheld = g->withheld || h->version.has_body;
		return VAULT_OK;
	}
	if (level > g->level)
		g->level = level;
	take(&g->readers, h->body, "readers", first);
	take(&g->audiences, h->body, "audiences", first);
	return add_texts(g->hidden, json_object_get(h->body, "private_fields"))
	    ? VAULT_OK
	    : VAULT_ENOMEM;
}

enum vault_err
guard_read(struct guard *out, struct store *s, const struct record_row *r)
{
	memset(out, 0, sizeof(*out));
	out->level = -1;
	if ((out->hidden = json_array()) == NULL)
		return VAULT_ENOMEM;
	return guard_each(s, r, take_word, out);
}

void
guard_free(struct guard *g)
{
	json_decref(g->hidden);
	json_decref(g->readers);
	json_decref(g->audiences);
	memset(g, 0, sizeof(*g));
}

bool
guard_is_foreign(const struct guard *g, const struct head *h)
{
	return !g->ours ||
	    memcmp(g->office, h->version.office, sizeof(g->office)) != 0;
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
	if (paths == NULL || !add_texts(paths, g->hidden) ||
	    !add_texts(paths, json_object_get(h->open, "private_fields")))
		goto out;
	if (json_array_size(paths) == 0 || h->open == NULL) {
		err = VAULT_OK;
		goto out;
	}
	if ((open = json_copy(h->open)) == NULL ||
	    json_object_set(open, "private_fields", paths) != 0)
		goto out;
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
	    add_texts(paths, json_object_get(body, "private_fields")) &&
	    add_texts(paths, g->hidden);

	if (good && json_array_size(paths) > 0)
		good = json_object_set(body, "private_fields", paths) == 0;
	json_decref(paths);
	return good;
}

enum vault_err
guard_apply(json_t *body, const struct guard *g)
{
	const json_t *level = json_object_get(body, "level");

	/* All of it was withheld: there is nothing to guard. */
	if (g->level < 0 || json_object_size(body) == 0)
		return VAULT_OK;
	if ((!json_is_integer(level) || json_integer_value(level) < g->level) &&
	    json_object_set_new(body, "level", json_integer(g->level)) != 0)
		return VAULT_ENOMEM;
	if (!keep_private(body, g) ||
	    (g->readers != NULL &&
		json_object_set(body, "readers", g->readers) != 0) ||
	    (g->audiences != NULL &&
		json_object_set(body, "audiences", g->audiences) != 0))
		return VAULT_ENOMEM;
	return VAULT_OK;
}
