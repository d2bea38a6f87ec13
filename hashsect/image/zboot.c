// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An EFI zboot image (Linux, drivers/firmware/efi/libstub/zboot-header.S): a PE file that decompresses a kernel.
 *
 *     0 "MZ"   4 "zimg"   8 u32 offset of the payload   12 u32 its size   24 name of the compression, ends with a zero
 *
 * The size is without the u32 with that of the content, which follows what is not gzip. Little-endian.
 */
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "image/boot.h"
#include "image/compression.h"

enum { HEADER = 0x40, MAGIC_AT = 4, OFFSET_AT = 8, SIZE_AT = 12, NAME_AT = 24, NAME_END = 0x38, SIZE_FIELD = 4 };

static bool is_zboot(const uint8_t *bytes, uint64_t size)
{
	return size >= HEADER && !memcmp(bytes, "MZ", 2) && !memcmp(bytes + MAGIC_AT, "zimg", 4);
}

static int peel(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	const uint8_t *bytes = source->bytes;
	const uint64_t at = load_u32(bytes + OFFSET_AT, ELFDATA2LSB);
	uint64_t size = load_u32(bytes + SIZE_AT, ELFDATA2LSB), end;
	char name[NAME_END - NAME_AT + 1] = "";
	int ret;

	memcpy(name, bytes + NAME_AT, NAME_END - NAME_AT);
	if (strcmp(name, "gzip") != 0)
		size += SIZE_FIELD;
	if (at < HEADER || !range_inside(at, size, source->size))
		return failure(error, EBADMSG, "%s: %s: the payload is not inside the file", source->name,
			       layer->kind->name);
	end = at + size;
	ret = boot_check_only(source, layer, error);
	if (!ret)
		ret = boot_add_piece(source, layer, "head", bytes, at, error);
	if (!ret)
		ret = boot_add_piece(source, layer, "decompressor", bytes + end, source->size - end, error);
	return ret ? ret : boot_unpack(source, at, size, true, name, layer, error);
}

const struct layer_kind layer_zboot = {
	.name = "zboot",
	.form = LAYER_BOOT_IMAGE,
	.surrounds = true,
	.recognise = is_zboot,
	.peel = peel,
	.wrap = compression_wrap,
};
