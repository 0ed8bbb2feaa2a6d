/* SPDX-License-Identifier: ISC */
/*
 * query_doubt - why a query may find nothing.  Any text is a valid query, so a
 * slip of the pen is one, too: a code that does not exist, a field that is not
 * searched by, a day that there is not.
 */
#include <string.h>

#include "core/text.h"
#include "record/id.h"
#include "record/vocab.h"
#include "search/query.h"

#define NAME_MAX_LEN 32

static bool
is_key(const struct query *q, const struct query_node *n, const char *text)
{
	struct buf key = { 0 };
	enum vault_err err = text_key(&key, text, strlen(text));
	bool same = key.len == n->len &&
	    memcmp(buf_text(&key), buf_text(&q->keys) + n->at, n->len) == 0;

	buf_free(&key);
	return same || err == VAULT_ENOMEM; /* nothing false is said then */
}

/* True if a code, or what a query has for several, is the value of n. */
static bool
is_code(const struct query *q, const struct query_node *n,
    const struct model_vocab *vocab)
{
	for (size_t i = 0; i < vocab->n; i++)
		if (is_key(q, n, vocab->codes[i].code) ||
		    (vocab->codes[i].group != NULL &&
			is_key(q, n, vocab->codes[i].group)))
			return true;
	return false;
}

static bool
is_type(const struct query *q, const struct query_node *n)
{
	const struct model_type *t = NULL;

	while ((t = model_next_type(t)) != NULL)
		if (is_key(q, n, t->name))
			return true;
	return false;
}

static const struct model_vocab *
vocab_of(enum query_field field)
{
	return field == QUERY_STATUS ? &vocab_status
	    : field == QUERY_ACT     ? &vocab_act
	    : field == QUERY_COUNTRY ? model_vocab("country")
				     : NULL;
}

/* Can no record have the value of n, as its field is? */
static bool
is_no_value(const struct query *q, const struct query_node *n)
{
	const struct model_vocab *vocab = vocab_of(n->field);

	if (n->prefix)
		return false;
	if (n->field == QUERY_TYPE)
		return !is_type(q, n);
	if (n->field == QUERY_LEVEL)
		return !is_key(q, n, "0") && !is_key(q, n, "1") &&
		    !is_key(q, n, "2") && !is_key(q, n, "3");
	if (n->field == QUERY_CASE)
		return n->len != ID_TEXT_LEN;
	return vocab != NULL && !is_code(q, n, vocab);
}

static void
doubt_value(
    struct query_doubt *d, const struct query *q, const struct query_node *n)
{
	const struct model_vocab *vocab = vocab_of(n->field);

	d->what = n->field == QUERY_CASE ? QUERY_NO_CASE : QUERY_NO_VALUE;
	buf_put_text(&d->field, query_field_name(n->field));
	buf_put(&d->value, buf_text(&q->keys) + n->at, n->len);
	if (n->field == QUERY_TYPE)
		d->n_near = model_near_types(d->near, buf_text(&d->value));
	else if (vocab != NULL)
		d->n_near = model_near_codes(
		    d->near, vocab, buf_text(&d->value));
}

/* The field of a query that name is near to. */
static void
find_near(struct query_doubt *d, const char *name)
{
	struct buf all = { 0 };
	char near[NAME_MAX_LEN] = "";

	for (enum query_field f = QUERY_TYPE; query_field_name(f) != NULL; f++)
		buf_putf(&all, "%s ", query_field_name(f));
	if (buf_ok(&all) == VAULT_OK)
		model_near_word(near, sizeof(near), buf_text(&all), name);
	for (enum query_field f = QUERY_TYPE; query_field_name(f) != NULL; f++)
		if (strcmp(query_field_name(f), near) == 0)
			d->near[d->n_near++] = query_field_name(f);
	buf_free(&all);
}

/* True if records have such a field. */
static bool
is_field(const char *name)
{
	const struct model_type *t = NULL;

	while ((t = model_next_type(t)) != NULL)
		if (model_field(t, name) != NULL)
			return true;
	return strncmp(name, "x_", 2) == 0;
}

/* Words that were typed as FIELD:VALUE. */
static void
doubt_words(
    struct query_doubt *d, const struct query *q, const struct query_node *n)
{
	const char *text = buf_text(&q->text) + n->at;
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
	char name[NAME_MAX_LEN];

	if (text[len] != ':' || len == 0 || len > n->len ||
	    len >= sizeof(name) || strchr(" /", text[len + 1]) != NULL ||
	    (n->at > 0 && text[-1] == '"'))
		return;
	memcpy(name, text, len);
	name[len] = '\0';
	if (strcmp(name, query_field_name(QUERY_DATE)) == 0) {
		d->what = QUERY_NO_DATE;
		buf_put(
		    &d->value, text + len + 1, strcspn(text + len + 1, " ()"));
		return;
	}
	find_near(d, name);
	if (d->n_near > 0 || is_field(name)) {
		d->what = QUERY_NO_FIELD;
		buf_put_text(&d->field, name);
	}
}

enum vault_err
query_doubt(struct query_doubt *d, const struct query *q)
{
	*d = (struct query_doubt){ 0 };
	for (size_t i = 0; i < q->n_nodes && d->what == QUERY_NO_DOUBT; i++) {
		const struct query_node *n = &q->nodes[i];

		if (n->kind == QUERY_VALUE && is_no_value(q, n))
			doubt_value(d, q, n);
		else if (n->kind == QUERY_WORDS && n->field == QUERY_ANY)
			doubt_words(d, q, n);
	}
	if (buf_ok(&d->field) != VAULT_OK)
		return VAULT_ENOMEM;
	return buf_ok(&d->value);
}

void
query_doubt_free(struct query_doubt *d)
{
	buf_free(&d->field);
	buf_free(&d->value);
}
