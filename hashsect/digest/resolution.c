// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which alternative of each rule holds, and whether it may. */
#include "digest/resolution.h"

#include <stdio.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "digest/notes.h"

static int refuse(const struct resolution *r, const struct rule *rule, struct elfsect_error *error, const char *reason,
		  const char *name)
{
	return failure(error, EBADMSG, "%s: rule %s: %s%s%s", elfsect_view_name(r->view), rule->name, name ? name : "",
		       name ? ": " : "", reason);
}

static int refuse_section(const struct resolution *r, const struct rule *rule, const struct elfsect_section *s,
			  struct elfsect_error *error, const char *reason)
{
	return failure(error, EBADMSG, "%s: rule %s: section %u (%s): %s", elfsect_view_name(r->view), rule->name,
		       s->index, s->name, reason);
}

static const struct elfsect_section *section_at(const struct resolution *r, uint32_t index)
{
	uint32_t count;

	return &elfsect_view_sections(r->view, &count)[index];
}

/* --------------------------------------------------------------------------------------------------- match lines */

static bool has_align(const struct match *m, uint64_t align)
{
	for (unsigned int i = 0; i < m->align_count; i++)
		if (m->aligns[i] == align)
			return true;
	return false;
}

/* These return 1 if the line matches, 0 if it does not, or -errno. */

static int match_section(struct resolution *r, struct exclusion *e, const struct match *m, struct elfsect_error *error)
{
	const struct elfsect_section *s;
	const bool relocatable = elfsect_is_relocatable(r->view);
	bool taken_out;
	int ret = elfsect_section_find(r->view, m->name, &s, error);

	if (ret == -ENOENT)
		return 0;
	if (ret)
		return refuse(r, e->rule, error, "there are several sections of this name", m->name);
	if (s->type != m->type)
		return refuse_section(r, e->rule, s, error, "its type is not the one that the policy allows");
	if (s->flags != m->flags)
		return refuse_section(r, e->rule, s, error, "its flags are not those that the policy allows");
	if (!has_align(m, s->align) || s->entsize != m->entsize)
		return refuse_section(r, e->rule, s, error,
				      "its alignment or entry size is not the one that the policy allows");
	taken_out = relocatable || !(s->flags & SHF_ALLOC);
	if (s->link || s->info || (taken_out && s->addr))
		return refuse_section(r, e->rule, s, error, "sh_link, sh_info or sh_addr is not zero");
	if (s->size > e->rule->max_size)
		return failure(error, EBADMSG, "%s: rule %s: section %u (%s): %ju bytes, the policy allows %ju",
			       elfsect_view_name(r->view), e->rule->name, s->index, s->name, (uintmax_t)s->size,
			       (uintmax_t)e->rule->max_size);
	if (taken_out) {
		e->resolution = e->rule->optional ? 'F' : 'S';
		e->taken_out = s->index;
		return 1;
	}
	e->resolution = 'M';
	e->whole_section = s->index;
	e->masks[e->mask_count++] = (struct mask){s->index, 0, s->size};
	return 1;
}

/* The place of a defined symbol; its section must be *section, or becomes it if that is 0. */
static int place(struct resolution *r, struct exclusion *e, const struct known_symbol *known, uint32_t *section,
		 uint64_t *position, struct elfsect_error *error)
{
	const struct elfsect_section *s = section_at(r, known->symbol.section);

	if (known->defined > 1)
		return refuse(r, e->rule, error, "defined more than once", known->name);
	if (*section && *section != s->index)
		return refuse(r, e->rule, error, "not in the same section as the other symbols of the range",
			      known->name);
	*section = s->index;
	*position = symbol_position(r->view, &known->symbol);
	if (*position > s->size)
		return refuse(r, e->rule, error, "the symbol lies outside its section", known->name);
	return 0;
}

static int match_range(struct resolution *r, struct exclusion *e, const struct match *m, struct elfsect_error *error)
{
	const struct known_symbol *first = known_symbol_find(&r->known, e->rule, m->name);
	uint32_t section = 0;
	uint64_t from, to;
	int ret;

	if (!first->defined)
		return 0;
	ret = place(r, e, first, &section, &from, error);
	if (ret)
		return ret;
	if (m->kind == MATCH_RANGE) {
		const struct known_symbol *last = known_symbol_find(&r->known, e->rule, m->last);

		if (!last->defined)
			return refuse(r, e->rule, error, "the end of the range is not defined", m->last);
		ret = place(r, e, last, &section, &to, error);
		if (ret)
			return ret;
		if (to < from)
			return refuse(r, e->rule, error, "the end of the range is before its start", m->last);
	} else if (!add_u64(from, m->size, &to)) {
		return refuse(r, e->rule, error, "the range overflows", m->name);
	}
	e->resolution = 'M';
	e->masks[e->mask_count++] = (struct mask){section, from, to - from};
	return 1;
}

static int match_roles(struct resolution *r, struct exclusion *e, struct elfsect_error *error)
{
	const struct rule *rule = e->rule;
	const struct known_symbol *start = resolution_role(r, rule, ROLE_MODULE_START, 0);
	const struct known_symbol *end = resolution_role(r, rule, ROLE_MODULE_END, 0);
	const struct known_symbol *slot = resolution_role(r, rule, ROLE_SLOT, 0);
	const struct known_symbol *used = resolution_role(r, rule, ROLE_SLOT_USED, 0);
	const struct {
		const struct known_symbol *known;
		uint64_t size;
	} parts[] = {
		{slot, slot ? slot->symbol.size : 0},
		{used, 4},
		{resolution_role(r, rule, ROLE_LIST_SIZE, 0), elfsect_word_size(r->view)},
		{resolution_role(r, rule, ROLE_MODULE_SIZE, 0), elfsect_word_size(r->view)},
	};
	uint32_t section = 0;
	uint64_t from, to;
	int ret;

	if (!start)
		return 0;
	if (!end)
		return refuse(r, rule, error, "the symbol at the end of the module certificate is not defined", NULL);
	if (!slot != !used || (slot && !slot->symbol.size))
		return refuse(r, rule, error, "the slot for an extra certificate is not complete", NULL);
	ret = place(r, e, start, &section, &from, error);
	if (!ret)
		ret = place(r, e, end, &section, &to, error);
	if (ret)
		return ret;
	if (to < from)
		return refuse(r, rule, error, "the end of the range is before its start", end->name);
	e->masks[e->mask_count++] = (struct mask){section, from, to - from};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].known)
			continue;
		ret = place(r, e, parts[i].known, &section, &from, error);
		if (ret)
			return ret;
		e->masks[e->mask_count++] = (struct mask){section, from, parts[i].size};
	}
	e->resolution = 'M';
	return 1;
}

static int match_note(struct resolution *r, struct exclusion *e, const struct match *m, struct elfsect_error *error)
{
	struct mask mask = {.length = m->size};
	int ret = note_find(r->view, m->name, m->type, m->size, &mask.section, &mask.offset, error);

	if (ret)
		return ret == -ENOENT ? 0 : ret;
	e->masks[e->mask_count++] = mask;
	e->resolution = 'M';
	return 1;
}

/* "Nothing" is a claim: only a file with a symbol table can show that the names are not there. */
static int match_nothing(struct resolution *r, struct exclusion *e, struct elfsect_error *error)
{
	for (size_t i = 0; i < r->known.count; i++) {
		const struct known_symbol *known = &r->known.list[i];

		if (known->rule != e->rule)
			continue;
		if (!r->names_known)
			return refuse(r, e->rule, error,
				      "the file has no symbol table, so what it lacks cannot be known; for a stripped "
				      "file give the "
				      "map of the unstripped one with --map (see: hashsect policy resolve)",
				      NULL);
		if (known->not_undefined)
			return refuse(r, e->rule, error, "defined, but in no form that the rule can exclude",
				      known->name);
	}
	e->resolution = e->rule->optional ? 'F' : 'N';
	return 1;
}

static int match_line(struct resolution *r, struct exclusion *e, const struct match *m, struct elfsect_error *error)
{
	switch (m->kind) {
	case MATCH_SECTION:
		return match_section(r, e, m, error);
	case MATCH_ROLES:
		return match_roles(r, e, error);
	case MATCH_RANGE:
	case MATCH_RANGE_SIZED:
		return match_range(r, e, m, error);
	case MATCH_NOTE:
		return match_note(r, e, m, error);
	default:
		return match_nothing(r, e, error);
	}
}

/* ------------------------------------------------------------------------------------------- what masks may cover */

static int check_mask(const struct resolution *r, const struct exclusion *e, const struct mask *m,
		      struct elfsect_error *error)
{
	const uint64_t never = SHF_EXECINSTR | SHF_MERGE | SHF_LINK_ORDER | SHF_GROUP | SHF_TLS | SHF_COMPRESSED;
	const struct elfsect_section *s = section_at(r, m->section);
	const bool note = content_allows(e->rule->content, MATCH_NOTE);

	if (!range_inside(m->offset, m->length, s->size))
		return refuse_section(r, e->rule, s, error, "the excluded range does not lie inside the section");
	if (s->type != SHT_PROGBITS && !(s->type == SHT_NOTE && (note || e->whole_section)))
		return refuse_section(r, e->rule, s, error, "the type of the section does not allow an exclusion");
	if (!elfsect_is_relocatable(r->view) && !(s->flags & SHF_ALLOC))
		return refuse_section(r, e->rule, s, error, "an exclusion in a section that is not loaded");
	if (s->flags & never)
		return refuse_section(
			r, e->rule, s, error,
			"an exclusion in an executable, mergeable, linked, grouped, TLS or compressed section");
	return 0;
}

/* Drop empty masks, check the others and their sum. */
static int check_masks(struct resolution *r, struct exclusion *e, struct elfsect_error *error)
{
	uint64_t sum = 0;
	size_t kept = 0;

	for (size_t i = 0; i < e->mask_count; i++) {
		int ret;

		if (!e->masks[i].length)
			continue;
		ret = check_mask(r, e, &e->masks[i], error);
		if (ret)
			return ret;
		sum += e->masks[i].length; /* each is smaller than the file */
		e->masks[kept++] = e->masks[i];
	}
	e->mask_count = kept;
	r->mask_count += (uint32_t)kept;
	if (sum > e->rule->max_size)
		return failure(error, EBADMSG, "%s: rule %s: %ju bytes would be excluded, the policy allows %ju",
			       elfsect_view_name(r->view), e->rule->name, (uintmax_t)sum, (uintmax_t)e->rule->max_size);
	return 0;
}

/*
 * What is taken out must not be replaced when the file is linked: a section that is taken out defines all names of its
 * rule that the file uses, and none of them is absolute or common.
 */
static int check_definitions(struct resolution *r, const struct exclusion *e, struct elfsect_error *error)
{
	if (e->resolution != 'F' && e->resolution != 'S')
		return 0;
	for (size_t i = 0; i < r->known.count; i++) {
		const struct known_symbol *known = &r->known.list[i];

		if (known->rule != e->rule || !known->line)
			continue;
		if (e->taken_out && known->undefined)
			return refuse(r, e->rule, error, "undefined, though the section that should define it is there",
				      known->name);
		if (known->not_undefined != known->defined)
			return refuse(r, e->rule, error, "absolute, common or otherwise not in a section", known->name);
	}
	return 0;
}

static int check_names(struct resolution *r, const struct exclusion *e, struct elfsect_error *error)
{
	for (size_t i = 0; i < r->known.count; i++) {
		const struct known_symbol *known = &r->known.list[i];

		if (known->rule != e->rule)
			continue;
		if (known->defined > 1)
			return refuse(r, e->rule, error, "defined more than once", known->name);
		if (known->defined &&
		    symbol_position(r->view, &known->symbol) > section_at(r, known->symbol.section)->size)
			return refuse(r, e->rule, error, "the symbol lies outside its section", known->name);
		if ((e->taken_out || e->whole_section) && known->defined &&
		    known->symbol.section != (e->taken_out ? e->taken_out : e->whole_section))
			return refuse(r, e->rule, error, "defined outside the section that the rule excludes",
				      known->name);
	}
	return 0;
}

static bool masks_overlap(const struct mask *a, const struct mask *b)
{
	return a->section == b->section && a->offset < b->offset + b->length && b->offset < a->offset + a->length;
}

/* No two rules, and no two masks of one, may claim the same bytes. */
static int check_overlaps(const struct resolution *r, struct elfsect_error *error)
{
	for (size_t i = 0; i < r->policy->rule_count; i++)
		for (size_t j = 0; j <= i; j++) {
			const struct exclusion *a = &r->exclusions[i], *b = &r->exclusions[j];

			if (i != j && a->taken_out && a->taken_out == b->taken_out)
				return refuse(r, a->rule, error, "another rule excludes the same section", NULL);
			for (size_t m = 0; m < a->mask_count; m++)
				for (size_t n = 0; n < (i == j ? m : b->mask_count); n++)
					if (masks_overlap(&a->masks[m], &b->masks[n]))
						return refuse(r, a->rule, error, "excluded ranges overlap", NULL);
			for (size_t m = 0; m < a->mask_count; m++)
				if (b->taken_out && a->masks[m].section == b->taken_out)
					return refuse(r, a->rule, error, "excluded ranges overlap", NULL);
			for (size_t m = 0; m < b->mask_count; m++)
				if (a->taken_out && b->masks[m].section == a->taken_out)
					return refuse(r, a->rule, error, "excluded ranges overlap", NULL);
		}
	return 0;
}

/* ------------------------------------------------------------------------------------------------------ the whole */

static int resolve_rule(struct resolution *r, struct exclusion *e, struct elfsect_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < e->rule->match_count && !ret; i++)
		ret = match_line(r, e, &e->rule->matches[i], error);
	if (!ret)
		return refuse(r, e->rule, error, "no match line of the rule holds for this file", NULL);
	if (ret < 0)
		return ret;
	ret = check_names(r, e, error) ?: check_definitions(r, e, error);
	if (!ret)
		ret = check_masks(r, e, error);
	return ret;
}

int resolution_begin(const struct elfsect_view *view, const struct hashsect_policy *policy, struct resolution *r,
		     struct elfsect_error *error)
{
	*r = (struct resolution){.view = view, .policy = policy, .names_known = elfsect_view_symtab(view)};
	r->exclusions = calloc(policy->rule_count ? policy->rule_count : 1, sizeof(*r->exclusions));
	if (!r->exclusions || known_symbols_make(policy, &r->known)) {
		resolution_clear(r);
		return failure_errno(error, ENOMEM, "%s: policy", elfsect_view_name(view));
	}
	return 0;
}

int resolution_make(struct resolution *r, struct elfsect_error *error)
{
	int ret = 0;

	for (size_t i = 0; i < r->policy->rule_count && !ret; i++) {
		r->exclusions[i].rule = &r->policy->rules[i];
		ret = resolve_rule(r, &r->exclusions[i], error);
	}
	return ret ? ret : check_overlaps(r, error);
}

void resolution_clear(struct resolution *r)
{
	for (size_t i = 0; r->exclusions && i < r->policy->rule_count; i++)
		findings_clear(&r->exclusions[i].findings);
	free(r->exclusions);
	known_symbols_clear(&r->known);
	*r = (struct resolution){0};
}

const struct exclusion *resolution_taken_out(const struct resolution *r, uint32_t section)
{
	for (size_t i = 0; section && i < r->policy->rule_count; i++)
		if (r->exclusions[i].taken_out == section)
			return &r->exclusions[i];
	return NULL;
}
