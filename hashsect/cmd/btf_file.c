// SPDX-License-Identifier: GPL-2.0-or-later
#include "btf_file.h"

#include <elf.h>
#include <string.h>

int btf_file_open(const char *path, const struct btf *base, struct btf_file *file, struct elfsect_error *error)
{
	const struct image_options options = {0};
	const struct elfsect_section *section;
	const uint8_t *bytes;
	uint64_t size;
	int ret = image_open(path, &options, &file->image, error);

	if (ret)
		return ret;
	bytes = image_bytes(file->image, &size);
	if (size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG)) {
		ret = image_view(file->image, &file->view, error)
			      ?: elfsect_section_find(file->view, ".BTF", &section, error);
		if (ret)
			return ret;
		if (!elfsect_section_has_extent(section))
			return failure(error, EBADMSG, "%s: its .BTF has no bytes", path);
		bytes = elfsect_section_bytes(file->view, section);
		size = section->size;
	}
	return btf_parse(bytes, size, base, path, &file->btf, error);
}

void btf_file_close(struct btf_file *file)
{
	btf_free(file->btf);
	elfsect_view_close(file->view);
	image_close(file->image);
	*file = (struct btf_file){0};
}
