/* SPDX-License-Identifier: ISC */
/* bundles.c - what comes from other offices. */
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "exchange/bundle.h"
#include "exchange/contact.h"
#include "exchange/forget.h"
#include "inside.h"
#include "record/attach.h"
#include "record/carry.h"
#include "record/guard.h"
#include "record/heads.h"
#include "store/log.h"
#include "store/store.h"

_Static_assert((int)VAULT_SEEN_SAME == (int)CHAIN_SAME &&
	(int)VAULT_SEEN_OTHERS == (int)CHAIN_OTHERS,
    "vault.h and chain.h number the same cases");
_Static_assert((int)VAULT_BUNDLE_NOT_AGE == (int)BUNDLE_FAULT_AGE &&
	(int)VAULT_BUNDLE_CHANGED == (int)BUNDLE_FAULT_CHANGED,
    "vault.h and bundle.h number the same faults");

_Static_assert((int)VAULT_FORGETS_RECORD - (int)VAULT_FORGETS_NOTHING ==
	(int)FORGET_RECORD,
    "vault.h and forget.h number the same effects");

struct vault_bundle {
	struct vault *v;
	struct vault_input input;
	struct pipe_source from;
	struct office_keys keys;
	struct bundle bundle;
	struct contact sender;
	struct buf name;
	enum chain_seen seen;
	size_t count[VAULT_ARRIVES_N];
	struct buf changed; /* ids of records here of which something comes */
	/* While it is verified. */
	void (*each)(void *ctx, const struct vault_arriving *a);
	void *ctx;
};

void
vault_bundle_close(struct vault_bundle *b)
{
	if (b == NULL)
		return;
	office_keys_free(&b->keys);
	bundle_free(&b->bundle);
	contact_free(&b->sender);
	buf_free(&b->name);
	buf_free(&b->changed);
	mem_free(b);
}

static bool
progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct vault_bundle *b = ctx;

	return b->input.progress == NULL ||
	    b->input.progress(b->input.ctx, done, total);
}

/* ---- What is in it ---- */

/* Does a version that is here lack what comes? */
static enum vault_err
completes(bool *out, struct store *s, const struct record_row *r,
    const struct carried *c)
{
	struct part body, hidden;
	uint8_t hash[HASH_LEN];
	struct attach_row a;
	enum vault_err err;

	err = rows_version(NULL, &body, &hidden, s, r, c->version.id, false);
	*out = (c->body.present && !body.present) ||
	    (c->hidden.present && !hidden.present);
	part_free(&body);
	part_free(&hidden);
	for (size_t i = 0; err == VAULT_OK && i < c->n_files; i++) {
		const struct part *p = &c->files[i].part;

		version_part_hash(hash, p->salt, p->json.bytes, p->json.len);
		err = attach_find(&a, s, r, hash);
		attach_row_free(&a);
		*out = *out || err == VAULT_ENORECORD;
		if (err == VAULT_ENORECORD)
			err = VAULT_OK;
	}
	return err;
}

static enum vault_err
arrives(enum vault_arrives *out, struct store *s, const struct carried *c)
{
	enum forget_takes takes;
	struct record_row r;
	enum vault_err err;
	bool here, more;

	err = forget_takes(&takes, s, c->version.record, c->version.office);
	if (err != VAULT_OK)
		return err;
	err = rows_find(&r, s, c->version.record);
	if (takes != FORGET_TAKES_ALL)
		*out = VAULT_WAS_FORGOTTEN;
	else if (err == VAULT_ENORECORD || (err == VAULT_OK && r.forgotten))
		*out = VAULT_NEW_RECORD;
	else if (err != VAULT_OK ||
	    (err = rows_has_version(&here, s, c->version.id)) != VAULT_OK)
		return err;
	else if (!here)
		*out = VAULT_NEW_VERSION;
	else if ((err = completes(&more, s, &r, c)) != VAULT_OK)
		return err;
	else
		*out = more ? VAULT_COMPLETES : VAULT_IS_HERE;
	return err == VAULT_ENORECORD ? VAULT_OK : err;
}

static enum vault_err
tell(struct vault_bundle *b, struct vault_arriving *a, const struct carried *c)
{
	struct buf title = { 0 }, office = { 0 };
	enum vault_err err;

	if ((err = carry_title(&title, c)) == VAULT_OK &&
	    (err = buf_ok(&title)) == VAULT_OK &&
	    (err = records_office(&office, b->v->store, c->version.office)) ==
		VAULT_OK) {
		id_print(a->id, c->version.record);
		memcpy(a->type, c->version.type, sizeof(a->type));
		a->title = buf_text(&title);
		a->office = buf_text(&office);
		a->time = c->version.time;
		a->attachments = c->n_files;
		a->withheld = (c->version.has_body && !c->body.present) ||
		    (c->version.has_private && !c->hidden.present);
		b->each(b->ctx, a);
	}
	buf_free(&title);
	buf_free(&office);
	return err;
}

/* The versions of a record mostly stand together: once is enough. */
static bool
note_changed(struct vault_bundle *b, const uint8_t *id)
{
	const struct buf *ids = &b->changed;

	return (ids->len > 0 &&
		   memcmp(ids->bytes + ids->len - ID_LEN, id, ID_LEN) == 0) ||
	    buf_put(&b->changed, id, ID_LEN);
}

/* In a snapshot of its own: no writer waits for a slow medium. */
static enum vault_err
record(void *ctx, const struct carried *c)
{
	struct vault_arriving a = { .arrives = VAULT_NEW_RECORD };
	struct vault_bundle *b = ctx;
	enum vault_err err;

	if ((err = store_read(b->v->store)) != VAULT_OK)
		return err;
	if ((err = arrives(&a.arrives, b->v->store, c)) == VAULT_OK) {
		b->count[a.arrives]++;
		if ((a.arrives == VAULT_NEW_VERSION ||
			a.arrives == VAULT_COMPLETES) &&
		    !note_changed(b, c->version.record))
			err = VAULT_ENOMEM;
		else if (b->each != NULL)
			err = tell(b, &a, c);
	}
	store_read_end(b->v->store);
	return err;
}

static enum vault_err
tell_tombstone(
    struct vault_bundle *b, struct vault_arriving *a, const struct tombstone *t)
{
	struct buf title = { 0 }, office = { 0 };
	struct record_row r;
	enum vault_err err;

	id_print(a->id, t->record);
	a->time = t->time;
	if ((err = rows_find(&r, b->v->store, t->record)) == VAULT_OK) {
		memcpy(a->type, r.type, sizeof(a->type));
		err = vault_title(&title, b->v, a->id);
	}
	if (err == VAULT_ENORECORD)
		err = VAULT_OK; /* not here: it has no title */
	if (err == VAULT_OK &&
	    (err = records_office(&office, b->v->store, t->office)) ==
		VAULT_OK) {
		a->title = buf_text(&title);
		a->office = buf_text(&office);
		b->each(b->ctx, a);
	}
	buf_free(&title);
	buf_free(&office);
	return err;
}

static enum vault_err
tombstone(void *ctx, const struct tombstone *t)
{
	struct vault_arriving a = { .arrives = VAULT_FORGETS_NOTHING };
	struct vault_bundle *b = ctx;
	enum forget_does does;
	enum vault_err err;

	if ((err = store_read(b->v->store)) != VAULT_OK)
		return err;
	if ((err = forget_look(&does, b->v->store, t)) == VAULT_OK) {
		a.arrives = (enum vault_arrives)(
		    VAULT_FORGETS_NOTHING + (int)does);
		b->count[a.arrives]++;
		if (b->each != NULL)
			err = tell_tombstone(b, &a, t);
	}
	store_read_end(b->v->store);
	return err;
}

/* ---- Who sent it ---- */

static enum vault_err
look_at_sender(struct vault_bundle *b)
{
	const struct bundle *bundle = &b->bundle;
	struct store *s = b->v->store;
	const void *peer;
	enum vault_err err;
	size_t len;

	peer = bundle_peer(bundle, &len);
	if ((err = chain_look(&b->seen, s, peer, len, &bundle->place,
		 bundle->hash)) != VAULT_OK)
		return err;
	if (bundle->knows_sender) {
		err = contact_by_key(&b->sender, s, bundle->sender);
		buf_put(&b->name, b->sender.name.bytes, b->sender.name.len);
	} else if (bundle->manifest.is_signed) {
		hex_encode(&b->name, bundle->manifest.sender,
		    sizeof(bundle->manifest.sender));
	}
	return err == VAULT_OK ? buf_ok(&b->name) : err;
}

static enum vault_err
check(struct vault_bundle *b, enum vault_bundle_fault *fault)
{
	struct bundle_events events = { .ctx = b,
		.record = record,
		.tombstone = tombstone,
		.progress = progress };
	struct store *s = b->v->store;
	enum vault_err err;

	if ((err = office_keys(&b->keys, s, true)) != VAULT_OK)
		return err;
	err = bundle_check(&b->bundle, s, &b->keys, &b->from, &events);
	*fault = (enum vault_bundle_fault)b->bundle.fault;
	if (err != VAULT_OK || (err = store_read(s)) != VAULT_OK)
		return err;
	err = look_at_sender(b);
	store_read_end(s);
	return err;
}

enum vault_err
vault_bundle_open(struct vault_bundle **out, struct vault *v,
    const struct vault_input *from, enum vault_bundle_fault *fault,
    void (*each)(void *ctx, const struct vault_arriving *a), void *ctx)
{
	struct vault_bundle *b = mem_zalloc(sizeof(*b));
	enum vault_err err;

	*out = NULL;
	*fault = VAULT_BUNDLE_OK;
	if (b == NULL)
		return VAULT_ENOMEM;
	b->v = v;
	b->input = *from;
	b->from = (struct pipe_source){ from->read, from->ctx, from->size };
	b->each = each;
	b->ctx = ctx;
	if ((err = check(b, fault)) == VAULT_OK) {
		*out = b;
		b = NULL; /* given away */
	}
	vault_bundle_close(b);
	return vault_failed(v, err);
}

void
vault_bundle_info(struct vault_bundle_info *out, const struct vault_bundle *b)
{
	const struct manifest *m = &b->bundle.manifest;
	struct buf hex = { 0 };

	memset(out, 0, sizeof(*out));
	if (hex_encode(&hex, m->bundle, sizeof(m->bundle)))
		memcpy(out->id, buf_text(&hex), sizeof(out->id));
	buf_free(&hex);
	out->is_signed = m->is_signed;
	out->sender = buf_text(&b->name);
	out->sender_known = b->bundle.knows_sender;
	out->sender_compared = b->sender.verified != 0;
	out->sender_frozen = b->sender.frozen;
	if (out->sender_known)
		identity_digits(out->digits, b->bundle.sender);
	out->number = b->bundle.place.number;
	out->seen = (enum vault_bundle_seen)b->seen;
	out->versions = b->bundle.n_records;
	out->tombstones = b->bundle.n_tombstones;
	out->attachments = bundle_n_files(&b->bundle);
	out->bytes = m->bytes;
	memcpy(out->count, b->count, sizeof(out->count));
}

void
vault_bundle_keep(struct vault_bundle *b)
{
	b->bundle.keep = true;
}

/* ---- Importing ---- */

/* {"bundle":ID,"from":the beginning of a key,"versions":N} */
static enum vault_err
log_import(struct vault_bundle *b, const struct bundle_done *done)
{
	const struct manifest *m = &b->bundle.manifest;
	struct buf detail = { 0 };
	enum vault_err err;

	buf_put_text(&detail, "{\"bundle\":\"");
	hex_encode(&detail, m->bundle, sizeof(m->bundle));
	buf_put_text(&detail, "\",\"from\":\"");
	hex_encode(&detail, m->sender, sizeof(m->sender));
	buf_putf(&detail, "\",\"known\":%s,\"new\":%zu,\"versions\":%zu}",
	    b->bundle.knows_sender ? "true" : "false",
	    done->new_versions + done->completed, b->bundle.n_records);
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(
		    b->v->store, "import", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

/* Two imports of it at the same time are one. */
static enum vault_err
finish(struct vault_bundle *b, const struct bundle_done *done, bool accept)
{
	const struct bundle *bundle = &b->bundle;
	struct store *s = b->v->store;
	enum chain_seen seen;
	const void *peer;
	enum vault_err err;
	size_t len;

	peer = bundle_peer(bundle, &len);
	if ((err = chain_look(&seen, s, peer, len, &bundle->place,
		 bundle->hash)) != VAULT_OK)
		return err;
	if (seen == CHAIN_SAME)
		return VAULT_EEXISTS;
	if (seen == CHAIN_OTHERS && !accept)
		return VAULT_ECONFLICT;
	if ((err = chain_received(
		 s, peer, len, &bundle->place, bundle->hash)) != VAULT_OK ||
	    (err = log_import(b, done)) != VAULT_OK)
		return err;
	return store_commit(s);
}

static struct vault_imported
imported(const struct bundle_done *done)
{
	return (struct vault_imported){ .records = done->new_records,
		.versions = done->new_versions,
		.completed = done->completed,
		.known = done->known,
		.forgotten = done->forgotten + done->silent,
		.forgot_records = done->did[FORGET_RECORD],
		.forgot_texts = done->did[FORGET_TEXTS],
		.requests = done->did[FORGET_REQUEST],
		.later = done->did[FORGET_LATER],
		.kept = done->kept,
		.attachments = done->files };
}

enum vault_err
vault_bundle_import(struct vault_imported *out, struct vault_bundle *b,
    bool accept, enum vault_bundle_fault *fault)
{
	struct bundle_done done;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	*fault = VAULT_BUNDLE_OK;
	if (b->seen == CHAIN_SAME)
		return VAULT_EEXISTS;
	if (!accept && (!b->bundle.knows_sender || b->sender.frozen))
		return VAULT_EREFUSED;
	if (!accept && b->seen == CHAIN_OTHERS)
		return VAULT_ECONFLICT;
	if ((err = vault_sweep(b->v)) != VAULT_OK)
		return vault_failed(b->v, err);
	err = bundle_import(&done, &b->bundle, &b->from, progress, b);
	*fault = (enum vault_bundle_fault)b->bundle.fault;
	if (err == VAULT_OK)
		err = finish(b, &done, accept);
	store_abort(b->v->store);
	if (err == VAULT_OK) {
		*out = imported(&done);
		/* Attachments that were forgotten, or that nobody took. */
		err = vault_sweep(b->v);
	}
	return vault_failed(b->v, err);
}

/* ---- What others lowered ---- */

struct lowering {
	struct vault *v;
	struct guard guard;
	struct vault_lowered out;
	void (*each)(void *ctx, const struct vault_lowered *l);
	void *ctx;
};

static enum vault_err
look_at_head(void *ctx, const struct head *h)
{
	struct lowering *l = ctx;
	struct buf office = { 0 };
	enum vault_err err;

	if (h->body == NULL || !guard_is_foreign(&l->guard, h))
		return VAULT_OK;
	l->out.from = l->guard.level;
	l->out.to = head_level(h) < l->guard.level ? head_level(h)
						   : l->guard.level;
	if ((err = guard_opens(&l->out.opened, &l->guard, h)) != VAULT_OK ||
	    (l->out.to == l->out.from && !l->out.opened))
		return err;
	err = records_office(&office, l->v->store, h->version.office);
	if (err == VAULT_OK) {
		l->out.office = buf_text(&office);
		l->each(l->ctx, &l->out);
	}
	buf_free(&office);
	return err;
}

static enum vault_err
look_at_record(struct lowering *l, const uint8_t *id)
{
	struct store *s = l->v->store;
	struct record_row r;
	enum vault_err err;

	if ((err = store_read(s)) != VAULT_OK)
		return err;
	id_print(l->out.id, id);
	if ((err = rows_find(&r, s, id)) == VAULT_OK && !r.forgotten &&
	    (err = guard_read(&l->guard, s, &r, NULL)) == VAULT_OK &&
	    l->guard.level >= 0)
		err = heads_each(s, &r, look_at_head, l);
	guard_free(&l->guard);
	store_read_end(s);
	return err == VAULT_ENORECORD ? VAULT_OK : err;
}

enum vault_err
vault_bundle_lowered(struct vault_bundle *b,
    void (*each)(void *ctx, const struct vault_lowered *l), void *ctx)
{
	struct lowering l = { .v = b->v, .each = each, .ctx = ctx };
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < b->changed.len / ID_LEN; i++)
		err = look_at_record(&l, b->changed.bytes + i * ID_LEN);
	return vault_failed(b->v, err);
}
