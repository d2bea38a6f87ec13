/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands behind the bytes of a Linux module: a signature, or another statement about them. The format is that of
 * the kernel's include/linux/module_signature.h.
 */
#ifndef HASHSECT_IMAGE_MODULE_TRAILER_H
#define HASHSECT_IMAGE_MODULE_TRAILER_H

#include <stdbool.h>
#include <stdint.h>

#include "elfsect.h"

/** enum trailer_id_type - the values of id_type that are known; the first two are those of kernels before 4.3 */
enum trailer_id_type {
	TRAILER_ID_PGP = 0,
	TRAILER_ID_X509 = 1,
	TRAILER_ID_PKCS7 = 2,
	TRAILER_ID_MERKLE = 3,
};

/** enum trailer_kind - what a trailer holds */
enum trailer_kind {
	TRAILER_NONE,	 /* the bytes do not end with the marker */
	TRAILER_NAMED,	 /* name of the signer, key identifier, signature, as kernels before 4.3 have it */
	TRAILER_PKCS7,	 /* a signature, DER; whether it is well-formed is asked in trust/cms_outline.h */
	TRAILER_MERKLE,	 /* be32 position, then hashes of 32 bytes, from the bottom of the tree up */
	TRAILER_UNKNOWN, /* an id_type that is not known: nothing is known of the data but its size */
};

enum {
	TRAILER_INFO_SIZE = 12,
	TRAILER_MARKER_SIZE = 28,
	TRAILER_TAIL_SIZE = TRAILER_INFO_SIZE + TRAILER_MARKER_SIZE,
	TRAILER_MERKLE_HASH_SIZE = 32,
	TRAILER_MERKLE_LEVELS_MAX = 32, /* the position has 32 bits */
};

/** TRAILER_MERKLE_SIZE() - bytes of the data of a Merkle proof with so many levels */
#define TRAILER_MERKLE_SIZE(levels) (4u + TRAILER_MERKLE_HASH_SIZE * (uint32_t)(levels))

/**
 * struct trailer_fields - the end of a file as it stands there, whether or not a kernel would take it
 * @has_marker: the file ends with the marker
 * @has_info: there are 12 bytes before it; of what follows nothing is set without them
 * @fits: the data is smaller than what stands before the 12 bytes
 * @clean: all of the 12 but id_type and sig_len are zero
 * @id_type: of enum trailer_id_type, or any other
 * @data_size: the field sig_len
 * @data_offset: where the data starts, if it fits
 */
struct trailer_fields {
	bool has_marker;
	bool has_info;
	bool fits;
	bool clean;
	uint8_t id_type;
	uint32_t data_size;
	uint64_t data_offset;
};

/** module_trailer_read() - look at the end of a file, the outermost trailer if there are several */
struct trailer_fields module_trailer_read(const uint8_t *bytes, uint64_t size);

/**
 * struct module_trailer - where the parts of a module with a trailer are
 * @content_size: bytes of the module proper, which start at offset 0; all of the file if there is no trailer
 * @data_offset: where the trailer starts: the signature or proof, in bytes from the start of the file
 * @data_size: its length: the field sig_len; of TRAILER_NAMED with the name and the key identifier in front of it
 * @size: of the whole trailer, to the end of the file; 0 without one
 * @id_type: as it stands in the file
 * @levels: of a Merkle proof, at least 1; 0 if its length is not one of a proof
 * @signer_size: of TRAILER_NAMED: bytes of the name, the first of the data
 * @key_id_size: of TRAILER_NAMED: bytes of the key identifier, which follow
 */
struct module_trailer {
	enum trailer_kind kind;
	uint64_t content_size;
	uint64_t data_offset;
	uint64_t data_size;
	uint64_t size;
	uint8_t id_type;
	uint32_t levels;
	uint8_t signer_size;
	uint8_t key_id_size;
};

/**
 * module_trailer_find() - where the trailer is, the outermost if there are several
 * @name: for messages
 *
 * The rules are the kernel's (kernel/module_signature.c): the data is smaller than what stands before the 12 bytes, all
 * other fields are zero, but for those of TRAILER_NAMED. Of an id_type that is not known nobody knows what its data
 * are: only sig_len is checked. The data are not looked at, nor is their length.
 *
 * Return: 0, also without a trailer (@trailer->kind is then TRAILER_NONE); -EBADMSG if it breaks a rule.
 */
ELFSECT_MUST_CHECK int module_trailer_find(const uint8_t *bytes, uint64_t size, const char *name,
					   struct module_trailer *trailer, struct elfsect_error *error);

/** module_trailer_check_proof() - whether a proof has a length that one can have; the reason names no place */
ELFSECT_MUST_CHECK int module_trailer_check_proof(const struct module_trailer *trailer, struct elfsect_error *error);

/**
 * module_trailer_parse() - module_trailer_find(), and a Merkle proof must have 4 + 32 * levels bytes, 1 to 32 levels
 *
 * Return: likewise.
 */
ELFSECT_MUST_CHECK int module_trailer_parse(const uint8_t *bytes, uint64_t size, const char *name,
					    struct module_trailer *trailer, struct elfsect_error *error);

/**
 * module_trailers_skip() - find the bytes before all signatures and proofs, which are not judged
 * @content_size: receives their number; what remains may end with a trailer of an id_type that is not known
 *
 * Return: as module_trailer_parse().
 */
ELFSECT_MUST_CHECK int module_trailers_skip(const uint8_t *bytes, uint64_t size, const char *name,
					    uint64_t *content_size, struct elfsect_error *error);

/**
 * module_trailer_append() - put a trailer behind a module
 * @trailer: all of it, data and tail
 * @whole: receives both, one behind the other; the caller frees it
 *
 * Return: 0 or -ENOMEM.
 */
ELFSECT_MUST_CHECK int module_trailer_append(const uint8_t *content, uint64_t content_size, const uint8_t *trailer,
					     uint64_t trailer_size, uint8_t **whole, uint64_t *whole_size);

/**
 * module_trailer_tail() - the bytes that follow the data of a trailer: 12 of information and the marker
 * @id_type: of enum trailer_id_type
 */
void module_trailer_tail(uint8_t id_type, uint32_t data_size, uint8_t tail[TRAILER_TAIL_SIZE]);

#endif
