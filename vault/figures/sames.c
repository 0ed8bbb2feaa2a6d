/* SPDX-License-Identifier: ISC */
/*
 * sames - records that are of one person: suggested, and said by a person.
 *
 * It is said in a field of the one or the other, as a version of ours like any
 * other.  Of a change that is cut short between the two records the safer half
 * is there: that they are not the same counts against that they are.
 */
#include <string.h>

#include "core/secret.h"
#include "inside.h"
#include "record/heads.h"
#include "record/rows.h"
#include "search/alike.h"
#include "search/query.h"
#include "search/same.h"
#include "store/sql.h"
#include "store/store.h"

/* ---- What is said ---- */

enum vault_err
vault_same_said(
    enum vault_same *out, struct vault *v, const char *a, const char *b)
{
	struct same *same = NULL;
	enum same_said said;
	enum vault_err err;

	*out = VAULT_SAME_UNSAID;
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = same_load(&same, v->store, a)) == VAULT_OK) {
		said = same_said(same, a, b);
		*out = said == SAME_IS    ? VAULT_SAME
		    : said == SAME_IS_NOT ? VAULT_NOT_SAME
					  : VAULT_SAME_UNSAID;
	}
	store_read_end(v->store);
	same_free(same);
	return vault_failed(v, err);
}

enum vault_err
vault_same_each(struct vault *v, const char *id,
    void (*each)(void *ctx, const char *id, const char *title), void *ctx)
{
	struct same *same = NULL;
	struct buf title = { 0 };
	const same_id *ids;
	enum vault_err err;
	size_t n = 0;

	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = same_load(&same, v->store, id)) == VAULT_OK)
		ids = same_person(&n, same, id);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		if (strcmp(ids[i], id) == 0)
			continue;
		buf_reset(&title);
		err = vault_title(&title, v, ids[i]);
		if (err == VAULT_ENORECORD)
			err = VAULT_OK;
		if (err == VAULT_OK)
			each(ctx, ids[i], buf_text(&title));
	}
	store_read_end(v->store);
	same_free(same);
	buf_free(&title);
	return vault_failed(v, err);
}

/* ---- Saying it ---- */

/* The element of a list that is this id; its number if there is none. */
static size_t
find_id(const struct vault_body *b, const char *field, const char *id)
{
	size_t i = 0, n = vault_body_count(b, field);
	bool found = false;

	while (!found && i < n) {
		struct buf path = { 0 }, value = { 0 };

		buf_putf(&path, "%s[%zu]", field, i);
		found = vault_body_get(&value, b, buf_text(&path)) &&
		    strcmp(buf_text(&value), id) == 0;
		i += !found;
		buf_free(&path);
		buf_free(&value);
	}
	return i;
}

static enum vault_err
put_in(struct vault_body *b, bool *changed, const char *field, const char *id)
{
	if (find_id(b, field, id) < vault_body_count(b, field))
		return VAULT_OK;
	*changed = true;
	return vault_body_set(b, field, id, strlen(id));
}

static enum vault_err
take_out(struct vault_body *b, bool *changed, const char *field, const char *id)
{
	size_t at = find_id(b, field, id);
	struct buf path = { 0 };
	enum vault_err err;

	if (at == vault_body_count(b, field))
		return VAULT_OK;
	*changed = true;
	buf_putf(&path, "%s[%zu]", field, at);
	err = buf_ok(&path);
	if (err == VAULT_OK)
		err = vault_body_unset(b, buf_text(&path));
	buf_free(&path);
	return err;
}

/* A record and the body that it is to have. */
struct side {
	struct vault_record r;
	struct vault_body *b;
	bool changed;
};

static enum vault_err
side_read(struct side *s, struct vault *v, const char *id)
{
	enum vault_err err;

	if ((err = vault_get(&s->r, v, id)) != VAULT_OK)
		return err;
	if (s->r.forgotten)
		return VAULT_ENORECORD;
	if (strcmp(s->r.type, "person") != 0)
		return VAULT_EUSE;
	if (s->r.clashes.len > 0)
		return VAULT_ECONFLICT;
	return vault_body_read(&s->b, s->r.body.bytes, s->r.body.len);
}

static enum vault_err
side_keep(const struct side *s, struct vault *v)
{
	struct vault_report *report = NULL;
	struct buf json = { 0 };
	enum vault_err err;

	if (!s->changed)
		return VAULT_OK;
	if ((err = vault_report_new(&report)) == VAULT_OK &&
	    (err = vault_body_json(&json, s->b)) == VAULT_OK)
		err = vault_edit(v, &s->r, report, json.bytes, json.len);
	vault_report_free(report);
	buf_free(&json);
	return err;
}

static void
side_free(struct side *s)
{
	vault_record_free(&s->r);
	vault_body_free(s->b);
}

/* It is said in the first, and no more denied in either; or turned round. */
static enum vault_err
change(struct side *a, struct side *b, bool same)
{
	const char *say = same ? "same_as" : "not_same";
	const char *unsay = same ? "not_same" : "same_as";
	enum vault_err err;

	if ((err = take_out(a->b, &a->changed, unsay, b->r.id)) != VAULT_OK ||
	    (err = take_out(b->b, &b->changed, unsay, a->r.id)) != VAULT_OK)
		return err;
	/* Once is enough. */
	if (find_id(b->b, say, a->r.id) < vault_body_count(b->b, say))
		return VAULT_OK;
	return put_in(a->b, &a->changed, say, b->r.id);
}

enum vault_err
vault_same_say(struct vault *v, const char *a, const char *b, bool same,
    const char **which)
{
	struct side sides[2] = { { .changed = false } };
	enum vault_err err;

	*which = a;
	if (strcmp(a, b) == 0)
		return VAULT_EUSE;
	if ((err = side_read(&sides[0], v, a)) == VAULT_OK) {
		*which = b;
		err = side_read(&sides[1], v, b);
	}
	if (err == VAULT_OK)
		err = change(&sides[0], &sides[1], same);
	/* What denies it is written first, and taken away last. */
	for (int i = 0; err == VAULT_OK && i < 2; i++) {
		int side = same ? 1 - i : i;

		*which = side == 0 ? a : b;
		err = side_keep(&sides[side], v);
	}
	side_free(&sides[0]);
	side_free(&sides[1]);
	return err;
}

/* ---- Suggestions ---- */

struct telling {
	struct vault *v;
	const struct same *same;
	void (*each)(void *ctx, const struct vault_alike *pair);
	void *ctx;
};

static enum vault_err
has_links(bool *out, struct store *s, int64_t num)
{
	struct sql *q = sql_open(
	    s, "SELECT 1 FROM value WHERE num=?1 AND field=?2 LIMIT 1");
	enum vault_err err;

	sql_put_int(q, 1, num);
	sql_put_int(q, 2, QUERY_LINK);
	err = sql_step(q, out);
	sql_close(q);
	return err;
}

/* A redacted copy of a record is of the same person, and no second one. */
static enum vault_err
is_copy(bool *out, struct store *s, const struct record_row *r)
{
	struct merged m;
	enum vault_err err = has_links(out, s, r->num);

	if (err != VAULT_OK || !*out)
		return err;
	if ((err = heads_trust(&m, s, r)) == VAULT_OK) {
		*out = json_object_get(m.body, "redacted_from") != NULL;
		merged_free(&m);
	}
	return err;
}

static enum vault_err
put_record(char id[static VAULT_ID_LEN], struct buf *title, bool *copy,
    struct vault *v, int64_t num)
{
	struct record_row r;
	enum vault_err err;

	if ((err = rows_get(&r, v->store, num)) != VAULT_OK ||
	    (err = is_copy(copy, v->store, &r)) != VAULT_OK)
		return err;
	id_print(id, r.id);
	err = vault_title(title, v, id);
	return err == VAULT_ENORECORD ? VAULT_OK : err;
}

/* *told: nothing is said of it yet. */
static enum vault_err
tell(bool *told, const struct telling *t, const struct alike_pair *pair)
{
	struct vault_alike out = { .name = (pair->why & ALIKE_NAME) != 0,
		.near = (pair->why & ALIKE_NEAR) != 0,
		.paper = (pair->why & ALIKE_PAPER) != 0,
		.born = (pair->why & ALIKE_BORN) != 0,
		.claimed = (pair->why & ALIKE_CLAIMED) != 0 };
	struct buf title_a = { 0 }, title_b = { 0 };
	bool copies[2] = { false, false };
	enum vault_err err;
	enum same_said said;

	*told = false;
	if ((err = put_record(out.a, &title_a, &copies[0], t->v, pair->a)) ==
		VAULT_OK &&
	    (err = put_record(out.b, &title_b, &copies[1], t->v, pair->b)) ==
		VAULT_OK) {
		said = same_said(t->same, out.a, out.b);
		*told = said != SAME_IS && said != SAME_IS_NOT && !copies[0] &&
		    !copies[1];
		out.title_a = buf_text(&title_a);
		out.title_b = buf_text(&title_b);
		if (*told)
			t->each(t->ctx, &out);
	}
	buf_free(&title_a);
	buf_free(&title_b);
	return err;
}

static enum vault_err
tell_all(bool *more, const struct telling *t, const struct buf *pairs,
    uint64_t limit)
{
	const struct alike_pair
	    *list = (const struct alike_pair *)(const void *)pairs->bytes;
	size_t n = pairs->len / sizeof(*list);
	enum vault_err err = VAULT_OK;
	uint64_t done = 0;

	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		bool told;

		if (limit > 0 && done == limit) {
			*more = true;
			break;
		}
		err = tell(&told, t, &list[i]);
		done += told;
	}
	return err;
}

enum vault_err
vault_alike(struct vault *v, uint64_t limit, bool *more,
    void (*each)(void *ctx, const struct vault_alike *pair), void *ctx)
{
	struct telling t = { .v = v, .each = each, .ctx = ctx };
	struct same *same = NULL;
	struct buf pairs = { 0 };
	enum vault_err err;

	*more = false;
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = same_load(&same, v->store, NULL)) == VAULT_OK &&
	    (err = alike_find(&pairs, more, v->store, same)) == VAULT_OK) {
		t.same = same;
		err = tell_all(more, &t, &pairs, limit);
	}
	store_read_end(v->store);
	same_free(same);
	buf_free(&pairs);
	return vault_failed(v, err);
}
