/* SPDX-License-Identifier: ISC */
/* Files in records: whole, in order, of that record, or not at all. */
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/io.h"
#include "core/worker.h"
#include "inside.h"
#include "record/attach.h"
#include "store/inner.h"
#include "store/sql.h"
#include "support.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

struct fixture {
	struct opened o;
	char *folder;
	char id[VAULT_ID_LEN];
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

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->folder = folder_new();
	vault_make(f->folder);
	assert_ok(vault_try(&f->o, f->folder, "dusk"));
	add(f->id, f->o.vault, "Teng Biao");
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	attach_test_commit(ATTACH_COMMIT);
	clock_test_set(-1);
	vault_done(&f->o);
	folder_free(f->folder);
	free(f);
	return 0;
}

/* ---- Bytes that say where they stand ---- */

struct stream {
	uint64_t at, size;
	uint64_t fails_at; /* 0: never */
	uint64_t stops_at; /* the progress gives up; 0: never */
	uint64_t dies_at;  /* the process ends at once; 0: never */
	uint8_t kind;
};

static uint8_t
byte_at(uint64_t at, uint8_t kind)
{
	return (uint8_t)(at * 131 + at / 65536 * 7 + kind);
}

static enum vault_err
give(void *ctx, void *to, size_t len, size_t *got)
{
	struct stream *s = ctx;
	uint8_t *bytes = to;
	size_t n = len < 50000 ? len : 50000; /* short reads */

	if (s->dies_at > 0 && s->at >= s->dies_at)
		_exit(7);
	if (s->fails_at > 0 && s->at >= s->fails_at)
		return VAULT_EIO;
	if (n > s->size - s->at)
		n = (size_t)(s->size - s->at);
	for (size_t i = 0; i < n; i++)
		bytes[i] = byte_at(s->at + i, s->kind);
	s->at += n;
	*got = n;
	return VAULT_OK;
}

static bool
go_on(void *ctx, uint64_t done, uint64_t total)
{
	const struct stream *s = ctx;

	assert_true(done <= total);
	return s->stops_at == 0 || done < s->stops_at;
}

/* What comes out is always a beginning of what went in. */
static enum vault_err
take(void *ctx, const void *bytes, size_t len)
{
	struct stream *s = ctx;
	const uint8_t *b = bytes;

	for (size_t i = 0; i < len; i++)
		if (b[i] != byte_at(s->at + i, s->kind))
			fail_msg("byte %llu is another",
			    (unsigned long long)(s->at + i));
	s->at += len;
	return VAULT_OK;
}

static enum vault_err
attach(struct vault *v, const char *id, const char *name, struct stream *s)
{
	struct vault_source from = { s, give, go_on, s->size };

	return vault_attach(v, id, name, &from);
}

static enum vault_err
extract(struct vault *v, const char *id, const char *name, struct stream *s)
{
	struct vault_sink to = { s, take, NULL };

	s->at = 0;
	return vault_extract(v, id, name, 0, &to);
}

static enum vault_err
extract_number(struct vault *v, const char *id, const char *name,
    unsigned number, struct stream *s)
{
	struct vault_sink to = { s, take, NULL };

	s->at = 0;
	return vault_extract(v, id, name, number, &to);
}

struct listed {
	unsigned n;
	char sha256[4][65];
	uint64_t size[4];
};

static bool
list_one(void *ctx, const struct vault_attachment *a)
{
	struct listed *l = ctx;

	assert_true(a->here);
	if (l->n < 4) {
		memcpy(l->sha256[l->n], a->sha256, 65);
		l->size[l->n] = a->size;
	}
	l->n++;
	return true;
}

static struct listed
list(struct vault *v, const char *id)
{
	struct listed l = { 0 };

	assert_ok(vault_attachments(v, id, list_one, &l));
	return l;
}

/* Run SQL on the inner database, as a bug or another program of ours would. */
static void
inner_sql(struct vault *v, const char *sql)
{
	char *message = NULL;

	assert_ok(store_begin(v->store));
	if (sqlite3_exec(v->store->db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	assert_ok(store_commit(v->store));
}

static int64_t
inner_number(struct vault *v, const char *sql)
{
	sqlite3_stmt *q;
	int64_t n;

	assert_ok(store_read(v->store));
	assert_int_equal(
	    sqlite3_prepare_v2(v->store->db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	store_read_end(v->store);
	return n;
}

static void
found(void *ctx, enum vault_finding what, int64_t n)
{
	print_message("finding %d at %lld\n", (int)what, (long long)n);
	++*(unsigned *)ctx;
}

static void
assert_clean(struct vault *v)
{
	unsigned n = 0;
	struct vault_check how = { .ctx = &n, .found = found };

	assert_ok(vault_check(v, &how));
	assert_int_equal(n, 0);
}

/* ---- Tests ---- */

static void
every_size_comes_back_whole(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 65535, 65536, 65537, 131071,
		131072, 131073, 1048576 };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct stream s = { .size = sizes[i], .kind = (uint8_t)i };
		char name[20];

		snprintf(name, sizeof(name), "file %zu", i);
		assert_ok(attach(f->o.vault, f->id, name, &s));
		assert_ok(extract(f->o.vault, f->id, name, &s));
		assert_int_equal(s.at, sizes[i]);
	}
	assert_int_equal(list(f->o.vault, f->id).n, 9);
	vault_done(&f->o);
	assert_ok(vault_try(&f->o, f->folder, "dusk"));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct stream s = { .kind = (uint8_t)i };
		char name[20];

		snprintf(name, sizeof(name), "file %zu", i);
		assert_ok(extract(f->o.vault, f->id, name, &s));
		assert_int_equal(s.at, sizes[i]);
	}
	assert_clean(f->o.vault);
}

static void
the_hash_is_the_one_the_world_knows(void **state)
{
	static const char *const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae4"
					 "1e4649b934ca495991b7852b855";
	struct fixture *f = *state;
	struct stream s = { .size = 0 };

	assert_ok(attach(f->o.vault, f->id, "nothing", &s));
	assert_string_equal(list(f->o.vault, f->id).sha256[0], empty);
}

static void
an_edit_keeps_what_is_attached(void **state)
{
	static const char json[] =
	    "{\"type\":\"person\",\"names\":[{\"text\":\"Another\"}]}";
	struct fixture *f = *state;
	struct stream s = { .size = 1000 };
	struct vault_report *report;
	struct vault_record r;

	assert_ok(attach(f->o.vault, f->id, "a", &s));
	assert_ok(vault_report_new(&report));
	assert_ok(vault_get(&r, f->o.vault, f->id));
	assert_ok(vault_edit(f->o.vault, &r, report, json, strlen(json)));
	vault_record_free(&r);
	vault_report_free(report);
	assert_int_equal(list(f->o.vault, f->id).n, 1);
	assert_ok(extract(f->o.vault, f->id, "a", &s));
	assert_int_equal(s.at, 1000);
}

/*
 * Two files of four chunks each in two records: rows 1 and 2.  Chunk i of
 * row n is n * 2^24 + i.
 */
#define C(n, i) "(" #n "*16777216+" #i ")"
#define PART(n) "(SELECT part FROM attachment WHERE num=" #n ")"
#define EXCHANGE(a, b)                                                         \
	"UPDATE chunk SET num=-1 WHERE num=" a ";"                             \
	"UPDATE chunk SET num=" a " WHERE num=" b ";"                          \
	"UPDATE chunk SET num=" b " WHERE num=-1"
#define COPY(to, from)                                                         \
	"UPDATE chunk SET body=(SELECT body FROM chunk WHERE num=" from        \
	") WHERE num=" to

static void
chunks_out_of_their_place_are_refused(void **state)
{
	static const char *const changes[] = {
		EXCHANGE(C(1, 0), C(1, 1)),
		EXCHANGE(C(1, 2), C(1, 3)),
		/* The same place in another file, of this record and not. */
		EXCHANGE(C(1, 1), C(2, 1)),
		EXCHANGE(C(1, 3), C(2, 3)),
		EXCHANGE(C(1, 1), C(3, 1)),
		COPY(C(1, 1), C(1, 0)),
		COPY(C(1, 3), C(1, 2)),
		"DELETE FROM chunk WHERE num=" C(1, 0),
		"DELETE FROM chunk WHERE num=" C(1, 1),
		"DELETE FROM chunk WHERE num=" C(1, 3),
		/* One left out, and the rest moved up. */
		"DELETE FROM chunk WHERE num=" C(
		    1, 1) ";"
			  "UPDATE chunk SET num=" C(1, 1) " WHERE num=" C(
			      1, 2) ";"
				    "UPDATE chunk SET num=" C(
					1, 2) " WHERE num=" C(1, 3),
		/* Cut, and made longer, and empty. */
		"UPDATE chunk SET body=substr(body,1,length(body)-1)"
		" WHERE num=" C(1, 3),
		"UPDATE chunk SET body=substr(body,1,length(body)-1)"
		" WHERE num=" C(1, 0),
		"UPDATE chunk SET body=CAST(body||x'00' AS BLOB)"
		" WHERE num=" C(1, 3),
		"UPDATE chunk SET body=x'' WHERE num=" C(1, 3),
		"UPDATE chunk SET body=CAST(substr(body,2)||substr(body,1,1)"
		" AS BLOB)"
		" WHERE num=" C(1, 0),
		/* What the row says of them. */
		"UPDATE attachment SET chunks=3 WHERE num=1",
		"UPDATE attachment SET part=" PART(2) " WHERE num=1",
		"UPDATE attachment SET part=NULL WHERE num=1",
		"UPDATE attachment SET id=randomblob(16) WHERE num=1",
		"UPDATE attachment SET num=9 WHERE num=1",
		"UPDATE attachment SET record=2 WHERE num=1",
	};
	struct fixture *f = *state;
	char other[VAULT_ID_LEN];
	struct stream s = { .size = 200000, .kind = 1 };

	add(other, f->o.vault, "Li Tiantian");
	assert_ok(attach(f->o.vault, f->id, "one", &s));
	s = (struct stream){ .size = 200000, .kind = 2 };
	assert_ok(attach(f->o.vault, f->id, "two", &s));
	s = (struct stream){ .size = 200000, .kind = 1 };
	assert_ok(attach(f->o.vault, other, "three", &s));
	vault_done(&f->o);
	file_copy(in_folder(f->folder, "v/cells.db"),
	    in_folder(f->folder, "good.db"));
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		enum vault_err err;

		file_copy(in_folder(f->folder, "good.db"),
		    in_folder(f->folder, "v/cells.db"));
		assert_ok(vault_try(&f->o, f->folder, "dusk"));
		s = (struct stream){ .kind = 1 };
		assert_ok(extract(f->o.vault, f->id, "one", &s));
		inner_sql(f->o.vault, changes[i]);
		err = extract(f->o.vault, f->id, "one", &s);
		if (err != VAULT_EDAMAGED && err != VAULT_EABSENT)
			fail_msg("%s: %s", changes[i], vault_strerror(err));
		vault_done(&f->o);
	}
	assert_ok(vault_try(&f->o, f->folder, "dusk"));
}

static void
a_chunk_beyond_the_end_is_not_read(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .size = 131072 };

	assert_ok(attach(f->o.vault, f->id, "a", &s));
	inner_sql(f->o.vault,
	    "INSERT INTO chunk SELECT " C(1, 2) ",body FROM chunk"
						" WHERE num=" C(1, 1));
	assert_ok(extract(f->o.vault, f->id, "a", &s));
	assert_int_equal(s.at, 131072);
}

static void
two_of_one_name_are_both_kept(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .size = 1000, .kind = 1 };
	struct listed l;

	clock_test_set(1000);
	assert_ok(attach(f->o.vault, f->id, "scan.pdf", &s));
	clock_test_set(2000);
	s = (struct stream){ .size = 1000, .kind = 2 };
	assert_ok(attach(f->o.vault, f->id, "scan.pdf", &s));
	l = list(f->o.vault, f->id);
	assert_int_equal(l.n, 2);
	assert_string_not_equal(l.sha256[0], l.sha256[1]);
	/* None is handed out unless it is said which; then whole. */
	assert_int_equal(
	    extract(f->o.vault, f->id, "scan.pdf", &s), VAULT_ECONFLICT);
	assert_int_equal(s.at, 0);
	for (unsigned number = 1; number <= 2; number++) {
		s.kind = (uint8_t)number;
		assert_ok(
		    extract_number(f->o.vault, f->id, "scan.pdf", number, &s));
		assert_int_equal(s.at, 1000);
	}
	assert_int_equal(extract_number(f->o.vault, f->id, "scan.pdf", 3, &s),
	    VAULT_EABSENT);
}

static void
the_same_file_twice_is_listed_twice(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .size = 100 };
	struct listed l;

	assert_ok(attach(f->o.vault, f->id, "a", &s));
	s = (struct stream){ .size = 100 };
	assert_ok(attach(f->o.vault, f->id, "b", &s));
	l = list(f->o.vault, f->id);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.sha256[0], l.sha256[1]);
}

static void
bad_names_and_unknown_records_are_refused(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .size = 10 };
	char name[300], unknown[VAULT_ID_LEN];

	assert_int_equal(attach(f->o.vault, f->id, "", &s), VAULT_EUSE);
	memset(name, 'a', sizeof(name));
	name[256] = '\0';
	assert_int_equal(attach(f->o.vault, f->id, name, &s), VAULT_EUSE);
	name[255] = '\0';
	assert_ok(attach(f->o.vault, f->id, name, &s));
	memcpy(unknown, f->id, sizeof(unknown));
	unknown[20] = unknown[20] == 'a' ? 'b' : 'a';
	assert_int_equal(attach(f->o.vault, unknown, "a", &s), VAULT_ENORECORD);
	assert_int_equal(
	    extract(f->o.vault, f->id, "not there", &s), VAULT_EABSENT);
	assert_int_equal(
	    extract(f->o.vault, unknown, "a", &s), VAULT_ENORECORD);
}

static void
an_interruption_leaves_nothing_to_be_seen(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .size = 400000, .fails_at = 300000 };
	struct vault_record before, after;

	attach_test_commit(1);
	assert_ok(vault_get(&before, f->o.vault, f->id));
	assert_int_equal(attach(f->o.vault, f->id, "a", &s), VAULT_EIO);
	s = (struct stream){ .size = 400000, .stops_at = 200000 };
	assert_int_equal(attach(f->o.vault, f->id, "a", &s), VAULT_ECANCELED);
	assert_int_equal(
	    inner_number(f->o.vault, "SELECT count(*) FROM chunk"), 0);
	assert_int_equal(
	    inner_number(f->o.vault, "SELECT count(*) FROM attachment"), 0);
	assert_int_equal(list(f->o.vault, f->id).n, 0);
	assert_int_equal(extract(f->o.vault, f->id, "a", &s), VAULT_EABSENT);
	assert_ok(vault_get(&after, f->o.vault, f->id));
	assert_string_equal(buf_text(&before.body), buf_text(&after.body));
	assert_memory_equal(
	    before.heads.bytes, after.heads.bytes, before.heads.len);
	vault_record_free(&before);
	vault_record_free(&after);
	assert_clean(f->o.vault);
	s = (struct stream){ .size = 400000 };
	assert_ok(attach(f->o.vault, f->id, "a", &s));
	assert_ok(extract(f->o.vault, f->id, "a", &s));
	assert_int_equal(s.at, 400000);
}

static const char unfinished[] =
    "SELECT count(*) FROM attachment WHERE hash IS NULL";

/* A process that dies in the midst of it; more than one step of sweeping. */
static void
attach_and_die(struct fixture *f)
{
	struct stream s = { .size = 6000000, .dies_at = 5000000 };
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct opened o;

		if (vault_try(&o, f->folder, "dusk") == VAULT_OK)
			(void)!attach(o.vault, f->id, "a", &s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_true(
	    inner_number(f->o.vault, "SELECT count(*) FROM chunk") > 64);
	assert_int_equal(inner_number(f->o.vault, unfinished), 1);
}

static void
what_a_killed_one_left_goes_at_the_next_opening(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .size = 70000 };

	attach_test_commit(1);
	assert_ok(attach(f->o.vault, f->id, "b", &s));
	attach_and_die(f);
	vault_tidy(f->o.vault);
	assert_int_equal(inner_number(f->o.vault, unfinished), 0);
	assert_int_equal(
	    inner_number(f->o.vault, "SELECT count(*) FROM chunk"), 2);
	s = (struct stream){ 0 };
	assert_ok(extract(f->o.vault, f->id, "b", &s));
	assert_int_equal(s.at, 70000);
	assert_clean(f->o.vault);
}

/* Who stages holds the folder; where that says nothing a day has to pass. */
static void
what_somebody_may_be_at_is_left_for_a_day(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .size = 70000 };
	int held;

	clock_test_set(1000000);
	attach_test_commit(1);
	attach_and_die(f);
	assert_ok(io_hold(&held, f->o.vault->folder, false));
	vault_tidy(f->o.vault);
	assert_int_equal(inner_number(f->o.vault, unfinished), 1);
	clock_test_set(1000000 + 3600);
	assert_ok(attach(f->o.vault, f->id, "b", &s));
	assert_int_equal(inner_number(f->o.vault, unfinished), 1);
	clock_test_set(1000000 + 25 * 3600);
	s = (struct stream){ .size = 10 };
	assert_ok(attach(f->o.vault, f->id, "c", &s));
	assert_int_equal(inner_number(f->o.vault, unfinished), 0);
	assert_int_equal(
	    inner_number(f->o.vault, "SELECT count(*) FROM chunk"), 3);
	io_close(held);
	assert_clean(f->o.vault);
}

/* ---- Memory ---- */

#define BIG ((uint64_t)256 * 1024 * 1024)

/* The most memory that this process has had, in KiB. */
static long
most_memory(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[200];
	long kib = -1;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	fclose(file);
	return kib;
}

static int
attach_big(const struct fixture *f)
{
	struct stream s = { .size = BIG };
	struct opened o;

	if (vault_try(&o, f->folder, "dusk") != VAULT_OK ||
	    attach(o.vault, f->id, "big", &s) != VAULT_OK)
		return 1;
	if (extract(o.vault, f->id, "big", &s) != VAULT_OK || s.at != BIG)
		return 2;
	vault_done(&o);
	print_message("256 MiB in and out: %ld KiB at most\n", most_memory());
	fflush(stdout);
	return most_memory() < 64 * 1024 ? 0 : 3;
}

static void
a_big_file_takes_little_memory(void **state)
{
	struct fixture *f = *state;
	struct statvfs disk;
	int status = 0;
	pid_t pid;

	if (SANITIZED) {
		print_message("skipped: 256 MiB: memory under a sanitizer"
			      " says nothing\n");
		skip();
	}
	if (statvfs(f->folder, &disk) != 0 ||
	    (uint64_t)disk.f_bavail * disk.f_frsize < 3 * BIG) {
		print_message("skipped: 256 MiB: less than 768 MiB of disk\n");
		skip();
	}
	vault_done(&f->o);
	fflush(NULL);
	if ((pid = fork()) == 0)
		_exit(attach_big(f));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* ---- Files of many chunks: a second thread works ahead ---- */

#define LONG_CHUNKS 40
#define LONG_SIZE ((uint64_t)LONG_CHUNKS * 65536 - 1000)

static enum vault_err
take_until(void *ctx, const void *bytes, size_t len)
{
	struct stream *s = ctx;

	return s->at >= s->fails_at ? VAULT_ESPACE : take(ctx, bytes, len);
}

/* What comes out before a bad chunk is right; of it and behind it nothing. */
static void
long_files(struct fixture *f, const char *name)
{
	static const unsigned places[] = { 0, 1, 7, 8, 16, 23, 38, 39 };
	struct stream s = { .size = LONG_SIZE, .kind = 3 };
	struct vault_sink to = { &s, take_until, NULL };
	struct vault *v = f->o.vault;
	char sql[160];
	int64_t num;

	assert_ok(attach(v, f->id, name, &s));
	assert_ok(extract(v, f->id, name, &s));
	assert_int_equal(s.at, LONG_SIZE);

	/* The sink stops it in the middle, and hears no more. */
	s = (struct stream){ .kind = 3, .fails_at = 20 * 65536 };
	assert_int_equal(vault_extract(v, f->id, name, 0, &to), VAULT_ESPACE);
	assert_int_equal(s.at, 20 * 65536);

	num = inner_number(v, "SELECT max(num) FROM attachment");
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(sql, sizeof(sql),
		    "UPDATE chunk SET body=CAST(substr(body,2)"
		    "||substr(body,1,1) AS BLOB) WHERE num=%lld",
		    (long long)(num << 24) + places[i]);
		inner_sql(v, sql);
		s = (struct stream){ .kind = 3 };
		assert_int_equal(extract(v, f->id, name, &s), VAULT_EDAMAGED);
		assert_true(s.at <= places[i] * UINT64_C(65536));
		snprintf(sql, sizeof(sql),
		    "UPDATE chunk SET body=CAST(substr(body,-1)"
		    "||substr(body,1,length(body)-1) AS BLOB) WHERE num=%lld",
		    (long long)(num << 24) + places[i]);
		inner_sql(v, sql);
		assert_ok(extract(v, f->id, name, &s));
		assert_int_equal(s.at, LONG_SIZE);
	}
}

static void
a_bad_chunk_ends_a_long_file_where_it_is(void **state)
{
	long_files(*state, "long");
}

static void
without_a_thread_it_is_the_same(void **state)
{
	worker_test_alone(true);
	long_files(*state, "long");
	worker_test_alone(false);
}

/* All chunks are right, and together they are not what was signed. */
static void
a_wrong_hash_is_told_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .size = LONG_SIZE, .kind = 4 };
	struct vault *v = f->o.vault;
	uint8_t id[ID_LEN], hash[HASH_LEN];
	const uint8_t *bytes;
	struct record_row r;
	struct attach_row a;
	struct chunks *c;
	enum vault_err err;
	struct sql *q;
	size_t len, sum = 0;
	bool row;

	assert_ok(attach(v, f->id, "long", &s));
	assert_ok(id_parse(id, f->id, strlen(f->id)));
	assert_ok(rows_find(&r, v->store, id));
	q = sql_open(v->store, "SELECT hash FROM attachment");
	assert_ok(sql_step(q, &row));
	assert_ok(sql_copy(q, 0, hash, HASH_LEN));
	sql_close(q);
	assert_ok(attach_find(&a, v->store, &r, hash));
	a.sha256[31] ^= 1;
	assert_ok(attach_open(&c, v->store, &r, &a));
	while ((err = chunks_get(c, &bytes, &len)) == VAULT_OK && len > 0)
		sum += len;
	assert_int_equal(err, VAULT_EDAMAGED);
	assert_int_equal(sum, LONG_SIZE);
	chunks_free(c);
	attach_row_free(&a);
}

/* Given up in the middle: the thread ends, and what it had is wiped. */
static void
a_long_file_can_be_given_up_anywhere(void **state)
{
	struct fixture *f = *state;
	struct stream s;

	for (uint64_t at = 65536; at < LONG_SIZE; at += 5 * 65536) {
		s = (struct stream){ .size = LONG_SIZE, .stops_at = at };
		assert_int_equal(
		    attach(f->o.vault, f->id, "long", &s), VAULT_ECANCELED);
		s = (struct stream){ .size = LONG_SIZE, .fails_at = at };
		assert_int_equal(
		    attach(f->o.vault, f->id, "long", &s), VAULT_EIO);
		assert_int_equal(
		    inner_number(f->o.vault, "SELECT count(*) FROM chunk"), 0);
	}
}

int
main(void)
{
#define with_vault(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		with_vault(every_size_comes_back_whole),
		with_vault(the_hash_is_the_one_the_world_knows),
		with_vault(an_edit_keeps_what_is_attached),
		with_vault(chunks_out_of_their_place_are_refused),
		with_vault(a_chunk_beyond_the_end_is_not_read),
		with_vault(two_of_one_name_are_both_kept),
		with_vault(the_same_file_twice_is_listed_twice),
		with_vault(bad_names_and_unknown_records_are_refused),
		with_vault(an_interruption_leaves_nothing_to_be_seen),
		with_vault(what_a_killed_one_left_goes_at_the_next_opening),
		with_vault(what_somebody_may_be_at_is_left_for_a_day),
		with_vault(a_bad_chunk_ends_a_long_file_where_it_is),
		with_vault(without_a_thread_it_is_the_same),
		with_vault(a_wrong_hash_is_told_at_the_end),
		with_vault(a_long_file_can_be_given_up_anywhere),
		with_vault(a_big_file_takes_little_memory),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
