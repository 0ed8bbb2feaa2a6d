/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "exchange/arrivals.h"
#include "record/attach.h"
#include "record/carry.h"
#include "record/whose.h"
#include "store/store.h"

void
arrivals_free(struct arrivals *a)
{
	buf_free(&a->versions);
	buf_free(&a->records);
	buf_free(&a->titles);
	memset(a, 0, sizeof(*a));
}

static struct arrival *
row(const struct buf *rows, size_t i)
{
	return (struct arrival *)(void *)rows->bytes + i;
}

static size_t
n_rows(const struct buf *rows)
{
	return rows->len / sizeof(struct arrival);
}

size_t
arrivals_n(const struct arrivals *a)
{
	return n_rows(&a->records);
}

const struct arrival *
arrivals_at(const struct arrivals *a, size_t i)
{
	return row(&a->records, i);
}

/* ---- One version ---- */

/* Does a version that is here lack what comes? */
static enum vault_err
completes(bool *out, struct store *s, const struct record_row *r,
    const struct carried *c)
{
	struct part body, hidden;
	uint8_t hash[HASH_LEN];
	struct attach_row a;
	enum vault_err err;

	err = rows_version(NULL, &body, &hidden, s, r, c->version.id, false);
	*out = (c->body.present && !body.present) ||
	    (c->hidden.present && !hidden.present);
	part_free(&body);
	part_free(&hidden);
	for (size_t i = 0; err == VAULT_OK && i < c->n_files; i++) {
		const struct part *p = &c->files[i].part;

		version_part_hash(hash, p->salt, p->json.bytes, p->json.len);
		err = attach_find(&a, s, r, hash);
		attach_row_free(&a);
		*out = *out || err == VAULT_ENORECORD;
		if (err == VAULT_ENORECORD)
			err = VAULT_OK;
	}
	return err;
}

/* The same for a record that is here and open. */
static enum vault_err
look_at_version(enum arrives *out, struct store *s, const struct record_row *r,
    const struct carried *c)
{
	bool here, more = false;
	enum vault_err err;

	if ((err = rows_has_version(&here, s, c->version.id)) != VAULT_OK ||
	    (here && (err = completes(&more, s, r, c)) != VAULT_OK))
		return err;
	*out = !here ? ARRIVES_VERSION
	    : more   ? ARRIVES_COMPLETES
		     : ARRIVES_HERE;
	return VAULT_OK;
}

enum vault_err
arrivals_look(enum arrives *out, struct record_row *r, struct store *s,
    const struct carried *c, bool heard)
{
	const struct version *v = &c->version;
	enum forget_takes takes;
	enum vault_err err;

	*out = ARRIVES_RECORD;
	if ((err = forget_takes(&takes, s, v->record, v->office)) != VAULT_OK)
		return err;
	err = rows_find(r, s, v->record);
	if (err == VAULT_ENORECORD) {
		memset(r, 0, sizeof(*r));
		err = VAULT_OK;
	}
	if (err != VAULT_OK)
		return err;
	if (takes == FORGET_TAKES_NOTHING)
		*out = ARRIVES_FORGOTTEN;
	else if (r->num > 0 && strcmp(r->type, v->type) != 0)
		*out = ARRIVES_OTHER_TYPE;
	else if (takes == FORGET_TAKES_ENVELOPE)
		*out = ARRIVES_FORGOTTEN;
	else if (r->num > 0 && !r->forgotten)
		err = look_at_version(out, s, r, c);
	/* What came before its key was revoked stays good, and only that. */
	if (!heard && (*out == ARRIVES_RECORD || *out == ARRIVES_VERSION))
		*out = ARRIVES_REVOKED;
	return err;
}

/* Is a state of the record, as it is here, one of our own office's? */
static enum vault_err
is_ours(bool *out, struct store *s, const struct record_row *r)
{
	struct buf own = { 0 }, heads = { 0 };
	enum vault_err err;

	*out = false;
	if ((err = whose_own(&own, s)) == VAULT_OK)
		err = rows_versions(&heads, s, r, true);
	for (size_t at = 0; err == VAULT_OK && !*out && at < heads.len;
	     at += VERSION_ID_LEN) {
		struct version v;

		err = rows_version(
		    &v, NULL, NULL, s, r, heads.bytes + at, false);
		*out = err == VAULT_OK && whose_has(&own, v.office);
		version_free(&v);
	}
	buf_free(&own);
	buf_free(&heads);
	return err;
}

/* As much of a title as fits, and no half character. */
static enum vault_err
keep_title(struct arrivals *a, struct arrival *one, const struct carried *c)
{
	struct buf title = { 0 };
	enum vault_err err = carry_title(&title, c);
	size_t len = title.len;

	if (len > ARRIVALS_TITLE_MAX)
		for (len = ARRIVALS_TITLE_MAX;
		     len > 0 && (title.bytes[len] & 0xc0) == 0x80;)
			len--;
	one->title_at = a->titles.len;
	one->title_len = len;
	if (err == VAULT_OK && !buf_put(&a->titles, title.bytes, len))
		err = VAULT_ENOMEM;
	buf_free(&title);
	return err;
}

enum vault_err
arrivals_add(size_t *number, struct arrivals *a, struct store *s,
    const struct carried *c, const struct record_row *r, enum arrives arrives)
{
	const struct version *v = &c->version;
	size_t n = n_rows(&a->versions);
	struct arrival one;
	enum vault_err err;

	*number = n;
	memset(&one, 0, sizeof(one));
	memcpy(one.record, v->record, sizeof(one.record));
	memcpy(one.version, v->id, sizeof(one.version));
	memcpy(one.office, v->office, sizeof(one.office));
	memcpy(one.type, v->type, sizeof(one.type));
	memcpy(one.here, r->type, sizeof(one.here));
	one.arrives = arrives;
	one.time = v->time;
	one.at = n;
	one.bytes = v->envelope.len + c->body.json.len + c->hidden.json.len;
	one.withheld = (v->has_body && !c->body.present) ||
	    (v->has_private && !c->hidden.present);
	/* Asked once for each record, before anything of it changes. */
	if (n > 0 &&
	    memcmp(row(&a->versions, n - 1)->record, v->record, ID_LEN) == 0)
		one.ours = row(&a->versions, n - 1)->ours;
	else if (r->num > 0 && !r->forgotten &&
	    (err = is_ours(&one.ours, s, r)) != VAULT_OK)
		return err;
	if ((err = keep_title(a, &one, c)) != VAULT_OK)
		return err;
	return buf_put(&a->versions, &one, sizeof(one)) ? VAULT_OK
							: VAULT_ENOMEM;
}

enum vault_err
arrivals_tombstone(struct arrivals *a, struct store *s,
    const struct tombstone *t, enum forget_does does)
{
	struct record_row r;
	struct arrival one;
	enum vault_err err = rows_find(&r, s, t->record);

	memset(&one, 0, sizeof(one));
	if (err == VAULT_OK)
		memcpy(one.type, r.type, sizeof(one.type));
	else if (err != VAULT_ENORECORD)
		return err;
	memcpy(one.record, t->record, sizeof(one.record));
	memcpy(one.office, t->office, sizeof(one.office));
	one.time = t->time;
	one.arrives = (enum arrives)(ARRIVES_FORGETS + (int)does);
	one.at = n_rows(&a->versions);
	return buf_put(&a->versions, &one, sizeof(one)) ? VAULT_OK
							: VAULT_ENOMEM;
}

bool
arrival_is_tombstone(const struct arrival *one)
{
	return one->arrives >= ARRIVES_FORGETS &&
	    one->arrives < ARRIVES_OTHER_TYPE;
}

void
arrivals_became(struct arrivals *a, size_t number, enum arrives arrives)
{
	row(&a->versions, number)->arrives = arrives;
}

/* ---- Together ---- */

/* What is not taken stands for itself, by office and type. */
static int
class_of(const struct arrival *one)
{
	if (one->arrives == ARRIVES_REVOKED)
		return 3;
	if (one->arrives == ARRIVES_OTHER_TYPE)
		return 2;
	return arrival_is_tombstone(one) ? 1 : 0;
}

static int
compare_groups(const struct arrival *x, const struct arrival *y)
{
	int order = memcmp(x->record, y->record, ID_LEN);

	if (order == 0)
		order = class_of(x) - class_of(y);
	if (order == 0 && class_of(x) != 0)
		order = memcmp(x->office, y->office, sizeof(x->office));
	if (order == 0 && class_of(x) != 0)
		order = strcmp(x->type, y->type);
	return order;
}

static int
by_place(const void *x, const void *y)
{
	const struct arrival *a = x, *b = y;

	return (a->at > b->at) - (a->at < b->at);
}

static int
by_record(const void *x, const void *y)
{
	int order = memcmp(((const struct arrival *)x)->record,
	    ((const struct arrival *)y)->record, ID_LEN);

	return order != 0 ? order : by_place(x, y);
}

static int
by_version(const void *x, const void *y)
{
	int order = memcmp(((const struct arrival *)x)->version,
	    ((const struct arrival *)y)->version, VERSION_ID_LEN);

	return order != 0 ? order : by_place(x, y);
}

static int
by_group(const void *x, const void *y)
{
	int order = compare_groups(x, y);

	return order != 0 ? order : by_place(x, y);
}

static void
sort(struct buf *rows, int (*compare)(const void *, const void *))
{
	if (rows->len > 0)
		qsort(
		    rows->bytes, n_rows(rows), sizeof(struct arrival), compare);
}

static bool
same_record(const struct arrival *x, const struct arrival *y)
{
	return memcmp(x->record, y->record, ID_LEN) == 0;
}

/* One of a record that is not here; if it is silent, as an envelope. */
static bool
makes_record(const struct arrival *one)
{
	return one->arrives == ARRIVES_RECORD ||
	    (one->arrives == ARRIVES_FORGOTTEN && one->here[0] == '\0');
}

/*
 * Versions of a record that is new were each looked at as if they came alone:
 * the first one makes the record and gives it its type.
 */
static void
settle_new(struct arrivals *a)
{
	struct arrival *first = NULL;

	sort(&a->versions, by_record);
	for (size_t i = 0; i < n_rows(&a->versions); i++) {
		struct arrival *one = row(&a->versions, i);

		if (!makes_record(one))
			continue;
		if (first == NULL || !same_record(first, one)) {
			first = one;
			continue;
		}
		if (one->arrives == ARRIVES_FORGOTTEN &&
		    strcmp(one->type, first->type) == 0)
			continue;
		memcpy(one->here, first->type, sizeof(one->here));
		one->arrives = strcmp(one->type, first->type) == 0
		    ? ARRIVES_VERSION
		    : ARRIVES_OTHER_TYPE;
	}
}

/* A version that is in the bundle twice comes once. */
static void
settle_doubles(struct arrivals *a)
{
	sort(&a->versions, by_version);
	for (size_t i = 1; i < n_rows(&a->versions); i++) {
		struct arrival *one = row(&a->versions, i);
		const struct arrival *before = row(&a->versions, i - 1);

		if (memcmp(one->version, before->version, VERSION_ID_LEN) ==
			0 &&
		    one->arrives == ARRIVES_VERSION)
			one->arrives = before->withheld && !one->withheld
			    ? ARRIVES_COMPLETES
			    : ARRIVES_HERE;
	}
}

/* Is time x later than y?  A clock that is wrong never wins over a right one.
 */
static bool
is_later(int64_t x, int64_t y)
{
	bool sane = clock_is_sane(x);

	return sane != clock_is_sane(y) ? sane : x >= y;
}

/* What the whole says that its parts do: the one that does most. */
static enum arrives
most(enum arrives x, enum arrives y)
{
	return x < y ? x : y;
}

static void
note_clock(struct arrival *all, const struct arrival *one)
{
	if (all->wrong_clock || clock_is_sane(one->time))
		return;
	all->wrong_clock = true;
	all->wrong_time = one->time;
	memcpy(all->wrong_office, one->office, sizeof(all->wrong_office));
}

/* Add a version to what is known of its record. */
static void
join(struct arrival *all, const struct arrival *one)
{
	bool is_new = one->arrives <= ARRIVES_VERSION;

	all->ours = all->ours || one->ours;
	all->withheld = all->withheld || one->withheld;
	all->versions += !arrival_is_tombstone(one);
	all->fresh += is_new;
	note_clock(all, one);
	/* The title of the last that has one; who changes it, and when. */
	if (one->title_len > 0 &&
	    (all->title_len == 0 || is_later(one->time, all->time))) {
		all->title_at = one->title_at;
		all->title_len = one->title_len;
	}
	if (is_new > (all->arrives <= ARRIVES_VERSION) ||
	    (is_new == (all->arrives <= ARRIVES_VERSION) &&
		is_later(one->time, all->time))) {
		all->time = one->time;
		memcpy(all->office, one->office, sizeof(all->office));
	}
	all->arrives = most(all->arrives, one->arrives);
}

static enum vault_err
put_together(struct arrivals *a)
{
	sort(&a->versions, by_group);
	for (size_t i = 0; i < n_rows(&a->versions); i++) {
		const struct arrival *one = row(&a->versions, i);
		size_t n = n_rows(&a->records);
		struct arrival first = *one;

		a->count[one->arrives]++;
		if (one->arrives <= ARRIVES_COMPLETES)
			a->bytes += one->bytes;
		if (n > 0 &&
		    compare_groups(row(&a->versions, i - 1), one) == 0) {
			join(row(&a->records, n - 1), one);
			continue;
		}
		join(&first, one);
		if (!buf_put(&a->records, &first, sizeof(first)))
			return VAULT_ENOMEM;
	}
	return VAULT_OK;
}

enum vault_err
arrivals_settle(struct arrivals *a)
{
	enum vault_err err;

	settle_new(a);
	settle_doubles(a);
	err = put_together(a);
	buf_free(&a->versions);
	return err;
}

/* ---- Files ---- */

/* The record among those that are taken: sorted, and before what is not. */
static struct arrival *
find(const struct arrivals *a, const uint8_t *record)
{
	size_t low = 0, high = n_rows(&a->records);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct arrival *one = row(&a->records, mid);
		int order = memcmp(record, one->record, ID_LEN);

		if (order == 0 && class_of(one) == 0)
			return one;
		if (order <= 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

bool
arrivals_takes(const struct arrivals *a, const uint8_t record[static ID_LEN])
{
	const struct arrival *one = find(a, record);

	return one != NULL && one->arrives != ARRIVES_FORGOTTEN;
}

void
arrivals_file(struct arrivals *a, const uint8_t record[static ID_LEN],
    uint64_t size, bool is_new)
{
	struct arrival *one = find(a, record);

	if (one == NULL)
		return;
	one->files++;
	one->new_files += is_new;
	one->new_bytes += is_new ? size : 0;
}

void
arrivals_order(struct arrivals *a)
{
	sort(&a->records, by_place);
}
