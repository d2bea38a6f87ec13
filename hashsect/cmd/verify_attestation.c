// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attested.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "base/tool/output.h"
#include "commands.h"
#include "options_of_tag.h"
#include "trust/dsse.h"

struct verify_command {
	struct digest_options options;
	const char *key, *reference, *store;
	bool quiet;
};

static const struct option_row verify_rows[] = {
	STRING_ROW('k', "key", "FILE", struct verify_command, key,
		   "the public key, or the certificate, that has to have signed it; needed"),
	DIGEST_ROWS(digest_option_rows, struct verify_command, options),
	STRING_ROW(0, "reference", "FILE", struct verify_command, reference,
		   "the file that it was compared with; needed if there is one"),
	STRING_ROW(0, "store", "STORE", struct verify_command, store, "the store that it names"),
	FLAG_ROW('q', "quiet", struct verify_command, quiet, "print nothing but errors"),
	{0},
};

/*
 * Whether one of the signatures is by the key. One that names it and is not its own is refused beside a good one too;
 * those that name others are not looked at.
 */
static int verify_signature(const char *path, const struct attestation *a, EVP_PKEY *key)
{
	struct elfsect_error error, ignored;
	char id[DSSE_KEY_ID_SIZE];
	bool good = false;
	int ret = dsse_key_id(key, id) ? failure_errno(&error, ENOMEM, "signature") : 0;

	for (size_t i = 0; i < a->signature_count && !ret; i++) {
		const struct attestation_signature *s = &a->signatures[i];
		const bool named = !strcmp(s->key_id, id);

		if (*s->key_id && !named)
			continue;
		ret = dsse_verify(key, ATTESTATION_PAYLOAD_TYPE, a->payload, a->payload_size, s->bytes, s->size,
				  named ? &error : &ignored);
		good |= !ret;
		if (!named && ret == -EKEYREJECTED)
			ret = 0;
	}
	if (!ret && !good)
		ret = failure(&error, EKEYREJECTED, "no signature by this key");
	if (!ret)
		return STATUS_OK;
	(void)cli_trouble("%s: %s", path, error.message);
	return ret == -EKEYREJECTED ? STATUS_DIFFERENT : STATUS_TROUBLE;
}

/* The comparison is made again, with the digest of the reference as that of the file. */
static int verify_reference(const struct verify_command *command, const struct attestation *a,
			    const struct digest_options *options, const struct manifest *manifest,
			    struct elfsect_error *error)
{
	struct attested_file file = {.name = attested_name(command->reference)};
	struct attestation_claim claim = {.reference = &file};
	struct manifest *other = NULL;
	struct elfsect_error reason;
	struct attested opened;
	int ret = attested_open(command->reference, &opened, error);

	if (!ret)
		ret = attested_manifest(&opened, options, &other, error);
	if (!ret) {
		file.manifest = other;
		memcpy(file.sha256, opened.sha256, sizeof(file.sha256));
		claim.verdict = manifests_compare(manifest, other).verdict;
		ret = attestation_check_reference(a, &claim, &reason);
		if (ret)
			(void)failure(error, -ret, "%s: reference: %s", command->reference, reason.message);
	}
	manifest_free(other);
	attested_close(&opened);
	return ret;
}

/* The digest is made again as it is claimed to have been made. */
static int verify_subject(const struct verify_command *command, const struct attestation *a, size_t subject,
			  const struct attested *file)
{
	struct digest_options options = command->options;
	const char *digest = attestation_digest(a, subject);
	struct manifest *manifest = NULL;
	struct elfsect_error error, reason;
	struct tag tag;
	int ret;

	if (!digest || !tag_parse(digest, &tag))
		return cli_trouble("%s: no digest of a scheme that this version knows is attested", file->path);
	options.policy = NULL;
	ret = options_of_tag(&tag, file->path, &options, &error);
	if (!ret)
		ret = attested_manifest(file, &options, &manifest, &error);
	if (!ret) {
		ret = attestation_check(a, subject, manifest, &reason);
		if (ret)
			(void)failure(&error, -ret, "%s: %s", file->path, reason.message);
	}
	if (!ret && command->reference)
		ret = verify_reference(command, a, &options, manifest, &error);
	manifest_free(manifest);
	hashsect_policy_free(options.policy);
	return ret ? file_digest_failed(ret, &error) : STATUS_OK;
}

/* Files may be the same under several names: what is claimed of each has to be so. */
static int verify_file(const struct verify_command *command, const struct attestation *a, const char *path, bool *seen)
{
	struct elfsect_error error;
	struct attested file;
	int status = attested_open(path, &file, &error) ? cli_error(&error) : STATUS_OK;
	size_t subject = status ? SIZE_MAX : attestation_find(a, file.sha256, 0);

	if (!status && subject == SIZE_MAX) {
		(void)cli_trouble("%s: no such file is attested: its SHA-256 is another one", path);
		status = STATUS_DIFFERENT;
	}
	for (; subject != SIZE_MAX && !status; subject = attestation_find(a, file.sha256, subject + 1)) {
		if (seen[subject])
			continue;
		seen[subject] = true;
		status = verify_subject(command, a, subject, &file);
	}
	attested_close(&file);
	return status;
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

static int not_so(const char *path, const char *why)
{
	(void)cli_trouble("%s: %s", path, why);
	return STATUS_DIFFERENT;
}

/* What it names beside its subjects. */
static int verify_named(const struct verify_command *command, const struct attestation *a, const char *path)
{
	const char *store = attestation_store(a);
	struct elfsect_error error;
	uint8_t sum[32];
	char digits[65];

	if (attestation_has_reference(a) && !command->reference)
		return not_so(path, "it says how the file compares with another one: give that with --reference");
	if (!attestation_has_reference(a) && command->reference)
		return not_so(path, "it says nothing of a reference");
	if (!command->store)
		return STATUS_OK;
	if (!store)
		return not_so(path, "it names no store");
	if (attested_store(command->store, sum, &error))
		return cli_error(&error);
	text_hex(sum, sizeof(sum), digits, sizeof(digits));
	return strcmp(digits, store) ? not_so(command->store, "not the store that is named") : STATUS_OK;
}

static int verify(const struct verify_command *command, int count, char **paths)
{
	struct attestation attestation;
	struct elfsect_error error;
	autofree uint8_t *bytes = NULL;
	EVP_PKEY *key = NULL;
	size_t subjects;
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
	status = verify_signature(paths[0], &attestation, key)
			 ?: verify_named(command, &attestation, paths[0])
			 ?: verify_files(command, &attestation, count, paths);
	subjects = attestation_subject_count(&attestation);
	if (!status && !command->quiet)
		printf("OK: signed by this key, and what is attested of %zu file%s is so%s\n", subjects,
		       subjects == 1 ? "" : "s",
		       attestation_store(&attestation) && !command->store ? "; the store was not looked at" : "");
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
