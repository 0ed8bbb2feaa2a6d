/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "figures/due_consents.h"
#include "core/buf.h"
#include "record/guard.h"
#include "record/heads.h"
#include "search/query.h"
#include "store/sql.h"

/* A consent of the person: from when on, and to when; no end is never. */
struct other {
	int64_t from, until;
};

struct person {
	struct store *s;
	const char *id;
	struct buf others;    /* struct other */
	struct buf withdrawn; /* ids: ID_TEXT_LEN + 1 each */
};

static const char *
text_of(const json_t *body, const char *field)
{
	const char *text = json_string_value(json_object_get(body, field));

	return text == NULL ? "" : text;
}

/* ---- Reading ---- */

static void
take(struct person *p, const char *id, const json_t *body)
{
	const char *withdraws = text_of(body, "withdraws");
	const json_t *end = json_object_get(body, "expires");
	struct date_days date, expires;
	struct other one = { .until = INT64_MAX };

	if (strcmp(text_of(body, "person"), p->id) != 0)
		return;
	if (strlen(withdraws) == ID_TEXT_LEN && strcmp(withdraws, id) != 0)
		buf_put(&p->withdrawn, withdraws, ID_TEXT_LEN + 1);
	if (!date_object_days(&date, json_object_get(body, "date")))
		return;
	one.from = date.lo;
	if (end != NULL)
		one.until = date_object_days(&expires, end) ? expires.lo
							    : INT64_MIN;
	buf_put(&p->others, &one, sizeof(one));
}

static enum vault_err
look_at(struct person *p, int64_t num)
{
	char id[ID_TEXT_LEN + 1];
	struct record_row r;
	struct guard g;
	struct merged m;
	enum vault_err err;

	if ((err = rows_get(&r, p->s, num)) != VAULT_OK ||
	    strcmp(r.type, "consent") != 0)
		return err;
	err = guard_read(&g, p->s, &r, NULL);
#ifdef PLANT_FOREIGN_RENEWAL
	g.ours = true;
#endif
	if (err == VAULT_OK && g.ours &&
	    (err = heads_trust(&m, p->s, &r)) == VAULT_OK) {
		id_print(id, r.id);
		take(p, id, m.body);
		merged_free(&m);
	}
	guard_free(&g);
	return err;
}

static int
compare_others(const void *a, const void *b)
{
	const struct other *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* By the day from which on they hold, each with the latest end from there. */
static enum vault_err
read_person(struct person *p)
{
	struct sql *q = sql_open(
	    p->s, "SELECT num FROM value WHERE field=?1 AND key=?2");
	struct other *list;
	enum vault_err err;
	bool row;
	size_t n;

	sql_put_int(q, 1, QUERY_LINK);
	sql_put_text(q, 2, p->id, strlen(p->id));
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = look_at(p, sql_int(q, 0))) != VAULT_OK)
			break;
	sql_close(q);
	if (err != VAULT_OK || (err = buf_ok(&p->others)) != VAULT_OK ||
	    (err = buf_ok(&p->withdrawn)) != VAULT_OK)
		return err;
	list = (struct other *)(void *)p->others.bytes;
	n = p->others.len / sizeof(*list);
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_others);
	for (size_t i = n; i-- > 1;)
		if (list[i - 1].until < list[i].until)
			list[i - 1].until = list[i].until;
	if (p->withdrawn.len > 0)
		qsort(p->withdrawn.bytes, p->withdrawn.len / (ID_TEXT_LEN + 1),
		    ID_TEXT_LEN + 1, compare_texts);
	return VAULT_OK;
}

/* ---- Judging ---- */

/* Withdrawn; or there is one that is no earlier, and goes on longer. */
static bool
is_replaced(const struct person *p, const struct due_consent *c)
{
	const struct other *list = (const struct other *)(const void *)
				       p->others.bytes;
	size_t low = 0, n = p->others.len / sizeof(*list), high = n;

	if (p->withdrawn.len > 0 &&
	    bsearch(c->id, p->withdrawn.bytes,
		p->withdrawn.len / (ID_TEXT_LEN + 1), ID_TEXT_LEN + 1,
		compare_texts) != NULL)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list[middle].from < c->date.hi)
			low = middle + 1;
		else
			high = middle;
	}
	/* It does not go on longer than itself. */
	return low < n && list[low].until > c->expires.lo;
}

static int
compare_persons(const void *a, const void *b)
{
	const struct due_consent *x = a, *y = b;

	return strcmp(x->person, y->person);
}

enum vault_err
due_consents(struct due_consent *list, size_t n, struct store *s)
{
	enum vault_err err = VAULT_OK;
	size_t end;

	if (n > 1)
		qsort(list, n, sizeof(*list), compare_persons);
	for (size_t i = 0; err == VAULT_OK && i < n; i = end) {
		struct person p = { .s = s, .id = list[i].person };

		err = read_person(&p);
		for (end = i; end < n && strcmp(list[end].person, p.id) == 0;
		     end++)
			list[end].replaced = err == VAULT_OK &&
			    is_replaced(&p, &list[end]);
		buf_free(&p.others);
		buf_free(&p.withdrawn);
	}
	return err;
}
