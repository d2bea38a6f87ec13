// SPDX-License-Identifier: LGPL-2.1-or-later
/* Whether a policy is one (FORMAT.md 6.1), and what follows from it: numbers of symbols, canonical text, tag. */
#include "digest/policy_finish.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "digest/policy_lines.h"

static bool is_policy_name(const char *name)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789.+_-";
	const size_t length = strlen(name);

	return length >= 1 && length <= 32 && strchr(first, name[0]) && strspn(name, rest) == length;
}

static bool is_graphic(const char *name)
{
	if (!*name)
		return false;
	for (; *name; name++)
		if (*name < 0x21 || *name > 0x7e)
			return false;
	return true;
}

static const char *bad_section_match(const struct match *m)
{
	const uint64_t never = SHF_EXECINSTR | SHF_MERGE | SHF_LINK_ORDER | SHF_GROUP | SHF_TLS | SHF_COMPRESSED;

	if (m->flags & never)
		return "executable, mergeable, linked, grouped, TLS and compressed sections cannot be excluded";
	if (m->type != SHT_PROGBITS && m->type != SHT_NOTE)
		return "only PROGBITS (1) and NOTE (7) sections can be excluded";
	return NULL;
}

static int check_match(const struct rule *rule, size_t index, struct elfsect_error *error)
{
	static const char *const kinds[] = {
		[MATCH_SECTION] = "section",   [MATCH_ROLES] = "roles", [MATCH_RANGE] = "range",
		[MATCH_RANGE_SIZED] = "range", [MATCH_NOTE] = "note",	[MATCH_NOTHING] = "nothing",
	};
	const struct match *m = &rule->matches[index];
	const char *reason = m->kind == MATCH_SECTION ? bad_section_match(m) : NULL;

	if ((m->name && !is_graphic(m->name)) || (m->last && !is_graphic(m->last)))
		reason = "names have printable ASCII without spaces only";
	else if (!content_allows(rule->content, m->kind))
		return failure(error, EINVAL, "rule %s: match line %zu: 'match %s' does not go with content %s",
			       rule->name, index + 1, kinds[m->kind], rule->content->name);
	return reason ? failure(error, EINVAL, "rule %s: match line %zu: %s", rule->name, index + 1, reason) : 0;
}

/* Only list-start and list-end may have several names, and start and end. */
static bool role_is_single(enum symbol_role role)
{
	return role != ROLE_LIST_START && role != ROLE_LIST_END && role != ROLE_START && role != ROLE_END;
}

static int check_roles(const struct rule *rule, struct elfsect_error *error)
{
	for (size_t i = 0; i < rule->symbol_count; i++)
		for (size_t j = 0; j < i; j++)
			if (rule->symbols[i].role == rule->symbols[j].role && role_is_single(rule->symbols[i].role))
				return failure(error, EINVAL, "rule %s: symbol %s: a second one with role %s",
					       rule->name, rule->symbols[i].name,
					       symbol_role_name(rule->symbols[i].role));
	return 0;
}

static int check_rule(const struct hashsect_policy *policy, const struct rule *rule, struct elfsect_error *error)
{
	if (!is_policy_name(rule->name))
		return failure(error, EINVAL, "rule '%s': a name has 1 to 32 of a-z, 0-9 and .+_-", rule->name);
	for (const struct rule *other = policy->rules; other < rule; other++)
		if (!strcmp(other->name, rule->name))
			return failure(error, EINVAL, "rule %s: there are two of that name", rule->name);
	if (!rule->match_count)
		return failure(error, EINVAL, "rule %s: no match line", rule->name);
	for (size_t i = 0; i < rule->match_count; i++)
		if (check_match(rule, i, error))
			return -EINVAL;
	for (size_t i = 0; i < rule->symbol_count; i++) {
		const struct rule_symbol *s = &rule->symbols[i];

		if (!is_graphic(s->name))
			return failure(error, EINVAL, "rule %s: symbol line %zu: not a symbol name", rule->name, i + 1);
		if (rule->content->keyring_roles != (s->role < ROLE_START))
			return failure(error, EINVAL, "rule %s: symbol %s: role %s does not go with content %s",
				       rule->name, s->name, symbol_role_name(s->role), rule->content->name);
	}
	return check_roles(rule, error);
}

static int check_symbols(const struct hashsect_policy *policy, struct elfsect_error *error)
{
	uint32_t position = 0;

	for (size_t r = 0; r < policy->rule_count; r++)
		for (size_t i = 0; i < policy->rules[r].symbol_count; i++) {
			struct rule_symbol *symbol = &policy->rules[r].symbols[i];

			for (size_t q = 0; q <= r; q++)
				for (size_t j = 0; j < (q < r ? policy->rules[q].symbol_count : i); j++)
					if (!strcmp(policy->rules[q].symbols[j].name, symbol->name))
						return failure(error, EINVAL, "rule %s: symbol %s: stands in two lines",
							       policy->rules[r].name, symbol->name);
			symbol->position = position++;
		}
	return 0;
}

/* ------------------------------------------------------------------------------------------------ canonical text */

static char *canonical_text(const struct hashsect_policy *policy)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "hashsect-policy 1\nname %s\n", policy->name);
	for (size_t r = 0; r < policy->rule_count; r++) {
		const struct rule *rule = &policy->rules[r];

		fprintf(out, "rule %s\ncontent %s\nmax-size 0x%jx\noptional %s\n", rule->name, rule->content->name,
			(uintmax_t)rule->max_size, rule->optional ? "yes" : "no");
		for (size_t i = 0; i < rule->match_count; i++)
			match_print(out, &rule->matches[i]);
		for (size_t i = 0; i < rule->symbol_count; i++)
			rule_symbol_print(out, &rule->symbols[i]);
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static char *make_tag(const struct hashsect_policy *policy)
{
	uint8_t hash[32];
	char *tag, hex[9];

	if (policy->builtin)
		return strdup(policy->name);
	if (hash_once("sha256", policy->text, strlen(policy->text), hash))
		return NULL;
	text_hex(hash, 4, hex, sizeof(hex));
	return asprintf(&tag, "%s@%s", policy->name, hex) < 0 ? NULL : tag;
}

int policy_finish(struct hashsect_policy *policy, struct elfsect_error *error)
{
	int ret = 0;

	if (!is_policy_name(policy->name))
		return failure(error, EINVAL, "policy name '%s': a name has 1 to 32 of a-z, 0-9 and .+_-",
			       policy->name);
	if (!policy->builtin && (!strcmp(policy->name, "linux") || !strcmp(policy->name, "strict")))
		return failure(error, EINVAL, "policy name '%s': reserved for the built-in policy", policy->name);
	for (size_t i = 0; i < policy->rule_count && !ret; i++)
		ret = check_rule(policy, &policy->rules[i], error);
	if (!ret)
		ret = check_symbols(policy, error);
	if (ret)
		return ret;
	free(policy->text);
	free(policy->tag);
	policy->text = canonical_text(policy);
	policy->tag = policy->text ? make_tag(policy) : NULL;
	return policy->tag ? 0 : failure_errno(error, ENOMEM, "policy %s", policy->name);
}
