// SPDX-License-Identifier: LGPL-2.1-or-later
/* Building, checking and printing policies. */
#include "digest/policy.h"

#include <stdio.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"

static const char *const content_names[] = {
	[CONTENT_X509_KEYRING] = "x509-keyring", [CONTENT_X509] = "x509", [CONTENT_MODULE_HASHES] = "module-hashes",
	[CONTENT_BUILD_ID] = "build-id",	 [CONTENT_ZERO] = "zero",
};

const char *content_class_name(enum content_class content)
{
	return content_names[content];
}

bool content_class_parse(const char *word, enum content_class *content)
{
	for (unsigned int i = 0; i < sizeof(content_names) / sizeof(content_names[0]); i++)
		if (!strcmp(word, content_names[i])) {
			*content = (enum content_class)i;
			return true;
		}
	return false;
}

/* ----------------------------------------------------------------------------------------------------- building */

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

/* ----------------------------------------------------------------------------------------------------- checking */

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

static const char *bad_match(const struct rule *rule, const struct match *m)
{
	const bool build_id = rule->content == CONTENT_BUILD_ID;

	if ((m->name && !is_graphic(m->name)) || (m->last && !is_graphic(m->last)))
		return "names have printable ASCII without spaces only";
	if (build_id != (m->kind == MATCH_NOTE) && m->kind != MATCH_NOTHING)
		return "'match note' and content build-id belong together";
	if (m->kind == MATCH_ROLES && rule->content != CONTENT_X509_KEYRING)
		return "'match roles' needs content x509-keyring";
	if ((m->kind == MATCH_RANGE || m->kind == MATCH_RANGE_SIZED) && rule->content == CONTENT_X509_KEYRING)
		return "content x509-keyring needs 'match section' or 'match roles'";
	return m->kind == MATCH_SECTION ? bad_section_match(m) : NULL;
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
	const bool keyring = rule->content == CONTENT_X509_KEYRING;

	if (!is_policy_name(rule->name))
		return failure(error, EINVAL, "rule '%s': a name has 1 to 32 of a-z, 0-9 and .+_-", rule->name);
	for (const struct rule *other = policy->rules; other < rule; other++)
		if (!strcmp(other->name, rule->name))
			return failure(error, EINVAL, "rule %s: there are two of that name", rule->name);
	if (!rule->match_count)
		return failure(error, EINVAL, "rule %s: no match line", rule->name);
	for (size_t i = 0; i < rule->match_count; i++) {
		const char *reason = bad_match(rule, &rule->matches[i]);

		if (reason)
			return failure(error, EINVAL, "rule %s: match line %zu: %s", rule->name, i + 1, reason);
	}
	for (size_t i = 0; i < rule->symbol_count; i++) {
		const struct rule_symbol *s = &rule->symbols[i];

		if (!is_graphic(s->name))
			return failure(error, EINVAL, "rule %s: symbol line %zu: not a symbol name", rule->name, i + 1);
		if (keyring != (s->role < ROLE_START))
			return failure(error, EINVAL, "rule %s: symbol %s: role %s does not go with content %s",
				       rule->name, s->name, symbol_role_name(s->role),
				       content_class_name(rule->content));
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

static void print_match(FILE *out, const struct match *m)
{
	switch (m->kind) {
	case MATCH_SECTION:
		fprintf(out, "match section %s type=0x%x flags=0x%jx align=", m->name, m->type, (uintmax_t)m->flags);
		for (unsigned int i = 0; i < m->align_count; i++)
			fprintf(out, "%s0x%jx", i ? "," : "", (uintmax_t)m->aligns[i]);
		fprintf(out, " entsize=0x%jx\n", (uintmax_t)m->entsize);
		break;
	case MATCH_ROLES:
		fputs("match roles\n", out);
		break;
	case MATCH_RANGE:
		fprintf(out, "match range %s..%s\n", m->name, m->last);
		break;
	case MATCH_RANGE_SIZED:
		fprintf(out, "match range %s+0x%jx\n", m->name, (uintmax_t)m->size);
		break;
	case MATCH_NOTE:
		fprintf(out, "match note %s 0x%x 0x%jx\n", m->name, m->type, (uintmax_t)m->size);
		break;
	case MATCH_NOTHING:
		fputs("match nothing\n", out);
		break;
	}
}

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

		fprintf(out, "rule %s\ncontent %s\nmax-size 0x%jx\noptional %s\n", rule->name,
			content_class_name(rule->content), (uintmax_t)rule->max_size, rule->optional ? "yes" : "no");
		for (size_t i = 0; i < rule->match_count; i++)
			print_match(out, &rule->matches[i]);
		for (size_t i = 0; i < rule->symbol_count; i++)
			fprintf(out, "symbol %s %s %s %s\n", rule->symbols[i].name,
				symbol_role_name(rule->symbols[i].role), rule->symbols[i].global ? "global" : "local",
				rule->symbols[i].object ? "object" : "notype");
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
	char *tag;

	if (policy->builtin)
		return strdup(policy->name);
	if (hash_once("sha256", policy->text, strlen(policy->text), hash))
		return NULL;
	return asprintf(&tag, "%s@%02x%02x%02x%02x", policy->name, hash[0], hash[1], hash[2], hash[3]) < 0 ? NULL : tag;
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
