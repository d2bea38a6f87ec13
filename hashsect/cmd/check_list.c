// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_list.h"

#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/digest_line.h"
#include "report/compare_print.h"
#include "options_of_tag.h"
#include "base/cleanup.h"

/* Trouble outweighs a difference. */
static int worse(int a, int b)
{
	return a > b ? a : b;
}

/* Recompute one digest under its own tag. */
static int check_one(const char *digest, const char *path, const char *place, const struct digest_options *given,
		     bool quiet)
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
	}
	if (status != STATUS_TROUBLE && (!quiet || status != STATUS_OK))
		check_line_print(stdout, path, status == STATUS_OK);
	file_digest_clear(&file);
	hashsect_policy_free(options.policy);
	return status;
}

static int check_line(char *line, const char *place, const struct digest_options *options, bool quiet)
{
	char *digest, *path;

	if (!digest_line_parse(line, &digest, &path))
		return cli_trouble("%s: not a line of 'hashsect digest'", place);
	return check_one(digest, path, place, options, quiet);
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
		if (number == 1 && *line == '{')
			return cli_trouble("%s: no list of digests; a manifest is for 'hashsect compare --manifest'",
					   name);
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
	FILE *file;
	int status;

	file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if (!file)
		return cli_trouble("%s: %s", path, strerror(errno));
	status = check_lines(file, path, options, quiet);
	if (file != stdin)
		fclose(file);
	return status;
}
