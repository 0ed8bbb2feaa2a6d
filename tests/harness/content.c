/* SPDX-License-Identifier: ISC */
#include <limits.h>

#include "content.h"
#include "core/base64.h"
#include "core/buf.h"
#include "inside.h"
#include "record/digest.h"
#include "record/rows.h"
#include "search/index.h"
#include "store/sql.h"
#include "store/store.h"

static const char person[] =
    "{\"type\":\"person\",\"names\":[{\"text\":\"腾彪\",\"script\":\"Hans\","
    "\"primary\":true},{\"text\":\"Teng Biao\",\"script\":\"Latn\"}],"
    "\"occupations\":[\"lawyer\"],\"born\":{\"edtf\":\"1973-08-02\"},"
    "\"private_fields\":[\"notes\"],\"notes\":[\"a quiet word\"]}";
static const char torn[] =
    "{\"type\":\"case\",\"title\":\"Jasmine\",\"summary\":\"one\"}";
static const char torn_a[] = "{\"type\":\"case\",\"title\":\"Jasmine\","
			     "\"summary\":\"two\",\"tags\":[\"spring\"]}";
static const char torn_b[] =
    "{\"type\":\"case\",\"title\":\"Jasmine\",\"summary\":\"three\"}";
static const char old_a[] = "{\"type\":\"case\",\"title\":\"The old lake\","
			    "\"summary\":\"first\"}";
static const char old_b[] = "{\"type\":\"case\",\"title\":\"The new lake\","
			    "\"summary\":\"second\"}";
static const char draft[] = "{\"type\":\"case\",\"title\":\"Half a thought\"}";

/* ---- Making ---- */

enum vault_err
content_add(char id[static VAULT_ID_LEN], struct vault *v, const char *json)
{
	struct vault_report *report;
	enum vault_err err;

	if ((err = vault_report_new(&report)) != VAULT_OK)
		return err;
	err = vault_add(id, v, report, NULL, json, strlen(json));
	vault_report_free(report);
	return err;
}

static enum vault_err
edit_from(struct vault *v, const struct vault_record *base, const char *json)
{
	struct vault_report *report;
	enum vault_err err;

	if ((err = vault_report_new(&report)) != VAULT_OK)
		return err;
	err = vault_edit(v, base, report, json, strlen(json));
	vault_report_free(report);
	return err;
}

enum vault_err
content_edit(struct vault *v, const char *id, const char *json)
{
	struct vault_record base;
	enum vault_err err;

	if ((err = vault_get(&base, v, id)) != VAULT_OK)
		return err;
	err = edit_from(v, &base, json);
	vault_record_free(&base);
	return err;
}

struct bytes {
	size_t at, size;
};

static enum vault_err
give(void *ctx, void *to, size_t len, size_t *got)
{
	struct bytes *b = ctx;
	uint8_t *out = to;
	size_t n = 0;

	/* Short reads, as from a pipe. */
	for (; n < len && n < 40000 && b->at < b->size; n++, b->at++)
		out[n] = (uint8_t)(b->at * 7 + b->at / 256);
	*got = n;
	return VAULT_OK;
}

enum vault_err
content_attach(struct vault *v, const char *id, const char *name, size_t size)
{
	struct bytes bytes = { 0, size };
	struct vault_source from = { &bytes, give, NULL, size };

	return vault_attach(v, id, name, &from);
}

static enum vault_err
make_torn(char id[static VAULT_ID_LEN], struct vault *v)
{
	struct vault_record base;
	enum vault_err err;

	if ((err = content_add(id, v, torn)) != VAULT_OK ||
	    (err = vault_get(&base, v, id)) != VAULT_OK)
		return err;
	if ((err = edit_from(v, &base, torn_a)) == VAULT_OK)
		err = edit_from(v, &base, torn_b);
	vault_record_free(&base);
	return err;
}

static bool
first_version(void *ctx, const struct vault_past *past)
{
	if (past->parents == 0)
		memcpy(ctx, past->version, VAULT_VERSION_LEN);
	return true;
}

enum vault_err
content_make(struct content *c, struct vault *v)
{
	enum vault_err err;

	memset(c, 0, sizeof(*c));
	if ((err = content_add(c->person, v, person)) != VAULT_OK ||
	    (err = content_attach(v, c->person, "a photo.jpg", 70000)) !=
		VAULT_OK ||
	    (err = make_torn(c->torn, v)) != VAULT_OK ||
	    (err = content_add(c->old, v, old_a)) != VAULT_OK ||
	    (err = content_edit(v, c->old, old_b)) != VAULT_OK ||
	    (err = vault_history(v, c->old, first_version, c->old_version)) !=
		VAULT_OK)
		return err;
	return vault_draft_put(
	    v, &c->draft, NULL, NULL, "case", draft, strlen(draft));
}

/* ---- Looking ---- */

struct dumping {
	struct buf *out;
	struct vault *v;
	const char *id;
	struct digest *digest;
	struct buf names;
	enum vault_err err; /* the first */
};

static void
met(struct dumping *d, enum vault_err err)
{
	if (err == VAULT_OK)
		return;
	buf_putf(d->out, "error %d\n", (int)err);
	if (d->err == VAULT_OK)
		d->err = err;
}

static enum vault_err
swallow(void *ctx, const void *bytes, size_t len)
{
	struct dumping *d = ctx;

	digest_put(d->digest, bytes, len);
	return VAULT_OK;
}

static bool
attachment(void *ctx, const struct vault_attachment *a)
{
	struct dumping *d = ctx;

	buf_putf(d->out, "attachment|%s|%llu|%s|%d\n", buf_text(&a->name),
	    (unsigned long long)a->size, a->sha256, a->here);
	/* The name with its NUL. */
	buf_put(&d->names, buf_text(&a->name), a->name.len + 1);
	return true;
}

/* Read to the end, and the hash of what came. */
static void
extract(struct dumping *d, const char *name)
{
	struct vault_sink to = { d, swallow, NULL };
	uint8_t sum[DIGEST_LEN];
	enum vault_err err;

	if ((d->digest = digest_new()) == NULL) {
		met(d, VAULT_ENOMEM);
		return;
	}
	err = vault_extract(d->v, d->id, name, 0, &to);
	digest_end(d->digest, sum);
	digest_free(d->digest);
	met(d, err);
	buf_putf(d->out, "extract|%s|", name);
	hex_encode(d->out, sum, sizeof(sum));
	buf_put_byte(d->out, '\n');
}

static void
dump_one(struct dumping *d)
{
	struct vault_record r;
	enum vault_err err;
	const char *name;

	if ((err = vault_get(&r, d->v, d->id)) != VAULT_OK) {
		met(d, err);
		return;
	}
	buf_putf(d->out, "record|%s|%s|%u heads|%d|%d\n%s\n%s\n", r.type,
	    buf_text(&r.title), r.n_heads, r.withheld, r.forgotten,
	    buf_text(&r.body), buf_text(&r.clashes));
	vault_record_free(&r);
	buf_reset(&d->names);
	met(d, vault_attachments(d->v, d->id, attachment, d));
	for (size_t at = 0; at < d->names.len; at += strlen(name) + 1) {
		name = buf_text(&d->names) + at;
		extract(d, name);
	}
}

/* The ids of all records in the order in which they came, each with a NUL. */
static enum vault_err
all_ids(struct buf *out, bool *agrees, struct vault *v)
{
	struct record_row r;
	enum vault_err err;
	int64_t last;
	bool same;

	*agrees = true;
	if ((err = store_read(v->store)) != VAULT_OK)
		return err;
	err = sql_number(
	    &last, v->store, "SELECT ifnull(max(num),0) FROM record");
	for (int64_t num = 1; err == VAULT_OK && num <= last; num++) {
		char id[VAULT_ID_LEN];

		if ((err = rows_get(&r, v->store, num)) == VAULT_ENORECORD) {
			err = VAULT_OK;
			continue;
		}
		if (err != VAULT_OK ||
		    (err = index_agrees(&same, v->store, &r)) != VAULT_OK)
			break;
		*agrees = *agrees && same;
		id_print(id, r.id);
		buf_put(out, id, VAULT_ID_LEN);
	}
	store_read_end(v->store);
	return err == VAULT_OK ? buf_ok(out) : err;
}

static bool
one_draft(void *ctx, const struct vault_draft *d)
{
	buf_putf(
	    ctx, "draft|%s|%s|%s\n", d->record, d->type, buf_text(&d->body));
	return true;
}

static bool
one_row(void *ctx, const struct vault_row *row)
{
	buf_putf(ctx, "found|%s|%s|%u\n", row->type, buf_text(&row->title),
	    row->heads);
	return true;
}

/* New records have other ids each time: each is called by its place. */
static void
number_ids(struct buf *out, const struct buf *ids)
{
	char place[VAULT_ID_LEN];

	for (size_t at = 0; at < ids->len; at += VAULT_ID_LEN) {
		const char *id = buf_text(ids) + at;
		uint8_t *from = out->bytes;

		snprintf(place, sizeof(place), "%0*zu", VAULT_ID_LEN - 1,
		    at / VAULT_ID_LEN);
		while (
		    (from = memmem(from, out->len - (size_t)(from - out->bytes),
			 id, VAULT_ID_LEN - 1)) != NULL)
			memcpy(from, place, VAULT_ID_LEN - 1);
	}
}

enum vault_err
content_dump(struct buf *out, struct vault *v)
{
	static const char *const queries[] = { "type:person", "jasmine", "lake",
		"teng*", "lawyer", "tag:spring", "date:1973", "thought" };
	struct dumping d = { .out = out, .v = v };
	struct buf ids = { 0 };
	bool agrees;

	buf_reset(out);
	met(&d, all_ids(&ids, &agrees, v));
	if (!agrees)
		buf_put_text(out, "the index disagrees\n");
	for (size_t at = 0; at < ids.len; at += VAULT_ID_LEN) {
		d.id = buf_text(&ids) + at;
		dump_one(&d);
	}
	met(&d, vault_drafts(v, one_draft, out));
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct vault_search what = { .query = queries[i],
			.query_len = strlen(queries[i]) };

		buf_putf(out, "query|%s\n", queries[i]);
		met(&d, vault_find(v, &what, one_row, out, NULL, NULL));
	}
	buf_putf(out, "%u records\n", content_find(v, ""));
	if (buf_ok(out) == VAULT_OK)
		number_ids(out, &ids);
	buf_free(&d.names);
	buf_free(&ids);
	return d.err == VAULT_OK ? buf_ok(out) : d.err;
}

static bool
count_row(void *ctx, const struct vault_row *row)
{
	(void)row;
	++*(unsigned *)ctx;
	return true;
}

unsigned
content_find(struct vault *v, const char *query)
{
	struct vault_search what = { .query = query,
		.query_len = strlen(query) };
	unsigned n = 0;

	return vault_find(v, &what, count_row, &n, NULL, NULL) == VAULT_OK
	    ? n
	    : UINT_MAX;
}

bool
content_index_agrees(struct vault *v)
{
	struct buf ids = { 0 };
	bool agrees;
	enum vault_err err = all_ids(&ids, &agrees, v);

	buf_free(&ids);
	return err == VAULT_OK && agrees;
}
