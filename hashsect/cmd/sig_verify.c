// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>

#include "commands.h"
#include "base/json.h"
#include "elfsect_keyring.h"
#include "sig_file.h"
#include "report/cms.h"
#include "modules/signature_verdict.h"
#include "base/cleanup.h"
#include "elfsect_cleanup.h"
#include "base/text.h"

/* Version of the JSON that is printed. */
enum { SIG_VERIFY_SCHEMA = 1 };

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
	struct json_object *list; /* with --json */
	bool failed;		  /* a file that is not good */
};

static int add_certificates(const char *path, struct signers *signers)
{
	struct elfsect_error error;
	autofree uint8_t *bytes = NULL;
	uint64_t size;
	int status = cli_read_file(path, &bytes, &size);

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

static void print_verdict(const char *path, const struct module_verdict *v)
{
	char signer[2304];

	text_print(stdout, path);
	printf(": %s", module_status_name(v->status));
	if (*v->reason.message) {
		fputs(": ", stdout);
		text_print(stdout, v->reason.message);
	}
	if (v->has_signature) {
		cms_describe_signer(&v->signature, signer, sizeof(signer));
		printf(" (%s, ", v->signature.algorithm);
		text_print(stdout, signer);
		putchar(')');
	}
	putchar('\n');
}

static struct json_object *certificate_object(const X509 *certificate)
{
	struct elfsect_certificate description;
	struct elfsect_error error;
	struct json_object *o = NULL;
	uint8_t *der = NULL;
	const int size = i2d_X509(certificate, &der);

	if (size > 0 && !elfsect_certificate_describe(der, (uint64_t)size, &description, &error)) {
		o = json_object_new_object();
		json_object_object_add(o, "subject", json_name(description.subject));
		json_object_object_add(o, "serial", json_object_new_string(description.serial));
		json_object_object_add(o, "key_type", json_object_new_string(description.key_type));
		json_object_object_add(o, "key_id", json_object_new_string(description.key_id));
		json_object_object_add(o, "sha256", json_object_new_string(description.fingerprint));
	}
	OPENSSL_free(der);
	return o;
}

static struct json_object *verdict_object(const char *path, const struct module_verdict *v)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "path", json_name(path));
	json_object_object_add(o, "status", json_object_new_string(module_status_name(v->status)));
	if (*v->reason.message)
		json_object_object_add(o, "reason", json_name(v->reason.message));
	if (v->has_signature)
		json_object_object_add(o, "signature", cms_object(&v->signature));
	if (v->certificate)
		json_object_object_add(o, "certificate", certificate_object(v->certificate));
	return o;
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
		if (command->list)
			json_object_array_add(command->list, verdict_object(path, &verdict));
		else if (!command->values->quiet || verdict.status != MODULE_GOOD)
			print_verdict(path, &verdict);
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
	struct json_object *all;
	int status = STATUS_OK;

	command->list = command->values->json ? json_object_new_array() : NULL;
	for (int i = 0; i < count; i++)
		if (verify(paths[i], command))
			status = STATUS_TROUBLE;
	if (command->list) {
		all = json_object_new_object();
		json_object_object_add(all, "schema", json_object_new_int(SIG_VERIFY_SCHEMA));
		json_object_object_add(all, "files", command->list);
		if (print_json(all))
			status = STATUS_TROUBLE;
	}
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
