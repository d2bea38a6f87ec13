// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attested.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "base/tool/output.h"
#include "commands.h"
#include "trust/dsse.h"

struct attest_command {
	struct digest_options options;
	const char *key, *provider, *format, *reference, *store, *out;
};

static const struct option_row attest_rows[] = {
	DIGEST_ROWS(digest_option_rows, struct attest_command, options),
	STRING_ROW('k', "key", "KEY", struct attest_command, key,
		   "sign with this private key: a file, or a URI as pkcs11:...; without it the statement is printed"),
	EFFECT_ROW(EFFECT_ANY, 0, "provider", "NAME", struct attest_command, provider,
		   "a provider of OpenSSL to load for the key"),
	OFFER_ROW(0, "format", "FORMAT", OPTION_WORDS("digest", "svr"), struct attest_command, format,
		  "digest (default): what the digest says and leaves out; svr: a Simple Verification Result"),
	STRING_ROW(0, "reference", "FILE", struct attest_command, reference,
		   "say how the file compares with this one, as the official with a rebuilt one"),
	STRING_ROW(0, "store", "STORE", struct attest_command, store,
		   "name the store whose signatures were put on, by its index"),
	EFFECT_ROW(EFFECT_FILE, 'o', "output", "OUT", struct attest_command, out,
		   "write it there, not to standard output"),
	{0},
};

/* Now, or when SOURCE_DATE_EPOCH says. */
static int take_time(char text[24])
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t seconds;
	time_t at = time(NULL);
	struct tm tm;

	if (epoch && (!text_decimal(epoch, &seconds) || seconds > 253402300799)) /* the year 9999 */
		return cli_trouble("SOURCE_DATE_EPOCH: '%s' is not a number of seconds", epoch);
	if (epoch)
		at = (time_t)seconds;
	if (!gmtime_r(&at, &tm) || !strftime(text, 24, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return cli_trouble("the time cannot be written");
	return STATUS_OK;
}

static int sign_statement(const struct attest_command *command, const char *statement, char **envelope,
			  struct elfsect_error *error)
{
	uint8_t signature[DSSE_SIGNATURE_MAX];
	char id[DSSE_KEY_ID_SIZE];
	struct elfsect_error reason;
	struct dsse_key key;
	size_t size;
	int ret = dsse_private_key(command->key, command->provider, &key, error);

	if (!ret) {
		ret = dsse_sign(key.key, ATTESTATION_PAYLOAD_TYPE, statement, strlen(statement), signature, &size,
				&reason);
		if (!ret && dsse_key_id(key.key, id))
			ret = failure(&reason, EIO, "its public key cannot be had");
		if (ret)
			(void)failure(error, -ret, "%s: %s", command->key, reason.message);
	}
	dsse_key_clear(&key);
	if (ret)
		return ret;
	*envelope = attestation_envelope(statement, id, signature, size);
	return *envelope ? attestation_readable(*envelope, "DSSE envelope", error)
			 : failure_errno(error, ENOMEM, "%s", command->key);
}

/* Signed with a key, or as it is. */
static int write_statement(const struct attest_command *command, const char *statement)
{
	struct elfsect_error error;
	autofree char *envelope = NULL, *text = NULL;
	int ret = attestation_readable(statement, "statement", &error);

	if (!ret && command->key)
		ret = sign_statement(command, statement, &envelope, &error);
	if (ret)
		return cli_error(&error);
	if (asprintf(&text, "%s\n", envelope ? envelope : statement) < 0) {
		text = NULL;
		return cli_trouble("%s", strerror(ENOMEM));
	}
	return cli_write_output(command->out, (const uint8_t *)text, strlen(text));
}

static int take_file(const char *path, const struct digest_options *options, struct attested_file *file,
		     struct manifest **manifest)
{
	struct elfsect_error error;
	struct attested opened;
	int ret = attested_open(path, &opened, &error);

	if (!ret)
		ret = attested_manifest(&opened, options, manifest, &error);
	file->name = attested_name(path);
	memcpy(file->sha256, opened.sha256, sizeof(file->sha256));
	file->manifest = *manifest;
	attested_close(&opened);
	return ret ? file_digest_failed(ret, &error) : STATUS_OK;
}

static int refuse_twins(const struct attested_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(files[i].name, files[k].name))
				return cli_trouble("%s: two files of this name: a statement could not tell them apart",
						   files[i].name);
	return STATUS_OK;
}

/* What a Simple Verification Result says holds for all its subjects, and it says only what holds. */
static int refuse_result(const struct attested_file *files, size_t count, const struct attestation_claim *claim)
{
	for (size_t i = 1; i < count; i++)
		if (strcmp(files[i].manifest->digest, files->manifest->digest) != 0)
			return cli_trouble("%s: not the digest of %s: what --format svr says holds for all files",
					   files[i].name, files->name);
	if (!claim->reference || claim->verdict != VERDICT_DIFFERENT)
		return STATUS_OK;
	(void)cli_trouble("%s: it differs from %s, and --format svr says only what holds", files->name,
			  claim->reference->name);
	return STATUS_DIFFERENT;
}

static int take_store(const char *store, char digits[65])
{
	struct elfsect_error error;
	uint8_t sum[32];

	if (attested_store(store, sum, &error))
		return cli_error(&error);
	text_hex(sum, sizeof(sum), digits, 65);
	return STATUS_OK;
}

static int attest(const struct attest_command *command, int count, char **paths)
{
	const bool svr = command->format && !strcmp(command->format, "svr");
	autofree struct attested_file *files = calloc((size_t)count + 1, sizeof(*files));
	autofree struct manifest **manifests = calloc((size_t)count + 1, sizeof(*manifests));
	struct attestation_claim claim = {NULL, NULL, NULL, VERDICT_IDENTICAL};
	autofree char *statement = NULL;
	char now[24], store[65];
	int status = files && manifests ? take_time(now) : cli_trouble("%s", strerror(ENOMEM));

	claim.time = now;
	for (int i = 0; i < count && !status; i++)
		status = take_file(paths[i], &command->options, &files[i], &manifests[i]);
	if (!status)
		status = refuse_twins(files, (size_t)count);
	if (!status && command->reference) {
		status = take_file(command->reference, &command->options, &files[count], &manifests[count]);
		claim.reference = &files[count];
		if (!status)
			claim.verdict = manifests_compare(manifests[0], manifests[count]).verdict;
	}
	if (!status && svr)
		status = refuse_result(files, (size_t)count, &claim);
	if (!status && command->store) {
		status = take_store(command->store, store);
		claim.store = store;
	}
	if (!status) {
		statement =
			attestation_statement(svr ? ATTESTATION_SVR : ATTESTATION_DIGEST, files, (size_t)count, &claim);
		status = statement ? write_statement(command, statement) : cli_trouble("%s", strerror(ENOMEM));
	}
	for (int i = 0; manifests && i <= count; i++)
		manifest_free(manifests[i]);
	return status;
}

static int run(void *values, int count, char **paths)
{
	struct attest_command *command = values;
	int status;

	if (command->format && strcmp(command->format, "svr") != 0 && strcmp(command->format, "digest") != 0)
		return cli_usage("--format is digest or svr");
	if (command->reference && count != 1)
		return cli_usage("one file is compared with --reference");
	if (command->store && command->format && !strcmp(command->format, "svr"))
		return cli_usage("--format svr has no place for --store");
	status = digest_options_begin(&command->options)
			 ?: digest_options_ready(&command->options) ?: attest(command, count, paths);
	digest_options_clear(&command->options);
	return status;
}

const struct command command_attest = {
	.name = "attest",
	.synopsis = "[options] FILE...",
	.summary = "write an in-toto statement on files, in a signed DSSE envelope",
	.notes = "It says what the digests are and what they leave out. Its time is that of SOURCE_DATE_EPOCH, if set.",
	.options = attest_rows,
	.values_size = sizeof(struct attest_command),
	.least = 1,
	.operands = "no file given",
	.run = run,
};
