/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data that the kernel's certs/system_certificates.S emits, with its symbols. */
#ifndef KEYRING_H
#define KEYRING_H

#include "elf_builder.h"
#include "test_certificates.h"

/**
 * struct keyring - what is in it; a part that is NULL or 0 is left out
 * @module: the certificate of the build's own key
 * @configured: CONFIG_SYSTEM_TRUSTED_KEYS
 * @slot: bytes for a certificate that is inserted later
 * @inserted: what has been inserted there
 */
struct keyring {
	const struct test_certificate *module;
	const struct test_certificate *configured;
	size_t slot;
	const struct test_certificate *inserted;
};

/** struct keyring_symbols - handles of those that code refers to, and of the local ones at the ends of the list (0: not
 * defined) */
struct keyring_symbols {
	uint32_t list;
	uint32_t list_start;
	uint32_t list_end;
	uint32_t list_size;
	uint32_t module_size;
};

/** keyring_write() - its bytes, in the target's word size and byte order. Return: how many */
size_t keyring_write(const struct elf_builder *b, const struct keyring *keyring, uint8_t *bytes);

/** keyring_define() - its symbols, at this value in this section */
struct keyring_symbols keyring_define(struct elf_builder *b, const struct keyring *keyring, uint32_t section,
				      uint64_t value);

/** keyring_undefined() - references to the symbols that code uses */
struct keyring_symbols keyring_undefined(struct elf_builder *b);

#endif
