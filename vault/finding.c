/* SPDX-License-Identifier: ISC */
/* finding.c - from what somebody typed to the records that are meant. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/text.h"
#include "inside.h"
#include "record/body.h"
#include "record/heads.h"
#include "record/name.h"
#include "record/print.h"
#include "search/index.h"
#include "search/like.h"
#include "search/query.h"
#include "search/snippet.h"
#include "store/sql.h"
#include "store/store.h"

#define CANDIDATES_MAX 50
#define BATCH 64

/* ---- Titles ---- */

/* The title as the index has it, ids of other records still in it. */
static enum vault_err
plain_title(struct buf *out, struct store *s, const uint8_t *id)
{
	struct sql *q = sql_open(s,
	    "SELECT title FROM item WHERE num="
	    "(SELECT num FROM record WHERE id=?1)");
	enum vault_err err;
	const char *text;
	size_t len;
	bool row;

	sql_put_blob(q, 1, id, ID_LEN);
	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK) {
		text = sql_text(q, 0, &len);
		buf_put(out, text, len);
		err = buf_ok(out);
	}
	sql_close(q);
	return err;
}

/*
 * True if what stands from i to end is a part of the title by itself, as the
 * link is that a record's line has: an id in the middle of words is a word.
 */
static bool
is_part(const char *title, size_t len, size_t i, size_t end)
{
	return (i == 0 || (i >= 2 && memcmp(title + i - 2, ", ", 2) == 0)) &&
	    (end == len || title[end] == ',' ||
		(len - end > 1 && memcmp(title + end, " +", 2) == 0));
}

/*
 * A title with the ids in it exchanged for the titles that they stand for, or
 * for the words that there is none.
 */
static enum vault_err
named_ids(struct buf *out, struct vault *v, const char *title, size_t len)
{
	uint8_t id[ID_LEN];
	enum vault_err err;
	size_t i = 0;

	while (i < len) {
		if (len - i >= ID_TEXT_LEN &&
		    id_is_canonical(title + i, ID_TEXT_LEN) &&
		    id_parse(id, title + i, ID_TEXT_LEN) == VAULT_OK) {
			err = plain_title(out, v->store, id);
			if (err != VAULT_OK && err != VAULT_ENORECORD)
				return err;
			if (err == VAULT_ENORECORD &&
			    is_part(title, len, i, i + ID_TEXT_LEN))
				buf_put_text(out, vault_speech(v)->not_here);
			else if (err == VAULT_ENORECORD)
				buf_put(out, title + i, ID_TEXT_LEN);
			i += ID_TEXT_LEN;
			continue;
		}
		buf_put_byte(out, (uint8_t)title[i++]);
	}
	return buf_ok(out);
}

/* The same with codes by their labels. */
static enum vault_err
named_title(struct buf *out, struct vault *v, const char *title, size_t len)
{
	struct buf named = { 0 };
	enum vault_err err = named_ids(&named, v, title, len);

	if (err == VAULT_OK)
		err = title_say(out, buf_text(&named), named.len, v->labels);
	buf_free(&named);
	return err;
}

enum vault_err
vault_title(struct buf *out, struct vault *v, const char *id)
{
	struct buf plain = { 0 };
	uint8_t bytes[ID_LEN];
	enum vault_err err;

	if (id_parse(bytes, id, strlen(id)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = plain_title(&plain, v->store, bytes)) == VAULT_OK)
		err = named_title(out, v, buf_text(&plain), plain.len);
	buf_free(&plain);
	return err;
}

/* ---- One record, by what people call it ---- */

struct nums {
	int64_t num[CANDIDATES_MAX];
	size_t n;
};

static void
nums_add(struct nums *all, int64_t num)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->num[i] == num)
			return;
	if (all->n < CANDIDATES_MAX)
		all->num[all->n++] = num;
}

static enum vault_err
gather(struct nums *all, struct sql *q)
{
	enum vault_err err;
	bool row;

	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		nums_add(all, sql_int(q, 0));
	sql_close(q);
	return err;
}

static enum vault_err
by_prefix(struct nums *all, struct store *s, const char *text)
{
	uint8_t low[ID_LEN], high[ID_LEN];
	struct sql *q;

	if (id_range(low, high, text, strlen(text)) != VAULT_OK)
		return VAULT_OK;
	q = sql_open(
	    s, "SELECT num FROM record WHERE id BETWEEN ?1 AND ?2 LIMIT 50");
	sql_put_blob(q, 1, low, ID_LEN);
	sql_put_blob(q, 2, high, ID_LEN);
	return gather(all, q);
}

static enum vault_err
by_label(struct nums *all, struct store *s, const struct buf *key)
{
	struct sql *q = sql_open(
	    s, "SELECT num FROM value WHERE field=?1 AND key=?2 LIMIT 50");

	sql_put_int(q, 1, QUERY_LABEL);
	sql_put_text(q, 2, buf_text(key), key->len);
	return gather(all, q);
}

/* What has that name or title; if nothing has, with other blanks in it. */
static enum vault_err
by_name(struct nums *all, struct store *s, const char *text)
{
	struct buf key = { 0 }, joined = { 0 };
	size_t before = all->n;
	enum vault_err err;

	err = text_key(&key, text, strlen(text));
	if (err == VAULT_OK && key.len > 0)
		err = by_label(all, s, &key);
	if (err == VAULT_OK && key.len > 0 && all->n == before) {
		err = text_key_joined(&joined, buf_text(&key), key.len);
		if (err == VAULT_OK)
			err = by_label(all, s, &joined);
	}
	buf_free(&key);
	buf_free(&joined);
	/* What is no text is no name. */
	return err == VAULT_EUSE ? VAULT_OK : err;
}

static enum vault_err
tell_candidates(struct vault *v, const struct nums *all,
    void (*candidate)(void *ctx, const char *id, const char *title), void *ctx)
{
	struct buf title = { 0 };
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; candidate != NULL && err == VAULT_OK && i < all->n;
	     i++) {
		char id[ID_TEXT_LEN + 1];
		struct record_row r;

		buf_reset(&title);
		if ((err = rows_get(&r, v->store, all->num[i])) != VAULT_OK)
			break;
		id_print(id, r.id);
		err = vault_title(&title, v, id);
		if (err == VAULT_ENORECORD)
			err = VAULT_OK; /* forgotten: it has no title */
		if (err == VAULT_OK)
			candidate(ctx, id, buf_text(&title));
	}
	buf_free(&title);
	return err;
}

static enum vault_err
find_id(char id[static VAULT_ID_LEN], struct vault *v, const char *text,
    void (*candidate)(void *ctx, const char *id, const char *title), void *ctx)
{
	struct nums all = { .n = 0 };
	struct record_row r;
	enum vault_err err;

	if ((err = by_prefix(&all, v->store, text)) != VAULT_OK ||
	    (err = by_name(&all, v->store, text)) != VAULT_OK)
		return err;
	if (all.n == 0)
		return VAULT_ENORECORD;
	if (all.n > 1) {
		err = tell_candidates(v, &all, candidate, ctx);
		return err == VAULT_OK ? VAULT_ECONFLICT : err;
	}
	if ((err = rows_get(&r, v->store, all.num[0])) == VAULT_OK)
		id_print(id, r.id);
	return err;
}

enum vault_err
vault_find_id(char id[static VAULT_ID_LEN], struct vault *v, const char *text,
    void (*candidate)(void *ctx, const char *id, const char *title), void *ctx)
{
	enum vault_err err;

	id[0] = '\0';
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = find_id(id, v, text, candidate, ctx);
	store_read_end(v->store);
	return vault_failed(v, err);
}

/* ---- Many records ---- */

struct finding {
	struct vault *v;
	const struct vault_search *what;
	struct query *query;
	struct like *like; /* NULL: names are not compared */
	struct buf nums;   /* LE64 each, in the order to be shown */
	uint64_t total;
	bool by_number; /* whoever asks wants all, in no order of theirs */
};

static void
bind(struct sql *q, const struct query_sql *sql)
{
	for (size_t i = 0; i < sql->n_params; i++) {
		const struct query_param *p = &sql->params[i];

		if (p->is_text)
			sql_put_text(
			    q, (int)i + 1, query_param_text(sql, p), p->len);
		else
			sql_put_int(q, (int)i + 1, p->number);
	}
}

/* Run SELECT what FROM ...; the first column of each row goes to nums. */
static enum vault_err
select_nums(struct finding *f, const struct query_sql *sql, bool counting)
{
	struct buf text = { 0 };
	enum vault_err err;
	struct sql *q;
	bool row;

	buf_putf(&text, "SELECT %s FROM %s", counting ? "count(*)" : "item.num",
	    counting && sql->count != NULL ? sql->count : buf_text(&sql->from));
	if (f->by_number)
		buf_put_text(&text, " ORDER BY item.num");
	else if (!counting && f->what->ranked && sql->rank != NULL)
		buf_putf(&text, " ORDER BY %s", sql->rank);
	else if (!counting)
		/* What cannot be, last: a wrong clock is never the newest. */
		buf_putf(&text,
		    " ORDER BY item.time<=%" PRId64 " DESC,"
		    " item.time DESC, item.num DESC",
		    clock_latest());
	if (!counting && f->what->limit > 0)
		buf_putf(&text, " LIMIT %" PRIu64, f->what->limit);
	if ((err = buf_ok(&text)) != VAULT_OK) {
		buf_free(&text);
		return err;
	}
	q = sql_open_once(f->v->store, buf_text(&text));
	bind(q, sql);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		if (counting)
			f->total = (uint64_t)sql_int(q, 0);
		else
			buf_put_le64(&f->nums, (uint64_t)sql_int(q, 0));
	}
	sql_close(q);
	buf_free(&text);
	return err == VAULT_OK ? buf_ok(&f->nums) : err;
}

/* A query that is the whole id of a record finds that one. */
static enum vault_err
by_id(bool *is_id, struct finding *f)
{
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	*is_id = false;
	if (id_parse(id, f->what->query, f->what->query_len) != VAULT_OK)
		return VAULT_OK;
	if ((err = rows_find(&r, f->v->store, id)) != VAULT_OK || r.forgotten)
		return err == VAULT_ENORECORD ? VAULT_OK : err;
	*is_id = true;
	f->total = 1;
	buf_put_le64(&f->nums, (uint64_t)r.num);
	return buf_ok(&f->nums);
}

static enum vault_err
by_query(struct finding *f, bool count)
{
	struct query_sql sql;
	enum vault_err err;
	bool is_id;

	memset(&sql, 0, sizeof(sql));
	if ((err = by_id(&is_id, f)) != VAULT_OK || is_id)
		return err;
	if ((err = query_offices(f->query, f->v->store)) == VAULT_OK &&
	    (err = query_sql(&sql, f->query)) == VAULT_OK &&
	    (err = select_nums(f, &sql, false)) == VAULT_OK) {
		f->total = f->nums.len / 8;
		if (count && f->what->limit > 0 && f->total >= f->what->limit)
			err = select_nums(f, &sql, true);
	}
	query_sql_free(&sql);
	return err;
}

enum vault_err
finding_all(
    struct buf *nums, bool *cut, struct vault *v, const char *query, size_t len)
{
	const struct vault_search what = { .query = query, .query_len = len };
	struct finding f = { .v = v, .what = &what, .by_number = true };
	enum vault_err err;

	if ((err = query_parse(&f.query, query, len)) != VAULT_OK)
		return err;
	*cut = f.query->truncated;
	if ((err = by_query(&f, false)) == VAULT_OK)
		*nums = f.nums;
	else
		buf_free(&f.nums);
	query_free(f.query);
	return err;
}

/* ---- Names that are like another ---- */

struct likeness {
	int64_t num;
	unsigned score;
};

static int
compare_likeness(const void *a, const void *b)
{
	const struct likeness *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->num < y->num ? -1 : x->num > y->num;
}

/* By record; the best of one record first. */
static int
compare_records(const void *a, const void *b)
{
	const struct likeness *x = a, *y = b;

	return x->num == y->num ? compare_likeness(a, b)
				: (x->num < y->num ? -1 : 1);
}

/* Every label is compared; those that are not like it are passed over. */
static enum vault_err
score_labels(struct buf *out, struct store *s, const struct like *like)
{
	struct sql *q = sql_open(s, "SELECT num,key FROM value WHERE field=?1");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_LABEL);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		struct likeness one = { .num = sql_int(q, 0) };
		size_t len;
		const char *key = sql_text(q, 1, &len);

		if ((one.score = like_score(like, key, len)) > 0)
			buf_put(out, &one, sizeof(one));
	}
	sql_close(q);
	return err == VAULT_OK ? buf_ok(out) : err;
}

/* Of one record's labels the best counts; how many records there are. */
static size_t
best_of_each(struct likeness *list, size_t n)
{
	size_t kept = 0;

	qsort(list, n, sizeof(*list), compare_records);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || list[kept - 1].num != list[i].num)
			list[kept++] = list[i];
	qsort(list, kept, sizeof(*list), compare_likeness);
	return kept;
}

static enum vault_err
by_like(struct finding *f)
{
	struct buf scores = { 0 };
	enum vault_err err;
	size_t n;

	err = like_new(&f->like, f->what->like, strlen(f->what->like));
	if (err != VAULT_OK)
		return err == VAULT_EUSE ? VAULT_OK : err;
	err = score_labels(&scores, f->v->store, f->like);
	n = scores.len / sizeof(struct likeness);
	if (err == VAULT_OK && n > 0) {
		struct likeness *list = (struct likeness *)(void *)scores.bytes;

		f->total = n = best_of_each(list, n);
		for (size_t i = 0;
		     i < n && (f->what->limit == 0 || i < f->what->limit); i++)
			buf_put_le64(&f->nums, (uint64_t)list[i].num);
		err = buf_ok(&f->nums);
	}
	buf_free(&scores);
	return err;
}

/* ---- Rows ---- */

static enum vault_err
add_text(void *ctx, const char *path, const char *text, size_t len)
{
	static const char *const parts[] = { ".family", ".given" };
	struct buf *all = ctx;
	const char *dot = strrchr(path, '.');

	/* The name as a whole is shown already. */
	for (size_t i = 0; dot != NULL && i < 2; i++)
		if (strcmp(dot, parts[i]) == 0)
			return VAULT_OK;
	if (all->len > 0)
		buf_put_text(all, " \xc2\xb7 ");
	buf_put(all, text, len);
	return buf_ok(all);
}

static enum vault_err
head_words(void *ctx, const json_t *body)
{
	return body_words(body, false, add_text, ctx);
}

/* Of the labels of a record, the one that is most like what was typed. */
static enum vault_err
nearest_label(struct buf *out, const struct finding *f, int64_t num)
{
	struct sql *q = sql_open(
	    f->v->store, "SELECT key FROM value WHERE num=?1 AND field=?2");
	enum vault_err err;
	unsigned best = 0;
	bool row;

	sql_put_int(q, 1, num);
	sql_put_int(q, 2, QUERY_LABEL);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		size_t len;
		const char *key = sql_text(q, 0, &len);
		unsigned score = like_score(f->like, key, len);

		/* One with blanks stands in the text, joined ones do not. */
		if (score > 0 && memchr(key, ' ', len) != NULL)
			score += LIKE_SAME;
		if (score <= best)
			continue;
		best = score;
		buf_reset(out);
		buf_put(out, key, len);
	}
	sql_close(q);
	return err == VAULT_OK ? buf_ok(out) : err;
}

/* The words of the name that is near, to be marked. */
static enum vault_err
words_found(struct query **out, const struct finding *f, int64_t num)
{
	struct buf label = { 0 };
	enum vault_err err;

	if ((err = nearest_label(&label, f, num)) == VAULT_OK)
		err = query_parse(out, buf_text(&label), label.len);
	buf_free(&label);
	return err;
}

static enum vault_err
add_snippet(
    struct vault_row *row, const struct finding *f, const struct record_row *r)
{
	struct buf text = { 0 };
	struct snippet snippet = { .n_hits = 0 };
	struct query *near = NULL;
	enum vault_err err;

	if (f->like != NULL &&
	    (err = words_found(&near, f, r->num)) != VAULT_OK)
		return err;
	if ((err = heads_bodies(f->v->store, r, head_words, &text)) == VAULT_OK)
		err = snippet_make(&snippet, near != NULL ? near : f->query,
		    text.bytes, text.len, SNIPPET_COLUMNS);
	if (err == VAULT_OK) {
		buf_put(&row->snippet, snippet.text.bytes, snippet.text.len);
		row->n_hits = snippet.n_hits;
		for (size_t i = 0; i < snippet.n_hits; i++)
			row->hit[i] = (struct vault_hit){ snippet.hits[i].start,
				snippet.hits[i].end };
		err = buf_ok(&row->snippet);
	}
	snippet_free(&snippet);
	query_free(near);
	buf_free(&text);
	return err;
}

static void
row_free(struct vault_row *row)
{
	buf_free(&row->title);
	buf_free(&row->snippet);
}

static enum vault_err
load_row(struct vault_row *row, const struct finding *f, int64_t num)
{
	struct sql *q = sql_open(
	    f->v->store, "SELECT title,time,heads FROM item WHERE num=?1");
	struct record_row r;
	enum vault_err err;
	const char *title;
	size_t len;
	bool there;

	memset(row, 0, sizeof(*row));
	sql_put_int(q, 1, num);
	if ((err = sql_step(q, &there)) == VAULT_OK && !there)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK) {
		title = sql_text(q, 0, &len);
		row->time = sql_int(q, 1);
		row->heads = (unsigned)sql_int(q, 2);
		err = named_title(&row->title, f->v, title, len);
	}
	sql_close(q);
	if (err == VAULT_OK)
		err = rows_get(&r, f->v->store, num);
	if (err == VAULT_OK) {
		id_print(row->id, r.id);
		memcpy(row->type, r.type, sizeof(row->type));
		if (f->what->snippets && f->query != NULL)
			err = add_snippet(row, f, &r);
	}
	return err;
}

/* A few rows in one snapshot, then told without one. */
static enum vault_err
tell_batch(const struct finding *f, size_t first, bool *go_on,
    bool (*each)(void *ctx, const struct vault_row *row), void *ctx)
{
	struct vault_row *rows = mem_zalloc(BATCH * sizeof(*rows));
	size_t all = f->nums.len / 8, n = 0;
	enum vault_err err;

	if (rows == NULL)
		return VAULT_ENOMEM;
	if ((err = store_read(f->v->store)) == VAULT_OK) {
		for (size_t i = first;
		     err == VAULT_OK && i < all && i < first + BATCH; i++) {
			err = load_row(&rows[n], f,
			    (int64_t)get_le64(f->nums.bytes + 8 * i));
			/* It may have been forgotten since it was found. */
			if (err == VAULT_ENORECORD)
				row_free(&rows[n]);
			else
				n++;
			if (err == VAULT_ENORECORD)
				err = VAULT_OK;
		}
		store_read_end(f->v->store);
	}
	for (size_t i = 0; i < n; i++) {
		if (err == VAULT_OK && *go_on)
			*go_on = each(ctx, &rows[i]);
		row_free(&rows[i]);
	}
	mem_free(rows);
	return err;
}

enum vault_err
vault_find(struct vault *v, const struct vault_search *what,
    bool (*each)(void *ctx, const struct vault_row *row), void *ctx,
    uint64_t *total, bool *cut)
{
	struct finding f = { .v = v, .what = what };
	enum vault_err err;
	bool go_on = true;

	err = query_parse(&f.query, what->query, what->query_len);
	if (err != VAULT_OK)
		return err;
	if ((err = store_read(v->store)) == VAULT_OK) {
		err = what->like != NULL ? by_like(&f)
					 : by_query(&f, total != NULL);
		store_read_end(v->store);
	}
	for (size_t i = 0; err == VAULT_OK && go_on && i < f.nums.len / 8;
	     i += BATCH)
		err = tell_batch(&f, i, &go_on, each, ctx);
	if (total != NULL)
		*total = f.total;
	if (cut != NULL)
		*cut = f.query->truncated;
	query_free(f.query);
	like_free(f.like);
	buf_free(&f.nums);
	return vault_failed(v, err);
}

enum vault_err
vault_query_doubt(struct vault_query_doubt *out, const char *query, size_t len)
{
	static const enum vault_query_doubts what[] = {
		[QUERY_NO_DOUBT] = VAULT_QUERY_NO_DOUBT,
		[QUERY_NO_FIELD] = VAULT_QUERY_NO_FIELD,
		[QUERY_NO_VALUE] = VAULT_QUERY_NO_VALUE,
		[QUERY_NO_DATE] = VAULT_QUERY_NO_DATE,
		[QUERY_NO_CASE] = VAULT_QUERY_NO_CASE,
	};
	struct query_doubt d;
	struct query *q;
	enum vault_err err;

	*out = (struct vault_query_doubt){ 0 };
	if ((err = query_parse(&q, query, len)) != VAULT_OK)
		return err;
	err = query_doubt(&d, q);
	query_free(q);
	/* The buffers go over to the caller. */
	out->what = what[d.what];
	out->field = d.field;
	out->value = d.value;
	out->n_near = d.n_near;
	memcpy(out->near, d.near, sizeof(d.near));
	return err;
}

void
vault_query_doubt_free(struct vault_query_doubt *d)
{
	buf_free(&d->field);
	buf_free(&d->value);
}

const char *
vault_query_field(unsigned i)
{
	return query_field_name((enum query_field)(QUERY_TYPE + i));
}

enum vault_err
vault_reindex(struct vault *v,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = store_wide(v->store, true)) == VAULT_OK &&
	    (err = index_rebuild(v->store, progress, ctx)) == VAULT_OK &&
	    (err = store_wide(v->store, false)) == VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	return vault_failed(v, err);
}
