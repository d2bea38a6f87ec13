// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/workers.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"

enum { THREADS_MAX = 256 };

/* Work that is being done. It lives on the stack of workers_run(), which leaves when nobody uses it any more. */
struct job {
	const struct work *work;
	struct job *below;  /* begun before this one */
	unsigned int users; /* threads of the pool at it; under the pool's lock */
	atomic_size_t next, done;
	atomic_size_t failed; /* lowest task that failed; SIZE_MAX: none */
	pthread_mutex_t lock; /* of error and status */
	struct elfsect_error *error;
	int status;
};

/* What a thread keeps between works. */
struct seat {
	int (*state_new)(void *context, void **state); /* NULL: nothing is kept */
	void (*state_free)(void *state);
	void *state;
};

struct workers {
	unsigned int count;   /* threads that may work, the caller's among them */
	unsigned int started; /* threads of the pool */
	unsigned int seated;  /* those that have taken their seat */
	bool starting_failed;
	bool closing;
	struct job *jobs; /* the newest first: what is begun last is finished first */
	struct job *told; /* the outermost that says what it is doing */
	pthread_mutex_t lock;
	pthread_cond_t wanted; /* there is work, or the pool closes */
	pthread_cond_t left;   /* somebody left a job */
	pthread_t threads[THREADS_MAX];
	struct seat seats[THREADS_MAX + 1]; /* the first is that of the caller from outside */
};

/* Which pool this thread is one of, and its place there. */
static _Thread_local struct workers *own_pool;
static _Thread_local struct seat *own_seat;

unsigned int workers_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	return (unsigned int)CPU_COUNT(&set);
}

int workers_open(unsigned int threads, struct workers **out)
{
	const unsigned int most = workers_processors() < THREADS_MAX ? workers_processors() : THREADS_MAX;
	struct workers *workers = calloc(1, sizeof(*workers));

	if (!workers)
		return -ENOMEM;
	workers->count = threads && threads < most ? threads : most;
	pthread_mutex_init(&workers->lock, NULL);
	pthread_cond_init(&workers->wanted, NULL);
	pthread_cond_init(&workers->left, NULL);
	*out = workers;
	return 0;
}

unsigned int workers_count(const struct workers *workers)
{
	return workers ? workers->count : 1;
}

/* ---------------------------------------------------------------------------------------------------------- tasks */

static bool has_tasks(struct job *job)
{
	const size_t next = atomic_load(&job->next);

	return next < job->work->count && next <= atomic_load(&job->failed);
}

/* Keep the error of the lowest task. */
static void task_failed(struct job *job, size_t task, int status, const struct elfsect_error *error)
{
	pthread_mutex_lock(&job->lock);
	if (task < atomic_load(&job->failed)) {
		atomic_store(&job->failed, task);
		job->status = status;
		error_copy(job->error, error);
	}
	pthread_mutex_unlock(&job->lock);
}

static void empty_seat(struct seat *seat)
{
	if (seat->state_new)
		seat->state_free(seat->state);
	*seat = (struct seat){0};
}

/* Take the seat's state, if it is of the right kind; while it is used the seat is empty. */
static bool take_state(const struct work *work, struct seat *seat, void **state)
{
	if (!seat || !work->state_kept || seat->state_new != work->state_new)
		return false;
	*state = seat->state;
	*seat = (struct seat){0};
	return true;
}

static void leave_state(const struct work *work, struct seat *seat, void *state)
{
	if (seat && work->state_kept) {
		empty_seat(seat);
		*seat = (struct seat){work->state_new, work->state_free, state};
	} else if (work->state_free) {
		work->state_free(state);
	}
}

/* Take tasks until none is left. */
static void do_tasks(struct job *job, struct seat *seat)
{
	const struct work *work = job->work;
	void *state = NULL;
	bool ready = take_state(work, seat, &state);

	while (has_tasks(job)) {
		const size_t task = atomic_fetch_add(&job->next, 1);
		struct elfsect_error error;
		int ret = 0;

		if (task >= work->count || task > atomic_load(&job->failed))
			break;
		error.message[0] = '\0';
		if (!ready && work->state_new) {
			ret = work->state_new(work->context, &state);
			if (ret)
				error_set_errno(&error, -ret, "workers");
			ready = !ret;
		}
		if (!ret)
			ret = work->run(work->context, state, task, &error);
		if (ret)
			task_failed(job, task, ret, &error);
		atomic_fetch_add(&job->done, 1);
	}
	if (ready)
		leave_state(work, seat, state);
}

/* -------------------------------------------------------------------------------------------------------- threads */

static struct job *find_job(const struct workers *workers)
{
	struct job *job = workers->jobs;

	while (job && !has_tasks(job))
		job = job->below;
	return job;
}

static void *thread_main(void *argument)
{
	struct workers *workers = argument;

	pthread_mutex_lock(&workers->lock);
	own_pool = workers;
	own_seat = &workers->seats[++workers->seated];
	while (!workers->closing) {
		struct job *job = find_job(workers);

		if (!job) {
			pthread_cond_wait(&workers->wanted, &workers->lock);
			continue;
		}
		job->users++;
		pthread_mutex_unlock(&workers->lock);
		do_tasks(job, own_seat);
		pthread_mutex_lock(&workers->lock);
		if (!--job->users)
			pthread_cond_broadcast(&workers->left);
	}
	pthread_mutex_unlock(&workers->lock);
	return NULL;
}

/* Under the lock. Those that cannot be started are done without. */
static void start_threads(struct workers *workers, size_t tasks)
{
	while (workers->started + 1 < workers->count && workers->started + 1 < tasks && !workers->starting_failed) {
		if (pthread_create(&workers->threads[workers->started], NULL, thread_main, workers))
			workers->starting_failed = true;
		else
			workers->started++;
	}
}

bool workers_doing(struct workers *workers, const char **doing, size_t *done, size_t *all)
{
	const struct job *job;

	pthread_mutex_lock(&workers->lock);
	job = workers->told;
	if (job) {
		const struct work *work = job->work;

		*doing = work->doing;
		*all = work->all ? work->all : work->count;
		*done = work->before + atomic_load(&job->done);
	}
	pthread_mutex_unlock(&workers->lock);
	return job;
}

/* Returns whether it is told now, and has to be until untell(). */
static bool tell(struct workers *workers, struct job *job)
{
	bool is_first;

	if (!workers || !job->work->doing)
		return false;
	pthread_mutex_lock(&workers->lock);
	is_first = !workers->told;
	if (is_first)
		workers->told = job;
	pthread_mutex_unlock(&workers->lock);
	return is_first;
}

static void untell(struct workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	workers->told = NULL;
	pthread_mutex_unlock(&workers->lock);
}

static void run_job(struct workers *workers, struct job *job)
{
	const struct work *work = job->work;
	struct seat *seat = NULL;
	struct job **place;

	if (workers)
		seat = own_pool == workers ? own_seat : &workers->seats[0];
	if (!workers || work->alone || workers->count < 2 || work->count < 2) {
		do_tasks(job, seat);
		return;
	}
	pthread_mutex_lock(&workers->lock);
	start_threads(workers, work->count);
	job->below = workers->jobs;
	workers->jobs = job;
	pthread_cond_broadcast(&workers->wanted);
	pthread_mutex_unlock(&workers->lock);
	do_tasks(job, seat);
	pthread_mutex_lock(&workers->lock);
	for (place = &workers->jobs; *place != job; place = &(*place)->below)
		;
	*place = job->below;
	while (job->users)
		pthread_cond_wait(&workers->left, &workers->lock);
	pthread_mutex_unlock(&workers->lock);
}

int workers_run(struct workers *workers, const struct work *work, struct elfsect_error *error)
{
	struct job job = {.work = work, .failed = SIZE_MAX, .lock = PTHREAD_MUTEX_INITIALIZER, .error = error};
	const bool is_told = tell(workers, &job);

	run_job(workers, &job);
	if (is_told)
		untell(workers);
	pthread_mutex_destroy(&job.lock);
	return job.status;
}

void workers_close(struct workers *workers)
{
	if (!workers)
		return;
	pthread_mutex_lock(&workers->lock);
	workers->closing = true;
	pthread_cond_broadcast(&workers->wanted);
	pthread_mutex_unlock(&workers->lock);
	for (unsigned int i = 0; i < workers->started; i++)
		pthread_join(workers->threads[i], NULL);
	for (unsigned int i = 0; i <= workers->seated; i++)
		empty_seat(&workers->seats[i]);
	pthread_mutex_destroy(&workers->lock);
	pthread_cond_destroy(&workers->wanted);
	pthread_cond_destroy(&workers->left);
	free(workers);
}
