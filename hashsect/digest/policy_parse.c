// SPDX-License-Identifier: LGPL-2.1-or-later
/* The values of match and symbol lines, and policy files (read by inih). */
#include <stdio.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "digest/policy.h"
#include "base/cleanup.h"

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

static bool parse_number(const char *word, uint64_t *value)
{
	char *end;

	if (!word || *word < '0' || *word > '9')
		return false;
	errno = 0;
	*value = strtoull(word, &end, word[0] == '0' && (word[1] == 'x' || word[1] == 'X') ? 16 : 10);
	return !errno && !*end && end != word;
}

static bool parse_number32(const char *word, uint32_t *value)
{
	uint64_t wide;

	if (!parse_number(word, &wide) || wide > UINT32_MAX)
		return false;
	*value = (uint32_t)wide;
	return true;
}

enum { WORDS_MAX = 8 };

/* Cut a copy of the value into words; their number, or WORDS_MAX + 1 if there are more. */
static size_t split(char *text, char *words[WORDS_MAX])
{
	size_t n = 0;
	char *save = NULL;

	for (char *w = strtok_r(text, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
		if (n == WORDS_MAX)
			return WORDS_MAX + 1;
		words[n++] = w;
	}
	return n;
}

static bool parse_aligns(const char *list, struct match *m)
{
	for (m->align_count = 0; m->align_count < ALIGNS_MAX; list++) {
		const size_t length = strcspn(list, ",");
		char word[24];

		if (length >= sizeof(word))
			return false;
		memcpy(word, list, length);
		word[length] = '\0';
		if (!parse_number(word, &m->aligns[m->align_count++]))
			return false;
		list += length;
		if (!*list)
			return true;
	}
	return false;
}

static bool parse_section_option(const char *word, struct match *m)
{
	if (!strncmp(word, "type=", 5))
		return parse_number32(word + 5, &m->type);
	if (!strncmp(word, "flags=", 6))
		return parse_number(word + 6, &m->flags);
	if (!strncmp(word, "align=", 6))
		return parse_aligns(word + 6, m);
	if (!strncmp(word, "entsize=", 8))
		return parse_number(word + 8, &m->entsize);
	return false;
}

static bool parse_range(char *word, struct match *m)
{
	char *dots = strstr(word, ".."), *plus = strrchr(word, '+');

	m->name = word;
	if (dots) {
		m->kind = MATCH_RANGE;
		*dots = '\0';
		m->last = dots + 2;
		return *m->name && *m->last;
	}
	if (!plus || plus == word)
		return false;
	m->kind = MATCH_RANGE_SIZED;
	*plus = '\0';
	return parse_number(plus + 1, &m->size);
}

static bool parse_match_words(char **words, size_t n, struct match *m)
{
	if (n == 1 && !strcmp(words[0], "roles")) {
		m->kind = MATCH_ROLES;
		return true;
	}
	if (n == 1 && !strcmp(words[0], "nothing")) {
		m->kind = MATCH_NOTHING;
		return true;
	}
	if (n == 2 && !strcmp(words[0], "range"))
		return parse_range(words[1], m);
	if (n == 4 && !strcmp(words[0], "note")) {
		m->kind = MATCH_NOTE;
		m->name = words[1];
		return parse_number32(words[2], &m->type) && parse_number(words[3], &m->size);
	}
	if (n >= 2 && n <= WORDS_MAX && !strcmp(words[0], "section")) {
		*m = (struct match){.kind = MATCH_SECTION,
				    .name = words[1],
				    .type = 1,
				    .flags = 2,
				    .aligns = {8},
				    .align_count = 1};
		for (size_t i = 2; i < n; i++)
			if (!parse_section_option(words[i], m))
				return false;
		return true;
	}
	return false;
}

int rule_parse_match(struct rule *rule, const char *value, struct elfsect_error *error)
{
	autofree char *copy = strdup(value);
	char *words[WORDS_MAX];
	struct match m = {0};

	if (!copy)
		return failure_errno(error, ENOMEM, "match");
	if (!parse_match_words(words, split(copy, words), &m))
		return failure(
			error, EINVAL,
			"match '%s': not one of: section NAME [type=N] [flags=N] [align=N,...] [entsize=N], roles, "
			"range FIRST..LAST, range NAME+N, note OWNER TYPE SIZE, nothing",
			value);
	return rule_add_match(rule, &m) ? 0 : failure_errno(error, ENOMEM, "match");
}

int rule_parse_symbol(struct rule *rule, const char *value, struct elfsect_error *error)
{
	autofree char *copy = strdup(value);
	char *words[WORDS_MAX];
	struct rule_symbol s = {.global = true};
	bool ok, known = false;
	size_t n;

	if (!copy)
		return failure_errno(error, ENOMEM, "symbol");
	n = split(copy, words);
	ok = n >= 2 && n <= 4;
	for (unsigned int i = 0; ok && i < sizeof(role_names) / sizeof(role_names[0]); i++)
		if (!strcmp(words[1], role_names[i])) {
			s.role = (enum symbol_role)i;
			known = true;
		}
	if (ok && n >= 3) {
		s.global = !strcmp(words[2], "global");
		ok = s.global || !strcmp(words[2], "local");
	}
	if (ok && n == 4) {
		s.object = !strcmp(words[3], "object");
		ok = s.object || !strcmp(words[3], "notype");
	}
	if (!ok || !known)
		return failure(error, EINVAL, "symbol '%s': not NAME ROLE [global|local] [notype|object]", value);
	s.name = words[0];
	return rule_add_symbol(rule, &s) ? 0 : failure_errno(error, ENOMEM, "symbol");
}

/* ------------------------------------------------------------------------------------------------- policy files */

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
		return content_class_parse(value, &rule->content)
			       ? 0
			       : failure(why, EINVAL, "content '%s' is no content class", value);
	}
	if (!strcmp(name, "max-size")) {
		if (once(r, KEY_MAX_SIZE, name, why))
			return -EINVAL;
		return parse_number(value, &rule->max_size) ? 0
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
