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
 * Then the same in a vault of its own with writers that add records, and edit
 * some of them, and tell each id: every id that was told is there, by
 * vault_get and by vault_find, in the version that was told; at most one more
 * per writer; and the index agrees with what the records say.
 *
 * The planted faults tell a number, or an id, before its commit.
 */
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "content.h"
#include "core/buf.h"
#include "harness.h"
#include "inside.h"
#include "store/log.h"
#include "store/store.h"

#define WRITERS_MAX 3
#define KILLS 500

#define RECORD_KILLS 150

enum { KILLED, STORED, TOLD, ROLLED_BACK, RECORDS };

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

/* ---- Writers of records ---- */

/* What a writer of records tells: a record, and how often it was edited. */
struct tale {
	char id[VAULT_ID_LEN];
	unsigned number, edits;
};

/* All that was told, by all writers so far. */
static struct tale *tales;
static size_t n_tales;
static unsigned storms;

/* A word that only this record has, and another in each version of it. */
static void
record_text(char json[static 300], unsigned number, unsigned edits)
{
	snprintf(json, 300,
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Stormy w%u\"}],"
	    "\"description\":\"v%uof%u at sea, \u98a8\u66b4\"}",
	    number, edits, number);
}

static void
write_records(unsigned number, int tell)
{
	bool early = harness_fault("id-told-before-commit");
	struct vault_fault fault;
	struct tale tale = { .number = number };
	enum vault_err err;
	struct vault *v;
	char json[300];

	if ((err = vault_open(&v, &place, key, &fault)) != VAULT_OK)
		_exit((int)err);
	for (;; tale.number++) {
		tale.edits = 0;
		record_text(json, tale.number, 0);
		err = content_add(tale.id, v, json);
		if (err == VAULT_OK && write(tell, &tale, sizeof(tale)) < 0)
			_exit(99);
		if (err != VAULT_OK)
			_exit((int)err);
		/* Every second one is edited, once or twice. */
		while (tale.number % 2 == 0 &&
		    tale.edits < 1 + tale.number / 2 % 2) {
			tale.edits++;
			if (early && write(tell, &tale, sizeof(tale)) < 0)
				_exit(99);
			record_text(json, tale.number, tale.edits);
			if ((err = content_edit(v, tale.id, json)) != VAULT_OK)
				_exit((int)err);
			if (!early && write(tell, &tale, sizeof(tale)) < 0)
				_exit(99);
		}
	}
}

static void
hear(const struct tale *tale)
{
	struct tale *more;

	harness_add(TOLD, 1);
	for (size_t i = n_tales; i-- > 0;)
		if (strcmp(tales[i].id, tale->id) == 0) {
			tales[i] = *tale;
			return;
		}
	if ((more = realloc(tales, (n_tales + 1) * sizeof(*tales))) == NULL)
		exit(2);
	tales = more;
	tales[n_tales++] = *tale;
}

static void
drain_tales(int from)
{
	struct tale tale;

	/* A pipe takes so little in one piece or not at all. */
	while (read(from, &tale, sizeof(tale)) == sizeof(tale))
		hear(&tale);
	close(from);
}

/* The version that is there is the one that was told, or the next. */
static bool
is_version(struct vault *v, const struct tale *tale, unsigned edits)
{
	char json[300], mark[32];
	struct vault_record r;
	bool is;

	record_text(json, tale->number, edits);
	snprintf(mark, sizeof(mark), "v%uof%u at", edits, tale->number);
	if (vault_get(&r, v, tale->id) != VAULT_OK)
		return false;
	is = r.n_heads == 1 && strstr(buf_text(&r.body), mark) != NULL;
	vault_record_free(&r);
	snprintf(mark, sizeof(mark), "v%uof%u", edits, tale->number);
	return is && content_find(v, mark) == 1;
}

static void
look_at_record(struct vault *v, const struct tale *tale)
{
	char word[32];

	harness_add(RECORDS, 1);
	snprintf(word, sizeof(word), "w%u", tale->number);
	if (content_find(v, word) != 1)
		harness_fail("record %u is found %u times", tale->number,
		    content_find(v, word));
	if (!is_version(v, tale, tale->edits) &&
	    !is_version(v, tale, tale->edits + 1))
		harness_fail("record %u is not in the version that was told",
		    tale->number);
}

/* heard: how many were known before this storm. */
static void
look_at_records(unsigned writers, size_t heard, bool full)
{
	struct vault_fault fault;
	enum vault_err err;
	struct vault *v;
	const char *stray;
	static unsigned extra; /* there, but never told */
	unsigned there;

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
	/* The new ones each time; all of them now and then. */
	for (size_t i = full ? 0 : heard; i < n_tales; i++)
		look_at_record(v, &tales[i]);
	there = content_find(v, "stormy");
	if (there < n_tales + extra || there > n_tales + extra + writers)
		harness_fail("%u records, told %zu, and %u before", there,
		    n_tales, extra);
	extra = there - (unsigned)n_tales;
	if (full && !content_index_agrees(v))
		harness_fail("the index disagrees");
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

/* What of a storm differs: a writer, told from which number to go on. */
struct kind {
	void (*write)(unsigned writer, int tell);
	void (*drain)(unsigned writer, int from);
};

static void
write_entries(unsigned writer, int tell)
{
	write_for_ever(writer, stored[writer] + 1, tell);
}

/* Numbers that no other writer has, of this storm or another. */
static void
write_some_records(unsigned writer, int tell)
{
	write_records(10000 * storms + 1000 * writer, tell);
}

static void
drain_records(unsigned writer, int from)
{
	(void)writer;
	drain_tales(from);
}

static const struct kind entries = { write_entries, drain };
static const struct kind records = { write_some_records, drain_records };

static void
storm(const struct kind *kind, unsigned writers)
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
			kind->write(i, pipes[i][1]);
		close(pipes[i][1]);
	}
	if ((reader = fork()) == 0)
		read_for_ever();
	usleep(random_to(kind == &records ? 60000 : 30000));
	for (unsigned i = 0; i < writers; i++)
		end(pid[i], "a writer");
	end(reader, "the reader");
	for (unsigned i = 0; i < writers; i++)
		kind->drain(i, pipes[i][0]);
}

/* A vault of its own for each kind. */
static void
start(const char *name)
{
	enum vault_keys_state state;
	struct secret *pass = secret_text("dusk");

	snprintf(folder, sizeof(folder), "%s/%s", harness.folder, name);
	mkdir(folder, 0700);
	vault_make(folder);
	place.folder = strdup(in_folder(folder, "v"));
	if (vault_key_unlock(&key, &state, &place, pass) != VAULT_OK)
		exit(2);
	secret_free(pass);
}

static void
stop(void)
{
	vault_key_free(key);
	free((char *)(uintptr_t)place.folder);
}

/* The seconds that TIME gives are shared: until is the end of this part. */
static void
entry_storms(unsigned rounds, double until)
{
	start("entries");
	for (unsigned i = 0;
	     (i < rounds || harness_seconds() < until) && !harness_stop();
	     i++) {
		unsigned writers = i % 2 == 0 ? 1 : WRITERS_MAX;

		harness_count(1);
		storm(&entries, writers);
		look(writers, i % 20 == 19);
	}
	stop();
}

static void
record_storms(unsigned rounds, double until)
{
	start("records");
	for (unsigned i = 0;
	     (i < rounds || harness_seconds() < until) && !harness_stop();
	     i++) {
		unsigned writers = i % 2 == 0 ? 1 : WRITERS_MAX;
		size_t heard = n_tales;

		harness_count(1);
		storms++;
		storm(&records, writers);
		look_at_records(
		    writers, heard, i % 20 == 19 || i + 1 == rounds);
	}
	stop();
}

int
main(int argc, char **argv)
{
	unsigned rounds;

	harness_start("killstorm", argc, argv);
	rounds = harness.draws > 0 ? harness.draws : KILLS;
	if (!harness_fault("id-told-before-commit"))
		entry_storms(rounds, harness.seconds / 2.0);
	if (!harness_fault("told-before-commit"))
		record_storms(
		    harness.draws > 0 ? rounds : RECORD_KILLS, harness.seconds);
	harness_plant("told-before-commit");
	harness_plant("id-told-before-commit");
	if (!harness.planted)
		printf("  %lu processes killed, %lu numbers and ids told, %lu"
		       " entries stored, %lu looks at a record, %lu journals"
		       " found\n",
		    harness_number(KILLED), harness_number(TOLD),
		    harness_number(STORED), harness_number(RECORDS),
		    harness_number(ROLLED_BACK));
	return harness_end();
}
