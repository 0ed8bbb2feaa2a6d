/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "record/json.h"
#include "record/json_quick.h"

#define LIMIT ((size_t)1 << 20)

static void
check_fault_len(const char *text, size_t len, enum json_fault_kind kind,
    size_t offset, size_t line, size_t column)
{
	struct json_fault fault;
	json_t *value;

	assert_int_equal(
	    json_read(&value, text, len, LIMIT, &fault), VAULT_EUSE);
	assert_null(value);
	assert_int_equal(fault.kind, kind);
	assert_int_equal(fault.offset, offset);
	assert_int_equal(fault.line, line);
	assert_int_equal(fault.column, column);
}

static void
check_fault(const char *text, enum json_fault_kind kind)
{
	struct json_fault fault;
	json_t *value;

	assert_int_equal(
	    json_read(&value, text, strlen(text), LIMIT, &fault), VAULT_EUSE);
	assert_null(value);
	assert_int_equal(fault.kind, kind);
}

static void
check_canonical(const char *text, const char *canonical)
{
	struct buf out = { 0 }, again = { 0 };
	json_t *value;

	assert_int_equal(
	    json_read(&value, text, strlen(text), LIMIT, NULL), VAULT_OK);
	assert_int_equal(json_write(&out, value), VAULT_OK);
	assert_string_equal(buf_text(&out), canonical);
	json_decref(value);
	assert_int_equal(
	    json_read(&value, out.bytes, out.len, LIMIT, NULL), VAULT_OK);
	assert_int_equal(json_write(&again, value), VAULT_OK);
	assert_string_equal(buf_text(&again), canonical);
	json_decref(value);
	buf_free(&out);
	buf_free(&again);
}

static void
writes_keys_in_order_without_white_space(void **state)
{
	(void)state;
	check_canonical("{}", "{}");
	check_canonical(" [ ] ", "[]");
	check_canonical("{\"b\": 1, \"a\": [true, false, null], \"B\": {}}",
	    "{\"B\":{},\"a\":[true,false,null],\"b\":1}");
	check_canonical("[-0, 9007199254740992, -9007199254740992]",
	    "[0,9007199254740992,-9007199254740992]");
}

static void
keeps_text_verbatim_with_the_shortest_escapes(void **state)
{
	(void)state;
	check_canonical("[\"\\u817e\\u5f6a \\/ \\u0022\\u005c\\u0001\\n\"]",
	    "[\"\u817e\u5f6a / \\\"\\\\\\u0001\\n\"]");
	check_canonical("[\"e\u0301\"]", "[\"e\u0301\"]");
	check_canonical("[\"\\ud83d\\ude00\\u007f\\u001f\"]",
	    "[\"\U0001f600\x7f\\u001f\"]");
	check_canonical("[\"\\\\u0000\"]", "[\"\\\\u0000\"]");
}

static void
tells_what_is_wrong_and_where(void **state)
{
	(void)state;
	check_fault_len("", 0, JSON_FAULT_END, 0, 1, 1);
	check_fault_len(
	    "[1,\n \"\u817e\", 1.5]", 15, JSON_FAULT_REAL, 12, 2, 7);
	check_fault_len("[\"a\xff\"]", 6, JSON_FAULT_UTF8, 3, 1, 4);
	check_fault_len("[\"a\0\"]", 6, JSON_FAULT_NUL, 3, 1, 4);
	check_fault_len("[\"a\\u0000\"]", 11, JSON_FAULT_NUL, 3, 1, 4);
	check_fault_len("{\"\u00e9\": 1}", 9, JSON_FAULT_KEY, 1, 1, 2);
	check_fault("{\"a\": 1, \"a\": 2}", JSON_FAULT_DUPLICATE);
	check_fault(
	    "[{\"x\": {\"a\": 1, \"b\": 2, \"a\": 1}}]", JSON_FAULT_DUPLICATE);
	check_fault("{\"\\u0061\": 1}", JSON_FAULT_KEY);
	check_fault("[1e2]", JSON_FAULT_REAL);
	check_fault("[1E2]", JSON_FAULT_REAL);
	check_fault("[0.0]", JSON_FAULT_REAL);
	check_fault("[9007199254740993]", JSON_FAULT_INTEGER);
	check_fault("[-9007199254740993]", JSON_FAULT_INTEGER);
	check_fault("[99999999999999999999999999999]", JSON_FAULT_INTEGER);
	check_fault("[\"a", JSON_FAULT_END);
	check_fault("[\"a\\", JSON_FAULT_END);
	check_fault("{\"a\"", JSON_FAULT_END);
	check_fault("[1", JSON_FAULT_END);
	check_fault("[\"\\ud800\"]", JSON_FAULT_SYNTAX);
	check_fault("[\"\n\"]", JSON_FAULT_SYNTAX);
	check_fault("[01]", JSON_FAULT_SYNTAX);
	check_fault("[1,]", JSON_FAULT_SYNTAX);
	check_fault("[NaN]", JSON_FAULT_SYNTAX);
	check_fault("{} {}", JSON_FAULT_SYNTAX);
	check_fault("1", JSON_FAULT_SYNTAX);
	check_fault("\xef\xbb\xbf{}", JSON_FAULT_SYNTAX);
}

static void
refuses_more_than_the_caller_allows(void **state)
{
	struct json_fault fault;
	json_t *value;

	(void)state;
	assert_int_equal(json_read(&value, "[1,2]", 5, 4, &fault), VAULT_EUSE);
	assert_int_equal(fault.kind, JSON_FAULT_SIZE);
	assert_int_equal(json_read(&value, "[1,2]", 5, 5, &fault), VAULT_OK);
	json_decref(value);
}

static void
reads_a_depth_of_32_and_no_more(void **state)
{
	char text[2 * JSON_DEPTH + 3] = "";
	json_t *value;
	struct buf out = { 0 };

	(void)state;
	memset(text, '[', JSON_DEPTH);
	memset(text + JSON_DEPTH, ']', JSON_DEPTH);
	assert_int_equal(
	    json_read(&value, text, strlen(text), LIMIT, NULL), VAULT_OK);
	assert_int_equal(json_write(&out, value), VAULT_OK);
	value = json_pack("[o]", value);
	assert_int_equal(json_write(&out, value), VAULT_EUSE);
	assert_string_equal(buf_text(&out), text);
	json_decref(value);
	buf_free(&out);
	memset(text, '[', JSON_DEPTH + 1);
	memset(text + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
	check_fault_len(text, strlen(text), JSON_FAULT_DEPTH, 32, 1, 33);
}

/* "[0,0,...,0]", where one bracket and n - 1 commas count as n. */
static char *
zeros(size_t n)
{
	char *text = malloc(2 * n + 2);

	assert_non_null(text);
	text[0] = '[';
	for (size_t i = 0; i < n; i++)
		memcpy(text + 1 + 2 * i, "0,", 2);
	text[2 * n] = ']';
	text[2 * n + 1] = '\0';
	return text;
}

static void
refuses_more_values_than_memory_is_for(void **state)
{
	char *most = zeros(JSON_VALUES), *more = zeros(JSON_VALUES + 1);
	json_t *value;

	(void)state;
	assert_int_equal(
	    json_read(&value, most, strlen(most), SIZE_MAX, NULL), VAULT_OK);
	json_decref(value);
	check_fault_len(more, strlen(more), JSON_FAULT_VALUES, 2 * JSON_VALUES,
	    1, 2 * JSON_VALUES + 1);
	free(most);
	free(more);
}

static void
survives_any_depth(void **state)
{
	static const size_t depths[] = { 10000, 20000, 500000 };

	(void)state;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		char *text = malloc(2 * depths[i] + 1);

		assert_non_null(text);
		memset(text, '[', depths[i]);
		memset(text + depths[i], ']', depths[i]);
		text[2 * depths[i]] = '\0';
		check_fault(text, JSON_FAULT_DEPTH);
		for (size_t j = 0; j + 4 < 2 * depths[i]; j += 5)
			memcpy(text + j, "{\"a\":", 5);
		check_fault(text, JSON_FAULT_DEPTH);
		free(text);
	}
}

static void
writes_nothing_that_it_would_not_read(void **state)
{
	json_t *values[] = {
		json_pack("[f]", 1.5),
		json_pack("[I]", (json_int_t)JSON_MAX_INTEGER + 1),
		json_pack("{s:i}", "\u00e9", 1),
		json_pack("{s:i}", "a\"b", 1),
		json_integer(1),
	};
	struct buf out = { 0 };
	json_t *nul = json_array();

	(void)state;
	buf_put_text(&out, "before");
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		assert_int_equal(json_write(&out, values[i]), VAULT_EUSE);
		json_decref(values[i]);
	}
	json_array_append_new(nul, json_stringn("a\0b", 3));
	assert_int_equal(json_write(&out, nul), VAULT_EUSE);
	assert_int_equal(json_write(&out, NULL), VAULT_EUSE);
	json_decref(nul);
	assert_string_equal(buf_text(&out), "before");
	buf_free(&out);
}

/* A random value of the kinds that a body may hold. */
static json_t *
random_value(unsigned depth)
{
	char text[8];
	json_t *value;

	switch (rand() % (depth > 4 ? 4 : 6)) {
	case 0:
		return json_integer(rand() - RAND_MAX / 2);
	case 1:
		return json_boolean(rand() % 2);
	case 2:
		return json_null();
	case 3:
		for (size_t i = 0; i < sizeof(text) - 1; i++)
			text[i] = (char)(1 + rand() % 127);
		text[sizeof(text) - 1] = '\0';
		return json_string(text);
	case 4:
		value = json_array();
		for (int i = rand() % 4; i > 0; i--)
			json_array_append_new(value, random_value(depth + 1));
		return value;
	default:
		value = json_object();
		for (int i = rand() % 4; i > 0; i--) {
			text[0] = (char)('a' + rand() % 26);
			text[1] = '\0';
			json_object_set_new(
			    value, text, random_value(depth + 1));
		}
		return value;
	}
}

static void
reads_what_it_wrote(void **state)
{
	(void)state;
	srand(20110426);
	for (int i = 0; i < 20000; i++) {
		json_t *before = json_pack("[o]", random_value(0)), *after;
		struct buf out = { 0 }, again = { 0 };

		assert_int_equal(json_write(&out, before), VAULT_OK);
		assert_int_equal(
		    json_read(&after, out.bytes, out.len, LIMIT, NULL),
		    VAULT_OK);
		assert_true(json_equal(before, after));
		assert_int_equal(json_write(&again, after), VAULT_OK);
		assert_string_equal(buf_text(&out), buf_text(&again));
		json_decref(before);
		json_decref(after);
		buf_free(&out);
		buf_free(&again);
	}
}

/* What is taken quickly is, to the order of members, what jansson makes. */
static bool
is_taken_as_by_jansson(const char *text, size_t len, size_t most)
{
	json_t *quick, *slow;
	char a[4096], b[4096];
	size_t n;

	if (!text_is_valid(text, len) ||
	    json_quick(&quick, text, len, JSON_DEPTH, most) != VAULT_OK)
		return false;
	slow = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (slow == NULL)
		fail_msg("jansson refuses %.*s", (int)len, text);
	n = json_dumpb(quick, a, sizeof(a), JSON_COMPACT);
	assert_in_range(n, 1, sizeof(a));
	assert_int_equal(json_dumpb(slow, b, sizeof(b), JSON_COMPACT), n);
	assert_memory_equal(a, b, n);
	json_decref(quick);
	json_decref(slow);
	return true;
}

static void
reads_quickly_what_jansson_reads(void **state)
{
	static const char *const left[] = { "", "1", "\"a\"", "[", "[1", "[1,",
		"[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "[01]",
		"[-]", "[-0]", "[+1]", "[1.0]", "[1e3]", "[99999999999999999]",
		"[\"\n\"]", "[\"a]", "[\"\\x\"]", "[\"\\u0041\"]", "[\"\\",
		"[1 2]", "[] []", "[]x", "[tru]", "[nul", "{\"a\n\":1}",
		"{\"a\":1,\"a\":2}", "{\"a\\n\":1}", "{\"\xc3\xa9\":1}",
		"[9007199254740993]",
		"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]" };
	static const char bytes[] = "{}[]\",:\\0-u1 \ntfn.e\x7f";

	(void)state;
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		if (is_taken_as_by_jansson(left[i], strlen(left[i]), 20))
			fail_msg("taken: %s", left[i]);
	assert_true(is_taken_as_by_jansson(" [ -1 , {} , [ ] ] \r\n\t", 22, 5));
	srand(20110426);
	for (int i = 0; i < 20000; i++) {
		json_t *value = json_pack("[o]", random_value(0));
		struct buf out = { 0 };

		assert_int_equal(json_write(&out, value), VAULT_OK);
		assert_true(
		    is_taken_as_by_jansson(buf_text(&out), out.len, LIMIT) ||
		    strstr(buf_text(&out), "\\u") != NULL);
		for (int j = rand() % 4; j >= 0; j--)
			out.bytes[(size_t)rand() % out.len] = (uint8_t)
			    bytes[(size_t)rand() % (sizeof(bytes) - 1)];
		(void)is_taken_as_by_jansson(buf_text(&out), out.len, LIMIT);
		json_decref(value);
		buf_free(&out);
	}
}

static void
survive_shortage(const char *text, const char *canonical)
{
	struct buf out = { 0 };
	enum vault_err err = VAULT_ENOMEM;

	for (size_t n = 1; err != VAULT_OK; n++) {
		json_t *value;

		buf_free(&out);
		mem_test_fail(n, 0);
		err = json_read(&value, text, strlen(text), LIMIT, NULL);
		if (err == VAULT_OK)
			err = json_write(&out, value);
		mem_test_fail(0, 0);
		json_decref(value);
		assert_true(err == VAULT_OK || err == VAULT_ENOMEM ||
		    err == VAULT_EUSE);
		assert_true(n < 100);
	}
	assert_string_equal(buf_text(&out), canonical);
	buf_free(&out);
}

/* Read in one way, and in the other. */
static void
survives_a_shortage_of_memory(void **state)
{
	(void)state;
	survive_shortage("{\"a\": [1, \"t\\two\", {\"b\": null}]}",
	    "{\"a\":[1,\"t\\two\",{\"b\":null}]}");
	survive_shortage("{\"a\": [1, \"\\u0074wo\", {\"b\": null}]}",
	    "{\"a\":[1,\"two\",{\"b\":null}]}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_keys_in_order_without_white_space),
		cmocka_unit_test(keeps_text_verbatim_with_the_shortest_escapes),
		cmocka_unit_test(tells_what_is_wrong_and_where),
		cmocka_unit_test(refuses_more_than_the_caller_allows),
		cmocka_unit_test(reads_a_depth_of_32_and_no_more),
		cmocka_unit_test(refuses_more_values_than_memory_is_for),
		cmocka_unit_test(survives_any_depth),
		cmocka_unit_test(writes_nothing_that_it_would_not_read),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(reads_quickly_what_jansson_reads),
		cmocka_unit_test(survives_a_shortage_of_memory),
	};

	json_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
