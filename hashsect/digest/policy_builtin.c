// SPDX-License-Identifier: LGPL-2.1-or-later
/* The built-in policies (FORMAT.md section 6.2), and policies derived from others. */
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "digest/content.h"
#include "digest/policy_finish.h"
#include "digest/policy_lines.h"
#include "base/cleanup.h"

struct builtin_rule {
	const char *name, *reason;
	const char *content;
	uint64_t max_size;
	bool optional;
	const char *matches[6];
	const char *symbols[12];
};

static const struct builtin_rule linux_rules[] = {
	{
		.name = "keyring",
		.reason = "the certificate of the key that signs the modules is made during the build",
		.content = "x509-keyring",
		.max_size = 0x40000,
		.optional = true,
		.matches = {"section .init.rodata.keyring align=8,256", "roles", "nothing"},
		.symbols =
			{
				"system_certificate_list list-start global",
				"__cert_list_start list-start local",
				"__module_cert_start module-start local",
				"__module_cert_end module-end local",
				"__cert_list_end list-end local",
				"system_extra_cert slot global",
				"system_extra_cert_used slot-used global",
				"system_certificate_list_size list-size global",
				"module_cert_size module-size global",
			},
	},
	{
		.name = "module-hashes",
		.reason = "hashes of modules are put in after the modules were built",
		.content = "module-hashes",
		.max_size = 0x100000,
		.optional = true,
		.matches = {"section .module_hashes align=4,8,16,32",
			    "range __start_module_hashes..__stop_module_hashes", "range module_hashes_root+36",
			    "nothing"},
		.symbols = {"__start_module_hashes start global", "__stop_module_hashes end global",
			    "module_hashes_root start global object"},
	},
	{
		.name = "build-id",
		.reason = "the linker computes it from the bytes that the other rules leave out",
		.content = "build-id",
		.max_size = 20,
		.matches = {"note GNU 3 20", "nothing"},
	},
};

static int add_builtin_rule(struct hashsect_policy *policy, const struct builtin_rule *from,
			    struct elfsect_error *error)
{
	struct rule *rule = policy_add_rule(policy, from->name);
	int ret = 0;

	if (!rule)
		return failure_errno(error, ENOMEM, "policy");
	free(rule->reason);
	rule->reason = strdup(from->reason);
	if (!rule->reason)
		return failure_errno(error, ENOMEM, "policy");
	rule->content = content_class_find(from->content);
	rule->max_size = from->max_size;
	rule->optional = from->optional;
	for (const char *const *m = from->matches; *m && !ret; m++)
		ret = rule_parse_match(rule, *m, error);
	for (const char *const *s = from->symbols; *s && !ret; s++)
		ret = rule_parse_symbol(rule, *s, error);
	return ret;
}

int hashsect_policy_builtin(const char *name, struct hashsect_policy **out, struct elfsect_error *error)
{
	struct hashsect_policy *policy;
	int ret = 0;

	if (strcmp(name, "linux") && strcmp(name, "strict"))
		return failure(error, ENOENT, "there is no built-in policy '%s' (linux, strict)", name);
	policy = policy_new(name);
	if (!policy)
		return failure_errno(error, ENOMEM, "policy %s", name);
	policy->builtin = true;
	if (!strcmp(name, "linux"))
		for (size_t i = 0; i < sizeof(linux_rules) / sizeof(linux_rules[0]) && !ret; i++)
			ret = add_builtin_rule(policy, &linux_rules[i], error);
	if (!ret)
		ret = policy_finish(policy, error);
	if (ret)
		hashsect_policy_free(policy);
	else
		*out = policy;
	return ret;
}

/* ------------------------------------------------------------------------------------------------- derived ones */

static int copy_rule(struct hashsect_policy *to, const struct rule *from)
{
	struct rule *rule = policy_add_rule(to, from->name);

	if (!rule)
		return -ENOMEM;
	free(rule->reason);
	rule->reason = strdup(from->reason);
	rule->content = from->content;
	rule->max_size = from->max_size;
	rule->optional = from->optional;
	for (size_t i = 0; i < from->match_count; i++)
		if (!rule_add_match(rule, &from->matches[i]))
			return -ENOMEM;
	for (size_t i = 0; i < from->symbol_count; i++)
		if (!rule_add_symbol(rule, &from->symbols[i]))
			return -ENOMEM;
	return rule->reason ? 0 : -ENOMEM;
}

static int add_exclude_rule(struct hashsect_policy *policy, const char *section, const struct content_class *content,
			    const struct elfsect_view *view, struct elfsect_error *error)
{
	struct match m = {.kind = MATCH_SECTION, .type = 1, .flags = 2, .aligns = {8}, .align_count = 1};
	const struct match nothing = {.kind = MATCH_NOTHING};
	const struct elfsect_section *found;
	autofree char *name = NULL, *section_copy = strdup(section);
	unsigned int number = 1;
	struct rule *rule;
	int ret;

	for (size_t i = 0; i < policy->rule_count; i++)
		number += !strncmp(policy->rules[i].name, "exclude-", 8);
	if (!section_copy || asprintf(&name, "exclude-%u", number) < 0)
		return failure_errno(error, ENOMEM, "policy");
	ret = elfsect_section_find(view, section, &found, error);
	if (ret && ret != -ENOENT)
		return ret;
	if (!ret) {
		m.type = found->type;
		m.flags = found->flags;
		m.aligns[0] = found->align;
		m.entsize = found->entsize;
	}
	m.name = section_copy;
	rule = policy_add_rule(policy, name);
	if (!rule || !rule_add_match(rule, &m) || !rule_add_match(rule, &nothing))
		return failure_errno(error, ENOMEM, "policy");
	rule->content = content;
	rule->max_size = 0x100000;
	rule->optional = true;
	free(rule->reason);
	rule->reason = strdup("--exclude-section on the command line");
	return rule->reason ? 0 : failure_errno(error, ENOMEM, "policy");
}

int hashsect_policy_exclude(const struct hashsect_policy *from, const char *what, const struct elfsect_view *view,
			    struct hashsect_policy **out, struct elfsect_error *error)
{
	const char *colon = strrchr(what, ':');
	autofree char *section = colon ? strndup(what, (size_t)(colon - what)) : strdup(what);
	autofree char *name = NULL;
	const struct content_class *content = content_class_find(colon ? colon + 1 : "x509");
	struct hashsect_policy *policy;
	struct elfsect_error why;
	int ret = 0;

	if (!content)
		return failure(error, EINVAL, "--exclude-section %s: '%s' is no content class", what,
			       colon ? colon + 1 : "x509");
	if (asprintf(&name, "%s%s", from->name, strstr(from->name, "+exclude") ? "" : "+exclude") < 0)
		name = NULL;
	policy = name ? policy_new(name) : NULL;
	if (!policy || !section) {
		hashsect_policy_free(policy);
		return failure_errno(error, ENOMEM, "policy");
	}
	for (size_t i = 0; i < from->rule_count && !ret; i++)
		ret = copy_rule(policy, &from->rules[i]);
	if (ret)
		failure_errno(error, -ret, "policy");
	else
		ret = add_exclude_rule(policy, section, content, view, error);
	if (!ret) {
		ret = policy_finish(policy, &why);
		if (ret)
			error_set(error, "--exclude-section %s: %s", what, why.message);
	}
	if (ret)
		hashsect_policy_free(policy);
	else
		*out = policy;
	return ret;
}
