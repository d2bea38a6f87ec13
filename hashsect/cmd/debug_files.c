// SPDX-License-Identifier: GPL-2.0-or-later
#include "debug_files.h"

#include <elf.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "digest/map.h"
#include "digest/notes.h"

enum { BUILD_ID_MAX = 32 };

struct build_id {
	uint8_t bytes[BUILD_ID_MAX];
	uint64_t size; /* 0: there is none */
};

struct debug_file {
	const char *path; /* borrowed, or own_path */
	char *own_path;
	struct image *image;
	struct elfsect_view *view;
	struct build_id id;
	struct hashsect_map *map;
	atomic_bool is_used;
};

/* The sizes that linkers make. */
static void read_id(const struct elfsect_view *view, struct build_id *id)
{
	static const uint64_t sizes[] = {20, 16, 8, 32};
	uint32_t count, section;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);
	struct elfsect_error ignored;
	uint64_t offset;

	*id = (struct build_id){.size = 0};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes) && !id->size; i++) {
		const uint8_t *bytes;

		if (note_find(view, "GNU", NT_GNU_BUILD_ID, sizes[i], &section, &offset, &ignored))
			continue;
		bytes = elfsect_section_bytes(view, &sections[section]);
		if (!bytes)
			continue;
		memcpy(id->bytes, bytes + offset, sizes[i]);
		id->size = sizes[i];
	}
}

static bool is_same_id(const struct build_id *a, const struct build_id *b)
{
	return a->size && a->size == b->size && !memcmp(a->bytes, b->bytes, a->size);
}

/* What a debug file does not say about the policy the policy's own message will. */
static int read_map(struct debug_file *file, const struct digest_options *options)
{
	autofree char *text = NULL;
	struct elfsect_error ignored;
	int ret;

	if (elfsect_is_relocatable(file->view))
		return 0;
	ret = hashsect_map_make(file->view, options->policy, options->threads, &text, &ignored);
	if (!ret)
		ret = map_parse(text, strlen(text), file->path, &file->map, &ignored);
	return ret == -ENOMEM ? ret : 0;
}

static int open_one(struct debug_file *file, const struct digest_options *options, struct elfsect_error *error)
{
	int ret = open_image(file->path, options, &file->image, &file->view, error);

	if (ret)
		return ret;
	/* What it says of names and places is believed. */
	ret = elfsect_check(file->view, 0, error);
	if (ret)
		return ret;
	if (!elfsect_symbol_count(file->view))
		return failure(error, EBADMSG, "%s: it has no symbols", file->path);
	read_id(file->view, &file->id);
	if (!file->id.size)
		return failure(error, EBADMSG, "%s: it has no build-id that would say which file it belongs to",
			       file->path);
	return read_map(file, options) ? failure_errno(error, ENOMEM, "%s", file->path) : 0;
}

static void close_one(struct debug_file *file)
{
	hashsect_map_free(file->map);
	elfsect_view_close(file->view);
	image_close(file->image);
	free(file->own_path);
}

int debug_files_open(const struct option_strings *paths, const struct digest_options *options,
		     struct debug_files *files, struct elfsect_error *error)
{
	int ret = 0;

	/* Two more may be found. */
	*files = (struct debug_files){.list = calloc(paths->count + 2, sizeof(*files->list)), .options = options};
	if (!files->list)
		return failure_errno(error, ENOMEM, "debug files");
	for (size_t i = 0; i < paths->count && !ret; i++) {
		files->list[i].path = paths->words[i];
		ret = open_one(&files->list[files->count++], options, error);
	}
	return ret;
}

void debug_files_close(struct debug_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		close_one(&files->list[i]);
	free(files->list);
	*files = (struct debug_files){.count = 0};
}

static bool has_symbols(const struct elfsect_view *view)
{
	return elfsect_symbol_count(view) > 1;
}

static bool has_lines(const struct elfsect_view *view)
{
	const struct elfsect_section *info;

	return !elfsect_section_find(view, ".debug_info", &info, NULL);
}

/* Installed modules keep their symbols, since the kernel needs them, and lose the rest. */
static bool is_complete(const struct elfsect_view *view)
{
	return has_symbols(view) && has_lines(view);
}

/* Whether it says something that a file does not. */
static bool adds_to(const struct debug_file *file, const struct elfsect_view *view)
{
	return has_lines(file->view) || !has_symbols(view);
}

static const struct debug_file *find(const struct debug_files *files, const struct elfsect_view *view,
				     const struct build_id *id)
{
	for (size_t i = 0; i < files->count; i++) {
		if (!is_same_id(&files->list[i].id, id) || !adds_to(&files->list[i], view))
			continue;
		atomic_store(&files->list[i].is_used, true);
		return &files->list[i];
	}
	return NULL;
}

const struct debug_file *debug_files_find(const struct debug_files *files, const struct elfsect_view *view)
{
	struct build_id id;

	if (is_complete(view) || !files->count)
		return NULL;
	read_id(view, &id);
	return find(files, view, &id);
}

/* ------------------------------------------------------------------------------------------- where they are installed
 */

/* Take a file that nobody named if it is what a view lacks; its path is freed. */
static const struct debug_file *try(struct debug_files *files, const struct elfsect_view *view,
				    const struct build_id *id, char *path)
{
	struct debug_file *file = &files->list[files->count];
	struct elfsect_error ignored;

	if (!path)
		return NULL;
	*file = (struct debug_file){.path = path, .own_path = path};
	if (open_one(file, files->options, &ignored) || !is_same_id(&file->id, id) || !adds_to(file, view)) {
		close_one(file);
		return NULL;
	}
	files->count++;
	return find(files, view, id);
}

static char *path_by_id(const struct build_id *id)
{
	char hex[2 * BUILD_ID_MAX + 1];
	char *path;

	text_hex(id->bytes, id->size, hex, sizeof(hex));
	return asprintf(&path, "/usr/lib/debug/.build-id/%.2s/%s.debug", hex, hex + 2) < 0 ? NULL : path;
}

/* The name in .gnu_debuglink: of a file in the same folder or below it, and no path. NULL: there is none. */
static const char *link_name(const struct elfsect_view *view)
{
	const struct elfsect_section *section;
	const uint8_t *bytes;
	const char *name;

	if (elfsect_section_find(view, ".gnu_debuglink", &section, NULL))
		return NULL;
	bytes = elfsect_section_bytes(view, section);
	if (!bytes || !memchr(bytes, 0, section->size))
		return NULL;
	name = (const char *)bytes;
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 ? name : NULL;
}

/* @folder: of the file, or below it, with a slash at its end. */
static char *path_by_link(const char *path, const char *folder, const char *name)
{
	const char *slash = strrchr(path, '/');
	const int length = slash ? (int)(slash + 1 - path) : 0;
	char *found;

	return asprintf(&found, "%.*s%s%s", length, path, folder, name) < 0 ? NULL : found;
}

const struct debug_file *debug_files_find_installed(struct debug_files *files, const char *path,
						    const struct elfsect_view *view)
{
	static const char *const folders[] = {"", ".debug/"};
	const struct debug_file *found = debug_files_find(files, view);
	const char *name = strcmp(path, "-") != 0 ? link_name(view) : NULL;
	struct build_id id;

	if (found || is_complete(view))
		return found;
	read_id(view, &id);
	if (!id.size)
		return NULL;
	found = try(files, view, &id, path_by_id(&id));
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders) && name && !found; i++)
		found = try(files, view, &id, path_by_link(path, folders[i], name));
	return found;
}

/* ---------------------------------------------------------------------------------------------------------- their use
 */

const char *debug_files_unused(const struct debug_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		if (!atomic_load(&files->list[i].is_used))
			return files->list[i].path;
	return NULL;
}

struct hashsect_map *debug_file_map(const struct debug_file *file, const struct elfsect_view *view)
{
	return has_symbols(view) ? NULL : file->map;
}

void debug_file_take(const struct debug_file *file, struct explain_side *side)
{
	size_t layers;

	side->debug = file->view;
	(void)image_layers(file->image, &layers);
	side->debug_path = layers ? NULL : file->path;
}
