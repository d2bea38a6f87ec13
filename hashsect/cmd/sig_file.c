// SPDX-License-Identifier: GPL-2.0-or-later
#include "sig_file.h"

#include <string.h>

int sig_file_open(const char *path, uint64_t max_size, struct sig_file *file)
{
	const struct image_options options = {.max_size = max_size, .keep_trailers = true};
	struct elfsect_error error;

	*file = (struct sig_file){.path = path};
	if (image_open(path, &options, &file->image, &error))
		return cli_error(&error);
	file->bytes = image_bytes(file->image, &file->size);
	file->compressed = image_is_compressed(file->image);
	return STATUS_OK;
}

void sig_file_close(struct sig_file *file)
{
	image_close(file->image);
	file->image = NULL;
}

int sig_file_write(const struct sig_file *file, const char *out, const uint8_t *bytes, uint64_t size)
{
	struct elfsect_error error;

	if (image_unchanged(file->image, &error))
		return cli_error(&error);
	if (!out && file->compressed)
		return cli_trouble("%s: it is compressed, and the result will not be: name an output file (-o)",
				   file->path);
	return cli_write_output(out ? out : file->path, bytes, size);
}
