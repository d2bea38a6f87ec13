// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/files.h"
#include "collect.h"
#include "commands.h"
#include "report/graft.h"
#include "signer_options.h"
#include "store/look.h"
#include "store/members.h"

struct graft_values {
	const char *official;
	const char *out;
	struct signer_options signers;
	bool verbose, json;
	unsigned int jobs;
};

static const struct option_row graft_rows[] = {
	STRING_ROW(0, "from", "OFFICIAL", struct graft_values, official, "the official file or folder"),
	EFFECT_ROW(EFFECT_FOLDER, 'o', "output", "OUT", struct graft_values, out, "the file or folder to make"),
	GROUP_ROW(signer_option_rows, struct signer_options, struct graft_values, signers),
	FLAG_ROW(0, "json", struct graft_values, json, "print the result as JSON"),
	FLAG_ROW('v', "verbose", struct graft_values, verbose, "a line for each file"),
	JOBS_ROW(struct graft_values, jobs),
	RULE_ROW(RULE_NEEDED, "from", "output"),
	{0},
};

struct grafting {
	const struct graft_values *values;
	struct members ours, theirs;
	bool is_folder;
	struct store_entries entries;
	struct store *store;
	struct signers signers;
	struct elfsect_batch *batch;
	struct graft_report_file *results; /* one for each of ours, then for what only they have */
	size_t count;
};

/* -------------------------------------------------------------------------------------------------------------- files
 */

static int by_name(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static const struct member *find_name(const struct members *members, const struct member *m)
{
	return bsearch(m, members->list, members->count, sizeof(*m), by_name);
}

/* The official file: the one, or that of the same name; NULL: there is none. */
static const struct member *counterpart(const struct grafting *g, const struct member *m)
{
	return g->is_folder ? find_name(&g->theirs, m) : &g->theirs.list[0];
}

static int make_parents(const char *path)
{
	autofree char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

/* The caller frees it; NULL: no memory. */
static char *path_of(const struct grafting *g, const struct member *m)
{
	char *path;

	return asprintf(&path, "%s%s%s", g->values->out, g->is_folder ? "/" : "", g->is_folder ? m->name : "") < 0
		       ? NULL
		       : path;
}

static int write_file(const struct grafting *g, const struct member *m, const struct span *bytes)
{
	autofree char *path = path_of(g, m);
	struct elfsect_error error;
	const int ret = path && g->is_folder ? make_parents(path) : 0;

	if (!path || ret)
		return cli_trouble("%s: %s", m->name, strerror(path ? -ret : ENOMEM));
	return elfsect_batch_add(g->batch, path, bytes->bytes, bytes->size, &error) ? cli_error(&error) : STATUS_OK;
}

/* That of the rebuilt file. */
static int set_mode(const struct grafting *g, const struct member *m)
{
	autofree char *path = path_of(g, m);
	struct stat st;

	if (!path || stat(m->path, &st) || chmod(path, st.st_mode & 07777))
		return cli_trouble("%s: %s", m->name, strerror(path ? errno : ENOMEM));
	return STATUS_OK;
}

static int graft_images(struct grafting *g, const struct member *m, const struct member *other, struct graft_result *r)
{
	const struct image_options options = {.keep_trailers = true};
	struct image *ours = NULL, *theirs = NULL;
	struct elfsect_error error;
	int status = STATUS_OK;

	if (image_open(m->path, &options, &ours, &error) || image_open(other->path, &options, &theirs, &error) ||
	    graft_file(m->name, ours, theirs, g->store, &g->signers, r, &error) || image_unchanged(ours, &error) ||
	    image_unchanged(theirs, &error))
		status = cli_error(&error);
	if (!status && r->outcome == GRAFT_EQUAL)
		status = write_file(g, m, &r->bytes);
	image_close(ours);
	image_close(theirs);
	return status;
}

/* Nothing is put onto it. */
static int compare_plain(struct grafting *g, const struct member *m, const struct member *other, struct graft_result *r)
{
	autofree uint8_t *ours = NULL, *theirs = NULL;
	uint64_t size, other_size;
	int status = cli_read_file(m->path, CLI_DATA_FILE_MAX, &ours, &size)
			     ?: cli_read_file(other->path, CLI_DATA_FILE_MAX, &theirs, &other_size);

	if (status)
		return status;
	graft_compare(r, &(struct span){ours, size}, &(struct span){theirs, other_size});
	return r->outcome == GRAFT_EQUAL ? write_file(g, m, &r->bytes) : STATUS_OK;
}

/* By name or first bytes: a module, a PE file or an ELF file. What else is compressed need not be understood. */
static int may_be_grafted(const struct member *m, bool *may)
{
	struct elfsect_error error;
	uint8_t start[4];
	size_t size;

	if (file_start(m->path, start, sizeof(start), &size, &error))
		return cli_error(&error);
	*may = store_is_module_name(m->name) || size < sizeof(start) || !memcmp(start, "MZ", 2) ||
	       !memcmp(start, ELFMAG, SELFMAG);
	return STATUS_OK;
}

static int graft_one(struct grafting *g, const struct member *m, struct graft_result *r)
{
	const struct member *other = counterpart(g, m);
	bool may = false;
	int status;

	if (!other) {
		graft_alone(r);
		return STATUS_OK;
	}
	status = may_be_grafted(m, &may);
	return status ? status : may ? graft_images(g, m, other, r) : compare_plain(g, m, other, r);
}

static int write_all_files(struct grafting *g)
{
	struct elfsect_error error;
	int status = STATUS_OK;

	if (elfsect_batch_new(&cli_write_options, &g->batch, &error))
		return cli_error(&error);
	for (size_t i = 0; i < g->ours.count && !status; i++) {
		struct graft_report_file *file = &g->results[g->count++];

		file->path = g->ours.list[i].name;
		status = graft_one(g, &g->ours.list[i], &file->result);
	}
	if (!status && elfsect_batch_finish(g->batch, &error))
		status = cli_error(&error);
	elfsect_batch_free(g->batch);
	for (size_t i = 0; i < g->ours.count && !status; i++)
		if (g->results[i].result.outcome == GRAFT_EQUAL)
			status = set_mode(g, &g->ours.list[i]);
	return status;
}

static int graft_all(struct grafting *g)
{
	int status;

	g->results = calloc(g->ours.count + g->theirs.count + 1, sizeof(*g->results));
	if (!g->results)
		return cli_trouble("%s", strerror(ENOMEM));
	status = write_all_files(g);
	for (size_t i = 0; i < g->theirs.count && g->is_folder && !status; i++)
		if (!find_name(&g->ours, &g->theirs.list[i]))
			g->results[g->count++] = (struct graft_report_file){g->theirs.list[i].name, true, {0}};
	return status;
}

static int report(const struct grafting *g)
{
	bool equal = g->count;
	int ret;

	for (size_t i = 0; i < g->count; i++)
		equal &= !g->results[i].is_missing && g->results[i].result.outcome == GRAFT_EQUAL;
	ret = g->values->json ? graft_print_json(stdout, g->results, g->count)
			      : graft_print(stdout, g->results, g->count, g->values->verbose);
	return ret ? cli_trouble("%s", strerror(ENOMEM)) : equal ? STATUS_OK : STATUS_DIFFERENT;
}

static int prepare(struct grafting *g, const char *rebuilt)
{
	struct stat ours, theirs;
	struct elfsect_error error;

	if (stat(rebuilt, &ours) || stat(g->values->official, &theirs))
		return cli_trouble("%s, %s: %s", rebuilt, g->values->official, strerror(errno));
	g->is_folder = S_ISDIR(ours.st_mode);
	if (g->is_folder != S_ISDIR(theirs.st_mode))
		return cli_usage("a file is grafted from a file, and a folder from a folder");
	if (!access(g->values->out, F_OK))
		return cli_trouble("%s: it is there already", g->values->out);
	if (members_add(&g->ours, rebuilt, &error) || members_add(&g->theirs, g->values->official, &error) ||
	    collect_members(&g->theirs, g->values->jobs, &g->entries, &error))
		return cli_error(&error);
	qsort(g->ours.list, g->ours.count, sizeof(*g->ours.list), by_name);
	qsort(g->theirs.list, g->theirs.count, sizeof(*g->theirs.list), by_name);
	g->store = store_of_entries(&g->entries);
	if (!g->store)
		return cli_trouble("%s", strerror(ENOMEM));
	if (signer_options_given(&g->values->signers))
		return signer_options_take(&g->values->signers, &g->signers);
	return store_signers(g->store, &g->signers, &error) ? cli_error(&error) : STATUS_OK;
}

static int graft(void *values, int count, char **paths)
{
	struct grafting g = {.values = values};
	int status = prepare(&g, paths[0]) ?: graft_all(&g) ?: report(&g);

	(void)count;
	free(g.results);
	signers_clear(&g.signers);
	store_close(g.store);
	store_entries_clear(&g.entries);
	members_clear(&g.ours);
	members_clear(&g.theirs);
	return status;
}

const struct command command_graft = {
	.name = "graft",
	.synopsis = "--from OFFICIAL [options] -o OUT REBUILT",
	.summary = "put what is signed in official files onto a rebuild, which then equals them",
	.notes = "REBUILT and OFFICIAL are two files, or two folders whose files go together by their names. Each file "
		 "of "
		 "OUT is equal to the official one, byte for byte: what is not equal after the graft is not written, "
		 "and "
		 "is an error. Signatures are verified by the certificates in OFFICIAL, or only by those given. A "
		 "signature cannot be made valid for code that was changed; a rebuilt file that has one "
		 "already is refused. Exit status: 0 all files are equal; 1 not; 2 trouble.",
	.options = graft_rows,
	.values_size = sizeof(struct graft_values),
	.least = 1,
	.most = 1,
	.operands = "exactly one rebuilt file or folder is needed",
	.run = graft,
};
