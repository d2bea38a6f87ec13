// SPDX-License-Identifier: LGPL-2.1-or-later
/* Signatures of PE files taken off and put on. */
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "image/pe.h"
#include "image/x86_boot.h"

enum { CHECKSUM_SIZE = 4, ENTRY_SIZE = 8 };

/* ---------------------------------------------------------------------------------------------------------- removal */

/* zlib counts in 32 bits. */
static uLong crc_add(uLong crc, const uint8_t *bytes, uint64_t size)
{
	enum { SOME = 1 << 30 };

	for (; size > SOME; bytes += SOME, size -= SOME)
		crc = crc32(crc, bytes, SOME);
	return crc32(crc, bytes, (uInt)size);
}

/* Of the first @size bytes with another CheckSum and no certificate table. */
static uLong crc_without(const struct pe *pe, uint64_t size, uint32_t checksum)
{
	static const uint8_t no_entry[ENTRY_SIZE];
	uint8_t field[CHECKSUM_SIZE];
	uLong crc = crc_add(crc32(0, NULL, 0), pe->bytes, pe->checksum);

	store_u32(field, ELFDATA2LSB, checksum);
	crc = crc_add(crc, field, sizeof(field));
	crc = crc_add(crc, pe->bytes + pe->checksum + CHECKSUM_SIZE, pe->entry - pe->checksum - CHECKSUM_SIZE);
	crc = crc_add(crc, no_entry, sizeof(no_entry));
	return crc_add(crc, pe->bytes + pe->entry + ENTRY_SIZE, size - pe->entry - ENTRY_SIZE);
}

static bool only_padding(const struct pe *pe, uint64_t size)
{
	return size <= pe->table && pe->table - size < PE_ALIGNMENT && size >= pe->headers_size &&
	       first_nonzero(pe->bytes + size, pe->table - size) == pe->table - size;
}

/*
 * Kernels before 6.15 end an x86 boot image with a CRC-32 of all that is in front of it (arch/x86/boot/tools/build.c),
 * and say in the header how long it is. No signer updates the CRC. For each CheckSum there is exactly one CRC, so that
 * one which is right tells the old value from all others. Only 0, which those kernels write, and the value that is
 * there are tried: the one that would fit always exists, and if it is another something else was changed as well.
 */
static bool prove_by_crc(const struct pe *pe, struct pe_removal *r)
{
	enum { CRC_OF_WHOLE = 0xffffffff };
	const uint32_t candidates[] = {0, pe_checksum_stored(pe)};
	struct x86_boot boot;

	if (!x86_boot_read(pe->bytes, pe->table, &boot) || !only_padding(pe, boot.size))
		return false;
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		if (crc_without(pe, boot.size, candidates[i]) != (uLong)CRC_OF_WHOLE)
			continue;
		r->size = boot.size;
		r->checksum = candidates[i];
		r->proved = true;
		return true;
	}
	return false;
}

static void count_zeros(const struct pe *pe, struct pe_removal *r)
{
	while (r->maybe_padding < PE_ALIGNMENT - 1 && r->maybe_padding < r->size &&
	       !pe->bytes[r->size - 1 - r->maybe_padding])
		r->maybe_padding++;
}

int pe_removal_plan(const struct pe *pe, const struct pe_removal_options *options, struct pe_removal *r,
		    struct elfsect_error *error)
{
	autofree uint8_t *bare = NULL;
	const bool proved = prove_by_crc(pe, (*r = (struct pe_removal){.size = pe->table}, r));

	if (options->size && !only_padding(pe, options->size))
		return failure(error, EBADMSG,
			       "%s: PE: 0x%jx: not the end of the file before it was signed: behind it is "
			       "more than padding",
			       pe->name, (uintmax_t)options->size);
	if (options->size)
		r->size = options->size;
	else if (!proved)
		count_zeros(pe, r);
	switch (options->rule) {
	case PE_CHECKSUM_AUTO:
		r->proved = proved && (!options->size || options->size == r->size);
		return 0;
	case PE_CHECKSUM_ZERO:
		r->checksum = 0;
		break;
	case PE_CHECKSUM_KEEP:
		r->checksum = pe_checksum_stored(pe);
		break;
	case PE_CHECKSUM_GIVEN:
		r->checksum = options->checksum;
		break;
	case PE_CHECKSUM_RECOMPUTE:
		bare = malloc(r->size);
		if (!bare)
			return failure_errno(error, ENOMEM, "%s", pe->name);
		pe_remove(pe, r, bare);
		r->checksum = pe_checksum_of(bare, r->size, pe->checksum);
		break;
	}
	r->proved = false;
	return 0;
}

void pe_remove(const struct pe *pe, const struct pe_removal *r, uint8_t *out)
{
	memcpy(out, pe->bytes, r->size);
	store_u32(out + pe->checksum, ELFDATA2LSB, r->checksum);
	if (pe->entry)
		memset(out + pe->entry, 0, ENTRY_SIZE);
}

/* ----------------------------------------------------------------------------------------------------------- attach */

int pe_attach(const struct pe *pe, const uint8_t *table, uint64_t table_size, enum pe_checksum_rule checksum,
	      uint32_t given, uint8_t **whole, uint64_t *whole_size, struct elfsect_error *error)
{
	const uint64_t start = pe->table + pe_padding(pe), size = start + table_size;
	uint32_t sum = checksum == PE_CHECKSUM_GIVEN ? given : 0;

	if (!pe->entry)
		return failure(error, EBADMSG,
			       "%s: PE: no directory entry for a certificate table: it cannot be signed", pe->name);
	if (size > UINT32_MAX)
		return failure(error, EFBIG, "%s: PE: too large to be signed", pe->name);
	*whole = calloc(1, size);
	if (!*whole)
		return failure_errno(error, ENOMEM, "%s", pe->name);
	memcpy(*whole, pe->bytes, pe->table);
	memcpy(*whole + start, table, table_size);
	store_u32(*whole + pe->entry, ELFDATA2LSB, (uint32_t)start);
	store_u32(*whole + pe->entry + 4, ELFDATA2LSB, (uint32_t)table_size);
	if (checksum == PE_CHECKSUM_KEEP)
		sum = pe_checksum_stored(pe);
	if (checksum == PE_CHECKSUM_RECOMPUTE)
		sum = pe_checksum_of(*whole, size, pe->checksum);
	store_u32(*whole + pe->checksum, ELFDATA2LSB, sum);
	*whole_size = size;
	return 0;
}
