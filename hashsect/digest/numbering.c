// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/numbering.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/cleanup.h"
#include "digest/scope.h"

static void set_bit(uint8_t *bits, uint32_t index)
{
	bits[index / 8] |= (uint8_t)(1u << (index % 8));
}

static bool has_bit(const uint8_t *bits, uint32_t index)
{
	return bits[index / 8] & (1u << (index % 8));
}

static int refuse_symbol(const struct resolution *r, uint32_t index, const struct elfsect_symbol *s, const char *reason,
			 struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: symbol %u (%s): %s", elfsect_view_name(r->view), index, s->name, reason);
}

static int refuse_section(const struct resolution *r, const struct elfsect_section *s, const char *reason,
			  struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: section %u (%s): %s", elfsect_view_name(r->view), s->index, s->name,
		       reason);
}

/* ----------------------------------------------------------------------------------------------------- sections */

static void number_sections(const struct resolution *r, enum hashsect_scope scope, struct numbers *n)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);

	for (uint32_t i = 1; i < count; i++) {
		const struct elfsect_section *s = &sections[i];
		bool in_scope = scope == HASHSECT_SCOPE_FILE || scope_loaded_has(r->view, s);

		if (s->type == SHT_SYMTAB_SHNDX || i == r->left_out || resolution_taken_out(r, i))
			in_scope = false;
		n->sections[i] = in_scope ? 1 : NUMBER_OUT_OF_SCOPE;
	}
	for (uint32_t i = 1; i < count; i++)
		if (section_in_scope(n, i))
			n->sections[i] = ++n->section_count;
}

static bool is_taken_out(uint32_t section, const void *resolution)
{
	return resolution_taken_out(resolution, section);
}

/* Nothing that counts may refer to a section that is taken out. */
static int check_references(const struct resolution *r, struct elfsect_error *error)
{
	static const char *const reasons[] = {
		[ELFSECT_NAMED_BY_LINK] = "its sh_link is a section that the policy excludes",
		[ELFSECT_NAMED_BY_INFO] = "it applies to a section that the policy excludes",
		[ELFSECT_NAMED_AS_MEMBER] = "a member is a section that the policy excludes",
	};
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);

	for (uint32_t i = 1; i < count; i++) {
		const struct elfsect_section *s = &sections[i];
		const enum elfsect_naming naming = resolution_taken_out(r, i)
							   ? ELFSECT_NOT_NAMED
							   : elfsect_section_names(r->view, s, is_taken_out, r);

		if (naming)
			return refuse_section(r, s, reasons[naming], error);
	}
	return 0;
}

/* ------------------------------------------------------------------------------------------------------ symbols */

static const struct rule_symbol *find_line(const struct resolution *r, const char *name, const struct exclusion **owner)
{
	for (size_t i = 0; i < r->policy->rule_count; i++) {
		const struct rule *rule = &r->policy->rules[i];

		if (r->exclusions[i].resolution != 'F' && r->exclusions[i].resolution != 'S')
			continue;
		for (size_t j = 0; j < rule->symbol_count; j++)
			if (!strcmp(rule->symbols[j].name, name)) {
				*owner = &r->exclusions[i];
				return &rule->symbols[j];
			}
	}
	return NULL;
}

static int check_policy_symbol(const struct resolution *r, uint32_t index, const struct elfsect_symbol *s,
			       const struct rule_symbol *line, struct elfsect_error *error)
{
	const int defined =
		ELF64_ST_INFO(line->global ? STB_GLOBAL : STB_LOCAL, line->object ? STT_OBJECT : STT_NOTYPE);

	if (s->shndx == SHN_UNDEF) {
		if (s->info != ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE) || s->value || s->size || s->other)
			return refuse_symbol(
				r, index, s,
				"an undefined symbol of the policy must be global, without type, size or visibility",
				error);
		return 0;
	}
	if (s->info != defined || s->other)
		return refuse_symbol(r, index, s, "binding, type or visibility are not those that the policy names",
				     error);
	return 0;
}

struct taken_symbols {
	uint32_t section;
	bool section_symbol, mapping_symbol;
};

/* "$d", or "$d." and up to 9 digits: where data begins, on ARM, AArch64 and RISC-V. */
static bool is_mapping_name(const char *name)
{
	const size_t digits = strncmp(name, "$d.", 3) ? 0 : strlen(name + 3);

	return !strcmp(name, "$d") || (digits >= 1 && digits <= 9 && strspn(name + 3, "0123456789") == digits);
}

/* A symbol of a section that is taken out, which the policy does not name: the section's own, or one mapping symbol. */
static int check_taken_symbol(const struct resolution *r, uint32_t index, const struct elfsect_symbol *s,
			      struct taken_symbols *seen, struct elfsect_error *error)
{
	uint32_t count;
	const struct elfsect_section *section = &elfsect_view_sections(r->view, &count)[s->section];
	bool *once;

	if (s->info == ELF64_ST_INFO(STB_LOCAL, STT_SECTION) && (!*s->name || !strcmp(s->name, section->name)))
		once = &seen->section_symbol;
	else if (s->info == ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE) && is_mapping_name(s->name))
		once = &seen->mapping_symbol;
	else
		return refuse_symbol(r, index, s, "defined in an excluded section, but not named by the policy", error);
	if (*once || s->value || s->size || s->other)
		return refuse_symbol(r, index, s,
				     "a section or mapping symbol of an excluded section, but not a plain single one",
				     error);
	*once = true;
	return 0;
}

/* It says nothing that its section does not say, and strip drops it where no relocation names it. */
static bool is_plain_section_symbol(const struct elfsect_symbol *s)
{
	return s->info == ELF64_ST_INFO(STB_LOCAL, STT_SECTION) && !*s->name && !s->value && !s->size && !s->other;
}

/*
 * Of a relocatable file everything that a linker or loader looks at: definitions, and what else is looked for. Symbols
 * that only a relocation makes count come later.
 */
static bool counts(const struct resolution *r, const struct elfsect_symbol *s, const struct numbers *n)
{
	if (n->scope == HASHSECT_SCOPE_FILE)
		return true;
	if (!elfsect_is_relocatable(r->view) || ELF64_ST_TYPE(s->info) == STT_FILE)
		return false;
	if (elfsect_symbol_is_defined(s) && is_plain_section_symbol(s))
		return false;
	return ELF64_ST_BIND(s->info) != STB_LOCAL || !elfsect_symbol_is_defined(s) || section_in_scope(n, s->section);
}

static int number_symbol(const struct resolution *r, uint32_t index, struct numbers *n, struct taken_symbols *seen,
			 struct elfsect_error *error)
{
	const struct elfsect_symbol s = elfsect_symbol_get(r->view, index);
	const struct exclusion *taken = resolution_taken_out(r, s.section), *owner = NULL;
	const struct rule_symbol *line = NULL;

	if (s.shndx == SHN_UNDEF || taken)
		line = find_line(r, s.name, &owner);
	if (line && (s.shndx == SHN_UNDEF || owner == taken)) {
		n->symbols[index] = NUMBER_POLICY_SYMBOL + line->position;
		return check_policy_symbol(r, index, &s, line, error);
	}
	if (taken) {
		n->symbols[index] = NUMBER_FORBIDDEN;
		return check_taken_symbol(r, index, &s, &seen[taken - r->exclusions], error);
	}
	if (elfsect_symbol_is_defined(&s) && ELF64_ST_TYPE(s.info) != STT_SECTION)
		set_bit(n->addressed, s.section);
	n->symbols[index] = 0; /* numbered below, if it is counted */
	if (counts(r, &s, n))
		set_bit(n->counted, index);
	return 0;
}

/* A group's signature must have a number. */
static int check_signatures(const struct resolution *r, const struct numbers *n, struct elfsect_error *error)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);

	for (uint32_t i = 1; i < count; i++)
		if (sections[i].type == SHT_GROUP && section_in_scope(n, i) &&
		    n->symbols[sections[i].info] == NUMBER_FORBIDDEN)
			return refuse_section(r, &sections[i], "its signature is a symbol of an excluded section",
					      error);
	return 0;
}

static void mark_used(const struct resolution *r, const struct numbers *n, uint8_t *used)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);
	const uint32_t symbols = elfsect_symbol_count(r->view);

	for (uint32_t i = 1; i < count; i++) {
		if (!section_in_scope(n, i) || !elfsect_relocations_are_symbolic(r->view, &sections[i]))
			continue;
		for (uint64_t k = 0, end = elfsect_relocation_count(r->view, &sections[i]); k < end; k++) {
			const uint32_t symbol = elfsect_relocation_get(r->view, &sections[i], k).symbol;

			if (symbol < symbols) /* else the records refuse it */
				set_bit(used, symbol);
		}
	}
}

/* Linkers search archives for an undefined symbol, and Linux refuses a module, whether something uses it or not. */
static int check_used(const struct resolution *r, const struct numbers *n, const uint8_t *used,
		      struct elfsect_error *error)
{
	for (uint32_t i = 1, count = elfsect_symbol_count(r->view); i < count; i++) {
		struct elfsect_symbol s;

		if (n->symbols[i] < NUMBER_POLICY_SYMBOL || n->symbols[i] == NUMBER_FORBIDDEN || has_bit(used, i))
			continue;
		s = elfsect_symbol_get(r->view, i);
		if (s.shndx == SHN_UNDEF)
			return refuse_symbol(
				r, i, &s, "an undefined symbol of the policy that no relocation in scope names", error);
	}
	return 0;
}

/* Is there a section whose address counts only if something is in it? */
static bool has_empty_at_address(const struct resolution *r)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);

	for (uint32_t i = 1; i < count; i++)
		if (address_is_of_nothing(r, &sections[i]) && sections[i].addr)
			return true;
	return false;
}

/* A section's own symbol is something, too, if a relocation names it. */
static void mark_addressed(const struct resolution *r, struct numbers *n, const uint8_t *used)
{
	for (uint32_t i = 1, count = elfsect_symbol_count(r->view); i < count; i++) {
		struct elfsect_symbol s;

		if (!has_bit(used, i))
			continue;
		s = elfsect_symbol_get(r->view, i);
		if (elfsect_symbol_is_defined(&s))
			set_bit(n->addressed, s.section);
	}
}

/* Only relocations make some symbols count, and only they excuse undefined ones of the policy: is one of these there?
 */
static bool uses_matter(const struct resolution *r, const struct numbers *n)
{
	if (!elfsect_is_relocatable(r->view) && n->scope == HASHSECT_SCOPE_LOADED)
		return false;
	if (has_empty_at_address(r))
		return true;
	for (size_t i = 0; i < r->known.count; i++)
		if (r->known.list[i].line && r->known.list[i].undefined)
			return true;
	return n->scope == HASHSECT_SCOPE_LOADED;
}

static int find_uses(const struct resolution *r, struct numbers *n, struct elfsect_error *error)
{
	const uint32_t count = elfsect_symbol_count(r->view);
	autofree uint8_t *used = calloc(count / 8 + 1, 1);

	if (!used)
		return failure_errno(error, ENOMEM, "%s: symbols", elfsect_view_name(r->view));
	mark_used(r, n, used);
	for (uint32_t i = 1; i < count && n->scope == HASHSECT_SCOPE_LOADED; i++)
		if (!n->symbols[i] && has_bit(used, i))
			set_bit(n->counted, i);
	mark_addressed(r, n, used);
	return check_used(r, n, used, error);
}

static int number_symbols(const struct resolution *r, struct numbers *n, struct elfsect_error *error)
{
	const uint32_t count = elfsect_symbol_count(r->view);
	autofree struct taken_symbols *seen = calloc(r->policy->rule_count + 1, sizeof(*seen));
	uint32_t next = 0;
	int ret = 0;

	if (!seen)
		return failure_errno(error, ENOMEM, "%s: symbols", elfsect_view_name(r->view));
	for (uint32_t i = 1; i < count && !ret; i++)
		ret = number_symbol(r, i, n, seen, error);
	if (!ret)
		ret = check_signatures(r, n, error);
	if (!ret && uses_matter(r, n))
		ret = find_uses(r, n, error);
	for (uint32_t i = 1; i < count && !ret; i++) {
		if (!symbol_is_counted(n, i))
			continue;
		n->symbols[i] = ++next;
		n->local_symbols += ELF64_ST_BIND(elfsect_symbol_get(r->view, i).info) == STB_LOCAL;
	}
	return ret;
}

int numbers_make(const struct resolution *r, enum hashsect_scope scope, struct numbers *n, struct elfsect_error *error)
{
	uint32_t count;
	const uint32_t symbols = elfsect_symbol_count(r->view);
	int ret;

	elfsect_view_sections(r->view, &count);
	*n = (struct numbers){
		.scope = scope,
		.sections = calloc((size_t)count + 1, sizeof(uint32_t)),
		.symbols = calloc((size_t)symbols + 1, sizeof(uint32_t)),
		.counted = calloc((size_t)symbols / 8 + 1, 1),
		.addressed = calloc((size_t)count / 8 + 1, 1),
	};
	if (!n->sections || !n->symbols || !n->counted || !n->addressed) {
		numbers_clear(n);
		return failure_errno(error, ENOMEM, "%s: canonical numbers", elfsect_view_name(r->view));
	}
	number_sections(r, scope, n);
	ret = check_references(r, error);
	if (!ret)
		ret = number_symbols(r, n, error);
	if (ret)
		numbers_clear(n);
	return ret;
}

void numbers_clear(struct numbers *n)
{
	free(n->sections);
	free(n->symbols);
	free(n->counted);
	free(n->addressed);
	*n = (struct numbers){0};
}
