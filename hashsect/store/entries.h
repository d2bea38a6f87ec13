/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a signature store holds, and where each piece of it was found. hashsect/STORE.md. */
#ifndef HASHSECT_STORE_ENTRIES_H
#define HASHSECT_STORE_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "elfsect.h"

/** enum store_kind - a folder of the store each */
enum store_kind {
	STORE_MODULE,	   /* a CMS message; the digest is that of the module */
	STORE_IMAGE,	   /* a certificate table; the digest is Authenticode's */
	STORE_CERTIFICATE, /* X.509 in DER; the digest is its own */
	STORE_KINDS,
};

enum {
	STORE_SAME_MAX = 16, /* signatures of the same bytes */
	STORE_SIGNATURE_MAX = 0x40000,
	STORE_TABLE_MAX = 1 << 20,
	STORE_NAME_MAX = 2 * SHA256_SIZE + 16, /* of a file, with its zero byte; the ending may become .checksum */
};

/**
 * struct store_origin - where something was found
 * @package: the name of the package's file; NULL: in none. Owned
 * @path: of the file, in the package or below the folder that was given. Owned
 * @place: of a certificate: "keyring" or "signature", whose signer it is of or certifies. Static; else NULL
 */
struct store_origin {
	char *package;
	char *path;
	const char *place;
};

/**
 * struct store_entry - one signature or certificate
 * @digest: of the bytes that are signed
 * @signed_size: their number; of a certificate 0
 * @bytes: owned, @size of them
 * @sha256: of @bytes
 * @number: from 1, of those with one digest
 * @has_checksum: of an image: CheckSum is @checksum, which is not the sum of the file
 * @origins: owned, sorted, at least one
 */
struct store_entry {
	enum store_kind kind;
	uint8_t digest[SHA256_SIZE];
	uint64_t signed_size;
	uint8_t *bytes;
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
	unsigned int number;
	bool has_checksum;
	uint32_t checksum;
	struct store_origin *origins;
	size_t origin_count;
};

/** struct store_entries - a list of them; all zero is an empty one */
struct store_entries {
	struct store_entry *list;
	size_t count, room;
};

/** store_kind_name() - "module", "image", "certificate" */
const char *store_kind_name(enum store_kind kind);

/** store_kind_folder() - "modules", "images", "certificates" */
const char *store_kind_folder(enum store_kind kind);

/** store_entry_name() - the name of the file in that folder; @number from 1 */
void store_entry_name(enum store_kind kind, const uint8_t digest[SHA256_SIZE], unsigned int number,
		      char name[STORE_NAME_MAX]);

/**
 * store_entries_add() - add a copy of bytes
 * @entry: @kind, @digest, @signed_size, @has_checksum and @checksum of it are taken
 * @origin: likewise; what it owns stays the caller's
 *
 * Return: 0 or -ENOMEM.
 */
ELFSECT_MUST_CHECK int store_entries_add(struct store_entries *entries, const struct store_entry *entry,
					 const uint8_t *bytes, uint64_t size, const struct store_origin *origin);

/** store_entries_move() - all entries of one list to the end of another; 0 or -ENOMEM */
ELFSECT_MUST_CHECK int store_entries_move(struct store_entries *to, struct store_entries *from);

/**
 * store_entries_finish() - sort them, make one of those that are the same, and number those with one digest
 *
 * Return: 0; -E2BIG for more than STORE_SAME_MAX signatures of the same bytes; -EINVAL for two sizes of the same bytes
 * or two checksums of one table; -ENOMEM.
 */
ELFSECT_MUST_CHECK int store_entries_finish(struct store_entries *entries, struct elfsect_error *error);

/**
 * store_entries_find() - those with a digest, in a list that is finished
 * @count: receives their number
 *
 * Return: the first of them, borrowed; NULL: there is none.
 */
const struct store_entry *store_entries_find(const struct store_entries *entries, enum store_kind kind,
					     const uint8_t digest[SHA256_SIZE], size_t *count);

void store_entries_clear(struct store_entries *entries);

#endif
