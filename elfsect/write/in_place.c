// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writing nothing but the planned bytes, and getting back from there. The journal is drawn in journal.h. */
#include "write/sound.h"
#include "write/in_place.h"

#include <unistd.h>
#include <stdlib.h>
#include <fcntl.h>
#include <sys/file.h>

#include "plan/plan.h"
#include "base/files.h"
#include "write/journal.h"
#include "base/hash.h"
#include "write/stale_temporaries.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

/* ----------------------------------------------------------------------------------------------- the other bytes */

/* The hash of all bytes that the plan does not name, as the file has them now. */
static int sum_rest(const struct elfsect_plan *plan, uint8_t sum[SHA256_SIZE], struct elfsect_error *error)
{
	const struct elfsect_view *view = plan->view;
	autofree struct span *spans = calloc(plan->count + 1, sizeof(*spans));
	uint64_t end = 0;

	if (!spans || view->size != plan->size)
		return failure_errno(error, ENOMEM, "%s", view->name);
	for (size_t i = 0; i < plan->count; i++) {
		spans[i] = (struct span){view->bytes + end, plan->changes[i].offset - end};
		end = plan->changes[i].offset + plan->changes[i].size;
	}
	spans[plan->count] = (struct span){view->bytes + end, view->size - end};
	return sha256_spans(spans, plan->count + 1, sum) ? failure_errno(error, ENOMEM, "%s: SHA-256", view->name) : 0;
}

/* What a thorough edit knows of the old file. */
struct rest {
	uint8_t sum[SHA256_SIZE]; /* of the bytes that stay */
	bool was_sound;
};

static int check_rest(const struct elfsect_plan *plan, const struct rest *rest, struct elfsect_error *error)
{
	const struct elfsect_view *view = plan->view;
	elfsect_autoview struct elfsect_view *written = NULL;
	uint8_t after[SHA256_SIZE];
	int ret;

	ret = sum_rest(plan, after, error);
	if (ret)
		return ret;
	if (memcmp(rest->sum, after, SHA256_SIZE) != 0)
		return failure(error, EIO, "%s: bytes changed that were not to change", view->name);
	ret = elfsect_view_of_fd(view->fd, view->name, &written, error);
	return ret ? ret : check_no_worse(written, rest->was_sound, error);
}

/* ------------------------------------------------------------------------------------------------------- writing */

static int check_target(const struct elfsect_plan *plan, const struct journal *j, struct stat *st,
			struct elfsect_error *error)
{
	const struct elfsect_view *view = plan->view;

	if (!view->locked || (fcntl(view->fd, F_GETFL) & O_ACCMODE) != O_RDWR)
		return failure(error, EBADF, "%s: not opened for an edit in place", j->asked);
	if (plan->size != view->size)
		return failure(error, EFBIG,
			       "%s: the edit changes the file's size from %ju to %ju bytes: not possible in place",
			       j->asked, (uintmax_t)view->size, (uintmax_t)plan->size);
	if (stat(j->target, st))
		return failure_errno(error, errno, "%s", j->asked);
	if (st->st_dev != view->stat.st_dev || st->st_ino != view->stat.st_ino)
		return failure(error, EAGAIN, "%s: somebody else replaced the file meanwhile", j->asked);
	return elfsect_view_unchanged(view, error);
}

/* What make builds from the file has to be built again. */
static int renew_time(const struct elfsect_plan *plan, const struct journal *j, struct elfsect_error *error)
{
	const struct elfsect_view *view = plan->view;
	int ret = ensure_newer(view->fd, &view->stat.st_mtim);

	if (ret > 0)
		ret = fsync(view->fd) ? -errno : 0;
	return ret ? failure_errno(error, -ret, "%s: setting the time of modification", j->asked) : 0;
}

/* The journal is on disk. Errors leave the old content, or the journal. */
static int change(const struct elfsect_plan *plan, const struct journal *j, const struct rest *rest,
		  struct elfsect_error *error)
{
	const int fd = plan->view->fd;
	struct elfsect_error again;
	bool removed;
	int ret;

	ret = journal_apply(j, fd, JOURNAL_NEW, error);
	if (!ret)
		ret = renew_time(plan, j, error);
	if (!ret && rest)
		ret = check_rest(plan, rest, error);
	if (!ret) {
		ret = journal_remove(j, &removed, error);
		/* The new content is in place and on disk; only that it stays there over a crash now is in doubt. */
		if (!ret || removed)
			return ret;
	}
	if (journal_apply(j, fd, JOURNAL_OLD, &again) || (journal_remove(j, &removed, &again) && !removed))
		error_append(error, "; 'elfsect recover' brings the old content back");
	return ret;
}

int write_in_place(const struct elfsect_plan *plan, const char *path, const struct elfsect_write_options *options,
		   struct elfsect_write_result *result, struct elfsect_error *error)
{
	autojournal struct journal journal = {.directory_fd = -1};
	struct rest rest;
	struct stat st;
	int ret;

	ret = journal_place(&journal, path, error);
	if (!ret)
		ret = check_target(plan, &journal, &st, error);
	if (!ret && options->verify) {
		ret = check_old(plan->view, &rest.was_sound, error);
		if (!ret)
			ret = sum_rest(plan, rest.sum, error);
	}
	if (ret || !plan->count)
		return ret;
	ret = journal_make(&journal, plan, error);
	if (!ret)
		ret = journal_write(&journal, error);
	if (!ret)
		ret = change(plan, &journal, options->verify ? &rest : NULL, error);
	if (!ret && result)
		result->other_links = 0;
	return ret;
}

/* ------------------------------------------------------------------------------------------------------ recovery */

/* A lock that nobody waits for: a build that hangs says less than an error. */
static int lock(int fd, int kind, const char *path, struct elfsect_error *error)
{
	if (!flock(fd, kind | LOCK_NB))
		return 0;
	if (errno == EWOULDBLOCK)
		return failure(error, EBUSY, "%s: another process is editing the file", path);
	return failure_errno(error, errno, "%s: lock", path);
}

static int recover(struct journal *j, enum elfsect_recovery *recovery, struct elfsect_error *error)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a reader. */
	autoclose int fd = open(j->target, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool removed;
	int ret;

	if (fd < 0)
		return failure_errno(error, errno, "%s: an edit was interrupted, see %s", j->asked, j->name);
	ret = lock(fd, LOCK_EX, j->asked, error);
	if (!ret)
		ret = journal_read(j, fd, error);
	if (ret == -ENOENT) /* whoever wrote it has finished meanwhile */
		return 0;
	if (ret && ret != -EBADMSG)
		return ret;
	*recovery = ret ? ELFSECT_JOURNAL_DISCARDED : ELFSECT_FILE_RESTORED;
	if (!ret)
		ret = journal_apply(j, fd, JOURNAL_OLD, error);
	else
		ret = 0;
	return ret ? ret : journal_remove(j, &removed, error);
}

/* With sweep: also what edits of other kinds left in the directory. */
static int recover_path(const char *path, bool sweep, enum elfsect_recovery *recovery, struct elfsect_error *error)
{
	autojournal struct journal journal = {.directory_fd = -1};
	int ret;

	*recovery = ELFSECT_NOTHING_TO_RECOVER;
	ret = journal_place(&journal, path, error);
	if (!ret && sweep)
		temporary_sweep(journal.directory_fd);
	if (!ret)
		ret = journal_exists(&journal, error);
	return ret > 0 ? recover(&journal, recovery, error) : ret;
}

int elfsect_recover(const char *path, enum elfsect_recovery *recovery, struct elfsect_error *error)
{
	return recover_path(path, true, recovery, error);
}

/* -------------------------------------------------------------------------------------------------- open to edit */

static int open_locked(const char *path, enum elfsect_edit_mode mode, int *out, struct elfsect_error *error)
{
	const int access = mode == ELFSECT_EDIT_IN_PLACE ? O_RDWR : O_RDONLY;
	autoclose int fd = open(path, access | O_CLOEXEC | O_NONBLOCK);
	int ret;

	if (fd < 0)
		return failure_errno(error, errno, "%s", path);
	ret = lock(fd, mode == ELFSECT_EDIT_COPY ? LOCK_SH : LOCK_EX, path, error);
	/* Some file systems lock only what is open for writing, or not at all. A replacement is atomic all the same. */
	if (ret && (ret == -EBUSY || mode == ELFSECT_EDIT_IN_PLACE))
		return ret;
	*out = fd;
	fd = -1;
	return 0;
}

/* Whether the name still leads to the open file, and there is no journal. */
static int is_settled(const char *path, int fd, struct elfsect_error *error)
{
	autojournal struct journal journal = {.directory_fd = -1};
	struct stat named, opened;
	int ret;

	if (stat(path, &named) || fstat(fd, &opened))
		return failure_errno(error, errno, "%s", path);
	if (named.st_dev != opened.st_dev || named.st_ino != opened.st_ino)
		return 0;
	ret = journal_place(&journal, path, error);
	if (!ret)
		ret = journal_exists(&journal, error);
	return ret < 0 ? ret : !ret;
}

int elfsect_view_open_edit(const char *path, enum elfsect_edit_mode mode, enum elfsect_recovery *recovery,
			   struct elfsect_view **view, struct elfsect_error *error)
{
	*recovery = ELFSECT_NOTHING_TO_RECOVER;
	/* Another editor may come first, or be interrupted, between looking and locking; not for ever. */
	for (int tries = 0; tries < 100; tries++) {
		autoclose int fd = -1;
		enum elfsect_recovery found;
		int ret;

		ret = recover_path(path, false, &found, error);
		if (found != ELFSECT_NOTHING_TO_RECOVER)
			*recovery = found;
		/* A name too long for a journal cannot have one. */
		if (ret == -ENAMETOOLONG && mode != ELFSECT_EDIT_IN_PLACE)
			return elfsect_view_open(path, view, error);
		if (!ret)
			ret = open_locked(path, mode, &fd, error);
		if (ret)
			return ret;
		ret = is_settled(path, fd, error);
		if (ret < 0)
			return ret;
		if (!ret)
			continue;
		ret = elfsect_view_of_fd(fd, path, view, error);
		if (!ret)
			(*view)->locked = true;
		return ret;
	}
	return failure(error, EAGAIN, "%s: others keep replacing the file", path);
}
