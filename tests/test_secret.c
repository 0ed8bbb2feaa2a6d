/* SPDX-License-Identifier: ISC */
/* Memory for keys: apart from each other, locked, wiped, and nobody's twice. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/secret.h"
#include "support.h"

#define MANY 300 /* more than there are places in the room */

static bool
is_all(const struct secret *s, uint8_t byte)
{
	for (size_t i = 0; i < secret_len(s); i++)
		if (secret_view(s)[i] != byte)
			return false;
	return true;
}

static void
none_shares_its_bytes_with_another(void **state)
{
	static const size_t lengths[] = { 1, 32, 64, 65, 4096 };
	struct secret *all[MANY];

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		all[i] = secret_new(lengths[i % 5]);
		assert_non_null(all[i]);
		assert_true(is_all(all[i], 0));
		memset(secret_bytes(all[i]), (int)(1 + i % 255),
		    secret_len(all[i]));
	}
	for (size_t i = 0; i < MANY; i++)
		assert_true(is_all(all[i], (uint8_t)(1 + i % 255)));
	for (size_t i = 0; i < MANY; i += 2)
		secret_free(all[i]);
	for (size_t i = 1; i < MANY; i += 2)
		assert_true(is_all(all[i], (uint8_t)(1 + i % 255)));
	for (size_t i = 0; i < MANY; i += 2) {
		all[i] = secret_new(lengths[i % 5]);
		assert_true(is_all(all[i], 0)); /* wiped when it was freed */
	}
	for (size_t i = 0; i < MANY; i++)
		secret_free(all[i]);
	secret_free(NULL);
}

static void
every_one_is_locked(void **state)
{
	struct secret *first = secret_new(32), *all[MANY];

	(void)state;
	/* Where the system refuses, none is. */
	for (size_t i = 0; i < MANY; i++) {
		all[i] = secret_new(64);
		assert_int_equal(
		    secret_is_locked(all[i]), secret_is_locked(first));
	}
	for (size_t i = 0; i < MANY; i++)
		secret_free(all[i]);
	secret_free(first);
}

/* Does a process end well that writes one byte too many behind so many? */
static bool
bears(size_t len)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		struct secret *s = secret_new(len);

		/* cmocka would take them for a failure of the test. */
		signal(SIGSEGV, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		secret_bytes(s)[len] ^= 1;
		secret_free(s);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
writing_over_the_end_ends_the_process(void **state)
{
	(void)state;
	assert_false(bears(64));
	assert_false(bears(4096));
}

static void *
take_and_give(void *arg)
{
	uint8_t mine = *(const uint8_t *)arg;
	struct secret *some[40];

	for (unsigned round = 0; round < 500; round++) {
		for (size_t i = 0; i < 40; i++) {
			some[i] = secret_new(32);
			if (!is_all(some[i], 0))
				return arg;
			memset(secret_bytes(some[i]), mine, 32);
		}
		for (size_t i = 0; i < 40; i++) {
			if (!is_all(some[i], mine))
				return arg;
			secret_free(some[i]);
		}
	}
	return NULL;
}

static void
threads_never_get_the_same(void **state)
{
	static const uint8_t names[] = { 1, 2, 3, 4, 5, 6 };
	pthread_t threads[6];
	void *wrong;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
				     take_and_give, (void *)&names[i]),
		    0);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_shares_its_bytes_with_another),
		cmocka_unit_test(every_one_is_locked),
		cmocka_unit_test(writing_over_the_end_ends_the_process),
		cmocka_unit_test(threads_never_get_the_same),
	};

	if (vault_setup() != VAULT_OK)
		return 1;
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
