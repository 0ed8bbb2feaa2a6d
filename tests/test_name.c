/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "record/json.h"
#include "record/name.h"

static json_t *
read_json(const char *text)
{
	json_t *value;

	assert_int_equal(
	    json_read(&value, text, strlen(text), 1 << 20, NULL), VAULT_OK);
	return value;
}

static const struct name_form *
find_key(const struct name_list *list, const char *key)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->forms[i].key, key) == 0)
			return &list->forms[i];
	return NULL;
}

static const char jin[] =
    "{\"type\": \"person\", \"pseudonym\": \"Lawyer J.\", \"names\": ["
    "{\"text\": \"\u91d1\u5149\u9e3f\", \"family\": \"\u91d1\","
    " \"given\": \"\u5149\u9e3f\", \"primary\": true},"
    "{\"text\": \"Jin Guanghong\", \"family\": \"Jin\","
    " \"given\": \"Guanghong\"}]}";

static void
makes_all_forms_of_a_name(void **state)
{
	static const struct {
		const char *key;
		enum name_source source;
	} rows[] = {
		{ "\u91d1\u5149\u9e3f", NAME_AS_WRITTEN },
		{ "\u91d1 \u5149\u9e3f", NAME_COMPOSED },
		{ "\u5149\u9e3f \u91d1", NAME_COMPOSED },
		{ "\u5149\u9e3f\u91d1", NAME_JOINED },
		{ "jin guanghong", NAME_AS_WRITTEN },
		{ "jinguanghong", NAME_JOINED },
		{ "guanghong jin", NAME_COMPOSED },
		{ "guanghongjin", NAME_JOINED },
		{ "lawyer j", NAME_PSEUDONYM },
		{ "lawyerj", NAME_PSEUDONYM },
	};
	struct name_list list = { 0 };
	json_t *body = read_json(jin);

	(void)state;
	assert_int_equal(name_add_body(&list, body), VAULT_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct name_form *form = find_key(&list, rows[i].key);

		assert_non_null(form);
		assert_int_equal(form->source, rows[i].source);
	}
	assert_int_equal(list.n, sizeof(rows) / sizeof(rows[0]));
	assert_true(list.forms[0].primary);
	assert_false(find_key(&list, "jinguanghong")->primary);
	name_list_free(&list);
	json_decref(body);
}

/* The keys of a name of no stated parts that are there with this source. */
static void
check_turned(const char *text, const char *keys)
{
	struct name_list list = { 0 };
	struct buf body = { 0 }, out = { 0 };
	json_t *name;

	buf_putf(&body, "{\"text\": \"%s\"}", text);
	name = read_json(buf_text(&body));
	assert_int_equal(name_add(&list, name, 0), VAULT_OK);
	for (size_t i = 0; i < list.n; i++)
		if (list.forms[i].source == NAME_TURNED)
			buf_putf(&out, "%s;", list.forms[i].key);
	assert_string_equal(buf_text(&out), keys);
	name_list_free(&list);
	json_decref(name);
	buf_free(&body);
	buf_free(&out);
}

static void
turns_a_name_whose_order_nobody_knows(void **state)
{
	(void)state;
	check_turned("Tohti, Ilham", "ilham tohti;ilhamtohti;");
	check_turned("a b c", "b c a;bca;c a b;cab;");
	check_turned("a b c d", "b c d a;bcda;c d a b;cdab;d a b c;dabc;");
	check_turned("a b c d e", "");
	check_turned("a", "");
	check_turned("a a", "");
	/* Without blanks by nature: the order is part of the name. */
	check_turned("\u817e \u5f6a", "");
	check_turned("\u0f56\u0f66\u0f9f\u0f53\u0f0b\u0f60\u0f5b\u0f72", "");
}

static void
shows_the_primary_name_else_the_first_else_the_pseudonym(void **state)
{
	static const char *const rows[][2] = {
		{ "{\"names\": [{\"text\": \"A\"}, {\"text\": \"B\","
		  " \"primary\": true}], \"pseudonym\": \"C\"}",
		    "B" },
		{ "{\"names\": [{\"text\": \"A\"}, {\"text\": \"B\"}]}", "A" },
		{ "{\"names\": [{\"family\": \"A\"}], \"pseudonym\": \"C\"}",
		    "C" },
		{ "{\"pseudonym\": \"C\"}", "C" },
		{ "{}", "" },
		{ "{\"names\": 1, \"pseudonym\": []}", "" },
		{ "{\"names\": [1, null, {\"text\": 2}]}", "" },
		{ "[]", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *body = read_json(rows[i][0]);

		assert_string_equal(name_display(body), rows[i][1]);
		json_decref(body);
	}
	assert_string_equal(name_display(NULL), "");
}

static bool
teng(void *arg, struct buf *out, const char *id)
{
	(void)arg;
	return strcmp(id, "57v3hh43jx5fkyg9r9k55x6mdw") == 0 &&
	    buf_put_text(out, "\u817e\u5f6a");
}

static void
check_title(const char *text, const char *title, record_namer namer)
{
	json_t *body = read_json(text);
	struct buf out = { 0 };

	assert_int_equal(record_title(&out, body, NULL, namer, NULL), VAULT_OK);
	assert_string_equal(buf_text(&out), title);
	buf_free(&out);
	json_decref(body);
}

static void
gives_each_type_a_line_for_lists(void **state)
{
	static const char status[] =
	    "{\"type\": \"status\", \"status\": \"missing\","
	    " \"person\": \"57v3hh43jx5fkyg9r9k55x6mdw\"}";

	(void)state;
	check_title(jin, "\u91d1\u5149\u9e3f", NULL);
	check_title(status, "missing, 57v3hh43jx5fkyg9r9k55x6mdw", NULL);
	check_title(status, "missing, \u817e\u5f6a", teng);
	/* Of two acts alike: when, and where. */
	check_title("{\"type\": \"act\", \"act\": \"enforced-disappearance\","
		    " \"victims\": [\"57v3hh43jx5fkyg9r9k55x6mdw\"],"
		    " \"date\": {\"edtf\": \"2011-02-15~\", \"text\": \"x\"},"
		    " \"places\": [{\"text\": \"Example Road\"}, {}]}",
	    "enforced disappearance, \u817e\u5f6a, 2011-02-15~,"
	    " Example Road +1",
	    teng);
	check_title("{\"type\": \"act\", \"act\": \"killing\","
		    " \"date\": {\"edtf\": \"[..2011-02]\","
		    " \"text\": \"lately\"},"
		    " \"places\": [{\"facility\": \"No. 1\"}]}",
	    "killing, lately, No. 1", NULL);
	check_title("{\"type\": \"act\", \"act\": \"x-other\","
		    " \"date\": {\"edtf\": \"[..2011-02]\"}}",
	    "x-other, [..2011-02]", NULL);
	check_title("{\"type\": \"status\", \"status\": \"house\","
		    " \"date\": {\"edtf\": \"2011\"}}",
	    "house arrest, 2011", NULL);
	check_title("{\"type\": \"status\", \"status\": \"held-admin\"}",
	    "held: administrative detention", NULL);
	check_title("{\"type\": \"testimony\", \"medium\": \"letter\","
		    " \"title\": \"From prison\"}",
	    "letter, From prison", NULL);
	check_title("{\"type\": \"testimony\", \"medium\": \"letter\","
		    " \"source\": {\"text\": \"CHRD\"}}",
	    "letter, CHRD", NULL);
	check_title("{\"type\": \"testimony\", \"source\":"
		    " {\"ref\": \"57v3hh43jx5fkyg9r9k55x6mdw\"}}",
	    "\u817e\u5f6a", teng);
	check_title(
	    "{\"type\": \"case\", \"summary\": \"First line\\nsecond\"}",
	    "First line\u2026", NULL);
	check_title("{\"type\": \"document\", \"url\": \"https://x.org\"}",
	    "https://x.org", NULL);
	check_title("{\"type\": \"person\", \"notes\": [\"one\"]}", "", NULL);
	check_title("{\"type\": \"gossip\", \"title\": \"x\"}", "", NULL);
	check_title("{\"type\": 1}", "", NULL);
	check_title("{\"type\": \"status\", \"status\": [\"x\"], \"person\": 2,"
		    " \"title\": {\"a\": 1}}",
	    "", NULL);
}

/* What is kept is in no language, and says what it can in each. */
static void
says_a_title_that_was_kept_in_a_language(void **state)
{
	static const char act[] =
	    "{\"type\": \"act\", \"act\": \"torture\", \"date\":"
	    " {\"edtf\": \"2011-02\"}, \"victims\":"
	    " [\"57v3hh43jx5fkyg9r9k55x6mdw\"]}";
	static const char *const rows[][2] = {
		{ NULL, "torture, 57v3hh43jx5fkyg9r9k55x6mdw, 2011-02" },
		{ "es_MX.UTF-8",
		    "tortura, 57v3hh43jx5fkyg9r9k55x6mdw, 2011-02" },
		{ "zh", "\u9177\u5211, 57v3hh43jx5fkyg9r9k55x6mdw, 2011-02" },
	};
	/* What somebody wrote between such marks is no code. */
	static const char *const strange[] = { "\x1f", "\x1f\x1f", "\x1f:\x1f",
		"\x1f"
		"act:nothing\x1f",
		"\x1fnothing:torture\x1f",
		"a\x1f"
		"act:torture" };
	json_t *body = read_json(act);
	struct buf stored = { 0 };

	(void)state;
	assert_int_equal(record_title_stored(&stored, body), VAULT_OK);
	assert_null(strstr(buf_text(&stored), "torture,"));
	for (size_t i = 0; i < 3; i++) {
		const struct label_language *labels = rows[i][0] == NULL
		    ? NULL
		    : label_language(rows[i][0]);
		struct buf out = { 0 }, at_once = { 0 };

		assert_int_equal(
		    title_say(&out, buf_text(&stored), stored.len, labels),
		    VAULT_OK);
		assert_string_equal(buf_text(&out), rows[i][1]);
		assert_int_equal(
		    record_title(&at_once, body, labels, NULL, NULL), VAULT_OK);
		assert_string_equal(buf_text(&at_once), rows[i][1]);
		buf_free(&out);
		buf_free(&at_once);
	}
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		struct buf out = { 0 };

		assert_int_equal(
		    title_say(&out, strange[i], strlen(strange[i]), NULL),
		    VAULT_OK);
		assert_string_equal(buf_text(&out), strange[i]);
		buf_free(&out);
	}
	buf_free(&stored);
	json_decref(body);
}

static void
keeps_a_title_short(void **state)
{
	struct buf text = { 0 }, out = { 0 };
	json_t *body;

	(void)state;
	buf_put_text(&text, "{\"type\": \"case\", \"title\": \"");
	for (int i = 0; i < 1000; i++)
		buf_put_text(&text, "\u817e");
	buf_put_text(&text, "\"}");
	body = read_json(buf_text(&text));
	assert_int_equal(record_title(&out, body, NULL, NULL, NULL), VAULT_OK);
	assert_int_equal(out.len, 80 * 3 + 3);
	json_decref(body);
	buf_free(&text);
	buf_free(&out);
}

static void
copes_with_ten_thousand_names(void **state)
{
	struct name_list list = { 0 };
	struct buf text = { 0 };
	json_t *body;

	(void)state;
	buf_put_text(&text, "{\"names\": [");
	for (int i = 0; i < 10000; i++)
		buf_putf(&text,
		    "%s{\"text\": \"N %d\", \"family\": \"N\","
		    " \"given\": \"%d\"}",
		    i > 0 ? "," : "", i, i);
	buf_put_text(&text, "]}");
	body = read_json(buf_text(&text));
	assert_int_equal(name_add_body(&list, body), VAULT_OK);
	assert_int_equal(list.n, 40000);
	assert_int_equal(list.forms[list.n - 1].entry, 9999);
	name_list_free(&list);
	json_decref(body);
	buf_free(&text);
}

static void
survives_a_shortage_of_memory(void **state)
{
	json_t *body = read_json(jin);
	enum vault_err err = VAULT_ENOMEM;

	(void)state;
	for (size_t n = 1; err != VAULT_OK; n++) {
		struct name_list list = { 0 };
		struct buf out = { 0 };

		mem_test_fail(n, 0);
		err = name_add_body(&list, body);
		if (err == VAULT_OK)
			err = record_title(&out, body, NULL, teng, NULL);
		mem_test_fail(0, 0);
		assert_true(err == VAULT_OK || err == VAULT_ENOMEM);
		assert_true(n < 1000);
		name_list_free(&list);
		buf_free(&out);
	}
	json_decref(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_all_forms_of_a_name),
		cmocka_unit_test(turns_a_name_whose_order_nobody_knows),
		cmocka_unit_test(
		    shows_the_primary_name_else_the_first_else_the_pseudonym),
		cmocka_unit_test(gives_each_type_a_line_for_lists),
		cmocka_unit_test(says_a_title_that_was_kept_in_a_language),
		cmocka_unit_test(keeps_a_title_short),
		cmocka_unit_test(copes_with_ten_thousand_names),
		cmocka_unit_test(survives_a_shortage_of_memory),
	};

	json_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
