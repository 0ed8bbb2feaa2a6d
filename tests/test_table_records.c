/* SPDX-License-Identifier: ISC */
/* Rows that become several records, repeated columns, periods. */
#include "record/edit.h"
#include "record/flat.h"
#include "table_help.h"

#define HEAD                                                                   \
	"{\"amparo_map\":1,\"name\":\"m\",\"key\":[\"k\"],\"missing\":"        \
	"[\"NA\"],\"records\":["
#define PERSON                                                                 \
	"{\"as\":\"who\",\"type\":\"person\",\"columns\":[{\"column\":"        \
	"\"name\",\"field\":\"names[0].text\"}]}"
#define ACT                                                                    \
	"{\"as\":\"what\",\"type\":\"act\",\"when\":{\"column\":\"deed\","     \
	"\"in\":[\"K\",\"D\"]},\"constants\":[[\"certainty\",\"likely\"]],"    \
	"\"columns\":[{\"link\":\"victims\",\"to\":\"who\"},{\"column\":"      \
	"\"deed\",\"field\":\"act\",\"codes\":[[\"K\",\"killing\"]]}]}"
#define STATUS                                                                 \
	"{\"as\":\"end\",\"type\":\"status\",\"when\":{\"column\":\"deed\","   \
	"\"in\":[\"K\"]},\"constants\":[[\"status\",\"dead\"]],\"columns\":["  \
	"{\"link\":\"person\",\"to\":\"who\"},{\"link\":\"act\",\"to\":"       \
	"\"what\"},{\"link\":\"basis[0].ref\",\"to\":\"source\"},{"            \
	"\"column\":\"page\",\"field\":\"basis[0].locator\"}]}"
#define SOURCE                                                                 \
	"{\"as\":\"source\",\"type\":\"document\",\"once\":true,"              \
	"\"constants\":[[\"title\",\"A list\"]]}"
#define MAP HEAD PERSON "," ACT "," STATUS "," SOURCE "]}"

static void
assert_has(const char *text)
{
	if (strstr(buf_text(&bodies), text) == NULL)
		fail_msg("%s is not in %s", text, buf_text(&bodies));
}

static void
assert_lacks(const char *text)
{
	if (strstr(buf_text(&bodies), text) != NULL)
		fail_msg("%s is in %s", text, buf_text(&bodies));
}

static void
a_row_becomes_its_records(void **state)
{
	(void)state;
	assert_ok(make_by(MAP, "k,name,deed,page,more\n7,Ana,K,12,x\n"));
	assert_string_equal(buf_text(&bodies),
	    "{\"imported\":{\"fields\":[{\"name\":\"k\",\"text\":\"7\"},"
	    "{\"name\":\"more\",\"text\":\"x\"}],\"file\":\"l.csv\",\"key\":"
	    "[\"k\"],\"map\":\"m\",\"row\":1},\"names\":[{\"text\":\"Ana\"}],"
	    "\"type\":\"person\"}\n"
	    "{\"act\":\"killing\",\"certainty\":\"likely\",\"imported\":{"
	    "\"as\":\"what\",\"fields\":[{\"name\":\"k\",\"text\":\"7\"}],"
	    "\"file\":\"l.csv\",\"key\":[\"k\"],\"map\":\"m\",\"row\":1},"
	    "\"type\":\"act\",\"victims\":[\"00000000000000000000000000\"]}\n"
	    "{\"act\":\"00000000000000000000000001\",\"basis\":[{\"locator\":"
	    "\"12\",\"ref\":\"00000000000000000000000003\"}],\"imported\":{"
	    "\"as\":\"end\",\"fields\":[{\"name\":\"k\",\"text\":\"7\"}],"
	    "\"file\":\"l.csv\",\"key\":[\"k\"],\"map\":\"m\",\"row\":1},"
	    "\"person\":\"00000000000000000000000000\",\"status\":\"dead\","
	    "\"type\":\"status\"}\n"
	    "{\"imported\":{\"as\":\"source\",\"file\":\"l.csv\",\"map\":"
	    "\"m\"},\"title\":\"A list\",\"type\":\"document\"}\n");
	assert_string_equal(buf_text(&notes), "");
}

/* A cell is kept by the record that did not take it, else by the first. */
static void
a_cell_that_no_record_takes_is_kept_once(void **state)
{
	(void)state;
	assert_ok(make_by(MAP, "k,name,deed,page\n7,Ana,D,12\n8,Bo,X,13\n"));
	assert_has("{\"certainty\":\"likely\",\"imported\":{\"as\":\"what\","
		   "\"fields\":[{\"name\":\"k\",\"text\":\"7\"},{\"name\":"
		   "\"deed\",\"text\":\"D\"}]");
	assert_has("{\"imported\":{\"fields\":[{\"name\":\"k\",\"text\":\"7\"},"
		   "{\"name\":\"page\",\"text\":\"12\"}]");
	/* No record but the person: all of it is there. */
	assert_has("{\"imported\":{\"fields\":[{\"name\":\"k\",\"text\":\"8\"},"
		   "{\"name\":\"deed\",\"text\":\"X\"},{\"name\":\"page\","
		   "\"text\":\"13\"}]");
	assert_string_equal(buf_text(&notes), "1:deed=D(0);");
}

static void
conditions_compare_cells(void **state)
{
#define COUNT(name, when)                                                      \
	"{\"as\":\"" name "\",\"type\":\"count\",\"when\":[" when              \
	"],\"constants\":[[\"what\",\"" name "\"]],\"columns\":[{\"column\":"  \
	"\"low\",\"field\":\"n\"},{\"link\":\"case\",\"to\":\"case\"}]}"
	static const char map[] = HEAD
	    "{\"as\":\"case\",\"type\":\"case\",\"columns\":[{\"column\":"
	    "\"k\",\"field\":\"title\"}]}," COUNT("range",
		"{\"column\":\"low\",\"is\":\"present\"},{\"column\":\"high\","
		"\"is\":\"present\"},{\"column\":\"low\",\"other_than\":"
		"\"high\"}") "," COUNT("same",
		"{\"column\":\"low\",\"is\":\"present\"},{\"column\":\"low\","
		"\"same_as\":\"high\"}") "," COUNT("none",
		"{\"column\":\"low\",\"is\":\"absent\"}") "]}";

	(void)state;
	assert_ok(make_by(map, "k,low,high\n1,3,4\n"));
	assert_has("\"range\"");
	assert_lacks("\"same\"");
	assert_lacks("\"none\"");
	assert_ok(make_by(map, "k,low,high\n1, 3,3\n"));
	assert_has("\"same\"");
	assert_lacks("\"range\"");
	assert_ok(make_by(map, "k,low,high\n1,NA,NA\n"));
	assert_has("\"none\"");
	assert_lacks("\"same\"");
}

/* Two columns of codes; what the record says of its certainty. */
#define DEED                                                                   \
	"{\"column\":\"deed\",\"field\":\"act\",\"codes\":[[\"K\","            \
	"\"killing\"],[\"T?\",\"torture\"]]}"
#define HOW                                                                    \
	",{\"column\":\"how\",\"field\":\"methods\",\"split\":\";\","          \
	"\"codes\":[[\"G\",\"shooting\"],[\"B\",\"blade\"]]}"

static void
a_code_in_doubt_makes_its_record_possible(void **state)
{
	static const char *const cells[] = { "K?", " K ?", "K (?)", "?K",
		"\xc2\xbfK?", "K\xef\xbc\x9f", "K \xd8\x9f", "probably K",
		"K??" };
	char csv[64];

	(void)state;
	made_type = "act";
	made_more = "\"doubt\":[\"probably\"],";
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		snprintf(csv, sizeof(csv), "k,deed\n1,%s\n", cells[i]);
		assert_ok(make(DEED, csv));
		assert_has("\"act\":\"killing\",\"certainty\":\"possible\"");
		/* Which words said so is not lost. */
		snprintf(
		    csv, sizeof(csv), "\"deed\",\"text\":\"%s\"", cells[i]);
		assert_has(csv);
		snprintf(csv, sizeof(csv), "1:deed=%s(10);", cells[i]);
		assert_string_equal(buf_text(&notes), csv);
	}
	/* A part of a cell; what else is in no pair; what is listed so. */
	assert_ok(make(DEED HOW, "k,deed,how\n1,K,G; B?\n"));
	assert_has("\"certainty\":\"possible\"");
	assert_has("\"methods\":[\"shooting\",\"blade\"]");
	assert_ok(make(DEED HOW, "k,deed,how\n1,K,B?;X\n"));
	assert_has("\"certainty\":\"possible\"");
	assert_string_equal(buf_text(&notes), "1:how=B?;X(0);1:how=B?;X(10);");
	assert_ok(make(DEED, "k,deed\n1,T?\n"));
	assert_lacks("certainty");
	assert_lacks("\"deed\"");
	/* Nothing but the mark; what is in no pair without it. */
	assert_ok(make(DEED, "k,deed\n1,?\n2,X?\n"));
	assert_lacks("certainty");
	assert_string_equal(buf_text(&notes), "1:deed=?(3);2:deed=X?(0);");
	/* A field of codes that has no table. */
	assert_ok(make(
	    "{\"column\":\"deed\",\"field\":\"act\"}", "k,deed\n1,killing?\n"));
	assert_has("\"act\":\"killing\",\"certainty\":\"possible\"");
	made_type = "person";
	made_more = "";
}

static void
what_is_more_certain_than_a_code_in_doubt_is_kept(void **state)
{
	static const char rules[] = DEED
	    ",{\"column\":\"sure\",\"field\":\"certainty\"}";

	(void)state;
	made_type = "act";
	assert_ok(make(rules, "k,deed,sure\n1,K?,confirmed\n"));
	assert_has("\"certainty\":\"possible\"");
	assert_has("{\"name\":\"sure\",\"text\":\"confirmed\"}");
	assert_string_equal(
	    buf_text(&notes), "1:deed=K?(10);1:sure=confirmed(10);");
	assert_ok(make(rules, "k,deed,sure\n1,K?,unlikely\n"));
	assert_has("\"certainty\":\"unlikely\"");
	made_more = "\"constants\":[[\"certainty\",\"likely\"]],";
	assert_ok(make(DEED, "k,deed\n1,K?\n2,K\n"));
	assert_has("\"certainty\":\"possible\"");
	assert_has("\"certainty\":\"likely\"");
	/* By the map there is no doubt: then it is in no pair. */
	made_more = "\"doubt\":false,";
	assert_ok(make(DEED, "k,deed\n1,K?\n"));
	assert_lacks("killing");
	assert_string_equal(buf_text(&notes), "1:deed=K?(0);");
	made_type = "person";
	made_more = "";
}

static void
a_code_in_doubt_is_kept_where_there_is_no_certainty(void **state)
{
	(void)state;
	assert_ok(make("{\"column\":\"s\",\"field\":\"sex\",\"codes\":[["
		       "\"F\",\"f\"]]}",
	    "k,s\n1,F?\n"));
	assert_lacks("\"sex\"");
	assert_has("{\"name\":\"s\",\"text\":\"F?\"}");
	assert_string_equal(buf_text(&notes), "1:s=F?(11);");
}

/* A status that a condition makes is as doubtful as its cell. */
static void
a_condition_in_doubt_makes_its_record_possible(void **state)
{
	static const char none[] = HEAD PERSON
	    ",{\"as\":\"d\",\"type\":\"document\",\"when\":{\"column\":"
	    "\"deed\",\"in\":[\"K\"]},\"columns\":[{\"column\":\"name\","
	    "\"field\":\"title\"}]}]}";

	(void)state;
	assert_ok(make_by(MAP, "k,name,deed,page\n7,Ana,K?,12\n"));
	assert_has("{\"act\":\"killing\",\"certainty\":\"possible\"");
	assert_has("\"certainty\":\"possible\",\"imported\":{\"as\":\"end\"");
	assert_string_equal(buf_text(&notes), "1:deed=K?(10);1:deed=K?(10);");
	assert_ok(make_by(none, "k,name,deed\n7,Ana,K?\n"));
	assert_lacks("document");
	assert_has("{\"name\":\"deed\",\"text\":\"K?\"}");
	assert_string_equal(buf_text(&notes), "1:deed=K?(11);");
}

static void
an_empty_group_does_not_stop_the_next(void **state)
{
	static const char rule[] =
	    "{\"numbers\":[1,3],\"field\":\"places\",\"members\":[{\"column\":"
	    "\"p_%\",\"field\":\"text\"},{\"column\":\"lat%\",\"field\":"
	    "\"lat\"}]}";
	static const char head[] = "k,p_1,lat1,p_2,lat2,p_3,lat3\n";
	char csv[200];

	(void)state;
	made_type = "act";
	snprintf(csv, sizeof(csv), "%s1,NA,NA,B,2,,3\n", head);
	assert_ok(make(rule, csv));
	assert_has("\"places\":[{\"lat\":\"2\",\"text\":\"B\"},{\"lat\":"
		   "\"3\"}]");
	snprintf(csv, sizeof(csv), "%s1,A,NA,NA,NA,C,north\n", head);
	assert_ok(make(rule, csv));
	assert_has("\"places\":[{\"text\":\"A\"},{\"text\":\"C\"}]");
	assert_has("{\"name\":\"lat3\",\"text\":\"north\"}");
	assert_string_equal(buf_text(&notes), "1:lat3=north(1);");
	/* A group that lacks a column is no group of this list. */
	assert_int_equal(make(rule, "k,p_1,lat1,p_2,lat2\n"), VAULT_EUSE);
	made_type = "person";
}

static void
a_period_is_a_beginning_and_an_end(void **state)
{
#define ENDS                                                                   \
	"{\"from\":{\"columns\":[\"a\",\"am\"],\"dates\":[\"day\",\"month\"]}" \
	",\"to\":{\"column\":\"b\"},\"field\":\"date\""
	static const struct {
		const char *row, *date, *between;
	} wanted[] = {
		{ "1980-05-03,1980-05-01,1980-05-05", "1980-05-03/1980-05-05",
		    "[1980-05-03..1980-05-05]" },
		{ "1980-05-03,1980-05-01,1980-05-03", "1980-05-03",
		    "1980-05-03" },
		{ "NA,1980-05-01,1980-07", "1980-05/1980-07",
		    "[1980-05..1980-07]" },
		{ "1980-05-03,NA,NA", "1980-05-03", "[1980-05-03..]" },
		{ "NA,NA,1980-05-03", "/1980-05-03", "[..1980-05-03]" },
	};
	char csv[120], date[120];

	(void)state;
	made_type = "act";
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		snprintf(csv, sizeof(csv), "k,a,am,b\n1,%s\n", wanted[i].row);
		assert_ok(make(ENDS "}", csv));
		snprintf(date, sizeof(date), "\"date\":{\"edtf\":\"%s\"}",
		    wanted[i].date);
		assert_has(date);
		assert_ok(make(ENDS ",\"between\":true}", csv));
		snprintf(date, sizeof(date), "\"date\":{\"edtf\":\"%s\"}",
		    wanted[i].between);
		assert_has(date);
		assert_string_equal(buf_text(&notes), "");
	}
	/* A cell that says more than the field has is kept. */
	assert_ok(make(ENDS "}", "k,a,am,b\n1,NA,1980-05-01,1980-07\n"));
	assert_has("{\"name\":\"am\",\"text\":\"1980-05-01\"}");
	/* Reversed: no date, both cells are kept. */
	assert_ok(make(ENDS "}", "k,a,am,b\n1,1980-05-05,NA,1980-05-03\n"));
	assert_lacks("\"date\"");
	assert_has("{\"name\":\"a\",\"text\":\"1980-05-05\"},{\"name\":\"b\","
		   "\"text\":\"1980-05-03\"}");
	assert_string_equal(
	    buf_text(&notes), "1:a=1980-05-05(7);1:b=1980-05-03(7);");
	/* What the map has its doubts about is taken, and told. */
	assert_ok(make(ENDS ",\"doubtful\":[\"-01-01\",\"-12-31\"]}",
	    "k,a,am,b\n1,1980-01-01,NA,1980-12-31\n2,1980-01-02,NA,NA\n"));
	assert_has("\"date\":{\"edtf\":\"1980-01-01/1980-12-31\"}");
	assert_string_equal(
	    buf_text(&notes), "1:a=1980-01-01(9);1:b=1980-12-31(9);");
	/* An end that is not understood makes the other one no date. */
	assert_ok(make(ENDS "}", "k,a,am,b\n1,1980-05-05,NA,soon\n"));
	assert_lacks("\"date\"");
	assert_string_equal(buf_text(&notes), "1:b=soon(2);");
	made_type = "person";
}

static void
what_is_listed_nowhere_has_a_word_and_is_kept(void **state)
{
	static const char rule[] =
	    "{\"column\":\"c\",\"field\":\"methods\",\"split\":\" and \","
	    "\"unlisted\":\"other\",\"codes\":[[\"Gun\",\"shooting\"]]}";

	(void)state;
	made_type = "act";
	assert_ok(make(rule, "k,c\n1,Gun and Rope and Car\n"));
	assert_has("\"methods\":[\"shooting\",\"other\"]");
	assert_has("{\"name\":\"c\",\"text\":\"Gun and Rope and Car\"}");
	assert_string_equal(buf_text(&notes), "1:c=Gun and Rope and Car(0);");
	made_type = "person";
}

static void
bilingual_cells_agree_or_are_kept(void **state)
{
	static const char rule[] =
	    "{\"column\":\"c\",\"field\":\"sex\",\"parts\":[\"/\",\"／\"],"
	    "\"codes\":[[\"女\",\"f\"],[\"F\",\"f\"],[\"男\",\"m\"],"
	    "[\"M/T\",\"m\"]]}";
	static const char *const same[] = { "女 / F", "女/F", " F／女 ", "女",
		"F /", "\xc2\xa0女 /  F " };
	static const char *const other[] = { "男 / F", "女 / W", "/", "女 F" };
	char csv[64];

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		snprintf(csv, sizeof(csv), "k,c\n1,%s\n", same[i]);
		assert_ok(make(rule, csv));
		assert_has("\"sex\":\"f\"");
		assert_string_equal(buf_text(&notes), "");
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		snprintf(csv, sizeof(csv), "k,c\n1,%s\n", other[i]);
		assert_ok(make(rule, csv));
		assert_lacks("\"sex\"");
		assert_has(other[i]);
		assert_true(notes.len > 0);
	}
	/* A pair for the whole cell goes first. */
	assert_ok(make(rule, "k,c\n1,M/T\n"));
	assert_has("\"sex\":\"m\"");
}

static void
refuses_records_that_no_row_could_have(void **state)
{
	static const struct {
		const char *records, *where;
		enum table_map_why why;
	} bad[] = {
		{ "", "records", TABLE_MAP_KIND },
		{ "{\"type\":\"person\"}", "records[0]", TABLE_MAP_LACKS },
		{ "{\"as\":\"x\"}", "records[0]", TABLE_MAP_LACKS },
		{ "{\"as\":\"X x\",\"type\":\"person\"}", "records[0]",
		    TABLE_MAP_KIND },
		{ "{\"as\":\"x\",\"type\":\"person\",\"when\":{\"column\":"
		  "\"a\",\"is\":\"present\"}}",
		    "records[0]", TABLE_MAP_UNKNOWN },
		{ "{\"as\":\"x\",\"type\":\"person\",\"once\":true}",
		    "records[0]", TABLE_MAP_UNKNOWN },
		{ "{\"as\":\"x\",\"type\":\"person\"}", "records[0].columns",
		    TABLE_MAP_LACKS },
		{ PERSON "," PERSON, "records[1]", TABLE_MAP_TWICE },
		{ PERSON ",{\"as\":\"x\",\"type\":\"person\",\"once\":true,"
			 "\"columns\":[]}",
		    "records[1]", TABLE_MAP_UNKNOWN },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"when\":{\"column\""
			 ":\"a\"}}",
		    "records[1]", TABLE_MAP_LACKS },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"when\":{\"column\""
			 ":\"a\",\"is\":\"here\"}}",
		    "records[1]", TABLE_MAP_KIND },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"constants\":["
			 "[\"act\",\"murder\"]]}",
		    "records[1].constants[0]", TABLE_MAP_VALUE },
		{ PERSON ",{\"as\":\"x\",\"type\":\"person\",\"constants\":["
			 "[\"same_as\",\"0000000000000000000000000a\"]]}",
		    "records[1].constants[0]", TABLE_MAP_VALUE },
		{ PERSON ",{\"as\":\"x\",\"type\":\"person\",\"columns\":["
			 "{\"link\":\"not_same\",\"to\":\"who\"}]}",
		    "records[1].columns[0]", TABLE_MAP_NO_LINK },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"columns\":["
			 "{\"link\":\"victims\",\"to\":\"whom\"}]}",
		    "records[1].columns[0]", TABLE_MAP_NO_RECORD },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"columns\":["
			 "{\"link\":\"cases\",\"to\":\"who\"}]}",
		    "records[1].columns[0]", TABLE_MAP_NO_LINK },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"columns\":["
			 "{\"link\":\"act\",\"to\":\"who\"}]}",
		    "records[1].columns[0]", TABLE_MAP_NO_LINK },
		{ PERSON ",{\"as\":\"x\",\"type\":\"status\",\"columns\":["
			 "{\"link\":\"supersedes\",\"to\":\"x\"}]}",
		    "records[1].columns[0]", TABLE_MAP_NO_RECORD },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"columns\":["
			 "{\"numbers\":[1,20],\"field\":\"places\",\"members\""
			 ":[{}]}]}",
		    "records[1].columns[0]", TABLE_MAP_KIND },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"columns\":["
			 "{\"numbers\":[1,2],\"field\":\"places\",\"members\":"
			 "[{\"column\":\"p%\",\"field\":\"txt\"}]}]}",
		    "records[1].columns[0]", TABLE_MAP_FIELD },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"columns\":["
			 "{\"from\":{\"column\":\"a\"},\"field\":\"date\"}]}",
		    "records[1].columns[0]", TABLE_MAP_LACKS },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"columns\":["
			 "{\"from\":{\"column\":\"a\"},\"to\":{\"column\":"
			 "\"b\"},\"field\":\"act\"}]}",
		    "records[1].columns[0]", TABLE_MAP_FIELD },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"columns\":["
			 "{\"column\":\"a\",\"field\":\"methods\",\"codes\":"
			 "[[\"a\",\"other\"]],\"unlisted\":\"wool\"}]}",
		    "records[1].columns[0]", TABLE_MAP_VALUE },
		{ PERSON ",{\"as\":\"x\",\"type\":\"act\",\"columns\":["
			 "{\"column\":\"a\",\"field\":\"description\","
			 "\"parts\":[\"/\"]}]}",
		    "records[1].columns[0]", TABLE_MAP_KIND },
	};
	struct table_map_fault fault;
	char json[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct table_map map;
		enum vault_err err;

		snprintf(json, sizeof(json), HEAD "%s]}", bad[i].records);
		err = table_map_read(&map, &fault, json, strlen(json));
		table_map_free(&map);
		if (err != VAULT_EUSE || fault.why != bad[i].why ||
		    strcmp(fault.where, bad[i].where) != 0)
			fail_msg("%s: %d %s %s", bad[i].records, (int)fault.why,
			    fault.where, fault.value);
	}
}

/* ---- Columns called by paths ---- */

/* A value that a field of this kind takes, the i-th. */
static void
sample(struct buf *out, const struct model_field *f, size_t i)
{
	switch (f->kind) {
	case MODEL_TEXT:
		buf_putf(out, i == 0 ? "=1+\"%s\", 'x'" : "'%s", f->name);
		break;
	case MODEL_LONG:
		buf_putf(out, "%s\r\nof two lines, \n\xd9\xbe\xe2\x80\x8c ",
		    f->name);
		break;
	case MODEL_CODE:
		buf_put_text(out, f->codes->codes[0].code);
		break;
	case MODEL_NUMBER:
		buf_put_text(out, "0102");
		break;
	case MODEL_BOOL:
		buf_put_text(out, i == 0 ? "no" : "yes");
		break;
	case MODEL_INT:
		buf_putf(out, "%d", f->low + 1);
		break;
	case MODEL_DEC:
		buf_put_text(out, f->low < 0 ? "-1.50" : "0.22");
		break;
	case MODEL_EDTF:
		buf_put_text(out, "1980-05-03?");
		break;
	case MODEL_PERIOD:
		buf_put_text(out, "~P10D");
		break;
	case MODEL_LANG:
		buf_put_text(out, "zh-Hans");
		break;
	case MODEL_SCRIPT:
		buf_put_text(out, "Hans");
		break;
	case MODEL_HASH:
		buf_putf(out, "%064zx", i + 10);
		break;
	case MODEL_PATH:
		buf_put_text(out, "title");
		break;
	case MODEL_HIDDEN:
		buf_put_text(out, "notes");
		break;
	case MODEL_LINK:
		buf_putf(out, "%026zu", i);
		break;
	default:
		fail_msg("%s: no sample", f->name);
	}
}

static void fill(json_t *body, const char *path, const struct model_field *f);

static void
fill_one(json_t *body, const char *path, const struct model_field *f, size_t i)
{
	struct buf value = { 0 };
	char member[256];

	if (f->object != NULL) {
		for (size_t k = 0; k < f->object->n; k++) {
			snprintf(member, sizeof(member), "%s.%s", path,
			    f->object->fields[k].name);
			fill(body, member, &f->object->fields[k]);
		}
		return;
	}
	sample(&value, f, i);
	if (edit_set(body, path, buf_text(&value), value.len) != VAULT_OK)
		fail_msg("%s does not take %s", path, buf_text(&value));
	buf_free(&value);
}

/* Two elements where there can be more than one. */
static void
fill(json_t *body, const char *path, const struct model_field *f)
{
	char element[256];

	if (!f->many) {
		fill_one(body, path, f, 0);
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		snprintf(element, sizeof(element), "%s[%zu]", path, i);
		fill_one(body, element, f, i);
	}
}

struct line {
	struct buf names, cells;
};

static void
put_quoted(struct buf *out, const char *text)
{
	buf_put_text(out, ",\"");
	if (strchr("=+-@\t\r\n'", *text) != NULL)
		buf_put_byte(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_put_byte(out, '"');
		buf_put_byte(out, (uint8_t)*text);
	}
	buf_put_byte(out, '"');
}

static enum vault_err
put_line(void *ctx, const char *path, const char *text)
{
	struct line *l = ctx;

	put_quoted(&l->names, path);
	put_quoted(&l->cells, text);
	return VAULT_OK;
}

/* Every field of every type goes out as a cell and comes back as it was. */
static void
every_field_of_the_model_comes_back(void **state)
{
	const struct model_type *type = NULL;

	(void)state;
	while ((type = model_next_type(type)) != NULL) {
		const struct model_field *f = NULL;
		json_t *body = json_pack("{s:s}", "type", type->name), *back;
		struct line l = { { 0 }, { 0 } };
		struct buf csv = { 0 };
		char map[256];

		while ((f = model_next_field(type, f)) != NULL)
			if (f->kind != MODEL_TYPE && !f->apart &&
			    strcmp(f->name, "imported") != 0)
				fill(body, f->name, f);
		assert_int_equal(edit_set(body, "x_own", "-own", 4), VAULT_OK);
		assert_ok(flat_each(body, put_line, &l));
		buf_putf(&csv, "id%s\r\n7%s\r\n", buf_text(&l.names),
		    buf_text(&l.cells));
		snprintf(map, sizeof(map),
		    "{\"amparo_map\":1,\"name\":\"m\",\"type\":\"%s\","
		    "\"key\":[\"id\"],\"paths\":true}",
		    type->name);
		assert_ok(make_by(map, buf_text(&csv)));
		assert_ok(json_read(
		    &back, bodies.bytes, bodies.len, bodies.len, NULL));
		assert_int_equal(
		    json_array_size(json_object_get(
			json_object_get(back, "imported"), "fields")),
		    2); /* the key, and the type */
		(void)json_object_del(back, "imported");
		assert_true(json_equal(body, back));
		assert_string_equal(buf_text(&notes), "");
		json_decref(body);
		json_decref(back);
		buf_free(&l.names);
		buf_free(&l.cells);
		buf_free(&csv);
	}
}

/* Who the same person is no list says in our name: it is kept in words. */
static void
who_is_the_same_no_list_says(void **state)
{
	(void)state;
	assert_ok(
	    make_by("{\"amparo_map\":1,\"name\":\"m\",\"type\":\"person\","
		    "\"key\":[\"id\"],\"paths\":true}",
		"id,pseudonym,same_as[0],not_same[0],private_fields[0],"
		"private_fields[1]\r\n"
		"7,P,0000000000000000000000000a,0000000000000000000000000b,"
		"same_as,pseudonym\r\n"));
	assert_non_null(strstr(buf_text(&bodies),
	    "{\"name\":\"same_as[0]\",\"text\":"
	    "\"0000000000000000000000000a\"}"));
	assert_non_null(strstr(buf_text(&bodies), "\"name\":\"not_same[0]\""));
	assert_null(strstr(buf_text(&bodies), "\"same_as\""));
	assert_null(strstr(buf_text(&bodies), "\"not_same\""));
	assert_non_null(
	    strstr(buf_text(&bodies), "\"private_fields\":[\"pseudonym\"]"));
}

static void
paths_have_an_order(void **state)
{
	(void)state;
	assert_true(flat_compare("names[2].text", "names[10].text") < 0);
	assert_true(flat_compare("names[10].lang", "names[2].text") > 0);
	assert_true(flat_compare("names[1]", "names[1].text") < 0);
	assert_int_equal(flat_compare("sex", "sex"), 0);
}

/* ---- A vault ---- */

static enum vault_err
import(struct vault *v, const char *csv, bool preview)
{
	return import_by(
	    v, MAP, csv, (struct vault_table_how){ .preview = preview });
}

static void
all_records_of_a_row_come_in_or_none(void **state)
{
	static const char bad[] = HEAD PERSON
	    ",{\"as\":\"end\",\"type\":\"status\",\"columns\":[{\"link\":"
	    "\"person\",\"to\":\"who\"},{\"column\":\"deed\",\"field\":"
	    "\"status\",\"codes\":[[\"K\",\"dead\"]]}]}]}";
	char *folder = folder_new();
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	for (int preview = 1; preview >= 0; preview--) {
		assert_ok(import_by(o.vault, bad,
		    "k,name,deed\n1,Ana Uno,K\n2,Bo Dos,NA\n3,Cy Tres,K\n",
		    (struct vault_table_how){ .preview = preview != 0 }));
		assert_int_equal(done.added, 2);
		assert_int_equal(done.records, 4);
		assert_int_equal(done.refused, 1);
		assert_int_equal(whys[VAULT_ROW_REFUSED], 1);
		assert_string_equal(buf_text(&ended), "1:0;2:3;3:0;");
	}
	assert_int_equal(count(o.vault, "type:person", NULL), 2);
	assert_int_equal(count(o.vault, "type:status", NULL), 2);
	assert_int_equal(count(o.vault, "bo", NULL), 0);
	vault_done(&o);
	folder_free(folder);
}

static void
each_record_is_known_again(void **state)
{
	static const char list[] =
	    "k,name,deed,page\n1,Ana Uno,K,1\n2,Bo Dos,D,NA\n3,Cy Tres,X,NA\n";
	char *folder = folder_new();
	struct opened o;

	(void)state;
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_ok(import(o.vault, list, false));
	assert_int_equal(done.records, 7); /* the document is made once */
	assert_int_equal(count(o.vault, "type:document", NULL), 1);
	assert_ok(vault_reindex(o.vault, NULL, NULL));
	for (int preview = 1; preview >= 0; preview--) {
		assert_ok(import(o.vault, list, preview != 0));
		assert_string_equal(buf_text(&ended), "1:1;2:1;3:1;");
		assert_int_equal(done.records, 0);
	}
	/* Another deed: told of each record, and nothing is written. */
	assert_ok(import(o.vault,
	    "k,name,deed,page\n1,Ana Uno,X,1\n2,Bo Dos,K,NA\n"
	    "4,Di Cuatro,K,2\n",
	    false));
	assert_string_equal(buf_text(&ended), "1:2;2:2;3:0;");
	assert_int_equal(whys[VAULT_ROW_NO_RECORD], 2);
	assert_int_equal(whys[VAULT_ROW_RECORD], 1);
	assert_int_equal(count(o.vault, "type:document", NULL), 1);
	assert_int_equal(count(o.vault, "type:act", NULL), 3);
	vault_done(&o);
	folder_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_becomes_its_records),
		cmocka_unit_test(a_cell_that_no_record_takes_is_kept_once),
		cmocka_unit_test(conditions_compare_cells),
		cmocka_unit_test(a_code_in_doubt_makes_its_record_possible),
		cmocka_unit_test(
		    what_is_more_certain_than_a_code_in_doubt_is_kept),
		cmocka_unit_test(
		    a_code_in_doubt_is_kept_where_there_is_no_certainty),
		cmocka_unit_test(
		    a_condition_in_doubt_makes_its_record_possible),
		cmocka_unit_test(an_empty_group_does_not_stop_the_next),
		cmocka_unit_test(a_period_is_a_beginning_and_an_end),
		cmocka_unit_test(what_is_listed_nowhere_has_a_word_and_is_kept),
		cmocka_unit_test(bilingual_cells_agree_or_are_kept),
		cmocka_unit_test(refuses_records_that_no_row_could_have),
		cmocka_unit_test(every_field_of_the_model_comes_back),
		cmocka_unit_test(who_is_the_same_no_list_says),
		cmocka_unit_test(paths_have_an_order),
		cmocka_unit_test(all_records_of_a_row_come_in_or_none),
		cmocka_unit_test(each_record_is_known_again),
	};
	int failed;

	if (vault_setup() != VAULT_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	table_help_free();
	return failed;
}
