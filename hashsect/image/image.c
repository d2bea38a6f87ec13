// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/image.h"

#include <unistd.h>
#include <stdio.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "image/decompress.h"
#include "base/hash.h"
#include "base/error.h"
#include "image/spool.h"
#include "report/cms.h"
#include "base/cleanup.h"

struct mapping {
	void *address; /* NULL: nothing is mapped */
	uint64_t size;
};

struct image {
	char *name;	  /* owned; for messages */
	int fd;		  /* owned; the file as it is shipped */
	struct stat stat; /* when it was opened */
	struct mapping file;
	struct mapping inner; /* what it was decompressed to */
	const uint8_t *bytes; /* what is inside all layers */
	uint64_t size;
	struct image_layer *layers; /* owned; IMAGE_LAYERS_MAX of them */
	size_t layer_count;
	struct module_trailer unknown; /* size 0: there is none */
};

/* An empty mapping is not possible; these are the bytes of an empty file. */
static const uint8_t nothing[1];

static int map(int fd, uint64_t size, const char *name, struct mapping *mapping, struct elfsect_error *error)
{
	void *address;

	if (!size)
		return 0;
	address = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (address == MAP_FAILED)
		return failure_errno(error, errno, "%s: mmap", name);
	*mapping = (struct mapping){address, size};
	return 0;
}

static void unmap(struct mapping *mapping)
{
	if (mapping->address)
		munmap(mapping->address, mapping->size);
}

static const uint8_t *mapped(const struct mapping *mapping)
{
	return mapping->address ? mapping->address : nothing;
}

/* ------------------------------------------------------------------------------------------------------------ open */

/* A pipe cannot be mapped: keep its bytes in a temporary file. */
static int open_stdin(const char *name, struct elfsect_error *error)
{
	autoclose int fd = -1;
	struct stat st;
	int ret, result;

	if (!fstat(STDIN_FILENO, &st) && S_ISREG(st.st_mode) && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0) {
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
		if (fd < 0)
			return failure_errno(error, errno, "%s", name);
	} else {
		fd = spool_open(name, error);
		ret = fd < 0 ? fd : spool_copy(fd, STDIN_FILENO, name, error);
		if (ret)
			return ret;
	}
	result = fd;
	fd = -1;
	return result;
}

static int open_file(struct image *image, const char *path, struct elfsect_error *error)
{
	const char *name = image->name;

	if (!strcmp(path, "-")) {
		image->fd = open_stdin(name, error);
		if (image->fd < 0)
			return image->fd;
	} else {
		/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
		image->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	}
	if (image->fd < 0 || fstat(image->fd, &image->stat))
		return failure_errno(error, errno, "%s", name);
	if (!S_ISREG(image->stat.st_mode))
		return failure(error, S_ISDIR(image->stat.st_mode) ? EISDIR : EINVAL, "%s: not a regular file", name);
	return map(image->fd, (uint64_t)image->stat.st_size, name, &image->file, error);
}

/* ---------------------------------------------------------------------------------------------------------- layers */

static int new_layer(struct image *image, struct image_layer **layer, struct elfsect_error *error)
{
	if (image->layer_count == IMAGE_LAYERS_MAX)
		return failure(error, EBADMSG, "%s: more than %d layers", image->name, IMAGE_LAYERS_MAX);
	if (!image->layers)
		image->layers = calloc(IMAGE_LAYERS_MAX, sizeof(*image->layers));
	if (!image->layers)
		return failure_errno(error, ENOMEM, "%s", image->name);
	*layer = &image->layers[image->layer_count++];
	return 0;
}

static int peel_compression(struct image *image, uint64_t max_size, struct elfsect_error *error)
{
	const enum compression compression = compression_of(image->bytes, image->size);
	struct image_layer *layer;
	autoclose int fd = -1;
	uint64_t size;
	int ret;

	if (compression == COMPRESSION_NONE)
		return 0;
	ret = decompress(compression, image->bytes, image->size, max_size, image->name, &fd, &size, error);
	if (!ret)
		ret = map(fd, size, image->name, &image->inner, error);
	if (!ret)
		ret = new_layer(image, &layer, error);
	if (ret)
		return ret;
	layer->kind = compression == COMPRESSION_GZIP ? LAYER_GZIP
		      : compression == COMPRESSION_XZ ? LAYER_XZ
						      : LAYER_ZSTD;
	layer->bytes = image->bytes;
	layer->size = image->size;
	layer->content_size = size;
	layer->proved = true;
	snprintf(layer->text, sizeof(layer->text),
		 "%s compression of %ju bytes; compressing them again may give another file",
		 compression_name(compression), (uintmax_t)size);
	image->bytes = mapped(&image->inner);
	image->size = size;
	return 0;
}

static int describe_signature(const struct image *image, struct image_layer *layer, uint32_t size,
			      struct elfsect_error *error)
{
	struct elfsect_error reason;
	char signer[2304];
	int ret = cms_read(layer->bytes, size, &layer->signature, &reason);

	if (ret)
		return failure(error, -ret, "%s: module signature: %s", image->name, reason.message);
	cms_describe_signer(&layer->signature, signer, sizeof(signer));
	snprintf(layer->text, sizeof(layer->text), "PKCS#7 signature, %s, by %s", layer->signature.algorithm, signer);
	return 0;
}

/* An id_type that is not known stays where it is: whoever reads the file next has to judge it. */
static int peel_trailer(struct image *image, bool *peeled, struct elfsect_error *error)
{
	struct module_trailer trailer;
	struct image_layer *layer;
	int ret;

	*peeled = false;
	ret = module_trailer_parse(image->bytes, image->size, image->name, &trailer, error);

	if (ret || trailer.kind == TRAILER_NONE)
		return ret;
	if (trailer.kind == TRAILER_UNKNOWN) {
		image->unknown = trailer;
		return 0;
	}
	ret = new_layer(image, &layer, error);
	if (ret)
		return ret;
	*layer = (struct image_layer){
		.kind = trailer.kind == TRAILER_PKCS7 ? LAYER_SIGNATURE : LAYER_MERKLE,
		.bytes = image->bytes + trailer.data_offset,
		.size = trailer.size,
		.offset = trailer.data_offset,
		.content_size = trailer.content_size,
		.proved = trailer.kind == TRAILER_PKCS7,
	};
	if (trailer.kind == TRAILER_PKCS7)
		ret = describe_signature(image, layer, trailer.data_size, error);
	else
		snprintf(layer->text, sizeof(layer->text), "Merkle proof of %u levels, not proved", trailer.levels);
	if (!ret && hash_once("sha256", layer->bytes, layer->size, layer->sha256))
		ret = failure_errno(error, ENOMEM, "%s", image->name);
	if (ret)
		return ret;
	image->size = trailer.content_size;
	*peeled = true;
	return 0;
}

static int peel(struct image *image, const struct image_options *options, struct elfsect_error *error)
{
	bool more = !options->keep_trailers;
	int ret;

	image->bytes = mapped(&image->file);
	image->size = image->file.size;
	ret = peel_compression(image, options->max_size ? options->max_size : IMAGE_MAX_SIZE, error);
	while (!ret && more)
		ret = peel_trailer(image, &more, error);
	return ret;
}

int image_open(const char *path, const struct image_options *options, struct image **out, struct elfsect_error *error)
{
	static const struct image_options none;
	struct image *image = calloc(1, sizeof(*image));
	int ret = 0;

	if (image) {
		image->fd = -1;
		image->name = strdup(path);
	}
	if (!image || !image->name)
		ret = failure_errno(error, ENOMEM, "%s", path);
	if (!ret)
		ret = open_file(image, path, error);
	if (!ret)
		ret = peel(image, options ? options : &none, error);
	if (ret) {
		image_close(image);
		return ret;
	}
	*out = image;
	return 0;
}

void image_close(struct image *image)
{
	if (!image)
		return;
	unmap(&image->file);
	unmap(&image->inner);
	if (image->fd >= 0)
		close(image->fd);
	free(image->layers);
	free(image->name);
	free(image);
}

/* ------------------------------------------------------------------------------------------------------- accessors */

const char *image_name(const struct image *image)
{
	return image->name;
}

const uint8_t *image_bytes(const struct image *image, uint64_t *size)
{
	*size = image->size;
	return image->bytes;
}

const struct image_layer *image_layers(const struct image *image, size_t *count)
{
	*count = image->layer_count;
	return image->layers;
}

const struct module_trailer *image_unknown_trailer(const struct image *image)
{
	return image->unknown.size ? &image->unknown : NULL;
}

bool image_is_compressed(const struct image *image)
{
	return image->layer_count && image->layers[0].kind <= LAYER_ZSTD;
}

int image_view(const struct image *image, struct elfsect_view **view, struct elfsect_error *error)
{
	if (!image->layer_count)
		return elfsect_view_of_fd(image->fd, image->name, view, error);
	return elfsect_view_of_memory(image->bytes, image->size, image->name, view, error);
}

int image_unchanged(const struct image *image, struct elfsect_error *error)
{
	struct stat now;

	if (fstat(image->fd, &now))
		return failure_errno(error, errno, "%s", image->name);
	if (now.st_size != image->stat.st_size || now.st_mtim.tv_sec != image->stat.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != image->stat.st_mtim.tv_nsec)
		return failure(error, EAGAIN, "%s: the file changed while it was being read", image->name);
	return 0;
}

/* ------------------------------------------------------------------------------------------------------------ JSON */

const char *layer_kind_name(enum layer_kind kind)
{
	static const char *const names[] = {"gzip", "xz", "zstd", "signature", "merkle"};

	return names[kind];
}

struct json_object *image_layers_object(const struct image *image)
{
	struct json_object *list = json_object_new_array();
	char sha256[2 * sizeof(image->layers->sha256) + 1];

	for (size_t i = 0; i < image->layer_count; i++) {
		const struct image_layer *layer = &image->layers[i];
		struct json_object *o = json_object_new_object();

		json_object_object_add(o, "kind", json_object_new_string(layer_kind_name(layer->kind)));
		json_object_object_add(o, "size", json_object_new_uint64(layer->size));
		json_object_object_add(o, "content_size", json_object_new_uint64(layer->content_size));
		if (layer->kind > LAYER_ZSTD) {
			cms_hex(layer->sha256, sizeof(layer->sha256), sha256, sizeof(sha256));
			json_object_object_add(o, "offset", json_object_new_uint64(layer->offset));
			json_object_object_add(o, "sha256", json_object_new_string(sha256));
		}
		if (layer->kind == LAYER_SIGNATURE)
			json_object_object_add(o, "signature", cms_object(&layer->signature));
		json_object_object_add(o, "proved", json_object_new_boolean(layer->proved));
		json_object_object_add(o, "text", json_name(layer->text));
		json_object_array_add(list, o);
	}
	return list;
}
