/* SPDX-License-Identifier: ISC */
/*
 * The index after random writes: it says of each record what its heads say,
 * and answers as the index does that is made again.
 *
 * Random from a seed that is printed; SEED and STEPS in the environment
 * choose another, and more.
 */
#include <time.h>
#include <unistd.h>

#include "core/buf.h"
#include "inside.h"
#include "record/rows.h"
#include "search/index.h"
#include "store/sql.h"
#include "store/store.h"
#include "support.h"

#define RECORDS_MAX 40

struct fixture {
	struct opened o;
	char *folder;
	char id[RECORDS_MAX][VAULT_ID_LEN];
	bool person[RECORDS_MAX];
	unsigned n;
	struct vault_report *report;
};

static uint64_t seed, state_now;

static uint32_t
below(uint32_t n)
{
	uint64_t z = (state_now += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) % n);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->folder = folder_new();
	vault_make(f->folder);
	assert_ok(vault_try(&f->o, f->folder, "dusk"));
	assert_ok(vault_report_new(&f->report));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	vault_report_free(f->report);
	vault_done(&f->o);
	folder_free(f->folder);
	free(f);
	return 0;
}

/* ---- Random records ---- */

static const char *const words[] = { "teng", "biao", "O'Brien", "García",
	"Márquez", "lawyer", "Straße", "ÉCOLE", "naïve", "al-Jazeera", "腾彪",
	"李天天", "北京市", "维权律师", "東京", "カタカナ", "ひらがな", "서울",
	"민주주의", "Москва", "Қазақстан", "القاهرة", "تهران", "بېيجىڭ",
	"བོད་སྐད", "ལྷ་སའི", "ᠮᠣᠩᠭᠣᠯ", "ประเทศไทย", "မြန်မာ", "ខ្មែរ", "עברית",
	"Ελλάδα", "हिन्दी", "２０１１", "2011-04-26", "teng·biao", "𠀀𠀁", "ﬁne",
	"e\u0301cole", "👍", "x" };
#define WORDS (sizeof(words) / sizeof(words[0]))

static const char *
word(void)
{
	return words[below(WORDS)];
}

static void
put_words(struct buf *out, unsigned most)
{
	unsigned n = 1 + below(most);

	for (unsigned i = 0; i < n; i++)
		buf_putf(
		    out, "%s%s", i > 0 ? below(4) ? " " : "、" : "", word());
}

static void
put_text(struct buf *out, const char *field, unsigned most)
{
	buf_putf(out, ",\"%s\":\"", field);
	put_words(out, most);
	buf_put_byte(out, '"');
}

static void
put_date(struct buf *out, const char *field)
{
	static const char *const forms[] = { "%04u", "%04u-0%u", "%04u~",
		"%04u-0%u-1%u", "%04u/..", "../%04u" };
	char date[40];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
	snprintf(date, sizeof(date), forms[below(6)], 1950 + below(70),
	    1 + below(9), below(10));
#pragma GCC diagnostic pop
	buf_putf(out, ",\"%s\":{\"edtf\":\"%s\"}", field, date);
}

static void
random_person(struct buf *out)
{
	unsigned names = below(4);

	buf_put_text(out, "{\"type\":\"person\"");
	for (unsigned i = 0; i < names; i++) {
		buf_put_text(
		    out, i > 0 ? ",{\"text\":\"" : ",\"names\":[{\"text\":\"");
		put_words(out, 3);
		buf_putf(out, "\"%s}",
		    i == 0 && below(2) ? ",\"primary\":true" : "");
	}
	if (names > 0)
		buf_put_byte(out, ']');
	if (names == 0 || below(3) == 0)
		put_text(out, "pseudonym", 2);
	if (below(2))
		put_text(out, "health", 20);
	if (below(2))
		put_date(out, "born");
	if (below(3) == 0)
		buf_putf(out, ",\"tags\":[\"%s\"]", word());
	if (below(4) == 0)
		buf_putf(out,
		    ",\"notes\":[\"%s %s\"],\"private_fields\":"
		    "[\"notes\"]",
		    word(), word());
	buf_putf(out, ",\"level\":%u}", below(3));
}

static void
random_case(struct buf *out)
{
	buf_put_text(out, "{\"type\":\"case\"");
	if (below(6) > 0)
		put_text(out, "title", 4);
	put_text(out, "summary", 60);
	if (below(2))
		put_text(out, "context", 10);
	if (below(2))
		put_date(out, "date");
	if (below(3) == 0)
		buf_putf(out,
		    ",\"places\":[{\"text\":\"%s\",\"country\":\"CN\"}]",
		    word());
	if (below(3) == 0)
		buf_put_text(out, ",\"countries\":[\"DE\",\"FR\"]");
	buf_putf(out, ",\"level\":%u}", below(3));
}

static void
random_body(struct buf *out, bool person)
{
	buf_reset(out);
	if (person)
		random_person(out);
	else
		random_case(out);
	assert_ok(buf_ok(out));
}

/* ---- Random writes ---- */

static void
must(struct fixture *f, enum vault_err err, const struct buf *body)
{
	if (err == VAULT_OK)
		return;
	for (size_t i = 0; i < vault_report_len(f->report); i++) {
		struct vault_issue issue;

		vault_report_at(&issue, f->report, i);
		print_message("issue %d at %s: %s\n", (int)issue.code,
		    issue.path, issue.value);
	}
	fail_msg("%s: %s", vault_strerror(err), buf_text(body));
}

static void
add(struct fixture *f, struct buf *body)
{
	f->person[f->n] = below(2);
	random_body(body, f->person[f->n]);
	must(f,
	    vault_add(f->id[f->n], f->o.vault, f->report, NULL, body->bytes,
		body->len),
	    body);
	f->n++;
}

/* Once, or twice from one state, so that they disagree. */
static void
edit(struct fixture *f, struct buf *body, unsigned times)
{
	unsigned i = below(f->n);
	struct vault_record r;

	assert_ok(vault_get(&r, f->o.vault, f->id[i]));
	while (times-- > 0) {
		random_body(body, f->person[i]);
		must(f,
		    vault_edit(
			f->o.vault, &r, f->report, body->bytes, body->len),
		    body);
	}
	vault_record_free(&r);
}

static void
count_clash(void *ctx, const struct vault_clash *c)
{
	*(size_t *)ctx = c->clash + 1;
}

/* Close a conflict, if the record has one. */
static void
resolve(struct fixture *f)
{
	unsigned i = below(f->n);
	size_t choice[64] = { 0 }, n = 0;
	struct vault_record r;

	assert_ok(vault_get(&r, f->o.vault, f->id[i]));
	assert_ok(vault_clashes(f->o.vault, &r, count_clash, &n));
	assert_true(n <= 64);
	for (size_t j = 0; j < n; j++)
		choice[j] = below(2);
	if (n > 0)
		assert_ok(vault_resolve(f->o.vault, &r, choice, n));
	vault_record_free(&r);
}

static bool
any_version(void *ctx, const struct vault_past *p)
{
	if (below(2))
		memcpy(ctx, p->version, VAULT_VERSION_LEN);
	return true;
}

static void
revert(struct fixture *f)
{
	unsigned i = below(f->n);
	char version[VAULT_VERSION_LEN] = "";

	assert_ok(vault_history(f->o.vault, f->id[i], any_version, version));
	if (version[0] != '\0')
		assert_ok(vault_revert(f->o.vault, f->id[i], version));
}

static void
write_something(struct fixture *f, struct buf *body)
{
	uint32_t what = below(20);

	if (f->n == 0 || (what < 7 && f->n < RECORDS_MAX))
		add(f, body);
	else if (what < 13)
		edit(f, body, 1);
	else if (what < 16)
		edit(f, body, 2);
	else if (what < 18)
		resolve(f);
	else
		revert(f);
}

/* ---- What the index answers ---- */

static bool
put_row(void *ctx, const struct vault_row *row)
{
	buf_putf(
	    ctx, " %s %s %u\n", row->id, buf_text(&row->title), row->heads);
	for (size_t i = 0; i < row->n_hits; i++)
		assert_true(row->hit[i].start < row->hit[i].end &&
		    row->hit[i].end <= row->snippet.len);
	return true;
}

static void
ask(struct buf *out, struct vault *v, const char *query, const char *like,
    bool ranked)
{
	struct vault_search what = { .query = query,
		.query_len = strlen(query),
		.like = like,
		.ranked = ranked,
		.snippets = ranked };
	uint64_t total;

	buf_putf(out, "%s|%s\n", query, like == NULL ? "" : like);
	assert_ok(vault_find(v, &what, put_row, out, &total, NULL));
	buf_putf(out, " %llu\n", (unsigned long long)total);
}

static void
all_answers(struct buf *out, struct vault *v)
{
	static const char *const queries[] = { "", "type:person", "type:case",
		"level:2", "date:1980..1999", "date:2011", "tag:腾彪",
		"place:北京", "country:DE", "name:teng*", "title:腾",
		"teng OR 东京 OR 서울", "lawyer NOT teng", "\"teng biao\"",
		"x*" };
	char query[200];

	buf_reset(out);
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		ask(out, v, queries[i], NULL, false);
	for (size_t i = 0; i < WORDS; i++) {
		ask(out, v, words[i], NULL, i % 8 == 0);
		snprintf(query, sizeof(query), "name:%s", words[i]);
		ask(out, v, query, NULL, false);
	}
	ask(out, v, "", "Teng Bao", false);
	ask(out, v, "", "腾彪", false);
	assert_ok(buf_ok(out));
}

static void
assert_agrees(struct fixture *f)
{
	struct record_row r;
	uint8_t id[ID_LEN];
	bool same;

	assert_ok(store_read(f->o.vault->store));
	for (unsigned i = 0; i < f->n; i++) {
		assert_ok(id_parse(id, f->id[i], strlen(f->id[i])));
		assert_ok(rows_find(&r, f->o.vault->store, id));
		assert_ok(index_agrees(&same, f->o.vault->store, &r));
		if (!same)
			fail_msg("the index is wrong on %s", f->id[i]);
	}
	store_read_end(f->o.vault->store);
}

/* The first line in which two answers differ. */
static void
assert_same_text(const struct buf *a, const struct buf *b, unsigned step)
{
	const char *x = buf_text(a), *y = buf_text(b), *query = x;

	if (strcmp(x, y) == 0)
		return;
	for (; *x == *y; x++, y++)
		if (*x == '\n' && x[1] != ' ')
			query = x + 1;
	fail_msg("step %u: made again, the answer to %.*s differs: %.60s", step,
	    (int)strcspn(query, "\n"), query, y);
}

/* ---- Tests ---- */

static void
the_index_is_always_what_it_would_be_made_again(void **state)
{
	struct fixture *f = *state;
	const char *steps = getenv("STEPS");
	unsigned n = steps == NULL ? 120 : (unsigned)atoi(steps);
	struct buf body = { 0 }, before = { 0 }, after = { 0 };

	print_message("seed %llu\n", (unsigned long long)seed);
	state_now = seed;
	for (unsigned step = 0; step < n; step++) {
		write_something(f, &body);
		assert_agrees(f);
		/* What a rebuild mends would never be seen twice. */
		if (step % 3 != 0)
			continue;
		all_answers(&before, f->o.vault);
		assert_ok(vault_reindex(f->o.vault, NULL, NULL));
		all_answers(&after, f->o.vault);
		assert_same_text(&before, &after, step);
		assert_agrees(f);
	}
	buf_free(&body);
	buf_free(&before);
	buf_free(&after);
}

/* Many writes before the one comparison: what is left over adds up. */
static void
nothing_is_left_over_by_many_writes(void **state)
{
	struct fixture *f = *state;
	struct buf body = { 0 }, before = { 0 }, after = { 0 };

	state_now = seed + 1;
	for (unsigned step = 0; step < 150; step++)
		write_something(f, &body);
	all_answers(&before, f->o.vault);
	assert_ok(vault_reindex(f->o.vault, NULL, NULL));
	all_answers(&after, f->o.vault);
	assert_same_text(&before, &after, 150);
	buf_free(&body);
	buf_free(&before);
	buf_free(&after);
}

static void
a_row_too_many_or_too_few_is_seen(void **state)
{
	static const char *const changes[] = {
		"DELETE FROM value WHERE num=1 AND field=14",
		"UPDATE value SET key=key||'x' WHERE num=1 AND field=14",
		"DELETE FROM value WHERE num=1 AND field=1",
		"INSERT INTO value VALUES(1,'more',1)",
		"UPDATE item SET title='Another' WHERE num=1",
		"DELETE FROM value WHERE num=1 AND field=15",
		"UPDATE item SET time=time+1 WHERE num=1",
		"UPDATE item SET heads=2 WHERE num=1",
		"UPDATE item SET type='person' WHERE num=1",
		"DELETE FROM item WHERE num=1",
	};
	static const char json[] = "{\"type\":\"case\",\"title\":\"A title\","
				   "\"date\":{\"edtf\":\"2011\"}}";
	struct fixture *f = *state;
	struct vault *v = f->o.vault;
	struct record_row r;
	uint8_t id[ID_LEN];
	bool same;

	assert_ok(vault_add(f->id[0], v, f->report, NULL, json, strlen(json)));
	assert_ok(id_parse(id, f->id[0], strlen(f->id[0])));
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		assert_ok(store_begin(v->store));
		assert_ok(rows_find(&r, v->store, id));
		assert_ok(index_agrees(&same, v->store, &r));
		assert_true(same);
		assert_ok(sql_finish(sql_open_once(v->store, changes[i])));
		assert_ok(index_agrees(&same, v->store, &r));
		if (same)
			fail_msg("not seen: %s", changes[i]);
		store_abort(v->store);
	}
}

/* As if the tables here were of another Unicode than those that made it. */
static void
says_when_another_unicode_made_it(void **state)
{
	static const char *const changes[] = {
		"UPDATE value SET key='1.1.5' WHERE field=24",
		"DELETE FROM value WHERE field=24",
	};
	struct fixture *f = *state;
	struct vault *v = f->o.vault;
	struct vault_entered entered;

	for (size_t i = 0; i < 2; i++) {
		assert_ok(vault_enter(&entered, v));
		assert_false(entered.index_old);
		assert_ok(store_begin(v->store));
		assert_ok(sql_run(v->store, changes[i]));
		assert_ok(store_commit(v->store));
		assert_ok(vault_enter(&entered, v));
		assert_true(entered.index_old);
		assert_ok(vault_reindex(v, NULL, NULL));
	}
	assert_ok(vault_enter(&entered, v));
	assert_false(entered.index_old);
}

int
main(void)
{
#define with_vault(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_vault(the_index_is_always_what_it_would_be_made_again),
		with_vault(nothing_is_left_over_by_many_writes),
		with_vault(a_row_too_many_or_too_few_is_seen),
		with_vault(says_when_another_unicode_made_it),
	};
	const char *text = getenv("SEED");

	if (vault_setup() != VAULT_OK)
		return 1;
	seed = text != NULL
	    ? strtoull(text, NULL, 10)
	    : (uint64_t)time(NULL) * 1000003u + (uint64_t)getpid();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
