/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files with a kernel's keyring, in all the places where it may be. */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include "edited.h"
#include "elfsect_keyring.h"
#include "keyring.h"

enum { KERNEL_BASE = 0x100000, KERNEL_INIT = KERNEL_BASE + 0x1000, KERNEL_ROOM = 2048, KERNEL_BEFORE = 16 };

/**
 * struct kernel - a file that is still open for additions
 * @section: that the keyring is in
 * @offset: of the keyring in the section
 * @value: of its first symbol
 * @end: of the keyring in the section
 */
struct kernel {
	struct elf_builder *b;
	uint32_t section;
	uint64_t offset;
	uint64_t value;
	uint64_t end;
};

/** enum form - linked or relocatable (STOCK, OWN_SECTION), among other data or in a section of its own */
enum form { LINKED, LINKED_SECTION, STOCK, OWN_SECTION, FORMS };

/** kernel_start() - without symbols */
struct kernel kernel_start(const struct elf_variant *v, enum form form, const struct keyring *keyring);

/** kernel_make() - with them */
struct kernel kernel_make(const struct elf_variant *v, enum form form, const struct keyring *keyring);

/** keyring_of() - read a slot, or all; fails the test if it cannot be read */
struct elfsect_keyring *keyring_of(const struct elfsect_view *view, const char *slot);

/** expect_certificate() - certificate @index of @of in the keyring is this one, at this place */
void expect_certificate(const struct elfsect_keyring *keyring, size_t index, size_t of, const char *slot,
			uint64_t offset, const struct test_certificate *expected);

#endif
