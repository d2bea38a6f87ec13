// SPDX-License-Identifier: LGPL-2.1-or-later
/* The verified write: copy, change, compare the whole with view and plan, parse and check, publish. */
#include <unistd.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "plan/plan.h"
#include "base/files.h"
#include "base/options.h"
#include "base/workers.h"
#include "write/sound.h"
#include "write/in_place.h"
#include "write/temporary.h"
#include "elfsect_cleanup.h"

/* ------------------------------------------------------------------------------------------------------- copy */

/* In the kernel where it can be done there, sharing blocks where the file system can. */
static int copy_old(const struct elfsect_view *view, int fd, uint64_t size)
{
	uint64_t at = 0;

	if (view->fd >= 0 && size == view->size && !ioctl(fd, FICLONE, view->fd))
		return 0;
	while (view->fd >= 0 && at < size) {
		off_t from = (off_t)at, to = (off_t)at;
		const ssize_t done = copy_file_range(view->fd, &from, fd, &to, size - at, 0);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
			return -errno;
		if (done <= 0) /* not between these file systems, or not by this kernel */
			break;
		at += (uint64_t)done;
	}
	return write_at(fd, view->bytes + at, size - at, at);
}

static int apply(const struct elfsect_plan *plan, int fd)
{
	static const uint8_t zeros[65536];
	int ret = 0;

	for (size_t i = 0; i < plan->count && !ret; i++) {
		const struct elfsect_change *c = &plan->changes[i];

		if (c->bytes) {
			ret = write_at(fd, c->bytes, c->size, c->offset);
			continue;
		}
		for (uint64_t at = 0; at < c->size && !ret; at += sizeof(zeros)) {
			const uint64_t left = c->size - at;

			ret = write_at(fd, zeros, left < sizeof(zeros) ? left : sizeof(zeros), c->offset + at);
		}
	}
	if (!ret && ftruncate(fd, (off_t)plan->size))
		ret = -errno;
	return ret;
}

/* ---------------------------------------------------------------------------------------------------- compare */

/* The written file is compared in chunks, side by side: comparing two mappings is bound by page faults. */
enum { MAX_THREADS = 4, CHUNK = 1 << 24 };

struct comparison {
	const struct elfsect_plan *plan;
	const uint8_t *written;
	const char *name;
};

/* Offset of a difference in [at, at + size), or UINT64_MAX. expected NULL: zeros. */
static uint64_t compare_bytes(const uint8_t *written, const uint8_t *expected, uint64_t size, uint64_t at)
{
	if (!expected) {
		const uint64_t zeros = first_nonzero(written, size);

		return zeros == size ? UINT64_MAX : at + zeros;
	}
	if (!memcmp(written, expected, size))
		return UINT64_MAX;
	for (uint64_t i = 0; i < size; i++)
		if (written[i] != expected[i])
			return at + i;
	return at;
}

/* Bytes that no change names: the view's, zero beyond its end. */
static uint64_t compare_kept(const struct comparison *c, uint64_t from, uint64_t to)
{
	const struct elfsect_view *view = c->plan->view;
	const uint64_t middle = from > view->size ? from : to < view->size ? to : view->size;
	uint64_t ret = UINT64_MAX;

	if (from < middle)
		ret = compare_bytes(c->written + from, view->bytes + from, middle - from, from);
	if (ret == UINT64_MAX && middle < to)
		ret = compare_bytes(c->written + middle, NULL, to - middle, middle);
	return ret;
}

/* Offset of the first byte of [at, to) that is not as planned, or UINT64_MAX. */
static uint64_t compare_part(const struct comparison *c, uint64_t at, uint64_t to)
{
	uint64_t difference = UINT64_MAX;

	for (size_t i = 0; i < c->plan->count && difference == UINT64_MAX && at < to; i++) {
		const struct elfsect_change *change = &c->plan->changes[i];
		const uint64_t start = change->offset > at ? change->offset : at;
		uint64_t end = change->offset + change->size;

		if (end <= at)
			continue;
		if (start >= to)
			break;
		if (end > to)
			end = to;
		difference = compare_kept(c, at, start);
		if (difference == UINT64_MAX)
			difference = compare_bytes(c->written + start,
						   change->bytes ? change->bytes + (start - change->offset) : NULL,
						   end - start, start);
		at = end;
	}
	if (difference == UINT64_MAX && at < to)
		difference = compare_kept(c, at, to);
	return difference;
}

static int compare_chunk(void *context, void *state, size_t chunk, struct elfsect_error *error)
{
	const struct comparison *c = context;
	const uint64_t from = (uint64_t)chunk * CHUNK, left = c->plan->size - from;
	const uint64_t difference = compare_part(c, from, from + (left < CHUNK ? left : CHUNK));

	(void)state;
	if (difference == UINT64_MAX)
		return 0;
	return failure(error, EIO, "%s: offset 0x%jx: the written file does not have the planned byte", c->name,
		       (uintmax_t)difference);
}

static int compare(const struct elfsect_plan *plan, const uint8_t *written, const char *name,
		   struct elfsect_error *error)
{
	struct comparison c = {plan, written, name};
	const struct work work = {.count = plan->size / CHUNK + 1, .run = compare_chunk, .context = &c};
	struct workers *workers = NULL;
	int ret;

	/* Without memory for a pool this thread compares alone. */
	if (work.count > 1 && workers_open(MAX_THREADS, &workers))
		workers = NULL;
	ret = workers_run(workers, &work, error);
	workers_close(workers);
	return ret;
}

static int verify(const struct elfsect_plan *plan, const struct temporary *t, struct elfsect_error *error)
{
	elfsect_autoview struct elfsect_view *result = NULL;
	struct elfsect_error why;
	bool was_sound = true;
	int ret, unsound;

	ret = elfsect_view_of_fd(t->fd, t->asked, &result, error);
	if (ret)
		return ret;
	if (result->size != plan->size)
		return failure(error, EIO, "%s: the written file has 0x%jx bytes instead of 0x%jx", t->asked,
			       (uintmax_t)result->size, (uintmax_t)plan->size);
	ret = compare(plan, result->bytes, t->asked, error);
	if (ret)
		return ret;
	/* Nearly always the old file is sound: that it is not is found out when the new one is not. */
	unsound = check_no_worse(result, true, &why);
	ret = unsound == -ENOEXEC ? check_old(plan->view, &was_sound, error) : 0;
	if (ret)
		return ret;
	if (unsound == -ENOEXEC && !was_sound)
		return check_no_worse(result, false, error);
	if (unsound)
		error_copy(error, &why);
	return unsound;
}

/* ------------------------------------------------------------------------------------------------------ write */

static int write_plan(const struct elfsect_plan *plan, struct temporary *t, struct elfsect_error *error)
{
	const uint64_t kept = plan->size < plan->view->size ? plan->size : plan->view->size;
	int ret;

	ret = copy_old(plan->view, t->fd, kept);
	if (!ret)
		ret = apply(plan, t->fd);
	if (ret)
		return failure_errno(error, -ret, "%s: write", t->asked);
	/* Let the disk work while the processor compares. A hint: errors come back from fsync(). */
	(void)sync_file_range(t->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	ret = verify(plan, t, error);
	if (!ret)
		ret = temporary_copy_attributes(t, error);
	if (!ret)
		ret = elfsect_view_unchanged(plan->view, error);
	if (!ret)
		ret = temporary_publish(t, error);
	return ret;
}

/* The plan is for the content that the view has; another file may have got its name since. */
static int check_replaced(const struct elfsect_view *view, const struct temporary *t, struct elfsect_error *error)
{
	if (view->fd < 0 || !t->replaces || strcmp(view->name, t->asked) != 0 ||
	    (view->stat.st_dev == t->old.st_dev && view->stat.st_ino == t->old.st_ino))
		return 0;
	return failure(error, EAGAIN, "%s: somebody else replaced the file meanwhile", t->asked);
}

int elfsect_plan_write(const struct elfsect_plan *plan, const char *path, const struct elfsect_write_options *options,
		       struct elfsect_write_result *result, struct elfsect_error *error)
{
	const mode_t mode = plan->view->fd >= 0 ? plan->view->stat.st_mode : 0666;
	struct elfsect_write_options own;
	struct temporary temporary;
	int ret = options_take_or_none(&own, sizeof(own), options, "elfsect_write_options", error);

	if (ret)
		return ret;
	if (own.in_place)
		return write_in_place(plan, path, &own, result, error);
	ret = temporary_open(&temporary, path, mode, &own, error);
	if (!ret)
		ret = check_replaced(plan->view, &temporary, error);
	if (!ret)
		ret = write_plan(plan, &temporary, error);
	if (!ret && result)
		result->other_links = temporary.replaces && temporary.old.st_nlink ? temporary.old.st_nlink - 1 : 0;
	temporary_close(&temporary);
	return ret;
}

int elfsect_file_write(const char *path, const void *bytes, uint64_t size, const struct elfsect_write_options *options,
		       struct elfsect_error *error)
{
	struct elfsect_write_options own;
	struct temporary temporary;
	int ret = options_take_or_none(&own, sizeof(own), options, "elfsect_write_options", error);

	if (ret)
		return ret;
	ret = temporary_open(&temporary, path, 0666, &own, error);
	if (!ret) {
		ret = write_at(temporary.fd, bytes, size, 0);
		if (ret)
			failure_errno(error, -ret, "%s: write", path);
	}
	if (!ret)
		ret = temporary_copy_attributes(&temporary, error);
	if (!ret)
		ret = temporary_publish(&temporary, error);
	temporary_close(&temporary);
	return ret;
}
