/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kernel knows about its modules, and what it says of one. FORMAT.md section 5. */
#ifndef HASHSECT_MODULES_HASH_SLOT_H
#define HASHSECT_MODULES_HASH_SLOT_H

#include "elfsect_edit.h"
#include "modules/module.h"
#include "modules/merkle.h"

/**
 * struct module_hash_slot - the slot module-hashes of a kernel
 * @bytes: of the slot, borrowed from the view
 * @is_root: 36 bytes, a Merkle root; else a table
 * @levels: of the root
 * @entries: of the table, the last one that is not zero included
 */
struct module_hash_slot {
	struct elfsect_slot slot;
	const uint8_t *bytes;
	bool is_root;
	uint32_t levels;
	size_t entries;
};

/* Find it; what it holds is only looked at. map may be NULL. */
ELFSECT_MUST_CHECK int module_hash_slot_find(const struct elfsect_view *view, const struct elfsect_system_map *map,
					     struct module_hash_slot *slot, struct elfsect_error *error);

/* Whether 36 bytes can be a root on a machine of this byte order; the reason if not. */
ELFSECT_MUST_CHECK int merkle_root_check(const uint8_t *root, uint8_t data, const char *name,
					 struct elfsect_error *error);

/* Whether bytes are a table: hashes, none of them zero. */
ELFSECT_MUST_CHECK int module_table_check(const uint8_t *table, uint64_t size, const char *name,
					  struct elfsect_error *error);

/**
 * struct hash_verdict - what the kernel says
 * @code: 0, or the error as a positive number: ENODATA, EBADMSG, ENOPKG, ENOKEY
 * @reason: why, one line; for 0 what it was found by
 */
struct hash_verdict {
	int code;
	char reason[256];
};

/* The name of a verdict: "ok", "-ENOKEY"... */
const char *hash_verdict_name(const struct hash_verdict *verdict);

/* Judge a file that module_file_read() read. Returns 0 or -errno of the hash. */
ELFSECT_MUST_CHECK int module_hash_verify(const struct module_hash_slot *slot, const struct module_file *file,
					  struct hash *hash, struct hash_verdict *verdict);

/* Whether a module has lost what strip takes away (INSTALL_MOD_STRIP). False for what is no ELF file. */
bool module_looks_stripped(const struct module_file *file);

#endif
