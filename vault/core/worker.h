/* SPDX-License-Identifier: ISC */
/*
 * worker - a second thread that works ahead on what is independent.
 *
 * A worker is a queue of jobs and one thread.  Jobs are put in by the thread
 * that made the worker, called the caller's below, are done in the order in
 * which they were put (in_order) or side by side, and are always taken back
 * in that order.  Rules that make it safe:
 *
 *  1. A job is a computation on its argument: no store, no source, no sink,
 *     no static state that changes.
 *  2. From worker_put until worker_take gives it back, the argument belongs
 *     to the job, and only worker_free takes it away from there.
 *  3. If no thread can be had, the caller's does all of it.  Few jobs are
 *     done by it anyway: THREAD_FROM of worker.c.
 *  4. The thread takes no signals and holds no descriptor, so that nobody but
 *     the caller's is interrupted; nothing may fork while a worker lives.  It
 *     wipes its stack before it ends.
 */
#ifndef CORE_WORKER_H
#define CORE_WORKER_H

#include <stdbool.h>
#include <stddef.h>

/* How many jobs may be out at a time. */
#define WORKER_JOBS 64

struct worker;

/*
 * No thread yet.  NULL: no memory.  Jobs that are done in order may use what
 * the one before them left.
 */
struct worker *worker_new(bool in_order);

/* Have run(arg) done.  Fewer than WORKER_JOBS may be out. */
void worker_put(struct worker *w, void (*run)(void *arg), void *arg);

/* Those that were put and not taken back. */
size_t worker_out(const struct worker *w);

/* Wait for the oldest and take its argument back.  At least one is out. */
void *worker_take(struct worker *w);

/*
 * Wait for the job that is being done, leave those that wait undone, and end
 * the thread.  Afterwards all arguments belong to the caller.  Accepts NULL.
 */
void worker_free(struct worker *w);

#ifdef VAULT_TEST
/* No thread can be started. */
void worker_test_alone(bool alone);
#endif

#endif
