// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernel/keyring_by_content.h"

#include <string.h>

#include "base/error.h"
#include "kernel/keyring_layout.h"
#include "view/view.h"

/* "section 17 (.init.data), offset 0x1234", or the offset alone. */
static void append_place(const struct elfsect_view *view, const struct keyring_spot *spot, bool first,
			 struct elfsect_error *error)
{
	if (view)
		error_append(error, "%s section %u (%s), offset 0x%jx", first ? "" : ",", spot->section,
			     view->sections[spot->section].name, (uintmax_t)spot->offset);
	else
		error_append(error, "%s offset 0x%jx", first ? "" : ",", (uintmax_t)spot->offset);
}

static int finish(const struct keyring_search *s, const struct elfsect_view *view, struct keyring_place *place,
		  struct elfsect_error *error)
{
	const char *what = view ? "the file has no symbol table: give its System.map" : "not an ELF file";

	*place = s->place;
	if (s->found == 1)
		return 0;
	if (s->found) {
		error_set(error, "%s: %s: by content the keyring may be in %zu places:", s->name, what, s->found);
		for (size_t i = 0; i < s->found && i < KEYRING_FOUND_MAX; i++)
			append_place(view, &s->spots[i], !i, error);
		return -EEXIST;
	}
	if (!s->rows)
		return failure(error, ENOENT, "%s: %s: by content no certificate is found that may be in its keyring",
			       s->name, what);
	error_set(error, "%s: %s: by content certificates are found, but none with their length behind them:", s->name,
		  what);
	for (size_t i = 0; i < s->rows && i < KEYRING_FOUND_MAX; i++)
		append_place(view, &s->strays[i], !i, error);
	return -ENOENT;
}

/* --------------------------------------------------------------------------------------------------------------- ELF
 */

static bool may_hold_it(const struct elfsect_section *section)
{
	return (section->flags & SHF_ALLOC) && section->type == SHT_PROGBITS && section->size;
}

static int search_sections(struct keyring_search *s, const struct elfsect_view *view, struct elfsect_error *error)
{
	int ret = 0;

	for (uint32_t i = 1; i < view->header.shnum && !ret; i++) {
		const struct elfsect_section *section = &view->sections[i];
		const struct keyring_area area = {elfsect_section_bytes(view, section), section->size, section->addr,
						  i};

		if (may_hold_it(section))
			ret = keyring_search_area(s, &area, error);
	}
	return ret;
}

int keyring_find_in_view(const struct elfsect_view *view, struct keyring_place *place, struct elfsect_error *error)
{
	const uint16_t machine = view->header.machine;
	const uint8_t data = view->header.data;
	const unsigned int width = elfsect_word_size(view), align = keyring_align_of_machine(machine);
	const bool zeros = keyring_ends_with_zeros(machine);
	/* What assembler made it is not known: the usual one of the machine first. */
	const struct keyring_shape shapes[] = {
		{data, width, align, zeros},
		{data, width, align == KEYRING_ALIGN_BYTES ? KEYRING_ALIGN_POWER : KEYRING_ALIGN_BYTES, zeros},
		{data, width, align, !zeros},
	};
	struct keyring_search s = {.name = view->name, .shapes = shapes, .shape_count = 3};
	int ret;

	if (elfsect_is_relocatable(view))
		return failure(error, ENOENT, "%s: a relocatable file without a symbol table", view->name);
	ret = search_sections(&s, view, error);
	return ret ? ret : finish(&s, view, place, error);
}

/* ---------------------------------------------------------------------------------------------------------- no ELF */

int keyring_find_in_bytes(const void *bytes, uint64_t size, const char *name, struct keyring_place *place,
			  struct elfsect_error *error)
{
	static const struct keyring_shape shapes[] = {
		{ELFDATA2LSB, 8, KEYRING_ALIGN_POWER, false}, {ELFDATA2LSB, 8, KEYRING_ALIGN_BYTES, false},
		{ELFDATA2MSB, 8, KEYRING_ALIGN_BYTES, false}, {ELFDATA2MSB, 8, KEYRING_ALIGN_POWER, false},
		{ELFDATA2LSB, 4, KEYRING_ALIGN_POWER, false}, {ELFDATA2LSB, 4, KEYRING_ALIGN_BYTES, false},
		{ELFDATA2MSB, 4, KEYRING_ALIGN_BYTES, false}, {ELFDATA2MSB, 4, KEYRING_ALIGN_POWER, false},
		{ELFDATA2LSB, 8, KEYRING_ALIGN_POWER, true},  {ELFDATA2MSB, 8, KEYRING_ALIGN_POWER, true},
		{ELFDATA2LSB, 4, KEYRING_ALIGN_POWER, true},  {ELFDATA2MSB, 4, KEYRING_ALIGN_POWER, true},
	};
	const struct keyring_area area = {bytes, size, 0, 0};
	struct keyring_search s = {.name = name, .shapes = shapes, .shape_count = sizeof(shapes) / sizeof(shapes[0])};
	const int ret = keyring_search_area(&s, &area, error);

	return ret ? ret : finish(&s, NULL, place, error);
}
