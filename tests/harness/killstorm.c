/* SPDX-License-Identifier: ISC */
/*
 * killstorm - SIGKILL at any moment (R5).
 *
 * In each round one or three writers append numbered entries to the log and
 * tell the parent each number after its commit; a reader reads all the while.
 * After 0 to 30 ms all are killed.  Then
 *
 * 1. every number that was told is stored, and at most one more per writer;
 * 2. the vault is clean: quickly each time, fully each twentieth;
 * 3. the next write waits for nobody and leaves no journal.
 *
 * The planted fault tells a number before its commit.
 */
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "inside.h"
#include "store/log.h"
#include "store/store.h"

#define WRITERS_MAX 3
#define KILLS 500

enum { KILLED, STORED, TOLD, ROLLED_BACK };

static char folder[128];
static struct vault_place place;
static struct vault_key *key;

/* What the parent knows of each writer: the last number stored, and told. */
static uint64_t stored[WRITERS_MAX], told[WRITERS_MAX];
static uint64_t next_entry = 1; /* of the log: what was read already */

/* The text of an entry: who, which, and some length to move pages about. */
static size_t
entry_text(char text[static 600], unsigned writer, uint64_t number)
{
	int len = snprintf(
	    text, 600, "%u %llu ", writer, (unsigned long long)number);
	size_t fill = number * 37 % 500;

	memset(text + len, 'x', fill);
	return (size_t)len + fill;
}

static void
write_for_ever(unsigned writer, uint64_t number, int tell)
{
	bool early = harness_fault("told-before-commit");
	struct vault_fault fault;
	enum vault_err err;
	struct vault *v;
	char text[600];

	if ((err = vault_open(&v, &place, key, &fault)) != VAULT_OK)
		_exit((int)err);
	for (;; number++) {
		size_t len = entry_text(text, writer, number);

		if ((err = store_begin(v->store)) != VAULT_OK ||
		    (err = log_add(v->store, "storm", text, len)) != VAULT_OK)
			_exit((int)err);
		if (early && write(tell, &number, sizeof(number)) < 0)
			_exit(99);
		if ((err = store_commit(v->store)) != VAULT_OK)
			_exit((int)err);
		if (!early && write(tell, &number, sizeof(number)) < 0)
			_exit(99);
	}
}

static void
read_for_ever(void)
{
	struct vault_fault fault;
	enum vault_err err;
	struct vault *v;
	uint64_t seq;

	if ((err = vault_open(&v, &place, key, &fault)) != VAULT_OK)
		_exit((int)err);
	while (err == VAULT_OK && (err = store_read(v->store)) == VAULT_OK) {
		err = log_check(v->store, &seq);
		store_read_end(v->store);
	}
	_exit((int)err);
}

static bool
count_entry(void *ctx, const struct vault_log_entry *e)
{
	unsigned long long number;
	unsigned writer;

	(void)ctx;
	next_entry = e->seq + 1;
	if (strcmp(e->what, "storm") != 0 ||
	    sscanf(e->detail, "%u %llu", &writer, &number) != 2 ||
	    writer >= WRITERS_MAX)
		return true;
	if (number != stored[writer] + 1)
		harness_fail("writer %u: %llu after %llu", writer, number,
		    (unsigned long long)stored[writer]);
	stored[writer] = number;
	harness_add(STORED, 1);
	return true;
}

static bool
give_up(void *ctx, unsigned waited_ms)
{
	(void)ctx;
	(void)waited_ms;
	harness_fail("a lock is stuck");
	return false;
}

/* What was left by the storm, and a write after it. */
static void
look(unsigned writers, bool full)
{
	struct vault_fault fault;
	enum vault_err err;
	struct vault *v;
	const char *stray;

	if ((stray = vault_stray(folder, true)) != NULL)
		harness_fail("left %s", stray);
	if ((err = vault_open(&v, &place, key, &fault)) != VAULT_OK) {
		harness_fail("does not open: %s", vault_strerror(err));
		return;
	}
	vault_on_busy(v, give_up, NULL);
	harness_add(ROLLED_BACK, vault_was_interrupted(v));
	if (vault_findings(v, !full) > 0)
		harness_fail("is not clean");
	if ((err = vault_log_each(v, next_entry, count_entry, NULL)) !=
	    VAULT_OK)
		harness_fail("log: %s", vault_strerror(err));
	for (unsigned i = 0; i < writers; i++)
		if (stored[i] < told[i] || stored[i] > told[i] + 1)
			harness_fail("writer %u: told %llu, stored %llu", i,
			    (unsigned long long)told[i],
			    (unsigned long long)stored[i]);
	if ((err = store_begin(v->store)) != VAULT_OK ||
	    (err = log_add(v->store, "calm", "", 0)) != VAULT_OK ||
	    (err = store_commit(v->store)) != VAULT_OK)
		harness_fail("cannot write: %s", vault_strerror(err));
	if ((stray = vault_stray(folder, false)) != NULL)
		harness_fail("after a write there is %s", stray);
	vault_close(v);
}

static void
drain(unsigned writer, int from)
{
	uint64_t number;

	while (read(from, &number, sizeof(number)) == sizeof(number)) {
		told[writer] = number;
		harness_add(TOLD, 1);
	}
	close(from);
}

static void
end(pid_t pid, const char *who)
{
	int status;

	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid)
		harness_fail("waitpid: %s", strerror(errno));
	else if (WIFEXITED(status))
		harness_fail(
		    "%s ended by itself with %d", who, WEXITSTATUS(status));
	else if (WTERMSIG(status) != SIGKILL)
		harness_fail("%s crashed: signal %d", who, WTERMSIG(status));
	harness_add(KILLED, 1);
}

static void
storm(unsigned writers)
{
	int pipes[WRITERS_MAX][2];
	pid_t pid[WRITERS_MAX], reader;

	for (unsigned i = 0; i < writers; i++) {
		/* What a killed writer did not tell, it did not tell. */
		told[i] = stored[i];
		if (pipe(pipes[i]) != 0 || (pid[i] = fork()) < 0) {
			perror("killstorm");
			exit(2);
		}
		if (pid[i] == 0)
			write_for_ever(i, stored[i] + 1, pipes[i][1]);
		close(pipes[i][1]);
	}
	if ((reader = fork()) == 0)
		read_for_ever();
	usleep(random_to(30000));
	for (unsigned i = 0; i < writers; i++)
		end(pid[i], "a writer");
	end(reader, "the reader");
	for (unsigned i = 0; i < writers; i++)
		drain(i, pipes[i][0]);
}

int
main(int argc, char **argv)
{
	enum vault_keys_state state;
	struct secret *pass;
	unsigned rounds;

	harness_start("killstorm", argc, argv);
	rounds = harness.draws > 0 ? harness.draws : KILLS;
	snprintf(folder, sizeof(folder), "%s/storm", harness.folder);
	mkdir(folder, 0700);
	vault_make(folder);
	place.folder = strdup(in_folder(folder, "v"));
	pass = secret_text("dusk");
	if (vault_key_unlock(&key, &state, &place, pass) != VAULT_OK)
		return 2;
	for (unsigned i = 0;
	     (i < rounds || harness_seconds() < harness.seconds) &&
	     !harness_stop();
	     i++) {
		unsigned writers = i % 2 == 0 ? 1 : WRITERS_MAX;

		harness_count(1);
		storm(writers);
		look(writers, i % 20 == 19);
	}
	vault_key_free(key);
	secret_free(pass);
	harness_plant("told-before-commit");
	if (!harness.planted)
		printf("  %lu processes killed, %lu numbers told, %lu stored,"
		       " %lu journals found\n",
		    harness_number(KILLED), harness_number(TOLD),
		    harness_number(STORED), harness_number(ROLLED_BACK));
	return harness_end();
}
