/* SPDX-License-Identifier: ISC */
/* Records in a vault: written, found, edited, followed, merged, indexed. */
#include "core/clock.h"
#include "support.h"

static int
setup(void **state)
{
	struct opened *o = calloc(1, sizeof(*o) + sizeof(char *));
	char *folder = folder_new();

	vault_make(folder);
	assert_ok(vault_try(o, folder, "dusk"));
	*(char **)(o + 1) = folder;
	*state = o;
	return 0;
}

static int
teardown(void **state)
{
	struct opened *o = *state;

	vault_done(o);
	folder_free(*(char **)(o + 1));
	free(o);
	return 0;
}

static struct vault *
vault_of(void **state)
{
	return ((struct opened *)*state)->vault;
}

static void
add(char *id, struct vault *v, const char *json)
{
	struct vault_report *report;
	enum vault_err err;

	assert_ok(vault_report_new(&report));
	err = vault_add(id, v, report, NULL, json, strlen(json));
	for (size_t i = 0; err != VAULT_OK && i < vault_report_len(report);
	     i++) {
		struct vault_issue issue;

		vault_report_at(&issue, report, i);
		print_message("issue %d at %s: %s\n", (int)issue.code,
		    issue.path, issue.value);
	}
	vault_report_free(report);
	assert_ok(err);
}

static const char teng[] =
    "{\"type\":\"person\",\"names\":[{\"text\":\"腾彪\",\"script\":\"Hans\","
    "\"primary\":true},{\"text\":\"Teng Biao\",\"script\":\"Latn\"}],"
    "\"occupations\":[\"lawyer\"]}";

static char found_id[VAULT_ID_LEN];
static unsigned found_n;

static bool
found(void *ctx, const struct vault_row *row)
{
	(void)ctx;
	memcpy(found_id, row->id, sizeof(found_id));
	found_n++;
	return true;
}

static unsigned
find(struct vault *v, const char *query)
{
	struct vault_search what = { .query = query,
		.query_len = strlen(query),
		.ranked = true,
		.snippets = true };

	found_n = 0;
	found_id[0] = '\0';
	assert_ok(vault_find(v, &what, found, NULL, NULL, NULL));
	return found_n;
}

static void
finds_a_person_in_both_scripts(void **state)
{
	struct vault *v = vault_of(state);
	struct vault_search like = { .query = "", .like = "Teng Bao" };
	char id[VAULT_ID_LEN], again[VAULT_ID_LEN];

	add(id, v, teng);
	assert_int_equal(find(v, "腾彪"), 1);
	assert_string_equal(found_id, id);
	assert_int_equal(find(v, "teng biao"), 1);
	assert_int_equal(find(v, "tengbiao"), 1);
	assert_int_equal(find(v, "teng*"), 1);
	assert_int_equal(find(v, "name:biao type:person"), 1);
	assert_int_equal(find(v, "lawyer"), 1);
	assert_int_equal(find(v, "judge"), 0);
	found_n = 0;
	assert_ok(vault_find(v, &like, found, NULL, NULL, NULL));
	assert_int_equal(found_n, 1);
	assert_ok(vault_find_id(again, v, "Teng Biao", NULL, NULL));
	assert_string_equal(again, id);
	id[8] = '\0';
	assert_ok(vault_find_id(again, v, id, NULL, NULL));
}

static void
an_edit_replaces_what_is_found_and_keeps_the_past(void **state)
{
	struct vault *v = vault_of(state);
	struct vault_report *report;
	struct vault_record r;
	char id[VAULT_ID_LEN];
	static const char after[] =
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Li Tiantian\"}]}";

	assert_ok(vault_report_new(&report));
	add(id, v, teng);
	assert_ok(vault_get(&r, v, id));
	assert_string_equal(buf_text(&r.title), "腾彪");
	assert_ok(vault_edit(v, &r, report, after, strlen(after)));
	assert_int_equal(find(v, "腾彪"), 0);
	assert_int_equal(find(v, "tiantian"), 1);
	vault_record_free(&r);
	assert_ok(vault_get(&r, v, id));
	assert_int_equal(r.n_heads, 1);
	vault_record_free(&r);
	vault_report_free(report);
}

static void
two_edits_of_one_state_are_both_kept_and_merged_by_field(void **state)
{
	struct vault *v = vault_of(state);
	struct vault_report *report;
	struct vault_record r, m;
	char id[VAULT_ID_LEN];
	static const char base[] =
	    "{\"type\":\"case\",\"title\":\"Jasmine\",\"summary\":\"one\"}";
	static const char a[] = "{\"type\":\"case\",\"title\":\"Jasmine\","
				"\"summary\":\"two\"}";
	static const char b[] = "{\"type\":\"case\",\"title\":\"Jasmine\","
				"\"summary\":\"three\",\"context\":\"c\"}";

	assert_ok(vault_report_new(&report));
	add(id, v, base);
	assert_ok(vault_get(&r, v, id));
	assert_ok(vault_edit(v, &r, report, a, strlen(a)));
	assert_ok(vault_edit(v, &r, report, b, strlen(b)));
	assert_ok(vault_get(&m, v, id));
	assert_int_equal(m.n_heads, 2);
	/* Only one side has a context; both changed the summary. */
	assert_non_null(strstr(buf_text(&m.body), "\"context\":\"c\""));
	assert_non_null(strstr(buf_text(&m.clashes), "\"field\":\"summary\""));
	assert_null(strstr(buf_text(&m.clashes), "\"field\":\"title\""));
	assert_int_equal(find(v, "two"), 1);
	assert_int_equal(find(v, "three"), 1);
	/* An edit that has seen both closes it. */
	assert_ok(vault_edit(v, &m, report, b, strlen(b)));
	vault_record_free(&m);
	assert_ok(vault_get(&m, v, id));
	assert_int_equal(m.n_heads, 1);
	assert_int_equal(m.clashes.len, 0);
	assert_int_equal(find(v, "two"), 0);
	vault_record_free(&m);
	vault_record_free(&r);
	vault_report_free(report);
}

static void
refuses_a_bad_body_and_keeps_nothing(void **state)
{
	struct vault *v = vault_of(state);
	struct vault_report *report;
	char id[VAULT_ID_LEN];
	static const char *const bad[] = { "", "{", "[]", "{\"type\":\"x\"}",
		"{\"type\":\"person\",\"nmaes\":[]}",
		"{\"type\":\"status\",\"status\":\"missing\"}" };

	assert_ok(vault_report_new(&report));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    vault_add(id, v, report, NULL, bad[i], strlen(bad[i])),
		    VAULT_EUSE);
		assert_true(vault_report_count(report, VAULT_ERROR) > 0);
	}
	assert_int_equal(find(v, ""), 0);
	vault_report_free(report);
}

static void
the_index_made_again_answers_the_same(void **state)
{
	struct vault *v = vault_of(state);
	static const char *const queries[] = { "腾彪", "teng", "biao lawyer",
		"type:person", "level:2", "" };
	unsigned before[6];
	char id[VAULT_ID_LEN];

	for (int i = 0; i < 20; i++)
		add(id, v, teng);
	for (int i = 0; i < 6; i++)
		before[i] = find(v, queries[i]);
	assert_int_equal(before[0], 20);
	assert_ok(vault_reindex(v, NULL, NULL));
	for (int i = 0; i < 6; i++)
		assert_int_equal(find(v, queries[i]), before[i]);
}

int
main(void)
{
#define with_vault(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_vault(finds_a_person_in_both_scripts),
		with_vault(an_edit_replaces_what_is_found_and_keeps_the_past),
		with_vault(
		    two_edits_of_one_state_are_both_kept_and_merged_by_field),
		with_vault(refuses_a_bad_body_and_keeps_nothing),
		with_vault(the_index_made_again_answers_the_same),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
