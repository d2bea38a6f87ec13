/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of a policy: where a file defines them, by its symbol table or, where it has none, by a map. */
#ifndef HASHSECT_POLICY_SYMBOLS_H
#define HASHSECT_POLICY_SYMBOLS_H

#include "digest/policy.h"

/* A name that a rule knows, and where the file defines it. */
struct known_symbol {
	const struct rule *rule;
	const struct rule_symbol *line; /* NULL: the name stands in a 'match range' only */
	const char *name;
	uint32_t defined;	      /* how many symbols of this name lie in a section */
	uint32_t not_undefined;	      /* how many have another st_shndx than 0 */
	uint32_t undefined;	      /* how many have st_shndx 0 */
	struct elfsect_symbol symbol; /* the first of those in a section */
};

struct known_symbols {
	struct known_symbol *list; /* owned; by rule, in the order of the policy */
	size_t count;
};

/* List the names of all rules, not yet defined. Returns 0 or -ENOMEM; the list is to be cleared in both cases. */
int known_symbols_make(const struct hashsect_policy *policy, struct known_symbols *known);
void known_symbols_clear(struct known_symbols *known);

/* Define them by the symbol table of a file. */
void known_symbols_define(struct known_symbols *known, const struct elfsect_view *view);

/* A name of a rule; NULL: it has no such name. */
struct known_symbol *known_symbol_find(const struct known_symbols *known, const struct rule *rule, const char *name);

/* The symbol of a rule with this role, the n-th from 0 where several have it, if it is defined; else NULL. */
const struct known_symbol *known_symbol_of_role(const struct known_symbols *known, const struct rule *rule,
						enum symbol_role role, unsigned int n);

/* Where in its section a symbol is: st_value, less the section's address in a linked file. */
uint64_t symbol_position(const struct elfsect_view *view, const struct elfsect_symbol *symbol);

#endif
