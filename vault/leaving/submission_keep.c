/* SPDX-License-Identifier: ISC */
/*
 * submission_keep.c - what was sent, kept: a document with exactly its bytes,
 * and an intervention that says to whom, for whom, by which consents, and what
 * was left out.
 *
 * All of it is one commit, with the entry of the log: there is no intervention
 * without its text, and no text that was not logged.
 */
#include <stdio.h>
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "record/attach.h"
#include "record/digest.h"
#include "record/json.h"
#include "record/keep.h"
#include "store/store.h"
#include "leaving/submission_inside.h"

struct keeping {
	struct vault_submission *s;
	struct signer by;
	struct keep_report report;
	char day[16]; /* "2011-04-26" */
	char document[ID_TEXT_LEN + 1];
	char intervention[ID_TEXT_LEN + 1];
};

static json_t *
object_with(const char *member, json_t *value)
{
	json_t *o = json_object();
	bool good = true;

	json_add(&good, o, member, value);
	if (good)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *
text(const char *member, const char *value)
{
	return object_with(member, json_string(value));
}

/* Append a text to an array, once. */
static void
add_once(bool *good, json_t *array, const char *id)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (strcmp(json_string_value(json_array_get(array, i)), id) ==
		    0)
			return;
	json_add(good, array, NULL, json_string(id));
}

/* Add an array, unless it is empty, and let it go. */
static void
add_array(bool *good, json_t *to, const char *member, json_t *array)
{
	if (json_array_size(array) > 0)
		json_add(good, to, member, json_incref(array));
	*good = *good && array != NULL;
	json_decref(array);
}

/* ---- The document ---- */

static enum vault_err
sha256(struct buf *hex, const struct buf *bytes)
{
	uint8_t sum[DIGEST_LEN];
	struct digest *d = digest_new();

	if (d == NULL)
		return VAULT_ENOMEM;
	digest_put(d, bytes->bytes, bytes->len);
	digest_end(d, sum);
	digest_free(d);
	hex_encode(hex, sum, sizeof(sum));
	return buf_ok(hex);
}

static void
file_name(char out[static 64], const struct keeping *k)
{
	snprintf(out, 64, "submission-%s-%s.txt", k->s->form->code, k->day);
}

static enum vault_err
print_document(struct buf *out, const struct keeping *k)
{
	json_t *o = json_object();
	struct buf hex = { 0 };
	char name[64];
	bool good = true;
	enum vault_err err = sha256(&hex, &k->s->text);

	file_name(name, k);
	json_add(&good, o, "type", json_string("document"));
	json_add(&good, o, "title", json_string(name));
	json_add(&good, o, "original_name", json_string(name));
	json_add(&good, o, "collected_at", text("edtf", k->day));
	json_add(&good, o, "method", json_string("amparo submission"));
	json_add(&good, o, "media_type", json_string("text/plain"));
	json_add(&good, o, "sha256", json_string(buf_text(&hex)));
	json_add(&good, o, "size", json_integer((json_int_t)k->s->text.len));
	if (err == VAULT_OK)
		err = good ? json_write(out, o) : VAULT_ENOMEM;
	json_decref(o);
	buf_free(&hex);
	return err;
}

/* The bytes, in the one transaction: a text is small. */
static enum vault_err
attach_text(const struct keeping *k, const struct record_row *r)
{
	const struct buf *bytes = &k->s->text;
	struct attach_writer *w = NULL;
	uint8_t hash[HASH_LEN];
	char name[64];
	enum vault_err err;

	file_name(name, k);
	if ((err = attach_begin(&w, k->s->v->store, r, name)) == VAULT_OK &&
	    (err = attach_put(w, bytes->bytes, bytes->len)) == VAULT_OK &&
	    (err = attach_end(w, hash)) == VAULT_OK)
		err = records_follow(k->s->v, r, hash, "attach");
	attach_writer_free(w);
	return err;
}

static enum vault_err
keep_one(char id[static ID_TEXT_LEN + 1], struct keeping *k,
    const struct buf *json, bool with_text)
{
	struct kept kept = { .row = { 0 } };
	enum vault_err err;

	err = records_put(
	    &kept, k->s->v, &k->by, &k->report, NULL, json->bytes, json->len);
	/* We made it ourselves: there is nobody to be told of a mistake. */
	if (err == VAULT_EUSE)
		err = VAULT_EDAMAGED;
	if (err == VAULT_OK)
		id_print(id, kept.row.id);
	if (err == VAULT_OK && with_text)
		err = attach_text(k, &kept.row);
	kept_free(&kept);
	return err;
}

static enum vault_err
keep_document(struct keeping *k)
{
	struct buf json = { 0 };
	enum vault_err err = print_document(&json, k);

	if (err == VAULT_OK)
		err = keep_one(k->document, k, &json, true);
	buf_free(&json);
	return err;
}

/* ---- The intervention ---- */

static void
add_consent(bool *good, json_t *all, const struct audience_person *p)
{
	if (p->consent.why == CONSENT_GIVEN && p->consent.by != NULL)
		add_once(good, all, p->consent.by->id);
}

/* Of a testimony its source's; of all else that of the person it is for. */
static void
add_consents_of(bool *good, json_t *all, const struct vault_submission *s,
    const struct sub_item *item)
{
	size_t n;
	const struct sub_person *persons = sub_persons(s, &n);

	if (strcmp(item->row.type, "testimony") == 0 ||
	    strcmp(item->row.type, "person") == 0) {
		add_consent(good, all, &item->edition.person);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct audience_person p;
		bool told = false;

		if (sub_tells(&told, item->row.type, item->edition.body,
			persons[i].id) != VAULT_OK ||
		    (told &&
			audience_person(&p, s->audience, persons[i].id,
			    item->id) != VAULT_OK))
			*good = false;
		else if (told)
			add_consent(good, all, &p);
	}
}

/* The consents of all whose records were used: the person's first. */
static json_t *
consents_used(bool *good, const struct vault_submission *s)
{
	json_t *all = json_array();
	size_t n;
	const struct sub_item *items = sub_items(s, &n);

	add_once(good, all, s->info.by);
	for (size_t i = 0; i < n; i++)
		if (json_object_size(items[i].used) > 0)
			add_consents_of(good, all, s, &items[i]);
	return all;
}

static void
add_case(bool *good, json_t *to, const json_t *id)
{
	if (json_is_string(id))
		add_once(good, to, json_string_value(id));
}

static json_t *
cases_of(bool *good, const struct vault_submission *s)
{
	json_t *all = json_array();
	size_t n;
	const struct sub_item *items = sub_items(s, &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *body = items[i].edition.body;
		const json_t *cases = json_object_get(body, "cases");

		if (json_object_size(items[i].used) == 0)
			continue;
		for (size_t k = 0; k < json_array_size(cases); k++)
			add_case(good, all, json_array_get(cases, k));
		add_case(good, all, json_object_get(body, "case"));
	}
	return all;
}

/* A line each, as it was noted. */
static json_t *
withheld(bool *good, const struct vault_submission *s)
{
	json_t *all = json_array();
	const char *at = buf_text(&s->withheld);

	while (*at != '\0') {
		size_t len = strcspn(at, "\n");

		json_add(good, all, NULL, json_stringn(at, len));
		at += len + (at[len] == '\n');
	}
	return all;
}

/* [{"text": ...}] */
static json_t *
party_array(bool *good, const char *name)
{
	json_t *all = json_array();

	json_add(good, all, NULL, text("text", name));
	return all;
}

/* That several records are of one person stays here, as same_as does. */
static json_t *
private_fields(bool *good, const json_t *o, const struct vault_submission *s)
{
	static const char *const names[] = { "persons", "consents_used",
		"withheld" };
	json_t *all = json_array();

	for (size_t i = 0; s->info.same + s->info.others > 0 && i < 3; i++)
		if (json_object_get(o, names[i]) != NULL)
			json_add(good, all, NULL, json_string(names[i]));
	return all;
}

static enum vault_err
print_intervention(struct buf *out, const struct keeping *k)
{
	const struct vault_submission *s = k->s;
	json_t *o = json_object(), *persons = json_array();
	size_t n;
	const struct sub_person *all = sub_persons(s, &n);
	struct buf office = { 0 };
	bool good = true;
	enum vault_err err = offices_own_name(&office, s->v->store);

	json_add(&good, o, "type", json_string("intervention"));
	json_add(&good, o, "kind", json_string(s->form->kind));
	json_add(&good, o, "mechanism", json_string(s->form->mechanism));
	json_add(&good, o, "date", text("edtf", k->day));
	json_add(&good, o, "form", json_string(s->form->code));
	json_add(&good, o, "by", text("text", buf_text(&office)));
	json_add(&good, o, "sent_text", json_string(k->document));
	json_add(&good, o, "state", json_string("1"));
	add_array(&good, o, "to", party_array(&good, s->form->title));
	for (size_t i = 0; i < n; i++)
		if (all[i].used)
			add_once(&good, persons, all[i].id);
	add_array(&good, o, "persons", persons);
	add_array(&good, o, "cases", cases_of(&good, s));
	add_array(&good, o, "consents_used", consents_used(&good, s));
	add_array(&good, o, "withheld", withheld(&good, s));
	add_array(&good, o, "private_fields", private_fields(&good, o, s));
	if (err == VAULT_OK)
		err = good ? json_write(out, o) : VAULT_ENOMEM;
	json_decref(o);
	buf_free(&office);
	return err;
}

static enum vault_err
keep_intervention(struct keeping *k)
{
	struct buf json = { 0 };
	enum vault_err err = print_intervention(&json, k);

	if (err == VAULT_OK)
		err = keep_one(k->intervention, k, &json, false);
	buf_free(&json);
	return err;
}

enum vault_err
sub_keep(struct vault_submission_kept *out, struct vault_submission *s)
{
	struct keeping k = { .s = s };
	int y, m, d;
	enum vault_err err;

	date_from_day(&y, &m, &d, s->today);
	snprintf(k.day, sizeof(k.day), "%04d-%02d-%02d", y, m, d);
	if ((err = records_signer(&k.by, s->v->store)) == VAULT_OK)
		err = keep_document(&k);
#ifdef PLANT_KEPT_APART
	if (err == VAULT_OK && (err = store_commit(s->v->store)) == VAULT_OK)
		err = store_begin(s->v->store);
#endif
	if (err == VAULT_OK)
		err = keep_intervention(&k);
	secret_free(k.by.key);
	keep_report_free(&k.report);
	if (err == VAULT_OK) {
		memcpy(out->document, k.document, sizeof(k.document));
		memcpy(
		    out->intervention, k.intervention, sizeof(k.intervention));
	}
	return err;
}
