// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernel/keyring_layout.h"

#include <elf.h>
#include <string.h>

#include "view/select.h"
#include "view/view.h"

unsigned int keyring_align_of_machine(uint16_t machine)
{
	switch (machine) {
	case EM_AARCH64:
	case EM_ARM:
	case EM_LOONGARCH:
	case EM_MIPS:
	case EM_PPC:
	case EM_PPC64:
	case EM_RISCV:
		return KEYRING_ALIGN_POWER;
	}
	return KEYRING_ALIGN_BYTES;
}

unsigned int keyring_align_of_section(uint64_t align)
{
	return align == KEYRING_ALIGN_POWER ? KEYRING_ALIGN_POWER : KEYRING_ALIGN_BYTES;
}

static unsigned int align_in_doubt(const struct elfsect_view *view, uint32_t section)
{
	const uint64_t align = view->sections[section].align;

	return align > KEYRING_ALIGN_POWER ? keyring_align_of_machine(view->header.machine)
					   : keyring_align_of_section(align);
}

unsigned int keyring_align_of_symbols(const struct elfsect_view *view, uint32_t section, uint64_t start)
{
	struct wanted words[] = {{.name = "system_certificate_list_size"}, {.name = "module_cert_size"}};
	unsigned int fit = 0;

	if (!view->symtab)
		return align_in_doubt(view, section);
	symbols_find(view, words, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct elfsect_symbol *s = &words[i].symbol;

		if (words[i].count != 1 || s->section != section || s->value < start)
			continue;
		if ((s->value - start) % KEYRING_ALIGN_POWER)
			return KEYRING_ALIGN_BYTES;
		fit++;
	}
	/* One word may stand there by chance; two, one behind the other, do not. */
	return fit == 2 ? KEYRING_ALIGN_POWER : align_in_doubt(view, section);
}

bool keyring_starts_at(const struct elfsect_view *view, uint32_t section, uint64_t start)
{
	struct wanted list = {.name = "system_certificate_list"};

	if (!view->symtab)
		return false;
	symbols_find(view, &list, 1);
	return list.count == 1 && list.symbol.section == section && list.symbol.value == start;
}

bool keyring_has_word(const char *name)
{
	return !strcmp(name, "system_certificate_list_size") || !strcmp(name, "module_cert_size");
}

bool keyring_ends_with_zeros(uint16_t machine)
{
	return machine == EM_MIPS;
}
