/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "exchange/redact.h"
#include "record/id.h"

#define PIECE 4096 /* bytes */

/* Characters from first on, before end. */
struct range {
	size_t first, end;
};

struct redacting {
	const char *record;
	struct reveal *people;
	struct scan *words;
	const struct redact_how *how;
	struct buf path;
	struct buf ranges; /* of the text at hand */
	uint8_t *used;     /* which spots, and then words, were in a text */
};

/* ---- One text ---- */

static void
tell_taken(const struct redacting *r, size_t n)
{
	if (r->how->taken != NULL)
		r->how->taken(r->how->ctx, buf_text(&r->path), n);
}

static void
add_range(struct redacting *r, size_t at, size_t len)
{
	struct range range = { at, at + len };

	buf_put(&r->ranges, &range, sizeof(range));
}

static void
see_person(void *ctx, const struct reveal_hit *hit)
{
	add_range(ctx, hit->at, hit->len);
}

static enum vault_err
see_word(void *ctx, const struct scan_hit *hit)
{
	struct redacting *r = ctx;

	r->used[r->how->n_spots + hit->who] = 1;
	add_range(r, hit->at, hit->len);
	return VAULT_OK;
}

static void
add_spots(struct redacting *r, size_t characters)
{
	for (size_t i = 0; i < r->how->n_spots; i++) {
		const struct redact_spot *spot = &r->how->spots[i];

		if (strcmp(spot->path, buf_text(&r->path)) != 0 ||
		    spot->first == 0 || spot->first > spot->last ||
		    spot->last > characters)
			continue;
		r->used[i] = 1;
		add_range(r, spot->first - 1, spot->last - spot->first + 1);
	}
}

static int
compare(const void *x, const void *y)
{
	const struct range *a = x, *b = y;

	return a->first < b->first ? -1 : a->first > b->first;
}

static size_t
count_characters(const char *text, size_t len)
{
	size_t n = 0;
	uint32_t cp;

	for (size_t i = 0; i < len; n++)
		i += text_next(&cp, text + i, len - i);
	return n;
}

/* The text without the ranges, which are in order; how many were taken out. */
static size_t
put_rest(
    struct buf *out, const struct redacting *r, const char *text, size_t len)
{
	const struct range *list = (const struct range *)(const void *)
				       r->ranges.bytes;
	size_t n = r->ranges.len / sizeof(*list), at = 0, taken = 0, k = 0;
	size_t until = 0; /* what was taken out last goes on to here */
	uint32_t cp;

	for (size_t i = 0; i < len; at++) {
		size_t step = text_next(&cp, text + i, len - i);

		for (; k < n && list[k].first <= at; k++) {
			if (list[k].end <= until)
				continue;
			if (at >= until) {
				buf_put_text(out, REDACT_MARK);
				taken++;
			}
			until = list[k].end;
		}
		if (at >= until)
			buf_put(out, text + i, step);
		i += step;
	}
	return taken;
}

/* Who and what is named in a text, in order. */
static enum vault_err
find(struct redacting *r, const char *text, size_t len)
{
	enum vault_err err;

	if ((err = reveal_text(r->people, r->record, buf_text(&r->path), text,
		 len, see_person, r)) != VAULT_OK ||
	    (err = scan_text(r->words, text, len, see_word, r)) != VAULT_OK ||
	    (err = buf_ok(&r->ranges)) != VAULT_OK)
		return err;
	if (r->ranges.len > 0)
		qsort(r->ranges.bytes, r->ranges.len / sizeof(struct range),
		    sizeof(struct range), compare);
	return VAULT_OK;
}

/*
 * Until nothing is found: of each person a search tells the first places only,
 * and by name before it tells a part.  Each turn takes something out.
 */
static enum vault_err
take_out(size_t *taken, struct buf *text, struct redacting *r)
{
	struct buf left = { 0 };
	enum vault_err err;

	while ((err = find(r, buf_text(text), text->len)) == VAULT_OK &&
	    r->ranges.len > 0) {
		buf_reset(&left);
		*taken += put_rest(&left, r, buf_text(text), text->len);
		buf_reset(text);
		buf_put(text, left.bytes, left.len);
		buf_reset(&r->ranges);
		if ((err = buf_ok(&left)) != VAULT_OK ||
		    (err = buf_ok(text)) != VAULT_OK)
			break;
	}
	buf_free(&left);
	return err;
}

/* How long a piece from there is: it ends with a blank, if there is one. */
static size_t
piece_len(const char *text, size_t len, size_t most)
{
	size_t n = most;

	if (len <= most)
		return len;
	while (n > most / 2 && text[n - 1] != ' ' && text[n - 1] != '\n')
		n--;
	if (n > most / 2)
		return n;
	for (n = most; ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

/* Piece by piece, the first of them of another length than the rest. */
static enum vault_err
take_out_of_pieces(
    size_t *taken, struct buf *text, struct redacting *r, size_t first)
{
	struct buf piece = { 0 }, all = { 0 };
	size_t most = first;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0, n; err == VAULT_OK && i < text->len; i += n) {
		n = piece_len(buf_text(text) + i, text->len - i, most);
		most = PIECE;
		buf_reset(&piece);
		buf_put(&piece, text->bytes + i, n);
		if ((err = buf_ok(&piece)) == VAULT_OK)
			err = take_out(taken, &piece, r);
		buf_put(&all, piece.bytes, piece.len);
	}
	if (err == VAULT_OK && (err = buf_ok(&all)) == VAULT_OK) {
		buf_reset(text);
		buf_put(text, all.bytes, all.len);
		err = buf_ok(text);
	}
	buf_free(&piece);
	buf_free(&all);
	return err;
}

/*
 * All of it was looked through once, with what was pointed to.  A long text
 * that names somebody a hundred thousand times would be looked through as
 * often: so most of them are taken out of pieces, cut in two ways.
 */
static enum vault_err
take_all_out(size_t *taken, struct buf *text, struct redacting *r)
{
	struct buf left = { 0 };
	enum vault_err err = find(r, buf_text(text), text->len);

	if (err != VAULT_OK || r->ranges.len == 0)
		return err;
	*taken += put_rest(&left, r, buf_text(text), text->len);
	buf_reset(&r->ranges);
	if ((err = buf_ok(&left)) == VAULT_OK && left.len > PIECE &&
	    (err = take_out_of_pieces(taken, &left, r, PIECE)) == VAULT_OK)
		err = take_out_of_pieces(taken, &left, r, PIECE / 2);
	if (err == VAULT_OK)
		err = take_out(taken, &left, r);
	if (err == VAULT_OK) {
		buf_reset(text);
		buf_put(text, left.bytes, left.len);
		err = buf_ok(text);
	}
	buf_free(&left);
	return err;
}

/* *to is the text that is left, or NULL if nothing was taken out. */
static enum vault_err
redact_text(json_t **to, struct redacting *r, const json_t *value)
{
	size_t len = json_string_length(value), taken = 0;
	struct buf text = { 0 };
	enum vault_err err;

	*to = NULL;
	if (id_is_canonical(json_string_value(value), len))
		return VAULT_OK;
	buf_reset(&r->ranges);
	buf_put(&text, json_string_value(value), len);
	add_spots(r, count_characters(json_string_value(value), len));
	if ((err = buf_ok(&text)) == VAULT_OK)
		err = take_all_out(&taken, &text, r);
	if (err == VAULT_OK && taken > 0 &&
	    (*to = json_stringn(buf_text(&text), text.len)) == NULL)
		err = VAULT_ENOMEM;
	if (err == VAULT_OK && taken > 0)
		tell_taken(r, taken);
	buf_free(&text);
	return err;
}

/* ---- Fields of the office's own ---- */

/* Is it, or what it lies in, a field that no model knows? */
static bool
is_own(const char *path)
{
	return strncmp(path, "x_", 2) == 0 || strstr(path, ".x_") != NULL;
}

/* Does the name of a member, or a number, name somebody? */
static enum vault_err
names_somebody(bool *out, struct redacting *r, const char *text)
{
	enum vault_err err;

	buf_reset(&r->ranges);
	if ((err = find(r, text, strlen(text))) == VAULT_OK)
		*out = r->ranges.len > 0;
	buf_reset(&r->ranges);
	return err;
}

/* Such a member goes, whole: its name cannot be cut. */
static enum vault_err
is_to_go(bool *out, struct redacting *r, const char *name, const json_t *value)
{
	char number[32];
	enum vault_err err;

	*out = false;
	if (!is_own(buf_text(&r->path)))
		return VAULT_OK;
	err = names_somebody(out, r, name);
	if (err != VAULT_OK || *out || !json_is_integer(value))
		return err;
	snprintf(number, sizeof(number), "%lld",
	    (long long)json_integer_value(value));
	return names_somebody(out, r, number);
}

/* ---- All of a body ---- */

static enum vault_err redact_object(struct redacting *r, json_t *object);
static enum vault_err redact_array(struct redacting *r, json_t *array);

static enum vault_err
redact_value(json_t **to, struct redacting *r, json_t *value)
{
	*to = NULL;
	if (json_is_object(value))
		return redact_object(r, value);
	if (json_is_array(value))
		return redact_array(r, value);
	return json_is_string(value) ? redact_text(to, r, value) : VAULT_OK;
}

static enum vault_err
redact_array(struct redacting *r, json_t *array)
{
	size_t before = r->path.len;
	enum vault_err err = VAULT_OK;

	for (size_t i = 0; err == VAULT_OK && i < json_array_size(array); i++) {
		json_t *to = NULL;
		bool goes;

		buf_putf(&r->path, "[%zu]", i);
		err = is_to_go(&goes, r, "", json_array_get(array, i));
		if (err == VAULT_OK && goes)
			to = json_string(REDACT_MARK);
		else if (err == VAULT_OK)
			err = redact_value(&to, r, json_array_get(array, i));
		if (to != NULL && json_array_set_new(array, i, to) != 0)
			err = VAULT_ENOMEM;
		if (goes)
			tell_taken(r, 1);
		buf_truncate(&r->path, before);
	}
	return err;
}

static enum vault_err
redact_object(struct redacting *r, json_t *object)
{
	size_t before = r->path.len;
	enum vault_err err = VAULT_OK;
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(object, next, name, value)
	{
		json_t *to = NULL;
		bool goes;

		if (before == 0 && strcmp(name, "type") == 0)
			continue;
		buf_putf(&r->path, "%s%s", before > 0 ? "." : "", name);
		err = is_to_go(&goes, r, name, value);
		if (err == VAULT_OK && goes) {
			/* Not by its name, which is what must not be told. */
			buf_truncate(&r->path, before);
			tell_taken(r, 1);
			json_object_del(object, name);
			continue;
		}
		if (err == VAULT_OK)
			err = redact_value(&to, r, value);
		if (to != NULL && json_object_set_new(object, name, to) != 0)
			err = VAULT_ENOMEM;
		buf_truncate(&r->path, before);
		if (err != VAULT_OK)
			break;
	}
	return err;
}

/* ---- Links, and for whom it is ---- */

/* May this person be pointed to as whom the record is about? */
static enum vault_err
may_stay(
    bool *may, const struct audience *a, const char *person, const char *record)
{
	struct audience_person p;
	enum vault_err err;

	*may = true;
	if (person == NULL)
		return VAULT_OK;
	if ((err = audience_person(&p, a, person, record)) == VAULT_OK)
		*may = audience_may(&p);
	return err;
}

static enum vault_err
drop_people(
    json_t *body, const char *field, const struct audience *a, const char *id)
{
	json_t *list = json_object_get(body, field);
	enum vault_err err = VAULT_OK;
	bool may;

	for (size_t i = json_array_size(list); err == VAULT_OK && i-- > 0;) {
		err = may_stay(
		    &may, a, json_string_value(json_array_get(list, i)), id);
		if (err == VAULT_OK && !may)
			json_array_remove(list, i);
	}
	if (list != NULL && json_array_size(list) == 0)
		json_object_del(body, field);
	return err;
}

static enum vault_err
drop_source(json_t *body, const struct audience *a, const char *id)
{
	const json_t *ref = json_object_get(
	    json_object_get(body, "source"), "ref");
	enum vault_err err;
	bool may;

	if ((err = may_stay(&may, a, json_string_value(ref), id)) == VAULT_OK &&
	    !may)
		json_object_del(body, "source");
	return err;
}

/* {"audiences":[A],"level":N,"private_fields":[...],"redacted_from":ID} */
static enum vault_err
limit(json_t *body, const char *record, enum consent_scope scope)
{
	json_t *audiences = json_array(), *hidden = json_array();
	int level = consent_scope_level(scope);
	bool good = audiences != NULL && hidden != NULL &&
	    json_array_append_new(
		audiences, json_string(consent_scope_code(scope))) == 0 &&
	    json_array_append_new(hidden, json_string("redacted_from")) == 0 &&
	    json_object_set(body, "audiences", audiences) == 0 &&
	    json_object_set(body, "private_fields", hidden) == 0 &&
	    json_object_set_new(body, "level", json_integer(level)) == 0 &&
	    json_object_set_new(body, "redacted_from", json_string(record)) ==
		0;

	json_decref(audiences);
	json_decref(hidden);
	return good ? VAULT_OK : VAULT_ENOMEM;
}

static bool
is_about_one(const json_t *body)
{
	const char *type = json_string_value(json_object_get(body, "type"));

	return type == NULL || strcmp(type, "person") == 0 ||
	    strcmp(type, "status") == 0 || strcmp(type, "consent") == 0;
}

/* Whoever misspells a passage must not believe that it is gone. */
static bool
all_used(const struct redacting *r)
{
	const struct redact_how *how = r->how;

	for (size_t i = 0; i < how->n_spots + how->n_words; i++)
		if (!r->used[i]) {
			if (how->absent != NULL)
				how->absent(how->ctx,
				    i < how->n_spots ? 0
						     : i - how->n_spots + 1);
			return false;
		}
	return true;
}

enum vault_err
redact_body(json_t *body, const char *record, struct reveal *people,
    const struct audience *a, const struct redact_how *how)
{
	struct buf used = { 0 };
	struct redacting r = { .record = record, .people = people, .how = how };
	enum vault_err err;

	if (is_about_one(body))
		return VAULT_EUSE;
	for (size_t i = 0; i < how->n_spots + how->n_words; i++)
		buf_put_byte(&used, 0);
	r.used = used.bytes;
	if ((err = buf_ok(&used)) == VAULT_OK)
		err = scan_new(&r.words);
	for (size_t i = 0; err == VAULT_OK && i < how->n_words; i++)
		err = scan_add_words(
		    r.words, how->words[i], strlen(how->words[i]), i);
	if (err == VAULT_OK)
		err = redact_object(&r, body);
	if (err == VAULT_OK && !all_used(&r))
		err = VAULT_ENORECORD;
	if (err == VAULT_OK &&
	    (err = drop_source(body, a, record)) == VAULT_OK &&
	    (err = drop_people(body, "victims", a, record)) == VAULT_OK &&
	    (err = drop_people(body, "persons", a, record)) == VAULT_OK)
		err = limit(body, record, audience_scope(a));
	scan_free(r.words);
	buf_free(&r.path);
	buf_free(&r.ranges);
	buf_free(&used);
	return err;
}
