// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/look.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "elfsect_cleanup.h"
#include "elfsect_keyring.h"
#include "image/module_trailer.h"
#include "image/pe.h"
#include "image/x86_boot.h"
#include "trust/authenticode.h"

struct looking {
	const struct store_source *source;
	struct store_entries *found;
	struct elfsect_error *reason;
};

static int add(const struct looking *l, const struct store_entry *entry, const uint8_t *bytes, uint64_t size,
	       const char *place, struct elfsect_error *error)
{
	const struct store_origin origin = {l->source->package, l->source->path, place};
	const int ret = store_entries_add(l->found, entry, bytes, size, &origin);

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
	return add(l, &entry, bytes + trailer->data_offset, trailer->data_size, NULL, error);
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

/* ---------------------------------------------------------------------------------------------------- certificates */

static int take_certificate(const struct looking *l, const uint8_t *der, uint64_t size, const char *place,
			    struct elfsect_error *error)
{
	struct store_entry entry = {.kind = STORE_CERTIFICATE};

	if (hash_once("sha256", der, size, entry.digest))
		return failure_errno(error, ENOMEM, "%s", l->source->shown);
	return add(l, &entry, der, size, place, error);
}

/* ------------------------------------------------------------------------------------------------------- PE images */

/* The certificates in a message: those of the signer and of who certifies it. What no kernel can load is left there. */
static int take_embedded(const struct looking *l, const struct pe_certificate *entry, struct elfsect_error *error)
{
	struct authenticode a;
	struct der_reader list;
	struct der certificate;
	uint64_t size;
	int ret = 0;

	if (entry->type != PE_TYPE_PKCS7 || authenticode_read(entry->data, entry->data_size, &a, NULL))
		return 0;
	list = der_inside(&a.certificates);
	while (!ret && a.certificates.size && !der_done(&list) && !der_next(&list, &certificate, NULL))
		if (!elfsect_certificate_read(certificate.bytes, certificate.size, &size, NULL, NULL))
			ret = take_certificate(l, certificate.bytes, certificate.size, "signature", error);
	return ret;
}

static int take_entries(const struct looking *l, const struct pe *pe, struct elfsect_error *error)
{
	autofree struct pe_table *table = malloc(sizeof(*table));
	int ret = table ? pe_table_read(pe->bytes + pe->table, pe->table_size, pe->name, table, error)
			: failure_errno(error, ENOMEM, "%s", pe->name);

	for (size_t i = 0; !ret && i < table->count; i++)
		ret = take_embedded(l, &table->list[i], error);
	return ret;
}

static int take_table(const struct looking *l, const struct pe *pe, struct elfsect_error *error)
{
	struct store_entry entry = {.kind = STORE_IMAGE, .signed_size = pe->table, .checksum = pe_checksum_stored(pe)};
	int ret = pe_digest(pe, "sha256", 0, entry.digest, error);

	if (!ret && pe->table_size > STORE_TABLE_MAX)
		ret = failure(error, EFBIG, "%s: a certificate table of more than %d bytes", pe->name, STORE_TABLE_MAX);
	if (!ret)
		ret = take_entries(l, pe, error);
	if (ret)
		return ret;
	entry.has_checksum = entry.checksum != pe_checksum_of(pe->bytes, pe->size, pe->checksum);
	if (!entry.has_checksum)
		entry.checksum = 0;
	return add(l, &entry, pe->bytes + pe->table, pe->table_size, NULL, error);
}

/* What begins like a PE file and is none may be anything. */
static int take_image(const struct looking *l, const uint8_t *bytes, uint64_t size, struct elfsect_error *error)
{
	struct elfsect_error reason;
	struct pe pe;

	if (!pe_read(bytes, size, l->source->shown, &pe, &reason))
		return pe.table_size ? take_table(l, &pe, error) : 0;
	*l->reason = reason;
	return 0;
}

/* --------------------------------------------------------------------------------------------------------- kernels */

/* Without any certificate it is no kernel, or one that has none; where they cannot be told apart, that is said. */
static int take_keyring(const struct looking *l, struct elfsect_keyring *keyring, int ret, struct elfsect_error *error)
{
	const struct elfsect_keyring_certificate *list;
	size_t count;

	if (ret)
		return error_is_trouble(ret) ? failure_errno(error, -ret, "%s", l->source->shown) : 0;
	list = elfsect_keyring_certificates(keyring, &count);
	for (size_t i = 0; i < count && !ret; i++)
		ret = take_certificate(l, list[i].der, list[i].size, "keyring", error);
	elfsect_keyring_close(keyring);
	return ret;
}

static bool is_elf(const uint8_t *bytes, uint64_t size)
{
	return size > SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG);
}

/* What a boot image holds, or a linked ELF file. @is_kernel: it is one, so that it should have a keyring. */
static int take_kernel(const struct looking *l, const uint8_t *bytes, uint64_t size, bool is_kernel,
		       struct elfsect_error *error)
{
	elfsect_autoview struct elfsect_view *view = NULL;
	struct elfsect_keyring *keyring = NULL;
	struct elfsect_error reason = {""};
	int ret;

	if (!is_elf(bytes, size)) {
		ret = elfsect_keyring_of_bytes(bytes, size, l->source->shown, &keyring, &reason);
	} else {
		ret = elfsect_view_of_memory(bytes, size, l->source->shown, &view, error);
		if (ret || elfsect_is_relocatable(view))
			return error_is_trouble(ret) ? ret : 0;
		ret = elfsect_keyring_open(view, NULL, NULL, &keyring, &reason);
	}
	if (ret && (ret != -ENOENT || is_kernel))
		*l->reason = reason;
	return take_keyring(l, keyring, ret, error);
}

/* A boot image has layers that module signatures do not: open it once more. */
static int take_boot_image(const struct looking *l, struct elfsect_error *error)
{
	struct elfsect_error reason;
	const struct image_layer *layers;
	struct image *image;
	const uint8_t *bytes;
	bool is_kernel = false;
	uint64_t size;
	size_t count;
	int ret = image_open_fd(l->source->fd, l->source->shown, NULL, &image, &reason);

	if (ret) {
		*l->reason = reason;
		return error_is_trouble(ret) ? failure_errno(error, -ret, "%s", l->source->shown) : 0;
	}
	bytes = image_bytes(image, &size);
	layers = image_layers(image, &count);
	for (size_t i = 0; i < count; i++)
		is_kernel |= layers[i].kind->form == LAYER_BOOT_IMAGE;
	ret = take_kernel(l, bytes, size, is_kernel, error);
	image_close(image);
	return ret;
}

/* Bytes that begin like a boot image: a PE file, or an x86 boot sector. */
static bool may_be_boot_image(const uint8_t *bytes, uint64_t size)
{
	struct x86_boot boot;

	return pe_recognise(bytes, size) || (size > 2 && !memcmp(bytes, "MZ", 2)) || x86_boot_read(bytes, size, &boot);
}

/* ------------------------------------------------------------------------------------------------------------- all */

static int look_into(const struct looking *l, const uint8_t *bytes, uint64_t size, struct elfsect_error *error)
{
	int ret = take_signatures(l, bytes, size, error);

	if (!ret && pe_recognise(bytes, size))
		ret = take_image(l, bytes, size, error);
	if (!ret && may_be_boot_image(bytes, size))
		return take_boot_image(l, error);
	return ret || !is_elf(bytes, size) ? ret : take_kernel(l, bytes, size, false, error);
}

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
	ret = look_into(&l, bytes, size, error);
	if (!ret)
		ret = image_unchanged(image, error);
	image_close(image);
	return ret;
}
