/* SPDX-License-Identifier: ISC */
/* report_words - the sentences of a report, the same in all its forms. */
#include <string.h>

#include "codes.h"
#include "report.h"

#define DAY_LEN 10

void
report_value(struct buf *out, const struct report *r, unsigned axis,
    const struct vault_tally_value *v)
{
	static const enum say words[] = {
		[VAULT_NOT_STATED] = SAY_REPORT_NOT_STATED,
		[VAULT_NOT_EXACT] = SAY_REPORT_NOT_EXACT,
		[VAULT_NO_DATE] = SAY_REPORT_NO_DATE,
	};
	const struct vault_tally_axis *a = &r->axis[axis];

	if (v->is != VAULT_VALUE)
		say_put(out, words[v->is], NULL);
	else if (a->is_link && *v->title != '\0')
		buf_put_text(out, v->title);
	else if (a->is_link)
		say_put(out, SAY_WITHHELD, NULL);
	else if (a->is_bool)
		buf_put_text(out, codes_yes_no(v->text));
	else if (a->vocab != NULL)
		buf_put_text(out, codes_vocab_label(a->vocab, v->text));
	else
		buf_put_text(out, v->text);
}

const char *
report_is(enum vault_value_is is)
{
	static const char *const words[] = { "value", "not-stated",
		"not-exactly-dated", "no-date" };

	return words[is];
}

void
report_figure(struct buf *out, const struct report *r, struct vault_figure f)
{
	if (f.hidden == VAULT_WITHHELD)
		say_put(out, SAY_REPORT_WITHHELD, NULL);
	else if (f.hidden == VAULT_BELOW)
		buf_putf(out, "<%s", say_number(r->info.hide_below));
	else
		buf_put_text(out, say_number(f.n));
}

/* "12 records", "<5 records"; "records" if how many is withheld. */
static void
put_counted(struct buf *out, const struct report *r, enum say what,
    enum say some, struct vault_figure f)
{
	struct buf figure = { 0 };

	report_figure(&figure, r, f);
	if (f.hidden == VAULT_WITHHELD)
		say_put(out, some, NULL);
	else
		say_put(out, what, buf_text(&figure), NULL);
	buf_free(&figure);
}

bool
report_joins(const struct report *r)
{
	return r->info.audience == NULL &&
	    r->info.total.hidden == VAULT_SHOWN && r->info.same.n > 0 &&
	    r->info.person_records.hidden == VAULT_SHOWN;
}

/* "12 persons (13 records)" */
static void
put_joined(struct buf *out, const struct report *r)
{
	struct buf figure = { 0 }, records = { 0 };

	report_figure(&figure, r, r->info.total);
	put_counted(&records, r, SAY_N_RECORDS, SAY_REPORT_SOME_RECORDS,
	    r->info.person_records);
	say_put(out, SAY_COUNT_PERSONS_OF, buf_text(&figure),
	    buf_text(&records), NULL);
	buf_free(&figure);
	buf_free(&records);
}

static void
put_types(struct buf *out, const struct report *r)
{
	for (size_t i = 0; i < r->info.n_types; i++)
		buf_putf(out, "%s%s", i > 0 ? ", " : "", r->info.type[i]);
	if (r->info.n_types == 0)
		buf_put_byte(out, '-');
}

void
report_heading(struct buf *out, const struct report *r)
{
	struct buf what = { 0 }, records = { 0 }, types = { 0 }, day = { 0 };
	struct vault_info office = { 0 };

	put_types(&types, r);
	buf_putf(&day, "%.*s", DAY_LEN, say_time(r->info.at));
	put_counted(&records, r, SAY_N_RECORDS, SAY_REPORT_SOME_RECORDS,
	    r->info.records);
	if (report_joins(r))
		put_joined(&what, r);
	else
		put_counted(&what, r,
		    r->info.persons ? SAY_N_PERSONS : SAY_N_RECORDS,
		    r->info.persons ? SAY_REPORT_SOME_PERSONS
				    : SAY_REPORT_SOME_RECORDS,
		    r->info.total);
	if (vault_info(&office, r->session->vault) != VAULT_OK)
		out->failed = true;
	else if (r->info.persons)
		say_put(out, SAY_REPORT_OF_PERSONS, buf_text(&what),
		    buf_text(&types), buf_text(&day), buf_text(&office.office),
		    buf_text(&records), NULL);
	else
		say_put(out, SAY_REPORT_OF, buf_text(&what), buf_text(&types),
		    buf_text(&day), buf_text(&office.office), NULL);
	vault_info_free(&office);
	buf_free(&what);
	buf_free(&records);
	buf_free(&types);
	buf_free(&day);
}

void
report_query(struct buf *out, const struct report *r)
{
	if (*r->query == '\0')
		say_put(out, SAY_REPORT_QUERY_ALL, NULL);
	else
		say_put(out, SAY_REPORT_QUERY, r->query, NULL);
}

/* ---- Notes ---- */

struct notes {
	const struct report *r;
	void (*each)(void *ctx, const char *sentence);
	void *ctx;
};

static void
note(const struct notes *n, enum say what, const char *argument)
{
	struct buf sentence = { 0 };

	say_put(&sentence, what, argument, NULL);
	n->each(n->ctx, buf_text(&sentence));
	buf_free(&sentence);
}

/* One that counts something, if there is any. */
static void
note_figure(const struct notes *n, enum say what, struct vault_figure f)
{
	struct buf figure = { 0 };

	if (f.n == 0 && f.hidden == VAULT_SHOWN)
		return;
	report_figure(&figure, n->r, f);
	/* What is withheld for the sake of another figure says nothing. */
	if (f.hidden != VAULT_WITHHELD)
		note(n, what, buf_text(&figure));
	buf_free(&figure);
}

static void
note_number(const struct notes *n, enum say what, uint64_t number)
{
	note_figure(n, what, (struct vault_figure){ number, VAULT_SHOWN });
}

static bool
has_labels(const struct report *r)
{
	for (unsigned i = 0; i < r->info.axes; i++)
		if (r->axis[i].vocab != NULL)
			return true;
	return false;
}

void
report_notes(const struct report *r,
    void (*each)(void *ctx, const char *sentence), void *ctx)
{
	const struct notes n = { r, each, ctx };
	const struct vault_tally_info *i = &r->info;
	const char *lang = codes_unreviewed(say_lang());

	note_figure(&n,
	    i->persons ? SAY_REPORT_SEVERAL_PERSONS
		       : SAY_REPORT_SEVERAL_RECORDS,
	    i->several);
	if (report_joins(r))
		note_figure(&n, SAY_COUNT_SEVERAL, i->same);
	note_number(&n, SAY_REPORT_OTHER_TYPES, i->other_types);
	note_number(&n, SAY_REPORT_NO_PERSON, i->no_person);
	note_number(&n, SAY_REPORT_NOT_ONE, i->not_one);
	note_figure(&n, SAY_REPORT_ROUGHLY, i->roughly);
	note_figure(&n, SAY_REPORT_CLASHES, i->clashes);
	note_figure(&n, SAY_REPORT_SECRET, i->secret);
	note_figure(&n, SAY_REPORT_CLOSED, i->closed);
	if (i->hides)
		note(&n, SAY_REPORT_HIDES, say_number(i->hide_below));
	if (i->cut)
		note(&n, SAY_QUERY_CUT, NULL);
	if (lang != NULL && has_labels(r))
		note(&n, SAY_VOCAB_UNREVIEWED, lang);
	if (i->audience != NULL)
		note(&n, SAY_REPORT_AUDIENCE, i->audience);
	note(&n, SAY_REPORT_LEAST, NULL);
}

void
report_warn_alike(uint64_t pairs)
{
	if (pairs == 0)
		return;
	say_warning(SAY_COUNT_ALIKE, say_number(pairs), NULL);
	say_hint(SAY_HINT_COUNT_ALIKE, NULL);
}

/* ---- Small figures ---- */

static bool
is_small(struct vault_figure f, uint64_t n)
{
	return f.hidden == VAULT_SHOWN && f.n > 0 && f.n < n;
}

uint64_t
report_small(const struct report *r, uint64_t n)
{
	uint64_t small = 0;

	for (size_t i = 0; i < r->axis[0].n; i++) {
		struct vault_tally_value row;

		vault_tally_value(&row, r->tally, 0, i);
		if (r->info.axes < 2)
			small += is_small(row.n, n);
		for (size_t k = 0; r->info.axes > 1 && k < r->axis[1].n; k++)
			small += is_small(vault_tally_cell(r->tally, i, k), n);
	}
	return small;
}
