/* SPDX-License-Identifier: ISC */
/* nomem_records - calls with records: writing, finding, counting, lists. */
#include "core/mem.h"
#include "harness.h"
#include "nomem.h"
#include "sender.h"

static enum vault_err
call_record_add(struct state *s)
{
	char id[VAULT_ID_LEN];

	return content_add(id, s->vault,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"李天天\"},"
	    "{\"text\":\"Li Tiantian\"}],\"private_fields\":[\"health\"],"
	    "\"health\":\"well\",\"born\":{\"edtf\":\"1965~\"}}");
}

static enum vault_err
call_record_refused(struct state *s)
{
	struct vault_report *report;
	char id[VAULT_ID_LEN];
	static const char bad[] = "{\"type\":\"person\",\"nmaes\":[]}";
	enum vault_err err;

	if ((err = vault_report_new(&report)) != VAULT_OK)
		return err;
	err = vault_add(id, s->vault, report, NULL, bad, strlen(bad));
	if (err == VAULT_EUSE && vault_report_count(report, VAULT_ERROR) > 0)
		err = VAULT_OK;
	vault_report_free(report);
	return err;
}

static enum vault_err
call_record_edit(struct state *s)
{
	return content_edit(s->vault, content.old,
	    "{\"type\":\"case\",\"title\":\"The new lake\","
	    "\"summary\":\"third\",\"tags\":[\"spring\"]}");
}

static enum vault_err
call_revert(struct state *s)
{
	return vault_revert(s->vault, content.old, content.old_version);
}

static enum vault_err
call_resolve(struct state *s)
{
	static const size_t choice[1] = { 1 };
	struct vault_record r;
	enum vault_err err;

	if ((err = vault_get(&r, s->vault, content.torn)) != VAULT_OK)
		return err;
	err = vault_resolve(s->vault, &r, choice, 1);
	vault_record_free(&r);
	return err;
}

static enum vault_err
call_record_attach(struct state *s)
{
	return content_attach(s->vault, content.old, "b.ogg", 330000);
}

static enum vault_err
call_draft_put(struct state *s)
{
	int64_t number = 0;
	static const char json[] = "{\"type\":\"case\",\"title\":\"A\"}";

	return vault_draft_put(s->vault, &number, content.person, NULL, "case",
	    json, strlen(json));
}

static enum vault_err
call_draft_drop(struct state *s)
{
	return vault_draft_drop(s->vault, content.draft);
}

static bool
say_draft(void *ctx, const struct vault_draft *d)
{
	(void)ctx;
	buf_putf(&said, "%s|%s|%s\n", d->record, d->type, buf_text(&d->body));
	return true;
}

static enum vault_err
call_drafts(struct state *s)
{
	return saying(vault_drafts(s->vault, say_draft, NULL));
}

static enum vault_err
call_get(struct state *s)
{
	struct vault_record r;
	enum vault_err err;

	if ((err = vault_get(&r, s->vault, content.torn)) != VAULT_OK)
		return err;
	buf_putf(&said, "%s|%s|%s|%u\n", buf_text(&r.title), buf_text(&r.body),
	    buf_text(&r.clashes), r.n_heads);
	vault_record_free(&r);
	return saying(VAULT_OK);
}

static bool
say_past(void *ctx, const struct vault_past *p)
{
	(void)ctx;
	buf_putf(&said, "%s|%s|%u\n", p->version, p->office, p->parents);
	return true;
}

static enum vault_err
call_history(struct state *s)
{
	return saying(vault_history(s->vault, content.torn, say_past, NULL));
}

static bool
say_row(void *ctx, const struct vault_row *row)
{
	(void)ctx;
	buf_putf(&said, "%s|%s|%s|%zu\n", row->id, buf_text(&row->title),
	    buf_text(&row->snippet), row->n_hits);
	return true;
}

static enum vault_err
call_record_find(struct state *s)
{
	static const char query[] = "name:teng OR \"new lake\" OR tag:spring";
	struct vault_search what = { .query = query,
		.query_len = sizeof(query) - 1,
		.ranked = true,
		.snippets = true };

	return saying(vault_find(s->vault, &what, say_row, NULL, NULL, NULL));
}

static enum vault_err
call_find_like(struct state *s)
{
	struct vault_search what = { .query = "", .like = "Teng Bao" };

	return saying(vault_find(s->vault, &what, say_row, NULL, NULL, NULL));
}

static enum vault_err
call_find_id(struct state *s)
{
	char id[VAULT_ID_LEN];
	enum vault_err err;

	err = vault_find_id(id, s->vault, "Teng Biao", NULL, NULL);
	if (err == VAULT_OK)
		buf_put_text(&said, id);
	return saying(err);
}

static bool
say_attachment(void *ctx, const struct vault_attachment *a)
{
	(void)ctx;
	buf_putf(&said, "%s|%s\n", buf_text(&a->name), a->sha256);
	return true;
}

static enum vault_err
call_attachments(struct state *s)
{
	return saying(
	    vault_attachments(s->vault, content.person, say_attachment, NULL));
}

enum vault_err
count_bytes(void *ctx, const void *bytes, size_t len)
{
	(void)bytes;
	*(size_t *)ctx += len;
	return VAULT_OK;
}

static enum vault_err
call_extract(struct state *s)
{
	size_t n = 0;
	struct vault_sink to = { &n, count_bytes, NULL };
	enum vault_err err;

	err = vault_extract(s->vault, content.person, "a photo.jpg", 0, &to);
	if (err == VAULT_OK)
		buf_putf(&said, "%zu", n);
	return saying(err);
}

static void
say_clash(void *ctx, const struct vault_clash *c)
{
	(void)ctx;
	buf_putf(&said, "%s|%s|%s\n", c->field, c->office, c->text);
}

void
say_line(void *ctx, const struct vault_line *l)
{
	(void)ctx;
	buf_putf(&said, "%s|%s\n", l->field, l->text);
}

static void
say_counted_person(void *ctx, const struct vault_counted *p)
{
	(void)ctx;
	buf_putf(&said, "%d|%s|%s\n", (int)p->as, p->code, p->title);
}

/* Something to count and to tell of. */
enum vault_err
go_missing(struct state *s)
{
	char id[VAULT_ID_LEN], json[256];

	snprintf(json, sizeof(json),
	    "{\"type\":\"status\",\"person\":\"%s\",\"status\":\"missing\","
	    "\"certainty\":\"likely\",\"date\":{\"edtf\":\"2011-04\"}}",
	    content.person);
	return content_add(id, s->vault, json);
}

static enum vault_err
call_count(struct state *s)
{
	const struct vault_count what = { .statuses = "missing in-custody",
		.ever = true,
		.certainty = "unlikely",
		.on = "9000",
		.level = 3 };
	struct vault_count_result result;
	enum vault_err err;
	const char *bad;

	return (err = go_missing(s)) != VAULT_OK
	    ? err
	    : vault_count(
		  s->vault, &what, &result, &bad, say_counted_person, NULL);
}

static void
say_event(void *ctx, const struct vault_event *e)
{
	(void)ctx;
	buf_putf(&said, "%s|%s|%s|%d\n", e->type, e->what, e->date, e->gap);
}

static enum vault_err
call_timeline(struct state *s)
{
	enum vault_err err = go_missing(s);

	return err != VAULT_OK
	    ? err
	    : vault_timeline(s->vault, content.person, say_event, NULL);
}

static void
say_link_of(void *ctx, const struct vault_link *l)
{
	(void)ctx;
	buf_putf(&said, "%d|%s|%s|%s|%s\n", l->to, l->type, l->field, l->title,
	    l->date);
}

static enum vault_err
call_links(struct state *s)
{
	enum vault_err err = go_missing(s);
	uint64_t more;

	return err != VAULT_OK
	    ? err
	    : vault_links(s->vault, content.person, &more, say_link_of, NULL);
}

static void
say_due(void *ctx, const struct vault_due *d)
{
	(void)ctx;
	buf_putf(
	    &said, "%s|%s|%s|%d\n", d->title, d->field, d->day, d->overdue);
}

static enum vault_err
call_due(struct state *s)
{
	char id[VAULT_ID_LEN], json[256];
	enum vault_err err;

	snprintf(json, sizeof(json),
	    "{\"type\":\"consent\",\"person\":\"%s\",\"naming\":\"full\","
	    "\"scopes\":[\"store\"],\"expires\":{\"edtf\":\"2011-04\"}}",
	    content.person);
	return (err = content_add(id, s->vault, json)) != VAULT_OK
	    ? err
	    : vault_due(s->vault, 30, say_due, NULL);
}

static void
say_alike(void *ctx, const struct vault_alike *pair)
{
	(void)ctx;
	buf_putf(&said, "%s|%s|%d%d%d\n", pair->title_a, pair->title_b,
	    pair->name, pair->near, pair->born);
}

static void
say_same(void *ctx, const char *id, const char *title)
{
	(void)ctx;
	(void)id;
	buf_putf(&said, "%s\n", title);
}

/* Somebody like others, and the same as one. */
static enum vault_err
call_alike(struct state *s)
{
	char id[VAULT_ID_LEN], json[512];
	enum vault_err err;
	bool more;

	snprintf(json, sizeof(json),
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Teng Bia\"},"
	    "{\"text\":\"Tengg Biao\"}],\"same_as\":[\"%s\"],"
	    "\"born\":{\"edtf\":\"1973-08-02\"},"
	    "\"id_papers\":[{\"number\":\"G 1\"}]}",
	    content.person);
	if ((err = content_add(id, s->vault, json)) != VAULT_OK ||
	    (err = vault_alike(s->vault, 0, &more, say_alike, NULL)) !=
		VAULT_OK)
		return err;
	return vault_same_each(s->vault, content.person, say_same, NULL);
}

/* What `show` does with a record that is torn. */
static enum vault_err
call_show(struct state *s)
{
	struct vault_record r;
	enum vault_err err;

	if ((err = vault_get(&r, s->vault, content.torn)) != VAULT_OK)
		return err;
	if ((err = vault_clashes(s->vault, &r, say_clash, NULL)) == VAULT_OK)
		err = vault_lines(s->vault, &r.body, say_line, NULL);
	vault_record_free(&r);
	return saying(err);
}

const char *
copy_path(void)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/copy", work);
	return path;
}

static enum vault_err
call_backup(struct state *s)
{
	return vault_backup(s->vault, copy_path(), NULL, NULL);
}

/* Three rows, one of them without a key, one not understood; and once more. */
static const char *const lists[] = {
	"k,n,s,x\n1,\"A, B\",1,\xc3\xa9\n,C,0,\n3,D,9,z\n",
	"k,n,s,x\n1,\"A, B\",1,\xc3\xa9\n3,D,9,z\n4,E,NA,z\n",
	"k,n,s,x\n1,\"A, C\",0,y\n3,D,0,z\n4,E,NA,z\n",
};

static enum vault_err
read_list(void *ctx, void *to, size_t len, uint64_t offset, size_t *got)
{
	const char *list = ctx;
	size_t all = strlen(list);

	*got = offset >= all ? 0 : all - (size_t)offset;
	if (*got > len)
		*got = len;
	memcpy(to, list + (*got == 0 ? 0 : offset), *got);
	return VAULT_OK;
}

static void
say_note(void *ctx, const struct vault_row_note *n)
{
	(void)ctx;
	buf_putf(&said, "%u %d %s %s\n", (unsigned)n->row, (int)n->why,
	    n->column, n->value);
}

/* Records of a list by the map of this name. */
static enum vault_err
import_list(struct vault *v, const char *name, const char *list,
    const char *encoding, enum vault_policy policy)
{
	static const char form[] =
	    "{\"amparo_map\":1,\"name\":\"%s\",\"missing\":[\"NA\"],"
	    "\"key\":[\"k\"],\"records\":[{\"as\":\"p\",\"type\":"
	    "\"person\",\"constants\":[[\"tags\",\"list\"]],\"columns\":["
	    "{\"column\":\"n\",\"field\":\"names[0].text\",\"with\":["
	    "[\"script\",\"Latn\"]]}]},{\"as\":\"d\",\"type\":\"document\","
	    "\"once\":true,\"constants\":[[\"title\",\"L\"]]},{\"as\":"
	    "\"a\",\"type\":\"act\",\"when\":{\"column\":\"s\",\"is\":"
	    "\"present\"},\"columns\":[{\"link\":\"victims\",\"to\":\"p\"},"
	    "{\"link\":\"basis\",\"to\":\"d\"},{\"column\":\"s\",\"field\":"
	    "\"act\",\"codes\":[[\"1\",\"killing\"],[\"0\",\"torture\"]]}]}]}";
	const struct vault_input input = { (void *)(uintptr_t)list, read_list,
		NULL, strlen(list) };
	const struct vault_table_how how = { .policy = policy,
		.note = say_note };
	struct vault_table_done done;
	struct vault_map_fault fault;
	struct vault_table *t = NULL;
	struct vault_map *map;
	enum vault_err err;
	char json[1024];
	int len = snprintf(json, sizeof(json), form, name);

	err = vault_map_read(&map, &fault, json, (size_t)len);
	if (err == VAULT_OK)
		err = vault_table_open(
		    &t, v, map, "list.csv", encoding, &input, NULL, NULL);
	if (err == VAULT_OK)
		err = vault_table_import(&done, t, &how);
	if (err == VAULT_OK)
		buf_putf(&said, "%u %u %u\n", (unsigned)done.records,
		    (unsigned)done.versions, (unsigned)done.refused);
	vault_table_close(t);
	vault_map_free(map);
	return err;
}

enum vault_err
import_first(struct vault *v)
{
	return import_list(v, "again", lists[1], NULL, VAULT_POLICY_KEEP);
}

static enum vault_err
call_table(struct state *s)
{
	return saying(
	    import_list(s->vault, "m", lists[0], NULL, VAULT_POLICY_KEEP));
}

static enum vault_err
call_table_again(struct state *s)
{
	return saying(import_list(
	    s->vault, "again", lists[2], "ISO-8859-1", VAULT_POLICY_UPDATE));
}

static enum vault_err
call_forget(struct state *s)
{
	return vault_forget(s->vault, content.person, NULL);
}

/* One that ends another: what it forbade stays so. */
static char withdrawal[VAULT_ID_LEN];

enum vault_err
make_withdrawal(struct vault *v)
{
	static const char form[] =
	    "{\"type\":\"consent\",\"person\":\"57v3hh43jx5fkyg9r9k55x6mdw\","
	    "\"naming\":\"full\",\"scopes\":[\"%s\"]%s%s%s}";
	char first[VAULT_ID_LEN], json[300];
	enum vault_err err;

	snprintf(json, sizeof(json), form, "media", "", "", "");
	if ((err = content_add(first, v, json)) != VAULT_OK)
		return err;
	snprintf(json, sizeof(json), form, "store", ",\"withdraws\":\"", first,
	    "\"");
	return content_add(withdrawal, v, json);
}

static enum vault_err
call_forget_withdrawal(struct state *s)
{
	return vault_forget(s->vault, withdrawal, NULL);
}

/* What another office has forgotten, half of which was edited here. */
uint8_t *asks;
size_t asks_len;

static enum vault_err
call_obey(struct state *s)
{
	return sender_import(s->vault, asks, asks_len);
}

static enum vault_err
call_export(struct state *s)
{
	return sender_export(s->vault);
}

static void
say_request(void *ctx, const struct vault_request *r)
{
	(void)ctx;
	buf_putf(&said, "%s %s %s\n", r->type, r->title, r->office);
}

static enum vault_err
call_requests(struct state *s)
{
	return saying(vault_requests(s->vault, NULL, say_request, NULL));
}

static enum vault_err
call_restore(struct state *s)
{
	return vault_restore(s->vault, copy_path(), NULL, NULL);
}

static enum vault_err
call_reindex(struct state *s)
{
	return vault_reindex(s->vault, NULL, NULL);
}

static enum vault_err
call_renew_signing(struct state *s)
{
	return vault_office_renew_signing(s->vault);
}

enum vault_err
call_revoke(struct state *s)
{
	struct buf text = { 0 };
	size_t number = 0;
	enum vault_err err = vault_office_revoke(&text, &number, s->vault);

	buf_free(&text);
	return err;
}

const struct call nomem_records[] = {
	RECORDS("vault_add", call_record_add),
	RECORDS("vault_add, refused", call_record_refused),
	RECORDS("vault_edit", call_record_edit),
	RECORDS("vault_revert", call_revert),
	RECORDS("vault_resolve", call_resolve),
	RECORDS("vault_attach", call_record_attach),
	RECORDS("vault_draft_put", call_draft_put),
	RECORDS("vault_draft_drop", call_draft_drop),
	RECORDS("vault_drafts", call_drafts),
	RECORDS("vault_get", call_get),
	RECORDS("vault_history", call_history),
	RECORDS("vault_find", call_record_find),
	RECORDS("vault_find, like", call_find_like),
	RECORDS("vault_find_id", call_find_id),
	RECORDS("vault_attachments", call_attachments),
	RECORDS("vault_extract", call_extract),
	RECORDS("vault_clashes, vault_lines", call_show),
	RECORDS("vault_count", call_count),
	RECORDS("vault_timeline", call_timeline),
	RECORDS("vault_links", call_links),
	RECORDS("vault_due", call_due),
	RECORDS("vault_alike, vault_same_each", call_alike),
	RECORDS("vault_backup", call_backup),
	RECORDS("vault_restore", call_restore),
	RECORDS("vault_reindex", call_reindex),
	RECORDS("vault_table_import", call_table),
	RECORDS("vault_table_import, again", call_table_again),
	RECORDS("vault_forget", call_forget),
	RECORDS("vault_forget, a withdrawal", call_forget_withdrawal),
	RECORDS("vault_bundle_import, tombstones", call_obey),
	RECORDS("vault_requests", call_requests),
	RECORDS("vault_export_write", call_export),
	RECORDS("vault_office_renew_signing", call_renew_signing),
	RECORDS("vault_office_revoke", call_revoke),
};
const size_t nomem_records_n = sizeof(nomem_records) / sizeof(nomem_records[0]);
