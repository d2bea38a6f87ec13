// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The content classes. A new one is a judge and a line in the table; the other implementation and FORMAT.md need it
 * too.
 */
#include "digest/content.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "digest/content_keyring.h"
#include "digest/content_x509.h"

/* -------------------------------------------------------------------------------------------------- simple classes */

static int zero_range(struct judged *j, uint64_t from, uint64_t to)
{
	return judged_zero(j, from, to)
		       ?: judged_found(j, (struct hashsect_finding){.kind = HASHSECT_FOUND_ZEROS, .size = to - from});
}

static int zero_judge(struct judged *j)
{
	return judged_ranges(j, zero_range);
}

static int module_hashes_range(struct judged *j, uint64_t from, uint64_t to)
{
	const uint64_t size = to - from;

	if (size != 36 && size % 32)
		return judged_refuse(j, from, "neither a table of 32-byte hashes nor a Merkle root of 36 bytes");
	j->exclusion->proved = !size;
	if (size == 36)
		return judged_found(j, (struct hashsect_finding){
					       .kind = HASHSECT_FOUND_MERKLE_ROOT,
					       .bytes = j->bytes + from,
					       .size = size,
					       .count = elfsect_load(j->resolution->view, j->bytes + from, 4),
				       });
	return judged_found(j, (struct hashsect_finding){
				       .kind = HASHSECT_FOUND_MODULE_HASHES,
				       .bytes = size ? j->bytes + from : NULL,
				       .size = size,
				       .count = size / 32,
			       });
}

static int module_hashes_judge(struct judged *j)
{
	return judged_ranges(j, module_hashes_range);
}

static int build_id_range(struct judged *j, uint64_t from, uint64_t to)
{
	j->exclusion->proved = false;
	return judged_found(j, (struct hashsect_finding){
				       .kind = HASHSECT_FOUND_BUILD_ID,
				       .bytes = j->bytes + from,
				       .size = to - from,
			       });
}

static int build_id_judge(struct judged *j)
{
	return judged_ranges(j, build_id_range);
}

/* ------------------------------------------------------------------------------------------------------- the table */

enum {
	SECTION = 1 << MATCH_SECTION,
	ROLES = 1 << MATCH_ROLES,
	RANGE = 1 << MATCH_RANGE | 1 << MATCH_RANGE_SIZED,
	NOTE = 1 << MATCH_NOTE,
};

static const struct content_class classes[] = {
	{"x509-keyring", SECTION | ROLES, true, EVIDENCE_NONE_NEEDED, keyring_judge},
	{"x509", SECTION | RANGE, false, EVIDENCE_NONE_NEEDED, x509_judge},
	{"module-hashes", SECTION | RANGE, false, EVIDENCE_MODULES, module_hashes_judge},
	{"build-id", NOTE, false, EVIDENCE_UNKNOWN, build_id_judge},
	{"zero", SECTION | RANGE, false, EVIDENCE_NONE_NEEDED, zero_judge},
};

const struct content_class *content_class_find(const char *name)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (!strcmp(name, classes[i].name))
			return &classes[i];
	return NULL;
}

/* ------------------------------------------------------------------------------------------------------ the check */

/* What of a taken-out section is in no other hash: its alignment, and the symbols that it defines. */
static int found_definitions(struct judged *j)
{
	struct hashsect_finding f = {.kind = HASHSECT_FOUND_DEFINITIONS, .alignment = j->section->align, .behind = ""};
	const struct known_symbols *known = &j->resolution->known;

	f.symbols = calloc(known->count + 1, sizeof(*f.symbols));
	if (!f.symbols)
		return -ENOMEM;
	for (size_t i = 0; i < known->count; i++) {
		const struct known_symbol *s = &known->list[i];

		if (s->rule == j->exclusion->rule && s->line && s->defined)
			f.symbols[f.symbol_count++] =
				(struct hashsect_definition){s->name, s->symbol.value, s->symbol.size};
	}
	return judged_found(j, f);
}

static int check_exclusion(const struct resolution *r, struct exclusion *e, struct elfsect_error *error)
{
	struct judged j = {.resolution = r, .exclusion = e, .error = error};
	int ret = 0;

	e->proved = true;
	if (e->resolution == 'M' || e->taken_out)
		ret = e->rule->content->judge(&j);
	if (!ret && e->taken_out)
		ret = found_definitions(&j);
	return ret;
}

void content_note_places(struct resolution *r, const struct numbers *numbers)
{
	uint32_t count;
	const struct elfsect_section *sections = elfsect_view_sections(r->view, &count);

	for (size_t i = 0; i < r->policy->rule_count; i++) {
		const struct exclusion *e = &r->exclusions[i];
		uint32_t before = e->taken_out;

		while (before && !section_in_scope(numbers, before)) /* nor is what is taken out */
			before--;
		for (size_t k = 0; e->taken_out && k < e->findings.count; k++) {
			if (e->findings.list[k].kind != HASHSECT_FOUND_DEFINITIONS)
				continue;
			e->findings.list[k].behind_number = numbers->sections[before];
			e->findings.list[k].behind = sections[before].name;
		}
	}
}

int content_check(struct resolution *r, struct elfsect_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < r->policy->rule_count && !ret; i++)
		ret = check_exclusion(r, &r->exclusions[i], error);
	if (ret == -ENOMEM)
		return failure_errno(error, ENOMEM, "%s: excluded content", elfsect_view_name(r->view));
	return ret;
}
