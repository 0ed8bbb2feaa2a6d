/* SPDX-License-Identifier: ISC */
/* Destroying: what stays of a forgotten record, and of a wiped vault. */
#include <unistd.h>

#include "core/io.h"
#include "support.h"

static char *folder;
static struct opened o;

static int
setup(void **state)
{
	(void)state;
	folder = folder_new();
	vault_make(folder);
	return vault_try(&o, folder, "dusk") == VAULT_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	vault_done(&o);
	folder_free(folder);
	return 0;
}

static void
add(char id[static VAULT_ID_LEN], const char *json)
{
	struct vault_report *report;

	assert_ok(vault_report_new(&report));
	assert_ok(vault_add(id, o.vault, report, "person", json, strlen(json)));
	vault_report_free(report);
}

static void
a_forgotten_record_leaves_no_word_behind(void **state)
{
	char id[VAULT_ID_LEN], other[VAULT_ID_LEN];
	struct vault_report *report;
	struct vault_record r;
	int64_t draft = 0;
	static const char after[] =
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Zebrakanarius\"}]}";

	(void)state;
	add(id,
	    "{\"names\":[{\"text\":\"Quokkabandit\"}],\"contacts\":"
	    "[{\"value\":\"Wombatnumber\"}],\"private_fields\":[\"contacts\"]"
	    "}");
	add(other, "{\"names\":[{\"text\":\"Staysnamed\"}]}");
	assert_ok(vault_report_new(&report));
	assert_ok(vault_get(&r, o.vault, id));
	assert_ok(vault_edit(o.vault, &r, report, after, strlen(after)));
	vault_record_free(&r);
	vault_report_free(report);
	assert_ok(vault_draft_put(o.vault, &draft, id, NULL, "person",
	    "{\"x_d\":\"Numbatdraft\"}", 21));
	/* The index keeps its words in small letters. */
	assert_true(inner_count(&o, "zebrakanarius") > 0);
	assert_true(inner_count(&o, "Numbatdraft") > 0);

	assert_ok(vault_forget(o.vault, id, NULL));
	assert_int_equal(inner_count(&o, "zebrakanarius"), 0);
	assert_int_equal(inner_count(&o, "Zebrakanarius"), 0);
	assert_int_equal(inner_count(&o, "quokkabandit"), 0);
	assert_int_equal(inner_count(&o, "wombatnumber"), 0);
	assert_int_equal(inner_count(&o, "Numbatdraft"), 0);
	assert_true(inner_count(&o, "staysnamed") > 0);
	assert_ok(vault_get(&r, o.vault, id));
	assert_true(r.forgotten);
	assert_string_equal(buf_text(&r.body), "{}");
	vault_record_free(&r);
	assert_int_equal(vault_forget(o.vault, id, NULL), VAULT_ENORECORD);
}

static unsigned steps;
static enum vault_wipe_step order[8];

static void
note(void *ctx, enum vault_wipe_step what, enum vault_err err)
{
	(void)ctx;
	assert_int_equal(err, VAULT_OK);
	order[steps++ % 8] = what;
}

static void
wiping_begins_with_the_keys_and_leaves_nothing(void **state)
{
	struct vault_place place = { in_folder(folder, "v"), NULL };

	(void)state;
	vault_done(&o);
	steps = 0;
	assert_ok(vault_wipe(&place, note, NULL));
	assert_int_equal(steps, 5);
	assert_int_equal(order[0], VAULT_WIPE_KEYS);
	assert_int_equal(access(in_folder(folder, "v"), F_OK), -1);
	assert_int_equal(vault_wipe(&place, note, NULL), VAULT_ENOVAULT);
}

/* Power goes after the first step: the keys are gone all the same. */
static int
no_unlink(int dir, const char *name, int flags)
{
	(void)dir;
	(void)name;
	(void)flags;
	return -1;
}

static void
ignore(void *ctx, enum vault_wipe_step what, enum vault_err err)
{
	(void)ctx;
	(void)what;
	(void)err;
}

static void
a_wipe_cut_short_has_destroyed_the_keys(void **state)
{
	struct vault_place place = { in_folder(folder, "v"), NULL };
	struct io_ops ops = *io_test_system();

	(void)state;
	vault_done(&o);
	ops.unlink = no_unlink;
	io_test_use(&ops);
	assert_int_not_equal(vault_wipe(&place, ignore, NULL), VAULT_OK);
	io_test_use(NULL);
	assert_int_equal(access(in_folder(folder, "v/keys"), F_OK), 0);
	assert_int_equal(vault_try(&o, folder, "dusk"), VAULT_EDAMAGED);
}

int
main(void)
{
#define with_vault(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_vault(a_forgotten_record_leaves_no_word_behind),
		with_vault(wiping_begins_with_the_keys_and_leaves_nothing),
		with_vault(a_wipe_cut_short_has_destroyed_the_keys),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
