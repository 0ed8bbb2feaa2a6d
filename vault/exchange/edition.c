/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/text.h"
#include "exchange/edition.h"
#include "record/body.h"
#include "record/heads.h"
#include "record/model.h"
#include "record/name.h"

void
edition_free(struct edition *e)
{
	json_decref(e->body);
	json_decref(e->clashes);
	memset(e, 0, sizeof(*e));
}

/* ---- What stays behind ---- */

enum when {
	ALWAYS,
	PUBLIC,  /* where everybody can read it */
	UNNAMED, /* of a person who may not be named in full */
};

/* "" is every type. */
static const struct {
	const char *type, *field;
	enum when when;
} stays[] = {
	{ "", "readers", ALWAYS },
	{ "", "audiences", ALWAYS },
	{ "", "private_fields", ALWAYS },
	{ "", "recorded_by", ALWAYS },
	{ "", "review", ALWAYS },
	{ "", "imported", ALWAYS },
	{ "", "redacted_from", ALWAYS },
	{ "", "notes", PUBLIC },
	{ "", "tags", PUBLIC },
	{ "", "documents", PUBLIC },
	{ "", "basis", PUBLIC },
	{ "testimony", "interviewer", ALWAYS },
	{ "testimony", "interpreter", ALWAYS },
	{ "testimony", "recontact", ALWAYS },
	{ "testimony", "evaluation", ALWAYS },
	{ "testimony", "consents", ALWAYS },
	{ "testimony", "source", PUBLIC },
	{ "testimony", "relayed_by", PUBLIC },
	{ "testimony", "connection", PUBLIC },
	{ "testimony", "place", PUBLIC },
	{ "act", "witnesses", PUBLIC },
	{ "document", "collected_by", ALWAYS },
	{ "document", "custody", ALWAYS },
	{ "document", "author", PUBLIC },
	{ "intervention", "consents_used", ALWAYS },
	{ "intervention", "withheld", ALWAYS },
	{ "consent", "interpreter", ALWAYS },
	{ "person", "protected", ALWAYS },
	{ "person", "source_reliability", ALWAYS },
	{ "person", "contacts", PUBLIC },
	{ "person", "id_papers", PUBLIC },
	{ "person", "addresses", PUBLIC },
	{ "person", "photo", PUBLIC },
	{ "person", "mother", PUBLIC },
	{ "person", "father", PUBLIC },
	{ "person", "relations", PUBLIC },
	{ "person", "title", UNNAMED },
	{ "person", "contacts", UNNAMED },
	{ "person", "id_papers", UNNAMED },
	{ "person", "addresses", UNNAMED },
	{ "person", "photo", UNNAMED },
	{ "person", "mother", UNNAMED },
	{ "person", "father", UNNAMED },
	{ "person", "relations", UNNAMED },
	{ "person", "born", UNNAMED },
	{ "person", "birth_place", UNNAMED },
	{ "person", "affiliations", UNNAMED },
	{ "person", "documents", UNNAMED },
};

static bool
is_public(enum consent_scope scope)
{
	return scope == CONSENT_MEDIA || scope == CONSENT_UN_PUBLIC ||
	    scope == CONSENT_RESEARCH;
}

/* A translation goes with its field. */
static void
drop_translations(json_t *body, const char *field)
{
	json_t *list = json_object_get(body, "translations");

	for (size_t i = json_array_size(list); i-- > 0;) {
		const char *of = json_string_value(
		    json_object_get(json_array_get(list, i), "field"));

		if (of != NULL && strcspn(of, ".[") == strlen(field) &&
		    memcmp(of, field, strlen(field)) == 0)
			json_array_remove(list, i);
	}
	if (list != NULL && json_array_size(list) == 0)
		json_object_del(body, "translations");
}

static void
drop(json_t *body, const char *field)
{
	if (json_object_del(body, field) == 0)
		drop_translations(body, field);
}

static void
drop_listed(json_t *body, const char *type, enum when when)
{
	for (size_t i = 0; i < sizeof(stays) / sizeof(stays[0]); i++)
		if (stays[i].when == when &&
		    (stays[i].type[0] == '\0' ||
			strcmp(stays[i].type, type) == 0))
			drop(body, stays[i].field);
}

/* Who translated it is told as little as who interpreted. */
static void
drop_translators(json_t *body)
{
	const json_t *list = json_object_get(body, "translations");

	for (size_t i = 0; i < json_array_size(list); i++)
		(void)json_object_del(json_array_get(list, i), "translator");
}

/* ---- What nobody here knows ---- */

typedef const struct model_field *(*finder)(const void *of, const char *name);

static const struct model_field *
find_field(const void *of, const char *name)
{
	return model_field(of, name);
}

static const struct model_field *
find_member(const void *of, const char *name)
{
	return model_member(of, name);
}

static void drop_unknown(
    json_t *object, finder find, const void *of, bool own_too);

static void
drop_unknown_in(json_t *value, const struct model_field *field, bool own_too)
{
	if (field->object == NULL)
		return;
	for (size_t i = 0; i < json_array_size(value); i++)
		drop_unknown(json_array_get(value, i), find_member,
		    field->object, own_too);
	if (json_is_object(value))
		drop_unknown(value, find_member, field->object, own_too);
}

/* Fields of a newer program, and with own_too those of the office's own. */
static void
drop_unknown(json_t *object, finder find, const void *of, bool own_too)
{
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(object, next, name, value)
	{
		const struct model_field *field = find(of, name);

		if (field != NULL)
			drop_unknown_in(value, field, own_too);
		else if (own_too || strncmp(name, "x_", 2) != 0)
			json_object_del(object, name);
	}
}

/* ---- Names ---- */

/* The first letter of each word of a key, as a capital would be. */
static enum vault_err
put_initials(struct buf *out, const char *key, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint32_t cp = 0;
		size_t step;

		if (i > 0 && key[i - 1] != ' ')
			continue;
		step = text_next(&cp, key + i, len - i);
		if (i > 0)
			buf_put_byte(out, ' ');
		if (cp >= 'a' && cp <= 'z')
			buf_put_byte(out, (uint8_t)(cp - 'a' + 'A'));
		else
			buf_put(out, key + i, step);
		buf_put_byte(out, '.');
	}
	return buf_ok(out);
}

static bool
has_initials(const char *key, size_t len)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < len;) {
		i += text_next(&cp, key + i, len - i);
		if (text_is_spaceless(cp) || (cp >= 0xac00 && cp <= 0xd7a3))
			return false;
	}
	return len > 0;
}

enum vault_err
edition_initials(struct buf *out, const json_t *names)
{
	struct buf key = { 0 };
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < json_array_size(names); i++) {
		const json_t *text = json_object_get(
		    json_array_get(names, i), "text");

		buf_reset(&key);
		if (!json_is_string(text))
			continue;
		err = text_key(
		    &key, json_string_value(text), json_string_length(text));
		if (err == VAULT_OK && has_initials(buf_text(&key), key.len)) {
			err = put_initials(out, buf_text(&key), key.len);
			break;
		}
	}
	buf_free(&key);
	return err;
}

static enum vault_err
set_name(json_t *body, const char *text)
{
	json_t *names = json_array(), *name = json_object();
	bool good = names != NULL && name != NULL &&
	    json_object_set_new(name, "text", json_string(text)) == 0 &&
	    json_array_append(names, name) == 0 &&
	    json_object_set(body, "names", names) == 0;

	json_decref(name);
	json_decref(names);
	return good ? VAULT_OK : VAULT_ENOMEM;
}

/* names: [{"text": what the consent allows}], or none. */
static enum vault_err
rename_person(json_t *body, enum consent_naming naming)
{
	struct buf text = { 0 };
	enum vault_err err = VAULT_OK;

	if (naming == CONSENT_INITIALS)
		err = edition_initials(&text, json_object_get(body, "names"));
	drop(body, "names");
	if (naming == CONSENT_UNNAMED)
		drop(body, "pseudonym");
	if (err == VAULT_OK && text.len > 0)
		err = set_name(body, buf_text(&text));
	buf_free(&text);
	return err;
}

enum vault_err
edition_strip(
    json_t *body, enum consent_scope scope, enum consent_naming naming)
{
	const char *name = json_string_value(json_object_get(body, "type"));
	const struct model_type *type = name == NULL ? NULL : model_type(name);
	bool unnamed = type != NULL && strcmp(type->name, "person") == 0 &&
	    naming != CONSENT_FULL;

	/* What it is nobody knows: nothing of it may be told. */
	if (type == NULL)
		return VAULT_EVERSION;
	drop_listed(body, type->name, ALWAYS);
	drop_translators(body);
	if (is_public(scope))
		drop_listed(body, type->name, PUBLIC);
	/* What the office's own fields tell of a person nobody here knows. */
	drop_unknown(body, find_field, type, is_public(scope) || unnamed);
	if (!unnamed)
		return VAULT_OK;
	drop_listed(body, type->name, UNNAMED);
	return rename_person(body, naming);
}

/* ---- One record ---- */

/* The names of the fields that leave and in which versions disagree. */
static enum vault_err
list_clashes(json_t **out, const json_t *clashes, const json_t *body)
{
	if ((*out = json_array()) == NULL)
		return VAULT_ENOMEM;
	for (size_t i = 0; i < json_array_size(clashes); i++) {
		json_t *field = json_object_get(
		    json_array_get(clashes, i), "field");

		if (field != NULL &&
		    json_object_get(body, json_string_value(field)) != NULL &&
		    json_array_append(*out, field) != 0)
			return VAULT_ENOMEM;
	}
	return VAULT_OK;
}

static enum vault_err
open_part(json_t **out, const json_t *whole)
{
	json_t *hidden = NULL;
	enum vault_err err = body_split(out, &hidden, whole);

	json_decref(hidden);
	return err;
}

enum vault_err
edition_open(json_t **out, struct store *s, enum consent_scope scope,
    const struct record_row *r)
{
	struct merged m = { .body = NULL };
	enum vault_err err;

	*out = NULL;
	if ((err = heads_merge(&m, s, r)) != VAULT_OK)
		return err;
	/* Nothing of it is here. */
	if (json_object_size(m.body) == 0)
		err = VAULT_ENORECORD;
	if (err == VAULT_OK && (err = open_part(out, m.body)) == VAULT_OK)
		err = edition_strip(*out, scope, CONSENT_FULL);
	merged_free(&m);
	if (err != VAULT_OK) {
		json_decref(*out);
		*out = NULL;
	}
	return err;
}

enum vault_err
edition_figures(bool *may, json_t **body, const struct audience *a,
    const struct record_row *r)
{
	struct audience_limits limits;
	struct audience_person person;
	enum audience_why why;
	json_t *open = NULL;
	enum vault_err err;

	*may = false;
	err = audience_decide(&why, &limits, &person, a, r, NULL, NULL);
	if (err == VAULT_OK && why == AUDIENCE_NO_RECORDS &&
	    audience_scope(a) == CONSENT_RESEARCH && limits.level <= 2 &&
	    !limits.readers && !limits.other)
		err = audience_people(may, &person, a, r, NULL, NULL);
	else
		*may = why == AUDIENCE_MAY;
	if (err != VAULT_OK || !*may)
		return err;
	if ((err = open_part(&open, *body)) == VAULT_OK)
		err = edition_strip(
		    open, audience_scope(a), audience_naming(&person));
	if (err == VAULT_OK) {
		json_decref(*body);
		*body = json_incref(open);
	}
	json_decref(open);
	return err;
}

enum vault_err
edition_make(struct edition *out, struct store *s, const struct audience *a,
    const struct record_row *r)
{
	struct merged m = { .body = NULL };
	enum consent_naming naming;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	err = audience_decide(
	    &out->why, &out->limits, &out->person, a, r, NULL, NULL);
	if (err != VAULT_OK || out->why != AUDIENCE_MAY)
		return err;
	naming = audience_naming(&out->person);
	if ((err = heads_merge(&m, s, r)) == VAULT_OK && m.body == NULL)
		err = VAULT_EDAMAGED;
	if (err == VAULT_OK)
		err = open_part(&out->body, m.body);
	if (err == VAULT_OK)
		err = edition_strip(out->body, audience_scope(a), naming);
	if (err == VAULT_OK)
		err = list_clashes(&out->clashes, m.clashes, out->body);
	merged_free(&m);
	return err;
}

static enum vault_err
put_label(struct buf *out, const json_t *body, enum consent_naming naming)
{
	const char *pseudonym = json_string_value(
	    json_object_get(body, "pseudonym"));

	if (naming == CONSENT_INITIALS)
		return edition_initials(out, json_object_get(body, "names"));
	if (naming == CONSENT_FULL)
		buf_put_text(out, name_display(body));
	else if (pseudonym != NULL)
		buf_put_text(out, pseudonym);
	return buf_ok(out);
}

enum vault_err
edition_label(struct buf *out, struct store *s, const struct audience *a,
    const char *person, const char *record)
{
	struct audience_person p;
	struct merged m = { .body = NULL };
	json_t *open = NULL;
	struct record_row r;
	uint8_t id[ID_LEN];
	enum vault_err err;
	enum consent_naming naming;

	if ((err = audience_person(&p, a, person, record)) != VAULT_OK ||
	    !p.here || (p.closed && !p.made))
		return err;
	if (!audience_may(&p) && !p.protected)
		err = audience_is_accused(&p.exempt, a, person);
	naming = audience_naming(&p);
	if (err != VAULT_OK || !audience_may(&p) || naming == CONSENT_UNNAMED)
		return err;
	if ((err = id_parse(id, person, strlen(person))) != VAULT_OK ||
	    (err = rows_find(&r, s, id)) != VAULT_OK ||
	    (err = heads_merge(&m, s, &r)) != VAULT_OK)
		return err;
	/* A name in a private field is nobody's to tell. */
	if ((err = open_part(&open, m.body)) == VAULT_OK)
		err = put_label(out, open, naming);
	json_decref(open);
	merged_free(&m);
	return err;
}
