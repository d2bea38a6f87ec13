// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policies in memory: building them, and letting them go. */
#include "digest/policy.h"

#include <stdlib.h>
#include <string.h>

static const char *const role_names[] = {
	[ROLE_LIST_START] = "list-start",
	[ROLE_MODULE_START] = "module-start",
	[ROLE_MODULE_END] = "module-end",
	[ROLE_LIST_END] = "list-end",
	[ROLE_SLOT] = "slot",
	[ROLE_SLOT_USED] = "slot-used",
	[ROLE_LIST_SIZE] = "list-size",
	[ROLE_MODULE_SIZE] = "module-size",
	[ROLE_START] = "start",
	[ROLE_END] = "end",
};

const char *symbol_role_name(enum symbol_role role)
{
	return role_names[role];
}

bool symbol_role_parse(const char *word, enum symbol_role *role)
{
	for (unsigned int i = 0; i < sizeof(role_names) / sizeof(role_names[0]); i++)
		if (!strcmp(word, role_names[i])) {
			*role = (enum symbol_role)i;
			return true;
		}
	return false;
}

struct hashsect_policy *policy_new(const char *name)
{
	struct hashsect_policy *policy = calloc(1, sizeof(*policy));

	if (policy)
		policy->name = strdup(name);
	if (policy && !policy->name) {
		free(policy);
		return NULL;
	}
	return policy;
}

struct rule *policy_add_rule(struct hashsect_policy *policy, const char *name)
{
	struct rule *rules = reallocarray(policy->rules, policy->rule_count + 1, sizeof(*rules));
	struct rule *rule;

	if (!rules)
		return NULL;
	policy->rules = rules;
	rule = &rules[policy->rule_count];
	*rule = (struct rule){.name = strdup(name), .reason = strdup(""), .max_size = 0};
	if (!rule->name || !rule->reason) {
		free(rule->name);
		free(rule->reason);
		return NULL;
	}
	policy->rule_count++;
	return rule;
}

struct match *rule_add_match(struct rule *rule, const struct match *match)
{
	struct match *matches = reallocarray(rule->matches, rule->match_count + 1, sizeof(*matches));
	struct match copy = *match;

	if (!matches)
		return NULL;
	rule->matches = matches;
	copy.name = match->name ? strdup(match->name) : NULL;
	copy.last = match->last ? strdup(match->last) : NULL;
	if ((match->name && !copy.name) || (match->last && !copy.last)) {
		free(copy.name);
		free(copy.last);
		return NULL;
	}
	matches[rule->match_count] = copy;
	return &matches[rule->match_count++];
}

struct rule_symbol *rule_add_symbol(struct rule *rule, const struct rule_symbol *symbol)
{
	struct rule_symbol *symbols = reallocarray(rule->symbols, rule->symbol_count + 1, sizeof(*symbols));

	if (!symbols)
		return NULL;
	rule->symbols = symbols;
	symbols[rule->symbol_count] = *symbol;
	symbols[rule->symbol_count].name = strdup(symbol->name);
	return symbols[rule->symbol_count].name ? &symbols[rule->symbol_count++] : NULL;
}

static void rule_clear(struct rule *rule)
{
	for (size_t i = 0; i < rule->match_count; i++) {
		free(rule->matches[i].name);
		free(rule->matches[i].last);
	}
	for (size_t i = 0; i < rule->symbol_count; i++)
		free(rule->symbols[i].name);
	free(rule->matches);
	free(rule->symbols);
	free(rule->name);
	free(rule->reason);
}

void hashsect_policy_free(struct hashsect_policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->rule_count; i++)
		rule_clear(&policy->rules[i]);
	free(policy->rules);
	free(policy->name);
	free(policy->text);
	free(policy->tag);
	free(policy);
}

const char *hashsect_policy_text(const struct hashsect_policy *policy)
{
	return policy->text;
}

const char *hashsect_policy_tag(const struct hashsect_policy *policy)
{
	return policy->tag;
}
