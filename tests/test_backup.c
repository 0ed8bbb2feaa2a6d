/* SPDX-License-Identifier: ISC */
/* Whole copies: complete, verified, and never in the place of anything. */
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "inside.h"
#include "store/store.h"
#include "support.h"

struct fixture {
	struct opened o;
	char *folder;
	char id[VAULT_ID_LEN];
	pid_t writer;
	unsigned steps, stop_after;
};

static void
add(char *id, struct vault *v, const char *name)
{
	struct vault_report *report;
	char json[200];

	snprintf(json, sizeof(json),
	    "{\"type\":\"person\",\"names\":[{\"text\":\"%s\"}]}", name);
	assert_ok(vault_report_new(&report));
	assert_ok(vault_add(id, v, report, NULL, json, strlen(json)));
	vault_report_free(report);
}

static enum vault_err
give(void *ctx, void *to, size_t len, size_t *got)
{
	size_t *left = ctx;

	*got = len < *left ? len : *left;
	memset(to, 'x', *got);
	*left -= *got;
	return VAULT_OK;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	size_t left = 500000;
	struct vault_source from = { &left, give, NULL, left };

	f->folder = folder_new();
	vault_make(f->folder);
	assert_ok(vault_try(&f->o, f->folder, "dusk"));
	add(f->id, f->o.vault, "Teng Biao");
	assert_ok(vault_attach(f->o.vault, f->id, "a", &from));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	vault_done(&f->o);
	folder_free(f->folder);
	free(f);
	return 0;
}

static const char *
at(const struct fixture *f, const char *name)
{
	return in_folder(f->folder, name);
}

static bool
is_there(const struct fixture *f, const char *name)
{
	return access(at(f, name), F_OK) == 0;
}

/* Open FOLDER/NAME instead of the vault that is open. */
static enum vault_err
go_to(struct fixture *f, const char *name, const char *pass)
{
	struct vault_place place = { at(f, name), NULL };
	struct secret *s = secret_text(pass);
	enum vault_err err;

	vault_done(&f->o);
	err = vault_key_unlock(&f->o.key, &f->o.keys, &place, s);
	secret_free(s);
	if (err == VAULT_OK)
		err = vault_open(&f->o.vault, &place, f->o.key, &f->o.fault);
	if (err != VAULT_OK)
		vault_done(&f->o);
	return err;
}

static void
found(void *ctx, enum vault_finding what, int64_t n)
{
	print_message("finding %d at %lld\n", (int)what, (long long)n);
	++*(unsigned *)ctx;
}

static unsigned
findings(struct vault *v)
{
	unsigned n = 0;
	struct vault_check how = { .ctx = &n, .found = found };

	assert_ok(vault_check(v, &how));
	return n;
}

static bool
count_row(void *ctx, const struct vault_row *row)
{
	(void)row;
	++*(unsigned *)ctx;
	return true;
}

static unsigned
records(struct vault *v)
{
	struct vault_search all = { .query = "" };
	unsigned n = 0;

	assert_ok(vault_find(v, &all, count_row, &n, NULL, NULL));
	return n;
}

static enum vault_err
swallow(void *ctx, const void *bytes, size_t len)
{
	(void)bytes;
	*(size_t *)ctx += len;
	return VAULT_OK;
}

/* Everything of the vault that setup made. */
static void
assert_whole(struct fixture *f)
{
	struct vault_record r;
	size_t len = 0;
	struct vault_sink to = { &len, swallow, NULL };

	assert_int_equal(findings(f->o.vault), 0);
	assert_ok(vault_get(&r, f->o.vault, f->id));
	assert_string_equal(buf_text(&r.title), "Teng Biao");
	vault_record_free(&r);
	assert_ok(vault_extract(f->o.vault, f->id, "a", 0, &to));
	assert_int_equal(len, 500000);
}

struct words {
	unsigned backup, restore;
};

static bool
count_word(void *ctx, const struct vault_log_entry *e)
{
	struct words *w = ctx;

	w->backup += strcmp(e->what, "backup") == 0;
	w->restore += strcmp(e->what, "restore") == 0;
	return true;
}

static struct words
words(struct vault *v)
{
	struct words w = { 0, 0 };

	assert_ok(vault_log_each(v, 1, count_word, &w));
	return w;
}

/* ---- Tests ---- */

static void
a_copy_opens_with_the_same_passphrase(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_ok(vault_backup(f->o.vault, at(f, "b"), NULL, NULL));
	assert_int_equal(words(f->o.vault).backup, 1);
	assert_false(is_there(f, "b.unfinished"));
	assert_int_equal(stat(at(f, "b"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(at(f, "b/keys"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(at(f, "b/cells.db"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(go_to(f, "b", "dawn"), VAULT_EPASS);
	assert_ok(go_to(f, "b", "dusk"));
	assert_whole(f);
	/* The copy is from before that word was written. */
	assert_int_equal(words(f->o.vault).backup, 0);
}

static void
a_restored_vault_is_one_to_go_on_with(void **state)
{
	struct fixture *f = *state;
	char id[VAULT_ID_LEN];

	assert_ok(vault_backup(f->o.vault, at(f, "b"), NULL, NULL));
	assert_ok(go_to(f, "b", "dusk"));
	assert_ok(vault_restore(f->o.vault, at(f, "r"), NULL, NULL));
	assert_int_equal(words(f->o.vault).restore, 0);
	assert_ok(go_to(f, "r", "dusk"));
	assert_int_equal(words(f->o.vault).restore, 1);
	assert_whole(f);
	add(id, f->o.vault, "Li Tiantian");
	assert_int_equal(records(f->o.vault), 2);
	assert_int_equal(findings(f->o.vault), 0);
	assert_ok(go_to(f, "b", "dusk"));
	assert_int_equal(records(f->o.vault), 1);
}

static void
nothing_is_written_over(void **state)
{
	struct fixture *f = *state;

	file_write(at(f, "file"), "mine", 4);
	mkdir(at(f, "full"), 0700);
	file_write(at(f, "full/file"), "mine", 4);
	assert_int_equal(
	    vault_backup(f->o.vault, at(f, "file"), NULL, NULL), VAULT_EEXISTS);
	assert_int_equal(
	    vault_backup(f->o.vault, at(f, "full"), NULL, NULL), VAULT_EEXISTS);
	assert_int_equal(
	    vault_backup(f->o.vault, at(f, "v"), NULL, NULL), VAULT_EEXISTS);
	assert_int_equal(vault_restore(f->o.vault, at(f, "full"), NULL, NULL),
	    VAULT_EEXISTS);
	assert_true(is_there(f, "full/file"));
	assert_false(is_there(f, "full/keys"));
	assert_int_equal(words(f->o.vault).backup, 0);
	assert_whole(f);
}

static void
a_folder_that_is_not_there_has_no_copy_in_it(void **state)
{
	struct fixture *f = *state;

	assert_int_not_equal(
	    vault_backup(f->o.vault, at(f, "no/such/b"), NULL, NULL), VAULT_OK);
	assert_false(is_there(f, "no"));
}

/* Change one byte of a body in the middle of the file. */
static void
spoil(const char *path)
{
	size_t len;
	uint8_t *bytes = file_read(path, &len);

	bytes[len / 2 / 4096 * 4096 + 2000] ^= 1;
	file_write(path, bytes, len);
	free(bytes);
}

static void
a_damaged_source_makes_no_copy(void **state)
{
	struct fixture *f = *state;

	assert_ok(vault_backup(f->o.vault, at(f, "b"), NULL, NULL));
	spoil(at(f, "b/cells.db"));
	assert_ok(go_to(f, "b", "dusk"));
	assert_int_equal(
	    vault_restore(f->o.vault, at(f, "r"), NULL, NULL), VAULT_EDAMAGED);
	assert_false(is_there(f, "r"));
	assert_false(is_there(f, "r.unfinished"));
	vault_done(&f->o);
	spoil(at(f, "v/cells.db"));
	assert_ok(go_to(f, "v", "dusk"));
	assert_int_equal(
	    vault_backup(f->o.vault, at(f, "c"), NULL, NULL), VAULT_EDAMAGED);
	assert_false(is_there(f, "c"));
	assert_false(is_there(f, "c.unfinished"));
}

static bool
stop(void *ctx, uint64_t done, uint64_t total)
{
	struct fixture *f = ctx;

	assert_true(done <= total);
	return ++f->steps < f->stop_after;
}

static void
one_that_is_given_up_leaves_nothing(void **state)
{
	struct fixture *f = *state;

	f->stop_after = 1;
	assert_int_equal(
	    vault_backup(f->o.vault, at(f, "b"), stop, f), VAULT_ECANCELED);
	assert_false(is_there(f, "b"));
	assert_false(is_there(f, "b.unfinished"));
	assert_ok(vault_backup(f->o.vault, at(f, "b"), NULL, NULL));
}

/* The second half of the way is behind the last byte that is written. */
static bool
stop_looking(void *ctx, uint64_t done, uint64_t total)
{
	struct fixture *f = ctx;

	assert_true(done <= total);
	if (done <= total / 2)
		return true;
	assert_true(is_there(f, "c.unfinished/keys"));
	return f->steps++ < f->stop_after;
}

static void
one_that_is_given_up_while_it_is_looked_at_leaves_nothing(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 0; n < 2; n++) {
		f->steps = 0;
		f->stop_after = n;
		assert_int_equal(
		    vault_backup(f->o.vault, at(f, "c"), stop_looking, f),
		    VAULT_ECANCELED);
		assert_false(is_there(f, "c"));
		assert_false(is_there(f, "c.unfinished"));
	}
}

static void
what_an_earlier_try_left_is_cleared_away(void **state)
{
	struct fixture *f = *state;

	mkdir(at(f, "b.unfinished"), 0700);
	file_write(at(f, "b.unfinished/cells.db"), "half", 4);
	assert_ok(vault_backup(f->o.vault, at(f, "b"), NULL, NULL));
	assert_false(is_there(f, "b.unfinished"));
	assert_ok(go_to(f, "b", "dusk"));
	assert_whole(f);
}

/* ---- A writer in another process ---- */

/*
 * SQLite must not be carried across a fork: the other process is this program
 * started again.
 */
static pid_t
start(const struct fixture *f, const char *what)
{
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0) {
		execl("/proc/self/exe", "test_backup", what, f->folder,
		    (char *)NULL);
		_exit(99);
	}
	return pid;
}

static int
write_meanwhile(const char *folder)
{
	static const char json[] =
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Meanwhile\"}]}";
	struct vault_report *report;
	char id[VAULT_ID_LEN];
	struct opened o;

	if (vault_try(&o, folder, "dusk") != VAULT_OK ||
	    vault_report_new(&report) != VAULT_OK)
		return 1;
	if (vault_add(id, o.vault, report, NULL, json, strlen(json)) !=
	    VAULT_OK)
		return 2;
	vault_report_free(report);
	vault_done(&o);
	return 0;
}

/* At the first step a writer begins, and has some time. */
static bool
let_write(void *ctx, uint64_t done, uint64_t total)
{
	struct fixture *f = ctx;

	(void)done;
	(void)total;
	if (f->steps++ == 0) {
		f->writer = start(f, "write");
		usleep(300000);
	}
	return true;
}

static void
a_writer_waits_and_the_copy_is_of_one_moment(void **state)
{
	struct fixture *f = *state;
	int status = -1;

	assert_ok(vault_backup(f->o.vault, at(f, "b"), let_write, f));
	assert_true(f->steps > 0);
	assert_int_equal(waitpid(f->writer, &status, 0), f->writer);
	assert_int_equal(status, 0);
	/* Here there are both, and there only what was before. */
	assert_int_equal(records(f->o.vault), 2);
	assert_int_equal(findings(f->o.vault), 0);
	assert_ok(go_to(f, "b", "dusk"));
	assert_int_equal(records(f->o.vault), 1);
	assert_whole(f);
}

/* The lock is held by a writer that takes its time. */
static int
hold(const char *folder)
{
	struct opened o;

	if (vault_try(&o, folder, "dusk") != VAULT_OK ||
	    store_begin(o.vault->store) != VAULT_OK)
		return 1;
	file_write(in_folder(folder, "ready"), "", 0);
	usleep(500000);
	store_abort(o.vault->store);
	vault_done(&o);
	return 0;
}

static void
a_backup_beside_a_slow_writer_is_whole(void **state)
{
	struct fixture *f = *state;
	int status = -1;
	pid_t writer;

	writer = start(f, "hold");
	for (int i = 0; i < 1000 && !is_there(f, "ready"); i++)
		usleep(10000);
	assert_true(is_there(f, "ready"));
	assert_ok(vault_backup(f->o.vault, at(f, "b"), NULL, NULL));
	assert_int_equal(waitpid(writer, &status, 0), writer);
	assert_int_equal(status, 0);
	assert_ok(go_to(f, "b", "dusk"));
	assert_whole(f);
}

int
main(int argc, char **argv)
{
#define with_vault(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_vault(a_copy_opens_with_the_same_passphrase),
		with_vault(a_restored_vault_is_one_to_go_on_with),
		with_vault(nothing_is_written_over),
		with_vault(a_folder_that_is_not_there_has_no_copy_in_it),
		with_vault(a_damaged_source_makes_no_copy),
		with_vault(one_that_is_given_up_leaves_nothing),
		with_vault(
		    one_that_is_given_up_while_it_is_looked_at_leaves_nothing),
		with_vault(what_an_earlier_try_left_is_cleared_away),
		with_vault(a_writer_waits_and_the_copy_is_of_one_moment),
		with_vault(a_backup_beside_a_slow_writer_is_whole),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	if (argc == 3)
		return strcmp(argv[1], "hold") == 0 ? hold(argv[2])
						    : write_meanwhile(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
