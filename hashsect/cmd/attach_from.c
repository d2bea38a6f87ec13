// SPDX-License-Identifier: GPL-2.0-or-later
#include "attach_from.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/files.h"
#include "base/tool/cli.h"
#include "base/workers.h"
#include "report/attach.h"
#include "store/look.h"
#include "store/members.h"

struct attaching {
	const struct attach_from *values;
	struct members members;
	struct store *store;
	struct signers signers;
	struct attach_result *results; /* one a member */
	pthread_mutex_t writing;       /* a batch is for one thread at a time */
	struct elfsect_batch *batch;
};

/* ---------------------------------------------------------------------------------------------------------- a file */

static int write_result(struct attaching *a, const struct member *m, struct attach_result *r,
			struct elfsect_error *error)
{
	int ret = 0;

	if (r->outcome == ATTACH_DONE) {
		pthread_mutex_lock(&a->writing);
		ret = elfsect_batch_add(a->batch, a->values->out ? a->values->out : m->path, r->whole, r->whole_size,
					error);
		pthread_mutex_unlock(&a->writing);
	}
	/* The report needs the signature alone; a kernel's modules together are too much to keep. */
	free(r->whole);
	r->whole = NULL;
	return ret;
}

static int attach_one(void *context, void *state, size_t i, struct elfsect_error *error)
{
	struct attaching *a = context;
	const struct member *m = &a->members.list[i];
	const struct image_options options = {.max_size = a->values->max_size, .keep_trailers = true, .room = state};
	struct attach_result *r = &a->results[i];
	struct image *image;
	int ret = image_open(m->path, &options, &image, error);

	if (ret)
		return ret;
	ret = attach_find(image, a->store, &a->signers, r, error);
	if (!ret)
		ret = image_unchanged(image, error);
	image_close(image);
	return ret ? ret : write_result(a, m, r, error);
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

/* ------------------------------------------------------------------------------------------------------- all files */

static int attach_all(struct attaching *a, struct elfsect_error *error)
{
	const struct work work = {
		.count = a->members.count,
		.run = attach_one,
		.state_new = room_new,
		.state_free = room_free,
		.doing = "attaching signatures",
		.context = a,
	};
	struct workers *workers = NULL;
	int ret = workers_open(a->values->jobs, &workers);

	if (ret)
		return failure_errno(error, -ret, "threads");
	progress_begin(workers);
	ret = workers_run(workers, &work, error);
	progress_end();
	workers_close(workers);
	return ret ? ret : elfsect_batch_finish(a->batch, error);
}

static int status_of(const struct attaching *a)
{
	bool failed = false;

	for (size_t i = 0; i < a->members.count; i++)
		failed |= attach_is_failure(a->results[i].outcome) ||
			  (a->values->require && !attach_is_signed(a->results[i].outcome));
	return failed ? STATUS_DIFFERENT : STATUS_OK;
}

static int report(const struct attaching *a)
{
	struct attach_report_file *files = calloc(a->members.count ? a->members.count : 1, sizeof(*files));
	size_t shown = 0;
	int ret = files ? 0 : -ENOMEM;

	for (size_t i = 0; i < a->members.count && !ret; i++)
		if (!a->values->quiet || !attach_is_signed(a->results[i].outcome))
			files[shown++] = (struct attach_report_file){a->members.list[i].path, &a->results[i]};
	if (!ret && a->values->json)
		ret = attach_print_json(stdout, files, shown);
	else if (!ret && (shown || !a->values->quiet))
		ret = attach_print(stdout, files, shown, a->values->verbose);
	free(files);
	return ret ? cli_trouble("out of memory") : STATUS_OK;
}

static int run(struct attaching *a)
{
	struct elfsect_error error;
	int ret;

	a->results = calloc(a->members.count ? a->members.count : 1, sizeof(*a->results));
	if (!a->results)
		return cli_trouble("out of memory");
	ret = elfsect_batch_new(&cli_write_options, &a->batch, &error);
	if (!ret)
		ret = attach_all(a, &error);
	elfsect_batch_free(a->batch);
	return ret ? cli_error(&error) : report(a) ?: status_of(a);
}

/* By its first bytes: what is signed in another way than modules. */
static int begins_as_pe(const char *path, bool *is, struct elfsect_error *error)
{
	uint8_t start[2];
	size_t size;
	const int ret = file_start(path, start, sizeof(start), &size, error);

	*is = !ret && !memcmp(start, "MZ", sizeof(start));
	return ret;
}

/* Files that are named, whatever they are, and the modules and PE images of folders. */
static int add_path(struct members *members, const char *path, struct elfsect_error *error)
{
	const size_t before = members->count;
	size_t kept = before;
	int ret = members_add(members, path, error);

	for (size_t i = before; i < members->count; i++) {
		struct member *m = &members->list[i];
		bool keep = ret || !m->in_folder || store_is_module_name(m->name);

		if (!keep)
			ret = begins_as_pe(m->path, &keep, error);
		if (keep || ret)
			members->list[kept++] = *m;
		else
			free(m->path);
	}
	members->count = kept;
	return ret;
}

static int open_all(struct attaching *a, int count, char **paths)
{
	struct elfsect_error error;
	int ret = store_open(a->values->store, &a->store, &error);

	for (int i = 0; i < count && !ret; i++)
		ret = add_path(&a->members, paths[i], &error);
	if (!ret && !signer_options_given(&a->values->signers))
		ret = store_signers(a->store, &a->signers, &error);
	return ret ? cli_error(&error) : signer_options_take(&a->values->signers, &a->signers);
}

int attach_from_store(const struct attach_from *values, int count, char **paths)
{
	struct attaching a = {.values = values, .writing = PTHREAD_MUTEX_INITIALIZER};
	int status;

	if (values->out && count != 1)
		return cli_usage("-o takes one file");
	status = open_all(&a, count, paths);
	if (!status && values->out && (a.members.count != 1 || a.members.list[0].in_folder))
		status = cli_usage("-o takes one file");
	if (!status)
		status = run(&a);
	for (size_t i = 0; a.results && i < a.members.count; i++)
		attach_result_clear(&a.results[i]);
	free(a.results);
	signers_clear(&a.signers);
	store_close(a.store);
	members_clear(&a.members);
	return status;
}
