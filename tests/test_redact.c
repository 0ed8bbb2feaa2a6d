/* SPDX-License-Identifier: ISC */
/* Copies with passages taken out. */
#include <time.h>

#include "offices_help.h"

static struct office a;

static int
setup(void **state)
{
	(void)state;
	assert_ok(vault_setup());
	office_open(&a, "A");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	office_close(&a);
	return 0;
}

static size_t passages;
static bool closed;

static void
count(void *ctx, const char *field, size_t n)
{
	(void)ctx;
	(void)field;
	passages += n;
}

/* What is left of a text in a case, for the press. */
static void
check(const char *text, const char *left, size_t n, const char *word,
    size_t first, size_t last)
{
	const struct vault_passage at = { "summary", first, last };
	char id[VAULT_ID_LEN], want[512], json[512];
	struct vault_redact_what what = { .id = id,
		.audience = "media",
		.words = &word,
		.n_words = word != NULL,
		.passages = &at,
		.n_passages = first > 0,
		.taken = count };
	struct buf body = { 0 };

	passages = 0;
	snprintf(json, sizeof(json),
	    "{\"type\":\"case\",\"level\":1,\"title\":\"t\","
	    "\"summary\":\"%s\"}",
	    text);
	add(id, &a, json);
	assert_ok(vault_redact(&body, &closed, of(&a), &what));
	snprintf(want, sizeof(want), "\"summary\":\"%s\"", left);
	if (strstr(buf_text(&body), want) == NULL)
		fail_msg("%s", buf_text(&body));
	assert_int_equal(passages, n);
	buf_free(&body);
}

static void
takes_out_what_is_found_and_what_is_pointed_to(void **state)
{
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Jia Heshu\"},"
	    "{\"text\":\"\u7532\u6cb3\u6811\"}]}");
	check("nobody", "nobody", 0, NULL, 0, 0);
	check("Jia Heshu", "[\u2026]", 1, NULL, 0, 0);
	check("a Heshu, Jia b", "a [\u2026] b", 1, NULL, 0, 0);
	/* Each time, whole or in part, however often. */
	check("Heshu Jia Heshu Heshu \u7532\u6cb3\u6811x\u7532 \u6cb3\u6811",
	    "[\u2026] [\u2026] [\u2026] [\u2026]x[\u2026]", 5, NULL, 0, 0);
	/* Words that a person names, in any writing; and places. */
	check("the Red-House, red house", "the [\u2026], [\u2026]", 2,
	    "red house", 0, 0);
	check(
	    "\u4e00\u4e8c\u4e09\u56db", "\u4e00[\u2026]\u56db", 1, NULL, 2, 3);
	check("at Jia Heshu's house", "at [\u2026]se", 1, NULL, 4, 18);
	check("Jia xx Hes hu", "Jia [\u2026] [\u2026]", 2, "xx", 0, 0);
	/* What is joined by taking out is looked at again. */
	check("Jia Hexxshu", "[\u2026]", 2, NULL, 7, 8);
}

static void
keeps_a_copy_and_logs_no_text(void **state)
{
	char id[VAULT_ID_LEN], copy[VAULT_ID_LEN];
	struct vault_redact_what what = { .id = id, .audience = "un" };
	struct vault_report *report;
	struct vault_record r;
	struct buf body = { 0 };

	(void)state;
	add(id, &a,
	    "{\"type\":\"testimony\",\"level\":3,\"readers\":[\"mj\"],"
	    "\"text\":\"zzsaid\"}");
	assert_ok(vault_redact(&body, &closed, of(&a), &what));
	assert_ok(vault_report_new(&report));
	/* What is for few does not come to be for many by one yes. */
	assert_true(closed);
	assert_int_equal(
	    vault_redact_keep(copy, of(&a), report, &what, &body, passages),
	    VAULT_EREFUSED);
	assert_int_equal(
	    number(&a, "SELECT count(*) FROM log WHERE what='redact'"), 0);
	what.from_closed = true;
	assert_ok(
	    vault_redact_keep(copy, of(&a), report, &what, &body, passages));
	vault_report_free(report);
	assert_int_equal(number(&a,
			     "SELECT count(*) FROM log WHERE what='redact' AND"
			     " instr(detail,'\"closed\":true,')>0"),
	    1);
	assert_ok(vault_get(&r, of(&a), copy));
	assert_non_null(strstr(buf_text(&r.body), "\"level\":2"));
	assert_non_null(strstr(buf_text(&r.body), "zzsaid"));
	assert_null(strstr(buf_text(&r.body), "readers"));
	vault_record_free(&r);
	assert_int_equal(
	    number(&a, "SELECT count(*) FROM log WHERE what='redact'"), 1);
	assert_int_equal(
	    number(&a, "SELECT count(*) FROM log WHERE detail LIKE '%zzsaid%'"),
	    0);
	buf_free(&body);
}

static void
refuses_what_no_copy_helps(void **state)
{
	char id[VAULT_ID_LEN];
	struct vault_redact_what what = { .id = id, .audience = "un" };
	struct buf body = { 0 };

	(void)state;
	add(id, &a, "{\"type\":\"person\",\"names\":[{\"text\":\"X Y\"}]}");
	assert_int_equal(
	    vault_redact(&body, &closed, of(&a), &what), VAULT_EREFUSED);
	assert_int_equal(body.len, 0);
	what.audience = "research";
	assert_int_equal(
	    vault_redact(&body, &closed, of(&a), &what), VAULT_EUSE);
	what.audience = "un";
	what.id = "0000000000000000000000000a";
	assert_int_equal(
	    vault_redact(&body, &closed, of(&a), &what), VAULT_ENORECORD);
	buf_free(&body);
}

/* An hour if the whole text were looked through for every ten of them. */
static void
a_long_text_takes_no_time(void **state)
{
	struct buf json = { 0 }, body = { 0 };
	char id[VAULT_ID_LEN];
	struct vault_redact_what what = {
		.id = id, .audience = "media", .taken = count
	};
	clock_t began;

	(void)state;
	add(id, &a,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Mo Yushan\"}]}");
	buf_put_text(&json, "{\"type\":\"case\",\"level\":1,\"summary\":\"");
	for (unsigned i = 0; i < 40000; i++)
		buf_put_text(&json, i % 3 > 0 ? "by Mo Yushan, " : "YushanMo");
	buf_put_text(&json, "\"}");
	add(id, &a, buf_text(&json));
	passages = 0;
	began = clock();
	assert_ok(vault_redact(&body, &closed, of(&a), &what));
	assert_true(clock() - began < 15 * CLOCKS_PER_SEC);
	assert_int_equal(passages, 40000);
	assert_null(strstr(buf_text(&body), "Yushan"));
	buf_free(&json);
	buf_free(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    takes_out_what_is_found_and_what_is_pointed_to),
		cmocka_unit_test(keeps_a_copy_and_logs_no_text),
		cmocka_unit_test(refuses_what_no_copy_helps),
		cmocka_unit_test(a_long_text_takes_no_time),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
