// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/workers.h"
#include "package/archive.h"
#include "store/look.h"

/* What a file has, and why it was not looked into. */
struct one {
	struct store_entries found;
	char *notes; /* owned; lines */
	size_t notes_size;
};

struct collecting {
	const struct members *members;
	struct one *results; /* one a member */
};

static int room_new(void *context, void **state)
{
	(void)context;
	*state = calloc(1, sizeof(struct image_room));
	return *state ? 0 : -ENOMEM;
}

static void room_free(void *state)
{
	image_room_clear(state);
	free(state);
}

/* ---------------------------------------------------------------------------------------------------------- one file
 */

static int add_note(struct one *one, const char *shown, const struct elfsect_error *reason)
{
	const size_t size = strlen(shown) + strlen(reason->message) + sizeof(": note: \n");
	char *notes;

	if (!*reason->message)
		return 0;
	notes = realloc(one->notes, one->notes_size + size + 1);
	if (!notes)
		return -ENOMEM;
	one->notes = notes;
	one->notes_size += (size_t)sprintf(notes + one->notes_size, "%s: note: %s\n", shown, reason->message);
	return 0;
}

static int look(const struct store_source *source, struct image_room *room, struct one *one,
		struct elfsect_error *error)
{
	struct elfsect_error reason;
	const int ret = store_look(source, room, &one->found, &reason, error);

	if (ret)
		return ret;
	return add_note(one, source->shown, &reason) ? failure_errno(error, ENOMEM, "%s", source->shown) : 0;
}

struct in_package {
	const char *path;
	char *name; /* of the package's file */
	struct image_room *room;
	struct one *one;
};

static int look_inside(const struct archive_member *member, void *context, struct elfsect_error *error)
{
	const struct in_package *p = context;
	autofree char *shown = NULL, *name = strdup(member->name);
	struct store_source source = {member->fd, NULL, p->name, name};

	if (!name || asprintf(&shown, "%s: %s", p->path, member->name) < 0) {
		shown = NULL;
		return failure_errno(error, ENOMEM, "%s", p->path);
	}
	source.shown = shown;
	return look(&source, p->room, p->one, error);
}

static int look_at_one(void *context, void *state, size_t i, struct elfsect_error *error)
{
	const struct collecting *c = context;
	const struct member *m = &c->members->list[i];
	char *slash = strrchr(m->path, '/');
	struct in_package package = {m->path, slash ? slash + 1 : m->path, state, &c->results[i]};
	autoclose int fd = -1;
	bool is_package;
	const int ret = archive_is_package(m->path, &is_package, error);

	if (ret)
		return ret;
	if (is_package)
		return archive_visit_files(m->path, look_inside, &package, error);
	fd = open(m->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return failure_errno(error, errno, "%s", m->path);
	return look(&(struct store_source){fd, m->path, NULL, m->name}, state, &c->results[i], error);
}

/* --------------------------------------------------------------------------------------------------------- all files
 */

static int look_at_all(struct collecting *c, unsigned int jobs, struct elfsect_error *error)
{
	const struct work work = {
		.count = c->members->count,
		.run = look_at_one,
		.state_new = room_new,
		.state_free = room_free,
		.doing = "collecting signatures",
		.context = c,
	};
	struct workers *workers = NULL;
	int ret = workers_open(jobs, &workers);

	if (ret)
		return failure_errno(error, -ret, "threads");
	progress_begin(workers);
	ret = workers_run(workers, &work, error);
	progress_end();
	workers_close(workers);
	return ret;
}

static void print_notes(const struct one *one)
{
	char *rest = one->notes, *line;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			cli_note("%s", line);
}

static int merge(struct collecting *c, struct store_entries *entries, struct elfsect_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < c->members->count && !ret; i++) {
		print_notes(&c->results[i]);
		ret = store_entries_move(entries, &c->results[i].found);
	}
	return ret ? failure_errno(error, -ret, "signatures") : store_entries_finish(entries, error);
}

int collect_members(const struct members *members, unsigned int jobs, struct store_entries *entries,
		    struct elfsect_error *error)
{
	struct collecting c = {members, calloc(members->count + 1, sizeof(*c.results))};
	int ret;

	if (!c.results)
		return failure_errno(error, ENOMEM, "signatures");
	ret = look_at_all(&c, jobs, error);
	if (!ret)
		ret = merge(&c, entries, error);
	for (size_t i = 0; i < members->count; i++) {
		store_entries_clear(&c.results[i].found);
		free(c.results[i].notes);
	}
	free(c.results);
	return ret;
}
