/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "core/worker.h"

#define ROUNDS 8000

/* What the jobs of an ordered worker leave to each other. */
struct chain {
	uint64_t value;
	unsigned inside; /* more than one: two jobs at a time */
	bool broken;
};

struct task {
	struct chain *chain;
	uint64_t number, result;
	unsigned spin;
	pthread_t by;
	sigset_t blocked;
};

static _Atomic unsigned begun, ended;

static uint64_t
mix(uint64_t a, uint64_t b)
{
	return (a ^ b) * UINT64_C(0x9e3779b97f4a7c15) + (a >> 7);
}

static void
spin(unsigned n)
{
	for (volatile unsigned i = 0; i < n; i++)
		;
}

static void
alone_job(void *arg)
{
	struct task *t = arg;

	atomic_fetch_add(&begun, 1);
	spin(t->spin);
	t->result = mix(t->number, 1);
	t->by = pthread_self();
	pthread_sigmask(SIG_SETMASK, NULL, &t->blocked);
	atomic_fetch_add(&ended, 1);
}

static void
chain_job(void *arg)
{
	/* Longer than a thread may wait for a processor that others use. */
	const struct timespec pause = { 0, 1000000 };
	struct task *t = arg;
	uint64_t before = t->chain->value;

	t->chain->broken |= ++t->chain->inside != 1;
	spin(t->spin);
	if (t->number % 64 == 0)
		nanosleep(&pause, NULL);
	t->chain->value = t->result = mix(before, t->number);
	t->chain->inside--;
}

/* ROUNDS jobs, some short and some long; each comes back as it should. */
static void
run_all(bool in_order)
{
	/* A job may go on when an assertion has ended this function. */
	static struct task tasks[WORKER_JOBS];
	static struct chain chain;
	struct worker *w = worker_new(in_order);
	uint64_t expect = 0, took = 0;

	assert_non_null(w);
	memset(tasks, 0, sizeof(tasks));
	memset(&chain, 0, sizeof(chain));
	for (uint64_t put = 0; took < ROUNDS;) {
		size_t room = WORKER_JOBS - worker_out(w);
		struct task *t;

		for (size_t n = room == 0 ? 0 : (size_t)rand() % room + 1;
		     n > 0 && put < ROUNDS; n--, put++) {
			t = &tasks[put % WORKER_JOBS];
			t->chain = &chain;
			t->number = put;
			t->spin = (unsigned)rand() % 20000;
			worker_put(w, in_order ? chain_job : alone_job, t);
		}
		for (size_t n = (size_t)rand() % WORKER_JOBS + 1;
		     n > 0 && worker_out(w) > 0; n--, took++) {
			t = worker_take(w);
			assert_int_equal(t->number, took);
			expect = in_order ? mix(expect, took) : mix(took, 1);
			assert_true(t->result == expect);
		}
	}
	assert_false(chain.broken);
	worker_free(w);
}

static void
side_by_side_they_come_back_in_order(void **state)
{
	(void)state;
	run_all(false);
}

static void
in_order_none_overlaps_another(void **state)
{
	(void)state;
	run_all(true);
}

static void
without_a_thread_the_caller_does_all(void **state)
{
	struct task t[6] = { 0 };
	struct worker *w;

	(void)state;
	worker_test_alone(true);
	run_all(false);
	run_all(true);
	assert_non_null(w = worker_new(false));
	for (size_t i = 0; i < 6; i++)
		worker_put(w, alone_job, &t[i]);
	for (size_t i = 0; i < 6; i++) {
		assert_ptr_equal(worker_take(w), &t[i]);
		assert_true(pthread_equal(t[i].by, pthread_self()));
	}
	worker_free(w);
	worker_test_alone(false);
}

/* A signal that ends up elsewhere would not interrupt what the caller does. */
static void
the_thread_takes_no_signals(void **state)
{
	static struct task t[WORKER_JOBS];
	struct worker *w = worker_new(true);
	bool elsewhere = false;
	sigset_t mine;

	(void)state;
	assert_non_null(w);
	for (size_t i = 0; i < WORKER_JOBS; i++)
		worker_put(w, alone_job, &t[i]);
	for (size_t i = 0; i < WORKER_JOBS; i++) {
		(void)worker_take(w);
		if (pthread_equal(t[i].by, pthread_self()))
			continue;
		elsewhere = true;
		assert_true(sigismember(&t[i].blocked, SIGINT));
		assert_true(sigismember(&t[i].blocked, SIGTERM));
		assert_true(sigismember(&t[i].blocked, SIGUSR1));
	}
	assert_true(elsewhere);
	pthread_sigmask(SIG_SETMASK, NULL, &mine);
	assert_false(sigismember(&mine, SIGINT));
	worker_free(w);
}

/* Given up in the middle: what has begun ends, the rest never begins. */
static void
nothing_goes_on_after_the_end(void **state)
{
	static struct task t[WORKER_JOBS];
	const struct timespec wait = { 0, 2000000 };

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct worker *w = worker_new(round % 2 == 0);
		unsigned after;

		assert_non_null(w);
		begun = ended = 0;
		for (size_t i = 0; i < WORKER_JOBS; i++) {
			t[i].spin = 20000;
			worker_put(w, alone_job, &t[i]);
		}
		if (round % 3 == 0)
			(void)worker_take(w);
		worker_free(w);
		after = begun;
		assert_int_equal(ended, after);
		memset(t, 0, sizeof(t)); /* ours again */
		if (round % 50 == 0)
			nanosleep(&wait, NULL);
		assert_int_equal(begun, after);
	}
}

static void
without_memory_there_is_none(void **state)
{
	(void)state;
	mem_test_fail(1, 0);
	assert_null(worker_new(false));
	mem_test_fail(0, 0);
	worker_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(side_by_side_they_come_back_in_order),
		cmocka_unit_test(in_order_none_overlaps_another),
		cmocka_unit_test(without_a_thread_the_caller_does_all),
		cmocka_unit_test(the_thread_takes_no_signals),
		cmocka_unit_test(nothing_goes_on_after_the_end),
		cmocka_unit_test(without_memory_there_is_none),
	};

	srand(20110426);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
