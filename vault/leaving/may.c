/* SPDX-License-Identifier: ISC */
/* may.c - whether a record may leave to an audience, and why not. */
#include <string.h>

#include "core/clock.h"
#include "exchange/audience.h"
#include "inside.h"
#include "search/query.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

_Static_assert((int)VAULT_MAY_NOT_CONSENT == (int)AUDIENCE_CONSENT &&
	(int)VAULT_CONSENT_FORGOTTEN == (int)CONSENT_FORGOTTEN &&
	(int)VAULT_NAMING_NONE == (int)CONSENT_UNNAMED,
    "vault.h and audience.h number the same reasons");

const char *
vault_audience(size_t i)
{
	return i < CONSENT_SCOPES ? consent_scope_code((enum consent_scope)i)
				  : NULL;
}

struct asking {
	struct vault *v;
	const char *id;
	void (*person)(void *ctx, const struct vault_may_person *p);
	void (*left)(void *ctx, const struct vault_left *l);
	void *ctx;
	struct buf people;   /* struct audience_person */
	struct buf consents; /* ids of theirs that we recorded, with a NUL */
};

static void
note_person(void *ctx, const struct audience_person *p)
{
	struct asking *a = ctx;

	buf_put(&a->people, p, sizeof(*p));
}

static const struct audience_person *
people_of(const struct asking *a, size_t *n)
{
	*n = a->people.len / sizeof(struct audience_person);
	return (const struct audience_person *)(const void *)a->people.bytes;
}

static enum vault_err
tell_person(const struct asking *a, const struct audience_person *p)
{
	struct vault_may_person out = { .person = p->id,
		.here = p->here,
		.exempt = p->exempt,
		.protected = p->protected,
		.consent = (enum vault_consent)p->consent.why,
		.by = p->consent.by == NULL ? "" : p->consent.by->id,
		.naming = (enum vault_naming)audience_naming(p) };
	struct buf title = { 0 };
	enum vault_err err = vault_title(&title, a->v, p->id);

	if (err == VAULT_ENORECORD)
		err = VAULT_OK;
	if (err == VAULT_OK) {
		out.title = buf_text(&title);
		a->person(a->ctx, &out);
	}
	buf_free(&title);
	return err;
}

/* ---- What left before ---- */

/* A member of the detail of an entry, which our own program wrote. */
static void
member_of(
    char out[static VAULT_BUNDLE_LEN], const char *detail, const char *start)
{
	const char *at = strstr(detail, start);
	size_t len;

	out[0] = '\0';
	if (at == NULL)
		return;
	at += strlen(start);
	len = strcspn(at, "\"");
	if (len < VAULT_BUNDLE_LEN) {
		memcpy(out, at, len);
		out[len] = '\0';
	}
}

/* What left with the record, or under a consent of whom it is about. */
static bool
is_in(const struct asking *a, const char *detail)
{
	bool found = strstr(detail, a->id) != NULL;

	for (size_t i = 0; !found && i < a->consents.len; i += ID_TEXT_LEN + 1)
		found = strstr(detail, buf_text(&a->consents) + i) != NULL;
	return found;
}

static bool
see_entry(void *ctx, const struct log_entry *e)
{
	struct asking *a = ctx;
	char bundle[VAULT_BUNDLE_LEN], audience[VAULT_BUNDLE_LEN];
	struct vault_left l = { e->time, e->what, bundle, audience };

	if ((strncmp(e->what, "export", 6) != 0 &&
		strcmp(e->what, "report") != 0) ||
	    !is_in(a, e->detail))
		return true;
	member_of(bundle, e->detail, "\"bundle\":\"");
	member_of(audience, e->detail, "\"audience\":\"");
	a->left(a->ctx, &l);
	return true;
}

static enum vault_err
tell_intervention(const struct asking *a, const struct record_row *r)
{
	char id[ID_TEXT_LEN + 1];
	struct buf title = { 0 };
	struct vault_left l = { 0, "intervention", id, "" };
	enum vault_err err;

	if (strcmp(r->type, "intervention") != 0)
		return VAULT_OK;
	id_print(id, r->id);
	if ((err = vault_title(&title, a->v, id)) == VAULT_OK) {
		l.title = buf_text(&title);
		a->left(a->ctx, &l);
	}
	buf_free(&title);
	return err;
}

/* The interventions that name this consent as one they used. */
static enum vault_err
see_uses(const struct asking *a, const char *consent)
{
	struct sql *q = sql_open(a->v->store,
	    "SELECT num FROM value WHERE field=?1 AND key=?2 ORDER BY num");
	struct record_row r;
	enum vault_err err;
	bool row;

	sql_put_int(q, 1, QUERY_LINK);
	sql_put_text(q, 2, consent, strlen(consent));
	while ((err = sql_step(q, &row)) == VAULT_OK && row)
		if ((err = rows_get(&r, a->v->store, sql_int(q, 0))) !=
			VAULT_OK ||
		    (err = tell_intervention(a, &r)) != VAULT_OK)
			break;
	sql_close(q);
	return err;
}

/* By all consents of the people, ended ones too. */
static enum vault_err
tell_left(struct asking *a, const struct audience *audience)
{
	size_t n;
	const struct audience_person *people = people_of(a, &n);
	enum vault_err err;

	for (size_t i = 0; i < n; i++) {
		size_t all;
		const struct consent *list = audience_consents(
		    &all, audience, people[i].id);

		for (size_t k = 0; k < all; k++)
			if (list[k].ours)
				buf_put(&a->consents, list[k].id,
				    sizeof(list[k].id));
	}
	if ((err = buf_ok(&a->consents)) == VAULT_OK)
		err = log_each(a->v->store, 1, see_entry, a);
	for (size_t i = 0; err == VAULT_OK && i < n; i++) {
		size_t all;
		const struct consent *list = audience_consents(
		    &all, audience, people[i].id);

		for (size_t k = 0; err == VAULT_OK && k < all; k++)
			err = see_uses(a, list[k].id);
	}
	return err;
}

/* ---- The answer ---- */

static enum vault_err
answer(struct vault_may *out, struct asking *a, const struct audience *audience)
{
	struct audience_limits limits;
	struct audience_person person;
	enum audience_why why;
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;
	size_t n;
	const struct audience_person *people;

	if (id_parse(id, a->id, strlen(a->id)) != VAULT_OK)
		return VAULT_ENORECORD;
	if ((err = rows_find(&r, a->v->store, id)) != VAULT_OK ||
	    (err = audience_decide(&why, &limits, &person, audience, &r,
		 note_person, a)) != VAULT_OK ||
	    (err = buf_ok(&a->people)) != VAULT_OK)
		return err;
	out->why = (enum vault_may_why)why;
	out->level = limits.level;
	out->most = consent_scope_level(audience_scope(audience));
	people = people_of(a, &n);
	for (size_t i = 0; err == VAULT_OK && a->person != NULL && i < n; i++)
		err = tell_person(a, &people[i]);
	if (err == VAULT_OK && a->left != NULL)
		err = tell_left(a, audience);
	return err;
}

enum vault_err
vault_may(struct vault_may *out, struct vault *v, const char *id,
    const char *audience,
    void (*person)(void *ctx, const struct vault_may_person *p),
    void (*left)(void *ctx, const struct vault_left *l), void *ctx)
{
	struct asking a = {
		.v = v, .id = id, .person = person, .left = left, .ctx = ctx
	};
	struct audience *who;
	enum consent_scope scope;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if (!consent_scope_find(&scope, audience))
		return VAULT_EUSE;
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = audience_new(
	    &who, v->store, scope, (int32_t)(clock_now() / 86400));
	if (err == VAULT_OK)
		err = answer(out, &a, who);
	audience_free(who);
	store_read_end(v->store);
	buf_free(&a.people);
	buf_free(&a.consents);
	return vault_failed(v, err);
}
