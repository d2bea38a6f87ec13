// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/boot.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "image/compression.h"

static const struct decoder *const decoders[] = {
	&decoder_gzip, &decoder_xz, &decoder_zstd, &decoder_lz4, &decoder_bzip2, &decoder_lzo, &decoder_lzma,
};

enum { DECODERS = sizeof(decoders) / sizeof(decoders[0]), SIZE_FIELD = 4 };

int boot_add_piece(const struct layer_source *source, struct image_layer *layer, const char *name, const uint8_t *bytes,
		   uint64_t size, struct elfsect_error *error)
{
	struct layer_piece *piece;

	if (!size)
		return 0;
	if (!layer->pieces)
		layer->pieces = calloc(LAYER_PIECES_MAX, sizeof(*layer->pieces));
	if (!layer->pieces)
		return failure_errno(error, ENOMEM, "%s", source->name);
	if (layer->piece_count == LAYER_PIECES_MAX)
		return failure(error, EBADMSG, "%s: %s: more than %d pieces around the kernel", source->name,
			       layer->kind->name, LAYER_PIECES_MAX);
	piece = &layer->pieces[layer->piece_count++];
	memcpy(piece->name, name, strnlen(name, LAYER_PIECE_NAME_MAX - 1));
	piece->bytes = bytes;
	piece->size = size;
	return 0;
}

int boot_check_only(const struct layer_source *source, const struct image_layer *layer, struct elfsect_error *error)
{
	const struct layer_kind *kind;

	for (size_t i = 0; (kind = layer_kind_at(i)); i++)
		if (kind->surrounds && kind != layer->kind && kind->recognise(source->bytes, source->size))
			return failure(error, EBADMSG,
				       "%s: two boot images in one, %s and %s: who loads it decides which",
				       source->name, layer->kind->name, kind->name);
	return 0;
}

/* -------------------------------------------------------------------------------------------------------------- ELF */

static void reach(uint64_t *end, uint64_t offset, uint64_t size)
{
	uint64_t sum;

	if (size && add_u64(offset, size, &sum) && sum > *end)
		*end = sum;
}

/* Where the last byte of an ELF file is that its headers speak of; 0: it is none. */
static uint64_t elf_end(const uint8_t *bytes, uint64_t size)
{
	struct elfsect_view *view;
	struct elfsect_error ignored;
	const struct elfsect_header *h;
	const struct elfsect_segment *segments;
	const struct elfsect_section *sections;
	uint64_t end = 0;
	uint32_t count;

	if (size < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) != 0 ||
	    elfsect_view_of_memory(bytes, size, "", &view, &ignored))
		return 0;
	h = elfsect_view_header(view);
	reach(&end, 0, h->ehsize);
	reach(&end, h->phoff, (uint64_t)h->phnum * h->phentsize);
	reach(&end, h->shoff, (uint64_t)h->shnum * h->shentsize);
	segments = elfsect_view_segments(view, &count);
	for (uint32_t i = 0; i < count; i++)
		reach(&end, segments[i].offset, segments[i].filesz);
	sections = elfsect_view_sections(view, &count);
	for (uint32_t i = 1; i < count; i++)
		if (elfsect_section_has_extent(&sections[i]))
			reach(&end, sections[i].offset, sections[i].size);
	elfsect_view_close(view);
	return end <= size ? end : 0;
}

/* x86 kernels that can be moved have a list of places to patch behind them: code in all but name. */
static int split_relocations(const struct layer_source *source, struct image_layer *layer, struct elfsect_error *error)
{
	const uint64_t end = elf_end(layer->content, layer->content_size);
	const uint64_t size = layer->content_size - end;

	if (!end || !size)
		return 0;
	layer->content_size = end;
	return boot_add_piece(source, layer, "relocations", layer->content + end, size, error);
}

/* ---------------------------------------------------------------------------------------------------------- payload */

static const struct decoder *find_decoder(const uint8_t *bytes, uint64_t size)
{
	for (size_t i = 0; i < DECODERS; i++)
		if (decoders[i]->recognise(bytes, size))
			return decoders[i];
	return NULL;
}

static int boot_refuse(const struct layer_source *source, const struct image_layer *layer, const char *reason,
		       struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: %s: %s", source->name, layer->kind->name, reason);
}

int boot_unpack(const struct layer_source *source, uint64_t at, uint64_t size, bool with_size, const char *compression,
		struct image_layer *layer, struct elfsect_error *error)
{
	struct layer_source payload = {source->bytes + at, size, source->max_size, source->name};
	const struct decoder *decoder = find_decoder(payload.bytes, size);
	uint64_t content_size = SIZE_NOT_CLAIMED;
	int ret;

	layer->bytes = source->bytes;
	layer->size = source->size;
	if (!decoder)
		return boot_refuse(source, layer, "a payload that is not compressed in a way that kernels use", error);
	if (compression && strncmp(compression, decoder->name, strlen(decoder->name)) != 0)
		return boot_refuse(source, layer, "the payload is not compressed in the way that the header says",
				   error);
	if (with_size && decoder != &decoder_gzip) {
		if (size <= SIZE_FIELD)
			return boot_refuse(source, layer, "the payload is cut off", error);
		payload.size -= SIZE_FIELD;
		content_size = load_u32(payload.bytes + payload.size, ELFDATA2LSB);
	}
	layer->payload_compression = decoder->name;
	layer->payload_size = size;
	ret = compression_unpack(decoder, &payload, content_size, layer, error);
	return ret ? ret : split_relocations(source, layer, error);
}

/* ------------------------------------------------------------------------------------------------------ raw kernels */

/* Linux: arch/arm/boot/compressed/head.S (zImage), arch/arm64/kernel/head.S, arch/riscv/include/asm/image.h,
 * include/linux/pe.h (LINUX_PE_MAGIC), arch/s390/boot/head.S */
const char *boot_raw_kernel(const uint8_t *bytes, uint64_t size)
{
	static const struct {
		uint32_t at;
		const char *magic, *kind;
	} kinds[] = {
		{0x24, "\x18\x28\x6f\x01", "ARM"}, {56, "ARM\x64", "arm64"},	{56, "RSC\x05", "RISC-V"},
		{56, "\xcd\x23\x82\x81", "EFI"},   {0x10008, "S390EP", "s390"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (range_inside(kinds[i].at, strlen(kinds[i].magic), size) &&
		    !memcmp(bytes + kinds[i].at, kinds[i].magic, strlen(kinds[i].magic)))
			return kinds[i].kind;
	return NULL;
}
