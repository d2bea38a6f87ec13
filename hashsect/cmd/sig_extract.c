// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "sig_pe.h"

static int extract_open(const struct sig_file *file, const char *out, bool whole)
{
	struct module_trailer trailer;
	struct elfsect_error error;
	int status;

	if (sig_is_pe(file))
		return sig_pe_extract(file, out, whole);
	if (module_trailer_parse(file->bytes, file->size, file->path, &trailer, &error))
		return cli_error(&error);
	if (trailer.kind == TRAILER_NONE)
		return cli_trouble("%s: there is no signature", file->path);
	if (!whole && trailer.kind != TRAILER_PKCS7)
		return cli_trouble(
			"%s: the trailer has id_type %u, it is no PKCS#7 message; --trailer extracts it all the same",
			file->path, trailer.id_type);
	status = cli_write_output(out, file->bytes + trailer.data_offset, whole ? trailer.size : trailer.data_size);
	if (!status && image_unchanged(file->image, &error))
		return cli_error(&error);
	return status;
}

struct extract_values {
	const char *out;
	bool whole;
	uint64_t max_size;
};

static const struct option_row extract_rows[] = {
	EFFECT_ROW(EFFECT_FILE, 'o', "output", "OUT", struct extract_values, out,
		   "write it there, not to standard output"),
	FLAG_ROW(
		0, "trailer", struct extract_values, whole,
		"the whole trailer, of any kind, or the certificate table of a PE file, not the PKCS#7 message in DER"),
	MAX_SIZE_ROW(struct extract_values, max_size),
	{0},
};

static int extract(void *values, int count, char **paths)
{
	const struct extract_values *v = values;
	struct sig_file file;
	int status = sig_file_open(paths[0], v->max_size, &file);

	(void)count;
	if (!status)
		status = extract_open(&file, v->out, v->whole);
	sig_file_close(&file);
	return status;
}

const struct command command_sig_extract = {
	.name = "sig extract",
	.synopsis = "[options] FILE",
	.summary = "print the outermost signature of a module, or that of a PE file",
	.options = extract_rows,
	.values_size = sizeof(struct extract_values),
	.least = 1,
	.most = 1,
	.operands = "exactly one file is needed",
	.run = extract,
};
