/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A keyring without symbols: certificates in a row, and behind them the words that hold their length, as
 * kernel/keyring_layout.h has it. With system_extra_cert there is room between them:
 *
 *     list | zeros to N | list_size | zeros to N | module_cert_size
 *     list | certificates, zeros | extra_cert_used (u32) | zeros to N | list_size | zeros to N | module_cert_size
 *
 * list_size is the length of all certificates, module_cert_size that of the first ones of the list, extra_cert_used
 * that of the last ones. Certificates alone stand in other places too: among revoked ones, in tables of keys.
 */
#ifndef ELFSECT_KERNEL_KEYRING_SEARCH_H
#define ELFSECT_KERNEL_KEYRING_SEARCH_H

#include "elfsect_keyring.h"

enum {
	KEYRING_RUN_MAX = 128,	    /* certificates in a list */
	KEYRING_ROOM_MAX = 1 << 20, /* bytes between the last certificate and the words */
	KEYRING_FOUND_MAX = 8,	    /* places that a message names */
	KEYRING_READS_MAX = 1024,   /* certificates that are read in a file, some of them again and again */
};

/**
 * struct keyring_shape - how a keyring may be laid out
 * @data: byte order: ELFDATA2LSB or ELFDATA2MSB
 * @width: of the words, 4 or 8 bytes
 * @align: N
 * @zeros: the list ends with zeros up to a multiple of N, which its length counts
 */
struct keyring_shape {
	uint8_t data;
	unsigned int width;
	unsigned int align;
	bool zeros;
};

/**
 * struct keyring_area - bytes that a keyring may be in
 * @address: of the first of them: what alignment is counted from
 * @section: its index in the file
 */
struct keyring_area {
	const uint8_t *bytes;
	uint64_t size;
	uint64_t address;
	uint32_t section;
};

/**
 * struct keyring_place - a list of certificates that was found
 * @section: as in the area; @offset in it
 * @ends: where each certificate ends, in bytes from @offset; @count of them
 * @built_in: bytes of them that are not in system_extra_cert
 */
struct keyring_place {
	uint32_t section;
	uint64_t offset;
	uint64_t ends[KEYRING_RUN_MAX];
	size_t count;
	uint64_t built_in;
};

/** struct keyring_spot - where a row of certificates starts */
struct keyring_spot {
	uint32_t section;
	uint64_t offset;
};

/**
 * struct keyring_search - a search under way; all zero at first but for @name, @shapes and @shape_count
 * @name: of the file, for messages
 * @shapes: the layouts that there may be, the likeliest first
 * @found: how many keyrings; the first is @place, the first ones are in @spots
 * @rows: how many certificates begin a row behind which there is no length; the first are in @strays
 * @reads: certificates that were read
 */
struct keyring_search {
	const char *name;
	const struct keyring_shape *shapes;
	size_t shape_count;
	size_t found, rows, reads;
	struct keyring_place place;
	struct keyring_spot spots[KEYRING_FOUND_MAX], strays[KEYRING_FOUND_MAX];
};

/** keyring_search_area() - go through some bytes; 0; -E2BIG for more certificates than KEYRING_READS_MAX; -ENOMEM */
ELFSECT_MUST_CHECK int keyring_search_area(struct keyring_search *search, const struct keyring_area *area,
					   struct elfsect_error *error);

#endif
