/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files with the symbols and debug information of stripped ones, told by their build-ids. */
#ifndef HASHSECT_CMD_DEBUG_FILES_H
#define HASHSECT_CMD_DEBUG_FILES_H

#include "digest_files.h"
#include "explain/explanation.h"

struct debug_file;

/* Those that were named; all zero at first. */
struct debug_files {
	struct debug_file *list;
	size_t count;
	const struct digest_options *options;
};

/* Open them all. debug_files_close() afterwards, always. Returns 0 or -errno. */
int debug_files_open(const struct option_strings *paths, const struct digest_options *options,
		     struct debug_files *files, struct elfsect_error *error);
void debug_files_close(struct debug_files *files);

/*
 * The one with the build-id of a file; NULL: there is none, or the file has symbols and debug information of its own.
 * It is noted as used. Any thread may ask.
 */
const struct debug_file *debug_files_find(const struct debug_files *files, const struct elfsect_view *view);

/*
 * The same, and where nothing fits the one that is installed in /usr/lib/debug/.build-id, or that .gnu_debuglink names
 * in the folder of the file. Whatever it is called, another build-id is another file.
 */
const struct debug_file *debug_files_find_installed(struct debug_files *files, const char *path,
						    const struct elfsect_view *view);

/* One that was named and never used; NULL: none. */
const char *debug_files_unused(const struct debug_files *files);

/* Where the policy's names are in its stripped copy; NULL: it does not say, or the copy has symbols. Borrowed. */
struct hashsect_map *debug_file_map(const struct debug_file *file, const struct elfsect_view *view);

/* What an explanation takes of it. */
void debug_file_take(const struct debug_file *file, struct explain_side *side);

#endif
