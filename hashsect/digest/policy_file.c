// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policy files, read by inih. */
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "digest/content.h"
#include "digest/policy_finish.h"
#include "digest/policy_lines.h"

struct reader {
	struct hashsect_policy *policy;
	struct elfsect_error why;
	char section[64];
	unsigned int seen; /* keys of the present section that may stand once; bits of enum key */
	bool failed;
};

enum key { KEY_NAME = 1, KEY_REASON = 2, KEY_CONTENT = 4, KEY_MAX_SIZE = 8, KEY_OPTIONAL = 16 };

static int once(struct reader *r, enum key key, const char *name, struct elfsect_error *why)
{
	if (r->seen & key)
		return failure(why, EINVAL, "%s stands twice", name);
	r->seen |= key;
	return 0;
}

static int set_string(char **field, const char *value, struct elfsect_error *why)
{
	free(*field);
	*field = strdup(value);
	return *field ? 0 : failure_errno(why, ENOMEM, "policy");
}

static int rule_key(struct reader *r, const char *name, const char *value, struct elfsect_error *why)
{
	struct rule *rule = &r->policy->rules[r->policy->rule_count - 1];

	if (!strcmp(name, "match"))
		return rule_parse_match(rule, value, why);
	if (!strcmp(name, "symbol"))
		return rule_parse_symbol(rule, value, why);
	if (!strcmp(name, "reason"))
		return once(r, KEY_REASON, name, why) ?: set_string(&rule->reason, value, why);
	if (!strcmp(name, "content")) {
		if (once(r, KEY_CONTENT, name, why))
			return -EINVAL;
		rule->content = content_class_find(value);
		return rule->content ? 0 : failure(why, EINVAL, "content '%s' is no content class", value);
	}
	if (!strcmp(name, "max-size")) {
		if (once(r, KEY_MAX_SIZE, name, why))
			return -EINVAL;
		return text_number(value, &rule->max_size) ? 0
							   : failure(why, EINVAL, "max-size '%s' is no number", value);
	}
	if (!strcmp(name, "optional")) {
		if (once(r, KEY_OPTIONAL, name, why))
			return -EINVAL;
		rule->optional = !strcmp(value, "yes");
		return rule->optional || !strcmp(value, "no") ? 0 : failure(why, EINVAL, "optional is yes or no");
	}
	return failure(why, EINVAL, "unknown key '%s'", name);
}

/* What a rule section must have had by its end. */
static int close_section(struct reader *r, struct elfsect_error *why)
{
	const unsigned int required = KEY_REASON | KEY_CONTENT | KEY_MAX_SIZE;
	const char *missing;

	if (!strcmp(r->section, "policy") || !r->section[0])
		return 0;
	missing = !(r->seen & KEY_REASON) ? "reason" : !(r->seen & KEY_CONTENT) ? "content" : "max-size";
	if ((r->seen & required) == required)
		return 0;
	return failure(why, EINVAL, "[%s] has no %s", r->section, missing);
}

static int open_section(struct reader *r, const char *section, struct elfsect_error *why)
{
	int ret = close_section(r, why);

	if (ret)
		return ret;
	r->seen = 0;
	if (strlen(section) >= sizeof(r->section) || (strcmp(section, "policy") && strncmp(section, "rule ", 5)))
		return failure(why, EINVAL, "[%s] is neither [policy] nor [rule NAME]", section);
	if (!strcmp(section, "policy") && r->section[0])
		return failure(why, EINVAL, "[policy] must be the first section and stand once");
	if (strcmp(section, "policy") && !r->section[0])
		return failure(why, EINVAL, "[policy] must be the first section");
	strcpy(r->section, section);
	if (strcmp(section, "policy") && !policy_add_rule(r->policy, section + 5))
		return failure_errno(why, ENOMEM, "policy");
	return 0;
}

/* inih calls this for each key; the return value 0 means an error, of which inih remembers the first line. */
static int on_key(void *context, const char *section, const char *name, const char *value)
{
	struct reader *r = context;
	struct elfsect_error *why = &r->why;
	int ret = 0;

	if (r->failed)
		return 0;
	if (!*section)
		ret = failure(why, EINVAL, "'%s' stands before the first [section]", name);
	else if (strcmp(section, r->section) != 0)
		ret = open_section(r, section, why);
	if (!ret && strcmp(section, "policy") != 0)
		ret = rule_key(r, name, value, why);
	else if (!ret && !strcmp(name, "name"))
		ret = once(r, KEY_NAME, name, why) ?: set_string(&r->policy->name, value, why);
	else if (!ret)
		ret = failure(why, EINVAL, "unknown key '%s'", name);
	r->failed = ret != 0;
	return !r->failed;
}

/* inih would cut a long line in two and take the rest for a line of its own. */
static int check_line_lengths(FILE *file)
{
	enum { LINE_LONGEST = 190 };
	int line = 1, length = 0;

	for (int c; (c = getc(file)) != EOF;) {
		length = c == '\n' ? 0 : length + 1;
		if (length > LINE_LONGEST || !c)
			return line;
		line += c == '\n';
	}
	rewind(file);
	return 0;
}

int hashsect_policy_load(const char *path, struct hashsect_policy **out, struct elfsect_error *error)
{
	autofclose FILE *file = fopen(path, "re");
	struct reader r = {0};
	int line, ret;

	if (!file)
		return failure_errno(error, errno, "%s", path);
	r.policy = policy_new("");
	if (!r.policy)
		return failure_errno(error, ENOMEM, "%s", path);
	line = check_line_lengths(file);
	if (line) {
		hashsect_policy_free(r.policy);
		return failure(error, EINVAL, "%s:%d: more than 190 bytes, or a zero byte, in the line", path, line);
	}
	line = ini_parse_file(file, on_key, &r);
	if (r.failed) {
		ret = failure(error, EINVAL, "%s:%d: %s", path, line, r.why.message);
	} else if (line || ferror(file)) {
		ret = line > 0 ? failure(error, EINVAL, "%s:%d: neither a [section] nor a key = value", path, line)
			       : failure_errno(error, EIO, "%s", path);
	} else if (!r.section[0]) {
		ret = failure(error, EINVAL, "%s: no [policy] section", path);
	} else {
		ret = close_section(&r, &r.why);
		if (!ret)
			ret = policy_finish(r.policy, &r.why);
		if (ret)
			error_set(error, "%s: %s", path, r.why.message);
	}
	if (ret)
		hashsect_policy_free(r.policy);
	else
		*out = r.policy;
	return ret;
}
