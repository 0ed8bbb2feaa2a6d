/* SPDX-License-Identifier: ISC */
/* Records of one person: what is said, by whom, and what is suggested. */
#include <time.h>

#include "core/text.h"
#include "search/alike.h"
#include "search/like.h"
#include "trio_help.h"

static const char *
person(char *id, const char *name)
{
	char json[512];

	snprintf(json, sizeof(json),
	    "{\"type\":\"person\",\"names\":[{\"text\":\"%s\"}]}", name);
	add(id, &a, json);
	return id;
}

static enum vault_same
said(const char *x, const char *y)
{
	enum vault_same one, other;

	assert_ok(vault_same_said(&one, of(&a), x, y));
	assert_ok(vault_same_said(&other, of(&a), y, x));
	assert_int_equal(one, other);
	return one;
}

static void
say(const char *x, const char *y, bool same)
{
	const char *which;

	assert_ok(vault_same_say(of(&a), x, y, same, &which));
}

static void
count_one(void *ctx, const char *id, const char *title)
{
	(void)id;
	(void)title;
	++*(unsigned *)ctx;
}

/* How many other records there are of the person. */
static unsigned
others(const char *id)
{
	unsigned n = 0;

	assert_ok(vault_same_each(of(&a), id, count_one, &n));
	return n;
}

static bool
body_has(const char *id, const char *text)
{
	struct vault_record r;
	bool has;

	assert_ok(vault_get(&r, of(&a), id));
	has = strstr(buf_text(&r.body), text) != NULL;
	vault_record_free(&r);
	return has;
}

/* ---- What is said ---- */

static void
a_yes_goes_on_from_one_to_the_next(void **state)
{
	char x[VAULT_ID_LEN], y[VAULT_ID_LEN], z[VAULT_ID_LEN];

	(void)state;
	person(x, "Chain One");
	person(y, "Chain Two");
	person(z, "Chain Three");
	assert_int_equal(said(x, y), VAULT_SAME_UNSAID);
	assert_int_equal(others(x), 0);
	say(x, y, true);
	say(z, y, true);
	assert_int_equal(said(x, y), VAULT_SAME);
	assert_int_equal(said(x, z), VAULT_SAME);
	assert_int_equal(others(x), 2);
	/* A no is stronger than a yes of the same two, on whichever side. */
	say(y, x, false);
	assert_int_equal(said(x, y), VAULT_NOT_SAME);
	assert_int_equal(said(x, z), VAULT_SAME_UNSAID);
	assert_int_equal(others(x), 0);
	assert_int_equal(others(z), 1);
	assert_false(body_has(x, "same_as"));
	assert_true(body_has(y, "\"not_same\""));
	say(x, y, true);
	assert_int_equal(others(x), 2);
	assert_false(body_has(y, "not_same"));
}

static void
it_is_private_however_it_is_written(void **state)
{
	char x[VAULT_ID_LEN], y[VAULT_ID_LEN], json[512];

	(void)state;
	person(x, "Private One");
	snprintf(json, sizeof(json),
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Private Two\"}],"
	    "\"same_as\":[\"%s\"]}",
	    x);
	add(y, &a, json);
	assert_true(body_has(y, "\"private_fields\":[\"same_as\"]"));
	assert_int_equal(said(x, y), VAULT_SAME);
	edit(&a, y,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Private Two\"}],"
	    "\"private_fields\":[\"same_as\"]}");
	assert_false(body_has(y, "private_fields"));
	assert_int_equal(said(x, y), VAULT_SAME_UNSAID);
	/* Not even beside a field that is private. */
	snprintf(json, sizeof(json),
	    "{\"type\":\"person\",\"health\":\"well\",\"not_same\":[\"%s\"],"
	    "\"private_fields\":[\"health\"]}",
	    x);
	edit(&a, y, json);
	assert_true(
	    body_has(y, "\"private_fields\":[\"health\",\"not_same\"]"));
	assert_int_equal(said(x, y), VAULT_NOT_SAME);
}

struct claim {
	const char *x, *y;
	unsigned n;
	bool claimed;
};

static void
find_pair(void *ctx, const struct vault_alike *pair)
{
	struct claim *to = ctx;

	if ((strcmp(pair->a, to->x) == 0 && strcmp(pair->b, to->y) == 0) ||
	    (strcmp(pair->a, to->y) == 0 && strcmp(pair->b, to->x) == 0)) {
		to->n++;
		to->claimed = pair->claimed;
	}
}

static struct claim
suggested(const char *x, const char *y)
{
	struct claim claim = { x, y, 0, false };
	bool more;

	assert_ok(vault_alike(of(&a), 0, &more, find_pair, &claim));
	return claim;
}

/* A version by office B of a record of ours, with this body, arrives. */
static void
arrives(const char *id, const char *body)
{
	struct crafted files[2] = { { "README.txt", "x", 1 } };
	struct vault_imported got;
	struct memory m = { 0 };
	struct buf text = { 0 };
	uint8_t bytes[ID_LEN];

	assert_ok(id_parse(bytes, id, strlen(id)));
	record_file(&text, &b, "person", body, bytes);
	files[1] = (struct crafted){ "records/000001.json", text.bytes,
		text.len };
	craft(&m, &b, &a, files, 2, NULL);
	assert_ok(import_with(&got, &a, &m, true));
	assert_int_equal(got.versions, 1);
	memory_free(&m);
	buf_free(&text);
}

/* As whoever corrects a spelling does, or decides what disagrees. */
static void
write_again(const char *id)
{
	struct vault_report *report;
	struct vault_record r;

	assert_ok(vault_report_new(&report));
	assert_ok(vault_get(&r, of(&a), id));
	assert_ok(vault_edit(of(&a), &r, report, r.body.bytes, r.body.len));
	vault_record_free(&r);
	vault_report_free(report);
}

static void
what_another_office_says_is_a_suggestion(void **state)
{
	char x[VAULT_ID_LEN], y[VAULT_ID_LEN], json[512];
	char theirs[VAULT_ID_LEN] = "7zyzyzyzyzyzyzyzyzyzyzyzyz";

	(void)state;
	person(x, "Claimed Onefold");
	person(y, "Quite Different");
	snprintf(json, sizeof(json),
	    "{\"level\":1,\"names\":[{\"text\":\"Claimed Onefold\"}],"
	    "\"same_as\":[\"%s\"],\"type\":\"person\"}",
	    y);
	arrives(x, json);
	assert_int_equal(said(x, y), VAULT_SAME_UNSAID);
	assert_int_equal(suggested(x, y).n, 1);
	assert_true(suggested(x, y).claimed);
	/* In a record of theirs alone, too. */
	arrives(theirs, json);
	assert_int_equal(said(theirs, y), VAULT_SAME_UNSAID);
	assert_true(suggested(theirs, y).claimed);
	/* Whoever corrects a spelling says nothing of it. */
	assert_false(body_has(theirs, "same_as"));
	write_again(theirs);
	write_again(x);
	assert_int_equal(said(x, y), VAULT_SAME_UNSAID);
	assert_int_equal(said(theirs, y), VAULT_SAME_UNSAID);
	/* Our yes is ours, our no stands. */
	say(theirs, y, true);
	assert_int_equal(said(theirs, y), VAULT_SAME);
	say(x, y, false);
	assert_int_equal(said(x, y), VAULT_NOT_SAME);
	assert_int_equal(suggested(x, y).n, 0);
	/* A version of theirs that says nothing takes nothing back. */
	arrives(x,
	    "{\"level\":1,\"names\":[{\"text\":\"Claimed Again\"}],"
	    "\"type\":\"person\"}");
	assert_int_equal(said(x, y), VAULT_NOT_SAME);
}

/* ---- What is suggested ---- */

#define NAMES 400

static uint64_t seed, state_now;

static uint32_t
below(uint32_t n)
{
	uint64_t z = (state_now += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) % n);
}

/* A word of n letters, or a few edits from another one. */
static void
random_name(char *out, const char *from)
{
	size_t n = 5 + below(8);

	if (from == NULL) {
		for (size_t i = 0; i < n; i++)
			out[i] = (char)('a' + below(20));
		out[n] = '\0';
		return;
	}
	strcpy(out, from);
	for (uint32_t edits = 1 + below(3); edits > 0; edits--) {
		size_t len = strlen(out), at = below((uint32_t)len - 1);
		char here = out[at];

		switch (below(4)) {
		case 0:
			out[at] = (char)('a' + below(20));
			break;
		case 1:
			if (len > 5)
				memmove(out + at, out + at + 1, len - at);
			break;
		case 2:
			memmove(out + at + 1, out + at, len - at + 1);
			break;
		default:
			out[at] = out[at + 1];
			out[at + 1] = here;
			break;
		}
	}
}

static char names[NAMES][64], ids[NAMES][VAULT_ID_LEN];
static bool found[NAMES][NAMES];

static size_t
number_of(const char *id)
{
	for (size_t i = 0; i < NAMES; i++)
		if (strcmp(ids[i], id) == 0)
			return i;
	return NAMES;
}

static void
note_pair(void *ctx, const struct vault_alike *pair)
{
	size_t x = number_of(pair->a), y = number_of(pair->b);

	(void)ctx;
	if (x < NAMES && y < NAMES && (pair->near || pair->name))
		found[x][y] = found[y][x] = true;
}

static void
every_pair_of_names_within_two_edits_is_found(void **state)
{
	unsigned near = 0;
	bool more;

	(void)state;
	seed = getenv("SEED") == NULL
	    ? (uint64_t)(int64_t)time(NULL)
	    : (uint64_t)strtoull(getenv("SEED"), NULL, 10);
	print_message("seed %llu\n", (unsigned long long)seed);
	state_now = seed;
	for (size_t i = 0; i < NAMES; i++) {
		random_name(names[i],
		    i > 20 && below(2) ? names[below((uint32_t)i)] : NULL);
		person(ids[i], names[i]);
	}
	assert_ok(vault_alike(of(&a), 0, &more, note_pair, NULL));
	for (size_t i = 0; i < NAMES; i++) {
		struct like *like;

		assert_ok(like_new(&like, names[i], strlen(names[i])));
		for (size_t k = 0; k < NAMES; k++) {
			bool is = i != k &&
			    like_score(like, names[k], strlen(names[k])) > 0;

			if (is != found[i][k])
				print_message("%s %s\n", names[i], names[k]);
			assert_int_equal(is, found[i][k]);
			near += is;
		}
		like_free(like);
	}
	assert_true(near > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_yes_goes_on_from_one_to_the_next),
		cmocka_unit_test(it_is_private_however_it_is_written),
		cmocka_unit_test(what_another_office_says_is_a_suggestion),
		cmocka_unit_test(every_pair_of_names_within_two_edits_is_found),
	};

	return cmocka_run_group_tests_name("same", tests, setup, teardown);
}
