/* SPDX-License-Identifier: ISC */
/* What another office says of rows and editions of our lists in our records. */
#include "trio_help.h"

#include "table_help.h"

static const char map[] =
    "{\"amparo_map\":1,\"name\":\"m\",\"key\":[\"no\"],\"type\":\"person\","
    "\"columns\":[{\"column\":\"name\",\"field\":\"names[0].text\"},"
    "{\"column\":\"trade\",\"field\":\"occupations\"}]}";

static void
an_edition_that_they_count_up_replaces_nothing(void **state)
{
	static const struct vault_table_how
	    add = { .policy = VAULT_POLICY_ADD },
	    update = {
		    .policy = VAULT_POLICY_UPDATE,
	    };
	struct vault_record r;
	char id[VAULT_ID_LEN];

	(void)state;
	assert_ok(import_by(
	    of(&a), map, "no,name,trade\nP-1,Uno,smith\nP-2,Dos,baker\n", add));
	assert_int_equal(count(of(&a), "Dos", id), 1);
	edit_field(of(&a), id, "occupations[0]", "weaver");
	forge(id, "person", "\"imported\":{", "\"imported\":{\"edition\":9,");
	assert_ok(import_by(
	    of(&a), map, "no,name,trade\nP-2,Dos Neu,farmer\n", update));
	assert_int_equal(whys[VAULT_ROW_OURS], 1);
	assert_int_equal(done.updated, 1);
	assert_ok(vault_get(&r, of(&a), id));
	assert_non_null(strstr(buf_text(&r.body), "weaver"));
	assert_non_null(strstr(buf_text(&r.body), "Dos Neu"));
	vault_record_free(&r);
}

static void
a_record_that_they_say_is_of_a_row_is_of_none(void **state)
{
	static const struct vault_table_how update = {
		.policy = VAULT_POLICY_UPDATE,
	};
	struct vault_record r;
	char id[VAULT_ID_LEN];

	(void)state;
	add(id, &a, "{\"type\":\"person\",\"names\":[{\"text\":\"Vier\"}]}");
	forge(id, "person", "{",
	    "{\"imported\":{\"fields\":[{\"name\":\"no\",\"text\":\"P-3\"}],"
	    "\"file\":\"3.csv\",\"key\":[\"no\"],\"map\":\"m\"},");
	assert_ok(
	    import_by(of(&a), map, "no,name,trade\nP-3,Tres,farmer\n", update));
	assert_int_equal(done.added, 1);
	assert_int_equal(count(of(&a), "Tres", NULL), 1);
	assert_ok(vault_get(&r, of(&a), id));
	assert_null(strstr(buf_text(&r.body), "farmer"));
	vault_record_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_edition_that_they_count_up_replaces_nothing),
		cmocka_unit_test(a_record_that_they_say_is_of_a_row_is_of_none),
	};
	int failed = cmocka_run_group_tests_name(
	    "table claims", tests, setup, teardown);

	table_help_free();
	return failed;
}
