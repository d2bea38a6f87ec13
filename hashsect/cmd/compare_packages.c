// SPDX-License-Identifier: GPL-2.0-or-later
#include "compare_packages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "base/tool/progress.h"
#include "digest/policy.h"
#include "digest/pool.h"
#include "digest_files.h"
#include "explained.h"
#include "modules/module.h"
#include "report/compare_print.h"

struct comparing {
	struct contents sides[2];
	const char *const *paths;
	struct pairs pairs;
	const struct digest_options *options;
	struct digest_options module_options; /* without the map, which is a kernel's */
	const struct debug_files *debug;      /* NULL: nothing is explained */
	struct packages_comparison *result;
};

static int is_of_packages(const char *path, bool *is, struct elfsect_error *error)
{
	struct stat st;

	*is = false;
	if (!strcmp(path, "-"))
		return 0;
	if (stat(path, &st))
		return failure_errno(error, errno, "%s", path);
	*is = S_ISDIR(st.st_mode);
	return *is ? 0 : archive_is_package(path, is, error);
}

int packages_count(int count, char **paths, int *packages)
{
	struct elfsect_error error;
	bool is;

	*packages = 0;
	for (int i = 0; i < count; i++) {
		if (is_of_packages(paths[i], &is, &error))
			return cli_error(&error);
		*packages += is;
	}
	return STATUS_OK;
}

int packages_refuse_mixture(void)
{
	return cli_usage("a folder or package is compared with another one");
}

/* --------------------------------------------------------------------------------------------------------- one pair
 */

static int open_side(const struct comparing *c, int side, const struct contents_entry *entry, struct image **image,
		     struct elfsect_error *error)
{
	const struct contents *contents = &c->sides[side];
	const struct image_options options = {.max_size = c->options->max_size};
	autofree char *shown = contents_shown(contents, entry);
	autoclose int fd = -1;

	if (!shown)
		return failure_errno(error, ENOMEM, "%s", contents->name);
	if (contents->folder < 0)
		return image_open_memory(entry->bytes, entry->size, shown, &options, image, error);
	fd = contents_open(contents, entry, error);
	return fd < 0 ? fd : image_open_fd(fd, shown, &options, image, error);
}

static enum compared_class class_of(const struct contents_entry *entry, const uint8_t start[4])
{
	if (entry->type == ARCHIVE_FOLDER)
		return COMPARED_FOLDER;
	if (entry->type == ARCHIVE_SYMLINK)
		return COMPARED_LINK;
	if (entry->type != ARCHIVE_FILE)
		return COMPARED_OTHER;
	if (entry->describes || text_begins(entry->path, "DEBIAN/"))
		return COMPARED_DESCRIPTION;
	if (module_has_name(entry->path))
		return COMPARED_MODULE;
	return !memcmp(start, "MZ", 2)	      ? COMPARED_BOOT_IMAGE
	       : !memcmp(start, "\177ELF", 4) ? COMPARED_ELF
					      : COMPARED_FILE;
}

static int explain_path(const struct file_digest digests[2], const struct debug_file *const debug[2],
			struct compared_path *path, struct elfsect_error *error)
{
	static const char *const no_files[2] = {NULL, NULL};

	path->why = calloc(1, sizeof(*path->why));
	return path->why ? explain_digests(no_files, digests, debug, path->why, error)
			 : failure_errno(error, ENOMEM, "%s", path->path);
}

/* With its map, if no other was given. */
static const struct debug_file *find_debug_file(const struct debug_files *files, struct image *image,
						struct digest_options *options)
{
	const struct debug_file *found = NULL;
	struct elfsect_view *view = NULL;
	struct elfsect_error ignored;

	if (!image_view(image, &view, &ignored))
		found = debug_files_find(files, view);
	if (found && !options->map)
		options->map = debug_file_map(found, view);
	elfsect_view_close(view);
	return found;
}

/* Digests are compared where what is inside of signatures is not the same. */
static int compare_digests(const struct comparing *c, struct image *images[2], const struct digest_options *options,
			   struct compared_path *path, struct elfsect_error *error)
{
	static const enum compared_result results[] = {
		[VERDICT_IDENTICAL] = COMPARED_EXCLUDED, /* another compression: the bytes of the files differ */
		[VERDICT_EXCLUDED] = COMPARED_EXCLUDED,
		[VERDICT_DIFFERENT] = COMPARED_DIFFERENT,
	};
	const struct debug_file *debug[2] = {NULL, NULL};
	struct digest_options mine[2] = {*options, *options};
	struct file_digest digests[2] = {{0}};
	struct manifest *manifests[2] = {NULL, NULL};
	int ret = 0;

	for (int i = 0; i < 2 && !ret; i++) {
		if (c->debug)
			debug[i] = find_debug_file(c->debug, images[i], &mine[i]);
		ret = file_digest_of(steal(images[i]), &mine[i], &digests[i], error);
		if (ret)
			break;
		manifests[i] = file_manifest(&digests[i], NULL, true);
		if (!manifests[i])
			ret = failure_errno(error, ENOMEM, "%s", path->path);
	}
	if (!ret) {
		const struct comparison comparison = manifests_compare(manifests[0], manifests[1]);

		path->result = results[comparison.verdict];
		path->what = comparison_reason(&comparison);
		ret = path->what ? 0 : failure_errno(error, ENOMEM, "%s", path->path);
		if (!ret && c->debug && comparison.verdict == VERDICT_DIFFERENT)
			ret = explain_path(digests, debug, path, error);
	}
	for (int i = 0; i < 2; i++) {
		manifest_free(manifests[i]);
		file_digest_clear(&digests[i]);
	}
	return ret;
}

/* Whether signatures are asked about: then it does not do that what is inside of them is equal. */
static bool asks_for_digests(const struct digest_options *options)
{
	return !options->policy->rule_count || options->require_proof || options->signers.count || options->modules;
}

/* Bytes that differ. What cannot be taken apart stays different, and it is said why. */
static int judge_bytes(const struct comparing *c, const struct pair *pair, struct compared_path *path,
		       struct elfsect_error *error)
{
	const struct digest_options *options = path->class == COMPARED_MODULE ? &c->module_options : c->options;
	struct image *images[2] = {NULL, NULL};
	struct elfsect_error reason;
	int ret;

	path->result = COMPARED_DIFFERENT;
	ret = open_side(c, 0, pair->a, &images[0], &reason) ?: open_side(c, 1, pair->b, &images[1], &reason);
	if (!ret && !asks_for_digests(options) && image_same_inside(images[0], images[1])) {
		/* Of other files each bit counts, compressed or not. */
		if (image_is_elf_or_pe(images[0]))
			path->result = COMPARED_EXCLUDED;
		path->what = signatures_reason(images[0], images[1]);
		ret = path->what ? 0 : failure_errno(&reason, ENOMEM, "%s", path->path);
	} else if (!ret) {
		ret = compare_digests(c, images, options, path, &reason);
	}
	image_close(images[0]);
	image_close(images[1]);
	if (error_is_trouble(ret)) {
		error_copy(error, &reason);
		return ret;
	}
	/* No ELF file, of whatever kind: that they differ is all there is to say. */
	if (ret && ret != -EMEDIUMTYPE)
		path->what = strdup(reason.message);
	return ret && ret != -EMEDIUMTYPE && !path->what ? failure_errno(error, ENOMEM, "%s", path->path) : 0;
}

static bool may_hold_kernel(const struct comparing *c, const struct pair *pair)
{
	return (c->sides[0].folder >= 0 || pair->a->bytes) && (c->sides[1].folder >= 0 || pair->b->bytes) &&
	       !pair->a->describes && !text_begins(pair->a->path, "DEBIAN/");
}

static int judge_files(const struct comparing *c, const struct pair *pair, struct compared_path *path,
		       struct elfsect_error *error)
{
	bool same;
	int ret = contents_same(&c->sides[0], pair->a, &c->sides[1], pair->b, &same, error);

	if (ret)
		return ret;
	path->result = same ? COMPARED_IDENTICAL : COMPARED_DIFFERENT;
	if (!same && may_hold_kernel(c, pair))
		ret = judge_bytes(c, pair, path, error);
	return ret;
}

/* A task of struct work. */
static int judge(void *context, void *state, size_t i, struct elfsect_error *error)
{
	const struct comparing *c = context;
	const struct pair *pair = &c->pairs.list[i];
	struct compared_path *path = &c->result->list[i];
	const bool with_owner = (c->sides[0].folder < 0) == (c->sides[1].folder < 0);
	const struct contents_entry *entry = pair->a ? pair->a : pair->b;
	enum pair_difference difference;
	uint8_t start[4] = "";
	int ret = 0;

	(void)state;
	if (entry->type == ARCHIVE_FILE)
		ret = contents_start(&c->sides[!pair->a], entry, start, error);
	if (ret)
		return ret;
	path->class = class_of(entry, start);
	path->path = strdup(pair_path(pair));
	if (!path->path)
		return failure_errno(error, ENOMEM, "%s", c->paths[0]);
	if (!pair->a || !pair->b) {
		path->result = pair->a ? COMPARED_ONLY_A : COMPARED_ONLY_B;
		return 0;
	}
	difference = pair_attributes_difference(pair, with_owner);
	if (difference != PAIR_EQUAL) {
		path->result = COMPARED_DIFFERENT;
		path->what = attributes_reason(pair, difference);
		return path->what ? 0 : failure_errno(error, ENOMEM, "%s", path->path);
	}
	return pair->a->type == ARCHIVE_FILE ? judge_files(c, pair, path, error) : 0;
}

/* -------------------------------------------------------------------------------------------------------- all pairs
 */

static bool is_excluded(const char *path, void *context)
{
	const struct packages_comparison *result = context;

	for (size_t low = 0, high = result->count; low < high;) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(path, result->list[middle].path);

		if (!order)
			return result->list[middle].result == COMPARED_EXCLUDED;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* What A's files of this kind take more than B's, in KiB, each rounded up. */
static int64_t excluded_growth(const struct comparing *c)
{
	int64_t kib = 0;

	for (size_t i = 0; i < c->pairs.count; i++) {
		const struct pair *pair = &c->pairs.list[i];

		if (c->result->list[i].result == COMPARED_EXCLUDED && c->result->list[i].class != COMPARED_DESCRIPTION)
			kib += (int64_t)((pair->a->size + 1023) / 1024) - (int64_t)((pair->b->size + 1023) / 1024);
	}
	return kib;
}

/* What is said of files that are equal but for excluded bytes, and follows from them, is such bytes itself. */
static char *judge_description(const struct comparing *c, const struct pair *pair)
{
	struct packages_comparison *result = c->result;
	const char *path = pair_path(pair);

	if (!strcmp(path, "DEBIAN/md5sums") &&
	    pair_checksums_follow(pair, &c->sides[0], &c->sides[1], is_excluded, result))
		return checksums_reason();
	if (!strcmp(path, "DEBIAN/control") && pair_size_follows(pair, excluded_growth(c)))
		return size_reason();
	return NULL;
}

static void judge_descriptions(const struct comparing *c)
{
	for (size_t i = 0; i < c->pairs.count; i++) {
		struct compared_path *path = &c->result->list[i];

		if (path->result != COMPARED_DIFFERENT || path->what || path->class != COMPARED_DESCRIPTION)
			continue;
		path->what = judge_description(c, &c->pairs.list[i]);
		if (path->what)
			path->result = COMPARED_EXCLUDED;
	}
}

/* A task of struct work. */
static int read_side(void *context, void *state, size_t i, struct elfsect_error *error)
{
	struct comparing *c = context;

	(void)state;
	return contents_read(c->paths[i], CONTENTS_KEEP_CODE, &c->sides[i], error);
}

static int read_sides(struct comparing *c, struct elfsect_error *error)
{
	const struct work work = {.count = 2, .run = read_side, .doing = "reading packages", .context = c};

	return workers_run(c->options->workers->workers, &work, error);
}

static int judge_all(struct comparing *c, struct elfsect_error *error)
{
	const struct work work = {.count = c->pairs.count, .run = judge, .doing = "comparing files", .context = c};
	int ret;

	c->result->list = calloc(c->pairs.count + 1, sizeof(*c->result->list));
	if (!c->result->list)
		return failure_errno(error, ENOMEM, "%s", c->paths[0]);
	c->result->count = c->pairs.count;
	ret = workers_run(c->options->workers->workers, &work, error);
	if (!ret)
		judge_descriptions(c);
	return ret;
}

int compare_packages(const char *const paths[2], const struct digest_options *options, const struct debug_files *debug,
		     struct packages_comparison *result, struct elfsect_error *error)
{
	struct comparing c = {
		.paths = paths, .options = options, .module_options = *options, .debug = debug, .result = result};
	int ret;

	c.module_options.map = NULL;
	*result = (struct packages_comparison){.a = paths[0], .b = paths[1]};
	progress_begin(options->workers->workers);
	ret = read_sides(&c, error);
	if (!ret && pairs_make(&c.sides[0], &c.sides[1], &c.pairs))
		ret = failure_errno(error, ENOMEM, "%s", paths[0]);
	if (!ret)
		ret = judge_all(&c, error);
	if (!ret)
		ret = contents_containers_differ(&c.sides[0], &c.sides[1], &result->containers_differ, error);
	progress_end();
	free(c.pairs.list);
	contents_clear(&c.sides[0]);
	contents_clear(&c.sides[1]);
	return ret;
}

void packages_comparison_clear(struct packages_comparison *result)
{
	for (size_t i = 0; i < result->count; i++) {
		free(result->list[i].path);
		free(result->list[i].what);
		if (result->list[i].why)
			explanation_clear(result->list[i].why);
		free(result->list[i].why);
	}
	free(result->list);
	*result = (struct packages_comparison){0};
}
