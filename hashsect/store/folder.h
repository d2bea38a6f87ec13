/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A signature store as a folder of files. What is in it is hostile: hashsect/STORE.md, section 2. */
#ifndef HASHSECT_STORE_FOLDER_H
#define HASHSECT_STORE_FOLDER_H

#include "elfsect_edit.h"
#include "store/entries.h"
#include "trust/signers.h"

/**
 * store_write() - make a store
 * @folder: is made; may be there already if nothing is in it
 * @entries: finished
 * @index: the text of index.json
 * @options: for the files; may be NULL
 *
 * Return: 0; -EEXIST if there is something; -errno. What was written before a failure stays, and is no store.
 */
ELFSECT_MUST_CHECK int store_write(const char *folder, const struct store_entries *entries, const char *index,
				   const struct elfsect_write_options *options, struct elfsect_error *error);

struct store;

/** store_open() - open a store that lies in a folder; 0; -EINVAL for what is none; -errno */
ELFSECT_MUST_CHECK int store_open(const char *folder, struct store **store, struct elfsect_error *error);

/** store_of_entries() - a store that is in memory; borrows @entries, which are finished; NULL: no memory */
struct store *store_of_entries(const struct store_entries *entries);

/** store_close() - NULL is allowed */
void store_close(struct store *store);

/**
 * struct store_piece - a signature that a store has
 * @bytes: owned
 * @has_checksum: of an image: its CheckSum is @checksum, not the sum of its bytes
 */
struct store_piece {
	uint8_t *bytes;
	uint64_t size;
	bool has_checksum;
	uint32_t checksum;
};

/** struct store_found - what a store has under one digest */
struct store_found {
	struct store_piece list[STORE_SAME_MAX];
	size_t count;
};

/**
 * store_find() - look a digest up; several threads may, at the same time
 * @found: store_found_clear() afterwards, always; @count is 0 if there is nothing
 *
 * Return: 0; -EINVAL or -EFBIG for an entry that is no file of a store; -ELOOP for a symbolic link; -errno.
 */
ELFSECT_MUST_CHECK int store_find(const struct store *store, enum store_kind kind, const uint8_t digest[SHA256_SIZE],
				  struct store_found *found, struct elfsect_error *error);

void store_found_clear(struct store_found *found);

/** store_signers() - add all certificates of a store; 0; -EBADMSG for what is none; -errno */
ELFSECT_MUST_CHECK int store_signers(const struct store *store, struct signers *signers, struct elfsect_error *error);

#endif
