/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "exchange/audience.h"
#include "record/body.h"
#include "record/guard.h"
#include "record/heads.h"
#include "record/whose.h"
#include "search/query.h"
#include "store/sql.h"

struct audience {
	struct store *store;
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
	struct consent consent;
	bool any, unsure;
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
	if (err == VAULT_OK)
		err = is_published(
		    &c.published, to->a, json_object_get(h->body, "basis"));
	if (err == VAULT_OK && to->any) {
		consent_narrow(&to->consent, &c);
		to->consent.ours = to->consent.ours || ours;
		consent_free(&c);
	} else if (err == VAULT_OK) {
		to->consent = c;
		to->consent.ours = ours;
		to->any = true;
	} else {
		consent_free(&c);
	}
	return err;
}

static enum vault_err
read_consent(struct audience *a, int64_t num)
{
	struct reading to = { .a = a };
	struct record_row r;
	enum vault_err err;

	if ((err = rows_get(&r, a->store, num)) != VAULT_OK || r.forgotten)
		return err;
	err = audience_words(a->store, &r, read_version, &to);
	if (err != VAULT_OK || !to.any) {
		consent_free(&to.consent);
		return err;
	}
	if (to.unsure)
		to.consent.scopes = 0;
	id_print(to.consent.id, r.id);
	if (!buf_put(&a->consents, &to.consent, sizeof(to.consent))) {
		consent_free(&to.consent);
		return VAULT_ENOMEM;
	}
	return VAULT_OK;
}

static int
compare_people(const void *x, const void *y)
{
	const struct consent *a = x, *b = y;

	return strcmp(a->person, b->person);
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
	if (err == VAULT_OK && n > 1)
		qsort(list, n, sizeof(*list), compare_people);
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
	bool any, needs; /* one that must be asked */
	bool protected;
	enum vault_err (*each)(void *ctx, const struct head *h);
	void *ctx;
};

static enum vault_err
look_at_person(void *ctx, const struct head *h)
{
	struct looking *l = ctx;
	const char *kind = json_string_value(json_object_get(h->body, "kind"));

	if (h->body == NULL)
		return VAULT_OK;
	l->any = true;
	if (kind == NULL ||
	    (strcmp(kind, "organisation") != 0 && strcmp(kind, "agency") != 0))
		l->needs = true;
	if (json_is_true(json_object_get(h->body, "protected")))
		l->protected = l->needs = true;
	return l->each == NULL ? VAULT_OK : l->each(l->ctx, h);
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
	out->exempt = l->any && !l->needs;
	out->protected = l->protected;
	return VAULT_OK;
}

/* The same, with what the consents say, be the person here or not. */
static enum vault_err
ask_consents(struct audience_person *out, const struct audience *a,
    const struct record_row *r, const char *record, struct looking *l)
{
	size_t n;
	const struct consent *list = audience_consents(&n, a, out->id);

	out->consent = consent_answer(list, n, record, a->scope, a->today);
	return r == NULL ? VAULT_OK : judge_person(out, a, r, l);
}

enum vault_err
audience_person(struct audience_person *out, const struct audience *a,
    const char *person, const char *record)
{
	struct looking l = { .each = NULL };
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	out->consent.why = CONSENT_NONE;
	out->consent.naming = CONSENT_UNNAMED;
	if (!id_is_canonical(person, strlen(person)) ||
	    id_parse(id, person, strlen(person)) != VAULT_OK)
		return VAULT_OK;
	memcpy(out->id, person, ID_TEXT_LEN + 1);
	err = rows_find(&r, a->store, id);
	if (err != VAULT_OK && err != VAULT_ENORECORD)
		return err;
	return ask_consents(out, a, err == VAULT_OK ? &r : NULL, record, &l);
}

enum vault_err
audience_person_row(struct audience_person *out, const struct audience *a,
    const struct record_row *r,
    enum vault_err (*each)(void *ctx, const struct head *h), void *ctx)
{
	struct looking l = { .each = each, .ctx = ctx };

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

enum vault_err
audience_is_accused(bool *out, const struct audience *a, const char *person)
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

/* ---- The people of a record ---- */

struct people {
	const struct audience *a;
	const struct record_row *row;
	char record[ID_TEXT_LEN + 1];
	audience_each each;
	void *ctx;
	struct buf ids; /* ID_TEXT_LEN + 1 bytes each, each once */
};

static enum vault_err
add_person(struct people *p, const char *id)
{
	for (size_t i = 0; i < p->ids.len; i += ID_TEXT_LEN + 1)
		if (strcmp((const char *)p->ids.bytes + i, id) == 0)
			return VAULT_OK;
	return buf_put(&p->ids, id, ID_TEXT_LEN + 1) ? VAULT_OK : VAULT_ENOMEM;
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
	return add_person(p, text);
}

static enum vault_err
see_people(void *ctx, const struct head *h)
{
	return h->body == NULL ? VAULT_OK
			       : body_links(h->body, see_person, ctx);
}

static enum vault_err
find_people(struct people *p)
{
	if (strcmp(p->row->type, "person") == 0)
		return add_person(p, p->record);
	/* That one is withdrawn must reach whoever got what it allowed. */
	if (p->a->scope == CONSENT_PARTNER &&
	    strcmp(p->row->type, "consent") == 0)
		return VAULT_OK;
	return audience_words(p->a->store, p->row, see_people, p);
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

enum vault_err
audience_people(bool *may, struct audience_person *out,
    const struct audience *a, const struct record_row *r, audience_each each,
    void *ctx)
{
	struct people p = { .a = a, .row = r, .each = each, .ctx = ctx };
	enum vault_err err;
	bool any = false;

	memset(out, 0, sizeof(*out));
	id_print(p.record, r->id);
	err = find_people(&p);
	*may = p.ids.len == 0;
	for (size_t i = 0; err == VAULT_OK && i < p.ids.len;
	     i += ID_TEXT_LEN + 1) {
		struct audience_person one;

		err = ask_person(&one, &p, (const char *)p.ids.bytes + i);
		if (err != VAULT_OK)
			break;
		if (!any || (audience_may(&one) && !*may))
			*out = one;
		any = true;
		*may = *may || audience_may(&one);
	}
	buf_free(&p.ids);
	return err;
}

/* ---- What a record says of itself ---- */

struct limiting {
	struct audience_limits *out;
	const char *scope;
};

static enum vault_err
take_limits(void *ctx, const struct head *h)
{
	const struct limiting *l = ctx;
	const json_t *audiences = json_object_get(h->body, "audiences");
	int level = head_level(h);
	bool named = false;

	if (level > l->out->level)
		l->out->level = level;
	if (json_array_size(json_object_get(h->body, "readers")) > 0)
		l->out->readers = true;
	for (size_t i = 0; i < json_array_size(audiences); i++) {
		const char *code = json_string_value(
		    json_array_get(audiences, i));

		named = named || (code != NULL && strcmp(code, l->scope) == 0);
	}
	if (audiences != NULL && !named)
		l->out->other = true;
	return VAULT_OK;
}

enum vault_err
audience_limits(struct audience_limits *out, const struct audience *a,
    const struct record_row *r)
{
	struct limiting l = { out, consent_scope_code(a->scope) };

	*out = (struct audience_limits){ .level = -1 };
	return audience_words(a->store, r, take_limits, &l);
}

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
	if (limits->level < 0)
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
