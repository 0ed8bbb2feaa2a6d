/* SPDX-License-Identifier: ISC */
/*
 * nomem - memory runs out at every allocation of every call (R6).
 *
 * For each call the N-th allocation fails, once and from there on for ever,
 * for N = 1, 2, ... until the call runs through without meeting the fault.
 * Each time
 *
 * 1. an error is "out of memory", and nothing else;
 * 2. the vault is clean, and as before or as after; as after if there was no
 *    error;
 * 3. nothing is leaked: memory (LeakSanitizer), secrets, descriptors.
 *
 * 4. what a call that reads has said is what it says with memory, or it ends
 *    with an error.
 *
 * In a call of some thousand allocations about ONCE of them, evenly apart, are
 * failed once, and FOR_EVER of them from there on for ever: which ones depends
 * on the seed.  All are, where TIME is set.
 *
 * DRAWS, if given, is the number of the one call to try.
 *
 * Counted are the library's allocator, which SQLite uses too, guarded memory
 * and what realpath returns.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "content.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/mem.h"
#include "harness.h"
#include "nomem.h"
#include "record/attach.h"
#include "sender.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

static char good[128], rich[128];

char work[128];
struct content content;
size_t failing;
struct buf said;

/* ---- What the linker puts in the place of three functions ---- */

static long secrets; /* alive */

void *__real_sodium_malloc(size_t len);
void *__wrap_sodium_malloc(size_t len);
void __real_sodium_free(void *p);
void __wrap_sodium_free(void *p);
char *__real_realpath(const char *path, char *out);
char *__wrap_realpath(const char *path, char *out);

void *
__wrap_sodium_malloc(size_t len)
{
	void *p = mem_test_due() ? NULL : __real_sodium_malloc(len);

	secrets += p != NULL;
	return p;
}

void
__wrap_sodium_free(void *p)
{
	secrets -= p != NULL;
	__real_sodium_free(p);
}

char *
__wrap_realpath(const char *path, char *out)
{
	if (!mem_test_due())
		return __real_realpath(path, out);
	errno = ENOMEM;
	return NULL;
}

enum vault_err
saying(enum vault_err err)
{
	return err == VAULT_OK ? buf_ok(&said) : err;
}

/* ---- Running them ---- */

static void
must(enum vault_err err, const char *what)
{
	if (err != VAULT_OK) {
		fprintf(stderr, "nomem: %s: %s\n", what, vault_strerror(err));
		exit(2);
	}
}

static unsigned
descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

/* What a backup has made. */
static void
remove_copy(const char *name)
{
	char folder[160];

	snprintf(folder, sizeof(folder), "%s/%s", work, name);
	unlink(in_folder(folder, "keys"));
	unlink(in_folder(folder, "cells.db"));
	unlink(in_folder(folder, "cells.db-journal"));
	rmdir(folder);
}

/* A copy is a whole one or none; nothing unfinished is left. */
static void
copy_state(struct buf *out, const struct call *c, size_t n)
{
	struct vault_place place = { copy_path(), NULL };
	struct vault_fault fault;
	enum vault_keys_state keys;
	struct vault_key *key;
	struct vault *v = NULL;
	struct buf dump = { 0 };
	struct secret *dusk;

	if (access(in_folder(work, "copy.unfinished"), F_OK) == 0)
		harness_fail("%s, allocation %zu: a half copy", c->name, n);
	if (access(place.folder, F_OK) != 0)
		return;
	dusk = secret_text("dusk");
	if (vault_key_unlock(&key, &keys, &place, dusk) != VAULT_OK ||
	    vault_open(&v, &place, key, &fault) != VAULT_OK ||
	    content_dump(&dump, v) != VAULT_OK)
		harness_fail("%s, allocation %zu: a bad copy", c->name, n);
	buf_putf(out, "a copy\n%s", buf_text(&dump));
	vault_close(v);
	vault_key_free(key);
	secret_free(dusk);
	buf_free(&dump);
}

static bool
same_file(const char *name)
{
	size_t a_len, b_len;
	uint8_t *a = file_read(in_folder(rich, name), &a_len);
	uint8_t *b = file_read(in_folder(work, name), &b_len);
	bool same = a_len == b_len && memcmp(a, b, a_len) == 0;

	free(a);
	free(b);
	return same;
}

/*
 * True if the rich vault in work is as it was, byte by byte, and no copy was
 * made: what need not be read, and not be made anew.
 */
static bool
is_untouched(void)
{
	return access(in_folder(work, "v/cells.db"), F_OK) == 0 &&
	    access(in_folder(work, "v/keys"), F_OK) == 0 &&
	    access(in_folder(work, "v/cells.db-journal"), F_OK) != 0 &&
	    access(in_folder(work, "copy"), F_OK) != 0 &&
	    access(in_folder(work, "copy.unfinished"), F_OK) != 0 &&
	    same_file("v/cells.db") && same_file("v/keys");
}

static void
start(struct state *s, const struct call *c)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/v", work);
	*s = (struct state){ .place = { path, NULL } };
	s->dusk = secret_text("dusk");
	s->paper = secret_text("paper");
	s->fresh = secret_text("fresh");
	if (c->start == NOTHING)
		vault_remove(work);
	else if (!c->records)
		vault_copy(good, work);
	else if (!is_untouched()) {
		vault_copy(rich, work);
		remove_copy("copy");
		remove_copy("copy.unfinished");
	}
	buf_reset(&said);
	if (c->prepare != NULL)
		c->prepare();
	if (c->start >= UNLOCKED)
		must(call_unlock(s), "unlock");
	if (c->start >= OPEN)
		must(call_open(s), "open");
}

static void
stop(struct state *s)
{
	vault_close(s->vault);
	vault_key_free(s->key);
	secret_free(s->dusk);
	secret_free(s->paper);
	secret_free(s->fresh);
}

/* What is there, in words that can be compared; "none" without a vault. */
static char *
state_of(const struct call *c, size_t n)
{
	struct buf dump = { 0 };
	enum vault_err err;
	struct opened o;
	bool new_machine;
	char *text;

	err = vault_try(&o, work, c->opens);
	if (err == VAULT_ENOVAULT && c->start == NOTHING)
		return strdup("none");
	if (err == VAULT_OK)
		err = vault_arrive(o.vault, &new_machine);
	if (err != VAULT_OK) {
		harness_fail("%s, allocation %zu: afterwards: %s", c->name, n,
		    vault_strerror(err));
		vault_done(&o);
		return strdup("");
	}
	/* Records are all read, so a full check need not come each time. */
	if (vault_findings(o.vault, c->records && n % 16 != 0) > 0)
		harness_fail(
		    "%s, allocation %zu: not clean afterwards", c->name, n);
	if (!c->records)
		vault_dump(&dump, o.vault, false);
	else if (content_dump(&dump, o.vault) != VAULT_OK)
		harness_fail(
		    "%s, allocation %zu: not read afterwards", c->name, n);
	if (c->records)
		copy_state(&dump, c, n);
	vault_done(&o);
	/* Each vault that is made is another one. */
	text = strdup(c->start == NOTHING ? "made" : buf_text(&dump));
	buf_free(&dump);
	return text;
}

static void
look(const struct call *c, size_t n, enum vault_err err, const char *before,
    const char *after)
{
	char *now = c->records && is_untouched() ? strdup(before)
						 : state_of(c, n);
	bool is_after = strcmp(now, after) == 0;

	if (err == VAULT_OK ? !is_after : !is_after && strcmp(now, before) != 0)
		harness_fail("%s, allocation %zu: %s", c->name, n,
		    err == VAULT_OK ? "success that is none"
				    : "neither before nor after");
	free(now);
}

/* Fail the n-th allocation.  False: the call did not get so far. */
static bool
fail_one(const struct call *c, size_t n, int for_ever, const char *before,
    const char *after, const char *answer)
{
	long secrets_before = secrets;
	unsigned open_before = descriptors();
	enum vault_err err;
	struct state s;
	bool reached;

	start(&s, c);
	failing = n;
	mem_test_fail(n, for_ever);
	err = c->run(&s);
	reached = mem_test_count() >= n;
	mem_test_fail(0, 0);
	stop(&s);
	harness_count(1);
	if (err != VAULT_OK && (err != VAULT_ENOMEM || !reached))
		harness_fail("%s, allocation %zu, %s: %s", c->name, n,
		    for_ever ? "for ever" : "once", vault_strerror(err));
	if (err == VAULT_OK && strcmp(buf_text(&said), answer) != 0)
		harness_fail("%s, allocation %zu: another answer: %.100s",
		    c->name, n, buf_text(&said));
	if (secrets != secrets_before)
		harness_fail("%s, allocation %zu: %ld secrets left", c->name, n,
		    secrets - secrets_before);
	if (descriptors() != open_before)
		harness_fail(
		    "%s, allocation %zu: a descriptor is left", c->name, n);
	look(c, n, err, before, after);
	if (c->start == NOTHING && err != VAULT_OK) {
		/* And once more, with memory. */
		start(&s, c);
		if ((err = c->run(&s)) != VAULT_OK)
			harness_fail("%s, allocation %zu: again: %s", c->name,
			    n, vault_strerror(err));
		stop(&s);
	}
	return reached;
}

#define SHORT 200
#define ONCE 120
#define FOR_EVER 40

/* Calls of thousands of allocations are tried at some of them. */
static size_t
step_of(size_t all, int for_ever)
{
	if (all <= SHORT || harness.seconds > 0)
		return 1;
	return 1 + all / (for_ever ? FOR_EVER : ONCE);
}

static void
run(const struct call *c)
{
	char *before, *after, *answer;
	struct state s;
	size_t n = 1, all;

	start(&s, c);
	stop(&s);
	before = state_of(c, 0);
	start(&s, c);
	mem_test_fail(SIZE_MAX, 0);
	must(c->run(&s), c->name);
	all = mem_test_count();
	mem_test_fail(0, 0);
	stop(&s);
	answer = strdup(buf_text(&said));
	after = state_of(c, 0);
	for (int for_ever = 0; for_ever < 2; for_ever++) {
		size_t step = step_of(all, for_ever);

		for (n = 1 + harness.seed % step;
		     fail_one(c, n, for_ever, before, after, answer) &&
		     !harness_stop();
		     n += step)
			;
	}
	if (!harness.planted)
		printf("  %s: %zu allocations\n", c->name, all);
	free(before);
	free(after);
	free(answer);
}

static const struct call *
call_at(size_t i)
{
	if (i < nomem_vault_n)
		return &nomem_vault[i];
	i -= nomem_vault_n;
	if (i < nomem_records_n)
		return &nomem_records[i];
	i -= nomem_records_n;
	return i < nomem_leaving_n ? &nomem_leaving[i] : NULL;
}

static void
some_calls(unsigned part, unsigned parts)
{
	snprintf(work, sizeof(work), "%s/work%u", harness.folder, part);
	mkdir(work, 0700);
	for (size_t i = part; call_at(i) != NULL; i += parts)
		if (!harness_stop() &&
		    (harness.draws == 0 || i == harness.draws - 1))
			run(call_at(i));
#ifdef __SANITIZE_ADDRESS__
	if (__lsan_do_recoverable_leak_check() != 0)
		harness_fail("memory is leaked");
#endif
}

int
main(int argc, char **argv)
{
	struct secret *paper;
	struct opened o;

	harness_start("nomem", argc, argv);
	snprintf(good, sizeof(good), "%s/good", harness.folder);
	mkdir(good, 0700);
	vault_make(good);
	paper = secret_text("paper");
	must(vault_try(&o, good, "dusk"), "open");
	must(vault_passphrase_add(o.vault, "paper", paper), "add");
	vault_done(&o);
	must(vault_try(&o, good, "dusk"), "open");
	for (int i = 0; i < 2; i++)
		must(call_note(&(struct state){ .vault = o.vault }), "note");
	vault_done(&o);
	secret_free(paper);
	snprintf(rich, sizeof(rich), "%s/rich", harness.folder);
	mkdir(rich, 0700);
	vault_make(rich);
	must(vault_try(&o, rich, "dusk"), "open");
	must(call_revoke(&(struct state){ .vault = o.vault }), "revoke");
	must(content_make(&content, o.vault), "records");
	must(make_withdrawal(o.vault), "withdrawal");
	must(prepare_submission(o.vault), "a person of two records");
	must(import_first(o.vault), "list");
	must(sender_make(&asks, &asks_len, o.vault), "sender");
	vault_done(&o);
	/* What a call writes is newer than this, in every run: lists have
	 * order. */
	clock_test_set(clock_now() + 1);
	attach_test_commit(1);
#ifndef __SANITIZE_ADDRESS__
	harness_skip("leaks of memory", "not built with SAN=address");
#endif
	harness_split(some_calls);
	return harness_end();
}
