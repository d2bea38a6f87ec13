// SPDX-License-Identifier: GPL-2.0-or-later
#include "digest_files.h"

#include <stdio.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/manifest.h"
#include "base/text.h"

bool digest_options_take(struct digest_options *o, int c, int *status)
{
	const char **excluded;

	switch (c) {
	case OPT_POLICY:
		o->policy_name = optarg;
		return true;
	case OPT_EXCLUDE:
		excluded = reallocarray(o->excluded, o->excluded_count + 1, sizeof(*excluded));
		if (!excluded) {
			*status = cli_trouble("%s", strerror(ENOMEM));
			return true;
		}
		o->excluded = excluded;
		o->excluded[o->excluded_count++] = optarg;
		return true;
	case OPT_SCOPE:
		if (strcmp(optarg, "file") && strcmp(optarg, "loaded"))
			*status = cli_usage("--scope is file or loaded, not '%s'", optarg);
		o->scope = optarg;
		return true;
	case OPT_HASH:
		o->hash = optarg;
		return true;
	case OPT_REQUIRE_PROOF:
		o->require_proof = true;
		return true;
	case OPT_MAX_SIZE:
		*status = option_max_size(optarg, &o->max_size);
		return true;
	case OPT_MAP:
		o->map_path = optarg;
		return true;
	case OPT_MODULES:
		o->modules = optarg;
		return true;
	case 'j':
		*status = option_jobs(optarg, &o->threads);
		return true;
	default:
		return false;
	}
}

int digest_options_ready(struct digest_options *o)
{
	const char *name = o->policy_name ? o->policy_name : "linux";
	struct elfsect_error error;
	int ret;

	if (!strcmp(name, "linux") || !strcmp(name, "strict"))
		ret = hashsect_policy_builtin(name, &o->policy, &error);
	else
		ret = hashsect_policy_load(name, &o->policy, &error);
	if (ret == -ENOENT && !strpbrk(name, "./"))
		return cli_trouble("%s: neither a built-in policy (linux, strict) nor a file", name);
	return ret ? cli_error(&error) : STATUS_OK;
}

int digest_options_begin(struct digest_options *o)
{
	struct elfsect_error error;
	int ret = hashsect_workers_open(o->threads, &o->workers, &error);

	if (!ret && o->map_path)
		ret = hashsect_map_load(o->map_path, &o->map, &error);
	return ret ? cli_error(&error) : STATUS_OK;
}

void digest_options_clear(struct digest_options *o)
{
	hashsect_policy_free(o->policy);
	hashsect_map_free(o->map);
	hashsect_workers_close(o->workers);
	free(o->excluded);
}

/* -------------------------------------------------------------------------------------------------- opening files */

int open_image(const char *path, const struct digest_options *options, struct image **image, struct elfsect_view **view,
	       struct elfsect_error *error)
{
	const struct image_options image_options = {.max_size = options->max_size};
	const struct module_trailer *unknown;
	int ret = image_open(path, &image_options, image, error);

	if (ret)
		return ret;
	unknown = image_unknown_trailer(*image);
	if (unknown)
		return failure(error, EBADMSG, "%s: a module trailer of %" PRIu64 " bytes with the unknown id_type %u",
			       path, unknown->size, unknown->id_type);
	return image_view(*image, view, error);
}

/* What was peeled, a line each, to stderr. */
static void print_layers(const struct image *image)
{
	size_t count;
	const struct image_layer *layers = image_layers(image, &count);

	for (size_t i = 0; i < count; i++) {
		text_print(stderr, image_name(image));
		fprintf(stderr, ": peeled: %" PRIu64 " bytes: ", layers[i].size);
		text_print(stderr, layers[i].text);
		fputc('\n', stderr);
	}
}

int policy_for_view(const struct digest_options *o, const struct elfsect_view *view,
		    struct hashsect_policy **own_policy, struct elfsect_error *error)
{
	struct hashsect_policy *policy = NULL;

	for (size_t i = 0; i < o->excluded_count; i++) {
		struct hashsect_policy *next;
		int ret = hashsect_policy_exclude(policy ? policy : o->policy, o->excluded[i], view, &next, error);

		hashsect_policy_free(policy);
		if (ret)
			return ret;
		policy = next;
	}
	*own_policy = policy;
	return 0;
}

struct hashsect_options library_options(const struct digest_options *o, const struct hashsect_policy *policy)
{
	return (struct hashsect_options){
		.policy = policy,
		.hash = o->hash,
		.scope = o->scope && !strcmp(o->scope, "loaded") ? HASHSECT_SCOPE_LOADED : HASHSECT_SCOPE_FILE,
		.threads = o->threads,
		.map = o->map,
		.workers = o->workers,
		HASHSECT_OPTIONS_INIT,
	};
}

const struct hashsect_policy *file_policy(const struct digest_options *o, const struct file_digest *file)
{
	return file->own_policy ? file->own_policy : o->policy;
}

static int check_proofs(const struct file_digest *file, struct elfsect_error *error)
{
	size_t count;
	const struct image_layer *layers = image_layers(file->image, &count);

	for (size_t i = 0; i < count; i++)
		if (!layers[i].proved)
			return failure(error, EBADMSG, "%s: a layer that is not proved (--require-proof): %s",
				       elfsect_view_name(file->view), layers[i].text);
	for (size_t i = 0; i < file->digest->exclusion_count; i++)
		if (!file->digest->exclusions[i].proved)
			return failure(error, EBADMSG,
				       "%s: rule %s: the excluded bytes are not proved (--require-proof)",
				       elfsect_view_name(file->view), file->digest->exclusions[i].rule);
	return 0;
}

static int prove_by_modules(const struct file_digest *file, const struct digest_options *o, struct elfsect_error *error)
{
	struct hashsect_modules *modules;
	int ret = hashsect_modules_open(o->modules, o->threads, &modules, error);

	if (ret)
		return ret;
	ret = hashsect_modules_prove(modules, file->view, file->digest, error);
	hashsect_modules_close(modules);
	return ret;
}

int file_digest_make(const char *path, const struct digest_options *o, struct file_digest *file,
		     struct elfsect_error *error)
{
	struct hashsect_options options;
	int ret;

	*file = (struct file_digest){0};
	ret = open_image(path, o, &file->image, &file->view, error);
	if (!ret)
		ret = policy_for_view(o, file->view, &file->own_policy, error);
	if (!ret) {
		options = library_options(o, file_policy(o, file));
		ret = hashsect_digest(file->view, &options, &file->digest, error);
	}
	if (!ret && o->modules)
		ret = prove_by_modules(file, o, error);
	if (!ret)
		ret = image_unchanged(file->image, error); /* last: what was proved are the bytes that were hashed */
	if (!ret && o->require_proof)
		ret = check_proofs(file, error);
	if (ret)
		file_digest_clear(file);
	return ret;
}

struct json_object *file_manifest(const struct file_digest *file, bool with_parts)
{
	struct json_object *o = manifest_object(file->digest, file->view, with_parts);

	json_object_object_add(o, "layers", image_layers_object(file->image));
	return o;
}

void file_digest_clear(struct file_digest *file)
{
	hashsect_digest_free(file->digest);
	hashsect_policy_free(file->own_policy);
	elfsect_view_close(file->view);
	image_close(file->image);
	*file = (struct file_digest){0};
}

int file_digest_failed(int ret, const struct elfsect_error *error)
{
	const int status = cli_error(error);

	return ret == -EKEYREJECTED ? STATUS_DIFFERENT : status;
}

/* Which map was used, and what was left out because it is one. */
static void print_map(const struct elfsect_view *view, const struct hashsect_digest *d)
{
	const bool comparable = d->scope == HASHSECT_SCOPE_LOADED && !strcmp(d->hash_name, "sha256");
	const char *name = elfsect_view_name(view);

	if (d->map_use != HASHSECT_MAP_NONE) {
		text_print(stderr, name);
		fprintf(stderr, ": %s, made of a file with %s\n",
			d->map_use == HASHSECT_MAP_OF_NOTE
				? "symbols by the map in its section " HASHSECT_MAP_NOTE_SECTION
			: elfsect_view_symtab(view) != NULL ? "symbols agree with the map given"
							    : "symbols by the map given",
			d->map_digest);
	}
	if (d->map_use != HASHSECT_MAP_NONE && comparable && strcmp(d->map_digest, d->tagged) != 0) {
		text_print(stderr, name);
		fputs(": note: the map was made of another file: its digest is another one\n", stderr);
	}
	if (d->left_out.section) {
		text_print(stderr, name);
		fprintf(stderr,
			": left out: section " HASHSECT_MAP_NOTE_SECTION ", %" PRIu64 " bytes at 0x%" PRIx64
			" in the file: it holds the map of this file\n",
			d->left_out.length, d->left_out.file_offset);
	}
}

static void begin_line(const char *name, const char *rule)
{
	text_print(stderr, name);
	fprintf(stderr, ": excluded by %s: ", rule);
}

/* What the content does not prove is said in so many words. */
static void print_proof(const char *name, const struct hashsect_exclusion *e)
{
	if (e->proved && !e->evidence)
		return;
	begin_line(name, e->rule);
	text_print(stderr, e->proved ? e->evidence : "not proved");
	fputc('\n', stderr);
}

void print_exclusions(const struct file_digest *file)
{
	const char *name = elfsect_view_name(file->view);

	print_layers(file->image);
	print_map(file->view, file->digest);
	for (size_t i = 0; i < file->digest->exclusion_count; i++) {
		const struct hashsect_exclusion *e = &file->digest->exclusions[i];

		for (size_t j = 0; j < e->range_count; j++) {
			begin_line(name, e->rule);
			fputs("section ", stderr);
			text_print(stderr, e->ranges[j].section_name);
			fprintf(stderr, ", offset 0x%" PRIx64 ", %" PRIu64 " bytes at 0x%" PRIx64 " in the file\n",
				e->ranges[j].offset, e->ranges[j].length, e->ranges[j].file_offset);
		}
		for (size_t j = 0; j < e->content_count; j++) {
			begin_line(name, e->rule);
			text_print(stderr, e->contents[j]);
			fputc('\n', stderr);
		}
		print_proof(name, e);
	}
}
