// SPDX-License-Identifier: GPL-2.0-or-later
#include "signer_options.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/tool/cli.h"
#include "elfsect_cleanup.h"
#include "elfsect_keyring.h"

const struct option_row signer_option_rows[] = {
	STRINGS_ROW(0, "certificates", "FILE", struct signer_options, certificates,
		    "the signers that are accepted, PEM or DER; may be given several times"),
	STRING_ROW(0, "keyring", "VMLINUX", struct signer_options, keyring,
		   "accept those whose certificates are in this kernel"),
	STRING_ROW(0, "system-map", "FILE", struct signer_options, system_map,
		   "its symbols, if it is stripped; without them its certificates are found by content"),
	RULE_ROW(RULE_GOES_WITH, "keyring", "system-map"),
	{0},
};

bool signer_options_given(const struct signer_options *options)
{
	return options->certificates.count || options->keyring;
}

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

int signer_options_take(const struct signer_options *o, struct signers *signers)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < o->certificates.count && !status; i++)
		status = add_certificates(o->certificates.words[i], signers);
	if (!status && o->keyring)
		status = take_keyring(o->keyring, o->system_map, signers);
	return status;
}
