/* SPDX-License-Identifier: ISC */
/* records.c - writing records and reading them back, one at a time. */
#include <string.h>

#include "core/base64.h"
#include "core/mem.h"
#include "exchange/revocation.h"
#include "inside.h"
#include "record/graph.h"
#include "record/guard.h"
#include "record/heads.h"
#include "record/keep.h"
#include "record/name.h"
#include "record/print.h"
#include "record/tombstone.h"
#include "search/index.h"
#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

_Static_assert((int)VAULT_ISSUE_LOOP == (int)BODY_LOOP &&
	(int)VAULT_ISSUE_JSON == (int)BODY_CODES,
    "vault.h and body.h number the same findings");
_Static_assert((int)VAULT_ERROR == (int)BODY_ERROR, "severities too");
_Static_assert(VAULT_BODY_MAX == KEEP_BODY_MAX, "the limit of a body");

#define N_(text) text /* marks what xgettext shall find */

/* ---- Reports ---- */

struct vault_report {
	struct keep_report keep;
	struct buf json_path;
};

enum vault_err
vault_report_new(struct vault_report **out)
{
	*out = mem_zalloc(sizeof(**out));
	return *out == NULL ? VAULT_ENOMEM : VAULT_OK;
}

static void
clear(struct vault_report *r)
{
	keep_report_free(&r->keep);
	buf_free(&r->json_path);
}

void
vault_report_free(struct vault_report *r)
{
	if (r == NULL)
		return;
	clear(r);
	mem_free(r);
}

static bool
has_json_fault(const struct vault_report *r)
{
	return r->keep.json.kind != JSON_FAULT_NONE;
}

size_t
vault_report_count(const struct vault_report *r, enum vault_severity severity)
{
	return r->keep.body.count[severity] +
	    (severity == VAULT_ERROR && has_json_fault(r));
}

size_t
vault_report_len(const struct vault_report *r)
{
	return r->keep.body.n + has_json_fault(r);
}

/* What is wrong with a JSON text itself, in words of the format. */
const char *
records_json_word(const struct json_fault *fault)
{
	static const char *const kinds[] = {
		[JSON_FAULT_SIZE] = "size",
		[JSON_FAULT_UTF8] = N_("not valid UTF-8"),
		[JSON_FAULT_NUL] = N_("U+0000"),
		[JSON_FAULT_DEPTH] = N_("nested too deep"),
		[JSON_FAULT_VALUES] = N_("more than 100,000 values"),
		[JSON_FAULT_REAL] = N_("a fraction: write it as text"),
		[JSON_FAULT_INTEGER] = N_("a number beyond 2^53"),
		[JSON_FAULT_KEY] = N_("a field name that is not plain ASCII"),
		[JSON_FAULT_DUPLICATE] = N_("a field twice"),
		[JSON_FAULT_END] = N_("it ends too early"),
		[JSON_FAULT_SYNTAX] = N_("not JSON"),
	};

	return kinds[fault->kind];
}

static void
json_issue(struct vault_issue *out, const struct vault_report *r)
{
	out->severity = VAULT_ERROR;
	out->code = r->keep.json.kind == JSON_FAULT_SIZE ? VAULT_ISSUE_TOO_LONG
							 : VAULT_ISSUE_JSON;
	out->path = buf_text(&r->json_path);
	out->value = records_json_word(&r->keep.json);
	out->line = r->keep.json.line;
	out->column = r->keep.json.column;
}

/* JSON that such a field takes: data, not a sentence. */
static const char *
example_of(const struct model_field *field)
{
	static const struct {
		const char *object, *one, *many;
	} objects[] = {
		{ "date", "{\"edtf\": \"2011-04-26\"}",
		    "[{\"edtf\": \"2011-04-26\"}]" },
		{ "span", "{\"iso\": \"P10D\"}", "[{\"iso\": \"P10D\"}]" },
		{ "name", "{\"text\": \"Ana\"}", "[{\"text\": \"Ana\"}]" },
	};

	if (field->object == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (strcmp(objects[i].object, field->object->name) == 0)
			return field->many ? objects[i].many : objects[i].one;
	return field->many ? "[{...}]" : "{...}";
}

void
vault_report_at(struct vault_issue *out, const struct vault_report *r, size_t i)
{
	const struct body_finding *f;

	memset(out, 0, sizeof(*out));
	if (i >= r->keep.body.n) {
		json_issue(out, r);
		return;
	}
	f = &r->keep.body.list[i];
	out->severity = (enum vault_severity)f->severity;
	out->code = (enum vault_issue_code)f->code;
	out->path = buf_text(&f->path);
	out->value = buf_text(&f->value);
	if (out->code == VAULT_ISSUE_WRONG_KIND && f->field != NULL)
		out->example = example_of(f->field);
	if (out->code == VAULT_ISSUE_BAD_NUMBER && f->field != NULL) {
		out->low = f->field->low;
		out->high = f->field->high;
	}
	out->n_near = f->n_near;
	for (size_t j = 0; j < f->n_near && j < 3; j++)
		out->near[j] = f->near[j];
}

static void
say_where(struct vault_report *r)
{
	if (has_json_fault(r))
		buf_putf(&r->json_path, "line %zu, column %zu",
		    r->keep.json.line, r->keep.json.column);
}

enum vault_err
vault_body_check(struct vault_report *report, const struct vault_body *b)
{
	struct buf json = { 0 };
	enum vault_err err;

	clear(report);
	if ((err = vault_body_json(&json, b)) == VAULT_OK)
		err = keep_check(&report->keep, json.bytes, json.len);
	say_where(report);
	buf_free(&json);
	return err;
}

/* ---- Who signs ---- */

enum vault_err
records_signer(struct signer *out, struct store *s)
{
	struct sql *q = sql_open(s, "SELECT public,secret FROM office");
	uint8_t sealed[IDENTITY_SEALED_LEN];
	enum vault_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = sql_step(q, &row)) == VAULT_OK && !row)
		err = VAULT_EDAMAGED;
	if (err == VAULT_OK &&
	    (err = sql_copy(q, 0, out->public_key, sizeof(out->public_key))) ==
		VAULT_OK)
		err = sql_copy(q, 1, sealed, sizeof(sealed));
	sql_close(q);
	if (err != VAULT_OK)
		return err;
	return identity_open(&out->key, out->public_key, sealed, store_ring(s));
}

/* ---- Names of things ---- */

static enum vault_err
row_of(struct record_row *out, struct vault *v, const char *id)
{
	uint8_t bytes[ID_LEN];

	if (id_parse(bytes, id, strlen(id)) != VAULT_OK)
		return VAULT_ENORECORD;
	return rows_find(out, v->store, bytes);
}

enum vault_err
records_log(struct vault *v, const char *what, const struct record_row *r)
{
	char id[ID_TEXT_LEN + 1];
	struct buf detail = { 0 };
	enum vault_err err;

	id_print(id, r->id);
	buf_putf(&detail, "{\"record\":\"%s\"}", id);
	if ((err = buf_ok(&detail)) == VAULT_OK)
		err = log_add(v->store, what, buf_text(&detail), detail.len);
	buf_free(&detail);
	return err;
}

/* ---- Writing ---- */

enum vault_err
records_put(struct kept *k, struct vault *v, const struct signer *by,
    struct keep_report *report, const char *type, const void *json, size_t len)
{
	struct index_entry *entry = NULL;
	enum vault_err err;

	if ((err = keep_new(k, v->store, by, report, type, json, len)) ==
		VAULT_OK &&
	    (err = index_entry_new(&entry)) == VAULT_OK &&
	    (err = index_entry_add(entry, &k->head)) == VAULT_OK)
		err = index_put_entry(v->store, &k->row, entry);
	index_entry_free(entry);
	if (err != VAULT_OK || (err = index_tidy(v->store, 1)) != VAULT_OK)
		return err;
	return records_log(v, "add", &k->row);
}

static enum vault_err
add(struct kept *k, struct vault *v, const struct signer *by,
    struct vault_report *report, const char *type, const void *json, size_t len,
    const struct records_note *note)
{
	enum vault_err err;

	if ((err = records_put(k, v, by, &report->keep, type, json, len)) !=
	    VAULT_OK)
		return err;
	if (note != NULL &&
	    (err = note->log(note->ctx, v->store, &k->row)) != VAULT_OK)
		return err;
	return store_commit(v->store);
}

enum vault_err
records_add(char id[static VAULT_ID_LEN], struct vault *v,
    struct vault_report *report, const char *type, const void *json, size_t len,
    const struct records_note *note)
{
	struct kept k = { .row = { 0 } };
	struct signer by;
	enum vault_err err;

	id[0] = '\0';
	clear(report);
	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = records_signer(&by, v->store)) == VAULT_OK)
		err = add(&k, v, &by, report, type, json, len, note);
	secret_free(by.key);
	store_abort(v->store);
	if (err == VAULT_OK)
		id_print(id, k.row.id);
	kept_free(&k);
	say_where(report);
	return vault_failed(v, err);
}

enum vault_err
vault_add(char id[static VAULT_ID_LEN], struct vault *v,
    struct vault_report *report, const char *type, const void *json, size_t len)
{
	return records_add(id, v, report, type, json, len, NULL);
}

/* A new version, and the index after it; the caller commits. */
static enum vault_err
follow(struct vault *v, const struct record_row *r, const struct buf *parents,
    const uint8_t *attachment, struct vault_report *report, const char *what,
    const struct buf *json)
{
	struct signer by;
	enum vault_err err;

	if ((err = records_signer(&by, v->store)) != VAULT_OK)
		return err;
	if ((err = index_remove(v->store, r)) == VAULT_OK &&
	    (err = keep_version(v->store, &by, r, parents, attachment,
		 &report->keep, json->bytes, json->len)) == VAULT_OK &&
	    (err = index_put(v->store, r)) == VAULT_OK &&
	    (err = index_tidy(v->store, 1)) == VAULT_OK)
		err = records_log(v, what, r);
	secret_free(by.key);
	return err;
}

/* A version that follows the heads in base. */
static enum vault_err
edit(struct vault *v, const struct vault_record *base,
    struct vault_report *report, const void *json, size_t len)
{
	struct buf text = { 0 };
	struct record_row r;
	enum vault_err err;

	buf_put(&text, json, len);
	if ((err = buf_ok(&text)) != VAULT_OK ||
	    (err = store_begin(v->store)) != VAULT_OK)
		goto out;
	if ((err = row_of(&r, v, base->id)) == VAULT_OK &&
	    (err = follow(v, &r, &base->heads, NULL, report, "edit", &text)) ==
		VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	say_where(report);
out:
	buf_free(&text);
	return vault_failed(v, err);
}

enum vault_err
vault_edit(struct vault *v, const struct vault_record *base,
    struct vault_report *report, const void *json, size_t len)
{
	enum vault_err err;

	clear(report);
	if ((err = keep_private(&report->keep, base->body.bytes, base->body.len,
		 json, len)) == VAULT_OK)
		return edit(v, base, report, json, len);
	say_where(report);
	return vault_failed(v, err);
}

enum vault_err
records_follow(struct vault *v, const struct record_row *r,
    const uint8_t *attachment, const char *what)
{
	struct vault_report report = { 0 };
	struct buf body = { 0 }, clashes = { 0 };
	struct merged merged;
	enum vault_err err;

	if ((err = heads_merge(&merged, v->store, r)) != VAULT_OK)
		return err;
	if ((err = merged_text(&body, &clashes, &merged)) == VAULT_OK)
		err = clashes.len > 0 ? VAULT_ECONFLICT
				      : follow(v, r, &merged.heads, attachment,
					    &report, what, &body);
	clear(&report);
	merged_free(&merged);
	buf_free(&body);
	buf_free(&clashes);
	return err;
}

/* ---- Reading ---- */

void
vault_record_free(struct vault_record *r)
{
	buf_free(&r->title);
	buf_free(&r->body);
	buf_free(&r->clashes);
	buf_free(&r->heads);
	buf_free(&r->idle);
}

/* The title of a linked record, for the titles of others. */
static bool
name_linked(void *ctx, struct buf *out, const char *id)
{
	return vault_title(out, ctx, id) == VAULT_OK;
}

static enum vault_err
fill_record(struct vault_record *out, struct vault *v,
    const struct record_row *r, struct merged *m)
{
	enum vault_err err;

	id_print(out->id, r->id);
	memcpy(out->type, r->type, sizeof(out->type));
	out->forgotten = r->forgotten;
	out->time = m->time;
	/* What was destroyed here stayed with nobody. */
	out->withheld = m->has_withheld && !r->forgotten;
	out->n_heads = (unsigned)version_hash_count(&m->heads);
	out->more = (unsigned)m->more;
	buf_put(&out->heads, m->heads.bytes, m->heads.len);
	/* What was withheld from us is named, and not there. */
	if (!m->has_withheld &&
	    (err = body_idle_paths(&out->idle, m->body)) != VAULT_OK)
		return err;
	if ((err = merged_text(&out->body, &out->clashes, m)) == VAULT_OK)
		err = record_title(
		    &out->title, m->body, v->labels, name_linked, v);
	return err == VAULT_OK ? buf_ok(&out->heads) : err;
}

static enum vault_err
get(struct vault_record *out, struct vault *v, const char *id)
{
	struct record_row r;
	struct merged m;
	enum vault_err err;

	if ((err = row_of(&r, v, id)) != VAULT_OK ||
	    (err = heads_merge(&m, v->store, &r)) != VAULT_OK)
		return err;
	err = fill_record(out, v, &r, &m);
	merged_free(&m);
	return err;
}

enum vault_err
vault_get(struct vault_record *out, struct vault *v, const char *id)
{
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = get(out, v, id);
	store_read_end(v->store);
	if (err != VAULT_OK)
		vault_record_free(out);
	return vault_failed(v, err);
}

struct lines {
	struct vault *v;
	void (*each)(void *ctx, const struct vault_line *l);
	void *ctx;
};

static enum vault_err
line_out(void *ctx, const struct print_line *line)
{
	const struct lines *to = ctx;
	const struct vault_line l = { line->field, line->label, line->text,
		line->len, line->vocab, line->block, line->heading, line->depth,
		line->no_date, line->no_span };

	to->each(to->ctx, &l);
	return VAULT_OK;
}

static bool
name_in_line(void *ctx, struct buf *out, const char *id)
{
	return vault_title(out, ((struct lines *)ctx)->v, id) == VAULT_OK;
}

enum vault_err
vault_lines(struct vault *v, const struct buf *body,
    void (*each)(void *ctx, const struct vault_line *l), void *ctx)
{
	struct lines to = { v, each, ctx };
	enum vault_err err;

	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = print_text(body, line_out, name_in_line, &to, vault_speech(v));
	store_read_end(v->store);
	return vault_failed(v, err);
}

/* ---- Conflicts ---- */

/*
 * Our own office and those we know by their names, others by the beginning of
 * their key.
 */
enum vault_err
records_office(struct buf *out, struct store *s, const uint8_t *key)
{
	struct sql *q = sql_open(s,
	    "SELECT name FROM office WHERE public=?1 UNION ALL"
	    " SELECT name FROM contact WHERE public=?1 UNION ALL"
	    " SELECT o.name FROM earlier e,office o"
	    " WHERE e.public=?1 AND e.contact=0 UNION ALL"
	    " SELECT c.name FROM earlier e JOIN contact c ON c.num=e.contact"
	    " WHERE e.public=?1");
	enum vault_err err;
	bool row;

	buf_reset(out);
	sql_put_blob(q, 1, key, IDENTITY_PUBLIC_LEN);
	if ((err = sql_step(q, &row)) == VAULT_OK) {
		if (row)
			buf_put_text(out, sql_text(q, 0, NULL));
		else
			hex_encode(out, key, 8);
	}
	sql_close(q);
	return err == VAULT_OK ? buf_ok(out) : err;
}

struct clashes {
	struct vault *v;
	void (*each)(void *ctx, const struct vault_clash *c);
	void *ctx;
};

static enum vault_err
clash_out(void *ctx, const struct clash_value *value)
{
	const struct clashes *to = ctx;
	struct vault_clash c = { value->clash, value->choice, value->choices,
		value->field, NULL, value->version, value->time, NULL };
	struct buf text = { 0 }, office = { 0 };
	uint8_t key[IDENTITY_PUBLIC_LEN];
	enum vault_err err;

	if (value->office == NULL ||
	    hex_decode(key, sizeof(key), value->office,
		strlen(value->office)) != VAULT_OK)
		return VAULT_EDAMAGED;
	err = records_office(&office, to->v->store, key);
	if (err == VAULT_OK && value->value != NULL)
		err = print_value(&text, value->value, vault_speech(to->v));
	if (err == VAULT_OK) {
		c.office = buf_text(&office);
		c.text = buf_text(&text);
		to->each(to->ctx, &c);
	}
	buf_free(&text);
	buf_free(&office);
	return err;
}

enum vault_err
vault_clashes(struct vault *v, const struct vault_record *r,
    void (*each)(void *ctx, const struct vault_clash *c), void *ctx)
{
	struct clashes to = { v, each, ctx };

	return vault_failed(v, clashes_each(&r->clashes, clash_out, &to));
}

enum vault_err
vault_resolve(struct vault *v, const struct vault_record *r,
    const size_t *choice, size_t n)
{
	struct vault_report report = { 0 };
	struct buf body = { 0 };
	enum vault_err err;

	err = clashes_settle(&body, &r->body, &r->clashes, choice, n);
	if (err == VAULT_OK)
		err = edit(v, r, &report, body.bytes, body.len);
	clear(&report);
	buf_free(&body);
	return err;
}

/* ---- History ---- */

static enum vault_err
tell_past(struct vault *v, const struct record_row *r, const uint8_t *id,
    bool head, bool *go_on, bool (*each)(void *ctx, const struct vault_past *p),
    void *ctx)
{
	struct buf name = { 0 }, hex = { 0 };
	struct vault_past past;
	struct head h;
	enum vault_err err;
	int64_t revoked;
	bool silent;

	if ((err = head_open(&h, v->store, r, id, true)) != VAULT_OK)
		return err;
	memset(&past, 0, sizeof(past));
	hex_encode(&hex, id, VERSION_ID_LEN);
	if ((err = tombstone_silences(
		 &silent, v->store, r->id, h.version.office)) == VAULT_OK &&
	    (err = revocation_time(&revoked, v->store, h.version.office)) ==
		VAULT_OK &&
	    (err = records_office(&name, v->store, h.version.office)) ==
		VAULT_OK &&
	    (err = buf_ok(&hex)) == VAULT_OK) {
		memcpy(past.version, buf_text(&hex), VAULT_VERSION_LEN);
		past.time = h.version.time;
		past.office = buf_text(&name);
		past.head = head;
		past.withheld = h.has_withheld;
		past.forgotten = r->forgotten || silent;
		past.revoked = revoked;
		past.parents = (unsigned)version_hash_count(&h.version.parents);
		*go_on = each(ctx, &past);
	}
	head_free(&h);
	buf_free(&name);
	buf_free(&hex);
	return err;
}

enum vault_err
vault_history(struct vault *v, const char *id,
    bool (*each)(void *ctx, const struct vault_past *p), void *ctx)
{
	struct graph g = { 0 };
	struct record_row r;
	enum vault_err err;
	bool go_on = true;

	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = row_of(&r, v, id)) == VAULT_OK)
		err = graph_load(&g, v->store, &r);
	for (size_t i = 0; err == VAULT_OK && go_on && i < g.n; i++)
		err = tell_past(
		    v, &r, g.nodes[i].id, g.nodes[i].head, &go_on, each, ctx);
	store_read_end(v->store);
	graph_free(&g);
	return vault_failed(v, err);
}

/* As if these versions were the heads. */
static enum vault_err
get_these(struct vault_record *out, struct vault *v, const struct record_row *r,
    const struct buf *ids)
{
	struct merged m;
	enum vault_err err;

	if ((err = heads_these(&m, v->store, r, ids)) != VAULT_OK)
		return err;
	err = json_object_size(m.body) == 0 ? VAULT_ENORECORD
					    : fill_record(out, v, r, &m);
	merged_free(&m);
	return err;
}

/* The version that text begins. */
static enum vault_err
get_version(struct vault_record *out, struct vault *v, struct record_row *r,
    const char *id, const char *version)
{
	uint8_t number[VERSION_ID_LEN];
	struct buf ids = { 0 };
	enum vault_err err;

	if ((err = row_of(r, v, id)) == VAULT_OK &&
	    (err = rows_version_prefix(
		 number, v->store, r, version, strlen(version))) == VAULT_OK)
		err = buf_put(&ids, number, sizeof(number))
		    ? get_these(out, v, r, &ids)
		    : VAULT_ENOMEM;
	buf_free(&ids);
	return err;
}

enum vault_err
vault_get_at(struct vault_record *out, struct vault *v, const char *id,
    const struct buf *heads)
{
	struct record_row r;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if (heads->len == 0 || heads->len % VERSION_ID_LEN != 0)
		return vault_failed(v, VAULT_EUSE);
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = row_of(&r, v, id)) == VAULT_OK)
		err = get_these(out, v, &r, heads);
	store_read_end(v->store);
	if (err != VAULT_OK)
		vault_record_free(out);
	return vault_failed(v, err);
}

enum vault_err
vault_get_version(struct vault_record *out, struct vault *v, const char *id,
    const char *version)
{
	struct record_row r;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	if ((err = store_read(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	err = get_version(out, v, &r, id, version);
	store_read_end(v->store);
	if (err != VAULT_OK)
		vault_record_free(out);
	return vault_failed(v, err);
}

/*
 * What was written comes back, but not that it was less secret: a level is
 * lowered, and a field opened, by an edit that says so.
 */
static enum vault_err
keep_secret(struct buf *body, struct store *s, const struct record_row *r)
{
	json_t *json;
	struct guard g;
	enum vault_err err;

	if ((err = json_read(&json, body->bytes, body->len, SIZE_MAX, NULL)) !=
	    VAULT_OK)
		return err;
	if ((err = guard_read(&g, s, r, NULL)) == VAULT_OK &&
	    (err = guard_apply(json, &g)) == VAULT_OK) {
		buf_reset(body);
		err = json_write(body, json);
	}
	guard_free(&g);
	json_decref(json);
	return err;
}

enum vault_err
vault_revert(struct vault *v, const char *id, const char *version)
{
	struct vault_report report = { 0 };
	struct vault_record old = { 0 };
	struct buf heads = { 0 };
	struct record_row r;
	enum vault_err err;

	if ((err = store_begin(v->store)) != VAULT_OK)
		return vault_failed(v, err);
	if ((err = get_version(&old, v, &r, id, version)) == VAULT_OK &&
	    (err = keep_secret(&old.body, v->store, &r)) == VAULT_OK &&
	    (err = rows_versions(&heads, v->store, &r, true)) == VAULT_OK)
		err = old.clashes.len > 0
		    ? VAULT_ECONFLICT
		    : follow(v, &r, &heads, NULL, &report, "revert", &old.body);
	if (err == VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	vault_record_free(&old);
	clear(&report);
	buf_free(&heads);
	return vault_failed(v, err);
}
