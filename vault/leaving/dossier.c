/* SPDX-License-Identifier: ISC */
/*
 * dossier.c - what may leave of a case, in the order in which people read.
 *
 * It goes through the records twice: once for their places and titles, so that
 * each can point to the others by number; once to tell them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "leaving/plain_inside.h"
#include "record/date.h"
#include "record/model.h"
#include "record/name.h"
#include "record/print.h"
#include "store/store.h"

struct entry {
	struct record_row row;
	char id[ID_TEXT_LEN + 1];
	int rank;      /* of its type */
	int64_t day;   /* the first that its date may mean */
	char date[64]; /* EDTF, or the beginning of the words */
	struct buf title;
};

struct dossier {
	struct vault_plain *p;
	const struct vault_dossier_sink *to;
	struct buf entries; /* struct entry, in order */
	struct buf by_id;   /* size_t: their places, in order of the ids */
	const char *at;     /* the id of the record at hand */
	enum vault_err err;
};

static struct entry *
entries_of(const struct dossier *d, size_t *n)
{
	*n = d->entries.len / sizeof(struct entry);
	return (struct entry *)(void *)d->entries.bytes;
}

static void
dossier_free(struct dossier *d)
{
	size_t n;
	struct entry *list = entries_of(d, &n);

	for (size_t i = 0; i < n; i++)
		buf_free(&list[i].title);
	buf_free(&d->entries);
	buf_free(&d->by_id);
}

/* ---- What others are called ---- */

static const struct entry *
find_entry(const struct dossier *d, const char *id)
{
	size_t n, lo = 0, hi = d->by_id.len / sizeof(size_t);
	const struct entry *list = entries_of(d, &n);
	const size_t *places = (const size_t *)(const void *)d->by_id.bytes;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = strcmp(list[places[mid]].id, id);

		if (order == 0)
			return &list[places[mid]];
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static int
compare_by_id(const void *x, const void *y, void *list)
{
	const size_t *a = x, *b = y;
	const struct entry *of = list;

	return strcmp(of[*a].id, of[*b].id);
}

static enum vault_err
order_by_id(struct dossier *d)
{
	size_t n;
	struct entry *list = entries_of(d, &n);

	for (size_t i = 0; i < n; i++)
		buf_put(&d->by_id, &i, sizeof(i));
	if (buf_ok(&d->by_id) == VAULT_OK && n > 1)
		qsort_r(d->by_id.bytes, n, sizeof(size_t), compare_by_id, list);
	return buf_ok(&d->by_id);
}

struct called {
	const char *id;
	bool names; /* somebody whom it must not */
};

/* A part of a name is another's more often than not, but for one's own. */
static void
note_hit(void *ctx, const struct reveal_hit *hit)
{
	struct called *c = ctx;

	if (hit->kind != SCAN_PART || strcmp(hit->person, c->id) == 0)
		c->names = true;
}

/*
 * What somebody is called stands in a record that may not leave itself, and
 * was not looked through: so it is here, and is nothing if it names anybody
 * who may not be named either in that record or in the one at hand.
 */
static enum vault_err
take_back_names(
    struct dossier *d, struct buf *out, size_t before, const char *id)
{
	const char *const records[] = { id, d->at };
	struct called c = { .id = id, .names = true };
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && c.names && i < 2; i++) {
		c.names = false;
		err = reveal_text(d->p->reveal, records[i],
		    i == 0 ? "names[0].text" : "",
		    (const char *)out->bytes + before, out->len - before,
		    note_hit, &c);
	}
	if (c.names)
		buf_truncate(out, before);
	return err;
}

/* A person as the audience may call them, or the beginning of the id. */
static bool
put_person(struct dossier *d, struct buf *out, const char *id)
{
	size_t before = out->len;

	if (d->err != VAULT_OK)
		return false;
	if (d->p->audience == NULL)
		d->err = vault_title(out, d->p->v, id);
	else
		d->err = edition_label(
		    out, d->p->v->store, d->p->audience, id, d->at);
	if (d->err == VAULT_ENORECORD)
		d->err = VAULT_OK;
	if (d->err == VAULT_OK && d->p->reveal != NULL && out->len > before)
		d->err = take_back_names(d, out, before, id);
	return out->len > before;
}

static bool
name_person(void *ctx, struct buf *out, const char *id)
{
	if (!put_person(ctx, out, id))
		buf_putf(out, "[%.8s]", id);
	return true;
}

/* The same, or the number of a record that stands here. */
static bool
name_record(void *ctx, struct buf *out, const char *id)
{
	struct dossier *d = ctx;
	const struct entry *e = find_entry(d, id);
	size_t n;

	if ((e == NULL || strcmp(e->row.type, "person") == 0) &&
	    put_person(d, out, id))
		return true;
	if (e == NULL)
		return false;
	buf_putf(out, "no. %zu", (size_t)(e - entries_of(d, &n)) + 1);
	return true;
}

/* ---- Order ---- */

static int
rank_of(const char *type)
{
	static const char *const order[] = { "case", "person", "status", "act",
		"testimony", "document", "intervention", "count", "consent" };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (strcmp(order[i], type) == 0)
			return (int)i;
	return (int)(sizeof(order) / sizeof(order[0]));
}

static int
compare(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int order;

	/* What happened is one story: changes of status among the acts. */
	int rank_a = a->rank == 3 ? 2 : a->rank;
	int rank_b = b->rank == 3 ? 2 : b->rank;

	if (rank_a != rank_b)
		return rank_a - rank_b;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	order = strcmp(buf_text(&a->title), buf_text(&b->title));
	return order != 0 ? order : strcmp(a->id, b->id);
}

static void
read_date(struct entry *e, const json_t *body)
{
	const json_t *date = json_object_get(body, "date");
	const char *text = json_string_value(json_object_get(date, "edtf"));
	struct date_days days;
	size_t len;

	e->day = date_place(date_object_days(&days, date), &days);
	if (text == NULL)
		text = json_string_value(json_object_get(date, "text"));
	if (text == NULL)
		return;
	len = strlen(text);
	while (len >= sizeof(e->date) ||
	    (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80))
		len--;
	memcpy(e->date, text, len);
}

static enum vault_err
add_entry(struct dossier *d, int64_t num)
{
	struct entry e = { .day = INT64_MAX };
	struct edition edition = { .body = NULL };
	enum vault_err err;

	if ((err = rows_get(&e.row, d->p->v->store, num)) != VAULT_OK ||
	    (err = plain_make(&edition, d->p, &e.row)) != VAULT_OK)
		goto out;
	err = VAULT_EBUSY;
	if (edition.body == NULL)
		goto out;
	id_print(e.id, e.row.id);
	e.rank = rank_of(e.row.type);
	read_date(&e, edition.body);
	d->at = e.id;
	if ((err = record_title(&e.title, edition.body, d->p->v->labels,
		 name_person, d)) == VAULT_OK &&
	    (err = d->err) == VAULT_OK && !buf_put(&d->entries, &e, sizeof(e)))
		err = VAULT_ENOMEM;
	if (err != VAULT_OK)
		buf_free(&e.title);
out:
	edition_free(&edition);
	return err;
}

/* ---- Telling ---- */

static void
describe(struct vault_dossier_record *out, const struct entry *e, size_t i)
{
	*out = (struct vault_dossier_record){ .number = i + 1,
		.type = e->row.type,
		.title = buf_text(&e->title),
		.date = e->date };
	memcpy(out->id, e->id, sizeof(e->id));
}

static enum vault_err
tell_line(void *ctx, const struct print_line *line)
{
	struct dossier *d = ctx;
	const struct vault_line out = { .field = line->field,
		.label = line->label,
		.text = line->text,
		.len = line->len,
		.vocab = line->vocab,
		.block = line->block,
		.heading = line->heading,
		.depth = line->depth,
		.no_date = line->no_date,
		.no_span = line->no_span };

	/* What the heading says already, and what only we need. */
	if (strcmp(line->field, "type") != 0 &&
	    strcmp(line->field, "level") != 0)
		d->to->line(d->to->ctx, &out);
	return d->err;
}

static enum vault_err
tell_record(struct dossier *d, size_t i)
{
	size_t n;
	const struct entry *e = &entries_of(d, &n)[i];
	struct edition edition = { .body = NULL };
	struct vault_dossier_record r;
	enum vault_err err;

	if ((err = plain_make(&edition, d->p, &e->row)) == VAULT_OK &&
	    edition.body == NULL)
		err = VAULT_EBUSY;
	if (err == VAULT_OK) {
		describe(&r, e, i);
		r.disagreeing = json_array_size(edition.clashes) > 0;
		d->at = e->id;
		d->to->record(d->to->ctx, &r);
		err = print_body(edition.body, tell_line, name_record, d,
		    vault_speech(d->p->v));
	}
	edition_free(&edition);
	return err == VAULT_OK ? d->err : err;
}

static enum vault_err
tell_all(struct dossier *d)
{
	size_t n;
	struct entry *list;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < plain_records(d->p); i++)
		err = add_entry(d, plain_num(&d->p->leaves, i));
	if (err != VAULT_OK)
		return err;
	list = entries_of(d, &n);
	if (n > 1)
		qsort(list, n, sizeof(*list), compare);
	if ((err = order_by_id(d)) != VAULT_OK)
		return err;
	for (size_t i = 0; i < n; i++) {
		struct vault_dossier_record r;

		describe(&r, &list[i], i);
		d->to->listed(d->to->ctx, &r);
	}
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		err = tell_record(d, i);
	return err;
}

enum vault_err
vault_dossier(struct vault_plain *p, const struct vault_dossier_sink *to)
{
	struct dossier d = { .p = p, .to = to };
	enum vault_err err;

	if ((err = plain_begin(p)) != VAULT_OK)
		return err == VAULT_EREFUSED ? err : vault_failed(p->v, err);
	err = tell_all(&d);
	store_read_end(p->v->store);
	dossier_free(&d);
	if (err == VAULT_OK)
		err = to->end(to->ctx);
	if (err == VAULT_OK)
		err = plain_end(p);
	return vault_failed(p->v, err);
}
