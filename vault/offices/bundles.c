/* SPDX-License-Identifier: ISC */
/* bundles.c - what comes from other offices. */
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "exchange/bundle.h"
#include "exchange/contact.h"
#include "exchange/forget.h"
#include "exchange/revocation.h"
#include "inside.h"
#include "record/attach.h"
#include "record/carry.h"
#include "record/guard.h"
#include "record/heads.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

_Static_assert((int)VAULT_SEEN_SAME == (int)CHAIN_SAME &&
	(int)VAULT_SEEN_OTHERS == (int)CHAIN_OTHERS,
    "vault.h and chain.h number the same cases");
_Static_assert((int)VAULT_NEW_RECORD == (int)ARRIVES_RECORD &&
	(int)VAULT_FORGETS_NOTHING == (int)ARRIVES_FORGETS &&
	(int)VAULT_FORGETS_RECORD - (int)VAULT_FORGETS_NOTHING ==
	    (int)FORGET_RECORD &&
	(int)VAULT_OTHER_TYPE == (int)ARRIVES_OTHER_TYPE &&
	(int)VAULT_REVOKED == (int)ARRIVES_REVOKED &&
	(int)VAULT_ARRIVES_N == (int)ARRIVES_N,
    "vault.h and arrivals.h number the same cases");
_Static_assert((int)VAULT_BUNDLE_NOT_AGE == (int)BUNDLE_FAULT_AGE &&
	(int)VAULT_BUNDLE_CHANGED == (int)BUNDLE_FAULT_CHANGED &&
	(int)VAULT_BUNDLE_LIMIT == (int)BUNDLE_FAULT_LIMIT,
    "vault.h and bundle.h number the same faults");

struct vault_bundle {
	struct vault *v;
	struct vault_input input;
	struct pipe_source from;
	struct office_keys keys;
	struct bundle bundle;
	struct contact sender;
	struct buf name;
	enum chain_seen seen;
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

/* In a snapshot of its own: no writer waits for a slow medium. */
static enum vault_err
record(void *ctx, const struct carried *c)
{
	struct vault_bundle *b = ctx;
	struct store *s = b->v->store;
	enum arrives arrives;
	struct record_row r;
	enum vault_err err;
	size_t number;
	bool heard;

	if ((err = store_read(s)) != VAULT_OK)
		return err;
	if ((err = bundle_hears(&heard, &b->bundle, c->version.office)) ==
		VAULT_OK &&
	    (err = arrivals_look(&arrives, &r, s, c, heard)) == VAULT_OK)
		err = arrivals_add(
		    &number, &b->bundle.arrivals, s, c, &r, arrives);
	store_read_end(s);
	return err;
}

static enum vault_err
tombstone(void *ctx, const struct tombstone *t)
{
	struct vault_bundle *b = ctx;
	struct store *s = b->v->store;
	enum forget_does does = FORGET_KNOWN;
	enum vault_err err;
	bool heard;

	if ((err = store_read(s)) != VAULT_OK)
		return err;
	err = bundle_hears(&heard, &b->bundle, t->office);
	if (err == VAULT_OK && heard)
		err = forget_look(&does, s, t);
	if (err == VAULT_OK)
		err = arrivals_tombstone(&b->bundle.arrivals, s, t, does);
	store_read_end(s);
	return err;
}

/* The title: out of what comes, or, of a tombstone, as it is here. */
static enum vault_err
title_of(struct buf *out, struct vault_bundle *b, const struct arrival *one)
{
	const struct buf *titles = &b->bundle.arrivals.titles;
	char id[VAULT_ID_LEN];
	enum vault_err err;

	if (!arrival_is_tombstone(one)) {
		if (one->title_len > 0)
			buf_put(
			    out, titles->bytes + one->title_at, one->title_len);
		return buf_ok(out);
	}
	id_print(id, one->record);
	err = vault_title(out, b->v, id);
	return err == VAULT_ENORECORD ? VAULT_OK : err;
}

static enum vault_err
tell(struct vault_bundle *b, const struct arrival *one,
    void (*each)(void *ctx, const struct vault_arriving *a), void *ctx)
{
	struct buf title = { 0 }, office = { 0 }, wrong = { 0 };
	struct vault_arriving a = {
		.arrives = (enum vault_arrives)one->arrives,
		.time = one->time,
		.withheld = one->withheld,
		.ours = one->ours && one->arrives == ARRIVES_VERSION,
		.versions = one->versions,
		.new_versions = one->fresh,
		.attachments = one->files,
		.new_attachments = one->new_files,
		.wrong_time = one->wrong_time,
	};
	enum vault_err err;

	id_print(a.id, one->record);
	memcpy(a.type, one->type, sizeof(a.type));
	memcpy(a.type_here, one->here, sizeof(a.type_here));
	if ((err = title_of(&title, b, one)) == VAULT_OK &&
	    (err = records_office(&office, b->v->store, one->office)) ==
		VAULT_OK &&
	    (!one->wrong_clock ||
		(err = records_office(
		     &wrong, b->v->store, one->wrong_office)) == VAULT_OK) &&
	    (err = buf_ok(&title)) == VAULT_OK) {
		a.title = buf_text(&title);
		a.office = buf_text(&office);
		a.wrong_clock = one->wrong_clock ? buf_text(&wrong) : NULL;
		each(ctx, &a);
	}
	buf_free(&title);
	buf_free(&office);
	buf_free(&wrong);
	return err;
}

enum vault_err
vault_bundle_each(struct vault_bundle *b,
    void (*each)(void *ctx, const struct vault_arriving *a), void *ctx)
{
	const struct arrivals *all = &b->bundle.arrivals;
	enum vault_err err;

	if ((err = store_read(b->v->store)) != VAULT_OK)
		return vault_failed(b->v, err);
	for (size_t i = 0; err == VAULT_OK && i < arrivals_n(all); i++)
		err = tell(b, arrivals_at(all, i), each, ctx);
	store_read_end(b->v->store);
	return vault_failed(b->v, err);
}

/* ---- Who sent it ---- */

static enum vault_err
look_at_chain(
    enum chain_seen *out, struct store *s, const struct bundle *bundle)
{
	size_t len;
	const void *peer = bundle_peer(bundle, &len);

	if (!bundle->manifest.is_signed)
		return chain_look_unsigned(out, s, bundle->hash);
	return chain_look(out, s, peer, len, &bundle->place, bundle->hash);
}

static enum vault_err
look_at_sender(struct vault_bundle *b)
{
	const struct bundle *bundle = &b->bundle;
	struct store *s = b->v->store;
	enum vault_err err;

	if ((err = look_at_chain(&b->seen, s, bundle)) != VAULT_OK)
		return err;
	if (bundle->knows_sender) {
		err = contact_by_key(&b->sender, s, bundle->present);
		buf_put(&b->name, b->sender.name.bytes, b->sender.name.len);
	} else if (bundle->manifest.is_signed) {
		hex_encode(&b->name, bundle->manifest.sender,
		    sizeof(bundle->manifest.sender));
	}
	return err == VAULT_OK ? buf_ok(&b->name) : err;
}

static void
tell_fault(struct vault_bundle_bad *bad, const struct bundle *b)
{
	bad->fault = (enum vault_bundle_fault)b->fault;
	bad->chunk = b->age.chunk + 1;
	bad->byte = b->age.byte;
}

static enum vault_err
check(struct vault_bundle *b, struct vault_bundle_bad *bad)
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
	tell_fault(bad, &b->bundle);
	if (err != VAULT_OK || (err = store_read(s)) != VAULT_OK)
		return err;
	if ((err = look_at_sender(b)) == VAULT_OK)
		err = bundle_weigh(&b->bundle);
	store_read_end(s);
	return err;
}

enum vault_err
vault_bundle_open(struct vault_bundle **out, struct vault *v,
    const struct vault_input *from, struct vault_bundle_bad *bad)
{
	struct vault_bundle *b = mem_zalloc(sizeof(*b));
	enum vault_err err;

	*out = NULL;
	memset(bad, 0, sizeof(*bad));
	if (b == NULL)
		return VAULT_ENOMEM;
	b->v = v;
	b->input = *from;
	b->from = (struct pipe_source){ from->read, from->ctx, from->size };
	if ((err = check(b, bad)) == VAULT_OK) {
		*out = b;
		b = NULL; /* given away */
	}
	vault_bundle_close(b);
	return vault_failed(v, err);
}

/* What is not taken of a record is no record more. */
static void
count_records(struct vault_bundle_info *out, const struct arrivals *all)
{
	memcpy(out->count, all->count, sizeof(out->count));
	out->new_versions = all->count[ARRIVES_RECORD] +
	    all->count[ARRIVES_VERSION];
	out->new_records = all->count[ARRIVES_RECORD];
	for (size_t i = 0; i < arrivals_n(all); i++)
		out->records += arrivals_at(all, i)->arrives <=
		    ARRIVES_FORGOTTEN;
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
	out->sender_announced = out->sender_known &&
	    b->bundle.sender_key == CONTACT_KEY_ANNOUNCED;
	out->sender_earlier = out->sender_known &&
	    b->bundle.sender_key == CONTACT_KEY_EARLIER;
	out->sender_revoked = b->bundle.revoked != 0;
	out->sender_compared = b->sender.verified != 0 &&
	    !out->sender_announced && !out->sender_revoked;
#ifdef PLANT_ANNOUNCED_COMPARED
	out->sender_compared = b->sender.verified != 0;
#endif
#ifdef PLANT_EARLIER_UNSAID
	out->sender_earlier = false;
#endif
#ifdef PLANT_UNSIGNED_UNSAID
	out->is_signed = true;
#endif
	out->sender_frozen = b->sender.frozen;
	if (out->sender_known)
		identity_digits(out->digits, b->bundle.sender);
	out->number = b->bundle.place.number;
	out->seen = (enum vault_bundle_seen)b->seen;
	out->versions = b->bundle.n_records;
	out->tombstones = b->bundle.n_tombstones;
	out->attachments = bundle_n_files(&b->bundle);
	out->new_attachments = b->bundle.new_files;
	out->bytes = m->bytes;
	out->new_bytes = b->bundle.new_bytes;
	count_records(out, &b->bundle.arrivals);
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

/* Was its key revoked since it was looked at? */
static enum vault_err
look_if_revoked(struct store *s, const struct bundle *bundle)
{
	int64_t revoked = 0;
	enum vault_err err = VAULT_OK;

#if defined(PLANT_REVOKED_SENDER) || defined(PLANT_REVOKED_MEANWHILE)
	return VAULT_OK;
#endif
	if (bundle->manifest.is_signed)
		err = revocation_time_of_id(
		    &revoked, s, bundle->manifest.sender);
	return err == VAULT_OK && revoked != 0 ? VAULT_EREFUSED : err;
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
	if ((err = look_if_revoked(s, bundle)) != VAULT_OK ||
	    (err = look_at_chain(&seen, s, bundle)) != VAULT_OK)
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
		.forgotten = done->forgotten,
		.forgot_records = done->did[FORGET_RECORD],
		.forgot_texts = done->did[FORGET_TEXTS],
		.requests = done->did[FORGET_REQUEST],
		.later = done->did[FORGET_LATER],
		.kept = done->kept,
		.others = done->others,
		.revoked = done->revoked,
		.attachments = done->files };
}

/* What the vault writes beside it: cells, index, journal. */
#define ROOM_SLACK ((uint64_t)4 * 1024 * 1024)
#define PAGE_LEN 4096

/*
 * Is there room for it?  Attachments cost a sixteenth more than they have, a
 * record is kept and indexed; pages that are free in the vault serve first.
 */
static enum vault_err
check_room(struct vault_imported *out, struct vault_bundle *b)
{
	const struct bundle *bundle = &b->bundle;
	struct store *s = b->v->store;
	enum vault_err err;
	int64_t spare;

	if (bundle->new_bytes == 0 && bundle->arrivals.bytes == 0)
		return VAULT_OK;
	if ((err = store_room(b->v->folder, &out->room)) != VAULT_OK ||
	    (err = store_read(s)) != VAULT_OK)
		return err;
	err = sql_number(&spare, s, "PRAGMA freelist_count");
	store_read_end(s);
	if (err != VAULT_OK)
		return err;
	out->need = bundle->new_bytes + bundle->new_bytes / 16 +
	    4 * bundle->arrivals.bytes + ROOM_SLACK;
	out->room += (uint64_t)spare * PAGE_LEN;
	return out->need > out->room ? VAULT_ESPACE : VAULT_OK;
}

/* Not of a revoked key; of nobody's, or of a thief's perhaps, if accepted. */
static enum vault_err
refuse_sender(const struct vault_bundle *b, bool accept)
{
	bool known = b->bundle.knows_sender, frozen = b->sender.frozen;

#ifdef PLANT_UNSIGNED_TAKEN
	known = known || !b->bundle.manifest.is_signed;
#endif
#ifdef PLANT_FROZEN_HEARD
	frozen = false;
#endif
#ifndef PLANT_REVOKED_SENDER
	if (b->bundle.revoked != 0)
		return VAULT_EREFUSED;
#endif
	return !accept && (!known || frozen) ? VAULT_EREFUSED : VAULT_OK;
}

enum vault_err
vault_bundle_import(struct vault_imported *out, struct vault_bundle *b,
    bool accept, struct vault_bundle_bad *bad)
{
	struct bundle_done done;
	enum vault_err err;
	int held;

	memset(out, 0, sizeof(*out));
	memset(bad, 0, sizeof(*bad));
	if (b->seen == CHAIN_SAME)
		return VAULT_EEXISTS;
	if ((err = refuse_sender(b, accept)) != VAULT_OK)
		return err;
	if (!accept && b->seen == CHAIN_OTHERS)
		return VAULT_ECONFLICT;
	if ((err = check_room(out, b)) != VAULT_OK)
		return vault_failed(b->v, err);
	if ((err = staging_begin(&held, b->v)) == VAULT_OK) {
		err = bundle_import(&done, &b->bundle, &b->from, progress, b);
		tell_fault(bad, &b->bundle);
	}
	if (err == VAULT_OK)
		err = finish(b, &done, accept);
	(void)vault_failed(b->v, err);
	staging_end(held, b->v, &b->bundle.staged);
	buf_reset(&b->bundle.staged);
	if (err == VAULT_OK) {
		*out = imported(&done);
		/* Attachments that were forgotten.  What has come stands. */
		out->unswept = vault_sweep(b->v) != VAULT_OK;
	}
	return err;
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
	const struct arrivals *all = &b->bundle.arrivals;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < arrivals_n(all); i++) {
		const struct arrival *one = arrivals_at(all, i);

		if (one->arrives == ARRIVES_VERSION ||
		    one->arrives == ARRIVES_COMPLETES)
			err = look_at_record(&l, one->record);
	}
	return vault_failed(b->v, err);
}
