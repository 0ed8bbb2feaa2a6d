/* SPDX-License-Identifier: ISC */
/*
 * table_known.c - rows of a list of which a record is here already.
 *
 * Each of its records is compared with what an import wrote last
 * (record/table_again), everything that is to be written is looked at, and
 * only then is one of them written.
 */
#include <string.h>

#include "core/buf.h"
#include "record/head.h"
#include "record/heads.h"
#include "record/print.h"
#include "record/table_again.h"
#include "record/table_base.h"
#include "search/index.h"
#include "lists/tables.h"
#include "inside.h"

_Static_assert((int)VAULT_POLICY_UPDATE == (int)TABLE_UPDATE,
    "vault.h and table_again.h number the same policies");

/* A record that is here, and what it should say. */
struct known {
	struct record_row r;
	struct head base;     /* what an import wrote last */
	struct merged merged; /* if there is more than that */
	const json_t *now;
	struct buf heads;
	json_t *next; /* or NULL */
};

struct comparing {
	const struct work *w;
	size_t i;
	enum vault_err err;
	const json_t *now; /* what the record says */
};

static void
known_free(struct known *k)
{
	head_free(&k->base);
	merged_free(&k->merged);
	buf_free(&k->heads);
	json_decref(k->next);
}

/* ---- What is here ---- */

/* The version that an import wrote last. */
static enum vault_err
find_base(struct known *k, const struct work *w, size_t i)
{
	uint8_t key[HASH_LEN];
	enum vault_err err = table_row_key(key, &w->p->t->columns, w->row, i);

	return err == VAULT_OK ? table_base(&k->base, w->p->t->v->store, &k->r,
				     k->merged.body, key)
			       : err;
}

/* *whole is false: versions disagree, or not all of it is here. */
static enum vault_err
open_known(struct known *k, bool *whole, const struct work *w, size_t i)
{
	struct store *s = w->p->t->v->store;
	struct buf all = { 0 };
	enum vault_err err;

	*whole = true;
	if ((err = rows_get(&k->r, s, w->num[i])) != VAULT_OK ||
	    (err = rows_versions(&all, s, &k->r, false)) != VAULT_OK)
		goto out;
	if (version_hash_count(&all) == 1) {
		err = head_open(
		    &k->base, s, &k->r, version_hash_at(&all, 0), false);
		buf_put(&k->heads, all.bytes, all.len);
		k->now = k->base.body;
	} else if ((err = heads_trust(&k->merged, s, &k->r)) == VAULT_OK) {
		err = find_base(k, w, i);
		buf_put(&k->heads, k->merged.heads.bytes, k->merged.heads.len);
		k->now = k->merged.body;
		*whole = json_array_size(k->merged.clashes) == 0 &&
		    k->merged.more == 0;
	}
	*whole = *whole && k->base.body != NULL && k->now != NULL;
	if (err == VAULT_OK)
		err = buf_ok(&k->heads);
out:
	buf_free(&all);
	return err;
}

/* ---- What it should say ---- */

static void
on_field(
    void *ctx, enum table_field_why why, const char *field, const json_t *value)
{
	static const enum vault_row_why whys[] = { VAULT_ROW_SET,
		VAULT_ROW_CHANGED, VAULT_ROW_OURS, VAULT_ROW_GONE,
		VAULT_ROW_FIXED };
	struct comparing *c = ctx;
	const json_t *now = json_object_get(c->now, field);
	struct buf text = { 0 }, here = { 0 }, title = { 0 };

	if (value != NULL && c->err == VAULT_OK)
		c->err = print_value(&text, value, &print_english);
	if (now != NULL && c->err == VAULT_OK)
		c->err = print_value(&here, now, &print_english);
	if (c->err == VAULT_OK)
		c->err = record_title(
		    &title, c->now, c->w->p->t->v->labels, NULL, NULL);
	if (c->err == VAULT_OK)
		work_note_field(c->w, c->i,
		    &(struct vault_row_note){ .why = whys[why],
			.column = field,
			.value = buf_text(&text),
			.title = buf_text(&title),
			.here = buf_text(&here) });
	buf_free(&text);
	buf_free(&here);
	buf_free(&title);
}

static enum vault_err
look_at_next(bool *good, const struct work *w, size_t i, struct known *k)
{
	struct body_report report = { 0 };
	enum vault_err err = keep_look_next(&report, k->now, k->next);

	if (err == VAULT_EUSE && report.count[BODY_ERROR] > 0) {
		work_refused(w, i, &report);
		*good = false;
		err = VAULT_OK;
	}
	body_report_free(&report);
	return err;
}

/* Links to what was forgotten are no news of the file: they stay as written. */
static enum vault_err
keep_links(const struct work *w, size_t i, const json_t *base)
{
	const struct table_map *map = w->p->t->map;
	const struct table_record *rec = &map->records[i];

	for (size_t j = rec->first; j < rec->first + rec->n; j++) {
		const struct table_rule *r = &map->rules[j];
		char field[64];
		size_t len = strcspn(r->field, "[.");
		json_t *was;

		if (!r->is_link || !w->made.no_link[r->to] ||
		    len >= sizeof(field))
			continue;
		memcpy(field, r->field, len);
		field[len] = '\0';
		was = json_object_get(base, field);
		if (was != NULL &&
		    json_object_set(w->made.bodies[i], field, was) != 0)
			return VAULT_ENOMEM;
	}
	return VAULT_OK;
}

/* Record i of the row: *good is false if it could not be kept. */
static enum vault_err
compare(struct known *k, bool *news, bool *good, const struct work *w, size_t i,
    enum vault_policy policy)
{
	struct comparing c = { .w = w, .i = i };
	struct table_again how = { .policy = (enum table_policy)policy,
		.file = w->made.bodies[i],
		.note = on_field,
		.ctx = &c };
	enum vault_err err;
	bool whole;

	if ((err = open_known(k, &whole, w, i)) != VAULT_OK)
		return err;
	if (!whole) {
		*news = true;
		work_note(w, i, VAULT_ROW_CLASH, NULL, NULL);
		return VAULT_OK;
	}
	how.base = k->base.body;
	how.now = c.now = k->now;
	if ((err = keep_links(w, i, how.base)) == VAULT_OK &&
	    (err = body_fill(w->made.bodies[i])) == VAULT_OK)
		err = table_again(&k->next, news, &how);
	if (err == VAULT_OK)
		err = c.err;
	return err == VAULT_OK && k->next != NULL ? look_at_next(good, w, i, k)
						  : err;
}

/* ---- All records of the row ---- */

struct row_known {
	struct known list[TABLE_RECORDS_MAX];
	bool news;   /* the file says something else */
	bool good;   /* and all of that could be kept */
	bool writes; /* there is something to write */
};

/* A record that the row has now and had not, or the other way round. */
static void
compare_presence(
    struct row_known *k, struct work *w, size_t i, enum vault_policy policy)
{
	bool made = w->made.wanted[i] && policy != VAULT_POLICY_KEEP;

	k->news = true;
	k->writes = k->writes || made;
	work_note(w, i,
	    made                    ? VAULT_ROW_MADE
		: w->made.wanted[i] ? VAULT_ROW_RECORD
				    : VAULT_ROW_NO_RECORD,
	    NULL, NULL);
}

static enum vault_err
compare_all(struct row_known *k, struct work *w, enum vault_policy policy)
{
	const struct table_map *map = w->p->t->map;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < map->n_records; i++) {
		bool news = false;

		if (map->records[i].once)
			continue;
		if (w->made.wanted[i] != (w->num[i] != 0)) {
			compare_presence(k, w, i, policy);
			continue;
		}
		if (w->made.wanted[i])
			err = compare(
			    &k->list[i], &news, &k->good, w, i, policy);
		k->news = k->news || news;
		k->writes = k->writes || k->list[i].next != NULL;
	}
	return err;
}

/* A new version, and the index after it. */
static enum vault_err
write_next(struct table_pass *p, const struct known *k)
{
	struct store *s = p->t->v->store;
	struct keep_report report = { 0 };
	struct buf json = { 0 };
	enum vault_err err;

	if ((err = json_write(&json, k->next)) == VAULT_OK &&
	    (err = index_remove(s, &k->r)) == VAULT_OK &&
	    (err = keep_version(s, &p->by, &k->r, &k->heads, NULL, &report,
		 json.bytes, json.len)) == VAULT_OK)
		err = index_put(s, &k->r);
	keep_report_free(&report);
	buf_free(&json);
	return err;
}

static enum vault_err
write_all(const struct row_known *k, struct work *w)
{
	struct table_pass *p = w->p;
	enum vault_err err = work_add(w);

	for (size_t i = 0; err == VAULT_OK && i < TABLE_RECORDS_MAX; i++) {
		if (k->list[i].next == NULL)
			continue;
		if (!p->how->preview)
			err = write_next(p, &k->list[i]);
		p->done->versions++;
	}
	return err;
}

/* Nothing of it is added but by a policy that says so. */
static void
want_only(struct work *w, bool writes)
{
	for (size_t i = 0; i < w->p->t->map->n_records; i++)
		if (!writes && w->num[i] == 0)
			w->made.wanted[i] = false;
}

enum vault_err
work_again(struct work *w)
{
	const struct vault_table_how *how = w->p->how;
	enum vault_policy policy = how->choose == NULL
	    ? how->policy
	    : how->choose(how->ctx, w->row->row);
	struct row_known k = { .good = true };
	enum vault_err err;
	bool good = true;

	if ((err = compare_all(&k, w, policy)) == VAULT_OK) {
		want_only(w, k.writes);
		err = work_look(&good, w);
	}
	k.good = k.good && good;
	if (err == VAULT_OK && k.good && k.writes)
		err = write_all(&k, w);
	if (err == VAULT_OK)
		work_end(w,
		    !k.good        ? VAULT_ROW_BAD
			: k.writes ? VAULT_ROW_UPDATED
			: k.news   ? VAULT_ROW_KEPT
				   : VAULT_ROW_SAME);
	for (size_t i = 0; i < TABLE_RECORDS_MAX; i++)
		known_free(&k.list[i]);
	return err;
}
