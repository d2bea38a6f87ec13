// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "image/boot.h"
#include "image/pe.h"
#include "image/spool.h"

/* Files up to this size go into a struct image_room. */
enum { ROOM_SIZE = 1 << 20 };

struct image {
	char *name;	      /* owned; for messages */
	int fd;		      /* owned; the file as it is shipped; -1: it is memory of the caller's */
	struct stat stat;     /* when it was opened */
	void *map;	      /* owned; the file; NULL: it is empty, or in a room */
	const uint8_t *file;  /* its bytes */
	const uint8_t *bytes; /* what is inside all layers */
	uint64_t size;
	struct image_layer *layers; /* owned; IMAGE_LAYERS_MAX of them */
	size_t layer_count;
	struct image_layer unknown; /* without a kind: there is none */
};

/* ------------------------------------------------------------------------------------------------------------ open */

static int read_into_room(struct image *image, struct image_room *room, struct elfsect_error *error)
{
	int ret;

	if (!room->bytes)
		room->bytes = malloc(ROOM_SIZE);
	if (!room->bytes)
		return failure_errno(error, ENOMEM, "%s", image->name);
	ret = read_at(image->fd, room->bytes, (uint64_t)image->stat.st_size, 0);
	if (ret)
		return failure_errno(error, -ret, "%s", image->name);
	image->file = room->bytes;
	return 0;
}

/* The bytes of image->fd. */
static int load_file(struct image *image, const struct image_options *options, struct elfsect_error *error)
{
	static const uint8_t nothing[1]; /* the bytes of an empty file */
	uint64_t size;
	int ret;

	if (fstat(image->fd, &image->stat))
		return failure_errno(error, errno, "%s", image->name);
	if (!S_ISREG(image->stat.st_mode))
		return failure(error, S_ISDIR(image->stat.st_mode) ? EISDIR : EINVAL, "%s: not a regular file",
			       image->name);
	size = (uint64_t)image->stat.st_size;
	if (options->room && size <= ROOM_SIZE) {
		ret = read_into_room(image, options->room, error);
	} else {
		ret = spool_map(image->fd, size, image->name, &image->map, error);
		image->file = image->map ? image->map : nothing;
	}
	image->bytes = image->file;
	image->size = size;
	return ret;
}

/* A pipe cannot be mapped: keep its bytes in a temporary file. */
static int copy_of(int fd, const char *name, struct elfsect_error *error)
{
	autoclose int spool = -1;
	struct stat st;
	int ret;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_CUR) == 0) {
		spool = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		ret = spool < 0 ? failure_errno(error, errno, "%s", name) : 0;
	} else {
		spool = spool_open(name, error);
		ret = spool < 0 ? spool : spool_copy(spool, fd, name, error);
	}
	if (ret)
		return ret;
	ret = spool;
	spool = -1;
	return ret;
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

static int peel_one(struct image *image, const struct layer_kind *kind, uint64_t max_size, struct elfsect_error *error)
{
	const struct layer_source source = {image->bytes, image->size, max_size, image->name};
	struct image_layer *layer = &image->unknown;
	int ret = 0;

	if (kind->outermost_only && image->layer_count)
		return failure(error, EBADMSG, "%s: %s: compressed more than once", image->name,
			       image->layers[0].kind->name);
	if (!kind->stays)
		ret = new_layer(image, &layer, error);
	if (ret)
		return ret;
	layer->kind = kind;
	layer->outside = image->bytes;
	layer->outside_size = image->size;
	ret = kind->peel(&source, layer, error);
	if (!ret && kind->leaves_out && hash_once("sha256", layer->bytes, layer->size, layer->sha256))
		ret = failure_errno(error, ENOMEM, "%s", image->name);
	for (size_t i = 0; i < layer->piece_count && !ret; i++)
		if (hash_once("sha256", layer->pieces[i].bytes, layer->pieces[i].size, layer->pieces[i].sha256))
			ret = failure_errno(error, ENOMEM, "%s", image->name);
	if (ret)
		return ret;
	image->bytes = layer->content;
	image->size = layer->content_size;
	return 0;
}

/* The next layer that is to be peeled, or NULL. One that is not known stays, and ends the search. */
static const struct layer_kind *next_kind(const struct image *image, const struct image_options *options)
{
	const struct layer_kind *kind = image->unknown.kind ? NULL : layer_recognise(image->bytes, image->size);

	return kind && options->keep_trailers && !kind->compresses ? NULL : kind;
}

static int peel(struct image *image, const struct image_options *options, struct elfsect_error *error)
{
	const uint64_t max_size = options->max_size ? options->max_size : IMAGE_MAX_SIZE;
	const struct layer_kind *kind;
	int ret = 0;

	while (!ret && (kind = next_kind(image, options)))
		ret = peel_one(image, kind, max_size, error);
	return ret;
}

static struct image *new_image(int fd, const char *shown)
{
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		return NULL;
	image->fd = fd;
	image->name = strdup(shown);
	if (image->name)
		return image;
	free(image);
	return NULL;
}

static int finish(struct image *image, int ret, struct image **out)
{
	if (ret)
		image_close(image);
	else
		*out = image;
	return ret;
}

static const struct image_options none;

/* Takes the descriptor over. */
static int open_owned(int fd, const char *shown, const struct image_options *options, struct image **out,
		      struct elfsect_error *error)
{
	struct image *image = new_image(fd, shown);
	int ret;

	if (!image) {
		close(fd);
		return failure_errno(error, ENOMEM, "%s", shown);
	}
	ret = load_file(image, options ? options : &none, error);
	if (!ret)
		ret = peel(image, options ? options : &none, error);
	return finish(image, ret, out);
}

int image_open_memory(const uint8_t *bytes, uint64_t size, const char *shown, const struct image_options *options,
		      struct image **out, struct elfsect_error *error)
{
	struct image *image = new_image(-1, shown);

	if (!image)
		return failure_errno(error, ENOMEM, "%s", shown);
	image->file = bytes;
	image->bytes = bytes;
	image->size = size;
	return finish(image, peel(image, options ? options : &none, error), out);
}

int image_open_fd(int fd, const char *shown, const struct image_options *options, struct image **image,
		  struct elfsect_error *error)
{
	const int own = copy_of(fd, shown, error);

	return own < 0 ? own : open_owned(own, shown, options, image, error);
}

int image_open_at(int folder_fd, const char *name, const char *shown, const struct image_options *options,
		  struct image **image, struct elfsect_error *error)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	const int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? failure_errno(error, errno, "%s", shown) : open_owned(fd, shown, options, image, error);
}

int image_open(const char *path, const struct image_options *options, struct image **image, struct elfsect_error *error)
{
	if (!strcmp(path, "-"))
		return image_open_fd(STDIN_FILENO, path, options, image, error);
	return image_open_at(AT_FDCWD, path, path, options, image, error);
}

void image_close(struct image *image)
{
	if (!image)
		return;
	for (size_t i = 0; i < image->layer_count; i++) {
		if (image->layers[i].map)
			munmap(image->layers[i].map, image->layers[i].map_size);
		free(image->layers[i].pieces);
	}
	if (image->map)
		munmap(image->map, (size_t)image->stat.st_size);
	if (image->fd >= 0)
		close(image->fd);
	free(image->layers);
	free(image->name);
	free(image);
}

void image_room_clear(struct image_room *room)
{
	free(room->bytes);
	room->bytes = NULL;
}

int image_wrap(const struct image *image, const uint8_t *content, uint64_t content_size, uint8_t **whole,
	       uint64_t *whole_size, struct elfsect_error *error)
{
	autofree uint8_t *wrapped = malloc(content_size ? content_size : 1);
	uint64_t size = content_size;

	if (!wrapped)
		return failure_errno(error, ENOMEM, "%s", image->name);
	memcpy(wrapped, content, content_size);
	for (size_t i = image->layer_count; i-- > 0;) {
		const struct image_layer *layer = &image->layers[i];
		struct elfsect_error reason;
		uint8_t *around;
		const int ret = layer->kind->wrap(layer, wrapped, size, &around, &size, &reason);

		if (ret)
			return failure(error, -ret, "%s: %s", image->name, reason.message);
		free(wrapped);
		wrapped = around;
	}
	*whole = steal(wrapped);
	*whole_size = size;
	return 0;
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

const struct image_layer *image_unknown(const struct image *image)
{
	return image->unknown.kind ? &image->unknown : NULL;
}

int image_judge(const struct image *image, struct elfsect_error *error)
{
	for (size_t i = 0; i < image->layer_count; i++)
		if (*image->layers[i].reason)
			return failure(error, EBADMSG, "%s: %s", image->name, image->layers[i].reason);
	return 0;
}

/* The content of the outermost layers that are a compression or a signature. */
static const uint8_t *inside_signatures(const struct image *image, uint64_t *size)
{
	for (size_t i = 0; i < image->layer_count; i++) {
		const struct image_layer *layer = &image->layers[i];

		if (layer->kind->compresses || layer->kind->leaves_out)
			continue;
		*size = layer->outside_size;
		return layer->outside;
	}
	*size = image->size;
	return image->bytes;
}

bool image_same_inside(const struct image *a, const struct image *b)
{
	struct elfsect_error ignored;
	uint64_t a_size, b_size;
	const uint8_t *p = inside_signatures(a, &a_size), *q = inside_signatures(b, &b_size);

	return !image_unknown(a) && !image_unknown(b) && !image_judge(a, &ignored) && !image_judge(b, &ignored) &&
	       a_size == b_size && !memcmp(p, q, a_size);
}

bool image_is_elf_or_pe(const struct image *image)
{
	return (image->size >= SELFMAG && !memcmp(image->bytes, ELFMAG, SELFMAG)) ||
	       pe_recognise(image->bytes, image->size);
}

void image_set_verified(struct image *image, size_t i)
{
	image->layers[i].status = LAYER_VERIFIED;
}

bool image_is_compressed(const struct image *image)
{
	return image->layer_count && image->layers[0].kind->compresses;
}

/* What is inside is none of the files that a digest is of: say what it is. */
static int refuse_content(const struct image *image, struct elfsect_error *error)
{
	const char *raw = boot_raw_kernel(image->bytes, image->size);

	if (raw)
		return failure(
			error, EBADMSG,
			"%s: a raw %s kernel, an image of memory and no ELF file: it has no digest but that of its "
			"signature (digest --authenticode); compare the bytes, after sig strip",
			image->name, raw);
	if (pe_recognise(image->bytes, image->size))
		return failure(
			error, EBADMSG,
			"%s: a PE file without a kernel in it: it has no digest but that of its signature (digest "
			"--authenticode)",
			image->name);
	return 0;
}

int image_view(const struct image *image, struct elfsect_view **view, struct elfsect_error *error)
{
	const int ret = refuse_content(image, error);

	if (ret)
		return ret;
	if (!image->layer_count && image->fd >= 0)
		return elfsect_view_of_fd(image->fd, image->name, view, error);
	return elfsect_view_of_memory(image->bytes, image->size, image->name, view, error);
}

int image_unchanged(const struct image *image, struct elfsect_error *error)
{
	struct stat now;

	if (image->fd < 0)
		return 0;
	if (fstat(image->fd, &now))
		return failure_errno(error, errno, "%s", image->name);
	if (now.st_size != image->stat.st_size || now.st_mtim.tv_sec != image->stat.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != image->stat.st_mtim.tv_nsec)
		return failure(error, EAGAIN, "%s: the file changed while it was being read", image->name);
	return 0;
}
