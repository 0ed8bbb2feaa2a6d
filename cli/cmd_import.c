/* SPDX-License-Identifier: ISC */
/* inspect: what is in a bundle.  import: put it into the vault. */
#include <string.h>

#include "ask.h"
#include "host.h"
#include "infile.h"
#include "pager.h"
#include "pick.h"
#include "table.h"

#define USAGE_INSPECT "inspect FILE"
#define USAGE_IMPORT                                                           \
	"import FILE [--anyway] [--keep], or import LIST --map MAP "           \
	"[--encoding NAME] [--policy keep|add|update|ask] [--forgotten] "      \
	"[--preview]"

/* ---- The file ---- */

struct reading {
	struct infile in;
	/* What comes, record by record: for people, or for programs. */
	struct buf rows;
	struct doc *array;
	struct buf clocks;   /* names of offices that have been spoken of */
	struct buf destroys; /* what tombstones would do, line by line */
	struct doc *lowered;
};

static int
open_file(struct reading *r, const char *path)
{
	memset(r, 0, sizeof(*r));
	return infile_open(&r->in, path);
}

/* ---- What is wrong with it ---- */

static enum say
fault_say(enum vault_bundle_fault fault)
{
	switch (fault) {
	case VAULT_BUNDLE_OK:
	case VAULT_BUNDLE_NOT_AGE:
		return SAY_BUNDLE_NOT_AGE;
	case VAULT_BUNDLE_ARCHIVE:
		return SAY_BUNDLE_ARCHIVE;
	case VAULT_BUNDLE_MANIFEST:
		return SAY_BUNDLE_MANIFEST;
	case VAULT_BUNDLE_SIGNATURE:
		return SAY_BUNDLE_SIGNATURE;
	case VAULT_BUNDLE_NOT_TO_US:
		return SAY_BUNDLE_NOT_TO_US;
	case VAULT_BUNDLE_FILES:
		return SAY_BUNDLE_FILES;
	case VAULT_BUNDLE_RECORD:
		return SAY_BUNDLE_RECORD;
	case VAULT_BUNDLE_CHANGED:
		return SAY_BUNDLE_CHANGED;
	case VAULT_BUNDLE_HEADER:
		return SAY_BUNDLE_HEADER;
	case VAULT_BUNDLE_CHUNK:
		return SAY_BUNDLE_CHUNK;
	case VAULT_BUNDLE_LIMIT:
		return SAY_BUNDLE_LIMIT;
	}
	return SAY_BUNDLE_NOT_AGE;
}

/* Its manifest cannot be read: nobody can tell whose key it was. */
static int
not_for_us(const struct session *s)
{
	bool retired;

	say_error(SAY_NOT_FOR_US, NULL);
	if (vault_office_retired(&retired, s->vault) != VAULT_OK)
		retired = false;
	say_hint(
	    retired ? SAY_HINT_SEALED_TO_RETIRED : SAY_HINT_NOT_FOR_US, NULL);
	return say_status(VAULT_ENOTFORUS);
}

static int
bundle_fault(const struct session *s, const struct reading *r,
    enum vault_err err, const struct vault_bundle_bad *bad, const char *path)
{
	if (err == VAULT_EIO && r->in.error != 0) {
		say_error(SAY_IO, path, strerror(r->in.error), NULL);
		return 1;
	}
	if (err == VAULT_ENOTFORUS)
		return not_for_us(s);
	if (bad->fault == VAULT_BUNDLE_OK)
		return session_fault(s, err);
	say_error(fault_say(bad->fault), path, say_number(bad->chunk),
	    say_number(bad->byte), NULL);
	say_hint(bad->fault == VAULT_BUNDLE_NOT_AGE ? SAY_HINT_NOT_BUNDLE
						    : SAY_HINT_BUNDLE,
	    NULL);
	return say_status(err);
}

/* ---- What is in it ---- */

static const char *
arrives_word(enum vault_arrives arrives)
{
	static const char *const words[] = { "new-record", "new-version",
		"completes", "here", "forgotten", "forget-known",
		"forget-later", "forget-request", "forgets-texts",
		"forgets-record", "other-type", "revoked" };

	return words[arrives];
}

static enum say
arrives_say(enum vault_arrives arrives)
{
	static const enum say what[] = { SAY_ARRIVES_RECORD,
		SAY_ARRIVES_VERSION, SAY_ARRIVES_COMPLETES, SAY_ARRIVES_HERE,
		SAY_ARRIVES_FORGOTTEN, SAY_ARRIVES_FORGETS_NOTHING,
		SAY_ARRIVES_FORGETS_LATER, SAY_ARRIVES_REQUEST,
		SAY_ARRIVES_FORGETS_TEXTS, SAY_ARRIVES_FORGETS_RECORD,
		SAY_ARRIVES_OTHER, SAY_ARRIVES_OTHER };

	return what[arrives];
}

/* What nobody can undo is said one by one. */
static void
note_destroys(void *ctx, const struct vault_arriving *a)
{
	struct reading *r = ctx;
	enum say what = a->arrives == VAULT_FORGETS_RECORD
	    ? SAY_IMPORT_FORGETS_RECORD
	    : SAY_IMPORT_FORGETS_TEXTS;

	if (a->arrives != VAULT_FORGETS_RECORD &&
	    a->arrives != VAULT_FORGETS_TEXTS)
		return;
	say_put(&r->destroys, what, a->office,
	    a->title[0] != '\0' ? a->title : a->id, NULL);
	buf_put_byte(&r->destroys, '\n');
}

/* Once for each office whose clock cannot be right, and for what is left. */
static void
warn(struct reading *r, const struct vault_arriving *a)
{
	if (a->arrives == VAULT_OTHER_TYPE)
		say_warning(SAY_ARRIVES_NOT_TAKEN, say_number(a->versions),
		    a->id, a->type_here, a->type, a->office, NULL);
	if (a->arrives == VAULT_REVOKED)
		say_warning(SAY_ARRIVES_REVOKED, say_number(a->versions), a->id,
		    a->office, NULL);
	if (a->wrong_clock == NULL)
		return;
	for (size_t at = 0; at < r->clocks.len;
	     at += strlen(buf_text(&r->clocks) + at) + 1)
		if (strcmp(buf_text(&r->clocks) + at, a->wrong_clock) == 0)
			return;
	say_warning(
	    SAY_CLOCK_WRONG, a->wrong_clock, say_time(a->wrong_time), NULL);
	buf_put(&r->clocks, a->wrong_clock, strlen(a->wrong_clock) + 1);
}

/* Id, type, day, what it does, how much of it, office; the title last. */
static void
put_row(struct buf *rows, const struct vault_arriving *a)
{
	buf_putf(rows, "  %.*s\t%s\t%.10s\t", PICK_SHORT, a->id, a->type,
	    say_time(a->time));
	if (a->ours)
		say_put(rows, SAY_ARRIVES_CHANGED, a->office, NULL);
	else
		say_put(rows, arrives_say(a->arrives), NULL);
	if (a->withheld)
		say_put(rows, SAY_ARRIVES_WITHHELD, NULL);
	buf_put_byte(rows, '\t');
	say_put(rows, SAY_ARRIVES_COUNT, say_number(a->versions),
	    say_number(a->new_versions), NULL);
	if (a->attachments > 0)
		say_put(rows, SAY_ARRIVES_FILES, say_number(a->attachments),
		    say_number(a->new_attachments), NULL);
	buf_put_byte(rows, '\t');
	if (text_safe_line(rows, a->office, strlen(a->office)) != VAULT_OK)
		rows->failed = true;
	buf_put_byte(rows, '\t');
	if (a->title[0] == '\0')
		say_put(rows, SAY_ARRIVES_UNTITLED, NULL);
	else if (text_safe_line(rows, a->title, strlen(a->title)) != VAULT_OK)
		rows->failed = true;
	buf_put_byte(rows, '\n');
}

static struct doc *
row_doc(const struct vault_arriving *a)
{
	struct doc *d = doc_object();

	doc_text(d, "id", a->id);
	doc_text(d, "type", a->type);
	if (a->arrives == VAULT_OTHER_TYPE)
		doc_text(d, "type_here", a->type_here);
	doc_text(d, "title", a->title);
	doc_text(d, "office", a->office);
	doc_text(d, "time", say_time(a->time));
	doc_text(d, "arrives", arrives_word(a->arrives));
	doc_bool(d, "changes_ours", a->ours);
	doc_bool(d, "withheld", a->withheld);
	doc_int(d, "versions", (int64_t)a->versions);
	doc_int(d, "new_versions", (int64_t)a->new_versions);
	doc_int(d, "attachments", (int64_t)a->attachments);
	doc_int(d, "new_attachments", (int64_t)a->new_attachments);
	if (a->wrong_clock != NULL)
		doc_text(d, "wrong_clock", a->wrong_clock);
	return d;
}

static void
gather(void *ctx, const struct vault_arriving *a)
{
	struct reading *r = ctx;

	warn(r, a);
	if (say_is_json())
		doc_put(r->array, NULL, row_doc(a));
	else
		put_row(&r->rows, a);
}

/* The rows of what comes, or has come. */
static int
gather_all(struct reading *r, struct session *s, struct vault_bundle *b)
{
	enum vault_err err;

	if (say_is_json() && r->array == NULL)
		r->array = doc_array();
	err = vault_bundle_each(b, gather, r);
	if (err == VAULT_OK)
		err = buf_ok(&r->rows);
	return err == VAULT_OK ? 0 : session_fault(s, err);
}

static const char *
seen_word(enum vault_bundle_seen seen)
{
	static const char *const words[] = { "next", "same", "gap", "older",
		"new-chain", "other-content" };

	return words[seen];
}

static void
say_seen(const struct vault_bundle_info *info)
{
	static const enum say what[] = { [VAULT_SEEN_SAME] = SAY_SEEN_SAME,
		[VAULT_SEEN_GAP] = SAY_SEEN_GAP,
		[VAULT_SEEN_OLDER] = SAY_SEEN_OLDER,
		[VAULT_SEEN_NEW] = SAY_SEEN_NEW,
		[VAULT_SEEN_OTHERS] = SAY_SEEN_OTHERS };

	if (info->seen != VAULT_SEEN_NEXT)
		say_warning(what[info->seen], say_number(info->number), NULL);
}

/* What a person must know of who sent it. */
static void
say_sender(const struct vault_bundle_info *info)
{
	if (!info->is_signed)
		say_warning(SAY_SENDER_UNSIGNED, NULL);
	else if (info->sender_revoked)
		say_warning(SAY_SENDER_REVOKED, info->sender, NULL);
	else if (!info->sender_known)
		say_warning(SAY_SENDER_UNKNOWN, info->sender, NULL);
	else if (info->sender_frozen)
		say_warning(SAY_SENDER_FROZEN, info->sender, NULL);
	else if (info->sender_announced)
		say_warning(SAY_SENDER_ANNOUNCED, info->sender, NULL);
	else if (info->sender_earlier)
		say_warning(SAY_SENDER_EARLIER, info->sender, NULL);
	else if (!info->sender_compared)
		say_warning(SAY_SENDER_NOT_COMPARED, info->sender, NULL);
}

static struct doc *
info_doc(const struct vault_bundle_info *info)
{
	struct doc *d = doc_object(), *count = doc_object();

	doc_text(d, "bundle", info->id);
	doc_bool(d, "signed", info->is_signed);
	doc_text(d, "sender", info->sender);
	doc_bool(d, "sender_known", info->sender_known);
	doc_bool(d, "sender_compared", info->sender_compared);
	doc_bool(d, "sender_frozen", info->sender_frozen);
	doc_bool(d, "sender_announced", info->sender_announced);
	doc_bool(d, "sender_earlier", info->sender_earlier);
	doc_bool(d, "sender_revoked", info->sender_revoked);
	if (info->sender_known)
		doc_text(d, "digits", info->digits);
	doc_int(d, "number", (int64_t)info->number);
	doc_text(d, "seen", seen_word(info->seen));
	doc_int(d, "records", (int64_t)info->records);
	doc_int(d, "versions", (int64_t)info->versions);
	doc_int(d, "attachments", (int64_t)info->attachments);
	doc_int(d, "tombstones", (int64_t)info->tombstones);
	doc_int(d, "bytes", (int64_t)info->bytes);
	doc_int(d, "new_records", (int64_t)info->new_records);
	doc_int(d, "new_versions", (int64_t)info->new_versions);
	doc_int(d, "new_attachments", (int64_t)info->new_attachments);
	doc_int(d, "new_bytes", (int64_t)info->new_bytes);
	for (size_t i = 0; i < VAULT_ARRIVES_N; i++)
		doc_int(count, arrives_word((enum vault_arrives)i),
		    (int64_t)info->count[i]);
	doc_put(d, "count", count);
	return d;
}

/* A document with the rows in it. */
static int
print_doc(struct reading *r, struct doc *d)
{
	doc_put(d, "list", r->array);
	r->array = NULL;
	return doc_print(d);
}

static int
show(struct reading *r, const struct vault_bundle_info *info)
{
	struct buf all = { 0 };

	if (say_is_json())
		return print_doc(r, info_doc(info));
	say_put(&all, SAY_BUNDLE_OF, info->sender, say_number(info->number),
	    say_number(info->records), say_number(info->new_records),
	    say_number(info->versions), say_number(info->new_versions),
	    say_number(info->attachments), say_number(info->new_attachments),
	    say_size(info->bytes), NULL);
	buf_put_byte(&all, '\n');
	buf_put(&all, r->rows.bytes, r->rows.len);
	pager_print(&all);
	buf_free(&all);
	return 0;
}

/* Verify it; the session stays open. */
static int
look(struct vault_bundle **b, struct session *s, struct reading *r,
    const char *path)
{
	struct vault_bundle_bad bad;
	enum vault_err err;

	host_catch_interrupts();
	progress_begin(&r->in.progress, SAY_PROGRESS_VERIFYING);
	err = vault_bundle_open(b, s->vault, &r->in.input, &bad);
	progress_end(&r->in.progress);
	return err == VAULT_OK ? 0 : bundle_fault(s, r, err, &bad, path);
}

static void
close_file(struct reading *r)
{
	infile_close(&r->in);
	buf_free(&r->rows);
	buf_free(&r->clocks);
	buf_free(&r->destroys);
	doc_free(r->lowered);
	doc_free(r->array);
}

int
cmd_inspect(struct cli *c, int argc, char **argv)
{
	struct vault_bundle *b = NULL;
	struct vault_bundle_info info;
	struct reading r;
	struct session s;
	int status;

	if (cli_options(argc, argv, NULL, 0) != 1)
		return say_usage(USAGE_INSPECT);
	if ((status = open_file(&r, argv[1])) == 0 &&
	    (status = session_open(&s, c)) == 0) {
		if ((status = look(&b, &s, &r, argv[1])) == 0) {
			vault_bundle_info(&info, b);
			say_sender(&info);
			say_seen(&info);
			if ((status = gather_all(&r, &s, b)) == 0)
				status = show(&r, &info);
		}
		vault_bundle_close(b);
		session_close(&s);
	}
	close_file(&r);
	return status;
}

/* ---- Importing ---- */

/* True if a person, or a script, has accepted what was said. */
static bool
may_go_on(const struct cli *c, const struct vault_bundle_info *info,
    const struct buf *destroys)
{
	bool plain = info->seen == VAULT_SEEN_NEXT && info->sender_known &&
	    !info->sender_frozen && !info->sender_earlier;

	if (destroys->len > 0) {
		say_lines_aside(destroys);
		if (!c->yes)
			say_hint(SAY_HINT_KEEP, info->sender, NULL);
		return ask_yes(c, false, SAY_ASK_IMPORT_FORGET, NULL);
	}
	return plain || ask_yes(c, false, SAY_ASK_IMPORT, info->sender);
}

/* What needs more than a yes. */
static int
refuse(const struct vault_bundle_info *info)
{
	if (info->sender_revoked) {
		say_error(SAY_IMPORT_REVOKED, info->sender, NULL);
		say_hint(SAY_HINT_REVOKED, NULL);
		return 17;
	}
	if (!info->sender_known || info->sender_frozen) {
		say_error(info->sender_frozen ? SAY_IMPORT_FROZEN
					      : SAY_IMPORT_UNKNOWN,
		    info->sender, NULL);
		say_hint(SAY_HINT_ANYWAY, NULL);
		return 17;
	}
	say_error(SAY_IMPORT_OTHERS, say_number(info->number), NULL);
	say_hint(SAY_HINT_ANYWAY, NULL);
	return 16;
}

/* What another office made less secret than we had it, one by one. */
static void
say_lowered(void *ctx, const struct vault_lowered *l)
{
	struct doc *array = ctx, *d = doc_object();

	if (l->to < l->from)
		say_warning(SAY_IMPORT_LOWERED, l->office, l->id,
		    say_number((uint64_t)l->from), say_number((uint64_t)l->to),
		    NULL);
	if (l->opened)
		say_warning(SAY_IMPORT_OPENED, l->office, l->id, NULL);
	doc_text(d, "id", l->id);
	doc_text(d, "office", l->office);
	doc_int(d, "from", l->from);
	doc_int(d, "to", l->to);
	doc_bool(d, "opened", l->opened);
	doc_put(array, NULL, d);
}

/* What became of the tombstones. */
static void
say_forgot(const struct vault_imported *got)
{
	if (got->forgotten > 0)
		say_warning(
		    SAY_IMPORT_FORGOTTEN, say_number(got->forgotten), NULL);
	if (got->forgot_records + got->forgot_texts > 0)
		say_warning(SAY_IMPORT_FORGOT,
		    say_counted(SAY_N_RECORDS, got->forgot_records),
		    say_counted(SAY_N_RECORDS, got->forgot_texts), NULL);
	if (got->requests + got->forgot_texts > 0)
		say_warning(SAY_IMPORT_REQUESTS,
		    say_number(got->requests + got->forgot_texts), NULL);
	if (got->unswept)
		say_warning(SAY_IMPORT_UNSWEPT, NULL);
	if (got->kept > 0)
		say_warning(SAY_IMPORT_KEPT, say_number(got->kept), NULL);
}

static struct doc *
imported_doc(const struct vault_bundle_info *info,
    const struct vault_imported *got, bool already)
{
	struct doc *d = info_doc(info);

	doc_bool(d, "already", already);
	doc_int(d, "completed", (int64_t)got->completed);
	doc_int(d, "known", (int64_t)got->known);
	doc_int(d, "forgotten", (int64_t)got->forgotten);
	doc_int(d, "forgot_records", (int64_t)got->forgot_records);
	doc_int(d, "forgot_texts", (int64_t)got->forgot_texts);
	doc_int(d, "forget_requests", (int64_t)got->requests);
	doc_int(d, "forget_later", (int64_t)got->later);
	doc_int(d, "forget_kept", (int64_t)got->kept);
	doc_bool(d, "forget_unfinished", got->unswept);
	doc_int(d, "not_taken", (int64_t)(got->others + got->revoked));
	return d;
}

static int
say_already(const struct vault_bundle_info *info)
{
	struct vault_imported nothing = { 0 };

	if (say_is_json())
		return doc_print(imported_doc(info, &nothing, true));
	say_line(SAY_IMPORT_ALREADY, NULL);
	return 0;
}

static int
say_imported(struct reading *r, const struct vault_bundle_info *info,
    const struct vault_imported *got)
{
	struct buf all = { 0 };
	struct doc *d;

	if (say_is_json()) {
		d = imported_doc(info, got, false);
		doc_put(d, "lowered", r->lowered);
		r->lowered = NULL; /* given away */
		return print_doc(r, d);
	}
	say_put(&all, SAY_IMPORTED, say_number(got->records),
	    say_number(got->versions), say_number(got->completed),
	    say_number(got->known), say_number(got->attachments),
	    say_size(info->new_bytes), NULL);
	buf_put_byte(&all, '\n');
	buf_put(&all, r->rows.bytes, r->rows.len);
	pager_print(&all);
	buf_free(&all);
	say_forgot(got);
	return 0;
}

/* Import it, and tell what has come of it. */
static int
import_it(struct session *s, struct reading *r, struct vault_bundle *b,
    const char *path, bool anyway)
{
	struct vault_imported got = { 0 };
	struct vault_bundle_bad bad;
	struct vault_bundle_info info;
	enum vault_err err;
	int status;

	progress_begin(&r->in.progress, SAY_PROGRESS_IMPORTING);
	err = vault_bundle_import(&got, b, anyway, &bad);
	progress_end(&r->in.progress);
	vault_bundle_info(&info, b);
	if (err == VAULT_EEXISTS)
		return say_already(&info);
	if (err == VAULT_ECONFLICT)
		return refuse(&info);
	if (err == VAULT_ESPACE && got.need > got.room) {
		say_error(SAY_IMPORT_SPACE, say_size(got.need),
		    say_size(got.room), NULL);
		say_hint(SAY_HINT_SPACE, NULL);
		return say_status(err);
	}
	if (err != VAULT_OK)
		return bundle_fault(s, r, err, &bad, path);
	r->lowered = doc_array();
	if ((err = vault_bundle_lowered(b, say_lowered, r->lowered)) !=
	    VAULT_OK)
		return session_fault(s, err);
	status = gather_all(r, s, b);
	return status == 0 ? say_imported(r, &info, &got) : status;
}

struct how {
	bool anyway, keep;
};

/* What would be destroyed, unless it is to be kept. */
static int
gather_destroys(struct reading *r, const struct session *s,
    struct vault_bundle *b, bool keep)
{
	enum vault_err err;

	if (keep) {
		vault_bundle_keep(b);
		return 0;
	}
	err = vault_bundle_each(b, note_destroys, r);
	if (err == VAULT_OK)
		err = buf_ok(&r->destroys);
	return err == VAULT_OK ? 0 : session_fault(s, err);
}

static int
put_in(struct cli *c, struct session *s, struct reading *r,
    struct vault_bundle *b, const char *path, const struct how *how)
{
	struct vault_bundle_info info;
	int status;

	vault_bundle_info(&info, b);
	if (info.seen == VAULT_SEEN_SAME)
		return say_already(&info);
	say_sender(&info);
	say_seen(&info);
	if (info.sender_revoked)
		return refuse(&info);
	if (!how->anyway &&
	    (!info.sender_known || info.sender_frozen ||
		info.seen == VAULT_SEEN_OTHERS))
		return refuse(&info);
	if ((status = gather_destroys(r, s, b, how->keep)) != 0)
		return status;
	if (!may_go_on(c, &info, &r->destroys)) {
		say_error(SAY_IMPORT_STOPPED, NULL);
		return 1;
	}
	return import_it(s, r, b, path, how->anyway);
}

static int
import_bundle(struct cli *c, const char *path, const struct how *how)
{
	struct vault_bundle *b = NULL;
	struct reading r;
	struct session s;
	int status;

	if ((status = open_file(&r, path)) == 0 &&
	    (status = session_open(&s, c)) == 0) {
		if ((status = look(&b, &s, &r, path)) == 0)
			status = put_in(c, &s, &r, b, path, how);
		vault_bundle_close(b);
		session_close(&s);
	}
	close_file(&r);
	return status;
}

/* keep, add, update, ask: in this order. */
static bool
read_policy(struct table_options *o, const char *word, bool yes)
{
	static const char *const words[] = { "keep", "add", "update" };

	if (word == NULL)
		return true;
	o->ask = strcmp(word, "ask") == 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0) {
			o->policy = (enum vault_policy)i;
			return true;
		}
	/* Nobody is asked who has answered already. */
	return o->ask && !yes;
}

int
cmd_import(struct cli *c, int argc, char **argv)
{
	struct how how = { false, false };
	struct table_options table = { .policy = VAULT_POLICY_KEEP };
	const char *policy = NULL;
	const struct option_of options[] = { { "--anyway", NULL, &how.anyway },
		{ "--keep", NULL, &how.keep }, { "--map", &table.map, NULL },
		{ "--encoding", &table.encoding, NULL },
		{ "--policy", &policy, NULL },
		{ "--forgotten", NULL, &table.forgotten },
		{ "--preview", NULL, &table.preview } };

	if (cli_options(argc, argv, options, 7) != 1 ||
	    !read_policy(&table, policy, c->yes) ||
	    (table.map == NULL ? table.preview || table.forgotten ||
			policy != NULL || table.encoding != NULL
			       : how.anyway || how.keep))
		return say_usage(USAGE_IMPORT);
	return table.map == NULL ? import_bundle(c, argv[1], &how)
				 : table_import(c, argv[1], &table);
}
