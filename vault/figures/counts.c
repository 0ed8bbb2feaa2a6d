/* SPDX-License-Identifier: ISC */
/*
 * counts - how many persons are, or ever were, in a situation.
 *
 * 1. All changes of status, by the index, those of one person together: no
 *    body is opened.
 * 2. Each person's are judged by record/status; those of several records that
 *    are of one person, as our office has said, together (search/same).
 * 3. Told by title, those who are left out with the reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/secret.h"
#include "figures/doubles.h"
#include "inside.h"
#include "record/heads.h"
#include "record/status.h"
#include "record/vocab.h"
#include "search/query.h"
#include "search/same.h"
#include "store/sql.h"
#include "store/store.h"

#define DAY 86400

struct person {
	char id[ID_TEXT_LEN + 1];
	char status[ID_TEXT_LEN + 1];
	char code[32];
	enum vault_counted_as as;
	enum vault_left_out why;
	size_t records;
	struct buf title;
};

struct counting {
	struct vault *v;
	struct status_question q;
	struct same *same;
	struct buf persons;  /* struct person */
	struct buf list;     /* struct status, of one person */
	struct buf together; /* the same, of those who have several records */
};

/* ---- The question ---- */

static bool
read_days(struct date_days *out, const char *edtf)
{
	struct date date;

	if (date_parse(&date, edtf, strlen(edtf)) != VAULT_OK)
		return false;
	date_days(out, &date);
	return true;
}

/* Every word is a code of status, or the name of a group. */
static bool
are_statuses(const char *words)
{
	bool any = false;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");
		char word[32] = "";
		bool known = false;

		if (len >= sizeof(word))
			return false;
		memcpy(word, words, len);
		for (size_t i = 0; len > 0 && i < vocab_status.n; i++) {
			const struct model_code *c = &vocab_status.codes[i];

			known = known || strcmp(c->code, word) == 0 ||
			    (c->group != NULL && strcmp(c->group, word) == 0);
		}
		if (len > 0 && !known)
			return false;
		any = any || len > 0;
		words += len + (words[len] == ' ');
	}
	return any;
}

/* The member that cannot be read, or NULL. */
static const char *
ask(struct status_question *q, const struct vault_count *what)
{
	struct date_days days;

	*q = (struct status_question){ .set = what->statuses,
		.least = what->certainty == NULL ? "likely" : what->certainty,
		.level = what->level,
		.ever = what->ever,
		.days = { INT32_MIN, (int32_t)(clock_now() / DAY) },
		.known_at = INT64_MAX,
		.the_case = what->the_case };
	if (!are_statuses(what->statuses))
		return "statuses";
	if (model_code(&vocab_certainty, q->least) == NULL)
		return "certainty";
	if (what->since != NULL) {
		if (!read_days(&days, what->since) || days.lo == INT32_MIN)
			return "since";
		q->days.lo = days.lo;
	}
	if (what->on != NULL) {
		if (!read_days(&days, what->on) || days.hi == INT32_MAX)
			return "on";
		q->days.hi = days.hi;
	}
	if (what->known_at != NULL) {
		if (!read_days(&days, what->known_at) || days.hi == INT32_MAX)
			return "known_at";
		q->known_at = ((int64_t)days.hi + 1) * DAY - 1;
	}
	return NULL;
}

/* ---- One of them ---- */

/* A group is one record, and not one person; who is not here is somebody. */
static enum vault_err
is_one(bool *out, struct store *s, const char *id)
{
	struct sql *q;
	uint8_t bytes[ID_LEN];
	enum vault_err err;
	bool row = false;

	*out = true;
	if (id_parse(bytes, id, strlen(id)) != VAULT_OK)
		return VAULT_OK;
	q = sql_open(s,
	    "SELECT 1 FROM record JOIN value ON value.num=record.num"
	    " WHERE record.id=?1 AND value.field=?2");
	sql_put_blob(q, 1, bytes, ID_LEN);
	sql_put_int(q, 2, QUERY_KIND);
	err = sql_step(q, &row);
	sql_close(q);
	*out = !row;
	return err;
}

enum vault_err
counts_is_one(bool *out, size_t *records, struct store *s,
    const struct same *same, const char *id)
{
	const same_id *ids = same_person(records, same, id);
	enum vault_err err = VAULT_OK;

	if (*records == 0) {
		*records = 1;
		return is_one(out, s, id);
	}
	*out = true;
	for (size_t i = 0; err == VAULT_OK && *out && i < *records; i++)
		err = is_one(out, s, ids[i]);
	return err;
}

static enum vault_left_out
reason(enum status_out out)
{
	switch (out) {
	case STATUS_NO_DATE:
		return VAULT_LEFT_NO_DATE;
	case STATUS_UNCERTAIN:
		return VAULT_LEFT_CERTAINTY;
	default:
		return VAULT_LEFT_LEVEL;
	}
}

static bool
is_of_case(const struct status *list, size_t n, const char *the_case)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].the_case, the_case) == 0)
			return true;
	return false;
}

static enum vault_err
keep(struct counting *c, const char *id, const struct status *by,
    enum status_answer answer)
{
	struct person p = { .why = reason(by->out),
		.as = answer == STATUS_CERTAINLY ? VAULT_COUNTED
		    : answer == STATUS_POSSIBLY  ? VAULT_COUNT_MAYBE
						 : VAULT_COUNT_LEFT_OUT };
	enum vault_err err = VAULT_OK;
	bool one = true;

	p.records = 1;
	if (answer != STATUS_NO)
		err = counts_is_one(&one, &p.records, c->v->store, c->same, id);
	if (!one) {
		p.as = VAULT_COUNT_LEFT_OUT;
		p.why = VAULT_LEFT_NOT_ONE;
	}
	memcpy(p.id, id, sizeof(p.id));
	memcpy(p.status, by->id, sizeof(p.status));
	memcpy(p.code, by->code, sizeof(p.code));
	if (err == VAULT_OK)
		err = vault_title(&p.title, c->v, id);
	if (err == VAULT_ENORECORD)
		err = VAULT_OK;
	if (err == VAULT_OK && !buf_put(&c->persons, &p, sizeof(p)))
		err = VAULT_ENOMEM;
	if (err != VAULT_OK)
		buf_free(&p.title);
	return err;
}

/* The changes in the list are all that there are of one person. */
static enum vault_err
judge(struct counting *c)
{
	struct status *list = (struct status *)(void *)c->list.bytes;
	const struct status *by;
	enum status_answer answer;
	size_t n;

	n = status_sift(list, c->list.len / sizeof(*list), &c->q);
	if (n == 0 ||
	    (c->q.the_case != NULL && !is_of_case(list, n, c->q.the_case)))
		return VAULT_OK;
	answer = status_answer(&by, list, n, &c->q);
	return by == NULL || (answer == STATUS_NO && by->out == STATUS_COUNTS)
	    ? VAULT_OK
	    : keep(c, by->person, by, answer);
}

/* When a change was first written down; asked for only if it matters. */
static enum vault_err
read_known(struct status *s, const struct counting *c, int64_t num)
{
	struct sql *q;
	enum vault_err err;
	bool row;

	if (c->q.known_at == INT64_MAX)
		return VAULT_OK;
	q = sql_open(
	    c->v->store, "SELECT min(time) FROM version WHERE record=?1");
	sql_put_int(q, 1, num);
	err = sql_step(q, &row);
	if (err == VAULT_OK && row)
		s->known = sql_int(q, 0);
	sql_close(q);
	return err;
}

/* Of somebody who has several records: the first of them stands for all. */
static bool
is_together(struct status *s, const struct counting *c)
{
	size_t n;
	const char *first = doubles_first(&n, c->same, s->person);

	if (n > 1)
		memcpy(s->person, first, sizeof(s->person));
	return n > 1;
}

/* One more change; the first of another person has those before it judged. */
static enum vault_err
take(struct counting *c, const char *key, size_t len, int64_t num)
{
	const struct status *last = (const struct status *)(const void *)
					c->list.bytes;
	struct status s;
	enum vault_err err;

	if ((err = status_from_key(&s, key, len)) == VAULT_OK)
		err = read_known(&s, c, num);
	if (err == VAULT_OK && is_together(&s, c)) {
		if (!buf_put(&c->together, &s, sizeof(s)))
			err = VAULT_ENOMEM;
		bytes_wipe(&s, sizeof(s));
		return err;
	}
	if (err == VAULT_OK && c->list.len > 0 &&
	    strcmp(last->person, s.person) != 0) {
		err = judge(c);
		buf_reset(&c->list);
	}
	if (err == VAULT_OK && !buf_put(&c->list, &s, sizeof(s)))
		err = VAULT_ENOMEM;
	bytes_wipe(&s, sizeof(s));
	return err;
}

static int
compare_by_person(const void *a, const void *b)
{
	const struct status *x = a, *y = b;
	int order = strcmp(x->person, y->person);

	return order != 0 ? order : strcmp(x->id, y->id);
}

/* Those who have several records, a person at a time. */
static enum vault_err
judge_together(struct counting *c)
{
	struct status *all = (struct status *)(void *)c->together.bytes;
	size_t n = c->together.len / sizeof(*all), end;
	enum vault_err err = VAULT_OK;

	if (n > 0)
		qsort(all, n, sizeof(*all), compare_by_person);
	for (size_t i = 0; err == VAULT_OK && i < n; i = end) {
		for (end = i + 1;
		     end < n && strcmp(all[end].person, all[i].person) == 0;)
			end++;
		buf_reset(&c->list);
		err = buf_put(&c->list, &all[i], (end - i) * sizeof(*all))
		    ? judge(c)
		    : VAULT_ENOMEM;
	}
	return err;
}

static enum vault_err
judge_all(struct counting *c)
{
	struct sql *q = sql_open(c->v->store,
	    "SELECT key,num FROM value WHERE field=?1 ORDER BY key,num");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_CHANGE);
	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		size_t len;
		const char *key = sql_text(q, 0, &len);

		if ((err = sql_ok(q)) != VAULT_OK ||
		    (err = take(c, key, len, sql_int(q, 1))) != VAULT_OK)
			break;
	}
	sql_close(q);
	if (err == VAULT_OK && c->list.len > 0)
		err = judge(c);
	return err == VAULT_OK ? judge_together(c) : err;
}

/* Those who count, or might: who of them may be one? */
static enum vault_err
look_for_doubles(struct vault_count_result *result, const struct counting *c)
{
	const struct person *p = (const struct person *)(const void *)
				     c->persons.bytes;
	struct buf ids = { 0 };
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; i < c->persons.len / sizeof(*p); i++) {
		uint8_t id[ID_LEN];
		size_t n;

		if (p[i].as != VAULT_COUNT_LEFT_OUT &&
		    id_parse(id, doubles_first(&n, c->same, p[i].id),
			ID_TEXT_LEN) == VAULT_OK)
			buf_put(&ids, id, sizeof(id));
	}
	err = doubles_count(&result->alike, c->v->store, c->same, &ids);
	buf_free(&ids);
	return err;
}

/* ---- Telling ---- */

static int
compare_persons(const void *a, const void *b)
{
	const struct person *x = a, *y = b;
	int order = strcmp(buf_text(&x->title), buf_text(&y->title));

	if (x->as != y->as)
		return x->as < y->as ? -1 : 1;
	return order != 0 ? order : strcmp(x->id, y->id);
}

static void
tell(struct counting *c, struct vault_count_result *result,
    void (*each)(void *ctx, const struct vault_counted *person), void *ctx)
{
	struct person *p = (struct person *)(void *)c->persons.bytes;
	size_t n = c->persons.len / sizeof(*p);

	if (n > 0)
		qsort(p, n, sizeof(*p), compare_persons);
	for (size_t i = 0; i < n; i++) {
		struct vault_counted person = { .as = p[i].as,
			.why = p[i].why,
			.several = p[i].records > 1,
			.title = buf_text(&p[i].title),
			.code = p[i].code };

		memcpy(person.person, p[i].id, sizeof(p[i].id));
		memcpy(person.status, p[i].status, sizeof(p[i].status));
		result->certain += p[i].as == VAULT_COUNTED;
		result->possible += p[i].as == VAULT_COUNT_MAYBE;
		result->left_out += p[i].as == VAULT_COUNT_LEFT_OUT;
		if (p[i].as != VAULT_COUNT_LEFT_OUT) {
			result->several += p[i].records > 1;
			result->records += p[i].records;
		}
		each(ctx, &person);
	}
}

static void
counting_free(struct counting *c)
{
	struct person *p = (struct person *)(void *)c->persons.bytes;

	for (size_t i = 0; i < c->persons.len / sizeof(*p); i++)
		buf_free(&p[i].title);
	buf_free(&c->persons);
	buf_free(&c->list);
	buf_free(&c->together);
	same_free(c->same);
}

enum vault_err
vault_count(struct vault *v, const struct vault_count *what,
    struct vault_count_result *result, const char **bad,
    void (*each)(void *ctx, const struct vault_counted *person), void *ctx)
{
	struct counting c = { .v = v };
	enum vault_err err;

	memset(result, 0, sizeof(*result));
	if ((*bad = ask(&c.q, what)) != NULL)
		return VAULT_EUSE;
	date_day_text(result->since, c.q.days.lo);
	date_day_text(result->on, c.q.days.hi);
	if (what->known_at != NULL)
		date_day_text(result->known_at, (int32_t)(c.q.known_at / DAY));
	if ((err = store_read(v->store)) == VAULT_OK) {
		if ((err = same_load(&c.same, v->store, NULL)) == VAULT_OK)
			err = judge_all(&c);
		if (err == VAULT_OK)
			err = look_for_doubles(result, &c);
		store_read_end(v->store);
	}
	if (err == VAULT_OK)
		tell(&c, result, each, ctx);
	counting_free(&c);
	return vault_failed(v, err);
}

/* ---- A figure that was kept ---- */

void
vault_count_stored_free(struct vault_stored_count *c)
{
	for (size_t i = 0; i < sizeof(c->texts) / sizeof(c->texts[0]); i++)
		buf_free(&c->texts[i]);
	buf_free(&c->what);
	buf_free(&c->op);
}

/* The text of a value, or of the member edtf of it; NULL if there is none. */
static const char *
member(struct buf *into, const json_t *value)
{
	const json_t *text = json_is_object(value)
	    ? json_object_get(value, "edtf")
	    : value;

	if (!json_is_string(text))
		return NULL;
	buf_put_text(into, json_string_value(text));
	return buf_text(into);
}

static int64_t
number(const json_t *value)
{
	return json_is_integer(value) ? (int64_t)json_integer_value(value) : -1;
}

static enum vault_err
read_stored(struct vault_stored_count *out, const json_t *body)
{
	struct vault_count *q = &out->question;
	const json_t *statuses = json_object_get(body, "statuses");
	const json_t *mode = json_object_get(body, "mode");

	q->level = 3;
	for (size_t i = 0; i < json_array_size(statuses); i++)
		if (json_is_string(json_array_get(statuses, i)))
			buf_putf(&out->texts[0], "%s%s", i > 0 ? " " : "",
			    json_string_value(json_array_get(statuses, i)));
	q->statuses = buf_text(&out->texts[0]);
	q->ever = json_is_string(mode) &&
	    strcmp(json_string_value(mode), "ever") == 0;
	q->since = member(&out->texts[1], json_object_get(body, "since"));
	q->on = member(&out->texts[2], json_object_get(body, "as_of"));
	q->known_at = member(&out->texts[3], json_object_get(body, "known_at"));
	q->certainty = member(
	    &out->texts[4], json_object_get(body, "certainty_min"));
	q->the_case = member(&out->texts[5], json_object_get(body, "case"));
	(void)member(&out->what, json_object_get(body, "what"));
	(void)member(&out->op, json_object_get(body, "op"));
	out->n = number(json_object_get(body, "n"));
	out->n2 = number(json_object_get(body, "n2"));
	for (size_t i = 0; i < sizeof(out->texts) / sizeof(out->texts[0]); i++)
		if (buf_ok(&out->texts[i]) != VAULT_OK)
			return VAULT_ENOMEM;
	return q->statuses[0] == '\0' || !json_is_string(mode) ? VAULT_EUSE
							       : VAULT_OK;
}

static enum vault_err
get_stored(struct vault_stored_count *out, struct store *s, const char *id)
{
	uint8_t bytes[ID_LEN];
	struct record_row r;
	struct merged m;
	enum vault_err err;

	if (id_parse(bytes, id, strlen(id)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = rows_find(&r, s, bytes)) != VAULT_OK)
		return err;
	if (strcmp(r.type, "count") != 0 || r.forgotten)
		return VAULT_EUSE;
	if ((err = heads_merge(&m, s, &r)) != VAULT_OK)
		return err;
	err = read_stored(out, m.body);
	merged_free(&m);
	return err;
}

enum vault_err
vault_count_stored(
    struct vault_stored_count *out, struct vault *v, const char *id)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = get_stored(out, v->store, id);
	store_read_end(v->store);
	if (err != VAULT_OK)
		vault_count_stored_free(out);
	return err == VAULT_EUSE ? err : vault_failed(v, err);
}
