// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_MS = 1000, NEXT_MS = 200 };

/* One line at a time. */
static struct {
	struct workers *workers; /* NULL: nothing is watched */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool is_over, is_shown;
	struct timespec start;
} watch = {.lock = PTHREAD_MUTEX_INITIALIZER, .over = PTHREAD_COND_INITIALIZER};

static bool is_watched(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* To the start of the line, and nothing behind it: ECMA-48, EL. */
static void clear_line(void)
{
	if (watch.is_shown)
		fputs("\r\033[K", stderr);
	watch.is_shown = false;
}

static void show(void)
{
	const char *doing;
	size_t done, all;
	struct timespec now;

	if (!workers_doing(watch.workers, &doing, &done, &all))
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	clear_line();
	fprintf(stderr, "%s: %zu of %zu, %jd s", doing, done, all, (intmax_t)(now.tv_sec - watch.start.tv_sec));
	fflush(stderr);
	watch.is_shown = true;
}

static struct timespec after(struct timespec time, long ms)
{
	time.tv_sec += ms / 1000;
	time.tv_nsec += ms % 1000 * 1000000;
	time.tv_sec += time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

static void *watch_main(void *unused)
{
	struct timespec next;

	(void)unused;
	pthread_mutex_lock(&watch.lock);
	clock_gettime(CLOCK_REALTIME, &next);
	for (next = after(next, FIRST_MS); !watch.is_over; next = after(next, NEXT_MS))
		if (pthread_cond_timedwait(&watch.over, &watch.lock, &next) && !watch.is_over)
			show();
	clear_line();
	pthread_mutex_unlock(&watch.lock);
	return NULL;
}

void progress_begin(struct workers *workers)
{
	if (watch.workers || !workers || !is_watched())
		return;
	watch.is_over = false;
	watch.workers = workers;
	clock_gettime(CLOCK_MONOTONIC, &watch.start);
	if (pthread_create(&watch.thread, NULL, watch_main, NULL))
		watch.workers = NULL;
}

void progress_end(void)
{
	if (!watch.workers)
		return;
	pthread_mutex_lock(&watch.lock);
	watch.is_over = true;
	pthread_cond_signal(&watch.over);
	pthread_mutex_unlock(&watch.lock);
	pthread_join(watch.thread, NULL);
	watch.workers = NULL;
}

void progress_hide(void)
{
	pthread_mutex_lock(&watch.lock);
	clear_line();
	pthread_mutex_unlock(&watch.lock);
}
