// SPDX-License-Identifier: LGPL-2.1-or-later
/* Injection: data -> content -> section -> symbols. */
#include <stdlib.h>

#include "edit/inject.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/options.h"
#include "draft/finish.h"
#include "kernel/named_slots.h"
#include "view/references.h"

/* Flags that change what a section's bytes mean: neither for new nor for refilled sections. */
static const uint64_t special_flags = SHF_MERGE | SHF_STRINGS | SHF_INFO_LINK | SHF_LINK_ORDER | SHF_OS_NONCONFORMING |
				      SHF_GROUP | SHF_TLS | SHF_COMPRESSED;

/* --------------------------------------------------------------------------------------------- existing sections */

static int refuse(const struct job *job, const char *reason, struct elfsect_error *error)
{
	return failure(error, EINVAL, "%s: section %u (%s): %s", job->draft->view->name, job->section,
		       job->wish->section, reason);
}

static int check_target(const struct job *job, struct elfsect_error *error)
{
	const struct elfsect_injection *wish = job->wish;
	const struct elfsect_section *s = &job->draft->sections[job->section].header;

	if (s->type == SHT_NOBITS)
		return refuse(job, "has no bytes in the file (SHT_NOBITS)", error);
	if (s->type != SHT_PROGBITS && s->type != SHT_NOTE)
		return refuse(job, "not a data section: its type has a meaning of its own", error);
	if (wish->note_owner && s->type != SHT_NOTE)
		return refuse(job, "is there, and not for notes", error);
	if (s->flags & SHF_EXECINSTR)
		return refuse(job, "holds executable code", error);
	if (s->flags & special_flags)
		return refuse(
			job,
			"has flags (MERGE, GROUP, TLS, COMPRESSED, LINK_ORDER ...) that do not go with other content",
			error);
	if (wish->has_flags && wish->flags != s->flags)
		return failure(error, EINVAL, "%s: section %u (%s): its flags are 0x%jx, not 0x%jx",
			       job->draft->view->name, s->index, s->name, (uintmax_t)s->flags, (uintmax_t)wish->flags);
	if (wish->align && wish->align != s->align)
		return failure(error, EINVAL, "%s: section %u (%s): its alignment is %ju, not %ju",
			       job->draft->view->name, s->index, s->name, (uintmax_t)s->align, (uintmax_t)wish->align);
	for (uint32_t i = 1; i < job->draft->section_count; i++) {
		const struct elfsect_section *r = &job->draft->sections[i].header;

		if ((is_relocation_type(r->type) || r->type == ELFSECT_SHT_CREL) && r->info == job->section && r->size)
			return failure(error, EBUSY, "%s: section %u (%s): relocations apply to it (section %u, %s)",
				       job->draft->view->name, s->index, s->name, i, r->name);
	}
	return 0;
}

static const struct elfsect_definition *find_definition(const struct job *job, const char *name, uint64_t *place)
{
	for (size_t i = 0; i < job->wish->definition_count; i++) {
		if (strcmp(job->wish->definitions[i].name, name) != 0)
			continue;
		*place = job->places[i];
		return &job->wish->definitions[i];
	}
	return NULL;
}

static bool has_name(const struct elfsect_symbol *s)
{
	return ELF64_ST_TYPE(s->info) != STT_SECTION && ELF64_ST_TYPE(s->info) != STT_FILE;
}

/*
 * Content of the same length, whose definitions come to stand where these symbols are already, is taken to have the
 * same inner layout. A length word in a new place shows that it has not.
 */
static bool keeps_layout(const struct job *job)
{
	size_t words = 0, known_words = 0;

	if (job->size != job->old_size)
		return false;
	for (size_t i = 0; i < job->wish->definition_count; i++)
		words += injection_is_word(&job->wish->definitions[i]);
	for (uint32_t i = 1; i < job->draft->symbol_count; i++) {
		const struct elfsect_symbol *s = &job->draft->symbols[i].entry;
		const struct elfsect_definition *definition;
		uint64_t place;

		if (s->section != job->section || !has_name(s))
			continue;
		definition = find_definition(job, s->name, &place);
		if (definition && s->value != place)
			return false;
		known_words += definition && injection_is_word(definition);
	}
	return words == known_words;
}

/* Symbols that say nothing about the inside of the content. */
static bool is_free_of_content(const struct elfsect_symbol *s)
{
	return ELF64_ST_TYPE(s->info) == STT_SECTION || !strcmp(s->name, "$d") || (!s->value && !s->size);
}

static int check_symbols(const struct job *job, struct elfsect_error *error)
{
	for (uint32_t i = 1; i < job->draft->symbol_count; i++) {
		const struct elfsect_symbol *s = &job->draft->symbols[i].entry;
		uint64_t place;

		if (s->section == job->section && !is_free_of_content(s) && !find_definition(job, s->name, &place))
			return failure(
				error, EBUSY,
				"%s: section %s: symbol %s stands at 0x%jx in it: say with --define where it goes",
				job->draft->view->name, job->wish->section, s->name, (uintmax_t)s->value);
	}
	return 0;
}

/* References through the section symbol, section + number, would point to something else in other content. */
static int check_use(const struct symbol_use *use, void *context, struct elfsect_error *error)
{
	const struct job *job = context;
	const struct elfsect_symbol *symbol = &job->draft->symbols[use->symbol].entry;

	if (use->by->type == SHT_GROUP || symbol->section != job->section ||
	    (has_name(symbol) && (ELF64_ST_BIND(symbol->info) != STB_LOCAL || symbol->name[0] != '$')))
		return 0;
	return failure(
		error, EBUSY, "%s: section %u (%s): relocation %ju refers to bytes of %s by number, not by symbol",
		job->draft->view->name, use->by->index, use->by->name, (uintmax_t)use->entry, job->wish->section);
}

static int check_references(struct job *job, struct elfsect_error *error)
{
	const struct elfsect_view *view = job->draft->view;
	int ret = 0;

	for (uint32_t i = 1; i < view->header.shnum && !ret; i++)
		ret = section_symbol_uses(view, &view->sections[i], check_use, job, error);
	return ret;
}

static int refill(struct job *job, struct elfsect_error *error)
{
	uint8_t *content;
	int ret;

	job->old_size = job->draft->sections[job->section].header.size;
	ret = check_target(job, error);
	if (ret)
		return ret;
	/* Then the symbols that are not named stay where they are. */
	if (!keeps_layout(job)) {
		ret = check_symbols(job, error);
		if (!ret)
			ret = check_references(job, error);
	}
	if (!ret)
		ret = injection_content(job, &content, error);
	if (ret)
		return ret;
	draft_replace(job->draft, job->section, content, job->size);
	return 0;
}

/* -------------------------------------------------------------------------------------------------- new sections */

static int create(struct job *job, struct elfsect_error *error)
{
	const struct elfsect_injection *wish = job->wish;
	const struct elfsect_section header = {
		.name = wish->section,
		.type = wish->note_owner ? SHT_NOTE : SHT_PROGBITS,
		.flags = wish->has_flags ? wish->flags : SHF_ALLOC,
		.size = job->size,
		.align = injection_align(job->draft->view, wish),
	};
	uint8_t *content;
	int ret;

	if (header.flags & special_flags)
		return failure(error, EINVAL,
			       "%s: section %s: flags 0x%jx: MERGE, STRINGS, GROUP, TLS, COMPRESSED, LINK_ORDER "
			       "and INFO_LINK do not go with injected content",
			       job->draft->view->name, wish->section, (uintmax_t)header.flags);
	if (!view_is_64(job->draft->view) && header.flags > UINT32_MAX)
		return failure(error, EINVAL, "%s: section %s: flags 0x%jx: more than 32 bits", job->draft->view->name,
			       wish->section, (uintmax_t)header.flags);
	ret = injection_content(job, &content, error);
	return ret ? ret : draft_add_section(job->draft, &header, content, &job->section, error);
}

/* ------------------------------------------------------------------------------------------------------- symbols */

/* A symbol that spanned the whole content still does; others must stay inside. */
static int resize(const struct job *job, struct elfsect_symbol *s, uint64_t place, struct elfsect_error *error)
{
	if (s->section != job->section)
		s->size = 0;
	else if (s->size && !place && s->size == job->old_size)
		s->size = job->size;
	if (range_inside(place, s->size, job->size))
		return 0;
	return failure(error, EBUSY, "%s: symbol %s: its 0x%jx bytes do not fit at 0x%jx of the new content of %s",
		       job->draft->view->name, s->name, (uintmax_t)s->size, (uintmax_t)place, job->wish->section);
}

static int define(const struct job *job, size_t i, struct elfsect_error *error)
{
	const char *name = job->wish->definitions[i].name;
	const struct elfsect_view *view = job->draft->view;
	struct elfsect_symbol *found = NULL;
	int ret;

	for (uint32_t n = 1; n < job->draft->symbol_count; n++) {
		struct elfsect_symbol *s = &job->draft->symbols[n].entry;

		if (!has_name(s) || strcmp(s->name, name) != 0)
			continue;
		if (found)
			return failure(error, EEXIST, "%s: symbol %s: there are several of this name", view->name,
				       name);
		if (s->shndx != SHN_UNDEF && s->section != job->section)
			return failure(error, EEXIST, "%s: symbol %s: already defined elsewhere (%s)", view->name, name,
				       s->section ? job->draft->sections[s->section].header.name
						  : "absolute or common");
		if (s->shndx == SHN_UNDEF && ELF64_ST_BIND(s->info) == STB_LOCAL)
			return failure(error, EINVAL, "%s: symbol %s: local and undefined", view->name, name);
		if (ELF64_ST_TYPE(s->info) == STT_TLS)
			return failure(error, EINVAL, "%s: symbol %s: thread-local", view->name, name);
		found = s;
	}
	if (!found) {
		const struct elfsect_symbol symbol = {
			.name = name,
			.info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
			.section = job->section,
			.value = job->places[i],
		};

		return draft_add_symbol(job->draft, &symbol, error);
	}
	ret = resize(job, found, job->places[i], error);
	if (ret)
		return ret;
	found->section = job->section;
	found->value = job->places[i];
	return 0;
}

/* In a linked file addresses are given away already: what is new has none. */
static int check_linked(const struct elfsect_view *view, const struct elfsect_injection *wish,
			struct elfsect_error *error)
{
	const uint64_t flags = wish->has_flags ? wish->flags : SHF_ALLOC;

	if (flags & (SHF_ALLOC | SHF_EXECINSTR)) {
		error_set(error,
			  "%s: section %s: not there, and a linked file can only get new sections that are not loaded "
			  "(--flags 0)",
			  view->name, wish->section);
		slot_hint_target(view, NULL, wish->section, error);
		return -EINVAL;
	}
	if (wish->definition_count)
		return failure(error, EINVAL, "%s: symbol %s: a linked file cannot get new symbols", view->name,
			       wish->definitions[0].name);
	return 0;
}

static bool is_it(uint32_t section, const void *wanted)
{
	return section == *(const uint32_t *)wanted;
}

static bool is_referred_to(const struct elfsect_view *view, uint32_t section)
{
	for (uint32_t i = 1; i < view->header.shnum; i++)
		if (elfsect_section_names(view, &view->sections[i], is_it, &section))
			return true;
	for (uint32_t i = 1; i < elfsect_symbol_count(view); i++)
		if (elfsect_symbol_get(view, i).section == section)
			return true;
	return false;
}

/*
 * What a linked file has keeps its place. But a hook that runs again asks for what is there already, and gets it; and a
 * note that is not loaded, and that nothing refers to, can get new content.
 */
static int refill_linked(struct job *job, const struct elfsect_section *section, struct elfsect_error *error)
{
	const struct elfsect_injection *wish = job->wish;
	const struct elfsect_view *view = job->draft->view;
	const uint8_t *old = elfsect_section_bytes(view, section);
	autofree uint8_t *content = NULL;
	int ret;

	ret = injection_content(job, &content, error);
	if (ret)
		return ret;
	if (section->type != (wish->note_owner ? SHT_NOTE : SHT_PROGBITS) || (section->flags & SHF_ALLOC) ||
	    (wish->has_flags && section->flags != wish->flags) || wish->definition_count ||
	    ((wish->align || wish->note_owner) && section->align != injection_align(view, wish)))
		return failure(
			error, EEXIST,
			"%s: section %s: is there, as another one; in a linked file it can be filled as a slot, not "
			"replaced",
			view->name, wish->section);
	if (section->size == job->size && (!job->size || !memcmp(content, old, job->size)))
		return 0;
	if (!wish->note_owner || !injection_is_same_note(job, content, section) || is_referred_to(view, section->index))
		return failure(
			error, EEXIST,
			"%s: section %s: is there with other content; in a linked file it can be filled as a slot, not "
			"replaced",
			view->name, wish->section);
	draft_replace(job->draft, job->section, steal(content), job->size);
	return 0;
}

int plan_injection(const struct elfsect_view *view, const struct elfsect_injection *wish,
		   const struct injection_shape *shape, struct elfsect_plan **plan, struct elfsect_error *error)
{
	autofree uint64_t *places = calloc(wish->definition_count + 1, sizeof(*places));
	autodraft struct draft *draft = NULL;
	const struct elfsect_section *section = NULL;
	struct job job = {.wish = wish, .places = places, .shape = *shape};
	int ret;

	if (!places)
		return failure_errno(error, ENOMEM, "%s", view->name);
	ret = injection_check(view, wish, error);
	if (!ret)
		ret = draft_open_any(view, &draft, error);
	if (!ret)
		ret = draft_load_symbols(draft, error);
	if (ret)
		return ret;
	job.draft = draft;
	ret = elfsect_section_find(view, wish->section, &section, error);
	if (ret == -ENOENT)
		ret = elfsect_is_relocatable(view) ? 0 : check_linked(view, wish, error);
	if (ret)
		return ret;
	job.section = section ? section->index : 0;
	job.align = section ? section->align : injection_align(view, wish);
	ret = injection_place(&job, error);
	if (!ret && section && !elfsect_is_relocatable(view))
		ret = refill_linked(&job, section, error);
	else if (!ret)
		ret = section ? refill(&job, error) : create(&job, error);
	for (size_t i = 0; i < wish->definition_count && !ret; i++)
		ret = define(&job, i, error);
	return ret ? ret : draft_finish(draft, plan, error);
}

int elfsect_plan_inject(const struct elfsect_view *view, const struct elfsect_injection *wish,
			struct elfsect_plan **plan, struct elfsect_error *error)
{
	const struct injection_shape usual = {0};
	struct elfsect_injection own;
	int ret = options_take(&own, sizeof(own), wish, "elfsect_injection", error);

	return ret ? ret : plan_injection(view, &own, &usual, plan, error);
}
