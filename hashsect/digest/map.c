// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reading maps. What a map says is compared with a file in map_resolution.c. */
#include "digest/map.h"

#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/cleanup.h"
#include "base/text.h"

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

	return !strncmp(word, "0x", 2) && (*digits != '0' || !digits[1]) &&
	       strspn(digits, "0123456789abcdef") == strlen(digits) && text_number(word, value);
}

static bool parse_section(const char *word, uint32_t *section)
{
	uint64_t value;

	if (!text_decimal(word, &value) || !value || value > UINT32_MAX)
		return false;
	*section = (uint32_t)value;
	return true;
}

static bool is_hash(const char *word)
{
	return text_is_hex(word, 64);
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
