/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "exchange/audience.h"
#include "exchange/leave.h"
#include "record/attach.h"
#include "record/body.h"
#include "record/guard.h"
#include "record/heads.h"
#include "search/query.h"
#include "store/sql.h"

/* ---- The arrays ---- */

const struct leave_version *
leave_version(const struct leave *l, size_t i)
{
	return (const struct leave_version *)(const void *)l->versions.bytes +
	    i;
}

const struct leave_file *
leave_file(const struct leave *l, size_t i)
{
	return (const struct leave_file *)(const void *)l->files.bytes + i;
}

size_t
leave_versions(const struct leave *l)
{
	return l->versions.len / sizeof(struct leave_version);
}

size_t
leave_files(const struct leave *l)
{
	return l->files.len / sizeof(struct leave_file);
}

void
leave_free(struct leave *l)
{
	buf_free(&l->versions);
	buf_free(&l->files);
	buf_free(&l->tombstones);
}

static const int64_t *
numbers(const struct buf *nums)
{
	return (const int64_t *)(const void *)nums->bytes;
}

static bool
put_number(struct buf *nums, int64_t num)
{
	return buf_put(nums, &num, sizeof(num));
}

static int
compare_numbers(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* In order, each once. */
static void
tidy(struct buf *nums)
{
	size_t n = nums->len / sizeof(int64_t), kept = 0;
	int64_t *list = (int64_t *)(void *)nums->bytes;

	if (n == 0)
		return;
	qsort(list, n, sizeof(*list), compare_numbers);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || list[i] != list[kept - 1])
			list[kept++] = list[i];
	nums->len = kept * sizeof(*list);
}

/* ---- What belongs to a case ---- */

/* Are these the characters of this id? */
static bool
is_id(const char *text, size_t len, const char *id)
{
	return len == ID_TEXT_LEN && memcmp(text, id, ID_TEXT_LEN) == 0;
}

struct naming {
	char id[ID_TEXT_LEN + 1]; /* of a case */
	bool found;
};

static enum vault_err
is_named(void *ctx, const char *path, const char *text, size_t len)
{
	struct naming *n = ctx;

	(void)path;
	n->found = n->found || is_id(text, len, n->id);
	return VAULT_OK;
}

static enum vault_err
names_case(void *ctx, const struct head *h)
{
	return body_links(h->open, is_named, ctx);
}

/*
 * The records that name a case, other cases left out.  The index knows those
 * that do so today; it counts what our own office wrote.
 */
static enum vault_err
add_naming(struct buf *to, struct store *s, const struct record_row *r)
{
	struct sql *q = sql_open(s,
	    "SELECT value.num FROM value JOIN record ON record.num=value.num"
	    " WHERE field=?1 AND value.key=?2 AND record.type<>'case'");
	struct naming n;
	enum vault_err err;
	bool row;

	id_print(n.id, r->id);
	sql_put_int(q, 1, QUERY_CASE);
	sql_put_text(q, 2, n.id, ID_TEXT_LEN);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		struct record_row by;

		n.found = false;
		if ((err = rows_get(&by, s, sql_int(q, 0))) != VAULT_OK ||
		    (err = guard_each(s, &by, names_case, &n)) != VAULT_OK)
			break;
		if (n.found)
			put_number(to, by.num);
	}
	sql_close(q);
	return err == VAULT_OK ? buf_ok(to) : err;
}

struct linking {
	struct store *store;
	struct buf *to;
	bool with_sources;
};

/* Fields that lead to a source, or to what only another case is about. */
static bool
is_source(const char *path)
{
	static const char *const fields[] = { "source", "relayed_by", "author",
		"basis", "published_in", "witnesses", "corroborates",
		"contradicts", "consents", "consents_used", "withdraws",
		"records", "custody", "translations", "supersedes", "imported",
		"redacted_from" };
	size_t len = strcspn(path, ".[");

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strlen(fields[i]) == len &&
		    memcmp(fields[i], path, len) == 0)
			return true;
	return false;
}

/* Take along what a link leads to, if it is here and no case. */
static enum vault_err
add_linked(void *ctx, const char *path, const char *text, size_t len)
{
	const struct linking *l = ctx;
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	if (!id_is_canonical(text, len) ||
	    id_parse(id, text, len) != VAULT_OK ||
	    (is_source(path) && !l->with_sources))
		return VAULT_OK;
	if ((err = rows_find(&r, l->store, id)) != VAULT_OK)
		return err == VAULT_ENORECORD ? VAULT_OK : err;
	if (strcmp(r.type, "case") != 0)
		put_number(l->to, r.num);
	return buf_ok(l->to);
}

static enum vault_err
follow_links(void *ctx, const struct head *h)
{
	return body_links(h->open, add_linked, ctx);
}

enum vault_err
leave_gather(struct buf *nums, struct store *s, const struct leave_how *how)
{
	struct linking l = { s, nums, how->with_sources };
	struct buf links = { 0 };
	struct record_row r;
	enum vault_err err = VAULT_OK;

	tidy(nums);
	/* The cases, and what names them: the ones whose links are followed. */
	for (size_t i = 0, n = nums->len / sizeof(int64_t);
	     err == VAULT_OK && i < n; i++) {
		if ((err = rows_get(&r, s, numbers(nums)[i])) != VAULT_OK ||
		    strcmp(r.type, "case") != 0)
			continue;
		put_number(&links, r.num);
		err = add_naming(&links, s, &r);
	}
	tidy(&links);
	for (size_t i = 0; err == VAULT_OK && i < links.len / sizeof(int64_t);
	     i++) {
		put_number(nums, numbers(&links)[i]);
		if ((err = rows_get(&r, s, numbers(&links)[i])) == VAULT_OK &&
		    !r.forgotten)
			err = guard_each(s, &r, follow_links, &l);
	}
	for (size_t i = 0; i < how->n_include; i++)
		put_number(nums, how->include[i]);
	tidy(nums);
	buf_free(&links);
	return err == VAULT_OK ? buf_ok(nums) : err;
}

/* ---- One record ---- */

struct judging {
	const struct leave_how *how;
	struct guard guard;
	int level;        /* the highest of the heads; -1: none is here */
	bool may_go;      /* one of them holds nothing that we keep private */
	bool opened;      /* one of them does */
	struct buf opens; /* the ids of these */
	bool no_files;    /* its attachments stay */
};

static enum vault_err
judge_head(void *ctx, const struct head *h)
{
	struct judging *j = ctx;
	int level = head_level(h);
	enum vault_err err;
	bool opens = false;

	if (level > j->level)
		j->level = level;
	/* Our own office gets what is private too. */
	if (!j->how->our_office &&
	    (err = guard_opens(&opens, &j->guard, h)) != VAULT_OK)
		return err;
	if (opens && !buf_put(&j->opens, h->version.id, VERSION_ID_LEN))
		return VAULT_ENOMEM;
	j->opened = j->opened || opens;
	j->may_go = j->may_go || (h->open != NULL && !opens);
	return VAULT_OK;
}

/* Our own word counts as much as what stands in the heads. */
static enum vault_err
judge(struct judging *j, struct store *s, const struct record_row *r)
{
	enum vault_err err;

	if ((err = guard_read(&j->guard, s, r, NULL)) != VAULT_OK ||
	    (err = heads_each(s, r, judge_head, j)) != VAULT_OK)
		return err;
	if (j->level >= 0 && j->guard.level > j->level)
		j->level = j->guard.level;
	return VAULT_OK;
}

static bool
is_included(const struct leave_how *how, int64_t num)
{
	for (size_t i = 0; i < how->n_include; i++)
		if (how->include[i] == num)
			return true;
	return false;
}

/* The highest level that may leave. */
static int
highest(const struct leave_how *how, int64_t num)
{
	return how->our_office || is_included(how, num) ? 2 : 1;
}

static enum leave_why
why(const struct judging *j, int most)
{
	if (j->level < 0 || guard_is_unsure(&j->guard))
		return LEAVE_WITHHELD;
	if (j->level > most)
		return j->level == 2 ? LEAVE_LEVEL_2 : LEAVE_LEVEL_3;
	return j->may_go ? LEAVE_GOES : LEAVE_OPENED;
}

static bool
has_file(const struct leave *l, int64_t record, const uint8_t *hash)
{
	for (size_t i = leave_files(l); i-- > 0;) {
		const struct leave_file *f = leave_file(l, i);

		if (f->record != record)
			return false; /* those of a record stand together */
		if (memcmp(f->hash, hash, HASH_LEN) == 0)
			return true;
	}
	return false;
}

/* The attachments of a version, as far as they are here. */
static enum vault_err
add_files(struct leave *out, struct leave_record *about, struct store *s,
    const struct version *v)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0;
	     err == VAULT_OK && i < version_hash_count(&v->attachments); i++) {
		const uint8_t *hash = version_hash_at(&v->attachments, i);
		struct leave_file f;
		struct attach_row a;

		if (has_file(out, about->row.num, hash))
			continue;
		memset(&f, 0, sizeof(f));
		f.record = about->row.num;
		memcpy(f.hash, hash, HASH_LEN);
		err = attach_find(&a, s, &about->row, hash);
		if (err == VAULT_ENORECORD || (err == VAULT_OK && !a.here)) {
			about->parts_held = true;
		} else if (err == VAULT_OK) {
			f.size = a.size;
			memcpy(f.sha256, a.sha256, sizeof(f.sha256));
			about->files++;
			buf_put(&out->files, &f, sizeof(f));
		}
		attach_row_free(&a);
		if (err == VAULT_ENORECORD)
			err = VAULT_OK;
	}
	return err == VAULT_OK ? buf_ok(&out->files) : err;
}

static enum vault_err
add_version(struct leave *out, struct leave_record *about, struct store *s,
    const uint8_t *id, int most, const struct judging *j, bool may_have_body)
{
	struct leave_version v;
	enum vault_err err;
	struct head h;

	if ((err = head_open(&h, s, &about->row, id, true)) != VAULT_OK)
		return err;
	memset(&v, 0, sizeof(v));
	v.record = about->row.num;
	memcpy(v.id, id, VERSION_ID_LEN);
	v.body = h.body != NULL && head_level(&h) <= most && may_have_body;
	v.hidden = v.body && j->how->our_office && h.version.has_private;
	if ((h.version.has_body && !v.body) ||
	    (h.version.has_private && !v.hidden) || h.has_withheld)
		about->parts_held = true;
	about->versions++;
	buf_put(&out->versions, &v, sizeof(v));
	if (v.body && !j->no_files)
		err = add_files(out, about, s, &h.version);
	else if (v.body)
		about->files_held += version_hash_count(&h.version.attachments);
	head_free(&h);
	return err == VAULT_OK ? buf_ok(&out->versions) : err;
}

/* ---- Consent ---- */

static void
see_whole(void *ctx, const struct audience_person *p)
{
	bool *hidden = ctx;

	if (!audience_may(p) || audience_naming(p) != CONSENT_FULL ||
	    p->protected)
		*hidden = true;
}

/* Is it about somebody who may not be named? */
static enum vault_err
is_about_hidden(
    bool *hidden, const struct audience *a, const struct record_row *r)
{
	struct audience_person person;
	bool may;

	return audience_people(&may, &person, a, r, see_whole, hidden);
}

/*
 * Do the files of a record belong to somebody who may not be named?  To whom
 * the record is about, or a record that links to it.
 */
static enum vault_err
files_are_held(bool *held, struct store *s, const struct record_row *r,
    const struct leave_how *how)
{
	struct sql *q = sql_open(
	    s, "SELECT num FROM value WHERE field=?1 AND key=?2");
	char id[ID_TEXT_LEN + 1];
	struct record_row by;
	enum vault_err err;
	bool row;

	*held = false;
	err = is_about_hidden(held, how->audience, r);
	id_print(id, r->id);
	sql_put_int(q, 1, QUERY_LINK);
	sql_put_text(q, 2, id, ID_TEXT_LEN);
	while (err == VAULT_OK && !*held &&
	    (err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = rows_get(&by, s, sql_int(q, 0))) == VAULT_OK)
			err = is_about_hidden(held, how->audience, &by);
	sql_close(q);
	return err;
}

/* What audience.h says of a record whose level would let it go. */
static enum vault_err
ask_consent(struct judging *j, struct leave_record *about, struct store *s,
    const struct leave_how *how)
{
	struct audience_limits limits;
	struct audience_person person;
	enum vault_err err;
	bool may, made;

	if (how->audience == NULL)
		return VAULT_OK;
	if ((err = audience_limits(&limits, how->audience, &about->row)) !=
		VAULT_OK ||
	    (err = audience_made(&made, how->audience, &about->row)) !=
		VAULT_OK ||
	    (err = audience_people(&may, &person, how->audience, &about->row,
		 NULL, NULL)) != VAULT_OK)
		return err;
	if (limits.readers || limits.other)
		about->why = LEAVE_LIMITED;
#ifndef PLANT_NO_CONSENT
	else if (!may && !made)
		about->why = LEAVE_CONSENT;
#endif
	else if (strcmp(about->row.type, "person") == 0 && !made &&
	    audience_naming(&person) != CONSENT_FULL)
		about->why = LEAVE_UNNAMED;
	if (about->why != LEAVE_GOES || made ||
	    is_included(how, about->row.num))
		return VAULT_OK;
	return files_are_held(&j->no_files, s, &about->row, how);
}

/* All versions of a record that leaves, oldest first. */
static enum vault_err
add_versions(struct leave *out, struct leave_record *about, struct store *s,
    const struct judging *j, int most)
{
	struct buf ids = { 0 }, heads = { 0 };
	enum vault_err err;

	err = rows_versions(&ids, s, &about->row, false);
	if (err == VAULT_OK)
		err = rows_versions(&heads, s, &about->row, true);
	/* What was taken back or made private since must not leave as history:
	 * another office gets earlier versions as envelopes only. */
	for (size_t i = 0; err == VAULT_OK && i < version_hash_count(&ids);
	     i++) {
		const uint8_t *id = version_hash_at(&ids, i);
		bool may_have_body = j->how->our_office ||
		    (version_has_hash(&heads, id) &&
			!version_has_hash(&j->opens, id));

		err = add_version(out, about, s, id, most, j, may_have_body);
	}
	buf_free(&ids);
	buf_free(&heads);
	return err;
}

enum vault_err
leave_decide(struct leave *out, struct leave_record *about, struct store *s,
    int64_t num, const struct leave_how *how)
{
	int most = highest(how, num);
	struct judging j = { .how = how, .level = -1 };
	enum vault_err err;

	memset(about, 0, sizeof(*about));
	if ((err = rows_get(&about->row, s, num)) != VAULT_OK)
		return err;
	about->why = LEAVE_FORGOTTEN;
	if (about->row.forgotten)
		return VAULT_OK;
	if ((err = judge(&j, s, &about->row)) == VAULT_OK) {
		about->why = why(&j, most);
		about->opened = j.opened;
		if (about->why == LEAVE_GOES)
			err = ask_consent(&j, about, s, how);
		if (err == VAULT_OK && about->why == LEAVE_GOES)
			err = add_versions(out, about, s, &j, most);
	}
	guard_free(&j.guard);
	buf_free(&j.opens);
	return err;
}
