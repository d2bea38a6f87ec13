// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/look.h"

#include <elf.h>
#include <string.h>

#include "base/error.h"
#include "elfsect_cleanup.h"
#include "elfsect_keyring.h"
#include "image/module_trailer.h"

struct looking {
	const struct store_source *source;
	struct store_entries *found;
	struct elfsect_error *reason;
};

static int add(const struct looking *l, const struct store_entry *entry, const uint8_t *bytes, uint64_t size,
	       struct elfsect_error *error)
{
	const int ret = store_entries_add(l->found, entry, bytes, size, l->source->package, l->source->path);

	return ret ? failure_errno(error, -ret, "%s", l->source->shown) : 0;
}

/* --------------------------------------------------------------------------------------------------------- modules */

bool store_is_module_name(const char *path)
{
	static const char *const endings[] = {".ko", ".ko.gz", ".ko.xz", ".ko.zst"};
	const size_t length = strlen(path);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (length > strlen(endings[i]) && !strcmp(path + length - strlen(endings[i]), endings[i]))
			return true;
	return false;
}

static int take_signature(const struct looking *l, const uint8_t *bytes, const struct module_trailer *trailer,
			  struct elfsect_error *error)
{
	struct store_entry entry = {.kind = STORE_MODULE, .signed_size = trailer->content_size};
	struct elfsect_error reason;

	if (trailer->data_size > STORE_SIGNATURE_MAX)
		return failure(error, EFBIG, "%s: a signature of more than %d bytes", l->source->shown,
			       STORE_SIGNATURE_MAX);
	if (cms_check_outside(bytes + trailer->data_offset, trailer->data_size, &reason))
		return failure(error, EBADMSG, "%s: module signature: %s", l->source->shown, reason.message);
	if (hash_once("sha256", bytes, trailer->content_size, entry.digest))
		return failure_errno(error, ENOMEM, "%s", l->source->shown);
	return add(l, &entry, bytes + trailer->data_offset, trailer->data_size, error);
}

/* All signatures, from the outermost on: each is over what is in front of its trailer. */
static int take_signatures(const struct looking *l, const uint8_t *bytes, uint64_t size, struct elfsect_error *error)
{
	struct module_trailer trailer;
	int ret = 0;

	for (; !ret; size = trailer.content_size) {
		ret = module_trailer_parse(bytes, size, l->source->shown, &trailer, error);
		if (ret || trailer.kind == TRAILER_NONE || trailer.kind == TRAILER_UNKNOWN)
			break;
		if (trailer.kind == TRAILER_PKCS7)
			ret = take_signature(l, bytes, &trailer, error);
		else
			error_set(l->reason, "a trailer with id_type %u is no signature that a store can hold",
				  trailer.id_type);
	}
	if (!ret && trailer.kind == TRAILER_UNKNOWN)
		error_set(l->reason, "a trailer with the unknown id_type %u", trailer.id_type);
	return ret;
}

/* --------------------------------------------------------------------------------------------------------- kernels */

static int take_certificate(const struct looking *l, const uint8_t *der, uint64_t size, struct elfsect_error *error)
{
	struct store_entry entry = {.kind = STORE_CERTIFICATE};

	if (hash_once("sha256", der, size, entry.digest))
		return failure_errno(error, ENOMEM, "%s", l->source->shown);
	return add(l, &entry, der, size, error);
}

/* A linked ELF file may be a kernel. */
static int take_keyring(const struct looking *l, const uint8_t *bytes, uint64_t size, struct elfsect_error *error)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	const struct elfsect_keyring_certificate *list;
	struct elfsect_keyring *keyring = NULL;
	size_t count;
	int ret = 0;

	if (elfsect_view_of_memory(bytes, size, l->source->shown, &view, NULL) || elfsect_is_relocatable(view) ||
	    elfsect_keyring_open(view, NULL, NULL, &keyring, NULL))
		return 0;
	list = elfsect_keyring_certificates(keyring, &count);
	for (size_t i = 0; i < count && !ret; i++)
		ret = take_certificate(l, list[i].der, list[i].size, error);
	elfsect_keyring_close(keyring);
	return ret;
}

/* ------------------------------------------------------------------------------------------------------------- all */

int store_look(const struct store_source *source, struct image_room *room, struct store_entries *found,
	       struct elfsect_error *reason, struct elfsect_error *error)
{
	const struct image_options options = {.keep_trailers = true, .room = room};
	const struct looking l = {source, found, reason};
	struct image *image;
	const uint8_t *bytes;
	uint64_t size;
	int ret = image_open_fd(source->fd, source->shown, &options, &image, error);

	*reason->message = '\0';
	if ((ret == -EBADMSG || ret == -EFBIG) && !store_is_module_name(source->path)) {
		*reason = *error;
		return 0;
	}
	if (ret)
		return ret;
	bytes = image_bytes(image, &size);
	ret = take_signatures(&l, bytes, size, error);
	if (!ret && size > SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG))
		ret = take_keyring(&l, bytes, size, error);
	if (!ret)
		ret = image_unchanged(image, error);
	image_close(image);
	return ret;
}
