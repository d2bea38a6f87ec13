/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modules.order: which modules a kernel has, in which order. FORMAT.md section 1. */
#ifndef HASHSECT_MODULES_ORDER_H
#define HASHSECT_MODULES_ORDER_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>

#include "elfsect.h"

/* More than any kernel has by two orders of magnitude; 20 levels. */
enum { MODULES_MAX = 1 << 20 };

/**
 * struct module_order - a modules.order that was read; entry i is on line i + 1 and has position i
 * @path: of the file, owned
 * @folder: that the stems are relative to, owned
 * @folder_fd: open on @folder, owned; -1 if the structure is empty
 * @stems: paths without .o or .ko; they point into @text
 */
struct module_order {
	char *path;
	char *folder;
	int folder_fd;
	char *text;
	char **stems;
	size_t count;
};

/* Read PATH, or PATH/modules.order if PATH is a directory. The caller releases the order with module_order_clear(). */
ELFSECT_MUST_CHECK int module_order_read(const char *path, struct module_order *order, struct elfsect_error *error);
void module_order_clear(struct module_order *order);

static inline void cleanup_module_order(struct module_order *order)
{
	module_order_clear(order);
}

#define autoorder __attribute__((cleanup(cleanup_module_order)))

/*
 * The one file that is module i, relative to the folder: STEM.ko or a compressed one. The caller frees *name. Several
 * threads may ask at the same time. -ENOENT: there is none; -EEXIST: there are several.
 */
ELFSECT_MUST_CHECK int module_order_file(const struct module_order *order, size_t i, char **name,
					 struct elfsect_error *error);

/**
 * struct module_folder - the folder of the module that was asked for last; all zero at first
 * @directory: owned
 * @stem: of that module, borrowed from the order; its first @length bytes are the folder
 * @names: those of its files that may be modules, sorted; owned, like the array
 *
 * Modules of one folder stand together in modules.order, and asking the kernel for each name that one may have is a
 * tenth of the time that hashing takes. One for each thread.
 */
struct module_folder {
	DIR *directory;
	const char *stem;
	size_t length;
	char **names;
	size_t count;
};

/* As module_order_file(), and *base is the part of *name to open in the folder. */
ELFSECT_MUST_CHECK int module_order_file_in(const struct module_order *order, size_t i, struct module_folder *folder,
					    char **name, const char **base, struct elfsect_error *error);
void module_folder_close(struct module_folder *folder);

#endif
