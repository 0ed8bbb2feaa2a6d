/* SPDX-License-Identifier: ISC */
/* Tables: files read strictly, maps read strictly, rows made bodies. */
#include "table_help.h"

/* ---- Reading ---- */

/* What a reading said: rows as {a|b|c} with their lines, the last fault. */
static struct buf rows;
static struct table_fault last;
static unsigned n_faults;

static enum vault_err
on_row(void *ctx, const struct table_row *row)
{
	(void)ctx;
	buf_putf(&rows, "%u@%u{", (unsigned)row->row, (unsigned)row->line);
	for (size_t i = 0; i < row->n; i++) {
		assert_int_equal(
		    table_cell_len(row, i), strlen(table_cell(row, i)));
		buf_putf(&rows, "%s%s", i > 0 ? "|" : "", table_cell(row, i));
	}
	buf_put_text(&rows, "}");
	return VAULT_OK;
}

static void
on_fault(void *ctx, const struct table_fault *f)
{
	(void)ctx;
	last = *f;
	n_faults++;
}

static enum vault_err
read_form(const char *bytes, size_t len, struct table_form form)
{
	struct text t = { bytes, len };
	struct table_source from = { &t, read_csv, len };
	struct table_events events = { NULL, on_row, on_fault, NULL };
	uint8_t sha256[DIGEST_LEN];

	buf_reset(&rows);
	memset(&last, 0, sizeof(last));
	n_faults = 0;
	return table_read(&from, &form, &events, sha256);
}

static enum vault_err
read_bytes(const char *bytes, size_t len, char delimiter)
{
	return read_form(
	    bytes, len, (struct table_form){ .delimiter = delimiter });
}

static void
assert_rows(const char *csv, const char *wanted)
{
	assert_ok(read_bytes(csv, strlen(csv), ','));
	assert_string_equal(buf_text(&rows), wanted);
	assert_int_equal(n_faults, 0);
}

static void
assert_fault(const char *csv, size_t len, enum table_fault_why why,
    unsigned row, unsigned line)
{
	assert_int_equal(read_bytes(csv, len, ','), VAULT_EUSE);
	assert_int_equal(last.why, why);
	assert_int_equal(last.row, row);
	assert_int_equal(last.line, line);
}

static void
reads_quotes_and_line_ends_inside_them(void **state)
{
	(void)state;
	assert_rows("a,b\n1,2\n", "0@1{a|b}1@2{1|2}");
	assert_rows("a,b\n1,\"x \"\"y\"\", z\"\n", "0@1{a|b}1@2{1|x \"y\", z}");
	assert_rows(
	    "a,b\n\"1\n2\r\n3\",x\n4,5\n", "0@1{a|b}1@2{1\n2\r\n3|x}2@5{4|5}");
	assert_rows("a,b\n,\n\"\",\"\"\n", "0@1{a|b}1@2{|}2@3{|}");
}

static void
keeps_every_blank(void **state)
{
	(void)state;
	assert_rows(
	    "a, b \n x ,\ty\n\" q \",\n", "0@1{a| b }1@2{ x |\ty}2@3{ q |}");
	assert_rows("a\n\xc2\xa0x\xc2\xa0\n", "0@1{a}1@2{\xc2\xa0x\xc2\xa0}");
}

static void
takes_all_line_ends_and_the_last_row_without_one(void **state)
{
	(void)state;
	assert_rows("a,b\r\n1,2\r\n3,4", "0@1{a|b}1@2{1|2}2@3{3|4}");
	assert_rows("a,b\r1,2\r", "0@1{a|b}1@2{1|2}");
	assert_rows("a,b\n\n\r\n1,2\n", "0@1{a|b}1@4{1|2}");
}

static void
passes_over_a_byte_order_mark_at_the_beginning_only(void **state)
{
	(void)state;
	assert_rows("\xef\xbb\xbf"
		    "a\n1\n",
	    "0@1{a}1@2{1}");
	assert_rows("a\n\xef\xbb\xbf"
		    "1\n",
	    "0@1{a}1@2{\xef\xbb\xbf"
	    "1}");
	assert_rows("\xef\xbb\xbf\"a\"\n1\n", "0@1{a}1@2{1}");
}

static void
a_table_of_names_alone_has_no_rows(void **state)
{
	(void)state;
	assert_rows("a,b\n", "0@1{a|b}");
	assert_rows("a,b", "0@1{a|b}");
}

static void
other_delimiters_are_taken_as_told(void **state)
{
	(void)state;
	assert_ok(read_bytes("a;b\n1,5;2\n", 10, ';'));
	assert_string_equal(buf_text(&rows), "0@1{a|b}1@2{1,5|2}");
}

static void
refuses_an_empty_file(void **state)
{
	(void)state;
	assert_fault("", 0, TABLE_FAULT_EMPTY, 0, 1);
	assert_fault("\xef\xbb\xbf", 3, TABLE_FAULT_EMPTY, 0, 1);
	assert_fault("\n\n", 2, TABLE_FAULT_EMPTY, 0, 3);
}

static void
names_rows_with_another_number_of_cells(void **state)
{
	(void)state;
	assert_fault("a,b\n1,2\n3\n4,5\n", 14, TABLE_FAULT_CELLS, 2, 3);
	assert_int_equal(last.cells, 1);
	assert_int_equal(last.columns, 2);
	assert_fault("a,b\n\"1\n2\",3,4\n5\n", 16, TABLE_FAULT_CELLS, 2, 4);
	assert_int_equal(n_faults, 2);
}

static void
names_a_file_cut_inside_quotes(void **state)
{
	static const char cut[] = "a,b\n1,2\n3,\"four\nfive\n";

	(void)state;
	assert_fault(cut, sizeof(cut) - 1, TABLE_FAULT_CUT, 2, 3);
}

static void
names_a_quote_where_none_can_be(void **state)
{
	(void)state;
	assert_fault("a,b\n1,2\"\n", 9, TABLE_FAULT_QUOTE, 1, 2);
	assert_fault("a,b\n1,\"2\"x\n", 11, TABLE_FAULT_QUOTE, 1, 2);
}

static void
names_a_zero_byte(void **state)
{
	(void)state;
	assert_fault("a,b\n1,\0002\n", 9, TABLE_FAULT_NUL, 1, 2);
	assert_int_equal(last.offset, 6);
}

static void
names_bytes_that_are_not_utf8_wherever_a_block_ends(void **state)
{
	size_t len = 65536 + 16;
	char *csv = malloc(len);

	(void)state;
	assert_fault("a\n\xe9t\xe9\n", 6, TABLE_FAULT_UTF8, 1, 2);
	assert_int_equal(last.offset, 2);
	assert_fault("\xff\xfe"
		     "a\0",
	    4, TABLE_FAULT_UTF8, 0, 1);
	/* Cut at the end of the file. */
	assert_fault("a\n1\xe2\x82", 5, TABLE_FAULT_UTF8, 1, 2);
	assert_int_equal(last.offset, 3);
	for (size_t at = 65530; at < 65542; at++) {
		memset(csv, 'x', len);
		memcpy(csv, "a\n", 2);
		memcpy(csv + at, "\xe2\x82\xac", 3);
		assert_ok(read_bytes(csv, len, ','));
		csv[at + 2] = 'y';
		assert_fault(csv, len, TABLE_FAULT_UTF8, 1, 2);
		assert_int_equal(last.offset, at);
	}
	free(csv);
}

static void
a_row_has_a_limit(void **state)
{
	size_t len = TABLE_ROW_MAX + 3 * 65536;
	char *csv = malloc(len);

	(void)state;
	memset(csv, 'x', len);
	memcpy(csv, "a\n", 2);
	assert_fault(csv, len, TABLE_FAULT_LONG, 1, 2);
	memset(csv, ',', len);
	assert_fault(csv, len, TABLE_FAULT_LONG, 0, 1);
	free(csv);
}

/* ---- Maps ---- */

#define HEAD                                                                   \
	"{\"amparo_map\":1,\"name\":\"m\",\"type\":\"person\",\"key\":[\"k\"]" \
	","

static enum vault_err
read_map(const char *json, struct table_map_fault *fault)
{
	struct table_map map;
	enum vault_err err = table_map_read(&map, fault, json, strlen(json));

	table_map_free(&map);
	return err;
}

static void
assert_rule_of(const char *type, const char *rule, enum table_map_why why)
{
	struct table_map_fault fault;
	char json[512];

	snprintf(json, sizeof(json),
	    "{\"amparo_map\":1,\"name\":\"m\",\"type\":\"%s\",\"key\":[\"k\"],"
	    "\"columns\":[%s]}",
	    type, rule);
	if (read_map(json, &fault) != VAULT_EUSE || fault.why != why)
		fail_msg("%s: %d %s %s", rule, (int)fault.why, fault.where,
		    fault.value);
}

static void
assert_rule(const char *rule, enum table_map_why why)
{
	assert_rule_of("person", rule, why);
}

static void
assert_act(const char *rule, enum table_map_why why)
{
	assert_rule_of("act", rule, why);
}

static void
takes_a_map_of_every_member(void **state)
{
	struct table_map_fault fault;

	(void)state;
	assert_ok(read_map(HEAD
	    "\"about\":\"x\",\"delimiter\":\";\",\"missing\":[\"NA\"],"
	    "\"constants\":[[\"kind\",\"individual\"],[\"tags\",\"a\"],"
	    "[\"tags\",\"b\"]],\"columns\":["
	    "{\"columns\":[\"g\",\"f\"],\"join\":\" \",\"field\":"
	    "\"names[0].text\",\"with\":[[\"script\",\"Latn\"]]},"
	    "{\"column\":\"x\",\"field\":\"sex\",\"codes\":[[\"男\",\"m\"]]},"
	    "{\"column\":\"n\",\"field\":\"nationalities\",\"codes\":"
	    "[[\"Chilean\",\"CL\"]],\"keep_unlisted\":true},"
	    "{\"columns\":[\"d\",\"m\"],\"dates\":[\"day\",\"month\"],"
	    "\"field\":\"born\"},"
	    "{\"column\":\"o\",\"field\":\"occupations\",\"split\":\";\"},"
	    "{\"column\":\"g\",\"field\":\"tags\",\"prefix\":\"group-\"},"
	    "{\"column\":\"y\",\"field\":\"x_own\"}]}",
	    &fault));
}

static void
refuses_what_a_map_cannot_have(void **state)
{
	static const struct {
		const char *json;
		enum table_map_why why;
	} bad[] = {
		{ "", TABLE_MAP_JSON },
		{ "{\"amparo_map\":1,", TABLE_MAP_JSON },
		{ "[]", TABLE_MAP_KIND },
		{ "{}", TABLE_MAP_LACKS },
		{ "{\"amparo_map\":2}", TABLE_MAP_VERSION },
		{ "{\"amparo_map\":1}", TABLE_MAP_LACKS },
		{ "{\"amparo_map\":1,\"name\":\"m\",\"type\":\"nobody\"}",
		    TABLE_MAP_TYPE },
		{ "{\"amparo_map\":1,\"name\":\"M M\",\"type\":\"person\"}",
		    TABLE_MAP_KIND },
		{ "{\"amparo_map\":1,\"name\":\"m\",\"type\":\"person\","
		  "\"columns\":[]}",
		    TABLE_MAP_LACKS },
		{ HEAD "\"colums\":[]}", TABLE_MAP_UNKNOWN },
		{ HEAD "\"dates\":[\"day\"],\"columns\":[{}]}",
		    TABLE_MAP_KIND },
		{ HEAD "\"dates\":{\"pivot\":\"x\"},\"columns\":[{}]}",
		    TABLE_MAP_KIND },
		{ HEAD "\"dates\":{\"pivots\":1},\"columns\":[{}]}",
		    TABLE_MAP_UNKNOWN },
		{ HEAD "\"columns\":[]}", TABLE_MAP_KIND },
		{ HEAD "\"columns\":{}}", TABLE_MAP_KIND },
		{ HEAD "\"delimiter\":\"ab\",\"columns\":[]}", TABLE_MAP_KIND },
		{ HEAD "\"missing\":\"NA\",\"columns\":[]}", TABLE_MAP_KIND },
		{ HEAD "\"missing\":[1],\"columns\":[]}", TABLE_MAP_KIND },
		{ HEAD "\"doubt\":true,\"columns\":[{}]}", TABLE_MAP_KIND },
		{ HEAD "\"constants\":[[\"kind\",\"alien\"]]}",
		    TABLE_MAP_VALUE },
		{ HEAD "\"constants\":[[\"kind\"]]}", TABLE_MAP_KIND },
		{ HEAD "\"constants\":[[\"imported.file\",\"x\"]]}",
		    TABLE_MAP_VALUE },
		{ HEAD "\"key\":[\"k\"],\"columns\":[]}", TABLE_MAP_JSON },
		{ "{\"amparo_map\":1,\"name\":\"m\",\"type\":\"person\","
		  "\"key\":[\"k\",\"k\"]}",
		    TABLE_MAP_TWICE },
	};
	struct table_map_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (read_map(bad[i].json, &fault) != VAULT_EUSE ||
		    fault.why != bad[i].why)
			fail_msg("%s: %d %s %s", bad[i].json, (int)fault.why,
			    fault.where, fault.value);
}

static void
refuses_rules_that_no_cell_could_follow(void **state)
{
	(void)state;
	assert_rule("{\"column\":\"a\"}", TABLE_MAP_LACKS);
	assert_rule("{\"field\":\"sex\"}", TABLE_MAP_LACKS);
	assert_rule("{\"column\":\"a\",\"columns\":[\"b\"],\"field\":\"sex\"}",
	    TABLE_MAP_LACKS);
	assert_rule("{\"column\":\"a\",\"field\":\"sexx\"}", TABLE_MAP_FIELD);
	assert_rule("{\"column\":\"a\",\"field\":\"sex\",\"words\":\"en\"}",
	    TABLE_MAP_UNKNOWN);
	assert_rule("{\"column\":\"a\",\"field\":\"sex\",\"doubt\":true}",
	    TABLE_MAP_KIND);
	assert_rule("{\"column\":\"a\",\"field\":\"type\"}", TABLE_MAP_FIELD);
	assert_rule(
	    "{\"column\":\"a\",\"field\":\"imported.file\"}", TABLE_MAP_FIELD);
	assert_rule("{\"column\":\"a\",\"field\":\"mother\"}", TABLE_MAP_FIELD);
	assert_rule("{\"column\":\"a\",\"field\":\"names\"}", TABLE_MAP_FIELD);
	assert_rule(
	    "{\"column\":\"a\",\"field\":\"names[12].text\"}", TABLE_MAP_FIELD);
	assert_rule("{\"column\":\"a\",\"field\":\"photo\"}", TABLE_MAP_FIELD);
	assert_rule("{\"column\":\"a\",\"field\":\"sex\",\"code\":[]}",
	    TABLE_MAP_UNKNOWN);
	assert_rule(
	    "{\"column\":\"a\",\"field\":\"sex\",\"codes\":[[\"1\",\"man\"]]}",
	    TABLE_MAP_VALUE);
	assert_rule("{\"column\":\"a\",\"field\":\"sex\",\"codes\":"
		    "[[\"1\",\"m\"],[\"1\",\"f\"]]}",
	    TABLE_MAP_TWICE);
	assert_rule("{\"column\":\"a\",\"field\":\"sex\",\"split\":\",\"}",
	    TABLE_MAP_NOT_MANY);
	assert_rule("{\"columns\":[\"a\",\"b\"],\"field\":\"religion\"}",
	    TABLE_MAP_LACKS);
	assert_rule(
	    "{\"columns\":[\"a\",\"b\"],\"field\":\"born\"}", TABLE_MAP_LACKS);
	assert_rule("{\"columns\":[\"a\",\"b\"],\"field\":\"born\","
		    "\"dates\":[\"day\"]}",
	    TABLE_MAP_KIND);
	assert_rule(
	    "{\"column\":\"a\",\"field\":\"born\",\"dates\":[\"noon\"]}",
	    TABLE_MAP_KIND);
	assert_rule("{\"column\":\"a\",\"field\":\"religion\","
		    "\"dates\":[\"day\"]}",
	    TABLE_MAP_FIELD);
	assert_rule("{\"column\":\"a\",\"field\":\"born\","
		    "\"dates\":\"day\"}",
	    TABLE_MAP_KIND);
	assert_rule("{\"column\":\"a\",\"field\":\"born\",\"dates\":{}}",
	    TABLE_MAP_KIND);
	assert_rule("{\"column\":\"a\",\"field\":\"born\","
		    "\"dates\":{\"order\":\"dmx\"}}",
	    TABLE_MAP_KIND);
	assert_rule("{\"column\":\"a\",\"field\":\"born\","
		    "\"dates\":{\"orders\":\"dmy\"}}",
	    TABLE_MAP_UNKNOWN);
	assert_rule("{\"column\":\"a\",\"field\":\"born\",\"join\":\"/\","
		    "\"dates\":{\"order\":\"dmy\"}}",
	    TABLE_MAP_UNKNOWN);
	assert_rule("{\"columns\":[\"a\",\"b\"],\"field\":\"born\","
		    "\"join\":\"/\",\"dates\":[\"day\",\"month\"]}",
	    TABLE_MAP_KIND);
	assert_rule("{\"columns\":[\"a\",\"b\"],\"field\":\"born\","
		    "\"join\":\"/\"}",
	    TABLE_MAP_LACKS);
	assert_rule("{\"column\":\"a\",\"field\":\"names[0].text\","
		    "\"with\":[[\"scrip\",\"Latn\"]]}",
	    TABLE_MAP_FIELD);
	assert_rule("{\"column\":\"a\",\"field\":\"names[0].text\","
		    "\"with\":[[\"script\",\"latin\"]]}",
	    TABLE_MAP_VALUE);
	assert_rule("{\"column\":\"a\",\"field\":\"religion\","
		    "\"with\":[[\"script\",\"Latn\"]]}",
	    TABLE_MAP_FIELD);
	assert_rule("{\"column\":\"a\",\"field\":\"born\",\"unit\":\"days\"}",
	    TABLE_MAP_UNKNOWN);
	assert_act("{\"column\":\"a\",\"field\":\"duration\","
		   "\"unit\":\"moons\"}",
	    TABLE_MAP_KIND);
	assert_act("{\"columns\":[\"a\",\"b\"],\"join\":\"\\t\",\"field\":"
		   "\"duration\"}",
	    TABLE_MAP_KIND);
	assert_act("{\"column\":\"a\",\"field\":\"duration\","
		   "\"codes\":[[\"a\",\"P1D\"]]}",
	    TABLE_MAP_FIELD);
}

/* ---- Rows ---- */

/* One row {k, c} of which the body has this member. */
static void
assert_cell(const char *rule, const char *cell, const char *fields,
    const char *members, const char *said)
{
	struct buf csv = { 0 }, wanted = { 0 };
	bool before = strcmp(members, "\"imported\"") <
	    0; /* in order of bytes */

	buf_putf(&csv, "k,c\n7,\"%s\"\n", cell);
	buf_putf(&wanted,
	    "{%s\"imported\":{\"fields\":[{\"name\":\"k\",\"text\":\"7\"}%s],"
	    "\"file\":\"l.csv\",\"key\":[\"k\"],\"map\":\"m\",\"row\":1},"
	    "%s\"type\":\"%s\"}\n",
	    before ? members : "", fields, before ? "" : members, made_type);
	assert_ok(make(rule, buf_text(&csv)));
	assert_string_equal(buf_text(&bodies), buf_text(&wanted));
	assert_string_equal(buf_text(&notes), said);
	buf_free(&csv);
	buf_free(&wanted);
}

#define LEFT(text) ",{\"name\":\"c\",\"text\":\"" text "\"}"

static void
a_cell_ends_in_its_field_or_word_for_word(void **state)
{
	static const char sex[] = "{\"column\":\"c\",\"field\":\"sex\","
				  "\"codes\":[[\"1\",\"m\"],[\"女\",\"f\"]]}";
	static const char age[] = "{\"column\":\"c\",\"field\":\"age\"}";
	static const char other[] = "{\"column\":\"k\",\"field\":\"tags\"}";

	(void)state;
	assert_cell(sex, "1", "", "\"sex\":\"m\",", "");
	assert_cell(sex, " \xc2\xa0女 ", "", "\"sex\":\"f\",", "");
	assert_cell(sex, "2 ", LEFT("2 "), "", "1:c=2 (0);");
	/* A code of ours is none of the table's. */
	assert_cell(sex, "m", LEFT("m"), "", "1:c=m(0);");
	assert_cell(sex, "1?", LEFT("1?"), "", "1:c=1?(11);");
	assert_cell(sex, "NA", "", "", "");
	assert_cell(sex, "", "", "", "");
	assert_cell(sex, "  ", "", "", "");
	assert_cell(age, "0.22", "", "\"age\":\"0.22\",", "");
	assert_cell(age, "young", LEFT("young"), "", "1:c=young(1);");
	assert_cell(age, "??", LEFT("??"), "",
	    "1:c=?"
	    "?(3);");
	assert_cell(other, "x", LEFT("x"), "\"tags\":[\"7\"],", "");
}

static void
dates_are_understood_or_words(void **state)
{
	static const char born[] = "{\"column\":\"c\",\"field\":\"born\"}";
	static const char day[] = "{\"column\":\"c\",\"field\":\"born\","
				  "\"dates\":[\"day\"]}";
	static const char month[] = "{\"column\":\"c\",\"field\":\"born\","
				    "\"dates\":[\"month\"]}";
	static const char year[] = "{\"column\":\"c\",\"field\":\"born\","
				   "\"dates\":[\"year\"]}";

	(void)state;
	assert_cell(
	    born, "1973-09~", "", "\"born\":{\"edtf\":\"1973-09~\"},", "");
	assert_cell(born, "in spring", "", "\"born\":{\"text\":\"in spring\"},",
	    "1:c=in spring(2);");
	/* Not what somebody types at a prompt: nothing is taken apart. */
	assert_cell(born, "1973 (about)", "",
	    "\"born\":{\"text\":\"1973 (about)\"},", "1:c=1973 (about)(2);");
	assert_cell(
	    day, "1973-09-12", "", "\"born\":{\"edtf\":\"1973-09-12\"},", "");
	assert_cell(day, "1973-02-30", "",
	    "\"born\":{\"text\":\"1973-02-30\"},", "1:c=1973-02-30(6);");
	/* What the list has filled in stays in its words. */
	assert_cell(month, "1973-09-01", "",
	    "\"born\":{\"edtf\":\"1973-09\",\"text\":\"1973-09-01\"},", "");
	assert_cell(
	    month, "1973-09 ", "", "\"born\":{\"edtf\":\"1973-09\"},", "");
	assert_cell(month, "1973-13-01", "",
	    "\"born\":{\"text\":\"1973-13-01\"},", "1:c=1973-13-01(6);");
	assert_cell(month, "1973-09-02", "",
	    "\"born\":{\"text\":\"1973-09-02\"},", "1:c=1973-09-02(2);");
	assert_cell(year, "1973-01-01", "",
	    "\"born\":{\"edtf\":\"1973\",\"text\":\"1973-01-01\"},", "");
}

#define READ(edtf, text)                                                       \
	"\"born\":{\"edtf\":\"" edtf "\",\"text\":\"" text "\"},"
#define WORDS(text) "\"born\":{\"text\":\"" text "\"},"

static void
dates_are_read_by_the_rules_of_their_column(void **state)
{
	static const char rule[] =
	    "{\"column\":\"c\",\"field\":\"born\",\"dates\":{\"order\":"
	    "[\"dmy\",\"mdy\"],\"months\":[\"en\",\"es\"],\"words\":"
	    "[\"en\",\"es\"],\"unknown\":\"00\",\"several\":\";\"}}";
	static const char strict[] = "{\"column\":\"c\",\"field\":\"born\","
				     "\"dates\":[{\"order\":\"ymd\"}]}";

	(void)state;
	assert_cell(rule, "25/3/1973", "", READ("1973-03-25", "25/3/1973"), "");
	assert_cell(rule, " fines de mayo de 1980", "",
	    READ("[1980-05-21..1980-05-31]", " fines de mayo de 1980"), "");
	/* Words that are EDTF already are not said twice. */
	assert_cell(strict, "1973-03-25", "",
	    "\"born\":{\"edtf\":\"1973-03-25\"},", "");
	assert_cell(
	    strict, "25/3/1973", "", WORDS("25/3/1973"), "1:c=25/3/1973(2);");
	/* A day or a month: it is not known which of them is unknown. */
	assert_cell(
	    rule, "00/12/1973", "", WORDS("00/12/1973"), "1:c=00/12/1973(4);");
	assert_cell(rule, "soon", "", WORDS("soon"), "1:c=soon(2);");
	assert_cell(
	    rule, "3/5/1973", "", WORDS("3/5/1973"), "1:c=3/5/1973(4);");
	assert_cell(rule, "25/3/1973;26/3/1973", "",
	    WORDS("25/3/1973;26/3/1973"), "1:c=25/3/1973;26/3/1973(5);");
	assert_cell(rule, "30 February 1980", "", WORDS("30 February 1980"),
	    "1:c=30 February 1980(6);");
	assert_cell(rule, "from 1981 to 1980", "", WORDS("from 1981 to 1980"),
	    "1:c=from 1981 to 1980(7);");
	assert_cell(rule, "??", LEFT("??"), "", "1:c=?\?(3);");
}

static void
rules_go_together_with_other_columns(void **state)
{
	static const char rules[] =
	    "{\"columns\":[\"d\",\"m\"],\"field\":\"born\",\"dates\":"
	    "[{\"order\":\"dmy\"},\"month\"]}";

	(void)state;
	assert_ok(make(rules,
	    "k,d,m\n1,12/9/1973,1973-09-01\n2,NA,1973-09-01\n"
	    "3,about then,1973-10-01\n"));
	assert_non_null(
	    strstr(buf_text(&bodies), READ("1973-09-12", "12/9/1973")));
	assert_non_null(
	    strstr(buf_text(&bodies), READ("1973-09", "1973-09-01")));
	assert_non_null(
	    strstr(buf_text(&bodies), READ("1973-10", "1973-10-01")));
	assert_string_equal(buf_text(&notes), "3:d=about then(1);");
}

/* The rules of the map are those of each column that has none of its own. */
static void
rules_of_the_map_are_those_of_its_columns(void **state)
{
	static const char rules[] =
	    "{\"column\":\"d\",\"field\":\"born\"},"
	    "{\"column\":\"m\",\"field\":\"addresses[0].from\","
	    "\"dates\":{\"order\":\"mdy\"}},"
	    "{\"column\":\"y\",\"field\":\"addresses[0].to\","
	    "\"dates\":[\"edtf\"]},"
	    "{\"columns\":[\"p\",\"q\"],\"join\":\"/\",\"field\":"
	    "\"addresses[1].from\"}";

	(void)state;
	made_more = "\"dates\":{\"order\":[\"dmy\",\"my\"]},";
	assert_ok(
	    make(rules, "k,d,m,y,p,q\n1,3/5/1980,3/5/1980,3/5/1980,5,1981\n"));
	made_more = "";
	assert_non_null(
	    strstr(buf_text(&bodies), READ("1980-05-03", "3/5/1980")));
	assert_non_null(strstr(buf_text(&bodies),
	    "\"from\":{\"edtf\":\"1980-03-05\",\"text\":\"3/5/1980\"},"
	    "\"to\":{\"text\":\"3/5/1980\"}"));
	assert_non_null(strstr(buf_text(&bodies),
	    "\"from\":{\"edtf\":\"1981-05\",\"text\":\"5/1981\"}"));
	assert_string_equal(buf_text(&notes), "1:y=3/5/1980(2);");
}

static void
a_day_a_month_and_a_year_in_columns_of_their_own(void **state)
{
#define COLUMNS                                                                \
	"{\"columns\":[\"d\",\"m\",\"y\"],\"join\":\"/\",\"field\":"           \
	"\"born\",\"dates\":{\"order\":[\"dmy\",\"my\",\"y\"]"
	static const char with[] = COLUMNS ",\"unknown\":[\"00\"]}}";
	static const char without[] = COLUMNS "}}";

	(void)state;
	assert_ok(make(with, "k,d,m,y\n1,3,5,1980\n"));
	assert_non_null(
	    strstr(buf_text(&bodies), READ("1980-05-03", "3/5/1980")));
	assert_non_null(
	    strstr(buf_text(&bodies), "{\"name\":\"m\",\"text\":\"5\"}"));
	assert_ok(make(with, "k,d,m,y\n1,NA,5,1980\n"));
	assert_non_null(
	    strstr(buf_text(&bodies), READ("1980-05-XX", "5/1980")));
	assert_ok(make(with, "k,d,m,y\n1,NA,,1980\n"));
	assert_non_null(strstr(buf_text(&bodies), READ("1980-XX-XX", "1980")));
	assert_string_equal(buf_text(&notes), "");
	/* The third of an unknown month is not March. */
	assert_ok(make(with, "k,d,m,y\n1,3,NA,1980\n"));
	assert_non_null(strstr(buf_text(&bodies), WORDS("3/1980")));
	assert_string_equal(buf_text(&notes), "1:d=3/1980(2);");
	assert_ok(make(without, "k,d,m,y\n1,3,NA,1980\n2,3,5,1980\n"));
	assert_non_null(strstr(buf_text(&bodies), WORDS("3/1980")));
	assert_non_null(
	    strstr(buf_text(&bodies), READ("1980-05-03", "3/5/1980")));
	assert_ok(make(with, "k,d,m,y\n1,NA,NA,\n"));
	assert_null(strstr(buf_text(&bodies), "born"));
	assert_ok(make(with, "k,d,m,y\n1,31,4,1980\n"));
	assert_string_equal(buf_text(&notes), "1:d=31/4/1980(6);");
}

static void
durations_are_understood_or_words(void **state)
{
	static const char rule[] = "{\"column\":\"c\",\"field\":\"duration\"}";
	static const char days[] =
	    "{\"column\":\"c\",\"field\":\"duration\",\"unit\":\"days\"}";
	static const char words[] = "{\"column\":\"c\",\"field\":"
				    "\"duration\",\"words\":[\"en\",\"es\"]}";
	static const char hours[] =
	    "{\"column\":\"c\",\"field\":\"duration\",\"unit\":\"hours\"}";

	(void)state;
#define LENGTH(members) "\"duration\":{" members "},"
	made_type = "act";
	assert_cell(rule, " ~P10D", "", LENGTH("\"iso\":\"~P10D\""), "");
	assert_cell(rule, "12", "", LENGTH("\"text\":\"12\""), "1:c=12(8);");
	assert_cell(
	    days, "012", "", LENGTH("\"iso\":\"P12D\",\"text\":\"012\""), "");
	assert_cell(days, "P2W", "", LENGTH("\"iso\":\"P2W\""), "");
	assert_cell(
	    hours, "36", "", LENGTH("\"iso\":\"PT36H\",\"text\":\"36\""), "");
	assert_cell(days, "-3", "", LENGTH("\"text\":\"-3\""), "1:c=-3(8);");
	assert_cell(days, "123456", "", LENGTH("\"text\":\"123456\""),
	    "1:c=123456(8);");
	assert_cell(days, "two weeks", "", LENGTH("\"text\":\"two weeks\""),
	    "1:c=two weeks(8);");
	assert_cell(words, "two weeks", "",
	    LENGTH("\"iso\":\"P2W\",\"text\":\"two weeks\""), "");
	assert_cell(words,
	    "3 a 5 d\xc3\xad"
	    "as",
	    "",
	    LENGTH("\"max\":\"P5D\",\"min\":\"P3D\",\"text\":\"3 a 5 d\xc3\xad"
		   "as\""),
	    "");
	assert_cell(words, "at least 3 days", "",
	    LENGTH("\"min\":\"P3D\",\"text\":\"at least 3 days\""), "");
	assert_cell(words, "some weeks", "", LENGTH("\"text\":\"some weeks\""),
	    "1:c=some weeks(8);");
	assert_cell(days, "NA", "", "", "");
	made_type = "person";
}

static void
what_stands_beside_a_date_is_beside_it(void **state)
{
	static const char rule[] =
	    "{\"column\":\"c\",\"field\":\"addresses[0].from\",\"with\":"
	    "[[\"country\",\"PE\"],[\"admin\",\"Lima\"]],"
	    "\"dates\":{\"months\":\"en\"}}";

	(void)state;
	assert_cell(rule, "May 1980", "",
	    "\"addresses\":[{\"admin\":[\"Lima\"],\"country\":\"PE\","
	    "\"from\":{\"edtf\":\"1980-05\",\"text\":\"May 1980\"}}],",
	    "");
}

static void
the_day_goes_before_the_month(void **state)
{
	static const char rule[] = "{\"columns\":[\"d\",\"m\"],\"field\":"
				   "\"born\",\"dates\":[\"day\",\"month\"]}";

	(void)state;
	assert_ok(make(rule,
	    "k,d,m\n1,1973-09-12,1973-09-01\n2,NA,1973-09-01\n3,soon,1973-"
	    "09\n"));
	assert_non_null(strstr(buf_text(&bodies), "{\"edtf\":\"1973-09-12\"}"));
	assert_non_null(strstr(
	    buf_text(&bodies), "{\"name\":\"m\",\"text\":\"1973-09-01\"}"));
	assert_non_null(strstr(buf_text(&bodies), "{\"edtf\":\"1973-09\"}"));
	assert_non_null(
	    strstr(buf_text(&bodies), "{\"name\":\"d\",\"text\":\"soon\"}"));
	assert_string_equal(buf_text(&notes), "3:d=soon(1);");
}

static void
parts_of_a_cell_are_values_of_their_own(void **state)
{
	static const char trade[] =
	    "{\"column\":\"c\",\"field\":\"occupations\","
	    "\"split\":\" and \"}";
	static const char tag[] = "{\"column\":\"c\",\"field\":\"tags\","
				  "\"split\":\";\",\"prefix\":\"g-\",\"codes\":"
				  "[[\"1\",\"one\"],[\"2\",\"two\"]]}";

	(void)state;
	assert_cell(trade, "smith and poet", "",
	    "\"occupations\":[\"smith\",\"poet\"],", "");
	assert_cell(trade, "smith", "", "\"occupations\":[\"smith\"],", "");
	assert_cell(tag, "1; 2;", "", "\"tags\":[\"g-one\",\"g-two\"],", "");
	assert_cell(
	    tag, "1;3", LEFT("1;3"), "\"tags\":[\"g-one\"],", "1:c=1;3(0);");
}

static void
a_second_name_is_the_first_where_there_is_no_other(void **state)
{
	static const char rules[] =
	    "{\"column\":\"a\",\"field\":\"names[0].text\"},"
	    "{\"columns\":[\"b\",\"c\"],\"join\":\" \",\"field\":"
	    "\"names[1].text\",\"with\":[[\"kind\",\"alias\"]]},"
	    "{\"column\":\"c\",\"field\":\"names[1].family\"}";

	(void)state;
	assert_ok(make(rules, "k,a,b,c\n1,A,B,C\n2,NA,B,C\n3,A,NA,NA\n"));
	assert_non_null(strstr(buf_text(&bodies),
	    "\"names\":[{\"text\":\"A\"},{\"family\":\"C\",\"kind\":\"alias\","
	    "\"text\":\"B C\"}]"));
	assert_non_null(strstr(buf_text(&bodies),
	    "\"names\":[{\"family\":\"C\",\"kind\":\"alias\",\"text\":\"B "
	    "C\"}]"));
	assert_non_null(
	    strstr(buf_text(&bodies), "\"names\":[{\"text\":\"A\"}]"));
	assert_string_equal(buf_text(&notes), "");
}

static void
columns_are_found_by_name_or_refused(void **state)
{
	static const char rule[] = "{\"column\":\"c\",\"field\":\"tags\"}";

	(void)state;
	assert_ok(make(rule, " c ,k\nx,1\n"));
	assert_int_equal(make(rule, "k,d\n1,2\n"), VAULT_EUSE);
	assert_int_equal(make(rule, "k,c,c\n1,2,3\n"), VAULT_EUSE);
	/* Columns that nobody asks for may be called as they like. */
	assert_ok(make(rule, "k,c,d,d,\n1,2,3,4,5\n"));
	assert_non_null(
	    strstr(buf_text(&bodies), "{\"name\":\"#5\",\"text\":\"5\"}"));
	assert_ok(make(rule, "k,c\nNA,x\n"));
	assert_string_equal(buf_text(&bodies), "no key\n");
}

/* ---- A vault ---- */

static const char list_map[] = HEAD
    "\"columns\":[{\"column\":\"name\",\"field\":\"names[0].text\"},"
    "{\"column\":\"mail\",\"field\":\"lang\"}]}";

static enum vault_err
import(struct vault *v, const char *csv, bool preview)
{
	return import_by(
	    v, list_map, csv, (struct vault_table_how){ .preview = preview });
}

static void
assert_done(
    unsigned added, unsigned unchanged, unsigned changed, unsigned refused)
{
	assert_int_equal(done.added, added);
	assert_int_equal(done.unchanged, unchanged);
	assert_int_equal(done.changed, changed);
	assert_int_equal(done.refused, refused);
}

static void
a_row_is_known_again_and_never_overwrites(void **state)
{
	static const char list[] = "k,name,mail\n1,Ana Uno,es\n2,Bob Dos,\n";
	char *folder = folder_new(), id[VAULT_ID_LEN];
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_ok(import(o.vault, list, true));
	assert_done(2, 0, 0, 0);
	assert_int_equal(count(o.vault, "type:person", NULL), 0);
	assert_ok(import(o.vault, list, false));
	assert_done(2, 0, 0, 0);
	assert_int_equal(count(o.vault, "ana", id), 1);
	assert_ok(import(o.vault, list, false));
	assert_done(0, 2, 0, 0);

	/* Somebody's edit is not a change of the list. */
	edit_field(o.vault, id, "notes", "heard of");
	assert_ok(vault_reindex(o.vault, NULL, NULL));
	assert_ok(import(o.vault,
	    "k,name,mail\n2,Bob Dos,\n9,Zoe,\n"
	    " 1 ,Ana Uno,es\n",
	    false));
	/* The key of row 3 is the same; its cell is not, word for word. */
	assert_done(1, 1, 1, 0);
	assert_ok(import(o.vault, "k,name,mail\n1,Ana Tres,es\n", false));
	assert_done(0, 0, 1, 0);
	assert_int_equal(whys[VAULT_ROW_CHANGED], 1);
	assert_int_equal(count(o.vault, "tres", NULL), 0);
	assert_int_equal(count(o.vault, "heard", NULL), 1);
	vault_done(&o);
	folder_free(folder);
}

static void
refused_rows_are_named_and_the_others_come_in(void **state)
{
	char *folder = folder_new();
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	for (int preview = 1; preview >= 0; preview--) {
		assert_ok(import(o.vault,
		    "k,name,mail\n1,A B,es\n,C D,es\n1,E F,es\n4,G H,no one\n",
		    preview != 0));
		assert_done(2, 0, 0, 2);
		assert_int_equal(done.notes, 1);
		assert_int_equal(whys[VAULT_ROW_NO_KEY], 1);
		assert_int_equal(whys[VAULT_ROW_SAME_KEY], 1);
		assert_int_equal(whys[VAULT_ROW_VALUE], 1);
	}
	assert_int_equal(count(o.vault, "type:person", NULL), 2);
	vault_done(&o);
	folder_free(folder);
}

static void
a_file_that_is_refused_changes_nothing(void **state)
{
	char *folder = folder_new();
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_int_equal(
	    import(o.vault, "k,name,mail\n1,A,es\n2,B\n", false), VAULT_EUSE);
	assert_int_equal(
	    import(o.vault, "k,name,mail\n1,\xe9,es\n", false), VAULT_EUSE);
	assert_int_equal(import(o.vault, "k,name\n1,A\n", false), VAULT_EUSE);
	assert_ok(import(o.vault, "k,name,mail\n", false));
	assert_done(0, 0, 0, 0);
	assert_int_equal(count(o.vault, "type:person", NULL), 0);
	vault_done(&o);
	folder_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_quotes_and_line_ends_inside_them),
		cmocka_unit_test(keeps_every_blank),
		cmocka_unit_test(
		    takes_all_line_ends_and_the_last_row_without_one),
		cmocka_unit_test(
		    passes_over_a_byte_order_mark_at_the_beginning_only),
		cmocka_unit_test(a_table_of_names_alone_has_no_rows),
		cmocka_unit_test(other_delimiters_are_taken_as_told),
		cmocka_unit_test(refuses_an_empty_file),
		cmocka_unit_test(names_rows_with_another_number_of_cells),
		cmocka_unit_test(names_a_file_cut_inside_quotes),
		cmocka_unit_test(names_a_quote_where_none_can_be),
		cmocka_unit_test(names_a_zero_byte),
		cmocka_unit_test(
		    names_bytes_that_are_not_utf8_wherever_a_block_ends),
		cmocka_unit_test(a_row_has_a_limit),
		cmocka_unit_test(takes_a_map_of_every_member),
		cmocka_unit_test(refuses_what_a_map_cannot_have),
		cmocka_unit_test(refuses_rules_that_no_cell_could_follow),
		cmocka_unit_test(a_cell_ends_in_its_field_or_word_for_word),
		cmocka_unit_test(dates_are_understood_or_words),
		cmocka_unit_test(dates_are_read_by_the_rules_of_their_column),
		cmocka_unit_test(rules_go_together_with_other_columns),
		cmocka_unit_test(rules_of_the_map_are_those_of_its_columns),
		cmocka_unit_test(
		    a_day_a_month_and_a_year_in_columns_of_their_own),
		cmocka_unit_test(durations_are_understood_or_words),
		cmocka_unit_test(what_stands_beside_a_date_is_beside_it),
		cmocka_unit_test(the_day_goes_before_the_month),
		cmocka_unit_test(parts_of_a_cell_are_values_of_their_own),
		cmocka_unit_test(
		    a_second_name_is_the_first_where_there_is_no_other),
		cmocka_unit_test(columns_are_found_by_name_or_refused),
		cmocka_unit_test(a_row_is_known_again_and_never_overwrites),
		cmocka_unit_test(refused_rows_are_named_and_the_others_come_in),
		cmocka_unit_test(a_file_that_is_refused_changes_nothing),
	};

	int failed;

	if (vault_setup() != VAULT_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_free(&rows);
	table_help_free();
	return failed;
}
