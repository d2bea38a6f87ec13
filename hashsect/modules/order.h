/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modules.order: which modules a kernel has, in which order. FORMAT.md section 1. */
#ifndef HASHSECT_MODULES_ORDER_H
#define HASHSECT_MODULES_ORDER_H

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

#endif
