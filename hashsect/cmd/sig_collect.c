// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/workers.h"
#include "commands.h"
#include "report/store.h"
#include "store/folder.h"
#include "store/look.h"
#include "store/members.h"

struct collect_values {
	const char *out;
	bool quiet;
	unsigned int jobs;
};

static const struct option_row collect_rows[] = {
	STRING_ROW('o', "output", "STORE", struct collect_values, out, "the folder to make"),
	FLAG_ROW('q', "quiet", struct collect_values, quiet, "print nothing but errors"),
	JOBS_ROW(struct collect_values, jobs),
	RULE_ROW(RULE_NEEDED, "output"),
	{0},
};

/* What a file has, and why it was not looked into. */
struct one {
	struct store_entries found;
	struct elfsect_error reason;
};

struct collecting {
	struct members members;
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

static int look(void *context, void *state, size_t i, struct elfsect_error *error)
{
	struct collecting *c = context;
	struct member *m = &c->members.list[i];
	autoclose int fd = open(m->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const struct store_source source = {fd, m->path, NULL, m->name};

	if (fd < 0)
		return failure_errno(error, errno, "%s", m->path);
	return store_look(&source, state, &c->results[i].found, &c->results[i].reason, error);
}

static int look_at_all(struct collecting *c, unsigned int jobs, struct elfsect_error *error)
{
	const struct work work = {
		.count = c->members.count,
		.run = look,
		.state_new = room_new,
		.state_free = room_free,
		.context = c,
	};
	struct workers *workers = NULL;
	int ret = workers_open(jobs, &workers);

	if (ret)
		return failure_errno(error, -ret, "threads");
	ret = workers_run(workers, &work, error);
	workers_close(workers);
	return ret;
}

static int merge(struct collecting *c, struct store_entries *entries, struct elfsect_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < c->members.count && !ret; i++) {
		if (*c->results[i].reason.message)
			cli_note("%s: note: %s", c->members.list[i].path, c->results[i].reason.message);
		ret = store_entries_move(entries, &c->results[i].found);
	}
	return ret ? failure_errno(error, -ret, "signatures") : store_entries_finish(entries, error);
}

static int collect_from(struct collecting *c, const struct collect_values *v, struct store_entries *entries,
			struct elfsect_error *error)
{
	int ret;

	c->results = calloc(c->members.count ? c->members.count : 1, sizeof(*c->results));
	if (!c->results)
		return failure_errno(error, ENOMEM, "signatures");
	ret = look_at_all(c, v->jobs, error);
	if (!ret)
		ret = merge(c, entries, error);
	for (size_t i = 0; i < c->members.count; i++)
		store_entries_clear(&c->results[i].found);
	free(c->results);
	return ret;
}

static int write_store(const struct collect_values *v, const struct store_entries *entries)
{
	autofree char *index = store_index(entries);
	struct elfsect_error error;

	if (!index)
		return cli_trouble("out of memory");
	if (store_write(v->out, entries, index, &cli_write_options, &error))
		return cli_error(&error);
	return v->quiet || !store_print(stdout, v->out, entries) ? STATUS_OK : cli_trouble("out of memory");
}

static int collect(void *values, int count, char **paths)
{
	const struct collect_values *v = values;
	struct collecting c = {0};
	struct store_entries entries = {0};
	struct elfsect_error error;
	int ret = 0, status;

	for (int i = 0; i < count && !ret; i++)
		ret = members_add(&c.members, paths[i], &error);
	if (!ret)
		ret = collect_from(&c, v, &entries, &error);
	if (ret)
		status = cli_error(&error);
	else if (!entries.count)
		status = cli_trouble("no signature and no certificate in what was given: no store is made");
	else
		status = write_store(v, &entries);
	store_entries_clear(&entries);
	members_clear(&c.members);
	return status;
}

const struct command command_sig_collect = {
	.name = "sig collect",
	.synopsis = "[options] -o STORE OFFICIAL...",
	.summary = "take the signatures and certificates off official files, for rebuilds",
	.notes = "OFFICIAL is a file, or a folder with all files in it. The store is a folder of plain files, each "
		 "signature under the digest of the bytes that it signs: hashsect/STORE.md.",
	.options = collect_rows,
	.values_size = sizeof(struct collect_values),
	.least = 1,
	.operands = "no official file given",
	.run = collect,
};
