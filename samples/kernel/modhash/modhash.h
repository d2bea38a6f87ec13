/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules are checked against hashes in the kernel image.
 *
 * lsm.c       asks for every module, logs, decides
 * tree.c      the check against a Merkle root
 * table.c     the check against a table; one of the two is built
 * trailer.c   what is appended to a module
 * slot.S      the room for the root or the table
 */
#ifndef _SECURITY_MODHASH_H
#define _SECURITY_MODHASH_H

#include <linux/types.h>
#include <linux/version.h>
#include <crypto/sha2.h>

/* What older kernels call these. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define sha256_ctx sha256_state
#define MODULE_SIGNATURE_MARKER MODULE_SIG_STRING
#define MODULE_SIGNATURE_TYPE_PKCS7 PKEY_ID_PKCS7
#endif

/* The id_type of a Merkle proof; those of other trailers are in linux/module_signature.h. */
#define MODHASH_ID_MERKLE 3

/* The room in the kernel image, slot.S. The tools look for these names. */
struct modhash_root {
	u32 levels;
	u8 hash[SHA256_DIGEST_SIZE];
};

extern const struct modhash_root module_hashes_root;
extern const u8 __start_module_hashes[];
extern const u8 __stop_module_hashes[];

/* A module image, taken apart: all pointers lead into the image. */
struct modhash_parts {
	const u8 *module;
	size_t module_len;
	const u8 *data;		/* signature or proof */
	size_t data_len;
};

int modhash_split(const u8 *image, size_t len, u8 id_type, struct modhash_parts *parts);

/*
 * The tree or the table.
 *
 * modhash_check() returns 0 for a module that may be loaded, else a negative error, for which
 * modhash_reason() has words.
 */
int modhash_check(const u8 *image, size_t len);
const char *modhash_reason(int err);
bool modhash_is_empty(void);
void modhash_announce(const char *mode);

#endif /* _SECURITY_MODHASH_H */
