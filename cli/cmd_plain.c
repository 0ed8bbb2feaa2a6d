/* SPDX-License-Identifier: ISC */
/*
 * export --plain: records as JSON that anybody can read, as an audience may
 * read them; dossier: all of a case as text.  The passphrase is asked for
 * again: what is written is sealed no more, and whoever sits down at an
 * unlocked machine shall not take it along.
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "dossier.h"
#include "doubt.h"
#include "host.h"
#include "named.h"
#include "outfile.h"
#include "pager.h"
#include "pick.h"
#include "plain.h"
#include "plain_csv.h"
#include "progress.h"

#define USAGE                                                                  \
	"export --plain json|csv [QUERY ...]"                                  \
	" (--audience AUDIENCE | --unfiltered)"                                \
	" -o FILE [--parts-checked]"

struct showing {
	struct buf leaves, held;
	struct doc *array;
	struct named named;
	struct progress progress;
};

bool
plain_is_wanted(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--plain") == 0 ||
		    strncmp(argv[i], "--plain=", 8) == 0)
			return true;
	return false;
}

static void
gather(void *ctx, const struct vault_plain_row *row)
{
	struct showing *show = ctx;
	struct buf *to = row->why == VAULT_MAY ? &show->leaves : &show->held;
	struct doc *d;

	if (say_is_json()) {
		d = doc_object();
		doc_text(d, "id", row->id);
		doc_text(d, "type", row->type);
		doc_text(d, "title", row->title);
		doc_text(d, "why", may_word(row->why));
		doc_put(show->array, NULL, d);
		return;
	}
	buf_putf(to, "  %.*s\t%s\t", PICK_SHORT, row->id, row->type);
	if (row->why != VAULT_MAY)
		say_put(to, may_reason(row->why), NULL);
	buf_put_byte(to, '\t');
	if (text_safe_line(to, row->title, strlen(row->title)) != VAULT_OK)
		to->failed = true;
	buf_put_byte(to, '\n');
}

static void
note_named(void *ctx, const struct vault_named *n)
{
	struct showing *show = ctx;

	named_add(&show->named, n);
}

static bool
look_step(void *ctx, uint64_t done, uint64_t total)
{
	struct showing *show = ctx;

	return progress_step(&show->progress, done, total);
}

static void
show_list(const struct showing *show, const struct vault_plain_info *info,
    bool to_stdout)
{
	struct buf all = { 0 };

	say_put(&all, SAY_PLAIN_HEAD, say_number(info->records), NULL);
	buf_put_byte(&all, '\n');
	buf_put(&all, show->leaves.bytes, show->leaves.len);
	if (info->held > 0) {
		say_put(&all, SAY_HELD_HEAD, say_number(info->held), NULL);
		buf_put_byte(&all, '\n');
		buf_put(&all, show->held.bytes, show->held.len);
	}
	if (to_stdout)
		say_lines_aside(&all);
	else
		pager_print(&all);
	buf_free(&all);
}

struct writing {
	struct outfile file;
	struct progress progress;
};

static enum vault_err
write_some(void *ctx, const void *bytes, size_t len)
{
	struct writing *w = ctx;

	return outfile_write(&w->file, bytes, len);
}

static bool
step(void *ctx, uint64_t done, uint64_t total)
{
	struct writing *w = ctx;

	return progress_step(&w->progress, done, total);
}

static int
write_file(
    struct session *s, struct vault_plain *p, const struct plain_wanted *want)
{
	struct writing w = { 0 };
	struct vault_sink to = { &w, write_some, step };
	struct vault_plain_info info;
	enum vault_err err;
	int status;

	if ((status = outfile_begin(&w.file, want->file)) != 0)
		return status;
	host_catch_interrupts();
	progress_begin(&w.progress, SAY_PROGRESS_EXPORTING);
	if (want->the_case != NULL)
		err = dossier_write(
		    &w.file, p, want->unfiltered ? NULL : want->audience);
	else if (strcmp(want->format, "csv") == 0)
		err = plain_csv_write(&w.file, p, &w.progress);
	else
		err = vault_plain_write(p, &to);
	progress_end(&w.progress);
	vault_plain_info(&info, p);
	if (w.file.error != 0) {
		status = outfile_fault(&w.file);
	} else if (err == VAULT_EBUSY && info.changed) {
		say_error(SAY_EXPORT_CHANGED, NULL);
		say_hint(SAY_HINT_EXPORT_AGAIN, NULL);
		status = say_status(err);
	} else if (err != VAULT_OK) {
		status = session_fault(s, err);
	}
	return outfile_end(&w.file, status);
}

static int
say_done(const struct plain_wanted *want, struct showing *show,
    const struct vault_plain_info *info)
{
	struct doc *d;

	if (strcmp(want->file, "-") == 0)
		return 0;
	if (!say_is_json()) {
		say_line(SAY_EXPORTED, want->file, NULL);
		say_hint(SAY_HINT_PLAIN, NULL);
		return 0;
	}
	d = doc_object();
	doc_text(d, "file", want->file);
	doc_int(d, "records", (int64_t)info->records);
	doc_int(d, "held", (int64_t)info->held);
	doc_put(d, "list", show->array);
	show->array = NULL;
	return doc_print(d);
}

static int
confirm_and_write(struct cli *c, struct session *s,
    const struct plain_wanted *want, struct vault_plain *p,
    struct showing *show)
{
	struct vault_plain_info info;
	const char *whom = want->unfiltered ? "-" : want->audience;
	int status;

	vault_plain_info(&info, p);
	if (!say_is_json())
		show_list(show, &info, strcmp(want->file, "-") == 0);
	if (info.records == 0) {
		say_error(
		    info.held == 0 ? SAY_EXPORT_NOTHING : SAY_EXPORT_ALL_HELD,
		    NULL);
		if (info.held == 0)
			(void)doubt_say(
			    buf_text(&want->query), want->query.len);
		return info.held == 0 ? 15 : 17;
	}
	if (want->the_case == NULL && strcmp(want->format, "csv") == 0 &&
	    info.types > 1) {
		say_error(SAY_PLAIN_TYPES, say_number(info.types), NULL);
		say_hint(SAY_HINT_PLAIN_TYPES, NULL);
		return 2;
	}
	if ((status = named_verdict(c, s, &show->named, info.short_names,
		 want->parts_checked, whom)) != 0)
		return status;
	vault_plain_confirm_parts(p);
	say_warning(
	    want->unfiltered ? SAY_PLAIN_UNFILTERED : SAY_PLAIN_OPEN, NULL);
	if (!ask_yes(c, false, SAY_ASK_PLAIN, want->file)) {
		say_error(SAY_EXPORT_STOPPED, NULL);
		return 1;
	}
	if ((status = write_file(s, p, want)) == 0)
		status = say_done(want, show, &info);
	return status;
}

/* Which of the two is no audience, or no case. */
static int
wrong_use(const struct plain_wanted *want)
{
	for (size_t i = 0; want->the_case != NULL; i++) {
		const char *audience = vault_audience(i);

		if (audience == NULL)
			break;
		if (want->unfiltered || strcmp(audience, want->audience) == 0) {
			say_error(SAY_DOSSIER_NO_CASE, NULL);
			return 2;
		}
	}
	return may_no_audience(want->audience);
}

static int
run(struct cli *c, struct session *s, const struct plain_wanted *want)
{
	struct vault_plain_what what = { .query = buf_text(&want->query),
		.query_len = want->query.len,
		.the_case = want->the_case,
		.audience = want->unfiltered ? NULL : want->audience,
		.named = note_named,
		.progress = look_step };
	struct showing show = { .array = doc_array() };
	struct vault_plain *p;
	enum vault_err err;
	int status;

	host_catch_interrupts();
	progress_begin(&show.progress, SAY_PROGRESS_NAMES);
	err = vault_plain_new(&p, s->vault, &what, gather, &show);
	progress_end(&show.progress);
	if (err == VAULT_EUSE)
		status = wrong_use(want);
	else if (err != VAULT_OK)
		status = session_fault(s, err);
	else
		status = confirm_and_write(c, s, want, p, &show);
	vault_plain_free(p);
	doc_free(show.array);
	named_free(&show.named);
	buf_free(&show.leaves);
	buf_free(&show.held);
	return status;
}

int
plain_run(struct cli *c, struct plain_wanted *want, const char *case_text)
{
	struct session s = { .agent = -1 };
	char id[VAULT_ID_LEN];
	int status;

	status = session_open_asking(&s, NULL, c, SAY_ASK_PASS_CURRENT);
	if (status == 0 && case_text != NULL &&
	    (status = pick_id(id, &s, case_text)) == 0)
		want->the_case = id;
	if (status == 0)
		status = run(c, &s, want);
	session_close(&s);
	return status;
}

int
plain_export(struct cli *c, int argc, char **argv)
{
	struct plain_wanted want = { .unfiltered = false };
	const struct option_of options[] = {
		{ "--plain", &want.format, NULL },
		{ "--audience", &want.audience, NULL },
		{ "-o", &want.file, NULL },
		{ "--unfiltered", NULL, &want.unfiltered },
		{ "--parts-checked", NULL, &want.parts_checked },
	};
	int words = cli_options(argc, argv, options, 5), status;

	for (int i = 1; i <= words; i++)
		buf_putf(&want.query, "%s%s", i > 1 ? " " : "", argv[i]);
	if (words < 0 || want.format == NULL ||
	    (strcmp(want.format, "json") != 0 &&
		strcmp(want.format, "csv") != 0) ||
	    want.file == NULL || (want.audience != NULL) == want.unfiltered)
		status = say_usage(USAGE);
	else
		status = plain_run(c, &want, NULL);
	buf_free(&want.query);
	return status;
}
