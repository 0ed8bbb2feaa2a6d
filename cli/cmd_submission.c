/* SPDX-License-Identifier: ISC */
/*
 * submission: a text draft for a form of the United Nations, of one person.
 *
 * What the form asks for and is not there is said first: a person can still
 * look for it, or decide to send what there is.  Then it is written as a plain
 * export is: the passphrase is asked for again, names refuse it, and it is
 * logged.
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "host.h"
#include "leaving.h"
#include "outfile.h"
#include "pick.h"
#include "plain.h"

#define USAGE                                                                  \
	"submission wgeid|wgad|sr-torture|special-procedures PERSON -o FILE"   \
	" [--relation TEXT] [--lang en|fr|es] [--parts-checked] [--keep]"

struct wanted {
	const char *form, *file, *relation, *lang;
	char person[VAULT_ID_LEN];
	bool parts_checked, keep;
	struct vault_submission_kept kept; /* what it was kept as */
};

struct showing {
	struct leaving l; /* array: of what stays behind */
	struct buf gaps, same, differing;
	struct buf conditions; /* beginnings of ids, a NUL behind each */
	struct doc *gap_docs, *same_docs, *differing_docs;
};

static void
showing_free(struct showing *show)
{
	leaving_free(&show->l);
	buf_free(&show->gaps);
	buf_free(&show->same);
	buf_free(&show->differing);
	buf_free(&show->conditions);
	doc_free(show->gap_docs);
	doc_free(show->same_docs);
	doc_free(show->differing_docs);
}

/* ---- What is missing ---- */

static const struct {
	const char *word;
	enum say sentence;
} gap_whys[] = {
	[VAULT_GAP_ABSENT] = { "absent", SAY_GAP_ABSENT },
	[VAULT_GAP_VAGUE] = { "vague", SAY_GAP_VAGUE },
	[VAULT_GAP_KEPT] = { "kept-back", SAY_GAP_KEPT },
	[VAULT_GAP_UNNAMED] = { "unnamed", SAY_GAP_UNNAMED },
};

static void
add_gap_doc(struct showing *show, const struct vault_gap *g)
{
	struct doc *d = doc_object();

	doc_text(d, "need", g->need);
	doc_bool(d, "must", g->must);
	doc_text(d, "section", g->section);
	doc_text(d, "label", g->label);
	doc_text(d, "fields", g->paths);
	doc_text(d, "why", gap_whys[g->why].word);
	if (g->record[0] != '\0')
		doc_text(d, "record", g->record);
	doc_put(show->gap_docs, NULL, d);
}

/* The command that writes it, if one does. */
static void
put_command(struct buf *out, const struct vault_gap *g)
{
	char id[PICK_SHORT + 1] = "";

	buf_put_text(out, ": ");
	if (g->why == VAULT_GAP_KEPT || g->why == VAULT_GAP_UNNAMED) {
		say_put(out, gap_whys[g->why].sentence, NULL);
	} else if (g->type[0] == '\0') {
		say_put(out, SAY_GAP_OPTION, g->paths, NULL);
	} else if (g->record[0] == '\0') {
		say_put(out, SAY_GAP_NEW, g->type, NULL);
	} else {
		memcpy(id, g->record, PICK_SHORT);
		say_put(out, SAY_GAP_EDIT, id, g->field, NULL);
	}
}

/* "  (b)  Date of arrest ...: status.date act.date: amparo new status" */
static void
add_gap(void *ctx, const struct vault_gap *g)
{
	struct showing *show = ctx;
	struct buf *out = &show->gaps;

	if (say_is_json()) {
		add_gap_doc(show, g);
		return;
	}
	buf_putf(out, "  %s\t%s\t", say_label(g->need), g->label);
	buf_put_text(out, g->paths);
	put_command(out, g);
	if (g->why == VAULT_GAP_VAGUE) {
		buf_put_text(out, "; ");
		say_put(out, SAY_GAP_VAGUE, NULL);
	}
	buf_put_byte(out, '\n');
}

/* ---- Records of the same person ---- */

/* Those that are in it; that the others are not is told where it stays. */
static void
add_same(void *ctx, const struct vault_submission_same *r)
{
	struct showing *show = ctx;
	char begun[PICK_SHORT + 1] = "", by[PICK_SHORT + 1] = "";
	struct doc *d;

	if (!r->used)
		return;
	memcpy(begun, r->id, PICK_SHORT);
	memcpy(by, r->by, r->by[0] == '\0' ? 0 : PICK_SHORT);
	if (say_is_json()) {
		d = doc_object();
		doc_text(d, "id", r->id);
		doc_text(d, "consent", r->by);
		doc_bool(d, "conditions", r->conditions);
		doc_put(show->same_docs, NULL, d);
		return;
	}
	say_put(&show->same, SAY_SUBMISSION_SAME, r->title, begun, by, NULL);
	buf_put_byte(&show->same, '\n');
	if (r->conditions)
		buf_put(&show->conditions, by, sizeof(by));
}

/* "  Date of birth  person.born  5031hqst: amparo edit 5031hqst ..." */
static void
add_difference(void *ctx, const struct vault_difference *diff)
{
	struct showing *show = ctx;
	const char *const ids[] = { diff->a, diff->b };
	const char *field = strchr(diff->path, '.') + 1;
	struct buf *out = &show->differing;
	struct doc *d, *records;

	if (say_is_json()) {
		d = doc_object();
		records = doc_array();
		doc_text(d, "label", diff->label);
		doc_text(d, "field", field);
		doc_text(records, NULL, diff->a);
		doc_text(records, NULL, diff->b);
		doc_put(d, "records", records);
		doc_put(show->differing_docs, NULL, d);
		return;
	}
	buf_putf(out, "  %s\t%s", diff->label, diff->path);
	for (size_t i = 0; i < 2; i++) {
		char id[PICK_SHORT + 1] = "";

		memcpy(id, ids[i], PICK_SHORT);
		buf_put_text(out, i == 0 ? ": " : "; ");
		say_put(out, SAY_GAP_EDIT, id, field, NULL);
	}
	buf_put_byte(out, '\n');
}

static void
add_kept(void *ctx, const struct vault_kept_back *k)
{
	struct showing *show = ctx;
	struct buf type = { 0 };
	struct doc *d;

	if (say_is_json()) {
		d = doc_object();
		doc_text(d, "id", k->id);
		doc_text(d, "type", k->type);
		if (k->field[0] != '\0')
			doc_text(d, "field", k->field);
		doc_text(d, "why",
		    k->field[0] != '\0' ? "private" : may_word(k->why));
		doc_put(show->l.array, NULL, d);
		return;
	}
	buf_putf(
	    &type, "%s%s%s", k->type, k->field[0] == '\0' ? "" : ".", k->field);
	leaving_row(&show->l.held, k->id, buf_text(&type),
	    k->field[0] != '\0' ? SAY_KEPT_PRIVATE : may_reason(k->why),
	    k->title);
	buf_free(&type);
}

static void
put_sentence(struct buf *out, enum say what, const char *count)
{
	say_put(out, what, count, NULL);
	buf_put_byte(out, '\n');
}

static void
warn_conditions(const char *consent)
{
	say_warning(SAY_SUBMISSION_CONDITIONS, consent, NULL);
	say_hint(SAY_HINT_CONDITIONS, consent, NULL);
}

/* What was gathered, what is missing or stays behind, and if it is urgent. */
static void
show_all(const struct showing *show, const struct vault_submission_info *info)
{
	struct buf all = { 0 };
	char by[PICK_SHORT + 1] = "";

	memcpy(by, info->by, PICK_SHORT);
	buf_put(&all, show->same.bytes, show->same.len);
	if (info->differences > 0) {
		put_sentence(
		    &all, SAY_DIFFERENCES_HEAD, say_number(info->differences));
		buf_put(&all, show->differing.bytes, show->differing.len);
	}
	if (info->must + info->known > 0) {
		put_sentence(
		    &all, SAY_GAPS_HEAD, say_number(info->must + info->known));
		buf_put(&all, show->gaps.bytes, show->gaps.len);
	}
	if (show->l.held.len > 0) {
		say_put(&all, SAY_KEPT_HEAD, NULL);
		buf_put_byte(&all, '\n');
		buf_put(&all, show->l.held.bytes, show->l.held.len);
	}
	say_put(&all, SAY_SUBMISSION_URGENCY, info->urgency_words, NULL);
	buf_put_byte(&all, '\n');
	say_lines_aside(&all);
	buf_free(&all);
	if (info->must > 0)
		say_warning(SAY_FORM_INCOMPLETE, say_number(info->must), NULL);
	if (info->conditions)
		warn_conditions(by);
	for (size_t at = 0; at < show->conditions.len; at += PICK_SHORT + 1)
		warn_conditions(buf_text(&show->conditions) + at);
	if (info->others > 0)
		say_warning(
		    SAY_SUBMISSION_OTHERS, say_number(info->others), NULL);
	if (info->disagreeing > 0)
		say_warning(SAY_SUBMISSION_DISAGREE,
		    say_number(info->disagreeing), NULL);
}

/* ---- Writing ---- */

static int
write_fault(const struct session *s, enum vault_err err, bool changed)
{
	if (err != VAULT_EBUSY || !changed)
		return session_fault(s, err);
	return leaving_changed(SAY_HINT_SUBMIT_AGAIN);
}

/* With --json on standard output the draft is a part of the answer. */
static bool
is_within_json(const struct wanted *want)
{
	return say_is_json() && strcmp(want->file, "-") == 0;
}

static enum vault_err
write_nothing(void *ctx, const void *bytes, size_t len)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	return VAULT_OK;
}

static int
write_file(struct session *s, struct vault_submission *sub, struct wanted *want)
{
	struct outfile file = { .fd = -1 };
	bool within = is_within_json(want);
	struct vault_sink to = { &file, within ? write_nothing : outfile_write,
		NULL };
	struct vault_submission_info info;
	enum vault_err err;
	int status = 0;

	if (!within && (status = outfile_begin(&file, want->file)) != 0)
		return status;
	err = vault_submission_write(sub, &to, want->keep ? &want->kept : NULL);
	vault_submission_info(&info, sub);
	if (file.error != 0)
		status = outfile_fault(&file);
	else if (err != VAULT_OK)
		status = write_fault(s, err, info.changed);
	return within ? status : outfile_end(&file, status);
}

static const char *
urgency_word(enum vault_urgency urgency)
{
	switch (urgency) {
	case VAULT_NOT_URGENT:
		return "no";
	case VAULT_PERHAPS_URGENT:
		return "possibly";
	case VAULT_URGENT:
		return "yes";
	}
	return "";
}

static int
print_doc(const struct wanted *want, struct showing *show,
    const struct vault_submission *sub)
{
	struct vault_submission_info info;
	const struct buf *text = vault_submission_text(sub);
	struct doc *d = doc_object();

	vault_submission_info(&info, sub);
	doc_text(d, "form", want->form);
	doc_text(d, "person", want->person);
	doc_text(d, "file", want->file);
	doc_text(d, "consent", info.by);
	doc_bool(d, "conditions", info.conditions);
	doc_bool(d, "complete", info.must == 0);
	doc_text(d, "urgent", urgency_word(info.urgency));
	doc_text(d, "urgency", info.urgency_words);
	doc_int(d, "other_records", (int64_t)info.others);
	doc_int(d, "records", (int64_t)info.records);
	if (want->keep) {
		doc_text(d, "intervention", want->kept.intervention);
		doc_text(d, "document", want->kept.document);
	}
	doc_put(d, "missing", show->gap_docs);
	doc_put(d, "withheld", show->l.array);
	doc_put(d, "same_person", show->same_docs);
	doc_put(d, "contradictions", show->differing_docs);
	show->gap_docs = show->l.array = NULL;
	show->same_docs = show->differing_docs = NULL;
	if (is_within_json(want) && text != NULL)
		doc_text(d, "draft", buf_text(text));
	return doc_print(d);
}

/* Standard output is the draft alone, where that goes there. */
static void
say_kept(const struct wanted *want)
{
	struct buf line = { 0 };
	char id[PICK_SHORT + 1] = "";

	say_put(&line, SAY_SUBMISSION_KEPT, want->kept.intervention,
	    want->kept.document, NULL);
	buf_put_byte(&line, '\n');
	say_lines_aside(&line);
	memcpy(id, want->kept.intervention, PICK_SHORT);
	say_hint(SAY_HINT_SUBMISSION_KEPT, id, NULL);
	buf_free(&line);
}

static int
say_done(const struct wanted *want, struct showing *show,
    const struct vault_submission *sub)
{
	if (say_is_json())
		return print_doc(want, show, sub);
	if (strcmp(want->file, "-") != 0)
		say_line(SAY_EXPORTED, want->file, NULL);
	if (want->keep)
		say_kept(want);
	say_hint(SAY_HINT_SUBMISSION, NULL);
	return 0;
}

static int
refuse(const struct wanted *want, const struct vault_submission_info *info)
{
	char id[PICK_SHORT + 1] = "", by[PICK_SHORT + 1] = "";

	memcpy(id, want->person, PICK_SHORT);
	memcpy(by, info->by, info->by[0] == '\0' ? 0 : PICK_SHORT);
	switch (info->refused) {
	case VAULT_SUBMISSION_GIVEN_BY:
		say_error(SAY_SUBMISSION_GIVEN_BY, by, id, NULL);
		break;
	case VAULT_SUBMISSION_CONSENT:
		say_error(SAY_SUBMISSION_CONSENT, id, NULL);
		break;
	default:
		say_error(SAY_SUBMISSION_RECORD, id, NULL);
	}
	say_hint(SAY_HINT_CONSENT, id, "un", NULL);
	return 17;
}

static int
confirm_and_write(struct cli *c, struct session *s, struct wanted *want,
    struct vault_submission *sub, struct showing *show)
{
	struct vault_submission_info info;
	int status;

	vault_submission_info(&info, sub);
	if (info.refused != VAULT_SUBMISSION_MAY)
		return refuse(want, &info);
	if (!say_is_json())
		show_all(show, &info);
	if ((status = named_verdict(c, s, &show->l.named, info.short_names,
		 want->parts_checked, "un")) != 0)
		return status;
	vault_submission_confirm_parts(sub);
	say_warning(SAY_PLAIN_OPEN, NULL);
	if (!ask_yes(c, false, SAY_ASK_PLAIN, want->file)) {
		say_error(SAY_EXPORT_STOPPED, NULL);
		return 1;
	}
	if ((status = write_file(s, sub, want)) == 0)
		status = say_done(want, show, sub);
	return status;
}

static int
run(struct cli *c, struct session *s, struct wanted *want)
{
	struct showing show = { .l.array = doc_array(),
		.gap_docs = doc_array(),
		.same_docs = doc_array(),
		.differing_docs = doc_array() };
	struct vault_submission_what what = { .form = want->form,
		.person = want->person,
		.relation = want->relation,
		.lang = want->lang,
		.same = add_same,
		.differs = add_difference,
		.gap = add_gap,
		.kept = add_kept,
		.named = leaving_named,
		.progress = leaving_look,
		.ctx = &show };
	struct vault_submission *sub;
	enum vault_err err;
	int status;

	host_catch_interrupts();
	progress_begin(&show.l.progress, SAY_PROGRESS_NAMES);
	err = vault_submission_new(&sub, s->vault, &what);
	progress_end(&show.l.progress);
	if (err == VAULT_EUSE) {
		say_error(SAY_NO_PERSON, NULL);
		status = 2;
	} else if (err != VAULT_OK) {
		status = session_fault(s, err);
	} else {
		status = confirm_and_write(c, s, want, sub, &show);
	}
	vault_submission_free(sub);
	showing_free(&show);
	return status;
}

static int
check_language(const char *lang)
{
	struct buf all = { 0 };
	bool known = lang == NULL;

	for (size_t i = 0; vault_form_language(i) != NULL; i++) {
		buf_putf(
		    &all, "%s%s", i > 0 ? ", " : "", vault_form_language(i));
		known = known || strcmp(vault_form_language(i), lang) == 0;
	}
	if (!known) {
		say_error(SAY_FORM_LANG, lang, NULL);
		say_hint(SAY_HINT_AUDIENCES, buf_text(&all), NULL);
	}
	buf_free(&all);
	return known ? 0 : 2;
}

/* There is no such form, or not in that language. */
static int
check(const struct wanted *want)
{
	struct buf all = { 0 };
	bool known = false;

	for (size_t i = 0; vault_form(i) != NULL; i++) {
		buf_putf(&all, "%s%s", i > 0 ? ", " : "", vault_form(i));
		known = known || strcmp(vault_form(i), want->form) == 0;
	}
	if (!known) {
		say_error(SAY_NO_FORM, want->form, NULL);
		say_hint(SAY_HINT_AUDIENCES, buf_text(&all), NULL);
	}
	buf_free(&all);
	return known ? check_language(want->lang) : 2;
}

int
cmd_submission(struct cli *c, int argc, char **argv)
{
	struct wanted want = { .parts_checked = false };
	const struct option_of options[] = {
		{ "-o", &want.file, NULL },
		{ "--relation", &want.relation, NULL },
		{ "--lang", &want.lang, NULL },
		{ "--parts-checked", NULL, &want.parts_checked },
		{ "--keep", NULL, &want.keep },
	};
	int words = cli_options(argc, argv, options, 5), status;
	struct session s = { .agent = -1 };

	if (words != 2 || want.file == NULL)
		return say_usage(USAGE);
	want.form = argv[1];
	if ((status = check(&want)) != 0 ||
	    (status = session_open_asking(&s, NULL, c, SAY_ASK_PASS_CURRENT)) !=
		0)
		return status;
	if ((status = pick_id(want.person, &s, argv[2])) == 0)
		status = run(c, &s, &want);
	session_close(&s);
	return status;
}
