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
#include "leaving.h"
#include "outfile.h"
#include "pick.h"
#include "plain.h"
#include "plain_csv.h"

#define USAGE                                                                  \
	"export --plain json|csv [QUERY ...]"                                  \
	" (--audience AUDIENCE | --unfiltered)"                                \
	" -o FILE [--parts-checked]"

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
	struct leaving *show = ctx;
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
	leaving_row(to, row->id, row->type,
	    row->why == VAULT_MAY ? SAY_COUNT : may_reason(row->why),
	    row->title);
}

static int
write_file(
    struct session *s, struct vault_plain *p, const struct plain_wanted *want)
{
	struct outfile file = { 0 };
	struct vault_sink to = { &file, outfile_write, outfile_step };
	struct vault_plain_info info;
	enum vault_err err;
	int status;

	if ((status = outfile_begin(&file, want->file)) != 0)
		return status;
	host_catch_interrupts();
	progress_begin(&file.progress, SAY_PROGRESS_EXPORTING);
	if (want->the_case != NULL)
		err = dossier_write(
		    &file, p, want->unfiltered ? NULL : want->audience);
	else if (strcmp(want->format, "csv") == 0)
		err = plain_csv_write(&file, p);
	else
		err = vault_plain_write(p, &to);
	progress_end(&file.progress);
	vault_plain_info(&info, p);
	if (file.error != 0)
		status = outfile_fault(&file);
	else if (err == VAULT_EBUSY && info.changed)
		status = leaving_changed(SAY_HINT_EXPORT_AGAIN);
	else if (err != VAULT_OK)
		status = session_fault(s, err);
	return outfile_end(&file, status);
}

static int
say_done(const struct plain_wanted *want, struct leaving *show,
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
	if (want->the_case != NULL)
		doc_int(d, "several_records", (int64_t)info->several);
	doc_put(d, "list", show->array);
	show->array = NULL;
	return doc_print(d);
}

static int
confirm_and_write(struct cli *c, struct session *s,
    const struct plain_wanted *want, struct vault_plain *p,
    struct leaving *show)
{
	struct vault_plain_info info;
	const char *whom = want->unfiltered ? "-" : want->audience;
	struct buf all = { 0 };
	int status;

	vault_plain_info(&info, p);
	if (!say_is_json()) {
		say_put(&all, SAY_PLAIN_HEAD, say_number(info.records), NULL);
		buf_put_byte(&all, '\n');
		buf_put(&all, show->leaves.bytes, show->leaves.len);
		leaving_show(&all, show, info.held, want->file);
	}
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
	if (info.several > 0) {
		say_warning(
		    SAY_DOSSIER_SEVERAL, say_number(info.several), NULL);
		say_hint(SAY_HINT_DOSSIER_SEVERAL, NULL);
	}
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
		.named = leaving_named,
		.progress = leaving_look };
	struct leaving show = { .array = doc_array() };
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
	leaving_free(&show);
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

	cli_join(&want.query, argv + 1, words);
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
