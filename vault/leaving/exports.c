/* SPDX-License-Identifier: ISC */
/* exports.c - what leaves the vault for other offices. */
#include <string.h>

#include "core/base64.h"
#include "core/clock.h"
#include "core/mem.h"
#include "core/secret.h"
#include "exchange/audience.h"
#include "exchange/bundle.h"
#include "exchange/contact.h"
#include "exchange/forget.h"
#include "exchange/reveal.h"
#include "inside.h"
#include "record/keep.h"
#include "store/log.h"
#include "store/store.h"

_Static_assert((int)VAULT_HELD_LEVEL_3 == (int)LEAVE_LEVEL_3 &&
	(int)VAULT_HELD_OPENED == (int)LEAVE_OPENED &&
	(int)VAULT_HELD_UNNAMED == (int)LEAVE_UNNAMED,
    "vault.h and leave.h number the same reasons");
_Static_assert((int)VAULT_NAMED_WHOLE == (int)SCAN_NAME &&
	(int)VAULT_NAMED_PART == (int)SCAN_PART,
    "vault.h and scan.h number the same kinds");
_Static_assert(VAULT_BUNDLE_LEN == 2 * MANIFEST_BUNDLE_LEN + 1, "an id in hex");

struct recipient {
	struct contact contact;
	struct buf text; /* age1... */
};

struct vault_export {
	struct vault *v;
	bool is_unsigned;
	struct buf nums, include; /* int64_t: of what was decided on */
	struct leave_how how;     /* borrows include */
	struct leave leave;
	struct audience *audience; /* NULL: all are our own office */
	struct vault_moment seen;  /* when it was decided */
	bool parts_confirmed;
	struct buf ids;      /* of the records that leave: ID_LEN bytes each */
	struct buf consents; /* by which they do: audience_used */
	struct recipient *to;
	size_t n_to;
	struct buf parts;   /* where a person was shown parts of names */
	struct buf unknown; /* names of those that were never compared */
	struct vault_export_info info;
};

void
vault_export_free(struct vault_export *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; e->to != NULL && i < e->n_to; i++) {
		contact_free(&e->to[i].contact);
		buf_free(&e->to[i].text);
	}
	mem_free(e->to);
	leave_free(&e->leave);
	audience_free(e->audience);
	buf_free(&e->nums);
	buf_free(&e->include);
	buf_free(&e->ids);
	buf_free(&e->consents);
	buf_free(&e->parts);
	buf_free(&e->unknown);
	mem_free(e);
}

void
vault_export_info(struct vault_export_info *out, const struct vault_export *e)
{
	*out = e->info;
	out->unknown = buf_text(&e->unknown);
}

/* ---- To whom ---- */

static enum vault_err
add_recipient(struct vault_export *e, const char *name)
{
	struct recipient *r = &e->to[e->n_to];
	enum vault_err err;

	if ((err = contact_find(&r->contact, e->v->store, name)) != VAULT_OK)
		return err;
	e->n_to++;
#ifndef PLANT_REVOKED_SEALED_TO
	if (r->contact.frozen ||
	    (r->contact.revoked != 0 && r->contact.announced == 0))
		return VAULT_EREFUSED;
#endif
#ifndef PLANT_ANNOUNCED_SEALED_TO
	if (r->contact.announced > 0)
		return VAULT_ECONFLICT;
#endif
	for (size_t i = 0; i + 1 < e->n_to; i++)
		if (e->to[i].contact.num == r->contact.num)
			return VAULT_EUSE;
	if (r->contact.verified == 0)
		buf_putf(&e->unknown, "%s%s",
		    e->info.n_unknown++ > 0 ? ", " : "",
		    buf_text(&r->contact.name));
	if ((err = buf_ok(&e->unknown)) != VAULT_OK)
		return err;
	return contact_recipient(&r->text, &r->contact);
}

static enum vault_err
add_recipients(struct vault_export *e, const struct vault_export_what *what,
    const char **which)
{
	enum vault_err err = VAULT_OK;

	if (what->n_to == 0 || what->n_to > AGE_RECIPIENTS_MAX)
		return VAULT_EUSE;
	if ((e->to = mem_zalloc(what->n_to * sizeof(*e->to))) == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; err == VAULT_OK && i < what->n_to; i++) {
		*which = what->to[i];
		err = add_recipient(e, what->to[i]);
	}
	return err;
}

/* What may go to all of them: the one who may have the least decides. */
static bool
all_are_ours(const struct vault_export *e)
{
	for (size_t i = 0; i < e->n_to; i++)
		if (!e->to[i].contact.our_office ||
		    e->to[i].contact.verified == 0)
			return false;
	return true;
}

/* ---- What ---- */

struct gathering {
	struct vault *v;
	struct buf *nums;
	enum vault_err err;
};

static enum vault_err
num_of(int64_t *num, struct vault *v, const char *id)
{
	uint8_t bytes[ID_LEN];
	struct record_row r;
	enum vault_err err;

	if (id_parse(bytes, id, strlen(id)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = rows_find(&r, v->store, bytes)) == VAULT_OK)
		*num = r.num;
	return err;
}

static bool
gather(void *ctx, const struct vault_row *row)
{
	struct gathering *g = ctx;
	int64_t num;

	if ((g->err = num_of(&num, g->v, row->id)) == VAULT_OK &&
	    !buf_put(g->nums, &num, sizeof(num)))
		g->err = VAULT_ENOMEM;
	return g->err == VAULT_OK;
}

static enum vault_err
included(struct buf *out, struct vault *v, const struct vault_export_what *what,
    const char **which)
{
	int64_t num;
	enum vault_err err;

	for (size_t i = 0; i < what->n_include; i++) {
		*which = what->include[i];
		if ((err = num_of(&num, v, what->include[i])) != VAULT_OK)
			return err;
		buf_put(out, &num, sizeof(num));
	}
	return buf_ok(out);
}

struct telling {
	struct vault_export *e;
	void (*each)(void *ctx, const struct vault_leaving *l);
	void *ctx;
};

static enum vault_err
tell(const struct telling *t, const struct leave_record *about)
{
	struct vault_leaving l = { .leaves = (enum vault_leaves)about->why,
		.versions = about->versions,
		.attachments = about->files,
		.parts_held = about->parts_held,
		.opened = about->opened,
		.files_held = about->files_held };
	struct buf title = { 0 };
	enum vault_err err;

	id_print(l.id, about->row.id);
	memcpy(l.type, about->row.type, sizeof(l.type));
	err = vault_title(&title, t->e->v, l.id);
	if (err == VAULT_ENORECORD)
		err = VAULT_OK; /* forgotten: it has none */
	if (err == VAULT_OK && t->each != NULL) {
		l.title = buf_text(&title);
		t->each(t->ctx, &l);
	}
	buf_free(&title);
	return err;
}

static int64_t
num_at(const struct buf *nums, size_t i)
{
	int64_t num;

	memcpy(&num, nums->bytes + i * sizeof(num), sizeof(num));
	return num;
}

static enum vault_err
decide(const struct telling *t)
{
	struct vault_export *e = t->e;
	struct leave_record about;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < e->nums.len / sizeof(int64_t);
	     i++) {
		if ((err = leave_decide(&e->leave, &about, e->v->store,
			 num_at(&e->nums, i), &e->how)) != VAULT_OK)
			break;
		if (about.why == LEAVE_GOES) {
			e->info.records++;
			buf_put(&e->ids, about.row.id, ID_LEN);
			if (e->audience != NULL)
				err = audience_used(
				    &e->consents, e->audience, &about.row);
		} else {
			e->info.held++;
		}
		if (err == VAULT_OK)
			err = tell(t, &about);
	}
	e->info.versions = leave_versions(&e->leave);
	e->info.attachments = leave_files(&e->leave);
	for (size_t i = 0; i < leave_files(&e->leave); i++)
		e->info.bytes += leave_file(&e->leave, i)->size;
	return err == VAULT_OK ? buf_ok(&e->ids) : err;
}

/* Requests to forget what all of them got before. */
static enum vault_err
add_tombstones(const struct telling *t)
{
	struct vault_export *e = t->e;
	const uint8_t **keys = mem_zalloc((e->n_to + 1) * sizeof(*keys));
	struct vault_leaving l = { .leaves = VAULT_LEAVES_TOMBSTONE,
		.title = "" };
	enum vault_err err;

	if (keys == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; i < e->n_to; i++)
		keys[i] = e->to[i].contact.key;
	err = forget_leaving(&e->leave.tombstones, &e->info.tombstones_held,
	    e->v->store, keys, e->n_to, &e->ids);
	mem_free(keys);
	e->info.tombstones = tombstone_count(&e->leave.tombstones);
	for (size_t i = 0; err == VAULT_OK && i < e->info.tombstones; i++) {
		id_print(l.id, tombstone_at(&e->leave.tombstones, i)->record);
		if (t->each != NULL)
			t->each(t->ctx, &l);
	}
	return err;
}

/* ---- Who is named ---- */

enum vault_err
vault_moment(struct vault_moment *out, struct vault *v)
{
	int64_t time;

	out->day = (int32_t)(clock_now() / 86400);
	return log_last(v->store, &out->seq, &time);
}

bool
vault_is_moment(const struct vault_moment *a, const struct vault_moment *b)
{
#ifdef PLANT_DAY_UNSEEN
	return a->seq == b->seq;
#endif
	return a->seq == b->seq && a->day == b->day;
}

/* Offices are partners, each of them; a single one may have its own back. */
static enum vault_err
ask_audience(struct audience **out, const struct vault_export *e)
{
	struct audience *a;
	enum vault_err err;

	*out = NULL;
	if (e->how.our_office)
		return VAULT_OK;
	err = audience_new(
	    &a, e->v->store, CONSENT_PARTNER, (int32_t)(clock_now() / 86400));
	if (err == VAULT_OK && e->n_to == 1 && e->to[0].contact.verified != 0)
		err = audience_is_office(a, e->to[0].contact.key);
	if (err == VAULT_OK)
		*out = a;
	else
		audience_free(a);
	return err;
}

struct naming {
	const struct vault_export_what *what;
	void *ctx;
	struct vault_export_info *info;
	struct buf *parts;
};

static void
count_named(void *ctx, const struct reveal_hit *hit)
{
	const struct naming *n = ctx;
	struct vault_named named = { hit->record, hit->path, hit->person,
		(enum vault_named_how)hit->kind, hit->at, hit->len };

	if (hit->kind == SCAN_PART) {
		n->info->parts++;
		buf_putf(n->parts, "%s %s %s %zu %zu\n", hit->record, hit->path,
		    hit->person, hit->at, hit->len);
	} else {
		n->info->names++;
	}
	if (n->what != NULL && n->what->named != NULL)
		n->what->named(n->ctx, &named);
}

/* Look through all that leaves; what is NULL: only count it. */
static enum vault_err
look_for_names(struct vault_export_info *info, struct buf *parts,
    const struct vault_export *e, const struct audience *a,
    const struct vault_export_what *what, void *ctx)
{
	struct naming n = { what, ctx, info, parts };
	struct reveal *r;
	enum vault_err err;

	info->names = info->parts = info->short_names = 0;
	if (a == NULL)
		return VAULT_OK;
	err = reveal_new(
	    &r, e->v->store, a, what == NULL ? NULL : what->progress, ctx);
	if (err == VAULT_OK) {
		info->short_names = reveal_short(r);
		err = reveal_leave(r, e->v->store, &e->leave, count_named, &n);
	}
	reveal_free(r);
	return err == VAULT_OK ? buf_ok(parts) : err;
}

void
vault_export_confirm_parts(struct vault_export *e)
{
	e->parts_confirmed = true;
}

static enum vault_err
choose(const struct telling *t, const struct vault_export_what *what,
    const char **which)
{
	struct vault_export *e = t->e;
	struct vault *v = e->v;
	enum vault_err err;

	if ((err = store_read(v->store)) != VAULT_OK)
		return err;
	if ((err = included(&e->include, v, what, which)) == VAULT_OK) {
		e->how.our_office = all_are_ours(e);
		e->how.with_sources = what->with_sources;
		e->how.include = (const int64_t *)(const void *)
				     e->include.bytes;
		e->how.n_include = e->include.len / sizeof(int64_t);
		err = leave_gather(&e->nums, v->store, &e->how);
	}
	if (err == VAULT_OK)
		err = ask_audience(&e->audience, e);
	e->how.audience = e->audience;
	if (err == VAULT_OK)
		err = decide(t);
	if (err == VAULT_OK)
		err = look_for_names(
		    &e->info, &e->parts, e, e->audience, what, t->ctx);
	if (err == VAULT_OK)
		err = vault_moment(&e->seen, v);
	if (err == VAULT_OK)
		err = add_tombstones(t);
	store_read_end(v->store);
	return err;
}

enum vault_err
vault_export_new(struct vault_export **out, struct vault *v,
    const struct vault_export_what *what, const char **which,
    void (*each)(void *ctx, const struct vault_leaving *l), void *ctx)
{
	struct vault_search search = { .query = what->query,
		.query_len = what->query_len };
	struct gathering g = { .v = v };
	struct telling t = { NULL, each, ctx };
	struct vault_export *e = mem_zalloc(sizeof(*e));
	enum vault_err err;

	*out = NULL;
	*which = "";
	if (e == NULL)
		return VAULT_ENOMEM;
	e->v = v;
	e->is_unsigned = what->is_unsigned;
	t.e = e;
	g.nums = &e->nums;
	if ((err = add_recipients(e, what, which)) != VAULT_OK)
		goto out;
	*which = "";
	if (what->query != NULL &&
	    (err = vault_find(v, &search, gather, &g, NULL, NULL)) == VAULT_OK)
		err = g.err;
	if (err == VAULT_OK)
		err = choose(&t, what, which);
	if (err != VAULT_OK)
		goto out;
	*out = e;
	e = NULL; /* given away */
out:
	vault_export_free(e);
	return vault_failed(v, err);
}

/* ---- Is it still so? ---- */

/* An office that it goes to: its marks and its key. */
static enum vault_err
same_recipient(bool *same, const struct recipient *r, struct store *s)
{
	struct contact now;
	struct buf text = { 0 };
	enum vault_err err = contact_by_key(&now, s, r->contact.key);

	if (err == VAULT_OK)
		err = contact_recipient(&text, &now);
	if (err == VAULT_ENORECORD || err == VAULT_EVERSION) {
		*same = false;
		err = VAULT_OK;
	} else if (err == VAULT_OK) {
		*same = !now.frozen && now.revoked == 0 && now.announced == 0 &&
		    now.verified == r->contact.verified &&
		    now.our_office == r->contact.our_office &&
		    strcmp(buf_text(&text), buf_text(&r->text)) == 0;
	}
	contact_free(&now);
	buf_free(&text);
	return err;
}

static bool
same_bytes(const struct buf *x, const struct buf *y)
{
	return x->len == y->len &&
	    (x->len == 0 || memcmp(x->bytes, y->bytes, x->len) == 0);
}

/* Nobody must be named who was not, and where, when it was decided. */
static enum vault_err
same_names(bool *same, const struct vault_export *e, const struct audience *a)
{
	struct vault_export_info now = e->info;
	struct buf parts = { 0 };
	enum vault_err err = look_for_names(&now, &parts, e, a, NULL, NULL);

	*same = *same && now.names == e->info.names &&
	    same_bytes(&parts, &e->parts);
	buf_free(&parts);
	return err;
}

/*
 * The same decision once more must come to the same; consents are read anew,
 * if anything was written since.
 */
static enum vault_err
same_records(bool *same, const struct vault_export *e)
{
	struct leave again = { 0 };
	struct leave_how how = e->how;
	struct leave_record about;
	struct audience *a = NULL;
	struct vault_moment now;
	enum vault_err err = vault_moment(&now, e->v);
	bool later = err == VAULT_OK && !vault_is_moment(&now, &e->seen);

#ifdef PLANT_CONSENT_OLD
	later = false;
#endif
	if (err == VAULT_OK && later && (err = ask_audience(&a, e)) == VAULT_OK)
		how.audience = a;
	for (size_t i = 0; err == VAULT_OK && i < e->nums.len / sizeof(int64_t);
	     i++)
		err = leave_decide(
		    &again, &about, e->v->store, num_at(&e->nums, i), &how);
	*same = err == VAULT_OK &&
	    same_bytes(&again.versions, &e->leave.versions) &&
	    same_bytes(&again.files, &e->leave.files);
	if (*same && later)
		err = same_names(same, e, a);
	leave_free(&again);
	audience_free(a);
	return err == VAULT_ENORECORD ? VAULT_OK : err;
}

/*
 * A person may think for minutes about what was shown, and others write
 * meanwhile: VAULT_EBUSY if anything of it has changed.  Inside of a
 * transaction.
 */
static enum vault_err
still_so(struct vault_export *e)
{
	enum vault_err err = VAULT_OK;
	bool same = true;

	for (size_t i = 0; err == VAULT_OK && same && i < e->n_to; i++)
		err = same_recipient(&same, &e->to[i], e->v->store);
	if (err == VAULT_OK && same)
		err = same_records(&same, e);
	if (err != VAULT_OK || same)
		return err;
	e->info.changed = true;
	return VAULT_EBUSY;
}

/* Before a byte is written: also that it can be logged afterwards. */
static enum vault_err
still_so_now(struct vault_export *e)
{
	enum vault_err err;

	if ((err = store_begin(e->v->store)) != VAULT_OK)
		return err;
	err = still_so(e);
	store_abort(e->v->store);
	return err;
}

/* ---- Writing ---- */

/* {"bundle":ID,"consents":[ID ...],"records":[ID ...],"to":[...],...} */
static enum vault_err
log_export(struct vault_export *e, const struct bundle_written *written)
{
	struct buf detail = { 0 };
	enum vault_err err;

	buf_put_text(&detail, "{\"bundle\":\"");
	hex_encode(&detail, written->id, sizeof(written->id));
	buf_put_text(&detail, "\",");
	audience_print_used(&detail, &e->consents);
	buf_put_text(&detail, "\"records\":[");
	for (size_t i = 0; i < e->ids.len / ID_LEN; i++) {
		char id[ID_TEXT_LEN + 1];

		id_print(id, e->ids.bytes + i * ID_LEN);
		buf_putf(&detail, "%s\"%s\"", i > 0 ? "," : "", id);
	}
	buf_put_text(&detail, "],\"to\":[");
	for (size_t i = 0; i < e->n_to; i++) {
		buf_put_text(&detail, i > 0 ? ",\"" : "\"");
		hex_encode(&detail, e->to[i].contact.key, MINISIG_ID_LEN);
		buf_put_byte(&detail, '"');
	}
	buf_put_text(&detail, "],\"tombstones\":[");
	for (size_t i = 0; i < e->info.tombstones; i++) {
		char id[ID_TEXT_LEN + 1];

		id_print(id, tombstone_at(&e->leave.tombstones, i)->record);
		buf_putf(&detail, "%s\"%s\"", i > 0 ? "," : "", id);
	}
	buf_putf(&detail, "]%s,\"versions\":%zu}",
	    e->is_unsigned ? ",\"unsigned\":true" : "", e->info.versions);
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(
		    e->v->store, "export", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

/*
 * The place is taken when all has been written: a number that is used and
 * whose file is lost is a gap that shows, one used twice would be worse.  It
 * is taken in the transaction that sees for the last time that what was
 * written may leave; if not, the caller throws it away.
 */
static enum vault_err
take_places(struct vault_export *e, const struct manifest_to *to,
    const struct bundle_written *written)
{
	struct store *s = e->v->store;
	enum vault_err err;

	if ((err = store_begin(s)) != VAULT_OK)
		return err;
	err = still_so(e);
	for (size_t i = 0; err == VAULT_OK && !e->is_unsigned && i < e->n_to;
	     i++)
		err = chain_sent(
		    s, e->to[i].contact.key, &to[i].place, written->hash);
	if (err == VAULT_OK && (err = log_export(e, written)) == VAULT_OK)
		err = store_commit(s);
	store_abort(s);
	return err;
}

/* All recipients are told the same chain, also in the first bundle. */
static enum vault_err
next_places(struct manifest_to *to, const struct vault_export *e)
{
	enum vault_err err;

	for (size_t i = 0; i < e->n_to; i++) {
		to[i].recipient = buf_text(&e->to[i].text);
		if (e->is_unsigned) {
			chain_none(&to[i].place);
			continue;
		}
		if ((err = chain_next(&to[i].place, e->v->store,
			 e->to[i].contact.key)) != VAULT_OK)
			return err;
		if (i > 0 && to[i].place.number == 1)
			memcpy(to[i].place.chain, to[0].place.chain,
			    MANIFEST_CHAIN_LEN);
	}
	return VAULT_OK;
}

static enum vault_err
write_to(struct vault_export *e, struct manifest_to *to,
    const struct vault_sink *sink, struct bundle_written *written)
{
	struct pipe_sink pipe = { sink->write, sink->ctx };
	struct bundle_what what = { .leave = &e->leave,
		.to = to,
		.n_to = e->n_to,
		.progress = sink->progress,
		.ctx = sink->ctx };
	struct signer by;
	enum vault_err err;

	if ((err = records_signer(&by, e->v->store)) != VAULT_OK)
		return err;
	if (!e->is_unsigned) {
		what.public_key = by.public_key;
		what.key = by.key;
	}
	if ((err = still_so_now(e)) == VAULT_OK &&
	    (err = next_places(to, e)) == VAULT_OK)
		err = bundle_write(written, &pipe, e->v->store, &what);
	secret_free(by.key);
	return err == VAULT_OK ? take_places(e, to, written) : err;
}

enum vault_err
vault_export_write(char bundle[static VAULT_BUNDLE_LEN], struct vault_export *e,
    const struct vault_sink *to)
{
	struct manifest_to *list;
	struct bundle_written written;
	struct buf hex = { 0 };
	enum vault_err err;

	bundle[0] = '\0';
	if (e->info.records + e->info.tombstones == 0)
		return VAULT_EREFUSED;
#ifndef PLANT_NAMES_UNSEEN
	if (e->info.names > 0 || (e->info.parts > 0 && !e->parts_confirmed))
		return VAULT_EREFUSED;
#endif
	if ((list = mem_zalloc(e->n_to * sizeof(*list))) == NULL)
		return VAULT_ENOMEM;
	err = write_to(e, list, to, &written);
	mem_free(list);
	if (err == VAULT_OK && hex_encode(&hex, written.id, sizeof(written.id)))
		memcpy(bundle, buf_text(&hex), VAULT_BUNDLE_LEN);
	buf_free(&hex);
	return vault_failed(e->v, err);
}
