/* SPDX-License-Identifier: ISC */
/*
 * plain.c - records as JSON that anybody can read, for an audience.
 *
 * {"amparo_plain":1,"audience":CODE,"made":DAY,"records":[
 *  {"body":{...},"id":ID,"type":TYPE}, ...]}
 *
 * It is decided first, and shown; the same is made once more while it is
 * written, in one snapshot, if nothing was written to the vault meanwhile.
 */
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "exchange/leave.h"
#include "leaving/plain_inside.h"
#include "record/heads.h"
#include "record/json.h"
#include "record/model.h"
#include "store/log.h"
#include "store/store.h"

void
vault_plain_free(struct vault_plain *p)
{
	if (p == NULL)
		return;
	reveal_free(p->reveal);
	same_free(p->same);
	audience_free(p->audience);
	buf_free(&p->nums);
	buf_free(&p->leaves);
	buf_free(&p->ids);
	buf_free(&p->consents);
	mem_free(p);
}

void
vault_plain_info(struct vault_plain_info *out, const struct vault_plain *p)
{
	*out = p->info;
}

void
vault_plain_confirm_parts(struct vault_plain *p)
{
	p->parts_confirmed = true;
}

static size_t
count_of(const struct buf *nums)
{
	return nums->len / sizeof(int64_t);
}

int64_t
plain_num(const struct buf *nums, size_t i)
{
	int64_t num;

	memcpy(&num, nums->bytes + i * sizeof(num), sizeof(num));
	return num;
}

size_t
plain_records(const struct vault_plain *p)
{
	return count_of(&p->leaves);
}

/* ---- Deciding ---- */

/* All of it, for our own office. */
static enum vault_err
whole(struct edition *out, struct store *s, const struct record_row *r)
{
	struct merged m;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	out->why = AUDIENCE_FORGOTTEN;
	if (r->forgotten)
		return VAULT_OK;
	if ((err = heads_merge(&m, s, r)) != VAULT_OK)
		return err;
	out->why = m.body == NULL ? AUDIENCE_WITHHELD : AUDIENCE_MAY;
	out->body = json_incref(m.body);
	out->clashes = json_incref(m.clashes);
	merged_free(&m);
	return VAULT_OK;
}

enum vault_err
plain_make(struct edition *out, const struct vault_plain *p,
    const struct record_row *r)
{
	return p->audience == NULL
	    ? whole(out, p->v->store, r)
	    : edition_make(out, p->v->store, p->audience, r);
}

static void
count_named(void *ctx, const struct reveal_hit *hit)
{
	struct vault_plain *p = ctx;
	struct vault_named named = { hit->record, hit->path, hit->person,
		(enum vault_named_how)hit->kind, hit->at, hit->len };

	if (hit->kind == SCAN_PART)
		p->info.parts++;
	else
		p->info.names++;
	if (p->what->named != NULL)
		p->what->named(p->ctx, &named);
}

static enum vault_err
tell(struct vault_plain *p, const struct record_row *r, enum audience_why why)
{
	char id[ID_TEXT_LEN + 1];
	struct buf title = { 0 };
	enum vault_err err;

	id_print(id, r->id);
	if ((err = vault_title(&title, p->v, id)) == VAULT_ENORECORD)
		err = VAULT_OK;
	if (err == VAULT_OK && p->each != NULL) {
		struct vault_plain_row row = { id, r->type, buf_text(&title),
			(enum vault_may_why)why };

		p->each(p->ctx, &row);
	}
	buf_free(&title);
	return err;
}

static void
note_type(struct vault_plain *p, const char *type)
{
	const struct model_type *t = NULL;
	uint32_t bit = 1;

	/* One bit more is that of all types that are not known here. */
	while ((t = model_next_type(t)) != NULL && strcmp(t->name, type) != 0)
		bit <<= 1;
	p->info.types += (p->types & bit) == 0;
	p->types |= bit;
}

/* Has the person of this record others, which a case does not take along? */
static bool
has_others(const struct vault_plain *p, const char *id)
{
	size_t n = 0;

	if (p->same != NULL)
		(void)same_person(&n, p->same, id);
	return n > 1;
}

static enum vault_err
decide_one(struct vault_plain *p, int64_t num)
{
	char id[ID_TEXT_LEN + 1];
	struct record_row r;
	struct edition e = { .body = NULL };
	enum vault_err err;

	if ((err = rows_get(&r, p->v->store, num)) != VAULT_OK ||
	    (err = plain_make(&e, p, &r)) != VAULT_OK)
		goto out;
	id_print(id, r.id);
	if (e.body == NULL) {
		p->info.held++;
	} else {
		p->info.records++;
		note_type(p, r.type);
		p->info.several += has_others(p, id);
		buf_put(&p->leaves, &num, sizeof(num));
		buf_put(&p->ids, r.id, ID_LEN);
		if (p->audience != NULL)
			err = audience_used(&p->consents, p->audience, &r);
		if (err == VAULT_OK && p->reveal != NULL)
			err = reveal_body(
			    p->reveal, id, e.body, count_named, p);
	}
	if (err == VAULT_OK)
		err = tell(p, &r, e.why);
out:
	edition_free(&e);
	return err;
}

static enum vault_err
read_people(struct vault_plain *p)
{
	enum consent_scope scope;
	enum vault_err err;

	if (p->what->audience == NULL)
		return VAULT_OK;
	if (!consent_scope_find(&scope, p->what->audience))
		return VAULT_EUSE;
	err = audience_new(
	    &p->audience, p->v->store, scope, (int32_t)(clock_now() / 86400));
	if (err == VAULT_OK)
		err = reveal_new(&p->reveal, p->v->store, p->audience,
		    p->what->progress, p->ctx);
	if (err == VAULT_OK)
		p->info.short_names = reveal_short(p->reveal);
	return err;
}

static enum vault_err
decide(struct vault_plain *p)
{
	enum vault_err err;

	if ((err = store_read(p->v->store)) != VAULT_OK)
		return err;
	if ((err = read_people(p)) == VAULT_OK)
		err = vault_moment(&p->seen, p->v);
	if (err == VAULT_OK && p->what->the_case != NULL)
		err = same_load(&p->same, p->v->store, NULL);
	for (size_t i = 0; err == VAULT_OK && i < count_of(&p->nums); i++) {
		err = decide_one(p, plain_num(&p->nums, i));
		if (err == VAULT_OK && p->what->progress != NULL &&
		    !p->what->progress(p->ctx, i + 1, count_of(&p->nums)))
			err = VAULT_ECANCELED;
	}
	store_read_end(p->v->store);
	if (err == VAULT_OK && (err = buf_ok(&p->leaves)) == VAULT_OK)
		err = buf_ok(&p->ids);
	return err;
}

struct gathering {
	struct vault_plain *p;
	enum vault_err err;
};

static bool
gather(void *ctx, const struct vault_row *row)
{
	struct gathering *g = ctx;
	uint8_t id[ID_LEN];
	struct record_row r;

	if ((g->err = id_parse(id, row->id, strlen(row->id))) == VAULT_OK &&
	    (g->err = rows_find(&r, g->p->v->store, id)) == VAULT_OK &&
	    !buf_put(&g->p->nums, &r.num, sizeof(r.num)))
		g->err = VAULT_ENOMEM;
	return g->err == VAULT_OK;
}

/* A case, what names it, and what that names, sources too. */
static enum vault_err
gather_case(struct vault_plain *p, const char *text)
{
	const struct leave_how how = { .with_sources = true };
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	if (id_parse(id, text, strlen(text)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = store_read(p->v->store)) != VAULT_OK)
		return err;
	if ((err = rows_find(&r, p->v->store, id)) == VAULT_OK &&
	    strcmp(r.type, "case") != 0)
		err = VAULT_EUSE;
	if (err == VAULT_OK && !buf_put(&p->nums, &r.num, sizeof(r.num)))
		err = VAULT_ENOMEM;
	if (err == VAULT_OK)
		err = leave_gather(&p->nums, p->v->store, &how);
	store_read_end(p->v->store);
	return err;
}

enum vault_err
vault_plain_new(struct vault_plain **out, struct vault *v,
    const struct vault_plain_what *what,
    void (*each)(void *ctx, const struct vault_plain_row *r), void *ctx)
{
	struct vault_search search = { .query = what->query,
		.query_len = what->query_len };
	struct vault_plain *p = mem_zalloc(sizeof(*p));
	struct gathering g = { p, VAULT_OK };
	enum vault_err err;

	*out = NULL;
	if (p == NULL)
		return VAULT_ENOMEM;
	p->v = v;
	p->what = what;
	p->each = each;
	p->ctx = ctx;
	if (what->the_case != NULL)
		err = gather_case(p, what->the_case);
	else if ((err = vault_find(v, &search, gather, &g, NULL, NULL)) ==
	    VAULT_OK)
		err = g.err;
	if (err == VAULT_OK)
		err = decide(p);
	p->what = NULL;
	if (err == VAULT_OK) {
		*out = p;
		p = NULL; /* given away */
	}
	vault_plain_free(p);
	return err == VAULT_EUSE ? err : vault_failed(v, err);
}

/* ---- Writing ---- */

static enum vault_err
print_record(
    struct buf *out, const struct record_row *r, const struct edition *e)
{
	char id[ID_TEXT_LEN + 1];
	json_t *record = json_object();
	enum vault_err err = VAULT_ENOMEM;

	id_print(id, r->id);
	if (record != NULL &&
	    json_object_set_new(record, "id", json_string(id)) == 0 &&
	    json_object_set_new(record, "type", json_string(r->type)) == 0 &&
	    json_object_set(record, "body", e->body) == 0 &&
	    (json_array_size(e->clashes) == 0 ||
		json_object_set(record, "disagreeing", e->clashes) == 0))
		err = json_write(out, record);
	json_decref(record);
	return err;
}

static enum vault_err
write_one(struct vault_plain *p, const struct vault_sink *to, size_t i)
{
	struct record_row r;
	struct edition e = { .body = NULL };
	struct buf text = { 0 };
	enum vault_err err;

	buf_put_text(&text, i == 0 ? "\n" : ",\n");
	if ((err = rows_get(&r, p->v->store, plain_num(&p->leaves, i))) !=
		VAULT_OK ||
	    (err = plain_make(&e, p, &r)) != VAULT_OK)
		goto out;
	err = e.body == NULL ? VAULT_EBUSY : print_record(&text, &r, &e);
	if (err == VAULT_OK && (err = buf_ok(&text)) == VAULT_OK)
		err = to->write(to->ctx, text.bytes, text.len);
out:
	buf_free(&text);
	edition_free(&e);
	return err;
}

static enum vault_err
write_text(const struct vault_sink *to, const char *text)
{
	return to->write(to->ctx, text, strlen(text));
}

static const char *
audience_code(const struct vault_plain *p)
{
	return p->audience == NULL
	    ? ""
	    : consent_scope_code(audience_scope(p->audience));
}

static enum vault_err
write_all(struct vault_plain *p, const struct vault_sink *to)
{
	char head[128];
	size_t n = count_of(&p->leaves);
	enum vault_err err;

	snprintf(head, sizeof(head),
	    "{\"amparo_plain\":1,%s%s%s\"made\":%lld,\"records\":[",
	    p->audience == NULL ? "" : "\"audience\":\"", audience_code(p),
	    p->audience == NULL ? "" : "\",", (long long)clock_now());
	err = write_text(to, head);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		err = write_one(p, to, i);
		if (err == VAULT_OK && to->progress != NULL &&
		    !to->progress(to->ctx, i + 1, n))
			err = VAULT_ECANCELED;
	}
	return err == VAULT_OK ? write_text(to, "\n]}\n") : err;
}

/* Who wrote meanwhile may have changed what may leave; so may the day. */
static enum vault_err
plain_is_same(struct vault_plain *p)
{
	struct vault_moment now;
	enum vault_err err = vault_moment(&now, p->v);

	p->info.changed = err == VAULT_OK && !vault_is_moment(&now, &p->seen);
	return p->info.changed ? VAULT_EBUSY : err;
}

/* {"audience":CODE,"consents":[ID ...],"records":[ID ...]} */
static enum vault_err
log_plain(struct vault_plain *p)
{
	struct buf detail = { 0 };
	enum vault_err err;

	buf_put_byte(&detail, '{');
	if (p->audience != NULL)
		buf_putf(&detail, "\"audience\":\"%s\",", audience_code(p));
	audience_print_used(&detail, &p->consents);
	buf_put_text(&detail, "\"records\":[");
	for (size_t i = 0; i < p->ids.len / ID_LEN; i++) {
		char id[ID_TEXT_LEN + 1];

		id_print(id, p->ids.bytes + i * ID_LEN);
		buf_putf(&detail, "%s\"%s\"", i > 0 ? "," : "", id);
	}
	buf_put_text(&detail, "]}");
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(
		    p->v->store, "export-plain", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

static bool
may_leave(const struct vault_plain *p)
{
	return p->info.records > 0 && p->info.names == 0 &&
	    (p->info.parts == 0 || p->parts_confirmed);
}

enum vault_err
plain_begin(struct vault_plain *p)
{
	struct store *s = p->v->store;
	enum vault_err err;

	if (!may_leave(p))
		return VAULT_EREFUSED;
	/* What was printed to a pipe cannot be taken back. */
	if ((err = store_begin(s)) != VAULT_OK)
		return err;
	store_abort(s);
	if ((err = store_read(s)) != VAULT_OK)
		return err;
	if ((err = plain_is_same(p)) != VAULT_OK)
		store_read_end(s);
	return err;
}

/* Logged in the transaction that sees that it is still so. */
enum vault_err
plain_end(struct vault_plain *p)
{
	struct store *s = p->v->store;
	enum vault_err err;

	if ((err = store_begin(s)) != VAULT_OK)
		return err;
	if ((err = plain_is_same(p)) == VAULT_OK &&
	    (err = log_plain(p)) == VAULT_OK)
		err = store_commit(s);
	store_abort(s);
	return err;
}

enum vault_err
vault_plain_write(struct vault_plain *p, const struct vault_sink *to)
{
	enum vault_err err;

	if ((err = plain_begin(p)) != VAULT_OK)
		return err == VAULT_EREFUSED ? err : vault_failed(p->v, err);
	err = write_all(p, to);
	store_read_end(p->v->store);
	if (err == VAULT_OK)
		err = plain_end(p);
	return vault_failed(p->v, err);
}
