// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "sig_pe.h"
#include "trust/cms_outline.h"

/* The bytes go for good, so they have to be what the trailer says they are. To be understood they do not have to. */
static int check_removable(const struct sig_file *file, const struct module_trailer *trailer,
			   struct elfsect_error *error)
{
	struct elfsect_error reason;

	if (trailer->kind == TRAILER_UNKNOWN)
		return failure(error, EBADMSG, "%s: a trailer with the unknown id_type %u is not removed", file->path,
			       trailer->id_type);
	if (trailer->kind == TRAILER_PKCS7 &&
	    cms_check_outside(file->bytes + trailer->data_offset, trailer->data_size, &reason))
		return failure(error, EBADMSG, "%s: module signature: %s", file->path, reason.message);
	return 0;
}

static void note_next(const char *path, const uint8_t *bytes, uint64_t size)
{
	struct module_trailer next;
	struct elfsect_error error;

	if (module_trailer_parse(bytes, size, path, &next, &error))
		cli_note("%s: note: beneath it is another trailer, which is malformed", path);
	else if (next.kind != TRAILER_NONE)
		cli_note("%s: note: beneath it is another trailer of %ju bytes (id_type %u), which stays", path,
			 (uintmax_t)next.size, next.id_type);
}

static int strip_open(const struct sig_file *file, const char *out)
{
	struct module_trailer trailer;
	struct elfsect_error error;
	int status;

	if (module_trailer_parse(file->bytes, file->size, file->path, &trailer, &error) ||
	    check_removable(file, &trailer, &error))
		return cli_error(&error);
	if (trailer.kind == TRAILER_NONE) {
		cli_note("%s: nothing to strip", file->path);
		return out ? sig_file_write(file, out, file->bytes, file->size) : STATUS_OK;
	}
	status = sig_file_write(file, out, file->bytes, trailer.content_size);
	if (status)
		return status;
	if (trailer.kind == TRAILER_MERKLE)
		cli_note("%s: note: what was removed is a Merkle proof", file->path);
	note_next(file->path, file->bytes, trailer.content_size);
	return STATUS_OK;
}

struct strip_values {
	const char *out;
	const char *checksum;
	uint64_t original_size;
	uint64_t max_size;
};

static int strip(const char *path, const char *out, const struct strip_values *v)
{
	struct sig_file file;
	int status = sig_file_open(path, v->max_size, &file);

	if (!status && sig_is_pe(&file))
		status = sig_pe_strip(&file, out, v->checksum, v->original_size);
	else if (!status && (v->checksum || v->original_size))
		status = cli_trouble("%s: --checksum and --original-size are for PE files", path);
	else if (!status)
		status = strip_open(&file, out);
	sig_file_close(&file);
	return status;
}

static const struct option_row strip_rows[] = {
	EFFECT_ROW(EFFECT_FILE, 'o', "output", "OUT", struct strip_values, out,
		   "write the result there; needed if the one FILE is compressed"),
	OFFER_ROW(0, "checksum", "RULE", OPTION_WORDS("auto", "zero", "recompute", "keep", "from="),
		  struct strip_values, checksum,
		  "CheckSum of a PE file afterwards: auto (what an x86 boot image before 6.15 proves by its CRC-32, "
		  "else 0; "
		  "the default), zero, recompute, keep, from=FILE (that of FILE, which is not signed; its size, too), "
		  "or a "
		  "number (0x...)"),
	SIZE_ROW(0, "original-size", "N", struct strip_values, original_size,
		 "size of a PE file before it was signed: bytes that its signer added as padding go, too"),
	MAX_SIZE_ROW(struct strip_values, max_size),
	{0},
};

static int strip_files(void *values, int count, char **paths)
{
	const struct strip_values *v = values;
	int status = STATUS_OK;

	if (v->out && count != 1)
		return cli_usage("-o takes one file");
	for (int i = 0; i < count; i++)
		if (strip(paths[i], v->out ? v->out : !strcmp(paths[i], "-") ? "-" : NULL, v))
			status = STATUS_TROUBLE;
	return status;
}

const struct command command_sig_strip = {
	.name = "sig strip",
	.synopsis = "[options] FILE...",
	.summary = "remove the outermost signature of modules, and all of PE files",
	.notes = "The result is the file byte for byte as it was before it was signed. It is never compressed. Of a PE "
		 "file that is so where CheckSum and padding are proved or given; else it is said.",
	.options = strip_rows,
	.values_size = sizeof(struct strip_values),
	.least = 1,
	.operands = "no file given",
	.use = OPERANDS_EDITED_WITHOUT_OUTPUT,
	.run = strip_files,
};
