// SPDX-License-Identifier: GPL-2.0-or-later
/* Kernel keyrings: a section of their own, the stock place among other data, filled in several ways. */
#include <string.h>

#include "elf_builder_internal.h"
#include "elf_cases.h"
#include "keyring.h"
#include "test_certificates.h"

enum { ALLOC = SHF_ALLOC, KEYRING_ROOM = 8192 };

/* Something that refers to the keyring as the kernel's loader of certificates does. */
static void refer(struct elf_builder *b, uint32_t text, const struct keyring_symbols *symbols)
{
	elf_builder_relocation(b, text, 0, 2, symbols->list, -4);
	elf_builder_relocation(b, text, 8, 2, symbols->list_size, -4);
	elf_builder_relocation(b, text, 16, 1, symbols->module_size, 0);
}

static void isolated(struct elf_builder *b, const struct keyring *keyring)
{
	const uint32_t text = case_text(b);
	uint8_t bytes[KEYRING_ROOM];
	const size_t size = keyring_write(b, keyring, bytes);
	const uint32_t section = elf_builder_section(b, ".init.rodata.keyring", SHT_PROGBITS, ALLOC, bytes, size, 8);
	struct keyring_symbols symbols;

	elf_builder_symbol(b, "", CASE_SECTION, 0, section, 0, 0);
	elf_builder_section(b, ".data", SHT_PROGBITS, ALLOC | SHF_WRITE, "after", 5, 1);
	symbols = keyring_define(b, keyring, section, 0);
	refer(b, text, &symbols);
}

/* Between other data, as the kernel's own build leaves it in vmlinux.o. */
static void stock(struct elf_builder *b, const struct keyring *keyring)
{
	const uint32_t text = case_text(b);
	uint8_t bytes[KEYRING_ROOM] = "data before it...";
	const size_t size = keyring_write(b, keyring, bytes + 24);
	struct keyring_symbols symbols;
	uint32_t section;

	memcpy(bytes + 24 + size, "and after", 9);
	section = elf_builder_section(b, ".init.rodata", SHT_PROGBITS, ALLOC, bytes, 24 + size + 9, 8);
	elf_builder_symbol(b, "", CASE_SECTION, 0, section, 0, 0);
	symbols = keyring_define(b, keyring, section, 24);
	refer(b, text, &symbols);
	elf_builder_relocation(b, section, 0, 1, symbols.list, 0);
}

static void keyring_plain(struct elf_builder *b)
{
	isolated(b, &(struct keyring){.module = &test_certificate_p256});
}

static void keyring_refilled(struct elf_builder *b)
{
	isolated(b, &(struct keyring){.module = &test_certificate_rsa2048});
}

static void keyring_without_key(struct elf_builder *b)
{
	isolated(b, &(struct keyring){.slot = 16});
}

static void keyring_slot_empty(struct elf_builder *b)
{
	isolated(b, &(struct keyring){.module = &test_certificate_p256, .slot = 1030});
}

static void keyring_slot_filled(struct elf_builder *b)
{
	isolated(b, &(struct keyring){
			    .module = &test_certificate_p256, .slot = 1030, .inserted = &test_certificate_rsa2048});
}

static void keyring_configured(struct elf_builder *b)
{
	isolated(b, &(struct keyring){
			    .module = &test_certificate_p256, .configured = &test_certificate_rsa2048, .slot = 50});
}

/* What a keyring that has been taken out of a file leaves: references. */
static void keyring_absent(struct elf_builder *b)
{
	const uint32_t text = case_text(b);
	struct keyring_symbols symbols;

	elf_builder_section(b, ".data", SHT_PROGBITS, ALLOC | SHF_WRITE, "after", 5, 1);
	symbols = keyring_undefined(b);
	refer(b, text, &symbols);
}

static void keyring_stock(struct elf_builder *b)
{
	stock(b, &(struct keyring){.module = &test_certificate_p256});
}

static void keyring_stock_full(struct elf_builder *b)
{
	stock(b, &(struct keyring){.module = &test_certificate_p256,
				   .configured = &test_certificate_rsa2048,
				   .slot = 450,
				   .inserted = &test_certificate_p256});
}

const struct elf_case elf_cases_keyring[] = {
	{.name = "keyring", .type = ET_REL, .policy = "linux", .build = keyring_plain},
	{.name = "keyring-refilled", .type = ET_REL, .policy = "linux", .build = keyring_refilled},
	{.name = "keyring-without-key", .type = ET_REL, .policy = "linux", .build = keyring_without_key},
	{.name = "keyring-slot-empty", .type = ET_REL, .policy = "linux", .build = keyring_slot_empty},
	{.name = "keyring-slot-filled", .type = ET_REL, .policy = "linux", .build = keyring_slot_filled},
	{.name = "keyring-configured", .type = ET_REL, .policy = "linux", .build = keyring_configured},
	{.name = "keyring-absent", .type = ET_REL, .policy = "linux", .build = keyring_absent},
	{.name = "keyring-stock", .type = ET_REL, .policy = "linux", .build = keyring_stock},
	{.name = "keyring-stock-full", .type = ET_REL, .policy = "linux", .build = keyring_stock_full},
	{0},
};
