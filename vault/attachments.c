/* SPDX-License-Identifier: ISC */
/* attachments.c - files in and out of records, streamed. */
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "inside.h"
#include "record/attach.h"
#include "record/digest.h"
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

/*
 * Leftovers of interrupted attaches and of what was forgotten, in commits of
 * their own.  They are overwritten: the key that opens them may still be here.
 */
enum vault_err
vault_sweep(struct vault *v)
{
	enum vault_err err;
	bool left;

	do {
		if ((err = store_begin(v->store)) != VAULT_OK)
			return err;
		if ((err = store_secure_delete(v->store, true)) == VAULT_OK &&
		    (err = attach_sweep(&left, v->store)) == VAULT_OK && left)
			err = store_commit(v->store);
		store_abort(v->store);
	} while (err == VAULT_OK && left);
	return err;
}

/* Commit what is staged, and begin anew. */
static enum vault_err
next_batch(struct vault *v)
{
	enum vault_err err = store_commit(v->store);

	return err == VAULT_OK ? store_begin(v->store) : err;
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

static enum vault_err
attach(struct vault *v, const char *id, const char *name,
    const struct vault_source *from)
{
	uint8_t hash[HASH_LEN];
	struct attach_writer *w;
	struct record_row r;
	enum vault_err err;

	if ((err = row_of(&r, v, id)) != VAULT_OK ||
	    (err = attach_begin(&w, v->store, &r, name)) != VAULT_OK)
		return err;
	if ((err = stage(v, w, from)) == VAULT_OK &&
	    (err = attach_end(w, hash)) == VAULT_OK)
		err = records_follow(v, &r, hash, "attach");
	attach_writer_free(w);
	return err;
}

enum vault_err
vault_attach(struct vault *v, const char *id, const char *name,
    const struct vault_source *from)
{
	enum vault_err err;

	if ((err = vault_sweep(v)) != VAULT_OK ||
	    (err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = attach(v, id, name, from);
	store_abort(v->store);
	return vault_failed(v, err);
}

/* ---- Which ---- */

/* The hashes that the heads of a record name, but for silent ones. */
struct naming {
	struct buf hashes, tombstones;
};

static enum vault_err
add_hashes(void *ctx, const struct head *h)
{
	struct naming *n = ctx;
	struct buf *all = &n->hashes;

	if (tombstone_names(&n->tombstones, h->version.office))
		return VAULT_OK;
	for (size_t i = 0; i < version_hash_count(&h->version.attachments);
	     i++) {
		const uint8_t *hash = version_hash_at(
		    &h->version.attachments, i);

		if (!version_has_hash(all, hash))
			buf_put(all, hash, HASH_LEN);
	}
	return buf_ok(all);
}

/* Each attachment that is named, here or not; each stops the walk by false. */
static enum vault_err
each_attachment(struct vault *v, const struct record_row *r,
    bool (*each)(void *ctx, const struct attach_row *a), void *ctx)
{
	struct naming n = { 0 };
	enum vault_err err;
	bool go_on = true;

	if (r->forgotten)
		return VAULT_OK;
	err = tombstone_list(&n.tombstones, v->store, r->id, false);
	if (err == VAULT_OK)
		err = heads_each(v->store, r, add_hashes, &n);
	for (size_t i = 0;
	     err == VAULT_OK && go_on && i < version_hash_count(&n.hashes);
	     i++) {
		struct attach_row a;

		err = attach_find(
		    &a, v->store, r, version_hash_at(&n.hashes, i));
		if (err == VAULT_ENORECORD)
			err = VAULT_OK; /* withheld: it has no name here */
		if (err != VAULT_OK)
			break;
		go_on = each(ctx, &a);
		attach_row_free(&a);
	}
	buf_free(&n.hashes);
	buf_free(&n.tombstones);
	return err;
}

struct telling {
	bool (*each)(void *ctx, const struct vault_attachment *a);
	void *ctx;
	struct vault_attachment out;
	enum vault_err err;
};

static bool
tell(void *ctx, const struct attach_row *a)
{
	struct telling *t = ctx;
	struct buf hex = { 0 };
	bool go_on;

	memset(&t->out, 0, sizeof(t->out));
	buf_put(&t->out.name, a->name.bytes, a->name.len);
	t->out.size = a->size;
	t->out.here = a->here;
	hex_encode(&hex, a->sha256, DIGEST_LEN);
	if (a->here && buf_ok(&hex) == VAULT_OK)
		memcpy(t->out.sha256, buf_text(&hex), 65);
	if ((t->err = buf_ok(&hex)) == VAULT_OK)
		t->err = buf_ok(&t->out.name);
	go_on = t->err == VAULT_OK && t->each(t->ctx, &t->out);
	buf_free(&t->out.name);
	buf_free(&hex);
	return go_on;
}

enum vault_err
vault_attachments(struct vault *v, const char *id,
    bool (*each)(void *ctx, const struct vault_attachment *a), void *ctx)
{
	struct telling t = { .each = each, .ctx = ctx };
	struct record_row r;
	enum vault_err err;

	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = row_of(&r, v, id)) == VAULT_OK)
		err = each_attachment(v, &r, tell, &t);
	if (err == VAULT_OK)
		err = t.err;
	store_read_end(v->store);
	return vault_failed(v, err);
}

/* ---- Out ---- */

struct wanted {
	const char *name;
	struct attach_row found;
	bool is_found;
};

static bool
match(void *ctx, const struct attach_row *a)
{
	struct wanted *w = ctx;

	if (!a->here || strcmp(buf_text(&a->name), w->name) != 0)
		return true;
	w->found = *a;
	w->found.name = (struct buf){ 0 }; /* that one is borrowed */
	w->is_found = true;
	return false;
}

/*
 * One chunk in a snapshot of its own: no reader waits for a slow disk.  The
 * rows are never changed, so the chunks fit together.
 */
static enum vault_err
one_chunk(struct buf *out, struct vault *v, const struct record_row *r,
    const struct attach_row *a, uint64_t i)
{
	enum vault_err err;

	if ((err = store_read(v->store)) != VAULT_OK)
		return err;
	err = attach_chunk(out, v->store, r, a, i);
	store_read_end(v->store);
	return err;
}

static enum vault_err
stream(struct vault *v, const struct record_row *r, const struct attach_row *a,
    const struct vault_sink *to)
{
	struct digest *digest = digest_new();
	uint8_t sha256[DIGEST_LEN];
	struct buf chunk = { 0 };
	enum vault_err err = VAULT_OK;
	uint64_t done = 0;

	if (digest == NULL)
		return VAULT_ENOMEM;
	for (uint64_t i = 0; err == VAULT_OK && i < attach_chunks(a->size);
	     i++) {
		if ((err = one_chunk(&chunk, v, r, a, i)) != VAULT_OK)
			break;
		digest_put(digest, buf_text(&chunk), chunk.len);
		err = to->write(to->ctx, buf_text(&chunk), chunk.len);
		done += chunk.len;
		if (err == VAULT_OK && to->progress != NULL &&
		    !to->progress(to->ctx, done, a->size))
			err = VAULT_ECANCELED;
	}
	digest_end(digest, sha256);
	if (err == VAULT_OK && memcmp(sha256, a->sha256, DIGEST_LEN) != 0)
		err = VAULT_EDAMAGED;
	digest_free(digest);
	buf_free(&chunk);
	return err;
}

enum vault_err
vault_extract(struct vault *v, const char *id, const char *name,
    const struct vault_sink *to)
{
	struct wanted w = { .name = name };
	struct record_row r;
	enum vault_err err;

	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = row_of(&r, v, id)) == VAULT_OK)
		err = each_attachment(v, &r, match, &w);
	store_read_end(v->store);
	if (err == VAULT_OK && !w.is_found)
		err = VAULT_EABSENT;
	if (err == VAULT_OK)
		err = stream(v, &r, &w.found, to);
	return vault_failed(v, err);
}
