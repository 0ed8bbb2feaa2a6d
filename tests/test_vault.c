/* SPDX-License-Identifier: ISC */
/* A vault as a whole: made, opened, its passphrases, its log, its check. */
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static int
setup(void **state)
{
	*state = folder_new();
	return 0;
}

static int
teardown(void **state)
{
	folder_free(*state);
	return 0;
}

static unsigned found_n;
static enum vault_finding found_what[64];
static int64_t found_at[64];

static void
found(void *ctx, enum vault_finding what, int64_t n)
{
	(void)ctx;
	if (found_n < 64) {
		found_what[found_n] = what;
		found_at[found_n] = n;
	}
	found_n++;
}

static unsigned
check_all(struct vault *v)
{
	struct vault_check how = { .found = found };

	found_n = 0;
	assert_ok(vault_check(v, &how));
	return found_n;
}

static void
opens_with_its_passphrase_and_no_other(void **state)
{
	struct vault_info info;
	struct opened o;

	vault_make(*state);
	assert_int_equal(vault_try(&o, *state, "dawn"), VAULT_EPASS);
	assert_ok(vault_try(&o, *state, "dusk"));
	assert_int_equal(o.keys, VAULT_KEYS_EQUAL);
	assert_ok(vault_info(&info, o.vault));
	assert_string_equal(buf_text(&info.office), "Office A");
	assert_int_equal(info.passphrases, 1);
	assert_int_equal(info.log_entries, 1);
	assert_int_equal(info.change, 1);
	assert_int_equal(check_all(o.vault), 0);
	vault_info_free(&info);
	vault_done(&o);
}

static void
is_made_private_and_leaves_nothing_beside(void **state)
{
	struct stat st;

	vault_make(*state);
	assert_int_equal(stat(in_folder(*state, "v"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(in_folder(*state, "v/keys"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 8192);
	assert_int_equal(stat(in_folder(*state, "v/cells.db"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(access(in_folder(*state, "v.unfinished"), F_OK), -1);
	assert_int_equal(
	    access(in_folder(*state, "v/cells.db-journal"), F_OK), -1);
}

static void
passphrases_come_and_go(void **state)
{
	struct secret *paper = secret_text("paper"), *new = secret_text("new");
	struct opened o;

	vault_make(*state);
	assert_ok(vault_try(&o, *state, "dusk"));
	assert_ok(vault_passphrase_add(o.vault, "paper", paper));
	assert_int_equal(
	    vault_passphrase_add(o.vault, "paper", new), VAULT_EEXISTS);
	assert_int_equal(
	    vault_passphrase_add(o.vault, "other", paper), VAULT_EUSE);
	assert_int_equal(check_all(o.vault), 0);
	vault_done(&o);

	assert_ok(vault_try(&o, *state, "paper"));
	assert_ok(vault_passphrase_change(o.vault, 1, new));
	vault_done(&o);
	assert_int_equal(vault_try(&o, *state, "paper"), VAULT_EPASS);

	assert_ok(vault_try(&o, *state, "new"));
	assert_int_equal(
	    vault_passphrase_remove(o.vault, "nobody"), VAULT_ENORECORD);
	assert_ok(vault_passphrase_remove(o.vault, "mine"));
	assert_int_equal(vault_passphrase_remove(o.vault, "paper"), VAULT_EUSE);
	assert_int_equal(check_all(o.vault), 0);
	vault_done(&o);
	assert_int_equal(vault_try(&o, *state, "dusk"), VAULT_EPASS);
	secret_free(paper);
	secret_free(new);
}

static void
check_names_a_deleted_and_a_foreign_and_a_broken_cell(void **state)
{
	struct opened o;

	vault_make(*state);
	outer_sql(in_folder(*state, "v"),
	    "INSERT INTO cell VALUES(1000, randomblob(4056))");
	assert_ok(vault_try(&o, *state, "dusk"));
	assert_int_equal(check_all(o.vault), 1);
	assert_int_equal(found_what[0], VAULT_FOUND_FOREIGN);
	assert_int_equal(found_at[0], 1000);
	vault_done(&o);
	outer_sql(in_folder(*state, "v"),
	    "DELETE FROM cell WHERE n=1000 OR n=2;"
	    "UPDATE cell SET body=randomblob(4056) WHERE n=3");
	/* Opening reads only what it needs; this is in the way. */
	assert_int_equal(vault_try(&o, *state, "dusk"), VAULT_OK);
	check_all(o.vault);
	assert_true(found_n >= 2);
	assert_int_equal(found_what[0], VAULT_FOUND_MISSING);
	assert_int_equal(found_at[0], 2);
	assert_int_equal(found_what[1], VAULT_FOUND_BROKEN);
	assert_int_equal(found_at[1], 3);
	vault_done(&o);
}

static void
check_says_that_an_old_cell_is_back(void **state)
{
	struct secret *paper = secret_text("paper");
	struct opened o;

	vault_make(*state);
	outer_sql(in_folder(*state, "v"),
	    "ATTACH '/tmp/amparo-old.db' AS old;"
	    "CREATE TABLE old.cell AS SELECT * FROM cell");
	assert_ok(vault_try(&o, *state, "dusk"));
	assert_ok(vault_passphrase_add(o.vault, "paper", paper));
	vault_done(&o);
	outer_sql(in_folder(*state, "v"),
	    "ATTACH '/tmp/amparo-old.db' AS old;"
	    "UPDATE cell SET body=(SELECT body FROM old.cell o WHERE "
	    "o.n=cell.n)"
	    " WHERE n=2; DROP TABLE old.cell");
	unlink("/tmp/amparo-old.db");
	assert_ok(vault_try(&o, *state, "dusk"));
	check_all(o.vault);
	assert_true(found_n >= 1);
	assert_int_equal(found_what[0], VAULT_FOUND_SUM);
	/* A later write does not launder it. */
	assert_ok(vault_passphrase_remove(o.vault, "paper"));
	check_all(o.vault);
	assert_int_equal(found_what[0], VAULT_FOUND_SUM);
	vault_done(&o);
	secret_free(paper);
}

/* A passphrase is added, the file kept, the passphrase removed again. */
static void
leave_and_keep_the_old_file(void **state, const char *kept)
{
	struct secret *leaver = secret_text("leaver");
	struct secret *paper = secret_text("paper");
	struct opened o;

	vault_make(*state);
	assert_ok(vault_try(&o, *state, "dusk"));
	assert_ok(vault_passphrase_add(o.vault, "leaver", leaver));
	file_copy(in_folder(*state, "v/keys"), in_folder(*state, kept));
	assert_ok(vault_passphrase_remove(o.vault, "leaver"));
	/* The new one takes the same place. */
	assert_ok(vault_passphrase_add(o.vault, "paper", paper));
	vault_done(&o);
	secret_free(leaver);
	secret_free(paper);
}

static void
an_old_file_of_keys_put_back_is_named_and_never_confirmed(void **state)
{
	struct secret *new = secret_text("new");
	struct vault_entered entered;
	struct opened o;

	leave_and_keep_the_old_file(state, "old");
	file_copy(in_folder(*state, "old"), in_folder(*state, "v/keys"));
	assert_ok(vault_try(&o, *state, "dusk"));
	assert_ok(vault_enter(&entered, o.vault));
	assert_true(entered.keys_other);
	assert_int_equal(
	    vault_passphrase_change(o.vault, 0, new), VAULT_EDAMAGED);
	assert_int_equal(
	    vault_passphrase_remove(o.vault, "paper"), VAULT_EDAMAGED);
	assert_int_equal(check_all(o.vault), 2);
	assert_int_equal(found_what[0], VAULT_FOUND_KEYS_OTHER);
	assert_int_equal(found_what[1], VAULT_FOUND_SLOT);
	assert_int_equal(found_at[1], 1);
	/* The way out: only what is known, and what was typed, stays. */
	assert_ok(vault_passphrase_remove_unknown(o.vault, 0));
	assert_int_equal(check_all(o.vault), 0);
	vault_done(&o);
	assert_int_equal(vault_try(&o, *state, "leaver"), VAULT_EPASS);
	assert_int_equal(vault_try(&o, *state, "paper"), VAULT_EPASS);
	assert_ok(vault_try(&o, *state, "dusk"));
	assert_ok(vault_enter(&entered, o.vault));
	assert_false(entered.keys_other);
	vault_done(&o);
	secret_free(new);
}

static void
an_old_first_copy_does_not_let_a_removed_passphrase_in(void **state)
{
	struct vault_entered entered;
	struct opened o;
	uint8_t *now, *old;
	size_t len;

	leave_and_keep_the_old_file(state, "old");
	now = file_read(in_folder(*state, "v/keys"), &len);
	old = file_read(in_folder(*state, "old"), &len);
	memcpy(now, old, 4096);
	file_write(in_folder(*state, "v/keys"), now, len);
	assert_ok(vault_try(&o, *state, "leaver"));
	assert_int_equal(vault_enter(&entered, o.vault), VAULT_EPASS);
	vault_done(&o);
	/* It has been mended from the copy that counts. */
	assert_int_equal(vault_try(&o, *state, "leaver"), VAULT_EPASS);
	assert_ok(vault_try(&o, *state, "paper"));
	assert_int_equal(check_all(o.vault), 0);
	vault_done(&o);
	free(now);
	free(old);
}

static void
removed_names_leave_nothing_behind(void **state)
{
	struct secret *pass = secret_text("third");
	struct opened o;

	vault_make(*state);
	assert_ok(vault_try(&o, *state, "dusk"));
	assert_ok(vault_passphrase_add(o.vault, "VeryRareName", pass));
	assert_ok(vault_passphrase_remove(o.vault, "VeryRareName"));
	assert_int_equal(inner_count(&o, "VeryRareName"), 0);
	vault_done(&o);
	secret_free(pass);
}

int
main(void)
{
#define with_folder(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_folder(opens_with_its_passphrase_and_no_other),
		with_folder(is_made_private_and_leaves_nothing_beside),
		with_folder(passphrases_come_and_go),
		with_folder(
		    check_names_a_deleted_and_a_foreign_and_a_broken_cell),
		with_folder(check_says_that_an_old_cell_is_back),
		with_folder(
		    an_old_file_of_keys_put_back_is_named_and_never_confirmed),
		with_folder(
		    an_old_first_copy_does_not_let_a_removed_passphrase_in),
		with_folder(removed_names_leave_nothing_behind),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
