// SPDX-License-Identifier: GPL-2.0-or-later
#include "digest_batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/tool/progress.h"
#include "digest/pool.h"

/* Files that are digested side by side. */
struct batch {
	const struct batch_plan *plan;
	const struct batch_file *files;
	struct batch_result *results;
};

/*
 * Small files are digested side by side; one that is not small keeps all threads busy, and takes the memory of one. A
 * batch is reported before the next one begins.
 */
enum { SMALL_FILE = 16 << 20, BATCH_MAX = 256 };

static int make_manifest(const struct batch_plan *plan, const struct batch_file *file, const struct file_digest *digest,
			 struct batch_result *r)
{
	const struct hashsect_policy *policy = plan->full ? file_policy(file->options, digest) : NULL;

	r->manifest = file_manifest(digest, policy, plan->full);
	return r->manifest ? 0 : failure_errno(&r->error, ENOMEM, "%s", file->path);
}

static int room_new(void *context, void **state)
{
	(void)context;
	*state = calloc(1, sizeof(struct image_room));
	return *state ? 0 : -ENOMEM;
}

static void room_free(void *state)
{
	image_room_clear(state);
	free(state);
}

/* A task of struct work. What is wrong with a file does not stop the others. */
static int digest_file(void *context, void *state, size_t task, struct elfsect_error *error)
{
	const struct batch *batch = context;
	const struct batch_file *file = &batch->files[task];
	struct batch_result *r = &batch->results[task];
	struct file_digest digest;

	(void)error;
	r->ret = file_digest_make(file->path, file->options, state, &digest, &r->error);
	if (r->ret == -EMEDIUMTYPE && file->may_be_other) {
		r->is_other = true;
		r->ret = 0;
	} else if (!r->ret) {
		r->ret = make_manifest(batch->plan, file, &digest, r);
		file_digest_clear(&digest);
	}
	return 0;
}

/* How many of the files make a batch: small ones, or one of any size. */
static size_t batch_size(const struct batch_file *files, size_t count)
{
	struct stat st;
	size_t size = 0;

	while (size < count && size < BATCH_MAX && !files[size].options->modules &&
	       strcmp(files[size].path, "-") != 0 && !stat(files[size].path, &st) && S_ISREG(st.st_mode) &&
	       st.st_size <= SMALL_FILE)
		size++;
	return size ? size : 1;
}

/* @all: of the files, for who waits */
static int digest_batch(const struct batch_plan *plan, const struct batch_file *files, size_t first, size_t count,
			size_t all)
{
	autofree struct batch_result *results = calloc(count, sizeof(*results));
	struct batch batch = {plan, files + first, results};
	const struct work work = {.count = count,
				  .run = digest_file,
				  .state_new = room_new,
				  .state_free = room_free,
				  .state_kept = true,
				  .doing = "computing digests",
				  .before = first,
				  .all = all,
				  .context = &batch};
	int status = STATUS_OK;

	if (!results || workers_run(plan->workers->workers, &work, NULL))
		return cli_trouble("%s", strerror(ENOMEM));
	for (size_t i = 0; i < count; i++) {
		const int one = plan->done(plan->context, first + i, &results[i]);

		status = one > status ? one : status;
		manifest_free(results[i].manifest);
	}
	return status;
}

int digest_batches(const struct batch_plan *plan, const struct batch_file *files, size_t count)
{
	int status = STATUS_OK;

	/* Lines of results say as much. */
	if (!isatty(STDOUT_FILENO))
		progress_begin(plan->workers->workers);
	for (size_t done = 0, size; done < count; done += size) {
		int one;

		size = batch_size(files + done, count - done);
		one = digest_batch(plan, files, done, size, count);
		status = one > status ? one : status;
	}
	progress_end();
	return status;
}
