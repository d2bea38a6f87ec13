// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "elf_builder_internal.h"
#include "keyring.h"

enum { LOCAL = ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE), GLOBAL = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE) };

/* Offsets from the keyring's start. */
struct layout {
	uint64_t module_end;
	uint64_t list_end;
	uint64_t slot_end;
	uint64_t used;
	uint64_t list_size;
	uint64_t module_size;
	uint64_t end;
};

static uint64_t size_of(const struct test_certificate *certificate)
{
	return certificate ? certificate->size : 0;
}

static uint64_t round_up(uint64_t x, uint64_t align)
{
	return (x + align - 1) / align * align;
}

static struct layout lay_out(const struct elf_builder *b, const struct keyring *keyring)
{
	const uint64_t word = is_64(b) ? 8 : 4;
	struct layout l;

	l.module_end = size_of(keyring->module);
	l.list_end = l.module_end + size_of(keyring->configured);
	l.slot_end = l.list_end + keyring->slot;
	l.used = round_up(l.slot_end, 4);
	l.list_size = round_up(keyring->slot ? l.used + 4 : l.slot_end, 8);
	l.module_size = round_up(l.list_size + word, 8);
	l.end = l.module_size + word;
	return l;
}

static void put_certificate(uint8_t *p, const struct test_certificate *certificate)
{
	if (certificate)
		memcpy(p, certificate->der, certificate->size);
}

size_t keyring_write(const struct elf_builder *b, const struct keyring *keyring, uint8_t *bytes)
{
	const struct layout l = lay_out(b, keyring);
	const size_t word = is_64(b) ? 8 : 4;

	memset(bytes, 0, l.end);
	put_certificate(bytes, keyring->module);
	put_certificate(bytes + l.module_end, keyring->configured);
	put_certificate(bytes + l.list_end, keyring->inserted);
	if (keyring->slot)
		store(b, bytes + l.used, 4, size_of(keyring->inserted));
	store(b, bytes + l.list_size, word, l.list_end + size_of(keyring->inserted));
	store(b, bytes + l.module_size, word, l.module_end);
	return l.end;
}

struct keyring_symbols keyring_define(struct elf_builder *b, const struct keyring *keyring, uint32_t section,
				      uint64_t value)
{
	const struct layout l = lay_out(b, keyring);
	struct keyring_symbols symbols;

	symbols.list = elf_builder_symbol(b, "system_certificate_list", GLOBAL, 0, section, value, 0);
	symbols.list_start = elf_builder_symbol(b, "__cert_list_start", LOCAL, 0, section, value, 0);
	elf_builder_symbol(b, "__module_cert_start", LOCAL, 0, section, value, 0);
	elf_builder_symbol(b, "__module_cert_end", LOCAL, 0, section, value + l.module_end, 0);
	symbols.list_end = elf_builder_symbol(b, "__cert_list_end", LOCAL, 0, section, value + l.list_end, 0);
	if (keyring->slot) {
		elf_builder_symbol(b, "system_extra_cert", GLOBAL, 0, section, value + l.list_end, keyring->slot);
		elf_builder_symbol(b, "system_extra_cert_used", GLOBAL, 0, section, value + l.used, 0);
	}
	symbols.list_size =
		elf_builder_symbol(b, "system_certificate_list_size", GLOBAL, 0, section, value + l.list_size, 0);
	symbols.module_size = elf_builder_symbol(b, "module_cert_size", GLOBAL, 0, section, value + l.module_size, 0);
	return symbols;
}

struct keyring_symbols keyring_undefined(struct elf_builder *b)
{
	return (struct keyring_symbols){
		.list = elf_builder_symbol(b, "system_certificate_list", GLOBAL, 0, SHN_UNDEF, 0, 0),
		.list_size = elf_builder_symbol(b, "system_certificate_list_size", GLOBAL, 0, SHN_UNDEF, 0, 0),
		.module_size = elf_builder_symbol(b, "module_cert_size", GLOBAL, 0, SHN_UNDEF, 0, 0),
	};
}
