// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/members.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"

void members_clear(struct members *members)
{
	for (size_t i = 0; i < members->count; i++)
		free(members->list[i].path);
	free(members->list);
	*members = (struct members){0};
}

/* @name_at: where in the path the name starts. */
static int append(struct members *m, const char *path, size_t name_at, bool in_folder, struct elfsect_error *error)
{
	struct member *next;

	if (m->count == m->room) {
		const size_t room = m->room ? 2 * m->room : 64;
		struct member *list = reallocarray(m->list, room, sizeof(*list));

		if (!list)
			return failure_errno(error, ENOMEM, "%s", path);
		m->list = list;
		m->room = room;
	}
	next = &m->list[m->count];
	*next = (struct member){.path = strdup(path), .in_folder = in_folder};
	if (!next->path)
		return failure_errno(error, ENOMEM, "%s", path);
	next->name = next->path + name_at;
	m->count++;
	return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int take(struct members *m, const FTSENT *entry, size_t name_at, struct elfsect_error *error)
{
	switch (entry->fts_info) {
	case FTS_F:
		return append(m, entry->fts_path, name_at, true, error);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return failure_errno(error, entry->fts_errno, "%s", entry->fts_path);
	default:
		return 0;
	}
}

static int add_folder(struct members *m, const char *folder, struct elfsect_error *error)
{
	char *root = strdup(folder), *roots[] = {root, NULL};
	size_t length = root ? strlen(root) : 0;
	const FTSENT *entry;
	FTS *walk = NULL;
	int ret = 0;

	while (length > 1 && root[length - 1] == '/')
		root[--length] = '\0';
	if (root)
		walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	errno = walk ? 0 : ENOMEM;
	while (walk && !ret && (entry = fts_read(walk))) {
		ret = take(m, entry, length == 1 && *root == '/' ? 1 : length + 1, error);
		errno = 0;
	}
	if (!ret && errno)
		ret = failure_errno(error, errno, "%s", folder);
	if (walk)
		fts_close(walk);
	free(root);
	return ret;
}

int members_add(struct members *members, const char *path, struct elfsect_error *error)
{
	const char *slash = strrchr(path, '/');
	struct stat st;

	if (stat(path, &st))
		return failure_errno(error, errno, "%s", path);
	if (S_ISDIR(st.st_mode))
		return add_folder(members, path, error);
	if (!S_ISREG(st.st_mode))
		return failure(error, EINVAL, "%s: neither a file nor a folder", path);
	return append(members, path, slash ? (size_t)(slash + 1 - path) : 0, false, error);
}
