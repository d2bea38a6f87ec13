// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>

#include "commands.h"
#include "elfsect_keyring.h"
#include "sig_file.h"
#include "report/signatures.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"

struct verify_values {
	struct option_strings certificates;
	const char *keyring, *system_map;
	bool json, quiet;
	uint64_t max_size;
};

static const struct option_row verify_rows[] = {
	STRINGS_ROW(0, "certificates", "FILE", struct verify_values, certificates,
		    "the signers that are accepted, PEM or DER; may be given several times"),
	STRING_ROW(0, "keyring", "VMLINUX", struct verify_values, keyring,
		   "accept those whose certificates are in this kernel"),
	STRING_ROW(0, "system-map", "FILE", struct verify_values, system_map, "its symbols, if it is stripped"),
	FLAG_ROW(0, "json", struct verify_values, json, "print the result as JSON"),
	FLAG_ROW('q', "quiet", struct verify_values, quiet, "print only files that are not good"),
	MAX_SIZE_ROW(struct verify_values, max_size),
	RULE_ROW(RULE_GOES_WITH, "keyring", "system-map"),
	{0},
};

struct verifying {
	const struct verify_values *values;
	struct signers signers;
	struct files_report report;
	bool failed; /* a file that is not good */
};

static int add_certificates(const char *path, struct signers *signers)
{
	struct elfsect_error error;
	autofree uint8_t *bytes = NULL;
	uint64_t size;
	int status = cli_read_file(path, CLI_SMALL_FILE_MAX, &bytes, &size);

	if (!status && signers_add(signers, bytes, size, path, &error))
		status = cli_error(&error);
	return status;
}

static int add_keyring(const struct elfsect_keyring *keyring, const char *path, struct signers *signers,
		       struct elfsect_error *error)
{
	size_t count;
	const struct elfsect_keyring_certificate *list = elfsect_keyring_certificates(keyring, &count);
	int ret = count ? 0 : failure(error, ENOENT, "%s: there is no certificate in its keyring", path);

	for (size_t i = 0; i < count && !ret; i++)
		ret = signers_add(signers, list[i].der, list[i].size, path, error);
	return ret;
}

/* All certificates in a kernel: the built-in ones and those of the extra slot. */
static int take_keyring(const char *path, const char *map_path, struct signers *signers)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_system_map *map = NULL;
	struct elfsect_keyring *keyring = NULL;
	struct elfsect_error error;
	int ret = elfsect_view_open(path, &view, &error);

	if (!ret && map_path)
		ret = elfsect_system_map_open(map_path, &map, &error);
	if (!ret)
		ret = elfsect_keyring_open(view, map, NULL, &keyring, &error);
	if (!ret)
		ret = add_keyring(keyring, path, signers, &error);
	if (!ret)
		ret = elfsect_view_unchanged(view, &error);
	elfsect_keyring_close(keyring);
	elfsect_system_map_close(map);
	return ret ? cli_error(&error) : STATUS_OK;
}

static int verify(const char *path, struct verifying *command)
{
	struct module_verdict verdict;
	struct elfsect_error error;
	struct sig_file file;
	int status = sig_file_open(path, command->values->max_size, &file);

	if (!status) {
		module_judge(file.bytes, file.size, &command->signers, &verdict);
		if (image_unchanged(file.image, &error))
			status = cli_error(&error);
	}
	if (!status) {
		command->failed |= verdict.status != MODULE_GOOD;
		if (command->report.json || !command->values->quiet || verdict.status != MODULE_GOOD)
			files_report_signature_verdict(&command->report, path, &verdict);
	}
	sig_file_close(&file);
	return status;
}

static int take_signers(const struct verify_values *v, struct signers *signers)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < v->certificates.count && !status; i++)
		status = add_certificates(v->certificates.words[i], signers);
	if (!status && v->keyring)
		status = take_keyring(v->keyring, v->system_map, signers);
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

	if (!v->certificates.count && !v->keyring)
		return cli_usage("--certificates or --keyring is needed");
	status = take_signers(v, &command.signers) ?: verify_all(count, paths, &command);
	signers_clear(&command.signers);
	return status;
}

const struct command command_sig_verify = {
	.name = "sig verify",
	.synopsis = "[options] FILE...",
	.summary = "verify the outermost signature of modules",
	.notes = "Exit status: 0 all good; 1 a file is bad, unsigned, malformed, of an unsupported algorithm, or the "
		 "certificate of its signer was not given; 2 trouble.",
	.options = verify_rows,
	.values_size = sizeof(struct verify_values),
	.least = 1,
	.operands = "no file given",
	.run = verify_files,
};
