// SPDX-License-Identifier: GPL-2.0-or-later
/* Relocatable files without anything to exclude, but for module hashes and build-ids. */
#include <stdio.h>
#include <string.h>

#include "elf_builder_internal.h"
#include "elf_cases.h"

enum { ALLOC = SHF_ALLOC, WRITABLE = SHF_ALLOC | SHF_WRITE, OBJECT = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT) };

static void no_sections(struct elf_builder *b)
{
	(void)b;
}

static void zero_symbols(struct elf_builder *b)
{
	elf_builder_section(b, ".data", SHT_PROGBITS, WRITABLE, "abcd", 4, 4);
	elf_builder_symbol_table(b);
}

static void no_symbol_table(struct elf_builder *b)
{
	elf_builder_section(b, ".data", SHT_PROGBITS, WRITABLE, "abcd", 4, 4);
}

static void empty_section(struct elf_builder *b)
{
	case_text(b);
	elf_builder_section(b, ".data", SHT_PROGBITS, WRITABLE, NULL, 0, 4);
	elf_builder_section(b, "", SHT_PROGBITS, ALLOC, NULL, 0, 1);
	elf_builder_section(b, ".null", SHT_NULL, 0, NULL, 0, 0);
}

static void nobits(struct elf_builder *b)
{
	uint32_t bss;

	case_text(b);
	bss = elf_builder_section(b, ".bss", SHT_NOBITS, WRITABLE, NULL, 0x1000, 32);
	elf_builder_symbol(b, "counter", OBJECT, 0, bss, 0x10, 8);
}

static void gaps(struct elf_builder *b)
{
	uint32_t data;

	case_text(b);
	data = elf_builder_section(b, ".data", SHT_PROGBITS, WRITABLE, "abcdefg", 7, 8);
	elf_builder_at(b, data)->gap = 100;
	elf_builder_section(b, ".rodata", SHT_PROGBITS, ALLOC, "hij", 3, 64);
	elf_builder_trailing(b, 33);
}

static void duplicate_sections(struct elf_builder *b)
{
	const uint32_t text = case_text(b);
	const uint32_t again = elf_builder_section(b, ".text", SHT_PROGBITS, ALLOC | SHF_EXECINSTR, "second", 6, 1);
	const uint32_t f = elf_builder_symbol(b, "second", CASE_FUNCTION, 0, again, 0, 6);

	elf_builder_relocation(b, text, 4, 2, f, -4);
	elf_builder_relocation(b, again, 0, 2, f, 8);
}

static void duplicate_symbols(struct elf_builder *b)
{
	const uint32_t text = case_text(b);
	uint32_t local[3];

	elf_builder_symbol(b, "a.c", ELF64_ST_INFO(STB_LOCAL, STT_FILE), 0, ELF_RESERVED(SHN_ABS), 0, 0);
	local[0] = elf_builder_symbol(b, "helper", ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, text, 4, 4);
	elf_builder_symbol(b, "b.c", ELF64_ST_INFO(STB_LOCAL, STT_FILE), 0, ELF_RESERVED(SHN_ABS), 0, 0);
	local[1] = elf_builder_symbol(b, "helper", ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, text, 8, 4);
	local[2] = elf_builder_symbol(b, "helper", ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, text, 8, 4);
	for (unsigned int i = 0; i < 3; i++)
		elf_builder_relocation(b, text, 8 * (uint64_t)i, 2, local[i], 0);
}

static void group(struct elf_builder *b)
{
	const uint32_t text = case_text(b);
	const uint32_t f = elf_builder_symbol(b, "inlined", ELF64_ST_INFO(STB_WEAK, STT_FUNC), 0, text + 1, 0, 7);
	uint32_t members[2];

	members[0] = elf_builder_section(b, ".text.inlined", SHT_PROGBITS, ALLOC | SHF_EXECINSTR, "inlined", 8, 1);
	members[1] = elf_builder_relocation(b, members[0], 0, 2, f, 0);
	elf_builder_group(b, f, GRP_COMDAT, members, 2);
	elf_builder_relocation(b, text, 16, 2, f, -4);
}

static void special_symbols(struct elf_builder *b)
{
	const uint32_t text = case_text(b);

	elf_builder_symbol(b, "absolute", CASE_GLOBAL, 0, ELF_RESERVED(SHN_ABS), 0x1234, 0);
	elf_builder_symbol(b, "common", OBJECT, 0, ELF_RESERVED(SHN_COMMON), 8, 16);
	elf_builder_symbol(b, "processor", OBJECT, 0, ELF_RESERVED(SHN_LOPROC + 5), 1, 0);
	elf_builder_symbol(b, "weak", ELF64_ST_INFO(STB_WEAK, STT_NOTYPE), STV_HIDDEN, SHN_UNDEF, 0, 0);
	elf_builder_symbol(b, "tls", ELF64_ST_INFO(STB_GLOBAL, STT_TLS), STV_PROTECTED, text, 2, 4);
	elf_builder_symbol(b, "", CASE_LOCAL, 0, text, 3, 0);
}

static void relocations(struct elf_builder *b)
{
	const uint32_t text = case_text(b);
	const uint32_t data = elf_builder_section(b, ".data", SHT_PROGBITS, WRITABLE, "0123456789abcdef", 16, 8);
	const uint32_t section = elf_builder_symbol(b, "", CASE_SECTION, 0, data, 0, 0);
	const uint32_t outside = elf_builder_symbol(b, "outside", CASE_GLOBAL, 0, SHN_UNDEF, 0, 0);
	const uint32_t local = elf_builder_symbol(b, "local", CASE_LOCAL, 0, text, 12, 0);

	elf_builder_relocation(b, text, 1, 1, section, 5);
	elf_builder_relocation(b, text, 9, 2, outside, -4);
	elf_builder_relocation(b, text, 17, 1, 0, -1);
	elf_builder_relocation(b, data, 8, 1, local, INT32_MIN);
}

static void relocations_rel(struct elf_builder *b)
{
	elf_builder_use_relocations(b, SHT_REL);
	relocations(b);
}

static void relocations_rela(struct elf_builder *b)
{
	elf_builder_use_relocations(b, SHT_RELA);
	relocations(b);
}

/* Three types in one entry, and a special symbol: R_MIPS_GPREL16, R_MIPS_SUB, R_MIPS_HI16. */
static void mips(struct elf_builder *b)
{
	const uint32_t text = case_text(b);
	const uint32_t symbol = elf_builder_symbol(b, "there", CASE_GLOBAL, 0, SHN_UNDEF, 0, 0);

	elf_builder_relocation(b, text, 0, 5u << 16 | 24u << 8 | 7, symbol, 0x11223344);
	elf_builder_relocation(b, text, 8, 1u << 24 | 18, symbol, -2);
}

/* struct Elf_Chdr and a zlib stream; nothing reads it but as bytes. */
static void compressed(struct elf_builder *b)
{
	static const uint8_t zlib[] = {0x78, 0x9c, 0x4b, 0x49, 0x4d, 0x2a, 0x4d, 0x57, 0xc8, 0xcc,
				       0x4b, 0xcb, 0x2f, 0xca, 0x4d, 0x2c, 0xc9, 0xcc, 0xcf, 0x53,
				       0x48, 0x21, 0x4b, 0x04, 0x00, 0xf6, 0x85, 0x1b, 0xb5};
	const unsigned int word = case_word_size(b);
	uint32_t debug;

	case_text(b);
	debug = elf_builder_section(b, ".debug_str", SHT_PROGBITS, SHF_COMPRESSED, NULL, 3 * word + sizeof(zlib), word);
	elf_builder_put(b, debug, 0, 4, ELFCOMPRESS_ZLIB);
	elf_builder_put(b, debug, word, word, 72);
	elf_builder_put(b, debug, 2 * word, word, 1);
	memcpy(elf_builder_at(b, debug)->bytes + 3 * word, zlib, sizeof(zlib));
}

static void merged_strings(struct elf_builder *b)
{
	uint32_t comment;

	case_text(b);
	comment = elf_builder_section(b, ".comment", SHT_PROGBITS, SHF_MERGE | SHF_STRINGS, "\0GCC: 12\0GCC: 13\0", 18,
				      1);
	elf_builder_at(b, comment)->entsize = 1;
	elf_builder_section(b, ".names", SHT_STRTAB, ALLOC, "not a derived table", 19, 1);
}

/* Sections that are not allocated: for debuggers, with relocations, in a group; for Linux, which takes them by name. */
static void not_allocated(struct elf_builder *b)
{
	const uint32_t text = case_text(b);
	const uint32_t info = elf_builder_section(b, ".debug_info", SHT_PROGBITS, 0, NULL, 16, 1);
	const uint32_t str = elf_builder_section(b, ".debug_str", SHT_PROGBITS, 0, "a\0b", 4, 1);
	const uint32_t sites = elf_builder_section(b, ".return_sites", SHT_PROGBITS, 0, NULL, 8, 1);
	const uint32_t macro = elf_builder_section(b, ".debug_macro", SHT_PROGBITS, 0, "macro", 5, 1);
	const uint32_t stack = elf_builder_section(b, ".note.GNU-stack", SHT_PROGBITS, 0, NULL, 0, 1);
	const uint32_t place = elf_builder_section(b, ".discard.place", SHT_PROGBITS, 0, NULL, 0, 1);
	const uint32_t own = elf_builder_symbol(b, "", CASE_SECTION, 0, text, 0, 0);
	const uint32_t strings = elf_builder_symbol(b, "", CASE_SECTION, 0, str, 0, 0);

	elf_builder_section(b, ".BTF", SHT_PROGBITS, 0, "types", 5, 1);
	elf_builder_section(b, ".comment", SHT_PROGBITS, 0, "made by hand", 12, 1);
	elf_builder_section(b, ".llvm_addrsig", 0x6fff4c03, SHF_EXCLUDE, NULL, 0, 1);
	elf_builder_symbol(b, "", CASE_SECTION, 0, sites, 0, 0);
	elf_builder_symbol(b, "", CASE_SECTION, 0, stack, 0, 0);
	elf_builder_symbol(b, "here", CASE_LOCAL, 0, place, 0, 0);
	elf_builder_symbol(b, "there", CASE_LOCAL, 0, info, 4, 0);
	elf_builder_relocation(b, info, 0, 2, strings, 2);
	elf_builder_relocation(b, info, 8, 2, own, 3);
	elf_builder_relocation(b, sites, 0, 2, own, 4);
	elf_builder_group(b, elf_builder_symbol(b, "wm4", CASE_LOCAL, 0, macro, 0, 0), 0, &macro, 1);
	elf_builder_at(b, stack)->addr = 0x20;
	elf_builder_at(b, place)->addr = 0x20;
}

static void note_build_id(struct elf_builder *b)
{
	uint32_t note;

	case_text(b);
	note = elf_builder_section(b, ".note.gnu.build-id", SHT_NOTE, ALLOC, NULL, 0, 4);
	elf_builder_note(b, note, "GNU", NT_GNU_BUILD_ID, "abcdefghijklmnopqrst", 20);
	note = elf_builder_section(b, ".note.gnu.property", SHT_NOTE, ALLOC, NULL, 0, 8);
	elf_builder_note(b, note, "GNU", NT_GNU_PROPERTY_TYPE_0, "0123456789ab", 12);
}

static void define_hashes(struct elf_builder *b, uint32_t section, uint64_t size, uint32_t *start, uint32_t *stop)
{
	*stop = elf_builder_symbol(b, "__stop_module_hashes", CASE_GLOBAL, 0, section, size, 0);
	*start = elf_builder_symbol(b, "__start_module_hashes", CASE_GLOBAL, 0, section, 0, 0);
}

/* Both are referred to: an undefined one that nothing uses is refused. */
static void refer_to_hashes(struct elf_builder *b, uint32_t text, uint32_t section, uint64_t size)
{
	uint32_t start, stop;

	define_hashes(b, section, size, &start, &stop);
	elf_builder_relocation(b, text, 8, 2, start, -4);
	elf_builder_relocation(b, text, 16, 2, stop, -4);
}

static void module_hashes(struct elf_builder *b)
{
	const uint32_t text = case_text(b);
	const uint32_t hashes =
		elf_builder_section(b, ".module_hashes", SHT_PROGBITS, ALLOC,
				    "12345678901234567890123456789012ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF", 64, 8);

	refer_to_hashes(b, text, hashes, 64);
}

static void module_hashes_absent(struct elf_builder *b)
{
	const uint32_t text = case_text(b);

	refer_to_hashes(b, text, SHN_UNDEF, 0);
}

static void module_hashes_empty(struct elf_builder *b)
{
	uint32_t start, stop;

	case_text(b);
	define_hashes(b, elf_builder_section(b, ".module_hashes", SHT_PROGBITS, ALLOC, NULL, 0, 8), 0, &start, &stop);
}

static void module_hashes_root(struct elf_builder *b)
{
	uint32_t rodata;

	case_text(b);
	rodata = elf_builder_section(b, ".rodata", SHT_PROGBITS, ALLOC,
				     "before..12345678901234567890123456789012abcdafter", 49, 8);
	elf_builder_symbol(b, "module_hashes_root", OBJECT, 0, rodata, 8, 36);
}

/* More sections than 16 bits can number: e_shnum 0, SHN_XINDEX, .symtab_shndx. */
static void many_sections(struct elf_builder *b)
{
	const uint32_t text = case_text(b);
	uint32_t first = 0, last = 0, symbol;

	for (unsigned int i = 0; i < 0xff10; i++) {
		char name[32];

		snprintf(name, sizeof(name), ".text.f%u", i);
		last = elf_builder_section(b, name, SHT_PROGBITS, ALLOC | SHF_EXECINSTR, "f", i % 3, 1);
		if (!first)
			first = last;
	}
	elf_builder_symbol(b, "first", CASE_FUNCTION, 0, first, 0, 0);
	symbol = elf_builder_symbol(b, "last", CASE_FUNCTION, 0, last, 0, 0);
	elf_builder_symbol(b, "absolute", CASE_GLOBAL, 0, ELF_RESERVED(SHN_ABS), 1, 0);
	elf_builder_relocation(b, text, 0, 2, symbol, 0);
	elf_builder_relocation(b, last, 0, 2, symbol, 0);
}

const struct elf_case elf_cases_plain[] = {
	{.name = "no-sections", .type = ET_REL, .policy = "strict", .build = no_sections},
	{.name = "zero-symbols", .type = ET_REL, .policy = "linux", .build = zero_symbols},
	{.name = "no-symbol-table", .type = ET_REL, .policy = "strict", .build = no_symbol_table},
	{.name = "empty-section", .type = ET_REL, .policy = "linux", .build = empty_section},
	{.name = "not-allocated", .type = ET_REL, .policy = "linux", .build = not_allocated},
	{.name = "nobits", .type = ET_REL, .policy = "linux", .build = nobits},
	{.name = "gaps", .type = ET_REL, .policy = "linux", .build = gaps},
	{.name = "duplicate-sections", .type = ET_REL, .policy = "linux", .build = duplicate_sections},
	{.name = "duplicate-symbols", .type = ET_REL, .policy = "linux", .build = duplicate_symbols},
	{.name = "group", .type = ET_REL, .policy = "linux", .build = group},
	{.name = "special-symbols", .type = ET_REL, .policy = "linux", .build = special_symbols},
	{.name = "rel", .type = ET_REL, .policy = "linux", .build = relocations_rel},
	{.name = "rela", .type = ET_REL, .policy = "linux", .build = relocations_rela},
	{.name = "mips", .type = ET_REL, .machine = EM_MIPS, .only64 = true, .policy = "linux", .build = mips},
	{.name = "compressed", .type = ET_REL, .policy = "linux", .build = compressed},
	{.name = "merged-strings", .type = ET_REL, .policy = "linux", .build = merged_strings},
	{.name = "build-id", .type = ET_REL, .policy = "linux", .build = note_build_id},
	{.name = "module-hashes", .type = ET_REL, .policy = "linux", .build = module_hashes},
	{.name = "module-hashes-absent", .type = ET_REL, .policy = "linux", .build = module_hashes_absent},
	{.name = "module-hashes-empty", .type = ET_REL, .policy = "linux", .build = module_hashes_empty},
	{.name = "module-hashes-root", .type = ET_REL, .policy = "linux", .build = module_hashes_root},
	{.name = "many-sections", .type = ET_REL, .large = true, .policy = "linux", .build = many_sections},
	{0},
};
