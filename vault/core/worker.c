/* SPDX-License-Identifier: ISC */
/*
 * worker - jobs through a ring.  They are numbered; job i lies in place i
 * modulo WORKER_JOBS, and
 *
 *  1. returned <= begun <= put <= returned + WORKER_JOBS;
 *  2. a job from begun to put belongs to nobody; from returned to begun to
 *     who began it, until it is done; done, to the caller's thread;
 *  3. in order: no job begins while another is being done.
 *
 * The lock guards the counters, done and stop; 2 guards the rest.
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>

#include "core/mem.h"
#include "core/secret.h"
#include "core/worker.h"

/* Fewer jobs are done before a thread has started. */
#define THREAD_FROM 4

/* It is woken for so many, or when the caller waits: waking has its price. */
#define WAKE_FROM 4

struct job {
	void (*run)(void *arg);
	void *arg;
	bool done;
};

struct worker {
	struct job jobs[WORKER_JOBS];
	uint64_t returned, begun, put;
	bool in_order;

	pthread_mutex_t lock;
	pthread_cond_t to_begin, was_done;
	pthread_t thread;
	bool has_thread, stop;
};

#ifdef VAULT_TEST
static bool test_alone;

void
worker_test_alone(bool alone)
{
	test_alone = alone;
}
#else
#define test_alone false
#endif

/* Do the next job that waits; false: there is none.  The lock is held. */
static bool
do_next(struct worker *w)
{
	struct job *job = &w->jobs[w->begun % WORKER_JOBS];

	if (w->begun == w->put)
		return false;
	w->begun++;
	pthread_mutex_unlock(&w->lock);
	job->run(job->arg);
	pthread_mutex_lock(&w->lock);
	job->done = true;
	return true;
}

static void *
work(void *arg)
{
	struct worker *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->stop)
		if (do_next(w))
			pthread_cond_signal(&w->was_done);
		else
			pthread_cond_wait(&w->to_begin, &w->lock);
	pthread_mutex_unlock(&w->lock);
	stack_wipe();
	return NULL;
}

/* Signals are for the caller's thread alone. */
static void
start(struct worker *w)
{
	sigset_t all, before;

	if (test_alone)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	w->has_thread = pthread_create(&w->thread, NULL, work, w) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct worker *
worker_new(bool in_order)
{
	struct worker *w = mem_zalloc(sizeof(*w));

	if (w == NULL)
		return NULL;
	w->in_order = in_order;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->to_begin, NULL);
	pthread_cond_init(&w->was_done, NULL);
	return w;
}

void
worker_put(struct worker *w, void (*run)(void *arg), void *arg)
{
	w->jobs[w->put % WORKER_JOBS] = (struct job){ run, arg, false };
	pthread_mutex_lock(&w->lock);
	w->put++;
	if (w->put - w->begun >= WAKE_FROM)
		pthread_cond_signal(&w->to_begin);
	pthread_mutex_unlock(&w->lock);
	if (w->put == THREAD_FROM)
		start(w);
}

size_t
worker_out(const struct worker *w)
{
	return (size_t)(w->put - w->returned);
}

/* Wait for the oldest, lending a hand with those that wait. */
void *
worker_take(struct worker *w)
{
	struct job *oldest = &w->jobs[w->returned % WORKER_JOBS];
	bool may_help = !w->in_order || !w->has_thread;

#ifdef PLANT_WORKER_ORDER
	may_help = true;
#endif
	pthread_mutex_lock(&w->lock);
	while (!oldest->done)
		if (!may_help || !do_next(w)) {
			pthread_cond_signal(&w->to_begin);
			pthread_cond_wait(&w->was_done, &w->lock);
		}
	w->returned++;
	pthread_mutex_unlock(&w->lock);
	return oldest->arg;
}

void
worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	if (w->has_thread) {
		pthread_mutex_lock(&w->lock);
		w->stop = true;
		pthread_cond_signal(&w->to_begin);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->thread, NULL);
	}
	pthread_cond_destroy(&w->was_done);
	pthread_cond_destroy(&w->to_begin);
	pthread_mutex_destroy(&w->lock);
	mem_free(w);
}
