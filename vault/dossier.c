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

#include "plain_inside.h"
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
}

/* ---- What others are called ---- */

static const struct entry *
find_entry(const struct dossier *d, const char *id)
{
	size_t n;
	const struct entry *list = entries_of(d, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].id, id) == 0)
			return &list[i];
	return NULL;
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

	e->day = INT64_MAX;
	if (date_object_days(&days, date))
		e->day = days.lo != INT32_MIN ? days.lo : days.hi;
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
	if ((err = record_title(&e.title, edition.body, name_person, d)) ==
		VAULT_OK &&
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
		.depth = line->depth };

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
		err = print_body(edition.body, tell_line, name_record, d);
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

	if (!plain_may_leave(p))
		return VAULT_EREFUSED;
	if ((err = store_read(p->v->store)) != VAULT_OK)
		return vault_failed(p->v, err);
	if ((err = plain_is_same(p)) == VAULT_OK)
		err = tell_all(&d);
	store_read_end(p->v->store);
	dossier_free(&d);
	if (err == VAULT_OK)
		err = to->end(to->ctx);
	if (err == VAULT_OK)
		err = plain_end(p);
	return vault_failed(p->v, err);
}
