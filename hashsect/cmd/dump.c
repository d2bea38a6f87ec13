// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "commands.h"
#include "digest_files.h"

static int write_stdout(void *context, const char *text, size_t length)
{
	(void)context;
	errno = EIO;
	return fwrite(text, 1, length, stdout) == length ? 0 : -errno;
}

static int dump(const char *path, const struct digest_options *o)
{
	struct hashsect_policy *own = NULL;
	struct elfsect_view *view = NULL;
	struct image *image = NULL;
	struct around around;
	struct elfsect_error error;
	int ret;

	ret = open_image(path, o, &image, &view, &error);
	if (!ret)
		ret = policy_for_view(o, view, &own, &error);
	if (!ret) {
		struct hashsect_options options = library_options(o, own ? own : o->policy);

		ret = around_take(image, &around, &options) ? failure_errno(&error, ENOMEM, "%s", path)
							    : hashsect_dump(view, &options, write_stdout, NULL, &error);
		around_clear(&around);
	}
	if (!ret)
		ret = image_unchanged(image, &error);
	hashsect_policy_free(own);
	elfsect_view_close(view);
	image_close(image);
	return ret ? cli_error(&error) : STATUS_OK;
}

static const struct option_row dump_rows[] = {
	{.type = OPTION_GROUP, .group = record_option_rows},
	{0},
};

static int run(void *values, int count, char **paths)
{
	struct digest_options *o = values;
	int status = digest_options_ready(o) ?: digest_options_begin(o) ?: dump(paths[0], o);

	(void)count;
	digest_options_clear(o);
	return status;
}

const struct command command_dump = {
	.name = "dump",
	.synopsis = "[options] FILE",
	.summary = "print what the digest covers as text, for diff",
	.options = dump_rows,
	.values_size = sizeof(struct digest_options),
	.least = 1,
	.most = 1,
	.operands = "exactly one file is needed",
	.run = run,
};
