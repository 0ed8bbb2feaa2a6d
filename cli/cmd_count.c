/* SPDX-License-Identifier: ISC */
/*
 * count: how many persons are in a situation, or ever were; or a figure that
 * was kept, counted again.
 *
 * What is printed first is one sentence that can be quoted: with what it is a
 * figure of, its day and its source, and "at least", for records are never
 * all there is.  Who is in it, who might be and who was left out follow.
 */
#include <stdlib.h>
#include <string.h>

#include "codes.h"
#include "issues.h"
#include "pager.h"
#include "pick.h"
#include "report.h"
#include "who.h"

#define USAGE                                                                  \
	"count [ever] STATUS ... [--since DATE] [--on DATE] [--case CASE]"     \
	" [--certainty CODE] [--level N] [--known-at DATE], or count ID"

static const enum say reasons[] = {
	[VAULT_LEFT_NO_DATE] = SAY_COUNT_NO_DATE,
	[VAULT_LEFT_CERTAINTY] = SAY_COUNT_CERTAINTY,
	[VAULT_LEFT_LEVEL] = SAY_COUNT_LEVEL,
	[VAULT_LEFT_NOT_ONE] = SAY_COUNT_NOT_ONE,
};
static const char *const words[] = {
	[VAULT_LEFT_NO_DATE] = "date",
	[VAULT_LEFT_CERTAINTY] = "certainty",
	[VAULT_LEFT_LEVEL] = "level",
	[VAULT_LEFT_NOT_ONE] = "not-one-person",
};

#define GROUPS 3

struct answer {
	struct vault_count_result result;
	struct buf rows[GROUPS]; /* counted, perhaps, left out */
	struct doc *docs[GROUPS];
};

static void
gather(void *ctx, const struct vault_counted *p)
{
	struct answer *a = ctx;
	struct buf *row = &a->rows[p->as], nobody = { 0 };
	const char *title = p->title;
	struct doc *d = doc_object();

	doc_text(d, "person", p->person);
	doc_text(d, "title", p->title);
	doc_text(d, "status", p->status);
	doc_text(d, "code", p->code);
	if (p->several)
		doc_bool(d, "several_records", true);
	if (p->as == VAULT_COUNT_LEFT_OUT)
		doc_text(d, "why", words[p->why]);
	doc_put(a->docs[p->as], NULL, d);
	if (*title == '\0') {
		say_put(&nobody, SAY_WITHHELD, NULL);
		title = buf_text(&nobody);
	}
	buf_putf(row, "  %.*s\t%s\t", PICK_SHORT, p->person, p->code);
	if (p->as == VAULT_COUNT_LEFT_OUT) {
		say_put(row, reasons[p->why], NULL);
		buf_put_byte(row, '\t');
	}
	/* The name last: it may be right-to-left. */
	if (text_safe_line(row, title, strlen(title)) != VAULT_OK)
		row->failed = true;
	buf_put_byte(row, '\n');
	buf_free(&nobody);
}

/* "2 persons", "2 persons, possibly 3", "2 persons (3 records)" */
static void
put_figure(struct buf *out, const struct vault_count_result *r)
{
	const char *certain = say_number(r->certain);
	const char *most = say_number(r->certain + r->possible);
	struct buf records = { 0 };

	say_put(&records, SAY_N_RECORDS, say_number(r->records), NULL);
	if (r->several > 0 && r->possible == 0)
		say_put(out, SAY_COUNT_PERSONS_OF, certain, buf_text(&records),
		    NULL);
	else if (r->several > 0)
		say_put(out, SAY_COUNT_PERSONS_MAYBE_OF, certain, most,
		    buf_text(&records), NULL);
	else if (r->possible == 0)
		say_put(out, SAY_COUNT_PERSONS, certain, NULL);
	else
		say_put(out, SAY_COUNT_PERSONS_MAYBE, certain, most, NULL);
	buf_free(&records);
}

static void
put_sentence(struct buf *out, const struct session *s,
    const struct vault_count *what, const struct vault_count_result *r)
{
	struct buf figure = { 0 }, source = { 0 }, which = { 0 };
	struct buf sure = { 0 };
	struct vault_info info = { 0 };
	const char *least = what->certainty == NULL ? "likely"
						    : what->certainty;

	put_figure(&figure, r);
	codes_in_words(&which, "status", what->statuses);
	codes_in_words(&sure, "certainty", least);
	if (vault_info(&info, s->vault) == VAULT_OK)
		say_put(&source, SAY_COUNT_SOURCE, buf_text(&info.office),
		    buf_text(&sure), NULL);
	vault_info_free(&info);
	if (!what->ever)
		say_put(out, SAY_COUNT_NOW, buf_text(&figure), r->on,
		    buf_text(&which), buf_text(&source), NULL);
	else if (r->since[0] == '\0')
		say_put(out, SAY_COUNT_EVER, buf_text(&figure), r->on,
		    buf_text(&which), buf_text(&source), NULL);
	else
		say_put(out, SAY_COUNT_EVER_SINCE, buf_text(&figure), r->since,
		    r->on, buf_text(&which), buf_text(&source), NULL);
	if (r->known_at[0] != '\0') {
		buf_put_byte(out, ' ');
		say_put(out, SAY_COUNT_KNOWN, r->known_at, NULL);
	}
	if (r->several > 0) {
		buf_put_byte(out, ' ');
		say_put(out, SAY_COUNT_SEVERAL, say_number(r->several), NULL);
	}
	buf_free(&figure);
	buf_free(&source);
	buf_free(&which);
	buf_free(&sure);
}

static void
put_groups(struct buf *out, const struct answer *a)
{
	static const enum say heads[GROUPS] = { SAY_COUNT_IN, SAY_COUNT_MAYBE,
		SAY_COUNT_OUT };

	for (size_t i = 0; i < GROUPS; i++) {
		if (a->rows[i].len == 0)
			continue;
		say_put(out, heads[i], NULL);
		buf_put_byte(out, '\n');
		buf_put(out, a->rows[i].bytes, a->rows[i].len);
	}
}

static struct doc *
describe(struct answer *a, const struct vault_count *what, const char *sentence)
{
	static const char *const names[GROUPS] = { "members",
		"possible_members", "left_out" };
	struct doc *d = doc_object();

	doc_text(d, "sentence", sentence);
	doc_int(d, "certain", (int64_t)a->result.certain);
	doc_int(
	    d, "possible", (int64_t)(a->result.certain + a->result.possible));
	doc_int(d, "several_records", (int64_t)a->result.several);
	doc_int(d, "person_records", (int64_t)a->result.records);
	doc_int(d, "may_be_one", (int64_t)a->result.alike);
	doc_text(d, "statuses", what->statuses);
	doc_text(d, "mode", what->ever ? "ever" : "now");
	if (a->result.since[0] != '\0')
		doc_text(d, "since", a->result.since);
	doc_text(d, "as_of", a->result.on);
	if (a->result.known_at[0] != '\0')
		doc_text(d, "known_at", a->result.known_at);
	for (size_t i = 0; i < GROUPS; i++) {
		doc_put(d, names[i], a->docs[i]);
		a->docs[i] = NULL;
	}
	return d;
}

/* ---- A figure that was kept ---- */

/* "39", "at least 17", "5 to 7" as it was published. */
static void
put_published(struct buf *out, const struct vault_stored_count *c)
{
	static const struct {
		const char *op;
		enum say what;
	} ops[] = { { "eq", SAY_COUNT_OP_EQ }, { "min", SAY_COUNT_OP_MIN },
		{ "max", SAY_COUNT_OP_MAX }, { "approx", SAY_COUNT_OP_APPROX },
		{ "range", SAY_COUNT_OP_RANGE } };
	const char *n = c->n < 0 ? "?" : say_number((uint64_t)c->n);
	const char *n2 = c->n2 < 0 ? "?" : say_number((uint64_t)c->n2);

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (strcmp(ops[i].op, buf_text(&c->op)) == 0)
			say_put(out, ops[i].what, n, n2, NULL);
}

/* Can our figure be what was published?  For people to judge, not corrected. */
static bool
differs(const struct vault_stored_count *c, const struct vault_count_result *r)
{
	uint64_t most = r->certain + r->possible;
	const char *op = buf_text(&c->op);

	if (c->n < 0 || strcmp(op, "approx") == 0)
		return false;
	if (strcmp(op, "min") == 0)
		return most < (uint64_t)c->n;
	if (strcmp(op, "max") == 0)
		return r->certain > (uint64_t)c->n;
	if (strcmp(op, "range") == 0)
		return most < (uint64_t)c->n ||
		    (c->n2 >= 0 && r->certain > (uint64_t)c->n2);
	return (uint64_t)c->n < r->certain || (uint64_t)c->n > most;
}

static void
put_stored(struct buf *out, const struct vault_stored_count *c,
    const struct vault_count_result *r)
{
	struct buf published = { 0 };

	put_published(&published, c);
	say_put(out, SAY_COUNT_STORED, buf_text(&c->what), buf_text(&published),
	    NULL);
	buf_put_byte(out, '\n');
	if (differs(c, r)) {
		say_put(out, SAY_COUNT_DIFFERS, NULL);
		buf_put_byte(out, '\n');
	}
	buf_free(&published);
}

/* ---- The command ---- */

/* The codes near to one that is none, or where all of them are. */
static void
hint_code(const char *vocab, const char *code)
{
	struct vault_vocab v;
	const char *near[3];
	size_t n = vault_vocab_by_name(&v, vocab)
	    ? vault_near_codes(near, &v, code)
	    : 0;

	if (n > 0)
		issues_hint_near(near, n);
	else
		say_hint(SAY_HINT_VOCAB, vocab, NULL);
}

static bool
is_status(const char *word)
{
	struct vault_vocab v;
	struct vault_code code = { 0 };
	size_t len = strcspn(word, ", ");

	if (!vault_vocab_by_name(&v, "status"))
		return false;
	while (vault_vocab_code_next(&code, &v))
		if ((strlen(code.code) == len &&
			memcmp(code.code, word, len) == 0) ||
		    (code.group != NULL && strlen(code.group) == len &&
			memcmp(code.group, word, len) == 0))
			return true;
	return false;
}

/* The first word of statuses that is none. */
static void
say_no_status(const char *statuses)
{
	struct buf word = { 0 };

	while (*statuses != '\0' && is_status(statuses)) {
		statuses += strcspn(statuses, " ");
		statuses += strspn(statuses, " ");
	}
	buf_put(&word, statuses, strcspn(statuses, " "));
	say_error(SAY_COUNT_NO_STATUS, buf_text(&word), NULL);
	hint_code("status", buf_text(&word));
	buf_free(&word);
}

static int
say_bad(const char *bad, const struct vault_count *what)
{
	if (strcmp(bad, "statuses") == 0) {
		say_no_status(what->statuses);
	} else if (strcmp(bad, "certainty") == 0) {
		say_error(SAY_COUNT_NO_CODE, what->certainty, NULL);
		hint_code("certainty", what->certainty);
	} else {
		say_error(SAY_COUNT_BAD_DATE, bad, NULL);
		say_hint(SAY_HINT_DATE, NULL);
	}
	return 2;
}

static int
print_doc(struct answer *a, const struct vault_count *what,
    const struct vault_stored_count *stored, const struct buf *sentence)
{
	struct doc *d = describe(a, what, buf_text(sentence));

	if (stored != NULL)
		doc_bool(d, "differs", differs(stored, &a->result));
	return doc_print(d);
}

/* Count and print; stored may be NULL. */
static int
count(struct session *s, const struct vault_count *what,
    const struct vault_stored_count *stored)
{
	struct answer a = { 0 };
	struct buf out = { 0 }, sentence = { 0 };
	const char *bad;
	enum vault_err err;
	int status = 0;

	for (size_t i = 0; i < GROUPS; i++)
		a.docs[i] = doc_array();
	err = vault_count(s->vault, what, &a.result, &bad, gather, &a);
	if (err == VAULT_EUSE && bad != NULL) {
		status = say_bad(bad, what);
	} else if (err != VAULT_OK) {
		status = session_fault(s, err);
	} else {
		put_sentence(&sentence, s, what, &a.result);
		if (stored != NULL)
			put_stored(&out, stored, &a.result);
		buf_put(&out, sentence.bytes, sentence.len);
		buf_put_byte(&out, '\n');
		put_groups(&out, &a);
		if (say_is_json())
			status = print_doc(&a, what, stored, &sentence);
		else
			pager_print(&out);
		report_warn_alike(a.result.alike);
	}
	for (size_t i = 0; i < GROUPS; i++) {
		buf_free(&a.rows[i]);
		doc_free(a.docs[i]);
	}
	buf_free(&out);
	buf_free(&sentence);
	return status;
}

static int
count_stored(struct session *s, const char *name)
{
	struct vault_stored_count stored;
	char id[VAULT_ID_LEN];
	enum vault_err err;
	int status;

	if ((status = pick_id(id, s, name)) != 0)
		return status;
	err = vault_count_stored(&stored, s->vault, id);
	if (err == VAULT_EUSE) {
		say_error(SAY_COUNT_NOT_ONE_KEPT, name, NULL);
		return 2;
	}
	if (err != VAULT_OK)
		return session_fault(s, err);
	status = count(s, &stored.question, &stored);
	vault_count_stored_free(&stored);
	return status;
}

/* True if word is near to a status, and nothing here is called so. */
static bool
is_misspelt(const struct session *s, const char *word)
{
	struct vault_vocab v;
	const char *near[3];
	char id[VAULT_ID_LEN];

	return vault_vocab_by_name(&v, "status") &&
	    vault_near_codes(near, &v, word) > 0 &&
	    vault_find_id(id, s->vault, word, NULL, NULL) == VAULT_ENORECORD;
}

/* Words and commas, as one text of codes. */
static void
put_codes(struct buf *out, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (i > 0)
			buf_put_byte(out, ' ');
		for (const char *at = argv[i]; *at != '\0'; at++)
			buf_put_byte(out, *at == ',' ? ' ' : (uint8_t)*at);
	}
}

int
cmd_count(struct cli *c, int argc, char **argv)
{
	struct vault_count what = { .level = 3 };
	const char *level = NULL, *the_case = NULL;
	const struct option_of options[] = { { "--since", &what.since, NULL },
		{ "--on", &what.on, NULL },
		{ "--known-at", &what.known_at, NULL },
		{ "--certainty", &what.certainty, NULL },
		{ "--case", &the_case, NULL }, { "--level", &level, NULL } };
	int n = cli_options(argc, argv, options, 6), first = 1, status;
	char id[VAULT_ID_LEN];
	struct buf codes = { 0 };
	struct session s;

	if (n > 0 && strcmp(argv[1], "ever") == 0) {
		what.ever = true;
		first++;
	}
	if (n < first ||
	    (level != NULL &&
		(strlen(level) != 1 || *level < '0' || *level > '3')))
		return say_usage(USAGE);
	if (level != NULL)
		what.level = *level - '0';
	if ((status = session_open(&s, c)) != 0)
		return status;
	put_codes(&codes, n + 1 - first, argv + first);
	what.statuses = buf_text(&codes);
	if (the_case != NULL) {
		status = pick_id(id, &s, the_case);
		what.the_case = id;
	}
	if (status == 0 && n == 1 && !is_status(argv[1]) &&
	    !is_misspelt(&s, argv[1]))
		status = count_stored(&s, argv[1]);
	else if (status == 0)
		status = count(&s, &what, NULL);
	session_close(&s);
	buf_free(&codes);
	return status;
}
