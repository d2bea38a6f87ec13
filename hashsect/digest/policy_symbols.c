// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest/policy_symbols.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct known_symbol *known_symbol_find(const struct known_symbols *known, const struct rule *rule, const char *name)
{
	for (size_t i = 0; i < known->count; i++)
		if (known->list[i].rule == rule && !strcmp(known->list[i].name, name))
			return &known->list[i];
	return NULL;
}

static int add_name(struct known_symbols *known, const struct rule *rule, const struct rule_symbol *line,
		    const char *name)
{
	struct known_symbol *list;

	if (known_symbol_find(known, rule, name))
		return 0;
	list = reallocarray(known->list, known->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	known->list = list;
	list[known->count++] = (struct known_symbol){.rule = rule, .line = line, .name = name};
	return 0;
}

int known_symbols_make(const struct hashsect_policy *policy, struct known_symbols *known)
{
	int ret = 0;

	*known = (struct known_symbols){0};
	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct rule *rule = &policy->rules[i];

		for (size_t j = 0; j < rule->symbol_count && !ret; j++)
			ret = add_name(known, rule, &rule->symbols[j], rule->symbols[j].name);
		for (size_t j = 0; j < rule->match_count && !ret; j++) {
			const struct match *m = &rule->matches[j];

			if (m->kind == MATCH_RANGE || m->kind == MATCH_RANGE_SIZED)
				ret = add_name(known, rule, NULL, m->name);
			if (m->kind == MATCH_RANGE && !ret)
				ret = add_name(known, rule, NULL, m->last);
		}
	}
	return ret;
}

void known_symbols_clear(struct known_symbols *known)
{
	free(known->list);
	*known = (struct known_symbols){0};
}

void known_symbols_define(struct known_symbols *known, const struct elfsect_view *view)
{
	const uint32_t count = elfsect_symbol_count(view);

	for (uint32_t i = 1; i < count && known->count; i++) {
		const struct elfsect_symbol s = elfsect_symbol_get(view, i);

		for (size_t k = 0; k < known->count; k++) {
			struct known_symbol *one = &known->list[k];

			/* Nearly all differ here, and are not worth a call. */
			if (one->name[0] != s.name[0] || strcmp(one->name, s.name) != 0)
				continue;
			one->not_undefined += s.shndx != SHN_UNDEF;
			one->undefined += s.shndx == SHN_UNDEF;
			if (elfsect_symbol_is_defined(&s) && !one->defined++)
				one->symbol = s;
		}
	}
}

const struct known_symbol *known_symbol_of_role(const struct known_symbols *known, const struct rule *rule,
						enum symbol_role role, unsigned int n)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct known_symbol *one = &known->list[i];

		if (one->rule == rule && one->line && one->line->role == role && one->defined && !n--)
			return one;
	}
	return NULL;
}

uint64_t symbol_position(const struct elfsect_view *view, const struct elfsect_symbol *symbol)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	return elfsect_is_relocatable(view) ? symbol->value : symbol->value - sections[symbol->section].addr;
}
