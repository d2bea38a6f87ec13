/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One module file: the bytes that the kernel gets, and the bytes that are hashed. FORMAT.md section 2. */
#ifndef HASHSECT_MODULES_MODULE_H
#define HASHSECT_MODULES_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfsect.h"
#include "image/image.h"

/**
 * struct module_file - the content of one module file, and room that is used again for the next
 * @bytes: as the kernel gets them: decompressed, trailers included; borrowed from @image
 * @body_size: without the trailers that FORMAT.md takes off
 * @was_compressed: the file is not what the kernel gets
 */
struct module_file {
	const uint8_t *bytes;
	uint64_t size;
	uint64_t body_size;
	bool was_compressed;
	struct image *image;
	struct image_room room;
};

/*
 * Read a file into *m, which is all zero or was used before; folder_fd and name as for openat(), shown for messages;
 * with AT_FDCWD the name "-" is standard input. What was read before is gone. Trailers are not looked at: body_size is
 * size.
 */
ELFSECT_MUST_CHECK int module_file_read(struct module_file *m, int folder_fd, const char *name, const char *shown,
					struct elfsect_error *error);

/* The same, and find body_size. -EBADMSG for a trailer that is not sound and for a module without bytes. */
ELFSECT_MUST_CHECK int module_file_peel(struct module_file *m, int folder_fd, const char *name, const char *shown,
					struct elfsect_error *error);

/* Whether a path is called like a module: its name ends in .ko, or in .ko and the ending of a compression. */
bool module_has_name(const char *path);

/* Release everything; *m may be used again. */
void module_file_clear(struct module_file *m);

static inline void cleanup_module_file(struct module_file *m)
{
	module_file_clear(m);
}

#define automodule __attribute__((cleanup(cleanup_module_file)))

#endif
