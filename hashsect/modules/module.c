// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/module.h"

#include <fcntl.h>
#include <string.h>

#include "base/error.h"
#include "image/module_trailer.h"

static void forget(struct module_file *m)
{
	const struct image_room room = m->room;

	image_close(m->image);
	*m = (struct module_file){.room = room};
}

void module_file_clear(struct module_file *m)
{
	forget(m);
	image_room_clear(&m->room);
}

int module_file_read(struct module_file *m, int folder_fd, const char *name, const char *shown,
		     struct elfsect_error *error)
{
	const struct image_options options = {.keep_trailers = true, .room = &m->room};
	int ret;

	forget(m);
	if (folder_fd == AT_FDCWD)
		ret = image_open(name, &options, &m->image, error);
	else
		ret = image_open_at(folder_fd, name, shown, &options, &m->image, error);
	if (ret)
		return ret;
	m->bytes = image_bytes(m->image, &m->size);
	m->body_size = m->size;
	m->was_compressed = image_is_compressed(m->image);
	return m->size ? 0
		       : failure(error, EBADMSG, "%s: %s", shown,
				 m->was_compressed ? "no bytes in it" : "the file is empty");
}

int module_file_peel(struct module_file *m, int folder_fd, const char *name, const char *shown,
		     struct elfsect_error *error)
{
	const int ret = module_file_read(m, folder_fd, name, shown, error);

	return ret ? ret : module_trailers_skip(m->bytes, m->size, shown, &m->body_size, error);
}

bool module_has_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const size_t length = strlen(name);
	const char *dot = strrchr(name, '.');

	if (length >= 3 && !strcmp(name + length - 3, ".ko"))
		return true;
	return dot && dot - name >= 3 && !strncmp(dot - 3, ".ko", 3);
}
