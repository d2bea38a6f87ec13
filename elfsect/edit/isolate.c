// SPDX-License-Identifier: LGPL-2.1-or-later
#include "edit/isolate_references.h"

#include <stdlib.h>

#include "draft/finish.h"
#include "edit/rename.h"
#include "kernel/keyring_layout.h"

static int refuse(const struct isolation *job, int code, const char *reason, struct elfsect_error *error)
{
	return failure(error, code, "%s: section %u (%s): %s", job->draft->view->name, job->from->index,
		       job->from->name, reason);
}

static int check_source(const struct isolation *job, struct elfsect_error *error)
{
	const struct elfsect_section *s = job->from;
	const struct elfsect_view *view = job->draft->view;

	if (s->type != SHT_PROGBITS)
		return refuse(job, EINVAL, "not a data section: its type has a meaning of its own", error);
	if (s->flags & SHF_EXECINSTR)
		return refuse(job, EINVAL,
			      "code refers to its neighbours without relocations and cannot be taken apart", error);
	if (s->flags & (SHF_MERGE | SHF_STRINGS | SHF_LINK_ORDER | SHF_GROUP | SHF_TLS | SHF_COMPRESSED))
		return refuse(job, EINVAL,
			      "sections with flags MERGE, GROUP, TLS, COMPRESSED or LINK_ORDER cannot be taken apart",
			      error);
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *r = &view->sections[i];

		if (r->type == ELFSECT_SHT_CREL)
			return refuse(job, EINVAL, "the file has compact relocations, which are not read", error);
		if (is_relocation_type(r->type) && r->info == s->index && !elfsect_relocations_are_symbolic(view, r))
			return refuse(job, EINVAL, "its relocations do not use the symbol table", error);
	}
	return 0;
}

/* ------------------------------------------------------------------------------------------------------- symbols */

static bool inside(const struct isolation *job, uint64_t value)
{
	return value >= job->start && value < job->end;
}

static bool has_name(const struct elfsect_symbol *s)
{
	const uint8_t type = ELF64_ST_TYPE(s->info);

	return type != STT_SECTION && type != STT_FILE;
}

/*
 * A symbol that references may be tied to: not weak, since another file may override it, and rather a local one.
 * Mapping symbols ($d) vanish in the link.
 */
static bool is_better_anchor(const struct isolation *job, const struct elfsect_symbol *s)
{
	const uint8_t bind = ELF64_ST_BIND(s->info);

	if (s->value != job->start || ELF64_ST_TYPE(s->info) == STT_TLS || s->name[0] == '$' || !s->name[0])
		return false;
	return !job->anchor && (bind == STB_LOCAL || bind == STB_GLOBAL);
}

/* Local symbols come first in the table, so that the first one found is the better one. */
static int check_symbols(struct isolation *job, struct elfsect_error *error)
{
	for (uint32_t i = 1; i < job->draft->symbol_count; i++) {
		const struct elfsect_symbol *s = &job->draft->symbols[i].entry;
		uint64_t end;

		if (s->section != job->from->index || !has_name(s))
			continue;
		if (!add_u64(s->value, s->size, &end))
			end = UINT64_MAX;
		if (s->size &&
		    ((s->value < job->start && end > job->start) || (inside(job, s->value) && end > job->end)))
			return failure(error, EBUSY,
				       "%s: symbol %s: its data, 0x%jx..0x%jx, straddles an edge of 0x%jx..0x%jx",
				       job->draft->view->name, s->name, (uintmax_t)s->value, (uintmax_t)end,
				       (uintmax_t)job->start, (uintmax_t)job->end);
		if (is_better_anchor(job, s))
			job->anchor = i;
	}
	return 0;
}

static void move_symbols(const struct isolation *job)
{
	for (uint32_t i = 1; i < job->draft->symbol_count; i++) {
		struct elfsect_symbol *s = &job->draft->symbols[i].entry;

		if (s->section != job->from->index || !has_name(s) || !inside(job, s->value))
			continue;
		s->section = job->to;
		s->value -= job->start;
	}
}

/* ------------------------------------------------------------------------------------------------------- section */

/*
 * A keyring has the alignment by which its words stand. Else: 8 is what words need on every machine; a range that
 * begins at a lesser multiple cannot hold any that are aligned.
 */
static uint64_t default_align(const struct isolation *job)
{
	uint64_t align = job->from->align ? job->from->align : 1;

	if (keyring_starts_at(job->draft->view, job->from->index, job->start))
		return keyring_align_of_symbols(job->draft->view, job->from->index, job->start);
	if (align > 8)
		align = 8;
	while (job->start & (align - 1))
		align >>= 1;
	return align ? align : 1;
}

static int make_section(struct isolation *job, uint64_t align, struct elfsect_error *error)
{
	const struct elfsect_section header = {
		.name = job->into,
		.type = job->from->type,
		.flags = job->from->flags,
		.size = job->end - job->start,
		.align = align ? align : default_align(job),
	};
	uint8_t *old = draft_own(job->draft, job->from->index);
	uint8_t *bytes = old ? malloc(header.size) : NULL;

	if (!bytes)
		return failure_errno(error, ENOMEM, "%s: section %s", job->draft->view->name, job->into);
	memcpy(bytes, old + job->start, header.size);
	memset(old + job->start, 0, header.size);
	return draft_add_section(job->draft, &header, bytes, &job->to, error);
}

static int isolate_part(struct isolation *job, uint64_t align, struct elfsect_error *error)
{
	int ret;

	ret = check_source(job, error);
	if (!ret)
		ret = draft_load_symbols(job->draft, error);
	if (!ret)
		ret = check_symbols(job, error);
	if (!ret)
		ret = make_section(job, align, error);
	if (!ret)
		ret = isolate_references(job, error);
	if (!ret)
		move_symbols(job);
	return ret;
}

/* All of a section: another name is enough, and for a keyring the alignment by which its words stand. */
static int isolate_all(const struct elfsect_view *view, const struct elfsect_section *s, const char *into,
		       uint64_t align, struct elfsect_plan **plan, struct elfsect_error *error)
{
	autodraft struct draft *draft = NULL;
	int ret;

	ret = draft_open(view, &draft, error);
	if (!ret && strcmp(s->name, into) != 0)
		ret = rename_section(draft, s->index, into, error);
	if (ret)
		return ret;
	if (!align && keyring_starts_at(view, s->index, 0))
		draft->sections[s->index].header.align = keyring_align_of_symbols(view, s->index, 0);
	return draft_finish(draft, plan, error);
}

int elfsect_plan_isolate(const struct elfsect_view *view, const struct elfsect_region *region, const char *into,
			 uint64_t align, struct elfsect_plan **plan, struct elfsect_error *error)
{
	const struct elfsect_section *s = &view->sections[region->section], *other;
	autodraft struct draft *draft = NULL;
	struct isolation job = {.from = s, .start = region->offset, .end = region->offset + region->size, .into = into};
	int ret;

	if (!region->size)
		return failure(error, EINVAL, "%s: section %u (%s): the range is empty", view->name, s->index, s->name);
	if (align & (align - 1) || align > INT32_MAX)
		return failure(error, EINVAL, "%s: alignment %ju is not a power of two below 2^31", view->name,
			       (uintmax_t)align);
	if (region->size == s->size && align && align != s->align)
		return failure(error, EINVAL, "%s: section %u (%s): the range is all of it, and its alignment is %ju",
			       view->name, s->index, s->name, (uintmax_t)s->align);
	/* Done already: a build that isolates again and again may do so. */
	if (region->size == s->size && !strcmp(s->name, into))
		return isolate_all(view, s, into, align, plan, error);
	if (!*into || elfsect_section_find(view, into, &other, NULL) != -ENOENT)
		return failure(error, EEXIST, "%s: section %s: there is one of this name already", view->name, into);
	if (region->size == s->size)
		return isolate_all(view, s, into, align, plan, error);
	ret = draft_open(view, &draft, error);
	if (ret)
		return ret;
	job.draft = draft;
	ret = isolate_part(&job, align, error);
	return ret ? ret : draft_finish(draft, plan, error);
}
