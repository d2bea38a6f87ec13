// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "base/error.h"
#include "btf_file.h"
#include "compare_packages.h"
#include "digest_files.h"
#include "page_output.h"
#include "report/btf.h"
#include "report/compare_print.h"
#include "report/manifest_read.h"
#include "report/page/pages.h"
#include "options_of_tag.h"

struct compare_command {
	struct digest_options options;
	struct option_strings manifests;
	const char *html;
	bool accept_excluded, json, quiet, verbose;
};

static const struct option_row compare_rows[] = {
	DIGEST_ROWS(digest_option_rows, struct compare_command, options),
	STRINGS_ROW(0, "manifest", "M", struct compare_command, manifests,
		    "the manifest of a file stands for A; given twice, for both"),
	FLAG_ROW(0, "accept-excluded", struct compare_command, accept_excluded,
		 "exit status 0 instead of 3 if only excluded bytes differ"),
	FLAG_ROW(0, "json", struct compare_command, json, "print the result as JSON"),
	FLAG_ROW('q', "quiet", struct compare_command, quiet, "print nothing"),
	FLAG_ROW('v', "verbose", struct compare_command, verbose, "name all parts that differ, however many"),
	PAGE_ROW(struct compare_command, html),
	RULE_ROW(RULE_EXCLUDE, "quiet", "verbose"),
	{0},
};

/* A manifest says under which hash, policy and scope a file has to be compared with it. */
static int take_tag(const char *path, const struct manifest *manifest, struct digest_options *options,
		    struct elfsect_error *error)
{
	return options->policy ? 0 : options_of_tag(&manifest->tag, path, options, error);
}

static int digest_side(const char *path, const struct digest_options *options, struct manifest **manifest,
		       struct elfsect_error *error)
{
	struct file_digest file;
	int ret;

	ret = file_digest_make(path, options, NULL, &file, error);
	if (ret)
		return ret;
	*manifest = file_manifest(&file, NULL, true);
	file_digest_clear(&file);
	return *manifest ? 0 : failure_errno(error, ENOMEM, "%s", path);
}

static int status_of(const struct compare_command *command, enum verdict verdict)
{
	if (verdict == VERDICT_EXCLUDED)
		return command->accept_excluded ? STATUS_OK : STATUS_EXCLUDED;
	return verdict == VERDICT_DIFFERENT ? STATUS_DIFFERENT : STATUS_OK;
}

/* Where types differ it may be their order. Of what cannot be read, as of modules without their base, nothing is said.
 */
static const char *advice_on_types(const char *const paths[2])
{
	struct btf_file sides[2] = {{0}};
	const char *advice = NULL;
	struct btf_comparison types;
	struct elfsect_error ignored;

	if (!btf_file_open(paths[0], NULL, &sides[0], &ignored) &&
	    !btf_file_open(paths[1], NULL, &sides[1], &ignored) &&
	    !btf_compare(sides[0].btf, sides[1].btf, &types, &ignored))
		advice = btf_comparison_advice(&types);
	btf_file_close(&sides[0]);
	btf_file_close(&sides[1]);
	return advice;
}

static int finish(const struct compare_command *command, const char *const paths[2], const struct manifest *a,
		  const struct manifest *b)
{
	struct comparison c = manifests_compare(a, b);
	int status = STATUS_OK;

	if (!c.advice && !command->manifests.count && section_differs(&c, ".BTF"))
		c.advice = advice_on_types(paths);
	if (command->html)
		status = page_write(command->html, comparison_page(&c));
	if (status || command->quiet || page_is_output(command->html))
		return status ?: status_of(command, c.verdict);
	if (!command->json)
		comparison_print(&c, command->verbose, stdout);
	else if (comparison_print_json(&c, stdout))
		return cli_trouble("%s", strerror(ENOMEM));
	return status_of(command, c.verdict);
}

static int print_packages(const struct compare_command *command, const struct packages_comparison *c)
{
	if (command->quiet || page_is_output(command->html))
		return 0;
	return command->json ? packages_print_json(c, stdout) : packages_print(c, command->verbose, stdout);
}

static int compare_two_packages(char **files, struct compare_command *command)
{
	const char *const paths[2] = {files[0], files[1]};
	struct packages_comparison comparison = {0};
	struct elfsect_error error;
	int status = digest_options_ready(&command->options);

	if (status)
		return status;
	if (compare_packages(paths, &command->options, NULL, &comparison, &error))
		status = cli_error(&error);
	else if (command->html)
		status = page_write(command->html, packages_page(&comparison));
	if (!status && print_packages(command, &comparison))
		status = cli_trouble("%s", strerror(ENOMEM));
	if (!status)
		status = status_of(command, packages_verdict(&comparison));
	packages_comparison_clear(&comparison);
	return status;
}

/* What a file is is never guessed: manifests are named as such, and are the first sides. */
static int read_sides(const struct compare_command *command, char **files, const char *paths[2],
		      struct manifest *sides[2], struct digest_options *options, struct elfsect_error *error)
{
	const size_t named = command->manifests.count;
	int ret = 0;

	for (size_t i = 0; i < 2 && !ret; i++) {
		paths[i] = i < named ? command->manifests.words[i] : files[i - named];
		if (i < named)
			ret = manifest_read(paths[i], &sides[i], error) ?: take_tag(paths[i], sides[i], options, error);
	}
	return ret;
}

static int compare(char **files, struct compare_command *command)
{
	struct manifest *sides[2] = {NULL, NULL};
	const char *paths[2];
	struct elfsect_error error;
	int status = STATUS_OK, ret;

	ret = read_sides(command, files, paths, sides, &command->options, &error);
	if (!ret && !command->options.policy)
		status = digest_options_ready(&command->options);
	for (int i = 0; i < 2 && !ret && !status; i++)
		if (!sides[i])
			ret = digest_side(paths[i], &command->options, &sides[i], &error);
	/* Of a file this was asked when its digest was computed; of a manifest here. */
	for (int i = 0; i < 2 && !ret && !status && command->options.require_proof; i++)
		ret = manifest_proved(sides[i], command->options.accept_build_id, paths[i], &error);
	if (ret)
		status = file_digest_failed(ret, &error);
	else if (!status && !command->options.excluded.count && !tags_equal(sides[0]->digest, sides[1]->digest))
		status = cli_trouble("%s and %s have digests of different kinds: %s, %s", paths[0], paths[1],
				     sides[0]->digest, sides[1]->digest);
	else if (!status)
		status = finish(command, paths, sides[0], sides[1]);
	manifest_free(sides[0]);
	manifest_free(sides[1]);
	return status;
}

static int run(void *values, int count, char **paths)
{
	struct compare_command *command = values;
	int status, packages;

	if (command->manifests.count > 2 || (size_t)count + command->manifests.count != 2)
		return cli_usage(command->manifests.count ? "with a manifest one file is needed, or another manifest"
							  : "two files are needed");
	status = packages_count(count, paths, &packages);
	if (status)
		return status;
	if (packages && (packages != 2 || command->manifests.count))
		return packages_refuse_mixture();
	status = digest_options_begin(&command->options)
			 ?: (packages ? compare_two_packages(paths, command) : compare(paths, command));
	digest_options_clear(&command->options);
	return status;
}

const struct command command_compare = {
	.name = "compare",
	.synopsis = "[options] A B\n[options] --manifest M FILE",
	.summary = "compare two ELF files, folders or packages, or a file with a manifest",
	.notes = "Exit status: 0 equal, 1 different, 2 trouble, 3 equal but for the excluded bytes.",
	.options = compare_rows,
	.values_size = sizeof(struct compare_command),
	.run = run,
};
