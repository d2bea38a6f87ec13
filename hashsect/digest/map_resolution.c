// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A map is read only so far as is needed to find the names in a stripped file. Then the file is resolved as any other,
 * the map is made anew from what was found, and the two texts must be one: so order, letters, masks, and the form of
 * every number are compared at once.
 */
#include "digest/map_resolution.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

/* ---------------------------------------------------------------------------------------------------- can there be one
 */

int map_is_possible(const struct elfsect_view *view, const struct hashsect_policy *policy, struct elfsect_error *error)
{
	const char *name = elfsect_view_name(view);

	if (elfsect_is_relocatable(view))
		return failure(error, EINVAL, "%s: no map: a relocatable file has no addresses", name);
	if (!elfsect_view_symtab(view))
		return failure(error, EINVAL,
			       "%s: no map: the file has no symbol table; a map is made of the unstripped file", name);
	if (!policy->rule_count)
		return failure(error, EINVAL, "%s: no map: policy %s excludes nothing", name, policy->name);
	return 0;
}

int map_has_symbols(const struct resolution *r, struct elfsect_error *error)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);

	for (size_t i = 0; i < r->known.count; i++) {
		const struct known_symbol *known = &r->known.list[i];

		if (known->not_undefined > known->defined)
			return failure(error, EINVAL, "%s: no map: symbol %s is in no section",
				       elfsect_view_name(r->view), known->name);
		if (known->defined && !(sections[known->symbol.section].flags & SHF_ALLOC))
			return failure(error, EINVAL,
				       "%s: no map: symbol %s is defined in a section that is not loaded",
				       elfsect_view_name(r->view), known->name);
	}
	return 0;
}

/* ----------------------------------------------------------------------------------------------------------- use */

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
	text_hex(hash, sizeof(hash), hex, 65);
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
	for (size_t i = 0; i < r->known.count; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(r->known.list[i].name, r->known.list[j].name) &&
			    !is_one_symbol(&r->known.list[i], &r->known.list[j]))
				return failure(error, EBADMSG, "%s: map %s: symbol %s: not the same below two rules",
					       elfsect_view_name(r->view), map->name, r->known.list[i].name);
	return 0;
}

int map_define(const struct hashsect_map *map, struct resolution *r, struct elfsect_error *error)
{
	for (size_t i = 0; i < map->symbol_count; i++) {
		const struct map_symbol *s = &map->symbols[i];
		struct known_symbol *known = known_symbol_find(&r->known, &r->policy->rules[s->rule], s->name);
		const uint32_t section = section_of_number(r->view, s->section);
		const bool global = known && known->line && known->line->global;
		const bool object = known && known->line && known->line->object;

		if (!known)
			return refuse_line(map, r, s, "not a name of this rule", error);
		if (elfsect_view_header(r->view)->elf_class == ELFCLASS32 && (s->address | s->size) > UINT32_MAX)
			return refuse_line(map, r, s, "a number that 32 bits do not hold", error);
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
	r->names_known = true;
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
	for (size_t i = 0; i < r->known.count; i++) {
		const struct known_symbol *known = &r->known.list[i];

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
