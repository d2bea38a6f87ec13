// SPDX-License-Identifier: LGPL-2.1-or-later
/* The names of a policy: where a file defines them, by its symbol table or, where it has none, by a map. */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "digest/map.h"
#include "digest/resolution.h"

static int add_known(struct resolution *r, const struct rule *rule, const struct rule_symbol *line, const char *name)
{
	struct known_symbol *known;

	for (size_t i = 0; i < r->known_count; i++)
		if (r->known[i].rule == rule && !strcmp(r->known[i].name, name))
			return 0;
	known = reallocarray(r->known, r->known_count + 1, sizeof(*known));
	if (!known)
		return -ENOMEM;
	r->known = known;
	known[r->known_count++] = (struct known_symbol){.rule = rule, .line = line, .name = name};
	return 0;
}

static int collect_names(struct resolution *r)
{
	int ret = 0;

	for (size_t i = 0; i < r->policy->rule_count; i++) {
		const struct rule *rule = &r->policy->rules[i];

		for (size_t j = 0; j < rule->symbol_count && !ret; j++)
			ret = add_known(r, rule, &rule->symbols[j], rule->symbols[j].name);
		for (size_t j = 0; j < rule->match_count && !ret; j++) {
			const struct match *m = &rule->matches[j];

			if (m->kind == MATCH_RANGE || m->kind == MATCH_RANGE_SIZED)
				ret = add_known(r, rule, NULL, m->name);
			if (m->kind == MATCH_RANGE && !ret)
				ret = add_known(r, rule, NULL, m->last);
		}
	}
	return ret;
}

static void find_symbols(struct resolution *r)
{
	const uint32_t count = elfsect_symbol_count(r->view);

	for (uint32_t i = 1; i < count && r->known_count; i++) {
		const struct elfsect_symbol s = elfsect_symbol_get(r->view, i);

		for (size_t k = 0; k < r->known_count; k++) {
			struct known_symbol *known = &r->known[k];

			if (strcmp(known->name, s.name) != 0)
				continue;
			known->not_undefined += s.shndx != SHN_UNDEF;
			known->undefined += s.shndx == SHN_UNDEF;
			if (elfsect_symbol_is_defined(&s) && !known->defined++)
				known->symbol = s;
		}
	}
}

struct known_symbol *known_symbol_find(const struct resolution *r, const struct rule *rule, const char *name)
{
	for (size_t i = 0; i < r->known_count; i++)
		if (r->known[i].rule == rule && !strcmp(r->known[i].name, name))
			return &r->known[i];
	return NULL;
}

const struct known_symbol *resolution_role(const struct resolution *r, const struct rule *rule, enum symbol_role role,
					   unsigned int n)
{
	for (size_t i = 0; i < r->known_count; i++) {
		const struct known_symbol *known = &r->known[i];

		if (known->rule == rule && known->line && known->line->role == role && known->defined && !n--)
			return known;
	}
	return NULL;
}

uint64_t symbol_position(const struct elfsect_view *view, const struct elfsect_symbol *symbol)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	return elfsect_is_relocatable(view) ? symbol->value : symbol->value - sections[symbol->section].addr;
}

int known_symbols_find(struct resolution *r, struct elfsect_error *error)
{
	if (collect_names(r))
		return failure_errno(error, ENOMEM, "%s: policy", elfsect_view_name(r->view));
	if (r->map && !elfsect_view_symtab(r->view))
		return map_define(r->map, r, error);
	find_symbols(r);
	return 0;
}
