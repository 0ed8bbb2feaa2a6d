/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "exchange/audience.h"
#include "exchange/lapse.h"
#include "record/json.h"
#include "store/log.h"
#include "store/sql.h"

#define STEP (ID_TEXT_LEN + 1)

static const struct consent *
words_of(const struct lapse *l, size_t *n)
{
	*n = l->words.len / sizeof(struct consent);
	return (const struct consent *)(const void *)l->words.bytes;
}

void
lapse_free(struct lapse *l)
{
	struct consent *words = (struct consent *)(void *)l->words.bytes;

	for (size_t i = 0; i < l->words.len / sizeof(*words); i++)
		consent_free(&words[i]);
	buf_free(&l->words);
}

/* ---- Before ---- */

struct noting {
	struct lapse *l;
	const struct buf *only;
	const struct record_row *row;
};

static enum vault_err
note_version(void *ctx, const struct head *h)
{
	struct noting *n = ctx;
	struct consent c;
	enum vault_err err;

	if (h->body == NULL ||
	    (n->only != NULL && !version_has_hash(n->only, h->version.id)))
		return VAULT_OK;
	err = consent_read(&c, h->body);
	id_print(c.id, n->row->id);
	if (err == VAULT_OK && buf_put(&n->l->words, &c, sizeof(c)))
		return VAULT_OK;
	consent_free(&c);
	if (err == VAULT_OK)
		return VAULT_ENOMEM;
	/* What is no consent forbade nothing; any other fault is one. */
	return err == VAULT_EDAMAGED ? VAULT_OK : err;
}

enum vault_err
lapse_note(struct lapse *l, struct store *s, const struct record_row *r,
    const struct buf *only)
{
	struct noting n = { l, only, r };

	return r->forgotten || strcmp(r->type, "consent") != 0
	    ? VAULT_OK
	    : audience_words(s, r, note_version, &n);
}

/* ---- Afterwards ---- */

static void
add_id(struct buf *ids, const char *id)
{
	buf_put(ids, id, STEP);
}

/* What it withdrew by name, be that here or not, and all that it narrowed. */
static void
add_lapsed(struct buf *ids, const struct audience *a, const struct consent *c,
    int32_t today)
{
	size_t n;
	const struct consent *list = audience_consents(&n, a, c->person);

	if (c->withdraws[0] != '\0')
		add_id(ids, c->withdraws);
	for (size_t i = 0; i < n; i++)
		if (!list[i].withdrawn && consent_forbids(c, &list[i], today))
			add_id(ids, list[i].id);
}

/* {"consents":[ID ...],"forgotten":[ID ...]} */
static enum vault_err
log_lapsed(struct store *s, struct buf *ids, const struct lapse *l)
{
	struct buf detail = { 0 };
	size_t n;
	const struct consent *words = words_of(l, &n);
	enum vault_err err;

	buf_put_byte(&detail, '{');
	audience_print_used(&detail, ids);
	buf_put_text(&detail, "\"forgotten\":[");
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(words[i].id, words[i - 1].id) != 0)
			buf_putf(
			    &detail, "%s\"%s\"", i > 0 ? "," : "", words[i].id);
	buf_put_text(&detail, "]}");
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(s, "lapse", buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

enum vault_err
lapse_keep(const struct lapse *l, struct store *s)
{
	int32_t today = (int32_t)(clock_now() / 86400);
	struct buf ids = { 0 };
	struct audience *a;
	size_t n;
	const struct consent *words = words_of(l, &n);
	enum vault_err err;

	if (n == 0)
		return VAULT_OK;
	if ((err = audience_new(&a, s, CONSENT_STORE, today)) != VAULT_OK)
		return err;
	for (size_t i = 0; i < n; i++)
		add_lapsed(&ids, a, &words[i], today);
	if ((err = buf_ok(&ids)) == VAULT_OK && ids.len > 0)
		err = log_lapsed(s, &ids, l);
	buf_free(&ids);
	audience_free(a);
	return err;
}

/* ---- What the log says ---- */

static int
compare(const void *x, const void *y)
{
	return strcmp(x, y);
}

static enum vault_err
read_entry(struct buf *ids, const char *detail, size_t len)
{
	json_t *entry, *list;
	enum vault_err err = json_read(&entry, detail, len, len, NULL);

	if (err != VAULT_OK)
		return err == VAULT_EUSE ? VAULT_EDAMAGED : err;
	list = json_object_get(entry, "consents");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *id = json_array_get(list, i);

		if (json_string_length(id) == ID_TEXT_LEN)
			add_id(ids, json_string_value(id));
	}
	json_decref(entry);
	return VAULT_OK;
}

enum vault_err
lapse_read(struct buf *ids, struct store *s)
{
	struct sql *q = sql_open(
	    s, "SELECT detail FROM log WHERE what='lapse' ORDER BY seq");
	enum vault_err err;
	bool row;

	while ((err = sql_step(q, &row)) == VAULT_OK && row) {
		size_t len;
		const char *detail = sql_text(q, 0, &len);

		if ((err = sql_ok(q)) != VAULT_OK ||
		    (err = read_entry(ids, detail, len)) != VAULT_OK)
			break;
	}
	sql_close(q);
	if (err == VAULT_OK && (err = buf_ok(ids)) == VAULT_OK && ids->len > 0)
		qsort(ids->bytes, ids->len / STEP, STEP, compare);
	return err;
}

bool
lapse_has(const struct buf *ids, const char *id)
{
	return ids->len > 0 &&
	    bsearch(id, ids->bytes, ids->len / STEP, STEP, compare) != NULL;
}
