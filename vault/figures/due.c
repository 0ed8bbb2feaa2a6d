/* SPDX-License-Identifier: ISC */
/*
 * due - what wants to be looked at again: reviews, deadlines without an
 * answer, consents that end.
 *
 * The index finds them by day; what is told is what the record says now, so a
 * row of a version that others disagree with is passed over.
 */
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/secret.h"
#include "figures/due_consents.h"
#include "inside.h"
#include "record/body.h"
#include "record/due.h"
#include "record/heads.h"
#include "record/json.h"
#include "search/query.h"
#include "store/sql.h"
#include "store/store.h"

#define DAY 86400
#define KEY_LEN_MAX 32

struct due {
	char id[ID_TEXT_LEN + 1];
	char type[VERSION_TYPE_MAX + 1];
	enum due_kind kind;
	int32_t day;
	struct buf title, date, words;
	bool replaced; /* a consent whose place another one has taken */
};

static void
due_free(struct due *d)
{
	buf_free(&d->title);
	buf_free(&d->date);
	buf_free(&d->words);
}

/* ---- Reading ---- */

struct reading {
	struct vault *v;
	struct buf list;     /* struct due */
	struct buf consents; /* struct due_consent: those that end */
	size_t most;         /* rows that are looked at; 0: all */
	bool more;           /* than that */
};

/* Of which field the row is, if that is what the body says. */
static bool
is_said(struct due *d, const json_t *body, const char *key)
{
	for (int kind = 0; kind < DUE_KINDS; kind++) {
		char want[KEY_LEN_MAX];

		d->kind = (enum due_kind)kind;
		if (!due_day(&d->day, body, d->kind))
			continue;
		snprintf(want, sizeof(want), QUERY_DAY_FORM " %s",
		    (long long)(QUERY_DAY_ZERO + d->day), due_field(d->kind));
		if (strcmp(want, key) == 0)
			return true;
	}
	return false;
}

/* Whether another one has taken its place is asked when all are known. */
static void
note_consent(struct reading *to, const struct due *d, const json_t *body)
{
	const char *person = json_string_value(json_object_get(body, "person"));
	struct due_consent c = { .date = { INT32_MIN, INT32_MIN },
		.place = to->list.len / sizeof(*d) };

	if (d->kind != DUE_EXPIRES || person == NULL ||
	    !id_is_canonical(person, strlen(person)) ||
	    !date_object_days(&c.expires, json_object_get(body, "expires")))
		return;
	(void)date_object_days(&c.date, json_object_get(body, "date"));
	memcpy(c.id, d->id, sizeof(c.id));
	memcpy(c.person, person, sizeof(c.person));
	buf_put(&to->consents, &c, sizeof(c));
}

static enum vault_err
take_body(struct reading *to, const struct record_row *r, const json_t *body,
    const char *key)
{
	struct due d = { .day = 0 };
	const json_t *date;
	enum vault_err err;

	id_print(d.id, r->id);
	memcpy(d.type, r->type, sizeof(d.type));
	if (!is_said(&d, body, key))
		return VAULT_OK;
	note_consent(to, &d, body);
	date = json_object_get(body, due_field(d.kind));
	json_put_member(&d.date, date, "edtf");
	json_put_member(&d.words, date, "text");
	err = vault_title(&d.title, to->v, d.id);
	if (err == VAULT_OK &&
	    (d.date.failed || d.words.failed ||
		!buf_put(&to->list, &d, sizeof(d))))
		err = VAULT_ENOMEM;
	if (err != VAULT_OK)
		due_free(&d);
	return err;
}

static enum vault_err
take_row(struct reading *to, int64_t num, const char *key)
{
	struct record_row r;
	struct merged m;
	enum vault_err err;

	if ((err = rows_get(&r, to->v->store, num)) != VAULT_OK ||
	    (err = heads_merge(&m, to->v->store, &r)) != VAULT_OK)
		return err;
	if (m.body != NULL)
		err = take_body(to, &r, m.body, key);
	merged_free(&m);
	return err;
}

static int32_t
today(void)
{
	return (int32_t)(clock_now() / DAY);
}

/* Behind all keys of that day. */
static void
end_of_day(char out[static KEY_LEN_MAX], int64_t day)
{
	snprintf(out, KEY_LEN_MAX, QUERY_DAY_FORM "~",
	    (long long)(QUERY_DAY_ZERO + (day < INT32_MAX ? day : INT32_MAX)));
}

static enum vault_err
read_all(struct reading *to, unsigned within)
{
	struct sql *q = sql_open(to->v->store,
	    "SELECT key,num FROM value WHERE field=?1 AND key<?2"
	    " ORDER BY key,num");
	char end[KEY_LEN_MAX];
	enum vault_err err;
	size_t n = 0;
	bool row;

	end_of_day(end, (int64_t)today() + within);
	sql_put_int(q, 1, QUERY_DUE);
	sql_put_text(q, 2, end, strlen(end));
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		size_t len;
		const char *key = sql_text(q, 0, &len);

		if ((to->more = to->most > 0 && n++ == to->most))
			break;
		if ((err = sql_ok(q)) != VAULT_OK ||
		    (err = take_row(to, sql_int(q, 1), key)) != VAULT_OK)
			break;
	}
	sql_close(q);
	return err;
}

static enum vault_err
settle_consents(struct reading *to)
{
	struct due *list = (struct due *)(void *)to->list.bytes;
	struct due_consent *all = (struct due_consent *)(void *)
				      to->consents.bytes;
	size_t n = to->consents.len / sizeof(*all);
	enum vault_err err = buf_ok(&to->consents);

	if (err == VAULT_OK)
		err = due_consents(all, n, to->v->store);
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		list[all[i].place].replaced = all[i].replaced;
	return err;
}

/* ---- Telling ---- */

static void
tell(const struct due *d, void (*each)(void *ctx, const struct vault_due *d),
    void *ctx)
{
	struct vault_due out = { .title = buf_text(&d->title),
		.field = due_field(d->kind),
		.date = buf_text(&d->date),
		.words = buf_text(&d->words),
		.overdue = d->day < today() };

	memcpy(out.id, d->id, sizeof(d->id));
	memcpy(out.type, d->type, sizeof(d->type));
	date_day_text(out.day, d->day);
	each(ctx, &out);
}

/* Read them, and hand each to each unless that is NULL; how many. */
static enum vault_err
due(uint64_t *n, struct reading *to, unsigned within,
    void (*each)(void *ctx, const struct vault_due *d), void *ctx)
{
	struct due *list;
	enum vault_err err;

	*n = 0;
	if ((err = store_read(to->v->store)) != VAULT_OK)
		return vault_failed(to->v, err);
	if ((err = read_all(to, within)) == VAULT_OK)
		err = settle_consents(to);
	store_read_end(to->v->store);
	list = (struct due *)(void *)to->list.bytes;
	for (size_t i = 0; i < to->list.len / sizeof(*list); i++) {
		*n += !list[i].replaced;
		if (err == VAULT_OK && each != NULL && !list[i].replaced)
			tell(&list[i], each, ctx);
		due_free(&list[i]);
	}
	buf_free(&to->list);
	buf_free(&to->consents);
	return vault_failed(to->v, err);
}

enum vault_err
vault_due(struct vault *v, unsigned within,
    void (*each)(void *ctx, const struct vault_due *d), void *ctx)
{
	struct reading to = { .v = v };
	uint64_t n;

	return due(&n, &to, within, each, ctx);
}

enum vault_err
vault_due_count(uint64_t *n, bool *more, struct vault *v)
{
	struct reading to = { .v = v, .most = VAULT_DUE_COUNT_MAX };
	enum vault_err err = due(n, &to, 0, NULL, NULL);

	*more = to.more;
	return err;
}
