// SPDX-License-Identifier: LGPL-2.1-or-later
#include "draft/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* sh_info of these counts symbols; with SHF_INFO_LINK it would have to be a section's number too. */
static int check_info(const struct elfsect_view *view, struct elfsect_error *error)
{
	for (uint32_t i = 1; i < view->header.shnum; i++) {
		const struct elfsect_section *s = &view->sections[i];

		if ((s->type == SHT_SYMTAB || s->type == SHT_GROUP || s->type == SHT_DYNSYM) &&
		    (s->flags & SHF_INFO_LINK))
			return failure(error, EINVAL,
				       "%s: section %u (%s): SHF_INFO_LINK on a section whose sh_info "
				       "is no section",
				       view->name, i, s->name);
	}
	return 0;
}

int draft_open(const struct elfsect_view *view, struct draft **draft, struct elfsect_error *error)
{
	int ret;

	ret = draft_open_any(view, draft, error);
	if (!ret && !elfsect_is_relocatable(view)) {
		draft_close(steal(*draft));
		ret = failure(error, EINVAL, "%s: a linked file: only a relocatable one (.o) can get other sections",
			      view->name);
	}
	return ret;
}

int draft_open_any(const struct elfsect_view *view, struct draft **out, struct elfsect_error *error)
{
	autodraft struct draft *draft = NULL;
	int ret;

	ret = elfsect_check(view, ELFSECT_CHECK_RELOCATIONS, error);
	if (ret)
		return ret;
	if (!view->header.shnum)
		return failure(error, EINVAL, "%s: the file has no section header table", view->name);
	ret = check_info(view, error);
	if (ret)
		return ret;
	draft = calloc(1, sizeof(*draft));
	if (draft)
		draft->sections = calloc(view->header.shnum, sizeof(*draft->sections));
	if (!draft || !draft->sections)
		return failure_errno(error, ENOMEM, "%s", view->name);
	draft->view = view;
	draft->section_count = view->header.shnum;
	draft->symtab_shndx = view->symtab_shndx;
	for (uint32_t i = 0; i < draft->section_count; i++)
		draft->sections[i].header = view->sections[i];
	*out = steal(draft);
	return 0;
}

void draft_close(struct draft *draft)
{
	if (!draft)
		return;
	for (uint32_t i = 0; i < draft->section_count; i++)
		free(draft->sections[i].bytes);
	for (size_t i = 0; i < draft->string_count; i++)
		free(draft->strings[i]);
	free(draft->strings);
	free(draft->sections);
	free(draft->symbols);
	free(draft->section_map);
	free(draft->symbol_map);
	free(draft);
}

int draft_load_symbols(struct draft *draft, struct elfsect_error *error)
{
	const uint32_t count = elfsect_symbol_count(draft->view);

	if (draft->symbols || !count)
		return 0;
	draft->symbols = calloc(count, sizeof(*draft->symbols));
	if (!draft->symbols)
		return failure_errno(error, ENOMEM, "%s: symbols", draft->view->name);
	draft->symbol_count = count;
	for (uint32_t i = 0; i < count; i++)
		draft->symbols[i].entry = elfsect_symbol_get(draft->view, i);
	return 0;
}

int draft_add_section(struct draft *draft, const struct elfsect_section *header, uint8_t *bytes, uint32_t *index,
		      struct elfsect_error *error)
{
	struct draft_section *grown = NULL;

	if (!draft->view->header.shstrndx) {
		free(bytes);
		return failure(error, EINVAL, "%s: the file has no section name table", draft->view->name);
	}
	if (draft->section_count < UINT32_MAX - 1)
		grown = reallocarray(draft->sections, (size_t)draft->section_count + 1, sizeof(*grown));
	if (!grown) {
		free(bytes);
		return failure_errno(error, ENOMEM, "%s: section headers", draft->view->name);
	}
	draft->sections = grown;
	grown += draft->section_count;
	*grown = (struct draft_section){.header = *header, .bytes = bytes};
	grown->header.name_offset = NAME_IS_NEW;
	grown->header.index = draft->section_count;
	*index = draft->section_count++;
	return 0;
}

int draft_add_symbol(struct draft *draft, const struct elfsect_symbol *entry, struct elfsect_error *error)
{
	struct draft_symbol *grown;

	if (!draft->symbols)
		return failure(error, EINVAL, "%s: there is no symbol table for %s", draft->view->name, entry->name);
	grown = reallocarray(draft->symbols, (size_t)draft->symbol_count + 1, sizeof(*grown));
	if (!grown)
		return failure_errno(error, ENOMEM, "%s: symbols", draft->view->name);
	draft->symbols = grown;
	grown += draft->symbol_count++;
	*grown = (struct draft_symbol){.entry = *entry};
	grown->entry.name_offset = NAME_IS_NEW;
	return 0;
}

const uint8_t *draft_content(const struct draft *draft, uint32_t index)
{
	const struct draft_section *s = &draft->sections[index];

	if (s->bytes || index >= draft->view->header.shnum)
		return s->bytes;
	return elfsect_section_bytes(draft->view, &draft->view->sections[index]);
}

uint8_t *draft_own(struct draft *draft, uint32_t index)
{
	struct draft_section *s = &draft->sections[index];
	const uint8_t *content = draft_content(draft, index);

	if (!s->bytes && content) {
		s->bytes = malloc(s->header.size);
		if (s->bytes)
			memcpy(s->bytes, content, s->header.size);
	}
	return s->bytes;
}

void draft_replace(struct draft *draft, uint32_t index, uint8_t *bytes, uint64_t size)
{
	struct draft_section *s = &draft->sections[index];

	free(s->bytes);
	s->bytes = bytes;
	s->header.size = size;
}

char *draft_string(struct draft *draft, const char *format, ...)
{
	char **grown = reallocarray(draft->strings, draft->string_count + 1, sizeof(*grown));
	va_list args;
	int ret;

	if (!grown)
		return NULL;
	draft->strings = grown;
	va_start(args, format);
	ret = vasprintf(&grown[draft->string_count], format, args);
	va_end(args);
	return ret < 0 ? NULL : grown[draft->string_count++];
}

void draft_set_name(struct draft *draft, uint32_t index, const char *name)
{
	draft->sections[index].header.name = name;
	draft->sections[index].header.name_offset = NAME_IS_NEW;
	draft->names_dropped = true;
}
