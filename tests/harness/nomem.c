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

#include "core/buf.h"
#include "core/mem.h"
#include "harness.h"
#include "inside.h"
#include "store/log.h"
#include "store/store.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

static char good[128], work[128];

static size_t failing; /* the number of the allocation that fails */

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

/* ---- The calls ---- */

struct state {
	struct vault_place place;
	struct vault_key *key;
	struct vault *vault;
	struct secret *dusk, *paper, *fresh;
};

/* What a call starts with. */
enum start { NOTHING, VAULT, UNLOCKED, OPEN };

struct call {
	const char *name;
	enum vault_err (*run)(struct state *s);
	enum start start;
	const char *opens; /* the passphrase with which to look afterwards */
	void (*prepare)(void);
};

static enum vault_err
call_create(struct state *s)
{
	struct vault_new what = {
		.place = s->place,
		.cost = cheap,
		.pass = s->dusk,
		.pass_name = "mine",
		.office = "Office A",
	};

	return vault_create(&s->vault, &s->key, &what);
}

static enum vault_err
call_cost(struct state *s)
{
	struct vault_cost cost;

	return vault_cost_of(&cost, &s->place);
}

static enum vault_err
call_unlock(struct state *s)
{
	enum vault_keys_state state;

	return vault_key_unlock(&s->key, &state, &s->place, s->dusk);
}

static enum vault_err
call_attach(struct state *s)
{
	struct vault_key *key;
	enum vault_err err;

	err = vault_key_attach(&key, dup(vault_key_fd(s->key)));
	vault_key_free(key);
	return err;
}

static enum vault_err
call_open(struct state *s)
{
	struct vault_fault fault;

	return vault_open(&s->vault, &s->place, s->key, &fault);
}

static enum vault_err
call_enter(struct state *s)
{
	bool new_machine;

	return vault_arrive(s->vault, &new_machine);
}

static enum vault_err
call_info(struct state *s)
{
	struct vault_info info;
	enum vault_err err = vault_info(&info, s->vault);

	if (err == VAULT_OK) {
		if (strcmp(buf_text(&info.office), "Office A") != 0)
			harness_fail("info: another office");
		vault_info_free(&info);
	}
	return err;
}

static bool
count_log(void *ctx, const struct vault_log_entry *e)
{
	if (strcmp(e->what, "note") == 0 && strlen(e->detail) != 9000)
		harness_fail("log: an entry has lost its text");
	++*(unsigned *)ctx;
	return true;
}

static enum vault_err
call_log(struct state *s)
{
	unsigned n = 0;
	enum vault_err err = vault_log_each(s->vault, 1, count_log, &n);

	if (err == VAULT_OK && n < 4)
		harness_fail("log: only %u entries", n);
	return err;
}

static bool
count_pass(void *ctx, const struct vault_passphrase *p)
{
	(void)p;
	++*(unsigned *)ctx;
	return true;
}

static enum vault_err
call_each(struct state *s)
{
	unsigned n = 0;
	enum vault_err err = vault_passphrase_each(s->vault, count_pass, &n);

	if (err == VAULT_OK && n != 2)
		harness_fail("passphrases: %u", n);
	return err;
}

static enum vault_err
call_find(struct state *s)
{
	unsigned slot = 0;
	enum vault_err err = vault_passphrase_find(&slot, s->vault, s->paper);

	if (err == VAULT_OK && slot != 1)
		harness_fail("find: slot %u", slot);
	return err;
}

static enum vault_err
call_add(struct state *s)
{
	return vault_passphrase_add(s->vault, "third", s->fresh);
}

static enum vault_err
call_change(struct state *s)
{
	return vault_passphrase_change(s->vault, 0, s->fresh);
}

static enum vault_err
call_remove(struct state *s)
{
	return vault_passphrase_remove(s->vault, "mine");
}

static enum vault_err
call_note(struct state *s)
{
	static char text[9000];
	enum vault_err err;

	memset(text, 'n', sizeof(text));
	if ((err = store_begin(s->vault->store)) == VAULT_OK &&
	    (err = log_add(s->vault->store, "note", text, sizeof(text))) ==
		VAULT_OK)
		err = store_commit(s->vault->store);
	store_abort(s->vault->store);
	return err;
}

static unsigned findings;
static enum vault_finding finding;

static void
found(void *ctx, enum vault_finding what, int64_t n)
{
	(void)ctx;
	(void)n;
	finding = what;
	findings++;
}

static enum vault_err
check(struct state *s, bool quick)
{
	struct vault_check how = { quick, NULL, found, NULL };
	enum vault_err err;

	findings = 0;
	err = vault_check(s->vault, &how);
	/* Memory that is short must never be called damage. */
	if (findings > 0)
		harness_fail("check, allocation %zu of %zu: %u findings in"
			     " a good vault, the last of kind %d",
		    failing, mem_test_count(), findings, (int)finding);
	return err;
}

static enum vault_err
call_check(struct state *s)
{
	return check(s, false);
}

static enum vault_err
call_check_quick(struct state *s)
{
	return check(s, true);
}

/* Spoil the first copy in the file of keys, so that there is work. */
static void
spoil(void)
{
	size_t len;
	uint8_t *bytes = file_read(in_folder(work, "v/keys"), &len);

	bytes[500] ^= 1;
	file_write(in_folder(work, "v/keys"), bytes, len);
	free(bytes);
}

static const struct call calls[] = {
	{ "vault_create", call_create, NOTHING, "dusk", NULL },
	{ "vault_cost_of", call_cost, VAULT, "dusk", NULL },
	{ "vault_key_unlock", call_unlock, VAULT, "dusk", NULL },
	{ "vault_key_attach", call_attach, UNLOCKED, "dusk", NULL },
	{ "vault_open", call_open, UNLOCKED, "dusk", NULL },
	{ "vault_enter", call_enter, OPEN, "dusk", NULL },
	{ "vault_enter, mending", call_enter, OPEN, "dusk", spoil },
	{ "vault_info", call_info, OPEN, "dusk", NULL },
	{ "vault_log_each", call_log, OPEN, "dusk", NULL },
	{ "vault_passphrase_each", call_each, OPEN, "dusk", NULL },
	{ "vault_passphrase_find", call_find, OPEN, "dusk", NULL },
	{ "vault_passphrase_add", call_add, OPEN, "dusk", NULL },
	{ "vault_passphrase_change", call_change, OPEN, "paper", NULL },
	{ "vault_passphrase_remove", call_remove, OPEN, "paper", NULL },
	{ "store_commit", call_note, OPEN, "dusk", NULL },
	{ "vault_check", call_check, OPEN, "dusk", NULL },
	{ "vault_check, quick", call_check_quick, OPEN, "dusk", NULL },
};

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
	else
		vault_copy(good, work);
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
	if (vault_findings(o.vault, false) > 0)
		harness_fail(
		    "%s, allocation %zu: not clean afterwards", c->name, n);
	vault_dump(&dump, o.vault, false);
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
	char *now = state_of(c, n);
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
    const char *after)
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

static void
run(const struct call *c)
{
	char *before, *after;
	struct state s;
	size_t n = 1;

	start(&s, c);
	stop(&s);
	before = state_of(c, 0);
	start(&s, c);
	must(c->run(&s), c->name);
	stop(&s);
	after = state_of(c, 0);
	for (int for_ever = 0; for_ever < 2; for_ever++)
		for (n = 1;
		     fail_one(c, n, for_ever, before, after) && !harness_stop();
		     n++)
			;
	if (!harness.planted)
		printf("  %s: %zu allocations\n", c->name, n - 1);
	free(before);
	free(after);
}

static void
some_calls(unsigned part, unsigned parts)
{
	snprintf(work, sizeof(work), "%s/work%u", harness.folder, part);
	mkdir(work, 0700);
	for (size_t i = part; i < sizeof(calls) / sizeof(calls[0]); i += parts)
		if (!harness_stop() &&
		    (harness.draws == 0 || i == harness.draws - 1))
			run(&calls[i]);
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
#ifndef __SANITIZE_ADDRESS__
	harness_skip("leaks of memory", "not built with SAN=address");
#endif
	harness_split(some_calls);
	return harness_end();
}
