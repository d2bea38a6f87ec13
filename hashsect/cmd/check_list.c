// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_list.h"

#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/digest_line.h"
#include "report/manifest_read.h"
#include "report/compare_print.h"
#include "options_of_tag.h"
#include "base/cleanup.h"

/* Trouble outweighs a difference, a difference outweighs one in what is excluded. */
static int worse(int a, int b)
{
	static const int order[] = {STATUS_OK, STATUS_EXCLUDED, STATUS_DIFFERENT, STATUS_TROUBLE};
	int x = 0, y = 0;

	for (int i = 0; i < 4; i++) {
		x = order[i] == a ? i : x;
		y = order[i] == b ? i : y;
	}
	return order[x > y ? x : y];
}

/* Recompute one digest under its own tag. `manifest` may be NULL. */
static int check_one(const char *digest, const char *path, const char *place, const struct digest_options *given,
		     const struct manifest *manifest, bool quiet)
{
	struct digest_options options = *given;
	struct file_digest file;
	struct elfsect_error error;
	struct tag tag;
	int status = STATUS_DIFFERENT, ret;

	if (!tag_parse(digest, &tag))
		return cli_trouble("%s: '%s' is not a digest of a scheme that this version knows", place, digest);
	options.policy = NULL;
	ret = options_of_tag(&tag, place, &options, &error) ?: file_digest_make(path, &options, &file, &error);
	if (ret) {
		hashsect_policy_free(options.policy);
		return file_digest_failed(ret, &error);
	}
	if (!tags_equal(file.digest->tagged, digest)) {
		status = cli_trouble("%s: the digest was made with policy %s; the options given make another one",
				     place, tag.policy);
	} else if (!strcmp(file.digest->tagged, digest)) {
		status = STATUS_OK;
		if (manifest) {
			struct manifest *now = file_manifest(&file, NULL, false);

			status = !now				   ? cli_trouble("%s: %s", path, strerror(ENOMEM))
				 : exclusions_equal(manifest, now) ? STATUS_OK
								   : STATUS_EXCLUDED;
			manifest_free(now);
		}
	}
	if (status != STATUS_TROUBLE && (!quiet || status != STATUS_OK))
		check_line_print(stdout, path,
				 status == STATUS_OK	     ? VERDICT_IDENTICAL
				 : status == STATUS_EXCLUDED ? VERDICT_EXCLUDED
							     : VERDICT_DIFFERENT);
	file_digest_clear(&file);
	hashsect_policy_free(options.policy);
	return status;
}

static int check_line(char *line, const char *place, const struct digest_options *options, bool quiet)
{
	char *digest, *path;

	if (!digest_line_parse(line, &digest, &path))
		return cli_trouble("%s: not a line of 'hashsect digest'", place);
	return check_one(digest, path, place, options, NULL, quiet);
}

static int check_lines(FILE *file, const char *name, const struct digest_options *options, bool quiet)
{
	autofree char *line = NULL;
	size_t room = 0, number = 0, checked = 0;
	int status = STATUS_OK;
	ssize_t length;

	while ((length = getline(&line, &room, file)) > 0) {
		autofree char *place = NULL;

		number++;
		if (line[length - 1] == '\n')
			line[--length] = '\0';
		if (!length || *line == '#')
			continue;
		if (asprintf(&place, "%s:%zu", name, number) < 0)
			return cli_trouble("out of memory");
		if (strlen(line) != (size_t)length)
			status = worse(status, cli_trouble("%s: a zero byte in the line", place));
		else
			status = worse(status, check_line(line, place, options, quiet));
		checked++;
	}
	if (ferror(file))
		return cli_trouble("%s: %s", name, strerror(errno));
	return checked ? status : cli_trouble("%s: no digest in it", name);
}

int check_list(const char *path, struct digest_options *options, bool quiet)
{
	struct manifest *manifest;
	struct elfsect_error error;
	FILE *file;
	int status;

	if (is_manifest(path)) {
		if (manifest_read(path, &manifest, &error))
			return cli_error(&error);
		status = check_one(manifest->digest, manifest->path, path, options, manifest, quiet);
		manifest_free(manifest);
		return status;
	}
	file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if (!file)
		return cli_trouble("%s: %s", path, strerror(errno));
	status = check_lines(file, path, options, quiet);
	if (file != stdin)
		fclose(file);
	return status;
}
