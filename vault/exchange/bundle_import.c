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
	bool open;                    /* a transaction */
	uint64_t since;               /* bytes since the last commit */
	struct arrivals arrivals;     /* what comes, as it comes */
	struct lapse lapse;           /* what consents said that go */
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

/*
 * A transaction is begun when something is to be written, not before: another
 * writer has its turn between two of them.
 */
static enum vault_err
begin_writing(struct importing *m)
{
	enum vault_err err = VAULT_OK;

	if (!m->open)
		err = store_begin(m->s);
	m->open = err == VAULT_OK;
	return err;
}

static enum vault_err
file_begin(void *ctx, size_t i, bool *hashes)
{
	struct importing *m = ctx;
	const struct bundle_file *f = bundle_file(m->b, i);
	struct secret *key = NULL;
	enum vault_err err;

	if (!f->wanted)
		return VAULT_OK;
	if ((err = begin_writing(m)) != VAULT_OK)
		return err;
	err = key_for(&key, &m->staged[i], m, f);
	if (err == VAULT_OK && key != NULL)
		err = attach_stage(&m->writer, m->s, f->record, key);
	if (m->writer != NULL && !attach_note(&m->b->staged, m->writer))
		err = VAULT_ENOMEM;
	secret_free(key);
	*hashes = m->writer != NULL;
	return err;
}

static enum vault_err
commit_some(struct importing *m, uint64_t more)
{
	enum vault_err err;

	m->since += more;
	if (m->since < attach_commit_bytes())
		return VAULT_OK;
	m->since = 0;
	m->open = false;
	if ((err = store_commit(m->s)) == VAULT_OK)
		store_give_way(m->s);
	return err;
}

static enum vault_err
file_data(void *ctx, const void *bytes, size_t len)
{
	struct importing *m = ctx;
	enum vault_err err;

	if (m->writer == NULL)
		return VAULT_OK;
	if ((err = begin_writing(m)) != VAULT_OK ||
	    (err = attach_put(m->writer, bytes, len)) != VAULT_OK)
		return err;
	return commit_some(m, len);
}

/* All of it is staged; whether it may stay, its hash decides. */
static enum vault_err
file_hash(void *ctx, size_t i, uint8_t *sha256)
{
	struct importing *m = ctx;
	struct attach_staged *a = &m->staged[i].a;
	enum vault_err err;

	if ((err = begin_writing(m)) == VAULT_OK &&
	    (err = attach_stage_end(m->writer, a)) == VAULT_OK)
		memcpy(sha256, a->sha256, sizeof(a->sha256));
	return err;
}

static enum vault_err
file_end(void *ctx, size_t i)
{
	struct importing *m = ctx;

	if (m->writer == NULL)
		return VAULT_OK;
	m->staged[i].there = true;
	attach_writer_free(m->writer);
	m->writer = NULL;
	return commit_some(m, ATTACH_CHUNK);
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
	struct attach_row have;
	enum vault_err err;

	if (i == bundle_n_files(m->b))
		return VAULT_EDAMAGED;
	if (!m->staged[i].there || m->staged[i].adopted)
		return VAULT_OK;
	/* One part in two files of the bundle comes once. */
	err = attach_find(&have, m->s, r, bundle_file(m->b, i)->part_hash);
	attach_row_free(&have);
	if (err != VAULT_ENORECORD)
		return err;
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

	if ((err = touch(m, r)) != VAULT_OK)
		return err;
	return rows_put_version(&fresh, m->s, r, v, NULL, NULL);
}

/* The version itself, and what it was for the vault. */
static enum vault_err
put_version(enum arrives *arrives, struct importing *m,
    const struct record_row *r, const struct carried *c)
{
	bool fresh, gained = false;
	enum vault_err err;

	if ((err = touch(m, r)) != VAULT_OK ||
	    (err = rows_put_version(&fresh, m->s, r, &c->version, &c->body,
		 &c->hidden)) != VAULT_OK)
		return err;
	for (size_t i = 0; err == VAULT_OK && i < c->n_files; i++)
		err = adopt(m, r, &c->files[i], &gained);
	if (*arrives == ARRIVES_COMPLETES || *arrives == ARRIVES_HERE)
		*arrives = fresh || gained ? ARRIVES_COMPLETES : ARRIVES_HERE;
	return err;
}

static void
count(struct bundle_done *done, enum arrives arrives)
{
	done->new_records += arrives == ARRIVES_RECORD;
	done->new_versions += arrives <= ARRIVES_VERSION;
	done->completed += arrives == ARRIVES_COMPLETES;
	done->known += arrives == ARRIVES_HERE;
	done->forgotten += arrives == ARRIVES_FORGOTTEN;
	done->others += arrives == ARRIVES_OTHER_TYPE;
	done->revoked += arrives == ARRIVES_REVOKED;
}

/* Take a version as it was found to arrive; *arrives may turn out less. */
static enum vault_err
take(enum arrives *arrives, struct importing *m, struct record_row *r,
    const struct carried *c, enum forget_takes takes)
{
	const struct version *v = &c->version;
	enum vault_err err = VAULT_OK;

	if (*arrives == ARRIVES_OTHER_TYPE || *arrives == ARRIVES_REVOKED ||
	    takes == FORGET_TAKES_NOTHING)
		return VAULT_OK;
	if (r->num == 0)
		err = make_record(r, m, v);
	else if (r->forgotten && takes == FORGET_TAKES_ALL)
		err = revive_record(r, m);
	if (err != VAULT_OK)
		return err;
	return takes == FORGET_TAKES_ENVELOPE ? put_envelope(m, r, v)
					      : put_version(arrives, m, r, c);
}

static enum vault_err
record(void *ctx, const struct carried *c)
{
	struct importing *m = ctx;
	enum forget_takes takes;
	enum arrives arrives;
	struct record_row r;
	enum vault_err err;
	size_t noted;
	bool heard;

	if ((err = begin_writing(m)) != VAULT_OK ||
	    (err = forget_takes(&takes, m->s, c->version.record,
		 c->version.office)) != VAULT_OK ||
	    (err = bundle_hears(&heard, m->b, c->version.office)) != VAULT_OK ||
	    (err = arrivals_look(&arrives, &r, m->s, c, heard)) != VAULT_OK)
		return err;
	/* Noted before anything changes: it asks who wrote what is here. */
	if ((err = arrivals_add(&noted, &m->arrivals, m->s, c, &r, arrives)) !=
		VAULT_OK ||
	    (err = take(&arrives, m, &r, c, takes)) != VAULT_OK)
		return err;
	arrivals_became(&m->arrivals, noted, arrives);
	count(m->done, arrives);
	return VAULT_OK;
}

static enum vault_err
tombstone(void *ctx, const struct tombstone *t)
{
	struct importing *m = ctx;
	enum forget_does did;
	struct record_row r;
	enum vault_err err;
	bool heard;

	if ((err = bundle_hears(&heard, m->b, t->office)) != VAULT_OK)
		return err;
	if (m->b->keep || !heard) {
		m->done->kept++;
		return VAULT_OK;
	}
	if ((err = begin_writing(m)) != VAULT_OK)
		return err;
	err = rows_find(&r, m->s, t->record);
	if (err == VAULT_OK)
		err = touch(m, &r);
	if (err != VAULT_OK && err != VAULT_ENORECORD)
		return err;
	if ((err = forget_obey(&did, m->s, t, &m->lapse)) != VAULT_OK)
		return err;
	m->done->did[did]++;
	return arrivals_tombstone(&m->arrivals, m->s, t, did);
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
	return err == VAULT_OK ? index_tidy(m->s, n) : err;
}

/* ---- All of it ---- */

/* What has come takes the place of what was announced. */
static enum vault_err
tell_what_came(struct importing *m)
{
	struct bundle *b = m->b;
	enum vault_err err = arrivals_settle(&m->arrivals);

	b->new_files = 0;
	b->new_bytes = 0;
	buf_reset(&b->staged);
	for (size_t i = 0; err == VAULT_OK && i < bundle_n_files(b); i++) {
		const struct bundle_file *f = bundle_file(b, i);
		bool came = m->staged[i].adopted;

		arrivals_file(&m->arrivals, f->record, f->size, came);
		/* Staged for nothing: it was not taken after all. */
		if (m->staged[i].there && !came &&
		    !buf_put(&b->staged, &m->staged[i].a.num, sizeof(int64_t)))
			err = VAULT_ENOMEM;
		b->new_files += came;
		b->new_bytes += came ? f->size : 0;
	}
	arrivals_order(&m->arrivals);
	arrivals_free(&b->arrivals);
	b->arrivals = m->arrivals;
	m->arrivals = (struct arrivals){ 0 };
	return err;
}

static enum vault_err
finish(struct importing *m)
{
	const size_t *did = m->done->did;
	enum vault_err err;

	if ((err = begin_writing(m)) != VAULT_OK ||
	    (err = index_touched(m)) != VAULT_OK ||
	    (err = tell_what_came(m)) != VAULT_OK)
		return err;
	return did[FORGET_TEXTS] + did[FORGET_RECORD] > 0
	    ? forget_scrub(m->s, &m->lapse)
	    : VAULT_OK;
}

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
	struct bundle_events events = { &m, file_begin, file_data, file_hash,
		file_end, record, tombstone, progress };
	enum vault_err err = VAULT_ENOMEM;

	memset(out, 0, sizeof(*out));
	m.seed = secret_new(KEY_LEN);
	m.staged = mem_zalloc((bundle_n_files(b) + 1) * sizeof(*m.staged));
	if (m.seed == NULL || m.staged == NULL)
		goto out;
	random_fill(secret_bytes(m.seed), KEY_LEN);
	if ((err = bundle_again(b, from, &events)) == VAULT_OK)
		err = finish(&m);
	if (err != VAULT_OK)
		store_abort(m.s);
out:
	attach_writer_free(m.writer);
	mem_free(m.staged);
	secret_free(m.seed);
	buf_free(&m.touched);
	arrivals_free(&m.arrivals);
	lapse_free(&m.lapse);
	return err;
}
