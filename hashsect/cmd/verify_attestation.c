// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attested.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/tool/output.h"
#include "commands.h"
#include "options_of_tag.h"
#include "trust/dsse.h"

struct verify_command {
	struct digest_options options;
	const char *key;
	bool quiet;
};

static const struct option_row verify_rows[] = {
	STRING_ROW('k', "key", "FILE", struct verify_command, key,
		   "the public key, or the certificate, that has to have signed it; needed"),
	DIGEST_ROWS(digest_option_rows, struct verify_command, options),
	FLAG_ROW('q', "quiet", struct verify_command, quiet, "print nothing but errors"),
	{0},
};

/* Whether one of the signatures is by the key. One that names it and is not its own is no signature. */
static int verify_signature(const char *path, const struct attestation *a, EVP_PKEY *key)
{
	struct elfsect_error error;
	char id[DSSE_KEY_ID_SIZE];
	int ret = dsse_key_id(key, id) ? failure_errno(&error, ENOMEM, "%s", path)
				       : failure(&error, EKEYREJECTED, "no signature by this key");

	for (size_t i = 0; i < a->signature_count && ret != -ENOMEM; i++) {
		const struct attestation_signature *s = &a->signatures[i];

		if (*s->key_id && strcmp(s->key_id, id) != 0)
			continue;
		ret = dsse_verify(key, ATTESTATION_PAYLOAD_TYPE, a->payload, a->payload_size, s->bytes, s->size,
				  &error);
		if (!ret)
			return STATUS_OK;
	}
	(void)cli_trouble("%s: %s", path, error.message);
	return ret == -EKEYREJECTED ? STATUS_DIFFERENT : STATUS_TROUBLE;
}

/* The digest is made again as it is claimed to have been made. */
static int verify_file(const struct verify_command *command, const struct attestation *a, const char *path, bool *seen)
{
	struct digest_options options = command->options;
	struct manifest *manifest = NULL;
	struct elfsect_error error, reason;
	uint8_t sum[32];
	const char *digest;
	struct tag tag;
	size_t subject;
	int ret = attested_sum(path, sum, &error);

	if (ret)
		return cli_error(&error);
	subject = attestation_find(a, sum);
	if (subject == SIZE_MAX) {
		(void)cli_trouble("%s: no such file is attested: its SHA-256 is another one", path);
		return STATUS_DIFFERENT;
	}
	seen[subject] = true;
	digest = attestation_digest(a, subject);
	if (!digest || !tag_parse(digest, &tag))
		return cli_trouble("%s: no digest of a scheme that this version knows is attested", path);
	options.policy = NULL;
	ret = options_of_tag(&tag, path, &options, &error);
	if (!ret)
		ret = attested_manifest(path, &options, &manifest, &error);
	if (!ret) {
		ret = attestation_check(a, subject, manifest, &reason);
		if (ret)
			ret = failure(&error, -ret, "%s: %s", path, reason.message);
	}
	manifest_free(manifest);
	hashsect_policy_free(options.policy);
	return ret ? file_digest_failed(ret, &error) : STATUS_OK;
}

static int verify_files(const struct verify_command *command, const struct attestation *a, int count, char **paths)
{
	const size_t subjects = attestation_subject_count(a);
	autofree bool *seen = calloc(subjects + 1, sizeof(*seen));
	int status = seen ? STATUS_OK : cli_trouble("%s", strerror(ENOMEM));

	for (int i = 1; i < count && status != STATUS_TROUBLE; i++) {
		const int one = verify_file(command, a, paths[i], seen);

		status = one > status ? one : status;
	}
	for (size_t i = 0; i < subjects && !status; i++) {
		if (seen[i])
			continue;
		(void)cli_trouble("%s: it is about %zu file%s, and not all were given", paths[0], subjects,
				  subjects == 1 ? "" : "s");
		status = STATUS_DIFFERENT;
	}
	return status;
}

static int verify(const struct verify_command *command, int count, char **paths)
{
	struct attestation attestation;
	struct elfsect_error error;
	autofree uint8_t *bytes = NULL;
	EVP_PKEY *key = NULL;
	uint64_t size;
	int status = cli_read_file(command->key, CLI_SMALL_FILE_MAX, &bytes, &size);

	if (status)
		return status;
	if (dsse_public_key(bytes, size, command->key, &key, &error))
		return cli_error(&error);
	if (attestation_read(paths[0], &attestation, &error)) {
		EVP_PKEY_free(key);
		return cli_error(&error);
	}
	status = verify_signature(paths[0], &attestation, key) ?: verify_files(command, &attestation, count, paths);
	if (!status && !command->quiet)
		printf("OK: signed by this key, and what is attested of %d file%s is so\n", count - 1,
		       count == 2 ? "" : "s");
	attestation_clear(&attestation);
	EVP_PKEY_free(key);
	return status;
}

static int run(void *values, int count, char **paths)
{
	struct verify_command *command = values;
	int status;

	if (!command->key)
		return cli_usage("--key is needed: whose signature it has to be");
	status = digest_options_begin(&command->options) ?: verify(command, count, paths);
	digest_options_clear(&command->options);
	return status;
}

const struct command command_verify_attestation = {
	.name = "verify-attestation",
	.synopsis = "--key FILE [options] ENVELOPE FILE...",
	.summary = "verify an attestation: its signature, and all that it says of the files",
	.notes = "Exit status: 0 it is so, 1 it is not, 2 trouble.",
	.options = verify_rows,
	.values_size = sizeof(struct verify_command),
	.least = 2,
	.operands = "an envelope and at least one file are needed",
	.run = run,
};
