// SPDX-License-Identifier: LGPL-2.1-or-later
/* The values of match and symbol lines: FORMAT.md section 6.1. */
#include "digest/policy_lines.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"

static bool parse_number32(const char *word, uint32_t *value)
{
	uint64_t wide;

	if (!text_number(word, &wide) || wide > UINT32_MAX)
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
		if (!text_number(word, &m->aligns[m->align_count++]))
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
		return text_number(word + 6, &m->flags);
	if (!strncmp(word, "align=", 6))
		return parse_aligns(word + 6, m);
	if (!strncmp(word, "entsize=", 8))
		return text_number(word + 8, &m->entsize);
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
	return text_number(plus + 1, &m->size);
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
		return parse_number32(words[2], &m->type) && text_number(words[3], &m->size);
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
	known = ok && symbol_role_parse(words[1], &s.role);
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

/* ------------------------------------------------------------------------------------------------------- printing */

void match_print(FILE *out, const struct match *m)
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

void rule_symbol_print(FILE *out, const struct rule_symbol *symbol)
{
	fprintf(out, "symbol %s %s %s %s\n", symbol->name, symbol_role_name(symbol->role),
		symbol->global ? "global" : "local", symbol->object ? "object" : "notype");
}
