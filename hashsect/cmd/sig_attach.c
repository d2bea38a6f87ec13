// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "sig_file.h"
#include "trust/cms.h"
#include "base/cleanup.h"

enum { OPT_SIGNATURE = OPT_SIG_FIRST_OWN, OPT_TRAILER };

/* The bytes to put behind the module: a whole trailer, or a signature that gets its tail here. */
struct addition {
	uint8_t *bytes; /* owned */
	uint64_t size;
};

static int read_signature(const char *path, struct addition *a)
{
	struct cms_signature signature;
	struct elfsect_error reason;
	uint8_t *grown;
	int status = cli_read_file(path, &a->bytes, &a->size);

	if (status)
		return status;
	if (cms_read(a->bytes, a->size, &signature, &reason))
		return cli_trouble("%s: not a detached signature as sign-file makes it: %s", path, reason.message);
	grown = realloc(a->bytes, a->size + TRAILER_TAIL_SIZE);
	if (!grown)
		return cli_trouble("%s: %s", path, strerror(ENOMEM));
	module_trailer_tail(TRAILER_ID_PKCS7, (uint32_t)a->size, grown + a->size);
	a->bytes = grown;
	a->size += TRAILER_TAIL_SIZE;
	return STATUS_OK;
}

/* All that the parser is told is one byte of a module and the trailer: it must find that byte. */
static int read_trailer(const char *path, struct addition *a)
{
	struct module_trailer trailer;
	struct elfsect_error error;
	autofree uint8_t *whole = NULL;
	int status = cli_read_file(path, &a->bytes, &a->size);

	if (status)
		return status;
	whole = malloc(a->size + 1);
	if (!whole)
		return cli_trouble("%s: %s", path, strerror(ENOMEM));
	*whole = 0;
	memcpy(whole + 1, a->bytes, a->size);
	if (module_trailer_parse(whole, a->size + 1, path, &trailer, &error))
		return cli_error(&error);
	if (trailer.kind == TRAILER_NONE || trailer.content_size != 1)
		return cli_trouble("%s: not one whole module trailer", path);
	return STATUS_OK;
}

static int attach_open(const struct sig_file *file, const struct addition *a, const char *out)
{
	struct module_trailer there;
	struct elfsect_error error;
	autofree uint8_t *whole = NULL;
	int status;

	if (!file->size)
		return cli_trouble("%s: it is empty, and a kernel takes no signature of nothing", file->path);
	if (module_trailer_parse(file->bytes, file->size, file->path, &there, &error))
		return cli_error(&error);
	whole = malloc(file->size + a->size);
	if (!whole)
		return cli_trouble("%s: %s", file->path, strerror(ENOMEM));
	memcpy(whole, file->bytes, file->size);
	memcpy(whole + file->size, a->bytes, a->size);
	status = sig_file_write(file, out, whole, file->size + a->size);
	if (!status && there.kind != TRAILER_NONE)
		cli_note("%s: note: it had a trailer already (id_type %u), which is beneath the new one", file->path,
			 there.id_type);
	return status;
}

static int attach(const char *path, const char *signature, const char *trailer, const char *out, uint64_t max_size)
{
	struct addition addition = {0};
	struct sig_file file = {0};
	int status = signature ? read_signature(signature, &addition) : read_trailer(trailer, &addition);

	if (!status)
		status = sig_file_open(path, max_size, &file);
	if (!status)
		status = attach_open(&file, &addition, out ? out : !strcmp(path, "-") ? "-" : NULL);
	sig_file_close(&file);
	free(addition.bytes);
	return status;
}

int cmd_sig_attach(int argc, char **argv)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'},
		{"signature", required_argument, NULL, OPT_SIGNATURE},
		{"trailer", required_argument, NULL, OPT_TRAILER},
		SIG_MAX_SIZE_OPTION,
		{0},
	};
	const char *out = NULL, *signature = NULL, *trailer = NULL;
	uint64_t max_size = 0;
	int c;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (c == 'o')
			out = optarg;
		else if (c == OPT_SIGNATURE)
			signature = optarg;
		else if (c == OPT_TRAILER)
			trailer = optarg;
		else if (c != OPT_SIG_MAX_SIZE)
			return cli_bad_option(c, argv);
		else if (option_max_size(optarg, &max_size))
			return STATUS_TROUBLE;
	}
	if (!signature == !trailer)
		return cli_usage("sig attach: one of --signature and --trailer is needed");
	if (optind + 1 != argc)
		return cli_usage("sig attach: exactly one file is needed");
	if (!strcmp(signature ? signature : trailer, "-") && !strcmp(argv[optind], "-"))
		return cli_usage("sig attach: only one of the two can be standard input");
	return attach(argv[optind], signature, trailer, out, max_size);
}
