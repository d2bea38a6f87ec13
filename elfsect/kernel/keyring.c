// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reading the certificates of a kernel. What is not exactly as the kernel's build makes it is refused. */
#include <stdlib.h>

#include "kernel/keyring.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "kernel/keyring_by_content.h"
#include "kernel/named_slots.h"
#include "kernel/slot.h"
#include "view/select.h"
#include "view/system_map.h"
#include "view/view.h"

static inline void cleanup_keyring(struct elfsect_keyring **keyring)
{
	elfsect_keyring_close(*keyring);
}

void elfsect_keyring_close(struct elfsect_keyring *keyring)
{
	if (!keyring)
		return;
	free(keyring->certificates);
	free(keyring);
}

/* -------------------------------------------------------------------------------------------- where the lists are */

static int wrong_words(const struct elfsect_keyring *k, const char *what, struct elfsect_error *error)
{
	const struct elfsect_section *s = &k->view->sections[k->list.section];

	return failure(error, EBADMSG, "%s: section %u (%s), offset 0x%jx: %s%s%s", k->view->name, s->index, s->name,
		       (uintmax_t)k->built_in.offset, what, k->map ? ": or the map is not of this file: " : "",
		       k->map ? system_map_name(k->map) : "");
}

/* The built-in list has bounds of its own, local symbols that may be gone. If they are there, they agree. */
static int check_bounds(const struct elfsect_keyring *k, struct elfsect_error *error)
{
	struct elfsect_symbol start;
	struct elfsect_region bounds;
	int ret;

	ret = symbol_exists(k->view, k->map, "__cert_list_start", &start, error);
	if (ret <= 0)
		return ret;
	ret = region_of_symbols(k->view, k->map, "__cert_list_start..__cert_list_end", &bounds, error);
	if (ret)
		return ret;
	if (bounds.section == k->built_in.section && bounds.offset == k->built_in.offset &&
	    bounds.size == k->built_in.size)
		return 0;
	return wrong_words(k, "the list of certificates does not end where __cert_list_end says", error);
}

static int load_length(const struct elfsect_keyring *k, uint64_t *length, struct elfsect_error *error)
{
	const unsigned int width = elfsect_word_size(k->view);
	struct elfsect_symbol size;
	struct elfsect_region word;
	int ret;

	ret = symbol_lookup(k->view, k->map, "system_certificate_list_size", &size, error);
	if (!ret)
		ret = region_at_symbol(k->view, &size, width, &word, error);
	if (!ret)
		*length = elfsect_load(k->view, elfsect_region_bytes(k->view, &word), width);
	return ret;
}

/* A section of the name that the list is not in would be taken for it by others. */
static int check_section(const struct elfsect_keyring *k, struct elfsect_error *error)
{
	const struct elfsect_section *section;
	const int ret = elfsect_section_find(k->view, KEYRING_SECTION, &section, error);

	if (ret == -ENOENT || (!ret && section->index == k->list.section))
		return 0;
	return ret ? ret
		   : failure(error, EEXIST,
			     "%s: the keyring is in two places: section " KEYRING_SECTION " and, by its symbols, %s",
			     k->view->name, k->view->sections[k->list.section].name);
}

/* elfsect_slot_find() has proved that the word for the list is the distance to system_extra_cert, plus what is used. */
static int find_lists(struct elfsect_keyring *k, struct elfsect_error *error)
{
	struct elfsect_symbol extra;
	uint64_t length = 0;
	int ret;

	ret = symbol_exists(k->view, k->map, "system_extra_cert", &extra, error);
	if (ret < 0)
		return ret;
	k->has_extra = ret;
	ret = symbol_lookup(k->view, k->map, "system_certificate_list", &k->list, error);
	if (ret == -ENOENT)
		error_append(error, "; %s", slot_hint(BUILT_IN_SLOT, SLOT_MISSING));
	if (!ret && (k->has_extra || (k->slot && !strcmp(k->slot, EXTRA_SLOT))))
		ret = elfsect_slot_find(k->view, k->map, ELFSECT_SLOT_NAMED, EXTRA_SLOT, &k->extra, error);
	if (!ret && k->has_extra) {
		k->used = elfsect_load(k->view, elfsect_region_bytes(k->view, &k->extra.used), 4);
		length = extra.value - k->list.value;
	} else if (!ret) {
		ret = load_length(k, &length, error);
	}
	if (!ret)
		ret = region_at_symbol(k->view, &k->list, length, &k->built_in, error);
	if (!ret)
		ret = check_bounds(k, error);
	return ret ? ret : check_section(k, error);
}

/* ------------------------------------------------------------------------------------------------------- reading */

static int refuse(const struct elfsect_keyring *k, const struct elfsect_region *region, uint64_t offset,
		  const char *slot, const char *reason, struct elfsect_error *error)
{
	const struct elfsect_section *s = &k->view->sections[region->section];

	return failure(error, EBADMSG, "%s: section %u (%s), offset 0x%jx: %s: %s", k->view->name, s->index, s->name,
		       (uintmax_t)(region->offset + offset), slot, reason);
}

static int add_certificate(struct elfsect_keyring *k, const struct elfsect_keyring_certificate *certificate)
{
	struct elfsect_keyring_certificate *grown;

	grown = reallocarray(k->certificates, k->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	k->certificates = grown;
	k->certificates[k->count++] = *certificate;
	return 0;
}

/*
 * How many zeros end a list, from there on; 0 if something else comes first. Fewer than one alignment: more are not the
 * assembler's (hashsect/FORMAT.md, 7.2). With room for more certificates behind the list there are none.
 */
static uint64_t end_zeros(const struct elfsect_keyring *k, const struct elfsect_region *region, uint64_t offset)
{
	const struct elfsect_section *s = &k->view->sections[region->section];
	const uint64_t rest = region->size - offset;
	const bool own = elfsect_is_relocatable(k->view) && !strcmp(s->name, KEYRING_SECTION);

	if (k->has_extra || rest >= (own ? keyring_align_of_section(s->align) : KEYRING_ALIGN_POWER))
		return 0;
	return first_nonzero(elfsect_region_bytes(k->view, region) + offset, rest) == rest ? rest : 0;
}

/* The first `used` bytes of a region are certificates, the rest is zero. A built-in list may have zeros of its own. */
static int read_slot(struct elfsect_keyring *k, const char *slot, const struct elfsect_region *region, uint64_t used,
		     struct elfsect_error *error)
{
	const uint8_t *bytes = elfsect_region_bytes(k->view, region);
	uint64_t size, zeros;
	int ret;

	ret = slot_check_patches(k->view, slot, region, error);
	for (uint64_t offset = 0; !ret && offset < used; offset += size) {
		struct elfsect_keyring_certificate certificate = {slot, bytes + offset, 0, offset, *region};
		struct elfsect_error reason;

		if (region == &k->built_in)
			k->zeros = end_zeros(k, region, offset);
		if (k->zeros)
			return 0;
		ret = elfsect_certificate_read(bytes + offset, used - offset, &size, NULL, &reason);
		if (ret)
			return refuse(k, region, offset, slot, reason.message, error);
		certificate.size = certificate.region.size = size;
		certificate.region.offset += offset;
		if (add_certificate(k, &certificate))
			return failure_errno(error, ENOMEM, "%s: %s", k->view->name, slot);
	}
	if (ret || used == region->size)
		return ret;
	zeros = used + first_nonzero(bytes + used, region->size - used);
	return zeros == region->size ? 0
				     : refuse(k, region, zeros, slot,
					      "a byte that is not zero behind the bytes that are used", error);
}

static int read_slots(struct elfsect_keyring *k, struct elfsect_error *error)
{
	int ret = 0;

	/* What is put behind an empty list is the list. */
	if (k->slot && keyring_is_extra(k))
		return read_slot(k, k->slot, &k->extra.region, k->used, error);
	if (!k->slot || !strcmp(k->slot, BUILT_IN_SLOT))
		ret = read_slot(k, BUILT_IN_SLOT, &k->built_in, k->built_in.size, error);
	if (!ret && !k->slot && k->has_extra)
		ret = read_slot(k, EXTRA_SLOT, &k->extra.region, k->used, error);
	return ret;
}

/* ---------------------------------------------------------------------------------------------------- without symbols
 */

static int take_certificates(struct elfsect_keyring *k, const uint8_t *bytes, const struct keyring_place *p)
{
	uint64_t start = 0;
	int ret = 0;

	for (size_t i = 0; i < p->count && !ret; start = p->ends[i++]) {
		const uint64_t size = p->ends[i] - start;
		const bool extra = start >= p->built_in;
		const struct elfsect_keyring_certificate certificate = {
			.slot = extra ? EXTRA_SLOT : BUILT_IN_SLOT,
			.der = bytes + p->offset + start,
			.size = size,
			.offset = start - (extra ? p->built_in : 0),
			.region = {p->section, p->offset + start, size},
		};

		if (!k->slot || !strcmp(k->slot, certificate.slot))
			ret = add_certificate(k, &certificate);
	}
	k->by_content = true;
	return ret;
}

static int read_by_content(struct elfsect_keyring *k, struct elfsect_error *error)
{
	const struct elfsect_section *section;
	struct keyring_place place;
	int ret = keyring_find_in_view(k->view, &place, error);

	if (ret)
		return ret;
	section = &k->view->sections[place.section];
	ret = take_certificates(k, elfsect_section_bytes(k->view, section), &place);
	return ret ? failure_errno(error, -ret, "%s", k->view->name) : 0;
}

int elfsect_keyring_of_bytes(const void *bytes, uint64_t size, const char *name, struct elfsect_keyring **out,
			     struct elfsect_error *error)
{
	__attribute__((cleanup(cleanup_keyring))) struct elfsect_keyring *keyring = calloc(1, sizeof(*keyring));
	struct keyring_place place;
	int ret;

	if (!keyring)
		return failure_errno(error, ENOMEM, "%s", name);
	ret = keyring_find_in_bytes(bytes, size, name, &place, error);
	if (ret)
		return ret;
	if (take_certificates(keyring, bytes, &place))
		return failure_errno(error, ENOMEM, "%s", name);
	*out = steal(keyring);
	return 0;
}

/* ------------------------------------------------------------------------------------------------------------- public
 */

/* The library's own copy of a slot's name. */
static int find_name(const struct elfsect_view *view, const char *slot, const char **name, struct elfsect_error *error)
{
	*name = !slot ? NULL : !strcmp(slot, EXTRA_SLOT) ? EXTRA_SLOT : BUILT_IN_SLOT;
	if (!slot || !strcmp(slot, *name))
		return 0;
	return failure(error, EINVAL, "%s: no slot %s for certificates; there are " EXTRA_SLOT " and " BUILT_IN_SLOT,
		       view->name, slot);
}

int elfsect_keyring_open(const struct elfsect_view *view, const struct elfsect_system_map *map, const char *slot,
			 struct elfsect_keyring **out, struct elfsect_error *error)
{
	__attribute__((cleanup(cleanup_keyring))) struct elfsect_keyring *keyring = calloc(1, sizeof(*keyring));
	int ret;

	if (!keyring)
		return failure_errno(error, ENOMEM, "%s", view->name);
	keyring->view = view;
	keyring->map = map;
	ret = find_name(view, slot, &keyring->slot, error);
	if (!ret)
		ret = slot_check_file(view, map, error);
	if (!ret && !map && !view->symtab)
		ret = read_by_content(keyring, error);
	else if (!ret)
		ret = find_lists(keyring, error) ?: read_slots(keyring, error);
	if (ret)
		return ret;
	*out = steal(keyring);
	return 0;
}

const struct elfsect_keyring_certificate *elfsect_keyring_certificates(const struct elfsect_keyring *keyring,
								       size_t *count)
{
	*count = keyring->count;
	return keyring->certificates;
}

size_t elfsect_keyring_find(const struct elfsect_keyring *keyring, const uint8_t *der, uint64_t size)
{
	size_t i = 0;

	while (i < keyring->count &&
	       (keyring->certificates[i].size != size || memcmp(keyring->certificates[i].der, der, size) != 0))
		i++;
	return i;
}
