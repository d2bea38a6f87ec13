// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A map is read only so far as is needed to find the names in a stripped file. Then the file is resolved as any other,
 * the map is made anew from what was found, and the two texts must be one: so order, letters, masks, and the form of
 * every number are compared at once.
 */
#include "digest/map.h"

#include <stdio.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/cleanup.h"

enum { WORDS_MAX = 5 };

struct reader {
	struct hashsect_map *map;
	unsigned int line;
	struct elfsect_error *error;
	bool in_symbols; /* no mask line can follow */
};

static int bad_line(const struct reader *r, const char *reason)
{
	return failure(r->error, EINVAL, "%s: not a map: line %u: %s", r->map->name, r->line, reason);
}

/* Hexadecimal with 0x, lower case, no leading zeros. */
static bool parse_hex(const char *word, uint64_t *value)
{
	const char *digits = word + 2;

	if (strncmp(word, "0x", 2) || !*digits || (*digits == '0' && digits[1]) ||
	    strspn(digits, "0123456789abcdef") != strlen(digits) || strlen(digits) > 16)
		return false;
	*value = strtoull(digits, NULL, 16);
	return true;
}

static bool parse_section(const char *word, uint32_t *section)
{
	unsigned long long value;

	if (*word < '1' || *word > '9' || strspn(word, "0123456789") != strlen(word) || strlen(word) > 10)
		return false;
	value = strtoull(word, NULL, 10);
	*section = (uint32_t)value;
	return value <= UINT32_MAX;
}

static bool is_hash(const char *word)
{
	return strlen(word) == 64 && strspn(word, "0123456789abcdef") == 64;
}

/* hashsect1:sha256:POLICY:loaded:HEX. */
static bool is_digest(const char *word)
{
	static const char start[] = "hashsect1:sha256:", middle[] = ":loaded:";
	const char *colon;

	if (strncmp(word, start, strlen(start)))
		return false;
	colon = strchr(word + strlen(start), ':');
	return colon && !strncmp(colon, middle, strlen(middle)) && is_hash(colon + strlen(middle));
}

/* ---------------------------------------------------------------------------------------------------------- lines */

static int read_head(struct reader *r, char **words, size_t n)
{
	if (r->line == 1 && (n != 2 || strcmp(words[0], "hashsect-map") || strcmp(words[1], "1")))
		return bad_line(r, "not 'hashsect-map 1'");
	if (r->line == 2 && (n != 2 || strcmp(words[0], "policy") || !is_hash(words[1])))
		return bad_line(r, "not 'policy' and the SHA-256 of a policy");
	if (r->line == 3 && (n != 2 || strcmp(words[0], "digest") || !is_digest(words[1])))
		return bad_line(r, "not 'digest' and a digest with sha256 and scope loaded");
	if (r->line == 2)
		r->map->policy = words[1];
	if (r->line == 3)
		r->map->digest = words[1];
	return 0;
}

static int read_rule(struct reader *r, char **words, size_t n)
{
	struct hashsect_map *map = r->map;
	const char **rules;

	if (n != 3 || strlen(words[2]) != 1 || !strchr("FSMN", *words[2]))
		return bad_line(r, "not 'rule', a name, and F, S, M or N");
	rules = reallocarray(map->rules, map->rule_count + 1, sizeof(*rules));
	if (!rules)
		return failure_errno(r->error, ENOMEM, "%s", map->name);
	map->rules = rules;
	rules[map->rule_count++] = words[1];
	r->in_symbols = false;
	return 0;
}

static int read_symbol(struct reader *r, char **words, size_t n)
{
	struct hashsect_map *map = r->map;
	struct map_symbol *symbols, symbol = {.rule = map->rule_count - 1, .line = r->line};

	if (!map->rule_count)
		return bad_line(r, "it stands before the first 'rule'");
	if (n != 5 || !parse_section(words[2], &symbol.section) || !parse_hex(words[3], &symbol.address) ||
	    !parse_hex(words[4], &symbol.size))
		return bad_line(r, "not 'symbol', a name, a decimal section number, an address and a size");
	symbol.name = words[1];
	symbols = reallocarray(map->symbols, map->symbol_count + 1, sizeof(*symbols));
	if (!symbols)
		return failure_errno(r->error, ENOMEM, "%s", map->name);
	map->symbols = symbols;
	symbols[map->symbol_count++] = symbol;
	r->in_symbols = true;
	return 0;
}

static int read_line(struct reader *r, char **words, size_t n)
{
	uint64_t address, length;

	if (r->line <= 3)
		return read_head(r, words, n);
	if (!strcmp(words[0], "rule"))
		return read_rule(r, words, n);
	if (!strcmp(words[0], "symbol"))
		return read_symbol(r, words, n);
	if (strcmp(words[0], "mask") != 0)
		return bad_line(r, "not one of rule, mask, symbol");
	if (!r->map->rule_count || r->in_symbols)
		return bad_line(r, "masks stand right below their 'rule'");
	if (n != 3 || !parse_hex(words[1], &address) || !parse_hex(words[2], &length) || !length)
		return bad_line(r, "not 'mask', an address and a length");
	return 0;
}

/* Cut a line at its spaces. 0: not words with one space between them, or too many. */
static size_t cut(char *line, char *words[WORDS_MAX])
{
	size_t n = 0;

	for (char *next = line; next; n++) {
		char *word = next;

		if (n == WORDS_MAX)
			return 0;
		next = strchr(word, ' ');
		if (next)
			*next++ = '\0';
		if (!*word)
			return 0;
		words[n] = word;
	}
	return n;
}

static int read_lines(struct reader *r)
{
	char *line = r->map->words, *end;
	int ret = 0;

	for (size_t i = 0; i < r->map->size; i++)
		if (line[i] != '\n' && (line[i] < 0x20 || line[i] > 0x7e))
			return failure(r->error, EINVAL,
				       "%s: not a map: a byte that is no printable ASCII at offset %zu", r->map->name,
				       i);
	for (r->line = 1; *line && !ret; line = end + 1, r->line++) {
		char *words[WORDS_MAX] = {NULL};
		size_t n;

		end = strchr(line, '\n');
		if (!end)
			return bad_line(r, "no line end");
		*end = '\0';
		n = cut(line, words);
		ret = n ? read_line(r, words, n) : bad_line(r, "not words with one space between them");
	}
	if (!ret && !r->map->rule_count)
		return bad_line(r, "the map ends before the first 'rule'");
	return ret;
}

int map_parse(const char *text, size_t size, const char *name, struct hashsect_map **out, struct elfsect_error *error)
{
	struct hashsect_map *map = calloc(1, sizeof(*map));
	struct reader r = {.map = map, .error = error};
	int ret;

	if (map) {
		map->size = size;
		map->name = strdup(name);
		map->text = malloc(size + 1);
		map->words = malloc(size + 1);
	}
	if (!map || !map->name || !map->text || !map->words) {
		hashsect_map_free(map);
		return failure_errno(error, ENOMEM, "%s", name);
	}
	memcpy(map->text, text, size);
	memcpy(map->words, text, size);
	map->text[size] = map->words[size] = '\0';
	ret = size > MAP_TEXT_MAX ? failure(error, EINVAL, "%s: not a map: more than %u bytes", name, MAP_TEXT_MAX)
				  : read_lines(&r);
	if (ret)
		hashsect_map_free(map);
	else
		*out = map;
	return ret;
}

int hashsect_map_load(const char *path, struct hashsect_map **map, struct elfsect_error *error)
{
	autofclose FILE *file = fopen(path, "re");
	autofree char *text = malloc(MAP_TEXT_MAX + 1);
	size_t size;

	if (!file)
		return failure_errno(error, errno, "%s", path);
	if (!text)
		return failure_errno(error, ENOMEM, "%s", path);
	errno = EIO;
	size = fread(text, 1, MAP_TEXT_MAX + 1, file);
	if (ferror(file))
		return failure_errno(error, errno, "%s", path);
	return map_parse(text, size, path, map, error);
}

void hashsect_map_free(struct hashsect_map *map)
{
	if (!map)
		return;
	free(map->name);
	free(map->text);
	free(map->words);
	free(map->rules);
	free(map->symbols);
	free(map);
}

const char *hashsect_map_digest(const struct hashsect_map *map)
{
	return map->digest;
}

/* ------------------------------------------------------------------------------------------------ use with a file */

static int refuse(const struct hashsect_map *map, const struct resolution *r, struct elfsect_error *error,
		  const char *reason)
{
	return failure(error, EBADMSG, "%s: map %s: %s", elfsect_view_name(r->view), map->name, reason);
}

static int refuse_line(const struct hashsect_map *map, const struct resolution *r, const struct map_symbol *s,
		       const char *reason, struct elfsect_error *error)
{
	return failure(error, EBADMSG, "%s: map %s: line %u: symbol %s: %s", elfsect_view_name(r->view), map->name,
		       s->line, s->name, reason);
}

static bool policy_hash(const struct hashsect_policy *policy, char hex[65])
{
	uint8_t hash[32];

	if (hash_once("sha256", policy->text, strlen(policy->text), hash))
		return false;
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return true;
}

/* The POLICY in the digest line. */
static bool has_tag(const char *digest, const char *tag)
{
	const char *start = digest + strlen("hashsect1:sha256:");

	return !strncmp(start, tag, strlen(tag)) && start[strlen(tag)] == ':';
}

int map_suits(const struct hashsect_map *map, const struct resolution *r, struct elfsect_error *error)
{
	char hex[65];

	if (elfsect_is_relocatable(r->view))
		return refuse(map, r, error, "a relocatable file has no addresses that a map could name");
	if (!policy_hash(r->policy, hex))
		return failure_errno(error, ENOMEM, "%s: map %s", elfsect_view_name(r->view), map->name);
	if (strcmp(map->policy, hex) || !has_tag(map->digest, r->policy->tag))
		return failure(error, EBADMSG, "%s: map %s: it was made under another policy than %s",
			       elfsect_view_name(r->view), map->name, r->policy->tag);
	if (map->rule_count != r->policy->rule_count)
		return refuse(map, r, error, "it does not have the rules of the policy");
	for (size_t i = 0; i < map->rule_count; i++)
		if (strcmp(map->rules[i], r->policy->rules[i].name) != 0)
			return refuse(map, r, error, "it does not have the rules of the policy, in their order");
	return 0;
}

static uint32_t section_of_number(const struct elfsect_view *view, uint32_t number)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	for (uint32_t i = 1; i < count; i++)
		if ((sections[i].flags & SHF_ALLOC) && !--number)
			return i;
	return 0;
}

static uint32_t number_of_section(const struct elfsect_view *view, uint32_t section)
{
	uint32_t count, number = 0;
	const struct elfsect_section *sections = elfsect_view_sections(view, &count);

	for (uint32_t i = 1; i <= section; i++)
		number += (sections[i].flags & SHF_ALLOC) != 0;
	return number;
}

/* A name that two rules use is one symbol. */
static bool is_one_symbol(const struct known_symbol *a, const struct known_symbol *b)
{
	return a->defined == b->defined && a->symbol.section == b->symbol.section &&
	       a->symbol.value == b->symbol.value && a->symbol.size == b->symbol.size;
}

static int check_shared_names(const struct hashsect_map *map, const struct resolution *r, struct elfsect_error *error)
{
	for (size_t i = 0; i < r->known_count; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(r->known[i].name, r->known[j].name) && !is_one_symbol(&r->known[i], &r->known[j]))
				return failure(error, EBADMSG, "%s: map %s: symbol %s: not the same below two rules",
					       elfsect_view_name(r->view), map->name, r->known[i].name);
	return 0;
}

int map_define(const struct hashsect_map *map, struct resolution *r, struct elfsect_error *error)
{
	for (size_t i = 0; i < map->symbol_count; i++) {
		const struct map_symbol *s = &map->symbols[i];
		struct known_symbol *known = known_symbol_find(r, &r->policy->rules[s->rule], s->name);
		const uint32_t section = section_of_number(r->view, s->section);
		const bool global = known && known->line && known->line->global;
		const bool object = known && known->line && known->line->object;

		if (!known)
			return refuse_line(map, r, s, "not a name of this rule", error);
		if (!section)
			return refuse_line(map, r, s, "the file has no such section", error);
		if (known->defined)
			return refuse_line(map, r, s, "defined twice", error);
		known->defined = 1;
		known->not_undefined = 1;
		known->symbol = (struct elfsect_symbol){
			.name = known->name,
			.info = (uint8_t)ELF64_ST_INFO(global ? STB_GLOBAL : STB_LOCAL,
						       object ? STT_OBJECT : STT_NOTYPE),
			.shndx = section < SHN_LORESERVE ? (uint16_t)section : SHN_XINDEX,
			.section = section,
			.value = s->address,
			.size = s->size,
		};
	}
	return check_shared_names(map, r, error);
}

/* ----------------------------------------------------------------------------------------------------------- text */

static void print_rule(FILE *out, const struct resolution *r, const struct exclusion *e)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);

	fprintf(out, "rule %s %c\n", e->rule->name, e->resolution);
	for (size_t i = 0; i < e->mask_count; i++)
		fprintf(out, "mask 0x%jx 0x%jx\n", (uintmax_t)(sections[e->masks[i].section].addr + e->masks[i].offset),
			(uintmax_t)e->masks[i].length);
	for (size_t i = 0; i < r->known_count; i++) {
		const struct known_symbol *known = &r->known[i];

		if (known->rule == e->rule && known->defined)
			fprintf(out, "symbol %s %u 0x%jx 0x%jx\n", known->name,
				number_of_section(r->view, known->symbol.section), (uintmax_t)known->symbol.value,
				(uintmax_t)known->symbol.size);
	}
}

char *map_text(const struct resolution *r, const char *digest)
{
	char *text = NULL, hex[65];
	size_t size;
	FILE *out;

	if (!policy_hash(r->policy, hex))
		return NULL;
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	fprintf(out, "hashsect-map 1\npolicy %s\ndigest %s\n", hex, digest);
	for (size_t i = 0; i < r->policy->rule_count; i++)
		print_rule(out, r, &r->exclusions[i]);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* The line of both texts in which they begin to differ. */
static int refuse_difference(const struct hashsect_map *map, const struct resolution *r, const char *ours,
			     struct elfsect_error *error)
{
	const char *theirs = map->text, *theirs_line = theirs, *ours_line = ours;
	unsigned int line = 1;

	for (; *ours && *ours == *theirs; ours++, theirs++) {
		if (*ours != '\n')
			continue;
		line++;
		ours_line = ours + 1;
		theirs_line = theirs + 1;
	}
	return failure(error, EBADMSG,
		       "%s: map %s: line %u: '%.*s' does not agree with the file, which has '%.*s' there",
		       elfsect_view_name(r->view), map->name, line, (int)strcspn(theirs_line, "\n"), theirs_line,
		       (int)strcspn(ours_line, "\n"), ours_line);
}

int map_check(const struct hashsect_map *map, const struct resolution *r, struct elfsect_error *error)
{
	autofree char *ours = map_text(r, map->digest);

	if (!ours)
		return failure_errno(error, ENOMEM, "%s: map %s", elfsect_view_name(r->view), map->name);
	return strcmp(ours, map->text) ? refuse_difference(map, r, ours, error) : 0;
}
