/* SPDX-License-Identifier: ISC */
/* attachments.c - files in and out of records, streamed. */
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "core/text.h"
#include "inside.h"
#include "record/attach.h"
#include "record/heads.h"
#include "record/tombstone.h"
#include "store/store.h"

static enum vault_err
row_of(struct record_row *out, struct vault *v, const char *id)
{
	uint8_t bytes[ID_LEN];

	if (id_parse(bytes, id, strlen(id)) != VAULT_OK)
		return VAULT_ENORECORD;
	return rows_find(out, v->store, bytes);
}

/* ---- In ---- */

/* Commit what is staged, and begin anew. */
static enum vault_err
next_batch(struct vault *v)
{
	enum vault_err err = store_commit(v->store);

	if (err != VAULT_OK)
		return err;
	store_give_way(v->store);
	return store_begin(v->store);
}

static enum vault_err
stage(struct vault *v, struct attach_writer *w, const struct vault_source *from)
{
	uint8_t *chunk = mem_alloc(ATTACH_CHUNK);
	enum vault_err err = VAULT_OK;
	uint64_t done = 0;
	size_t got;

	if (chunk == NULL)
		return VAULT_ENOMEM;
	while (err == VAULT_OK) {
		err = from->read(from->ctx, chunk, ATTACH_CHUNK, &got);
		if (err != VAULT_OK || got == 0)
			break;
		if ((err = attach_put(w, chunk, got)) != VAULT_OK)
			break;
		done += got;
		if (from->progress != NULL &&
		    !from->progress(from->ctx, done, from->size))
			err = VAULT_ECANCELED;
		else if (attach_wants_commit(w))
			err = next_batch(v);
	}
	mem_free(chunk);
	return err;
}

/* In nums what is staged, as long as nothing points to it. */
static enum vault_err
attach(struct buf *nums, struct vault *v, const char *id, const char *name,
    const struct vault_source *from)
{
	uint8_t hash[HASH_LEN];
	struct attach_writer *w;
	struct record_row r;
	enum vault_err err;

	if ((err = row_of(&r, v, id)) != VAULT_OK ||
	    (err = attach_begin(&w, v->store, &r, name)) != VAULT_OK)
		return err;
	if (!attach_note(nums, w))
		err = VAULT_ENOMEM;
	if (err == VAULT_OK && (err = stage(v, w, from)) == VAULT_OK &&
	    (err = attach_end(w, hash)) == VAULT_OK)
		err = records_follow(v, &r, hash, "attach");
	if (err == VAULT_OK)
		err = store_commit(v->store);
	if (err == VAULT_OK)
		buf_reset(nums);
	attach_writer_free(w);
	return err;
}

enum vault_err
vault_attach(struct vault *v, const char *id, const char *name,
    const struct vault_source *from)
{
	struct buf nums = { 0 };
	enum vault_err err;
	int held;

	if (!text_is_file_name(name, strlen(name)))
		return VAULT_EUSE;
	if ((err = staging_begin(&held, v)) == VAULT_OK &&
	    (err = store_begin(v->store)) == VAULT_OK)
		err = attach(&nums, v, id, name, from);
	(void)vault_failed(v, err);
	staging_end(held, v, &nums);
	buf_free(&nums);
	return err;
}

/* ---- Which ---- */

/* One that a head names and that has a name here: its bytes may be missing. */
struct listed {
	struct attach_row a;
	/* Of the earliest version that names it. */
	int64_t time;
	uint8_t office[IDENTITY_PUBLIC_LEN];
	bool dated;
	unsigned number, same; /* among how many of its name, from 1 */
};

static struct listed *
listed_at(const struct buf *list, size_t i)
{
	return (struct listed *)(void *)list->bytes + i;
}

static size_t
listed_n(const struct buf *list)
{
	return list->len / sizeof(struct listed);
}

static void
listed_free(struct buf *list)
{
	for (size_t i = 0; i < listed_n(list); i++)
		attach_row_free(&listed_at(list, i)->a);
	buf_free(list);
}

/* The hashes that the heads of a record name, but for silent ones. */
struct naming {
	struct store *s;
	struct buf hashes, tombstones;
};

static enum vault_err
add_hashes(void *ctx, const struct head *h)
{
	struct naming *n = ctx;
	struct buf *all = &n->hashes;
	enum vault_err err;
	bool silent;

	if ((err = tombstone_covers(&silent, n->s, &n->tombstones,
		 h->version.office)) != VAULT_OK ||
	    silent)
		return err;
	for (size_t i = 0; i < version_hash_count(&h->version.attachments);
	     i++) {
		const uint8_t *hash = version_hash_at(
		    &h->version.attachments, i);

		if (!version_has_hash(all, hash))
			buf_put(all, hash, HASH_LEN);
	}
	return buf_ok(all);
}

static enum vault_err
find_all(struct buf *list, struct store *s, const struct record_row *r)
{
	struct naming n = { .s = s };
	enum vault_err err;

	if (r->forgotten)
		return VAULT_OK;
	err = tombstone_list(&n.tombstones, s, r->id, false);
	if (err == VAULT_OK)
		err = heads_each(s, r, add_hashes, &n);
	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(&n.hashes);
	     i++) {
		struct listed one;

		memset(&one, 0, sizeof(one));
		err = attach_find(&one.a, s, r, version_hash_at(&n.hashes, i));
		if (err == VAULT_ENORECORD) {
			err = VAULT_OK; /* withheld: it has no name here */
			continue;
		}
		if (err == VAULT_OK && !buf_put(list, &one, sizeof(one))) {
			attach_row_free(&one.a);
			err = VAULT_ENOMEM;
		}
	}
	buf_free(&n.hashes);
	buf_free(&n.tombstones);
	return err;
}

/* Who named each first, and when. */
static enum vault_err
date_all(struct buf *list, struct store *s, const struct record_row *r)
{
	struct buf ids = { 0 };
	enum vault_err err = rows_versions(&ids, s, r, false);

	for (size_t at = 0; err == VAULT_OK && at < ids.len;
	     at += VERSION_ID_LEN) {
		struct version v;

		err = rows_version(&v, NULL, NULL, s, r, ids.bytes + at, false);
		for (size_t i = 0; err == VAULT_OK && i < listed_n(list); i++) {
			struct listed *one = listed_at(list, i);

			if (one->dated ||
			    !version_has_hash(&v.attachments, one->a.hash))
				continue;
			one->dated = true;
			one->time = v.time;
			memcpy(one->office, v.office, sizeof(one->office));
		}
		version_free(&v);
	}
	buf_free(&ids);
	return err;
}

static int
by_time(const void *x, const void *y)
{
	const struct listed *a = x, *b = y;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return memcmp(a->a.hash, b->a.hash, HASH_LEN);
}

static bool
same_name(const struct listed *x, const struct listed *y)
{
	return x->a.name.len == y->a.name.len &&
	    memcmp(x->a.name.bytes, y->a.name.bytes, x->a.name.len) == 0;
}

/* Those of one name are told apart by a number, in the order they came. */
static void
number_all(struct buf *list)
{
	size_t n = listed_n(list);

	if (n > 0)
		qsort(list->bytes, n, sizeof(struct listed), by_time);
	for (size_t i = 0; i < n; i++) {
		struct listed *one = listed_at(list, i);

		for (size_t k = 0; k < n; k++)
			if (same_name(one, listed_at(list, k))) {
				one->number += k <= i;
				one->same++;
			}
	}
}

/* All of a record; free the list with listed_free. */
static enum vault_err
list_all(struct buf *list, struct store *s, const struct record_row *r)
{
	enum vault_err err;

	if ((err = find_all(list, s, r)) == VAULT_OK &&
	    (err = date_all(list, s, r)) == VAULT_OK)
		number_all(list);
	return err;
}

/* Tell one; *go_on is what each says. */
static enum vault_err
tell(bool *go_on, struct store *s, const struct listed *one,
    bool (*each)(void *ctx, const struct vault_attachment *a), void *ctx)
{
	struct buf hex = { 0 }, office = { 0 };
	struct vault_attachment out;
	enum vault_err err;

	memset(&out, 0, sizeof(out));
	buf_put(&out.name, one->a.name.bytes, one->a.name.len);
	out.size = one->a.size;
	out.here = one->a.here;
	out.number = one->number;
	out.same = one->same;
	out.time = one->time;
	hex_encode(&hex, one->a.sha256, DIGEST_LEN);
	if ((err = records_office(&office, s, one->office)) == VAULT_OK &&
	    (err = buf_ok(&hex)) == VAULT_OK &&
	    (err = buf_ok(&out.name)) == VAULT_OK) {
		if (one->a.here)
			memcpy(out.sha256, buf_text(&hex), 65);
		out.office = buf_text(&office);
		*go_on = each(ctx, &out);
	}
	buf_free(&out.name);
	buf_free(&office);
	buf_free(&hex);
	return err;
}

enum vault_err
vault_attachments(struct vault *v, const char *id,
    bool (*each)(void *ctx, const struct vault_attachment *a), void *ctx)
{
	struct buf list = { 0 };
	struct record_row r;
	enum vault_err err;
	bool go_on = true;

	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = row_of(&r, v, id)) == VAULT_OK)
		err = list_all(&list, v->store, &r);
	for (size_t i = 0; err == VAULT_OK && go_on && i < listed_n(&list); i++)
		err = tell(&go_on, v->store, listed_at(&list, i), each, ctx);
	store_read_end(v->store);
	listed_free(&list);
	return vault_failed(v, err);
}

/* ---- Out ---- */

/*
 * The one of that name, or with a number that one of them.  VAULT_ECONFLICT:
 * without a number, and there are several.
 */
static enum vault_err
choose(struct attach_row *out, const struct buf *list, const char *name,
    unsigned number)
{
	const struct listed *found = NULL;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < listed_n(list); i++) {
		const struct listed *one = listed_at(list, i);

		if (!one->a.here || strcmp(buf_text(&one->a.name), name) != 0 ||
		    (number > 0 && one->number != number))
			continue;
		if (found != NULL)
			return VAULT_ECONFLICT;
		found = one;
	}
	if (found == NULL)
		return VAULT_EABSENT;
	*out = found->a;
	out->name = (struct buf){ 0 }; /* that one is borrowed */
	return VAULT_OK;
}

static enum vault_err
stream(struct vault *v, const struct record_row *r, const struct attach_row *a,
    const struct vault_sink *to)
{
	const uint8_t *bytes;
	struct chunks *c;
	enum vault_err err;
	uint64_t done = 0;
	size_t len;

	if ((err = attach_open(&c, v->store, r, a)) != VAULT_OK)
		return err;
	while ((err = chunks_get(c, &bytes, &len)) == VAULT_OK && len > 0) {
		if ((err = to->write(to->ctx, bytes, len)) != VAULT_OK)
			break;
		done += len;
		if (to->progress != NULL &&
		    !to->progress(to->ctx, done, a->size)) {
			err = VAULT_ECANCELED;
			break;
		}
	}
	chunks_free(c);
	return err;
}

enum vault_err
vault_extract(struct vault *v, const char *id, const char *name,
    unsigned number, const struct vault_sink *to)
{
	struct buf list = { 0 };
	struct attach_row found;
	struct record_row r;
	enum vault_err err;

	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = row_of(&r, v, id)) == VAULT_OK &&
	    (err = list_all(&list, v->store, &r)) == VAULT_OK)
		err = choose(&found, &list, name, number);
	store_read_end(v->store);
	listed_free(&list);
	if (err == VAULT_OK)
		err = stream(v, &r, &found, to);
	return vault_failed(v, err);
}
