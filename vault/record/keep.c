/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/random.h"
#include "core/secret.h"
#include "record/graph.h"
#include "record/guard.h"
#include "record/head.h"
#include "record/keep.h"
#include "record/lineage.h"
#include "record/tombstone.h"
#include "store/sql.h"
#include "store/store.h"

void
keep_report_free(struct keep_report *r)
{
	body_report_free(&r->body);
	memset(r, 0, sizeof(*r));
}

/* The type that was asked for: filled in, or against what is written. */
static enum vault_err
set_type(json_t *body, const char *type, struct body_report *report)
{
	json_t *wanted = json_object();
	enum vault_err err = VAULT_ENOMEM;

	if (wanted == NULL ||
	    json_object_set_new(wanted, "type", json_string(type)) != 0)
		goto out;
	/* Its other fields are no change: there was nothing before. */
	if (json_equal(
		json_object_get(body, "type"), json_object_get(wanted, "type")))
		err = VAULT_OK;
	else if (json_object_get(body, "type") != NULL)
		err = body_check_change(wanted, body, NULL, report);
	else if (json_object_update(body, wanted) == 0)
		err = VAULT_OK;
out:
	json_decref(wanted);
	return err;
}

/* Text to a filled body. */
static enum vault_err
read_filled(json_t **out, struct keep_report *report, const char *type,
    const void *json, size_t len)
{
	enum vault_err err;

	if ((err = json_read(out, json, len, KEEP_BODY_MAX, &report->json)) !=
	    VAULT_OK)
		return err;
	if (type != NULL && json_is_object(*out))
		err = set_type(*out, type, &report->body);
	if (err == VAULT_OK)
		err = body_fill(*out);
	if (err != VAULT_OK) {
		json_decref(*out);
		*out = NULL;
	}
	return err;
}

/* Text to a filled and checked body. */
static enum vault_err
read_body(json_t **out, struct keep_report *report, const char *type,
    const void *json, size_t len)
{
	enum vault_err err = read_filled(out, report, type, json, len);

	if (err == VAULT_OK)
		err = body_check(*out, BODY_ENTRY, &report->body);
	if (err != VAULT_OK) {
		json_decref(*out);
		*out = NULL;
	}
	return err;
}

enum vault_err
keep_private(struct keep_report *report, const void *before, size_t before_len,
    const void *json, size_t len)
{
	json_t *body = NULL, *old = NULL;
	enum vault_err err;

	if ((err = json_read(&body, json, len, KEEP_BODY_MAX, &report->json)) !=
	    VAULT_OK)
		return err;
	if (before_len > 0)
		err = json_read(&old, before, before_len, SIZE_MAX, NULL);
	if (err == VAULT_OK)
		err = body_check_private(body, old, &report->body);
	json_decref(body);
	json_decref(old);
	return err;
}

enum vault_err
keep_check(struct keep_report *report, const void *json, size_t len)
{
	json_t *body;
	enum vault_err err = read_body(&body, report, NULL, json, len);

	json_decref(body);
	return err;
}

static enum vault_err
make_part(struct part *out, uint8_t hash[static HASH_LEN], const json_t *json)
{
	struct buf text = { 0 };
	enum vault_err err;

	if ((err = json_write(&text, json)) == VAULT_OK)
		err = part_new(out, hash, text.bytes, text.len);
	buf_free(&text);
	return err;
}

/* A version in the making, and its parts, as text and as JSON. */
struct making {
	struct version v;
	struct part body, hidden;
	json_t *open, *closed; /* closed is NULL if nothing is private */
};

static void
making_free(struct making *m)
{
	version_free(&m->v);
	part_free(&m->body);
	part_free(&m->hidden);
	json_decref(m->open);
	json_decref(m->closed);
}

/* The parts of a whole body, and their hashes in the version. */
static enum vault_err
make_parts(struct making *m, const json_t *whole)
{
	struct version *v = &m->v;
	enum vault_err err = VAULT_OK;

	if (json_object_get(whole, "private_fields") == NULL)
		m->open = json_incref((json_t *)(uintptr_t)whole);
	else
		err = body_split(&m->open, &m->closed, whole);
	if (err != VAULT_OK ||
	    (err = make_part(&m->body, v->body, m->open)) != VAULT_OK)
		return err;
	v->has_body = true;
	if (m->closed != NULL) {
		err = make_part(&m->hidden, v->hidden, m->closed);
		v->has_private = err == VAULT_OK;
	}
	return err;
}

/* Made and signed; it has its parents and attachments already. */
static enum vault_err
make_version(struct making *m, const struct record_row *r,
    const struct signer *by, const json_t *whole)
{
	struct version *v = &m->v;
	enum vault_err err;

	memcpy(v->record, r->id, ID_LEN);
	memcpy(v->type, r->type, sizeof(v->type));
	memcpy(v->office, by->public_key, IDENTITY_PUBLIC_LEN);
	v->time = clock_now();
	if ((err = make_parts(m, whole)) == VAULT_OK)
		err = version_sign(v, by->key);
	return err;
}

void
kept_free(struct kept *k)
{
	sealed_parts_free(&k->parts);
	head_free(&k->head);
}

/* Its type, if there may be such a one, and its id. */
static enum vault_err
new_row(struct record_row *r, const uint8_t *id, const json_t *whole)
{
	const char *type = json_string_value(json_object_get(whole, "type"));

	if (type == NULL || strlen(type) > VERSION_TYPE_MAX)
		return VAULT_EUSE;
	memset(r, 0, sizeof(*r));
	memcpy(r->type, type, strlen(type));
	if (id != NULL)
		memcpy(r->id, id, ID_LEN);
	else
		id_new(r->id);
	return VAULT_OK;
}

enum vault_err
keep_make(struct kept *out, const struct keyring *ring, const struct signer *by,
    struct secret *room, const uint8_t *id, const json_t *whole)
{
	struct making m = { 0 };
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	random_fill(secret_bytes(room), KEY_LEN);
	if ((err = new_row(&out->row, id, whole)) == VAULT_OK &&
	    (err = rows_seal_key(out->key, ring, out->row.id, room)) ==
		VAULT_OK &&
	    (err = make_version(&m, &out->row, by, whole)) == VAULT_OK &&
	    (err = rows_seal(&out->parts, ring, &m.v, &m.body, &m.hidden,
		 room)) == VAULT_OK)
		err = head_made(&out->head, &m.v, m.open, m.closed);
	bytes_wipe(secret_bytes(room), KEY_LEN);
	making_free(&m);
	return err;
}

enum vault_err
keep_put(struct kept *k, struct store *s)
{
	return rows_put_new(&k->row, s, k->key, &k->head.version, &k->parts);
}

/* A new record of a body that has been checked. */
static enum vault_err
keep_first(struct kept *out, struct store *s, const struct signer *by,
    const json_t *whole)
{
	struct secret *room = secret_new(KEY_LEN);
	enum vault_err err;

	if (room == NULL)
		return VAULT_ENOMEM;
	err = keep_make(out, store_ring(s), by, room, NULL, whole);
	secret_free(room);
	return err == VAULT_OK ? keep_put(out, s) : err;
}

enum vault_err
keep_look(struct body_report *report, json_t *whole)
{
	enum vault_err err;

	if ((err = body_fill(whole)) == VAULT_OK &&
	    (err = body_check(whole, BODY_ENTRY, report)) == VAULT_OK)
		err = body_check_private(whole, NULL, report);
	return err;
}

enum vault_err
keep_new(struct kept *out, struct store *s, const struct signer *by,
    struct keep_report *report, const char *type, const void *json, size_t len)
{
	json_t *whole;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = read_body(&whole, report, type, json, len)) != VAULT_OK)
		return err;
	err = body_check_private(whole, NULL, &report->body);
	if (err == VAULT_OK)
		err = keep_first(out, s, by, whole);
	json_decref(whole);
	return err;
}

/* ---- Following ---- */

/* What a new version is made of. */
struct following {
	struct store *s;
	const struct record_row *r;
	struct making m;
	json_t *whole;
	json_t *said; /* the bodies of the parents, then our own last words */
	struct body_report *report;
	struct body_report past; /* what was wrong before already */
};

static bool
same_text(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	    (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}

static bool
was_there(const struct body_report *past, const struct body_finding *f)
{
	for (size_t i = 0; i < past->n; i++)
		if (past->list[i].code == f->code &&
		    same_text(&past->list[i].path, &f->path) &&
		    same_text(&past->list[i].value, &f->value))
			return true;
	return false;
}

/*
 * Whoever corrects one field is not kept from it by what another office, or a
 * newer program, wrote in another: that is told, and stays as it is.
 */
static enum vault_err
check_changes(
    struct body_report *report, const struct body_report *past, json_t *whole)
{
	enum vault_err err = body_check(whole, BODY_ENTRY, report);

	for (size_t i = 0; i < report->n; i++) {
		struct body_finding *one = &report->list[i];

		if (one->severity == BODY_NOTE || !was_there(past, one))
			continue;
		report->count[one->severity]--;
		one->severity--;
		report->count[one->severity]++;
	}
	return err == VAULT_EUSE && report->count[BODY_ERROR] == 0 ? VAULT_OK
								   : err;
}

enum vault_err
keep_look_next(struct body_report *report, const json_t *before, json_t *whole)
{
	struct body_report past = { 0 };
	enum vault_err err = body_check(before, BODY_ENTRY, &past);

	if ((err == VAULT_OK || err == VAULT_EUSE) &&
	    (err = body_fill(whole)) == VAULT_OK &&
	    (err = body_check_change(before, whole, NULL, report)) ==
		VAULT_OK &&
	    (err = check_changes(report, &past, whole)) == VAULT_OK)
		err = body_check_private(whole, before, report);
	body_report_free(&past);
	return err;
}

/*
 * What a parent hands on: its attachments, the private parts that nobody here
 * has seen; and what must not change is kept in mind.
 */
static enum vault_err
inherit(struct following *f, const struct head *h)
{
	struct version *v = &f->m.v;
	enum vault_err err;
	bool silent;

	/* What its office has forgotten is not named anew. */
	if ((err = tombstone_silences(
		 &silent, f->s, f->r->id, h->version.office)) != VAULT_OK ||
	    silent)
		return err;
	buf_put(&v->attachments, h->version.attachments.bytes,
	    h->version.attachments.len);
	for (size_t i = 0; i < version_hash_count(&h->missing) &&
	     version_hash_count(&v->unseen) < VERSION_UNSEEN_MAX;
	     i++)
		buf_put(&v->unseen, version_hash_at(&h->missing, i), HASH_LEN);
	if ((err = buf_ok(&v->attachments)) != VAULT_OK ||
	    (err = buf_ok(&v->unseen)) != VAULT_OK || h->body == NULL)
		return err;
	if (json_array_append(f->said, h->body) != 0)
		return VAULT_ENOMEM;
	err = body_check(h->body, BODY_ENTRY, &f->past);
	return err == VAULT_EUSE ? VAULT_OK : err;
}

static enum vault_err
add_said(void *ctx, const struct head *h)
{
	struct following *f = ctx;

	return h->body == NULL || json_array_append(f->said, h->body) == 0
	    ? VAULT_OK
	    : VAULT_ENOMEM;
}

/*
 * Another office may have changed what is written once, which its program
 * should have refused: then ours may say again what one of the parents says,
 * or what we said last.
 */
static enum vault_err
check_facts(struct following *f)
{
	const struct model_type *type = model_type(f->r->type);
	size_t parents = json_array_size(f->said);
	enum vault_err err = VAULT_OK;

	if (type != NULL && type->fixed)
		err = guard_each(f->s, f->r, add_said, f);
	for (size_t i = 0; err == VAULT_OK && i < parents; i++)
		err = body_check_change(
		    json_array_get(f->said, i), f->whole, f->said, f->report);
	return err;
}

static enum vault_err
inherit_all(struct following *f, const struct buf *parents)
{
	struct graph g;
	enum vault_err err;

	if ((f->said = json_array()) == NULL)
		return VAULT_ENOMEM;
	err = graph_load(&g, f->s, f->r);
	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(parents);
	     i++) {
		struct head h;

		err = head_whole(
		    &h, f->s, f->r, &g, version_hash_at(parents, i), true);
		if (err == VAULT_OK)
			err = inherit(f, &h);
		head_free(&h);
	}
	graph_free(&g);
	return err == VAULT_OK ? check_facts(f) : err;
}

/*
 * An envelope has room for so many attachments, beside all else that stands
 * in one.  How many others name is in their hands, and must not keep us from
 * writing: ours stay, then what is here in the order in which it came, then
 * what is not.  Earlier versions name the rest.
 */
#define HANDED_ON_MAX 3500

struct handing {
	const struct buf *all; /* in order */
	bool *kept;            /* of each */
	size_t n;
};

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, HASH_LEN);
}

static void
keep_one(struct handing *h, const uint8_t *hash)
{
	const uint8_t *at = bsearch(hash, h->all->bytes,
	    version_hash_count(h->all), HASH_LEN, compare_hashes);
	size_t i = at == NULL ? 0 : (size_t)(at - h->all->bytes) / HASH_LEN;

	if (at == NULL || h->kept[i])
		return;
	h->kept[i] = true;
	h->n++;
}

static enum vault_err
keep_ours(void *ctx, const struct head *head)
{
	const struct buf *named = &head->version.attachments;

	for (size_t i = 0; i < version_hash_count(named); i++)
		keep_one(ctx, version_hash_at(named, i));
	return VAULT_OK;
}

static enum vault_err
keep_those_here(struct handing *h, struct store *s, const struct record_row *r)
{
	struct sql *q = sql_open(s,
	    "SELECT hash FROM attachment"
	    " WHERE record=?1 AND hash IS NOT NULL ORDER BY num");
	uint8_t hash[HASH_LEN];
	enum vault_err err = VAULT_OK;
	bool row = true;

	sql_put_int(q, 1, r->num);
	while (h->n < HANDED_ON_MAX && (err = sql_step(q, &row)) == VAULT_OK &&
	    row && (err = sql_copy(q, 0, hash, sizeof(hash))) == VAULT_OK)
		keep_one(h, hash);
	sql_close(q);
	return err;
}

/* Of too many attachments those that are handed on. */
static enum vault_err
hand_on(struct buf *all, struct store *s, const struct record_row *r)
{
	struct handing h = { .all = all };
	size_t n, to = 0;
	enum vault_err err;

	version_sort_hashes(all);
	if ((n = version_hash_count(all)) <= HANDED_ON_MAX)
		return VAULT_OK;
	if ((h.kept = mem_zalloc(n * sizeof(*h.kept))) == NULL)
		return VAULT_ENOMEM;
	if ((err = guard_each(s, r, keep_ours, &h)) == VAULT_OK)
		err = keep_those_here(&h, s, r);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		if (!h.kept[i] && h.n >= HANDED_ON_MAX)
			continue;
		h.n += !h.kept[i];
		memmove(all->bytes + to++ * HASH_LEN, all->bytes + i * HASH_LEN,
		    HASH_LEN);
	}
	if (err == VAULT_OK)
		all->len = to * HASH_LEN;
	mem_free(h.kept);
	return err;
}

static enum vault_err
check_lineage(const struct following *f)
{
	char id[ID_TEXT_LEN + 1];
	const char *field;
	enum vault_err err;

	id_print(id, f->r->id);
	err = lineage_loops(&field, f->s, id, f->whole);
	if (err != VAULT_OK || field == NULL)
		return err;
	return body_check_add(f->whole, field, BODY_LOOP, f->report);
}

enum vault_err
keep_version(struct store *s, const struct signer *by,
    const struct record_row *r, const struct buf *parents,
    const uint8_t *attachment, struct keep_report *report, const void *json,
    size_t len)
{
	struct following f = { .s = s, .r = r, .report = &report->body };
	struct version *v = &f.m.v;
	struct secret *key = NULL;
	enum vault_err err;
	bool fresh;

	if (r->forgotten)
		return VAULT_ENORECORD;
	if ((err = read_filled(&f.whole, report, NULL, json, len)) != VAULT_OK)
		return err;
	if ((err = inherit_all(&f, parents)) == VAULT_OK &&
	    (err = hand_on(&v->attachments, s, r)) == VAULT_OK)
		err = check_changes(f.report, &f.past, f.whole);
	if (err == VAULT_OK)
		err = check_lineage(&f);
	buf_put(&v->parents, parents->bytes, parents->len);
	if (attachment != NULL)
		buf_put(&v->attachments, attachment, HASH_LEN);
	if (err == VAULT_OK && (err = buf_ok(&v->parents)) == VAULT_OK &&
	    (err = buf_ok(&v->attachments)) == VAULT_OK &&
	    (err = rows_key(&key, s, r)) == VAULT_OK &&
	    (err = make_version(&f.m, r, by, f.whole)) == VAULT_OK &&
	    (err = rows_put_version_with(
		 &fresh, s, r, key, v, &f.m.body, &f.m.hidden)) == VAULT_OK)
		err = graph_settle(s, r);
	secret_free(key);
	body_report_free(&f.past);
	making_free(&f.m);
	json_decref(f.said);
	json_decref(f.whole);
	return err;
}
