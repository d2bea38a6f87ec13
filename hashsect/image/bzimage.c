// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An x86 boot image: setup code | code that decompresses, the payload inside. Where the payload lies is taken from the
 * header; that the decompressor takes the same is nothing that a header shows: it counts as bytes.
 */
#include <elf.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "image/boot.h"
#include "image/compression.h"
#include "image/x86_boot.h"

static bool is_bzimage(const uint8_t *bytes, uint64_t size)
{
	struct x86_boot boot;

	/* Whoever loads an ELF file looks at its first bytes, whatever stands in its middle. */
	return x86_boot_read(bytes, size, &boot) && boot.payload_size && memcmp(bytes, ELFMAG, SELFMAG) != 0;
}

static int peel(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	const uint8_t *bytes = source->bytes;
	struct x86_boot boot;
	uint64_t end;
	int ret;

	if (!x86_boot_read(bytes, source->size, &boot) || boot.payload < boot.setup_size ||
	    !range_inside(boot.payload, boot.payload_size, source->size))
		return failure(error, EBADMSG, "%s: %s: the payload is not inside the file", source->name,
			       layer->kind->name);
	end = boot.payload + boot.payload_size;
	ret = boot_check_only(source, layer, error);
	if (!ret)
		ret = boot_add_piece(source, layer, "setup", bytes, boot.setup_size, error);
	if (!ret)
		ret = boot_add_piece(source, layer, "head", bytes + boot.setup_size, boot.payload - boot.setup_size,
				     error);
	if (!ret)
		ret = boot_add_piece(source, layer, "decompressor", bytes + end, source->size - end, error);
	return ret ? ret : boot_unpack(source, boot.payload, boot.payload_size, true, NULL, layer, error);
}

const struct layer_kind layer_bzimage = {
	.name = "bzimage",
	.form = LAYER_BOOT_IMAGE,
	.surrounds = true,
	.recognise = is_bzimage,
	.peel = peel,
	.wrap = compression_wrap,
};
