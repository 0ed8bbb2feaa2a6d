/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "exchange/audience.h"
#include "exchange/lapse.h"
#include "exchange/memos.h"
#include "record/body.h"
#include "record/guard.h"
#include "record/heads.h"
#include "record/whose.h"
#include "search/query.h"
#include "store/sql.h"

struct audience {
	struct store *store;
	struct memos *memos;
	enum consent_scope scope;
	int32_t today;
	struct buf own;      /* the keys of our office */
	struct buf office;   /* those of the one that gets it, or none */
	struct buf consents; /* struct consent, by person */
	struct same *same;
};

static struct consent *
consents_of(const struct audience *a, size_t *n)
{
	*n = a->consents.len / sizeof(struct consent);
	return (struct consent *)(void *)a->consents.bytes;
}

enum consent_scope
audience_scope(const struct audience *a)
{
	return a->scope;
}

enum vault_err
audience_words(struct store *s, const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	struct buf ids = { 0 };
	enum vault_err err = rows_versions(&ids, s, r, false);

	if (err == VAULT_OK)
		err = heads_each(s, r, each, ctx);
	/* The one version that there is is its head. */
	if (err == VAULT_OK && version_hash_count(&ids) > 1)
		err = guard_each(s, r, each, ctx);
	buf_free(&ids);
	return err;
}

/* ---- Consents ---- */

struct reading {
	struct audience *a;
	struct buf words; /* struct consent: what each version says */
	bool unsure, ours;
};

/* Is there a testimony or a document here that it was published in? */
static enum vault_err
is_published(bool *out, const struct audience *a, const json_t *basis)
{
	*out = false;
	for (size_t i = 0; !*out && i < json_array_size(basis); i++) {
		const char *ref = json_string_value(
		    json_object_get(json_array_get(basis, i), "ref"));
		uint8_t id[ID_LEN];
		struct record_row r;
		enum vault_err err;

		if (ref == NULL || id_parse(id, ref, strlen(ref)) != VAULT_OK)
			continue;
		err = rows_find(&r, a->store, id);
		if (err != VAULT_OK && err != VAULT_ENORECORD)
			return err;
		*out = err == VAULT_OK && !r.forgotten &&
		    (strcmp(r.type, "testimony") == 0 ||
			strcmp(r.type, "document") == 0);
	}
	return VAULT_OK;
}

static enum vault_err
read_version(void *ctx, const struct head *h)
{
	struct reading *to = ctx;
	bool ours = whose_has(&to->a->own, h->version.office);
	struct consent c;
	enum vault_err err;

	/* What we said and do not have may have been less. */
	if (h->body == NULL) {
		to->unsure = to->unsure || ours;
		return VAULT_OK;
	}
	if ((err = consent_read(&c, h->body)) == VAULT_EDAMAGED) {
		to->unsure = true;
		consent_free(&c);
		return VAULT_OK;
	}
	c.ours = ours;
	if (err == VAULT_OK)
		err = is_published(
		    &c.published, to->a, json_object_get(h->body, "basis"));
	if (err == VAULT_OK && !buf_put(&to->words, &c, sizeof(c)))
		err = VAULT_ENOMEM;
	if (err != VAULT_OK)
		consent_free(&c);
	to->ours = to->ours || ours;
	return err;
}

static enum vault_err
put_consent(
    struct audience *a, const struct consent *all, const struct consent *of)
{
	struct consent c = *all;

	json_incref(c.records);
	consent_reach(&c, of);
	if (buf_put(&a->consents, &c, sizeof(c)))
		return VAULT_OK;
	consent_free(&c);
	return VAULT_ENOMEM;
}

/*
 * What all versions allow, for each whom one of them is of and each that one
 * withdraws: another office may have put another person into its version of
 * ours, and must not undo with it what we have said of this one.
 */
static enum vault_err
put_words(struct reading *to, const struct record_row *r)
{
	size_t n = to->words.len / sizeof(struct consent);
	struct consent *words = (struct consent *)(void *)to->words.bytes, all;
	enum vault_err err = VAULT_OK;

	if (n == 0)
		return VAULT_OK;
	all = words[0];
	for (size_t i = 1; i < n; i++)
		consent_narrow(&all, &words[i]);
	for (size_t i = 0; i < n; i++)
		if (words[i].ours && consent_differs(&words[i], &all))
			all.disputed |= words[i].scopes;
	if (to->unsure)
		all.scopes = all.disputed = 0;
	all.ours = to->ours;
	id_print(all.id, r->id);
#ifdef PLANT_FOREIGN_REACH
	n = 1;
#endif
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		if (i == 0 || !consent_same_reach(&words[i], &words[0]))
			err = put_consent(to->a, &all, &words[i]);
	return err;
}

static void
reading_free(struct reading *to)
{
	struct consent *words = (struct consent *)(void *)to->words.bytes;

	for (size_t i = 0; i < to->words.len / sizeof(*words); i++)
		consent_free(&words[i]);
	buf_free(&to->words);
}

static enum vault_err
read_consent(struct audience *a, int64_t num)
{
	struct reading to = { .a = a };
	struct record_row r;
	enum vault_err err;

	if ((err = rows_get(&r, a->store, num)) != VAULT_OK || r.forgotten)
		return err;
	if ((err = audience_words(a->store, &r, read_version, &to)) == VAULT_OK)
		err = put_words(&to, &r);
	reading_free(&to);
	return err;
}

/* What forgotten ones withdrew stays so. */
static enum vault_err
mark_lapsed(struct consent *list, size_t n, struct store *s)
{
	struct buf ids = { 0 };
	enum vault_err err = lapse_read(&ids, s);

#ifdef PLANT_LAPSE_LOST
	n = 0;
#endif
	for (size_t i = 0; err == VAULT_OK && i < n; i++)
		if (lapse_has(&ids, list[i].id))
			list[i].withdrawn = list[i].forgotten = true;
	buf_free(&ids);
	return err;
}

/* From the records, not from the index: a withdrawal must not be missed. */
static enum vault_err
read_consents(struct audience *a)
{
	struct sql *q = sql_open(
	    a->store, "SELECT num FROM record WHERE type='consent'");
	struct consent *list;
	enum vault_err err;
	bool row;
	size_t n;

	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = read_consent(a, sql_int(q, 0))) != VAULT_OK)
			break;
	sql_close(q);
	list = consents_of(a, &n);
	if (err == VAULT_OK) {
		consent_settle(list, n);
		err = mark_lapsed(list, n, a->store);
	}
	return err;
}

enum vault_err
audience_new(struct audience **out, struct store *s, enum consent_scope scope,
    int32_t today)
{
	struct audience *a = mem_zalloc(sizeof(*a));
	enum vault_err err;

	*out = NULL;
	if (a == NULL)
		return VAULT_ENOMEM;
	if ((a->memos = memos_new()) == NULL) {
		mem_free(a);
		return VAULT_ENOMEM;
	}
	a->store = s;
	a->scope = scope;
	a->today = today;
	if ((err = whose_own(&a->own, s)) == VAULT_OK &&
	    (err = same_load(&a->same, s, NULL)) == VAULT_OK)
		err = read_consents(a);
	if (err == VAULT_OK) {
		*out = a;
		a = NULL; /* given away */
	}
	audience_free(a);
	return err;
}

void
audience_free(struct audience *a)
{
	struct consent *list;
	size_t n;

	if (a == NULL)
		return;
	list = consents_of(a, &n);
	for (size_t i = 0; i < n; i++)
		consent_free(&list[i]);
	buf_free(&a->consents);
	buf_free(&a->own);
	buf_free(&a->office);
	memos_free(a->memos);
	same_free(a->same);
	mem_free(a);
}

/* Those of one person stand together. */
const struct consent *
audience_consents(size_t *n, const struct audience *a, const char *person)
{
	size_t all, lo = 0, hi, end;
	const struct consent *list = consents_of(a, &all);

	for (hi = all; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(list[mid].person, person) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < all && strcmp(list[end].person, person) == 0;)
		end++;
	*n = end - lo;
	return list + lo;
}

const same_id *
audience_records(size_t *n, const struct audience *a, const char *person)
{
	return same_person(n, a->same, person);
}

/* ---- Who made it ---- */

enum vault_err
audience_is_office(struct audience *a, const uint8_t *key)
{
	buf_reset(&a->office);
	memos_clear(a->memos);
	return whose_keys(&a->office, a->store, key);
}

/* All its versions that follow none are that office's. */
enum vault_err
audience_made(bool *out, const struct audience *a, const struct record_row *r)
{
	struct buf ids = { 0 };
	enum vault_err err;

	*out = false;
	if (a->office.len == 0)
		return VAULT_OK;
	err = rows_versions(&ids, a->store, r, false);
	*out = err == VAULT_OK && version_hash_count(&ids) > 0;
	for (size_t i = 0; *out && i < version_hash_count(&ids); i++) {
		struct version v;

		err = rows_version(&v, NULL, NULL, a->store, r,
		    version_hash_at(&ids, i), false);
		*out = err == VAULT_OK &&
		    (version_hash_count(&v.parents) > 0 ||
			whose_has(&a->office, v.office));
		version_free(&v);
	}
	buf_free(&ids);
	return err;
}

/* ---- What a record says of itself ---- */

/* Level, readers, audiences; and whether we said more that is not here. */
static void
note_limits(
    struct audience_limits *out, const struct audience *a, const struct head *h)
{
	const char *scope = consent_scope_code(a->scope);
	const json_t *audiences = json_object_get(h->body, "audiences");
	int level = head_level(h);
	bool named = false;

	if (whose_has(&a->own, h->version.office)) {
		int64_t *when = h->body != NULL ? &out->said : &out->withheld;

		if ((h->body != NULL || h->version.has_body) &&
		    h->version.time > *when)
			*when = h->version.time;
		out->unsure = out->withheld > 0 && out->said <= out->withheld;
	}
	if (level > out->level)
		out->level = level;
	if (json_array_size(json_object_get(h->body, "readers")) > 0)
		out->readers = true;
	for (size_t i = 0; i < json_array_size(audiences); i++) {
		const char *code = json_string_value(
		    json_array_get(audiences, i));

		named = named || (code != NULL && strcmp(code, scope) == 0);
	}
	if (audiences != NULL && !named)
		out->other = true;
}

struct limiting {
	struct audience_limits *out;
	const struct audience *a;
};

static enum vault_err
take_limits(void *ctx, const struct head *h)
{
	const struct limiting *l = ctx;

	note_limits(l->out, l->a, h);
	return VAULT_OK;
}

enum vault_err
audience_limits(struct audience_limits *out, const struct audience *a,
    const struct record_row *r)
{
	struct limiting l = { out, a };

	*out = (struct audience_limits){ .level = -1 };
	return audience_words(a->store, r, take_limits, &l);
}

/* ---- One person ---- */

bool
audience_may(const struct audience_person *p)
{
	return p->exempt || p->made || p->consent.why == CONSENT_GIVEN;
}

enum consent_naming
audience_naming(const struct audience_person *p)
{
	if (p->exempt || p->made)
		return CONSENT_FULL;
	return p->consent.naming;
}

struct looking {
	const struct audience *a;
	struct audience_limits limits;
	bool any, needs; /* one that must be asked */
	bool ours;       /* a version of ours says what it is */
	bool protected;
	enum vault_err (*each)(void *ctx, const struct head *h);
	void *ctx;
};

static bool
is_office(const json_t *body)
{
	const char *kind = json_string_value(json_object_get(body, "kind"));

	return kind != NULL &&
	    (strcmp(kind, "organisation") == 0 || strcmp(kind, "agency") == 0);
}

static enum vault_err
look_at_person(void *ctx, const struct head *h)
{
	struct looking *l = ctx;

	note_limits(&l->limits, l->a, h);
	if (h->body == NULL)
		return VAULT_OK;
	l->any = true;
	l->ours = l->ours || whose_has(&l->a->own, h->version.office);
	l->needs = l->needs || !is_office(h->body);
	if (json_is_true(json_object_get(h->body, "protected")))
		l->protected = l->needs = true;
	return l->each == NULL ? VAULT_OK : l->each(l->ctx, h);
}

/*
 * Whose record only others wrote need not be asked if it never was anything
 * else: else one of them could open what we have written of a person.
 */
static enum vault_err
always_was_office(bool *out, struct store *s, const struct record_row *r)
{
	struct buf ids = { 0 };
	enum vault_err err = rows_versions(&ids, s, r, false);

	*out = true;
	for (size_t i = 0;
	     err == VAULT_OK && *out && i < version_hash_count(&ids); i++) {
		struct head h;

		err = head_open(&h, s, r, version_hash_at(&ids, i), false);
		*out = err == VAULT_OK && is_office(h.body);
		head_free(&h);
	}
	buf_free(&ids);
	return err;
}

static enum vault_err
judge_person(struct audience_person *out, const struct audience *a,
    const struct record_row *r, struct looking *l)
{
	enum vault_err err;

	if (r->forgotten || strcmp(r->type, "person") != 0)
		return VAULT_OK;
	if ((err = audience_words(a->store, r, look_at_person, l)) !=
		VAULT_OK ||
	    (err = audience_made(&out->made, a, r)) != VAULT_OK)
		return err;
	out->here = true;
	out->protected = l->protected;
	out->closed = l->limits.level > 2 || l->limits.readers ||
	    l->limits.other || l->limits.unsure;
	out->exempt = l->any && !l->needs && !l->limits.unsure;
	return out->exempt && !l->ours
	    ? always_was_office(&out->exempt, a->store, r)
	    : VAULT_OK;
}

/* What the consents of a person say of a record; of most, of each the same. */
static enum vault_err
answer(struct consent_answer *out, const struct audience *a, const char *person,
    const char *record)
{
	struct memo *memo = memos_of(a->memos, person);
	const struct consent *list;
	bool by_record = false;
	size_t n;

	if (memo == NULL)
		return VAULT_ENOMEM;
	if (!memo->knows_consent) {
		list = audience_consents(&n, a, person);
		memo->consent = consent_answer(
		    list, n, record, a->scope, a->today);
		for (size_t i = 0; !by_record && i < n; i++)
			by_record = list[i].records != NULL;
		memo->knows_consent = !by_record;
	}
	*out = memo->consent;
	return VAULT_OK;
}

/* The same, with what the consents say, be the person here or not. */
static enum vault_err
ask_consents(struct audience_person *out, const struct audience *a,
    const struct record_row *r, const char *record, struct looking *l)
{
	enum vault_err err = answer(&out->consent, a, out->id, record);

	return err != VAULT_OK || r == NULL ? err : judge_person(out, a, r, l);
}

/* What does not depend on the record in which somebody stands. */
static void
keep_memo(struct memo *memo, const struct audience_person *p)
{
	memo->knows_person = true;
	memo->here = p->here;
	memo->protected = p->protected;
	memo->closed = p->closed;
	memo->exempt = p->exempt;
	memo->made = p->made;
}

static void
from_memo(struct audience_person *out, const struct memo *memo)
{
	out->here = memo->here;
	out->protected = memo->protected;
	out->closed = memo->closed;
	out->exempt = memo->exempt;
	out->made = memo->made;
}

enum vault_err
audience_person(struct audience_person *out, const struct audience *a,
    const char *person, const char *record)
{
	struct looking l = { .a = a, .limits = { .level = -1 } };
	uint8_t id[ID_LEN];
	struct record_row r;
	struct memo *memo;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	out->consent.why = CONSENT_NONE;
	out->consent.naming = CONSENT_UNNAMED;
	if (!id_is_canonical(person, strlen(person)) ||
	    id_parse(id, person, strlen(person)) != VAULT_OK)
		return VAULT_OK;
	memcpy(out->id, person, ID_TEXT_LEN + 1);
	if ((memo = memos_of(a->memos, person)) == NULL)
		return VAULT_ENOMEM;
	if (memo->knows_person) {
		from_memo(out, memo);
		return answer(&out->consent, a, person, record);
	}
	err = rows_find(&r, a->store, id);
	if (err != VAULT_OK && err != VAULT_ENORECORD)
		return err;
	err = ask_consents(out, a, err == VAULT_OK ? &r : NULL, record, &l);
	if (err == VAULT_OK)
		keep_memo(memos_of(a->memos, person), out);
	return err;
}

enum vault_err
audience_person_row(struct audience_person *out, const struct audience *a,
    const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	struct looking l = {
		.a = a, .limits = { .level = -1 }, .each = each, .ctx = ctx
	};

	memset(out, 0, sizeof(*out));
	id_print(out->id, r->id);
	return ask_consents(out, a, r, out->id, &l);
}

/* ---- Accused, and nothing else ---- */

struct naming {
	const struct audience *a;
	const char *person, *type;
	bool accused; /* by a version of ours */
	bool other;   /* named in another part */
	bool ours;    /* the version at hand is */
};

/* Where somebody is named who did it, ordered it, or answered for it. */
static bool
is_accusing(const char *type, const char *path)
{
	static const struct {
		const char *type, *path;
	} rows[] = { { "act", "perpetrators[" }, { "act", "stated_by" },
		{ "act", "detention.ordering_authority" },
		{ "status", "authority" }, { "intervention", "to[" },
		{ "intervention", "responses[" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(type, rows[i].type) == 0 &&
		    strncmp(path, rows[i].path, strlen(rows[i].path)) == 0)
			return true;
	return false;
}

static enum vault_err
see_link(void *ctx, const char *path, const char *text, size_t len)
{
	struct naming *n = ctx;

	if (len != ID_TEXT_LEN || memcmp(text, n->person, len) != 0)
		return VAULT_OK;
	/* That two records are of one person, or not, is no part in anything.
	 */
	if (strcmp(n->type, "person") == 0 &&
	    (strncmp(path, "same_as[", 8) == 0 ||
		strncmp(path, "not_same[", 9) == 0))
		return VAULT_OK;
	if (!is_accusing(n->type, path))
		n->other = true;
	else
		n->accused = n->accused || n->ours;
	return VAULT_OK;
}

static enum vault_err
see_version(void *ctx, const struct head *h)
{
	struct naming *n = ctx;

	n->ours = whose_has(&n->a->own, h->version.office);
	return h->body == NULL ? VAULT_OK : body_links(h->body, see_link, n);
}

/* By one record of the person. */
static enum vault_err
look_for_naming(struct naming *n)
{
	struct sql *q = sql_open(
	    n->a->store, "SELECT num FROM value WHERE field=?1 AND key=?2");
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_LINK);
	sql_put_text(q, 2, n->person, strlen(n->person));
	while ((err = sql_step(q, &row)) == VAULT_OK && row && !n->other) {
		struct record_row r;

		if ((err = rows_get(&r, n->a->store, sql_int(q, 0))) !=
		    VAULT_OK)
			break;
		n->type = r.type;
		if ((err = audience_words(n->a->store, &r, see_version, n)) !=
		    VAULT_OK)
			break;
	}
	sql_close(q);
	return err;
}

static enum vault_err
look_if_accused(bool *out, const struct audience *a, const char *person)
{
	struct naming n = { .a = a, .person = person };
	size_t all;
	const same_id *ids = audience_records(&all, a, person);
	enum vault_err err = VAULT_OK;

	if (all == 0)
		err = look_for_naming(&n);
	for (size_t i = 0; err == VAULT_OK && i < all; i++) {
		n.person = ids[i];
		err = look_for_naming(&n);
	}
	*out = n.accused && !n.other;
	return err;
}

enum vault_err
audience_is_accused(bool *out, const struct audience *a, const char *person)
{
	struct memo *memo = memos_of(a->memos, person);
	enum vault_err err = VAULT_OK;

	*out = false;
	if (memo == NULL)
		return VAULT_ENOMEM;
	if (!memo->knows_accused)
		err = look_if_accused(&memo->is_accused, a, person);
	memo->knows_accused = err == VAULT_OK;
	*out = err == VAULT_OK && memo->is_accused;
	return err;
}

/* ---- The people of a record ---- */

/* Somebody in a version of the record. */
struct member {
	char id[ID_TEXT_LEN + 1];
	size_t version; /* 0, 1 ... as they came */
};

struct people {
	const struct audience *a;
	const struct record_row *row;
	char record[ID_TEXT_LEN + 1];
	audience_each each;
	void *ctx;
	size_t version;
	struct buf members;  /* struct member */
	struct buf versions; /* of each: what it lacks */
};

/* A version names nobody, or somebody who may not, or one who may. */
enum { NOBODY, LACKING, ALLOWED };

static enum vault_err
add_member(struct people *p, const char *id, size_t version)
{
	struct member m;

	memset(&m, 0, sizeof(m));
	m.version = version;
	memcpy(m.id, id, ID_TEXT_LEN);
	return buf_put(&p->members, &m, sizeof(m)) ? VAULT_OK : VAULT_ENOMEM;
}

static int
compare_members(const void *x, const void *y)
{
	const struct member *a = x, *b = y;

	return strcmp(a->id, b->id);
}

/* By which field a record of a type is about somebody. */
static bool
is_about(const char *type, const char *path)
{
	static const struct {
		const char *type, *path;
	} rows[] = { { "status", "person" }, { "consent", "person" },
		{ "testimony", "source.ref" }, { "act", "victims[" },
		{ "intervention", "persons[" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(type, rows[i].type) == 0 &&
		    strncmp(path, rows[i].path, strlen(rows[i].path)) == 0)
			return true;
	return false;
}

static enum vault_err
see_person(void *ctx, const char *path, const char *text, size_t len)
{
	struct people *p = ctx;

	if (!id_is_canonical(text, len) || !is_about(p->row->type, path))
		return VAULT_OK;
	return add_member(p, text, p->version);
}

static enum vault_err
see_people(void *ctx, const struct head *h)
{
	struct people *p = ctx;
	enum vault_err err = VAULT_OK;

	if (h->body != NULL)
		err = body_links(h->body, see_person, p);
	p->version++;
	return err;
}

static enum vault_err
find_people(struct people *p)
{
	if (strcmp(p->row->type, "person") != 0)
		return audience_words(p->a->store, p->row, see_people, p);
	p->version++;
	return add_member(p, p->record, 0);
}

/* Of those whom it is about, with the accused let go. */
static enum vault_err
ask_person(struct audience_person *out, const struct people *p, const char *id)
{
	enum vault_err err = audience_person(out, p->a, id, p->record);

	if (err == VAULT_OK && !audience_may(out) && !out->protected)
		err = audience_is_accused(&out->exempt, p->a, id);
	if (err == VAULT_OK && p->each != NULL)
		p->each(p->ctx, out);
	return err;
}

/* Each of them is asked once, and what follows noted in the versions. */
static enum vault_err
ask_people(struct audience_person *may, struct audience_person *may_not,
    struct people *p)
{
	struct member *list = (struct member *)(void *)p->members.bytes;
	size_t n = p->members.len / sizeof(*list);
	struct audience_person one;
	enum vault_err err;

	if (n > 1)
		qsort(list, n, sizeof(*list), compare_members);
	for (size_t i = 0; i < n; i++) {
		uint8_t *of = &p->versions.bytes[list[i].version];

		if (i == 0 || compare_members(&list[i], &list[i - 1]) != 0) {
			if ((err = ask_person(&one, p, list[i].id)) != VAULT_OK)
				return err;
			if (audience_may(&one) && may->id[0] == '\0')
				*may = one;
			else if (!audience_may(&one) && may_not->id[0] == '\0')
				*may_not = one;
		}
		if (audience_may(&one))
			*of = ALLOWED;
		else if (*of == NOBODY)
			*of = LACKING;
	}
	return VAULT_OK;
}

enum vault_err
audience_people(bool *may, struct audience_person *out,
    const struct audience *a, const struct record_row *r, audience_each each,
    void *ctx)
{
	struct people p = { .a = a, .row = r, .each = each, .ctx = ctx };
	struct audience_person who_may = { .here = false }, who_not = who_may;
	enum vault_err err;

	id_print(p.record, r->id);
	*may = true;
	if ((err = find_people(&p)) == VAULT_OK)
		err = buf_ok(&p.members);
	for (size_t i = 0; i < p.version; i++)
		buf_put_byte(&p.versions, NOBODY);
	if (err == VAULT_OK && (err = buf_ok(&p.versions)) == VAULT_OK)
		err = ask_people(&who_may, &who_not, &p);
	/* Of several versions the one that forbids decides. */
	for (size_t i = 0; err == VAULT_OK && i < p.version; i++)
		*may = *may && p.versions.bytes[i] != LACKING;
#ifdef PLANT_FOREIGN_VICTIM
	*may = who_may.id[0] != '\0' || who_not.id[0] == '\0';
#endif
	/* That one is withdrawn must reach whoever got what it allowed. */
	if (a->scope == CONSENT_PARTNER && strcmp(r->type, "consent") == 0)
		*may = true;
	*out = *may && who_may.id[0] != '\0' ? who_may : who_not;
	buf_free(&p.members);
	buf_free(&p.versions);
	return err;
}

/* ---- Under which consents ---- */

static void
note_used(void *ctx, const struct audience_person *p)
{
	if (p->consent.why == CONSENT_GIVEN && !p->exempt && !p->made)
		buf_put(ctx, p->consent.by->id, ID_TEXT_LEN + 1);
}

enum vault_err
audience_used(
    struct buf *ids, const struct audience *a, const struct record_row *r)
{
	struct audience_person person;
	bool may;
	enum vault_err err = audience_people(
	    &may, &person, a, r, note_used, ids);

	return err == VAULT_OK ? buf_ok(ids) : err;
}

static int
compare_ids(const void *x, const void *y)
{
	return strcmp(x, y);
}

void
audience_print_used(struct buf *out, struct buf *ids)
{
	const size_t step = ID_TEXT_LEN + 1;
	const char *before = NULL;

	if (ids->len == 0)
		return;
	qsort(ids->bytes, ids->len / step, step, compare_ids);
	buf_put_text(out, "\"consents\":[");
	for (size_t i = 0; i < ids->len; i += step) {
		const char *id = buf_text(ids) + i;

		if (before == NULL || strcmp(id, before) != 0)
			buf_putf(
			    out, "%s\"%s\"", before == NULL ? "" : ",", id);
		before = id;
	}
	buf_put_text(out, "],");
}

/* ---- All of it ---- */

enum vault_err
audience_decide(enum audience_why *why, struct audience_limits *limits,
    struct audience_person *person, const struct audience *a,
    const struct record_row *r, audience_each each, void *ctx)
{
	int most = consent_scope_level(a->scope);
	enum vault_err err;
	bool may;

	memset(person, 0, sizeof(*person));
	*limits = (struct audience_limits){ .level = -1 };
	*why = AUDIENCE_FORGOTTEN;
	if (r->forgotten)
		return VAULT_OK;
	if ((err = audience_limits(limits, a, r)) != VAULT_OK ||
	    (err = audience_people(&may, person, a, r, each, ctx)) != VAULT_OK)
		return err;
	if (limits->level < 0 || limits->unsure)
		*why = AUDIENCE_WITHHELD;
	else if (most < 0)
		*why = AUDIENCE_NO_RECORDS;
	else if (limits->level > most)
		*why = AUDIENCE_LEVEL;
	else if (limits->readers)
		*why = AUDIENCE_READERS;
	else if (limits->other)
		*why = AUDIENCE_LIMITED;
	else
		*why = may ? AUDIENCE_MAY : AUDIENCE_CONSENT;
	return VAULT_OK;
}
