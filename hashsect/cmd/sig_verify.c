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

enum { OPT_CERTIFICATES = OPT_SIG_FIRST_OWN, OPT_KEYRING, OPT_SYSTEM_MAP, OPT_JSON };

/* Version of the JSON that is printed. */
enum { SIG_VERIFY_SCHEMA = 1 };

struct verify_command {
	struct signers signers;
	const char *keyring, *system_map; /* NULL: not given */
	uint64_t max_size;
	bool json, quiet;
	struct json_object *list; /* with json */
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

static int verify(const char *path, struct verify_command *command)
{
	struct module_verdict verdict;
	struct elfsect_error error;
	struct sig_file file;
	int status = sig_file_open(path, command->max_size, &file);

	if (!status) {
		module_judge(file.bytes, file.size, &command->signers, &verdict);
		if (image_unchanged(file.image, &error))
			status = cli_error(&error);
	}
	if (!status) {
		command->failed |= verdict.status != MODULE_GOOD;
		if (command->list)
			json_object_array_add(command->list, verdict_object(path, &verdict));
		else if (!command->quiet || verdict.status != MODULE_GOOD)
			print_verdict(path, &verdict);
	}
	sig_file_close(&file);
	return status;
}

static int verify_files(int argc, char **argv, struct verify_command *command)
{
	struct json_object *all;
	int status = STATUS_OK;

	if (!command->signers.count && !command->keyring)
		return cli_usage("sig verify: --certificates or --keyring is needed");
	if (command->system_map && !command->keyring)
		return cli_usage("sig verify: --system-map goes with --keyring");
	if (!argc)
		return cli_usage("sig verify: no file given");
	if (command->keyring)
		status = take_keyring(command->keyring, command->system_map, &command->signers);
	if (status)
		return status;
	command->list = command->json ? json_object_new_array() : NULL;
	for (int i = 0; i < argc; i++)
		if (verify(argv[i], command))
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

int cmd_sig_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{"certificates", required_argument, NULL, OPT_CERTIFICATES},
		{"keyring", required_argument, NULL, OPT_KEYRING},
		{"system-map", required_argument, NULL, OPT_SYSTEM_MAP},
		{"json", no_argument, NULL, OPT_JSON},
		{"quiet", no_argument, NULL, 'q'},
		SIG_MAX_SIZE_OPTION,
		{0},
	};
	struct verify_command command = {0};
	int c, status = STATUS_OK;

	while (!status && (c = getopt_long(argc, argv, ":q", options, NULL)) != -1) {
		if (c == OPT_CERTIFICATES)
			status = add_certificates(optarg, &command.signers);
		else if (c == OPT_KEYRING)
			command.keyring = optarg;
		else if (c == OPT_SYSTEM_MAP)
			command.system_map = optarg;
		else if (c == OPT_JSON)
			command.json = true;
		else if (c == 'q')
			command.quiet = true;
		else if (c != OPT_SIG_MAX_SIZE)
			status = cli_bad_option(c, argv);
		else
			status = option_max_size(optarg, &command.max_size);
	}
	if (!status)
		status = verify_files(argc - optind, argv + optind, &command);
	signers_clear(&command.signers);
	return status;
}
