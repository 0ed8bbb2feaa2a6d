/* SPDX-License-Identifier: ISC */
/*
 * lockstorm - the keys are taken away under writers at any moment.
 *
 * Writers in processes of their own attach the page of the keys and commit
 * in a loop.  The parent locks it after 0 to 20 ms, and kills them 5 ms
 * later.  Then
 *
 * 1. whoever ended by himself ended with "locked", and nothing else;
 * 2. the passphrase opens the vault again, and a full check is clean;
 * 3. no cell opens under the all-zero key, nor under the key of the cells
 *    with its first bytes zeroed, as a wipe under way would leave it.
 *
 * Both kinds of page are tried, that of memfd_secret and the plain one.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>
#include <sqlite3.h>

#include "core/buf.h"
#include "harness.h"
#include "inside.h"
#include "seal/keyring.h"
#include "seal/seal.h"
#include "store/cells.h"
#include "store/log.h"
#include "store/store.h"

#define LOCKS 1000
#define WRITERS 2

enum { LONGEST_US, ENDED_LOCKED, ENDED_KILLED, COMMITS, BAD_CELLS };

static char pristine[128], work[128];
static bool plain_page;

static void
write_until_locked(const struct vault_key *parents, int tell)
{
	struct vault_place place = { in_folder(work, "v"), NULL };
	int fd = dup(vault_key_fd(parents));
	static char text[30000];
	struct vault_fault fault;
	struct vault_key *key;
	enum vault_err err;
	struct vault *v;

	memset(text, 'w', sizeof(text));
	if ((err = vault_key_attach(&key, fd)) != VAULT_OK ||
	    (err = vault_open(&v, &place, key, &fault)) != VAULT_OK)
		_exit((int)err);
	for (size_t len = 100;; len = len * 7 % sizeof(text)) {
		if ((err = store_begin(v->store)) != VAULT_OK ||
		    (err = log_add(v->store, "w", text, len)) != VAULT_OK ||
		    (err = store_commit(v->store)) != VAULT_OK)
			break;
		if (write(tell, "c", 1) != 1)
			_exit(99);
	}
	_exit((int)err);
}

/* subkey("cell") of FORMAT.md, 3.1, from V and nothing of the library. */
static void
cell_key(uint8_t out[static 32], const struct vault_key *key)
{
	static const char label[] = "amparo 1 cell"; /* and its 0x00 */

	crypto_generichash(out, 32, (const uint8_t *)label, sizeof(label),
	    keyring_key(key->ring, KEY_VAULT), 32);
}

static bool
opens_under(const uint8_t *key, const uint8_t *body, int64_t n,
    const struct vault_key *ids)
{
	uint8_t ad[16 + 16 + 4 + 8], plain[CELL_PLAIN_LEN];

	memcpy(ad, keyring_vault_id(ids->ring), 16);
	memcpy(ad + 16, keyring_cells_id(ids->ring), 16);
	put_le32(ad + 32, 1);
	put_le64(ad + 36, (uint64_t)n);
	return crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
		   body + 24, CELL_LEN - 24, ad, sizeof(ad), body, key) == 0;
}

/* Cells sealed under a key that was being wiped, or was gone. */
static unsigned
bad_cells(const uint8_t good[static 32], const struct vault_key *ids)
{
	sqlite3_stmt *row = NULL;
	unsigned found = 0;
	sqlite3 *db;

	if (sqlite3_open_v2(in_folder(work, "v/cells.db"), &db,
		SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT n,body FROM cell", -1, &row, NULL) !=
		SQLITE_OK)
		harness_fail("cannot read the cells");
	while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
		const uint8_t *body = sqlite3_column_blob(row, 1);
		int64_t n = sqlite3_column_int64(row, 0);
		uint8_t torn[32];

		memcpy(torn, good, sizeof(torn));
		for (size_t i = 0; i < sizeof(torn); i++) {
			torn[i] = 0;
			/* A zero there already: this is the good key. */
			if (memcmp(torn, good, sizeof(torn)) != 0 &&
			    opens_under(torn, body, n, ids)) {
				found++;
				break;
			}
		}
	}
	sqlite3_finalize(row);
	sqlite3_close(db);
	return found;
}

static struct vault_key *
unlock(void)
{
	struct vault_place place = { in_folder(work, "v"), NULL };
	struct secret *pass = secret_text("dusk");
	enum vault_keys_state state;
	struct vault_key *key;
	enum vault_err err;

	err = vault_key_unlock(&key, &state, &place, pass);
	secret_free(pass);
	if (err != VAULT_OK)
		harness_fail("does not unlock: %s", vault_strerror(err));
	return key;
}

static void
look(const uint8_t good[static 32])
{
	struct vault_place place = { in_folder(work, "v"), NULL };
	struct vault_key *key = unlock();
	struct vault_fault fault;
	enum vault_err err;
	struct vault *v;
	unsigned bad;

	if (key == NULL)
		return;
	/* Opening rolls back first, so that the cells are those that count. */
	if ((err = vault_open(&v, &place, key, &fault)) != VAULT_OK)
		harness_fail("does not open: %s", vault_strerror(err));
	else if (vault_findings(v, false) > 0)
		harness_fail("is not clean");
	vault_close(v);
	if ((bad = bad_cells(good, key)) > 0) {
		harness_add(BAD_CELLS, bad);
		harness_fail("%u cells under a wiped key", bad);
	}
	vault_key_free(key);
}

static void
end(pid_t pid)
{
	int status = 0;

	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid)
		harness_fail("waitpid: %s", strerror(errno));
	else if (WIFEXITED(status) && WEXITSTATUS(status) == VAULT_ELOCKED)
		harness_add(ENDED_LOCKED, 1);
	else if (WIFEXITED(status))
		harness_fail("a writer ended with %d", WEXITSTATUS(status));
	else if (WTERMSIG(status) != SIGKILL)
		harness_fail("a writer crashed: signal %d", WTERMSIG(status));
	else
		harness_add(ENDED_KILLED, 1);
}

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
lock_once(void)
{
	struct vault_key *key;
	uint8_t good[32];
	pid_t pid[WRITERS];
	char commits[4096];
	double from;
	int tell[2];
	ssize_t n;

	vault_copy(pristine, work);
	if ((key = unlock()) == NULL)
		return;
	cell_key(good, key);
	if (pipe(tell) != 0) {
		perror("pipe");
		exit(2);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		if ((pid[i] = fork()) < 0) {
			perror("fork");
			exit(2);
		}
		if (pid[i] == 0)
			write_until_locked(key, tell[1]);
	}
	close(tell[1]);
	usleep(random_to(20000));
	from = now_us();
	vault_key_lock(key);
	harness_most(LONGEST_US, (unsigned long)(now_us() - from));
	usleep(5000);
	for (unsigned i = 0; i < WRITERS; i++)
		end(pid[i]);
	while ((n = read(tell[0], commits, sizeof(commits))) > 0)
		harness_add(COMMITS, (unsigned long)n);
	close(tell[0]);
	vault_key_free(key);
	look(good);
}

static void
rounds(unsigned part, unsigned parts)
{
	unsigned locks = harness.draws > 0 ? harness.draws : LOCKS;

	snprintf(work, sizeof(work), "%s/work%u", harness.folder, part);
	mkdir(work, 0700);
	keyring_test_plain(plain_page);
	for (unsigned i = part; i < locks && !harness_stop(); i += parts) {
		harness_count(1);
		lock_once();
	}
}

static bool
has_secret_memory(void)
{
	long fd = syscall(SYS_memfd_secret, O_CLOEXEC);

	if (fd >= 0)
		close((int)fd);
	return fd >= 0;
}

int
main(int argc, char **argv)
{
	harness_start("lockstorm", argc, argv);
	snprintf(pristine, sizeof(pristine), "%s/pristine", harness.folder);
	mkdir(pristine, 0700);
	vault_make(pristine);
	do {
		for (int plain = 0; plain < 2 && !harness_stop(); plain++) {
			plain_page = plain == 1;
			if (!plain_page && !has_secret_memory())
				harness_skip("memfd_secret", "not offered");
			else
				harness_split(rounds);
		}
		harness.seed++;
	} while (harness_seconds() < harness.seconds && !harness_stop());
	if (!harness.planted)
		printf("  longest lock %lu us; %lu writers ended locked, %lu"
		       " were killed; %lu commits before\n",
		    harness_number(LONGEST_US), harness_number(ENDED_LOCKED),
		    harness_number(ENDED_KILLED), harness_number(COMMITS));
	else
		printf("  %lu cells under a wiped key after %lu commits\n",
		    harness_number(BAD_CELLS), harness_number(COMMITS));
	return harness_end();
}
