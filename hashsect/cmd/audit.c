// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit_files.h"
#include "commands.h"
#include "page_output.h"
#include "report/page/pages.h"

struct audit_command {
	struct digest_options options;
	const char *html;
	bool json, quiet, verbose;
};

static const struct option_row audit_rows[] = {
	DIGEST_ROWS(digest_option_rows, struct audit_command, options),
	FLAG_ROW(0, "json", struct audit_command, json, "print the result as JSON"),
	FLAG_ROW('q', "quiet", struct audit_command, quiet, "print nothing"),
	FLAG_ROW('v', "verbose", struct audit_command, verbose, "list each finding, however many are alike"),
	PAGE_ROW(struct audit_command, html),
	RULE_ROW(RULE_EXCLUDE, "quiet", "verbose"),
	{0},
};

static int print(const struct audit_command *command, const struct audit_result *result)
{
	if (command->quiet || page_is_output(command->html))
		return 0;
	return command->json ? audit_print_json(result, stdout) : audit_print(result, command->verbose, stdout);
}

static int audit(struct audit_command *command, size_t count, const char *const *paths)
{
	struct audit_result result = {0};
	struct elfsect_error error;
	int status = digest_options_ready(&command->options);

	if (status)
		return status;
	if (audit_files(paths, count, &command->options, &result, &error))
		status = cli_error(&error);
	else if (command->html)
		status = page_write(command->html, audit_page(&result));
	if (!status && print(command, &result))
		status = cli_trouble("%s", strerror(ENOMEM));
	if (!status)
		status = audit_failed(&result) ? STATUS_DIFFERENT : STATUS_OK;
	audit_clear(&result);
	return status;
}

static int run(void *values, int count, char **paths)
{
	struct audit_command *command = values;
	const int status =
		digest_options_begin(&command->options) ?: audit(command, (size_t)count, (const char *const *)paths);

	digest_options_clear(&command->options);
	return status;
}

const struct command command_audit = {
	.name = "audit",
	.synopsis = "[options] FILE|PACKAGE|FOLDER...",
	.summary = "account for excluded bytes and signatures, and find what should not be there",
	.notes = "All that is named belongs together: modules are verified by the keyrings of the kernels among it.\n"
		 "Exit status: 0 no error found, 1 at least one, 2 trouble.",
	.options = audit_rows,
	.values_size = sizeof(struct audit_command),
	.least = 1,
	.operands = "no file, package or folder given",
	.run = run,
};
