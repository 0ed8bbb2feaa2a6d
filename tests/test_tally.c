/* SPDX-License-Identifier: ISC */
/*
 * Figures are what a naive count over the same records gives, cell by cell;
 * what is hidden cannot be had by subtraction.
 *
 * Random records from a seed that is printed; SEED in the environment chooses
 * another.
 */
#include <time.h>

#include "support.h"
#include "figures/tally.h"

#define PERSONS 12
#define ACTS 160
#define MOST 16 /* values of one thing */

static uint64_t state_now;

static unsigned
below(unsigned n)
{
	uint64_t z = (state_now += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

/* ---- The same records, as plain data ---- */

static struct person {
	char id[VAULT_ID_LEN];
	const char *sex, *occupation[2];
	bool group;
	size_t is;      /* the record that stands for the person, or its own */
} persons[PERSONS + 1]; /* the last is not in the vault */

/* Records that are said to be of one person: 1, 6 and 9; 4 and 5. */
static const size_t one_person[][2] = { { 6, 1 }, { 6, 9 }, { 4, 5 } };

static struct act {
	const char *act, *method[3], *country[2];
	size_t victim[3], n_victims;
	size_t date; /* in dates */
	int level;
} acts[ACTS];

static const char *const codes[] = { "torture", "killing", "threat", "other" };
static const char *const methods[] = { "beating", "electric", "other" };
static const char *const countries[] = { "CN", "CL" };
static const char *const sexes[] = { "m", "f" };

/* EDTF, and the year, month and day that it counts in. */
#define VAGUE "?"
static const struct {
	const char *json, *year, *month, *day;
	bool rough;
} dates[] = {
	{ NULL, "-", "-", "-", false },
	{ "{\"text\":\"in spring\"}", VAGUE, VAGUE, VAGUE, false },
	{ "{\"edtf\":\"2011-02-15\"}", "2011", "2011-02", "2011-02-15", false },
	{ "{\"edtf\":\"2011-02-15~\"}", "2011", "2011-02", "2011-02-15", true },
	{ "{\"edtf\":\"2011-04\"}", "2011", "2011-04", VAGUE, false },
	{ "{\"edtf\":\"2011\"}", "2011", VAGUE, VAGUE, false },
	{ "{\"edtf\":\"2011-12-30/2012-01-02\"}", VAGUE, VAGUE, VAGUE, false },
	{ "{\"edtf\":\"[2011-05-03..2011-05-20]\"}", "2011", "2011-05", VAGUE,
	    false },
	{ "{\"edtf\":\"[..2011-05-03]\"}", VAGUE, VAGUE, VAGUE, false },
	{ "{\"edtf\":\"2013-01-01\"}", "2013", "2013-01", "2013-01-01", false },
};
#define DATES (sizeof(dates) / sizeof(dates[0]))

static void
add(char id[VAULT_ID_LEN], struct vault *v, const char *type, struct buf *body)
{
	struct vault_report *report;

	buf_put_byte(body, '}');
	assert_ok(vault_report_new(&report));
	if (vault_add(id, v, report, type, body->bytes, body->len) != VAULT_OK)
		fail_msg("not kept: %s", buf_text(body));
	vault_report_free(report);
	buf_free(body);
}

static void
add_persons(struct vault *v)
{
	for (size_t i = 0; i < PERSONS; i++) {
		struct person *p = &persons[i];
		struct buf b = { 0 };

		*p = (struct person){ .group = i == 3, .is = i };
		buf_putf(&b, "{\"names\":[{\"text\":\"Invented %zu\"}]", i);
		if (below(4) > 0)
			buf_putf(
			    &b, ",\"sex\":\"%s\"", p->sex = sexes[below(2)]);
		if (below(2) > 0) {
			p->occupation[0] = "lawyer";
			p->occupation[1] = below(2) ? "poet" : NULL;
			buf_putf(&b, ",\"occupations\":[\"lawyer\"%s]",
			    p->occupation[1] != NULL ? ",\"poet\"" : "");
		}
		if (p->group)
			buf_put_text(&b, ",\"kind\":\"group\"");
		add(p->id, v, "person", &b);
	}
	persons[PERSONS] = (struct person){ .id = "5031hqst45wb18ntqz0y2b7v9q",
		.is = PERSONS };
}

static void
join_persons(struct vault *v)
{
	const char *which;

	for (size_t i = 0; i < 3; i++)
		assert_ok(vault_same_say(v, persons[one_person[i][0]].id,
		    persons[one_person[i][1]].id, true, &which));
	persons[6].is = persons[9].is = 1;
	persons[5].is = 4;
}

static void
put_act(struct buf *b, struct act *a)
{
	size_t n = below(3);

	*a = (struct act){ .level = (int)below(3), .date = below(DATES) };
	buf_putf(b, "{\"level\":%d", a->level);
	if (below(6) > 0)
		buf_putf(b, ",\"act\":\"%s\"", a->act = codes[below(4)]);
	for (size_t i = 0; i < n; i++) {
		a->method[i] = methods[(below(2) + i) % 3];
		buf_putf(b, "%s\"%s\"", i == 0 ? ",\"methods\":[" : ",",
		    a->method[i]);
	}
	buf_put_text(b, n > 0 ? "]" : "");
	n = below(3);
	for (size_t i = 0; i < n; i++) {
		a->country[i] = countries[below(2)];
		buf_putf(b, "%s{\"country\":\"%s\"}",
		    i == 0 ? ",\"places\":[" : ",", a->country[i]);
	}
	buf_put_text(b, n > 0 ? "]" : "");
	a->n_victims = below(4);
	for (size_t i = 0; i < a->n_victims; i++) {
		a->victim[i] = below(PERSONS + 1);
		buf_putf(b, "%s\"%s\"", i == 0 ? ",\"victims\":[" : ",",
		    persons[a->victim[i]].id);
	}
	buf_put_text(b, a->n_victims > 0 ? "]" : "");
	if (dates[a->date].json != NULL)
		buf_putf(b, ",\"date\":%s", dates[a->date].json);
}

static void
add_acts(struct vault *v)
{
	char id[VAULT_ID_LEN];

	for (size_t i = 0; i < ACTS; i++) {
		struct buf b = { 0 };

		put_act(&b, &acts[i]);
		add(id, v, "act", &b);
	}
}

/* ---- A naive count ---- */

struct list {
	const char *text[MOST];
	size_t n;
};

static void
put(struct list *l, const char *text)
{
	if (text == NULL)
		return;
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->text[i], text) == 0)
			return;
	l->text[l->n++] = text;
}

static void
put_person(struct list *l, const struct person *p, const char *field)
{
	if (strcmp(field, "victims.sex") == 0)
		put(l, p->sex);
	for (size_t i = 0; i < 2; i++)
		if (strcmp(field, "victims.occupations") == 0)
			put(l, p->occupation[i]);
	if (strcmp(field, "victims") == 0)
		put(l, p->id);
}

/* What a value is called here: "!" is not stated, "-" no date, "?" vague. */
static struct list
values(const struct act *a, const struct person *of, const char *field)
{
	struct list l = { 0 };

	if (strcmp(field, "act") == 0)
		put(&l, a->act);
	for (size_t i = 0; i < 3; i++)
		if (strcmp(field, "methods") == 0)
			put(&l, a->method[i]);
	for (size_t i = 0; i < 2; i++)
		if (strcmp(field, "places.country") == 0)
			put(&l, a->country[i]);
	if (of != NULL && strncmp(field, "victims.", 8) == 0)
		put_person(&l, of, field);
	else
		for (size_t i = 0; i < a->n_victims; i++)
			put_person(&l, &persons[a->victim[i]], field);
	if (strcmp(field, "year") == 0)
		put(&l, dates[a->date].year);
	if (strcmp(field, "month") == 0)
		put(&l, dates[a->date].month);
	if (strcmp(field, "day") == 0)
		put(&l, dates[a->date].day);
	if (l.n == 0)
		put(&l, "!");
	return l;
}

static bool
has(const struct list *l, const char *text)
{
	for (size_t i = 0; i < l->n; i++)
		if (text == NULL || strcmp(l->text[i], text) == 0)
			return true;
	return false;
}

/* In how many of all cells of two fields is the unit? NULL: any value. */
struct question {
	const char *field[2]; /* the second may be NULL */
	bool persons;
};

static bool
is_in(const struct question *q, const struct act *a, const struct person *p,
    const char *x, const char *y)
{
	struct list first = values(a, p, q->field[0]), second = { 0 };

	if (!has(&first, x))
		return false;
	if (q->field[1] == NULL)
		return true;
	second = values(a, p, q->field[1]);
	return has(&second, y);
}

static bool
is_victim(const struct act *a, size_t person)
{
	for (size_t i = 0; i < a->n_victims; i++)
		if (a->victim[i] == person)
			return true;
	return false;
}

static uint64_t
count(const struct question *q, const char *x, const char *y)
{
	uint64_t n = 0;

	for (size_t i = 0; !q->persons && i < ACTS; i++)
		n += is_in(q, &acts[i], NULL, x, y);
	for (size_t p = 0; q->persons && p <= PERSONS; p++) {
		bool found = false;

		for (size_t k = 0; k <= PERSONS; k++)
			for (size_t i = 0; persons[k].is == p && i < ACTS; i++)
				found = found ||
				    (is_victim(&acts[i], k) &&
					is_in(q, &acts[i], &persons[k], x, y));
		n += found && !persons[p].group;
	}
	return n;
}

/* ---- Both ---- */

static const char *
name_of(const struct vault_tally_value *v)
{
	static const char *const names[] = { [VAULT_NOT_STATED] = "!",
		[VAULT_NOT_EXACT] = "?",
		[VAULT_NO_DATE] = "-" };

	return v->is == VAULT_VALUE ? v->text : names[v->is];
}

static enum vault_err
ask(struct vault_tally **out, struct vault *v, const struct question *q,
    uint64_t hide, struct vault_tally_fault *fault)
{
	static const char *const periods[] = { "", "year", "month", "day" };
	struct vault_tally_what what = { .query = "type:act",
		.query_len = 8,
		.persons = q->persons,
		.hide_below = hide };
	size_t n = 0;

	for (size_t i = 0; i < 2 && q->field[i] != NULL; i++) {
		enum vault_period over = VAULT_NO_PERIOD;

		for (enum vault_period k = VAULT_YEAR; k <= VAULT_DAY; k++)
			if (strcmp(periods[k], q->field[i]) == 0)
				over = k;
		if (over != VAULT_NO_PERIOD)
			what.over = over;
		else
			what.by[n++] = q->field[i];
	}
	return vault_tally_new(out, v, &what, fault);
}

static void
compare_cells(const struct vault_tally *t, const struct question *q,
    const struct vault_tally_value *row, size_t i, size_t columns)
{
	for (size_t j = 0; j < columns; j++) {
		struct vault_tally_value column;

		vault_tally_value(&column, t, 1, j);
		assert_int_equal(vault_tally_cell(t, i, j).n,
		    count(q, name_of(row), name_of(&column)));
		if (i == 0)
			assert_int_equal(
			    column.n.n, count(q, NULL, name_of(&column)));
	}
}

static void
compare(const struct vault_tally *t, const struct question *q)
{
	struct vault_tally_axis axis, columns = { 0 };
	struct vault_tally_info info;
	struct vault_tally_value row, before = { 0 };
	uint64_t sum = 0;

	vault_tally_info(&info, t);
	vault_tally_axis(&axis, t, 0);
	if (q->field[1] != NULL)
		vault_tally_axis(&columns, t, 1);
	for (size_t i = 0; i < axis.n; i++) {
		vault_tally_value(&row, t, 0, i);
		assert_int_equal(row.n.n, count(q, name_of(&row), NULL));
		assert_int_equal(row.n.hidden, VAULT_SHOWN);
		sum += row.n.n;
		compare_cells(t, q, &row, i, columns.n);
		if (i > 0 && row.is == VAULT_VALUE && axis.period == 0)
			assert_true(before.n.n > row.n.n ||
			    (before.n.n == row.n.n &&
				strcmp(before.text, row.text) < 0));
		before = row;
	}
	assert_int_equal(info.total.n, count(q, NULL, NULL));
	if (q->field[1] == NULL)
		assert_true((sum > info.total.n) == (info.several.n > 0));
}

static struct opened o;
static char *folder;

static int
set_up(void **state)
{
	(void)state;
	folder = folder_new();
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	add_persons(o.vault);
	add_acts(o.vault);
	join_persons(o.vault);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	vault_done(&o);
	folder_free(folder);
	return 0;
}

static void
a_table_is_what_a_naive_count_gives(void **state)
{
	static const struct question questions[] = {
		{ { "act", NULL }, false },
		{ { "methods", NULL }, false },
		{ { "places.country", NULL }, false },
		{ { "victims.sex", NULL }, false },
		{ { "victims", NULL }, false },
		{ { "act", "methods" }, false },
		{ { "places.country", "victims.occupations" }, false },
		{ { "year", NULL }, false },
		{ { "month", "act" }, false },
		{ { "day", "methods" }, false },
		{ { "act", NULL }, true },
		{ { "victims.sex", NULL }, true },
		{ { "victims.occupations", "act" }, true },
		{ { "month", "victims.sex" }, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct vault_tally_fault fault;
		struct vault_tally *t;

		assert_ok(ask(&t, o.vault, &questions[i], 0, &fault));
		compare(t, &questions[i]);
		vault_tally_free(t);
	}
}

static void
a_gap_in_a_series_is_shown(void **state)
{
	static const struct question q = { { "year", NULL }, false };
	static const char *const want[] = { "2011", "2012", "2013" };
	struct vault_tally_fault fault;
	struct vault_tally_value v;
	struct vault_tally *t;

	(void)state;
	assert_ok(ask(&t, o.vault, &q, 0, &fault));
	for (size_t i = 0; i < 3; i++) {
		vault_tally_value(&v, t, 0, i);
		assert_string_equal(v.text, want[i]);
	}
	vault_tally_value(&v, t, 0, 1);
	assert_int_equal(v.n.n, 0);
	vault_tally_free(t);
}

static void
says_what_it_counted(void **state)
{
	static const struct question acts_by = { { "act", NULL }, false },
				     persons_by = { { "act", NULL }, true },
				     series = { { "month", NULL }, false };
	uint64_t secret = 0, nobody = 0, rough = 0, several = 0, people = 0;
	struct vault_tally_fault fault;
	struct vault_tally_info info;
	struct vault_tally *t;

	(void)state;
	for (size_t i = 0; i < ACTS; i++) {
		secret += acts[i].level >= 2;
		nobody += acts[i].n_victims == 0;
		rough += dates[acts[i].date].rough;
	}
	for (size_t p = 0; p <= PERSONS; p++) {
		struct list all = { 0 };

		for (size_t k = 0; k <= PERSONS; k++)
			for (size_t i = 0; persons[k].is == p && i < ACTS; i++)
				if (is_victim(&acts[i], k) && !persons[p].group)
					put(&all,
					    acts[i].act == NULL ? "!"
								: acts[i].act);
		several += all.n > 1;
		people += all.n > 0;
	}
	assert_ok(ask(&t, o.vault, &acts_by, 0, &fault));
	vault_tally_info(&info, t);
	assert_int_equal(info.records.n, ACTS);
	assert_int_equal(info.secret.n, secret);
	assert_int_equal(info.several.n, 0);
	assert_int_equal(info.n_types, 1);
	assert_string_equal(info.type[0], "act");
	vault_tally_free(t);
	assert_ok(ask(&t, o.vault, &persons_by, 0, &fault));
	vault_tally_info(&info, t);
	assert_int_equal(info.no_person, nobody);
	assert_int_equal(info.records.n, ACTS - nobody);
	assert_int_equal(info.not_one, 1);
	assert_int_equal(info.several.n, several);
	/* Two of these have several records, and three more than persons. */
	assert_int_equal(info.total.n, people);
	assert_int_equal(info.same.n, 2);
	assert_int_equal(info.person_records.n, people + 3);
	/* "Invented 1" and "Invented 2" are near, and not the same name. */
	assert_int_equal(info.alike, 0);
	vault_tally_free(t);
	assert_ok(ask(&t, o.vault, &series, 0, &fault));
	vault_tally_info(&info, t);
	assert_int_equal(info.roughly.n, rough);
	vault_tally_free(t);
}

static void
says_why_there_is_no_table(void **state)
{
	static const struct {
		struct question q;
		enum vault_tally_why why;
		const char *near;
	} rows[] = {
		{ { { "actt", NULL }, false }, VAULT_TALLY_NO_FIELD, "act" },
		{ { { "places.contry", NULL }, false }, VAULT_TALLY_NO_FIELD,
		    "country" },
		{ { { "places", NULL }, false }, VAULT_TALLY_PARTS, NULL },
		{ { { "description", NULL }, false }, VAULT_TALLY_LONG_TEXT,
		    NULL },
		{ { { "victims.relations.to.sex", NULL }, false },
		    VAULT_TALLY_LINKS, NULL },
		{ { { "summary.x", NULL }, false }, VAULT_TALLY_NO_FIELD,
		    NULL },
		{ { { "sex", "methods" }, false }, VAULT_TALLY_TOGETHER, NULL },
		{ { { "countries", NULL }, true }, VAULT_TALLY_TOGETHER, NULL },
		{ { { "year", "month" }, false }, VAULT_TALLY_OK, NULL },
		{ { { NULL, NULL }, false }, VAULT_TALLY_NOTHING, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vault_tally_fault fault;
		struct vault_tally *t;
		enum vault_err err = ask(&t, o.vault, &rows[i].q, 0, &fault);

		assert_int_equal(fault.why, rows[i].why);
		assert_int_equal(
		    err, rows[i].why == VAULT_TALLY_OK ? VAULT_OK : VAULT_EUSE);
		if (rows[i].near != NULL)
			assert_string_equal(fault.near[0], rows[i].near);
		vault_tally_free(t);
	}
}

static bool
stop(void *ctx, uint64_t done, uint64_t total)
{
	assert_int_equal(total, ACTS);
	*(uint64_t *)ctx = done;
	return done < 64;
}

static void
can_be_stopped(void **state)
{
	uint64_t seen = 0;
	const struct vault_tally_what what = { .query = "type:act",
		.query_len = 8,
		.by = { "act" },
		.progress = stop,
		.ctx = &seen };
	struct vault_tally_fault fault;
	struct vault_tally *t;

	(void)state;
	assert_int_equal(
	    vault_tally_new(&t, o.vault, &what, &fault), VAULT_ECANCELED);
	assert_null(t);
	assert_int_equal(seen, 64);
}

/* ---- Too many cells ---- */

static void
a_table_has_an_end(void **state)
{
	struct tally_table t = { .axes = 2 };
	enum vault_err err = VAULT_OK;
	uint32_t number;
	size_t n = 0;

	(void)state;
	for (char c = 'a'; c < 'e'; c++)
		assert_ok(tally_number(&number, &t, 1, VAULT_VALUE, &c, 1));
	assert_int_equal(number, 3);
	while (err == VAULT_OK) {
		char text[24];

		snprintf(text, sizeof(text), "%zu", n++);
		err = tally_number(
		    &number, &t, 0, VAULT_VALUE, text, strlen(text));
	}
	assert_int_equal(err, VAULT_EUSE);
	assert_true(t.full);
	assert_int_equal(tally_values(&t.axis[0]), VAULT_TALLY_CELLS / 4);
	/* What is known is still found. */
	assert_ok(tally_number(&number, &t, 0, VAULT_VALUE, "17", 2));
	assert_int_equal(number, 17);
	tally_table_free(&t);
}

/* ---- What is hidden ---- */

#define ROWS 6
#define HIDE 5

/* A table of one axis with these cells. */
static void
make_table(struct tally_table *t, const unsigned *n)
{
	*t = (struct tally_table){ .axes = 1 };
	for (unsigned i = 0; i < ROWS && n[i] > 0; i++) {
		char text[2] = { (char)('a' + i), '\0' };
		struct tally_spot spot = { 0, 0 };

		assert_ok(tally_number(&spot.row, t, 0, VAULT_VALUE, text, 1));
		for (unsigned k = 0; k < n[i]; k++)
			assert_ok(tally_count(t, &spot, 1));
	}
	tally_hide(t, HIDE);
	assert_ok(tally_order(t));
}

/*
 * How many different numbers can hidden row i be, for somebody who knows the
 * rule, the total if it is shown, and all that is?
 */
static unsigned
possible(const struct tally_table *t, size_t row)
{
	unsigned hidden[ROWS] = { 0 }, n_hidden = 0, seen = 0, known = 0;
	unsigned most[ROWS] = { 0 }, least[ROWS] = { 0 }, at[ROWS];
	bool found[64] = { false };

	for (size_t i = 0; i < tally_values(&t->axis[0]); i++) {
		const struct tally_value *v = tally_value(&t->axis[0], i);

		known += v->hidden == VAULT_SHOWN ? (unsigned)v->n : 0;
		if (v->hidden == VAULT_SHOWN)
			continue;
		least[n_hidden] = v->hidden == VAULT_BELOW ? 1 : HIDE;
		most[n_hidden] = v->hidden == VAULT_BELOW ? HIDE - 1 : 30;
		for (size_t j = 0; v->hidden == VAULT_WITHHELD &&
		     j < tally_values(&t->axis[0]);
		     j++) {
			const struct tally_value *w = tally_value(
			    &t->axis[0], j);

			if (w->hidden == VAULT_SHOWN && w->n < most[n_hidden])
				most[n_hidden] = (unsigned)w->n;
		}
		hidden[n_hidden++] = (unsigned)i;
	}
	memcpy(at, least, sizeof(at));
	for (;;) {
		unsigned sum = known, i = 0;

		for (unsigned k = 0; k < n_hidden; k++)
			sum += at[k];
		for (unsigned k = 0; k < n_hidden; k++)
			if (hidden[k] == row &&
			    (t->total_hidden != VAULT_SHOWN || sum == t->total))
				found[at[k]] = true;
		while (i < n_hidden && at[i] == most[i]) {
			at[i] = least[i];
			i++;
		}
		if (i == n_hidden)
			break;
		at[i]++;
	}
	for (size_t i = 0; i < 64; i++)
		seen += found[i];
	return seen;
}

static void
what_is_hidden_cannot_be_had_by_subtraction(void **state)
{
	(void)state;
	for (unsigned trial = 0; trial < 3000; trial++) {
		unsigned n[ROWS] = { 0 }, rows = 1 + below(4);
		struct tally_table t;

		for (unsigned i = 0; i < rows; i++)
			n[i] = 1 + below(below(2) ? 5 : 12);
		make_table(&t, n);
		for (unsigned i = 0; i < rows; i++) {
			const struct tally_value *v = tally_value(
			    &t.axis[0], i);

			if (n[i] < HIDE)
				assert_int_equal(v->hidden, VAULT_BELOW);
			if (v->hidden == VAULT_BELOW && possible(&t, i) < 2)
				fail_msg("%u %u %u %u: row %u is told", n[0],
				    n[1], n[2], n[3], i);
		}
		tally_table_free(&t);
	}
}

static void
hides_no_more_than_it_must(void **state)
{
	static const struct {
		unsigned n[ROWS];
		const char *shown; /* s, <, w for each, then the total */
	} rows[] = {
		{ { 9, 7, 5 }, "ssss" },
		{ { 9, 7, 2 }, "sw<s" },
		{ { 9, 3, 2 }, "s<<s" },
		{ { 9, 7, 1, 1 }, "sw<<s" },
		{ { 9, 4, 4 }, "w<<s" },
		{ { 3 }, "<w" },
		{ { 5, 1 }, "w<w" },
		{ { 3, 2 }, "<<s" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tally_table t;
		char got[ROWS + 2] = "";
		size_t n;

		make_table(&t, rows[i].n);
		n = tally_values(&t.axis[0]);
		for (size_t k = 0; k < n; k++)
			got[k] = "s<w"[tally_value(&t.axis[0], k)->hidden];
		got[n] = "s<w"[t.total_hidden];
		assert_string_equal(got, rows[i].shown);
		tally_table_free(&t);
	}
}

/* Where it stands in the table must not tell which hidden one is greater. */
static void
the_order_tells_nothing_of_what_is_hidden(void **state)
{
	static const unsigned n[ROWS] = { 1, 4, 2, 9, 3 };
	static const char want[] = "dabce";
	struct tally_table t;

	(void)state;
	make_table(&t, n);
	for (size_t i = 0; i < 5; i++) {
		uint32_t number = ((const uint32_t *)(const void *)t.axis[0]
				       .order.bytes)[i];

		assert_int_equal(*(buf_text(&t.axis[0].texts) +
				     tally_value(&t.axis[0], number)->text),
		    want[i]);
	}
	tally_table_free(&t);
}

static void
a_cross_table_that_hides_has_no_totals(void **state)
{
	static const struct question q = { { "act", "methods" }, false };
	struct vault_tally_axis rows, columns;
	struct vault_tally_value v;
	struct vault_tally_fault fault;
	struct vault_tally_info info;
	struct vault_tally *t;
	unsigned hidden = 0;

	(void)state;
	assert_ok(ask(&t, o.vault, &q, 12, &fault));
	vault_tally_info(&info, t);
	assert_true(info.hides);
	assert_false(info.totals);
	vault_tally_axis(&rows, t, 0);
	vault_tally_axis(&columns, t, 1);
	for (size_t i = 0; i < rows.n; i++) {
		struct vault_tally_value row;

		vault_tally_value(&row, t, 0, i);
		assert_int_equal(row.n.hidden, VAULT_WITHHELD);
		assert_int_equal(row.n.n, 0);
		for (size_t j = 0; j < columns.n; j++) {
			struct vault_figure cell = vault_tally_cell(t, i, j);
			uint64_t n;

			vault_tally_value(&v, t, 1, j);
			assert_int_equal(v.n.hidden, VAULT_WITHHELD);
			n = count(&q, name_of(&row), name_of(&v));
			assert_int_equal(cell.hidden,
			    n > 0 && n < 12 ? VAULT_BELOW : VAULT_SHOWN);
			assert_int_equal(
			    cell.n, cell.hidden == VAULT_SHOWN ? n : 0);
			hidden += cell.hidden == VAULT_BELOW;
		}
	}
	assert_true(hidden > 0);
	vault_tally_free(t);
}

/* ---- Fields of an office's own, what disagrees, what is logged ---- */

static bool
last_entry(void *ctx, const struct vault_log_entry *e)
{
	struct buf *last = ctx;

	buf_reset(last);
	buf_putf(last, "%s %s", e->what, e->detail);
	return true;
}

static void
is_logged_without_its_query(void **state)
{
	static const struct question q = { { "month", "act" }, true };
	struct vault_tally_fault fault;
	struct vault_tally *t;
	struct buf last = { 0 };

	(void)state;
	assert_ok(ask(&t, o.vault, &q, 0, &fault));
	assert_ok(vault_tally_log(o.vault, t, "html"));
	assert_ok(vault_log_each(o.vault, 1, last_entry, &last));
	assert_string_equal(buf_text(&last),
	    "report {\"by\":[\"act\"],\"count\":\"persons\",\"form\":\"html\","
	    "\"over\":\"month\"}");
	buf_free(&last);
	vault_tally_free(t);
}

/* ---- A vault of its own, record by record ---- */

struct small {
	struct opened o;
	char *folder;
};

static int
set_up_small(void **state)
{
	struct small *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->folder = folder_new();
	vault_make(s->folder);
	assert_ok(vault_try(&s->o, s->folder, "dusk"));
	*state = s;
	return 0;
}

static int
tear_down_small(void **state)
{
	struct small *s = *state;

	vault_done(&s->o);
	folder_free(s->folder);
	free(s);
	return 0;
}

static void
add_json(char id[VAULT_ID_LEN], struct small *s, const char *type,
    const char *json, const char *with)
{
	struct buf b = { 0 };

	buf_putf(&b, json, with);
	buf_truncate(&b, b.len - 1);
	add(id, s->o.vault, type, &b);
}

/* "value=n value=n total", as it is shown. */
static const char *
figures(struct small *s, const char *query, const char *by, bool of_persons,
    struct vault_tally_info *info)
{
	static char text[400];
	const struct vault_tally_what what = { .query = query,
		.query_len = strlen(query),
		.by = { by },
		.persons = of_persons };
	struct vault_tally_axis axis;
	struct vault_tally_fault fault;
	struct vault_tally *t;

	assert_ok(vault_tally_new(&t, s->o.vault, &what, &fault));
	vault_tally_info(info, t);
	vault_tally_axis(&axis, t, 0);
	text[0] = '\0';
	for (size_t i = 0; i < axis.n; i++) {
		struct vault_tally_value v;
		size_t at = strlen(text);

		vault_tally_value(&v, t, 0, i);
		snprintf(text + at, sizeof(text) - at, "%s=%llu ", name_of(&v),
		    (unsigned long long)v.n.n);
	}
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "%llu",
	    (unsigned long long)info->total.n);
	vault_tally_free(t);
	return text;
}

static void
edit(struct small *s, const struct vault_record *base, const char *json)
{
	struct vault_report *report;

	assert_ok(vault_report_new(&report));
	assert_ok(vault_edit(s->o.vault, base, report, json, strlen(json)));
	vault_report_free(report);
}

static void
where_versions_disagree_one_counts_and_it_is_said(void **state)
{
	struct small *s = *state;
	struct vault_tally_info info;
	struct vault_record base;
	char id[VAULT_ID_LEN];

	add_json(id, s, "person", "{\"sex\":\"u\"}", "");
	assert_ok(vault_get(&base, s->o.vault, id));
	edit(s, &base, "{\"type\":\"person\",\"level\":1,\"sex\":\"f\"}");
	edit(s, &base, "{\"type\":\"person\",\"level\":1,\"sex\":\"m\"}");
	vault_record_free(&base);
	assert_string_equal(figures(s, "", "sex", false, &info), "f=1 1");
	assert_int_equal(info.clashes.n, 1);
}

/* Of one name, of whom nobody has said yet whether they are one. */
static void
warns_of_who_may_be_counted_twice(void **state)
{
	struct small *s = *state;
	struct vault_tally_info info;
	char id[3][VAULT_ID_LEN], act[VAULT_ID_LEN], victims[128];
	const char *which;

	for (size_t i = 0; i < 3; i++)
		add_json(id[i], s, "person",
		    "{\"names\":[{\"text\":\"Wang Xiaoming\"}],\"sex\":\"m\"}",
		    "");
	snprintf(victims, sizeof(victims), "%s\",\"%s", id[0], id[1]);
	add_json(act, s, "act", "{\"victims\":[\"%s\"]}", victims);
	/* The third is not counted, so it is no matter. */
	assert_string_equal(
	    figures(s, "type:act", "victims.sex", true, &info), "m=2 2");
	assert_int_equal(info.alike, 1);
	assert_int_equal(info.same.n, 0);
	assert_int_equal(info.person_records.n, 2);
	assert_ok(vault_same_say(s->o.vault, id[1], id[0], true, &which));
	assert_string_equal(
	    figures(s, "type:act", "victims.sex", true, &info), "m=1 1");
	assert_int_equal(info.alike, 0);
	assert_int_equal(info.same.n, 1);
	assert_int_equal(info.person_records.n, 2);
	/* By two doors: the one of two records, and a third. */
	add_json(act, s, "act", "{\"victims\":[\"%s\"]}", id[2]);
	assert_string_equal(
	    figures(s, "type:act", "victims.sex", true, &info), "m=2 2");
	assert_int_equal(info.alike, 2);
	assert_ok(vault_same_say(s->o.vault, id[2], id[0], false, &which));
	assert_string_equal(
	    figures(s, "type:act", "victims.sex", true, &info), "m=2 2");
	assert_int_equal(info.alike, 1);
}

static void
whom_a_testimony_is_about_are_persons_only(void **state)
{
	struct small *s = *state;
	struct vault_tally_info info;
	char person[VAULT_ID_LEN], act[VAULT_ID_LEN], id[VAULT_ID_LEN];
	char both[80];

	add_json(person, s, "person", "{\"sex\":\"f\"}", "");
	add_json(act, s, "act", "{\"act\":\"torture\"}", "");
	snprintf(both, sizeof(both), "%s\",\"%s", person, act);
	add_json(
	    id, s, "testimony", "{\"text\":\"x\",\"about\":[\"%s\"]}", both);
	assert_string_equal(
	    figures(s, "type:testimony", "level", true, &info), "2=1 1");
	assert_string_equal(
	    figures(s, "type:testimony", "about.sex", true, &info), "f=1 1");
	assert_string_equal(
	    figures(s, "type:nothing", "about", false, &info), "0");
}

static void
what_is_forgotten_is_not_stated(void **state)
{
	struct small *s = *state;
	struct vault_tally_info info;
	char person[VAULT_ID_LEN], id[VAULT_ID_LEN];

	add_json(person, s, "person", "{\"sex\":\"f\"}", "");
	add_json(id, s, "status",
	    "{\"status\":\"missing\",\"person\":\"%s\",\"level\":1}", person);
	assert_string_equal(
	    figures(s, "type:status", "person.sex", false, &info), "f=1 1");
	/* The person's level is 2, and the figure tells of the person. */
	assert_int_equal(info.secret.n, 1);
	(void)figures(s, "type:status", "person", false, &info);
	assert_int_equal(info.secret.n, 1);
	assert_string_equal(
	    figures(s, "type:status", "status", false, &info), "missing=1 1");
	assert_int_equal(info.secret.n, 0);
	assert_ok(vault_forget(s->o.vault, person, NULL));
	assert_string_equal(
	    figures(s, "type:status", "person.sex", false, &info), "!=1 1");
	/* Somebody who is not here is somebody. */
	assert_string_equal(
	    figures(s, "type:status", "status", true, &info), "missing=1 1");
}

static void
says_what_is_kept_private(void **state)
{
	struct small *s = *state;
	struct vault_tally_info info;
	char person[VAULT_ID_LEN], id[VAULT_ID_LEN];

	add_json(person, s, "person",
	    "{\"sex\":\"f\",\"age\":\"20\",\"private_fields\":[\"sex\"]}", "");
	add_json(id, s, "act",
	    "{\"victims\":[\"%s\"],\"detention\":{\"court\":\"military\","
	    "\"warrant\":\"n\"},\"private_fields\":[\"detention.court\"]}",
	    person);
	assert_string_equal(
	    figures(s, "type:person", "sex", false, &info), "f=1 1");
	assert_int_equal(info.closed.n, 1);
	(void)figures(s, "type:person", "age", false, &info);
	assert_int_equal(info.closed.n, 0);
	(void)figures(s, "type:act", "victims.sex", false, &info);
	assert_int_equal(info.closed.n, 1);
	(void)figures(s, "type:act", "victims.age", false, &info);
	assert_int_equal(info.closed.n, 0);
	assert_string_equal(
	    figures(s, "type:act", "detention.court", false, &info),
	    "military=1 1");
	assert_int_equal(info.closed.n, 1);
	(void)figures(s, "type:act", "detention.warrant", false, &info);
	assert_int_equal(info.closed.n, 0);
}

static void
fields_of_our_own_and_yes_and_numbers(void **state)
{
	struct small *s = *state;
	struct vault_tally_info info;
	char id[VAULT_ID_LEN];

	add_json(id, s, "person",
	    "{\"protected\":true,\"dependants\":3,"
	    "\"x_list\":[\"a\",\"b\",\"a\"]}",
	    "");
	add_json(id, s, "person", "{\"protected\":false}", "");
	assert_string_equal(
	    figures(s, "", "protected", false, &info), "no=1 yes=1 2");
	assert_string_equal(
	    figures(s, "", "dependants", false, &info), "3=1 !=1 2");
	assert_string_equal(
	    figures(s, "", "x_list", false, &info), "a=1 b=1 !=1 2");
	assert_int_equal(info.several.n, 1);
	assert_string_equal(figures(s, "", "type", false, &info), "person=2 2");
}

#define OWN(test)                                                              \
	cmocka_unit_test_setup_teardown(test, set_up_small, tear_down_small)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_what_a_naive_count_gives),
		cmocka_unit_test(a_gap_in_a_series_is_shown),
		cmocka_unit_test(says_what_it_counted),
		cmocka_unit_test(says_why_there_is_no_table),
		cmocka_unit_test(can_be_stopped),
		cmocka_unit_test(a_table_has_an_end),
		cmocka_unit_test(what_is_hidden_cannot_be_had_by_subtraction),
		cmocka_unit_test(hides_no_more_than_it_must),
		cmocka_unit_test(the_order_tells_nothing_of_what_is_hidden),
		cmocka_unit_test(a_cross_table_that_hides_has_no_totals),
		cmocka_unit_test(is_logged_without_its_query),
		OWN(where_versions_disagree_one_counts_and_it_is_said),
		OWN(warns_of_who_may_be_counted_twice),
		OWN(whom_a_testimony_is_about_are_persons_only),
		OWN(what_is_forgotten_is_not_stated),
		OWN(says_what_is_kept_private),
		OWN(fields_of_our_own_and_yes_and_numbers),
	};
	const char *seed = getenv("SEED");

	state_now = seed != NULL ? strtoull(seed, NULL, 10)
				 : (uint64_t)time(NULL);
	print_message("seed %llu\n", (unsigned long long)state_now);
	assert_ok(vault_setup());
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
