// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modules/order.h"

#include <stdio.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/files.h"
#include "base/cleanup.h"

enum { LINE_MAX_BYTES = 4095, FILE_MAX_BYTES = 256 << 20 };

static int bad_line(const struct module_order *o, size_t line, const char *reason, struct elfsect_error *error)
{
	return failure(error, EINVAL, "%s: line %zu: %s", o->path, line, reason);
}

/* ------------------------------------------------------------------------------------------------------- the file */

/* PATH itself, or modules.order in it; and the folder of that. */
static int find_file(const char *path, struct module_order *o, struct elfsect_error *error)
{
	struct stat st;
	const char *slash;

	if (stat(path, &st))
		return failure_errno(error, errno, "%s", path);
	if (S_ISDIR(st.st_mode)) {
		o->folder = strdup(path);
		if (asprintf(&o->path, "%s/modules.order", path) < 0)
			o->path = NULL;
	} else {
		slash = strrchr(path, '/');
		o->path = strdup(path);
		o->folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	}
	if (!o->path || !o->folder)
		return failure_errno(error, ENOMEM, "%s", path);
	o->folder_fd = open(o->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return o->folder_fd < 0 ? failure_errno(error, errno, "%s", o->folder) : 0;
}

/* All of the file into o->text, with a NUL behind it. */
static int read_text(struct module_order *o, size_t *size, struct elfsect_error *error)
{
	autoclose int fd = open(o->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
	struct stat st;
	int ret;

	if (fd < 0)
		return failure_errno(error, errno, "%s", o->path);
	if (fstat(fd, &st))
		return failure_errno(error, errno, "%s", o->path);
	if (!S_ISREG(st.st_mode))
		return failure(error, EINVAL, "%s: not a regular file", o->path);
	if (st.st_size > FILE_MAX_BYTES)
		return failure(error, EFBIG, "%s: too large for a modules.order", o->path);
	*size = (size_t)st.st_size;
	o->text = malloc(*size + 1);
	if (!o->text)
		return failure_errno(error, ENOMEM, "%s", o->path);
	o->text[*size] = '\0';
	ret = read_at(fd, (uint8_t *)o->text, *size, 0);
	return ret ? failure_errno(error, -ret, "%s", o->path) : 0;
}

/* ---------------------------------------------------------------------------------------------------------- lines */

/* Components that are not empty, not "." and not "..". */
static bool path_is_plain(const char *path)
{
	for (;;) {
		const size_t length = strcspn(path, "/");

		if (!length || (length == 1 && path[0] == '.') || (length == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (!path[length])
			return true;
		path += length + 1;
	}
}

static bool has_control_character(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* The length of the ending .o or .ko that a line has, or 0. */
static size_t ending(const char *text, size_t length)
{
	if (length > 3 && !strcmp(text + length - 3, ".ko") && text[length - 4] != '/')
		return 3;
	return length > 2 && !strcmp(text + length - 2, ".o") && text[length - 3] != '/' ? 2 : 0;
}

/* A line without its end becomes a stem. *kind: the ending of all lines so far, 0 before the first. */
static int take_line(struct module_order *o, char *text, size_t length, size_t *kind, struct elfsect_error *error)
{
	const size_t line = o->count + 1;
	size_t cut;

	if (!length)
		return bad_line(o, line, "empty", error);
	if (strlen(text) != length)
		return bad_line(o, line, "a NUL byte", error);
	if (length > LINE_MAX_BYTES)
		return bad_line(o, line, "longer than a path can be", error);
	if (has_control_character(text))
		return bad_line(o, line, "a control character", error);
	if (text[0] == '/')
		return bad_line(o, line, "an absolute path", error);
	if (!path_is_plain(text))
		return bad_line(o, line, "an empty path component, . or ..", error);
	cut = ending(text, length);
	if (!cut)
		return bad_line(o, line, "does not end in .o or .ko", error);
	if (*kind && *kind != cut)
		return bad_line(o, line, "ends in another way than the lines before it: .o and .ko are mixed", error);
	*kind = cut;
	text[length - cut] = '\0';
	if (o->count == MODULES_MAX)
		return bad_line(o, line, "too many modules", error);
	o->stems[o->count++] = text;
	return 0;
}

static int split(struct module_order *o, size_t size, struct elfsect_error *error)
{
	size_t lines = 0, kind = 0;
	int ret = 0;

	for (size_t i = 0; i < size; i++)
		lines += o->text[i] == '\n';
	o->stems = calloc(lines ? lines : 1, sizeof(*o->stems));
	if (!o->stems)
		return failure_errno(error, ENOMEM, "%s", o->path);
	for (size_t at = 0; at < size && !ret;) {
		char *end = memchr(o->text + at, '\n', size - at);

		if (!end)
			return bad_line(o, o->count + 1, "no line end: is the file truncated?", error);
		*end = '\0';
		ret = take_line(o, o->text + at, (size_t)(end - o->text) - at, &kind, error);
		at = (size_t)(end - o->text) + 1;
	}
	return ret;
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = *(const char *const *const *)a, *const *y = *(const char *const *const *)b;
	const int order = strcmp(*x, *y);

	return order ? order : (x > y) - (x < y);
}

/* Sorts pointers to the stems, so that both line numbers of a pair are known. */
static int check_duplicates(const struct module_order *o, struct elfsect_error *error)
{
	autofree char ***sorted = calloc(o->count ? o->count : 1, sizeof(*sorted));

	if (!sorted)
		return failure_errno(error, ENOMEM, "%s", o->path);
	for (size_t i = 0; i < o->count; i++)
		sorted[i] = &o->stems[i];
	qsort(sorted, o->count, sizeof(*sorted), by_name);
	for (size_t i = 1; i < o->count; i++)
		if (!strcmp(*sorted[i - 1], *sorted[i]))
			return failure(error, EINVAL, "%s: line %zu: %s is on line %zu already", o->path,
				       (size_t)(sorted[i] - o->stems) + 1, *sorted[i],
				       (size_t)(sorted[i - 1] - o->stems) + 1);
	return 0;
}

int module_order_read(const char *path, struct module_order *order, struct elfsect_error *error)
{
	size_t size;
	int ret;

	*order = (struct module_order){.folder_fd = -1};
	ret = find_file(path, order, error);
	if (!ret)
		ret = read_text(order, &size, error);
	if (!ret)
		ret = split(order, size, error);
	if (!ret)
		ret = check_duplicates(order, error);
	if (ret)
		module_order_clear(order);
	return ret;
}

void module_order_clear(struct module_order *o)
{
	if (o->folder_fd >= 0)
		close(o->folder_fd);
	free(o->stems);
	free(o->text);
	free(o->folder);
	free(o->path);
	*o = (struct module_order){.folder_fd = -1};
}

/* ---------------------------------------------------------------------------------------------------------- files */

static int no_file(const struct module_order *o, size_t i, struct elfsect_error *error)
{
	return failure(error, ENOENT, "%s: line %zu: no %s.ko in %s, nor a compressed one", o->path, i + 1, o->stems[i],
		       o->folder);
}

static const char *const endings[] = {".ko", ".ko.gz", ".ko.xz", ".ko.zst"};

enum { ENDINGS = sizeof(endings) / sizeof(endings[0]), ENDING_MAX = 8 };

static bool may_be_module(const char *name)
{
	const size_t length = strlen(name);

	for (size_t k = 0; k < ENDINGS; k++)
		if (length > strlen(endings[k]) && !strcmp(name + length - strlen(endings[k]), endings[k]))
			return true;
	return false;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int read_names(struct module_folder *folder)
{
	const struct dirent *entry;
	size_t room = 0;

	while ((errno = 0, entry = readdir(folder->directory))) {
		if (!may_be_module(entry->d_name))
			continue;
		if (folder->count == room) {
			char **grown;

			room = room ? 2 * room : 64;
			grown = reallocarray(folder->names, room, sizeof(*grown));
			if (!grown)
				return -ENOMEM;
			folder->names = grown;
		}
		folder->names[folder->count] = strdup(entry->d_name);
		if (!folder->names[folder->count])
			return -ENOMEM;
		folder->count++;
	}
	if (errno)
		return -errno;
	if (folder->count)
		qsort(folder->names, folder->count, sizeof(*folder->names), compare_names);
	return 0;
}

static int open_folder(const struct module_order *o, const char *path, struct module_folder *folder)
{
	const int fd = openat(o->folder_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	folder->directory = fdopendir(fd);
	if (!folder->directory) {
		close(fd);
		return -ENOMEM;
	}
	return read_names(folder);
}

/* Open the folder of module i, unless it is the one that is open. */
static int enter_folder(const struct module_order *o, size_t i, struct module_folder *folder,
			struct elfsect_error *error)
{
	const char *stem = o->stems[i], *slash = strrchr(stem, '/');
	const size_t length = slash ? (size_t)(slash - stem) : 0;
	autofree char *path = NULL;
	int ret;

	if (folder->directory && length == folder->length && !memcmp(stem, folder->stem, length))
		return 0;
	module_folder_close(folder);
	path = length ? strndup(stem, length) : strdup(".");
	ret = path ? open_folder(o, path, folder) : -ENOMEM;
	if (ret)
		module_folder_close(folder);
	if (ret == -ENOENT)
		return no_file(o, i, error);
	if (ret)
		return failure_errno(error, -ret, "%s: line %zu: %s", o->path, i + 1, path ? path : stem);
	folder->stem = stem;
	folder->length = length;
	return 0;
}

void module_folder_close(struct module_folder *folder)
{
	if (folder->directory)
		closedir(folder->directory);
	for (size_t i = 0; i < folder->count; i++)
		free(folder->names[i]);
	free(folder->names);
	*folder = (struct module_folder){0};
}

int module_order_file_in(const struct module_order *o, size_t i, struct module_folder *folder, char **name,
			 const char **base, struct elfsect_error *error)
{
	const size_t length = strlen(o->stems[i]);
	autofree char *candidate = malloc(length + ENDING_MAX);
	const char *found = NULL;
	int ret;

	if (!candidate)
		return failure_errno(error, ENOMEM, "%s: line %zu", o->path, i + 1);
	ret = enter_folder(o, i, folder, error);
	if (ret)
		return ret;
	memcpy(candidate, o->stems[i], length);
	*base = candidate + folder->length + (folder->length != 0);
	for (size_t k = 0; k < ENDINGS; k++) {
		strcpy(candidate + length, endings[k]);
		if (!folder->count ||
		    !bsearch(base, folder->names, folder->count, sizeof(*folder->names), compare_names))
			continue;
		if (found)
			return failure(error, EEXIST, "%s: line %zu: both %s%s and %s%s exist in %s", o->path, i + 1,
				       o->stems[i], found, o->stems[i], endings[k], o->folder);
		found = endings[k];
	}
	if (!found)
		return no_file(o, i, error);
	strcpy(candidate + length, found);
	*name = steal(candidate);
	return 0;
}

int module_order_file(const struct module_order *order, size_t i, char **name, struct elfsect_error *error)
{
	struct module_folder folder = {0};
	const char *base;
	const int ret = module_order_file_in(order, i, &folder, name, &base, error);

	module_folder_close(&folder);
	return ret;
}
