// SPDX-License-Identifier: LGPL-2.1-or-later
#include "view/relocation_types.h"

#include <elf.h>
#include <stddef.h>

#include "elfsect.h"

/* How a field holds symbol + addend: in a way of its own; as an integer; as one, less the place of the field. */
enum form { OPAQUE, SUM, DISTANCE };

/*
 * Ranges of types, both ends included; the first that fits counts. Types of the machines that the digest format lists
 * (hashsect/FORMAT.md, section 8, rule 4) and that are missing here are 8 bytes wide, those of other machines 16. A
 * width of the format can never change.
 */
static const struct relocation_type {
	uint16_t machine;
	uint16_t first, last;
	uint8_t width;
	uint8_t form;
} types[] = {
	{EM_386, R_386_32, R_386_32, 4, SUM},
	{EM_386, R_386_PC32, R_386_PC32, 4, DISTANCE},
	{EM_386, R_386_16, R_386_16, 2, SUM},
	{EM_386, R_386_PC16, R_386_PC16, 2, DISTANCE},
	{EM_386, R_386_8, R_386_8, 1, SUM},
	{EM_386, R_386_PC8, R_386_PC8, 1, DISTANCE},
	{EM_386, R_386_TLS_DESC, R_386_TLS_DESC, 8, OPAQUE},
	{EM_386, 0, 0xffff, 4, OPAQUE},
	{EM_X86_64, R_X86_64_64, R_X86_64_64, 8, SUM},
	{EM_X86_64, R_X86_64_PC32, R_X86_64_PC32, 4, DISTANCE},
	{EM_X86_64, R_X86_64_GOT32, R_X86_64_GOT32, 4, OPAQUE},
	{EM_X86_64, R_X86_64_PLT32, R_X86_64_PLT32, 4, DISTANCE},
	{EM_X86_64, R_X86_64_GOTPCREL, R_X86_64_GOTPCREL, 4, OPAQUE},
	{EM_X86_64, R_X86_64_32, R_X86_64_32S, 4, SUM},
	{EM_X86_64, R_X86_64_16, R_X86_64_16, 2, SUM},
	{EM_X86_64, R_X86_64_PC16, R_X86_64_PC16, 2, DISTANCE},
	{EM_X86_64, R_X86_64_8, R_X86_64_8, 1, SUM},
	{EM_X86_64, R_X86_64_PC8, R_X86_64_PC8, 1, DISTANCE},
	{EM_X86_64, R_X86_64_TLSGD, R_X86_64_TPOFF32, 4, OPAQUE},
	{EM_X86_64, R_X86_64_PC64, R_X86_64_PC64, 8, DISTANCE},
	{EM_X86_64, R_X86_64_GOTPC32, R_X86_64_GOTPC32, 4, OPAQUE},
	{EM_X86_64, R_X86_64_SIZE32, R_X86_64_SIZE32, 4, OPAQUE},
	{EM_X86_64, R_X86_64_GOTPC32_TLSDESC, R_X86_64_TLSDESC_CALL, 4, OPAQUE},
	{EM_X86_64, R_X86_64_TLSDESC, R_X86_64_TLSDESC, 16, OPAQUE},
	{EM_X86_64, R_X86_64_GOTPCRELX, R_X86_64_REX_GOTPCRELX, 4, OPAQUE},
	{EM_AARCH64, R_AARCH64_ABS64, R_AARCH64_ABS64, 8, SUM},
	{EM_AARCH64, R_AARCH64_ABS32, R_AARCH64_ABS32, 4, SUM},
	{EM_AARCH64, R_AARCH64_ABS16, R_AARCH64_ABS16, 2, SUM},
	{EM_AARCH64, R_AARCH64_PREL64, R_AARCH64_PREL64, 8, DISTANCE},
	{EM_AARCH64, R_AARCH64_PREL32, R_AARCH64_PREL32, 4, DISTANCE},
	{EM_AARCH64, R_AARCH64_PREL16, R_AARCH64_PREL16, 2, DISTANCE},
	{EM_AARCH64, 263, 299, 4, OPAQUE}, /* in instructions */
	{EM_AARCH64, 311, 315, 4, OPAQUE}, /* likewise */
	{EM_AARCH64, R_AARCH64_TLSDESC, R_AARCH64_TLSDESC, 16, OPAQUE},
	{EM_ARM, R_ARM_ABS32, R_ARM_ABS32, 4, SUM},
	{EM_ARM, R_ARM_REL32, R_ARM_REL32, 4, DISTANCE},
	{EM_ARM, R_ARM_ABS16, R_ARM_ABS16, 2, SUM},
	{EM_ARM, R_ARM_ABS8, R_ARM_ABS8, 1, SUM},
	{EM_ARM, R_ARM_CALL, R_ARM_JUMP24, 4, OPAQUE},
	{EM_ARM, R_ARM_TARGET1, R_ARM_TARGET1, 4, OPAQUE},
	{EM_ARM, R_ARM_TARGET2, R_ARM_PREL31, 4, OPAQUE},
	{EM_PPC64, R_PPC64_ADDR32, R_PPC64_ADDR32, 4, SUM},
	{EM_PPC64, R_PPC64_ADDR16, R_PPC64_ADDR16_HA, 2, OPAQUE},
	{EM_PPC64, R_PPC64_REL24, R_PPC64_REL14, 4, OPAQUE},
	{EM_PPC64, R_PPC64_REL32, R_PPC64_REL32, 4, DISTANCE},
	{EM_PPC64, R_PPC64_ADDR64, R_PPC64_ADDR64, 8, SUM},
	{EM_PPC64, R_PPC64_UADDR64, R_PPC64_UADDR64, 8, SUM},
	{EM_PPC64, R_PPC64_REL64, R_PPC64_REL64, 8, DISTANCE},
	{EM_S390, R_390_8, R_390_8, 1, SUM},
	{EM_S390, R_390_16, R_390_16, 2, SUM},
	{EM_S390, R_390_32, R_390_32, 4, SUM},
	{EM_S390, R_390_PC32, R_390_PC32, 4, DISTANCE},
	{EM_S390, R_390_GOT16, R_390_PC16, 2, OPAQUE},
	{EM_S390, R_390_PC32DBL, R_390_PC32DBL, 4, OPAQUE},
	{EM_S390, R_390_64, R_390_64, 8, SUM},
	{EM_S390, R_390_PC64, R_390_PC64, 8, DISTANCE},
	{EM_RISCV, R_RISCV_32, R_RISCV_32, 4, SUM},
	{EM_RISCV, R_RISCV_64, R_RISCV_64, 8, SUM},
	{EM_RISCV, R_RISCV_ADD8, R_RISCV_ADD8, 1, OPAQUE},
	{EM_RISCV, R_RISCV_ADD16, R_RISCV_ADD16, 2, OPAQUE},
	{EM_RISCV, R_RISCV_ADD32, R_RISCV_ADD32, 4, OPAQUE},
	{EM_RISCV, R_RISCV_SUB8, R_RISCV_SUB8, 1, OPAQUE},
	{EM_RISCV, R_RISCV_SUB16, R_RISCV_SUB16, 2, OPAQUE},
	{EM_RISCV, R_RISCV_SUB32, R_RISCV_SUB32, 4, OPAQUE},
	{EM_RISCV, 52, 54, 1, OPAQUE}, /* SUB6, SET6, SET8 */
	{EM_RISCV, R_RISCV_SET16, R_RISCV_SET16, 2, OPAQUE},
	{EM_RISCV, R_RISCV_SET32, R_RISCV_SET32, 4, OPAQUE},
	{EM_RISCV, R_RISCV_32_PCREL, R_RISCV_32_PCREL, 4, DISTANCE},
	{EM_RISCV, 59, 59, 4, OPAQUE},	/* PLT32 */
	{EM_RISCV, 60, 61, 16, OPAQUE}, /* SET_ULEB128, SUB_ULEB128 */
	/* From here on: machines of which the format says less, or nothing. */
	{EM_PPC, R_PPC_ADDR32, R_PPC_ADDR32, 4, SUM},
	{EM_PPC, R_PPC_UADDR32, R_PPC_UADDR32, 4, SUM},
	{EM_PPC, R_PPC_REL32, R_PPC_REL32, 4, DISTANCE},
	{EM_MIPS, R_MIPS_32, R_MIPS_32, 4, SUM},
	{EM_MIPS, R_MIPS_64, R_MIPS_64, 8, SUM},
	{EM_LOONGARCH, R_LARCH_32, R_LARCH_32, 4, SUM},
	{EM_LOONGARCH, R_LARCH_64, R_LARCH_64, 8, SUM},
	{EM_LOONGARCH, 99 /* R_LARCH_32_PCREL */, 99, 4, DISTANCE},
	{EM_LOONGARCH, 107, 108, 16, OPAQUE}, /* ADD_ULEB128, SUB_ULEB128 */
	{EM_SPARC, R_SPARC_32, R_SPARC_32, 4, SUM},
	{EM_SPARC, R_SPARC_UA32, R_SPARC_UA32, 4, SUM},
	{EM_SPARCV9, R_SPARC_32, R_SPARC_32, 4, SUM},
	{EM_SPARCV9, R_SPARC_UA32, R_SPARC_UA32, 4, SUM},
	{EM_SPARCV9, R_SPARC_64, R_SPARC_64, 8, SUM},
	{EM_SPARCV9, R_SPARC_UA64, R_SPARC_UA64, 8, SUM},
	{EM_68K, R_68K_32, R_68K_32, 4, SUM},
	{EM_68K, R_68K_PC32, R_68K_PC32, 4, DISTANCE},
};

static bool is_listed(uint16_t machine)
{
	switch (machine) {
	case EM_386:
	case EM_X86_64:
	case EM_AARCH64:
	case EM_ARM:
	case EM_PPC64:
	case EM_S390:
	case EM_RISCV:
	case EM_MIPS:
	case EM_PPC:
	case EM_LOONGARCH:
		return true;
	}
	return false;
}

/* Of these machines the format knows that no field is wider, no more. */
static bool is_listed_as_wide(uint16_t machine)
{
	return machine == EM_MIPS || machine == EM_PPC || machine == EM_LOONGARCH;
}

static const struct relocation_type *find(uint16_t machine, uint32_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].machine == machine && type >= types[i].first && type <= types[i].last)
			return &types[i];
	return NULL;
}

unsigned int relocation_patched_width(uint16_t machine, uint32_t type)
{
	const struct relocation_type *found = find(machine, type);

	return found ? found->width : is_listed(machine) ? 8 : 16;
}

unsigned int elfsect_relocation_width(uint16_t machine, uint32_t type)
{
	const unsigned int width = relocation_patched_width(machine, type);

	if (!is_listed(machine))
		return 16;
	return is_listed_as_wide(machine) && width < 8 ? 8 : width;
}

unsigned int relocation_integer_width(uint16_t machine, uint32_t type, bool *relative)
{
	const struct relocation_type *found = find(machine, type);

	*relative = found && found->form == DISTANCE;
	return found && found->form != OPAQUE ? found->width : 0;
}
