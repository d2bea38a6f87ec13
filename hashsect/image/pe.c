// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/pe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

enum {
	DOS_HEADER = 0x40,
	HEADER_AT = 0x3c,
	COFF_HEADER = 24, /* with "PE\0\0" */
	SECTION_HEADER = 40,
	MAGIC_32 = 0x10b,
	MAGIC_32_PLUS = 0x20b,
	ENTRIES_32 = 92,
	ENTRIES_32_PLUS = 108,
	ENTRY = 8,
	TABLE_ENTRY = 4, /* IMAGE_DIRECTORY_ENTRY_SECURITY */
	ENTRIES_MAX = 16,
};

static uint16_t u16(const struct pe *pe, uint64_t at)
{
	return load_u16(pe->bytes + at, ELFDATA2LSB);
}

static uint32_t u32(const struct pe *pe, uint64_t at)
{
	return load_u32(pe->bytes + at, ELFDATA2LSB);
}

static int pe_refuse(const struct pe *pe, uint64_t at, const char *reason, struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: PE: 0x%jx: %s", pe->name, (uintmax_t)at, reason);
}

bool pe_recognise(const uint8_t *bytes, uint64_t size)
{
	uint32_t at;

	if (size < DOS_HEADER || memcmp(bytes, "MZ", 2) != 0)
		return false;
	at = load_u32(bytes + HEADER_AT, ELFDATA2LSB);
	return range_inside(at, COFF_HEADER, size) && !memcmp(bytes + at, "PE\0\0", 4);
}

static int read_entries(struct pe *pe, uint64_t optional, uint64_t optional_size, struct elfsect_error *error)
{
	const uint64_t number_at = pe->plus ? ENTRIES_32_PLUS : ENTRIES_32;
	uint32_t entries;

	if (optional_size < number_at + 4)
		return pe_refuse(pe, optional, "the optional header is cut off", error);
	entries = u32(pe, optional + number_at);
	if (entries > ENTRIES_MAX || number_at + 4 + (uint64_t)entries * ENTRY > optional_size)
		return pe_refuse(pe, optional + number_at,
				 "more directory entries than the optional header has room for", error);
	if (entries > TABLE_ENTRY)
		pe->entry = optional + number_at + 4 + TABLE_ENTRY * ENTRY;
	return 0;
}

static int read_headers(struct pe *pe, struct elfsect_error *error)
{
	const uint64_t header = u32(pe, HEADER_AT), optional = header + COFF_HEADER;
	uint64_t optional_size;
	int ret;

	if (header < DOS_HEADER)
		return pe_refuse(pe, HEADER_AT, "the header begins inside the one for DOS", error);
	pe->machine = u16(pe, header + 4);
	pe->section_count = u16(pe, header + 6);
	optional_size = u16(pe, header + 20);
	if (optional_size < ENTRIES_32 || !range_inside(optional, optional_size, pe->size))
		return pe_refuse(pe, header + 20, "the optional header is cut off", error);
	if (u16(pe, optional) != MAGIC_32 && u16(pe, optional) != MAGIC_32_PLUS)
		return pe_refuse(pe, optional, "neither PE32 nor PE32+", error);
	pe->plus = u16(pe, optional) == MAGIC_32_PLUS;
	pe->headers_size = u32(pe, optional + 60);
	pe->checksum = optional + 64;
	pe->sections = optional + optional_size;
	ret = read_entries(pe, optional, optional_size, error);
	if (ret)
		return ret;
	if (pe->headers_size > pe->size ||
	    pe->sections + (uint64_t)pe->section_count * SECTION_HEADER > pe->headers_size)
		return pe_refuse(pe, optional + 60, "the headers do not end where they say", error);
	return 0;
}

/* Where the bytes end that are no part of the table. */
static int check_sections(const struct pe *pe, struct elfsect_error *error)
{
	for (uint16_t i = 0; i < pe->section_count; i++) {
		const struct pe_section s = pe_section_at(pe, i);

		if (s.size && !range_inside(s.offset, s.size, pe->table))
			return failure(error, EBADMSG, "%s: PE: section %u (%s): 0x%jx bytes at 0x%jx: %s", pe->name, i,
				       s.name, (uintmax_t)s.size, (uintmax_t)s.offset,
				       range_inside(s.offset, s.size, pe->size) ? "overlaps the certificate table"
										: "beyond the end of the file");
	}
	return 0;
}

static int read_table_place(struct pe *pe, struct elfsect_error *error)
{
	const uint64_t offset = pe->entry ? u32(pe, pe->entry) : 0, size = pe->entry ? u32(pe, pe->entry + 4) : 0;

	pe->table = pe->size;
	/* As firmware and Linux see it. pesign leaves the offset there when it takes signatures off. */
	if (!size)
		return 0;
	if (offset % PE_ALIGNMENT)
		return pe_refuse(pe, offset, "the certificate table is not at a multiple of 8", error);
	if (!range_inside(offset, size, pe->size))
		return pe_refuse(pe, offset, "the certificate table ends beyond the file", error);
	if (offset + size != pe->size)
		return pe_refuse(pe, offset + size, "bytes behind the certificate table", error);
	if (offset < pe->headers_size)
		return pe_refuse(pe, offset, "the certificate table overlaps the headers", error);
	pe->table = offset;
	pe->table_size = size;
	return 0;
}

int pe_read(const uint8_t *bytes, uint64_t size, const char *name, struct pe *pe, struct elfsect_error *error)
{
	int ret;

	*pe = (struct pe){.bytes = bytes, .size = size, .name = name};
	if (!pe_recognise(bytes, size))
		return failure(error, EBADMSG, "%s: not a PE file", name);
	ret = read_headers(pe, error);
	if (!ret)
		ret = read_table_place(pe, error);
	return ret ? ret : check_sections(pe, error);
}

struct pe_section pe_section_at(const struct pe *pe, uint16_t i)
{
	const uint64_t at = pe->sections + (uint64_t)i * SECTION_HEADER;
	struct pe_section s = {
		.memory_size = u32(pe, at + 8),
		.size = u32(pe, at + 16),
		.offset = u32(pe, at + 20),
	};

	memcpy(s.name, pe->bytes + at, PE_SECTION_NAME_MAX);
	return s;
}

static int by_offset(const void *a, const void *b)
{
	const struct pe_section *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

struct pe_section *pe_sections_by_offset(const struct pe *pe, size_t *count)
{
	struct pe_section *list = calloc((size_t)pe->section_count + 1, sizeof(*list));

	*count = 0;
	if (!list)
		return NULL;
	for (uint16_t i = 0; i < pe->section_count; i++) {
		list[*count] = pe_section_at(pe, i);
		*count += list[*count].size != 0;
	}
	qsort(list, *count, sizeof(*list), by_offset);
	return list;
}
