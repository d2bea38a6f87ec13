// SPDX-License-Identifier: GPL-2.0-or-later
#include "authenticode.h"

#include <string.h>

#include "image/pe.h"
#include "report/pe.h"
#include "sig_file.h"

enum { AUTHENTICODE_SCHEMA = 1 };

static int digest_of(const struct sig_file *file, const char *hash, struct files_report *report)
{
	uint8_t digest[AUTHENTICODE_DIGEST_MAX], padded[AUTHENTICODE_DIGEST_MAX];
	struct elfsect_error error;
	struct pe pe;

	if (pe_read(file->bytes, file->size, file->path, &pe, &error) || pe_digest(&pe, hash, 0, digest, &error) ||
	    pe_digest(&pe, hash, pe_padding(&pe), padded, &error) || image_unchanged(file->image, &error))
		return cli_error(&error);
	files_report_authenticode(report, file->path, hash, digest, pe_padding(&pe) ? padded : NULL, hash_size(hash));
	return STATUS_OK;
}

int authenticode_digests(int count, char **paths, const char *hash, uint64_t max_size, bool json)
{
	struct files_report report;
	int status = STATUS_OK;

	files_report_begin(&report, json, stdout);
	for (int i = 0; i < count; i++) {
		struct sig_file file;
		const int one = sig_file_open(paths[i], max_size, &file)
					? STATUS_TROUBLE
					: digest_of(&file, hash ? hash : "sha256", &report);

		sig_file_close(&file);
		status = one > status ? one : status;
	}
	if (files_report_end(&report, AUTHENTICODE_SCHEMA))
		status = cli_trouble("out of memory");
	return status;
}
