/* SPDX-License-Identifier: ISC */
/*
 * export: records to other offices.  Before there is a file it is said what
 * leaves, what is held back and why.
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "care.h"
#include "doubt.h"
#include "host.h"
#include "leaving.h"
#include "outfile.h"
#include "pick.h"
#include "plain.h"

#define USAGE                                                                  \
	"export [QUERY ...] --to CONTACT ... -o FILE [--include ID ...]"       \
	" [--with-sources] [--unsigned] [--parts-checked],"                    \
	" or export --plain json|csv [QUERY ...]"                              \
	" (--audience AUDIENCE | --unfiltered) -o FILE [--parts-checked]"
#define LIST_MAX 64

/* to and include may be given more than once. */
struct wanted {
	const char *to[LIST_MAX];
	const char *include[LIST_MAX];
	char id[LIST_MAX][VAULT_ID_LEN];
	size_t n_to, n_include;
	const char *file;
	bool with_sources, is_unsigned, parts_checked;
	struct buf query;
	int words;
};

static bool
read_words(struct wanted *w, int argc, char **argv)
{
	const struct option_of options[] = {
		{ "--to", NULL, NULL },
		{ "--include", NULL, NULL },
		{ "-o", &w->file, NULL },
		{ "--with-sources", NULL, &w->with_sources },
		{ "--unsigned", NULL, &w->is_unsigned },
		{ "--parts-checked", NULL, &w->parts_checked },
	};

	if (!cli_values(&argc, argv, "--to", w->to, &w->n_to, LIST_MAX) ||
	    !cli_values(&argc, argv, "--include", w->include, &w->n_include,
		LIST_MAX) ||
	    (w->words = cli_options(argc, argv, options,
		 sizeof(options) / sizeof(options[0]))) < 0)
		return false;
	cli_join(&w->query, argv + 1, w->words);
	return w->n_to > 0 && w->file != NULL && w->file[0] != '\0';
}

/* ---- What leaves ---- */

struct showing {
	struct leaving l;
	struct buf tombstones;
	char level_2[VAULT_ID_LEN]; /* one that is held back for it, or "" */
	char consent[VAULT_ID_LEN]; /* the same for want of a consent */
};

static const char *
word_of(enum vault_leaves leaves)
{
	switch (leaves) {
	case VAULT_LEAVES:
		return "leaves";
	case VAULT_HELD_LEVEL_3:
		return "level-3";
	case VAULT_HELD_LEVEL_2:
		return "level-2";
	case VAULT_HELD_WITHHELD:
		return "withheld";
	case VAULT_HELD_FORGOTTEN:
		return "forgotten";
	case VAULT_HELD_OPENED:
		return "opened";
	case VAULT_HELD_LIMITED:
		return "limited";
	case VAULT_HELD_CONSENT:
		return "consent";
	case VAULT_HELD_UNNAMED:
		return "unnamed";
	case VAULT_LEAVES_TOMBSTONE:
		return "tombstone";
	}
	return "";
}

static enum say
reason_of(enum vault_leaves leaves)
{
	switch (leaves) {
	case VAULT_LEAVES:
		return SAY_LEAVES;
	case VAULT_HELD_LEVEL_3:
		return SAY_HELD_LEVEL_3;
	case VAULT_HELD_LEVEL_2:
		return SAY_HELD_LEVEL_2;
	case VAULT_HELD_WITHHELD:
		return SAY_HELD_WITHHELD;
	case VAULT_HELD_FORGOTTEN:
		return SAY_HELD_FORGOTTEN;
	case VAULT_HELD_OPENED:
		return SAY_HELD_OPENED;
	case VAULT_HELD_LIMITED:
		return SAY_HELD_LIMITED;
	case VAULT_HELD_CONSENT:
		return SAY_HELD_CONSENT;
	case VAULT_HELD_UNNAMED:
		return SAY_HELD_UNNAMED;
	case VAULT_LEAVES_TOMBSTONE:
		return SAY_LEAVES;
	}
	return SAY_LEAVES;
}

static void
add_doc(struct showing *show, const struct vault_leaving *l)
{
	struct doc *d = doc_object();

	doc_text(d, "id", l->id);
	doc_text(d, "type", l->type);
	doc_text(d, "title", l->title);
	doc_bool(d, "leaves",
	    l->leaves == VAULT_LEAVES || l->leaves == VAULT_LEAVES_TOMBSTONE);
	if (l->leaves == VAULT_LEAVES_TOMBSTONE)
		doc_bool(d, "tombstone", true);
	else if (l->leaves != VAULT_LEAVES)
		doc_text(d, "held", word_of(l->leaves));
	doc_int(d, "versions", (int64_t)l->versions);
	doc_int(d, "attachments", (int64_t)l->attachments);
	doc_bool(d, "parts_held", l->parts_held);
	doc_bool(d, "opened", l->opened);
	doc_int(d, "files_held", (int64_t)l->files_held);
	doc_put(show->l.array, NULL, d);
}

static void
add_row(struct showing *show, const struct vault_leaving *l)
{
	bool leaves = l->leaves == VAULT_LEAVES;
	enum say why = SAY_COUNT;

	if (!leaves)
		why = reason_of(l->leaves);
	else if (l->files_held > 0)
		why = SAY_LEAVES_WITHOUT_FILES;
	else if (l->parts_held)
		why = l->opened ? SAY_LEAVES_PARTLY_OPENED : SAY_LEAVES_PARTLY;
	leaving_row(leaves ? &show->l.leaves : &show->l.held, l->id, l->type,
	    why, l->title);
}

static void
gather(void *ctx, const struct vault_leaving *l)
{
	struct showing *show = ctx;

	if (l->leaves == VAULT_HELD_LEVEL_2)
		memcpy(show->level_2, l->id, sizeof(show->level_2));
	if (l->leaves == VAULT_HELD_CONSENT || l->leaves == VAULT_HELD_UNNAMED)
		memcpy(show->consent, l->id, sizeof(show->consent));
	if (say_is_json())
		add_doc(show, l);
	else if (l->leaves == VAULT_LEAVES_TOMBSTONE)
		buf_putf(&show->tombstones, "  %s\n", l->id);
	else
		add_row(show, l);
}

/* On standard error if the bundle goes to standard output. */
static void
show_list(const struct showing *show, const struct vault_export_info *info,
    const char *file)
{
	struct buf all = { 0 };

	say_put(&all, SAY_LEAVE_HEAD, say_number(info->records),
	    say_number(info->versions), say_number(info->attachments),
	    say_size(info->bytes), NULL);
	buf_put_byte(&all, '\n');
	buf_put(&all, show->l.leaves.bytes, show->l.leaves.len);
	if (info->tombstones > 0) {
		say_put(&all, SAY_TOMBSTONES_HEAD, say_number(info->tombstones),
		    NULL);
		buf_put_byte(&all, '\n');
		buf_put(&all, show->tombstones.bytes, show->tombstones.len);
	}
	if (info->tombstones_held > 0) {
		say_put(&all, SAY_TOMBSTONES_HELD,
		    say_number(info->tombstones_held), NULL);
		buf_put_byte(&all, '\n');
	}
	leaving_show(&all, &show->l, info->held, file);
}

/* ---- Writing ---- */

static int
write_fault(const struct session *s, enum vault_err err, struct vault_export *e)
{
	struct vault_export_info info;

	vault_export_info(&info, e);
	if (err != VAULT_EBUSY || !info.changed)
		return session_fault(s, err);
	return leaving_changed(SAY_HINT_EXPORT_AGAIN);
}

static int
write_bundle(
    char *id, struct session *s, struct vault_export *e, const char *file)
{
	struct outfile out = { 0 };
	struct vault_sink to = { &out, outfile_write, outfile_step };
	enum vault_err err;
	int status;

	if ((status = outfile_begin_bytes(&out, file)) != 0)
		return status;
	host_catch_interrupts();
	progress_begin(&out.progress, SAY_PROGRESS_EXPORTING);
	err = vault_export_write(id, e, &to);
	progress_end(&out.progress);
	if (out.error != 0)
		status = outfile_fault(&out);
	else if (err != VAULT_OK)
		status = write_fault(s, err, e);
	return outfile_end(&out, status);
}

static int
say_done(const struct wanted *want, struct showing *show,
    const struct vault_export_info *info, const char *id)
{
	struct doc *d;

	if (strcmp(want->file, "-") == 0)
		return 0;
	if (!say_is_json()) {
		say_line(SAY_EXPORTED, want->file, NULL);
		say_hint(SAY_HINT_EXPORTED, NULL);
		return 0;
	}
	d = doc_object();
	doc_text(d, "file", want->file);
	doc_text(d, "bundle", id);
	doc_bool(d, "signed", !want->is_unsigned);
	doc_int(d, "records", (int64_t)info->records);
	doc_int(d, "versions", (int64_t)info->versions);
	doc_int(d, "attachments", (int64_t)info->attachments);
	doc_int(d, "held", (int64_t)info->held);
	doc_int(d, "tombstones", (int64_t)info->tombstones);
	doc_int(d, "tombstones_held", (int64_t)info->tombstones_held);
	doc_put(d, "list", show->l.array);
	show->l.array = NULL;
	return doc_print(d);
}

/* One hint: what can be done first. */
static void
hint_held(const struct showing *show)
{
	if (show->consent[0] != '\0')
		say_hint(SAY_HINT_CONSENT, show->consent, "partner", NULL);
	else if (show->level_2[0] != '\0')
		say_hint(SAY_HINT_INCLUDE, show->level_2, NULL);
}

static int
nothing_leaves(const struct showing *show, const struct vault_export_info *info,
    const struct wanted *want)
{
	if (info->held == 0) {
		say_error(SAY_EXPORT_NOTHING, NULL);
		(void)doubt_say(buf_text(&want->query), want->query.len);
		return 15;
	}
	say_error(SAY_EXPORT_ALL_HELD, NULL);
	hint_held(show);
	return 17;
}

/* The question names all who get it. */
static bool
may_write(const struct cli *c, const struct wanted *want)
{
	struct buf names = { 0 };
	bool yes;

	for (size_t i = 0; i < want->n_to; i++)
		buf_putf(&names, "%s%s", i > 0 ? ", " : "", want->to[i]);
	yes = buf_ok(&names) == VAULT_OK &&
	    ask_yes(c, false, SAY_ASK_EXPORT, buf_text(&names));
	buf_free(&names);
	return yes;
}

static int
confirm_and_write(struct cli *c, struct session *s, const struct wanted *want,
    struct vault_export *e, struct showing *show)
{
	char id[VAULT_BUNDLE_LEN];
	struct vault_export_info info;
	int status;

	vault_export_info(&info, e);
	if (!say_is_json())
		show_list(show, &info, want->file);
	if (info.records + info.tombstones == 0)
		return nothing_leaves(show, &info, want);
	if ((status = named_verdict(c, s, &show->l.named, info.short_names,
		 want->parts_checked, "partner")) != 0)
		return status;
	vault_export_confirm_parts(e);
	hint_held(show);
	if (info.n_unknown > 0)
		say_warning(SAY_EXPORT_UNKNOWN, info.unknown, NULL);
	if (info.n_unknown == 1)
		say_hint(SAY_HINT_VERIFY, say_word(info.unknown), NULL);
	if (want->is_unsigned)
		say_warning(SAY_EXPORT_UNSIGNED, NULL);
	if (!may_write(c, want)) {
		say_error(SAY_EXPORT_STOPPED, NULL);
		return 1;
	}
	if ((status = write_bundle(id, s, e, want->file)) == 0)
		status = say_done(want, show, &info, id);
	return status;
}

struct why {
	const char *name;
	bool revoked;
};

static bool
look_why(void *ctx, const struct vault_contact *c)
{
	struct why *w = ctx;

	if (strcmp(c->name, w->name) == 0)
		w->revoked = c->revoked != 0 && !c->frozen;
	return true;
}

/* Its key was revoked, or two are announced. */
static int
no_sending(const struct session *s, const char *which)
{
	struct why w = { which, false };

	if (vault_contacts(s->vault, look_why, &w) != VAULT_OK)
		w.revoked = false;
	say_error(
	    w.revoked ? SAY_EXPORT_REVOKED : SAY_EXPORT_FROZEN, which, NULL);
	if (w.revoked)
		say_hint(SAY_HINT_REVOKED, NULL);
	else
		say_hint(SAY_HINT_FROZEN, say_word(which), NULL);
	return 17;
}

static int
new_fault(const struct session *s, enum vault_err err, const char *which)
{
	switch ((int)err) {
	case VAULT_ENORECORD:
		say_error(SAY_NO_CONTACT, which, NULL);
		say_hint(SAY_HINT_CONTACTS, NULL);
		return 15;
	case VAULT_EREFUSED:
		return no_sending(s, which);
	case VAULT_ECONFLICT:
		say_error(SAY_EXPORT_ANNOUNCED, which, NULL);
		say_hint(SAY_HINT_VERIFY, say_word(which), NULL);
		return 17;
	case VAULT_EVERSION:
		say_error(SAY_EXPORT_NO_KEY, which, NULL);
		return 21;
	case VAULT_EUSE:
		say_error(SAY_EXPORT_TWICE, which, NULL);
		return 2;
	default:
		return session_fault(s, err);
	}
}

static int export(struct cli *c, struct session *s, struct wanted *want)
{
	struct vault_export_what what = {
		.query = want->words > 0 || want->n_include == 0
		    ? buf_text(&want->query)
		    : NULL,
		.query_len = want->query.len,
		.to = want->to,
		.n_to = want->n_to,
		.include = want->include,
		.n_include = want->n_include,
		.with_sources = want->with_sources,
		.is_unsigned = want->is_unsigned,
		.named = leaving_named,
		.progress = leaving_look,
	};
	struct showing show = { 0 };
	struct vault_export *e;
	enum vault_err err;
	const char *which;
	int status;

	for (size_t i = 0; i < want->n_include; i++) {
		if ((status = pick_id(want->id[i], s, want->include[i])) != 0)
			return status;
		want->include[i] = want->id[i];
	}
	show.l.array = doc_array();
	host_catch_interrupts();
	progress_begin(&show.l.progress, SAY_PROGRESS_NAMES);
	err = vault_export_new(&e, s->vault, &what, &which, gather, &show);
	progress_end(&show.l.progress);
	status = err == VAULT_OK ? confirm_and_write(c, s, want, e, &show)
				 : new_fault(s, err, which);
	vault_export_free(e);
	leaving_free(&show.l);
	buf_free(&show.tombstones);
	return status;
}

int
cmd_export(struct cli *c, int argc, char **argv)
{
	struct wanted *want;
	struct session s;
	int status;

	if (plain_is_wanted(argc, argv))
		return plain_export(c, argc, argv);
	want = calloc(1, sizeof(*want));
	if (want == NULL)
		return say_fault(VAULT_ENOMEM, NULL, NULL);
	if (!read_words(want, argc, argv)) {
		status = say_usage(USAGE);
	} else if ((status = session_open(&s, c)) == 0) {
		/* Others would take what is damaged for what we say. */
		if ((status = care_check(s.vault, CARE_SUM, SAY_COUNT)) == 0)
			status = export(c, &s, want);
		else if (status == 13)
			say_hint(SAY_HINT_EXPORT_DAMAGED, NULL);
		session_close(&s);
	}
	buf_free(&want->query);
	free(want);
	return status;
}
