/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "record/guard.h"
#include "record/heads.h"
#include "search/query.h"
#include "search/same.h"
#include "store/sql.h"

/* One record of somebody who has several. */
struct member {
	same_id id, group; /* group: any id of it, the same for all */
	int64_t num;       /* INT64_MAX: not here */
};

struct same {
	struct buf pairs;   /* struct same_pair, sorted */
	struct buf members; /* struct member, sorted by group, num, id */
	struct buf ids;     /* same_id, of each member, in that order */
	struct buf by_id;   /* size_t, the members in the order of ids */
};

static struct same_pair *
pairs_of(const struct same *same, size_t *n)
{
	*n = same->pairs.len / sizeof(struct same_pair);
	return (struct same_pair *)(void *)same->pairs.bytes;
}

static struct member *
members_of(const struct same *same, size_t *n)
{
	*n = same->members.len / sizeof(struct member);
	return (struct member *)(void *)same->members.bytes;
}

/* ---- What is said ---- */

static enum vault_err
add_pair(struct same *same, const char *x, const char *y, enum same_said said)
{
	struct same_pair pair = { .said = said };
	bool turned = strcmp(x, y) > 0;

	if (strcmp(x, y) == 0)
		return VAULT_OK;
	memcpy(pair.a, turned ? y : x, sizeof(pair.a));
	memcpy(pair.b, turned ? x : y, sizeof(pair.b));
	return buf_put(&same->pairs, &pair, sizeof(pair)) ? VAULT_OK
							  : VAULT_ENOMEM;
}

struct reading {
	struct same *same;
	same_id id; /* of the record */
	bool claims;
};

static enum vault_err
add_links(const struct reading *r, const json_t *links, enum same_said said)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < json_array_size(links); i++) {
		const char *id = json_string_value(json_array_get(links, i));

		if (id != NULL && id_is_canonical(id, strlen(id)))
			err = add_pair(r->same, r->id, id, said);
	}
	return err;
}

static enum vault_err
read_head(void *ctx, const struct head *h)
{
	const struct reading *r = ctx;
#ifdef PLANT_SAME_HEARD
	enum same_said heard = SAME_IS;
#else
	enum same_said heard = r->claims ? SAME_CLAIMED : SAME_IS;
#endif
	enum vault_err err = add_links(
	    r, json_object_get(h->body, "same_as"), heard);

	if (err == VAULT_OK && !r->claims)
		err = add_links(
		    r, json_object_get(h->body, "not_same"), SAME_IS_NOT);
	return err;
}

static enum vault_err
read_record(struct same *same, struct store *s, int64_t num)
{
	struct reading r = { .same = same };
	struct record_row row;
	enum vault_err err;

	if ((err = rows_get(&row, s, num)) != VAULT_OK || row.forgotten ||
	    strcmp(row.type, "person") != 0)
		return err;
	id_print(r.id, row.id);
	if ((err = guard_each(s, &row, read_head, &r)) != VAULT_OK)
		return err;
	r.claims = true;
	return heads_each(s, &row, read_head, &r);
}

static enum vault_err
read_all(struct same *same, struct store *s)
{
	struct sql *q = sql_open(
	    s, "SELECT DISTINCT num FROM value WHERE field=?1 ORDER BY num");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_SAME);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = read_record(same, s, sql_int(q, 0))) != VAULT_OK)
			break;
	sql_close(q);
	return err;
}

/* Those who say something of id. */
static enum vault_err
read_naming(struct same *same, struct store *s, const char *id)
{
	struct sql *q = sql_open(
	    s, "SELECT num FROM value WHERE field=?1 AND key=?2 ORDER BY num");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_SAME);
	sql_put_text(q, 2, id, ID_TEXT_LEN);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = read_record(same, s, sql_int(q, 0))) != VAULT_OK)
			break;
	sql_close(q);
	return err;
}

/* What is said of id, by its record or by another. */
static enum vault_err
read_one(struct same *same, struct store *s, const char *id)
{
	uint8_t bytes[ID_LEN];
	struct record_row row;
	enum vault_err err;

	if (strlen(id) != ID_TEXT_LEN ||
	    id_parse(bytes, id, ID_TEXT_LEN) != VAULT_OK)
		return VAULT_OK;
	err = rows_find(&row, s, bytes);
	if (err == VAULT_OK)
		err = read_record(same, s, row.num);
	if (err != VAULT_OK && err != VAULT_ENORECORD)
		return err;
	return read_naming(same, s, id);
}

static enum vault_err
put_once(struct buf *ids, const char *id)
{
	for (size_t at = 0; at < ids->len; at += sizeof(same_id))
		if (strcmp((const char *)ids->bytes + at, id) == 0)
			return VAULT_OK;
	return buf_put(ids, id, sizeof(same_id)) ? VAULT_OK : VAULT_ENOMEM;
}

/* What is said of id, and of whoever is the same, from one to the next. */
static enum vault_err
read_around(struct same *same, struct store *s, const char *id)
{
	struct buf ids = { 0 };
	enum vault_err err = VAULT_OK;

	if (strlen(id) == ID_TEXT_LEN)
		err = put_once(&ids, id);
	for (size_t at = 0; err == VAULT_OK && at < ids.len;
	     at += sizeof(same_id)) {
		size_t n, before;
		const struct same_pair *pairs;

		(void)pairs_of(same, &before);
		err = read_one(same, s, (const char *)ids.bytes + at);
		pairs = pairs_of(same, &n);
		for (size_t i = before; err == VAULT_OK && i < n; i++)
			if (pairs[i].said == SAME_IS &&
			    (err = put_once(&ids, pairs[i].a)) == VAULT_OK)
				err = put_once(&ids, pairs[i].b);
	}
	buf_free(&ids);
	return err;
}

static int
compare_ids(const struct same_pair *x, const struct same_pair *y)
{
	int order = strcmp(x->a, y->a);

	return order != 0 ? order : strcmp(x->b, y->b);
}

/* Of one pair that it is not comes first, then that it is, then claims. */
static int
compare_pairs(const void *a, const void *b)
{
	static const int rank[] = {
		[SAME_IS_NOT] = 0, [SAME_IS] = 1, [SAME_CLAIMED] = 2
	};
	const struct same_pair *x = a, *y = b;
	int order = compare_ids(x, y);

	return order != 0 ? order : rank[x->said] - rank[y->said];
}

static void
settle_pairs(struct same *same)
{
	size_t n, kept = 0;
	struct same_pair *list = pairs_of(same, &n);

	if (n == 0)
		return;
	qsort(list, n, sizeof(*list), compare_pairs);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || compare_ids(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	buf_truncate(&same->pairs, kept * sizeof(*list));
}

/* ---- Who belongs together ---- */

static int
compare_member_ids(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static int
compare_groups(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = strcmp(x->group, y->group);

	if (order != 0)
		return order;
	if (x->num != y->num)
		return x->num < y->num ? -1 : 1;
	return strcmp(x->id, y->id);
}

static struct member *
find(const struct same *same, const char *id)
{
	struct member key = { .num = 0 };
	size_t n;
	struct member *list = members_of(same, &n);

	if (n == 0 || strlen(id) != ID_TEXT_LEN)
		return NULL;
	memcpy(key.id, id, sizeof(key.id));
	return bsearch(&key, list, n, sizeof(key), compare_member_ids);
}

static enum vault_err
add_member(struct same *same, struct store *s, const char *id)
{
	struct member m = { .num = INT64_MAX };
	uint8_t bytes[ID_LEN];
	struct record_row row;
	enum vault_err err;

	memcpy(m.id, id, sizeof(m.id));
	memcpy(m.group, id, sizeof(m.group));
	if (id_parse(bytes, id, ID_TEXT_LEN) == VAULT_OK) {
		err = rows_find(&row, s, bytes);
		if (err != VAULT_OK && err != VAULT_ENORECORD)
			return err;
		if (err == VAULT_OK && !row.forgotten)
			m.num = row.num;
	}
	return buf_put(&same->members, &m, sizeof(m)) ? VAULT_OK : VAULT_ENOMEM;
}

static enum vault_err
add_members(struct same *same, struct store *s)
{
	size_t n, all, kept = 0;
	const struct same_pair *pairs = pairs_of(same, &n);
	enum vault_err err = VAULT_OK;
	struct member *list;

	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		if (pairs[i].said == SAME_IS &&
		    (err = add_member(same, s, pairs[i].a)) == VAULT_OK)
			err = add_member(same, s, pairs[i].b);
	list = members_of(same, &all);
	if (err != VAULT_OK || all == 0)
		return err;
	qsort(list, all, sizeof(*list), compare_member_ids);
	for (size_t i = 0; i < all; i++)
		if (kept == 0 || strcmp(list[kept - 1].id, list[i].id) != 0)
			list[kept++] = list[i];
	buf_truncate(&same->members, kept * sizeof(*list));
	return VAULT_OK;
}

/* The one that stands for the group of m: by steps that grow shorter. */
static struct member *
root(const struct same *same, struct member *m)
{
	while (strcmp(m->group, m->id) != 0) {
		struct member *up = find(same, m->group);

		memcpy(m->group, up->group, sizeof(m->group));
		m = up;
	}
	return m;
}

static void
join(struct same *same)
{
	size_t n, all;
	const struct same_pair *pairs = pairs_of(same, &n);
	struct member *list = members_of(same, &all);

	for (size_t i = 0; i < n; i++) {
		struct member *a, *b;

		if (pairs[i].said != SAME_IS)
			continue;
		a = root(same, find(same, pairs[i].a));
		b = root(same, find(same, pairs[i].b));
		memcpy(a->group, b->id, sizeof(a->group));
	}
	for (size_t i = 0; i < all; i++)
		memcpy(list[i].group, root(same, &list[i])->id,
		    sizeof(list[i].group));
	if (all > 0)
		qsort(list, all, sizeof(*list), compare_groups);
}

/* A list of the members by id, now that they stand by group. */
struct place {
	same_id id;
	size_t at;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static enum vault_err
list_places(struct same *same)
{
	size_t n;
	const struct member *list = members_of(same, &n);

	for (size_t i = 0; i < n; i++) {
		struct place p = { .at = i };

		memcpy(p.id, list[i].id, sizeof(p.id));
		buf_put(&same->ids, list[i].id, sizeof(list[i].id));
		buf_put(&same->by_id, &p, sizeof(p));
	}
	if (buf_ok(&same->ids) != VAULT_OK || buf_ok(&same->by_id) != VAULT_OK)
		return VAULT_ENOMEM;
	if (n > 0)
		qsort(
		    same->by_id.bytes, n, sizeof(struct place), compare_places);
	return VAULT_OK;
}

enum vault_err
same_load(struct same **out, struct store *s, const char *id)
{
	struct same *same = mem_zalloc(sizeof(*same));
	enum vault_err err;

	*out = NULL;
	if (same == NULL)
		return VAULT_ENOMEM;
	err = id == NULL ? read_all(same, s) : read_around(same, s, id);
	if (err == VAULT_OK) {
		settle_pairs(same);
		err = add_members(same, s);
	}
	if (err == VAULT_OK) {
		join(same);
		err = list_places(same);
	}
	if (err == VAULT_OK) {
		*out = same;
		same = NULL; /* given away */
	}
	same_free(same);
	return err;
}

void
same_free(struct same *same)
{
	if (same == NULL)
		return;
	buf_free(&same->pairs);
	buf_free(&same->members);
	buf_free(&same->ids);
	buf_free(&same->by_id);
	mem_free(same);
}

/* ---- Asking ---- */

const same_id *
same_person(size_t *n, const struct same *same, const char *id)
{
	size_t all, first, end;
	const struct member *list = members_of(same, &all);
	struct place key = { .at = 0 };
	const struct place *p;

	*n = 0;
	if (all == 0 || strlen(id) != ID_TEXT_LEN)
		return NULL;
	memcpy(key.id, id, sizeof(key.id));
	p = bsearch(&key, same->by_id.bytes, all, sizeof(key), compare_places);
	if (p == NULL)
		return NULL;
	for (first = p->at; first > 0 &&
	     strcmp(list[first - 1].group, list[p->at].group) == 0;)
		first--;
	for (end = p->at + 1;
	     end < all && strcmp(list[end].group, list[p->at].group) == 0;)
		end++;
	*n = end - first;
	return (const same_id *)(const void *)same->ids.bytes + first;
}

static enum same_said
said_directly(const struct same *same, const char *a, const char *b)
{
	struct same_pair key = { .said = SAME_NOTHING };
	size_t lo = 0, n;
	const struct same_pair *list = pairs_of(same, &n);
	bool turned = strcmp(a, b) > 0;

	memcpy(key.a, turned ? b : a, sizeof(key.a));
	memcpy(key.b, turned ? a : b, sizeof(key.b));
	for (size_t hi = n; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_ids(&list[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && compare_ids(&list[lo], &key) == 0 ? list[lo].said
							   : SAME_NOTHING;
}

enum same_said
same_said(const struct same *same, const char *a, const char *b)
{
	enum same_said said;
	size_t n;
	const same_id *ids;

	if (strlen(a) != ID_TEXT_LEN || strlen(b) != ID_TEXT_LEN)
		return SAME_NOTHING;
	said = said_directly(same, a, b);
	if (said == SAME_IS || said == SAME_IS_NOT)
		return said;
	ids = same_person(&n, same, a);
	for (size_t i = 0; i < n; i++)
		if (strcmp(ids[i], b) == 0)
			return SAME_IS;
	return said;
}

const struct same_pair *
same_pairs(size_t *n, const struct same *same)
{
	return pairs_of(same, n);
}
