// SPDX-License-Identifier: GPL-2.0-or-later
/* Linked files: segments, addresses, masks. */
#include <string.h>

#include "elf_builder_internal.h"
#include "elf_cases.h"
#include "keyring.h"

enum {
	ALLOC = SHF_ALLOC,
	WRITABLE = SHF_ALLOC | SHF_WRITE,
	BASE = 0x100000,
	PHYSICAL = 0x2000,
	KEYRING_ROOM = 8192,
};

/* Append a section at an address. */
static uint32_t place(struct elf_builder *b, const char *name, uint32_t type, uint64_t flags, const void *bytes,
		      uint64_t size, uint64_t addr)
{
	const uint32_t index = elf_builder_section(b, name, type, flags, bytes, size, 8);

	elf_builder_at(b, index)->addr = addr;
	return index;
}

static uint32_t place_text(struct elf_builder *b)
{
	const uint32_t text =
		place(b, ".text", SHT_PROGBITS, ALLOC | SHF_EXECINSTR, "0123456789abcdefghijklmnopqrstuv", 32, BASE);

	elf_builder_symbol(b, "startup", CASE_FUNCTION, 0, text, BASE, 32);
	return text;
}

static uint32_t place_notes(struct elf_builder *b, uint64_t addr)
{
	const uint32_t notes = elf_builder_section(b, ".notes", SHT_NOTE, ALLOC, NULL, 0, 4);

	elf_builder_at(b, notes)->addr = addr;
	elf_builder_note(b, notes, "Linux", 0x101, "6.12", 4);
	elf_builder_note(b, notes, "GNU", NT_GNU_BUILD_ID, "abcdefghijklmnopqrst", 20);
	return notes;
}

/* Two PT_LOADs with a hole in each, a PT_NOTE, .bss, a segment without bytes, debug data. */
static void linked(struct elf_builder *b)
{
	const uint32_t text = place_text(b), notes = place_notes(b, BASE + 0x40);
	const uint32_t data = place(b, ".data", SHT_PROGBITS, WRITABLE, "data", 4, BASE + 0x1008);
	const uint32_t more = place(b, ".data..more", SHT_PROGBITS, WRITABLE, "more", 4, BASE + 0x1020);
	const uint32_t bss = place(b, ".bss", SHT_NOBITS, WRITABLE, NULL, 0x200, BASE + 0x1040);

	elf_builder_section(b, ".comment", SHT_PROGBITS, 0, "made by hand", 12, 1);
	elf_builder_symbol(b, "_edata", CASE_GLOBAL, 0, more, BASE + 0x1024, 0);
	elf_builder_symbol(b, "_text", CASE_GLOBAL, 0, ELF_RESERVED(SHN_ABS), BASE, 0);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_X, text, notes, PHYSICAL);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_W, data, bss, PHYSICAL + 0x1000);
	elf_builder_segment(b, PT_NOTE, PF_R, notes, notes, PHYSICAL + 0x40);
	elf_builder_segment(b, PT_GNU_STACK, PF_R | PF_W, 0, 0, 0);
}

/* Sections without bytes, with addresses and places. */
static void linked_empty(struct elf_builder *b)
{
	const uint32_t text = place_text(b);
	const uint32_t empty = place(b, ".empty", SHT_PROGBITS, ALLOC, NULL, 0, BASE + 0x20);
	const uint32_t data = place(b, ".data", SHT_PROGBITS, WRITABLE, "data", 4, BASE + 0x1008);
	const uint32_t last = place(b, ".data..empty", SHT_PROGBITS, WRITABLE, NULL, 0, BASE + 0x100c);

	elf_builder_symbol(b, "_etext", CASE_GLOBAL, 0, empty, BASE + 0x20, 0);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_X, text, empty, PHYSICAL);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_W, data, last, PHYSICAL + 0x1000);
}

/* A keyring among other data of .init.data, as in a kernel that was linked without isolation. */
static void linked_keyring(struct elf_builder *b)
{
	const struct keyring keyring = {.module = &test_certificate_p256,
					.configured = &test_certificate_rsa2048,
					.slot = 450,
					.inserted = &test_certificate_p256};
	const uint32_t text = place_text(b), notes = place_notes(b, BASE + 0x40);
	uint8_t bytes[KEYRING_ROOM] = "initial data....";
	const size_t size = keyring_write(b, &keyring, bytes + 16);
	uint32_t init;

	memcpy(bytes + 16 + size, "and more", 8);
	init = place(b, ".init.data", SHT_PROGBITS, WRITABLE, bytes, 16 + size + 8, BASE + 0x1000);
	keyring_define(b, &keyring, init, BASE + 0x1010);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_X, text, notes, PHYSICAL);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_W | PF_X, init, init, PHYSICAL + 0x1000);
	elf_builder_segment(b, PT_NOTE, PF_R, notes, notes, PHYSICAL + 0x40);
}

/* A keyring that kept its own section: masked over its whole length. */
static void linked_isolated(struct elf_builder *b)
{
	const struct keyring keyring = {.module = &test_certificate_p256};
	const uint32_t text = place_text(b);
	uint8_t bytes[KEYRING_ROOM];
	const size_t size = keyring_write(b, &keyring, bytes);
	const uint32_t section = place(b, ".init.rodata.keyring", SHT_PROGBITS, ALLOC, bytes, size, BASE + 0x40);

	keyring_define(b, &keyring, section, BASE + 0x40);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_X, text, section, PHYSICAL);
}

/* Relocations of two kinds: kept by the linker, and for the loader; RELR packs the addresses of words. */
static void linked_relocations(struct elf_builder *b)
{
	const unsigned int word = case_word_size(b);
	const uint32_t text = place_text(b);
	const uint32_t data = place(b, ".data", SHT_PROGBITS, WRITABLE, NULL, 16 * word, BASE + 0x40);
	const uint32_t rela = place(b, ".rela.dyn", SHT_RELA, ALLOC, NULL, 3 * word, BASE + 0x40 + 16 * word);
	const uint32_t relr = place(b, ".relr.dyn", SHT_RELR, ALLOC, NULL, 2 * word, BASE + 0x40 + 20 * word);
	const uint32_t symbol = elf_builder_symbol(b, "there", CASE_GLOBAL, 0, data, BASE + 0x40, 0);

	elf_builder_at(b, rela)->entsize = 3 * word;
	elf_builder_at(b, relr)->entsize = word;
	elf_builder_put(b, rela, 0, word, BASE + 0x40);
	elf_builder_put(b, relr, 0, word, BASE + 0x40 + 2 * word);
	elf_builder_put(b, relr, word, word, 7);
	elf_builder_use_relocations(b, SHT_RELA);
	elf_builder_relocation(b, text, BASE + 4, 2, symbol, -4);
	elf_builder_segment(b, PT_LOAD, PF_R | PF_W | PF_X, text, relr, PHYSICAL);
}

const struct elf_case elf_cases_linked[] = {
	{.name = "linked", .type = ET_EXEC, .policy = "linux", .build = linked},
	{.name = "linked-pie", .type = ET_DYN, .policy = "linux", .build = linked},
	{.name = "linked-empty", .type = ET_EXEC, .policy = "linux", .build = linked_empty},
	{.name = "linked-keyring", .type = ET_EXEC, .policy = "linux", .build = linked_keyring},
	{.name = "linked-isolated", .type = ET_EXEC, .policy = "linux", .build = linked_isolated},
	{.name = "linked-relocations", .type = ET_DYN, .policy = "linux", .build = linked_relocations},
	{0},
};
