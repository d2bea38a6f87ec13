// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "edited.h"
#include "base/cleanup.h"

static struct elfsect_view *open_bytes(const void *bytes, size_t size)
{
	struct elfsect_view *view = NULL;
	struct elfsect_error error = {""};

	if (elfsect_view_of_memory(bytes, size, "sample", &view, &error) ||
	    elfsect_check(view, ELFSECT_CHECK_RELOCATIONS, &error))
		fail_msg("%s", error.message);
	return view;
}

void edited_start(struct edited *e, struct elf_builder *b)
{
	size_t size;
	uint8_t *image = elf_builder_finish(b, &size);

	*e = (struct edited){.builder = b};
	e->view = open_bytes(image, size);
}

static bool is_table(const struct elfsect_section *s)
{
	return s->type == SHT_SYMTAB || s->type == SHT_STRTAB || s->type == SHT_SYMTAB_SHNDX || s->type == SHT_RELA ||
	       s->type == SHT_REL || s->type == SHT_GROUP;
}

static void check_sections(const struct edited *e, const char *changed)
{
	uint32_t count, after_count, j = 1;
	const struct elfsect_section *before = elfsect_view_sections(e->view, &count);
	const struct elfsect_section *after = elfsect_view_sections(e->result, &after_count);

	for (uint32_t i = 1; i < count; i++) {
		if ((changed && !strcmp(before[i].name, changed)) || is_table(&before[i]))
			continue;
		while (j < after_count && strcmp(after[j].name, before[i].name) != 0)
			j++;
		assert_int_not_equal(j, after_count);
		assert_int_equal(after[j].offset, before[i].offset);
		assert_int_equal(after[j].size, before[i].size);
		if (elfsect_section_has_extent(&before[i]) && !(changed && !strcmp(changed, "*")))
			assert_memory_equal(elfsect_section_bytes(e->result, &after[j]),
					    elfsect_section_bytes(e->view, &before[i]), before[i].size);
		j++;
	}
}

static void check_changes(const struct edited *e)
{
	size_t count;
	const struct elfsect_change *changes = elfsect_plan_changes(e->plan, &count);
	uint64_t size, end = 0;
	const uint8_t *bytes = elfsect_view_bytes(e->view, &size);

	for (size_t i = 0; i < count; i++) {
		const struct elfsect_change *c = &changes[i];

		assert_true(c->size > 0 && c->offset >= end);
		end = c->offset + c->size;
		assert_true(end <= elfsect_plan_size(e->plan));
		assert_int_equal(c->old_size, c->offset >= size ? 0 : end <= size ? c->size : size - c->offset);
		if (!c->old_size)
			continue;
		assert_ptr_equal(c->old, bytes + c->offset);
		assert_true(!c->bytes || c->old_size < c->size || memcmp(c->old, c->bytes, c->size) != 0);
	}
}

void edited_apply(struct edited *e, const char *changed)
{
	uint8_t *bytes = elfsect_plan_apply(e->plan);

	assert_non_null(bytes);
	elfsect_view_close(e->result);
	free(e->result_bytes);
	e->result = open_bytes(bytes, elfsect_plan_size(e->plan));
	e->result_bytes = bytes;
	check_changes(e);
	check_sections(e, changed);
}

void edited_next(struct edited *e)
{
	elfsect_plan_free(steal(e->plan));
	elfsect_view_close(e->view);
	free(e->view_bytes);
	e->view = steal(e->result);
	e->view_bytes = steal(e->result_bytes);
}

void edited_end(struct edited *e)
{
	elfsect_plan_free(e->plan);
	elfsect_view_close(e->view);
	elfsect_view_close(e->result);
	free(e->view_bytes);
	free(e->result_bytes);
	elf_builder_free(e->builder);
}

void expect_refusal(int ret, int code, const struct elfsect_error *error, const char *word)
{
	if (ret != -code || !strstr(error->message, word) || strncmp(error->message, "sample: ", 8) != 0)
		fail_msg("expected %d and \"%s\", got %d: %s", -code, word, ret, error->message);
}

bool has_symbol(const struct elfsect_view *view, const char *name)
{
	for (uint32_t i = 1; i < elfsect_symbol_count(view); i++)
		if (!strcmp(elfsect_symbol_get(view, i).name, name))
			return true;
	return false;
}

struct elfsect_symbol find_symbol(const struct elfsect_view *view, const char *name, uint32_t *index)
{
	struct elfsect_symbol found = {0};
	unsigned int count = 0;

	for (uint32_t i = 1; i < elfsect_symbol_count(view); i++) {
		const struct elfsect_symbol s = elfsect_symbol_get(view, i);

		if (strcmp(s.name, name) != 0)
			continue;
		found = s;
		if (index)
			*index = i;
		count++;
	}
	if (count != 1)
		fail_msg("%u symbols %s", count, name);
	return found;
}

const struct elfsect_section *section_of(const struct elfsect_view *view, const char *name)
{
	const struct elfsect_section *section = NULL;
	struct elfsect_error error = {""};

	if (elfsect_section_find(view, name, &section, &error))
		fail_msg("%s", error.message);
	return section;
}

uint32_t absolute_type(const struct elf_variant *v)
{
	switch (v->machine) {
	case EM_386:
		return R_386_32;
	case EM_PPC:
		return R_PPC_ADDR32;
	case EM_X86_64:
		return R_X86_64_32;
	default:
		return R_390_32;
	}
}

uint32_t relative_type(const struct elf_variant *v)
{
	switch (v->machine) {
	case EM_386:
		return R_386_PC32;
	case EM_PPC:
		return R_PPC_REL32;
	case EM_X86_64:
		return R_X86_64_PC32;
	default:
		return R_390_PC32;
	}
}
