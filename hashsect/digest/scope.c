// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/scope.h"

#include <elf.h>
#include <string.h>

#include "base/text.h"

enum { LLVM_ADDRSIG = 0x6fff4c03, MIPS_DWARF = 0x7000001e };

/*
 * Sections whose contents only debuggers read, or, of the last kind, linkers. Nobody else looks for these names. Linux
 * picks sections by name alone, so the type counts, too: nothing that is not hashed as bytes may hide under them.
 */
static bool is_for_debuggers(const struct elfsect_view *view, const struct elfsect_section *s)
{
	if (s->flags & SHF_ALLOC)
		return false;
	if (s->type == LLVM_ADDRSIG)
		return !strcmp(s->name, ".llvm_addrsig");
	if (s->type != SHT_PROGBITS && !(s->type == MIPS_DWARF && elfsect_view_header(view)->machine == EM_MIPS))
		return false;
	return text_begins(s->name, ".debug_") || text_begins(s->name, ".zdebug_") || !strcmp(s->name, ".comment") ||
	       !strcmp(s->name, ".gnu_debuglink") || !strcmp(s->name, ".gnu_debugaltlink");
}

/* Relocations with the name that they have for this section. */
static bool are_named_for(const struct elfsect_section *s, const struct elfsect_section *target)
{
	static const struct {
		uint32_t type;
		const char *prefix;
	} kinds[] = {{SHT_REL, ".rel"}, {SHT_RELA, ".rela"}, {ELFSECT_SHT_CREL, ".crel"}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (s->type == kinds[i].type)
			return text_begins(s->name, kinds[i].prefix) &&
			       !strcmp(s->name + strlen(kinds[i].prefix), target->name);
	return false;
}

bool scope_loaded_has(const struct elfsect_view *view, const struct elfsect_section *s)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	if (s->flags & SHF_ALLOC)
		return true;
	if (!elfsect_is_relocatable(view) || s->type == SHT_GROUP || is_for_debuggers(view, s))
		return false;
	return !elfsect_section_info_is_index(s) || !is_for_debuggers(view, &sections[s->info]) ||
	       !are_named_for(s, &sections[s->info]);
}
