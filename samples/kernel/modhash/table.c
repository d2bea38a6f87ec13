// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The check against a table of SHA-256 hashes, 32 bytes an entry. Unused entries are zero and match
 * nothing. The table is made before the modules are signed: a signature at the end of a module need
 * not be part of what was hashed.
 */
#define pr_fmt(fmt) "modhash: " fmt

#include <linux/errno.h>
#include <linux/module_signature.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "modhash.h"

#define HASH_SIZE SHA256_DIGEST_SIZE

static bool is_zero(const u8 *entry)
{
	return !memchr_inv(entry, 0, HASH_SIZE);
}

static bool is_listed(const u8 *module, size_t len)
{
	u8 hash[HASH_SIZE];
	const u8 *entry;

	sha256(module, len, hash);
	for (entry = __start_module_hashes; entry < __stop_module_hashes; entry += HASH_SIZE) {
		if (!memcmp(entry, hash, HASH_SIZE))
			return !is_zero(hash);
	}
	return false;
}

static unsigned int count_entries(void)
{
	const u8 *entry;
	unsigned int count = 0;

	for (entry = __start_module_hashes; entry < __stop_module_hashes; entry += HASH_SIZE)
		count += !is_zero(entry);
	return count;
}

int modhash_check(const u8 *image, size_t len)
{
	struct modhash_parts parts;

	if (is_listed(image, len))
		return 0;
	if (!modhash_split(image, len, MODULE_SIGNATURE_TYPE_PKCS7, &parts) &&
	    is_listed(parts.module, parts.module_len))
		return 0;
	return -ENOKEY;
}

const char *modhash_reason(int err)
{
	return err == -ENOKEY ? "its hash is not in the kernel's table" : "cannot be checked";
}

bool modhash_is_empty(void)
{
	return !count_entries();
}

void modhash_announce(const char *mode)
{
	pr_info("%s, table of %u modules\n", mode, count_entries());
}
