// SPDX-License-Identifier: GPL-2.0-or-later
#include "digest_files.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/policy.h"
#include "modules/signature_verdict.h"

static bool holds_elf(const struct image *image)
{
	uint64_t size;
	const uint8_t *bytes = image_bytes(image, &size);

	return size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG);
}

/* What the policy asks of the layers, then the ELF file inside. */
static int view_image(struct image *image, const struct digest_options *options, struct elfsect_view **view,
		      struct elfsect_error *error)
{
	const struct image_layer *unknown = image_unknown(image);
	int ret = 0;

	if (unknown)
		return failure(error, EBADMSG, "%s: a module trailer with the unknown id_type %u", image_name(image),
			       unknown->id_type);
	/* Where trailers count, nobody looks into them. */
	if (options->policy->rule_count || options->excluded.count)
		ret = image_judge(image, error);
	if (!ret)
		ret = image_view(image, view, error);
	return ret == -ENOEXEC && !holds_elf(image) ? -EMEDIUMTYPE : ret;
}

int open_image(const char *path, const struct digest_options *options, struct image **image, struct elfsect_view **view,
	       struct elfsect_error *error)
{
	const struct image_options image_options = {.max_size = options->max_size};
	const int ret = image_open(path, &image_options, image, error);

	return ret ? ret : view_image(*image, options, view, error);
}

static void add_pieces(const struct image_layer *layer, struct around *around, struct hashsect_options *options)
{
	for (size_t i = 0; i < layer->piece_count; i++)
		around->pieces[options->surrounding_count++] =
			(struct hashsect_piece){layer->pieces[i].name, layer->pieces[i].bytes, layer->pieces[i].size};
}

int around_take(const struct image *image, struct around *around, struct hashsect_options *options)
{
	size_t count, pieces = 0;
	const struct image_layer *layers = image_layers(image, &count);

	for (size_t i = 0; i < count; i++)
		pieces += layers[i].piece_count;
	*around = (struct around){.pieces = calloc(pieces + 1, sizeof(*around->pieces))};
	if (!around->pieces)
		return -ENOMEM;
	options->trailers = around->trailers;
	options->surroundings = around->pieces;
	for (size_t i = 0; i < count; i++) {
		if (layers[i].kind->leaves_out)
			around->trailers[options->trailer_count++] =
				(struct hashsect_span){layers[i].bytes, layers[i].size};
		add_pieces(&layers[i], around, options);
	}
	return 0;
}

void around_clear(struct around *around)
{
	free(around->pieces);
	around->pieces = NULL;
}

int policy_for_view(const struct digest_options *o, const struct elfsect_view *view,
		    struct hashsect_policy **own_policy, struct elfsect_error *error)
{
	struct hashsect_policy *policy = NULL;

	for (size_t i = 0; i < o->excluded.count; i++) {
		struct hashsect_policy *next;
		int ret =
			hashsect_policy_exclude(policy ? policy : o->policy, o->excluded.words[i], view, &next, error);

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

struct manifest *file_manifest(const struct file_digest *file, const struct hashsect_policy *policy, bool with_parts)
{
	return manifest_make(file->digest, file->view, file->image, policy, with_parts);
}

static int check_proofs(const struct file_digest *file, const struct digest_options *o, struct elfsect_error *error)
{
	struct manifest *manifest = file_manifest(file, NULL, false);
	const char *name = elfsect_view_name(file->view);
	const int ret = manifest ? manifest_proved(manifest, o->accept_build_id, name, error)
				 : failure_errno(error, ENOMEM, "%s", name);

	manifest_free(manifest);
	return ret;
}

static int prove_by_modules(const struct file_digest *file, const struct digest_options *o, struct elfsect_error *error)
{
	struct hashsect_modules *modules;
	int ret = hashsect_modules_open(o->modules, o->workers, &modules, error);

	if (ret)
		return ret;
	ret = hashsect_modules_prove(modules, file->view, file->digest, error);
	hashsect_modules_close(modules);
	return ret;
}

int file_digest_of(struct image *image, const struct digest_options *o, struct file_digest *file,
		   struct elfsect_error *error)
{
	struct hashsect_options options;
	struct around around = {.pieces = NULL};
	int ret;

	*file = (struct file_digest){.image = image};
	ret = view_image(image, o, &file->view, error);
	if (!ret)
		ret = policy_for_view(o, file->view, &file->own_policy, error);
	if (!ret && o->signers.count)
		ret = image_verify_signatures(image, &o->signers, error);
	if (!ret) {
		options = library_options(o, file_policy(o, file));
		ret = around_take(image, &around, &options)
			      ? failure_errno(error, ENOMEM, "%s", image_name(image))
			      : hashsect_digest(file->view, &options, &file->digest, error);
		around_clear(&around);
	}
	if (!ret && o->modules)
		ret = prove_by_modules(file, o, error);
	if (!ret)
		ret = image_unchanged(image, error); /* last: what was proved are the bytes that were hashed */
	if (!ret && o->require_proof)
		ret = check_proofs(file, o, error);
	if (ret)
		file_digest_clear(file);
	return ret;
}

int file_digest_make(const char *path, const struct digest_options *o, struct image_room *room,
		     struct file_digest *file, struct elfsect_error *error)
{
	const struct image_options image_options = {.max_size = o->max_size, .room = room};
	struct image *image;
	const int ret = image_open(path, &image_options, &image, error);

	*file = (struct file_digest){0};
	return ret ? ret : file_digest_of(image, o, file, error);
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
