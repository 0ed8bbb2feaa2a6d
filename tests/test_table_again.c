/* SPDX-License-Identifier: ISC */
/* The same list again: what is new in it, and what a person has changed. */
#include "core/secret.h"
#include "exchange/forget.h"
#include "exchange/lapse.h"
#include "inside.h"
#include "search/index.h"
#include "store/store.h"
#include "table_help.h"

static const char map[] =
    "{\"amparo_map\":1,\"name\":\"m\",\"key\":[\"k\"],\"missing\":[\"NA\"],"
    "\"records\":[{\"as\":\"who\",\"type\":\"person\",\"columns\":["
    "{\"column\":\"name\",\"field\":\"names[0].text\"},"
    "{\"column\":\"sex\",\"field\":\"sex\",\"codes\":[[\"F\",\"f\"],"
    "[\"M\",\"m\"]]},{\"column\":\"trade\",\"field\":\"occupations\"},"
    "{\"column\":\"lv\",\"field\":\"level\"}]},"
    "{\"as\":\"end\",\"type\":\"status\",\"when\":{\"column\":\"died\","
    "\"is\":\"present\"},\"constants\":[[\"status\",\"dead\"]],\"columns\":["
    "{\"link\":\"person\",\"to\":\"who\"},{\"column\":\"died\",\"field\":"
    "\"date\"}]}]}";

#define HEAD "k,name,sex,trade,lv,died,more\n"

static struct opened o;
static char *folder, ana[VAULT_ID_LEN];

/* One person, imported. */
static int
begin(void **state)
{
	(void)state;
	folder = folder_new();
	vault_make(folder);
	assert_ok(vault_try(&o, folder, "dusk"));
	assert_ok(import_by(o.vault, map, HEAD "1,Ana Uno,NA,smith,NA,NA,x\n",
	    (struct vault_table_how){ .preview = false }));
	assert_int_equal(count(o.vault, "ana", ana), 1);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	vault_done(&o);
	folder_free(folder);
	return 0;
}

/* An import and its preview, which tells the same; and what they tell. */
static void
again(enum vault_policy policy, const char *rows, const char *wanted,
    const char *ends)
{
	struct buf csv = { 0 }, before = { 0 };
	struct vault_table_done would;

	buf_putf(&csv, "%s%s", HEAD, rows);
	assert_ok(import_by(o.vault, map, buf_text(&csv),
	    (struct vault_table_how){ .preview = true, .policy = policy }));
	buf_put(&before, told.bytes, told.len);
	would = done;
	assert_string_equal(buf_text(&told), wanted);
	assert_string_equal(buf_text(&ended), ends);
	assert_ok(import_by(o.vault, map, buf_text(&csv),
	    (struct vault_table_how){ .policy = policy }));
	assert_string_equal(buf_text(&told), buf_text(&before));
	assert_string_equal(buf_text(&ended), ends);
	assert_memory_equal(&done, &would, sizeof(done));
	buf_free(&csv);
	buf_free(&before);
}

/* The record has, or has not, this in its body. */
static bool
has(const char *text)
{
	struct vault_record r;
	bool found;

	assert_ok(vault_get(&r, o.vault, ana));
	found = strstr(buf_text(&r.body), text) != NULL;
	vault_record_free(&r);
	return found;
}

static bool
one_more(void *ctx, const struct vault_past *p)
{
	(void)p;
	++*(unsigned *)ctx;
	return true;
}

static unsigned
versions(void)
{
	unsigned n = 0;

	assert_ok(vault_history(o.vault, ana, one_more, &n));
	return n;
}

#define KEEP VAULT_POLICY_KEEP
#define ADD VAULT_POLICY_ADD
#define UPDATE VAULT_POLICY_UPDATE

static void
keep_changes_nothing(void **state)
{
	(void)state;
	again(KEEP, "1,Ana Dos,F,smith,NA,NA,x\n",
	    "1:12:who:names=Ana Dos;1:12:who:sex=f;", "1:2;");
	again(KEEP, "1,Ana Uno,NA,smith,NA,1980,x\n", "1:13:end:=;", "1:2;");
	assert_int_equal(versions(), 1);
	assert_int_equal(count(o.vault, "type:status", NULL), 0);
	again(KEEP, "1,Ana Uno,NA,smith,NA,NA,x\n", "", "1:1;");
}

static void
add_fills_in_what_is_absent(void **state)
{
	(void)state;
	again(ADD, "1,Ana Dos,F,smith,NA,1980,x\n",
	    "1:12:who:names=Ana Dos;1:15:who:sex=f;1:19:end:=;", "1:4;");
	assert_true(has("Ana Uno"));
	assert_true(has("\"sex\":\"f\""));
	assert_int_equal(done.versions, 1);
	assert_int_equal(done.records, 1);
	assert_int_equal(count(o.vault, "status:dead", NULL), 1);
	assert_int_equal(versions(), 2);
	/* A cell that found no field is one more. */
	again(ADD, "1,Ana Uno,Q,smith,NA,1980,y\n",
	    "1:0:who:sex=Q;"
	    "1:17:who:sex=;"
	    "1:15:who:imported.fields=1 (name: k); x (name: more); "
	    "Q (name: sex);"
	    "1:12:who:imported.fields=1 (name: k); Q (name: sex); "
	    "y (name: more);",
	    "1:4;");
}

static void
update_replaces_what_an_import_wrote(void **state)
{
	(void)state;
	again(UPDATE, "1,Ana Dos,F,smith,NA,NA,x\n",
	    "1:15:who:names=Ana Dos;1:15:who:sex=f;", "1:4;");
	assert_true(has("Ana Dos"));
	assert_false(has("Ana Uno"));
	assert_true(has("\"edition\":2"));
	assert_int_equal(versions(), 2);
	assert_int_equal(count(o.vault, "ana dos", NULL), 1);
	assert_int_equal(count(o.vault, "uno", NULL), 0);
	again(UPDATE, "1,Ana Dos,F,smith,NA,NA,x\n", "", "1:1;");
	again(KEEP, "1,Ana Dos,F,smith,NA,NA,x\n", "", "1:1;");
	again(UPDATE, "1,Ana Tres,F,smith,NA,NA,x\n",
	    "1:15:who:names=Ana Tres;", "1:4;");
	assert_true(has("\"edition\":3"));
	/* What the file does not say any more stays. */
	again(
	    UPDATE, "1,Ana Tres,NA,smith,NA,NA,x\n", "1:17:who:sex=;", "1:2;");
	assert_true(has("\"sex\":\"f\""));
	assert_int_equal(versions(), 3);
}

/* Whatever comes in between, and however often. */
static void
what_a_person_changed_is_never_replaced(void **state)
{
	(void)state;
	edit_field(o.vault, ana, "occupations[0]", "poet");
	again(UPDATE, "1,Ana Uno,NA,smith,NA,NA,x\n", "", "1:1;");
	again(UPDATE, "1,Ana Uno,NA,baker,NA,NA,x\n",
	    "1:16:who:occupations=baker;", "1:2;");
	assert_int_equal(versions(), 2);
	again(UPDATE, "1,Ana Dos,F,baker,NA,NA,x\n",
	    "1:15:who:names=Ana Dos;1:15:who:sex=f;"
	    "1:16:who:occupations=baker;",
	    "1:4;");
	assert_true(has("poet"));
	/* What the file said of it is with the record: it is no news. */
	assert_true(has("\"kept\":[{\"name\":\"occupations\",\"text\":"
			"\"[[\\\"baker\\\"]]\"}]"));
	again(UPDATE, "1,Ana Dos,F,baker,NA,NA,x\n", "", "1:1;");
	edit_field(o.vault, ana, "names[0].text", "Ana Cuatro");
	edit_field(o.vault, ana, "notes", "heard of");
	again(UPDATE, "1,Ana Dos,F,baker,NA,NA,y\n",
	    "1:15:who:imported.fields=1 (name: k); y (name: more);", "1:4;");
	assert_true(has("Ana Cuatro"));
	again(UPDATE, "1,Ana Dos,F,baker,NA,NA,y\n", "", "1:1;");
	assert_ok(vault_reindex(o.vault, NULL, NULL));
	again(UPDATE, "1,Ana Tres,F,farmer,NA,NA,y\n",
	    "1:16:who:names=Ana Tres;1:16:who:occupations=farmer;", "1:2;");
	assert_true(has("Ana Cuatro"));
	assert_true(has("poet"));
	assert_true(has("heard of"));
	/* The file has come to say what the person said. */
	again(
	    UPDATE, "1,Ana Cuatro,M,poet,NA,NA,y\n", "1:15:who:sex=m;", "1:4;");
	assert_true(has("\"kept\":[{\"name\":\"notes\",\"text\":"
			"\"null\"}]"));
}

static void
a_record_that_is_written_once_is_kept(void **state)
{
	(void)state;
	again(UPDATE, "1,Ana Uno,NA,smith,NA,1980,x\n", "1:19:end:=;", "1:4;");
	again(UPDATE, "1,Ana Uno,NA,smith,NA,1981,x\n", "1:18:end:date=1981;",
	    "1:2;");
	again(UPDATE, "1,Ana Uno,NA,smith,NA,NA,x\n", "1:14:end:=;", "1:2;");
	assert_int_equal(count(o.vault, "status:dead", NULL), 1);
}

/* Level 3 wants readers: nothing of the row is written. */
static void
a_row_that_cannot_be_kept_changes_nothing(void **state)
{
	(void)state;
	again(UPDATE, "1,Ana Dos,NA,smith,3,1980,x\n2,Bo Dos,NA,NA,NA,NA,y\n",
	    "1:15:who:names=Ana Dos;1:15:who:level=3;"
	    "1:11:who:readers=;1:19:end:=;",
	    "1:3;2:0;");
	assert_int_equal(versions(), 1);
	assert_int_equal(count(o.vault, "type:status", NULL), 0);
	assert_int_equal(count(o.vault, "bo", NULL), 1);
}

static void
what_is_private_stays_so(void **state)
{
	static const char hidden[] =
	    "\"private_fields\":[\"imported\",\"occupations\"]";

	(void)state;
	assert_true(has("\"private_fields\":[\"imported\"]"));
	edit_field(o.vault, ana, "private_fields[1]", "occupations");
	again(UPDATE, "1,Ana Uno,NA,baker,NA,NA,x\n",
	    "1:15:who:occupations=baker;", "1:4;");
	assert_true(has(hidden));
	assert_true(has("baker"));
	/* What the list says of it is as private, and no news again. */
	edit_field(o.vault, ana, "occupations[0]", "poet");
	again(UPDATE, "1,Ana Dos,NA,farmer,NA,NA,x\n",
	    "1:15:who:names=Ana Dos;1:16:who:occupations=farmer;", "1:4;");
	again(UPDATE, "1,Ana Dos,NA,farmer,NA,NA,x\n", "", "1:1;");
	assert_true(has(hidden));
	assert_true(has("poet"));
}

static enum vault_policy
by_row(void *ctx, uint64_t row)
{
	(void)ctx;
	return row == 2 ? UPDATE : KEEP;
}

#define DEAD HEAD "1,Ana Uno,F,smith,NA,1980-05-03,x\n2,Eva Dos,F,NA,NA,NA,x\n"

static void
import_dead(bool back, bool preview)
{
	assert_ok(import_by(o.vault, map, DEAD,
	    (struct vault_table_how){ .preview = preview,
		.policy = VAULT_POLICY_UPDATE,
		.forgotten = back }));
}

/* Somebody who was forgotten is not brought back by the list. */
static void
what_was_forgotten_stays_so(void **state)
{
	char died[VAULT_ID_LEN];

	(void)state;
	import_dead(false, false);
	assert_int_equal(count(o.vault, "type:status", died), 1);
	assert_ok(vault_forget(o.vault, ana, NULL));
	for (unsigned i = 0; i < 4; i++) {
		import_dead(false, i % 2 == 0);
		/* Of the status that is left nothing is news. */
		assert_int_equal(whys[VAULT_ROW_FORGOTTEN], 1);
		assert_string_equal(buf_text(&told), "1:24:who:=;");
		assert_string_equal(buf_text(&ended), "1:1;2:1;");
		assert_int_equal(count(o.vault, "ana", NULL), 0);
	}
	assert_ok(vault_forget(o.vault, died, NULL));
	import_dead(false, false);
	assert_string_equal(buf_text(&told), "1:24:who:=;1:24:end:=;");
	assert_string_equal(buf_text(&ended), "1:5;2:1;");
	assert_int_equal(done.forgotten, 1);
	assert_int_equal(done.records + done.versions, 0);
	/* A person wants it: then it is a new one, and no more is said. */
	import_dead(true, true);
	assert_int_equal(count(o.vault, "ana", NULL), 0);
	import_dead(true, false);
	assert_string_equal(buf_text(&told), "1:25:who:=;1:25:end:=;");
	assert_string_equal(buf_text(&ended), "1:0;2:1;");
	assert_int_equal(done.again, 2);
	assert_int_equal(count(o.vault, "ana", NULL), 1);
	import_dead(false, false);
	assert_string_equal(buf_text(&told), "");
	assert_string_equal(buf_text(&ended), "1:1;2:1;");
}

/* Our tombstone may come by a bundle: from another machine of the office. */
static void
what_was_forgotten_elsewhere_stays_so(void **state)
{
	struct store *s = o.vault->store;
	struct tombstone t = { .time = 1600000000 };
	struct record_row r;
	struct signer by;
	struct lapse lapse = { 0 };
	enum forget_does did;

	(void)state;
	assert_ok(id_parse(t.record, ana, VAULT_ID_LEN - 1));
	assert_ok(store_begin(s));
	assert_ok(records_signer(&by, s));
	memcpy(t.office, by.public_key, sizeof(t.office));
	assert_ok(tombstone_sign(&t, by.key));
	secret_free(by.key);
	assert_ok(rows_find(&r, s, t.record));
	assert_ok(index_remove(s, &r));
	assert_ok(forget_obey(&did, s, &t, &lapse));
	lapse_free(&lapse);
	assert_int_equal(did, FORGET_RECORD);
	assert_ok(store_commit(s));
	store_abort(s);
	import_dead(false, false);
	assert_string_equal(buf_text(&told), "1:24:who:=;");
	assert_string_equal(buf_text(&ended), "1:5;2:0;");
}

static void
each_row_may_have_a_policy(void **state)
{
	struct vault_table_how how = { .choose = by_row };

	(void)state;
	assert_ok(import_by(o.vault, map,
	    HEAD "1,Ana Uno,NA,smith,NA,NA,x\n2,Bo,NA,NA,NA,NA,y\n", how));
	assert_ok(import_by(o.vault, map,
	    HEAD "1,Ana Zwei,NA,smith,NA,NA,x\n2,Bo Zwei,NA,NA,NA,NA,y\n",
	    how));
	assert_string_equal(buf_text(&ended), "1:2;2:4;");
	assert_int_equal(count(o.vault, "ana zwei", NULL), 0);
	assert_int_equal(count(o.vault, "bo zwei", NULL), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(keep_changes_nothing),
		TEST(add_fills_in_what_is_absent),
		TEST(update_replaces_what_an_import_wrote),
		TEST(what_a_person_changed_is_never_replaced),
		TEST(a_record_that_is_written_once_is_kept),
		TEST(a_row_that_cannot_be_kept_changes_nothing),
		TEST(what_is_private_stays_so),
		TEST(what_was_forgotten_stays_so),
		TEST(what_was_forgotten_elsewhere_stays_so),
		TEST(each_row_may_have_a_policy),
	};
	int failed;

	if (vault_setup() != VAULT_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	table_help_free();
	return failed;
}
