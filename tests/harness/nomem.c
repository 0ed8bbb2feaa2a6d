/* SPDX-License-Identifier: ISC */
/*
 * nomem - memory runs out at every allocation of every call (R6).
 *
 * For each call the N-th allocation fails, once and from there on for ever,
 * for N = 1, 2, ... until the call runs through without meeting the fault.
 * Each time
 *
 * 1. an error is "out of memory", and nothing else;
 * 2. the vault is clean, and as before or as after; as after if there was no
 *    error;
 * 3. nothing is leaked: memory (LeakSanitizer), secrets, descriptors.
 *
 * 4. what a call that reads has said is what it says with memory, or it ends
 *    with an error.
 *
 * In a call of some thousand allocations about ONCE of them, evenly apart, are
 * failed once, and FOR_EVER of them from there on for ever: which ones depends
 * on the seed.  All are, where TIME is set.
 *
 * DRAWS, if given, is the number of the one call to try.
 *
 * Counted are the library's allocator, which SQLite uses too, guarded memory
 * and what realpath returns.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "content.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/mem.h"
#include "harness.h"
#include "inside.h"
#include "record/attach.h"
#include "sender.h"
#include "store/log.h"
#include "store/store.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

static char good[128], rich[128], work[128];
static struct content content; /* of the rich one */

static size_t failing; /* the number of the allocation that fails */

/* ---- What the linker puts in the place of three functions ---- */

static long secrets; /* alive */

void *__real_sodium_malloc(size_t len);
void *__wrap_sodium_malloc(size_t len);
void __real_sodium_free(void *p);
void __wrap_sodium_free(void *p);
char *__real_realpath(const char *path, char *out);
char *__wrap_realpath(const char *path, char *out);

void *
__wrap_sodium_malloc(size_t len)
{
	void *p = mem_test_due() ? NULL : __real_sodium_malloc(len);

	secrets += p != NULL;
	return p;
}

void
__wrap_sodium_free(void *p)
{
	secrets -= p != NULL;
	__real_sodium_free(p);
}

char *
__wrap_realpath(const char *path, char *out)
{
	if (!mem_test_due())
		return __real_realpath(path, out);
	errno = ENOMEM;
	return NULL;
}

/* ---- The calls ---- */

struct state {
	struct vault_place place;
	struct vault_key *key;
	struct vault *vault;
	struct secret *dusk, *paper, *fresh;
};

/* What a call starts with. */
enum start { NOTHING, VAULT, UNLOCKED, OPEN };

struct call {
	const char *name;
	enum vault_err (*run)(struct state *s);
	enum start start;
	const char *opens; /* the passphrase with which to look afterwards */
	void (*prepare)(void);
	bool records; /* in a vault with records, and they are looked at */
};

/* What a call that reads has said. */
static struct buf said;

static enum vault_err
saying(enum vault_err err)
{
	return err == VAULT_OK ? buf_ok(&said) : err;
}

static enum vault_err
call_create(struct state *s)
{
	struct vault_new what = {
		.place = s->place,
		.cost = cheap,
		.pass = s->dusk,
		.pass_name = "mine",
		.office = "Office A",
	};

	return vault_create(&s->vault, &s->key, &what);
}

static enum vault_err
call_cost(struct state *s)
{
	struct vault_cost cost;

	return vault_cost_of(&cost, &s->place);
}

static enum vault_err
call_unlock(struct state *s)
{
	enum vault_keys_state state;

	return vault_key_unlock(&s->key, &state, &s->place, s->dusk);
}

static enum vault_err
call_attach(struct state *s)
{
	struct vault_key *key;
	enum vault_err err;

	err = vault_key_attach(&key, dup(vault_key_fd(s->key)));
	vault_key_free(key);
	return err;
}

static enum vault_err
call_open(struct state *s)
{
	struct vault_fault fault;

	return vault_open(&s->vault, &s->place, s->key, &fault);
}

static enum vault_err
call_enter(struct state *s)
{
	bool new_machine;

	return vault_arrive(s->vault, &new_machine);
}

static enum vault_err
call_info(struct state *s)
{
	struct vault_info info;
	enum vault_err err = vault_info(&info, s->vault);

	if (err == VAULT_OK) {
		if (strcmp(buf_text(&info.office), "Office A") != 0)
			harness_fail("info: another office");
		vault_info_free(&info);
	}
	return err;
}

static bool
count_log(void *ctx, const struct vault_log_entry *e)
{
	if (strcmp(e->what, "note") == 0 && strlen(e->detail) != 9000)
		harness_fail("log: an entry has lost its text");
	++*(unsigned *)ctx;
	return true;
}

static enum vault_err
call_log(struct state *s)
{
	unsigned n = 0;
	enum vault_err err = vault_log_each(s->vault, 1, count_log, &n);

	if (err == VAULT_OK && n < 4)
		harness_fail("log: only %u entries", n);
	return err;
}

static bool
count_pass(void *ctx, const struct vault_passphrase *p)
{
	(void)p;
	++*(unsigned *)ctx;
	return true;
}

static enum vault_err
call_each(struct state *s)
{
	unsigned n = 0;
	enum vault_err err = vault_passphrase_each(s->vault, count_pass, &n);

	if (err == VAULT_OK && n != 2)
		harness_fail("passphrases: %u", n);
	return err;
}

static enum vault_err
call_find(struct state *s)
{
	unsigned slot = 0;
	enum vault_err err = vault_passphrase_find(&slot, s->vault, s->paper);

	if (err == VAULT_OK && slot != 1)
		harness_fail("find: slot %u", slot);
	return err;
}

static enum vault_err
call_add(struct state *s)
{
	return vault_passphrase_add(s->vault, "third", s->fresh);
}

static enum vault_err
call_change(struct state *s)
{
	return vault_passphrase_change(s->vault, 0, s->fresh);
}

static enum vault_err
call_remove(struct state *s)
{
	return vault_passphrase_remove(s->vault, "mine");
}

static enum vault_err
call_note(struct state *s)
{
	static char text[9000];
	enum vault_err err;

	memset(text, 'n', sizeof(text));
	if ((err = store_begin(s->vault->store)) == VAULT_OK &&
	    (err = log_add(s->vault->store, "note", text, sizeof(text))) ==
		VAULT_OK)
		err = store_commit(s->vault->store);
	store_abort(s->vault->store);
	return err;
}

static unsigned findings;
static enum vault_finding finding;

static void
found(void *ctx, enum vault_finding what, int64_t n)
{
	(void)ctx;
	(void)n;
	finding = what;
	findings++;
}

static void
found_record(void *ctx, const char *id, enum vault_record_finding what)
{
	(void)id;
	if (what != VAULT_RECORD_IDLE)
		found(ctx, (enum vault_finding)what, 0);
}

static enum vault_err
check(struct state *s, bool quick, bool records)
{
	struct vault_check how = { .quick = quick,
		.records = records,
		.found = found,
		.record = found_record };
	enum vault_err err;

	findings = 0;
	err = vault_check(s->vault, &how);
	/* Memory that is short must never be called damage. */
	if (findings > 0)
		harness_fail("check, allocation %zu of %zu: %u findings in"
			     " a good vault, the last of kind %d",
		    failing, mem_test_count(), findings, (int)finding);
	return err;
}

static enum vault_err
call_check(struct state *s)
{
	return check(s, false, false);
}

static enum vault_err
call_check_quick(struct state *s)
{
	return check(s, true, false);
}

static enum vault_err
call_check_records(struct state *s)
{
	return check(s, false, true);
}

/* Spoil the first copy in the file of keys, so that there is work. */
static void
spoil(void)
{
	size_t len;
	uint8_t *bytes = file_read(in_folder(work, "v/keys"), &len);

	bytes[500] ^= 1;
	file_write(in_folder(work, "v/keys"), bytes, len);
	free(bytes);
}

/* ---- Calls with records ---- */

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

static enum vault_err
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

static void
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
static enum vault_err
go_missing(struct state *s)
{
	char id[VAULT_ID_LEN], json[256];

	snprintf(json, sizeof(json),
	    "{\"type\":\"status\",\"person\":\"%s\",\"status\":\"missing\","
	    "\"certainty\":\"likely\",\"date\":{\"edtf\":\"2011-04\"}}",
	    content.person);
	return content_add(id, s->vault, json);
}

/* ---- What may leave ---- */

static void
say_may_person(void *ctx, const struct vault_may_person *p)
{
	(void)ctx;
	buf_putf(
	    &said, "%d|%d|%s\n", (int)p->consent, (int)p->naming, p->title);
}

static void
say_left(void *ctx, const struct vault_left *l)
{
	(void)ctx;
	buf_putf(&said, "%s|%s\n", l->what, l->title);
}

static enum vault_err
call_may(struct state *s)
{
	struct vault_may may;
	enum vault_err err = vault_may(&may, s->vault, content.person,
	    "partner", say_may_person, say_left, NULL);

	if (err == VAULT_OK)
		buf_putf(&said, "%d %d", (int)may.why, may.level);
	return saying(err);
}

static enum vault_err
call_plain(struct state *s)
{
	const struct vault_plain_what what = { .query = "",
		.audience = "partner" };
	struct vault_plain *p;
	size_t n = 0;
	struct vault_sink to = { &n, count_bytes, NULL };
	enum vault_err err;

	err = vault_plain_new(&p, s->vault, &what, NULL, NULL);
	if (err != VAULT_OK)
		return err;
	vault_plain_confirm_parts(p);
	err = vault_plain_write(p, &to);
	vault_plain_free(p);
	return err;
}

static void
say_dossier_record(void *ctx, const struct vault_dossier_record *r)
{
	(void)ctx;
	buf_putf(&said, "%zu|%s|%s\n", r->number, r->type, r->title);
}

static enum vault_err
end_dossier(void *ctx)
{
	(void)ctx;
	return buf_ok(&said);
}

static enum vault_err
call_dossier(struct state *s)
{
	const struct vault_dossier_sink to = { NULL, say_dossier_record,
		say_dossier_record, say_line, end_dossier };
	const struct vault_plain_what what = { .the_case = content.old,
		.audience = "partner" };
	struct vault_plain *p;
	enum vault_err err;

	err = vault_plain_new(&p, s->vault, &what, NULL, NULL);
	if (err != VAULT_OK)
		return err;
	err = vault_dossier(p, &to);
	vault_plain_free(p);
	return saying(err);
}

static enum vault_err
call_redact(struct state *s)
{
	static const char *const words[] = { "old" };
	const struct vault_redact_what what = { .id = content.old,
		.audience = "partner",
		.words = words,
		.n_words = 1,
		.from_closed = true };
	char id[VAULT_ID_LEN];
	struct vault_report *report = NULL;
	struct buf body = { 0 };
	enum vault_err err;
	bool closed;

	if ((err = vault_redact(&body, &closed, s->vault, &what)) == VAULT_OK &&
	    (err = vault_report_new(&report)) == VAULT_OK)
		err = vault_redact_keep(id, s->vault, report, &what, &body, 1);
	vault_report_free(report);
	buf_free(&body);
	return err;
}

static void
say_tally(const struct vault_tally *t)
{
	struct vault_tally_axis rows, columns;

	vault_tally_axis(&rows, t, 0);
	vault_tally_axis(&columns, t, 1);
	for (size_t i = 0; i < rows.n; i++)
		for (size_t k = 0; k < columns.n; k++) {
			struct vault_tally_value row, column;

			vault_tally_value(&row, t, 0, i);
			vault_tally_value(&column, t, 1, k);
			buf_putf(&said, "%s|%s|%s|%llu\n", row.text,
			    column.text, column.title,
			    (unsigned long long)vault_tally_cell(t, i, k).n);
		}
}

static enum vault_err
call_tally(struct state *s)
{
	const struct vault_tally_what what = { .query = "type:status",
		.query_len = 11,
		.by = { "person" },
		.over = VAULT_MONTH,
		.persons = true };
	struct vault_tally_fault fault;
	struct vault_tally *t;
	enum vault_err err;

	if ((err = go_missing(s)) != VAULT_OK ||
	    (err = vault_tally_new(&t, s->vault, &what, &fault)) != VAULT_OK)
		return err;
	say_tally(t);
	err = vault_tally_log(s->vault, t, "csv");
	vault_tally_free(t);
	return err;
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

static const char *
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

static enum vault_err
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
static uint8_t *asks;
static size_t asks_len;

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

static enum vault_err
call_revoke(struct state *s)
{
	struct buf text = { 0 };
	size_t number = 0;
	enum vault_err err = vault_office_revoke(&text, &number, s->vault);

	buf_free(&text);
	return err;
}

#define RECORDS(name, run)                                                     \
	{                                                                      \
		name, run, OPEN, "dusk", NULL, true                            \
	}

static const struct call calls[] = {
	{ "vault_create", call_create, NOTHING, .opens = "dusk" },
	{ "vault_cost_of", call_cost, VAULT, .opens = "dusk" },
	{ "vault_key_unlock", call_unlock, VAULT, .opens = "dusk" },
	{ "vault_key_attach", call_attach, UNLOCKED, .opens = "dusk" },
	{ "vault_open", call_open, UNLOCKED, .opens = "dusk" },
	{ "vault_enter", call_enter, OPEN, .opens = "dusk" },
	{ "vault_enter, mending", call_enter, OPEN, .opens = "dusk",
	    .prepare = spoil },
	{ "vault_info", call_info, OPEN, .opens = "dusk" },
	{ "vault_log_each", call_log, OPEN, .opens = "dusk" },
	{ "vault_passphrase_each", call_each, OPEN, .opens = "dusk" },
	{ "vault_passphrase_find", call_find, OPEN, .opens = "dusk" },
	{ "vault_passphrase_add", call_add, OPEN, .opens = "dusk" },
	{ "vault_passphrase_change", call_change, OPEN, .opens = "paper" },
	{ "vault_passphrase_remove", call_remove, OPEN, .opens = "paper" },
	{ "store_commit", call_note, OPEN, .opens = "dusk" },
	{ "vault_check", call_check, OPEN, .opens = "dusk" },
	{ "vault_check, quick", call_check_quick, OPEN, .opens = "dusk" },
	RECORDS("vault_check, records", call_check_records),
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
	RECORDS("vault_tally_new, vault_tally_log", call_tally),
	RECORDS("vault_timeline", call_timeline),
	RECORDS("vault_links", call_links),
	RECORDS("vault_due", call_due),
	RECORDS("vault_alike, vault_same_each", call_alike),
	RECORDS("vault_may", call_may),
	RECORDS("vault_plain_write", call_plain),
	RECORDS("vault_dossier", call_dossier),
	RECORDS("vault_redact, vault_redact_keep", call_redact),
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

/* ---- Running them ---- */

static void
must(enum vault_err err, const char *what)
{
	if (err != VAULT_OK) {
		fprintf(stderr, "nomem: %s: %s\n", what, vault_strerror(err));
		exit(2);
	}
}

static unsigned
descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

/* What a backup has made. */
static void
remove_copy(const char *name)
{
	char folder[160];

	snprintf(folder, sizeof(folder), "%s/%s", work, name);
	unlink(in_folder(folder, "keys"));
	unlink(in_folder(folder, "cells.db"));
	unlink(in_folder(folder, "cells.db-journal"));
	rmdir(folder);
}

/* A copy is a whole one or none; nothing unfinished is left. */
static void
copy_state(struct buf *out, const struct call *c, size_t n)
{
	struct vault_place place = { copy_path(), NULL };
	struct vault_fault fault;
	enum vault_keys_state keys;
	struct vault_key *key;
	struct vault *v = NULL;
	struct buf dump = { 0 };
	struct secret *dusk;

	if (access(in_folder(work, "copy.unfinished"), F_OK) == 0)
		harness_fail("%s, allocation %zu: a half copy", c->name, n);
	if (access(place.folder, F_OK) != 0)
		return;
	dusk = secret_text("dusk");
	if (vault_key_unlock(&key, &keys, &place, dusk) != VAULT_OK ||
	    vault_open(&v, &place, key, &fault) != VAULT_OK ||
	    content_dump(&dump, v) != VAULT_OK)
		harness_fail("%s, allocation %zu: a bad copy", c->name, n);
	buf_putf(out, "a copy\n%s", buf_text(&dump));
	vault_close(v);
	vault_key_free(key);
	secret_free(dusk);
	buf_free(&dump);
}

static bool
same_file(const char *name)
{
	size_t a_len, b_len;
	uint8_t *a = file_read(in_folder(rich, name), &a_len);
	uint8_t *b = file_read(in_folder(work, name), &b_len);
	bool same = a_len == b_len && memcmp(a, b, a_len) == 0;

	free(a);
	free(b);
	return same;
}

/*
 * True if the rich vault in work is as it was, byte by byte, and no copy was
 * made: what need not be read, and not be made anew.
 */
static bool
is_untouched(void)
{
	return access(in_folder(work, "v/cells.db"), F_OK) == 0 &&
	    access(in_folder(work, "v/keys"), F_OK) == 0 &&
	    access(in_folder(work, "v/cells.db-journal"), F_OK) != 0 &&
	    access(in_folder(work, "copy"), F_OK) != 0 &&
	    access(in_folder(work, "copy.unfinished"), F_OK) != 0 &&
	    same_file("v/cells.db") && same_file("v/keys");
}

static void
start(struct state *s, const struct call *c)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/v", work);
	*s = (struct state){ .place = { path, NULL } };
	s->dusk = secret_text("dusk");
	s->paper = secret_text("paper");
	s->fresh = secret_text("fresh");
	if (c->start == NOTHING)
		vault_remove(work);
	else if (!c->records)
		vault_copy(good, work);
	else if (!is_untouched()) {
		vault_copy(rich, work);
		remove_copy("copy");
		remove_copy("copy.unfinished");
	}
	buf_reset(&said);
	if (c->prepare != NULL)
		c->prepare();
	if (c->start >= UNLOCKED)
		must(call_unlock(s), "unlock");
	if (c->start >= OPEN)
		must(call_open(s), "open");
}

static void
stop(struct state *s)
{
	vault_close(s->vault);
	vault_key_free(s->key);
	secret_free(s->dusk);
	secret_free(s->paper);
	secret_free(s->fresh);
}

/* What is there, in words that can be compared; "none" without a vault. */
static char *
state_of(const struct call *c, size_t n)
{
	struct buf dump = { 0 };
	enum vault_err err;
	struct opened o;
	bool new_machine;
	char *text;

	err = vault_try(&o, work, c->opens);
	if (err == VAULT_ENOVAULT && c->start == NOTHING)
		return strdup("none");
	if (err == VAULT_OK)
		err = vault_arrive(o.vault, &new_machine);
	if (err != VAULT_OK) {
		harness_fail("%s, allocation %zu: afterwards: %s", c->name, n,
		    vault_strerror(err));
		vault_done(&o);
		return strdup("");
	}
	/* Records are all read, so a full check need not come each time. */
	if (vault_findings(o.vault, c->records && n % 16 != 0) > 0)
		harness_fail(
		    "%s, allocation %zu: not clean afterwards", c->name, n);
	if (!c->records)
		vault_dump(&dump, o.vault, false);
	else if (content_dump(&dump, o.vault) != VAULT_OK)
		harness_fail(
		    "%s, allocation %zu: not read afterwards", c->name, n);
	if (c->records)
		copy_state(&dump, c, n);
	vault_done(&o);
	/* Each vault that is made is another one. */
	text = strdup(c->start == NOTHING ? "made" : buf_text(&dump));
	buf_free(&dump);
	return text;
}

static void
look(const struct call *c, size_t n, enum vault_err err, const char *before,
    const char *after)
{
	char *now = c->records && is_untouched() ? strdup(before)
						 : state_of(c, n);
	bool is_after = strcmp(now, after) == 0;

	if (err == VAULT_OK ? !is_after : !is_after && strcmp(now, before) != 0)
		harness_fail("%s, allocation %zu: %s", c->name, n,
		    err == VAULT_OK ? "success that is none"
				    : "neither before nor after");
	free(now);
}

/* Fail the n-th allocation.  False: the call did not get so far. */
static bool
fail_one(const struct call *c, size_t n, int for_ever, const char *before,
    const char *after, const char *answer)
{
	long secrets_before = secrets;
	unsigned open_before = descriptors();
	enum vault_err err;
	struct state s;
	bool reached;

	start(&s, c);
	failing = n;
	mem_test_fail(n, for_ever);
	err = c->run(&s);
	reached = mem_test_count() >= n;
	mem_test_fail(0, 0);
	stop(&s);
	harness_count(1);
	if (err != VAULT_OK && (err != VAULT_ENOMEM || !reached))
		harness_fail("%s, allocation %zu, %s: %s", c->name, n,
		    for_ever ? "for ever" : "once", vault_strerror(err));
	if (err == VAULT_OK && strcmp(buf_text(&said), answer) != 0)
		harness_fail("%s, allocation %zu: another answer: %.100s",
		    c->name, n, buf_text(&said));
	if (secrets != secrets_before)
		harness_fail("%s, allocation %zu: %ld secrets left", c->name, n,
		    secrets - secrets_before);
	if (descriptors() != open_before)
		harness_fail(
		    "%s, allocation %zu: a descriptor is left", c->name, n);
	look(c, n, err, before, after);
	if (c->start == NOTHING && err != VAULT_OK) {
		/* And once more, with memory. */
		start(&s, c);
		if ((err = c->run(&s)) != VAULT_OK)
			harness_fail("%s, allocation %zu: again: %s", c->name,
			    n, vault_strerror(err));
		stop(&s);
	}
	return reached;
}

#define SHORT 200
#define ONCE 120
#define FOR_EVER 40

/* Calls of thousands of allocations are tried at some of them. */
static size_t
step_of(size_t all, int for_ever)
{
	if (all <= SHORT || harness.seconds > 0)
		return 1;
	return 1 + all / (for_ever ? FOR_EVER : ONCE);
}

static void
run(const struct call *c)
{
	char *before, *after, *answer;
	struct state s;
	size_t n = 1, all;

	start(&s, c);
	stop(&s);
	before = state_of(c, 0);
	start(&s, c);
	mem_test_fail(SIZE_MAX, 0);
	must(c->run(&s), c->name);
	all = mem_test_count();
	mem_test_fail(0, 0);
	stop(&s);
	answer = strdup(buf_text(&said));
	after = state_of(c, 0);
	for (int for_ever = 0; for_ever < 2; for_ever++) {
		size_t step = step_of(all, for_ever);

		for (n = 1 + harness.seed % step;
		     fail_one(c, n, for_ever, before, after, answer) &&
		     !harness_stop();
		     n += step)
			;
	}
	if (!harness.planted)
		printf("  %s: %zu allocations\n", c->name, all);
	free(before);
	free(after);
	free(answer);
}

static void
some_calls(unsigned part, unsigned parts)
{
	snprintf(work, sizeof(work), "%s/work%u", harness.folder, part);
	mkdir(work, 0700);
	for (size_t i = part; i < sizeof(calls) / sizeof(calls[0]); i += parts)
		if (!harness_stop() &&
		    (harness.draws == 0 || i == harness.draws - 1))
			run(&calls[i]);
#ifdef __SANITIZE_ADDRESS__
	if (__lsan_do_recoverable_leak_check() != 0)
		harness_fail("memory is leaked");
#endif
}

int
main(int argc, char **argv)
{
	struct secret *paper;
	struct opened o;

	harness_start("nomem", argc, argv);
	snprintf(good, sizeof(good), "%s/good", harness.folder);
	mkdir(good, 0700);
	vault_make(good);
	paper = secret_text("paper");
	must(vault_try(&o, good, "dusk"), "open");
	must(vault_passphrase_add(o.vault, "paper", paper), "add");
	vault_done(&o);
	must(vault_try(&o, good, "dusk"), "open");
	for (int i = 0; i < 2; i++)
		must(call_note(&(struct state){ .vault = o.vault }), "note");
	vault_done(&o);
	secret_free(paper);
	snprintf(rich, sizeof(rich), "%s/rich", harness.folder);
	mkdir(rich, 0700);
	vault_make(rich);
	must(vault_try(&o, rich, "dusk"), "open");
	must(call_revoke(&(struct state){ .vault = o.vault }), "revoke");
	must(content_make(&content, o.vault), "records");
	must(make_withdrawal(o.vault), "withdrawal");
	must(import_list(o.vault, "again", lists[1], NULL, VAULT_POLICY_KEEP),
	    "list");
	must(sender_make(&asks, &asks_len, o.vault), "sender");
	vault_done(&o);
	/* What a call writes is newer than this, in every run: lists have
	 * order. */
	clock_test_set(clock_now() + 1);
	attach_test_commit(1);
#ifndef __SANITIZE_ADDRESS__
	harness_skip("leaks of memory", "not built with SAN=address");
#endif
	harness_split(some_calls);
	return harness_end();
}
