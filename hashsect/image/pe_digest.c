// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an Authenticode signature is over, and the sum in the header. */
#include <errno.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "image/pe.h"

enum { CHECKSUM_SIZE = 4, ENTRY_SIZE = 8 };

int pe_check_order(const struct pe *pe, struct elfsect_error *error)
{
	size_t count;
	autofree struct pe_section *sections = pe_sections_by_offset(pe, &count);
	uint64_t at = pe->headers_size;

	if (!sections)
		return failure_errno(error, ENOMEM, "%s", pe->name);
	for (size_t i = 0; i < count; at += sections[i++].size)
		if (sections[i].offset != at)
			return failure(error, EBADMSG,
				       "%s: PE: 0x%jx: %s before section %s at 0x%jx: what is hashed depends on the "
				       "reader: firmware goes by sections, others by bytes",
				       pe->name, (uintmax_t)at, sections[i].offset > at ? "a gap" : "an overlap",
				       sections[i].name, (uintmax_t)sections[i].offset);
	return 0;
}

uint64_t pe_padding(const struct pe *pe)
{
	return (PE_ALIGNMENT - pe->table % PE_ALIGNMENT) % PE_ALIGNMENT;
}

static int hash_range(struct hash *hash, const struct pe *pe, uint64_t from, uint64_t to)
{
	return hash_add(hash, pe->bytes + from, to - from);
}

static int hash_signed_bytes(struct hash *hash, const struct pe *pe, uint64_t padding, uint8_t *out)
{
	return hash_begin(hash) ?: hash_range(hash, pe, 0, pe->checksum)
		       ?: hash_range(hash, pe, pe->checksum + CHECKSUM_SIZE, pe->entry)
		       ?: hash_range(hash, pe, pe->entry + ENTRY_SIZE, pe->table)
		       ?: hash_add_zeros(hash, padding)
		       ?: hash_end(hash, out);
}

int pe_digest(const struct pe *pe, const char *name, uint64_t padding, uint8_t *out, struct elfsect_error *error)
{
	struct hash *hash;
	int ret;

	if (!pe->entry)
		return failure(error, EBADMSG,
			       "%s: PE: no directory entry for a certificate table: it cannot be signed", pe->name);
	ret = pe_check_order(pe, error);
	if (ret)
		return ret;
	ret = hash_new(name, &hash);
	if (!ret) {
		ret = hash_signed_bytes(hash, pe, padding, out);
		hash_free(hash);
	}
	return ret ? failure_errno(error, -ret, "%s: %s", pe->name, name) : 0;
}

/* -------------------------------------------------------------------------------------------------------- CheckSum */

uint32_t pe_checksum_stored(const struct pe *pe)
{
	return load_u32(pe->bytes + pe->checksum, ELFDATA2LSB);
}

/* The 16-bit words from @from, which is even in the file, up to @to. */
static uint64_t sum_words(const uint8_t *bytes, uint64_t from, uint64_t to)
{
	uint64_t sum = 0;

	for (; from + 1 < to; from += 2)
		sum += load_u16(bytes + from, ELFDATA2LSB);
	return from < to ? sum + bytes[from] : sum;
}

uint32_t pe_checksum_of(const uint8_t *bytes, uint64_t size, uint64_t checksum)
{
	uint64_t sum;
	uint8_t around[6];

	/* A header at an odd place puts the field across words: take those words without it. */
	const uint64_t start = checksum & ~UINT64_C(1), end = start + (checksum % 2 ? 6 : 4);

	memset(around, 0, sizeof(around));
	if (checksum % 2) {
		around[0] = bytes[start];
		around[5] = end <= size ? bytes[end - 1] : 0;
	}
	sum = sum_words(bytes, 0, start) + sum_words(around, 0, sizeof(around)) +
	      sum_words(bytes, end < size ? end : size, size);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)(sum + size);
}
