/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/random.h"
#include "core/secret.h"
#include "exchange/bundle.h"
#include "exchange/forget.h"
#include "record/attach.h"
#include "record/carry.h"
#include "search/index.h"
#include "store/store.h"

/* Bytes of attachments between commits. */
#define STAGE_COMMIT ((uint64_t)ATTACH_COMMIT * ATTACH_CHUNK)

/* An attachment that was staged, and under which key. */
struct staged {
	struct attach_staged a;
	bool there, adopted;
	bool derived; /* the key of a record that was not here yet */
};

struct importing {
	struct bundle *b;
	struct store *s;
	struct bundle_done *done;
	struct secret *seed; /* the keys of new records come from it */
	struct staged *staged;
	struct attach_writer *writer; /* NULL: this one is here, or not taken */
	uint64_t since;               /* bytes since the last commit */
	struct buf touched;           /* int64_t: records to index again */
	int64_t last;                 /* the last of them */
	bundle_progress *progress;
	void *ctx;
};

/*
 * The key that a new record gets.  It is needed for its attachments, which
 * come and are committed before the record itself is anywhere.
 */
static enum vault_err
new_key(struct secret **out, const struct importing *m,
    const uint8_t record[static ID_LEN])
{
	struct hash_part part = { record, ID_LEN };

	if ((*out = secret_new(KEY_LEN)) == NULL)
		return VAULT_ENOMEM;
	hash_parts(secret_bytes(*out), secret_view(m->seed), &part, 1);
	return VAULT_OK;
}

/* ---- Attachments: staged ---- */

/* Is it wanted, and under which key?  *key is NULL if it is not. */
static enum vault_err
key_for(struct secret **key, struct staged *staged, const struct importing *m,
    const struct bundle_file *f)
{
	struct record_row r;
	struct attach_row a;
	enum vault_err err;
	bool ours;

	*key = NULL;
	if ((err = tombstone_is_ours(&ours, m->s, f->record)) != VAULT_OK ||
	    ours)
		return err;
	err = rows_find(&r, m->s, f->record);
	if (err == VAULT_ENORECORD || (err == VAULT_OK && r.forgotten)) {
		staged->derived = true;
		return new_key(key, m, f->record);
	}
	if (err != VAULT_OK)
		return err;
	err = attach_find(&a, m->s, &r, f->part_hash);
	attach_row_free(&a);
	if (err != VAULT_ENORECORD)
		return err;
	return rows_key(key, m->s, &r);
}

static enum vault_err
file_begin(void *ctx, size_t i)
{
	struct importing *m = ctx;
	const struct bundle_file *f = bundle_file(m->b, i);
	struct secret *key;
	enum vault_err err;

	err = key_for(&key, &m->staged[i], m, f);
	if (err == VAULT_OK && key != NULL)
		err = attach_stage(&m->writer, m->s, f->record, key);
	secret_free(key);
	return err;
}

static enum vault_err
commit_some(struct importing *m, uint64_t more)
{
	enum vault_err err;

	m->since += more;
	if (m->since < STAGE_COMMIT)
		return VAULT_OK;
	m->since = 0;
	err = store_commit(m->s);
	return err == VAULT_OK ? store_begin(m->s) : err;
}

static enum vault_err
file_data(void *ctx, const void *bytes, size_t len)
{
	struct importing *m = ctx;
	enum vault_err err;

	if (m->writer == NULL)
		return VAULT_OK;
	if ((err = attach_put(m->writer, bytes, len)) != VAULT_OK)
		return err;
	return commit_some(m, len);
}

static enum vault_err
file_end(void *ctx, size_t i)
{
	struct importing *m = ctx;
	enum vault_err err;

	if (m->writer == NULL)
		return VAULT_OK;
	err = attach_stage_end(m->writer, &m->staged[i].a);
	m->staged[i].there = err == VAULT_OK;
	attach_writer_free(m->writer);
	m->writer = NULL;
	return err == VAULT_OK ? commit_some(m, ATTACH_CHUNK) : err;
}

/* ---- Records: all in one transaction ---- */

/* The index forgets a record before it changes. */
static enum vault_err
touch(struct importing *m, const struct record_row *r)
{
	if (r->num == m->last)
		return VAULT_OK;
	m->last = r->num;
	if (!buf_put(&m->touched, &r->num, sizeof(r->num)))
		return VAULT_ENOMEM;
	return index_remove(m->s, r);
}

static enum vault_err
make_record(struct record_row *r, struct importing *m, const struct version *v)
{
	struct secret *key;
	enum vault_err err;

	if ((err = new_key(&key, m, v->record)) != VAULT_OK)
		return err;
	err = rows_new_with(r, m->s, v->record, v->type, key);
	secret_free(key);
	m->done->new_records += err == VAULT_OK;
	return err;
}

/* Those whose versions were all silent have forgotten it, others have not. */
static enum vault_err
revive_record(struct record_row *r, struct importing *m)
{
	struct secret *key;
	enum vault_err err;

	if ((err = new_key(&key, m, r->id)) != VAULT_OK)
		return err;
	err = rows_give_key(r, m->s, key);
	secret_free(key);
	return err;
}

/* Staged under the key that the record has? */
static enum vault_err
key_is_right(const struct importing *m, const struct staged *staged,
    const struct record_row *r)
{
	struct secret *made = NULL, *has = NULL;
	enum vault_err err;

	if (!staged->derived)
		return VAULT_OK;
	if ((err = new_key(&made, m, r->id)) == VAULT_OK &&
	    (err = rows_key(&has, m->s, r)) == VAULT_OK &&
	    !secret_equal(made, has))
		err = VAULT_EBUSY; /* another process has made the record */
	secret_free(made);
	secret_free(has);
	return err;
}

static enum vault_err
adopt(struct importing *m, const struct record_row *r,
    const struct carried_file *named, bool *fresh)
{
	size_t i = bundle_find_file(m->b, named->file);
	enum vault_err err;

	if (i == bundle_n_files(m->b))
		return VAULT_EDAMAGED;
	if (!m->staged[i].there || m->staged[i].adopted)
		return VAULT_OK;
	if ((err = key_is_right(m, &m->staged[i], r)) != VAULT_OK ||
	    (err = attach_adopt(m->s, r, &m->staged[i].a, &named->part)) !=
		VAULT_OK)
		return err;
	m->staged[i].adopted = true;
	m->done->files++;
	*fresh = true;
	return VAULT_OK;
}

/* Of a silent version the envelope is kept, for the history of others. */
static enum vault_err
put_envelope(
    struct importing *m, const struct record_row *r, const struct version *v)
{
	enum vault_err err;
	bool fresh;

	m->done->silent++;
	if ((err = touch(m, r)) != VAULT_OK)
		return err;
	return rows_put_version(&fresh, m->s, r, v, NULL, NULL);
}

static enum vault_err
put_version(struct importing *m, const struct record_row *r, bool had,
    const struct carried *c)
{
	bool fresh, gained = false;
	enum vault_err err;

	if ((err = touch(m, r)) != VAULT_OK ||
	    (err = rows_put_version(&fresh, m->s, r, &c->version, &c->body,
		 &c->hidden)) != VAULT_OK)
		return err;
	for (size_t i = 0; err == VAULT_OK && i < c->n_files; i++)
		err = adopt(m, r, &c->files[i], &gained);
	if (!had)
		m->done->new_versions++;
	else if (fresh || gained)
		m->done->completed++;
	else
		m->done->known++;
	return err;
}

static enum vault_err
record(void *ctx, const struct carried *c)
{
	const struct version *v = &c->version;
	struct importing *m = ctx;
	enum forget_takes takes;
	struct record_row r;
	enum vault_err err;
	bool had = false;

	if ((err = forget_takes(&takes, m->s, v->record, v->office)) !=
	    VAULT_OK)
		return err;
	if (takes == FORGET_TAKES_NOTHING) {
		m->done->forgotten++;
		return VAULT_OK;
	}
	err = rows_find(&r, m->s, v->record);
	if (err == VAULT_ENORECORD)
		err = make_record(&r, m, v);
	else if (err == VAULT_OK && r.forgotten && takes == FORGET_TAKES_ALL)
		err = revive_record(&r, m);
	if (err == VAULT_OK)
		err = rows_has_version(&had, m->s, v->id);
	if (err != VAULT_OK)
		return err;
	/* One record of two types cannot be. */
	if (strcmp(r.type, v->type) != 0) {
		m->b->fault = BUNDLE_FAULT_RECORD;
		return VAULT_EDAMAGED;
	}
	return takes == FORGET_TAKES_ENVELOPE ? put_envelope(m, &r, v)
					      : put_version(m, &r, had, c);
}

static enum vault_err
tombstone(void *ctx, const struct tombstone *t)
{
	struct importing *m = ctx;
	enum forget_does did;
	struct record_row r;
	enum vault_err err;

	if (m->b->keep) {
		m->done->kept++;
		return VAULT_OK;
	}
	err = rows_find(&r, m->s, t->record);
	if (err == VAULT_OK)
		err = touch(m, &r);
	if (err != VAULT_OK && err != VAULT_ENORECORD)
		return err;
	if ((err = forget_obey(&did, m->s, t)) == VAULT_OK)
		m->done->did[did]++;
	return err;
}

static int
compare_numbers(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static enum vault_err
index_touched(struct importing *m)
{
	int64_t *list = (int64_t *)(void *)m->touched.bytes;
	size_t n = m->touched.len / sizeof(*list);
	struct record_row r;
	enum vault_err err = VAULT_OK;

	if (n == 0)
		return VAULT_OK;
	qsort(list, n, sizeof(*list), compare_numbers);
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		if ((i == 0 || list[i] != list[i - 1]) &&
		    (err = rows_get(&r, m->s, list[i])) == VAULT_OK &&
		    (err = forget_settle(m->s, &r)) == VAULT_OK &&
		    (err = rows_get(&r, m->s, list[i])) == VAULT_OK)
			err = index_put(m->s, &r);
	return err == VAULT_OK ? index_tidy(m->s) : err;
}

/* Attachments of silent versions came before it was known that they are. */
static enum vault_err
drop_staged(const struct importing *m)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < bundle_n_files(m->b); i++)
		if (m->staged[i].there && !m->staged[i].adopted)
			err = attach_drop(m->s, &m->staged[i].a);
	return err;
}

static enum vault_err
finish(struct importing *m)
{
	enum vault_err err;

	if ((err = index_touched(m)) != VAULT_OK ||
	    (err = drop_staged(m)) != VAULT_OK)
		return err;
	return m->done->did[FORGET_TEXTS] + m->done->did[FORGET_RECORD] > 0
	    ? forget_scrub(m->s)
	    : VAULT_OK;
}

/* ---- All of it ---- */

static bool
progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct importing *m = ctx;

	return m->progress == NULL || m->progress(m->ctx, done, total);
}

enum vault_err
bundle_import(struct bundle_done *out, struct bundle *b,
    const struct pipe_source *from, bundle_progress *told, void *ctx)
{
	struct importing m = {
		.b = b, .s = b->store, .done = out, .progress = told, .ctx = ctx
	};
	struct bundle_events events = { &m, file_begin, file_data, file_end,
		record, tombstone, progress };
	enum vault_err err = VAULT_ENOMEM;

	memset(out, 0, sizeof(*out));
	m.seed = secret_new(KEY_LEN);
	m.staged = mem_zalloc((bundle_n_files(b) + 1) * sizeof(*m.staged));
	if (m.seed == NULL || m.staged == NULL)
		goto out;
	random_fill(secret_bytes(m.seed), KEY_LEN);
	if ((err = store_begin(m.s)) != VAULT_OK)
		goto out;
	if ((err = bundle_again(b, from, &events)) == VAULT_OK)
		err = finish(&m);
	if (err != VAULT_OK)
		store_abort(m.s);
out:
	attach_writer_free(m.writer);
	mem_free(m.staged);
	secret_free(m.seed);
	buf_free(&m.touched);
	return err;
}
