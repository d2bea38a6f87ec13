// SPDX-License-Identifier: LGPL-2.1-or-later
#include "view/view.h"
#include "view/relocation_types.h"

/* Relocation types of the psABIs whose field is one whole integer that holds symbol + addend [- place]. */
static const struct plain {
	uint16_t machine;
	uint16_t type;
	uint8_t width;
	bool relative;
} plains[] = {
	{EM_386, R_386_32, 4, false},
	{EM_386, R_386_16, 2, false},
	{EM_386, R_386_8, 1, false},
	{EM_386, R_386_PC32, 4, true},
	{EM_386, R_386_PC16, 2, true},
	{EM_386, R_386_PC8, 1, true},
	{EM_X86_64, R_X86_64_64, 8, false},
	{EM_X86_64, R_X86_64_32, 4, false},
	{EM_X86_64, R_X86_64_32S, 4, false},
	{EM_X86_64, R_X86_64_16, 2, false},
	{EM_X86_64, R_X86_64_8, 1, false},
	{EM_X86_64, R_X86_64_PC64, 8, true},
	{EM_X86_64, R_X86_64_PC32, 4, true},
	{EM_X86_64, R_X86_64_PLT32, 4, true},
	{EM_X86_64, R_X86_64_PC16, 2, true},
	{EM_X86_64, R_X86_64_PC8, 1, true},
	{EM_AARCH64, R_AARCH64_ABS64, 8, false},
	{EM_AARCH64, R_AARCH64_ABS32, 4, false},
	{EM_AARCH64, R_AARCH64_ABS16, 2, false},
	{EM_AARCH64, R_AARCH64_PREL64, 8, true},
	{EM_AARCH64, R_AARCH64_PREL32, 4, true},
	{EM_AARCH64, R_AARCH64_PREL16, 2, true},
	{EM_ARM, R_ARM_ABS32, 4, false},
	{EM_ARM, R_ARM_ABS16, 2, false},
	{EM_ARM, R_ARM_ABS8, 1, false},
	{EM_ARM, R_ARM_REL32, 4, true},
	{EM_PPC, R_PPC_ADDR32, 4, false},
	{EM_PPC, R_PPC_UADDR32, 4, false},
	{EM_PPC, R_PPC_REL32, 4, true},
	{EM_PPC64, R_PPC64_ADDR64, 8, false},
	{EM_PPC64, R_PPC64_UADDR64, 8, false},
	{EM_PPC64, R_PPC64_ADDR32, 4, false},
	{EM_PPC64, R_PPC64_REL64, 8, true},
	{EM_PPC64, R_PPC64_REL32, 4, true},
	{EM_S390, R_390_64, 8, false},
	{EM_S390, R_390_32, 4, false},
	{EM_S390, R_390_16, 2, false},
	{EM_S390, R_390_8, 1, false},
	{EM_S390, R_390_PC64, 8, true},
	{EM_S390, R_390_PC32, 4, true},
	{EM_MIPS, R_MIPS_32, 4, false},
	{EM_MIPS, R_MIPS_64, 8, false},
	{EM_RISCV, R_RISCV_64, 8, false},
	{EM_RISCV, R_RISCV_32, 4, false},
	{EM_RISCV, R_RISCV_32_PCREL, 4, true},
	{EM_LOONGARCH, R_LARCH_64, 8, false},
	{EM_LOONGARCH, R_LARCH_32, 4, false},
	{EM_LOONGARCH, 99 /* R_LARCH_32_PCREL */, 4, true},
	{EM_SPARCV9, R_SPARC_64, 8, false},
	{EM_SPARCV9, R_SPARC_UA64, 8, false},
	{EM_SPARCV9, R_SPARC_32, 4, false},
	{EM_SPARCV9, R_SPARC_UA32, 4, false},
	{EM_SPARC, R_SPARC_32, 4, false},
	{EM_SPARC, R_SPARC_UA32, 4, false},
	{EM_68K, R_68K_32, 4, false},
	{EM_68K, R_68K_PC32, 4, true},
};

unsigned int plain_addend(uint16_t machine, uint32_t type, bool *relative)
{
	for (size_t i = 0; i < sizeof(plains) / sizeof(plains[0]); i++) {
		if (plains[i].machine != machine || plains[i].type != type)
			continue;
		*relative = plains[i].relative;
		return plains[i].width;
	}
	*relative = false;
	return 0;
}

unsigned int patched_width(uint16_t machine, uint32_t type)
{
	bool relative;
	const unsigned int width = plain_addend(machine, type, &relative);

	return width ? width : elfsect_relocation_width(machine, type);
}
