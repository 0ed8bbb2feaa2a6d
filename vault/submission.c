/* SPDX-License-Identifier: ISC */
/*
 * submission.c - what we hold of a person, for a form of the United Nations.
 *
 * 1. Without the person's own consent to "un", recorded by our office, there
 *    is no draft; a form that wants the family's takes no other.
 * 2. Every record goes through edition_make, and leaves only if the consent
 *    of this person covers it too, whoever else has consented.
 * 3. Every text in the draft is looked through for names, each in its field;
 *    and the finished draft once more, for what only its lines put together.
 * 4. Who told or saw it is never named, but for the person; and a statement
 *    leaves only if its source has consented too, or it is public.  One who has
 *    no record cannot have been asked.
 */
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/text.h"
#include "record/body.h"
#include "record/heads.h"
#include "record/json.h"
#include "record/model.h"
#include "record/name.h"
#include "search/query.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"
#include "submission_inside.h"

struct sub_item *
sub_items(const struct vault_submission *s, size_t *n)
{
	*n = s->items.len / sizeof(struct sub_item);
	return (struct sub_item *)(void *)s->items.bytes;
}

const char *
vault_form(size_t i)
{
	return forms_code(i);
}

static void
item_free(struct sub_item *item)
{
	edition_free(&item->edition);
	json_decref(item->whole);
	json_decref(item->used);
}

void
vault_submission_free(struct vault_submission *s)
{
	struct sub_item *items;
	size_t n;

	if (s == NULL)
		return;
	items = sub_items(s, &n);
	for (size_t i = 0; i < n; i++)
		item_free(&items[i]);
	buf_free(&s->items);
	buf_free(&s->text);
	buf_free(&s->urgency);
	buf_free(&s->withheld);
	reveal_free(s->reveal);
	audience_free(s->audience);
	mem_free(s);
}

void
vault_submission_info(
    struct vault_submission_info *out, const struct vault_submission *s)
{
	*out = s->info;
	out->mechanism = s->form->title;
	out->urgency_words = buf_text(&s->urgency);
}

void
vault_submission_confirm_parts(struct vault_submission *s)
{
	s->parts_confirmed = true;
}

bool
sub_may_leave(const struct vault_submission *s)
{
	return s->info.refused == VAULT_SUBMISSION_MAY && s->info.names == 0 &&
	    (s->info.parts == 0 || s->parts_confirmed);
}

const struct buf *
vault_submission_text(const struct vault_submission *s)
{
	return sub_may_leave(s) ? &s->text : NULL;
}

/* ---- Consent ---- */

const struct consent *
sub_consent(const struct vault_submission *s)
{
	return s->who.consent.by;
}

bool
sub_allows(const struct vault_submission *s, enum consent_scope scope)
{
	size_t n;
	const struct consent *list = audience_consents(
	    &n, s->audience, s->person);

	return consent_answer(list, n, s->person, scope, s->today).why ==
	    CONSENT_GIVEN;
}

struct giving {
	bool other;      /* a version says that somebody else gave it */
	bool conditions; /* or has conditions */
};

/* Each version of the consent must say that it is the family's. */
static enum vault_err
look_who_gave(void *ctx, const struct head *h)
{
	struct giving *g = ctx;
	const char *by = json_string_value(
	    json_object_get(h->body, "given_by"));

	if (by == NULL ||
	    (strcmp(by, "family") != 0 && strcmp(by, "self") != 0))
		g->other = true;
	if (json_object_get(h->body, "conditions") != NULL)
		g->conditions = true;
	return VAULT_OK;
}

static enum vault_err
look_at_consent(struct giving *out, const struct vault_submission *s)
{
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;
	const char *by = s->info.by;

	memset(out, 0, sizeof(*out));
	if ((err = id_parse(id, by, strlen(by))) != VAULT_OK ||
	    (err = rows_find(&r, s->v->store, id)) != VAULT_OK)
		return err;
	return audience_words(s->v->store, &r, look_who_gave, out);
}

/* Rule 1: what of all that it wants is not there. */
static enum vault_err
judge_consent(struct vault_submission *s, const struct edition *e)
{
	struct giving giving;
	enum vault_err err = VAULT_OK;

	s->who = e->person;
	s->info.may = (enum vault_may_why)e->why;
	s->info.consent = (enum vault_consent)s->who.consent.why;
	if (s->who.consent.by != NULL)
		memcpy(s->info.by, s->who.consent.by->id, sizeof(s->info.by));
#ifndef PLANT_SUBMITTED_ANYWAY
	if (e->why != AUDIENCE_MAY && e->why != AUDIENCE_CONSENT)
		s->info.refused = VAULT_SUBMISSION_RECORD;
	else if (s->who.consent.why != CONSENT_GIVEN)
		s->info.refused = VAULT_SUBMISSION_CONSENT;
#endif
	if (s->info.refused != VAULT_SUBMISSION_MAY || s->info.by[0] == '\0' ||
	    (err = look_at_consent(&giving, s)) != VAULT_OK)
		return err;
	s->info.conditions = giving.conditions;
	if (s->form->family && giving.other)
		s->info.refused = VAULT_SUBMISSION_GIVEN_BY;
	return VAULT_OK;
}

/* ---- What stays behind ---- */

static const char *
why_word(enum audience_why why)
{
	static const char *const words[] = { "private", "forgotten", "not here",
		"level", "figures only", "limited", "readers", "consent" };

	return words[why];
}

/* Does the line from there on stand before it as well? */
static bool
is_noted(const struct buf *lines, size_t from)
{
	const char *all = buf_text(lines), *at;

	if (lines->failed)
		return false;
	at = strstr(all, all + from);
	return at != NULL && at < all + from;
}

enum vault_err
sub_keep_back(struct vault_submission *s, const struct sub_item *item,
    const char *field, enum audience_why why)
{
	struct vault_kept_back k = { .id = item->id,
		.type = item->row.type,
		.field = field,
		.why = (enum vault_may_why)why };
	struct buf title = { 0 };
	size_t before = s->withheld.len;
	enum vault_err err;

	buf_putf(&s->withheld, "%s %.8s%s%s: %s\n", item->row.type, item->id,
	    field[0] == '\0' ? "" : ", ", field, why_word(why));
	/* Two rows may ask for one field. */
	if (is_noted(&s->withheld, before)) {
		buf_truncate(&s->withheld, before);
		return VAULT_OK;
	}
	if (field[0] == '\0')
		s->info.held++;
	if ((err = vault_title(&title, s->v, item->id)) == VAULT_ENORECORD)
		err = VAULT_OK;
	k.title = buf_text(&title);
	if (err == VAULT_OK && s->what.kept != NULL)
		s->what.kept(s->what.ctx, &k);
	buf_free(&title);
	return err == VAULT_OK ? buf_ok(&s->withheld) : err;
}

/* ---- Gathering ---- */

/* Which field makes a record a part of this; records.md, 11. */
static bool
tells_of(const char *type, const char *path)
{
	static const struct {
		const char *type, *path;
	} rows[] = { { "act", "victims[" }, { "status", "person" },
		{ "testimony", "about[" }, { "testimony", "source.ref" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(type, rows[i].type) == 0 &&
		    strncmp(path, rows[i].path, strlen(rows[i].path)) == 0)
			return true;
	return false;
}

struct telling {
	const char *type, *person;
	bool found;
};

static enum vault_err
is_told(void *ctx, const char *path, const char *text, size_t len)
{
	struct telling *t = ctx;

	if (len == ID_TEXT_LEN && memcmp(text, t->person, len) == 0)
		t->found = t->found || tells_of(t->type, path);
	return VAULT_OK;
}

static enum vault_err
tells(bool *out, const struct vault_submission *s, const char *type,
    const json_t *body)
{
	struct telling t = { .type = type, .person = s->person };
	enum vault_err err = VAULT_OK;

	if (body != NULL)
		err = body_links(body, is_told, &t);
	*out = t.found;
	return err;
}

/* Rule 4. */
static bool
source_agrees(const struct sub_item *item)
{
	const struct audience_person *source = &item->edition.person;

	if (strcmp(item->row.type, "testimony") != 0 ||
	    item->edition.limits.level == 0)
		return true;
	return source->id[0] != '\0' && audience_may(source);
}

/* Rule 2: this person's consent must cover the record, whose else does. */
static enum vault_err
make_edition(struct sub_item *item, const struct vault_submission *s)
{
	struct audience_person p;
	enum vault_err err;
	bool open;

	err = edition_make(
	    &item->edition, s->v->store, s->audience, &item->row);
	item->why = item->edition.why;
	if (err != VAULT_OK || item->why != AUDIENCE_MAY)
		return err;
	if ((err = audience_person(&p, s->audience, s->person, item->id)) !=
		VAULT_OK ||
	    (err = tells(&open, s, item->row.type, item->edition.body)) !=
		VAULT_OK)
		return err;
	/* That it is about this person may be private itself. */
	if (!open)
		item->why = AUDIENCE_WITHHELD;
#ifndef PLANT_OTHERS_CONSENT
	else if (p.consent.why != CONSENT_GIVEN)
		item->why = AUDIENCE_CONSENT;
#endif
#ifndef PLANT_SOURCES_UNASKED
	else if (!source_agrees(item))
		item->why = AUDIENCE_CONSENT;
#endif
	return VAULT_OK;
}

static enum vault_err
put_item(struct vault_submission *s, struct sub_item *item)
{
	if (item->why == AUDIENCE_MAY && (item->used = json_object()) == NULL)
		return VAULT_ENOMEM;
	item->has_days = date_object_days(
	    &item->days, json_object_get(item->whole, "date"));
	if (item->why == AUDIENCE_MAY)
		s->info.records++;
	if (json_array_size(item->edition.clashes) > 0)
		s->info.disagreeing++;
	if (!buf_put(&s->items, item, sizeof(*item)))
		return VAULT_ENOMEM;
	memset(item, 0, sizeof(*item)); /* given away */
	return VAULT_OK;
}

static enum vault_err
add_record(struct vault_submission *s, int64_t num)
{
	struct sub_item item = { .why = AUDIENCE_FORGOTTEN };
	struct merged m = { .body = NULL };
	enum vault_err err;
	bool told = false;

	if ((err = rows_get(&item.row, s->v->store, num)) != VAULT_OK ||
	    item.row.forgotten)
		return err;
	if ((err = heads_merge(&m, s->v->store, &item.row)) != VAULT_OK)
		return err;
	id_print(item.id, item.row.id);
	item.whole = json_incref(m.body);
	if ((err = tells(&told, s, item.row.type, m.body)) == VAULT_OK &&
	    told && (err = make_edition(&item, s)) == VAULT_OK)
		err = put_item(s, &item);
	item_free(&item);
	merged_free(&m);
	return err;
}

/* Every record that links to the person, by whatever field. */
static enum vault_err
add_records(struct vault_submission *s)
{
	struct sql *q = sql_open(s->v->store,
	    "SELECT num FROM value WHERE field=?1 AND key=?2 ORDER BY num");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_LINK);
	sql_put_text(q, 2, s->person, ID_TEXT_LEN);
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = add_record(s, sql_int(q, 0))) != VAULT_OK)
			break;
	sql_close(q);
	return err;
}

/* The person's own record, and whether there may be a draft. */
static enum vault_err
add_person(struct vault_submission *s)
{
	struct sub_item item = { .why = AUDIENCE_MAY };
	struct merged m = { .body = NULL };
	uint8_t id[ID_LEN];
	enum vault_err err;

	if (id_parse(id, s->person, strlen(s->person)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = rows_find(&item.row, s->v->store, id)) != VAULT_OK)
		return err;
	if (strcmp(item.row.type, "person") != 0)
		return VAULT_EUSE;
	memcpy(item.id, s->person, sizeof(item.id));
	if ((err = heads_merge(&m, s->v->store, &item.row)) != VAULT_OK)
		return err;
	item.whole = json_incref(m.body);
	if ((err = edition_make(&item.edition, s->v->store, s->audience,
		 &item.row)) == VAULT_OK &&
	    (err = judge_consent(s, &item.edition)) == VAULT_OK &&
	    s->info.refused == VAULT_SUBMISSION_MAY)
		err = put_item(s, &item);
	item_free(&item);
	merged_free(&m);
	return err;
}

/* ---- Order ---- */

static int64_t
place_in_time(const struct sub_item *item)
{
	if (!item->has_days)
		return INT64_MAX;
	return item->days.lo != INT32_MIN ? item->days.lo : item->days.hi;
}

static int
compare(const void *a, const void *b)
{
	const struct sub_item *x = a, *y = b;
	int64_t at_x = place_in_time(x), at_y = place_in_time(y);
	bool ended_x, ended_y;

	if (at_x != at_y)
		return at_x < at_y ? -1 : 1;
	/* What ended was there before what did not. */
	ended_x = json_object_get(x->whole, "until") != NULL;
	ended_y = json_object_get(y->whole, "until") != NULL;
	if (ended_x != ended_y)
		return ended_x ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void
mark_superseded(struct vault_submission *s)
{
	size_t n;
	struct sub_item *items = sub_items(s, &n);

	for (size_t i = 0; i < n; i++) {
		const char *id = strcmp(items[i].row.type, "status") != 0
		    ? NULL
		    : json_string_value(
			  json_object_get(items[i].whole, "supersedes"));

		for (size_t k = 0; id != NULL && k < n; k++)
			if (strcmp(items[k].id, id) == 0)
				items[k].superseded = true;
	}
}

/* By date, the person first; acts that leave are numbered. */
static enum vault_err
settle(struct vault_submission *s)
{
	size_t n;
	struct sub_item *items = sub_items(s, &n);
	enum vault_err err = VAULT_OK;

	if (n > 2)
		qsort(items + 1, n - 1, sizeof(*items), compare);
	mark_superseded(s);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		if (items[i].why != AUDIENCE_MAY)
			err = sub_keep_back(s, &items[i], "", items[i].why);
		else if (strcmp(items[i].row.type, "act") == 0)
			items[i].number = ++s->acts;
	}
	return err;
}

/* ---- Names ---- */

struct seeing {
	struct vault_submission *s;
	struct name_list own; /* of the person, as the draft has them */
	const char *record;
	const char *text; /* that is looked through */
	size_t len;
	struct buf seen; /* ids of who is named by a whole name, one each */
	bool whole_draft;
};

static bool
is_seen(const struct seeing *to, const char *id)
{
	for (size_t i = 0; i < to->seen.len; i += ID_TEXT_LEN)
		if (memcmp(to->seen.bytes + i, id, ID_TEXT_LEN) == 0)
			return true;
	return false;
}

/* The characters of the hit, as a key without blanks. */
static enum vault_err
key_of(struct buf *out, const struct seeing *to, const struct reveal_hit *hit)
{
	size_t from = 0, end;
	struct buf key = { 0 };
	uint32_t cp;
	enum vault_err err;

	for (size_t i = 0; i < hit->at && from < to->len; i++)
		from += text_next(&cp, to->text + from, to->len - from);
	end = from;
	for (size_t i = 0; i < hit->len && end < to->len; i++)
		end += text_next(&cp, to->text + end, to->len - end);
	if ((err = text_key(&key, to->text + from, end - from)) == VAULT_OK)
		err = text_key_joined(out, key.bytes, key.len);
	buf_free(&key);
	return err;
}

static bool
is_name_of(const struct name_list *own, const struct buf *key)
{
	bool same = false;

	for (size_t i = 0; !same && i < own->n; i++) {
		struct buf mine = { 0 };

		same = text_key_joined(&mine, own->forms[i].key,
			   strlen(own->forms[i].key)) == VAULT_OK &&
		    mine.len == key->len &&
		    memcmp(mine.bytes, key->bytes, key->len) == 0;
		buf_free(&mine);
	}
	return same;
}

/*
 * A form is filled in for somebody whom its first line names: that name is no
 * other's, though many may share it.  By the whole name only: or own is empty.
 */
static bool
is_own_name(const struct seeing *to, const struct reveal_hit *hit)
{
	struct buf key = { 0 };
	bool own;

	if (to->own.n == 0)
		return false;
	if (strcmp(hit->person, to->s->person) == 0)
		return true;
	if (hit->kind == SCAN_PART)
		return strcmp(to->record, to->s->person) == 0 &&
		    strncmp(hit->path, "names[", 6) == 0;
	own = hit->kind == SCAN_NAME && key_of(&key, to, hit) == VAULT_OK &&
	    is_name_of(&to->own, &key);
	buf_free(&key);
	return own;
}

static void
see(void *ctx, const struct reveal_hit *hit)
{
	struct seeing *to = ctx;
	struct vault_submission *s = to->s;
	struct vault_named named = { hit->record, hit->path, hit->person,
		(enum vault_named_how)hit->kind, hit->at, hit->len };

	/* Parts across lines, and labels of ours, are nobody. */
	if (is_own_name(to, hit) ||
	    (to->whole_draft &&
		(hit->kind == SCAN_PART || is_seen(to, hit->person))))
		return;
	if (hit->kind == SCAN_PART) {
		s->info.parts++;
	} else {
		s->info.names++;
		buf_put(&to->seen, hit->person, ID_TEXT_LEN);
	}
	if (s->what.named != NULL)
		s->what.named(s->what.ctx, &named);
}

static enum vault_err
look_at(void *ctx, const char *path, const char *text, size_t len)
{
	struct seeing *to = ctx;

	to->text = text;
	to->len = len;
	return reveal_text(to->s->reveal, to->record, path, text, len, see, to);
}

static enum vault_err
read_own_names(struct seeing *to)
{
	size_t n;
	const json_t *body = sub_items(to->s, &n)->used, *names;
	enum vault_err err = VAULT_OK;

	if (audience_naming(&to->s->who) != CONSENT_FULL)
		return VAULT_OK;
	names = json_object_get(body, "names");
	for (size_t i = 0; err == VAULT_OK && i < json_array_size(names); i++)
		err = name_add(&to->own, json_array_get(names, i), i);
	return err;
}

/* Rule 3. */
static enum vault_err
look_at_all(struct seeing *to)
{
	struct vault_submission *s = to->s;
	size_t n;
	struct sub_item *items = sub_items(s, &n);
	enum vault_err err = read_own_names(to);

	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		to->record = items[i].id;
		if (items[i].used != NULL)
			err = body_words(items[i].used, true, look_at, to);
	}
	to->record = s->person;
	if (err == VAULT_OK && s->what.relation != NULL)
		err = look_at(to, "--relation", s->what.relation,
		    strlen(s->what.relation));
	to->whole_draft = true;
	if (err == VAULT_OK)
		err = look_at(to, "draft", buf_text(&s->text), s->text.len);
	return err == VAULT_OK ? buf_ok(&to->seen) : err;
}

static enum vault_err
look_for_names(struct vault_submission *s)
{
	struct seeing to = { .s = s };
	enum vault_err err = look_at_all(&to);

	name_list_free(&to.own);
	buf_free(&to.seen);
	return err;
}

/* ---- Deciding ---- */

static enum vault_err
read_people(struct vault_submission *s)
{
	enum vault_err err;

	err = reveal_new(&s->reveal, s->v->store, s->audience, s->what.progress,
	    s->what.ctx);
	if (err == VAULT_OK)
		s->info.short_names = reveal_short(s->reveal);
	return err;
}

static enum vault_err
decide(struct vault_submission *s)
{
	int64_t time;
	enum vault_err err;

	if ((err = log_last(s->v->store, &s->seen, &time)) != VAULT_OK ||
	    (err = audience_new(&s->audience, s->v->store, CONSENT_UN,
		 s->today)) != VAULT_OK ||
	    (err = add_person(s)) != VAULT_OK ||
	    s->info.refused != VAULT_SUBMISSION_MAY)
		return err;
	if ((err = add_records(s)) == VAULT_OK &&
	    (err = settle(s)) == VAULT_OK &&
	    (err = sub_urgency(s)) == VAULT_OK &&
	    (err = sub_draft(s)) == VAULT_OK &&
	    (err = read_people(s)) == VAULT_OK) {
#ifndef PLANT_DRAFT_UNSEEN
		err = look_for_names(s);
#endif
	}
	return err;
}

static enum vault_err
begin(struct vault_submission **out, struct vault *v,
    const struct vault_submission_what *what)
{
	struct vault_submission *s = mem_zalloc(sizeof(*s));

	*out = s;
	if (s == NULL)
		return VAULT_ENOMEM;
	s->v = v;
	s->what = *what;
	s->now = clock_now();
	s->today = (int32_t)(s->now / 86400);
	s->form = forms_find(what->form);
	if (s->form == NULL || strlen(what->person) != ID_TEXT_LEN)
		return s->form == NULL ? VAULT_EUSE : VAULT_ENORECORD;
	memcpy(s->person, what->person, ID_TEXT_LEN + 1);
	return VAULT_OK;
}

enum vault_err
vault_submission_new(struct vault_submission **out, struct vault *v,
    const struct vault_submission_what *what)
{
	struct vault_submission *s;
	enum vault_err err;

	*out = NULL;
	if ((err = begin(&s, v, what)) == VAULT_OK &&
	    (err = store_read(v->store)) == VAULT_OK) {
		err = decide(s);
		store_read_end(v->store);
	}
	if (err == VAULT_OK) {
		s->what = (struct vault_submission_what){ .ctx = NULL };
		*out = s;
		s = NULL; /* given away */
	}
	vault_submission_free(s);
	return err == VAULT_EUSE ? err : vault_failed(v, err);
}

/* ---- Writing ---- */

/* Who wrote meanwhile may have changed what may leave. */
enum vault_err
sub_is_same(struct vault_submission *s)
{
	uint64_t last;
	int64_t time;
	enum vault_err err = log_last(s->v->store, &last, &time);

	s->info.changed = err == VAULT_OK && last != s->seen;
	return s->info.changed ? VAULT_EBUSY : err;
}

/* {"audience":"un","form":CODE,"records":[ID ...]}: the person's first. */
enum vault_err
sub_log(struct vault_submission *s)
{
	size_t n;
	const struct sub_item *items = sub_items(s, &n);
	struct buf detail = { 0 };
	enum vault_err err;
	bool any = false;

	buf_putf(&detail, "{\"audience\":\"un\",\"form\":\"%s\",\"records\":[",
	    s->form->code);
	for (size_t i = 0; i < n; i++) {
		/* The person's, even if no word of it could leave. */
		if (i > 0 && json_object_size(items[i].used) == 0)
			continue;
		buf_putf(&detail, "%s\"%s\"", any ? "," : "", items[i].id);
		any = true;
	}
	buf_put_text(&detail, "]}");
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(
		    s->v->store, "export-plain", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

static enum vault_err
log_and_keep(struct vault_submission *s, struct vault_submission_kept *kept)
{
	enum vault_err err;

	if ((err = store_begin(s->v->store)) != VAULT_OK)
		return err;
	if ((err = sub_is_same(s)) == VAULT_OK &&
	    (err = sub_log(s)) == VAULT_OK && kept != NULL)
		err = sub_keep(kept, s);
	if (err == VAULT_OK)
		err = store_commit(s->v->store);
	store_abort(s->v->store);
	return err;
}

enum vault_err
vault_submission_write(struct vault_submission *s, const struct vault_sink *to,
    struct vault_submission_kept *kept)
{
	enum vault_err err;

	if (kept != NULL)
		memset(kept, 0, sizeof(*kept));
	if (!sub_may_leave(s))
		return VAULT_EREFUSED;
	if ((err = store_read(s->v->store)) != VAULT_OK)
		return vault_failed(s->v, err);
	err = sub_is_same(s);
	store_read_end(s->v->store);
	if (err == VAULT_OK)
		err = to->write(to->ctx, s->text.bytes, s->text.len);
	/* Logged in the transaction that sees that it is still so. */
	if (err == VAULT_OK)
		err = log_and_keep(s, kept);
	if (err != VAULT_OK && kept != NULL)
		memset(kept, 0, sizeof(*kept));
	return vault_failed(s->v, err);
}
