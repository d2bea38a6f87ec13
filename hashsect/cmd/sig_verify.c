// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>

#include "commands.h"
#include "elfsect_keyring.h"
#include "signer_options.h"
#include "report/pe.h"
#include "report/signatures.h"
#include "image/pe_verdict.h"
#include "sig_pe.h"

struct verify_values {
	struct signer_options signers;
	bool json, quiet;
	uint64_t max_size;
};

static const struct option_row verify_rows[] = {
	GROUP_ROW(signer_option_rows, struct signer_options, struct verify_values, signers),
	FLAG_ROW(0, "json", struct verify_values, json, "print the result as JSON"),
	FLAG_ROW('q', "quiet", struct verify_values, quiet, "print only files that are not good"),
	MAX_SIZE_ROW(struct verify_values, max_size),
	{0},
};

struct verifying {
	const struct verify_values *values;
	struct signers signers;
	struct files_report report;
	bool failed; /* a file that is not good */
};

static bool wanted(struct verifying *command, enum signature_status status)
{
	command->failed |= status != SIGNATURE_GOOD;
	return command->report.json || !command->values->quiet || status != SIGNATURE_GOOD;
}

static int verify_pe(const struct sig_file *file, struct verifying *command)
{
	struct pe_verdict verdict;
	struct elfsect_error error;
	int status = STATUS_OK;

	if (pe_judge(file->bytes, file->size, &command->signers, &verdict, &error) ||
	    image_unchanged(file->image, &error))
		status = cli_error(&error);
	else if (wanted(command, verdict.status))
		files_report_pe_verdict(&command->report, file->path, &verdict);
	pe_verdict_clear(&verdict);
	return status;
}

static int verify_module(const struct sig_file *file, struct verifying *command)
{
	struct module_verdict verdict;
	struct elfsect_error error;

	module_judge(file->bytes, file->size, &command->signers, &verdict);
	if (image_unchanged(file->image, &error))
		return cli_error(&error);
	if (wanted(command, verdict.status))
		files_report_signature_verdict(&command->report, file->path, &verdict);
	return STATUS_OK;
}

static int verify(const char *path, struct verifying *command)
{
	struct sig_file file;
	int status = sig_file_open(path, command->values->max_size, &file);

	if (!status)
		status = sig_is_pe(&file) ? verify_pe(&file, command) : verify_module(&file, command);
	sig_file_close(&file);
	return status;
}

static int verify_all(int count, char **paths, struct verifying *command)
{
	int status = STATUS_OK;

	files_report_begin(&command->report, command->values->json, stdout);
	for (int i = 0; i < count; i++)
		if (verify(paths[i], command))
			status = STATUS_TROUBLE;
	if (files_report_end(&command->report, SIGNATURE_VERDICTS_SCHEMA))
		status = cli_trouble("out of memory");
	return status ? status : command->failed ? STATUS_DIFFERENT : STATUS_OK;
}

static int verify_files(void *values, int count, char **paths)
{
	const struct verify_values *v = values;
	struct verifying command = {.values = v};
	int status;

	if (!signer_options_given(&v->signers))
		return cli_usage("--certificates or --keyring is needed");
	status = signer_options_take(&v->signers, &command.signers) ?: verify_all(count, paths, &command);
	signers_clear(&command.signers);
	return status;
}

const struct command command_sig_verify = {
	.name = "sig verify",
	.synopsis = "[options] FILE...",
	.summary = "verify the outermost signature of modules, and all of PE files",
	.notes = "Exit status: 0 all good; 1 a file is bad, unsigned, malformed, of an unsupported algorithm, or the "
		 "certificate of its signer was not given; 2 trouble.",
	.options = verify_rows,
	.values_size = sizeof(struct verify_values),
	.least = 1,
	.operands = "no file given",
	.run = verify_files,
};
