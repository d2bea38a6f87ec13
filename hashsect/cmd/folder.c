// SPDX-License-Identifier: GPL-2.0-or-later
#include "folder.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tool/messages.h"

static int append(struct path_list *p, const char *path, bool is_below)
{
	if (p->count == p->room) {
		const size_t room = p->room ? 2 * p->room : 64;
		struct path *list = reallocarray(p->list, room, sizeof(*list));

		if (!list)
			return cli_trouble("%s", strerror(ENOMEM));
		p->list = list;
		p->room = room;
	}
	p->list[p->count] = (struct path){strdup(path), is_below};
	if (!p->list[p->count].path)
		return cli_trouble("%s", strerror(ENOMEM));
	p->count++;
	return STATUS_OK;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int take_entry(struct path_list *p, const FTSENT *entry)
{
	switch (entry->fts_info) {
	case FTS_F:
		return append(p, entry->fts_path, true);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return cli_trouble("%s: %s", entry->fts_path, strerror(entry->fts_errno));
	case FTS_DC:
		return cli_trouble("%s: a folder that is inside itself", entry->fts_path);
	default:
		return STATUS_OK;
	}
}

static int add_folder(struct path_list *p, const char *folder)
{
	char *name = strdup(folder), *names[] = {name, NULL};
	int status = STATUS_OK;
	FTSENT *entry;
	FTS *walk;

	/* A slash at the end of the operand is not doubled. */
	for (size_t length = name ? strlen(name) : 0; length > 1 && name[length - 1] == '/'; length--)
		name[length - 1] = '\0';
	walk = name ? fts_open(names, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name) : NULL;
	errno = 0;
	while (walk && !status && (entry = fts_read(walk)))
		status = take_entry(p, entry);
	if (!walk || (!status && errno))
		status = cli_trouble("%s: %s", folder, strerror(errno ? errno : ENOMEM));
	if (walk)
		fts_close(walk);
	free(name);
	return status;
}

int path_list_add(struct path_list *p, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && !stat(path, &st) && S_ISDIR(st.st_mode))
		return add_folder(p, path);
	return append(p, path, false);
}

void path_list_clear(struct path_list *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->list[i].path);
	free(p->list);
	*p = (struct path_list){0};
}
