// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/tool/edit.h"

#include <unistd.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

bool edit_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

const struct option_row output_option_rows[] = {
	EFFECT_ROW(EFFECT_FILE, 'o', "output", "OUT", struct output_option, out,
		   "write OUT and leave FILE as it is; default: replace FILE. Either appears complete and verified, "
		   "or not at all."),
	FLAG_ROW(0, "in-place", struct output_option, in_place,
		 "write only the bytes that change into FILE, under a journal (see 'elfsect recover'); FILE must keep "
		 "its size"),
	FLAG_ROW(0, "verify", struct output_option, verify,
		 "with --in-place: check all of FILE, and prove by a hash before and after that no other byte changed"),
	RULE_ROW(RULE_EXCLUDE, "in-place", "output"),
	RULE_ROW(RULE_GOES_WITH, "in-place", "verify"),
	{0},
};

bool output_option_check(const struct output_option *output)
{
	if (!output->out || (*output->out && strcmp(output->out, "-") != 0))
		return true;
	cli_usage("-o needs a file: the result is verified before it gets its name, a stream cannot be");
	return false;
}

void edit_note_recovery(const char *path, enum elfsect_recovery recovery)
{
	if (recovery == ELFSECT_FILE_RESTORED)
		cli_note("%s: note: an edit was interrupted; the old content is back", path);
	else if (recovery == ELFSECT_JOURNAL_DISCARDED)
		cli_note("%s: note: an edit was interrupted before it changed the file; its incomplete journal was "
			 "removed",
			 path);
}

int edit_open(const char *path, const struct output_option *output, struct elfsect_view **view,
	      struct elfsect_error *error)
{
	enum elfsect_edit_mode mode = ELFSECT_EDIT_REPLACE;
	enum elfsect_recovery recovery;
	int ret;

	if (output->in_place)
		mode = ELFSECT_EDIT_IN_PLACE;
	else if (output->out && !edit_same_file(path, output->out))
		mode = ELFSECT_EDIT_COPY;
	ret = elfsect_view_open_edit(path, mode, &recovery, view, error);
	edit_note_recovery(path, recovery);
	/* A file that gets replaced takes its journal with it: else that would be of a file that is gone. */
	if (!ret && mode == ELFSECT_EDIT_COPY && !access(output->out, F_OK)) {
		ret = elfsect_recover(output->out, &recovery, error);
		edit_note_recovery(output->out, recovery);
		if (ret == -ENAMETOOLONG)
			ret = 0;
	}
	return ret;
}

/* A signal in the middle would do no harm, but leave work for the next command. */
static int write_blocked(const struct elfsect_plan *plan, const char *path, const struct elfsect_write_options *options,
			 struct elfsect_write_result *result, struct elfsect_error *error)
{
	sigset_t ends, before;
	int ret;

	sigemptyset(&ends);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &before);
	ret = elfsect_plan_write(plan, path, options, result, error);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ret;
}

int edit_write(const struct elfsect_plan *plan, const char *path, const struct output_option *output)
{
	struct elfsect_write_options options = cli_write_options;
	struct elfsect_write_result result = {0};
	const char *out = output->out ? output->out : path;
	struct elfsect_error error;
	int ret;

	options.in_place = output->in_place;
	options.verify = output->verify;
	if (elfsect_plan_is_empty(plan) && (!output->out || edit_same_file(path, out))) {
		cli_note("%s: nothing to change", path);
		return STATUS_OK;
	}
	if (output->in_place)
		ret = write_blocked(plan, path, &options, &result, &error);
	else
		ret = elfsect_plan_write(plan, out, &options, &result, &error);
	if (ret)
		return cli_error(&error);
	if (result.other_links)
		cli_note("%s: note: %ju other hard link%s of it still name%s the old content", out,
			 (uintmax_t)result.other_links, result.other_links == 1 ? "" : "s",
			 result.other_links == 1 ? "s" : "");
	return STATUS_OK;
}
