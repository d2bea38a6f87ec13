// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_list.h"

#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "digest_batch.h"
#include "folder.h"
#include "modules/module.h"
#include "options_of_tag.h"
#include "report/digest_line.h"
#include "report/left_out.h"

/* The options for digests of one tag. Lines have few different ones. */
struct tagged_options {
	struct tag tag;
	struct digest_options options;
	struct tagged_options *next;
};

/* A line of the list, or a file of the folders that is in none. */
struct entry {
	char *line;	    /* owned: what the next two point into; NULL: not of the list */
	const char *digest; /* NULL: not of the list */
	const char *path;
	char *place; /* owned: LIST:LINE */
	const struct digest_options *options;
};

struct checking {
	const char *list;
	const struct digest_options *given;
	struct tagged_options *tags;
	struct entry *entries; /* in the order of the list */
	size_t count, room;
	struct path_list found; /* in the folders */
	struct checked_file *results;
	struct batch_file *files; /* those to digest, and ... */
	size_t *entry_of;	  /* ... whose they are */
	size_t file_count;
	struct account *account;
	int status;
};

/* Trouble outweighs a difference. */
static void worse(struct checking *c, int status)
{
	if (status > c->status)
		c->status = status;
}

/* -------------------------------------------------------------------------------------------------------- the list */

static int options_for(struct checking *c, struct entry *entry)
{
	struct tagged_options *t;
	struct elfsect_error error;
	struct tag tag;

	if (!tag_parse(entry->digest, &tag))
		return cli_trouble("%s: '%s' is not a digest of a scheme that this version knows", entry->place,
				   entry->digest);
	for (t = c->tags; t; t = t->next)
		if (!strcmp(t->tag.hash, tag.hash) && !strcmp(t->tag.policy, tag.policy) &&
		    !strcmp(t->tag.scope, tag.scope))
			break;
	if (!t) {
		t = calloc(1, sizeof(*t));
		if (!t)
			return cli_trouble("%s", strerror(ENOMEM));
		*t = (struct tagged_options){.tag = tag, .options = *c->given, .next = c->tags};
		t->options.policy = NULL;
		c->tags = t;
		if (options_of_tag(&t->tag, entry->place, &t->options, &error)) {
			c->tags = t->next;
			hashsect_policy_free(t->options.policy);
			free(t);
			return cli_error(&error);
		}
	}
	entry->options = &t->options;
	return STATUS_OK;
}

static struct entry *new_entry(struct checking *c)
{
	if (c->count == c->room) {
		const size_t room = c->room ? 2 * c->room : 64;
		struct entry *list = reallocarray(c->entries, room, sizeof(*list));

		if (!list)
			return NULL;
		c->entries = list;
		c->room = room;
	}
	c->entries[c->count] = (struct entry){0};
	return &c->entries[c->count++];
}

/* A line that is none stays an entry without options: it was not checked. */
static int read_line(struct checking *c, const char *text, size_t length, size_t number)
{
	struct entry *entry = new_entry(c);
	char *digest, *path;

	if (!entry || asprintf(&entry->place, "%s:%zu", c->list, number) < 0) {
		if (entry)
			entry->place = NULL;
		return cli_trouble("%s", strerror(ENOMEM));
	}
	entry->line = strdup(text);
	entry->path = entry->place;
	if (!entry->line)
		return cli_trouble("%s", strerror(ENOMEM));
	if (strlen(text) != length) {
		worse(c, cli_trouble("%s: a zero byte in the line", entry->place));
	} else if (!digest_line_parse(entry->line, &digest, &path)) {
		worse(c, cli_trouble("%s: not a line of 'hashsect digest'", entry->place));
	} else {
		entry->digest = digest;
		entry->path = path;
		worse(c, options_for(c, entry));
	}
	return STATUS_OK;
}

static int read_lines(struct checking *c, FILE *file)
{
	autofree char *line = NULL;
	size_t room = 0, number = 0;
	int status = STATUS_OK;
	ssize_t length;

	while (!status && (length = getline(&line, &room, file)) > 0) {
		number++;
		if (line[length - 1] == '\n')
			line[--length] = '\0';
		if (!length || *line == '#')
			continue;
		if (number == 1 && *line == '{')
			return cli_trouble("%s: no list of digests; a manifest is for 'hashsect compare --manifest'",
					   c->list);
		status = read_line(c, line, (size_t)length, number);
	}
	if (ferror(file))
		return cli_trouble("%s: %s", c->list, strerror(errno));
	if (!status && !c->count)
		return cli_trouble("%s: no digest in it", c->list);
	return status;
}

static int read_list(struct checking *c)
{
	FILE *file = strcmp(c->list, "-") ? fopen(c->list, "re") : stdin;
	int status;

	if (!file)
		return cli_trouble("%s: %s", c->list, strerror(errno));
	status = read_lines(c, file);
	if (file != stdin)
		fclose(file);
	return status;
}

/* ----------------------------------------------------------------------------------------------------- the folders */

/* Paths are the same whatever "./" is in front of them. */
static const char *plain(const char *path)
{
	while (path[0] == '.' && path[1] == '/')
		for (path += 2; *path == '/'; path++)
			;
	return path;
}

static int by_plain_path(const void *a, const void *b)
{
	return strcmp(plain(((const struct path *)a)->path), plain(((const struct path *)b)->path));
}

/* Of an entry's path, and a path of the folders. */
static int path_and_found(const void *path, const void *found)
{
	return strcmp(plain(path), plain(((const struct path *)found)->path));
}

static int by_entry(const void *a, const void *b)
{
	return strcmp(plain((*(struct entry *const *)a)->path), plain((*(struct entry *const *)b)->path));
}

/* Entries for the files that the list does not have, and which of its own are missing. */
static int match_folders(struct checking *c, size_t listed)
{
	autofree struct entry **sorted = calloc(listed + 1, sizeof(struct entry *));
	size_t at = 0, count = 0;

	if (!sorted)
		return cli_trouble("%s", strerror(ENOMEM));
	qsort(c->found.list, c->found.count, sizeof(*c->found.list), by_plain_path);
	for (size_t i = 0; i < listed; i++)
		if (c->entries[i].options)
			sorted[count++] = &c->entries[i];
	qsort(sorted, count, sizeof(struct entry *), by_entry);
	for (size_t i = 0; i < count; i++) {
		if (!bsearch(sorted[i]->path, c->found.list, c->found.count, sizeof(struct path), path_and_found))
			c->results[sorted[i] - c->entries].result = CHECK_MISSING;
	}
	for (size_t i = 0; i < c->found.count; i++) {
		while (at < count && strcmp(plain(sorted[at]->path), plain(c->found.list[i].path)) < 0)
			at++;
		if (at < count && !strcmp(plain(sorted[at]->path), plain(c->found.list[i].path)))
			continue;
		c->entries[c->count] = (struct entry){.path = c->found.list[i].path, .options = c->given};
		c->results[c->count] = (struct checked_file){c->found.list[i].path, CHECK_ADDITIONAL};
		c->count++;
	}
	return STATUS_OK;
}

static int find_files(struct checking *c, int count, char **folders)
{
	const size_t listed = c->count;
	int status = STATUS_OK;
	struct entry *entries;

	for (int i = 0; i < count && !status; i++)
		status = path_list_add(&c->found, folders[i]);
	if (status)
		return status;
	entries = reallocarray(c->entries, listed + c->found.count, sizeof(*entries));
	if (entries)
		c->entries = entries;
	c->results = calloc(listed + c->found.count, sizeof(*c->results));
	if (!entries || !c->results)
		return cli_trouble("%s", strerror(ENOMEM));
	for (size_t i = 0; i < listed; i++)
		c->results[i] = (struct checked_file){c->entries[i].path, CHECK_ERROR};
	return count ? match_folders(c, listed) : STATUS_OK;
}

/* --------------------------------------------------------------------------------------------------------- digests */

/* Of a file that the list does not have it is asked only whether it is one that could be in it. */
static int additional(struct checking *c, struct checked_file *file, const struct batch_result *r)
{
	if (r->is_other) {
		file->path = NULL;
		account_add_other(c->account);
		return STATUS_OK;
	}
	return r->ret ? file_digest_failed(r->ret, &r->error) : STATUS_DIFFERENT;
}

static int checked(void *context, size_t i, struct batch_result *r)
{
	struct checking *c = context;
	const struct entry *entry = &c->entries[c->entry_of[i]];
	struct checked_file *file = &c->results[c->entry_of[i]];
	struct tag tag;

	if (!entry->digest)
		return additional(c, file, r);
	if (r->ret) {
		const int status = file_digest_failed(r->ret, &r->error);

		file->result = status == STATUS_DIFFERENT ? CHECK_FAILED : CHECK_ERROR;
		return status;
	}
	if (account_add(c->account, r->manifest))
		return cli_trouble("%s", strerror(ENOMEM));
	if (!tags_equal(r->manifest->digest, entry->digest)) {
		(void)tag_parse(entry->digest, &tag);
		return cli_trouble("%s: the digest was made with policy %s; the options given make another one",
				   entry->place, tag.policy);
	}
	file->result = strcmp(r->manifest->digest, entry->digest) ? CHECK_FAILED : CHECK_OK;
	return file->result == CHECK_OK ? STATUS_OK : STATUS_DIFFERENT;
}

static int digest_all(struct checking *c)
{
	const struct batch_plan plan = {.workers = c->given->workers, .done = checked, .context = c};

	c->files = calloc(c->count + 1, sizeof(*c->files));
	c->entry_of = calloc(c->count + 1, sizeof(*c->entry_of));
	c->account = account_new();
	if (!c->files || !c->entry_of || !c->account)
		return cli_trouble("%s", strerror(ENOMEM));
	for (size_t i = 0; i < c->count; i++) {
		const struct entry *entry = &c->entries[i];

		if (c->results[i].result == CHECK_MISSING)
			worse(c, STATUS_DIFFERENT);
		if (!entry->options || c->results[i].result == CHECK_MISSING)
			continue;
		/* What is called a module is one, if only a broken one, as for 'hashsect digest' of the folder. */
		c->files[c->file_count] = (struct batch_file){entry->path, entry->options,
							      !entry->digest && !module_has_name(entry->path)};
		c->entry_of[c->file_count++] = i;
	}
	worse(c, digest_batches(&plan, c->files, c->file_count));
	return STATUS_OK;
}

static int report(struct checking *c, enum loudness loudness, bool json)
{
	size_t kept = 0;

	/* What is no file of a list is none of the result either. */
	for (size_t i = 0; i < c->count; i++)
		if (c->results[i].path)
			c->results[kept++] = c->results[i];
	if (json && check_print_json(stdout, c->results, kept))
		return cli_trouble("%s", strerror(ENOMEM));
	if (!json)
		check_print(stdout, loudness, c->results, kept);
	fflush(stdout);
	if (loudness != REPORT_QUIET)
		account_print(c->account, stderr);
	return STATUS_OK;
}

static void clear(struct checking *c)
{
	struct tagged_options *next;

	for (; c->tags; c->tags = next) {
		next = c->tags->next;
		hashsect_policy_free(c->tags->options.policy);
		free(c->tags);
	}
	for (size_t i = 0; i < c->count; i++) {
		free(c->entries[i].line);
		free(c->entries[i].place);
	}
	free(c->entries);
	free(c->results);
	free(c->files);
	free(c->entry_of);
	account_free(c->account);
	path_list_clear(&c->found);
}

int check_list(const char *path, struct digest_options *options, int count, char **folders, enum loudness loudness,
	       bool json)
{
	struct digest_options given = *options;
	struct checking c = {.list = path, .given = &given};
	int status = read_list(&c);

	/* The files that are in no list are digested by the default policy, if only to see that they are digestible. */
	if (!status && count)
		status = digest_options_ready(&given);
	status = status ?: find_files(&c, count, folders) ?: digest_all(&c) ?: report(&c, loudness, json);
	worse(&c, status);
	clear(&c);
	if (count)
		hashsect_policy_free(given.policy);
	return c.status;
}
