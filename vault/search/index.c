/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "core/base64.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/text.h"
#include "record/body.h"
#include "record/due.h"
#include "record/guard.h"
#include "record/heads.h"
#include "record/id.h"
#include "record/status.h"
#include "record/json.h"
#include "record/name.h"
#include "record/table_row.h"
#include "search/index.h"
#include "search/query.h"
#include "search/words.h"
#include "store/sql.h"

/* What the index says of one record. */
struct index_entry {
	struct buf body, names, title_words; /* the columns of find */
	struct buf title;                    /* the line in lists */
	struct buf values; /* field, key, NUL, ... as put_key writes them */
	int64_t time;      /* of the newest head */
	size_t heads;
	uint8_t office[IDENTITY_PUBLIC_LEN]; /* who wrote the last of them */
};

static void
entry_free(struct index_entry *e)
{
	buf_free(&e->body);
	buf_free(&e->names);
	buf_free(&e->title_words);
	buf_free(&e->title);
	buf_free(&e->values);
}

/* ---- Gathering ---- */

static enum vault_err
add_word(void *ctx, const char *path, const char *text, size_t len)
{
	struct index_entry *e = ctx;
	struct buf *to = &e->body;

	if (strncmp(path, "names", 5) == 0 || strcmp(path, "pseudonym") == 0)
		to = &e->names;
	else if (strcmp(path, "title") == 0)
		to = &e->title_words;
	buf_put(to, text, len);
	buf_put_byte(to, WORDS_END); /* so that no phrase crosses two fields */
	return buf_ok(to);
}

/* A value whose key is text. */
static enum vault_err
put_key(struct index_entry *e, uint8_t field, const char *text)
{
	buf_put_byte(&e->values, field);
	buf_put_text(&e->values, text);
	buf_put_byte(&e->values, 0);
	return buf_ok(&e->values);
}

static enum vault_err
put_hex(struct index_entry *e, uint8_t field, const uint8_t *bytes, size_t len)
{
	buf_put_byte(&e->values, field);
	hex_encode(&e->values, bytes, len);
	buf_put_byte(&e->values, 0);
	return buf_ok(&e->values);
}

static enum vault_err
put_value(struct index_entry *e, uint8_t field, const char *text, size_t len)
{
	size_t before = e->values.len;
	enum vault_err err;

	buf_put_byte(&e->values, field);
	if ((err = text_key(&e->values, text, len)) != VAULT_OK &&
	    err != VAULT_EUSE)
		return err;
	/* What is no text, or has no letter, has no key that could be found. */
	if (e->values.len == before + 1)
		buf_truncate(&e->values, before);
	else
		buf_put_byte(&e->values, 0);
	return buf_ok(&e->values);
}

static enum vault_err
put_days(struct index_entry *e, uint8_t field, const struct date_days *days)
{
	char key[32];

	snprintf(key, sizeof(key), QUERY_DAY_FORM QUERY_DAY_FORM,
	    (long long)(QUERY_DAY_ZERO + days->lo),
	    (long long)(QUERY_DAY_ZERO + days->hi));
	return put_key(e, field, key);
}

static enum vault_err
add_value(void *ctx, const struct body_value *value)
{
	struct index_entry *e = ctx;

	if (value->text == NULL)
		return put_days(e,
		    strcmp(value->query, query_field_name(QUERY_DURATION)) == 0
			? QUERY_DURATION
			: QUERY_DAY,
		    &value->days);
	/* What a record may be called by, besides a name: its title. */
	if (strcmp(value->query, query_field_name(QUERY_TITLE)) == 0)
		return put_value(e, QUERY_LABEL, value->text, value->len);
	/* Names are columns of find. */
	for (enum query_field f = QUERY_TYPE; f <= QUERY_OFFICE; f++)
		if (f != QUERY_NAME &&
		    strcmp(query_field_name(f), value->query) == 0)
			return put_value(
			    e, (uint8_t)f, value->text, value->len);
	return VAULT_OK;
}

/* Where links come from is asked of the other end: a person's statuses. */
static enum vault_err
add_link(void *ctx, const char *path, const char *text, size_t len)
{
	(void)path;
	return id_is_canonical(text, len) ? put_key(ctx, QUERY_LINK, text)
					  : VAULT_OK;
}

/*
 * Two to four words of a name written together, from each word on; of the
 * name as it is written all of them are a form already.
 */
static enum vault_err
put_runs(struct index_entry *e, const char *key, bool all)
{
	enum vault_err err = VAULT_OK;

	for (const char *at = key; at != NULL; at = strchr(at, ' ')) {
		const char *end;

		at += *at == ' ';
		end = strchr(at, ' ');
		for (int n = 1; end != NULL && n < QUERY_RUN_MAX; n++) {
			end = strchr(end + 1, ' ');
			if (at == key && end == NULL && !all)
				break;
			err = text_key_joined(&e->names, at,
			    end == NULL ? strlen(at) : (size_t)(end - at));
			if (err != VAULT_OK)
				return err;
			buf_put_byte(&e->names, WORDS_END);
		}
	}
	return err;
}

/*
 * The names of a person, and what is written together of them: "tengbiao"
 * finds Teng Biao, "guanghong" Jin Guang Hong.
 */
static enum vault_err
add_names(struct index_entry *e, const json_t *body)
{
	struct name_list names = { 0 };
	enum vault_err err;

	err = name_add_body(&names, body);
	for (size_t i = 0; err == VAULT_OK && i < names.n; i++) {
		const struct name_form *form = &names.forms[i];

		/* Another order is asked for without blanks, if at all. */
		if (form->source == NAME_TURNED &&
		    strchr(form->key, ' ') != NULL)
			continue;
		if ((err = put_key(e, QUERY_LABEL, form->key)) != VAULT_OK)
			break;
		if (form->source == NAME_AS_WRITTEN ||
		    form->source == NAME_PSEUDONYM) {
			err = put_runs(
			    e, form->key, form->source == NAME_PSEUDONYM);
		} else if (strchr(form->key, ' ') == NULL) {
			buf_put_text(&e->names, form->key);
			buf_put_byte(&e->names, WORDS_END);
		}
	}
	name_list_free(&names);
	return err == VAULT_OK ? buf_ok(&e->names) : err;
}

/* By which an import knows the row of a list again. */
static enum vault_err
add_row_key(struct index_entry *e, const json_t *body)
{
	uint8_t key[HASH_LEN];
	enum vault_err err;
	bool has;

	if ((err = table_key(&has, key, body)) != VAULT_OK || !has)
		return err;
	return put_hex(e, QUERY_ROW_KEY, key, sizeof(key));
}

/* What counting asks for: no body has to be opened for it. */
static enum vault_err
add_situation(struct index_entry *e, const struct head *h)
{
	const char *kind = json_string_value(json_object_get(h->body, "kind"));
	enum vault_err err = VAULT_OK;
	char key[STATUS_KEY_LEN];
	struct status s;

	if (strcmp(h->version.type, "person") == 0 && kind != NULL &&
	    strcmp(kind, "individual") != 0)
		return put_value(e, QUERY_KIND, kind, strlen(kind));
	if (strcmp(h->version.type, "status") != 0)
		return VAULT_OK;
	if (status_read(&s, h->body) == VAULT_OK) {
		id_print(s.id, h->version.record);
		if (status_key(key, &s))
			err = put_key(e, QUERY_CHANGE, key);
	}
	bytes_wipe(&s, sizeof(s));
	bytes_wipe(key, sizeof(key));
	return err;
}

/* What wants to be looked at again is found by its day. */
static enum vault_err
add_due(struct index_entry *e, const json_t *body)
{
	enum vault_err err = VAULT_OK;
	int32_t day;

	for (int kind = 0; err == VAULT_OK && kind < DUE_KINDS; kind++) {
		char key[32];

		if (!due_day(&day, body, (enum due_kind)kind))
			continue;
		snprintf(key, sizeof(key), QUERY_DAY_FORM " %s",
		    (long long)(QUERY_DAY_ZERO + day),
		    due_field((enum due_kind)kind));
		err = put_key(e, QUERY_DUE, key);
	}
	return err;
}

static enum vault_err
add_papers(struct index_entry *e, const json_t *papers)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < json_array_size(papers);
	     i++) {
		const json_t *number = json_object_get(
		    json_array_get(papers, i), "number");
		struct buf key = { 0 };

		if (!json_is_string(number))
			continue;
		err = text_key(&key, json_string_value(number),
		    json_string_length(number));
		if (err == VAULT_OK && key.len > 0) {
			buf_put_byte(&e->values, QUERY_PAPER);
			err = text_key_joined(
			    &e->values, buf_text(&key), key.len);
			buf_put_byte(&e->values, 0);
		}
		buf_free(&key);
		if (err == VAULT_EUSE)
			err = VAULT_OK; /* no text has no key */
	}
	return err;
}

/* Of whom somebody says that it is the same person, or not. */
static enum vault_err
add_same(struct index_entry *e, const json_t *body)
{
	static const char *const fields[] = { "same_as", "not_same" };
	enum vault_err err = VAULT_OK;

	for (size_t k = 0; k < 2; k++) {
		const json_t *ids = json_object_get(body, fields[k]);

		for (size_t i = 0; err == VAULT_OK && i < json_array_size(ids);
		     i++) {
			const char *id = json_string_value(
			    json_array_get(ids, i));

			if (id != NULL && id_is_canonical(id, strlen(id)))
				err = put_key(e, QUERY_SAME, id);
		}
	}
	return err;
}

static enum vault_err
add_own_same(void *ctx, const struct head *h)
{
	return add_same(ctx, h->body);
}

/* By what two records of one person may be told to be that. */
static enum vault_err
add_identity(struct index_entry *e, const json_t *body)
{
	struct date_days born;
	enum vault_err err;
	char key[16];

	if ((err = add_same(e, body)) == VAULT_OK)
		err = add_papers(e, json_object_get(body, "id_papers"));
	if (err == VAULT_OK &&
	    date_object_days(&born, json_object_get(body, "born")) &&
	    born.lo == born.hi) {
		snprintf(key, sizeof(key), QUERY_DAY_FORM,
		    (long long)(QUERY_DAY_ZERO + born.lo));
		err = put_key(e, QUERY_BORN, key);
	}
	return err;
}

static enum vault_err
add_head(void *ctx, const struct head *h)
{
	struct index_entry *e = ctx;
	enum vault_err err;

	e->heads++;
	memcpy(e->office, h->version.office, sizeof(e->office));
	if (h->version.time > e->time)
		e->time = h->version.time;
	/* Who wrote it, by its key: names change. */
	err = put_hex(e, QUERY_OFFICE, h->version.office, QUERY_OFFICE_LEN / 2);
	if (err != VAULT_OK || h->body == NULL)
		return err; /* withheld: nothing else to find */
	if ((err = body_words(h->body, false, add_word, e)) != VAULT_OK ||
	    (err = body_values(h->body, add_value, e)) != VAULT_OK ||
	    (err = body_links(h->body, add_link, e)) != VAULT_OK ||
	    (err = add_situation(e, h)) != VAULT_OK ||
	    (err = add_due(e, h->body)) != VAULT_OK ||
	    (strcmp(h->version.type, "person") == 0 &&
		(err = add_identity(e, h->body)) != VAULT_OK) ||
	    (err = add_names(e, h->body)) != VAULT_OK ||
	    (err = add_row_key(e, h->body)) != VAULT_OK)
		return err;
	if (e->title.len == 0)
		err = record_title_stored(&e->title, h->body);
	return err;
}

/* What we said is in the one head, if that is ours. */
enum vault_err
index_entry_own(
    struct index_entry *e, struct store *s, const struct record_row *r)
{
	enum vault_err err;
	bool ours;

	if (strcmp(r->type, "person") != 0)
		return VAULT_OK;
	if ((err = whose_is_ours(&ours, s, e->office)) != VAULT_OK ||
	    (ours && e->heads == 1))
		return err;
#ifdef PLANT_SAME_UNHEARD
	return VAULT_OK;
#endif
	return guard_each(s, r, add_own_same, e);
}

/* Deterministic: the same heads always give the same entry. */
static enum vault_err
entry_of(struct index_entry *e, struct store *s, const struct record_row *r)
{
	enum vault_err err;

	memset(e, 0, sizeof(*e));
	if ((err = heads_each(s, r, add_head, e)) == VAULT_OK)
		err = index_entry_own(e, s, r);
	if (err != VAULT_OK)
		entry_free(e);
	return err;
}

/* ---- Writing ---- */

static void
put_buf(struct sql *q, int at, const struct buf *b)
{
	sql_put_text(q, at, buf_text(b), b->len);
}

static enum vault_err
put_words(
    struct store *s, int64_t num, const struct index_entry *e, const char *sql)
{
	struct sql *q = sql_open(s, sql);

	sql_put_int(q, 1, num);
	put_buf(q, 2, &e->body);
	put_buf(q, 3, &e->names);
	put_buf(q, 4, &e->title_words);
	return sql_finish(q);
}

static enum vault_err
put_item(
    struct store *s, const struct record_row *r, const struct index_entry *e)
{
	struct sql *q = sql_open(s, "INSERT INTO item VALUES(?1,?2,?3,?4,?5)");

	sql_put_int(q, 1, r->num);
	sql_put_text(q, 2, r->type, strlen(r->type));
	put_buf(q, 3, &e->title);
	sql_put_int(q, 4, e->time);
	sql_put_int(q, 5, (int64_t)e->heads);
	return sql_finish(q);
}

static enum vault_err
put_values(struct store *s, int64_t num, const struct index_entry *e)
{
	const char *at = buf_text(&e->values), *end = at + e->values.len;
	enum vault_err err = VAULT_OK;

	while (err == VAULT_OK && at < end) {
		struct sql *q = sql_open(
		    s, "INSERT OR IGNORE INTO value VALUES(?1,?2,?3)");

		sql_put_int(q, 1, (uint8_t)at[0]);
		sql_put_text(q, 2, at + 1, strlen(at + 1));
		sql_put_int(q, 3, num);
		err = sql_finish(q);
		at += strlen(at + 1) + 2;
	}
	return err;
}

static enum vault_err
is_indexed(bool *out, struct store *s, int64_t num)
{
	struct sql *q = sql_open(s, "SELECT 1 FROM item WHERE num=?1");
	enum vault_err err;

	sql_put_int(q, 1, num);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

static enum vault_err
delete_rows(struct store *s, int64_t num)
{
	static const char *const deletes[] = {
		"DELETE FROM item WHERE num=?1",
#ifdef PLANT_STALE_VALUES
		"DELETE FROM value WHERE num=?1 AND field<>10",
#else
		"DELETE FROM value WHERE num=?1",
#endif
	};
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < 2; i++) {
		struct sql *q = sql_open(s, deletes[i]);

		sql_put_int(q, 1, num);
		err = sql_finish(q);
	}
	return err;
}

enum vault_err
index_remove(struct store *s, const struct record_row *r)
{
	enum vault_err err;
	struct index_entry e;
	bool there;

	if ((err = is_indexed(&there, s, r->num)) != VAULT_OK || !there)
		return err;
	if ((err = entry_of(&e, s, r)) != VAULT_OK)
		return err;
	err = put_words(s, r->num, &e,
	    "INSERT INTO find(find,rowid,body,names,title)"
	    " VALUES('delete',?1,?2,?3,?4)");
	if (err == VAULT_OK)
		err = delete_rows(s, r->num);
	entry_free(&e);
	return err;
}

enum vault_err
index_put_entry(
    struct store *s, const struct record_row *r, const struct index_entry *e)
{
	enum vault_err err;

	if ((err = put_item(s, r, e)) == VAULT_OK &&
	    (err = put_words(s, r->num, e,
		 "INSERT INTO find(rowid,body,names,title)"
		 " VALUES(?1,?2,?3,?4)")) == VAULT_OK)
		err = put_values(s, r->num, e);
	return err;
}

enum vault_err
index_put(struct store *s, const struct record_row *r)
{
	enum vault_err err;
	struct index_entry e;

	if (r->forgotten)
		return VAULT_OK;
	if ((err = entry_of(&e, s, r)) != VAULT_OK)
		return err;
	err = index_put_entry(s, r, &e);
	entry_free(&e);
	return err;
}

enum vault_err
index_entry_new(struct index_entry **out)
{
	*out = mem_zalloc(sizeof(**out));
	return *out == NULL ? VAULT_ENOMEM : VAULT_OK;
}

enum vault_err
index_entry_add(struct index_entry *e, const struct head *head)
{
	return add_head(e, head);
}

void
index_entry_free(struct index_entry *e)
{
	if (e == NULL)
		return;
	entry_free(e);
	mem_free(e);
}

enum vault_err
index_find_row(int64_t *num, struct store *s,
    const uint8_t key[static HASH_LEN], int64_t after)
{
	struct sql *q = sql_open(s,
	    "SELECT min(num) FROM value WHERE field=?1 AND key=?2 AND num>?3");
	struct buf hex = { 0 };
	enum vault_err err;
	bool row;

	hex_encode(&hex, key, HASH_LEN);
	sql_put_int(q, 1, QUERY_ROW_KEY);
	sql_put_text(q, 2, buf_text(&hex), hex.len);
	sql_put_int(q, 3, after);
	if ((err = buf_ok(&hex)) == VAULT_OK &&
	    (err = sql_step(q, &row)) == VAULT_OK) {
		if (!row || sql_is_null(q, 0))
			err = VAULT_ENORECORD;
		else
			*num = sql_int(q, 0);
	}
	sql_close(q);
	buf_free(&hex);
	return err;
}

/*
 * Eight segments of one size become one of eight times that (usermerge): an
 * entry is written again some five times until there are 100,000.  Steps that
 * are small cost more than they do, since each also writes to all that it
 * merges.
 */
#define TIDY_EVERY 16
#define TIDY_PAGES 8 /* for each record */

enum vault_err
index_tidy(struct store *s, size_t n)
{
	struct sql *q;
	enum vault_err err;
	int64_t last;

	if (n == 1) {
		err = sql_number(
		    &last, s, "SELECT ifnull(max(seq),0) FROM log");
		if (err != VAULT_OK || last % TIDY_EVERY != 0)
			return err;
		n = TIDY_EVERY;
	}
	q = sql_open(s, "INSERT INTO find(find,rank) VALUES('merge',?1)");
	sql_put_int(q, 1, n > 1000000 ? 8000000 : (int64_t)n * TIDY_PAGES);
	return sql_finish(q);
}

/* ---- By which Unicode ---- */

enum vault_err
index_mark(struct store *s)
{
	struct sql *q = sql_open(s, "INSERT INTO value VALUES(?1,?2,0)");
	const char *unicode = text_unicode();

	sql_put_int(q, 1, QUERY_UNICODE);
	sql_put_text(q, 2, unicode, strlen(unicode));
	return sql_finish(q);
}

enum vault_err
index_is_old(bool *is, struct store *s)
{
	struct sql *q = sql_open(
	    s, "SELECT 1 FROM value WHERE field=?1 AND key=?2 AND num=0");
	const char *unicode = text_unicode();
	enum vault_err err;
	bool same;

	sql_put_int(q, 1, QUERY_UNICODE);
	sql_put_text(q, 2, unicode, strlen(unicode));
	err = sql_step(q, &same);
	*is = err == VAULT_OK && !same;
	sql_close(q);
	return err;
}

/* ---- Making it again ---- */

static enum vault_err
drop_all(struct store *s)
{
	static const char *const deletes[] = {
		"INSERT INTO find(find) VALUES('delete-all')",
		"DELETE FROM item",
		"DELETE FROM value",
	};
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < 3; i++)
		err = sql_run(s, deletes[i]);
	return err;
}

enum vault_err
index_rebuild(struct store *s,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
	struct record_row r;
	enum vault_err err;
	size_t n = 0;
	int64_t last;

	if ((err = drop_all(s)) != VAULT_OK ||
	    (err = index_mark(s)) != VAULT_OK ||
	    (err = sql_number(&last, s,
		 "SELECT ifnull(max(num),0) FROM record")) != VAULT_OK)
		return err;
	for (int64_t num = 1; num <= last; num++) {
		err = rows_get(&r, s, num);
		if (err == VAULT_ENORECORD)
			continue;
		if (err != VAULT_OK || (err = index_put(s, &r)) != VAULT_OK)
			return err;
		if (progress != NULL &&
		    !progress(ctx, (uint64_t)num, (uint64_t)last))
			return VAULT_ECANCELED;
		n++;
	}
	return n == 0 ? VAULT_OK : index_tidy(s, n);
}

/* ---- Comparing ---- */

/* The rows that there are, in the form that an entry has them. */
static enum vault_err
read_rows(struct index_entry *e, struct store *s, const struct record_row *r)
{
	struct sql *q = sql_open(
	    s, "SELECT title,time,heads FROM item WHERE num=?1 AND type=?2");
	enum vault_err err;
	const char *text;
	size_t len;
	bool row;

	memset(e, 0, sizeof(*e));
	sql_put_int(q, 1, r->num);
	sql_put_text(q, 2, r->type, strlen(r->type));
	if ((err = sql_step(q, &row)) == VAULT_OK && row) {
		text = sql_text(q, 0, &len);
		buf_put(&e->title, text, len);
		e->time = sql_int(q, 1);
		e->heads = (size_t)sql_int(q, 2);
		err = sql_ok(q);
	}
	sql_close(q);
	q = sql_open(
	    s, "SELECT field,key FROM value WHERE num=?1 ORDER BY field,key");
	sql_put_int(q, 1, r->num);
	while (
	    err == VAULT_OK && (err = sql_step(q, &row)) == VAULT_OK && row) {
		buf_put_byte(&e->values, (uint8_t)sql_int(q, 0));
		text = sql_text(q, 1, &len);
		buf_put(&e->values, text, len + 1);
		err = sql_ok(q);
	}
	sql_close(q);
	/* A row that could not be read is no wrong row. */
	if (err == VAULT_OK && (err = buf_ok(&e->title)) == VAULT_OK)
		err = buf_ok(&e->values);
	return err;
}

/* Every value of a is among those of b; both are field, key, NUL, ... */
static bool
are_among(const struct buf *a, const struct buf *b)
{
	const char *at = buf_text(a), *end = at + a->len;

	while (at < end) {
		size_t len = strlen(at + 1) + 2;
		const char *in = buf_text(b), *in_end = in + b->len;
		bool found = false;

		while (!found && in < in_end) {
			size_t in_len = strlen(in + 1) + 2;

			found = in_len == len && memcmp(in, at, len) == 0;
			in += in_len;
		}
		if (!found)
			return false;
		at += len;
	}
	return true;
}

static bool
bufs_equal(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	    memcmp(buf_text(a), buf_text(b), a->len) == 0;
}

enum vault_err
index_has(bool *same, struct store *s, const struct record_row *r,
    const struct index_entry *want)
{
	struct index_entry have;
	enum vault_err err;

	*same = false;
	if ((err = read_rows(&have, s, r)) == VAULT_OK)
		*same = want->time == have.time && want->heads == have.heads &&
		    bufs_equal(&want->title, &have.title) &&
		    are_among(&want->values, &have.values) &&
		    are_among(&have.values, &want->values);
	entry_free(&have);
	return err;
}

enum vault_err
index_agrees(bool *same, struct store *s, const struct record_row *r)
{
	struct index_entry want;
	enum vault_err err;

	*same = false;
	if ((err = entry_of(&want, s, r)) != VAULT_OK)
		return err;
	err = index_has(same, s, r, &want);
	entry_free(&want);
	return err;
}
