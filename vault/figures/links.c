/* SPDX-License-Identifier: ISC */
/*
 * links - the records that one hangs together with: those that link to it, by
 * the index, and those that it links to, by its body.
 *
 * A link may lead to what is not here: that is told, and no error.
 */
#include <stdlib.h>
#include <string.h>

#include "core/secret.h"
#include "inside.h"
#include "figures/linked.h"
#include "record/body.h"
#include "record/heads.h"
#include "store/store.h"

struct link {
	bool to, here;
	struct buf field, title, date;
	char id[ID_TEXT_LEN + 1];
	char type[VERSION_TYPE_MAX + 1];
	int64_t place; /* in time: date_place */
};

struct linking {
	struct vault *v;
	const char *id;
	struct buf links; /* struct link */
	uint64_t more;
	size_t opened; /* of those that link to it */
	/* Of the record at hand. */
	const struct record_row *row;
	const json_t *body;
	bool to;
};

static struct link *
links_of(const struct linking *l, size_t *n)
{
	*n = l->links.len / sizeof(struct link);
	return (struct link *)(void *)l->links.bytes;
}

static void
link_free(struct link *one)
{
	buf_free(&one->field);
	buf_free(&one->title);
	buf_free(&one->date);
}

/* "perpetrators[0].who.ref" is the field perpetrators.who. */
static void
put_field(struct buf *out, const char *path)
{
	static const char ref[] = ".ref";
	size_t len = strlen(path);

	if (len > strlen(ref) && strcmp(path + len - strlen(ref), ref) == 0)
		len -= strlen(ref);
	for (size_t i = 0; i < len; i++)
		if (path[i] == '[')
			i += strcspn(path + i, "]");
		else
			buf_put_byte(out, (uint8_t)path[i]);
}

/* Where it stands among others of its type; what has no date comes last. */
static void
take_date(struct link *one, const json_t *body)
{
	static const char *const fields[] = { "date", "as_of", "collected_at",
		"received" };
	const json_t *date = NULL;
	struct date_days days;
	const char *text;

	for (size_t i = 0; date == NULL && i < 4; i++)
		date = json_object_get(body, fields[i]);
	one->place = date_place(date_object_days(&days, date), &days);
	if (one->place != INT64_MAX &&
	    (text = json_string_value(json_object_get(date, "edtf"))) != NULL)
		buf_put_text(&one->date, text);
}

static bool
is_known(const struct linking *l, const struct link *one)
{
	size_t n;
	const struct link *all = links_of(l, &n);

	for (size_t i = 0; i < n; i++)
		if (all[i].to == one->to && strcmp(all[i].id, one->id) == 0 &&
		    strcmp(buf_text(&all[i].field), buf_text(&one->field)) == 0)
			return true;
	return false;
}

/* Before the other record is opened: a body may have 100,000 links. */
static bool
is_wanted(struct linking *l, const struct link *one)
{
	size_t n;

	(void)links_of(l, &n);
	if (is_known(l, one))
		return false;
	l->more += n >= VAULT_LINKS_MAX;
	return n < VAULT_LINKS_MAX;
}

/* one is given away. */
static enum vault_err
add(struct linking *l, struct link *one)
{
	enum vault_err err = vault_title(&one->title, l->v, one->id);

	if (err == VAULT_ENORECORD)
		err = VAULT_OK;
	if (err == VAULT_OK &&
	    (one->field.failed || one->date.failed ||
		!buf_put(&l->links, one, sizeof(*one))))
		err = VAULT_ENOMEM;
	if (err != VAULT_OK)
		link_free(one);
	return err;
}

/* ---- What it links to ---- */

static enum vault_err
look_at(struct link *one, struct store *s)
{
	uint8_t id[ID_LEN];
	struct record_row r;
	struct merged m;
	enum vault_err err;

	one->place = INT64_MAX;
	if (id_parse(id, one->id, strlen(one->id)) != VAULT_OK)
		return VAULT_OK;
	if ((err = rows_find(&r, s, id)) != VAULT_OK)
		return err == VAULT_ENORECORD ? VAULT_OK : err;
	memcpy(one->type, r.type, sizeof(one->type));
	if ((err = heads_merge(&m, s, &r)) != VAULT_OK)
		return err;
	one->here = !r.forgotten && json_object_size(m.body) > 0;
	take_date(one, m.body);
	merged_free(&m);
	return VAULT_OK;
}

static enum vault_err
see_link(void *ctx, const char *path, const char *text, size_t len)
{
	struct linking *l = ctx;
	struct link one = { .to = l->to };
	enum vault_err err = VAULT_OK;

	if (!id_is_canonical(text, len))
		return VAULT_OK;
	if (!l->to && memcmp(text, l->id, len) != 0)
		return VAULT_OK;
	put_field(&one.field, path);
	if (l->to)
		memcpy(one.id, text, len);
	else
		id_print(one.id, l->row->id);
	if (!is_wanted(l, &one)) {
		link_free(&one);
		return VAULT_OK;
	}
	if (l->to) {
		err = look_at(&one, l->v->store);
	} else {
		one.here = true;
		memcpy(one.type, l->row->type, sizeof(one.type));
		take_date(&one, l->body);
	}
	if (err != VAULT_OK) {
		link_free(&one);
		return err;
	}
	return add(l, &one);
}

/* Its links: all of them, or those to the record that is asked about. */
static enum vault_err
read_record(struct linking *l, const struct record_row *r, bool to)
{
	struct merged m;
	enum vault_err err;

	if ((err = heads_merge(&m, l->v->store, r)) != VAULT_OK)
		return err;
	l->row = r;
	l->body = m.body;
	l->to = to;
	if (m.body != NULL)
		err = body_links(m.body, see_link, l);
	merged_free(&m);
	return err;
}

/* ---- What links to it ---- */

static enum vault_err
add_linking(void *ctx, int64_t num)
{
	struct linking *l = ctx;
	struct record_row r;
	enum vault_err err;

	if (l->opened >= VAULT_LINKS_MAX) {
		l->more++; /* counted, not opened */
		return VAULT_OK;
	}
	l->opened++;
	err = rows_get(&r, l->v->store, num);
	return err == VAULT_OK ? read_record(l, &r, false) : err;
}

/* ---- Order, and telling ---- */

static int
compare(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	int order;

	if (x->to != y->to)
		return x->to ? 1 : -1;
	/* What is not here has no type. */
	if ((x->type[0] == '\0') != (y->type[0] == '\0'))
		return x->type[0] == '\0' ? 1 : -1;
	if ((order = strcmp(x->type, y->type)) != 0)
		return order;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if ((order = strcmp(x->id, y->id)) != 0)
		return order;
	return strcmp(buf_text(&x->field), buf_text(&y->field));
}

static void
tell(const struct linking *l,
    void (*each)(void *ctx, const struct vault_link *link), void *ctx)
{
	size_t n;
	struct link *all = links_of(l, &n);

	if (n > 0)
		qsort(all, n, sizeof(*all), compare);
	for (size_t i = 0; i < n; i++) {
		struct vault_link out = { .to = all[i].to,
			.here = all[i].here,
			.field = buf_text(&all[i].field),
			.title = buf_text(&all[i].title),
			.date = buf_text(&all[i].date) };

		memcpy(out.id, all[i].id, sizeof(all[i].id));
		memcpy(out.type, all[i].type, sizeof(all[i].type));
		each(ctx, &out);
	}
}

static enum vault_err
gather(struct linking *l)
{
	uint8_t bytes[ID_LEN];
	char ids[1][ID_TEXT_LEN + 1];
	struct record_row r;
	enum vault_err err;

	if (id_parse(bytes, l->id, strlen(l->id)) != VAULT_OK)
		return VAULT_ENORECORD;
	memcpy(ids[0], l->id, sizeof(ids[0]));
	if ((err = rows_find(&r, l->v->store, bytes)) != VAULT_OK ||
	    (err = linked_each(l->v->store, (const same_id *)ids, 1,
		 add_linking, l)) != VAULT_OK)
		return err;
	return read_record(l, &r, true);
}

enum vault_err
vault_links(struct vault *v, const char *id, uint64_t *more,
    void (*each)(void *ctx, const struct vault_link *link), void *ctx)
{
	struct linking l = { .v = v, .id = id };
	enum vault_err err;
	struct link *all;
	size_t n;

	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = gather(&l);
	store_read_end(v->store);
	if (err == VAULT_OK)
		tell(&l, each, ctx);
	*more = l.more;
	all = links_of(&l, &n);
	for (size_t i = 0; i < n; i++)
		link_free(&all[i]);
	buf_free(&l.links);
	return vault_failed(v, err);
}
