/* SPDX-License-Identifier: ISC */
/* exports.c - what leaves the vault for other offices. */
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "core/secret.h"
#include "exchange/bundle.h"
#include "exchange/contact.h"
#include "exchange/forget.h"
#include "inside.h"
#include "record/keep.h"
#include "store/log.h"
#include "store/store.h"

_Static_assert((int)VAULT_HELD_LEVEL_3 == (int)LEAVE_LEVEL_3 &&
	(int)VAULT_HELD_FORGOTTEN == (int)LEAVE_FORGOTTEN,
    "vault.h and leave.h number the same reasons");
_Static_assert(VAULT_BUNDLE_LEN == 2 * MANIFEST_BUNDLE_LEN + 1, "an id in hex");

struct recipient {
	struct contact contact;
	struct buf text; /* age1... */
};

struct vault_export {
	struct vault *v;
	struct leave leave;
	struct buf ids; /* of the records that leave: ID_LEN bytes each */
	struct recipient *to;
	size_t n_to;
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
	buf_free(&e->ids);
	mem_free(e);
}

void
vault_export_info(struct vault_export_info *out, const struct vault_export *e)
{
	*out = e->info;
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
	if (r->contact.frozen)
		return VAULT_EREFUSED;
	for (size_t i = 0; i + 1 < e->n_to; i++)
		if (e->to[i].contact.num == r->contact.num)
			return VAULT_EUSE;
	if (r->contact.verified == 0)
		e->info.unknown = buf_text(&r->contact.name);
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
		if (!e->to[i].contact.our_office)
			return false;
	return true;
}

/* ---- What ---- */

struct gathering {
	struct vault *v;
	struct buf nums;
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
	    !buf_put(&g->nums, &num, sizeof(num)))
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
		.parts_held = about->parts_held };
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

static enum vault_err
decide(const struct telling *t, const struct buf *nums,
    const struct leave_how *how)
{
	struct vault_export *e = t->e;
	struct leave_record about;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < nums->len / sizeof(int64_t);
	     i++) {
		int64_t num;

		memcpy(&num, nums->bytes + i * sizeof(num), sizeof(num));
		if ((err = leave_decide(
			 &e->leave, &about, e->v->store, num, how)) != VAULT_OK)
			break;
		if (about.why == LEAVE_GOES) {
			e->info.records++;
			buf_put(&e->ids, about.row.id, ID_LEN);
		} else {
			e->info.held++;
		}
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

static enum vault_err
choose(const struct telling *t, struct gathering *g,
    const struct vault_export_what *what, const char **which)
{
	struct vault *v = t->e->v;
	struct buf include = { 0 };
	struct leave_how how = { .our_office = all_are_ours(t->e),
		.with_sources = what->with_sources };
	enum vault_err err;

	if ((err = store_read(v->store)) != VAULT_OK)
		return err;
	if ((err = included(&include, v, what, which)) == VAULT_OK) {
		how.include = (const int64_t *)(const void *)include.bytes;
		how.n_include = include.len / sizeof(int64_t);
		err = leave_gather(&g->nums, v->store, &how);
	}
	if (err == VAULT_OK)
		err = decide(t, &g->nums, &how);
	if (err == VAULT_OK)
		err = add_tombstones(t);
	store_read_end(v->store);
	buf_free(&include);
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
	t.e = e;
	if ((err = add_recipients(e, what, which)) != VAULT_OK)
		goto out;
	*which = "";
	if (what->query != NULL &&
	    (err = vault_find(v, &search, gather, &g, NULL, NULL)) == VAULT_OK)
		err = g.err;
	if (err == VAULT_OK)
		err = choose(&t, &g, what, which);
	if (err != VAULT_OK)
		goto out;
	*out = e;
	e = NULL; /* given away */
out:
	buf_free(&g.nums);
	vault_export_free(e);
	return vault_failed(v, err);
}

/* ---- Writing ---- */

/* {"bundle":ID,"records":[ID ...],"to":[the beginnings of keys],...} */
static enum vault_err
log_export(struct vault_export *e, const struct bundle_written *written)
{
	struct buf detail = { 0 };
	enum vault_err err;

	buf_put_text(&detail, "{\"bundle\":\"");
	hex_encode(&detail, written->id, sizeof(written->id));
	buf_put_text(&detail, "\",\"records\":[");
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
	buf_putf(&detail, "],\"versions\":%zu}", e->info.versions);
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(
		    e->v->store, "export", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

/*
 * The place is taken when all has been written: a number that is used and
 * whose file is lost is a gap that shows, one used twice would be worse.
 */
static enum vault_err
take_places(struct vault_export *e, const struct manifest_to *to,
    const struct bundle_written *written)
{
	struct store *s = e->v->store;
	enum vault_err err;

	if ((err = store_begin(s)) != VAULT_OK)
		return err;
	for (size_t i = 0; err == VAULT_OK && i < e->n_to; i++)
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
	what.public_key = by.public_key;
	what.key = by.key;
	if ((err = next_places(to, e)) == VAULT_OK)
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
	if ((list = mem_zalloc(e->n_to * sizeof(*list))) == NULL)
		return VAULT_ENOMEM;
	err = write_to(e, list, to, &written);
	mem_free(list);
	if (err == VAULT_OK && hex_encode(&hex, written.id, sizeof(written.id)))
		memcpy(bundle, buf_text(&hex), VAULT_BUNDLE_LEN);
	buf_free(&hex);
	return vault_failed(e->v, err);
}
