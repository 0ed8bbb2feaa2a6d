/* SPDX-License-Identifier: ISC */
/* Tables in other encodings, in two at once, and in JSON. */
#include <iconv.h>

#include "table_help.h"

static struct buf rows;
static struct table_fault last;
static char last_column[32];
static unsigned n_faults;

static enum vault_err
on_row(void *ctx, const struct table_row *row)
{
	(void)ctx;
	buf_putf(&rows, "%u@%u{", (unsigned)row->row, (unsigned)row->line);
	for (size_t i = 0; i < row->n; i++)
		buf_putf(&rows, "%s%s", i > 0 ? "|" : "", table_cell(row, i));
	buf_put_text(&rows, "}");
	return VAULT_OK;
}

static void
on_fault(void *ctx, const struct table_fault *f)
{
	(void)ctx;
	last = *f;
	snprintf(last_column, sizeof(last_column), "%s",
	    f->column == NULL ? "" : f->column);
	n_faults++;
}

static enum vault_err
read_as(const void *bytes, size_t len, const char *encoding, bool json)
{
	struct text t = { bytes, len };
	struct table_source from = { &t, read_csv, len };
	struct table_events events = { NULL, on_row, on_fault, NULL };
	struct table_form form = { ',', encoding, json };
	uint8_t sha256[DIGEST_LEN];

	buf_reset(&rows);
	memset(&last, 0, sizeof(last));
	n_faults = 0;
	return table_read(&from, &form, &events, sha256);
}

/* The same text in an encoding, by the way that a person would go. */
static size_t
encode(char *out, size_t cap, const char *encoding, const char *text)
{
	iconv_t to = iconv_open(encoding, "UTF-8");
	char *in = (char *)(uintptr_t)text, *at = out;
	size_t left = strlen(text), room = cap;

	assert_true(to != (iconv_t)-1);
	assert_true(iconv(to, &in, &left, &at, &room) != (size_t)-1);
	assert_true(iconv(to, NULL, NULL, &at, &room) != (size_t)-1);
	iconv_close(to);
	return cap - room;
}

static void
reads_the_encoding_that_is_named(void **state)
{
	static const struct {
		const char *encoding, *text;
	} tried[] = {
		{ "ISO-8859-1", "a,b\nL\xc3\xa9on,\xc3\xb1\n" },
		{ "WINDOWS-1252", "a,b\n\xe2\x82\xac,\xe2\x80\x93\n" },
		{ "GB18030", "a,b\n滕彪,李天天\n" },
		{ "BIG5", "a,b\n滕彪,李天天\n" },
		{ "BIG5-HKSCS", "a,b\n滕彪,\xc3\xaa\n" },
		{ "WINDOWS-1256", "a,b\nفلسطين,x\n" },
		{ "UTF-16", "a,b\n滕彪,é\n" },
		{ "UTF-16LE", "a,b\n滕彪,é\n" },
		{ "utf-8", "a,b\n滕彪,é\n" },
	};
	char bytes[256], wanted[256];

	(void)state;
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		size_t len = encode(
		    bytes, sizeof(bytes), tried[i].encoding, tried[i].text);
		const char *row = tried[i].text + 4, *comma = strchr(row, ',');

		snprintf(wanted, sizeof(wanted), "0@1{a|b}1@2{%.*s|%.*s}",
		    (int)(comma - row), row, (int)(strlen(comma) - 2),
		    comma + 1);
		assert_ok(read_as(bytes, len, tried[i].encoding, false));
		assert_string_equal(buf_text(&rows), wanted);
	}
}

static void
a_character_may_lie_on_the_end_of_a_block(void **state)
{
	size_t cap = 70000;
	char *text = malloc(cap);

	(void)state;
	for (size_t pad = 65530; pad < 65540; pad++) {
		memset(text, 'x', cap);
		memcpy(text, "a\n", 2);
		/* 彪 of GB18030 */
		memcpy(text + pad, "\xb1\xeb\n", 3);
		assert_ok(read_as(text, pad + 3, "GB18030", false));
		assert_non_null(strstr(buf_text(&rows), "x彪}"));
		assert_int_equal(
		    read_as(text, pad + 1, "GB18030", false), VAULT_EUSE);
		assert_int_equal(last.why, TABLE_FAULT_ENCODING);
		assert_int_equal(last.offset, pad);
	}
	free(text);
}

static void
names_the_byte_that_does_not_convert(void **state)
{
	static const char latin[] = "a,b\n1,\xb1\xeb\n2,\xe9\n3,x\n";
	static const char cp1252[] = "a\n\x80\n\x81\n";

	(void)state;
	assert_int_equal(
	    read_as(latin, sizeof(latin) - 1, "GB18030", false), VAULT_EUSE);
	assert_int_equal(last.why, TABLE_FAULT_ENCODING);
	assert_int_equal(last.row, 2);
	assert_int_equal(last.line, 3);
	assert_int_equal(last.offset, 11);
	assert_int_equal(
	    read_as(cp1252, sizeof(cp1252) - 1, "WINDOWS-1252", false),
	    VAULT_EUSE);
	assert_int_equal(last.offset, 4);
	assert_int_equal(last.line, 3);
}

/* No suffix makes iconv leave out or replace what does not convert. */
static void
takes_no_encoding_that_is_not_one(void **state)
{
	static const char *const bad[] = { "", "no-such-encoding", "latin 1",
		"ASCII//IGNORE", "ASCII//TRANSLIT", "../../x" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    read_as("a\n1\n", 4, bad[i], false), VAULT_EUSE);
		assert_int_equal(last.why, TABLE_FAULT_NO_ENCODING);
	}
	assert_int_equal(read_as("a\n\xe9\n", 4, "ASCII", false), VAULT_EUSE);
	assert_int_equal(last.why, TABLE_FAULT_ENCODING);
	assert_int_equal(
	    read_as("a\0\n\0\0\0", 6, "UTF-16LE", false), VAULT_EUSE);
	assert_int_equal(last.why, TABLE_FAULT_ZERO);
}

static void
tells_a_file_of_two_encodings(void **state)
{
	static const char two[] = "a,b\n1,L\xc3\xa9on\n2,x\n3,L\xe9on\n";
	static const char one[] = "a,b\n1,Leon\n2,x\n3,L\xe9on\n";

	(void)state;
	assert_int_equal(
	    read_as(two, sizeof(two) - 1, NULL, false), VAULT_EUSE);
	assert_int_equal(last.why, TABLE_FAULT_UTF8);
	assert_int_equal(last.row, 3);
	assert_int_equal(last.line, 4);
	assert_int_equal(last.offset, 19);
	assert_true(last.mixed);
	assert_int_equal(
	    read_as(one, sizeof(one) - 1, NULL, false), VAULT_EUSE);
	assert_false(last.mixed);
}

/* ---- JSON ---- */

static void
assert_json(const char *json, const char *wanted)
{
	assert_ok(read_as(json, strlen(json), NULL, true));
	assert_string_equal(buf_text(&rows), wanted);
}

static void
assert_json_fault(
    const char *json, enum table_fault_why why, unsigned row, unsigned line)
{
	assert_int_equal(read_as(json, strlen(json), NULL, true), VAULT_EUSE);
	assert_int_equal(n_faults, 1);
	assert_int_equal(last.why, why);
	assert_int_equal(last.row, row);
	assert_int_equal(last.line, line);
}

static void
an_object_is_a_row(void **state)
{
	(void)state;
	assert_json("[{\"a\":\"x\",\"b\":12}]", "0@1{a|b}1@1{x|12}");
	/* All members that there are, in the order in which they come. */
	assert_json("\xef\xbb\xbf[\n {\"a\": \" x}{\\\"\\n\"},\n\n"
		    " {\"c\": true, \"a\": null}\n]",
	    "0@1{a|c}1@2{ x}{\"\n|}2@4{|true}");
	assert_json(
	    "[{\"a\":-3,\"b\":false},{}]", "0@1{a|b}1@1{-3|false}2@1{|}");
}

static void
refuses_json_that_is_no_table(void **state)
{
	(void)state;
	assert_json_fault("[{\"a\":\n1,}]", TABLE_FAULT_JSON, 0, 2);
	assert_json_fault("[{\"a\":1.5}]", TABLE_FAULT_JSON, 0, 1);
	assert_int_equal(last.json.kind, JSON_FAULT_REAL);
	assert_json_fault("{\"a\":1}", TABLE_FAULT_FLAT, 0, 0);
	assert_json_fault("[{\"a\":1},2]", TABLE_FAULT_FLAT, 2, 0);
	assert_json_fault("[{\"a\":1},\n{\"a\":[1]}]", TABLE_FAULT_FLAT, 2, 2);
	assert_string_equal(last_column, "a");
	assert_json_fault("[]", TABLE_FAULT_EMPTY, 0, 0);
	assert_json_fault("", TABLE_FAULT_JSON, 0, 1);
}

static void
a_map_says_that_it_is_json(void **state)
{
	struct table_map_fault fault;
	struct table_map map;
	static const char both[] =
	    "{\"amparo_map\":1,\"name\":\"m\",\"type\":\"person\","
	    "\"format\":\"json\",\"delimiter\":\";\"}";
	static const char other[] =
	    "{\"amparo_map\":1,\"name\":\"m\",\"type\":\"person\","
	    "\"format\":\"yaml\"}";

	(void)state;
	made_more = "\"format\":\"json\",";
	assert_ok(make("{\"column\":\"c\",\"field\":\"names[0].text\"}",
	    "[{\"k\":7,\"c\":\"Ana\"}]"));
	made_more = "";
	assert_non_null(
	    strstr(buf_text(&bodies), "\"names\":[{\"text\":\"Ana\"}]"));
	assert_int_equal(
	    table_map_read(&map, &fault, both, strlen(both)), VAULT_EUSE);
	assert_int_equal(fault.why, TABLE_MAP_UNKNOWN);
	table_map_free(&map);
	assert_int_equal(
	    table_map_read(&map, &fault, other, strlen(other)), VAULT_EUSE);
	assert_int_equal(fault.why, TABLE_MAP_KIND);
	table_map_free(&map);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_encoding_that_is_named),
		cmocka_unit_test(a_character_may_lie_on_the_end_of_a_block),
		cmocka_unit_test(names_the_byte_that_does_not_convert),
		cmocka_unit_test(takes_no_encoding_that_is_not_one),
		cmocka_unit_test(tells_a_file_of_two_encodings),
		cmocka_unit_test(an_object_is_a_row),
		cmocka_unit_test(refuses_json_that_is_no_table),
		cmocka_unit_test(a_map_says_that_it_is_json),
	};
	int failed;

	if (vault_setup() != VAULT_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_free(&rows);
	table_help_free();
	return failed;
}
