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
	struct elfsect_error error;
	int ret;

	ret = open_image(path, o, &image, &view, &error);
	if (!ret)
		ret = policy_for_view(o, view, &own, &error);
	if (!ret) {
		const struct hashsect_options options = library_options(o, own ? own : o->policy);

		ret = hashsect_dump(view, &options, write_stdout, NULL, &error);
	}
	if (!ret)
		ret = image_unchanged(image, &error);
	hashsect_policy_free(own);
	elfsect_view_close(view);
	image_close(image);
	return ret ? cli_error(&error) : STATUS_OK;
}

int cmd_dump(int argc, char **argv)
{
	static const struct option options[] = {DIGEST_OPTIONS, {0}};
	struct digest_options o = {0};
	int c, status = STATUS_OK;

	while (!status && (c = getopt_long(argc, argv, ":j:", options, NULL)) != -1)
		if (!digest_options_take(&o, c, &status))
			status = cli_bad_option(c, argv);
	if (!status && optind + 1 != argc)
		status = cli_usage("dump takes one file");
	if (!status && (o.modules || o.require_proof))
		status = cli_usage("dump: a dump needs no evidence, leave --modules and --require-proof out");
	if (!status)
		status = digest_options_ready(&o) ?: digest_options_begin(&o);
	if (!status)
		status = dump(argv[optind], &o);
	digest_options_clear(&o);
	return status;
}
