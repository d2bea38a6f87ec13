// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "elf_builder_internal.h"
#include "kernel_file.h"

struct kernel kernel_start(const struct elf_variant *v, enum form form, const struct keyring *keyring)
{
	const bool linked = form == LINKED || form == LINKED_SECTION;
	const bool own = form == LINKED_SECTION || form == OWN_SECTION;
	struct kernel k = {.b = elf_builder_new(v->class, v->data, linked ? ET_EXEC : ET_REL, v->machine)};
	uint8_t bytes[8192] = "initial data....";
	uint32_t text, after;
	uint64_t size;

	text = elf_builder_section(k.b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, NULL, 32, 8);
	k.offset = own ? 0 : KERNEL_BEFORE;
	size = k.end = k.offset + keyring_write(k.b, keyring, bytes + k.offset);
	if (!own) {
		memcpy(bytes + size, "and after", 9);
		size += 9;
	}
	k.section = elf_builder_section(k.b, own ? ".init.rodata.keyring" : ".init.data", SHT_PROGBITS, SHF_ALLOC,
					bytes, size, 8);
	after = elf_builder_section(k.b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, "behind it", 9, 8);
	if (linked) {
		elf_builder_at(k.b, text)->addr = KERNEL_BASE;
		elf_builder_at(k.b, k.section)->addr = KERNEL_INIT;
		elf_builder_at(k.b, after)->addr = KERNEL_INIT + (size + 7) / 8 * 8;
		elf_builder_segment(k.b, PT_LOAD, PF_R | PF_X, text, text, KERNEL_BASE);
		elf_builder_segment(k.b, PT_LOAD, PF_R | PF_W, k.section, after, KERNEL_INIT);
	}
	k.value = (linked ? KERNEL_INIT : 0) + k.offset;
	return k;
}

struct kernel kernel_make(const struct elf_variant *v, enum form form, const struct keyring *keyring)
{
	struct kernel k = kernel_start(v, form, keyring);

	keyring_define(k.b, keyring, k.section, k.value);
	return k;
}

struct elfsect_keyring *keyring_of(const struct elfsect_view *view, const char *slot)
{
	struct elfsect_error error = {""};
	struct elfsect_keyring *keyring = NULL;

	if (elfsect_keyring_open(view, NULL, slot, &keyring, &error))
		fail_msg("%s", error.message);
	return keyring;
}

void expect_certificate(const struct elfsect_keyring *keyring, size_t index, size_t of, const char *slot,
			uint64_t offset, const struct test_certificate *expected)
{
	size_t count;
	const struct elfsect_keyring_certificate *c = elfsect_keyring_certificates(keyring, &count);

	assert_int_equal(count, of);
	c += index;
	assert_string_equal(c->slot, slot);
	assert_int_equal(c->offset, offset);
	assert_int_equal(c->size, expected->size);
	assert_int_equal(c->region.size, expected->size);
	assert_memory_equal(c->der, expected->der, expected->size);
	assert_int_equal(elfsect_keyring_find(keyring, expected->der, expected->size), index);
}
