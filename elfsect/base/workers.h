/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One pool of threads for a run of a tool or a call of a library. What is to be done is work: a number of tasks that
 * any thread may take, in order. A task may itself have work done by the same pool: many small files in parallel, or
 * one big one in chunks, are the same to it, and no thread is made for a file.
 */
#ifndef ELFSECT_BASE_WORKERS_H
#define ELFSECT_BASE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

#include "elfsect.h"

struct workers;

/**
 * struct work - tasks that can be done side by side
 * @count: their number
 * @run: does one; returns 0 or -errno and then fills @error. Called from any thread of the pool, and from the caller's
 * @state_new: makes what one thread needs for its tasks (a buffer, a hash); returns 0 or -errno. NULL: nothing
 * @state_free: releases it
 * @state_kept: a thread of the pool keeps its state for the next work with the same @state_new, and the pool releases
 * it in the end: what is made for each of thousands of small files is made once. Such work has no work of its kind
 * inside
 * @alone: too little for more than one thread: the caller does it all
 * @doing: what they are together, for who waits: "comparing files"; NULL: not worth saying
 * @before, @all: where these are a part of more tasks: how many of all were done before; 0: they are all
 * @context: the caller's, handed to all of them
 */
struct work {
	size_t count;
	bool state_kept;
	bool alone;
	int (*run)(void *context, void *state, size_t task, struct elfsect_error *error);
	int (*state_new)(void *context, void **state);
	void (*state_free)(void *state);
	const char *doing;
	size_t before, all;
	void *context;
};

/** workers_processors() - how many processors this process may use; at least 1 */
unsigned int workers_processors(void);

/**
 * workers_open() - a pool; its threads start when there is work for them
 * @threads: how many may work at a time, the caller's among them; 0, or more than the machine has: one a processor
 *
 * Return: 0 or -ENOMEM.
 */
int workers_open(unsigned int threads, struct workers **out);

/** workers_close() - end the threads; no work may be going on; NULL is allowed */
void workers_close(struct workers *workers);

/** workers_count() - how many threads may work at a time, the caller's among them; at least 1; 1 for NULL */
unsigned int workers_count(const struct workers *workers);

/**
 * workers_run() - have all tasks done, and come back then
 *
 * The caller does tasks too; where no thread can be started, or @workers is NULL, it does them all. Only one thread
 * from outside the pool may use it at a time. When a task fails, later ones are left out and earlier ones are done: the
 * error is that of the first task that fails, however many threads there are.
 *
 * Return: 0, or what that task returned.
 */
int workers_run(struct workers *workers, const struct work *work, struct elfsect_error *error);

/**
 * workers_doing() - what the pool does now, from any thread
 * @doing: of the outermost work that has one
 * @done: how many of @all its tasks were done
 *
 * Return: whether there is such work.
 */
bool workers_doing(struct workers *workers, const char **doing, size_t *done, size_t *all);

#endif
