// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ways to smuggle bytes past the digest of a relocatable file, or to make excluded bytes do something. Each test takes
 * a file that is accepted, mounts one attack, and sees it refused for the right reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "digest_of.h"
#include "elf_cases.h"
#include "keyring.h"

enum { KEYRING_ROOM = 8192 };

/* A file with a keyring in a section of its own, code that refers to it, and data behind it. */
struct target {
	struct elf_builder *b;
	uint32_t text, keyring, data;
	uint32_t keyring_symbol; /* the section symbol */
	struct keyring_symbols symbols;
	size_t keyring_size;
};

static struct target isolated(const struct keyring *keyring)
{
	struct target t = {.b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64)};
	uint8_t bytes[KEYRING_ROOM];

	t.text = case_text(t.b);
	t.keyring_size = keyring_write(t.b, keyring, bytes);
	t.keyring = elf_builder_section(t.b, ".init.rodata.keyring", SHT_PROGBITS, SHF_ALLOC, bytes, t.keyring_size, 8);
	t.data = elf_builder_section(t.b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 8);
	t.keyring_symbol = elf_builder_symbol(t.b, "", CASE_SECTION, 0, t.keyring, 0, 0);
	t.symbols = keyring_define(t.b, keyring, t.keyring, 0);
	elf_builder_relocation(t.b, t.text, 0, R_X86_64_32, t.symbols.list, 0);
	return t;
}

static const struct keyring plain = {.module = &test_certificate_p256, .slot = 64};

static struct target plain_target(void)
{
	return isolated(&plain);
}

/* The same keyring among other data, masked by its symbols. `at`: offset of the keyring in its section. */
enum { STOCK_AT = 64 };

static struct target stock(void)
{
	struct target t = {.b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64)};
	uint8_t bytes[KEYRING_ROOM] = {1};

	t.text = case_text(t.b);
	t.keyring_size = keyring_write(t.b, &plain, bytes + STOCK_AT);
	t.keyring = elf_builder_section(t.b, ".init.rodata", SHT_PROGBITS, SHF_ALLOC, bytes,
					STOCK_AT + t.keyring_size + 64, 8);
	t.symbols = keyring_define(t.b, &plain, t.keyring, STOCK_AT);
	elf_builder_relocation(t.b, t.text, 0, R_X86_64_32, t.symbols.list, 0);
	return t;
}

static void nothing_wrong(void **state)
{
	(void)state;
	assert_accepted(plain_target().b, "linux");
	assert_accepted(stock().b, "linux");
}

/* ------------------------------------------------------------------------------------------- the section's header */

struct header_attack {
	uint64_t flags, align, entsize;
	uint32_t type;
	const char *reason;
};

static void section_header(void **state)
{
	static const struct header_attack attacks[] = {
		{SHF_ALLOC | SHF_EXECINSTR, 8, 0, SHT_PROGBITS, "flags"},
		{SHF_ALLOC | SHF_WRITE, 8, 0, SHT_PROGBITS, "flags"},
		{SHF_ALLOC | SHF_MERGE, 8, 0, SHT_PROGBITS, "flags"},
		{SHF_ALLOC | SHF_TLS, 8, 0, SHT_PROGBITS, "flags"},
		{SHF_ALLOC | SHF_COMPRESSED, 8, 0, SHT_PROGBITS, "flags"},
		{0, 8, 0, SHT_PROGBITS, "flags"},
		{SHF_ALLOC, 4096, 0, SHT_PROGBITS, "alignment"},
		{SHF_ALLOC, 8, 1, SHT_PROGBITS, "alignment or entry size"},
		{SHF_ALLOC, 8, 0, SHT_INIT_ARRAY, "type"},
		{SHF_ALLOC, 8, 0, SHT_NOBITS, "type"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		struct target t = plain_target();
		struct elf_builder_section *s = elf_builder_at(t.b, t.keyring);

		s->flags = attacks[i].flags;
		s->align = attacks[i].align;
		s->entsize = attacks[i].entsize;
		if (attacks[i].type == SHT_NOBITS) {
			free(s->bytes);
			s->bytes = NULL;
		}
		s->type = attacks[i].type;
		assert_refused(t.b, "linux", attacks[i].reason);
	}
}

static void section_links_and_address(void **state)
{
	struct target t;
	size_t size;

	(void)state;
	t = plain_target();
	elf_builder_finish(t.b, &size);
	elf_set_section(t.b, t.keyring, sh_link, t.text);
	assert_refused(t.b, "linux", "sh_link, sh_info or sh_addr");
	t = plain_target();
	elf_builder_finish(t.b, &size);
	elf_set_section(t.b, t.keyring, sh_info, 7);
	assert_refused(t.b, "linux", "sh_link, sh_info or sh_addr");
	t = plain_target();
	elf_builder_finish(t.b, &size);
	elf_set_section(t.b, t.keyring, sh_addr, 0x1000);
	assert_refused(t.b, "linux", "sh_link, sh_info or sh_addr");
}

/* ----------------------------------------------------------------------------- what is not allocated, but is read */

static struct digest_of digest_in(struct elf_builder *b, enum hashsect_scope scope)
{
	struct hashsect_policy *policy;
	struct elfsect_error error;
	struct digest_of d;
	size_t size;
	const uint8_t *image = elf_builder_finish(b, &size);

	assert_int_equal(hashsect_policy_builtin("strict", &policy, &error), 0);
	d = digest_of_bytes(image, size, policy, scope);
	hashsect_policy_free(policy);
	return d;
}

/* Is the digest of scope loaded that of the file without the section? */
static void assert_section_counts(const char *name, uint32_t type, uint64_t flags, bool counts)
{
	struct elf_builder *without = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64),
			   *with = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
	struct digest_of a, b;

	case_text(without);
	case_text(with);
	elf_builder_section(with, name, type, flags, "bytes", 5, 1);
	a = digest_in(without, HASHSECT_SCOPE_LOADED);
	b = digest_in(with, HASHSECT_SCOPE_LOADED);
	assert_true(a.text[0]);
	if (!strcmp(a.text, b.text) == counts)
		fail_msg("a section %s of type 0x%x with flags 0x%jx %s in scope loaded", name, type, (uintmax_t)flags,
			 counts ? "does not count" : "counts");
	elf_builder_free(without);
	elf_builder_free(with);
}

/* Linux' module loader takes these whether they are allocated or not, some on some architectures only. */
static void sections_by_name(void **state)
{
	static const char *const names[] = {
		".altinstructions", ".retpoline_sites",
		".return_sites",    ".call_sites",
		".cfi_sites",	    ".ibt_endbr_seal",
		".smp_locks",	    ".orc_unwind",
		".orc_unwind_ip",   ".BTF",
		".BTF.base",	    ".alternative",
		"__ftr_fixup",	    ".opd",
		"__dbe_table",	    ".plt",
		".stubs",	    ".debug",
		".debugged",	    ".comment.x",
		".gnu_debuglink2",  "comment",
		".note.x",	    "",
	};
	static const char *const debuggers[] = {".debug_info", ".debug_x",	 ".zdebug_line",
						".comment",    ".gnu_debuglink", ".gnu_debugaltlink"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_section_counts(names[i], SHT_PROGBITS, 0, true);
	for (size_t i = 0; i < sizeof(debuggers) / sizeof(debuggers[0]); i++) {
		assert_section_counts(debuggers[i], SHT_PROGBITS, 0, false);
		assert_section_counts(debuggers[i], SHT_PROGBITS, SHF_ALLOC, true);
		assert_section_counts(debuggers[i], SHT_NOTE, 0, true);
		assert_section_counts(debuggers[i], SHT_STRTAB, 0, true);
	}
	assert_section_counts(".llvm_addrsig", 0x6fff4c03, 0, false);
	assert_section_counts(".llvm_addrsig", SHT_PROGBITS, 0, true);
	assert_section_counts(".return_sites", 0x6fff4c03, 0, true);
}

/* Relocations of a debug section: by their own name they are something else. */
static void relocations_by_name(void **state)
{
	static const char *const names[] = {".rela.debug_info", ".rel.debug_info", ".rela.debug_line", ".rela.plt"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct digest_of d[2];

		for (unsigned int k = 0; k < 2; k++) {
			struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
			const uint32_t text = case_text(b),
				       debug = elf_builder_section(b, ".debug_info", SHT_PROGBITS, 0, NULL, 16, 1);
			uint32_t table = elf_builder_relocation(
				b, debug, k, 1, elf_builder_symbol(b, "f", CASE_FUNCTION, 0, text, 0, 0), 0);
			struct elf_builder_section *s = elf_builder_at(b, table);

			free(s->name);
			s->name = strdup(names[i]);
			d[k] = digest_in(b, HASHSECT_SCOPE_LOADED);
			assert_true(d[k].text[0]);
			elf_builder_free(b);
		}
		assert_int_equal(!strcmp(d[0].text, d[1].text), i == 0);
	}
}

/* Tables whose bytes are not what counts must not have a name that is read for something else. */
static void tables_by_name(void **state)
{
	static const char *const tables[] = {".symtab", ".strtab", ".shstrtab", ".rela.text", ".group"};
	static const char *const names[] = {".altinstructions", ".symtab_", ".debug_x", "rela", ""};

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			struct target t = plain_target();
			const uint32_t place = elf_builder_section(t.b, names[k], SHT_PROGBITS, 0, "x", 1, 1);
			uint64_t table, name;
			size_t size;

			elf_builder_group(t.b, elf_builder_symbol(t.b, "sig", CASE_LOCAL, 0, t.data, 0, 0), 0, &t.data,
					  1);
			elf_builder_finish(t.b, &size);
			/* The two exchange their names. */
			table = elf_builder_section_header(t.b, elf_builder_find(t.b, tables[i]));
			name = elf_builder_get(t.b, table, ELF_FIELD(Shdr, sh_name));
			elf_builder_set(
				t.b, table, ELF_FIELD(Shdr, sh_name),
				elf_builder_get(t.b, elf_builder_section_header(t.b, place), ELF_FIELD(Shdr, sh_name)));
			elf_set_section(t.b, place, sh_name, name);
			assert_refused(t.b, "linux", "not named like one");
		}
}

/* Linux reads what sh_offset and sh_size say: of a section without bytes somebody else's. */
static void nobits_not_allocated(void **state)
{
	struct target t = plain_target();
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);

	(void)state;
	elf_builder_section(t.b, ".altinstructions", SHT_NOBITS, 0, NULL, 16, 1);
	assert_refused(t.b, "linux", "without bytes, not allocated, but with a size");
	case_text(b);
	elf_builder_section(b, ".altinstructions", SHT_NOBITS, 0, NULL, 0, 1);
	elf_builder_section(b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 16, 1);
	assert_accepted(b, "linux");
}

/* What strip --strip-debug drops: a section's own symbol that nothing refers to. Any other one counts. */
static void section_symbols(void **state)
{
	struct digest_of d[7];

	(void)state;
	for (unsigned int i = 0; i < 7; i++) {
		struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
		const uint32_t text = case_text(b), data = elf_builder_section(b, ".BTF", SHT_PROGBITS, 0, "t", 1, 1);
		uint32_t symbol;

		elf_builder_symbol_table(b);
		if (i) {
			symbol = elf_builder_symbol(b, i == 2 ? ".BTF" : "", CASE_SECTION, i == 3 ? STV_HIDDEN : 0,
						    data, i == 4, i == 5);
			if (i == 6)
				elf_builder_relocation(b, text, 0, R_X86_64_32, symbol, 0);
		}
		d[i] = digest_in(b, HASHSECT_SCOPE_LOADED);
		assert_true(d[i].text[0]);
		elf_builder_free(b);
	}
	assert_string_equal(d[0].text, d[1].text);
	for (unsigned int i = 2; i < 7; i++)
		assert_string_not_equal(d[0].text, d[i].text);
}

/* gdb, readers of DWARF, nm and ld -R use sh_addr of relocatable files, too; of what ld 2.44 writes only whether it is
 * 0. */
static void addresses(void **state)
{
	enum { NOTHING, SYMBOL, SECTION_SYMBOL, NAMED_SECTION_SYMBOL, BYTES, ALLOCATED, ALLOCATED_BYTES, KINDS };

	(void)state;
	for (unsigned int kind = NOTHING; kind < KINDS; kind++) {
		struct digest_of d[3];

		for (unsigned int i = 0; i < 3; i++) {
			struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
			const uint32_t text = case_text(b);
			const uint32_t s =
				elf_builder_section(b, ".debug_x", SHT_PROGBITS, kind >= ALLOCATED ? SHF_ALLOC : 0,
						    NULL, kind == BYTES || kind == ALLOCATED_BYTES, 1);

			elf_builder_at(b, s)->addr = i * 0x20;
			if (kind == SYMBOL)
				elf_builder_symbol(b, "in", CASE_LOCAL, 0, s, 0, 0);
			if (kind == SECTION_SYMBOL || kind == NAMED_SECTION_SYMBOL) {
				const uint32_t own = elf_builder_symbol(b, "", CASE_SECTION, 0, s, 0, 0);

				if (kind == NAMED_SECTION_SYMBOL)
					elf_builder_relocation(b, text, 0, R_X86_64_32, own, 0);
			}
			d[i] = digest_in(b, HASHSECT_SCOPE_FILE);
			assert_true(d[i].text[0]);
			elf_builder_free(b);
		}
		assert_string_not_equal(d[0].text, d[1].text);
		assert_int_equal(!strcmp(d[1].text, d[2].text), kind == NOTHING || kind == SECTION_SYMBOL);
	}
}

static void address_of_an_empty_section(void **state)
{
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);

	(void)state;
	case_text(b);
	elf_builder_at(b, elf_builder_section(b, ".module_hashes", SHT_PROGBITS, SHF_ALLOC, NULL, 0, 8))->addr = 0x20;
	elf_builder_symbol_table(b);
	assert_refused(b, "linux", "sh_link, sh_info or sh_addr");
}

static void second_section_of_the_name(void **state)
{
	struct target t = plain_target();

	(void)state;
	elf_builder_section(t.b, ".init.rodata.keyring", SHT_PROGBITS, SHF_ALLOC, "x", 1, 8);
	assert_refused(t.b, "linux", "several sections of this name");
}

static void section_too_large(void **state)
{
	struct target t = isolated(&(struct keyring){.slot = 16});
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);

	(void)state;
	assert_accepted(t.b, "linux");
	elf_builder_section(b, ".init.rodata.keyring", SHT_PROGBITS, SHF_ALLOC, NULL, 0x40001, 8);
	assert_refused(b, "linux", "262145 bytes, the policy allows 262144");
}

static void group_and_link_order(void **state)
{
	struct target t = plain_target();
	uint32_t section;
	size_t size;

	(void)state;
	elf_builder_group(t.b, t.symbols.list, GRP_COMDAT, &t.keyring, 1);
	elf_builder_at(t.b, t.keyring)->flags = SHF_ALLOC;
	assert_refused(t.b, "linux", "a member is a section that the policy excludes");

	t = plain_target();
	section = elf_builder_section(t.b, ".ordered", SHT_PROGBITS, SHF_ALLOC | SHF_LINK_ORDER, "x", 1, 1);
	elf_builder_finish(t.b, &size);
	elf_set_section(t.b, section, sh_link, t.keyring);
	assert_refused(t.b, "linux", "its sh_link is a section that the policy excludes");
}

/* -------------------------------------------------------------------------------------------------- relocations */

static void relocation_into_the_section(void **state)
{
	struct target t = plain_target();

	(void)state;
	elf_builder_relocation(t.b, t.keyring, 8, R_X86_64_32, t.symbols.list, 0);
	assert_refused(t.b, "linux", "applies to a section that the policy excludes");
}

/* A reference to bytes that nothing names: through the section symbol. */
static void relocation_through_the_section_symbol(void **state)
{
	struct target t = plain_target();

	(void)state;
	elf_builder_relocation(t.b, t.data, 8, R_X86_64_32, t.keyring_symbol, 100);
	assert_refused(t.b, "linux", "section or mapping symbol of a section that the policy excludes");
}

static void relocation_across_an_edge(void **state)
{
	const uint64_t end = STOCK_AT + test_certificate_p256.size;
	const struct {
		uint64_t offset;
		uint32_t type;
		bool refused;
	} cases[] = {
		{STOCK_AT - 8, R_X86_64_64, false},
		{STOCK_AT - 4, R_X86_64_32, false},
		{STOCK_AT - 7, R_X86_64_64, true},
		{STOCK_AT - 4, R_X86_64_64, true},
		{STOCK_AT - 3, R_X86_64_32, true},
		{STOCK_AT - 1, R_X86_64_16, true},
		{STOCK_AT, R_X86_64_8, true},
		{end - 1, R_X86_64_8, true},
		{STOCK_AT - 15, R_X86_64_TLSDESC, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target t = stock();

		elf_builder_relocation(t.b, t.keyring, cases[i].offset, cases[i].type, t.symbols.list, 0);
		if (cases[i].refused)
			assert_refused(t.b, "linux", "patches bytes that rule keyring excludes");
		else
			assert_accepted(t.b, "linux");
	}
}

/* On a machine that is not known, a relocation may be 16 bytes wide. */
static void relocation_of_unknown_width(void **state)
{
	(void)state;
	for (unsigned int before = 15; before <= 16; before++) {
		struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2MSB, ET_REL, EM_SPARCV9);
		uint8_t bytes[KEYRING_ROOM] = {1};
		const size_t size = keyring_write(b, &plain, bytes + STOCK_AT);
		const uint32_t section =
			elf_builder_section(b, ".init.rodata", SHT_PROGBITS, SHF_ALLOC, bytes, STOCK_AT + size, 8);
		const struct keyring_symbols symbols = keyring_define(b, &plain, section, STOCK_AT);

		elf_builder_relocation(b, section, STOCK_AT - before, 54, symbols.list, 0);
		if (before == 15)
			assert_refused(b, "linux", "patches bytes that rule keyring excludes");
		else
			assert_accepted(b, "linux");
	}
}

/* ------------------------------------------------------------------------------------------------------ symbols */

static void foreign_symbol(void **state)
{
	struct target t = plain_target();

	(void)state;
	elf_builder_symbol(t.b, "hook", CASE_GLOBAL, 0, t.keyring, 16, 0);
	assert_refused(t.b, "linux", "defined in an excluded section, but not named by the policy");
}

static void moved_symbol(void **state)
{
	struct target t = plain_target();
	size_t size;

	(void)state;
	elf_builder_finish(t.b, &size);
	elf_set_symbol(t.b, t.symbols.list, st_value, 4);
	assert_refused(t.b, "linux", "symbol system_certificate_list is at 0x4, the content puts it at 0x0");
	t = plain_target();
	elf_builder_finish(t.b, &size);
	elf_set_symbol(t.b, t.symbols.module_size, st_value, t.keyring_size - 16);
	assert_refused(t.b, "linux", "module_cert_size");
}

static void symbol_attributes(void **state)
{
	static const struct {
		uint8_t info, other;
		uint64_t size;
		const char *reason;
	} attacks[] = {
		{ELF64_ST_INFO(STB_WEAK, STT_NOTYPE), 0, 0, "binding, type or visibility"},
		{ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 0, "binding, type or visibility"},
		{ELF64_ST_INFO(STB_GLOBAL, STT_GNU_IFUNC), 0, 0, "binding, type or visibility"},
		{CASE_GLOBAL, STV_HIDDEN, 0, "binding, type or visibility"},
		{CASE_GLOBAL, 0, 16, "st_size is not 0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		struct target t = plain_target();
		size_t size;

		elf_builder_finish(t.b, &size);
		elf_set_symbol(t.b, t.symbols.list, st_info, attacks[i].info);
		elf_set_symbol(t.b, t.symbols.list, st_other, attacks[i].other);
		elf_set_symbol(t.b, t.symbols.list, st_size, attacks[i].size);
		assert_refused(t.b, "linux", attacks[i].reason);
	}
}

static void undefined_symbol_attributes(void **state)
{
	struct elf_builder *b;
	uint32_t text, symbol;

	(void)state;
	for (int attack = 0; attack < 5; attack++) {
		const uint8_t info = attack == 1   ? ELF64_ST_INFO(STB_WEAK, STT_NOTYPE)
				     : attack == 2 ? ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT)
						   : CASE_GLOBAL;

		b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
		text = case_text(b);
		symbol = elf_builder_symbol(b, "system_certificate_list", info, attack == 3 ? STV_PROTECTED : 0,
					    SHN_UNDEF, 0, 0);
		if (attack != 4)
			elf_builder_relocation(b, text, 0, R_X86_64_64, symbol, 0);
		if (attack == 4)
			assert_refused(b, "linux",
				       "an undefined symbol of the policy that no relocation in scope names");
		else if (attack)
			assert_refused(b, "linux", "an undefined symbol of the policy must be global");
		else
			assert_accepted(b, "linux");
	}
}

/* A definition that is withdrawn could come from elsewhere when the file is linked. */
static void withdrawn_definition(void **state)
{
	struct target t = plain_target();
	size_t size;

	(void)state;
	elf_builder_finish(t.b, &size);
	elf_set_symbol(t.b, t.symbols.list, st_shndx, SHN_UNDEF);
	assert_refused(t.b, "linux",
		       "system_certificate_list: undefined, though the section that should define it is there");
}

/* The section is there for the check, and the linker takes the name from elsewhere. */
static void definition_from_elsewhere(void **state)
{
	static const struct {
		uint32_t section;
		const char *reason;
	} cases[] = {
		{ELF_RESERVED(SHN_ABS), "absolute, common or otherwise not in a section"},
		{ELF_RESERVED(SHN_COMMON), "absolute, common or otherwise not in a section"},
		{SHN_UNDEF, "undefined, though the section that should define it is there"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);

		elf_builder_section(b, ".init.rodata.keyring", SHT_PROGBITS, SHF_ALLOC, test_certificate_p256.der,
				    test_certificate_p256.size, 8);
		elf_builder_symbol(b, "system_certificate_list", CASE_GLOBAL, 0, cases[i].section, 0, 0);
		assert_refused(b, "linux", cases[i].reason);
	}
}

/* Relocations that are hashed as bytes, or not at all, while policy symbols move the numbers in them. */
static void relocations_in_disguise(void **state)
{
	(void)state;
	for (int attack = 0; attack < 2; attack++) {
		struct target t = plain_target();
		const uint32_t section = elf_builder_relocation(t.b, t.data, 8, R_X86_64_64, t.symbols.list, 0);
		size_t size;

		elf_builder_finish(t.b, &size);
		if (attack)
			elf_set_section(t.b, section, sh_link, 0);
		else
			elf_set_section(t.b, section, sh_flags, SHF_ALLOC | SHF_INFO_LINK);
		if (attack)
			assert_refused(t.b, "linux", "relocations that are not linked to the symbol table");
		else
			assert_accepted(t.b, "linux"); /* as in live patches */
	}
}

/* A table of symbol indices, as clang makes it, means something else when an exclusion renumbers. */
static void symbol_indices_as_bytes(void **state)
{
	struct elf_builder *b;
	uint32_t section, text;
	size_t size;

	(void)state;
	for (int excluded = 0; excluded < 2; excluded++) {
		b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
		text = case_text(b);
		if (excluded)
			elf_builder_relocation(
				b, text, 0, R_X86_64_64,
				elf_builder_symbol(b, "module_cert_size", CASE_GLOBAL, 0, SHN_UNDEF, 0, 0), 0);
		section = elf_builder_section(b, ".llvm_addrsig", 0x6fff4c03, SHF_EXCLUDE, "\1", 1, 1);
		elf_builder_finish(b, &size);
		elf_set_section(b, section, sh_link, elf_builder_find(b, ".symtab"));
		if (excluded)
			assert_refused(b, "linux",
				       "it may hold numbers of sections or symbols, which are numbered anew");
		else
			assert_accepted(b, "linux");
	}
}

/* Order and unused bytes of a name table do not count: nobody else may look into it. */
static void name_table_of_somebody_else(void **state)
{
	struct digest_of d[2];

	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
		const uint32_t user = elf_builder_section(b, ".user", SHT_PROGBITS, 0, "12", 2, 1);
		const uint32_t data = elf_builder_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 8, 8);
		size_t size;

		elf_builder_symbol(b, swapped ? "bbb" : "aaa", CASE_GLOBAL, 0, data, swapped ? 4 : 0, 0);
		elf_builder_symbol(b, swapped ? "aaa" : "bbb", CASE_GLOBAL, 0, data, swapped ? 0 : 4, 0);
		elf_builder_finish(b, &size);
		elf_set_section(b, user, sh_link, elf_builder_find(b, ".strtab"));
		d[swapped] = digest_of_builder(b, "strict");
		assert_true(d[swapped].text[0]);
		elf_builder_free(b);
	}
	assert_string_not_equal(d[0].text, d[1].text);
}

static void symbol_in_two_places(void **state)
{
	struct target t = plain_target();

	(void)state;
	elf_builder_symbol(t.b, "__cert_list_start", CASE_LOCAL, 0, t.data, 0, 0);
	assert_refused(t.b, "linux", "__cert_list_start: defined more than once");
}

/* A keyring section for the check, and another list that the kernel uses. */
static void symbol_outside_the_section(void **state)
{
	struct target t = isolated(&(struct keyring){.module = &test_certificate_p256});

	(void)state;
	elf_builder_symbol(t.b, "system_extra_cert", CASE_GLOBAL, 0, t.data, 0, 64);
	assert_refused(t.b, "linux", "system_extra_cert: defined outside the section that the rule excludes");
}

static void second_section_symbol(void **state)
{
	struct target t = plain_target();

	(void)state;
	elf_builder_symbol(t.b, "", CASE_SECTION, 0, t.keyring, 0, 0);
	assert_refused(t.b, "linux", "not a plain single one");
}

static void mapping_symbols(void **state)
{
	struct target t = plain_target();

	(void)state;
	elf_builder_symbol(t.b, "$d", CASE_LOCAL, 0, t.keyring, 0, 0);
	assert_accepted(t.b, "linux");
	t = plain_target();
	elf_builder_symbol(t.b, "$d.12", CASE_LOCAL, 0, t.keyring, 0, 0);
	assert_accepted(t.b, "linux");
	t = plain_target();
	elf_builder_symbol(t.b, "$x", CASE_LOCAL, 0, t.keyring, 0, 0);
	assert_refused(t.b, "linux", "not named by the policy");
	t = plain_target();
	elf_builder_symbol(t.b, "$d.1234567890", CASE_LOCAL, 0, t.keyring, 0, 0);
	assert_refused(t.b, "linux", "not named by the policy");
	t = plain_target();
	elf_builder_symbol(t.b, "$d", CASE_LOCAL, 0, t.keyring, 8, 0);
	assert_refused(t.b, "linux", "not a plain single one");
}

/* ------------------------------------------------------------------------------------------------------ content */

static void change_keyring(struct target *t, uint64_t offset, uint8_t bit)
{
	elf_builder_at(t->b, t->keyring)->bytes[offset] ^= bit;
}

static void content(void **state)
{
	struct target t;

	(void)state;
	t = plain_target();
	change_keyring(&t, 0, 0x10);
	assert_refused(t.b, "linux", "certificate");
	t = plain_target();
	change_keyring(&t, test_certificate_p256.size / 2, 1);
	assert_refused(t.b, "linux", "certificate");
	t = plain_target(); /* the slot, which is not used */
	change_keyring(&t, test_certificate_p256.size + 10, 1);
	assert_refused(t.b, "linux", "a byte that should be zero");
	t = plain_target(); /* the word with its used length, little-endian */
	change_keyring(&t, t.keyring_size - 20, 1);
	assert_refused(t.b, "linux", "");
	t = plain_target(); /* the list's length */
	change_keyring(&t, t.keyring_size - 16, 1);
	assert_refused(t.b, "linux", "");
	t = plain_target(); /* the module certificate's length */
	change_keyring(&t, t.keyring_size - 8, 1);
	assert_refused(t.b, "linux", "");
}

static void bytes_after_the_keyring(void **state)
{
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
	uint8_t bytes[KEYRING_ROOM] = {0};
	const size_t size = keyring_write(b, &plain, bytes);
	uint32_t section;

	(void)state;
	section = elf_builder_section(b, ".init.rodata.keyring", SHT_PROGBITS, SHF_ALLOC, bytes, size + 16, 8);
	keyring_define(b, &plain, section, 0);
	assert_refused(b, "linux", "does not end where the keyring ends");
}

/* Configured certificates are build input: they are in the excluded section, and count. */
static void configured_certificates_count(void **state)
{
	struct target with =
		isolated(&(struct keyring){.module = &test_certificate_p256, .configured = &test_certificate_rsa2048});
	struct target without = isolated(&(struct keyring){.module = &test_certificate_p256});
	struct target other = isolated(&(struct keyring){.module = &test_certificate_rsa2048});
	const struct digest_of a = digest_of_builder(with.b, "linux"), b = digest_of_builder(without.b, "linux");
	const struct digest_of c = digest_of_builder(other.b, "linux");

	(void)state;
	assert_true(a.text[0] && b.text[0] && c.text[0]);
	assert_string_not_equal(a.text, b.text);
	assert_string_equal(b.text, c.text);
	elf_builder_free(with.b);
	elf_builder_free(without.b);
	elf_builder_free(other.b);
}

static void module_hashes(void **state)
{
	static const struct {
		uint64_t size;
		bool refused;
	} cases[] = {{0, false}, {32, false}, {36, false}, {64, false}, {33, true}, {37, true}, {0x100020, true}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);

		elf_builder_symbol_table(b);
		elf_builder_section(b, ".module_hashes", SHT_PROGBITS, SHF_ALLOC, NULL, cases[i].size, 8);
		if (cases[i].refused)
			assert_refused(b, "linux", "rule module-hashes");
		else
			assert_accepted(b, "linux");
	}
}

/* ------------------------------------------------------------------------------------------------ nothing to see */

/* A stripped file does not show what it lacks. */
static void stripped(void **state)
{
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);

	(void)state;
	elf_builder_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, "text", 4, 16);
	assert_refused(b, "linux", "the file has no symbol table, so what it lacks cannot be known");
}

/* Half of the names, so that neither the range nor "nothing" holds. */
static void half_a_keyring(void **state)
{
	struct target t;

	(void)state;
	t.b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
	t.data = elf_builder_section(t.b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 8);
	elf_builder_symbol(t.b, "system_certificate_list", CASE_GLOBAL, 0, t.data, 0, 0);
	assert_refused(t.b, "linux", "system_certificate_list: defined, but in no form that the rule can exclude");
	t.b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
	t.data = elf_builder_section(t.b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 8);
	elf_builder_symbol(t.b, "__module_cert_start", CASE_LOCAL, 0, t.data, 0, 0);
	assert_refused(t.b, "linux", "the end of the module certificate is not defined");
}

static void range_in_code(void **state)
{
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
	const uint32_t text = case_text(b);

	(void)state;
	elf_builder_symbol(b, "__start_module_hashes", CASE_GLOBAL, 0, text, 0, 0);
	elf_builder_symbol(b, "__stop_module_hashes", CASE_GLOBAL, 0, text, 32, 0);
	assert_refused(b, "linux", "an exclusion in an executable");
}

static void range_backwards(void **state)
{
	struct elf_builder *b = elf_builder_new(ELFCLASS64, ELFDATA2LSB, ET_REL, EM_X86_64);
	const uint32_t data = elf_builder_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 8);

	(void)state;
	elf_builder_symbol(b, "__start_module_hashes", CASE_GLOBAL, 0, data, 32, 0);
	elf_builder_symbol(b, "__stop_module_hashes", CASE_GLOBAL, 0, data, 0, 0);
	assert_refused(b, "linux", "before its start");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_wrong),
		cmocka_unit_test(section_header),
		cmocka_unit_test(section_links_and_address),
		cmocka_unit_test(address_of_an_empty_section),
		cmocka_unit_test(sections_by_name),
		cmocka_unit_test(relocations_by_name),
		cmocka_unit_test(tables_by_name),
		cmocka_unit_test(nobits_not_allocated),
		cmocka_unit_test(section_symbols),
		cmocka_unit_test(addresses),
		cmocka_unit_test(second_section_of_the_name),
		cmocka_unit_test(section_too_large),
		cmocka_unit_test(group_and_link_order),
		cmocka_unit_test(relocation_into_the_section),
		cmocka_unit_test(relocation_through_the_section_symbol),
		cmocka_unit_test(relocation_across_an_edge),
		cmocka_unit_test(relocation_of_unknown_width),
		cmocka_unit_test(foreign_symbol),
		cmocka_unit_test(moved_symbol),
		cmocka_unit_test(symbol_attributes),
		cmocka_unit_test(undefined_symbol_attributes),
		cmocka_unit_test(withdrawn_definition),
		cmocka_unit_test(definition_from_elsewhere),
		cmocka_unit_test(relocations_in_disguise),
		cmocka_unit_test(symbol_indices_as_bytes),
		cmocka_unit_test(name_table_of_somebody_else),
		cmocka_unit_test(symbol_in_two_places),
		cmocka_unit_test(symbol_outside_the_section),
		cmocka_unit_test(second_section_symbol),
		cmocka_unit_test(mapping_symbols),
		cmocka_unit_test(content),
		cmocka_unit_test(bytes_after_the_keyring),
		cmocka_unit_test(configured_certificates_count),
		cmocka_unit_test(module_hashes),
		cmocka_unit_test(stripped),
		cmocka_unit_test(half_a_keyring),
		cmocka_unit_test(range_in_code),
		cmocka_unit_test(range_backwards),
	};

	return cmocka_run_group_tests_name("attacks on relocatable files", tests, NULL, NULL);
}
