/* SPDX-License-Identifier: ISC */
/*
 * What is derived from the bodies, after random work of two offices: records
 * written, edited apart, joined, reverted, attached to, forgotten, sent to and
 * fro, taken out of lists, signed by other keys.
 *
 *  1. Queries answer what reading all bodies answers.
 *  2. The derived tables, row by row and word by word, are what they are when
 *     they are made again.
 *  3. What figures are made of, without verifying, is what is shown; and so
 *     are the figures of records that are read without merging.
 *
 * Random from a seed that is printed; SEED and STEPS in the environment
 * choose another, and more.
 */
#include <ctype.h>
#include <limits.h>
#include <time.h>

#include "offices_help.h"
#include "record/heads.h"
#include "store/inner.h"

#define RECORDS_MAX 4000

static uint64_t seed, state_now;

static uint32_t
below(uint32_t n)
{
	uint64_t z = (state_now += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) % n);
}

static struct office office[2];
static const char *const names[] = { "Aurora", "Boreas" };
static char known[RECORDS_MAX][VAULT_ID_LEN];
static unsigned n_known;
static char cases[RECORDS_MAX][VAULT_ID_LEN];
static unsigned n_cases;

/* ---- Random bodies: each kind of word begins with its own two letters ---- */

static const char *
some(char kind)
{
	static char words[8][4];
	static unsigned i;
	char *word = words[i++ % 8];

	word[0] = kind;
	word[1] = 'q';
	word[2] = (char)('a' + below(6));
	return word;
}

static void
put_list(struct buf *out, const char *field, char kind, unsigned most)
{
	buf_putf(out, ",\"%s\":[\"%s\"", field, some(kind));
	for (unsigned i = below(most); i > 0; i--)
		buf_putf(out, ",\"%s\"", some(kind));
	buf_put_byte(out, ']');
}

static void
put_date(struct buf *out)
{
	unsigned year = 2005 + below(12), month = 1 + below(9);

	buf_putf(out, ",\"date\":{\"edtf\":\"%u", year);
	if (below(2))
		buf_putf(out, "-0%u%s", month, below(2) ? "-17" : "");
	buf_put_text(out, "\"}");
}

static void
put_common(struct buf *out)
{
	buf_putf(out, ",\"level\":%u", below(8) == 0 ? 2 : below(2));
	if (below(3) == 0)
		put_list(out, "tags", 't', 3);
	if (below(3) == 0)
		buf_putf(out,
		    ",\"notes\":[\"%s %s\"],\"private_fields\":[\"notes\"]",
		    some('w'), some('w'));
	if (below(4) == 0)
		buf_putf(out, ",\"review\":{\"edtf\":\"%u\"}", 2020 + below(9));
	buf_put_byte(out, '}');
}

static void
put_person(struct buf *out)
{
	buf_putf(out, "{\"type\":\"person\",\"names\":[{\"text\":\"%s %s\"}]",
	    some('n'), some('n'));
	if (below(6) == 0)
		buf_put_text(out, ",\"kind\":\"group\"");
	if (below(2))
		buf_putf(out, ",\"health\":\"%s, %s\"", some('w'), some('w'));
	put_common(out);
}

static void
put_case(struct buf *out)
{
	buf_putf(out, "{\"type\":\"case\",\"title\":\"%s %s\"", some('h'),
	    some('h'));
	if (below(2))
		buf_putf(out, ",\"summary\":\"%s (%s)\"", some('w'), some('w'));
	if (below(2))
		put_date(out);
	if (below(3) == 0)
		buf_putf(out,
		    ",\"places\":[{\"text\":\"%s\",\"country\":\"%s\"}]",
		    some('p'), below(2) ? "FR" : "CL");
	if (below(4) == 0)
		buf_put_text(out, ",\"countries\":[\"DE\"]");
	put_common(out);
}

static void
put_testimony(struct buf *out)
{
	buf_putf(out, "{\"type\":\"testimony\",\"text\":\"%s %s\"", some('w'),
	    some('w'));
	if (n_cases > 0)
		buf_putf(out, ",\"about\":[\"%s\"]", cases[below(n_cases)]);
	if (below(2))
		put_date(out);
	if (below(2))
		buf_putf(out, ",\"place\":{\"text\":\"%s\"}", some('p'));
	put_common(out);
}

/* How long, or between what; a row of it in value by its days. */
static void
put_length(struct buf *out)
{
	unsigned n = 1 + below(60);

	buf_put_text(out, ",\"sentence\":{\"length\":{");
	switch (below(4)) {
	case 0:
		buf_putf(out, "\"iso\":\"P%uD\"", n);
		break;
	case 1:
		buf_putf(out, "\"min\":\"P%uD\"", n);
		break;
	case 2:
		buf_putf(
		    out, "\"min\":\"P%uD\",\"max\":\"P%uD\"", n, n + below(9));
		break;
	default:
		buf_put_text(out, "\"text\":\"long\"");
	}
	buf_put_text(out, "}}");
}

/* Of a person who need not be here, at a time that is over. */
static const char *const codes[] = { "missing", "held", "released" };

static void
put_status(struct buf *out)
{
	buf_putf(out,
	    "{\"type\":\"status\",\"status\":\"%s\",\"person\":\"0123456789"
	    "abcdefghjkmnpqr%u\",\"certainty\":\"likely\"",
	    codes[below(3)], below(8));
	put_date(out);
	if (below(2))
		put_length(out);
	put_common(out);
}

static void
put_body(struct buf *out, const char *type)
{
	buf_reset(out);
	if (strcmp(type, "person") == 0)
		put_person(out);
	else if (strcmp(type, "case") == 0)
		put_case(out);
	else if (strcmp(type, "status") == 0)
		put_status(out);
	else
		put_testimony(out);
	assert_ok(buf_ok(out));
}

/* ---- Random work ---- */

static const char *const types[] = { "person", "case", "testimony", "status" };

static void
add_one(const struct office *f, struct buf *body)
{
	const char *type = types[below(4)];

	assert_true(n_known < RECORDS_MAX);
	put_body(body, type);
	add(known[n_known], f, buf_text(body));
	if (strcmp(type, "case") == 0)
		memcpy(cases[n_cases++], known[n_known], VAULT_ID_LEN);
	n_known++;
}

/* A record that f has and has not forgotten. */
static bool
pick(struct vault_record *r, const struct office *f)
{
	enum vault_err err;

	if (n_known == 0)
		return false;
	err = vault_get(r, of(f), known[below(n_known)]);
	if (err == VAULT_ENORECORD)
		return false;
	assert_ok(err);
	if (!r->forgotten && strlen(buf_text(&r->body)) > 2)
		return true;
	vault_record_free(r);
	return false;
}

/* Once, or several times from one state. */
static void
edit_some(const struct office *f, struct buf *body, unsigned times)
{
	struct vault_report *report;
	struct vault_record r;

	if (!pick(&r, f))
		return;
	/* Its facts are written once. */
	if (strcmp(r.type, "status") == 0)
		times = 0;
	assert_ok(vault_report_new(&report));
	for (; times > 0; times--) {
		put_body(body, r.type);
		assert_ok(
		    vault_edit(of(f), &r, report, buf_text(body), body->len));
	}
	vault_report_free(report);
	vault_record_free(&r);
}

static void
count_clash(void *ctx, const struct vault_clash *c)
{
	*(size_t *)ctx = c->clash + 1;
}

static void
resolve_one(const struct office *f)
{
	size_t choice[64] = { 0 }, n = 0;
	struct vault_record r;

	if (!pick(&r, f))
		return;
	assert_ok(vault_clashes(of(f), &r, count_clash, &n));
	assert_true(n <= 64);
	for (size_t i = 0; i < n; i++)
		choice[i] = below(2);
	if (n > 0)
		assert_ok(vault_resolve(of(f), &r, choice, n));
	vault_record_free(&r);
}

static bool
any_version(void *ctx, const struct vault_past *p)
{
	if (!p->withheld && !p->forgotten && below(2))
		memcpy(ctx, p->version, VAULT_VERSION_LEN);
	return true;
}

static void
revert_one(const struct office *f)
{
	char version[VAULT_VERSION_LEN] = "";
	struct vault_record r;

	if (!pick(&r, f))
		return;
	assert_ok(vault_history(of(f), r.id, any_version, version));
	if (version[0] != '\0') {
		struct vault_record old;
		bool clashes;

		/* One that an earlier private part contradicts goes not back
		 * before a person has decided. */
		assert_ok(vault_get_version(&old, of(f), r.id, version));
		clashes = old.clashes.len > 0;
		vault_record_free(&old);
		assert_int_equal(vault_revert(of(f), r.id, version),
		    clashes ? VAULT_ECONFLICT : VAULT_OK);
	}
	vault_record_free(&r);
}

static void
attach_one(const struct office *f)
{
	struct vault_record r;

	if (!pick(&r, f))
		return;
	if (r.clashes.len == 0)
		attach(f, r.id, "file", "bytes");
	vault_record_free(&r);
}

static void
forget_one(const struct office *f)
{
	struct vault_record r;

	if (!pick(&r, f))
		return;
	assert_ok(vault_forget(of(f), r.id, NULL));
	vault_record_free(&r);
}

/* False: there is nothing that may leave. */
static bool
pack(struct memory *out, const struct office *f, const char *to)
{
	struct vault_export_what what = { .query = "", .to = &to, .n_to = 1 };
	struct vault_sink sink = { out, memory_write, NULL };
	char id[VAULT_BUNDLE_LEN];
	struct vault_export *e;
	const char *which;
	enum vault_err err;

	memset(out, 0, sizeof(*out));
	assert_ok(vault_export_new(&e, of(f), &what, &which, NULL, NULL));
	err = vault_export_write(id, e, &sink);
	vault_export_free(e);
	if (err == VAULT_EREFUSED)
		return false;
	assert_ok(err);
	return true;
}

static void
send_all(unsigned from, unsigned to)
{
	struct vault_bundle_bad bad;
	struct vault_imported got;
	struct vault_bundle *bundle;
	struct vault_input in;
	struct memory m;

	if (!pack(&m, &office[from], names[to]))
		return;
	in = (struct vault_input){ &m, memory_read, NULL, m.len };
	assert_ok(vault_bundle_open(&bundle, of(&office[to]), &in, &bad));
	if (below(4) == 0)
		vault_bundle_keep(bundle);
	assert_ok(vault_bundle_import(&got, bundle, true, &bad));
	vault_bundle_close(bundle);
	memory_free(&m);
}

static const char list_map[] =
    "{\"amparo_map\":1,\"name\":\"m\",\"type\":\"person\","
    "\"key\":[\"k\"],\"columns\":["
    "{\"column\":\"name\",\"field\":\"names[0].text\"},"
    "{\"column\":\"health\",\"field\":\"health\"}]}";

/* A list whose rows are partly here: too short for a second thread, or not. */
static void
import_list(const struct office *f)
{
	struct buf csv = { 0 };
	struct memory m = { 0 };
	struct vault_input input;
	struct vault_map_fault fault;
	const struct vault_table_how how = { .preview = false };
	struct vault_table_done done;
	struct vault_table *table;
	struct vault_map *map;

	buf_put_text(&csv, "k,name,health\n");
	for (unsigned i = 1 + below(12); i > 0; i--)
		buf_putf(&csv, "%u,%s %s,%s\n", below(60), some('n'), some('n'),
		    some('w'));
	memory_put(&m, csv.bytes, csv.len);
	input = (struct vault_input){ &m, memory_read, NULL, m.len };
	assert_ok(vault_map_read(&map, &fault, list_map, strlen(list_map)));
	assert_ok(vault_table_open(
	    &table, of(f), map, "list.csv", NULL, &input, NULL, NULL));
	assert_ok(vault_table_import(&done, table, &how));
	vault_table_close(table);
	vault_map_free(map);
	memory_free(&m);
	buf_free(&csv);
}

static void
new_key(unsigned whose)
{
	const struct office *other = &office[1 - whose];

	assert_ok(vault_office_renew_signing(of(&office[whose])));
	knows(other, &office[whose]);
	assert_ok(vault_contact_verify(of(other), names[whose], NULL, false));
}

static void
work(struct buf *body)
{
	unsigned who = below(2), what = below(100);
	const struct office *f = &office[who];

	if (what < 28)
		add_one(f, body);
	else if (what < 52)
		edit_some(f, body, 1);
	else if (what < 60)
		edit_some(f, body, 2);
	else if (what < 68)
		resolve_one(f);
	else if (what < 76)
		revert_one(f);
	else if (what < 79)
		attach_one(f);
	else if (what < 83)
		forget_one(f);
	else if (what < 96)
		send_all(who, 1 - who);
	else if (what < 99)
		import_list(f);
	else
		new_key(who);
}

/* ---- What the bodies say ---- */

/* All heads of one record as one text, each behind the name of its office. */
struct said {
	char id[VAULT_ID_LEN];
	struct buf text;
	bool there; /* not forgotten */
};
static struct said *said;
static size_t n_said;

struct reading_heads {
	struct vault *v;
	struct said *to;
	char version[64][VAULT_VERSION_LEN];
	size_t n;
};

static bool
note_head(void *ctx, const struct vault_past *p)
{
	struct reading_heads *r = ctx;

	if (!p->head)
		return true;
	assert_true(r->n < 64);
	memcpy(r->version[r->n++], p->version, VAULT_VERSION_LEN);
	buf_putf(&r->to->text, "office:%s\n", p->office);
	return true;
}

/* Whose private parts contradict a head. */
static void
put_offices(struct said *to, struct vault *v, const struct buf *clashes)
{
	static const char mark[] = "\"office\":\"";
	uint8_t key[IDENTITY_PUBLIC_LEN];
	struct buf name = { 0 };

	for (const char *at = buf_text(clashes);
	     (at = strstr(at, mark)) != NULL;) {
		at += strlen(mark);
		assert_ok(hex_decode(key, sizeof(key), at, 2 * sizeof(key)));
		assert_ok(records_office(&name, v->store, key));
		buf_putf(&to->text, "office:%s\n", buf_text(&name));
	}
	buf_free(&name);
}

/* vault_get_version has what another private part says among its clashes. */
static void
read_heads(struct said *to, struct vault *v)
{
	struct reading_heads r = { .v = v, .to = to };
	struct vault_record one;

	assert_ok(vault_history(v, to->id, note_head, &r));
	for (size_t i = 0; i < r.n; i++) {
		enum vault_err err = vault_get_version(
		    &one, v, to->id, r.version[i]);

		if (err == VAULT_ENORECORD) /* its body is not here */
			continue;
		assert_ok(err);
		buf_put(&to->text, one.body.bytes, one.body.len);
		buf_put(&to->text, one.clashes.bytes, one.clashes.len);
		buf_put_byte(&to->text, '\n');
		put_offices(to, v, &one.clashes);
		vault_record_free(&one);
	}
}

static void
read_all(struct vault *v)
{
	struct sql *q;
	bool row;

	for (size_t i = 0; i < n_said; i++)
		buf_free(&said[i].text);
	memset(said, 0, RECORDS_MAX * sizeof(*said));
	n_said = 0;
	q = sql_open_once(
	    v->store, "SELECT id,key IS NOT NULL FROM record ORDER BY id");
	for (;;) {
		uint8_t id[ID_LEN];

		assert_ok(sql_step(q, &row));
		if (!row)
			break;
		assert_true(n_said < RECORDS_MAX);
		assert_ok(sql_copy(q, 0, id, ID_LEN));
		said[n_said].there = sql_int(q, 1) != 0;
		id_print(said[n_said++].id, id);
	}
	sql_close(q);
	for (size_t i = 0; i < n_said; i++)
		read_heads(&said[i], v);
}

/* ---- Queries, answered by reading ---- */

/* A condition: of a text that stands in a head, or of its dates. */
struct condition {
	char query[64], text[80];
	unsigned from, to; /* years, or days; 0: no date */
	bool length;       /* of durations */
};

/* The number of days behind that name, before the end of the object. */
static bool
days_at(unsigned *out, const char *text, const char *name)
{
	const char *at = strstr(text, name), *end = strchr(text, '}');

	if (at == NULL || at > end)
		return false;
	*out = (unsigned)atoi(at + strlen(name));
	return true;
}

static bool
any_length(const char *text, unsigned from, unsigned to)
{
	static const char mark[] = "\"length\":{";

	while ((text = strstr(text, mark)) != NULL) {
		unsigned least = 0, most = UINT_MAX;
		bool known_days;

		text += strlen(mark);
		known_days = days_at(&least, text, "\"min\":\"P");
		known_days = days_at(&most, text, "\"max\":\"P") || known_days;
		if (days_at(&least, text, "\"iso\":\"P")) {
			most = least;
			known_days = true;
		}
		if (known_days && least <= to && most >= from)
			return true;
	}
	return false;
}

static bool
any_date(const char *text, unsigned from, unsigned to)
{
	static const char mark[] = "\"date\":{\"edtf\":\"";

	while ((text = strstr(text, mark)) != NULL) {
		unsigned year = (unsigned)atoi(text += strlen(mark));

		if (from <= year && year <= to)
			return true;
	}
	return false;
}

/* As a word: any three letters may stand in an id. */
static bool
any_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		if ((at == text || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[len]))
			return true;
	return false;
}

static bool
holds(const struct said *s, const struct condition *c)
{
	const char *text = buf_text(&s->text);

	if (c->length)
		return any_length(text, c->from, c->to);
	return c->from > 0 ? any_date(text, c->from, c->to)
			   : any_word(text, c->text);
}

static void
same_word(struct condition *c, const char *field, char kind)
{
	const char *word = some(kind);

	snprintf(c->query, sizeof(c->query), "%s%s", field, word);
	/* A tag and a place are a text of their own. */
	snprintf(c->text, sizeof(c->text),
	    kind == 't' || kind == 'p' ? "\"%s\"" : "%s", word);
}

static void
random_condition(struct condition *c)
{
	static const char *const countries[] = { "FR", "CL", "DE" };
	static const char kinds[] = "wnh";
	const char *word;

	memset(c, 0, sizeof(*c));
	switch (below(12)) {
	case 11:
		c->length = true;
		c->from = 1 + below(60);
		c->to = c->from + below(20);
		snprintf(c->query, sizeof(c->query), "duration:%ud..%ud",
		    c->from, c->to);
		break;
	case 0:
		same_word(c, "", kinds[below(3)]);
		break;
	case 1:
		same_word(c, "name:", 'n');
		break;
	case 2:
		same_word(c, "title:", 'h');
		break;
	case 3:
		same_word(c, "tag:", 't');
		break;
	case 4:
		same_word(c, "place:", 'p');
		break;
	case 5:
		word = countries[below(3)];
		snprintf(c->query, sizeof(c->query), "country:%s", word);
		snprintf(c->text, sizeof(c->text), "\"%s\"", word);
		break;
	case 6:
		word = types[below(4)];
		snprintf(c->query, sizeof(c->query), "type:%s", word);
		snprintf(c->text, sizeof(c->text), "\"type\":\"%s\"", word);
		break;
	case 7:
		snprintf(c->query, sizeof(c->query), "level:%u", below(3));
		snprintf(c->text, sizeof(c->text), "\"level\":%s",
		    c->query + strlen("level:"));
		break;
	case 8:
		snprintf(
		    c->query, sizeof(c->query), "office:%s", names[below(2)]);
		snprintf(c->text, sizeof(c->text), "%s", c->query);
		break;
	case 9:
		c->from = 2003 + below(12);
		c->to = c->from + below(4);
		snprintf(
		    c->query, sizeof(c->query), "date:%u..%u", c->from, c->to);
		break;
	default:
		word = n_cases > 0 ? cases[below(n_cases)] : "none";
		snprintf(c->query, sizeof(c->query), "case:%s", word);
		snprintf(c->text, sizeof(c->text), "\"about\":[\"%s\"]", word);
	}
}

/* ---- Compared ---- */

static int
compare_id(const void *key, const void *one)
{
	return strcmp(key, ((const struct said *)one)->id);
}

static bool
note_found(void *ctx, const struct vault_row *row)
{
	bool *found = ctx;
	const struct said *s = bsearch(
	    row->id, said, n_said, sizeof(*said), compare_id);

	assert_non_null(s);
	assert_false(found[s - said]);
	found[s - said] = true;
	return true;
}

/* All that are found; then how many there are, of which some are. */
static void
compare_answer(
    struct vault *v, const char *query, const bool *want, unsigned step)
{
	struct vault_search what = { .query = query,
		.query_len = strlen(query) };
	bool *found = calloc(n_said + 1, sizeof(*found));
	uint64_t total = 0, n = 0;

	assert_ok(vault_find(v, &what, note_found, found, NULL, NULL));
	for (size_t i = 0; i < n_said; i++) {
		n += want[i];
		if (found[i] != want[i])
			fail_msg("step %u: %s: %s is%s found:\n%s", step, query,
			    said[i].id, found[i] ? "" : " not",
			    buf_text(&said[i].text));
	}
	memset(found, 0, n_said * sizeof(*found));
	what.limit = 1 + below(4);
	assert_ok(vault_find(v, &what, note_found, found, &total, NULL));
	if (total != n)
		fail_msg("step %u: %s: counted %llu, there are %llu", step,
		    query, (unsigned long long)total, (unsigned long long)n);
	free(found);
}

/* One condition, two, or one that must not hold. */
static void
compare_query(struct vault *v, unsigned step)
{
	static const char *const forms[] = { "%s", "%s %s", "%s OR %s",
		"%s NOT %s" };
	unsigned form = below(5);
	bool *want = calloc(n_said + 1, sizeof(*want));
	struct condition x, y;
	char query[160] = "";

	random_condition(&x);
	random_condition(&y);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
	if (form < 4)
		snprintf(query, sizeof(query), forms[form], x.query, y.query);
#pragma GCC diagnostic pop
	for (size_t i = 0; i < n_said; i++) {
		bool a = holds(&said[i], &x), b = holds(&said[i], &y);

		want[i] = said[i].there &&
		    (form == 0          ? a
			    : form == 1 ? a && b
			    : form == 2 ? a || b
			    : form == 3 ? a && !b
					: true);
	}
	compare_answer(v, query, want, step);
	free(want);
}

static void
ignore_person(void *ctx, const struct vault_counted *p)
{
	(void)ctx;
	(void)p;
}

/* Who ever was in a situation, by all bodies: each person once. */
static void
compare_count(struct vault *v, unsigned step)
{
	const char *code = codes[below(3)];
	const struct vault_count what = {
		.statuses = code, .ever = true, .level = 3
	};
	struct vault_count_result result;
	const char *bad;
	bool seen[8] = { false };
	char wanted[40];
	uint64_t n = 0;

	snprintf(wanted, sizeof(wanted), "\"status\":\"%s\"", code);
	for (size_t i = 0; i < n_said; i++) {
		const char *text = buf_text(&said[i].text), *at;

		if (!said[i].there || strstr(text, wanted) == NULL ||
		    (at = strstr(text, "abcdefghjkmnpqr")) == NULL)
			continue;
		n += !seen[at[15] - '0'];
		seen[at[15] - '0'] = true;
	}
	assert_ok(vault_count(v, &what, &result, &bad, ignore_person, NULL));
	if (result.certain != n)
		fail_msg("step %u: ever %s: counted %llu, there are %llu", step,
		    code, (unsigned long long)result.certain,
		    (unsigned long long)n);
}

static void
dump_rows(struct buf *out, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(q); i++) {
			const void *bytes = sqlite3_column_blob(q, i);

			hex_encode(
			    out, bytes, (size_t)sqlite3_column_bytes(q, i));
			buf_put_byte(out, ' ');
		}
		buf_put_byte(out, '\n');
	}
	assert_int_equal(sqlite3_finalize(q), SQLITE_OK);
}

/* Every row of the tables, and every word with its places. */
static void
dump(struct buf *out, struct vault *v)
{
	sqlite3 *db;

	buf_reset(out);
	assert_ok(store_read(v->store));
	db = v->store->db;
	dump_rows(out, db, "SELECT * FROM item ORDER BY num");
	dump_rows(out, db, "SELECT * FROM value ORDER BY field,key,num");
	dump_rows(out, db, "SELECT * FROM find_docsize ORDER BY id");
	dump_rows(out, db, "SELECT block FROM find_data WHERE id=1");
	assert_int_equal(sqlite3_exec(db,
			     "CREATE VIRTUAL TABLE IF NOT EXISTS temp.place"
			     " USING fts5vocab(main,find,'instance')",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	dump_rows(out, db,
	    "SELECT term,doc,col,offset FROM temp.place"
	    " ORDER BY term,doc,col,offset");
	assert_int_equal(
	    sqlite3_exec(db, "DROP TABLE temp.place", NULL, NULL, NULL),
	    SQLITE_OK);
	store_read_end(v->store);
	assert_ok(buf_ok(out));
}

static void
assert_same_dump(const struct buf *x, const struct buf *y, unsigned step)
{
	const char *a = buf_text(x), *b = buf_text(y);

	if (strcmp(a, b) == 0)
		return;
	while (strcspn(a, "\n") == strcspn(b, "\n") &&
	    memcmp(a, b, strcspn(a, "\n")) == 0) {
		a += strcspn(a, "\n") + 1;
		b += strcspn(b, "\n") + 1;
	}
	fail_msg("step %u: %.*s was made again as %.*s", step,
	    (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
}

static void
compare_merges(struct vault *v, unsigned step)
{
	for (size_t i = 0; i < n_said; i++) {
		struct buf text[2] = { { 0 }, { 0 } };
		struct merged shown, trusted;
		struct record_row r;
		uint8_t id[ID_LEN];

		if (!said[i].there)
			continue;
		assert_ok(id_parse(id, said[i].id, strlen(said[i].id)));
		assert_ok(rows_find(&r, v->store, id));
		assert_ok(heads_merge(&shown, v->store, &r));
		assert_ok(heads_trust(&trusted, v->store, &r));
		assert_ok(merged_text(&text[0], &text[0], &shown));
		assert_ok(merged_text(&text[1], &text[1], &trusted));
		if (strcmp(buf_text(&text[0]), buf_text(&text[1])) != 0)
			fail_msg("step %u: %s is shown, and counted as %s",
			    step, buf_text(&text[0]), buf_text(&text[1]));
		assert_int_equal(shown.has_withheld, trusted.has_withheld);
		assert_int_equal(shown.time, trusted.time);
		assert_int_equal(shown.more, trusted.more);
		assert_int_equal(shown.heads.len, trusted.heads.len);
		assert_memory_equal(
		    shown.heads.bytes, trusted.heads.bytes, shown.heads.len);
		for (unsigned k = 0; k < 2; k++)
			buf_free(&text[k]);
		merged_free(&shown);
		merged_free(&trusted);
	}
}

/* ---- Figures ---- */

static const char *const fields[] = { "status", "level", "tags", "notes",
	"places.country", "person", "person.names.text", "about", "about.title",
	"certainty", "private_fields", "kind" };

/* Not of a thing twice. */
static void
ask_figures(struct vault_tally_what *what)
{
	unsigned first = below(12);

	*what = (struct vault_tally_what){ .query = "", .by = { NULL } };
	what->over = below(3) == 0 ? VAULT_YEAR + below(3) : VAULT_NO_PERIOD;
	what->persons = below(4) == 0;
	what->hide_below = below(4) == 0 ? 3 : 0;
	what->audience = below(4) == 0 ? "court" : NULL;
	what->by[0] = fields[first];
	if (what->over == VAULT_NO_PERIOD && below(2))
		what->by[1] = fields[(first + 1 + below(11)) % 12];
}

static void
print_figure(struct buf *out, struct vault_figure f)
{
	buf_putf(out, " %u/%d", (unsigned)f.n, (int)f.hidden);
}

static void
print_info(struct buf *out, const struct vault_tally *t)
{
	struct vault_tally_info i;

	vault_tally_info(&i, t);
	print_figure(out, i.total);
	print_figure(out, i.several);
	print_figure(out, i.records);
	print_figure(out, i.secret);
	print_figure(out, i.closed);
	print_figure(out, i.roughly);
	print_figure(out, i.clashes);
	print_figure(out, i.held);
	buf_putf(out, " %u %u %u %u %d %d %u %u %u", (unsigned)i.names,
	    (unsigned)i.parts, (unsigned)i.short_names, i.axes, i.hides,
	    i.totals, (unsigned)i.other_types, (unsigned)i.no_person,
	    (unsigned)i.not_one);
	for (size_t k = 0; k < i.n_types; k++)
		buf_putf(out, " %s", i.type[k]);
}

static size_t
print_axis(struct buf *out, const struct vault_tally *t, unsigned axis)
{
	struct vault_tally_axis a;

	vault_tally_axis(&a, t, axis);
	buf_putf(out, "\n%s %d %s %d:", a.field, (int)a.period,
	    a.vocab == NULL ? "" : a.vocab, a.is_link);
	for (size_t i = 0; i < a.n; i++) {
		struct vault_tally_value v;

		vault_tally_value(&v, t, axis, i);
		buf_putf(out, " %d'%s'%s'", (int)v.is, v.text, v.title);
		print_figure(out, v.n);
	}
	return a.n;
}

/* All of a table, as text; or why there is none. */
static void
print_figures(
    struct buf *out, struct vault *v, const struct vault_tally_what *what)
{
	struct vault_tally_info info;
	struct vault_tally_fault fault;
	struct vault_tally *t;
	enum vault_err err = vault_tally_new(&t, v, what, &fault);
	size_t rows, columns;

	buf_reset(out);
	if (err != VAULT_OK) {
		buf_putf(out, "%d %d", (int)err, (int)fault.why);
		return;
	}
	print_info(out, t);
	vault_tally_info(&info, t);
	rows = print_axis(out, t, 0);
	columns = info.axes < 2 ? 0 : print_axis(out, t, 1);
	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < columns; j++)
			print_figure(out, vault_tally_cell(t, i, j));
	vault_tally_free(t);
}

static void
compare_figures(struct vault *v, unsigned step)
{
	struct buf quick = { 0 }, merged = { 0 };
	struct vault_tally_what what;

	ask_figures(&what);
	print_figures(&quick, v, &what);
	heads_test_merge_all(true);
	print_figures(&merged, v, &what);
	heads_test_merge_all(false);
	if (strcmp(buf_text(&quick), buf_text(&merged)) != 0)
		fail_msg("step %u: by %s: %s\nwhere all is merged: %s", step,
		    what.by[0], buf_text(&quick), buf_text(&merged));
	buf_free(&quick);
	buf_free(&merged);
}

static void
compare_all(unsigned step)
{
	struct buf before = { 0 }, after = { 0 };

	for (unsigned who = 0; who < 2; who++) {
		struct vault *v = of(&office[who]);

		read_all(v);
		compare_merges(v, step);
		for (unsigned i = 0; i < 60; i++)
			compare_query(v, step);
		compare_count(v, step);
		for (unsigned i = 0; i < 40; i++)
			compare_figures(v, step);
		dump(&before, v);
		assert_ok(vault_reindex(v, NULL, NULL));
		dump(&after, v);
		assert_same_dump(&before, &after, step);
	}
	buf_free(&before);
	buf_free(&after);
}

/* ---- The tests ---- */

static void
what_is_derived_is_what_the_bodies_say(void **state)
{
	const char *steps = getenv("STEPS");
	unsigned n = steps == NULL ? 320 : (unsigned)atoi(steps);
	struct buf body = { 0 };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	state_now = seed;
	for (unsigned step = 1; step <= n; step++) {
		work(&body);
		if (step % 80 == 0)
			compare_all(step);
	}
	buf_free(&body);
}

static int
setup(void **state)
{
	(void)state;
	said = calloc(RECORDS_MAX, sizeof(*said));
	for (unsigned i = 0; i < 2; i++)
		office_open(&office[i], names[i]);
	for (unsigned i = 0; i < 2; i++) {
		knows(&office[i], &office[1 - i]);
		assert_ok(vault_contact_verify(
		    of(&office[i]), names[1 - i], NULL, false));
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_said; i++)
		buf_free(&said[i].text);
	free(said);
	office_close(&office[0]);
	office_close(&office[1]);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_derived_is_what_the_bodies_say),
	};
	const char *text = getenv("SEED");

	if (vault_setup() != VAULT_OK)
		return 1;
	seed = text != NULL
	    ? strtoull(text, NULL, 10)
	    : (uint64_t)time(NULL) * 1000003u + (uint64_t)getpid();
	return cmocka_run_group_tests_name("derived", tests, setup, teardown);
}
