// SPDX-License-Identifier: GPL-2.0-or-later
/* Layers of boot images, whose content is not any bytes: each is made, peeled and put back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/bytes.h"
#include "image/layer.h"
#include "image/pe.h"

enum { PE_SIZE = 0x600, HEADER = 0x80, OPTIONAL = HEADER + 24, SECTIONS = OPTIONAL + 240, ENTRY = OPTIONAL + 112 + 32 };

/* PE32+ with one section of 0x200 bytes. */
static void make_pe(uint8_t pe[PE_SIZE])
{
	memset(pe, 0, PE_SIZE);
	memcpy(pe, "MZ", 2);
	store_u32(pe + 0x3c, ELFDATA2LSB, HEADER);
	memcpy(pe + HEADER, "PE", 2);
	store_u16(pe + HEADER + 4, ELFDATA2LSB, 0xaa64);
	store_u16(pe + HEADER + 6, ELFDATA2LSB, 1);
	store_u16(pe + HEADER + 20, ELFDATA2LSB, 240);
	store_u16(pe + OPTIONAL, ELFDATA2LSB, 0x20b);
	store_u32(pe + OPTIONAL + 60, ELFDATA2LSB, 0x400);
	store_u32(pe + OPTIONAL + 108, ELFDATA2LSB, 16);
	memcpy(pe + SECTIONS, ".text", 5);
	store_u32(pe + SECTIONS + 16, ELFDATA2LSB, 0x200);
	store_u32(pe + SECTIONS + 20, ELFDATA2LSB, 0x400);
	memset(pe + 0x400, 0x5a, 0x200);
}

/* Taken off and put on again, byte for byte; on another content never. */
static void assert_round_trip(const struct layer_kind *kind, const uint8_t *file, uint64_t size, const uint8_t *content,
			      uint64_t content_size)
{
	const struct layer_source source = {file, size, 1 << 20, "a"};
	struct image_layer layer = {.kind = kind};
	struct elfsect_error error;
	uint8_t *whole = NULL;
	uint64_t whole_size;

	assert_ptr_equal(layer_recognise(file, size), kind);
	assert_false(kind->recognise(content, content_size));
	if (kind->peel(&source, &layer, &error))
		fail_msg("%s", error.message);
	assert_int_equal(layer.content_size, content_size);
	assert_memory_equal(layer.content, content, content_size);
	assert_int_equal(kind->wrap(&layer, content, content_size, &whole, &whole_size, &error), 0);
	assert_int_equal(whole_size, size);
	assert_memory_equal(whole, file, size);
	free(whole);
	assert_int_equal(kind->wrap(&layer, content, content_size - 1, &whole, &whole_size, &error), -ENOTSUP);
	munmap(layer.map, layer.map_size);
	free(layer.pieces);
}

/* An x86 boot image, "hello" in it as one block of lz4, and pieces around. */
static void test_bzimage(void **state)
{
	static const uint8_t payload[] = {0x02, 0x21, 0x4c, 0x18, 6,   0, 0, 0, 0x50,
					  'h',	'e',  'l',  'l',  'o', 5, 0, 0, 0};
	enum { SETUP = 1024, HEAD = 16, TAIL = 10 };
	uint8_t file[SETUP + HEAD + sizeof(payload) + TAIL] = {[0x1f1] = 1};
	struct image_layer layer = {.kind = NULL};
	const struct layer_source source = {file, sizeof(file), 1 << 20, "a"};
	struct elfsect_error error;

	(void)state;
	store_u16(file + 0x1fe, ELFDATA2LSB, 0xaa55);
	memcpy(file + 0x202, "HdrS", 4);
	store_u16(file + 0x206, ELFDATA2LSB, 0x20f);
	store_u32(file + 0x248, ELFDATA2LSB, HEAD);
	store_u32(file + 0x24c, ELFDATA2LSB, sizeof(payload));
	memcpy(file + SETUP + HEAD, payload, sizeof(payload));
	layer.kind = layer_recognise(file, sizeof(file));
	assert_string_equal(layer.kind->name, "bzimage");
	assert_int_equal(layer.kind->peel(&source, &layer, &error), 0);
	assert_int_equal(layer.piece_count, 3);
	assert_int_equal(layer.pieces[0].size, SETUP);
	assert_int_equal(layer.pieces[1].size, HEAD);
	assert_int_equal(layer.pieces[2].size, TAIL);
	munmap(layer.map, layer.map_size);
	free(layer.pieces);
	layer = (struct image_layer){.kind = layer.kind};
	assert_round_trip(layer.kind, file, sizeof(file), (const uint8_t *)"hello", 5);
	/* The payload says that it holds more. */
	file[SETUP + HEAD + sizeof(payload) - 4]++;
	assert_int_equal(layer.kind->peel(&source, &layer, &error), -EBADMSG);
	free(layer.pieces);
	/* Nor is it anything without the magic. */
	file[0x202]++;
	assert_null(layer_recognise(file, sizeof(file)));
}

static void test_pe_signature(void **state)
{
	static const uint8_t entry[16] = {13, 0, 0, 0, 0, 2, 1, 0, 'o', 't', 'h', 'e', 'r'};
	uint8_t bare[PE_SIZE], *whole;
	struct elfsect_error error;
	uint64_t size;
	struct pe pe;

	(void)state;
	make_pe(bare);
	assert_null(layer_recognise(bare, sizeof(bare)));
	assert_int_equal(pe_read(bare, sizeof(bare), "a", &pe, &error), 0);
	assert_int_equal(pe_attach(&pe, entry, sizeof(entry), PE_CHECKSUM_RECOMPUTE, 0, &whole, &size, &error), 0);
	assert_int_equal(size, PE_SIZE + sizeof(entry));
	for (size_t i = 0; layer_kind_at(i); i++)
		if (layer_kind_at(i)->form == LAYER_PE_SIGNATURE)
			assert_round_trip(layer_kind_at(i), whole, size, bare, sizeof(bare));
	free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bzimage),
		cmocka_unit_test(test_pe_signature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
