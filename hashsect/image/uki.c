// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A unified kernel image (the UAPI group's specification): a PE file with a kernel in its section ".linux". All other
 * sections, the command line and the initial file system among them, count as pieces.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "image/boot.h"
#include "image/compression.h"
#include "image/pe.h"

static const char kernel_section[] = ".linux";

static bool is_uki(const uint8_t *bytes, uint64_t size)
{
	struct elfsect_error ignored;
	struct pe pe;

	if (!pe_recognise(bytes, size) || pe_read(bytes, size, "", &pe, &ignored))
		return false;
	for (uint16_t i = 0; i < pe.section_count; i++)
		if (!strcmp(pe_section_at(&pe, i).name, kernel_section))
			return true;
	return false;
}

/* A section: its content, and what only fills it up to the next. */
static int take_section(const struct layer_source *source, const struct pe_section *s, struct image_layer *layer,
			struct elfsect_error *error)
{
	const uint64_t used = s->memory_size && s->memory_size < s->size ? s->memory_size : s->size;
	const uint8_t *bytes = source->bytes + s->offset;
	char name[LAYER_PIECE_NAME_MAX];
	int ret = 0;

	if (strcmp(s->name, kernel_section) != 0) {
		snprintf(name, sizeof(name), "section %s", s->name);
		return boot_add_piece(source, layer, name, bytes, s->size, error);
	}
	if (layer->content)
		ret = failure(error, EBADMSG, "%s: %s: two sections %s", source->name, layer->kind->name,
			      kernel_section);
	layer->content = bytes;
	layer->content_size = used;
	return ret ? ret : boot_add_piece(source, layer, "padding of .linux", bytes + used, s->size - used, error);
}

static int peel(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	autofree struct pe_section *sections = NULL;
	struct pe pe;
	size_t count;
	uint64_t at;
	int ret = pe_read(source->bytes, source->size, source->name, &pe, error);

	if (!ret)
		ret = boot_check_only(source, layer, error);
	if (!ret)
		ret = pe_check_order(&pe, error);
	if (ret)
		return ret;
	sections = pe_sections_by_offset(&pe, &count);
	if (!sections)
		return failure_errno(error, ENOMEM, "%s", source->name);
	layer->bytes = source->bytes;
	layer->size = source->size;
	at = pe.headers_size;
	ret = boot_add_piece(source, layer, "headers", source->bytes, at, error);
	for (size_t i = 0; i < count && !ret; i++) {
		ret = take_section(source, &sections[i], layer, error);
		at += sections[i].size;
	}
	if (!ret)
		ret = boot_add_piece(source, layer, "rest", source->bytes + at, source->size - at, error);
	if (!ret && !layer->content)
		ret = failure(error, EBADMSG, "%s: %s: an empty section %s", source->name, layer->kind->name,
			      kernel_section);
	return ret;
}

const struct layer_kind layer_uki = {
	.name = "uki",
	.form = LAYER_BOOT_IMAGE,
	.surrounds = true,
	.recognise = is_uki,
	.peel = peel,
	.wrap = compression_wrap,
};
