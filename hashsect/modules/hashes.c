// SPDX-License-Identifier: LGPL-2.1-or-later
/* Workers take the next module each; a worker's memory is one module, or the mapping of one. */
#include "modules/hashes.h"

#include <stdio.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "modules/module.h"
#include "base/cleanup.h"

enum { WORKERS_MAX = 32 };

struct queue {
	const struct module_order *order;
	enum module_hash_kind kind;
	uint8_t *hashes;
	atomic_size_t next;
	atomic_size_t failed; /* lowest module that failed; SIZE_MAX: none */
	pthread_mutex_t lock; /* of error and status */
	struct elfsect_error error;
	int status;
};

struct worker {
	struct queue *queue;
	struct hash *hash;
	struct module_file file;
	struct module_folder folder;
	pthread_t thread;
};

static int hash_module(struct worker *w, size_t i, struct elfsect_error *error)
{
	const struct queue *q = w->queue;
	uint8_t *out = q->hashes + i * MODULE_HASH_SIZE;
	autofree char *name = NULL;
	autofree char *shown = NULL;
	const char *base;
	int ret;

	ret = module_order_file_in(q->order, i, &w->folder, &name, &base, error);
	if (ret)
		return ret;
	if (asprintf(&shown, "%s/%s", q->order->folder, name) < 0) {
		shown = NULL;
		return failure_errno(error, ENOMEM, "%s", name);
	}
	ret = module_file_peel(&w->file, dirfd(w->folder.directory), base, shown, error);
	if (ret)
		return ret;
	if (q->kind == MODULE_HASH_LEAF)
		ret = merkle_leaf(w->hash, (uint32_t)i, w->file.bytes, w->file.body_size, out);
	else
		ret = hash_begin(w->hash) ?: hash_add(w->hash, w->file.bytes, w->file.body_size) ?: hash_end(w->hash, out);
	return ret ? failure_errno(error, -ret, "%s: SHA-256", shown) : 0;
}

/* Modules are taken in order, so when one fails all before it are done or being done: the first failure is found. */
static void *work(void *argument)
{
	struct worker *w = argument;
	struct queue *q = w->queue;
	struct elfsect_error error;
	size_t i;

	while ((i = atomic_fetch_add(&q->next, 1)) < q->order->count && i < atomic_load(&q->failed)) {
		const int ret = hash_module(w, i, &error);

		if (!ret)
			continue;
		pthread_mutex_lock(&q->lock);
		if (i < atomic_load(&q->failed)) {
			atomic_store(&q->failed, i);
			q->error = error;
			q->status = ret;
		}
		pthread_mutex_unlock(&q->lock);
	}
	return NULL;
}

static unsigned int worker_count(unsigned int threads, size_t modules)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (!threads)
		threads = processors > 0 ? (unsigned int)processors : 1;
	if (threads > WORKERS_MAX)
		threads = WORKERS_MAX;
	return modules < threads ? (modules ? (unsigned int)modules : 1) : threads;
}

/* The caller is the first worker; threads that cannot be started are done without. */
static int run(struct queue *q, unsigned int count)
{
	struct worker workers[WORKERS_MAX];
	unsigned int started = 0;
	int ret = 0;

	for (unsigned int i = 0; i < count; i++)
		workers[i] = (struct worker){.queue = q};
	for (unsigned int i = 0; i < count && !ret; i++)
		ret = module_hash_new(&workers[i].hash);
	if (!ret) {
		for (started = 1; started < count; started++)
			if (pthread_create(&workers[started].thread, NULL, work, &workers[started]))
				break;
		work(&workers[0]);
		for (unsigned int i = 1; i < started; i++)
			pthread_join(workers[i].thread, NULL);
	}
	for (unsigned int i = 0; i < count; i++) {
		hash_free(workers[i].hash);
		module_file_clear(&workers[i].file);
		module_folder_close(&workers[i].folder);
	}
	return ret;
}

int module_hashes_make(const struct module_order *order, enum module_hash_kind kind, unsigned int threads,
		       uint8_t **hashes, struct elfsect_error *error)
{
	struct queue q = {.order = order, .kind = kind, .failed = SIZE_MAX, .lock = PTHREAD_MUTEX_INITIALIZER};
	int ret;

	q.hashes = malloc(order->count ? order->count * MODULE_HASH_SIZE : 1);
	ret = q.hashes ? run(&q, worker_count(threads, order->count)) : -ENOMEM;
	if (ret)
		failure_errno(error, -ret, "%s: hashes of modules", order->path);
	else if (q.status)
		*error = q.error;
	if (!ret)
		ret = q.status;
	if (ret)
		free(q.hashes);
	else
		*hashes = q.hashes;
	return ret;
}
