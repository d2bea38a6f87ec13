/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PE32 and PE32+ files as firmware and kernels sign them (Microsoft's "PE Format" and "Windows Authenticode Portable
 * Executable Signature Format"; UEFI 2.10, section 32.2.4): boot images, boot loaders, unified kernel images, of any
 * machine type. Every number in them is little-endian.
 *
 *     0x3c u32 offset P of the header
 *     P    "PE\0\0"   P+4 u16 machine   P+6 u16 number of sections   P+20 u16 size of the optional header
 *     O = P+24  u16 0x10b or 0x20b   O+60 u32 size of all headers   O+64 u32 CheckSum
 *     O+92 (O+108)  u32 number of directory entries, 8 bytes each; entry 4: offset in the file and size of the
 *                   certificate table
 *     then the section headers, 40 bytes each:  +0 name[8]  +8 u32 size in memory  +16 u32 size in the file  +20 u32
 * offset
 */
#ifndef HASHSECT_IMAGE_PE_H
#define HASHSECT_IMAGE_PE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "elfsect.h"

enum {
	PE_ALIGNMENT = 8, /* of the certificate table and its entries */
	PE_SECTION_NAME_MAX = 8,
};

/**
 * struct pe - where the parts of a file are; offsets in bytes from its start
 * @bytes: borrowed, @size of them
 * @name: for messages
 * @checksum: of the field CheckSum, 4 bytes
 * @entry: of the directory entry of the certificate table, 8 bytes; 0: there is none, so that it cannot be signed
 * @headers_size: the field SizeOfHeaders
 * @sections: of the section headers
 * @table: of the certificate table; of a file without one @size
 * @table_size: 0: the file is not signed
 */
struct pe {
	const uint8_t *bytes;
	uint64_t size;
	const char *name;
	uint16_t machine;
	bool plus;
	uint64_t checksum;
	uint64_t entry;
	uint64_t headers_size;
	uint64_t sections;
	uint16_t section_count;
	uint64_t table;
	uint64_t table_size;
};

/** struct pe_section - one section header; @name ends with a zero; sizes in bytes */
struct pe_section {
	char name[PE_SECTION_NAME_MAX + 1];
	uint64_t memory_size;
	uint64_t offset;
	uint64_t size;
};

/** pe_recognise() - whether it begins as PE files do; says nothing on whether it is sound */
bool pe_recognise(const uint8_t *bytes, uint64_t size);

/**
 * pe_read() - read the headers, and judge where the certificate table lies: behind everything else, at the end of the
 * file, at a multiple of 8
 *
 * Return: 0; -EBADMSG if headers or table are not sound.
 */
ELFSECT_MUST_CHECK int pe_read(const uint8_t *bytes, uint64_t size, const char *name, struct pe *pe,
			       struct elfsect_error *error);

/** pe_section_at() - section header @i, below @section_count */
struct pe_section pe_section_at(const struct pe *pe, uint16_t i);

/**
 * pe_sections_by_offset() - the sections that have bytes in the file, by their offsets
 * @count: receives their number
 *
 * Return: owned by the caller; NULL: no memory.
 */
struct pe_section *pe_sections_by_offset(const struct pe *pe, size_t *count);

/* ---------------------------------------------------------------------------------------------------------- digest */

/**
 * pe_check_order() - whether the two ways of hashing a file see the same bytes
 *
 * Firmware, sbsign, pesign and Linux hash the headers, the sections by their offsets, and then what is left at the end;
 * others all bytes up to the table. These are the same bytes if the sections follow the headers, and each other,
 * without gap or overlap. In any other file some byte is signed for one reader and not for another.
 *
 * Return: 0; -EBADMSG and the place where the two part; -ENOMEM.
 */
ELFSECT_MUST_CHECK int pe_check_order(const struct pe *pe, struct elfsect_error *error);

/**
 * pe_digest() - the Authenticode digest: all bytes up to the table but CheckSum and the directory entry of the table
 * @hash: libcrypto's name in lower case: "sha256"
 * @padding: so many zero bytes behind them
 * @out: receives hash_size(@hash) bytes
 *
 * Return: 0; as pe_check_order(); -EBADMSG if there is no directory entry.
 */
ELFSECT_MUST_CHECK int pe_digest(const struct pe *pe, const char *hash, uint64_t padding, uint8_t *out,
				 struct elfsect_error *error);

/** pe_padding() - zero bytes that a signer puts behind the file so that the table is aligned: 0 to 7 */
uint64_t pe_padding(const struct pe *pe);

/* ----------------------------------------------------------------------------------------------- certificate table */

enum {
	PE_CERTIFICATES_MAX = 64,
	PE_CERTIFICATE_HEADER = 8,
	PE_TYPE_PKCS7 = 2, /* WIN_CERT_TYPE_PKCS_SIGNED_DATA */
};

/**
 * struct pe_certificate - one entry of the table, a WIN_CERTIFICATE: u32 length, u16 revision, u16 type, data
 * @offset: in the table
 * @length: as it stands there, the 8 bytes included; with or without the padding to 8
 * @data: borrowed
 * @data_size: without padding; of a PKCS#7 message what its DER says
 */
struct pe_certificate {
	uint64_t offset;
	uint64_t length;
	uint16_t revision;
	uint16_t type;
	const uint8_t *data;
	uint64_t data_size;
};

/** struct pe_table - the entries of a certificate table, in order */
struct pe_table {
	struct pe_certificate list[PE_CERTIFICATES_MAX];
	size_t count;
};

/**
 * pe_table_read() - take a certificate table apart
 *
 * The entries fill it, one after the other; between them, and behind a message, are at most 7 zero bytes. Refused are
 * lengths that are too short or too long, and any byte that is nobody's.
 *
 * Return: 0; -EBADMSG.
 */
ELFSECT_MUST_CHECK int pe_table_read(const uint8_t *table, uint64_t size, const char *name, struct pe_table *entries,
				     struct elfsect_error *error);

/* --------------------------------------------------------------------------------------------------------- CheckSum */

/** pe_checksum_stored() - the field as it stands */
uint32_t pe_checksum_stored(const struct pe *pe);

/** pe_checksum_of() - what the field should be: the 16-bit sum of the bytes with the field taken as 0, plus their
 * number
 * @checksum: offset of the field
 */
uint32_t pe_checksum_of(const uint8_t *bytes, uint64_t size, uint64_t checksum);

/* ---------------------------------------------------------------------------------------------------------- removal */

/** enum pe_checksum_rule - which CheckSum the file gets when its signatures are taken off */
enum pe_checksum_rule {
	PE_CHECKSUM_AUTO,      /* what an x86 boot image proves by its own CRC-32; else 0 */
	PE_CHECKSUM_ZERO,      /* 0 */
	PE_CHECKSUM_RECOMPUTE, /* that of the file without its signatures */
	PE_CHECKSUM_KEEP,      /* as it stands */
	PE_CHECKSUM_GIVEN,     /* @checksum */
};

/**
 * struct pe_removal_options - how to take signatures off; all zero is fine
 * @checksum: of PE_CHECKSUM_GIVEN
 * @size: of the file before it was signed; 0: not known
 */
struct pe_removal_options {
	enum pe_checksum_rule rule;
	uint32_t checksum;
	uint64_t size;
};

/**
 * struct pe_removal - what a file is without its signatures
 * @size: in bytes; those from there to the table were padding
 * @checksum: the field CheckSum
 * @proved: both: by the CRC-32 of an x86 boot image, which covers the whole file
 * @maybe_padding: zero bytes, at most 7, at the end of what is left, of which nobody knows whether a signer put them
 * there
 */
struct pe_removal {
	uint64_t size;
	uint32_t checksum;
	bool proved;
	uint64_t maybe_padding;
};

/**
 * pe_removal_plan() - decide on it
 *
 * Return: 0; -EBADMSG if @size cannot be: what follows is not padding.
 */
ELFSECT_MUST_CHECK int pe_removal_plan(const struct pe *pe, const struct pe_removal_options *options,
				       struct pe_removal *removal, struct elfsect_error *error);

/** pe_remove() - write the file without its signatures: @removal->size bytes */
void pe_remove(const struct pe *pe, const struct pe_removal *removal, uint8_t *out);

/* ---------------------------------------------------------------------------------------------------------- attach */

/**
 * pe_attach() - put a certificate table behind a file, in place of the one that it may have
 * @table: all of it, as pe_table_read() takes it; its size is a multiple of 8 or that of one entry without padding
 * @checksum: PE_CHECKSUM_RECOMPUTE, KEEP, ZERO or GIVEN with @given
 * @whole: receives the file; the caller frees it
 *
 * Return: 0; -EBADMSG for a file that cannot be signed; -EFBIG; -ENOMEM.
 */
ELFSECT_MUST_CHECK int pe_attach(const struct pe *pe, const uint8_t *table, uint64_t table_size,
				 enum pe_checksum_rule checksum, uint32_t given, uint8_t **whole, uint64_t *whole_size,
				 struct elfsect_error *error);

#endif
