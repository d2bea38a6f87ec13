// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "sig_file.h"

enum { OPT_TRAILER = OPT_SIG_FIRST_OWN };

static int extract_open(const struct sig_file *file, const char *out, bool whole)
{
	struct module_trailer trailer;
	struct elfsect_error error;
	int status;

	if (module_trailer_parse(file->bytes, file->size, file->path, &trailer, &error))
		return cli_error(&error);
	if (trailer.kind == TRAILER_NONE)
		return cli_trouble("%s: there is no signature", file->path);
	if (!whole && trailer.kind != TRAILER_PKCS7)
		return cli_trouble(
			"%s: the trailer has id_type %u, it is no signature; --trailer extracts it all the same",
			file->path, trailer.id_type);
	status = cli_write_output(out, file->bytes + trailer.data_offset, whole ? trailer.size : trailer.data_size);
	if (!status && image_unchanged(file->image, &error))
		return cli_error(&error);
	return status;
}

int cmd_sig_extract(int argc, char **argv)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'},
		{"trailer", no_argument, NULL, OPT_TRAILER},
		SIG_MAX_SIZE_OPTION,
		{0},
	};
	struct sig_file file;
	uint64_t max_size = 0;
	const char *out = NULL;
	bool whole = false;
	int c, status;

	while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (c == 'o')
			out = optarg;
		else if (c == OPT_TRAILER)
			whole = true;
		else if (c != OPT_SIG_MAX_SIZE)
			return cli_bad_option(c, argv);
		else if (option_max_size(optarg, &max_size))
			return STATUS_TROUBLE;
	}
	if (optind + 1 != argc)
		return cli_usage("sig extract: exactly one file is needed");
	status = sig_file_open(argv[optind], max_size, &file);
	if (!status)
		status = extract_open(&file, out, whole);
	sig_file_close(&file);
	return status;
}
