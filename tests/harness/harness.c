/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "core/buf.h"
#include "harness.h"
#include "inside.h"
#include "store/inner.h"

#define SHOWN_FAILURES 40

struct harness harness = { .jobs = 2, .seed = 1 };

/* What the processes of one harness share. */
struct shared {
	atomic_ulong run, failed, skipped;
	atomic_ulong number[HARNESS_NUMBERS];
	atomic_bool stop;
};
static struct shared *shared;
static unsigned planted, caught;
static struct timespec started;
static pid_t first;
static char folder[64];
static struct {
	const char *name, *program;
} plants[16];
static unsigned n_plants;

static void
remove_folder(void)
{
	if (getpid() == first)
		folder_free(strdup(folder));
}

static void
make_folder(void)
{
	struct stat st;
	const char *base = "/dev/shm";

	if (stat(base, &st) != 0 || !S_ISDIR(st.st_mode)) {
		harness_skip("tmpfs", "no /dev/shm, so this will take long");
		base = "/tmp";
	}
	snprintf(folder, sizeof(folder), "%s/amparo-%.16s-XXXXXX", base,
	    harness.name);
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		exit(2);
	}
	harness.folder = folder;
	atexit(remove_folder);
}

static void
usage(void)
{
	fprintf(stderr,
	    "usage: %s [-n DRAWS] [-s SEED] [-j JOBS]"
	    " [--plant NAME=PROGRAM]... [--planted] [--fault NAME]\n",
	    harness.name);
	exit(2);
}

static void
arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--planted") == 0) {
			harness.planted = true;
			continue;
		}
		i++;
		if (strcmp(argv[i - 1], "-n") == 0)
			harness.draws = (unsigned)atoi(value);
		else if (strcmp(argv[i - 1], "-s") == 0)
			harness.seed = strtoull(value, NULL, 10);
		else if (strcmp(argv[i - 1], "-j") == 0)
			harness.jobs = (unsigned)atoi(value);
		else if (strcmp(argv[i - 1], "--fault") == 0)
			harness.fault = value;
		else if (strcmp(argv[i - 1], "--plant") == 0 &&
		    strchr(value, '=') != NULL && n_plants < 16) {
			plants[n_plants].name = value;
			plants[n_plants++].program = strchr(value, '=') + 1;
		} else {
			usage();
		}
	}
	if (harness.jobs < 1 || harness.jobs > 64)
		usage();
}

void
harness_start(const char *name, int argc, char **argv)
{
	const char *time = getenv("TIME");

	harness.name = name;
	first = getpid();
	clock_gettime(CLOCK_MONOTONIC, &started);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || vault_setup() != VAULT_OK)
		exit(2);
	if (time != NULL)
		harness.seconds = (unsigned)atoi(time);
	arguments(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	make_folder();
	random_start(0);
	if (!harness.planted)
		printf("%s: seed %llu, %u processes\n", name,
		    (unsigned long long)harness.seed, harness.jobs);
}

bool
harness_fault(const char *name)
{
	return harness.fault != NULL && strcmp(harness.fault, name) == 0;
}

void
harness_count(unsigned long run)
{
	atomic_fetch_add(&shared->run, run);
}

void
harness_fail(const char *format, ...)
{
	unsigned long before = atomic_fetch_add(&shared->failed, 1);
	char text[512];
	va_list ap;

	if (harness.planted)
		atomic_store(&shared->stop, true);
	if (harness.planted ? before > 0 : before >= SHOWN_FAILURES)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	printf("%s: %s: %s\n", harness.name,
	    harness.planted ? "planted fault seen" : "failed", text);
}

void
harness_skip(const char *what, const char *reason)
{
	atomic_fetch_add(&shared->skipped, 1);
	printf("skipped: %s: %s\n", what, reason);
}

double
harness_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - started.tv_sec) +
	    (double)(now.tv_nsec - started.tv_nsec) / 1e9;
}

bool
harness_stop(void)
{
	return atomic_load(&shared->stop);
}

void
harness_add(unsigned number, unsigned long n)
{
	atomic_fetch_add(&shared->number[number], n);
}

void
harness_most(unsigned number, unsigned long n)
{
	unsigned long most = atomic_load(&shared->number[number]);

	while (n > most &&
	    !atomic_compare_exchange_weak(&shared->number[number], &most, n))
		;
}

unsigned long
harness_number(unsigned number)
{
	return atomic_load(&shared->number[number]);
}

void
harness_split(void (*work)(unsigned part, unsigned parts))
{
	pid_t pid[64];

	fflush(NULL);
	for (unsigned part = 0; part < harness.jobs; part++) {
		if ((pid[part] = fork()) < 0) {
			perror("fork");
			exit(2);
		}
		if (pid[part] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			random_start(part + 1);
			work(part, harness.jobs);
			fflush(NULL);
			_exit(0);
		}
	}
	for (unsigned part = 0; part < harness.jobs; part++) {
		int status = 0;

		waitpid(pid[part], &status, 0);
		if (status == 0)
			continue;
		harness_fail("a worker died");
		if (!harness.planted)
			printf("%s: worker %u ended with status %#x\n",
			    harness.name, part, (unsigned)status);
	}
}

/* Run a program that must fail; its own report is shown, indented. */
static void
run_planted(const char *name, const char *program, const char *fault)
{
	char seed[24];
	int status = 0;
	pid_t pid;

	planted++;
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)harness.seed);
	fflush(NULL);
	if ((pid = fork()) == 0) {
		if (fault != NULL)
			execl(program, program, "--planted", "-s", seed,
			    "--fault", fault, (char *)NULL);
		else
			execl(program, program, "--planted", "-s", seed,
			    (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	/* 1 is a failure that was reported; a crash is seen as well. */
	if (pid > 0 &&
	    (WIFSIGNALED(status) ||
		(WIFEXITED(status) && WEXITSTATUS(status) == 1)))
		caught++;
	else
		printf("%s: missed: %s (status %#x)\n", harness.name, name,
		    (unsigned)status);
}

void
harness_plant(const char *fault)
{
	if (!harness.planted)
		run_planted(fault, "/proc/self/exe", fault);
}

int
harness_end(void)
{
	if (!harness.planted) {
		for (unsigned i = 0; i < n_plants; i++)
			run_planted(plants[i].name, plants[i].program, NULL);
		printf("%s: %lu run, %lu failed, %lu skipped,"
		       " %u planted/%u caught, %.1f seconds\n",
		    harness.name, shared->run, shared->failed, shared->skipped,
		    planted, caught, harness_seconds());
	}
	return shared->failed > 0 || planted != caught;
}

/* ---- Random numbers: splitmix64, repeatable ---- */

static uint64_t state;

void
random_start(uint64_t stream)
{
	state = harness.seed * 0x9e3779b97f4a7c15u + stream;
}

uint64_t
random_next(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint32_t
random_to(uint32_t below)
{
	return (uint32_t)(random_next() % below);
}

/* ---- A vault from inside ---- */

static void
dump_value(struct buf *out, sqlite3_stmt *row, int column)
{
	const uint8_t *bytes = sqlite3_column_blob(row, column);
	size_t len = (size_t)sqlite3_column_bytes(row, column);
	uint8_t sum[HASH_LEN];
	char hex[2 * HASH_LEN + 1];

	/* Long values by their hash: dumps are compared, not read. */
	if (len > HASH_LEN) {
		hash_bytes(sum, bytes, len);
		bytes = sum;
	}
	len = len > HASH_LEN ? HASH_LEN : len;
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	buf_putf(out, "|%d:", sqlite3_column_type(row, column));
	buf_put(out, hex, 2 * len);
}

/* The rows of one statement; an error is part of the dump. */
static int
dump_rows(struct buf *out, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *row = NULL;
	int r = sqlite3_prepare_v2(db, sql, -1, &row, NULL);

	while (r == SQLITE_OK || r == SQLITE_ROW) {
		if ((r = sqlite3_step(row)) != SQLITE_ROW)
			break;
		for (int i = 0; i < sqlite3_column_count(row); i++)
			dump_value(out, row, i);
		buf_put_byte(out, '\n');
	}
	sqlite3_finalize(row);
	if (r != SQLITE_DONE)
		buf_putf(out, "error %d\n", r);
	return r;
}

void
vault_dump(struct buf *out, struct vault *v, bool with_log)
{
	sqlite3_stmt *table = NULL;
	char sql[256];
	int r;

	buf_reset(out);
	if (store_read(v->store) != VAULT_OK) {
		buf_put_text(out, "error\n");
		return;
	}
	r = sqlite3_prepare_v2(v->store->db,
	    "SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name",
	    -1, &table, NULL);
	while (r == SQLITE_OK || r == SQLITE_ROW) {
		const char *name;

		if ((r = sqlite3_step(table)) != SQLITE_ROW)
			break;
		name = (const char *)sqlite3_column_text(table, 0);
		/* What is remembered of the file of keys is random. */
		if (!with_log &&
		    (strcmp(name, "log") == 0 || strcmp(name, "keys") == 0))
			continue;
		/* When a passphrase was changed is not what it is. */
		snprintf(sql, sizeof(sql), "SELECT %s FROM \"%.100s\"",
		    strcmp(name, "passphrase") == 0 && !with_log ? "slot,name"
								 : "*",
		    name);
		buf_putf(out, "%s\n", name);
		if (dump_rows(out, v->store->db, sql) != SQLITE_DONE)
			break;
	}
	if (r != SQLITE_DONE)
		buf_putf(out, "error %d\n", r);
	sqlite3_finalize(table);
	store_read_end(v->store);
}

static void
count_finding(void *ctx, enum vault_finding what, int64_t n)
{
	(void)what;
	(void)n;
	++*(unsigned *)ctx;
}

unsigned
vault_findings(struct vault *v, bool quick)
{
	unsigned n = 0;
	struct vault_check how = {
		.quick = quick, .ctx = &n, .found = count_finding
	};

	if (vault_check(v, &how) != VAULT_OK)
		n++;
	return n;
}

const char *
vault_stray(const char *in, bool journal_allowed)
{
	static char stray[300];
	const struct dirent *entry;
	DIR *dir = opendir(in_folder(in, "v"));
	unsigned seen = 0;

	if (dir == NULL)
		return "no folder";
	stray[0] = '\0';
	while ((entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, "keys") == 0 || strcmp(name, "cells.db") == 0)
			seen++;
		else if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    !(journal_allowed && strcmp(name, "cells.db-journal") == 0))
			snprintf(stray, sizeof(stray), "%s", name);
	}
	closedir(dir);
	if (stray[0] != '\0')
		return stray;
	return seen == 2 ? NULL : "a file is missing";
}

static const char *const files[] = { "v/keys", "v/cells.db",
	"v/cells.db-journal" };

void
vault_remove(const char *in)
{
	for (size_t i = 0; i < 3; i++)
		unlink(in_folder(in, files[i]));
	rmdir(in_folder(in, "v"));
}

void
vault_copy(const char *from, const char *to)
{
	vault_remove(to);
	if (mkdir(in_folder(to, "v"), 0700) != 0)
		harness_fail("mkdir: %s", strerror(errno));
	for (size_t i = 0; i < 3; i++)
		if (access(in_folder(from, files[i]), F_OK) == 0)
			file_copy(
			    in_folder(from, files[i]), in_folder(to, files[i]));
}
