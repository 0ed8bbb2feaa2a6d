/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/mem.h"
#include "exchange/reveal.h"
#include "record/attach.h"
#include "record/body.h"
#include "record/head.h"
#include "store/sql.h"

/* Somebody who is looked for. */
struct hidden {
	char id[ID_TEXT_LEN + 1];
	bool may_leave; /* the record with the names does, as one */
	bool protected;
	bool by_record; /* may be named as a consent says of the record there */
	bool asked, accused; /* lazily: most people are named nowhere */
};

struct reveal {
	struct store *store;
	const struct audience *audience;
	struct scan *scan;
	struct buf people; /* struct hidden */
};

static struct hidden *
hidden_at(const struct reveal *r, size_t who)
{
	return (struct hidden *)(void *)r->people.bytes + who;
}

size_t
reveal_people(const struct reveal *r)
{
	return r->people.len / sizeof(struct hidden);
}

size_t
reveal_short(const struct reveal *r)
{
	return scan_short(r->scan);
}

void
reveal_free(struct reveal *r)
{
	if (r == NULL)
		return;
	scan_free(r->scan);
	buf_free(&r->people);
	mem_free(r);
}

/* ---- Who is looked for ---- */

struct adding {
	struct scan *scan;
	size_t who;
	bool has_private; /* fields that are */
};

static enum vault_err
add_names(void *ctx, const struct head *h)
{
	struct adding *to = ctx;

	if (json_array_size(json_object_get(h->body, "private_fields")) > 0)
		to->has_private = true;
	return h->body == NULL ? VAULT_OK
			       : scan_add(to->scan, h->body, to->who);
}

/* What is private of somebody who may be named. */
static enum vault_err
add_private(void *ctx, const struct head *h)
{
	struct adding *to = ctx;
	json_t *open = NULL, *hidden = NULL;
	enum vault_err err = VAULT_OK;

	if (h->body != NULL)
		err = body_split(&open, &hidden, h->body);
	if (err == VAULT_OK && hidden != NULL)
		err = scan_add(to->scan, hidden, to->who);
	json_decref(open);
	json_decref(hidden);
	return err;
}

/* What was said of whom before: a text may have kept it. */
static enum vault_err
add_earlier(struct scan *scan, size_t who, struct store *s,
    const struct record_row *row)
{
	struct buf ids = { 0 };
	enum vault_err err = rows_versions(&ids, s, row, false);
	size_t n = version_hash_count(&ids);

	for (size_t i = 0; err == VAULT_OK && n > 1 && i < n; i++) {
		struct head h;

		if ((err = head_open(&h, s, row, version_hash_at(&ids, i),
			 false)) != VAULT_OK)
			break;
		if (h.body != NULL)
			err = scan_add_earlier(scan, h.body, who);
		head_free(&h);
	}
	buf_free(&ids);
	return err;
}

/* It is looked for in the person's own record, too, and wherever they may be
 * named. */
static enum vault_err
look_for_private(struct reveal *r, struct store *s,
    const struct record_row *row, const struct hidden *whose)
{
	struct adding to = { .scan = r->scan, .who = reveal_people(r) };
	struct hidden hidden = { .protected = whose->protected };
	enum vault_err err = audience_words(s, row, add_private, &to);

	memcpy(hidden.id, whose->id, sizeof(hidden.id));
	return err == VAULT_OK && !buf_put(&r->people, &hidden, sizeof(hidden))
	    ? VAULT_ENOMEM
	    : err;
}

/* Does a consent of this person speak of single records? */
static bool
is_by_record(const struct audience *a, const char *person)
{
	size_t n;
	const struct consent *list = audience_consents(&n, a, person);

	for (size_t i = 0; i < n; i++)
		if (list[i].records != NULL)
			return true;
	return false;
}

static bool
leaves_whole(const struct audience_person *p)
{
	return audience_may(p) && audience_naming(p) == CONSENT_FULL &&
	    !p->closed;
}

/*
 * Is somebody hidden by another record of the same person?  Whoever reads the
 * names of the one knows who the other is.
 */
static enum vault_err
same_hides(
    bool *hidden, bool *protected, const struct audience *a, const char *person)
{
	size_t n;
	const same_id *ids = audience_records(&n, a, person);
	enum vault_err err = VAULT_OK;

	*hidden = *protected = false;
#ifdef PLANT_SAME_NAMED
	return err;
#endif
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		struct audience_person p;

		if (strcmp(ids[i], person) == 0)
			continue;
		err = audience_person(&p, a, ids[i], ids[i]);
		if (err != VAULT_OK || !p.here || p.made)
			continue;
		*protected = *protected || p.protected;
		*hidden = *hidden || p.protected || !leaves_whole(&p);
	}
	return err;
}

static enum vault_err
add_person(struct reveal *r, struct store *s, int64_t num)
{
	struct audience_person p;
	struct record_row row;
	struct hidden hidden = { .asked = false };
	struct adding to = { .scan = r->scan, .who = reveal_people(r) };
	enum vault_err err;
	bool by_other, protected;

	if ((err = rows_get(&row, s, num)) != VAULT_OK || row.forgotten)
		return err;
	err = audience_person_row(&p, r->audience, &row, add_names, &to);
	if (err == VAULT_OK)
		err = same_hides(&by_other, &protected, r->audience, p.id);
	if (err != VAULT_OK)
		return err;
	memcpy(hidden.id, p.id, sizeof(hidden.id));
	hidden.may_leave = leaves_whole(&p);
	hidden.protected = p.protected || protected;
	hidden.by_record = !p.closed && !p.exempt && !hidden.protected &&
	    !by_other && is_by_record(r->audience, p.id);
	if (p.made ||
	    (hidden.may_leave && !p.protected && !by_other &&
		!hidden.by_record))
		scan_drop(r->scan, to.who);
	else if ((err = add_earlier(r->scan, to.who, s, &row)) == VAULT_OK &&
	    !buf_put(&r->people, &hidden, sizeof(hidden)))
		err = VAULT_ENOMEM;
	return err == VAULT_OK && !p.made &&
		(hidden.may_leave || hidden.by_record) && to.has_private
	    ? look_for_private(r, s, &row, &hidden)
	    : err;
}

static enum vault_err
count_people(int64_t *n, struct store *s)
{
	struct sql *q = sql_open(
	    s, "SELECT count(*) FROM record WHERE type='person'");
	enum vault_err err;
	bool row;

	if ((err = sql_step(q, &row)) == VAULT_OK && row)
		*n = sql_int(q, 0);
	sql_close(q);
	return err;
}

static enum vault_err
add_people(struct reveal *r, struct store *s,
    bool (*step)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
	struct sql *q;
	enum vault_err err;
	int64_t total = 0, done = 0;
	bool row;

	if ((err = count_people(&total, s)) != VAULT_OK)
		return err;
	q = sql_open(s, "SELECT num FROM record WHERE type='person'");
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		if ((err = add_person(r, s, sql_int(q, 0))) != VAULT_OK)
			break;
		if (step != NULL &&
		    !step(ctx, (uint64_t)++done, (uint64_t)total)) {
			err = VAULT_ECANCELED;
			break;
		}
	}
	sql_close(q);
	return err;
}

enum vault_err
reveal_new(struct reveal **out, struct store *s, const struct audience *a,
    bool (*step)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
	struct reveal *r = mem_zalloc(sizeof(*r));
	enum vault_err err;

	*out = NULL;
	if (r == NULL)
		return VAULT_ENOMEM;
	r->store = s;
	r->audience = a;
	if ((err = scan_new(&r->scan)) == VAULT_OK)
		err = add_people(r, s, step, ctx);
	if (err == VAULT_OK) {
		*out = r;
		r = NULL; /* given away */
	}
	reveal_free(r);
	return err;
}

/* ---- Looking ---- */

/* So many fields may lie between two parts of a name, and so many bytes. */
#define BESIDE 3
#define BESIDE_BYTES 96

/* A text whose end may begin a name that goes on in another field. */
struct opener {
	struct buf path, end;
	size_t at;   /* of its end: characters from the beginning */
	size_t left; /* in so many more */
};

struct looking {
	struct reveal *r;
	const char *record, *path;
	reveal_fn found;
	void *ctx;
	const char *text;
	size_t len;
	bool beside; /* it stands in two fields: it may be two people's */
	struct opener openers[BESIDE];
};

/* ---- Namesakes ---- */

/* Has a person this for a name, in all that counts of the record today? */
struct bearing {
	const char *member, *text;
	size_t len;
	bool all;
};

static enum vault_err
bears(void *ctx, const struct head *h)
{
	struct bearing *b = ctx;
	const json_t *names = json_object_get(h->body, "names");
	bool any = false;

	for (size_t i = 0; !any && i < json_array_size(names); i++) {
		const json_t *name = json_object_get(
		    json_array_get(names, i), b->member);

		any = json_is_string(name) &&
		    json_string_length(name) == b->len &&
		    memcmp(json_string_value(name), b->text, b->len) == 0;
	}
	b->all = b->all && any;
	return VAULT_OK;
}

/* "names[2].text": the text; NULL: it is no name. */
static const char *
name_member(const char *path)
{
	static const char *const members[] = { "text", "family", "given" };
	const char *end = strchr(path, ']');

	if (strncmp(path, "names[", 6) != 0 || end == NULL || end[1] != '.')
		return NULL;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (strcmp(end + 2, members[i]) == 0)
			return members[i];
	return NULL;
}

/* All of the text, not a word in it. */
static bool
is_whole(const struct scan_hit *hit, const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return hit->kind != SCAN_NUMBER && hit->at == 0 && hit->len == n;
}

/*
 * A name that somebody who may be named has today, in the record of that
 * person, says nothing of another one who has it too.  In any other text
 * nobody can tell whose it is.
 */
static enum vault_err
is_of_namesake(bool *out, const struct looking *l, const struct hidden *h,
    const struct scan_hit *hit)
{
	struct bearing b = { name_member(l->path), l->text, l->len, true };
	const struct audience *a = l->r->audience;
	struct audience_person p;
	struct record_row row;
	uint8_t id[ID_LEN];
	bool hidden, protected;
	enum vault_err err;

	*out = false;
	if (b.member == NULL || !is_whole(hit, l->text, l->len) ||
	    strcmp(h->id, l->record) == 0 ||
	    id_parse(id, l->record, strlen(l->record)) != VAULT_OK)
		return VAULT_OK;
	if ((err = rows_find(&row, l->r->store, id)) != VAULT_OK ||
	    strcmp(row.type, "person") != 0)
		return err;
	if ((err = audience_person_row(&p, a, &row, bears, &b)) != VAULT_OK ||
	    (err = same_hides(&hidden, &protected, a, p.id)) != VAULT_OK)
		return err;
#ifdef PLANT_NAMESAKE
	b.all = true;
#endif
	*out = b.all && leaves_whole(&p) && !p.protected && !hidden &&
	    !protected;
	return VAULT_OK;
}

/* ---- What is found ---- */

/* Whom our records name as who did it is not hidden by that. */
static enum vault_err
is_accused(bool *out, const struct reveal *r, struct hidden *h)
{
	enum vault_err err = VAULT_OK;

	if (!h->asked && !h->protected)
		err = audience_is_accused(&h->accused, r->audience, h->id);
	h->asked = err == VAULT_OK;
	*out = h->accused;
	return err;
}

static enum vault_err
see(void *ctx, const struct scan_hit *hit)
{
	const struct looking *l = ctx;
	struct hidden *h = hidden_at(l->r, hit->who);
	struct audience_person there;
	struct reveal_hit told = { .record = l->record,
		.path = l->path,
		.person = h->id,
		.kind = l->beside ? SCAN_PART : hit->kind,
		.at = hit->at,
		.len = hit->len };
	enum vault_err err;
	bool accused, namesake;

	/* Own names in an own record that leaves. */
	if (h->may_leave && strcmp(h->id, l->record) == 0)
		return VAULT_OK;
	if (!l->beside &&
	    ((err = is_of_namesake(&namesake, l, h, hit)) != VAULT_OK ||
		namesake))
		return err;
	/* Numbers of a record that stays here are not told by that. */
	if (h->by_record && (h->may_leave || hit->kind == SCAN_NAME)) {
		if ((err = audience_person(
			 &there, l->r->audience, h->id, l->record)) != VAULT_OK)
			return err;
		if (audience_may(&there) &&
		    audience_naming(&there) == CONSENT_FULL)
			return VAULT_OK;
	}
	if ((err = is_accused(&accused, l->r, h)) == VAULT_OK && !accused)
		l->found(l->ctx, &told);
	return err;
}

enum vault_err
reveal_text(struct reveal *r, const char *record, const char *path,
    const char *text, size_t len, reveal_fn found, void *ctx)
{
	struct looking l = { .r = r,
		.record = record,
		.path = path,
		.found = found,
		.ctx = ctx,
		.text = text,
		.len = len };

	return scan_text(r->scan, text, len, see, &l);
}

/* ---- A name in two fields ---- */

static size_t
characters(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* Where the end of a text begins, and where its beginning ends, in bytes. */
static size_t
end_of(const char *text, size_t len)
{
	size_t at = len > BESIDE_BYTES ? len - BESIDE_BYTES : 0;

	while (at < len && ((unsigned char)text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static size_t
beginning_of(const char *text, size_t len)
{
	size_t n = len > BESIDE_BYTES ? BESIDE_BYTES : len;

	while (n > 0 && n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

struct joining {
	struct looking *l;
	const struct opener *from;
	size_t cut; /* characters before the other text */
};

/* Whole names alone, that stand on both sides. */
static enum vault_err
see_joined(void *ctx, const struct scan_hit *hit)
{
	const struct joining *j = ctx;
	struct scan_hit told = *hit;

	if (hit->kind != SCAN_NAME || hit->at >= j->cut ||
	    hit->at + hit->len <= j->cut + 1)
		return VAULT_OK;
	told.at += j->from->at;
	told.len = j->cut - hit->at;
	return see(j->l, &told);
}

static enum vault_err
look_across(
    struct looking *l, const struct opener *from, const char *text, size_t len)
{
	struct joining j = { l, from,
		characters(buf_text(&from->end), from->end.len) };
	const char *path = l->path;
	struct buf both = { 0 };
	enum vault_err err;

	/* A person's own name in parts is judged by is_of_namesake. */
	if (name_member(path) != NULL &&
	    name_member(buf_text(&from->path)) != NULL)
		return VAULT_OK;
	buf_put(&both, from->end.bytes, from->end.len);
	buf_put_byte(&both, ' ');
	buf_put(&both, text, beginning_of(text, len));
	l->path = buf_text(&from->path);
	l->beside = true;
	if ((err = buf_ok(&both)) == VAULT_OK)
		err = scan_text(
		    l->r->scan, buf_text(&both), both.len, see_joined, &j);
	l->beside = false;
	l->path = path;
	buf_free(&both);
	return err;
}

/* Into the place of the one that has been there for longest. */
static enum vault_err
keep_opener(struct looking *l, const char *text, size_t len)
{
	struct opener *to = &l->openers[0];
	size_t at = end_of(text, len);

	for (size_t i = 1; i < BESIDE; i++)
		if (l->openers[i].left < to->left)
			to = &l->openers[i];
	buf_reset(&to->path);
	buf_reset(&to->end);
	buf_put_text(&to->path, l->path);
	buf_put(&to->end, text + at, len - at);
	to->at = characters(text, at);
	to->left = BESIDE;
	return buf_ok(&to->path) == VAULT_OK ? buf_ok(&to->end) : VAULT_ENOMEM;
}

static enum vault_err
look_at_word(void *ctx, const char *path, const char *text, size_t len)
{
	struct looking *l = ctx;
	enum vault_err err;
	bool open;

	l->path = path;
	l->text = text;
	l->len = len;
	err = scan_text(l->r->scan, text, len, see, l);
	open = scan_is_open(l->r->scan);
	for (size_t i = 0; err == VAULT_OK && i < BESIDE; i++)
		if (l->openers[i].left > 0) {
			l->openers[i].left--;
			err = look_across(l, &l->openers[i], text, len);
		}
#ifdef PLANT_FIELDS_ALONE
	open = false;
#endif
	return err == VAULT_OK && open ? keep_opener(l, text, len) : err;
}

enum vault_err
reveal_body(struct reveal *r, const char *record, const json_t *body,
    reveal_fn found, void *ctx)
{
	struct looking l = { .r = r,
		.record = record,
		.path = "",
		.found = found,
		.ctx = ctx,
		.text = "" };
	enum vault_err err = body_words(body, true, look_at_word, &l);

	for (size_t i = 0; i < BESIDE; i++) {
		buf_free(&l.openers[i].path);
		buf_free(&l.openers[i].end);
	}
	return err;
}

/* ---- All of a bundle ---- */

static enum vault_err
look_at_version(struct reveal *r, struct store *s,
    const struct leave_version *v, reveal_fn found, void *ctx)
{
	struct record_row row;
	char id[ID_TEXT_LEN + 1];
	struct head h;
	enum vault_err err;

	if (!v->body)
		return VAULT_OK;
	if ((err = rows_get(&row, s, v->record)) != VAULT_OK ||
	    (err = head_open(&h, s, &row, v->id, false)) != VAULT_OK)
		return err;
	id_print(id, row.id);
	err = reveal_body(r, id, v->hidden ? h.body : h.open, found, ctx);
	head_free(&h);
	return err;
}

static enum vault_err
look_at_file(struct reveal *r, struct store *s, const struct leave_file *f,
    reveal_fn found, void *ctx)
{
	struct record_row row;
	char id[ID_TEXT_LEN + 1];
	struct attach_row a;
	enum vault_err err;

	if ((err = rows_get(&row, s, f->record)) != VAULT_OK)
		return err;
	id_print(id, row.id);
	if ((err = attach_find(&a, s, &row, f->hash)) == VAULT_OK)
		err = reveal_text(r, id, "attachment", buf_text(&a.name),
		    a.name.len, found, ctx);
	attach_row_free(&a);
	return err;
}

enum vault_err
reveal_leave(struct reveal *r, struct store *s, const struct leave *leave,
    reveal_fn found, void *ctx)
{
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < leave_versions(leave); i++)
		err = look_at_version(
		    r, s, leave_version(leave, i), found, ctx);
	for (size_t i = 0; err == VAULT_OK && i < leave_files(leave); i++)
		err = look_at_file(r, s, leave_file(leave, i), found, ctx);
	return err;
}
